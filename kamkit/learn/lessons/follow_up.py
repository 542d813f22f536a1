"""Lesson 14, follow up: what came of the plan, whether the programme worked, and what is chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit import plan
from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number, percent, signed
from kamkit.learn.kinds import Accounts, Choice, Number
from kamkit.learn.lookback import by_lot, changes, earlier, growth, now
from kamkit.learn.register import question
from kamkit.learn.written import Point, Text, claims, gives_number, has_number, mentions, words

if TYPE_CHECKING:
    from kamkit.learn.room import Room

_MILLION = 1e6
_PROOF = (
    "The programme worked: revenue at our accounts with a plan rose by 2%, so we should make all"
    " plans again next year."
)
_NO_NUMBER = (
    "Most of it went well and our customers are satisfied, and we go on next year as we did."
)


def _outcomes(room: Room) -> pd.DataFrame:
    table = plan.outcomes(earlier(room), now(room)).table
    if table.empty:
        raise MissingTable(
            _("A quarter ago the ledger gave no objectives to look back on."),
            remedy=_("Take a ledger with more of what objectives rest on: cost, contacts, wallet."),
        )
    return table


@question("14.reached", lesson=14, objective="progress", part="predict")
def _reached(room: Room) -> Number:
    table = _outcomes(room)
    return Number(
        _(
            "A quarter ago the plans had {n} objectives. What share of them is reached today?"
            " Guess.",
            n=number(len(table)),
        ),
        right=float((table["outcome"] == "reached").mean()),
        share=True,
        within=0.05,
        why=_("You guessed within five percentage points."),
        mistakes=[
            (1.0, _("Then the targets were too easy.")),
            (0.9, _("Some of them are due only in a year. Think of those too.")),
        ],
        hints=[_("There is no wrong guess. A quarter is short.")],
    )


@question("14.of_those_due", lesson=14, objective="progress", part="do")
def _of_those_due(room: Room) -> Number:
    outcome = _outcomes(room)["outcome"]
    reached, missed = int((outcome == "reached").sum()), int((outcome == "missed").sum())
    if not reached or not missed:
        raise MissingTable(
            _("No objective of a quarter ago is due yet."), remedy=_("Take a longer ledger.")
        )
    right = reached / (reached + missed)
    mistakes = [
        (
            reached / len(outcome),
            _("That is of all objectives. Leave out those that are still open, or unknown."),
        ),
        (
            reached / int((outcome != "unknown").sum()),
            _("Those on the way, and those not yet due, are open: leave them out too."),
        ),
        (1 - right, _("That is what was not reached.")),
    ]
    apart = [
        one
        for n, one in enumerate(mistakes)
        if all(abs(one[0] - other) > 0.013 for other in (right, *(m[0] for m in mistakes[:n])))
    ]
    return Number(
        _(
            "Leave out what is still open (on the way, not yet due) and what is unknown. What share"
            " of the rest was reached?"
        ),
        right=right,
        share=True,
        within=0.006,
        decimals=1,
        why=_("What is not due yet is neither a success nor a failure."),
        mistakes=apart,
        hints=[
            _("The finding counts the objectives by their outcome."),
            _("Reached, divided by reached and missed together."),
        ],
    )


@question("14.bought_less", lesson=14, objective="progress", part="do")
def _bought_less(room: Room) -> Number:
    table = plan.revenue_bridge(earlier(room), now(room)).table
    parts = table.groupby("effect")["change"].sum() / _MILLION
    if "down" not in parts or "up" not in parts:
        raise MissingTable(
            _("Hardly any account bought more or less than a quarter ago."),
            remedy=_("Take a longer ledger."),
        )
    right = -float(parts["down"])
    mistakes = [
        (float(parts["up"]), _("So much came from accounts that bought more.")),
        (
            abs(float(parts.sum())),
            _("That is the change altogether, ups and downs taken together."),
        ),
        (
            right - float(parts.get("lost", 0.0)),
            _("Those that left are in it. Only those that stayed and bought less are asked for."),
        ),
    ]
    unit = _("{currency} million", currency=room.analysis.about.currency or "").strip()
    return Number(
        _("How much revenue did accounts take that stayed, but bought less?"),
        right=right,
        unit=unit,
        near=0.01,
        decimals=2,
        why=_("A small change altogether can hide large ones in both directions."),
        mistakes=[mistake for mistake in mistakes if abs(mistake[0] - right) > 0.012 * right],
        hints=[
            _("The bridge has a step for it."),
            _("Take the step down of accounts that shrank, without the sign."),
        ],
    )


@question("14.entered", lesson=14, objective="programme", part="do")
def _entered(room: Room) -> Accounts:
    table = plan.movements(earlier(room), now(room)).table
    right = table.loc[table["move"] == "entered", "account_id"].tolist()
    if not right:
        raise MissingTable(
            _("No account has become a key account in the last quarter."),
            remedy=_("Take another ledger, or another seed."),
        )
    other = table.loc[table["move"] != "entered", "account_id"].tolist()
    biggest = table["account_id"].isin(right)
    up = plan.revenue_bridge(earlier(room), now(room)).table
    grown = up[~up["account_id"].isin(table.loc[biggest, "account_id"])].nlargest(3, "change")
    mistakes = [
        (other, _("For these something else changed. Who was not on the list a quarter ago?")),
        (grown["account_id"].tolist(), _("These grew most. Growth alone puts nobody on the list.")),
        (
            room.analysis.key_accounts["account_id"].head(len(right) + 2).tolist(),
            _("That is the top of today's list. Who is new on it?"),
        ),
    ]
    return Accounts(
        _("Which accounts have become key accounts since a quarter ago?"),
        right=right,
        among=room.names,
        count=len(right),
        why=_("Ask of each: did the customer change, or only the others around the line?"),
        mistakes=[mistake for mistake in mistakes if mistake[0] and set(mistake[0]) != set(right)],
        hints=[
            _("The table of movements has it in the column of what happened."),
            _("Entered: not key then, key now."),
        ],
    )


@question("14.ahead", lesson=14, objective="programme", part="do")
def _ahead_by(room: Room) -> Number:
    table = changes(room)
    mine, others = table[table["has_plan"]], table[~table["has_plan"]]
    with_plan, without = 100 * growth(mine), 100 * growth(others)
    right = with_plan - without
    mistakes = [
        (with_plan, _("That is the change of those with a plan. Take off that of the others.")),
        (-right, _("The other way round: with a plan, less without.")),
        (with_plan + without, _("Take one off the other; do not add them.")),
    ]
    return Number(
        _(
            "By how many percentage points did revenue grow more at the accounts with a plan than"
            " at the largest ones without? (Less is a minus.)"
        ),
        right=right,
        unit=_("percentage points"),
        within=0.11,
        decimals=1,
        why=_("This difference is what a plan could have done, and chance, and all else."),
        mistakes=[mistake for mistake in mistakes if abs(mistake[0] - right) > 0.3],
        hints=[
            _("The table has a row with a plan and a row without."),
            _("Change with a plan, less change without."),
        ],
    )


@question("14.because", lesson=14, objective="programme", part="trap")
def _because(_room: Room) -> Choice:
    return Choice(
        _("The plan said “grow”, and revenue rose by 12%. What has been shown about the plan?"),
        options={
            "hint": _("Little: ask what accounts like it did without a plan."),
            "proof": _("It worked: the target is met."),
            "owner": _("The owner of the objective did well."),
            "again": _("The same plan will bring 12% again."),
        },
        right="hint",
        why=_(
            "Most of what happens to an account happens without a plan. Compare with similar"
            " accounts, and ask how often chance does as much."
        ),
        mistakes=[
            ("proof", _("The target is met. What would have happened without the plan?")),
            ("owner", _("Perhaps. Perhaps the whole industry grew by 15%.")),
            ("again", _("One account, one year: you cannot tell cause from luck.")),
        ],
        hints=[_("What did the others do in the same time?")],
    )


def _report_points() -> list[Point]:
    """Return what a good answer does."""
    return [
        words(30),
        has_number(),
        mentions(
            _("says what cannot be told"),
            *("cannot", "can not", "can’t", "can't", "unknown", "not know", "don’t know"),
            *("don't know", "too early", "too soon", "chance", "luck", "unclear", "uncertain"),
            *("not sure", "not clear", "hard to say", "hard to tell", "by lot", "whether"),
            *("vet ikke", "vet vi ikke", "kan ikke", "kan vi ikke", "ukjent", "uklart", "usikker"),
            *("for tidlig", "tilfeldig", "flaks", "ikke sikkert", "vanskelig å si"),
            unmet=_("Say what you cannot tell yet."),
        ),
        mentions(
            _("says what changes"),
            *("change", "from now", "next", "instead", "start", "stop", "begin", "add", "move"),
            *("replace", "more often", "fewer", "introduce", "postpone", "new ", "gets ", "put "),
            *("second", "each month", "fra nå", "i stedet", "går gjennom", "ekstra", "hver måned"),
            *("endre", "neste", "heretter", "framover", "begynn", "start", "slutt", "stopp"),
            *("flytt", "bytt", "oftere", "færre", "innfør", "utsett", "nye ", "ny "),
            unmet=_("Say what you change."),
        ),
        Point(_("the director knows what to decide")),
    ]


def _report_mistakes() -> list[tuple[Any, ...]]:
    """Return the mistakes that are expected."""
    return [
        (
            claims("programme worked", "programmet virket"),
            _("What would have happened without it? Compare before you say that it worked."),
            _PROOF,
        ),
        (
            lambda text: not gives_number(text),
            _("No number in it: how many of how many?"),
            _NO_NUMBER,
        ),
    ]


@question("14.report", lesson=14, objective="chance", part="write")
def _report(room: Room) -> Text:
    table = _outcomes(room)
    reached = int((table["outcome"] == "reached").sum())
    moved = changes(room)
    return Text(
        _(
            "Write to your sales director in three sentences: what came of the plans, what you"
            " cannot tell yet, and what you change."
        ),
        points=_report_points(),
        model=_(
            "Of {n} objectives {reached} are reached after a quarter. Revenue changed by {mine}"
            " at accounts with a plan and by {others} at the largest ones without; accounts drawn"
            " by lot do at least as well in {lot} of the draws. Whether it was the plans we cannot"
            " tell, for their accounts were chosen. Next quarter each account gets a second contact"
            " of ours, and overdue actions are on the agenda every month.",
            n=number(len(table)),
            reached=number(reached),
            mine=signed(growth(moved[moved["has_plan"]])),
            others=signed(growth(moved[~moved["has_plan"]])),
            lot=percent(by_lot(room), 0),
        ),
        heading=_("What came of it"),
        why=_("It is in your plan."),
        mistakes=_report_mistakes(),
        hints=[_("Begin with reached, of how many."), _("Then say how often chance does as much.")],
    )


@question("14.what_shrank", lesson=14, objective="progress", part="quiz")
def _what_shrank(room: Room) -> Number:
    new, grew = 4 + room.seed % 5, 9 + room.seed % 4
    lost, after = 3, 102 + room.seed % 3
    right = 100 + new - lost + grew - after
    return Number(
        _(
            "Revenue was 100 and is {after}. New accounts brought {new}, lost ones took {lost},"
            " those that grew added {grew}. What did those that shrank take?",
            after=number(after),
            new=number(new),
            lost=number(lost),
            grew=number(grew),
        ),
        right=right,
        why=_("A bridge adds up: what goes in less what goes out is what is left."),
        mistakes=[
            (right + lost, _("The lost ones have taken their part already.")),
            (right - new, _("The new ones brought something too.")),
            (after - 100, _("That is the change altogether.")),
        ],
        hints=[_("100 + new − lost + grown − shrunk = what it is now.")],
    )


@question("14.four_answers", lesson=14, objective="progress", part="quiz")
def _four_answers(_room: Room) -> Choice:
    return Choice(
        _("From 1 to 3 people known by 31 March. On 31 December there are 2. What is it?"),
        options={
            "moving": _("on the way"),
            "done": _("reached"),
            "late": _("missed"),
            "still": _("not yet due, and nothing has moved"),
        },
        right="moving",
        why=_("It is not due, and it has moved towards the target."),
        mistakes=[
            ("done", _("The target is 3.")),
            ("late", _("31 March has not come.")),
            ("still", _("It was 1 and is 2.")),
        ],
        hints=[_("Has the date passed? Has the value moved?")],
    )


@question("14.expected_by_now", lesson=14, objective="progress", part="quiz")
def _expected_by_now(room: Room) -> Number:
    year = 40 + 10 * (room.seed % 5)
    return Number(
        _(
            "{year} orders were expected in twelve months. 73 days have gone. How many orders"
            " should have come, if there is no season?",
            year=number(year),
        ),
        right=year / 5,
        within=0.1,
        unit=_("orders"),
        why=_("73 days are a fifth of a year. Where there is a season, compare with last year."),
        mistakes=[
            (year, _("That is for the whole year.")),
            (year / 4, _("That would be a quarter of a year: 91 days.")),
            (year / 12, _("That would be a month.")),
        ],
        hints=[_("73 of 365 days.")],
    )


@question("14.worst_ones", lesson=14, objective="chance", part="quiz")
def _worst_ones(_room: Room) -> Choice:
    return Choice(
        _(
            "The ten accounts that fell most last year get extra visits. This year eight of them"
            " do better. What else explains that?"
        ),
        options={
            "back": _("After an unusually bad year an ordinary one follows by itself."),
            "size": _("Large accounts always grow."),
            "skill": _("Nothing else: eight of ten is too many for chance."),
        },
        right="back",
        why=_(
            "Regression to the mean. Who is picked for an extreme value is mostly less extreme the"
            " next time, with visits or without."
        ),
        mistakes=[
            ("size", _("They were picked for their fall, not for their size.")),
            ("skill", _("They were picked because they were at their worst. What follows that?")),
        ],
        hints=[_("What would have happened to the ten without a visit?")],
    )


@question("14.by_lot", lesson=14, objective="programme", part="quiz")
def _by_lot(_room: Room) -> Choice:
    return Choice(
        _(
            "Revenue grew 3 percentage points more at the accounts with a plan. Accounts drawn by"
            " lot do at least as well in 30% of the draws. What do you tell the board?"
        ),
        options={
            "open": _("We cannot tell yet whether the plans did it."),
            "proof": _("The plans work: 3 percentage points are a lot."),
            "most": _("The plans work with a probability of 70%."),
            "vain": _("The plans are useless: lots do as well."),
        },
        right="open",
        why=_("Chance alone does as much in nearly one draw of three. Wait, and compare more."),
        mistakes=[
            ("proof", _("How often does chance bring 3 points or more?")),
            ("most", _("30% says how often chance does as much, not whether the plans work.")),
            ("vain", _("Nothing has been shown against them either. What is missing?")),
        ],
        hints=[_("More or less than one draw of twenty?")],
    )
