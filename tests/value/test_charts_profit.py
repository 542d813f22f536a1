"""Pictures of profit say the numbers of paper, and hold for tables that are hard to draw."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

from kamkit import identify, open_case, value
from kamkit.language import set_language
from kamkit.value import charts
from tests.conftest import LANGUAGES
from tests.pictures import NAMES, faults, words


def profits(values, *, names=None, amounts=None) -> pd.DataFrame:
    size = len(values)
    amount = pd.Series(amounts or [1000.0 - n for n in range(size)], dtype="float64")
    gain = pd.Series(list(values), dtype="float64")
    above = amount.where(amount > 0)
    return pd.DataFrame(
        {
            "account_id": [f"{n:03}" for n in range(size)],
            "account_name": names or [f"Kunde {n}" for n in range(size)],
            "revenue": amount,
            "list_amount": amount * 1.25,
            "discount": amount * 0.25,
            "cost": amount * 0.5,
            "contribution": amount * 0.5,
            "contribution_ratio": (amount * 0.5) / above,
            "cost_to_serve": amount * 0.5 - gain,
            "payment_cost": amount * 0.0,
            "service_share": (amount * 0.5 - gain) / above,
            "profit": gain,
        }
    )


def sellers(excess: float, *, name="S1", outlier=True) -> pd.DataFrame:
    return pd.DataFrame(
        {"seller": [name, "S2"], "typical_excess": [excess, 0.0], "outlier": [outlier, False]}
    )


def given(size: int, *, seller="S1", scale=1000.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "account_id": [f"{n:03}" for n in range(size)],
            "seller": [seller if n % 2 == 0 else "S2" for n in range(size)],
            "list_amount": [scale * (n + 1) for n in range(size)],
            "discount_share": [0.3 if n % 2 == 0 else 0.1 for n in range(size)],
            "usual_discount": 0.1,
        }
    )


def served(table: pd.DataFrame, kinds: int) -> pd.DataFrame:
    """The cost to serve of a table split over activities with long names."""
    return pd.concat(
        [
            table[["account_id"]].assign(
                activity=f"{'very long name of an activity ' * 2}{n}",
                quantity=1.0,
                cost_to_serve=table["cost_to_serve"] / kinds,
            )
            for n in range(kinds)
        ]
    )


def pictures() -> dict[str, object]:
    ugly = profits(
        [9e6, 4e6, 2e6, 0, -1e6, -3e6, 1, 2],
        names=NAMES,
        amounts=[9e7, 5e7, 4e7, 3e7, 2e7, 1e7, 5e6, 1e6],
    )
    drawn = {}
    for name, table in {
        "one": profits([5.0]),
        "one below zero": profits([-5.0]),
        "zero": profits([0.0]),
        "deep": profits([10, *[-30] * 7]),
        "ugly": ugly,
        "many": profits(range(200, -40, -1)),
    }.items():
        curve = value.whale(table).table
        drawn |= {
            f"whale, {name}": charts.whale(curve, currency="NOK"),
            f"whale twice, {name}": charts.whale(curve, after=curve, currency="NOK"),
            f"pyramid, {name}": charts.pyramid(value.pyramid(table), currency="NOK"),
            f"grid, {name}": charts.price_cost_grid(value.price_cost_grid(table).table),
            f"steps, {name}": charts.profit_steps(value.profit_steps(table), currency="NOK"),
            f"many steps, {name}": charts.profit_steps(
                value.profit_steps(table, served(table, 20)), currency="NOK"
            ),
        }
    for name in ("S1", "$mart & $on", NAMES[0]):
        drawn[f"discounts, {name}"] = charts.discounts(
            sellers(0.2, name=name), given(12, seller=name), currency="NOK"
        )
    drawn["discounts, one"] = charts.discounts(sellers(0.0, outlier=False), given(1))
    drawn["discounts, wide"] = charts.discounts(sellers(0.2), given(9, scale=1e7), currency="NOK")
    return drawn


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_cut_off_or_written_over(language):
    set_language(language)
    for name, picture in pictures().items():
        assert not faults(picture), name


def test_the_whale_says_what_is_made_and_what_is_taken_back():
    picture = charts.whale(value.whale(profits([90, 30, 0, -20])).table, source="Prøve AS")
    assert picture.title == "1 account makes half of the profit, 1 half of the loss"
    curve = picture.figure.axes[0].get_lines()[0]
    assert list(curve.get_ydata()) == [0, 90, 120, 120, 100]
    assert "highest after 2 of 4 accounts" in picture.alt
    said = [text for text, _ in words(picture)]
    assert "highest: 120 (2 accounts)" in said
    assert "left in the end: 100" in said
    assert picture.caption == "Source: Prøve AS."
    marks = {one.get_label(): one.get_xydata()[0] for one in picture.figure.axes[0].get_lines()}
    # 90 is more than half of 120; before the last account nothing is lost
    assert list(marks["half of the profit: 1 account"]) == [1, 90]
    assert list(marks["half of the loss: the last one"]) == [3, 120]


def test_the_whale_beside_another_says_what_is_left_of_it():
    before, after = value.whale(profits([90, -20])).table, value.whale(profits([90, 15])).table
    picture = charts.whale(before, after=after)
    assert picture.title.endswith("Dashed: 105 is left")
    dashed = [line for line in picture.figure.axes[0].get_lines() if line.get_linestyle() == "--"]
    assert [list(line.get_ydata()) for line in dashed] == [[0, 90, 105]]


def test_the_steps_go_from_list_price_to_profit():
    table = profits([300.0], amounts=[1000.0])
    picture = charts.profit_steps(value.profit_steps(table))
    assert picture.title == "Of 1,000 revenue, 300 is left as customer profit"
    bars = [bar.get_width() for bar in picture.figure.axes[0].patches]
    # 1 250 at list price, 250 off, 500 of goods, 200 of service
    assert bars == pytest.approx([1250, -250, 1000, -500, 500, -200, 300])


def test_the_smallest_costs_are_put_together_and_nothing_is_lost():
    table = profits([300.0], amounts=[1000.0])
    picture = charts.profit_steps(value.profit_steps(table, served(table, 20)))
    bars = [bar.get_width() for bar in picture.figure.axes[0].patches]
    assert len(bars) == 14
    # discount, goods and all of the service
    assert sum(width for width in bars if width < 0) == pytest.approx(-250 - 500 - 200)
    assert bars[-1] == pytest.approx(300)


def test_the_pyramid_says_what_platinum_leaves():
    picture = charts.pyramid(value.pyramid(profits([40, 20, 15, 15, 10, 0, -5])))
    assert picture.title == "Platinum: 28.6% of the accounts bring 60 of 95"
    people, money = picture.figure.axes
    assert [bar.get_width() for bar in money.patches] == [60, 30, 10, -5]
    assert [bar.get_width() for bar in people.patches] == pytest.approx(
        [2 / 7, 2 / 7, 1 / 7, 2 / 7]
    )


def test_the_grid_counts_who_pays_little_and_costs_much():
    table = pd.DataFrame(
        {
            "account_id": list("abcd"),
            "revenue": [90.0, 80.0, 60.0, 50.0],
            "list_amount": 100.0,
            "profit": 1.0,
            "service_share": [0.3, 0.1, 0.3, 0.06],
        }
    )
    picture = charts.price_cost_grid(value.price_cost_grid(table).table)
    assert picture.title == "1 of 4 accounts pay little and cost much to serve"
    assert "carriage trade: 1; passive: 1; aggressive: 1; bargain basement: 1" in picture.alt


def test_the_names_of_the_grid_stand_on_the_side_of_their_marks_and_apart():
    table = profits(range(200, 80, -1)).assign(service_share=0.9)
    largest = table.index < 6
    table.loc[largest, "service_share"] = 0.05
    figure = charts.price_cost_grid(value.price_cost_grid(table).table).figure
    axes = figure.axes[0]
    names = [text for text in axes.texts if text.get_text()]
    assert len(names) == 6
    assert all(text.xyann[0] < text.xy[0] for text in names)
    heights = sorted(text.xyann[1] for text in names)
    low, high = axes.get_ylim()
    apart = [above - below for below, above in pairwise(heights)]
    assert min(apart) > 0.06 * (high - low)
    assert all(tick >= 0 for tick in axes.get_xticks())


def test_the_discounts_name_the_seller_and_how_much():
    picture = charts.discounts(sellers(0.125), given(6))
    assert picture.title.startswith("S1 gives 12.5 percentage points more discount")
    assert "S1: 12.5 percentage points; S2: 0.0 percentage points" in picture.alt
    quiet = charts.discounts(sellers(0.0, outlier=False), given(6))
    assert quiet.title == "No seller gives more discount than the volume explains"


def test_no_accounts_give_a_picture_that_says_so():
    nobody = profits([5.0]).iloc[:0]
    for picture in (
        charts.whale(value.whale(nobody).table),
        charts.pyramid(value.pyramid(nobody)),
        charts.profit_steps(value.profit_steps(nobody).iloc[:0]),
        charts.price_cost_grid(
            pd.DataFrame(
                columns=["account_id", "revenue", "price_level", "service_share", "grid_cell"]
            )
        ),
        charts.discounts(sellers(0.0).iloc[:0], given(0)),
    ):
        assert picture.title == "There is nothing to draw: no account has sales here"


def test_fjordgross_in_both_languages():
    case = open_case("fjordgross")
    table = value.customer_profit(case, identify.account_facts(case)).table
    for language, half in (("en", "half of the profit"), ("nb", "halvparten av overskuddet")):
        set_language(language)
        curve = charts.whale(value.whale(table).table, currency="NOK")
        assert half in curve.title
        assert not faults(charts.price_cost_grid(value.price_cost_grid(table).table))
        assert (
            "S07"
            in charts.discounts(value.discounts(case).table, value.account_discounts(case)).title
        )
