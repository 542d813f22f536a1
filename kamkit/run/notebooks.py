"""The notebooks of a run: found, chosen, executed in kernels of our own, and left clean."""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit import errors
from kamkit.errors import KamkitError, MissingTable, NotebookError, ParameterError, nearest
from kamkit.language import gettext as _
from kamkit.language import language
from kamkit.lazy import without

if TYPE_CHECKING:
    from kamkit.run.engine import Kernels

_PACKAGE = Path(__file__).resolve().parent.parent
_MARKER = "papermill-error-cell-tag"
_INJECTED = "injected-parameters"
_UNSTEADY = (
    # from the start of a word: a flood of letters would be looked through once for each of them
    (re.compile(r"(?<!\S)\S*ipykernel_\d+[/\\]\d+\.py"), "<notebook>"),
    (re.compile(r" at 0x[0-9A-Fa-f]+"), ""),
)


@dataclass(frozen=True)
class Notebook:
    """A notebook that a run can execute, by its file; ``02_identify`` is its name.

    >>> Notebook(Path("analyse/02_identify.ipynb")).name
    '02_identify'
    """

    path: Path

    @property
    def name(self) -> str:
        """The name of the file without its ending."""
        return self.path.stem


@dataclass(frozen=True)
class Execution:
    """How one notebook is to be executed.

    ``values`` fill its parameters; ``shown`` takes the place of some of them in the notebook that
    is left, where a value is a place on this machine. ``env`` is added to the environment of its
    kernel, ``timeout`` is the longest a cell may take in seconds, ``watch(done, of)`` is called
    after each cell, ``spent`` gets the seconds that each cell took, and ``waited`` those that the
    kernel waited for its turn.
    """

    values: dict[str, Any]
    env: dict[str, str]
    shown: dict[str, Any] = field(default_factory=dict)
    timeout: int | None = None
    kernels: Kernels | None = None
    watch: Callable[[int, int], None] | None = None
    spent: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)


def shipped(kind: str = "analyse") -> Path:
    """Return the folder of notebooks: inside an installed package, beside it in a checkout.

    >>> shipped().name
    'analyse'
    """
    installed = _PACKAGE / "_shipped" / "notebooks" / kind
    return installed if installed.is_dir() else _PACKAGE.parent / "notebooks" / kind


def find(folder: Path) -> list[Notebook]:
    """Return the notebooks of a folder in the order of their names.

    Raises ``ParameterError`` when there is none.
    """
    notebooks = [Notebook(path) for path in sorted(folder.glob("*.ipynb"))]
    if not notebooks:
        raise ParameterError(
            _("There are no notebooks to run."),
            where=folder.name,
            wanted=_("a folder with files that end in .ipynb"),
            remedy=_("Install kamkit anew, or name the folder of your own notebooks."),
        )
    return notebooks


def matches(word: str, name: str) -> bool:
    """Tell whether a word means a notebook: its number, its name, or both.

    >>> [matches(word, "02_identify") for word in ("02", "2", "identify", "02_identify", "value")]
    [True, True, True, True, False]
    """
    word = word.strip().lower().removesuffix(".ipynb")
    number, _x, plain = name.lower().partition("_")
    if word.isdigit() and number.isdigit():
        return int(word) == int(number)
    return word in (name.lower(), plain)


def select(only: Iterable[str], known: Sequence[Notebook]) -> list[Notebook]:
    """Return the notebooks that the words mean, in their own order; without a word, all of them.

    A word may hold several, with commas between. Raises ``ParameterError`` for a word that means
    none.

    >>> both = [Notebook(Path("01_ledger.ipynb")), Notebook(Path("02_identify.ipynb"))]
    >>> [n.name for n in select(["identify"], both)]
    ['02_identify']
    """
    words = [word.strip() for text in only for word in text.split(",") if word.strip()]
    names = [notebook.name for notebook in known]
    for word in words:
        if not any(matches(word, name) for name in names):
            close = nearest(word, [*names, *(name.partition("_")[2] for name in names)])
            raise ParameterError(
                _("There is no notebook “{word}”.", word=word),
                wanted=", ".join(names),
                remedy=_("Did you mean “{name}”?", name=close)
                if close
                else _("Choose by number or name, such as --only 02."),
            )
    return [n for n in known if not words or any(matches(word, n.name) for word in words)]


def open_book(path: Path) -> Any:
    """Read the cells of a notebook file.

    Raises ``NotebookError`` for a file that is not a notebook.
    """
    with without("rfc3987_syntax"):  # a grammar of addresses, a second and a half to build
        import nbformat

    try:
        return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, nbformat.reader.NotJSONError) as error:
        raise NotebookError(
            _("The notebook “{name}” cannot be read.", name=path.name),
            found=str(error).splitlines()[0],
            remedy=_("Fetch it anew from where it came."),
        ) from None


def _save_book(book: Any, path: Path) -> None:
    import nbformat

    aside = path.with_suffix(".tmp")
    nbformat.write(book, aside)  # type: ignore[no-untyped-call]
    aside.replace(path)


def execute(notebook: Notebook, out: Path, execution: Execution) -> str:
    """Execute a notebook in a fresh kernel and write it, cleaned, to ``out``.

    Returns ``""``, or the reason why the analysis was left out when a table or column that it
    needs is not part of the case. The kernel runs in the current folder. Raises ``NotebookError``
    that names the notebook, the cell and the error; the notebook with its error is left in ``out``.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from kamkit.run import engine

    shown = {n: execution.shown.get(n, value) for n, value in execution.values.items()}
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="kamkit-ipython-") as profile:
        try:
            papermill.execute_notebook(
                _braced(notebook.path),
                _braced(out),
                parameters=execution.values,
                engine_name=engine.register(),
                kernel_name="python3",
                language="python",
                progress_bar=False,
                execution_timeout=execution.timeout,
                env={**_environment(profile), **execution.env},
                kernels=execution.kernels,
                watch=execution.watch,
                spent=execution.spent,
                waited=execution.waited,
            )
        except PapermillExecutionError as error:
            clean(out, shown)
            return _left_out(notebook, out, error)
        except RuntimeError as error:
            raise _no_kernel(notebook, error) from None
    clean(out, shown)
    return ""


def clean(path: Path, shown: dict[str, Any]) -> None:
    """Take out of an executed notebook what differs from run to run.

    ``shown`` is written into the cell of parameters that papermill added. Times, paths and markers
    of papermill, random identifiers of cells, live widgets (blank without their kernel) and
    addresses of objects go; so the same inputs give the same bytes.
    """
    book = open_book(path)
    book.metadata.pop("papermill", None)
    book.cells = [c for c in book.cells if _MARKER not in c.metadata.get("tags", [])]
    for cell in book.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if _INJECTED in cell.metadata.get("tags", []):
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in shown.items())
            if "id" in cell:
                cell["id"] = _INJECTED
        if not cell.metadata.get("tags", [""]):
            cell.metadata.pop("tags")
        _without_noise(cell.get("outputs", []))
    _save_book(book, path)


def unexecuted(path: Path, out: Path) -> None:
    """Write a notebook of a run as it was before: without outputs and what the run filled in."""
    book = open_book(path)
    book.cells = [c for c in book.cells if _INJECTED not in c.metadata.get("tags", [])]
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    _save_book(book, out)


def _without_noise(outputs: list[Any]) -> None:
    for output in outputs:
        holder = output if "text" in output else output.get("data", {})
        holder.pop("application/vnd.jupyter.widget-view+json", None)
        for kind in ("text", "text/plain"):
            for pattern, steady in _UNSTEADY:
                if isinstance(holder.get(kind), str):
                    holder[kind] = pattern.sub(steady, holder[kind])


def _environment(profile: str) -> dict[str, str]:
    env = {
        "IPYTHONDIR": profile,  # start-up files of the user would make runs differ
        "KAMKIT_LANG": language(),
        "KAMKIT_BATCH": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), profile),  # gone with a kernel that is killed
    }
    if not (_PACKAGE / "_shipped").is_dir():
        paths = [str(_PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
        env["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return env


def _braced(path: Path) -> str:
    """Write a path for papermill, which fills in whatever stands in braces."""
    return str(path.absolute()).replace("{", "{{").replace("}", "}}")


def _left_out(notebook: Notebook, out: Path, error: Any) -> str:
    """Return why an analysis was left out, or raise what a failed cell means to the user."""
    if error.ename == MissingTable.__name__:
        reason = str(error.evalue).splitlines()[0]
        _replace_error(out, error.cell_index, reason)
        return reason
    kind = getattr(errors, error.ename, None)
    own = isinstance(kind, type) and issubclass(kind, KamkitError)
    values = _error_parts(error.evalue) if own else {}
    plain = f"{error.ename}: {error.evalue}".splitlines()[0]
    raise NotebookError(
        values.get("message") or _stopped(notebook, error),
        where=_heading_above(notebook, out, error.cell_index) + _behind(values.get("where", "")),
        found=values.get("found", "") if own else plain,
        wanted=values.get("wanted", ""),
        remedy=values.get("remedy")
        or _("The notebook is kept with its error: see that cell in {path}.", path=_shown(out)),
    ) from None


def _replace_error(path: Path, index: int, text: str) -> None:
    from nbformat import NotebookNode

    book = open_book(path)
    parts = {"name": "stdout", "text": text}
    output = NotebookNode(output_type="stream", **parts)  # type: ignore[no-untyped-call]
    book.cells[index].outputs = [output]
    _save_book(book, path)


def _stopped(notebook: Notebook, error: Any) -> str:
    if error.ename == "CellTimeoutError":
        return _("A cell of “{name}” took too long and was stopped.", name=notebook.name)
    if error.ename == "OutputFloodError":
        return _("A cell of “{name}” wrote too much and was stopped.", name=notebook.name)
    if error.ename == "DeadKernelError":
        return _("“{name}” ended in the middle; was there memory enough?", name=notebook.name)
    return _("The notebook “{name}” failed.", name=notebook.name)


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _heading_above(notebook: Notebook, out: Path, index: int) -> str:
    cells = open_book(out).cells[:index]
    prose = (cell.source for cell in reversed(cells) if cell.cell_type == "markdown")
    headings = (
        line.lstrip("# ")
        for text in prose
        for line in reversed(text.splitlines())
        if line.startswith("#")
    )
    heading = next(headings, "")
    where = _("{notebook}, cell {number}", notebook=notebook.name, number=index + 1)
    return where + (f" (“{heading}”)" if heading else "")


def _behind(text: str) -> str:
    return f": {text}" if text else ""


def _error_parts(text: str) -> dict[str, str]:
    """Take an error that was printed in a kernel apart again."""
    labels = {
        _("where:"): "where",
        _("found:"): "found",
        _("wanted:"): "wanted",
        _("do:"): "remedy",
    }
    first, *rest = text.splitlines() or [""]
    values = {"message": first}
    part = "message"
    for line in rest:
        label, _x, words = line.strip().partition(" ")
        if label in labels:
            part = labels[label]
            values[part] = words.strip()
        else:
            values[part] = f"{values[part]} {line.strip()}"
    return values


def _no_kernel(notebook: Notebook, error: Exception) -> KamkitError:
    return NotebookError(
        _("The notebook “{name}” could not start.", name=notebook.name),
        found=str(error).splitlines()[0] if str(error) else type(error).__name__,
        remedy=_("Run kamkit doctor: it tells what is missing."),
    )
