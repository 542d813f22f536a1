"""The health of each account: one number from 0 to 100 whose parts and weights are all visible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable, ParameterError, nearest
from kamkit.language import N_, joined, ngettext, number, parts_of_all
from kamkit.language import gettext as _
from kamkit.output.finding import Finding
from kamkit.schema import name_of, takes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PARTS: dict[str, tuple[str, float]] = {
    "rhythm": (N_("buys in its rhythm"), 20.0),
    "recent": (N_("bought lately"), 23.0),
    "often": (N_("buys in most months"), 27.0),
    "growth": (N_("grows"), 5.0),
    "profit": (N_("pays for itself"), 10.0),
    "coverage": (N_("we know who decides"), 5.0),
    "dependence": (N_("does not depend on one person"), 5.0),
    "service": (N_("little goes wrong"), 0.0),
    "freshness": (N_("met lately"), 5.0),
}
"""The parts of health with what 100 means and the usual weight.

The weights of what the ledger tells are half way between equal ones and those that foresaw best who
left in Online Retail II; ``tools.calibration.health`` checks them on other ledgers. Credit notes
foresaw nothing in any of them, so service weighs nothing unless it is given a weight. Growth
foresaw little and weighs half; a real fall holds an account below ``STRONG`` instead. No ledger can
check the parts about people.
"""

_POOR = {
    "rhythm": N_("late against its rhythm"),
    "recent": N_("has not bought for long"),
    "often": N_("buys in few months"),
    "growth": N_("shrinks"),
    "profit": N_("earns little or nothing"),
    "coverage": N_("nobody known who decides"),
    "dependence": N_("depends on one person"),
    "service": N_("much goes wrong"),
    "freshness": N_("not met for long"),
}
"""The parts of health with what few points mean."""

RHYTHM = {
    "on_time": 100.0,
    "in_season": 100.0,
    "off_season": 100.0,
    "due": 75.0,
    "one_order": 50.0,
    "late": 20.0,
    "season_missed": 10.0,
    "lost": 0.0,
}
"""Points for the state of the rhythm; where there are too few orders to tell, it is unknown."""

SCALES = {
    "growth": (-0.30, 0.30),
    "profit": (0.0, 0.25),
    "contribution": (0.0, 0.40),
    "credits": (0.10, 0.0),
    "recent": (365.0, 0.0),
}
"""The values that 0 and 100 points stand for; straight lines between, the same for all."""

WEAK, STRONG = 40.0, 70.0
"""The lines of poor and good health."""

LEFT_OF_IT = 0.4
"""What is left of the points of an account that is late or leaves no profit: below ``WEAK``."""

FELL, FALLEN = -0.245, 69.0
"""From such a fall of sales on (a quarter, rounded) no account has good health: at most this."""

FEW = 10
"""The accounts of poor and of good health that a check needs, of either."""

_LATE = RHYTHM["late"]
_SEASONAL = ("in_season", "off_season", "season_missed")
_MOVED, _THIN = 10.0, 0.5
_FALL = (FELL - SCALES["growth"][0]) / (SCALES["growth"][1] - SCALES["growth"][0]) * 100


@takes(
    accounts="account_id",
    contacts=(
        "account_id people deciders roles departments our_people top_share ours_share stale_share"
    ),
    ratings="account_id criterion score",
    before="account_id",
)
def health(
    accounts: pd.DataFrame,
    *,
    contacts: pd.DataFrame | None = None,
    ratings: pd.DataFrame | None = None,
    weights: Mapping[str, float] | None = None,
    before: pd.DataFrame | None = None,
    check: Finding | None = None,
) -> Finding:
    """Give each account its health, 0 to 100, with the parts it is made of and the reasons.

    Health is the weighted mean of the parts. Nothing outvotes silence and loss: an account that is
    late or lost by its own rhythm, or that leaves no profit, keeps two fifths of its points. One
    that bought for a quarter less than before, or for less still, has no good health: 69 at most.

    Parameters
    ----------
    accounts : DataFrame
        Account facts with value: what is there of ``rhythm_state``, ``days_since`` the last order,
        ``active_months`` with ``first_date`` and ``last_date``, ``change`` with
        ``revenue_before``, ``profit_year`` with ``revenue_year`` (else ``profit_ratio``, else
        ``contribution_ratio``) and ``credit_share``.
        Accounts that buy in one season only are judged by their rhythm alone, not by how lately
        or how often they bought.
    contacts : DataFrame, optional
        The table of ``relate.contacts``.
    ratings : DataFrame, optional
        The table ratings of a case; delivery, service and quality count.
    weights : mapping of str to float, optional
        Points for ``PARTS`` in place of the usual; a part that is not named weighs nothing.
    before : DataFrame, optional
        The accounts as they were earlier, facts with value: the trend compares what is known of
        both.
    check : Finding, optional
        What ``relate.health_check`` found: the sentence tells it, or the caveat that health does
        not tell the accounts apart.

    Returns
    -------
    Finding
        One row per account, in their order: ``account_id``, ``account_name``, ``health``, one
        column ``part_…`` for each part (0 to 100, empty where it is unknown), ``weight_known``
        (share of the weights that is known; the rest is shared out among them),
        ``health_before``, ``health_change`` (with the earlier values of what the ledger dates:
        rhythm, lately, often, growth and profit; the other parts as they are now), ``weakest`` (the
        part that costs most points, of equals the first of ``PARTS``) and ``because``. Health is
        empty where nothing is known.

    Raises
    ------
    MissingTable
        Where nothing is known of any account.
    ParameterError
        For a part that does not exist, weights below zero or all zero, or a table without
        ``account_id``.

    Examples
    --------
    >>> one = pd.DataFrame({"account_id": ["a"], "rhythm_state": ["late"], "credit_share": [0.0]})
    >>> found = health(one, weights={"rhythm": 3, "service": 1}).table
    >>> float(found["health"][0]), found["weakest"][0]  # two fifths of (3 * 20 + 100) / 4
    (16.0, 'rhythm')
    """
    used = _weights(weights)
    parts = _points(accounts, contacts, ratings)[list(used.index)]
    table = pd.DataFrame({"account_id": accounts["account_id"].to_numpy()})
    names = accounts["account_name"] if "account_name" in accounts else accounts["account_id"]
    table["account_name"] = names.to_numpy()
    table["health"] = _total(parts, used)
    for name in parts:
        table[f"part_{name}"] = parts[name]
    known = parts.notna().mul(used, axis=1).sum(axis=1)
    table["weight_known"] = known / used.sum()
    _with_trend(table, accounts, parts, before, used)
    lost = (100.0 - parts).mul(used, axis=1).round(6)
    lost = lost.where(_held_down(parts) | ~_held_down(parts).any(axis=1).to_numpy()[:, None])
    bound = _fell(parts) & (table["health"] == FALLEN).to_numpy()
    lost = lost.mask(bound.to_numpy()[:, None] & (lost.columns != "growth"))
    most = lost.fillna(0.0).to_numpy()
    first = lost.columns.to_numpy()[most.argmax(axis=1)]
    table["weakest"] = np.where(most.max(axis=1) > 0, first, "").astype(str)
    table["because"] = [_because(points) for points in parts.to_dict("records")]
    if table["health"].isna().all():
        raise MissingTable(
            _("Nothing is known that the health of an account could be told from."),
            found=", ".join(map(str, accounts)),
            wanted=_("a ledger of several orders for each account"),
            remedy=_("Use a ledger of at least a year."),
        )
    text, caveats = _text(table), _caveats(table, used)
    if check is not None and told_apart(check.table):
        text, caveats = joined(" ", [text, check.text]), (*caveats, *check.caveats)
    elif check is not None:
        caveats = (*caveats, check.text, *check.caveats)
    return Finding("health", table, text, caveats)


def given_health_weights(texts: Sequence[str]) -> dict[str, float]:
    """Read weights such as ``growth=30``; empty where none are given.

    Parameters
    ----------
    texts : sequence of str
        One text for each part, a decimal comma is read too.

    Raises
    ------
    ParameterError
        For what is no weight, and for a part that health does not have.

    Examples
    --------
    >>> given_health_weights(["growth=30", "rhythm=10"])
    {'growth': 30.0, 'rhythm': 10.0}
    """
    weights_found: dict[str, float] = {}
    for text in texts:
        name, _x, value = text.partition("=")
        try:
            weights_found[name.strip()] = float(value.replace(",", "."))
        except ValueError:
            raise ParameterError(
                _("“{text}” is not a weight.", text=text),
                wanted=_("part=points, such as growth=30"),
                remedy=", ".join(PARTS),
            ) from None
    _weights(weights_found)
    return weights_found


def _weights(given: Mapping[str, float] | None) -> pd.Series[float]:
    usual = {name: points for name, (_x, points) in PARTS.items() if points}
    if not given:
        return pd.Series(usual, dtype="float64")
    for name, points in given.items():
        if name not in PARTS:
            near = nearest(name, PARTS)
            raise ParameterError(
                _("Health has no part “{name}”.", name=name),
                wanted=", ".join(PARTS),
                remedy=_("Did you mean “{near}”?", near=near) if near else "",
            )
        if not (points >= 0 and np.isfinite(points)):
            raise ParameterError(
                _("A weight is a number from zero."),
                found=f"{name}={points}",
                remedy=_("Give 0 to leave the part out."),
            )
    kept = {name: float(given[name]) for name in PARTS if given.get(name, 0) > 0}
    if not kept:
        raise ParameterError(
            _("All weights of health are zero."),
            found=", ".join(f"{name}={points:g}" for name, points in given.items()),
            wanted=_("at least one above zero"),
            remedy=", ".join(PARTS),
        )
    return pd.Series(kept, dtype="float64")


def _points(
    accounts: pd.DataFrame, contacts: pd.DataFrame | None, ratings: pd.DataFrame | None
) -> pd.DataFrame:
    """Return the points of every part: one row per account, all parts of ``PARTS``."""
    index = accounts.index
    table = pd.DataFrame(np.nan, index=index, columns=list(PARTS))
    if "rhythm_state" in accounts:
        table["rhythm"] = accounts["rhythm_state"].map(RHYTHM).astype("float64")
    if "days_since" in accounts:
        table["recent"] = _on(accounts["days_since"], "recent")
    if {"active_months", "first_date", "last_date"} <= set(accounts):
        table["often"] = _often(accounts)
    if "rhythm_state" in accounts:
        table.loc[accounts["rhythm_state"].isin(_SEASONAL), ["recent", "often"]] = np.nan
    if "change" in accounts and "revenue_before" in accounts:
        table["growth"] = _growth(accounts)
    table["profit"] = _profit(accounts)
    if "credit_share" in accounts:
        table["service"] = _on(accounts["credit_share"], "credits")
    judged = _service_rating(accounts, ratings)
    table["service"] = pd.concat([table["service"], judged], axis=1).mean(axis=1)
    if contacts is not None and len(contacts):
        known = contacts.drop_duplicates("account_id").set_index("account_id")
        known = known.reindex(accounts["account_id"]).set_axis(index)
        wide = known["roles"].clip(upper=3) * 10 + known["departments"].clip(upper=3) * 10
        table["coverage"] = 40.0 * (known["deciders"] > 0) + wide
        hangs = (known["top_share"] + known["ours_share"]) / 2
        some = known["people"] > 0
        table["dependence"] = (100 * (1 - hangs)).where(some & (known["our_people"] > 0))
        table["freshness"] = (100 * (1 - known["stale_share"])).where(some)
        table.loc[known["people"].isna(), "coverage"] = np.nan
    return table.round(6)


def _often(accounts: pd.DataFrame) -> pd.Series[float]:
    """Return the share of months with a purchase since the first, of a year or the ledger at least.

    Of a new account the months before its first purchase count too, up to a year.
    """
    first, last = (pd.to_datetime(accounts[name]) for name in ("first_date", "last_date"))
    number_of = first.dt.year * 12 + first.dt.month
    end = int((last.dt.year * 12 + last.dt.month).max())
    months = (end - number_of + 1).clip(lower=min(12, end - int(number_of.min()) + 1))
    return (accounts["active_months"] / months * 100).clip(0, 100)


def _growth(accounts: pd.DataFrame) -> pd.Series[float]:
    before = accounts["revenue_before"].astype("float64")
    ratio = accounts["change"].astype("float64") / before.where(before > 0)
    new = (before <= 0) & (accounts["change"] > 0)
    return _on(ratio.mask(new, 1.0), "growth")


def _profit(accounts: pd.DataFrame) -> pd.Series[float]:
    """Return the points of what an account leaves, by its last year where that is known."""
    if {"profit_year", "revenue_year"} <= set(accounts) and accounts["profit_year"].notna().any():
        bought = accounts["revenue_year"].astype("float64")
        return _on(accounts["profit_year"] / bought.where(bought > 0), "profit")
    for column, scale in (("profit_ratio", "profit"), ("contribution_ratio", "contribution")):
        if column in accounts and accounts[column].notna().any():
            return _on(accounts[column], scale)
    return pd.Series(np.nan, index=accounts.index)


def _on(values: pd.Series[float], scale: str) -> pd.Series[float]:
    none, full = SCALES[scale]
    return ((values.astype("float64") - none) / (full - none) * 100).clip(0, 100)


def _service_rating(accounts: pd.DataFrame, ratings: pd.DataFrame | None) -> pd.Series[float]:
    if ratings is None:
        return pd.Series(np.nan, index=accounts.index)
    rated = ratings[ratings["criterion"].str.casefold().isin(_SERVICE)]
    mean = rated.groupby("account_id")["score"].mean()
    return (accounts["account_id"].map(mean).astype("float64") - 1) * 25


_SERVICE = ("delivery", "service", "quality", "levering", "kvalitet")


_DATED = ("rhythm", "recent", "often", "growth", "profit")


def _total(parts: pd.DataFrame, weights: pd.Series[float]) -> pd.Series[float]:
    known = parts.notna().mul(weights, axis=1).sum(axis=1)
    mean = parts.mul(weights, axis=1).sum(axis=1) / known.where(known > 0)
    mean = mean.where(~_held_down(parts).any(axis=1), LEFT_OF_IT * mean)
    return mean.where(~_fell(parts), mean.clip(upper=FALLEN)).round(6)


def _fell(parts: pd.DataFrame) -> pd.Series[bool]:
    """Return which accounts bought for a quarter less, where growth counts at all."""
    return parts.get("growth", pd.Series(np.nan, index=parts.index)) <= _FALL + 1e-6


def _held_down(parts: pd.DataFrame) -> pd.DataFrame:
    """Return which parts hold an account down whatever the others are: silence and loss."""
    down = pd.DataFrame(False, index=parts.index, columns=parts.columns)
    for name, line in (("rhythm", _LATE), ("profit", 0.0)):
        if name in parts:
            down[name] = parts[name] <= line
    return down


def _with_trend(
    table: pd.DataFrame,
    accounts: pd.DataFrame,
    parts: pd.DataFrame,
    before: pd.DataFrame | None,
    weights: pd.Series[float],
) -> None:
    """Add what health was with the earlier values of the parts that are known at both times."""
    table["health_before"] = np.nan
    table["health_change"] = np.nan
    if before is None:
        return
    then = before.drop_duplicates("account_id").set_index("account_id")
    then = then.reindex(accounts["account_id"]).reset_index().set_axis(accounts.index)
    old = _points(then, None, None)
    moving = [name for name in _DATED if name in parts]
    both = old[moving].notna() & parts[moving].notna()
    earlier = parts.copy()
    earlier[moving] = parts[moving].mask(both, old[moving])
    was = _total(earlier, weights).where(both.any(axis=1))
    table["health_before"] = was.to_numpy()
    table["health_change"] = (_total(parts, weights) - was).to_numpy()


def _because(points: Mapping[Any, float]) -> str:
    poor = sorted((name for name in points if points[name] < WEAK), key=points.__getitem__)
    weak = [_(_POOR[name]) for name in poor[:3]]
    good = [_(PARTS[name][0]) for name, value in points.items() if value >= 80][:2]
    sentences = []
    if weak:
        sentences.append(_("weak: {parts}", parts=", ".join(weak)))
    if good:
        sentences.append(_("strong: {parts}", parts=", ".join(good)))
    return "; ".join(sentences)


def _text(table: pd.DataFrame) -> str:
    known = table[table["health"].notna()]
    weak = known[known["health"] < WEAK]
    parts = [
        ngettext(
            "Health of the only account: {middle} of 100.",
            "Median health of {n} accounts: {middle} of 100.",
            len(known),
            middle=number(float(known["health"].median())),
        )
    ]
    if len(weak):
        first = weak.sort_values(["health", "account_id"]).iloc[0]
        parts.append(
            ngettext(
                "{n} is below {line}: {name} with {value}.",
                "{n} are below {line}, the lowest {name} with {value}.",
                len(weak),
                line=number(WEAK),
                name=name_of(first),
                value=number(first["health"]),
            )
        )
    fell = known[known["health_change"] <= -_MOVED]
    if len(fell):
        worst = fell.sort_values(["health_change", "account_id"]).iloc[0]
        parts.append(
            ngettext(
                "{n} fell by {points} points or more: {name}.",
                "{n} fell by {points} points or more, most of all {name}.",
                len(fell),
                points=number(_MOVED),
                name=name_of(worst),
            )
        )
    return joined(" ", parts)


def _caveats(table: pd.DataFrame, weights: pd.Series[float]) -> tuple[str, ...]:
    shares = joined(
        "; ",
        [
            _("{part} {share}", part=_(PARTS[str(name)][0]), share=share)
            for name, share in zip(weights.index, parts_of_all(weights.tolist(), 0), strict=True)
        ],
    )
    caveats = [_("Weights: {shares}.", shares=shares)]
    thin = int((table["weight_known"] < _THIN).sum())
    if thin:
        caveats.append(
            ngettext(
                "Of {n} account less than half of the weights is known.",
                "Of {n} accounts less than half of the weights is known.",
                thin,
            )
        )
    return tuple(caveats)


def ledger_health(
    accounts: pd.DataFrame, weights: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Return health by the parts that a ledger dates, without contacts and ratings.

    One row per account, by number: ``health``, and ``health_but_loss``, which it would be if a
    loss held nothing down.

    Examples
    --------
    >>> one = pd.DataFrame({"account_id": ["a"], "rhythm_state": ["due"], "days_since": [73]})
    >>> ledger_health(one)["health"].round(1).tolist()  # of 75 and, for a fifth of a year, 80
    [77.7]
    """
    used = _weights(weights)
    dated = [name for name in used.index if name in (*_DATED, "service")]
    parts = _points(accounts, None, None)[dated]
    # a profit that is hardly there weighs as none and holds nothing down
    spared = parts.assign(profit=parts["profit"].clip(lower=1e-6)) if "profit" in dated else parts
    columns = {"health": _total(parts, used[dated]), "health_but_loss": _total(spared, used[dated])}
    table = pd.DataFrame(columns).set_index(accounts["account_id"])
    return table[~table.index.duplicated()]


def told_apart(table: pd.DataFrame) -> bool:
    """Tell whether more were lost of poor health than of good, by two standard errors.

    ``table`` is that of ``health_check``; with fewer than ten of either nothing is shown.

    Examples
    --------
    >>> found = pd.DataFrame({"health_band": ["weak", "strong"], "accounts": [50, 50],
    ...     "lost_accounts": [20, 10]})
    >>> told_apart(found), told_apart(found.assign(lost_accounts=[20, 12]))  # error 0.09
    (True, False)
    """
    rows = table.set_index("health_band").loc[["weak", "strong"]]
    n = rows["accounts"].to_numpy(float)
    if (n < FEW).any():
        return False
    share = rows["lost_accounts"].to_numpy(float) / n
    error = np.sqrt((share * (1 - share) / n).sum())
    return bool(share[0] - share[1] > 2 * error)
