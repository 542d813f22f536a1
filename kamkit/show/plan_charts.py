"""Pictures of plans: the matrix of accounts, and one account's story by quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.picture import Picture
from kamkit.output.style import BLUE, GREEN, INK, ORANGE, QUIET, canvas, money_axis, styled
from kamkit.output.wording import caption, nothing, sentences
from kamkit.schema import word
from kamkit.show.movement import short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.periods import Period

_MOST, _APART = 45, 4.6
_CORNERS = (
    ("star", 2, 97, "left"),
    ("strategic", 98, 97, "right"),
    ("streamline", 2, 3, "left"),
    ("status", 98, 3, "right"),
)


@styled
def matrix(table: pd.DataFrame, *, source: str = "", period: Period | str | None = None) -> Picture:
    """Draw accounts by our strength and their attractiveness, with how sure that is.

    ``table`` is that of ``plan.matrix``, at most 45 accounts, in its order. Each account is a dot
    with its number beside it and the interval of both axes as a cross; the names stand at the
    right. Where ``attractiveness_before`` and ``strength_before`` are there, a line leads from
    where the account was.
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    shown = table.head(_MOST).reset_index(drop=True)
    counts = table["cell"].value_counts()
    title = _(
        "{n}: {named}",
        n=ngettext("{n} account", "{n} accounts", len(table)),
        named="; ".join(
            _("{cell} {n}", cell=word(str(code)), n=number(int(n))) for code, n in counts.items()
        ),
    )
    figure, (axes, names) = canvas(
        title, height=max(5.4, 1.4 + 0.165 * len(shown)), panels=2, one_scale=False
    )
    axes.get_gridspec().set_width_ratios([2.1, 1])  # type: ignore[union-attr]
    _draw_accounts(axes, shown)
    names.set_axis_off()
    lines = [
        f"{place}  {short(str(row['account_name']))}"
        for place, row in enumerate(shown.to_dict("records"), start=1)
    ]
    step = 1 / max(len(lines), 24)
    for place, line in enumerate(lines):
        names.text(
            0.02,
            1 - (place + 0.5) * step,
            line,
            fontsize=8.5,
            va="center",
            transform=names.transAxes,
        )
    told = "; ".join(
        _(
            "{name}: {cell}, attractiveness {a}, strength {s}",
            name=row["account_name"],
            cell=word(str(row["cell"])),
            a=number(row["attractiveness"]),
            s=number(row["strength"]),
        )
        for row in shown.to_dict("records")
    )
    return Picture(figure, title, sentences(title, told), words)


def _draw_accounts(axes: Axes, shown: pd.DataFrame) -> None:
    x, y = shown["strength"].to_numpy(float), shown["attractiveness"].to_numpy(float)
    for name, at, high, side in _CORNERS:
        axes.text(
            at,
            high,
            word(name),
            ha=side,
            va="center",
            fontsize=10,
            color=QUIET,
            style="italic",
            zorder=1,
        )
    axes.axvline(50, color=QUIET, linewidth=1)
    axes.axhline(50, color=QUIET, linewidth=1)
    light: dict[str, Any] = {"color": "#c9c9c9", "linewidth": 0.8, "zorder": 1}
    axes.hlines(y, shown["strength_low"], shown["strength_high"], **light)
    axes.vlines(x, shown["attractiveness_low"], shown["attractiveness_high"], **light)
    if {"attractiveness_before", "strength_before"} <= set(shown):
        for row in shown.dropna(subset=["attractiveness_before"]).to_dict("records"):
            axes.plot(
                [row["strength_before"], row["strength"]],
                [row["attractiveness_before"], row["attractiveness"]],
                color=ORANGE,
                linewidth=1.6,
                zorder=2,
            )
    sure = shown["cell_sure"].to_numpy(bool)
    axes.scatter(x[sure], y[sure], s=26, color=BLUE, zorder=3)
    axes.scatter(x[~sure], y[~sure], s=26, facecolor="white", edgecolor=BLUE, zorder=3)
    labels = _apart(np.column_stack([x, y]))
    for place, ((lx, ly), px, py) in enumerate(zip(labels, x, y, strict=True), start=1):
        axes.plot([px, lx], [py, ly], color=QUIET, linewidth=0.6, zorder=2)
        axes.text(
            lx,
            ly,
            number(place),
            ha="center",
            va="center",
            fontsize=7.5,
            zorder=4,
            bbox={
                "boxstyle": "round,pad=0.12",
                "facecolor": "white",
                "edgecolor": QUIET,
                "linewidth": 0.5,
            },
        )
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_xlabel(_("Our strength with the account (hollow: near a line)"))
    axes.set_ylabel(_("Attractiveness of the account"))


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


@styled
def story(
    quarters: pd.DataFrame,
    *,
    name: str = "",
    currency: str = "",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw what one account bought in each quarter, and what of it was contribution.

    ``quarters`` are the rows of ``plan.basis`` for one account; at most the last 16 are drawn.
    """
    words = caption(source, period)
    if quarters.empty:
        return nothing(words)
    shown = quarters.sort_values("quarter").tail(16).reset_index(drop=True)
    last, before = shown["revenue"].tail(4).sum(), shown["revenue"].iloc[-8:-4].sum()
    title = _(
        "{name}: {money} in the last four quarters",
        name=short(name),
        money=scaled(float(last), currency),
    )
    if len(shown) >= 8 and before > 0:
        change = last / before - 1
        part = percent(abs(change), 0)
        title = _(
            "{title}, {change} against the four before",
            title=title,
            change=f"+{part}" if change >= 0 else f"−{part}",
        )
    figure, (axes,) = canvas(title, height=3.4)
    places = range(len(shown))
    axes.bar(places, shown["revenue"], 0.72, color=BLUE, label=_("revenue"))
    if "contribution" in shown:
        axes.bar(
            places,
            shown["contribution"],
            0.34,
            color="white",
            edgecolor=GREEN,
            hatch="////",
            linewidth=0.8,
            label=_("of it contribution"),
        )
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, fontsize=9)
    axes.axhline(0, color=INK, linewidth=0.8)
    labels = [
        _("Q{n}\n{year}", n=(day.month - 1) // 3 + 1, year=day.year) for day in shown["quarter"]
    ]
    axes.set_xticks(list(places), labels)
    axes.grid(visible=False, axis="x")
    money_axis(axes.yaxis, _("Revenue"), shown["revenue"], currency)
    told = "; ".join(
        _(
            "{quarter}: {money}",
            quarter=label.replace("\n", " "),
            money=scaled(float(value), currency),
        )
        for label, value in zip(labels, shown["revenue"], strict=True)
    )
    return Picture(figure, title, sentences(title, told), words)


@styled
def moved(
    table: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw from the revenue of an earlier run to that of a later: the effects as steps.

    ``table`` is that of ``plan.revenue_bridge``. The steps are new, grown, shrunk and lost
    accounts; they lead from the first bar to the last.
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    before, after = float(table["revenue_before"].sum()), float(table["revenue_after"].sum())
    sums = table.groupby("effect")["change"].sum()
    counts = table["effect"].value_counts()
    steps = [
        (code, float(sums.get(code, 0.0)), int(counts.get(code, 0)))
        for code in ("new", "up", "down", "lost")
    ]
    title = _(
        "Revenue went from {before} to {after}",
        before=scaled(before, currency),
        after=scaled(after, currency),
    )
    figure, (axes,) = canvas(title, height=3.8)
    axes.bar([0, 5], [before, after], 0.6, color=BLUE)
    level = before
    for place, (_code, change, _n) in enumerate(steps, start=1):
        axes.bar(
            place,
            abs(change),
            0.6,
            bottom=min(level, level + change),
            color=GREEN if change >= 0 else ORANGE,
            hatch="" if change >= 0 else "////",
            edgecolor="white",
            linewidth=0.4,
        )
        axes.plot([place - 0.7, place + 0.7], [level, level], color=QUIET, linewidth=0.7)
        level += change
    highs = [
        before,
        *np.maximum.accumulate([before + sum(s[1] for s in steps[: n + 1]) for n in range(4)]),
        after,
    ]
    for place, (_x, change, n) in enumerate(steps, start=1):
        sign = "+" if change >= 0 else "−"
        text = f"{sign}{scaled(abs(change), currency)}\n({number(n)})"
        axes.text(place, max(highs[: place + 1]), text, ha="center", va="bottom", fontsize=9)
    axes.set_xticks(
        range(6), [_("earlier run"), *(word(code) for code, _x, _x in steps), _("this run")]
    )
    low = min(before, after, *(before + sum(s[1] for s in steps[: n + 1]) for n in range(4)))
    axes.set_ylim(max(0.0, low * 0.9) if low > 0 else min(low * 1.1, 0.0), max(highs) * 1.06)
    axes.grid(visible=False, axis="x")
    name = _("Revenue of the later period")
    if axes.get_ylim()[0] > 0:
        name = _("Revenue of the later period, not from 0")
    money_axis(axes.yaxis, name, [max(highs)], currency)
    told = "; ".join(
        _(
            "{effect}: {money} from {n}",
            effect=word(code),
            money=scaled(change, currency),
            n=ngettext("{n} account", "{n} accounts", n),
        )
        for code, change, n in steps
    )
    return Picture(figure, title, sentences(title, told), words)
