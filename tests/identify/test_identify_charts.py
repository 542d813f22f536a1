"""What is drawn is compared with numbers worked out here; no word is cut off or written over."""

from __future__ import annotations

import io
import itertools
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from PIL import Image

from kamkit import identify
from kamkit.colours import BLUE, ORANGE
from kamkit.identify import charts
from kamkit.language import set_language
from kamkit.output.style import CLASS_COLOURS, png
from kamkit.periods import Period
from tests.conftest import LANGUAGES
from tests.pictures import NAMES, faults, words


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


def ugly_pictures() -> dict[str, object]:
    below, five = accounts([9e6, 4e6, 2e6, 1e6, 0, -3e6]), accounts(range(1, 60))
    deep = accounts([10, *[-1] * 7])
    classes = identify.classify(five, cuts=(0.3, 0.5, 0.7, 0.9))
    long = accounts([10 - n for n in range(8)], contribution=[5, 3, 8, 1, 2, 9, 4, 7], names=NAMES)
    amounts = [(1000 * n, 9000 - 1000 * n) for n in range(8)]
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
        "monthly, one": charts.monthly(months([5000]), currency="NOK"),
        "monthly, ten years": charts.monthly(months(range(-60, 64)), currency="NOK"),
    }


@pytest.mark.parametrize("language", LANGUAGES)
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
    assert picture.title == "1 account brings half of revenue"
    assert "50.0% of the accounts (2 of 4) give 90.0% of revenue" in picture.alt
    assert "1 account is at or below zero" in picture.alt
    assert "highest: 110.0%" in [text for text, _ in words(picture)]
    assert axes.get_ylabel() == "Share of revenue (100)"


def test_where_half_is_reached_is_marked_as_the_title_says():
    # 30 + 20 of 100; class A ends with the account that crosses 80 %
    axes = charts.pareto(identify.classify(accounts([30, 20, 20, 10, 10, 10]))).figure.axes[0]
    half = next(line for line in axes.get_lines() if line.get_label() == "half: 2 accounts")
    assert (half.get_xdata()[0], half.get_ydata()[0]) == pytest.approx((2 / 6, 0.5))


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


def test_the_year_before_stands_behind_the_months():
    picture = charts.monthly(months(range(1, 15)))
    behind = picture.figure.axes[0].get_lines()[0]
    assert list(behind.get_ydata())[12:] == [1, 2]
    assert np.isnan(np.asarray(behind.get_ydata(), dtype=float)[:12]).all()
    assert [one.get_text() for one in picture.figure.axes[0].get_legend().get_texts()] == [
        "a year before"
    ]
    assert charts.monthly(months(range(1, 13))).figure.axes[0].get_legend() is None


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


LONG = "Nordre Fjellvik og Omegn Landbruks- og Maskinsamvirke Aksjeselskap, avdeling Vest"


def ledger(amounts, name: str = "Ask AS") -> pd.DataFrame:
    ids = [f"{number:05}" for number in range(len(amounts))]
    frame = pd.DataFrame({"account_id": ids, "revenue": np.asarray(amounts, dtype=float)})
    return frame.assign(account_name=name, contribution=frame["revenue"] * 0.3)


LEDGERS = {
    "one": ledger([50_000.0]),
    "three": ledger([70_000.0, 20_000.0, 10_000.0], name=LONG),
    "below zero": ledger([9e6, 4e6, 2e6, 1e6, 0, -3e6]),
    "many": ledger(np.random.default_rng(1).lognormal(9, 1.6, 5_000)),
}


def all_pictures(frame: pd.DataFrame) -> dict[str, object]:
    classes = identify.classify(frame)
    above = frame.loc[frame["revenue"] > 0, "revenue"]
    half = frame.iloc[: max(1, len(frame) // 2)]
    before = ["A", None] * (len(half) // 2) + ["A"] * (len(half) % 2)
    after = [None, "A"] * (len(half) // 2) + ["A"] * (len(half) % 2)
    sides = half.assign(
        class_before=before,
        class_after=after,
        revenue_before=half["revenue"],
        revenue_after=half["revenue"] * 2,
    )
    case = {"source": "Prøve", "period": "2025"}
    return {
        "pareto": charts.pareto(classes, currency="NOK", **case),
        "abc": charts.abc(identify.class_summary(classes), **case),
        "lorenz": charts.lorenz(identify.lorenz(frame), identify.gini(above)),
        "dependence": charts.dependence(identify.dependence(frame), **case),
        "monthly": charts.monthly(months(np.linspace(1e5, 9e6, 36)), currency="NOK"),
        "rank_change": charts.rank_change(identify.side_by_side(frame).table, source="Prøve"),
        "stability": charts.stability(sides, currency="NOK", **case),
    }


@pytest.mark.parametrize("size", LEDGERS)
def test_every_picture_is_whole_and_says_what_it_shows(size):
    for name, picture in all_pictures(LEDGERS[size]).items():
        image = Image.open(io.BytesIO(png(picture.figure)))
        assert min(image.size) > 150, name
        assert len(image.convert("RGB").getcolors(1 << 24)) > 10, f"{name} is empty"
        assert picture.title.strip(), name
        assert picture.alt.startswith(picture.title), name
        assert any(letter.isdigit() for letter in picture.alt), name
        assert len(picture.alt.split()) <= 60, name
        assert len(picture.table), name
        assert not [fault for fault in faults(picture) if "cut off" in fault], (name, size)


def test_the_pareto_curve_is_the_cumulative_share():
    classes = identify.classify(LEDGERS["three"])
    picture = charts.pareto(classes, currency="NOK")
    assert "66.7% of the accounts (2 of 3) give 90.0% of revenue" in picture.alt
    curve = max(picture.figure.axes[0].get_lines(), key=lambda line: len(line.get_xdata()))
    assert list(curve.get_ydata())[-3:] == pytest.approx([0.7, 0.9, 1.0])


def test_the_bars_of_dependence_are_its_shares():
    table = identify.dependence(LEDGERS["three"], largest=(1, 2))
    bars = charts.dependence(table).figure.axes[0].patches
    assert sorted(bar.get_width() for bar in bars) == pytest.approx([0.7, 0.9])


def test_the_lorenz_curve_starts_at_nothing_and_ends_at_all():
    accounts = LEDGERS["three"]
    figure = charts.lorenz(identify.lorenz(accounts), identify.gini(accounts["revenue"])).figure
    curve = max(figure.axes[0].get_lines(), key=lambda line: len(line.get_xdata()))
    assert list(curve.get_ydata()) == pytest.approx([0, 0.1, 0.3, 1.0])


def test_numbers_are_written_as_the_language_writes_them():
    set_language("nb")
    title = charts.pareto(identify.classify(LEDGERS["many"])).alt
    assert "\u00a0%" in title
    assert "," in title
    assert "5\u00a0000" in title


def luminance(colour: str) -> float:
    """Relative luminance after WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_rising_and_falling_differ_in_more_than_colour():
    assert abs(luminance(BLUE) - luminance(ORANGE)) > 0.05
    accounts = ledger([9.0, 8.0, 7.0]).assign(contribution=[1.0, 5.0, 9.0])
    figure = charts.rank_change(identify.side_by_side(accounts).table).figure
    styles = {
        line.get_linestyle() for line in figure.axes[0].get_lines() if len(line.get_xdata()) > 1
    }
    assert {"-", "--"} <= styles
    words = " ".join(text.get_text() for text in figure.findobj(Text))
    assert "▲" in words
    assert "▼" in words


def test_the_same_picture_gives_the_same_bytes():
    one, other = (charts.pareto(identify.classify(LEDGERS["many"])) for _ in range(2))
    assert png(one.figure) == png(other.figure)
