"""Who buys and what there is to buy: the accounts and the goods of the practice company."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import truths, words

ACCOUNTS = 1200
FIRST_DAY = np.datetime64("2023-01-01")
LAST_DAY = np.datetime64("2025-12-31")
DAYS = 1096
YEARS = 3
PARTS = (
    "goods",
    "accounts",
    "chains",
    "rhythm",
    "assortment",
    "repeats",
    "lines",
    "discounts",
    "credit",
    "activities",
    "contacts",
    "wallet",
    "ratings",
    "prospects",
    "goals",
    "org numbers",
    "payment",
    "language",
    "second rater",
    "house",
    "questionnaire",
    "changes",
    "service",
    "disguise",
)
USUAL_SALES = 240_000
"""A year's sales at list price of an account in the middle of the table, in kroner."""
_MEDIAN_SALES = 220_000
_SPREAD = 1.47
_LARGEST_ORDINARY = 2.6  # in spreads from the median
_NUMBERS = (100, 4000, 4900)  # first number, first of 2023, first after 2025
_ORG_WEIGHTS = np.array([3, 2, 7, 6, 5, 4, 3, 2])

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def stream(seed: int, part: str) -> np.random.Generator:
    """Return the random numbers of one part, so that a change in one leaves the others alone.

    >>> stream(1, "goods").random() == stream(1, "goods").random()
    True
    """
    return np.random.Generator(np.random.PCG64([seed, PARTS.index(part)]))


def pick(rng: np.random.Generator, shares: Any, size: int) -> Ints:
    """Return ``size`` places drawn with the given shares.

    >>> pick(stream(1, "goods"), [0, 1, 0], 2).tolist()
    [1, 1]
    """
    edges = np.cumsum(np.asarray(shares, dtype=float))
    return np.searchsorted(edges / edges[-1], rng.random(size), side="right").astype(np.int64)


def evenly(stretch: Ints, rng: np.random.Generator) -> Floats:
    """Return numbers from 0 to 1 that lie evenly in each stretch, in random order.

    >>> sorted((4 * evenly(np.zeros(4, dtype=np.int64), stream(1, "goods"))).astype(int).tolist())
    [0, 1, 2, 3]
    """
    order = np.lexsort([rng.random(len(stretch)), stretch])
    sizes = np.bincount(stretch)
    place = np.empty(len(stretch))
    place[order] = np.concatenate([np.arange(size) for size in sizes])
    return np.asarray((place + rng.random(len(stretch))) / sizes[stretch])


def normals(along: Floats, rng: np.random.Generator, *, every: int = 20) -> Floats:
    """Return normal numbers that fill the bell curve evenly in each stretch of accounts.

    ``along`` is what the accounts are sorted by, ``every`` how many make a stretch. So small and
    large accounts differ as much, and the whole is about the same, whatever the seed.

    >>> float(abs(normals(np.arange(40.0), stream(1, "goods")).mean()) < 0.2)
    1.0
    """
    stretch = np.argsort(np.argsort(along, kind="stable")) // every
    bell = NormalDist()
    return np.array([bell.inv_cdf(float(x)) for x in evenly(stretch, rng).clip(1e-6, 1 - 1e-6)])


def goods(seed: int) -> pd.DataFrame:
    """Return the range of goods, one row per product, sorted by product group and price.

    ``price0`` to ``price2`` and ``cost0`` to ``cost2`` are the list price and cost of one unit in
    each year, in øre; ``group`` is the place of the product group.
    """
    rows = [
        (group, category, f"{kind} {variant}", kroner * factor)
        for group, category in enumerate(words.CATEGORIES)
        for kind, kroner in words.GOODS[category].items()
        for variant, factor in words.VARIANTS.items()
    ]
    table = pd.DataFrame(rows, columns=["group", "category", "product_name", "kroner"])
    rng = stream(seed, "goods")
    kroner = table["kroner"].to_numpy() * (0.96 + 0.08 * rng.random(len(table)))
    share = np.array(list(words.CATEGORIES.values()))[table["group"]]
    share = share + 0.05 * rng.standard_normal(len(table)).clip(-2, 2)
    for year, (dearer, costlier) in enumerate(((1.0, 1.0), (1.045, 1.05), (1.076, 1.082))):
        price = np.maximum(np.rint(kroner * dearer * 10).astype(np.int64) * 10, 100)
        table[f"price{year}"] = price
        table[f"cost{year}"] = np.rint(kroner * 100 * share * costlier).astype(np.int64)
    table = table.sort_values(["group", "price0", "product_name"], ignore_index=True)
    number = 10_000 + table["group"] * 1000 + table.groupby("group").cumcount() * 7 + 11
    return table.assign(product_id=number.astype(str)).drop(columns="kroner")


def book(seed: int) -> pd.DataFrame:
    """Return what drives each account, one row per account, sorted by number.

    ``sales`` is a year's sales at list price that the account tends to, ``orders`` its orders a
    year, ``discount`` in per mille, ``regularity`` the spread of its intervals, ``growth`` the
    yearly rate, ``first`` and ``last`` the days between which it can order.
    """
    rng = stream(seed, "accounts")
    planted = pd.DataFrame([vars(account) for account in truths.PLANTED])
    chains = _chain_members(seed)
    ordinary = ACCOUNTS - len(planted) - len(chains)
    table = pd.concat(
        [planted, chains, pd.DataFrame({"account_id": [None] * ordinary})], ignore_index=True
    )
    table["planted"] = table["account_id"].notna() | table["parent_id"].eq(truths.CHAIN)
    _fill_numbers(table, rng)
    _fill_market(table, rng)
    _fill_size(table, rng)
    _fill_life(table, rng)
    _fill_names(table, rng)
    table = table.sort_values("account_id", ignore_index=True)
    table["seller"] = _sellers(table)
    extra = np.where(table["seller"].eq(truths.DISCOUNTER), truths.EXTRA_DISCOUNT, 0)
    table["discount"] = (table["discount"] + extra).clip(0, 420).astype(np.int64)
    return table


def _chain_members(seed: int) -> pd.DataFrame:
    rng = stream(seed, "chains")
    rows = [
        {"parent_id": parent, "chain_name": name, "segment": segment}
        for parent, (name, segment, members) in words.CHAINS.items()
        for _ in range(members)
    ]
    large = [
        {
            "parent_id": truths.CHAIN,
            "chain_name": truths.CHAIN_NAME,
            "segment": "Bygg og anlegg",
            "sales": truths.CHAIN_SALES * (0.85 + 0.3 * draw),
            "orders": truths.CHAIN_ORDERS,
            "discount": 140,
            "regularity": 0.45,
            "growth": 0.01,
        }
        for draw in rng.random(truths.CHAIN_MEMBERS)
    ]
    return pd.DataFrame(rows + large)


def _fill_numbers(table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Give each account a number; old customers have low ones, the planted chain is old."""
    taken = set(table["account_id"].dropna())
    first, new, last = _NUMBERS
    free = [n for n in range(first, last) if f"{n:06d}" not in taken and n % 10 != 0]
    old = [n for n in free if n < new]
    fresh = [n for n in free if n >= new]
    chain = table.index[table["parent_id"].eq(truths.CHAIN)]
    nameless = chain.append(table.index[table["account_id"].isna()].difference(chain))
    missing = len(nameless)
    newcomers = round(missing * 0.13)
    numbers = [old[i] for i in np.argsort(rng.random(len(old)))[: missing - newcomers]]
    numbers += [fresh[i] for i in np.argsort(rng.random(len(fresh)))[:newcomers]]
    order = np.argsort(rng.random(missing - len(chain))) + len(chain)
    order = np.r_[np.arange(len(chain)), order]
    table.loc[nameless, "account_id"] = [f"{numbers[i]:06d}" for i in order]


def _fill_market(table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Fill in segment, line of business and region."""
    n = len(table)
    names = np.array(list(words.SEGMENTS), dtype=object)
    drawn = names[pick(rng, [share for share, _ in words.SEGMENTS.values()], n)]
    table["segment"] = table["segment"].fillna(pd.Series(drawn, dtype=object))
    place = pick(rng, (0.5, 0.3, 0.2), n)
    table["industry"] = [
        list(words.SEGMENTS[segment][1])[i]
        for segment, i in zip(table["segment"], place, strict=True)
    ]
    regions = np.array(list(words.REGIONS), dtype=object)
    drawn = regions[pick(rng, [share for share, _ in words.REGIONS.values()], n)]
    table["region"] = table["region"].fillna(pd.Series(drawn, dtype=object))


def _fill_size(table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Fill in sales, orders and discount: many small accounts and a few large ones."""
    n = len(table)
    spread = normals(rng.random(n), rng, every=n)
    drawn = _MEDIAN_SALES * np.exp(
        _SPREAD * spread.clip(-2.6, _LARGEST_ORDINARY - 0.1 * rng.random(n))
    )
    sales = np.asarray(table["sales"].astype(float).fillna(pd.Series(drawn)), dtype=np.float64)
    relative = sales / _MEDIAN_SALES
    orders = 10.9 * relative**0.52 * np.exp(0.35 * rng.standard_normal(n))
    discount = 95 + 55 * np.log10(np.maximum(sales, 60_000) / 60_000)
    discount = discount + 25 * normals(sales, rng).clip(-2, 2)
    table["sales"] = sales
    table["orders"] = table["orders"].fillna(pd.Series(orders.clip(1.2, 260)))
    table["discount"] = table["discount"].fillna(pd.Series(np.rint(discount / 5) * 5))
    regularity = 0.35 + np.where(sales > 10 * _MEDIAN_SALES, 0.30, 0.65) * rng.random(n)
    table["regularity"] = table["regularity"].fillna(pd.Series(regularity))
    public = np.where(table["segment"].eq("Offentlig"), 10, 1)
    employees = public * (1 + sales / 150_000) * np.exp(0.6 * rng.standard_normal(n))
    table["employees"] = np.rint(employees.clip(1, 2400)).astype(np.int64)


def _fill_life(table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Fill in since when the account buys, until when, and how it grows."""
    n = len(table)
    numbers = table["account_id"].astype(int).to_numpy()
    days = np.interp(numbers, _NUMBERS, (-9800, 0, DAYS - 30))
    table["since"] = FIRST_DAY + np.rint(days).astype("timedelta64[D]")
    table["first"] = np.maximum(np.rint(days), 0).astype(np.int64)
    small = table["sales"].to_numpy() < 4 * _MEDIAN_SALES
    leaves = rng.random(n) < np.where(small, 0.13, 0.03)
    leaves &= ~table["planted"].to_numpy() & table["parent_id"].isna().to_numpy()
    end = DAYS * np.where(small, 0.2 + 0.75 * rng.random(n), 0.2 + 0.4 * rng.random(n))
    table["last"] = np.where(leaves, end, DAYS).astype(np.int64)
    growth = pd.Series(0.01 + 0.13 * rng.standard_normal(n).clip(-2.5, 2.5))
    table["growth"] = table["growth"].astype(float).fillna(growth)


def _fill_names(table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Give each account an invented name that no other has."""
    taken = set(table["name"].dropna())
    draws = rng.random((len(table), 40, 3))
    names: list[str] = []
    for row, own in zip(table.to_dict("records"), draws, strict=True):
        name = row["name"]
        if not isinstance(name, str):
            name = next(word for word in _name_ideas(row, own) if word not in taken)
            taken.add(name)
        names.append(name)
    table["name"] = names


def _name_ideas(row: dict[Any, Any], draws: Floats) -> Iterator[str]:
    def choose(options: tuple[str, ...], draw: float) -> str:
        return options[int(draw * len(options))]

    endings = words.SEGMENTS[row["segment"]][1][row["industry"]]
    for head, tail, ending in draws:
        place = choose(words.NAME_HEADS, head) + choose(words.NAME_TAILS, tail)
        if isinstance(row["chain_name"], str):
            yield f"{row['chain_name']} {place} AS"
        else:
            yield f"{place} {choose(endings, ending)}"


def _sellers(table: pd.DataFrame) -> pd.Series:
    """Share out each region's accounts by size in turn, so that colleagues are comparable."""
    by_size = table.sort_values(["region", "sales", "account_id"], ascending=[True, False, True])
    turn = by_size.groupby("region").cumcount()
    sellers = [
        words.REGIONS[region][1][place % len(words.REGIONS[region][1])]
        for region, place in zip(by_size["region"], turn, strict=True)
    ]
    drawn = pd.Series(sellers, index=by_size.index, dtype=object)
    return table["seller"].fillna(drawn.reindex(table.index))


def accounts_table(accounts: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return the contract's table ``accounts``, one row per account."""
    columns = ["account_id", "name", "parent_id", "industry", "region", "segment", "since"]
    table = accounts[columns].assign(
        org_number=invalid_org_numbers(len(accounts), seed=seed),
        account_manager=accounts["seller"],
        employees=accounts["employees"],
        payment_days=_payment_days(accounts["account_id"], seed),
        language=_languages(accounts["industry"], seed),
    )
    table["since"] = table["since"].astype("datetime64[s]")
    order = ["account_id", "name", "org_number", *columns[2:], "account_manager", "employees"]
    return table[[*order, "payment_days", "language"]]


def _payment_days(accounts: pd.Series, seed: int) -> Ints:
    """Return how long each account takes to pay: most keep to 30 days, the giant does not."""
    draw = stream(seed, "payment").random(len(accounts))
    days = np.rint(24 + 10 * draw + 38 * draw**8).astype(np.int64)
    days[accounts.eq(truths.GIANT)] = 58
    days[accounts.isin(truths.PROMPT)] = 14
    return days


def _languages(industry: pd.Series, seed: int) -> list[str]:
    """Return the language that each account works in: English for some in a few trades."""
    draw = stream(seed, "language").random(len(industry)) < 0.3
    return [words.LANGUAGES[int(x)] for x in draw & industry.isin(words.ENGLISH_TRADES)]


def invalid_org_numbers(count: int, *, seed: int) -> list[str]:
    """Return different nine-digit numbers that fail the check digit (modulus 11).

    So none of them can be the organisation number of a real company.

    >>> invalid_org_numbers(1, seed=1)[0].isdigit()
    True
    """
    rng = stream(seed, "org numbers")
    stems = 90_000_000 + np.arange(count) * 7919 + (rng.random(count) * 7919).astype(np.int64)
    digits = (stems[:, None] // 10 ** np.arange(7, -1, -1)) % 10
    right = (11 - (digits * _ORG_WEIGHTS).sum(axis=1) % 11) % 11
    wrong = np.where(right == 10, 4, (right + 3) % 10)
    return [f"{stem}{digit}" for stem, digit in zip(stems, wrong, strict=True)]
