"""The programme as a whole: what it returns, and goals on the level of the portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kamkit.grow._growth import growth_total
from kamkit.language import N_, joined, ngettext, number, percent
from kamkit.language import gettext as _
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.periods import last_year
from kamkit.plan._objectives import may_grow
from kamkit.plan.amounts import when
from kamkit.schema import takes

if TYPE_CHECKING:
    from kamkit.plan.basis import Basis

PORTFOLIO = ("portfolio_measure", "today_words", "planned_value_words")
"""The columns of the portfolio that people read."""


@takes(
    facts="account_id is_key",
    strategies="account_id strategy",
    goals="account_id objective value measure target",
)
def portfolio(
    basis: Basis, facts: pd.DataFrame, strategies: pd.DataFrame, goals: pd.DataFrame
) -> Finding:
    """Tell what the key accounts are together, and what the plans add up to.

    One row per measure: ``portfolio_measure`` (a code), ``today`` and ``planned_value``, both also
    written out (``…_words``). The measures: ``accounts``, ``revenue`` of the last twelve months (or
    of all of a shorter ledger), ``share_of_revenue`` of all accounts, ``profit`` (else
    contribution) of the same months,
    ``health`` (mean), ``single_contacts``, ``programme_cost`` a year and
    ``programme_value`` (net present value), ``planned_growth`` with ``growth_low`` and
    ``growth_high`` (the growth of the accounts that more is to be sold to, in a period as long) and
    ``planned_mending`` where there is any. Only key accounts count.
    """
    key = facts[facts["is_key"]].merge(strategies[["account_id", "strategy"]], on="account_id")
    mine = goals[goals["account_id"].isin(key["account_id"])]
    whole = basis.accounts
    rows: list[tuple[str, float, float]] = [("accounts", float(len(key)), float("nan"))]
    low, grows, high = growth_of(key)
    mends = mine[mine["objective"] == "mend"]["value"].sum()
    now = in_a_year(key, "revenue")
    rows.append(("revenue", now, _aimed_at(key, mine) if grows == grows else float("nan")))
    every = in_a_year(whole, "revenue")
    if every > 0:
        rows.append(("share_of_revenue", now / every, float("nan")))
    for name in ("profit", "contribution"):
        if name in key:
            rows.append((name, in_a_year(key, name), float("nan")))
            break
    if "health" in key:
        rows.append(("health", float(key["health"].mean()), float("nan")))
    if "single_contact" in key:
        single = float(key["single_contact"].eq(True).sum())
        rows.append(("single_contacts", single, 0.0))
    if "yearly_cost" in key:
        rows.append(("programme_cost", _sum(key, "yearly_cost"), float("nan")))
        rows.append(("programme_value", float("nan"), _sum(key, "net_present_value")))
    for code, value in (("planned_growth", grows), ("growth_low", low), ("growth_high", high)):
        if value == value:
            rows.append((code, float("nan"), value))
    rows += [("planned_mending", float("nan"), float(mends))] if mends > 0 else []
    table = pd.DataFrame(rows, columns=["portfolio_measure", "today", "planned_value"])
    currency = basis.about.currency
    for name in ("today", "planned_value"):
        table[f"{name}_words"] = [
            _written(code, value, currency)
            for code, value in zip(table["portfolio_measure"], table[name], strict=True)
        ]
    text = _text(table, currency, when(last_year(basis.about.period)), len(growing(key)))
    every_growth = _sum(key, "growth_middle")
    caveats = (*_beside(every_growth, grows, currency), *_caveats(table))
    return Finding("portfolio", table, text, caveats)


def _aimed_at(key: pd.DataFrame, goals: pd.DataFrame) -> float:
    """Add up what the plans aim at: each target of sales, today's sales where there is none."""
    if "revenue_year" not in key:
        return float("nan")
    aims = goals[goals["measure"] == "revenue_year"].set_index("account_id")["target"]
    targets = key["account_id"].map(aims).astype(float)
    return float(targets.fillna(key["revenue_year"]).sum())


def growth_of(key: pd.DataFrame) -> tuple[float, float, float]:
    """Return low, middle and high of what the key accounts grow; missing where it is not known.

    As in their plans: only of those that more is to be sold to.

    >>> three = pd.DataFrame({"loses": [False, False, True], "growth_middle": [10.0, 20.0, 99.0]})
    >>> growth_of(three.assign(growth_deviation=0.0, growth_doubt=0.0, strategy="grow"))
    (30.0, 30.0, 30.0)
    """
    if "growth_middle" not in key:
        return (float("nan"),) * 3
    return growth_total(growing(key))


def growing(key: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts that more is to be sold to and whose growth is known.

    >>> two = pd.DataFrame({"strategy": ["grow", "harvest"], "growth_middle": [1.0, 2.0]})
    >>> growing(two)["strategy"].tolist()
    ['grow']
    """
    if "growth_middle" not in key:
        return key.iloc[:0]
    known = key[key["growth_middle"].notna()]
    rows = known.to_dict("records")
    return known[[may_grow({str(name): value for name, value in row.items()}) for row in rows]]


def _written(code: str, value: float, currency: str) -> str:
    """Write the value of a measure as it is measured; empty where there is none."""
    if value != value:
        return ""
    kind = portfolio_kind(code)
    if kind == "percent":
        return percent(value, 0)
    return number(value) if kind == "count" else scaled(value, currency)


def portfolio_kind(measure: str) -> str:
    """Return what a measure of the portfolio is: a count, a share or an amount.

    >>> portfolio_kind("health"), portfolio_kind("planned_growth")
    ('count', 'money')
    """
    if measure in ("accounts", "health", "single_contacts"):
        return "count"
    return "percent" if measure == "share_of_revenue" else "money"


def in_a_year(table: pd.DataFrame, name: str) -> float:
    """Return the sum of the last twelve months where it is known, else of all there is.

    >>> two = pd.DataFrame({"revenue": [30.0, 10.0], "revenue_year": [12.0, 4.0]})
    >>> in_a_year(two, "revenue")
    16.0
    """
    return _sum(table, f"{name}_year" if f"{name}_year" in table else name)


def _sum(table: pd.DataFrame, name: str) -> float:
    return float(table[name].sum()) if name in table else float("nan")


def _text(table: pd.DataFrame, currency: str, when: str, growing: int) -> str:
    now = dict(zip(table["portfolio_measure"], table["today"], strict=True))
    then = dict(zip(table["portfolio_measure"], table["planned_value"], strict=True))
    part = ""
    if "share_of_revenue" in now:
        part = _(", {share} of all revenue", share=percent(float(now["share_of_revenue"]), 0))
    parts = [
        ngettext(
            "{when} {n} key account brought revenue of {money}{share}.",
            "{when} {n} key accounts brought revenue of {money}{share}.",
            int(now["accounts"]),
            when=when,
            share=part,
            money=scaled(float(now["revenue"]), currency),
        )
    ]
    grown = float(then.get("planned_growth", float("nan")))
    if grown > 0:
        amounts = (grown, float(then["growth_low"]), float(then["growth_high"]))
        parts.append(_grown(growing, *(scaled(amount, currency) for amount in amounts)))
    if "programme_value" in then:
        parts.append(
            _(
                N_(
                    "The programme costs {cost} a year; its net present value is {value}, without "
                    "that growth, which comes anyway."
                )
                if grown > 0
                else N_("The programme costs {cost} a year; its net present value is {value}."),
                cost=scaled(float(now["programme_cost"]), currency),
                value=scaled(float(then["programme_value"]), currency),
            )
        )
    return joined(" ", parts)


def _grown(n: int, money: str, low: str, high: str) -> str:
    return ngettext(
        "Judged by what came true before, the {n} with more to sell buys for {money} more "
        "({low} to {high}).",
        "Judged by what came true before, the {n} with more to sell buy for {money} more "
        "({low} to {high}).",
        n,
        money=money,
        low=low,
        high=high,
    )


def _beside(every: float, planned: float, currency: str) -> tuple[str, ...]:
    """Tell what is open where no growth is planned, so that the two sums are known apart."""
    if not every > planned:
        return ()
    return (
        _(
            "What is open with all key accounts would bring {every} at the same rates; {planned} "
            "of it lies where more is to be sold now.",
            every=scaled(every, currency),
            planned=scaled(planned, currency),
        ),
    )


def _caveats(table: pd.DataFrame) -> tuple[str, ...]:
    now = dict(zip(table["portfolio_measure"], table["today"], strict=True))
    caveats = []
    if "planned_growth" in now:
        caveats.append(
            _(
                "Growth is counted where more is to be sold: not at accounts that lose money, "
                "shrink, have gone silent or are served at low cost. The rates are those at which "
                "opportunities came true so far (assumed where the ledger is too short)."
            )
        )
    planned = table.loc[table["portfolio_measure"] == "revenue", "planned_value"]
    if bool(planned.notna().any()):
        caveats.append(
            _(
                "Planned revenue is what the plans aim at: half of each account's growth last year "
                "and half of the growth in sight."
            )
        )
    if "programme_value" not in now:
        caveats.append(
            _(
                "The return of the programme is not known; the notebook on choosing tells "
                "what it needs."
            )
        )
    if "health" in now:
        points = number(float(now["health"]))
        caveats.append(_("Mean health of the key accounts: {points} of 100.", points=points))
    return tuple(caveats)
