"""Lesson 7: how sure the list is, how many accounts it can have, how much each of them gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.errors import MissingTable
from kamkit.explore.scores import breadth_and_depth_view
from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.learn.kinds import Accounts, Choice, Number
from kamkit.learn.register import question
from kamkit.learn.written import Point, Text, claims, has_number, mentions, words

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.learn.room import Room

_HOURS, _LOW = 20, 0.01
_BOOK = "Firms that do well have 15 to 35 key accounts, and so we take 25 of them, if all agree."
_DESERVE = "Our 20 best customers deserve a team of their own, and it must be worth what it costs."


def _chosen(room: Room) -> pd.DataFrame:
    table = room.analysis.robustness.table
    frame: pd.DataFrame = table[table["chosen"]]
    return frame


@question("07.sure_share", lesson=7, objective="sure", part="predict")
def _sure_share(room: Room) -> Number:
    right = float((_chosen(room)["standing"] == "sure").mean())
    guesses = {
        0.5: _("Then half of the list would be a matter of taste. See whether it is so bad."),
        0.2: _("Then the list would be worth little. See whether it is so bad."),
    }
    return Number(
        _(
            "We change the weights, the ratings and the period a thousand times. What share of"
            " the key accounts is on the list nearly every time (95% or more)? Guess."
        ),
        right=right,
        share=True,
        within=0.05,
        decimals=0,
        why=_("You guessed within five percentage points."),
        mistakes=[(guess, text) for guess, text in guesses.items() if abs(guess - right) > 0.06],
        hints=[_("There is no wrong guess. Write a number between 0 and 100.")],
    )


@question("07.least_sure", lesson=7, objective="sure", part="do")
def _least_sure(room: Room) -> Accounts:
    inside = _chosen(room)
    table = room.analysis.robustness.table
    if len(inside) < 2:
        raise MissingTable(
            _("There are fewer than two key accounts."),
            remedy=_("Take a ledger with more accounts."),
        )
    share = dict(zip(inside["account_id"], inside["key_share"], strict=True))
    least = min(share.values())
    right = [one for one, part in share.items() if part == least]
    outside = table[~table["chosen"]].nlargest(1, "key_share")["account_id"].tolist()
    first = inside["account_id"].iloc[0]
    mistakes: list[tuple[Any, str]] = []
    if len(outside):
        mistakes.append((outside, _("They are not on the list; they are the nearest to it.")))
    if first not in right:
        mistakes.append(([first], _("They are the first on the list. Who is the least sure?")))
    order = [one for one in share if one not in right]
    mistakes.append((order[-1:], _("There is one whose place is less sure.")))
    return Accounts(
        _("Which key account is the least sure of its place?"),
        right=lambda given: float(len(given) == 1 and given[0] in right),
        such_as=right[:1],
        among=room.names,
        count=1,
        why=_("That is the one to talk about before the list goes out."),
        mistakes=mistakes,
        hints=[
            _("In the picture: the shortest of the full lines."),
            _("In the table: the smallest share among those that are chosen."),
        ],
    )


@question("07.twenty_hours", lesson=7, objective="breadth", part="do")
def _twenty_hours(room: Room) -> Number:
    hours = room.team_hours
    right = int(hours / _HOURS + 1e-9)
    suggested = room.analysis.breadth.suggested
    mistakes: list[tuple[Any, str]] = [
        (right + 1, _("The last one would take them all below {n} hours.", n=number(_HOURS))),
        (int(hours / 10 + 1e-9), _("At so many each of them has ten hours a month.")),
        (round(hours), _("Those are the hours of all managers a month. How many accounts?")),
    ]
    if suggested != right:
        mistakes.append((suggested, _("So many are suggested. Do all of them get their hours?")))
    return Number(
        _(
            "Move the slider “{slider}” until each key account gets at least {n} hours a month."
            " How many key accounts are left?",
            slider=_("Key accounts (breadth)"),
            n=number(_HOURS),
        ),
        right=right,
        unit=_("accounts"),
        why=_("The hours of the team set the limit, not the number of good customers."),
        mistakes=mistakes,
        hints=[
            _("Leave managers and hours; move the first slider only."),
            _("The picture has the hours for each account on the right."),
        ],
    )


def _teams(room: Room, **assumed: Any) -> int:
    """Return how many of the key accounts a team of their own pays more for."""
    a = room.analysis
    rows = breadth_and_depth_view(
        a.require("scored_accounts"),
        a.require("services"),
        a.require("programme_terms"),
        n=a.breadth.suggested,
        **assumed,
    )[1].set_index("depth")
    if "some_dedicated" not in rows.index:
        raise MissingTable(
            _("The services of this ledger know one treatment only."),
            remedy=_("Add services for a team of its own and for a shared manager."),
        )
    return int(rows["dedicated"]["some_dedicated"])


@question("07.teams_at_1", lesson=7, objective="depth", part="do")
def _teams_at_1(room: Room) -> Number:
    right, usual = _teams(room, retention_shared=_LOW), _teams(room)
    n = room.analysis.breadth.suggested
    mistakes: list[tuple[Any, str]] = [(n, _("That is breadth. How many get a team of their own?"))]
    if usual != right:
        mistakes.append((usual, _("So many at the usual assumption. Move it, and look again.")))
    mistakes.append((n - right, _("So many have a shared manager.")))
    return Number(
        _(
            "Set “a shared manager: kept more a year” to {low} and leave the rest. For how many"
            " key accounts does a team of its own then pay more?",
            low=percent(_LOW),
        ),
        right=right,
        unit=_("accounts"),
        why=_("Depth pays by what it adds to the cheaper treatment, and that is assumed."),
        mistakes=mistakes,
        hints=[
            _("In the table under the picture: the row where some have a team of their own."),
            _("Its column “Dedicated teams” counts them."),
        ],
    )


@question("07.break_even", lesson=7, objective="return", part="do")
def _break_even(room: Room) -> Number:
    summary = room.analysis.require("programme").summary.set_index("treatment")
    if "shared" not in summary.index:
        raise MissingTable(
            _("No key account has a shared manager here."), remedy=_("Choose more key accounts.")
        )
    row = summary.loc["shared"]
    # in per cent: small shares are not told from per cent when they are typed
    right, growth = (100 * float(row[f"break_even_{one}"]) for one in ("retention", "growth"))
    return Number(
        _(
            "How much more a year, in percentage points, must a shared manager keep so that the"
            " treatment just pays for itself?"
        ),
        right=right,
        within=0.06,
        decimals=1,
        unit=_("percentage points"),
        why=_(
            "That is a number that a manager can judge: would we keep so much more, with {n}"
            " hours for each?",
            n=number(float(room.analysis.treatments.set_index("treatment").loc["shared", "hours"])),
        ),
        mistakes=[
            (growth, _("That is the growth it would need instead.")),
            (10, _("That is the discount rate.")),
            (2, _("That is what is assumed. What is needed?")),
        ],
        hints=[
            _("The table of treatments has it in the row of the shared manager."),
            _("Break-even: the effect at which cost and return are the same."),
        ],
    )


@question("07.best_deserve", lesson=7, objective="depth", part="trap")
def _best_deserve(_room: Room) -> Choice:
    return Choice(
        _(
            "Our best account leaves NOK 5 million a year. A shared manager costs 60,000 and keeps"
            " 3% more of it; a team of its own costs 200,000 and keeps 5% more. Who gets them?"
        ),
        options={
            "team": _("The team: it brings 250,000 for 200,000."),
            "one": _("The shared manager."),
            "both": _("Nobody: neither pays."),
        },
        right="one",
        why=_(
            "The team pays, but it brings only 100,000 more than the shared manager, for 140,000"
            " more. Compare what depth adds, not what it brings."
        ),
        mistakes=[
            ("team", _("It pays. But compare it with the other way, not with nothing.")),
            ("both", _("3% of 5 million is 150,000, for 60,000.")),
        ],
        hints=[_("Work out what is left after cost, both ways.")],
    )


def _size_points() -> list[Point]:
    """Return what the text is to do."""
    return [
        words(25),
        has_number(),
        mentions(
            _("says what it takes: hours or cost"),
            *("hour", "cost", "time", "koste", "kostnad"),
            unmet=_("Say what it takes: hours, or cost."),
        ),
        mentions(
            _("says what is assumed, or must come true"),
            *("assum", "if", "must", "unless", "provided", "as long as", "need", "break"),
            *("forutset", "hvis", "dersom", "antatt", "antar", "så lenge", "krever", "må"),
            unmet=_("Say what must come true for it to pay."),
        ),
    ]


def _size_mistakes() -> list[tuple[Any, ...]]:
    """Return the mistakes that are expected."""
    return [
        (
            claims("15 to 35", "15–35", "15-35", "15 til 35"),
            _("That is somebody else’s number. Which is yours, and what limits it?"),
            _BOOK,
        ),
        (
            claims("deserve", "fortjen"),
            _("Nobody deserves hours. What do the hours change?"),
            _DESERVE,
        ),
    ]


@question("07.how_many", lesson=7, objective="return", part="write")
def _how_many(room: Room) -> Text:
    a = room.analysis
    n, hours = a.breadth.suggested, a.treatments.set_index("treatment").loc["shared", "hours"]
    return Text(
        _(
            "Write to the sales director: how many key accounts, how many hours each, and what"
            " must come true for it to pay."
        ),
        points=_size_points(),
        model=_(
            "We begin with {n} key accounts and {hours} hours a year for each, most of them with a"
            " shared manager. It pays only if they buy more or stay longer than they would have"
            " done. That is assumed: we count it after a year, and stop where it did not come.",
            n=number(n),
            hours=number(float(hours)),
        ),
        heading=_("How many, and how much each gets"),
        why=_("It is in your plan."),
        mistakes=_size_mistakes(),
        hints=[
            _("The findings on breadth and on the programme have the numbers."),
            _("End with what you would look at in a year."),
        ],
    )


@question("07.on_the_edge", lesson=7, objective="sure", part="quiz")
def _on_the_edge(_room: Room) -> Choice:
    return Choice(
        _("The last account on the list is there in 55% of the scenarios. What do you say?"),
        options={
            "talk": _("It is a judgement call: here is what speaks for them and against."),
            "score": _("They are in: the score put them there."),
            "below": _("They are out: it has to be 95%."),
        },
        right="talk",
        why=_("There the numbers do not decide. Somebody does, with a reason."),
        mistakes=[
            ("score", _("With slightly other weights it would have put another there.")),
            ("below", _("Then whom do you take instead? The next is no surer.")),
        ],
        hints=[_("A toss of a coin is right in 50%.")],
    )


@question("07.hours_each", lesson=7, objective="breadth", part="quiz")
def _hours_each(room: Room) -> Number:
    managers, hours = 3 + room.seed % 3, 600 + 100 * (room.seed % 4)
    accounts = 5 * managers
    return Number(
        _(
            "{managers} managers have {hours} hours a year each for {accounts} key accounts."
            " How many hours a month does each account get?",
            managers=number(managers),
            hours=number(hours),
            accounts=number(accounts),
        ),
        right=managers * hours / accounts / 12,
        within=0.1,
        decimals=1,
        unit=_("hours"),
        why=_("All hours, by accounts, by months."),
        mistakes=[
            (managers * hours / accounts, _("That is a year. How much is it a month?")),
            (hours / 12, _("That is what one manager has a month.")),
            (hours / accounts / 12, _("There is more than one manager.")),
        ],
        hints=[_("First all hours of a year, then by accounts, then by months.")],
    )


@question("07.who_counted", lesson=7, objective="breadth", part="quiz")
def _who_counted(_room: Room) -> Choice:
    return Choice(
        _("“Firms have 15 to 35 key accounts”, says a slide. What do you do with it?"),
        options={
            "ask": _("Ask who counted, where and how, and count our own hours."),
            "take": _("Take 25: the middle is safe."),
            "more": _("Take 35: then fewer are disappointed."),
        },
        right="ask",
        why=_(
            "The number is quoted from McDonald and Woodburn (2006) at second hand, by a trade"
            " magazine. It may be right for the firms that somebody saw."
        ),
        mistakes=[
            ("take", _("The middle of other people’s numbers says nothing about your team.")),
            ("more", _("Each one more takes hours from those who are in.")),
        ],
        hints=[_("What would you have to know about these firms?")],
    )


@question("07.first_year", lesson=7, objective="return", part="quiz")
def _first_year(room: Room) -> Number:
    leaves, cost = 100 + 100 * (room.seed % 3), 12 + 7 * (room.seed % 3)
    gain = leaves // 10
    return Number(
        _(
            "An account leaves NOK {leaves} thousand a year, and 80% of that is kept. A treatment"
            " for NOK {cost} thousand a year raises it to 90%. What does it give in the first"
            " year, after its cost?",
            leaves=number(leaves),
            cost=number(cost),
        ),
        right=gain - cost,
        within=0.05,
        unit=_("NOK thousand"),
        why=_(
            "A tenth of what they leave, less the cost. It may pay later: what is kept this year"
            " can be kept again next year."
        ),
        mistakes=[
            (gain, _("That is before its cost.")),
            (0.9 * leaves - cost, _("Most of that would have been kept anyway.")),
            (cost - gain, _("The sign: is something left, or lacking?")),
        ],
        hints=[_("What is kept that would have been lost? Then take off the cost.")],
    )


@question("07.where_from", lesson=7, objective="return", part="quiz")
def _where_from(_room: Room) -> Choice:
    return Choice(
        _("“A shared manager keeps 2% more a year.” Where does that come from?"),
        options={
            "said": _("It is assumed: a range stands beside it, and it has to be checked later."),
            "seen": _("From the ledger: it is what was kept last year."),
            "firm": _("From the contract with the customer."),
        },
        right="said",
        why=_("Nobody knows what a programme does before it is done. Lesson 14 counts it."),
        mistakes=[
            ("seen", _("The ledger knows what was kept without the programme.")),
            ("firm", _("No contract promises that.")),
        ],
        hints=[_("Had anybody a shared manager before the programme?")],
    )
