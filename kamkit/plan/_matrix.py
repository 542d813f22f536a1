"""Where each account stands: attractive or not, and how strong we are with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from kamkit.choose.criteria import STRENGTHS, rating_scale
from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, number
from kamkit.output.finding import Finding
from kamkit.plan.statements import loses
from kamkit.schema import name_of, takes, word

if TYPE_CHECKING:
    from collections.abc import Sequence

CELLS = ("strategic", "star", "status", "streamline")
"""Woodburn and McDonald: attractive and strong, attractive and weak, strong only, neither."""

_MIDDLE = 50.0
_NOISE = 12.5
_UNKNOWN = 100 / np.sqrt(12)
_SURE = 1.645
_GROWTH = (-0.20, 0.30)
_NINE_IN_TEN = 0.9


@takes(
    accounts="account_id revenue",
    ratings="account_id criterion score",
    relations="account_id",
    wallet="account_id",
)
def matrix(
    accounts: pd.DataFrame,
    *,
    of: Sequence[str],
    ratings: pd.DataFrame | None = None,
    relations: pd.DataFrame | None = None,
    wallet: pd.DataFrame | None = None,
    among: Sequence[str] | None = None,
) -> Finding:
    """Place accounts by attractiveness and relative business strength, with how sure that is.

    ``accounts`` are all accounts with their value; ``of`` are those to
    place; ``relations`` the table of contacts and stages, ``wallet`` that of shares of wallet.
    ``among`` are the chosen accounts and their neighbours: both axes are stretched so
    that four fifths of them fill 10 to 90 and the line is in the middle of these; without, the axes
    are the plain points and ranks are taken among all. One
    row per account, in the order of ``of``: ``account_id``, ``account_name``, ``attractiveness``
    and ``strength`` (0 to 100, from the mean of their parts), each with ``…_low`` and ``…_high``
    (nine in ten), ``cell`` (of ``CELLS``; the line is 50;
    ``unknown`` where nothing tells how strong we are, ``terms_first`` where it costs more than it
    leaves, wherever it stands), ``cell_sure`` (nine in ten that it is on the right side of both
    lines); Fiocca's first step ``importance`` and ``difficulty`` with ``fiocca``, and the
    strength of the relationship of his second, ``relationship``; ``grid_cell`` (price and cost to
    serve); and ``customer_view``, how the customer may see us (after Olsen and Ellram, cells after
    Kraljic): ``impact`` (share of its wallet) and ``hard_to_leave`` (the answer on commitment).

    Parts of attractiveness: revenue, profit (ranks), growth (−20 % to 30 %), and every rating of
    how attractive the account is; of strength: every rating of how strong we are and the share of
    wallet. A rating is taken to be off by half a point of five (a standard deviation), a part that
    is unknown may be anything; the intervals follow from that.

    Raises ``MissingTable`` where nothing tells how strong we are, or how attractive the accounts
    are: where all parts are missing or the same for all of ``among``.

    Sources: Woodburn and McDonald (2011); Fiocca (1982); Olsen and Ellram (1997); Kraljic (1983).
    """
    every = accounts.drop_duplicates("account_id").set_index("account_id")
    rows = every.loc[[one for one in of if one in every.index]]
    peers = every.loc[every.index.isin([*of, *(every.index if among is None else among)])]
    judged = _judged(ratings, peers.index)
    strengths = [name for name in judged if str(name).casefold() in STRENGTHS]
    likings = [name for name in judged if name not in strengths]
    share = _column(wallet, "share_of_wallet", peers.index)
    wallet_part = pd.DataFrame({"wallet": (share / 0.8).clip(0, 1) * 100})
    known = wallet_part.notna().any(axis=1) | judged[strengths].notna().any(axis=1)
    axes = {
        "attractiveness": _mean(_data_parts(peers), judged[likings]),
        "strength": _mean(wallet_part, judged[strengths]).where(known),
    }
    if not known[rows.index].any():
        raise _not_told()
    table = pd.DataFrame({"account_id": rows.index})
    names = rows["account_name"] if "account_name" in rows else pd.Series(rows.index)
    table["account_name"] = names.to_numpy()
    _with_axes(table, {name: one if among is None else _spread(one) for name, one in axes.items()})
    table["cell"] = pd.Series(_cell(table)).where(known[rows.index].to_numpy(), "unknown")
    table.loc[loses(rows).to_numpy(), "cell"] = "terms_first"
    _with_fiocca(table, every, rows, judged.loc[rows.index, strengths], relations)
    if "grid_cell" in rows:
        table["grid_cell"] = rows["grid_cell"].to_numpy()
    _with_customer_view(table, rows.index, share[rows.index], relations)
    return Finding("matrix", table, _text(table), _caveats(table))


def _not_told() -> MissingTable:
    return MissingTable(
        _("Nothing tells the accounts apart by how attractive they are and how strong we are."),
        wanted=_("ratings of the accounts, or their wallets"),
        remedy=_("Rate the accounts on price, range, delivery and how attractive they are."),
    )


def _spread(axis: pd.DataFrame) -> pd.DataFrame:
    """Return the points of an axis stretched so that four fifths of the accounts fill 10 to 90.

    The scale is made by the accounts that are known best: an unknown part lies in the middle, and
    would draw the scale together.
    """
    best = axis.loc[axis["error"] <= axis["error"].median(), "mean"]
    low, high = best.quantile([0.1, 0.9])
    if not low < high:
        raise _not_told()
    stretch = 80 / (high - low)
    position = (10 + (axis["mean"] - low) * stretch).round(6)
    return pd.DataFrame({"mean": position, "error": axis["error"] * stretch})


def _with_axes(table: pd.DataFrame, axes: dict[str, pd.DataFrame]) -> None:
    """Add both axes with their intervals, and whether each account is sure of its field."""
    right = np.ones(len(table))
    for name, axis in axes.items():
        here = axis.loc[table["account_id"]]
        position, error = here["mean"].to_numpy(), here["error"].to_numpy()
        table[name] = position.clip(0, 100)
        table[f"{name}_low"] = (position - _SURE * error).clip(0, 100)
        table[f"{name}_high"] = (position + _SURE * error).clip(0, 100)
        # without an error the side is known, on the line too: that is over it
        off = np.abs(position - _MIDDLE)
        right *= np.where(error == 0, 1.0, ndtr(off / np.where(error > 0, error, 1.0)))
    table["cell_sure"] = right >= _NINE_IN_TEN


def _data_parts(every: pd.DataFrame) -> pd.DataFrame:
    """Return revenue, profit and growth of all accounts as points from 0 to 100."""
    parts = pd.DataFrame({"revenue": every["revenue"].rank(pct=True) * 100})
    for name in ("profit", "contribution"):
        if name in every:
            parts["profit"] = every[name].rank(pct=True) * 100
            break
    if {"change", "revenue_before"} <= set(every):
        before = every["revenue_before"].astype("float64")
        ratio = every["change"].astype("float64") / before.where(before > 0)
        low, high = _GROWTH
        parts["growth"] = ((ratio - low) / (high - low) * 100).clip(0, 100)
    return parts


def _judged(ratings: pd.DataFrame | None, index: pd.Index) -> pd.DataFrame:
    """Return mean ratings as points from 0 to 100, one column per criterion."""
    if ratings is None or ratings.empty:
        return pd.DataFrame(index=index)
    low, high = rating_scale(ratings)
    mean = ratings.pivot_table(index="account_id", columns="criterion", values="score")
    points: pd.DataFrame = (mean.reindex(index) - low) / (high - low) * 100
    return points.rename_axis(columns=None)


def _mean(data: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """Return the mean of the parts with its error; a part that is unknown may be anything."""
    both = pd.concat([data, judged], axis=1)
    spread = pd.concat(
        [data.isna() * _UNKNOWN, judged.isna() * _UNKNOWN + judged.notna() * _NOISE], axis=1
    )
    mean = both.fillna(_MIDDLE).mean(axis=1)
    error = np.sqrt((spread**2).sum(axis=1)) / max(both.shape[1], 1)
    return pd.DataFrame({"mean": mean, "error": error})


def _column(table: pd.DataFrame | None, name: str, index: pd.Index) -> pd.Series[float]:
    if table is None or name not in table:
        return pd.Series(np.nan, index=index)
    known: pd.Series[float] = table.drop_duplicates("account_id").set_index("account_id")[name]
    return known.reindex(index).astype("float64")


def _cell(table: pd.DataFrame) -> Any:
    good, strong = table["attractiveness"] >= _MIDDLE, table["strength"] >= _MIDDLE
    return np.select([good & strong, good, strong], CELLS[:3], CELLS[3])


def _with_fiocca(
    table: pd.DataFrame,
    every: pd.DataFrame,
    rows: pd.DataFrame,
    strengths: pd.DataFrame,
    relations: pd.DataFrame | None,
) -> None:
    """Add both steps of Fiocca: importance against difficulty, and the relationship."""
    index = rows.index
    hard = pd.DataFrame(index=every.index)
    for name in ("discount_share", "payment_days"):
        if name in every:
            hard[name] = every[name].rank(pct=True) * 100
    if {"cost_to_serve", "revenue"} <= set(every):
        ratio = every["cost_to_serve"] / every["revenue"].where(every["revenue"] > 0)
        hard["service"] = ratio.rank(pct=True) * 100
    table["importance"] = _data_parts(every)[["revenue"]].loc[index].mean(axis=1).to_numpy()
    table["difficulty"] = hard.loc[index].mean(axis=1).fillna(_MIDDLE).to_numpy()
    key, easy = table["importance"] >= 80, table["difficulty"] < _MIDDLE
    table["fiocca"] = np.select(
        [key & easy, key, easy], ["key_easy", "key_hard", "other_easy"], "other_hard"
    )
    parts = pd.DataFrame({"stage": (_column(relations, "points", index) - 6) / 18 * 100})
    parts["support"] = (_column(relations, "mean_support", index) + 2) / 4 * 100
    related = [name for name in strengths if str(name).casefold() in ("relationship", "relasjon")]
    parts = pd.concat([parts, strengths[related]], axis=1)
    table["relationship"] = parts.mean(axis=1).to_numpy()


def _with_customer_view(
    table: pd.DataFrame, index: pd.Index, share: pd.Series[float], relations: pd.DataFrame | None
) -> None:
    table["impact"] = share.to_numpy()
    table["hard_to_leave"] = _column(relations, "commitment", index).to_numpy()
    known = table["impact"].notna() & table["hard_to_leave"].notna()
    much, hard = table["impact"] >= 0.5, table["hard_to_leave"] >= 2.5
    view = np.select(
        [much & hard, much, hard],
        ["view_strategic", "view_leverage", "view_bottleneck"],
        "view_noncritical",
    )
    table["customer_view"] = pd.Series(view, index=table.index).where(known, "unknown")


def _text(table: pd.DataFrame) -> str:
    """Say how many accounts are attractive, and where there is most room for us."""
    counts = table["cell"].value_counts()
    stars = table[table["cell"] == "star"].sort_values("attractiveness", ascending=False)
    strong = int(counts.get("strategic", 0))
    if not strong + len(stars):
        named = [_("{cell} {n}", cell=word(str(c)), n=number(int(n))) for c, n in counts.items()]
        accounts = ngettext("{n} account", "{n} accounts", len(table))
        return _("Of {accounts}: {named}.", named=joined("; ", named), accounts=accounts)
    text = ngettext(
        "{n} of {accounts} is attractive; we are strong at {strong} of them.",
        "{n} of {accounts} are attractive; we are strong at {strong} of them.",
        strong + len(stars),
        accounts=ngettext("{n} account", "{n} accounts", len(table)),
        strong=number(strong),
    )
    if stars.empty:
        return text
    most = _("Most attractive where we are weak: {name}.", name=name_of(stars.iloc[0]))
    return joined(" ", [text, most])


def _caveats(table: pd.DataFrame) -> tuple[str, ...]:
    known = table["strength"].notna()
    caveats = [
        _(
            "Strategic: attractive, and we are strong. Star: attractive, and we can become strong. "
            "Status: we are strong, but they are less attractive. Streamline: neither."
        )
    ]
    unsure = int((~table.loc[known, "cell_sure"]).sum())
    if unsure:
        caveats.append(
            ngettext(
                "{n} account is so near a line that it may belong on the other side.",
                "{n} accounts are so near a line that they may belong on the other side.",
                unsure,
            )
        )
    unknown = int((~known).sum())
    if unknown:
        caveats.append(
            ngettext(
                "Of {n} account nothing tells how strong we are: no ratings and no wallet.",
                "Of {n} accounts nothing tells how strong we are: no ratings and no wallet.",
                unknown,
            )
        )
    return tuple(caveats)
