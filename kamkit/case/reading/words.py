"""Words in cells: which mean themselves, what the others mean, and which cells are empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine
from kamkit.case.reading import dates, markers, numbers
from kamkit.case.reading.credited import NUMBER as CREDIT_NUMBER
from kamkit.money import whole_number

if TYPE_CHECKING:
    import ibis.expr.types as ir

MARKS = f"^[{numbers.NATIVE}{dates.NATIVE}]"
"""What stands before a value that a workbook itself keeps as a number or a day."""
IDENTIFIERS = ("account_id", "parent_id", "invoice_id", "product_id", "prospect_id")
_NAMED = (*IDENTIFIERS, "account_name", "status", "cancelled", "was_invoiced", "doc_type")


def blank(cell: ir.Column) -> ir.BooleanColumn:
    """Tell which cells are empty or hold spaces only.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(blank(ibis.literal(" ")))
    True
    """
    if cell.type().is_string():
        return (cell.replace("\u00a0", " ").strip() == "").fill_null(True)
    return cell.isnull()


def identifier(column: ir.Column) -> ir.StringColumn:
    """Write a number or a day as text; the 13085.0 that a float made of 13085 is 13085."""
    import ibis

    if not column.type().is_floating():
        return column.cast("string")
    whole = whole_number(column)
    text = ibis.ifelse(whole == column, whole.cast("string"), column.cast("string"))
    return ibis.ifelse(column.isnan(), ibis.null("string"), text)


def odd_test(
    name: str, kind: str, *, far: bool
) -> Callable[[ir.StringColumn], ir.BooleanValue] | None:
    """Return what tells the words of a column that are looked at, where the others are plain.

    Of customers all are; ``far`` is whether texts are read elsewhere than the lines lie.
    """
    if kind in ("number", "date") or name == "account_id" or not (far or name in IDENTIFIERS):
        return None
    odd = _odd_word if far else lambda text: ~markers.plain(text)
    if name != "invoice_id":
        return odd
    return lambda text: odd(text) | text.re_search(CREDIT_NUMBER).fill_null(False)


def _odd_word(text: ir.StringColumn) -> ir.BooleanValue:
    """Tell which words are not read as they stand: in spaces, empty, or what a program left."""
    import ibis

    odd = text.re_search(MARKS) | (text.strip() != text) | markers.nothing(text)
    odd |= text.startswith("=") | text.startswith("'")  # what keeps the zeros of a number
    odd |= text.re_search(f"[\u00a0{markers.INVISIBLE}]") | text.re_search(r"^[0-9]+\.0$")
    odd |= text.re_search(r"^[0-9]([.,][0-9]+)?[eE][+]?[0-9]{1,3}$")
    return ibis.ifelse(markers.plain(text), False, odd.fill_null(False))


def meaning(text: ir.StringColumn, name: str, *, floats: bool) -> ir.StringColumn:
    """Return the word that a cell of a column means, null where it means that there is none.

    ``floats`` is whether the column's numbers were floats, and 13085.0 is 13085.
    """
    import ibis

    plain = text.re_replace(MARKS, "").re_replace(f"[{markers.INVISIBLE}]", "")
    plain = plain.replace("\u00a0", " ").strip()
    if floats:
        plain = plain.re_replace(r"^(\d+)\.0$", r"\1")
    if name in _NAMED:
        none = markers.nothing(plain)
        if name == "doc_type":  # a minus may be the sign of the line
            plain = plain.replace("\u2212", "-")
            none &= plain != "-"
        plain = ibis.ifelse(none, ibis.null("string"), plain)
    if name in IDENTIFIERS:
        plain = markers.restored(markers.unkept(plain))
    return ibis.ifelse(markers.plain(text), text, plain.nullif(""))


def made_of_floats(held: ir.Table, name: str, engine: Engine, lines: int | None) -> bool:
    """Tell whether nearly all identifiers end in “.0”, as floats do that became text.

    ``lines`` is how many there are, where not all are among the values.
    """
    if name not in IDENTIFIERS:
        return False
    none = markers.nothing(held.value)
    ends = held.value.re_search(r"^\s*\d+\.0\s*$")
    counts = {
        "all": held.lines.sum(),
        "none": held.lines.sum(where=none),
        "ends": held.lines.sum(where=ends),
    }
    seen = engine.row({name: count.fill_null(0) for name, count in counts.items()}, held)
    some = (seen["all"] if lines is None else lines) - seen["none"]
    return bool(seen["ends"] and seen["ends"] >= 0.9 * some)
