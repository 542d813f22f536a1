"""The people at an account: who stands where, who was met when, and what hangs on each."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit import relate
from kamkit.relate._people import ours_of

END = dt.date(2025, 12, 31)


def person(name, account="a", **given):
    return {"account_id": account, "person": name, "our_contact": "S1"} | given


def people(*rows, **options):
    return relate.people(pd.DataFrame(rows), end=END, **options)


def by_name(*rows, **options):
    return people(*rows, **options).set_index("person")


class TestRows:
    def test_those_of_most_influence_are_first_and_of_equals_by_name(self):
        table = people(
            person("Per", influence=2),
            person("Eva", influence=5),
            person("Ola", influence=2),
            person("Ada", "b", influence=1),
        )
        assert table["person"].tolist() == ["Eva", "Ola", "Per", "Ada"]
        assert table["number"].tolist() == [1, 2, 3, 1]

    def test_a_person_is_called_by_the_role_and_a_number(self):
        table = people(
            person("Eva", role="decider", influence=5),
            person("Ola", role="buyer", influence=4),
            person("Per", role="decider", influence=3),
            person("Kai", role="chief", influence=2),
            person("Ada", "b", role="decider"),
        )
        called = ["decision maker 1", "buyer 1", "decision maker 2", "person 1", "decision maker 1"]
        assert table["contact"].tolist() == called
        assert table["role"].tolist() == ["decider", "buyer", "decider", "", "decider"]

    def test_names_stand_only_where_they_are_asked_for(self):
        rows = [person("Eva Dale", role="decider"), person("Ola Li", role="decider")]
        assert people(*rows)["contact"].tolist() == ["decision maker 1", "decision maker 2"]
        assert people(*rows, show_names=True)["contact"].tolist() == ["Eva Dale", "Ola Li"]

    def test_influence_is_from_one_to_five_and_three_where_nobody_has_said(self):
        table = by_name(
            person("Eva", influence=9), person("Ola", influence=0), person("Per", influence=None)
        )
        assert table["influence"].to_dict() == {"Eva": 5, "Ola": 1, "Per": 3}

    def test_two_rows_of_one_person_are_one_with_what_either_tells(self):
        table = people(
            person("Eva", influence=2, support=1, last_contact="2025-01-01", department="Drift"),
            person(
                "Eva",
                our_contact="S2; S1",
                influence=4,
                support=-1,
                last_contact="2025-12-30",
                role="buyer",
                department="Lager",
                reports_to="Ola",
            ),
            person("Ola", influence=1),
        )
        row = table.set_index("person").loc["Eva"]
        assert len(table) == 2
        assert row["our_contact"] == "S1; S2"
        assert row[["influence", "support", "days_since_met", "above"]].tolist() == [4, -1, 1, 2]
        # the role that one of the rows tells, and the first of two departments
        assert row[["role", "department"]].tolist() == ["buyer", "Drift"]

    def test_the_same_name_at_two_accounts_is_two_people(self):
        assert len(people(person("Eva"), person("Eva", "b"))) == 2

    def test_a_table_with_nothing_but_names_is_enough(self):
        table = relate.people(pd.DataFrame({"account_id": ["a"], "person": ["Eva"]}), end=END)
        row = table.iloc[0]
        texts = ["role", "department", "reports_to", "our_contact"]
        assert row[texts].tolist() == [""] * 4
        assert row[["influence", "above", "level", "reach", "between"]].tolist() == [3, 0, 0, 0, 0]
        assert not row["stale"]
        assert pd.isna(row["support"])
        assert pd.isna(row["days_since_met"])

    def test_spaces_around_words_do_not_count(self):
        row = people(person("Eva", role=" buyer ", department=" Drift")).iloc[0]
        assert row[["role", "department"]].tolist() == ["buyer", "Drift"]

    def test_the_table_that_was_given_stays_as_it_was(self):
        given = pd.DataFrame([person("Eva", influence=9), person("Eva")])
        before = given.copy()
        relate.people(given, end=END)
        pd.testing.assert_frame_equal(given, before)


class TestMet:
    def test_days_are_counted_to_the_end_and_never_below_zero(self):
        table = by_name(
            person("Eva", last_contact="2025-12-01"), person("Ola", last_contact="2026-02-01")
        )
        assert table["days_since_met"].to_dict() == {"Eva": 30, "Ola": 0}

    def test_longer_ago_than_half_a_year_is_stale_and_never_is_too(self):
        rows = [
            person("Eva", last_contact=pd.Timestamp(END) - pd.Timedelta(days=180)),
            person("Ola", last_contact=pd.Timestamp(END) - pd.Timedelta(days=181)),
            person("Per", last_contact=None),
        ]
        assert by_name(*rows)["stale"].to_dict() == {"Eva": False, "Ola": True, "Per": True}
        stale = by_name(*rows, stale_days=181)["stale"]
        assert stale.to_dict() == {"Eva": False, "Ola": False, "Per": True}

    def test_where_no_contact_is_dated_nobody_is_stale(self):
        assert not people(person("Eva"), person("Ola"))["stale"].any()


class TestLevels:
    def test_steps_are_counted_from_the_top(self):
        table = by_name(
            person("Eva"),
            person("Ola", reports_to="Eva"),
            person("Per", reports_to="Ola"),
            person("Kai", reports_to="Kai"),
        )
        assert table["level"].to_dict() == {"Eva": 0, "Ola": 1, "Per": 2, "Kai": 0}
        assert table.loc["Ola", "above"] == table.loc["Eva", "number"]
        assert table.loc["Kai", "above"] == 0

    def test_a_superior_who_is_not_on_the_map_is_a_step(self):
        table = by_name(person("Eva", reports_to="The Boss"), person("Ola", reports_to="Eva"))
        assert table["above"].to_dict() == {"Eva": -1, "Ola": 1}
        assert table["level"].to_dict() == {"Eva": 1, "Ola": 2}

    def test_a_namesake_at_another_account_is_not_the_superior(self):
        table = people(person("Eva"), person("Ola", "b", reports_to="Eva"))
        assert table["above"].tolist() == [0, -1]

    def test_of_those_who_report_in_a_circle_the_first_reports_to_nobody(self):
        table = by_name(
            person("Eva", reports_to="Ola", influence=3),
            person("Ola", reports_to="Per", influence=2),
            person("Per", reports_to="Eva", influence=1),
            person("Kai", reports_to="Per", influence=5),
        )
        assert table["above"].to_dict() == {"Kai": 4, "Eva": 0, "Ola": 4, "Per": 2}
        assert table["level"].to_dict() == {"Eva": 0, "Per": 1, "Ola": 2, "Kai": 2}


class TestReach:
    def test_who_leaves_takes_her_own_influence_along_where_we_know_her(self):
        # reporting to somebody whom we know is no relationship with us
        table = by_name(
            person("Eva", influence=5),
            person("Ola", influence=3, our_contact=None, reports_to="Eva"),
            person("Per", influence=2, our_contact=None, reports_to="Ola"),
        )
        assert table["reach"].to_dict() == {"Eva": 0.5, "Ola": 0.0, "Per": 0.0}

    def test_between_is_the_share_of_the_ways_that_pass_through(self):
        # S1 - Eva - Ola: the one way between S1 and Ola passes Eva
        table = by_name(person("Eva"), person("Ola", our_contact=None, reports_to="Eva"))
        assert table["between"].to_dict() == {"Eva": 1.0, "Ola": 0.0}

    def test_each_account_has_a_net_of_its_own(self):
        table = people(person("Eva", influence=1), person("Ola", "b", influence=5))
        assert table["reach"].tolist() == [1.0, 1.0]

    def test_it_agrees_with_the_table_of_contacts(self, fjordgross):
        persons = relate.people(fjordgross.table("contacts"), end=fjordgross.period.end)
        part = persons[persons["account_id"] == "002874"]
        raw = fjordgross.table("contacts").query("account_id == '002874'").set_index("person")
        expected = (raw["influence"] / raw["influence"].sum()).where(raw["our_contact"].notna(), 0)
        assert part.set_index("person")["reach"].to_dict() == pytest.approx(expected.to_dict())


class TestOurs:
    def test_who_alone_knows_a_person_takes_the_relationship_along_whoever_she_reports_to(self):
        # S2 knows Eva, to whom Ola reports; Ola himself is known to S1 alone
        net = people(
            person("Eva", influence=3, our_contact="S2"),
            person("Ola", influence=1, our_contact="S1", reports_to="Eva"),
        )
        assert relate.lost_without(net).to_dict() == {"S2": 0.75, "S1": 0.25}

    def test_ties_count_whom_each_of_ours_knows(self):
        net = people(
            person("Eva", influence=3, our_contact="S1; S2"),
            person("Ola", influence=1, our_contact="S2"),
            person("Per", "b", influence=2, our_contact=None),
        )
        assert relate.ties(net).to_numpy().tolist() == [["a", "S1", 1, 0.75], ["a", "S2", 2, 1.0]]

    def test_a_second_colleague_keeps_the_relationship_alive(self):
        alone = people(person("Eva", influence=4), person("Ola", influence=1))
        assert relate.lost_without(alone).to_dict() == {"S1": 1.0}
        both = people(person("Eva", influence=4, our_contact="S1; S2"), person("Ola", influence=1))
        assert relate.lost_without(both).to_dict() == {"S1": 0.2, "S2": 0.0}

    def test_the_one_who_takes_most_is_first_and_of_equals_by_name(self):
        net = people(
            person("Eva", our_contact="S3", influence=2),
            person("Ola", our_contact="S2", influence=1),
            person("Per", our_contact="S1", influence=1),
        )
        assert list(relate.lost_without(net).items()) == [("S3", 0.5), ("S1", 0.25), ("S2", 0.25)]

    def test_where_nobody_of_ours_is_known_nothing_can_be_lost(self):
        assert relate.lost_without(people(person("Eva", our_contact=None))).empty

    def test_the_net_has_theirs_ours_and_who_knows_whom(self):
        net = relate.network(
            people(
                person("Eva", influence=5, our_contact="S1; S2"),
                person("Ola", influence=4, our_contact=None, reports_to="Eva"),
                person("Per", influence=3, our_contact=None, reports_to="The Boss"),
            )
        )
        eva, ola, per = (("theirs", n) for n in (1, 2, 3))
        assert set(net.nodes) == {eva, ola, per, ("ours", "S1"), ("ours", "S2")}
        expected = [(eva, ("ours", "S1")), (eva, ("ours", "S2")), (eva, ola)]
        assert {frozenset(edge) for edge in net.edges} == {frozenset(edge) for edge in expected}

    def test_those_who_alone_link_others_are_bridges(self):
        net = people(
            person("Eva", influence=5),
            person("Ola", influence=3, our_contact=None, reports_to="Eva"),
            person("Per", influence=2, our_contact=None, reports_to="Ola"),
        )
        assert relate.bridges(net) == ["person 1", "person 2"]
        # S1 knows both, so S1 is the bridge and none of theirs is
        assert relate.bridges(people(person("Eva"), person("Ola"))) == []

    @pytest.mark.parametrize(
        ("cell", "ours"),
        [("S1", ["S1"]), (" S1 ;S2; ", ["S1", "S2"]), ("", []), (None, []), (float("nan"), [])],
    )
    def test_a_cell_names_several_with_semicolons_between(self, cell, ours):
        assert ours_of(cell) == ours
