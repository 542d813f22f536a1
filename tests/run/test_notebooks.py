"""Notebooks run in kernels of our own, end, and leave the same bytes."""

import json
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from kamkit.errors import NotebookError, ParameterError
from kamkit.run import notebooks
from kamkit.run.notebooks import Execution, Notebook, execute, select

WIDGET = """\
import ipywidgets
from IPython.display import display
held = ipywidgets.Output()
display(held)
with held:
    print("held")
ipywidgets.interactive_output(lambda x: print(x), {"x": ipywidgets.IntSlider(3)})
for number in range(20):
    with held:
        print(number)
"""


def run(path, out, *, values=None, env=None, timeout=60):
    return execute(Notebook(path), out, Execution(values or {}, env or {}, timeout=timeout))


def outputs(path):
    cells = nbformat.read(path, as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


def test_the_kernel_is_ours_and_gets_its_values_and_environment(book, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = book(
        "02_identify",
        "import os, sys, kamkit\n"
        "print(sys.executable, os.getcwd(), os.environ['KAMKIT_BATCH'], os.environ['X'], account)",
        parameters="account: str = ''",
    )
    out = tmp_path / "a {b} Å.ipynb"
    run(path, out, values={"account": '000123 "Røros" \\n'}, env={"X": "given"})
    assert outputs(out) == f'{sys.executable} {tmp_path} 1 given 000123 "Røros" \\n\n'


def test_what_a_kernel_leaves_in_its_temporary_folder_goes_with_it(book, tmp_path):
    path = book("01_ledger", "import tempfile\nprint(tempfile.mkdtemp(), end='')")
    run(path, tmp_path / "o.ipynb")
    left = Path(outputs(tmp_path / "o.ipynb"))
    assert left.is_absolute()
    assert not left.exists()


def test_a_kernelspec_of_the_machine_does_not_lead_astray(book, tmp_path, monkeypatch):
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    spec.joinpath("kernel.json").write_text(
        json.dumps({"argv": ["/bin/false"], "display_name": "Other", "language": "python"})
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    out = tmp_path / "out.ipynb"
    run(book("01_ledger", "print('ours')"), out)
    assert outputs(out) == "ours\n"


def test_a_notebook_with_live_widgets_ends_every_time(book, tmp_path, monkeypatch):
    """A delay before the send makes nbclient's own stand-in wait for ever, every time."""
    from nbclient.output_widget import OutputWidget

    send = OutputWidget._publish_msg

    def delayed(self, *args, **keys):
        time.sleep(0.05)
        send(self, *args, **keys)

    monkeypatch.setattr(OutputWidget, "_publish_msg", delayed)
    path = book("01_widget", WIDGET, "print('done')")
    for number in range(3):
        started = time.monotonic()
        run(path, tmp_path / f"{number}.ipynb")
        assert time.monotonic() - started < 30
        assert outputs(tmp_path / f"{number}.ipynb").endswith("done\n")


def test_the_same_notebook_gives_the_same_bytes(book, tmp_path):
    cells = (WIDGET, "import warnings; warnings.warn('old'); print(1); object()")
    path = book("01_widget", *cells, parameters="n: int = 1")
    for number in range(2):
        run(path, tmp_path / f"{number}.ipynb", values={"n": 2})
    assert (tmp_path / "0.ipynb").read_bytes() == (tmp_path / "1.ipynb").read_bytes()
    assert b"papermill" not in (tmp_path / "0.ipynb").read_bytes()


def test_a_cell_over_the_time_limit_is_stopped_and_named(book, tmp_path):
    path = book("02_identify", "M # Identify\n\n## The curve", "import time; time.sleep(120)")
    out = tmp_path / "out.ipynb"
    started = time.monotonic()
    with pytest.raises(NotebookError, match="“02_identify” took too long") as failure:
        run(path, out, timeout=2)
    assert time.monotonic() - started < 30
    assert failure.value.where == "02_identify, cell 2 (“The curve”)"
    assert nbformat.read(out, as_version=4).cells[1].outputs[-1].ename == "CellTimeoutError"


def test_a_failing_cell_is_named_with_its_heading_and_its_error_in_one_line(book, tmp_path):
    path = book(
        "02_identify",
        "M # Identify",
        "M ## The curve\nprose",
        "print('before')\n{}['missing\\nname']",
        "print('after')",
        parameters="n: int = 1",
    )
    out = tmp_path / "out.ipynb"
    with pytest.raises(NotebookError) as failure:
        run(path, out, values={"n": 2})
    assert str(failure.value).splitlines() == [
        "The notebook “02_identify” failed.",
        "  where:  02_identify, cell 5 (“The curve”)",
        "  found:  KeyError: 'missing\\nname'",
        f"  do:     The notebook is kept with its error: see that cell in {out}.",
    ]
    assert outputs(out) == "before\n"
    assert nbformat.read(out, as_version=4).cells[4].outputs[-1].ename == "KeyError"


def test_an_error_of_kamkit_keeps_its_own_words(book, tmp_path):
    path = book(
        "01_ledger",
        "M # Trust",
        "from kamkit.errors import LedgerError\n"
        "raise LedgerError('Nothing to sum.', where='sales.csv', found='0 rows', remedy='Look.')",
    )
    with pytest.raises(NotebookError) as failure:
        run(path, tmp_path / "out.ipynb")
    assert str(failure.value).splitlines() == [
        "Nothing to sum.",
        "  where:  01_ledger, cell 2 (“Trust”): sales.csv",
        "  found:  0 rows",
        "  do:     Look.",
    ]


def test_an_analysis_without_its_table_is_left_out_with_the_reason(book, tmp_path):
    path = book(
        "06_relate",
        "from kamkit.errors import MissingTable\nraise MissingTable('No contacts here.')",
    )
    out = tmp_path / "out.ipynb"
    assert run(path, out) == "No contacts here."
    assert outputs(out) == "No contacts here."


def test_a_kernel_that_dies_is_reported(book, tmp_path):
    path = book("02_identify", "M # Identify", "import os; os._exit(3)")
    with pytest.raises(NotebookError, match="“02_identify” ended in the middle"):
        run(path, tmp_path / "out.ipynb")


def test_a_kernel_that_cannot_start_is_reported(book, tmp_path, monkeypatch):
    monkeypatch.setenv("KAMKIT_START", "spawn")
    tmp_path.joinpath("ipykernel_launcher.py").write_text("raise SystemExit('no kernel here')")
    with pytest.raises(NotebookError, match="could not start") as failure:
        run(book("01_ledger", "1"), tmp_path / "o.ipynb", env={"PYTHONPATH": str(tmp_path)})
    assert "no kernel here" in failure.value.found


def test_stopping_ends_a_kernel_at_once(book, tmp_path):
    import threading

    from kamkit.run.engine import Kernels

    kernels = Kernels()
    mark = tmp_path / "pid"
    path = book(
        "01_ledger",
        f"import os, pathlib, time\npathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(300)",
    )
    errors = []

    def work():
        try:
            execution = Execution({}, {}, timeout=600, kernels=kernels)
            execute(Notebook(path), tmp_path / "o.ipynb", execution)
        except NotebookError as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive() and not (mark.exists() and mark.read_text()):
        time.sleep(0.05)
    kernels.stop()
    thread.join(20)
    assert not thread.is_alive()
    assert len(errors) == 1
    alive = subprocess.run(["ps", "-p", mark.read_text()], capture_output=True, check=False)
    assert alive.returncode == 1


def test_notebooks_are_chosen_by_number_or_name(book):
    known = [Notebook(book(name, "1")) for name in ("01_ledger", "02_identify", "03_value")]
    assert [n.name for n in select([], known)] == ["01_ledger", "02_identify", "03_value"]
    assert [n.name for n in select(["value", "1"], known)] == ["01_ledger", "03_value"]
    assert [n.name for n in select(["01,02_identify.ipynb"], known)] == ["01_ledger", "02_identify"]


def test_an_unknown_notebook_is_answered_with_the_nearest(book):
    known = [Notebook(book(name, "1")) for name in ("01_ledger", "02_identify")]
    with pytest.raises(ParameterError, match="Did you mean “identify”") as refusal:
        select(["identfy"], known)
    assert refusal.value.wanted == "01_ledger, 02_identify"


def test_a_folder_without_notebooks_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="no notebooks to run"):
        notebooks.find(tmp_path)
