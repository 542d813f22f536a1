"""What people type for an option or an account: letters, words, numbers, names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from kamkit.errors import nearest
from kamkit.language import gettext as _
from kamkit.learn.answers import Unreadable, is_empty

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_AND = re.compile(r"\s+(?:and|og|&)\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"(?:[\s,;+/&>→]|\band\b|\bog\b)+", re.IGNORECASE)
_PLACE = re.compile(r"^\d{1,2}[.)]\s+(?=\S)")
_LETTERED = re.compile(r"\(?([a-z])[).:]?", re.IGNORECASE)
_BEHIND = re.compile(r"\(?([a-z])[).:]\s+(.+)", re.IGNORECASE | re.DOTALL)


def letters(options: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Return the options in words, each behind its letter.

    >>> list(letters({"no": "No", "yes": "Yes"}))
    [('a', 'No'), ('b', 'Yes')]
    """
    return zip(_LETTERS, options.values(), strict=False)


def option(answer: Any, options: Mapping[str, str]) -> str:
    """Return the code of the option that a person means: by letter, by its words or by its code.

    >>> option("b", {"small": "A small one", "large": "A large one"})
    'large'
    """
    text = str(answer).strip()
    if text in options:
        return text
    codes = dict(zip(_LETTERS, options, strict=False))
    if (letter := _LETTERED.fullmatch(text)) and letter[1].lower() in codes:
        return codes[letter[1].lower()]
    behind = _BEHIND.fullmatch(text)
    for wish in (text, behind[2] if behind else text):
        for code, words in options.items():
            if _plain(wish) == _plain(str(words)):
                return code
    raise Unreadable(_("Choose one of: {letters}.", letters=", ".join(list(codes))))


def several(answer: Any, options: Mapping[str, str]) -> list[Any]:
    """Return the parts of an answer that names several options, one after the other.

    >>> options = {"small": "A small one", "large": "A large one"}
    >>> several("a, b", options), several("ba", options), several("a and b", options)
    (['a', 'b'], ['b', 'a'], ['a', 'b'])
    """
    if not isinstance(answer, str):
        return list(answer)
    if answer.strip() in options:
        return [answer]
    parts = [one for one in _BETWEEN.split(answer.strip()) if one]
    if all(_LETTERED.fullmatch(part) for part in parts):
        return parts
    given = answer.strip().lower()
    if given.isalpha() and set(given) <= set(_LETTERS[: len(options)]):
        return list(given)
    return [one for one in re.split(r"[,;\n]+", answer) if one.strip()]


def accounts_of(answer: Any, among: Mapping[str, str]) -> list[str]:
    """Return the numbers of the accounts that a person names, each once.

    >>> accounts_of("1. Vik AS and Haug", {"12": "Vik AS", "13": "Haug"})
    ['12', '13']
    """
    given = re.split(r"[;,\n]", answer) if isinstance(answer, str) else answer
    accounts = [one for part in given if not is_empty(part) for one in _in_part(str(part), among)]
    return list(dict.fromkeys(accounts))


def _in_part(text: str, among: Mapping[str, str]) -> list[str]:
    """Return the accounts of one part: mostly one; several numbers, or names with "and"."""
    numbers = [_by_number(one, among) for one in text.split()]
    if len(numbers) > 1 and all(numbers):
        return [number for number in numbers if number]
    try:
        return [account_of(text, among)]
    except Unreadable:
        parts = _AND.split(text)
        if len(parts) == 1:
            raise
        return [account_of(part, among) for part in parts]


def account_of(answer: str, among: Mapping[str, str]) -> str:
    """Return the number of the account that a person means, by number or by name.

    >>> account_of("12", {"000012": "Vik AS", "000013": "Vikens AS"})
    '000012'
    """
    text = " ".join(answer.replace("(", " ").replace(")", " ").split())
    for wish in (text, *text.split()):
        if account := _by_number(wish, among):
            return account
    return _named(_PLACE.sub("", text), among)


def _by_number(wish: str, among: Mapping[str, str]) -> str:
    """Return the account of a number, which may lack its zeros; empty where there is none."""
    wish = wish.strip().rstrip(".")
    if wish in among:
        return wish
    same = [one for one in among if wish.isdigit() and one.lstrip("0") == wish.lstrip("0")]
    return same[0] if len(same) == 1 else ""


def _named(text: str, among: Mapping[str, str]) -> str:
    wish = _plain(text)
    names = {one: _plain(str(name)) for one, name in among.items()}
    exact = [one for one, name in names.items() if name == wish]
    matching = exact or [one for one, name in names.items() if wish in name]
    if len(matching) > 1:
        raise Unreadable(_("Several accounts are called “{name}”: give the number.", name=text))
    if matching and (exact or len(wish) > 2):
        return matching[0]
    near = nearest(wish, {name: one for one, name in names.items()})
    if near:
        meant = next(one for one, name in names.items() if name == near)
        raise Unreadable(
            _(
                "There is no account “{name}”. Did you mean {near}?",
                name=text,
                near=called(meant, among),
            )
        )
    raise Unreadable(_("There is no account “{name}”. Give its number or its name.", name=text))


def _plain(text: str) -> str:
    """Return a text as a keyboard without æ, ø and å types it, without its last full stop."""
    text = text.strip().rstrip(".").casefold().replace("ø", "o").replace("æ", "ae")
    return "".join(
        one
        for one in unicodedata.normalize("NFKD", text)
        if one.isprintable() and not unicodedata.combining(one)
    )


def called(account_id: str, among: Mapping[str, str]) -> str:
    """Return an account by name and number.

    >>> called("7", {"7": "Vik AS"}), called("8", {})
    ('Vik AS (7)', '8')
    """
    name = among.get(account_id) or ""
    return f"{name} ({account_id})" if name and name != account_id else account_id
