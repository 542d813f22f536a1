"""What a run may not tell: where it was made, by whom, who the contacts are. It asks nobody."""

from __future__ import annotations

import getpass
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest

from kamkit.run import RunOptions, run
from tools.torture_kill import ROOT, Ground, write_ledger

pytestmark = pytest.mark.slow


def texts(folder: Path):
    """Give every part of every file of a run as text, inside Office files too."""
    for path in sorted(folder.rglob("*")):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as parts:
                for name in parts.namelist():
                    yield f"{path.name}: {name}", parts.read(name).decode("utf-8", "replace")
        elif path.is_file():
            yield path.name, path.read_bytes().decode("utf-8", "replace")


def test_no_output_tells_where_or_by_whom_it_was_made(small_run):
    user = getpass.getuser()
    places = [str(small_run.parent), tempfile.gettempdir() + os.sep, sys.prefix, str(ROOT)]
    found = list(texts(small_run))
    assert len(found) > 200
    for name, text in found:
        assert not [place for place in places if place in text], name
        assert not re.search(rf"(?:home|Users)[/\\]+{user}|{user}@", text), name
        if name.endswith("docProps/core.xml"):
            people = re.findall(r"<(?:dc:creator|cp:lastModifiedBy)>([^<]*)<", text)
            assert set(people) <= {"kamkit", ""}, name


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="name spaces are Linux’s")
def test_a_run_needs_no_network(tmp_path, book):
    write_ledger(tmp_path / "sales.csv", customers=3)
    cell = (
        "import socket, kamkit as kam\nfrom kamkit.output import show\na = kam.open_run(run)\n"
        "show(a.classes)\n"
        "try:\n    socket.create_connection(('192.0.2.1', 80), 2)\n"
        "except OSError as error:\n    print(error.strerror)"
    )
    book("01_alone", cell, parameters='run: str = ""\nsettings: dict = {}')
    code = (
        "from pathlib import Path\nfrom kamkit.run import RunOptions, run\n"
        "run('sales.csv', options=RunOptions(folder=Path('books'), out='run', quiet=True))"
    )
    alone = ["unshare", "--net", "--map-root-user", "sh", "-c", 'ip link set lo up && exec "$@"']
    if subprocess.run([*alone, "sh", "true"], capture_output=True, check=False).returncode:
        pytest.skip("a network of its own cannot be made here")
    ground = Ground(tmp_path, [*alone, "sh", sys.executable, "-c", code])
    assert ground.start().wait(200) == 0, (tmp_path / "said.txt").read_text()
    made = (tmp_path / "run" / "notebooks" / "01_alone.ipynb").read_text(encoding="utf-8")
    assert "Network is unreachable" in made


def test_the_password_of_an_address_is_in_no_output(tmp_path, monkeypatch, book):
    sqlite3 = pytest.importorskip("sqlite3")
    monkeypatch.chdir(tmp_path)
    with sqlite3.connect(tmp_path / "erp.db") as base:
        base.execute("create table sales (customer text, date text, amount real)")
        base.executemany(
            "insert into sales values (?, ?, ?)",
            [("1", "2025-01-01", 3.0), ("2", "2025-02-01", 4.0)],
        )
    books = book(
        "01_own",
        "from kamkit import open_run\nfrom kamkit.output import show\nshow(open_run(run).classes)",
        parameters='source: str = ""\nrun: str = ""',
    ).parent
    address = f"sqlite:///{tmp_path / 'erp.db'}?password=hunter2"
    done = run(address, options=RunOptions(folder=books, out="run", quiet=True))
    assert [name for name, text in texts(done.folder) if "hunter2" in text] == []


@pytest.mark.skipif(not os.environ.get("KAMKIT_FULL"), reason="starts JupyterLab: make proofs")
def test_jupyterlab_answers_this_machine_only_and_asks_for_a_token(tmp_path):
    command = [sys.executable, "-m", "kamkit", "lab", "--no-browser", "--port", "0"]
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    said = tmp_path / "said.txt"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=tmp_path, env=env, stderr=said.open("wb"))
    try:
        until = time.monotonic() + 120
        while not (found := re.search(r"(http://127\S+?)/lab\?token=(\w+)", said.read_text())):
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < until
            time.sleep(0.2)
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(True)]
        listens = [c.laddr.ip for p in family for c in p.net_connections() if c.status == "LISTEN"]
        assert listens
        assert set(listens) == {"127.0.0.1"}
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{found[1]}/api/contents")
        assert refused.value.code == 403
        assert urlopen(f"{found[1]}/api/contents?token={found[2]}").status == 200
    finally:
        if process.poll() is None:
            for one in psutil.Process(process.pid).children(True):
                one.kill()
            process.wait(60)
