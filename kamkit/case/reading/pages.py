"""Tables of a web page, or of a spreadsheet in XML, that a system calls a workbook (.xls)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from kamkit.errors import SourceError
from kamkit.language import gettext as _

_LARGEST = 1 << 28  # bytes that are read into memory
_SHEETS = b"urn:schemas-microsoft-com:office:spreadsheet"
_MOST_COLUMNS = 16_384


def is_page(head: bytes) -> bool:
    """Tell whether a file begins as a web page or XML does.

    >>> is_page(b"<html><table>"), is_page(b"PK")
    (True, False)
    """
    return bytes(head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")).startswith(b"<")


def sheets(path: Path) -> list[tuple[str, list[list[Any]]]]:
    """Return the tables of a page: the name of each and its rows of text.

    Raises ``SourceError`` where there is none, or the file is too large for this reader.
    """
    from lxml import etree, html

    if path.stat().st_size > _LARGEST:
        raise _no_table(path.name, _("a file of more than 268 MB"))
    content = path.read_bytes()
    try:
        if _SHEETS in content[:4096].replace(b"\0", b""):
            safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
            sheets_found = _of_xml(etree.fromstring(content, safe))
        else:
            parser = html.HTMLParser(no_network=True, encoding=_encoding(content))
            sheets_found = _of_html(html.document_fromstring(content, parser=parser))
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise _no_table(path.name, str(error).splitlines()[0][:200]) from None
    if not sheets_found:
        raise _no_table(path.name, _("a web page or XML without a table"))
    return sheets_found


def _encoding(content: bytes) -> str | None:
    """Return UTF-8 where the page is; else what it says of itself counts."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _of_html(root: Any) -> list[tuple[str, list[list[Any]]]]:
    tables = [one for one in root.iter("table") if one.find(".//table") is None]
    pages = []
    for number, table in enumerate(tables, 1):
        rows: list[list[Any]] = []
        for row in table.iter("tr"):
            cells: list[Any] = []
            for cell in row.iterchildren("td", "th"):
                text = re.sub(r"[ \t\r\n]+", " ", cell.text_content()).strip()
                cells += [text, *[""] * (min(_whole(cell.get("colspan")), _MOST_COLUMNS) - 1)]
            rows.append(cells)
        if any(text for cells in rows for text in cells):
            pages.append((str(number), rows))
    return pages


def _of_xml(root: Any) -> list[tuple[str, list[list[Any]]]]:
    space = f"{{{_SHEETS.decode()}}}"
    pages = []
    for sheet in root.iter(f"{space}Worksheet"):
        rows: list[list[Any]] = []
        for row in sheet.iter(f"{space}Row"):
            while len(rows) + 1 < min(_whole(row.get(f"{space}Index")), len(rows) + 1000):
                rows.append([])
            cells: list[Any] = []
            for cell in row.iterchildren(f"{space}Cell"):
                position = min(_whole(cell.get(f"{space}Index")), _MOST_COLUMNS)
                cells += [""] * (position - 1 - len(cells))
                data = cell.find(f"{space}Data")
                cells.append(_value(data, space) if data is not None else "")
            rows.append(cells)
        if any(cells for cells in rows):
            pages.append((sheet.get(f"{space}Name") or "1", rows))
    return pages


def _value(data: Any, space: str) -> Any:
    text = "".join(data.itertext())
    kind = data.get(f"{space}Type")
    try:
        if kind == "Number":
            return float(text)
        return dt.date.fromisoformat(text[:10]) if kind == "DateTime" else text
    except ValueError:
        return text


def _whole(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,6}", text) else 1


def _no_table(name: str, found: str) -> SourceError:
    return SourceError(
        _("The file is a web page or XML that is called a workbook, and holds no table."),
        where=name,
        found=found,
        wanted=_("a workbook, or a page with a table"),
        remedy=_("Open it in a spreadsheet program and save it as .xlsx, or export it as CSV."),
    )
