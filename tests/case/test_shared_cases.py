"""Small ledgers shaped after real exports: each gives its right total or a fitting refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kamkit import open_case
from kamkit.case import ColumnMapping
from kamkit.errors import KamkitError

CASES = next(
    (
        folder / "shared" / "cases"
        for folder in Path(__file__).resolve().parents
        if (folder / "shared" / "cases").is_dir()
    ),
    Path("/work/shared/cases"),
)
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not there")

TOTALS = {
    "b01_r_na_customer.csv": 3615.0,
    "b02_scientific_amounts.csv": 221382.15,
    "b04_two_digit_year_first.csv": 26772.0,
    "b05_discount_column.csv": 2110.0,
    "b07_amount_debit_credit.csv": 13200.0,
    "b08_excel_subtotals.csv": 2000.0,
    "b09_total_row_with_date.csv": 1800.0,
    "b10_accounting_dash.csv": 9434.75,
    "b11_cr_dr_suffix.csv": 13400.0,
    "b13_trailing_separator.csv": 425.5,
    "b14_mysql_export.csv": 600.0,
    "b15_order_status.csv": 270.0,
    "b16b_net_price_first.csv": 210.0,
    "b17_month_names.csv": 225.0,
    "b19_month_periods.csv": 3000.0,
    "b20_months_as_columns.csv": 3000.0,
    "b23_email_case.csv": 350.0,
    "b26_repeated_headings.csv": 537.75,
    "b27_refunds_before_and_above.csv": 1090.0,
    "b29_all_equal.csv": 10000.0,
    "b30_sep_line.csv": 1350.5,
    "b31_swiss_francs.csv": 12734.25,
    "b32_german_credit_types.csv": 2634.5,
    "b33_danish_bc.csv": 2734.5,
    "b35_incl_and_excl_vat.csv": 1500.0,
    "b36_amount_incl_and_net.csv": 1500.0,
    "b37_payments_in_customer_ledger.csv": 2300.0,
    "b40_negative_zero_price.csv": 15.2,
    "b43_ledger_account_is_no_customer.csv": 7800.0,
    "b45_currency_symbols.csv": 304.35,
    "b46_gross_vat_seller.csv": 1780.0,
    "f01_overlapping_months": 1500.0,
    "f02_year_files_any_name": 2400.0,
    "j01_records.json": 150.0,
    "k01_line_break_in_heading.csv": 2803.5,
    "k02_brackets_in_name/sales[1].csv": 300.75,
    "k03_folder_like_a_partition/date=2024-01-01/sales.parquet": 4.0,
    "k07_quotes_inside.csv": 18011200.0,
    "k08_one_negative_credit_note.csv": -22.5,
    "s01_saft_small.xml": 1000.0,
    "x03_1904_dates.xlsx": 800.0,
    "x03b_1904_serials.xlsx": 800.0,
    "x04_zeros_by_format.xlsx": 600.0,
    "x07_numbers_stored_as_text.xlsx": 21196.25,
    "x09_error_cells.xlsx": 3700.0,
    "x10_just_before_midnight.xlsx": 400.0,
    "x11_pivot_beside_data.xlsx": 290.0,
    "x12_yyyymmdd_numbers.xlsx": 800.0,
    "x14_text_dates_and_real_dates_ok.xlsx": 800.0,
    "z01_zipped_csv.zip": 1200.0,
    "z02_gzipped.csv.gz": 1200.0,
}
REFUSED = {
    "b03_half_converted_dates.csv": "swapped day and month",
    "b39_id_lower_case_e.csv": "a spreadsheet program has cut (4)",
    "b41_comma_thousands_integers.csv": "a thousand or a decimal number",
    "k04_customer_called_total.csv": "no date (2)",
    "k05_currency_in_cells.csv": "several currencies and no rates",
    "k06_currency_on_foreign_lines.csv": "Some lines have a currency and others have none",
    "k09_far_cell.xlsx": "A cell stands far away",
    "x05_one_month_other_heading.xlsx": "sheet “Mar”",
    "x08_merged_customer_cells.xlsx": "fill it down",
}


def mapping(name: str) -> ColumnMapping:
    """Return the last of the mappings to try."""
    tries = CASES / f"{name.partition('/')[0].rpartition('.')[0]}.try.json"
    last = json.loads(tries.read_text(encoding="utf-8"))[-1] if tries.is_file() else {}
    how = ColumnMapping().with_columns(last.get("columns", {}))
    return how.with_options(last.get("options", {}))


@pytest.mark.sampled
@pytest.mark.parametrize("name", TOTALS)
def test_the_total_is_right(name):
    case = open_case(CASES / name, mapping=mapping(name))
    assert round(float(case.reconciliation()["amount"].iloc[1]), 2) == TOTALS[name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_told_is_refused_with_what_to_do(name):
    with pytest.raises(KamkitError) as refusal:
        open_case(CASES / name, mapping=mapping(name))
    assert REFUSED[name] in str(refusal.value)
    assert refusal.value.remedy


def test_every_case_is_here():
    told = {path.name.removesuffix(".md").split(".")[0] for path in CASES.glob("*.md")}
    here = {name.partition("/")[0].split(".")[0] for name in (*TOTALS, *REFUSED)}
    assert told - {"README"} == here
