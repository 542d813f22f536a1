"""The options that settle how a source is read, shared by the commands that read one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kamkit.errors import ParameterError
from kamkit.language import gettext as _

if TYPE_CHECKING:
    from kamkit.case import ColumnMapping

Function = TypeVar("Function", bound=Callable[..., Any])

_OTHER = ("columns", "mapping_file")  # what is no option of reading
_QUERY = "SELECT * FROM sales WHERE year > 2022"  # an example
_READING = (
    click.option(
        "--map",
        "columns",
        multiple=True,
        metavar=_("COLUMN=HEADING"),
        help=_("Settle which heading is a column, such as amount or accounts.name; repeatable."),
    ),
    click.option(
        "--mapping",
        "mapping_file",
        type=click.Path(dir_okay=False),
        help=_("Mapping file to use instead of SOURCE.kamkit.toml."),
    ),
    click.option(
        "--day-first/--month-first",
        default=None,
        help=_("Read 03/04/2025 as 3 April, or as March 4."),
    ),
    click.option(
        "--date-format",
        metavar=_("FORMAT"),
        help=_("How dates are written, such as yy-mm-dd or dd.mm.yyyy."),
    ),
    click.option(
        "--decimal",
        type=click.Choice([",", "."]),
        help=_("The decimal sign, where the columns cannot tell."),
    ),
    click.option("--currency", metavar=_("CODE"), help=_("ISO code of the amounts, such as NOK.")),
    click.option(
        "--rate",
        "rates",
        multiple=True,
        metavar=_("CODE=RATE"),
        help=_("What one unit of another currency is worth; repeatable."),
    ),
    click.option("--sheet", metavar=_("SHEET"), help=_("Read this sheet of the workbook alone.")),
    click.option(
        "--from", "start", metavar=_("DATE"), help=_("First day to use, such as 2025-01-01.")
    ),
    click.option("--to", "end", metavar=_("DATE"), help=_("Last day to use, that day included.")),
    click.option(
        "--drop-duplicates",
        is_flag=True,
        default=None,
        help=_("Set aside lines that repeat an earlier one exactly."),
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar=_("ACCOUNT"),
        help=_("Set aside a test or internal customer; repeatable."),
    ),
    click.option(
        "--where",
        multiple=True,
        metavar=_("COLUMN=VALUE"),
        help=_("Use the lines with this value alone, or one of several with commas; repeatable."),
    ),
    click.option(
        "--where-not",
        multiple=True,
        metavar=_("COLUMN=VALUE"),
        help=_("Set aside the lines with this value, or one of several; repeatable."),
    ),
    click.option(
        "--merge",
        is_flag=True,
        default=None,
        help=_(
            "Count numbers that differ in case, spaces or zeros, or share an org. number, as one."
        ),
    ),
    click.option(
        "--alias",
        multiple=True,
        metavar=_("NUMBER=NUMBER"),
        help=_("Count the first account number as the second; repeatable."),
    ),
    click.option(
        "--discount",
        type=click.Choice(["share", "percent", "amount", "none"]),
        help=_("What the column of discounts holds; none where prices hold it already."),
    ),
    click.option(
        "--vat",
        type=float,
        metavar=_("PERCENT"),
        help=_("The rate of VAT that the amounts hold, 0 for none."),
    ),
    click.option(
        "--invoice-totals",
        type=click.Choice(["refuse", "lines", "once"]),
        help=_("What to do where each line carries its whole invoice’s total."),
    ),
    click.option(
        "--sign",
        type=click.Choice(["kept", "turned"]),
        help=_("Whether amounts below zero are credit notes, or sales written as credits."),
    ),
    click.option(
        "--revenue-accounts",
        multiple=True,
        metavar=_("ACCOUNTS"),
        help=_("The sales accounts of a SAF-T file, such as 3000 or 3000-3799; repeatable."),
    ),
    click.option(
        "--table", metavar=_("TABLE"), help=_("The table or view of a database that is the ledger.")
    ),
    click.option(
        "--query", metavar=_("SQL"), help=_("The query that gives the ledger of a database.")
    ),
    click.option(
        "--in-place",
        is_flag=True,
        default=None,
        help=_("Compute in the database itself instead of copying the ledger."),
    ),
    click.option(
        "--max-rows",
        type=float,
        metavar=_("SHARE"),
        help=_("Largest share of the rows that may be set aside, from 0 to 1."),
    ),
    click.option(
        "--max-amount",
        type=float,
        metavar=_("SHARE"),
        help=_("Largest share of the amount that may be set aside, from 0 to 1."),
    ),
)


def reading_options(function: Function) -> Function:
    """Give a command the options that settle how a source is read."""
    for option in reversed(_READING):
        function = option(function)
    return function


def reading_examples(command: str) -> list[tuple[str, str]]:
    """Return an example for each reading option of a command.

    >>> reading_examples("check")[4]
    ('kamkit check sales.xlsx --sheet "2025"', 'one sheet of a workbook')
    """
    begin = f"kamkit {command} sales.csv"
    return [
        (f'{begin} --map account_id="Kundenr" --map amount="Netto"', _("settle two headings")),
        (f"{begin} --mapping ours.toml", _("use a mapping file of your own")),
        (f'{begin} --day-first --decimal ","', _("dates and numbers as in Norway")),
        (f"{begin} --currency NOK --rate EUR=11.5", _("two currencies in one ledger")),
        (f'kamkit {command} sales.xlsx --sheet "2025"', _("one sheet of a workbook")),
        (f"{begin} --date-format yy-mm-dd", _("dates that begin with the year in two digits")),
        (f"{begin} --from 2025-01-01 --to 2025-12-31", _("one year alone")),
        (f"{begin} --drop-duplicates --exclude 9999", _("without repeated lines and test sales")),
        (f"{begin} --where-not Status=Cancelled,Draft", _("without orders that came to nothing")),
        (f"{begin} --where Type=Invoice,Credit --merge", _("some documents, spellings as one")),
        (f"{begin} --alias 17850-2=17850", _("two numbers of one customer")),
        (f"{begin} --discount percent --vat 25", _("discounts in per cent, amounts with VAT")),
        (f"{begin} --invoice-totals once", _("each line carries its invoice’s total")),
        (f"{begin} --sign turned", _("sales are written below zero")),
        (
            f"kamkit {command} saft.xml --revenue-accounts 3000-3299",
            _("choose the sales accounts of an accounting file"),
        ),
        (f"kamkit {command} sqlite:///erp.db --table sales", _("a table of a database")),
        (
            f'kamkit {command} postgresql://kari@host/erp --query "{_QUERY}"',
            _("a query; the password comes from PGPASSWORD or the password file"),
        ),
        (
            f"kamkit {command} postgresql://kari@host/erp --table sales --in-place",
            _("a ledger that stays in the database"),
        ),
        (f"{begin} --max-rows 0.4 --max-amount 0.4", _("let more be set aside than usual")),
    ]


def mapping_of(source: str, columns: Sequence[str], file: str | None, given: Any) -> ColumnMapping:
    """Bring the mapping file and what the command line settles together, the latter first.

    >>> mapping_of("sales.csv", ["amount=Netto"], None, {}).tables
    {'sales': {'amount': 'Netto'}}
    """
    from kamkit.case import mapping_for

    return settled(mapping_for(source, file), {"columns": columns, **given})


def settled(mapping: ColumnMapping, given: Mapping[str, Any]) -> ColumnMapping:
    """Return the mapping with what options of the command line settle.

    >>> from kamkit.case import ColumnMapping
    >>> settled(ColumnMapping(), {"decimal": ",", "currency": None}).options.given()
    {'decimal': ','}
    """
    columns = given.get("columns") or ()
    given = {name: value for name, value in given.items() if name not in _OTHER}
    values = {name: value for name, value in given.items() if value is not None and value != ()}
    if "rates" in values:
        values["rates"] = {code: _rate(code, value) for code, value in _pairs(values["rates"])}
    if "alias" in values:
        values["alias"] = {**mapping.options.alias, **dict(_pairs(values["alias"]))}
    return mapping.with_columns(_headings(columns)).with_options(values)


def _headings(words: Sequence[str]) -> dict[str, str]:
    """Return the heading of each column; empty leaves out one that is not required."""
    from kamkit.schema.contract import TABLES

    needed = ("", *TABLES["sales"].required)
    headings: dict[str, str] = {}
    for word in words:
        name, equals, heading = (part.strip() for part in word.partition("="))
        if equals and not heading and name not in needed:
            headings[name] = ""
        else:
            headings |= dict(_pairs([word]))
    return headings


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """Cut ``name=value`` words in two.

    Raises ``ParameterError`` for a word without a name or an equals sign.
    """
    pairs = []
    for word in words:
        name, equals, value = word.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise ParameterError(
                _("“{word}” is not a name and a value.", word=word),
                wanted="account_id=Kundenr / EUR=11.5",
                remedy=_("Write the name, an equals sign and the value, without spaces around."),
            )
        pairs.append((name.strip(), value.strip()))
    return pairs


def _rate(code: str, text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise ParameterError(
            _("The rate of {code} is not a number.", code=code),
            found=text,
            wanted="11.5",
            remedy=_("Write what one unit is worth, such as EUR=11.5."),
        ) from None
