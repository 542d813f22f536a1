"""A card of every kind of question, clicked in a real JupyterLab: wrong, a hint, right."""

from __future__ import annotations

import json
import shutil

import pytest

from kamkit.learn.asked import Asked
from kamkit.learn.attempts import Progress
from kamkit.learn.course import lesson
from kamkit.learn.kinds import Choice, Match, Order
from kamkit.learn.register import entry
from kamkit.learn.room import Room
from kamkit.learn.widget import _FIELDS
from kamkit.learn.written import Table
from tests.browser.conftest import run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not on this machine"),
]

CODES = [
    "00.run_cell",  # one of several
    "00.ways_to_write",  # all that hold
    "09.by_hand",  # a number
    "00.largest",  # accounts
    "11.stages",  # an order
    "01.four_goals",  # a match
    "13.objectives",  # a table
    "01.in_own_words",  # a text
    "17.mean_revenue",  # a line of code
]
CELLS = [
    "from kamkit import learn",
    f"for code in {CODES}:\n    display(learn.ask(code))",
    "learn.progress()",
]


def kind_of(code, source, seed):
    about = entry(code)
    return Asked(about, Room(lesson(about.lesson), source, seed, Progress(None)))._kind


def test_a_card_of_every_kind_is_clicked_here():
    """What the next test clicks is all there is: a new kind of question needs a card here."""
    kinds = [kind_of(code, "fjordgross", 0) for code in CODES]
    assert {type(one) for one in kinds} == {known for known, _make in _FIELDS}
    assert {one.several for one in kinds if isinstance(one, Choice)} == {True, False}


@pytest.mark.story
@pytest.mark.timeout(300)
@pytest.mark.parametrize("learner", [CELLS], indirect=True, ids=["cards"])
def test_each_kind_of_card_takes_a_wrong_answer_a_hint_and_the_right_one(learner):
    page, folder = learner
    chosen = json.loads((folder / "kamkit-learn.json").read_text(encoding="utf-8"))
    source, seed = chosen.get("source") or "fjordgross", int(chosen.get("seed") or 0)
    for one in CELLS[:2]:
        run(page, one)
    cards = page.locator(".kamkit-question")
    cards.nth(len(CODES) - 1).wait_for()
    for n, code in enumerate(CODES):
        kind, card = kind_of(code, source, seed), cards.nth(n)
        wrong = kind.expected()[0]
        told = card.get_by_role("alert")
        assert card.get_by_role("button", name="Show the answer").is_disabled(), code
        give(card, kind, wrong.example)
        card.get_by_role("button", name="Check").click()
        told.filter(has_text=str(wrong.text)).wait_for()
        card.get_by_role("button", name="Hint").click()
        told.filter(has_text=f"Hint 1 of {len(kind.hints)}").wait_for()
        card.get_by_role("button", name="Show the answer").click()
        told.filter(has_text=str(kind.solution())[:40]).wait_for()
        give(card, kind, kind.example())
        card.get_by_role("button", name="Check").click()
        told.filter(has_text=f"Right. {kind.why}"[:40]).wait_for()
    run(page, CELLS[2])
    for one in ("3 of 10", "2 of 13"):  # lessons 0 and 1
        page.locator("td", has_text=one).first.wait_for()
    kept = json.loads((folder / "kamkit-learn.json").read_text(encoding="utf-8"))["questions"]
    states = {key: [one["state"] for one in own["attempts"]] for key, own in kept.items()}
    assert len(states) == len(CODES)
    assert all(one == ["wrong", "right"] for one in states.values()), states
    assert page.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0


def give(card, kind, answer) -> None:
    """Put an answer into the field of a card as a person does."""
    if isinstance(kind, Choice):
        mark(card, kind, answer if kind.several else [answer])
    elif isinstance(kind, Order):
        for place, code in enumerate(answer, 1):
            choose(card, f"Place {place}", kind.options[code])
    elif isinstance(kind, Match):
        for item, code in answer.items():
            choose(card, kind.items[item], kind.options[code])
    elif isinstance(kind, Table):
        for row, given in enumerate(answer):
            for name, column in kind.columns.items():
                card.get_by_label(str(column.label), exact=True).nth(row).fill(str(given[name]))
    else:
        lines = "\n".join(answer) if isinstance(answer, list) else str(answer)
        card.get_by_label("Your").fill(lines)


def mark(card, kind, codes) -> None:
    for code, words in kind.options.items():
        if kind.several or code in codes:
            card.get_by_label(str(words), exact=True).set_checked(code in codes)


def choose(card, label, words) -> None:
    card.get_by_label(str(label), exact=True).select_option(label=str(words))
