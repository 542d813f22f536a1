"""Can I trust this ledger: what is told about one with known flaws."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.case import open_case
from kamkit.case.kept import keep, kept_case

LINES = """Kundenr;Kundenavn;Fakturadato;Fakturanr;Varenr;Beløp
1;Ask AS;15.01.2024;F1;A;100,00
1;Ask AS;15.01.2024;F1;A;100,00
1;Ask AS;20.02.2024;F2;B;200,00
2;Eik AS;20.02.2024;F3;A;-50,00
3;Ask AS;15.05.2024;F4;A;300,00
4;Testkunde;16.05.2024;F5;A;0,00
4;Testkunde;17.05.2024;F6;A;5,00
;;18.05.2024;F7;A;45,00
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    path = tmp_path_factory.mktemp("trust") / "salg.csv"
    path.write_text(LINES, encoding="utf-8")
    return open_case(path)


@pytest.fixture(scope="module")
def found(case):
    return {finding.name: finding for finding in case.findings()}


def test_what_is_used_and_set_aside(found):
    text = found["reconciled"].text
    assert text.startswith("7 of 8 lines are used (87.5%), worth 655.")
    assert "no customer number: 1 line, worth 45" in text


def test_months_without_sales_are_told(found):
    finding = found["coverage"]
    assert "15 Jan 2024" in finding.text
    assert "17 May 2024" in finding.text
    assert len(finding.table) == 5
    assert finding.table["revenue"].tolist() == [200, 150, 0, 0, 305]


def test_credit_and_repeats(found):
    assert found["credit_notes"].text.startswith("1 line is a credit note or negative, −50")
    assert "7.1%" in found["credit_notes"].text  # 50 of 705 invoiced
    assert found["repeats"].text.startswith("1 line repeats an earlier line exactly")


def test_one_name_with_two_numbers_is_told(found):
    assert set(found["names"].table["account_id"]) == {"1", "3"}


def test_lines_without_worth_and_tests_are_told(found):
    text = found["odd_lines"].text
    assert "1 line has the amount zero." in text
    assert "2 lines look like tests, with 5." in text
    assert "The largest line is 300" in text


def test_what_the_ledger_lacks_is_told_in_words(found):
    assert found["lacking"].text == "The ledger lacks cost, category, list amount and seller."
    assert set(found["lacking"].table["column"]) == {"cost", "category", "list_amount", "seller"}


def test_a_kept_case_is_the_same_case(tmp_path):
    path = tmp_path / "salg.csv"
    path.write_text(LINES, encoding="utf-8")
    fresh = open_case(path)
    keep(fresh, tmp_path / "kept")
    kept = kept_case(tmp_path / "kept")
    assert kept.reconciliation().equals(fresh.reconciliation())
    assert kept.set_aside().equals(fresh.set_aside())
    assert (kept.name, kept.notes, kept.empty, kept.columns, kept.mapping, kept.checksum) == (
        fresh.name,
        fresh.notes,
        fresh.empty,
        fresh.columns,
        fresh.mapping,
        fresh.checksum,
    )


HEAD = "Kundenr;Kundenavn;Fakturadato;Beløp;Varenavn;Type"
PLAIN = [f"{n};Kunde {n};{n:02}.0{n}.2025;100,00;Skrue;Faktura" for n in range(1, 7)]


@pytest.fixture
def tell(tmp_path):
    """Return a function that writes lines below the headings and gives the findings by name."""

    def told(*lines, head=HEAD, name="salg.csv"):
        path = tmp_path / name
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return {finding.name: finding for finding in open_case(path).findings()}

    return told


class TestTotals:
    def test_a_total_that_is_the_sum_says_so(self, tell):
        found = tell(*PLAIN, "Sum;;;600,00;;")["own_total"]
        assert found.text == "The file's own total, 600.00, is the sum of its lines."
        assert found.table[["source_row", "amount", "change"]].to_numpy().tolist() == [[8, 600, 0]]
        assert found.caveats == ()

    def test_a_total_counts_the_lines_set_aside_too(self, tell):
        found = tell(*PLAIN, ";;01.05.2025;7,00;;Faktura", "Sum;;;607,00;;")["own_total"]
        assert "is the sum of its lines" in found.text

    def test_a_cent_of_difference_is_told(self, tell):
        found = tell(*PLAIN, "Sum;;;600,01;;")["own_total"]
        assert found.text.endswith("differs from the sum of its lines by 0.01.")
        assert found.caveats

    @pytest.mark.parametrize("totals", [[], ["Sum;;;600,00;;", "Total;;;600,00;;"]])
    def test_without_one_total_nothing_is_compared(self, tell, totals):
        assert "own_total" not in tell(*PLAIN, *totals)


class TestMonths:
    def test_months_without_sales_are_named(self, tell):
        found = tell(*PLAIN[:1], *PLAIN[3:])["coverage"]
        assert found.caveats[0] == "No sales in 2025-02 and 2025-03: is a file missing?"
        assert found.table["rows"].tolist() == [1, 0, 0, 1, 1, 1]

    def test_whole_months_have_nothing_to_tell(self, tell):
        last = "1;x;31.01.2025;1,00;y;Faktura"
        assert tell("1;x;01.01.2025;1,00;y;Faktura", last)["coverage"].caveats == ()

    @pytest.mark.parametrize(("day", "whole"), [("28", True), ("27", False)])
    def test_a_last_month_that_is_not_whole_is_told(self, tell, day, whole):
        found = tell(f"1;x;{day}.02.2025;1,00;y;Faktura")["coverage"]
        assert (found.caveats == ()) is whole


class TestCredits:
    def test_notes_and_minus_lines_are_counted_together(self, tell):
        lines = ["1;x;01.05.2025;-30,00;y;Faktura", "1;x;01.05.2025;-20,00;y;Kreditnota"]
        found = tell(*PLAIN, *lines)["credit_notes"]
        assert found.table["rows"].tolist() == [6, 2, 8]
        assert found.table["amount"].tolist() == [600, -50, 550]
        assert found.text.startswith("2 lines are credit notes or negative, −50")
        assert "8.3% of what was invoiced" in found.text  # 50 of 600

    def test_a_ledger_without_any_is_rare(self, tell):
        found = tell(*PLAIN)["credit_notes"]
        assert found.text == "There is no credit note and no negative line."
        assert found.table["rows"].tolist() == [6, 0, 6]
        assert len(found.caveats) == 1


class TestRepeats:
    def test_none(self, tell):
        assert tell(*PLAIN)["repeats"].text == "No line repeats another exactly."

    def test_the_largest_stand_first(self, tell):
        small, large = "1;x;01.05.2025;5,00;y;Faktura", "1;x;01.05.2025;-9,00;y;Faktura"
        found = tell(*PLAIN, small, large, small, large, large)["repeats"]
        assert found.table["source_row"].tolist() == [11, 12, 10]
        assert found.text.startswith("3 lines repeat an earlier line exactly, worth −13")

    def test_files_that_cover_the_same_days_are_named(self, tmp_path):
        for name, month in (("salg 1", 1), ("salg 2", 2)):
            lines = [f"1;x;{day:02}.0{month}.2025;{day},00;y;Faktura" for day in (1, 15, 28)]
            lines += ["1;x;15.02.2025;15,00;y;Faktura"] * (month == 1)
            path = tmp_path / f"{name}.csv"
            path.write_text("\n".join([HEAD, *lines]), encoding="utf-8")
        found = {one.name: one for one in open_case(tmp_path).findings()}["repeats"]
        both = "salg 1.csv and salg 2.csv both cover 2025-02-01 to 2025-02-15"
        assert found.caveats[0].startswith(both)

    def test_files_one_behind_the_other_do_not_overlap(self, tmp_path):
        for name, day in (("salg 1", "31.01.2025"), ("salg 2", "01.02.2025")):
            lines = [f"1;x;{day};1,00;y;Faktura"] * 2
            (tmp_path / f"{name}.csv").write_text("\n".join([HEAD, *lines]), encoding="utf-8")
        found = {one.name: one for one in open_case(tmp_path).findings()}["repeats"]
        assert found.text.startswith("2 lines repeat")
        assert len(found.caveats) == 1


class TestNames:
    def test_one_account_with_two_names(self, tell):
        found = tell(*PLAIN, "1;Noe annet;01.05.2025;1,00;y;Faktura")["names"]
        assert (found.text, found.caveats) == ("1 account has several names.", ())
        assert found.table["account_name"].tolist() == ["Kunde 1", "Noe annet"]

    def test_two_accounts_with_one_name(self, tell):
        found = tell(*PLAIN, "9;kunde 1;01.05.2025;1,00;y;Faktura")["names"]
        assert found.text == "2 accounts share a name with another."
        assert found.table["account_id"].tolist() == ["1", "9"]
        assert len(found.caveats) == 1

    def test_spaces_and_capitals_make_no_other_name(self, tell):
        found = tell(*PLAIN, "1;KUNDE  1;01.05.2025;1,00;y;Faktura")["names"]
        assert found.text == "Each account has one name, and each name belongs to one account."

    def test_the_register_goes_before_the_lines(self, company):
        sales = pd.DataFrame(
            {
                "account_id": ["1", "2"],
                "date": ["2025-01-01"] * 2,
                "amount": [1.0, 2.0],
                "account_name": ["Ask", "Ask"],
            }
        )
        register = pd.DataFrame({"account_id": ["1", "2"], "name": ["Ask", "Eik"]})
        found = company(sales=sales, accounts=register).findings()
        assert {one.name: one for one in found}["names"].table.empty

    def test_a_ledger_without_names_has_none_to_doubt(self, tell):
        found = tell("1;01.05.2025;1,00", head="Kundenr;Fakturadato;Beløp")
        assert "names" not in found
        assert "account name" in found["lacking"].text


class TestOddLines:
    @pytest.mark.parametrize(
        ("account", "name", "product", "test"),
        [
            ("TEST1", "x", "y", True),
            ("1", "Testkunde", "y", True),
            ("1", "Dummy", "y", True),
            ("1", "Internkonto", "y", True),
            ("1", "x", "testvare", True),
            ("1", "Attest AS", "y", False),
            ("1", "Testamentet", "y", False),
            ("1", "Internasjonal", "y", False),
        ],
    )
    def test_a_line_looks_like_a_test(self, tell, account, name, product, test):
        found = tell(*PLAIN, f"{account};{name};01.05.2025;5,00;{product};Faktura")["odd_lines"]
        assert ("looks like a test, with 5" in found.text) is test
        assert any("--exclude" in caveat for caveat in found.caveats) is test

    @pytest.mark.parametrize("number", ["1.23E+05", "1,2345E5", "9e+11"])
    def test_a_customer_number_that_a_spreadsheet_has_cut_is_set_aside(self, tell, number):
        found = tell(*PLAIN, f"{number};x;01.05.2025;5,00;y;Faktura")["reconciled"]
        assert "a customer number that a spreadsheet program has cut: 1 line" in found.text

    @pytest.mark.parametrize("number", ["12.3E+05", "E5", "1E5B"])
    def test_another_number_with_an_e_is_none(self, tell, number):
        assert tell(*PLAIN, f"{number};x;01.05.2025;5,00;y;Faktura")["odd_lines"].caveats == ()

    def test_the_ten_largest_lines_by_size(self, tell):
        lines = [f"{n};x;01.05.2025;{-n if n == 11 else n},00;y;Faktura" for n in range(1, 13)]
        found = tell(*lines)["odd_lines"]
        assert found.table["amount"].tolist() == [12, -11, 10, 9, 8, 7, 6, 5, 4, 3]
        assert "The largest line is 12 (15.4% of all amounts)." in found.text  # of 78

    def test_lines_of_zero_are_counted(self, tell):
        found = tell(*PLAIN, *["1;x;01.05.2025;0,00;y;Faktura"] * 2)["odd_lines"]
        assert "2 lines have the amount zero." in found.text


class TestWhatLacks:
    def test_nothing_lacks_where_every_column_is_there(self, fjordgross):
        assert "lacking" not in {finding.name for finding in fjordgross.findings()}

    def test_each_column_that_lacks_says_what_is_left_out(self, tell):
        table = tell(*PLAIN)["lacking"].table.set_index("column")
        assert list(table.index) == [
            "invoice_id",
            "cost",
            "product_id",
            "category",
            "list_amount",
            "seller",
        ]
        assert table.loc["cost", "effect"] == "contribution and customer profit are left out"
