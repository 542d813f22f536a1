"""A run: from a ledger to one folder with the report, the workbook and the notebooks."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial as with_part
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.case.mapping import Mapping as ColumnMapping
from kamkit.case.opening import mapping_path, open_case
from kamkit.errors import ParameterError
from kamkit.language import language, say, speaking
from kamkit.run import folder, manifest, notebooks, parameters, report, workbook
from kamkit.run.manifest import Done, Facts
from kamkit.run.notebooks import Execution, Notebook

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.run.engine import Kernels

_CACHE = "KAMKIT_CASE_CACHE"
_PACKAGE = Path(notebooks.__file__).parent.parent
_REPORT, _WORKBOOK, _MAPPING = "report.html", "key-accounts.xlsx", "mapping.toml"


@dataclass(frozen=True)
class RunSettings:
    """What a run is told besides its source.

    - ``only``: numbers or names of the notebooks to run; all of them when empty.
    - ``parameters``: texts such as ``cut_a=0.7`` or ``02_identify.cut_a=0.7``.
    - ``out``: the folder to make; ``kamkit-runs/<case>-<last day>`` when empty.
    - ``jobs``: how many notebooks run at the same time.
    - ``lang``: ``en`` or ``nb``; the language in use when empty.
    - ``mapping``: which heading is which column, or the path of a mapping file.
    - ``replace``: allow an earlier run of other inputs in ``out`` to be replaced.
    - ``quiet``: show no progress; ``progress(text, share)`` is called in its place when given.
    - ``folder``: the notebooks to run; those of kamkit when None.
    - ``timeout``: the longest that one cell may take, in seconds.
    """

    only: Sequence[str] = ()
    parameters: Sequence[str] = ()
    out: str | Path | None = None
    jobs: int = 1
    lang: str = ""
    mapping: ColumnMapping | str | Path | None = None
    replace: bool = False
    quiet: bool = False
    progress: Callable[[str, float], None] | None = None
    folder: Path | None = None
    timeout: int | None = None


@dataclass(frozen=True)
class RunResult:
    """Where the parts of a finished run lie.

    >>> RunResult(Path("r"), Path("r/report.html"), Path("r/k.xlsx"), Path("r/m.json")).folder.name
    'r'
    """

    folder: Path
    report: Path
    workbook: Path
    manifest: Path


@dataclass(frozen=True)
class _Plan:
    """The notebooks of a run, what their parameters are and how the source is read."""

    source: str
    chosen: tuple[Notebook, ...]
    values: Mapping[str, Mapping[str, Any]]
    mapping: ColumnMapping
    settings: RunSettings


def run(source: str | Path, *, settings: RunSettings | None = None) -> RunResult:
    """Run the analyses on a source and leave one folder, whole or not at all.

    Everything that can be refused is refused before a notebook starts. When a notebook fails, or
    the run is stopped, ``<folder>.partial`` stays with what was done, and the same run goes on
    from there. The same inputs give the same bytes, but for the timings in the manifest.

    Raises ``ParameterError`` (unknown notebook or parameter, a folder that is not a run), what
    ``open_case`` raises, and ``NotebookError`` naming the cell that failed.
    """
    settings = settings or RunSettings()
    with speaking(settings.lang or language()):
        plan = _planned(str(source), settings)
        started = time.time()
        with _progress(settings, len(plan.chosen)) as progress, _case_cache() as cache:
            progress(say("reading the ledger"), 0.0)
            case = _read(plan, cache)
            key = manifest.key(case, language(), plan.values)
            name = f"{case.name}-{case.period.end.isoformat()}"
            out = Path(settings.out).expanduser().absolute() if settings.out else None
            final = folder.choose(out, name, key, replace=settings.replace)
            with folder.made(final) as place:
                done = _executed(plan, case, place, cache, progress)
                progress(say("writing the report and the workbook"), 1.0)
                _written(case, place, done, {"key": key, "started": started})
    return RunResult(final, final / _REPORT, final / _WORKBOOK, final / folder.MANIFEST)


def _planned(source: str, settings: RunSettings) -> _Plan:
    if settings.jobs < 1:
        raise ParameterError(
            say("A run needs at least one job."),
            found=str(settings.jobs),
            wanted=say("a whole number from 1"),
            remedy=say("Leave --jobs out, or give the number of processor cores."),
        )
    if settings.out:
        folder.refuse_foreign(Path(settings.out).expanduser().absolute())
    known = notebooks.find(settings.folder or notebooks.shipped())
    chosen = notebooks.select(settings.only, known)
    declared = [p for notebook in chosen for p in parameters.read(notebook.path)]
    given = parameters.parse(settings.parameters, declared)
    values: dict[str, dict[str, Any]] = {notebook.name: {} for notebook in chosen}
    for p in declared:
        values[p.notebook][p.name] = given.get(p.notebook, {}).get(p.name, _plain(p.default))
    return _Plan(source, tuple(chosen), values, _mapping(source, settings.mapping), settings)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _mapping(source: str, given: ColumnMapping | str | Path | None) -> ColumnMapping:
    if isinstance(given, ColumnMapping):
        return given
    place = Path(source).expanduser()
    beside = mapping_path(place) if place.name else place
    path = Path(given).expanduser() if given else beside
    return ColumnMapping.load(path) if given or path.is_file() else ColumnMapping()


@contextmanager
def _case_cache() -> Iterator[Path]:
    """Give the folder in which the case, once read, is kept for the notebooks."""
    with tempfile.TemporaryDirectory(prefix="kamkit-case-", ignore_cleanup_errors=True) as name:
        before = os.environ.get(_CACHE)
        os.environ[_CACHE] = before or name
        try:
            yield Path(name)
        finally:
            os.environ.pop(_CACHE)
            if before is not None:
                os.environ[_CACHE] = before


def _read(plan: _Plan, cache: Path) -> Facts:
    """Read the case and let it go again: the notebooks need the memory."""
    asked = plan.mapping.save(cache / _MAPPING)
    return manifest.facts(open_case(plan.source, mapping=asked))


def _executed(
    plan: _Plan, case: Facts, place: Path, cache: Path, progress: Callable[[str, float], None]
) -> list[Done]:
    from kamkit.run.engine import Kernels

    (place / "notebooks").mkdir(exist_ok=True)
    kernels = Kernels()
    keys = _keys(plan, case)
    _clear(place, keys)
    todo = [n for n in plan.chosen if _record(place, n.name, keys[n.name]) is None]
    work = {
        n.name: with_part(_execute, n, plan, place, cache, keys[n.name], kernels, progress)
        for n in todo
    }
    _all(list(work.values()), plan.settings.jobs, kernels)
    records = [_record(place, n.name, keys[n.name]) for n in plan.chosen]
    return [record for record in records if record is not None]


def _execute(
    notebook: Notebook,
    plan: _Plan,
    place: Path,
    cache: Path,
    key: str,
    kernels: Kernels,
    progress: Callable[[str, float], None],
) -> None:
    work = folder.work_place(place, notebook.name)
    shutil.rmtree(work, ignore_errors=True)
    (work / "tables").mkdir(parents=True)
    values = dict(plan.values[notebook.name])
    filled = {"source": plan.source, "mapping": str(cache / _MAPPING), "lang": language()}
    execution = Execution(
        values=values | {name: filled[name] for name in filled if name in values},
        shown={"mapping": f"../{_MAPPING}"},
        env={"KAMKIT_RESULTS": str(work / "tables"), _CACHE: os.environ[_CACHE]},
        timeout=plan.settings.timeout,
        kernels=kernels,
        watch=lambda done, of: progress(notebook.name, done / of),
    )
    started = time.monotonic()
    out = place / "notebooks" / f"{notebook.name}.ipynb"
    left_out = notebooks.execute(notebook, out, execution)
    record = {
        "key": key,
        "files": _files(out, work),
        "checksum": folder.checksum(notebook.path),
        "seconds": round(time.monotonic() - started, 3),
        "left_out": left_out,
        "parameters": {n: v for n, v in values.items() if n not in parameters.RESERVED},
    }
    (work / "done.json").write_text(json.dumps(record), encoding="utf-8")


def _all(work: list[Callable[[], None]], jobs: int, kernels: Kernels) -> None:
    """Run the work in ``jobs`` threads; after the first failure nothing new is started."""
    with ThreadPoolExecutor(jobs) as pool:
        futures: list[Future[None]] = [pool.submit(one) for one in work]
        pending = set(futures)
        try:
            while pending and not any(f.done() and f.exception() for f in futures):
                # with a limit: a wait without one cannot be interrupted on Windows
                pending = wait(futures, timeout=0.5, return_when=FIRST_EXCEPTION).not_done
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.stop()
            raise
        pool.shutdown(cancel_futures=True)
    for future in futures:
        if not future.cancelled():
            future.result()


def _keys(plan: _Plan, case: Facts) -> dict[str, str]:
    """Return a checksum of all that the outputs of each notebook depend on."""
    code = {p.name: folder.checksum(p) for p in sorted(_PACKAGE.rglob("*.py"))}
    shared = [plan.source, manifest.versions(), code]
    return {
        notebook.name: manifest.digest(
            [
                manifest.key(case, language(), {notebook.name: plan.values[notebook.name]}),
                folder.checksum(notebook.path),
                shared,
            ]
        )
        for notebook in plan.chosen
    }


def _clear(place: Path, keys: Mapping[str, str]) -> None:
    """Remove what an earlier, unfinished run left and this one does not take over."""
    shutil.rmtree(place / "tables", ignore_errors=True)
    for path in (place / "notebooks").glob("*.ipynb"):
        if path.stem not in keys or _record(place, path.stem, keys[path.stem]) is None:
            path.unlink()


def _files(out: Path, work: Path) -> dict[str, str]:
    return {p.name: folder.checksum(p) for p in [out, *sorted((work / "tables").iterdir())]}


def _record(place: Path, name: str, key: str) -> Done | None:
    """Return the record of a notebook executed from the same inputs, if its files still stand."""
    work = folder.work_place(place, name)
    with suppress(OSError, ValueError, KeyError):
        found = json.loads((work / "done.json").read_text(encoding="utf-8"))
        out = place / "notebooks" / f"{name}.ipynb"
        if found["key"] == key and found["files"] == _files(out, work):
            rest = {n: found[n] for n in ("parameters", "checksum", "seconds", "left_out")}
            return Done(name, **rest)
    return None


def _written(case: Facts, place: Path, done: Sequence[Done], about: Mapping[str, Any]) -> None:
    tables = _tables(place, case, done)
    case.mapping.save(place / _MAPPING)
    sections = [
        report.section(place / "notebooks" / f"{one.name}.ipynb", left_out=one.left_out)
        for one in done
    ]
    report.write(place / _REPORT, case, sections, tables)
    workbook.write(place / _WORKBOOK, case, tables)
    timings = {
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(about["started"])),
        "seconds": round(time.time() - about["started"], 3),
        "notebooks": {one.name: one.seconds for one in done},
    }
    what = {"key": about["key"], "language": language(), "timings": timings}
    manifest.write(place, case, done, report.findings(sections), what)


def _tables(place: Path, case: Facts, done: Sequence[Done]) -> dict[str, pd.DataFrame]:
    """Bring the tables of all notebooks together; of two of a name the later notebook's stays."""
    import pandas as pd

    home = place / "tables"
    home.mkdir()
    case.reconciliation.to_parquet(home / "reconciliation.parquet", index=False)
    case.set_aside.to_parquet(home / "set_aside.parquet", index=False)
    for one in done:
        for path in sorted((folder.work_place(place, one.name) / "tables").glob("*.parquet")):
            shutil.copyfile(path, home / path.name)
    return {path.stem: pd.read_parquet(path) for path in sorted(home.glob("*.parquet"))}


@contextmanager
def _progress(settings: RunSettings, books: int) -> Iterator[Callable[[str, float], None]]:
    """Give a function that shows how far the run has come, on the terminal where there is one."""
    if settings.progress is not None:
        yield settings.progress
        return
    from tqdm import tqdm

    shares: dict[str, float] = {}
    layout = "{desc} {bar} {percentage:3.0f}% {elapsed}"
    with tqdm(total=books, disable=settings.quiet or None, leave=False, bar_format=layout) as bar:

        def show(text: str, share: float) -> None:
            shares[text] = share
            bar.set_description_str(text, refresh=False)
            bar.n = min(sum(shares.values()), books)
            bar.refresh()

        yield show
