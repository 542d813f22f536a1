"""All kept runs of a company, scored against what came: forecasts and objectives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.errors import SourceError
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, number
from kamkit.output.finding import Finding
from kamkit.periods import day
from kamkit.run import folder

if TYPE_CHECKING:
    from kamkit.plan import Basis

HISTORY = (
    *("run", "run_end", "days", "expected", "came", "orders_expected", "orders_came"),
    *("objectives", "reached", "missed"),
)


def history(path: str | Path) -> list[tuple[str, Finding]]:
    """Return for each company with two finished runs or more how the earlier ones turned out.

    Parameters
    ----------
    path : str or Path
        The folder in which the runs lie.

    Returns
    -------
    list of (str, Finding)
        The company, and one row per earlier run, the oldest first, set against the latest run:
        ``run`` (its folder), ``run_end``, ``days`` from its last day to that of the latest,
        ``expected`` and ``came`` (purchases), ``orders_expected`` (accounts whose rhythm promised
        an order in those days) and ``orders_came``, ``objectives``, ``reached`` and ``missed``.

    Raises
    ------
    SourceError
        Where no company has two finished runs there.
    """
    from kamkit.analysis import open_run
    from kamkit.plan import Basis

    where = Path(path).expanduser()
    runs: dict[str, list[tuple[str, Basis]]] = {}
    for one in sorted(where.iterdir()) if where.is_dir() else []:
        if not folder.contents(one).get("key"):
            continue
        basis = open_run(one).get("followed_basis")
        if isinstance(basis, Basis):
            runs.setdefault(basis.about.title, []).append((one.name, basis))
    findings = [(company, _scored(kept)) for company, kept in runs.items() if len(kept) > 1]
    if not findings:
        raise SourceError(
            _("No company has two finished runs here."),
            where=str(path),
            found=ngettext("{n} run", "{n} runs", sum(map(len, runs.values()))),
            wanted=_("two runs of one company or more"),
            remedy=_("Run again when the next quarter is in: kamkit run SOURCE."),
        )
    return findings


def _scored(kept: list[tuple[str, Basis]]) -> Finding:
    """Set all but the latest run against the latest."""
    from kamkit.plan import forecasts, outcomes

    ordered = sorted(kept, key=lambda one: (one[1].about.period.end, one[0]))
    latest = ordered[-1][1]
    rows: list[dict[str, Any]] = []
    for name, basis in ordered[:-1]:
        ahead = forecasts(basis, latest).table
        ends = outcomes(basis, latest).table["outcome"].value_counts()
        rows.append(
            {
                "run": name,
                "run_end": pd.Timestamp(basis.about.period.end),
                "days": (latest.about.period.end - basis.about.period.end).days,
                "expected": float(ahead["expected"].sum()),
                "came": float(ahead["came"].sum()),
                "orders_expected": int(ahead["order_expected"].sum()),
                "orders_came": int(ahead["order_came"].sum()),
                "objectives": int(ends.sum()),
                "reached": int(ends.get("reached", 0)),
                "missed": int(ends.get("missed", 0)),
            }
        )
    table = pd.DataFrame(rows, columns=list(HISTORY))
    return Finding("history", table, _text(table, day(latest.about.period.end)))


def _text(table: pd.DataFrame, end: str) -> str:
    runs = ngettext("{n} earlier run", "{n} earlier runs", len(table))
    known = table[(table["days"] > 0) & (table["expected"] > 0)]
    sentences = [_("{runs} set against {end}.", runs=runs, end=end)]
    if len(known):
        first = known.iloc[0]
        sentences.append(
            _(
                "The oldest expected {expected} purchases by then; {came} came.",
                expected=number(first["expected"]),
                came=number(first["came"]),
            )
        )
    total = {name: int(table[name].sum()) for name in ("objectives", "reached", "missed")}
    if total["objectives"]:
        sentences.append(
            _(
                "Of their {n} objectives {reached} are reached and {missed} missed.",
                n=number(total["objectives"]),
                reached=number(total["reached"]),
                missed=number(total["missed"]),
            )
        )
    return joined(" ", sentences)
