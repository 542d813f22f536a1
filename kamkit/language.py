"""The language of everything kamkit says: English is the source, Norwegian Bokmål a catalogue.

A string of the package is passed through ``say`` (or ``say_many``) as a literal, so that Babel can
extract it; a missing translation fails the tests.
"""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "nb")
_LOCALES = {"en": "en_GB", "nb": "nb_NO"}
_CATALOGUES = Path(__file__).parent / "locale"
_state = {"language": ""}


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation("kamkit", _CATALOGUES, languages=[code], fallback=True)


def language() -> str:
    """Return the language in use, ``"en"`` or ``"nb"``.

    It is what ``set_language`` chose, else the variable ``KAMKIT_LANG``, else the language of the
    machine, else English.
    """
    if not _state["language"]:
        wish = os.environ.get("KAMKIT_LANG") or (locale.getlocale()[0] or "")
        norwegian = wish.lower().startswith(("nb", "no", "nn"))
        _state["language"] = "nb" if norwegian else "en"
    return _state["language"]


def set_language(code: str) -> None:
    """Choose the language of all that follows.

    Raises ``ParameterError`` for a code that is not in ``LANGUAGES``.

    >>> set_language("nb"); language()
    'nb'
    >>> set_language("en")
    """
    if code not in LANGUAGES:
        from kamkit.errors import ParameterError

        raise ParameterError(
            say("Unknown language “{code}”.", code=code),
            wanted=", ".join(LANGUAGES),
            remedy=say("Use --lang en or --lang nb."),
        )
    _state["language"] = code


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Use a language inside a ``with`` block.

    >>> with speaking("nb"):
    ...     language()
    'nb'
    """
    before = language()
    set_language(code)
    try:
        yield
    finally:
        set_language(before)


def mark(message: str) -> str:
    """Mark a constant for extraction; ``say`` translates it where it is shown.

    >>> mark("customer")
    'customer'
    """
    return message


def say(message: str, /, **values: object) -> str:
    """Translate a message and fill in its named values.

    >>> say("{n} accounts", n=3)
    '3 accounts'
    """
    text = _catalogue(language()).gettext(message) if message else ""
    return text.format(**values) if values else text


def say_many(one: str, many: str, n: int, /, **values: object) -> str:
    """Translate a message that has a singular and a plural; ``{n}`` is the formatted count.

    >>> say_many("{n} account", "{n} accounts", 1200)
    '1,200 accounts'
    """
    text = _catalogue(language()).ngettext(one, many, n)
    return text.format(n=number(n), **values)


def locale_name() -> str:
    """Return the Babel locale of the language in use.

    >>> locale_name()
    'en_GB'
    """
    return _LOCALES[language()]


def number(value: float, decimals: int = 0) -> str:
    """Format a number the way the language writes it; a missing value is an en dash.

    >>> number(1234567.891, 1), number(-0.2)
    ('1,234,567.9', '0')
    """
    from babel.numbers import format_decimal

    if value is None or value != value:
        return "–"
    value = abs(value) if round(value, decimals) == 0 else value  # no “-0”
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=locale_name())


def percent(share: float, decimals: int = 1) -> str:
    """Format a share (a fraction of 1) as a percentage.

    >>> percent(0.2587), percent(-0.0001)
    ('25.9%', '0.0%')
    """
    from babel.numbers import format_percent

    if share is None or share != share:
        return "–"
    share = abs(share) if round(share * 100, decimals) == 0 else share
    suffix = "\u00a0%" if language() == "nb" else "%"
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + suffix
    return format_percent(share, format=pattern, locale=locale_name())


def join(words: list[str]) -> str:
    """Write a list as the language does.

    >>> join(["A", "B", "C"])
    'A, B and C'
    """
    from babel.lists import format_list

    return format_list(words, locale=locale_name())
