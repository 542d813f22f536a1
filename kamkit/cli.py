"""The command line: each command asks the floors below and prints what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kamkit import __version__
from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.source_options import mapping_of, reading_examples, reading_options
from kamkit.terminal import Group, quiet, text_table

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.run import RunResult

_EXIT_CODES = _(
    "Exit codes: 0 done, 1 a notebook failed or doctor found a fault, 2 the command is wrong, "
    "3 the data needs mending, 4 nothing could be fetched, 70 a fault of kamkit, 74 the machine "
    "refused, 130 stopped."
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
        ("kamkit run sales.csv --replace", _("write over the folder of an earlier run")),
        (
            "kamkit run sales.csv --previous kamkit-runs/sales-2025-09-30",
            _("with what became of the earlier run"),
        ),
        ("kamkit run sales.csv --lang nb --quiet", _("in Norwegian, without progress")),
        *reading_examples("run"),
    ],
)
@click.argument(
    "source",
    default="fjordgross",
    help=_("A file, a folder, a workbook, or a name from kamkit data list."),
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
@click.option("--replace", is_flag=True, help=_("Replace the folder of an earlier run."))
@click.option(
    "--previous",
    type=click.Path(file_okay=False),
    help=_("Folder of an earlier run: compare with it, and keep what people wrote in its plans."),
)
@reading_options
def run(source: str, columns: Sequence[str], mapping_file: str | None, **given: Any) -> None:
    """Run the analyses and say where the report lies."""
    from kamkit.run import RunOptions
    from kamkit.run import run as run_analyses
    from kamkit.settings import Settings

    previous, jobs = given.pop("previous") or "", given.pop("jobs") or 0
    own = {name: given.pop(name) for name in ("only", "parameters", "out", "replace")}
    options = RunOptions(
        mapping=mapping_of(source, columns, mapping_file, given), quiet=quiet(), jobs=jobs, **own
    )
    result = run_analyses(source, Settings(previous=previous), options=options)
    _say_answer(result)
    click.echo(_("Report:   {path}", path=result.report))
    click.echo(_("Workbook: {path}", path=result.workbook))


def _say_answer(result: RunResult) -> None:
    """Print the answer, the accounts with most at stake, and the decisions."""
    from kamkit.run.first_page import TOP

    analysis = result.analysis
    if not {"answer", "decisions"} <= set(analysis.kept_names()):
        return
    found = analysis.require("answer")
    click.echo(f"\n{found.text}\n")
    for row in found.table.head(TOP).to_dict("records"):
        click.echo(f"  {row['account_name']}: {row['action'] or '–'} ({row['owner'] or '–'})")
    click.echo("\n" + _("Decisions:"))
    for n, row in enumerate(analysis.require("decisions").table.to_dict("records"), 1):
        click.echo(f"  {n}. {row['decision']}: {row['because']}.")
    click.echo("")


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
        "Compare two runs: accounts that came and left, goals reached and missed, forecasts "
        "against outcomes, new alarms, and why revenue is what it is. Writes one page."
    ),
    examples=[
        ("kamkit compare kamkit-runs/old kamkit-runs/new", _("the earlier run first")),
        ("kamkit compare old new --out q4.html", _("write the page there")),
        ("kamkit compare old new --lang nb -q", _("in Norwegian, without progress")),
    ],
)
@click.argument("old", help=_("Folder of the earlier run."))
@click.argument("new", help=_("Folder of the later run."))
@click.option("--out", type=click.Path(dir_okay=False), help=_("Page to write."))
def compare(old: str, new: str, out: str | None) -> None:
    """Compare two runs and print the findings."""
    from kamkit.run.comparison import compare as compare_runs

    page, found = compare_runs(old, new, out=out or "")
    for heading, finding in found:
        click.echo(f"{heading}\n  {finding.text}")
        for caveat in finding.caveats:
            click.echo(f"  {caveat}")
    click.echo(_("Page:     {path}", path=page))


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
@click.argument("source", help=_("A file, a folder, a workbook, or a name from the catalogue."))
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
    from kamkit.case import open_case

    case = open_case(source, mapping=mapping_of(source, columns, mapping_file, given))
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


@kamkit.group(
    help=_("The data sets that come along or are fetched from their publisher."),
    examples=[
        ("kamkit data list", _("what there is")),
        ("kamkit data fetch online-retail-ii", _("fetch a ledger of 525,461 lines")),
        ("kamkit data describe cdnow --lang nb", _("read a data sheet")),
        ("kamkit data -q list", _("the same in a script")),
    ],
)
def data() -> None:
    """Hold the data commands together."""


@data.command(
    "list",
    help=_("List the data sets of the catalogue."),
    examples=[
        ("kamkit data list", _("names, sizes and what they are for")),
        ("kamkit data list --lang nb --quiet", _("in Norwegian")),
    ],
)
def list_data() -> None:
    """Print one row per data set."""
    from kamkit.datasets import listing

    rows = [
        (
            str(entry["name"]),
            str(entry["title"]),
            _("invented") if entry["fictional"] else _("real"),
            _("yes") if entry["here"] else _("no"),
            str(entry["currency"]),
            number(int(str(entry["rows"]))) if entry["rows"] else "",
        )
        for entry in listing()
    ]
    headings = [_("Name"), _("Title"), _("Data"), _("Here"), _("Currency"), _("Rows")]
    click.echo(text_table(headings, rows, numbers=1))


@data.command(
    help=_("Fetch a data set from its publisher and keep it on this machine."),
    examples=[
        ("kamkit data fetch online-retail-ii", _("a UK wholesaler’s invoice lines")),
        ("kamkit data fetch wholesale-customers --lang nb -q", _("without a progress bar")),
    ],
)
@click.argument("name", help=_("A name from kamkit data list."))
def fetch(name: str) -> None:
    """Fetch one data set."""
    from kamkit.datasets import fetch as fetch_data

    path = fetch_data(name, progress=False if quiet() else None)
    click.echo(_("It is in {path}", path=path))


@data.command(
    help=_("Show the data sheet of a data set: what it is, where from, licence, known facts."),
    examples=[
        ("kamkit data describe fjordgross", _("the practice company")),
        ("kamkit data describe cdnow --lang nb -q", _("in Norwegian")),
    ],
)
@click.argument("name", help=_("A name from kamkit data list."))
def describe(name: str) -> None:
    """Print one data sheet."""
    from kamkit import datasets

    click.echo(datasets.describe(name))


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


@kamkit.command(
    context_settings={"ignore_unknown_options": True},
    help=_("Open the lessons and analyses in JupyterLab."),
    examples=[
        ("kamkit lab", _("open the lessons in the browser")),
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
def lab(ctx: click.Context, jupyter_options: Sequence[str]) -> None:
    """Start JupyterLab on the notebooks; an installed kamkit copies them to this folder first."""
    from kamkit import lab as workshop

    folder = workshop.folder(Path.cwd())
    if not quiet():
        click.echo(_("The notebooks are in {path}. Stop JupyterLab with Ctrl-C.", path=folder))
    ctx.exit(workshop.start(folder, jupyter_options))


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
