"""What an explorer shows for given controls: small tables, worked out by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from matplotlib.figure import Figure

from kamkit import choose, relate
from kamkit.case import open_case
from kamkit.choose.effects import Terms
from kamkit.errors import MissingTable, ParameterError
from kamkit.explore import contacts, controls, sales, scores, trials
from kamkit.learn.attempts import Progress
from kamkit.learn.course import lesson
from kamkit.learn.room import Room
from kamkit.output.chart import chart
from kamkit.periods import Period
from tests.pictures import faults

THREE = pd.DataFrame(
    {
        "account_id": [*"abc"],
        "account_name": ["Alfa", "Beta", "Gamma"],
        "revenue": [90.0, 50.0, 10.0],
        "payment_days": [60.0, 30.0, 14.0],
    }
)


@pytest.fixture(scope="module")
def scored():
    criteria = [one for one in choose.data_criteria(THREE) if one.name in ("revenue", "payment")]
    return choose.score(THREE, criteria, {"revenue": 3, "payment": 1})


class TestWeights:
    def test_with_the_weights_as_they_are_nobody_moves(self, scored):
        picture, moved = scores.weights_view(scored, n=1)
        assert picture.title == "The weights as they are: 1 key account"
        assert moved.empty

    def test_other_weights_bring_one_in_and_one_out(self, scored):
        picture, moved = scores.weights_view(scored, {"payment": 1}, n=1)
        # by payment alone the quickest payer is first
        assert moved[["account_id", "list_change"]].values.tolist() == [
            ["c", "comes_in"],
            ["a", "goes_out"],
        ]
        assert moved.set_index("account_id")["rank_after"].to_dict() == {"c": 1, "a": 3}
        assert moved["account_name"].tolist() == ["Gamma", "Alfa"]
        assert picture.title != "The weights as they are: 1 key account"

    def test_only_the_proportion_of_weights_counts(self, scored):
        one = scores.weights_view(scored, {"payment": 1, "revenue": 3}, n=2)[1]
        ten = scores.weights_view(scored, {"payment": 10, "revenue": 30}, n=2)[1]
        pd.testing.assert_frame_equal(one, ten)
        assert one.empty  # it is that of the score

    def test_weights_that_are_all_nought_say_nothing(self, scored):
        with pytest.raises(ParameterError):
            scores.weights_view(scored, {"payment": 0, "revenue": 0})

    def test_there_is_a_slider_for_each_criterion_in_per_cent(self, scored):
        shown = scores._weight_controls(scored, 20)
        assert {name: one.value for name, one in shown.items()} == {
            "n": 3,  # no more than there are
            "weight:revenue": 75,
            "weight:payment": 25,
        }
        assert (shown["n"].min, shown["n"].max) == (1, 3)
        assert shown["weight:revenue"].max == 100


class TestBreadthAndDepth:
    ACCOUNTS = pd.DataFrame({"account_id": [*"abc"], "yearly_contribution": [1000.0, 500.0, 10.0]})
    SERVICES = pd.DataFrame(
        {
            "service": ["visit", "visit"],
            "treatment": ["dedicated", "shared"],
            "quantity": [10.0, 5.0],
            "hours": [2.0, 2.0],
            "other_cost": [1.0, None],
            "cost_per_hour": [3.0, 3.0],
            "yearly_hours": [20.0, 10.0],
            "yearly_cost": [70.0, 30.0],
        }
    )

    def view(self, **chosen):
        terms = Terms(0.9, years=1, annual_discount_rate=0.0)
        return scores.breadth_and_depth_view(
            self.ACCOUNTS, self.SERVICES, terms, **{"n": 2, **chosen}
        )[1].set_index("depth")

    def test_two_accounts_with_two_depths(self):
        table = self.view(retention_shared=0.05, growth_shared=0.0)
        assert table["key_accounts"].tolist() == [2] * len(table)
        # a shared manager: 10 hours and 30 a year for each; keeps 0.05 of 1500
        row = table.loc["all_shared"]
        assert (row["hours"], row["yearly_cost"]) == (20.0, 60.0)
        assert row["net_present_value"] == pytest.approx(0.05 * 1500 - 60)
        assert table.loc["all_dedicated", "hours"] == 40.0

    def test_the_cost_of_an_hour_may_be_another(self):
        table = self.view(cost_per_hour=5.0)
        # 20 hours at 5 and ten visits at 1 for each of two; a gap costs nothing
        assert table.loc["all_dedicated", "yearly_cost"] == 2 * (20 * 5 + 10)
        assert table.loc["all_shared", "yearly_cost"] == 2 * 10 * 5
        assert self.view(cost_per_hour=0.0).loc["all_shared", "yearly_cost"] == 60.0

    def test_some_of_the_first_may_have_a_team_of_their_own(self):
        for dedicated in (0, 1, 2):
            table = self.view(dedicated=dedicated)
            mixed = table[~table.index.isin(["all_shared", "all_dedicated"])].iloc[0]
            assert mixed["dedicated"] == dedicated
            assert mixed["hours"] == 20 * dedicated + 10 * (2 - dedicated)

    def test_more_than_there_are_is_all(self):
        assert set(self.view(n=99)["key_accounts"]) == {3}

    def test_sliders_begin_with_what_is_usual(self):
        shown = scores._depth_controls(100, 20, 100.0)
        assert shown["n"].value == 20
        assert shown["n"].max == 60
        assert shown["dedicated"].value == shown["dedicated"].min == -1
        assert shown["retention_shared"].value == 0.02
        assert shown["growth_dedicated"].value == 0  # none is known to come of it
        assert shown["growth_dedicated"].max == 0.2
        assert (shown["cost_per_hour"].value, shown["cost_per_hour"].max) == (100, 300)
        assert shown["cost_per_hour"].step == 5
        assert "cost_per_hour" not in scores._depth_controls(100, 20, 0.0)


class TestGrowth:
    GRID = pd.DataFrame(
        {
            "account_id": ["1"] * 9 + ["2"],
            "account_name": ["Alfa"] * 9 + ["Beta"],
            "item": [*"IHGFEDCBA", "Z"],
            "revenue": 10.0,
            "open_amount": [5.0, 40.0, 40.0, 0.0, 30.0, 20.0, 15.0, 10.0, 7.0, 99.0],
            "kind": ["", *["upsell"] * 9],
            "state": "us",
            "growth_middle": 1.0,
            "basis": "wallet",
        }
    )

    def test_the_six_largest_gaps_and_what_half_of_each_would_be(self):
        picture, table = contacts.growth_view(self.GRID, currency="EUR")
        assert table["item"].tolist() == [*"GHEDCB"]
        assert table["what_if"].tolist() == [20.0, 20.0, 15.0, 10.0, 7.5, 5.0]
        assert picture.title == "Alfa: buys for €90 and could buy for €167 more"

    def test_another_account_and_another_share(self):
        picture, table = contacts.growth_view(self.GRID, "2", 10)
        assert table["what_if"].tolist() == [9.9]
        assert picture.title.startswith("Beta")

    def test_accounts_are_chosen_by_name_and_number(self):
        assert contacts._accounts(self.GRID) == [("Alfa (1)", "1"), ("Beta (2)", "2")]


class TestRelations:
    @pytest.fixture
    def persons(self):
        rows = pd.DataFrame(
            {
                "account_id": ["1", "1", "1"],
                "person": ["Ada", "Bo", "Cy"],
                "influence": [5, 3, 2],
                "our_contact": ["S1; S2", "S1", None],
            }
        )
        return relate.people(rows, end=dt.date(2025, 12, 31))

    ACCOUNTS = pd.DataFrame({"account_id": ["1"], "account_name": ["Alfa"]})

    def test_what_is_lost_when_one_of_ours_leaves(self, persons):
        picture, table = contacts.relations_view(persons, self.ACCOUNTS)
        assert picture.title.startswith("Alfa: 3 people")
        rows = table.set_index("our_contact")
        assert rows["people"].to_dict() == {"S1": 2, "S2": 1}
        # without S2 nothing is lost; Ada is known to S1 as well
        assert rows.loc["S2", "ours_share"] == 0
        assert rows.loc["S1", "ours_share"] > 0

    def test_who_left_knows_nobody(self, persons):
        table = contacts.relations_view(persons, self.ACCOUNTS, "1", "S1")[1]
        assert table["our_contact"].tolist() == ["S2"]
        assert table["people"].tolist() == [1]
        # what S2 reaches is Ada, with 5 of the 10 points of influence
        assert table["ours_share"].tolist() == [0.5]


class TestHealth:
    STATES = pd.DataFrame(
        {
            "account_id": [f"{n}" for n in range(8)],
            "account_name": [f"N{n}" for n in range(8)],
            "rhythm_state": ["on_time", "late", "lost", "on_time", "late", "late", "late", "late"],
        }
    )

    def test_the_six_poorest_are_listed(self):
        _picture, table = contacts.health_view(self.STATES)
        assert table["account_id"].tolist() == ["2", "1", "4", "5", "6", "7"]
        assert table["health"].is_monotonic_increasing

    def test_a_part_without_weight_has_no_say(self):
        growing = self.STATES.assign(revenue_before=100.0, change=[-90.0] + [90.0] * 7)
        _picture, table = contacts.health_view(growing, {"growth": 1})
        assert table["account_id"].iloc[0] == "0"


class TestSales:
    def test_the_years_of_a_ledger_and_its_last_twelve_months(self):
        found = sales._periods(Period("2023-03-01", "2025-12-31"))
        assert {name: str(one) for name, one in found.items()} == {
            "1 Mar 2023 – 31 Dec 2025": "1 Mar 2023 – 31 Dec 2025",
            "the last 12 months": "1 Jan 2025 – 31 Dec 2025",
            "2023 (part)": "1 Mar 2023 – 31 Dec 2023",
            "2024": "1 Jan 2024 – 31 Dec 2024",
            "2025": "1 Jan 2025 – 31 Dec 2025",
        }

    def test_a_ledger_of_one_year_is_one_period(self):
        assert list(sales._periods(Period("2025-01-01", "2025-12-31"))) == [
            "1 Jan 2025 – 31 Dec 2025"
        ]

    def test_one_manager_is_one(self):
        picture, table = sales.breadth_view(THREE, key_accounts=1, managers=1, hours=60)
        assert picture.caption == "1 manager with 60 hours a month."
        assert table["key_accounts"].tolist() == [1]
        assert table["hours_each"].tolist() == [60]

    def test_the_usual_numbers_are_listed_beside_the_chosen_one(self):
        many = pd.DataFrame(
            {
                "account_id": [f"{n}" for n in range(60)],
                "revenue": [float(60 - n) for n in range(60)],
            }
        )
        table = sales.breadth_view(many, key_accounts=7)[1]
        assert table["key_accounts"].tolist() == [5, 7, 10, 20, 35, 50]


class TestControls:
    def test_whole_numbers_move_by_one_and_shares_are_per_cent(self):
        whole = controls.slider(3, 1, 9, "Accounts")
        assert (type(whole).__name__, whole.step, whole.description) == ("IntSlider", 1, "Accounts")
        share = controls.slider(0.02, 0, 0.2, "Kept", step=0.005, share=True)
        assert (share.value, share.min, share.max, share.step) == (0.02, 0, 0.2, 0.005)
        assert share.readout_format == ".1%"
        assert not share.continuous_update  # it redraws when it is let go

    def test_a_choice_shows_words_and_holds_codes(self):
        made = controls.choice([("Revenue", "revenue"), ("Profit", "profit")], "Criterion")
        assert made.value == "revenue"
        made.value = "profit"
        assert made.label == "Profit"

    def test_outside_a_kernel_the_first_view_stands_alone(self, capsys, monkeypatch):
        monkeypatch.setenv(controls.BATCH, "1")
        assert not controls.live()

        def view(**chosen):
            assert not chosen
            return chart("First", lambda _axes: None, table=None), THREE

        controls.explore(view, lambda: pytest.fail("no controls are asked for"))
        assert capsys.readouterr().out == "First\nFirst.\n"
        assert isinstance(view()[0].figure, Figure)

    def test_an_error_is_told_in_its_words(self, capsys):
        controls._show_error(ParameterError("Too <many>."), "x")
        controls._show_error(ValueError(), "x")
        assert capsys.readouterr().out == "Too <many>.\nValueError\n"


SILENT = pd.DataFrame(
    {
        "account_id": [*"abcdef"],
        "late_probability": [0.002, 0.009, 0.012, 0.04, 0.2, 0.6],
        "bought": [False, True, False, True, False, True],
    }
)
LOSING = pd.DataFrame(
    {
        "account_id": ["a", "b"],
        "account_name": ["Alfa", "Beta"],
        "revenue": [1000.0, 500.0],
        "contribution": [300.0, 200.0],
        "cost_to_serve": [400.0, 250.0],
        "payment_cost": [10.0, 0.0],
    }
)


class TestLimits:
    def test_a_lower_bar_finds_more_and_is_wrong_more_often(self):
        picture, table = trials.alarms_view(SILENT, 5)
        by_level = table.set_index("alarm_level")
        names = ["alarms", "alarms_right", "alarms_false", "unnoticed"]
        assert by_level.loc[0.01, names].tolist() == [2, 1, 1, 2]
        assert by_level.loc[0.05, names].tolist() == [4, 2, 2, 1]
        assert picture.title.startswith("At 5.0%: 4 alarms, 2 of them false; ")
        assert not faults(picture)

    def test_the_alarms_are_those_that_the_finding_tells(self):
        """23 were late on 2 July 2025, and 6 of these have bought since: the note says so."""
        practice = Room(lesson(4), "fjordgross", 0, Progress(None))
        table = trials.alarms_view(trials.watched(practice.case))[1].set_index("alarm_level")
        notes = " ".join(practice.analysis.late.caveats)
        assert table.loc[0.01, ["alarms", "alarms_false"]].tolist() == [23, 6]
        assert "23 accounts were late; of these 6 have bought since" in notes

    def test_a_short_ledger_cannot_look_back(self, tmp_path):
        path = tmp_path / "sales.csv"
        rows = "\n".join(f"A,2025-{month:02d}-01,100" for month in range(1, 13))
        path.write_text(f"customer,date,amount\n{rows}\n", encoding="utf-8")
        with pytest.raises(MissingTable):
            trials.watched(open_case(path))

    def test_a_hunt_ends_where_its_hours_are_not_paid(self):
        worth = {"prospect_id": [*"xyz"], "name": [*"XYZ"], "assumed_value": [9e4, 4e4, 1e4]}
        found = pd.DataFrame(worth)
        money = {"margin": 0.25, "cost_per_hour": 500.0}
        picture, table = trials.hunt_view(found, 40, 18, **money)
        # 18 hours are 9,000; the three leave 22,500, 10,000 and 2,500
        assert table["yearly_contribution"].tolist() == [22_500, 10_000, 2_500]
        assert picture.title == "2 prospects begun: 18,000 for hours, 32,500 assumed a year"
        assert "The hours of 2 prospects are paid" in picture.alt
        assert not faults(picture)

    def test_without_margin_or_cost_nothing_is_said_of_a_hunt(self):
        services = pd.DataFrame({"cost_per_hour": [500.0]})
        with pytest.raises(MissingTable):
            trials.hunting(pd.DataFrame({"revenue": [1.0]}), services)

    def test_terms_turn_a_loss_and_parting_leaves_costs_behind(self):
        picture, table = trials.terms_view(LOSING, "b", price=20, saved=40, goes=90)
        # 200 − 250; then 200 + 100 − 150; a tenth of 250 stays
        row = table.iloc[0]
        assert row["account_name"] == "Beta"
        assert row[["profit_before", "profit_after", "profit_without"]].tolist() == [-50, 150, -25]
        assert not faults(picture)

    def test_a_wider_line_lets_more_pairs_in_each_once(self):
        pairs = pd.DataFrame(
            {
                "leader": ["A", "B", "A", "C", "B"],
                "follower": ["B", "A", "C", "A", "C"],
                "q_value": [0.01, 0.01, 0.15, 0.15, 0.9],
                "both_baskets": [40, 40, 20, 20, 30],
            }
        ).assign(lift=2.0, times_chance=1.2)
        assert trials.chance_view(pairs)[0].title.startswith("At 5%: 1 pair holds")
        picture, table = trials.chance_view(pairs, 20)
        assert picture.title == "At 20%: 2 pairs hold, at most 0.4 of them by chance"
        assert len(table) == 3
        assert not faults(picture)
