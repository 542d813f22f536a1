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

from kamkit.run import warm

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.analysis import Analysis


@dataclass(frozen=True)
class Task:
    """What writing plans needs: the run, where they go, earlier plans, and the language.

    Examples
    --------
    >>> Task(Path("run"), Path("run/plans"), (), "en").language
    'en'
    """

    run: Path
    out: Path
    written: tuple[Path, ...]
    language: str


@contextmanager
def workers(jobs: int, tasks: int) -> Iterator[Executor]:
    """Give processes that write plans; few plans are written by one."""
    pool = ProcessPoolExecutor(
        max(1, min(jobs, tasks)), mp_context=warm.context(), initializer=_quiet
    )
    try:
        with warm.without_main():
            pool.submit(os.getpid).result()  # the processes start here
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _quiet() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
    plan.save(task.out, written=os.pathsep.join(map(str, task.written)))
    return plan.sources


def keep_sources(analysis: Analysis, sources: Sequence[pd.DataFrame]) -> None:
    """Keep the sentences of all plans as the table ``plan_sources`` of the run."""
    import pandas as pd

    if sources:
        analysis.keep("plan_sources", pd.concat(list(sources), ignore_index=True))
