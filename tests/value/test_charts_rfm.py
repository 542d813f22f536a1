"""The grid of recency and frequency: every account and all money in it, and readable."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from kamkit.case import open_case
from kamkit.language import set_language
from kamkit.value._rfm import rfm as scored
from kamkit.value.charts import rfm
from tests.conftest import LANGUAGES
from tests.pictures import contrast, faults


def table(rows) -> pd.DataFrame:
    """Accounts: R, F, days since, purchase days, revenue."""
    columns = ["r_score", "f_score", "recency_days", "frequency_orders", "monetary"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(account_id=[f"{n:03}" for n in range(len(frame))], m_score=3).assign(
        rhythm_state="late"
    )


ROWS = [
    (5, 5, 2, 90, 500.0),
    (5, 5, 4, 80, 100.0),
    (4, 4, 10, 30, 150.0),
    (1, 5, 400, 70, 50.0),
    (2, 3, 90, 12, 150.0),
    (1, 1, 700, 1, 50.0),
]


def pictures():
    yield "hand", rfm(table(ROWS))
    yield "one", rfm(table(ROWS[:1]))
    yield "below zero", rfm(table([*ROWS, (3, 3, 50, 20, -5e3)]))
    yield "never bought", rfm(table([*ROWS, (1, 1, float("nan"), 0, -20.0)]))
    far = [(r, f, 10**7 - r, 10**7 + f, 1e9) for r in range(1, 6) for f in range(1, 6)]
    yield "far", rfm(table(far))
    yield "fjordgross", rfm(scored(open_case("fjordgross")).table)
    yield "cdnow", rfm(scored(open_case("cdnow")).table)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_cut_off_or_written_over(language):
    set_language(language)
    for name, picture in pictures():
        assert not faults(picture), name


def cells(picture) -> dict[tuple[int, int], str]:
    return {text.get_position(): text.get_text() for text in picture.figure.axes[0].texts}


def test_each_cell_has_its_accounts_and_their_share_of_the_money():
    picture = rfm(table(ROWS), source="Prøve AS", period="2025")
    found = cells(picture)
    assert len(found) == 25
    # across is F, up is R; 1 000 in all
    assert found[(5, 5)] == "2\n60.0%"
    assert found[(4, 4)] == "1\n15.0%"
    assert found[(5, 1)] == "1\n5.0%"
    assert found[(2, 2)] == "0"
    # 600 + 150 of 1 000; 50 + 150
    assert picture.title == (
        "3 accounts that buy often and lately gave 75.0% of revenue; 2 accounts, late or lost, "
        "that used to buy often gave 20.0%"
    )
    assert "R1 F1 1 (5.0%); R1 F5 1 (5.0%)" in picture.alt
    assert picture.caption.startswith("Source: Prøve AS. Period: 2025.")


def test_accounts_on_time_are_not_counted_as_gone():
    picture = rfm(table(ROWS).assign(rhythm_state=["on_time"] * 4 + ["late"] * 2))
    assert "1 account, late or lost, that used to buy often gave 15.0%" in picture.title


def test_the_values_behind_the_scores_stand_on_the_axes():
    axes = rfm(table(ROWS)).figure.axes[0]
    across = [label.get_text() for label in axes.get_xticklabels()]
    up = [label.get_text() for label in axes.get_yticklabels()]
    assert across == ["F1\n1", "F2\n–", "F3\n12", "F4\n30", "F5\n70–90"]
    assert up == ["R1\n400–700", "R2\n90", "R3\n–", "R4\n10", "R5\n2–4"]


def test_every_number_can_be_read_on_its_ground_and_more_money_is_darker():
    shares = [
        (5, 1, 1, 9, 40.0),
        (5, 2, 1, 9, 35.0),
        (5, 3, 1, 9, 15.0),
        (5, 4, 1, 9, 7.0),
        (4, 1, 1, 9, 2.5),
        (4, 2, 1, 9, 0.5),
    ]
    axes = rfm(table(shares)).figure.axes[0]
    grounds = {
        (bar.get_x() + 0.5, bar.get_y() + 0.5): to_hex(bar.get_facecolor())
        for bar in axes.patches
        if isinstance(bar, Rectangle) and bar.get_fill()
    }
    assert len(grounds) == 25
    for text in axes.texts:
        assert contrast(to_hex(text.get_color()), grounds[text.get_position()]) > 4.5
    light = [
        contrast(grounds[place], "black")
        for place in [(1, 5), (2, 5), (3, 5), (4, 5), (1, 4), (2, 4)]
    ]
    assert light == sorted(light)
    assert len(set(light)) == 5  # 40 and 35 % are of one shade


def test_without_money_above_zero_there_are_no_shares():
    picture = rfm(table([(5, 5, 1, 3, -10.0), (1, 1, 90, 1, 5.0)]))
    assert cells(picture)[(5, 5)] == "1\n–"
    assert "gave – of revenue" in picture.title


def test_no_accounts_give_a_picture_that_says_so():
    assert rfm(table([])).title == "There is nothing to draw: no account has sales here"
