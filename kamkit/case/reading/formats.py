"""Currencies that a workbook shows by the format of its cells, and that no cell holds."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from kamkit.case.traps import refuse_scale
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import join

_MOST = 30_000_000  # bytes of a sheet or of the styles that are searched
_FORMAT = re.compile(r'<(?:\w+:)?numFmt [^>]*?numFmtId="(\d+)"[^>]*?formatCode="([^"]*)"')
_STYLES = re.compile(r"<(?:\w+:)?cellXfs.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(r'<(?:\w+:)?xf [^>]*?numFmtId="(\d+)"')
_CELL = re.compile(rb'<(?:\w+:)?c r="([A-Z]+)\d+"[^>]*? s="(\d+)"')
_SHEET = re.compile(r'<(?:\w+:)?sheet [^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"')
_SIGN = re.compile(
    r"\[\$([^\]-]+)(?:-([0-9A-Fa-f]+))?\]|&quot;([^&]{1,4})&quot;|"
    r"([€£$]|\bkr\b|\b(?:NOK|SEK|DKK|EUR|USD|GBP|CHF|PLN)\b)"
)
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_LITERAL = re.compile(r"\"(.*?)\"|\\(.)")
_SCALES = {
    "thousands": r"k|[kt](?:nok|sek|dkk|eur|usd|gbp|kr)|tusen|tusind|thousands?|tsd|tausend|1 ?000",
    "millions": r"M|(?i:m(?:nok|sek|dkk|eur|usd|gbp|kr)|mill|mio|mln|milli?on(?:er|s|en)?)",
}
"""What a format writes behind a number that is held as it is shown."""
_CODES = {"€": "EUR", "£": "GBP", "$": "USD", "US$": "USD", "ZŁ": "PLN"}
_CROWNS = {"414": "NOK", "814": "NOK", "41D": "SEK", "406": "DKK"}


def currencies(path: Path) -> dict[str, dict[int, frozenset[str]]]:
    """Return the columns of each sheet whose cells are shown in several currencies.

    Nothing is read of a workbook whose formats name fewer than two.
    """
    if path.suffix.lower() not in (".xlsx", ".xlsm") or not zipfile.is_zipfile(path):
        return {}
    try:
        with zipfile.ZipFile(path) as book:
            styles = _styles(_text(book, "xl/styles.xml"))
            if len(set(styles.values())) < 2 and not {*styles.values()} & {*_SCALES}:
                return {}
            links = _text(book, "xl/_rels/workbook.xml.rels")
            currencies_found = {}
            for name, link in _SHEET.findall(_text(book, "xl/workbook.xml")):
                target = _target(links, link)
                with book.open(f"xl/{target}") as sheet:
                    currencies_found[name] = _columns(sheet.read(_MOST), styles)
            return currencies_found
    except (zipfile.BadZipFile, OSError, EOFError, KeyError, NotImplementedError, RuntimeError):
        return {}


def refuse_shown_scale(shown: frozenset[str], heading: str, where: str) -> None:
    """Raise ``LedgerError`` for amounts whose format writes thousands or millions behind them.

    >>> refuse_shown_scale(frozenset({"EUR", "NOK"}), "Amount", "a.xlsx")
    """
    kind = next((kind for kind in _SCALES if kind in shown), "")
    refuse_scale(kind, _("the format of the cells of “{heading}”", heading=heading), where)


def refuse_mixed(codes: frozenset[str], heading: str, where: str) -> None:
    """Raise ``LedgerError`` for amounts of which only the format tells the currency.

    >>> refuse_mixed(frozenset({"EUR"}), "Amount", "a.xlsx")
    """
    if len(codes) < 2:
        return
    raise LedgerError(
        _("The cells of “{heading}” are shown in several currencies.", heading=heading),
        where=where,
        found=join(sorted(codes)),
        wanted=_("one currency, or a column with the currency of each line"),
        remedy=_(
            "Write the currency of each line into a column; or say --currency NOK if all amounts "
            "are in one, whatever their format shows."
        ),
    )


def _text(book: zipfile.ZipFile, name: str) -> str:
    with book.open(name) as file:
        return file.read(_MOST).decode("utf-8", "replace")


def _target(links: str, link: str) -> str:
    one = next(tag for tag in re.findall(r"<Relationship [^>]*>", links) if f'Id="{link}"' in tag)
    match = re.search(r'Target="([^"]*)"', one)
    return (match[1] if match else "").removeprefix("/xl/")


def _styles(text: str) -> dict[int, str]:
    """Return the numbers of the styles that show a currency, and which."""
    units = {key: unit for key, form in _FORMAT.findall(text) if (unit := _unit(form))}
    block = _STYLES.search(text)
    used = _STYLE.findall(block[0]) if block else []
    return {at: units[key] for at, key in enumerate(used) if key in units}


def _unit(form: str) -> str:
    """Return the currency, or the thousands or millions, that a format shows, else empty.

    >>> _unit('#,##0.00 [$kr-414]'), _unit('[$€-2] #,##0.00'), _unit('0.00')
    ('NOK', 'EUR', '')
    >>> _unit('0.0&quot; TNOK&quot;'), _unit('0.0,&quot; TNOK&quot;')
    ('thousands', '')
    """
    section = html.unescape(form).split(";")[0]
    literal = "".join(one or other for one, other in _LITERAL.findall(section)).strip(" .()")
    if not _SCALED.search(section):
        for kind, words in _SCALES.items():
            if re.fullmatch(words if kind == "millions" else f"(?i:{words})", literal):
                return kind
    for sign, locale, quoted, bare in _SIGN.findall(form):
        word = (sign or quoted or bare).strip().upper().rstrip(".")
        if word == "KR":
            return _CROWNS.get(locale.upper().lstrip("0"), "KR")
        if word in _CODES or re.fullmatch(r"[A-Z]{3}", word):
            return str(_CODES.get(word, word))
    return ""


def _columns(text: bytes, styles: Mapping[int, str]) -> dict[int, frozenset[str]]:
    columns: dict[int, set[str]] = {}
    for letters, style in set(_CELL.findall(text)):
        if unit := styles.get(int(style)):
            at = 0
            for letter in letters:
                at = at * 26 + letter - 64
            columns.setdefault(at - 1, set()).add(unit)
    plain = {
        at: units - {"KR"} if units & {*_CROWNS.values()} else units
        for at, units in columns.items()
    }
    return {
        at: frozenset(units) for at, units in plain.items() if len(units) > 1 or units & {*_SCALES}
    }
