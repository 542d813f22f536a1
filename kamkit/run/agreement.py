"""Whether the list, the plans and the workbook of a run say the same of every account."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from kamkit.errors import OutputError
from kamkit.files import safe_name
from kamkit.language import gettext as _
from kamkit.language import join
from kamkit.money import scaled
from kamkit.schema import headings, label, word

if TYPE_CHECKING:
    from kamkit.analysis import Analysis

_NUMBERS = ("revenue_year", "profit_year")
_LISTS = ("key_accounts", "ordinary_sales")
_PARTS = re.compile(r"word/document\.xml|ppt/slides/slide\d+\.xml")
_SHOWN = 5
_CENT = 0.01


def agree(folder: Path, analysis: Analysis) -> None:
    """Raise ``OutputError`` where two outputs of a run differ, naming file, account and number.

    ``folder`` is the folder of the run. Revenue and customer profit of the last twelve months are
    compared between all accounts, the lists, the workbook and every plan, and the strategy.
    """
    differences = [
        *_of_lists(analysis),
        *_of_workbook(folder, analysis),
        *_of_plans(folder, analysis),
    ]
    if differences:
        raise OutputError(
            _("Two outputs of the run say different things of an account."),
            found=join(differences[:_SHOWN]),
            remedy=_("Report it: the numbers come from the same ledger and must not differ."),
        )


def _known(analysis: Analysis) -> pd.DataFrame:
    """Return revenue and profit of every account, by its number."""
    accounts = pd.DataFrame(analysis.require("accounts")).set_index("account_id")
    return accounts[[name for name in _NUMBERS if name in accounts]]


def _of_lists(analysis: Analysis) -> Iterator[str]:
    """Compare the lists with all accounts."""
    known = _known(analysis)
    for name in _LISTS:
        if name in analysis.kept_names():
            table = pd.DataFrame(analysis.require(name)).set_index("account_id")
            yield from _differing(table, known, f"tables/{name}.parquet")


def _of_workbook(folder: Path, analysis: Analysis) -> Iterator[str]:
    """Compare the sheet of the key accounts with all accounts."""
    from python_calamine import CalamineWorkbook

    from kamkit.run.workbook import KEY_ACCOUNTS

    path = folder / "key-accounts.xlsx"
    if "key_accounts" not in analysis.kept_names():
        return
    title = _(KEY_ACCOUNTS)
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name(title).to_python()
    names = ["account_id", *_NUMBERS]
    shown = dict(zip(headings(names, analysis.about.currency), names, strict=True))
    table = pd.DataFrame(rows, columns=pd.Index(head)).rename(columns=shown)
    table = table[[name for name in names if name in table]].set_index("account_id")
    yield from _differing(table, _known(analysis), f"{path.name}, {title}")


def _differing(table: pd.DataFrame, known: pd.DataFrame, where: str) -> Iterator[str]:
    for name in (name for name in known if name in table):
        ours = pd.to_numeric(table[name]).astype("float64")
        theirs = known[name].reindex(table.index).astype("float64")
        for account in table.index[(ours - theirs).abs() > _CENT]:
            yield _difference(where, str(account), str(name), ours[account], theirs[account])


def _of_plans(folder: Path, analysis: Analysis) -> Iterator[str]:
    """Compare what each plan says, in every format, with the lists and the strategies."""
    if "strategies" not in analysis.kept_names() or not (folder / "plans").is_dir():
        return
    currency, known = analysis.about.currency, _known(analysis).to_dict("index")
    for row in pd.DataFrame(analysis.require("strategies")).to_dict("records"):
        own = known.get(row["account_id"], {})
        bought = own.get("revenue_year", 0.0) > 0
        money = [
            scaled(abs(float(own[name])), currency)
            for name in _NUMBERS
            if bought and name in own and own[name] == own[name]
        ]
        strategy = word(str(row["strategy"]))
        wanted = {".html": [*money, strategy], ".docx": [*money, strategy], ".pptx": money[:1]}
        for ending, texts in wanted.items():
            yield from _missing(
                folder / "plans" / f"{safe_name(str(row['account_id']))}{ending}", texts
            )


def _missing(path: Path, wanted: list[str]) -> Iterator[str]:
    """Say what a plan ought to say and does not."""
    text = _text(path) if path.is_file() else ""
    for text_wanted in wanted if text else ():
        # 15 is not told by 150, nor by 15.5
        if not re.search(rf"(?<!\d){re.escape(text_wanted)}(?!\d|[.,]\d)", text):
            yield _(
                "{file}: “{said}” is missing",
                file=f"{path.parent.name}/{path.name}",
                said=text_wanted,
            )


def _text(path: Path) -> str:
    """Return what a plan says, without its marks."""
    if path.suffix == ".html":
        return unescape(path.read_text(encoding="utf-8"))
    with zipfile.ZipFile(path) as parts:
        names = [name for name in parts.namelist() if _PARTS.fullmatch(name)]
        marked = b"".join(parts.read(name) for name in names).decode("utf-8")
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r"</[aw]:p>", "\n", marked)))


def _difference(where: str, account: str, name: str, ours: float, theirs: float) -> str:
    return _(
        "{file}: {what} of {account} is {one}, elsewhere {other}",
        file=where,
        what=label(name),
        account=account,
        one=scaled(ours),
        other=scaled(theirs),
    )
