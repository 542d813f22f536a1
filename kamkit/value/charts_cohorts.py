"""Pictures of what is kept: cohorts as they grow older, and retention without and with growth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kamkit.colours import BLUE, INK
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.chart import chart, nothing
from kamkit.output.names import group_names
from kamkit.output.style import HATCH, legend_above, name_rows, share_axis
from kamkit.output.wording import caption, drawn, n_accounts, sentences
from kamkit.periods import month
from kamkit.schema import takes, total_of
from kamkit.value._cohorts import AGES, after

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

_MOST_COHORTS, _MOST_AGES, _MOST_GROUPS = 14, 13, 12
_SHADES = ("#f7fbff", "#6baed6", "#08306b")


@takes(table="cohort age accounts revenue share left_censored incomplete")
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
    >>> from kamkit.value._cohorts import cohorts as counted
    >>> cohorts(counted(open_case("cdnow")).table)
    After 12 months 7.9% of a cohort's accounts buy
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    latest = sorted(table["cohort"].unique())[-_MOST_COHORTS:]
    shown = table[table["cohort"].isin(latest) & (table["age"] < _MOST_AGES)]
    what = _("accounts that buy") if measure == "accounts" else total_of(measure)
    measured = _("Share of the cohort's own first period, in %: {measure}", measure=what)
    return chart(
        _cohort_title(table, every, measure),
        lambda axes: _heat(axes, shown, every),
        table=shown,
        description=[measured, *_cohort_rows(shown, every)],
        caption=sentences(words, measured, *_notes(shown, table)),
        height=1.9 + 0.3 * len(latest),
    )


def _notes(shown: pd.DataFrame, table: pd.DataFrame) -> list[str]:
    notes = []
    if (shown["incomplete"] | shown["left_censored"]).any():
        notes.append(
            _("Hatched: incomplete periods, and the first cohort, which may have bought before.")
        )
    if len(shown) < len(table):
        notes.append(
            _(
                "Shown: the latest {n} of {all} cohorts, until age {age}.",
                n=number(shown["cohort"].nunique()),
                all=number(table["cohort"].nunique()),
                age=number(int(shown["age"].max())),
            )
        )
    return notes


@takes(table="{by}_before {by}_kept {by}_after gross_retention net_retention")
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
    shown = table.head(_MOST_GROUPS)
    words = sentences(words, drawn(len(shown), len(table), _("the largest groups")))
    first = str(table.columns[0])
    names = group_names(shown[first]) if first != "accounts" else [_("All accounts")] * len(shown)

    def draw(axes: Axes) -> None:
        _kept_bars(axes, shown, names)
        share_axis(axes.xaxis, _("Share of {measure} in the earlier period", measure=total_of(by)))

    title = _(
        "{gross} of {measure} was kept without growth, {net} with it",
        gross=percent(gross),
        net=percent(net),
        measure=total_of(by),
    )
    known = shown[shown[first].notna()]
    if len(known) > 1:
        least = known["gross_retention"].to_numpy().argmin()
        group, share = group_names(known[first])[least], known["gross_retention"].iloc[least]
        part = {"title": title, "group": group, "share": percent(float(share))}
        title = (
            _("{title}; least in {group} ({share})", **part)
            if len(shown) == len(table)
            else _("{title}; least of those drawn in {group} ({share})", **part)
        )
    kept = zip(names, shown["gross_retention"], shown["net_retention"], strict=True)
    description = [f"{name}: {percent(without)}, {percent(with_)}" for name, without, with_ in kept]
    height = 1.8 + 0.62 * len(shown)
    return chart(title, draw, table=shown, description=description, caption=words, height=height)


def _cohort_title(table: pd.DataFrame, every: str, measure: str) -> str:
    clauses = [after(table, age, every=every, measure=measure) for age in AGES[every]]
    clauses = [clause for clause in clauses if clause]
    if clauses:
        return clauses[-1]
    first = table[table["age"] == 0]
    return ngettext(
        "{accounts} began to buy in {n} period; none is old enough to tell what is left",
        "{accounts} began to buy in {n} periods; none is old enough to tell what is left",
        len(first),
        accounts=n_accounts(first["accounts"].sum()),
    )


def _cohort_rows(shown: pd.DataFrame, every: str) -> list[str]:
    rows = []
    for cohort, part in shown.groupby("cohort"):
        shares = ", ".join(percent(share, 0) for share in part.sort_values("age")["share"])
        rows.append(f"{_cohort_name(cohort, every)}: {shares}")
    return rows


def _cohort_name(cohort: Any, every: str) -> str:
    if every == "year":
        return str(cohort.year)
    if every == "quarter":
        return _("Q{quarter} {year}", quarter=(cohort.month + 2) // 3, year=cohort.year)
    return month(cohort)


def _heat(axes: Axes, shown: pd.DataFrame, every: str) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    later = shown.loc[shown["age"] > 0, "share"].dropna()
    top = max(float(later.quantile(0.95)) if len(later) else 1.0, 0.05)
    shades = LinearSegmentedColormap.from_list("shares", _SHADES)
    born = sorted(shown["cohort"].unique())
    rows: list[Any] = list(shown.itertuples())
    for cell in rows:
        share, spot = float(cell.share), (int(cell.age), born.index(cell.cohort))
        known = share == share
        ground = shades(min(max(share, 0.0) / top, 1.0) if known else 0.0)
        flagged = bool(cell.incomplete or cell.left_censored)
        _cell(axes, spot, number(100 * share) if known else "–", ground, flagged=flagged)
    sizes = shown[shown["age"] == 0].set_index("cohort")["accounts"]
    names = [f"{_cohort_name(cohort, every)} ({number(int(sizes[cohort]))})" for cohort in born]
    name_rows(axes, names)
    oldest = int(shown["age"].max())
    axes.set_xticks(range(oldest + 1))
    axes.set_xlim(-0.5, oldest + 0.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.text(-0.6, -0.6, _("First bought in (accounts)"), ha="right", va="bottom", fontsize=9)
    axes.set_xlabel(_age_label(every))


def _cell(
    axes: Axes, spot: tuple[int, int], text: str, ground: tuple[float, ...], *, flagged: bool
) -> None:
    from matplotlib.patches import Rectangle

    look = {"edgecolor": "#9a9a9a" if flagged else "white", "hatch": "///" if flagged else ""}
    corner = (spot[0] - 0.5, spot[1] - 0.5)
    axes.add_patch(Rectangle(corner, 1, 1, facecolor=ground, linewidth=0.8, **look))  # type: ignore[arg-type]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in ground[:3]]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # the ink of the higher contrast (WCAG 2.1): equal where (L + 0.05)^2 = 1.05 x 0.05
    ink = "white" if light < 0.179 else "black"
    box = {"facecolor": ground, "linewidth": 0, "pad": 1.2}
    axes.text(*spot, text, ha="center", va="center", fontsize=9, color=ink, bbox=box)


def _age_label(every: str) -> str:
    if every == "month":
        return _("Months since the first purchase")
    if every == "quarter":
        return _("Quarters since the first purchase")
    return _("Years since the first purchase")


def _kept_bars(axes: Axes, shown: pd.DataFrame, names: list[str]) -> None:
    places = np.arange(len(shown))
    hollow = {"color": "white", "edgecolor": BLUE, "hatch": HATCH}
    looks: list[tuple[str, float, str, dict[str, Any]]] = [
        ("gross_retention", -0.19, _("without growth (GRR)"), hollow),
        ("net_retention", 0.19, _("with growth (NRR)"), {"color": BLUE}),
    ]
    box = {"facecolor": "white", "linewidth": 0, "pad": 1}
    for name, offset, words, look in looks:
        bars = axes.barh(places + offset, shown[name], 0.36, label=words, **look)
        texts = [percent(share) for share in shown[name]]
        axes.bar_label(bars, texts, padding=4, fontsize=9.5, bbox=box, zorder=4)
    name_rows(axes, names)
    axes.axvline(1, color=INK, linewidth=1, linestyle="--", zorder=1.5)
    ends = [0.0, 1.0, *shown["gross_retention"], *shown["net_retention"]]
    low, high = min(ends), max(ends)
    room = high - low
    axes.set_xlim(low - (0.14 * room if low < 0 else 0), high + 0.14 * room)
    legend_above(axes)
