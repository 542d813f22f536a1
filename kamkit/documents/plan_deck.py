"""Six slides to go through with the customer.

Nothing that is ours alone stands on them: no profit, discount, score or strategy, no attitude of
persons, no other customer. Ideas and agreements are those that the manager wrote into the plan.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.colours import BLUE, INK, QUIET
from kamkit.documents.office import describe, save_office
from kamkit.documents.slide import add_picture, add_text, colour, write_lines
from kamkit.language import gettext as _
from kamkit.language import number, signed
from kamkit.money import scaled
from kamkit.output.style import png
from kamkit.periods import day, last_year, span
from kamkit.plan.charts import story
from kamkit.plan.statements import known

if TYPE_CHECKING:
    from pptx.presentation import Presentation as Deck

    from kamkit.documents.plan_paper import Paper

_TITLE_ONLY = 5
_WIDE, _HIGH = 13.333, 7.5
_LEFT, _ROOM, _TOP, _DEEP = 0.75, 11.83, 1.75, 4.9
_ROWS, _EMPTY, _CARDS = 6, 4, 6
_WASH = "EEF3F7"
_PER_INCH = 150  # letters of one point that stand on an inch
_WIDEST = 0.71  # the width of a bold letter of the widest usual typeface, of its size


def plan_deck(paper: Paper, path: str | Path) -> Path:
    """Write the slides of a plan and return its path: six in 16:9.

    Cover, results together, what we did, ideas, what we agreed, next meeting. Where the manager
    has written nothing there is room to write. The same plan gives the same bytes.
    """
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(_WIDE), Inches(_HIGH)
    describe(deck, _("Business review: {name}", name=paper.plan.account_name))
    texts = paper.plan.texts
    _cover(deck, paper)
    _results(deck, paper)
    did = _slide(deck, _("What we did for you"), paper)
    _points(did, _lines(texts.get("did", "")))
    _ideas(deck, paper)
    _agreed(deck, paper)
    _meeting(deck, paper)
    return save_office(deck, path)


def chosen(text: str, offers: Sequence[str]) -> list[str]:
    """Return the ideas that the manager chose: by their number in the plan, or in words.

    >>> chosen("1, 3; a joint stock", ["Tape", "Rope", "Oil"]), chosen("2", [])
    (['Tape', 'Oil', 'a joint stock'], [])
    """
    ideas_chosen = []
    for part in re.split(r"[,;\n]+", text):
        idea = part.strip(" .")
        if idea.isdigit():
            i = int(idea) - 1
            ideas_chosen += list(offers[i : i + 1]) if i >= 0 else []
        elif idea:
            ideas_chosen.append(idea)
    return list(dict.fromkeys(ideas_chosen))


def _lines(text: str) -> list[str]:
    return [line.strip(" •–-") for line in text.split("\n") if line.strip(" •–-")][:_ROWS]


def _slide(deck: Deck, title: str, paper: Paper) -> Any:
    """Add a slide with its title, the line of colour and the foot."""
    from pptx.util import Inches

    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = (
        Inches(_LEFT),
        Inches(0.55),
        Inches(_ROOM),
        Inches(0.8),
    )
    write_lines(shape.text_frame, [(title, 30, True, BLUE)])
    _bar(slide, _LEFT, 1.38, 1.2, 0.06)
    foot = f"{paper.plan.account_name} · {paper.plan.about.title} · {len(deck.slides)}"
    add_text(slide, [(foot, 11, False, QUIET)], (_LEFT, 6.95, _ROOM, 0.35))
    return slide


def _bar(slide: Any, left: float, top: float, wide: float, high: float) -> None:
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.util import Inches

    bar = slide.shapes.add_shape(
        MSO_SHAPE.RECTANGLE, Inches(left), Inches(top), Inches(wide), Inches(high)
    )
    bar.fill.solid()
    bar.fill.fore_color.rgb = colour(BLUE)
    bar.line.fill.background()


def fitting(texts: Sequence[str], wide: float, high: float, largest: float = 22) -> float:
    """Return the largest size in points at which texts fit a box of so many inches.

    >>> fitting(["short"], 11, 5), fitting(["long " * 200] * 6, 11, 5)
    (22, 10)
    """
    size = largest
    while size > 10:
        letters = max(int(wide * _PER_INCH / size), 1)
        lines = sum(max(len(textwrap.wrap(text, letters)), 1) for text in texts)
        if lines * size * 1.25 / 72 + len(texts) * 0.16 <= high:
            break
        size -= 1
    return size


def on_one_line(texts: Sequence[str], wide: float, largest: float) -> float:
    """Return the largest size in points at which no bold text is wider than so many inches.

    An amount has no space to break at, and a program without the typeface takes a wider one.

    >>> on_one_line(["89"], 2.9, 26), on_one_line(["NOK 5.60 million"], 2.9, 26)
    (26, 18)
    """
    letters = max((len(text) for text in texts), default=1)
    return min(largest, int(wide * 72 / (_WIDEST * letters)))


def _cover(deck: Deck, paper: Paper) -> None:
    from pptx.util import Inches

    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    _bar(slide, 0, 0, 0.35, _HIGH)
    about = paper.plan.about
    add_text(slide, [(_("Business review"), 20, True, BLUE)], (1.1, 1.9, 11, 0.6))
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = (
        Inches(1.1),
        Inches(2.5),
        Inches(11.2),
        Inches(1.5),
    )
    name = paper.plan.account_name
    write_lines(shape.text_frame, [(name, fitting([name], 11, 1.2, 44), True, INK)])
    lines = [about.title, _("Up to {day}", day=day(about.period.end)), paper.fictional]
    texts = [(line, 18, False, QUIET) for line in lines if line]
    add_text(slide, texts, (1.1, 4.2, 11.2, 1.6))


def _results(deck: Deck, paper: Paper) -> None:
    """Show what they bought: three figures and the picture by quarter."""
    slide = _slide(deck, _("Our results together"), paper)
    boxes = _figures(paper)
    size = on_one_line([value for _label, value, _note in boxes], 2.9, 26)
    for i, (label, value, note) in enumerate(boxes):
        lines = [(label, 14, False, QUIET), (value, size, True, INK), (note, 14, False, QUIET)]
        add_text(slide, lines, (_LEFT, _TOP + i * 1.65, 3.3, 1.45), _WASH)
    picture = _purchases(paper)
    if picture is not None:
        add_picture(slide, png(picture.figure), (4.4, _TOP, 8.18, _DEEP), picture.alt)


def _figures(paper: Paper) -> list[tuple[str, str, str]]:
    fact, about = paper.plan.fact, paper.plan.about
    year = last_year(about.period)
    result = []
    if known(fact, "revenue_year"):
        note = ""
        if known(fact, "growth_ratio"):
            note = _("{change} on the year before", change=signed(float(fact["growth_ratio"])))
        bought = scaled(float(fact["revenue_year"]), about.currency)
        result.append((_("Your purchases {period}", period=span(year)), bought, note))
    quarters = paper.quarters
    if quarters is not None and "orders" in quarters:
        mine = quarters[quarters["quarter"].dt.date >= year.start]
        label = _("Invoices {period}", period=span(year))
        result.append((label, number(float(mine["orders"].sum())), ""))
    if known(fact, "since"):
        result.append((_("Customer since"), str(fact["since"].year), ""))
    return result


def _purchases(paper: Paper) -> Any:
    """Return the picture of purchases without our contribution."""
    quarters = paper.quarters
    if quarters is None or not len(quarters):
        return None
    shown = quarters[["account_id", "quarter", "revenue"]]
    return story(shown, name=paper.plan.account_name, currency=paper.plan.about.currency)


def _points(slide: Any, lines: list[str]) -> None:
    """Write the points of a slide one below the other; empty lines where there are none."""
    shown = lines or [""] * _EMPTY
    size = fitting(shown, _ROOM - 1.0, _DEEP)
    step = _DEEP / max(len(shown), _EMPTY)
    for i, line in enumerate(shown):
        top = _TOP + i * step
        add_text(slide, [(str(i + 1), 20, True, BLUE)], (_LEFT, top, 0.6, 0.5))
        add_text(slide, [(line, size, False, INK)], (_LEFT + 0.7, top, _ROOM - 0.7, step - 0.15))
        _bar(slide, _LEFT, top + step - 0.12, _ROOM, 0.01)


def _ideas(deck: Deck, paper: Paper) -> None:
    """Show the ideas that the manager chose, as cards."""
    slide = _slide(deck, _("Ideas to look at together"), paper)
    ideas = chosen(paper.plan.texts.get("ideas", ""), paper.offers)[:_CARDS]
    if not ideas:
        _points(slide, [])
        return
    across = 1 if len(ideas) == 1 else 2 if len(ideas) in (2, 4) else 3
    down = -(-len(ideas) // across)
    wide, high = (_ROOM - 0.3 * (across - 1)) / across, min((_DEEP - 0.3 * (down - 1)) / down, 2.3)
    size = min(fitting([idea], wide - 0.6, high - 0.9) for idea in ideas)
    for i, idea in enumerate(ideas):
        left = _LEFT + i % across * (wide + 0.3)
        top = _TOP + i // across * (high + 0.3)
        lines = [(str(i + 1), 20, True, BLUE), (idea, size, True, INK)]
        add_text(slide, lines, (left, top, wide, high), _WASH)


def _agreed(deck: Deck, paper: Paper) -> None:
    """Show what was agreed with the customer; our own goals stay at home."""
    from pptx.util import Inches

    slide = _slide(deck, _("What we agreed"), paper)
    lines = _lines(paper.plan.texts.get("agreed", ""))
    rows = [[part.strip() for part in re.split(r"[;|]", line)][:3] for line in lines]
    rows = rows or [["", "", ""]] * _EMPTY
    high = min(0.8, _DEEP / (len(rows) + 1))
    box = (Inches(_LEFT), Inches(_TOP), Inches(_ROOM), Inches(high * (len(rows) + 1)))
    made = slide.shapes.add_table(len(rows) + 1, 3, *box).table
    for column, wide in enumerate((7.0, 2.63, 2.2)):
        made.columns[column].width = Inches(wide)
    size = fitting([row[0] for row in rows], 6.8, _DEEP - high, 18)
    for n, row in enumerate([[_("What"), _("Who"), _("By")], *rows]):
        for column in range(3):
            text = row[column] if column < len(row) else ""
            _cell(made.cell(n, column), text, size, head=n == 0)


def _cell(cell: Any, text: str, size: float, *, head: bool) -> None:

    write_lines(cell.text_frame, [(text, size, head, "#FFFFFF" if head else INK)])
    cell.fill.solid()
    fill = BLUE if head else _WASH
    cell.fill.fore_color.rgb = colour(fill)


def _meeting(deck: Deck, paper: Paper) -> None:
    slide = _slide(deck, _("Our next meeting"), paper)
    lines = _lines(paper.plan.texts.get("meeting", ""))
    shown = lines or [_("Day:"), _("Place:"), _("Who comes:")]
    size = fitting(shown, 6.6, max(2.2, 0.5 * len(shown)))
    texts = [(line, size, bool(lines) and not n, INK) for n, line in enumerate(shown)]
    add_text(slide, texts, (_LEFT, _TOP, 7.0, max(2.4, 0.55 * len(texts))), _WASH)
    agenda = [_("What we have on the list"), _("What we agreed, and how far it is"), _("New ideas")]
    points = [(f"•  {line}", 16, False, INK) for line in agenda[1:]]
    add_text(slide, [(agenda[0], 16, True, BLUE), *points], (8.1, _TOP, 4.48, _DEEP))
