"""Who gives more discount than colleagues at the same volume, on paper and where it is planted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kamkit.errors import MissingTable
from kamkit.value._discounts import account_discounts, discounts

DATA = Path(__file__).parents[2] / "data" / "fjordgross"


def sold(*rows: tuple) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["account_id", "seller", "list_amount", "amount"])
    return table.assign(date="2025-01-15")


def many(seller: str, share: float, accounts: int) -> list[tuple]:
    return [
        (f"{seller}{n:02}", seller, 1000 + n, (1000 + n) * (1 - share)) for n in range(accounts)
    ]


def test_two_sellers_on_paper(company):
    case = company(
        sales=sold(
            ("a", "X", 100, 90), ("b", "X", 200, 160), ("c", "Y", 100, 70), ("d", "Y", 100, 60)
        )
    )
    each = account_discounts(case).set_index("account_id")
    assert each["discount"].to_dict() == {"a": 10, "b": 40, "c": 30, "d": 40}
    # the median of the other seller's accounts: 35 % beside X, 15 % beside Y
    assert each["usual_discount"].to_dict() == pytest.approx(
        {"a": 0.35, "b": 0.35, "c": 0.15, "d": 0.15}
    )
    assert each["excess_amount"].to_dict() == pytest.approx({"a": -25, "b": -30, "c": 15, "d": 25})
    assert list(each.index) == ["d", "c", "a", "b"]
    finding = discounts(case)
    table = finding.table.set_index("seller")
    assert list(table.index) == ["Y", "X"]
    assert table["discount_share"].to_dict() == pytest.approx({"X": 50 / 300, "Y": 70 / 200})
    assert table["typical_excess"].to_dict() == pytest.approx({"X": -0.2, "Y": 0.2})
    assert table["excess_amount"].to_dict() == pytest.approx({"X": -55, "Y": 40})
    # two of two above: 1/4, times two sellers
    assert table["p_value"].to_dict() == pytest.approx({"X": 1, "Y": 0.5})
    assert not table["outlier"].any()
    assert "120, 24.0% of revenue at list price" in finding.text
    assert "No seller gives more" in finding.text


@pytest.mark.parametrize(
    ("share", "accounts", "outlier"),
    [(0.2, 16, True), (0.115, 16, False), (0.2, 7, False)],  # two points, eight accounts
)
def test_an_outlier_gives_clearly_more_to_enough_accounts(company, share, accounts, outlier):
    case = company(sales=sold(*many("X", 0.1, 16), *many("Y", share, accounts)))
    finding = discounts(case)
    table = finding.table.set_index("seller")
    assert table["outlier"].to_dict() == {"X": False, "Y": outlier}
    assert table.loc["Y", "typical_excess"] == pytest.approx(share - 0.1)
    assert table.loc["Y", "p_value"] == pytest.approx(2 * 0.5**accounts)
    assert ("Y (10.0 percentage points" in finding.text) == outlier


def test_one_large_account_does_not_make_a_seller_an_outlier(company):
    rows = [*many("X", 0.1, 16), *many("Y", 0.1, 16), ("giant", "Y", 1_000_000, 500_000)]
    finding = discounts(company(sales=sold(*rows)))
    # half of a million at list price where a tenth is usual: 400,000 too much, all at the giant
    assert finding.caveats == (
        (
            "Of what Y gives beyond the usual (400,000) 400,000 is at one account, giant; most of "
            "the others get what is usual."
        ),
    )
    table = finding.table.set_index("seller")
    assert table.loc["Y", "discount_share"] > 0.4
    assert table.loc["Y", "typical_excess"] == pytest.approx(0)
    assert not table["outlier"].any()


def test_one_seller_alone_is_measured_against_all_its_accounts(company):
    case = company(sales=sold(("a", "X", 100, 90), ("b", "X", 100, 80), ("c", "X", 100, 40)))
    table = discounts(case).table
    assert table["usual_discount"].tolist() == pytest.approx([0.2])
    assert table["typical_excess"].tolist() == pytest.approx([0])
    assert not table["outlier"].any()


def test_a_line_without_a_list_price_is_left_out_and_told(company):
    case = company(sales=sold(("a", "X", 100, 90), ("a", "X", None, 500), ("b", "Y", 100, 80)))
    finding = discounts(case)
    assert finding.table["list_amount"].sum() == 200
    assert finding.table["discount"].sum() == 30
    assert finding.caveats == ("1 line without a list price is left out.",)


def test_what_is_needed_is_named(company, cdnow):
    with pytest.raises(MissingTable) as refused:
        discounts(cdnow)
    assert "seller" in refused.value.wanted
    case = company(sales=sold(("a", "X", -100, -90)))
    with pytest.raises(MissingTable, match="list price"):
        discounts(case)


def test_only_the_planted_seller_is_an_outlier(fjordgross):
    finding = discounts(fjordgross)
    table = finding.table.set_index("seller")
    assert table.index[table["outlier"]].tolist() == ["S07"]
    # the average of S02 looks bad as well: it is the giant alone
    assert table.loc["S02", "discount_share"] > table["discount_share"].median()
    assert table.loc["S02", "typical_excess"] < 0.02
    assert "S07" in finding.text
    assert "S02" not in finding.text


def test_the_sums_of_fjordgross_are_those_of_its_file(fjordgross):
    lines = pd.read_parquet(
        DATA / "sales.parquet", columns=["account_id", "seller", "list_amount", "amount"]
    )
    sums = lines.groupby(["account_id", "seller"])[["list_amount", "amount"]].sum()
    sums = sums[sums["list_amount"] > 0]
    each = account_discounts(fjordgross).set_index(["account_id", "seller"])
    assert len(each) == len(sums)
    wanted = (sums["list_amount"] - sums["amount"]).astype(float)
    assert each["discount"].sub(wanted).abs().max() < 0.005
    table = discounts(fjordgross).table.set_index("seller")
    by_seller = wanted.groupby("seller").sum()
    assert table["discount"].sub(by_seller).abs().max() < 0.005
    assert table["excess_amount"].sub(each.groupby("seller")["excess_amount"].sum()).abs().max() < 1
