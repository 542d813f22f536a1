"""The workbook of a run: a sheet for each result that a person wants as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.language import N_, number
from kamkit.language import gettext as _
from kamkit.schema import REASONS, reason_label

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.analysis import Analysis

ROWS_ASIDE = 50_000
"""The most lines of the sheet with what was set aside: a workbook is slow to write and to open."""

SHEETS = {
    "key_accounts": (
        N_("Key accounts"),
        N_(
            "The accounts that were chosen, the best score first, with what speaks for each and "
            "against it."
        ),
    ),
    "candidates": (N_("Class A"), N_("The accounts of class A, the largest first.")),
    "accounts": (N_("All accounts"), N_("Every account with its facts, the largest first.")),
    "alarms": (N_("Late accounts"), N_("Accounts that are late against their own rhythm.")),
    "discounts": (N_("Discounts"), N_("What each seller gives, against the usual at the volume.")),
    "rate_table": (N_("Rates"), N_("What each activity costs: change it and run again.")),
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
    "ordinary_sales": (
        N_("Ordinary sales"),
        N_("The accounts that stay with ordinary sales, and what changes for them."),
    ),
    "opportunities": (
        N_("Opportunities"),
        N_("What the key accounts could buy and do not, the most growth first."),
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
        N_("Given and left"),
        N_("What each key account gets, at our prices and costs, and what it leaves with us."),
    ),
    "programme": (
        N_("Programme"),
        N_("What treating each key account costs, and brings if it works as assumed."),
    ),
    "manager_load": (N_("Managers"), N_("Hours and accounts of each key account manager.")),
    "criteria_scales": (N_("Criteria"), N_("What each rating from 1 to 5 means.")),
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
    "revenue_year",
    "contribution_year",
    "profit_year",
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

COLUMNS = {
    "key_accounts": CHOSEN_COLUMNS,
    "ordinary_sales": CHOSEN_COLUMNS,
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
        "then_words",
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
"""The columns of the sheets that do not show all columns of their table."""


def write(path: Path, analysis: Analysis) -> Path:
    """Write the workbook and return its path: one sheet per table of ``SHEETS`` that was made.

    Key accounts are those that were chosen; where no notebook has chosen, the sheet of class A
    stands in their place.
    """
    from kamkit.analysis import RESULTS
    from kamkit.documents import Sheet, workbook

    about = analysis.about
    made = set(analysis.kept_names())
    there = made | ({"accounts"} if "classes" in made else set())
    names = [name for name in SHEETS if name in there]
    if "key_accounts" in names and "candidates" in names:
        names.remove("candidates")
    sheets = []
    for name in names:
        title, note = SHEETS[name]
        frame = _table(analysis, name, made)
        note = _(note)
        if name == "set_aside" and len(frame) > ROWS_ASIDE:
            frame, note = frame.head(ROWS_ASIDE), _cut_note(analysis)
        columns = [column for column in COLUMNS.get(name, frame.columns) if column in frame]
        period = about.period if name not in RESULTS or RESULTS[name].whole else None
        sheets.append(Sheet(_(title), _in_words(frame), note, columns, period))
    return workbook(
        path,
        sheets,
        title=_("Key accounts: {title}", title=about.title),
        source=about.source,
        period=str(about.period),
        currency=about.currency,
        fictional=about.fictional,
    )


def _table(analysis: Analysis, name: str, made: set[str]) -> pd.DataFrame:
    """Return the table of a result; all accounts are the classes where nothing more was made."""
    import pandas as pd

    if name == "accounts" and "accounts" not in made:
        name = "classes"
    found = analysis.require(name)
    frame = pd.DataFrame(found if isinstance(found, pd.DataFrame) else found.table)
    if name == "goals":
        from kamkit.plan import written_goals

        return written_goals(frame, analysis.about.period.end)
    if name == "strategy_rules":
        from kamkit.plan import rules_in_words

        return rules_in_words(frame, analysis.about.currency)
    return frame


def _cut_note(analysis: Analysis) -> str:
    counts = analysis.require("reconciliation")
    reasons = counts[~counts["reason"].isin(["read", "used"])]
    return _(
        "The first {n} of {all} lines; more are in tables/set_aside.parquet.",
        n=number(ROWS_ASIDE),
        all=number(int(reasons["rows"].sum())),
    )


def _in_words(frame: pd.DataFrame) -> pd.DataFrame:
    if "reason" not in frame:
        return frame
    known = {"read", "used", *REASONS}
    return frame.assign(reason=[reason_label(str(r)) if r in known else r for r in frame["reason"]])
