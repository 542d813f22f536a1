"""No public function of a step meets a table that lacks a column with an error of Python's own."""

from __future__ import annotations

import datetime as dt
import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kamkit as kam
from kamkit import choose, identify, plan, relate, value
from kamkit.analysis import RESULTS
from kamkit.case import open_case
from kamkit.choose import Terms
from kamkit.errors import KamkitError, ParameterError

PRACTICE = Path(__file__).parents[2] / "data" / "fjordgross"
STEPS = {
    name: import_module(f"kamkit.{name}")
    for step in ("identify", "value", "choose", "grow", "relate", "plan")
    for name in (step, f"{step}.charts")
} | {"case.charts": import_module("kamkit.case.charts")}
SOURCES = (
    "holdout",
    "lifetime_value",
    "regularity",
    "rfm",
    "rhythm",
    "seasonal_accounts",
    "summary",
)


@pytest.fixture(scope="module")
def firm(tmp_path_factory) -> dict[str, Any]:
    """Twelve accounts over two years, with all that a case can have, and tables made from them."""
    folder = tmp_path_factory.mktemp("firm")
    rng = np.random.default_rng(7)
    days = pd.date_range("2024-01-02", "2025-12-30", freq="9D")
    sold = pd.DataFrame(
        [
            {
                "account_id": f"K{n:02}",
                "account_name": f"Firm {n}",
                "parent_id": "C1" if n < 2 else None,
                "date": day.date(),
                "invoice_id": f"{n}-{place}",
                "product_id": f"P{place % 3}",
                "category": ("Tape", "Glue")[place % 2],
                "quantity": 1 + place % 4,
                "list_amount": 120.0 * (n + 1),
                "amount": 100.0 * (n + 1) + place,
                "cost": 60.0 * (n + 1),
                "seller": f"S{n % 2}",
                "region": ("North", "South")[n % 2],
                "segment": ("Trade", "Public")[n % 2],
            }
            for n in range(12)
            for place, day in enumerate(days)
            if rng.random() < 0.3 + 0.05 * n
        ]
    )
    ids = [f"K{n:02}" for n in range(12)]
    both = ("S0", "S1") * 6
    tables = {
        "sales": sold,
        "accounts": pd.DataFrame(
            {
                "account_id": ids,
                "name": [f"Firm {n}" for n in range(12)],
                "industry": "Building",
                "region": ("North", "South") * 6,
                "language": "norsk",
                "account_manager": both,
                "payment_days": range(20, 32),
            }
        ),
        "activities": pd.DataFrame(
            {"account_id": ids, "activity": "delivery", "quantity": 20, "cost_per_unit": 90.0}
        ),
        "ratings": pd.DataFrame(
            {
                "account_id": [*ids, *ids],
                "criterion": "strategic fit",
                "score": [1, 2, 3, 4, 5, 3] * 4,
                "rater": ["S0"] * 12 + ["S1"] * 12,
            }
        ),
        "managers": pd.DataFrame(
            {
                "manager": ["S0", "S1"],
                "hours": [900, 900],
                "accounts_max": [9, 9],
                "region": ["North", "South"],
                "language": ["norsk", "norsk"],
                "industry": ["Building", "Building"],
            }
        ),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return tables_of(open_case(folder))


def tables_of(case) -> dict[str, Any]:
    """The tables that the steps hand on, made as a notebook makes them."""
    accounts = identify.account_facts(case)
    profits = value.customer_profit(case, accounts).table
    worth = profits.assign(
        change=profits["revenue"] * 0.1,
        revenue_before=profits["revenue"],
        lifetime_value=profits["profit"],
        yearly_contribution=profits["profit"] / 2,
        rhythm_state="late",
        effect="up",
        industry="Building",
        language="norsk",
        relationship=3.0,
        members=1,
        only_as_whole=False,
    )
    criteria = choose.named_criteria(["profit", "growth"], worth)
    scores = choose.score(worth, criteria, {"profit": 2, "growth": 1})
    services = choose.services_table(cost_per_hour=500.0)
    treated = choose.treatments(services)
    treatment = choose.assign_treatment(scores, 4, dedicated=1)
    key = choose.to_assign(worth, treatment, treated).assign(relationship=3.0)
    managers = choose.managers_table(case.table("managers"))
    terms = Terms(kept=0.9)
    return {
        "case": case,
        "accounts": accounts,
        "classes": identify.classify(accounts),
        "profits": profits,
        "worth": worth,
        "served": value.cost_to_serve(case),
        "orders": value.order_sizes(case, minimum_order=200.0),
        "days": value.purchase_days(case),
        "known": value.summary(case),
        "lifetime": value.lifetime_value(case, draws=0).table,
        "ratings": case.table("ratings"),
        "criteria": criteria,
        "scores": scores,
        "services": services,
        "treated": treated,
        "treatment": treatment,
        "key": key,
        "managers": managers,
        "terms": terms,
        "reasons": choose.reasons(scores, worth),
        "robust": choose.robustness(scores, 4, draws=20).table,
        "ties": pd.DataFrame({"account_id": ["K00"], "our_contact": ["S0"], "tie": [1.0]}),
        "pays": choose.treatment_that_pays(worth, treated, terms),
        "growth": worth[["account_id"]].assign(growth_low=0.0, growth_middle=1.0, growth_high=2.0),
        "assigned": choose.assign(key, managers).table,
        "cuts": choose.cuts(choose.ranked(scores, worth)),
        "programme": choose.programme(key, treated, terms, draws=20).table,
    }


CALLS: dict[str, dict[str, Any]] = {
    "identify.chains": {"accounts": "accounts"},
    "identify.class_summary": {"classes": "classes"},
    "identify.classify": {"accounts": "accounts"},
    "identify.concentration_summary": {"accounts": "accounts"},
    "identify.dependence": {"accounts": "accounts"},
    "identify.lorenz": {"accounts": "accounts"},
    "identify.losing": {"accounts": "accounts"},
    "identify.observed_rule": {"accounts": "accounts"},
    "identify.ordinary_sales": {"classes": "classes"},
    "identify.roll_up": {"accounts": "accounts"},
    "identify.side_by_side": {"accounts": "accounts"},
    "value.account_value": {"case": "case", "accounts": "accounts"},
    "value.beside": {"accounts": "accounts", "parts": ()},
    "value.of_lifetime": {"lifetime": "lifetime"},
    "value.profit_facts": {"profits": "profits"},
    "value.cohort_present_value": {
        "table": pd.DataFrame(
            {"customers": [9], "revenue_per_customer": [10.0], "cost_per_customer": [4.0]}
        ),
        "annual_discount_rate": 0.1,
        "acquired": 10,
        "acquisition_cost": 2.0,
    },
    "value.customer_profit": {"case": "case", "accounts": "accounts"},
    "value.destroyers": {"profits": "profits"},
    "value.fit": {"summary": "known"},
    "value.fit_gamma_gamma": {"summary": "known"},
    "value.price_cost_grid": {"profits": "profits"},
    "value.profit_steps": {"profits": "profits", "served": "served"},
    "value.pyramid": {"profits": "profits"},
    "value.tiers": {"profits": "profits"},
    "value.whale": {"profits": "profits"},
    "value.what_if": {
        "profits": "profits",
        "served": "served",
        "orders": "orders",
        "minimum_order": 200.0,
    },
    "choose.assign": {"accounts": "key", "managers": "managers"},
    "choose.assumed_contribution": {"accounts": "accounts", "margin": 0.3, "days": 365},
    "choose.breadth": {"accounts": "accounts", "hours": 100.0},
    "choose.combined": {"ratings": "ratings"},
    "choose.cuts": {"accounts": "worth"},
    "choose.data_criteria": {"accounts": "worth"},
    "choose.default_criteria": {"accounts": "worth", "ratings": "ratings"},
    "choose.described": {"case": "case", "accounts": "accounts"},
    "choose.disagreement": {"ratings": "ratings"},
    "choose.hours_of": {"treatment": ["shared"], "treated": "treated"},
    "choose.in_period": {"accounts": "accounts", "frame": "accounts"},
    "choose.judgement_criteria": {"ratings": "ratings"},
    "choose.key_accounts": {
        "scores": "scores",
        "accounts": "worth",
        "n": 4,
        "reasons": "reasons",
        "robust": "robust",
        "treatment": "treatment",
        "assigned": "assigned",
    },
    "choose.leniency": {"ratings": "ratings"},
    "choose.managers_from": {"accounts": "accounts"},
    "choose.managers_table": {"managers": "managers"},
    "choose.named_criteria": {"names": ["profit"], "accounts": "worth", "ratings": "ratings"},
    "choose.ordinary_sales": {
        "scores": "scores",
        "accounts": "worth",
        "n": 4,
        "reasons": "reasons",
        "robust": "robust",
        "managers": "managers",
    },
    "choose.preview": {"scores": "worth", "column": "profit_ratio"},
    "choose.programme": {"accounts": "key", "treated": "treated", "terms": "terms", "draws": 20},
    "choose.ranked": {"scores": "scores", "accounts": "worth"},
    "choose.reasons": {"scores": "scores", "accounts": "worth"},
    "choose.rescored": {"scores": "scores", "accounts": "worth", "ratings": "ratings"},
    "choose.score": {
        "accounts": "worth",
        "criteria": "criteria",
        "weights": {"profit": 1},
        "ratings": "ratings",
    },
    "choose.suggest": {"table": "cuts", "accounts": 12},
    "choose.to_assign": {
        "accounts": "worth",
        "treatment": "treatment",
        "treated": "treated",
        "ratings": "ratings",
        "ties": "ties",
    },
    "choose.trade_off": {"accounts": "key", "treated": "treated", "terms": "terms"},
    "choose.treatment_that_pays": {"accounts": "key", "treated": "treated", "terms": "terms"},
    "choose.treatments": {"services": "services"},
    "choose.with_exceptions": {"scores": "scores", "accounts": "worth", "pays": "pays"},
    "choose.with_growth": {"accounts": "key", "growth": "growth", "years": 2.0},
    "choose.yearly_flows": {"table": "programme", "terms": "terms"},
} | {f"value.{name}": {"source": "days"} for name in (*SOURCES, "summary")}
"""Every public function that takes a table, with arguments that it works on."""


def takes_a_table(function: Any) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return any("DataFrame" in str(one.annotation) for one in parameters)


def functions(step: str) -> dict[str, Any]:
    """Return the public functions of a step, or of its charts, that take a table."""
    module = STEPS[step]
    home = f"kamkit.{step}"
    own = [n for n, one in vars(module).items() if getattr(one, "__module__", "").startswith(home)]
    found = {n: getattr(module, n) for n in getattr(module, "__all__", own) if n[0] != "_"}
    return {
        f"{step}.{n}": one
        for n, one in found.items()
        if inspect.isfunction(one) and takes_a_table(one)
    }


FUNCTIONS = {name: one for step in STEPS for name, one in functions(step).items()}
del FUNCTIONS["choose.pairwise"]  # its table has the user's own columns


def few(path: Path, accounts: set[str]) -> pd.DataFrame:
    table = pd.read_parquet(path)
    return table[table["account_id"].isin(accounts)] if "account_id" in table else table


@pytest.fixture(scope="module")
def met(tmp_path_factory) -> dict[str, dict[str, Any]]:
    """What the analysis of a dozen practice accounts gives to each function it calls."""
    folder = tmp_path_factory.mktemp("few")
    known = [
        list(dict.fromkeys(pd.read_parquet(PRACTICE / f"{name}.parquet")["account_id"]))
        for name in ("contacts", "wallet", "ratings", "goals")
    ]
    accounts = {*known[3][:3], *[one for one in known[0] if one in {*known[1], *known[2]}][:9]}
    for path in PRACTICE.glob("*.parquet"):
        few(path, accounts).to_parquet(folder / path.name)
    given: dict[str, dict[str, Any]] = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, function in FUNCTIONS.items():
            step, _dot, last = name.rpartition(".")
            patch.setattr(STEPS[step], last, noting(name, function, given))
        a = kam.analyse(
            folder, draws=20, lifetime_draws=5, minimum_order=500.0, delivery_fee=50.0, also=2
        )
        a.make(list(RESULTS))
    return given | by_hand(a)


def noting(name: str, function: Any, given: dict[str, dict[str, Any]]) -> Any:
    def noted(*args: Any, **more: Any) -> Any:
        these = inspect.signature(function).bind(*args, **more).arguments
        if len(these) >= len(given.get(name, ())):
            given[name] = dict(these)
        return function(*args, **more)

    return noted


def by_hand(a: Any) -> dict[str, dict[str, Any]]:
    """Calls of what no analysis asks for, or only one with an earlier run."""
    basis, end = a.require("plan_basis"), dt.date(2025, 12, 31)
    account = a.planned["account_id"].iloc[0]
    persons = a.people[a.people["account_id"] == a.people["account_id"].iloc[0]]
    goals = a.objectives.assign(now=1.0)
    grid = a.whitespace.table
    counts = pd.DataFrame({"item": ["Eggs", "Onion"], "n": [4, 3]})
    return {
        "choose.charts.breadth": {
            "table": choose.breadth(a.accounts, hours=40.0),
            "key_accounts": 5,
        },
        "choose.charts.weight_change": {
            "table": pd.DataFrame(
                {
                    "account_id": ["a", "b"],
                    "score_before": [70.0, 60.0],
                    "score_after": [65.0, 80.0],
                    "rank_after": [2, 1],
                    "list_change": ["goes_out", "comes_in"],
                }
            )
        },
        "grow.charts.account_whitespace": {"table": grid[grid["account_id"] == account]},
        "grow.growth_total": {"table": a.growth.table},
        "grow.rules": {
            "singles": counts,
            "baskets": 5,
            "pairs": pd.DataFrame({"item": ["Eggs"], "other": ["Onion"], "n": [3]}),
            "breadths": counts.assign(items=2),
        },
        "grow.share_by_peers": {"grid": grid},
        "plan.account_plan": {
            "basis": basis,
            "account_id": account,
            "every": a.require("plan_facts"),
        },
        "plan.charts.moved": {
            "table": pd.DataFrame(
                {
                    "account_id": ["1"],
                    "revenue_before": 50.0,
                    "revenue_after": 60.0,
                    "change": 10.0,
                    "effect": "up",
                }
            )
        },
        "plan.charts.story": {"quarters": basis.quarters},
        "plan.in_words_now": {"table": goals, "currency": "NOK"},
        "plan.moved_matrix": {"old": basis, "new": basis.matrix},
        "plan.objectives": {
            "facts": a.require("plan_facts"),
            "chosen": a.require("strategies"),
            "basis": basis,
        },
        "plan.register": {"known": a.actions, "written": None, "planned": a.planned},
        "plan.with_document": {"planned": a.planned, "strategies": a.require("strategies")},
        "plan.read_rules": {"source": plan.rules_table()},
        "plan.rules_in_words": {"table": plan.rules_table()},
        "plan.written_goals": {"goals": basis.goals, "end": end},
        "relate.answers": {
            "accounts": a.accounts,
            "questionnaire": a.case.table("questionnaire"),
            "evidence": relate.evidence(a.accounts),
        },
        "relate.bridges": {"persons": persons},
        "relate.lost_without": {"persons": persons},
        "relate.network": {"persons": persons},
        "value.charts.alive": {"table": a.lifetime.table},
    }


def called(name: str, firm: dict[str, Any], met: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    given = (
        {
            key: firm[one] if isinstance(one, str) and one in firm else one
            for key, one in CALLS[name].items()
        }
        if name in CALLS
        else met[name]
    )
    return FUNCTIONS[name], given


@pytest.mark.slow
@pytest.mark.sampled
@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_table_without_one_of_its_columns_is_refused_by_us_or_not_missed(name, firm, met):
    function, given = called(name, firm, met)
    assert outcome(function, given) is None or name in CALLS
    wrong = {}
    for key, table in given.items():
        for column in missed(function, given, key) if isinstance(table, pd.DataFrame) else ():
            error = outcome(function, {**given, key: table.drop(columns=column)})
            if error is not None and not isinstance(error, KamkitError):
                wrong[f"{key} without {column}"] = repr(error)
            if isinstance(error, KamkitError) and not error.remedy:
                wrong[f"{key} without {column}"] = f"no remedy: {error.message}"
    assert not wrong


def missed(function: Any, given: dict[str, Any], key: str) -> list[str]:
    """Return the columns that may be missed: of few that are dropped together without harm none."""
    names = list(given[key].columns)
    found = []
    for part in (names[n : n + 8] for n in range(0, len(names), 8)):
        if outcome(function, {**given, key: given[key].drop(columns=part)}) is not None:
            found += part
    return found


def outcome(function: Any, given: dict[str, Any]) -> Exception | None:
    try:
        function(**given)
    except Exception as error:
        return error
    return None


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_finding_in_place_of_a_table_is_refused_in_words(name, firm, met):
    function, given = called(name, firm, met)
    for key, table in given.items():
        if isinstance(table, pd.DataFrame):
            error = outcome(function, {**given, key: 3})
            assert isinstance(error, ParameterError), f"{key}: {error!r}"
