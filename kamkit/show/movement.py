"""Pictures of who moved: between two rankings, and between two periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _
from kamkit.language import ngettext, number
from kamkit.output.picture import Picture
from kamkit.output.style import BLUE, INK, QUIET, RED, canvas, money_axis, styled
from kamkit.output.wording import caption, nothing, sentences, value
from kamkit.schema import label, total_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.periods import Period

_LONGEST_NAME, _WIDEST_NAME = 28, 190.0
_MOST_MOVED = 8


@styled
def rank_change(
    table: pd.DataFrame,
    *,
    criteria: tuple[str, str] = ("revenue", "contribution"),
    top: int = 12,
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw how the largest accounts by one criterion rank by another.

    ``table`` is one row per account with both criteria. Drawn are the accounts that are among the
    ``top`` largest by either; ties are broken by ``account_id``. A line that falls is dashed.

    >>> import pandas as pd
    >>> rank_change(pd.DataFrame({"account_id": ["1", "2"], "revenue": [9.0, 5],
    ...     "contribution": [1.0, 4]}), top=1)
    1 of the 1 largest by revenue is not among the 1 largest by contribution
    """
    first, second = criteria
    words = caption(source, period)
    known = table.dropna(subset=[first, second])
    if known.empty:
        return nothing(words)
    ranks = known.assign(before=_places(known, first), after=_places(known, second))
    shown = ranks[(ranks["before"] <= top) | (ranks["after"] <= top)].sort_values("before")
    left = shown[(shown["before"] <= top) & (shown["after"] > top)]
    title = ngettext(
        "{n} of the {top} largest by {first} is not among the {top} largest by {second}",
        "{n} of the {top} largest by {first} are not among the {top} largest by {second}",
        len(left),
        top=number(min(top, len(known))),
        first=total_of(first),
        second=total_of(second),
    )
    shown = named(shown)
    figure, (axes,) = canvas(title, height=1.5 + 0.3 * len(shown))
    _slopes(axes, shown)
    for place, by in enumerate(criteria):
        heading = _("Rank by {measure}", measure=total_of(by))
        axes.text(place, -0.9, heading, ha="right" if not place else "left", fontweight="bold")
    told = [
        _("{name}: {before} to {after}", name=row.shown, before=row.before, after=row.after)
        for row in _rows(shown)
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


@styled
def stability(
    table: pd.DataFrame,
    *,
    currency: str = "",
    by: str = "revenue",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw who entered and who left class A between two equal periods.

    ``table`` is the table of ``identify.pareto.stability``, one row per account, with
    ``class_before``, ``class_after``, ``revenue_before`` and ``revenue_after``. At most eight of
    each are drawn, those with the largest amounts; the title counts them all.

    >>> import pandas as pd
    >>> stability(pd.DataFrame({"account_id": ["1", "2"], "class_before": ["A", "B"],
    ...     "class_after": ["A", "A"], "revenue_before": [9.0, 1], "revenue_after": [9.0, 5]}))
    Class A: 1 came in, 0 went out and 1 stayed
    """
    words = caption(source, period)
    was, now = (table[name].fillna("") == "A" for name in ("class_before", "class_after"))
    came, went = table[now & ~was], table[was & ~now]
    title = _(
        "Class A: {came} came in, {went} went out and {stayed} stayed",
        came=number(len(came)),
        went=number(len(went)),
        stayed=number(int((was & now).sum())),
    )
    groups = [
        (_("Came in"), _largest(came, "revenue_after")),
        (_("Went out"), _largest(went, "revenue_before")),
    ]
    rows = sum(len(part) + 1 for _x, part in groups)
    figure, (axes,) = canvas(title, height=1.6 + 0.3 * rows)
    _dumbbells(axes, groups)
    drawn = [part for _x, part in groups]
    axes.xaxis.set_visible(any(map(len, drawn)))
    amounts = [
        float(v) for part in drawn for v in [*part["revenue_before"], *part["revenue_after"]]
    ]
    money_axis(axes.xaxis, label(by), amounts, currency)
    told = [
        _(
            "{name}: {before} to {after}",
            name=row.shown,
            before=value(float(row.revenue_before), by, currency),
            after=value(float(row.revenue_after), by, currency),
        )
        for part in drawn
        for row in _rows(part)
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


def _places(table: pd.DataFrame, by: str) -> pd.Series[int]:
    import pandas as pd

    order = table.sort_values([by, "account_id"], ascending=[False, True]).index
    return pd.Series(range(1, len(order) + 1), index=order).reindex(table.index)


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples())


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with ``shown``: a name that fits, with its number where two are alike.

    >>> import pandas as pd
    >>> two = pd.DataFrame({"account_id": ["1", "2"], "account_name": ["Bo", None]})
    >>> named(two)["shown"].tolist()
    ['Bo', '2']
    """
    numbers = frame["account_id"].astype(str)
    given = frame.get("account_name", numbers)
    one_line = [" ".join(str(name).split()) for name in given.fillna("")]
    names = [name or number for name, number in zip(one_line, numbers, strict=True)]
    cut = [short(name) for name in names]
    shown = [
        short(name, f" ({number})") if cut.count(short(name)) > 1 else short(name)
        for name, number in zip(names, numbers, strict=True)
    ]
    return frame.assign(shown=shown)


def short(name: str, end: str = "") -> str:
    """Cut a name by its letters and its width, so that capitals do not run out of the picture.

    >>> short("Nordre Fjellvik og Omegn Landbrukssamvirke")
    'Nordre Fjellvik og Omegn La…'
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    letters = FontProperties(family="DejaVu Sans", size=10)

    def fits(text: str) -> bool:
        width, _x, _x = text_to_path.get_text_width_height_descent(text, letters, ismath=False)
        return len(text) <= _LONGEST_NAME and width <= _WIDEST_NAME

    if fits(name + end):
        return name + end
    kept = name[: max(1, _LONGEST_NAME - len(end) - 1)]
    while len(kept) > 1 and not fits(f"{kept}…{end}"):
        kept = kept[:-1]
    return f"{kept.rstrip()}…{end}"


def _slopes(axes: Axes, shown: pd.DataFrame) -> None:
    right = {account: place for place, account in enumerate(shown.sort_values("after").index)}
    for height, row in enumerate(_rows(shown)):
        end = right[row.Index]
        fell, same = row.after > row.before, row.after == row.before
        colour = QUIET if same else RED if fell else BLUE
        axes.plot(
            [0, 1],
            [height, end],
            color=colour,
            linewidth=1.8,
            marker="o",
            markersize=5,
            linestyle="--" if fell else "-",
        )
        sign = "=" if same else "▼" if fell else "▲"
        axes.text(-0.02, height, f"{row.shown}  {number(row.before)}", ha="right", va="center")
        axes.text(1.02, end, f"{number(row.after)} {sign} {row.shown}", va="center")
    axes.set_xlim(-0.75, 1.75)
    axes.set_ylim(len(shown) - 0.4, -1.3)
    axes.set_axis_off()


def _largest(part: pd.DataFrame, amount: str) -> pd.DataFrame:
    ordered = part.sort_values([amount, "account_id"], ascending=[False, True])
    known = ordered.fillna({"revenue_before": 0.0, "revenue_after": 0.0})
    return named(known.head(_MOST_MOVED))


def _dumbbells(axes: Axes, groups: list[tuple[str, pd.DataFrame]]) -> None:
    ticks, names, height = [], [], 0
    hollow: dict[str, Any] = {"markerfacecolor": "white", "markeredgecolor": INK}
    for heading, part in groups:
        told = heading if len(part) else f"{heading}: –"
        axes.text(
            0, height, told, transform=axes.get_yaxis_transform(), fontweight="bold", va="center"
        )
        for row in _rows(part):
            height += 1
            before, after = float(row.revenue_before), float(row.revenue_after)
            colour = BLUE if after >= before else RED
            axes.plot([before, after], [height, height], color=colour, linewidth=1.8)
            axes.plot(before, height, "o", markersize=7, **hollow)
            axes.plot(after, height, "o", markersize=7, color=colour)
            ticks.append(height)
            names.append(row.shown)
        height += 1
    axes.set_yticks(ticks, names)
    axes.set_ylim(height - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    _legend(axes, hollow)


def _legend(axes: Axes, hollow: dict[str, Any]) -> None:
    from matplotlib.lines import Line2D

    points = [
        Line2D([], [], marker="o", linestyle="", markersize=7, **hollow),
        Line2D([], [], marker="o", linestyle="", markersize=7, color=INK),
    ]
    axes.legend(
        points,
        [_("before"), _("after")],
        loc="lower right",
        ncols=2,
        frameon=False,
        bbox_to_anchor=(1, 1),
    )
