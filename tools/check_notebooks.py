"""Check every notebook against the rules of the house, and say where, how many and what to do.

python tools/check_notebooks.py                    all notebooks
python tools/check_notebooks.py one.ipynb ...      these notebooks
"""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat

from kamkit.errors import KamkitError
from kamkit.run.parameters import parse_cell

ROOT = Path(__file__).resolve().parent.parent
LONGEST_CELL, MEDIAN_CELL, DEF_SHARE, LARGEST = 20, 5, 0.03, 3_000_000
MACHINE_PATH = re.compile(
    r"(?<![\w.:/])(?:/(?:home|Users|root|tmp|work|mnt|opt|var)/\w|[A-Z]:\\\w)"
)
PICTURE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ALT = re.compile(r"\balt\s*=\s*([\"'])\s*[^\"'\s].*?\1", re.IGNORECASE | re.DOTALL)
WIDGET = "application/vnd.jupyter.widget-view+json"

Problem = tuple[str, str]
"""Where (a cell or the notebook), and what is wrong with what to do."""


def main(names: list[str]) -> int:
    """Check notebooks, print what is wrong, return 1 when anything is."""
    paths = [Path(name) for name in names] or sorted((ROOT / "notebooks").rglob("*.ipynb"))
    paths = [path for path in paths if ".ipynb_checkpoints" not in path.parts]
    wrong = [f"{name}, {where}: {what}" for path in paths for name, where, what in look(path)]
    wrong += shares(paths)
    print("\n".join(wrong))
    print(f"{len(paths)} notebooks checked, {len(wrong)} things to mend.")
    return 1 if wrong or not paths else 0


def look(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with one notebook."""
    if path.stat().st_size > LARGEST:
        size = path.stat().st_size / 1e6
        yield path.name, "file", f"{size:.1f} MB, at most 3: show fewer rows or smaller pictures"
    try:
        book = nbformat.read(path, as_version=4)
        nbformat.validate(book)
    except (ValueError, nbformat.ValidationError, nbformat.reader.NotJSONError) as error:
        yield path.name, "file", f"not a valid notebook ({str(error).splitlines()[0]})"
        return
    for rule in RULES:
        for where, what in rule(book):
            yield path.name, where, what


def code(book: Any) -> list[tuple[str, Any]]:
    """Return the cells with code and their place in words."""
    return [
        (f"cell {number}", cell)
        for number, cell in enumerate(book.cells, 1)
        if cell.cell_type == "code" and cell.source.strip()
    ]


def outputs(book: Any) -> Iterator[tuple[str, Any]]:
    """Yield each output with the place of its cell."""
    for where, cell in code(book):
        for output in cell.outputs:
            yield where, output


def texts(output: Any) -> Iterator[str]:
    """Yield everything in an output that is text."""
    yield output.get("text", "")
    for kind, value in output.get("data", {}).items():
        if kind.startswith("text/"):
            yield value


def lines(source: str) -> int:
    """Count lines of code: neither empty nor comment."""
    return sum(1 for line in source.splitlines() if line.strip() and line.strip()[0] != "#")


def kernel(book: Any) -> Iterator[Problem]:
    """Ask for the kernel python3, which is found on every machine."""
    name = book.metadata.get("kernelspec", {}).get("name")
    if name != "python3":
        yield "metadata", f"kernel “{name}”, wanted python3: run make notebooks"


def executed(book: Any) -> Iterator[Problem]:
    """Every cell is committed executed, in order: nbval compares nothing else."""
    counts = [cell.execution_count for _, cell in code(book)]
    if counts != list(range(1, len(counts) + 1)):
        missing = sum(count is None for count in counts)
        yield "notebook", f"{missing} cells not executed, or out of order: run make notebooks"


def errors(book: Any) -> Iterator[Problem]:
    """No output is an error."""
    for where, output in outputs(book):
        if output.output_type == "error":
            yield where, f"shows the error {output.ename}: mend it and run make notebooks"


def parameters(book: Any) -> Iterator[Problem]:
    """One cell of parameters: annotated literals, each with a comment that names its unit."""
    tagged = [one for one in code(book) if "parameters" in one[1].metadata.get("tags", [])]
    if len(tagged) != 1:
        yield "notebook", f"{len(tagged)} cells tagged “parameters”, wanted one"
        return
    where, cell = tagged[0]
    try:
        found = parse_cell(cell.source, "notebook")
    except KamkitError as error:
        yield where, f"{error.message} {error.found}: write name: type = literal  # unit"
        return
    for line in ast.parse(cell.source).body:
        if isinstance(line, ast.Assign):
            yield where, f"{ast.unparse(line)}: write name: type = literal  # unit"
    for one in found:
        if not one.description:
            yield where, f"parameter {one.name} has no comment: say what it is and its unit"


def heading(book: Any) -> Iterator[Problem]:
    """Begin with the title."""
    first = book.cells[0] if book.cells else None
    if first is None or first.cell_type != "markdown" or not first.source.startswith("# "):
        yield "cell 1", "not a heading: begin with “# ” and the manager’s question"


def short(book: Any) -> Iterator[Problem]:
    """Cells are short: one idea each. The parameters are a list and may be longer."""
    sizes = [(where, lines(cell.source)) for where, cell in code(book)]
    listed = {where for where, cell in code(book) if "parameters" in cell.metadata.get("tags", [])}
    for where, size in sizes:
        if size > LONGEST_CELL and where not in listed:
            yield where, f"{size} lines of code, at most {LONGEST_CELL}: logic goes into kamkit"
    median = statistics.median([size for _, size in sizes] or [0])
    if median > MEDIAN_CELL:
        yield "notebook", f"median of {median:g} lines a cell, at most {MEDIAN_CELL}: cut cells up"


def no_machine(book: Any) -> Iterator[Problem]:
    """No path of the machine that made it, in any cell or output."""
    own = {str(ROOT), str(Path.home())} - {"/"}
    held = [(f"cell {n}", cell.source) for n, cell in enumerate(book.cells, 1)]
    held += [(where, text) for where, output in outputs(book) for text in texts(output)]
    for where, text in held:
        found = MACHINE_PATH.search(text)
        if found or any(path in text for path in own):
            yield where, "a path of this machine: open data by its name in the catalogue"


def no_reprs(book: Any) -> Iterator[Problem]:
    """No output that the next version of a library would write otherwise."""
    for where, output in outputs(book):
        for text in texts(output):
            if "<Figure size" in text:
                yield where, "shows <Figure size …>: end the cell with show(…)"
            if re.search(r" at 0x[0-9a-fA-F]{4}", text):
                yield where, "shows an object’s address: show its text or a table instead"


def alternatives(book: Any) -> Iterator[Problem]:
    """Every picture has a text for those who cannot see it."""
    for where, output in outputs(book):
        data = output.get("data", {})
        html = data.get("text/html", "")
        bare = any(kind.startswith("image/") for kind in data) and not PICTURE.search(html)
        if bare or any(not ALT.search(tag) for tag in PICTURE.findall(html)):
            yield where, "a picture without alt text: show it with show(…)"
    for number, cell in enumerate(book.cells, 1):
        if cell.cell_type == "markdown":
            untold = [tag for tag in PICTURE.findall(cell.source) if not ALT.search(tag)]
            if untold or re.search(r"!\[\s*\]\(", cell.source):
                yield f"cell {number}", "a picture without alt text: ![what it shows](…)"


def no_widgets(book: Any) -> Iterator[Problem]:
    """No stored widget: it is blank without its kernel."""
    if "widgets" in book.metadata:
        yield "metadata", "holds the state of widgets: run make notebooks"
    for where, output in outputs(book):
        if WIDGET in output.get("data", {}):
            yield where, "holds a live widget: show its static view in batch runs"


RULES: tuple[Callable[[Any], Iterator[Problem]], ...] = (
    kernel,
    executed,
    errors,
    parameters,
    heading,
    short,
    no_machine,
    no_reprs,
    alternatives,
    no_widgets,
)


def shares(paths: list[Path]) -> list[str]:
    """Check that, over all notebooks, hardly any code stands in functions."""
    inside = total = 0
    for path in paths:
        try:
            book = nbformat.read(path, as_version=4)
        except (ValueError, nbformat.reader.NotJSONError):
            continue
        for _, cell in code(book):
            total += lines(cell.source)
            inside += in_functions(cell.source)
    if total and inside / total > DEF_SHARE:
        return [f"{inside} of {total} lines stand in def, at most 3 %: logic goes into kamkit"]
    return []


def in_functions(source: str) -> int:
    """Count the lines of a cell that stand in functions or classes."""
    plain = "\n".join("" if line.startswith(("%", "!")) else line for line in source.splitlines())
    try:
        tree = ast.parse(plain)
    except SyntaxError:
        return 0
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return sum(
        lines(ast.get_source_segment(plain, node) or "")
        for node in tree.body
        if isinstance(node, kinds)
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
