"""Relatives of exports that were read wrong: the right total from paper, or what must be said."""

from __future__ import annotations

import pytest

from kamkit import open_case
from kamkit.errors import KamkitError
from tests.case.conftest import told, total

pytestmark = pytest.mark.sampled


@pytest.fixture
def opened(tmp_path):
    def opened(text):
        path = tmp_path / "export.csv"
        path.write_text(text, encoding="utf-8")
        return open_case(path)

    return opened


WHOLE = {  # heading and lines below Kundenr;Dato, and what was sold
    "a fee kept by the payment service": (
        (
            "Amount;Fee;Net\n1;2024-01-15;100;5.40;94.60\n2;2024-01-16;200;8.30;191.70\n"
            "2;2024-01-17;50;3.95;46.05\n"
        ),
        350,
    ),
    "a fee below zero": (
        (
            "Gross;Fee;Net\n1;2024-01-15;100;-5.40;94.60\n2;2024-01-16;200;-8.30;191.70\n"
            "2;2024-01-17;50;-3.95;46.05\n"
        ),
        350,
    ),
    "a commission of the same share": (
        (
            "Beløp;Provisjon;Netto\n1;15.01.2024;100;10;90\n2;16.01.2024;200;20;180\n"
            "2;17.01.2024;50;5;45\n"
        ),
        350,
    ),
    "what is left after the cost": (
        (
            "Omsetning;Varekost;Netto\n1;15.01.2024;100;70;30\n2;16.01.2024;200;150;50\n"
            "2;17.01.2024;50;20;30\n"
        ),
        350,
    ),
    "a cost that is as large as the VAT would be": (
        (
            "Netto;Kost;Brutto\n1;15.01.2024;100;25;125\n2;16.01.2024;200;50;250\n"
            "2;17.01.2024;40;10;50\n"
        ),
        340,
    ),
    "VAT that is said to be inside": (
        "Beløp;Herav mva\n1;15.01.2024;125;25\n2;16.01.2024;250;50\n",
        300,
    ),
    "with and without in the heading": (
        "Sum (inkl. mva);Sum (ekskl. mva)\n1;15.01.2024;125;100\n2;16.01.2024;230;200\n",
        300,
    ),
    "net to be paid": (
        "Varuvärde;Moms;Netto att betala\n1;2024-01-15;100;25;125\n2;2024-01-16;200;50;250\n",
        300,
    ),
    "a contribution and its share": (
        "Beløp;DB;DB %\n1;15.01.2024;100;30;30\n2;16.01.2024;200;60;30\n",
        300,
    ),
    "credits below zero in a column of their own": (
        "Debet;Kredit\n1;15.01.2024;100;0\n2;16.01.2024;200;0\n2;17.01.2024;0;-50\n",
        250,
    ),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_which_amount_was_sold(opened, kind):
    lines, right = WHOLE[kind]
    assert total(opened(f"Kundenr;Dato;{lines}")) == right


PRICED = {
    "a discount in kroner": (
        "Antall;Pris;Rabatt kr\n1;15.01.2024;2;100;20\n2;16.01.2024;1;50;5\n",
        225,
    ),
    "a discount for each unit": (
        "Antall;Pris;Rabatt pr stk\n1;15.01.2024;2;100;20\n2;16.01.2024;1;50;5\n",
        205,
    ),
    "two discounts, one after the other": (
        "Antall;Pris;Rabatt1 %;Rabatt2 %\n1;15.01.2024;2;100;10;5\n2;16.01.2024;1;50;0;10\n",
        216,
    ),
    "a discount and once more as an amount": (
        "Antall;Pris;Rabatt %;Rabatt kr\n1;15.01.2024;2;100;10;20\n2;16.01.2024;1;50;20;10\n",
        220,
    ),
    "a comma only in one percentage": (
        "Antall;Pris;Rabatt\n1;15.01.2024;2;100,00;12,5 %\n2;16.01.2024;1;50,00;10 %\n",
        220,
    ),
    "an order's discount on each line": (
        "Antall;Pris;Ordrerabatt %\n1;15.01.2024;2;100;5\n2;16.01.2024;1;50;0\n",
        240,
    ),
    "a group of discounts is none": (
        "Antall;Pris;Rabattgruppe\n1;15.01.2024;2;100;5\n2;16.01.2024;1;50;1\n",
        250,
    ),
    "a price for a hundred": (
        "Antall;Pris;Prisenhet\n1;15.01.2024;200;100;100\n2;16.01.2024;1;50;1\n",
        250,
    ),
    "a price for a hundred in words": (
        "Antall;Pris;Prisenhet\n1;15.01.2024;200;100;100 stk\n2;16.01.2024;100;50;100 stk\n",
        250,
    ),
    "a unit in words": (
        "Antall;Pris;Prisenhet\n1;15.01.2024;2;100;stk\n2;16.01.2024;1;50;m2\n",
        250,
    ),
    "a unit called MA": ("Antall;MA;Pris\n1;15.01.2024;2;ST;100\n2;16.01.2024;1;KG;50\n", 250),
    "goods that came back, without a sign": (
        "Antall;Pris;Beløp\n1;15.01.2024;2;100;200\n2;16.01.2024;-1;50;50\n2;17.01.2024;1;9;9\n",
        159,
    ),
    "a ledger of items": (
        "Antall;Pris;Beløp\n1;15.01.2024;-2;100;200\n2;16.01.2024;-1;50;50\n",
        250,
    ),
}


@pytest.mark.parametrize("kind", PRICED)
def test_what_prices_and_discounts_come_to(opened, kind):
    lines, right = PRICED[kind]
    assert total(opened(f"Kundenr;Dato;{lines}")) == right


def test_what_nothing_settles_is_told_or_refused(opened):
    lines = "1;15.01.2024;2;200\n2;16.01.2024;-1;50\n2;17.01.2024;1;9\n"
    assert "quantity below zero" in told(opened(f"Kundenr;Dato;Antall;Beløp\n{lines}"))
    with pytest.raises(KamkitError, match="text among the discounts") as refusal:
        opened(
            "Kundenr;Dato;Antall;Pris;Rabatt\n1;15.01.2024;2;100;10%\n2;16.01.2024;1;50;avtale\n"
        )
    assert "--discount none" in refusal.value.remedy


SIGNED = {
    "plus and minus": "Fortegn;+;-",
    "one and minus one": "Sign;1;-1",
    "minus alone": "Fortegn;;-",
    "codes of e-invoices": "Fakturatypekode;380;381",
    "a flag": "is_refund;False;True",
}


@pytest.mark.parametrize("kind", SIGNED)
def test_what_says_that_a_line_is_credited(opened, kind):
    heading, sold, back = SIGNED[kind].split(";")
    rows = f"1;15.01.2024;100;{sold}\n2;16.01.2024;200;{sold}\n2;17.01.2024;50;{back}\n"
    assert total(opened(f"Kundenr;Dato;Beløp;{heading}\n{rows}")) == 250


def test_a_dash_for_no_type_is_no_credit_note(opened):
    rows = "1;15.01.2024;100;Faktura\n2;16.01.2024;200;-\n"
    assert total(opened(f"Kundenr;Dato;Beløp;Bilagstype\n{rows}")) == 300


ORDERS = [[10, 20, 30], [40, 50.5], [60, 70, 80], [90, 100, 110, 5]]  # 665.50


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("heading", ["Fakturanr", "Kundenr"])
def test_lines_that_are_the_sum_of_the_others(opened, heading, first):
    rows = []
    for at, lines in enumerate(ORDERS):
        own = [("L", amount) for amount in lines]
        own = [("H", sum(lines)), *own] if first else [*own, ("S", sum(lines))]
        rows += [
            f"{kind};{at};{at if heading == 'Kundenr' else 'x'};{amount}" for kind, amount in own
        ]
    number = "Fakturanr;Kundenr" if heading == "Fakturanr" else "Linjenr;Kundenr"
    text = "\n".join(row.replace(";", ";15.01.2024;", 1) for row in rows)
    case = opened(f"Rad;Dato;{number};Beløp\n{text}\n")
    assert total(case) == 665.5
    assert "4 lines are each the sum of the others" in told(case)


def test_equal_lines_are_no_sums(opened):
    rows = "".join(f"{at // 2};15.01.2024;{100 + at // 2}\n" for at in range(12))
    assert total(opened(f"Kundenr;Dato;Beløp\n{rows}")) == 1230


TEXTS = {
    "VAT of each invoice": (["Vare;100", "Mva 25 %;25", "Vare;200", "Mva 25 %;50"], 300),
    "of which freight": (["Vare;100", "herav frakt;10", "Vare;200"], 300),
    "advice on VAT": (["Mva-oppgjør;100", "MVA kurs;200"], 300),
    "carriage": (["Transport Oslo;100", "Overføring av data;200"], 300),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_lines_that_their_text_sets_aside(opened, kind):
    lines, right = TEXTS[kind]
    rows = "".join(f"{at % 2};15.01.2024;{line}\n" for at, line in enumerate(lines))
    assert total(opened(f"Kundenr;Dato;Tekst;Beløp\n{rows}")) == right


TOTALS = {
    "of a named customer, with a day": ";Sum for Hav;16.01.2024;300,50\n",
    "of a month, in place of the day": ";;Januar sum;300,50\n",
    "brought forward, with a day": ";Overført;16.01.2024;300,50\n",
    "the head of a page": "Salgsrapport;;;Side 2\n",
}


@pytest.mark.parametrize("kind", TOTALS)
def test_rows_that_are_no_lines(opened, kind):
    rows = "1;Hav;15.01.2024;100,50\n1;Hav;16.01.2024;200\n"
    tail = "2;Vik;17.01.2024;50\n2;Vik;18.01.2024;7\n"
    text = "Tekst" if "brought" in kind else "Navn"
    assert total(opened(f"Kundenr;{text};Dato;Beløp\n{rows}{TOTALS[kind]}{tail}")) == 357.5


def test_amounts_in_a_column_for_each_currency_are_refused(opened):
    rows = "1;15.01.2024;100;\n2;16.01.2024;;200\n2;17.01.2024;50;\n"
    with pytest.raises(KamkitError, match="is empty on lines where “Beløp EUR” has a number"):
        opened(f"Kundenr;Dato;Beløp NOK;Beløp EUR\n{rows}")
    rows = "1;15.01.2024;100;\n2;16.01.2024;;utgår\n2;17.01.2024;50;\n" + "3;18.01.2024;9;\n" * 20
    assert total(opened(f"Kundenr;Dato;Beløp;Merknad\n{rows}")) == 330


def test_an_amount_in_words_weighs_what_it_says(opened):
    rows = "".join(f"{at % 5};15.01.2024;{1000 + at},50\n" for at in range(30))
    with pytest.raises(KamkitError, match="text among the amounts"):
        opened(f"Kundenr;Dato;Beløp\n{rows}1;16.01.2024;1,2 mill\n")


@pytest.mark.parametrize(
    ("heading", "sold", "lost"),
    [
        ("Utkast", "Nei", "Ja"),
        ("Serie", "Faktisk", "Fjorår"),
        ("Status", "Lukket", "Tilbakeholdt"),
        ("Fase", "Vunnet", "Forhandling"),
        ("Bilagstype", "Ordre", "Rammeordre"),
    ],
)
def test_words_for_what_was_not_sold(opened, heading, sold, lost):
    rows = f"1;15.01.2024;100;{sold}\n2;16.01.2024;20;{lost}\n2;17.01.2024;50;{sold}\n"
    assert total(opened(f"Kundenr;Dato;Beløp;{heading}\n{rows}")) == 150


def test_a_row_of_units_and_packed_times(opened):
    rows = ";;stk;NOK\n" + "1;15.01.2024;2;100\n2;16.01.2024;1;50\n" * 3
    assert total(opened(f"Kundenr;Dato;Antall;Beløp\n{rows}")) == 450
    case = opened("Kundenr;Dato;Beløp\n1;20240131T101500;100\n2;20240203T0915;50\n")
    assert (total(case), str(case.period.start)) == (150, "2024-01-31")
