"""What people type, read as numbers and days, and what they are told of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

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

_COLOURS = {RIGHT: "#1b7f3b", NOTED: "#1f5fa8", WRONG: "#a83232"}
_MILLION = re.compile(r"\d[\d\s.,]*\s*(mill?\b|mill\.|million(er)?\b|millions\b)", re.IGNORECASE)
_THOUSAND = re.compile(r"\d[\d\s.,]*\s*(k|thousand|tusen)\b", re.IGNORECASE)
_NUMBER = re.compile(r"[-\u2212]?\d[\d\s\u00a0\u202f.,']*")


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
    Norwegian one and a bit. ``share`` takes 16 and 16 % for 0.16.

    >>> read_number("16.2 %", share=True), read_number("NOK 1.5 million"), read_number("1,234")
    (0.162, 1500000.0, 1234.0)
    """
    if isinstance(answer, bool):
        raise Unreadable(_("Write a number."))
    if isinstance(answer, int | float):
        number, text = float(answer), ""
    else:
        text = str(answer)
        found = _NUMBER.search(text)
        if found is None:
            raise Unreadable(_("Write a number, such as {example}.", example="120"))
        number = _decimal(re.sub(r"[\s\u00a0\u202f']", "", found[0]).rstrip(".,"))
    if _MILLION.search(text):
        number *= 1e6
    elif _THOUSAND.search(text):
        number *= 1e3
    if share and ("%" in text or abs(number) > 1.5):
        number /= 100
    return round(number, 12)


def _decimal(text: str) -> float:
    text = text.replace("\u2212", "-")
    from babel.numbers import get_decimal_symbol

    decimal = str(get_decimal_symbol(locale_name()))
    thousands = "." if decimal == "," else ","
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


_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d.%m.%y", "%d %b %Y", "%d %B %Y")


def read_day(answer: Any) -> dt.date:
    """Return the day that a person means; ``Unreadable`` where there is none.

    >>> read_day("2026-03-31"), read_day("31.3.2026")
    (datetime.date(2026, 3, 31), datetime.date(2026, 3, 31))
    """
    if isinstance(answer, dt.datetime):
        return answer.date()
    if isinstance(answer, dt.date):
        return answer
    for pattern in _DAYS:
        try:
            return dt.datetime.strptime(str(answer).strip(), pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise Unreadable(_("Write a day, such as {example}.", example="2026-03-31"))
