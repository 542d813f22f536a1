"""Lesson 4, keep: an account's own rhythm, who is late, season, and who stayed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.learn.kinds import Accounts, Choice, Match, Number
from kamkit.learn.register import question
from kamkit.learn.written import Text, has_account, has_number, says_when, words

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.learn.room import Room

_FIRST = 3
_QUIET = (120, 365)
_LINE, _WIDER = 0.01, 5
_FEELING = (
    "Some customers have been quiet for more than 30 days, so we will call all customers who have"
    " not ordered this month, as soon as possible."
)


def _late(room: Room, least: int = 1) -> pd.DataFrame:
    """Return the accounts that are late, those with most at stake first."""
    late: pd.DataFrame = room.analysis.alarms
    if len(late.index) < least:
        raise MissingTable(
            _("Too few accounts are late in this ledger."),
            remedy=_("Take a ledger with more accounts, or wait."),
        )
    return late


def _name(room: Room, row: pd.Series) -> str:
    number_of = str(row["account_id"])
    return room.names.get(number_of) or number_of


def _names_one(room: Room, text: str) -> bool:
    """Tell whether a text names an account."""
    holds = has_account(room.names).holds
    return holds is not None and holds(text)


@question("04.how_many_late", lesson=4, objective="late", part="predict")
def _how_many_late(room: Room) -> Number:
    rhythms = room.analysis.rhythm_facts
    silent = int((rhythms["days_since"] > 30).sum())
    late = len(_late(room).index)
    return Number(
        _(
            "{n} accounts have not ordered for more than 30 days. How many of them are late, held"
            " against their own habit? Guess.",
            n=number(silent),
        ),
        right=late,
        near=0.25,
        unit=_("accounts"),
        why=_("Your guess is close."),
        mistakes=[
            (lambda n: n >= 0.9 * silent, _("Then everybody would order every week."), silent),
            (0, _("Somebody is always late. Who is it?")),
        ],
        hints=[_("There is no wrong guess. Write a whole number.")],
    )


@question("04.intervals_silent", lesson=4, objective="rhythm", part="do")
def _intervals_silent(room: Room) -> Number:
    late = _late(room, 2)
    first, row = late.iloc[0], late.iloc[1]
    days, interval = float(row["days_since"]), float(row["interval_days"])
    return Number(
        _(
            "{name} is second on the list. How many of its usual intervals has it been silent?",
            name=_name(room, row),
        ),
        right=days / interval,
        within=0.1,
        decimals=1,
        why=_("In its own measure any two accounts can be compared."),
        mistakes=[
            (days, _("Those are days. How many usual intervals is that?")),
            (interval, _("That is one usual interval, in days.")),
            (interval / days, _("Other way round: the silence divided by the interval.")),
            (
                float(first["days_since"]) / float(first["interval_days"]),
                _("That is the first on the list. The second, please."),
            ),
        ],
        hints=[
            _("The table has the usual interval and the days since the last purchase."),
            _("Days since the last purchase divided by the usual interval."),
        ],
    )


@question("04.call_first", lesson=4, objective="late", part="do")
def _call_first(room: Room) -> Accounts:
    late = _late(room, _FIRST + 2)
    right = late.nlargest(_FIRST, "yearly_revenue")["account_id"].tolist()
    longest = late.nlargest(_FIRST, "days_since")["account_id"].tolist()
    sure = late.nsmallest(_FIRST, "late_probability")["account_id"].tolist()
    mistakes = [
        (longest, _("These have been silent longest. With whom is most revenue at stake?")),
        (sure, _("With these the silence is least usual. With whom is most at stake?")),
        (right[::-1], _("Right accounts, but the one with least at stake is first.")),
        (right[:1], _("That is the first. Two more are asked for.")),
    ]
    return Accounts(
        _("You have time for three calls. Whom do you call, the largest yearly revenue first?"),
        right=right,
        among=room.names,
        ordered=True,
        count=_FIRST,
        why=_("An alarm says that something is unusual; the revenue says how much hangs on it."),
        mistakes=[mistake for mistake in mistakes if mistake[0] != right],
        hints=[
            _("The list has a column with the revenue of the last year in which they bought."),
            _("The list is sorted by what is at stake."),
        ],
    )


@question("04.only_looks_late", lesson=4, objective="season", part="do")
def _only_looks_late(room: Room) -> Accounts:
    facts = room.analysis.account_facts[["account_id", "revenue"]]
    rhythms = room.analysis.rhythm_facts.merge(facts, on="account_id")
    silent = rhythms[rhythms["days_since"].between(*_QUIET)].nlargest(5, "revenue")
    resting = silent["rhythm_state"].isin(["off_season", "in_season"])
    right = silent.loc[resting, "account_id"].tolist()
    others = silent.loc[~resting, "account_id"].tolist()
    if len(right) != 1 or len(others) < 2:
        raise MissingTable(
            _("No large account of this ledger is silent because of its season."),
            remedy=_("Take the practice company."),
        )
    return Accounts(
        _("One of these five is silent every year at this time. Which one?"),
        right=right,
        among=room.names,
        count=1,
        why=_("Two years or more show the same months: it is out of season, and not late."),
        mistakes=[
            (others[:1], _("This one used to buy in months in which it is silent now.")),
            (others[1:2], _("This one has bought all through the year before.")),
            (others[-1:], _("This one has no months in which it never buys.")),
        ],
        hints=[
            _("In the table of months, look for a row with empty months at both ends."),
            _("Who buys much in some months and never in the others?"),
        ],
    )


@question("04.lower_bar", lesson=4, objective="late", part="do")
def _lower_bar(room: Room) -> Number:
    from kamkit.explore import alarms_view, watched

    table = alarms_view(watched(room.case), _WIDER)[1].set_index("alarm_level")
    at = {one: table.loc[one].astype(int).to_dict() for one in (_LINE, _WIDER / 100)}
    wide = at[_WIDER / 100]
    more = {name: wide[name] - n for name, n in at[_LINE].items()}
    right = more["alarms_right"]
    mistakes = [
        (more["alarms"], _("So many alarms more. Take off those that were false.")),
        (more["alarms_false"], _("So many more are false. How many more are right?")),
        (wide["alarms_right"], _("So many are found at the new line. How many more is that?")),
    ]
    return Number(
        _(
            "Move the slider “{slider}” from 1 to {wider}. How many more are found of the accounts"
            " that have bought nothing since?",
            slider=_("Alarm below (%)"),
            wider=number(_WIDER),
        ),
        right=right,
        unit=_("accounts"),
        why=_(
            "And {n} more false alarms are the price. Which is dearer, a call too many or a"
            " customer who goes unnoticed?",
            n=number(more["alarms_false"]),
        ),
        mistakes=[mistake for mistake in mistakes if mistake[0] != right],
        hints=[
            _("The table under the picture has a row for each line."),
            _("No purchase since: the new line less the old one."),
        ],
    )


@question("04.kept", lesson=4, objective="retention", part="do")
def _share_kept(room: Room) -> Number:
    row = room.analysis.retention.table.iloc[0]
    return Number(
        _(
            "Of the revenue of the year before, what share was kept, growth of those who stayed"
            " not counted?"
        ),
        right=float(row["gross_retention"]),
        share=True,
        within=0.002,
        decimals=1,
        why=_("Gross retention: it never exceeds 100%, whatever the others buy more."),
        mistakes=[
            (
                float(row["net_retention"]),
                _("That is with the growth of those who stayed. Without it, please."),
            ),
            (
                float(row["account_retention"]),
                _("That is the share of accounts. Of the revenue, please."),
            ),
            (1 - float(row["gross_retention"]), _("That is what was lost. What was kept?")),
        ],
        hints=[_("The finding on retention gives three shares."), _("The first of them.")],
    )


@question("04.all_is_well", lesson=4, objective="retention", part="trap")
def _all_is_well(_room: Room) -> Choice:
    return Choice(
        _("Net revenue retention is 104%. A board member says: “So we keep our customers.”"),
        options={
            "hides": _("Not said: growth at some may hide that others have left."),
            "agree": _("Agreed: above 100% nobody can have left."),
            "new": _("Not said: new customers may be in it."),
            "price": _("Agreed, if prices did not rise by more than 4%."),
        },
        right="hides",
        why=_("Ask for the gross retention and for the names: who left, and who shrank?"),
        mistakes=[
            ("agree", _("One customer buys 20 more, another leaves with 16. What is the net?")),
            ("new", _("New customers are not counted: retention looks at last year’s only.")),
            ("price", _("Prices are one thing. Who is behind the 104%?")),
        ],
        hints=[_("What does “net” add up?"), _("Try two customers: one grows, one leaves.")],
    )


@question("04.whom_we_call", lesson=4, objective="late", part="write")
def _whom_we_call(room: Room) -> Text:
    row = _late(room).iloc[0]
    return Text(
        _(
            "Write to the one who looks after the account at the top of the list: what is unusual,"
            " what is at stake, and what should be done by when."
        ),
        points=[
            words(20),
            has_account(room.names),
            has_number(),
            says_when(_("says by when"), _("Say by when.")),
        ],
        model=_(
            "{name} usually orders every {interval} days and has been silent for {days}. Please"
            " call them this week and ask what has changed; offer no discount before you know.",
            name=_name(room, row),
            interval=number(float(row["interval_days"])),
            days=number(float(row["days_since"])),
        ),
        heading=_("Whom we call this week"),
        why=_("It is in your plan."),
        mistakes=[
            (
                lambda text: "30 da" in text and not _names_one(room, text),
                _("Thirty days mean nothing by themselves: what is usual for this account?"),
                _FEELING,
            )
        ],
        hints=[
            _("The usual interval, the silence, the revenue of a year: three numbers."),
            _("Ask before you offer: you do not know yet what has happened."),
        ],
    )


@question("04.thirty_days", lesson=4, objective="rhythm", part="quiz")
def _thirty_days(_room: Room) -> Choice:
    return Choice(
        _("Three accounts have been silent for 30 days. Which one would you call?"),
        options={
            "weekly": _("The one that orders every week, give or take a day."),
            "monthly": _("The one that orders about once a month."),
            "uneven": _("The one that orders after 5 days, or 20, or 60."),
        },
        right="weekly",
        why=_("Four orders are missing, and it was regular. With the others 30 days are usual."),
        mistakes=[
            ("monthly", _("Its order is due about now. That is not late.")),
            ("uneven", _("It has been silent longer before, and ordered again.")),
        ],
        hints=[_("For which of them are 30 days unusual?")],
    )


@question("04.by_chance", lesson=4, objective="late", part="quiz")
def _by_chance(room: Room) -> Number:
    accounts = 500 + 100 * (room.seed % 7)
    return Number(
        _(
            "An alarm rings when a silence is among the {share} least usual. {n} accounts are"
            " watched, and nothing is wrong with any. How many alarms ring on an ordinary day?",
            share=percent(_LINE, 0),
            n=number(accounts),
        ),
        right=accounts * _LINE,
        unit=_("alarms"),
        why=_("So some alarms are false, always. That is why one calls and asks."),
        mistakes=[
            (0, _("What is unusual happens all the same, now and then.")),
            (accounts, _("All of them? Each rings only rarely.")),
            (accounts * 0.1, _("That would be one in ten. It is one in a hundred.")),
        ],
        hints=[_("How many are 1% of the accounts?")],
    )


@question("04.weakest_month", lesson=4, objective="season", part="quiz")
def _weakest_month(room: Room) -> Number:
    index = room.analysis.seasons.table["month_index"]
    return Number(
        _("How much of an average month does the weakest month of the year bring?"),
        right=float(index.min()),
        share=True,
        within=0.006,
        decimals=0,
        why=_("A drop in that month is no news. A drop against the same month last year is."),
        mistakes=[
            (float(index.max()), _("That is the strongest month.")),
            (1 - float(index.min()), _("So much is missing. How much does it bring?")),
            (1 / 12, _("That would be the share of the year, if all months were alike.")),
        ],
        hints=[_("The picture of the months: the lowest bar.")],
    )


@question("04.three_measures", lesson=4, objective="retention", part="quiz")
def _three_measures(_room: Room) -> Match:
    return Match(
        _("Which measure answers which question?"),
        items={
            "heads": _("How many of last year’s customers still buy?"),
            "held": _("How much of last year’s revenue is still there?"),
            "grown": _("What do last year’s customers bring today, growth included?"),
        },
        options={
            "accounts": _("account retention"),
            "gross": _("gross revenue retention"),
            "net": _("net revenue retention"),
        },
        right={"heads": "accounts", "held": "gross", "grown": "net"},
        why=_("One large loss hardly moves the first, and much the second."),
        mistakes=[
            (
                {"heads": "accounts", "held": "net", "grown": "gross"},
                _("Net includes growth; gross counts only what was kept."),
            ),
            (
                {"heads": "gross", "held": "accounts", "grown": "net"},
                _("Customers are counted by accounts, money by revenue."),
            ),
        ],
        hints=[_("“Net” is after everything, growth included.")],
    )


@question("04.lost_or_late", lesson=4, objective="late", part="quiz")
def _lost_or_late(_room: Room) -> Choice:
    return Choice(
        _("A customer who ordered monthly has been silent for fifteen months. What now?"),
        options={
            "back": _("They are lost: winning them back is a new sale, with a plan of its own."),
            "call": _("They are late: a friendly call will do."),
            "season": _("They are out of season: wait."),
        },
        right="back",
        why=_("After more than a year of silence kamkit counts them as lost, and not as late."),
        mistakes=[
            ("call", _("Somebody else has delivered for a year. What does a call change?")),
            ("season", _("They ordered every month: they have no season.")),
        ],
        hints=[_("Who delivers to them today?")],
    )
