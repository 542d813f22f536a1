"""What answers mean, how much of them is right, and what they are told."""

from __future__ import annotations

import datetime as dt

import pytest

from kamkit.language import set_language
from kamkit.learn.answers import (
    EMPTY,
    RIGHT,
    UNREAD,
    WRONG,
    Unreadable,
    read_day,
    read_number,
    read_shares,
)
from kamkit.learn.kinds import Accounts, Choice, Kind, Match, Number, Order
from kamkit.learn.written import Code, Column, Point, Table, Text, has_account, has_number, words

OPTIONS = {"small": "A small one", "large": "A large one", "none": "None"}
ROW = {"owner": "S01", "due": "30.6.2026", "target": "5"}
NAMES = {"000012": "Vik AS", "000130": "Vikens Bygg AS", "K01": "Haug"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1,234", 1234),
        ("1 234", 1234),
        ("1\u00a0234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("\u22127", -7),
        ("about 180 accounts", 180),
        ("NOK 33.5 million", 33_500_000),
        ("33,5 mill.", 33_500_000),
        ("5k", 5000),
        ("- 0,1 prosentpoeng", -0.1),
        ("minus 3", -3),
        ("3/12", 0.25),
        (7, 7),
    ],
)
def test_a_number_is_read_as_people_write_it(typed, meant):
    assert read_number(typed) == pytest.approx(meant)


def test_the_comma_is_decimal_in_norwegian():
    set_language("nb")
    assert read_number("1,234") == 1.234
    assert read_number("1.234") == 1234


@pytest.mark.parametrize("typed", ["16.2 %", "16,2", "0.162", 0.162, "16.2%", 16.2])
def test_a_share_is_understood_with_and_without_the_sign(typed):
    assert read_number(typed, share=True) == pytest.approx(0.162)


@pytest.mark.parametrize("typed", ["16.2 per cent", "16,2 prosent", "16,2 pst", "81/500"])
def test_a_share_may_be_written_in_words_or_as_a_quotient(typed):
    assert read_number(typed, share=True) == pytest.approx(0.162)


def test_a_small_number_without_the_sign_may_be_two_shares():
    assert read_shares("0.4") == [0.4, 0.004]
    assert read_shares("1") == [0.01, 1.0], "nobody writes 1 for all of it"
    assert read_shares("-0,1 %") == [-0.001]


@pytest.mark.parametrize("typed", ["many", "1.2.3,4,5", "1/0", True])
def test_what_is_no_number_is_said_to_be_none(typed):
    with pytest.raises(Unreadable, match="Write"):
        read_number(typed)


def test_days_are_read_in_both_orders():
    assert read_day("31.12.2026") == read_day("2026-12-31") == dt.date(2026, 12, 31)
    for typed in ("next week", "30.6.", "June 2026", "31.2.2026", "5. mandag 2026"):
        with pytest.raises(Unreadable, match="Write a day"):
            read_day(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "31. desember 2026",
        "31 des. 2026",
        "31 December 2026",
        "Dec 31, 2026",
        "31. 12. 2026",
        "31/12/26",
    ],
)
def test_a_day_may_have_the_name_of_its_month_in_either_language(typed):
    assert read_day(typed) == dt.date(2026, 12, 31)


class TestNumber:
    kind = Number("How many?", right=180, unit="accounts", why="Counted.", mistakes=[(20, "%?")])

    def test_right_wrong_expected_empty_and_unreadable_are_told_apart(self):
        told = {answer: self.kind.judge(answer) for answer in ("180", "181", "20", "", "many")}
        assert [one.state for one in told.values()] == [RIGHT, WRONG, WRONG, EMPTY, UNREAD]
        assert [one.text for one in told.values()][:3] == ["Counted.", "That is too high.", "%?"]
        assert [bool(one) for one in told.values()] == [True, False, False, False, False]

    def test_counts_are_exact_and_money_within_its_tolerance(self):
        assert self.kind.judge(180.4).state == WRONG
        money = Number("?", right=33.5, unit="NOK million", near=0.02, why="")
        assert money.judge("34,1 millioner").state == RIGHT
        assert money.judge("35").state == WRONG

    @pytest.mark.parametrize(
        ("right", "typed", "state"),
        [
            (0.014, "1.4", RIGHT),  # the field of a share says %
            (-0.001, "-0.1", RIGHT),
            (0.004, "0.4", RIGHT),
            (1.43, "1.43", RIGHT),
            (1.0, "1", RIGHT),
            (0.3, "1", WRONG),
            (0.4, "0.4 %", WRONG),
        ],
    )
    def test_of_two_shares_that_a_number_may_be_the_right_one_is_meant(self, right, typed, state):
        kind = Number("?", right=right, share=True, within=0.0006, decimals=1, why="")
        assert kind.judge(typed).state == state

    @pytest.mark.parametrize("language", ["en", "nb"])
    @pytest.mark.parametrize("typed", ["1,234", "1.234", "1 234", "NOK 1.234"])
    def test_a_thousand_is_known_with_either_sign_where_it_is_right(self, language, typed):
        set_language(language)
        assert Number("?", right=1234, why="").judge(typed).state == RIGHT

    @pytest.mark.parametrize("language", ["en", "nb"])
    @pytest.mark.parametrize("typed", ["11.667", "11,667", "11,67", "11.7"])
    def test_so_are_three_decimals(self, language, typed):
        set_language(language)
        kind = Number("?", right=35 / 3, within=0.1, decimals=1, why="")
        assert kind.judge(typed).state == RIGHT

    @pytest.mark.parametrize("language", ["en", "nb"])
    @pytest.mark.parametrize("typed", ["13,167,700", "13.167.700", "13 167 700", "13.168", "13,2"])
    def test_an_amount_in_full_is_known_in_either_language(self, language, typed):
        set_language(language)
        kind = Number("?", right=13.1677, near=0.01, unit="NOK million", decimals=1, why="")
        assert kind.judge(typed).state == RIGHT

    def test_what_is_rounded_too_far_is_asked_for_its_decimals(self):
        kind = Number("?", right=0.1576, within=0.015, decimals=2, why="")
        assert kind.judge("0.2").text == "Nearly: write 2 decimals."
        share = Number("?", right=0.2960, share=True, within=0.001, decimals=1, why="")
        assert share.judge("30 %").text == "Nearly: write 1 decimal."
        assert share.judge("31 %").text == "That is too high."

    def test_money_is_said_with_its_currency_first(self):
        assert (
            Number("?", right=33.2, unit="NOK million", decimals=1, why="").solution()
            == "NOK 33.2 million"
        )
        assert Number("?", right=33, unit="mill. NOK", why="").solution() == "33 mill. NOK"


class TestChoice:
    def test_an_option_is_chosen_by_letter_words_or_code(self):
        kind = Choice("?", OPTIONS, "large", why="")
        for answer in ("b", "B)", "a large one", "large"):
            assert kind.judge(answer).state == RIGHT
        assert kind.judge("q").text == "Choose one of: a, b, c."

    def test_of_several_the_marks_count_that_are_as_they_should_be(self):
        kind = Choice("?", OPTIONS, {"small", "large"}, why="")
        assert kind.judge("a, b").state == RIGHT
        assert kind.judge(["a"]).credit == pytest.approx(2 / 3)
        assert kind.judge(["c"]).credit == 0

    @pytest.mark.parametrize("typed", ["(b)", "b) A large one", "a large one.", "b:"])
    def test_an_option_may_be_copied_with_its_letter(self, typed):
        assert Choice("?", OPTIONS, "large", why="").judge(typed).state == RIGHT

    @pytest.mark.parametrize("typed", ["ab", "a and b", "a og b", "a+b", "b; a", "A, B"])
    def test_several_letters_may_be_joined_as_people_do(self, typed):
        assert Choice("?", OPTIONS, {"small", "large"}, why="").judge(typed).state == RIGHT

    def test_of_several_it_is_told_whether_something_is_missing_or_too_much(self):
        kind = Choice("?", OPTIONS, {"small", "large"}, why="")
        told = [kind.judge(one).text for one in ("a", "abc", "bc")]
        assert told[0] == "What you named belongs here, and something is missing."
        assert told[1] == "All that belong here are among yours, and something that does not."
        assert told[2] == "1 of your 2 belong here."


class TestAccounts:
    @pytest.mark.parametrize(
        "typed", ["12 K01", "Vik AS and Haug", "Vik AS og haug.", "1. Vik AS\n2. Haug", "12; Haug"]
    )
    def test_several_accounts_are_named_as_people_do(self, typed):
        assert Accounts("?", ["000012", "K01"], NAMES, why="").judge(typed).state == RIGHT

    def test_a_keyboard_without_our_letters_will_do(self):
        names = {"1": "Kråkesølv Sjømat AS", "2": "Ærfugl Bygg"}
        assert Accounts("?", ["1"], names, why="").judge("krakesolv sjomat").state == RIGHT
        assert Accounts("?", ["2"], names, why="").judge("Aerfugl Bygg").state == RIGHT

    def test_two_accounts_of_one_name_are_told_apart_by_number(self):
        kind = Accounts("?", ["1"], {"1": "Berg AS", "2": "Berg AS"}, why="")
        assert "Several accounts" in kind.judge("Berg AS").text

    def test_numbers_names_and_parts_of_names_mean_an_account(self):
        kind = Accounts("?", ["000012"], NAMES, why="")
        for answer in ("000012", "12", "Vik AS", "vik as (000012)", ["12"]):
            assert kind.judge(answer).state == RIGHT, answer
        assert kind.judge("haug").text == "It is another account."

    def test_an_unknown_name_is_told_with_the_nearest(self):
        kind = Accounts("?", ["000012"], NAMES, why="")
        found = kind.judge("Vikens Byg AS")
        assert found.state == UNREAD
        assert found.text.endswith("Did you mean Vikens Bygg AS (000130)?")
        assert "Several accounts" in kind.judge("vik").text

    def test_credit_takes_off_what_is_too_much(self):
        kind = Accounts("?", ["000012", "K01"], NAMES, why="")
        assert kind.judge("12").credit == 0.5
        assert kind.judge("12, K01, 130").credit == 0.5
        assert kind.judge("12\nHaug").state == RIGHT
        assert kind.judge("12;130").text == "1 of your 2 belong here."

    def test_a_predicate_decides_where_there_is_no_single_answer(self):
        kind = Accounts("?", lambda ids: "K01" in ids, NAMES, such_as=["K01"], why="")
        assert kind.judge(["12", "K01"]).state == RIGHT
        assert kind.judge(["12"]).state == WRONG
        assert kind.solution() == "Haug (K01)"

    def test_order_counts_where_it_is_asked_for(self):
        kind = Accounts("?", ["K01", "000012"], NAMES, ordered=True, why="")
        assert kind.judge(["12", "K01"]).text == "These are the accounts, in another order."


def test_order_counts_places_and_wants_each_once():
    kind = Order(
        "?", {"first": "First", "then": "Then", "last": "Last"}, ["first", "then", "last"], why=""
    )
    assert kind.judge("a, b, c").state == RIGHT
    assert kind.judge(["first", "last", "then"]).credit == pytest.approx(1 / 3)
    assert kind.judge("abc").state == kind.judge("a > b > c").state == RIGHT
    assert kind.judge("acb").text == "Look again at place 2."
    assert kind.judge(["a", "a", "b"]).state == UNREAD
    assert kind.solution() == "First → Then → Last"


def test_a_match_takes_a_mapping_or_the_options_in_order():
    kind = Match(
        "?",
        {"dog": "Dog", "cat": "Cat"},
        {"bark": "barks", "purr": "purrs"},
        {"dog": "bark", "cat": "purr"},
        why="",
    )
    assert kind.judge({"Dog": "barks", "cat": "b"}).state == RIGHT
    assert (
        kind.judge(["a", "b"]).state == kind.judge("ab").state == kind.judge("a b").state == RIGHT
    )
    told = kind.judge({"dog": "purr", "cat": "purr"})
    assert (told.credit, told.text) == (0.5, "Look again at this one: Dog")
    assert kind.judge({"dog": "bark"}).state == UNREAD


class TestText:
    kind = Text(
        "?",
        [words(4), has_number(), has_account(NAMES), Point("would convince a sceptic")],
        "Call Vik AS within 14 days.",
        why="Kept.",
        mistakes=[(lambda text: "asap" in text, "Give a day.", "Call Vik AS asap: 1.")],
    )

    def test_what_can_be_checked_is_and_the_rest_is_left_to_the_writer(self):
        told = self.kind.judge("We call Vik AS within 14 days.")
        assert told.state == RIGHT
        assert told.text == "Kept. Judge the rest yourself: would convince a sceptic."

    def test_what_is_missing_is_said(self):
        told = self.kind.judge("We call them soon.")
        assert told.credit == pytest.approx(1 / 3)
        assert "no number" in told.text
        assert "no account" in told.text

    def test_a_mistake_fails_a_text_that_keeps_all_points(self):
        told = self.kind.judge("Call Vik AS asap: 1.")
        assert (told.state, told.text) == (WRONG, "Give a day.")


class TestTable:
    kind = Table(
        "?",
        {"owner": Column("Owner"), "due": Column("Date", "day"), "target": Column("To", "number")},
        [{"owner": "S01", "due": "2026-06-30", "target": 5}] * 2,
        rows=2,
        why="",
        mistakes=[(lambda rows: any("," in (r["owner"] or "") for r in rows), "One owner.", [])],
    )

    def test_so_many_whole_rows_are_wanted(self):
        assert self.kind.judge([ROW, ROW]).state == RIGHT
        assert self.kind.judge([ROW]).credit == 0.5
        assert self.kind.judge([ROW]).text == "Fill in at least 2 rows."
        assert self.kind.judge([ROW, {"owner": "S01"}]).text == "Fill in “Date”."

    def test_a_cell_that_cannot_be_read_is_named(self):
        assert self.kind.judge([{**ROW, "due": "soon"}]).text.startswith("Date: Write a day")

    def test_a_mistake_in_whole_rows_fails_them(self):
        told = self.kind.judge([ROW, {**ROW, "owner": "S01, S02"}])
        assert (told.state, told.text) == (WRONG, "One owner.")


class TestCode:
    def kind(self) -> Kind:
        import pandas as pd

        table = pd.DataFrame({"revenue": [90.0, 10.0]})
        return Code(
            "?",
            100.0,
            {"accounts": table},
            'accounts["revenue"].sum()',
            why="",
            mistakes=[("len(accounts)", "That counts rows.")],
        )

    def test_a_line_is_judged_by_what_it_gives(self):
        assert self.kind().judge("accounts.revenue.sum()").state == RIGHT
        assert self.kind().judge("accounts.revenue.max() + 10").state == RIGHT
        assert self.kind().judge("len(accounts)").text == "That counts rows."
        assert self.kind().judge("accounts.revenue.max()").text == "It gives 90.0."

    @pytest.mark.parametrize(
        "line",
        [
            "x = accounts.revenue.sum()",
            "print(accounts.revenue.sum())",
            "a = accounts.revenue\na.sum()",
            'accounts[["revenue"]].sum()',
        ],
    )
    def test_a_line_may_name_or_print_its_result_or_give_a_column_of_one(self, line):
        assert self.kind().judge(line).state == RIGHT

    def test_a_table_of_rows_counts_by_its_last_column(self):
        import pandas as pd

        days = pd.DataFrame({"year": [1, 1, 2], "amount": [1.0, 2.0, 4.0]})
        right = days.groupby("year")["amount"].sum()
        kind = Code("?", right, {"days": days}, "", why="")
        for end in ("", ".reset_index()", ".to_dict()"):
            assert kind.judge(f'days.groupby("year")["amount"].sum(){end}').state == RIGHT, end

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("100", "Write the line that calculates it, with a table: accounts."),
            ("accounts.revenu.sum()", "There is no column “revenu”. Did you mean revenue?"),
            ('accounts["Revenue"].sum()', "There is no column “Revenue”. Did you mean revenue?"),
            ("account.revenue.sum()", "There is no “account” here. Known are accounts and late."),
            ("late.revenue.sum()", "This table has no column “revenue”. accounts has it."),
            ("accounts.revenue.sum(", "Python cannot read this."),
            ("accounts.revenue / 'x'", "Python stopped: "),
        ],
    )
    def test_an_error_is_told_so_that_a_beginner_can_mend_it(self, line, told):
        import pandas as pd

        kind = self.kind()
        tables = {**kind.tables, "late": pd.DataFrame({"account_id": ["1"]})}
        if told.endswith("accounts."):
            tables.pop("late")
        judged = Code("?", 100.0, tables, kind.such_as, why="").judge(line)
        assert judged.state == UNREAD
        assert judged.text.startswith(told)
