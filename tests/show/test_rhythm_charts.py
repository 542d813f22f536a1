"""Pictures of rhythm: what they say, and that their words stand apart."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import open_case, value
from kamkit.language import set_language
from kamkit.show import charts
from tests.show.test_drawn import NAMES, words

START = pd.Timestamp("2025-01-01")


def alarms(names: list) -> tuple[pd.DataFrame, pd.DataFrame]:
    days = pd.DataFrame(
        [(f"{n:03}", START + pd.Timedelta(days=7 * week), 50.0)
         for n in range(len(names)) for week in range(30 + n)],
        columns=["account_id", "day", "amount"],
    )  # fmt: skip
    table = value.rhythm(days, as_of=pd.Timestamp("2026-03-01").date())
    return days, table.assign(account_name=names)


def overlapping(picture) -> list[tuple[str, str]]:
    drawn = words(picture)
    return [
        (one, other)
        for place, (one, box) in enumerate(drawn)
        for other, second in drawn[place + 1 :]
        if box.padded(-1).overlaps(second.padded(-1))
    ]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_silence_of_accounts_with_hard_names_is_readable(language):
    set_language(language)
    picture = charts.silence(*alarms(NAMES), source="Test")
    assert overlapping(picture) == []
    # the first has 30 weekly purchases: the last on day 203, and 2026-03-01 is day 424
    assert "221" in picture.title


def test_one_account_and_none():
    days, table = alarms(["Bo AS"])
    one = charts.silence(days, table)
    assert "1 account is late" in one.title
    assert "usually every 7 days" in one.alt
    assert charts.silence(days, table.head(0)).title
    assert charts.rfm(value.rfm(days).table.head(0)).title


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_months_are_named_and_the_strongest_told(language):
    set_language(language)
    profile = value.month_profile(open_case("fjordgross"))
    picture = charts.month_profile(profile.table, source="Fjordgross")
    assert overlapping(picture) == []
    # counted in SQL and by hand: the ratio is highest in October and lowest in December
    assert ("October" if language == "en" else "Oktober") in picture.title
    assert ("December" if language == "en" else "desember") in picture.title


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_grid_of_scores_counts_every_account_once(language):
    set_language(language)
    found = value.rfm(open_case("fjordgross")).table
    picture = charts.rfm(found, source="Fjordgross")
    assert overlapping(picture) == []
    bold = [t for t in picture.figure.axes[0].texts if t.get_fontweight() == "bold"]
    assert sum(int(text.get_text().replace("\u00a0", "").replace(",", "")) for text in bold) == len(
        found
    )
