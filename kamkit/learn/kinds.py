"""The kinds of question that have a right answer: choice, number, accounts, order, match."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, NamedTuple

from kamkit.language import gettext as _
from kamkit.language import join, joined, ngettext, number, percent
from kamkit.learn.answers import (
    EMPTY,
    RIGHT,
    UNREAD,
    WRONG,
    Feedback,
    Unreadable,
    in_words,
    is_empty,
    read_numbers,
    read_shares,
)
from kamkit.learn.named import accounts_of, called, option, several

_CURRENCY = re.compile(r"([A-Z]{3}) (.+)")


class Mistake(NamedTuple):
    """A wrong answer that is expected, and what it is told.

    ``when`` is the answer itself or a function that knows it; a function comes with an answer
    ``such_as`` it knows, so that tests can give it.
    """

    when: Any
    text: str
    such_as: Any = None

    @property
    def example(self) -> Any:
        """An answer that makes the mistake."""
        return self.such_as if callable(self.when) else self.when


@dataclass(frozen=True)
class Kind:
    """What every question has: its text, why the right answer is right, mistakes and hints.

    ``mistakes`` are ``(when, text)`` or ``(when, text, such_as)``; the first that fits speaks.
    ``hints`` are up to three steps. A kind says in ``read`` what an answer means, in ``credit``
    how much of it is right, and in ``solution`` what would have been.
    """

    text: str
    _: KW_ONLY
    why: str
    mistakes: Sequence[tuple[Any, ...]] = ()
    hints: Sequence[str] = ()

    def expected(self) -> list[Mistake]:
        """Return the mistakes that are expected."""
        return [Mistake(*mistake) for mistake in self.mistakes]

    def read(self, answer: Any) -> Any:
        """Return what an answer means; ``Unreadable`` where that cannot be known."""
        raise NotImplementedError

    def credit(self, answer: Any) -> float:
        """Return the share of a read answer that is right: 1 is all of it."""
        raise NotImplementedError

    def example(self) -> Any:
        """Return a right answer, as a person would give it."""
        raise NotImplementedError

    def solution(self) -> str:
        """Return the right answer in words."""
        raise NotImplementedError

    def said(self, answer: Any) -> str:
        """Return a read answer in words."""
        return str(answer)

    def reason(self, _answer: Any, _credit: float) -> str:
        """Return what a wrong answer is told that nobody expected."""
        return str(_("Look again, or ask for a hint."))

    def same(self, answer: Any, other: Any) -> bool:
        """Tell whether two read answers are the same."""
        return bool(answer == other)

    def praise(self, _answer: Any) -> str:
        """Return what a right answer is told."""
        return self.why

    def judge(self, answer: Any) -> Feedback:
        """Return what an answer is told; nothing is written down."""
        if is_empty(answer):
            return Feedback(EMPTY, 0.0, _("There is no answer yet."))
        try:
            read = self.read(answer)
        except Unreadable as error:
            return Feedback(UNREAD, 0.0, error.args[0])
        credit = self.credit(read)
        if credit >= 1:
            return Feedback(RIGHT, 1.0, self.praise(read))
        for mistake in self.expected():
            if self._makes(mistake, read):
                return Feedback(WRONG, credit, mistake.text)
        return Feedback(WRONG, credit, self.reason(read, credit))

    def _makes(self, mistake: Mistake, read: Any) -> bool:
        if callable(mistake.when):
            return bool(mistake.when(read))
        return self.same(read, self.read(mistake.when))


@dataclass(frozen=True)
class Choice(Kind):
    """One of several options, or all that hold where ``right`` is a set.

    ``options`` are words by a short code of two letters or more, which nobody is shown. They are
    shuffled by question and seed; ``fixed`` keeps their order. An answer is a letter, the words or
    the code; of several, a list of them.
    """

    options: Mapping[str, str]
    right: str | frozenset[str] | set[str]
    _: KW_ONLY
    fixed: bool = False

    @property
    def several(self) -> bool:
        """Whether more than one option may be chosen."""
        return not isinstance(self.right, str)

    def read(self, answer: Any) -> Any:
        """Return the code, or the set of codes."""
        if not self.several:
            return option(answer, self.options)
        try:
            return frozenset(option(one, self.options) for one in several(answer, self.options))
        except Unreadable:
            raise Unreadable(_("Give the letters of all that hold, such as a, c.")) from None

    def credit(self, answer: Any) -> float:
        """Return 1 or 0; of several, the share of the options that are marked as they should be."""
        if not self.several:
            return float(answer == self.right)
        return 1 - len(answer ^ frozenset(self.right)) / len(self.options)

    def example(self) -> Any:
        """Return the right code or codes."""
        return sorted(self.right) if self.several else self.right

    def solution(self) -> str:
        """Return the words of the right options."""
        return self.said(self.right)

    def said(self, answer: Any) -> str:
        """Return the words of the chosen options."""
        codes = answer if self.several else {str(answer)}
        return joined("; ", [words for code, words in self.options.items() if code in codes])

    def reason(self, answer: Any, credit: float) -> str:
        """Tell of several options whether something is missing or too much."""
        if not self.several:
            return super().reason(answer, credit)
        return _of_those_named(len(answer), len(answer & self.right), len(self.right))


@dataclass(frozen=True)
class Number(Kind):
    """A number: right within ``within`` of its unit, or within a share ``near`` of it.

    Counts are exact. ``share`` says that the number is a fraction of 1 that people write in per
    cent; then ``within`` is too. ``decimals`` is how the solution is written. An amount in
    thousands or millions may be written in full too.
    """

    right: float
    _: KW_ONLY
    unit: str = ""
    within: float = 0.0
    near: float = 0.0
    share: bool = False
    decimals: int = 0

    def read(self, answer: Any) -> float:
        """Return the number, in its unit; of two meanings the one that is known."""
        if self.share:
            first, *others = read_shares(answer)
            return self._known(first, others, 0.6 * 10 ** -(self.decimals + 2))
        found, *others = read_numbers(answer)
        unit = str(self.unit).casefold()
        scale = 1e6 if "mill" in unit else 1e3 if "thous" in unit or "tusen" in unit else 1.0
        if scale > 1 and in_words(answer):
            return found / scale
        others = [found / scale, *others, *(other / scale for other in others)]
        return self._known(found, others, 0)

    def _known(self, first: float, others: Sequence[float], within: float) -> float:
        """Return the first meaning, or another that is right or an expected mistake."""
        known = [self.right, *(m.when for m in self.expected() if not callable(m.when))]
        if any(self.same(first, one) for one in known):
            return first
        for meant in others:
            if any(abs(meant - one) < within if within else self.same(meant, one) for one in known):
                return meant
        return first

    def _makes(self, mistake: Mistake, read: Any) -> bool:
        if isinstance(mistake.when, int | float):
            return self.same(read, mistake.when)
        return super()._makes(mistake, read)

    def same(self, answer: Any, other: Any) -> bool:
        """Tell whether two numbers are the same within the tolerance."""
        return bool(abs(answer - other) <= max(self.within, self.near * abs(other)) + 1e-9)

    def credit(self, answer: float) -> float:
        """Return 1 where the number is right."""
        return float(self.same(answer, self.right))

    def example(self) -> float:
        """Return the number."""
        return float(self.right)

    def solution(self) -> str:
        """Return the number with its unit."""
        if self.share:
            return percent(self.right, self.decimals)
        return self.said(self.right)

    def said(self, answer: float) -> str:
        """Return a number with its unit."""
        if self.share:
            whole = abs(100 * answer - round(100 * answer)) < 1e-9
            return percent(answer, 0 if whole else 1)
        code = _CURRENCY.match(str(self.unit))  # NOK 5 million, but 5 mill. NOK
        parts = [code[1], number(answer, self.decimals), code[2]] if code else None
        return joined(" ", parts or [number(answer, self.decimals), self.unit])

    @property
    def wanted(self) -> str:
        """The unit, and how many decimals are asked for where a rounder number would be wrong."""
        unit = "%" if self.share else str(self.unit)
        off = max(self.within, self.near * abs(self.right)) * (100 if self.share else 1)
        if not self.decimals or off >= 0.5 * 10 ** (1 - self.decimals):
            return unit
        told = ngettext("{n} decimal", "{n} decimals", self.decimals)
        return joined(", ", [unit, str(told)])

    def reason(self, answer: float, _credit: float) -> str:
        """Tell on which side of the right number the answer is, or that it is rounded too far."""
        scale = 100 if self.share else 1
        for n in range(self.decimals):
            if math.isclose(round(self.right * scale, n), answer * scale, abs_tol=1e-9):
                nearly = ngettext(
                    "Nearly: write {n} decimal.", "Nearly: write {n} decimals.", self.decimals
                )
                return str(nearly)
        return str(_("That is too high.") if answer > self.right else _("That is too low."))


@dataclass(frozen=True)
class Accounts(Kind):
    """One account or several, as a set, or in order where ``ordered``.

    ``among`` are the names by number that an answer may mean: ``room.names``. ``right`` are the
    numbers, or a function of a list of numbers that gives the share that is right (or true); then
    ``such_as`` is a right answer. ``count`` says how many are asked for.
    """

    right: Sequence[str] | Callable[[list[str]], float]
    among: Mapping[str, str]
    _: KW_ONLY
    such_as: Sequence[str] = ()
    ordered: bool = False
    count: int = 0

    def read(self, answer: Any) -> list[str]:
        """Return the numbers of the accounts, each once."""
        return accounts_of(answer, self.among)

    def same(self, answer: Any, other: Any) -> bool:
        """Tell whether two lists name the same accounts."""
        return bool(answer == other) if self.ordered else set(answer) == set(other)

    def credit(self, answer: list[str]) -> float:
        """Return the share of accounts that are right, those too many taken off."""
        if callable(self.right):
            return float(self.right(answer))
        right = list(self.right)
        if self.ordered:
            hits = sum(one == other for one, other in zip(answer, right, strict=False))
            return hits / max(len(right), len(answer))
        hits = len(set(answer) & set(right))
        return max(0.0, (hits - len(set(answer) - set(right))) / len(right))

    def example(self) -> list[str]:
        """Return accounts that are right."""
        return list(self.such_as if callable(self.right) else self.right)

    def solution(self) -> str:
        """Return the accounts with names and numbers."""
        return join([called(one, self.among) for one in self.example()])

    def reason(self, answer: list[str], credit: float) -> str:
        """Tell how many of the accounts are right."""
        if callable(self.right):
            return super().reason(answer, credit)
        hits = len(set(answer) & set(self.right))
        if self.ordered and set(answer) == set(self.right):
            return str(_("These are the accounts, in another order."))
        if len(self.right) == 1:
            return str(_("It is another account."))
        return _of_those_named(len(answer), hits, len(self.right))


@dataclass(frozen=True)
class Order(Kind):
    """Things in their right order: ``right`` are the codes of ``options``, the first first."""

    options: Mapping[str, str]
    right: Sequence[str]

    def read(self, answer: Any) -> tuple[str, ...]:
        """Return the codes in the order that was given."""
        given = several(answer, self.options)
        if any(is_empty(one) for one in given):
            raise Unreadable(_("Give each of them a place."))
        read = tuple(option(one, self.options) for one in given)
        if len(set(read)) < len(read) or len(read) != len(self.options):
            raise Unreadable(_("Each of them has one place."))
        return read

    def credit(self, answer: tuple[str, ...]) -> float:
        """Return the share of the places that are right."""
        hits = sum(one == other for one, other in zip(answer, self.right, strict=True))
        return hits / len(self.right)

    def example(self) -> list[str]:
        """Return the codes in their order."""
        return list(self.right)

    def solution(self) -> str:
        """Return the words in their order."""
        return joined(" → ", [self.options[code] for code in self.right])

    def reason(self, answer: tuple[str, ...], _credit: float) -> str:
        """Tell the first place that is wrong."""
        places = enumerate(zip(answer, self.right, strict=True), 1)
        wrong = next(n for n, (given, right) in places if given != right)
        return str(_("Look again at place {n}.", n=number(wrong)))


@dataclass(frozen=True)
class Match(Kind):
    """To each of ``items`` belongs one of ``options``: ``right`` is the option of each item.

    An answer is a mapping of the items' codes (or words) to options, or the options in the order
    of the items.
    """

    items: Mapping[str, str]
    options: Mapping[str, str]
    right: Mapping[str, str]

    def read(self, answer: Any) -> dict[str, str]:
        """Return the option of each item."""
        if not isinstance(answer, Mapping):
            answer = dict(zip(self.items, several(answer, self.options), strict=False))
        given = {option(one, self.items): part for one, part in answer.items()}
        if any(is_empty(given.get(item)) for item in self.items):
            raise Unreadable(_("Give each of them an answer."))
        return {item: option(given[item], self.options) for item in self.items}

    def credit(self, answer: dict[str, str]) -> float:
        """Return the share of the items that have their option."""
        return sum(answer[item] == self.right[item] for item in self.items) / len(self.items)

    def example(self) -> dict[str, str]:
        """Return the right option of each item."""
        return dict(self.right)

    def solution(self) -> str:
        """Return each item with its option."""
        pairs = [f"{words}: {self.options[self.right[one]]}" for one, words in self.items.items()]
        return joined("; ", pairs)

    def reason(self, answer: dict[str, str], _credit: float) -> str:
        """Tell the first item that has another option than its own."""
        wrong = next(item for item in self.items if answer[item] != self.right[item])
        return str(_("Look again at this one: {item}", item=self.items[wrong]))


def _of_those_named(given: int, hits: int, right: int) -> str:
    """Tell how many of those that were named belong there, and whether any are missing."""
    if hits == given:
        return str(_("What you named belongs here, and something is missing."))
    if hits == right:
        return str(_("All that belong here are among yours, and something that does not."))
    return str(_("{hits} of your {given} belong here.", hits=number(hits), given=number(given)))
