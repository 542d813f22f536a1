"""The slides that a teacher makes from the figures of a lesson."""

from __future__ import annotations

from pptx import Presentation

from tools.course_slides import main


def test_each_figure_of_a_lesson_gets_a_slide_with_the_question_behind_it(tmp_path):
    assert main(["2", "--to", str(tmp_path)]) == 0
    slides = list(Presentation(str(tmp_path / "02_who_matters.pptx")).slides)
    first = slides[0].shapes[1].text_frame.text
    assert first.startswith("“Everybody says that 20% of the customers give 80% of the sales.")
    assert "– tell concentration from dependence" in first
    titles = [slide.shapes[0].text_frame.text for slide in slides]
    assert titles[:2] == ["2. Who matters", "42 accounts bring half of revenue"]
    assert len(titles) == 5  # the curve, the explorer, the two lists, and dependence
    pictures = [shape for slide in slides for shape in slide.shapes if shape.shape_type == 13]
    assert len(pictures) == 4
    assert (
        "How many accounts, counted from the largest" in slides[1].notes_slide.notes_text_frame.text
    )
    wide, high = 13.333 * 914_400, 7.5 * 914_400
    for one in pictures:
        assert one.left >= 0
        assert one.left + one.width <= wide
        assert one.top + one.height <= high
