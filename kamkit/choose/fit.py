"""How well each manager fits each account: what speaks against the pair, in points."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import LedgerError, MissingTable, ParameterError, nearest
from kamkit.language import N_, join
from kamkit.language import gettext as _
from kamkit.schema import check

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

POINTS = {"language": 6.0, "region": 4.0, "relationship": 6.0, "industry": 2.0, "unlisted": 6.0}
"""What speaks against a pair: no common language, another region, a relationship that is torn up
(for one that is rated: twice the rating, 1 to 5; the less, the more of the people there the manager
knows already; the more, the more the account brings), a line of business that the manager does not
know, somebody who has the account today and is in no table of managers. A convention, to be
replaced by what matters in the firm."""

_KEPT = {
    "language": N_("speaks its language"),
    "region": N_("covers its region"),
    "relationship": N_("keeps the relationship"),
    "industry": N_("knows its line of business"),
}
_BROKEN = {
    "language": N_("does not speak its language"),
    "region": N_("another region"),
    "relationship": N_("takes the account over"),
    "industry": N_("new to its line of business"),
    "unlisted": N_("has it today and is no key account manager"),
}
_LISTED = ("region", "language", "industry")
_MIDDLE = 3.0
_LEAST_WORTH, _MOST_WORTH = 0.5, 4.0


@dataclass(frozen=True)
class Fit:
    """Points against each pair: ``parts`` by name, each accounts x managers.

    ``unknown`` names the parts that the tables say nothing about.
    """

    parts: dict[str, Floats]
    unknown: tuple[str, ...]

    @property
    def total(self) -> Floats:
        """All points against each pair."""
        return np.asarray(sum(self.parts.values()), dtype=float)

    def words(self, account: int, manager: int) -> str:
        """Tell what speaks for and against a pair."""
        sentences = []
        for good in (True, False):
            for name, part in self.parts.items():
                if (part[account, manager] == 0) == good and name not in self.unknown:
                    if good and name not in _KEPT:
                        continue
                    sentences.append(_((_KEPT if good else _BROKEN)[name]))
        return ", ".join(sentences)


def managers_table(managers: pd.DataFrame) -> pd.DataFrame:
    """Return the managers, checked: one row per manager, by name.

    Columns: ``manager``, ``hours`` (a year for key accounts; missing means no limit),
    ``accounts_max`` (likewise), ``region``, ``language`` and ``industry`` (lists as text, empty for
    all). Raises ``LedgerError`` for a manager named twice or a limit below zero, ``MissingTable``
    without a manager.

    >>> managers_table(pd.DataFrame({"manager": ["S2", "S1"]}))["manager"].tolist()
    ['S1', 'S2']
    """
    check(managers, ("manager",), what=_("managers"))
    if managers.empty:
        raise MissingTable(
            _("There is no key account manager to give the accounts to."),
            wanted=_("the table managers"),
            remedy=_("Add it as a sheet or file; kamkit template shows its columns."),
        )
    table = managers.copy()
    for name in ("hours", "accounts_max"):
        table[name] = table[name].astype(float) if name in table else np.nan
        below = table[table[name] < 0]
        if len(below):
            raise LedgerError(
                _("A manager has a limit below zero."),
                found=f"{below['manager'].iloc[0]}: {name} {below[name].iloc[0]:g}",
                remedy=_("Mend it in the table managers."),
            )
    twice = table["manager"][table["manager"].duplicated()]
    if len(twice):
        raise LedgerError(
            _("A manager is named twice."),
            found=str(twice.iloc[0]),
            remedy=_("Give each manager one row in the table managers."),
        )
    for name in _LISTED:
        table[name] = table[name].fillna("").astype(str) if name in table else ""
    return table.sort_values("manager", ignore_index=True)


def with_unlisted(managers: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the managers with those who have one of the accounts today and are not among them.

    They may keep what they have: ``accounts_max`` is how many that are, what hours they have is
    not known. ``listed`` tells who was in the table.

    >>> people = managers_table(pd.DataFrame({"manager": ["S1"]}))
    >>> has = pd.DataFrame({"account_id": ["a"], "account_manager": ["S2"]})
    >>> with_unlisted(people, has)[["manager", "accounts_max", "listed"]].values.tolist()
    [['S1', nan, True], ['S2', 1.0, False]]
    """
    table = managers.assign(listed=True)
    if "account_manager" not in accounts:
        return table
    others = accounts[~accounts["account_manager"].isin(["", *managers["manager"]])]
    held = others["account_manager"].value_counts().sort_index()
    if held.empty:
        return table
    more = pd.DataFrame({"manager": held.index, "accounts_max": held.to_numpy(dtype=float)})
    more = more.assign(hours=np.nan, listed=False, **dict.fromkeys(_LISTED, ""))
    return pd.concat([table, more], ignore_index=True)


def managers_from(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the managers that the accounts have today: one row each, with their regions.

    Their hours and limits are not known, so there are none. Raises ``MissingTable`` where no
    account has a manager.

    >>> two = pd.DataFrame({"account_manager": ["Kari", "Ola", "Kari"], "region": ["S", "N", "N"]})
    >>> managers_from(two)[["manager", "region"]].values.tolist()
    [['Kari', 'N; S'], ['Ola', 'N']]
    """
    check(accounts, (), what=_("accounts"))
    if "account_manager" not in accounts or not accounts["account_manager"].notna().any():
        raise MissingTable(
            _("Nobody is named as account manager, so accounts cannot be given out."),
            wanted=_("the table managers, or a column account_manager"),
            remedy=_("Add it as a sheet or file; kamkit template shows its columns."),
        )
    known = accounts.dropna(subset=["account_manager"])
    table = pd.DataFrame({"manager": sorted(known["account_manager"].unique())})
    if "region" in known:
        regions = known.groupby("account_manager")["region"].agg(
            lambda values: "; ".join(sorted(set(values.dropna())))
        )
        table["region"] = table["manager"].map(regions)
    return managers_table(table)


def given_points(points: Sequence[str]) -> dict[str, float]:
    """Return the points against a pair with those that a person gave in place of the usual ones.

    >>> given_points(["region=10"])["region"]
    10.0
    """
    found = dict(POINTS)
    for text in points:
        name, sign, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if name.strip() not in POINTS or not sign or not number >= 0:
            near = nearest(name.strip(), POINTS)
            raise ParameterError(
                _("“{text}” is no weight.", text=text),
                wanted=join([f"{name}={value:g}" for name, value in POINTS.items()]),
                remedy=_("Did you mean “{name}”?", name=near)
                if near and near != name.strip()
                else _("Write it as in the example."),
            )
        found[name.strip()] = number
    return found


def fit(
    accounts: pd.DataFrame, managers: pd.DataFrame, *, points: Mapping[str, float] = POINTS
) -> Fit:
    """Return what speaks against each pair of account and manager.

    ``accounts`` may have ``region``, ``language``, ``industry``, ``account_manager`` (who has it
    today), ``relationship`` (how good it is, 1 to 5), ``ties`` (for each manager who knows
    people there, their share of the influence) and ``yearly_contribution`` (else ``revenue``): a
    relationship weighs by that of the account against the median, from half to four times. What
    neither table knows, or an account leaves empty, speaks against nobody.

    >>> people = pd.DataFrame({"manager": ["S1", "S2"], "region": ["North; East", "West"]})
    >>> account = pd.DataFrame({"account_id": ["a"], "region": ["North"]})
    >>> fit(account, managers_table(people)).total.tolist()
    [[0.0, 4.0]]
    """
    shape = (len(accounts), len(managers))
    parts: dict[str, Floats] = {}
    unknown = []
    for name in ("language", "region", "relationship", "industry"):
        points_of = (
            _torn(accounts, managers, points[name])
            if name == "relationship"
            else _outside(accounts, managers, name, points[name])
        )
        if points_of is None:
            unknown.append(name)
            points_of = np.zeros(shape)
        parts[name] = points_of
    if "listed" in managers:
        outside = np.where(managers["listed"].to_numpy(dtype=bool), 0.0, points["unlisted"])
        parts["unlisted"] = np.broadcast_to(outside, shape)
    return Fit(parts, tuple(unknown))


def _outside(
    accounts: pd.DataFrame, managers: pd.DataFrame, name: str, points: float
) -> Floats | None:
    if name not in accounts or not accounts[name].notna().any():
        return None
    covered = [_items(text) for text in managers[name]]
    if not any(covered):
        return None
    own = [value.strip().casefold() if isinstance(value, str) else "" for value in accounts[name]]
    rows = {
        value: [points if value and items and value not in items else 0.0 for items in covered]
        for value in set(own)
    }
    return np.array([rows[value] for value in own], dtype=float).reshape(len(own), len(covered))


def _torn(accounts: pd.DataFrame, managers: pd.DataFrame, points: float) -> Floats | None:
    if "account_manager" not in accounts or not accounts["account_manager"].notna().any():
        return None
    today = accounts["account_manager"].fillna("").astype(str).to_numpy()
    other = today[:, None] != managers["manager"].astype(str).to_numpy()[None, :]
    other &= (today != "")[:, None]
    rated = accounts.get("relationship", pd.Series(_MIDDLE, index=accounts.index))
    strength = rated.astype(float).fillna(_MIDDLE).to_numpy() / _MIDDLE
    strange = np.ones(other.shape)
    if "ties" in accounts:
        for row, known in enumerate(accounts["ties"]):
            strange[row] -= [known.get(name, 0.0) for name in managers["manager"]]
    lost = (points * strength * _worth(accounts))[:, None] * strange
    # whole points keep the proof that no assignment fits better short
    return np.asarray(other * np.maximum(np.rint(lost), 1.0))


def _worth(accounts: pd.DataFrame) -> Floats:
    """Return how much a relationship weighs by what the account brings, 1 for the median account.

    >>> _worth(pd.DataFrame({"revenue": [10.0, 30.0, 75.0, 999.0, 0.0]})).tolist()
    [0.5, 1.0, 2.5, 4.0, 0.5]
    """
    by = next((name for name in ("yearly_contribution", "revenue") if name in accounts), "")
    if not by:
        return np.ones(len(accounts))
    value = accounts[by].astype(float).fillna(0.0).clip(lower=0.0).to_numpy()
    usual = float(np.median(value)) if len(value) else 0.0
    return np.clip(value / usual, _LEAST_WORTH, _MOST_WORTH) if usual > 0 else np.ones(len(value))


def _items(text: str) -> set[str]:
    return {part.strip().casefold() for part in re.split("[;,]", text) if part.strip()}
