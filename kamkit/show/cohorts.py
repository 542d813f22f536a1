"""Pictures of what is kept: cohorts as they grow older, and retention without and with growth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.picture import Picture
from kamkit.output.style import BLUE, HATCH, INK, canvas, share_axis, styled
from kamkit.output.table import known_values
from kamkit.output.wording import caption, nothing, sentences
from kamkit.schema import total_of
from kamkit.show.movement import short
from kamkit.value.cohorts import AGES, after

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.periods import Period

_MOST_COHORTS, _MOST_AGES, _MOST_GROUPS = 14, 13, 12
_SHADES = ("#f7fbff", "#6baed6", "#08306b")


@styled
def cohorts(
    table: pd.DataFrame,
    *,
    every: str = "month",
    measure: str = "accounts",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw what is left of each cohort as it grows older, as a heat map with the shares in it.

    ``table`` is that of ``value.cohorts`` with the same ``every`` and ``measure``. A row is a
    cohort with its number of accounts, a column an age. Hatched are periods that are not whole and
    the first cohort, which may have bought before the ledger begins. Of many cohorts the latest
    fourteen are drawn, up to age 12.

    >>> from kamkit import open_case
    >>> from kamkit.value.cohorts import cohorts as counted
    >>> cohorts(counted(open_case("cdnow")).table)
    After 12 months 7.9% of a cohort's accounts buy
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    title = _cohort_title(table, every, measure)
    latest = sorted(table["cohort"].unique())[-_MOST_COHORTS:]
    shown = table[table["cohort"].isin(latest) & (table["age"] < _MOST_AGES)]
    figure, (axes,) = canvas(title, height=1.9 + 0.3 * len(latest))
    _heat(axes, shown, every)
    notes = []
    flagged = shown["incomplete"] | shown["left_censored"]
    if flagged.any():
        notes.append(
            _(
                "Hatched: periods that are not whole, and the first cohort, which may "
                "have bought before."
            )
        )
    if len(shown) < len(table):
        notes.append(
            _(
                "Shown: the latest {n} of {all} cohorts, until age {age}.",
                n=number(len(latest)),
                all=number(table["cohort"].nunique()),
                age=number(int(shown["age"].max())),
            )
        )
    what = _("accounts that buy") if measure == "accounts" else total_of(measure)
    measured = _("Share of the cohort's own first period, in %: {measure}", measure=what)
    alt = sentences(title, measured, _cohort_rows(shown, every))
    return Picture(figure, title, alt, sentences(words, measured, *notes))


@styled
def retention(
    table: pd.DataFrame,
    *,
    by: str = "revenue",
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw how much of the earlier period's sales each group kept, without and with growth.

    ``table`` is that of ``value.retention``, one row in all or one per group; the twelve largest
    groups are drawn.

    >>> import pandas as pd
    >>> retention(pd.DataFrame({"segment": ["A", "B"], "accounts": [2, 3],
    ...     "revenue_before": [80.0, 20], "revenue_kept": [72.0, 10], "revenue_after": [90.0, 15],
    ...     "gross_retention": [0.9, 0.5], "net_retention": [1.125, 0.75]}))
    82.0% of revenue was kept without growth, 105.0% with it; least in B (50.0%)
    """
    words = caption(source, period)
    before = float(table[f"{by}_before"].sum()) if len(table) else 0.0
    if before <= 0:
        return nothing(words)
    gross, net = (float(table[f"{by}_{name}"].sum()) / before for name in ("kept", "after"))
    title = _(
        "{gross} of {measure} was kept without growth, {net} with it",
        gross=percent(gross),
        net=percent(net),
        measure=total_of(by),
    )
    shown = table.head(_MOST_GROUPS)
    first = str(table.columns[0])
    names = group_names(shown[first]) if first != "accounts" else [_("All accounts")]
    known = shown[shown[first].notna()]
    if len(known) > 1:
        least = known["gross_retention"].to_numpy().argmin()
        title = _(
            "{title}; least in {group} ({share})",
            title=title,
            group=group_names(known[first])[least],
            share=percent(float(known["gross_retention"].iloc[least])),
        )
    figure, (axes,) = canvas(title, height=1.8 + 0.62 * len(shown))
    _kept_bars(axes, shown, names)
    share_axis(axes.xaxis, _("Share of {measure} in the earlier period", measure=total_of(by)))
    rows: list[Any] = list(shown.itertuples())
    told = [
        f"{name}: {percent(row.gross_retention)}, {percent(row.net_retention)}"
        for name, row in zip(names, rows, strict=True)
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


def group_names(groups: pd.Series[Any]) -> list[str]:
    """Return what groups are called on an axis: short, and in words where there is none.

    >>> import pandas as pd
    >>> group_names(pd.Series(["Oslo", None]))
    ['Oslo', 'not known']
    """
    return [
        short(_("not known") if name is None else " ".join(str(name).split()))
        for name in known_values(groups)
    ]


def _cohort_title(table: pd.DataFrame, every: str, measure: str) -> str:
    told = [after(table, age, every=every, measure=measure) for age in AGES[every]]
    told = [clause for clause in told if clause]
    if told:
        return told[-1]
    first = table[table["age"] == 0]
    return ngettext(
        "{accounts} began to buy in {n} period; none is old enough to tell what is left",
        "{accounts} began to buy in {n} periods; none is old enough to tell what is left",
        len(first),
        accounts=ngettext("{n} account", "{n} accounts", int(first["accounts"].sum())),
    )


def _cohort_rows(shown: pd.DataFrame, every: str) -> str:
    rows = []
    for cohort, part in shown.groupby("cohort"):
        shares = ", ".join(percent(share, 0) for share in part.sort_values("age")["share"])
        rows.append(f"{_cohort_name(cohort, every)}: {shares}")
    return "; ".join(rows)


def _cohort_name(cohort: Any, every: str) -> str:
    from babel.dates import format_date

    from kamkit.language import locale_name

    if every == "year":
        return str(cohort.year)
    if every == "quarter":
        quarter = (cohort.month + 2) // 3
        return _("Q{quarter} {year}", quarter=quarter, year=cohort.year)
    return format_date(cohort, format="MMM y", locale=locale_name())


def _heat(axes: Axes, shown: pd.DataFrame, every: str) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    later = shown.loc[shown["age"] > 0, "share"].dropna()
    top = max(float(later.quantile(0.95)) if len(later) else 1.0, 0.05)
    shades = LinearSegmentedColormap.from_list("shares", _SHADES)
    born = sorted(shown["cohort"].unique())
    for cell in shown.itertuples():
        share, row = float(cell.share), born.index(cell.cohort)  # type: ignore[arg-type]
        known = share == share
        ground = shades(min(max(share, 0.0) / top, 1.0) if known else 0.0)
        flagged = bool(cell.incomplete or cell.left_censored)
        _cell(axes, int(cell.age), row, number(100 * share) if known else "–", ground, flagged)  # type: ignore[arg-type]
    sizes = shown[shown["age"] == 0].set_index("cohort")["accounts"]
    names = [f"{_cohort_name(cohort, every)} ({number(int(sizes[cohort]))})" for cohort in born]
    oldest = int(shown["age"].max())
    axes.set_yticks(range(len(names)), names)
    axes.set_xticks(range(oldest + 1))
    axes.set_xlim(-0.5, oldest + 0.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.text(-0.6, -0.6, _("First bought in (accounts)"), ha="right", va="bottom", fontsize=9)
    axes.set_xlabel(_age_label(every))


def _cell(
    axes: Axes,
    age: int,
    row: int,
    text: str,
    ground: tuple[float, float, float, float],
    flagged: bool,
) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle(
            (age - 0.5, row - 0.5),
            1,
            1,
            facecolor=ground,
            linewidth=0.8,
            edgecolor="#9a9a9a" if flagged else "white",
            hatch="///" if flagged else "",
        )
    )
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in ground[:3]]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # the ink of the higher contrast (WCAG 2.1): equal where (L + 0.05)^2 = 1.05 x 0.05
    axes.text(
        age,
        row,
        text,
        ha="center",
        va="center",
        fontsize=9,
        color="white" if light < 0.179 else "black",
        bbox={"facecolor": ground, "linewidth": 0, "pad": 1.2},
    )


def _age_label(every: str) -> str:
    if every == "month":
        return _("Months since the first purchase")
    if every == "quarter":
        return _("Quarters since the first purchase")
    return _("Years since the first purchase")


def _kept_bars(axes: Axes, shown: pd.DataFrame, names: list[str]) -> None:
    places = np.arange(len(shown))
    gross, net = (
        shown[name].to_numpy(dtype=float) for name in ("gross_retention", "net_retention")
    )
    how: dict[str, Any] = {"color": "white", "edgecolor": BLUE, "hatch": HATCH}
    first = axes.barh(places - 0.19, gross, 0.36, **how)
    second = axes.barh(places + 0.19, net, 0.36, color=BLUE)
    for bars, values in ((first, gross), (second, net)):
        axes.bar_label(
            bars,
            [percent(share) for share in values],
            padding=4,
            fontsize=9.5,
            bbox={"facecolor": "white", "linewidth": 0, "pad": 1},
            zorder=4,
        )
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.axvline(1, color=INK, linewidth=1, linestyle="--", zorder=1.5)
    low, high = min(0.0, *gross, *net), max(1.0, *gross, *net)
    room = high - low
    axes.set_xlim(low - (0.14 * room if low < 0 else 0), high + 0.14 * room)
    legend = [_("without growth (GRR)"), _("with growth (NRR)")]
    axes.legend(
        [first, second],
        legend,
        loc="lower right",
        ncols=2,
        frameon=False,
        bbox_to_anchor=(1, 1),
        fontsize=9.5,
    )
