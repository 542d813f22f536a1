"""Lesson 9, what goes together: support, confidence, lift, chance, and a test on later years."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.learn.kinds import Choice, Number
from kamkit.learn.register import question
from kamkit.learn.written import Code, Point, Text, claims, has_number, mentions, words

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.learn.room import Room

_SURE, _WIDE = 0.05, 0.20
_LIFT = "We offer the pair with lift 2.1 to 28 accounts, because lift is above 1 and so it works."
_MODEL = "The model says that 28 of them will buy abrasives, therefore they will, within a year."


def _pairs(room: Room) -> pd.DataFrame:
    """Return the rules of what is bought together, the surest first."""
    table: pd.DataFrame = room.analysis.require("affinity").table
    if len(table) < 6:
        raise MissingTable(
            _("There are too few pairs of product groups."),
            remedy=_("Use a ledger with more groups."),
        )
    return table


@question("09.share_holds", lesson=9, objective="chance", part="predict")
def _share_holds(room: Room) -> Number:
    table = _pairs(room)
    return Number(
        _(
            "Of all pairs of product groups, what share is bought together more often than chance"
            " would bring it? Guess."
        ),
        right=float(table["holds"].mean()),
        share=True,
        within=0.03,
        decimals=0,
        why=_("You guessed within three percentage points."),
        mistakes=[
            (0.8, _("So many have a lift above 1. See what remains when breadth is taken off.")),
            (0.5, _("Half of them would be a lot. See how many are sure.")),
        ],
        hints=[_("There is no wrong guess. Write a number between 0 and 100.")],
    )


@question("09.lift", lesson=9, objective="pairs", part="do")
def _lift(room: Room) -> Code:
    table = _pairs(room)
    row = table.iloc[0]
    accounts = round(float(row["both_baskets"] / row["support_share"]))
    counts = ["leader", "follower", "leader_baskets", "follower_baskets", "both_baskets"]
    both = "pairs.loc[0, 'both_baskets']"
    leader, follower = "pairs.loc[0, 'leader_baskets']", "pairs.loc[0, 'follower_baskets']"
    return Code(
        _(
            "The table pairs has the counts, n is the number of accounts. Write an expression for"
            " the lift of the first row."
        ),
        right=float(row["lift"]),
        near=0.002,
        tables={"pairs": table[counts].reset_index(drop=True), "n": accounts},
        such_as=f"({both} / {leader}) / ({follower} / n)",
        why=_("Confidence by the share that buys the follower anyway. It is the same both ways."),
        mistakes=[
            (f"{both} / {leader}", _("That is the confidence. How many buy it anyway?")),
            (f"{both} / n", _("That is the support: how many accounts buy both.")),
            (
                f"{both} / {leader} / {follower}",
                _("By the share that buys the follower, not by their number."),
            ),
        ],
        hints=[
            _("First the confidence: of those who buy the leader, how many buy both?"),
            _("Then the share of all n accounts that buys the follower."),
            _("pairs.loc[0, 'both_baskets'] is the first count of that column."),
        ],
    )


@question("09.above_one", lesson=9, objective="chance", part="do")
def _above_one(room: Room) -> Code:
    table = _pairs(room)
    rows = int((table["lift"] > 1).sum())
    return Code(
        _(
            "The table pairs has a row for each direction of each pair. Write an expression for"
            " the number of pairs with a lift above 1."
        ),
        right=rows // 2,
        near=0.0,
        tables={"pairs": table.reset_index(drop=True)},
        such_as="(pairs['lift'] > 1).sum() // 2",
        why=_("Far more than hold: among unequal accounts nearly every lift is above 1."),
        mistakes=[
            ("(pairs['lift'] > 1).sum()", _("Each pair is counted twice, once each way.")),
            ("len(pairs) // 2", _("Those are all pairs.")),
            ("pairs['holds'].sum() // 2", _("Those are the pairs that hold.")),
        ],
        hints=[
            _("A comparison gives true or false for each row; sum() counts what is true."),
            _("Every pair stands there in both directions."),
        ],
    )


@question("09.by_breadth", lesson=9, objective="chance", part="do")
def _by_breadth(room: Room) -> Number:
    row = _pairs(room).iloc[0]
    independent = float(row["leader_baskets"] * row["follower_baskets"])
    independent /= float(row["both_baskets"] / row["support_share"])
    return Number(
        _(
            "The surest pair: how many accounts would buy both if only the breadth of their buying"
            " decided?"
        ),
        right=float(row["chance_baskets"]),
        near=0.012,
        unit=_("accounts"),
        why=_("What is above that number is what the two have to do with each other."),
        mistakes=[
            (float(row["both_baskets"]), _("So many do buy both. How many would by breadth?")),
            (
                independent,
                _("That is without breadth: as if all accounts bought equally many groups."),
            ),
            (
                float(row["both_baskets"] - row["chance_baskets"]),
                _("That is how many there are above it."),
            ),
        ],
        hints=[
            _("The table has those who buy both, and how many times chance that is."),
            _("Divide one by the other."),
        ],
    )


@question("09.more_noise", lesson=9, objective="chance", part="do")
def _more_noise(room: Room) -> Number:
    from kamkit.explore.trials import pairs_once

    false = pairs_once(room.analysis.require("affinity").table)["q_value"]
    right, usual = int((false <= _WIDE).sum()), int((false <= _SURE).sum())
    if not right > usual:
        raise MissingTable(
            _("In this ledger no further pair comes in when the line is moved."),
            remedy=_("Take a ledger with more product groups."),
        )
    mistakes = [
        (right - usual, _("So many come in. How many hold in all?")),
        (usual, _("That is at {share}. Move the slider.", share=percent(_SURE, 0))),
        (2 * right, _("That counts both directions. Here a pair counts once.")),
    ]
    return Number(
        _(
            "Move the slider “{slider}” from 5 to {wide}. How many pairs hold then?",
            slider=_("False discoveries at most (%)"),
            wide=number(100 * _WIDE),
        ),
        right=right,
        unit=_("pairs"),
        why=_(
            "Up to {n} of them may be chance, and nobody can tell which.",
            n=number(math.ceil(right * _WIDE)),
        ),
        mistakes=[mistake for mistake in mistakes if mistake[0] != right],
        hints=[
            _("The title of the picture says how many hold."),
            _("The number before “pairs hold”."),
        ],
    )


@question("09.ahead", lesson=9, objective="holdout", part="do")
def _ahead(room: Room) -> Number:
    check = room.analysis.require("product_recommendation_check")
    if not check:
        raise MissingTable(
            _("The ledger knows product groups or products, not both."),
            remedy=_("Add the column product_id."),
        )
    # in per cent: small shares are not told from per cent when they are typed
    recall = 100 * check.table.set_index("method")["recall"]
    ours, popular = float(recall["by_affinity"]), float(recall["most_popular"])
    groups = 100 * room.analysis.require("recommendation_check").table.set_index("method")["recall"]
    reasons = [
        (ours, _("That is what the recommendations name. How much more is it?")),
        (popular, _("That is what the most popular name.")),
        (
            float(groups["by_affinity"] - groups["most_popular"]),
            _("That is by product groups. The question is about products."),
        ),
        (popular - ours, _("The other way round: recommendations less most popular.")),
    ]
    near = 0.11
    return Number(
        _(
            "By products: how many percentage points more of what the accounts began to buy do"
            " the recommendations name than the most popular do? (Fewer: a minus.)"
        ),
        right=ours - popular,
        within=near,
        decimals=1,
        unit=_("percentage points"),
        why=_("Then look at the interval: does it reach below zero?"),
        mistakes=[reason for reason in reasons if abs(reason[0] - (ours - popular)) > 2 * near],
        hints=[
            _("The column Recall has both: the share of what came that was named."),
            _("Recommendations less most popular."),
        ],
    )


@question("09.rare", lesson=9, objective="chance", part="trap")
def _rare(_room: Room) -> Choice:
    return Choice(
        _(
            "Among 20,000 pairs of products, one has a lift of 12. Three accounts bought both."
            " What do you make of it?"
        ),
        options={
            "sell": _("A find: twelve times as often as by chance."),
            "wait": _("Nothing yet: among so many pairs some look so by chance."),
            "scale": _("A find if the margin is good."),
        },
        right="wait",
        why=_(
            "The rarer two things are, the higher the lift of a single meeting: two products that"
            " one account bought once have the highest lift there can be."
        ),
        mistakes=[
            ("sell", _("How many of 20,000 pairs would meet three times without any reason?")),
            ("scale", _("A margin does not make the three accounts more.")),
        ],
        hints=[_("What is the largest lift that two products bought once can have?")],
    )


def _offer_points() -> list[Point]:
    """Return what the text is to do."""
    return [
        words(25),
        has_number(),
        mentions(
            _("says how it will be checked"),
            *("check", "test", "compar", "half", "by lot", "control", "measure", "count"),
            *("sjekk", "prøv", "sammenlign", "halvpart", "halvdel", "lodd", "kontroll", "mål"),
            *("tell",),
            unmet=_("Say how you find out whether it helped."),
        ),
    ]


@question("09.offer", lesson=9, objective="holdout", part="write")
def _offer(room: Room) -> Text:
    row = _pairs(room).iloc[0]
    missing = int(row["leader_baskets"] - row["both_baskets"])
    return Text(
        _(
            "Write to the head of products: which pair would you use, whom would you ask, and how"
            " would you find out whether it helped?"
        ),
        points=_offer_points(),
        model=_(
            "{n} accounts buy {leader} and no {follower}, though most who buy the one buy the"
            " other. We ask half of them, chosen by lot, and compare after six months how many of"
            " each half have begun. If there is no difference, we stop.",
            n=number(missing),
            leader=str(row["leader"]),
            follower=str(row["follower"]),
        ),
        heading=_("What goes together"),
        why=_("It is in your plan."),
        mistakes=[
            (
                claims("because lift is above", "because the lift is above", "fordi lift er over"),
                _("Nearly every lift is above 1. What makes this pair sure?"),
                _LIFT,
            ),
            (
                claims("model says", "modellen sier"),
                _("A model says what often goes together, not what these accounts will do."),
                _MODEL,
            ),
        ],
        hints=[
            _("Who buys the leader and not the follower? The counts tell how many."),
            _("Ask half of them, by lot, and you have something to compare with."),
        ],
    )


@question("09.by_hand", lesson=9, objective="pairs", part="quiz")
def _by_hand(room: Room) -> Number:
    both = 18 + 3 * (room.seed % 4)
    return Number(
        _(
            "Of 100 accounts 40 buy paint, 30 buy brushes, and {both} buy both. What is the lift?",
            both=number(both),
        ),
        right=both / 12,
        within=0.01,
        decimals=2,
        why=_("By chance 12 would buy both: 40% of 30."),
        mistakes=[
            (both / 40, _("That is the confidence from paint to brushes.")),
            (both / 30, _("That is the confidence from brushes to paint.")),
            (both / 100, _("That is the support.")),
        ],
        hints=[_("How many would buy both if the one had nothing to do with the other?")],
    )


@question("09.other_way", lesson=9, objective="pairs", part="quiz")
def _other_way(_room: Room) -> Choice:
    return Choice(
        _("92% of those who buy welding equipment buy abrasives. And of those who buy abrasives?"),
        options={
            "same": _("92% buy welding equipment."),
            "open": _("That cannot be told from this number."),
            "rest": _("8% buy welding equipment."),
        },
        right="open",
        why=_("Confidence has a direction: abrasives may be bought by many others too."),
        mistakes=[
            ("same", _("Nearly all who own a dog buy meat. Do all who buy meat own a dog?")),
            ("rest", _("8% of the first buy none of the second. That is another thing.")),
        ],
        hints=[_("Of whom is it a share?")],
    )


@question("09.false_ones", lesson=9, objective="chance", part="quiz")
def _false_ones(room: Room) -> Number:
    held = 40 + 20 * (room.seed % 3)
    return Number(
        _(
            "{n} pairs hold, with at most 5% false discoveries among them. About how many of them"
            " may be false, at most?",
            n=number(held),
        ),
        right=0.05 * held,
        within=0.01,
        unit=_("pairs"),
        why=_("The share is of those that hold, not of all that were tried."),
        mistakes=[
            (0, _("5% of them may be false. How many is that?")),
            (5, _("5 is the per cent. Of how many?")),
            (0.95 * held, _("So many are true.")),
        ],
        hints=[_("5% of the pairs that hold.")],
    )


@question("09.baseline", lesson=9, objective="holdout", part="quiz")
def _baseline(_room: Room) -> Choice:
    return Choice(
        _("The recommendations name 78% of what came. Why ask what the most popular would name?"),
        options={
            "cheap": _("Because it needs no model: only what is above it was won by one."),
            "polite": _("Because the product managers want to see their bestsellers."),
            "safe": _("Because two methods are safer than one."),
        },
        right="cheap",
        why=_("With few groups “what everybody buys” is hard to beat: 78% may be no gain at all."),
        mistakes=[
            ("polite", _("What does it tell about the recommendations?")),
            ("safe", _("They are compared, not added. What is compared?")),
        ],
        hints=[_("What would you have without any model?")],
    )


@question("09.same_year", lesson=9, objective="holdout", part="quiz")
def _same_year(_room: Room) -> Choice:
    return Choice(
        _(
            "Somebody learnt rules from 2025 and shows that they fit 2025 very well. What is"
            " lacking?"
        ),
        options={
            "later": _("A year that the rules had not seen."),
            "more": _("More rules."),
            "lift": _("A higher lift."),
        },
        right="later",
        why=_("What was learnt from a year fits that year. A forecast is tested on what came."),
        mistakes=[
            ("more", _("More rules fit the same year even better. Does that prove anything?")),
            ("lift", _("The lift is from the same year too.")),
        ],
        hints=[_("Would you mark an exam whose answers were handed out before?")],
    )
