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
        (["product_id"], ("product",)),
        (["product_name"], ("word", "product")),
        (["category", "product_id", "product_name"], ("category", "word", "product")),
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


def test_a_group_is_the_last_word_of_a_name_in_capitals():
    case = case_of(
        product_name=["Blue t-light holder", "HOLDER (large) 12", "Card, holder", "1234", "Rose"]
    )
    assert items_of(case, "word") == ["HOLDER", "HOLDER", "LARGE", "ROSE"]


def test_the_forty_words_with_most_lines_are_groups_and_of_equals_the_first_by_name():
    once = [f"Thing {letter}{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    once += [f"Thing {letter}A" for letter in "BCDEFGHIJKLMNOP"]
    case = case_of(product_name=[*once, "Thing ZZ"])
    words = set(items_of(case, "word"))
    # 41 words: ZZ has two lines, of the others the last by name is left out
    assert len(words) == 40
    assert "ZZ" in words
    assert "YY" not in words


def test_groups_of_the_ledger_are_all_there_however_many():
    names = [f"Group {n:02}" for n in range(41)]
    assert items_of(case_of(category=names), "category") == names


def test_only_derived_groups_need_to_be_explained():
    assert about("category") == about("product") == ""
    assert "40 most frequent words" in about("word")


def test_another_kind_of_item_is_refused_with_those_there_are():
    with pytest.raises(ParameterError, match="“brand”") as error:
        lines(case_of(category=["A"]), "brand")
    assert error.value.wanted == "category, product, word"


@pytest.mark.parametrize("items", ["category", "word", "product"])
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
    assert names(case, "category") == names(case, "word") == {}
    assert names(case_of(product_id=["1"]), "product") == {}
    assert names(case_of(product_name=["Grinder"]), "product") == {}
