"""What an account has bought so far, as the models of repeat buying need it: one row each."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.lazy import once
from kamkit.periods import Period, day
from kamkit.schema import check
from kamkit.value.occasions import purchase_days

if TYPE_CHECKING:
    from kamkit.case import Case

DAYS_PER_WEEK = 7
WEEKS_PER_YEAR = 365.2425 / DAYS_PER_WEEK
"""52.1775: the mean year of the calendar."""

_WANTED = ("account_id", "day", "amount")


def summary(source: Case | pd.DataFrame, *, as_of: dt.date | None = None) -> pd.DataFrame:
    """Return the buying history of each account in the numbers that the models need.

    ``source`` is a case, or a table of purchase occasions such as ``purchase_days`` returns
    (``account_id``, ``day``, ``amount``), one row per account and day. ``as_of`` is the last day
    that counts: without it the last day of the ledger, never today. Returns after ``as_of`` are
    not known on that day, so nothing is taken off for them.

    One row per account that bought by then, by number: ``account_id``; ``frequency``, repeat
    occasions (occasions less one); ``recency``, weeks from the first to the last occasion;
    ``age``, weeks from the first occasion to ``as_of`` (days / 7, never rounded); ``first_date``,
    ``last_date``; ``mean_value``, mean net amount of the repeat occasions in the currency of the
    source, missing without any; ``mean_purchase``, that of all occasions. Of a case with costs
    also ``contribution_ratio``: contribution of the amount of the lines that have a cost, missing
    where that amount is not above zero.

    Raises ``LedgerError`` where nothing was bought by ``as_of``, ``ParameterError`` for a table
    with other columns. Source: Fader, Hardie and Lee (2005).

    >>> days = pd.DataFrame({"account_id": ["1"] * 3, "amount": [10.0, 20, 40],
    ...     "day": pd.to_datetime(["2025-01-01", "2025-01-08", "2025-01-22"])})
    >>> table = summary(days, as_of=dt.date(2025, 2, 5))
    >>> table[["frequency", "recency", "age", "mean_value"]].to_numpy().tolist()
    [[2.0, 3.0, 5.0, 30.0]]
    """
    return summary_and_days(source, as_of=as_of)[0]


def summary_and_days(
    source: Case | pd.DataFrame, *, as_of: dt.date | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table of ``summary`` and the purchase occasions behind it.

    >>> from kamkit import open_case
    >>> known, days = summary_and_days(open_case("cdnow"))
    >>> int((known["frequency"] + 1).sum()) == len(days)
    True
    """
    check_source(source)
    if isinstance(source, pd.DataFrame):
        last = as_of or _last(source)
        return _history(source, last), source[source["day"] <= pd.Timestamp(last)]
    whole = source.period
    last = as_of or whole.end
    if last < whole.start:
        raise _nothing(last, str(whole))
    days = purchase_days(source, period=Period(whole.start, last))
    table = _history(days, last)
    if not source.has("cost"):
        return table, days
    totals = ledger_totals(source, as_of=last).set_index("account_id").loc[table["account_id"]]
    sold = totals["revenue_with_cost"].where(totals["revenue_with_cost"] > 0)
    return table.assign(contribution_ratio=(totals["contribution"] / sold).to_numpy()), days


def ledger_totals(case: Case, *, as_of: dt.date | None = None) -> pd.DataFrame:
    """Return the net amount and the margin of each account with a line, whether it bought or not.

    One row per account, by number: ``account_id``; ``revenue``, net, in the case's currency; of a
    case with costs ``revenue_with_cost`` and ``contribution`` (less cost of goods), both of the
    lines that have a cost. ``as_of`` is the last day that counts.

    >>> from kamkit import open_case
    >>> totals = ledger_totals(open_case("fjordgross"))
    >>> len(totals), round(float(totals["revenue"].sum()), 2)
    (1190, 1905252387.07)
    """
    lines = case.sales if as_of is None else case.sales.filter(case.sales.date <= as_of)
    sums = {"revenue": lines.amount.sum()}
    if case.has("cost"):
        sums["revenue_with_cost"] = lines.amount.sum(where=lines.cost.notnull())
        sums["contribution"] = sums["revenue_with_cost"] - lines.cost.sum()
    table = lines.group_by("account_id").aggregate(**sums).order_by("account_id")
    return case.engine.frame(table).astype(dict.fromkeys(sums, "float64"))


def names(case: Case) -> pd.Series[str] | None:
    """Return the name of each account by number, or ``None`` where the case has no names.

    The register goes before the ledger, which fills in what the register lacks; of several names
    in the ledger it is the alphabetically last.

    >>> from kamkit import open_case
    >>> names(open_case("cdnow")) is None
    True
    """
    names_found = _all_names(case)
    return None if names_found is None else names_found.copy()


@once
def _all_names(case: Case) -> pd.Series[str] | None:
    parts: list[pd.Series[str]] = []
    register = case.tables.get("accounts")
    if register is not None and "name" in register:
        parts.append(_named(register, "name"))
    if case.has("account_name"):
        lines = case.sales
        latest = lines.group_by("account_id").aggregate(account_name=lines.account_name.max())
        frame = case.engine.arrow(latest.order_by("account_id")).to_pandas()
        parts.append(_named(frame, "account_name"))
    if not parts:
        return None
    both = pd.concat(parts)
    return both[~both.index.duplicated()]


def _named(frame: pd.DataFrame, column: str) -> pd.Series[str]:
    known = frame.dropna(subset=[column]).drop_duplicates("account_id")
    first: pd.Series[str] = known.set_index("account_id")[column]
    return first


def _history(days: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    cut = pd.Timestamp(as_of)
    days = days[days["day"] <= cut].sort_values(["account_id", "day"], kind="stable")
    if not len(days):
        raise _nothing(as_of)
    new = days["account_id"].ne(days["account_id"].shift()).to_numpy()
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(days)) - 1
    amounts = days["amount"].to_numpy(dtype=float)
    moments = days["day"].to_numpy(dtype="datetime64[D]")
    repeats = ends - starts
    # the first occasion is left out of the sum itself: a difference would leave crumbs of cents
    sums = np.add.reduceat(np.where(new, 0.0, amounts), starts)
    means = np.divide(sums, repeats, out=np.full(len(starts), np.nan), where=repeats > 0)
    return pd.DataFrame(
        {
            "account_id": days["account_id"].to_numpy()[starts],
            "frequency": repeats.astype(np.int64),
            "recency": _weeks(moments[ends] - moments[starts]),
            "age": _weeks(np.datetime64(as_of, "D") - moments[starts]),
            "first_date": moments[starts].astype("datetime64[s]"),
            "last_date": moments[ends].astype("datetime64[s]"),
            "mean_value": means,
            "mean_purchase": np.add.reduceat(amounts, starts) / (repeats + 1),
        }
    )


def _weeks(spans: np.ndarray) -> np.ndarray:
    days: np.ndarray = spans.astype("timedelta64[D]").astype(np.int64)
    return days / DAYS_PER_WEEK


def _last(days: pd.DataFrame) -> dt.date:
    return checked_days(days)["day"].max().date() if len(days) else dt.date.min


def check_source(source: Case | pd.DataFrame) -> None:
    """Refuse what is neither a case nor a table of purchase occasions."""
    from kamkit.case import Case

    if not isinstance(source, Case):
        checked_days(source)


def checked_days(days: pd.DataFrame) -> pd.DataFrame:
    """Return a table of purchase occasions as it is.

    Raises ``ParameterError`` for one without the columns of ``purchase_days``.

    >>> days = pd.DataFrame({"account_id": ["1"], "day": pd.to_datetime(["2025-01-31"])})
    >>> checked_days(days.assign(amount=5.0))["amount"].tolist()
    [5.0]
    """
    check(days, _WANTED, what=_("purchase days"))
    return days


def _nothing(as_of: dt.date, found: str = "") -> LedgerError:
    return LedgerError(
        _("No account had bought anything by {day}.", day=day(as_of)),
        found=found,
        remedy=_("Choose a later day."),
    )
