"""Invoices and credit notes: known by their word, negative once, and told where it is unclear."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from kamkit.case.documents import typed_documents


@pytest.fixture
def typed(engine):
    """Return a function that reads document types; it gives the frame and the notes."""

    def made(words, amounts, **columns):
        def exact(numbers):
            return pa.array(
                [None if n is None else Decimal(n) for n in numbers], pa.decimal128(18, 4)
            )

        table = {"doc_type": pa.array(words, pa.string()), "amount": exact(amounts)}
        table |= {name: exact(column) for name, column in columns.items()}
        ledger, notes = typed_documents(engine.hold(pa.table(table)), engine)
        return engine.frame(ledger), notes

    return made


@pytest.mark.parametrize(
    "word", ["Kreditnota", "credit note", "CREDIT MEMO", "Kredit", "K", "Retur", "refund"]
)
def test_a_word_for_a_credit_note(typed, word):
    frame, notes = typed(["Faktura", word], [100, -40])
    assert frame["doc_type"].tolist() == ["invoice", "credit_note"]
    assert frame["amount"].tolist() == [100, -40]
    assert notes == []


@pytest.mark.parametrize("word", ["Invoice", "faktura", "F", "Salg", "Kontantsalg", "ordre"])
def test_a_word_for_an_invoice(typed, word):
    frame, _notes = typed([word, "Kreditnota"], [100, -40])
    assert frame["doc_type"].tolist() == ["invoice", "credit_note"]
    assert not frame["is_other"].any()


def test_credit_notes_written_as_positive_amounts_are_turned_and_told(typed):
    frame, notes = typed(
        ["Faktura", "Kreditnota", "Kreditnota"],
        [100, 40, 2],
        quantity=[4, 2, 0],
        cost=[50, 20, 1],
        list_amount=[110, 44, 2],
        unit_price=[25, 20, 1],
    )
    assert frame["amount"].tolist() == [100, -40, -2]
    assert frame["quantity"].tolist() == [4, -2, 0]
    assert frame["cost"].tolist() == [50, -20, -1]
    assert frame["list_amount"].tolist() == [110, -44, -2]
    assert frame["unit_price"].tolist() == [25, 20, 1]
    assert notes[0] == "2 lines of credit notes with a positive amount were turned negative."
    assert "“Kreditnota” 2 lines, 42.00: credit note" in notes[1]


def test_one_positive_among_negative_credit_notes_is_turned_too(typed):
    frame, notes = typed(["Kreditnota"] * 3, [-40, 5, -1])
    assert frame["amount"].tolist() == [-40, -5, -1]
    assert notes[0] == "1 line of credit notes with a positive amount was turned negative."


def test_a_credit_note_of_zero_is_nothing_to_tell(typed):
    frame, notes = typed(["Faktura", "Kreditnota"], [100, 0])
    assert (frame["amount"].tolist(), notes) == ([100, 0], [])


def test_a_document_that_is_neither_is_marked(typed):
    frame, notes = typed(["Faktura", "Faktura", "Vareprøve", None], [100, 50, -150, 5])
    assert frame["is_other"].tolist() == [False, False, True, False]
    assert frame["doc_type"].tolist() == ["invoice"] * 4
    assert notes == [
        (
            "Document types: “Faktura” 2 lines, 150.00: invoice; “Vareprøve” 1 line, −150.00: not "
            "known, set aside."
        )
    ]


def test_a_payment_is_no_sale_however_many_there_are(typed):
    frame, notes = typed(["Invoice", "Check", "Deposit", "Bill"], [100, 50, 100, 7])
    assert frame["is_payment"].tolist() == [False, True, True, True]
    assert not frame["is_other"].any()
    assert "“Check” 1 line, 50.00: no sale, set aside" in notes[0]


@pytest.mark.parametrize("word", ["Gutschrift", "Storno", "Kreditnote", "Avoir", "Refund"])
def test_words_of_other_languages_for_a_credit_note(typed, word):
    frame, _notes = typed(["Rechnung", word], [100, 40])
    assert frame["amount"].tolist() == [100, -40]


def test_a_way_to_pay_is_no_document(typed):
    frame, _notes = typed(["Cash", "Credit"], [100, 40])
    assert frame["amount"].tolist() == [100, 40]


def test_mostly_unknown_words_are_left_out_and_the_sign_decides(typed):
    frame, notes = typed(["A1", "A2", "A2", "Kreditnota"], [1, 2, 3, 4])
    assert "doc_type" not in frame
    assert frame["amount"].tolist() == [1, 2, 3, 4]
    assert not frame["is_other"].any()
    [note] = notes
    assert note.startswith("The document types “")
    assert all(f"“{word}”" in note for word in ("A1", "A2", "Kreditnota"))


def test_without_the_column_every_line_is_a_sale(engine):
    ledger, notes = typed_documents(engine.hold(pa.table({"amount": [1.0, -1.0]})), engine)
    assert engine.frame(ledger)["is_other"].tolist() == [False, False]
    assert notes == []
