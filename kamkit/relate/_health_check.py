"""Whether health foresaw who would leave: the health of an earlier day and what came of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from kamkit.errors import PeriodError
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.finding import Finding
from kamkit.periods import day
from kamkit.relate._health import FEW, STRONG, WEAK, ledger_health, told_apart
from kamkit.schema import takes

if TYPE_CHECKING:
    from collections.abc import Mapping

BANDS = ("weak", "at_a_loss", "middle", "strong")
"""Health below 40, below 40 for nothing but a loss, from 40 to below 70, and from 70."""

_MANY, _Z = 100, 1.959964
_YEAR = pd.Timedelta(days=365)


@takes(then="account_id", days="account_id day amount")
def health_check(
    then: pd.DataFrame,
    days: pd.DataFrame,
    *,
    date: dt.date,
    end: dt.date,
    weights: Mapping[str, float] | None = None,
) -> Finding:
    """Tell how many accounts were lost after an earlier day, by their health on that day.

    Health is what the ledger told on the day; contacts and ratings have no earlier state.

    Parameters
    ----------
    then : DataFrame
        The accounts as they were on the day, facts with value.
    days : DataFrame
        The purchase days of the whole ledger, see ``value.purchase_days``.
    date, end : date
        The day, and the last one of what came.
    weights : mapping of str to float, optional
        As ``relate.health`` takes them.

    Returns
    -------
    Finding
        One row for each of ``BANDS``: ``health_band``, ``accounts``, ``lost_accounts`` (of them
        bought nothing afterwards, or less than half, see ``what_came``) and ``lost_share``.

    Raises
    ------
    PeriodError
        Where the ledger does not reach back far enough.

    Examples
    --------
    >>> facts = pd.DataFrame({"account_id": ["a", "b"], "rhythm_state": ["on_time", "lost"]})
    >>> bought = pd.DataFrame({"account_id": ["a", "b", "a"], "amount": [9.0, 9.0, 8.0],
    ...     "day": pd.to_datetime(["2024-09-01", "2024-09-01", "2025-09-01"])})
    >>> ends = {"date": dt.date(2025, 8, 31), "end": dt.date(2025, 12, 31)}
    >>> health_check(facts, bought, **ends).table["lost_accounts"].tolist()
    [1, 0, 0, 0]
    """
    known = ledger_health(then, weights).dropna()
    came = what_came(days, date=date, end=end).set_index("account_id")
    lost = came.loc[came.index.isin(known.index), "lost"]
    groups = lost.groupby(_bands(known.loc[lost.index])).agg(["size", "sum"])
    groups = groups.reindex(list(BANDS), fill_value=0)
    table = pd.DataFrame({"health_band": BANDS})
    table["accounts"] = groups["size"].to_numpy(int)
    table["lost_accounts"] = groups["sum"].to_numpy(int)
    table["lost_share"] = table["lost_accounts"] / table["accounts"].where(table["accounts"] > 0)
    base = _("as many days before")
    if _reaches_a_year(days, date):
        base = _("the same days a year before")
    return Finding("health_check", table, _text(table, date, end), _caveats(table, base))


def _bands(health: pd.DataFrame) -> pd.Series[str]:
    bands = pd.Series("middle", index=health.index)
    bands[health["health"] >= STRONG] = "strong"
    bands[health["health"] < WEAK] = "at_a_loss"
    bands[health["health_but_loss"] < WEAK] = "weak"
    return bands


def what_came(days: pd.DataFrame, *, date: dt.date, end: dt.date) -> pd.DataFrame:
    """Return what each account bought before an earlier day and after it, and who was lost.

    One row per account that bought in the days compared with, by number: ``account_id``,
    ``bought_before`` (in the same days a year earlier, or, of a ledger that does not reach back so
    far, in as many days up to ``date``), ``bought_after`` (after ``date``, up to ``end``) and
    ``lost``: nothing, or less than half of it, and it bought in the year before ``date``.

    Raises ``PeriodError`` where the ledger does not reach back far enough.

    Examples
    --------
    >>> bought = pd.DataFrame({"account_id": ["a", "a", "b", "b"],
    ...     "day": pd.to_datetime(["2025-01-01", "2025-09-01"] * 2),
    ...     "amount": [10.0, 4.9, 10.0, 5.0]})
    >>> came = what_came(bought, date=dt.date(2025, 6, 30), end=dt.date(2025, 12, 31))
    >>> came["lost"].tolist()
    [True, False]
    """
    split, last = pd.Timestamp(date), pd.Timestamp(end)
    first, span = days["day"].min(), last - split
    back = _YEAR if _reaches_a_year(days, date) else span
    if first > split - span + pd.Timedelta(days=31) or span.days < 1:
        raise PeriodError(
            _("The ledger is too short to check health against what came."),
            found=day(first.date()),
            wanted=_("a ledger that reaches as far back from {day} as it goes on", day=day(date)),
            remedy=_("Use a longer ledger, or fewer days back."),
        )
    before = _bought(days, split - back, min(split - back + span, split))
    after = _bought(days, split, last).reindex(before.index, fill_value=0.0)
    active = _bought(days, split - _YEAR, split).index
    table = pd.DataFrame({"bought_before": before, "bought_after": after})
    table = table[(table["bought_before"] > 0) & table.index.isin(active)].rename_axis("account_id")
    return table.assign(lost=table["bought_after"] < table["bought_before"] / 2).reset_index()


def _reaches_a_year(days: pd.DataFrame, date: dt.date) -> bool:
    """Tell whether the ledger reaches back a year before a day, but for a week."""
    start = pd.Timestamp(date) - _YEAR + pd.Timedelta(days=8)
    return bool(days["day"].min() <= start)


def _bought(days: pd.DataFrame, after: pd.Timestamp, until: pd.Timestamp) -> pd.Series[float]:
    there = days[(days["day"] > after) & (days["day"] <= until)]
    sums: pd.Series[float] = there.groupby("account_id")["amount"].sum()
    return sums


def _text(table: pd.DataFrame, date: dt.date, end: dt.date) -> str:
    rows = table.set_index("health_band")
    low = number(WEAK)
    if rows["accounts"].to_dict()["at_a_loss"]:
        low = _("{low} (a loss apart)", low=low)
    values = {"day": day(date), "end": day(end), "low": low, "high": number(STRONG)}
    if (rows.loc[["weak", "strong"], "accounts"] < FEW).any():
        return _(
            "Whether health foresees who leaves could not be checked: on {day} fewer than {few} "
            "accounts had a health below {low}, or of {high} or more.",
            few=number(FEW),
            **values,
        )
    for name in ("weak", "strong"):
        values[f"n_{name}"] = number(rows["accounts"].to_dict()[name])
        values[f"p_{name}"] = percent(rows["lost_share"].to_dict()[name], 0)
    came = _(
        "of the {n_weak} accounts below {low} on {day}, {p_weak} left or halved their purchases by "
        "{end}; of the {n_strong} at {high} or more, {p_strong}",
        **values,
    )
    if told_apart(table):
        return _("Checked against what followed: {came}.", came=came)
    return _("Health did not foresee who would leave: {came}.", came=came)


def _interval(lost: int, of: int) -> tuple[float, float]:
    """Return the interval of Wilson (1927) for a share, at 95 %."""
    share, wide = lost / of, _Z**2 / of
    middle = (share + wide / 2) / (1 + wide)
    half = _Z / (1 + wide) * (share * (1 - share) / of + wide / (4 * of)) ** 0.5
    return middle - half, middle + half


def _caveats(table: pd.DataFrame, base: str) -> tuple[str, ...]:
    rows = table.set_index("health_band").to_dict("index")
    row = rows["at_a_loss"]
    checked = min(rows[band]["accounts"] for band in ("weak", "strong")) >= FEW
    halved = (_("Halved means less than half of {base}.", base=base),) if checked else ()
    weak = rows["weak"]
    if checked and weak["accounts"] < _MANY:
        low, high = _interval(int(weak["lost_accounts"]), int(weak["accounts"]))
        uncertain = _(
            "Of {n} accounts a share is rough: for those below {weak} it lies between {low} and "
            "{high} (95%).",
            n=number(weak["accounts"]),
            weak=number(WEAK),
            low=percent(low, 0),
            high=percent(high, 0),
        )
        halved = (*halved, uncertain)
    if not row["accounts"]:
        return halved
    return (
        *halved,
        ngettext(
            "Not counted: {n} account that was below {low} only because it cost more than it left; "
            "{share} of them left or halved.",
            "Not counted: {n} accounts that were below {low} only because they cost more than they "
            "left; {share} of them left or halved.",
            row["accounts"],
            low=number(WEAK),
            share=percent(row["lost_share"], 0),
        ),
    )
