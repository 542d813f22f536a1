"""Who fits whom, and what is told where the limits of the managers do not hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit.choose._preview import preview
from kamkit.choose.capacity import assign
from kamkit.choose.fit import fit, given_points, managers_from, managers_table
from kamkit.errors import CapacityError, LedgerError, MissingTable, ParameterError

NAN = float("nan")


def managers(**columns):
    return managers_table(pd.DataFrame({"manager": ["S1", "S2"], **columns}))


def accounts(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"account_id": [f"{i}" for i in range(n)], **columns})


class TestFit:
    @pytest.mark.parametrize(
        ("name", "points"), [("language", 6.0), ("region", 4.0), ("industry", 2.0)]
    )
    def test_what_a_manager_does_not_cover_speaks_against_the_pair(self, name, points):
        found = fit(
            accounts(**{name: [" North ", None]}), managers(**{name: ["north, East", "West"]})
        )
        assert found.total.tolist() == [[0, points], [0, 0]]
        assert name not in found.unknown

    def test_a_manager_without_a_list_covers_all(self):
        found = fit(accounts(region=["North"]), managers(region=["", "South"]))
        assert found.total.tolist() == [[0, 4]]

    @pytest.mark.parametrize(
        ("region", "lists"), [([None], ["North", "South"]), (["North"], ["", ""])]
    )
    def test_what_neither_table_knows_speaks_against_nobody(self, region, lists):
        found = fit(accounts(region=region), managers(region=lists))
        assert found.total.tolist() == [[0, 0]]
        assert "region" in found.unknown

    @pytest.mark.parametrize(
        ("relationship", "points"), [(3.0, 6.0), (5.0, 10.0), (1.0, 2.0), (NAN, 6.0)]
    )
    def test_a_relationship_torn_up_costs_twice_its_rating(self, relationship, points):
        given = accounts(account_manager=["S1", None], relationship=[relationship, 5.0])
        assert fit(given, managers()).total == pytest.approx(np.array([[0, points], [0, 0]]))

    def test_whom_a_manager_knows_already_tears_less(self):
        # S2 knows half of the influence, so half of the six points; a change always costs one
        known = accounts(account_manager=["S1", "S1"])
        known["ties"] = pd.Series([{"S2": 0.5}, {"S2": 1.0}], dtype=object)
        assert fit(known, managers()).total.tolist() == [[0, 3], [0, 1]]

    def test_an_unrated_relationship_is_a_middling_one(self):
        found = fit(accounts(account_manager=["S2"]), managers())
        assert found.total.tolist() == [[6, 0]]
        assert found.unknown == ("language", "region", "industry")

    def test_points_are_added_and_may_be_others(self):
        given = accounts(region=["North"], language=["no"])
        people = managers(region=["North", "South"], language=["en", "en; no"])
        assert fit(given, people).total.tolist() == [[6, 4]]
        assert fit(given, people, points=given_points(["region=10"])).total.tolist() == [[6, 10]]

    def test_what_speaks_for_a_pair_is_said_first(self):
        given = accounts(region=["North"], language=["no"])
        found = fit(given, managers(region=["South", "North"], language=["no", "en"]))
        assert found.words(0, 0) == "speaks its language, another region"
        assert found.words(0, 1) == "covers its region, does not speak its language"

    @pytest.mark.parametrize(
        ("text", "remedy"),
        [
            ("regoin=3", "“region”"),
            ("region", "as in the example"),
            ("region=-1", "as in the example"),
        ],
    )
    def test_points_that_cannot_be_read_are_refused(self, text, remedy):
        with pytest.raises(ParameterError, match="is no weight") as error:
            given_points([text])
        assert remedy in str(error.value)
        assert given_points(["region=0"])["region"] == 0


class TestManagers:
    def test_empty_columns_mean_no_limit(self):
        table = managers_table(pd.DataFrame({"manager": ["B", "A"], "region": [None, "North"]}))
        assert table["manager"].tolist() == ["A", "B"]
        assert table["hours"].isna().all()
        assert table["region"].tolist() == ["North", ""]

    @pytest.mark.parametrize("name", ["hours", "accounts_max"])
    def test_a_limit_below_zero_is_named(self, name):
        with pytest.raises(LedgerError, match=f"S2: {name} -1"):
            managers(**{name: [0, -1]})

    def test_two_of_one_name_are_refused(self):
        with pytest.raises(LedgerError, match="named twice"):
            managers_table(pd.DataFrame({"manager": ["S1", "S1"]}))
        with pytest.raises(MissingTable, match="no key account manager"):
            managers_table(pd.DataFrame({"manager": []}))

    def test_those_of_the_accounts_have_the_regions_of_their_accounts(self):
        given = accounts(
            account_manager=["S2", "S1", "S2", None, "S2"],
            region=["West", "North", "East", "South", None],
        )
        table = managers_from(given)
        assert table[["manager", "region"]].values.tolist() == [
            ["S1", "North"],
            ["S2", "East; West"],
        ]
        assert managers_from(given.drop(columns="region"))["region"].tolist() == ["", ""]

    @pytest.mark.parametrize("given", [accounts(revenue=[1.0]), accounts(account_manager=[None])])
    def test_without_anybody_named_the_table_is_asked_for(self, given):
        with pytest.raises(MissingTable, match="Nobody is named"):
            managers_from(given)


class TestLimits:
    def refused(self, given, people, **options):
        with pytest.raises(CapacityError) as error:
            assign(given, people, **options)
        return str(error.value)

    def test_hours_that_are_missing_are_counted_in_managers(self):
        people = pd.DataFrame({"manager": ["S1", "S2"], "hours": [100.0, 60.0]})
        told = self.refused(accounts(hours=[120.0, 80.0]), people)
        # 200 needed, 160 there; a mean manager has 80
        assert "200 hours a year are needed, 160 are there; missing: 40, 0.5 of a mean" in told

    def test_places_that_are_missing_are_counted(self):
        people = pd.DataFrame({"manager": ["S1", "S2"], "accounts_max": [1, 1]})
        told = self.refused(accounts(hours=[1.0] * 4), people)
        assert "4 accounts, places for 2: 2 too many" in told

    def test_an_account_too_large_for_anybody_is_named(self):
        people = pd.DataFrame({"manager": ["S1", "S2"], "hours": [100.0, 100.0]})
        given = accounts(hours=[130.0, 10.0], account_name=["Big", "Small"])
        told = self.refused(given, people)
        assert "1 account takes more hours" in told
        assert "Big: 130 hours, at most 100 there; missing: 30" in told

    def test_accounts_that_nobody_may_take_are_named_up_to_three(self):
        people = pd.DataFrame({"manager": ["S1"], "region": ["North"]})
        given = accounts(hours=[1.0] * 5, region=["South"] * 5, account_name=[*"ABCDE"])
        told = self.refused(given, people, require=["region"])
        assert "5 accounts fit no manager" in told
        assert "A, B and C and 2 more" in told

    def test_limits_met_in_sum_but_not_together_tell_the_least_that_is_missing(self):
        people = pd.DataFrame({"manager": ["S1", "S2"], "hours": [10.0, 10.0]})
        told = self.refused(accounts(hours=[6.0, 6.0, 6.0]), people)
        # two of six with one manager are two hours too many
        assert "missing where they are needed: at the least 2 hours a year" in told


class TestPreview:
    def scores(self, *values, **columns):
        return pd.DataFrame(
            {"account_id": [f"{i}" for i in range(len(values))], "score": values, **columns}
        )

    def test_tens_are_counted_and_the_best_marked(self):
        found = preview(self.scores(0.0, 9.9, 10.0, 55.0, 95.0, 100.0, NAN), n=2)
        assert found.table["accounts"].tolist() == [2, 1, 0, 0, 0, 1, 0, 0, 0, 2]
        assert found.table["chosen"].tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
        assert found.table.loc[3, ["score_from", "score_to"]].tolist() == [30, 40]
        assert found.caveats == ()  # few accounts pile up by chance

    def test_quarters_are_told(self):
        assert preview(self.scores(0.0, 20.0, 40.0, 60.0, 80.0)).text == (
            "Half of the 5 accounts score between 20 and 60; the middle one has 40."
        )
        assert preview(self.scores(NAN)).text == "No account has a score."

    def test_a_pile_and_a_narrow_middle_are_warned_of(self):
        # five of ten between 40 and 50, the middle half within two points
        values = (5.0, 41.0, 42.0, 42.0, 43.0, 43.0, 91.0, 92.0, 93.0, 94.0)
        found = preview(self.scores(*values))
        assert found.caveats[0].startswith("50% of the accounts lie between 40 and 50 points")
        even = preview(self.scores(*[10.0 * n + 5 for n in range(10)]))
        assert even.caveats == ()
        narrow = preview(self.scores(*[48.0, 49.0, 50.0, 51.0, 52.0] * 2))
        assert any(
            one.startswith("The middle half of the accounts lies within 2.0")
            for one in narrow.caveats
        )

    def test_accounts_at_the_end_of_the_list_are_counted(self):
        values = [95.0, 85.0, 75.0, 74.5, 74.0, 73.9, 45.0, 35.0, 25.0, 15.0]
        found = preview(self.scores(*values), n=3)
        assert found.caveats[-1] == "2 more accounts lie within a point of where the list ends."
        assert preview(self.scores(*values), n=10).caveats == ()
