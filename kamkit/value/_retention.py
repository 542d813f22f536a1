"""Who stayed: accounts and revenue kept from one period to an equally long one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import LedgerError, MissingTable
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.periods import Period, is_year, span
from kamkit.value.comparison import account_sums, compared, money_of, period_caveats

if TYPE_CHECKING:
    from kamkit.case import Case

_LEAST_DAYS = 90
_OF_LEDGER = ("segment", "region", "seller", "parent_id")


def retention(
    case: Case,
    *,
    periods: tuple[Period, Period] | None = None,
    by: str = "revenue",
    per: str | pd.Series[str] | None = None,
) -> Finding:
    """Tell how much of what accounts bought in one period they bought again in the next.

    Base are the accounts that bought in the earlier period, for more than zero in all; b is what
    an account bought in it, a what it bought in the later one (``by``, net; a is below zero where
    more is credited than bought). New accounts do not count.

    - ``gross_retention`` (GRR), sum of min(a, b) / sum of b: growth of one account cannot hide the
      loss of another, so it is 1 at most;
    - ``net_retention`` (NRR), sum of a / sum of b: with growth, so it can exceed 1;
    - ``account_retention``, the share of the base that has a line above zero in the later period.

    One row in all, or one per group with ``per``: a column of the table of accounts or of the
    ledger such as ``"segment"`` or ``"region"``, or a series of group by account number (for
    example class A, B, C); the largest group first, accounts without one in a row of their own.
    Columns: ``per`` or the series' name, ``accounts``, ``accounts_kept``, ``revenue_before``,
    ``revenue_kept`` (sum of min), ``revenue_after`` (``contribution_...`` with ``by``), and the
    three shares of 1.

    Raises ``PeriodError`` for periods that do not compare, ``MissingTable`` without the column or
    the cost, ``LedgerError`` where nobody bought in the earlier period. Source: retention rate in
    Farris, Bendle, Pfeifer and Reibstein (2010); gross and net revenue retention as defined by the
    SaaS Metrics Standards Board (2023), here on purchases instead of contracts.

    >>> from kamkit import open_case
    >>> row = retention(open_case("cdnow")).table.iloc[0]
    >>> bool(row["gross_retention"] <= min(1, row["net_retention"]))
    True
    """
    both = compared(case, periods)
    sums = account_sums(case, both, by)
    bought = sums["bought_before"]
    base = sums[bought & (sums["before"] > 0)]
    if base.empty:
        raise LedgerError(
            _("No account bought anything in the earlier period."),
            found=str(both[0]),
            remedy=_("Choose a period with sales."),
        )
    base = base.assign(kept=np.minimum(base["before"], base["after"]))
    groups = _grouped(case, per)
    table = _table(base, groups, by)
    caveats = period_caveats(case, both)
    left_out = sums[bought & (sums["before"] <= 0)]
    if len(left_out):
        caveats.append(
            ngettext(
                "{n} account bought in the earlier period for zero or less in all and is left out.",
                "{n} accounts bought in the earlier period for zero or less in all "
                "and are left out.",
                len(left_out),
            )
        )
    whole = _table(base, None, by).iloc[0]
    return Finding("retention", table, _text(whole, table, both, by, case.currency), tuple(caveats))


def yearly_retention(kept: float, both: tuple[Period, Period]) -> float:
    """Return the share kept in a year, of one kept from a period to the next.

    As it is for periods of twelve months; else as if as much were kept again and again:
    ``kept ** (365 / days)``, where days are the mean length of the two. Missing where they are
    shorter than a quarter: a year is then too far off.

    >>> halves = Period("2025-01-01", "2025-06-30"), Period("2025-07-01", "2025-12-31")
    >>> round(yearly_retention(0.9, halves), 9)
    0.81
    """
    if is_year(both[1]):
        return kept
    days = (both[0].days + both[1].days) / 2
    return float("nan") if days < _LEAST_DAYS else max(kept, 0.0) ** (365 / days)


def account_groups(case: Case, column: str) -> pd.Series[str]:
    """Return the group of each account by number: from the table of accounts, else the ledger.

    From the ledger it is the value of the latest line that has one, the alphabetically first of
    several on that day. Raises ``MissingTable`` where neither has the column.

    >>> from kamkit import open_case
    >>> account_groups(open_case("fjordgross"), "region")["000412"]
    'Østlandet'
    """
    register = case.tables.get("accounts")
    if register is not None and column in register and column != "account_id":
        unique = register.drop_duplicates("account_id").set_index("account_id")
        return unique[column].rename(column)
    if column not in _OF_LEDGER or not case.has(column):
        raise MissingTable(
            _("Neither the ledger nor the table of accounts has the column “{name}”.", name=column),
            wanted=_("a column such as segment, region or account_manager"),
            remedy=_("Add the column, or give the groups by account number."),
        )
    lines = case.sales
    groups = (
        lines.filter(lines[column].notnull())
        .group_by(["account_id", column])
        .aggregate(last=lines.date.max())
    )
    frame: pd.DataFrame = case.engine.arrow(groups).to_pandas()
    frame = frame.sort_values(["account_id", "last", column], ascending=[True, False, True])
    return frame.drop_duplicates("account_id").set_index("account_id")[column]


def _grouped(case: Case, per: str | pd.Series[str] | None) -> pd.Series[str] | None:
    if per is None:
        return None
    groups = account_groups(case, per) if isinstance(per, str) else per
    return groups.astype(object).rename(str(groups.name or "group"))


def _table(base: pd.DataFrame, groups: pd.Series[str] | None, by: str) -> pd.DataFrame:
    label = pd.Series("", index=base.index, name="group")
    if groups is not None:
        label = base["account_id"].map(groups).rename(str(groups.name))
    sums = (
        base.assign(accounts=1, stayed=base["bought_after"].astype("int64"))
        .groupby(label, dropna=False)[["accounts", "stayed", "before", "kept", "after"]]
        .sum()
    )
    sums = sums.sort_index().sort_values("before", ascending=False, kind="stable").reset_index()
    table = pd.DataFrame(
        {
            str(label.name): sums[label.name],
            "accounts": sums["accounts"],
            "accounts_kept": sums["stayed"],
            f"{by}_before": money_of(sums["before"]),
            f"{by}_kept": money_of(sums["kept"]),
            f"{by}_after": money_of(sums["after"]),
            "gross_retention": sums["kept"] / sums["before"],
            "net_retention": sums["after"] / sums["before"],
            "account_retention": sums["stayed"] / sums["accounts"],
        }
    )
    return table if groups is not None else table.drop(columns="group")


def _text(
    whole: pd.Series[float],
    table: pd.DataFrame,
    both: tuple[Period, Period],
    by: str,
    currency: str,
) -> str:
    text = _(
        "Of {before} that {accounts} gave in {earlier}, {gross} was kept in {later}; with what "
        "grew it is {net}. {staying}",
        before=scaled(float(whole[f"{by}_before"]), currency),
        accounts=ngettext("{n} account", "{n} accounts", int(whole["accounts"])),
        earlier=span(both[0]),
        later=span(both[1]),
        gross=percent(whole["gross_retention"]),
        net=percent(whole["net_retention"]),
        staying=ngettext(
            "{n} ({share}) still buys.",
            "{n} ({share}) still buy.",
            int(whole["accounts_kept"]),
            share=percent(whole["account_retention"]),
        ),
    )
    group = str(table.columns[0])
    if group == "accounts" or len(table) < 2:
        return text
    known = table[table[group].notna()]
    low = known.sort_values("gross_retention", kind="stable").head(1)
    if low.empty:
        return text
    least = _(
        "Least is kept in {group}: {share}.",
        group=str(low[group].iloc[0]),
        share=percent(float(low["gross_retention"].iloc[0])),
    )
    return joined(" ", [text, least])
