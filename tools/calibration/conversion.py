"""Whether opportunities come true as often, and bring as much, as ``grow`` claims.

``python -m tools.calibration.conversion`` prints the table in full.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace

import numpy as np
import pandas as pd

from kamkit import grow, identify, open_case
from kamkit.case import Case
from kamkit.case.past import as_of
from kamkit.grow._conversion import BANDS, CLASS
from kamkit.grow.cells import KINDS, SIZES, spent
from kamkit.grow.check import missed
from kamkit.periods import Period

SIZES_OF = {"small": (300, 4), "full": (1000, 40)}
"""Accounts of a simulated ledger, and ledgers."""

RATES = {"begins": 0.06, "stops": 0.05, "returns": 0.25, "fills": 0.10}
"""The truth of the simulation: what happens to a group at an account from one year to the next."""

_GROUPS = 6
_YEARS = 5
_LARGEST = 30
_INTERVAL = 0.80
_RESTLESS = 0.5
"""The rates of a year are mostly between half and twice the usual ones."""

Row = dict[str, object]


def rows(size: str = "small") -> list[Row]:
    """Return the table of calibration, one row per measure and condition.

    ``measure``, ``condition``, ``nominal``, ``measured`` and ``n``. A ledger of four simulated
    years makes the claims, the fifth year tells what came; so does the practice company as it was
    at the end of 2024, with 2025. "Came true" and "amount came" set the claimed share beside the
    true one, of the number of opportunities and of the open amount; the intervals are of 80 %.
    """
    accounts, ledgers = SIZES_OF[size]
    found = [_claims(simulated(accounts, seed)) for seed in range(ledgers)]
    told = pd.concat([one for one, _sums in found], ignore_index=True)
    sums = pd.concat([one for _told, one in found], ignore_index=True)
    table = _shares(told, "simulated") + _inside(sums, "simulated")
    inside = [_total_inside(one) for _told, one in found]
    row = _row("total growth inside", "simulated", _INTERVAL, np.mean(inside), len(inside))
    table += [row, *_rate_intervals(ledgers * 5), *_restless(accounts, ledgers * 3)]
    whole = open_case("fjordgross")
    # the wallet is of 2025: it would know at the end of 2024 what came
    whole = replace(whole, tables={n: t for n, t in whole.tables.items() if n != "wallet"})
    told, sums = _claims((as_of(whole, dt.date(2024, 12, 31)), _year(whole, 2025)))
    return table + _shares(told, "fjordgross 2025") + _inside(sums, "fjordgross 2025")


def simulated(accounts: int, seed: int, *, restless: float = 0.0) -> tuple[Case, pd.Series[float]]:
    """Return a ledger of four years, and what each account buys of each group in the fifth.

    With ``restless`` all rates of a year are higher or lower by a factor of their own, the same
    for all accounts: exp of a normal number with that deviation.
    """
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(9, 1, accounts))[:, None]
    weight = np.linspace(2, 1, _GROUPS) / _GROUPS
    shape = (accounts, _GROUPS)
    ever = rng.random(shape) < np.linspace(0.8, 0.3, _GROUPS)
    buys, level = ever.copy(), rng.choice([0.4, 1.0], shape)
    lines, last = [], pd.Series(dtype=float)
    for year in range(_YEARS):
        mood = float(np.exp(restless * rng.standard_normal())) if restless else 1.0
        amount = buys * level * size * weight * np.exp(rng.normal(0, 0.1, shape))
        table = pd.DataFrame(amount.round(2), index=[f"{n:05}" for n in range(accounts)])
        bought = table.rename(columns=lambda n: f"G{n}").stack().rename("amount")
        bought = bought[bought > 0].rename_axis(["account_id", "category"])
        if year == _YEARS - 1:
            last = bought
        else:
            days = (f"{2020 + year}-01-01", f"{2020 + year}-12-31")
            lines += [(bought / 2).round(2).reset_index().assign(date=day) for day in days]
        luck = rng.random(shape)
        back = np.where(ever, luck < mood * RATES["returns"], luck < mood * RATES["begins"])
        level = np.where(buys & (rng.random(shape) < mood * RATES["fills"]), 1.0, level)
        buys = np.where(buys, luck >= RATES["stops"], back)
        ever |= buys
    return open_case(pd.concat(lines, ignore_index=True)), last


def _year(case: Case, year: int) -> pd.Series[float]:
    wide = spent(case, "category", Period(f"{year}-01-01", f"{year}-12-31"))
    return wide.stack().rename_axis(["account_id", "category"])


def _claims(given: tuple[Case, pd.Series[float]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the opportunities that were claimed, and the growth of accounts, with what came."""
    case, later = given
    accounts = identify.account_facts(case)
    seen = grow.tried(case, accounts)
    rates = grow.conversion(seen)
    grid = grow.whitespace(case, accounts, rates=rates).table
    best = grow.opportunities(grid)
    keys = pd.MultiIndex.from_frame(best[["account_id", "item"]])
    gained = later.reindex(keys).fillna(0.0).to_numpy() - best["revenue"]
    part = best["counted_amount"]
    told = best[part > 0].assign(
        came=gained[part > 0] >= best.loc[part > 0, "open_amount"] / 2,
        came_amount=gained[part > 0].clip(-part[part > 0], part[part > 0]),
    )
    sums = grow.growth(grid, rates, missed=missed(seen)).table
    came = told.groupby("account_id")["came_amount"].sum()
    return told, sums.assign(came_amount=sums["account_id"].map(came).fillna(0.0))


def _row(measure: str, condition: str, nominal: float, measured: float, n: int) -> Row:
    return {
        "measure": measure,
        "condition": condition,
        "nominal": float(nominal),
        "measured": float(measured),
        "n": n,
    }


def _shares(told: pd.DataFrame, condition: str) -> list[Row]:
    found = []
    for kind in KINDS:
        own = told[told["kind"] == kind]
        if own.empty:
            continue
        money, where = own["counted_amount"].sum(), f"{condition}, {kind}"
        claimed, came = own["growth_middle"].sum() / money, own["came_amount"].sum() / money
        found += [
            _row("came true", where, own["conversion"].mean(), own["came"].mean(), len(own)),
            _row("amount came", where, claimed, came, len(own)),
        ]
    return found


def _inside(sums: pd.DataFrame, condition: str) -> list[Row]:
    inside = sums["came_amount"].between(sums["growth_low"] - 0.01, sums["growth_high"] + 0.01)
    return [_row("account growth inside", condition, _INTERVAL, inside.mean(), len(sums))]


def _total_inside(sums: pd.DataFrame) -> bool:
    largest = sums.nlargest(_LARGEST, "open_amount")
    low, _middle, high = grow.growth_total(largest)
    return bool(low <= largest["came_amount"].sum() <= high)


def _restless(accounts: int, ledgers: int) -> list[Row]:
    """Return how often growth lies inside where the rates of every year are others."""
    found = [_claims(simulated(accounts, 500 + n, restless=_RESTLESS))[1] for n in range(ledgers)]
    inside = [
        bool(low <= one["came_amount"].sum() <= high)
        for one in found
        for low, _middle, high in [grow.growth_total(one)]
    ]
    table = _inside(pd.concat(found, ignore_index=True), "restless years")
    row = _row("total growth inside", "restless years", _INTERVAL, np.mean(inside), ledgers)
    return [*table, row]


def _rate_intervals(tables: int) -> list[Row]:
    """Return how often the 80 % interval of a class holds its true rate."""
    inside = []
    for seed in range(tables):
        rng = np.random.default_rng(1000 + seed)
        known = pd.MultiIndex.from_product([KINDS, ("peers",), SIZES, BANDS], names=CLASS)
        broad = {kind: rng.beta(2, 12) for kind in KINDS}
        truth = [rng.beta(12 * broad[kind], 12 * (1 - broad[kind])) for kind, *_rest in known]
        classes = known.to_frame(index=False).assign(truth=truth)
        cells = classes.loc[rng.integers(0, len(classes), 1500)].reset_index(drop=True)
        came = rng.random(len(cells)) < cells["truth"]
        tried = cells.assign(
            account_id=[f"{n}" for n in range(len(cells))],
            item="A",
            open_amount=1.0,
            gained=np.where(came, 1.0, 0.0),
            pair=0,
        )
        table = grow.conversion(tried).table.merge(classes, on=CLASS)
        inside.append(table["truth"].between(table["conversion_low"], table["conversion_high"]))
    hits = pd.concat(inside)
    return [_row("rate inside", "simulated classes", _INTERVAL, hits.mean(), len(hits))]


if __name__ == "__main__":
    print(pd.DataFrame(rows(sys.argv[1] if len(sys.argv) > 1 else "full")).to_string(index=False))
