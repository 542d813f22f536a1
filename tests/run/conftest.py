"""Tiny notebooks, built where they are needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import shared_home


@pytest.fixture
def book(tmp_path):
    """Write a notebook into the folder of the test."""
    return _writer(tmp_path / "books")


@pytest.fixture(scope="session")
def writer():
    """Give, for a folder, what writes notebooks into it."""
    return _writer


def _writer(folder: Path) -> Callable[..., Path]:
    """Return what writes notebooks: a cell that starts with “M ” is Markdown, others are code."""
    import nbformat
    from nbformat import v4

    def write(name: str, *cells: str, parameters: str = "") -> Path:
        written = [
            v4.new_markdown_cell(text[2:]) if text.startswith("M ") else v4.new_code_cell(text)
            for text in cells
        ]
        if parameters:
            tagged = v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
            written.insert(0, tagged)
        for number, cell in enumerate(written):
            cell["id"] = f"{name}-{number}"
        path = folder / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(v4.new_notebook(cells=written), path)
        return path

    return write


@pytest.fixture(scope="session")
def small_run(tmp_path_factory):
    """A run of a dozen customers with report, workbook and plans; tests copy it before a change."""
    from kamkit.files import locked
    from kamkit.run import RunOptions, run
    from tools.torture_kill import GIVEN, write_ledger

    home = shared_home(tmp_path_factory)
    with locked(home / "small.lock"):
        (home / "small").mkdir(exist_ok=True)
        source = home / "small" / "sales.csv"
        if not source.exists():
            write_ledger(source)
        given = {"only": ("2", "7"), "parameters": GIVEN, "lang": "en", "quiet": True}
        return run(source, options=RunOptions(out=home / "small" / "run", **given)).folder
