"""What the pictures draw, what they say, and that nothing is cut off or lies on top of it."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

from kamkit import identify
from kamkit.language import set_language
from kamkit.output.style import BLUE, CLASS_COLOURS, INK, ORANGE, PALETTE, png
from kamkit.show import charts, explorers

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


def moves(accounts: pd.DataFrame) -> pd.DataFrame:
    half = accounts.iloc[: max(1, len(accounts) // 2)]
    return pd.DataFrame(
        {
            "account_id": half["account_id"],
            "account_name": half["account_name"],
            "class_before": ["A", None] * (len(half) // 2) + ["A"] * (len(half) % 2),
            "class_after": [None, "A"] * (len(half) // 2) + ["A"] * (len(half) % 2),
            "revenue_before": half["revenue"],
            "revenue_after": half["revenue"] * 2,
            "change": half["revenue"],
        }
    )


def all_pictures(accounts: pd.DataFrame) -> dict[str, object]:
    classes = identify.classify(accounts)
    months = pd.DataFrame(
        {
            "month": pd.date_range("2023-01-01", periods=36, freq="MS"),
            "revenue": np.linspace(1e5, 9e6, 36),
            "lines": 10,
        }
    )
    reconciled = pd.DataFrame(
        {
            "reason": ["read", "used", "no_account", "unreadable_date"],
            "rows": [1_000, 700, 290, 10],
            "amount": [9e6, 8e6, 9e5, 1e5],
            "share_rows": [1, 0.7, 0.29, 0.01],
            "share_amount": [1, 8 / 9, 0.1, 1 / 90],
            "unreadable": [0, 0, 0, 0],
        }
    )
    words = {"source": "Prøve", "period": "2025"}
    return {
        "pareto": charts.pareto(classes, currency="NOK", **words),
        "abc": charts.abc(identify.class_summary(classes), **words),
        "lorenz": charts.lorenz(
            identify.lorenz(accounts),
            identify.gini(accounts.loc[accounts["revenue"] > 0, "revenue"]),
        ),
        "dependence": charts.dependence(identify.dependence(accounts), **words),
        "monthly": charts.monthly(months, currency="NOK", source="Prøve"),
        "set_aside": charts.set_aside(reconciled, currency="NOK", source="Prøve"),
        "rank_change": charts.rank_change(identify.side_by_side(accounts).table, source="Prøve"),
        "stability": charts.stability(moves(accounts), currency="NOK", **words),
        "breadth": explorers.breadth_view(accounts, key_accounts=2)[0],
    }


@pytest.mark.parametrize("size", LEDGERS)
def test_every_picture_is_whole_and_says_what_it_shows(size):
    for name, picture in all_pictures(LEDGERS[size]).items():
        image = Image.open(io.BytesIO(png(picture.figure)))
        assert min(image.size) > 150, name
        assert len(image.convert("RGB").getcolors(1 << 24)) > 10, f"{name} is empty"
        assert picture.title.strip(), name
        assert len(picture.alt) >= len(picture.title), name
        assert any(letter.isdigit() for letter in picture.alt), name
        # nothing is cut off
        renderer = drawn(picture.figure)
        edge = picture.figure.bbox
        for text in picture.figure.findobj(Text):
            if not (text.get_visible() and text.get_text().strip()):
                continue
            box = text.get_window_extent(renderer)
            if not np.isfinite(box.extents).all() or is_not_drawn(text, picture.figure):
                continue
            inside = (box.x0 >= -1, box.y0 >= -1, box.x1 <= edge.x1 + 1, box.y1 <= edge.y1 + 1)
            assert all(inside), f"{name}, {size}: “{text.get_text()}” is cut off"


def drawn(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas.get_renderer()


def is_not_drawn(text: Text, figure) -> bool:
    """Tell a text of an axis that is hidden, and a tick label outside the view of its axis."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        if text is axis.label:
            return not axis.get_visible()
        low, high = sorted(axis.get_view_interval())
        for tick in axis.majorTicks:
            if text is tick.label1 or text is tick.label2:
                return not (axis.get_visible() and low - 1e-9 <= tick.get_loc() <= high + 1e-9)
    return False


def test_the_pareto_curve_is_the_cumulative_share():
    classes = identify.classify(LEDGERS["three"])
    picture = charts.pareto(classes, currency="NOK")
    assert picture.title == "66.7% of the accounts (2 of 3) give 90.0% of revenue"
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
    title = charts.pareto(identify.classify(LEDGERS["many"])).title
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


def test_colours_come_from_the_palette_for_the_colour_blind():
    # Okabe & Ito (2008)
    okabe_ito = {
        "#E69F00",
        "#56B4E9",
        "#009E73",
        "#F0E442",
        "#0072B2",
        "#D55E00",
        "#CC79A7",
        "#000000",
    }
    assert {colour.upper() for colour in PALETTE} <= okabe_ito | {INK.upper()}
    assert len(set(CLASS_COLOURS.values())) == len(CLASS_COLOURS)


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


def places(n: int) -> pd.DataFrame:
    """Accounts that crowd round the crossing of the lines."""
    from test_drawn import NAMES

    return pd.DataFrame(
        {
            "account_id": [f"{i}" for i in range(n)],
            "account_name": [str(NAMES[i % len(NAMES)] or i) for i in range(n)],
            "strength": [48.0 + i % 5 for i in range(n)],
            "attractiveness": [49.0 + i % 7 * 0.5 for i in range(n)],
            "strength_low": 30.0,
            "strength_high": 70.0,
            "attractiveness_low": 35.0,
            "attractiveness_high": 65.0,
            "cell": "strategic",
            "cell_sure": [i % 2 == 0 for i in range(n)],
        }
    )


@pytest.mark.parametrize("n", [1, 12, 45, 60])
def test_numbers_in_the_matrix_never_lie_on_each_other(n):
    picture = charts.matrix(places(n))
    # the numbers of accounts are drawn on white; those of the axes are not
    axes = picture.figure.axes[0]
    drawn = {text.get_text() for text in axes.texts if text.get_text().isdigit()}
    assert len(drawn) == min(n, 45)
    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    boxes = [
        Text.get_window_extent(text, canvas.get_renderer())
        for text in axes.texts
        if text.get_text().isdigit()
    ]
    for place, box in enumerate(boxes):
        for other in boxes[place + 1 :]:
            wide = min(box.x1, other.x1) - max(box.x0, other.x0)
            high = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert min(wide, high) <= 0


def test_the_bridge_between_runs_says_both_ends():
    table = pd.DataFrame(
        {
            "account_id": ["a", "b", "c"],
            "revenue_before": [100.0, 50.0, 0.0],
            "revenue_after": [90.0, 70.0, 5.0],
            "change": [-10.0, 20.0, 5.0],
            "effect": ["down", "up", "new"],
        }
    )
    picture = charts.moved(table)
    assert picture.title == "Revenue went from 150 to 165"
    assert (
        "new: 5 from 1 account; grew: 20 from 1 account; shrank: -10 from 1 account" in picture.alt
    )
    assert charts.moved(table.head(0)).title.startswith("There is nothing to draw")


def test_the_story_compares_four_quarters_with_the_four_before():
    days = pd.date_range("2024-01-01", periods=8, freq="QS")
    amounts = [10.0] * 4 + [12.0] * 4
    quarters = pd.DataFrame({"account_id": "a", "revenue": amounts, "quarter": days})
    picture = charts.story(quarters, name="A")
    assert picture.title == "A: 48 in the last four quarters, +20% against the four before"
