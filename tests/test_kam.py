"""kam.py: sets itself up from a bare Python, once, and says what keeps it from it."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
BASE = getattr(sys, "_base_executable", sys.executable)
NEEDED = ("uv", "hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers")
ADDRESSES = ("http_proxy", "https_proxy", "PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
NOWHERE = dict.fromkeys(ADDRESSES, "http://127.0.0.1:9")


@pytest.fixture
def kam() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kam", ROOT / "kam.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_old_python_can_read_it_to_be_told_that_it_is_too_old():
    ast.parse((ROOT / "kam.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_it_needs_nothing_but_the_standard_library():
    tree = ast.parse((ROOT / "kam.py").read_text(encoding="utf-8"))
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_the_range_of_pythons_is_that_of_pyproject(kam):
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = ">={}.{},<{}.{}".format(*kam.OLDEST, *kam.TOO_NEW)
    assert f'requires-python = "{wanted}"' in text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("error: failed to create file: No space left on device (os error 28)", "disk is full"),
        ("[Errno 30] Read-only file system: '.venv'", "cannot write"),
        ("[Errno 13] Permission denied: '.venv.lock'", "cannot write"),
        ("NewConnectionError: Failed to establish a new connection", "could not be fetched"),
        ("dns error: failed to lookup address; error sending request", "could not be fetched"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that the lock"),
        ("Traceback: something else", "The set-up failed"),
    ],
)
def test_what_pip_uv_and_the_system_say_becomes_a_sentence_and_a_remedy(kam, said, told):
    sentence, remedy = kam.reason(said).args
    assert told in sentence
    assert remedy.endswith(".")


def test_a_python_that_does_not_fit_is_refused_with_those_that_do(kam, monkeypatch):
    monkeypatch.setattr(kam, "OLDEST", (3, 97))
    monkeypatch.setattr(kam, "TOO_NEW", (3, 99))
    with pytest.raises(kam.Stop) as stop:
        kam.other_python()
    assert sys.version.split()[0] in stop.value.args[0]
    assert "a Python from 3.11 to 3.15" in stop.value.args[1]


def test_a_folder_in_the_way_is_not_removed(kam, monkeypatch, tmp_path):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "thesis.docx").write_text("years of work", encoding="utf-8")
    monkeypatch.setattr(kam, "VENV", tmp_path / ".venv")
    with pytest.raises(kam.Stop, match="not a Python environment"):
        kam.new_environment()
    assert (tmp_path / ".venv" / "thesis.docx").exists()


def test_too_little_room_is_told_before_anything_is_fetched(kam, monkeypatch, tmp_path):
    monkeypatch.setattr(kam, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(kam, "ROOM", 10**12)
    with pytest.raises(kam.Stop, match="too little room"):
        kam.new_environment()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_pip_is_told_with_the_command_that_brings_it(kam, monkeypatch):
    monkeypatch.setattr(kam, "said", lambda *command: "")
    with pytest.raises(kam.Stop, match=re.escape("pip 22.3 or newer is missing")):
        kam.pip_command()


def test_an_index_of_ones_own_is_left_to_pip(kam, monkeypatch):
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    told = "global.index-url='https://mirror.example/simple'"
    monkeypatch.setattr(kam, "said", lambda *command: told)
    assert kam.uv_command(["python3", "-m", "pip"]) == []


def test_variables_that_point_elsewhere_are_not_handed_on(kam, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    handed = kam.environment()
    assert "PYTHONPATH" not in handed
    assert handed["https_proxy"] == "http://proxy.example:3128"


def small_lock(*more: str) -> str:
    """The part of the lock that installs kamkit itself, without what kamkit needs."""
    text = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    return "".join(block for block in blocks if block.split("==")[0] in (*NEEDED, *more))


@pytest.fixture
def copy(tmp_path) -> Path:
    """A project with kam.py, in a path with a space and a Norwegian letter."""
    folder = tmp_path / "min mappe på disk"
    (folder / "kamkit").mkdir(parents=True)
    shutil.copy(ROOT / "kam.py", folder)
    (folder / "tools").mkdir()
    (folder / "tools" / "checks.py").write_text("import iniconfig", encoding="utf-8")
    (folder / "requirements.lock").write_text(small_lock(), encoding="utf-8")
    dev = small_lock("iniconfig")
    (folder / "requirements-dev.lock").write_text(dev, encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "kamkit"\nversion = "1"\n[project.scripts]\nkamkit = "kamkit:main"\n'
        '[tool.hatch.build]\ndev-mode-dirs = ["."]\n',
        encoding="utf-8",
    )
    (folder / "kamkit" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "kamkit" / "__main__.py").write_text(
        "import sys\nprint(sys.argv[1:])\nsys.exit(len(sys.argv) - 1)\n", encoding="utf-8"
    )
    return folder


def start(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [BASE, str(folder / "kam.py"), *words],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
    )
    if "could not be fetched" in done.stderr and not variables:
        pytest.skip("the package index cannot be reached from here")
    if "pip 22.3 or newer is missing" in done.stderr:
        pytest.skip(f"{BASE} has no pip")
    return done


@pytest.mark.story
@pytest.mark.slow
def test_the_second_start_needs_no_network_and_no_time(copy, tmp_path, monkeypatch):
    # A folder kamkit beside the user's data is not taken for the package.
    (tmp_path / "kamkit").mkdir()
    (tmp_path / "kamkit" / "__main__.py").write_text("print('not this one')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    first = start(copy, "run", "salg 2025.csv")
    assert first.returncode == 2, first.stderr
    assert first.stdout.splitlines()[-1] == "['run', 'salg 2025.csv']"
    begin = time.perf_counter()
    second = start(copy, "run", **NOWHERE)
    assert (second.returncode, second.stdout) == (1, "['run']\n")
    assert time.perf_counter() - begin < 5
    command = copy / ".venv" / ("Scripts/kamkit.exe" if os.name == "nt" else "bin/kamkit")
    assert command.exists()


@pytest.mark.proof
@pytest.mark.slow
def test_no_start_compiles_again_where_python_may_write_no_bytecode(copy):
    assert start(copy, "run", PYTHONDONTWRITEBYTECODE="1").returncode == 1
    sources = list((copy / ".venv").rglob("hatchling/*.py"))
    assert sources
    for path in sources:
        assert list((path.parent / "__pycache__").glob(f"{path.stem}.*.pyc")), path
    assert len(list((copy / "kamkit" / "__pycache__").glob("*.pyc"))) == 2


@pytest.mark.proof
@pytest.mark.slow
def test_an_interrupted_set_up_is_done_again_and_a_new_lock_is_noticed(copy):
    assert start(copy, "run").returncode == 1
    stamp = copy / ".venv" / "kam.json"
    stamp.unlink()
    (copy / ".venv" / "half-done").touch()
    assert "setting up" in start(copy, "run").stdout
    assert not (copy / ".venv" / "half-done").exists()
    with (copy / "requirements.lock").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert "setting up" in start(copy, "run").stdout
    assert "setting up" not in start(copy, "run").stdout
    content = json.loads(stamp.read_text(encoding="utf-8"))
    assert content["python"].startswith(f"{sys.version_info[0]}.{sys.version_info[1]} ")


@pytest.mark.slow
def test_only_the_checks_install_what_they_need_and_a_run_leaves_it_there(copy):
    python = copy / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    there = [python, "-c", "import iniconfig"]
    assert start(copy, "run").returncode == 1
    assert subprocess.run(there, capture_output=True).returncode == 1
    assert "setting up" in start(copy, "test").stdout
    assert start(copy, "test", **NOWHERE).returncode == 0
    assert start(copy, "run", **NOWHERE).stdout == "['run']\n"
    assert start(copy, "dev", **NOWHERE).stdout == ""
    assert subprocess.run(there, capture_output=True).returncode == 0


@pytest.mark.proof
@pytest.mark.slow
def test_two_starts_at_once_do_not_break_each_other(copy):
    both = [
        subprocess.Popen(
            [BASE, str(copy / "kam.py"), "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    told = [process.communicate() for process in both]
    if any(b"could not be fetched" in error for _, error in told):
        pytest.skip("the package index cannot be reached from here")
    assert [process.returncode for process in both] == [1, 1], told
    assert sum(b"setting up in" in out for out, _ in told) == 1


@pytest.mark.slow
def test_without_a_network_the_first_start_says_so_and_leaves_no_finished_environment(copy):
    done = start(copy, "run", **NOWHERE, PIP_RETRIES="0", PIP_NO_CACHE_DIR="1", UV_NO_CACHE="1")
    assert done.returncode == 1
    assert "could not be fetched" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (copy / ".venv" / "kam.json").exists()


@pytest.mark.skipif(os.name == "nt", reason="the rights of folders work otherwise on Windows")
def test_a_folder_that_cannot_be_written_is_told(copy):
    import pwd

    reader = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(copy, folder, dirs_exist_ok=True)
        Path(folder).chmod(0o555)
        done = subprocess.run(
            [shutil.which("python3", path="/usr/bin") or BASE, f"{folder}/kam.py", "run"],
            capture_output=True,
            text=True,
            user=reader,
        )
        Path(folder).chmod(0o755)
    assert "kamkit cannot write in" in done.stderr
    assert "do: Copy the folder" in done.stderr


def test_without_a_word_it_says_what_it_can(copy):
    done = start(copy)
    assert done.returncode == 0
    assert "kam.py run" in done.stdout
    assert not (copy / ".venv").exists()
