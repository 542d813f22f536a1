"""The command line: each command asks the floors below and prints what they answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kamkit import __version__
from kamkit.errors import ParameterError
from kamkit.language import number, percent, say
from kamkit.terminal import Group, quiet, text_table

if TYPE_CHECKING:
    from kamkit.case import Case, Mapping

Function = TypeVar("Function", bound=Callable[..., Any])

_EXIT_CODES = say(
    "Exit codes: 0 done, 1 a notebook failed or doctor found a fault, 2 the command is wrong, "
    "3 the data needs mending, 4 nothing could be fetched, 70 a fault of kamkit, 74 the machine "
    "refused, 130 stopped."
)


@click.group(
    "kamkit",
    cls=Group,
    help=say("Key account management on your own sales ledger.") + "\n\n" + _EXIT_CODES,
    examples=[
        ("kamkit run", say("from ledger to report, on the practice company")),
        ("kamkit run sales.xlsx", say("the same on your own ledger")),
        ("kamkit --lang nb run", say("everything in Norwegian")),
        ("kamkit -q run sales.csv", say("without progress")),
        ("kamkit --version", say("which kamkit this is")),
    ],
)
@click.version_option(__version__, prog_name="kamkit", help=say("Show the version and exit."))
def kamkit() -> None:
    """Hold the commands together."""


_READING = (
    click.option(
        "--map",
        "columns",
        multiple=True,
        metavar=say("COLUMN=HEADING"),
        help=say("Settle which heading is a column; repeatable."),
    ),
    click.option(
        "--mapping",
        "mapping_file",
        type=click.Path(dir_okay=False),
        help=say("Mapping file to use instead of SOURCE.kamkit.toml."),
    ),
    click.option(
        "--day-first/--month-first",
        default=None,
        help=say("Read 03/04/2025 as 3 April, or as March 4."),
    ),
    click.option(
        "--decimal",
        type=click.Choice([",", "."]),
        help=say("The decimal sign, where the columns cannot tell."),
    ),
    click.option(
        "--currency", metavar=say("CODE"), help=say("ISO code of the amounts, such as NOK.")
    ),
    click.option(
        "--rate",
        "rates",
        multiple=True,
        metavar=say("CODE=RATE"),
        help=say("What one unit of another currency is worth; repeatable."),
    ),
    click.option(
        "--sheet", metavar=say("SHEET"), help=say("Read this sheet of the workbook alone.")
    ),
    click.option(
        "--from",
        "start",
        metavar=say("DATE"),
        help=say("First day to use, such as 2025-01-01."),
    ),
    click.option(
        "--to", "end", metavar=say("DATE"), help=say("Last day to use, that day included.")
    ),
    click.option(
        "--drop-duplicates",
        is_flag=True,
        default=None,
        help=say("Set aside lines that repeat an earlier one exactly."),
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar=say("ACCOUNT"),
        help=say("Set aside a test or internal customer; repeatable."),
    ),
    click.option(
        "--invoice-totals",
        type=click.Choice(["refuse", "lines", "once"]),
        help=say("What to do where each line carries its whole invoice’s total."),
    ),
    click.option(
        "--max-rows",
        type=float,
        metavar=say("SHARE"),
        help=say("Largest share of the rows that may be set aside, from 0 to 1."),
    ),
    click.option(
        "--max-amount",
        type=float,
        metavar=say("SHARE"),
        help=say("Largest share of the amount that may be set aside, from 0 to 1."),
    ),
)


def reading_options(function: Function) -> Function:
    """Give a command the options that settle how a source is read."""
    for option in reversed(_READING):
        function = option(function)
    return function


def reading_examples(command: str) -> list[tuple[str, str]]:
    """Return an example for each reading option of a command."""
    begin = f"kamkit {command} sales.csv"
    return [
        (f'{begin} --map account_id="Kundenr" --map amount="Netto"', say("settle two headings")),
        (f"{begin} --mapping ours.toml", say("use a mapping file of your own")),
        (f'{begin} --day-first --decimal ","', say("dates and numbers as in Norway")),
        (f"{begin} --currency NOK --rate EUR=11.5", say("two currencies in one ledger")),
        (f'kamkit {command} sales.xlsx --sheet "2025"', say("one sheet of a workbook")),
        (f"{begin} --from 2025-01-01 --to 2025-12-31", say("one year alone")),
        (f"{begin} --drop-duplicates --exclude 9999", say("without repeated lines and test sales")),
        (f"{begin} --invoice-totals once", say("each line carries its invoice’s total")),
        (f"{begin} --max-rows 0.4 --max-amount 0.4", say("let more be set aside than usual")),
    ]


def _mapping(source: str, columns: Sequence[str], file: str | None, given: Any) -> Mapping:
    """Bring the mapping file and what the command line settles together, the latter first."""
    from kamkit.case import Mapping, mapping_path

    beside = mapping_path(Path(source).expanduser().resolve())
    kept = Path(file) if file else beside if beside.is_file() else None
    mapping = Mapping.load(kept) if kept else Mapping()
    values = {name: value for name, value in given.items() if value is not None and value != ()}
    if "rates" in values:
        values["rates"] = {code: _rate(code, value) for code, value in _pairs(values["rates"])}
    return mapping.with_columns(dict(_pairs(columns))).with_options(values)


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """Cut ``name=value`` words in two.

    Raises ``ParameterError`` for a word without a name or an equals sign.
    """
    pairs = []
    for word in words:
        name, equals, value = word.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise ParameterError(
                say("“{word}” is not a name and a value.", word=word),
                wanted="account_id=Kundenr / EUR=11.5",
                remedy=say("Write the name, an equals sign and the value, without spaces around."),
            )
        pairs.append((name.strip(), value.strip()))
    return pairs


def _rate(code: str, text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise ParameterError(
            say("The rate of {code} is not a number.", code=code),
            found=text,
            wanted="11.5",
            remedy=say("Write what one unit is worth, such as EUR=11.5."),
        ) from None


@kamkit.command(
    help=say(
        "Run the analyses on a ledger: a report, a workbook and the notebooks in one folder. "
        "Without SOURCE it is the practice company."
    ),
    examples=[
        ("kamkit run", say("the practice company")),
        ("kamkit run sales.xlsx", say("your own ledger")),
        ("kamkit run cdnow --only identify", say("one analysis, on a real panel")),
        ("kamkit run sales.csv --param cut_a=0.7", say("change a parameter of a notebook")),
        ("kamkit run sales.csv --out reports --jobs 2", say("another folder, two at a time")),
        ("kamkit run sales.csv --replace", say("write over the folder of an earlier run")),
        ("kamkit run sales.csv --lang nb --quiet", say("in Norwegian, without progress")),
        *reading_examples("run"),
    ],
)
@click.argument(
    "source",
    default="fjordgross",
    help=say("A file, a folder, a workbook, or a name from kamkit data list."),
)
@click.option(
    "--only",
    multiple=True,
    metavar=say("NOTEBOOK"),
    help=say("Run this notebook alone, by its number or name; repeatable."),
)
@click.option(
    "--param",
    "parameters",
    multiple=True,
    metavar=say("NAME=VALUE"),
    help=say("Set a parameter of the notebooks; repeatable."),
)
@click.option(
    "--out",
    type=click.Path(file_okay=False),
    help=say("Folder to write; otherwise kamkit-runs, by case and last day."),
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help=say("How many notebooks run at the same time."),
)
@click.option("--replace", is_flag=True, help=say("Replace the folder of an earlier run."))
@reading_options
def run(source: str, columns: Sequence[str], mapping_file: str | None, **given: Any) -> None:
    """Run the analyses and say where the report lies."""
    from kamkit.run import RunSettings
    from kamkit.run import run as run_analyses

    own = {name: given.pop(name) for name in ("only", "parameters", "out", "jobs", "replace")}
    settings = RunSettings(
        mapping=_mapping(source, columns, mapping_file, given), quiet=quiet(), **own
    )
    result = run_analyses(source, settings=settings)
    click.echo(say("Report:   {path}", path=result.report))
    click.echo(say("Workbook: {path}", path=result.workbook))


@kamkit.command(
    help=say(
        "Show how a source is read before anything is run: which heading is which column, what is "
        "used and set aside, and what to look at. Keeps the mapping in SOURCE.kamkit.toml."
    ),
    examples=[
        ("kamkit check sales.csv", say("how the ledger is read")),
        ("kamkit check sales.csv --no-save", say("without keeping the mapping")),
        ("kamkit check sales.csv --save", say("write the mapping file anew")),
        ("kamkit check sales.csv --lang nb -q", say("in Norwegian, no more than is needed")),
        *reading_examples("check"),
    ],
)
@click.argument("source", help=say("A file, a folder, a workbook, or a name from the catalogue."))
@click.option(
    "--save/--no-save",
    default=None,
    help=say("Write the mapping file, even over an earlier one; or not at all."),
)
@reading_options
def check(
    source: str,
    columns: Sequence[str],
    mapping_file: str | None,
    save: bool | None,
    **given: Any,
) -> None:
    """Open the case and print its mapping, reconciliation and findings."""
    from kamkit.case import open_case

    case = open_case(source, mapping=_mapping(source, columns, mapping_file, given))
    click.echo(f"{case.title}, {case.period}\n")
    click.echo(_mapping_table(case))
    click.echo("\n" + _reconciliation(case))
    for finding in case.findings():
        click.echo("\n" + finding.text)
        for caveat in finding.caveats:
            click.echo(f"  {caveat}")
    _keep(case, Path(source), save)


def _mapping_table(case: Case) -> str:
    from kamkit.case.contract import TABLES

    rows = [
        (table, column, heading, say(TABLES[table].column(column).meaning))
        for table, columns in case.mapping.tables.items()
        for column, heading in columns.items()
    ]
    return text_table([say("Table"), say("Column"), say("Heading"), say("Meaning")], rows)


def _reconciliation(case: Case) -> str:
    from kamkit.case.checks import reason_label

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
        say("Rows of the source"),
        say("Rows"),
        say("Share"),
        say("Amount"),
        say("Share"),
        say("Unreadable"),
    ]
    return text_table(headings, rows, numbers=5)


def _keep(case: Case, source: Path, save: bool | None) -> None:
    """Write the mapping beside a source that is a file or folder."""
    from kamkit.case import mapping_path

    if save is False or not source.exists():
        return
    target = mapping_path(source.expanduser().resolve())
    if target.exists() and not save:
        message = say("{path} is there already; --save writes it anew.", path=target.name)
    else:
        case.mapping.save(target)
        message = say("Kept in {path}: edit it and run again.", path=target.name)
    if not quiet():
        click.echo("\n" + message)


@kamkit.group(
    help=say("The data sets that come along or are fetched from their publisher."),
    examples=[
        ("kamkit data list", say("what there is")),
        ("kamkit data fetch online-retail-ii", say("fetch a ledger of 525,461 lines")),
        ("kamkit data describe cdnow --lang nb", say("read a data sheet")),
        ("kamkit data -q list", say("the same in a script")),
    ],
)
def data() -> None:
    """Hold the data commands together."""


@data.command(
    "list",
    help=say("List the data sets of the catalogue."),
    examples=[
        ("kamkit data list", say("names, sizes and what they are for")),
        ("kamkit data list --lang nb --quiet", say("in Norwegian")),
    ],
)
def list_data() -> None:
    """Print one row per data set."""
    from kamkit.case import catalogue

    rows = [
        (
            str(entry["name"]),
            str(entry["title"]),
            say("invented") if entry["fictional"] else say("real"),
            say("yes") if entry["here"] else say("no"),
            str(entry["currency"]),
            number(int(str(entry["rows"]))) if entry["rows"] else "",
        )
        for entry in catalogue.listing()
    ]
    headings = [say("Name"), say("Title"), say("Data"), say("Here"), say("Currency"), say("Rows")]
    click.echo(text_table(headings, rows, numbers=1))


@data.command(
    help=say("Fetch a data set from its publisher and keep it on this machine."),
    examples=[
        ("kamkit data fetch online-retail-ii", say("a UK wholesaler’s invoice lines")),
        ("kamkit data fetch wholesale-customers --lang nb -q", say("without a progress bar")),
    ],
)
@click.argument("name", help=say("A name from kamkit data list."))
def fetch(name: str) -> None:
    """Fetch one data set."""
    from kamkit.case.fetch import fetch as fetch_data

    path = fetch_data(name, progress=False if quiet() else None)
    click.echo(say("It is in {path}", path=path))


@data.command(
    help=say("Show the data sheet of a data set: what it is, where from, licence, known facts."),
    examples=[
        ("kamkit data describe fjordgross", say("the practice company")),
        ("kamkit data describe cdnow --lang nb -q", say("in Norwegian")),
    ],
)
@click.argument("name", help=say("A name from kamkit data list."))
def describe(name: str) -> None:
    """Print one data sheet."""
    from kamkit.case import catalogue

    click.echo(catalogue.describe(name))


@kamkit.command(
    help=say("Write an empty workbook to fill in: every table, with meanings and an example row."),
    examples=[
        ("kamkit template", say("write kamkit-template.xlsx here")),
        ("kamkit template our-data.xlsx --lang nb", say("in Norwegian, under another name")),
        ("kamkit template -q our-data.xlsx", say("without a word")),
    ],
)
@click.argument(
    "path",
    type=click.Path(dir_okay=False),
    default="kamkit-template.xlsx",
    help=say("The workbook to write; it must not be there yet."),
)
def template(path: str) -> None:
    """Write the template."""
    from kamkit.case.template import write_template

    written = write_template(Path(path))
    if not quiet():
        click.echo(say("Written: {path}", path=written))


@kamkit.command(
    context_settings={"ignore_unknown_options": True},
    help=say("Open the lessons and analyses in JupyterLab."),
    examples=[
        ("kamkit lab", say("open the lessons in the browser")),
        ("kamkit lab --lang nb", say("with everything kamkit writes in Norwegian")),
        ("kamkit lab -q --no-browser --port 8889", say("options of JupyterLab go through")),
    ],
)
@click.argument(
    "jupyter_options",
    nargs=-1,
    type=click.UNPROCESSED,
    help=say("Options that are handed to JupyterLab."),
)
@click.pass_context
def lab(ctx: click.Context, jupyter_options: Sequence[str]) -> None:
    """Start JupyterLab on the notebooks; an installed kamkit copies them to this folder first."""
    from kamkit import lab as workshop

    folder = workshop.folder(Path.cwd())
    if not quiet():
        click.echo(say("The notebooks are in {path}. Stop JupyterLab with Ctrl-C.", path=folder))
    ctx.exit(workshop.start(folder, jupyter_options))


@kamkit.command(
    help=say("Look at this machine and say what stands in the way of kamkit, and what to do."),
    examples=[
        ("kamkit doctor", say("look at everything")),
        ("kamkit doctor --quiet --lang nb", say("only what needs a hand, in Norwegian")),
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
