"""Lesson 13, strategy and objectives: where an account stands, what follows, and what is agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.learn.kinds import Accounts, Choice, Match, Number
from kamkit.learn.register import question
from kamkit.learn.written import (
    Column,
    Point,
    Table,
    Text,
    claims,
    has_account,
    has_number,
    mentions,
    words,
)

if TYPE_CHECKING:
    import datetime as dt

    from kamkit.learn.room import Room

_EVERYTHING = (
    "We will grow this account by 10% in every product group, with more visits and more offers."
)
_NOTHING = (
    "Vi skal ha et godt forhold til kunden og vokse med dem i alle varegrupper i årene framover."
)
_MILLION = 1e6


def _losing(room: Room) -> pd.Series[Any]:
    """Return the facts of the account with a plan that costs most in a year."""
    facts = room.analysis.plan_facts
    if "profit_year" not in facts or not (facts["profit_year"] < 0).any():
        raise MissingTable(
            _("No account with a plan is known to cost more than it leaves."),
            remedy=_("Add cost to the sales, and the activities that serving takes."),
        )
    row: pd.Series[Any] = facts.loc[facts["profit_year"].idxmin()]
    return row


@question("13.beyond_doubt", lesson=13, objective="strategy", part="predict")
def _beyond_doubt(room: Room) -> Number:
    table = room.analysis.matrix_table
    return Number(
        _(
            "{n} accounts have a place in the matrix. Each place rests on ratings that people gave."
            " At what share of the accounts is the field beyond reasonable doubt? Guess.",
            n=number(len(table)),
        ),
        right=float(table["cell_sure"].astype("bool").mean()),
        share=True,
        within=0.05,
        why=_("You guessed within five percentage points."),
        mistakes=[
            (1.0, _("Then nobody would ever give 3 where another gives 4.")),
            (0.0, _("Then a matrix would be good for nothing.")),
        ],
        hints=[_("There is no wrong guess. How sure are ratings from 1 to 5?")],
    )


@question("13.stars", lesson=13, objective="strategy", part="do")
def _stars(room: Room) -> Accounts:
    table = room.analysis.matrix_table
    cells = {cell: part["account_id"].tolist() for cell, part in table.groupby("cell")}
    right = cells.get("star", [])
    if not right:
        raise MissingTable(
            _("No account lies in the field of attractive accounts where we are weak."),
            remedy=_("Take a ledger with ratings."),
        )
    mistakes = [
        (cells.get("strategic", []), _("Attractive they are, but there we are strong already.")),
        (cells.get("status", []), _("The other way round: there we are strong.")),
        (cells.get("streamline", []), _("These are neither attractive, nor are we strong.")),
    ]
    return Accounts(
        _("Which accounts are attractive while our position there is still weak? Name them all."),
        right=right,
        among=room.names,
        count=len(right),
        why=_("“Star” is their name: there an investment can change something."),
        mistakes=[mistake for mistake in mistakes if mistake[0]],
        hints=[
            _("In the matrix: far up, and to the left of the line."),
            _("The table under it has the name of the field in a column."),
        ],
    )


@question("13.first_rule", lesson=13, objective="strategy", part="do")
def _first_rule(room: Room) -> Choice:
    account = _losing(room)
    return Choice(
        _(
            "{name} is large, and costs us more than it leaves. Which strategy do the rules give?",
            name=str(account["account_name"]),
        ),
        options={
            "terms": _("improve profitability"),
            "more": _("grow"),
            "ties": _("protect by deepening the relationship"),
            "off": _("move to ordinary sales"),
        },
        right="terms",
        why=_("The first rule that holds decides, and the first asks whether the account pays."),
        mistakes=[
            ("more", _("Growth makes a loss larger. Read the first rule.")),
            ("ties", _("That rule is further down. Which rule holds first?")),
            ("off", _("The loss would go along, and nobody would look after it.")),
        ],
        hints=[
            _("Read the rules from the top and stop at the first that holds."),
            _("Look at the profit of a year."),
        ],
    )


@question("13.mend_worth", lesson=13, objective="objectives", part="do")
def _mend_worth(room: Room) -> Number:
    account = _losing(room)
    right = -float(account["profit_year"]) / _MILLION
    facts = room.analysis.account_facts.set_index("account_id")
    whole = float(facts.loc[account["account_id"], "revenue"]) / _MILLION
    year = float(account["revenue_year"]) / _MILLION
    mistakes = [
        (year, _("That is the revenue of the year. What is lost on it?")),
        (whole, _("That is the revenue of the whole ledger. What is lost in a year?")),
        (-right, _("That is the profit. From there to zero, how far is it?")),
    ]
    unit = _("{currency} million", currency=room.analysis.about.currency or "")
    return Number(
        _(
            "What is it worth in a year to bring {name} from its loss of last year to zero?",
            name=str(account["account_name"]),
        ),
        right=right,
        unit=unit.strip(),
        near=0.02,
        decimals=2,
        why=_("That is what the objective is worth, and the money there is to negotiate about."),
        mistakes=[mistake for mistake in mistakes if abs(mistake[0] - right) > 0.03 * abs(right)],
        hints=[
            _("The table of facts has revenue and profit of the last twelve months."),
            _("From a loss to zero is as far as the loss is large."),
        ],
    )


def _objectives_mistakes(
    end: dt.date, good: list[dict[str, Any]], past: str
) -> list[tuple[Any, ...]]:
    """Return the mistakes that are expected."""
    return [
        (
            lambda rows: any(row["due"] and row["due"] <= end for row in rows),
            _("One of the dates has passed. The ledger ends later than that."),
            [good[0], {**good[1], "due": past}],
        ),
        (
            lambda rows: any(row["now"] == row["then"] is not None for row in rows),
            _("Target and value today are the same: then nothing has to be done."),
            [good[0], {**good[1], "then": 40}],
        ),
        (
            lambda rows: any(
                sign in (row["owner"] or "") for row in rows for sign in (",", "&", " and ", "/")
            ),
            _("One owner for each. Where two see to it, nobody does."),
            [good[0], {**good[1], "owner": "S05, S06"}],
        ),
        (
            lambda rows: any(
                (row["what"] or "").casefold() in ("relationship", "relasjon", "relasjonen")
                for row in rows
            ),
            _("A relationship has no number. Count something: people known, meetings held."),
            [good[0], {**good[1], "what": "relationship"}],
        ),
    ]


@question("13.objectives", lesson=13, objective="objectives", part="do")
def _objectives(room: Room) -> Table:
    end = room.case.period.end
    later = pd.Timestamp(end) + pd.Timedelta(days=180)
    soon = f"{later:%Y-%m-%d}"
    past = f"{pd.Timestamp(end) - pd.Timedelta(days=30):%Y-%m-%d}"
    good = [
        {"what": _("people known"), "now": 1, "then": 3, "owner": "S05", "due": soon},
        {
            "what": _("share of orders on the web, %"),
            "now": 40,
            "then": 80,
            "owner": "S05",
            "due": soon,
        },
    ]
    return Table(
        _("Write two objectives for one account, so that everybody sees whether they are met."),
        columns={
            "what": Column(_("Measure")),
            "now": Column(_("Value today"), "number"),
            "then": Column(_("Target"), "number"),
            "owner": Column(_("Owner")),
            "due": Column(_("Date"), "day"),
        },
        rows=2,
        such_as=good,
        why=_("Each says what is measured, from where to where, who sees to it, and until when."),
        mistakes=_objectives_mistakes(end, good, past),
        hints=[
            _("Look at the objectives above: each has a measure with a value today."),
            _("Choose something that the ledger or a calendar can count."),
            _("One name, one date after the end of the ledger."),
        ],
    )


@question("13.grow_a_loss", lesson=13, objective="strategy", part="trap")
def _grow_a_loss(_room: Room) -> Choice:
    return Choice(
        _(
            "An account bought for 4 million and lost us 5% of that. Nothing changes but the"
            " volume: it grows by a half. What happens to the profit?"
        ),
        options={
            "worse": _("The loss grows from 200,000 to about 300,000."),
            "better": _("The loss shrinks, because fixed costs spread over more."),
            "same": _("The loss stays at 200,000."),
            "zero": _("The account breaks even."),
        },
        right="worse",
        why=_(
            "The costs of goods and of serving follow the orders, so the loss grows with them. A"
            " plan asks first whether an account pays, and only then where it could grow."
        ),
        mistakes=[
            ("better", _("What is counted here follows each order: goods, deliveries, visits.")),
            ("same", _("More orders bring more deliveries and more discount.")),
            ("zero", _("From where? Every krone sold still loses five øre.")),
        ],
        hints=[_("What is 5% of 6 million?")],
    )


def _strategy_points(room: Room) -> list[Point]:
    """Return what a good answer does."""
    return [
        words(25),
        has_account(room.names),
        has_number(),
        mentions(
            _("says what would change it"),
            *("if ", "unless", "should ", "when ", "until", "once ", "in case", "otherwise"),
            *("hvis", "dersom", "med mindre", "når", "skulle ", "inntil", "ellers"),
            unmet=_("Say what would change your mind: begin with “if”."),
        ),
        Point(_("somebody who disagrees could check the fact")),
    ]


def _strategy_mistakes() -> list[tuple[Any, ...]]:
    """Return the mistakes that are expected."""
    return [
        (
            claims("every product group"),
            _("Everything at once is no strategy. What comes first?"),
            _EVERYTHING,
        ),
        (
            claims("have a good relationship with", "skal ha et godt forhold"),
            _("Everybody wants that everywhere. What is different at this account?"),
            _NOTHING,
        ),
    ]


@question("13.strategy", lesson=13, objective="plan", part="write")
def _strategy(room: Room) -> Text:
    chosen = room.analysis.strategies
    first = chosen.iloc[0]
    return Text(
        _(
            "Choose an account with a plan. Write its strategy in two or three sentences: what we"
            " do first, which fact speaks for it, and what would make you change your mind."
        ),
        points=_strategy_points(room),
        model=_(
            "At {name} we first see to it that 3 people of ours know the customer, and agree"
            " on volumes for next year. Today 1 of ours knows everybody there. If the purchasing"
            " manager leaves before we have met the others, keeping the account comes first.",
            name=str(first["account_name"]),
        ),
        heading=_("Strategy"),
        why=_("It is in your plan."),
        mistakes=_strategy_mistakes(),
        hints=[
            _("The table of strategies says because of what, and what would change it."),
            _("Take the fact from the table, with its number."),
        ],
    )


@question("13.which_field", lesson=13, objective="strategy", part="quiz")
def _which_field(_room: Room) -> Choice:
    return Choice(
        _(
            "Attractiveness 72 (interval 66 to 78), strength 44 (interval 38 to 51), the lines are"
            " at 50. Which field, and how sure?"
        ),
        options={
            "open": _("Star, but it may be strategic."),
            "fast": _("Star, for certain."),
            "other": _("Status, but it may be strategic."),
        },
        right="open",
        why=_("The interval of strength crosses its line: do not build on which side it fell."),
        mistakes=[
            ("fast", _("Look at the interval of strength. Does it stay below the line?")),
            ("other", _("Status is strong and less attractive. This one is the reverse.")),
        ],
        hints=[_("Which of the two intervals crosses 50?")],
    )


@question("13.worth_of_zero", lesson=13, objective="objectives", part="quiz")
def _worth_of_zero(room: Room) -> Number:
    millions, loss = 3 + room.seed % 7, 2 + room.seed % 3
    return Number(
        _(
            "An account buys for {millions} million a year and earns −{loss}% of it. What is it"
            " worth a year to bring that to zero, in thousands?",
            millions=number(millions),
            loss=number(loss),
        ),
        right=millions * loss * 10,
        unit=_("thousand"),
        why=_("The loss itself: per cent of revenue, times revenue."),
        mistakes=[
            (millions * loss, _("Thousands are asked for: 1% of a million is 10 thousand.")),
            (millions * (100 - loss) * 10, _("That is the revenue less the loss.")),
        ],
        hints=[_("1% of a million is 10 thousand.")],
    )


@question("13.what_is_missing", lesson=13, objective="objectives", part="quiz")
def _what_is_missing(_room: Room) -> Choice:
    return Choice(
        _("“S05 improves the relationship with purchasing by 30 June.” What is missing? Several."),
        options={
            "yardstick": _("a measure"),
            "start": _("the value today"),
            "goal": _("a target"),
            "person": _("an owner"),
            "day": _("a date"),
        },
        right={"yardstick", "start", "goal"},
        why=_("Who and when are there; nobody will be able to say whether it happened."),
        mistakes=[
            (["yardstick"], _("With a measure alone you still do not know from where to where.")),
            (["person", "day"], _("Those two are there. Read it again.")),
            (
                ["yardstick", "start", "goal", "person", "day"],
                _("Not everything: somebody is named, and so is a day."),
            ),
        ],
        hints=[_("How would you find out on 30 June whether it is done?")],
    )


@question("13.what_is_sorted", lesson=13, objective="strategy", part="quiz")
def _what_is_sorted(_room: Room) -> Match:
    right = {"kraljic": "buys", "fiocca": "hard", "woodburn": "strong"}
    return Match(
        _("Which author asks what?"),
        items={
            "kraljic": "Kraljic (1983)",
            "fiocca": "Fiocca (1982)",
            "woodburn": "Woodburn & McDonald (2011)",
        },
        options={
            "buys": _("a buyer: which of my purchases are risky and matter for profit?"),
            "hard": _("a seller: which accounts matter, and how difficult are they?"),
            "strong": _("a seller: which accounts are attractive, and where are we strong?"),
        },
        right=right,
        why=_(
            "Kraljic sorts what is bought, not who supplies it. A seller reads it the other way"
            " round: in which of the customer's boxes do our goods lie?"
        ),
        mistakes=[
            (
                {"kraljic": "strong", "fiocca": "hard", "woodburn": "buys"},
                _("One of the three writes for purchasing departments."),
            ),
            (
                {"kraljic": "buys", "fiocca": "strong", "woodburn": "hard"},
                _("Which of the two sellers' questions is the older one, about difficulty?"),
            ),
        ],
        hints=[_("Star, strategic, status and streamline belong to the latest of the three.")],
    )


@question("13.fields", lesson=13, objective="plan", part="quiz")
def _fields(_room: Room) -> Match:
    right = {"strategic": "together", "star": "chosen", "status": "keep", "streamline": "simple"}
    return Match(
        _("What does a plan for each field begin with?"),
        items={
            "strategic": _("strategic: attractive, and we are strong"),
            "star": _("star: attractive, and we are weak"),
            "status": _("status: less attractive, and we are strong"),
            "streamline": _("streamline: neither"),
        },
        options={
            "together": _("invest together, grow both"),
            "chosen": _("invest where it can change our position"),
            "keep": _("keep what we have, watch the cost"),
            "simple": _("simpler service, protect the margin"),
        },
        right=right,
        why=_("A field is where a plan begins. The account's own facts decide where it goes."),
        mistakes=[
            (
                {**right, "star": "keep", "status": "chosen"},
                _("In a star there is little to keep yet."),
            ),
            (
                {**right, "strategic": "simple", "streamline": "together"},
                _("Where would joint growth be worth the trouble?"),
            ),
        ],
        hints=[_("Where can money and time still change our position?")],
    )
