"""The capstone: a plan that is handed in, and what the kit checks in it.

A hand-in is a folder of four tables (CSV) and one page of text (Markdown), begun by ``begin``. The
analysis of the learner's case is the only measure: ``check`` tells which numbers do not equal their
table, which objectives cannot be followed up, and which goals nobody serves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.language import gettext as _
from kamkit.language import join, ngettext, number, percent
from kamkit.learn.answers import Unreadable, read_day
from kamkit.learn.hand_in_words import GOALS, PLANS, goal_words, headings, plan_words
from kamkit.learn.handed_in import HandIn, equal, hours_wanted, text_of, value_of
from kamkit.learn.named import called
from kamkit.schema import find, noun, word

if TYPE_CHECKING:
    from kamkit.learn.room import Room

_REASON_WORDS = 3
_SHOWN = 12
_NAMED_OUTSIDE = 5


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: ``part`` of the hand-in, what was found, whether it holds.

    ``kept`` is None where the case has nothing to compare with.
    """

    part: str
    text: str
    kept: bool | None


@dataclass(frozen=True)
class Review:
    """All checks of a hand-in; it shows itself as a list of what to put right.

    >>> Review([Check("lists", "12 accounts", True)]).passed
    True
    """

    checks: list[Check]

    @property
    def passed(self) -> bool:
        """Whether nothing is left to put right."""
        return not self.to_mend

    @property
    def to_mend(self) -> list[Check]:
        """What is to be put right."""
        return [check for check in self.checks if check.kept is not None and not check.kept]

    @property
    def text(self) -> str:
        """In words: how much holds, and what does not."""
        held = sum(bool(check.kept) for check in self.checks)
        sentence = _("{held} of {n} checks hold.", held=number(held), n=number(len(self.checks)))
        left = [check for check in self.checks if check.kept is None]
        rows = [one.text for one in (*self.to_mend, *left) if one.text]
        lines = [sentence, *(f"– {row}" for row in rows[:_SHOWN])]
        if len(rows) > _SHOWN:
            lines.append(f"– {_('and {n} more', n=number(len(rows) - _SHOWN))}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.text


def check(handed: HandIn, room: Room) -> Review:
    """Look at everything that can be checked of a hand-in.

    Both lists have reasons; breadth and depth have their cost; each plan is there; every number
    equals its table; every objective has measure, baseline, target, owner and date; each goal is
    served, or it is said why not.
    """
    parts: tuple[Callable[[HandIn, Room], Iterator[Check]], ...] = (
        _lists,
        _programme,
        _plans,
        _numbers,
        _objectives,
        _goals,
    )
    return Review([one for part in parts for one in part(handed, room)])


def _lists(handed: HandIn, room: Room) -> Iterator[Check]:
    key, others = handed.table("key_accounts"), handed.table("ordinary_sales")
    yield (
        Check("lists", _("The list of key accounts is empty."), False)
        if key.empty
        else Check("lists", ngettext("{n} key account", "{n} key accounts", len(key)), True)
    )
    unknown = [one for one in (*key["account_id"], *others["account_id"]) if one not in room.names]
    yield _none(
        "lists", unknown, _("These accounts are not in the ledger: {names}."), dict(room.names)
    )
    twice = sorted(set(key["account_id"]) & set(others["account_id"]))
    yield _none("lists", twice, _("On both lists: {names}."), dict(room.names))
    for table, text in (
        (key, _("A reason is missing, or too short, on the list of key accounts: {names}.")),
        (others, _("A reason is missing, or too short, on the list of the others: {names}.")),
    ):
        reasons = zip(table["account_id"], table["reason"], strict=True)
        bare = [one for one, why in reasons if len(text_of(why).split()) < _REASON_WORDS]
        yield _none("lists", bare, text, dict(room.names))
    yield Check(
        "lists",
        _(
            "The list of those who stay with ordinary sales names {n} accounts; name at least"
            " {least} and why: people will ask about those nearest to the line.",
            n=number(len(others)),
            least=number(_NAMED_OUTSIDE),
        ),
        len(others) >= min(_NAMED_OUTSIDE, len(room.names) - len(key)),
    )


def _none(part: str, found: list[str], text: str, names: dict[str, str]) -> Check:
    """Return a check that holds where nobody is found; else the sentence names some of them."""
    shown = join([called(one, names) for one in found[:4]])
    return Check(part, text.format(names=shown), not found)


def _programme(handed: HandIn, room: Room) -> Iterator[Check]:
    table, key = handed.table("programme"), handed.table("key_accounts")
    if table.empty:
        yield Check(
            "programme",
            _("The programme is missing: how many accounts, hours for each, cost in a year."),
            False,
        )
        return
    counted = key["treatment"].map(text_of).value_counts()
    for row in table.to_dict("records"):
        name = text_of(row["treatment"])
        accounts = value_of(row["accounts"])
        yield Check(
            "programme",
            _(
                "The programme counts {n} accounts as “{name}”; the list has {listed}.",
                n=number(accounts or 0),
                name=word(name),
                listed=number(int(counted.get(name, 0))),
            ),
            accounts == float(counted.get(name, 0)),
        )
    each = room.analysis.get("treatments")
    if not len(each):
        yield Check("programme", _("The case does not say what a treatment takes."), None)
        return
    yield from _costs(table, each.set_index("treatment"))
    yield _hours(table, room)


def _costs(table: pd.DataFrame, each: pd.DataFrame) -> Iterator[Check]:
    """Compare hours and cost with what the treatments take."""
    for row in table.to_dict("records"):
        name, accounts = text_of(row["treatment"]), value_of(row["accounts"]) or 0
        if name not in each.index:
            yield Check("programme", _("There is no treatment “{name}”.", name=word(name)), False)
            continue
        hours = float(each["hours"][name])
        cost = accounts * float(each["yearly_cost"][name])
        for column, right, text in (
            ("hours_each", hours, _("Hours for each “{name}” account are {right}, not {said}.")),
            ("cost_year", cost, _("The “{name}” accounts cost {right} a year, not {said}.")),
        ):
            given = value_of(row[column])
            words = text.format(name=word(name), right=number(right), said=_or_nothing(given))
            yield Check("numbers", words, equal(given, right) if right == right else None)


def _or_nothing(value: float | None) -> str:
    return _("nothing") if value is None else number(value)


def hours_there(room: Room) -> float | None:
    """Return the hours that the managers of the case have; None where nobody says."""
    managers = room.analysis.get("managers")
    if not len(managers) or "hours" not in managers or managers["hours"].isna().all():
        return None
    return float(managers["hours"].sum())


def _hours(table: pd.DataFrame, room: Room) -> Check:
    there, wanted = hours_there(room), hours_wanted(HandIn({"programme": table}))
    if there is None:
        return Check("programme", _("The case does not say how many hours there are."), None)
    return Check(
        "programme",
        _(
            "The programme takes {wanted} hours a year; the managers have {there}.",
            wanted=number(wanted),
            there=number(there),
        ),
        wanted <= there,
    )


def _plans(handed: HandIn, room: Room) -> Iterator[Check]:
    goals = handed.table("objectives")
    for plan, heading in list(headings().items())[: len(PLANS)]:
        own = goals[goals["plan"].map(text_of) == plan]
        words = handed.words.get(plan, "")
        if _cannot(plan, room):
            sentence = _("{plan}: the case has none to make it for.", plan=heading)
            yield Check("plans", sentence, None)
            continue
        yield Check(
            "plans",
            _missing_of(plan, heading, len(words.split()) >= 30),
            len(words.split()) >= 30 and len(own) > 0,
        )
        wrong = [one for one in own["account_id"] if one not in eligible(plan, handed, room)]
        yield _none(
            "plans",
            wrong,
            heading + ": " + _("it is about an account of another kind: {names}."),
            {**room.names, **prospects(room)},
        )


def _missing_of(plan: str, heading: str, enough: bool) -> str:
    """Tell what a plan lacks: words, or an objective, or both."""
    if not enough:
        return str(_("{plan}: write at least 30 words and one objective.", plan=heading))
    sentence = _(
        "{plan}: it has no objective. Write one in objectives.csv, with “{word}” in the column"
        " plan.",
        plan=heading,
        word=plan_words(plan),
    )
    return str(sentence)


def _cannot(plan: str, room: Room) -> bool:
    return (plan == "loss" and not losing(room)) or (plan == "hunt" and not prospects(room))


def losing(room: Room) -> list[str]:
    """Return the accounts that cost more than they leave, the most costly first."""
    table = room.analysis.get("loss_makers")
    return table["account_id"].tolist() if len(table) else []


def prospects(room: Room) -> dict[str, str]:
    """Return the names of the prospects by their number."""
    table = room.analysis.get("prospects")
    if not len(table):
        return {}
    return dict(zip(table["prospect_id"].astype("str"), table["name"].astype("str"), strict=True))


def eligible(plan: str, handed: HandIn, room: Room) -> set[str]:
    """Return the accounts that a plan can be for."""
    if plan == "key":
        return set(handed.table("key_accounts")["account_id"])
    return set(losing(room)) if plan == "loss" else set(prospects(room))


def _numbers(handed: HandIn, room: Room) -> Iterator[Check]:
    facts = room.analysis.accounts.drop_duplicates("account_id").set_index("account_id")
    for column in ("revenue_year", "profit_year"):
        if column not in facts:
            sentence = _("The ledger cannot say “{column}”, so it is not compared.", column=column)
            yield Check("numbers", sentence, None)
            continue
        for row in handed.table("key_accounts").to_dict("records"):
            if row["account_id"] in facts.index:
                yield _number_check(row["account_id"], column, row[column], facts, room)
    every = room.analysis.get("plan_facts")
    measured = every.set_index("account_id") if len(every) else facts
    countable = set(measured.select_dtypes("number").columns)
    for row in handed.table("objectives").to_dict("records"):
        column = text_of(row["measure"])
        if column in countable and row["account_id"] in measured.index:
            yield _number_check(row["account_id"], column, row["baseline"], measured, room)


def _number_check(account: str, column: str, cell: Any, facts: pd.DataFrame, room: Room) -> Check:
    """Compare one number with its table."""
    is_so, given = float(facts[column][account]), value_of(cell)
    if is_so != is_so:
        return Check("numbers", "", None if given is None else False)
    sentence = _(
        "{name}, {column}: the table says {right}, the plan says {said}.",
        name=called(account, room.names),
        column=noun(column),
        right=figure(is_so, column),
        said=_("nothing") if given is None else figure(given, column),
    )
    return Check("numbers", sentence, equal(given, is_so))


def figure(value: float, column: str = "") -> str:
    """Return a number with as many decimals as it needs; that of a share in per cent.

    >>> figure(17011009.4), figure(2.0), figure(0.204), figure(0.204, "share_of_wallet")
    ('17,011,009', '2', '0.204', '20.4%')
    """
    known = find(column)
    if known is not None and known.kind == "percent":
        return percent(value)
    return number(value, 0 if abs(value) >= 100 or value == int(value) else 3)


def _objectives(handed: HandIn, room: Room) -> Iterator[Check]:
    goals = handed.table("objectives")
    words = {
        "measure": _("measure"),
        "owner": _("owner"),
        "due": _("due date"),
        "baseline": _("baseline"),
        "target": _("target"),
    }
    if goals.empty:
        yield Check("objectives", _("There is no objective."), False)
    for n, row in enumerate(goals.to_dict("records"), 1):
        missing = [words[name] for name in ("measure", "owner", "due") if not text_of(row[name])]
        missing += [words[name] for name in ("baseline", "target") if value_of(row[name]) is None]
        sentence = _("Objective {n} has no {parts}.", n=number(n), parts=join(missing))
        yield Check("objectives", sentence, not missing)
        if not missing:
            yield from _sound(n, row, room)


def _sound(n: int, row: Mapping[Any, Any], room: Room) -> Iterator[Check]:
    """Look at one objective that has all its parts."""
    yield Check(
        "objectives",
        _("Objective {n}: target and baseline are the same.", n=number(n)),
        value_of(row["baseline"]) != value_of(row["target"]),
    )
    owner = text_of(row["owner"])
    yield Check(
        "objectives",
        _("Objective {n} has more than one owner.", n=number(n)),
        not re.search(r"[,;/&]| and | og ", owner),
    )
    try:
        later = read_day(row["due"]) > room.case.period.end
    except Unreadable:
        later = False
    yield Check(
        "objectives",
        _("Objective {n}: the date cannot be read, or has passed.", n=number(n)),
        later,
    )


def _goals(handed: HandIn, _room: Room) -> Iterator[Check]:
    served = set(handed.table("objectives")["goal"].map(text_of))
    for goal in GOALS:
        why = handed.words.get(f"not_{goal}", "")
        yield Check(
            "goals",
            _(
                "No objective serves the goal “{goal}”, and it is not said why not.",
                goal=goal_words(goal),
            ),
            goal in served or len(why.split()) > _REASON_WORDS,
        )
    strange = sorted(served - set(GOALS) - {""})
    text = (
        _("These are no goals of the four: {names}. Write {right}.").format(
            names=join(strange[:3]), right=join([goal_words(one) for one in GOALS])
        )
        if strange
        else ""
    )
    yield Check("goals", text, not strange)
