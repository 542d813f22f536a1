"""Why an account has its strategy, and what would change it, as a person would say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamkit.language import N_, joined
from kamkit.language import gettext as _
from kamkit.plan.rules import Condition, read_rules
from kamkit.schema import kind

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_SAID = {
    ("profit_year", "<"): N_("they cost more than they bring"),
    ("rhythm_state", "lost"): N_("they have stopped ordering"),
    ("rhythm_state", "season_missed"): N_("they did not buy in their season"),
    ("rhythm_state", "late"): N_("their order is late"),
    ("single_contact", "yes"): N_("we know only one person there"),
    ("health_change", "<"): N_("their health has fallen"),
    ("cell", "streamline"): N_("they are less attractive, and our position there is weak"),
    ("cell", "strategic"): N_("they are attractive, and our position there is strong"),
    ("cell", "star"): N_("they are attractive, and our position there can be built"),
    ("cell", "status"): N_("our position there is strong, but they are less attractive"),
    ("cell", "unknown"): N_("how strong we are there is not known"),
    ("attractiveness", ">="): N_("they are attractive"),
    ("structure", "diamond"): N_("many of ours know many of theirs"),
    ("profit_ratio_year", ">="): N_("they pay well"),
    ("is_key", "yes"): N_("they are on the list of key accounts"),
    ("shrinks", "yes"): N_("their purchases fell by a tenth or more"),
    ("growth_ratio", ">="): N_("their purchases do not fall"),
}
"""What a fact that decided is in words, by its value or its comparison."""

_UNTIL = {
    "profit_year": N_("when they pay for themselves"),
    "rhythm_state": N_("when they order as usual again"),
    "single_contact": N_("when we know a second person there"),
    "growth_ratio": N_("when their purchases take another direction"),
    "shrinks": N_("when their purchases no longer fall"),
    "health_change": N_("when their health is better"),
}


def reason(
    chosen: Mapping[Any, Any], fact: Mapping[str, Any], rules: str | Path | pd.DataFrame, money: str
) -> dict[str, Any]:
    """Return the strategy of an account with its reason and what would change it in words.

    ``chosen`` is a row of ``plan.strategies``; ``rules`` are those it was chosen by, ``money`` the
    currency. A rule of people's own is told as the table of rules tells it.

    >>> row = {"strategy": "mend", "rule": 1, "because": "", "would_change": "x"}
    >>> reason(row, {"profit_year": -5.0}, "", "NOK")["because"]
    'they cost more than they bring'
    """
    number = int(chosen["rule"])
    mine = read_rules(rules)[number - 1].conditions if number else ()
    facts = {str(name): value for name, value in chosen.items()}
    if not mine:
        return facts | {"because": _("nothing else is more pressing")}
    sentences = [_condition_text(one, fact, money) for one in mine]
    until = _UNTIL.get(mine[0].fact)
    if mine[0].fact == "cell":  # nobody can act on a place in the matrix
        return facts | {"because": joined("; ", sentences), "would_change": ""}
    change = _("when: {change}", change=chosen["would_change"]) if chosen["would_change"] else ""
    return facts | {
        "because": joined("; ", sentences),
        "would_change": _(until) if until else change,
    }


def _condition_text(one: Condition, fact: Mapping[str, Any], money: str) -> str:
    value = one.limit if kind(one.fact) == "flag" else str(fact.get(one.fact))
    template = _SAID.get((one.fact, value)) or _SAID.get((one.fact, one.how))
    return _(template) if template else one.told(fact, money)
