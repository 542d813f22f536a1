"""The mapping of a source: which heading is which column, kept in a small file to edit."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.case.engine import placed
from kamkit.case.options import ReadOptions
from kamkit.errors import HeadingError, KamkitError, nearest
from kamkit.files import exists, whole_file
from kamkit.language import gettext as _
from kamkit.schema.contract import TABLES

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ColumnMapping:
    """How a source is read: per table, contract column to heading; and the reading options.

    ``origin`` is the name of the file that it was read from. Raises ``HeadingError`` for a table or
    column that is not in the contract.
    """

    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    options: ReadOptions = field(default_factory=ReadOptions)
    origin: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for table, columns in self.tables.items():
            _refuse_unknown(table, TABLES, _("There is no table “{name}”.", name=table))
            for column in columns:
                names = [known.name for known in TABLES[table].columns]
                message = _(
                    "The table “{table}” has no column “{column}”.", table=table, column=column
                )
                _refuse_unknown(column, names, message)

    @property
    def columns(self) -> dict[str, str]:
        """The mapping of the sales ledger: contract column to heading."""
        return self.tables.get("sales", {})

    def with_columns(self, given: Mapping[str, str]) -> ColumnMapping:
        """Return the mapping with headings settled, as ``--map`` gives them.

        A name may say its table: ``accounts.name``.

        >>> ColumnMapping().with_columns({"account_id": "Nr", "accounts.name": "Navn"}).tables
        {'sales': {'account_id': 'Nr'}, 'accounts': {'name': 'Navn'}}
        """
        tables = {name: dict(columns) for name, columns in self.tables.items()}
        for name, heading in given.items():
            table, _x, column = name.rpartition(".")
            tables.setdefault(table or "sales", {})[column] = heading
        return replace(self, tables=tables)

    def with_options(self, values: Mapping[str, Any]) -> ColumnMapping:
        """Return the mapping with reading options settled.

        >>> ColumnMapping().with_options({"currency": "NOK"}).options.currency
        'NOK'
        """
        return replace(self, options=ReadOptions.read({**self.options.given(), **values}))

    def table(self) -> pd.DataFrame:
        """Return one row per mapped column: ``table``, ``column``, ``heading``."""
        import pandas as pd

        rows = [
            (table, column, heading)
            for table, columns in self.tables.items()
            for column, heading in columns.items()
        ]
        return pd.DataFrame(rows, columns=["table", "column", "heading"], dtype="str")

    def text(self) -> str:
        """Write the mapping as TOML with a comment on each column.

        >>> print(ColumnMapping({"sales": {"date": "Dato"}}).text().splitlines()[-1])
        date = "Dato" # The day the invoice was issued
        """
        import tomlkit

        document = tomlkit.document()
        document.add(tomlkit.comment(_("Which heading is which column. Edit it and run again.")))
        if options := self.options.given():
            section = tomlkit.table()
            for name, value in options.items():
                section.add(name, list(value) if isinstance(value, tuple) else value)
            document.add("options", section)
        for name, columns in self.tables.items():
            section = tomlkit.table()
            for column, heading in columns.items():
                cell = tomlkit.item(heading)
                cell.comment(_(TABLES[name].column(column).meaning))
                section.add(column, cell)
            document.add(name, section)
        return tomlkit.dumps(document)

    def save(self, path: str | Path) -> Path:
        """Write the mapping to a file and return its path."""
        with whole_file(Path(path)) as unfinished:
            unfinished.write_text(self.text(), encoding="utf-8")
        return Path(path)

    @classmethod
    def load(cls, path: str | Path) -> ColumnMapping:
        """Read a mapping file.

        Raises ``HeadingError`` when it is missing, is no TOML or names an unknown table, and
        ``ParameterError`` for an unknown reading option.
        """
        file = Path(path)
        try:
            text = file.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise HeadingError(
                _("There is no mapping file “{name}”.", name=file.name),
                remedy=_("Make one with kamkit check SOURCE."),
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(file.name, str(error)) from None
        return replace(from_text(text, file.name), origin=file.name)


def mapping_for(
    source: str | Path | None, given: str | Path | ColumnMapping | None = None
) -> ColumnMapping:
    """Return how a source is read.

    It is what is given, a mapping or the path of a mapping file; else what the file beside a source
    on this machine says (see ``mapping_path``); else nothing is settled. Raises as
    ``ColumnMapping.load`` does.

    >>> mapping_for("no such file.csv").tables
    {}
    """
    if isinstance(given, ColumnMapping):
        return given
    if given:
        return ColumnMapping.load(Path(given).expanduser())
    if source is None or not exists(Path(source).expanduser()):
        return ColumnMapping()
    beside = mapping_path(source)
    return ColumnMapping.load(beside) if beside.is_file() else ColumnMapping()


def mapping_path(source: str | Path) -> Path:
    """Return the path of the mapping file that lies beside a source.

    >>> mapping_path("sales.xlsx").name
    'sales.xlsx.kamkit.toml'
    """
    path = Path(os.path.abspath(Path(source).expanduser()))  # noqa: PTH100 - a link stays a link
    return path.with_name(f"{path.name}.kamkit.toml")


def from_text(text: str, where: str) -> ColumnMapping:
    r"""Read a mapping from TOML; ``where`` names it in errors.

    Raises as ``ColumnMapping.load`` does.

    >>> from_text('[sales]\ndate = "Dato"', "x.toml").columns
    {'date': 'Dato'}
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(where, str(error)) from None
    try:
        options = content.pop("options", {})
        if not isinstance(options, dict):
            raise _no_heading(f"{where} [options]", options)
        return ColumnMapping(_tables(content, where), ReadOptions.read(options))
    except KamkitError as error:
        raise placed(error, where) from None


def _unreadable(where: str, found: str) -> HeadingError:
    return HeadingError(
        _("The mapping file cannot be read."),
        where=where,
        found=found,
        wanted=_('lines such as account_id = "Heading"'),
        remedy=_("Mend that line, or delete the file and run kamkit check again."),
    )


def _tables(content: dict[str, Any], where: str) -> dict[str, dict[str, str]]:
    for name, columns in content.items():
        if not isinstance(columns, dict) or not all(isinstance(h, str) for h in columns.values()):
            raise _no_heading(f"{where} [{name}]", columns)
    return {name: dict(columns) for name, columns in content.items()}


def _no_heading(where: str, found: object) -> HeadingError:
    return HeadingError(
        _("The mapping file has a value that is not a heading in quotes."),
        where=where,
        found=str(found),
        wanted=_('lines such as account_id = "Heading"'),
        remedy=_("Put the heading in quotes, below the name of its table, as [sales]."),
    )


def _refuse_unknown(name: str, known: Iterable[str], message: str) -> None:
    if name in known:
        return
    near = nearest(name, known)
    raise HeadingError(
        message,
        wanted=", ".join(known),
        remedy=_("Did you mean “{near}”?", near=near) if near else _("Use one of these names."),
    )
