"""The empty workbook that a company fills in: one sheet per table of the contract, explained."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from pathlib import Path
from typing import Any

from kamkit.colours import ACCENT, INK, LINE, PALE_BLUE, PAPER, QUIET, WASH
from kamkit.errors import ParameterError
from kamkit.language import N_, speaking, writer
from kamkit.language import gettext as _
from kamkit.language import language as current_language
from kamkit.schema.contract import EXAMPLE_IDS, TABLES, Field, Table

# Sheet names are read back, so they are names that the contract knows, in each language.
_SHEETS = {
    "sales": N_("Sales"),
    "accounts": N_("Accounts"),
    "activities": N_("Activities"),
    "rates": N_("Rates"),
    "contacts": N_("Contacts"),
    "wallet": N_("Wallet"),
    "ratings": N_("Ratings"),
    "prospects": N_("Prospects"),
    "goals": N_("Goals"),
    "products": N_("Products"),
    "questionnaire": N_("Questionnaire"),
    "services": N_("Services"),
    "managers": N_("Managers"),
}
_KINDS = {
    "text": N_("text"),
    "date": N_("date"),
    "money": N_("amount"),
    "number": N_("number"),
    "choice": N_("one of the choices"),
}
_LAST_ROW = 1_048_575
_EARLIEST = dt.date(1950, 1, 1)
_STEP_WIDTH = 165
_LARGEST = 1e12  # an amount beyond it is a customer number that slipped into the wrong column


def write_template(path: Path, *, language: str | None = None, overwrite: bool = False) -> Path:
    """Write the empty workbook of the contract and return its path.

    The first sheet explains; then comes one sheet per table with headings that ``open_case``
    recognises, a note on each heading, checks on dates, numbers and choices, and one example row
    that is never counted (its number is one of ``EXAMPLE_IDS``). ``language`` is ``"en"``, ``"nb"``
    or None for the one in use. A name without an ending gets ``.xlsx``.

    Raises ``ParameterError`` when the file exists and is not to be overwritten, when the ending is
    another, or when it cannot be written; nothing is left behind then.

    >>> write_template(Path(tempfile.mkdtemp()) / "ledger").name
    'ledger.xlsx'
    """
    target = Path(path)
    target = target if target.suffix else target.with_suffix(".xlsx")
    with speaking(language or current_language()):
        _check_target(target, overwrite=overwrite)
        try:
            with tempfile.TemporaryDirectory(prefix=".kamkit-", dir=target.parent) as aside:
                draft = Path(aside) / target.name
                _write(draft)
                draft.replace(target)
        except OSError as error:
            raise ParameterError(
                _("The template cannot be written."),
                where=str(target),
                found=error.strerror or str(error),
                remedy=_("Choose a folder that you may write to."),
            ) from None
    return target


@writer
def column_words(name: str) -> str:
    """Return the heading of a column of the ledger as it stands inside a sentence.

    >>> column_words("unit_price")
    'unit price'
    """
    return heading(TABLES["sales"].column(name)).lower()


def heading(column: Field) -> str:
    """Return the heading of a column in the language in use.

    >>> heading(TABLES["sales"].column("unit_price"))
    'Unit price'
    """
    if current_language() == "nb":
        return column.norwegian
    return column.name.replace("_", " ").capitalize()


def sheet_name(table: Table) -> str:
    """Return the name of a table's sheet in the language in use.

    >>> sheet_name(TABLES["sales"])
    'Sales'
    """
    return _(_SHEETS[table.name])


def _check_target(target: Path, *, overwrite: bool) -> None:
    if target.suffix.lower() != ".xlsx":
        raise ParameterError(
            _("The template is an Excel workbook."),
            found=target.name,
            wanted=target.with_suffix(".xlsx").name,
            remedy=_("End the name with .xlsx."),
        )
    if not target.parent.is_dir():
        raise ParameterError(
            _("The folder does not exist."),
            where=str(target.parent),
            remedy=_("Create it first, or choose another."),
        )
    if target.exists() and not overwrite:
        raise ParameterError(
            _("The file exists already."),
            where=str(target),
            remedy=_("Choose another name, or delete the file first if nothing is filled in."),
        )


def _write(draft: Path) -> None:
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(draft), options) as book:
        book.set_properties({"title": _("Your data for kamkit"), "author": "kamkit"})
        book.set_size(1800, 1200)
        looks = _looks(book)
        _write_readme(book.add_worksheet(_("Read me")), looks)
        for table in TABLES.values():
            _write_table(book.add_worksheet(sheet_name(table)), table, looks)


def _looks(book: Any) -> dict[str, Any]:
    """Make the workbook's formats. Required headings differ in weight, not in colour alone."""
    date = _("yyyy-mm-dd")
    formats = {"text": "@", "choice": "@", "date": date, "money": "#,##0.00", "number": "General"}
    head = {"border": 1, "border_color": LINE, "valign": "vcenter"}
    example = {"italic": True, "font_color": QUIET, "bg_color": WASH}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 16, "font_color": ACCENT},
        "section": {"bold": True, "font_size": 12, "font_color": ACCENT, "bottom": 1},
        "step": {"text_wrap": True, "valign": "top"},
        "cell": {"text_wrap": True, "valign": "top", "bottom": 4, "bottom_color": LINE},
        "link": {
            "valign": "top",
            "font_color": ACCENT,
            "underline": 1,
            "bottom": 4,
            "bottom_color": LINE,
        },
        "required": head | {"bold": True, "bg_color": ACCENT, "font_color": PAPER},
        "optional": head | {"bg_color": PALE_BLUE, "font_color": INK},
    }
    for kind, pattern in formats.items():
        side: dict[str, Any] = {"indent": 1} if pattern == "@" else {"align": "right"}
        looks[kind] = {"num_format": pattern} | side
        looks[f"example {kind}"] = example | looks[kind]
        looks[f"required {kind}"] = looks["required"] | side
        looks[f"optional {kind}"] = looks["optional"] | side
    return {name: book.add_format(look) for name, look in looks.items()}


def _write_table(sheet: Any, table: Table, looks: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 22)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    for index, column in enumerate(table.asked):
        words = heading(column)
        width = max(len(words), len(column.example), 9) + 3
        sheet.set_column(index, index, width, looks[column.kind])
        need = "required" if column.required else "optional"
        sheet.write_string(0, index, words, looks[f"{need} {column.kind}"])
        sheet.write_comment(0, index, _note(column), {"x_scale": 2, "y_scale": 1.4})
        _write_example(sheet, index, column, looks)
        if rule := _rule(column):
            sheet.data_validation(1, index, _LAST_ROW, index, rule)


def _write_example(sheet: Any, index: int, column: Field, looks: dict[str, Any]) -> None:
    look = looks[f"example {column.kind}"]
    if index == 0:
        sheet.write_string(1, index, _example_id(), look)
    elif not column.example:
        sheet.write_blank(1, index, None, look)
    elif column.kind == "date":
        sheet.write_datetime(1, index, dt.date.fromisoformat(column.example), look)
    elif column.kind in ("money", "number"):
        sheet.write_number(1, index, float(column.example), look)
    else:
        sheet.write_string(1, index, column.example, look)


def _example_id() -> str:
    return EXAMPLE_IDS[current_language() == "nb"]


def _note(column: Field) -> str:
    """Explain a heading: needed or not, its meaning, its kind, its choices."""
    lines = [_need(column), _(column.meaning) + ".", _("Kind: {kind}", kind=_kind(column))]
    if column.choices:
        lines.append(_("Choices: {choices}", choices=", ".join(column.choices)))
    return "\n".join(lines)


def _need(column: Field) -> str:
    return _("Required.") if column.required else _("Optional.")


def _kind(column: Field) -> str:
    return _(_KINDS[column.kind])


def _rule(column: Field) -> dict[str, Any]:
    """Return Excel's check of a column; titles stay under Excel's limit of 32 characters."""
    if column.kind == "choice":
        return {
            "validate": "list",
            "source": list(column.choices),
            "error_title": _("Not one of the choices"),
            "error_message": ", ".join(column.choices),
        }
    if column.kind == "date":
        return {
            "validate": "date",
            "criteria": ">=",
            "value": _EARLIEST,
            "error_title": _("Not a date"),
            "error_message": _("Write a date, such as {date}.", date=_today_like()),
        }
    if column.kind in ("money", "number"):
        return {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -_LARGEST,
            "maximum": _LARGEST,
            "error_title": _("Not a number"),
            "error_message": _("Write a number, without currency or unit."),
        }
    return {}


def _today_like() -> str:
    day = {"yyyy": "2025", "mm": "03", "dd": "31"}
    return re.sub("[a-z]+", lambda part: day[part[0]], _("yyyy-mm-dd"))


def _write_readme(sheet: Any, looks: dict[str, Any]) -> None:
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for index, width in enumerate((14, 32, 11, 18, 62, 56)):
        sheet.set_column(index, index, width)
    sheet.write_string(0, 0, _("Your data for kamkit"), looks["title"])
    sheet.set_row(0, 26)
    row = _write_steps(sheet, looks)
    row = _write_tables(sheet, row + 1, looks)
    _write_headings(sheet, row + 1, looks)


def _write_steps(sheet: Any, looks: dict[str, Any]) -> int:
    sales = TABLES["sales"]
    amount, quantity, price = (
        heading(sales.column(name)) for name in ("amount", "quantity", "unit_price")
    )
    steps = (
        _(
            "1. Fill in the sheet “{sheet}”, one row per invoice line. It is the only sheet that"
            " must be filled in; each of the others makes more analyses possible.",
            sheet=sheet_name(sales),
        ),
        _(
            "2. Bold headings on dark blue are required, the others may stay empty. “{amount}” may"
            " stay empty where “{quantity}” and “{price}” are filled in.",
            amount=amount,
            quantity=quantity,
            price=price,
        ),
        _("3. Point at a heading to read what belongs below it. Do not change the headings."),
        _(
            "4. The grey row with “{example}” is an example. It is never counted: leave it or"
            " delete it.",
            example=_example_id(),
        ),
        _(
            "5. Amounts are without VAT and after discount; credit notes are negative. Customer"
            " numbers are text, so that 000123 keeps its zeros. Write dates like {date}.",
            date=_today_like(),
        ),
        _("6. Save the workbook, then run: kamkit check FILE and kamkit run FILE"),
    )
    for row, step in enumerate(steps, start=1):
        sheet.merge_range(row, 0, row, 5, step, looks["step"])
        sheet.set_row(row, 18 * (1 + len(step) // _STEP_WIDTH))  # merged cells do not grow
    return len(steps) + 1


def _write_tables(sheet: Any, row: int, looks: dict[str, Any]) -> int:
    _write_line(sheet, row, (_("The sheets"), "", ""), looks["section"])
    titles = (_("Sheet"), _("One row per"), _("Needed"))
    _write_line(sheet, row + 1, titles, looks["optional"])
    for i, table in enumerate(TABLES.values(), start=row + 2):
        name = sheet_name(table)
        need = _("required") if table.name == "sales" else _("optional")
        _write_line(sheet, i, (name, _(table.grain), need), looks["cell"])
        sheet.write_url(i, 0, f"internal:'{name}'!A1", looks["link"], name)
    return row + 2 + len(TABLES)


def _write_headings(sheet: Any, row: int, looks: dict[str, Any]) -> None:
    _write_line(sheet, row, (_("The headings"), "", "", "", "", ""), looks["section"])
    titles = (_("Sheet"), _("Heading"), _("Needed"), _("Kind"), _("Meaning"))
    _write_line(sheet, row + 1, (*titles, _("Choices")), looks["optional"])
    row_at = row + 2
    for table in TABLES.values():
        for column in table.asked:
            need = _("required") if column.required else _("optional")
            line = (sheet_name(table), heading(column), need, _kind(column), _(column.meaning))
            _write_line(sheet, row_at, (*line, ", ".join(column.choices)), looks["cell"])
            row_at += 1


def _write_line(sheet: Any, row: int, cells: tuple[str, ...], look: Any) -> None:
    for index, cell in enumerate(cells):
        sheet.write_string(row, index, cell, look)
