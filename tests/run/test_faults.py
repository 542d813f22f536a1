"""Whatever happens to a run, it is told in words, nothing is lost and nothing is left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kamkit.analysis.core import WORK
from kamkit.analysis.store import Store
from kamkit.errors import NotebookError, ParameterError, SourceError
from kamkit.run import RunOptions, read_manifest, run
from kamkit.run.unchanged import unchanged
from tests.conftest import FULL
from tools.torture_kill import GIVEN, ODD, Ground, contents, different, torture, write_ledger

pytestmark = pytest.mark.slow
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and rights as POSIX has them")
ROOT_ONLY = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0,
    reason="only root may mount a file system",
)
LEDGER = """\
Customer;Customer name;Date;Invoice;Net amount
0001;Fjell;2025-01-15;1;700.50
0001;Fjell;2025-02-15;2;99.50
0002;Vik;2025-03-31;3;150.00
0003;Nes;2025-03-30;4;50.00
"""
OPENED = "import kamkit as kam\nfrom kamkit.output import show\na = kam.open_run(run)\n"
PARAMETERS = 'run: str = ""\nsettings: dict = {}'


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("sales.csv").write_text(LEDGER, encoding="utf-8")
    return "sales.csv"


@pytest.fixture
def ground(ledger, book, tmp_path):
    """Where a run of one small notebook is started in a process of its own."""
    book("01_classes", OPENED, "show(a.observed_rule, a.classes)", parameters=PARAMETERS)
    return Ground(tmp_path, [sys.executable, "-c", STARTED])


STARTED = """\
import signal
import sys
from pathlib import Path
import click
from kamkit import terminal
from kamkit.run import RunOptions, run

@click.command()
def command():
    given = RunOptions(folder=Path("books"), out=OUT, jobs=2, quiet=True, lang="en")
    print(run("sales.csv", options=given).folder)

OUT = sys.argv[1] if len(sys.argv) > 1 else "run"
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background of a shell
terminal.prepare()
sys.exit(terminal.guarded(command, []))
"""


def told(ground, *words, **variables):
    """Run to the end and return the exit code, what was told, and what stayed behind."""
    ground = Ground(ground.home, [*ground.command, *words])
    code = ground.start(**variables).wait(250)
    left = [path.name for path in ground.temporary.iterdir()]
    assert ground.alive() == []
    return code, (ground.home / "said.txt").read_text(encoding="utf-8"), left


# -- killed ------------------------------------------------------------------------------------


@pytest.mark.story
@POSIX
@pytest.mark.timeout(3600 if FULL else 300)
def test_a_killed_run_resumes_to_the_same_bytes_and_leaves_nothing(ground):
    moments = 100 if FULL else 1
    assert list(torture(ground.home, ground.command, moments, seed=1)) == []


@pytest.mark.proof
@pytest.mark.parametrize("books", [("2",), *([("2", "7")] if FULL else [])])
def test_what_a_run_made_after_its_notebooks_does_not_change_how_it_is_resumed(
    tmp_path, monkeypatch, books
):
    """Documents show what notebooks made; a stop while they are written makes no difference."""
    given = RunOptions(only=books, parameters=GIVEN, out=tmp_path / "run", quiet=True)
    source = write_ledger(tmp_path / "sales.csv")
    once = contents(run(source, options=given).folder)
    shutil.rmtree(tmp_path / "run")

    def full(*_):
        raise OSError("No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("kamkit.run.table_notes.write", full)
        with pytest.raises(OSError, match="No space left"):
            run(source, options=given)
    left = tmp_path / "run.partial"
    settled = json.loads((left / WORK / "settled.json").read_text(encoding="utf-8"))
    assert set(Store(left).held()) - set(settled)  # the stop came after more had been made
    assert different(once, contents(run(source, options=given).folder)) == []


@POSIX
def test_a_stopped_run_says_what_is_kept_and_goes_on_there(ground, book):
    mark = ground.home / "begun"
    book("02_waits", f"open({str(mark)!r}, 'w').close()\nimport time\ntime.sleep(300)")
    process = ground.start()
    watchdog = threading.Timer(200, process.kill)
    watchdog.start()
    while not mark.exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    watchdog.cancel()
    said = (ground.home / "said.txt").read_text()
    assert (
        "Stopped. What is done so far lies in run.partial: the same command goes on there." in said
    )
    assert ground.alive() == []
    assert list(ground.temporary.iterdir()) == []
    assert (ground.home / "run.partial" / "notebooks" / "01_classes.ipynb").is_file()


@POSIX
def test_what_a_killed_process_left_goes_with_the_next_and_others_stay(tmp_path, monkeypatch):
    def started(code):
        own = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(tmp_path))}
        text = "from kamkit.files import scratch\nwith scratch() as folder:\n    " + code
        return subprocess.Popen([sys.executable, "-c", text], env=own, stdin=subprocess.PIPE)

    works = started("(folder / 'ledger').write_text('1'); input()")
    while not list(tmp_path.glob("*/ledger")):
        time.sleep(0.05)
    killed = started("(folder / 'ledger').write_text('2'); import os; os.kill(os.getpid(), 9)")
    assert killed.wait(60) == -9
    assert len(list(tmp_path.glob("*/ledger"))) == 2
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o700}
    (tmp_path / "of others").mkdir()
    assert started("pass").wait(60) == 0
    assert [path.read_text() for path in tmp_path.glob("*/ledger")] == ["1"]
    works.communicate(b"\n", timeout=60)
    assert [path.name for path in tmp_path.iterdir()] == ["of others"]


# -- left-overs --------------------------------------------------------------------------------


@pytest.mark.proof
def test_nothing_of_a_broken_off_run_of_another_company_is_in_the_next(ledger, book, tmp_path):
    books = book("01_classes", OPENED, "show(a.classes)", parameters=PARAMETERS).parent
    left = tmp_path / "run.partial"
    for name in (
        *(".kamkit/books/09_other/done.json", "notebooks/09_account_000412.ipynb", "goals.csv"),
        *("plans/000412.docx", "tables/secret.parquet", "tables/.half.parquet.17", "report.tmp"),
    ):
        (left / name).parent.mkdir(parents=True, exist_ok=True)
        (left / name).write_text("another company")
    done = run(ledger, options=RunOptions(folder=books, out="run", quiet=True))
    clean = run(ledger, options=RunOptions(folder=books, out="clean", quiet=True))
    assert different(contents(done.folder), contents(clean.folder)) == []
    assert not [name for name in read_manifest(done.folder)["files"] if "000412" in name]


def test_notebooks_that_are_no_longer_asked_for_are_not_in_the_next_run(ledger, book, tmp_path):
    books = book("01_classes", OPENED, "show(a.classes)", parameters=PARAMETERS).parent
    book("02_rule", OPENED, "show(a.observed_rule)", parameters=PARAMETERS)
    book("03_fails", "1 / 0")
    with pytest.raises(NotebookError):
        run(ledger, options=RunOptions(folder=books, out="run", quiet=True, jobs=1))
    assert (tmp_path / "run.partial" / "notebooks" / "02_rule.ipynb").is_file()
    again = RunOptions(folder=books, out="run", only=["1"], quiet=True)
    found = read_manifest(run(ledger, options=again).folder)["files"]
    assert [name for name in found if name.startswith("notebooks/")] == [
        "notebooks/01_classes.ipynb"
    ]


# -- kernels -----------------------------------------------------------------------------------


def failing(ledger, book, *cells, **given):
    """Run a notebook that fails, and return the error."""
    books = book("01_fails", "M # Fails", *cells).parent
    with pytest.raises(NotebookError) as failure:
        run(ledger, options=RunOptions(folder=books, out="run", quiet=True, **given))
    return failure.value


def test_a_notebook_that_leaves_ends_the_run_in_words(ledger, book):
    error = failing(ledger, book, "import sys\nsys.exit(3)")
    assert error.message == "The notebook “01_fails” failed."
    assert error.found == "SystemExit: 3"
    assert "01_fails, cell 2 (“Fails”)" in error.where


def test_a_kernel_that_runs_out_of_memory_is_told(ledger, book):
    pytest.importorskip("resource")
    cell = (
        "import resource\nsize = 2 * 2**30\nresource.setrlimit(resource.RLIMIT_AS, (size, size))\n"
        "kept = bytearray(8 * 2**30)"
    )
    error = failing(ledger, book, cell)
    assert error.found.startswith("MemoryError")
    assert "01_fails, cell 2" in error.where


@POSIX
def test_a_kernel_that_is_killed_is_told_with_what_may_be_why(ledger, book):
    error = failing(ledger, book, "import os\nos.kill(os.getpid(), 9)")
    assert "ended in the middle; was there memory enough?" in error.message


def test_a_notebook_that_loops_is_stopped_at_its_time(ledger, book):
    started = time.monotonic()
    error = failing(ledger, book, "while True: pass", timeout=2)
    assert "took too long and was stopped" in error.message
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    ("most", "timeout", "said"),
    [(2_000_000, 600, "wrote too much and was stopped"), (10**12, 2, "took too long")],
)
def test_a_cell_that_floods_is_stopped_at_its_size_and_at_its_time(
    ledger, book, monkeypatch, most, timeout, said
):
    monkeypatch.setattr("kamkit.run.engine.MOST_OUTPUT", most)
    started = time.monotonic()
    error = failing(ledger, book, "while True: print('x' * 10_000)", timeout=timeout)
    assert said in error.message
    assert time.monotonic() - started < 60
    left = Path("run.partial/notebooks/01_fails.ipynb").stat().st_size
    assert left < 100_000


# -- sources and clocks ------------------------------------------------------------------------


def test_a_source_that_changes_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text(LEDGER)
    with (
        pytest.raises(SourceError, match=r"“sales\.csv” was changed while it was read"),
        unchanged(str(path)),
    ):
        path.write_text(LEDGER + "0004;Os;2025-03-30;6;10.00\n")
    with pytest.raises(SourceError, match=r"“sales\.csv” was changed"):
        _read_half(path)


def _read_half(path):
    with unchanged(str(path.parent)):
        path.unlink()
        raise SourceError("The source could not be read to its end.")


def test_what_lies_hidden_beside_a_source_may_change(tmp_path):
    (tmp_path / "~$sales.xlsx").write_text("open in Excel")
    with unchanged(str(tmp_path)):
        (tmp_path / "~$sales.xlsx").unlink()
        (tmp_path / "new.csv").write_text("not there before")


def test_a_clock_that_goes_back_makes_no_negative_time(ledger, book, monkeypatch):
    books = book("01_classes", OPENED, "show(a.classes)", parameters=PARAMETERS).parent
    real, begun = time.time, time.time()
    # an hour back for each second that goes by
    monkeypatch.setattr(time, "time", lambda: begun - 3600 * (real() - begun))
    done = run(ledger, options=RunOptions(folder=books, out="run", quiet=True))
    timings = read_manifest(done.folder)["timings"]
    flat = [timings["seconds"], timings["reading"], *timings["notebooks"].values()]
    assert all(0 < seconds < 300 for seconds in flat)


# -- places ------------------------------------------------------------------------------------


def test_an_out_folder_under_a_file_is_refused_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("a file")
    with pytest.raises(ParameterError, match="cannot lie under a file") as refusal:
        run("nothing.csv", options=RunOptions(out="notes.txt/deep/run", quiet=True))
    assert refusal.value.found == "notes.txt"


def test_a_name_that_is_too_long_is_refused_at_once(tmp_path):
    with pytest.raises(ParameterError, match="name of the folder is too long") as refusal:
        run("nothing.csv", options=RunOptions(out=tmp_path / ("å" * 125), quiet=True))
    assert refusal.value.found == "250 bytes"


@pytest.mark.proof
@POSIX
def test_a_link_a_long_path_no_home_and_another_locale_give_the_same_bytes(ground):
    (ground.home / "disk").mkdir()
    (ground.home / "run").symlink_to(ground.home / "disk" / "run")
    code, said, left = told(ground)
    assert (code, left) == (0, []), said
    assert (ground.home / "run").is_symlink()
    assert [path.name for path in (ground.home / "disk").iterdir()] == ["run"]
    deep = "/".join(["å" * 100] * 8) + "/run"  # 1,600 bytes
    odd = {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"}
    code, said, left = told(ground, deep, HOME="/no such home", **odd)
    assert (code, left) == (0, []), said
    both = [contents(ground.home / name) for name in ("run", deep)]
    assert different(*both) == []


def test_names_of_250_bytes_and_with_control_characters_have_plans(small_run):
    from docx import Document

    texts = [p.text for p in Document(str(small_run / "plans" / "0002.docx")).paragraphs]
    name = ODD[2].translate({7: " ", 11: " ", 31: " "})
    assert name in texts
    assert name in (small_run / "plans" / "0002.html").read_text("utf-8").replace(
        "&lt;", "<"
    ).replace("&gt;", ">").replace("&amp;", "&")
    assert Document(str(small_run / "plans" / "0004.docx")).paragraphs[0].text == ODD[4]


@ROOT_ONLY
@pytest.mark.parametrize(
    ("options", "message"),
    [("size=300k", "The disk is full."), ("ro", "A file or folder may not be written or read.")],
)
def test_a_full_disk_and_a_read_only_one_are_told(ground, options, message):
    disk = ground.home / "disk"
    disk.mkdir()
    mounted = f'mount -t tmpfs -o {options} tmpfs {disk} && exec "$@"'
    inside = ["unshare", "--mount", "sh", "-c", mounted, "sh", *ground.command]
    if subprocess.run([*inside[:5], "sh", "true"], check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    code, said, left = told(Ground(ground.home, inside), "disk/run")
    assert message in said, said
    assert (code, left) == (74, [])


@POSIX
def test_a_folder_without_permission_is_told(ground):
    closed = ground.home / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    dropped = "-dac_override,-dac_read_search"  # root, too, is bound by rights then
    bound = ["setpriv", f"--bounding-set={dropped}", f"--inh-caps={dropped}"]
    if os.geteuid():
        bound = []
    elif shutil.which("setpriv") is None:
        pytest.skip("the tests run as root, and setpriv is not there")
    code, said, _left = told(Ground(ground.home, [*bound, *ground.command]), "closed/run")
    assert "may not be written or read" in said
    assert code == 74


@pytest.mark.proof
def test_a_program_without_a_guard_runs_and_imports_nothing_twice(tmp_path):
    ledger = write_ledger(tmp_path / "sales.csv")
    program = tmp_path / "quarterly.py"
    program.write_text(
        "from pathlib import Path\n"
        "from kamkit.run import RunOptions, run\n"
        "print('started')\n"
        f"run({str(ledger)!r}, options=RunOptions(out=Path('out'), quiet=True, jobs=2))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "started\n", "")
    assert (tmp_path / "out" / "report.html").is_file()
