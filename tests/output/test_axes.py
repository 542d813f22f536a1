"""Axes, labels and names of pictures: units, ticks, places, and names that fit."""

from __future__ import annotations

import base64
import io
import re
from xml.etree import ElementTree

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from kamkit.colours import BLUE, ORANGE, QUIET
from kamkit.language import speaking
from kamkit.output import names, style, wording
from kamkit.output.chart import chart, nothing
from kamkit.output.picture import Picture, figure_html
from kamkit.output.style import HATCH, canvas


@pytest.fixture
def axes():
    return canvas("")[1][0]


def ticks(axis, values):
    return axis.get_major_formatter().format_ticks(values)


class TestUnits:
    @pytest.mark.parametrize(
        ("largest", "unit"),
        [
            (9_999.0, (1.0, "EUR")),
            (10_000.0, (1e3, "thousand EUR")),
            (999_999.0, (1e3, "thousand EUR")),
            (1e6, (1e6, "million EUR")),
            (999_999_999.0, (1e6, "million EUR")),
            (1e9, (1e9, "billion EUR")),
        ],
    )
    def test_the_largest_amount_decides_the_unit(self, largest, unit):
        assert style.axis_unit(largest, "EUR") == unit

    def test_without_a_currency_the_unit_stands_alone(self):
        assert style.axis_unit(2e6, "") == (1e6, "million")
        assert style.axis_unit(5.0, "") == (1.0, "")

    @pytest.mark.parametrize(
        ("values", "label", "written"),
        [
            ([-25_000.0, 10.0], "Revenue (thousand EUR)", ["−10", "0", "20"]),
            ([5.0], "Revenue (EUR)", ["−10,000", "0", "20,000"]),
        ],
    )
    def test_amounts_below_zero_count_by_their_size(self, axes, values, label, written):
        style.money_axis(axes.yaxis, "Revenue", values, "EUR")
        assert axes.yaxis.get_label_text() == label
        assert ticks(axes.yaxis, [-10_000, 0, 20_000]) == written

    def test_an_axis_of_two_sides_is_written_without_signs(self, axes):
        style.money_axis(axes.xaxis, "Revenue", [20_000.0], signed=False)
        assert axes.xaxis.get_label_text() == "Revenue (thousand)"
        assert ticks(axes.xaxis, [-10_000, 10_000]) == ["10", "10"]

    def test_an_axis_of_nothing_has_no_unit(self, axes):
        style.money_axis(axes.yaxis, "Revenue", [])
        assert axes.yaxis.get_label_text() == "Revenue"

    def test_ticks_have_the_decimals_that_the_finest_needs(self, axes):
        style.money_axis(axes.yaxis, "Revenue", [2e6])
        assert ticks(axes.yaxis, [0, 1e6, 2e6]) == ["0", "1", "2"]
        assert ticks(axes.yaxis, [0, 250_000]) == ["0.00", "0.25"]
        assert ticks(axes.yaxis, [-1e-12, 1e6]) == ["0", "1"]  # never a minus nought
        assert axes.yaxis.get_major_formatter()(500_000) == "0.5"
        with speaking("nb"):
            style.money_axis(axes.yaxis, "Omsetning", [2e6])
            assert ticks(axes.yaxis, [0, 500_000]) == ["0,0", "0,5"]

    def test_shares_are_per_cent_and_counts_are_whole(self, axes):
        style.share_axis(axes.xaxis, "Share")
        style.count_axis(axes.yaxis, "Accounts")
        assert (axes.xaxis.get_label_text(), axes.yaxis.get_label_text()) == ("Share", "Accounts")
        assert ticks(axes.xaxis, [0, 0.5, 1]) == ["0%", "50%", "100%"]
        axes.set_ylim(0, 3)
        assert all(float(value).is_integer() for value in axes.get_yticks())
        axes.set_ylim(0, 0.9)  # one whole number is enough
        assert all(float(value).is_integer() for value in axes.get_yticks())

    def test_steps_are_ones_twos_and_fives(self, axes):
        style.share_axis(axes.yaxis, "Share")
        axes.set_ylim(0, 1)
        places = axes.get_yticks()
        assert len(places) <= 8
        assert round(places[1] - places[0], 9) == 0.2


class TestDrawing:
    def test_a_canvas_is_nine_inches_wide_and_as_high_as_asked(self):
        figure, panels = canvas("Sales rose", height=3.0, panels=2)
        assert figure.get_size_inches().tolist() == [9.0, 3.0]
        assert len(panels) == 2
        panels[0].set_ylim(0, 7)
        assert panels[1].get_ylim() == (0, 7)
        apart = canvas("", panels=2, one_scale=False)[1]
        apart[0].set_ylim(0, 7)
        assert apart[1].get_ylim() != (0, 7)

    def test_a_long_title_is_broken_at_eighty_letters(self):
        figure, _panels = canvas("word " * 30)
        broken = figure.get_suptitle().split("\n")
        assert len(broken) == 2
        assert max(map(len, broken)) <= 80

    def test_parts_are_laid_end_to_end_on_either_side_of_zero(self, axes):
        right, left = style.stack(
            axes,
            [
                ("price", [2.0, -1.0], BLUE, ""),
                ("volume", [1.0, -3.0], "white", HATCH),
                ("mix", [-4.0, 5.0], ORANGE, ""),
            ],
        )
        assert right.tolist() == [3, 5]
        assert left.tolist() == [-4, -4]
        bars = [(bar.get_x(), bar.get_width()) for bar in axes.patches]
        assert bars == [(0, 2), (0, -1), (2, 1), (-1, -3), (0, -4), (0, 5)]
        edges = [to_hex(bar.get_edgecolor()) for bar in axes.patches[::2]]
        assert edges == ["#ffffff", to_hex(QUIET), "#ffffff"]
        assert axes.patches[2].get_hatch() == HATCH

    def test_rows_are_named_from_the_top(self, axes):
        style.name_rows(axes, ["A", "B", "C"])
        low, high = axes.get_ylim()
        assert low > 2 > 0 > high
        style.write_beside(axes, [3.0, 1.0], ["three", "one"])
        assert [text.get_position() for text in axes.texts] == [(3.0, 0), (1.0, 1)]

    def test_a_label_may_lead_to_its_point(self, axes):
        style.say_at(axes, "80/20", (0.2, 0.8), (10, 0))
        style.say_at(axes, "90", (0.3, 0.9), (0, 5), leader=True, color="red")
        plain, led = axes.texts
        assert plain.arrow_patch is None
        assert led.arrow_patch is not None
        assert (led.xy, led.get_color()) == ((0.3, 0.9), "red")

    def test_the_legend_stands_above_with_what_is_given(self, axes):
        (line,) = axes.plot([0, 1], label="revenue")
        axes.plot([1, 0], label="cost")
        style.legend_above(axes, handles=[line])
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["revenue"]
        style.legend_above(axes, columns=1)
        assert len(axes.get_legend().get_texts()) == 2


class TestPictures:
    def test_a_picture_is_drawn_once_in_few_colours(self):
        figure, _panels = canvas("Sales rose", height=2.0)
        first = style.png(figure)
        figure.suptitle("changed afterwards")
        assert style.png(figure) is first
        image = Image.open(io.BytesIO(first))
        assert image.size == (1350, 300)  # 9 by 2 inches at 150
        assert image.mode == "P"
        assert len(image.getcolors(256)) <= 128

    def test_its_html_holds_picture_text_and_caption(self):
        drawn = Picture(canvas("")[0], "T", "A < B", "Source: <x>.")
        html = figure_html(drawn)
        assert 'alt="A &lt; B"' in html
        assert 'width="900"' in html
        assert "<figcaption" in html
        assert "Source: &lt;x&gt;." in html
        code = re.search(r"svg\+xml;base64,([^\"]+)", html)[1]
        assert base64.b64decode(code).startswith(b"<svg")

    def test_letters_of_an_svg_stay_letters_and_nothing_in_it_tells_the_time(self):
        one, other = (style.svg(canvas("Sales & profit")[0]) for _n in range(2))
        assert one == other
        assert ElementTree.fromstring(one).attrib["viewBox"] == "0 0 648 345.6"
        assert "Sales &amp; profit</text>" in one
        assert "20" + "26" not in one

    def test_thousands_of_marks_are_a_png(self):
        figure, panels = canvas("Many")
        panels[0].scatter(range(5000), range(5000), s=range(5000))
        assert style.svg(figure) == ""
        assert "data:image/png;base64," in figure_html(Picture(figure, "T", "A", "S"))

    def test_the_alternative_text_holds_sixty_words_and_counts_the_rest(self):
        rows = [f"row {n} holds five words" for n in range(20)]
        alt = chart("A title of five words", lambda _axes: None, table=None, description=rows).alt
        assert len(alt.split()) <= 60
        # 55 words are left, four of them for the rest: ten rows of five
        assert "row 9 holds" in alt
        assert "row 10 holds" not in alt
        assert alt.endswith("and 10 more.")

    def test_a_few_rows_are_told_whole(self):
        alt = chart("Title", lambda _axes: None, table=None, description=["one", "two"]).alt
        assert alt == "Title. one; two."
        assert chart("Title", lambda _axes: None, table=None, description="As it is.").alt == (
            "Title. As it is."
        )

    def test_where_there_is_nothing_a_dash_is_drawn(self):
        empty = nothing("Period: 1997.", "No cost is known")
        assert (empty.title, empty.caption, empty.table) == (
            "No cost is known",
            "Period: 1997.",
            None,
        )
        axes = empty.figure.axes[0]
        assert [text.get_text() for text in axes.texts] == ["–"]
        assert not axes.axison


class TestNames:
    def test_two_alike_are_told_apart_by_their_numbers(self):
        frame = pd.DataFrame(
            {"account_id": [1, 2, 3, 4], "account_name": ["Bo", "Bo", " Two\nlines ", None]}
        )
        assert names.named(frame)["shown"].tolist() == ["Bo (1)", "Bo (2)", "Two lines", "4"]
        assert names.named(frame[["account_id"]])["shown"].tolist() == ["1", "2", "3", "4"]

    def test_long_names_alike_in_their_beginning_keep_their_numbers(self):
        long = "Nordre Fjellvik og Omegn Landbrukssamvirke"
        frame = pd.DataFrame(
            {"account_id": ["17", "18"], "account_name": [f"{long} A", f"{long} B"]}
        )
        first, second = names.named(frame)["shown"]
        assert first.endswith("… (17)")
        assert second.endswith("… (18)")
        assert len(first) <= 28

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("a" * 28, "a" * 28),
            ("i" * 29, "i" * 27 + "…"),
            ("abc " * 9, "abc abc abc abc abc abc abc…"),  # no space before the dots
        ],
    )
    def test_a_name_has_twenty_eight_letters_at_most(self, name, shown):
        assert names.short(name) == shown

    def test_wide_letters_are_fewer(self):
        wide, thin = names.short("W" * 28), names.short("i" * 28)
        assert thin == "i" * 28
        assert len(wide) < 25
        assert wide.endswith("…")

    def test_a_group_without_a_name_is_not_known(self):
        groups = pd.Series(["Oslo", None, "x" * 40])
        assert names.group_names(groups) == ["Oslo", "not known", "x" * 27 + "…"]


class TestWords:
    def test_a_measure_is_written_as_what_it_is(self):
        assert wording.value(2_500_000, "revenue", "GBP") == "£2.50\xa0million"
        assert wording.value(1200.0, "orders", "GBP") == "1,200"

    @pytest.mark.parametrize(
        ("source", "period", "line"),
        [
            ("CDNOW", "1997", "Source: CDNOW. Period: 1997."),
            ("CDNOW", None, "Source: CDNOW."),
            ("", "1997", "Period: 1997."),
            ("", "", ""),
        ],
    )
    def test_source_and_period_are_told_where_they_are_known(self, source, period, line):
        assert wording.caption(source, period) == line

    def test_sentences_end_with_one_full_stop(self):
        assert wording.sentences("One", "", "Two.") == "One. Two."
        assert wording.capital("new ACCOUNTS") == "New ACCOUNTS"
        assert (wording.n_accounts(1.0), wording.n_accounts(0)) == ("1 account", "0 accounts")
