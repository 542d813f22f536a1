"""What people may do to a plan in Word, and what is read back of it: documents by hand."""

from __future__ import annotations

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from kamkit.documents.plan_paper import Paper
from kamkit.documents.plan_word import plan_word
from kamkit.documents.plan_written import ACTIONS, keep_proposals, proposals, read_word
from kamkit.language import speaking
from kamkit.plan.filled import OWN, Filled
from kamkit.plan.objectives import measure_name
from kamkit.schema import word
from tests.documents.customer import plan_of

RETAIN = ("retain", "revenue", "€5", "€5", "Agree on terms", "Kari", "31 Dec 2026", "proposed")
TAPE = ("grow by cross-sell", "item revenue: Tape", "€0", "€9", "Tape: ask", "", "soon", "proposed")


def proposed(ref, cells):
    return {"ref": ref, **dict(zip(OWN, cells, strict=True))}


PROPOSALS = [proposed("retain", RETAIN), proposed("grow_cross: Tape", TAPE)]


def document(*rows, proposals=PROPOSALS, described=True, first=()):
    """Return a document with a table of actions; ``first`` are cells before those of each row."""
    made = Document()
    keep_proposals(made, proposals)
    table = made.add_table(rows=1, cols=len(first) + len(OWN))
    for cells in rows:
        for cell, text in zip(table.add_row().cells, (*first, *cells), strict=True):
            cell.text = text
    if described:
        mark = OxmlElement("w:tblDescription")
        mark.set(qn("w:val"), ACTIONS)
        table._tbl.tblPr.append(mark)
    return made


def read(made, tmp_path):
    path = tmp_path / "a.docx"
    made.save(str(path))
    return read_word(path)


def changed(cells, **columns):
    return tuple(columns.get(name, text) for name, text in zip(OWN, cells, strict=True))


class TestActions:
    def test_a_row_as_it_was_proposed_says_nothing(self, tmp_path):
        assert read(document(RETAIN, TAPE), tmp_path).empty

    def test_owner_due_and_status_are_a_persons_to_change(self, tmp_path):
        row = changed(RETAIN, owner="Ola", due="in May", status="started")
        found = read(document(row, TAPE), tmp_path)
        assert found.actions == {"retain": {"owner": "Ola", "due": "in May", "status": "started"}}
        assert found.own == ()

    def test_only_what_differs_is_kept_and_spaces_do_not_differ(self, tmp_path):
        row = changed(RETAIN, owner=" Kari ", due="31  Dec\n2026", status="done")
        assert read(document(row), tmp_path).actions == {"retain": {"status": "done"}}

    def test_what_is_deleted_falls_back_to_the_proposal(self, tmp_path):
        assert read(document(changed(RETAIN, owner="", status="")), tmp_path).empty

    @pytest.mark.parametrize("name", ["objective", "measure", "target", "action"])
    def test_a_row_that_says_something_else_is_an_own_action(self, name, tmp_path):
        row = changed(RETAIN, **{name: "mine"})
        found = read(document(row), tmp_path)
        assert found.actions == {}
        assert found.own == ({one: text for one, text in zip(OWN, row, strict=True) if text},)

    def test_a_copy_of_a_row_is_an_own_action(self, tmp_path):
        found = read(document(RETAIN, changed(RETAIN, owner="Ola")), tmp_path)
        # the first of the two answers for the proposal
        assert found.actions == {}
        assert len(found.own) == 1
        assert found.own[0]["owner"] == "Ola"

    def test_empty_rows_are_no_actions(self, tmp_path):
        assert read(document(RETAIN, ("",) * len(OWN)), tmp_path).empty

    def test_rows_may_change_places(self, tmp_path):
        found = read(document(changed(TAPE, owner="Ola"), RETAIN), tmp_path)
        assert found.actions == {"grow_cross: Tape": {"owner": "Ola"}}

    def test_a_table_that_lost_its_description_is_known_by_a_proposal(self, tmp_path):
        mine = ("My goal", *[""] * 7)
        found = read(document(changed(RETAIN, owner="Ola"), mine, described=False), tmp_path)
        assert found.actions == {"retain": {"owner": "Ola"}}
        assert found.own == ({"objective": "My goal"},)
        # with no row that was proposed it is somebody's table
        assert read(document(mine, described=False), tmp_path).empty

    def test_tables_with_fewer_columns_are_not_ours(self, tmp_path):
        made = document(RETAIN)
        table = made.add_table(rows=2, cols=3)
        table.rows[1].cells[0].text = "retain"
        assert read(made, tmp_path).empty


class TestEarlierPlans:
    """Plans of kamkit 0.1 kept no proposals; a first column held a reference such as A01f."""

    def test_they_are_known_by_the_words_of_their_objective(self, tmp_path):
        started = changed(TAPE, status="started", owner="Ola")
        found = read(document(started, proposals=[], first=("A01f",)), tmp_path)
        assert found.actions == {
            "grow_cross: Tape": {"owner": "Ola", "due": "soon", "status": "started"}
        }

    def test_an_untouched_row_of_them_says_nothing(self, tmp_path):
        assert read(document(RETAIN, proposals=[], first=("A01f",)), tmp_path).empty
        norwegian = changed(RETAIN, status="foreslått")
        assert read(document(norwegian, proposals=[], first=("A01f",)), tmp_path).empty
        assert read(
            document(changed(RETAIN, status=""), proposals=[], first=("A01f",)), tmp_path
        ).empty

    def test_a_norwegian_plan_is_read_by_an_english_kamkit(self, tmp_path):
        with speaking("nb"):
            measure = measure_name("item_revenue", "Teip")
            objective = word("grow_cross")
        row = changed(TAPE, objective=objective, measure=measure, status="i gang", due="")
        found = read(document(row, proposals=[], first=("A01f",)), tmp_path)
        assert found.actions == {"grow_cross: Teip": {"status": "i gang"}}

    def test_a_row_that_lost_its_reference_is_known_by_its_words(self, tmp_path):
        found = read(document(RETAIN, proposals=[], first=("",)), tmp_path)
        # what was proposed is not known, so all that stands there is kept but for the status
        assert found.actions == {"retain": {"owner": "Kari", "due": "31 Dec 2026"}}

    def test_a_row_without_a_reference_is_an_own_action(self, tmp_path):
        mine = ("My goal", *[""] * 6, "new")
        found = read(document(mine, proposals=[], first=("",)), tmp_path)
        assert found.own == ({"objective": "My goal", "status": "new"},)


class TestFields:
    def field(self, code, *texts, tag="kamkit:", bookmark="kamkit_"):
        """Return a document with one field: runs in a control between bookmarks."""
        made = Document()
        paragraph = made.add_paragraph()
        runs = [paragraph.add_run(text) for text in texts]
        if tag is not None:
            control, properties, content = (
                OxmlElement(name) for name in ("w:sdt", "w:sdtPr", "w:sdtContent")
            )
            mark = OxmlElement("w:tag")
            mark.set(qn("w:val"), f"{tag}{code}")
            properties.append(mark)
            control.append(properties)
            control.append(content)
            for run in runs:
                content.append(run._r)
            paragraph._p.append(control)
        if bookmark is not None:
            for name in ("w:bookmarkStart", "w:bookmarkEnd"):
                one = OxmlElement(name)
                one.set(qn("w:id"), "1000")
                if name.endswith("Start"):
                    one.set(qn("w:name"), f"{bookmark}{code}")
                    paragraph._p.insert(0, one)
                else:
                    paragraph._p.append(one)
        made.add_paragraph("After it")
        return made

    @pytest.mark.parametrize(
        ("tag", "bookmark", "there"),
        [
            ("kamkit:", "kamkit_", True),
            (None, "kamkit_", True),  # a program that dropped the control
            ("kamkit:", None, True),
            ("other:", "other_", False),
        ],
    )
    def test_a_field_is_found_by_its_control_or_its_bookmarks(self, tag, bookmark, there, tmp_path):
        found = read(self.field("needs", "Fast", "er", tag=tag, bookmark=bookmark), tmp_path)
        assert found.texts == ({"needs": "Faster"} if there else {})

    @pytest.mark.parametrize("text", ["[What do they want?]", "[two\nlines]", "", "  "])
    def test_the_question_itself_is_no_answer(self, text, tmp_path):
        assert read(self.field("needs", text), tmp_path).texts == {}

    def test_brackets_inside_an_answer_stay(self, tmp_path):
        found = read(self.field("needs", "[Two] lorries"), tmp_path)
        assert found.texts == {"needs": "[Two] lorries"}

    def test_breaks_are_new_lines(self, tmp_path):
        made = self.field("needs", "One\nTwo")  # python-docx writes a break for it
        assert read(made, tmp_path).texts == {"needs": "One\nTwo"}

    def test_an_answer_of_two_paragraphs_between_bookmarks(self, tmp_path):
        made = self.field("needs", "One", tag=None)
        body = made.element.body
        end = next(body.iter(qn("w:bookmarkEnd")))
        second = made.paragraphs[1]
        second._p.append(end)
        assert read(made, tmp_path).texts == {"needs": "One\nAfter it"}


class TestProposals:
    def test_a_plan_made_from_a_plan_holds_its_own_proposals_alone(self):
        made = document()
        keep_proposals(made, PROPOSALS[:1])
        assert proposals(made) == PROPOSALS[:1]

    def test_signs_of_xml_come_back_as_they_were(self):
        signs = {"ref": 'a"b', "action": "<Ring> & 'wait'"}
        made = Document()
        keep_proposals(made, [signs])
        assert proposals(made) == [signs]

    def test_a_plan_that_nobody_has_yet_is_empty(self, tmp_path):
        assert read_word(tmp_path / "a.docx") == Filled()

    def test_a_document_of_somebody_elses_has_none(self, tmp_path):
        assert proposals(Document()) == []
        plain = Document()
        plain.add_paragraph("Minutes")
        assert read(plain, tmp_path).empty

    def test_a_written_plan_repeats_what_was_proposed_and_not_what_was_changed(self, tmp_path):
        filled = Filled(actions={"retain": {"owner": "Ola"}})
        path = plan_word(Paper(plan_of(), {}, filled), tmp_path / "a.docx")
        kept = {row["ref"]: row for row in proposals(Document(str(path)))}
        assert list(kept) == ["retain", "deepen", "grow_upsell: Rope", "grow_cross: Tape"]
        assert kept["retain"]["owner"] == "S1"
        assert read_word(path).actions == {"retain": {"owner": "Ola"}}
