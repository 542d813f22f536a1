"""Numbers as people write them: exact, with the sign they have, or none at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kamkit.case.reading import numbers
from kamkit.errors import LedgerError

COMMA = {
    "1234,5": "1234.5",
    "1 234,50": "1234.5",
    "1.234,50": "1234.5",
    "1.234.567,89": "1234567.89",
    "1 234 567": "1234567",
    "1.234": "1234",
    "1'234,5": "1234.5",
    "1’234,5": "1234.5",
    "1\u00a0234,5": "1234.5",
    "1\u2009234,5": "1234.5",
    "1\u2007234,5": "1234.5",
    "1\u202f234,5": "1234.5",
    ",5": "0.5",
    "5,": "5",
    "0": "0",
    "007": "7",
    "+5,5": "5.5",
    "+ 5,5": "5.5",
    "  5,5  ": "5.5",
    "0,0001": "0.0001",
    "0,00016": "0.0002",
    "99999999999999,9999": "99999999999999.9999",
}
UNITS = {
    "kr 1 234,50": "1234.5",
    "kr. 1 234,50": "1234.5",
    "Kr1234,5": "1234.5",
    "NOK 5": "5",
    "sek 5": "5",
    "5 DKK": "5",
    "5,50 kr": "5.5",
    "5 kr.": "5",
    "€ 5,50": "5.5",
    "5,50 €": "5.5",
    "£5": "5",
    "$5": "5",
    "USD 5": "5",
    "5 EUR": "5",
    "5 GBP": "5",
    "5,-": "5",
    "kr 1 234,-": "1234",
    "5,\u2013": "5",
}
MINUS = [
    "-5,5",
    "- 5,5",
    "\u22125,5",  # the mathematical sign
    "\u20135,5",  # an en dash, as word processors make of it
    "5,5-",
    "5,5 -",
    "5,5\u2212",
    "5,5\u2013",
    "(5,5)",
    "(-5,5)",
    "kr -5,5",
    "-kr 5,5",
    "\u2013 kr 5,5",
    "(kr 5,5)",
    "(5,5 kr)",
    "-5,5 kr",
    "5,5- kr",
]
NONE = [
    "",
    " ",
    ",",
    "kr",
    "12a",
    "nan",
    "1,23,4",
    "1.23,4",
    "1.2345,6",
    "12 34,5",
    "1234 567",
    "1.234 567",  # two kinds of groups may stand side by side, but not both signs
    "(5,5",
    "5,5)",
    "--5",
    "+-5",
    "5 5,5",
    "1,234.50",
    "100 000 000 000 000 000",
    "fem",
]


@pytest.fixture(scope="module")
def comma(meaning):
    texts = [*COMMA, *UNITS, *MINUS, *NONE]
    return meaning(texts, lambda held: numbers.exact(held.value, ","))


@pytest.mark.parametrize("text", [*COMMA, *UNITS])
def test_a_number_with_a_decimal_comma(comma, text):
    assert comma[text] == Decimal((COMMA | UNITS)[text])


@pytest.mark.parametrize("text", MINUS)
def test_every_minus_is_one(comma, text):
    assert comma[text] == Decimal("-5.5")


@pytest.mark.parametrize("text", [one for one in NONE if one != "1.234 567"])
def test_what_is_no_number_is_none(comma, text):
    assert comma[text] is None


def test_groups_by_point_and_by_space_are_the_same_groups(comma):
    assert comma["1.234 567"] == 1_234_567


def test_with_a_decimal_point_the_comma_parts_thousands(meaning):
    texts = ["1,234.50", "1,234,567", "1,234", ".5", "5.", "(1,234.5)", "$1,234.50", "1 234.5"]
    found = meaning([*texts, "1.234,5", "1.2.3"], lambda held: numbers.exact(held.value, "."))
    assert [found[text] for text in texts] == [
        Decimal(one)
        for one in ("1234.5", "1234567", "1234", "0.5", "5", "-1234.5", "1234.5", "1234.5")
    ]
    assert found["1.234,5"] is found["1.2.3"] is None


def test_what_a_workbook_keeps_as_a_number_is_read_with_a_point_whatever_the_column_says(meaning):
    texts = [numbers.NATIVE + one for one in ("1.234", "-5.5", "1e-05", "x")]
    found = meaning(texts, lambda held: numbers.exact(held.value, ","))
    assert [found[text] for text in texts[:2]] == [Decimal("1.234"), Decimal("-5.5")]
    assert found[texts[3]] is None


class TestEvidence:
    @pytest.mark.parametrize(
        "text",
        ["1.234,5", "1.234,567", "1,5", "1,55", ",5", "0,555", "1,5555", "1234,567", "1.234.567"],
    )
    def test_it_shows_a_decimal_comma(self, engine, values, text):
        assert self.seen(engine, values, text) == (1, 0, 0)
        assert self.seen(engine, values, text.translate({44: 46, 46: 44})) == (0, 1, 0)

    @pytest.mark.parametrize(
        "text", ["1,234", "12,345", "123.456", "-1.234", "kr 1.234", "(1.234)"]
    )
    def test_it_could_be_either(self, engine, values, text):
        assert self.seen(engine, values, text) == (0, 0, 1)

    @pytest.mark.parametrize("text", ["1234", "0", "", "x", "1 234", "\x011.5", "\x011.234"])
    def test_it_shows_nothing(self, engine, values, text):
        assert self.seen(engine, values, text) == (0, 0, 0)

    @staticmethod
    def seen(engine, values, text) -> tuple[int, int, int]:
        held = values([text])
        found = numbers.weigh(engine.row(numbers.evidence(held), held))
        return found.comma, found.point, found.either

    def test_lines_are_counted_and_the_first_value_is_the_example(self, engine, values):
        held = values(["1,5", "0,25", "1.5", "1,234", "9,876", None], [4, 3, 2, 5, 1, 7])
        found = numbers.weigh(engine.row(numbers.evidence(held), held))
        assert (found.comma, found.point, found.either) == (7, 2, 6)
        assert (found.example_comma, found.example_point, found.example_either) == (
            "0,25",
            "1.5",
            "1,234",
        )


class TestDecision:
    def test_a_column_decides_for_itself(self):
        found = {"amount": numbers.Evidence(1, 0, 9), "cost": numbers.Evidence(0, 1, 9)}
        assert numbers.decimal_signs(found, "") == {"amount": ",", "cost": "."}

    def test_a_column_that_cannot_tell_follows_the_others(self):
        found = {"amount": numbers.Evidence(0, 0, 9), "cost": numbers.Evidence(0, 1, 0)}
        assert numbers.decimal_signs(found, "") == {"amount": ".", "cost": "."}

    def test_a_column_without_decimals_needs_no_sign(self):
        found = {"amount": numbers.Evidence(0, 0, 0), "cost": numbers.Evidence(2, 0, 0)}
        assert numbers.decimal_signs(found, "") == {"amount": "", "cost": ","}

    def test_two_ways_in_one_column_are_refused_with_both(self):
        two = numbers.Evidence(3, 2, 0, "1,5", "1.5")
        with pytest.raises(LedgerError, match="“amount” are written in two ways") as refusal:
            numbers.decimal_signs({"amount": two}, "salg.csv")
        assert refusal.value.found == "“1,5” (3) and “1.5” (2)"
        assert refusal.value.where == "salg.csv"

    @pytest.mark.parametrize("others", [{}, {"a": (1, 0), "b": (0, 1)}])
    def test_a_thousand_or_a_decimal_is_refused_where_nothing_tells(self, others):
        found = {name: numbers.Evidence(*counts, 0) for name, counts in others.items()}
        found["cost"] = numbers.Evidence(0, 0, 2, example_either="1.234")
        with pytest.raises(LedgerError, match="whether “1.234” is a thousand") as refusal:  # noqa: RUF043
            numbers.decimal_signs(found, "salg.csv")
        assert refusal.value.found == "2 values of “cost” like this"
