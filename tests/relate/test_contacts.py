"""Whom we know: shares by hand, networks drawn on paper, and the planted single contact."""

from __future__ import annotations

import datetime as dt

import networkx
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


def test_who_leaves_takes_those_along_whom_only_she_links_to_us():
    # Eva (5) is known; Ola (3) and Per (2) are known by nobody and report to her: 5+3+2 of 10
    net = people(
        person("Eva", influence=5),
        person("Ola", influence=3, ours=None, boss="Eva"),
        person("Per", influence=2, ours=None, boss="Ola"),
    )
    assert net.set_index("person")["reach"].to_dict() == {"Eva": 1.0, "Ola": 0.5, "Per": 0.2}
    assert relate.bridges(net) == ["user 1", "user 2"]


def test_a_second_colleague_keeps_the_relationship_alive():
    alone = people(person("Eva", influence=4), person("Ola", influence=1))
    both = people(person("Eva", influence=4, ours="S1; S2"), person("Ola", influence=1))
    assert relate.lost_without(alone).to_dict() == {"S1": 1.0}
    assert relate.lost_without(both).round(6).to_dict() == {"S1": 0.2, "S2": 0.0}


def test_those_who_report_to_each_other_in_a_circle_do_not_hang():
    net = people(person("Eva", boss="Ola"), person("Ola", boss="Per"), person("Per", boss="Eva"))
    assert sorted(net["level"]) == [0, 1, 2]


def test_a_superior_who_is_not_on_the_map_is_somebody_to_get_to_know():
    net = people(person("Eva", role="decider", boss="The Boss"))
    assert net.loc[0, "above"] == -1
    assert "next_superior" in set(relate.next_contacts(net, ["a"])["next_step"])


def test_two_rows_of_one_person_are_one_with_all_who_know_her():
    net = people(person("Eva", ours="S1", met="2025-01-01"), person("Eva", ours="S2", met=None))
    assert len(net) == 1
    assert net.loc[0, "our_contact"] == "S1; S2"
    assert net.loc[0, "days_since_met"] == 364


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
        # as many departments and colleagues, but four fifths hang on Eva
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


def test_the_next_contact_follows_the_rules_in_their_order():
    net = people(
        person("Eva", role="decider", influence=5, met="2024-01-01", support=-1),
        person("Ola", role="buyer", influence=4, met="2024-01-01"),
    )
    steps = relate.next_contacts(net, ["a"])
    assert steps[["next_step", "contact"]].to_numpy().tolist() == [
        ["next_meet_decider", "decision maker 1"],
        ["next_win", "decision maker 1"],
        ["next_colleague", "decision maker 1"],
        ["next_refresh", "buyer 1"],
        ["next_role", "influencer"],
    ]


def test_an_account_without_people_is_told_and_not_left_out():
    accounts = pd.DataFrame({"account_id": ["a", "b"], "account_name": ["A", "B"]})
    found = relate.contacts(people(person("Eva")), accounts)
    none = found.table.set_index("account_id").loc["b"]
    assert (none["people"], none["structure"], none["next_step"]) == (0, "no_contact", "next_find")
    assert any("no person is known" in caveat for caveat in found.caveats)


def test_nobody_at_all_is_refused_with_the_remedy():
    accounts = pd.DataFrame({"account_id": ["z"]})
    with pytest.raises(MissingTable, match="works at these accounts"):
        relate.contacts(people(person("Eva")), accounts)


def test_names_stand_only_where_they_are_asked_for():
    rows = [person("Eva Dale", role="decider"), person("Ola Li", role="decider")]
    assert people(*rows)["contact"].tolist() == ["decision maker 1", "decision maker 2"]
    assert people(*rows, show_names=True)["contact"].tolist() == ["Eva Dale", "Ola Li"]


def test_a_table_with_nothing_but_names_is_enough():
    net = relate.people(pd.DataFrame({"account_id": ["a"], "person": ["Eva"]}), end=END)
    row = one(net)
    assert (row["people"], row["our_people"], row["unmet"], row["stale_share"]) == (1, 0, 1, 0.0)


def test_coverage_counts_people_and_those_met_lately():
    net = people(person("Eva", role="decider", influence=3), person("Ola", met="2024-01-01"))
    table = relate.coverage(net).set_index("role")
    assert table.loc["decider", ["people", "met", "influence_share"]].tolist() == [1, 1, 0.75]
    assert table.loc["user", ["people", "met"]].tolist() == [1, 0]
    assert table["people"].sum() == 2
    assert len(table) == 6


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


def test_reach_agrees_with_networks_taken_apart_by_hand(fjordgross):
    persons = relate.people(fjordgross.table("contacts"), end=fjordgross.period.end)
    part = persons[persons["account_id"] == "002874"].set_index("number")
    raw = fjordgross.table("contacts").query("account_id == '002874'")
    net = networkx.Graph()
    for row in raw.itertuples():
        net.add_node(row.person)
        if isinstance(row.reports_to, str):
            net.add_edge(row.person, row.reports_to)
        for ours in str(row.our_contact).split("; ") if isinstance(row.our_contact, str) else []:
            net.add_edge(("ours", ours), row.person)
            net.add_edge(("ours", ours), "hub")
    weight = raw.set_index("person")["influence"] / raw["influence"].sum()
    for row in part.itertuples():
        left = net.copy()
        left.remove_node(row.person)
        kept = weight[[n for n in networkx.node_connected_component(left, "hub") if n in weight]]
        assert row.reach == pytest.approx(1 - kept.sum())
