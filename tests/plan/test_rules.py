"""Rules choose strategies as a person would read them, and mistakes in them are told."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import plan
from kamkit.errors import ParameterError, SourceError
from kamkit.language import speaking
from kamkit.plan._objectives import OBJECTIVES
from kamkit.plan.rules import STRATEGIES


def account(**facts):
    return pd.DataFrame([{"account_id": "a", "account_name": "A", "is_key": True, **facts}])


def strategy(**facts):
    return plan.strategies(account(**facts)).table.iloc[0]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"profit_year": -1.0, "rhythm_state": "late", "cell": "strategic"}, "mend"),
        ({"profit_year": 1.0, "rhythm_state": "lost"}, "win_back"),
        ({"profit_year": 1.0, "rhythm_state": "late", "single_contact": True}, "retain"),
        ({"profit_year": 1.0, "single_contact": True, "cell": "star"}, "deepen"),
        ({"cell": "strategic", "structure": "diamond"}, "invest"),
        ({"cell": "strategic", "structure": "bow_tie"}, "grow"),
        ({"cell": "star"}, "build"),
        ({"cell": "status"}, "retain"),
        ({"cell": "streamline", "profit_ratio_year": 0.2}, "harvest"),
        ({"cell": "streamline", "profit_ratio_year": 0.02}, "hand_over"),
        ({"cell": "unknown", "attractiveness": 70.0}, "grow"),
        ({"cell": "unknown", "attractiveness": 70.0, "shrinks": True}, "retain"),
        # who is attractive, and who is cheap to serve, too: first the fall is to end
        ({"cell": "strategic", "structure": "diamond", "shrinks": True}, "retain"),
        ({"cell": "streamline", "profit_ratio_year": 0.2, "shrinks": True}, "retain"),
        ({"growth_ratio": 0.0}, "grow"),
        ({"growth_ratio": -0.05}, "retain"),
        ({}, "retain"),
    ],
)
def test_the_first_rule_that_holds_decides(facts, expected):
    assert strategy(**facts)["strategy"] == expected


def test_the_reason_names_the_fact_and_what_would_change_it():
    row = plan.strategies(
        account(profit_year=-2_000_000.0, cell="star"), currency="NOK"
    ).table.iloc[0]
    assert row["because"].replace("\xa0", " ") == "profit last year −NOK 2.00 million, below NOK 0"
    assert row["would_change"].replace("\xa0", " ") == (
        "grow by building our strength, if profit last year at least NOK 0"
    )


def test_changing_a_fact_changes_the_strategy_as_foretold():
    assert strategy(profit_year=-1.0, cell="star")["strategy"] == "mend"
    assert strategy(profit_year=0.0, cell="star")["strategy"] == "build"


def test_new_customers_have_rules_of_their_own():
    prospects = pd.DataFrame(
        {
            "prospect_id": ["p", "q", "r"],
            "name": ["P", "Q", "R"],
            "hunt": ["hunt_first", "hunt_next", "leave_be"],
        }
    )
    table = plan.strategies(prospects).table
    assert table["strategy"].tolist() == ["win", "nurture", "leave_be"]
    assert table["objectives"].tolist() == ["win", "nurture", ""]


def test_an_unknown_fact_holds_nothing():
    row = strategy(profit_year=float("nan"), rhythm_state=None)
    assert row["strategy"] == "retain"
    assert row["because"] == "no other rule holds"


def test_growth_waits_until_an_account_that_loses_is_mended():
    losing = strategy(profit_year=-1.0, profit_ratio_year=-0.1, loses=True, cross_sell_value=9.0)
    earning = strategy(profit_year=1.0, profit_ratio_year=0.1, loses=False, cross_sell_value=9.0)
    assert losing["objectives"] == "mend"
    assert earning["objectives"] == "grow_cross"


def test_an_account_that_bought_nothing_for_half_a_year_is_to_be_kept_all_the_same():
    silent = strategy(rhythm_state="late", revenue_year=9.0, revenue_after=0.0, loses=False)
    assert (silent["strategy"], silent["objectives"]) == ("retain", "retain")


def test_every_code_that_a_rule_can_lead_to_is_in_the_shipped_rules():
    table = plan.rules_table()
    assert set(table.loc[table["kind"] == "strategy", "code"]) == set(STRATEGIES)
    assert set(table.loc[table["kind"] == "objective", "code"]) == set(OBJECTIVES)


@pytest.mark.parametrize(("separator", "ending"), [(",", "csv"), (";", "csv"), ("", "xlsx")])
def test_rules_of_a_file_replace_those_of_kamkit(tmp_path, separator, ending):
    table = pd.DataFrame(
        {
            "Kind": ["strategy"],
            "Code": ["harvest"],
            "For": ["existing"],
            "When": ["revenue > 10 and rhythm_state in on_time due"],
        }
    )
    path = tmp_path / f"rules.{ending}"
    if separator:
        table.to_csv(path, index=False, sep=separator)
    else:
        table.to_excel(path, index=False)
    found = plan.strategies(account(revenue=11.0, rhythm_state="due"), rules=path).table
    assert found.loc[0, "strategy"] == "harvest"
    none = plan.strategies(account(revenue=9.0, rhythm_state="due"), rules=path).table
    assert none.loc[0, "strategy"] == "retain"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("strategy", "gorw", "existing", ""), "Did you mean “grow”"),
        (("stratgy", "grow", "existing", ""), "Did you mean “strategy”"),
        (("strategy", "grow", "all", ""), "existing, new"),
        (("strategy", "grow", "existing", "proft < 0"), "Did you mean “profit”"),
        (("strategy", "grow", "existing", "profit less 0"), "such as profit < 0"),
        (("strategy", "grow", "existing", "profit < much"), "a number"),
        (("strategy", "grow", "existing", "cell < star"), "such as cell is star"),
        (("strategy", "grow", "existing", "single_contact is maybe"), "yes, no"),
    ],
)
def test_a_mistake_names_the_rule_and_the_remedy(row, told):
    table = pd.DataFrame(
        [("strategy", "grow", "existing", ""), row], columns=["kind", "code", "for", "when"]
    )
    with pytest.raises(ParameterError, match="Rule 2 cannot be understood") as error:
        plan.read_rules(table)
    assert told in str(error.value)


def test_every_rule_is_told_without_a_code_in_every_language():
    english = plan.rules_in_words(plan.rules_table(), "NOK")
    with speaking("nb"):
        norwegian = plan.rules_in_words(plan.rules_table(), "NOK")
    for told in (english, norwegian):
        assert told.shape == plan.rules_table().shape
        assert not told.apply(lambda texts: texts.str.contains(r"_|[<>=]")).to_numpy().any()
    assert english.loc[0].tolist() == [
        "strategy",
        "improve profitability",
        "existing",
        "profit last year below NOK\u00a00",
    ]
    assert norwegian.loc[1, "when"] == "kjøpsrytme: én av tapt, hoppet over sesongen"


def test_a_file_that_is_no_table_of_rules_is_refused(tmp_path):
    path = tmp_path / "rules.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="lack a column"):
        plan.read_rules(path)
    with pytest.raises(SourceError, match="cannot be read"):
        plan.read_rules(tmp_path / "none.csv")
    path.write_text("")
    with pytest.raises(SourceError, match="cannot be read"):
        plan.read_rules(path)
