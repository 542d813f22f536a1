"""A run: from a ledger to one folder with the report, the workbook, the plans and the notebooks."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_EXCEPTION,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.analysis import Analysis, open_run
from kamkit.analysis.asked import refuse
from kamkit.analysis.core import ANALYSED, CASE, MANIFEST, WORK
from kamkit.analysis.graph import Kept, of_lines
from kamkit.analysis.store import Store
from kamkit.case.engine import Embedded
from kamkit.case.opening import open_case
from kamkit.case.sources.address import public
from kamkit.files import checksum, safe_name, scratch
from kamkit.language import gettext as _
from kamkit.language import language, number, speaking
from kamkit.output.finding import METHODS
from kamkit.plan.basis import with_document
from kamkit.run import (
    accounts_page,
    agreement,
    folder,
    manifest,
    methods,
    notebooks,
    parameters,
    plans,
    report,
    table_notes,
    warm,
    workbook,
)
from kamkit.run.manifest import Done
from kamkit.run.notebooks import Execution, Notebook
from kamkit.run.progress import progress_shown
from kamkit.run.request import Request, RunOptions, requested
from kamkit.run.unchanged import unchanged
from kamkit.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.case import Case
    from kamkit.run.engine import Kernels

_PACKAGE = Path(notebooks.__file__).parent.parent
_REPORT, _WORKBOOK, _MAPPING = "report.html", "key-accounts.xlsx", "mapping.toml"
_RULES = "strategy-rules.csv"
PLANS = plans.PLANS
_RESULTS = ("notebooks", "tables", "findings")
_SETTLED = "settled.json"
"""The names of what was made when the last notebook had ended."""
"""The folders of an unfinished run that the same run goes on with."""


@dataclass(frozen=True)
class RunResult:
    """Where the parts of a finished run lie; ``reused`` where it was there already, unchanged.

    Examples
    --------
    >>> RunResult(Path("r"), Path("r/report.html"), Path("r/k.xlsx"), Path("r/m.json")).folder.name
    'r'
    """

    folder: Path
    report: Path
    workbook: Path
    manifest: Path
    reused: bool = False

    @property
    def analysis(self) -> Analysis:
        """The run as an analysis."""
        return open_run(self.folder)


@dataclass(frozen=True, eq=False)
class _Work:
    """What executing a notebook of a run needs."""

    plan: Request
    place: Path
    basis: str
    key: str
    progress: Callable[[str, float], None]
    started: float
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Remember how long a part of the run takes."""
        started = time.monotonic()
        yield
        self.seconds[part] = round(time.monotonic() - started, 3)


def run(
    source: str | Path, settings: Settings | None = None, *, options: RunOptions | None = None
) -> RunResult:
    """Run the analyses on a source and leave one folder, whole or not at all.

    Everything that can be refused is refused before a notebook starts. When a notebook fails, or
    the run is stopped, ``<folder>.partial`` stays with what was done, and the same run goes on
    from there. The same inputs give the same bytes, but for the timings in the manifest; where a
    run of them stands unchanged already, it is taken as it is.

    Raises ``ParameterError`` (an unknown notebook or setting, a folder that is not a run), what
    ``open_case`` raises, and ``NotebookError`` naming the cell that failed.
    """
    options = options or RunOptions()
    with speaking(options.lang or language()):
        plan = requested(str(source), settings, options)
    with scratch(), speaking(options.lang or plan.settings.language or language()):
        started = time.monotonic()
        with progress_shown(options, len(plan.chosen) + 1) as progress:
            case, checked = _read(plan, progress)
            basis = _basis(case, plan)
            key = manifest.digest([basis, _books(plan)])
            name = f"{case.name}-{case.period.end.isoformat()}"
            out = folder.asked(options.out) if options.out else None
            final = folder.choose(out, name, key, replace=options.replace)
            made_of = _made_of(final, case, plan)
            if options.written is None and folder.stands(final, key, made_of):
                return _result(final, reused=True)
            with folder.made(final) as home:
                work = _Work(plan, home, basis, key, progress, started)
                work.seconds["reading"] = round(time.monotonic() - started, 3)
                analysis = _prepared(case, checked, work, _people_wrote(final, case, plan))
                _save(checked, case, home, analysis.kept_names())
                progress(_first(analysis), 0.0)
                with work.timed("executing"):
                    done = _executed(work)
                with work.timed("plans"):
                    sections = _plans_and_report(analysis, case, work, done)
                _written(analysis, case, work, done, sections, made_of)
    return _result(final)


def _result(final: Path, *, reused: bool = False) -> RunResult:
    return RunResult(
        final, final / _REPORT, final / _WORKBOOK, final / folder.MANIFEST, reused=reused
    )


def _made_of(final: Path, case: Case, plan: Request) -> str:
    """Return a checksum of what a run depends on besides its key and its own folder."""
    before = plans.wrote_before(final, plan.settings.previous, case, _WORKBOOK)
    return manifest.digest([_code(), before.to_csv(index=False)])


def _save(checked: Analysis, case: Case, path: Path, made: Sequence[str]) -> None:
    """Write what was made; of lines that lie elsewhere all, for the notebooks cannot ask them."""
    if not isinstance(case.engine, Embedded):
        checked.make([name for name in of_lines() if name not in made])
    checked.save(path)


def _read(plan: Request, progress: Callable[[str, float], None]) -> tuple[Case, Analysis]:
    """Open the case and refuse what it does not have, while processes warm up."""
    warming = threading.Thread(target=warm.warm_up, daemon=True)
    warming.start()
    progress(_("reading the ledger"), 0.0)
    with unchanged(plan.source):
        case = open_case(plan.source, mapping=plan.mapping, keep=_kept_beside(plan))
    if isinstance(case.engine, Embedded) and (once := case.engine.once):
        of = number(len(once.read) + len(once.taken))
        progress(_("{n} of {of} files are new or changed", n=number(len(once.read)), of=of), 0.0)
    refuse(case, plan.settings)
    checked = _checked_names(Analysis(case, plan.settings))
    warming.join()
    return case, checked


def _kept_beside(plan: Request) -> Path | None:
    """Return the folder beside the runs in which what is read of the source is kept, if it is."""
    if not plan.options.incremental:
        return None
    out = plan.options.out
    home = folder.asked(out).parent if out else Path(folder.HOME)
    return home / ".read" / safe_name(Path(plan.source).absolute().name)


def _people_wrote(final: Path, case: Case, plan: Request) -> pd.DataFrame:
    if plan.options.written is not None:
        return plan.options.written
    return plans.people_wrote(final, plan.settings.previous, case, _WORKBOOK)


def _checked_names(analysis: Analysis) -> Analysis:
    """Refuse activities and criteria that the case does not have, before anything is written."""
    given = analysis.settings
    if given.rates:
        analysis.get("rate_table")
    if given.criteria or given.weights or given.ranking or given.pairs:
        analysis.get("weighting")
    return analysis


def _basis(case: Any, plan: Request) -> str:
    """Return the checksum of all that results depend on: data, mapping, language, settings."""
    files = {
        name: manifest.key_of_run(path) if path.is_dir() else checksum(path)
        for name, path in plan.settings.files().items()
    }
    given = {**plan.settings.given(), **files}
    return manifest.digest([case.name, case.checksum, case.mapping.text(), language(), given])


def _books(plan: Request) -> dict[str, Any]:
    """Return the notebooks of a run by their checksums, with their own parameters."""
    return {n.name: [checksum(n.path), plan.values[n.name]] for n in plan.chosen}


def _code() -> str:
    """Return a checksum of everything that results depend on besides the inputs."""
    code = {p.relative_to(_PACKAGE).as_posix(): checksum(p) for p in _PACKAGE.rglob("*.py")}
    return manifest.digest([code, manifest.versions()])


def _prepared(case: Any, checked: Analysis, work: _Work, written: pd.DataFrame) -> Analysis:
    """Keep the case, what people wrote and the settings for the processes of the run, and open it.

    Results of an unfinished run stay only where it was the same run by the same code.
    """
    from kamkit.case.kept import keep

    home = work.place / WORK
    about = {
        "basis": work.basis,
        "code": _code(),
        "notebooks": [notebook.name for notebook in work.plan.chosen],
        "settings": work.plan.settings.given(),
        "written": manifest.digest(written.to_csv(index=False)),
    }
    path = home / MANIFEST
    with suppress(OSError, ValueError):
        if json.loads(path.read_text(encoding="utf-8")) == about and (home / CASE).is_dir():
            folder.cleared(work.place, keep=_RESULTS)
            with suppress(FileNotFoundError):
                settled = (home / _SETTLED).read_text(encoding="utf-8")
                Store(work.place).forget(json.loads(settled))
            return open_run(work.place)
    path.unlink(missing_ok=True)
    folder.cleared(work.place)
    shutil.rmtree(home / "books", ignore_errors=True)
    keep(case, home / CASE)
    checked.make(["about"])  # here its notes are still texts, that other languages can write
    analysed = checked.require("case")
    shutil.rmtree(home / ANALYSED, ignore_errors=True)
    if analysed is not case:
        keep(analysed, home / ANALYSED)
    (home / _SETTLED).unlink(missing_ok=True)
    Store(work.place).write("written", Kept(written))
    path.write_text(json.dumps(about), encoding="utf-8")
    return open_run(work.place)


def _first(analysis: Analysis) -> str:
    """Return the first finding, for the one who waits."""
    from kamkit.output import Finding

    finding = analysis.get("observed_rule")
    return finding.text if isinstance(finding, Finding) else _("running the notebooks")


def _executed(work: _Work) -> list[Done]:
    """Execute the notebooks, several at the same time, and return their records."""
    from kamkit.run.engine import Kernels

    (work.place / "notebooks").mkdir(exist_ok=True)
    work.plan.mapping.save(work.place / WORK / _MAPPING)
    kernels = Kernels(work.plan.jobs)
    todo = [one for one in work.plan.chosen if _record(work, one) is None]
    with ThreadPoolExecutor(work.plan.jobs + 1) as pool:  # one starts its kernel meanwhile
        _all([pool.submit(_execute, one, work, kernels) for one in todo], pool, kernels.stop)
    records = [_record(work, one) for one in work.plan.chosen]
    return [record for record in records if record is not None]


def _all(futures: list[Future[Any]], pool: Executor, stop: Callable[[], None]) -> None:
    """Wait for work; after the first failure nothing new is started."""
    pending = set(futures)
    try:
        while pending and not any(f.done() and f.exception() for f in futures):
            # with a limit: a wait without one cannot be interrupted on Windows
            pending = wait(futures, timeout=0.5, return_when=FIRST_EXCEPTION).not_done
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        stop()
        raise
    pool.shutdown(cancel_futures=True)
    for future in futures:
        with suppress(CancelledError):
            future.result()


def _execute(notebook: Notebook, work: _Work, kernels: Kernels) -> None:
    plan, place = work.plan, work.place
    home = _home(work, notebook)
    shutil.rmtree(home, ignore_errors=True)
    (home / "tables").mkdir(parents=True)
    values = dict(plan.values[notebook.name])
    filled = {
        "source": public(plan.source),
        "mapping": str(place / WORK / _MAPPING),
        "lang": language(),
        "run": str(place),
        "settings": plan.settings.given(),
    }
    shown = {
        "source": manifest.shown(plan.source),
        "mapping": f"../{_MAPPING}",
        "run": "..",
        "settings": _shown_settings(plan.settings),
    }
    execution = Execution(
        values=values | {name: filled[name] for name in filled if name in values},
        shown=shown,
        env={"KAMKIT_RESULTS": str(home / "tables")},
        timeout=plan.options.timeout,
        kernels=kernels,
        watch=lambda done, of: work.progress(notebook.name, done / of),
    )
    started = time.monotonic()
    out = _out(place, notebook)
    left_out = notebooks.execute(notebook, out, execution)
    record = {
        "files": _files(out, home),
        "checksum": checksum(notebook.path),
        "seconds": round(time.monotonic() - started - sum(execution.waited), 3),
        "cells": round(sum(execution.spent), 3),
        "left_out": left_out,
        "parameters": _own(values),
    }
    (home / "done.json").write_text(json.dumps(record), encoding="utf-8")


def _own(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that the run does not fill in itself."""
    return {name: value for name, value in values.items() if name not in parameters.RESERVED}


def _home(work: _Work, notebook: Notebook) -> Path:
    return work.place / WORK / "books" / notebook.name


def _out(path: Path, notebook: Notebook) -> Path:
    return path / "notebooks" / f"{notebook.name}.ipynb"


def _files(out: Path, home: Path) -> dict[str, str]:
    return {p.name: checksum(p) for p in [out, *sorted((home / "tables").glob("*"))]}


def _record(work: _Work, notebook: Notebook) -> Done | None:
    """Return the record of a notebook that was executed, if its files still stand."""
    home = _home(work, notebook)
    with suppress(OSError, ValueError, KeyError):
        content = json.loads((home / "done.json").read_text(encoding="utf-8"))
        same = content["checksum"] == checksum(notebook.path) and content["parameters"] == _own(
            work.plan.values[notebook.name]
        )
        if same and content["files"] == _files(_out(work.place, notebook), home):
            rest = {
                n: content[n] for n in ("parameters", "checksum", "seconds", "left_out", "cells")
            }
            return Done(notebook.name, **rest)
    return None


def _plans_and_report(
    analysis: Analysis, case: Any, work: _Work, done: Sequence[Done]
) -> list[report.Section]:
    """Write the plans, where a notebook of the run has asked for strategies, report and workbook.

    The plans are written by other processes, the rest meanwhile by this one.
    """
    shutil.rmtree(work.place / PLANS, ignore_errors=True)
    if planned := "objectives" in analysis.kept_names():
        analysis.make(["actions", "answer", "decisions"])
    _settle(analysis, work.place)
    if not planned:
        return _reported(analysis, case, work, done, [])
    accounts = with_document(*(analysis.require(name) for name in ("planned", "strategies")))
    task = plans.Task(work.place, work.place / PLANS, language())
    with plans.workers(work.plan.jobs, len(accounts)) as pool:
        futures = [pool.submit(plans.write, task, account) for account in accounts]
        for n, future in enumerate(futures, 1):
            future.add_done_callback(
                lambda _f, n=n: work.progress(_("plans"), n / len(futures))  # type: ignore[misc]
            )
        sections = _reported(analysis, case, work, done, accounts)
        _all(futures, pool, lambda: None)
    plans.keep_register(work.place, analysis, [future.result() for future in futures])
    return sections


def _settle(analysis: Analysis, home: Path) -> None:
    """Let documents show what the notebooks have made; a run that goes on forgets what came after.

    Whatever ends here leaves the list whole or none.
    """
    analysis.settle()
    path = home / WORK / _SETTLED
    aside = path.with_suffix(".tmp")
    aside.write_text(json.dumps(Store(home).held()), encoding="utf-8")
    aside.replace(path)


def _reported(
    analysis: Analysis, case: Any, work: _Work, done: Sequence[Done], accounts: Sequence[str]
) -> list[report.Section]:
    home = work.place
    analysis.make(["about", "reconciliation", "set_aside", "column_mapping"])
    sections = [
        report.section(home / "notebooks" / f"{one.name}.ipynb", left_out=one.left_out)
        for one in done
    ]
    report.write(home / _REPORT, analysis, case.mapping, sections, plans=accounts)
    accounts_page.write(home / accounts_page.ACCOUNTS, analysis, accounts)
    methods.write(home / METHODS)
    work.progress(_("writing the workbook"), 1.0)
    workbook.write(home / _WORKBOOK, analysis)
    return sections


def _written(
    analysis: Analysis,
    case: Any,
    work: _Work,
    done: Sequence[Done],
    sections: list[report.Section],
    made_of: str,
) -> None:
    home = work.place
    _own_tables(work, done)
    case.mapping.save(home / _MAPPING)
    with work.timed("agreement"):
        agreement.agree(home, analysis)
    if "strategy_rules" in analysis.kept_names():
        rules = analysis.require("strategy_rules")
        rules.to_csv(home / _RULES, index=False, lineterminator="\n")
    table_notes.write(home / "tables")
    shutil.rmtree(home / ".locks", ignore_errors=True)
    seconds = round(time.monotonic() - work.started, 3)  # a clock may be set meanwhile
    timings = {
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds)),
        "seconds": seconds,
        "notebooks": {one.name: one.seconds for one in done},
        "cells": {one.name: one.cells for one in done},
        **work.seconds,
    }
    what = {
        "key": work.key,
        "made_of": made_of,
        "language": language(),
        "settings": _shown_settings(work.plan.settings),
        "timings": timings,
    }
    manifest.write(home, analysis, case.mapping, done, report.findings(sections), what)


def _shown_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings that differ from the usual, files by their names alone."""
    named = {name: Path(path).name for name, path in settings.files().items()}
    return {name: named.get(name, value) for name, value in settings.given().items()}


def _own_tables(work: _Work, done: Sequence[Done]) -> None:
    """Bring the tables that notebooks kept by themselves beside the results."""
    for one in done:
        for path in sorted((work.place / WORK / "books" / one.name / "tables").glob("*.parquet")):
            (work.place / "tables").mkdir(exist_ok=True)
            shutil.copyfile(path, work.place / "tables" / path.name)
