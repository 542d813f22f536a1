"""Lesson 2, who matters: the rule counted, dependence, classes, and why not all can be key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.learn.kinds import Accounts, Choice, Match, Number
from kamkit.learn.register import question
from kamkit.learn.written import Point, Text, gives_number, has_number, mentions, words

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.learn.room import Room

_TARGET, _LOWER = 0.80, 0.70
_HOURS = 60
_PROVERB = (
    "Pareto says that a few of our customers give most of our revenue, so we should look after"
    " these few customers better than after all the others."
)
_LAW = (
    "The 80/20 rule holds with us too: 20% of our customers give 80% of the revenue, and so we"
    " should look after these customers above all."
)


_RULE = re.compile(r"80\s*[/–:-]\s*20|20\s*[/–:-]\s*80")
_SAYING = re.compile(rf"{_RULE.pattern}|\b(20|80)\s*(%|per ?cent|prosent)")


def _counted(text: str) -> bool:
    """Tell whether a text has a number that is not the proverb's."""
    return gives_number(_SAYING.sub("", text))


def _needed(classes: pd.DataFrame, share: float) -> int:
    """Return how many of the largest accounts give a share of revenue."""
    return int((classes["cumulative_share"] < share - 1e-12).sum()) + 1


@question("02.share_for_80", lesson=2, objective="count", part="predict")
def _share_for_80(room: Room) -> Number:
    accounts = room.analysis.classes
    right = _needed(accounts, _TARGET) / len(accounts)
    return Number(
        _("What share of the accounts, the largest first, gives 80% of the revenue? Guess."),
        right=right,
        share=True,
        within=0.02,
        decimals=1,
        why=_("You guessed within two percentage points of what the ledger says."),
        mistakes=[
            (
                lambda share: abs(share - 0.20) < 0.0005,
                _("That is the proverb. See whether this company has heard of it."),
                0.20,
            ),
            (0.80, _("That would be a company whose accounts are all of one size.")),
        ],
        hints=[_("There is no wrong guess. Write a number between 1 and 100.")],
    )


@question("02.accounts_for_80", lesson=2, objective="count", part="do")
def _accounts_for_80(room: Room) -> Number:
    accounts = room.analysis.classes
    fifth = round(0.2 * len(accounts))
    beyond = _needed(accounts, 0.95)
    return Number(
        _("How many accounts, counted from the largest, give 80% of the revenue?"),
        right=_needed(accounts, _TARGET),
        unit=_("accounts"),
        why=_("The account that crosses 80% is counted: without it the others give less."),
        mistakes=[
            (fifth, _("That is a fifth of the accounts. How many give 80% of the revenue?")),
            (beyond, _("So many give 95%. Where does the curve cross 80%?")),
            (
                _needed(accounts, _TARGET) - 1,
                _("One more: these give a little less than 80%. The account that crosses counts."),
            ),
            (len(accounts), _("That is all of them. How many of the largest are enough?")),
        ],
        hints=[
            _("Look at the title of the curve, or at the first row of the classes."),
            _("Class A is made of the accounts that give the first 80%."),
        ],
    )


@question("02.from_80_to_70", lesson=2, objective="divide", part="do")
def _from_80_to_70(room: Room) -> Number:
    accounts = room.analysis.classes
    most, fewer = _needed(accounts, _TARGET), _needed(accounts, _LOWER)
    if most == fewer:
        raise MissingTable(
            _("In this ledger 70% and 80% of the revenue come from the same accounts."),
            remedy=_("Take a ledger with more accounts."),
        )
    return Number(
        _(
            "Move the slider “{slider}” from 80 to 70. How many accounts leave class A?",
            slider=_("Class A up to (%)"),
        ),
        right=most - fewer,
        unit=_("accounts"),
        why=_("A tenth of the revenue came from {n} accounts.", n=number(most - fewer)),
        mistakes=[
            (fewer, _("So many stay in class A. How many leave it?")),
            (most, _("That is class A at 80%. How many of these are not in it at 70%?")),
            (
                round((most - fewer) / max(1, most) * 100),
                _("That looks like per cent. The question is about accounts."),
            ),
        ],
        hints=[
            _("Write down the number in class A at 80%, move the slider, and compare."),
            _("Class A at 80% less class A at 70%."),
        ],
    )


@question("02.largest_by_contribution", lesson=2, objective="limits", part="do")
def _largest_by_contribution(room: Room) -> Accounts:
    facts = room.analysis.account_facts
    if "contribution" not in facts or len(facts) < 6:
        raise MissingTable(
            _("The ledger has no cost of goods, so nobody knows the contribution."),
            remedy=_("Add the column cost to the sales."),
        )
    by_revenue = facts.nlargest(3, "revenue")["account_id"].tolist()
    right = facts.nlargest(3, "contribution")["account_id"].tolist()
    by_orders = facts.nlargest(3, "invoices")["account_id"].tolist()
    return Accounts(
        _("Name the three accounts with the largest contribution, the largest first."),
        right=right,
        among=room.names,
        ordered=True,
        count=3,
        why=_("Contribution is what is left of the revenue when the goods are paid."),
        mistakes=[
            (by_revenue, _("These are the largest by revenue. Which leave most after the goods?")),
            (right[::-1], _("Right accounts, but the smallest of them is first.")),
            (by_orders, _("These order most often. Which leave most after the goods?")),
            (right[:1], _("That is the first. Two more are asked for.")),
        ],
        hints=[
            _("The table has both: sort it by contribution, not by revenue."),
            _("In the picture the places by contribution stand on the right."),
        ],
    )


@question("02.sixty_hours", lesson=2, objective="capacity", part="do")
def _sixty_hours(room: Room) -> Number:
    hours = int(room.analysis.managers["hours"].sum())
    class_a = int((room.analysis.classes["abc_class"] == "A").sum())
    return Number(
        _(
            "The key account managers have {hours} hours a year together. A shared key account"
            " takes at least {each} hours. How many key accounts can there be at most?",
            hours=number(hours),
            each=number(_HOURS),
        ),
        right=hours // _HOURS,
        unit=_("accounts"),
        why=_(
            "Class A has {n} accounts: most of them stay with ordinary sales.", n=number(class_a)
        ),
        mistakes=[
            (class_a, _("That is class A. How many of them is there time for?")),
            (hours // class_a, _("Those are the hours for each if all of class A were key.")),
            (
                hours / _HOURS if hours % _HOURS else -1,
                _("An account is whole: round down, for the hours do not reach further."),
            ),
            (hours // _HOURS + 1, _("The last one would get less than its hours. Round down.")),
        ],
        hints=[
            _("Divide the hours there are by the hours that one account takes."),
            _("Round down: what is left over is not enough for another."),
        ],
    )


@question("02.a_law", lesson=2, objective="limits", part="trap")
def _a_law(_room: Room) -> Choice:
    return Choice(
        _("In another company 35% of the accounts give 80% of the revenue. What does that show?"),
        options={
            "fault": _("The ledger has a fault: it should be 20%."),
            "spread": _("Its revenue is spread over more accounts than the proverb says."),
            "short": _("35 and 80 do not add up to 100, so something was counted twice."),
            "weak": _("Its key accounts are badly looked after."),
        },
        right="spread",
        why=_(
            "80/20 is an observation. Pareto described incomes in the 1890s; Juran gave his name"
            " to the “vital few” of faults in production half a century later, and said in 1975"
            " that the name was a mistake."
        ),
        mistakes=[
            ("fault", _("No law says 20%. Each ledger has its own rule.")),
            (
                "short",
                _("They need not add up to 100: one is a share of accounts, the other of revenue."),
            ),
            ("weak", _("The curve tells sizes, not how anybody is looked after.")),
        ],
        hints=[
            _("What are the two numbers shares of?"),
            _("With equal accounts, 80% of them would give 80%."),
        ],
    )


def _points() -> list[Point]:
    return [
        words(20),
        has_number(),
        mentions(
            _("says what it is a share of: revenue"),
            *("revenue", "sales", "turnover", "omsetning", "salg"),
            unmet=_("Say of what it is a share: the revenue."),
        ),
        mentions(
            _("says how many accounts there are"),
            "account",
            "customer",
            "kunde",
            unmet=_("Say of how many accounts or customers you speak."),
        ),
    ]


@question("02.who_matters", lesson=2, objective="count", part="write")
def _who_matters(room: Room) -> Text:
    classes = room.analysis.classes
    n = _needed(classes, _TARGET)
    return Text(
        _("Write two or three sentences to your sales director: which rule holds here, and so?"),
        points=_points(),
        model=_(
            "{n} of our {all} accounts ({share}) give 80% of the revenue. We cannot treat all of"
            " them as key accounts, so revenue alone does not decide which ones become key.",
            n=number(n),
            all=number(len(classes)),
            share=percent(n / len(classes)),
        ),
        heading=_("Who matters"),
        why=_("It is in your plan."),
        mistakes=[
            (
                lambda text: "pareto" in text.casefold() and not gives_number(text),
                _("A name is no evidence. Write the number that you counted."),
                _PROVERB,
            ),
            (
                lambda text: bool(_SAYING.search(text)) and not _counted(text),
                _("“80/20” is the proverb. Write what you counted in this ledger."),
                _LAW,
            ),
        ],
        hints=[
            _("Begin with the number of accounts, and of how many."),
            _("End with what follows: what does your company do differently?"),
        ],
    )


@question("02.sum_of_100", lesson=2, objective="limits", part="quiz")
def _sum_of_100(_room: Room) -> Choice:
    return Choice(
        _("Must the two numbers of the rule add up to 100?"),
        options={
            "never": _("No: they are shares of different things."),
            "always": _("Yes: what is not in one is in the other."),
            "large": _("Only in large companies."),
        },
        right="never",
        why=_("One is a share of accounts, the other a share of revenue."),
        mistakes=[
            ("always", _("They are shares of two things: of accounts, and of revenue.")),
            ("large", _("Size has nothing to do with it. What are they shares of?")),
        ],
        hints=[_("Try 33 and 80: the music shop has these.")],
    )


@question("02.ten_largest", lesson=2, objective="depend", part="quiz")
def _ten_largest(room: Room) -> Number:
    share = room.analysis.classes["share"]
    if len(share) < 12:
        raise MissingTable(
            _("There are too few accounts to ask for the ten largest."),
            remedy=_("Take a ledger with more accounts."),
        )
    fifth = float(share.head(round(0.2 * len(share))).sum())
    return Number(
        _("What share of the revenue do the ten largest accounts bring?"),
        right=float(share.head(10).sum()),
        share=True,
        within=0.001,
        decimals=1,
        why=_("That is how much hangs on ten customers."),
        mistakes=[
            (float(share.iloc[0]), _("That is the largest alone. What do ten bring together?")),
            (float(share.head(5).sum()), _("That is the five largest.")),
            (fifth, _("That is what the largest fifth of the accounts gives.")),
        ],
        hints=[
            _("The finding on concentration says it."),
            _("The picture of dependence has a bar for one, five and ten."),
        ],
    )


@question("02.equal_accounts", lesson=2, objective="depend", part="quiz")
def _equal_accounts(room: Room) -> Number:
    index = 100 * (2 + room.seed % 6) + 50 * (room.seed % 2)
    return Number(
        _(
            "The Herfindahl–Hirschman index (HHI) of a company is {index}. As many equally large"
            " accounts would be as concentrated: how many?",
            index=number(index),
        ),
        right=10_000 / index,
        within=0.5,
        unit=_("accounts"),
        why=_("10,000 divided by the index: the effective number of accounts."),
        mistakes=[
            (index, _("That is the index. Divide 10,000 by it.")),
            (index / 100, _("Other way round: 10,000 divided by the index.")),
            (100, _("An index of 100 means 100 equal accounts. This one is another.")),
        ],
        hints=[_("A single account has 10,000."), _("10,000 divided by the index.")],
    )


@question("02.crosses", lesson=2, objective="divide", part="quiz")
def _crosses(_room: Room) -> Choice:
    return Choice(
        _(
            "The accounts so far give 79% of the revenue, the next one brings the sum to 82%."
            " Its class, with cuts at 80% and 95%?"
        ),
        options={
            "first": _("A: without it the 80% are not reached."),
            "second": _("B: it is above 80%."),
            "half": _("A and B, by the parts of its revenue."),
        },
        right="first",
        why=_("The account that crosses the cut is in."),
        mistakes=[
            ("second", _("Then class A would give 79%, less than its cut.")),
            ("half", _("An account is whole: it has one class.")),
        ],
        hints=[_("Class A is to give at least 80%.")],
    )


@question("02.which_measure", lesson=2, objective="depend", part="quiz")
def _which_measure(_room: Room) -> Match:
    gini, ten, rule = _("the Gini coefficient"), _("the share of the ten largest"), _("class A")
    return Match(
        _("Which measure answers which question?"),
        items={
            "unequal": _("How unequal are our customers in size?"),
            "hang": _("What do we lose if a few of them leave?"),
            "list": _("Who gives the first 80%?"),
        },
        options={"gini": gini, "ten": ten, "rule": rule},
        right={"unequal": "gini", "hang": "ten", "list": "rule"},
        why=_("A shop can be very unequal (many small customers) and still depend on nobody."),
        mistakes=[
            (
                {"unequal": "ten", "hang": "gini", "list": "rule"},
                _("The music shop has a high Gini coefficient, and nobody it depends on."),
            ),
            (
                {"unequal": "rule", "hang": "ten", "list": "gini"},
                _("The Gini coefficient is one number: it names nobody."),
            ),
        ],
        hints=[_("Which of the three is a list of names?")],
    )
