"""Folders as a warehouse writes them: what they are called is a column."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.case import ColumnMapping, open_case
from kamkit.identify import account_facts

SALES = pd.DataFrame(
    {
        "account_id": ["007", "8", "007", "9"],
        "date": ["2024-01-31", "2024-02-29", "2025-01-31", "2025-03-31"],
        "amount": [100.5, 20.25, 3.0, 4.0],
        "region": ["Nord", "Sør", "Nord", "Øst/Vest"],
    }
)


def written(place, frame, form, name="part-0"):
    place.mkdir(parents=True)
    path = place / f"{name}.{form}"
    frame.to_parquet(path, index=False) if form == "parquet" else frame.to_csv(path, index=False)


def partitions(folder, form, quoted="Øst%2FVest"):
    for region, frame in SALES.groupby("region"):
        for year, rows in frame.groupby(frame["date"].str[:4]):
            place = folder / f"year={year}" / f"region={region.replace('Øst/Vest', quoted)}"
            written(place, rows.drop(columns="region"), form)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_what_a_folder_is_called_is_a_column(tmp_path, form):
    partitions(tmp_path / "sales", form)
    case = open_case(tmp_path / "sales")
    facts = account_facts(case).set_index("account_id")
    assert facts["revenue"].to_dict() == {"007": 103.5, "8": 20.25, "9": 4.0}
    regions = case.engine.frame(case.sales.select("account_id", "region").distinct())
    assert sorted(regions.itertuples(index=False, name=None)) == [
        ("007", "Nord"),
        ("8", "Sør"),
        ("9", "Øst/Vest"),
    ]


def test_lines_of_a_partition_are_chosen_by_its_name(tmp_path):
    partitions(tmp_path / "sales", "parquet")
    how = ColumnMapping().with_options({"where": ["year=2025"], "max_rows": 1.0, "max_amount": 1.0})
    case = open_case(tmp_path / "sales", mapping=how)
    assert account_facts(case)["revenue"].sum() == 7.0
    assert case.reconciliation().set_index("reason")["rows"].to_dict() == {
        "read": 4,
        "used": 2,
        "left_out": 2,
    }


def test_equal_files_of_two_partitions_both_count(tmp_path):
    rows = SALES.head(1).drop(columns="region")
    for region in ("Nord", "Sør"):
        written(tmp_path / "sales" / f"region={region}", rows, "parquet")
    assert account_facts(open_case(tmp_path / "sales"))["revenue"].tolist() == [201.0]


def test_a_partition_without_a_column_or_a_value(tmp_path):
    written(tmp_path / "sales" / "region=Nord", SALES.drop(columns="region"), "parquet")
    empty = tmp_path / "sales" / "region=__HIVE_DEFAULT_PARTITION__"
    written(empty, SALES.drop(columns="region").assign(cost=1.0), "parquet")
    case = open_case(tmp_path / "sales")
    found = case.engine.frame(case.sales.select("region", "cost", "source_row"))
    assert found["region"].isna().sum() == 4
    assert found["cost"].sum() == 4.0
    assert found["source_row"].is_unique


def test_another_name_of_a_folder_is_another_checksum(tmp_path):
    for name in ("Nord", "Sør"):
        written(tmp_path / name / f"region={name}", SALES.drop(columns="region"), "csv")
    one, other = (open_case(tmp_path / name) for name in ("Nord", "Sør"))
    assert one.checksum != other.checksum
