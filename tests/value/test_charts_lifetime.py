"""What the pictures of lifetime value show, and that they hold for tables hard to draw."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit.language import set_language
from kamkit.value import charts
from tests.conftest import LANGUAGES
from tests.pictures import faults

NAMES = [
    "Nordre Fjellvik og Omegn Landbruks- og Maskinsamvirke Aksjeselskap, avdeling Vest",
    "W" * 60,
    "$mart & $on",
    "Two\nlines AS",
    "<script>alert(1)</script>",
    None,
]


def valued(values, *, low=None, high=None, amounts=None, names=None) -> pd.DataFrame:
    size = len(values)
    return pd.DataFrame(
        {
            "account_id": [f"{n:03}" for n in range(size)],
            "account_name": names or [f"Kunde {n}" for n in range(size)],
            "revenue": amounts or [float(size - n) for n in range(size)],
            "lifetime_value": np.array(values, dtype=float),
            "lifetime_value_low": low or [value * 0.5 for value in values],
            "lifetime_value_high": high or [value * 1.5 for value in values],
        }
    )


def silent(weeks, chances, repeats) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "account_id": [f"{n:03}" for n in range(len(weeks))],
            "weeks_silent": weeks,
            "probability_alive": chances,
            "repeat_purchases": repeats,
        }
    )


def tracked(before: int, after: int, *, scale: float = 10.0) -> pd.DataFrame:
    weeks = np.arange(1, before + after + 1)
    known = np.where(weeks >= before, 1.0, np.nan)
    start = scale * before
    return pd.DataFrame(
        {
            "week": weeks,
            "actual": scale * weeks,
            "model": known * (start + 0.8 * scale * (weeks - before)),
            "naive": known * (start + 1.5 * scale * (weeks - before)),
        }
    )


def ugly_pictures() -> dict[str, object]:
    nobody = valued([]).astype({"lifetime_value": float})
    below = valued([5.0, 1.0, -3e6], low=[1.0, 0.0, -5e6], high=[9.0, 2.0, -1e6])
    return {
        "alive": charts.alive(silent([0, 3, 90, 4], [1, 0.9, 0.1, 0.4], [0, 5, 700, 3])),
        "alive, one": charts.alive(silent([0.0], [1.0], [0])),
        "alive, many": charts.alive(silent(range(9000), [0.5] * 9000, [1_000_000] * 9000)),
        "holdout": charts.holdout(tracked(39, 39)),
        "holdout, huge": charts.holdout(tracked(200, 52, scale=1e7)),
        "holdout, nothing came": charts.holdout(tracked(5, 5, scale=0.0)),
        "value, names": charts.lifetime_value(valued([9e9, 5e6, 4, 3, 2, 1], names=NAMES)),
        "value, below zero": charts.lifetime_value(below, currency="NOK"),
        "value, one": charts.lifetime_value(valued([3.0]), currency="NOK"),
        "value, no interval": charts.lifetime_value(
            valued([3.0, 2.0], low=[np.nan] * 2, high=[np.nan] * 2)
        ),
        "value, nobody": charts.lifetime_value(nobody),
        "alive, nobody": charts.alive(silent([], [], [])),
        "holdout, nothing": charts.holdout(tracked(5, 0)),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_cut_off_or_written_over(language):
    set_language(language)
    for name, picture in ugly_pictures().items():
        assert not faults(picture), name


def test_each_account_stands_at_its_silence_and_its_probability():
    table = silent([0.0, 10, 20, 30, 40, 50], [1, 0.9, 0.6, 0.5, 0.2, 0.1], [0, 0, 4, 5, 60, 70])
    picture = charts.alive(table, source="Prøve AS")
    lines = picture.figure.axes[0].get_lines()
    points = {point for line in lines for point in zip(*line.get_data(), strict=True)}
    assert points == set(zip(table["weeks_silent"], table["probability_alive"], strict=True))
    # 1, 0.9 and 0.6 are above one half; in all 3.3
    assert picture.title == "3 of 6 accounts are more likely active than gone (3.3 expected)"
    assert len({line.get_marker() for line in lines}) == len(lines) == 3
    assert "0–1" not in picture.alt
    assert "0–0" not in picture.alt
    assert picture.caption == "Source: Prøve AS."


def test_accounts_of_equal_frequency_are_in_one_group_and_those_without_a_purchase_in_none():
    table = silent([5.0] * 9 + [0.0], [0.5] * 9 + [0.0], [0] * 8 + [1, 0])
    table["value_basis"] = ["all_accounts"] * 9 + ["no_purchase"]
    picture = charts.alive(table)
    labels = [text.get_text() for text in picture.figure.axes[0].get_legend().get_texts()]
    assert labels == ["0", "1"]
    assert picture.title.startswith("0 of 9 accounts")


def test_forecasts_are_drawn_from_the_last_week_known_with_as_much_before():
    picture = charts.holdout(tracked(39, 20))
    axes = picture.figure.axes[0]
    actual, model, naive, mark = axes.get_lines()
    assert (actual.get_xdata()[0], actual.get_xdata()[-1]) == (19, 59)
    assert model.get_xdata()[0] == naive.get_xdata()[0] == mark.get_xdata()[0] == 39
    assert len({line.get_linestyle() for line in (actual, model, naive)}) == 3
    # 20 weeks at 10, at 8 and at 15
    assert picture.title == "200 purchases came; the model expected 160, the naive rule 300"
    assert picture.title in picture.alt


def test_an_account_that_revenue_does_not_rank_is_hollow_and_has_its_rank():
    table = valued([1.0, 5.0, 9.0], amounts=[30.0, 20.0, 10.0])
    picture = charts.lifetime_value(table, top=2, currency="NOK")
    assert picture.title == (
        "1 of the 2 highest in lifetime value is not among the 2 largest by revenue"
    )
    axes = picture.figure.axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["Kunde 2  3", "Kunde 1  2"]
    dots = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert [float(dot.get_xdata()[0]) for dot in dots] == [9, 5]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [True, False]
    whiskers = [line for line in axes.get_lines() if line.get_marker() == "|"]
    assert [list(line.get_xdata()) for line in whiskers] == [[4.5, 13.5], [2.5, 7.5]]
    assert "Kunde 2 NOK\u00a09 (NOK\u00a04 to NOK\u00a014)" in picture.alt


def test_no_accounts_give_a_picture_that_says_so():
    for picture in (charts.alive(silent([], [], [])), charts.lifetime_value(valued([]))):
        assert picture.title == "There is nothing to draw: no account has sales here"
