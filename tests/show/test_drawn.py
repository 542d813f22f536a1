"""What is drawn is compared with numbers worked out here; no word is cut off or written over."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.text import Text

from kamkit import identify
from kamkit.language import set_language
from kamkit.output.style import BLUE, CLASS_COLOURS
from kamkit.periods import Period
from kamkit.show import charts, explorers

NAMES = [
    "Nordre Fjellvik og Omegn Landbruks- og Maskinsamvirke Aksjeselskap, avdeling Vest",
    "W" * 60,
    "$mart & $on",
    "Two\nlines AS",
    "<script>alert(1)</script>",
    None,
    "NORDRE FJELLVIK OG OMEGN MASKINSAMVIRKE",
    "Nordre Fjellvik og Omegn Landbruks- og Maskinsamvirke Aksjeselskap, avdeling Øst",
]


def accounts(amounts, contribution=None, names=None) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"account_id": [f"{n:03}" for n in range(len(amounts))], "revenue": map(float, amounts)}
    )
    frame["account_name"] = [f"Kunde {n}" for n in range(len(amounts))] if names is None else names
    return frame.assign(contribution=contribution or frame["revenue"] / 4)


def months(values, start: str = "2025-01-01") -> pd.DataFrame:
    days = pd.date_range(start, periods=len(values), freq="MS")
    return pd.DataFrame({"month": days, "revenue": map(float, values)})


def moved(before, after, amounts, names=None) -> pd.DataFrame:
    frame = accounts([new for _, new in amounts], names=names).drop(columns="revenue")
    return frame.assign(
        class_before=before,
        class_after=after,
        revenue_before=[old for old, _ in amounts],
        revenue_after=[new for _, new in amounts],
    )


def words(picture) -> list[tuple[str, object]]:
    """Each text that is drawn, with its box in pixels."""
    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    ticks, hidden = set(), set()
    for axes in picture.figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            seen = axis.get_visible() and axes.axison
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                ticks |= {tick.label1, tick.label2}
                if not (seen and low - 1e-9 <= tick.get_loc() <= high + 1e-9):
                    hidden |= {tick.label1, tick.label2}
            if not seen:
                hidden |= {axis.label, axis.get_offset_text()}
    return [
        # of an annotation the words only, not its line
        (text.get_text(), Text.get_window_extent(text, canvas.get_renderer()))
        for text in picture.figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in hidden
    ]


def faults(picture) -> list[str]:
    """What is cut off, and what lies on something else, in words."""
    edge, drawn = picture.figure.bbox, words(picture)
    cut = [
        f"“{text}” is cut off"
        for text, box in drawn
        if box.x0 < -1 or box.y0 < -1 or box.x1 > edge.x1 + 1 or box.y1 > edge.y1 + 1
    ]
    over = [
        f"“{one}” lies on “{other}”"
        for (one, box), (other, its) in itertools.combinations(drawn, 2)
        if min(box.x1, its.x1) - max(box.x0, its.x0) > 1
        if min(box.y1, its.y1) - max(box.y0, its.y0) > 1
    ]
    return cut + over


def ugly_pictures() -> dict[str, object]:
    below, five = accounts([9e6, 4e6, 2e6, 1e6, 0, -3e6]), accounts(range(1, 60))
    deep = accounts([10, *[-1] * 7])
    classes = identify.classify(five, cuts=(0.3, 0.5, 0.7, 0.9))
    long = accounts([10 - n for n in range(8)], contribution=[5, 3, 8, 1, 2, 9, 4, 7], names=NAMES)
    amounts = [(1000 * n, 9000 - 1000 * n) for n in range(8)]
    fates = pd.DataFrame(
        {
            "reason": ["read", "used", "no_account", "unreadable_date"],
            "rows": [1_000_000, 700_000, 290_000, 10_000],
            "amount": [7e9, 8e9, -9e8, -1e8],
        }
    )
    return {
        "pareto, below zero": charts.pareto(identify.classify(below), currency="NOK"),
        "pareto, deep": charts.pareto(identify.classify(deep), currency="NOK"),
        "pareto, five classes": charts.pareto(classes),
        "abc, below zero": charts.abc(identify.class_summary(identify.classify(below))),
        "abc, deep": charts.abc(identify.class_summary(identify.classify(deep))),
        "abc, five classes": charts.abc(identify.class_summary(classes)),
        "rank_change": charts.rank_change(identify.side_by_side(long).table, top=6),
        "stability": charts.stability(moved(["A", "B"] * 4, ["B", "A"] * 4, amounts, NAMES)),
        "stability, nobody": charts.stability(moved(["A"], ["A"], [(1.0, 1.0)])),
        "set_aside": charts.set_aside(fates, currency="NOK"),
        "monthly, one": charts.monthly(months([5000]), currency="NOK"),
        "monthly, ten years": charts.monthly(months(range(-60, 64)), currency="NOK"),
        "breadth, one": explorers.breadth_view(accounts([5]))[0],
        "breadth, below zero": explorers.breadth_view(below, key_accounts=2)[0],
    }


@pytest.mark.parametrize("language", ["en", "nb"])
def test_no_word_is_cut_off_or_written_over(language):
    set_language(language)
    for name, picture in ugly_pictures().items():
        assert not faults(picture), name


def test_the_words_under_and_behind_a_picture_are_there():
    case = {"source": "Prøve AS", "period": Period("2025-01-01", "2025-12-31")}
    classes = identify.classify(accounts([60, 30, 20, -10]))
    for picture in (
        charts.pareto(classes, **case),
        charts.abc(identify.class_summary(classes), **case),
        charts.dependence(identify.dependence(classes, largest=(1, 2)), **case),
        charts.stability(moved(["A", "B"], ["A", "A"], [(5.0, 4.0), (1.0, 3.0)]), **case),
    ):
        assert picture.caption == "Source: Prøve AS. Period: 1 Jan 2025 – 31 Dec 2025."
        assert picture.title in picture.alt
        assert picture.title in [text.replace("\n", " ") for text, _ in words(picture)]


def test_a_curve_with_an_account_below_zero_rises_above_the_whole_and_comes_back():
    picture = charts.pareto(identify.classify(accounts([60, 30, 20, -10])))
    axes = picture.figure.axes[0]
    curve = next(line for line in axes.get_lines() if len(line.get_xdata()) == 5)
    assert list(curve.get_xdata()) == [0, 0.25, 0.5, 0.75, 1]
    assert list(curve.get_ydata()) == pytest.approx([0, 0.6, 0.9, 1.1, 1])
    observed = next(line for line in axes.get_lines() if line.get_label().startswith("observed"))
    # class A ends with the account that crosses 80 %
    assert (observed.get_xdata()[0], observed.get_ydata()[0]) == pytest.approx((0.5, 0.9))
    assert picture.title == "50.0% of the accounts (2 of 4) give 90.0% of revenue"
    assert "1 account is at or below zero" in picture.alt
    assert "highest: 110.0%" in [text for text, _ in words(picture)]
    assert axes.get_ylabel() == "Share of revenue (100)"


def test_every_class_has_its_letter_and_its_place():
    classes = identify.classify(accounts([1] * 10), cuts=(0.2, 0.4, 0.6, 0.8))
    axes = charts.pareto(classes).figure.axes[0]
    letters = [text.get_text() for text in axes.texts if text.get_text()[0] in "ABCDE"]
    assert letters == ["A\n2", "B\n2", "C\n2", "D\n2", "E\n2"]


def test_the_bars_of_a_class_are_its_share_of_accounts_and_of_revenue():
    picture = charts.abc(identify.class_summary(identify.classify(accounts([80, 11, 4, 3, 2]))))
    axes = picture.figure.axes[0]
    people, money = ([bar.get_width() for bar in group] for group in axes.containers)
    # 80 | 11 and 4, which crosses 95 | the rest
    assert people == pytest.approx([0.2, 0.4, 0.4])
    assert money == pytest.approx([0.8, 0.15, 0.05])
    said = {text for text, _ in words(picture)}
    assert {"20.0% (1)", "40.0% (2)", "80.0%", "15.0%", "5.0%", "Class A", "Class C"} <= said
    # the kinds differ by hatching, not by colour alone
    assert [bool(group[0].get_hatch()) for group in axes.containers] == [True, False]


def test_the_title_of_the_lorenz_curve_names_the_smaller_half_and_gini():
    sizes = [Fraction(size) for size in (10, 20, 70)]
    pairs = sum(abs(one - other) for one, other in itertools.product(sizes, sizes))
    gini = pairs / (2 * len(sizes) * sum(sizes))
    half = Fraction(1, 10) + Fraction(2, 10) / 2  # half of the second account's step
    frame = accounts([10, 20, 70])
    picture = charts.lorenz(identify.lorenz(frame), identify.gini(frame["revenue"]))
    assert f"gives {float(half):.1%} of revenue (Gini {float(gini):.2f})" in picture.title


def test_months_are_added_up_and_one_that_is_not_whole_is_hollow_and_not_averaged():
    frame = pd.concat([months([100, 0, 300]), months([50])]).drop(index=1)
    picture = charts.monthly(frame, period=Period("2025-01-01", "2025-03-15"))
    assert picture.title == "Revenue is 75 a month on average, highest in Jan 2025 (150)"
    lines = picture.figure.axes[0].get_lines()
    assert list(lines[0].get_ydata()) == [150, 0, 300]
    hollow = [line for line in lines if line.get_markerfacecolor() == "white"]
    assert [list(line.get_ydata()) for line in hollow] == [[300]]
    assert "hollow" in picture.caption
    average = next(line for line in lines if line.get_linestyle() == "--")
    assert set(average.get_ydata()) == {75}
    assert "Mar 2025 300" in picture.alt


def test_what_is_set_aside_is_drawn_by_lines_and_by_amount():
    fates = pd.DataFrame(
        {
            "reason": ["read", "used", "no_account"],
            "rows": [10, 8, 2],
            "amount": [1000.0, 1100.0, -100.0],
        }
    )
    picture = charts.set_aside(fates, currency="NOK", source="Prøve AS")
    lines, amounts = picture.figure.axes
    assert [bar.get_width() for bar in lines.patches] == [8, 2]
    assert [bar.get_width() for bar in amounts.patches] == [1100, -100]
    assert [to_hex(bar.get_facecolor()) for bar in lines.patches] == [BLUE, "#ffffff"]
    assert [bool(bar.get_hatch()) for bar in lines.patches] == [False, True]
    said = [text.replace("\u00a0", " ") for text, _ in words(picture)]
    assert {"8 (80.0%)", "2 (20.0%)", "NOK 1,100", "-NOK 100"} <= set(said)
    assert picture.title == "8 of 10 lines are used (80.0%), 2 are set aside"


def test_ranks_are_those_of_pandas_and_each_line_joins_an_account_to_itself():
    frame = accounts([50, 40, 30, 20, 10], contribution=[1.0, 9, 2, 8, 3])
    picture = charts.rank_change(frame, top=2)
    ranks = frame.set_index("account_name")[["revenue", "contribution"]].rank(ascending=False)
    shown = ranks[(ranks <= 2).any(axis=1)].astype(int)
    said = [text for text, _ in words(picture)]
    for name, (before, after) in zip(shown.index, shown.to_numpy(), strict=True):
        sign = "=" if before == after else "▼" if after > before else "▲"
        assert f"{name}  {before}" in said
        assert f"{after} {sign} {name}" in said
        assert f"{name}: {before} to {after}" in picture.alt
    assert len(picture.figure.axes[0].get_lines()) == len(shown) == 3
    # Kunde 0, 1, 3 stand in this order on the left and 1, 3, 0 on the right
    ends = [tuple(map(int, line.get_ydata())) for line in picture.figure.axes[0].get_lines()]
    assert ends == [(0, 2), (1, 0), (2, 1)]
    assert picture.title.startswith("1 of the 2 largest by revenue is not among the 2 largest")


def test_who_moved_is_drawn_from_before_to_after():
    table = moved(
        ["A", "B", "A", None],
        ["A", "A", "C", "A"],
        [(90.0, 80.0), (5.0, 50.0), (40.0, 4.0), (float("nan"), 30.0)],
    )
    picture = charts.stability(table)
    assert picture.title == "Class A: 2 came in, 1 went out and 1 stayed"
    lines = [line for line in picture.figure.axes[0].get_lines() if len(line.get_xdata()) == 2]
    assert [list(line.get_xdata()) for line in lines] == [[5, 50], [0, 30], [40, 4]]
    said = [text for text, _ in words(picture)]
    assert "Kunde 0" not in said
    assert {"Kunde 1", "Kunde 2", "Kunde 3", "before", "after"} <= set(said)


def test_names_that_begin_alike_are_told_apart_and_none_breaks_the_line():
    table = moved(["B"] * 8, ["A"] * 8, [(1.0, 9.0 - n) for n in range(8)], NAMES)
    names = [label.get_text() for label in charts.stability(table).figure.axes[0].get_yticklabels()]
    assert len(set(names)) == len(names) == 8
    assert names[0].endswith("… (000)")
    assert names[7].endswith("… (007)")
    assert names[2:6] == ["$mart & $on", "Two lines AS", "<script>alert(1)</script>", "005"]


def test_coverage_and_hours_stand_at_the_chosen_size():
    picture, _ = explorers.breadth_view(
        accounts([50, 30, 20]), key_accounts=2, managers=1, hours=120
    )
    covered, each = picture.figure.axes
    assert list(covered.get_lines()[0].get_ydata()) == pytest.approx([0.5, 0.8, 1])
    assert list(each.get_lines()[0].get_ydata()) == pytest.approx([120, 60, 40])
    said = [text for text, _ in words(picture)]
    assert "80.0%" in said
    assert "60" in said


def test_no_accounts_give_a_picture_that_says_so():
    nobody = pd.DataFrame({"revenue": [], "rank": [], "cumulative_share": [], "abc_class": []})
    picture = charts.pareto(nobody, source="Prøve AS")
    assert picture.title == "There is nothing to draw: no account has sales here"
    assert picture.caption == "Source: Prøve AS."


def test_neighbouring_classes_differ_in_lightness_also_without_colour():
    def grey(colour: str) -> float:
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue  # ITU-R BT.601

    shades = [grey(colour) for colour in CLASS_COLOURS.values()]
    assert all(abs(one - other) > 25 for one, other in itertools.pairwise(shades))
