"""Lesson 6, choose: criteria and weights, what no weight can buy, and two lists with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.errors import MissingTable
from kamkit.explore.scores import weights_view
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.learn.kinds import Accounts, Choice, Number
from kamkit.learn.register import question
from kamkit.learn.written import Point, Text, claims, has_account, has_number, mentions, words

if TYPE_CHECKING:
    from kamkit.learn.room import Room

_TEN = 10
_MOVED = 50
_BIG = "Our largest customer Nord 1 is key because it is the largest we have, and we love it."
_SCORE = "Nord 1 is key because the score says so: it has 92 points, and the others have less."


_OTHER = (
    *("profit", "leave", "left", "earn", "grow", "fit", "pay", "loyal"),
    *("result", "igjen", "vekst", "vokse", "lønnsom", "tjen"),
)


def _only_large(text: str) -> bool:
    """Tell whether a text gives size for its reason, and nothing else."""
    plain = text.casefold()
    size = "largest" in plain or "størst" in plain
    return size and not any(one in plain for one in _OTHER)


def _largest(room: Room) -> list[str]:
    """Return the numbers of all accounts, the largest by revenue first."""
    facts = room.analysis.account_facts
    result: list[str] = facts.sort_values("revenue", ascending=False)["account_id"].tolist()
    return result


def _fourth(room: Room) -> tuple[str, str]:
    """Return the fourth key account, and the criterion that weighs most."""
    key = room.analysis.key_accounts["account_id"].tolist()
    if len(key) < 4:
        raise MissingTable(
            _("There are fewer than four key accounts."),
            remedy=_("Take a ledger with more accounts."),
        )
    return key[3], str(room.analysis.scores.weights.idxmax())


@question("06.large_in", lesson=6, objective="criteria", part="predict")
def _large_in(room: Room) -> Number:
    key = set(room.analysis.key_accounts["account_id"])
    return Number(
        _("Of the ten accounts with the largest revenue, how many will be key accounts? Guess."),
        right=len(key & set(_largest(room)[:_TEN])),
        unit=_("accounts"),
        why=_("You guessed what the criteria say."),
        mistakes=[
            (_TEN, _("Then the list by revenue would do, and nobody would need criteria.")),
            (0, _("Size is no reason to be left out either. See what the criteria say.")),
        ],
        hints=[_("There is no wrong guess. Think of what lesson 3 told about profit.")],
    )


@question("06.points_of_fourth", lesson=6, objective="criteria", part="do")
def _points_of_fourth(room: Room) -> Number:
    scores = room.analysis.scores
    account, criterion = _fourth(room)
    weight = float(scores.weights[criterion])
    rating = float(scores.ratings.loc[account, criterion])
    label = next(one.label for one in scores.criteria if one.name == criterion)
    return Number(
        _(
            "The table has ratings and weights of the fourth key account. How many points of 100"
            " does “{criterion}” give them?",
            criterion=label,
        ),
        right=100 * weight * (rating - 1) / 4,
        within=0.5,
        decimals=1,
        unit=_("points"),
        why=_("Weight times how far the rating is up the scale: 1 gives nothing, 5 gives all."),
        mistakes=[
            (100 * weight, _("So much a rating of 5 would give. Theirs is lower.")),
            (
                100 * weight * rating / 5,
                _("The scale begins at 1, not at 0: a rating of 1 gives no points at all."),
            ),
            (rating, _("That is the rating. How many points does it give with its weight?")),
        ],
        hints=[
            _("How far up is the rating between 1 and 5, as a share?"),
            _("(rating − 1) / 4, times the weight in per cent."),
        ],
    )


@question("06.more_growth", lesson=6, objective="criteria", part="do")
def _more_growth(room: Room) -> Number:
    scores, n = room.analysis.scores, room.analysis.breadth.suggested
    if "growth" not in scores.weights.index:
        raise MissingTable(
            _("Growth is not among the criteria of this ledger."),
            remedy=_("Take a ledger of two years or more."),
        )
    weights = {name: 100 * float(one) for name, one in scores.weights.items()}
    moved = weights_view(scores, {**weights, "growth": float(_MOVED)}, n=n)[1]
    came = int((moved["list_change"] == "comes_in").sum())
    return Number(
        _(
            "Set the slider “growth” (the one that is not rated) to {weight} and leave the others."
            " How many accounts come in?",
            weight=number(_MOVED),
        ),
        right=came,
        unit=_("accounts"),
        why=_("So much of a list is the opinion of whoever set the weights."),
        mistakes=[
            (2 * came, _("You counted those who come in and those who go out.")),
            (n - came, _("So many stay. How many are new?")),
            (n, _("That is the length of the list.")),
        ],
        hints=[
            _("The title of the picture says it; so does the table under it."),
            _("Only one slider is moved: press nothing else, and leave the number of accounts."),
        ],
    )


@question("06.largest_vetoed", lesson=6, objective="veto", part="do")
def _largest_vetoed(room: Room) -> Accounts:
    table = room.analysis.scores.table
    failed = set(table.loc[table["failed"] != "", "account_id"])
    by_size = _largest(room)
    right = [one for one in by_size if one in failed][:1]
    if not right:
        raise MissingTable(
            _("No account fails a requirement in this ledger."),
            remedy=_("Add the column cost: then those that lose money are known."),
        )
    may = [one for one in by_size if one not in failed]
    facts = room.analysis.described_accounts.set_index("account_id")
    worst = str(facts["profit"].idxmin()) if "profit" in facts else by_size[-1]
    mistakes = [(may[:1], _("They are large, and they earn: nothing forbids them."))]
    if worst not in right:
        mistakes.append(([worst], _("They lose most, but a larger account loses money too.")))
    smallest = [one for one in by_size if one in failed][-1:]
    mistakes.append((smallest, _("They fail the requirement too, but they are small.")))
    return Accounts(
        _("Which is the largest account by revenue that a requirement keeps out?"),
        right=right,
        among=room.names,
        count=1,
        why=_("They cost more than they bring. Terms come first; then they may be key."),
        mistakes=mistakes,
        hints=[
            _("The requirement is on customer profit: it must not be below zero."),
            _("Go down the table by revenue until a profit is negative."),
        ],
    )


@question("06.best_outside", lesson=6, objective="lists", part="do")
def _best_outside(room: Room) -> Accounts:
    a = room.analysis
    key = a.key_accounts["account_id"].tolist()
    outside = a.ordinary_sales.sort_values("score", ascending=False)
    able = a.scores.table.loc[a.scores.table["eligible"], "account_id"]
    right = outside[outside["account_id"].isin(able)]["account_id"].tolist()
    if len(right) < 2:
        raise MissingTable(
            _("Nearly every account that can be chosen is on the list."),
            remedy=_("Take a ledger with more accounts."),
        )
    large = [one for one in _largest(room) if one in set(outside["account_id"])]
    mistakes: list[tuple[Any, str]] = [
        (key[-1:], _("They are the last on the list. Who is the first that is not?")),
        (right[1:2], _("One of those outside has a better score.")),
    ]
    if large[0] != right[0]:
        mistakes.append(
            (large[:1], _("The largest outside is not the one with the best score there."))
        )
    return Accounts(
        _("Which account that may be chosen has the best score of all who are not on the list?"),
        right=right[:1],
        among=room.names,
        count=1,
        why=_("They will ask why. The column “Against” has the beginning of an answer."),
        mistakes=mistakes,
        hints=[
            _("The list of those who stay with ordinary sales has the best score first."),
            _("Those who fail a requirement stand behind all others."),
        ],
    )


@question("06.enough_weight", lesson=6, objective="veto", part="trap")
def _enough_weight(_room: Room) -> Choice:
    return Choice(
        _(
            "The sales director wants the largest account that fails the requirement on the list."
            " Which weights bring them in?"
        ),
        options={
            "size": _("Enough weight on what they are good at, such as loyalty."),
            "less": _("No weight on customer profit: then the loss does not count."),
            "none": _("None."),
        },
        right="none",
        why=_(
            "A requirement is a veto: no number of points elsewhere can outweigh it. Either the"
            " terms change, or somebody drops the requirement openly and answers for it."
        ),
        mistakes=[
            ("size", _("Try it in the explorer. Do they come in at 100?")),
            ("less", _("Then the loss takes no points, but the requirement still stands. Try it.")),
        ],
        hints=[_("Look for the account in the explorer, with any weights you like.")],
    )


def _list_points(room: Room) -> list[Point]:
    """Return what the text is to do."""
    return [
        words(25),
        has_account(room.names),
        has_number(),
        mentions(
            _("gives a reason"),
            *("because", "since", "reason", "due to", "for the", "profit", "leave", "earn"),
            *("grow", "loyal", "fordi", "siden", "grunn", "på grunn", "ettersom", "resultat"),
            *("igjen hos oss", "lønnsom", "vekst", "tjen"),
            unmet=_("Give a reason: why they, and not another?"),
        ),
        mentions(
            _("says what happens to the one who is not key"),
            *("ordinary", "outside", "stay", "remain", "keep", "continue", "same prices"),
            *("phone", "web", "tell them", "look again", "ordinær", "tradisjonel", "vanlig"),
            *("served", "inside sales", "looked after", "betjen", "ivareta"),
            *("utenfor", "fortsatt", "fortsetter", "beholder", "innesalg", "telefon"),
            unmet=_("Say what happens to the one who is not key."),
        ),
    ]


def _list_mistakes() -> list[tuple[Any, ...]]:
    """Return the mistakes that are expected."""
    return [
        (_only_large, _("Large is no reason by itself. Which criterion speaks for them?"), _BIG),
        (
            claims("score says", "poengene sier"),
            _("A score is no reason. Say what it is made of."),
            _SCORE,
        ),
    ]


@question("06.two_lists", lesson=6, objective="lists", part="write")
def _two_lists(room: Room) -> Text:
    a = room.analysis
    first = str(a.key_accounts["account_id"].iloc[0])
    rest = a.ordinary_sales.sort_values("score", ascending=False)["account_id"].tolist()
    named = room.names.get(first) or first
    other = (room.names.get(rest[0]) or rest[0]) if rest else named
    return Text(
        _(
            "Write to the sales director: one account that is key and why, one that stays with"
            " ordinary sales and what happens to them."
        ),
        points=_list_points(room),
        model=_(
            "{first} is key because of what they leave after service and because they are first"
            " of {n} by our criteria. {other} stays with ordinary sales: the hours of a key"
            " account would cost more than they bring. We tell them so in March and look again"
            " in a year.",
            first=named,
            other=other,
            n=number(len(a.scores.table)),
        ),
        heading=_("Who is key, and who is not"),
        why=_("It is in your plan."),
        mistakes=_list_mistakes(),
        hints=[
            _("The columns “For” and “Against” have the facts."),
            _("Somebody has to read this to the customer. Could you?"),
        ],
    )


@question("06.points", lesson=6, objective="criteria", part="quiz")
def _points(room: Room) -> Number:
    weight, rating = 10 + 10 * (room.seed % 4), 4 - room.seed % 2
    return Number(
        _(
            "A criterion weighs {weight}%. An account is rated {rating} on its scale from 1 to 5."
            " How many points of 100 does that give?",
            weight=number(weight),
            rating=number(rating),
        ),
        right=weight * (rating - 1) / 4,
        within=0.05,
        decimals=1,
        unit=_("points"),
        why=_("The rating is a way up the scale; the weight says what the whole way is worth."),
        mistakes=[
            (weight, _("That is a rating of 5.")),
            (weight * rating / 5, _("1 is the bottom of the scale and gives nothing.")),
            (weight * rating, _("That can be more than the whole weight.")),
        ],
        hints=[_("From 1 to 5 there are four steps. How many of them?")],
    )


@question("06.same_twice", lesson=6, objective="criteria", part="quiz")
def _same_twice(_room: Room) -> Choice:
    return Choice(
        _("Revenue and contribution are both criteria, at 30% each. What is wrong with that?"),
        options={
            "twice": _("They say nearly the same: size counts twice."),
            "sum": _("Two criteria must not weigh the same."),
            "fine": _("Nothing: more criteria make a fairer list."),
        },
        right="twice",
        why=_("What two criteria share is counted twice. Keep the one nearer to what you want."),
        mistakes=[
            ("sum", _("They may weigh the same. But do they say different things?")),
            ("fine", _("Not if two of them measure the same.")),
        ],
        hints=[_("Who buys for more, usually leaves more too.")],
    )


@question("06.apart", lesson=6, objective="criteria", part="quiz")
def _apart(_room: Room) -> Choice:
    return Choice(
        _("Two people rate the same account on strategic fit: 2 and 5. What do you do first?"),
        options={
            "mean": _("Take 3.5."),
            "talk": _("Let them tell what they saw, with the scale in words before them."),
            "drop": _("Leave the criterion out."),
        },
        right="talk",
        why=_("Either the scale is unclear, or one of them knows what the other does not."),
        mistakes=[
            ("mean", _("3.5 is what neither of them believes.")),
            ("drop", _("Then you lose what one of them knows.")),
        ],
        hints=[_("What would make the two of them agree?")],
    )


@question("06.veto_or_weight", lesson=6, objective="veto", part="quiz")
def _veto_or_weight(_room: Room) -> Choice:
    return Choice(
        _("Which of these should be a requirement, not a weight? Mark all."),
        options={
            "loss": _("They cost us more than they leave, year after year."),
            "trade": _("They are in a trade that we have decided not to serve."),
            "late": _("They pay ten days late."),
            "slow": _("They grow more slowly than their market."),
        },
        right={"loss", "trade"},
        why=_("A requirement is for what nothing else can make good. The rest is more or less."),
        mistakes=[
            (["loss"], _("There is another one that no number of points makes good.")),
            (["loss", "trade", "late"], _("Paying late costs something; it can be made good.")),
            (
                ["loss", "trade", "late", "slow"],
                _("With four vetoes few are left, and none of the weights decides anything."),
            ),
        ],
        hints=[_("Ask of each: could a very good account have this, and still be worth it?")],
    )


@question("06.kraljic", lesson=6, objective="their", part="quiz")
def _kraljic(_room: Room) -> Choice:
    return Choice(
        _("The customer’s buyer uses Kraljic’s matrix. What does it sort?"),
        options={
            "goods": _("What they buy, by supply risk and effect on their profit."),
            "sellers": _("Their suppliers, by how good they are."),
            "buyers": _("Their own departments, by how much they buy."),
        },
        right="goods",
        why=_(
            "So we can be strategic with one group of products and one of many with another, at"
            " the same customer."
        ),
        mistakes=[
            ("sellers", _("Often said, but it is purchases that are sorted.")),
            ("buyers", _("It says nothing about departments.")),
        ],
        hints=[_("A spare part and copying paper: same supplier, two places in the matrix.")],
    )
