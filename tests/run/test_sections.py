"""What of a notebook reaches the report, what is seen at once, and what is to be unfolded."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import v4

from kamkit.run.report import FRONT, Block, Section, findings, section


def output(kind, text="", html="", **label):
    data = {"text/plain": text, **({"text/html": html} if html else {})}
    about = {"kamkit": {"kind": kind, "text": text, **label}} if kind else {}
    return v4.new_output("display_data", data, metadata=about)


def finding(name, text="Told."):
    return output("finding", text, name=name)


@pytest.fixture
def read(tmp_path):
    """Return a function that makes a section of cells: texts are prose, lists are outputs."""

    def made(*cells, name="02_identify", **how) -> Section:
        written = []
        for cell in cells:
            if isinstance(cell, str):
                written.append(v4.new_markdown_cell(cell))
            else:
                written.append(v4.new_code_cell("show()", outputs=cell))
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(v4.new_notebook(cells=written), path)
        return section(path, **how)

    return made


def kinds(blocks) -> list[str]:
    return [block.kind for block in blocks]


class TestReading:
    def test_the_first_heading_is_the_title_and_the_file_gives_anchor_and_name(self, read):
        one = read("# Who *matters*\n\nprose", [finding("late")], name="02_Who & what")
        assert (one.title, one.anchor, one.notebook) == (
            "Who matters",
            "s-02-who-what",
            "02_Who & what",
        )
        assert read([finding("late")], name="03_own").title == "03_own"

    def test_only_what_kamkit_shows_is_taken(self, read):
        one = read(
            [
                output("", "<Figure size 640x480>", "<b>raw</b>"),
                v4.new_output("stream", name="stdout", text="printed"),
                v4.new_output("error", ename="E", evalue="", traceback=[]),
                output("table", "rows", "<table></table>", name="classes"),
                output("figure", "drawn", "<figure></figure>"),
                output("table", "a table without a page"),
                output("note", "Left out: no cost."),
                output("stranger", "x", "<p>x</p>"),
            ]
        )
        assert kinds(one.blocks) == ["table", "figure", "note"]
        assert (one.blocks[0].html, one.blocks[0].name) == ("<table></table>", "classes")
        assert one.blocks[2].text == "Left out: no cost."

    def test_a_chapter_tells_when_it_has_more_than_what_is_left_out(self, read):
        left_out = output("note", "Left out: no goods.")
        assert not read("# Growth\n## Whitespace", [left_out]).tells
        assert not read("# Follow-up", [finding("overdue", "No written goal is overdue.")]).tells
        assert read("# Growth", [left_out, finding("affinity")]).tells
        assert read("# Our own", [left_out], left_out="The notebook failed.").tells

    def test_a_finding_keeps_its_name_sentence_and_caveats(self, read):
        one = read([output("finding", "Three are late.", name="late", caveats=["One year only."])])
        (block,) = one.findings
        assert (block.name, block.text, block.caveats) == (
            "late",
            "Three are late.",
            ("One year only.",),
        )
        assert block.method == "methods.html#late"
        assert findings([one]) == [
            {
                "name": "late",
                "text": "Three are late.",
                "caveats": ["One year only."],
                "notebook": "02_identify",
            }
        ]

    def test_a_heading_with_nothing_under_it_is_dropped(self, read):
        one = read("# Title\n## Empty\n## Late ##\n", [finding("late")], "## Last\n### Deeper")
        assert [b.text for b in one.blocks if b.kind == "heading"] == ["Late"]
        assert read("# Title\n## Only headings").blocks == []

    def test_signs_of_code_are_no_headings(self, read):
        one = read("#### too deep\ntext # no heading\n##nor this", [finding("late")])
        assert kinds(one.blocks) == ["finding"]

    def test_why_a_notebook_was_left_out_is_the_last_word(self, read):
        one = read("# Relate\n## People", left_out="No contacts here.")
        assert [(b.kind, b.text) for b in one.blocks] == [
            ("heading", "People"),
            ("notice", "No contacts here."),
        ]

    def test_every_block_has_a_place_of_its_own(self, read):
        one = read("## A", [finding("late"), finding("whale")], "## B", [finding("own")])
        anchors = [block.anchor for block in one.blocks]
        assert len(set(anchors)) == len(anchors) == 5
        assert all(anchor.startswith("s-02-identify-") for anchor in anchors)


def block(kind, name="", *, n=[0]):  # noqa: B006 - counts the blocks
    n[0] += 1
    return Block(kind, f"a{n[0]}", name=name, text=name)


class TestFront:
    def test_the_finding_that_counts_comes_with_the_first_picture_under_its_heading(self):
        assert {"late", "whale"} <= set(FRONT)
        other = [block("heading"), block("finding", "regularity"), block("figure", "other")]
        late = [
            block("heading"),
            block("table", "alarms"),
            block("finding", "late"),
            block("finding", "rhythm"),
            block("figure", "first"),
            block("figure", "second"),
        ]
        one = Section("s", "Value", blocks=[*other, *late])
        assert [b.name for b in one.front] == ["late", "first"]
        assert [b.name for b in one.rest if b.name] == [
            "regularity",
            "other",
            "alarms",
            "rhythm",
            "second",
        ]

    def test_of_two_that_count_the_one_that_carries_the_section_is_seen(self):
        parts = [block("heading"), block("finding", "late"), block("heading")]
        one = Section("s", "Value", blocks=[*parts, block("finding", "whale"), block("figure")])
        assert [(b.kind, b.name) for b in one.front] == [("finding", "whale"), ("figure", "")]
        # the other is told below, without its picture
        assert [b.name for b in one.also] == ["late"]
        assert not [b for b in one.findings if b in one.rest]

    def test_the_months_tell_more_than_a_bar_of_all_lines(self):
        used = [block("heading"), block("finding", "reconciled"), block("figure", "bar")]
        months = [block("heading"), block("finding", "coverage"), block("figure", "months")]
        one = Section("s", "Data", blocks=[*used, *months])
        assert [b.name for b in one.front] == ["reconciled", "months"]
        assert Section("s", "Data", blocks=used).front[-1].name == "bar"

    def test_without_one_that_counts_the_first_finding_is_seen(self):
        table = [block("heading"), block("table")]
        first = [block("heading"), block("finding", "a"), block("figure", "b")]
        second = [block("heading"), block("finding", "c")]
        one = Section("s", "Own", blocks=[*table, *first, *second])
        assert [b.name for b in one.front] == ["a", "b"]

    def test_a_section_without_findings_is_all_unfolded(self):
        one = Section("s", "Own", blocks=[block("heading"), block("table"), block("figure")])
        assert one.front == []
        assert kinds(one.rest) == ["heading", "table", "figure"]
        assert one.findings == []

    def test_no_block_is_lost_and_none_told_twice(self):
        shown = [block("finding", "late"), block("figure"), block("table"), block("notice")]
        one = Section("s", "Value", blocks=[block("heading"), *shown])
        assert sorted(b.anchor for b in [*one.front, *one.rest] if b.kind != "heading") == sorted(
            b.anchor for b in shown
        )

    def test_what_a_chapter_has_said_before_is_not_said_again(self):
        lead = Block("finding", "a", text="Late.", caveats=("One year.",), name="late")
        more = Block("finding", "b", text="Seen.", caveats=("One year.", "Told.", "New."))
        told = Block("finding", "c", text="Told.")
        why = Block("note", "d", text="Left out: no cost.")
        one = Section("s", "Value", blocks=[block("heading"), lead, block("heading"), more, told])
        assert [b.caveats for b in one.rest if b.kind == "finding"] == [("New.",), ()]
        twice = Section("s", "Value", blocks=[lead, Block("heading", "e", text="Whale"), why, why])
        assert [b.text for b in twice.rest] == ["Whale: Left out: no cost."]

    def test_one_of_several_ways_to_tell_the_same_is_shown_the_others_are_to_be_unfolded(self):
        def way(n):
            text = ("together", "each group", "each account")[n]
            finding = Block("finding", f"f{n}", text=text, name="price_volume_mix")
            return [finding, Block("figure", f"p{n}", html="<svg></svg>")]

        other = [Block("heading", "h2", text="Kept"), Block("finding", "k", name="retention")]
        blocks = [Block("heading", "h1", text="Price"), *way(0), *way(1), *way(2), *other]
        rest = Section("s", "Value", blocks=[block("finding", "whale"), *blocks]).rest
        assert kinds(rest) == [
            *("heading", "finding", "figure", "folded", "folded", "heading", "finding")
        ]
        assert [b.text for b in rest if b.kind == "folded"] == ["each group", "each account"]
        assert [b.anchor for b in rest[3].inner] == ["f1", "p1"]

    def test_a_finding_of_your_own_has_no_method(self):
        assert block("finding", "our_own").method == ""


def test_the_section_of_plans_shows_them_by_strategy_in_a_run_that_is_new(small_run):
    # its table is made of the answer, which nothing before the first page asks for
    assert "Plans by aim" in (small_run / "report.html").read_text(encoding="utf-8")
