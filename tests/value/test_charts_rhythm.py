"""Pictures of rhythm: what they say, and that their words stand apart."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.dates import num2date

from kamkit import open_case, value
from kamkit.language import set_language
from kamkit.value import charts
from tests.conftest import LANGUAGES
from tests.pictures import NAMES, faults

START = pd.Timestamp("2025-01-01")


def alarms(names: list) -> tuple[pd.DataFrame, pd.DataFrame]:
    days = pd.DataFrame(
        [
            (f"{n:03}", START + pd.Timedelta(days=7 * week), 50.0)
            for n in range(len(names))
            for week in range(30 + n)
        ],
        columns=["account_id", "day", "amount"],
    )
    table = value.rhythm(days, as_of=pd.Timestamp("2026-03-01").date())
    return days, table.assign(account_name=names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_silence_of_accounts_with_hard_names_is_readable(language):
    set_language(language)
    picture = charts.silence(*alarms(NAMES), source="Test")
    assert faults(picture) == []
    # the first has 30 weekly purchases: the last on day 203, and 2026-03-01 is day 424
    assert "221" in picture.title


def test_one_account_and_none():
    days, table = alarms(["Bo AS"])
    one = charts.silence(days, table)
    assert "1 account is late" in one.title
    assert "usually every 7 days" in one.alt
    none = charts.silence(days, table.head(0))
    assert none.title == "No account is late against their own rhythm"
    assert charts.rfm(value.rfm(days).table.head(0)).title


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_runs_out_of_the_picture(language):
    set_language(language)
    days, table = alarms(NAMES)
    gone = table.head(2).assign(rhythm_state="season_missed", next_expected=pd.NaT)
    profile = value.month_profile(open_case("fjordgross")).table
    below = profile.assign(month_index=profile["month_index"] - 0.7, index_low=-0.4)
    for picture in (
        charts.silence(days, table),
        charts.silence(days, gone),
        charts.month_profile(below),
    ):
        assert not faults(picture)


def test_a_row_shows_the_purchases_the_day_expected_and_the_silence():
    days, table = alarms(["Bo AS"])
    axes = charts.silence(days, table).figure.axes[0]
    (bar,) = axes.patches
    # 30 weekly purchases: the last on 23 July 2025, the next expected a week later
    assert pd.Timestamp(num2date(bar.get_x()).date()) == pd.Timestamp("2025-07-23")
    assert bar.get_width() == 221
    assert bar.get_hatch()
    strokes = axes.collections[0].get_segments()
    assert len(strokes) == 30
    (diamond,) = [line for line in axes.get_lines() if line.get_marker() == "D"]
    assert pd.Timestamp(diamond.get_xdata()[0]) == pd.Timestamp("2025-07-30")


def test_a_month_below_zero_is_drawn_below_zero():
    profile = value.month_profile(open_case("fjordgross")).table
    below = profile.assign(month_index=profile["month_index"] - 0.7, index_low=-0.4)
    axes = charts.month_profile(below).figure.axes[0]
    assert axes.get_ylim()[0] < -0.4
    assert min(bar.get_height() for bar in axes.patches) == pytest.approx(
        profile["month_index"].min() - 0.7
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_months_are_named_and_the_strongest_told(language):
    set_language(language)
    profile = value.month_profile(open_case("fjordgross"))
    picture = charts.month_profile(profile.table, source="Fjordgross")
    assert faults(picture) == []
    # counted in SQL and by hand: the ratio is highest in September and lowest in December
    assert ("September is" if language == "en" else "September er") in picture.title
    assert ("December" if language == "en" else "desember") in picture.title
