"""The workbook of a run: the decision, the lists that people work with, and what they rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.analysis.choose import SHEET_COLUMNS, YEAR
from kamkit.language import N_, number
from kamkit.language import gettext as _
from kamkit.schema import REASONS, reason_label

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.analysis import Analysis

ROWS_ASIDE = 200
"""The most lines set aside that the workbook shows; ``tables/set_aside.parquet`` has them all."""

KEY_ACCOUNTS = N_("Key accounts")
"""The name of the sheet with the key accounts."""


@dataclass(frozen=True)
class _Page:
    """One sheet: its name, what it holds, the table, its columns, those with a sum, those drawn.

    ``whole``: its sums are of the whole period where their heading does not name another.
    """

    title: str
    note: str
    table: Callable[[Analysis], pd.DataFrame | None]
    columns: tuple[str, ...]
    totals: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()
    whole: bool = False
    below: Callable[[Analysis], list[tuple[str, pd.DataFrame]]] = lambda _analysis: []


def write(path: Path, analysis: Analysis) -> Path:
    """Write the workbook and return its path.

    A summary, key accounts, actions, growth, all accounts and data notes; a sheet whose results
    were not made is left out. Where no notebook has chosen, class A stands for the key accounts.
    """
    from kamkit.documents import Sheet, workbook
    from kamkit.run.first_page import decisions_told

    about = analysis.about
    sheets = []
    for page in _PAGES:
        frame = page.table(analysis)
        if frame is None:
            continue
        columns = [column for column in page.columns if column in frame]
        sheets.append(
            Sheet(
                _(page.title),
                frame,
                _(page.note),
                columns,
                period=about.period if page.whole else None,
                totals=page.totals,
                drawn=page.drawn,
                blocks=page.below(analysis),
            )
        )
    reconciled, blocks = _notes(analysis)
    note = _("Lines read, used and set aside, how the columns were read, and what activities cost.")
    sheets.append(Sheet(_("Data notes"), reconciled, note, blocks=blocks))
    return workbook(
        path,
        sheets,
        title=_("Key accounts: {title}", title=about.title),
        source=about.source,
        period=str(about.period),
        currency=about.currency,
        fictional=about.fictional,
        figures=_figures(analysis),
        answer=_answer(analysis),
        decisions=decisions_told(analysis) if "decisions" in analysis.kept_names() else (),
    )


def _result_table(analysis: Analysis, name: str) -> pd.DataFrame | None:
    import pandas as pd

    if name not in analysis.kept_names():
        return None
    value = analysis.require(name)
    return pd.DataFrame(value if isinstance(value, pd.DataFrame) else value.table)


def _with(
    frame: pd.DataFrame, other: pd.DataFrame | None, columns: tuple[str, ...]
) -> pd.DataFrame:
    """Bring columns of another table of accounts to a table, in place of its own."""
    if other is None:
        return frame
    names = [name for name in columns if name in other]
    known = other.drop_duplicates("account_id").set_index("account_id")[names]
    return frame.drop(columns=names, errors="ignore").join(known, on="account_id")


def _key_accounts(analysis: Analysis) -> pd.DataFrame | None:
    chosen = _result_table(analysis, "key_accounts")
    frame = _result_table(analysis, "candidates") if chosen is None else chosen
    if frame is None:
        return None
    frame = _with(frame, _result_table(analysis, "accounts"), YEAR)
    frame = _with(frame, _result_table(analysis, "health"), ("health",))
    frame = _with(frame, _result_table(analysis, "strategies"), ("aim", "strategy"))
    # what the report says is to be done first
    return _with(
        frame, _result_table(analysis, "answer"), ("growth_ratio", "action", "owner", "due")
    )


def _actions(analysis: Analysis) -> pd.DataFrame | None:
    """Return all open actions, the nearest date first, with what the proposed ones are to reach."""
    import pandas as pd

    actions, goals = _result_table(analysis, "actions"), _result_table(analysis, "objectives")
    if actions is None or goals is None:
        return None
    frame = actions[actions["kind"] != "closed"].reset_index(drop=True)
    columns = ["measure_words", "baseline_words", "target_words", "value"]
    keys = ["account_id", "number"]
    frame = frame.merge(goals[[*keys, *columns]], on=keys, how="left")
    frame["number"] = frame["number"].astype("int64")
    days = pd.to_datetime(frame["due"], format="%Y-%m-%d", errors="coerce")
    order = frame.assign(day=days).sort_values(["day", "account_name", "number"]).index
    if days.notna().all():
        frame["due"] = days
    else:  # a day that cannot be read stands as it was written
        pairs = zip(days, frame["due"], strict=True)
        frame["due"] = pd.Series([d.date() if d == d else t for d, t in pairs], dtype="object")
    return frame.loc[order].reset_index(drop=True)


def _texts(analysis: Analysis) -> list[tuple[str, pd.DataFrame]]:
    """Return what people wrote in the fields of the plans."""
    from kamkit.documents.plan_paper import asked
    from kamkit.plan import FIELDS

    written = _result_table(analysis, "written")
    if written is None:
        return []
    rows = written[(written["text"] != "") & written["ref"].isin(list(FIELDS))]
    texts = rows.assign(question=[asked(code) for code in rows["ref"]])
    return (
        [(_("Written in the plans"), texts[["account_id", "question", "text"]])]
        if len(rows)
        else []
    )


def _growth(analysis: Analysis) -> pd.DataFrame | None:
    rows = _result_table(analysis, "opportunities")
    return None if rows is None else rows.rename(columns={"revenue": "item_revenue"})


def _all_accounts(analysis: Analysis) -> pd.DataFrame | None:
    frame = _result_table(analysis, "accounts")
    if frame is None:
        return _result_table(analysis, "classes")
    for name, columns in (
        ("health", ("health",)),
        ("strategies", ("aim", "strategy")),
        ("ordinary_sales", ("what_changes",)),
        ("key_accounts", ("treatment",)),
    ):
        frame = _with(frame, _result_table(analysis, name), columns)
    return frame


_PAGES = (
    _Page(
        KEY_ACCOUNTS,
        N_(
            "The accounts that were chosen, the best score first: what they bring, what to do "
            "first, what speaks for each and against it."
        ),
        _key_accounts,
        (
            *(
                "rank",
                "account_id",
                "account_name",
                "aim",
                "strategy",
                "revenue_year",
                "growth_ratio",
            ),
            *("profit_year", "health", "rhythm_state", "action", "owner", "due"),
            *("treatment", "manager", "account_manager", "score", "standing", "reasons"),
            *("against", "contribution_year", "revenue", "cumulative_share"),
        ),
        ("revenue_year", "profit_year", "contribution_year", "revenue"),
        ("revenue_year", "profit_year"),
        whole=True,
    ),
    _Page(
        N_("Actions"),
        N_(
            "All actions, the nearest date first. Change action, who, when and status here, or add "
            "a row: the next run takes it over."
        ),
        _actions,
        (
            *("account_id", "account_name", "number", "action", "owner", "due", "status"),
            *("conflict", "objective", "measure_words", "baseline_words", "target_words", "value"),
        ),
        below=_texts,
    ),
    _Page(
        N_("Growth"),
        N_("What the accounts with a strategy could buy and do not, the most growth first."),
        _growth,
        (
            *("account_id", "account_name", "item", "kind", "item_revenue", "potential"),
            *("open_amount", "growth_low", "growth_middle", "growth_high", "next_step"),
            *("competitor", "basis", "peer_share", "conversion", "rate_from"),
        ),
        ("open_amount", "growth_low", "growth_middle", "growth_high"),
    ),
    _Page(
        N_("All accounts"),
        N_("Every account, the largest first: what it brings, how it buys and who serves it."),
        _all_accounts,
        SHEET_COLUMNS,
        ("revenue_year", "contribution_year", "profit_year", "revenue"),
        whole=True,
    ),
)
"""The sheets between the summary and the data notes, each with the columns that a run may have."""


def _figures(analysis: Analysis) -> list[tuple[str, float, str]]:
    """Return what the key accounts are together: name, number and kind."""
    from kamkit.plan import portfolio_kind
    from kamkit.schema import word

    portfolio = _result_table(analysis, "portfolio_table")
    if portfolio is None:
        return []
    values = portfolio["today"].fillna(portfolio["planned_value"])
    return [
        (word(measure)[:1].upper() + word(measure)[1:], float(value), portfolio_kind(measure))
        for measure, value in zip(portfolio["portfolio_measure"].astype(str), values, strict=True)
        if value == value
    ]


def _answer(analysis: Analysis) -> str:
    return analysis.require("answer").text if "answer" in analysis.kept_names() else ""


def _notes(analysis: Analysis) -> tuple[pd.DataFrame, list[tuple[str, pd.DataFrame]]]:
    """Return the lines by reason, and the tables below: how columns were read, lines, rates."""
    counted = _in_words(analysis.require("reconciliation"))
    blocks = [(_("How the columns were read"), analysis.require("column_mapping"))]
    rates = _result_table(analysis, "rate_table")
    if rates is not None:
        blocks.append((_("What activities cost"), rates))
    aside = analysis.require("set_aside")
    if len(aside):
        title = _("Lines set aside")
        if len(aside) > ROWS_ASIDE:
            title = _(
                "Lines set aside: the first {n} of {all}, all in tables/set_aside.parquet",
                n=number(ROWS_ASIDE),
                all=number(len(aside)),
            )
        blocks.append((title, _in_words(aside.head(ROWS_ASIDE))))
    return counted, blocks


def _in_words(frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    known = {"read", "used", *REASONS}
    words = [reason_label(str(r)) if r in known else r for r in frame["reason"]]
    return pd.DataFrame(frame).assign(reason=words)
