"""Who matters: ranking, ABC classes, the observed rule, two criteria side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import LedgerError, ParameterError
from kamkit.identify.concentration import values
from kamkit.language import gettext as _
from kamkit.language import join, joined, ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.output.wording import dated
from kamkit.schema import check, name_of, total_of
from kamkit.settings import Settings

if TYPE_CHECKING:
    from kamkit.periods import Period

CUTS = (Settings.cut_a, Settings.cut_b)
"""The usual cut points: where class A ends, and where B does."""

_HALVES, _NAMED = ("earlier", "later"), 3


def classify(
    accounts: pd.DataFrame, *, by: str = "revenue", cuts: Sequence[float] = CUTS
) -> pd.DataFrame:
    """Rank the accounts and divide them into classes A, B, C … at the cut points.

    One row per account, the largest first: the columns of ``accounts`` and ``rank`` (1 is the
    largest; ties go by account number), ``share`` of the net total, ``cumulative_share``,
    ``cumulative_accounts``, ``abc_class`` and ``at_or_below_zero``. An account belongs to A while
    the cumulative share before it is below the first cut, so the account that crosses the line is
    in. Accounts at or below zero are kept, in the last class; they make the cumulative share rise
    above 1 before it comes back to it.

    Raises ``ParameterError`` for cut points that are not rising shares between 0 and 1,
    ``MissingTable`` for a criterion that the ledger lacks, ``LedgerError`` when the total is not
    above zero. Source: ABC analysis after Dickie (1951).

    >>> three = pd.DataFrame({"account_id": ["a", "b", "c"], "revenue": [10.0, 85.0, 5.0]})
    >>> classify(three)[["account_id", "abc_class"]].to_numpy().tolist()
    [['b', 'A'], ['a', 'B'], ['c', 'C']]
    """
    check(accounts, ("account_id", by), what=_("accounts"), each="account_id")
    _check_cuts(cuts)
    sizes = values(accounts, by)
    ordered = (
        accounts.assign(_by=sizes)
        .sort_values(["_by", "account_id"], ascending=[False, True], ignore_index=True)
        .drop(columns=["rank", "share"], errors="ignore")
    )
    size = ordered.pop("_by").to_numpy(dtype="float64")
    total = size.sum()
    if not total > 0:
        raise _nothing_to_share(by)
    share = size / total
    running = size.cumsum() / total
    before = np.concatenate([[0.0], running[:-1]])
    letters = np.array([chr(ord("A") + position) for position in range(len(cuts) + 1)])
    # 1e-12: sums of floats that meet a cut exactly must not fall beside it
    position = np.searchsorted(np.asarray(cuts), before + 1e-12, side="right")
    position[size <= 0] = len(cuts)
    return ordered.assign(
        rank=np.arange(1, len(size) + 1),
        share=share,
        cumulative_share=running,
        cumulative_accounts=np.arange(1, len(size) + 1) / max(len(size), 1),
        abc_class=letters[position],
        at_or_below_zero=size <= 0,
    )


def border_ties(classes: pd.DataFrame, *, by: str = "revenue") -> tuple[str, ...]:
    """Tell the accounts of the same size that a border between two classes parts.

    >>> equal = pd.DataFrame({"account_id": list("abcd"), "revenue": 25.0})
    >>> print(border_ties(classify(equal, cuts=(0.5,)))[0])
    4 accounts are of the same size, and the border between A and B parts them: their numbers
    decide.
    """
    size, letter = values(classes, by).to_numpy(), classes["abc_class"].to_numpy()
    parted = np.flatnonzero((letter[:-1] != letter[1:]) & (size[:-1] == size[1:]) & (size[1:] > 0))
    return tuple(
        _(
            "{n} accounts are of the same size, and the border between {one} and {other} parts "
            "them: their numbers decide.",
            n=number(int((size == size[i]).sum())),
            one=letter[i],
            other=letter[i + 1],
        )
        for i in parted
    )


def class_summary(classes: pd.DataFrame, *, by: str = "revenue") -> pd.DataFrame:
    """Return one row per class: accounts, their share, the amount, its share, the smallest in it.

    Columns: ``abc_class``, ``accounts``, ``share_accounts``, ``revenue``, ``share_revenue``,
    ``smallest``, ``largest`` and, where there is cost, ``contribution``. ``revenue`` is the
    criterion ``by``.

    >>> three = pd.DataFrame({"account_id": ["a", "b", "c"], "revenue": [10.0, 85.0, 5.0]})
    >>> class_summary(classify(three))["accounts"].tolist()
    [1, 1, 1]
    """
    check(classes, ("abc_class", by), what=_("classes"))
    groups = classes.assign(_by=values(classes, by)).groupby("abc_class", sort=True)
    table = groups["_by"].agg(accounts="size", revenue="sum", smallest="min", largest="max")
    if "contribution" in classes and by != "contribution":
        table["contribution"] = groups["contribution"].sum()
    table["share_accounts"] = table["accounts"] / table["accounts"].sum()
    table["share_revenue"] = table["revenue"] / table["revenue"].sum()
    first = ["accounts", "share_accounts", "revenue", "share_revenue", "smallest", "largest"]
    rest = [name for name in table.columns if name not in first]
    return table[first + rest].reset_index()


def observed_rule(
    accounts: pd.DataFrame,
    *,
    by: str = "revenue",
    target: float = 0.80,
    top: float = 0.20,
    halves: Mapping[str, pd.DataFrame] | None = None,
    currency: str = "",
    period: Period | None = None,
) -> Finding:
    """Tell how many accounts give ``target`` of the total, and what the ``top`` share gives.

    The observed rule instead of an assumed 80/20. ``top`` of n accounts is n x top rounded up.
    A ledger holds all accounts of its period and no sample of them, so the shares have no
    interval; how they move is shown by ``halves``, the accounts of the earlier and the later of
    two equal periods by what the periods are called. The table has one row per reading of the
    rule: ``reading``, ``accounts``, ``share_accounts``, ``share_revenue`` and, with ``halves``,
    ``earlier_share`` and ``later_share``, of the accounts in the first row and of the total in
    the second. ``period`` is that of the amounts, for the sentence.

    Raises ``ParameterError`` when a share is not between 0 and 1 or ``halves`` are not two,
    ``LedgerError`` when a total is not above zero.

    >>> accounts = pd.DataFrame({"account_id": list("abcde"), "revenue": [60.0, 20, 10, 6, 4]})
    >>> print(observed_rule(accounts).text.split("(")[0])
    40.0% of the accounts
    """
    halves = halves or {}
    _refuse_rule(target, top, halves)
    n, needed, head, given = _rule(accounts, by, target, top)
    table = pd.DataFrame(
        {
            "reading": [_("accounts needed"), _("largest accounts")],
            "accounts": [needed, head],
            "share_accounts": [needed / n, head / n],
            "share_revenue": [target, given],
        }
    )
    for column, part in zip(_HALVES, halves.values(), strict=False):
        all_then, needed_then, _head, given_then = _rule(part, by, target, top)
        table[f"{column}_share"] = [needed_then / all_then, given_then]
    text = _(
        "{share} of the accounts ({n} of {all}) give {target} of {what}; the top {top} "
        "({m}) give {given}.",
        share=percent(needed / n),
        n=number(needed),
        all=number(n),
        target=percent(target, 0),
        what=total_of(by),
        top=percent(top, 0),
        m=ngettext("{n} account", "{n} accounts", head),
        given=percent(given),
    )
    notes = _rule_caveats(accounts, by, table, (top, currency), halves)
    notes += border_ties(classify(accounts, by=by), by=by)
    return Finding("observed_rule", table, dated(text, period), notes)


def _refuse_rule(target: float, top: float, halves: Mapping[str, pd.DataFrame]) -> None:
    for share in (target, top):
        if not 0 < share < 1:
            raise _bad_share(share)
    if len(halves) not in (0, len(_HALVES)):
        raise ParameterError(
            _("The rule is compared between two periods."),
            found=", ".join(halves),
            wanted=_("the earlier and the later of two equal periods"),
        )


def side_by_side(
    accounts: pd.DataFrame,
    *,
    criteria: tuple[str, str] = ("revenue", "contribution"),
    cuts: Sequence[float] = CUTS,
) -> Finding:
    """Rank by two criteria side by side and tell who changes place.

    One row per account, by the first criterion: ``account_id`` (and name), the two criteria,
    the rank and the class by each (``rank_revenue``, ``class_revenue`` …), and ``places_moved``,
    those won by the second. Raises ``MissingTable`` when the ledger lacks a criterion.

    >>> two = pd.DataFrame({"account_id": ["a", "b"], "revenue": [90.0, 10.0],
    ...                     "contribution": [1.0, 5.0]})
    >>> side_by_side(two).table["places_moved"].tolist()
    [-1, 1]
    """
    first, second = (classify(accounts, by=by, cuts=cuts) for by in criteria)
    names = [name for name in ("account_id", "account_name") if name in accounts]
    columns = list(dict.fromkeys([*names, *criteria, "rank", "abc_class"]))
    table = first[columns].merge(
        second[["account_id", "rank", "abc_class"]], on="account_id", suffixes=("_x", "_y")
    )
    one, two = criteria
    table = table.rename(
        columns={
            "rank_x": f"rank_{one}",
            "rank_y": f"rank_{two}",
            "abc_class_x": f"class_{one}",
            "abc_class_y": f"class_{two}",
        }
    )
    table["places_moved"] = table[f"rank_{one}"] - table[f"rank_{two}"]
    by_one, by_two = (table[f"class_{by}"] == "A" for by in criteria)
    leaves, enters, both = table[by_one & ~by_two], table[~by_one & by_two], table[by_one & by_two]
    text = ngettext(
        "{n} account is in class A by {one} and by {other}; {leaves} only by {one}, {enters} only "
        "by {other}.",
        "{n} accounts are in class A by {one} and by {other}; {leaves} only by {one}, {enters} "
        "only by {other}.",
        len(both),
        one=total_of(criteria[0]),
        other=total_of(criteria[1]),
        leaves=number(len(leaves)),
        enters=number(len(enters)),
    )
    text = joined(" ", [text, _largest_fall(table, criteria)])
    return Finding("side_by_side", table, text)


def ordinary_sales(classes: pd.DataFrame, *, keep: Sequence[str] = ("A",)) -> pd.DataFrame:
    """Return the accounts outside the classes in ``keep``: they stay with ordinary sales.

    One row per account, in the order of ``classes``.

    >>> three = pd.DataFrame({"account_id": ["a", "b", "c"], "revenue": [10.0, 85.0, 5.0]})
    >>> ordinary_sales(classify(three))["account_id"].tolist()
    ['a', 'c']
    """
    check(classes, ("abc_class",), what=_("classes"))
    return classes[~classes["abc_class"].isin(list(keep))].reset_index(drop=True)


def _largest_fall(table: pd.DataFrame, criteria: tuple[str, str]) -> str:
    one, two = criteria
    fall = table[table[f"class_{one}"] == "A"].sort_values(["places_moved", "account_id"]).head(1)
    if fall.empty or fall["places_moved"].iloc[0] >= 0:
        return ""
    row = fall.iloc[0]
    who = row["account_id"]
    if "account_name" in row and isinstance(row["account_name"], str):
        who = f"{row['account_name']} ({who})"
    before, after = number(row[f"rank_{one}"]), number(row[f"rank_{two}"])
    return _("{who} falls furthest, from place {one} to {other}.", who=who, one=before, other=after)


def _rule(
    accounts: pd.DataFrame, by: str, target: float, top: float
) -> tuple[int, int, int, float]:
    """Return how many accounts there are, are needed and are at the top, and what these give."""
    size = np.sort(np.asarray(values(accounts, by), dtype=np.float64))[::-1]
    running = size.cumsum()
    if not len(size) or not running[-1] > 0:
        raise _nothing_to_share(by)
    head = math.ceil(top * len(size) - 1e-9)
    needed = int(np.argmax(running >= target * running[-1] * (1 - 1e-12))) + 1
    return len(size), needed, head, float(running[head - 1] / running[-1])


def _rule_caveats(
    accounts: pd.DataFrame,
    by: str,
    table: pd.DataFrame,
    rule: tuple[float, str],
    halves: Mapping[str, pd.DataFrame],
) -> tuple[str, ...]:
    top, currency = rule
    caveats = [
        _(
            "{period}: {share} of the accounts with sales gave {target}; the top {top} gave "
            "{given}.",
            period=name,
            top=percent(top, 0),
            share=percent(table[f"{column}_share"].iloc[0]),
            target=percent(table["share_revenue"].iloc[0], 0),
            given=percent(table[f"{column}_share"].iloc[1]),
        )
        for name, column in zip(halves, _HALVES, strict=False)
    ]
    size = values(accounts, by)
    if len(below := size[size <= 0].sort_values(kind="stable")):
        rows = accounts.loc[below.index[:_NAMED]]
        caveats.append(
            ngettext(
                "{n} account is at or below zero, {amount} in all, and is counted: {names}.",
                "{n} accounts are at or below zero, {amount} in all, and are counted, first "
                "{names}.",
                len(below),
                amount=scaled(float(below.sum()), currency),
                names=join([name_of(row) for _x, row in rows.iterrows()]),
            )
        )
    return tuple(caveats)


def _check_cuts(cuts: Sequence[float]) -> None:
    rising = all(one < other for one, other in zip(cuts, list(cuts)[1:], strict=False))
    if not cuts or not rising or not all(0 < cut <= 1 for cut in cuts):
        raise ParameterError(
            _("The cut points must be rising shares."),
            found=", ".join(str(cut) for cut in cuts) or _("none"),
            wanted=_("shares above 0 and at most 1, each larger than the one before"),
            remedy=_("Use for example 0.80 and 0.95."),
        )


def _bad_share(share: float) -> ParameterError:
    return ParameterError(
        _("This is not a share."),
        found=str(share),
        wanted=_("a number between 0 and 1"),
        remedy=_("Write 80% as 0.80."),
    )


def _nothing_to_share(by: str) -> LedgerError:
    return LedgerError(
        _(
            "The accounts cannot be ranked: their {what} does not sum to more than zero.",
            what=total_of(by),
        ),
        wanted=_("accounts with amounts above zero"),
        remedy=_("Check the sign of the amounts and of the credit notes."),
    )
