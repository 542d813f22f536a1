"""What columns say of one another decides, in every kind of source, and is told."""

from __future__ import annotations

import pytest

from kamkit import open_case
from kamkit.case import ColumnMapping
from kamkit.errors import HeadingError, LedgerError


def total(case) -> float:
    return float(case.reconciliation()["amount"].iloc[1])


def accounts(case) -> dict[str, float]:
    sales = case.sales
    rows = case.engine.rows(sales.group_by("account_id").aggregate(sum=sales.amount.sum()))
    return {row["account_id"]: float(row["sum"]) for row in rows}


def reasons(case) -> dict[str, int]:
    table = case.reconciliation().query("reason not in ('read', 'used')")
    return dict(zip(table["reason"], table["rows"], strict=True))


def options(**given) -> ColumnMapping:
    return ColumnMapping().with_options(given)


class TestTax:
    @pytest.mark.sampled
    @pytest.mark.parametrize(
        "headings", ["Amount;VAT;Net Amount", "Gross;Tax;Net", "Total;Moms;Beløb ex moms"]
    )
    def test_a_column_that_is_another_plus_vat_is_not_the_amount(self, source, headings):
        case = open_case(
            source(f"No;Date;{headings}\n1;2024-01-05;1250;250;1000\n2;2024-02-06;575;75;500\n"),
            mapping=ColumnMapping({"sales": {"account_id": "No"}}),
        )
        assert total(case) == 1500
        assert "list_amount" not in case.columns

    def test_the_users_word_for_an_amount_that_says_vat_is_taken_without_it(self, source):
        text = (
            "No;Date;Amount incl. VAT;VAT;Net\n1;2024-01-05;1250;250;1000\n"
            "2;2024-02-06;575;75;500\n"
        )
        how = ColumnMapping({"sales": {"account_id": "No", "amount": "Amount incl. VAT"}})
        case = open_case(source(text), mapping=how)
        assert total(case) == 1500
        assert "less “VAT”: 1,500.00 in all (1,825.00 with VAT)" in case.notes[0]

    def test_vat_is_taken_off_where_there_is_no_net_column(self, source):
        text = "No;Date;Total incl. VAT;VAT\n1;2024-01-05;1150;150\n2;2024-02-06;575;75\n"
        how = ColumnMapping({"sales": {"account_id": "No"}})
        assert total(open_case(source(text), mapping=how)) == 1500

    def test_vat_that_may_be_inside_or_beside_is_asked_about_with_both_totals(self, source):
        text = "Customer No;Date;Amount;VAT\n1;2024-01-05;1000;200\n2;2024-02-06;500;100\n"
        with pytest.raises(HeadingError, match="Nothing tells whether") as refusal:
            open_case(source(text))
        assert refusal.value.found == "1,500.00 in all as it stands, 1,200.00 less “VAT”"

    def test_vat_without_its_rate_is_refused_and_the_rate_settles_it(self, source):
        text = "Customer No;Date;Amount incl. VAT\n1;2024-01-05;1250\n2;2024-02-06;625\n"
        with pytest.raises(LedgerError, match="holds VAT") as refusal:
            open_case(source(text))
        assert "--vat 25" in refusal.value.remedy
        assert total(open_case(source(text), mapping=options(vat=25))) == 1500


class TestDebitAndCredit:
    def test_columns_that_repeat_a_signed_amount_are_not_taken_off(self, source):
        case = open_case(
            source(
                "Customer No;Date;Amount;Debit Amount;Credit Amount\n1;2024-01-05;100;100;0\n"
                "1;2024-01-06;-20;0;20\n2;2024-02-06;50;50;0\n"
            )
        )
        assert accounts(case) == {"1": 80, "2": 50}

    def test_without_an_amount_it_is_debit_less_credit(self, source):
        text = (
            "Customer No;Date;Debit;Credit\n1;2024-01-05;100;0\n"
            "1;2024-01-06;0;20\n2;2024-02-06;50;0\n"
        )
        assert accounts(open_case(source(text))) == {"1": 80, "2": 50}


class TestDiscountAndPrice:
    def test_a_share_is_taken_off_quantity_times_price(self, source):
        case = open_case(
            source(
                "Customer No;Date;UnitPrice;Quantity;Discount\n1;2024-01-05;100;10;0.25\n"
                "1;2024-02-05;100;10;0\n2;2024-02-09;50;4;0.1\n"
            )
        )
        assert accounts(case) == {"1": 1750, "2": 180}
        assert "The discount “Discount” is taken off: 1,930.00 in all, 2,200.00" in case.notes[0]

    @pytest.mark.sampled
    @pytest.mark.parametrize(("kind", "net"), [("percent", 1960), ("amount", 1996), ("none", 2000)])
    def test_what_numbers_cannot_tell_is_asked_with_each_total(self, source, kind, net):
        text = "Customer No;Date;Price;Qty;Discount\n1;2024-01-05;100;10;1\n1;2024-02-05;100;10;3\n"
        with pytest.raises(LedgerError, match="Nothing tells what the discount") as refusal:
            open_case(source(text))
        assert f"{kind}: {net:,}.00" in refusal.value.found
        assert total(open_case(source(text), mapping=options(discount=kind))) == net

    def test_the_lowest_of_several_prices_is_the_net_one_if_it_says_so(self, source):
        text = (
            "Customer No;Date;Quantity;List Price;Price;Net Price\n1;2024-01-05;2;100;100;80\n"
            "2;2024-02-06;1;50;50;50\n"
        )
        case = open_case(source(text))
        assert total(case) == 210
        assert case.mapping.columns["unit_price"] == "Net Price"

    def test_an_amount_after_discount_gives_the_list_amount(self, source):
        text = (
            "Customer No;Date;Quantity;Price;Discount;Amount\n1;2024-01-05;2;100;0.1;180\n"
            "2;2024-02-06;1;50;0;50\n"
        )
        case = open_case(source(text))
        assert total(case) == 230
        assert float(case.engine.row({"s": case.sales.list_amount.sum()}, case.sales)["s"]) == 250


class TestCost:
    def cost(self, case) -> float:
        return float(case.engine.row({"cost": case.sales.cost.sum()}, case.sales)["cost"])

    def test_a_profit_gives_the_cost(self, source):
        text = "Customer No;Date;Amount;Gross Profit\n1;2024-01-05;100;30\n2;2024-01-06;50;-10\n"
        assert self.cost(open_case(source(text))) == 130

    def test_a_share_of_profit_gives_the_cost(self, source):
        text = "Customer No;Date;Amount;Margin\n1;2024-01-05;100;0.3\n2;2024-01-06;50;0.5\n"
        assert self.cost(open_case(source(text))) == 95

    def test_a_cost_of_one_unit_is_multiplied(self, source):
        text = (
            "Customer No;Date;Quantity;Amount;Unit Cost\n1;2024-01-05;10;100;6\n"
            "2;2024-01-06;5;50;4\n"
        )
        assert self.cost(open_case(source(text))) == 80


class TestRowsThatAreNoSale:
    def test_markers_for_nothing_are_no_customer(self, source):
        words = ["NA", "n/a", "\\N", "-", "(blank)", "?", "#REF!", "NULL"]
        lines = "".join(f"{word};2024-01-05;1\n" for word in words)
        good = "".join(f"K{n};2024-01-05;10\n" for n in range(30))
        case = open_case(source(f"Customer No;Date;Amount\n{good}{lines}"))
        assert (total(case), reasons(case)) == (300, {"no_account": 8})

    def test_orders_that_came_to_nothing_are_set_aside_and_told(self, source):
        text = (
            "Customer No;Date;Amount;Order Status\n1;2024-01-05;100;Completed\n"
            "2;2024-01-06;900;Cancelled\n2;2024-01-06;20;Kansellert\n3;2024-01-07;50;Blue\n"
        )
        case = open_case(source(text))
        assert (total(case), reasons(case)) == (150, {"not_sold": 2})
        assert "“Blue” 1 line, 50.00: not known, used" in " ".join(case.notes)

    def test_lines_are_chosen_by_any_column(self, source):
        text = (
            "Customer No;Date;Amount;Kind\n1;2024-01-05;100;A\n"
            "2;2024-01-06;900;b\n3;2024-01-07;50;C\n"
        )
        case = open_case(source(text), mapping=options(where_not=["Kind=B,c"]))
        assert (total(case), reasons(case)) == (100, {"left_out": 2})
        case = open_case(source(text), mapping=options(where=["kind=B,c"]))
        assert (total(case), reasons(case)) == (950, {"left_out": 1})
        with pytest.raises(HeadingError, match="There is no heading “Kin”") as refusal:
            open_case(source(text), mapping=options(where=["Kin=B"]))
        assert refusal.value.remedy == "Did you mean “Kind”?"

    def test_payments_told_by_their_text(self, source):
        text = (
            "Customer No;Date;Description;Amount\n1;2024-01-05;Faktura 1;1000\n"
            "1;2024-01-20;Innbetaling;-1000\n2;2024-02-06;Faktura 2;500\n"
        )
        case = open_case(source(text))
        assert (total(case), reasons(case)) == (1500, {"payment": 1})

    def test_totals_with_a_date_or_a_key_are_totals(self, source):
        text = (
            "Customer No;Customer Name;Date;Amount\n100;Hav;2024-01-05;1000\n"
            "100;Hav;2024-02-05;500\n"
            "100 Total;;;1500\n200;Vik;2024-01-07;300\n200;Vik;2024-01-09;200\n"
            "Totalt;;2024-01-31;500\nGrand Total;;;2000\n"
        )
        case = open_case(source(text))
        assert (accounts(case), reasons(case)) == ({"100": 1500, "200": 500}, {"total_row": 3})

    def test_a_customer_called_total_is_no_total(self, source):
        text = (
            "Customer No;Customer Name;Date;Amount\nA;Total Norge AS;;100000\nC;X;2025-01-01;1000\n"
        )
        with pytest.raises(LedgerError, match="Too much of the ledger") as refusal:
            open_case(source(text))
        assert "no date (1)" in refusal.value.found


class TestCurrencyAndNumbers:
    def test_currencies_in_the_cells_are_never_summed(self, source):
        text = "Customer No;Date;Amount\n1;2025-01-01;1,50 USD\n2;2025-01-02;3,00 EUR\n"
        with pytest.raises(LedgerError, match="several currencies"):
            open_case(source(text))
        how = options(currency="USD", rates={"EUR": 2.0})
        assert total(open_case(source(text), mapping=how)) == 7.5

    def test_scientific_notation_is_a_number_and_cut_customers_are_set_aside(self, source):
        lines = "".join(f"K{n};2024-01-05;1.5\n" for n in range(20))
        text = f"Customer No;Date;Amount\n{lines}1e+05;2024-01-05;2.5e3\n7.01E+11;2024-01-05;9.5\n"
        case = open_case(source(text))
        assert (total(case), reasons(case)) == (2530, {"cut_account": 1})
        assert "100000" in accounts(case)

    def test_debit_and_credit_behind_the_number(self, source):
        text = "Customer No;Date;Amount\n1;2024-04-02;1,200.00 Dr\n1;2024-04-09;300.00 Cr\n"
        assert total(open_case(source(text))) == 900


class TestCustomers:
    def test_spellings_of_a_customer_are_told_and_merged_when_asked(self, source):
        text = "Customer No;Date;Amount\na@b.no;2024-01-05;1\nA@B.no;2024-01-06;2\nc;2024-01-07;4\n"
        told = {one.name: one for one in open_case(source(text)).findings()}
        assert "2 account numbers differ only in case" in told["spellings"].text
        merged = open_case(source(text), mapping=options(merge=True))
        assert sorted(accounts(merged).values()) == [3, 4]

    def test_a_number_that_gathers_many_is_told_with_the_option(self, source):
        text = (
            "Customer No;Customer Name;Date;Amount\n0;Kontantsalg;2024-01-05;60\n"
            "c;Vik;2024-01-07;40\n"
        )
        told = {one.name: one for one in open_case(source(text)).findings()}
        assert told["collective"].text.startswith("“0” seems to gather several customers: 60.0%")
        assert told["collective"].caveats == ('Leave it out with --exclude "0".',)

    def test_a_general_ledger_account_is_no_customer(self, source):
        text = (
            "Date;Type;Name;Account;Amount\n2024-01-15;Invoice;Alder;Sales;5000\n"
            "2024-01-18;Check;Staff;Salaries;250\n2024-01-19;Bill;Tower;Rent;100\n"
        )
        with pytest.raises(HeadingError, match="general ledger") as refusal:
            open_case(source(text))
        assert refusal.value.remedy == 'Choose it: --map account_id="Name"'
        case = open_case(source(text), mapping=ColumnMapping({"sales": {"account_id": "Name"}}))
        assert (accounts(case), reasons(case)) == ({"Alder": 5000}, {"payment": 2})

    def test_a_name_stands_for_the_number_and_is_told(self, source):
        case = open_case(source("CUSTOMERNAME;Date;Amount\nVik;2024-01-05;1\nHav;2024-01-06;2\n"))
        assert accounts(case) == {"Vik": 1, "Hav": 2}
        assert "Customers are told apart by “CUSTOMERNAME”" in case.notes[0]

    def test_headings_that_were_not_used_are_listed_the_weightiest_first(self, source):
        text = "Customer No;Date;Amount;Comment;Freight\n1;2024-01-05;1;x;2\n"
        found = {one.name: one for one in open_case(source(text)).findings()}["unused"]
        assert found.table["heading"].tolist() == ["Freight", "Comment"]


class TestDates:
    @pytest.mark.sampled
    @pytest.mark.parametrize(
        ("text", "day"),
        [
            ("12 Jan 2024", "2024-01-12"),
            ("3. oktober 2024", "2024-10-03"),
            ("12-MAI-24", "2024-05-12"),
            ("März 5, 2024", "2024-03-05"),
            ("12 août 2024", "2024-08-12"),
            ("202403", "2024-03-01"),
            ("2024-03", "2024-03-01"),
            ("20240105", "2024-01-05"),
            ("24-01-05", "2024-01-05"),
        ],
    )
    def test_a_notation(self, source, text, day):
        case = open_case(source(f"Customer No;Date;Amount\n1;{text};5\n"))
        assert str(case.period.start) == day

    def test_a_swap_of_day_and_month_is_refused(self, source):
        early = "".join(f"1;2024-{month:02}-03;1\n" for month in range(1, 8))
        late = "".join(f"1;{day}/03/2024;1\n" for day in range(13, 20))
        with pytest.raises(LedgerError, match="swapped day and month"):
            open_case(source(f"Customer No;Date;Amount\n{early}{late}"))

    def test_a_format_of_the_users_is_a_way_out(self, source):
        text = "Customer No;Date;Amount\n1;13-14-05;5\n1;15-16-07;5\n"
        case = open_case(source(text), mapping=options(date_format="yy-dd-mm"))
        assert str(case.period.start) == "2013-05-14"

    def test_months_beside_one_another_are_lines(self, source):
        text = "Customer No;Jan 2024;Feb 2024;Mar 2024\n1;5;6;7\n"
        case = open_case(source(text))
        assert case.reconciliation().set_index("reason")["amount"]["used"] == 18
        assert (case.period.start.month, case.period.end.month) == (1, 3)
