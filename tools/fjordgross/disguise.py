"""Another practice company with the same truths: other numbers, names, people and amounts.

``generate`` draws by the seed what is drawn, but the accounts with a part to play keep their
numbers and names, so that the truths can be tested. Learners with different seeds must not be able
to share an answer: here those get others too, and all amounts another size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from . import truths, words
from .accounts import stream

_ERAS = (100, 4000, 4900)
"""Numbers of customers from before 2023, of those since, and the end of these."""
_CHAIN_TAILS = ("kjeden", "gruppen", "handel", "partner", "samkjøp", "senteret")
_FACTORS = (0.7, 0.75, 0.8, 0.85, 0.9, 1.1, 1.15, 1.2, 1.25, 1.3, 1.35, 1.4)
_MONEY = {
    "sales": ("list_amount", "amount", "cost"),
    "activities": ("cost_per_unit",),
    "rates": ("cost_per_unit", "cost_per_minute"),
    "wallet": ("spend",),
    "prospects": ("estimated_spend",),
    "services": ("cost", "cost_per_hour"),
}
_SELLER = re.compile(r"\bS(\d\d)\b")


class Disguise:
    """What everything is called in the practice company of one seed."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], seed: int) -> None:
        self._rng = stream(seed, "disguise")
        accounts = tables["accounts"]
        self.numbers = self._numbers(list(accounts["account_id"]))
        self.numbers |= self._chains(sorted(accounts["parent_id"].dropna().unique()))
        self.chain_names = self._chain_names()
        self.names = self._names(list(accounts["name"]))
        order = self._rng.permutation(12) + 1
        self.sellers = {f"S{n:02d}": f"S{order[n - 1]:02d}" for n in range(1, 13)}
        self.factor = float(self._rng.choice(_FACTORS))

    def _numbers(self, known: list[str]) -> dict[str, str]:
        """Return other numbers in the same order: old customers still have the low ones."""
        taken = {int(account.account_id) for account in truths.PLANTED}
        found: dict[str, str] = {}
        for first, last in pairwise(_ERAS):
            own = sorted(n for n in known if first <= int(n) < last)
            free = [n for n in range(first, last) if n not in taken and n % 10]
            drawn = np.sort(self._rng.choice(free, len(own), replace=False))
            found |= {old: f"{new:06d}" for old, new in zip(own, drawn, strict=True)}
        return found

    def _chains(self, known: list[str]) -> dict[str, str]:
        drawn = self._rng.choice(np.arange(10, 100), len(known), replace=False)
        return {old: f"K{new}" for old, new in zip(known, drawn, strict=True)}

    def _chain_names(self) -> dict[str, str]:
        old = [truths.CHAIN_NAME, *(name for name, _segment, _members in words.CHAINS.values())]
        heads = self._rng.choice(words.NAME_HEADS, len(old), replace=False)
        tails = self._rng.choice(_CHAIN_TAILS, len(old))
        return {o: f"{h}{t}" for o, h, t in zip(old, heads, tails, strict=True)}

    def _names(self, known: list[str]) -> dict[str, str]:
        taken, found = set(known), {}
        places = [h + t for h in words.NAME_HEADS for t in words.NAME_TAILS]
        self._rng.shuffle(places)
        free = iter(places)
        for account in truths.PLANTED:
            ending = account.name.partition(" ")[2]
            new = next(p for place in free if (p := f"{place} {ending}") not in taken)
            taken.add(new)
            found[account.name] = new
        return found

    def text(self, value: Any) -> Any:
        """Return a number, a name or a text as this company has it; all else as it is."""
        if not isinstance(value, str):
            return value
        if value in self.numbers:
            return self.numbers[value]
        if value in self.names:
            return self.names[value]
        for old, new in self.chain_names.items():
            if value.startswith(f"{old} "):
                return new + value[len(old) :]
        return _SELLER.sub(lambda found: self.sellers.get(found[0], found[0]), value)

    def key(self, value: Any) -> Any:
        """Return the answer key as this company has it."""
        if isinstance(value, dict):
            return {self.text(name): self.key(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self.key(part) for part in value]
        return self.text(value)

    def table(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table as this company has it, sorted as it was."""
        new = table.copy()
        for column in new.select_dtypes(["object", "string"]):
            found = {value: self.text(value) for value in new[column].dropna().unique()}
            new[column] = new[column].map(found).astype(table[column].dtype)
        for column in _MONEY.get(name, ()):
            new[column] = (new[column] * self.factor).round(2)
        if name == "managers":
            new["hours"] += 50 * self._rng.integers(-2, 3, len(new)) + 50
        return new
