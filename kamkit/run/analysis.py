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

from kamkit.case.mapping import ColumnMapping, mapping_for
from kamkit.case.opening import open_case
from kamkit.errors import ParameterError
from kamkit.files import checksum, safe_name
from kamkit.language import gettext as _
from kamkit.language import language, speaking
from kamkit.run import folder, manifest, notebooks, parameters, report, workbook
from kamkit.run.manifest import Done, Facts
from kamkit.run.notebooks import Execution, Notebook

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.run.engine import Kernels

_CACHE = "KAMKIT_CASE_CACHE"
_PACKAGE = Path(notebooks.__file__).parent.parent
_REPORT, _WORKBOOK, _MAPPING = "report.html", "key-accounts.xlsx", "mapping.toml"
_RULES = "strategy-rules.csv"
PLANS, ACCOUNTS, AT = "plans", "accounts", "@"
"""The folder of the plans, that of the notebooks of single accounts, and what names them."""
_LIGHT_JOBS = 4


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
    - ``previous``: the folder of an earlier run to compare with; what people wrote in its plans is
      taken over.
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
    previous: str | Path | None = None


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
    previous: Path | None = None

    def takes(self, notebook: Notebook, parameter: str) -> bool:
        """Tell whether a notebook has a parameter."""
        return parameter in self.values[notebook.name]


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
            progress(_("reading the ledger"), 0.0)
            case = _read(plan, cache)
            key = manifest.key(case, language(), {**plan.values, **_earlier(plan)})
            name = f"{case.name}-{case.period.end.isoformat()}"
            out = Path(settings.out).expanduser().absolute() if settings.out else None
            final = folder.choose(out, name, key, replace=settings.replace)
            with folder.made(final) as place:
                work = Work(plan, case, place, cache, progress, _written_plans(plan, final))
                done = _executed(work)
                progress(_("writing the report and the workbook"), 1.0)
                _written(case, place, done, {"key": key, "started": started})
    return RunResult(final, final / _REPORT, final / _WORKBOOK, final / folder.MANIFEST)


def _planned(source: str, settings: RunSettings) -> _Plan:
    if settings.jobs < 1:
        raise ParameterError(
            _("A run needs at least one job."),
            found=str(settings.jobs),
            wanted=_("a whole number from 1"),
            remedy=_("Leave --jobs out, or give the number of processor cores."),
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
    read = mapping_for(source, settings.mapping)
    return _Plan(source, tuple(chosen), values, read, settings, _previous(settings.previous))


def _previous(given: str | Path | None) -> Path | None:
    """Return the folder of an earlier run; refuse one that is none before anything starts."""
    if not given:
        return None
    from kamkit.plan import read_run

    path = Path(given).expanduser().absolute()
    read_run(path)
    return path


def _earlier(plan: _Plan) -> dict[str, dict[str, Any]]:
    """Return what a run with an earlier one named depends on besides its parameters."""
    if plan.previous is None:
        return {}
    return {"previous": {"key": folder.contents(plan.previous).get("key", "")}}


def _written_plans(plan: _Plan, final: Path) -> list[Path]:
    """Return the folders of plans that people may have written in, the later one last."""
    homes = [plan.previous, final]
    return [home / PLANS for home in homes if home is not None and (home / PLANS).is_dir()]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


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


@dataclass(frozen=True, eq=False)
class Work:
    """What executing a notebook of a run needs; ``plans`` are folders of earlier plans."""

    plan: _Plan
    case: Facts
    place: Path
    cache: Path
    progress: Callable[[str, float], None]
    plans: Sequence[Path]


def _executed(work: Work) -> list[Done]:
    """Execute the notebooks, wave by wave, and return their records.

    A notebook that takes the tables of the run waits for all before it. One that also takes an
    account is executed once for all together, then once for each account that gets a plan.
    """
    from kamkit.run.engine import Kernels

    (work.place / "notebooks").mkdir(exist_ok=True)
    kernels = Kernels()
    keys = _keys(work)
    _clear(work.place, keys)
    settings = work.plan.settings
    done: list[Done] = []
    for wave in _waves(work.plan):
        before = [one.name for one in done]
        first = [_Task(n, n.name, keys[n.name], _tables_before(work, n, before)) for n in wave]
        done += _wave(work, first, settings.jobs, kernels)
        for notebook in wave:
            accounts = _accounts(work, notebook)
            if accounts:
                (work.place / "notebooks" / ACCOUNTS).mkdir(exist_ok=True)
                tables = _tables_before(work, notebook, [one.name for one in done])
                each = [
                    _for_account(work, notebook, one, keys[notebook.name], tables)
                    for one in accounts
                ]
                jobs = max(settings.jobs, min(_LIGHT_JOBS, os.cpu_count() or 1))
                done += _wave(work, each, jobs, kernels)
    return done


@dataclass(frozen=True)
class _Task:
    """One execution: the notebook, what it is called, its key, and where its inputs lie."""

    notebook: Notebook
    name: str
    key: str
    tables: Path | None
    account: str = ""


def _waves(plan: _Plan) -> list[list[Notebook]]:
    found: list[list[Notebook]] = [[]]
    for notebook in plan.chosen:
        if plan.takes(notebook, "tables") or (found[-1] and plan.takes(found[-1][-1], "tables")):
            found.append([])
        found[-1].append(notebook)
    return [wave for wave in found if wave]


def _wave(work: Work, tasks: list[_Task], jobs: int, kernels: Kernels) -> list[Done]:
    todo = [one for one in tasks if _record(work.place, one.name, one.key) is None]
    _all([with_part(_execute, one, work, kernels) for one in todo], jobs, kernels)
    records = [_record(work.place, one.name, one.key) for one in tasks]
    return [record for record in records if record is not None]


def _tables_before(work: Work, notebook: Notebook, done: Sequence[str]) -> Path | None:
    """Gather the tables of the notebooks before in one folder, where the notebook takes them."""
    if not work.plan.takes(notebook, "tables"):
        return None
    home = folder.work_place(work.place, f"before-{notebook.name}-{len(done)}")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for name in done:
        for path in sorted((folder.work_place(work.place, name) / "tables").glob("*.parquet")):
            shutil.copyfile(path, home / path.name)
    return home


def _accounts(work: Work, notebook: Notebook) -> list[str]:
    """Return the accounts that a notebook is to be executed for: those that get a plan."""
    if not (work.plan.takes(notebook, "tables") and work.plan.takes(notebook, "account")):
        return []
    import pandas as pd

    path = folder.work_place(work.place, notebook.name) / "tables" / "planned.parquet"
    if not path.is_file():
        return []
    found = [str(one) for one in pd.read_parquet(path)["account_id"]]
    wanted = str(work.plan.values[notebook.name]["account"])
    return [one for one in found if not wanted or one == wanted]


def _for_account(
    work: Work, notebook: Notebook, account: str, key: str, tables: Path | None
) -> _Task:
    name = f"{notebook.name}{AT}{safe_name(account)}"
    plans = [home / f"{safe_name(account)}.docx" for home in work.plans]
    written = [checksum(path) for path in plans if path.is_file()]
    return _Task(notebook, name, manifest.digest([key, account, written]), tables, account)


def _execute(task: _Task, work: Work, kernels: Kernels) -> None:
    plan, place = work.plan, work.place
    home = folder.work_place(place, task.name)
    shutil.rmtree(home, ignore_errors=True)
    (home / "tables").mkdir(parents=True)
    values = dict(plan.values[task.notebook.name])
    filled = {
        "source": plan.source,
        "mapping": str(work.cache / _MAPPING),
        "lang": language(),
        "tables": str(task.tables or ""),
        "out": str(home / "files") if task.account else "",
        "written": os.pathsep.join(map(str, work.plans)),
        "account": task.account,
        "previous": str(plan.previous or ""),
    }
    shown = {
        "mapping": f"../{_MAPPING}",
        "tables": "../tables",
        "out": "",
        "written": "",
        "previous": plan.previous.name if plan.previous else "",
    }
    execution = Execution(
        values=values | {name: filled[name] for name in filled if name in values},
        shown=shown,
        env={"KAMKIT_RESULTS": str(home / "tables"), _CACHE: os.environ[_CACHE]},
        timeout=plan.settings.timeout,
        kernels=kernels,
        watch=lambda done, of: work.progress(task.name, done / of),
    )
    started = time.monotonic()
    out = _out(place, task.name)
    left_out = notebooks.execute(task.notebook, out, execution)
    record = {
        "key": task.key,
        "files": _files(out, home),
        "checksum": checksum(task.notebook.path),
        "seconds": round(time.monotonic() - started, 3),
        "left_out": left_out,
        "parameters": {n: v for n, v in values.items() if n not in parameters.RESERVED},
    }
    (home / "done.json").write_text(json.dumps(record), encoding="utf-8")


def _out(place: Path, name: str) -> Path:
    """Return where an executed notebook lies: those of one account in a folder of their own."""
    notebook, _x, account = name.partition(AT)
    home = place / "notebooks"
    return home / ACCOUNTS / f"{account}.ipynb" if account else home / f"{notebook}.ipynb"


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


def _keys(work: Work) -> dict[str, str]:
    """Return a checksum of all that the outputs of each notebook depend on."""
    plan = work.plan
    code = {p.name: checksum(p) for p in sorted(_PACKAGE.rglob("*.py"))}
    shared = [plan.source, manifest.versions(), code]
    found: dict[str, str] = {}
    for notebook in plan.chosen:
        values = {notebook.name: plan.values[notebook.name]}
        own = manifest.key(work.case, language(), values)
        parts: list[Any] = [own, checksum(notebook.path), shared]
        if plan.takes(notebook, "tables"):
            parts += [list(found.values()), _earlier(plan)]
        found[notebook.name] = manifest.digest(parts)
    return found


def _clear(place: Path, keys: Mapping[str, str]) -> None:
    """Remove what an earlier, unfinished run left and this one does not take over."""
    for name in ("tables", PLANS):
        shutil.rmtree(place / name, ignore_errors=True)
    for path in (place / "notebooks").glob("*.ipynb"):
        if path.stem not in keys or _record(place, path.stem, keys[path.stem]) is None:
            path.unlink()


def _files(out: Path, work: Path) -> dict[str, str]:
    made = [p for name in ("tables", "files") for p in sorted((work / name).glob("*"))]
    return {p.name: checksum(p) for p in [out, *made]}


def _record(place: Path, name: str, key: str) -> Done | None:
    """Return the record of a notebook executed from the same inputs, if its files still stand."""
    work = folder.work_place(place, name)
    with suppress(OSError, ValueError, KeyError):
        found = json.loads((work / "done.json").read_text(encoding="utf-8"))
        if found["key"] == key and found["files"] == _files(_out(place, name), work):
            rest = {n: found[n] for n in ("parameters", "checksum", "seconds", "left_out")}
            return Done(name, **rest)
    return None


def _written(case: Facts, place: Path, done: Sequence[Done], about: Mapping[str, Any]) -> None:
    tables = _tables(place, case, done)
    case.mapping.save(place / _MAPPING)
    _plans(place, done)
    sections = [
        report.section(_out(place, one.name), left_out=one.left_out)
        for one in done
        if AT not in one.name
    ]
    report.write(place / _REPORT, case, sections, tables)
    workbook.write(place / _WORKBOOK, case, tables)
    if "strategy_rules" in tables:
        tables["strategy_rules"].to_csv(place / _RULES, index=False, lineterminator="\n")
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
    sources = []
    for one in done:
        for path in sorted((folder.work_place(place, one.name) / "tables").glob("*.parquet")):
            if AT in one.name:
                sources.append((path.name, pd.read_parquet(path)))
            else:
                shutil.copyfile(path, home / path.name)
    for name in sorted({name for name, _x in sources}):
        parts = [frame for other, frame in sources if other == name]
        pd.concat(parts, ignore_index=True).to_parquet(home / name, index=False)
    return {path.stem: pd.read_parquet(path) for path in sorted(home.glob("*.parquet"))}


def _plans(place: Path, done: Sequence[Done]) -> None:
    """Bring the plans of the accounts together."""
    for one in done:
        for path in sorted((folder.work_place(place, one.name) / "files").glob("*")):
            (place / PLANS).mkdir(exist_ok=True)
            shutil.copyfile(path, place / PLANS / path.name)


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
