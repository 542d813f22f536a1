"""What a user may settle about a source, and what is refused with its name and its value."""

from __future__ import annotations

import datetime as dt

import pytest

from kamkit.case import ReadOptions
from kamkit.errors import ParameterError


def test_by_default_the_source_is_asked_and_a_quarter_may_be_set_aside():
    options = ReadOptions()
    assert options.given() == {}
    assert (options.day_first, options.decimal, options.invoice_totals) == (None, "", "refuse")
    assert (options.max_rows, options.max_amount) == (0.25, 0.25)


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("day_first", True, True),
        ("day_first", False, False),
        ("decimal", ",", ","),
        ("currency", "nok", "NOK"),
        ("rates", {"eur": 11, "SEK": 0.98}, {"EUR": 11.0, "SEK": 0.98}),
        ("rates", {"EUR": 1e-6, "XXX": 1e6}, {"EUR": 1e-6, "XXX": 1e6}),
        ("sheet", "Ark1", "Ark1"),
        ("start", "2025-01-01", "2025-01-01"),
        ("end", dt.date(2025, 12, 31), "2025-12-31"),
        ("drop_duplicates", True, True),
        ("exclude", ["0007"], ("0007",)),
        ("invoice_totals", "once", "once"),
        ("max_rows", 0, 0.0),
        ("max_amount", 1, 1.0),
    ],
)
def test_a_value_is_read(name, value, read):
    assert getattr(ReadOptions.read({name: value}), name) == read


def test_what_differs_from_the_defaults_is_given_back():
    given = {"day_first": False, "exclude": ("1",), "max_rows": 0.5}
    assert ReadOptions.read(given).given() == given
    assert ReadOptions.read({"day_first": None, "max_rows": 0.25}).given() == {}


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("day_first", "yes", "true / false"),
        ("drop_duplicates", 1, "true / false"),
        ("drop_duplicates", None, "true / false"),
        ("decimal", ";", '"" / , / .'),
        ("decimal", 1, "text"),
        ("currency", "kroner", "an ISO code such as NOK"),
        ("currency", "N0K", "an ISO code such as NOK"),
        ("rates", {"EUR": 0}, "currency codes with a rate above zero, as EUR = 11.5"),
        ("rates", {"EUR": -1.0}, "currency codes with a rate above zero, as EUR = 11.5"),
        ("rates", {"EUR": 1e7}, "currency codes with a rate above zero, as EUR = 11.5"),
        ("rates", {"EUR": True}, "currency codes with a rate above zero, as EUR = 11.5"),
        ("rates", {"EUR": "11"}, "currency codes with a rate above zero, as EUR = 11.5"),
        ("rates", ["EUR"], "currency codes with a rate above zero, as EUR = 11.5"),
        ("start", "31.12.2025", "a date such as 2025-03-31"),
        ("end", "2025-02-30", "a date such as 2025-03-31"),
        ("exclude", "0007", "a list of account numbers in quotes"),
        ("exclude", [7], "a list of account numbers in quotes"),
        ("invoice_totals", "twice", "refuse / lines / once"),
        ("max_rows", 1.01, "a share from 0 to 1"),
        ("max_amount", -0.1, "a share from 0 to 1"),
        ("max_rows", "a half", "a share from 0 to 1"),
        ("max_rows", True, "a share from 0 to 1"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_what_could(name, value, wanted):
    with pytest.raises(ParameterError) as refusal:
        ReadOptions.read({name: value})
    assert f"“{name}”" in refusal.value.message
    assert refusal.value.wanted == wanted
    assert refusal.value.found == repr(value)
    assert refusal.value.remedy


def test_a_period_that_ends_before_it_starts_is_refused():
    assert ReadOptions(start="2025-05-01", end="2025-05-01").end == "2025-05-01"
    with pytest.raises(ParameterError) as refusal:
        ReadOptions(start="2025-05-02", end="2025-05-01")
    assert refusal.value.wanted == "a date on or after 2025-05-02"


@pytest.mark.parametrize(
    ("name", "remedy"), [("curency", "Did you mean “currency”?"), ("zzz", "Remove it.")]
)
def test_an_unknown_option_is_refused_with_the_nearest(name, remedy):
    with pytest.raises(ParameterError, match=f"Unknown reading option “{name}”") as refusal:
        ReadOptions.read({name: 1})
    assert refusal.value.remedy == remedy
    assert "day_first" in refusal.value.wanted
