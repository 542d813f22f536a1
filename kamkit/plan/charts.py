"""Pictures of plans: the matrix of accounts, one account's story by quarter, run against run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kamkit.colours import BLUE, GREEN, INK, ORANGE, QUIET
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, signed
from kamkit.money import scaled
from kamkit.output.chart import chart, nothing
from kamkit.output.names import one_line, rows_of, short
from kamkit.output.style import HATCH, legend_above, money_axis
from kamkit.output.wording import capital, caption, drawn, n_accounts, sentences
from kamkit.schema import takes, word
from kamkit.value.charts_change import Steps, cut_off, waterfall

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

_WIDE, _HIGH, _NAME_SIZE = (-4, 104), (-8, 108), 8.5
_QUARTERS = 16
_BEFORE = {"attractiveness_before", "strength_before"}
_CORNERS = (
    ("star", -3, 105, "left"),
    ("strategic", 103, 105, "right"),
    ("streamline", -3, -5, "left"),
    ("status", 103, -5, "right"),
)


@takes(
    table="account_name attractiveness attractiveness_low attractiveness_high strength "
    "strength_low strength_high cell_sure cell"
)
def matrix(table: pd.DataFrame, *, source: str = "", period: Period | str | None = None) -> Picture:
    """Draw accounts by our strength and their attractiveness, with how sure that is.

    ``table`` is that of ``plan.matrix``; the caption tells of how many it is not known how strong
    we are. The accounts that were chosen (``chosen``; all where the column is missing) are named,
    each with the interval of both axes as a cross, as far as the names find room; the others are
    small dots. Where ``attractiveness_before`` and ``strength_before`` are there, a line leads
    from where the account was.

    >>> import pandas as pd
    >>> high = {"attractiveness_high": 90.0, "strength_high": 70.0, "attractiveness": 80.0}
    >>> low = {"attractiveness_low": 60.0, "strength_low": 40.0, "strength": 60.0}
    >>> one = pd.DataFrame({"account_name": ["Bygg"], "cell": ["invest"], "cell_sure": [True]})
    >>> matrix(one.assign(**low, **high))
    1 account: grow by investing together 1
    """
    words = caption(source, period)
    placed = table[table["strength"].notna()]
    if placed.empty:
        return nothing(words)
    shown = placed.reset_index(drop=True)
    unknown = len(table) - len(placed)
    left = (_("Not drawn: {n}, of which it is not known how strong we are.", n=number(unknown)),)
    words = sentences(words, *(left if unknown else ()))
    title = _moved(shown) if set(shown) >= _BEFORE else _room(table["cell"])
    description = [
        _(
            "{name}: {cell}, attractiveness {a}, strength {s}",
            name=row.account_name,
            cell=word(str(row.cell)),
            a=number(row.attractiveness),
            s=number(row.strength),
        )
        for row in rows_of(shown)
    ]
    return chart(
        title,
        lambda axes: _draw_accounts(axes, shown),
        table=shown,
        description=description,
        caption=words,
        height=6.4,
    )


def _moved(shown: pd.DataFrame) -> str:
    """Say how many accounts lie in another field than they did."""
    known = shown.dropna(subset=sorted(_BEFORE))
    axes = ("attractiveness", "strength")
    other = [known[one].ge(50) != known[f"{one}_before"].ge(50) for one in axes]
    n = int((other[0] | other[1]).sum())
    if not n:
        return _("No account has moved to another field")
    return ngettext(
        "{n} account has moved to another field", "{n} accounts have moved to another field", n
    )


def _room(cells: pd.Series[str]) -> str:
    """Say where there is most room for us; where there is none, how many lie where."""
    counts = cells.value_counts()
    stars = int(counts.get("star", 0))
    if stars:
        return ngettext(
            "{n} account is attractive, and we can still become stronger there",
            "{n} accounts are attractive, and we can still become stronger there",
            stars,
        )
    named = [_("{cell} {n}", cell=word(str(c)), n=number(int(n))) for c, n in counts.items()]
    return _("{n}: {named}", n=n_accounts(len(cells)), named="; ".join(named))


def _draw_accounts(axes: Axes, shown: pd.DataFrame) -> None:
    _quarters_of_the_matrix(axes)
    everyone = np.ones(len(shown), dtype=bool)
    chosen = shown["chosen"].to_numpy(bool) if "chosen" in shown else everyone
    x, y = shown["strength"].to_numpy(float), shown["attractiveness"].to_numpy(float)
    axes.scatter(x[~chosen], y[~chosen], s=14, color=QUIET, alpha=0.7, zorder=2)
    named = shown[chosen]
    light: dict[str, Any] = {"color": "#c9c9c9", "linewidth": 0.8, "zorder": 1}
    axes.hlines(named["attractiveness"], named["strength_low"], named["strength_high"], **light)
    high = (named["attractiveness_low"], named["attractiveness_high"])
    axes.vlines(named["strength"], *high, **light)
    if set(shown) >= _BEFORE:
        for row in rows_of(named.dropna(subset=["attractiveness_before"])):
            was = [row.strength_before, row.strength]
            up = [row.attractiveness_before, row.attractiveness]
            axes.plot(was, up, color=ORANGE, linewidth=1.6, zorder=2)
    sure = chosen & shown["cell_sure"].to_numpy(bool)
    unsure = chosen & ~sure
    axes.scatter(x[sure], y[sure], s=30, color=BLUE, zorder=3)
    axes.scatter(x[unsure], y[unsure], s=30, facecolor="white", edgecolor=BLUE, zorder=3)
    without = _name_points(axes, np.column_stack([x, y]), named)
    if without:
        sentence = ngettext(
            "{n} account has no room for its name; the table has it",
            "{n} accounts have no room for their names; the table has them",
            without,
        )
        axes.set_xlabel(f"{axes.get_xlabel()}\n{sentence}")


def _quarters_of_the_matrix(axes: Axes) -> None:
    text: dict[str, Any] = {"fontsize": 10, "color": QUIET, "style": "italic", "zorder": 1}
    for name, at, high, side in _CORNERS:
        axes.text(at, high, word(name), ha=side, va="center", **text)
    axes.axvline(50, color=QUIET, linewidth=1)
    axes.axhline(50, color=QUIET, linewidth=1)
    axes.set_xlim(*_WIDE)
    axes.set_ylim(*_HIGH)
    axes.set_xlabel(_("Our strength with the account (hollow: near a line)"))
    axes.set_ylabel(_("Attractiveness of the account"))


def _name_points(axes: Axes, points: np.ndarray, named: pd.DataFrame) -> int:
    """Write each name beside its point where it lies on nothing; count those without room."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    letters = FontProperties(size=_NAME_SIZE)
    axes.get_figure().draw_without_rendering()  # type: ignore[union-attr]  # its layout is known then
    box = axes.get_window_extent()
    each = np.array([np.ptp(_WIDE) / box.width, np.ptp(_HIGH) / box.height])  # units a pixel
    high = 1.5 * _NAME_SIZE * axes.figure.dpi / 72 * each[1]
    taken: list[tuple[float, ...]] = [(x - 0.9, x + 0.9, y - 1.1, y + 1.1) for x, y in points]
    taken += [(-4, 104, low, low + 7) for low in (101.5, -8.0)]  # the names of the fields
    without = 0
    for i, name in named["account_name"].items():
        text = short(one_line(name))
        wide = text_to_path.get_text_width_height_descent(text, letters, ismath=False)[0]
        wide *= 1.05 * axes.figure.dpi / 72 * each[0]
        x, y = points[int(str(i))]
        spot = next((s for s in _spots(x, y, wide, high) if _free(s, taken)), None)
        if spot is None:
            without += 1
            continue
        taken.append(spot)
        at = ((spot[0] + spot[1]) / 2, (spot[2] + spot[3]) / 2)
        near = (min(max(x, spot[0]), spot[1]), min(max(y, spot[2]), spot[3]))
        axes.plot([x, near[0]], [y, near[1]], color=QUIET, linewidth=0.6, zorder=1)
        ground = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.4}
        axes.text(*at, text, fontsize=_NAME_SIZE, ha="center", va="center", bbox=ground, zorder=2.5)
    return without


def _spots(x: float, y: float, wide: float, high: float) -> Iterator[tuple[float, ...]]:
    """Yield boxes for a name, left, right, bottom and top, the nearest to its point first."""
    for away in (0.0, 2.5, 5.0, 8.0, 12.0):
        for side in (1, -1):
            left = x + 1.4 + away if side > 0 else x - 1.4 - away - wide
            for up in (0.0, away, -away) if away else (0.0,):
                yield left, left + wide, y + up - high / 2, y + up + high / 2
        for up in (1.8 + away, -1.8 - away - high):
            for left in (x - wide / 2, x - 2.0, x - wide + 2.0):
                yield left, left + wide, y + up, y + up + high


def _free(spot: tuple[float, ...], taken: Sequence[tuple[float, ...]]) -> bool:
    left, right, low, high = spot
    if left < _WIDE[0] + 0.5 or right > _WIDE[1] - 0.5:
        return False
    return all(right < one[0] or left > one[1] or high < one[2] or low > one[3] for one in taken)


@takes(quarters="quarter revenue")
def story(
    quarters: pd.DataFrame,
    *,
    name: str = "",
    currency: str = "",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw what one account bought in each quarter, and what of it was contribution.

    ``quarters`` are the rows of ``plan.basis`` for one account; at most the last 16 are drawn,
    and the caption says so.

    >>> import pandas as pd
    >>> days = pd.date_range("2025-01-01", periods=4, freq="QS")
    >>> quarters = pd.DataFrame({"quarter": days, "revenue": 50e3})
    >>> print(story(quarters, name="Bygg", currency="NOK"))
    Bygg: NOK 200,000 in the last four quarters
    """
    words = caption(source, period)
    if quarters.empty:
        return nothing(words)
    shown = quarters.sort_values("quarter").tail(_QUARTERS).reset_index(drop=True)
    words = sentences(words, drawn(len(shown), len(quarters), _("the last quarters")))
    labels = [
        _("Q{n}\n{year}", n=(day.month - 1) // 3 + 1, year=day.year) for day in shown["quarter"]
    ]
    description = [
        _(
            "{quarter}: {money}",
            quarter=label.replace("\n", " "),
            money=scaled(float(revenue), currency),
        )
        for label, revenue in zip(labels, shown["revenue"], strict=True)
    ]
    return chart(
        _story_title(name, shown["revenue"], currency),
        lambda axes: _quarters(axes, shown, labels, currency),
        table=shown,
        description=description,
        caption=words,
        height=3.4,
    )


def _story_title(name: str, revenue: pd.Series[float], currency: str) -> str:
    last, before = float(revenue.tail(4).sum()), float(revenue.iloc[-8:-4].sum())
    money = scaled(last, currency)
    many = min(len(revenue), 4)
    title = (
        _("{name}: {money} in the last four quarters", name=short(name), money=money)
        if many == 4
        else ngettext(
            "{name}: {money} in the last quarter",
            "{name}: {money} in the last {n} quarters",
            many,
            name=short(name),
            money=money,
        )
    )
    if len(revenue) < 8 or before <= 0:
        return title
    change = signed(last / before - 1)
    return _("{title}, {change} against the four before", title=title, change=change)


def _quarters(axes: Axes, shown: pd.DataFrame, labels: list[str], currency: str) -> None:
    places = range(len(shown))
    axes.bar(places, shown["revenue"], 0.72, color=BLUE, label=_("revenue"))
    if "contribution" in shown:
        look: dict[str, Any] = {"color": "white", "edgecolor": GREEN, "hatch": HATCH}
        label = _("of it contribution")
        axes.bar(places, shown["contribution"], 0.34, linewidth=0.8, label=label, **look)
        legend_above(axes)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_xticks(list(places), labels)
    axes.grid(visible=False, axis="x")
    money_axis(axes.yaxis, _("Revenue"), shown["revenue"], currency)


@takes(table="effect change revenue_before revenue_after")
def moved(
    table: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw from the revenue of an earlier run to that of a later: the effects as steps.

    ``table`` is that of ``plan.revenue_bridge``. The steps are new, grown, shrunk and lost
    accounts; they lead from the first bar to the last.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"account_id": ["1"], "revenue_before": 50.0, "revenue_after": 60.0})
    >>> print(moved(table.assign(change=10.0, effect="up"), currency="NOK"))
    Revenue went from NOK 50 to NOK 60
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    before, after = float(table["revenue_before"].sum()), float(table["revenue_after"].sum())
    effects = table.groupby("effect").agg(accounts=("change", "size"), change=("change", "sum"))
    effects = effects.reindex(["new", "up", "down", "lost"], fill_value=0).reset_index()
    steps: Steps = [
        (capital(_("earlier run")), before, True),
        *(
            (f"{capital(word(row.effect))}\n{n_accounts(row.accounts)}", float(row.change), False)
            for row in rows_of(effects)
        ),
        (capital(_("this run")), after, True),
    ]
    title = _(
        "Revenue went from {before} to {after}",
        before=scaled(before, currency),
        after=scaled(after, currency),
    )
    description = [
        _(
            "{effect}: {money} from {n}",
            effect=word(row.effect),
            money=scaled(float(row.change), currency),
            n=n_accounts(row.accounts),
        )
        for row in rows_of(effects)
    ]
    return chart(
        title,
        lambda axes: waterfall(axes, steps, _("Revenue of the later period"), currency),
        table=effects,
        description=description,
        caption=sentences(words, cut_off(steps)),
        height=4.6,
    )
