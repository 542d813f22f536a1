"""What changes underway: groups taken up and given up, new terms, an invoice that was wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import truths, words
from .accounts import DAYS, FIRST_DAY, USUAL_SALES, Floats, Ints, stream

_TAKEN_UP = 0.13
_GIVEN_UP = 0.08
_GREW, _FELL = 0.06, 0.86  # as much in all, what is taken up counted
_YEARS = np.array([365, 731])
"""The first days of 2024 and 2025."""
MEASURES = ["quantity", "list_amount", "amount", "cost"]


def day_of(date: str) -> int:
    """Return the place of a day in the calendar of the company.

    >>> day_of("2023-01-02")
    1
    """
    return int((np.datetime64(date) - FIRST_DAY).astype(np.int64))


def volume(accounts: pd.DataFrame, account: Ints, group: Ints, day: Ints, *, seed: int) -> Floats:
    """Return how much of each line is bought against what was usual: 0 is nothing.

    Ordinary accounts take some product groups up in 2024 and 2025, buy more or less of others than
    the year before, and the smaller ones give some up, half of them for a year; as often in the one
    year as in the other. Those with a part to play do as it says.
    """
    rng = stream(seed, "changes")
    factor = _ordinary(accounts, account, group, day, rng)
    groups = list(words.CATEGORIES)
    number = accounts["account_id"].to_numpy()[account]
    for shift in truths.SHIFTS:
        rows = (number == shift.account_id) & _between(day, shift.first, shift.last)
        if shift.group:
            rows &= group == groups.index(shift.group)
        often = rng.random(len(day)) < shift.factor
        factor[rows] *= often[rows] if shift.group else shift.factor
    for terms in truths.NEW_TERMS:
        factor[(number == terms.account_id) & (day >= day_of(terms.first))] *= terms.volume
    return factor


def _between(day: Ints, first: str, last: str) -> np.ndarray:
    return np.asarray((day >= day_of(first)) & (day <= day_of(last)))


def _ordinary(
    accounts: pd.DataFrame, account: Ints, group: Ints, day: Ints, rng: np.random.Generator
) -> Floats:
    shape = len(accounts), len(words.CATEGORIES)
    names = list(words.CATEGORIES)
    free = np.ones(shape, dtype=bool) & ~accounts["planted"].to_numpy()[:, None]
    free[:, [names.index(truths.LEADER), names.index(truths.FOLLOWER)]] = False
    small = (accounts["sales"].to_numpy() < 3 * USUAL_SALES)[:, None]
    draw, when = rng.random(shape), rng.random(shape)
    year = np.where(rng.random(shape) < 0.5, _YEARS[0], _YEARS[1])
    start = np.where(free & (draw < _TAKEN_UP), year + 120 * when, 0)
    stop = np.where(free & small & (draw > 1 - _GIVEN_UP), year - 60 + 120 * when, DAYS)
    back = np.where(rng.random(shape) < 0.5, stop + 380, DAYS)
    level = np.ones((3, *shape))
    for number in (1, 2):
        grew = np.where(rng.random(shape) < _GREW, 2.5, _FELL)
        level[number] = level[number - 1] * np.exp(0.2 * rng.standard_normal(shape)) * grew
    place = account, group
    there = (day >= start[place]) & ((day < stop[place]) | (day >= back[place]))
    own = level[np.searchsorted(_YEARS, day, side="right"), account, group]
    return np.where(there, np.where(free[place], own, 1.0), 0.0)


def discounts(accounts: pd.DataFrame, account: Ints, day: Ints) -> Ints:
    """Return the general discount of each line, in per mille, with the terms of its day."""
    found = accounts["discount"].to_numpy()[account]
    number = accounts["account_id"].to_numpy()[account]
    for terms in truths.NEW_TERMS:
        found[(number == terms.account_id) & (day >= day_of(terms.first))] = terms.discount
    return found


def correction(lines: pd.DataFrame, accounts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the lines with one invoice wrong and sent again, and the lines of its credit note."""
    first, factor, later = truths.CORRECTION
    own = accounts["account_id"].to_numpy()[lines["account"]] == truths.CORRECTED
    invoice = lines.loc[own & (lines["day"] >= day_of(first)), "invoice"].min()
    rows = lines["invoice"].eq(invoice)
    right = lines[rows].assign(
        invoice=lines["invoice"].max() + 1, day=lambda table: table["day"] + later
    )
    wrong = lines.copy()
    wrong.loc[rows, MEASURES] *= factor
    return pd.concat([wrong, right], ignore_index=True), wrong[rows].assign(day=right["day"])
