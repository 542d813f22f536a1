"""What people wrote against a plan: more to be sold where the plan sells no more for now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from kamkit.language import N_
from kamkit.language import gettext as _
from kamkit.plan._objectives import GROWS, QUIET, is_done, may_grow
from kamkit.plan.statements import SILENT, holds
from kamkit.schema import takes

_MORE = re.compile(
    r"\b(grow(th)?|up-?sell\w*|cross-?sell\w*|re-?sell\w*|sell|main supplier|share of (their )?"
    r"(wallet|purchases)|(increase|raise|more) (the )?(sales|revenue|volumes?)"
    r"|vekst|mersalg|kryssalg|tilleggssalg|selge?|hovedleverandør|andel av innkjøp\w*"
    r"|(øke?|mer) (salg|omsetning|volum)\w*|flere varegrupper)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(no|not|nothing|stop|less|ikke|slutt\w*|mindre)\b", re.IGNORECASE)


@takes(known="account_id kind ref action status conflict changed", facts="account_id")
def against_plan(known: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Return the actions with what stands against the plan told in ``conflict``.

    ``known`` is the table of ``actions``, ``facts`` that of ``plan.facts`` with the ``strategy`` of
    each account. Looked at are open actions that people wrote or changed, at accounts that no more
    is to be sold to (see ``may_grow``); an action is about selling more when its words say so.

    >>> facts = pd.DataFrame({"account_id": ["a"], "loses": True, "strategy": "mend"})
    >>> row = {"account_id": "a", "kind": "agreed", "ref": "goal: x", "status": "", "changed": ""}
    >>> known = pd.DataFrame([row | {"action": "Become main supplier", "conflict": ""}])
    >>> against_plan(known, facts)["conflict"][0]
    'against the plan: they lose us money, so the terms come first'
    """
    why = {str(fact["account_id"]): _reason(fact) for fact in facts.to_dict("records")}
    told = []
    for row in known.to_dict("records"):
        reason = why.get(str(row["account_id"]), "")
        said = _("against the plan: {reason}", reason=_(reason)) if reason and _grows(row) else ""
        told.append("; ".join(filter(None, (str(row["conflict"]), said))))
    return known.assign(conflict=pd.Series(told, index=known.index, dtype="str"))


def _reason(fact: Mapping[Any, Any]) -> str:
    """Return why no more is sold to an account for now; empty where it may grow."""
    if may_grow(fact):
        return ""
    if holds(fact, "loses"):
        return N_("they lose us money, so the terms come first")
    if fact.get("rhythm_state") in SILENT:
        return N_("they have gone silent, so a new order comes first")
    if fact.get("strategy") in QUIET:
        return N_("they are served at low cost, so we sell only what they ask for")
    return N_("their purchases fall, so stopping the fall comes first")


def _grows(row: Mapping[Any, Any]) -> bool:
    """Tell whether an open action that people wrote is about selling more."""
    by_people = row["kind"] in ("agreed", "own") or "action" in str(row["changed"]).split(",")
    if not by_people or row["kind"] == "closed" or is_done(row["status"]):
        return False
    text = str(row["action"])
    named = str(row["ref"]).split(":")[0] in GROWS
    return named or bool(_MORE.search(text) and not _NOT.search(text))
