"""Pictures of plans: the matrix of accounts, one account's story by quarter, run against run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kamkit.language import gettext as _
from kamkit.language import number, percent
from kamkit.money import scaled
from kamkit.output.chart import chart, nothing
from kamkit.output.names import rows_of, short
from kamkit.output.style import BLUE, GREEN, HATCH, INK, ORANGE, QUIET, legend_above, money_axis
from kamkit.output.wording import capital, caption, drawn, n_accounts, sentences
from kamkit.schema import word
from kamkit.value.charts_change import Steps, cut_off, waterfall

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

_MOST, _APART = 45, 4.6
_QUARTERS = 16
_CORNERS = (
    ("star", 2, 97, "left"),
    ("strategic", 98, 97, "right"),
    ("streamline", 2, 3, "left"),
    ("status", 98, 3, "right"),
)


def matrix(table: pd.DataFrame, *, source: str = "", period: Period | str | None = None) -> Picture:
    """Draw accounts by our strength and their attractiveness, with how sure that is.

    ``table`` is that of ``plan.matrix``; drawn are at most 45 accounts, in its order, of which it
    is known how strong we are, and the caption tells how many are not. Each account is a dot
    with its number beside it and the interval of both axes as a cross; the names stand at the
    right. Where ``attractiveness_before`` and ``strength_before`` are there, a line leads from
    where the account was.

    >>> import pandas as pd
    >>> high = {"attractiveness_high": 90.0, "strength_high": 70.0, "attractiveness": 80.0}
    >>> low = {"attractiveness_low": 60.0, "strength_low": 40.0, "strength": 60.0}
    >>> one = pd.DataFrame({"account_name": ["Bygg"], "cell": ["invest"], "cell_sure": [True]})
    >>> matrix(one.assign(**low, **high))
    1 account: invest together 1
    """
    words = caption(source, period)
    placed = table[table["strength"].notna()]
    if placed.empty:
        return nothing(words)
    shown = placed.head(_MOST).reset_index(drop=True)
    left = _("the first in the order of the plans") if len(placed) > _MOST else ""
    left = left or _("those of which it is known how strong we are")
    words = sentences(words, drawn(len(shown), len(table), left))
    counts = table["cell"].value_counts()
    cells = [_("{cell} {n}", cell=word(str(c)), n=number(int(n))) for c, n in counts.items()]
    title = _("{n}: {named}", n=n_accounts(len(table)), named="; ".join(cells))

    def draw(axes: Axes, names: Axes) -> None:
        axes.get_gridspec().set_width_ratios([2.1, 1])  # type: ignore[union-attr]
        _draw_accounts(axes, shown)
        _list_names(names, [short(str(name)) for name in shown["account_name"]])

    told = [
        _(
            "{name}: {cell}, attractiveness {a}, strength {s}",
            name=row.account_name,
            cell=word(str(row.cell)),
            a=number(row.attractiveness),
            s=number(row.strength),
        )
        for row in rows_of(shown)
    ]
    layout: dict[str, Any] = {"panels": 2, "one_scale": False}
    layout["height"] = max(5.4, 1.4 + 0.165 * len(shown))
    return chart(title, draw, table=shown, told=told, caption=words, **layout)


def _list_names(axes: Axes, names: list[str]) -> None:
    axes.set_axis_off()
    step = 1 / max(len(names), 24)
    for place, name in enumerate(names, start=1):
        spot = (0.02, 1 - (place - 0.5) * step)
        axes.text(*spot, f"{place}  {name}", fontsize=8.5, va="center", transform=axes.transAxes)


def _draw_accounts(axes: Axes, shown: pd.DataFrame) -> None:
    x, y = shown["strength"].to_numpy(float), shown["attractiveness"].to_numpy(float)
    light: dict[str, Any] = {"color": "#c9c9c9", "linewidth": 0.8, "zorder": 1}
    axes.hlines(y, shown["strength_low"], shown["strength_high"], **light)
    axes.vlines(x, shown["attractiveness_low"], shown["attractiveness_high"], **light)
    if {"attractiveness_before", "strength_before"} <= set(shown):
        for row in rows_of(shown.dropna(subset=["attractiveness_before"])):
            was = [row.strength_before, row.strength]
            up = [row.attractiveness_before, row.attractiveness]
            axes.plot(was, up, color=ORANGE, linewidth=1.6, zorder=2)
    sure = shown["cell_sure"].to_numpy(bool)
    axes.scatter(x[sure], y[sure], s=26, color=BLUE, zorder=3)
    axes.scatter(x[~sure], y[~sure], s=26, facecolor="white", edgecolor=BLUE, zorder=3)
    _number_points(axes, np.column_stack([x, y]))
    _quarters_of_the_matrix(axes)


def _quarters_of_the_matrix(axes: Axes) -> None:
    text: dict[str, Any] = {"fontsize": 10, "color": QUIET, "style": "italic", "zorder": 1}
    for name, at, high, side in _CORNERS:
        axes.text(at, high, word(name), ha=side, va="center", **text)
    axes.axvline(50, color=QUIET, linewidth=1)
    axes.axhline(50, color=QUIET, linewidth=1)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_xlabel(_("Our strength with the account (hollow: near a line)"))
    axes.set_ylabel(_("Attractiveness of the account"))


def _number_points(axes: Axes, points: np.ndarray) -> None:
    box = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": QUIET}
    text: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 7.5, "zorder": 4}
    places = zip(points, _apart(points), strict=True)
    for place, ((x, y), (at, high)) in enumerate(places, start=1):
        axes.plot([x, at], [y, high], color=QUIET, linewidth=0.6, zorder=2)
        axes.text(at, high, number(place), bbox=box | {"linewidth": 0.5}, **text)


def _apart(points: np.ndarray) -> np.ndarray:
    """Return a place for the number of each point: near it, and apart from all others.

    Places on rings around each point are tried from the nearest out; the first that is free of
    points and of numbers already placed is taken. A place that nobody has left is on the rim.
    """
    found: list[tuple[float, float]] = []
    turns = [k * np.pi / 8 for k in (2, 6, 10, 14, 0, 4, 8, 12, 1, 3, 5, 7, 9, 11, 13, 15)]
    for x, y in points:
        for radius in (3.2, 5.5, 8.0, 11.0, 14.5, 18.5, 23.0, 28.0, 34.0, 40.0):
            tries = [(x + radius * np.cos(t), y + radius * np.sin(t)) for t in turns]
            free = [one for one in tries if _free(one, points, found)]
            if free:
                found.append(free[0])
                break
        else:
            found.append((2.0, 2.0 + 4.0 * len(found) % 96))
    return np.array(found)


def _free(spot: tuple[float, float], points: np.ndarray, taken: list[tuple[float, float]]) -> bool:
    x, y = spot
    if not (2 <= x <= 98 and 7 <= y <= 93):
        return False
    near = np.abs(points - np.array(spot)) < np.array([2.6, 1.9])
    if near.all(axis=1).any():
        return False
    return all(abs(x - a) > _APART * 1.15 or abs(y - b) > _APART * 0.75 for a, b in taken)


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
    told = [
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
        told=told,
        caption=words,
        height=3.4,
    )


def _story_title(name: str, revenue: pd.Series[float], currency: str) -> str:
    last, before = float(revenue.tail(4).sum()), float(revenue.iloc[-8:-4].sum())
    money = scaled(last, currency)
    title = _("{name}: {money} in the last four quarters", name=short(name), money=money)
    if len(revenue) < 8 or before <= 0:
        return title
    change = last / before - 1
    part = percent(abs(change), 0)
    sign = "+" if change >= 0 else "−"
    return _("{title}, {change} against the four before", title=title, change=f"{sign}{part}")


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
    told = [
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
        told=told,
        caption=sentences(words, cut_off(steps)),
        height=4.6,
    )
