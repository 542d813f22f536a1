"""A picture of the ledger itself: what was read and used, and what was set aside."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kamkit.colours import BLUE, QUIET
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.chart import chart
from kamkit.output.style import HATCH, count_axis, money_axis, name_rows
from kamkit.output.table import writer
from kamkit.output.wording import caption
from kamkit.schema import takes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture


@takes(reconciliation="reason rows amount")
def set_aside(reconciliation: pd.DataFrame, *, currency: str = "", source: str = "") -> Picture:
    """Draw which lines and amounts of the source are used, and which are set aside and why.

    ``reconciliation`` is the table of ``Case.reconciliation``, one row per reason.

    >>> import pandas as pd
    >>> set_aside(pd.DataFrame({"reason": ["read", "used", "no_account"], "rows": [10, 8, 2],
    ...     "amount": [100.0, 90.0, 10.0]}))
    8 of 10 lines are used (80.0%), 2 are set aside
    """
    read = reconciliation["reason"] == "read"
    fates, rows = reconciliation[~read], int(reconciliation.loc[read, "rows"].sum())
    used = int(fates.loc[fates["reason"] == "used", "rows"].sum())
    names = list(map(writer("reason", fates["reason"]), fates["reason"]))
    by_rows = [f"{number(n)} ({percent(n / max(rows, 1))})" for n in fates["rows"]]
    by_amount = [scaled(float(amount), currency) for amount in fates["amount"]]

    def draw(lines: Axes, amounts: Axes) -> None:
        _fate_bars(lines, fates["rows"], by_rows)
        _fate_bars(amounts, fates["amount"], by_amount)
        name_rows(lines, [textwrap.fill(name, 26) for name in names])
        count_axis(lines.xaxis, _("Invoice lines"))
        money_axis(amounts.xaxis, _("Amount"), fates["amount"], currency)
        for panel in (lines, amounts):
            panel.locator_params("x", nbins=4)

    if used == rows:
        title = ngettext("{n} line is read and used", "All {n} lines are used", rows)
    else:
        title = _part_used(used, rows)
    description = [
        f"{name}: {n}, {sum_}" for name, n, sum_ in zip(names, by_rows, by_amount, strict=True)
    ]
    height = 1.6 + 0.5 * len(fates)
    return chart(
        title,
        draw,
        table=fates,
        description=description,
        caption=caption(source),
        height=height,
        panels=2,
    )


def _part_used(used: int, rows: int) -> str:
    return ngettext(
        "{used} of {n} line is used ({share}), {aside} are set aside",
        "{used} of {n} lines are used ({share}), {aside} are set aside",
        rows,
        used=number(used),
        share=percent(used / max(rows, 1)),
        aside=number(rows - used),
    )


def _fate_bars(axes: Axes, values: pd.Series[Any], texts: Sequence[str]) -> None:
    bars = axes.barh(range(len(values)), values, 0.6, color="white", edgecolor=QUIET, hatch=HATCH)
    bars[0].set(facecolor=BLUE, hatch="")
    axes.bar_label(bars, texts, padding=4, fontsize=9.5)
    axes.axvline(0, color=QUIET, linewidth=1)
    axes.grid(visible=False, axis="y")
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    room = (high - low) or 1.0
    # room for the words beside the longest bar, on either side
    axes.set_xlim(low - (0.55 * room if low < 0 else 0), high + 0.55 * room)
