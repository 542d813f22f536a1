"""Lesson 5, forecast: lifetime value, whether to believe it, and why revenue moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.learn.kinds import Accounts, Choice, Match, Number
from kamkit.learn.register import question
from kamkit.learn.written import Code, Point, Text, claims, has_number, mentions, words

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.learn.room import Room

_MONEY_COSTS = 0.10
_LARGEST = 50
_PROMISE = (
    "The model is scientific and its forecast is certain: the customers will bring exactly"
    " 155 million, so we can spend the money now and need no plan."
)


def _tested(room: Room) -> tuple[pd.Series, pd.Series]:
    """Return what the test says of the model and of the naive rule."""
    table = room.analysis.holdout.table
    return table.iloc[0], table.iloc[1]


@question("05.how_far_off", lesson=5, objective="believe", part="predict")
def _how_far_off(room: Room) -> Number:
    model, _naive = _tested(room)
    return Number(
        _(
            "A model foresees how many purchases all accounts will make in a year it has not seen."
            " By how many per cent will it be off in total? Guess, without a sign."
        ),
        right=abs(float(model["error"])),
        share=True,
        within=0.01,
        decimals=1,
        why=_("You guessed within one percentage point."),
        mistakes=[
            (0, _("To the last purchase? That would be luck.")),
            (lambda x: x >= 0.5, _("Then a coin would do as well."), "50"),
        ],
        hints=[_("There is no wrong guess. Write per cent, between 0 and 100.")],
    )


@question("05.sum_of_ten", lesson=5, objective="lifetime", part="do")
def _sum_of_ten(room: Room) -> Code:
    table = room.analysis.lifetime_values
    if len(table.index) < 12:
        raise MissingTable(
            _("There are too few accounts to compare them."),
            remedy=_("Take a ledger with more accounts."),
        )
    return Code(
        _(
            "Write one line of pandas: the sum of the ten highest lifetime values. The table is"
            " called lifetime, its column lifetime_value."
        ),
        right=table["lifetime_value"].nlargest(10).sum(),
        tables={"lifetime": table},
        such_as='lifetime["lifetime_value"].nlargest(10).sum()',
        mistakes=[
            (
                'lifetime["lifetime_value"].sum()',
                _("That is the sum of all. Take the ten highest first."),
            ),
            (
                'lifetime["lifetime_value"].nlargest(10).mean()',
                _("That is their mean. The sum, please."),
            ),
            (
                'lifetime["revenue"].nlargest(10).sum()',
                _("That is revenue of the past. The column is lifetime_value."),
            ),
        ],
        hints=[
            _('A column: lifetime["lifetime_value"]. Its ten highest: .nlargest(10).'),
            _("Put .sum() behind the ten highest."),
        ],
        why=_("A few accounts carry most of what is to come, as they do of what has been."),
    )


@question("05.how_wide", lesson=5, objective="lifetime", part="do")
def _how_wide(room: Room) -> Number:
    best = room.analysis.lifetime_values.nlargest(1, "lifetime_value").iloc[0]
    low, high = float(best["lifetime_value_low"]), float(best["lifetime_value_high"])
    value = float(best["lifetime_value"])
    if not low > 0:
        raise MissingTable(
            _("The interval of the account with the highest lifetime value begins below zero."),
            remedy=_("Take another ledger."),
        )
    return Number(
        _(
            "Take the account with the highest lifetime value. How many times as high as the low"
            " end of its interval is the high end?"
        ),
        right=high / low,
        within=0.06,
        decimals=1,
        unit=_("times"),
        why=_("The number in the middle hides this. Quote the interval with it."),
        mistakes=[
            (high / value, _("That is the high end against the middle. Against the low end.")),
            (value / low, _("That is the middle against the low end. The high end, please.")),
            (low / high, _("Other way round: high divided by low.")),
        ],
        hints=[
            _("The first row of the table has both ends."),
            _("The high end divided by the low end."),
        ],
    )


@question("05.closer_than_naive", lesson=5, objective="believe", part="do")
def _closer_than_naive(room: Room) -> Number:
    model, naive = _tested(room)
    off, rule = float(model["absolute_error"]), float(naive["absolute_error"])
    return Number(
        _(
            "Per account: by how many purchases is the model closer to the truth than “as often as"
            " before”? (Below zero if it is further away.)"
        ),
        right=rule - off,
        within=0.015,
        decimals=2,
        unit=_("purchases"),
        why=_("Is that worth a model? You decide; but you know what it buys you."),
        mistakes=[
            (off, _("So far off is the model. How far is the naive rule?")),
            (rule, _("So far off is the naive rule. How far is the model?")),
            (off - rule, _("The sign is the other way: above zero means the model is closer.")),
        ],
        hints=[
            _("The finding says how far off each of them was per account."),
            _("Naive rule less model."),
        ],
    )


@question("05.least_alive", lesson=5, objective="believe", part="do")
def _least_alive(room: Room) -> Accounts:
    table = room.analysis.lifetime_values
    large = table.nlargest(_LARGEST, "revenue")
    if len(table.index) <= _LARGEST:
        raise MissingTable(
            _("There are too few accounts to compare them."),
            remedy=_("Take a ledger with more accounts."),
        )
    right = large.nsmallest(1, "probability_alive")["account_id"].tolist()
    tries = [
        (
            table.nsmallest(1, "probability_alive")["account_id"].tolist(),
            _("That one is least likely of all, but it is not among the fifty largest."),
        ),
        (
            large.nlargest(1, "probability_alive")["account_id"].tolist(),
            _("That one is the most likely to be active."),
        ),
        (
            large.nsmallest(1, "lifetime_value")["account_id"].tolist(),
            _("That one has the lowest value: it loses money, but it may well be active."),
        ),
        (
            large.nsmallest(2, "probability_alive")["account_id"].tolist()[1:],
            _("That is the second least likely."),
        ),
    ]
    return Accounts(
        _("Of the fifty largest accounts by revenue: which one is least likely to be active?"),
        right=right,
        among=room.names,
        count=1,
        why=_("Is it on the list of those who are late, too? Two ways to look, one question."),
        mistakes=[one for one in tries if one[0] != right],
        hints=[
            _("Sort the fifty by the probability of being active."),
            _('Write large.sort_values("probability_alive").head(1)'),
        ],
    )


@question("05.from_price", lesson=5, objective="explain", part="do")
def _from_price(room: Room) -> Number:
    row = room.analysis.price_volume_mix.table.iloc[0]
    change, price = float(row["change"]), float(row["price_effect"])
    if abs(change) < 1:
        raise MissingTable(
            _("Revenue did not move, so there is nothing to explain."),
            remedy=_("Take another ledger."),
        )
    return Number(
        _("What share of the change in revenue comes from price alone?"),
        right=price / change,
        share=True,
        within=0.015,
        decimals=1,
        why=_("The rest is volume and mix. Price is the part that can be undone in a letter."),
        mistakes=[
            (
                price / float(row["revenue_before"]),
                _("That is the price effect as a share of last year’s revenue."),
            ),
            (float(row["volume_effect"]) / change, _("That is the volume. What of the price?")),
            (float(row["mix_effect"]) / change, _("That is the mix. What of the price?")),
        ],
        hints=[
            _("The finding has the change and its parts."),
            _("The price effect divided by the change."),
        ],
    )


@question("05.weekly_customer", lesson=5, objective="believe", part="trap")
def _weekly_customer(_room: Room) -> Choice:
    return Choice(
        _(
            "A customer has ordered every Monday for two years and not for three weeks. The model"
            " says: active with a probability of 95%. What do you do?"
        ),
        options={
            "call": _("Call: the model does not know that they buy by the calendar."),
            "wait": _("Wait: 95% is as good as certain."),
            "drop": _("Write them off: three orders are missing."),
            "refit": _("Fit the model again, until it says less."),
        },
        right="call",
        why=_(
            "The model assumes that purchases come at random, so three weeks are nothing special"
            " to it. For a customer of the calendar it is: use the rhythm of lesson 4."
        ),
        mistakes=[
            ("wait", _("A probability is as good as its assumption. Which one is made here?")),
            ("drop", _("Three weeks are an alarm, not a verdict.")),
            ("refit", _("A number that is turned until it pleases tells nothing.")),
        ],
        hints=[
            _("What does the model know about the customer: times, or Mondays?"),
            _("Which of the two tools, rhythm or model, sees a calendar?"),
        ],
    )


def _has_test() -> Point:
    """Return the point that a text says how the forecast was tested."""
    return mentions(
        _("says how it was tested"),
        *("test", "held", "hid", "not seen", "compar", "check", "naive", "simple", "off"),
        *("sammenlign", "sjekk", "prøv", "naiv", "holdt", "skjul", "bom", "avvik"),
        unmet=_("Say how the forecast was tested."),
    )


@question("05.how_far_we_trust", lesson=5, objective="believe", part="write")
def _how_far_we_trust(room: Room) -> Text:
    model, naive = _tested(room)
    return Text(
        _(
            "Write two or three sentences to the board: for what may the forecast be used here, for"
            " what not, and how was it tested?"
        ),
        points=[
            words(20),
            has_number(),
            _has_test(),
            mentions(
                _("says what it is not good for"),
                *("not", "never", "no ", "only", "cannot", "don’t", "don't", "ikke", "aldri"),
                *("bare", "kun"),
                unmet=_("Say for what it should not be used."),
            ),
        ],
        model=_(
            "Tested on a year that it had not seen, the model was off by {off} in total; the naive"
            " rule was off by {rule}. We may use it to see which accounts carry the next years. We"
            " do not use it to decide about a single account: for that we look at its rhythm.",
            off=percent(abs(float(model["error"]))),
            rule=percent(abs(float(naive["error"]))),
        ),
        heading=_("How far we trust the forecast"),
        why=_("It is in your plan."),
        mistakes=[
            (
                claims("is certain", "are certain", "exactly", "er sikker", "helt sikker"),
                _("No forecast is certain. Give its interval, or how far off it was."),
                _PROMISE,
            )
        ],
        hints=[
            _("How far off in total, and how far off per account?"),
            _("One sentence on the test, one on the use, one on the limit."),
        ],
    )


@question("05.multiple", lesson=5, objective="lifetime", part="quiz")
def _multiple(room: Room) -> Number:
    stays = 0.80 + 0.05 * (room.seed % 3)
    return Number(
        _(
            "A customer leaves the same margin each year, stays with {stays} from year to year, and"
            " money costs {costs}. How many yearly margins are the years after this one worth?",
            stays=percent(stays, 0),
            costs=percent(_MONEY_COSTS, 0),
        ),
        right=stays / (1 + _MONEY_COSTS - stays),
        within=0.02,
        decimals=2,
        unit=_("margins"),
        why=_("r / (1 + i − r), with r the probability of staying and i what money costs."),
        mistakes=[
            (
                1 / (1 - stays),
                _("That is how many years they stay on average. Later money is worth less."),
            ),
            (stays / (1 - stays), _("That is without what money costs.")),
            (
                1 + stays / (1 + _MONEY_COSTS - stays),
                _("That counts this year, too. The years after it, please."),
            ),
        ],
        hints=[
            _("The formula stands under “Look: what a lifetime is made of”."),
            _("The probability, divided by one plus the rate less the probability."),
        ],
    )


@question("05.made_of", lesson=5, objective="lifetime", part="quiz")
def _made_of(_room: Room) -> Choice:
    return Choice(
        _("What is lifetime value made of? Mark all."),
        options={
            "buys": _("how often they are expected to buy"),
            "spends": _("how much they spend each time"),
            "margin": _("what is left of it after goods and service"),
            "discount": _("a yearly rate that makes later money worth less"),
            "past": _("all that they have bought so far"),
        },
        right={"buys", "spends", "margin", "discount"},
        why=_("The past teaches the model; it is not counted once more."),
        mistakes=[
            (
                ["buys", "spends", "margin", "discount", "past"],
                _("Lifetime value looks ahead. What has been bought is paid."),
            ),
            (["buys", "spends", "discount"], _("Revenue alone? What is left of it?")),
            (["past"], _("That is revenue. Lifetime value looks ahead.")),
        ],
        hints=[_("Four of the five.")],
    )


@question("05.naive_first", lesson=5, objective="believe", part="quiz")
def _naive_first(_room: Room) -> Choice:
    return Choice(
        _("Somebody shows a forecast that was off by 3% last year. What do you ask first?"),
        options={
            "rule": _("How far off was the simplest rule on the same data?"),
            "name": _("What is the model called?"),
            "more": _("Can it be made 2%?"),
        },
        right="rule",
        why=_("If “as before” is off by 2%, the model has made things worse."),
        mistakes=[
            ("name", _("A name foresees nothing.")),
            ("more", _("Is 3% good or bad? Compared with what?")),
        ],
        hints=[_("3% is good or bad only beside another number.")],
    )


@question("05.price_volume", lesson=5, objective="explain", part="quiz")
def _price_volume(_room: Room) -> Match:
    return Match(
        _("Revenue rose. Which effect is it?"),
        items={
            "letter": _("The same goods in the same numbers, 3% dearer."),
            "pieces": _("The same goods at the same prices, 3% more of each."),
            "dearer": _("As many pieces at the same prices, but more of the dear ones."),
        },
        options={"price": _("price"), "volume": _("volume"), "mix": _("mix")},
        right={"letter": "price", "pieces": "volume", "dearer": "mix"},
        why=_("The three add up to the change, to the krone."),
        mistakes=[
            (
                {"letter": "price", "pieces": "mix", "dearer": "volume"},
                _("As many pieces: so it cannot be the volume."),
            ),
            (
                {"letter": "mix", "pieces": "volume", "dearer": "price"},
                _("No price changed where more of the dear ones were bought."),
            ),
        ],
        hints=[_("Ask of each: did prices change? Did the number of pieces?")],
    )


@question("05.bridge_adds_up", lesson=5, objective="explain", part="quiz")
def _bridge_adds_up(room: Room) -> Number:
    new, lost, grown, shrunk = 8 + room.seed % 5, 6 + room.seed % 3, 20, 15 + room.seed % 4
    change = new - lost + grown - shrunk
    return Number(
        _(
            "Last year: 200 million. New accounts gave {new}, growing ones {grown}; lost ones took"
            " {lost}, shrinking ones {shrunk}. What is revenue this year, in million?",
            new=number(new),
            grown=number(grown),
            lost=number(lost),
            shrunk=number(shrunk),
        ),
        right=200 + change,
        unit=_("million"),
        why=_("A bridge adds up exactly. If it does not, somebody has been forgotten."),
        mistakes=[
            (change, _("That is the change. What is the revenue this year?")),
            (200 + new + grown, _("Those who left and shrank are missing.")),
            (200 + new - lost, _("Those who stayed have changed, too.")),
        ],
        hints=[_("Begin with 200, add what came, take off what went.")],
    )
