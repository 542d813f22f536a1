"""Pictures of relations: coverage, stages, health and who gains; with the map of the people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kamkit.colours import BLUE, GREEN, INK, ORANGE, QUIET, SKY
from kamkit.language import gettext as _
from kamkit.language import ngettext, number
from kamkit.money import scaled
from kamkit.output.chart import chart, nothing
from kamkit.output.names import named, rows_of, short
from kamkit.output.style import (
    HATCH,
    count_axis,
    legend_above,
    money_axis,
    name_rows,
    stack,
    write_beside,
)
from kamkit.output.wording import caption, drawn, n_accounts, sentences, unknown
from kamkit.relate._stage import FROM_POINTS, STAGES
from kamkit.relate.people_map import relationship_map
from kamkit.schema import takes, word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from kamkit.output.picture import Picture
    from kamkit.periods import Period

__all__ = ["coverage", "health", "health_spread", "mutual_value", "relationship_map", "stages"]

_WEAK = 40.0


@takes(table="account_id role people met", names="account_id account_name")
def coverage(
    table: pd.DataFrame,
    *,
    names: pd.DataFrame | None = None,
    source: str = "",
    period: Period | str | None = None,
) -> Picture:
    """Draw which roles of the buying centre we know at each account, and which we have met lately.

    ``table`` is that of ``relate.coverage`` by role; ``names`` has ``account_id`` and
    ``account_name``, in the order to draw; at most 25 accounts, those among them where nobody
    known decides.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"account_id": "1", "role": ["decider", "user"], "people": [0, 2]})
    >>> coverage(table.assign(met=[0, 1])).alt
    'We know no decision maker at 1 of 1 account with known roles. Accounts with the role known:
    decision maker: 0 of 1; user: 1 of 1.'
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    called = _called(table, names)
    shown = table[table["account_id"].isin(called)]
    wanted = table if names is None else table[table["account_id"].isin(names["account_id"])]
    told_roles = wanted.groupby("account_id")["people"].sum() > 0
    known = wanted[wanted["account_id"].map(told_roles)]
    lacking = int(((known["role"] == "decider") & (known["people"] == 0)).sum())
    facts = {"n": number(lacking), "accounts": n_accounts(int(told_roles.sum()))}
    title = (
        _("We know no decision maker at {n} of {accounts} with known roles", **facts)
        if lacking
        else _("We know a decision maker at all {accounts} with known roles", **facts)
    )
    words = _who_is_left_out(words, table, names, called, int((~told_roles).sum()))
    roles = list(dict.fromkeys(table["role"]))
    description = "; ".join(
        _(
            "{role}: {n} of {accounts}",
            role=word(role),
            n=number(int((shown.loc[shown["role"] == role, "people"] > 0).sum())),
            accounts=number(len(called)),
        )
        for role in roles
    )
    return chart(
        title,
        lambda axes: _roles(axes, shown, called, roles),
        table=shown,
        description=_("Accounts with the role known: {told}", told=description),
        caption=words,
        height=1.7 + 0.3 * len(called),
    )


def _who_is_left_out(
    words: str,
    table: pd.DataFrame,
    names: pd.DataFrame | None,
    called: dict[str, str],
    nameless: int,
) -> str:
    """Add to the caption whom the rows leave out, and where people are known without a role."""
    known = set(table["account_id"])
    wanted = known if names is None else set(names["account_id"])
    order = sorted(known) if names is None else [one for one in names["account_id"] if one in known]
    which = _("the first in their order")
    if set(called) != set(order[: len(called)]):
        which = _("the first in their order, and those where nobody known decides")
    return sentences(
        words,
        drawn(len(called), len(known & wanted), which),
        _("Nobody known: {n}", n=n_accounts(len(wanted - known))) if wanted - known else "",
        _("No role known: {n}", n=n_accounts(nameless)) if nameless else "",
    )


def _called(table: pd.DataFrame, names: pd.DataFrame | None, most: int = 25) -> dict[str, str]:
    """Return the accounts to draw, in their order: those that the title counts, then the first."""
    known = set(table["account_id"])
    ids = sorted(known) if names is None else [str(one) for one in names["account_id"]]
    called = dict(zip(ids, ids if names is None else names["account_name"].map(str), strict=True))
    here = [one for one in called if one in known]
    people = table.groupby("account_id")["people"].sum()
    deciders = table[table["role"] == "decider"].set_index("account_id")["people"]
    lacking = [one for one in here if people[one] > 0 and deciders.get(one, 1) == 0]
    chosen = set([*lacking, *(one for one in here if one not in lacking)][:most])
    return {one: called[one] for one in here if one in chosen}


def _roles(axes: Axes, shown: pd.DataFrame, called: dict[str, str], roles: list[str]) -> None:
    middle: dict[str, Any] = {"ha": "center", "va": "center"}
    places = list(called)
    for row in rows_of(shown):
        spot = roles.index(row.role), places.index(row.account_id)
        if not row.people:
            axes.text(*spot, "–", color=QUIET, **middle)
            continue
        met = row.met > 0
        look = {"facecolor": BLUE, "linestyle": "-"} if met else {"facecolor": "white"}
        ring: dict[str, Any] = {"edgecolor": BLUE, "linewidth": 1.4, "linestyle": "--"} | look
        axes.scatter(*spot, s=210, marker="o", zorder=2, **ring)
        ink = "white" if met else INK
        axes.text(*spot, number(int(row.people)), fontsize=9, color=ink, zorder=3, **middle)
    name_rows(axes, [short(name) for name in called.values()])
    axes.grid(visible=True, axis="y")
    axes.set_xticks(range(len(roles)), [word(role) for role in roles])
    axes.xaxis.tick_top()
    axes.set_xlim(-0.6, len(roles) - 0.4)
    axes.set_xlabel(_("People known in the role; filled: met lately, dashed: long ago"))


@takes(table="stage wanted_stage stages_to_go")
def stages(table: pd.DataFrame, *, source: str = "", period: Period | str | None = None) -> Picture:
    """Draw how many accounts stand at each stage of the relationship, and how many should.

    ``table`` is that of ``relate.stage``. Solid bars are today, hatched ones what is wanted.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"stage": ["basic", "cooperative"], "wanted_stage": "cooperative"})
    >>> stages(table.assign(stages_to_go=[1, 0]))
    1 of 2 accounts is below the wanted stage
    """
    import pandas as pd

    words = caption(source, period)
    if (table["stage"] == "unknown").all():
        return nothing(words)
    codes = [*STAGES, "unknown"]
    counts = pd.DataFrame(
        {
            "stage": codes,
            "today": [int((table["stage"] == code).sum()) for code in codes],
            "wanted": [
                int((table["wanted_stage"] == code).sum()) if code in FROM_POINTS else 0
                for code in codes
            ],
        }
    )
    counts = counts[counts[["today", "wanted"]].any(axis=1)].reset_index(drop=True)
    description = [
        _(
            "{stage}: {now} today, {then} wanted",
            stage=word(row.stage),
            now=number(row.today),
            then=number(row.wanted),
        )
        for row in rows_of(counts)
    ]
    return chart(
        _stages_title(table),
        lambda axes: _stage_bars(axes, counts),
        table=counts,
        description=description,
        caption=words,
        height=4.6,
    )


def _stages_title(table: pd.DataFrame) -> str:
    title = ngettext(
        "{n} of {accounts} is below the wanted stage",
        "{n} of {accounts} are below the wanted stage",
        int((table["stages_to_go"] > 0).sum()),
        accounts=n_accounts(len(table)),
    )
    unsaid = int((table["stage"] == "unknown").sum())
    return _("{title}; for {n} it is not known", title=title, n=number(unsaid)) if unsaid else title


def _stage_bars(axes: Axes, counts: pd.DataFrame) -> None:
    looks = (
        ("today", -0.2, {"color": BLUE, "label": _("today")}),
        ("wanted", 0.2, {"color": "white", "hatch": HATCH, "label": _("wanted")}),
    )
    places = [float(y) for y in range(len(counts))]
    for column, offset, look in looks:
        edge: dict[str, Any] = {"edgecolor": BLUE, "linewidth": 0.8} | look
        bars = axes.barh([y + offset for y in places], counts[column], 0.38, **edge)
        texts = [number(n) if n else "" for n in counts[column]]
        axes.bar_label(bars, texts, padding=3, fontsize=9)
    name_rows(axes, [_stage_name(code) for code in counts["stage"]])
    axes.set_xlim(0, 1.08 * max(*counts["today"], *counts["wanted"], 1))
    count_axis(axes.xaxis, _("Accounts"))
    legend_above(axes)


def _stage_name(code: str) -> str:
    if code not in STAGES:
        return word(code)
    return _("{stage}\n({other})", stage=word(code), other=word(STAGES[code]))


@takes(table="account_id health health_change weakest")
def health(table: pd.DataFrame, *, source: str = "", period: Period | str | None = None) -> Picture:
    """Draw the health of accounts, the poorest first, with what each part takes away.

    ``table`` is that of ``relate.health`` for the accounts to show; at most 25. Beside the bar
    stand the points, an arrow for the trend, and the part that costs most.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"account_id": ["1", "2"], "health": [30.0, 80.0]})
    >>> health(table.assign(health_change=0.0, weakest="")).alt
    '1 of 2 accounts has a health below 40. 1 30; 2 80.'
    """
    words = caption(source, period)
    known = table[table["health"].notna()]
    shown = known.sort_values(["health", "account_id"]).head(25)
    if shown.empty:
        return nothing(words)
    left = unknown(len(table) - len(known))
    words = sentences(words, drawn(len(shown), len(known), _("those with the lowest health")), left)
    shown = named(shown)
    description = [
        _("{name} {points}", name=row.shown, points=number(row.health))
        for row in rows_of(shown.head(10))
    ]
    return chart(
        _weak_title(known["health"]),
        lambda axes: _health_bars(axes, shown),
        table=shown,
        description=description,
        caption=words,
        height=1.6 + 0.3 * len(shown),
    )


def _weak_title(points: pd.Series[float]) -> str:
    return ngettext(
        "{n} of {accounts} has a health below {line}",
        "{n} of {accounts} have a health below {line}",
        int((points < _WEAK).sum()),
        line=number(_WEAK),
        accounts=n_accounts(len(points)),
    )


def _health_look(points: float) -> dict[str, Any]:
    look: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.4, "color": BLUE}
    return look | ({"color": ORANGE, "hatch": HATCH} if points < _WEAK else {})


def _health_bars(axes: Axes, shown: pd.DataFrame) -> None:
    text: dict[str, Any] = {"va": "center", "fontsize": 9}
    for i, row in enumerate(rows_of(shown)):
        axes.barh(i, row.health, 0.68, **_health_look(row.health))
        axes.text(105, i, number(row.health), ha="right", **text)
        axes.text(107, i, _arrow(row.health_change), **text)
        weakest = word(str(row.weakest)) if row.weakest else ""
        axes.text(114, i, weakest, color=QUIET, **text)
    axes.axvline(_WEAK, color=INK, linewidth=0.8, linestyle=":")
    name_rows(axes, shown["shown"])
    axes.set_xlim(0, 136)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel(_("Health, 0 to 100; beside it the trend and what costs most points"))


@takes(table="health")
def health_spread(
    table: pd.DataFrame, *, source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw how many accounts have which health, in tens. ``table`` is that of ``relate.health``.

    >>> import pandas as pd
    >>> health_spread(pd.DataFrame({"health": [30.0, 38.0, 80.0]})).alt
    '2 of 3 accounts have a health below 40. 30 to 40: 2; 80 to 90: 1.'
    """
    words = caption(source, period)
    known = table["health"].dropna()
    if known.empty:
        return nothing(words)
    words = sentences(words, unknown(len(table) - len(known)))
    tens = (10 * (known // 10).clip(upper=9)).astype(int).value_counts()
    counts = tens.reindex(range(0, 100, 10), fill_value=0).rename("accounts")
    description = [
        _("{low} to {high}: {n}", low=number(ten), high=number(ten + 10), n=number(n))
        for ten, n in zip(counts.index, counts, strict=True)
        if n
    ]
    return chart(
        _weak_title(known),
        lambda axes: _tens(axes, list(counts)),
        table=counts.rename_axis("health").reset_index(),
        description=description,
        caption=words,
        height=3.6,
    )


def _tens(axes: Axes, counts: Sequence[int]) -> None:
    for i, count in enumerate(counts):
        bar = axes.bar(10 * i + 5, count, 9, **_health_look(10 * i))
        axes.bar_label(bar, [number(count) if count else ""], fontsize=9)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 1.12 * max(counts))
    axes.set_xticks(range(0, 101, 10))
    axes.grid(visible=False, axis="x")
    axes.set_xlabel(_("Health (hatched: below {line})", line=number(_WEAK)))
    count_axis(axes.yaxis, _("Accounts"))


def _arrow(change: float) -> str:
    if change != change or abs(change) < 0.5:
        return ""
    return f"{'▲' if change > 0 else '▼'}{number(abs(change))}"


@takes(table="account_id saved served lent customer_gain our_gain")
def mutual_value(
    table: pd.DataFrame, *, currency: str = "", source: str = "", period: Period | str | None = None
) -> Picture:
    """Draw what each customer gets, to the left, beside what it leaves with us, to the right.

    ``table`` is that of ``relate.mutual_value``; at most 20 accounts, the largest first.

    >>> import pandas as pd
    >>> gains = {"saved": [30.0], "served": 20.0, "lent": 10.0, "customer_gain": 60.0}
    >>> table = pd.DataFrame(gains).assign(account_id="1", our_gain=90.0)
    >>> print(mutual_value(table, currency="NOK").title)
    We earn money on 1 of 1 account after discount, service and credit
    """
    words = caption(source, period)
    if table.empty:
        return nothing(words)
    title = ngettext(
        "We earn money on {n} of {accounts} after discount, service and credit",
        "We earn money on {n} of {accounts} after discount, service and credit",
        int((table["our_gain"] > 0).sum()),
        accounts=n_accounts(len(table)),
    )
    shown = named(table.head(20))
    words = sentences(words, drawn(len(shown), len(table), _("the first in their order")))
    description = [
        _(
            "{name}: gets {theirs}, leaves us {ours}",
            name=row.shown,
            theirs=scaled(row.customer_gain, currency),
            ours=scaled(row.our_gain, currency),
        )
        for row in rows_of(shown.head(8))
    ]
    return chart(
        title,
        lambda axes: _gains(axes, shown, currency),
        table=shown,
        description=description,
        caption=words,
        height=1.8 + 0.3 * len(shown),
    )


def _gains(axes: Axes, shown: pd.DataFrame, currency: str) -> None:
    parts = (
        ("saved", _("discount from list"), SKY, ""),
        ("served", _("service"), GREEN, "++"),
        ("lent", _("credit"), ORANGE, "xxxx"),
    )
    stack(axes, [(label, -shown[name], colour, hatch) for name, label, colour, hatch in parts])
    ours, theirs = shown["our_gain"], shown["customer_gain"]
    axes.barh(range(len(shown)), ours.clip(lower=0.0), 0.7, color=BLUE, label=_("left with us"))
    axes.axvline(0, color=INK, linewidth=0.8)
    high = float(max(theirs.max(), ours.max(), 1.0))
    texts = [
        _("we lose {money}", money=scaled(-gain, currency)) if gain < 0 else "" for gain in ours
    ]
    write_beside(axes, ours.clip(lower=0.0) + 0.02 * high, texts)
    name_rows(axes, shown["shown"])
    axes.set_xlim(-1.08 * float(max(theirs.max(), 1.0)), 1.35 * high)
    money_axis(
        axes.xaxis,
        _("Left: what the customer gets; right: what is left with us"),
        [high],
        currency,
        signed=False,
    )
    legend_above(axes, 4)
