"""Pictures of what accounts may still be worth: who is active, what was foreseen, what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.colours import BLUE, INK, ORANGE, QUIET, RED
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.chart import chart, nothing
from kamkit.output.names import named, rows_of
from kamkit.output.style import count_axis, money_axis, name_rows, say_at, share_axis
from kamkit.output.wording import caption, drawn, sentences, unknown
from kamkit.schema import takes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

_MOST_POINTS = 4000
_HALF = 0.5
_MARKS = ((INK, "v"), (ORANGE, "s"), (BLUE, "o"))


@takes(table="account_id repeat_purchases weeks_silent probability_alive")
def alive(table: pd.DataFrame, *, source: str = "", period: Period | str | None = None) -> Picture:
    """Draw the probability that an account is still active against the weeks it has been silent.

    ``table`` is that of ``value.lifetime_value``, one row per account with ``repeat_purchases``,
    ``weeks_silent`` and ``probability_alive``; accounts with no purchase left are not drawn.
    Accounts are in three equal groups by how often they bought, each with its own mark: the same
    silence says more of who bought often. Of more than 4 000 accounts every k-th is drawn.

    >>> import pandas as pd
    >>> alive(pd.DataFrame({"account_id": ["1", "2"], "repeat_purchases": [9, 0],
    ...     "weeks_silent": [1.0, 40], "probability_alive": [0.99, 0.31]}))
    1 of 2 accounts is more likely active than gone (1.3 expected)
    """
    words = caption(source, period)
    known = table.dropna(subset=["probability_alive"])
    if "value_basis" in known:
        known = known[known["value_basis"] != "no_purchase"]
    if known.empty:
        return nothing(words)
    expected = float(known["probability_alive"].sum())
    parts = _by_frequency(known)
    words = sentences(
        words,
        drawn(sum(len(part) for _label, part in parts), len(known), _("evenly by number")),
        unknown(len(table) - len(known)),
    )
    title = ngettext(
        "{n} of {all} accounts is more likely active than gone ({expected} expected)",
        "{n} of {all} accounts are more likely active than gone ({expected} expected)",
        int((known["probability_alive"] > _HALF).sum()),
        all=number(len(known)),
        expected=number(expected, 0 if expected >= 10 else 1),
    )
    description = [
        _(
            "{group}: {mean} on average",
            group=label,
            mean=percent(float(part["probability_alive"].mean()), 0),
        )
        for label, part in parts
    ]
    return chart(
        title,
        lambda axes: _draw_alive(axes, parts),
        table=known,
        description=_("By repeat purchases: {groups}", groups="; ".join(description)),
        caption=words,
        height=5.0,
    )


def _draw_alive(axes: Axes, parts: list[tuple[str, pd.DataFrame]]) -> None:
    look: dict[str, Any] = {"markersize": 4.5, "alpha": 0.65, "markeredgewidth": 0}
    for (label, part), (colour, marker) in zip(parts, _MARKS, strict=False):
        weeks, chance = part["weeks_silent"], part["probability_alive"]
        axes.plot(weeks, chance, marker, color=colour, label=label, **look)
    axes.set_ylim(-0.02, 1.04)
    axes.set_xlim(left=-0.5)
    beside: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1, 1), "alignment": "left"}
    axes.legend(title=_("Repeat purchases"), frameon=False, **beside)
    count_axis(axes.xaxis, _("Weeks since the last purchase"))
    share_axis(axes.yaxis, _("Probability of being active"))


@takes(tracking="week actual model naive")
def holdout(
    tracking: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw what was foreseen for the weeks held out beside what came.

    ``tracking`` is that of the finding of ``value.holdout``, one row per week: ``week`` (its
    number), ``actual``, ``model`` and ``naive``, cumulative repeat purchases; the forecasts are
    missing until the week from which they were made.

    >>> import pandas as pd
    >>> holdout(pd.DataFrame({"week": [1, 2, 3], "actual": [5, 9, 12],
    ...     "model": [None, 9.0, 12.5], "naive": [None, 9.0, 13]}))
    3 purchases came; the model expected 4, the naive rule 4
    """
    words = caption(source, period)
    held = tracking.dropna(subset=["model"])
    if len(held) < 2:
        return nothing(words)
    shown = _weeks_shown(tracking, held)
    words = sentences(words, drawn(len(shown), len(tracking), _("the last weeks")))
    came, model, naive = (
        float(held[name].iloc[-1] - held[name].iloc[0]) for name in ("actual", "model", "naive")
    )
    title = ngettext(
        "{n} purchase came; the model expected {model}, the naive rule {naive}",
        "{n} purchases came; the model expected {model}, the naive rule {naive}",
        round(came),
        model=number(model),
        naive=number(naive),
    )
    return chart(
        title,
        lambda axes: _tracks(axes, shown, held),
        table=tracking,
        description=_("The naive rule lets every account buy as often per week as before."),
        caption=words,
        height=5.0,
    )


def _weeks_shown(tracking: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Return the weeks held out, and as many before them, from which they were foreseen."""
    start, end = float(held["week"].iloc[0]), float(held["week"].iloc[-1])
    return tracking[tracking["week"] >= start - (end - start)]


def _tracks(axes: Axes, shown: pd.DataFrame, held: pd.DataFrame) -> None:
    start, end = float(held["week"].iloc[0]), float(held["week"].iloc[-1])
    axes.plot(shown["week"], shown["actual"], color=INK, linewidth=2.4, label=_("came"))
    for name, words, colour, dashes in (
        ("model", _("model"), BLUE, "--"),
        ("naive", _("naive rule"), RED, ":"),
    ):
        axes.plot(held["week"], held[name], dashes, color=colour, linewidth=2.2, label=words)
    low, top = float(shown["actual"].min()), float(shown[["actual", "model", "naive"]].max().max())
    room = max(top - low, 1.0)
    axes.set_ylim(max(low - 0.02 * room, 0), top + 0.12 * room)
    axes.set_xlim(float(shown["week"].iloc[0]), end)
    axes.axvline(start, color=QUIET, linewidth=1.2)
    say_at(axes, _("known until here"), (start, top + 0.06 * room), (-5, 0), ha="right")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    count_axis(axes.xaxis, _("Week of the ledger"))
    count_axis(axes.yaxis, _("Repeat purchases so far"))


@takes(table="account_id revenue lifetime_value lifetime_value_low lifetime_value_high")
def lifetime_value(
    table: pd.DataFrame,
    *,
    top: int = 15,
    currency: str = "",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw the accounts of the highest expected lifetime value, each with its interval.

    ``table`` is that of ``value.lifetime_value``, one row per account with ``lifetime_value``,
    its interval and ``revenue``, by which the rank by revenue beside the name is made. An account
    that revenue does not rank among the ``top`` is hollow. Ties are broken by ``account_id``.

    >>> import pandas as pd
    >>> lifetime_value(pd.DataFrame({"account_id": ["1", "2"], "revenue": [9.0, 5],
    ...     "lifetime_value": [4.0, 6], "lifetime_value_low": [1.0, 2],
    ...     "lifetime_value_high": [8.0, 9]}), top=1)
    1 of the 1 highest in lifetime value is not among the 1 largest by revenue
    """
    words = caption(source, period)
    known = table.dropna(subset=["lifetime_value"])
    if known.empty:
        return nothing(words)
    places = known.sort_values(["revenue", "account_id"], ascending=[False, True])
    ranks = places.assign(place=range(1, len(places) + 1))
    best = ranks.sort_values(["lifetime_value", "account_id"], ascending=[False, True]).head(top)
    shown = named(best)
    left = unknown(len(table) - len(known))
    words = sentences(words, drawn(len(shown), len(known), _("the highest")), left)
    title = ngettext(
        "{n} of the {top} highest in lifetime value is not among the {top} largest by revenue",
        "{n} of the {top} highest in lifetime value are not among the {top} largest by revenue",
        int((shown["place"] > len(shown)).sum()),
        top=number(len(shown)),
    )
    return chart(
        title,
        lambda axes: _whiskers(axes, shown, currency),
        table=shown,
        description=[_interval(row, currency) for row in rows_of(shown)],
        caption=words,
        height=1.7 + 0.32 * len(shown),
    )


def _interval(row: Any, currency: str) -> str:
    if row.lifetime_value_low != row.lifetime_value_low:
        return f"{row.shown} {scaled(row.lifetime_value, currency)}"
    return _(
        "{name} {value} ({low} to {high})",
        name=row.shown,
        value=scaled(row.lifetime_value, currency),
        low=scaled(row.lifetime_value_low, currency),
        high=scaled(row.lifetime_value_high, currency),
    )


def _by_frequency(known: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Cut the accounts in up to three groups of about the same size; equal values stay together."""
    step = -(-len(known) // _MOST_POINTS)
    cuts = sorted({int(known["repeat_purchases"].quantile(share)) for share in (1 / 3, 2 / 3)})
    lowest, parts = int(known["repeat_purchases"].min()), []
    for cut in [*cuts, int(known["repeat_purchases"].max())]:
        part = known[known["repeat_purchases"].between(lowest, cut)].sort_values("account_id")
        if len(part):
            label = number(lowest) if lowest == cut else f"{number(lowest)}–{number(cut)}"
            parts.append((label, part.iloc[::step]))
        lowest = cut + 1
    return parts


def _whiskers(axes: Axes, shown: pd.DataFrame, currency: str) -> None:
    line: dict[str, Any] = {"color": BLUE, "linewidth": 1.8, "marker": "|", "markersize": 8}
    for height, row in enumerate(rows_of(shown)):
        ends = [row.lifetime_value_low, row.lifetime_value_high]
        axes.plot(ends, [height, height], **line)
        inside = "white" if row.place > len(shown) else BLUE
        dot: dict[str, Any] = {"markersize": 7, "color": BLUE, "markerfacecolor": inside}
        axes.plot(row.lifetime_value, height, "o", **dot)
    axes.axvline(0, color=QUIET, linewidth=1)
    name_rows(axes, [f"{row.shown}  {number(row.place)}" for row in rows_of(shown)])
    columns = ("lifetime_value", "lifetime_value_low", "lifetime_value_high")
    amounts = [float(v) for name in columns for v in shown[name].dropna()]
    money_axis(axes.xaxis, _("Lifetime value"), amounts, currency)
    above: dict[str, Any] = {"transform": axes.transAxes, "ha": "right", "va": "bottom"}
    heading = _("Account and its rank by revenue")
    axes.text(-0.01, 1.01, heading, fontweight="bold", fontsize=9.5, **above)
