"""Execute the notebooks in place, so that what is committed is what the code gives.

python tools/build_notebooks.py                 all notebooks
python tools/build_notebooks.py 02_identify     these, by name
python tools/build_notebooks.py --check         change nothing, say which would change
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat

from kamkit.errors import KamkitError
from kamkit.language import set_language
from kamkit.run.notebooks import Execution, Notebook, execute

ROOT = Path(__file__).resolve().parent.parent


def built(path: Path, folder: Path) -> bytes:
    """Execute one notebook and return the bytes that belong in the repository.

    Raises ``NotebookError`` when a cell fails, and when the notebook leaves itself out.
    """
    out = folder / path.name
    left_out = execute(Notebook(path), out, Execution(values={}, env={}))
    if left_out:
        raise KamkitError(left_out, where=path.name, remedy="Give it a case that has the table.")
    return settled(nbformat.read(out, as_version=4))


def settled(book: Any) -> bytes:
    """Fix what depends on chance or on the machine: cell ids, kernel and language versions."""
    book.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        }
    )
    book.nbformat, book.nbformat_minor = 4, 5
    for number, cell in enumerate(book.cells, 1):
        cell["id"] = f"cell-{number:02d}"
    nbformat.validate(book)
    return (nbformat.writes(book) + "\n").encode()


def main(words: list[str]) -> int:
    """Build notebooks; with ``--check`` return 1 when a build would change one."""
    set_language("en")
    os.chdir(ROOT)
    names = [word for word in words if not word.startswith("-")]
    paths = sorted(
        path
        for path in (ROOT / "notebooks").rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts and (not names or path.stem in names)
    )
    changed = 0
    with tempfile.TemporaryDirectory(prefix="kamkit-build-") as folder:
        for path in paths:
            try:
                content = built(path, Path(folder))
            except KamkitError as error:
                print(error, file=sys.stderr)
                return 1
            same = content == path.read_bytes()
            changed += not same
            print(f"{'unchanged' if same else 'changed  '} {path.relative_to(ROOT)}", flush=True)
            if "--check" not in words:
                path.write_bytes(content)
    return 1 if "--check" in words and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
