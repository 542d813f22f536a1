"""A guess beside the result, an answer that stays right, labels and words that agree."""

from __future__ import annotations

import json
import re

import pytest

from kamkit import learn
from kamkit.language import set_language
from kamkit.learn import room as rooms
from kamkit.learn.attempts import Progress
from kamkit.learn.course import lesson as lesson_of
from kamkit.learn.course import lessons
from kamkit.learn.register import questions
from kamkit.learn.room import Room
from kamkit.learn.shown import standing
from tests.learn.conftest import ROOT, asked_in


@pytest.fixture
def opened(practice, monkeypatch):
    """The room of lesson 2, open, with a progress of its own."""
    room = Room(lesson_of(2), "fjordgross", 0, Progress(None))
    room.__dict__["analysis"], room.__dict__["names"] = practice.analysis, practice.names
    monkeypatch.setitem(rooms._rooms, "now", room)
    return room


class TestGuess:
    def test_without_a_guess_nothing_is_shown(self, opened, capsys):
        assert repr(learn.guess(2)) == ""
        learn.guess(2)._ipython_display_()
        assert capsys.readouterr().out == ""

    def test_the_first_guess_stands_beside_the_result(self, opened):
        ours = learn.ask("02.share_for_80")
        ours.check("20 %")
        ours.check("16")  # a guess after the picture is none
        facts = opened.analysis.account_facts["revenue"].sort_values(ascending=False)
        needed = int((facts.cumsum() / facts.sum() < 0.8).sum()) + 1
        result = f"{100 * needed / len(facts):.1f}%"
        assert repr(learn.guess(2)) == f"You guessed 20%. It is {result}."
        set_language("nb")
        told = repr(learn.guess(2)).replace("\u00a0", " ")
        assert told == f"Du gjettet 20 %. Svaret er {result[:-1].replace('.', ',')} %."

    def test_a_good_guess_is_told_so_and_a_word_is_a_word(self, opened):
        learn.ask("02.share_for_80").check("16")
        assert "You guessed within two percentage points" in repr(learn.guess(2))
        learn.ask("12.awake").check("price")
        told = repr(learn.guess(12))
        assert told.startswith("You guessed prices that are some per cent too high. It is crews")

    def test_a_prediction_that_is_left_out_is_not_told(self, smallest, monkeypatch):
        monkeypatch.setitem(rooms._rooms, "now", smallest)
        learn.ask("03.how_many_lose").check("20 %")
        assert repr(learn.guess(3)) == ""

    def test_every_lesson_puts_the_guess_beside_the_result(self):
        for path in sorted((ROOT / "notebooks" / "learn").glob("*.ipynb")):
            text = path.read_text(encoding="utf-8")
            assert text.count(f"learn.guess({int(path.name[:2])})") == 1, path.name
            assert text.index(".guess(") > text.index("learn.ask("), path.name


class TestWhatWasRightStays:
    def test_a_wrong_answer_after_a_right_one_takes_nothing_away(self, practice):
        kept = Progress(None)
        for code in questions(2, "quiz"):
            question = asked_in(code, practice, kept)
            assert question.check(question._kind.example())
        again = asked_in("02.sum_of_100", practice, kept)
        told = again.check("always")
        assert told.state == "wrong"
        assert "You have answered this one right" in told.text
        assert again.done
        assert standing(lesson_of(2), kept, 0).quiz == 1

    def test_the_first_wrong_answers_are_told_nothing_of_it(self, practice):
        question = asked_in("02.sum_of_100", practice)
        for _n in range(2):
            assert "answered this one right" not in question.check("always").text

    def test_the_card_shows_the_right_answer_again(self, practice):
        from kamkit.learn.widget import card

        kept = Progress(None)
        question = asked_in("02.ten_largest", practice, kept)
        right = f"{100 * question._kind.example():.1f}"
        for answer in (right, "99"):
            question.check(answer)
        made = card(question, question._kind)
        assert made.children[1].value == right
        assert "that stays so" in made.children[3].value


def slider_labels(practice) -> set[str]:
    """What stands beside the controls of the explorers that the lessons show."""
    from kamkit.explore import sales, scores

    a = practice.analysis
    made = [
        sales._pareto_controls(a.account_facts, ["", "2025"]),
        sales._breadth_controls(50, 4, 130.0),
        sales._whale_controls({"delivery": 3500.0}, 20_000.0),
        scores._weight_controls(a.scores, 20),
        scores._depth_controls(50, 20, 600.0),
    ]
    found = {one.description for controls in made for one in controls.values()}
    folder = ROOT / "kamkit" / "explore"
    texts = [(folder / f"{one}.py").read_text(encoding="utf-8") for one in ("contacts", "trials")]
    return found | {words for text in texts for words in re.findall(r'_\("([^"]+)"\)', text)}


@pytest.mark.proof
def test_the_sliders_that_a_question_names_are_there(practice):
    labels = slider_labels(practice)
    named = {}
    for code in questions():
        text = asked_in(code, practice).text
        if re.match(r"(Move|Set|Choose) ", text):
            named[code] = re.findall(r"“([^”]+)”", text)
    assert {"00.move_slider", "02.from_80_to_70", "03.delivery_fee", "06.more_growth"} <= set(named)
    assert {"04.lower_bar", "09.more_noise", "10.last_that_pays", "15.stays_behind"} <= set(named)
    assert {"07.twenty_hours", "07.teams_at_1", "08.four_tenths", "11.colleague_leaves"} <= set(
        named
    )
    for code, found in named.items():
        for one in found:
            assert one in labels, (code, one)


def test_a_company_is_called_as_people_say_it(practice, seeded):
    assert practice.title == seeded.title == "Fjordgross AS (fictional)"
    assert "seed" not in seeded.title
    assert "seed 17" in seeded._repr_mimebundle_()[0]["text/plain"]
    set_language("nb")
    assert practice.title == "Fjordgross AS (oppdiktet)"


def test_the_words_of_each_lesson_stand_in_the_glossary():
    books = sorted((ROOT / "notebooks" / "learn").glob("*.ipynb"))
    first = books[0].read_text(encoding="utf-8")
    glossary = " ".join(re.findall(r"- \*\*([^*]+)\*\* \(", first)).casefold()
    rows = 0
    for path in books[1:]:
        row = re.search(r"\| Words \| (.*?)(?: \(see[^|]*)? \|", path.read_text(encoding="utf-8"))
        for word in re.split(r", | \(|\)", row[1]) if row else ():
            assert not word or word.casefold() in glossary, (path.name, word)
        rows += row is not None
    assert rows >= 15


@pytest.mark.proof
def test_no_earlier_lesson_shows_what_is_to_be_guessed(practice):
    shown = ""
    looked_for = []
    for lesson in lessons():
        for code in questions(lesson.number, "predict"):
            kind = asked_in(code, practice)._kind
            if getattr(kind, "share", False) and kind.decimals:  # 16.2% is nobody else's number
                assert not re.search(rf"(?<![\d.]){re.escape(kind.solution())}", shown), code
                looked_for.append(code)
        path = ROOT / "notebooks" / "learn" / lesson.file
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                shown += "".join(output.get("data", {}).get("text/plain", ""))
    assert "02.share_for_80" in looked_for
