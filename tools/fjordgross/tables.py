"""What else is known: service, people, wallets, ratings, prospects and goals of the accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import people, truths, words
from .accounts import LAST_DAY, USUAL_SALES, Floats, Ints, normals, pick, stream

_WITH_WALLET = 400
_WITH_RATINGS = 250
_TWICE_RATED = 60
_RATED_OF_A_CHAIN = 3
_PROSPECTS = 120
_KEY_ACCOUNTS_WITH_GOALS = 14
_DEMANDING = 0.8
"""How far accounts of a size differ in what they ask for: the spread of its logarithm."""
_ROLES = ("decider", "influencer", "user", "buyer", "gatekeeper", "initiator")
_ROLE_SHARES = (0.20, 0.18, 0.24, 0.24, 0.06, 0.08)
_SERVED = ("competitor", "in-house", "not relevant", "unknown")
_SERVED_SHARES = (0.52, 0.06, 0.24, 0.18)


def revenue(sales: pd.DataFrame) -> pd.Series:
    """Return net revenue per account, largest first.

    >>> lines = pd.DataFrame({"account_id": ["1", "2", "2"], "amount": [5.0, 4.0, 4.0]})
    >>> revenue(lines).to_dict()
    {'2': 8.0, '1': 5.0}
    """
    sums = sales.groupby("account_id")["amount"].sum().round(2)
    totals = sums.reset_index()
    ranked = totals.sort_values(["amount", "account_id"], ascending=[False, True])
    return ranked.set_index("account_id")["amount"]


def activities_table(sales: pd.DataFrame, accounts: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return what serving took: one row per account, activity and quarter, none of them zero."""
    rng = stream(seed, "activities")
    quarterly = _documents_by_quarter(sales)
    orders = quarterly["invoice"].to_numpy(dtype=float)
    who = accounts.set_index("account_id").loc[quarterly["account_id"]]
    manual = dict(zip(accounts["account_id"], rng.random(len(accounts)) ** 1.5, strict=True))
    manual[truths.BY_HAND] = 1.0
    by_hand = quarterly["account_id"].map(manual).to_numpy(dtype=float)
    size = who["sales"].to_numpy() / USUAL_SALES
    levels = _demand(accounts, seed)
    expected = {
        "web order": orders * (1 - by_hand),
        "manual order": orders * by_hand,
        "delivery": orders * 0.92,
        "express delivery": orders * 0.03,
        "visit": 0.25 * size**0.62,
        "call": 0.8 * size**0.5,
        "return": quarterly["credit_note"].to_numpy(dtype=float),
        "invoice reminder": orders * 0.04,
    }
    tables = []
    for activity, times in expected.items():
        asked = times * quarterly["account_id"].map(levels[activity]).to_numpy(dtype=float)
        count = np.floor(asked * (0.8 + 0.4 * rng.random(len(asked))) + rng.random(len(asked)))
        tables.append(quarterly[["account_id", "date"]].assign(activity=activity, quantity=count))
    table = pd.concat(tables, ignore_index=True)
    table = table[table["quantity"] > 0]
    table["quantity"] = table["quantity"].astype(np.int64)
    table["cost_per_unit"] = table["activity"].map(words.ACTIVITIES).astype(float)
    table = table.sort_values(["account_id", "date", "activity"], ignore_index=True)
    return table[["account_id", "activity", "quantity", "cost_per_unit", "date"]]


def rates_table() -> pd.DataFrame:
    """Return what an activity costs: one row per activity, some by cost and some by the minute.

    >>> rates_table()["activity"].is_unique
    True
    """
    names, timed = list(words.ACTIVITIES), [name in words.TIMED for name in words.ACTIVITIES]
    costs = np.array(list(words.ACTIVITIES.values()), dtype=float)
    return pd.DataFrame(
        {
            "activity": names,
            "cost_per_unit": np.where(timed, np.nan, costs),
            "minutes": np.where(timed, costs / words.COST_PER_MINUTE, np.nan),
            "cost_per_minute": np.where(timed, float(words.COST_PER_MINUTE), np.nan),
        }
    )


def _documents_by_quarter(sales: pd.DataFrame) -> pd.DataFrame:
    """Return one row per account and quarter with documents: how many invoices and credit notes."""
    documents = sales.drop_duplicates(["invoice_id"])[["account_id", "date", "doc_type"]]
    end = documents["date"].dt.to_period("Q").dt.end_time.dt.normalize().astype("datetime64[s]")
    counted = documents.assign(date=end).groupby(["account_id", "date", "doc_type"]).size()
    return counted.unstack("doc_type", fill_value=0).reset_index().rename_axis(columns=None)


def _demand(accounts: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return how much more than usual each account asks for: one column per activity.

    Accounts differ, in deliveries less than in the rest; those with a part to play ask for what
    it says, and else for what is usual.
    """
    size = accounts["sales"].to_numpy(dtype=float)
    drawn = np.exp(_DEMANDING * normals(size, stream(seed, "service")).clip(-2, 2))
    drawn[accounts["planted"].to_numpy()] = 1.0
    table = pd.DataFrame(dict.fromkeys(words.ACTIVITIES, drawn), index=accounts["account_id"])
    table["delivery"] = np.sqrt(drawn)
    table[["web order", "manual order"]] = 1.0
    for number, asked in truths.ASKS.items():
        for name in words.ACTIVITIES:
            table.loc[number, name] = asked.get(name, asked.get("", 1.0))
    return table


def contacts_table(totals: pd.Series, accounts: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return the people we know: one row per person at an account. They are invented."""
    rng = stream(seed, "contacts")
    rank = np.arange(len(totals))
    draw = rng.random(len(totals))
    large = 3 + np.floor(draw * 6 * np.exp(-rank / 250)).astype(np.int64)
    count = np.where(rank < 320, large, pick(rng, (0.35, 0.4, 0.2, 0.05), len(totals)))
    count[totals.index.isin([truths.NO_DECIDER, truths.NOT_MET])] = 5
    count[totals.index == truths.SINGLE_CONTACT] = 1
    table = pd.DataFrame({"account_id": np.repeat(totals.index.to_numpy(dtype=object), count)})
    n = len(table)
    place = table.groupby("account_id").cumcount().to_numpy()
    role = np.where(place == 0, 3, np.where(place == 1, 0, pick(rng, _ROLE_SHARES, n)))
    role[(role == 0) & table["account_id"].eq(truths.NO_DECIDER)] = 1
    table["person"] = _people(place.astype(np.int64), n, rng)
    table["role"] = np.array(_ROLES, dtype=object)[role]
    department = pick(rng, (1, 2, 3, 1, 1, 1, 1), n)
    table["department"] = np.array(words.DEPARTMENTS, dtype=object)[
        np.where(role == 0, 0, np.where(role == 3, 1, department))
    ]
    base = np.array([4.3, 3.2, 2.2, 2.8, 2.0, 2.6])[role]
    table["influence"] = np.rint(base + 0.7 * rng.standard_normal(n)).clip(1, 5).astype(np.int64)
    table["support"] = np.rint(0.6 + rng.standard_normal(n)).clip(-2, 2).astype(np.int64)
    table["reports_to"] = _superiors(table)
    seller = accounts.set_index("account_id")["seller"]
    table["our_contact"] = table["account_id"].map(seller)
    ago = np.floor(-np.log1p(-rng.random(n)) * 110).clip(1, 900)
    ago = np.where(table["account_id"].eq(truths.NOT_MET), 300 + ago % 200, ago)
    ago = np.where(table["account_id"].eq(truths.SINGLE_CONTACT), 20, ago)
    met = pd.Series((LAST_DAY - ago.astype("timedelta64[D]")).astype("datetime64[s]"))
    known = rng.random(n) < 0.93
    known |= table["account_id"].isin([truths.SINGLE_CONTACT, truths.NOT_MET]).to_numpy()
    table["last_contact"] = met.where(known)
    table = table.sort_values(["account_id", "person"], ignore_index=True)
    size = people.house_size()
    names = _people(np.arange(size, dtype=np.int64), size, stream(seed, "house"))
    return people.with_house(table, totals, names, seed=seed)


def _people(place: Ints, count: int, rng: np.random.Generator) -> list[str]:
    """Return invented names; the persons of one account never share one."""
    first = ((rng.random(count) * 3).astype(np.int64) + place * 3) % len(words.FIRST_NAMES)
    heads = (rng.random(count) * len(words.NAME_HEADS)).astype(np.int64)
    tails = (rng.random(count) * len(words.NAME_TAILS)).astype(np.int64)
    return [
        f"{words.FIRST_NAMES[i]} {words.NAME_HEADS[h]}{words.NAME_TAILS[t]}"
        for i, h, t in zip(first, heads, tails, strict=True)
    ]


def _superiors(contacts: pd.DataFrame) -> pd.Series:
    """Let everyone report to the account's decider, where we know one."""
    deciders = contacts[contacts["role"].eq("decider")].drop_duplicates("account_id")
    leader = contacts["account_id"].map(deciders.set_index("account_id")["person"])
    return leader.mask(leader.eq(contacts["person"]))


def wallet_table(
    sales: pd.DataFrame, totals: pd.Series, accounts: pd.DataFrame, *, seed: int
) -> pd.DataFrame:
    """Return what accounts spend in all: one row per account and product group, 2025.

    The larger accounts and every member of a chain. ``spend`` is never less than what we sold, and
    0 where ``served_by`` is “not relevant”.
    """
    rng = stream(seed, "wallet")
    names = list(words.CATEGORIES)
    members = accounts.loc[accounts["parent_id"].notna(), "account_id"]
    chosen = totals.index[:_WITH_WALLET].union(pd.Index(members)).sort_values()
    bought = sales[sales["date"].dt.year.eq(2025) & sales["account_id"].isin(chosen)]
    ours = bought.pivot_table(
        index="account_id", columns="category", values="amount", aggfunc="sum"
    )
    ours = ours.reindex(index=chosen, columns=names).clip(0, None).fillna(0.0).round(2)
    sold = ours.to_numpy().ravel()
    typical = np.repeat(ours.to_numpy().sum(axis=1) / 8, len(names))
    table = pd.DataFrame(
        {"account_id": np.repeat(chosen, len(names)), "category": names * len(chosen)}
    )
    share = _wallet_share(table["account_id"], accounts, rng)
    elsewhere = typical * np.exp(0.8 * rng.standard_normal(len(sold)))
    spend = np.ceil(np.where(sold > 0, sold / share, elsewhere) / 1000) * 1000
    served = np.array(_SERVED, dtype=object)[pick(rng, _SERVED_SHARES, len(sold))]
    served = np.where(_lost_to_rivals(table), "competitor", served)
    served = np.where(table["account_id"].eq(truths.FULL_WALLET), "not relevant", served)
    table["served_by"] = np.where(sold > 0, "us", served)
    table["spend"] = np.where(table["served_by"].eq("not relevant"), 0.0, spend)
    rival = np.array(words.COMPETITORS, dtype=object)[pick(rng, (4, 3, 2, 1), len(sold))]
    table["competitor"] = pd.Series(rival).where(table["served_by"].eq("competitor"))
    return table.assign(year="2025")[
        ["account_id", "category", "spend", "year", "served_by", "competitor"]
    ]


def _wallet_share(number: pd.Series, accounts: pd.DataFrame, rng: np.random.Generator) -> Floats:
    """Return our share of what each account buys in each group that it buys from us."""
    draw = rng.random(len(number))
    chain = accounts.loc[accounts["parent_id"].eq(truths.CHAIN), "account_id"]
    special = (
        (number.eq(truths.FULL_WALLET), 0.96, 0.02),
        (number.eq(truths.OPEN_WALLET), 0.16, 0.08),
        (number.isin(chain), 0.30, 0.15),
    )
    low, width = (np.full(len(number), value) for value in (0.25, 0.70))
    for rows, least, spread in special:
        low[rows], width[rows] = least, spread
    return np.asarray(low + width * draw)


def _lost_to_rivals(wallet: pd.DataFrame) -> pd.Series[bool]:
    """Tell where a rival is known to serve what an account ought to buy from us."""
    open_to_us = wallet["category"].eq(truths.FOLLOWER) & wallet["account_id"].isin(
        truths.WITHOUT_FOLLOWER
    )
    for gap in truths.GAPS:
        open_to_us |= wallet["account_id"].eq(gap.account_id) & wallet["category"].eq(gap.group)
    return open_to_us


def ratings_table(totals: pd.Series, accounts: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return what people think: one row per account, criterion and rater, score 1 to 5.

    The seller rates the larger accounts and the largest of each chain, the sales manager the
    largest of them too.
    """
    rng = stream(seed, "ratings")
    parents = accounts.set_index("account_id")["parent_id"].reindex(totals.index).dropna()
    of_chains = parents.groupby(parents).head(_RATED_OF_A_CHAIN).index
    chosen = totals.index[:_WITH_RATINGS].union(of_chains).sort_values()
    criteria = list(words.CRITERIA)
    table = pd.DataFrame(
        {"account_id": np.repeat(chosen, len(criteria)), "criterion": criteria * len(chosen)}
    )
    whole = table["account_id"].map(parents).fillna(table["account_id"])
    level = _levels(pd.Index(whole.unique()), rng)
    side = table["criterion"].map(words.CRITERIA)
    places = level.index.get_indexer(pd.Index(whole)), level.columns.get_indexer(pd.Index(side))
    usual = level.to_numpy()[places]
    apart = np.where(whole.isin(list(truths.RATED)), 0.3, 0.6)
    score = usual + apart * rng.standard_normal(len(table))
    table["score"] = np.rint(score).clip(1, 5).astype(np.int64)
    seller = accounts.set_index("account_id")["seller"]
    table["rater"] = table["account_id"].map(seller)
    return pd.concat([table, _second_view(table, totals.index[:_TWICE_RATED], seed)]).sort_values(
        ["account_id"], kind="stable", ignore_index=True
    )


def _levels(rated: pd.Index, rng: np.random.Generator) -> pd.DataFrame:
    """Return the usual score of each account for attractiveness and for strength.

    High or low for most, so that there are accounts of every kind.
    """
    places = pick(rng, (0.40, 0.25, 0.35), 2 * len(rated)).reshape(-1, 2)
    usual = np.array([1.8, 3.0, 4.3])[places] + 0.2 * rng.standard_normal(places.shape)
    table = pd.DataFrame(usual, index=rated, columns=["attractiveness", "strength"])
    for number, scores in truths.RATED.items():
        table.loc[number] = scores
    return table


def _second_view(ratings: pd.DataFrame, chosen: pd.Index, seed: int) -> pd.DataFrame:
    """Return the sales manager's ratings: mostly near the seller's, a little stricter."""
    again = ratings[ratings["account_id"].isin(chosen)]
    apart = stream(seed, "second rater").standard_normal(len(again))
    score = np.rint(again["score"] - 0.3 + 0.5 * apart).clip(1, 5).astype(np.int64)
    return again.assign(score=score, rater=words.SECOND_RATER)


def services_table() -> pd.DataFrame:
    """Return what key accounts get: one row per service and treatment.

    >>> sorted(services_table()["treatment"].unique())
    ['dedicated', 'shared']
    """
    rows = []
    for (service, times, own, shared, cost), seldom in zip(
        words.SERVICES, words.SHARED_TIMES, strict=True
    ):
        rows.append((service, "dedicated", times, own, float(cost)))
        if seldom:
            rows.append((service, "shared", seldom, shared, float(cost)))
    table = pd.DataFrame(rows, columns=["service", "treatment", "quantity", "hours", "cost"])
    return table.assign(cost_per_hour=float(words.COST_PER_HOUR))


def managers_table() -> pd.DataFrame:
    """Return who takes key accounts: one row per manager.

    >>> managers_table()["manager"].is_unique
    True
    """
    columns = ["manager", "hours", "accounts_max", "region", "language", "industry"]
    table = pd.DataFrame(words.MANAGERS, columns=columns)
    return table.assign(industry=table["industry"].where(table["industry"] != ""))


def prospects_table(taken: pd.Series, *, seed: int) -> pd.DataFrame:
    """Return companies that could become customers, one row each, named as no account is."""
    rng = stream(seed, "prospects")
    segments, regions = list(words.SEGMENTS), list(words.REGIONS)
    where = pick(rng, [share for share, _ in words.REGIONS.values()], _PROSPECTS)
    kind = pick(rng, [share for share, _ in words.SEGMENTS.values()], _PROSPECTS)
    employees = np.rint(4 + 25 * np.exp(1.1 * rng.standard_normal(_PROSPECTS))).astype(np.int64)
    spend = employees * 45_000 * np.exp(0.5 * rng.standard_normal(_PROSPECTS))
    known = rng.random(_PROSPECTS) < 0.85
    used = set(taken)
    rows = []
    for number, draws in enumerate(rng.random((_PROSPECTS, 40, 3))):
        segment = segments[kind[number]]
        trades = words.SEGMENTS[segment][1]
        industry = list(trades)[number % len(trades)]
        name = next(idea for idea in _names(trades[industry], draws) if idea not in used)
        used.add(name)
        rows.append((f"E-{number + 1:03d}", name, industry))
    table = pd.DataFrame(rows, columns=["prospect_id", "name", "industry"])
    table["employees"] = employees
    table["region"] = [regions[place] for place in where]
    table["segment"] = [segments[place] for place in kind]
    table["estimated_spend"] = pd.Series(np.rint(spend / 1000) * 1000.0).where(known)
    return table


def _names(endings: tuple[str, ...], draws: Floats) -> list[str]:
    heads, tails = words.NAME_HEADS, words.NAME_TAILS
    return [
        f"{heads[int(a * len(heads))]}{tails[int(b * len(tails))]} {endings[int(c * len(endings))]}"
        for a, b, c in draws
    ]


def goals_table(totals: pd.Series, accounts: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return the goals of the largest accounts, two or three for each."""
    rng = stream(seed, "goals")
    seller = accounts.set_index("account_id")["seller"]
    rows = []
    for account in totals.index[:_KEY_ACCOUNTS_WITH_GOALS].sort_values():
        order = np.argsort(rng.random(len(words.GOALS)))[: 2 + int(rng.random() < 0.5)]
        for place in order:
            due = LAST_DAY + int(rng.random() * 360) - 90
            over = ("done", "started") if due <= LAST_DAY else ("started", "not started")
            status = over[int(rng.random() < 0.4)]
            rows.append((account, *words.GOALS[place], seller[account], due, status))
    columns = ["account_id", "objective", "measure", "target", "action", "owner", "due", "status"]
    table = pd.DataFrame(rows, columns=columns)
    table["due"] = table["due"].astype("datetime64[s]")
    return table
