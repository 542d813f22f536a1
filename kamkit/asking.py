"""What a source cannot tell is asked: one command that settles all, or a choice in a terminal."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from kamkit.errors import KamkitError
from kamkit.language import gettext as _
from kamkit.source_options import reading_options, settled
from kamkit.terminal import quiet

if TYPE_CHECKING:
    from kamkit.case import Case, ColumnMapping

_MOST = 8  # questions to one source


@click.command()
@reading_options
def _options(**given: Any) -> None:
    """Hold the options, so that Click reads an answer as it reads the command line."""


def opened(source: str, mapping: ColumnMapping) -> Case:
    """Open a case; ask what it cannot tell where somebody sits at a terminal.

    Elsewhere the first question is the error, with one command that settles it and all that would
    follow.
    """
    from kamkit.case import open_case

    asks = sys.stdin.isatty() and sys.stdout.isatty() and not quiet()
    answers: list[str] = []
    first: KamkitError | None = None
    while True:
        try:
            case = open_case(source, mapping=_with(mapping, answers))
        except KamkitError as error:
            if asks and error.questions:
                click.echo(f"\n{error}")
            new = [_chosen(*question, asks=asks) for question in error.questions]
            if not new or set(new) <= set(answers) or len(answers) > _MOST:
                raise _with_command(first or error, source, answers) from None
            first = first or error
            answers += new
            continue
        if first is None or asks:
            return case
        raise _with_command(first, source, answers)


def _with(mapping: ColumnMapping, answers: list[str]) -> ColumnMapping:
    given = _options.make_context("check", [word for text in answers for word in shlex.split(text)])
    return settled(mapping, given.params)


def _chosen(question: str, options: Sequence[str], *, asks: bool) -> str:
    """Return the answer to a question: the likeliest, or the one that is chosen."""
    if not asks:
        return options[0]
    click.echo(f"\n{question}")
    for number, option in enumerate(options[:20], 1):
        click.echo(f"  {number}  {option}")
    place = click.prompt(
        _("Number"), type=click.IntRange(1, min(len(options), 20)), default=1, show_default=True
    )
    return options[int(place) - 1]


def _with_command(error: KamkitError, source: str, answers: list[str]) -> KamkitError:
    """Put the one command into the error that settles all that was asked."""
    if answers:
        command = " ".join(["kamkit check", shlex.quote(source), *answers])
        ready = _("All at once, if it is right: {command}", command=command)
        error.remedy = f"{error.remedy} {ready}"
    return error
