"""The lessons' prose: taken out into a catalogue, translated, and given to a Norwegian learner."""

from __future__ import annotations

import json

import pytest
from babel.messages.pofile import read_po, write_po
from nbformat import v4, write

from kamkit.language import set_language
from kamkit.learn.prose import paragraphs, translated
from tests.learn.conftest import ROOT
from tools import course_language


@pytest.fixture
def lessons(tmp_path):
    """A course of one lesson of three paragraphs."""
    folder = tmp_path / "learn"
    folder.mkdir()
    cells = [
        v4.new_markdown_cell("# Who matters\n\nA few customers\nbring most."),
        v4.new_code_cell("# not prose\n1"),
        v4.new_markdown_cell("- count\n- write\n\n---"),
    ]
    write(v4.new_notebook(cells=cells), folder / "02_who_matters.ipynb")
    return folder


def translate(po, words: dict[str, str]) -> None:
    with po.open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        message.string = words.get(message.id, message.string)
    with po.open("wb") as file:
        write_po(file, catalogue)


def test_a_catalogue_is_begun_filled_checked_and_spoken(lessons, tmp_path, capsys):
    locale = tmp_path / "locale"
    po = locale / "nb" / "LC_MESSAGES" / "course.po"
    assert course_language.main(["nb"], lessons, locale) == 0
    assert course_language.main(["nb", "--check"], lessons, locale) == 1
    said = capsys.readouterr().out
    assert "3 of 3 paragraphs are not translated" in said
    assert "notebooks/learn/02_who_matters.ipynb" in said
    words = {
        "# Who matters": "# Hvem betyr noe",
        "A few customers bring most.": "Noen få kunder gir det meste.",
    }
    translate(po, words)
    assert course_language.main(["nb"], lessons, locale) == 0
    assert "1 of 3 paragraphs" in capsys.readouterr().out
    set_language("nb")
    text = "# Who matters\n\nA few\ncustomers bring most.\n\n- count\n- write"
    spoken = "# Hvem betyr noe\n\nNoen få kunder gir det meste.\n\n- count\n- write"
    assert translated(text, locale) == spoken
    set_language("en")
    assert translated(text, locale).startswith("# Who matters")


def test_a_paragraph_that_changed_is_missing_again_and_the_old_one_gone(lessons, tmp_path):
    locale = tmp_path / "locale"
    po = locale / "nb" / "LC_MESSAGES" / "course.po"
    course_language.main(["nb"], lessons, locale)
    translate(
        po,
        dict.fromkeys(
            ["# Who matters", "A few customers bring most.", "- count\n- write"], "Oversatt"
        ),
    )
    assert course_language.main(["nb", "--check"], lessons, locale) == 0
    path = lessons / "02_who_matters.ipynb"
    path.write_text(path.read_text("utf-8").replace("bring most", "bring nearly all"), "utf-8")
    assert course_language.main(["nb", "--check"], lessons, locale) == 1
    found = course_language.updated(po, lessons)
    assert [text for _where, text in course_language.missing(found)] == [
        "A few customers bring nearly all."
    ]
    assert "bring most" not in str([message.id for message in found])


def test_every_paragraph_of_the_course_is_found_and_nothing_of_its_code():
    found = {str(message.id) for message in course_language.extracted("nb") if message.id}
    for path in (ROOT / "notebooks" / "learn").glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                assert set(paragraphs(source)) <= found
                assert "".join(source.split()) == "".join(translated(source).split())
    assert not [text for text in found if "learn.ask(" in text]
