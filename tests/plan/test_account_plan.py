"""Plans of the practice company: planted truths, sentences to trace, inputs that count."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pandas as pd
import pytest

import kamkit as kam
from kamkit import plan
from kamkit.errors import ParameterError
from kamkit.schema import SOURCES


def strategy(basis, account):
    return plan.account_plan(basis, account).strategy


def test_the_planted_truths_have_the_right_strategies(plan_basis):
    assert strategy(plan_basis, "000412") == "mend"  # the giant that loses money
    assert strategy(plan_basis, "000655") == "deepen"  # a single contact
    assert strategy(plan_basis, "000923") == "retain"  # late
    assert strategy(plan_basis, "001187") == "grow"  # the quiet star
    assert strategy(plan_basis, "K07") == "grow"  # key as a whole


def test_the_plan_of_the_giant_is_to_mend_it_first_and_not_to_grow(plan_basis):
    made = plan.account_plan(plan_basis, "000412")
    goals = made.objectives.set_index("objective")
    assert not [code for code in goals.index if code.startswith("grow")]
    assert "retain" not in goals.index
    row = goals.loc["mend"]
    worth = plan_basis.accounts.set_index("account_id").loc["000412"]
    assert row["baseline"] == pytest.approx(worth["profit_year"] / worth["revenue_year"])
    assert row["target"] == 0
    # breaking even is worth what it lost in the last twelve months
    assert row["value"] == pytest.approx(-worth["profit_year"])
    # its discount against that of the others is worth more than its service: the first lever
    assert made.objectives["objective"].iloc[0] == "mend"
    move = made.objectives["action"].iloc[0]
    assert 0 < move.index("discount") < move.index("deliveries")


def test_the_main_risk_of_a_loss_is_the_loss_and_an_action_meets_it(plan_basis):
    made = plan.account_plan(plan_basis, "000412")
    said, likely, answer = made.section("risk").blocks[0].rows[0]
    worth = plan_basis.accounts.set_index("account_id").loc["000412"]
    assert f"NOK {-worth['profit_year'] / 1e6:.2f} million in 2025" in said.replace("\u00a0", " ")
    number = made.objectives.set_index("objective").loc["mend", "number"]
    assert (likely, answer) == ("It is happening", f"Action {number}")


def test_the_late_account_is_to_be_called_now(plan_basis):
    made = plan.account_plan(plan_basis, "000923")
    assert made.section("moves").actions["action"].str.contains("Call now").any()
    assert "14 Oct 2025" in made.section("risk").blocks[0].rows[0][0]


def test_the_single_contact_is_to_get_company(plan_basis):
    made = plan.account_plan(plan_basis, "000655")
    goals = made.objectives.set_index("objective")
    assert goals.loc["deepen", ["measure", "baseline", "target"]].tolist() == ["people", 1.0, 2.0]
    assert "second person" in goals.loc["deepen", "action"]


def test_the_welders_without_abrasives_get_them_offered(plan_basis):
    best = plan_basis.opportunities
    for account in ("000734", "002240", "001468"):
        if account in set(plan_basis.planned["account_id"]):
            mine = best[(best["account_id"] == account) & (best["item"] == "Slipemidler")]
            assert mine["kind"].tolist() == ["cross_sell"]


@pytest.mark.parametrize("account", ["002874", "000412", "000655", "K07"])
def test_every_sentence_names_a_table_of_the_run_and_columns_that_it_has(plan_basis, account):
    made = plan.account_plan(plan_basis, account)
    facts = plan.facts(plan_basis)
    chosen = plan.strategies(facts, currency="NOK").table
    known = {name: plan_basis.table(name) for name in plan.Basis.names()}
    known |= {"strategies": chosen, "objectives": made.objectives, "actions": made.actions}
    rows = plan.sources(made)
    assert len(rows) > 15
    assert rows["sentence"].is_unique
    for row in rows.to_dict("records"):
        columns = [name for name in row["source_columns"].split(", ") if name]
        assert set(columns) <= set(known[row["source_table"]].columns), row
        assert row["source_table"] in SOURCES


def test_amounts_in_the_sentences_are_those_of_the_tables(plan_basis):
    made = plan.account_plan(plan_basis, "000655")
    worth = plan_basis.accounts.set_index("account_id").loc["000655"]
    found = {one.label: one.value.replace("\xa0", " ") for one in made.section("stand").figures}
    # the ledger has three whole years, so its later half is the last twelve months
    assert found["Revenue 2025"] == f"NOK {worth['revenue_after'] / 1e6:.3g} million"
    assert found["Customer profit"] == f"NOK {worth['profit_year'] / 1e6:.3g} million"
    share = plan_basis.wallet_shares.set_index("account_id").loc["000655", "share_of_wallet"]
    assert found["Share of wallet"] == f"{share:.0%}"


def test_changing_an_input_changes_the_plan(plan_basis):
    worth = plan_basis.accounts.copy()
    mine = worth["account_id"] == "000412"
    worth.loc[mine, ["profit", "profit_ratio"]] = [1_000_000.0, 0.045]
    worth.loc[mine, "profit_year"] = 250_000.0
    others = plan_basis.ordinary_sales.copy()
    others.loc[others["account_id"] == "000412", ["profit", "profit_year"]] = [1e6, 250_000.0]
    fields = plan_basis.matrix.copy()
    assert fields.loc[fields["account_id"] == "000412", "cell"].tolist() == ["terms_first"]
    fields.loc[fields["account_id"] == "000412", "cell"] = "star"
    changed = replace(plan_basis, accounts=worth, ordinary_sales=others, matrix=fields)
    made = plan.account_plan(changed, "000412")
    assert made.strategy == "build"
    # nothing is proposed to an account that loses money
    assert "000412" not in set(plan_basis.opportunities["account_id"])
    said = [one.value.replace("\xa0", " ") for one in made.section("stand").figures]
    assert "NOK 250,000" in said


def test_an_account_without_a_plan_is_refused_with_the_nearest(plan_basis):
    with pytest.raises(ParameterError, match="There is no plan") as error:
        plan.account_plan(plan_basis, "000656")
    assert "Did you mean" in str(error.value)


def test_a_ledger_alone_gives_a_plan_that_says_what_data_would_add(cdnow):
    basis = kam.analyse(cdnow, key_accounts=3, also=0, draws=50).require("plan_basis")
    account = basis.planned["account_id"].iloc[0]
    made = plan.account_plan(basis, account)
    assert made.section("stand").figures
    assert len(made.section("aim").statements) == 2
    assert len(made.section("moves").actions)
    said = " ".join(one.text for one in made.section("questions").statements)
    for word in ("cost", "activities", "wallet", "contacts", "goals"):
        assert word in said


def test_the_portfolio_adds_up(plan_basis):
    facts = plan.facts(plan_basis)
    chosen = plan.strategies(facts, currency="NOK").table
    goals = plan.objectives(facts, chosen, plan_basis)
    table = plan.portfolio(plan_basis, facts, chosen, goals).table.set_index("portfolio_measure")
    key = set(plan_basis.key_accounts["account_id"])
    worth = plan_basis.accounts
    mine = worth[worth["account_id"].isin(key)]
    assert table.loc["accounts", "today"] == len(key)
    assert table.loc["revenue", "today"] == pytest.approx(mine["revenue_year"].sum())
    assert table.loc["profit", "today"] == pytest.approx(mine["profit_year"].sum())
    share = mine["revenue_year"].sum() / worth["revenue_year"].sum()
    assert table.loc["share_of_revenue", "today"] == pytest.approx(share)
    # a plan that is to grow shows its growth on its first page: the portfolio adds these up
    shown = [
        one.section("stand").figures for one in map(partial(plan.account_plan, plan_basis), key)
    ]
    growth = plan_basis.growth.set_index("account_id")["growth_middle"]
    grow = [
        account
        for account, figures in zip(key, shown, strict=True)
        if "Growth in sight" in [one.label for one in figures]
    ]
    assert 0 < len(grow) < len(key)
    assert table.loc["planned_growth", "planned_value"] == pytest.approx(growth[grow].sum())


def test_written_goals_tell_which_are_overdue(plan_basis):
    end = plan_basis.about.period.end
    goals = plan.written_goals(plan_basis.goals, end)
    late = goals[(goals["due"] <= pd.Timestamp(end)) & (goals["status"] != "done")]
    assert goals["overdue"].sum() == len(late) > 0


def test_no_name_of_a_person_stands_in_a_plan(plan_basis, fjordgross):
    made = plan.account_plan(plan_basis, "002874")
    names = fjordgross.table("contacts").query("account_id == '002874'")["person"]
    said = " ".join(plan.sources(made)["sentence"]) + " ".join(made.actions["action"])
    assert not [name for name in names if name in said]
    assert re.search(r"[Dd]ecision maker 1", said)


@pytest.mark.proof
def test_contacts_are_named_where_the_folder_says_so(fjordgross):
    settings = {"key_accounts": 3, "also": 0, "draws": 50, "contact_names": True}
    rests = kam.analyse(fjordgross, **settings).require("plan_basis")
    account = rests.planned["account_id"].iloc[0]
    rows = plan.account_plan(rests, account).section("people").blocks[0].rows
    names = fjordgross.table("contacts").query("account_id == @account")["person"]
    assert any(row[0].startswith(tuple(names)) for row in rows)
    assert "person" not in rests.people


def test_quarters_add_up_to_the_ledger(plan_basis):
    worth = plan_basis.accounts.set_index("account_id")["revenue"]
    sums = plan_basis.quarters.groupby("account_id")["revenue"].sum()
    pd.testing.assert_series_equal(
        sums, worth.reindex(sums.index), check_names=False, check_exact=False, rtol=1e-9
    )
