"""What the pictures of plans say: titles, texts and marks for a few accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex

from kamkit.colours import BLUE, ORANGE
from kamkit.language import speaking
from kamkit.plan import charts
from tests.pictures import faults


def placed(n=3, **columns):
    return pd.DataFrame(
        {
            "account_id": [f"{i}" for i in range(n)],
            "account_name": [f"N{i}" for i in range(n)],
            "strength": [30.0 + 20 * (i % 3) for i in range(n)],
            "strength_low": 10.0,
            "strength_high": 90.0,
            "attractiveness": [80.0 - 20 * (i % 3) for i in range(n)],
            "attractiveness_low": 20.0,
            "attractiveness_high": 95.0,
            "cell": ["star", "strategic", "status"] * (n // 3) + ["star"] * (n % 3),
            "cell_sure": [True, False, True] * (n // 3) + [True] * (n % 3),
            **columns,
        }
    )


def dots_of(axes):
    return [one for one in axes.collections if isinstance(one, PathCollection)]


def names_in(axes):
    return {text.get_text() for text in axes.texts if text.get_bbox_patch()}


def lines_of(axes, color):
    return [line for line in axes.lines if to_hex(line.get_color()) == to_hex(color)]


class TestMatrix:
    def test_the_title_counts_the_fields_and_the_text_places_the_accounts(self):
        picture = charts.matrix(placed(5), source="Fjord")
        assert picture.title == (
            "3 accounts are attractive, and we can still become stronger there"
        )
        assert "N0: star, attractiveness 80, strength 30" in picture.alt

    def test_a_dot_lies_at_strength_and_attractiveness_and_is_hollow_when_unsure(self):
        axes = charts.matrix(placed()).figure.axes[0]
        sure, unsure = [one for one in dots_of(axes) if len(one.get_offsets())]
        assert sure.get_offsets().tolist() == [[30, 80], [70, 40]]
        assert unsure.get_offsets().tolist() == [[50, 60]]
        assert to_hex(sure.get_facecolor()[0]) == to_hex(BLUE)
        assert to_hex(unsure.get_facecolor()[0]) == "#ffffff"
        assert to_hex(unsure.get_edgecolor()[0]) == to_hex(BLUE)

    def test_who_is_not_chosen_is_a_small_dot_without_a_name_and_a_cross(self):
        axes = charts.matrix(placed(chosen=[True, False, True])).figure.axes[0]
        others, sure, unsure = dots_of(axes)
        assert [one.get_offsets().tolist() for one in (others, unsure)] == [[[50, 60]], []]
        assert sure.get_offsets().tolist() == [[30, 80], [70, 40]]
        assert others.get_sizes()[0] < sure.get_sizes()[0]
        assert names_in(axes) == {"N0", "N2"}
        wide = next(one for one in axes.collections if isinstance(one, LineCollection))
        assert len(wide.get_segments()) == 2

    def test_the_cross_is_the_interval_of_both_axes(self):
        axes = charts.matrix(placed(1)).figure.axes[0]
        wide, high = [one for one in axes.collections if isinstance(one, LineCollection)]
        assert wide.get_segments()[0].tolist() == [[10, 80], [90, 80]]
        assert high.get_segments()[0].tolist() == [[30, 20], [30, 95]]

    def test_a_line_leads_from_where_it_was(self):
        before = {"attractiveness_before": [60.0, np.nan, 40.0], "strength_before": 20.0}
        picture = charts.matrix(placed(**before))
        # from (20, 60) to (30, 80) in one field; from (20, 40) to (70, 40) over the line at 50
        assert picture.title == "1 account has moved to another field"
        axes = picture.figure.axes[0]
        ways = [line.get_xydata().tolist() for line in lines_of(axes, ORANGE)]
        assert ways == [[[20, 60], [30, 80]], [[20, 40], [70, 40]]]
        assert not lines_of(charts.matrix(placed()).figure.axes[0], ORANGE)

    def test_the_fields_are_named_in_their_corners_and_cross_at_fifty(self):
        axes = charts.matrix(placed()).figure.axes[0]
        corner = {text.get_text(): text.get_position() for text in axes.texts}
        assert corner["star"] == (-3, 105)
        assert corner["strategic"] == (103, 105)
        assert corner["streamline"] == (-3, -5)
        assert corner["status"] == (103, -5)
        # the field has room round 0 to 100, so that no dot is cut
        assert (axes.get_xlim(), axes.get_ylim()) == ((-4, 104), (-8, 108))
        at_fifty = [one.get_xdata()[0] for one in axes.lines if list(one.get_ydata()) == [0, 1]]
        assert at_fifty == [50]
        level = [one.get_ydata()[0] for one in axes.lines if list(one.get_xdata()) == [0, 1]]
        assert level == [50]

    def test_all_accounts_are_drawn_and_counted(self):
        picture = charts.matrix(placed(48))
        assert picture.title.startswith("16 accounts are attractive")
        assert len(picture.table) == 48

    def test_a_name_stands_beside_its_dot_at_its_height(self):
        axes = charts.matrix(placed(1)).figure.axes[0]
        (name,) = [text for text in axes.texts if text.get_text() == "N0"]
        x, y = name.get_position()
        assert y == 80
        assert 31 < x < 36  # to the right, its middle half a short name away

    @pytest.mark.parametrize("strength", [0.0, 50.0, 100.0])
    @pytest.mark.parametrize("attractiveness", [0.0, 50.0, 100.0])
    def test_a_long_name_stays_inside_and_off_all_words(self, strength, attractiveness):
        at = placed(1, strength=strength, attractiveness=attractiveness)
        picture = charts.matrix(at.assign(account_name="Nordre Fjellvik Landbruks AS"))
        assert names_in(picture.figure.axes[0]) == {"Nordre Fjellvik Landbruks AS"}
        assert faults(picture) == []

    def test_of_many_at_one_place_some_are_named_and_none_on_another(self):
        picture = charts.matrix(placed(30, strength=50.0, attractiveness=50.0))
        assert faults(picture) == []
        assert len(names_in(picture.figure.axes[0])) >= 10

    def test_without_accounts_there_is_nothing_to_draw(self):
        assert charts.matrix(placed(0)).title.startswith("There is nothing to draw")


def quarters(amounts, **columns):
    days = pd.date_range("2024-01-01", periods=len(amounts), freq="QS")
    return pd.DataFrame({"account_id": "a", "revenue": amounts, "quarter": days, **columns})


class TestStory:
    @pytest.mark.parametrize(
        ("amounts", "title"),
        [
            ([5.0, 6.0], "A: €11 in the last 2 quarters"),
            ([5.0], "A: €5 in the last quarter"),
            ([10.0] * 7, "A: €40 in the last four quarters"),
            ([0.0] * 4 + [5.0] * 4, "A: €20 in the last four quarters"),
            ([20.0] * 4 + [15.0] * 4, "A: €60 in the last four quarters, −25% against"),
            ([9.0] * 4 + [10.0] * 4 + [10.0] * 4, "A: €40 in the last four quarters, 0% against"),
        ],
    )
    def test_four_quarters_against_four_where_there_are_eight(self, amounts, title):
        found = charts.story(quarters(amounts), name="A", currency="EUR").title
        assert found.startswith(title)
        assert ("against" in found) is ("against" in title)

    def test_quarters_are_named_and_in_order(self):
        table = quarters([1.0, 2.0, 3.0, 4.0, 5.0]).iloc[::-1]
        picture = charts.story(table, name="A", currency="EUR")
        assert "Q1 2024: €1; Q2 2024: €2; Q3 2024: €3; Q4 2024: €4; Q1 2025: €5" in picture.alt
        assert picture.table["revenue"].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]

    def test_the_last_four_years_are_drawn(self):
        table = charts.story(quarters([float(n) for n in range(20)]), name="A").table
        assert table["revenue"].tolist() == [float(n) for n in range(4, 20)]

    def test_contribution_is_a_narrower_bar_inside(self):
        table = quarters([10.0, 20.0], contribution=[4.0, 5.0])
        axes = charts.story(table, name="A").figure.axes[0]
        outer, inner = axes.containers
        assert [bar.get_height() for bar in outer] == [10, 20]
        assert [bar.get_height() for bar in inner] == [4, 5]
        assert inner[0].get_width() < outer[0].get_width() < 1
        assert axes.get_legend() is not None
        alone = charts.story(quarters([10.0, 20.0]), name="A").figure.axes[0]
        assert len(alone.containers) == 1
        assert alone.get_legend() is None

    def test_without_a_quarter_there_is_nothing_to_draw(self):
        assert charts.story(quarters([])).title.startswith("There is nothing to draw")


class TestMoved:
    TABLE = pd.DataFrame(
        {
            "account_id": [*"abcde"],
            "revenue_before": [100.0, 50.0, 0.0, 0.0, 30.0],
            "revenue_after": [90.0, 0.0, 5.0, 6.0, 30.0],
            "change": [-10.0, -50.0, 5.0, 6.0, 0.0],
            "effect": ["down", "lost", "new", "new", "same"],
        }
    )

    def test_the_steps_lead_from_the_first_bar_to_the_last(self):
        picture = charts.moved(self.TABLE, currency="EUR")
        assert picture.title == "Revenue went from €180 to €131"
        # unchanged accounts are no step
        assert picture.table["effect"].tolist() == ["new", "up", "down", "lost"]
        assert picture.table["accounts"].tolist() == [2, 0, 1, 1]
        assert picture.table["change"].tolist() == [11.0, 0.0, -10.0, -50.0]
        assert "lost: −€50 from 1 account" in picture.alt
        labels = [text.get_text() for text in picture.figure.axes[0].get_xticklabels()]
        assert labels[0] == "Earlier run"
        assert labels[1] == "New\n2 accounts"
        assert labels[-1] == "This run"

    def test_a_norwegian_picture_speaks_norwegian(self):
        with speaking("nb"):
            picture = charts.moved(self.TABLE, currency="NOK")
        assert "180" in picture.title
        assert "Revenue" not in picture.title
