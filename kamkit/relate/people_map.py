"""The relationship map: the people at one account on one page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from kamkit.colours import BLUE, INK, QUIET
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.chart import chart, nothing
from kamkit.output.style import WIDTH
from kamkit.output.wording import caption
from kamkit.schema import takes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

_MOST, _COLUMNS = 40, 5
_CARD, _STEP, _HEAD, _INDENT = 0.56, 0.66, 0.42, 0.13
_FOR, _AGAINST = "#dcebf5", "#fbe3cf"

_HEADING: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 9, "fontweight": "bold"}

Row = dict[str, Any]


@takes(
    persons="number contact department influence support our_contact above level "
    "days_since_met stale"
)
def relationship_map(
    persons: pd.DataFrame, *, name: str = "", source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the people at one account: who reports to whom, what they want, who of ours knows them.

    ``persons`` are the rows of ``relate.people`` for one account. Those with nobody above stand on
    top; the others hang under their department. A card says how much influence (dots) and whether
    for us (plus) or against (minus), who of ours knows the person and when they last met; a dashed
    edge is a contact that has gone stale or that nobody has. At most 40 people are drawn, those of
    most influence.

    >>> import pandas as pd
    >>> from kamkit.relate._people import people
    >>> two = pd.DataFrame({"account_id": "1", "person": ["Eva", "Ola"], "our_contact": ["S1", ""]})
    >>> two = two.assign(role=["decider", "user"], influence=4.0, department="Sales")
    >>> relationship_map(people(two, end=pd.Timestamp("2025-12-31")), name="Bygg")
    Bygg: 2 people in 1 department, known by 1 of ours
    """
    words = caption(source, period)
    if persons.empty:
        return nothing(words)
    shown = persons.sort_values("number").head(_MOST)
    rows: list[Row] = [
        {str(key): value for key, value in row.items()} for row in shown.to_dict("records")
    ]
    top, columns = _placed(rows)
    tops = -(-len(top) // _COLUMNS)
    deepest = max((sum(_height(part) for _x, part in column) for column in columns), default=0.0)
    height = tops * _STEP + (0.35 + deepest if columns else 0.0) + 0.62

    def draw(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(-height, 0.05)
        wide = WIDTH / max(len(columns), min(len(top), _COLUMNS), 3)
        spots = _draw_top(axes, top, wide)
        labels = {int(row["number"]): str(row["contact"]) for row in rows}
        _draw_columns(axes, columns, spots, labels, (wide, -tops * _STEP - 0.3))
        _draw_ours(axes, persons, -height + 0.12)

    return chart(
        _map_title(persons, name),
        draw,
        table=shown,
        description=[_ours_words(persons), *map(_in_words, rows)],
        caption=words,
        height=height + 0.45,
    )


def _map_title(persons: pd.DataFrame, name: str) -> str:
    ours = {code for cell in persons["our_contact"] for code in _codes(cell)}
    departments = persons.loc[persons["department"] != "", "department"].nunique()
    facts = _(
        "{people} in {departments}, known by {ours}",
        people=ngettext("{n} person", "{n} people", len(persons)),
        departments=ngettext("{n} department", "{n} departments", departments),
        ours=ngettext("{n} of ours", "{n} of ours", len(ours)),
    )
    if len(persons) > _MOST:
        facts = _("{facts} (the {n} of most influence drawn)", facts=facts, n=number(_MOST))
    return _("{name}: {facts}", name=name, facts=facts) if name else facts


def _codes(cell: object) -> list[str]:
    return [part.strip() for part in str(cell or "").split(";") if part.strip()]


def _placed(rows: list[Row]) -> tuple[list[Row], list[list[tuple[str, list[Row]]]]]:
    """Return those on top, and the departments of the others in at most five columns."""
    top = [row for row in rows if row["level"] == 0]
    under = [row for row in rows if row["level"] > 0]
    if len(top) > 2 * _COLUMNS and not under:
        top, under = [], top
    groups: dict[str, list[Row]] = {}
    for row in under:
        groups.setdefault(row["department"], []).append(row)
    blocks = sorted(
        ((key, _hanging(part)) for key, part in groups.items()),
        key=lambda block: (-_height(block[1]), block[0]),
    )
    columns: list[list[tuple[str, list[Row]]]] = [[] for _x in range(min(_COLUMNS, len(blocks)))]
    for block in blocks:
        least = min(columns, key=lambda column: sum(_height(part) for _x, part in column))
        least.append(block)
    return top, columns


def _hanging(part: list[Row]) -> list[Row]:
    """Order the people of a department so that each stands below the superior, with its depth."""
    here = {row["number"] for row in part}
    rows: list[Row] = []

    def hang(row: Row, depth: int) -> None:
        rows.append(row | {"depth": depth})
        for other in part:
            if other["above"] == row["number"]:
                hang(other, depth + 1)

    for row in part:
        if row["above"] not in here:
            hang(row, 0)
    return rows


def _height(part: list[Row]) -> float:
    return _HEAD + len(part) * _STEP


def _draw_top(axes: Axes, top: list[Row], wide: float) -> dict[int, tuple[float, float]]:
    spots = {}
    for i, row in enumerate(top):
        line, at = divmod(i, _COLUMNS)
        here = min(_COLUMNS, len(top) - line * _COLUMNS)
        left = WIDTH / 2 + (at - here / 2) * wide
        _card(axes, row | {"depth": 0}, left, -line * _STEP, wide)
        spots[int(row["number"])] = (left + wide / 2, -line * _STEP - _CARD)
    return spots


def _draw_columns(
    axes: Axes,
    columns: list[list[tuple[str, list[Row]]]],
    spots: dict[int, tuple[float, float]],
    labels: dict[int, str],
    sizes: tuple[float, float],
) -> None:
    wide, start = sizes
    line: dict[str, Any] = {"color": QUIET, "linewidth": 1.0, "zorder": 1}
    offset = (WIDTH - wide * len(columns)) / 2
    bus = start + 0.14
    for at, column in enumerate(columns):
        middle, y = offset + (at + 0.5) * wide, start
        for order, (department, part) in enumerate(column):
            heads = {int(row["above"]) for row in part if not row["depth"]}
            drawn = heads & set(spots) if order == 0 else set()
            for x, bottom in (spots[head] for head in sorted(drawn)):
                axes.plot([middle, middle, x, x], [y - 0.04, bus, bus, bottom], **line)
            called = _fit(department or _("no department"), wide - 0.15, bold=True)
            axes.text(middle, y - 0.15, called, color=BLUE, **_HEADING)
            under = _fit(_under(heads - drawn, labels), wide - 0.25)
            axes.text(middle, y - 0.31, under, color=QUIET, ha="center", va="center", fontsize=8)
            _draw_block(axes, part, (offset + at * wide, y - _HEAD, wide))
            y -= _height(part)


def _under(heads: set[int], labels: dict[int, str]) -> str:
    """Say who stands above a department where no line is drawn to them."""
    named = [labels[head] for head in sorted(heads) if head in labels]
    if len(named) > 1:
        named = [_("{name} and {n} more", name=named[0], n=number(len(named) - 1))]
    missing = [_("somebody not on the map")] if -1 in heads else []
    return f"↑ {', '.join([*named, *missing])}" if named or missing else ""


def _draw_block(axes: Axes, part: list[Row], box: tuple[float, float, float]) -> None:
    left, y, wide = box
    tops: dict[int, float] = {}
    for row in part:
        boss = int(row["above"])
        _card(axes, row, left, y, wide)
        tops[int(row["number"])] = y
        if row["depth"] and boss in tops:
            x = left + 0.06 + min(row["depth"], 3) * _INDENT
            down = [tops[boss] - _CARD, y - _CARD / 2, y - _CARD / 2]
            axes.plot([x - 0.07, x - 0.07, x], down, color=QUIET, linewidth=1.0, zorder=1)
        y -= _STEP


def _card(axes: Axes, row: Row, left: float, y: float, wide: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    indent = 0.06 + min(row["depth"], 3) * _INDENT
    width = wide - indent - 0.06
    loose = bool(row["stale"]) or not row["our_contact"]
    support = row["support"]
    colour = "white" if not support or support != support else _FOR if support > 0 else _AGAINST
    look: dict[str, Any] = {"edgecolor": QUIET, "linewidth": 0.8}
    if loose:
        look = {"edgecolor": INK, "linewidth": 1.3, "linestyle": "--"}
    look |= {"boxstyle": "round,pad=0,rounding_size=0.05", "facecolor": colour}
    axes.add_patch(FancyBboxPatch((left + indent, y - _CARD), width, _CARD, zorder=2, **look))
    dots = f"{_dots(row['influence'])} {_sign(support)}  {_days(row['days_since_met'])}"
    room = width - 0.17
    how: dict[str, Any] = {"va": "center", "fontsize": 8, "zorder": 3}
    x = left + indent + 0.07
    axes.text(x, y - 0.13, _fit(str(row["contact"]), room, bold=True), fontweight="bold", **how)
    axes.text(x, y - 0.29, _fit(dots, room), **how)
    axes.text(x, y - 0.45, _fit(_known_by(row), room), color=QUIET, **how)


def _fit(text: str, inches: float, *, bold: bool = False) -> str:
    """Cut a text of 8 points so that it is no wider than so many inches."""
    text = " ".join(text.split())
    if _width(text, bold) <= inches:
        return text
    while len(text) > 1 and _width(f"{text}…", bold) > inches:
        text = text[:-1].rstrip()
    return f"{text}…"


@cache
def _width(text: str, bold: bool) -> float:
    """Return how wide a text of 8 points is, in inches."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=8.0)
    width, _height, _descent = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) * 1.05 / 72


def _dots(influence: float) -> str:
    full = round(influence)
    return "●" * full + "○" * (5 - full)


def _sign(support: float) -> str:
    if support != support:
        return "?"
    return {2: "++", 1: "+", 0: "0", -1: "−", -2: "−−"}.get(round(support), "0")


def _known_by(row: Row) -> str:
    return str(row["our_contact"]) or _("nobody")


def _days(days: float) -> str:
    return _("never met") if days != days else _("{n} d", n=number(days))


def _when(row: Row) -> str:
    days = row["days_since_met"]
    return (
        _("never met")
        if days != days
        else ngettext("met {n} day ago", "met {n} days ago", int(days))
    )


def _in_words(row: Row) -> str:
    """Say a card in words, for those who do not see it."""
    support = row["support"]
    attitude = (
        _("attitude unknown")
        if support != support
        else _("for us")
        if support > 0
        else _("against us")
        if support < 0
        else _("neutral")
    )
    return _(
        "{label} ({department}): influence {influence} of 5, {attitude}, known by {ours}, {when}",
        label=row["contact"],
        department=row["department"] or _("no department"),
        influence=number(row["influence"]),
        attitude=attitude,
        ours=_known_by(row),
        when=_when(row),
    )


def _draw_ours(axes: Axes, persons: pd.DataFrame, y: float) -> None:
    key = _(
        "●●●○○ influence · + for us, − against us · 12 d: days since we met · last line: "
        "who of ours · dashed: long ago, or nobody"
    )
    axes.text(0.06, y, key, fontsize=8, color=QUIET, va="center")
    text = _fit(_ours_words(persons), WIDTH - 0.2, bold=True)
    axes.text(0.06, y + 0.2, text, fontsize=8, va="center", fontweight="bold")


def _ours_words(persons: pd.DataFrame) -> str:
    whole = float(persons["influence"].sum()) or 1.0
    known: dict[str, float] = {}
    for cell, influence in zip(persons["our_contact"], persons["influence"], strict=True):
        for code in _codes(cell):
            known[code] = known.get(code, 0.0) + float(influence)
    text = "; ".join(
        _("{name} knows {share}", name=code, share=percent(value / whole, 0))
        for code, value in sorted(known.items(), key=lambda one: (-one[1], one[0]))
    )
    return _("Of the influence: {told}", told=text) if text else _("None of ours knows anybody")
