"""Whom we know at an account, its shape, whom to see next, and the planted single contact."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit import relate
from kamkit.errors import MissingTable

END = dt.date(2025, 12, 31)


def person(
    name,
    role="user",
    influence=1.0,
    ours="S1",
    boss=None,
    support=1.0,
    met="2025-12-01",
    department="Drift",
    account="a",
):
    return {
        "account_id": account,
        "person": name,
        "role": role,
        "department": department,
        "influence": influence,
        "support": support,
        "reports_to": boss,
        "our_contact": ours,
        "last_contact": pd.Timestamp(met) if met else pd.NaT,
    }


def people(*rows, **options):
    return relate.people(pd.DataFrame(rows), end=END, **options)


def one(persons, account="a"):
    accounts = pd.DataFrame({"account_id": [account], "account_name": ["A"]})
    return relate.contacts(persons, accounts).table.iloc[0]


@pytest.mark.parametrize(
    ("rows", "structure"),
    [
        ([person("Eva")], "bow_tie"),
        ([person("Eva"), person("Ola")], "bow_tie"),
        ([person("Eva", ours="S1"), person("Ola", ours="S2")], "widening"),
        (
            [
                person(n, ours=o, department=d)
                for n, o, d in zip("EOPAB", ("S1", "S2", "S3", "S1", "S2"), "abcde", strict=True)
            ],
            "diamond",
        ),
        # as many departments and colleagues, but five eighths hang on Eva
        (
            [
                person(n, ours=o, department=d, influence=i)
                for n, o, d, i in zip(
                    "EOPA", ("S1", "S2", "S3", "S2"), "abcd", (5, 1, 1, 1), strict=True
                )
            ],
            "widening",
        ),
    ],
)
def test_bow_tie_and_diamond_by_hand(rows, structure):
    assert one(people(*rows))["structure"] == structure


def test_an_account_without_people_is_told_and_not_left_out():
    accounts = pd.DataFrame({"account_id": ["a", "b"], "account_name": ["A", "B"]})
    found = relate.contacts(people(person("Eva")), accounts)
    none = found.table.set_index("account_id").loc["b"]
    assert (none["people"], none["structure"], none["next_step"]) == (0, "no_contact", "next_find")
    assert any("o person is known" in caveat for caveat in found.caveats)


def test_nobody_at_all_is_refused_with_the_remedy():
    accounts = pd.DataFrame({"account_id": ["z"]})
    with pytest.raises(MissingTable, match="works at these accounts"):
        relate.contacts(people(person("Eva")), accounts)


def test_the_planted_single_contact_is_found(fjordgross):
    persons = relate.people(fjordgross.table("contacts"), end=fjordgross.period.end)
    sizes = fjordgross.sales.group_by("account_id").aggregate(a=fjordgross.sales.amount.sum())
    ten = sizes.to_pandas().astype({"a": float}).nlargest(10, "a")
    accounts = pd.DataFrame({"account_id": ten["account_id"], "account_name": ten["account_id"]})
    found = relate.contacts(persons, accounts).table
    assert found[found["single_contact"]]["account_id"].tolist() == ["000655"]
    assert found.loc[0, "account_id"] == "000655"  # in most danger
    first = relate.next_contacts(persons, ["000655"])["next_step"].tolist()
    assert first[:2] == ["next_decider", "next_second"]


ALL = pd.DataFrame({"account_id": ["a", "b", "c"]})


class TestFacts:
    def test_everything_that_is_counted_by_hand(self):
        row = one(
            people(
                person("Eva", "decider", 5, "S1; S2", support=-1, department="Ledelse"),
                person("Ola", "buyer", 3, "S1", support=2, department="Innkjøp", boss="Eva"),
                person("Per", "buyer", 1, None, support=None, department="", boss="Eva"),
                person("Kai", None, 1, "S3", support=0, met="2024-01-01", department="Lager"),
            )
        )
        names = ["people", "deciders", "roles", "departments", "levels", "our_people"]
        assert row[names].tolist() == [4, 1, 2, 3, 2, 3]
        # without Eva: her 5 of 10
        assert row[["top_contact", "top_share"]].tolist() == ["decision maker 1", 0.5]
        # S1 alone knows Ola, 3 of 10; S3 alone knows Kai, 1 of 10
        assert row[["our_main", "ours_share"]].tolist() == ["S1", 0.3]
        assert row["stale_share"] == pytest.approx(0.1)
        # -1 x 5 + 2 x 3 + 0 x 1 by the nine of those who have told
        assert row["mean_support"] == pytest.approx(1 / 9)
        assert row[["opponents", "unmet", "single_contact"]].tolist() == [1, 1, False]
        assert row[["next_step", "next_contact"]].tolist() == ["next_win", "decision maker 1"]

    def test_of_two_who_take_as_much_the_first_is_named(self):
        row = one(people(person("Ola"), person("Eva"), person("Per", influence=1)))
        assert row["top_contact"] == "user 1"
        assert row["top_share"] == pytest.approx(1 / 3)

    def test_where_nobody_tells_support_it_is_unknown(self):
        row = one(people(person("Eva", support=None)))
        assert pd.isna(row["mean_support"])
        assert row["opponents"] == 0

    def test_an_account_without_people_has_zeros_and_no_names(self):
        found = relate.contacts(people(person("Eva")), ALL.head(2)).table
        row = found[found["account_id"] == "b"].iloc[0]
        zeros = ["people", "deciders", "levels", "our_people", "top_share", "ours_share"]
        assert row[[*zeros, "stale_share", "unmet"]].tolist() == [0] * 8
        texts = ["top_contact", "our_main", "next_contact"]
        assert row[texts].tolist() == [""] * 3
        assert not row["single_contact"]

    def test_an_account_is_called_by_its_name_or_its_number(self):
        table = relate.contacts(people(person("Eva")), ALL.head(1)).table
        assert table["account_name"].tolist() == ["a"]
        table = relate.contacts(people(person("Eva")), ALL.head(1).assign(account_name="Ask")).table
        assert table["account_name"].tolist() == ["Ask"]


class TestOrder:
    NET = (
        person("Eva", influence=5, account="a"),
        person("Ola", influence=5, account="a", ours="S2"),
        person("Eva", account="b"),
        person("Eva", account="c"),
    )

    def test_the_account_in_most_danger_is_first(self):
        table = relate.contacts(people(*self.NET), ALL).table
        assert table["account_id"].tolist() == ["b", "c", "a"]

    def test_of_two_in_as_much_danger_the_larger_is_first_then_the_lower_number(self):
        larger = ALL.assign(revenue=[9.0, 1.0, 2.0])
        table = relate.contacts(people(*self.NET), larger).table
        assert table["account_id"].tolist() == ["c", "b", "a"]
        same = ALL.iloc[::-1].assign(revenue=1.0)
        table = relate.contacts(people(*self.NET), same).table
        assert table["account_id"].tolist() == ["b", "c", "a"]

    def test_both_sides_are_danger(self):
        # at a the three are theirs, known by one of ours; at b one is known by three of ours
        net = people(
            *(person(name, account="a") for name in "EOP"),
            person("Eva", account="b", ours="S1; S2; S3"),
            person("Eva", account="c", ours="S1; S2"),
            person("Ola", account="c", ours="S1; S2"),
        )
        table = relate.contacts(net, ALL).table
        # (1/3 + 1) / 2, (1 + 0) / 2 and (1/2 + 0) / 2
        assert table["account_id"].tolist() == ["a", "b", "c"]

    def test_the_accounts_asked_for_are_looked_at(self):
        found = relate.contacts(people(*self.NET), ALL, of=["c", "nobody"])
        assert found.table["account_id"].tolist() == ["c"]


class TestStructure:
    @pytest.mark.parametrize(
        ("ours", "departments", "structure"),
        [
            # four of theirs, a quarter of the influence each
            ("S1 S2 S3 S3", "abcd", "diamond"),
            ("S1 S2 S3 S3", "abca", "widening"),
            ("S1 S2 S2 S1", "abcd", "widening"),
            ("S1 S1 S1 S1", "abcd", "bow_tie"),
        ],
    )
    def test_a_diamond_has_three_of_ours_and_four_departments(self, ours, departments, structure):
        rows = [
            person(name, ours=who, department=where)
            for name, who, where in zip("EOPA", ours.split(), departments, strict=True)
        ]
        assert one(people(*rows))["structure"] == structure

    @pytest.mark.parametrize(("influence", "structure"), [(3, "diamond"), (3.5, "widening")])
    def test_no_more_than_half_of_a_diamond_hangs_on_anybody(self, influence, structure):
        rows = [
            person(name, ours=who, department=where, influence=weight)
            for name, who, where, weight in zip(
                "EOPA", ("S1; S4", "S2", "S3", "S4"), "abcd", (influence, 1, 1, 1), strict=True
            )
        ]
        assert one(people(*rows))["structure"] == structure

    def test_half_on_our_side_counts_too(self):
        # S1 alone knows three of five: the widest on their side is a fifth
        rows = [
            person(name, ours=who, department=name)
            for name, who in zip("ABCDE", ("S1", "S1", "S1", "S2", "S3"), strict=True)
        ]
        assert one(people(*rows))["structure"] == "widening"

    def test_where_nobody_has_said_who_knows_them_the_shape_is_unknown(self):
        rows = [person("Eva", ours=None), person("Ola", ours=None)]
        assert one(people(*rows))["structure"] == "unknown"
        assert one(people(rows[0]))["structure"] == "bow_tie"


class TestNextContacts:
    @staticmethod
    def steps(*rows):
        table = relate.next_contacts(people(*rows), ["a"])
        assert table["place"].tolist() == list(range(1, len(table) + 1))
        return list(zip(table["next_step"], table["contact"], strict=True))

    FULL = tuple(
        person(role, role, influence, f"S{n}")
        for n, (role, influence) in enumerate(
            (
                ("decider", 5),
                ("influencer", 4),
                ("buyer", 3),
                ("user", 2),
                ("gatekeeper", 1),
                ("initiator", 1),
            )
        )
    )

    def test_the_rules_stand_in_their_order(self):
        found = self.steps(
            person("Eva", "decider", influence=5, met="2024-01-01", support=-1),
            person("Ola", "buyer", influence=4, met="2024-01-01"),
        )
        assert found == [
            ("next_meet_decider", "decision maker 1"),
            ("next_win", "decision maker 1"),
            ("next_colleague", "decision maker 1"),
            ("next_refresh", "buyer 1"),
            ("next_role", "influencer"),
        ]

    def test_where_nothing_is_missing_it_is_kept_up(self):
        assert self.steps(*self.FULL) == [("next_keep", "")]

    def test_a_role_nobody_has_is_looked_for_one_at_a_time(self):
        assert self.steps(*self.FULL[:3], self.FULL[4]) == [("next_role", "user")]

    def test_without_a_decider_one_is_looked_for(self):
        assert self.steps(*self.FULL[1:])[0] == ("next_decider", "")

    def test_a_decider_whom_none_of_ours_knows_is_to_be_met(self):
        strange = person("decider", "decider", 5, None)
        assert self.steps(strange, *self.FULL[1:]) == [("next_meet_decider", "decision maker 1")]

    def test_every_decider_not_met_lately_is_to_be_met(self):
        late = [person(name, "decider", 5, "S9", met="2024-01-01") for name in ("Eva", "Ola")]
        met = ("next_meet_decider", "decision maker 1"), ("next_meet_decider", "decision maker 2")
        assert self.steps(*late, *self.FULL[1:]) == list(met)

    def test_a_superior_who_is_not_on_the_map_is_somebody_to_get_to_know(self):
        strange = person("user", "user", 2, "S3", boss="The Boss")
        second = person("buyer", "buyer", 3, "S2", boss="The Boss")
        found = self.steps(*self.FULL[:2], second, strange, *self.FULL[4:])
        assert found == [("next_superior", "buyer 1")]

    @pytest.mark.parametrize(("support", "step"), [(-0.5, "next_win"), (0, "next_keep")])
    def test_a_decider_against_us_is_to_be_won(self, support, step):
        against = person("decider", "decider", 5, "S0", support=support)
        assert self.steps(against, *self.FULL[1:])[0][0] == step

    def test_somebody_else_against_us_is_not_the_first_concern(self):
        against = person("buyer", "buyer", 3, "S2", support=-2)
        assert self.steps(*self.FULL[:2], against, *self.FULL[3:]) == [("next_keep", "")]

    def test_a_single_contact_needs_a_second_and_ours_a_colleague(self):
        assert self.steps(person("Eva", "decider")) == [
            ("next_second", ""),
            ("next_colleague", "decision maker 1"),
            ("next_role", "influencer"),
        ]

    def test_the_colleague_meets_the_one_of_most_influence(self):
        rows = [row | {"our_contact": "S1"} for row in self.FULL]
        assert self.steps(*rows) == [("next_colleague", "decision maker 1")]

    @pytest.mark.parametrize(("influence", "step"), [(4, "next_refresh"), (3.9, "next_keep")])
    def test_somebody_of_influence_is_met_again(self, influence, step):
        late = person("influencer", "influencer", influence, "S1", met="2024-01-01")
        assert self.steps(self.FULL[0], late, *self.FULL[2:])[0][0] == step

    def test_accounts_stand_as_they_were_asked_for(self):
        table = relate.next_contacts(people(person("Eva")), ["z", "a"])
        assert table["account_id"].drop_duplicates().tolist() == ["z", "a"]
        assert table.loc[0, ["next_step", "contact"]].tolist() == ["next_find", ""]


class TestCoverage:
    NET = (
        person("Eva", "decider", influence=3, boss="Kai"),
        person("Ola", met="2024-01-01", department="Lager"),
        person("Per", None, ours=None, influence=4, department=""),
        person("Ada", "user", influence=2, account="b"),
    )

    def test_people_those_met_and_influence_by_role(self):
        table = relate.coverage(people(*self.NET)).set_index(["account_id", "role"])
        columns = ["people", "met", "influence_share"]
        assert table.loc[("a", "decider"), columns].tolist() == [1, 1, 3 / 8]
        assert table.loc[("a", "user"), columns].tolist() == [1, 0, 1 / 8]
        assert table.loc[("a", "buyer"), columns].tolist() == [0, 0, 0]
        assert table.loc[("b", "user"), columns].tolist() == [1, 1, 1]

    def test_all_six_roles_are_there_and_a_role_nobody_knows_is_not(self):
        table = relate.coverage(people(*self.NET))
        assert table.groupby("account_id").size().to_dict() == {"a": 6, "b": 6}
        assert table["people"].sum() == 3

    def test_departments_are_those_somebody_has(self):
        table = relate.coverage(people(*self.NET), by="department")
        rows = table[["account_id", "department", "people", "met"]].to_numpy().tolist()
        assert rows == [["a", "Drift", 1, 1], ["a", "Lager", 1, 0], ["b", "Drift", 1, 1]]

    def test_levels_count_from_the_top(self):
        table = relate.coverage(people(*self.NET), by="level")
        rows = table[["account_id", "level", "people"]].to_numpy().tolist()
        assert rows == [["a", 0, 2], ["a", 1, 1], ["b", 0, 1]]


class TestSentences:
    def test_bow_ties_single_contacts_and_missing_deciders_are_counted(self):
        net = people(
            person("Eva", account="a"),
            person("Eva", account="b"),
            person("Ola", account="b", ours="S2"),
            person("Eva", "decider", account="c"),
            person("Ola", "decider", account="c"),
        )
        found = relate.contacts(net, ALL.assign(account_name=["Ask", "Eik", "Gran"]))
        # Ask has one person and Gran one of ours; at Ask and Eik nobody decides
        for part in (
            "At 2 of 3 accounts ",
            "At Ask we know a single person.",
            "At Ask and Eik we know nobody who decides.",
        ):
            assert part in found.text

    def test_the_first_three_of_many_single_contacts_are_named(self):
        accounts = pd.DataFrame({"account_id": list("abcd")})
        net = people(*(person("Eva", "decider", account=name) for name in "abcd"))
        text = relate.contacts(net, accounts).text
        assert "At 4 we know a single person, among them a, b and c." in text
        assert "nobody" not in text

    def test_what_is_not_known_is_reserved(self):
        net = people(
            person("Eva", role=None), person("Ola", met=None), person("Per"), person("Kai")
        )
        caveats = relate.contacts(net, ALL.head(2)).caveats
        assert caveats[0] == "No person is known at 1 account."
        assert caveats[1].startswith("25% ")
        assert caveats[2].startswith("1 person without a day")
        assert len(caveats) == 3

    def test_where_no_day_is_known_that_is_said_once(self):
        net = people(person("Eva", met=None), person("Ola", met=None))
        caveats = relate.contacts(net, ALL.head(1)).caveats
        assert len(caveats) == 1
        assert "nobody is counted as stale" in caveats[0]

    def test_where_all_is_known_nothing_is_reserved(self):
        assert relate.contacts(people(person("Eva")), ALL.head(1)).caveats == ()
