"""What changes underway: groups taken up and given up, new terms, an invoice that was wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tools.fjordgross import truths, words
from tools.fjordgross.accounts import DAYS, FIRST_DAY, USUAL_SALES, Floats, Ints, stream

_TAKEN_UP = 0.09
_GIVEN_UP = 0.05
_GREW = 0.06
_LATE = 731
"""The first day of 2025."""
MEASURES = ["quantity", "list_amount", "amount", "cost"]


def day_of(date: str) -> int:
    """Return the place of a day in the calendar of the company.

    >>> day_of("2023-01-02")
    1
    """
    return int((np.datetime64(date) - FIRST_DAY).astype(np.int64))


def volume(accounts: pd.DataFrame, account: Ints, group: Ints, day: Ints, *, seed: int) -> Floats:
    """Return how much of each line is bought against what was usual: 0 is nothing.

    Ordinary accounts take some product groups up in 2025, buy more or less of others, and the
    smaller ones give some up, half of them for a year; those with a part to play do as it says.
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
    taken_up = free & (draw < _TAKEN_UP)
    given_up = free & small & (draw > 1 - _GIVEN_UP)
    start = np.where(taken_up, _LATE + 120 * when, 0)
    stop = np.where(given_up, 240 + 250 * when, DAYS)
    back = np.where(rng.random(shape) < 0.5, np.maximum(stop + 380, _LATE + 20), DAYS)
    back = np.where(given_up, back, 0)
    later = np.exp(0.25 * rng.standard_normal(shape)) * np.where(rng.random(shape) < _GREW, 2.5, 1)
    place = account, group
    there = (day >= start[place]) & ((day < stop[place]) | (day >= back[place]))
    return np.where(there, np.where(free[place] & (day >= _LATE), later[place], 1.0), 0.0)


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
