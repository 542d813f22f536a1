"""At most six decisions for the one who decides, drawn from all steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.language import N_, join, joined, ngettext, number, percent
from kamkit.language import gettext as _
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.periods import day, quarter_end, span
from kamkit.plan._answer import at_stake, in_time
from kamkit.plan._objectives import SEASONAL, may_grow
from kamkit.plan.levers import in_last_year
from kamkit.schema import name_of, takes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kamkit.plan.basis import Basis

DECISIONS = ("decision", "because", "worth", "accounts", "account_id", "others", "owner", "due")
"""The columns of the decisions."""

MOST = 6
"""More than six decisions at once are none."""

_MORE = 1.01


@takes(answer="account_id risk", facts="account_id", goals="account_id objective", sellers="")
def decisions(
    basis: Basis,
    answer: pd.DataFrame,
    facts: pd.DataFrame,
    goals: pd.DataFrame,
    *,
    sellers: pd.DataFrame | None = None,
) -> Finding:
    """Return the decisions that cannot wait, each with its reason and what it is worth.

    One row per decision, at most six (chosen in the order terms, silence, contact, discounts,
    growth, season), the one that is due first on top: ``decision`` and ``because`` in words,
    ``worth`` (money: customer profit of the last twelve months that is lost or at risk, the
    discount above the usual a year, or the growth expected), ``accounts`` it concerns,
    ``account_id`` of the one with most at stake (empty where it is no account), ``others`` by
    name, ``owner`` (all whose accounts they are) and ``due``. ``sellers`` is the table of
    ``value.discounts``.
    """
    rows = answer.merge(
        facts.drop(columns=[c for c in answer if c != "account_id"], errors="ignore"),
        on="account_id",
    )
    currency = basis.about.currency
    candidates = [
        *_terms(rows, basis),
        *_silent(rows, currency),
        *_contact(rows, currency),
        *_discounts(sellers, basis),
        *_growth(rows, basis),
        *_season(rows, currency, goals),
    ][:MOST]
    table = pd.DataFrame(candidates, columns=list(DECISIONS))
    table["due"] = pd.to_datetime(table["due"]).dt.as_unit("s")
    table = table.sort_values(["due", "worth"], ascending=[True, False], ignore_index=True)
    text = ngettext("{n} decision is due.", "{n} decisions are due.", len(table))
    return Finding("decisions", table, text)


def _row(
    decision: str, reason: str, worth: float, rows: pd.DataFrame, of: Any = None
) -> dict[str, Any]:
    lead = rows.iloc[0] if of is None else of
    others = rows[rows["account_id"] != lead["account_id"]]
    return {
        "decision": decision,
        "because": reason,
        "worth": worth,
        "accounts": len(rows),
        "account_id": str(lead["account_id"]),
        "others": join([name_of(row) for _n, row in others.iterrows()]),
        "owner": _owners(lead, others),
        "due": rows["due"].min() if "due" in rows else lead.get("due"),
    }


def _owners(lead: Any, others: pd.DataFrame) -> str:
    """Name all whose accounts they are, the one of the account with most at stake first."""
    named = [lead.get("owner"), *others.get("owner", ())]
    return joined(", ", list(dict.fromkeys(str(one) for one in named if one and one == one)))


def _named(rows: pd.DataFrame) -> str:
    """Name the account with most at stake, and count the others."""
    first = name_of(rows.iloc[0])
    if len(rows) < 2:
        return first
    return ngettext("{name} and {n} more", "{name} and {n} more", len(rows) - 1, name=first)


def _terms(rows: pd.DataFrame, basis: Basis) -> Iterator[dict[str, Any]]:
    currency = basis.about.currency
    losing = rows[rows["risk"] == "risk_loses"]
    if losing.empty or "profit_year" not in rows:
        return
    lead = losing.iloc[0]
    worth = -float(losing["profit_year"].clip(upper=0).sum())
    lost = _("we lose {worth} a year", worth=scaled(worth, currency))
    every = -float(basis.accounts.get("profit_year", losing["profit_year"]).clip(upper=0).sum())
    if every > worth * _MORE:
        whole = scaled(every, currency)
        lost = _("{lost}, of {whole} in all", lost=lost, whole=whole)
    decision = _("Renegotiate the terms of {names}", names=_named(losing))
    known = {str(name): value for name, value in lead.items()}
    given = in_last_year(known, "discount_share")
    if lead.get(given, 0) > lead.get("usual_discount_share", 1):
        reason = _(
            "{lost}; {name} has a discount of {own}, usual is {usual}",
            lost=lost,
            name=name_of(lead),
            own=percent(lead[given], 0),
            usual=percent(lead["usual_discount_share"], 0),
        )
    else:
        reason = lost
    yield _row(decision, reason, worth, losing)


def _silent(rows: pd.DataFrame, currency: str) -> Iterator[dict[str, Any]]:
    silent = rows[rows["risk"] == "risk_silent"]
    if silent.empty:
        return
    lead = silent.iloc[0]
    worth = float(silent["stake"].sum())
    decision = _("Call {names} now", names=_named(silent))
    reason = _(
        "{name} usually orders every {interval} days and has been silent for {days}; {own} a "
        "year of {what} is at stake",
        what=at_stake(rows),
        name=name_of(lead),
        days=number(lead["days_since"]),
        interval=number(lead["interval_days"]),
        own=scaled(float(lead["stake"]), currency),
    )
    if len(silent) > 1:
        reason = _("{reason}, {worth} at all of them", reason=reason, worth=scaled(worth, currency))
    yield _row(decision, reason, worth, silent)


def _contact(rows: pd.DataFrame, currency: str) -> Iterator[dict[str, Any]]:
    if "single_contact" not in rows:
        return
    single = rows[rows["single_contact"].eq(True) & rows["is_key"].eq(True)]
    if single.empty:
        return
    worth = float(single["stake"].sum())
    decision = _("Get to know a second person at {names}", names=_named(single))
    reason = _(
        "{worth} a year of {what} depends on one contact",
        what=at_stake(rows),
        worth=scaled(worth, currency),
    )
    yield _row(decision, reason, worth, single)


def _discounts(sellers: pd.DataFrame | None, basis: Basis) -> Iterator[dict[str, Any]]:
    if sellers is None or "outlier" not in sellers:
        return
    above = sellers[sellers["outlier"].eq(True)]
    if above.empty:
        return
    lead = above.iloc[0]
    currency, period = basis.about.currency, basis.about.period
    years = max(period.days / 365.25, 1.0)  # a shorter ledger is told as it is
    worth = float(lead["excess_amount"]) / years
    decision = _("Agree with {seller} on a limit for discounts", seller=lead["seller"])
    sentence = N_(
        "{points} percentage points more than colleagues give at the same volume: {worth} of "
        "discount in {period}"
    )
    if years > 1:
        sentence = N_(
            "{points} percentage points more than colleagues give at the same volume: {worth} of "
            "discount a year ({period})"
        )
    reason = _(
        sentence,
        points=number(100 * lead["typical_excess"], 0),
        worth=scaled(worth, currency),
        period=span(period),
    )
    yield {
        "decision": decision,
        "because": reason,
        "worth": worth,
        "accounts": int(lead["accounts"]),
        "account_id": "",
        "others": "",
        "owner": _("sales management"),
        "due": pd.Timestamp(quarter_end(period.end, 1)),
    }


def _growth(rows: pd.DataFrame, basis: Basis) -> Iterator[dict[str, Any]]:
    opportunities = basis.opportunities
    if opportunities is None or opportunities.empty:
        return
    currency = basis.about.currency
    facts = [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]
    sound = [fact["account_id"] for fact in facts if may_grow(fact)]
    open_ = opportunities[opportunities["account_id"].isin(sound)]
    open_ = open_[open_["growth_middle"] > 0]  # what is only possible is not offered to all
    names = [name for name in ("account_name", "owner") if name in rows and name not in open_]
    open_ = open_.merge(rows[["account_id", *names]], on="account_id")
    sums = open_.groupby("item")["growth_middle"].sum()
    if sums.empty or sums.max() <= 0:
        return
    item = sums.sort_index().idxmax()
    mine = open_[open_["item"] == item].sort_values("growth_middle", ascending=False)
    lead = rows[rows["account_id"] == mine["account_id"].iloc[0]].iloc[0]
    low, middle, high = (float(mine[f"growth_{name}"].sum()) for name in ("low", "middle", "high"))
    decision = ngettext(
        "Offer {item} to {n} account that buys less of it than comparable accounts, first to "
        "{name}",
        "Offer {item} to {n} accounts that buy less of it than comparable accounts, first to "
        "{name}",
        len(mine),
        item=item,
        name=name_of(lead),
    )
    reason = _(
        "{middle} {time}, judged by what came true before ({low} to {high})",
        time=in_time(basis),
        middle=scaled(middle, currency),
        low=scaled(low, currency),
        high=scaled(high, currency),
    )
    yield _row(decision, reason, middle, mine, lead)


def _season(rows: pd.DataFrame, currency: str, goals: pd.DataFrame) -> Iterator[dict[str, Any]]:
    if "rhythm_state" not in rows:
        return
    kept = goals[goals["objective"] == "retain"].set_index("account_id")
    named = rows["account_id"].isin(kept.index) & ~rows["risk"].eq("risk_shrinks")
    seasonal = rows[rows["rhythm_state"].isin(SEASONAL) & named]
    if seasonal.empty:
        return
    lead = seasonal.iloc[0]
    worth = float(seasonal["stake"].sum())
    decision = _("Prepare the season of {names}", names=_named(seasonal))
    reason = _(
        "the next order is expected on {day}; {worth} a year of {what} comes in the season",
        what=at_stake(rows),
        day=day(lead["next_expected"].date()),
        worth=scaled(worth, currency),
    )
    move = kept.loc[lead["account_id"]]
    yield _row(decision, reason, worth, seasonal) | {"owner": move["owner"], "due": move["due"]}
