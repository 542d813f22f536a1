"""Print the solutions of the course for a class: python tools/course_solutions.py 2 3 --seed 17.

For each question of the lessons (or of all): the right answer in this practice company, why it is
right, and each mistake that is expected, as a learner would write it, with what it is told. The
page is Markdown. It is for the teacher: whoever has it has the answers.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from kamkit.language import gettext as _
from kamkit.language import join, set_language
from kamkit.learn.asked import ask, part_words
from kamkit.learn.course import lesson, lessons
from kamkit.learn.kinds import Accounts, Choice, Kind, Match, Number, Order
from kamkit.learn.named import called
from kamkit.learn.register import questions
from kamkit.learn.room import lesson as open_lesson
from kamkit.learn.written import Table


def main(words: list[str]) -> int:
    """Print the solutions of the lessons that are named."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("lesson", type=int, nargs="*")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lang", default="en", choices=["en", "nb"])
    given = parser.parse_args(words)
    set_language(given.lang)
    for number in given.lesson or [one.number for one in lessons()]:
        open_lesson(number, source="fjordgross", seed=given.seed, lang=given.lang)
        print("\n".join(page(number)), flush=True)
    return 0


def page(number: int) -> Iterator[str]:
    """Yield the lines of a lesson."""
    yield f"# {number}. {_(lesson(number).title)}\n"
    for code in questions(number):
        asked = ask(code)
        yield f"## {code}\n\n**{part_words(asked.part)}** {asked.text}\n"
        if asked._kind is not None:
            yield from solution(asked._kind)


def solution(kind: Kind) -> Iterator[str]:
    """Yield the answer, the reason for it, and the expected mistakes."""
    yield f"**{kind.solution()}**\n\n{kind.why}\n"
    yield from (f"- *{written(kind, one.example)}*: {one.text}" for one in kind.expected())
    yield ""


def written(kind: Kind, answer: Any) -> str:
    """Return an answer in words."""
    if isinstance(kind, Accounts):
        return join([called(one, kind.among) for one in kind.read(answer)])
    if isinstance(kind, Match):
        pairs = ((words, kind.options[answer[one]]) for one, words in kind.items.items())
        return "; ".join(f"{item} → {option}" for item, option in pairs)
    if isinstance(kind, Order):
        return " → ".join(str(kind.options[one]) for one in answer)
    if isinstance(kind, Choice | Number):
        return kind.said(kind.read(answer))
    if isinstance(kind, Table):
        return "; ".join(", ".join(map(str, row.values())) for row in answer)
    return str(answer)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
