"""Lesson 17, pandas in an hour: tables, rows, groups and joins, before lesson 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.learn.kinds import Choice, Match, Number
from kamkit.learn.register import question
from kamkit.learn.written import Code, Text, mentions, words

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.learn.room import Room


def _accounts(room: Room) -> pd.DataFrame:
    """Return the accounts; some are needed to ask anything of them."""
    accounts: pd.DataFrame = room.analysis.account_facts
    if len(accounts) < 12:
        raise MissingTable(
            _("There are too few accounts to compare them."),
            remedy=_("Take a ledger with more accounts."),
        )
    return accounts


@question("17.above_the_mean", lesson=17, objective="table", part="predict")
def _above_the_mean(room: Room) -> Number:
    revenue = _accounts(room)["revenue"]
    return Number(
        _("What share of the accounts has more revenue than the mean of all? Guess."),
        right=float((revenue > revenue.mean()).mean()),
        share=True,
        within=0.03,
        decimals=1,
        why=_("You guessed within three percentage points."),
        mistakes=[
            (0.5, _("Half are above the median. The mean is drawn up by the large ones.")),
            (0.8, _("Then a few very small ones would draw the mean down.")),
        ],
        hints=[_("There is no wrong guess. Think of the curve of lesson 2.")],
    )


@question("17.how_many_rows", lesson=17, objective="table", part="do")
def _how_many_rows(room: Room) -> Code:
    accounts = _accounts(room)
    return Code(
        _("One line: how many rows has the table accounts?"),
        right=len(accounts),
        tables={"accounts": accounts},
        such_as="len(accounts)",
        mistakes=[
            ("accounts.size", _("That counts the cells. The rows, please.")),
            ("len(accounts.columns)", _("Those are the columns.")),
            ('accounts["invoices"].sum()', _("Those are the invoices of all accounts.")),
        ],
        hints=[_("Python’s own function for the length of anything is called len.")],
        why=_("One row for each account. Know what a row is before you count."),
    )


@question("17.mean_revenue", lesson=17, objective="table", part="do")
def _mean_revenue(room: Room) -> Code:
    accounts = _accounts(room)
    return Code(
        _("One line: the mean revenue of an account."),
        right=accounts["revenue"].mean(),
        tables={"accounts": accounts},
        such_as='accounts["revenue"].mean()',
        mistakes=[
            ('accounts["revenue"].median()', _("That is the median: the one in the middle.")),
            ('accounts["revenue"].sum()', _("That is the sum. The mean, please.")),
        ],
        hints=[
            _("A column is the table’s name with the column’s name in brackets."),
            _("Behind the column: .mean()"),
        ],
        why=_("Compare it with the median: a few large accounts draw the mean up."),
    )


@question("17.count_above", lesson=17, objective="pick", part="do")
def _count_above(room: Room) -> Code:
    accounts = _accounts(room)
    revenue = accounts["revenue"]
    return Code(
        _("One line: how many accounts have more revenue than the mean?"),
        right=int((revenue > revenue.mean()).sum()),
        tables={"accounts": accounts},
        such_as='(accounts["revenue"] > accounts["revenue"].mean()).sum()',
        mistakes=[
            (
                '(accounts["revenue"] < accounts["revenue"].mean()).sum()',
                _("Those are below the mean."),
            ),
            (
                '(accounts["revenue"] > accounts["revenue"].median()).sum()',
                _("Those are above the median: half of them, of course."),
            ),
            (
                '(accounts["revenue"] > accounts["revenue"].mean()).mean()',
                _("That is their share. How many are they?"),
            ),
        ],
        hints=[
            _("A comparison gives True or False for each row."),
            _("True counts as 1: put the comparison in parentheses and .sum() behind it."),
        ],
        why=_("A comparison is a column, too: it can be counted, and used to pick rows."),
    )


@question("17.most_days", lesson=17, objective="group", part="do")
def _most_days(room: Room) -> Code:
    days = room.analysis.purchase_days
    return Code(
        _("One line on the table days: on how many days did the busiest account buy?"),
        right=int(days.groupby("account_id").size().max()),
        tables={"days": days},
        such_as='days.groupby("account_id").size().max()',
        mistakes=[
            ("len(days)", _("Those are all rows: one for each account and day.")),
            ('days["account_id"].nunique()', _("That is how many accounts there are.")),
            (
                'days.groupby("account_id").size().mean()',
                _("That is the mean of all accounts. The largest, please."),
            ),
        ],
        hints=[
            _("Group by account, count the rows of each group, take the largest."),
            _("Counting the rows of groups is called .size()"),
        ],
        why=_("Split by account, count, and look at the result: most analyses are this."),
    )


@question("17.revenue_of_late", lesson=17, objective="join", part="do")
def _revenue_of_late(room: Room) -> Code:
    accounts, late = _accounts(room), room.analysis.alarms
    if not len(late.index):
        raise MissingTable(
            _("Too few accounts are late in this ledger."),
            remedy=_("Take a ledger with more accounts, or wait."),
        )
    known = late[["account_id", "days_since"]]
    return Code(
        _(
            "One line: the revenue of the accounts that are late, in all. The tables are called"
            " accounts and late."
        ),
        right=accounts.merge(known, on="account_id")["revenue"].sum(),
        tables={"accounts": accounts, "late": known},
        such_as='accounts.merge(late, on="account_id")["revenue"].sum()',
        mistakes=[
            ('accounts["revenue"].sum()', _("That is the revenue of all accounts.")),
            (
                'len(accounts.merge(late, on="account_id"))',
                _("That is how many they are. What is their revenue?"),
            ),
        ],
        hints=[
            _("Put the two tables side by side, where the account is the same."),
            _("accounts.merge(late, on=…), then the column, then the sum."),
        ],
        why=_("An account has one number in all tables: that is what they are joined on."),
    )


@question("17.where_are_they", lesson=17, objective="join", part="trap")
def _where_are_they(_room: Room) -> Choice:
    return Choice(
        _("You merge 1,000 accounts with a list of 28 and get 28 rows. Where are the others?"),
        options={
            "both": _('A merge keeps what is in both tables; how="left" keeps all accounts.'),
            "fault": _("Their numbers are written in another way."),
            "limit": _("pandas shows only the first rows."),
            "gone": _("They are gone from the table accounts."),
        },
        right="both",
        why=_("Count the rows before and after each merge. It is the cheapest check there is."),
        mistakes=[
            ("fault", _("That happens, and then fewer than 28 would be left.")),
            ("limit", _("What is shown is shortened. What is counted is not.")),
            ("gone", _("The table accounts is as before: merge makes a new one.")),
        ],
        hints=[
            _("Which rows can be put side by side?"),
            _("The list has 28 accounts. What would stand beside the others?"),
        ],
    )


@question("17.my_question", lesson=17, objective="group", part="write")
def _my_question(_room: Room) -> Text:
    return Text(
        _(
            "Write a question of your own to these tables, the line that answers it, and the answer"
            " in a sentence."
        ),
        points=[
            words(12),
            mentions(
                _("has a line on one of the tables"),
                *("accounts[", "accounts.", "days[", "days.", "late[", "late."),
                "len(",
                unmet=_("There is no line of code in it: begin with the name of a table."),
            ),
            mentions(
                _("asks something"),
                *("how", "what", "which", "who", "when", "are there", "do ", "does "),
                *("hvor", "hva", "hvilke", "hvem", "når", "finnes det", "er det", "?"),
                unmet=_("Put it as a question: how many, which, who?"),
            ),
        ],
        model=_(
            'How much do the ten largest accounts bring? accounts["revenue"].nlargest(10).sum()'
            " says it. They bring far more than ten accounts of average size."
        ),
        heading=_("My question to the tables"),
        why=_("It is in your plan. Keep the line: you will want it on your own ledger."),
        hints=[_("Begin with a word such as how many, which, who.")],
    )


@question("17.what_lines_do", lesson=17, objective="pick", part="quiz")
def _what_lines_do(_room: Room) -> Match:
    return Match(
        _("What does each line give?"),
        items={
            "column": 'accounts["revenue"]',
            "rows": 'accounts[accounts["revenue"] > 1_000_000]',
            "sorted": 'accounts.sort_values("revenue")',
        },
        options={
            "one": _("one column of all accounts"),
            "some": _("all columns of some accounts"),
            "order": _("all of it, in another order"),
        },
        right={"column": "one", "rows": "some", "sorted": "order"},
        why=_("In brackets a name picks a column, and a comparison picks rows."),
        mistakes=[
            (
                {"column": "some", "rows": "one", "sorted": "order"},
                _("A name in brackets is a column; a comparison picks rows."),
            ),
            (
                {"column": "one", "rows": "order", "sorted": "some"},
                _("Sorting leaves nothing out; a comparison does."),
            ),
        ],
        hints=[_("What stands in the brackets: a name, or a comparison?")],
    )


@question("17.ten_largest", lesson=17, objective="pick", part="quiz")
def _ten_largest(room: Room) -> Code:
    accounts = _accounts(room)
    return Code(
        _("One line: the revenue of the ten largest accounts together."),
        right=accounts["revenue"].nlargest(10).sum(),
        tables={"accounts": accounts},
        such_as='accounts["revenue"].nlargest(10).sum()',
        mistakes=[
            ('accounts["revenue"].nlargest(10).mean()', _("That is their mean. Together, please.")),
            ('accounts["revenue"].nsmallest(10).sum()', _("Those are the ten smallest.")),
            ('accounts["revenue"].max()', _("That is the largest alone.")),
        ],
        hints=[_("The ten largest of a column: .nlargest(10)")],
        why=_("Three steps in one line: a column, a choice, a sum."),
    )


@question("17.counted_twice", lesson=17, objective="join", part="quiz")
def _counted_twice(_room: Room) -> Choice:
    return Choice(
        _("You merge accounts with days, and sum the column revenue. It is far too large. Why?"),
        options={
            "repeated": _("The revenue of an account stands there once for each of its days."),
            "returns": _("Returns have not been taken off."),
            "vat": _("There is VAT in it."),
        },
        right="repeated",
        why=_("A merge repeats a row for each one that fits it. First add up, then merge."),
        mistakes=[
            ("returns", _("They are taken off in revenue. How many rows has an account now?")),
            ("vat", _("It is not in the ledger. How many rows has an account now?")),
        ],
        hints=[_("How many rows has an account after the merge?")],
    )


@question("17.not_known", lesson=17, objective="table", part="quiz")
def _not_known(_room: Room) -> Choice:
    return Choice(
        _("In a column three of ten values are missing (NaN). What does .mean() give?"),
        options={
            "seven": _("the mean of the seven that are known"),
            "ten": _("the sum divided by ten"),
            "error": _("an error"),
        },
        right="seven",
        why=_(
            "Missing is left out, and nobody tells you: count what is missing with .isna().sum()."
        ),
        mistakes=[
            ("ten", _("That would count missing as zero.")),
            ("error", _("It goes on without a word. That is the danger.")),
        ],
        hints=[_("Does pandas take missing for zero?")],
    )


@question("17.by_year", lesson=17, objective="group", part="quiz")
def _by_year(room: Room) -> Code:
    days = room.analysis.purchase_days
    year = days["day"].dt.year
    return Code(
        _("One line on the table days: the sum of amount for each year."),
        right=days.groupby(year)["amount"].sum(),
        tables={"days": days},
        such_as='days.groupby(days["day"].dt.year)["amount"].sum()',
        mistakes=[
            (
                'days.groupby(days["day"].dt.year).size()',
                _("That is how many rows each year has. The sum of amount, please."),
            ),
            (
                'days.groupby(days["day"].dt.month)["amount"].sum()',
                _("Those are months. The years, please."),
            ),
            ('days["amount"].sum()', _("That is all years together.")),
        ],
        hints=[_("The year of a date column: .dt.year")],
        why=_("One may group by anything that has a value for each row."),
    )
