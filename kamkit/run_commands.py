"""The commands on finished runs: compare two, verify one, and the history of all."""

from __future__ import annotations

import click

from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.terminal import Command, quiet, text_table

_SHOWN = 100
"""The most differences that a verification prints."""


@click.command(
    cls=Command,
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
    from kamkit.documents.compare_page import says_more
    from kamkit.run.comparison import compare as compare_runs

    page, findings = compare_runs(old, new, out=out or "")
    for heading, finding in findings:
        if not says_more(finding, findings):
            continue
        click.echo(f"{heading}\n  {finding.text}")
        for caveat in finding.caveats:
            click.echo(f"  {caveat}")
    click.echo(_("Page:     {path}", path=page))


@click.command(
    cls=Command,
    help=_(
        "Make a finished run anew from its source and compare every number that stands in its "
        "report, pages, plans, slides, workbook and tables. Exit code 1 where one differs."
    ),
    examples=[
        ("kamkit verify kamkit-runs/fjordgross-2025-12-31", _("against the source it names")),
        ("kamkit verify kamkit-runs/sales-2025-12-31 sales.csv", _("which lies elsewhere now")),
        ("kamkit verify run --jobs 2 --lang nb -q", _("in Norwegian, without progress")),
    ],
)
@click.argument("folder", metavar="RUN", help=_("Folder of a run."))
@click.argument("source", default="", help=_("Its source, where it is not found by its name."))
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    help=_("How many notebooks and plans are made at the same time; by default one per core."),
)
@click.pass_context
def verify(ctx: click.Context, folder: str, source: str, jobs: int | None) -> None:
    """Print what differs, or how much agrees."""
    from kamkit.run import RunOptions
    from kamkit.run.verify import verify as verify_run

    differences = verify_run(folder, source, options=RunOptions(jobs=jobs or 0, quiet=quiet()))
    for difference in differences.differences[:_SHOWN]:
        click.echo(difference)
    if len(differences.differences) > _SHOWN:
        click.echo(_("… and {n} more.", n=number(len(differences.differences) - _SHOWN)))
    n, files = number(differences.numbers), number(differences.files)
    if differences.ok:
        click.echo(
            _("All {n} numbers in {files} files are what the source gives.", n=n, files=files)
        )
    else:
        differ = number(len(differences.differences))
        click.echo(
            _("{differ} of {n} numbers in {files} files differ.", differ=differ, n=n, files=files)
        )
    ctx.exit(0 if differences.ok else 1)


@click.command(
    cls=Command,
    help=_(
        "Set all kept runs of a company beside its latest one: of each, which purchases it "
        "expected and which came, and how many of its objectives were reached."
    ),
    examples=[
        ("kamkit history", _("the runs in kamkit-runs")),
        ("kamkit history reports", _("those of another folder")),
        ("kamkit history --lang nb -q", _("in Norwegian, without progress")),
    ],
)
@click.argument("folder", default="kamkit-runs", help=_("Folder in which the runs lie."))
def history(folder: str) -> None:
    """Print how the forecasts and objectives of earlier runs turned out."""
    from kamkit.output.table import formatted
    from kamkit.run.history import history as of_runs

    for company, finding in of_runs(folder):
        click.echo(f"{company}: {finding.text}")
        shown = formatted(finding.table)
        click.echo(text_table(list(shown.columns), shown.values.tolist()))
        click.echo("")
