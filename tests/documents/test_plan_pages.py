"""What stands on the pages and slides of one plan, read back from the files."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace

import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Inches, Pt
from lxml import html
from pptx import Presentation
from pptx.enum.text import PP_ALIGN

from kamkit.documents import paper as paper_of
from kamkit.documents.office import describe, save_office
from kamkit.documents.plan_deck import plan_deck
from kamkit.documents.plan_page import plan_html
from kamkit.documents.plan_paper import Paper, block_table
from kamkit.documents.plan_word import check_template, plan_word
from kamkit.documents.plan_written import read_word
from kamkit.documents.plans import save_plan
from kamkit.errors import SourceError
from kamkit.plan.filled import Filled
from tests.documents.customer import ACCOUNT, customer, plan_of

WRITTEN = Filled(
    {"agreed": "Two lorries a week\n\nOne invoice", "needs": "Faster\nand cheaper"},
    {"retain": {"owner": "Kari", "due": "in May"}},
    ({"objective": "A joint range", "action": "Meet <the boss>", "owner": "Ola"},),
)


@pytest.fixture(scope="module")
def paper():
    rests = customer()
    return paper_of(plan_of(rests), rests)


@pytest.fixture(scope="module")
def written(paper):
    return replace(paper, filled=WRITTEN)


@pytest.fixture(scope="module")
def word(written, tmp_path_factory):
    return Document(str(plan_word(written, tmp_path_factory.mktemp("word") / "a.docx")))


@pytest.fixture(scope="module")
def deck(written, tmp_path_factory):
    return Presentation(str(plan_deck(written, tmp_path_factory.mktemp("deck") / "a.pptx")))


def lines(slide):
    """Return the lines of a slide below its title."""
    frames = [one.text_frame for one in slide.shapes if one.has_text_frame]
    return [line.text for frame in frames[1:] for line in frame.paragraphs]


class TestPaper:
    def test_title_and_line_say_whose_plan_it_is(self, paper):
        assert paper.title == "Account plan: Moen Marine"
        assert paper.line == "T · 1 Jan 2024 – 31 Dec 2025 · EUR"
        assert paper.fictional == ""

    def test_made_up_companies_are_told_as_such(self, paper):
        about = replace(paper.plan.about, fictional=True, currency="")
        made_up = replace(paper, plan=replace(paper.plan, about=about))
        assert made_up.fictional.startswith("Practice data")
        assert made_up.line == "T · 1 Jan 2024 – 31 Dec 2025"

    def test_it_shows_its_first_page(self, paper):
        bundle, label = paper._repr_mimebundle_()
        assert label == {"kamkit": {"kind": "plan"}}
        shown = bundle["text/plain"].split("\n")
        assert shown[:3] == [
            "Account plan: Moen Marine",
            "Who they are",
            "– Key account with a shared manager; nobody yet answers for it.",
        ]
        headings = [one.text for one in html.fromstring(bundle["text/html"]).iter("h4")]
        assert headings == [
            "Who they are",
            "Where we stand",
            "What we are after",
            "Three moves",
            "The risk",
        ]
        quiet = replace(paper, plan=replace(paper.plan, first={"aim": ()}))
        assert quiet._repr_mimebundle_()[0]["text/plain"] == "Account plan: Moen Marine"

    def test_pictures_are_drawn_where_there_are_rows(self, paper):
        assert set(paper.pictures) == {"story", "whitespace", "map"}
        others = pd.DataFrame({"account_id": ["1002"], "revenue": [1.0]})
        bare = customer(quarters=others, people=None, whitespace=None)
        drawn = paper_of(plan_of(bare), bare)
        assert set(drawn.pictures) == set()
        assert drawn.extra == {}

    def test_what_people_changed_stands_in_the_table_of_actions(self, written):
        block = next(
            block
            for one in written.plan.sections
            for block in one.blocks
            if block.table == "objectives"
        )
        frame, columns = block_table(block, written)
        row = frame.set_index("objective").loc["retain"]
        assert (row["owner"], row["due_words"], row["target_words"]) == ("Kari", "in May", "€200")
        assert frame["due_words"].iloc[1] == "31 Mar 2026"
        assert columns[:4] == ["objective", "measure_words", "baseline_words", "target_words"]
        assert "due" not in columns

    def test_later_folders_count_more(self, written, tmp_path):
        homes = [tmp_path / "old", tmp_path / "new"]
        for home, owner in zip(homes, ("Kari", "Ola"), strict=True):
            mine = replace(written, filled=Filled({"notes": f"by {owner}"}))
            plan_word(mine, home / f"{ACCOUNT}.docx")
        again = paper_of(written.plan, customer(), written=os.pathsep.join(["", *map(str, homes)]))
        assert again.filled.texts == {"notes": "by Ola"}


class TestPage:
    def test_moves_are_numbered_and_every_sentence_names_its_source(self, written):
        page = html.fromstring(plan_html(written))
        moves = page.find_class("card moves")[0].find("ol")
        assert len(moves.findall("li")) == 3
        source = page.find_class("card who")[0].find(".//li").get("title")
        assert source == "key_accounts: treatment"
        rows = page.findall(".//details//tbody/tr")
        assert len(rows) == len(written.plan.statements())

    def test_tables_are_whole_and_money_has_its_currency(self, written):
        page = html.fromstring(plan_html(written))
        growth = page.get_element_by_id("growth")
        heads = [one.text_content() for one in growth.iter("th") if one.get("scope") == "col"]
        assert heads[0] == "Item"
        assert any("(EUR)" in head for head in heads)
        assert len(growth.findall(".//tbody/tr")) == 2

    def test_what_people_wrote_stands_where_it_was_asked(self, written):
        page = html.fromstring(plan_html(written))
        asked = [one.text_content() for one in page.find_class("field")]
        assert any("Faster\nand cheaper" in one for one in asked)
        own = page.get_element_by_id("objectives").text_content()
        assert "A joint range · Meet <the boss> · Ola" in own
        untouched = html.fromstring(plan_html(replace(written, filled=Filled())))
        assert "Actions that people added" not in untouched.text_content()


class TestWord:
    def test_an_a4_page_with_two_centimetres_at_the_sides(self, word):
        section = word.sections[-1]
        assert round(section.page_width.cm, 1) == 21.0
        assert round(section.page_height.cm, 1) == 29.7
        assert [round(one.cm, 1) for one in (section.left_margin, section.right_margin)] == [2, 2]
        assert [round(one.cm, 1) for one in (section.top_margin, section.bottom_margin)] == [
            1.8,
            1.8,
        ]
        assert word.styles["Normal"].font.size == Pt(10)

    def test_the_firms_own_size_of_letters_stays(self, paper, tmp_path):
        house = Document()
        house.styles["Normal"].font.size = Pt(12)
        house.save(str(tmp_path / "house.docx"))
        mine = replace(paper, template=str(tmp_path / "house.docx"))
        made = Document(str(plan_word(mine, tmp_path / "a.docx")))
        assert made.styles["Normal"].font.size == Pt(12)

    def test_headings_go_from_the_title_to_the_notes(self, word):
        headed = [(one.style.name, one.text) for one in word.paragraphs]
        heads = [one for one in headed if one[0].startswith(("Title", "Heading"))]
        assert heads[0] == ("Title", "Account plan: Moen Marine")
        assert heads[1:6] == [
            ("Heading 2", "Who they are"),
            ("Heading 2", "Where we stand"),
            ("Heading 2", "What we are after"),
            ("Heading 2", "Three moves"),
            ("Heading 2", "The risk"),
        ]
        titles = [text for style, text in heads if style == "Heading 1"]
        assert titles.count("Strengths, weaknesses, opportunities, threats") == 1
        assert titles[-1] == "Notes"
        numbered = [text for style, text in headed if style == "List Number"]
        assert len(numbered) == 3

    def test_the_first_page_ends_with_a_page_break(self, word):
        breaks = [one for one in word.element.body.iter(qn("w:br")) if one.get(qn("w:type"))]
        assert len(breaks) == 1

    def test_a_made_up_company_is_told_on_the_first_page(self, paper, tmp_path):
        about = replace(paper.plan.about, fictional=True)
        made_up = replace(paper, plan=replace(paper.plan, about=about))
        made = Document(str(plan_word(made_up, tmp_path / "a.docx")))
        assert made.paragraphs[2].text.startswith("Practice data")
        assert made.paragraphs[2].style.name == "Intense Quote"

    def test_the_swot_is_two_by_two(self, word):
        table = next(one for one in word.tables if len(one.rows) == len(one.columns) == 2)
        titles = [[cell.paragraphs[0].text for cell in row.cells] for row in table.rows]
        assert titles == [["Strengths", "Weaknesses"], ["Opportunities", "Threats"]]
        assert all(cell.paragraphs[0].runs[0].bold for cell in table.rows[0].cells)
        assert "Rival" in table.cell(1, 1).text

    def test_the_table_of_actions_has_own_rows_and_three_empty_ones(self, word):
        table = next(one for one in word.tables if one.rows[0].cells[-1].text == "Status")
        texts = [[cell.text for cell in row.cells] for row in table.rows]
        assert len(texts[0]) == 8
        assert [row[0] for row in texts[1:5]] == [
            "retain",
            "deepen the relationship",
            "grow by upsell",
            "grow by cross-sell",
        ]
        assert texts[1][5:7] == ["Kari", "in May"]
        assert texts[5] == ["A joint range", "", "", "", "Meet <the boss>", "Ola", "", ""]
        assert texts[6:] == [[""] * 8] * 3
        assert table.rows[0].cells[0].paragraphs[0].runs[0].bold
        assert not table.rows[1].cells[0].paragraphs[0].runs[0].bold
        assert table.rows[1].cells[0].paragraphs[0].runs[0].font.size == Pt(7.5)

    def test_headings_of_tables_are_repeated_and_columns_fill_the_page(self, word):
        for table in word.tables:
            if len(table.rows) == len(table.columns) == 2:
                continue
            marked = [bool(row._tr.findall(f".//{qn('w:tblHeader')}")) for row in table.rows]
            assert marked == [True] + [False] * (len(marked) - 1)
            widths = [column.width for column in table.columns]
            assert sum(widths) == pytest.approx(Inches(6.7), abs=Inches(0.01))
            assert [cell.width for cell in table.rows[1].cells] == widths
            # nothing that has words is narrower than its margins
            assert min(widths) > Inches(0.21)

    def test_a_long_sentence_gets_more_room_than_a_number(self, word):
        table = next(one for one in word.tables if one.rows[0].cells[-1].text == "Status")
        widths = {row.text: row.width for row in table.rows[0].cells}
        action = next(width for head, width in widths.items() if head == "Action")
        assert action == max(widths.values())

    def test_pictures_have_their_text_and_a_caption(self, word, paper):
        told = [one._inline.docPr.get("descr") for one in word.inline_shapes]
        assert told == [paper.pictures[one].alt for one in ("story", "whitespace", "map")]
        assert {one.width for one in word.inline_shapes} == {Inches(6.7)}
        captions = [one.text for one in word.paragraphs if one.style.name == "Caption"]
        assert captions == [paper.pictures[one].caption for one in ("story", "whitespace", "map")]

    def test_a_field_holds_the_question_until_somebody_answers(self, word):
        controls = {
            one.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")): one
            for one in word.element.body.iter(qn("w:sdt"))
        }
        assert len(controls) == 10
        texts = {
            code: [one.text for one in control.iter(qn("w:t"))]
            for code, control in controls.items()
        }
        assert texts["kamkit:notes"] == ["[Anything else worth keeping]"]
        assert texts["kamkit:needs"] == ["Faster", "and cheaper"]
        slant = {code: next(one.iter(qn("w:i"))).get(qn("w:val")) for code, one in controls.items()}
        assert (slant["kamkit:notes"], slant["kamkit:needs"]) == (None, "0")  # not given is on
        breaks = list(controls["kamkit:needs"].iter(qn("w:br")))
        assert len(breaks) == 1

    def test_every_field_lies_between_bookmarks_of_its_own(self, word):
        body = word.element.body
        starts = {
            one.get(qn("w:id")): one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))
        }
        ends = [one.get(qn("w:id")) for one in body.iter(qn("w:bookmarkEnd"))]
        assert sorted(starts) == sorted(ends) == [f"{1000 + n}" for n in range(10)]
        assert len(set(starts.values())) == 10
        assert "kamkit_swot_threats" in starts.values()

    def test_a_template_without_our_styles_will_do(self, paper, tmp_path):
        bare = Document()
        for name in ("List Bullet", "List Number", "Table Grid", "Caption"):
            style = bare.styles[name]
            style.element.getparent().remove(style.element)
        bare.save(str(tmp_path / "bare.docx"))
        assert check_template(tmp_path / "bare.docx") is None
        mine = replace(paper, template=str(tmp_path / "bare.docx"))
        made = Document(str(plan_word(mine, tmp_path / "a.docx")))
        assert made.tables
        first = paper.plan.first["moves"][0].text
        assert any(first in one.text for one in made.paragraphs)

    def test_a_folder_is_no_template(self, tmp_path):
        with pytest.raises(SourceError, match="template cannot be used"):
            check_template(tmp_path)


class TestDeck:
    def test_seven_slides_in_sixteen_to_nine(self, deck):
        assert len(deck.slides) == 7
        assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, rel=1e-3)
        titles = [one.shapes.title.text for one in deck.slides]
        assert titles[0] == "Business review: Moen Marine"
        assert titles[1] == "Agenda"
        assert lines(deck.slides[1]) == [f"•  {title}" for title in titles[2:]]
        assert deck.core_properties.title == "Business review: Moen Marine"

    def test_the_cover_names_the_last_day(self, deck):
        assert deck.slides[0].placeholders[1].text == "The quarter up to 31 Dec 2025"

    def test_what_was_bought_and_nothing_of_what_it_left(self, deck):
        slide = deck.slides[2]
        assert lines(slide) == [
            "•  In the last twelve months you bought for €200.",
            "•  Days with an order in the whole period: 12",
        ]
        (picture,) = [one for one in slide.shapes if not one.has_text_frame]
        told = picture._element.nvPicPr.cNvPr.get("descr")
        assert told.startswith("Moen Marine: €200 in the last four quarters")
        assert "contribution" not in told
        assert slide.notes_slide.notes_text_frame.text == "From the sales of each quarter."

    @pytest.mark.parametrize(("saved", "there"), [(1.0, True), (0.0, False), (-5.0, False)])
    def test_savings_are_told_where_there_are_some(self, paper, tmp_path, saved, there):
        fact = {**paper.plan.fact, "saved": saved}
        mine = Paper(replace(paper.plan, fact=fact), {}, Filled())
        made = Presentation(str(plan_deck(mine, tmp_path / "a.pptx")))
        told = [one for one in lines(made.slides[2]) if "Saved against list prices" in one]
        assert bool(told) is there
        # without quarters there is no picture
        assert all(one.has_text_frame for one in made.slides[2].shapes)

    def test_what_was_agreed_is_taken_from_the_plan(self, deck, paper, tmp_path):
        assert lines(deck.slides[3]) == ["•  Two lorries a week", "•  One invoice"]
        long = replace(paper, filled=Filled({"agreed": "\n".join("abcdefghij")}))
        made = Presentation(str(plan_deck(long, tmp_path / "a.pptx")))
        assert lines(made.slides[3]) == [f"•  {one}" for one in "abcdefg"]  # seven fit
        none = Presentation(str(plan_deck(paper, tmp_path / "b.pptx")))
        assert lines(none.slides[3]) == ["•  Nothing has been written down yet: agree on it today."]

    def test_ideas_are_what_comparable_companies_buy(self, deck, paper, tmp_path):
        assert [one.split(":")[0] for one in lines(deck.slides[4])] == ["•  Rope", "•  Tape"]
        grid = pd.concat([customer().opportunities] * 3, ignore_index=True)
        many = customer(opportunities=grid)
        made = Presentation(str(plan_deck(Paper(plan_of(many), {}, Filled()), tmp_path / "a.pptx")))
        assert len(lines(made.slides[4])) == 4
        none = customer(opportunities=None)
        made = Presentation(str(plan_deck(Paper(plan_of(none), {}, Filled()), tmp_path / "b.pptx")))
        assert lines(made.slides[4]) == ["•  What would make your work easier?"]

    def test_empty_lines_are_room_to_write(self, deck):
        assert lines(deck.slides[6]) == [
            "•  What we decided:",
            "",
            "•  Who does what, and by when:",
            "",
        ]
        assert lines(deck.slides[5])[0] == "•  Agree on three things to do before we meet again."

    def test_text_begins_below_the_title_and_ends_above_the_picture(self, deck):
        for slide in list(deck.slides)[1:]:
            title = slide.shapes.title
            box = next(one for one in slide.shapes if one.has_text_frame and one != title)
            below = title.top + title.height
            assert below <= box.top <= below + Inches(0.4)
            # as wide a rim on the right as on the left
            right = deck.slide_width - box.left - box.width
            assert box.left == pytest.approx(right, abs=Inches(0.05))
            assert title.text_frame.paragraphs[0].alignment == PP_ALIGN.LEFT
        (picture,) = [one for one in deck.slides[2].shapes if not one.has_text_frame]
        text = [one for one in deck.slides[2].shapes if one.has_text_frame][1]
        assert text.top + text.height <= picture.top

    def test_letters_can_be_read_from_the_back_of_the_room(self, deck):
        for slide in list(deck.slides)[1:]:
            title, text = [one for one in slide.shapes if one.has_text_frame][:2]
            sizes = [line.font.size for line in text.text_frame.paragraphs]
            assert all(Pt(18) <= size <= Pt(20) for size in sizes)
            head = title.text_frame.paragraphs[0].font
            assert (head.size, head.bold) == (Pt(30), True)

    def test_everything_stays_on_its_slide(self, deck):
        for slide in deck.slides:
            for shape in slide.shapes:
                assert shape.left >= 0
                assert shape.top >= 0
                assert shape.left + shape.width <= deck.slide_width
                assert shape.top + shape.height <= deck.slide_height


class TestFiles:
    def test_three_files_by_the_number_of_the_account(self, paper, tmp_path):
        files = save_plan(paper, tmp_path / "plans")
        assert [one.name for one in files] == ["1001.html", "1001.docx", "1001.pptx"]
        assert sorted(one.name for one in (tmp_path / "plans").iterdir()) == sorted(
            one.name for one in files
        )
        assert read_word(files[1]).empty

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
