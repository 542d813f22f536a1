"""The kinds of question that people write the answer to: a table, a text, a line of code."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, NamedTuple

from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, number
from kamkit.learn.answers import Unreadable, is_empty, read_day, read_number
from kamkit.learn.kinds import Kind
from kamkit.learn.lines import plain, value_of


class Point(NamedTuple):
    """One line of a rubric; ``unmet`` is what a text is told that does not keep it.

    ``holds`` tells whether a text keeps it; None leaves that to the writer.
    """

    text: str
    holds: Callable[[str], bool] | None = None
    unmet: str = ""


def words(least: int) -> Point:
    """Return the point that a text has so many words.

    >>> words(3).holds("One two three."), words(4).holds("One two three.")
    (True, False)
    """
    return Point(
        ngettext("at least {n} word", "at least {n} words", least),
        lambda text: len(re.findall(r"\w+", text)) >= least,
        _("It is too short: write at least {n} words.", n=number(least)),
    )


_COUNTS = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w{3,5}teen|twenty|thirty|forty|fifty"
    r"|sixty|eighty|ninety|hundred|thousand|half|third|quarter|tre|fem|seks|sju|åtte|ti|elleve|tolv"
    r"|\w{3,4}ten|tjue|tretti|førti|femti|seksti|åtti|nitti|hundre|tusen|halvparten|halvannen)\b",
    re.IGNORECASE,
)
"""Numbers in words, as far as they mean nothing else in either language."""


def gives_number(text: str) -> bool:
    """Tell whether there is a number in a text, in figures or in words.

    >>> [gives_number(f"{n} accounts") for n in ("180", "Twenty", "Some")]
    [True, True, False]
    """
    return bool(re.search(r"\d", text) or _COUNTS.search(text))


def has_number() -> Point:
    """Return the point that a text gives a number.

    >>> has_number().holds("180 accounts"), has_number().holds("Some accounts")
    (True, False)
    """
    return Point(
        _("gives a number"),
        gives_number,
        _("There is no number in it: write the one that you found."),
    )


def has_account(among: Mapping[str, str]) -> Point:
    """Return the point that a text names an account, by name or number.

    The first word of a name is enough, and a number without its zeros.

    >>> has_account({"007": "Vik Bygg AS"}).holds("We call Vik."), has_account({}).holds("We call.")
    (True, False)
    """
    numbers = {one.casefold().lstrip("0") for one in among}
    words = Counter(str(name).casefold().split()[0] for name in among.values() if str(name).split())
    # a word that many names begin with, such as Customer, names nobody
    firsts = {word for word, n in words.items() if n <= max(3, 0.02 * len(among))}

    def holds(text: str) -> bool:
        said = set(re.findall(r"[\w-]+", text.casefold()))
        named = {word for first in firsts for word in (first, f"{first}s") if len(first) > 2}
        return bool({one.lstrip("0") for one in said} & numbers or said & named)

    return Point(
        _("names the account"), holds, _("It names no account: write which customer you mean.")
    )


_WHEN = re.compile(
    r"\b(today|tomorrow|at once|immediately|asap|(mon|tues|wednes|thurs|fri)days?|weeks?|months?"
    r"|quarters?|spring|summer|autumn|winter|new year|easter|christmas|january|february|march"
    r"|april|(?-i:May)|june|july|august|september|october|november|december|deadline"
    r"|i dag|i morgen|straks|omgående|(man|tirs|ons|tors|fre)dag|uker?|uken|uka|måned(en|er)?"
    r"|kvartal(et)?|våren|sommer(en)?|høst(en)?|vinter(en)?|påske|jul|nyttår|januar|februar|mars"
    r"|mai|juni|juli|oktober|desember|frist(en)?)\b"
    r"|\b(within|before|until|by|innen|før|senest|om) (the )?(\d|next|end|then|two|three|neste"
    r"|slutten|utgangen|to |tre )|\b20\d\d-\d\d|\b\d{1,2}\.\s?\d{1,2}\.\s?20\d\d"
    r"|\b(this|next) year\b|\bi år\b",
    re.IGNORECASE,
)


def says_when(text: str = "", unmet: str = "") -> Point:
    """Return the point that a text says when: a day, a week, a month, a season.

    >>> [says_when().holds(f"We call {when}") for when in ("on Friday", "in May", "soon")]
    [True, True, False]
    """
    return Point(
        text or _("says when"),
        lambda given: bool(_WHEN.search(given)),
        unmet or _("Say when: a day, a week or a month."),
    )


_NOT = re.compile(
    r"\b(not|no|nobody|none|neither|never|nor|cannot|without|instead|rather|whether|unknown"
    r"|more than|only|ikke|ingen|aldri|uten|heller|istedenfor|i stedet|om det|bare)\b|n[’']t\b",
    re.IGNORECASE,
)


_PARTS = re.compile(
    r"[.!?;:]\s+|\n|,\s+(?=(?:because|since|so|and|but|or|for|as|which"
    r"|fordi|siden|så|og|men|eller)\b)",
    re.IGNORECASE,
)


def claims(*phrases: str) -> Callable[[str], bool]:
    """Return what tells whether a text says one of some phrases and does not deny it beside it.

    >>> says = claims("discount")
    >>> says("We give them a discount."), says("It is more than a discount. We plan together.")
    (True, False)
    """
    wanted = re.compile("|".join(rf"\b{re.escape(phrase)}" for phrase in phrases), re.IGNORECASE)

    def said(text: str) -> bool:
        return any(wanted.search(one) and not _NOT.search(one) for one in _PARTS.split(text))

    return said


def mentions(text: str, *stems: str, unmet: str) -> Point:
    """Return the point that a text has one of some words, or a word that begins so.

    >>> mentions("says when", "week", "month", unmet="When?").holds("In two weeks.")
    True
    """
    return Point(
        text,
        lambda given: any(
            re.search(rf"\b{re.escape(stem)}", given, re.IGNORECASE) for stem in stems
        ),
        unmet,
    )


@dataclass(frozen=True)
class Text(Kind):
    """A short text against a rubric that the writer sees.

    ``points`` are what it should do; those with a check are checked, the others are the writer's
    own judgement, and it is said so. ``model`` is a good answer, shown when it is asked for.
    ``heading`` puts the text into the learner's plan, under that heading.
    """

    points: Sequence[Point]
    model: str
    _: KW_ONLY
    heading: str = ""
    why: str = ""

    def read(self, answer: Any) -> str:
        """Return the text."""
        return str(answer).strip()

    def unmet(self, answer: str) -> list[Point]:
        """Return the points that the text does not keep."""
        return [
            point for point in self.points if point.holds is not None and not point.holds(answer)
        ]

    def credit(self, answer: str) -> float:
        """Return the share of the checked points that the text keeps, and no mistake made."""
        checked = [point for point in self.points if point.holds is not None]
        share = 1 - len(self.unmet(answer)) / max(1, len(checked))
        made = any(self._makes(one, answer) for one in self.expected())
        return min(share, 1 - 1 / (len(checked) + 1)) if made else share

    def example(self) -> str:
        """Return a good answer."""
        return self.model

    def solution(self) -> str:
        """Return a good answer; others are as good."""
        return str(_("One good answer among many: {text}", text=self.model))

    def reason(self, answer: str, _credit: float) -> str:
        """Tell the first points that are not kept."""
        return joined(" ", [one.unmet for one in self.unmet(answer)[:2]])

    def praise(self, _answer: str) -> str:
        """Tell what was checked and what only the writer can judge."""
        own = [point.text for point in self.points if point.holds is None]
        if not own:
            return self.why
        asked = _("Judge the rest yourself: {points}.", points=joined("; ", own))
        return joined(" ", [self.why, asked])


class Column(NamedTuple):
    """One column of a table to fill in: its heading, and ``text``, ``number`` or ``day``."""

    label: str
    holds: str = "text"


_READERS: dict[str, Callable[[Any], Any]] = {
    "text": lambda answer: str(answer).strip(),
    "number": read_number,
    "day": read_day,
}


@dataclass(frozen=True)
class Table(Kind):
    """A table to fill in: right where so many rows are whole and no mistake is made in them.

    ``such_as`` are rows that are right. A mistake is a function of the read rows, with an example.
    """

    columns: Mapping[str, Column]
    such_as: Sequence[Mapping[str, Any]]
    _: KW_ONLY
    rows: int = 1

    def read(self, answer: Any) -> list[dict[str, Any]]:
        """Return the rows that have something in them."""
        if hasattr(answer, "to_dict"):
            answer = answer.to_dict("records")
        rows = [answer] if isinstance(answer, Mapping) else list(answer)
        return [self._row(row) for row in rows if not is_empty(row)]

    def _row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        read = {}
        for name, column in self.columns.items():
            given = row.get(name)
            try:
                read[name] = None if is_empty(given) else _READERS[column.holds](given)
            except Unreadable as error:
                raise Unreadable(f"{column.label}: {error.args[0]}") from None
        return read

    def credit(self, answer: list[dict[str, Any]]) -> float:
        """Return the share of the cells that are filled; with a mistake in them never all."""
        cells = len(self.columns) * self.rows
        filled = sum(value is not None for row in answer for value in row.values())
        whole = sum(all(value is not None for value in row.values()) for row in answer)
        made = any(self._makes(one, answer) for one in self.expected())
        if whole >= self.rows and not made:
            return 1.0
        return min(filled, cells - 1) / cells

    def example(self) -> list[dict[str, Any]]:
        """Return rows that are right."""
        return [dict(row) for row in self.such_as]

    def solution(self) -> str:
        """Return rows that are right, in words."""
        heads = {name: column.label for name, column in self.columns.items()}
        rows = [joined(", ", [f"{heads[n]}: {row[n]}" for n in heads]) for row in self.such_as]
        return str(_("One good answer among many: {text}", text=joined("; ", rows)))

    def reason(self, answer: list[dict[str, Any]], _credit: float) -> str:
        """Tell which column is not filled in."""
        for row in answer:
            for name, value in row.items():
                if value is None:
                    return str(_("Fill in “{column}”.", column=self.columns[name].label))
        return str(ngettext("Fill in at least {n} row.", "Fill in at least {n} rows.", self.rows))


@dataclass(frozen=True)
class Code(Kind):
    """A short expression on the table ``accounts``; its result is compared with ``right``.

    ``tables`` are what the expression can use by name. An answer is the expression as a text, or
    the result itself. ``such_as`` is an expression that gives the right result.
    """

    right: Any
    tables: Mapping[str, Any]
    such_as: str
    _: KW_ONLY
    near: float = 0.001

    def read(self, answer: Any) -> Any:
        """Return the result of the expression."""
        return plain(value_of(answer, self.tables) if isinstance(answer, str) else answer)

    def same(self, answer: Any, other: Any) -> bool:
        """Tell whether two results are the same, numbers within the tolerance.

        A column of one number is that number, and of a table of rows the last column counts.
        """
        if isinstance(answer, list) and len(answer) == 1 and isinstance(other, int | float):
            answer = answer[0]
        if isinstance(answer, list) and isinstance(other, list):
            answer = [one[-1] if isinstance(one, list) and one else one for one in answer]
        if isinstance(answer, int | float) and isinstance(other, int | float):
            return math.isclose(answer, other, rel_tol=self.near, abs_tol=1e-9)
        if isinstance(answer, list) and isinstance(other, list):
            pairs = zip(answer, other, strict=False)
            return len(answer) == len(other) and all(self.same(a, b) for a, b in pairs)
        return bool(answer == other)

    def credit(self, answer: Any) -> float:
        """Return 1 where the result is the right one."""
        return float(self.same(answer, plain(self.right)))

    def example(self) -> str:
        """Return an expression that gives the right result."""
        return self.such_as

    def solution(self) -> str:
        """Return an expression that gives the right result."""
        return self.such_as

    def reason(self, answer: Any, _credit: float) -> str:
        """Tell what the expression gave."""
        shown = str(answer)
        return str(_("It gives {result}.", result=shown if len(shown) < 60 else f"{shown[:57]}…"))
