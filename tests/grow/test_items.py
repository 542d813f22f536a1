"""What is bought: product groups and products as they stand, groups derived from names."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit import grow, open_case
from kamkit.errors import MissingTable, ParameterError
from kamkit.grow.items import about, lines, names
from kamkit.periods import Period


def case_of(**columns):
    n = len(next(iter(columns.values())))
    given = {"account_id": ["1"] * n, "date": ["2025-01-02"] * n, "amount": [10.0] * n}
    return open_case(pd.DataFrame(given | columns))


def items_of(case, items, **options):
    return lines(case, items, **options).order_by("item").to_pandas()["item"].tolist()


@pytest.mark.parametrize(
    ("columns", "kinds"),
    [
        (["category"], ("category",)),
        (["product_id"], ("bestseller", "product")),
        (["product_name"], ("bestseller", "product")),
        (["category", "product_id", "product_name"], ("category", "bestseller", "product")),
    ],
)
def test_the_columns_of_the_ledger_decide_what_items_there_are(columns, kinds):
    assert grow.kinds(case_of(**{name: ["A"] for name in columns})) == kinds


def test_a_line_keeps_its_account_day_item_and_amount():
    case = case_of(category=["Welding"], product_id=["007"], amount=[12.5])
    row = lines(case, "category").to_pandas().iloc[0]
    assert (row["account_id"], row["item"], float(row["amount"])) == ("1", "Welding", 12.5)
    assert pd.Timestamp(row["date"]) == pd.Timestamp("2025-01-02")
    assert items_of(case, "product") == ["007"]


def test_without_numbers_products_go_by_their_names():
    assert items_of(case_of(product_name=["Grinder"]), "product") == ["Grinder"]


def test_lines_that_do_not_tell_an_item_are_left_out():
    assert items_of(case_of(category=["A", None, "", "B"]), "category") == ["A", "B"]


def test_a_document_is_an_invoice_where_there_are_invoice_numbers():
    case = case_of(category=list("ABC"), invoice_id=["F1", "F2", "F1"])
    documents = lines(case, "category").order_by("item").to_pandas()["document"]
    assert documents.tolist() == ["F1", "F2", "F1"]


def test_a_document_is_a_day_of_an_account_where_there_are_none():
    case = case_of(
        category=list("ABCD"),
        account_id=["1", "1", "1", "2"],
        date=["2025-01-02", "2025-01-02", "2025-01-03", "2025-01-02"],
    )
    documents = lines(case, "category").order_by("item").to_pandas()["document"].tolist()
    assert documents[0] == documents[1]
    assert len(set(documents)) == 3


def test_a_period_has_its_first_and_its_last_day():
    days = ["2025-01-01", "2025-01-02", "2025-01-03", "2025-01-04"]
    period = Period(dt.date(2025, 1, 2), dt.date(2025, 1, 3))
    assert items_of(case_of(category=list("ABCD"), date=days), "category", period=period) == [
        "B",
        "C",
    ]


def test_bestsellers_go_by_their_names_and_by_their_numbers_where_a_name_is_shared():
    case = case_of(product_id=["1", "2", "3"], product_name=["Holder", "Card", "Card"])
    assert items_of(case, "bestseller") == ["Card (2)", "Card (3)", "Holder"]


def test_the_forty_products_with_most_revenue_are_kept_and_of_equals_the_first_by_number():
    numbers = [f"{n:02}" for n in range(41)]
    case = case_of(product_id=[*numbers, "40"], amount=[5.0] * 40 + [3.0, 3.0])
    # 41 products: the last has most with 6 in two lines, of the others 39 is left out
    assert set(items_of(case, "bestseller")) == {*numbers} - {"39"}


@pytest.mark.sampled
@pytest.mark.parametrize(
    "service",
    ["POSTAGE", "Frakt og emballasje", "Fakturagebyr", "Manual", "Versandkosten", "Handling fee"],
)
@pytest.mark.parametrize("items", ["bestseller", "product"])
def test_postage_fees_and_corrections_are_no_product(items, service):
    both = case_of(product_id=["1", "2"], product_name=["Holder", service])
    assert len(items_of(both, items)) == 1
    assert items_of(case_of(product_name=["Holder", service]), items) == ["Holder"]
    assert items_of(case_of(category=["A", service]), "category") == sorted(["A", service])


@pytest.mark.sampled
@pytest.mark.parametrize(
    "name",
    [
        *("Coffee", "Import lager", "Manually wound clock", "Sampler set"),
        *("Manual chain hoist", "Sample case"),
    ],
)
def test_products_that_only_sound_like_a_fee_stay(name):
    assert items_of(case_of(product_name=[name]), "product") == [name]


def test_groups_of_the_ledger_are_all_there_however_many():
    names = [f"Group {n:02}" for n in range(41)]
    assert items_of(case_of(category=names), "category") == names


def test_only_derived_groups_need_to_be_explained():
    assert about("category") == about("product") == ""
    assert "40 products with most revenue" in about("bestseller")


def test_another_kind_of_item_is_refused_with_those_there_are():
    with pytest.raises(ParameterError, match="“brand”") as error:
        lines(case_of(category=["A"]), "brand")
    assert error.value.wanted == "category, bestseller, product"


@pytest.mark.parametrize("items", ["category", "bestseller", "product"])
def test_a_ledger_without_items_says_which_columns_it_takes(items):
    with pytest.raises(MissingTable, match="what was bought") as error:
        lines(case_of(quantity=[1]), items)
    assert "product_name" in error.value.wanted


def test_a_product_is_called_by_its_most_frequent_name_and_of_equals_by_the_first():
    case = case_of(
        product_id=["1", "1", "1", "2", "2", "3"],
        product_name=["Old", "New", "New", "Beta", "Alfa", None],
    )
    assert names(case, "product") == {"1": "New", "2": "Alfa"}


def test_groups_are_called_what_they_are():
    case = case_of(category=["A"], product_id=["1"], product_name=["Grinder"])
    assert names(case, "category") == names(case, "bestseller") == {}
    assert names(case_of(product_id=["1"]), "product") == {}
    assert names(case_of(product_name=["Grinder"]), "product") == {}
