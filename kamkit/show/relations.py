"""Pictures of relations: coverage, stages, health and who gains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.ticker import Formatter

from kamkit.language import gettext as _
from kamkit.language import ngettext, number
from kamkit.money import scaled
from kamkit.output.picture import Picture
from kamkit.output.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    QUIET,
    SKY,
    canvas,
    count_axis,
    money_axis,
    styled,
)
from kamkit.output.wording import caption, nothing, sentences
from kamkit.schema import word
from kamkit.show.movement import named, short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.periods import Period

_WEAK = 40.0


@styled
def coverage(
    table: pd.DataFrame,
    *,
    names: pd.DataFrame | None = None,
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw which roles of the buying centre we know at each account, and which we have met lately.

    ``table`` is that of ``relate.coverage`` by role; ``names`` has ``account_id`` and
    ``account_name``, in the order to draw; at most 25 accounts.
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    called = _called(table, names)
    roles = list(dict.fromkeys(table["role"]))
    shown = table[table["account_id"].isin(called)]
    empty = int(((shown["role"] == "decider") & (shown["people"] == 0)).sum())
    title = ngettext(
        "At {n} of {accounts} nobody known decides",
        "At {n} of {accounts} nobody known decides",
        empty,
        accounts=ngettext("{n} account", "{n} accounts", len(called)),
    )
    figure, (axes,) = canvas(title, height=1.7 + 0.3 * len(called))
    rows = {account: place for place, account in enumerate(called)}
    for one in shown.to_dict("records"):
        x, y = roles.index(one["role"]), rows[one["account_id"]]
        if not one["people"]:
            axes.text(x, y, "–", ha="center", va="center", color=QUIET)
            continue
        met = one["met"] > 0
        axes.scatter(
            x,
            y,
            s=210,
            marker="o",
            facecolor=BLUE if met else "white",
            edgecolor=BLUE,
            linewidth=1.4,
            linestyle="-" if met else "--",
            zorder=2,
        )
        axes.text(
            x,
            y,
            number(int(one["people"])),
            ha="center",
            va="center",
            fontsize=9,
            color="white" if met else INK,
            zorder=3,
        )
    axes.set_yticks(range(len(called)), [short(name) for name in called.values()])
    axes.set_xticks(range(len(roles)), [word(role) for role in roles])
    axes.xaxis.tick_top()
    axes.set_xlim(-0.6, len(roles) - 0.4)
    axes.set_ylim(len(called) - 0.4, -0.6)
    axes.set_xlabel(_("People known in the role; filled: met lately, dashed: long ago"))
    told = "; ".join(
        _(
            "{role}: {n} of {accounts}",
            role=word(role),
            n=number(int((shown.loc[shown["role"] == role, "people"] > 0).sum())),
            accounts=number(len(called)),
        )
        for role in roles
    )
    return Picture(
        figure, title, sentences(title, _("Accounts with the role known: {told}", told=told)), words
    )


def _called(table: pd.DataFrame, names: pd.DataFrame | None, most: int = 25) -> dict[str, str]:
    known = set(table["account_id"])
    if names is None:
        return {one: one for one in sorted(known)[:most]}
    pairs = zip(names["account_id"], names["account_name"], strict=True)
    found = {str(one): str(name) for one, name in pairs if one in known}
    return dict(list(found.items())[:most])


@styled
def stages(table: pd.DataFrame, *, source: str = "", period: Period | str | None = None) -> Picture:
    """Draw how many accounts stand at each stage of the relationship, and how many should.

    ``table`` is that of ``relate.stage``. Solid bars are today, hatched ones what is wanted.
    """
    from kamkit.relate.stage import FROM_POINTS, STAGES

    words = caption(source, period)
    if table.empty:
        return nothing(words)
    codes = [*STAGES, "unknown"]
    now = [int((table["stage"] == code).sum()) for code in codes]
    then = [
        int((table["wanted_stage"] == code).sum()) if code in FROM_POINTS else 0 for code in codes
    ]
    short_of = int((table["stages_to_go"] > 0).sum())
    title = ngettext(
        "{n} of {accounts} is below the stage that is wanted",
        "{n} of {accounts} are below the stage that is wanted",
        short_of,
        accounts=ngettext("{n} account", "{n} accounts", len(table)),
    )
    figure, (axes,) = canvas(title, height=4.6)
    places = range(len(codes))
    bars: dict[str, Any] = {"height": 0.38, "edgecolor": BLUE, "linewidth": 0.8}
    axes.barh([y - 0.2 for y in places], now, color=BLUE, label=_("today"), **bars)
    axes.barh(
        [y + 0.2 for y in places], then, color="white", hatch="////", label=_("wanted"), **bars
    )
    most = max([*now, *then, 1])
    for y, (today, wanted) in enumerate(zip(now, then, strict=True)):
        for value, down in ((today, -0.2), (wanted, 0.2)):
            if value:
                axes.text(value + 0.01 * most, y + down, number(value), va="center", fontsize=9)
    names = [
        _("{stage}\n({other})", stage=word(code), other=word(STAGES[code]))
        if code in STAGES
        else word(code)
        for code in codes
    ]
    axes.set_yticks(list(places), names)
    axes.set_ylim(len(codes) - 0.4, -0.6)
    axes.set_xlim(0, 1.08 * most)
    axes.grid(visible=False, axis="y")
    count_axis(axes.xaxis, _("Accounts"))
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)
    told = "; ".join(
        _("{stage}: {now} today, {then} wanted", stage=word(code), now=number(a), then=number(b))
        for code, a, b in zip(codes, now, then, strict=True)
    )
    return Picture(figure, title, sentences(title, told), words)


@styled
def health(table: pd.DataFrame, *, source: str = "", period: Period | str | None = None) -> Picture:
    """Draw the health of accounts, the poorest first, with what each part takes away.

    ``table`` is that of ``relate.health`` for the accounts to show; at most 25. Beside the bar
    stand the points, an arrow for the trend, and the part that costs most.
    """
    words = caption(source, period)
    shown = table[table["health"].notna()].sort_values(["health", "account_id"]).head(25)
    if shown.empty:
        return nothing(words)
    weak = int((table["health"] < _WEAK).sum())
    title = ngettext(
        "{n} of {accounts} has a health below {line}",
        "{n} of {accounts} have a health below {line}",
        weak,
        line=number(_WEAK),
        accounts=ngettext("{n} account", "{n} accounts", len(table)),
    )
    figure, (axes,) = canvas(title, height=1.6 + 0.3 * len(shown))
    lines = named(shown)["shown"].tolist()
    told = []
    for y, (row, name) in enumerate(zip(shown.to_dict("records"), lines, strict=True)):
        low = row["health"] < _WEAK
        axes.barh(
            y,
            row["health"],
            0.68,
            color=ORANGE if low else BLUE,
            hatch="////" if low else "",
            edgecolor="white",
            linewidth=0.4,
        )
        weakest = word(str(row["weakest"])) if row["weakest"] else ""
        axes.text(105, y, number(row["health"]), va="center", ha="right", fontsize=9)
        axes.text(107, y, _arrow(row["health_change"]), va="center", fontsize=9)
        axes.text(114, y, weakest, va="center", fontsize=9, color=QUIET)
        told.append(_("{name} {points}", name=name, points=number(row["health"])))
    axes.axvline(_WEAK, color=INK, linewidth=0.8, linestyle=":")
    axes.set_yticks(range(len(shown)), lines)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(0, 136)
    axes.set_xticks(range(0, 101, 20))
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(_("Health, 0 to 100; beside it the trend and what costs most points"))
    return Picture(figure, title, sentences(title, "; ".join(told[:10])), words)


@styled
def health_spread(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw how many accounts have which health, in tens. ``table`` is that of ``relate.health``."""
    words = caption(source, period)
    known = table["health"].dropna()
    if known.empty:
        return nothing(words)
    weak = int((known < _WEAK).sum())
    title = ngettext(
        "{n} of {accounts} has a health below {line}",
        "{n} of {accounts} have a health below {line}",
        weak,
        line=number(_WEAK),
        accounts=ngettext("{n} account", "{n} accounts", len(known)),
    )
    figure, (axes,) = canvas(title, height=3.6)
    tens = (known // 10).clip(upper=9).astype(int).value_counts()
    counts = [int(tens.get(place, 0)) for place in range(10)]
    for place, count in enumerate(counts):
        low = 10 * place < _WEAK
        axes.bar(
            10 * place + 5,
            count,
            9,
            color=ORANGE if low else BLUE,
            hatch="////" if low else "",
            edgecolor="white",
            linewidth=0.4,
        )
        if count:
            axes.text(10 * place + 5, count, number(count), ha="center", va="bottom", fontsize=9)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 1.12 * max(counts))
    axes.set_xticks(range(0, 101, 10))
    axes.grid(visible=False, axis="x")
    axes.set_xlabel(_("Health (hatched: below {line})", line=number(_WEAK)))
    count_axis(axes.yaxis, _("Accounts"))
    told = "; ".join(
        _(
            "{low} to {high}: {n}",
            low=number(10 * place),
            high=number(10 * place + 10),
            n=number(count),
        )
        for place, count in enumerate(counts)
        if count
    )
    return Picture(figure, title, sentences(title, told), words)


def _arrow(change: float) -> str:
    if change != change or abs(change) < 0.5:
        return ""
    return f"{'▲' if change > 0 else '▼'}{number(abs(change))}"


@styled
def mutual_value(
    table: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw what each customer gains, to the left, beside what we gain, to the right.

    ``table`` is that of ``relate.mutual_value``; at most 20 accounts, the largest first.
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    both = int((table["who_gains"] == "both").sum())
    title = ngettext(
        "{n} of {accounts} is good for both",
        "{n} of {accounts} are good for both",
        both,
        accounts=ngettext("{n} account", "{n} accounts", len(table)),
    )
    shown = named(table.head(20))
    figure, (axes,) = canvas(title, height=1.8 + 0.3 * len(shown))
    _draw_gains(axes, shown)
    axes.axvline(0, color=INK, linewidth=0.8)
    high = float(max(shown["customer_gain"].max(), shown["our_gain"].max(), 1.0))
    for y, row in enumerate(shown.to_dict("records")):
        if row["our_gain"] < 0:
            text = _("we lose {money}", money=scaled(-row["our_gain"], currency))
        else:
            text = word(str(row["who_gains"]))
        axes.text(max(row["our_gain"], 0) + 0.02 * high, y, text, va="center", fontsize=9)
    axes.set_yticks(range(len(shown)), shown["shown"].tolist())
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(-1.08 * float(max(shown["customer_gain"].max(), 1.0)), 1.35 * high)
    axes.grid(visible=False, axis="y")
    money_axis(axes.xaxis, _("Left the customer gains, right we do"), [high], currency)
    axes.xaxis.set_major_formatter(_Unsigned(axes.xaxis.get_major_formatter()))
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4, frameon=False, fontsize=9)
    told = "; ".join(
        _(
            "{name}: the customer {theirs}, we {ours}",
            name=row["shown"],
            theirs=scaled(row["customer_gain"], currency),
            ours=scaled(row["our_gain"], currency),
        )
        for row in shown.head(8).to_dict("records")
    )
    return Picture(figure, title, sentences(title, told), words)


def _draw_gains(axes: Axes, shown: pd.DataFrame) -> None:
    left = shown["saved"] * 0.0
    parts = (
        ("saved", _("saved against list prices"), SKY, ""),
        ("served", _("service"), GREEN, "...."),
        ("lent", _("credit"), ORANGE, "xxxx"),
    )
    for column, label, colour, hatch in parts:
        axes.barh(
            range(len(shown)),
            -shown[column],
            0.7,
            left=-left,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.4,
            label=label,
        )
        left = left + shown[column]
    loss = shown["our_gain"] < 0
    axes.barh(
        range(len(shown)), shown["our_gain"].where(~loss, 0.0), 0.7, color=BLUE, label=_("we gain")
    )


class _Unsigned(Formatter):
    """Writes the ticks on both sides of zero without a sign."""

    def __init__(self, other: Formatter) -> None:
        self.other = other

    def __call__(self, value: float, place: int | None = None) -> str:
        return self.other(abs(value), place)

    def format_ticks(self, values: list[float]) -> list[str]:
        return self.other.format_ticks([abs(value) for value in values])
