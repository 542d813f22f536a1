"""What is used and set aside, at the very edge of each rule, and when the whole is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from kamkit.case import ReadOptions
from kamkit.case.checks import reconciliation, settle
from kamkit.errors import LedgerError
from kamkit.schema.contract import EXAMPLE_IDS

DAY = dt.date(2025, 5, 17)
FLAGS = (
    *("is_broken", "is_blank", "is_heading", "is_total", "is_cut", "is_paid", "left_out"),
    *("blank_date", "blank_amount"),
)


@pytest.fixture
def checked(engine):
    """Return a function that settles lines, each a dict of what differs from an ordinary one."""

    def made(*lines, rows=0, **options):
        ordinary = {"account_id": "1", "date": DAY, "amount": 100, "guess": None} | dict.fromkeys(
            FLAGS, False
        )
        names = list(dict.fromkeys([*ordinary, *(name for line in lines for name in line)]))
        kinds = {"date": pa.date32()} | dict.fromkeys(("amount", "guess"), pa.decimal128(18, 4))
        kinds |= dict.fromkeys(FLAGS, pa.bool_())
        columns = {name: [(ordinary | line).get(name) for line in lines] for name in names}
        for name in ("amount", "guess"):
            columns[name] = [None if one is None else Decimal(one) for one in columns[name]]
        arrays = {
            name: pa.array(column, kinds.get(name, pa.string())) for name, column in columns.items()
        }
        arrays |= {"source_row": pa.array(range(2, len(lines) + 2)), "part": ["a.csv"] * len(lines)}
        ledger = engine.hold(pa.table(arrays))
        return settle(ledger, ReadOptions(**options), engine, "a.csv", rows=rows)

    return made


@pytest.fixture
def reasons(engine, checked):
    """Return a function that gives the reason of each line, in their order."""

    def told(*lines, **options):
        options = {"max_rows": 1.0, "max_amount": 1.0} | options
        settled = checked({}, *lines, **options)
        ordered = settled.checked.order_by("source_row").select("reason")
        return [row["reason"] for row in engine.rows(ordered)][1:]

    return told


def used(settled) -> int:
    return int(settled.checked.filter(settled.checked.reason.isnull()).count().execute())


class TestReasons:
    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ({"is_broken": True}, "broken_line"),
            ({"is_blank": True, "account_id": None, "date": None}, "blank_line"),
            ({"is_total": True, "date": None}, "total_row"),
            ({"account_id": EXAMPLE_IDS[0]}, "example_row"),
            ({"account_id": None}, "no_account"),
            ({"blank_date": True, "date": None}, "no_date"),
            ({"date": None}, "unreadable_date"),
            ({"date": dt.date(1949, 12, 31)}, "impossible_date"),
            ({"date": dt.date(1950, 1, 1)}, None),
            ({"date": dt.date(2099, 12, 31)}, None),
            ({"date": dt.date(2100, 1, 1)}, "impossible_date"),
            ({"blank_amount": True, "amount": None}, "no_amount"),
            ({"amount": None}, "unreadable_amount"),
            ({"blank_amount": True, "amount": 5}, None),
            ({"amount": 0}, None),
        ],
    )
    def test_a_line_has_its_reason(self, reasons, line, reason):
        assert reasons(line) == [reason]

    def test_the_first_reason_that_fits_is_the_one(self, reasons):
        worst = {"account_id": None, "date": None, "amount": None}
        assert reasons(worst) == ["no_account"]
        assert reasons(worst | {"is_broken": True}) == ["broken_line"]
        assert reasons({"date": None, "amount": None}) == ["unreadable_date"]

    def test_the_period_includes_both_its_days(self, reasons):
        lines = [{"date": dt.date(2025, 5, day)} for day in (15, 16, 17, 18)]
        told = reasons(*lines, start="2025-05-16", end="2025-05-17")
        assert told == ["outside_period", None, None, "outside_period"]
        assert reasons(*lines, start="2025-05-17")[:2] == ["outside_period"] * 2
        assert reasons(*lines, end="2025-05-17") == [None, None, None, "outside_period"]

    def test_a_line_without_a_day_is_not_outside_the_period(self, reasons):
        assert reasons({"date": None}, start="2025-05-17", end="2025-05-17") == ["unreadable_date"]

    def test_accounts_are_left_out_by_their_whole_number(self, reasons):
        lines = [{"account_id": one} for one in ("7", "77", "007")]
        assert reasons(*lines, exclude=("7", "007")) == [
            "excluded_account",
            None,
            "excluded_account",
        ]

    def test_a_document_of_another_kind_is_set_aside(self, reasons):
        lines = [{"doc_type": word} for word in ("Faktura", "Vareprøve", "Purring")]
        assert reasons(*lines) == [None, "other_document", "payment"]

    def test_a_currency_without_a_rate_is_set_aside(self, reasons):
        lines = [{"currency": code} for code in ("NOK", "EUR", "SEK")]
        told = reasons(*lines, currency="NOK", rates={"EUR": 11.5})
        assert told == [None, None, "no_rate"]


class TestRepeats:
    LINES = ({"invoice_id": "F1"}, {"invoice_id": "F1"}, {"invoice_id": "F2"}, {"invoice_id": "F1"})

    def test_lines_that_repeat_are_kept(self, reasons):
        assert reasons(*self.LINES) == [None] * 4

    def test_asked_for_the_later_ones_are_dropped(self, reasons):
        told = reasons(*self.LINES, drop_duplicates=True)
        assert told == [None, "duplicate", None, "duplicate"]

    def test_a_line_that_was_set_aside_is_no_first_one(self, reasons):
        lines = [{"account_id": None}, {"account_id": None}, {}]
        told = reasons(*lines, drop_duplicates=True)
        assert told == ["no_account", "no_account", "duplicate"]  # of the ordinary line before


def invoices(count: int, lines: int = 3, *, amount=lambda invoice, line: 10 * invoice):
    return [
        {"invoice_id": f"F{invoice}", "amount": amount(invoice, line)}
        for invoice in range(1, count + 1)
        for line in range(lines)
    ]


class TestInvoiceTotals:
    def test_five_invoices_whose_lines_are_all_alike_look_like_totals(self, checked):
        with pytest.raises(LedgerError, match="has the same amount") as refusal:
            checked(*invoices(5))
        assert refusal.value.found == "5 of 5 invoices with three lines or more"
        assert refusal.value.where == "a.csv"

    @pytest.mark.parametrize(
        "lines",
        [
            invoices(4),
            invoices(9, lines=2),
            invoices(5, amount=lambda invoice, line: 10 * invoice + line),
            invoices(5, amount=lambda _invoice, _line: 0),
        ],
    )
    def test_fewer_of_them_shorter_ones_and_different_amounts_do_not(self, checked, lines):
        settled = checked(*lines)
        assert settled.checked.filter(settled.checked.reason.isnull()).count().execute() == len(
            lines
        )

    def test_one_in_twenty_may_differ_and_no_more(self, checked):
        def odd(which):
            return lambda invoice, line: 10 * invoice + (line if invoice in which else 0)

        with pytest.raises(LedgerError) as refusal:
            checked(*invoices(20, amount=odd({7})))
        assert refusal.value.found == "19 of 20 invoices with three lines or more"
        checked(*invoices(20, amount=odd({7, 8})))

    def test_of_many_rows_the_invoices_that_end_in_seven_are_looked_at_first(self, checked):
        with pytest.raises(LedgerError) as refusal:
            checked(*invoices(10_000), rows=300_000)
        assert refusal.value.found == "10,000 of 10,000 invoices with three lines or more"
        checked(*invoices(10_000, amount=lambda invoice, line: 10 * invoice + line), rows=300_000)

    def test_once_counts_each_invoice_once(self, reasons):
        told = reasons(*invoices(5), invoice_totals="once")
        assert told == [None, "repeated_total", "repeated_total"] * 5

    def test_lines_counts_them_all(self, reasons):
        assert reasons(*invoices(5), invoice_totals="lines") == [None] * 15

    def test_the_same_number_at_two_accounts_is_two_invoices(self, reasons):
        lines = [line | {"account_id": one} for one in "ab" for line in invoices(5)]
        told = reasons(*lines, invoice_totals="once")
        assert told.count(None) == 10

    def test_a_line_without_a_number_is_no_invoice(self, reasons):
        lines = [*invoices(5), *({"invoice_id": None, "amount": 3} for _ in range(3))]
        assert reasons(*lines, invoice_totals="once")[-3:] == [None] * 3


class TestThresholds:
    def test_a_quarter_of_the_rows_may_be_set_aside_and_no_more(self, checked):
        bad = {"account_id": None, "amount": 0}
        checked(*[{}] * 3, bad)
        with pytest.raises(LedgerError, match="Too much of the ledger") as refusal:
            checked(*[{}] * 2, bad)
        assert refusal.value.found == (
            "33.3% of the rows and 0.0% of the amounts: no customer number (1)"
        )
        assert refusal.value.wanted == "at most 25% of the rows and 25% of the amounts"

    def test_a_quarter_of_the_amount_may_be_set_aside_and_no_more(self, checked):
        undated = {"blank_date": True, "date": None}
        checked(*[{}] * 9, undated | {"amount": -300})
        with pytest.raises(LedgerError, match="Too much of the ledger") as refusal:
            checked(*[{}] * 9, undated | {"amount": -301})
        assert refusal.value.found.startswith("10.0% of the rows and 25.1% of the amounts")

    def test_an_unreadable_amount_weighs_what_its_digits_say(self, checked):
        checked(*[{}] * 9, {"amount": None, "guess": 300})
        with pytest.raises(LedgerError, match="Too much of the ledger") as refusal:
            checked(*[{}] * 9, {"amount": None, "guess": 301})
        assert refusal.value.found.startswith("10.0% of the rows and 25.1% of the amounts")

    def test_nobodys_credit_is_set_aside_whatever_it_is_worth(self, checked):
        settled = checked(*[{}] * 9, {"account_id": None, "amount": -11_062})
        assert used(settled) == 9

    def test_the_user_may_allow_more(self, checked):
        lines = [{}, {"account_id": None}, {"account_id": None}]
        checked(*lines, max_rows=0.7, max_amount=0.7)
        for options in ({"max_rows": 0.7}, {"max_amount": 0.7}):
            with pytest.raises(LedgerError, match="Too much"):
                checked(*lines, **options)

    def test_what_was_asked_for_and_what_is_no_sale_does_not_count(self, checked):
        harmless = [
            {"is_blank": True, "account_id": None},
            {"is_total": True, "date": None, "amount": 9_999},
            {"account_id": EXAMPLE_IDS[0]},
            {"account_id": "9"},
            {"date": dt.date(2024, 1, 1)},
            {},  # repeats the first line
        ]
        settled = checked({}, *harmless, exclude=("9",), start="2025-01-01", drop_duplicates=True)
        assert used(settled) == 1

    def test_a_ledger_without_amounts_is_judged_by_its_rows(self, checked):
        checked(*[{"amount": 0}] * 4)

    def test_nothing_in_the_period_tells_the_period_there_is(self, checked):
        with pytest.raises(LedgerError, match="no line of sales in the period") as refusal:
            checked({}, {"date": dt.date(2025, 6, 1)}, start="2026-01-01")
        assert refusal.value.found == "2025-05-17 – 2025-06-01"
        assert refusal.value.wanted == "2026-01-01 – …"

    def test_nothing_usable_tells_why(self, checked):
        with pytest.raises(LedgerError, match="No line of the ledger can be used") as refusal:
            checked({"account_id": None}, {"account_id": None}, {"amount": None})
        assert refusal.value.found == "no customer number (2) and unreadable amount (1)"


class TestReconciliation:
    def test_rows_and_amounts_of_each_reason_in_a_steady_order(self, checked, engine):
        settled = checked(
            {"account_id": None, "amount": 50},
            {"amount": None},
            {"is_total": True, "amount": 1_000, "date": None},
            *[{}] * 3,
            max_rows=1.0,
        )
        table = reconciliation(settled.checked, engine)
        assert table[["reason", "rows", "amount", "unreadable"]].to_numpy().tolist() == [
            ["read", 6, 350.0, 1],
            ["used", 3, 300.0, 0],
            ["total_row", 1, 0.0, 0],
            ["no_account", 1, 50.0, 0],
            ["unreadable_amount", 1, 0.0, 1],
        ]
        assert table["share_rows"].tolist() == pytest.approx([1, 0.5, 1 / 6, 1 / 6, 1 / 6])
        assert table["share_amount"].tolist() == pytest.approx([1, 6 / 7, 0, 1 / 7, 0])

    def test_amounts_that_cancel_have_no_share(self, checked, engine):
        settled = checked({}, {"amount": -100})
        table = reconciliation(settled.checked, engine)
        assert table["share_amount"].isna().all()
        assert table["rows"].tolist() == [2, 2]

    def test_a_column_in_which_no_used_row_has_a_value_is_empty(self, checked):
        settled = checked(
            {"seller": "S1", "account_id": None, "amount": 1}, *[{"region": "Øst"}] * 4
        )
        assert "seller" in settled.empty
        assert "region" not in settled.empty
