"""What people type, read as numbers and days, and what they are told of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from kamkit import colours
from kamkit.language import gettext as _
from kamkit.language import locale_name, percent

RIGHT, NOTED, WRONG, EMPTY, UNREAD, LEFT_OUT = (
    "right",
    "noted",
    "wrong",
    "empty",
    "unread",
    "left out",
)
"""What becomes of an answer. A prediction is noted; what cannot be read is no attempt."""

_COLOURS = {RIGHT: colours.RIGHT, NOTED: colours.ACCENT, WRONG: colours.BELOW}
_MILLION = re.compile(r"\d[\d\s.,]*\s*(mill?\b|mill\.|million(er)?\b|millions\b)", re.IGNORECASE)
_THOUSAND = re.compile(r"\d[\d\s.,]*\s*(k|thousand|tusen)\b", re.IGNORECASE)
_PERCENT = re.compile(r"%|\bper ?cent|\bprosent|\bpst\b|\bpp\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?:[-\u2212]\s?|\bminus\s+)?\d[\d\s\u00a0\u202f.,']*", re.IGNORECASE)
_ONE_GROUP = re.compile(r"(?<![\d.,])\d{1,3}[.,]\d{3}(?![\d.,])")
_GROUPS = re.compile(r"-?\d{1,3}(?:(,\d{3}){2,}|(\.\d{3}){2,})")
_QUOTIENT = re.compile(r"\s*([^/]*\d)\s*/\s*(\d[^/]*)")


class Unreadable(Exception):  # noqa: N818 - it is said of an answer, and shown as a sentence
    """An answer that cannot be understood; the message says what is wanted."""


@dataclass(frozen=True)
class Feedback:
    """What an answer is told: its state, the share that is right, and the reason in words.

    It is true where the question is done with: a right answer, or a prediction.

    >>> feedback = Feedback("wrong", 0.5, "Two of the four are right.")
    >>> bool(feedback), feedback
    (False, Not yet. Two of the four are right. (50% right))
    """

    state: str
    credit: float
    text: str

    def __bool__(self) -> bool:
        return self.state in (RIGHT, NOTED)

    def __repr__(self) -> str:
        parts = [self.verdict, self.text, self.part]
        return " ".join(part for part in parts if part)

    @property
    def verdict(self) -> str:
        """The state in words; the reason follows."""
        words = {RIGHT: _("Right."), NOTED: _("Noted."), WRONG: _("Not yet.")}
        return str(words.get(self.state, ""))

    @property
    def part(self) -> str:
        """The share that is right, where some of it is."""
        if self.state == WRONG and 0 < self.credit < 1:
            return str(_("({share} right)", share=percent(self.credit, 0)))
        return ""

    @property
    def html(self) -> str:
        """The words as HTML; a screen reader reads them out when they appear."""
        colour = _COLOURS.get(self.state, "inherit")
        verdict = f'<b style="color:{colour}">{escape(self.verdict)}</b> ' if self.verdict else ""
        text = escape(" ".join(part for part in (self.text, self.part) if part))
        return f'<div role="alert">{verdict}{text}</div>'

    def _repr_mimebundle_(self, **_unused: Any) -> tuple[dict[str, str], dict[str, Any]]:
        data = {"text/html": self.html, "text/plain": repr(self)}
        return data, {"kamkit": {"kind": "note", "text": repr(self)}}


def is_empty(answer: Any) -> bool:
    """Tell whether nothing was answered: no value, no letters, nothing in any place.

    >>> [is_empty(answer) for answer in (None, " ", [], ["", None], {"a": ""}, 0)]
    [True, True, True, True, True, False]
    """
    if answer is None or answer != answer:
        return True
    if isinstance(answer, str):
        return not answer.strip()
    if isinstance(answer, Mapping):
        return all(is_empty(part) for part in answer.values())
    if isinstance(answer, list | tuple | set | frozenset):
        return all(is_empty(part) for part in answer)
    return False


def in_words(answer: Any) -> bool:
    """Tell whether thousands or millions are written out in an answer.

    >>> in_words("3.9 million"), in_words("3 900 000")
    (True, False)
    """
    return bool(_MILLION.search(str(answer)) or _THOUSAND.search(str(answer)))


def read_number(answer: Any, *, share: bool = False) -> float:
    """Return the number that a person means; ``Unreadable`` where there is none.

    A comma is a decimal sign where it can be one: in English ``1,234`` is one thousand, in
    Norwegian one and a bit. ``share`` takes 16 and 16 % for 0.16; of what may mean two shares it
    takes the first of ``read_shares``.

    >>> read_number("16.2 %", share=True), read_number("NOK 1.5 million"), read_number("1,234")
    (0.162, 1500000.0, 1234.0)
    """
    return read_shares(answer)[0] if share else _number(answer)


def read_shares(answer: Any) -> list[float]:
    """Return the shares that a person may mean: 0.4 without a sign is 40 % or 0.4 %.

    >>> read_shares("16"), read_shares("0.4"), read_shares("0.4 %"), read_shares("1")
    ([0.16], [0.4, 0.004], [0.004], [0.01, 1.0])
    """
    number, text = _number(answer), str(answer)
    if _PERCENT.search(text) or abs(number) > 1.5:
        return [round(number / 100, 12)]
    if _QUOTIENT.fullmatch(text):
        return [number]
    meant = [number, round(number / 100, 12)]
    return meant if abs(number) < 1 or isinstance(answer, float) else meant[::-1]


def read_numbers(answer: Any) -> list[float]:
    """Return the numbers that a person may mean, that of the language in use first.

    >>> read_numbers("1,234"), read_numbers("12.5")
    ([1234.0, 1.234], [12.5])
    """
    number = _number(answer)
    if not isinstance(answer, str) or not _ONE_GROUP.search(answer):
        return [number]
    return [number, number / 1000 if number == round(number) else number * 1000]


def _number(answer: Any) -> float:
    if isinstance(answer, bool):
        raise Unreadable(_("Write a number."))
    if isinstance(answer, int | float):
        return round(float(answer), 12)
    text = str(answer)
    parts = _QUOTIENT.fullmatch(text)
    if parts is not None:
        above, below = (_number(group) for group in parts.groups())
        return round(above / below, 12) if below else _mixed()
    match = _NUMBER.search(text)
    if match is None:
        raise Unreadable(_("Write a number, such as {example}.", example="120"))
    digits = re.sub(r"[\s\u00a0\u202f']", "", match[0].casefold().replace("minus", "-"))
    number = _decimal(digits.rstrip(".,"))
    if _MILLION.search(text):
        number *= 1e6
    elif _THOUSAND.search(text):
        number *= 1e3
    return round(number, 12)


def _decimal(text: str) -> float:
    text = text.replace("\u2212", "-")
    from babel.numbers import get_decimal_symbol

    decimal = str(get_decimal_symbol(locale_name()))
    thousands = "." if decimal == "," else ","
    if _GROUPS.fullmatch(text):  # in any language
        return float(re.sub(r"[.,]", "", text))
    both = "," in text and "." in text
    if both:
        decimal = max(",.", key=text.rfind)
        thousands = "," if decimal == "." else "."
    elif not re.fullmatch(rf"-?\d{{1,3}}({re.escape(thousands)}\d{{3}})+", text):
        return float(text.replace(",", ".")) if text.count(",") + text.count(".") < 2 else _mixed()
    try:
        return float(text.replace(thousands, "").replace(decimal, "."))
    except ValueError:
        return _mixed()


def _mixed() -> float:
    raise Unreadable(_("Write one number only, without spaces inside it."))


_DAY = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?\s*([a-z]{3,9})\.?,?\s*(\d{4}|\d{2})")
_DAY_LAST = re.compile(r"([a-z]{3,9})\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s*(\d{4})")
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d.%m.%y", "%d/%m/%y")
_MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
_NORWEGIAN = {"may": "mai", "oct": "okt", "dec": "des"}


def read_day(answer: Any) -> dt.date:
    """Return the day that a person means; ``Unreadable`` where there is none.

    >>> read_day("2026-03-31"), read_day("31.3.2026"), read_day("31. mars 2026")
    (datetime.date(2026, 3, 31), datetime.date(2026, 3, 31), datetime.date(2026, 3, 31))
    """
    if isinstance(answer, dt.datetime):
        return answer.date()
    if isinstance(answer, dt.date):
        return answer
    text = re.sub(r"\.\s+(?=\d)", ".", str(answer).strip().casefold())
    if match := _DAY.fullmatch(text):
        text = _dotted(match[1], match[2], match[3])
    elif match := _DAY_LAST.fullmatch(text):
        text = _dotted(match[2], match[1], match[3])
    for pattern in _DAYS:
        try:
            return dt.datetime.strptime(text, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise Unreadable(_("Write a day, such as {example}.", example="2026-03-31"))


def _dotted(day: str, month: str, year: str) -> str:
    short = _NORWEGIAN.get(month[:3], month[:3])
    return f"{day}.{_MONTHS.index(short) + 1}.{year}" if short in _MONTHS else ""
