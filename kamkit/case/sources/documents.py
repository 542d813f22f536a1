"""XML documents told apart: e-invoices, accounting files, and what is neither."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from kamkit.case.engine import Embedded
from kamkit.case.options import ReadOptions
from kamkit.case.reading.source import Found
from kamkit.case.sources import einvoice, markup, saft
from kamkit.case.sources.invoices import Invoices
from kamkit.errors import SourceError
from kamkit.language import gettext as _

_HEAD = 1 << 14
_LARGEST = 1 << 27  # bytes of one e-invoice; what is cut is set aside as broken


@dataclass(frozen=True)
class Content:
    """What a file or a member of an archive holds, opened anew each time it is asked for."""

    name: str
    open: Callable[[], IO[bytes]]


def read(contents: Iterable[Content], label: str, options: ReadOptions, engine: Embedded) -> Found:
    """Read XML files; return the sales and customers that they hold.

    Raises ``SourceError`` where they hold none, or e-invoices and accounting files together.
    """
    result = Found()
    invoices, books = Invoices(engine), saft.Saft(engine, options.revenue_accounts)
    invoices.read(_sorted_out(contents, result, books))
    if invoices.rows.count and books.files:
        raise SourceError(
            _("E-invoices and accounting files lie together; they tell of the same sales."),
            where=label,
            remedy=_("Give the folder of one of them as the source."),
        )
    if books.files:
        result.parts, result.notes = books.parts(label), books.notes()
    elif invoices.rows.count:
        result.parts, result.notes = invoices.parts(label), invoices.notes()
    return result


def _sorted_out(
    contents: Iterable[Content], found: Found, books: saft.Saft
) -> Iterator[tuple[str, bytes]]:
    """Give the e-invoices; read accounting files, and put aside what is neither."""
    for content in contents:
        with content.open() as file:
            head = file.read(_HEAD)
            name = markup.root_name(head)
            if name in einvoice.ROOTS or not name:
                yield content.name, head + file.read(_LARGEST)
                continue
        if name == saft.ROOT:
            with content.open() as file:
                books.read(content.name, file)
        else:
            found.ignored.append(f"{content.name} ({name})")
