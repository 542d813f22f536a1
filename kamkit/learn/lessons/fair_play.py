"""Lesson 15, fair play: what is kept about persons, who depends on whom, and fair terms."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.learn.kinds import Choice, Match, Number
from kamkit.learn.register import question
from kamkit.learn.written import Point, Text, claims, has_number, mentions, says_when, words

if TYPE_CHECKING:
    from kamkit.learn.room import Room

_THREAT = (
    "Either you accept 15% higher prices from 1 January, or we stop deliveries on that day. We"
    " expect your answer within 24 hours."
)
_SORRY = (
    "We are sorry to say that prices rise by 5% next year because everything has become dearer."
)
_MILLION = 1e6


def _largest(room: Room) -> pd.Series[Any]:
    """Return the largest account of which we know what it buys from everybody."""
    wallets = room.analysis.require("wallet_shares")
    known = wallets[wallets["share_of_wallet"].notna() & wallets["ours"].gt(0)]
    if known.empty:
        raise MissingTable(
            _("Nobody knows what the customers buy from others."),
            remedy=_("Add a table of what they spend in all (wallet)."),
        )
    row: pd.Series[Any] = known.loc[known["ours"].idxmax()]
    return row


def _losing(room: Room, i: int) -> pd.Series[Any]:
    """Return one of the accounts that cost most, the most costly first."""
    losing = room.analysis.require("loss_makers")
    if len(losing) <= i:
        raise MissingTable(
            _("There are too few accounts that cost money."),
            remedy=_("Take a ledger with cost and activities."),
        )
    row: pd.Series[Any] = losing.iloc[i]
    return row


@question("15.their_share", lesson=15, objective="dependence", part="predict")
def _their_share(room: Room) -> Number:
    account = _largest(room)
    accounts = room.analysis.accounts
    if "revenue_year" not in accounts:
        raise MissingTable(
            _("The ledger is too short to tell the sales of a year."),
            remedy=_("Take a longer ledger."),
        )
    sales = float(accounts["revenue_year"].sum())
    return Number(
        _(
            "{name} is {share} of our revenue. How much of what they buy of such goods do they buy"
            " from us? Guess.",
            name=str(account["account_name"]),
            share=percent(float(account["ours"]) / sales),
        ),
        right=float(account["share_of_wallet"]),
        share=True,
        within=0.05,
        why=_("You guessed within five percentage points."),
        mistakes=[
            (1.0, _("Then nobody else would sell them anything.")),
            (0.01, _("Then they would hardly be our largest customer.")),
        ],
        hints=[_("There is no wrong guess. The table that follows has it.")],
    )


@question("15.keep_or_not", lesson=15, objective="personal", part="do")
def _keep_or_not(_room: Room) -> Choice:
    return Choice(
        _("What may stand about a person in your contact list? Several."),
        options={
            "role": _("decides on protective equipment"),
            "last": _("last met on 12 March, by S04"),
            "said": _("said on 12 March that our deliveries were late twice"),
            "ill": _("was on sick leave in spring"),
            "union": _("is active in the trade union"),
            "home": _("has a difficult divorce behind her"),
        },
        right={"role", "last", "said"},
        why=_(
            "Work, meetings and what was said about the business: needed for the purpose. Health"
            " and union membership are special categories (Article 9), and a divorce is nobody's"
            " business."
        ),
        mistakes=[
            (["role", "last", "said", "home"], _("Would you read the last one aloud to her?")),
            (
                ["role", "last", "said", "ill"],
                _("Health is among the data that the law protects most."),
            ),
            (
                ["role", "last", "said", "ill", "union", "home"],
                _("A contact list keeps what the work needs, not all that is known."),
            ),
            (
                ["role"],
                _("It may hold more: meetings, and what was said there about the business."),
            ),
        ],
        hints=[
            _("Ask of each entry: what in our work needs it?"),
            _("Health, union and religion are out from the start. So is private life."),
        ],
    )


@question("15.price_needed", lesson=15, objective="negotiate", part="do")
def _price_needed(room: Room) -> Number:
    account = _losing(room, 1)
    loss, revenue = -float(account["profit"]), float(account["revenue"])
    right = loss / revenue
    contribution = float(account["contribution"])
    mistakes = [
        (
            loss / contribution if contribution > 0 else -1.0,
            _("That is of the contribution. Prices are paid on the revenue."),
        ),
        (
            float(account["discount_share"]),
            _("That is the discount they have. By how much would prices have to rise?"),
        ),
        (
            float(account["service_share"]),
            _("That is what serving them costs, as a share of revenue. Some of it is covered."),
        ),
    ]
    return Number(
        _(
            "{name} costs more than it leaves. By how many per cent would our prices to them have"
            " to rise for it to break even, if they go on buying the same?",
            name=str(account["account_name"]),
        ),
        right=right,
        share=True,
        within=0.003,
        decimals=1,
        why=_("That is one way. Fewer small orders or fewer express deliveries are another."),
        mistakes=[mistake for mistake in mistakes if abs(mistake[0] - right) > 0.004],
        hints=[
            _("The table of loss makers has profit and revenue."),
            _("The loss divided by the revenue."),
        ],
    )


@question("15.stays_behind", lesson=15, objective="negotiate", part="do")
def _stays_behind(room: Room) -> Number:
    account = _losing(room, 1)
    served, credit = float(account["cost_to_serve"]), float(account.get("payment_cost", 0))
    needed = (float(account["contribution"]) - credit) / served
    right = math.ceil(100 * needed - 1e-9) / 100
    if not 0 < right < 1:
        raise MissingTable(
            _("This account leaves nothing before it is served, so parting always pays."),
            remedy=_("Take another ledger."),
        )
    mistakes = [
        (0.5, _("That is where the slider stood. Move it until the lowest bar is the shorter.")),
        (1.0, _("Then nothing is left of the cost. From how many per cent on are we better off?")),
        (1 - right, _("So much stays behind. How much goes away?")),
    ]
    return Number(
        _(
            "Choose {name} in the explorer, and move “{slider}”. From how many per cent on are we"
            " better off without them than today?",
            name=str(account["account_name"]),
            slider=_("Goes away when they leave (%)"),
        ),
        right=right,
        share=True,
        within=0.011,
        decimals=0,
        why=_("Below it we lose by parting: the costs that stay were partly paid by them."),
        mistakes=[mistake for mistake in mistakes if abs(mistake[0] - right) > 0.012],
        hints=[
            _("Compare the loss today with the one without them, in the title of the picture."),
            _("Contribution less credit, divided by the cost to serve."),
        ],
    )


@question("15.usual_terms", lesson=15, objective="negotiate", part="do")
def _usual_terms(room: Room) -> Number:
    account = _losing(room, 0)
    table = room.analysis.require("account_discounts").set_index("account_id")
    row = table.loc[account["account_id"]] if account["account_id"] in table.index else None
    if row is None or not row["excess_amount"] > 0:
        raise MissingTable(
            _("The account that costs most has no more discount than is usual."),
            remedy=_("Look at what serving it costs instead."),
        )
    right = float(row["excess_amount"]) / _MILLION
    mistakes = [
        (
            float(row["discount"]) / _MILLION,
            _("That is all its discount. Only what is above the usual is asked for."),
        ),
        (-float(account["profit"]) / _MILLION, _("That is the loss. Compare it with the answer.")),
        (
            float(row["excess_discount"]) * 100,
            _("Those are percentage points. How much money is it?"),
        ),
    ]
    unit = _("{currency} million", currency=room.analysis.about.currency or "").strip()
    return Number(
        _(
            "{name} has a larger discount than is usual for its size. What did the part above the"
            " usual cost us over the whole ledger?",
            name=str(account["account_name"]),
        ),
        right=right,
        unit=unit,
        near=0.02,
        decimals=1,
        why=_("Put it beside the loss: that shows how far the terms alone explain it."),
        mistakes=[mistake for mistake in mistakes if abs(mistake[0] - right) > 0.03 * right],
        hints=[
            _("The table of discounts has what is usual, and the amount above it."),
            _("It is the column with the amount above the usual discount."),
        ],
    )


@question("15.our_dependence", lesson=15, objective="dependence", part="do")
def _our_dependence(room: Room) -> Number:
    shares = room.analysis.classes["share"]
    if len(shares) < 6:
        raise MissingTable(
            _("There are too few accounts to ask for the five largest."),
            remedy=_("Take a ledger with more accounts."),
        )
    right = float(shares.head(5).sum())
    return Number(
        _("What share of our revenue would be gone if the five largest accounts left together?"),
        right=right,
        share=True,
        within=0.001,
        decimals=1,
        why=_("That is our side of the dependence. Theirs is what they would find elsewhere."),
        mistakes=[
            (float(shares.iloc[0]), _("That is the largest alone.")),
            (float(shares.head(10).sum()), _("That is ten of them.")),
            (float(shares.head(5).mean()), _("That is one of the five on average. Together?")),
        ],
        hints=[_("The picture of dependence has a bar for one, five and ten.")],
    )


@question("15.throw_out", lesson=15, objective="negotiate", part="trap")
def _throw_out(_room: Room) -> Choice:
    return Choice(
        _(
            "An account brings a contribution of 900,000 and costs 1,100,000 to serve. The director"
            " says: “Throw them out, and we earn 200,000 more.” Is that so?"
        ),
        options={
            "stays": _("Only if all costs of serving go away with them."),
            "sure": _("Yes: 900,000 less 1,100,000 is the loss."),
            "never": _("No: a customer is always worth having."),
            "half": _("Half of it, because others take over their orders."),
        },
        right="stays",
        why=_(
            "The lorry drives anyway, and the warehouse is rented. If only 60% of the costs go"
            " away, we lose 900,000 and save 660,000. Talk about terms first: it is mostly prices"
            " and habits of ordering that make the loss, and both can be changed."
        ),
        mistakes=[
            ("sure", _("Does everybody who served them go home the next day, unpaid?")),
            ("never", _("Some cost more than can be put right. But what goes away with them?")),
            ("half", _("Why should others? Ask which costs go away.")),
        ],
        hints=[_("Which of these costs would you still pay next month?")],
    )


def _three_ways_points() -> list[Point]:
    """Return what a good answer does."""
    return [
        words(40),
        has_number(),
        mentions(
            _("gives a choice"),
            *("either", "or ", "choose", "choice", "option", "alternative", "two ways"),
            *("enten", "eller", "velg", "valg", "alternativ", "to måter"),
            unmet=_("Give them a choice: one way, or another."),
        ),
        says_when(_("says by when"), _("Say by when you would like to meet.")),
        Point(_("you would not mind if the customer showed it around")),
    ]


def _three_ways_mistakes() -> list[tuple[Any, ...]]:
    """Return the mistakes that are expected."""
    return [
        (
            claims("stop deliver", "stop all deliver", "stanser lever", "stopper lever"),
            _("That is a threat. It closes doors, also those you need. Offer a choice."),
            _THREAT,
        ),
        (
            claims("everything has become", "alt er blitt dyrere", "alt har blitt dyrere"),
            _("That is true for everybody. What is special about the cooperation with them?"),
            _SORRY,
        ),
    ]


@question("15.three_ways", lesson=15, objective="negotiate", part="write")
def _three_ways(room: Room) -> Text:
    account = _losing(room, 0)
    return Text(
        _(
            "Write to {name}: what the cooperation costs today, at least two ways to put it right"
            " of which they may choose, and by when you would like to meet.",
            name=str(account["account_name"]),
        ),
        points=_three_ways_points(),
        model=_(
            "You are one of our largest customers, and we want you to stay so. Today your discount"
            " is {share}, while {usual} is usual for your size, and many orders are small and"
            " urgent. You may choose: either the usual terms, or the discount you have with two"
            " fixed delivery days a week and orders on the web. We would like to meet within three"
            " weeks.",
            share=_share(room, account, "discount_share"),
            usual=_share(room, account, "usual_discount"),
        ),
        heading=_("Fair terms"),
        why=_("It is in your plan."),
        mistakes=_three_ways_mistakes(),
        hints=[
            _("Begin with what they are to you, then the numbers."),
            _("One way over the price, one over how they order."),
        ],
    )


def _share(room: Room, account: pd.Series[Any], column: str) -> str:
    """Return a share of the discounts of an account in words."""
    table = room.analysis.get("account_discounts")
    if not len(table) or account["account_id"] not in set(table["account_id"]):
        return percent(float(account.get("discount_share") or 0.0))
    row = table.set_index("account_id").loc[account["account_id"]]
    return percent(float(row[column]))


@question("15.access", lesson=15, objective="personal", part="quiz")
def _access(_room: Room) -> Choice:
    return Choice(
        _("A buyer asks what you have written down about her. What do you show?"),
        options={
            "whole": _("all of it, the judgement “against us” too"),
            "facts": _("name, role and meetings; judgements are ours"),
            "none": _("nothing: she is a contact, not a customer"),
        },
        right="whole",
        why=_(
            "Everybody has a right to see the data about them (GDPR, Article 15), and an opinion"
            " about a person is such data. Write nothing that you could not show."
        ),
        mistakes=[
            ("facts", _("An opinion about a person is personal data too.")),
            ("none", _("The right is hers as a person, whatever she is to you.")),
        ],
        hints=[_("Is “against us” about a person?")],
    )


@question("15.ground", lesson=15, objective="personal", part="quiz")
def _ground(_room: Room) -> Choice:
    return Choice(
        _("On what may a company base that it keeps names and roles of business contacts?"),
        options={
            "weigh": _("a legitimate interest, weighed against that of the person"),
            "free": _("nothing is needed, because they are there for their company"),
            "sign": _("only a consent that each of them has signed"),
        },
        right="weigh",
        why=_(
            "Article 6(1)(f) of the GDPR, which is Norwegian law too. The purpose is told, no more"
            " is kept than it needs, and not for longer than it needs it."
        ),
        mistakes=[
            ("free", _("Data about a person at work are data about a person.")),
            ("sign", _("Consent is one ground of several, and seldom the best one here.")),
        ],
        hints=[_("The ground asks you to weigh two interests.")],
    )


@question("15.others_price", lesson=15, objective="negotiate", part="quiz")
def _others_price(_room: Room) -> Choice:
    return Choice(
        _("In a negotiation a customer asks what their competitor pays us. What do you do?"),
        options={
            "quiet": _("say that you do not tell, and would not tell about them either"),
            "hint": _("give a hint, it helps to close"),
            "trade": _("tell it for something in return"),
        },
        right="quiet",
        why=_(
            "It breaks a confidence. And where competitors learn each other's prices through a"
            " common supplier, competition law may be broken by all three."
        ),
        mistakes=[
            ("hint", _("A hint about a competitor's terms is information about them.")),
            ("trade", _("What would this customer think you tell others?")),
        ],
        hints=[_("How would they take it if you told others?")],
    )


@question("15.who_depends", lesson=15, objective="dependence", part="quiz")
def _who_depends(_room: Room) -> Match:
    right = {"big": "we", "small": "they", "both": "each", "none": "free"}
    return Match(
        _("Who depends on whom?"),
        items={
            "big": _("25% of our revenue; we are 5% of their purchases"),
            "small": _("0.5% of our revenue; we are 90% of their purchases"),
            "both": _("20% of our revenue; we are 70% of their purchases"),
            "none": _("1% of our revenue; we are 4% of their purchases"),
        },
        options={
            "we": _("we on them"),
            "they": _("they on us"),
            "each": _("both"),
            "free": _("neither"),
        },
        right=right,
        why=_(
            "Dependence has two sides. Where it is one-sided, the stronger side is tempted; where"
            " it is mutual, both have a reason to behave."
        ),
        mistakes=[
            (
                {**right, "big": "they", "small": "we"},
                _("Who would have more trouble finding another: look at the larger share."),
            ),
            (
                {**right, "both": "free", "none": "each"},
                _("Where both shares are large, both depend."),
            ),
        ],
        hints=[_("A large share of our revenue is our dependence.")],
    )


@question("15.what_goes", lesson=15, objective="negotiate", part="quiz")
def _what_goes(room: Room) -> Number:
    left, serve = 800 + 50 * (room.seed % 5), 1000 + 100 * (room.seed % 3)
    avoided = 50 + 10 * (room.seed % 2)
    right = left - serve * avoided // 100
    return Number(
        _(
            "An account brings a contribution of {left},000 and costs {serve},000 to serve. If they"
            " go, {avoided}% of the cost of serving goes away. How many thousands a year are we"
            " then worse off?",
            left=number(left),
            serve=number(serve),
            avoided=number(avoided),
        ),
        right=right,
        unit=_("thousand"),
        why=_("The contribution is gone; only the avoided cost is saved."),
        mistakes=[
            (serve - left, _("That is its loss as we count it, if all costs went away.")),
            (left, _("Some of the cost of serving goes away: take that off.")),
            (serve * avoided // 100, _("That is what we save. What do we lose?")),
        ],
        hints=[_("Lost contribution, less the cost that goes away.")],
    )
