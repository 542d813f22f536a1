"""The first page of the report: the answer, four figures, ten accounts, and the decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.files import safe_name
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, number, percent
from kamkit.periods import day, last_year, span
from kamkit.schema import name_of, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kamkit.analysis import Analysis

TOP = 10
"""The accounts that are seen at once; the others are to be unfolded."""

_WIDTH, _HEIGHT = 84, 22
_UNSURE = 3


def first_page(analysis: Analysis, plans: Sequence[str]) -> dict[str, Any] | None:
    """Return what the first page shows, in words; None where the run has made no plans."""
    if not plans:
        return None
    analysis.make(["answer", "decisions"])
    table = pd.DataFrame(analysis.require("answer").table)
    lines = _lines(analysis)
    unit, per = _unit(table)
    rows = [
        {
            "name": str(row["account_name"]),
            "href": _plan(row["account_id"], plans),
            "key": bool(row["is_key"]),
            "revenue": number(row["revenue_year"] / per, 1),
            "line": lines.get(str(row["account_id"]), ""),
            "profit": _number(row.get("profit_year"), per).replace("-", "−"),
            "below": row.get("profit_year", 0) < 0,
            "change": _signed(row.get("growth_ratio")),
            "wallet": percent(row.get("share_of_wallet", float("nan")), 0),
            "risk": word(row["risk"]) if row["risk"] else "",
            "action": str(row["action"]).split("; ")[0],
            "whole": str(row["action"]),
            "owner": str(row["owner"]),
            "due": "" if pd.isna(row["due"]) else day(row["due"].date()),
        }
        for row in table.to_dict("records")
    ]
    return {
        "title": analysis.require("answer").text,
        "figures": analysis.get("key_figures"),
        "top": rows[:TOP],
        "others": rows[TOP:],
        "columns": _columns(table, analysis.about.currency, unit),
        "decisions": _decisions(analysis, plans),
        "sure": _how_sure(analysis),
        "data": _data(analysis),
        "period": _when(analysis),
        "overdue": _overdue(analysis),
        "more": ngettext(
            "{n} more account with a plan", "{n} more accounts with plans", len(rows[TOP:])
        ),
    }


def _plan(account: Any, plans: Sequence[str]) -> str:
    """Return the address of the plan of an account; empty where it has none."""
    return f"plans/{safe_name(str(account))}.html" if str(account) in plans else ""


def _when(analysis: Analysis) -> str:
    """Say of which months the table is, and what the change compares."""
    months = span(last_year(analysis.about.period))
    return _("{months}; the change is against the same time a year before", months=months)


def _overdue(analysis: Analysis) -> str:
    if "overdue_finding" not in analysis.kept_names():
        return ""
    found = analysis.require("overdue_finding")
    return str(found.text) if len(found.table) else ""


def _unit(table: pd.DataFrame) -> tuple[str, float]:
    largest = table["revenue_year"].abs().max()
    return (_("million"), 1e6) if largest >= 2e6 else (_("thousand"), 1e3)


def _number(value: Any, per: float) -> str:
    return "–" if value is None or value != value else number(value / per, 1)


def _signed(ratio: Any) -> str:
    from kamkit.plan.amounts import signed

    return "–" if ratio is None or ratio != ratio else signed(ratio)


def _columns(table: pd.DataFrame, currency: str, unit: str) -> dict[str, str]:
    """Return the headings of the columns that the case can carry."""
    money = f"{currency} {unit}".strip()
    shown = {
        "revenue": _("Sales, {unit}", unit=money),
        "profit": _("Profit, {unit}", unit=money) if "profit_year" in table else "",
        "change": _("Change") if "growth_ratio" in table else "",
        "wallet": _("Wallet share") if "share_of_wallet" in table else "",
        "risk": _("Risk"),
        "action": _("What to do"),
        "owner": _("Who"),
        "due": _("By"),
    }
    return {name: heading for name, heading in shown.items() if heading}


def _lines(analysis: Analysis) -> dict[str, str]:
    """Return the sales of each quarter as the points of a line, for each account with a plan."""
    from kamkit.plan.basis import by_quarter

    wide = by_quarter(pd.DataFrame(analysis.require("quarters")))
    if wide.shape[1] < 2:
        return {}
    step = _WIDTH / (wide.shape[1] - 1)
    found = {}
    for account, row in wide.iterrows():
        most = max(float(row.max()), 1e-9)
        heights = [_HEIGHT - (_HEIGHT - 2) * max(value, 0.0) / most - 1 for value in row]
        found[str(account)] = " ".join(
            f"{place * step:.1f},{height:.1f}" for place, height in enumerate(heights)
        )
    return found


def _decisions(analysis: Analysis, plans: Sequence[str]) -> list[dict[str, str]]:
    found = []
    for row in pd.DataFrame(analysis.require("decisions").table).to_dict("records"):
        when = "" if pd.isna(row["due"]) else _("by {day}", day=day(row["due"].date()))
        found.append(
            {
                "what": str(row["decision"]),
                "href": _plan(row["account_id"], plans),
                "why": str(row["because"]),
                "who": ", ".join(text for text in (str(row["owner"]), when) if text),
            }
        )
    return found


def _how_sure(analysis: Analysis) -> str:
    """Say how many key accounts are sure to be."""
    if "key_accounts" not in analysis.kept_names():
        return ""
    chosen = pd.DataFrame(analysis.require("key_accounts"))
    if "standing" not in chosen:
        return ""
    unsure = chosen[chosen["standing"] != "sure"].sort_values("key_share")
    if unsure.empty:
        return _("How sure: all stay on the list when weights, ratings and luck vary.")
    return _(
        "How sure: {n} of the {all} stay on the list when weights, ratings and luck vary; least "
        "sure: {names}.",
        n=number(len(chosen) - len(unsure)),
        all=number(len(chosen)),
        names=join([name_of(row) for _n, row in unsure.head(_UNSURE).iterrows()]),
    )


def _data(analysis: Analysis) -> str:
    counted = analysis.require("reconciliation")
    read, used = counted.iloc[0], counted.iloc[1]
    return _(
        "The data: {used} of {read} lines of {source} are used, {period}; amounts add up to the "
        "cent.",
        used=number(int(used["rows"])),
        read=number(int(read["rows"])),
        source=analysis.about.source,
        period=analysis.about.period,
    )
