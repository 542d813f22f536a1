"""Pictures of a choice: what makes a score, how it spreads, how sure it is, and who takes whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.picture import Picture
from kamkit.output.style import (
    BLUE,
    GREEN,
    HATCH,
    INK,
    ORANGE,
    PALETTE,
    QUIET,
    RED,
    SKY,
    canvas,
    count_axis,
    say_at,
    share_axis,
    styled,
)
from kamkit.output.wording import caption, nothing, sentences
from kamkit.schema import name_of, word
from kamkit.show.movement import named, short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.choose.score import Scores
    from kamkit.periods import Period

_HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx", "----", "oooo", "++++", "||||", "****")
_ROWS, _MOST = 30, 40
_MOVES = {"stays": ("o", BLUE), "comes_in": ("^", GREEN), "goes_out": ("v", RED)}


@styled
def score_parts(
    scores: Scores,
    *,
    rows: int = 15,
    chosen: int | None = None,
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw what makes the score of the best accounts: the points of each criterion, side by side.

    ``scores`` is the finding of ``choose.score``; a line is drawn below the ``chosen`` best where
    it falls among the ``rows`` shown.
    """
    words = caption(source, period)
    best = scores.table[scores.table["eligible"]].head(rows)
    if best.empty:
        return nothing(words)
    first = best.iloc[0]
    labels = {c.name: c.label for c in scores.criteria if scores.weights[c.name] > 0}
    wide = scores.parts.pivot(index="account_id", columns="criterion", values="points")
    points = wide.loc[best["account_id"], list(labels)]
    most = str(points.mean().idxmax())
    title = _(
        "{name} is first with {score} points; {criterion} gives the best accounts most of theirs",
        name=short(name_of(first)),
        score=number(float(first["score"])),
        criterion=labels[most],
    )
    figure, (axes,) = canvas(title, height=2.0 + 0.3 * len(best))
    _stack(axes, points, labels)
    places = range(len(best))
    for place, total in zip(places, best["score"], strict=True):
        axes.text(float(total) + 1, place, number(float(total)), va="center", fontsize=9.5)
    axes.set_yticks(list(places), named(best)["shown"].tolist())
    axes.set_ylim(len(best) - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.grid(visible=False, axis="y")
    if chosen is not None and 0 < chosen < len(best):
        axes.axhline(chosen - 0.5, color=INK, linewidth=1.4, linestyle="--")
        say_at(axes, _("the list ends here"), (99, chosen - 0.5), (0, 0), ha="right")
    count_axis(axes.xaxis, _("Points of 100"))
    axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.4, -1.0 / (1.0 + 0.3 * len(best)) * 0.55),
        ncols=3,
        frameon=False,
        fontsize=9.5,
    )
    told = [
        _("{name}: {points}", name=name_of(row), points=number(float(row["score"])))
        for _x, row in best.head(5).iterrows()
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


def _stack(axes: Axes, points: pd.DataFrame, labels: dict[str, str]) -> None:
    left = points.iloc[:, 0] * 0.0
    places = range(len(points))
    for place, (name, label) in enumerate(labels.items()):
        own = points[name].clip(lower=0)
        axes.barh(
            places,
            own,
            0.7,
            left=left,
            color=PALETTE[place % len(PALETTE)],
            label=label,
            hatch=_HATCHES[place % len(_HATCHES)],
            edgecolor="white",
            linewidth=0.5,
        )
        left = left + own


@styled
def score_spread(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw how the scores spread over all accounts, the key accounts hatched.

    ``table`` is that of ``choose.preview``, one row per ten points.
    """
    words = caption(source, period)
    total = int(table["accounts"].sum())
    if not total:
        return nothing(words)
    key = int(table["chosen"].sum())
    top = table.iloc[int(table["accounts"].to_numpy().argmax())]
    title = _(
        "Most accounts ({share}) score {low} to {high} of 100",
        share=percent(float(top["accounts"]) / total, 0),
        low=number(top["score_from"]),
        high=number(top["score_to"]),
    )
    figure, (axes,) = canvas(title, height=3.6)
    middle = (table["score_from"] + table["score_to"]) / 2
    axes.bar(middle, table["accounts"], 9.2, color=SKY, label=_("other accounts"))
    if key:
        mine = ngettext("{n} key account", "{n} key accounts", key)
        axes.bar(
            middle,
            table["chosen"],
            9.2,
            color=BLUE,
            hatch=HATCH,
            edgecolor="white",
            linewidth=0,
            label=mine,
        )
        axes.legend(loc="upper right", frameon=False)
    high = float(table["accounts"].max())
    for x, count, chosen in zip(middle, table["accounts"], table["chosen"], strict=True):
        if count:
            text = (
                number(count)
                if not chosen
                else _("{n} ({key})", n=number(count), key=number(chosen))
            )
            axes.text(float(x), float(count) + 0.02 * high, text, ha="center", fontsize=9.5)
    axes.set_ylim(0, 1.15 * high)
    axes.set_xlim(0, 100)
    axes.grid(visible=False, axis="x")
    count_axis(axes.xaxis, _("Score, points of 100"))
    count_axis(axes.yaxis, _("Accounts"))
    told = "; ".join(
        _("{low} to {high}: {n}", low=number(low), high=number(end), n=number(n))
        for low, end, n in zip(
            table["score_from"], table["score_to"], table["accounts"], strict=True
        )
        if n
    )
    return Picture(figure, title, sentences(title, told), words)


@styled
def key_share(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw in which share of the plausible worlds each account is key.

    ``table`` is that of ``choose.robustness``; shown are the accounts that are chosen and the most
    likely others, 30 at the most. Chosen accounts have a filled mark, others a hollow one.
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    sure = int((table["chosen"] & (table["key_share"] >= 0.95)).sum())
    title = _(
        "{sure} of {n} key accounts stay on the list in at least 95% of the plausible worlds",
        sure=number(sure),
        n=number(int(table["chosen"].sum())),
    )
    shown = _shown(table)
    figure, (axes,) = canvas(title, height=1.7 + 0.27 * len(shown))
    for place, row in enumerate(_rows(shown)):
        colour = BLUE if row.chosen else ORANGE
        axes.plot(
            [0, row.key_share],
            [place, place],
            color=colour,
            linewidth=1.6,
            linestyle="-" if row.chosen else ":",
        )
        axes.plot(
            row.key_share,
            place,
            "o" if row.chosen else "D",
            markersize=7,
            color=colour,
            markerfacecolor=colour if row.chosen else "white",
        )
        axes.text(
            float(row.key_share) + 0.02,
            place,
            percent(float(row.key_share), 0),
            va="center",
            fontsize=9.5,
        )
    axes.set_yticks(list(range(len(shown))), shown["shown"].tolist())
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(0, 1.1)
    axes.grid(visible=False, axis="y")
    inside = int(shown["chosen"].sum())
    if 0 < inside < len(shown):
        axes.axhline(inside - 0.5, color=INK, linewidth=1.2, linestyle="--")
    share_axis(axes.xaxis, _("Share of the plausible worlds in which the account is key"))
    _two_marks(axes)
    told = [
        _("{name}: {share}", name=row.shown, share=percent(float(row.key_share), 0))
        for row in _rows(shown)
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the least sure chosen accounts and the likeliest others, in the order of the list."""
    inside = table[table["chosen"]]
    outside = table[~table["chosen"] & (table["key_share"] > 0)]
    room = max(_ROWS // 3, _ROWS - len(inside))
    outside = outside.nlargest(min(room, 10), "key_share", keep="first")
    inside = inside.nsmallest(_ROWS - len(outside), "key_share", keep="first").sort_values("rank")
    import pandas as pd

    return named(pd.concat([inside, outside]))


def _two_marks(axes: Axes) -> None:
    from matplotlib.lines import Line2D

    marks: list[dict[str, Any]] = [
        {"marker": "o", "color": BLUE, "linestyle": "-"},
        {"marker": "D", "color": ORANGE, "linestyle": ":", "markerfacecolor": "white"},
    ]
    handles = [Line2D([], [], markersize=7, **mark) for mark in marks]
    axes.legend(
        handles,
        [_("on the list"), _("outside")],
        loc="lower right",
        ncols=2,
        frameon=False,
        bbox_to_anchor=(1, 1),
    )


@styled
def weight_change(table: pd.DataFrame, *, moved: bool = True, source: str = "") -> Picture:
    """Draw the list under other weights: each score before and after, who comes in, who goes out.

    ``table`` has one row per account that is key before or after: ``score_before``,
    ``score_after``, ``list_change`` (``stays``, ``comes_in``, ``goes_out``), by ``rank_after``. At
    most 40 are drawn, those who move first among them.
    """
    words = caption(source)
    if table.empty:
        return nothing(words)
    came = int((table["list_change"] == "comes_in").sum())
    size = len(table) - came
    title = (
        ngettext(
            "Other weights: {n} of {size} key accounts is another",
            "Other weights: {n} of {size} key accounts are others",
            came,
            size=number(size),
        )
        if moved
        else ngettext(
            "The weights as they are: {n} key account",
            "The weights as they are: {n} key accounts",
            size,
        )
    )
    first = table.assign(_stays=table["list_change"] == "stays")
    shown = named(first.sort_values(["_stays", "rank_after"]).head(_MOST).sort_values("rank_after"))
    figure, (axes,) = canvas(title, height=1.6 + 0.26 * len(shown))
    for place, row in enumerate(_rows(shown)):
        mark, colour = _MOVES[row.list_change]
        axes.plot([row.score_before, row.score_after], [place, place], color=QUIET, linewidth=1.2)
        axes.plot(row.score_before, place, "o", markersize=5, color=QUIET, markerfacecolor="white")
        axes.plot(row.score_after, place, mark, markersize=8, color=colour)
        if row.list_change != "stays":
            axes.text(101, place, word(row.list_change), va="center", fontsize=9.5)
    axes.set_yticks(list(range(len(shown))), shown["shown"].tolist())
    axes.set_ylim(len(shown) - 0.4, -0.6)
    low = float(min(shown["score_before"].min(), shown["score_after"].min()))
    axes.set_xlim(max(0.0, low - 8), 114 if (shown["list_change"] != "stays").any() else 101)
    axes.grid(visible=False, axis="y")
    count_axis(axes.xaxis, _("Score, points of 100 (hollow: with the weights before)"))
    told = [
        _("{name}: {change}", name=row.shown, change=word(row.list_change))
        for row in _rows(shown)
        if row.list_change != "stays"
    ] or [
        _("{name}: {points}", name=row.shown, points=number(float(row.score_after)))
        for row in _rows(shown)[:5]
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


@styled
def manager_load(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the hours of each manager against the limit: accounts kept, and taken over (hatched).

    ``table`` is the ``load`` of ``choose.assign``, one row per manager; hours are split by the
    number of accounts kept and taken over.
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    known = table[table["load"].notna()]
    moved = int(table["taken_over"].sum())
    title = _(
        "{accounts} with {managers}; {moved} handed over",
        accounts=ngettext("{n} key account", "{n} key accounts", int(table["accounts"].sum())),
        managers=ngettext("{n} manager", "{n} managers", len(table)),
        moved=ngettext("{n} is", "{n} are", moved),
    )
    figure, (axes,) = canvas(title, height=1.9 + 0.42 * len(table))
    places = list(range(len(table)))
    kept = table["hours"] * (table["kept"] / table["accounts"].where(table["accounts"] > 0))
    kept = kept.fillna(0.0)
    axes.barh(places, kept, 0.6, color=BLUE, label=_("accounts that stay"))
    axes.barh(
        places,
        table["hours"] - kept,
        0.6,
        left=kept,
        color=SKY,
        hatch=HATCH,
        edgecolor="white",
        linewidth=0,
        label=_("accounts taken over"),
    )
    span = float(max(table["hours"].max(), known["hours_max"].max() if len(known) else 0.0, 1.0))
    for place, row in zip(places, _rows(table), strict=True):
        if row.hours_max == row.hours_max:  # a limit that is known
            axes.plot([row.hours_max] * 2, [place - 0.36, place + 0.36], color=INK, linewidth=2)
        text = ngettext(
            "{n} account, {hours} hours",
            "{n} accounts, {hours} hours",
            int(row.accounts),
            hours=number(float(row.hours)),
        )
        limit = float(row.hours_max) if row.hours_max == row.hours_max else 0.0
        end = max(float(row.hours), limit)
        axes.text(end + 0.015 * span, place, text, va="center", fontsize=9.5)
    axes.set_yticks(places, [short(str(name)) for name in table["manager"]])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(0, 1.38 * span)
    axes.grid(visible=False, axis="y")
    count_axis(axes.xaxis, _("Hours a year (the line is the limit)"))
    axes.legend(loc="lower right", ncols=2, frameon=False, bbox_to_anchor=(1, 1), fontsize=9.5)
    told = [
        _(
            "{manager}: {hours} of {limit} hours",
            manager=row.manager,
            hours=number(float(row.hours)),
            limit=number(float(row.hours_max)) if row.hours_max == row.hours_max else "–",
        )
        for row in _rows(table)
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples())
