"""A strategy for each account, with the facts that chose it and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, number
from kamkit.output.finding import Finding
from kamkit.plan.rules import Rule, read_rules
from kamkit.schema import takes, word

if TYPE_CHECKING:
    from pathlib import Path

AIMS = {
    "mend": "aim_improve",
    "retain": "aim_protect",
    "deepen": "aim_protect",
    "win_back": "aim_win_back",
    "grow": "aim_grow",
    "invest": "aim_grow",
    "build": "aim_grow",
    "harvest": "aim_low_cost",
    "hand_over": "aim_ordinary",
}
"""Strategy to what it is for: the word of the title and the list, which its own words hold."""


@takes(facts="")
def strategies(
    facts: pd.DataFrame, *, rules: str | Path | pd.DataFrame = "", currency: str = ""
) -> Finding:
    """Choose a strategy for each account by the rules, and say why.

    ``facts`` is the table of ``plan.facts`` (existing accounts) or of prospects with a column
    ``hunt`` (new ones); the rules for either are tried in their order. One row per account:
    ``account_id``, ``account_name``, ``aim`` and ``strategy`` (codes), ``because`` (the facts that
    triggered it), ``would_change`` (which of them, otherwise, would lead to which strategy),
    ``rule`` (its number) and ``objectives`` (codes with commas between). Raises what
    ``read_rules`` raises.

    >>> two = pd.DataFrame({"account_id": ["a", "b"], "profit_year": [-5.0, 5.0]})
    >>> strategies(two).table[["strategy", "objectives"]].values.tolist()
    [['mend', ''], ['retain', '']]
    """
    known = read_rules(rules)
    rows = []
    for row in facts.to_dict("records"):
        fact = {str(name): value for name, value in row.items()}
        who = "new" if "hunt" in fact else "existing"
        mine = [rule for rule in known if rule.applies_to == who]
        rows.append(_chosen(fact, mine, currency))
    columns = [
        "account_id",
        "account_name",
        "aim",
        "strategy",
        "because",
        "would_change",
        "rule",
        "objectives",
    ]
    table = pd.DataFrame(rows, columns=columns)
    losing = next((row for row in rows if row["strategy"] == "mend"), None)
    if "hunt" in facts:
        return Finding("strategies", table, _("Prospects: {named}.", named=_counted(table)))
    return Finding("strategies", table, _text(table, losing), _caveats(table))


def _chosen(fact: dict[str, Any], rules: Sequence[Rule], currency: str) -> dict[str, Any]:
    ordered = [rule for rule in rules if rule.kind == "strategy"]
    rule = next((one for one in ordered if one.holds(fact)), None)
    goals = [one.code for one in rules if one.kind == "objective" and one.holds(fact)]
    account = str(fact.get("account_id", fact.get("prospect_id", "")))
    name = fact.get("account_name", fact.get("name"))
    code = rule.code if rule else "retain"
    return {
        "account_id": account,
        "account_name": name if isinstance(name, str) and name else account,
        "aim": AIMS.get(code, code),
        "strategy": code,
        "because": _because(rule, fact, currency),
        "would_change": _would_change(rule, ordered, fact, currency),
        "rule": rule.place if rule else 0,
        "objectives": ",".join(dict.fromkeys(goals)),
    }


def _because(rule: Rule | None, fact: Mapping[str, Any], currency: str) -> str:
    if rule is None or not rule.conditions:
        return _("no other rule holds")
    return joined("; ", [condition.told(fact, currency) for condition in rule.conditions])


def _would_change(
    rule: Rule | None, ordered: Sequence[Rule], fact: Mapping[str, Any], currency: str
) -> str:
    """Say what would have to be otherwise, and which strategy would hold then."""
    if rule is None or not rule.conditions:
        return ""
    after = [one for one in ordered if one.place > rule.place and one.code != rule.code]
    following = next((one for one in after if one.holds(fact)), None)
    change = rule.conditions[0].otherwise(currency)
    if following is None:
        return change
    return _("{strategy}, if {change}", change=change, strategy=word(following.code))


def _counted(table: pd.DataFrame) -> str:
    counts = table["aim"].value_counts()
    return joined(
        "; ",
        [
            _("{aim} {n}", aim=word(str(code)), n=number(int(n)))
            for code, n in sorted(counts.items(), key=lambda one: (-one[1], str(one[0])))
        ],
    )


def _text(table: pd.DataFrame, losing: dict[str, Any] | None) -> str:
    parts = [
        _(
            "Strategies for {accounts}: {named}.",
            named=_counted(table),
            accounts=ngettext("{n} account", "{n} accounts", len(table)),
        )
    ]
    if losing:
        why = losing["because"]
        parts.append(
            _("First to improve: {name} ({because}).", name=losing["account_name"], because=why)
        )
    return joined(" ", parts)


def _caveats(table: pd.DataFrame) -> tuple[str, ...]:
    unmoved = int((table["because"] == _("no other rule holds")).sum())
    if not unmoved:
        return ()
    return (
        ngettext(
            "For {n} account no fact triggered a rule: more data would tell more.",
            "For {n} accounts no fact triggered a rule: more data would tell more.",
            unmoved,
        ),
    )
