"""Lesson 3, what an account earns: contribution, cost to serve, the whale, terms and discounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.learn.kinds import Accounts, Choice, Number, Order
from kamkit.learn.register import question
from kamkit.learn.written import Point, Text, claims, has_account, has_number, mentions, words
from kamkit.money import scaled

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.learn.room import Room

_FEE = 500
_DISCOUNT = 0.05
_MILLION = 1e6
_FAREWELL = (
    "We should drop this customer, the largest loss of all: without them our profit would be"
    " 20 million higher and our drivers could go home earlier."
)


def _worst(room: Room) -> pd.Series:
    """Return the account that loses most."""
    losses = room.analysis.loss_makers
    if not len(losses.index):
        raise MissingTable(
            _("No account loses money in this ledger."),
            remedy=_("Take a ledger with the costs of serving."),
        )
    worst: pd.Series = losses.iloc[0]
    return worst


def _millions(room: Room) -> str:
    return str(_("{currency} million", currency=room.analysis.about.currency))


@question("03.how_many_lose", lesson=3, objective="whale", part="predict")
def _how_many_lose(room: Room) -> Number:
    profit = room.analysis.profits["profit"]
    return Number(
        _("What share of the accounts costs more than it brings? Guess."),
        right=float((profit < 0).mean()),
        share=True,
        within=0.05,
        decimals=1,
        why=_("You guessed within five percentage points."),
        mistakes=[
            (lambda x: x == 0, _("Somebody always does. The question is how many."), "0"),
            (lambda x: x == 1, _("Then the company would not last long."), "100"),
        ],
        hints=[_("There is no wrong guess. Write per cent, between 0 and 100.")],
    )


def _one_activity(room: Room, known: list[float], left: float) -> list[tuple[float, str]]:
    """Return the mistake to take one activity for all, where no other answer is near it."""
    one = float(room.analysis.rate_table["cost_to_serve"].max()) / left
    if any(abs(one - other) < 0.025 for other in known):
        return []
    return [(one, _("That is one activity. Add up all of them."))]


@question("03.share_served", lesson=3, objective="contribution", part="do")
def _share_served(room: Room) -> Number:
    sums = room.analysis.profits[["cost_to_serve", "contribution", "revenue", "profit"]].sum()
    served, left, revenue, profit = (float(one) for one in sums)
    mistakes = [
        (served / revenue, _("That is of the revenue. Of the contribution, please.")),
        (
            profit / left,
            _("That is what is left after service and credit. How much does service take?"),
        ),
        (
            left / revenue,
            _("That is the contribution as a share of revenue: the contribution ratio."),
        ),
    ]
    mistakes += _one_activity(room, [served / left, *(one for one, _text in mistakes)], left)
    return Number(
        _("What share of the contribution of all accounts goes to serving them?"),
        right=served / left,
        share=True,
        within=0.01,
        decimals=1,
        why=_("Before anybody is paid in the office, so much of what the goods leave is used up."),
        mistakes=mistakes,
        hints=[
            _("The cost to serve is the sum of all activities: the last column of their table."),
            _("The contribution is in the picture of the steps."),
            _("Divide the cost to serve by the contribution."),
        ],
    )


@question("03.rank_by_profit", lesson=3, objective="contribution", part="do")
def _rank_by_profit(room: Room) -> Number:
    table = room.analysis.profits
    largest = table.nlargest(1, "revenue").iloc[0]
    by_contribution = int(table["contribution"].rank(ascending=False, method="min")[largest.name])
    return Number(
        _("The account with the largest revenue: which place does it have by profit?"),
        right=int(largest["rank_profit"]),
        why=_("Revenue tells how much they buy, profit what is left of it: two lists."),
        mistakes=[
            (1, _("That is its place by revenue.")),
            (by_contribution, _("That is its place by contribution, before service and credit.")),
            (len(table) // 2, _("You guessed the middle. The table tells more.")),
        ],
        hints=[
            _("The table has a column with the place by profit."),
            _("The first row: the last column."),
        ],
    )


@question("03.costliest_activity", lesson=3, objective="serve", part="do")
def _costliest_activity(room: Room) -> Number:
    worst = _worst(room)
    cost = room.analysis.cost_to_serve
    own = cost[cost["account_id"] == worst["account_id"]].nlargest(2, "cost_to_serve")
    if len(own) < 2:
        raise MissingTable(
            _("This account has only one activity."),
            remedy=_("Take a ledger with a table of activities."),
        )
    dear = own.iloc[0]
    everybody = float(cost.loc[cost["activity"] == dear["activity"], "cost_to_serve"].sum())
    return Number(
        _(
            "At the account that loses most: what does its costliest activity cost, in"
            " {currency} million?",
            currency=room.analysis.about.currency,
        ),
        right=float(dear["cost_to_serve"]) / _MILLION,
        unit=_millions(room),
        near=0.01,
        decimals=1,
        why=_("It is counted, times a rate. Both can be changed: the count by an agreement."),
        mistakes=[
            (
                float(worst["cost_to_serve"]) / _MILLION,
                _("That is all of its activities. What does the costliest one cost?"),
            ),
            (everybody / _MILLION, _("That is this activity at all accounts together.")),
            (
                float(own.iloc[1]["cost_to_serve"]) / _MILLION,
                _("That is the second. One costs more."),
            ),
        ],
        hints=[
            _("The table of its activities is sorted by what they cost."),
            _("Divide by a million."),
        ],
    )


def _without_express(room: Room, right: float) -> list[tuple[Any, ...]]:
    """Return the mistake of forgetting the express deliveries, where that makes a difference."""
    served = room.analysis.cost_to_serve
    kind = served["activity"].str.casefold()
    plain = kind.str.contains("deliver|lever") & ~kind.str.contains("express|ekspress")
    fees = float(served.loc[plain, "quantity"].sum()) * _FEE / _MILLION
    sentence = _("Those are the ordinary deliveries. The fee is paid for express deliveries too.")
    return [(fees, sentence)] if 0 < fees < 0.955 * right else []


@question("03.delivery_fee", lesson=3, objective="terms", part="do")
def _delivery_fee(room: Room) -> Number:
    before = float(room.analysis.profits["profit"].sum()) / _MILLION
    changed = room.analysis.change(delivery_fee=float(_FEE)).what_if.table
    after = float(changed["profit_after"].sum()) / _MILLION
    return Number(
        _(
            "Move the slider “{slider}” to {fee}: so much is paid for each delivery, express"
            " or not. By how many {currency} million does the profit of all accounts rise, if"
            " nobody changes anything?",
            slider=_("Delivery fee"),
            fee=number(_FEE),
            currency=room.analysis.about.currency,
        ),
        right=after - before,
        unit=_millions(room),
        near=0.04,
        decimals=1,
        why=_(
            "If nobody changes anything: the slider cannot know who leaves or orders less often."
        ),
        mistakes=[
            (after, _("So much is left with the fee. By how much is that more than before?")),
            (before, _("So much is left without the fee. By how much does it rise?")),
            (
                float(changed["change"].max()) / _MILLION,
                _("That is the account that pays most fees. All accounts together, please."),
            ),
            *_without_express(room, after - before),
        ],
        hints=[
            _("The title of the picture says what is left with the fee, the finding what is now."),
            _("What is left with the fee less what is left without it."),
        ],
    )


@question("03.usual_discount", lesson=3, objective="terms", part="do")
def _usual_discount(room: Room) -> Number:
    worst = _worst(room)
    table = room.analysis.account_discounts
    own = table[table["account_id"] == worst["account_id"]]
    excess = float(own["excess_amount"].sum())
    if not excess > 0:
        raise MissingTable(
            _("The account that loses most has no more discount than is usual."),
            remedy=_("Take another ledger."),
        )
    return Number(
        _(
            "With the discount that is usual for its volume: how many {currency} million more"
            " would the account that loses most have paid?",
            currency=room.analysis.about.currency,
        ),
        right=excess / _MILLION,
        unit=_millions(room),
        near=0.02,
        decimals=1,
        why=_("Compare it with what the account loses: terms alone would mend a good part of it."),
        mistakes=[
            (
                float(own["discount"].sum()) / _MILLION,
                _("That is the whole discount. How much of it is more than usual?"),
            ),
            (
                -float(worst["profit"]) / _MILLION,
                _("That is what the account loses. How much is the discount above the usual?"),
            ),
            (
                float(own["list_amount"].sum()) / _MILLION,
                _("That is what it would have paid without any discount, in all."),
            ),
        ],
        hints=[
            _("The table has the discount and the usual discount, in per cent of the list price."),
            _("The difference of the two, times the amount at list price."),
        ],
    )


@question("03.drop_them", lesson=3, objective="whale", part="trap")
def _drop_them(_room: Room) -> Choice:
    return Choice(
        _("A colleague wants to drop all accounts that lose money. Does profit rise by that loss?"),
        options={
            "stay": _("Hardly: their contribution goes at once, vans and people stay for now."),
            "rises": _("Yes: without them their losses are gone."),
            "more": _("Yes, and by more: the others can be served better."),
            "same": _("No: profit does not depend on who the customers are."),
        },
        right="stay",
        why=_(
            "The loss is calculated with average rates. A van costs the same half empty. First"
            " change prices, order sizes and deliveries; a farewell is the last step."
        ),
        mistakes=[
            ("rises", _("What becomes of the vans and the people that served them?")),
            ("more", _("Perhaps in some years. What happens to the costs next month?")),
            ("same", _("It does, very much: see the curve. But which costs go when they go?")),
        ],
        hints=[
            _("Which costs disappear on the day the customer does?"),
            _("Think of a delivery van with one stop less."),
        ],
    )


def _has_term() -> Point:
    """Return the point that a text names what to change."""
    return mentions(
        _("says what to change: price, discount, orders, deliveries, payment"),
        *("price", "discount", "order", "deliver", "payment", "credit", "terms", "fee"),
        *("express", "return", "minimum", "pris", "rabatt", "bestilling", "ordre", "lever"),
        *("betaling", "kreditt", "vilkår", "gebyr", "ekspress", "retur"),
        unmet=_("Say which term you would change."),
    )


@question("03.mend_it", lesson=3, objective="terms", part="write")
def _mend_it(room: Room) -> Text:
    worst = _worst(room)
    return Text(
        _(
            "Write two or three sentences to the sales director about the account that loses most:"
            " what it costs us, and which terms you would change first."
        ),
        points=[words(20), has_account(room.names), has_number(), _has_term()],
        model=_(
            "{name} has cost us {loss} more than they paid. I would begin with the discount and"
            " with fewer, larger deliveries, and offer them a fixed delivery day in return.",
            name=room.names.get(str(worst["account_id"])) or str(worst["account_id"]),
            loss=scaled(-float(worst["profit"]), room.analysis.about.currency),
        ),
        heading=_("What our most expensive account costs"),
        why=_("It is in your plan."),
        mistakes=[
            (
                claims(
                    *("drop them", "drop this customer", "drop the customer", "get rid of"),
                    *("droppe dem", "droppe kunden", "kvitte oss"),
                ),
                _("A farewell is the last step. Which term would you change first?"),
                _FAREWELL,
            )
        ],
        hints=[
            _("Name the customer, the loss, and one term."),
            _("What could the customer get in return?"),
        ],
    )


@question("03.steps_down", lesson=3, objective="contribution", part="quiz")
def _steps_down(_room: Room) -> Order:
    return Order(
        _("From the most to the least: put the steps in their order."),
        options={
            "profit": _("customer profit"),
            "listed": _("amount at list price"),
            "left": _("contribution"),
            "net": _("revenue"),
        },
        right=["listed", "net", "left", "profit"],
        why=_("Less discounts, less the goods, less service and credit."),
        mistakes=[
            (
                ["net", "listed", "left", "profit"],
                _("Discounts are taken off the list price; what is left is the revenue."),
            ),
            (
                ["listed", "net", "profit", "left"],
                _("Contribution comes before the cost to serve is taken off."),
            ),
        ],
        hints=[_("What is taken off at each step: discounts, goods, service.")],
    )


@question("03.top_of_the_whale", lesson=3, objective="whale", part="quiz")
def _top_of_the_whale(room: Room) -> Number:
    table = room.analysis.whale.table
    profit = table["profit"]
    total = float(profit.sum())
    if total <= 0:
        raise MissingTable(
            _("All accounts together lose money, so the curve has no end to compare with."),
            remedy=_("Take another ledger."),
        )
    earned = float(profit.clip(lower=0).sum())
    return Number(
        _("How high is the top of the whale curve, in per cent of the profit at its end?"),
        right=earned / total,
        share=True,
        within=0.01,
        decimals=1,
        why=_("What is above 100% was earned and then lost again at other accounts."),
        mistakes=[
            (earned / total - 1, _("So much is lost again. How high is the top itself?")),
            (1.0, _("That is the end of the curve. The top is before it.")),
        ],
        hints=[
            _("What those that earn bring, divided by what remains in the end."),
            _("The finding gives both amounts."),
        ],
    )


@question("03.most_profitable", lesson=3, objective="contribution", part="quiz")
def _most_profitable(room: Room) -> Accounts:
    table = room.analysis.profits
    if len(table) < 5:
        raise MissingTable(
            _("There are too few accounts to compare them."),
            remedy=_("Take a ledger with more accounts."),
        )
    right = table.nlargest(1, "profit")["account_id"].tolist()
    wrong = {
        "revenue": _("That one has the largest revenue. Which leaves most in the end?"),
        "cost_to_serve": _("That one costs most to serve."),
        "profit_ratio": _("That one leaves most of each krone. Which leaves most in all?"),
    }
    tops = {by: table.nlargest(1, by)["account_id"].tolist() for by in wrong}
    second = table.nlargest(2, "profit")["account_id"].tolist()[1:]
    return Accounts(
        _("Which account has the largest profit after goods, service and credit?"),
        right=right,
        among=room.names,
        count=1,
        why=_("It is a candidate; whether it becomes a key account is for lesson 6."),
        mistakes=[
            *[(tops[by], text) for by, text in wrong.items() if tops[by] != right],
            (second, _("That is the second.")),
        ],
        hints=[
            _("The whale curve begins with it; its place by profit is 1."),
            _("In the table of two places: who has place 1 by profit?"),
        ],
    )


@question("03.discount_and_volume", lesson=3, objective="terms", part="quiz")
def _discount_and_volume(room: Room) -> Number:
    ratio = 0.25 + 0.05 * (room.seed % 4)
    return Number(
        _(
            "A customer leaves {ratio} of the list price as contribution and gets {discount} off."
            " By how much must the volume rise to leave as much as before?",
            ratio=percent(ratio, 0),
            discount=percent(_DISCOUNT, 0),
        ),
        right=_DISCOUNT / (ratio - _DISCOUNT),
        share=True,
        within=0.006,
        decimals=1,
        why=_("Each unit leaves less, so that more units must leave the same."),
        mistakes=[
            (_DISCOUNT, _("That is the discount. Of each sale, how much less is left?")),
            (
                _DISCOUNT / ratio,
                _("So much less is left of each sale. To make up for it takes a little more."),
            ),
        ],
        hints=[
            _("Of 100 kroner at list price: what was left before, what is left now?"),
            _("Before divided by now, less one."),
        ],
    )


@question("03.no_activities", lesson=3, objective="serve", part="quiz")
def _no_activities(_room: Room) -> Choice:
    return Choice(
        _("A ledger has the cost of goods and no activities. What do you know of an account?"),
        options={
            "until": _("Its contribution; what it costs to serve is unknown."),
            "zero": _("Its profit: no activities means no cost to serve."),
            "spread": _("Its profit, if all other costs are spread by revenue."),
        },
        right="until",
        why=_("Not known is not zero. And spread by revenue, all accounts look alike."),
        mistakes=[
            ("zero", _("The deliveries took place, whether or not somebody counted them.")),
            (
                "spread",
                _("That gives a number that says nothing: it treats dear and cheap ones alike."),
            ),
        ],
        hints=[_("Is a cost that nobody has counted zero?")],
    )
