"""XML from outside: read without entities, without the network and within limits."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO, Any

_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "huge_tree": False,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}

_FIRST = re.compile(
    rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>\s*)*"
    rb"<(?:[\w.-]+:)?([\w.-]+)",
    re.DOTALL,
)


class Unreadable(Exception):  # noqa: N818 - what a document is
    """A document that is no sound XML, or declares entities."""


def tree(content: bytes) -> Any:
    """Return the root of a document that is read whole.

    Raises ``Unreadable`` when it is not well formed, or has a DOCTYPE: no invoice has one, and what
    it declares can grow without end.

    >>> tree(b"<a><b>1</b></a>").findtext("b")
    '1'
    """
    from lxml import etree

    try:
        root = etree.fromstring(content, etree.XMLParser(**_SAFE))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(_first_line(error)) from None
    if root.getroottree().docinfo.doctype:
        raise Unreadable("DOCTYPE")
    return root


def elements(file: IO[bytes], names: tuple[str, ...]) -> Iterator[Any]:
    """Give the elements of some names as they end, of any namespace, and forget each afterwards.

    Raises ``Unreadable`` as ``tree`` does.

    >>> import io
    >>> [e.text for e in elements(io.BytesIO(b"<a><b>1</b><b>2</b></a>"), ("b",))]
    ['1', '2']
    """
    from lxml import etree

    tags = [f"{{*}}{name}" for name in names]
    try:
        looked = False
        for _event, element in etree.iterparse(file, events=("end",), tag=tags, **_SAFE):
            if not looked and element.getroottree().docinfo.doctype:
                raise Unreadable("DOCTYPE")
            looked = True
            yield element
            element.clear(keep_tail=False)
            while element.getprevious() is not None:
                del element.getparent()[0]
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(_first_line(error)) from None


def root_name(head: bytes) -> str:
    """Return the name of the first element, without its namespace; empty when there is none.

    ``head`` is the beginning of a document.

    >>> root_name(b'<?xml version="1.0"?><!-- 2025 --><n:AuditFile xmlns:n="u"/>')
    'AuditFile'
    """
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            head = head[: len(head) // 2 * 2].decode(encoding, "replace").encode()
    match = _FIRST.match(head.removeprefix(codecs.BOM_UTF8))
    return match.group(1).decode(errors="replace") if match else ""


def local(element: Any) -> str:
    """Return the name of an element without its namespace."""
    return re.sub(r"^\{.*\}", "", str(element.tag))


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
