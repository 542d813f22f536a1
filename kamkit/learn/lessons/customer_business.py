"""Lesson 12, the customer's business: what they want, what we change, what both sides gain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.learn.dossier import dossier
from kamkit.learn.kinds import Accounts, Choice, Match, Number
from kamkit.learn.register import question
from kamkit.learn.written import Point, Text, claims, has_number, mentions, words

if TYPE_CHECKING:
    from kamkit.learn.dossier import Dossier
    from kamkit.learn.room import Room

_OURS = (
    "We want to sell them gloves and valves for 2 million and become their main supplier in spring."
)
_CHEAPER = (
    "The customer wants lower prices, so we give them 3% more discount from January and we wait."
)


@question("12.awake", lesson=12, objective="understand", part="predict")
def _awake(_room: Room) -> Choice:
    return Choice(
        _(
            "A customer builds and maintains plants on many sites, and buys equipment from us. What"
            " do you think costs them most on account of suppliers like us?"
        ),
        options={
            "waits": _("crews that wait for goods"),
            "price": _("prices that are some per cent too high"),
            "range": _("a range that is too narrow"),
        },
        right="waits",
        why=_("So it is here. In other companies it may be something else: ask."),
        mistakes=[
            ("price", _("That is what purchasing says first.")),
            ("range", _("Sellers think so more often than customers.")),
        ],
        hints=[_("There is no wrong guess. The dossier will tell.")],
    )


@question("12.stop_cost", lesson=12, objective="understand", part="do")
def _stop_cost(room: Room) -> Number:
    about = dossier(room)
    half = about.stop_cost / 2
    return Number(
        _("What do the days without goods cost {name} in a year?", name=about.name),
        right=about.stop_cost,
        unit=_("NOK million"),
        near=0.01,
        decimals=2,
        why=_("That is the size of the problem. Put your offer beside it, not beside your price."),
        mistakes=[
            (half, _("That is what the goal would save. What do all these days cost today?")),
            (about.stop_cost * 1000, _("That is in thousands. Millions are asked for.")),
            (about.stops, _("That is the number of days.")),
        ],
        hints=[
            _("The annual report has the days and the cost of a day."),
            _("Days times cost of a day; a thousand thousands are a million."),
        ],
    )


@question("12.goal_or_obstacle", lesson=12, objective="understand", part="do")
def _goal_or_obstacle(_room: Room) -> Match:
    right = {"halve": "goal", "foremen": "obstacle", "cheap": "position", "shelf": "offer"}
    return Match(
        _("Sort what stands in the dossier."),
        items={
            "halve": _("Half as many days without goods by the end of next year."),
            "foremen": _("Foremen order by themselves; nobody tells what is needed next week."),
            "cheap": _("“You are 3% too dear.”"),
            "shelf": _("A shelf on each site that we fill."),
        },
        options={
            "goal": _("a goal of the customer"),
            "obstacle": _("an obstacle on their way"),
            "position": _("a position in a negotiation"),
            "offer": _("something we could change"),
        },
        right=right,
        why=_(
            "A goal is theirs, an obstacle keeps them from it, and only then comes what we could"
            " change. A position is what somebody says to get something."
        ),
        mistakes=[
            (
                {**right, "cheap": "goal", "halve": "position"},
                _("Nobody's goal is to buy cheaply. Which of the two does the board answer for?"),
            ),
            (
                {**right, "foremen": "offer", "shelf": "obstacle"},
                _("Which of the two is already so, and which would be new?"),
            ),
        ],
        hints=[_("Ask of each: who said it, and what do they answer for?")],
    )


@question("12.both_gain", lesson=12, objective="mutual", part="do")
def _both_gain(room: Room) -> Number:
    about = dossier(room)
    without_stock = about.our_gain + about.stock
    return Number(
        _(
            "The account team's idea brings the orders down. What is left for us in a year, when"
            " the goods on the shelves are paid?"
        ),
        right=about.our_gain,
        unit=_("NOK thousand"),
        near=0.01,
        why=_(
            "And the customer saves NOK {theirs},000 on orders and invoices: both sides gain,"
            " before a single hour of waiting is counted.",
            theirs=number(about.their_gain),
        ),
        mistakes=[
            (without_stock, _("Take off what the goods on the shelves cost us.")),
            (about.their_gain, _("That is what the customer saves. What is left for us?")),
            (
                about.orders * about.ours // 1000 - about.stock,
                _("Some orders remain. Only those that fall away are saved."),
            ),
        ],
        hints=[
            _("How many orders fall away?"),
            _("Orders that fall away, times what an order costs us, less the shelves."),
        ],
    )


@question("12.give_and_lose", lesson=12, objective="mutual", part="do")
def _give_and_lose(room: Room) -> Accounts:
    table = room.analysis.mutual_table
    right = table.loc[table["our_gain"] < 0, "account_id"].tolist()
    if not right or len(table) < len(right) + 2:
        raise MissingTable(
            _("No account with a plan costs more than it leaves."),
            remedy=_("Take a ledger with cost and activities."),
        )
    rest = table[~table["account_id"].isin(right)]
    gets = rest.nlargest(len(right), "customer_gain")["account_id"].tolist()
    least = rest.nsmallest(len(right), "our_gain")["account_id"].tolist()
    mistakes = [
        (gets, _("These get much, and leave something too. At whom is nothing left?")),
        (least, _("Little is left here, but something is.")),
    ]
    return Accounts(
        _("At which accounts with a plan do we give a lot, and less than nothing is left with us?"),
        right=right,
        among=room.names,
        count=len(right),
        why=_("Value for both is a condition of the plan, not its result: begin with the terms."),
        mistakes=mistakes,
        hints=[
            _("In the picture: a bar to the left, and none to the right of zero."),
            _("The table has what is left with us in a column of its own."),
        ],
    )


@question("12.discount_is_gain", lesson=12, objective="mutual", part="trap")
def _discount_is_gain(_room: Room) -> Choice:
    return Choice(
        _("“They get 20% discount, so they gain 20% by buying from us.” What is wrong with that?"),
        options={
            "list": _(
                "Hardly anybody pays the list price: elsewhere they would get a discount too."
            ),
            "fine": _("Nothing: the discount is in the ledger."),
            "less": _("They gain more: service comes on top."),
            "vat": _("The discount is counted without value added tax."),
        },
        right="list",
        why=_(
            "A ledger tells what we give, at our prices and costs. What that is worth in the"
            " customer's own business has to be asked, and their next best supplier is the measure."
        ),
        mistakes=[
            ("fine", _("The ledger knows our list price. Does it know what others would charge?")),
            ("less", _("Service costs us something. What it is worth to them no ledger tells.")),
            ("vat", _("Businesses get that back. Compared with what do they gain?")),
        ],
        hints=[_("What would they pay if we were not there?")],
    )


def _their_goals_points(about: Dossier) -> list[Point]:
    """Return what a good answer does."""
    return [
        words(25),
        has_number(),
        mentions(
            _("begins with the customer: what they want"),
            *("they ", "their", "customer", "the board", "de ", "deres", "kunden", "styret"),
            about.name.split()[0],
            unmet=_("Begin with the customer: they want …"),
        ),
        mentions(
            _("says what we change"),
            *("we ", "our", "us", "vi ", "vår", "oss"),
            unmet=_("Say what we change for them."),
        ),
        Point(_("the customer would sign the first two sentences")),
    ]


def _begins_with_us(text: str) -> bool:
    """Tell whether a text begins with what we want, or ends there."""
    ours = claims("become their main", "be their main", "bli hovedlev", "bli deres hovedlev")
    begins = r"\s*(we|our|vi|vår|målet vårt)\b.*?\b(want|aim|goal|like to|vil|ønsker|mål)"
    return ours(text) or bool(re.match(begins, text.split(".")[0], re.IGNORECASE))


def _their_goals_mistakes() -> list[tuple[Any, ...]]:
    """Return the mistakes that are expected."""
    return [
        (
            _begins_with_us,
            _("That is what we want. What do they want to achieve in their own business?"),
            _OURS,
        ),
        (
            claims("more discount", "mer rabatt", "høyere rabatt"),
            _("A discount moves money from us to them. What would make both better off?"),
            _CHEAPER,
        ),
    ]


@question("12.their_goals", lesson=12, objective="adapt", part="write")
def _their_goals(room: Room) -> Text:
    about = dossier(room)
    return Text(
        _(
            "Write for {name}: what they want to achieve, what stands in the way, what we change"
            " for them, and by which number both sides will see that it works.",
            name=about.name,
        ),
        points=_their_goals_points(about),
        model=_(
            "{name} want to halve the {stops} days on which a site stands still for lack of goods."
            " What stands in the way is that foremen order by themselves, when it is urgent. We"
            " fill a shelf on each site and deliver on fixed days. Both of us count the"
            " orders, {orders} today and {fewer} in a year, and the days without goods.",
            name=about.name,
            stops=number(about.stops),
            orders=number(about.orders),
            fewer=number(about.fewer),
        ),
        heading=_("The customer's business"),
        why=_("It is in your plan."),
        mistakes=_their_goals_mistakes(),
        hints=[
            _("The goal stands in the annual report, the obstacle in the notes."),
            _("Choose a number that both can count."),
        ],
    )


@question("12.tender_points", lesson=12, objective="understand", part="quiz")
def _tender_points(room: Room) -> Number:
    price, time, green, service = 6 + room.seed % 4, 9, 5, 8 - room.seed % 3
    right = 0.4 * price + 0.3 * time + 0.2 * green + 0.1 * service
    return Number(
        _(
            "Our offer gets {price} points of 10 for price, {time} for delivery on time, {green}"
            " for environment and {service} for service. How many points by the weights of the"
            " tender?",
            price=number(price),
            time=number(time),
            green=number(green),
            service=number(service),
        ),
        right=right,
        within=0.01,
        decimals=1,
        why=_("Points times weights, added up. Price is less than half of it."),
        mistakes=[
            (
                (price + time + green + service) / 4,
                _("That is the plain mean. The weights are 40, 30, 20 and 10."),
            ),
            (price + time + green + service, _("That is the sum without weights.")),
            (right * 10, _("Of 10 points, not of 100.")),
        ],
        hints=[_("0.4 times price, plus 0.3 times delivery, and so on.")],
    )


@question("12.requirement", lesson=12, objective="understand", part="quiz")
def _requirement(_room: Room) -> Choice:
    return Choice(
        _("We are the cheapest, but deliver in 48 hours to two of the sites. What happens?"),
        options={
            "out": _("The offer is not considered."),
            "less": _("We lose some of the 30% for delivery."),
            "win": _("The price makes up for it."),
        },
        right="out",
        why=_("A requirement is a veto: no number of points elsewhere outweighs it."),
        mistakes=[
            ("less", _("Points are for offers that meet the requirements. Read the tender.")),
            ("win", _("Points come after the requirements.")),
        ],
        hints=[_("The tender has two lists: requirements and points.")],
    )


@question("12.where_to_look", lesson=12, objective="understand", part="quiz")
def _where_to_look(_room: Room) -> Match:
    right = {"aims": "report", "ways": "talk", "musts": "paper", "buys": "books"}
    return Match(
        _("Where do you find it?"),
        items={
            "aims": _("what the board has promised"),
            "ways": _("what really hinders the work"),
            "musts": _("what an offer must meet"),
            "buys": _("how often they order"),
        },
        options={
            "report": _("the annual report"),
            "talk": _("meetings with several departments"),
            "paper": _("the tender"),
            "books": _("our own ledger"),
        },
        right=right,
        why=_("No single source tells all four, and one department never tells the whole."),
        mistakes=[
            (
                {**right, "aims": "talk", "ways": "report"},
                _("What hinders the work seldom stands in a report to shareholders."),
            ),
            (
                {**right, "musts": "books", "buys": "paper"},
                _("Our ledger has their orders. What they require is on their paper."),
            ),
        ],
        hints=[_("Who writes it, and for whom?")],
    )


@question("12.in_their_words", lesson=12, objective="adapt", part="quiz")
def _in_their_words(_room: Room) -> Choice:
    return Choice(
        _("Which sentence belongs at the top of the plan?"),
        options={
            "theirs": _("They want half as many days without goods."),
            "ours": _("We want to raise our share of their purchases to 60%."),
            "thing": _("Our shelf system is the best on the market."),
        },
        right="theirs",
        why=_("A plan for an account begins with what the account wants. Our share follows."),
        mistakes=[
            ("ours", _("That is our goal. It comes, but not first.")),
            ("thing", _("Best for what? Begin with what they want.")),
        ],
        hints=[_("Read it to the customer aloud. Would they nod?")],
    )


@question("12.adapt_for", lesson=12, objective="adapt", part="quiz")
def _adapt_for(_room: Room) -> Choice:
    return Choice(
        _("For which customer do you change your own routines?"),
        options={
            "worth": _("for a few, where it pays both sides over time"),
            "all": _("for everybody who asks"),
            "large": _("for the largest, whatever it costs"),
        },
        right="worth",
        why=_(
            "To adapt to a customer is what sets key account management apart from ordinary sales."
            " It costs, so it is for the few, and it binds both."
        ),
        mistakes=[
            ("all", _("Then it would be no longer possible, or no longer special.")),
            ("large", _("The largest may be the one that costs most.")),
        ],
        hints=[_("What does a change of routines cost, and who pays it back?")],
    )
