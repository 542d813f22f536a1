"""A learner's way through lesson 0 in a real JupyterLab, from the wrong answer to the reset."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not on this machine"),
]


def repository() -> str:
    """A mark of every file that version control knows, and of those it does not."""
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    )
    files = [ROOT / line for line in done.stdout.decode().splitlines()]
    marks = [path.read_bytes() for path in files if path.is_file()]
    return hashlib.sha256(b"".join(marks) + done.stdout).hexdigest()


def question(page, code: str):
    """The card of a question, asked in its own cell."""
    run(page, f'learn.ask("{code}")')
    card = page.locator(".kamkit-question", has=page.get_by_role("button", name="Check"))
    return card.last


@pytest.mark.story
@pytest.mark.timeout(420)
def test_wrong_then_a_hint_then_right_then_the_plan_and_the_reset(learner):
    page, folder = learner
    before = repository()
    book = json.loads((folder / "00_start_here.ipynb").read_text(encoding="utf-8"))
    cells = ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"]
    for source in cells[:2]:
        run(page, source)
    page.get_by_text("kept in the folder course").wait_for()
    # a guess, which stands beside the result later on
    card = question(page, "00.number_of_accounts")
    card.get_by_label("Your answer").fill("500")
    card.get_by_role("button", name="Check").click()
    card.get_by_role("alert").filter(has_text="Noted.").wait_for()
    # a slider is moved, and the learner reads class A before and after
    run(page, next(source for source in cells if "explore.pareto(" in source))
    page.locator(".widget-slider .noUi-handle").first.wait_for()
    usual = in_class_a(page)
    page.locator(".widget-slider .noUi-handle").first.focus()
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "document.querySelector('figure.kamkit-figure img')?.alt.includes('give 50')"
    )
    moved = in_class_a(page)
    card = question(page, "00.move_slider")
    field = card.get_by_label("Your answer")
    field.wait_for()
    assert card.get_by_role("button", name="Show the answer").is_disabled()
    # wrong: the reason meant for this answer, by keyboard alone
    field.fill(usual)
    field.press("Tab")
    page.keyboard.press("Enter")
    told = card.get_by_role("alert")
    told.filter(has_text="That is class A at 80%.").wait_for()
    card.get_by_role("button", name="Hint").click()
    told.filter(has_text="Hint 1 of 2").wait_for()
    field.fill(moved)
    card.get_by_role("button", name="Check").click()
    told.filter(has_text="Right.").wait_for()
    # trying on takes nothing away
    field.fill(usual)
    card.get_by_role("button", name="Check").click()
    told.filter(has_text="that stays so").wait_for()
    run(page, next(source for source in cells if source.startswith("learn.guess(")))
    page.get_by_text("You guessed 500 accounts. It is").wait_for()
    # into the plan
    card = question(page, "00.my_reason")
    text = "I want to write a plan for our largest customer, Nordlys Energi, by the summer."
    card.get_by_label("Your text").fill(text)
    card.get_by_role("button", name="Check").click()
    card.get_by_role("alert").filter(has_text="first section of your plan").wait_for()
    assert text in (folder / "my-plan.md").read_text(encoding="utf-8")
    # progress, in the notebook and in the terminal
    run(page, "learn.progress()")
    page.locator("td", has_text="3 of 10").wait_for()
    assert "3 of 10" in kamkit(folder, "learn", "status")
    kept = json.loads((folder / "kamkit-learn.json").read_text(encoding="utf-8"))
    own = kept["questions"]["00.move_slider@0"]
    assert [one["state"] for one in own["attempts"]] == ["wrong", "right", "wrong"]
    assert own["hints"] == 1
    # and from the beginning
    kamkit(folder, "learn", "reset", "0")
    assert "3 of 10" not in kamkit(folder, "learn", "status")
    assert page.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0
    assert repository() == before


def in_class_a(page) -> str:
    """The number of accounts in the first row of the explorer's table."""
    explorer = page.locator(".jp-CodeCell", has=page.locator(".widget-slider")).last
    return explorer.locator(".kamkit-table tbody tr td").nth(1).inner_text().strip()


def kamkit(folder: Path, *words: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "KAMKIT_LANG": "en"}
    done = subprocess.run(
        [sys.executable, "-m", "kamkit", *words],
        cwd=folder,
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
