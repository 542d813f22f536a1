"""Conditions of rules: each comparison at its limit, and what is said of it."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import plan
from kamkit.plan.rules import Condition, Rule, rules_table

NAN = float("nan")


@pytest.mark.parametrize(
    ("how", "below", "at", "above"),
    [
        ("<", True, False, False),
        ("<=", True, True, False),
        (">", False, False, True),
        (">=", False, True, True),
        ("is", False, True, False),
    ],
)
def test_a_number_is_compared_with_its_limit(how, below, at, above):
    condition = Condition("profit_ratio", how, "0.05")
    found = [condition.holds({"profit_ratio": value}) for value in (0.04, 0.05, 0.06)]
    assert found == [below, at, above]


@pytest.mark.parametrize(
    ("how", "limit", "star", "status"),
    [
        ("is", "star", True, False),
        ("is not", "star", False, True),
        ("in", "star strategic", True, False),
    ],
)
def test_a_word_is_one_of_those_named(how, limit, star, status):
    condition = Condition("cell", how, limit)
    assert condition.holds({"cell": "star"}) is star
    assert condition.holds({"cell": "status"}) is status


@pytest.mark.parametrize(
    ("how", "limit", "key"),
    [("is", "yes", True), ("is", "no", False), ("is not", "yes", False), ("is not", "no", True)],
)
def test_yes_and_no_are_the_two_answers(how, limit, key):
    condition = Condition("is_key", how, limit)
    assert condition.holds({"is_key": True}) is key
    assert condition.holds({"is_key": False}) is not key


@pytest.mark.parametrize("value", [None, NAN, ""])
@pytest.mark.parametrize("how", ["is", "is not"])
def test_what_is_not_known_holds_nothing(value, how):
    assert not Condition("cell", how, "star").holds({"cell": value})
    assert not Condition("cell", how, "star").holds({})


@pytest.mark.parametrize(
    ("condition", "value", "told", "otherwise"),
    [
        (
            ("profit", "<", "0"),
            -5.0,
            "customer profit −€5, below €0",
            "customer profit at least €0",
        ),
        (
            ("profit", "<=", "0"),
            -5.0,
            "customer profit −€5, at most €0",
            "customer profit above €0",
        ),
        (("revenue", ">", "9"), 10.0, "revenue €10, above €9", "revenue at most €9"),
        (("people", ">=", "3"), 4, "known people 4, at least 3", "known people below 3"),
        (("people", "is", "3"), 3, "known people 3, 3", "known people not 3"),
        (("cell", "is", "star"), "star", "matrix cell: star", "matrix cell: not star"),
        (("cell", "is", "unknown"), "unknown", "matrix cell: not known", "matrix cell: known"),
        (("cell", "is not", "star"), "status", "matrix cell: status", "matrix cell: star"),
        (
            ("rhythm_state", "in", "lost season_missed"),
            "season_missed",
            "buying rhythm: season missed",
            "buying rhythm: not lost, season missed",
        ),
        (("is_key", "is", "yes"), True, "key account", "key account: no"),
        (("is_key", "is", "no"), False, "key account: no", "key account"),
    ],
)
def test_a_condition_says_its_fact_and_what_would_end_it(condition, value, told, otherwise):
    found = Condition(*condition)
    assert found.told({condition[0]: value}, "EUR") == told
    assert found.otherwise("EUR") == otherwise


def test_a_rule_holds_where_all_of_it_holds():
    two = Rule(
        1,
        "strategy",
        "grow",
        "existing",
        (Condition("profit", ">", "0"), Condition("cell", "is", "star")),
    )
    assert two.holds({"profit": 1.0, "cell": "star"})
    assert not two.holds({"profit": 1.0, "cell": "status"})
    assert not two.holds({"profit": 0.0, "cell": "star"})
    assert Rule(1, "strategy", "grow", "existing", ()).holds({})


def rules(*rows):
    return pd.DataFrame(rows, columns=["kind", "code", "for", "when"])


def chosen(table, **facts):
    row = pd.DataFrame([{"account_id": "a", "account_name": "A", **facts}])
    return plan.strategies(row, rules=table, currency="EUR")


class TestReading:
    def test_an_empty_for_means_existing_accounts(self):
        found = plan.read_rules(rules(("strategy", "grow", "", "profit > 0 and cell is star")))
        (only,) = found
        assert (only.place, only.applies_to) == (1, "existing")
        assert only.conditions == (Condition("profit", ">", "0"), Condition("cell", "is", "star"))

    def test_is_not_is_read_before_is(self):
        (only,) = plan.read_rules(rules(("strategy", "grow", "new", "cell is not star")))
        assert only.conditions == (Condition("cell", "is not", "star"),)

    def test_a_file_may_have_more_columns_and_empty_places(self, tmp_path):
        path = tmp_path / "rules.csv"
        path.write_text("kind,note,code,for,when\nstrategy,why,grow,,\n", encoding="utf-8")
        assert rules_table(str(path)).values.tolist() == [["strategy", "grow", "", ""]]
        assert plan.read_rules(path)[0].conditions == ()

    @pytest.mark.parametrize("how", ["in", "is not"])
    def test_a_number_is_not_one_of_several(self, how):
        with pytest.raises(plan.rules.ParameterError, match="<, <=, >, >=, is"):
            plan.read_rules(rules(("strategy", "grow", "", f"profit {how} 5")))


class TestStrategies:
    def test_the_next_rule_that_would_hold_is_foretold(self):
        table = rules(
            ("strategy", "mend", "", "profit < 0"),
            ("strategy", "mend", "", "revenue > 0"),  # leads to the same
            ("strategy", "win", "new", ""),  # is for others
            ("objective", "retain", "", ""),  # is no strategy
            ("strategy", "grow", "", "profit > 100"),  # does not hold
            ("strategy", "build", "", "revenue > 0"),
        )
        found = chosen(table, profit=-5.0, revenue=10.0)
        row = found.table.iloc[0]
        assert row[["strategy", "rule", "objectives"]].tolist() == ["mend", 1, "retain"]
        assert (
            row["would_change"] == "grow by building our strength, if customer profit at least €0"
        )
        assert found.text == (
            "Strategies for 1 account: improve 1. "
            "First to improve: A (customer profit −€5, below €0)."
        )
        assert found.caveats == ()

    def test_where_no_other_rule_follows_only_the_change_is_told(self):
        row = chosen(rules(("strategy", "mend", "", "profit < 0")), profit=-5.0).table.iloc[0]
        assert row["would_change"] == "customer profit at least €0"

    def test_without_a_rule_an_account_is_retained_and_that_is_told(self):
        found = chosen(rules(("strategy", "mend", "", "profit < 0 and revenue > 0")), profit=5.0)
        row = found.table.iloc[0]
        assert row[["strategy", "rule", "because", "would_change"]].tolist() == [
            "retain",
            0,
            "no other rule holds",
            "",
        ]
        assert found.caveats == (
            "For 1 account no fact triggered a rule: more data would tell more.",
        )
        assert "First to improve" not in found.text

    def test_an_objective_named_by_two_rules_is_one(self):
        table = rules(
            ("objective", "deepen", "", "people >= 0"),
            ("objective", "retain", "", ""),
            ("objective", "deepen", "", "profit > 0"),
            ("objective", "mend", "", "profit < 0"),
        )
        assert chosen(table, people=1, profit=5.0).table.at[0, "objectives"] == "deepen,retain"

    def test_all_reasons_are_given(self):
        table = rules(("strategy", "grow", "", "profit > 0 and cell is star"))
        assert chosen(table, profit=5.0, cell="star").table.at[0, "because"] == (
            "customer profit €5, above €0; matrix cell: star"
        )

    def test_strategies_are_counted_the_most_frequent_first(self):
        facts = pd.DataFrame({"account_id": [*"abcd"], "profit": [1.0, -1.0, 1.0, -1.0]})
        facts.loc[4] = ["e", 2.0]
        table = rules(
            ("strategy", "mend", "", "profit < 0"), ("strategy", "grow", "", "profit > 1")
        )
        found = plan.strategies(facts, rules=table)
        assert found.text.startswith("Strategies for 5 accounts: improve 2; protect 2; grow 1.")
        assert found.table["account_name"].tolist() == [*"abcde"]

    def test_a_prospect_goes_by_its_own_number_and_name(self):
        prospects = pd.DataFrame(
            {"prospect_id": ["p", "q"], "name": ["Pluss", None], "hunt": "hunt_first"}
        )
        table = plan.strategies(prospects).table
        assert table[["account_id", "account_name"]].values.tolist() == [["p", "Pluss"], ["q", "q"]]
