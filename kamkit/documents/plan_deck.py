"""The quarterly business review: slides to go through with the customer.

Nothing that is ours alone stands on them: no profit, no attitude of persons, no strategy.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.documents.office import describe, save_office
from kamkit.language import gettext as _
from kamkit.money import scaled
from kamkit.output.style import png
from kamkit.periods import day, last_year
from kamkit.plan.amounts import when
from kamkit.plan.charts import story
from kamkit.plan.statements import known

if TYPE_CHECKING:
    from pptx.presentation import Presentation as Deck

    from kamkit.documents.plan_paper import Paper

_TITLE_ONLY, _COVER = 5, 0
_ROWS = 7


def plan_deck(paper: Paper, path: str | Path) -> Path:
    """Write the review deck of a plan and return its path: seven slides in 16:9.

    Cover, agenda, what we have done together (revenue by quarter), what was agreed (from the field
    in the plan), ideas (what comparable companies buy), next quarter, and room for decisions. The
    notes say where the numbers come from. The same plan gives the same bytes.
    """
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    describe(deck, _("Business review: {name}", name=paper.plan.account_name))
    _cover(deck, paper)
    titles = [
        _("What we have done together"),
        _("What we agreed, and how far it is"),
        _("Ideas for more"),
        _("The next quarter"),
        _("Decisions"),
    ]
    _bullets(deck, _("Agenda"), titles)
    _together(deck, titles[0], paper)
    _agreed(deck, titles[1], paper)
    _ideas(deck, titles[2], paper)
    _next_quarter(deck, titles[3])
    _bullets(deck, titles[4], [_("What we decided:"), "", _("Who does what, and by when:"), ""])
    return save_office(deck, path)


def _slide(deck: Deck, title: str) -> Any:
    from pptx.util import Inches, Pt

    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = (
        Inches(0.6),
        Inches(0.35),
        Inches(12.1),
        Inches(0.9),
    )
    shape.text = title
    paragraph = shape.text_frame.paragraphs[0]
    paragraph.font.size, paragraph.font.bold = Pt(30), True
    paragraph.alignment = 1
    return slide


def _box(slide: Any, lines: list[str], top: float, height: float, size: int = 20) -> None:
    from pptx.util import Inches, Pt

    box = slide.shapes.add_textbox(Inches(0.7), Inches(top), Inches(11.9), Inches(height))
    frame = box.text_frame
    frame.word_wrap = True
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.text = f"•  {line}" if line else ""
        paragraph.font.size = Pt(size)
        paragraph.space_after = Pt(8)


def _bullets(deck: Deck, title: str, lines: list[str]) -> Any:
    slide = _slide(deck, title)
    _box(slide, lines, 1.5, 5.2)
    return slide


def _cover(deck: Deck, paper: Paper) -> None:
    from pptx.util import Inches

    slide = deck.slides.add_slide(deck.slide_layouts[_COVER])
    title, under = slide.shapes.title, slide.placeholders[1]
    title.left, title.top, title.width = Inches(1.0), Inches(2.2), Inches(11.3)
    under.left, under.top, under.width = Inches(1.0), Inches(4.1), Inches(11.3)
    title.text = _("Business review: {name}", name=paper.plan.account_name)
    end = day(paper.plan.about.period.end)
    lines = [_("The quarter up to {day}", day=end), paper.fictional]
    under.text = "\n".join(line for line in lines if line)


def _together(deck: Deck, title: str, paper: Paper) -> None:
    from pptx.util import Inches

    slide = _slide(deck, title)
    fact, currency = paper.plan.fact, paper.plan.about.currency
    lines = []
    if known(fact, "revenue_year"):
        lines.append(
            _(
                "{when} you bought for {money}.",
                when=when(last_year(paper.plan.about.period)),
                money=scaled(float(fact["revenue_year"]), currency),
            )
        )
    if known(fact, "saved") and fact["saved"] > 0:
        lines.append(
            _(
                "Saved against list prices in the whole period: {money}",
                money=scaled(float(fact["saved"]), currency),
            )
        )
    if known(fact, "orders"):
        lines.append(_("Days with an order in the whole period: {n}", n=int(fact["orders"])))
    _box(slide, lines, 1.3, 1.5, 18)
    picture = _purchases(paper)
    if picture is not None:
        shape = slide.shapes.add_picture(
            io.BytesIO(png(picture.figure)), Inches(1.6), Inches(3.0), width=Inches(10.0)
        )
        shape._element.nvPicPr.cNvPr.set("descr", picture.alt)
    slide.notes_slide.notes_text_frame.text = _("From the sales of each quarter.")


def _purchases(paper: Paper) -> Any:
    """Return the picture of purchases without our contribution."""
    quarters = paper.extra.get("quarters")
    if quarters is None or not len(quarters):
        return None
    shown = quarters[["account_id", "quarter", "revenue"]]
    return story(shown, name=paper.plan.account_name, currency=paper.plan.about.currency)


def _agreed(deck: Deck, title: str, paper: Paper) -> None:
    """Say what was agreed with the customer; our own goals, in the table goals, stay at home."""
    text = paper.filled.texts.get("agreed", "")
    lines = [line for line in text.split("\n") if line.strip()][:_ROWS]
    slide = _bullets(
        deck, title, lines or [_("Nothing has been written down yet: agree on it today.")]
    )
    slide.notes_slide.notes_text_frame.text = _("From the field in the plan on what was agreed.")


def _ideas(deck: Deck, title: str, paper: Paper) -> None:
    """Say what comparable companies buy; not what we expect to earn on it.

    Nothing is proposed to a customer at a loss: its terms come first.
    """
    lines = []
    for one in () if paper.plan.fact.get("loses") else paper.plan.sections:
        for block in one.blocks:
            if block.table == "opportunities":
                lines += [
                    _(
                        "{item}: shall we go through what comparable companies buy, and on what "
                        "terms?",
                        item=row["item"],
                    )
                    for row in block.frame.head(4).to_dict("records")
                ]
    slide = _bullets(deck, title, lines or [_("What would make your work easier?")])
    slide.notes_slide.notes_text_frame.text = _("From the opportunities of the analysis.")


def _next_quarter(deck: Deck, title: str) -> None:
    end = _("Agree on three things to do before we meet again.")
    _bullets(deck, title, [end, "", _("Who does what, and by when:"), ""])
