"""Pictures of a programme: how far down the list it goes, and what each key account gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.language import number, percent, say, say_many
from kamkit.show.figures import Picture
from kamkit.show.style import BLUE, INK, QUIET, canvas, count_axis, say_at, share_axis, styled
from kamkit.show.wording import nothing, sentences

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@styled
def breadth(table: pd.DataFrame, *, key_accounts: int, caption: str = "") -> Picture:
    """Draw revenue covered and hours for each account against the number of key accounts.

    ``table`` is that of ``choose.breadth``, one row per size of the programme, with
    ``key_accounts``, ``share_amount`` and ``hours_each``; the row of ``key_accounts`` is marked.
    ``caption`` goes under the picture.

    >>> import pandas as pd
    >>> sizes = pd.DataFrame(
    ...     {"key_accounts": [1, 2], "share_amount": [0.6, 0.9], "hours_each": [100.0, 50.0]}
    ... )
    >>> breadth(sizes, key_accounts=2)
    2 key accounts: 90.0% of revenue, 50 hours a month for each
    """
    if table.empty:
        return nothing(caption)
    marked = table[table["key_accounts"] == key_accounts].iloc[0]
    share, hours = percent(marked["share_amount"]), _hours(marked["hours_each"])
    title = say_many(
        "{n} key account: {share} of revenue, {hours} hours a month for each",
        "{n} key accounts: {share} of revenue, {hours} hours a month for each",
        key_accounts, share=share, hours=hours,
    )  # fmt: skip
    figure, (covered, each) = canvas(title, height=3.6, panels=2, one_scale=False)
    _line(covered, table["key_accounts"], table["share_amount"])
    _line(each, table["key_accounts"], table["hours_each"])
    for axes, column, text in ((covered, "share_amount", share), (each, "hours_each", hours)):
        axes.plot([key_accounts], [marked[column]], marker="o", markersize=8, color=INK)
        right = key_accounts > table["key_accounts"].max() * 0.6
        side: dict[str, Any] = {"ha": "right"} if right else {}
        below = column == "share_amount"
        offset = (-8 if right else 8, -16 if below else 10)
        say_at(axes, text, (key_accounts, marked[column]), offset, **side)
        axes.axvline(key_accounts, color=QUIET, linewidth=0.9, linestyle=":")
        axes.set_ylim(0, max(float(table[column].max()), 0.01) * 1.1)
        count_axis(axes.xaxis, say("Key accounts (breadth)"))
    share_axis(covered.yaxis, say("Share of revenue covered"))
    count_axis(each.yaxis, say("Hours a month for each (depth)"))
    shape = say("Left, the curve of revenue flattens as more accounts are let in; right, the hours "
                "for each account fall.")  # fmt: skip
    return Picture(figure, title, sentences(title, shape), caption)


def _line(axes: Axes, sizes: pd.Series[Any], values: pd.Series[Any]) -> None:
    single = "o" if len(sizes) == 1 else ""
    axes.plot(sizes, values, color=BLUE, linewidth=2.4, marker=single)


def _hours(hours: float) -> str:
    return number(hours, 0 if hours >= 10 or hours == int(hours) else 1)
