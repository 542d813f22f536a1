"""Plans on paper: what people write survives, nothing that is ours alone reaches the customer."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace

import pytest
from docx import Document
from docx.shared import RGBColor

from kamkit.documents import paper as paper_of
from kamkit.documents import save_plan
from kamkit.documents.plan_page import plan_html
from kamkit.documents.plan_word import plan_word
from kamkit.documents.plan_written import read_word
from kamkit.errors import SourceError
from kamkit.language import speaking
from kamkit.plan import FIELDS, sources
from tests.documents.customer import (
    action_tables,
    customer,
    plan_of,
    registered,
    through_libreoffice,
    write,
)

KARI = {"number": "1", "owner": "Kari", "due": "2026-05-01", "status": "started"}


@pytest.fixture(scope="module")
def rests():
    return customer()


@pytest.fixture(scope="module")
def paper(rests):
    return paper_of(plan_of(rests), rests)


def known(paper):
    return sources(paper.plan)["sentence"].tolist()


def write_in(path):
    """Write in a plan as a person does, in its fields and outside them."""
    document = Document(str(path))
    write(document, "kamkit:goals", "Grow & <stay>")
    write(document, "kamkit:1:owner", "Kari")
    write(document, "kamkit:1:due", "1.5.2026")
    write(document, "kamkit:1:status", "started")
    moves, others = action_tables(document)
    moves.rows[2].cells[1].text = "Meet them in Bergen"
    empty = next(row for row in others.rows if not row.cells[0].text and not row.cells[1].text)
    empty.cells[1].text = "A joint range"
    document.add_paragraph("They may move to Hamar")
    document.paragraphs[3].insert_paragraph_before("We met the owner")
    document.tables[1].rows[0].cells[0].add_paragraph("A good year")
    document.add_comment(document.paragraphs[0].runs, text="Ask about the merger", author="Kari")
    document.save(str(path))


def check_written(path, paper):
    found = read_word(path, known(paper))
    assert {code: text for code, text in found.texts.items() if text} == {"goals": "Grow & <stay>"}
    assert set(found.texts) == set(FIELDS)
    rows = {row["number"]: row for row in found.actions}
    assert KARI.items() <= rows["1"].items()
    assert rows["2"]["action"] == "Meet them in Bergen"
    assert rows[""]["action"] == "A joint range"
    assert found.outside == (
        "We met the owner",
        "A good year",
        "They may move to Hamar",
        "Comment by Kari: Ask about the merger",
    )


def test_of_an_untouched_plan_nothing_is_new(paper, tmp_path):
    found = read_word(plan_word(paper, tmp_path / "a.docx"), known(paper))
    assert found.texts == dict.fromkeys(FIELDS, "")
    assert found.outside == ()
    numbers = [row["number"] for row in found.actions]
    assert sorted(numbers) == sorted(paper.plan.actions["number"])
    for row in found.actions:
        mine = paper.plan.actions.set_index("number").loc[row["number"]]
        assert all(row[name] == mine[name] for name in ("action", "owner", "due", "status"))


def test_what_people_write_is_read_back_wherever_it_stands(paper, tmp_path):
    path = plan_word(paper, tmp_path / "a.docx")
    write_in(path)
    check_written(path, paper)


def test_nothing_is_lost_when_the_properties_and_xml_parts_of_a_document_are_removed(
    paper, tmp_path
):
    path = plan_word(paper, tmp_path / "a.docx")
    write_in(path)
    bare = tmp_path / "bare.docx"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(bare, "w") as after:
        for name in before.namelist():
            if name.startswith(("docProps/", "customXml/")):
                continue
            part = before.read(name)
            if name.endswith((".rels", "[Content_Types].xml")):
                gone = rb"<(?:Relationship|Override)\b[^>]*(?:docProps|customXml)[^>]*/>"
                part = re.sub(gone, b"", part)
            after.writestr(name, part)
    check_written(bare, paper)


@pytest.mark.timeout(180)
def test_what_people_write_survives_libreoffice(paper, tmp_path):
    path = plan_word(paper, tmp_path / "a.docx")
    write_in(path)
    check_written(through_libreoffice(path, tmp_path / "saved"), paper)


@pytest.mark.timeout(180)
def test_lines_of_a_field_stay_lines_through_libreoffice(rests, tmp_path):
    text = "Two lorries a week\nOne invoice a month"
    made = replace(rests, written=registered(agreed=text))
    path = plan_word(paper_of(plan_of(made), made), tmp_path / "a.docx")
    assert read_word(path).texts["agreed"] == text
    assert read_word(through_libreoffice(path, tmp_path / "saved")).texts["agreed"] == text


def test_a_plan_of_kamkit_0_1_hands_over_its_texts_and_what_was_taken_up(tmp_path):
    document = Document()
    table = document.add_table(rows=3, cols=9)
    heads = ("Ref", "Objective", "Measure", "Today", "Target", "Action", "Who", "Due", "Status")
    first = ("A01f", "retain", "revenue", "5", "5", "Agree on terms", "Kari", "May", "started")
    second = (*first[:-1], "proposed")
    for row, texts in zip(table.rows, (heads, first, second), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    path = tmp_path / "a.docx"
    document.save(str(path))
    (row,) = read_word(path).actions
    assert row == {
        "number": "",
        "action": "Agree on terms",
        "owner": "Kari",
        "due": "May",
        "status": "started",
    }


def test_the_same_plan_gives_the_same_bytes(paper, rests, tmp_path):
    one = save_plan(paper, tmp_path / "one")
    fresh = paper_of(plan_of(rests), rests)
    two = save_plan(fresh, tmp_path / "two")
    assert [a.read_bytes() == b.read_bytes() for a, b in zip(one, two, strict=True)] == [True] * 3


def test_the_page_escapes_what_comes_from_data_and_loads_nothing(rests):
    made = replace(rests, written=registered(goals="<script>alert(1)</script>"))
    page = plan_html(paper_of(plan_of(made), made))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)
    assert page.count("<img") == page.count("alt=") == 2


def test_the_firms_own_template_is_used(paper, rests, tmp_path):
    house = Document()
    house.styles["Heading 1"].font.color.rgb = RGBColor(0xAA, 0, 0)
    house.sections[0].header.paragraphs[0].text = "Fjordgross AS"
    house.add_paragraph("This text of the template is not wanted")
    house.save(str(tmp_path / "house.docx"))
    mine = paper_of(paper.plan, rests, template=str(tmp_path / "house.docx"))
    made = Document(str(plan_word(mine, tmp_path / "a.docx")))
    assert made.sections[0].header.paragraphs[0].text == "Fjordgross AS"
    assert made.styles["Heading 1"].font.color.rgb == RGBColor(0xAA, 0, 0)
    assert "not wanted" not in " ".join(one.text for one in made.paragraphs)
    found = read_word(tmp_path / "a.docx", known(paper))
    assert found.outside == ()
    assert set(found.texts) == set(FIELDS)


def test_a_plan_that_people_wrote_in_is_a_template_too(paper, rests, tmp_path):
    first = plan_word(paper, tmp_path / "first.docx")
    mine = paper_of(paper.plan, rests, template=str(first))
    found = read_word(plan_word(mine, tmp_path / "a.docx"), known(paper))
    assert found.outside == ()


def test_a_template_or_a_plan_that_is_no_document_is_refused(paper, rests, tmp_path):
    path = tmp_path / "1001.docx"
    path.write_text("no document", encoding="utf-8")
    with pytest.raises(SourceError, match="template cannot be used"):
        plan_word(paper_of(paper.plan, rests, template=str(path)), tmp_path / "b.docx")
    with pytest.raises(SourceError, match="plan cannot be read"):
        read_word(path)
    assert not (tmp_path / "b.docx").exists()


def test_norwegian_plans_are_norwegian_and_read_in_english(tmp_path):
    with speaking("nb"):
        rests = customer()
        made = paper_of(plan_of(rests), rests)
        page = plan_html(made)
        path = plan_word(made, tmp_path / "a.docx")
    for word in ("Kundeplan", "Hvem kunden er", "Våre tre grep", "risikoen"):
        assert word in page
    for word in ("Where we stand", "Objective", "customer since", "Open questions"):
        assert word not in page
    found = read_word(path, known(made))
    assert found.outside == ()
    assert {row["status"] for row in found.actions} == {"proposed", "started"}
