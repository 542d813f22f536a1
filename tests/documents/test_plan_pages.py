"""What stands on the pages and slides of one plan, read back from the files."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Cm
from lxml import html
from pptx import Presentation

from kamkit.documents import paper as paper_of
from kamkit.documents.office import describe, save_office
from kamkit.documents.plan_deck import chosen, fitting, plan_deck
from kamkit.documents.plan_page import plan_html
from kamkit.documents.plan_word import check_template, plan_word
from kamkit.documents.plans import pictures, save_plan
from kamkit.errors import SourceError
from tests.documents.customer import action_tables, customer, plan_of, registered

OWN = {"kind": "own", "number": "9", "action": "Meet <the boss>", "owner": "Ola"}
TEXTS = {
    "agreed": "Two lorries a week; Kari; 1 March\n\nOne invoice a month",
    "goals": "Faster\nand cheaper",
    "did": "Fixed days of delivery",
    "ideas": "2; A joint stock",
    "meeting": "12 March\nHamar",
}


@pytest.fixture(scope="module")
def paper():
    rests = customer()
    return paper_of(plan_of(rests), rests)


@pytest.fixture(scope="module")
def written():
    rests = customer(written=registered(OWN, **TEXTS))
    return paper_of(plan_of(rests), rests)


@pytest.fixture(scope="module")
def word(written, tmp_path_factory):
    return Document(str(plan_word(written, tmp_path_factory.mktemp("word") / "a.docx")))


@pytest.fixture(scope="module")
def deck(written, tmp_path_factory):
    return Presentation(str(plan_deck(written, tmp_path_factory.mktemp("deck") / "a.pptx")))


def said(slide):
    """Return the texts of a slide, those of its tables too."""
    found = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            found += [line.text for line in shape.text_frame.paragraphs if line.text]
        if shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    return found


class TestPaper:
    def test_title_and_line_say_whose_plan_it_is(self, paper):
        assert paper.title == "Account plan: Moen Marine"
        assert paper.line == "Account plan · Account 1001 · T · 1 Jan 2024 – 31 Dec 2025"
        assert paper.fictional == ""

    def test_it_shows_its_first_page(self, paper):
        bundle, label = paper._repr_mimebundle_()
        assert label == {"kamkit": {"kind": "plan"}}
        shown = bundle["text/plain"].split("\n")
        assert shown[:3] == [
            "Account plan: Moen Marine",
            "Who they are and what they want",
            "– Key account with a shared manager. Responsible: nobody yet.",
        ]
        headings = [one.text for one in html.fromstring(bundle["text/html"]).iter("h4")]
        assert headings[1:] == [
            "Where we stand",
            "What we are after",
            "Our three moves",
            "The main risk",
        ]
        assert any(line.endswith("30 Sept 2026 · proposed") for line in shown), shown

    def test_pictures_are_drawn_where_there_are_rows(self, paper):
        assert set(paper.pictures) == {"story", "map"}
        assert set(pictures(paper.plan, customer())) == {"story", "whitespace", "map"}
        others = pd.DataFrame({"account_id": ["1002"], "quarter": [1], "revenue": [1.0]})
        bare = customer(quarters=others, people=None, whitespace=None)
        drawn = paper_of(plan_of(bare), bare)
        assert drawn.pictures == {}
        assert drawn.quarters is None


class TestPage:
    def test_every_sentence_names_its_source(self, written):
        page = html.fromstring(plan_html(written))
        first = page.get_element_by_id("who").find(".//p")
        assert first.get("title") == "Key accounts: treatment"
        figures = page.get_element_by_id("stand").findall(".//div")
        assert figures[0].get("title").startswith("All accounts: revenue last year")

    def test_tables_have_their_heads_in_every_cell_for_a_narrow_screen(self, written):
        growth = html.fromstring(plan_html(written)).get_element_by_id("growth")
        heads = [one.text_content() for one in growth.iter("th")]
        assert "Open (EUR\xa0k)" in heads
        row = growth.findall(".//tbody/tr")[0]
        assert [cell.get("data-head") for cell in row] == heads

    def test_what_people_wrote_stands_there_and_what_is_missing_is_named_once(self, written):
        page = html.fromstring(plan_html(written))
        fields = page.get_element_by_id("who").find_class("fields")[0]
        assert "Faster\nand cheaper" in fields.text_content()
        assert "Meet <the boss>" in page.get_element_by_id("actions").text_content()
        (todo,) = page.find_class("todo")
        assert "Notes" in todo.text_content()
        assert "Next meeting" not in todo.text_content()


class TestWord:
    def test_it_begins_with_the_name_and_its_heads_stay_with_what_follows(self, word):
        headed = [one for one in word.paragraphs if one.style.name.startswith(("Title", "Head"))]
        assert headed[0].text == "Moen Marine"
        assert [one.text for one in headed[1:4]] == [
            "Who they are and what they want",
            "Where we stand",
            "What we are after",
        ]
        assert all(one.paragraph_format.keep_with_next for one in headed[1:])
        breaks = [one.text for one in headed if one.paragraph_format.page_break_before]
        assert breaks == ["Where they could buy more"]

    def test_a_made_up_company_is_told_under_the_title(self, paper, tmp_path):
        about = replace(paper.plan.about, fictional=True)
        made_up = replace(paper, plan=replace(paper.plan, about=about))
        made = Document(str(plan_word(made_up, tmp_path / "a.docx")))
        assert made.paragraphs[1].text.endswith("practice data, made up")

    def test_actions_stand_in_two_tables_with_rows_to_fill_in(self, word):
        moves, others = action_tables(word)
        assert [len(moves.rows), len(moves.columns)] == [4, 5]
        tags = [
            one.get(qn("w:val"))
            for one in moves._tbl.iter(qn("w:tag"))
            if one.get(qn("w:val")).endswith(":status")
        ]
        assert tags == ["kamkit:10:status", "kamkit:11:status", "kamkit:12:status"]
        texts = [[cell.text for cell in row.cells[:2]] for row in others.rows]
        assert ["9", "Meet <the boss>"] in texts
        assert texts[-2:] == [["", ""], ["", ""]]

    def test_rows_stay_whole_heads_are_marked_and_columns_fill_the_page(self, word):
        for table in word.tables:
            assert all(row._tr.findall(f".//{qn('w:cantSplit')}") for row in table.rows)
            widths = [column.width for column in table.columns]
            assert sum(widths) == pytest.approx(Cm(18.2), abs=Cm(0.05))
        marked = [one for one in word.tables if one._tbl.findall(f".//{qn('w:tblHeader')}")]
        assert len(marked) == 6  # moves, risk, growth, people, objectives, other actions

    def test_a_field_is_a_control_with_its_tag_between_bookmarks(self, word):
        tags = [one.get(qn("w:val")) for one in word.element.body.iter(qn("w:tag"))]
        assert {"kamkit:goals", "kamkit:notes", "kamkit:meeting"} <= set(tags)
        marks = list(word.element.body.iter(qn("w:bookmarkStart")))
        numbers = [one.get(qn("w:id")) for one in marks]
        assert len(numbers) == len(set(numbers)) == 6

    def test_a_template_that_is_none_is_refused(self, tmp_path):
        with pytest.raises(SourceError, match="cannot be used"):
            check_template(tmp_path / "nothing.docx")


class TestDeck:
    def test_six_slides_in_their_order(self, deck):
        assert [one.shapes.title.text for one in deck.slides] == [
            "Moen Marine",
            "Our results together",
            "What we did for you",
            "Ideas to look at together",
            "What we agreed",
            "Our next meeting",
        ]

    def test_what_the_manager_wrote_is_on_them(self, deck):
        slides = list(deck.slides)
        assert "Fixed days of delivery" in said(slides[2])
        # the second idea of the plan, and one in words
        assert said(slides[3])[2:] == ["1", "Rope", "2", "A joint stock"]
        assert said(slides[4])[2:] == [
            *("What", "Who", "By"),
            *("Two lorries a week", "Kari", "1 March"),
            *("One invoice a month", "", ""),
        ]
        assert {"12 March", "Hamar"} <= set(said(slides[5]))

    def test_their_results_are_what_they_bought(self, deck):
        assert {"Your purchases 2025", "€200"} <= set(said(deck.slides[1]))
        (picture,) = [one for one in deck.slides[1].shapes if one.shape_type == 13]
        assert picture._element.nvPicPr.cNvPr.get("descr")

    def test_nothing_that_is_ours_alone_is_told(self, written, tmp_path):
        path = plan_deck(written, tmp_path / "a.pptx")
        with zipfile.ZipFile(path) as parts:
            names = [name for name in parts.namelist() if name.endswith(".xml")]
            slides = [name for name in names if name.startswith("ppt/slides/")]
            text = b" ".join(parts.read(name) for name in slides).decode().casefold()
        assert not [name for name in names if "notesSlide" in name]
        ours = "profit contribution discount strategy attractive influence risk health score"
        ours += " deepen against rival margin ada berg"
        for one in (*ours.split(), "meet &lt;the boss"):
            assert one not in text, one

    def test_nothing_is_proposed_that_the_manager_did_not_choose(self, paper, tmp_path):
        made = Presentation(str(plan_deck(paper, tmp_path / "a.pptx")))
        assert said(made.slides[3])[2:] == ["1", "2", "3", "4"]
        assert "Rope" not in " ".join(text for slide in made.slides for text in said(slide))

    def test_at_a_loss_a_number_names_no_idea(self):
        assert chosen("1, 2", ()) == []
        assert chosen("2. 1\n1", ("Tape", "Rope")) == ["2. 1", "Tape"]

    def test_everything_stays_on_its_slide_and_nothing_overlaps(self, deck):
        for slide in deck.slides:
            boxes = []
            for shape in slide.shapes:
                assert shape.left >= 0
                assert shape.top >= 0
                assert shape.left + shape.width <= deck.slide_width
                assert shape.top + shape.height <= deck.slide_height
                if shape.has_text_frame and shape.text_frame.text:
                    boxes.append(shape)
            for n, one in enumerate(boxes):
                for other in boxes[n + 1 :]:
                    apart = (
                        one.left + one.width <= other.left
                        or other.left + other.width <= one.left
                        or one.top + one.height <= other.top
                        or other.top + other.height <= one.top
                    )
                    assert apart, (one.text_frame.text, other.text_frame.text)

    def test_long_texts_are_set_smaller(self):
        text = "a long sentence about deliveries " * 5
        sizes = [fitting([text] * n, 10, 4.9) for n in (1, 4, 6)]
        assert sizes[0] == 22
        assert sizes == sorted(sizes, reverse=True)


class TestFiles:
    def test_three_files_by_the_number_of_the_account(self, paper, tmp_path):
        files = save_plan(paper, tmp_path / "plans")
        assert [one.name for one in files] == ["1001.html", "1001.docx", "1001.pptx"]
        assert sorted(one.name for one in (tmp_path / "plans").iterdir()) == sorted(
            one.name for one in files
        )

    def test_office_files_hold_no_day_of_today(self, tmp_path):
        document = Document()
        describe(document, "A plan")
        path = save_office(document, tmp_path / "new" / "a.docx")
        with zipfile.ZipFile(path) as parts:
            assert {part.date_time for part in parts.infolist()} == {(2000, 1, 1, 0, 0, 0)}
            assert {part.compress_type for part in parts.infolist()} == {zipfile.ZIP_DEFLATED}
        read = Document(str(path)).core_properties
        assert (read.title, read.author, read.revision) == ("A plan", "kamkit", 1)
        assert read.created == read.modified
        assert (read.created.year, read.created.month, read.created.day) == (2000, 1, 1)
