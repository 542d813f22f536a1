"""The defence of a plan: twelve questions drawn from its own weak points, with model answers.

Each finder looks at one kind of weakness in the hand-in, with the analysis beside it, and gives
questions with a weight. The heaviest are asked, at most three of a kind; what everybody has to be
able to answer fills up to twelve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from kamkit.language import gettext as _
from kamkit.language import joined, number, percent
from kamkit.learn.capstone import check, figure, hours_there, losing, prospects
from kamkit.learn.hand_in_words import GOALS, goal_words
from kamkit.learn.handed_in import HandIn, hours_wanted, text_of, value_of
from kamkit.learn.named import called
from kamkit.learn.usual import usual
from kamkit.schema import find, noun

if TYPE_CHECKING:
    from kamkit.learn.room import Room

ASKED = 12
"""How many questions are asked."""

_OF_A_KIND = 3
_SURE = 0.95
_BOLD = 0.2
_FULL = 0.9


class WeakPoint(NamedTuple):
    """A question about a plan: its kind, how much it weighs, the question and a model answer."""

    kind: str
    weight: float
    question: str
    model: str


Finder = Callable[[HandIn, "Room"], Iterator[WeakPoint]]


def weak_points(handed: HandIn, room: Room) -> list[WeakPoint]:
    """Return every weak point that is found in a plan, the heaviest first."""
    points = [one for finder in _FINDERS for one in finder(handed, room)]
    return sorted(points, key=lambda one: (-one.weight, one.kind, one.question))


def questions(handed: HandIn, room: Room) -> list[WeakPoint]:
    """Return the twelve questions of a defence."""
    asked: list[WeakPoint] = []
    for point in weak_points(handed, room):
        if sum(other.kind == point.kind for other in asked) < _OF_A_KIND:
            asked.append(point)
    for question, model in usual():
        if len(asked) < ASKED:
            asked.append(WeakPoint("always", 0.0, question, model))
    return asked[:ASKED]


def _column(room: Room, result: str, column: str) -> dict[str, Any]:
    """Return a column of a result by account; empty where the case has none."""
    table = room.analysis.get(result)
    if not len(table) or column not in table:
        return {}
    each = table.drop_duplicates("account_id")
    return dict(zip(each["account_id"].astype("str"), each[column], strict=True))


def _with_facts(model: str, room: Room, account: str, columns: str) -> str:
    """Return a model answer with what the tables say of the account."""
    facts = []
    for column in columns.split():
        for result in ("accounts", "contact_table"):
            value = _column(room, result, column).get(account)
            if isinstance(value, int | float) and value == value:
                facts.append(f"{noun(column)} {figure(float(value), column)}")
                break
    if not facts:
        return model
    return joined(" ", [model, _("The tables say: {facts}.", facts="; ".join(facts))])


def _figures(handed: HandIn, room: Room) -> Iterator[WeakPoint]:
    """Ask about what does not hold: numbers first."""
    for one in check(handed, room).to_mend:
        heavy = one.part in ("numbers", "objectives")
        yield WeakPoint(
            "check",
            95.0 if heavy else 85.0,
            _("This does not hold: {what} How do you put it right?", what=one.text),
            _(
                "Say where the number or the decision comes from, correct it in the plan, and say"
                " what else rests on it. Nobody expects no mistake; everybody expects that you"
                " find it."
            ),
        )


def _judgement_calls(handed: HandIn, room: Room) -> Iterator[WeakPoint]:
    """Ask about accounts that are on the list only under some weights."""
    share = _column(room, "scenarios", "key_share")
    for n, account in enumerate(handed.table("key_accounts")["account_id"], 1):
        seen = float(share.get(account, 0.0)) if share else 1.0
        if seen < _SURE:
            yield WeakPoint(
                "call",
                60 + 40 * (1 - seen),
                _(
                    "Your number {n}, {name}, is on the list in {share} of the scenarios. Why is"
                    " it in?",
                    n=number(n),
                    name=called(account, room.names),
                    share=percent(seen, 0),
                ),
                _(
                    "It is a judgement call, and I say so. Name the fact that decides for you and"
                    " that the criteria do not count, who sees to it that it comes true, and on"
                    " which day you take the account off the list if it has not."
                ),
            )


def _left_out(handed: HandIn, room: Room) -> Iterator[WeakPoint]:
    """Ask about accounts that most scenarios have on the list, and the plan has not."""
    mine = set(handed.table("key_accounts")["account_id"])
    for account, share in _column(room, "scenarios", "key_share").items():
        if share >= _SURE and account not in mine:
            yield WeakPoint(
                "left out",
                80.0,
                _(
                    "{name} is on the list in {share} of the scenarios, and not on yours. Why?",
                    name=called(account, room.names),
                    share=percent(float(share), 0),
                ),
                _(
                    "Name the requirement that it does not meet, or what its place would have cost"
                    " another. “We know them well enough” is no reason: say who looks after them"
                    " now."
                ),
            )


def _large_outside(handed: HandIn, room: Room) -> Iterator[WeakPoint]:
    """Ask about the largest accounts that are not key."""
    mine = set(handed.table("key_accounts")["account_id"])
    facts = room.analysis.account_facts
    for account in facts.nlargest(3, "revenue")["account_id"]:
        if account not in mine:
            yield WeakPoint(
                "large",
                70.0,
                _(
                    "{name} is one of the three largest by revenue, and no key account. What do"
                    " you tell the salesperson who looks after it?",
                    name=called(account, room.names),
                ),
                _with_facts(
                    _(
                        "Revenue is not what it leaves. Give the profit after service beside the"
                        " revenue, say what is agreed first (terms), who does it, and what would"
                        " put it on the list."
                    ),
                    room,
                    account,
                    "revenue_year profit_year",
                ),
            )


def _paid_for(handed: HandIn, room: Room) -> Iterator[WeakPoint]:
    """Ask about key accounts that cost more than they leave."""
    profit = _column(room, "accounts", "profit_year")
    for account in handed.table("key_accounts")["account_id"]:
        if float(profit.get(account, 0.0) or 0.0) < 0:
            yield WeakPoint(
                "loss",
                90.0,
                _(
                    "{name} cost us {loss} last year. Why should it get more of our time?",
                    name=called(account, room.names),
                    loss=number(-float(profit[account])),
                ),
                _with_facts(
                    _(
                        "Only with terms that turn it round, agreed before the treatment begins:"
                        " which term, what it is worth, by when. Growth before that makes the loss"
                        " larger."
                    ),
                    room,
                    account,
                    "contribution_year cost_to_serve_year",
                ),
            )


def _hours(handed: HandIn, room: Room) -> Iterator[WeakPoint]:
    """Ask about breadth and depth against the hours there are and the range to discuss."""
    wanted, there = hours_wanted(handed), hours_there(room)
    if there and wanted > _FULL * there:
        yield WeakPoint(
            "hours",
            88.0 if wanted > there else 65.0,
            _(
                "The programme takes {wanted} of {there} hours. Who has time when something"
                " happens?",
                wanted=number(wanted),
                there=number(there),
            ),
            _(
                "Fewer accounts or less for some: say which one goes first and what it loses. A"
                " programme that takes all hours is broken by the first sick leave."
            ),
        )
    size, breadth = len(handed.table("key_accounts")), room.analysis.get("breadth")
    low, high = getattr(breadth, "low", 0), getattr(breadth, "high", size) if breadth else size
    if breadth and not low <= size <= high:
        yield WeakPoint(
            "breadth",
            75.0,
            _(
                "You have {n} key accounts; the analysis finds {low} to {high} worth discussing."
                " Why so many, or so few?",
                n=number(size),
                low=number(low),
                high=number(high),
            ),
            _(
                "Say what the last account adds and what it takes, in hours and in money, and what"
                " you would have done with the hours otherwise."
            ),
        )


def _one_thread(handed: HandIn, room: Room) -> Iterator[WeakPoint]:
    """Ask about key accounts that rest on one person, where no objective changes that."""
    structure = _column(room, "contact_table", "structure")
    goals = handed.table("objectives")
    cared = set(goals.loc[goals["goal"].map(text_of) == "people", "account_id"])
    size = _column(room, "accounts", "revenue_year")
    for account in handed.table("key_accounts")["account_id"]:
        if structure.get(account) in ("bow_tie", "no_contact") and account not in cared:
            rank = sum(other > size.get(account, 0.0) for other in size.values())
            yield WeakPoint(
                "people",
                68 - min(20.0, rank / 2),
                _(
                    "At {name} the relationship rests on a single person. What happens on the day"
                    " that person leaves?",
                    name=called(account, room.names),
                ),
                _with_facts(
                    _(
                        "Name the second person on each side, who introduces them, and by when."
                        " Until then the account is at risk whatever its numbers are, and the plan"
                        " should say so."
                    ),
                    room,
                    account,
                    "people our_people ours_share",
                ),
            )


def _alarms(handed: HandIn, room: Room) -> Iterator[WeakPoint]:
    """Ask about key accounts that are late, where no objective is to keep them."""
    state = _column(room, "accounts", "rhythm_state")
    goals = handed.table("objectives")
    kept = set(goals.loc[goals["goal"].map(text_of) == "keep", "account_id"])
    for account in handed.table("key_accounts")["account_id"]:
        if state.get(account) in ("late", "lost", "season_missed") and account not in kept:
            yield WeakPoint(
                "late",
                72.0,
                _(
                    "{name} is late against their own rhythm, and your plan does not say so. Have"
                    " you called?",
                    name=called(account, room.names),
                ),
                _(
                    "Call before the meeting. Say what they answered: stock, a season, a project"
                    " that ended, or another supplier. Only the last is a case for the plan."
                ),
            )


def _bold(handed: HandIn, _room: Room) -> Iterator[WeakPoint]:
    """Ask about objectives that want much more than there is today."""
    for n, row in enumerate(handed.table("objectives").to_dict("records"), 1):
        before, after = value_of(row["baseline"]), value_of(row["target"])
        if before and after is not None and abs(after / before - 1) > _BOLD:
            yield WeakPoint(
                "target",
                50 + min(15.0, 10 * abs(after / before - 1)),
                _(
                    "Objective {n} wants {measure} to go from {before} to {after}. What makes that"
                    " possible this year, when it was not last year?",
                    n=number(n),
                    measure=_measure(text_of(row["measure"])),
                    before=text_of(row["baseline"]).rstrip("."),
                    after=text_of(row["target"]).rstrip("."),
                ),
                _(
                    "Name what is new: an agreement, a person, a product, a decision of theirs."
                    " Say what similar accounts have reached, and where you would stop half way"
                    " and ask."
                ),
            )


def _measure(code: str) -> str:
    """Return what a measure is called: its words where it is a column."""
    return noun(code) if find(code) else code


def _owners(handed: HandIn, _room: Room) -> Iterator[WeakPoint]:
    """Ask about owners of much."""
    owned = handed.table("objectives")["owner"].map(text_of).value_counts()
    goals = len(handed.table("objectives"))
    for owner, n in owned.items():
        if n >= 4 and n * 2 > goals and owner:  # most of them
            yield WeakPoint(
                "owner",
                55.0,
                _(
                    "{owner} owns {n} of {all} objectives. Which of them falls first?",
                    owner=owner,
                    n=number(int(n)),
                    all=number(goals),
                ),
                _(
                    "Say which one, and to whom it goes. An owner with everything is an owner of"
                    " nothing."
                ),
            )


def _unserved(handed: HandIn, _room: Room) -> Iterator[WeakPoint]:
    """Ask about goals that no objective serves."""
    served = set(handed.table("objectives")["goal"].map(text_of))
    for goal in GOALS:
        if goal not in served:
            yield WeakPoint(
                "goal",
                78.0,
                _("No objective serves the goal “{goal}”. Why not?", goal=goal_words(goal)),
                _(
                    "Either there is nothing to do this year, and a number shows it, or it was"
                    " forgotten: then write the objective with measure, baseline, target, owner"
                    " and date."
                ),
            )


def _places(handed: HandIn, room: Room) -> Iterator[WeakPoint]:
    """Ask about places in the matrix that are not sure, where a plan is made."""
    sure = _column(room, "matrix_table", "cell_sure")
    goals = handed.table("objectives")
    for account in goals.loc[goals["plan"].map(text_of) == "key", "account_id"].unique():
        if account in sure and not bool(sure[account]):
            yield WeakPoint(
                "place",
                58.0,
                _(
                    "{name} lies near a line of the matrix. What would you do otherwise if it"
                    " belonged on the other side?",
                    name=called(account, room.names),
                ),
                _(
                    "Name what stays the same in both fields: begin with that. Then say which fact"
                    " would settle it, and who finds it out."
                ),
            )


def _terms(handed: HandIn, room: Room) -> Iterator[WeakPoint]:
    """Ask about the loss maker of the plan: what if they leave."""
    goals = handed.table("objectives")
    chosen = goals.loc[goals["plan"].map(text_of) == "loss", "account_id"]
    costly = losing(room)
    for account in dict.fromkeys(chosen):
        if account in costly:
            yield WeakPoint(
                "terms",
                57.0,
                _(
                    "{name} answers to your terms: “Then we leave.” What do we really lose?",
                    name=called(account, room.names),
                ),
                _with_facts(
                    _(
                        "What it leaves after the goods, less the cost of serving that goes away"
                        " with it: not the loss of the table. Give both numbers, and the lowest"
                        " terms you would accept."
                    ),
                    room,
                    account,
                    "contribution_year cost_to_serve_year profit_year",
                ),
            )
    if costly and costly[0] not in set(chosen):
        yield WeakPoint(
            "terms",
            62.0,
            _(
                "{name} costs us most of all, and your plan is about another account. Why?",
                name=called(costly[0], room.names),
            ),
            _(
                "A reason can be that the other one is easier and comes first. Then say when this"
                " one follows, and what it costs to wait."
            ),
        )


def _hunt(handed: HandIn, room: Room) -> Iterator[WeakPoint]:
    """Ask about the hunting plan: what rests on assumptions, and when one stops."""
    goals = handed.table("objectives")
    names = prospects(room)
    for account in goals.loc[goals["plan"].map(text_of) == "hunt", "account_id"].unique():
        if account in names:
            yield WeakPoint(
                "hunt",
                54.0,
                _(
                    "What {name} buys is an estimate. After how many meetings without an order do"
                    " you stop?",
                    name=called(account, names),
                ),
                _(
                    "A number of meetings or a date, set before the hunt begins, and what the"
                    " hours go to afterwards. Say what the estimate rests on and which first order"
                    " would confirm it."
                ),
            )


_FINDERS: tuple[Finder, ...] = (
    _figures,
    _judgement_calls,
    _left_out,
    _large_outside,
    _paid_for,
    _hours,
    _one_thread,
    _alarms,
    _bold,
    _owners,
    _unserved,
    _places,
    _terms,
    _hunt,
)


def answers_of(table: pd.DataFrame | None) -> list[str]:
    """Return the answers of a defence in the order of its questions.

    >>> answers_of(pd.DataFrame({"number": ["2", "1"], "answer": ["B", "A"]}))
    ['A', 'B']
    """
    if table is None or not {"number", "answer"} <= set(table.columns):
        return []
    order = table.assign(number=pd.to_numeric(table["number"], errors="coerce"))
    return [text_of(one) for one in order.sort_values("number")["answer"]]
