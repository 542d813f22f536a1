"""Rates that stand on the lines, of VAT and of currencies, and headings that are no amount."""

from __future__ import annotations

import pytest

from kamkit import open_case
from kamkit.case import ColumnMapping
from kamkit.case.rate_ways import units
from kamkit.case.traps import trap
from kamkit.case.unused import unused
from kamkit.errors import HeadingError, KamkitError, LedgerError
from tests.case.conftest import told


@pytest.fixture
def opened(tmp_path):
    """Return a function that opens a ledger, with customer and date before each of its lines."""

    def opened(heading, lines, options=None, **columns):
        rows = [f"K{at % 2};{at + 1:02}.03.2024;{line}" for at, line in enumerate(lines.split("|"))]
        path = tmp_path / "export.csv"
        path.write_text("\n".join([f"Kundenr;Dato;{heading}", *rows]), encoding="utf-8")
        mapping = ColumnMapping().with_columns(columns)
        return open_case(path, mapping=mapping.with_options(options) if options else mapping)

    return opened


def amounts(case) -> list[float]:
    """Return the amounts of the lines as they stand, one by one."""
    frame = case.engine.frame(case.sales.order_by("source_row").select("amount"))
    return [round(float(one), 4) for one in frame["amount"]]


GROSS = "1250,00;{}|115,00;{}|112,00;{}|500,00;{}"
NET = [1000, 100, 100, 500]


class TestRateOfVat:
    @pytest.mark.parametrize(
        "heading", ["Mva %", "Mva-sats", "VAT %", "Moms %", "MwSt-Satz", "Tax rate", "Mva (%)"]
    )
    def test_a_rate_is_taken_off_by_line(self, opened, heading):
        case = opened(f"Beløp inkl. mva;{heading}", GROSS.format(25, 15, 12, 0))
        assert amounts(case) == NET
        assert f"“Beløp inkl. mva” less VAT by the rate on each line, “{heading}”" in told(case)
        assert "1,700.00 in all (1,977.00 with VAT)" in told(case)

    @pytest.mark.parametrize(
        "rates", [("25 %", "15 %", "12 %", "0 %"), ("0,25", "0,15", "0,12", "0"), (25, 15, 12, "")]
    )
    @pytest.mark.parametrize("heading", ["Mva-sats", "Mva"])
    def test_however_it_is_written(self, opened, heading, rates):
        assert amounts(opened(f"Beløp inkl. mva;{heading}", GROSS.format(*rates))) == NET

    def test_a_rate_with_decimals_and_one_with_words(self, opened):
        case = opened("Beløp inkl. mva;VAT rate", "111,11;11,11 %|108,10;8,1 % (food)|50;0 %")
        assert amounts(case) == [100, 100, 50]

    def test_words_without_a_rate_are_refused(self, opened):
        with pytest.raises(LedgerError, match="text among the rates of VAT"):
            opened("Beløp inkl. mva;Mva-sats", "125;25|125;høy|125;25|115;15")

    @pytest.mark.parametrize("heading", ["Beløp eks. mva", "Sum"])
    def test_nothing_is_taken_off_a_net_amount(self, opened, heading):
        case = opened(f"{heading};Mva %", "1000;25|100;15|100;12|500;0")
        assert amounts(case) == [1000, 100, 100, 500]
        assert ("is taken as it stands" in told(case)) == (heading == "Sum")

    def test_net_and_gross_beside_the_rate(self, opened):
        case = opened("Sum;Totalt;Mva %", "1000;1250;25|100;115;15|100;112;12")
        assert amounts(case) == [1000, 100, 100]

    def test_amounts_of_vat_stay_amounts(self, opened):
        case = opened("Beløp inkl. mva;Mva", "125;25|75;15|60;12|31,25;6,25")
        assert amounts(case) == [100, 60, 48, 25]

    def test_amounts_of_vat_go_before_the_rate(self, opened):
        case = opened("Beløp inkl. mva;Mva;Mva %", "125,01;25,01;25|75;15;25")
        assert amounts(case) == [100, 60]

    def test_a_price_that_holds_vat(self, opened):
        case = opened("Antall;Enhetspris inkl. mva;Mva %", "2;125;25|1;115;15|4;62,50;25|3;50;0")
        assert amounts(case) == [200, 100, 200, 150]

    def test_a_price_that_holds_vat_by_the_rate_said(self, opened):
        case = opened("Antall;Enhetspris inkl. mva", "2;125|4;62,50", {"vat": 25})
        assert amounts(case) == [200, 200]
        with pytest.raises(LedgerError, match="holds VAT"):
            opened("Antall;Enhetspris inkl. mva", "2;125|4;62,50")

    def test_an_amount_that_is_price_and_rate(self, opened):
        case = opened("Antall;Enhetspris;Sum;Mva %", "2;100;250;25|1;100;115;15|4;50;250;25")
        assert amounts(case) == [200, 100, 200]


class TestLinesThatHoldVat:
    @pytest.mark.parametrize(
        ("heading", "words"),
        [
            ("LineAmountTypes", ("Exclusive", "Inclusive", "NoTax")),
            ("Is Inclusive Tax", ("false", "true", "false")),
        ],
    )
    def test_only_they_lose_it(self, opened, heading, words):
        out, inside, none = words
        lines = f"{out};100;20|{inside};240;40|{inside};120;20|{none};50;0"
        case = opened(f"{heading};LineAmount;TaxAmount", lines)
        assert amounts(case) == [100, 200, 100, 50]
        assert "2 lines hold their VAT" in told(case)

    def test_by_the_rate_where_it_stands_alone(self, opened):
        case = opened("Tax inclusive;Amount;Tax %", "no;100;20|yes;240;20|yes;105;5")
        assert amounts(case) == [100, 200, 100]

    def test_a_word_that_is_not_known_says_nothing(self, opened):
        with pytest.raises(HeadingError, match="Nothing tells whether “LineAmount” holds VAT"):
            opened("LineAmountTypes;LineAmount;TaxAmount", "Odd;100;20|Even;240;48|Odd;50;10")


class TestVatOfEachRate:
    HEADINGS = "Grunnlag 25 %;Mva 25 %;Grunnlag 15 %;Mva 15 %;Avgiftsfritt;Totalt"

    def test_the_sum_of_all_is_taken_off_a_total(self, opened):
        lines = "1000;250;200;30;0;1480|0;0;400;60;100;560|800;200;0;0;0;1000|0;0;0;0;700;700"
        case = opened(self.HEADINGS, lines)
        assert amounts(case) == [1200, 500, 800, 700]
        assert "“Totalt” less “Mva 25 %” + “Mva 15 %”" in told(case)

    def test_nothing_is_taken_off_a_total_without_it(self, opened):
        lines = "1000;250;200;30;0;1200|0;0;400;60;100;500|800;200;0;0;0;800"
        assert amounts(opened(self.HEADINGS, lines)) == [1200, 500, 800]

    def test_what_nothing_tells_is_asked(self, opened):
        with pytest.raises(HeadingError, match="Nothing tells whether “Totalt” holds VAT"):
            opened(self.HEADINGS, "1000;250;0;0;100;1350|0;0;400;60;100;560")


TRAPS = {
    "Omsetning (i tusen kr)": "thousands",
    "Beløp (TNOK)": "thousands",
    "Net sales (thousands)": "thousands",
    "Nettoumsatz in TEUR": "thousands",
    "Beløp i 1000 kr": "thousands",
    "Omsetning mill. kr": "millions",
    "amount_cents": "minor",
    "Beløp i øre": "minor",
    "Omsetning hittil i år": "running",
    "Net Sales YTD": "running",
    "Sales (cumulative)": "running",
    "Beløp akkumulert": "running",
    "Umsatz kumuliert": "running",
    "Netto kg": "weights",
    "Nettovekt": "weights",
    "Andel av sum %": "percent",
    "Preis pro 1000": "price",
    "Stykkpris": "price",
    "Antall levert": "count",
    "Kolli": "count",
}


class TestHeadingsThatAreNoAmount:
    @pytest.mark.parametrize(("heading", "kind"), TRAPS.items())
    def test_why(self, heading, kind):
        assert trap(heading) == kind

    @pytest.mark.parametrize(
        "heading", ["Beløp", "Net amount", "Linjepris", "Total price", "Fakturaverdi", "Summe"]
    )
    def test_amounts_are_none(self, heading):
        assert trap(heading) == ""

    @pytest.mark.parametrize("heading", [one for one in TRAPS if TRAPS[one] != "price"])
    def test_it_is_explained_and_not_offered(self, opened, heading):
        with pytest.raises(HeadingError) as refusal:
            opened(heading, "1250,5|40,2|980,0")
        assert f"“{heading}” is" in refusal.value.found
        assert "--map" not in refusal.value.remedy
        assert not refusal.value.questions

    @pytest.mark.parametrize(
        ("headings", "lines"),
        [
            ("Menge;Preis pro 1000", "2000;50,00|500;80,00"),
            ("Antall bestilt;Antall levert;Restantall;Enhetspris", "10;8;2;100,00|5;5;0;40,00"),
            ("Kolli;Antall pr. kolli;Stykkpris", "3;12;10,00|1;24;5,00"),
        ],
    )
    def test_a_price_is_no_amount_where_there_are_units(self, opened, headings, lines):
        with pytest.raises(HeadingError) as refusal:
            opened(headings, lines)
        assert "is the price of" in refusal.value.found
        assert "--map amount" not in refusal.value.remedy
        assert not refusal.value.questions

    def test_another_heading_is_offered_before_a_weight(self, opened):
        with pytest.raises(HeadingError) as refusal:
            opened("Netto kg;Brutto kg;Fakturaverdi", "100,0;110,0;8500,00|50,0;55,0;2500,00")
        assert refusal.value.remedy.startswith('Is it --map amount="Fakturaverdi"?')

    def test_the_user_may_say_so_all_the_same(self, opened):
        assert amounts(opened("Beløp (TNOK)", "1250,5|40,2", amount="Beløp (TNOK)")) == [
            1250.5,
            40.2,
        ]

    def test_a_share_is_no_amount(self, opened):
        with pytest.raises(KamkitError):
            opened("Omsetning %", "12,5|40,2|47,3")

    def test_what_is_not_used_is_not_offered_either(self):
        said = str(unused(["Netto kg", "Beløp (TNOK)", "Tax %", "Freight"]))
        assert said.count("--map") == 1


def line(code, low, high=None):
    return {"currency": code, "low": low, "high": high or low}


class TestRatesOfCurrencies:
    def test_foreign_money_for_a_pound_is_divided(self, opened):
        case = opened(
            "Currency;CurrencyRate;Amount",
            "GBP;1.0000;1000|USD;1.2500;500|EUR;1.1600;232|USD;1.2800;640",
        )
        assert (amounts(case), case.currency) == ([1000, 400, 200, 500], "GBP")
        assert "divided by the rate on each line" in told(case)

    def test_euro_and_pounds_for_a_dollar_are_divided(self, opened):
        case = opened("Currency;Exchange Rate;Amount", "USD;1.00;100|EUR;0.92;460|GBP;0.79;158")
        assert (amounts(case), case.currency) == ([100, 500, 200], "USD")

    def test_what_a_unit_is_worth_is_multiplied(self, opened):
        case = opened("Currency;Exchange Rate;Amount", "GBP;1.00;100|USD;0.80;500|EUR;0.86;100")
        assert (amounts(case), case.currency) == ([100, 400, 86], "GBP")

    @pytest.mark.parametrize(
        ("home", "lines", "way"),
        [
            ("NOK", [line("EUR", 11.2, 11.8)], 1),
            ("NOK", [line("SEK", 97.5, 103.0)], 100),
            ("NOK", [line("SEK", 0.97, 1.03)], 1),
            ("EUR", [line("NOK", 11.2, 11.8)], -1),
            ("EUR", [line("NOK", 0.085, 0.09)], 1),
            ("EUR", [line("DKK", 7.45)], -1),
            ("EUR", [line("USD", 0.88, 0.95)], 1),
            ("EUR", [line("USD", 1.07, 1.12)], -1),
            ("USD", [line("EUR", 1.03, 1.12)], 1),
            ("GBP", [line("JPY", 180, 195)], -1),
            ("SEK", [line("JPY", 7.0)], 100),
            ("EUR", [line("CHF", 0.93, 1.06)], 1),
        ],
    )
    def test_which_way(self, home, lines, way):
        seen = [line(home, 1), *lines]
        assert units(seen, home, 1, "")[lines[0]["currency"]] == way

    def test_a_small_rate_to_divide_by_would_not_be_exact(self):
        assert units([line("NOK", 1), line("EUR", 0.0855, 0.0893)], "NOK", 1, "") is None

    def test_another_currency_decides_what_one_leaves_open(self):
        seen = [line("GBP", 1), line("USD", 1.25), line("CHF", 1.13)]
        assert units(seen, "GBP", 1, "") == {"GBP": 1, "USD": -1, "CHF": -1}

    def test_what_could_go_both_ways_is_refused_with_the_option(self, opened):
        with pytest.raises(LedgerError, match="multiply or divide") as refusal:
            opened("Currency;Exchange Rate;Amount", "USD;1.00;100|EUR;0.98;460|USD;1.00;50")
        assert refusal.value.found == "EUR: 0.9800"
        assert "--currency USD --rate EUR=1.09" in refusal.value.remedy
        said = {"currency": "USD", "rates": {"EUR": 1.02}}
        lines = "USD;1.00;100|EUR;0.98;460|USD;1.00;50"
        assert amounts(opened("Currency;Exchange Rate;Amount", lines, said)) == [100, 469.2, 50]

    def test_rates_that_go_different_ways_are_refused(self):
        with pytest.raises(LedgerError, match="multiply or divide"):
            units([line("GBP", 1), line("USD", 1.25), line("EUR", 0.86)], "GBP", 1, "")
