"""The rules that choose a strategy and its objectives: a table that people read and edit."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from kamkit import schema
from kamkit.errors import ParameterError, SourceError, nearest
from kamkit.language import N_, join, joined, number
from kamkit.language import gettext as _
from kamkit.plan._objectives import OBJECTIVES
from kamkit.schema import check, noun, word, written

RULES = Path(__file__).parent / "rules.csv"
"""The rules that come with kamkit; a run leaves a copy that can be edited and given back."""

COLUMNS = ("kind", "code", "for", "when")
STRATEGIES = (
    "mend",
    "win_back",
    "retain",
    "deepen",
    "grow",
    "invest",
    "build",
    "harvest",
    "hand_over",
    "win",
    "nurture",
    "leave_be",
)
FACTS = (
    "attractiveness",
    "cell",
    "break_even_retention",
    "break_even_growth",
    "credit_share",
    "cross_sell_value",
    "deciders",
    "discount_share",
    "growth_ratio",
    "health",
    "handover",
    "health_change",
    "hunt",
    "is_key",
    "key_share",
    "likeness",
    "loses",
    "manager_knows",
    "open_value",
    "opponents",
    "our_people",
    "payment_days",
    "people",
    "profit",
    "profit_ratio",
    "profit_ratio_year",
    "profit_year",
    "repeat_value",
    "revenue",
    "revenue_after",
    "revenue_year",
    "rhythm_state",
    "service_share",
    "service_share_year",
    "shrinks",
    "share_of_wallet",
    "single_contact",
    "stage",
    "stages_to_go",
    "stale_share",
    "strength",
    "structure",
    "treatment",
    "upsell_value",
)
"""The columns that a rule may ask about; their words and kinds are those of the schema."""

_PART = re.compile(r"\s*(\w+)\s*(<=|>=|<|>|\bis not\b|\bis\b|\bin\b)\s*(.+?)\s*")
_BELOW = {
    "<": N_("below {limit}"),
    "<=": N_("at most {limit}"),
    ">": N_("above {limit}"),
    ">=": N_("at least {limit}"),
    "is": N_("{limit}"),
    "is not": N_("not {limit}"),
    "in": N_("one of {limit}"),
}
_OTHER = {
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "is": "is not",
    "is not": "is",
    "in": "is not",
}


@dataclass(frozen=True)
class Condition:
    """One part of a rule: a fact, how it is compared, and with what.

    >>> Condition("profit", "<", "0").holds({"profit": -5.0})
    True
    """

    fact: str
    how: str
    limit: str

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether the condition holds; what is not known holds nothing."""
        value = facts.get(self.fact)
        if value is None or value != value or value == "":
            return False
        if schema.kind(self.fact) == "word":
            meant = str(value) in self.limit.split()
            return not meant if self.how == "is not" else meant
        if schema.kind(self.fact) == "flag":
            return (
                bool(value) == (self.limit == "yes")
                if self.how == "is"
                else bool(value) != (self.limit == "yes")
            )
        limit = float(self.limit)
        return bool(
            {
                "<": value < limit,
                "<=": value <= limit,
                ">": value > limit,
                ">=": value >= limit,
                "is": value == limit,
            }[self.how]
        )

    def told(self, facts: Mapping[str, Any], currency: str = "") -> str:
        """Say the fact that made the condition hold, with its value and the limit."""
        name = noun(self.fact)
        value = written(facts.get(self.fact), self.fact, currency)
        if schema.kind(self.fact) == "flag":
            return name if facts.get(self.fact) else _("{fact}: no", fact=name)
        if schema.kind(self.fact) == "word":
            return _("{fact}: {value}", fact=name, value=value)
        limit = written(float(self.limit), self.fact, currency)
        return _(
            "{fact} {value}, {limit}",
            fact=name,
            value=value,
            limit=_(_BELOW[self.how], limit=limit),
        )

    def otherwise(self, currency: str = "") -> str:
        """Say what the fact would have to be for the condition not to hold."""
        return Condition(self.fact, _OTHER[self.how], self.limit).words(currency)

    def words(self, currency: str = "") -> str:
        """Say what the fact has to be for the condition to hold.

        >>> Condition("profit_ratio", "<", "0.2").words(), Condition("is_key", "is", "no").words()
        ('profit ratio below 20%', 'key account: no')
        """
        name = noun(self.fact)
        if schema.kind(self.fact) == "flag":
            return (
                name if (self.how == "is") == (self.limit == "yes") else _("{fact}: no", fact=name)
            )
        if schema.kind(self.fact) == "word":
            limit = joined(", ", [word(code) for code in self.limit.split()])
            how = "is" if self.how == "in" and " " not in self.limit else self.how
            value = _(_BELOW[how], limit=limit)
            if how == "is not" and self.limit == "unknown":
                value = _("known")  # not “not not known”
            return _("{fact}: {value}", fact=name, value=value)
        limit = written(float(self.limit), self.fact, currency)
        return _("{fact} {limit}", fact=name, limit=_(_BELOW[self.how], limit=limit))


@dataclass(frozen=True)
class Rule:
    """One rule: for ``existing`` or ``new`` accounts, the code it leads to and its conditions.

    >>> Rule(1, "strategy", "mend", "existing", (Condition("profit", "<", "0"),)).holds(
    ...     {"profit": 3.0})
    False
    """

    place: int
    kind: str
    code: str
    applies_to: str
    conditions: tuple[Condition, ...]

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether all conditions hold; a rule without any always does."""
        return all(condition.holds(facts) for condition in self.conditions)


def rules_table(source: str | Path | pd.DataFrame = "") -> pd.DataFrame:
    """Return the rules as a table: those of a file (CSV or Excel), else those of kamkit.

    One row per rule, in the order in which they are tried: ``kind`` (``strategy``: the first that
    holds decides; ``objective``: all that hold), ``code``, ``for`` (``existing`` or ``new``) and
    ``when``, such as ``profit < 0 and cell is star``; empty always holds. Raises ``SourceError``
    for a file that cannot be read.

    >>> rules_table().columns.tolist()
    ['kind', 'code', 'for', 'when']
    """
    if not isinstance(source, str | Path):
        check(source, COLUMNS, what=_("rules"))
        return source
    path = Path(source).expanduser() if source else RULES
    try:
        if path.suffix.lower() in (".xlsx", ".xls", ".ods"):
            table = pd.read_excel(path, dtype=str, engine="calamine")
        else:
            table = pd.read_csv(path, dtype=str, sep=None, engine="python", encoding="utf-8-sig")
    except (OSError, ValueError, csv.Error, pd.errors.ParserError) as error:
        raise SourceError(
            _("The rules cannot be read."),
            where=path.name,
            found=str(error).splitlines()[0],
            remedy=_("Begin with strategy-rules.csv of a run, and keep its headings."),
        ) from None
    table.columns = [str(name).strip().lower() for name in table.columns]
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise SourceError(
            _("The rules lack a column."),
            where=path.name,
            found=", ".join(table.columns),
            wanted=", ".join(COLUMNS),
            remedy=_("Begin with strategy-rules.csv of a run, and keep its headings."),
        )
    return table[list(COLUMNS)].fillna("")


def read_rules(source: str | Path | pd.DataFrame = "") -> list[Rule]:
    """Return the rules of a table, each checked.

    Raises ``ParameterError`` that names the row, what it found and what is possible.

    >>> len(read_rules()) > 20
    True
    """
    table = rules_table(source)
    rules = []
    for i, row in enumerate(table.to_dict("records"), start=1):
        kind, code = str(row["kind"]).strip(), str(row["code"]).strip()
        known = {"strategy": STRATEGIES, "objective": OBJECTIVES}.get(kind, ())
        if code not in known:
            choices = [*known] or ["strategy", "objective"]
            raise _wrong(
                i,
                f"{kind} {code}".strip(),
                ", ".join(choices),
                nearest(code if known else kind, choices),
            )
        applies = str(row["for"]).strip() or "existing"
        if applies not in ("existing", "new"):
            raise _wrong(i, applies, "existing, new", nearest(applies, ["existing", "new"]))
        rules.append(Rule(i, kind, code, applies, _conditions(str(row["when"]), i)))
    return rules


def rules_in_words(table: pd.DataFrame, currency: str = "") -> pd.DataFrame:
    """Return a table of rules with words in place of every code, one row per rule.

    Raises ``ParameterError`` as ``read_rules`` does.

    >>> rules_in_words(rules_table()).loc[3].tolist()
    ['strategy', 'protect by deepening the relationship', 'existing', 'single contact']
    """
    rows = [
        (
            noun(rule.kind),
            word(rule.code),
            word(rule.applies_to),
            join([condition.words(currency) for condition in rule.conditions])
            or _("no other rule holds"),
        )
        for rule in read_rules(table)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _conditions(text: str, place: int) -> tuple[Condition, ...]:
    if not text.strip() or text.strip() == "nan":
        return ()
    return tuple(_condition(part, place) for part in re.split(r"\s+and\s+", text.strip()))


def _condition(text: str, place: int) -> Condition:
    matched = _PART.fullmatch(text)
    if not matched:
        raise _wrong(place, text, _("a fact, a comparison and a limit, such as profit < 0"), None)
    fact, how, limit = matched.groups()
    if fact not in FACTS:
        raise _wrong(place, fact, ", ".join(FACTS), nearest(fact, FACTS))
    holds = schema.kind(fact)
    if holds in ("word", "flag") and how not in ("is", "is not", "in"):
        raise _wrong(place, text, _("is, is not or in, such as cell is star"), None)
    if holds == "flag" and limit not in ("yes", "no"):
        raise _wrong(place, limit, "yes, no", nearest(limit, ["yes", "no"]))
    if holds not in ("word", "flag"):
        try:
            float(limit)
        except ValueError:
            raise _wrong(place, text, _("a number, such as 0.05 for 5%"), None) from None
        if how in ("in", "is not"):
            raise _wrong(place, text, "<, <=, >, >=, is", None)
    return Condition(fact, how, limit)


def _wrong(place: int, found: str, wanted: str, near: str | None) -> ParameterError:
    return ParameterError(
        _("Rule {n} cannot be understood.", n=number(place)),
        found=found,
        wanted=wanted,
        remedy=_("Did you mean “{near}”?", near=near)
        if near
        else _("Correct it in the file of rules."),
    )
