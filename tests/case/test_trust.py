"""Can I trust this ledger: what is told about one with known flaws."""

from __future__ import annotations

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
    assert found["credit_notes"].text.startswith("1 line is credited, -50")
    assert "7.1%" in found["credit_notes"].text  # 50 of 705 invoiced
    assert found["repeats"].text.startswith("1 line repeats an earlier line exactly")


def test_one_name_with_two_numbers_is_told(found):
    assert set(found["names"].table["account_id"]) == {"1", "3"}


def test_lines_without_worth_and_tests_are_told(found):
    text = found["odd_lines"].text
    assert "1 line has no worth." in text
    assert "2 lines look like tests, worth 5." in text
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
