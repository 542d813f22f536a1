"""Lesson 10, new customers: another task than keeping, who is like the best, and where to stop."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.learn.kinds import Accounts, Choice, Match, Number
from kamkit.learn.register import question
from kamkit.learn.written import Column, Point, Table, Text, claims, has_number, mentions, words

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.learn.room import Room

_WIN = 0.04
_HOURS_EACH, _LONGER = 12, 60
_SOME = "We hunt 10 of them, all of whom want to buy, since they are 99% like our key accounts."
_EVERYONE = "We call all 120 prospects during the spring and see who bites, 3 callers are enough."


def _prospects(room: Room) -> pd.DataFrame:
    """Return the prospects in their order."""
    table: pd.DataFrame = room.analysis.require("prospect_finding").table
    return table


def _named(room: Room) -> dict[str, str]:
    """Return the name of each prospect by its number."""
    table = _prospects(room)
    numbers = table["prospect_id"].astype(str)
    names = table["name"].astype(str) if "name" in table else numbers
    return dict(zip(numbers, names, strict=True))


def _first(room: Room) -> pd.DataFrame:
    table = _prospects(room)
    frame: pd.DataFrame = table[table["hunt"] == "hunt_first"]
    if frame.empty:
        raise MissingTable(
            _("No prospect is like the key accounts."),
            remedy=_("Look for others: see who the key accounts are."),
        )
    return frame


@question("10.like_us", lesson=10, objective="profile", part="predict")
def _like_us(room: Room) -> Number:
    like = _prospects(room)["likeness"]
    return Number(
        _(
            "What share of the prospects is more like the key accounts than half of our customers"
            " are? Guess."
        ),
        right=float((like >= 0.5).mean()),
        share=True,
        within=0.05,
        decimals=0,
        why=_("You guessed within five percentage points."),
        mistakes=[
            (0.5, _("So it would be if the prospects had been drawn at random.")),
            (0.1, _("Whoever made this list will have had a reason to put them on it.")),
        ],
        hints=[_("There is no wrong guess. Write a number between 0 and 100.")],
    )


@question("10.over_trade", lesson=10, objective="profile", part="do")
def _over_trade(room: Room) -> Choice:
    a = room.analysis
    a.require("prospect_finding")
    known = a.described_accounts
    if "industry" not in known or known["industry"].nunique() < 4:
        raise MissingTable(
            _("Nobody has said which trade the accounts are in."),
            remedy=_("Add the column industry to the table of accounts."),
        )
    counts = known["industry"].value_counts()
    key = known[known["account_id"].isin(a.key_accounts["account_id"])]["industry"].value_counts()
    times = ((key / key.sum()) / (counts / counts.sum())).dropna()
    able = times[key.reindex(times.index) >= 2]
    if len(able) < 3:
        raise MissingTable(
            _("There are too few key accounts to compare their trades."),
            remedy=_("Take a ledger with more accounts."),
        )
    order = able.sort_values(ascending=False).index.tolist()
    most = [one for one in (key.idxmax(), counts.idxmax()) if one != order[0]]
    shown = [order[0], *dict.fromkeys([*most, *order[1:]])][:5]
    reasons = {one: _("There is a trade that is more frequent still.") for one in order[1:]}
    for one in most:
        reasons[one] = _("Many key accounts, but many accounts too. Compare the shares.")
    return Choice(
        _(
            "Of the trades with two key accounts or more: which is found among the key accounts"
            " far more often than among all accounts?"
        ),
        options={one: str(one) for one in sorted(shown)},
        right=order[0],
        why=_("Few in the ledger, and among the best: so one looks for more of them."),
        mistakes=[(one, text) for one, text in reasons.items() if one in shown],
        hints=[
            _("Divide key accounts by accounts, trade by trade."),
            _("Where is the largest part of all accounts of the trade key?"),
        ],
    )


@question("10.large_left", lesson=10, objective="hunt", part="do")
def _large_left(room: Room) -> Accounts:
    table = _prospects(room).dropna(subset=["estimated_spend"])
    rest = table[table["hunt"] == "leave_be"].sort_values("estimated_spend", ascending=False)
    ids = rest["prospect_id"].astype(str).tolist()
    if len(ids) < 2:
        raise MissingTable(
            _("Nearly all prospects are to be hunted."), remedy=_("Add more prospects.")
        )
    largest = table.nlargest(1, "estimated_spend")["prospect_id"].astype(str).tolist()
    return Accounts(
        _(
            "Of the prospects that are left as they are for now, which one is thought to spend"
            " most?"
        ),
        right=ids[:1],
        among=_named(room),
        count=1,
        why=_("A plan with a limit leaves good ones for later. That is what a limit is for."),
        mistakes=[
            (largest, _("They are to be hunted. Who spends most of those left?")),
            (ids[1:2], _("There is one who is thought to spend more.")),
            (ids[-1:], _("They are thought to spend least.")),
        ],
        hints=[
            _("The table has the priority of each, the largest spend first."),
            _("Go down until the priority changes."),
        ],
    )


@question("10.lower_win_rate", lesson=10, objective="hunt", part="do")
def _lower_win_rate(room: Room) -> Number:
    settings, first = room.analysis.settings, _first(room)
    spend = float(first["estimated_spend"].sum())
    value = spend * settings.share_won
    large = value * _WIN >= 1e5
    unit = 1e6 if large else 1e3
    currency = room.case.currency
    return Number(
        _(
            "The finding assumes that {usual} of 100 prospects are won. Suppose it is {now} of"
            " 100. What are those to pursue first worth together, a year?",
            usual=number(100 * settings.win_rate),
            now=number(100 * _WIN),
        ),
        right=value * _WIN / unit,
        near=0.02,
        decimals=2,
        unit=_("{currency} million", currency=currency).strip()
        if large
        else _("{currency} thousand", currency=currency).strip(),
        why=_("The worth of a hunt is an assumption times an assumption times an estimate."),
        mistakes=[
            (value * settings.win_rate / unit, _("That is at the win rate of the finding.")),
            (value / unit, _("That is if all of them were won.")),
            (spend * _WIN / unit, _("They bring us a part of their spend, not all of it.")),
        ],
        hints=[
            _("The finding has the sum at its own win rate: scale it."),
            _("The new win rate by the old one, times the sum."),
        ],
    )


@question("10.last_that_pays", lesson=10, objective="hunt", part="do")
def _last_that_pays(room: Room) -> Number:
    from kamkit.explore.trials import hunting

    margin, hour = hunting(room.analysis.account_facts, room.analysis.services)
    brings = _prospects(room)["assumed_value"].dropna() * margin
    pays = {each: int((brings >= each * hour).sum()) for each in (_HOURS_EACH, _LONGER)}
    right = pays[_LONGER]
    if not 0 < right < len(brings):
        raise MissingTable(
            _("With these prospects every hunt pays, or none does."),
            remedy=_("Add more prospects, of different sizes."),
        )
    mistakes = [
        (pays[_HOURS_EACH], _("That is at the hours that stood there first. Move the slider.")),
        (len(brings), _("That is all of them. Whose hours are paid?")),
        (right + 1, _("The hours of that one are not paid. One before it.")),
    ]
    return Number(
        _(
            "Move the slider “{slider}” to {hours}. The hours of how many prospects are then paid"
            " by what they are assumed to leave in a year?",
            slider=_("Hours for each prospect"),
            hours=number(_LONGER),
        ),
        right=right,
        unit=_("prospects"),
        why=_("Who takes more hours must bring more. So ask early what a prospect may spend."),
        mistakes=[mistake for mistake in mistakes if mistake[0] != right],
        hints=[
            _("The table under the picture has those on both sides of the line."),
            _("The last row where the assumed profit is not below the cost: its order."),
        ],
    )


def _one_owner(row: dict[str, Any]) -> bool:
    owner = row.get("owner") or ""
    return not any(one in owner for one in (",", "/", " og ", " and "))


def _worth_it(prospect: Any, among: dict[str, str]) -> bool:
    """Tell whether a text names a prospect that is worth hunting, by number or name."""
    plain = str(prospect or "").casefold()
    return any(one.casefold() in plain or (name.casefold() in plain) for one, name in among.items())


def _some(test: Any) -> Any:
    """Tell of rows whether a test holds for one that is whole."""
    return lambda rows: any(all(row.values()) and test(row) for row in rows)


def _plan_mistakes(
    good: list[dict[str, Any]], last: dt.date, among: dict[str, str]
) -> list[tuple[Any, ...]]:
    """Return the mistakes that are expected."""
    return [
        (
            _some(lambda row: not _one_owner(row)),
            _("One owner each: two owners are nobody."),
            [{**good[0], "owner": "S01, S02"}, good[1]],
        ),
        (
            _some(lambda row: row["stop"] <= row["first"]),
            _("The day to stop comes after the first step."),
            [{**good[0], "first": good[0]["stop"], "stop": good[0]["first"]}, good[1]],
        ),
        (
            _some(lambda row: row["first"] <= last),
            _("That day has passed: the ledger ends after it."),
            [{**good[0], "first": last - dt.timedelta(days=30)}, good[1]],
        ),
        (
            _some(lambda row: not _worth_it(row["prospect"], among)),
            _("Take prospects that are to be hunted, by the name or number in the table."),
            [{**good[0], "prospect": "Ukjent AS"}, good[1]],
        ),
        (
            lambda rows: (
                len({row["prospect"] for row in rows if row["prospect"]}) < 2 and len(rows) > 1
            ),
            _("Two different prospects."),
            [good[0], good[0]],
        ),
    ]


@question("10.plan", lesson=10, objective="hunt", part="do")
def _plan(room: Room) -> Table:
    table = _prospects(room)
    names = _named(room)
    hunted = table.loc[table["hunt"] != "leave_be", "prospect_id"].astype(str).tolist()
    if len(hunted) < 2:
        raise MissingTable(
            _("There are fewer than two prospects to hunt."), remedy=_("Add more prospects.")
        )
    among = {one: names[one] for one in hunted}
    last = room.case.period.end
    managers = room.analysis.get("managers")
    team = managers["manager"].astype(str).tolist() if len(managers) else ["S01"]
    start, stop = last + dt.timedelta(days=30), last + dt.timedelta(days=180)
    good = [
        {"prospect": names[one], "owner": team[0], "first": start, "stop": stop}
        for one in hunted[:2]
    ]

    return Table(
        _(
            "Begin the hunting plan: two prospects, one owner each, the day of the first step,"
            " and the day when we stop if nothing has come of it."
        ),
        columns={
            "prospect": Column(_("Prospect")),
            "owner": Column(_("Owner")),
            "first": Column(_("First step"), "day"),
            "stop": Column(_("We stop"), "day"),
        },
        rows=2,
        such_as=good,
        why=_("A name, a day, and a day to stop: so a hunt does not become a habit."),
        mistakes=_plan_mistakes(good, last, among),
        hints=[
            _("The table of promising prospects has the names, the first first."),
            _("Days as 2026-03-31 or 31.3.2026, after the end of the ledger."),
        ],
    )


@question("10.likeness", lesson=10, objective="profile", part="trap")
def _likeness(_room: Room) -> Choice:
    return Choice(
        _("A prospect has a likeness of 99%. What does that say?"),
        options={
            "chance": _("They will become a customer with a probability of 99%."),
            "rank": _("99% of our customers are less like the key accounts than they are."),
            "goods": _("They buy 99% of what our key accounts buy."),
        },
        right="rank",
        why=_(
            "Likeness is a place in a row, by trade, region and size. Nothing in it knows whether"
            " they want to change supplier: that is what the first meeting is for."
        ),
        mistakes=[
            ("chance", _("Nobody has asked them. The win rate is assumed, and far lower.")),
            ("goods", _("We do not know what they buy. What do we know of them at all?")),
        ],
        hints=[_("Which facts about a prospect are in the table? Is interest among them?")],
    )


def _hunt_points() -> list[Point]:
    """Return what the text is to do."""
    return [
        words(25),
        has_number(),
        mentions(
            _("says why them"),
            *("because", "like", "since", "resembl", "similar", "same", "fit", "spend", "fordi"),
            *("lign", "lik", "siden", "samme", "passer"),
            unmet=_("Say why them: what are they like?"),
        ),
        mentions(
            _("says where the hunt ends"),
            *("stop", "end", "until", "at most", "no more than", "give up", "drop", "limit"),
            *("deadline", "stans", "slutt", "avslutt", "inntil", "høyst", "maks", "gir oss"),
            *("gir vi", "gir opp", "senest", "grense"),
            unmet=_("Say where it ends: a day, a number of hours, a number of prospects."),
        ),
    ]


@question("10.hunting", lesson=10, objective="hunt", part="write")
def _hunting(room: Room) -> Text:
    first = _first(room)
    names = _named(room)
    one = str(first["prospect_id"].iloc[0])
    return Text(
        _("Write to the sales director: whom do we hunt, why them, and when do we stop?"),
        points=_hunt_points(),
        model=_(
            "We hunt {n} prospects this spring, {name} first, because they are of the trade, size"
            " and region of our best accounts. One person has 12 hours for each. Who has not met"
            " us by the end of June is left, and the next on the list gets the hours.",
            n=number(len(first)),
            name=names[one],
        ),
        heading=_("New customers"),
        why=_("It is in your plan."),
        mistakes=[
            (
                claims("want to buy", "vil kjøpe"),
                _("Who says that they want to buy? Likeness does not."),
                _SOME,
            ),
            (
                claims("all 120", "alle 120"),
                _("A hunt for everybody is none. Where is the limit?"),
                _EVERYONE,
            ),
        ],
        hints=[
            _("The column “For” has what they share with the key accounts."),
            _("Your table has the day to stop."),
        ],
    )


@question("10.two_tasks", lesson=10, objective="differ", part="quiz")
def _two_tasks(_room: Room) -> Match:
    old, new = _("an existing key account"), _("a new customer")
    items = {
        "ledger": _("We know from the ledger what they buy and when."),
        "door": _("The first task is to find who decides, and be let in."),
        "lose": _("What we can lose is larger than what we can win quickly."),
        "leave": _("Most attempts come to nothing, and that is planned for."),
    }
    right = {"ledger": "old", "door": "new", "lose": "old", "leave": "new"}
    return Match(
        _("What is said of whom?"),
        items=items,
        options={"old": old, "new": new},
        right=right,
        why=_("To keep and to win are two trades: other people, other measures, other patience."),
        mistakes=[
            (
                {**right, "leave": "old"},
                _("If most attempts at an existing account fail, something is wrong."),
            ),
            ({**right, "lose": "new"}, _("With a new one there is nothing to lose yet.")),
            ({**right, "door": "old"}, _("At a key account we should know who decides.")),
        ],
        hints=[_("Which of them is in the ledger?")],
    )


@question("10.measure", lesson=10, objective="differ", part="quiz")
def _measure(_room: Room) -> Choice:
    return Choice(
        _("By what do you judge a hunt after three months?"),
        options={
            "steps": _("By first meetings and what was learnt there."),
            "sales": _("By revenue, like every other account."),
            "calls": _("By the number of calls."),
        },
        right="steps",
        why=_("Revenue comes late, and calls cost nothing to count. A meeting is a real step."),
        mistakes=[
            ("sales", _("In business a first order can take a year. What can be seen before?")),
            ("calls", _("Then there will be many calls.")),
        ],
        hints=[_("What must have happened before anybody buys?")],
    )


@question("10.worth", lesson=10, objective="hunt", part="quiz")
def _worth(room: Room) -> Number:
    spend, win = 2000 + 1000 * (room.seed % 4), 10 + 5 * (room.seed % 2)
    return Number(
        _(
            "A prospect spends NOK {spend} thousand a year. We assume 30% of it if they are won,"
            " and that {win} of 100 are won. What is the prospect worth a year, by these"
            " assumptions?",
            spend=number(spend),
            win=number(win),
        ),
        right=spend * 0.3 * win / 100,
        within=0.5,
        unit=_("NOK thousand"),
        why=_("Spend, times the share we would get, times how many are won."),
        mistakes=[
            (spend * 0.3, _("That is if they were won for certain.")),
            (spend * win / 100, _("We would not get all they spend.")),
            (spend * (0.3 + win / 100), _("Both must come true: multiply.")),
        ],
        hints=[_("Two shares, one after the other.")],
    )


@question("10.limit", lesson=10, objective="hunt", part="quiz")
def _limit(room: Room) -> Number:
    hours, each = 310 + 50 * (room.seed % 3), 12
    return Number(
        _(
            "A seller has {hours} hours a year for new customers. A prospect takes {each} hours"
            " until we know whether it is worth going on. How many can be begun in a year?",
            hours=number(hours),
            each=number(each),
        ),
        right=hours // each,
        unit=_("prospects"),
        why=_("The hours set the limit, and then the list is cut, not the hours for each."),
        mistakes=[
            (hours // each + 1, _("The last one would not get its hours.")),
            (round(hours / 12 / each, 1), _("That is a month.")),
            (120, _("So many are on the practice company’s list. For how many is there time?")),
        ],
        hints=[_("Divide, and round down.")],
    )


@question("10.only_alike", lesson=10, objective="profile", part="quiz")
def _only_alike(_room: Room) -> Choice:
    return Choice(
        _("We hunt only those who are like our key accounts. What do we miss?"),
        options={
            "other": _("Good customers of a kind that we have never tried."),
            "none": _("Nothing: the others would not fit."),
            "small": _("The small ones, and they are not worth it."),
        },
        right="other",
        why=_("Likeness repeats what we chose before. Leave room for one or two of another kind."),
        mistakes=[
            ("none", _("How would we know, if we have never had one?")),
            ("small", _("Size is only one of the traits.")),
        ],
        hints=[_("Where does the likeness get its idea of a good customer from?")],
    )
