"""What rests on ratings that are off by half a point: fields of the matrix, places on the list.

``python -m tools.calibration.ratings`` prints the table in full.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from kamkit import choose, plan

SIZES = {"small": 20, "full": 300}
"""Sets of accounts."""

_ACCOUNTS, _KEY = 60, 15
_OFF = 0.5  # of five points, a standard deviation: what both assume
_LIKED = ("growth potential", "strategic fit", "reference value")
_STRONG = ("price", "delivery", "range")
_CRITERIA = (*_LIKED, *_STRONG)
_SPREAD = 0.5
_DRAWS = 300

Row = dict[str, object]


def rows(size: str = "small", seed: int = 3) -> list[Row]:
    """Return the table of calibration, one row per measure and condition.

    ``measure``, ``condition``, ``nominal``, ``measured`` and ``n``. True ratings spread over the
    scale; those that the matrix and the list see are off by half a point. "Sure of its field" is
    how many of the accounts that are said to be so lie in it by the true ratings, "axis" how often
    the interval of nine in ten holds the true place, "key" how many of the accounts with a share of
    scenarios lie among the first by the true ratings and weights, beside that share (weights are
    as far off as the scenarios take them to be); "place" how often the true place lies between
    the best and the worst twentieth.
    """
    rng = np.random.default_rng(seed)
    fields, axes, lists = [], [], []
    for _set in range(SIZES[size]):
        accounts, true = _made(rng)
        seen = true.assign(score=true["score"] + rng.normal(0, _OFF, len(true)))
        fields.append(_fields(accounts, true, seen))
        axes.append(_axes(accounts, true, seen))
        lists.append(_listed(accounts, true, seen, rng))
    told, inside = pd.concat(lists), pd.concat(axes)
    table = [
        _row("sure of its field", "stretched axes", 0.9, pd.concat(fields)),
        *(_row("axis inside", str(name), 0.9, inside[name]) for name in inside),
        _row("place inside", "list", 0.9, told["inside"]),
    ]
    for low, high in ((0.95, 1.01), (0.75, 0.95), (0.25, 0.75), (0.0, 0.25)):
        own = told[(told["key_share"] >= low) & (told["key_share"] < high)]
        name = f"key share {low:.0%} to {min(high, 1):.0%}"
        table.append(_row("key", name, float(own["key_share"].mean()), own["true"]))
    return table


def _made(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return accounts, and their true ratings."""
    ids = [f"{one:03}" for one in range(_ACCOUNTS)]
    size = np.exp(rng.normal(10, 1, _ACCOUNTS))
    accounts = pd.DataFrame(
        {"account_id": ids, "revenue": size, "profit": size * rng.uniform(0.05, 0.3, _ACCOUNTS)}
    )
    # each account is liked, and each of us strong there, more or less on all counts
    base = rng.uniform(1.5, 4.5, (_ACCOUNTS, 2))
    own = np.repeat(base, 3, axis=1) + rng.normal(0, 0.5, (_ACCOUNTS, len(_CRITERIA)))
    wide = pd.DataFrame(own.clip(1, 5), index=ids, columns=list(_CRITERIA))
    long = wide.rename_axis("account_id").melt(
        ignore_index=False, var_name="criterion", value_name="score"
    )
    return accounts, long.reset_index()


def _placed(accounts: pd.DataFrame, ratings: pd.DataFrame, *, among: bool) -> pd.DataFrame:
    of = accounts["account_id"].tolist()
    # the ends of the scale are known though nobody may have got them
    ends = pd.DataFrame({"account_id": "", "criterion": _CRITERIA[0], "score": [1.0, 5.0]})
    both = pd.concat([ratings.assign(score=ratings["score"].clip(1.0, 5.0)), ends])
    found = plan.matrix(accounts, of=of, ratings=both, among=of if among else None)
    return found.table.set_index("account_id")


def _fields(accounts: pd.DataFrame, true: pd.DataFrame, seen: pd.DataFrame) -> pd.Series[bool]:
    right, told = (_placed(accounts, one, among=True) for one in (true, seen))
    sure = told["cell_sure"].astype(bool)
    return (right["cell"] == told["cell"])[sure]


def _axes(accounts: pd.DataFrame, true: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    right, told = (_placed(accounts, one, among=False) for one in (true, seen))
    return pd.DataFrame(
        {
            name: right[name].between(told[f"{name}_low"], told[f"{name}_high"])
            for name in ("attractiveness", "strength")
        }
    )


def _listed(
    accounts: pd.DataFrame, true: pd.DataFrame, seen: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the share of scenarios in which an account is key, and whether it truly is."""
    criteria = choose.judgement_criteria(seen, names=list(_CRITERIA))
    usual = dict.fromkeys([one.name for one in criteria], 1.0)
    scores = choose.score(accounts, criteria, usual, ratings=seen)
    found = choose.robustness(
        scores, _KEY, draws=_DRAWS, weight_spread=_SPREAD, rating_noise=_OFF
    ).table.set_index("account_id")
    # two of three weights lie within 1 / 1.5 and 1.5 of the usual ones, as the scenarios have it
    moved = np.exp(rng.normal(0, np.log(1 + _SPREAD), len(criteria)))
    weights = {one.name: float(weight) for one, weight in zip(criteria, moved, strict=True)}
    right = choose.score(accounts, criteria, weights, ratings=true).table
    place = right.set_index("account_id")["rank"].astype(float)[found.index]
    return pd.DataFrame(
        {
            "key_share": found["key_share"],
            "true": place <= _KEY,
            "inside": place.between(found["rank_low"], found["rank_high"]),
        }
    )


def _row(measure: str, condition: str, nominal: float, hits: pd.Series[bool]) -> Row:
    return {
        "measure": measure,
        "condition": condition,
        "nominal": nominal,
        "measured": float(hits.mean()),
        "n": len(hits),
    }


if __name__ == "__main__":
    sys.stdout.write(pd.DataFrame(rows("full")).round(4).to_string() + "\n")
