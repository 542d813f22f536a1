"""The options that settle how a source is read, shared by the commands that read one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kamkit.errors import ParameterError
from kamkit.language import say

if TYPE_CHECKING:
    from kamkit.case import Mapping

Function = TypeVar("Function", bound=Callable[..., Any])

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


def mapping_of(source: str, columns: Sequence[str], file: str | None, given: Any) -> Mapping:
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
