"""The whale curve, the pyramid and the grid against figures worked out on paper."""

from __future__ import annotations

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given

from kamkit import identify
from kamkit.errors import MissingTable, ParameterError
from kamkit.value._whale import TIERS, destroyers, price_cost_grid, pyramid, tiers, whale
from kamkit.value.profit import customer_profit

AMOUNTS = st.lists(st.integers(-10_000, 10_000).map(float), min_size=1, max_size=40)


def made(*profits: float) -> pd.DataFrame:
    names = [f"{n:03}" for n in range(len(profits))]
    return pd.DataFrame({"account_id": names, "revenue": 100.0, "profit": list(profits)})


def test_the_curve_on_paper():
    finding = whale(made(-20, 90, 30, 0))
    assert finding.table["account_id"].tolist() == ["001", "002", "003", "000"]
    assert finding.table["cumulative"].tolist() == [90, 120, 120, 100]
    assert finding.table["cumulative_share"].tolist() == [0.9, 1.2, 1.2, 1.0]
    assert "2 accounts earn 120; " in finding.text
    assert "1 that loses money takes 20 of it" in finding.text
    assert finding.caveats == ()


@pytest.mark.parametrize("profits", [(30.0, -50.0), (50.0, -50.0), (-1.0,), (0.0,)])
def test_a_total_that_is_not_above_zero_has_no_shares(profits):
    finding = whale(made(*profits))
    assert finding.table["cumulative_share"].isna().all()
    assert finding.table["cumulative"].iloc[-1] == sum(profits)
    assert len(finding.caveats) == 1


def test_nobody_below_zero_is_said():
    assert "no hump" in whale(made(5, 3, 0)).text


def test_ties_go_by_number_and_the_order_of_the_rows_does_not_matter():
    table = made(5, 7, 5, 7, 5)
    wanted = ["001", "003", "000", "002", "004"]
    assert whale(table).table["account_id"].tolist() == wanted
    assert whale(table.iloc[::-1]).table["account_id"].tolist() == wanted
    assert tiers(table.iloc[::-1]).sort_index().tolist() == tiers(table).tolist()


def test_who_destroys_what():
    table = destroyers(made(9, -1, -3, 0, -4))
    assert table["account_id"].tolist() == ["004", "002", "001"]
    assert table["share_destroyed"].tolist() == [0.5, 0.375, 0.125]
    assert table["cumulative_share"].tolist() == [0.5, 0.875, 1.0]
    assert destroyers(made(1, 2)).empty


def test_the_pyramid_on_paper():
    # of 100 above zero: 40 and 20 cross 50 %, 15 and 15 cross 80 %, then 10; 0 and -5 are lead
    table = made(40, 20, 15, 15, 10, 0, -5)
    assert tiers(table).tolist() == ["platinum", "platinum", "gold", "gold", "iron", "lead", "lead"]
    built = pyramid(table).set_index("tier")
    assert built["accounts"].to_dict() == {"platinum": 2, "gold": 2, "iron": 1, "lead": 2}
    assert built["profit"].to_dict() == {"platinum": 60, "gold": 30, "iron": 10, "lead": -5}
    assert built["share_revenue"].tolist() == pytest.approx([2 / 7, 2 / 7, 1 / 7, 2 / 7])


@pytest.mark.parametrize("cuts", [(0.8, 0.5), (0.5, 0.5), (0.0, 0.5), (0.5, 1.0), (50, 80), (0.5,)])
def test_cuts_that_are_not_two_rising_shares_are_refused(cuts):
    with pytest.raises(ParameterError):
        tiers(made(1, 2), cuts=cuts)


@given(AMOUNTS)
def test_each_account_is_in_one_tier_and_the_sums_are_kept(profits):
    table = made(*profits)
    tier = tiers(table)
    assert set(tier) <= set(TIERS)
    assert (tier.eq("lead") == table["profit"].le(0)).all()
    built = pyramid(table)
    assert built["accounts"].sum() == len(table)
    assert built["profit"].sum() == pytest.approx(sum(profits))
    # nobody in a lower tier makes more than anybody in a higher one
    place = tier.map({name: n for n, name in enumerate(TIERS)})
    order = table.sort_values(["profit", "account_id"], ascending=[False, True]).index
    assert place.loc[order].is_monotonic_increasing


@given(AMOUNTS)
def test_the_highest_point_is_what_the_accounts_above_zero_make(profits):
    table = whale(made(*profits)).table
    assert max(0.0, table["cumulative"].max()) == sum(p for p in profits if p > 0)
    assert table["cumulative"].iloc[-1] == sum(profits)


def grid(listed: bool) -> pd.DataFrame:
    # net of list 90, 80, 60 and 50 %: 280 of 400 is 70 %. Served for 27, 8, 18 and 3: 20 % of 280
    table = pd.DataFrame(
        {
            "account_id": list("abcd"),
            "revenue": [90.0, 80.0, 60.0, 50.0],
            "profit": [1.0, 2.0, 3.0, 4.0],
            "contribution_ratio": [0.5, 0.4, 0.1, 0.2],
            "service_share": [27 / 90, 8 / 80, 18 / 60, 3 / 50],
        }
    )
    return table.assign(list_amount=100.0) if listed else table


def test_the_four_cells_on_paper():
    finding = price_cost_grid(grid(listed=True))
    table = finding.table
    assert table["grid_cell"].tolist() == [
        "carriage_trade",
        "passive",
        "aggressive",
        "bargain_basement",
    ]
    assert table.attrs["price_line"] == pytest.approx(0.7)
    assert table.attrs["service_line"] == pytest.approx(0.2)
    assert "1 account pays less than the average" in finding.text
    assert "21.4% of revenue" in finding.text  # 60 of 280


def test_without_list_prices_the_price_level_is_the_contribution_ratio():
    finding = price_cost_grid(grid(listed=False))
    # (45 + 32 + 6 + 10) / 280
    assert finding.table.attrs["price_line"] == pytest.approx(93 / 280)
    assert finding.table["price_level"].tolist() == [0.5, 0.4, 0.1, 0.2]
    assert "no list prices" in finding.caveats[0]


def test_accounts_without_revenue_have_no_place_in_the_grid():
    table = grid(listed=True)
    table.loc[3, "revenue"] = -50.0
    assert price_cost_grid(table).table["account_id"].tolist() == ["a", "b", "c"]


def test_a_grid_needs_activities():
    with pytest.raises(MissingTable, match="activities"):
        price_cost_grid(pd.DataFrame({"account_id": ["a"], "revenue": [1.0]}))


def test_the_giant_of_fjordgross_destroys_most(fjordgross):
    profits = customer_profit(fjordgross, identify.account_facts(fjordgross)).table
    before = profits.copy(deep=True)
    worst = destroyers(profits)
    assert worst["account_id"].iloc[0] == "000412"
    assert worst["share_destroyed"].sum() == pytest.approx(1)
    curve = whale(profits, currency="NOK")
    assert curve.table["cumulative_share"].iloc[-1] == pytest.approx(1)
    assert curve.table["cumulative_share"].max() == pytest.approx(
        profits["profit"].clip(lower=0).sum() / profits["profit"].sum()
    )
    assert pyramid(profits)["accounts"].sum() == len(profits)
    cells = price_cost_grid(profits).table.set_index("account_id")["grid_cell"]
    assert cells["000412"] == "aggressive"
    pd.testing.assert_frame_equal(profits, before)


def test_an_account_without_a_name_is_told_by_its_number():
    table = pd.DataFrame(
        {"account_id": ["1", "2"], "account_name": ["Bo", None], "profit": [9.0, -3.0]}
    )
    assert "2 alone takes 3" in whale(table).text
