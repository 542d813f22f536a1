"""Pictures of a choice: what makes a score, how it spreads, how sure it is, and who takes whom."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from kamkit.choose.charts_programme import (
    breadth,
    breadth_and_depth,
    breadth_curve,
    programme_steps,
)
from kamkit.colours import BLUE, GREEN, INK, ORANGE, QUIET, RED, SKY
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.chart import chart, nothing
from kamkit.output.names import named, rows_of, short
from kamkit.output.style import (
    HATCH,
    HATCHED,
    count_axis,
    legend_above,
    name_rows,
    say_at,
    share_axis,
    stack,
    write_beside,
)
from kamkit.output.wording import caption, drawn, sentences
from kamkit.schema import name_of, takes, word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.choose._score import Scores
    from kamkit.output.picture import Picture
    from kamkit.periods import Period

__all__ = [
    "breadth",
    "breadth_and_depth",
    "breadth_curve",
    "key_share",
    "manager_load",
    "programme_steps",
    "score_parts",
    "score_spread",
    "weight_change",
]

_DOT, _NARROW = 230.0, 11
_ROWS, _MOST = 30, 40
_MOVES = {"stays": ("o", BLUE), "comes_in": ("^", GREEN), "goes_out": ("v", RED)}


def score_parts(
    scores: Scores,
    *,
    rows: int = 15,
    chosen: int | None = None,
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw what makes the score of the best accounts: a dot for the points of each criterion.

    The area of a dot is its points; the sum stands behind the row.

    ``scores`` is the finding of ``choose.score``; a line is drawn below the ``chosen`` best where
    it falls among the ``rows`` shown.

    >>> import pandas as pd
    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "payment_days": [14.0, 60.0]})
    >>> score_parts(score(two, data_criteria(two), {"payment": 1}))
    a is first with 100 points; payment time weighs most in the scores of those drawn
    """
    words = caption(source, period)
    eligible = scores.table[scores.table["eligible"]]
    best = eligible.head(rows)
    if best.empty:
        return nothing(words)
    words = sentences(words, drawn(len(best), len(eligible), _("the best")))
    labels = {c.name: c.label for c in scores.criteria if scores.weights[c.name] > 0}
    points = scores.points().loc[best["account_id"], list(labels)]
    totals = [float(total) for total in best["score"]]

    def draw(axes: Axes) -> None:
        _draw_points(axes, points, [*labels.values()])
        name_rows(axes, named(best)["shown"])
        for row, total in enumerate(totals):
            axes.text(len(labels), row, number(total), ha="center", va="center", fontweight="bold")
        if chosen is not None and 0 < chosen < len(best):
            axes.axhline(chosen - 0.5, color=INK, linewidth=1.4, linestyle="--")
            say_at(axes, _("the list ends here"), (-0.45, chosen - 0.5), (0, 0))

    description = [
        _("{name}: {points}", name=name_of(row), points=number(float(row["score"])))
        for _x, row in best.head(5).iterrows()
    ]
    title = _parts_title(best, labels[str(points.mean().idxmax())])
    height = 2.0 + 0.3 * len(best)
    return chart(title, draw, table=best, description=description, caption=words, height=height)


def _parts_title(best: pd.DataFrame, criterion: str) -> str:
    first = best.iloc[0]
    return _(
        "{name} is first with {score} points; {criterion} weighs most in the scores of those drawn",
        name=short(name_of(first)),
        score=number(float(first["score"])),
        criterion=criterion,
    )


def _draw_points(axes: Axes, points: pd.DataFrame, labels: list[str]) -> None:
    """Draw a dot for each account and criterion, on columns that are named above them."""
    import numpy as np

    shown = points.clip(lower=0).fillna(0.0).to_numpy()
    row, column = (axis.ravel() for axis in np.indices(shown.shape))
    size = _DOT * shown.ravel() / max(float(shown.max()), 1e-9)
    axes.scatter(column, row, s=size, color=BLUE, linewidths=0)
    names = [textwrap.fill(one, _NARROW) for one in (*labels, _("Points of 100"))]
    axes.set_xticks(range(len(names)), names, fontsize=8.5)
    axes.xaxis.tick_top()
    axes.set_xlim(-0.6, len(labels) + 0.5)
    axes.grid(visible=True, axis="x")


@takes(table="score_from score_to accounts chosen")
def score_spread(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw how the scores spread over all accounts, the key accounts hatched.

    ``table`` is that of ``choose.preview``, one row per ten points.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"score_from": [0, 90], "score_to": [10, 100], "accounts": [1, 3]})
    >>> score_spread(table.assign(chosen=[0, 1]))
    75% of the accounts score 90 to 100 of 100, more than in any other ten points
    """
    words = caption(source, period)
    total = int(table["accounts"].sum())
    if not total:
        return nothing(words)
    top = table.iloc[int(table["accounts"].to_numpy().argmax())]
    title = _(
        "{share} of the accounts score {low} to {high} of 100, more than in any other ten points",
        share=percent(float(top["accounts"]) / total, 0),
        low=number(top["score_from"]),
        high=number(top["score_to"]),
    )
    description = [
        _("{low} to {high}: {n}", low=number(low), high=number(high), n=number(n))
        for low, high, n in table[["score_from", "score_to", "accounts"]].to_numpy()
        if n
    ]
    return chart(
        title,
        lambda axes: _draw_spread(axes, table),
        table=table,
        description=description,
        caption=words,
        height=3.6,
    )


def _draw_spread(axes: Axes, table: pd.DataFrame) -> None:
    middle = (table["score_from"] + table["score_to"]) / 2
    axes.bar(middle, table["accounts"], 9.2, color=SKY, label=_("other accounts"))
    key = int(table["chosen"].sum())
    if key:
        mine = ngettext("{n} key account", "{n} key accounts", key)
        axes.bar(middle, table["chosen"], 9.2, color=BLUE, label=mine, **HATCHED)
        axes.legend(loc="upper right", frameon=False)
    high = float(table["accounts"].max())
    for x, count, chosen in zip(middle, table["accounts"], table["chosen"], strict=True):
        text = _("{n} ({key})", n=number(count), key=number(chosen)) if chosen else number(count)
        if count:
            axes.text(float(x), float(count) + 0.02 * high, text, ha="center", fontsize=9.5)
    axes.set_ylim(0, 1.15 * high)
    axes.set_xlim(0, 100)
    axes.grid(visible=False, axis="x")
    count_axis(axes.xaxis, _("Score, points of 100"))
    count_axis(axes.yaxis, _("Accounts"))


@takes(table="rank account_id chosen key_share")
def key_share(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw in which share of the plausible worlds each account is key.

    ``table`` is that of ``choose.robustness``; shown are the accounts that are chosen and the most
    likely others, 30 at the most. Chosen accounts have a filled mark, others a hollow one.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"account_id": ["a", "b"], "key_share": [0.98, 0.4], "rank": [1, 2]})
    >>> key_share(table.assign(chosen=[True, False]))
    1 of 1 key accounts stay on the list in at least 95% of the scenarios
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    sure = int((table["chosen"] & (table["key_share"] >= 0.95)).sum())
    title = _(
        "{sure} of {n} key accounts stay on the list in at least 95% of the scenarios",
        sure=number(sure),
        n=number(int(table["chosen"].sum())),
    )
    shown = _least_sure(table)
    likely = int((table["chosen"] | (table["key_share"] > 0)).sum())
    which = _("the least sure on the list and the likeliest outside")
    words = sentences(words, drawn(len(shown), likely, which))
    description = [
        _("{name}: {share}", name=row.shown, share=percent(float(row.key_share), 0))
        for row in rows_of(shown)
    ]
    return chart(
        title,
        lambda axes: _draw_shares(axes, shown),
        table=shown,
        description=description,
        caption=words,
        height=1.7 + 0.27 * len(shown),
    )


def _least_sure(table: pd.DataFrame) -> pd.DataFrame:
    """Return the least sure chosen accounts and the likeliest others, in the order of the list."""
    import pandas as pd

    inside = table[table["chosen"]]
    outside = table[~table["chosen"] & (table["key_share"] > 0)]
    room = max(_ROWS // 3, _ROWS - len(inside))
    outside = outside.nlargest(min(room, 10), "key_share", keep="first")
    inside = inside.nsmallest(_ROWS - len(outside), "key_share", keep="first").sort_values("rank")
    return named(pd.concat([inside, outside]))


def _draw_shares(axes: Axes, shown: pd.DataFrame) -> None:
    from matplotlib.lines import Line2D

    on: dict[str, Any] = {"marker": "o", "color": BLUE, "linestyle": "-"}
    off: dict[str, Any] = {"marker": "D", "color": ORANGE, "linestyle": ":"}
    off["markerfacecolor"] = "white"
    for i, row in enumerate(rows_of(shown)):
        look = on if row.chosen else off
        axes.plot([0, row.key_share], [i] * 2, linewidth=1.6, markersize=7, markevery=[1], **look)
    ends = [float(share) for share in shown["key_share"]]
    write_beside(axes, [end + 0.02 for end in ends], [percent(end, 0) for end in ends])
    name_rows(axes, shown["shown"])
    axes.set_xlim(0, 1.1)
    inside = int(shown["chosen"].sum())
    if 0 < inside < len(shown):
        axes.axhline(inside - 0.5, color=INK, linewidth=1.2, linestyle="--")
    share_axis(axes.xaxis, _("Share of the scenarios in which the account is key"))
    marks = ((_("on the list"), on), (_("outside"), off))
    legend_above(
        axes, handles=[Line2D([], [], markersize=7, label=text, **look) for text, look in marks]
    )


@takes(table="account_id score_before score_after list_change rank_after")
def weight_change(table: pd.DataFrame, *, moved: bool = True, source: str = "") -> Picture:
    """Draw the list under other weights: each score before and after, who comes in, who goes out.

    ``table`` has one row per account that is key before or after: ``score_before``,
    ``score_after``, ``list_change`` (``stays``, ``comes_in``, ``goes_out``), by ``rank_after``. At
    most 40 are drawn, those who move first among them.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"account_id": ["a", "b"], "score_before": [70.0, 60.0]})
    >>> table = table.assign(score_after=[65.0, 80.0], rank_after=[2, 1])
    >>> weight_change(table.assign(list_change=["goes_out", "comes_in"]))
    Other weights exchange 1 of 1 key accounts
    """
    words = caption(source)
    if table.empty:
        return nothing(words)
    came = int((table["list_change"] == "comes_in").sum())
    size = len(table) - came
    title = (
        ngettext(
            "Other weights exchange {n} of {size} key accounts",
            "Other weights exchange {n} of {size} key accounts",
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
    first = first.sort_values(["_stays", "rank_after"]).head(_MOST).drop(columns="_stays")
    shown = named(first.sort_values("rank_after"))
    words = sentences(words, drawn(len(shown), len(table), _("those who move and the best")))
    description = [
        _("{name}: {change}", name=row.shown, change=word(row.list_change))
        for row in rows_of(shown)
        if row.list_change != "stays"
    ] or [
        _("{name}: {points}", name=row.shown, points=number(float(row.score_after)))
        for row in rows_of(shown)[:5]
    ]
    return chart(
        title,
        lambda axes: _draw_moves(axes, shown),
        table=shown,
        description=description,
        caption=words,
        height=1.6 + 0.26 * len(shown),
    )


def _draw_moves(axes: Axes, shown: pd.DataFrame) -> None:
    for i, row in enumerate(rows_of(shown)):
        mark, colour = _MOVES[row.list_change]
        axes.plot([row.score_before, row.score_after], [i, i], color=QUIET, linewidth=1.2)
        axes.plot(row.score_before, i, "o", markersize=5, color=QUIET, markerfacecolor="white")
        axes.plot(row.score_after, i, mark, markersize=8, color=colour)
        if row.list_change != "stays":
            axes.text(101, i, word(row.list_change), va="center", fontsize=9.5)
    name_rows(axes, shown["shown"])
    low = float(min(shown["score_before"].min(), shown["score_after"].min()))
    axes.set_xlim(max(0.0, low - 8), 114 if (shown["list_change"] != "stays").any() else 101)
    count_axis(axes.xaxis, _("Score, points of 100 (hollow: with the weights before)"))


@takes(table="manager accounts kept taken_over hours hours_max")
def manager_load(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the hours of each manager against the limit: accounts kept, and taken over (hatched).

    ``table`` is the ``load`` of ``choose.assign``, one row per manager; hours are split by the
    number of accounts kept and taken over.

    >>> import pandas as pd
    >>> kari = {"manager": ["Kari"], "accounts": [3], "kept": [1], "taken_over": [2]}
    >>> manager_load(pd.DataFrame(kari).assign(hours=300.0, hours_max=400.0))
    3 key accounts with 1 manager; 2 are handed over
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    moved = int(table["taken_over"].sum())
    title = _(
        "{accounts} with {managers}; {moved} handed over",
        accounts=ngettext("{n} key account", "{n} key accounts", int(table["accounts"].sum())),
        managers=ngettext("{n} manager", "{n} managers", len(table)),
        moved=ngettext("{n} is", "{n} are", moved),
    )
    description = [
        _(
            "{manager}: {hours} of {limit} hours",
            manager=row.manager,
            hours=number(float(row.hours)),
            limit=number(float(row.hours_max)),
        )
        for row in rows_of(table)
    ]
    return chart(
        title,
        lambda axes: _draw_load(axes, table),
        table=table,
        description=description,
        caption=words,
        height=1.9 + 0.42 * len(table),
    )


def _draw_load(axes: Axes, table: pd.DataFrame) -> None:
    hours, limit = table["hours"], table["hours_max"]
    kept = (hours * (table["kept"] / table["accounts"].where(table["accounts"] > 0))).fillna(0.0)
    over = hours - kept
    parts = [
        (_("accounts that stay"), kept, BLUE, ""),
        (_("accounts taken over"), over, SKY, HATCH),
    ]
    stack(axes, parts, 0.6)
    for i, most in enumerate(limit):
        if most == most:  # a limit that is known
            axes.plot([most] * 2, [i - 0.36, i + 0.36], color=INK, linewidth=2)
    ends = limit.fillna(0.0).clip(lower=hours)
    span = max(float(ends.max()), 1.0)
    texts = [
        ngettext(
            "{n} account, {hours} hours", "{n} accounts, {hours} hours", int(n), hours=number(h)
        )
        for n, h in zip(table["accounts"], hours, strict=True)
    ]
    write_beside(axes, ends + 0.015 * span, texts)
    name_rows(axes, [short(str(name)) for name in table["manager"]])
    axes.set_xlim(0, 1.38 * span)
    count_axis(axes.xaxis, _("Hours a year (the line is the limit)"))
    legend_above(axes)
