"""Who takes which account: an exact assignment of accounts to key account managers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.choose.fit import POINTS, Fit, fit, managers_table, with_unlisted
from kamkit.choose.limits import no_fit, refuse_impossible
from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import join, joined, ngettext, number, percent
from kamkit.output.finding import Finding
from kamkit.schema import check, name_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flows = NDArray[np.int64]

_NODES = 3_000
_BALANCE_NODES = 500
"""How far the search goes, in nodes and not in seconds: every machine finds the same."""
_FORBIDDEN = 1e6


@dataclass(frozen=True, repr=False)
class Assignment(Finding):
    """The finding of ``assign``.

    ``load`` has one row per manager; ``points`` is what speaks against all pairs; ``proven`` tells
    whether fewer are impossible, else ``gap`` is the share by which they may be fewer.
    """

    load: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    points: float = 0.0
    proven: bool = True
    gap: float = 0.0


@dataclass(frozen=True)
class _Problem:
    """Accounts that are alike (same points, same hours) as one class; managers with limits."""

    cost: Floats
    hours: Floats
    size: Flows
    member: Flows
    hours_max: Floats
    places: Floats


def assign(
    accounts: pd.DataFrame,
    managers: pd.DataFrame,
    *,
    points: Mapping[str, float] = POINTS,
    require: Sequence[str] = (),
) -> Assignment:
    """Give every account to one manager so that as little as possible speaks against it.

    ``accounts`` has one row per account with ``hours`` (a year) and what ``fit`` looks at;
    ``managers`` is the case's table. Hours and number of accounts of a manager are limits; the
    names in ``require`` (``language``, ``region``, ``industry``) must fit. Who has an account today
    and is not in the table may keep that account, against points (``unlisted``). Of all assignments
    with the fewest points against them, one that spreads the load is taken. Solved exactly by HiGHS
    (Huangfu & Hall 2018) as an integer programme.

    The table has one row per account, as given: ``account_id``, ``account_name``, ``hours``,
    ``manager``, ``account_manager`` (today), ``handover``, ``stranger`` (handed over to somebody
    who knows nobody there, where ``ties`` are known), ``points`` and ``manager_reason``.
    ``load`` has ``manager``, ``accounts``, ``kept``, ``taken_over``, ``hours``, ``hours_max``,
    ``load`` (hours of the limit) and ``accounts_max``.

    Raises ``CapacityError``, which names the limit and by how much it is exceeded;
    ``MissingTable`` without managers or accounts.

    >>> two = pd.DataFrame({"account_id": ["a", "b"], "hours": [10.0, 10.0],
    ...     "account_manager": ["S1", "S1"]})
    >>> people = pd.DataFrame({"manager": ["S1", "S2"], "hours": [10, 10]})
    >>> sorted(assign(two, people).table["manager"])
    ['S1', 'S2']
    """
    check(accounts, ("account_id", "hours"), what=_("accounts"), each="account_id")
    people = with_unlisted(managers_table(managers), accounts)
    if accounts.empty:
        raise MissingTable(
            _("There is no key account to give to a manager."),
            wanted=_("one key account or more"),
            remedy=_("Choose key accounts first."),
        )
    given = accounts.reset_index(drop=True)
    fitted = fit(given, people, points={**POINTS, **points})
    allowed = _may_have(given, people)
    for name in require:
        allowed &= fitted.parts[name] == 0
    refuse_impossible(given, people, allowed, require)
    problem = _problem(given, people, fitted.total, allowed)
    flow, least, proven, gap = _solve(problem)
    chosen = _dealt(problem, _balanced(problem, flow, least))
    table = _table(given, people, fitted, chosen)
    load = _load(table, people)
    return Assignment(
        "assignment",
        table,
        _text(table, load, proven, gap),
        (*_kept_outside(table, people), *_caveats(fitted, people)),
        load=load,
        points=float(table["points"].sum()),
        proven=proven,
        gap=gap,
    )


def _may_have(accounts: pd.DataFrame, people: pd.DataFrame) -> NDArray[np.bool_]:
    """Return who may have which account: who is in no table only what she has today."""
    shape = (len(accounts), len(people))
    listed = np.broadcast_to(people["listed"].to_numpy(dtype=bool), shape)
    if "account_manager" not in accounts:
        return listed.copy()
    today = accounts["account_manager"].fillna("").to_numpy()[:, None]
    return np.asarray(listed | (today == people["manager"].to_numpy()[None, :]))


def _problem(
    accounts: pd.DataFrame, managers: pd.DataFrame, total: Floats, allowed: NDArray[np.bool_]
) -> _Problem:
    hours = accounts["hours"].astype(float).fillna(0.0).to_numpy()
    rows = np.column_stack([np.where(allowed, total, _FORBIDDEN), hours])
    unique, member, size = np.unique(rows.round(9), axis=0, return_inverse=True, return_counts=True)
    return _Problem(
        cost=unique[:, :-1],
        hours=unique[:, -1],
        size=size,
        member=member.ravel(),
        hours_max=managers["hours"].fillna(np.inf).to_numpy(dtype=float),
        places=managers["accounts_max"].fillna(np.inf).to_numpy(dtype=float),
    )


def _limits(problem: _Problem, extra: int = 0) -> list[Any]:
    """Return the constraints on the flows, class by class and in it manager by manager."""
    from scipy.optimize import LinearConstraint
    from scipy.sparse import csr_array, hstack, identity, kron

    classes, people = problem.cost.shape
    ones = np.ones((1, people))
    each = kron(identity(classes), ones, format="csr")
    time = kron(problem.hours.reshape(1, -1), identity(people), format="csr")
    seats = kron(np.ones((1, classes)), identity(people), format="csr")

    def wide(matrix: Any) -> Any:
        return hstack([matrix, csr_array((matrix.shape[0], extra))]) if extra else matrix

    limits = [LinearConstraint(wide(each), problem.size, problem.size)]
    for used, limit in ((time, problem.hours_max + 1e-9), (seats, problem.places)):
        known = np.isfinite(limit)
        if known.any():
            limits.append(LinearConstraint(wide(used[known]), -np.inf, limit[known]))
    return limits


def _solve(problem: _Problem) -> tuple[Flows, float, bool, float]:
    """Return the flows with the fewest points, their points, and whether that is proven.

    The linear relaxation gives a bound and, for each pair of class and manager, by how much using
    it must exceed that bound (its reduced cost). A pair that would exceed the best assignment
    found cannot be in a better one, so that few pairs are left for the integer programme: first
    those within one point, then as many as the proof needs.
    """
    flat = problem.cost.ravel()
    bound, beyond = _relaxed(problem)
    step = _step(flat)
    width = max(1.0, step)
    while True:
        keep = (beyond <= width + 1e-9) & (flat < _FORBIDDEN)
        flow, proven, gap = _restricted(problem, keep)
        whole = bool(keep.sum() == (flat < _FORBIDDEN).sum())
        if flow is None:
            if whole:
                raise no_fit(
                    problem.cost, problem.hours, problem.size, problem.hours_max, problem.places
                )
            width = np.inf if not proven else width * 4
            continue
        cost = float((flow * problem.cost).sum())
        needed = cost - bound - step
        if whole or not proven or needed <= width + 1e-9:
            return flow, cost, proven, gap if not proven else 0.0
        width = needed


def _relaxed(problem: _Problem) -> tuple[float, Floats]:
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    flat = problem.cost.ravel()
    upper = np.repeat(problem.size, problem.cost.shape[1]).astype(float)
    upper[flat >= _FORBIDDEN] = 0.0
    equal, *others = _limits(problem)
    result = linprog(
        np.where(flat >= _FORBIDDEN, 0.0, flat),
        A_ub=vstack([other.A for other in others]) if others else None,
        b_ub=np.concatenate([np.asarray(other.ub) for other in others]) if others else None,
        A_eq=equal.A,
        b_eq=equal.ub,
        bounds=np.column_stack([np.zeros(flat.size), upper]),
        method="highs",
    )
    if result.x is None:
        raise no_fit(problem.cost, problem.hours, problem.size, problem.hours_max, problem.places)
    return float(result.fun), np.asarray(result.lower.marginals)


def _restricted(problem: _Problem, keep: NDArray[np.bool_]) -> tuple[Flows | None, bool, float]:
    """Solve with some pairs only: the flows (None where there are none), proven, and the gap."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    classes, people = problem.cost.shape
    upper = np.repeat(problem.size, people).astype(float)[keep]
    result = milp(
        problem.cost.ravel()[keep],
        integrality=np.ones(int(keep.sum())),
        bounds=Bounds(0, upper),
        constraints=[
            LinearConstraint(limit.A.tocsc()[:, keep], limit.lb, limit.ub)
            for limit in _limits(problem)
        ],
        options={"mip_rel_gap": 0.0, "node_limit": _NODES},
    )
    if result.x is None:
        return None, result.status == 2, 0.0
    flow = np.zeros(classes * people, dtype=np.int64)
    flow[keep] = np.rint(result.x).astype(np.int64)
    return flow.reshape(classes, people), result.status == 0, float(result.mip_gap or 0.0)


def _step(cost: Floats) -> float:
    """Return what two different sums of points differ by at the least; 0 where it is not known."""
    known = cost[cost < _FORBIDDEN]
    whole = np.rint(known).astype(np.int64)
    if np.abs(known - whole).max(initial=0.0) > 1e-9:
        return 0.0
    return float(np.gcd.reduce(whole)) if whole.any() else 1.0


def _balanced(problem: _Problem, flow: Flows, least: float) -> Flows:
    """Return flows with the same points and the fullest manager as little full as can be found."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, hstack, identity, kron

    classes, people = problem.cost.shape
    room = np.where(
        np.isfinite(problem.hours_max) & (problem.hours_max > 0),
        problem.hours_max,
        max(float(problem.hours @ problem.size), 1.0) / people,
    )
    if people == 1 or problem.cost.size > 20_000:
        return flow
    cost = problem.cost.ravel()
    upper = np.append(np.repeat(problem.size, people).astype(float), np.inf)
    upper[:-1][cost >= _FORBIDDEN] = 0.0
    time = kron(problem.hours.reshape(1, -1), identity(people), format="csr")
    fullest = hstack([time, csr_array(-room.reshape(-1, 1))])
    paid = np.append(np.where(cost >= _FORBIDDEN, 0.0, cost), 0.0).reshape(1, -1)
    result = milp(
        np.append(np.zeros(cost.size), 1.0),
        integrality=np.append(np.ones(cost.size), 0.0),
        bounds=Bounds(0, upper),
        constraints=[
            *_limits(problem, 1),
            LinearConstraint(fullest, -np.inf, 0.0),
            LinearConstraint(paid, -np.inf, least + 1e-6),
        ],
        options={"mip_rel_gap": 0.01, "node_limit": _BALANCE_NODES},
    )
    if result.x is None:
        return flow
    flows: Flows = np.rint(result.x[:-1]).astype(np.int64).reshape(classes, people)
    return flows


def _dealt(problem: _Problem, flow: Flows) -> Flows:
    """Return the manager of each account: within a class in the order of the accounts."""
    chosen = np.empty(len(problem.member), dtype=np.int64)
    for i in range(len(flow)):
        own = np.flatnonzero(problem.member == i)
        chosen[own] = np.repeat(np.arange(flow.shape[1]), flow[i])
    return chosen


def _table(
    accounts: pd.DataFrame, managers: pd.DataFrame, found: Fit, chosen: Flows
) -> pd.DataFrame:
    names = [n for n in ("account_id", "account_name", "hours") if n in accounts]
    table = accounts[names].copy()
    table["manager"] = managers["manager"].to_numpy()[chosen]
    if "account_manager" in accounts:
        table["account_manager"] = accounts["account_manager"]
        table["handover"] = accounts["account_manager"].notna() & (
            accounts["account_manager"] != table["manager"]
        )
    else:
        table["handover"] = False
    if "ties" in accounts:
        knows = [
            ties.get(name, 0.0) > 0
            for ties, name in zip(accounts["ties"], table["manager"], strict=True)
        ]
        table["stranger"] = table["handover"] & ~np.asarray(knows, dtype=bool)
    position = np.arange(len(accounts))
    table["points"] = found.total[position, chosen]
    table["manager_reason"] = [
        found.words(int(i), int(j)) for i, j in zip(position, chosen, strict=True)
    ]
    return table


def _load(table: pd.DataFrame, managers: pd.DataFrame) -> pd.DataFrame:
    groups = table.groupby("manager")
    load = managers[["manager"]].copy()
    counts = load["manager"].map(groups.size()).fillna(0).astype(int)
    taken = load["manager"].map(groups["handover"].sum()).fillna(0).astype(int)
    load["accounts"], load["kept"], load["taken_over"] = counts, counts - taken, taken
    load["hours"] = load["manager"].map(groups["hours"].sum()).fillna(0.0)
    load["hours_max"] = managers["hours"]
    load["load"] = load["hours"] / load["hours_max"].where(load["hours_max"] > 0)
    load["accounts_max"] = managers["accounts_max"]
    return load[managers["listed"].astype(bool) | (counts > 0)].reset_index(drop=True)


def _text(table: pd.DataFrame, load: pd.DataFrame, proven: bool, gap: float) -> str:
    moved = int(table["handover"].sum())
    text = _(
        "{accounts} to {managers}: {kept} their manager, {moved} handed over.",
        accounts=ngettext("{n} account goes", "{n} accounts go", len(table)),
        managers=ngettext("{n} manager", "{n} managers", int((load["accounts"] > 0).sum())),
        kept=ngettext("{n} keeps", "{n} keep", len(table) - moved),
        moved=ngettext("{n} is", "{n} are", moved),
    )
    strange = int(table["stranger"].sum()) if "stranger" in table else 0
    if strange:
        sentence = ngettext(
            "{n} of those handed over goes to somebody who knows nobody there.",
            "{n} of those handed over go to somebody who knows nobody there.",
            strange,
        )
        if strange == moved:
            sentence = ngettext(
                "It goes to somebody who knows nobody there.",
                "All {n} go to somebody who knows nobody there.",
                moved,
            )
        text = joined(" ", [text, sentence])
    full = load[load["load"].notna()].sort_values(["load", "manager"], ascending=[False, True])
    if len(full):
        first = full.iloc[0]
        text = _(
            "{text} The fullest is {manager} with {hours} of {room} hours a year ({share}).",
            text=text,
            manager=first["manager"],
            hours=number(float(first["hours"])),
            room=number(float(first["hours_max"])),
            share=percent(float(first["load"]), 0),
        )
    if proven:
        return _("{text} No assignment fits better.", text=text)
    return _(
        "{text} A better one may exist: up to {share} fewer points.",
        text=text,
        share=percent(gap, 1),
    )


def _kept_outside(table: pd.DataFrame, people: pd.DataFrame) -> list[str]:
    """Name those who keep an account though they are in no table of managers."""
    outside = people.loc[~people["listed"].astype(bool), "manager"]
    kept = table[table["manager"].isin(outside)]
    return [
        _(
            "{manager} keeps {names} without being a key account manager: losing that "
            "relationship would cost more.",
            manager=str(name),
            names=join([name_of(row) for _x, row in own.iterrows()]),
        )
        for name, own in kept.groupby("manager")
    ]


def _caveats(caveats: Fit, managers: pd.DataFrame) -> tuple[str, ...]:
    told = []
    words = {
        "language": _("language"),
        "region": _("region"),
        "relationship": _("who has the account today"),
        "industry": _("line of business"),
    }
    if caveats.unknown:
        told.append(
            _(
                "Not considered, because the tables do not say: {names}.",
                names=join([words[name] for name in caveats.unknown]),
            )
        )
    if managers["hours"].isna().all() and managers["accounts_max"].isna().all():
        told.append(_("No manager has a limit of hours or accounts."))
    return tuple(told)
