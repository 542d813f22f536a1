"""The workbook of a run, made from the tables that the notebooks kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.language import N_, number
from kamkit.language import gettext as _
from kamkit.run.manifest import Facts
from kamkit.words import REASONS, reason_label

if TYPE_CHECKING:
    import pandas as pd

ROWS_ASIDE = 50_000
"""The most lines of the sheet with what was set aside: a workbook is slow to write and to open."""

SHEETS = {
    "key_accounts": (N_("Key accounts"), N_("The accounts of class A, the largest first.")),
    "accounts": (N_("All accounts"), N_("Every account with its facts, the largest first.")),
    "alarms": (N_("Late accounts"), N_("Accounts that are late against their own rhythm.")),
    "sellers": (N_("Discounts"), N_("What each seller gives, against the usual at the volume.")),
    "rates": (N_("Rates"), N_("What each activity costs: change it and run again.")),
    "strategies": (
        N_("Strategies"),
        N_("The strategy of each account that gets a plan, why, and what would change it."),
    ),
    "objectives": (
        N_("Objectives"),
        N_("What each plan is to reach: measure, value today, target, action, who and when."),
    ),
    "goals": (N_("Goals"), N_("The goals that people have written down, and the overdue.")),
    "portfolio": (
        N_("Portfolio"),
        N_("What the key accounts are together, and what their plans add up to."),
    ),
    "movements": (
        N_("Movements"),
        N_("Who came onto the list, left it, or changed treatment since the earlier run."),
    ),
    "outcomes": (N_("Outcomes"), N_("What became of the objectives of the earlier run.")),
    "revenue_bridge": (
        N_("Bridge"),
        N_("Why revenue is what it is: each account in the earlier run and in this one."),
    ),
    "matrix": (
        N_("Matrix"),
        N_("How attractive each account is and how strong we are with it, from 0 to 100."),
    ),
    "ordinary_sales": (N_("Ordinary sales"), N_("The accounts that stay with ordinary sales.")),
    "opportunities": (
        N_("Opportunities"),
        N_("What the key accounts could buy and do not, the largest expected value first."),
    ),
    "prospects": (
        N_("Prospects"),
        N_("Possible customers, those most like the key accounts and largest first."),
    ),
    "relations": (
        N_("Relations"),
        N_("Whom we know at each key account, and how far it has come."),
    ),
    "next_contacts": (
        N_("Next contacts"),
        N_("Whom to see next at each key account, in the order of the rules."),
    ),
    "health": (
        N_("Health"),
        N_("The health of every account from 0 to 100 and the parts it is made of."),
    ),
    "mutual_value": (
        N_("Mutual value"),
        N_("What each key account gains from us beside what we gain from it."),
    ),
    "programme": (
        N_("Programme"),
        N_("What treating each key account is expected to cost and to bring."),
    ),
    "managers": (N_("Managers"), N_("Hours and accounts of each key account manager.")),
    "criteria": (N_("Criteria"), N_("What each rating from 1 to 5 means.")),
    "strategy_rules": (
        N_("Rules"),
        N_("The rules that chose the strategies: edit strategy-rules.csv and run again."),
    ),
    "plan_sources": (
        N_("Sentences"),
        N_("Every sentence of every plan, with the table and columns it was made from."),
    ),
    "set_aside": (N_("Set aside"), N_("The lines of the source that are not used, and why.")),
    "reconciliation": (N_("Reconciliation"), N_("Lines read, used and set aside, by reason.")),
}
"""The tables of the workbook in the order of its sheets, each with its title and what it holds;
a run may lack some of them."""

CHOSEN = (
    N_(
        "The accounts that were chosen, the best score first, with what speaks for each and "
        "against it."
    ),
    N_("The accounts that stay with ordinary sales, and what changes for them."),
)
"""What the sheets of key accounts and of ordinary sales hold once a notebook has chosen."""

CHOSEN_COLUMNS = (
    "rank",
    "account_id",
    "account_name",
    "members",
    "treatment",
    "manager",
    "account_manager",
    "score",
    "key_share",
    "standing",
    "reasons",
    "against",
    "what_changes",
    "revenue",
    "contribution",
    "profit",
    "profit_ratio",
    "rank_profit",
    "lifetime_value",
    "change",
    "rhythm_state",
    "region",
    "segment",
    "hours",
    "manager_reason",
    "weight_known",
)
"""The columns of both sheets then, where the case can carry them."""

PLAN_COLUMNS = {
    "strategies": ("account_id", "account_name", "strategy", "because", "would_change", "rule"),
    "objectives": (
        "account_id",
        "account_name",
        "objective",
        "measure_words",
        "baseline_words",
        "target_words",
        "value",
        "action",
        "owner",
        "due",
        "status",
        "told_by",
    ),
    "outcomes": (
        "account_id",
        "account_name",
        "objective",
        "measure_words",
        "baseline_words",
        "target_words",
        "now_words",
        "due",
        "owner",
        "outcome",
    ),
    "portfolio": ("portfolio_measure", "today_words", "planned_value_words"),
    "goals": (
        "account_id",
        "objective",
        "measure",
        "target",
        "action",
        "owner",
        "due",
        "status",
        "overdue",
    ),
    "matrix": (
        "account_id",
        "account_name",
        "attractiveness",
        "strength",
        "cell",
        "cell_sure",
        "fiocca",
        "grid_cell",
        "relationship",
        "customer_view",
    ),
}
"""The columns of the sheets of plans."""

KEY_COLUMNS = (
    "account_id",
    "account_name",
    "account_manager",
    "region",
    "segment",
    "revenue",
    "share",
    "abc_class",
    "discount_share",
    "contribution",
    "cost_to_serve",
    "profit",
    "profit_ratio",
    "rank_profit",
    "tier",
    "rhythm_state",
    "last_date",
    "next_expected",
    "rfm_segment",
    "probability_alive",
    "lifetime_value",
    "lifetime_value_low",
    "lifetime_value_high",
    "change",
    "effect",
)
"""The columns of the sheet of key accounts, where the case can carry them."""


def write(path: Path, case: Facts, tables: Mapping[str, pd.DataFrame]) -> Path:
    """Write the workbook and return its path.

    One sheet per table of ``SHEETS`` that was kept. Key accounts are those that a notebook has
    chosen, else the accounts of class A.
    """
    from kamkit.show.documents import Sheet, workbook

    whole = _planned(_with_value({**_chosen(tables), **tables}), case.currency)
    notes = {name: _(note) for name, (_x, note) in SHEETS.items()}
    for name, note in zip(("key_accounts", "ordinary_sales"), CHOSEN, strict=True):
        if _is_chosen(whole.get(name)):
            notes[name] = _(note)
    if len(whole.get("set_aside", ())) > ROWS_ASIDE:
        notes["set_aside"] = _cut_note(case)
        whole["set_aside"] = whole["set_aside"].head(ROWS_ASIDE)
    sheets = [
        Sheet(
            _(title), _in_words(whole[name]), note=notes[name], columns=_columns(name, whole[name])
        )
        for name, (title, _x) in SHEETS.items()
        if name in whole
    ]
    return workbook(
        path,
        sheets,
        title=_("Key accounts: {title}", title=case.title),
        source=case.source,
        period=str(case.period),
        currency=case.currency,
        fictional=case.fictional,
    )


def _planned(tables: dict[str, pd.DataFrame], currency: str) -> dict[str, pd.DataFrame]:
    """Write the measures of objectives and outcomes out, and tell which goals are overdue."""
    from kamkit.plan import in_words, in_words_now, written_goals

    if "objectives" in tables:
        tables["objectives"] = in_words(tables["objectives"], currency)
    if "outcomes" in tables:
        tables["outcomes"] = in_words_now(tables["outcomes"], currency)
    if "goals" in tables and "about" in tables:
        tables["goals"] = written_goals(tables)
    return tables


def _is_chosen(frame: pd.DataFrame | None) -> bool:
    return frame is not None and "score" in frame


def _columns(name: str, frame: pd.DataFrame) -> list[str] | None:
    """Return the columns of the key accounts: what decides, in an order to read it by.

    All of them are on the sheet of all accounts. Without the values (a run of other notebooks) the
    sheet has every column.
    """
    if name in PLAN_COLUMNS:
        return [column for column in PLAN_COLUMNS[name] if column in frame]
    if name in ("key_accounts", "ordinary_sales") and _is_chosen(frame):
        return [column for column in CHOSEN_COLUMNS if column in frame]
    if name != "key_accounts" or not {"rhythm_state", "profit"} & set(frame.columns):
        return None
    return [name for name in KEY_COLUMNS if name in frame]


def _cut_note(case: Facts) -> str:
    reasons = case.reconciliation[~case.reconciliation["reason"].isin(["read", "used"])]
    return _(
        "The first {n} of {all} lines; more are in tables/set_aside.parquet.",
        n=number(ROWS_ASIDE),
        all=number(int(reasons["rows"].sum())),
    )


def _chosen(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    accounts = tables.get("accounts")
    if accounts is None or "abc_class" not in accounts:
        return {}
    return {"key_accounts": accounts[accounts["abc_class"] == "A"]}


def _with_value(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Put what each account is worth beside the accounts, where a notebook has found it.

    Accounts that were served and bought nothing come last among all accounts.
    """
    import pandas as pd

    worth = tables.get("account_value")
    if worth is None:
        return dict(tables)
    wide = dict(tables)
    for name in ("key_accounts", "accounts", "ordinary_sales"):
        if name in tables and not _is_chosen(tables[name]):
            new = [column for column in worth if column not in tables[name]]
            wide[name] = tables[name].merge(
                worth[["account_id", *new]], on="account_id", how="left"
            )
    if "accounts" in wide:
        served = worth[~worth["account_id"].isin(wide["accounts"]["account_id"])]
        wide["accounts"] = pd.concat([wide["accounts"], served], ignore_index=True)
    return wide


def _in_words(frame: pd.DataFrame) -> pd.DataFrame:
    if "reason" not in frame:
        return frame
    known = {"read", "used", *REASONS}
    return frame.assign(reason=[reason_label(str(r)) if r in known else r for r in frame["reason"]])
