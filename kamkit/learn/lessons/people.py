"""Lesson 11, people: the buying centre, who knows whom, and what rests on a single person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.learn.kinds import Accounts, Choice, Match, Number, Order
from kamkit.learn.register import question
from kamkit.learn.written import Point, Text, claims, has_account, mentions, says_when, words
from kamkit.relate._people import lost_without, ours_of

if TYPE_CHECKING:
    from kamkit.learn.room import Room

_VAGUE = "At our largest customer we want to improve the relationship with everybody during spring."
_PRIVATE = "The buyer has a birthday in March and was ill last year, so we should visit her then."


def _lost(room: Room) -> pd.DataFrame:
    """Return what share of each account's influence is lost without each colleague of ours."""
    rows = [
        (account, colleague, share)
        for account, part in room.analysis.people.groupby("account_id", sort=False)
        for colleague, share in lost_without(part).items()
    ]
    return pd.DataFrame(rows, columns=["account_id", "colleague", "share"])


def _two_of_ours(room: Room) -> tuple[str, str, float]:
    """Return a large account that is left with something when one of ours leaves."""
    lost = _lost(room)
    some = lost[(lost["share"] > 0.2) & (lost["share"] < 0.9)]
    size = room.analysis.account_facts.set_index("account_id")["revenue"]
    if some.empty:
        raise MissingTable(
            _("At no account would one of ours leave a part of the relationship behind."),
            remedy=_("Write in the contacts who of you knows whom (our_contact)."),
        )
    some = some.assign(size=some["account_id"].map(size)).sort_values(
        ["size", "share"], ascending=False
    )
    first = some.iloc[room.seed % min(4, len(some))]
    return str(first["account_id"]), str(first["colleague"]), float(first["share"])


@question("11.rests_on_one", lesson=11, objective="risk", part="predict")
def _rests_on_one(room: Room) -> Number:
    contacts = room.analysis.contact_table
    return Number(
        _(
            "{n} accounts get a plan. At what share of them does the relationship rest on a"
            " single person, theirs or ours? Guess.",
            n=number(len(contacts)),
        ),
        right=float((contacts["structure"] == "bow_tie").mean()),
        share=True,
        within=0.03,
        why=_("You guessed within three percentage points of what the contacts say."),
        mistakes=[
            (0.0, _("Then nobody would ever have to be afraid of a farewell party.")),
            (1.0, _("Then nobody of ours would ever bring a colleague along.")),
        ],
        hints=[_("There is no wrong guess. Think of your own company.")],
    )


@question("11.roles", lesson=11, objective="centre", part="do")
def _roles(_room: Room) -> Match:
    roles = {
        "decider": _("decider"),
        "influencer": _("influencer"),
        "user": _("user"),
        "buyer": _("buyer"),
        "gatekeeper": _("gatekeeper"),
    }
    right = {
        "md": "decider",
        "hse": "influencer",
        "fitter": "user",
        "purchase": "buyer",
        "desk": "gatekeeper",
    }
    swapped = {**right, "md": "buyer", "purchase": "decider"}
    guarded = {**right, "hse": "gatekeeper", "desk": "influencer"}
    return Match(
        _("A builder buys protective equipment. Who has which role in the buying centre?"),
        items={
            "md": _("The managing director chooses which supplier gets the contract."),
            "hse": _("The safety officer writes what the helmets must stand up to."),
            "fitter": _("The fitter wears the helmet eight hours a day."),
            "purchase": _("The purchasing officer negotiates terms and sends the order."),
            "desk": _("The assistant says which salespeople get an appointment."),
        },
        options=roles,
        right=right,
        why=_(
            "Webster and Wind described these five roles in 1972. They are roles, not titles: one"
            " person can have several, and a role can be shared."
        ),
        mistakes=[
            (swapped, _("Whoever sends the order need not choose. Who could say yes alone?")),
            (guarded, _("One shapes the requirements, the other lets people through or not.")),
        ],
        hints=[
            _("Ask of each: what could this person alone bring about or stop?"),
            _("To buy is to handle the order; to decide is to choose."),
        ],
    )


@question("11.colleague_leaves", lesson=11, objective="risk", part="do")
def _colleague_leaves(room: Room) -> Number:
    account, colleague, right = _two_of_ours(room)
    people = room.analysis.people
    there = people[people["account_id"] == account]
    knows = float(there["our_contact"].map(lambda cell: colleague in ours_of(cell)).mean())
    alone = float(there["our_contact"].map(lambda cell: ours_of(cell) == [colleague]).mean())
    mistakes = [
        (1.0, _("Not everything: somebody else of ours knows people there. Count who is left.")),
        (0.0, _("Look again: some people there are known by this colleague alone.")),
        (knows, _("That is the share of people the colleague knows. Others know some of them.")),
        (alone, _("That counts heads. The people do not have the same influence: add that up.")),
    ]
    return Number(
        _(
            "Choose {name} in the explorer, and {colleague} under “{choice}”. What share of the"
            " influence at the customer does no colleague of ours know then?",
            choice=_("Of ours leaves"),
            name=room.names[account],
            colleague=colleague,
        ),
        right=right,
        share=True,
        within=0.006,
        decimals=1,
        why=_("This much of the relationship belongs to one colleague, not to the company."),
        mistakes=[mistake for mistake in mistakes if abs(mistake[0] - right) > 0.007],
        hints=[
            _("The table under the map has a row for each of ours."),
            _("Read the row of the one who leaves, before they leave."),
            _(
                "Add the influence of those whom this colleague alone knows. Divide by the"
                " influence of all."
            ),
        ],
    )


@question("11.nobody_decides", lesson=11, objective="map", part="do")
def _nobody_decides(room: Room) -> Accounts:
    contacts = room.analysis.contact_table
    right = contacts.loc[contacts["deciders"] == 0, "account_id"].tolist()
    if not right or len(right) == len(contacts):
        raise MissingTable(
            _("Here a decider is known everywhere or nowhere."),
            remedy=_("Write in the contacts who decides (role)."),
        )
    others = contacts[~contacts["account_id"].isin(right)]
    known = contacts.loc[contacts["people"] > 0, "account_id"]
    some = [one for one in right if one in set(known)]
    few = others.nsmallest(len(right), "people")["account_id"].tolist()
    narrow = others.loc[others["structure"] == "bow_tie", "account_id"].head(5).tolist()
    mistakes = [
        (
            some if some != right else [],
            _("These belong here. Where we know nobody at all, we know nobody who decides either."),
        ),
        (few, _("We know few people there, but one of them decides.")),
        (narrow, _("These rest on one person, but we know who decides.")),
        (
            contacts["account_id"].tolist(),
            _("That is every account with a plan. Look at the column of decision makers."),
        ),
    ]
    return Accounts(
        _("At which accounts with a plan do we know nobody who decides? Name them all."),
        right=right,
        among=room.names,
        count=len(right),
        why=_("There the first step is clear before anything else is planned."),
        mistakes=[mistake for mistake in mistakes if mistake[0]],
        hints=[
            _("The table of contacts has a column for it."),
            _("The finding names some of them."),
        ],
    )


@question("11.farewell", lesson=11, objective="risk", part="do")
def _farewell(room: Room) -> Number:
    lost = _lost(room)
    gone = lost[lost["share"] > 0.999].groupby("colleague").size()
    if gone.empty:
        raise MissingTable(
            _("At no account does everything rest on one of ours."),
            remedy=_("Take a ledger whose contacts say who of you knows whom."),
        )
    most = str(gone.sort_index().idxmax())
    knows = int((lost["colleague"] == most).sum())
    right = int(gone[most])
    mistakes = [
        (knows, _("So many they know people at. At how many does nobody else of ours?")),
        (
            int(gone.sum()),
            _("So many rest on one of ours, whoever it is. Count those of this colleague."),
        ),
        (0, _("Somebody always says that. Look for shares of 100% on our side.")),
    ]
    return Number(
        _(
            "{colleague} resigns. At how many of the accounts with a plan does then nobody of"
            " ours know anybody?",
            colleague=most,
        ),
        right=right,
        unit=_("accounts"),
        why=_("A resignation is three months' notice. A second contact takes longer than that."),
        mistakes=[mistake for mistake in mistakes if mistake[0] != right],
        hints=[
            _("In the table of contacts: our main contact, and the share that rests on them."),
            _("Count the rows of this colleague where that share is 100%."),
        ],
    )


@question("11.twelve_buyers", lesson=11, objective="risk", part="trap")
def _twelve_buyers(_room: Room) -> Choice:
    return Choice(
        _(
            "“The relationship is safe: our salesperson knows twelve people in the customer's"
            " purchasing department.” What is it really?"
        ),
        options={
            "wide": _("A diamond: twelve contacts are many."),
            "narrow": _("A bow-tie: one of ours, and one department of theirs."),
            "deep": _("A partnership: nobody knows twelve people by chance."),
            "open": _("Nobody can tell before we know what they buy."),
        },
        right="narrow",
        why=_(
            "Count departments and roles on their side, and colleagues on yours. When the"
            " salesperson leaves, twelve contacts leave."
        ),
        mistakes=[
            ("wide", _("Twelve people, but how many departments, and how many of ours?")),
            ("deep", _("Acquaintances are no partnership: nothing is planned together yet.")),
            ("open", _("The shape is told by who knows whom, not by what is bought.")),
        ],
        hints=[_("Let the salesperson leave. What is left?")],
    )


def _says_whom() -> Point:
    """Return the point that a text names a role or a department."""
    return mentions(
        _("says whom: a role or a department"),
        *("deci", "buyer", "purchas", "procure", "user", "influenc", "gatekeeper", "manag"),
        *("direct", "head", "chief", "department", "financ", "technic", "engineer", "foreman"),
        *("workshop", "warehouse", "logistic", "operation", "production", "owner"),
        *("beslut", "bestemm", "innkjøp", "bruker", "påvirk", "portvakt", "led", "sjef"),
        *("avdeling", "økonomi", "tekni", "ingeniør", "formann", "verksted", "lager"),
        *("logistikk", "drift", "produksjon", "eier", "daglig"),
        unmet=_("Say whom: a role or a department, such as the decision maker."),
    )


def _next_meeting_points(room: Room) -> list[Point]:
    """Return what a good answer does."""
    return [
        words(20),
        has_account(room.names),
        says_when(),
        _says_whom(),
        Point(_("the person met would say yes to this meeting")),
    ]


def _next_meeting_mistakes() -> list[tuple[Any, ...]]:
    """Return the mistakes that are expected."""
    wish, whom = claims("improve the rel", "bedre rel", "forbedre rel"), _says_whom().holds
    return [
        (
            lambda text: wish(text) and not (whom and whom(text)),
            _("“Improve” is a wish. Who meets whom, and when?"),
            _VAGUE,
        ),
        (
            claims("birthday", "divorce", "ill ", "bursdag", "skilt", "sykmeld", "syk "),
            _("That is private. A plan holds what the work needs, and no more (lesson 15)."),
            _PRIVATE,
        ),
    ]


@question("11.next_meeting", lesson=11, objective="map", part="write")
def _next_meeting(room: Room) -> Text:
    account, colleague, _share = _two_of_ours(room)
    return Text(
        _(
            "Choose an account with a plan. Write: who of ours meets whom there next, when, and"
            " what is in it for the person who is met?"
        ),
        points=_next_meeting_points(room),
        model=_(
            "At {name} {colleague} takes our sales manager along to the decision maker before the"
            " end of next month. They show what the deliveries of last year cost the customer in"
            " waiting, and what two fixed days a week would save.",
            name=room.names[account],
            colleague=colleague,
        ),
        heading=_("People"),
        why=_("It is in your plan."),
        mistakes=_next_meeting_mistakes(),
        hints=[
            _("The table of next steps has a first proposal for each account."),
            _("Begin with the account, then who of ours, then the role at the customer."),
        ],
    )


@question("11.person_leaves", lesson=11, objective="risk", part="quiz")
def _person_leaves(room: Room) -> Number:
    top = 6 + room.seed % 5
    return Number(
        _(
            "Five people have the influence {top}, 4, 3, 2 and 1. One salesperson knows them all."
            " The first of the five leaves. What share of the influence that we reach is lost?",
            top=number(top),
        ),
        right=top / (top + 10),
        share=True,
        within=0.005,
        decimals=1,
        why=_("Their influence divided by that of all five."),
        mistakes=[
            (0.2, _("That is one head of five. They do not have the same influence.")),
            (1.0, _("That is what is lost when the salesperson leaves.")),
            (top / 10, _("Divide by the influence of all five, the first one too.")),
        ],
        hints=[_("Add up the influence of all five.")],
    )


@question("11.shapes", lesson=11, objective="map", part="quiz")
def _shapes(_room: Room) -> Match:
    right = {"pair": "bow", "between": "wider", "many": "gem"}
    return Match(
        _("Which shape is it?"),
        items={
            "pair": _("All goes through one of ours and their purchasing officer."),
            "between": _("Two of ours meet purchasing and the workshop."),
            "many": _(
                "Our logistics meets theirs, our finance theirs, our management theirs, and the"
                " key account manager coordinates."
            ),
        },
        options={"bow": _("bow-tie"), "wider": _("on the way"), "gem": _("diamond")},
        right=right,
        why=_(
            "The two pictures come from research at Cranfield in the 1990s. In a bow-tie the tips"
            " of two triangles touch; turn the triangles, and whole sides meet."
        ),
        mistakes=[
            (
                {"pair": "gem", "between": "wider", "many": "bow"},
                _("The other way round: a bow-tie is narrow in the middle."),
            ),
            (
                {"pair": "wider", "between": "bow", "many": "gem"},
                _("Two of ours are more than one: that one no longer hangs by a single thread."),
            ),
        ],
        hints=[_("Think of the narrowest place in each picture.")],
    )


@question("11.stages", lesson=11, objective="map", part="quiz")
def _stages(_room: Room) -> Order:
    right = ["look", "trade", "team", "rely", "join"]
    return Order(
        _("Put the stages of a relationship in their order, from first contact on."),
        options={
            "look": _("exploratory"),
            "trade": _("basic"),
            "team": _("cooperative"),
            "rely": _("interdependent"),
            "join": _("integrated"),
        },
        right=right,
        why=_(
            "McDonald, Rogers and Woodburn (2000) name them so. They build on Millman and Wilson"
            " (1995). Not every account should reach the end: both must want it, and it costs."
        ),
        mistakes=[
            (right[::-1], _("That is the way out. Begin with the first contact.")),
            (
                ["trade", "look", "team", "rely", "join"],
                _("Before the first trade both sides find out whether it is worth the trouble."),
            ),
        ],
        hints=[_("At the end the two firms work almost as one.")],
    )


@question("11.only_no", lesson=11, objective="centre", part="quiz")
def _only_no(_room: Room) -> Choice:
    return Choice(
        _(
            "Somebody at the customer can say no, because a requirement is not met, but cannot"
            " say yes. What is that person?"
        ),
        options={
            "judge": _("a technical buyer"),
            "money": _("an economic buyer"),
            "friend": _("a coach"),
        },
        right="judge",
        why=_(
            "Miller and Heiman (1985) tell four influences apart: economic, user, technical, and"
            " the coach, who guides us. To please only the one who says no sells nothing."
        ),
        mistakes=[
            ("money", _("The economic buyer releases the money: that one can say yes.")),
            ("friend", _("A coach guides us through the house, and has no veto.")),
        ],
        hints=[_("Who checks requirements?")],
    )


@question("11.roles_not_names", lesson=11, objective="map", part="quiz")
def _roles_not_names(room: Room) -> Choice:
    total = len(room.analysis.people)
    return Choice(
        _(
            "The maps show {n} people as “decision maker 1” or “buyer 2”, not by name. Why?",
            n=number(total),
        ),
        options={
            "need": _("A map is passed around, and the role is what the reader needs."),
            "lost": _("The ledger does not know their names."),
            "law": _("The law forbids to write down names of business contacts."),
        },
        right="need",
        why=_(
            "Names are there for those who need them (show_names=True). A judgement such as"
            " “against us” about a named person is personal data: lesson 15."
        ),
        mistakes=[
            ("lost", _("It knows them; they are left out on purpose.")),
            ("law", _("It is allowed with a reason. It asks to keep no more than is needed.")),
        ],
        hints=[_("Who gets to see a plan, and what do they do with it?")],
    )
