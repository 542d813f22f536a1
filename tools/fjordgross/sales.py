"""What is bought: the invoices, their lines and the credit notes of the practice company."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import truths, words
from .accounts import DAYS, FIRST_DAY, USUAL_SALES, YEARS, Floats, Ints, evenly, pick, stream
from .changes import MEASURES, correction, day_of, discounts, volume

_CALENDAR = FIRST_DAY + np.arange(DAYS)
_YEAR = _CALENDAR.astype("datetime64[Y]").astype(np.int64) - 53
_MONTH = _CALENDAR.astype("datetime64[M]").astype(np.int64) % 12 + 1
_WEEKDAY = (_CALENDAR.astype(np.int64) + 3) % 7
_OPEN = (_WEEKDAY < 5) & ~np.isin(_CALENDAR, np.array(words.FREE_DAYS, "datetime64[D]"))
_PACKS = np.r_[
    [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300],
    [400, 500, 600, 800, 1000, 1200, 1500, 2000],
]
_TIMES = ((0.5, 1.0, 2.0, 3.0), (0.10, 0.66, 0.19, 0.05))
_CAMPAIGN = (0.05, 50)  # share of the lines, per mille of extra discount
_CREDITED = 0.035
_CREDITED_OFTEN = 0.25
"""Share of the invoices that a credit note follows, and where goods are sent back often."""
_FIRST_INVOICE = 100_001
_FIRST_CREDIT_NOTE = 900_001


def sales_table(accounts: pd.DataFrame, products: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return the ledger, one row per invoice line, sorted by account, product and day.

    Amounts are kroner with two decimals; credit notes are negative.
    """
    invoices = _invoices(accounts, seed)
    lines = _lines(invoices, _assortment(accounts, products, seed), accounts, seed)
    lines = _with_changes(lines, accounts, products, seed)
    lines = _with_repeats(lines, seed)
    lines = _priced(lines, accounts, products, seed)
    credit = _credit_notes(lines, accounts, seed)
    lines, corrected = correction(lines, accounts)
    credit = pd.concat([credit, _negative(corrected)], ignore_index=True)
    ledger = pd.concat([lines.assign(doc_type="invoice"), credit], ignore_index=True)
    ledger = _numbered(ledger)
    return _as_contract(ledger, accounts, products)


def _workdays() -> Floats:
    """Return how much of the business is done after each day, one row per pattern."""
    week = np.array([1.1, 1.12, 1.05, 1.0, 0.8, 0.0, 0.0])[_WEEKDAY]
    quiet = np.isin(_CALENDAR.astype("datetime64[D]").astype(str).astype("U10"), _quiet_days())
    base = week * _OPEN * np.where(quiet, 0.3, 1.0)
    patterns = [base * np.array(months)[_MONTH - 1] for months in words.MONTHS.values()]
    patterns += [base * open_days for open_days in _busy().values()]
    done = np.cumsum(patterns, axis=1)
    return np.asarray(done / done[:, -1:])


def _busy() -> dict[str, Floats]:
    """Return the days on which the accounts that buy now and then only do so, by number."""
    found = {truths.SEASONAL: np.isin(_MONTH, truths.SPRING)}
    found |= {number: np.isin(_MONTH, truths.COLD) for number in truths.WINTER}
    for number, times in truths.BUSY.items():
        found[number] = np.zeros(DAYS, dtype=bool)
        for first, last in times:
            found[number][day_of(first) : day_of(last) + 1] = True
    return {number: days.astype(float) for number, days in found.items()}


def _quiet_days() -> list[str]:
    return [f"{year}-12-{day}" for year in (2023, 2024, 2025) for day in range(22, 32)]


def _pattern(accounts: pd.DataFrame) -> Ints:
    places = {name: place for place, name in enumerate(words.MONTHS)}
    pattern = np.array(accounts["segment"].map(places), dtype=np.int64)
    for place, number in enumerate(_busy(), start=len(places)):
        pattern[accounts["account_id"].eq(number)] = place
    return pattern


def _invoices(accounts: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return one row per invoice: the account's row and the day, from each account's own rhythm."""
    rng = stream(seed, "rhythm")
    expected = accounts["orders"].to_numpy() * YEARS
    count = np.ceil(expected * 1.3 + 12).astype(np.int64)
    account = np.repeat(np.arange(len(accounts)), count)
    spread = accounts["regularity"].to_numpy()[account]
    interval = np.exp(spread * rng.standard_normal(len(account)) - spread**2 / 2)
    first = np.r_[0, np.cumsum(count)[:-1]]
    interval[first] *= rng.random(len(first))
    total = np.cumsum(interval)
    time = (total - np.repeat(total[first] - interval[first], count)) / expected[account]
    trend = accounts["growth"].to_numpy()[account] * YEARS
    trend = np.where(np.abs(trend) < 1e-6, 1e-6, trend)
    reach = np.maximum(1 + np.expm1(trend) * time, 1e-9)
    day = _days_of(np.log(reach) / trend, _pattern(accounts)[account], _workdays())
    table = pd.DataFrame({"account": account, "day": day})
    alive = (day >= accounts["first"].to_numpy()[account]) & (
        day < accounts["last"].to_numpy()[account]
    )
    table = _with_weekly_buyer(table[alive], accounts, rng)
    return table.sort_values(["day", "account"], kind="stable", ignore_index=True)


def _days_of(time: Floats, pattern: Ints, workdays: Floats) -> Ints:
    day = np.full(len(time), DAYS, dtype=np.int64)
    for place, done in enumerate(workdays):
        rows = pattern == place
        day[rows] = np.searchsorted(done, time[rows], side="left")
    return day


def _with_weekly_buyer(
    invoices: pd.DataFrame, accounts: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Let one account order every Tuesday, or the day after, until it falls silent."""
    row = int(np.flatnonzero(accounts["account_id"].eq(truths.LATE))[0])
    first, last = (np.datetime64(day) for day in (truths.LATE_FIRST, truths.LATE_LAST))
    tuesdays = np.arange(first, last + 1, 7) - FIRST_DAY
    days = tuesdays.astype(np.int64)
    moved = (rng.random(len(days)) < 0.12) | ~_OPEN[days]
    moved[[0, -1]] = False
    weekly = pd.DataFrame({"account": row, "day": _next_open(pd.Series(days + moved))})
    return pd.concat([invoices[invoices["account"] != row], weekly], ignore_index=True)


def _groups_bought(accounts: pd.DataFrame, rng: np.random.Generator) -> Floats:
    """Return how much of each product group an account wants, one row per account."""
    names = list(words.CATEGORIES)
    leader, follower = names.index(truths.LEADER), names.index(truths.FOLLOWER)
    chance = np.array([words.OWNS[segment] for segment in accounts["segment"]])
    size = np.log10(accounts["sales"].to_numpy() / USUAL_SALES)
    planted = accounts["planted"].to_numpy()[:, None]
    draw = np.where(planted, 0.5, rng.random(chance.shape))
    owns = draw < chance * (1 + 0.35 * size)[:, None].clip(0.5, 1.5)
    owns[:, 0] |= ~owns.any(axis=1)
    asked = np.array([[name in wanted for name in names] for wanted in _asked(accounts)])
    owns |= asked
    follows = np.where(owns[:, leader], truths.FOLLOWS[1], truths.FOLLOWS[0])
    surely = owns[:, leader] & (accounts["sales"].to_numpy() > 6 * USUAL_SALES)
    owns[:, follower] = surely | (rng.random(len(accounts)) < follows)
    owns[accounts["account_id"].isin(truths.WITHOUT_FOLLOWER), follower] = False
    weight = np.exp(np.where(planted, 0.25, 0.6) * rng.standard_normal(chance.shape))
    weight[:, [leader, follower]] = weight[:, [leader, follower]].clip(1.0, None)
    weight[asked] = 4.0
    return np.asarray(np.where(owns, weight, 0.0))


def _asked(accounts: pd.DataFrame) -> list[tuple[str, ...]]:
    return [groups if isinstance(groups, tuple) else () for groups in accounts["groups"]]


def _assortment(accounts: pd.DataFrame, products: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return what each account usually buys: one row per account and favourite, with its pack."""
    rng = stream(seed, "assortment")
    weights = _groups_bought(accounts, rng)
    edges = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    relative = accounts["sales"].to_numpy() / USUAL_SALES
    count = np.rint((16 * relative**0.28).clip(8, 70)).astype(np.int64)
    account = np.repeat(np.arange(len(accounts)), count)
    group = (evenly(account, rng)[:, None] >= edges[account]).sum(axis=1)
    per_line = (
        accounts["sales"].to_numpy() / accounts["orders"].to_numpy() / _lines_wanted(accounts)
    )
    price = products["price0"].to_numpy() / 100
    product = _affordable(products, group, 3 * per_line[account], rng.random(len(account)))
    product = _suited(accounts, products, account, product, rng)
    apart = np.where(accounts["planted"], 0.2, 0.5)[account]
    wanted = per_line[account] / 1.41 * np.exp(apart * rng.standard_normal(len(account)))
    place = np.searchsorted(np.log(_PACKS[:-1] + 0.4), np.log(wanted / price[product]))
    return pd.DataFrame(
        {"account": account, "product": product, "pack": _PACKS[np.maximum(place - 1, 0)]}
    )


def _affordable(products: pd.DataFrame, group: Ints, budget: Floats, draw: Floats) -> Ints:
    """Choose a product of the group that the account's usual line can pay for."""
    product = np.zeros(len(group), dtype=np.int64)
    for place, rows in products.groupby("group"):
        asked = group == place
        reach = np.searchsorted(rows["price0"].to_numpy() / 100, budget[asked]).clip(8, len(rows))
        product[asked] = rows.index[0] + (draw[asked] * reach).astype(np.int64)
    return product


def _suited(
    accounts: pd.DataFrame,
    products: pd.DataFrame,
    account: Ints,
    product: Ints,
    rng: np.random.Generator,
) -> Ints:
    """Give the quiet star goods with a good margin and the giant goods with a thin one."""
    share = (products["cost0"] / products["price0"]).to_numpy()
    by_margin = np.lexsort((products.index, share))
    by_margin = by_margin[products["category"].ne(truths.LEADER).to_numpy()[by_margin]]
    product = product.copy()
    pools = {
        truths.STAR: by_margin[:60],
        truths.REASON: by_margin[:150],
        truths.GIANT: by_margin[-260:],
    }
    for number, pool in pools.items():
        rows = accounts["account_id"].eq(number).to_numpy()[account]
        product[rows] = pool[(rng.random(int(rows.sum())) * len(pool)).astype(np.int64)]
    return product


def _lines_wanted(accounts: pd.DataFrame) -> Floats:
    relative = accounts["sales"].to_numpy() / USUAL_SALES
    return np.asarray((3.75 * relative**0.10).clip(1.8, 7.0))


def _lines(
    invoices: pd.DataFrame, assortment: pd.DataFrame, accounts: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Return one row per line of an invoice, each product once."""
    rng = stream(seed, "lines")
    owner = invoices["account"].to_numpy()
    draw = rng.random(len(invoices))
    more = np.where(accounts["planted"].to_numpy()[owner], 0.5 + draw, -np.log1p(-draw))
    extra = more * (_lines_wanted(accounts)[owner] - 0.45)
    count = 1 + np.minimum(extra.astype(np.int64), 34)
    invoice = np.repeat(np.arange(len(invoices)), count)
    account = owner[invoice]
    kept = np.bincount(assortment["account"], minlength=len(accounts))
    start = np.r_[0, np.cumsum(kept)[:-1]]
    favourite = start[account] + (kept[account] * rng.random(len(account)) ** 1.6).astype(np.int64)
    times = np.array(_TIMES[0])[pick(rng, _TIMES[1], len(account))]
    pack = assortment["pack"].to_numpy()[favourite]
    table = pd.DataFrame(
        {
            "invoice": invoice,
            "account": account,
            "day": invoices["day"].to_numpy()[invoice],
            "product": assortment["product"].to_numpy()[favourite],
            "quantity": np.ceil(pack * times).astype(np.int64),
        }
    )
    return table.drop_duplicates(["invoice", "product"], ignore_index=True)


def _with_changes(
    lines: pd.DataFrame, accounts: pd.DataFrame, products: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Take off what was not bought yet or no more, and change quantities as volumes do."""
    account, day = lines["account"].to_numpy(), lines["day"].to_numpy()
    group = products["group"].to_numpy()[lines["product"]]
    factor = volume(accounts, account, group, day, seed=seed)
    quantity = np.maximum(np.rint(lines["quantity"] * factor), 1).astype(np.int64)
    kept = lines.assign(quantity=quantity)[factor > 0].reset_index(drop=True)
    return kept.assign(invoice=pd.factorize(kept["invoice"])[0])


def _with_repeats(lines: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Repeat a few lines on their invoices, as happens when the same thing is picked twice."""
    rng = stream(seed, "repeats")
    chosen = np.sort(np.argsort(rng.random(len(lines)))[: truths.REPEATED_LINES])
    doubled = np.sort(np.r_[np.arange(len(lines)), chosen])
    return lines.iloc[doubled].reset_index(drop=True)


def _priced(
    lines: pd.DataFrame, accounts: pd.DataFrame, products: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Add list amount, net amount and cost, in whole øre so that nothing is rounded twice."""
    rng = stream(seed, "discounts")
    product, year = lines["product"].to_numpy(), _YEAR[lines["day"].to_numpy()]
    price = products[["price0", "price1", "price2"]].to_numpy()[product, year]
    cost = products[["cost0", "cost1", "cost2"]].to_numpy()[product, year]
    own = np.rint(rng.standard_normal((len(accounts), len(words.CATEGORIES))).clip(-2, 2) * 2) * 10
    own[accounts["planted"].to_numpy()] = 0
    account = lines["account"].to_numpy()
    general = discounts(accounts, account, lines["day"].to_numpy())
    campaign = (rng.random(lines["invoice"].max() + 1) < _CAMPAIGN[0])[lines["invoice"]]
    campaign &= general > 0
    discount = general + own[account, products["group"].to_numpy()[product]]
    discount = (discount + campaign * _CAMPAIGN[1]).clip(0, 450).astype(np.int64)
    quantity = lines["quantity"].to_numpy()
    listed = quantity * price
    net = (listed * (1000 - discount) + 500) // 1000
    return lines.assign(list_amount=listed, amount=net, cost=quantity * cost)


def _credit_notes(lines: pd.DataFrame, accounts: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the lines of credit notes: some goods of some invoices come back in five weeks."""
    rng = stream(seed, "credit")
    invoices = int(lines["invoice"].max()) + 1
    sends_back = accounts["account_id"].eq(truths.SENDS_BACK).to_numpy()[lines["account"]]
    often = np.bincount(lines["invoice"], weights=sends_back) > 0
    credited = rng.random(invoices) < np.where(often, _CREDITED_OFTEN, _CREDITED)
    later = (rng.random(invoices) * 30).astype(np.int64) + 4
    chosen = credited[lines["invoice"]] & (rng.random(len(lines)) < 0.55)
    chosen &= ~lines.duplicated(["invoice", "product"]).to_numpy()
    number = accounts["account_id"].to_numpy()[lines["account"]]
    never = {truths.LATE, truths.SEASONAL, truths.BELOW_ZERO, truths.ZERO_NET, truths.CORRECTED}
    never |= {terms.account_id for terms in truths.NEW_TERMS}
    chosen &= ~np.isin(number, sorted(never))
    chosen &= np.bincount(lines["account"], minlength=len(accounts))[lines["account"]] > 12
    ordinary = lines[chosen].assign(day=_next_open(lines["day"] + later[lines["invoice"]])[chosen])
    whole = lines[number == truths.ZERO_NET].assign(day=lambda t: _next_open(t["day"] + 12))
    older = lines[number == truths.BELOW_ZERO].assign(day=9)
    older[MEASURES] = older[MEASURES] * 2
    credit = pd.concat([ordinary, whole, older], ignore_index=True)
    return _negative(credit[credit["day"] < DAYS])


def _negative(lines: pd.DataFrame) -> pd.DataFrame:
    return lines.assign(doc_type="credit_note", **{name: -lines[name] for name in MEASURES})


def _next_open(day: pd.Series) -> pd.Series:
    """Move a day when the office is closed to the next when it is open."""
    open_days = np.append(np.flatnonzero(_OPEN), DAYS)
    following = np.searchsorted(open_days, day.clip(upper=DAYS))
    return pd.Series(open_days[following], index=day.index)


def _numbered(ledger: pd.DataFrame) -> pd.DataFrame:
    """Give the documents numbers by day; credit notes have a series of their own."""
    ledger = ledger.sort_values(["day", "doc_type", "invoice"], kind="stable", ignore_index=True)
    ledger["document"] = 0
    for kind, first in (("invoice", _FIRST_INVOICE), ("credit_note", _FIRST_CREDIT_NOTE)):
        rows = ledger["doc_type"].eq(kind)
        ledger.loc[rows, "document"] = first + pd.factorize(ledger.loc[rows, "invoice"])[0]
    return ledger


def _as_contract(
    ledger: pd.DataFrame, accounts: pd.DataFrame, products: pd.DataFrame
) -> pd.DataFrame:
    who, what = ledger["account"].to_numpy(), ledger["product"].to_numpy()

    def of_account(column: str) -> pd.Series:
        return pd.Series(accounts[column].to_numpy(dtype=object)[who], dtype="str")

    def of_product(column: str) -> pd.Series:
        return pd.Series(products[column].to_numpy(dtype=object)[what], dtype="str")

    return pd.DataFrame(
        {
            "account_id": of_account("account_id"),
            "account_name": of_account("name"),
            "parent_id": of_account("parent_id"),
            "invoice_id": ledger["document"].astype(str),
            "date": (FIRST_DAY + ledger["day"].to_numpy()).astype("datetime64[s]"),
            "doc_type": ledger["doc_type"].astype("str"),
            "product_id": of_product("product_id"),
            "product_name": of_product("product_name"),
            "category": of_product("category"),
            "quantity": ledger["quantity"],
            "list_amount": ledger["list_amount"] / 100,
            "amount": ledger["amount"] / 100,
            "cost": ledger["cost"] / 100,
            "currency": pd.Series("NOK", index=ledger.index, dtype="str"),
            "seller": of_account("seller"),
            "region": of_account("region"),
            "segment": of_account("segment"),
        }
    ).sort_values(["account_id", "product_id", "date", "invoice_id"], ignore_index=True)
