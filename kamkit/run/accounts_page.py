"""The page of all accounts: one table to search, and for each account what is known of it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.colours import css
from kamkit.documents.plan_page import page_template
from kamkit.files import safe_name
from kamkit.language import gettext as _
from kamkit.language import language, number
from kamkit.output.table import chosen, formatted, side, sort_value
from kamkit.periods import span
from kamkit.run.first_page import sales_lines
from kamkit.schema import headings, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kamkit.analysis import Analysis

ACCOUNTS = "accounts.html"
MOST = 5_000
"""Accounts on the page: those with the most revenue. The table beside it has them all."""

HEAD = (
    *("account_name", "account_id", "abc_class", "account_manager", "revenue_year"),
    *("profit_year", "last_date", "rhythm_state", "growth_middle"),
)
"""Columns of the table, where the case carries them."""

FACTS = (
    *("parent_id", "region", "segment", "account_manager", "since", "first_date"),
    *("last_date", "revenue_year", "contribution_year", "cost_to_serve_year", "payment_cost_year"),
    *("profit_year", "discount_share_year", "credit_share", "rank", "rank_profit"),
    *("abc_class", "invoices"),
    *("interval_days", "next_expected", "rhythm_state"),
    *("growth_low", "growth_middle", "growth_high", "share_of_wallet", "health", "weakest"),
    *("aim", "strategy", "action", "owner", "due", "treatment", "manager", "reasons", "against"),
)
"""What the page of one account tells, in order, where it is known."""

_JOINED = {
    "register": ("since",),
    "growth": ("growth_low", "growth_middle", "growth_high"),
    "health": ("health", "weakest"),
    "strategies": ("aim", "strategy"),
    "key_accounts": ("treatment", "manager"),
    "answer": ("action", "owner", "due"),
    "account_reasons": ("reasons", "against"),
}
_TEMPLATES = Path(__file__).parent / "templates"
_OPEN = 3
_WHOLE = {"health": "count", "interval_days": "count"}
"""Numbers whose decimals tell nobody anything."""

_BEGINS = pd.Timedelta(days=90)


def known(analysis: Analysis) -> pd.DataFrame:
    """Return one row per account with all that the run knows of it, the most revenue first.

    No row where the run has not looked at the accounts.
    """
    if "accounts" not in analysis.kept_names():
        return pd.DataFrame({"account_id": pd.Series(dtype="str")})
    table = pd.DataFrame(analysis.require("accounts"))
    for result, columns in _JOINED.items():
        if result not in analysis.kept_names():
            continue
        made = analysis.require(result)
        more = pd.DataFrame(getattr(made, "table", made)).drop_duplicates("account_id")
        more = more.set_index("account_id")
        table = table.assign(
            **{name: table["account_id"].map(more[name]) for name in columns if name in more}
        )
    if "first_date" in table:  # who bought in the first months of the ledger was there before
        begins = pd.Timestamp(analysis.about.period.start) + _BEGINS
        table["first_date"] = table["first_date"].where(table["first_date"] > begins)
    by = "revenue_year" if "revenue_year" in table else "revenue"
    return table.sort_values([by, "account_id"], ascending=[False, True])


def write(path: Path, analysis: Analysis, plans: Sequence[str]) -> None:
    """Write the page beside the report, where there are accounts; it loads nothing from outside."""
    from markupsafe import Markup

    every = known(analysis)
    if every.empty:
        return
    table = every.head(MOST)
    data = json.dumps(_data(analysis, table, set(plans)), ensure_ascii=False)
    script = tables_script() + (_TEMPLATES / "accounts.js").read_text(encoding="utf-8")
    data = data.replace("<", "\\u003c")  # no name ends the script
    page = page_template(_TEMPLATES / "accounts.html.j2").render(
        lang=language(),
        title=analysis.about.title.replace("_", " "),
        case=analysis.about,
        words=_words(len(table), len(every)),
        data=Markup(data),  # noqa: S704 - JSON in which no tag can begin
        style=Markup(css() + (_TEMPLATES / "report.css").read_text(encoding="utf-8")),  # noqa: S704
        script=Markup(script),  # noqa: S704 - our own file and the library's
        hash=hashed(script),
        data_hash=hashed(data),
    )
    path.write_text(page, encoding="utf-8", newline="\n")


def tables_script() -> str:
    """Return the library that sorts, searches, copies and saves tables: DataTables, of itables.

    >>> "</script" in tables_script()
    False
    """
    import itables

    bundle = Path(itables.__file__).parent / "html" / "dt_bundle.js"
    code, _export, names = bundle.read_text(encoding="utf-8").rpartition("export{")
    table = re.search(r"([\w$]+) as default", names)
    if table is None:
        raise RuntimeError("itables no longer exports DataTables")
    return f"{code}const DataTable={table[1]};\n"


def hashed(script: str) -> str:
    """Return the fingerprint by which a page's policy lets a script run.

    >>> hashed("")
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return b64encode(sha256(script.encode()).digest()).decode()


def _data(analysis: Analysis, table: pd.DataFrame, plans: set[str]) -> dict[str, Any]:
    """Return what the page's script shows: strings, and beside them what they sort by."""
    months = span(analysis.about.period)
    currency = analysis.about.currency
    head = _there(HEAD, table)
    facts = _there(FACTS, table)
    kinds = chosen(table, head)
    texts = formatted(table, columns=head, currency=currency, period=analysis.about.period)
    as_told = {name: _WHOLE.get(name, kind) for name, kind in chosen(table, facts).items()}
    shown = formatted(table, columns=as_told, currency=currency, period=analysis.about.period)
    lines, opened = sales_lines(analysis), _opportunities(analysis)
    ids = [str(one) for one in table["account_id"]]
    keys = [[sort_value(value, kinds[name]) for value in table[name]] for name in head]
    return {
        "columns": [
            {"title": title, "name": name, "right": side(kinds[name]) == "right"}
            for title, name in zip(headings(head, currency, period=months), head, strict=True)
        ],
        "rows": [list(row) for row in texts.itertuples(index=False)],
        "keys": [list(row) for row in zip(*keys, strict=True)],
        "labels": headings(facts, currency, period=months),
        "facts": [list(row) for row in shown.itertuples(index=False)],
        "ids": ids,
        "names": [str(name) for name in table.get("account_name", table["account_id"])],
        "plans": {one: f"plans/{safe_name(one)}" for one in ids if one in plans},
        "lines": {one: lines[one] for one in ids if one in lines},
        "open": {one: opened[one] for one in ids if one in opened},
    }


def _there(names: Iterable[str], table: pd.DataFrame) -> list[str]:
    """Return the columns that the table has and that say something."""
    return [name for name in names if name in table and not table[name].isna().all()]


def _opportunities(analysis: Analysis) -> dict[str, list[str]]:
    """Return for each account its largest openings, in words."""
    if "whitespace" not in analysis.kept_names():
        return {}
    table = pd.DataFrame(analysis.require("whitespace").table)
    table = table[(table["kind"] != "") & (table["growth_middle"] > 0)]
    table = table[~table["loses"]] if "loses" in table else table
    currency = analysis.about.currency
    offers: dict[str, list[str]] = {}
    for row in table.groupby("account_id").head(_OPEN).to_dict("records"):
        text = _(
            "{item}, {kind}: {low} to {high} {currency}",
            item=row["item"],
            kind=word(str(row["kind"])),
            low=number(row["growth_low"]),
            high=number(row["growth_high"]),
            currency=currency,
        )
        offers.setdefault(str(row["account_id"]), []).append(text.strip())
    return offers


def _words(shown: int, every: int) -> dict[str, str]:
    left_out = ""
    if every > shown:
        left_out = _(
            "The {shown} with the most revenue of {every}; tables/accounts.parquet has them all.",
            shown=number(shown),
            every=number(every),
        )
    return {
        "kind": _("All accounts"),
        "back": _("Back to the report"),
        "fictional": _("The data are invented: a practice company that does not exist."),
        "search": _("Search"),
        "copy": _("Copy"),
        "csv": _("Save as CSV"),
        "none": _("No account matches."),
        "shown": _("_TOTAL_ accounts"),
        "more": _("Rows shown"),
        "plan": _("Account plan"),
        "open": _("What they could buy more of, a year"),
        "trend": _("Revenue by quarter"),
        "missing": _("This account is not on the page."),
        "script": _("The table needs JavaScript; tables/accounts.parquet holds the same."),
        "left_out": left_out,
    }
