"""The commands of the course: ``kamkit learn`` and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from kamkit.files import scratch
from kamkit.language import gettext as _
from kamkit.terminal import Command, Group, language_asked, quiet


class _Learn(Group):
    """A group whose first command is meant where none is named: ``kamkit learn DIR``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = any(word in self.commands for word in args)
        helped = any(word in ("--help", "-h") for word in args)
        return super().parse_args(ctx, args if named or helped else ["start", *args])


@click.group(
    "learn",
    cls=_Learn,
    help=_("The course: lessons that are copied into a folder of your own and checked there."),
    examples=[
        ("kamkit learn", _("begin, or go on, in the folder kamkit-course")),
        ("kamkit learn my-course --track analyst", _("another folder, with the code open")),
        ("kamkit learn --lang nb -q", _("in Norwegian, without a word")),
        ("kamkit learn status", _("how far you are")),
    ],
)
def learn() -> None:
    """Hold the commands of the course together."""


@learn.command(
    "start",
    context_settings={"ignore_unknown_options": True},
    help=_(
        "Copy the lessons into FOLDER, bring it up to date, and open them in JupyterLab. What you "
        "wrote stays. This is what kamkit learn does when no command is named."
    ),
    examples=[
        ("kamkit learn start", _("begin, or go on")),
        ("kamkit learn start my-course --seed 17", _("a practice company of your own")),
        ("kamkit learn start --track taster --lang nb -q", _("three hours, in Norwegian")),
        ("kamkit learn start --no-browser --port 8889", _("options of JupyterLab go through")),
        ("kamkit learn start my-course --no-lab", _("make the folder and start nothing")),
    ],
)
@click.argument("folder", default="", help=_("Your folder; otherwise kamkit-course."))
@click.option(
    "--track",
    type=click.Choice(["manager", "analyst", "taster"]),
    help=_(
        "manager: no code to read; so it begins. analyst: all lessons, code open, with an hour of"
        " pandas. taster: three hours."
    ),
)
@click.option(
    "--seed",
    type=click.IntRange(min=1),
    help=_("Your practice company: the same truths under other names and numbers."),
)
@click.option("--no-browser", is_flag=True, help=_("Start JupyterLab, but open no browser."))
@click.option("--no-lab", is_flag=True, help=_("Make the folder and start nothing."))
@click.argument(
    "jupyter_options",
    nargs=-1,
    type=click.UNPROCESSED,
    help=_("Options that are handed to JupyterLab."),
)
@click.pass_context
def start(ctx: click.Context, /, folder: str, jupyter_options: Sequence[str], **given: Any) -> None:
    """Make or update the learner's folder, and start JupyterLab in it."""
    from kamkit import lab
    from kamkit.learn.workspace import make

    path = _learner_folder(folder)
    made = make(
        path, _course(), track=given["track"], seed=given["seed"], language=language_asked()
    )
    _say_made(made, lab=not given["no_lab"])
    if given["no_lab"]:
        return
    first = "/lab/tree/00_start_here.ipynb" if (path / "00_start_here.ipynb").is_file() else "/lab"
    options = [f"--LabApp.default_url={first}", *jupyter_options]
    if given["no_browser"]:
        options.append("--no-browser")
    with scratch():
        code = lab.start(path.resolve(), options)
    ctx.exit(code)


def _say_made(made: Any, *, lab: bool) -> None:
    if quiet():
        return
    click.echo(_("Your folder: {path}.", path=made.folder))
    if lab:
        click.echo(_("Stop JupyterLab with Ctrl-C."))
    for path in made.kept:
        click.echo(_("What you changed is kept in {path}.", path=path))


@learn.command(
    help=_("Show how far you are: answers, quizzes, and what was right at once."),
    examples=[
        ("kamkit learn status", _("lesson by lesson")),
        ("kamkit learn status my-course --lang nb -q", _("of another folder, in Norwegian")),
    ],
)
@click.argument("folder", default="", help=_("Your folder; otherwise the one you are in."))
def status(folder: str) -> None:
    """Print the standing of each lesson."""
    from kamkit.learn.shown import standings
    from kamkit.learn.workspace import of

    click.echo(repr(standings(of(_learner_folder(folder)))))


@learn.command(
    help=_("Begin a lesson anew. Its notebook comes back as it was; what you changed is kept."),
    examples=[
        ("kamkit learn reset 03", _("forget its answers too")),
        ("kamkit learn reset 03 --keep-answers", _("the notebook alone")),
        ("kamkit learn reset 3 my-course --lang nb -q", _("in another folder")),
    ],
)
@click.argument("lesson", type=click.IntRange(min=0), help=_("Number of the lesson."))
@click.argument("folder", default="", help=_("Your folder; otherwise the one you are in."))
@click.option("--keep-answers", is_flag=True, help=_("Keep what you have answered."))
def reset(lesson: int, folder: str, keep_answers: bool) -> None:
    """Bring a lesson back as it was at first."""
    from kamkit.learn.workspace import reset as reset_lesson

    made = reset_lesson(_learner_folder(folder), _course(), lesson, keep_answers=keep_answers)
    if quiet():
        return
    for path in made.kept:
        click.echo(_("What you changed is kept in {path}.", path=path))
    click.echo(
        _("Lesson {number} is as it was at first; your answers are kept.", number=lesson)
        if keep_answers
        else _("Lesson {number} is as it was at first.", number=lesson)
    )


@learn.command(
    help=_("Write what you have passed: lessons, days, seed, and a checksum over the answers."),
    examples=[
        ("kamkit learn certificate", _("write certificate.md")),
        ("kamkit learn certificate my-course --lang nb -q", _("of another folder, in Norwegian")),
    ],
)
@click.argument("folder", default="", help=_("Your folder; otherwise the one you are in."))
def certificate(folder: str) -> None:
    """Write the certificate and say where it lies."""
    from kamkit.learn.certificate import write_certificate
    from kamkit.learn.workspace import of

    click.echo(_("Written: {path}", path=write_certificate(of(_learner_folder(folder)))))


@learn.command(
    help=_("Write the practice company of a seed, with its answer key: for teachers."),
    examples=[
        ("kamkit learn case --seed 17 case-17", _("the same truths, other names and numbers")),
        ("kamkit learn case --seed 18 case-18 --lang nb -q", _("without a word")),
    ],
)
@click.argument("folder", help=_("Folder to write; it must be new or empty."))
@click.option("--seed", type=click.IntRange(min=1), required=True, help=_("Number of the company."))
def case(folder: str, seed: int) -> None:
    """Write a practice company."""
    from kamkit.learn.practice import write_practice

    write_practice(Path(folder), seed=seed)
    if not quiet():
        click.echo(_("Written: {path}", path=folder))


def _learner_folder(folder: str) -> Path:
    """Return the learner's folder: the named one, the one that this lies in, or the usual one.

    From here on its language is spoken, where the command asks for none.
    """
    from kamkit.learn.attempts import FILE, Progress, home
    from kamkit.learn.room import folder_language, speak
    from kamkit.learn.workspace import DEFAULT

    path = Path(folder) if folder else home() or Path(DEFAULT)
    if (path / FILE).is_file() and not language_asked():
        speak(folder_language(Progress(path).data))
    return path


def _course() -> Path:
    from kamkit.run.notebooks import shipped

    return shipped("learn")


@click.command(
    "lab",
    cls=Command,
    context_settings={"ignore_unknown_options": True},
    help=_(
        "Open the analyses in JupyterLab, in a copy of your own; in a folder of the course, that "
        "folder. kamkit learn begins the course."
    ),
    examples=[
        ("kamkit lab", _("open the analyses in the browser")),
        ("kamkit lab --lang nb", _("with everything kamkit writes in Norwegian")),
        ("kamkit lab -q --no-browser --port 8889", _("options of JupyterLab go through")),
    ],
)
@click.argument(
    "jupyter_options",
    nargs=-1,
    type=click.UNPROCESSED,
    help=_("Options that are handed to JupyterLab."),
)
@click.pass_context
def lab(ctx: click.Context, /, jupyter_options: Sequence[str]) -> None:
    """Start JupyterLab on the learner's folder, or on a copy of the notebooks."""
    from kamkit import lab as workshop

    folder = workshop.folder(Path.cwd())
    if not quiet():
        click.echo(_("The notebooks are in {path}. Stop JupyterLab with Ctrl-C.", path=folder))
    with scratch():
        code = workshop.start(folder, jupyter_options)
    ctx.exit(code)
