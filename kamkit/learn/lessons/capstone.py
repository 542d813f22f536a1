"""Lesson 16, capstone: where numbers come from, what is weak, and how one answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.learn.kinds import Accounts, Choice, Match, Number
from kamkit.learn.register import question
from kamkit.learn.written import Point, Text, claims, gives_number, has_number, mentions, words

if TYPE_CHECKING:
    from kamkit.learn.room import Room

_SURE = 0.95
_HOPE = (
    "We shall work hard with our key accounts and are confident that next year will be a good year."
)
_ALL = (
    "The plan is certain: all 20 accounts are right, the board must decide today and nothing can go"
    " wrong if we do as it says."
)


def _treatments(room: Room, column: str) -> pd.DataFrame:
    """Return hours and cost of each treatment by its name, where the column is known."""
    table: pd.DataFrame = room.analysis.require("treatments").set_index("treatment")
    both = {"dedicated", "shared"}
    if not both <= set(table.index) or table.loc[list(both), column].isna().any():
        raise MissingTable(
            _("The case has no two treatments to compare."), remedy=_("Add a table of services.")
        )
    return table


def _counts(room: Room) -> tuple[int, int]:
    """Return how many dedicated and shared accounts the example has: others for each seed."""
    return 2 + room.seed % 3, 10 + room.seed % 5


@question("16.judgement_calls", lesson=16, objective="defend", part="predict")
def _judgement_calls(room: Room) -> Number:
    table = room.analysis.scenarios
    chosen = table[table["chosen"]]
    return Number(
        _(
            "{n} accounts are on the proposed list. What share of them is on the list in at least"
            " 95% of the scenarios? Guess.",
            n=number(len(chosen)),
        ),
        right=float((chosen["key_share"] >= _SURE).mean()),
        share=True,
        within=0.05,
        why=_("You guessed within five percentage points. The others are where you will be asked."),
        mistakes=[
            (0.0, _("Then the list would be a lottery.")),
            (0.1, _("Remember lesson 7: the large ones seldom move.")),
        ],
        hints=[_("There is no wrong guess. You saw the shares in lesson 7.")],
    )


@question("16.least_sure", lesson=16, objective="answer", part="do")
def _least_sure(room: Room) -> Accounts:
    table = room.analysis.scenarios
    chosen = table[table["chosen"]].sort_values("key_share")
    if len(chosen) < 3 or chosen["key_share"].iloc[0] == chosen["key_share"].iloc[1]:
        raise MissingTable(
            _("No account on the list is less sure than all others."),
            remedy=_("Take a ledger with more accounts."),
        )
    first = room.analysis.key_accounts["account_id"]
    mistakes = [
        ([str(first.iloc[0])], _("That is the first of the list, and one of the surest.")),
        (
            [str(chosen["account_id"].iloc[1])],
            _("Nearly: that is the second least sure. Sort by the share of the scenarios."),
        ),
    ]
    return Accounts(
        _("Which account on the list will you be asked about first: which is the least sure?"),
        right=[str(chosen["account_id"].iloc[0])],
        among=room.names,
        count=1,
        why=_("Have its reason ready: a fact that the criteria do not count, an owner, a date."),
        mistakes=mistakes,
        hints=[
            _("The table of scenarios has the share for each account."),
            _("Of those on the list, the smallest share."),
        ],
    )


@question("16.cost", lesson=16, objective="numbers", part="do")
def _cost(room: Room) -> Number:
    each, (deep, wide) = _treatments(room, "yearly_cost"), _counts(room)
    cost, hours = each["yearly_cost"], each["hours"]
    right = (deep * float(cost["dedicated"]) + wide * float(cost["shared"])) / 1000
    return Number(
        _(
            "In a programme {deep} key accounts have a team of their own and {wide} a shared"
            " manager. What does it cost in a year, in thousands?",
            deep=number(deep),
            wide=number(wide),
        ),
        right=right,
        unit=_("thousand"),
        near=0.005,
        why=_("Number times yearly cost, for each treatment. Your own programme is checked so."),
        mistakes=[
            (
                (deep + wide) * float(cost["shared"]) / 1000,
                _("A team of its own costs more than a shared manager."),
            ),
            (
                deep * float(hours["dedicated"]) + wide * float(hours["shared"]),
                _("Those are hours. What do they and the rest cost?"),
            ),
        ],
        hints=[
            _("The table of treatments has the yearly cost of one account."),
            _("Accounts times cost, for each of the two treatments; then add."),
        ],
    )


@question("16.hours", lesson=16, objective="numbers", part="do")
def _hours(room: Room) -> Number:
    each, (deep, wide) = _treatments(room, "hours")["hours"], _counts(room)
    right = deep * float(each["dedicated"]) + wide * float(each["shared"])
    return Number(
        _("And how many hours a year does it take?"),
        right=right,
        unit=_("hours"),
        why=_("Compare it with the hours of the managers, and leave some for what nobody planned."),
        mistakes=[
            ((deep + wide) * float(each["shared"]), _("Some of them have a team of their own.")),
            (
                deep * float(each["shared"]) + wide * float(each["dedicated"]),
                _("The other way round: which of the two takes more?"),
            ),
        ],
        hints=[_("The same table has the hours of one account.")],
    )


@question("16.no_idea", lesson=16, objective="answer", part="trap")
def _no_idea(_room: Room) -> Choice:
    return Choice(
        _(
            "The board asks for the source of a number in your plan. You do not remember it. What"
            " is the best answer?"
        ),
        options={
            "later": _("“I do not know. You have it by noon tomorrow, with all that rests on it.”"),
            "system": _("“It comes from the system.”"),
            "about": _("“It is roughly right, and the decision does not depend on it.”"),
            "other": _("“My colleague made that table.”"),
        },
        right="later",
        why=_(
            "A number without a source is an opinion. Say that you do not know, and by when you"
            " will. That costs a minute; a wrong number that is found later costs the plan."
        ),
        mistakes=[
            ("system", _("Which table, which column, which period? That is no source.")),
            ("about", _("If nothing depends on it, why does it stand in the plan?")),
            ("other", _("Whose plan is it?")),
        ],
        hints=[_("Which answer would you trust?")],
    )


def _summary_points() -> list[Point]:
    """Return what a good answer does."""
    return [
        words(40),
        has_number(),
        mentions(
            _("says what it costs or takes"),
            *("cost", "hour", "kost", "time"),
            unmet=_("Say what it costs, or how many hours it takes."),
        ),
        mentions(
            _("says what is uncertain"),
            *("uncertain", "not sure", "unsure", "judgement", "assum", "depend", "risk", "doubt"),
            *("do not know", "don’t know", "don't know", "estimate", "might"),
            *("usikker", "skjønn", "anta", "avheng", "forutset", "risiko", "tvil", "anslag"),
            *("vet ikke", "vet vi ikke"),
            unmet=_("Say what is uncertain or assumed."),
        ),
        Point(_("the board knows what it is to decide")),
    ]


def _summary_mistakes() -> list[tuple[Any, ...]]:
    """Return the mistakes that are expected."""
    return [
        (
            lambda text: not gives_number(text),
            _("No number: how many accounts, how many hours, how much money?"),
            _HOPE,
        ),
        (
            claims("nothing can go wrong", "ingenting kan gå galt"),
            _("Then nobody needs a board. What would change the plan?"),
            _ALL,
        ),
    ]


@question("16.summary", lesson=16, objective="defend", part="write")
def _summary(room: Room) -> Text:
    key = room.analysis.key_accounts
    total = room.analysis.account_facts["revenue"].sum()
    share = float(key["revenue"].sum() / total)
    return Text(
        _(
            "Write the summary of your plan for the board, in four sentences: how many, what it"
            " costs or takes, what it is to bring, and what is uncertain."
        ),
        points=_summary_points(),
        model=_(
            "We propose {n} key accounts; together they are {share} of our revenue. Each of them"
            " takes hours of a manager every year, and those hours are missing elsewhere. We shall"
            " keep what we have there, and improve terms where serving costs more than it leaves."
            " Some places on the list are judgement calls and depend on the weights; we look at"
            " them again in six months.",
            n=number(len(key)),
            share=percent(share),
        ),
        heading=_("Summary for the board"),
        why=_("It is the first page of your plan."),
        mistakes=_summary_mistakes(),
        hints=[
            _("One number in each of the first three sentences."),
            _("Uncertain: places on the list, effects of the treatment, estimates of prospects."),
        ],
    )


@question("16.four_parts", lesson=16, objective="numbers", part="quiz")
def _four_parts(_room: Room) -> Choice:
    return Choice(
        _("What belongs to the source of a number? Several."),
        options={
            "table": _("the table and its column"),
            "period": _("the period"),
            "scope": _("what is in it and what is not"),
            "author": _("who is responsible for the IT system"),
        },
        right={"table", "period", "scope"},
        why=_("With these three anybody finds it again, and gets the same."),
        mistakes=[
            (["table"], _("The same column has another number for another period.")),
            (["table", "period"], _("Before or after credit notes? With chains as one or not?")),
            (["author"], _("That person does not know what you counted.")),
        ],
        hints=[_("What would you need in order to get the same number?")],
    )


@question("16.three_figures", lesson=16, objective="numbers", part="quiz")
def _three_figures(room: Room) -> Number:
    kroner = 17_412_009 + 1_234_567 * (room.seed % 9)
    right = round(kroner / 1e6, 1)
    return Number(
        _(
            "The table says {kroner}. How do you write it in a sentence, in millions with three"
            " figures?",
            kroner=number(kroner),
        ),
        right=right,
        within=0.001,
        decimals=1,
        unit=_("million"),
        why=_("Three figures are enough to decide by, and the table keeps the rest."),
        mistakes=[
            (float(round(kroner / 1e6)), _("That is two figures. One more.")),
            (round(kroner / 1e6, 3), _("That is more than a reader can use.")),
        ],
        hints=[_("Two figures before the point, one after it.")],
    )


@question("16.why_in", lesson=16, objective="answer", part="quiz")
def _why_in(_room: Room) -> Choice:
    return Choice(
        _(
            "“Your number 29 is on the list in 55% of the scenarios. Why is it in?” The best"
            " answer?"
        ),
        options={
            "open": _(
                "“It is a judgement call. Their new plant decides it; if there is no order by"
                " June, it goes off the list.”"
            ),
            "more": _("“55% is more than half.”"),
            "model": _("“The model says so.”"),
            "feel": _("“We have known them for twenty years.”"),
        },
        right="open",
        why=_("It names a fact that can be checked, and what happens if it does not come true."),
        mistakes=[
            ("more", _("Then 45% speak against it. What decides for you?")),
            ("model", _("The model says that it is open. You decide.")),
            ("feel", _("So you have with many others. What is different here?")),
        ],
        hints=[_("Which answer could be shown to be wrong in half a year?")],
    )


@question("16.which_table", lesson=16, objective="numbers", part="quiz")
def _which_table(_room: Room) -> Match:
    right = {"place": "scenarios", "leaves": "profits", "knows": "contacts", "spends": "wallet"}
    return Match(
        _("Where do you look when you are asked?"),
        items={
            "place": _("How sure is its place on the list?"),
            "leaves": _("What do they leave after service?"),
            "knows": _("Who of us knows them?"),
            "spends": _("What do they buy from others?"),
        },
        options={
            "scenarios": _("the scenarios"),
            "profits": _("customer profit"),
            "contacts": _("the contacts"),
            "wallet": _("the wallets"),
        },
        right=right,
        why=_("Four tables answer most of what boards ask."),
        mistakes=[
            (
                {**right, "leaves": "wallet", "spends": "profits"},
                _("What they spend elsewhere is not in our books."),
            ),
            (
                {**right, "place": "contacts", "knows": "scenarios"},
                _("Scenarios vary weights and ratings, not acquaintances."),
            ),
        ],
        hints=[_("Think of the lessons: 7, 3, 11 and 8.")],
    )


@question("16.say_no", lesson=16, objective="defend", part="quiz")
def _say_no(_room: Room) -> Choice:
    return Choice(
        _(
            "The sales director wants ten more accounts on the list, with the same people. What do"
            " you answer?"
        ),
        options={
            "swap": _("“Then each gets fewer hours. Which of today's accounts shall lose them?”"),
            "sure": _("“Yes, we find the time somehow.”"),
            "never": _("“No, the list is final.”"),
        },
        right="swap",
        why=_("Breadth and depth share one budget. Show the price, and let the director choose."),
        mistakes=[
            ("sure", _("Somehow means from the others. Say from whom.")),
            ("never", _("A list can change. What does the change cost?")),
        ],
        hints=[_("Hours for each times accounts is what there is.")],
    )
