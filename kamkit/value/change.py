"""Why sales moved: new, returned, growing, shrinking and lost accounts between two periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.language import N_, join, joined, number, sentence, signed
from kamkit.language import gettext as _
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.output.wording import plus
from kamkit.periods import Period, day, span
from kamkit.value.comparison import account_sums, adds_up, compared, money_of, period_caveats
from kamkit.value.history import names

if TYPE_CHECKING:
    from kamkit.case import Case

EFFECTS = ("new", "returned", "up", "same", "down", "lost")
"""Why an account's sales differ between two periods; each account has one."""


def bridge(
    case: Case, *, periods: tuple[Period, Period] | None = None, by: str = "revenue"
) -> Finding:
    """Tell which accounts took sales from one period's sum to an equally long one's.

    Without ``periods`` the ledger's last two years are compared, or two halves of what there is.
    ``by`` is ``"revenue"`` or ``"contribution"``. The table has one row per effect, in order:
    ``effect`` (a code), ``accounts`` and ``by`` in the case's currency:

    - ``start``: the earlier period and the accounts that bought in it; ``end``: the later;
    - ``new``: bought in the later period and never by the end of the earlier one;
    - ``returned``: bought before the earlier period, not in it, and in the later one;
    - ``lost``: bought in the earlier period and not in the later one;
    - ``up``, ``down``, ``same``: all others, by the sign of their change; that is who bought in
      both periods, and who bought in neither and has only credits in them.

    To buy is to have a line above zero. The effects add up to ``end`` less ``start`` to the
    ten-thousandth, and the accounts of ``start`` with ``new`` and ``returned`` less ``lost`` are
    those of ``end``. Nobody can have returned where the ledger begins with the earlier period; a
    caveat says so.

    Raises ``PeriodError`` for periods that do not compare, ``MissingTable`` for the contribution
    of a ledger without cost, ``LedgerError`` should the effects not add up.

    >>> from kamkit import open_case
    >>> finding = bridge(open_case("cdnow"))
    >>> finding.table["effect"].tolist()
    ['start', 'new', 'returned', 'up', 'same', 'down', 'lost', 'end']
    """
    both = compared(case, periods)
    sums = _with_effect(account_sums(case, both, by))
    table = _steps(sums, by)
    return Finding("bridge", table, _text(table, both, by, case.currency), _caveats(case, both, by))


def account_changes(
    case: Case, *, periods: tuple[Period, Period] | None = None, by: str = "revenue"
) -> pd.DataFrame:
    """Return what each account changed by between two equally long periods, and why.

    One row per account with a line in either period, the largest change up or down first, then by
    number: ``account_id``, ``account_name`` where the case has names, ``revenue_before``,
    ``revenue_after`` (``contribution_before`` ... with ``by="contribution"``) and ``change`` in the
    case's currency, ``effect`` as in ``bridge``. The changes add up to the bridge.

    Raises as ``bridge`` does.

    >>> from kamkit import open_case
    >>> changes = account_changes(open_case("cdnow"))
    >>> set(changes["effect"]) <= set(EFFECTS)
    True
    """
    sums = _with_effect(account_sums(case, compared(case, periods), by))
    size = sums["change"].abs()
    ordered = sums.assign(size=size).sort_values(["size", "account_id"], ascending=[False, True])
    table = _facts(ordered, by)
    known = names(case)
    if known is not None:
        table.insert(1, "account_name", table["account_id"].map(known))
    return table


def change_facts(case: Case, *, periods: tuple[Period, Period] | None = None) -> pd.DataFrame:
    """Return the columns of change for a table of accounts.

    One row per account with a line in either period, by number: ``account_id``,
    ``revenue_before``, ``revenue_after``, ``change``, ``effect``; see ``account_changes``.

    >>> from kamkit import open_case
    >>> change_facts(open_case("cdnow")).columns.tolist()
    ['account_id', 'revenue_before', 'revenue_after', 'change', 'effect']
    """
    return _facts(_with_effect(account_sums(case, compared(case, periods))), "revenue")


def _with_effect(sums: pd.DataFrame) -> pd.DataFrame:
    change = sums["after"] - sums["before"]
    before, after = sums["bought_before"], sums["bought_after"]
    came = after & ~before
    effect = np.select(
        [came & sums["bought_first"], came, before & ~after, change > 0, change < 0],
        ["returned", "new", "lost", "up", "down"],
        "same",
    )
    return sums.assign(change=change, effect=effect.astype(object))


def _facts(sums: pd.DataFrame, by: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "account_id": sums["account_id"],
            f"{by}_before": money_of(sums["before"]),
            f"{by}_after": money_of(sums["after"]),
            "change": money_of(sums["change"]),
            "effect": sums["effect"],
        }
    ).reset_index(drop=True)


def _steps(sums: pd.DataFrame, by: str) -> pd.DataFrame:
    groups = sums.groupby("effect")["change"].agg(["size", "sum"])
    groups = groups.reindex(list(EFFECTS), fill_value=0)
    start, end = int(sums["before"].sum()), int(sums["after"].sum())
    adds_up(map(int, groups["sum"]), end - start)
    return pd.DataFrame(
        {
            "effect": ["start", *EFFECTS, "end"],
            "accounts": [
                int(sums["bought_before"].sum()),
                *map(int, groups["size"]),
                int(sums["bought_after"].sum()),
            ],
            by: money_of(np.array([start, *groups["sum"], end], dtype=np.int64)),
        }
    )


def _text(table: pd.DataFrame, both: tuple[Period, Period], by: str, currency: str) -> str:
    values = table.set_index("effect")
    amount, count = values[by], values["accounts"]
    start, end = float(amount["start"]), float(amount["end"])
    facts: dict[str, Any] = {
        "before": scaled(start, currency),
        "after": scaled(end, currency),
        "earlier": span(both[0]),
        "later": span(both[1]),
        "change": plus(scaled(end - start, currency), end - start),
        "share": signed((end - start) / start if start > 0 else float("nan"), 1),
    }
    moved = (
        _(
            "Revenue went from {before} in {earlier} to {after} in {later}: {change} ({share}).",
            **facts,
        )
        if by == "revenue"
        else _(
            "Contribution went from {before} in {earlier} to {after} in {later}: {change} "
            "({share}).",
            **facts,
        )
    )
    words = (
        ("new", N_("new accounts gave {money} ({n})")),
        ("returned", N_("returned accounts gave {money} ({n})")),
        ("up", N_("growing accounts gave {money} ({n})")),
        ("down", N_("shrinking accounts took {money} ({n})")),
        ("lost", N_("lost accounts took {money} ({n})")),
    )
    there = [
        _(text, money=scaled(abs(float(amount[name])), currency), n=number(int(count[name])))
        for name, text in words
        if count[name]
    ]
    if not there:
        return moved
    why = sentence(join(there))
    return joined(" ", [moved, why])


def _caveats(case: Case, both: tuple[Period, Period], by: str) -> tuple[str, ...]:
    caveats, first = period_caveats(case, both), case.period.start
    if first >= both[0].start:
        caveats.append(
            _(
                "The ledger begins on {day}, so an account that returned after an earlier purchase "
                "cannot be told from a new one; all are called new.",
                day=day(first),
            )
        )
    else:
        caveats.append(
            _("New: no earlier purchase in the ledger, which begins on {day}.", day=day(first))
        )
    if by == "contribution":
        missing = case.engine.row({"n": case.sales.cost.isnull().sum()}, case.sales)["n"] or 0
        if missing:
            caveats.append(_("{n} lines have no cost; they count in full.", n=number(missing)))
    return tuple(caveats)
