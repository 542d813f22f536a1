"""The plans of a run, written by several processes from the results that it keeps."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.errors import ParameterError
from kamkit.files import checksum
from kamkit.language import gettext as _
from kamkit.run import folder, warm

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.analysis import Analysis
    from kamkit.case import Case

PLANS = "plans"
"""The folder of the plans."""


@dataclass(frozen=True)
class Task:
    """What writing plans needs: the run, where they go, and the language.

    Examples
    --------
    >>> Task(Path("run"), Path("run/plans"), "en").language
    'en'
    """

    run: Path
    out: Path
    language: str


@contextmanager
def workers(jobs: int, tasks: int) -> Iterator[Executor]:
    """Give processes that write plans; few plans are written by one."""
    count = max(1, min(jobs, tasks))
    pool = ProcessPoolExecutor(count, mp_context=warm.context(), initializer=_quiet)
    try:
        with warm.without_main():  # the processes start here, all of them
            for started in [pool.submit(os.getpid) for _n in range(count)]:
                started.result()
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _quiet() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warm.end_with_parent()


@cache
def _opened(task: Task) -> Analysis:
    from kamkit.analysis import open_run
    from kamkit.language import set_language

    set_language(task.language)
    return open_run(task.run)


def write(task: Task, account: str) -> pd.DataFrame:
    """Write the plan of one account as Word, page and slides; return its sources.

    One row per sentence, as ``plan.sources`` returns it.
    """
    plan = _opened(task).plan(account)
    plan.write(task.out)
    return plan.sources


def people_wrote(final: Path, previous: str, case: Case, workbook: str) -> pd.DataFrame:
    """Return the register as people left it: in the earlier run, and in the one made anew.

    Without a ``previous`` run that is named, it is the last one of the same company beside this.
    """
    from kamkit.documents.goals import later

    before = wrote_before(final, previous, case, workbook)
    here = _collected(final, workbook)
    return later(before, here) if len(before) and len(here) else here if len(here) else before


def wrote_before(final: Path, previous: str, case: Case, workbook: str) -> pd.DataFrame:
    """Return the register as people left it in the earlier run; empty without one."""
    earlier = Path(previous).expanduser() if previous else _beside(final, case)
    return _collected(earlier or final.with_name("none"), workbook)


def _collected(home: Path, workbook: str) -> pd.DataFrame:
    from kamkit.documents.goals import collect

    files = folder.contents(home).get("files", {})
    if not files:
        return collect(home.with_name("none"))
    same = {name for name, mark in files.items() if _unchanged(home / name, mark)}
    return collect(home, plans=PLANS, workbook=workbook, unchanged=same)


def _unchanged(path: Path, mark: str) -> bool:
    return path.suffix in (".docx", ".xlsx") and path.is_file() and checksum(path) == mark


def _beside(final: Path, case: Case) -> Path | None:
    """Return the last finished run of the same company in the same folder, up to the same day."""
    paths = []
    for home in sorted(final.parent.glob("*")) if final.parent.is_dir() else []:
        about = folder.contents(home).get("case", {}) if home != final and home.is_dir() else {}
        end = str(about.get("period", ["", ""])[-1])
        if about.get("name") == case.name and end <= case.period.end.isoformat():
            paths.append((end, home.name, home))
    return max(paths)[2] if paths else None


def keep_register(path: Path, analysis: Analysis, sources: Sequence[pd.DataFrame]) -> None:
    """Write the register of the run and where the sentences of its plans come from.

    The sentences are the table ``plan_sources`` too.
    """
    import pandas as pd

    from kamkit import plan
    from kamkit.documents.goals import save_register, save_sources

    known, written = (pd.DataFrame(analysis.require(name)) for name in ("actions", "written"))
    planned = pd.DataFrame(analysis.require("planned"))
    save_register(plan.register(known, written, planned), path)
    if sources:
        sentences = pd.concat(list(sources), ignore_index=True)
        analysis.keep("plan_sources", sentences)
        save_sources(sentences, path / PLANS)


def conflicts(analysis: Analysis) -> list[str]:
    """Return where files said different things of an action, or one goes against the plan."""
    if "actions" not in analysis.kept_names():
        return []
    rows = analysis.require("actions")
    return [
        _(
            "{name}, action {n}, “{action}”: {conflict}",
            name=row["account_name"],
            n=row["number"],
            action=row["action"],
            conflict=row["conflict"],
        )
        for row in rows[rows["conflict"] != ""].to_dict("records")
    ]


def plan_of(where: str, account: str, out: Path | None = None) -> list[Path]:
    """Write the plan of one account of a finished run, or of a source; return the files.

    In a run the register of the run is kept up. Raises ``ParameterError`` for an account that is
    not there or is no customer, and what ``open_run`` and ``open_case`` raise.
    """
    from kamkit.analysis import Analysis, open_run
    from kamkit.case import open_case
    from kamkit.documents.goals import GOALS
    from kamkit.plan import is_customer
    from kamkit.settings import Settings
    from kamkit.workspace import workspace

    if not is_customer(account):
        raise _no_customer(account)
    home = Path(where).expanduser()
    given = workspace(Path.cwd())
    if folder.contents(home):
        analysis, target = open_run(home), home / PLANS
    else:
        settings = Settings(plans=(account,), **given)
        analysis, target = Analysis(open_case(where), settings), Path(PLANS)
    files = analysis.plan(account).save(out or target)
    return [path for path in files if path.name != GOALS]


def _no_customer(account: str) -> ParameterError:
    return ParameterError(
        _(
            "“{account}” is no customer: sales without a customer are booked there.",
            account=account,
        ),
        found=account,
        remedy=_("Give the number of a customer."),
    )
