"""A plan as it is handed in: four tables and a page of text, in a folder that learners edit."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.errors import SourceError
from kamkit.files import whole_file
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.learn import plan_file
from kamkit.learn.answers import Unreadable, is_empty, read_number
from kamkit.learn.hand_in_words import code_of, headings
from kamkit.learn.named import account_of
from kamkit.schema import word

if TYPE_CHECKING:
    from kamkit.learn.room import Room

FOLDER = "capstone"
"""The folder of the hand-in within the learner's folder."""

TABLES = {
    "key_accounts": "account_id account_name reason revenue_year profit_year treatment",
    "ordinary_sales": "account_id account_name reason",
    "programme": "treatment accounts hours_each cost_year",
    "objectives": "plan account_id goal objective measure baseline target owner due",
}
"""The tables of a hand-in and their columns."""

_AMOUNTS = ("revenue_year", "profit_year")
_NEAR = 0.006  # three significant figures


@dataclass(frozen=True)
class HandIn:
    """What a learner hands in: the four tables of ``TABLES`` and the texts by their place.

    The places are the three plans (``key``, ``loss``, ``hunt``) and, for each goal that no
    objective serves, ``not_keep`` and so on.
    """

    tables: dict[str, pd.DataFrame]
    words: dict[str, str] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the tables with all its columns, rows without anything left out.

        Words of either language are read as the codes that they mean.

        >>> HandIn({}).table("programme").columns.tolist()
        ['treatment', 'accounts', 'hours_each', 'cost_year']
        """
        columns = TABLES[name].split()
        table = self.tables.get(name, pd.DataFrame()).reindex(columns=columns).astype("object")
        empty = table.map(is_empty)
        table = table.mask(empty, None)
        if "account_id" in table:
            table["account_id"] = table["account_id"].map(text_of)
        for name in ("treatment", "plan", "goal", "measure"):
            if name in table:
                table[name] = [code_of(name, text_of(one)) or None for one in table[name]]
        names = [column for column in columns if column != "account_name"]
        bare = empty[names].all(axis=1).astype("bool")
        return table[~bare].reset_index(drop=True)


def begin(room: Room, folder: Path) -> Path:
    """Begin a hand-in: the tables with their headings, the proposed key accounts, and the page.

    What is there already stays as it is. The numbers and the reasons are the learner's to write.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key = room.analysis.require("key_accounts")
    whole = {one: key[one].round().astype("Int64") for one in _AMOUNTS if one in key}
    words = [word(one) for one in key["treatment"]]
    first = {"key_accounts": key.assign(treatment=words, **whole)}
    for name, columns in TABLES.items():
        path = folder / f"{name}.csv"
        if not path.exists():
            write_table(first.get(name, pd.DataFrame()).reindex(columns=columns.split()), path)
    page = folder / "plans.md"
    if not page.exists():
        for code, heading in headings().items():
            plan_file.put(page, f"16.{code}", heading, "")
    return folder


def read(folder: Path, names: Mapping[str, str] | None = None) -> HandIn:
    """Read a hand-in; with the ``names`` of the accounts by number, an account may be named.

    Raises ``SourceError`` where the folder holds none of it.
    """
    tables = {}
    for name in TABLES:
        path = folder / f"{name}.csv"
        if path.is_file():
            tables[name] = _numbered(read_table(path), names or {})
    if not tables:
        raise SourceError(
            _("The folder “{name}” holds no plan.", name=folder.name),
            wanted=", ".join(f"{name}.csv" for name in TABLES),
            remedy=_("Begin one in lesson 16."),
        )
    page = plan_file.text(folder / "plans.md")
    sections = re.findall(r"<!-- 16\.(\w+) -->\n## [^\n]*\n(.*?)<!-- /16\.\1 -->", page, re.DOTALL)
    return HandIn(tables, {code: words.strip() for code, words in sections})


def _numbered(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return a table with the numbers of its accounts, where somebody wrote a name."""
    if "account_id" not in table or not names:
        return table
    called = table.get("account_name", table["account_id"])
    numbered = [
        _number_of(text_of(number) or text_of(name), names)
        for number, name in zip(table["account_id"], called, strict=True)
    ]
    return table.assign(account_id=numbered)


def _number_of(text: str, names: Mapping[str, str]) -> str:
    try:
        return account_of(text, names) if text else ""
    except Unreadable:
        return text


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table so that a spreadsheet of the language in use opens it in columns."""
    sign = ";" if "," in number(0.5, 1) else ","
    with whole_file(path) as unfinished:
        table.to_csv(unfinished, sep=sign, index=False, encoding="utf-8-sig")


def read_table(path: Path) -> pd.DataFrame:
    """Read a table that a person may have saved with commas, semicolons or tabs.

    A spreadsheet on Windows may have saved it in the alphabet of Windows, not in UTF-8.
    """
    saved = path.read_bytes()
    try:
        text = saved.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = saved.decode("cp1252", errors="replace")
    sign = max(",;\t", key=text.split("\n", 1)[0].count)
    return pd.read_csv(io.StringIO(text), sep=sign, dtype="str", keep_default_na=False)


def text_of(value: Any) -> str:
    """Return what stands in a cell; empty where nothing does.

    >>> text_of(" S04 "), text_of(None)
    ('S04', '')
    """
    return "" if is_empty(value) else str(value).strip()


def value_of(cell: Any) -> float | None:
    """Return the number in a cell; None where there is none.

    >>> value_of("1,5 mill."), value_of("20.4 %"), value_of("about"), value_of("")
    (1500000.0, 0.204, None, None)
    """
    if is_empty(cell):
        return None
    try:
        return float(read_number(cell, share="%" in str(cell)))
    except Unreadable:
        return None


def equal(given: float | None, is_so: float) -> bool:
    """Tell whether a number that was written down is the one of the table, to three figures.

    >>> equal(17.0, 17.01), equal(17.0, 17.3), equal(None, 1.0)
    (True, False, False)
    """
    return given is not None and abs(given - is_so) <= max(_NEAR * abs(is_so), 1e-9)


def hours_wanted(handed: HandIn) -> float:
    """Return the hours that the programme of a hand-in takes in a year.

    >>> rows = pd.DataFrame({"treatment": ["shared"], "accounts": ["3"], "hours_each": ["80"]})
    >>> hours_wanted(HandIn({"programme": rows}))
    240.0
    """
    rows = handed.table("programme").to_dict("records")
    return sum(
        (value_of(row["accounts"]) or 0.0) * (value_of(row["hours_each"]) or 0.0) for row in rows
    )
