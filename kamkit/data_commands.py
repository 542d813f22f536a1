"""The commands on the data sets of the catalogue: ``kamkit data``."""

from __future__ import annotations

import click

from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.terminal import Group, quiet, text_table


@click.group(
    "data",
    cls=Group,
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
