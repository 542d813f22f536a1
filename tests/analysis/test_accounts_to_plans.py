"""What an account costs, who is known there and what it could buy, up to its plan, by hand.

Five accounts buy tape every month of 2024 and 2025, the first two glue too; the third stopped
after June 2025. Half of the revenue is cost; the first is delivered to twice a month, the others
not at all.
"""

from __future__ import annotations

import json

import pandas as pd
import pytest

import kamkit as kam
from kamkit.case import open_case
from kamkit.errors import ParameterError

MONTHLY = dict(zip("abcde", [100.0, 60.0, 40.0, 20.0, 10.0], strict=True))
DAYS = [*pd.date_range("2024-01-01", "2025-11-01", freq="MS"), pd.Timestamp("2025-12-31")]
YEAR = 365.25 / 731
PLAIN = {
    "key_accounts": 2,
    "also": 1,
    "draws": 50,
    "lifetime_draws": 10,
    "retention": 0.9,
    "keep_share": 0.0,
    "must_pay": False,
    "criteria": ("contribution",),
    "rates": {"delivery": 2.0},
}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("firm")
    rows = [
        (name, day.date().isoformat(), item, amount, amount / 2)
        for name, amount in MONTHLY.items()
        for day in DAYS
        for item in (("Tape", "Glue") if name in "ab" else ("Tape",))
        if name != "c" or day < pd.Timestamp("2025-07-01")
    ]
    tables = {
        "sales": pd.DataFrame(rows, columns=["account_id", "date", "category", "amount", "cost"]),
        "activities": pd.DataFrame(
            {
                "account_id": "a",
                "activity": "delivery",
                "quantity": 2,
                "date": [day.date().isoformat() for day in DAYS],
            }
        ),
        "accounts": pd.DataFrame(
            {"account_id": [*MONTHLY], "name": [f"Firm {name}" for name in MONTHLY]}
        ),
        "contacts": pd.DataFrame(
            {
                "account_id": ["a", "a", "b", "e"],
                "person": ["Kari", "Ola", "Per", "Siv"],
                "role": ["decider", "user", "decider", "decider"],
                "influence": [3, 1, 4, 4],
                "support": [1, -1, 2, 0],
                "our_contact": ["S1", "S2", "S1", "S1"],
                "last_contact": ["2025-12-01", "2025-01-01", "2025-09-30", "2025-12-01"],
            }
        ),
        "wallet": pd.DataFrame(
            {"account_id": ["b"], "category": ["Glue"], "spend": [2000.0], "year": [2025]}
        ),
        "services": pd.DataFrame(
            {
                "service": "plan",
                "treatment": ["shared", "dedicated"],
                "quantity": [1, 1],
                "hours": [10, 50],
                "cost_per_hour": [1, 1],
            }
        ),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return open_case(folder)


@pytest.fixture(scope="module")
def usual(case):
    return kam.analyse(case, **PLAIN)


def column(table, name) -> dict:
    return table.set_index("account_id")[name].to_dict()


class TestProfit:
    def test_a_rate_reaches_every_step_that_tells_of_profit(self, usual):
        # a: 24 months of two hundred, half of it cost, and two deliveries at 2 in each
        assert column(usual.profits, "cost_to_serve")["a"] == 96
        assert column(usual.profits, "profit")["a"] == 2400 - 96
        assert column(usual.accounts, "profit")["a"] == 2400 - 96
        assert column(usual.last_year, "profit_year")["a"] == 1200 - 48
        yearly = column(usual.costed_accounts, "yearly_contribution")
        assert yearly["a"] == pytest.approx((2400 - 96) * YEAR)
        assert yearly["b"] == pytest.approx(1440 * YEAR)

    @pytest.mark.proof
    def test_another_rate_changes_them_all_and_the_plan_too(self, usual):
        dear = usual.change(rates={"delivery": 50})
        # 2 400 in two years: nothing is left of it
        assert column(dear.profits, "profit")["a"] == 0
        assert column(dear.last_year, "profit_year")["a"] == 0
        assert column(dear.plan_facts, "profit_year")["a"] == 0
        assert column(dear.earlier_accounts, "profit")["a"] == pytest.approx(0)
        # by contribution a is as good as before: what a treatment returns is another matter
        assert dear.key_accounts["account_id"].tolist() == ["a", "b"]

    def test_what_costs_nothing_to_change_is_shared(self, usual):
        usual.make(["retention", "rhythm_facts", "profits"])
        dear = usual.change(rates={"delivery": 3})
        assert dear._ask("retention") is usual._ask("retention")
        assert dear._ask("rhythm_facts") is usual._ask("rhythm_facts")
        assert dear._ask("profits") is not usual._ask("profits")

    def test_other_terms_are_told_where_some_are_asked_for(self, usual):
        assert usual.what_if.text.endswith(
            "Set minimum_order, delivery_fee, price_step or kept_volume."
        )

    @pytest.mark.parametrize(
        ("terms", "profit"),
        [
            # 48 deliveries of a at one each; a tenth of 4 800; nine tenths of all
            ({"delivery_fee": 1}, 2304 + 48),
            ({"price_step": 0.1}, 2304 + 480),
            ({"kept_volume": 0.5}, 2304 / 2),
        ],
    )
    def test_each_of_them_is_enough_and_moves_the_profit_by_what_it_says(
        self, usual, terms, profit
    ):
        table = usual.change(**terms).what_if.table
        assert column(table, "profit_after")["a"] == pytest.approx(profit)


class TestGrowth:
    def test_growth_that_comes_anyway_is_known_unless_a_growth_is_given(self, usual):
        column_of = "contribution_growth"
        assert column_of in usual.costed_accounts
        assert column_of in usual.change(effects=("shared.retention=0.01",)).costed_accounts
        assert column_of not in usual.change(effects=("shared.growth=0.01",)).costed_accounts

    def test_the_rows_are_those_of_the_accounts_that_get_a_plan(self, usual):
        planned = usual.planned["account_id"].tolist()
        assert planned[:2] == ["a", "b"]
        assert len(planned) == 4  # the largest outside, and of the others the one that earns most
        assert set(usual.whitespace.table["account_id"]) == set(planned)
        assert set(usual.quarters["account_id"]) <= set(planned)
        assert usual.change(also=0).planned["account_id"].tolist() == ["a", "b"]
        assert set(usual.change(also=0).whitespace.table["account_id"]) == {"a", "b"}

    def test_a_wallet_that_is_told_stands_in_place_of_the_peers(self, usual):
        cells = usual.whitespace.table.set_index(["account_id", "item"])
        # 2 000 are spent on glue, 720 of it with us
        assert cells.loc[("b", "Glue"), ["revenue", "open_amount"]].tolist() == [720, 1280]
        shares = usual.wallet_shares.set_index("account_id")
        assert shares.loc["b", ["wallet", "ours"]].tolist() == [2000, 720]
        assert shares.loc["b", "share_of_wallet"] == pytest.approx(0.36)

    def test_what_is_counted_is_the_coarsest_there_is_or_what_is_asked_for(self, usual):
        assert usual.item_kinds == ("category",)
        assert set(usual.whitespace.table["item"]) == {"Tape", "Glue"}
        # where the finest is the coarsest there is no second check
        assert usual.product_recommendation_check.text == ""

    def test_only_as_many_recommendations_as_are_asked_for(self, usual):
        table = usual.change(recommendations=1).recommendations
        assert (table.groupby("account_id").size() <= 1).all()
        assert set(table["account_id"]) <= set(usual.planned["account_id"])
        # c buys tape only
        assert "Tape" not in table.loc[table["account_id"] == "c", "item"].tolist()


class TestPeople:
    def test_persons_are_those_of_planned_accounts_and_have_no_names(self, usual):
        table = usual.people
        assert table["account_id"].tolist().count("a") == 2
        assert "e" not in table["account_id"].tolist()
        assert not {"person", "reports_to"} & set(table)
        assert not {"Kari", "Ola", "Per"} & set(table.astype(str).to_numpy().ravel())

    def test_names_are_written_where_that_is_set(self, usual):
        named = usual.change(show_names=True)
        assert {"Kari", "Ola", "Per"} <= set(named.people["contact"])
        # persons of all accounts are known, and their number is the same
        assert len(named.persons) == len(usual.persons) == 4

    def test_a_contact_is_stale_after_the_days_that_are_set(self, usual):
        # on the last day of 2025 Kari was met 30 days ago, Ola a year, Per 92 days; Ola has one
        # of four points of influence at a
        assert column(usual.contact_table, "stale_share")["a"] == pytest.approx(0.25)
        assert column(usual.contact_table, "stale_share")["b"] == 0
        strict = usual.change(stale_days=91)
        assert column(strict.contact_table, "stale_share")["b"] == 1
        just = usual.change(stale_days=92)
        assert column(just.contact_table, "stale_share")["b"] == 0

    def test_the_first_to_see_is_the_first_of_those_to_see(self, usual):
        first = usual.first_contacts
        steps = usual.next_contacts
        assert first["account_id"].is_unique
        assert set(first["account_id"]) == set(steps["account_id"])
        joined = first.merge(steps[steps["place"] == 1], on=["account_id", "next_step", "contact"])
        assert len(joined) == len(first)

    @pytest.mark.parametrize("maps", [0, 1, 2])
    def test_as_many_maps_as_are_set(self, usual, maps):
        assert len(usual.change(maps=maps).relationship_maps) == maps

    def test_what_is_known_of_planned_accounts_stands_in_the_order_of_the_plans(self, usual):
        ids = usual.planned["account_id"].tolist()
        assert usual.planned_accounts["account_id"].tolist() == ids
        assert set(usual.relations["account_id"]) == set(ids)


class TestHealth:
    def test_the_earlier_day_is_so_many_days_before_the_last(self, usual):
        # 31 December less 182 days is 2 July 2025: eighteen and one month of 2025
        table = usual.earlier_accounts
        assert column(table, "revenue")["d"] == 19 * 20
        back = usual.change(days_back=31)  # 30 November
        assert column(back.earlier_accounts, "revenue")["d"] == 23 * 20

    def test_key_health_is_that_of_planned_accounts_the_lowest_first(self, usual):
        table = usual.key_health
        assert set(table["account_id"]) == set(usual.planned["account_id"])
        assert table["health"].is_monotonic_increasing
        every = column(usual.health.table, "health")
        assert column(table, "health") == {name: every[name] for name in table["account_id"]}

    def test_an_account_that_stopped_is_less_healthy_than_one_that_goes_on(self, usual):
        health = column(usual.health.table, "health")
        assert health["c"] < health["d"]


class TestPlans:
    def test_every_planned_account_has_one_strategy_and_the_rest_none(self, usual):
        table = usual.strategies
        assert table["account_id"].tolist() == usual.planned["account_id"].tolist()
        assert set(usual.objectives["account_id"]) <= set(table["account_id"])

    def test_what_plans_rest_on_is_of_these_accounts_only(self, usual):
        basis = usual.plan_basis
        ids = set(usual.planned["account_id"])
        for table in (basis.growth, basis.register):
            assert set(table["account_id"]) <= ids
        assert set(basis.register["account_id"]) == ids
        assert set(basis.accounts["account_id"]) == set(MONTHLY)
        # nobody has rated or agreed on anything
        assert basis.ratings is None
        assert basis.goals is None

    def test_a_plan_is_of_this_analysis_and_of_an_account_that_gets_one(self, usual):
        plan = usual.plan("a")
        assert (plan.account_id, repr(plan)) == ("a", "Account plan: Firm a")
        assert plan.strategy == column(usual.strategies, "strategy")["a"]
        assert plan.sources["account_id"].unique().tolist() == ["a"]
        with pytest.raises(ParameterError):
            usual.plan("e")

    def test_rules_of_your_own_decide(self, usual, tmp_path):
        rules = usual.strategy_rules.copy()
        first = rules[rules["kind"] == "strategy"].iloc[[0]].assign(when="revenue_year > 0")
        path = tmp_path / "rules.csv"
        pd.concat([first, rules]).to_csv(path, index=False)
        told = usual.change(rules=str(path)).strategies
        assert told.loc[told["account_id"] == "b", "strategy"].item() == first["code"].item()
        assert column(usual.strategies, "strategy")["b"] != first["code"].item()

    def test_without_an_earlier_run_nothing_is_compared(self, usual):
        for name in ("movements", "revenue_bridge", "outcomes", "forecasts", "new_alarms"):
            assert usual.get(name).text.endswith("kamkit run SOURCE --previous FOLDER.")

    def test_who_came_in_since_an_earlier_run_is_told(self, usual, case, tmp_path):
        before = usual.choose(1)
        before.make(["followed_basis"])
        before.save(tmp_path)
        manifest = json.dumps({"settings": before.settings.given()})
        (tmp_path / "manifest.json").write_text(manifest, encoding="utf-8")
        after = usual.change(previous=str(tmp_path))
        moved = after.movements.table
        assert moved[["account_id", "move", "treatment_before"]].to_numpy().tolist() == [
            ["b", "entered", "ordinary"]
        ]
        assert after.movements.text == "2 key accounts: 1 new."
        # the other way round it left
        after.make(["followed_basis"])
        after.save(tmp_path)
        back = usual.choose(1).change(previous=str(tmp_path)).movements.table
        assert back["account_id"].tolist() == ["b"]
        assert back["move"].tolist() != ["entered"]
