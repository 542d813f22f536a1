"""The command line: each command asks the floors below and prints what they answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kamkit import __version__
from kamkit.asking import opened
from kamkit.course_commands import lab, learn
from kamkit.data_commands import data
from kamkit.files import scratch
from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.run_commands import compare, history, verify
from kamkit.source_options import mapping_of, reading_examples, reading_options
from kamkit.terminal import Group, quiet, text_table

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.run import RunResult

_EXIT_CODES = _(
    "Exit codes: 0 done, 1 a notebook failed, doctor found a fault or verify a difference, 2 the "
    "command is wrong, 3 the data needs mending, 4 nothing could be fetched, 70 a fault of "
    "kamkit, 74 the machine refused, 130 stopped."
)


@click.group(
    "kamkit",
    cls=Group,
    help=_("Key account management on your own sales ledger.") + "\n\n" + _EXIT_CODES,
    examples=[
        ("kamkit run", _("from ledger to report, on the practice company")),
        ("kamkit run sales.xlsx", _("the same on your own ledger")),
        ("kamkit --lang nb run", _("everything in Norwegian")),
        ("kamkit -q run sales.csv", _("without progress")),
        ("kamkit --version", _("which kamkit this is")),
    ],
)
@click.version_option(__version__, prog_name="kamkit", help=_("Show the version and exit."))
def kamkit() -> None:
    """Hold the commands together."""


@kamkit.command(
    help=_(
        "Run the analyses on a ledger: a report, a workbook and the notebooks in one folder. "
        "Without SOURCE it is the practice company."
    ),
    examples=[
        ("kamkit run", _("the practice company")),
        ("kamkit run sales.xlsx", _("your own ledger")),
        ("kamkit run cdnow --only identify", _("one analysis, on a real panel")),
        ("kamkit run sales.csv --param cut_a=0.7", _("change a setting")),
        ("kamkit run sales.csv --out reports --jobs 2", _("another folder, two at a time")),
        (
            "kamkit run sales.csv --replace --open",
            _("write over the folder of an earlier run, show the report"),
        ),
        (
            "kamkit run sales.csv --previous kamkit-runs/sales-2025-09-30",
            _("with what became of the earlier run"),
        ),
        ("kamkit run sales/ --incremental", _("a folder: reads the files that are new")),
        ("kamkit run sales.csv --lang nb --quiet", _("in Norwegian, without progress")),
        *reading_examples("run"),
    ],
)
@click.argument(
    "source",
    default="fjordgross",
    help=_("A file, a folder, an archive, a database address, or a name from kamkit data list."),
)
@click.option(
    "--only",
    multiple=True,
    metavar=_("NOTEBOOK"),
    help=_("Run this notebook alone, by its number or name; repeatable."),
)
@click.option(
    "--param",
    "parameters",
    multiple=True,
    metavar=_("NAME=VALUE"),
    help=_("Change a setting, such as key_accounts=20; repeatable. kamkit settings lists them."),
)
@click.option(
    "--out",
    type=click.Path(file_okay=False),
    help=_("Folder to write; otherwise kamkit-runs, by case and last day."),
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    help=_("How many notebooks and plans are made at the same time; by default one per core."),
)
@click.option(
    "--incremental",
    is_flag=True,
    help=_("Keep what is read of each file beside the runs; read only new and changed ones."),
)
@click.option("--replace", is_flag=True, help=_("Replace the folder of an earlier run."))
@click.option(
    "--previous",
    type=click.Path(file_okay=False),
    help=_("Folder of an earlier run: compare with it, and keep what people wrote in its plans."),
)
@click.option("--open", "opened", is_flag=True, help=_("Open the report in the browser."))
@reading_options
def run(source: str, columns: Sequence[str], mapping_file: str | None, **given: Any) -> None:
    """Run the analyses and say where the report lies."""
    from kamkit.run import RunOptions
    from kamkit.run import run as run_analyses
    from kamkit.run.plans import conflicts
    from kamkit.settings import Settings
    from kamkit.workspace import workspace

    previous, jobs = given.pop("previous") or "", given.pop("jobs") or 0
    opened = given.pop("opened")
    kinds = ("only", "parameters", "out", "replace", "incremental")
    own = {name: given.pop(name) for name in kinds}
    options = RunOptions(
        mapping=mapping_of(source, columns, mapping_file, given), quiet=quiet(), jobs=jobs, **own
    )
    settings = Settings(previous=previous, **workspace(Path.cwd()))
    result = run_analyses(source, settings, options=options)
    _say_answer(result)
    _say_age(result.analysis.about.period.end)
    if result.reused:
        click.echo(_("This run was there already, and nothing has changed since: it stands."))
    for conflict in conflicts(result.analysis):
        click.echo(conflict)
    click.echo(_("Report:   {path}", path=result.report))
    click.echo(_("Workbook: {path}", path=result.workbook))
    if opened:
        click.launch(result.report.absolute().as_uri())


for command in (learn, compare, verify, history):
    kamkit.add_command(command)


def _say_answer(result: RunResult) -> None:
    """Print the answer, the accounts with most at stake, and the decisions."""
    from kamkit.output.names import printable
    from kamkit.run.first_page import TOP, decisions_told, since

    analysis = result.analysis
    if not {"answer", "decisions"} <= set(analysis.kept_names()):
        return
    finding = analysis.require("answer")
    first = finding.table.head(TOP).to_dict("records")
    decided = enumerate(decisions_told(analysis), 1)
    changed = since(analysis)
    lines = [
        f"\n{finding.text}\n",
        *([f"{changed[0]}:", *(f"  {one}" for one in changed[1]), ""] if changed else []),
        *(f"  {_line(row)}" for row in first),
        "\n" + _("Decisions:"),
        *(f"  {n}. {told}" for n, told in decided),
    ]
    click.echo(printable("\n".join(lines)) + "\n")


def _say_age(end: dt.date) -> None:
    """Say how old the ledger is where it is old; no file holds that."""
    from kamkit.periods import day, months_old

    months = months_old(end, dt.date.today())  # noqa: DTZ011 - the day where the reader is
    if months:
        sentence = _(
            "The ledger ended on {day}, {n} months ago: all dates count from that day, so some of "
            "them are past. A newer export gives a newer answer.",
            day=day(end),
            n=months,
        )
        click.echo(sentence + "\n")


def _line(row: dict[Any, Any]) -> str:
    """Tell of an account what it is for, what to do there first, who does it and by when."""
    from kamkit.language import joined
    from kamkit.periods import day
    from kamkit.run.first_page import then
    from kamkit.schema import word

    who = joined(", ", [row["owner"] or "–", then(row)])
    told = who if row["due"] != row["due"] else f"{who}, {day(row['due'].date())}"
    return f"{row['account_name']} ({word(row['aim'])}): {row['action'] or '–'} ({told})"


@kamkit.command(
    help=_(
        "Write the plan of one account as Word, page and slides: of a finished RUN an account "
        "that has one, of a SOURCE any. What people wrote in the folder is taken over."
    ),
    examples=[
        ("kamkit plan kamkit-runs/fjordgross-2025-12-31 000412", _("one of the run")),
        ("kamkit plan fjordgross 000950 --out plans", _("any other, from the ledger")),
        ("kamkit plan sales.xlsx 000950 --lang nb -q", _("in Norwegian, without progress")),
    ],
)
@click.argument("where", help=_("Folder of a run, or a source as kamkit run takes it."))
@click.argument("account", help=_("Number of the account."))
@click.option("--out", help=_("Folder to write; otherwise plans, in the run or here."))
def plan(where: str, account: str, out: str | None) -> None:
    """Write the plan of one account and say where it lies."""
    from kamkit.run.plans import plan_of

    with scratch():
        for path in plan_of(where, account, Path(out) if out else None):
            click.echo(path)


@kamkit.command(
    help=_(
        "Set something once for the folder you work in (kamkit.toml); without NAME it is shown. "
        "contact_names: whether the plans name the contacts; the customer's slides never do."
    ),
    examples=[
        ("kamkit config", _("what is set here")),
        ("kamkit config contact_names yes", _("name the contacts in the plans")),
        ("kamkit config contact_names no --lang nb -q", _("no longer")),
    ],
)
@click.argument("name", default="", help=_("What to set."))
@click.argument("value", default="", help=_("yes or no."))
def config(name: str, value: str) -> None:
    """Set one thing for the folder, and print what is set."""
    from kamkit.workspace import KNOWN, set_workspace, workspace

    here = Path.cwd()
    values = set_workspace(here, name, value) if name else workspace(here)
    if name and quiet():
        return
    for one in KNOWN:
        click.echo(f"{one} = {_written(values.get(one, False))}")


@kamkit.command(
    help=_("List every setting of an analysis: its name, the usual value, and what it does."),
    examples=[
        ("kamkit settings", _("all of them")),
        ("kamkit settings --lang nb --quiet", _("in Norwegian")),
        ("kamkit run sales.xlsx --param key_accounts=20", _("give one to a run")),
    ],
)
def settings() -> None:
    """Print the settings with their defaults."""
    import dataclasses

    from kamkit.settings import Settings

    rows = [
        (field.name, _written(field.default), _(field.metadata["help"]))
        for field in dataclasses.fields(Settings)
    ]
    click.echo(text_table([_("Setting"), _("Usual"), _("What it does")], rows))


def _written(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ",".join(value) if isinstance(value, tuple) else str(value)


@kamkit.command(
    help=_(
        "Show how a source is read before anything is run: which heading is which column, what is "
        "used and set aside, and what to look at. Keeps the mapping in SOURCE.kamkit.toml."
    ),
    examples=[
        ("kamkit check sales.csv", _("how the ledger is read")),
        ("kamkit check sales.csv --no-save", _("without keeping the mapping")),
        ("kamkit check sales.csv --save", _("write the mapping file anew")),
        ("kamkit check sales.csv --lang nb -q", _("in Norwegian, no more than is needed")),
        *reading_examples("check"),
    ],
)
@click.argument(
    "source",
    help=_("A file, a folder, an archive, a database address, or a name from the catalogue."),
)
@click.option(
    "--save/--no-save",
    default=None,
    help=_("Write the mapping file, even over an earlier one; or not at all."),
)
@reading_options
def check(
    source: str, columns: Sequence[str], mapping_file: str | None, save: bool | None, **given: Any
) -> None:
    """Open the case and print its mapping, reconciliation and findings."""
    with scratch():
        case = opened(source, mapping_of(source, columns, mapping_file, given))
    click.echo(f"{case.title}, {case.period}\n")
    click.echo(_mapping_table(case))
    click.echo("\n" + _reconciliation(case))
    for finding in case.findings():
        click.echo("\n" + finding.text)
        for caveat in finding.caveats:
            click.echo(f"  {caveat}")
    _keep(case, Path(source), save)


def _mapping_table(case: Case) -> str:
    from kamkit.schema.contract import TABLES

    rows = [
        (table, column, heading, _(TABLES[table].column(column).meaning))
        for table, columns in case.mapping.tables.items()
        for column, heading in columns.items()
    ]
    return text_table([_("Table"), _("Column"), _("Heading"), _("Meaning")], rows)


def _reconciliation(case: Case) -> str:
    from kamkit.schema import reason_label

    rows = [
        (
            reason_label(row["reason"]),
            number(row["rows"]),
            percent(row["share_rows"], 2),
            number(row["amount"], 2),
            percent(row["share_amount"], 2),
            number(row["unreadable"]),
        )
        for row in case.reconciliation().to_dict("records")
    ]
    headings = [
        _("Rows of the source"),
        _("Rows"),
        _("Share"),
        _("Amount"),
        _("Share"),
        _("Unreadable"),
    ]
    return text_table(headings, rows, numbers=5)


def _keep(case: Case, source: Path, save: bool | None) -> None:
    """Write the mapping beside a source that is a file or folder."""
    from kamkit.case import mapping_path

    if save is False or not source.exists():
        return
    target = mapping_path(source)
    if target.exists() and not save:
        message = _("{path} is there already; --save writes it anew.", path=target.name)
    else:
        case.mapping.save(target)
        message = _("Kept in {path}: edit it and run again.", path=target.name)
    if not quiet():
        click.echo("\n" + message)


kamkit.add_command(data)


@kamkit.command(
    help=_("Write an empty workbook to fill in: every table, with meanings and an example row."),
    examples=[
        ("kamkit template", _("write kamkit-template.xlsx here")),
        ("kamkit template our-data.xlsx --lang nb", _("in Norwegian, under another name")),
        ("kamkit template -q our-data.xlsx", _("without a word")),
    ],
)
@click.argument(
    "path",
    type=click.Path(dir_okay=False),
    default="kamkit-template.xlsx",
    help=_("The workbook to write; it must not be there yet."),
)
def template(path: str) -> None:
    """Write the template."""
    from kamkit.case.template import write_template

    written = write_template(Path(path))
    if not quiet():
        click.echo(_("Written: {path}", path=written))


kamkit.add_command(lab)


@kamkit.command(
    help=_("Look at this machine and say what stands in the way of kamkit, and what to do."),
    examples=[
        ("kamkit doctor", _("look at everything")),
        ("kamkit doctor --quiet --lang nb", _("only what needs a hand, in Norwegian")),
    ],
)
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Print one line per check."""
    from kamkit import doctor as checks

    results = checks.examine(Path.cwd())
    for result in results:
        if not quiet() or result.state != checks.OK:
            click.echo(str(result))
    ctx.exit(1 if any(result.state == checks.BROKEN for result in results) else 0)
