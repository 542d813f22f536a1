"""Tables on a page and in a workbook: nothing from the data is taken for code or a formula."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest

from kamkit.documents import Sheet, workbook
from kamkit.errors import ParameterError
from kamkit.language import set_language
from kamkit.output import finding
from kamkit.output import table as tables
from kamkit.output.finding import Finding

HOSTILE = [
    '<script>alert("x")</script>',
    '"><img src=x onerror=alert(1)>',
    "A & B's <b>",
    "{{ 7*7 }}",
]
FORMULAS = [
    "=1+1",
    "+47 22 00 00 00",
    "-cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=2",
    "\r=3",
    '=HYPERLINK("x")',
]


class Tags(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text.append(data)


def read(html: str) -> Tags:
    page = Tags()
    page.feed(html)
    return page


def test_what_comes_from_the_data_is_text_on_a_page():
    frame = pd.DataFrame({"account_name": HOSTILE, "revenue": [1.0, 2, 3, 4]})
    page = read(tables.as_html(frame, caption=HOSTILE[0]))
    assert page.tags <= {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "p"}
    assert not {name for name in page.attributes if name.startswith("on")}
    text = "".join(page.text)
    assert all(name in text for name in HOSTILE)


def test_a_finding_is_text_too():
    html = finding.finding_html(Finding("x", pd.DataFrame(), HOSTILE[0], (HOSTILE[1],)))
    assert read(html).tags <= {"div", "p", "b", "ul", "li"}


def test_columns_have_names_in_words_and_formats_of_their_language():
    frame = pd.DataFrame(
        {
            "account_id": ["0012"],
            "revenue": [1234567.5],
            "share": [0.0409],
            "last_date": pd.to_datetime(["2025-03-31"]),
            "at_or_below_zero": [False],
            "contribution": [float("nan")],
        }
    )
    english = tables.formatted(frame, currency="NOK")
    assert english.columns.tolist()[:3] == ["Account", "Revenue (NOK)", "Share of total"]
    assert english.iloc[0].tolist() == ["0012", "1,234,568", "4.1%", "31 Mar 2025", "no", "–"]
    set_language("nb")
    norwegian = tables.formatted(frame, currency="NOK")
    assert norwegian.columns.tolist()[:2] == ["Kunde", "Omsetning (NOK)"]
    assert [text.replace("\u00a0", " ") for text in norwegian.iloc[0]] == [
        "0012",
        "1 234 568",
        "4,1 %",
        "31. mars 2025",
        "nei",
        "–",
    ]


def test_numbers_carry_the_value_by_which_they_are_sorted():
    html = tables.as_html(pd.DataFrame({"revenue": [1234.5, -3.0]}))
    assert re.findall(r'data-sort="([^"]*)"', html) == ["1234.5", "-3"]


def test_a_long_table_says_how_much_of_it_is_shown():
    html = tables.as_html(pd.DataFrame({"rank": range(1, 41)}), rows=5)
    assert html.count("<tr>") == 6
    assert "5 of 40 rows" in html


def test_an_empty_table_says_that_it_is_empty():
    empty = tables.table_of(pd.DataFrame({"rank": []}))
    data, _about = empty._repr_mimebundle_()
    assert "The table is empty." in data["text/html"]
    assert data["text/plain"] == "The table is empty."


def test_a_column_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(ParameterError, match="no column “revnue”") as refusal:
        tables.as_html(pd.DataFrame({"revenue": [1.0]}), columns=["revnue"])
    assert "revenue" in str(refusal.value)


@pytest.fixture
def book(tmp_path):
    frame = pd.DataFrame(
        {
            "account_id": [f"00{number}" for number in range(len(FORMULAS))],
            "account_name": FORMULAS,
            "revenue": [1234.5] * len(FORMULAS),
            "share": [0.25] * len(FORMULAS),
            "last_date": pd.to_datetime(["2025-03-31"] * len(FORMULAS)),
        }
    )
    path = workbook(
        tmp_path / "a.xlsx",
        [Sheet("Key accounts", frame, note="=1+1")],
        title="=2+2",
        source="@x",
        currency="NOK",
        fictional=True,
    )
    return openpyxl.load_workbook(path)


def test_no_cell_is_a_formula(book):
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    names = [cell.value for cell in book["Key accounts"]["B"]][1:]
    assert [name.replace("_x000D_", "\r") for name in names] == FORMULAS


def test_numbers_and_dates_are_native_and_headers_stay_in_sight(book):
    sheet = book["Key accounts"]
    account, _, amount, share, last = sheet[2]
    assert (account.value, account.number_format) == ("000", "@")
    assert (amount.value, share.value, last.value) == (1234.5, 0.25, dt.datetime(2025, 3, 31))  # noqa: DTZ001
    assert "#,##0" in amount.number_format
    assert "%" in share.number_format
    assert sheet.freeze_panes is not None
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet["C1"].value == "Revenue (NOK)"


def test_the_first_sheet_says_that_the_data_are_invented(book):
    words = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert "The company and its customers are made up." in words


def test_names_of_contacts_stay_out_of_a_workbook(tmp_path):
    people = pd.DataFrame({"account_id": ["1"], "person": ["Kari Nordmann"], "role": ["buyer"]})
    path = workbook(tmp_path / "p.xlsx", [Sheet("Contacts", people)])
    cells = [
        str(cell.value)
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert "Kari Nordmann" not in cells
    assert "buyer" in cells


def test_codes_and_names_of_columns_are_shown_in_words_in_table_and_workbook(tmp_path):
    rows = pd.DataFrame(
        {
            "criterion": ["lifetime_value", "ability to pay", "our own"],
            "objectives": ["retain,grow_cross", "mend", None],
            "source_columns": ["top_share, our_main", "", "days_since"],
            "told_by": ["accounts: profit_ratio", "relations: people; next_contacts", "matrix"],
            "doc_type": ["credit_note", "invoice", None],
        }
    )
    wanted = [
        [
            "livstidsverdi",
            "bevaring av omsetningen, vekst ved tilleggskjøp",
            "kontaktavhengighet, vår viktigste person",
        ],
        ["betalingsevne", "forbedring av lønnsomheten", ""],
        ["our own", "–", "tid siden kjøp"],
    ]
    set_language("nb")
    shown = tables.formatted(rows)
    assert shown.iloc[:, :3].to_numpy().tolist() == wanted
    assert shown.iloc[:, 3].tolist() == [
        "Alle kunder: resultatgrad",
        "Relasjoner: kjente personer; Neste kontakter",
        "Matrise",
    ]
    assert shown.iloc[:, 4].tolist() == ["kreditnota", "faktura", "–"]
    path = workbook(tmp_path / "words.xlsx", [Sheet("Ord", rows)], title="T")
    sheet = openpyxl.load_workbook(path)["Ord"]
    cells = [["" if cell.value is None else cell.value for cell in row] for row in sheet]
    assert cells[1:] == shown.replace("–", "").to_numpy().tolist()
