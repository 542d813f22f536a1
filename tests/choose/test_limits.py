"""Limits that do not hold: which of them is told, by how much, and what an assignment says."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.choose.capacity import assign
from kamkit.errors import CapacityError, MissingTable

NAN = float("nan")


def accounts(hours, **columns) -> pd.DataFrame:
    ids = [*"abcdefgh"][: len(hours)]
    return pd.DataFrame({"account_id": ids, "hours": hours, **columns})


def people(**columns) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"manager": [f"S{i + 1}" for i in range(n)], **columns})


def refused(given, managers, **how) -> CapacityError:
    with pytest.raises(CapacityError) as error:
        assign(given, managers, **how)
    return error.value


class TestSeenAtOnce:
    def test_hours_that_just_suffice_do_and_one_less_does_not(self):
        assert assign(accounts([10.0, 10.0]), people(hours=[20.0])).proven
        error = refused(accounts([10.0, 10.0]), people(hours=[19.0]))
        assert error.found.startswith("20 hours a year are needed, 19 are there; missing: 1,")

    def test_managers_without_any_hour_are_no_measure_of_what_is_missing(self):
        error = refused(accounts([10.0]), people(hours=[0.0, 0.0]))
        assert error.found.endswith("missing: 10, – of a mean manager")

    def test_a_manager_without_a_limit_takes_the_rest(self):
        given = accounts([10.0, 30.0, 5.0], account_manager="S1")
        for limit in ({"hours": [10.0, NAN]}, {"accounts_max": [1, None]}):
            found = assign(given, people(**limit))
            # of what S1 has today one can stay, the others are six points each
            assert found.load.set_index("manager")["accounts"].to_dict() == {"S1": 1, "S2": 2}
            assert found.points == 12
            assert found.caveats[-1].startswith("Not considered")

    def test_hours_come_before_places_and_places_before_what_is_required(self):
        both = people(hours=[1.0], accounts_max=[1], region=["North"])
        given = accounts([5.0, 5.0], region="South")
        assert "more hours" in refused(given, both, require=["region"]).message
        places = both.assign(hours=NAN)
        assert "than the managers can take" in refused(given, places, require=["region"]).message
        region = places.assign(accounts_max=2)
        error = refused(given, region, require=["region"])
        assert error.message == "2 accounts fit no manager under what is required."
        assert (error.found, error.wanted) == ("a and b", "a manager who fits in: region")

    def test_only_those_who_may_take_an_account_count_as_room_for_it(self):
        # S1 has 100 hours but not the region, S2 has 20
        managers = people(hours=[100.0, 20.0], region=["North", "South"])
        given = accounts([30.0, 5.0], region=["South", "North"])
        error = refused(given, managers, require=["region"])
        assert error.found == "a: 30 hours, at most 20 there; missing: 10"
        # without the requirement S1 takes it, whatever speaks against that
        assert assign(given, managers).table["manager"].tolist()[0] == "S1"

    def test_an_account_that_just_fits_is_not_too_large(self):
        assert len(assign(accounts([20.0]), people(hours=[20.0])).table) == 1

    def test_accounts_that_are_too_large_are_named_with_the_hours_of_the_first(self):
        given = accounts([25.0, 30.0, 1.0], account_name=["Ask", "Bo", "Cy"])
        error = refused(given, people(hours=[20.0, 20.0, 20.0]))
        assert error.message.startswith("2 accounts take more hours")
        assert error.found == "Ask and Bo: 25 hours, at most 20 there; missing: 5"

    def test_without_an_account_or_a_manager_there_is_nothing_to_give_out(self):
        with pytest.raises(MissingTable, match="no key account to give"):
            assign(accounts([]), people(hours=[20.0]))


class TestTogether:
    def test_places_that_are_missing_where_they_are_needed_are_counted(self):
        # three in the North and one place there, three places in the South
        managers = people(accounts_max=[1, 3], region=["North", "South"])
        error = refused(accounts([1.0] * 3, region="North"), managers, require=["region"])
        assert "though their sum would suffice" in error.message
        assert error.found == "missing where they are needed: at the least 2 places"

    def test_hours_and_places_can_both_be_missing(self):
        # S1 may take both: one place and eight hours short
        managers = people(accounts_max=[1, 9], hours=[12.0, 100.0], region=["North", "South"])
        error = refused(accounts([10.0, 10.0], region="North"), managers, require=["region"])
        assert error.found == (
            "missing where they are needed: at the least 8 hours a year and 1 place"
        )

    def test_a_part_of_an_hour_is_told_as_a_whole_one(self):
        # two of 6.2 with one manager of ten are 2.4 too many
        error = refused(accounts([6.2] * 3), people(hours=[10.0, 10.0]))
        assert error.found.endswith("at the least 3 hours a year")


class TestAssignment:
    GIVEN = accounts([10.0, 20.0, 30.0], account_manager=["S1", "S1", None])

    def test_who_keeps_and_who_changes_is_counted_and_the_fullest_is_named(self):
        found = assign(self.GIVEN, people(hours=[40.0, 40.0]))
        # a and b stay with S1: 30 of 40; c has nobody, so it is no handover
        assert found.table["manager"].tolist() == ["S1", "S1", "S2"]
        assert found.table["handover"].tolist() == [False, False, False]
        assert found.text == (
            "3 accounts go to 2 managers: 3 keep their manager, 0 are handed over. The fullest is "
            "S1 with 30 of 40 hours a year (75%). No assignment fits better."
        )
        assert found.points == 0

    def test_what_is_handed_over_costs_points_and_is_counted_by_manager(self):
        found = assign(self.GIVEN, people(hours=[15.0, 60.0]))
        # S1 has no hours for b: a middling relationship is six points
        assert found.points == 6
        load = found.load.set_index("manager")
        assert load.loc["S1", ["accounts", "kept", "taken_over", "hours"]].tolist() == [1, 1, 0, 10]
        assert load.loc["S2", ["accounts", "kept", "taken_over", "hours"]].tolist() == [2, 1, 1, 50]
        assert load["load"].tolist() == pytest.approx([10 / 15, 50 / 60])
        assert "2 keep their manager, 1 is handed over" in found.text

    def test_an_idle_manager_is_no_manager_of_the_sentence(self):
        found = assign(accounts([10.0], account_manager="S2"), people(hours=[40.0, 40.0]))
        assert found.text.startswith("1 account goes to 1 manager: 1 keeps their manager")
        assert found.load["accounts"].tolist() == [0, 1]

    def test_without_limits_nobody_is_fullest_and_that_is_told(self):
        found = assign(self.GIVEN, people(region=["", ""]))
        assert "fullest" not in found.text
        assert found.caveats[-1] == "No manager has a limit of hours or accounts."
        limited = assign(self.GIVEN, people(accounts_max=[3, 3]))
        assert not any("No manager has a limit" in one for one in limited.caveats)

    def test_all_that_is_known_is_considered_without_a_word(self):
        given = accounts([1.0], region="N", language="no", industry="Fish", account_manager="S1")
        managers = people(hours=[9.0], region=["N"], language=["no"], industry=["Fish"])
        assert assign(given, managers).caveats == ()

    def test_points_of_the_firm_decide_in_place_of_the_usual(self):
        given = accounts([1.0], region="North", language="no")
        managers = people(region=["North", "South"], language=["en", "no"])
        # no common language is six, another region four; with ten it is the other way round
        assert assign(given, managers).table["manager"].tolist() == ["S2"]
        points = {"language": 6.0, "region": 10.0, "relationship": 6.0, "industry": 2.0}
        assert assign(given, managers, points=points).table["manager"].tolist() == ["S1"]
