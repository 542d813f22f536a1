"""What people wrote into a plan: kept from one document to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

OWN = ("objective", "measure", "today", "target", "action", "owner", "due", "status")
"""The columns of an action that a person may add."""

CHANGED = ("owner", "due", "status")
"""The columns of a proposed action that a person may change."""


@dataclass(frozen=True)
class Filled:
    """What people wrote in a plan.

    ``texts`` are the free fields by their code; ``actions`` what was changed of proposed actions,
    by the reference of each (``owner``, ``due``, ``status``); ``own`` the actions that people
    added, one mapping of the columns of ``OWN`` each.

    >>> Filled({"needs": "Faster delivery"}).empty
    False
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    actions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    own: tuple[Mapping[str, str], ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether nobody has written anything."""
        return not (self.texts or self.actions or self.own)


def reference(row: Mapping[Any, Any]) -> str:
    """Return the reference of an action: the same in every run for the same objective and item.

    It is the code of the objective, with the item where there is one. A code holds no colon, so
    that no two share a reference.

    >>> reference({"objective": "grow_cross", "item": "Tape"}), reference({"objective": "retain"})
    ('grow_cross: Tape', 'retain')
    """
    item = row.get("item") or ""
    return f"{row['objective']}: {item}" if item else str(row["objective"])


def joined(first: Filled, later: Filled) -> Filled:
    """Return both together; where both say something, the later one counts.

    >>> joined(Filled({"a": "1"}), Filled({"a": "2"})).texts
    {'a': '2'}
    """
    own = list(first.own)
    own += [row for row in later.own if row not in own]
    refs = {**first.actions, **later.actions}
    actions = {ref: {**first.actions.get(ref, {}), **later.actions.get(ref, {})} for ref in refs}
    return Filled({**first.texts, **later.texts}, actions, tuple(own))


def with_changes(goals: pd.DataFrame, filled: Filled) -> pd.DataFrame:
    """Return the objectives with what people changed of owner, due and status, as text.

    Added is ``ref``. Dates stay dates where a person did not write another.

    >>> goals = pd.DataFrame({"objective": ["retain"], "owner": "Ola", "due": "2025-03-31"})
    >>> changed = Filled(actions={"retain": {"owner": "Kari"}})
    >>> with_changes(goals.assign(status="proposed"), changed)["owner"].tolist()
    ['Kari']
    """
    table = goals.assign(ref=[reference(row) for row in goals.to_dict("records")])
    for name in ("owner", "due", "status"):
        changed = [filled.actions.get(ref, {}).get(name) for ref in table["ref"]]
        values = [new or old for new, old in zip(changed, table[name], strict=True)]
        table[name] = pd.Series(values, index=table.index, dtype="object")
    return table
