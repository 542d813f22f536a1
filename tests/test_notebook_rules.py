"""The notebook validator: each rule is shown a notebook that breaks it."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import build_notebooks, check_notebooks

PARAMETERS = 'source: str = "fjordgross"  # a file, or a name of the catalogue'


def picture(html: str) -> nbformat.NotebookNode:
    return new_output("display_data", data={"text/html": html, "image/png": "aGVp"})


def notebook(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook that keeps every rule, with cells added at its end."""
    book = new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        cells=[
            new_markdown_cell("# Who matters?"),
            new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
            new_code_cell(
                "1 + 1", outputs=[new_output("execute_result", data={"text/plain": "2"})]
            ),
            *cells,
        ],
    )
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, 1):
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return book


def problems(book: nbformat.NotebookNode, folder: Path) -> list[str]:
    path = folder / "lesson.ipynb"
    path.write_text(nbformat.writes(book), encoding="utf-8")
    return [f"{where}: {what}" for _, where, what in check_notebooks.look(path)]


def code(source: str, *outputs: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return new_code_cell(source, outputs=list(outputs))


def test_a_notebook_that_keeps_the_rules_passes(tmp_path):
    good = picture('<figure><img src="data:," alt="Ten accounts"></figure>')
    assert problems(notebook(code("show()", good)), tmp_path) == []


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (code("x = 1\n" * 21), "cell 4: 21 lines of code"),
        (code("f()", new_output("error", ename="KeyError", evalue="x", traceback=[])), "KeyError"),
        (code("plot()", picture("<p>a picture</p>")), "without alt text"),
        (code("plot()", picture('<img src="data:," alt="">')), "without alt text"),
        (code("plot()", picture('<img src="data:,">')), "without alt text"),
        (new_markdown_cell("![](tree.png)"), "cell 4: a picture without alt text"),
        (code("open('/ho" + "me/kari/salg.csv')"), "a path of this machine"),
        (code("p()", new_output("stream", text="C:\\Users\\kari")), "a path of this machine"),
        (code("f", new_output("stream", text="<Figure size 640x480>")), "<Figure size"),
        (code("f", new_output("stream", text="<Case object at 0x7f12ab>")), "address"),
        (code("w", new_output("display_data", data={check_notebooks.WIDGET: {}})), "a live widget"),
        (new_code_cell("n = 1", metadata={"tags": ["parameters"]}), "2 cells tagged “parameters”"),
    ],
)
def test_a_broken_rule_is_told_with_its_place_and_remedy(cell, said, tmp_path):
    found = problems(notebook(cell), tmp_path)
    assert len(found) == 1, found
    assert said in found[0]


@pytest.mark.parametrize(
    "source",
    [
        "see https://example.org/ho" + "me/page",
        "a share of 80/20",
        "`kamkit run` writes kamkit-runs/",
    ],
)
def test_an_address_or_a_fraction_is_no_path(source, tmp_path):
    assert problems(notebook(new_markdown_cell(source)), tmp_path) == []


def test_a_notebook_that_was_not_executed_is_told(tmp_path):
    book = notebook(code("2 + 2"))
    book.cells[-1].execution_count = None
    assert problems(book, tmp_path) == [
        "notebook: 1 cells not executed, or out of order: run make notebooks"
    ]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("cut: float = 0.8", "cut has no comment"),
        ("cut = 0.8  # share", "write name: type = literal"),
        ("cut: float = 8 / 10  # share", "write name: type = literal"),
    ],
)
def test_a_parameter_is_an_annotated_literal_with_a_comment(source, said, tmp_path):
    book = notebook()
    book.cells[1].source = source
    (problem,) = problems(book, tmp_path)
    assert problem.startswith("cell 2: ")
    assert said in problem


def test_the_first_cell_is_the_title_and_the_kernel_is_python3(tmp_path):
    book = notebook()
    book.cells[0].source = "Who matters?"
    book.metadata.kernelspec.name = "kari"
    assert [line.split(":")[0] for line in problems(book, tmp_path)] == ["metadata", "cell 1"]


def test_stored_widgets_are_told(tmp_path):
    book = notebook()
    book.metadata["widgets"] = {}
    assert "state of widgets" in problems(book, tmp_path)[0]


def test_a_file_that_is_no_notebook_is_told(tmp_path):
    path = tmp_path / "lesson.ipynb"
    path.write_text("not json", encoding="utf-8")
    ((_, where, what),) = check_notebooks.look(path)
    assert where == "file"
    assert "not a valid notebook" in what


def test_code_in_functions_is_counted_over_all_notebooks(tmp_path):
    many = [code("a = 1\nb = 2\nc = 3\nd = 4") for _ in range(24)]
    path = tmp_path / "a.ipynb"
    path.write_text(nbformat.writes(notebook(*many, code("def f():\n    return 1"))), "utf-8")
    assert check_notebooks.shares([path]) == []
    more = code("def g():\n    x = 1\n    return x")
    path.write_text(nbformat.writes(notebook(*many, code("def f():\n    return 1"), more)), "utf-8")
    assert check_notebooks.shares([path]) == [
        "5 of 103 lines stand in def, at most 3 %: logic goes into kamkit"
    ]


def test_an_empty_folder_does_not_pass(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(check_notebooks, "ROOT", tmp_path)
    assert check_notebooks.main([]) == 1
    assert capsys.readouterr().out.strip() == "0 notebooks checked, 0 things to mend."


def test_a_build_leaves_nothing_to_chance():
    book = notebook()
    book.metadata["language_info"] = {"name": "python", "version": "3.11.2"}
    book.metadata["widgets"] = {}
    content = json.loads(build_notebooks.settled(book))
    assert [cell["id"] for cell in content["cells"]] == ["cell-01", "cell-02", "cell-03"]
    assert content["metadata"]["language_info"] == {"name": "python"}
    assert "widgets" not in content["metadata"]


@pytest.mark.slow
def test_a_build_executes_a_notebook_and_gives_the_same_bytes_twice(tmp_path):
    book = notebook(code("print(source)"))
    path = tmp_path / "lesson.ipynb"
    path.write_text(nbformat.writes(book), encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    first = build_notebooks.built(path, out)
    assert first == build_notebooks.built(path, out)
    path.write_bytes(first)
    assert [what for _, _, what in check_notebooks.look(path)] == []
    assert json.loads(first)["cells"][-1]["outputs"][0]["text"] == ["fjordgross\n"]
