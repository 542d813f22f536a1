"""Cohorts: accounts that began in the same period, and what they have bought since."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.periods import Period, day
from kamkit.value.comparison import checked_choice, money_of, no_cost, units
from kamkit.value.occasions import purchase_days

if TYPE_CHECKING:
    from kamkit.case import Case

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MEASURES = ("accounts", "revenue", "contribution")
AGES = {"month": (1, 6, 12), "quarter": (1, 4), "year": (1, 2)}
"""The ages that are told, by the length of a period."""

_FEW = 10
_SLACK = 4
"""Days that may be missing of a period, at either end of the ledger, for it to count as whole: a
weekend and a holiday."""


def cohorts(case: Case, *, every: str = "month", measure: str = "accounts") -> Finding:
    """Tell how much of each cohort is left as it grows older.

    A cohort is the accounts whose first purchase occasion (see ``occasions.purchase_days``) lies
    in the same calendar month, quarter or year (``every``). The table has one row per cohort and
    age, up to the end of the ledger: ``cohort``, first day of its period; ``age``, whole periods
    since it (0 is the first); ``accounts`` with a purchase occasion in the period; ``revenue`` (and
    ``contribution`` when it is the ``measure``), the net amount of the period's lines, credits
    included; ``share``, the ``measure`` by that of the same cohort at age 0, never of another row,
    missing where that is not above zero; ``left_censored``, for the first cohort, whose accounts
    may have bought before the ledger begins; ``incomplete``, where the row's own period or the
    cohort's first lacks more than four days of the ledger.

    Each amount belongs to one row: the rows of a calendar period add up to the ledger's, less the
    lines of accounts without a purchase, or of periods before their first; a caveat tells them. At
    age 0 accounts have been there for a part of the period only, so an amount's share can exceed 1
    at age 1. Averages in the text are over whole periods of ten accounts or more, the first cohort
    left out.

    Raises ``MissingTable`` for the contribution of a ledger without cost, ``ParameterError`` for
    another period or measure, ``LedgerError`` where nothing was bought. Source: retention
    by cohort, as in Fader and Hardie (2010).

    >>> from kamkit import open_case
    >>> table = cohorts(open_case("cdnow"), every="quarter").table
    >>> table["cohort"].dt.strftime("%Y-%m").unique().tolist()[:1], table["share"].iloc[0].item()
    (['1997-01'], 1.0)
    """
    step = _MONTHS[checked_choice(every, _MONTHS, "every")]
    checked_choice(measure, _MEASURES, "measure")
    if measure == "contribution" and not case.has("cost"):
        raise no_cost()
    days, whole = purchase_days(case), case.period
    new = days["account_id"].ne(days["account_id"].shift()).to_numpy()
    places = ((days["day"].dt.year * 12 + days["day"].dt.month - 1) // step).to_numpy()
    sums = _sums(case, days.loc[new, ["account_id"]].assign(born=places[new]), step, measure)
    table = _grid(_active(new, places), sums, _step_number(whole.end, step), step)
    base = table.groupby("cohort")[measure].transform("first")
    table = _flagged(table.assign(share=table[measure] / base.where(base > 0)), whole, step)
    outside = float(money_of(sums.loc[sums.index.get_level_values("age") < 0, "revenue"].sum()))
    caveats = _caveats(table, outside, whole, case.currency, measure)
    return Finding("cohorts", table, _text(table, every, measure), caveats)


def after(table: pd.DataFrame, age: int, *, every: str = "month", measure: str = "accounts") -> str:
    """Return what is left of the cohorts at an age, as a clause; empty where too few got there.

    ``table`` is that of ``cohorts``. Counted are the rows that are whole, without the first
    cohort, and at least ten accounts.

    >>> from kamkit import open_case
    >>> after(cohorts(open_case("cdnow")).table, 6)
    "After 6 months 7.6% of a cohort's accounts buy"
    """
    sound = table[~table["left_censored"] & ~table["incomplete"]]
    reached = sound.loc[sound["age"] == age, ["cohort", measure]]
    base = sound[(sound["age"] == 0) & sound["cohort"].isin(reached["cohort"])]
    whole = float(base[measure].sum())
    if base["accounts"].sum() < _FEW or whole <= 0:
        return ""
    facts = {"time": _count(age, every), "share": percent(float(reached[measure].sum()) / whole)}
    if measure == "accounts":
        return _("After {time} {share} of a cohort's accounts buy", **facts)
    if measure == "revenue":
        return _("After {time} a cohort brings {share} of the revenue of its first period", **facts)
    return _(
        "After {time} a cohort brings {share} of the contribution of its first period", **facts
    )


def _step_number(date: dt.date, step: int) -> int:
    return (date.year * 12 + date.month - 1) // step


def _begins(number: int, step: int) -> dt.date:
    months = number * step
    return dt.date(months // 12, months % 12 + 1, 1)


def _active(new: np.ndarray, places: np.ndarray) -> pd.Series[int]:
    """Count the accounts that bought, by cohort and age, from occasions in order of account."""
    account = np.cumsum(new)
    cohort = places[np.flatnonzero(new)][account - 1]
    again = np.append(False, (places[1:] == places[:-1]) & ~new[1:])
    seen = pd.DataFrame({"cohort": cohort, "age": places - cohort})[~again]
    counted: pd.Series[int] = seen.groupby(["cohort", "age"]).size()
    return counted


def _sums(case: Case, born: pd.DataFrame, step: int, measure: str) -> pd.DataFrame:
    """Add up the lines by cohort and age in whole ten-thousandths; of no cohort is age -1."""
    import pyarrow as pa

    lines = case.sales
    values = {"revenue": lines.amount.sum()}
    if measure == "contribution":
        cost = lines.cost.fill_null(lines.amount - lines.amount)
        values["contribution"] = (lines.amount - cost).sum()
    period_number = (lines.date.year() * 12 + lines.date.month() - 1) // step
    grouped = lines.group_by(account_id=lines.account_id, place=period_number).aggregate(**values)
    held = case.engine.hold(pa.Table.from_pandas(born, preserve_index=False))
    joined = grouped.left_join(held, "account_id")
    age = joined.place - joined.born
    inside = (age >= 0).fill_null(False)
    total = joined.group_by(
        cohort=inside.ifelse(joined.born, -1), age=inside.ifelse(age, -1)
    ).aggregate(**{name: units(joined[name].sum()) for name in values})
    frame: pd.DataFrame = case.engine.arrow(total).to_pandas()
    case.engine.drop(held.get_name())
    return frame.set_index(["cohort", "age"]).sort_index()


def _grid(active: pd.Series[int], sums: pd.DataFrame, last: int, step: int) -> pd.DataFrame:
    """Return one row for each cohort and age until the last period; nothing bought is a zero."""
    born = active.index.get_level_values("cohort").unique().sort_values()
    rows = [(number, age) for number in map(int, born) for age in range(last - number + 1)]
    index = pd.MultiIndex.from_tuples(rows, names=["cohort", "age"])
    table = pd.DataFrame({"accounts": active.reindex(index, fill_value=0)})
    for name in sums:
        table[str(name)] = money_of(sums[name].reindex(index, fill_value=0))
    table = table.reset_index()
    starts = pd.to_datetime([_begins(int(number), step) for number in table["cohort"]])
    return table.assign(place=table["cohort"] + table["age"], cohort=starts.as_unit("s"))


def _flagged(table: pd.DataFrame, whole: Period, step: int) -> pd.DataFrame:
    first, last = _step_number(whole.start, step), _step_number(whole.end, step)
    partial = set()
    if (whole.start - _begins(first, step)).days > _SLACK:
        partial.add(first)
    if (_begins(last + 1, step) - whole.end).days - 1 > _SLACK:
        partial.add(last)
    born = table["place"] - table["age"]
    incomplete = table["place"].isin(partial) | born.isin(partial)
    table = table.assign(left_censored=born == first, incomplete=incomplete)
    return table.drop(columns="place")


def _text(table: pd.DataFrame, every: str, measure: str) -> str:
    first = table[table["age"] == 0]
    begun = _(
        "{accounts} made their first purchase in the course of {cohorts}.",
        accounts=ngettext("{n} account", "{n} accounts", int(first["accounts"].sum())),
        cohorts=_count(len(first), every),
    )
    clauses = [after(table, age, every=every, measure=measure) for age in AGES[every]]
    return joined(" ", [begun, *(joined("", [sentence, "."]) for sentence in clauses if sentence)])


def _count(count: int, every: str) -> str:
    if every == "month":
        return ngettext("{n} month", "{n} months", count)
    if every == "quarter":
        return ngettext("{n} quarter", "{n} quarters", count)
    return ngettext("{n} year", "{n} years", count)


def _caveats(
    table: pd.DataFrame, outside: float, whole: Period, currency: str, measure: str
) -> tuple[str, ...]:
    caveats = [
        _(
            "The ledger begins on {day}: the first cohort holds accounts that bought before and is "
            "not in the averages; the next ones may hold some that buy seldom.",
            day=day(whole.start),
        )
    ]
    if table["incomplete"].any():
        caveats.append(_("Incomplete periods are marked and not in the averages."))
    if measure != "accounts":
        caveats.append(
            _(
                "Most accounts of a cohort buy for only a part of its first period, so a share "
                "above 100% in the next is not yet growth."
            )
        )
    if outside:
        caveats.append(
            _(
                "{amount} is in no cohort: lines of accounts before their first purchase, or that "
                "bought nothing once returns are taken off.",
                amount=scaled(outside, currency),
            )
        )
    return tuple(caveats)
