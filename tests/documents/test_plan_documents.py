"""Plans on paper: what people write survives, nothing that is ours alone reaches the customer."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile

import pytest

from kamkit.documents import paper as paper_of
from kamkit.documents import save_plan
from kamkit.documents.plan_page import plan_html
from kamkit.documents.plan_paper import Paper
from kamkit.documents.plan_word import plan_word
from kamkit.documents.plan_written import read_word
from kamkit.errors import SourceError
from kamkit.language import speaking
from kamkit.plan.filled import Filled, joined, reference
from tests.documents.customer import customer, plan_of


@pytest.fixture(scope="module")
def rests():
    return customer()


@pytest.fixture(scope="module")
def paper(rests):
    return paper_of(plan_of(rests), rests)


def filled(paper, **texts):
    own = (
        {"objective": "Own goal", "action": "Ring <the boss>", "owner": "Kari", "status": "new"},
    )
    return Paper(paper.plan, paper.pictures, Filled(texts, {}, own), extra=paper.extra)


def write_in(path):
    """Write in a plan as a person does: two fields, a status, an owner, and a row of one's own."""
    from docx import Document
    from docx.oxml.ns import qn

    document = Document(str(path))
    for control in document.element.body.iter(qn("w:sdt")):
        code = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val"))
        if code in ("kamkit:needs", "kamkit:swot_threats"):
            next(control.iter(qn("w:t"))).text = f"Written in {code} & <kept>"
    table = next(one for one in document.tables if one.rows[0].cells[-1].text == "Status")
    table.rows[1].cells[-1].text = "started"
    table.rows[1].cells[-3].text = "Kari"
    free = next(row for row in table.rows if not any(cell.text for cell in row.cells))
    free.cells[0].text = "A joint range"
    free.cells[4].text = "Meet the boss"
    document.save(str(path))


def check_written(found, paper):
    assert found.texts["needs"] == "Written in kamkit:needs & <kept>"
    assert found.texts["swot_threats"] == "Written in kamkit:swot_threats & <kept>"
    assert len(found.texts) == 2
    first = reference(paper.plan.objectives.iloc[0].to_dict())
    assert found.actions == {first: {"owner": "Kari", "status": "started"}}
    assert found.own == ({"objective": "A joint range", "action": "Meet the boss"},)


def test_an_untouched_plan_holds_nothing_of_people(paper, tmp_path):
    assert read_word(plan_word(paper, tmp_path / "a.docx")).empty


def test_what_people_write_is_read_back_and_stands_in_the_next_plan(paper, rests, tmp_path):
    path = plan_word(paper, tmp_path / "1001.docx")
    write_in(path)
    check_written(read_word(path), paper)
    later = paper_of(paper.plan, rests, written=tmp_path)
    page = plan_html(later)
    assert "Written in kamkit:needs &amp; &lt;kept&gt;" in page
    assert "A joint range" in page
    again = plan_word(later, tmp_path / "next" / "1001.docx")
    once_more = read_word(again)
    assert once_more.texts == read_word(path).texts
    assert once_more.own == ({"objective": "A joint range", "action": "Meet the boss"},)


def test_two_quarters_later_status_and_owner_are_still_there(paper, rests, tmp_path):
    home = tmp_path / "q1"
    write_in(plan_word(paper, home / "1001.docx"))
    for quarter in ("q2", "q3"):
        later = paper_of(paper.plan, rests, written=home)
        home = tmp_path / quarter
        plan_word(later, home / "1001.docx")
    check_written(read_word(home / "1001.docx"), paper)


def test_nothing_is_lost_when_the_properties_of_a_document_are_removed(paper, tmp_path):
    from docx import Document

    path = plan_word(paper, tmp_path / "a.docx")
    write_in(path)
    document = Document(str(path))
    properties = document.core_properties
    properties.comments = properties.title = properties.author = properties.keywords = ""
    document.save(str(path))
    check_written(read_word(path), paper)


def test_no_two_actions_share_a_reference():
    codes = ("retain", "grow_repeat", "grow_upsell", "grow_cross")
    items = ["", *(f"Item {number}" for number in range(5000))]
    found = {reference({"objective": code, "item": item}) for code in codes for item in items}
    assert len(found) == len(codes) * len(items)


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not there")
@pytest.mark.timeout(180)
def test_what_people_write_survives_libreoffice(paper, tmp_path):
    path = plan_word(paper, tmp_path / "a.docx")
    write_in(path)
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(tmp_path / "saved"),
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    saved = tmp_path / "saved" / "a.docx"
    if not saved.is_file():
        pytest.skip(f"LibreOffice Writer is not there: {done.stderr[:80]}")
    check_written(read_word(saved), paper)


def test_the_same_plan_gives_the_same_bytes(paper, rests, tmp_path):
    one = save_plan(paper, tmp_path / "one")
    fresh = paper_of(plan_of(rests), rests)
    two = save_plan(fresh, tmp_path / "two")
    assert [a.read_bytes() == b.read_bytes() for a, b in zip(one, two, strict=True)] == [True] * 3


def test_the_review_tells_the_customer_nothing_that_is_ours_alone(paper, tmp_path):
    from pptx import Presentation

    save_plan(filled(paper), tmp_path)
    deck = Presentation(str(tmp_path / "1001.pptx"))
    said = []
    for slide in deck.slides:
        for shape in slide.shapes:
            said.append(shape.text_frame.text if shape.has_text_frame else "")
            if shape.has_table:
                said += [cell.text for row in shape.table.rows for cell in row.cells]
        if slide.has_notes_slide:
            said.append(slide.notes_slide.notes_text_frame.text)
    text = " ".join(said).lower()
    assert len(deck.slides) == 7
    for goal in paper.plan.goals["objective"]:
        assert goal.lower() not in text  # our own goals, such as a higher margin
    assert "moen marine" in text
    for ours in (
        "profit",
        "contribution",
        "deepen",
        "strategy",
        "against us",
        "attractive",
        "influence",
        "risk",
        "health",
    ):
        assert ours not in text, ours
    with zipfile.ZipFile(tmp_path / "1001.pptx") as parts:
        drawn = [name for name in parts.namelist() if name.endswith(".png")]
    assert drawn


def test_the_page_escapes_what_comes_from_data_and_loads_nothing(paper):
    page = plan_html(filled(paper, needs="<script>alert(1)</script>"))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "Ring &lt;the boss&gt;" in page
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)
    assert page.count("<img") == page.count("alt=") == len(paper.pictures)


def test_the_firms_own_template_is_used(paper, rests, tmp_path):
    from docx import Document
    from docx.shared import RGBColor

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


def test_a_template_or_a_plan_that_is_no_document_is_refused(paper, rests, tmp_path):
    path = tmp_path / "1001.docx"
    path.write_text("no document", encoding="utf-8")
    with pytest.raises(SourceError, match="template cannot be used"):
        plan_word(paper_of(paper.plan, rests, template=str(path)), tmp_path / "b.docx")
    with pytest.raises(SourceError, match="plan cannot be read"):
        paper_of(paper.plan, rests, written=tmp_path)
    assert not (tmp_path / "b.docx").exists()


def test_norwegian_plans_are_norwegian():
    with speaking("nb"):
        rests = customer()
        made = paper_of(plan_of(rests), rests)
        page = plan_html(made)
    for word in ("Kundeplan", "Hvem de er", "Tre grep", "Risiko"):
        assert word in page
    for word in ("Where we stand", "Strengths", "Objective", "customer since"):
        assert word not in page


def test_what_is_said_later_counts_and_own_rows_are_not_doubled():
    row = {"objective": "x"}
    both = joined(Filled({"a": "1", "b": "2"}, own=(row,)), Filled({"a": "3"}, own=(row,)))
    assert both.texts == {"a": "3", "b": "2"}
    assert both.own == (row,)
