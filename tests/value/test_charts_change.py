"""Bridges, cohorts and retention as they are drawn: right numbers, readable, nothing cut off."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from kamkit.case import open_case
from kamkit.colours import BLUE
from kamkit.language import set_language
from kamkit.value import charts
from kamkit.value._cohorts import cohorts
from kamkit.value._price_volume_mix import EFFECTS
from tests.conftest import LANGUAGES
from tests.pictures import NAMES, contrast, faults, words


def bridged(start, end, accounts=(9, 2, 1, 4, 1, 3, 2, 10), **effects) -> pd.DataFrame:
    names = ["start", "new", "returned", "up", "same", "down", "lost", "end"]
    amounts = [start, *(effects.get(name, 0.0) for name in names[1:-1]), end]
    return pd.DataFrame({"effect": names, "accounts": accounts, "revenue": map(float, amounts)})


def decomposed(rows, names=None) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(EFFECTS), dtype=float)
    frame = frame.assign(revenue_before=100.0, change=frame.sum(axis=1))
    frame["revenue_after"] = frame["revenue_before"] + frame["change"]
    if names is not None:
        frame.insert(0, "account_id", [f"{n:03}" for n in range(len(frame))])
        frame.insert(1, "account_name", names)
    return frame


def kept(rows, names) -> pd.DataFrame:
    frame = pd.DataFrame(
        rows, columns=["revenue_before", "revenue_kept", "revenue_after"], dtype=float
    )
    frame.insert(0, "segment", names)
    frame.insert(1, "accounts", 3)
    return frame.assign(
        gross_retention=frame["revenue_kept"] / frame["revenue_before"],
        net_retention=frame["revenue_after"] / frame["revenue_before"],
    )


def grown(months: int) -> pd.DataFrame:
    """Cohorts of ten accounts a month, of which one fewer buys in each month that follows."""
    rows = [
        (f"{begun}-{n}", pd.Timestamp(2020, 1, 1) + pd.DateOffset(months=begun + age), 10.0)
        for begun in range(months)
        for age in range(months - begun)
        for n in range(max(10 - age, 0))
    ]
    rows.append(("end", pd.Timestamp(2020, 1, 1) + pd.DateOffset(months=months, days=-1), 1.0))
    frame = pd.DataFrame(rows, columns=["account_id", "date", "amount"])
    return cohorts(open_case(frame)).table


def pictures() -> dict[str, object]:
    far = decomposed([[5e6, -2e6, 1e6, 4e6, -3e6, -1e6], *[[-1e3, 5, -7, 9, -11, 0]] * 7], NAMES)
    millions = bridged(109.4e6, 116.3e6, new=2e6, returned=3e4, up=16.9e6, down=-11e6, lost=-1e6)
    below = bridged(50, -120, new=10, down=-100, lost=-80)
    alone = bridged(0, 5, (0, 1, 0, 0, 0, 0, 0, 1), new=5)
    total = decomposed([[3e6, 5e6, -1e6, 0, 0, -2e5]]).assign(
        revenue_before=1e8, revenue_after=1.068e8
    )
    groups = kept([[100, 90, 130]] * 5 + [[50, -10, -10]], [*NAMES[:2], *"cde", None])
    return {
        "bridge": charts.bridge(millions, currency="NOK"),
        "bridge, below zero": charts.bridge(below, currency="NOK"),
        "bridge, alone": charts.bridge(alone),
        "total": charts.price_volume_mix(total, currency="NOK"),
        "total, down": charts.price_volume_mix(decomposed([[-300, 5, 0, 20, -30, 1]])),
        "accounts": charts.price_volume_mix(far, currency="NOK"),
        "nothing moved": charts.price_volume_mix(decomposed([[0] * 6] * 2, ["a", "b"])),
        "one cohort": charts.cohorts(grown(1)),
        "few cohorts": charts.cohorts(grown(5)),
        "many cohorts": charts.cohorts(grown(40)),
        "retention": charts.retention(groups),
        "retention, one": charts.retention(groups.head(1)),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_cut_off_or_written_over(language):
    set_language(language)
    for name, picture in pictures().items():
        assert not faults(picture), name


def test_each_step_begins_where_the_one_before_ended():
    table = bridged(100, 109, new=20, returned=4, up=10, down=-15, lost=-10)
    picture = charts.bridge(table, source="Prøve AS")
    bars = [bar for bar in picture.figure.axes[0].patches if isinstance(bar, Rectangle)]
    spans = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in bars]
    assert spans[1:-1] == [(100, 120), (120, 124), (124, 134), (134, 119), (119, 109)]
    # what takes has another look than colour alone
    assert [bool(bar.get_hatch()) for bar in bars] == [False] * 4 + [True, True, False]
    said = [text for text, _ in words(picture)]
    assert {"100", "+20", "+4", "+10", "−15", "−10", "109", "New\n2 accounts"} <= set(said)
    assert picture.title == (
        "From 100 to 109 (+9.0%): new, returned and growing accounts gave 34, shrinking and lost "
        "accounts took 25"
    )
    assert "Lost: −10 (2 accounts)" in picture.alt
    assert picture.caption.startswith("Source: Prøve AS.")


def test_an_axis_that_does_not_begin_at_zero_says_so():
    cut = charts.bridge(bridged(1000, 1010, up=30, down=-20))
    assert "does not begin at zero" in cut.caption
    low, high = cut.figure.axes[0].get_ylim()
    assert 0 < low < 1000 < 1030 < high
    whole = charts.bridge(bridged(10, 20, new=10))
    assert "zero" not in whole.caption
    assert whole.figure.axes[0].get_ylim()[0] == 0


def test_the_effects_of_an_account_stand_on_either_side_of_zero_and_add_up():
    table = decomposed([[5, 10, -3, 2, -4, 1], [0, -20, 0, 0, 0, 0]], ["One", "Two"])
    picture = charts.price_volume_mix(table)
    axes = picture.figure.axes[0]
    diamonds = next(line for line in axes.get_lines() if line.get_marker() == "D")
    # the largest change first
    assert list(diamonds.get_xdata()) == [-20, 11]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Two", "One"]
    ends = [
        (bar.get_x(), bar.get_x() + bar.get_width())
        for bar in axes.patches
        if round(bar.get_y() + bar.get_height() / 2) == 1 and bar.get_width()
    ]
    assert ends == [(0, 5), (5, 15), (0, -3), (15, 17), (-3, -7), (17, 18)]
    assert len({bar.get_hatch() for bar in axes.patches}) == len(EFFECTS)
    assert picture.title == (
        "Revenue fell by 9: price +5, volume −10, mix −3, new products +2, dropped products −4, "
        "unexplained +1"
    )
    only = charts.price_volume_mix(table, top=1)
    assert "Shown: the 1 largest changes of 2." in only.caption


def test_every_share_is_in_its_cell_and_can_be_read():
    picture = charts.cohorts(grown(12))
    axes = picture.figure.axes[0]
    cells = {(text.get_position()): text for text in axes.texts if text.get_text().isdigit()}
    assert cells[(0, 3)].get_text() == "100"
    assert cells[(4, 3)].get_text() == "60"  # four of ten are gone
    assert len(cells) == sum(range(1, 13))
    for text in cells.values():
        assert (
            contrast(to_hex(text.get_color()), to_hex(text.get_bbox_patch().get_facecolor())) > 4.5
        )
    hatched = [bar for bar in axes.patches if bar.get_hatch()]
    assert len(hatched) == 12  # the first cohort
    assert picture.title == "After 6 months 40.0% of a cohort's accounts buy"


def test_many_cohorts_are_cut_to_the_latest_and_that_is_told():
    picture = charts.cohorts(grown(40))
    axes = picture.figure.axes[0]
    assert len(axes.get_yticklabels()) == 14
    assert axes.get_yticklabels()[-1].get_text() == "Apr 2023 (11)"  # with the one of the last day
    assert "Shown: the latest 14 of 40 cohorts, until age 12." in picture.caption


def test_retention_is_weighed_by_what_was_bought():
    picture = charts.retention(kept([[80, 72, 90], [20, 10, 15]], ["A", "B"]))
    # 82 and 105 of 100
    assert picture.title == (
        "82.0% of revenue was kept without growth, 105.0% with it; least in B (50.0%)"
    )
    gross, net = picture.figure.axes[0].containers
    assert [bar.get_width() for bar in gross] == pytest.approx([0.9, 0.5])
    assert [bar.get_width() for bar in net] == pytest.approx([1.125, 0.75])
    assert gross[0].get_hatch()
    assert not net[0].get_hatch()
    assert to_hex(net[0].get_facecolor()) == BLUE


def test_accounts_without_a_group_are_shown_and_not_called_least():
    picture = charts.retention(kept([[80, 72, 90], [20, 10, 15], [9, 0, 0]], ["A", "B", None]))
    names = [label.get_text() for label in picture.figure.axes[0].get_yticklabels()]
    assert names == ["A", "B", "not known"]
    assert picture.title.endswith("least in B (50.0%)")


def test_nothing_to_draw_is_said():
    empty = pd.DataFrame({"effect": [], "accounts": [], "revenue": []})
    nothing = "There is nothing to draw: no account has sales here"
    assert charts.bridge(empty).title == nothing
    assert charts.price_volume_mix(decomposed([])).title == nothing
    assert charts.cohorts(grown(1).head(0)).title == nothing
    assert charts.retention(kept([], [])).title == nothing
