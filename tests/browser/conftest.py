"""A JupyterLab with nothing of the user's, as a real browser shows it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def notebook(tmp_path):
    """Return a function that opens cells as a notebook, runs them and returns the page."""
    from playwright.sync_api import sync_playwright

    token, port = secrets.token_hex(8), free_port()
    server = start(tmp_path, port, token)

    def opened(cells):
        write_book(cells, tmp_path / "books" / "book.ipynb")
        page = browser.new_page(viewport={"width": 1300, "height": 1600})
        page.set_default_timeout(90_000)
        page.goto(f"http://127.0.0.1:{port}/lab/tree/book.ipynb?token={token}")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        page.wait_for_function(
            "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status"
            " === 'idle'"
        )
        page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        return page

    try:
        answers(f"http://127.0.0.1:{port}/api/status?token={token}", server, tmp_path)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            yield opened
            browser.close()
    finally:
        end(server)


@pytest.fixture
def learner(tmp_path, request):
    """JupyterLab as kamkit learn starts it, in a folder it made; gives the page and the folder.

    It opens lesson 0, or the cells that are the fixture's parameter.
    """
    from playwright.sync_api import sync_playwright

    token, port = secrets.token_hex(8), free_port()
    env = {**environment(tmp_path), "PYTHONPATH": str(ROOT)}
    options = [
        f"--ServerApp.port={port}",
        "--allow-root",
        f"--IdentityProvider.token={token}",
        "--LabApp.expose_app_in_browser=True",
    ]
    command = [sys.executable, "-m", "kamkit", "learn", "course", "--no-browser", *options]
    with (tmp_path / "server.log").open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=tmp_path,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        answers(f"http://127.0.0.1:{port}/api/status?token={token}", server, tmp_path)
        book = "00_start_here.ipynb"
        if cells := getattr(request, "param", []):
            book = "cells.ipynb"
            write_book(cells, tmp_path / "course" / book)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{port}/lab/tree/{book}?token={token}")
            page.wait_for_selector(".jp-Notebook .jp-CodeCell")
            page.wait_for_function(
                "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status"
                " === 'idle'"
            )
            yield page, tmp_path / "course"
            browser.close()
    finally:
        end(server)


def run(page, source: str) -> None:
    """Run the cell with this source, and all that stand above it, once."""
    page.evaluate(
        """async source => {
            const panel = window.jupyterapp.shell.currentWidget, book = panel.content;
            const at = book.widgets.findIndex(cell => cell.model.sharedModel.source === source);
            book.activeCellIndex = at;
            book.scrollToItem(at);
            await window.jupyterapp.commands.execute('notebook:run-cell');
        }""",
        source,
    )


def start(folder: Path, port: int, token: str) -> subprocess.Popen[bytes]:
    """Start the server; it and its kernels are a process group of their own."""
    (folder / "books").mkdir()
    env = environment(folder)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={token}",
        "--allow-root",
        f"--ServerApp.root_dir={folder / 'books'}",
        "--LabApp.expose_app_in_browser=True",
    ]
    with (folder / "server.log").open("w") as log:
        return subprocess.Popen(
            command, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )


def environment(folder: Path) -> dict[str, str]:
    """The environment of a fresh terminal, in which Jupyter keeps everything in a folder."""
    news = folder / "settings" / "@jupyterlab" / "apputils-extension"
    news.mkdir(parents=True)
    (news / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    own = {
        name: str(folder / name.lower())
        for name in (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
            "IPYTHONDIR",
            "JUPYTERLAB_WORKSPACES_DIR",
        )
    }
    env = {
        **os.environ,
        **own,
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "PYTHONPATH": str(ROOT),
        "KAMKIT_LANG": "en",
    }
    env.pop("KAMKIT_BATCH", None)
    # as in a fresh terminal: no test has chosen how matplotlib draws
    env.pop("MPLBACKEND", None)
    return env


def answers(address: str, server: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("JupyterLab did not start:\n" + (folder / "server.log").read_text()[-2000:])


def write_book(cells: list[str], path: Path) -> None:
    from nbformat import v4, write

    book = v4.new_notebook(cells=[v4.new_code_cell(text) for text in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    write(book, path)


def end(server: subprocess.Popen[bytes]) -> None:
    os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
