"""What goes together: rules with support, confidence and lift, and how sure they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable, ParameterError
from kamkit.grow.items import about, lines, names, refuse_less_than_one
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.finding import Finding

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.periods import Period

BASKETS = ("account", "invoice")
_SURE = 0.05


def affinity(
    case: Case,
    *,
    items: str = "category",
    baskets: str = "account",
    least: int = 10,
    period: Period | None = None,
) -> Finding:
    """Tell which items are bought by the same accounts, or on the same invoices.

    An item is bought in a basket when its lines add up to more than zero there. Pairs are counted
    in the engine. Source: Agrawal, Imielinski & Swami (1993).

    Parameters
    ----------
    case : Case
        An open case.
    items : str
        ``category``, ``product`` or ``word``, see ``kinds``.
    baskets : str
        ``account``: all that an account bought; ``invoice``: what stands on one invoice.
    least : int
        Baskets. Items in fewer are left out, and among products, of which there are too many to
        test them all, pairs in fewer too.
    period : Period, optional
        The days to look at; the whole ledger without.

    Returns
    -------
    Finding
        Its table is that of ``rules``, the surest and strongest first; products are called by
        number and name.

    Raises
    ------
    MissingTable
        Where the ledger does not tell what was bought, or nothing in so many baskets.
    ParameterError
        For other baskets or items, or fewer than one basket.

    Examples
    --------
    >>> from kamkit import open_case
    >>> table = affinity(open_case("fjordgross")).table
    >>> pair = table[(table["leader"] == "Sveiseutstyr") & (table["follower"] == "Slipemidler")]
    >>> bool(pair["lift"].item() > 1.5)
    True
    """
    if baskets not in BASKETS:
        raise ParameterError(
            _("Items cannot be counted by “{name}”.", name=baskets),
            wanted=", ".join(BASKETS),
            remedy=_("Choose one of these."),
        )
    refuse_less_than_one("least", least)
    singles, pairs, count = _counted(case, items, baskets, least, period)
    called = names(case, items)
    if called:
        singles = singles.assign(item=singles["item"].map(lambda one: _called(one, called)))
        for column in ("item", "other"):
            pairs[column] = pairs[column].map(lambda one: _called(one, called))
    table = rules(singles, pairs, count, least=least)
    note = about(items)
    return Finding("affinity", table, _text(table, baskets, count), (note,) if note else ())


def rules(
    singles: pd.DataFrame, pairs: pd.DataFrame, baskets: int, *, least: int = 10
) -> pd.DataFrame:
    """Return the rules that counts make, in both directions of every pair.

    Lift alone is not enough: two items bought once, by the same account, have the highest lift
    there is.

    Parameters
    ----------
    singles : DataFrame
        One row per item: ``item`` and ``n``, the baskets with it.
    pairs : DataFrame
        One row per pair, each pair once: ``item``, ``other`` and ``n``, the baskets with both.
    baskets : int
        All baskets, those with one item too.
    least : int
        The fewest baskets with both for a rule to hold.

    Returns
    -------
    DataFrame
        One row per rule leader => follower, rules that hold and the highest lift first, then by
        confidence and by name: ``leader``, ``follower``, ``leader_baskets``,
        ``follower_baskets``, ``both_baskets``, ``support_share`` (both of all baskets),
        ``confidence`` (both of those with the leader), ``lift`` (confidence by the follower's
        share), ``leverage`` (support less what chance would give), ``conviction`` (infinite where
        confidence is 1), ``p_value`` (of so many together by chance: Fisher's exact test,
        one-sided), ``q_value`` (the share of false rules among those as sure; Benjamini &
        Hochberg 1995) and ``holds``: both in ``least`` baskets or more, lift above 1 and
        ``q_value`` at most 5 %.

    Examples
    --------
    >>> one = pd.DataFrame({"item": ["Eggs", "Onion"], "n": [4, 3]})
    >>> both = pd.DataFrame({"item": ["Eggs"], "other": ["Onion"], "n": [3]})
    >>> table = rules(one, both, 5)
    >>> table[["leader", "support_share", "confidence", "lift"]].round(2).to_numpy().tolist()
    [['Onion', 0.6, 1.0, 1.25], ['Eggs', 0.6, 0.75, 1.25]]
    """
    from scipy.stats import hypergeom

    size = singles.set_index("item")["n"]
    turned = pairs.rename(columns={"item": "other", "other": "item"})
    both = pd.concat([pairs, turned], ignore_index=True)
    leader = both["item"].map(size).to_numpy(dtype=float)
    follower = both["other"].map(size).to_numpy(dtype=float)
    together = both["n"].to_numpy(dtype=float)
    table = pd.DataFrame({"leader": both["item"], "follower": both["other"]})
    table["leader_baskets"], table["follower_baskets"] = leader.astype(int), follower.astype(int)
    table["both_baskets"] = together.astype(int)
    table["support_share"] = together / baskets
    table["confidence"] = together / leader
    table["lift"] = table["confidence"] / (follower / baskets)
    table["leverage"] = table["support_share"] - leader * follower / baskets**2
    with np.errstate(divide="ignore"):
        table["conviction"] = (1 - follower / baskets) / (1 - table["confidence"])
    table["p_value"] = hypergeom.sf(together - 1, baskets, follower, leader)
    table["q_value"] = _false_share(table["p_value"].to_numpy())
    table["holds"] = (together >= least) & (table["lift"] > 1) & (table["q_value"] <= _SURE)
    ordered = table.round({"lift": 12}).sort_values(
        ["holds", "lift", "confidence", "leader", "follower"],
        ascending=[False, False, False, True, True],
    )
    return table.loc[ordered.index].reset_index(drop=True)


def _false_share(p: np.ndarray) -> np.ndarray:
    # both directions of a pair have the same probability, so each pair counts once
    order = np.argsort(p, kind="stable")
    rank = np.arange(1, len(p) + 1)
    raw = p[order] * len(p) / rank
    smooth = np.minimum.accumulate(raw[::-1])[::-1]
    out = np.empty_like(smooth)
    out[order] = smooth
    return out


def _counted(
    case: Case, items: str, baskets: str, least: int, period: Period | None
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Count in the engine: baskets of each item, of each pair, and in all."""
    bought = lines(case, items, period=period)
    key = "account_id" if baskets == "account" else "document"
    sums = bought.group_by([key, "item"]).aggregate(total=bought.amount.sum())
    seen = sums.filter(sums.total > 0).select(basket=sums[key], item=sums["item"])
    count = int(case.engine.frame(seen.aggregate(n=seen.basket.nunique()))["n"].iloc[0])
    each = seen.group_by("item").aggregate(n=seen.count())
    often = each.filter(each.n >= least)
    kept = seen.semi_join(often, "item")
    other = kept.view()
    joined = kept.join(
        other, [kept.basket == other.basket, kept["item"] < other["item"]], rname="{name}_other"
    )
    pairs = joined.group_by(item=joined["item"], other=joined["item_other"]).aggregate(
        n=joined.count()
    )
    if items == "product":
        pairs = pairs.filter(pairs.n >= least)
    singles = case.engine.frame(often.order_by("item"))
    table = case.engine.frame(pairs.order_by(["item", "other"]))
    if singles.empty or not count:
        raise MissingTable(
            _("No item is bought in {n} baskets or more.", n=number(least)),
            wanted=_("a ledger with more purchases"),
            remedy=_("Lower the least number of baskets."),
        )
    return singles, table, count


def _called(item: str, called: dict[str, str]) -> str:
    """Return a product's number and name, because two products may have one name."""
    return f"{item} {called[item]}" if item in called else item


def _text(table: pd.DataFrame, baskets: str, count: int) -> str:
    held = table[table["holds"]]
    where = (
        ngettext("{n} account", "{n} accounts", count)
        if baskets == "account"
        else ngettext("{n} invoice", "{n} invoices", count)
    )
    if held.empty:
        return _("Among {where}, no two items go together more than by chance.", where=where)
    first = held.iloc[0]
    return _(
        "Among {where}, {pairs} go together more than by chance. The strongest: of those who buy "
        "{leader}, {confidence} buy {follower} too, against {base} of all.",
        where=where,
        pairs=ngettext("{n} pair", "{n} pairs", len(held) // 2),
        leader=first["leader"],
        follower=first["follower"],
        confidence=percent(float(first["confidence"]), 0),
        base=percent(float(first["follower_baskets"]) / count, 0),
    )
