"""The answer of a run: who the key accounts are, what they bring, and what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.language import N_, join, joined, ngettext, percent, signed
from kamkit.language import gettext as _
from kamkit.money import scaled, span_of
from kamkit.output.finding import Finding
from kamkit.periods import day, halves, is_year, last_year
from kamkit.plan._portfolio import growing, growth_of, in_a_year
from kamkit.plan.amounts import when
from kamkit.plan.strategy import AIMS
from kamkit.plan.turn import in_turn
from kamkit.schema import takes

if TYPE_CHECKING:
    from collections.abc import Callable

    from kamkit.plan.basis import Basis

_SILENT = ("late", "season_missed")

ANSWER = (
    *("account_id", "account_name", "is_key", "revenue_year", "profit_year", "growth_ratio"),
    *("share_of_wallet", "risk", "aim", "strategy", "action", "owner", "next_owner"),
    *("due", "stake"),
)
"""The columns of the answer; those that a case cannot carry are left out."""

_STAKES = {
    "profit_year": N_("customer profit"),
    "contribution_year": N_("contribution"),
    "revenue_year": N_("revenue"),
}
"""What is at stake, the first that is known."""

_AT_RISK = {
    "profit_year": N_("Profit at risk now"),
    "contribution_year": N_("Contribution at risk now"),
    "revenue_year": N_("Revenue at risk now"),
}

_UNSAFE: tuple[tuple[str, Callable[[int], str]], ...] = (
    ("risk_silent", lambda n: _("{n} silent", n=n)),
    ("risk_shrinks", lambda n: _("{n} shrinking", n=n)),
    ("risk_single", lambda n: _("{n} with one contact", n=n)),
)

AT_RISK = tuple(code for code, _say in _UNSAFE)
"""The risks that put profit at stake now: not a loss, nor what is lost already or swings."""


@takes(
    facts="account_id is_key",
    strategies="account_id strategy",
    goals="account_id objective value due",
)
def answer(
    basis: Basis, facts: pd.DataFrame, strategies: pd.DataFrame, goals: pd.DataFrame
) -> Finding:
    """Name the accounts with most at stake, what to do there first, and what all bring together.

    One row per account with a plan, most at stake first: ``stake`` is the customer profit of the
    last twelve months (contribution, else revenue, where it is unknown) without its sign, which is
    what would be lost with the account, or what it costs. ``risk`` is a code (``risk_loses``,
    ``risk_lost``, ``risk_silent``, ``risk_single``, ``risk_shrinks``, ``risk_swings``: a small year
    where such are its habit, which is no profit at risk) or empty. ``aim`` is
    what the strategy is for, the word that the text counts by; ``action``, ``owner`` and ``due``
    are those of the first move of its plan, ``next_owner`` is who takes the account over, where
    its manager changes. The text is the answer in brief.
    """
    table = facts.merge(strategies[["account_id", "strategy"]], on="account_id")
    by = next(name for name in _STAKES if name in table)
    table["stake"] = table[by].abs()
    rows = table.to_dict("records")
    table["risk"] = [_risk(row) for row in rows]
    table["aim"] = table["strategy"].map(AIMS)
    first = [_first(row, goals, basis) for row in rows]
    for name in ("action", "owner"):
        table[name] = [one.get(name, "") for one in first]
    table["next_owner"] = [_next_owner(row) for row in rows]
    table["due"] = [one.get("due") for one in first]
    table["due"] = pd.to_datetime(table["due"]).dt.as_unit("s")
    table = table.sort_values(["stake", "account_id"], ascending=[False, True], ignore_index=True)
    return Finding("answer", table[[name for name in ANSWER if name in table]], _text(basis, table))


@takes(facts="account_id is_key", table="account_id is_key risk stake strategy")
def key_figures(
    basis: Basis, facts: pd.DataFrame, table: pd.DataFrame
) -> list[tuple[str, str, str]]:
    """Return the four figures above everything: what it is, the value, and what belongs to it.

    ``table`` is that of the answer. Sales of all accounts with their change, customer profit of
    all with the key accounts' share, customer profit at risk at the accounts with a plan, and the
    growth of the key accounts that are to grow; those that the case cannot carry are left out.
    """
    currency, every = basis.about.currency, basis.accounts
    months = when(last_year(basis.about.period))
    sales = in_a_year(every, "revenue")
    figures = [
        (_("Revenue"), scaled(sales, currency), joined(", ", [months, _change(every, sales)]))
    ]
    key = table[table["is_key"].eq(True)]
    if "profit_year" in every and "profit_year" in table:
        earned = float(every["profit_year"].clip(lower=0.0).sum())
        lost = earned - float(every["profit_year"].sum())
        note = _(
            "{earned} earned, {own} of it by key accounts; {lost} lost",
            earned=scaled(earned, currency),
            lost=scaled(lost, currency),
            own=scaled(in_a_year(key, "profit"), currency),
        )
        figures.append((_("Customer profit"), scaled(earned - lost, currency), note))
    unsafe = table[table["risk"].isin(AT_RISK)]
    if len(unsafe):
        counts = [(say, int(unsafe["risk"].eq(code).sum())) for code, say in _UNSAFE]
        counted = joined(", ", [say(n) for say, n in counts if n])
        note = _("On {day}: {told}", day=day(basis.about.period.end), told=counted)
        figures.append(
            (_(_AT_RISK[_staked(table)]), scaled(float(unsafe["stake"].sum()), currency), note)
        )
    own = facts[facts["is_key"]].merge(table[["account_id", "strategy"]], on="account_id")
    low, middle, high = growth_of(own)
    if middle == middle and len(growing(own)):
        note = ngettext(
            "Revenue, {range} {time}, at {n} key account with more to sell",
            "Revenue, {range} {time}, at {n} key accounts with more to sell",
            len(growing(own)),
            range=span_of(low, high, currency),
            time=in_time(basis),
        )
        if low < 0:
            note = joined("; ", [note, _("some may buy less")])
        figures.append((_("Growth in sight"), scaled(middle, currency), note))
    return figures


def at_stake(table: pd.DataFrame) -> str:
    """Return what is at stake in the rows of the answer, in words.

    >>> at_stake(pd.DataFrame({"revenue_year": [1.0], "profit_year": [0.1]}))
    'customer profit'
    """
    return _(_STAKES[_staked(table)])


def _staked(table: pd.DataFrame) -> str:
    return next(name for name in _STAKES if name in table)


def in_time(basis: Basis) -> str:
    """Say in what time growth is to come: as long as the later of the periods compared."""
    later = halves(basis.about.period)[1]
    if is_year(later):
        return _("a year")
    return ngettext("in {n} month", "in {n} months", max(round(later.days / 30.4), 1))


def _change(every: pd.DataFrame, sales: float) -> str:
    """Tell how sales changed, where the year before is known and the later one is this one."""
    if not {"revenue_before", "revenue_after"} <= set(every):
        return ""
    before, after = float(every["revenue_before"].sum()), float(every["revenue_after"].sum())
    if before <= 0 or abs(after - sales) > 0.01 * abs(sales):
        return ""
    return _("{change} against the year before", change=signed(after / before - 1))


def _risk(row: dict[Any, Any]) -> str:
    if row.get("loses"):
        return "risk_loses"
    if row.get("rhythm_state") == "lost":
        return "risk_lost"
    if row.get("rhythm_state") in _SILENT:
        return "risk_silent"
    if row.get("single_contact") is True:
        return "risk_single"
    if row.get("shrinks") is True:
        return "risk_shrinks"
    return "risk_swings" if row.get("swings") is True else ""


def _next_owner(row: dict[Any, Any]) -> str:
    """Return who takes the account over; empty where nobody does."""
    if row.get("handover") is not True or row["strategy"] == "hand_over":
        return ""
    return str(row["manager"]) if isinstance(row.get("manager"), str) else ""


def _first(row: dict[Any, Any], goals: pd.DataFrame, basis: Basis) -> dict[Any, Any]:
    """Return the first move of the account's plan."""
    mine = goals[goals["account_id"] == row["account_id"]]
    if mine.empty:
        return {}
    return in_turn(mine, str(row["strategy"]), basis.about.period.end).iloc[0].to_dict()


def _text(basis: Basis, table: pd.DataFrame) -> str:
    key = table[table["is_key"].eq(True)]
    shares = []
    whole = in_a_year(basis.accounts, "revenue")
    if whole > 0:
        shares.append(_("{share} of revenue", share=percent(in_a_year(key, "revenue") / whole, 0)))
    earned = basis.accounts.get("profit_year", pd.Series(dtype="float64")).clip(lower=0.0).sum()
    if earned > 0:
        share = percent(in_a_year(key, "profit") / earned, 0)
        shares.append(_("{share} of the profit earned", share=share))
    brought = ngettext(
        "{n} key account brings {shares}",
        "{n} key accounts bring {shares}",
        len(key),
        shares=join(shares),
    )
    count = table["aim"].value_counts()
    steps = {
        "aim_improve": N_("improve {n}"),
        "aim_protect": N_("protect {n}"),
        "aim_grow": N_("grow {n}"),
        "aim_win_back": N_("win back {n}"),
        "aim_low_cost": N_("keep {n} at low cost"),
        "aim_ordinary": N_("move {n} to ordinary sales"),
    }
    counted = join([_(text, n=int(count[aim])) for aim, text in steps.items() if aim in count])
    others = len(table) - len(key)
    plans = ngettext(
        "Plans for them and {n} other: {steps}.",
        "Plans for them and {n} others: {steps}.",
        others,
        steps=counted,
    )
    if not others:
        plans = _("Plans: {steps}.", steps=counted)
    return _("{brought}. {plans}", brought=brought, plans=plans)
