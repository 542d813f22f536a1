"""Pictures of growth: the grid of accounts and groups, the wallet, and what goes together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.colours import BLUE, GREEN, INK, ORANGE, QUIET, SKY
from kamkit.grow._whitespace import earning, say_left_out
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.chart import chart, nothing
from kamkit.output.names import named, one_line, rows_of, short
from kamkit.output.style import (
    HATCH,
    legend_above,
    money_axis,
    name_rows,
    share_axis,
    stack,
    write_beside,
)
from kamkit.output.wording import caption, drawn, n_accounts, sentences, unknown
from kamkit.schema import label, takes, word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

_ROWS, _COLUMNS, _PAIRS = 20, 14, 12
_UNKNOWN = "#d9d9d9"
_STATES: dict[str, tuple[str, str, str]] = {
    "us": (BLUE, "", "●"),
    "competitor": (ORANGE, "////", "▲"),
    "in-house": (SKY, "++", "■"),
    "unknown": (_UNKNOWN, "", "?"),
    "not relevant": ("white", "", "–"),
}


@takes(table="account_id account_name item state kind open_amount")
def whitespace(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the grid of accounts and product groups: who serves each cell, and how much is open.

    ``table`` is that of ``grow.whitespace``. The accounts with most to win come first, at most 20,
    with the groups with most to gain, at most 14. A cell's sign and hatch tell who serves it; its
    number is the gap in thousands. Accounts that lose money are left out: their terms come first.

    >>> import pandas as pd
    >>> cell = {"account_id": ["1"], "account_name": ["Bygg"], "item": ["Tape"]}
    >>> table = pd.DataFrame(cell).assign(state="competitor", kind="cross_sell", open_amount=5e3)
    >>> whitespace(table).alt
    '1 chance of a first sale in a group, at 1 account. Bygg: Tape, a competitor.'
    """
    table, losing = earning(table)
    words = sentences(caption(source, period), say_left_out(losing))
    if table.empty:
        return nothing(words)
    accounts = table.groupby("account_id")["open_amount"].sum().nlargest(_ROWS).index
    items = table.groupby("item")["open_amount"].sum().nlargest(_COLUMNS).index
    shown = table[table["account_id"].isin(accounts) & table["item"].isin(items)]
    whole = table["account_id"].nunique(), table["item"].nunique()
    words = sentences(
        words,
        _(
            "Numbers: what is open, in thousands; colour: who serves the group today; framed: a "
            "first sale."
        ),
        drawn(len(accounts), whole[0], _("the accounts with most to gain")),
        drawn(len(items), whole[1], _("the groups with most to gain")),
    )
    open_cells = shown[[_first_sale(row) for row in rows_of(shown)]]
    title = ngettext(
        "{n} chance of a first sale in a group, at {accounts}",
        "{n} chances of a first sale in a group, at {accounts}",
        len(open_cells),
        accounts=n_accounts(open_cells["account_id"].nunique()),
    )
    return chart(
        title,
        lambda axes: _grid(axes, shown, list(accounts), list(items)),
        table=shown,
        description=_largest(open_cells),
        caption=words,
        height=2.4 + 0.32 * len(accounts),
    )


def _largest(cells: pd.DataFrame) -> list[str]:
    """Name the five cells with most to win, and who serves them."""
    return [
        _(
            "{name}: {item}, {state}",
            name=row.account_name,
            item=row.item,
            state=word(str(row.state)),
        )
        for row in rows_of(cells.nlargest(5, "open_amount"))
    ]


def _grid(axes: Axes, shown: pd.DataFrame, accounts: list[str], items: list[str]) -> None:
    from matplotlib.patches import Patch

    for row in rows_of(shown):
        _cell(axes, (items.index(row.item), accounts.index(row.account_id)), row)
    first = shown.drop_duplicates("account_id").set_index("account_id").loc[accounts].reset_index()
    name_rows(axes, named(first)["shown"])
    axes.set_xticks(range(len(items)), [_item(item) for item in items], rotation=90)
    axes.set_xlim(-0.6, len(items) - 0.4)
    axes.grid(visible=False)
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=QUIET, label=f"{sign} {word(state)}")
        for state, (colour, hatch, sign) in _STATES.items()
    ]
    legend_above(axes, 5, handles)


def _cell(axes: Axes, spot: tuple[int, int], row: Any) -> None:
    from matplotlib.patches import Rectangle

    colour, hatch, sign = _STATES.get(str(row.state), _STATES["unknown"])
    look: dict[str, Any] = {"facecolor": colour, "hatch": hatch, "edgecolor": "white"}
    corner = (spot[0] - 0.46, spot[1] - 0.44)
    axes.add_patch(Rectangle(corner, 0.92, 0.88, linewidth=0.6, **look))
    if _first_sale(row):
        frame: dict[str, Any] = {"fill": False, "edgecolor": INK, "linewidth": 1.4}
        axes.add_patch(Rectangle(corner, 0.92, 0.88, **frame))
    text = number(row.open_amount / 1000) if row.open_amount >= 500 else sign
    ink = "white" if row.state == "us" else INK
    box = {"boxstyle": "square,pad=0.1", "facecolor": colour, "linewidth": 0}
    axes.text(*spot, text, color=ink, bbox=box, ha="center", va="center", fontsize=8)


def _first_sale(row: Any) -> bool:
    return bool(row.kind == "cross_sell" and row.open_amount > 0)


@takes(table="account_name item state kind revenue open_amount")
def account_whitespace(
    table: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw what one account buys in each group and what is open, the largest gap first.

    ``table`` holds the rows of ``grow.whitespace`` for one account; at most 14 groups.

    >>> import pandas as pd
    >>> cell = {"account_name": ["Bygg"], "item": ["Tape"], "revenue": [2e3], "open_amount": [5e3]}
    >>> table = pd.DataFrame(cell).assign(state="competitor", kind="cross_sell")
    >>> print(account_whitespace(table, currency="NOK"))
    Bygg: buys for NOK 2,000 and could buy for NOK 5,000 more
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    order = ["open_amount", "revenue", "item"]
    shown = table.sort_values(order, ascending=[False, False, True]).head(_COLUMNS)
    words = sentences(words, drawn(len(shown), len(table), _("the largest gaps")))
    title = _(
        "{name}: buys for {amount} and could buy for {open} more",
        name=short(str(table["account_name"].iloc[0])),
        amount=scaled(float(table["revenue"].sum()), currency),
        open=scaled(float(table["open_amount"].sum()), currency),
    )
    description = [
        _(
            "{item}: {amount}, open {open}, {kind}",
            item=_item(row.item),
            amount=scaled(float(row.revenue), currency),
            kind=word(str(row.kind)) or "–",
            open=scaled(float(row.open_amount), currency),
        )
        for row in rows_of(shown)
    ]
    return chart(
        title,
        lambda axes: _gaps(axes, shown, currency),
        table=shown,
        description=description,
        caption=words,
        height=1.7 + 0.3 * len(shown),
    )


def _gaps(axes: Axes, shown: pd.DataFrame, currency: str) -> None:
    places = range(len(shown))
    bought, gaps = shown["revenue"], shown["open_amount"]
    axes.barh(places, bought, 0.7, color=BLUE, label=_("buys from us"))
    look: dict[str, Any] = {"color": "white", "hatch": HATCH, "edgecolor": ORANGE}
    axes.barh(places, gaps, 0.7, left=bought, linewidth=0.8, label=_("open"), **look)
    whole = bought + gaps
    high = float(whole.max()) or 1.0
    write_beside(axes, whole + 0.01 * high, [_what_is_open(row) for row in rows_of(shown)])
    name_rows(axes, [_item(item) for item in shown["item"]])
    axes.set_xlim(0, 1.4 * high)
    money_axis(axes.xaxis, _("In a year"), whole, currency)
    legend_above(axes)


def _what_is_open(row: Any) -> str:
    if not row.kind:
        return ""
    who = word(str(row.state)) if row.state != "us" else ""
    return ", ".join(filter(None, (word(str(row.kind)), who)))


@takes(table="account_id wallet ours elsewhere competitors in_house unknown share_of_wallet")
def share_of_wallet(
    table: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the wallet of each account by who gets it, the accounts with most to gain first.

    ``table`` is that of ``grow.share_of_wallet``; at most 20 accounts are drawn.

    >>> import pandas as pd
    >>> parts = {"ours": [25.0], "elsewhere": 0.0, "competitors": 50.0, "in_house": 25.0}
    >>> table = pd.DataFrame(parts).assign(account_id="1", unknown=0.0, wallet=100.0)
    >>> share_of_wallet(table.assign(share_of_wallet=0.25))
    We have 25% of the spend of 1 account
    """
    words = caption(source, period)
    known = table[table["share_of_wallet"].notna()]
    if known.empty:
        return nothing(words)
    wallet, ours = float(known["wallet"].sum()), float(known["ours"].sum())
    title = _(
        "We have {share} of the spend of {accounts}",
        share=percent(ours / wallet if wallet else 0.0, 0),
        accounts=n_accounts(len(known)),
    )
    shown = named(known.head(_ROWS))
    which = _("those with most to gain")
    zero = int((table["wallet"] <= 0).sum())
    none = _("Not drawn, as they spend nothing: {n}.", n=number(zero)) if zero else ""
    left = unknown(len(table) - len(known) - zero)
    words = sentences(words, drawn(len(shown), len(known), which), left, none)
    description = [
        _(
            "{name}: {share} of {wallet}",
            name=row.shown,
            share=percent(float(row.share_of_wallet), 0),
            wallet=scaled(float(row.wallet), currency),
        )
        for row in rows_of(shown.head(5))
    ]
    return chart(
        title,
        lambda axes: _wallets(axes, shown, currency),
        table=shown,
        description=description,
        caption=words,
        height=2.0 + 0.3 * len(shown),
    )


def _wallets(axes: Axes, shown: pd.DataFrame, currency: str) -> None:
    parts = (
        ("ours", BLUE, ""),
        ("elsewhere", SKY, "++"),
        ("competitors", ORANGE, HATCH),
        ("in_house", GREEN, "xxxx"),
        ("unknown", _UNKNOWN, ""),
    )
    stack(axes, [(label(name, short=True), shown[name], ink, hatch) for name, ink, hatch in parts])
    high = float(shown["wallet"].max()) or 1.0
    shares = [percent(float(share), 0) for share in shown["share_of_wallet"]]
    write_beside(axes, shown["wallet"] + 0.01 * high, shares)
    name_rows(axes, shown["shown"])
    axes.set_xlim(0, 1.12 * high)
    quantity = _("Spend in a year, our share beside the bar")
    money_axis(axes.xaxis, quantity, shown["wallet"], currency)
    legend_above(axes, 5)


@takes(table="leader follower leader_baskets confidence chance_baskets times_chance holds")
def affinity(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the surest rules: of those who buy the first, how many buy the second, beyond breadth.

    ``table`` is that of ``grow.affinity``; at most 12 rules that hold are drawn.

    >>> import pandas as pd
    >>> rule = {"leader": ["Saw"], "follower": ["Blade"], "confidence": 0.6, "times_chance": 3.0}
    >>> affinity(pd.DataFrame(rule).assign(chance_baskets=2, leader_baskets=10, holds=True))
    60% of those who buy Saw buy Blade, against 20% if only breadth counted
    """
    words = caption(source, period)
    held = table[table["holds"]].head(_PAIRS).reset_index(drop=True)
    words = sentences(words, drawn(len(held), int(table["holds"].sum()), _("the surest rules")))
    if held.empty:
        return nothing(words, _("No two items go together more than by chance"))
    shares, base = held["confidence"], held["chance_baskets"] / held["leader_baskets"]
    names = [
        _("{leader} → {follower}", leader=_item(a), follower=_item(b))
        for a, b in zip(held["leader"], held["follower"], strict=True)
    ]

    def draw(axes: Axes) -> None:
        for i, (share, all_of) in enumerate(zip(shares, base, strict=True)):
            axes.plot([all_of, share], [i, i], color=BLUE, linewidth=1.6)
            axes.plot(all_of, i, "o", markersize=7, color=INK, markerfacecolor="white")
            axes.plot(share, i, "o", markersize=8, color=BLUE)
        name_rows(axes, names)
        axes.set_xlim(0, 1.02)
        share_axis(axes.xaxis, _("Share who buy the second (hollow: by breadth)"))

    title = _(
        "{confidence} of those who buy {leader} buy {follower}, against {base} if only breadth "
        "counted",
        confidence=percent(float(shares[0]), 0),
        base=percent(float(base[0]), 0),
        leader=_item(held["leader"][0]),
        follower=_item(held["follower"][0]),
    )
    description = [
        _(
            "{rule}: {share}, {times} times chance",
            rule=name,
            share=percent(float(share), 0),
            times=number(float(times), 2),
        )
        for name, share, times in zip(names, shares, held["times_chance"], strict=True)
    ]
    height = 1.7 + 0.36 * len(held)
    return chart(title, draw, table=held, description=description, caption=words, height=height)


@takes(table="kind claim_bin opportunities claimed_rate true_rate true_low true_high")
def claimed_and_true(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw the rates that opportunities were claimed to come true at, against those that did.

    ``table`` is that of ``grow.opportunity_check``: one row per kind and band of the claimed rate.

    >>> import pandas as pd
    >>> rates = {"true_low": [0.05], "true_rate": 0.1, "true_high": 0.15, "claimed_rate": 0.12}
    >>> table = pd.DataFrame(rates).assign(kind="cross_sell", claim_bin="0.1", opportunities=90)
    >>> claimed_and_true(table)
    The expected rate agrees with what came true in 1 of 1 band
    """
    words = caption(source, period)
    shown = table[table["claim_bin"] != ""].reset_index(drop=True)
    if shown.empty:
        return nothing(words)
    inside = shown["claimed_rate"].between(shown["true_low"], shown["true_high"])
    names = [
        _("{kind}, {n}", kind=word(str(row.kind)), n=number(row.opportunities))
        for row in rows_of(shown)
    ]

    def draw(axes: Axes) -> None:
        for i, row in enumerate(rows_of(shown)):
            axes.plot([row.true_low, row.true_high], [i, i], color=BLUE, linewidth=1.6)
            axes.plot(row.true_rate, i, "o", markersize=7, color=BLUE)
            axes.plot(row.claimed_rate, i, "o", markersize=8, color=INK, markerfacecolor="none")
        name_rows(axes, names)
        axes.set_xlim(0, 1.1 * float(shown[["claimed_rate", "true_high"]].max().max()))
        share_axis(axes.xaxis, _("Share that came true, 95% interval (hollow: expected)"))

    title = ngettext(
        "The expected rate agrees with what came true in {inside} of {n} band",
        "The expected rate agrees with what came true in {inside} of {n} bands",
        len(shown),
        inside=number(int(inside.sum())),
    )
    description = [
        _(
            "{name}: expected {claimed}, came true {true}",
            name=name,
            claimed=percent(row.claimed_rate, 1),
            true=percent(row.true_rate, 1),
        )
        for name, row in zip(names, rows_of(shown), strict=True)
    ]
    height = 1.7 + 0.36 * len(shown)
    return chart(title, draw, table=shown, description=description, caption=words, height=height)


def _item(name: object) -> str:
    """Return an item's name on one line, cut where it is too long."""
    return short(one_line(name))
