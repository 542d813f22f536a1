"""What goes together: rules with support, confidence and lift, and how sure they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable, ParameterError, PeriodError
from kamkit.grow.chance import met_by_chance
from kamkit.grow.items import about, lines, names, refuse_less_than_one
from kamkit.language import gettext as _
from kamkit.language import join, joined, ngettext, number, percent
from kamkit.output.finding import Finding
from kamkit.periods import halves, span
from kamkit.schema import check, name_of, takes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kamkit.case import Case
    from kamkit.periods import Period

BASKETS = ("account", "invoice")
_SURE, _NAMED, _BEGAN = 0.05, 6, 3


def affinity(
    case: Case,
    *,
    items: str = "category",
    baskets: str = "account",
    least: int = 10,
    period: Period | None = None,
    accounts: pd.DataFrame | None = None,
) -> Finding:
    """Tell which items are bought by the same accounts, or on the same invoices.

    An item is bought in a basket when its lines add up to more than zero there. Pairs are counted
    in the engine. Chance keeps how many items each basket has and how many baskets each item is
    in, since those who buy widely have most pairs. Source: Agrawal, Imielinski & Swami (1993).

    Parameters
    ----------
    case : Case
        An open case.
    items : str
        ``category``, ``bestseller`` or ``product``, see ``kinds``.
    baskets : str
        ``account``: all that an account bought; ``invoice``: what stands on one invoice.
    least : int
        Baskets. Items in fewer are left out. Among products, of which there are many, pairs in
        fewer are not shown; they count among the pairs that were tested.
    period : Period, optional
        The days to look at; the whole ledger without.
    accounts : DataFrame, optional
        ``account_id`` and ``account_name``: the largest that buy the first of the strongest pair
        and not the other are then named.

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
    if accounts is not None:
        check(accounts, ("account_id",), what=_("accounts"))
    singles, pairs, count, breadths = _counted(case, items, baskets, least, period)
    table = rules(singles, pairs, count, least=least, breadths=breadths)
    called = names(case, items)
    for column in ("leader", "follower") if called else ():
        table[column] = table[column].map(lambda one: _called(one, called))
    sentences = [_text(table, baskets, count)]
    held = table[table["holds"]]
    if accounts is not None and baskets == "account" and len(held) and not called:
        sentences += _without(case, items, held.iloc[0], period, accounts)
        sentences += _began(case, items, held.iloc[0], accounts)
    return Finding("affinity", table, joined(" ", sentences), _caveats(items, baskets))


@takes(singles="item n", pairs="item other n", breadths="items item n")
def rules(
    singles: pd.DataFrame,
    pairs: pd.DataFrame,
    baskets: int,
    *,
    least: int = 10,
    breadths: pd.DataFrame | None = None,
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
        All pairs of ``singles`` count as tested, those that are not here too.
    baskets : int
        All baskets, those with one item too.
    least : int
        The fewest baskets with both for a rule to hold.
    breadths : DataFrame, optional
        One row per number of ``items`` in a basket and ``item``: ``n``, the baskets with so many
        and it. Chance then keeps the breadth of each basket; without it all count as alike.

    Returns
    -------
    DataFrame
        One row per rule leader => follower, rules that hold and those most above chance first,
        then by confidence and by name: ``leader``, ``follower``, ``leader_baskets``,
        ``follower_baskets``, ``both_baskets``, ``support_share`` (both of all baskets),
        ``confidence`` (both of those with the leader), ``lift`` (confidence by the follower's
        share), ``leverage`` (support less what independent items would give), ``conviction``
        (infinite where confidence is 1), ``chance_baskets`` (with both by chance),
        ``times_chance`` (``both_baskets`` by those; the lift where all baskets are alike),
        ``p_value`` (of so many together by chance: Fisher's exact test, one-sided, or with
        ``breadths`` as in ``grow.chance``), ``q_value`` (the share of false rules among those as
        sure, of all pairs; Benjamini & Hochberg 1995) and ``holds``: both in ``least`` baskets or
        more, lift above 1, more than by chance and ``q_value`` at most 5 %.

    Examples
    --------
    >>> one = pd.DataFrame({"item": ["Eggs", "Onion"], "n": [4, 3]})
    >>> both = pd.DataFrame({"item": ["Eggs"], "other": ["Onion"], "n": [3]})
    >>> table = rules(one, both, 5)
    >>> table[["leader", "support_share", "confidence", "lift"]].round(2).to_numpy().tolist()
    [['Onion', 0.6, 1.0, 1.25], ['Eggs', 0.6, 0.75, 1.25]]
    """
    position = pd.Series(np.arange(len(singles)), index=singles["item"].to_numpy())
    size = singles["n"].to_numpy(dtype=np.int64)
    ends = [position.reindex(pairs[name]).to_numpy(dtype=np.int64) for name in ("item", "other")]
    by_chance, p_value = _by_chance(singles, ends, pairs["n"], baskets, breadths)
    tested = len(singles) * (len(singles) - 1) // 2
    # both directions of a pair have the same chance, so each pair counts once
    q_value = _false_share(p_value, tested)
    turned = pairs.rename(columns={"item": "other", "other": "item"})
    both = pd.concat([pairs, turned], ignore_index=True)
    leader, follower = (size[np.concatenate(order)] for order in (ends, ends[::-1]))
    together = both["n"].to_numpy(dtype=float)
    table = pd.DataFrame({"leader": both["item"], "follower": both["other"]})
    table["leader_baskets"], table["follower_baskets"] = leader, follower
    table["both_baskets"] = together.astype(int)
    table["support_share"] = together / baskets
    table["confidence"] = together / leader
    table["lift"] = table["confidence"] / (follower / baskets)
    table["leverage"] = table["support_share"] - leader * follower / baskets**2
    with np.errstate(divide="ignore"):
        table["conviction"] = (1 - follower / baskets) / (1 - table["confidence"])
    table["chance_baskets"] = np.tile(by_chance, 2)
    table["times_chance"] = together / np.maximum(table["chance_baskets"], 1e-12)
    table["p_value"], table["q_value"] = np.tile(p_value, 2), np.tile(q_value, 2)
    above = (table["lift"] > 1) & (table["times_chance"] > 1)
    table["holds"] = (together >= least) & above & (table["q_value"] <= _SURE)
    ordered = table.round({"times_chance": 9, "confidence": 12}).sort_values(
        ["holds", "times_chance", "confidence", "leader", "follower"],
        ascending=[False, False, False, True, True],
    )
    return table.loc[ordered.index].reset_index(drop=True)


def _by_chance(
    singles: pd.DataFrame,
    ends: list[NDArray[np.int64]],
    both: pd.Series[int],
    baskets: int,
    breadths: pd.DataFrame | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the baskets with both of each pair by chance, and the chance of so many."""
    first, second = ends
    met = np.asarray(both, dtype=np.float64)
    if breadths is None:
        from scipy.stats import hypergeom  # half a second

        size = singles["n"].to_numpy(dtype=np.float64)
        p_value = hypergeom.sf(met - 1, baskets, size[second], size[first])
        return size[first] * size[second] / baskets, p_value
    wide = breadths.pivot_table(index="items", columns="item", values="n", fill_value=0.0)
    counts = wide.reindex(columns=singles["item"], fill_value=0.0).to_numpy(dtype=np.float64)
    return met_by_chance(wide.index.to_numpy(dtype=np.float64), counts, first, second, met)


def _false_share(p: NDArray[np.float64], tested: int) -> NDArray[np.float64]:
    order = np.argsort(p, kind="stable")
    rank = np.arange(1, len(p) + 1)
    raw = np.minimum(p[order] * tested / rank, 1.0)
    smooth = np.minimum.accumulate(raw[::-1])[::-1]
    out = np.empty_like(smooth)
    out[order] = smooth
    return out


def _counted(
    case: Case, items: str, baskets: str, least: int, period: Period | None
) -> tuple[pd.DataFrame, pd.DataFrame, int, pd.DataFrame]:
    """Count in the engine: baskets of each item, of each pair, in all, and of each breadth."""
    bought = lines(case, items, period=period)
    key = "account_id" if baskets == "account" else "document"
    sums = bought.group_by([key, "item"]).aggregate(total=bought.amount.sum())
    seen = case.engine.store(
        sums.filter(sums.total > 0).select(basket=sums[key], item=sums["item"])
    )
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
    wide = kept.join(kept.group_by("basket").aggregate(items=kept.count()), "basket")
    wide_counts = wide.group_by(["items", "item"]).aggregate(n=wide.count())
    singles = case.engine.frame(often.order_by("item"))
    table = case.engine.frame(pairs.order_by(["item", "other"]))
    breadths = case.engine.frame(wide_counts.order_by(["items", "item"]))
    case.engine.drop(seen.get_name())
    if singles.empty or not count:
        raise MissingTable(
            _("No item is bought in {n} baskets or more.", n=number(least)),
            wanted=_("a ledger with more purchases"),
            remedy=_("Lower the least number of baskets."),
        )
    return singles, table, count, breadths


def _without(
    case: Case, items: str, pair: pd.Series[Any], period: Period | None, accounts: pd.DataFrame
) -> list[str]:
    """Name the largest buyers of the first item of a pair that buy nothing of the other."""
    bought = lines(case, items, period=period)
    both = bought.filter(bought["item"].isin([pair["leader"], pair["follower"]]))
    sums = both.group_by(["account_id", "item"]).aggregate(total=both.amount.sum())
    table = case.engine.frame(sums.filter(sums.total > 0))
    wide = table.pivot_table(index="account_id", columns="item", values="total", aggfunc="sum")
    alone = wide[wide[pair["follower"]].isna()][pair["leader"]].astype(float)
    if alone.empty:
        return []
    sentence = ngettext(
        "{n} buys {leader} and no {follower}: {names}.",
        "{n} buy {leader} and no {follower}; the largest are {names}.",
        len(alone),
        leader=pair["leader"],
        follower=pair["follower"],
        names=_largest(alone, accounts, _NAMED),
    )
    return [sentence]


def _began(case: Case, items: str, pair: pd.Series[Any], accounts: pd.DataFrame) -> list[str]:
    """Name those that had only the first item of a pair and took up the other last."""
    try:
        earlier, later = halves(case.period)
    except PeriodError:  # too short to be parted
        return []
    bought = lines(case, items)
    both = bought.filter(bought["item"].isin([pair["leader"], pair["follower"]]))
    sums = [
        both.filter(days).group_by(["account_id", "item"]).aggregate(total=both.amount.sum())
        for days in (both.date <= earlier.end, both.date.between(later.start, later.end))
    ]
    then, now = (
        case.engine.frame(one.filter(one.total > 0)).set_index("account_id") for one in sums
    )
    only = set(then.index[then["item"] == pair["leader"]]) - set(
        then.index[then["item"] == pair["follower"]]
    )
    new = now[(now["item"] == pair["follower"]) & now.index.isin(only)]["total"].astype(float)
    if new.empty:
        return []
    sentence = ngettext(
        "{n} that had bought only {leader} took up {follower} in {later}: {names}.",
        "{n} that had bought only {leader} took up {follower} in {later}, first {names}.",
        len(new),
        leader=pair["leader"],
        follower=pair["follower"],
        later=span(later),
        names=_largest(new, accounts, _BEGAN),
    )
    return [sentence]


def _largest(amounts: pd.Series[float], accounts: pd.DataFrame, most: int) -> str:
    """Return the names of the accounts with the largest amounts, as a sentence lists them."""
    order = amounts.rename("total").reset_index()
    order = order.sort_values(["total", "account_id"], ascending=[False, True])
    rows = order.head(most).merge(accounts, on="account_id", how="left")
    return join([name_of(row) for _x, row in rows.iterrows()])


def _called(item: str, called: dict[str, str]) -> str:
    """Return a product's number and name, because two products may have one name."""
    return f"{item} {called[item]}" if item in called else item


def _caveats(items: str, baskets: str) -> tuple[str, ...]:
    alike = _(
        "Invoices are counted as independent of each other. Those of one customer are not, so that "
        "more pairs than stated may be chance."
    )
    return tuple(filter(None, (about(items), alike if baskets == "invoice" else "")))


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
        "{leader}, {confidence} buy {follower} too, against {base} from breadth of buying alone.",
        where=where,
        pairs=ngettext("{n} pair", "{n} pairs", len(held) // 2),
        leader=first["leader"],
        follower=first["follower"],
        confidence=percent(float(first["confidence"]), 0),
        base=percent(float(first["chance_baskets"]) / float(first["leader_baskets"]), 0),
    )
