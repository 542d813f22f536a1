"""Lesson 1, what key account management is: definitions, goals, words, and what it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.learn.kinds import Choice, Match, Number
from kamkit.learn.register import question
from kamkit.learn.written import Point, Text, claims, mentions, words

if TYPE_CHECKING:
    from kamkit.learn.room import Room

_USUAL = 20  # where the slider stands at first
_OFTEN = (
    "Key account management means that we visit our biggest customers often and give them a good"
    " discount."
)


def _need_several(room: Room) -> None:
    if len(room.analysis.account_facts) < 5:
        raise MissingTable(
            _("There are too few accounts to compare them."),
            remedy=_("Take a ledger with more accounts."),
        )


@question("01.without_largest", lesson=1, objective="matter", part="predict")
def _without_largest(room: Room) -> Number:
    _need_several(room)
    facts = room.analysis.account_facts
    share = float(facts["revenue"].max() / facts["revenue"].sum())
    return Number(
        _("The largest customer leaves. What share of the revenue goes with them? Guess."),
        right=share,
        share=True,
        within=0.02,
        decimals=1,
        why=_("You guessed within two percentage points."),
        mistakes=[
            (1 / len(facts), _("So much it would be if all customers were of one size.")),
            (0.80, _("So much is said of a whole fifth of the customers, not of one.")),
        ],
        hints=[_("There is no wrong guess. Write per cent, between 0 and 100.")],
    )


@question("01.as_many_small", lesson=1, objective="matter", part="do")
def _as_many_small(room: Room) -> Number:
    _need_several(room)
    row = room.analysis.losing.table.iloc[0]
    facts = room.analysis.account_facts
    many = int(row["small_accounts"])
    return Number(
        _("How many of the smallest accounts together bring as much as the largest one?"),
        right=many,
        unit=_("accounts"),
        why=_("One customer against {n}: nobody would treat these two alike.", n=number(many)),
        mistakes=[
            (
                len(facts) - 1,
                _("Those are all the others. How many, from the small end, are enough?"),
            ),
            (
                round(facts["revenue"].max() / facts["revenue"].mean()),
                _("That is in customers of average size. The smallest are smaller."),
            ),
            (
                round(float(row["share"]) * 100, 1),
                _("That looks like the share in per cent. The question is about accounts."),
            ),
        ],
        hints=[
            _("The table under the picture has a column for it."),
            _("It is the column of the small accounts."),
        ],
    )


@question("01.three_definitions", lesson=1, objective="define", part="do")
def _three_definitions(_room: Room) -> Match:
    return Match(
        _("Three managers talk. Which definition does each of them have in mind?"),
        items={
            "yield": _("“Four hundred hours for this customer: when do we see them again?”"),
            "works": _("“What stops their production, and could we do something about it?”"),
            "bond": _("“We have worked well together for ten years, and it shall be twenty.”"),
        },
        options={
            "cooperation": _("first: cooperation for lasting results"),
            "investment": _("second: investment with a return"),
            "understanding": _("third: understanding the customer’s business"),
        },
        right={"yield": "investment", "works": "understanding", "bond": "cooperation"},
        why=_(
            "The first names the relationship, the second our money, the third the customer’s side."
            " A programme needs all three."
        ),
        mistakes=[
            (
                {"yield": "cooperation", "works": "understanding", "bond": "investment"},
                _("Who counts hours and asks what they bring speaks of an investment."),
            ),
            (
                {"yield": "investment", "works": "cooperation", "bond": "understanding"},
                _("Who asks what stops their production speaks of the customer’s business."),
            ),
        ],
        hints=[
            _("Who speaks of our hours, who of their production, who of both together?"),
            _("Hours that must come back are an investment."),
        ],
    )


@question("01.four_goals", lesson=1, objective="goals", part="do")
def _four_goals(_room: Room) -> Match:
    return Match(
        _("Which of the four goals does each action serve first?"),
        items={
            "late": _("Call a customer who orders monthly and has been silent for three months."),
            "gloves": _("Offer first-aid kits to a customer who buys only work gloves."),
            "heir": _("Meet the deputy of a buyer who retires next year."),
            "stock": _("Move the deliveries so that their line no longer waits on Mondays."),
        },
        options={
            "keep": _("1: keep them"),
            "grow": _("2: sell more to them"),
            "people": _("3: strengthen the relationship"),
            "mutual": _("4: create value for both sides"),
        },
        right={"late": "keep", "gloves": "grow", "heir": "people", "stock": "mutual"},
        why=_("An action can serve several goals. The first one decides how it is measured."),
        mistakes=[
            (
                {"late": "keep", "gloves": "mutual", "heir": "people", "stock": "grow"},
                _("Kits are more sales. Deliveries that fit their line help them first."),
            ),
            (
                {"late": "people", "gloves": "grow", "heir": "keep", "stock": "mutual"},
                _("The silent customer may be leaving; the new buyer is a person to get to know."),
            ),
        ],
        hints=[
            _("Ask of each: what would be worse without it?"),
            _("A new product group is growth. A new person is the relationship."),
        ],
    )


@question("01.two_vocabularies", lesson=1, objective="words", part="quiz")
def _two_vocabularies(_room: Room) -> Match:
    return Match(
        _("A customer has bought pump A for years. What is it when they …"),
        items={
            "same": _("… order pump A once more?"),
            "better": _("… order pump B instead, which does more and costs more?"),
            "other": _("… order hoses for the first time?"),
        },
        options={"repeat": _("repeat purchase"), "up": _("upsell"), "cross": _("cross-sell")},
        right={"same": "repeat", "better": "up", "other": "cross"},
        why=_("The same again, more or better of the same, and another product group."),
        mistakes=[
            (
                {"same": "repeat", "better": "cross", "other": "up"},
                _("Pump B is a better pump: the same group. Hoses are another group."),
            ),
            (
                {"same": "up", "better": "repeat", "other": "cross"},
                _("The same pump again is a repeat purchase; the better one is more."),
            ),
        ],
        hints=[
            _("Is it the same product, the same group, or another group?"),
            _("Only one of the three opens a product group that the customer did not buy from."),
        ],
    )


@question("01.key_work", lesson=1, objective="distinguish", part="do")
def _key_work(_room: Room) -> Choice:
    return Choice(
        _("Which of these are key account management rather than ordinary sales? Mark all."),
        options={
            "together": _("Our technician, our buyer and theirs plan next year’s needs together."),
            "decline": _("We decide, and tell why, that a large customer is not a key account."),
            "campaign": _("All customers get an e-mail with this month’s offers."),
            "quota": _("A seller calls the twenty customers next on the list."),
            "written": _("A written plan says what we want to reach with this customer by when."),
        },
        right={"together", "decline", "written"},
        why=_("To choose, to plan and to work across functions. To leave out is a choice as well."),
        mistakes=[
            (
                ["together", "written"],
                _("One is missing: choosing means to say who is not chosen, too."),
            ),
            (
                ["together", "decline", "campaign", "quota", "written"],
                _("What is done for all in the same way is ordinary sales."),
            ),
            (["quota"], _("The next on a list is ordinary sales, and it is good work.")),
        ],
        hints=[_("What is done for all alike is ordinary sales."), _("Three of the five.")],
    )


@question("01.hours_for_each", lesson=1, objective="distinguish", part="do")
def _hours_for_each(room: Room) -> Number:
    _need_several(room)
    n = min(40 + 20 * (room.seed % 4), len(room.analysis.account_facts))
    hours = room.team_hours
    return Number(
        _(
            "Move the slider “{slider}” to {n}. How many hours a month does each key account get?",
            slider=_("Key accounts (breadth)"),
            n=number(n),
        ),
        right=hours / n,
        unit=_("hours"),
        within=0.55,
        decimals=1,
        why=_("The same hours, shared by more: breadth is paid for with depth."),
        mistakes=[
            (hours / _USUAL, _("That is with {n}. Move the slider.", n=number(_USUAL))),
            (hours, _("Those are the hours of the whole team in a month. How many for each?")),
            (12 * hours / n, _("That is for a year. How many a month?")),
        ],
        hints=[
            _("The title of the picture has the hours for each account."),
            _("All hours of a month, divided by the number of key accounts."),
        ],
    )


@question("01.largest_is_key", lesson=1, objective="distinguish", part="trap")
def _largest_is_key(_room: Room) -> Choice:
    return Choice(
        _("A customer is the largest by revenue. What follows?"),
        options={
            "candidate": _("They are a candidate. Whether they become a key account is decided."),
            "key": _("They are a key account: nobody brings more."),
            "profit": _("They are the most profitable customer, so they should be chosen."),
            "share": _("They are a key account if they bring more than 5% of the revenue."),
        },
        right="candidate",
        why=_(
            "Size is easy to see. What they leave after goods and service, what they may become,"
            " and whether they want it, you do not know yet. Lesson 3 looks at the first."
        ),
        mistakes=[
            ("key", _("A key account is chosen. Revenue tells how much they buy, nothing else.")),
            ("profit", _("Revenue is not profit: goods, discounts and service must be paid.")),
            ("share", _("No percentage decides it. Somebody does, for reasons.")),
        ],
        hints=[
            _("Which word in the definition of a key account matters most?"),
            _("What does revenue not tell?"),
        ],
    )


def _is_chosen() -> Point:
    """Return the point that key accounts are chosen."""
    return mentions(
        _("says that key accounts are chosen"),
        *("cho", "select", "decid", "decision", "pick", "singl", "deliberate", "on purpose"),
        *("criteri", "priorit", "velg", "valg", "utvalg", "utvelg", "plukk", "bestem", "kriteri"),
        unmet=_("Say how a customer becomes a key account."),
    )


def _has_gain() -> Point:
    """Return the point that the customer gains."""
    return mentions(
        _("says what the customer gains"),
        *("both", "mutual", "their ", "customer’s ", "customer's ", "gain", "benefit"),
        *("value for", "help", "for them", "better off", "begge", "gjensidig", "deres"),
        *("customer get", "customer should get", "for the customer", "kunden få", "for kunden"),
        *("kundens", "nytte", "verdi for", "fordel", "hjelp", "for dem"),
        unmet=_("Say what is in it for the customer."),
    )


@question("01.in_own_words", lesson=1, objective="define", part="write")
def _in_own_words(room: Room) -> Text:
    facts = room.analysis.account_facts
    share = float(facts["revenue"].max() / facts["revenue"].sum())
    return Text(
        _(
            "A colleague says: “Key account management? We visit the biggest customers often.”"
            " Answer in two or three sentences."
        ),
        points=[words(20), _is_chosen(), _has_gain()],
        model=_(
            "We choose a few customers, and not only by size: our largest brings {share} of the"
            " revenue, and that does not tell what they leave. For those we choose, several of us"
            " learn their business and plan for years, so that both sides gain.",
            share=percent(share),
        ),
        heading=_("What key account management is to us"),
        why=_("It is in your plan."),
        mistakes=[
            (
                claims("discount", "rabatt"),
                _("A discount is no cooperation. What do you do together?"),
                _OFTEN,
            )
        ],
        hints=[
            _("One sentence for who, one for what, one for how long."),
            _("Take a word from each of the three definitions."),
        ],
    )


@question("01.account_or_customer", lesson=1, objective="define", part="quiz")
def _account_or_customer(_room: Room) -> Choice:
    return Choice(
        _("A chain has eleven shops, each with a customer number. How many accounts is it?"),
        options={
            "chain": _("One, if one agreement and one plan cover it."),
            "shops": _("Eleven: a customer number is an account."),
            "twelve": _("Twelve: the shops and the head office."),
        },
        right="chain",
        why=_(
            "An account is whom we make one plan for. Counted by shop, a large one stays hidden."
        ),
        mistakes=[
            ("shops", _("Numbers are for invoices. With whom is the agreement made?")),
            ("twelve", _("Who is the plan for? The head office and its shops are one.")),
        ],
        hints=[_("With how many do we negotiate?")],
    )


@question("01.everyone_else", lesson=1, objective="distinguish", part="quiz")
def _everyone_else(_room: Room) -> Choice:
    return Choice(
        _("Who looks after the customers that are not key accounts?"),
        options={
            "sales": _("Ordinary sales: another way of working, not a worse one."),
            "nobody": _("Nobody in particular: that is what the others are for."),
            "managers": _("The key account managers, when they have time."),
        },
        right="sales",
        why=_("The list of the others is as much a result as the list of key accounts."),
        mistakes=[
            ("nobody", _("Together they bring a good part of the revenue. Somebody must.")),
            ("managers", _("Then the key accounts get what is left of their time.")),
        ],
        hints=[_("Under “key accounts and ordinary sales”: who is in the first column?")],
    )


@question("01.measured_by", lesson=1, objective="goals", part="quiz")
def _measured_by(_room: Room) -> Match:
    return Match(
        _("How would you measure that a goal is reached?"),
        items={
            "keep": _("1: keep them"),
            "grow": _("2: sell more to them"),
            "people": _("3: strengthen the relationship"),
            "mutual": _("4: create value for both sides"),
        },
        options={
            "share_kept": _("their revenue this year as a share of last year’s"),
            "groups": _("product groups that they did not buy before"),
            "persons": _("how many persons know each other on both sides"),
            "stops": _("hours that their production stood still"),
        },
        right={"keep": "share_kept", "grow": "groups", "people": "persons", "mutual": "stops"},
        why=_("The fourth is measured at the customer’s, not in our ledger."),
        mistakes=[
            (
                {"keep": "groups", "grow": "share_kept", "people": "persons", "mutual": "stops"},
                _("What is kept is measured against last year; what is new by its groups."),
            ),
            (
                {"keep": "share_kept", "grow": "groups", "people": "stops", "mutual": "persons"},
                _("Hours without a stop are a gain. Persons are the relationship."),
            ),
        ],
        hints=[_("Which of the four cannot be read in our own books?")],
    )


@question("01.rules_help", lesson=1, objective="distinguish", part="quiz")
def _rules_help(_room: Room) -> Choice:
    return Choice(
        _("In a study of 385 companies, what did not make key account management work better?"),
        options={
            "formal": _("more formal rules"),
            "active": _("doing more for key accounts, and doing it first"),
            "top": _("a top management that takes part"),
            "spirit": _("team spirit among those who serve them"),
        },
        right="formal",
        why=_("Workman, Homburg and Jensen (2003). A plan helps by being used, not by its form."),
        mistakes=[
            ("active", _("That helped. Which of the four is about paper?")),
            ("top", _("That helped: key accounts need people that only the top can give.")),
            ("spirit", _("That helped: several functions serve one customer.")),
        ],
        hints=[_("The lines above the quiz name what helped. Which of the four is not among it?")],
    )
