"""The Pareto explorer in a real JupyterLab, driven by a real browser."""

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
CHROMIUM = shutil.which("chromium")
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
CELLS = ["from kamkit import explore, open_case", "explore.pareto(open_case('cdnow'))"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not on this machine"),
]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def lab(tmp_path):
    """Start a JupyterLab with nothing of the user's, and end it with all its kernels."""
    from nbformat import v4, write

    cells = [v4.new_code_cell(text) for text in CELLS]
    book = v4.new_notebook(cells=cells)
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    (tmp_path / "books").mkdir()
    write(book, tmp_path / "books" / "explore.ipynb")
    news = tmp_path / "settings" / "@jupyterlab" / "apputils-extension"
    news.mkdir(parents=True)
    (news / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    token, port = secrets.token_hex(8), free_port()
    own = {
        name: str(tmp_path / name.lower())
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
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"),
        "PYTHONPATH": str(ROOT),
        "KAMKIT_LANG": "en",
    }
    env.pop("KAMKIT_BATCH", None)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={token}",
        "--allow-root",
        f"--ServerApp.root_dir={tmp_path / 'books'}",
        "--LabApp.expose_app_in_browser=True",
    ]
    with (tmp_path / "server.log").open("w") as log:
        server = subprocess.Popen(
            command, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        answers(f"http://127.0.0.1:{port}/api/status?token={token}", server, tmp_path)
        yield f"http://127.0.0.1:{port}/lab/tree/explore.ipynb?token={token}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def answers(address: str, server: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("JupyterLab did not start:\n" + (folder / "server.log").read_text()[-2000:])


@pytest.mark.timeout(240)
def test_moving_a_cut_point_redraws_the_picture_and_its_table(lab):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 1600})
        page.set_default_timeout(90_000)
        page.goto(lab)
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        page.wait_for_function(
            "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status"
            " === 'idle'"
        )
        page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        figure = page.locator("figure.kamkit-figure img")
        sliders = page.locator(".widget-slider .noUi-handle")
        sliders.nth(1).wait_for()
        # the whole panel: 80 % of the revenue comes from class A
        first = figure.get_attribute("alt")
        before = page.locator(".kamkit-table tbody tr").first.inner_text()
        assert "give 80.0% of revenue" in first
        sliders.nth(0).focus()
        for _ in range(5):
            page.keyboard.press("ArrowLeft")
        page.wait_for_function(
            "alt => document.querySelector('figure.kamkit-figure img').alt !== alt", arg=first
        )
        page.wait_for_function(
            "document.querySelector('figure.kamkit-figure img').alt.includes('give 75')"
        )
        after = page.locator(".kamkit-table tbody tr").first.inner_text()
        assert after != before
        # a period
        page.locator(".widget-dropdown select").last.select_option("1997")
        page.wait_for_function(
            "document.querySelector('figure.kamkit-figure figcaption').innerText"
            ".includes('Period: 1997')"
        )
        # cut points that cross are told in words where the picture was
        sliders.nth(1).focus()
        for _ in range(40):
            page.keyboard.press("ArrowLeft")
        alert = page.locator("[role=alert]")
        alert.wait_for()
        assert "Traceback" not in page.content()
        assert "cut" in alert.inner_text().lower()
        assert page.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0
        browser.close()
