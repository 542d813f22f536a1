"""Lesson 0, start here: run a cell, move a slider, answer, and find your work again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.learn.kinds import Accounts, Choice, Number
from kamkit.learn.register import question
from kamkit.learn.written import Point, Text, mentions, words

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.learn.room import Room

_FEW, _MANY = 10, 1_000_000
_LARGEST = 100  # so that the curve of all is still to be guessed in lesson 2
_USUAL, _MOVED = 0.80, 0.50


def _in_class_a(revenue: pd.Series[float], share: float) -> int:
    """Return how many accounts, the largest first, give a share of their revenue."""
    return int((revenue.cumsum() / revenue.sum() < share - 1e-12).sum()) + 1


@question("00.number_of_accounts", lesson=0, objective="answer", part="predict")
def _number_of_accounts(room: Room) -> Number:
    return Number(
        _("How many customers do you think this company has in its ledger? Guess."),
        right=len(room.analysis.account_facts),
        near=0.15,
        unit=_("accounts"),
        why=_("Your guess is close to what the ledger says."),
        mistakes=[
            (
                lambda n: n <= _FEW,
                _("A company with so few customers needs no list of key accounts."),
                _FEW,
            ),
            (lambda n: n >= _MANY, _("So many are consumers, not companies."), _MANY),
        ],
        hints=[_("There is no wrong guess. Write a whole number and press Check.")],
    )


@question("00.move_slider", lesson=0, objective="run", part="do")
def _move_slider(room: Room) -> Number:
    largest = room.analysis.account_facts["revenue"].nlargest(_LARGEST)
    usual, moved = _in_class_a(largest, _USUAL), _in_class_a(largest, _MOVED)
    return Number(
        _(
            "Move the slider “{slider}” from 80 to 50. How many accounts are in class A?",
            slider=_("Class A up to (%)"),
        ),
        right=moved,
        unit=_("accounts"),
        why=_("You moved a slider, and the picture and the table followed."),
        mistakes=[
            (usual, _("That is class A at 80%. Move the slider to 50 and look again.")),
            (usual - moved, _("So many left class A. How many are still in it?")),
            (len(largest), _("Those are all the accounts. Look at the row of class A.")),
        ],
        hints=[
            _("The slider is beside the picture. You can also click it and use the arrow keys."),
            _("The first row of the table under the picture counts class A."),
        ],
    )


@question("00.largest", lesson=0, objective="answer", part="do")
def _largest(room: Room) -> Accounts:
    facts = room.analysis.account_facts
    if len(facts) < 3:
        raise MissingTable(
            _("There are too few accounts to compare them."),
            remedy=_("Take a ledger with more accounts."),
        )
    largest = facts.nlargest(2, "revenue")["account_id"].tolist()
    smallest = facts.nsmallest(1, "revenue")["account_id"].tolist()
    return Accounts(
        _("Which account has the largest revenue? Write its name or its number."),
        right=largest[:1],
        among=room.names,
        count=1,
        why=_("A name, a part of a name or the number: all of them are understood."),
        mistakes=[
            (largest[1:], _("That is the second largest. Look one row higher.")),
            (smallest, _("That is the smallest. Look at the other end of the table.")),
            (largest, _("Two names. Which one of them is the largest?")),
        ],
        hints=[
            _("The table of accounts is sorted by revenue."),
            _("The first row of the table of accounts."),
        ],
    )


@question("00.not_defined", lesson=0, objective="run", part="trap")
def _not_defined(_room: Room) -> Choice:
    return Choice(
        _(
            "The next morning you open a lesson and run a cell in its middle. It says that a name"
            " is not defined. What has happened?"
        ),
        options={
            "above": _("The cells above it have not been run today."),
            "gone": _("Your answers of yesterday are lost."),
            "broken": _("The lesson is broken and must be fetched again."),
            "typed": _("You must have changed the cell by mistake."),
        },
        right="above",
        why=_(
            "Python forgets everything when it stops; the pictures of yesterday are only pictures."
            " Run the lesson from its first cell. Your answers and your plan are files: they stay."
        ),
        mistakes=[
            ("gone", _("Answers are kept in a file in your folder, whatever Python forgets.")),
            (
                "broken",
                _("The lesson is fine. Python has started anew: what does it not know yet?"),
            ),
            ("typed", _("Nothing was changed. Where in the lesson does the name come from?")),
        ],
        hints=[
            _("A cell may use what an earlier cell has made."),
            _("What does Python remember from yesterday?"),
        ],
    )


def _names_somebody() -> Point:
    """Return the point that a text names a customer or a company, by a word or by its name."""
    known = mentions(
        _("names a customer or a company"),
        *("customer", "company", "account", "client", "firm", "employer", "kunde", "bedrift"),
        *("selskap", "arbeidsgiver", "chain", "kjede", "buyer", "innkjøper"),
        unmet=_("Say for which customer or company."),
    )
    by_name = re.compile(r"[^\W\d_],? (?!I\b)[A-ZÆØÅ]\w")
    return known._replace(
        holds=lambda text: bool(known.holds and known.holds(text)) or bool(by_name.search(text))
    )


@question("00.my_reason", lesson=0, objective="keep", part="write")
def _my_reason(_room: Room) -> Text:
    return Text(
        _(
            "Write two sentences: what do you want to be able to do after the course, and for which"
            " customer or company?"
        ),
        points=[
            words(12),
            mentions(
                _("says what you want to do"),
                *("want", "would like", "wish", "hope", "need", "able", "learn", "understand"),
                *("goal", "aim", "mål"),
                *("will", "vil", "ønsker", "håper", "trenger", "kunne", "lære", "forstå"),
                unmet=_("Say what you want to be able to do."),
            ),
            _names_somebody(),
        ],
        model=_(
            "I want to write a plan for our largest customer that my manager believes in. I do not"
            " know yet whether this customer earns us any money."
        ),
        heading=_("Why I take this course"),
        why=_("It is the first section of your plan. Read it again when you have finished."),
        hints=[_("Begin with “I want to …”."), _("Think of one customer that you know.")],
    )


@question("00.where_plan", lesson=0, objective="keep", part="quiz")
def _where_plan(_room: Room) -> Choice:
    return Choice(
        _("Where does a text go that you write under “Write”?"),
        options={
            "plan": _("Into the file my-plan.md in your folder."),
            "notebook": _("Into the notebook of the lesson."),
            "internet": _("To a service on the internet, where your teacher reads it."),
        },
        right="plan",
        why=_(
            "One document that grows through the course. You may open and change it as you like."
        ),
        mistakes=[
            (
                "notebook",
                _("A lesson can be replaced by a newer one; your text must not go with it."),
            ),
            ("internet", _("Nothing leaves your machine.")),
        ],
        hints=[_("It is one document for all lessons.")],
    )


@question("00.ways_to_write", lesson=0, objective="answer", part="quiz")
def _ways_to_write(_room: Room) -> Choice:
    return Choice(
        _("The answer is a share of 28.5%. Which of these will be understood? Mark all."),
        options={
            "sign": "28.5 %",
            "comma": "28,5",
            "fraction": "0.285",
            "words": _("a bit more than a quarter"),
        },
        right={"sign", "comma", "fraction"},
        why=_("Point or comma, with or without the sign, as per cent or as a fraction."),
        mistakes=[
            (
                ["sign", "comma", "fraction", "words"],
                _("A number is asked for: words cannot be compared."),
            ),
            (["sign"], _("That one, yes. The sign may be left out, too.")),
            (["fraction"], _("That one, yes. People mostly write per cent.")),
            (["sign", "comma"], _("Those two, yes. 0.285 is the same number.")),
        ],
        hints=[_("Three of them are the same number.")],
    )


@question("00.wrong_answer", lesson=0, objective="answer", part="quiz")
def _wrong_answer(_room: Room) -> Choice:
    return Choice(
        _("You answer, and it is wrong. What next?"),
        options={
            "again": _("You read the reason, and answer again as often as you like."),
            "once": _("The question is closed: one attempt each."),
            "solution": _("The solution is shown at once."),
        },
        right="again",
        why=_("The reason is about your answer, not about answers in general."),
        mistakes=[
            ("once", _("Attempts are not counted against you.")),
            ("solution", _("It comes when you ask for it, not before.")),
        ],
        hints=[_("What did the lesson do when you tried?")],
    )


@question("00.own_numbers", lesson=0, objective="keep", part="quiz")
def _own_numbers(_room: Room) -> Choice:
    return Choice(
        _("A colleague takes the course with another seed and sends you the answers. And then?"),
        options={
            "differ": _("Their numbers do not fit your company."),
            "same": _("They fit: the course is the same for all."),
            "blocked": _("The course notices and stops."),
        },
        right="differ",
        why=_("A seed makes a practice company with other names and numbers, as hard as yours."),
        mistakes=[
            ("same", _("The questions are the same. The company is another.")),
            ("blocked", _("Nobody watches. The answers are simply wrong in your company.")),
        ],
        hints=[_("What does a seed decide?")],
    )


@question("00.run_cell", lesson=0, objective="run", part="quiz")
def _run_cell(_room: Room) -> Choice:
    return Choice(
        _("How do you run the cell you are in and go to the next?"),
        options={
            "shift": _("Shift and Enter together"),
            "enter": _("Enter"),
            "save": _("Ctrl and S together"),
        },
        right="shift",
        why=_("Or the button with the triangle in the toolbar."),
        mistakes=[
            ("enter", _("In a cell, Enter begins a new line.")),
            ("save", _("That saves the notebook and runs nothing.")),
        ],
        hints=[_("Two keys: one of them begins a new line when it is pressed alone.")],
    )
