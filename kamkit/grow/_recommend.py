"""What each account may buy next, by what goes together, and whether that would have been right."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable
from kamkit.grow.items import about, lines, names, refuse_less_than_one
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.finding import Finding
from kamkit.periods import halves
from kamkit.schema import word

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kamkit.case import Case
    from kamkit.periods import Period

_NEIGHBOURS = 49
_CELLS = 2**21
"""So many cells of accounts by items, or of items by items, are worked on at a time."""
MOST_ITEMS = 20_000
"""So many items, those that most accounts buy, are compared with each other."""
MOST_ACCOUNTS = 20_000
"""The check is made of so many accounts at most, drawn by chance."""
_DIGITS = 12
_DRAWS = 2000
_TAILS = (0.025, 0.975)


def recommend(
    case: Case,
    *,
    items: str = "category",
    top: int = 5,
    period: Period | None = None,
    of: Collection[str] | None = None,
) -> pd.DataFrame:
    """Return what each account does not buy and those who buy alike do.

    Item-based collaborative filtering (Sarwar et al. 2001): the closeness of two items is the
    cosine between the accounts that buy them, and an item counts for its 49 nearest. Of more than
    20,000 items those that most accounts buy are compared and named.

    Parameters
    ----------
    case : Case
        An open case.
    items : str
        ``category``, ``bestseller`` or ``product``, see ``kinds``.
    top : int
        Recommendations for each account, at most.
    period : Period, optional
        The days to look at; the whole ledger without.
    of : collection of str, optional
        The accounts to name items for; all without. What goes together is that of all accounts.

    Returns
    -------
    DataFrame
        One row per account and item, by account and the best first: ``account_id``, ``item``,
        ``item_name``, ``place`` and ``closeness`` (the sum of the cosines to what the account
        buys: only the order means something). Items equally close stand in the order of their
        names or numbers.

    Raises
    ------
    MissingTable
        Where the ledger does not tell what was bought.
    ParameterError
        For other items, or fewer than one recommendation.

    Examples
    --------
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["1", "1", "2"], "date": "2025-01-02", "amount": 9.0,
    ...     "category": ["Welding", "Abrasives", "Welding"]})
    >>> recommend(open_case(sales))[["account_id", "item"]].to_numpy().tolist()
    [['2', 'Abrasives']]
    """
    refuse_less_than_one("top", top)
    bought = _bought(case, items, period)
    neighbours = _neighbours(bought, top, of)
    called = names(case, items)
    neighbours["item_name"] = [called.get(item, item) for item in neighbours["item"]]
    return neighbours[["account_id", "item", "item_name", "place", "closeness"]]


def hold_out(case: Case, *, items: str = "category", top: int = 5, seed: int = 1) -> Finding:
    """Tell whether the earlier period would have named what accounts began to buy in the later one.

    The items that an account bought in the later of two equal periods and not in the earlier are
    to be named, ``top`` for each account that began to buy something. Beside the recommendations
    stand the items that most accounts buy (of those it did not buy), which need no model. Of more
    than 20,000 accounts that began to buy something so many are drawn.

    Parameters
    ----------
    case : Case
        An open case.
    items : str
        ``category``, ``bestseller`` or ``product``, see ``kinds``.
    top : int
        Recommendations for each account, at most.
    seed : int
        Seed of the bootstrap; the same seed gives the same interval.

    Returns
    -------
    Finding
        One row per method (``by_affinity``, ``most_popular``): ``method``, ``accounts`` (that
        began to buy something), ``named`` (``top``), ``hit_rate`` (accounts with one right or
        more), ``precision`` (right of those named), ``recall`` (right of those begun, mean over
        accounts). The text has the difference in recall with an interval of 95 % from a bootstrap
        over accounts.

    Raises
    ------
    MissingTable
        Where nobody began to buy anything, or the ledger does not tell what was bought.
    ParameterError
        For other items, or fewer than one recommendation.

    Examples
    --------
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["1", "1", "2", "2"], "amount": 9.0,
    ...     "date": ["2024-01-01", "2024-01-01", "2024-01-01", "2025-12-31"],
    ...     "category": ["Welding", "Abrasives", "Welding", "Abrasives"]})
    >>> hold_out(open_case(sales)).table[["method", "accounts", "recall"]].to_numpy().tolist()
    [['by_affinity', 1, 1.0], ['most_popular', 1, 1.0]]
    """
    refuse_less_than_one("top", top)
    earlier, later = halves(case.period)
    before = _bought(case, items, earlier)
    begun = _begun(case, items, earlier, later)
    if begun.empty:
        raise MissingTable(
            _("No account began to buy anything new, so recommendations cannot be checked."),
            found=f"{earlier}; {later}",
            wanted=_("two periods with purchases"),
            remedy=_("Use a longer ledger, or finer items."),
        )
    every = begun["account_id"].nunique()
    begun = _drawn(begun, seed)
    asked = set(begun["account_id"])
    scores = {
        "by_affinity": _right(_neighbours(before, top, asked), begun),
        "most_popular": _right(_most_popular(before, asked, top), begun),
    }
    table = pd.DataFrame([_row(name, one, top) for name, one in scores.items()])
    gain = scores["by_affinity"]["recall"] - scores["most_popular"]["recall"]
    low, high = _interval(gain.to_numpy(), seed)
    notes = [about(items), *_fewer(len(asked), every, before["item"].nunique(), items)]
    if low <= 0:
        notes.append(
            _("What to offer next is therefore a list to talk about, not one to count on.")
        )
    return Finding(
        "hold_out",
        table,
        _text(table, float(gain.mean()), low, high, (top, items)),
        tuple(note for note in notes if note),
    )


def _pairs(case: Case, items: str, period: Period | None) -> ir.Table:
    """Return one row per account and item whose lines add up to more than zero."""
    known = lines(case, items, period=period)
    sums = known.group_by(["account_id", "item"]).aggregate(revenue=known.amount.sum())
    return sums.filter(sums.revenue > 0).select("account_id", "item")


def _bought(case: Case, items: str, period: Period | None) -> pd.DataFrame:
    table = case.engine.frame(_pairs(case, items, period).order_by(["account_id", "item"]))
    if table.empty:
        raise MissingTable(
            _("The ledger does not tell what was bought."),
            found=", ".join(sorted(case.columns)),
            wanted=_("the column category, product_id or product_name"),
            remedy=_("Add the column to the export."),
        )
    return table


def _matrix(bought: pd.DataFrame) -> tuple[Any, pd.Index[str], pd.Index[str]]:
    """Return 1 for each account (row) and item (column) it bought, and what both are called."""
    from scipy.sparse import csr_matrix

    account = pd.Categorical(bought["account_id"])
    item = pd.Categorical(bought["item"])
    ones = np.ones(len(bought), dtype=np.int64)
    matrix = csr_matrix(
        (ones, (account.codes, item.codes)), shape=(len(account.categories), len(item.categories))
    )
    return matrix, account.categories, item.categories


def _drawn(begun: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the rows of as many accounts as are checked, the same with the same seed."""
    accounts = begun["account_id"].drop_duplicates()
    if len(accounts) <= MOST_ACCOUNTS:
        return begun
    return begun[begun["account_id"].isin(accounts.sample(MOST_ACCOUNTS, random_state=seed))]


def _fewer(asked: int, every: int, known: int, items: str) -> list[str]:
    """Say where not all accounts are checked, and not all items compared."""
    told = []
    if asked < every:
        told.append(
            _(
                "Checked with {asked} accounts drawn from the {every} that began to buy something.",
                asked=number(asked),
                every=number(every),
            )
        )
    if known > MOST_ITEMS:
        told.append(
            _(
                "Of {known} items the {most} that most accounts buy are compared (by {items}).",
                known=number(known),
                most=number(MOST_ITEMS),
                items=word(f"items_{items}"),
            )
        )
    return told


def _common(bought: pd.DataFrame) -> pd.DataFrame:
    """Return what was bought of the items that most accounts buy; in ties the first by name."""
    counts = bought["item"].value_counts()
    if len(counts) <= MOST_ITEMS:
        return bought
    order = counts.rename("n").rename_axis("item").reset_index()
    order = order.sort_values(["n", "item"], ascending=[False, True])
    return bought[bought["item"].isin(order["item"].head(MOST_ITEMS))]


def _neighbours(bought: pd.DataFrame, top: int, of: Collection[str] | None = None) -> pd.DataFrame:
    from scipy.sparse import csr_matrix

    matrix, accounts, items = _matrix(_common(bought))
    leader, follower, cosine = _cosines(matrix)
    near = csr_matrix((cosine, (leader, follower)), shape=(len(items), len(items)))
    wanted = np.arange(len(accounts)) if of is None else np.flatnonzero(accounts.isin(list(of)))
    tables = []
    block = max(1, _CELLS // len(items))
    for start in range(0, len(wanted), block):
        rows = wanted[start : start + block]
        own = matrix[rows]
        closeness = (own @ near).toarray()
        closeness[own.nonzero()] = 0.0
        # the order of a sum shows in its last digits, which are not to decide between two items
        closeness = closeness.round(_DIGITS)
        account, item, rank = _largest(closeness, top)
        table = pd.DataFrame({"account_id": accounts[rows[account]], "item": items[item]})
        tables.append(table.assign(place=rank, closeness=closeness[account, item]))
    if not tables:
        return pd.DataFrame(columns=["account_id", "item", "place", "closeness"])
    return pd.concat(tables, ignore_index=True)


def _cosines(matrix: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the nearest other items of each item, and the cosine between the accounts of both."""
    size = matrix.sum(axis=0).A1
    turned = matrix.T.tocsr()
    block = max(1, _CELLS // matrix.shape[1])
    cosines = []
    for start in range(0, matrix.shape[1], block):
        both = (turned[start : start + block] @ matrix).toarray()
        both[np.arange(len(both)), start + np.arange(len(both))] = 0
        # of one item, by the square of the cosine: whole numbers and one division, so ties are ties
        item, other, _place = _largest(both**2 / size, _NEIGHBOURS)
        cosine = both[item, other] / np.sqrt(size[start + item] * size[other])
        cosines.append((start + item, other, cosine))
    item, other, cosine = (np.concatenate(part) for part in zip(*cosines, strict=True))
    return item, other, cosine


def _largest(values: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return row, column and rank of the largest numbers above zero, in ties the first column's."""
    last = min(count, values.shape[1]) - 1
    falling = -values
    least = np.partition(falling, last, axis=1)[:, [last]]
    row, column = np.nonzero((falling <= least) & (falling < 0))
    order = np.lexsort((column, falling[row, column], row))
    row, column = row[order], column[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row) + 1
    return row[rank <= count], column[rank <= count], rank[rank <= count]


def _begun(case: Case, items: str, earlier: Period, later: Period) -> pd.DataFrame:
    """Return what known accounts bought later and not before, of the items known before."""
    before = case.engine.store(_pairs(case, items, earlier))
    known = _pairs(case, items, later).semi_join(before, "account_id").semi_join(before, "item")
    begun = known.anti_join(before, ["account_id", "item"])
    table = case.engine.frame(begun.order_by(["account_id", "item"]))
    case.engine.drop(before.get_name())
    return table


def _most_popular(before: pd.DataFrame, asked: set[str], top: int) -> pd.DataFrame:
    counts = before["item"].value_counts()
    order = sorted(counts.index, key=lambda item: (-counts[item], item))
    own = before[before["account_id"].isin(asked)].groupby("account_id")["item"].agg(set)
    rows = [
        (account, item, n)
        for account, has in own.items()
        for n, item in enumerate(islice((i for i in order if i not in has), top), start=1)
    ]
    return pd.DataFrame(rows, columns=["account_id", "item", "place"])


def _right(named: pd.DataFrame, begun: pd.DataFrame) -> pd.DataFrame:
    """Return one row per account that began to buy: how many were named, right, and begun."""
    hits = named.merge(begun, on=["account_id", "item"])
    table = pd.DataFrame({"begun": begun.groupby("account_id").size()})
    table["named"] = named.groupby("account_id").size().reindex(table.index, fill_value=0)
    table["right"] = hits.groupby("account_id").size().reindex(table.index, fill_value=0)
    table["recall"] = table["right"] / table["begun"]
    return table


def _row(name: str, table: pd.DataFrame, top: int) -> dict[str, Any]:
    return {
        "method": name,
        "accounts": len(table),
        "named": top,
        "hit_rate": float((table["right"] > 0).mean()),
        "precision": float(table["right"].sum() / max(table["named"].sum(), 1)),
        "recall": float(table["recall"].mean()),
    }


def _interval(gain: np.ndarray, seed: int) -> tuple[float, float]:
    rng = np.random.Generator(np.random.PCG64(seed))
    means = [gain[rng.integers(len(gain), size=len(gain))].mean() for _x in range(_DRAWS)]
    low, high = np.quantile(means, _TAILS)
    return float(low), float(high)


def _text(table: pd.DataFrame, gain: float, low: float, high: float, what: tuple[int, str]) -> str:
    top, items = what
    facts = {
        "items": word(f"items_{items}"),
        "accounts": ngettext("{n} account", "{n} accounts", int(table["accounts"][0])),
        "top": number(top),
        "own": percent(float(table["recall"][0]), 1),
        "base": percent(float(table["recall"][1]), 1),
        "gain": number(100 * gain, 1),
        "low": number(100 * low, 1),
        "high": number(100 * high, 1),
    }
    start = _(
        "{accounts} began to buy something new (by {items}). Of what they began with, {top} "
        "recommendations for each name {own}, the {top} most popular {base}.",
        **facts,
    )
    if low > 0:
        return _(
            "{start} The recommendations beat the most popular by {gain} percentage points (95%: "
            "{low} to {high}).",
            start=start,
            **facts,
        )
    if high < 0:
        return _(
            "{start} The most popular are better: by {less} percentage points. Recommend what "
            "everybody buys.",
            start=start,
            less=number(-100 * gain, 1),
        )
    return _(
        "{start} That is no difference to build on (95%: {low} to {high} percentage points).",
        start=start,
        **facts,
    )
