"""How the command line speaks: help with examples, tables of text, errors without tracebacks."""

from __future__ import annotations

import errno
import gettext
import io
import os
import signal
import sys
import threading
import traceback
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from kamkit.errors import KamkitError
from kamkit.language import LANGUAGES, N_, language
from kamkit.language import gettext as _

FAULT, MACHINE, INTERRUPTED = 70, 74, 130


def n_many(one: str, many: str) -> tuple[str, str]:
    """Mark a singular and a plural that Click says, for extraction.

    >>> n_many("Got unexpected extra argument ({args})", "Got ...")[0]
    'Got unexpected extra argument ({args})'
    """
    return one, many


CLICK_SAYS = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Positional arguments"),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("Option {name!r} does not take a value."),
    N_("default: {default}"),
    N_("required"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
    N_("%(prog)s, version %(version)s"),
    N_("Aborted!"),
    n_many("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    n_many("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    n_many("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    n_many("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)
"""What Click itself says: it asks gettext, which ``prepare`` points to our catalogue."""


class Command(click.Command):
    """A command with examples below its help, and ``--lang`` and ``--quiet`` like every other.

    ``examples`` are pairs of a command line and what it does.
    """

    def __init__(
        self, *args: Any, examples: Sequence[tuple[str, str]] = (), **settings: Any
    ) -> None:
        settings["options_metavar"] = _("[OPTIONS]")
        super().__init__(*args, **settings)
        self.examples = tuple(examples)
        self.params += _for_every_command()

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        _write_examples(self.examples, formatter)


class Group(click.Group):
    """Commands under one name, with examples below the help."""

    command_class = Command

    def __init__(
        self, *args: Any, examples: Sequence[tuple[str, str]] = (), **settings: Any
    ) -> None:
        settings |= {
            "options_metavar": _("[OPTIONS]"),
            "subcommand_metavar": _("COMMAND [ARGS]..."),
        }
        super().__init__(*args, **settings)
        self.examples = tuple(examples)
        self.params += _for_every_command()

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the work, not of the alphabet."""
        return list(self.commands)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        _write_examples(self.examples, formatter)


Group.group_class = Group


def _for_every_command() -> list[click.Parameter]:
    return [
        click.Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            expose_value=False,
            callback=_remember_language,
            help=_("Language of everything that is written: English or Norwegian."),
        ),
        click.Option(
            ["--quiet", "-q"],
            is_flag=True,
            expose_value=False,
            callback=_remember_quiet,
            help=_("Say only what is asked for, no progress."),
        ),
    ]


def _remember_quiet(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    ctx.meta["quiet"] = value or ctx.meta.get("quiet", False)


def _remember_language(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    ctx.meta["language"] = value or ctx.meta.get("language", "")


def language_asked() -> str:
    """Return the language that ``--lang`` asked for; empty where it was not given."""
    return str(click.get_current_context().meta.get("language", ""))


def quiet() -> bool:
    """Return whether ``--quiet`` was given."""
    return bool(click.get_current_context().meta.get("quiet", False))


def _write_examples(examples: Iterable[tuple[str, str]], formatter: click.HelpFormatter) -> None:
    pairs = list(examples)
    if pairs:
        with formatter.section(_("Examples")):
            formatter.write_dl(pairs)


def prepare() -> None:
    """Let any terminal show what it can, and let Click speak our language."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    gettext.bindtextdomain("kamkit", str(Path(__file__).parent / "locale"))
    gettext.textdomain("kamkit")
    os.environ["LANGUAGE"] = language()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stopped)  # what ends services and containers is a Ctrl-C


def _stopped(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def guarded(command: click.Command, words: Sequence[str]) -> int:
    """Run a command; whatever happens, say it in plain words and return the exit code."""
    try:
        code = command.main(list(words), prog_name="kamkit", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message())
        return 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except KamkitError as error:
        return _show_error(error, error.exit_code)
    except (KeyboardInterrupt, click.Abort) as error:
        notes = [note for one in (error, error.__cause__) for note in getattr(one, "__notes__", ())]
        left = " ".join(notes) or _("Nothing half made is left behind.")
        click.echo("\n" + _("Stopped.") + " " + left, err=True)
        return INTERRUPTED
    except MemoryError:
        full = KamkitError(
            _("There is not enough memory."),
            remedy=_("Close other programs, or make fewer things at the same time: --jobs 1."),
        )
        return _show_error(full, MACHINE)
    except BrokenPipeError:
        # Nobody reads any more: what Python still wants to write at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _machine(error) or _fault(error)
    except Exception as error:
        return _fault(error)


def _show_error(error: KamkitError, code: int) -> int:
    if os.environ.get("KAMKIT_DEBUG"):
        traceback.print_exception(error)
    click.echo(str(error), err=True)
    return code


def _machine(error: OSError) -> int:
    """Explain what a machine refuses; 0 where the cause is another."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        message = _("The disk is full.")
        remedy = _("Free some space, then start again.")
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        message = _("A file or folder may not be written or read.")
        remedy = _("Use another folder, for example with --out.")
    elif error.errno == errno.ENAMETOOLONG:
        message = _("The name of a file or folder is too long.")
        remedy = _("Use a folder with a shorter path, for example with --out.")
    elif error.errno in (errno.ENOTDIR, errno.ELOOP):
        message = _(
            "A folder cannot be reached: a file or a link that leads nowhere is in the way."
        )
        remedy = _("Use another folder, for example with --out.")
    else:
        return 0
    path = str(error.filename or "")
    return _show_error(KamkitError(message, where=path, remedy=remedy), MACHINE)


def _fault(error: Exception) -> int:
    from kamkit import __version__

    if os.environ.get("KAMKIT_DEBUG"):
        traceback.print_exception(error)
    fault = KamkitError(
        _("Something in kamkit itself went wrong; it is not your data’s fault."),
        found=f"{type(error).__name__}: {error}".strip(),
        remedy=_(
            "Set KAMKIT_DEBUG=1, run the command again and report what it prints, with "
            "version {version} and the output of kamkit doctor.",
            version=__version__,
        ),
    )
    return _show_error(fault, FAULT)


def text_table(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 0) -> str:
    """Lay out rows as text; the last ``numbers`` columns are set to the right.

    >>> print(text_table(["Reason", "Rows"], [["used", "9,000"], ["no account", "12"]], 1))
    Reason       Rows
    ----------  -----
    used        9,000
    no account     12
    """
    body = [list(row) for row in rows]
    widths = [max(map(_width, column)) for column in zip(headings, *body, strict=True)]
    first_number = len(headings) - numbers

    def line(cells: Sequence[str]) -> str:
        parts = [
            " " * (width - _width(cell)) + cell
            if position >= first_number
            else cell + " " * (width - _width(cell))
            for position, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(parts).rstrip()

    rule = "  ".join("-" * width for width in widths)
    return "\n".join([line(headings), rule, *map(line, body)])


def _width(text: str) -> int:
    """Count the places a text takes in a terminal: wide characters take two."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )
