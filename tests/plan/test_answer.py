"""The answer of a run and its decisions, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import plan
from kamkit.plan import rules
from kamkit.plan.strategy import AIMS
from kamkit.schema import word
from tests.plan.by_hand import basis

ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["big", "lossy", "quiet", "alone", "rest"],
        "revenue": [500.0, 400.0, 100.0, 200.0, 800.0],
        "revenue_year": [500.0, 400.0, 100.0, 200.0, 800.0],
        "profit_year": [100.0, -80.0, 20.0, 40.0, 160.0],
    }
)
PLANNED = ACCOUNTS.iloc[:4].assign(
    account_name=["Big", "Lossy", "Quiet", "Alone"],
    is_key=[True, False, True, True],
    loses=[False, True, False, False],
    rhythm_state=["on_time", "on_time", "late", "off_season"],
    single_contact=[False, False, False, True],
    growth_ratio=[0.10, 0.0, -0.4, 0.2],
    discount_share=[0.1, 0.31, 0.1, 0.1],
    usual_discount_share=[0.1, 0.18, 0.1, 0.1],
    days_since=[3.0, 3.0, 78.0, 40.0],
    interval_days=[7.0, 7.0, 7.0, 7.0],
    next_expected=pd.to_datetime(["2026-01-05", "2026-01-05", "2025-10-20", "2026-04-01"]),
    growth_low=[5.0, 0.0, 0.0, 0.0],
    growth_middle=[10.0, 50.0, 0.0, 2.0],
    growth_high=[15.0, 90.0, 0.0, 4.0],
    growth_deviation=[0.0, 0.0, 0.0, 0.0],
    growth_doubt=[0.0, 0.0, 0.0, 0.0],
)
STRATEGIES = pd.DataFrame(
    {"account_id": PLANNED["account_id"], "strategy": ["grow", "mend", "retain", "deepen"]}
)
GOALS = pd.DataFrame(
    [
        ("big", "retain", "Agree on terms", "S1", "2026-09-30", 0.0),
        ("big", "grow_upsell", "Offer tape", "S1", "2026-12-31", 10.0),
        ("lossy", "mend", "Put terms right", "S2", "2026-06-30", 80.0),
        ("quiet", "retain", "Call now", "S3", "2026-01-14", 0.0),
        ("alone", "deepen", "Meet a second person", "S4", "2026-03-31", 0.0),
        ("alone", "retain", "Prepare the season", "S4", "2026-03-04", 0.0),
    ],
    columns=["account_id", "objective", "action", "owner", "due", "value"],
).assign(due=lambda goals: pd.to_datetime(goals["due"]))


def rests(**tables):
    return basis(ACCOUNTS, key=("big", "quiet", "alone"), **tables)


@pytest.fixture
def answer():
    return plan.answer(rests(), PLANNED, STRATEGIES, GOALS)


def test_most_at_stake_comes_first_a_loss_as_much_as_a_profit(answer):
    assert answer.table["account_id"].tolist() == ["big", "lossy", "alone", "quiet"]
    assert answer.table["stake"].tolist() == [100, 80, 40, 20]


def test_the_risk_is_what_weighs_most(answer):
    risks = answer.table.set_index("account_id")["risk"].to_dict()
    # the silent one shrinks too
    assert risks == {
        "big": "",
        "lossy": "risk_loses",
        "alone": "risk_single",
        "quiet": "risk_silent",
    }


def test_what_to_do_is_the_first_move_of_the_plan(answer):
    rows = answer.table.set_index("account_id")
    assert rows["action"].to_dict() == {
        "big": "Offer tape",  # the strategy is to grow
        "lossy": "Put terms right",
        "alone": "Prepare the season",  # due before all else
        "quiet": "Call now",
    }
    assert rows.loc["quiet", "owner"] == "S3"
    assert str(rows.loc["quiet", "due"].date()) == "2026-01-14"


def test_the_text_is_the_decision_in_one_sentence(answer):
    # 800 of 2 000; 160 of the 320 of those that earn
    assert answer.text == (
        "3 key accounts bring 40% of revenue and 50% of the profit earned. "
        "Plans for them and 1 other: improve 1, protect 2 and grow 1."
    )


def test_four_figures_stand_above_with_what_belongs_to_them(answer):
    figures = plan.key_figures(rests(), PLANNED, answer.table)
    told = {what: (value.replace("\u00a0", " "), note) for what, value, note in figures}
    assert told["Revenue"][0] == "NOK 2,000"
    # 100 - 80 + 20 + 40 + 160, of which the key accounts make 160
    assert told["Customer profit"][0] == "NOK 240"
    assert "320 earned" in told["Customer profit"][1]
    assert "80 lost" in told["Customer profit"][1]
    assert "NOK 160 of it by key accounts" in told["Customer profit"][1].replace("\xa0", " ")
    assert told["Profit at risk now"][0] == "NOK 60"
    assert told["Profit at risk now"][1] == "On 31 Dec 2025: 1 silent, 1 with one contact"
    assert told["Growth in sight"][0] == "NOK 12"  # not what is open at the one that loses


def test_without_profit_the_stake_is_revenue():
    accounts = ACCOUNTS.drop(columns="profit_year")
    facts = PLANNED.drop(columns="profit_year")
    rest = basis(accounts, key=("big", "quiet", "alone"))
    found = plan.answer(rest, facts, STRATEGIES, GOALS)
    assert found.table["stake"].tolist() == [500, 400, 200, 100]
    assert "profit" not in found.text


class TestDecisions:
    def test_each_kind_is_told_once_with_its_worth(self, answer):
        open_ = pd.DataFrame(
            {
                "account_id": ["big", "alone", "lossy", "big"],
                "item": ["tape", "tape", "glue", "glue"],
                "growth_low": [1.0, 1.0, 90.0, 0.0],
                "growth_middle": [6.0, 2.0, 99.0, 4.0],
                "growth_high": [9.0, 3.0, 99.0, 9.0],
            }
        )
        sellers = pd.DataFrame(
            {
                "seller": ["S7", "S1"],
                "accounts": [9, 9],
                "typical_excess": [0.15, 0.3],
                "excess_amount": [140.0, 1.0],
                "outlier": [True, False],
            }
        )
        table = plan.decisions(
            rests(opportunities=open_), answer.table, PLANNED, GOALS, sellers=sellers
        ).table
        assert table["decision"].tolist() == [
            "Call Quiet now",
            # what is to be done first at Alone is due on 4 March
            "Get to know a second person at Alone",
            "Prepare the season of Alone",
            "Agree with S7 on a limit for discounts",
            "Renegotiate the terms of Lossy",
            # more glue is open, but at the one that loses money
            "Offer tape to 2 accounts that buy less of it than comparable accounts, first to Big",
        ]
        # 140 in two years and a leap day are 70 a year
        assert table["worth"].tolist() == pytest.approx([20, 40, 40, 70, 80, 8], abs=0.1)
        assert table["others"].tolist() == ["", "", "", "", "", "Alone"]
        owners = ["S3", "S4", "S4", "sales management", "S2", "S1, S4"]
        assert table["owner"].tolist() == owners
        assert "a discount of 31%, usual is 18%" in table["because"][4]
        assert "has been silent for 78;" in table["because"][0]
        # the loss of all is that of the one, so it is not told twice
        assert table["because"][4].startswith("we lose NOK\xa080 a year; Lossy")
        assert table["due"][2] == pd.Timestamp("2026-03-04")
        assert "15 percentage points more" in table["because"][3]
        assert "70 of discount a year (2024–2025)" in table["because"][3]

    def test_what_may_come_true_nowhere_is_offered_to_nobody(self, answer):
        open_ = pd.DataFrame(
            {
                "account_id": ["big", "alone", "quiet"],
                "item": "tape",
                "growth_low": [1.0, 0.0, float("nan")],
                "growth_middle": [6.0, 0.0, float("nan")],
                "growth_high": [9.0, 0.0, float("nan")],
            }
        )
        found = plan.decisions(rests(opportunities=open_), answer.table, PLANNED, GOALS).table
        offer = found[found["decision"].str.startswith("Offer")].iloc[0]
        assert (offer["accounts"], offer["worth"], offer["owner"]) == (1, 6, "S1")

    def test_where_nothing_is_due_there_is_none(self):
        one = PLANNED.iloc[[0]]
        found = plan.answer(rests(), one, STRATEGIES, GOALS)
        table = plan.decisions(rests(), found.table, one, GOALS).table
        assert table.empty

    def test_several_of_a_kind_are_one_decision(self, answer):
        facts = PLANNED.assign(rhythm_state="late", loses=False)
        found = plan.answer(rests(), facts, STRATEGIES, GOALS)
        table = plan.decisions(rests(), found.table, facts, GOALS).table
        assert table["decision"][0] == "Call Big and 3 more now"
        assert len(table["others"][0].replace(" and ", ", ").split(", ")) == 3
        assert (table["accounts"][0], table["worth"][0]) == (4, 240)


def test_a_small_year_that_is_a_habit_is_told_and_is_no_profit_at_risk():
    facts = PLANNED.assign(rhythm_state="on_time", single_contact=False, loses=False)
    facts["swings"] = facts["account_id"] == "quiet"
    found = plan.answer(rests(), facts, STRATEGIES, GOALS)
    assert found.table.set_index("account_id")["risk"]["quiet"] == "risk_swings"
    assert not [
        name for name, *_rest in plan.key_figures(rests(), facts, found.table) if "risk" in name
    ]


def test_who_shrinks_is_at_risk():
    facts = PLANNED.assign(rhythm_state="on_time", single_contact=False)
    facts["shrinks"] = facts["account_id"] == "quiet"
    found = plan.answer(rests(), facts, STRATEGIES, GOALS).table
    risks = found.set_index("account_id")["risk"]
    assert (risks["big"], risks["quiet"]) == ("", "risk_shrinks")


@pytest.mark.parametrize(
    ("start", "words"), [("2024-01-01", "a year"), ("2025-01-01", "in 6 months")]
)
def test_growth_names_the_time_it_takes(answer, start, words):
    figures = plan.key_figures(rests(start=start), PLANNED, answer.table)
    assert words in figures[-1][2]


def test_every_strategy_of_a_customer_is_counted_in_the_answer():
    assert set(AIMS) == set(rules.STRATEGIES) - {"win", "nurture", "leave_be"}  # of prospects


def test_an_account_without_an_objective_has_nothing_to_do_and_nobody_for_it():
    found = plan.answer(rests(), PLANNED, STRATEGIES, GOALS.iloc[1:2]).table
    row = found.set_index("account_id").loc["quiet"]
    assert (row["action"], row["owner"]) == ("", "")
    assert pd.isna(row["due"])


def test_what_the_title_claims_can_be_counted_in_the_list():
    every = pd.DataFrame({"account_id": [*"abcdefghi"], "strategy": list(AIMS)})
    facts = pd.DataFrame({"account_id": every["account_id"], "account_name": every["account_id"]})
    facts = facts.assign(is_key=True, revenue_year=1.0, loses=False)
    found = plan.answer(rests(), facts, every, GOALS)
    # one account for each strategy: protect is two of them, grow is three
    assert found.text.endswith(
        "improve 1, protect 2, grow 3, win back 1, keep 1 at low cost and move 1 to ordinary sales."
    )
    listed = found.table["aim"].map(word).value_counts().to_dict()
    assert listed == {
        "improve": 1, "protect": 2, "grow": 3, "win back": 1, "low cost": 1, "ordinary sales": 1,
    }  # fmt: skip
    for strategy, aim in AIMS.items():  # what a plan calls its strategy has the word of the list
        assert word(aim) in word(strategy)
