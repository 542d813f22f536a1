"""The language of everything kamkit says: English is the source, Norwegian Bokmål a catalogue.

A string of the package is passed through ``gettext`` (imported as ``_``) or ``ngettext`` as a
literal, so that Babel can extract it; a missing translation fails the tests. What comes back is a
``Text``: a string that remembers how it was made, so that it can be written in another language
later. A new language is a catalogue and a line in ``LOCALES``.
"""

from __future__ import annotations

import gettext as catalogues
import locale
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec

from kamkit.errors import KamkitError, ParameterError

LOCALES = {"en": "en_GB", "nb": "nb_NO"}
"""The languages, each with the Babel locale that formats its numbers, money and dates."""

LANGUAGES = tuple(LOCALES)
VARIABLE = "KAMKIT_LANG"
"""The environment variable that chooses the language."""

_READ_BY = {"no": "nb", "nn": "nb"}
"""The language that stands in for one that we do not have."""

_CATALOGUES = Path(__file__).parent / "locale"
_state = {"language": ""}


@cache
def _catalogue(code: str) -> catalogues.NullTranslations:
    return catalogues.translation("kamkit", _CATALOGUES, languages=[code], fallback=True)


def language() -> str:
    """Return the language in use, ``"en"`` or ``"nb"``.

    It is what ``set_language`` chose, else the variable ``KAMKIT_LANG``, else the language of the
    machine, else English. Raises ``ParameterError`` where the variable names a language that is
    not in ``LANGUAGES``.

    >>> language()
    'en'
    """
    if not _state["language"]:
        wish = os.environ.get(VARIABLE, "")
        _state["language"] = _wished(wish) if wish else _of_machine()
    return _state["language"]


def _wished(name: str) -> str:
    """Return the language that a code or a locale such as ``nb_NO.UTF-8`` means."""
    code = re.split(r"[-_.@]", name.lower())[0]
    code = _READ_BY.get(code, code)
    if code in LANGUAGES:
        return code
    _state["language"] = "en"  # the refusal itself needs one
    try:
        raise _unknown(name, VARIABLE, gettext("Set it to one of these, or remove it."))
    finally:
        _state["language"] = ""


def _of_machine() -> str:
    code = (locale.getlocale()[0] or "").lower()[:2]
    code = _READ_BY.get(code, code)
    return code if code in LANGUAGES else "en"


def set_language(code: str) -> None:
    """Choose the language of all that follows.

    Raises ``ParameterError`` for a code that is not in ``LANGUAGES``.

    >>> set_language("nb"); language()
    'nb'
    >>> set_language("en")
    """
    if code not in LANGUAGES:
        raise _unknown(str(code), "", gettext("Choose one of these."))
    _state["language"] = code


def _unknown(code: str, where: str, remedy: str) -> ParameterError:
    return ParameterError(
        gettext("Unknown language “{code}”.", code=code),
        where=where,
        wanted=", ".join(LANGUAGES),
        remedy=remedy,
    )


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


class Text(str):
    """A string that remembers how it was made.

    ``made`` is the name of a function in ``WRITERS`` and the arguments it was given, other texts
    among them. ``spoken`` writes the text in the language in use.

    >>> text = number(1200)
    >>> with speaking("nb"):
    ...     print(spoken(text).replace(chr(160), " "))
    1 200
    """

    made: tuple[str, tuple[Any, ...], dict[str, Any]]

    def __new__(cls, text: str, made: tuple[str, tuple[Any, ...], dict[str, Any]]) -> Text:
        """Return the text with what it was made from."""
        new = super().__new__(cls, text)
        new.made = made
        return new

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Let copies and pickles keep what the text was made from."""
        return str(self), self.made

    def __add__(self, other: str) -> Text:
        """Return both texts, one behind the other."""
        return Text(str(self) + other, ("joined", ("", [self, other]), {}))

    def __radd__(self, other: str) -> Text:
        """Return both texts, one behind the other."""
        return Text(other + str(self), ("joined", ("", [other, self]), {}))


WRITERS: dict[str, Callable[..., str]] = {}
"""The functions whose strings depend on the language, by name."""

_Arguments = ParamSpec("_Arguments")


def writer(function: Callable[_Arguments, str]) -> Callable[_Arguments, str]:
    """Make a function whose strings depend on the language return a ``Text``."""
    WRITERS[function.__name__] = function

    @wraps(function)
    def written(*args: _Arguments.args, **values: _Arguments.kwargs) -> Text:
        return Text(function(*args, **values), (function.__name__, args, values))

    return written


def spoken(value: Any) -> Any:
    """Return a text in the language in use, also inside lists, tuples and dicts.

    >>> spoken("Oslo")
    'Oslo'
    """
    if isinstance(value, Text):
        name, args, values = value.made
        args, values = spoken(args), spoken(values)
        return Text(WRITERS[name](*args, **values), (name, args, values))
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(spoken(part) for part in value)
    if type(value) is dict:
        return {key: spoken(part) for key, part in value.items()}
    return value


def N_(message: str) -> str:  # noqa: N802 - the name that gettext gives it
    """Mark a constant for extraction; ``gettext`` translates it where it is shown.

    >>> N_("customer")
    'customer'
    """
    return message


@writer
def gettext(message: str, /, **values: object) -> str:
    """Translate a message and fill in its named values.

    >>> gettext("{n} accounts", n=3)
    '3 accounts'
    """
    text = _catalogue(language()).gettext(message) if message else ""
    return text.format(**values) if values else text


KamkitError.translate = gettext


@writer
def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """Translate a message that has a singular and a plural; ``{n}`` is the formatted count.

    >>> ngettext("{n} account", "{n} accounts", 1200)
    '1,200 accounts'
    """
    text = _catalogue(language()).ngettext(one, many, n)
    return text.format(n=number(n), **values)


@writer
def joined(between: str, parts: list[str]) -> str:
    """Write texts one behind the other; empty ones are left out.

    >>> joined(" ", ["Three accounts.", "", "One month."])
    'Three accounts. One month.'
    """
    return between.join(part for part in parts if part)


@writer
def sentence(text: str) -> str:
    """Write a text as a sentence: with a capital, and a full stop.

    >>> sentence("on time; last on Monday")
    'On time; last on Monday.'
    """
    return f"{text[:1].upper()}{text[1:]}."


def locale_name() -> str:
    """Return the Babel locale of the language in use.

    >>> locale_name()
    'en_GB'
    """
    return LOCALES[language()]


MINUS = "\u2212"
"""The sign of a number below zero; a hyphen could part from its number at the end of a line."""


@writer
def number(value: float, decimals: int = 0) -> str:
    """Format a number the way the language writes it; a missing value is an en dash.

    >>> number(1234567.891, 1), number(-0.2)
    ('1,234,567.9', '0')
    >>> number(-4)  # a true minus sign
    '\u22124'
    """
    if value is None or value != value:
        return "–"
    value = abs(value) if round(value, decimals) == 0 else value  # no “-0”
    return _decimal(value, decimals, locale_name())


@lru_cache(maxsize=10_000, typed=True)
def _decimal(value: float, decimals: int, name: str) -> str:
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=name).replace("-", MINUS)


@writer
def percent(share: float, decimals: int = 1) -> str:
    """Format a share (a fraction of 1) as a percentage.

    >>> percent(0.2587), percent(-0.0001)
    ('25.9%', '0.0%')
    """
    if share is None or share != share:
        return "–"
    share = abs(share) if round(share * 100, decimals) == 0 else share
    return _percentage(share, decimals, locale_name())


def parts_of_all(shares: Sequence[float], decimals: int = 1) -> list[str]:
    """Format the parts of a whole as percentages that add up to 100 (largest remainders).

    >>> parts_of_all([1 / 3, 1 / 3, 1 / 3], 0), parts_of_all([0.999, 0.001], 0)
    (['34%', '33%', '33%'], ['100%', '0%'])
    """
    unit = 100 * 10**decimals
    exact = [share * unit / sum(shares) for share in shares]
    whole = [int(one + 1e-9) for one in exact]
    last = sorted(range(len(exact)), key=lambda n: whole[n] - exact[n])
    for i in last[: unit - sum(whole)]:
        whole[i] += 1
    return [percent(one / unit, decimals) for one in whole]


@lru_cache(maxsize=10_000, typed=True)
def _percentage(share: float, decimals: int, name: str) -> str:
    from babel import Locale
    from babel.numbers import format_percent

    whole = str(Locale.parse(name).percent_formats[None].pattern)
    pattern = whole.replace("#,##0", "#,##0" + ("." + "0" * decimals if decimals else ""))
    return format_percent(share, format=pattern, locale=name).replace("-", MINUS)


@writer
def signed(share: float | None, decimals: int = 0) -> str:
    """Format a change with its sign; what rounds to nothing has none.

    >>> signed(0.065), signed(-0.2), signed(0.001), signed(-0.0123, 1), signed(None)
    ('+6%', '−20%', '0%', '−1.2%', '–')
    """
    if share is None or share != share:
        return "–"
    text = percent(abs(share), decimals)
    if round(share * 100, decimals) == 0:
        return text
    return f"+{text}" if share > 0 else f"−{text}"


@writer
def join(words: list[str]) -> str:
    """Write a list as the language does.

    >>> join(["A", "B", "C"])
    'A, B and C'
    """
    from babel.lists import format_list

    return format_list(words, locale=locale_name())
