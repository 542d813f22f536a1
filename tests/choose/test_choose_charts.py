"""Pictures of a choice say the numbers of paper, and hold for tables that are hard to draw."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import choose, explore
from kamkit.choose import charts
from kamkit.choose.charts import weight_change
from kamkit.choose.criteria import Anchor, Criterion
from kamkit.language import set_language
from tests.conftest import LANGUAGES
from tests.pictures import NAMES, faults, words

SCALE = (Anchor(1, 1, ""), Anchor(5, 5, ""))
TWO = (
    Criterion("profit", "data", "profit", SCALE, at_least=1.5),
    Criterion("revenue", "data", "revenue", SCALE),
)


def scored(size: int, names=None):
    frame = pd.DataFrame(
        {
            "account_id": [f"{n:03}" for n in range(size)],
            "account_name": names or [f"Kunde {n}" for n in range(size)],
            "profit": [5.0 - 3.5 * n / max(size, 1) for n in range(size)],
            "revenue": [1.0 + 4.0 * n / max(size, 1) for n in range(size)],
        }
    )
    return choose.score(frame, TWO, {"profit": 3, "revenue": 1})


def load(size: int, *, limited=True) -> pd.DataFrame:
    hours = [float(40 * n) for n in range(size)]
    return pd.DataFrame(
        {
            "manager": (NAMES * size)[:size] if size > 3 else [f"S{n}" for n in range(size)],
            "accounts": [2 * n for n in range(size)],
            "kept": list(range(size)),
            "taken_over": list(range(size)),
            "hours": hours,
            "hours_max": 400.0 if limited else float("nan"),
            "load": [h / 400 for h in hours] if limited else float("nan"),
            "accounts_max": float("nan"),
        }
    ).assign(manager=lambda t: t["manager"].fillna("S9"))


def total(value: float, low: float, high: float) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "treatment": "all_treatments",
                "accounts": 3,
                "retained": 400.0,
                "grown": 600.0,
                "programme_cost": 1000.0 - value,
                "net_present_value": value,
                "value_low": low,
                "value_high": high,
            }
        ]
    )


def parts(dedicated: float, shared: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"treatment": ["dedicated", "shared"], "net_present_value": [dedicated, shared]}
    )


TERMS = choose.Terms(0.8, 2, 0.1)
TREATED = pd.DataFrame(
    {
        "treatment": ["dedicated", "shared", "ordinary"],
        "hours": [80.0, 20.0, 0.0],
        "yearly_cost": [100.0, 10.0, 0.0],
    }
)


def ranked(size: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "account_id": [f"{n:03}" for n in range(size)],
            "yearly_contribution": [5000.0 / (n + 1) for n in range(size)],
        }
    )


class TestNumbers:
    def test_the_best_account_and_its_points_are_in_the_title(self):
        # profit 5 is 75 points, amount 1 is 0
        picture = charts.score_parts(scored(4))
        assert picture.title.startswith("Kunde 0 is first with 75 points")
        assert "Kunde 1:" in picture.alt

    def test_the_spread_names_its_fullest_part(self):
        frame = pd.DataFrame({"account_id": range(4), "score": [15.0, 16.0, 17.0, 95.0]})
        picture = charts.score_spread(choose.preview(frame, n=1).table)
        assert (
            picture.title
            == "75% of the accounts score 10 to 20 of 100, more than in any other ten points"
        )

    def test_sure_accounts_are_counted(self):
        sure = choose.robustness(scored(6), 2, draws=60, weight_spread=0, rating_noise=0)
        assert charts.key_share(sure.table).title.startswith("2 of 2 key accounts stay")

    def test_a_programme_below_its_cost_falls_short(self):
        title = charts.programme_steps(total(-250.0, -400.0, 100.0)).title
        assert title == "Even if it works as assumed, the programme falls 250 short"

    def test_the_breadth_with_most_value_is_in_the_title(self):
        table = choose.trade_off(ranked(30), TREATED, TERMS)
        best = table.loc[table["net_present_value"].idxmax()]
        title = charts.breadth_and_depth(table, currency="NOK").title
        assert title.startswith(f"The most value: {best['key_accounts']} key account")

    def test_the_hours_that_suffice_decide_the_best(self):
        table = choose.trade_off(ranked(30), TREATED, TERMS, hours=50)
        picture = charts.breadth_and_depth(table)
        assert picture.title.startswith("The most value: 2 key accounts, all with shared managers")
        assert "no hours for so many" in picture.caption

    def test_what_one_more_account_adds_stands_in_the_picture(self):
        # 60, 30 and 10 of 100: beside two the third adds a tenth
        three = pd.DataFrame({"account_id": ["1", "2", "3"], "revenue": [60.0, 30.0, 10.0]})
        picture = charts.breadth_curve(choose.cuts(three), low=1, high=2, suggested=2)
        assert "One more adds 10.0%" in [text for text, _ in words(picture)]
        assert "One more adds 10.0%" in picture.alt

    def test_where_no_number_pays_the_title_does_not_speak_of_value(self):
        # 20 hours cost 9 000 a year; of 5 000 a year nothing like it can be gained
        dear = TREATED.assign(yearly_cost=[90_000.0, 9_000.0, 0.0])
        table = choose.trade_off(ranked(30), dear, TERMS)
        picture = charts.breadth_and_depth(table)
        assert picture.title.startswith("No number of key accounts pays: 1 key account, all with")
        assert "-" not in picture.title
        # the depth that loses least is seen whole, the others may leave the picture
        shared = table.loc[table["depth"] == "all_shared", "net_present_value"]
        low, high = picture.figure.axes[0].get_ylim()
        assert low < shared.min() < shared.max() <= 0 < high
        assert low > 1.2 * shared.min()

    @pytest.mark.filterwarnings("error")
    def test_a_programme_that_neither_costs_nor_brings_is_drawn(self):
        free = TREATED.assign(yearly_cost=0.0)
        idle = ranked(3).assign(yearly_contribution=0.0)
        picture = charts.breadth_and_depth(choose.trade_off(idle, free, TERMS))
        assert picture.figure.axes[0].get_ylim()[1] > 0

    def test_a_range_of_one_number_is_no_range(self):
        cut = choose.cuts(ranked(3), by="yearly_contribution")
        # 5 000 of 5 000 + 2 500 + 1 667
        title = charts.breadth_curve(cut, low=1, high=1, suggested=1).title
        assert title == "1 key account covers 54.5% of the contribution of all that leave one"

    def test_the_bars_of_the_treatments_end_where_the_whole_ends(self):
        figure = charts.programme_steps(total(300.0, 0.0, 500.0), treatments=parts(500.0, -200.0))
        *_, whole, first, second = figure.figure.axes[0].patches
        assert (first.get_x(), first.get_width()) == (0, 500)
        assert second.get_x() + second.get_width() == whole.get_width() == 300

    def test_one_treatment_alone_has_no_bar_of_its_own(self):
        alone = parts(300.0, 0.0).head(1)
        figure = charts.programme_steps(total(300.0, 0.0, 500.0), treatments=alone).figure
        assert len(figure.axes[0].patches) == 4

    def test_a_depth_that_is_not_offered_is_not_drawn(self):
        shared = TREATED.assign(services=[0, 4, 0])
        picture = charts.breadth_and_depth(choose.trade_off(ranked(30), shared, TERMS))
        legend = picture.figure.axes[0].get_legend()
        assert [one.get_text() for one in legend.get_texts()] == ["all with shared managers"]

    def test_handed_over_accounts_are_counted(self):
        assert charts.manager_load(load(3)).title == (
            "6 key accounts with 3 managers; 3 are handed over"
        )


def pictures(names):
    ids = [f"{n:03}" for n in range(len(names))]
    table = scored(len(names), names)
    shown = pd.DataFrame(
        {
            "account_id": ids,
            "account_name": names,
            "score_before": 60.0,
            "score_after": 70.0,
            "list_change": (["stays", "comes_in", "goes_out"] * len(names))[: len(names)],
            "rank_after": range(1, len(names) + 1),
        }
    )
    cut = choose.cuts(ranked(60), by="yearly_contribution", hours_each=19, hours=500)
    grid = choose.trade_off(ranked(60), TREATED, TERMS, hours=900)
    yield charts.score_parts(table, chosen=2)
    yield charts.key_share(choose.robustness(table, 2, draws=40).table)
    yield weight_change(shown)
    yield charts.score_spread(choose.preview(table, n=2).table)
    yield charts.manager_load(load(6))
    yield charts.manager_load(load(2, limited=False))
    yield charts.breadth_curve(cut, low=15, high=26, suggested=26)
    yield charts.breadth_and_depth(grid, marked=20, currency="NOK")
    yield charts.programme_steps(total(300.0, -100.0, 700.0), currency="NOK")
    yield charts.programme_steps(total(-3000.0, -4000.0, -1000.0), currency="NOK")
    yield charts.programme_steps(
        total(300.0, -100.0, 700.0), treatments=parts(2000.0, -1700.0), currency="NOK"
    )
    yield charts.programme_steps(
        total(-3000.0, -4000.0, -1000.0), currency="NOK", treatments=parts(-2999.0, -1.0)
    )
    yield charts.breadth_and_depth(choose.trade_off(ranked(60), TREATED, TERMS, dedicated=9))


class TestHardTables:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_word_is_cut_off_or_written_over(self, language):
        set_language(language)
        try:
            for picture in pictures(NAMES):
                assert not faults(picture), picture.title
        finally:
            set_language("en")

    def test_one_account_and_few_rows_are_drawn(self):
        for picture in pictures(["Alene AS"]):
            assert words(picture)
            assert picture.alt

    def test_empty_tables_say_that_there_is_nothing(self):
        empty = (
            scored(1)
            .table.head(0)
            .assign(
                chosen=False,
                key_share=0.0,
                score_before=0.0,
                score_after=0.0,
                rank_after=1,
                list_change="stays",
            )
        )
        for picture in (
            charts.key_share(empty),
            charts.manager_load(load(0)),
            weight_change(empty),
            charts.breadth_and_depth(choose.trade_off(ranked(3), TREATED, TERMS).head(0)),
            charts.programme_steps(total(1, 1, 1).head(0)),
            charts.breadth_curve(
                choose.cuts(ranked(1), by="yearly_contribution").head(0), low=1, high=1, suggested=1
            ),
        ):
            assert picture.title.startswith("There is nothing to draw")

    def test_nobody_who_can_be_chosen_is_no_picture(self):
        frame = pd.DataFrame({"account_id": ["1"], "profit": [1.0], "revenue": [5.0]})
        none = choose.score(frame, TWO, {"profit": 1})
        assert charts.score_parts(none).title.startswith("There is nothing to draw")


class TestExplorers:
    def test_weights_as_they_are_move_nobody(self):
        picture, moved = explore.weights_view(scored(8), n=3)
        assert picture.title == "The weights as they are: 3 key accounts"
        assert moved.empty

    def test_other_weights_turn_the_list_around(self):
        # by amount alone the last accounts are first; the last is below the requirement
        _, moved = explore.weights_view(scored(8), {"revenue": 1}, n=2)
        came = moved[moved["list_change"] == "comes_in"]["account_id"].tolist()
        eligible = scored(8).table.query("eligible")["account_id"]
        assert came == sorted(eligible, reverse=True)[:2]

    def test_weights_of_zero_are_told(self):
        from kamkit.errors import ParameterError

        with pytest.raises(ParameterError, match="All weights are zero"):
            explore.weights_view(scored(4), {"revenue": 0, "profit": 0})

    def test_breadth_and_depth_follow_what_is_assumed(self, fjordgross_services):
        how = {"n": 10, "growth_shared": 0.0, "retention_shared": 0.0}
        _, nothing = explore.breadth_and_depth_view(ranked(30), fjordgross_services, TERMS, **how)
        shared = nothing.set_index("depth").loc["all_shared"]
        # without effects the value is the cost, 10 accounts over two years
        cost = shared["yearly_cost"] * (1 / 1.1 + 1 / 1.21)
        assert shared["net_present_value"] == pytest.approx(-cost)

    def test_teams_are_given_to_the_first_where_their_number_is_set(self, fjordgross_services):
        how = {"n": 10, "dedicated": 3}
        picture, table = explore.breadth_and_depth_view(
            ranked(30), fjordgross_services, TERMS, **how
        )
        mixed = table.set_index("depth").loc["first_dedicated"]
        assert mixed["dedicated"] == 3
        # 254 hours and 80 hours, as the services of the practice company say
        assert mixed["hours"] == 3 * 254 + 7 * 80
        assert "the first with a team of their own" in picture.alt

    def test_a_dearer_hour_costs_more(self, fjordgross_services):
        dear = explore.breadth_and_depth_view(
            ranked(30), fjordgross_services, TERMS, n=5, cost_per_hour=1000
        )[1].set_index("depth")
        usual = explore.breadth_and_depth_view(ranked(30), fjordgross_services, TERMS, n=5)[1]
        hours = dear.loc["all_shared", "hours"]
        more = dear.loc["all_shared", "yearly_cost"] - usual["yearly_cost"].iloc[0]
        assert more == pytest.approx(hours * (1000 - 600))


@pytest.fixture(scope="module")
def fjordgross_services():
    from kamkit import open_case

    return choose.services_table(open_case("fjordgross"))
