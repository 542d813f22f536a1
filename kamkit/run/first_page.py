"""The first page of the report: the answer, four figures, ten accounts, and the decisions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.files import safe_name
from kamkit.language import gettext as _
from kamkit.language import join, joined, ngettext, number, percent, signed
from kamkit.money import scaled
from kamkit.periods import day, last_year, span
from kamkit.plan._answer import at_stake
from kamkit.plan._portfolio import in_a_year
from kamkit.schema import name_of, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kamkit.analysis import Analysis

TOP = 10
"""The accounts that are seen at once; the others are to be unfolded."""

_WIDTH, _HEIGHT = 84, 22
_FITS = 54
"""Letters that two lines of the list hold."""
_UNSURE = 3
_SINCE = ("movements", "outcome_finding", "revenue_bridge")
"""The findings on an earlier run that are told first, where there is one."""
_MONTH = 31


def first_page(analysis: Analysis, plans: Sequence[str]) -> dict[str, Any] | None:
    """Return what the first page shows, in words; None where the run has made no plans."""
    if not plans:
        return None
    analysis.make(["answer", "decisions"])
    table = pd.DataFrame(analysis.require("answer").table)
    per = _unit(table)
    rows = _rows(table, analysis, plans, per)
    more = {key: [row for row in rows[TOP:] if row["key"] is key] for key in (True, False)}
    return {
        "title": analysis.require("answer").text,
        "figures": analysis.get("key_figures"),
        "top": rows[:TOP],
        "folded": [
            (_more(table, more[key], key, analysis), more[key]) for key in more if more[key]
        ],
        "columns": _columns(table, analysis.about.currency, per),
        "decisions": _decisions(analysis, plans),
        "sure": _how_sure(analysis),
        "data": _data(analysis),
        "period": _when(analysis, table),
        "overdue": _overdue(analysis),
        "since": since(analysis),
    }


def since(analysis: Analysis) -> tuple[str, list[str]] | None:
    """Return what changed since the earlier run, and what came of what was agreed then."""
    if "movements" not in analysis.kept_names():  # no earlier run was named, or no notebook asked
        return None
    earlier = analysis.require("earlier_basis").about.period.end
    texts = [analysis.require(name).text for name in _SINCE]
    return _("Since the run that ended on {day}", day=day(earlier)), texts


def _rows(
    table: pd.DataFrame, analysis: Analysis, plans: Sequence[str], per: float
) -> list[dict[str, Any]]:
    """Return the accounts as the list shows them."""
    lines = sales_lines(analysis)
    late = _overdue_at(analysis)
    return [
        {
            "name": str(row["account_name"]),
            "href": _plan(row["account_id"], plans),
            "key": bool(row["is_key"]),
            "revenue": number(row["revenue_year"] / per, 1),
            "line": lines.get(str(row["account_id"]), ""),
            "profit": _number(row.get("profit_year"), per).replace("-", "−"),
            "below": row.get("profit_year", 0) < 0,
            "change": signed(row.get("growth_ratio")),
            "wallet": percent(row.get("share_of_wallet", float("nan")), 0),
            "risk": word(row["risk"]) if row["risk"] else "",
            "aim": word(str(row["aim"])),
            "action": _brief(str(row["action"])),
            "whole": str(row["action"]),
            "owner": str(row["owner"]),
            "then": then(row),
            "due": "" if pd.isna(row["due"]) else day(row["due"].date()),
            "late": _late(late.get(str(row["account_id"]), 0)),
            "urgent": row["risk"] != "risk_lost" and _soon(row["due"], analysis),
            "order": _order(row),
        }
        for row in table.to_dict("records")
    ]


def then(row: Mapping[Any, Any]) -> str:
    """Say who has the account next, where its manager changes."""
    new = str(row.get("next_owner") or "")
    return _("then {name}", name=new) if new and new != str(row["owner"]) else ""


def _order(row: Mapping[Any, Any]) -> dict[str, str]:
    """Return what the columns of figures and days are sorted by; unknown comes first."""
    known = {
        "revenue": row["revenue_year"],
        "profit": row.get("profit_year"),
        "change": row.get("growth_ratio"),
        "wallet": row.get("share_of_wallet"),
    }
    order = {
        name: "-1e99" if value is None or value != value else f"{value:.6g}"
        for name, value in known.items()
    }
    return order | {"due": "" if pd.isna(row["due"]) else row["due"].date().isoformat()}


def _more(table: pd.DataFrame, rows: list[dict[str, Any]], key: bool, analysis: Analysis) -> str:
    """Say what stands in the folded part of the list; of the key accounts what all of them give."""
    n = len(rows)
    if not key:
        return _with_urgent(
            ngettext(
                "{n} more account with a plan, no key account",
                "{n} more accounts with plans, no key accounts",
                n,
            ),
            rows,
        )
    own = table[table["is_key"].eq(True)]
    currency = analysis.about.currency
    texts = [_("revenue {money}", money=scaled(in_a_year(own, "revenue"), currency))]
    if "profit_year" in own:
        texts.append(_("customer profit {money}", money=scaled(in_a_year(own, "profit"), currency)))
    more = ngettext(
        "{n} more key account (all {all}: {told})",
        "{n} more key accounts (all {all}: {told})",
        n,
        all=number(len(own)),
        told=joined(", ", texts),
    )
    return _with_urgent(more, rows)


def _with_urgent(more: str, rows: list[dict[str, Any]]) -> str:
    """Say how many of the rows that are folded away are urgent."""
    urgent = sum(row["urgent"] for row in rows)
    return _("{more}; {n} urgent", more=more, n=number(urgent)) if urgent else more


def _soon(due: Any, analysis: Analysis) -> bool:
    """Tell whether something is due within a month of the last day of the ledger."""
    end = pd.Timestamp(analysis.about.period.end)
    return not pd.isna(due) and due <= end + pd.Timedelta(days=_MONTH)


def _brief(action: str) -> str:
    """Return the first of the things to do, without what stands in brackets where it is long.

    >>> _brief("Slow the fall (−13% last year): agree on volumes and terms for 2027; call them")
    'Slow the fall: agree on volumes and terms for 2027'
    >>> _brief("Bring their discount of 31% towards the usual 18%, a difference of 8.71 million")
    'Bring their discount of 31% towards the usual 18%'
    """
    first = action.split("; ")[0]
    if len(first) > _FITS:
        first = re.sub(r" \([^()]*\)", "", first)
    if len(first) > _FITS and (end := first.rfind(", ", 0, _FITS)) > 0:
        first = first[:end]
    return first


def _overdue_at(analysis: Analysis) -> Mapping[str, int]:
    """Return how many written goals of each account are overdue."""
    if "overdue_finding" not in analysis.kept_names():
        return {}
    table = pd.DataFrame(analysis.require("overdue_finding").table)
    return {str(one): int(n) for one, n in table["account_id"].value_counts().items()}


def _late(count: int) -> str:
    return ngettext("{n} overdue", "{n} overdue", count) if count else ""


def _plan(account: Any, plans: Sequence[str]) -> str:
    """Return the address of the plan of an account; empty where it has none."""
    return f"plans/{safe_name(str(account))}.html" if str(account) in plans else ""


def _when(analysis: Analysis, table: pd.DataFrame) -> str:
    """Say which accounts the table has, of which months, what change and wallet share mean."""
    seen = number(min(TOP, len(table)))
    which = _("The {n} with most {what} at stake", n=seen, what=at_stake(table))
    months = span(last_year(analysis.about.period))
    if _known(table, "growth_ratio"):
        months = _("{months}, change against the year before", months=months)
    wallet = _("wallet share: our part of all they buy of what we sell")
    return joined("; ", [which, months, wallet if _known(table, "share_of_wallet") else ""])


def _overdue(analysis: Analysis) -> str:
    if "overdue_finding" not in analysis.kept_names():
        return ""
    finding = analysis.require("overdue_finding")
    return str(finding.text) if len(finding.table) else ""


def _unit(table: pd.DataFrame) -> float:
    return 1e6 if table["revenue_year"].abs().max() >= 2e6 else 1e3


def _number(value: Any, per: float) -> str:
    return "–" if value is None or value != value else number(value / per, 1)


def _columns(table: pd.DataFrame, currency: str, per: float) -> dict[str, str]:
    """Return the headings of the columns that the case can carry."""
    unit = _("{currency} m") if per == 1e6 else _("{currency} thousand")
    money = unit.format(currency=currency).strip().replace(" ", "\u00a0")
    shown = {
        "revenue": _("Revenue, {unit}", unit=money),
        "profit": _("Profit, {unit}", unit=money) if "profit_year" in table else "",
        "change": _("Change") if _known(table, "growth_ratio") else "",
        "wallet": _("Wallet share") if _known(table, "share_of_wallet") else "",
        "aim": _("Aim, risk"),
        "action": _("Main move"),
        "owner": _("Who") if _known(table, "owner") else "",
        "due": _("By"),
    }
    return {name: heading for name, heading in shown.items() if heading}


def _known(table: pd.DataFrame, name: str) -> bool:
    """Tell whether a column says something of any account."""
    return name in table and bool(table[name].replace("", None).notna().any())


def sales_lines(analysis: Analysis) -> dict[str, str]:
    """Return the sales of each quarter as the points of a line, by account."""
    from kamkit.plan.basis import by_quarter

    wide = by_quarter(pd.DataFrame(analysis.require("quarters")))
    if wide.shape[1] < 2:
        return {}
    step = _WIDTH / (wide.shape[1] - 1)
    lines = {}
    for account, row in wide.iterrows():
        most = max(float(row.max()), 1e-9)
        least = min(max(float(row.min()), 0.0), 0.7 * most)  # a fall of a tenth is seen
        part = [(max(value, 0.0) - least) / (most - least) for value in row]
        heights = [_HEIGHT - (_HEIGHT - 2) * max(one, 0.0) - 1 for one in part]
        lines[str(account)] = " ".join(
            f"{i * step:.1f},{height:.1f}" for i, height in enumerate(heights)
        )
    return lines


def _decisions(analysis: Analysis, plans: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "what": str(row["decision"]),
            "href": _plan(row["account_id"], plans),
            "why": str(row["because"]),
            "others": str(row["others"]),
            "urgent": _soon(row["due"], analysis),
            "who": _who_when(row),
        }
        for row in pd.DataFrame(analysis.require("decisions").table).to_dict("records")
    ]


def _who_when(row: Mapping[Any, Any]) -> str:
    """Say who acts on a decision, and by when."""
    when = "" if pd.isna(row["due"]) else _("by {day}", day=day(row["due"].date()))
    return ", ".join(text for text in (str(row["owner"]), when) if text)


def decisions_told(analysis: Analysis) -> list[str]:
    """Return each decision as a sentence: what, why, who does it and by when."""
    return [
        joined(" ", [f"{row['decision']}: {row['because']}.", who and f"({who})"])
        for row in pd.DataFrame(analysis.require("decisions").table).to_dict("records")
        for who in (_who_when(row),)
    ]


def _how_sure(analysis: Analysis) -> str:
    """Say how many key accounts are sure to be."""
    if "key_accounts" not in analysis.kept_names():
        return ""
    chosen = pd.DataFrame(analysis.require("key_accounts"))
    if "standing" not in chosen:
        return ""
    unsure = chosen[chosen["standing"] != "sure"].sort_values("key_share")
    if unsure.empty and _all_that_pay(analysis) <= len(chosen):
        return _(
            "How sure: no other account is expected to pay for its treatment, so all stay on the "
            "list whatever the weights and ratings. What a treatment does is assumed."
        )
    if unsure.empty:
        return _(
            "How sure: all stay on the list when weights, ratings and period vary and a treatment "
            "must pay."
        )
    return _(
        "How sure: {n} of the {all} stay on the list when weights, ratings and period vary and a "
        "treatment must pay; least sure: {names}.",
        n=number(len(chosen) - len(unsure)),
        all=number(len(chosen)),
        names=join([name_of(row) for _n, row in unsure.head(_UNSURE).iterrows()]),
    )


def _all_that_pay(analysis: Analysis) -> float:
    """Return how many accounts may be chosen and are expected to pay for their treatment."""
    table = analysis.require("scores").table if "scores" in analysis.kept_names() else None
    if table is None or "unpaid" not in table:
        return float("inf")
    return float((table["eligible"].astype(bool) & ~table["unpaid"].astype(bool)).sum())


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
