"""What the case can never answer is refused when the analysis is asked for, in words that help."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import kamkit as kam
from kamkit.errors import ParameterError
from kamkit.run import RunOptions, run
from kamkit.settings import Settings


@pytest.fixture(scope="module")
def plain():
    """Six accounts over 2024 and 2025, with product, quantity and cost and nothing besides."""
    rows = [
        (
            f"00041{7 - n}",
            f"{year}-{month:02}-15",
            100.0 * (n + 1),
            f"P{month % 3}",
            2,
            60.0 * (n + 1),
        )
        for n in range(6)
        for year in (2024, 2025)
        for month in range(1, 13)
    ]
    names = ["account_id", "date", "amount", "product_id", "quantity", "cost"]
    return kam.open_case(pd.DataFrame(rows, columns=names))


def refused(case, **settings):
    with pytest.raises(ParameterError) as error:
        kam.analyse(case, **settings)
    return error.value


def test_profit_without_activities_names_what_is_missing_and_what_can_be_used(plain):
    error = refused(plain, weights={"profit": 3, "growth": 1}, rates={"delivery": 240})
    assert "“profit”" in error.message
    assert "the table activities" in error.remedy
    assert "Use “contribution”" in error.remedy
    sales = pd.DataFrame({"account_id": ["1"], "date": ["2025-01-31"], "amount": [9.0]})
    assert "Use “revenue”" in refused(kam.open_case(sales), criteria=["profit"]).remedy


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"weights": {"grwth": 1}}, "Did you mean “growth”?"),
        ({"ranking": ("revenu", "growth")}, "Did you mean “revenue”?"),
        ({"pairs": ("growth>loyalti=3",)}, "Did you mean “loyalty”?"),
        ({"criteria": ("contributoin",)}, "Did you mean “contribution”?"),
        ({"effects": {"sharde.growth": 0.1}}, "dedicated or shared"),
        ({"rates": {"delivery": "much"}}, "an equals sign"),
    ],
)
def test_a_mistyped_name_is_refused_before_any_result_is_asked_for(plain, settings, text):
    assert text in refused(plain, **settings).remedy
    with pytest.raises(ParameterError):
        kam.analyse(plain).change(**settings)


def test_a_rate_of_no_activity_is_refused_with_the_nearest_one(fjordgross):
    assert "Did you mean “delivery”?" in refused(fjordgross, rates={"delivry": 240}).remedy


def test_rates_without_activities_are_told(plain):
    told = kam.analyse(plain, rates={"delivery": 240}).profit.caveats
    assert "The rates given (delivery=240) are not used." in told
    assert not any("rates" in text for text in kam.analyse(plain).profit.caveats)


def test_a_criterion_with_a_weight_counts_though_it_is_not_among_the_usual_ones(plain):
    a = kam.analyse(plain, weights={"revenue": 3, "growth": 1}, draws=20)
    weights = a.weighting.weights
    assert (weights["revenue"], weights["growth"]) == (0.75, 0.25)
    assert sum(weights.values()) == pytest.approx(1.0)
    assert a.key_accounts["account_id"].iloc[0] == "000412"


@pytest.mark.parametrize("settings", [{"start": "2030-01-01"}, {"end": "2020-01-01"}])
def test_days_outside_the_ledger_are_refused(plain, settings, tmp_path):
    error = refused(plain, **settings)
    assert error.wanted == "days from 2024-01-15 to 2025-12-15"
    with pytest.raises(ParameterError, match="no sales in the period"):
        kam.analyse(plain).change(**settings)
    path = tmp_path / "sales.csv"
    path.write_text("account_id,date,amount\n1,2025-01-31,9\n2,2025-02-28,5\n", encoding="utf-8")
    out = tmp_path / "run"
    with pytest.raises(ParameterError, match="no sales in the period"):
        run(path, Settings(**settings), options=RunOptions(out=out, quiet=True))
    assert [one.name for one in tmp_path.iterdir() if "run" in one.name] == []


def test_the_days_at_the_edges_of_the_ledger_are_taken(plain):
    kam.analyse(plain, start="2025-12-15")
    kam.analyse(plain, end="2024-01-15")


def test_the_code_of_the_readme_works_on_a_plain_ledger(plain, tmp_path, monkeypatch):
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", readme, re.DOTALL)[1]
    code = "\n".join(line for line in code.splitlines() if "open_run" not in line)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(kam, "open_case", lambda _name: plain, raising=False)
    code = code.replace("kam.analyse(case, ", "kam.analyse(case, draws=20, ")
    exec(compile(code, "README.md", "exec"), {})
    assert {path.suffix for path in (tmp_path / "plans").iterdir()} >= {".docx", ".html", ".pptx"}
