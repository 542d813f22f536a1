"""Pictures of growth: the grid of accounts and groups, the wallet, and what goes together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit import schema
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.picture import Picture
from kamkit.output.style import (
    BLUE,
    GREEN,
    HATCH,
    INK,
    ORANGE,
    QUIET,
    SKY,
    canvas,
    money_axis,
    share_axis,
    styled,
)
from kamkit.output.wording import caption, nothing, sentences
from kamkit.schema import word
from kamkit.show.movement import named, short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.periods import Period

_ROWS, _COLUMNS, _PAIRS = 20, 14, 12
_STATES: dict[str, tuple[str, str, str]] = {
    "us": (BLUE, "", "●"),
    "competitor": (ORANGE, "////", "▲"),
    "in-house": (SKY, "....", "■"),
    "unknown": ("#d9d9d9", "", "?"),
    "not relevant": ("white", "", "–"),
}
_PARTS = (
    ("ours", BLUE, ""),
    ("elsewhere", SKY, "...."),
    ("competitors", ORANGE, HATCH),
    ("in_house", GREEN, "xxxx"),
    ("unknown", "#d9d9d9", ""),
)


@styled
def whitespace(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the grid of accounts and product groups: who serves each cell, and how much is open.

    ``table`` is that of ``grow.whitespace``. The accounts with most to win come first, at most 20,
    with the groups with most to win, at most 14. A cell's sign and hatch tell who serves it; its
    number is the gap in thousands.
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    by_account = table.groupby("account_id")["expected_value"].sum().nlargest(_ROWS)
    by_item = table.groupby("item")["expected_value"].sum().nlargest(_COLUMNS)
    shown = table[table["account_id"].isin(by_account.index) & table["item"].isin(by_item.index)]
    open_cells = shown[(shown["kind"] == "cross_sell") & (shown["open_amount"] > 0)]
    title = ngettext(
        "{n} cell of the grid is open for a first sale, in {accounts}",
        "{n} cells of the grid are open for a first sale, in {accounts}",
        len(open_cells),
        accounts=ngettext("{n} account", "{n} accounts", len(by_account)),
    )
    figure, (axes,) = canvas(title, height=2.4 + 0.32 * len(by_account))
    _cells(axes, shown, list(by_account.index), list(by_item.index))
    told = [
        _(
            "{name}: {item}, {state}",
            name=row.account_name,
            item=row.item,
            state=word(str(row.state)),
        )
        for row in open_cells.nlargest(5, "expected_value").itertuples()
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


def _cells(axes: Axes, shown: pd.DataFrame, accounts: list[str], items: list[str]) -> None:
    from matplotlib.patches import Patch, Rectangle

    row = {account: place for place, account in enumerate(accounts)}
    column = {item: place for place, item in enumerate(items)}
    for one in shown.to_dict("records"):
        colour, hatch, sign = _STATES.get(str(one["state"]), _STATES["unknown"])
        x, y = column[one["item"]], row[one["account_id"]]
        axes.add_patch(
            Rectangle(
                (x - 0.46, y - 0.44),
                0.92,
                0.88,
                facecolor=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0.6,
            )
        )
        text = number(one["open_amount"] / 1000) if one["open_amount"] >= 500 else sign
        how: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8}
        ink = "white" if one["state"] == "us" else INK
        box = {"boxstyle": "square,pad=0.1", "facecolor": colour, "linewidth": 0}
        axes.text(x, y, text, color=ink, bbox=box, **how)
    first = shown.drop_duplicates("account_id").set_index("account_id").loc[accounts].reset_index()
    axes.set_yticks(range(len(accounts)), named(first)["shown"].tolist())
    axes.set_xticks(range(len(items)), [_item(item) for item in items], rotation=90)
    axes.set_xlim(-0.6, len(items) - 0.4)
    axes.set_ylim(len(accounts) - 0.4, -0.6)
    axes.grid(visible=False)
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=QUIET, label=f"{sign} {word(state)}")
        for state, (colour, hatch, sign) in _STATES.items()
    ]
    axes.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=5,
        frameon=False,
        fontsize=9,
    )


@styled
def account_whitespace(
    table: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw what one account buys in each group and what is open, the largest gap first.

    ``table`` holds the rows of ``grow.whitespace`` for one account; at most 14 groups.
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    shown = table.sort_values(["open_amount", "revenue", "item"], ascending=[False, False, True])
    shown = shown.head(_COLUMNS)
    row = table.iloc[0]
    title = _(
        "{name}: buys for {amount} and could buy for {open} more",
        name=short(str(row["account_name"])),
        amount=scaled(float(table["revenue"].sum()), currency),
        open=scaled(float(table["open_amount"].sum()), currency),
    )
    figure, (axes,) = canvas(title, height=1.7 + 0.3 * len(shown))
    places = range(len(shown))
    axes.barh(places, shown["revenue"], 0.7, color=BLUE, label=_("buys from us"))
    axes.barh(
        places,
        shown["open_amount"],
        0.7,
        left=shown["revenue"],
        color="white",
        hatch=HATCH,
        edgecolor=ORANGE,
        linewidth=0.8,
        label=_("open"),
    )
    whole = shown["revenue"] + shown["open_amount"]
    high = float(whole.max()) or 1.0
    for place, one in enumerate(shown.to_dict("records")):
        if one["kind"]:
            who = word(str(one["state"])) if one["state"] != "us" else ""
            text = ", ".join(part for part in (word(str(one["kind"])), who) if part)
            axes.text(whole.iloc[place] + 0.01 * high, place, text, va="center", fontsize=9)
    axes.set_yticks(places, [_item(item) for item in shown["item"]])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(0, 1.4 * high)
    axes.grid(visible=False, axis="y")
    money_axis(axes.xaxis, _("In a year"), whole, currency)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)
    told = [
        _(
            "{item}: {amount}, open {open}, {kind}",
            item=_item(one["item"]),
            amount=scaled(float(one["revenue"]), currency),
            kind=word(str(one["kind"])) or "–",
            open=scaled(float(one["open_amount"]), currency),
        )
        for one in shown.to_dict("records")
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


@styled
def share_of_wallet(
    table: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the wallet of each account by who gets it, the accounts with most to win first.

    ``table`` is that of ``grow.share_of_wallet``; at most 20 accounts are drawn.
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    wallet, ours = float(table["wallet"].sum()), float(table["ours"].sum())
    title = _(
        "{share} of what {accounts} spend comes to us",
        share=percent(ours / wallet if wallet else 0.0, 0),
        accounts=ngettext("{n} account", "{n} accounts", len(table)),
    )
    shown = named(table.head(_ROWS))
    figure, (axes,) = canvas(title, height=2.0 + 0.3 * len(shown))
    left = shown["ours"] * 0.0
    for name, colour, hatch in _PARTS:
        axes.barh(
            range(len(shown)),
            shown[name],
            0.7,
            left=left,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.4,
            label=schema.label(name, short=True),
        )
        left = left + shown[name]
    high = float(shown["wallet"].max()) or 1.0
    for place, row in enumerate(shown.to_dict("records")):
        share = row["share_of_wallet"]
        text = percent(float(share), 0) if share == share else "–"
        axes.text(row["wallet"] + 0.01 * high, place, text, va="center", fontsize=9.5)
    axes.set_yticks(range(len(shown)), shown["shown"].tolist())
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(0, 1.12 * high)
    axes.grid(visible=False, axis="y")
    label = _("Spend in a year, our share beside the bar")
    money_axis(axes.xaxis, label, shown["wallet"], currency)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=5, frameon=False, fontsize=9)
    told = [
        _(
            "{name}: {share} of {wallet}",
            name=row["shown"],
            share=percent(float(row["share_of_wallet"]), 0)
            if row["share_of_wallet"] == row["share_of_wallet"]
            else "–",
            wallet=scaled(float(row["wallet"]), currency),
        )
        for row in shown.head(5).to_dict("records")
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


@styled
def affinity(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the surest rules: of those who buy the first, how many buy the second, against all.

    ``table`` is that of ``grow.affinity``; at most 12 rules that hold are drawn.
    """
    words = caption(source, period)
    held = table[table["holds"]].head(_PAIRS).reset_index(drop=True)
    if held.empty:
        title = _("No two items go together more than by chance")
        figure, (axes,) = canvas(title, height=1.4)
        axes.set_axis_off()
        return Picture(figure, title, f"{title}.", words)
    first = held.iloc[0]
    base = held["confidence"] / held["lift"]
    title = _(
        "{confidence} of those who buy {leader} buy {follower}, against {base} of all",
        confidence=percent(float(first["confidence"]), 0),
        base=percent(float(base[0]), 0),
        leader=_item(first["leader"]),
        follower=_item(first["follower"]),
    )
    figure, (axes,) = canvas(title, height=1.7 + 0.36 * len(held))
    for place, (share, all_of) in enumerate(zip(held["confidence"], base, strict=True)):
        axes.plot([all_of, share], [place, place], color=BLUE, linewidth=1.6)
        axes.plot(all_of, place, "o", markersize=7, color=INK, markerfacecolor="white")
        axes.plot(share, place, "o", markersize=8, color=BLUE)
    names = [
        _("{leader} → {follower}", leader=_item(a), follower=_item(b))
        for a, b in zip(held["leader"], held["follower"], strict=True)
    ]
    axes.set_yticks(range(len(held)), names)
    axes.set_ylim(len(held) - 0.4, -0.6)
    axes.set_xlim(0, 1.02)
    axes.grid(visible=False, axis="y")
    share_axis(axes.xaxis, _("Share who buy the second (hollow: of all)"))
    told = [
        _(
            "{rule}: {share}, lift {lift}",
            rule=name,
            share=percent(float(row["confidence"]), 0),
            lift=number(float(row["lift"]), 2),
        )
        for name, row in zip(names, held.to_dict("records"), strict=True)
    ]
    return Picture(figure, title, sentences(title, "; ".join(told)), words)


def _item(name: object) -> str:
    """Return an item's name on one line, cut where it is too long."""
    return short(" ".join(str(name).split()))
