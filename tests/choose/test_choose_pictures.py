"""What the pictures of a choice draw: bars, marks and lines at the numbers of paper."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from kamkit import choose
from kamkit.choose import charts
from kamkit.choose.criteria import Anchor, Criterion
from kamkit.colours import GREEN, RED
from tests.pictures import words

NAN = float("nan")
SCALE = (Anchor(1, 1, ""), Anchor(5, 5, ""))


def scored(rows: dict[str, tuple[float, float]], **weights):
    """Ratings of 1 to 5 by two criteria: each is a quarter of the weight for a point above one."""
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["profit", "revenue"])
    frame = frame.rename_axis("account_id").reset_index()
    both = tuple(Criterion(name, "data", name, SCALE) for name in ("profit", "revenue"))
    return choose.score(frame, both, weights)


def texts(picture) -> list[str]:
    return [text for text, _box in words(picture)]


def dashed(picture) -> list[float]:
    """Where a dashed line lies across the picture."""
    lines = picture.figure.axes[0].get_lines()
    return [float(one.get_ydata()[0]) for one in lines if one.get_linestyle() == "--"]


class TestScoreParts:
    # a: 5 and 3 are 75 and 12.5 points, b: 3 and 5 are 37.5 and 25, c: nothing
    THREE = scored({"a": (5, 3), "b": (3, 5), "c": (1, 1)}, profit=3, revenue=1)

    def test_the_area_of_a_dot_is_the_points(self):
        axes = charts.score_parts(self.THREE).figure.axes[0]
        dots = axes.collections[0]
        areas = dict(zip(map(tuple, dots.get_offsets().tolist()), dots.get_sizes(), strict=True))
        of_a, of_b, of_c = ([areas[column, row] for column in (0, 1)] for row in range(3))
        assert [area / areas[0, 0] for area in (*of_a, *of_b)] == pytest.approx(
            [1, 12.5 / 75, 37.5 / 75, 25 / 75]
        )
        assert list(of_c) == [0, 0]
        totals = [text.get_text() for text in axes.texts]
        assert totals[:3] == ["88", "62", "0"]  # 87.5, 62.5 and 0, halves to even

    def test_the_heaviest_criterion_of_those_drawn_is_named(self):
        title = charts.score_parts(self.THREE).title
        assert title.startswith("a is first with 88 points; customer profit weighs most")
        other = scored({"a": (1, 5), "b": (2, 5)}, profit=3, revenue=1)
        assert "; revenue weighs most" in charts.score_parts(other).title

    @pytest.mark.parametrize(("chosen", "lines"), [(1, [0.5]), (2, [1.5]), (3, []), (None, [])])
    def test_the_end_of_the_list_is_a_line_below_the_last(self, chosen, lines):
        picture = charts.score_parts(self.THREE, chosen=chosen)
        assert dashed(picture) == lines
        assert ("the list ends here" in texts(picture)) is bool(lines)

    def test_a_criterion_without_weight_is_not_drawn(self):
        axes = charts.score_parts(scored({"a": (5, 3), "b": (3, 5)}, profit=1)).figure.axes[0]
        columns = [one.get_text().replace("\n", " ") for one in axes.get_xticklabels()]
        assert columns == ["customer profit", "Points of 100"]

    def test_few_rows_say_how_many_there_are(self):
        picture = charts.score_parts(self.THREE, rows=2)
        assert len(picture.table) == 2
        assert "2 of 3" in picture.caption


class TestSpread:
    def test_bars_are_accounts_and_key_accounts_are_counted_in_them(self):
        frame = pd.DataFrame({"account_id": range(4), "score": [12.0, 55.0, 51.0, 59.0]})
        picture = charts.score_spread(choose.preview(frame, n=1).table)
        bars = [bar.get_height() for bar in picture.figure.axes[0].patches]
        assert bars == [0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
        assert {"1", "3 (1)"} <= set(texts(picture))
        assert picture.alt.endswith("10 to 20: 1; 50 to 60: 3.")

    def test_without_key_accounts_there_is_no_legend(self):
        frame = pd.DataFrame({"account_id": range(2), "score": [12.0, 55.0]})
        picture = charts.score_spread(choose.preview(frame).table)
        assert picture.figure.axes[0].get_legend() is None
        assert len(picture.figure.axes[0].patches) == 10
        # of two tenths alike the lower is named
        assert picture.title.startswith("50% of the accounts score 10 to 20")


def worlds(*shares: float, chosen: int) -> pd.DataFrame:
    n = len(shares)
    return pd.DataFrame(
        {
            "account_id": [f"{place:02}" for place in range(n)],
            "rank": range(1, n + 1),
            "key_share": shares,
            "chosen": [place < chosen for place in range(n)],
        }
    )


class TestKeyShare:
    def test_ninety_five_of_a_hundred_are_sure(self):
        picture = charts.key_share(worlds(1.0, 0.95, 0.94, 0.97, 0.0, chosen=3))
        assert picture.title.startswith("2 of 3 key accounts stay on the list")
        # who is in no world is not drawn, and a line parts the list from the others
        assert picture.table["account_id"].tolist() == ["00", "01", "02", "03"]
        assert dashed(picture) == [2.5]
        assert {"100%", "95%", "94%", "97%"} <= set(texts(picture))

    def test_of_many_the_least_sure_and_the_likeliest_outside_are_drawn(self):
        inside = [0.50 + place / 100 for place in range(40)]
        outside = [0.30 - place / 100 for place in range(12)]
        picture = charts.key_share(worlds(*inside, *outside, chosen=40))
        shown = picture.table
        # a third of thirty rows are outside: the ten likeliest; the twenty least sure inside
        assert shown.loc[~shown["chosen"], "key_share"].tolist() == outside[:10]
        assert shown.loc[shown["chosen"], "key_share"].tolist() == inside[:20]
        assert "30 of 52" in picture.caption

    def test_those_inside_stand_by_rank(self):
        picture = charts.key_share(worlds(0.6, 0.9, 0.5, chosen=3))
        assert picture.table["rank"].tolist() == [1, 2, 3]
        assert dashed(picture) == []


class TestWeightChange:
    TABLE = pd.DataFrame(
        {
            "account_id": list("abc"),
            "score_before": [60.0, 40.0, 70.0],
            "score_after": [80.0, 65.0, 30.0],
            "list_change": ["stays", "comes_in", "goes_out"],
            "rank_after": [1, 2, 3],
        }
    )

    def test_who_comes_in_is_counted_against_the_list_before(self):
        picture = charts.weight_change(self.TABLE)
        assert picture.title == "Other weights exchange 1 of 2 key accounts"
        assert "a:" not in picture.alt  # who stays is not told of

    def test_a_line_goes_from_the_score_before_to_the_score_after(self):
        lines = charts.weight_change(self.TABLE).figure.axes[0].get_lines()
        ways = [tuple(one.get_xdata()) for one in lines if len(one.get_xdata()) == 2]
        assert ways == [(60, 80), (40, 65), (70, 30)]
        # from eight below the lowest score
        assert charts.weight_change(self.TABLE).figure.axes[0].get_xlim() == (22, 114)

    def test_of_more_than_forty_those_who_move_are_drawn_first(self):
        many = pd.DataFrame(
            {
                "account_id": [f"{n:02}" for n in range(50)],
                "score_before": 50.0,
                "score_after": 50.0,
                "list_change": ["stays"] * 48 + ["comes_in", "goes_out"],
                "rank_after": range(1, 51),
            }
        )
        picture = charts.weight_change(many)
        assert len(picture.table) == 40
        assert picture.table["account_id"].tolist()[-2:] == ["48", "49"]
        assert picture.table["rank_after"].is_monotonic_increasing
        assert "40 of 50" in picture.caption

    def test_nobody_moves_and_the_scores_are_told(self):
        still = self.TABLE.assign(list_change="stays")
        picture = charts.weight_change(still, moved=False)
        assert picture.title == "The weights as they are: 3 key accounts"
        assert "a: 80; b: 65; c: 30" in picture.alt


class TestManagerLoad:
    LOAD = pd.DataFrame(
        {
            "manager": ["S1", "S2"],
            "accounts": [4, 0],
            "kept": [3, 0],
            "taken_over": [1, 0],
            "hours": [80.0, 0.0],
            "hours_max": [100.0, NAN],
            "load": [0.8, NAN],
        }
    )

    def test_hours_are_parted_by_the_accounts_kept_and_taken_over(self):
        picture = charts.manager_load(self.LOAD)
        # three of four accounts stay: 60 of 80 hours
        widths = [bar.get_width() for bar in picture.figure.axes[0].patches]
        assert widths == [60, 0, 20, 0]
        assert picture.title == "4 key accounts with 2 managers; 1 is handed over"
        assert {"4 accounts, 80 hours", "0 accounts, 0 hours"} <= set(texts(picture))

    def test_only_a_limit_that_is_known_is_a_line(self):
        lines = charts.manager_load(self.LOAD).figure.axes[0].get_lines()
        assert [tuple(one.get_xdata()) for one in lines if len(one.get_xdata()) == 2] == [
            (100, 100)
        ]


class TestProgramme:
    def total(self, **given) -> pd.DataFrame:
        row = {"accounts": 2, "retained": 40.0, "grown": 60.0, "programme_cost": 30.0}
        row |= {"net_present_value": 70.0, "value_low": 10.0, "value_high": 90.0, **given}
        return pd.DataFrame([row])

    def test_the_steps_lead_from_what_is_kept_to_what_is_left(self):
        picture = charts.programme_steps(self.total(), currency="EUR")
        bars = picture.figure.axes[0].patches
        spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]
        assert spans == [(0, 40), (40, 100), (100, 70), (0, 70)]
        assert picture.title.endswith("the programme leaves €70 above its cost")
        assert "with other effects between €10 and €90" in picture.alt

    def test_what_falls_short_is_red_and_what_pays_green(self):
        for value, colour in ((70.0, GREEN), (-70.0, RED), (0.0, RED)):
            picture = charts.programme_steps(self.total(net_present_value=value))
            last = picture.figure.axes[0].patches[-1]
            assert to_hex(last.get_facecolor()) == colour.lower()

    def test_a_programme_without_accounts_is_not_drawn(self):
        assert charts.programme_steps(self.total(accounts=0)).title.startswith("There is nothing")


class TestBreadth:
    SIZES = pd.DataFrame(
        {"key_accounts": [5, 10], "share_revenue": [0.4, 0.6], "hours_each": [50.0, 25.0]}
    )

    def test_the_marked_size_is_told_with_share_and_hours(self):
        picture = charts.breadth(self.SIZES, key_accounts=10)
        assert picture.title == "10 key accounts: 60.0% of revenue, 25 hours a month for each"
        covered, each = picture.figure.axes
        marks = [one.get_lines()[1].get_xydata().tolist() for one in (covered, each)]
        assert marks == [[[10, 0.6]], [[10, 25]]]

    def test_a_few_hours_keep_their_tenths(self):
        few = self.SIZES.assign(hours_each=[9.0, 4.5])
        assert ", 4.5 hours" in charts.breadth(few, key_accounts=10).title
        assert ", 9 hours" in charts.breadth(few, key_accounts=5).title

    def test_hours_that_do_not_suffice_are_hatched_from_the_first_number_on(self):
        accounts = pd.DataFrame({"account_id": list("abcd"), "revenue": [4.0, 3.0, 2.0, 1.0]})
        table = choose.cuts(accounts, hours_each=10, hours=25)
        picture = charts.breadth_curve(table, low=1, high=2, suggested=2)
        _, hours = picture.figure.axes
        hatched = next(one for one in hours.patches if one.get_hatch())
        assert (hatched.get_x(), hatched.get_x() + hatched.get_width()) == (2.5, 4.5)
        assert picture.title == (
            "The first account covers 40.0% of revenue, the next one another 30.0%"
        )
        enough = charts.breadth_curve(
            choose.cuts(accounts, hours_each=10, hours=40), low=1, high=2, suggested=2
        )
        assert not any(one.get_hatch() for one in enough.figure.axes[1].patches)

    def test_a_suggestion_beyond_the_rows_marks_the_last(self):
        accounts = pd.DataFrame({"account_id": list("ab"), "revenue": [3.0, 1.0]})
        picture = charts.breadth_curve(choose.cuts(accounts), low=1, high=1, suggested=9)
        assert picture.alt.startswith("The first account covers 75.0% of revenue, the next one")
        (axes,) = picture.figure.axes
        assert axes.get_lines()[1].get_xydata().tolist() == [[2, 1.0]]


class TestDepth:
    def grid(self, shared, dedicated, feasible=True) -> pd.DataFrame:
        sizes = range(1, len(shared) + 1)
        frames = [
            pd.DataFrame({"key_accounts": sizes, "depth": depth, "net_present_value": values})
            for depth, values in (("all_shared", shared), ("all_dedicated", dedicated))
        ]
        return pd.concat(frames, ignore_index=True).assign(feasible=feasible)

    def test_of_values_alike_the_fewest_accounts_are_named(self):
        picture = charts.breadth_and_depth(self.grid([5.0, 9.0, 9.0], [1.0, 2.0, 3.0]))
        assert picture.title == (
            "The most value: 2 key accounts, all with shared managers, 9 above the cost"
        )
        assert "each with a team of its own: most at 3, 3" in picture.alt

    def test_where_hours_suffice_for_nothing_the_best_of_all_is_named_and_faint(self):
        picture = charts.breadth_and_depth(self.grid([5.0, 9.0], [1.0, 2.0], feasible=False))
        assert picture.title.startswith("The most value: 2 key accounts")
        assert "Faint: the managers have no hours for so many." in picture.caption

    def test_just_nothing_is_no_value(self):
        title = charts.breadth_and_depth(self.grid([0.0, -1.0], [-5.0, -9.0])).title
        assert title.startswith("No number of key accounts pays: 1 key account")

    def test_a_depth_that_loses_far_more_does_not_flatten_the_others(self):
        picture = charts.breadth_and_depth(self.grid([50.0, 100.0], [-10_000.0, -20_000.0]))
        low, high = picture.figure.axes[0].get_ylim()
        # the axis goes as far down as up: 200 in all, 5 % below and 12 % above
        assert (low, high) == pytest.approx((-110.0, 124.0))

    def test_the_number_that_is_looked_at_is_marked(self):
        def dotted(picture):
            lines = picture.figure.axes[0].get_lines()
            return [one.get_xdata()[0] for one in lines if one.get_linewidth() == 0.9]

        grid = self.grid([5.0, 9.0], [1.0, 2.0])
        assert dotted(charts.breadth_and_depth(grid, marked=2)) == [2]
        assert dotted(charts.breadth_and_depth(grid)) == []
