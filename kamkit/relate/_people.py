"""The people at the accounts, and what hangs on a single one of them or of ours."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.language import gettext as _
from kamkit.schema import takes, word
from kamkit.settings import Settings

if TYPE_CHECKING:
    import networkx

ROLES = ("decider", "influencer", "buyer", "user", "gatekeeper", "initiator")
"""The buying centre: five roles after Webster and Wind (1972), initiator after Bonoma (1982)."""
_MIDDLE = 3.0
_COLUMNS = (
    "account_id",
    "number",
    "contact",
    "role",
    "department",
    "influence",
    "support",
    "our_contact",
    "above",
    "level",
    "days_since_met",
    "stale",
    "reach",
    "between",
    "person",
    "reports_to",
)

Row = dict[str, Any]
"""One person with plain values: many small accounts are faster so than as tables."""


@takes(contacts="account_id person")
def people(
    contacts: pd.DataFrame,
    *,
    end: dt.date,
    stale_days: int = Settings.stale_days,
    show_names: bool = False,
) -> pd.DataFrame:
    """Return the people at the accounts with what a relationship map shows of each.

    Two rows of one person are one, with all who know her, the last contact, the larger influence
    and the lower support; of role, department and superior the first that is told.

    Parameters
    ----------
    contacts : DataFrame
        The table contacts of a case: ``account_id``, ``person`` and what is known of ``role``,
        ``department``, ``influence``, ``support``, ``reports_to``, ``our_contact`` and
        ``last_contact``.
    end : date
        The day that days are counted to.
    stale_days : int
        A last contact longer ago than this is stale.
    show_names : bool
        Whether ``contact`` is the person's name, and not the role and a number.

    Returns
    -------
    DataFrame
        One row per account and person, those of most influence first and of equals by name:
        ``account_id``, ``person`` and ``reports_to`` (names: they stay out of exports),
        ``contact`` (such as “decision maker 1”), ``number`` within the account, ``role`` (of
        ``ROLES``, empty where it is unknown), ``department``, ``influence`` (1 to 5, 3 where
        nobody has said), ``support`` (−2 to 2), ``our_contact`` (who of ours, several with
        semicolons between), ``above`` (the number of the superior; 0 for none, −1 for one who
        is not among them), ``level`` (steps below the top), ``days_since_met``, ``stale``
        (longer ago than ``stale_days``, or never met; false for all where no last contact is
        known), ``reach`` (her share of the account's influence where one of ours knows her, else
        0: what is lost if she leaves) and ``between`` (betweenness centrality in the net of
        theirs and ours).

    Raises
    ------
    ParameterError
        For a table without accounts or persons.

    Examples
    --------
    >>> two = pd.DataFrame({"account_id": ["a", "a"], "person": ["Eva", "Ola"],
    ...     "role": ["decider", "user"], "influence": [4.0, 1.0], "our_contact": ["S1", "S1"]})
    >>> people(two, end=dt.date(2025, 12, 31))[["contact", "reach"]].to_numpy().tolist()
    [['decision maker 1', 0.8], ['user 1', 0.2]]
    """
    table = _cleaned(contacts)
    last = table["last_contact"]
    table["days_since_met"] = (pd.Timestamp(end) - last).dt.days.astype("float64").clip(lower=0)
    is_known = bool(last.notna().any())
    table["stale"] = (table["days_since_met"].fillna(np.inf) > stale_days) & is_known
    table = table.sort_values(
        ["account_id", "influence", "person"], ascending=[True, False, True], ignore_index=True
    )
    table["number"] = table.groupby("account_id").cumcount() + 1
    table["contact"] = table["person"] if show_names else _labels(table)
    rows = [row for part in records(table).values() for row in _measured(part)]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


@takes(persons="number above our_contact")
def network(persons: pd.DataFrame) -> networkx.Graph[Any]:
    """Return the net of one account: their people, ours, and who knows or reports to whom.

    Parameters
    ----------
    persons : DataFrame
        The rows of ``people`` for one account.

    Returns
    -------
    networkx.Graph
        Nodes are ``("theirs", number)`` and ``("ours", code)``; an edge says that one of ours
        knows the person, or that one reports to the other.

    Raises
    ------
    ParameterError
        For a table without the columns of ``people``.

    Examples
    --------
    >>> one = pd.DataFrame({"number": [1, 2], "above": [0, 1], "our_contact": ["S1; S2", ""]})
    >>> sorted(network(one).degree(("theirs", n)) for n in (1, 2))
    [1, 3]
    """
    return _net([row for part in records(persons).values() for row in part])


def _net(rows: list[Row]) -> networkx.Graph[Any]:
    import networkx

    net: networkx.Graph[Any] = networkx.Graph()
    for row in rows:
        person = ("theirs", int(row["number"]))
        net.add_node(person)
        if row["above"] > 0:
            net.add_edge(person, ("theirs", int(row["above"])))
        for code in ours_of(row["our_contact"]):
            net.add_edge(("ours", code), person)
    return net


def ours_of(text: object) -> list[str]:
    """Return who of ours stands in a cell: codes or names with semicolons between.

    Examples
    --------
    >>> ours_of("S04; Salgssjef"), ours_of(None)
    (['S04', 'Salgssjef'], [])
    """
    if not isinstance(text, str):
        return []
    return [part.strip() for part in text.split(";") if part.strip()]


@takes(persons="number influence our_contact")
def lost_without(persons: pd.DataFrame) -> pd.Series[float]:
    """Return what share of the account's influence no colleague knows when one of ours leaves.

    Only who knows a person counts: that somebody reports to her is no relationship.

    Parameters
    ----------
    persons : DataFrame
        The rows of ``people`` for one account.

    Returns
    -------
    Series
        One value from 0 to 1 per colleague who knows somebody at the account, the largest first,
        of equals by name.

    Raises
    ------
    ParameterError
        For a table without the columns of ``people``.

    Examples
    --------
    >>> one = pd.DataFrame({"number": [1, 2], "above": [0, 1], "influence": [4.0, 1.0],
    ...     "our_contact": ["S1", "S1"]})
    >>> lost_without(one).to_dict()
    {'S1': 1.0}
    """
    rows = [row for part in records(persons).values() for row in part]
    return pd.Series(lost(rows), dtype="float64")


def lost(rows: list[Row]) -> dict[str, float]:
    """Return the same as ``lost_without`` of the rows of one account, by colleague.

    Examples
    --------
    >>> row = {"number": 1, "our_contact": "Kari", "influence": 3.0}
    >>> lost([row, {**row, "number": 2, "our_contact": "Kari; Ola"}])
    {'Kari': 0.5, 'Ola': 0.0}
    """
    weight = _weights(rows)
    counts: dict[str, list[float]] = {}
    for row in rows:
        ours = ours_of(row["our_contact"])
        for name in ours:
            counts.setdefault(name, [])
        if len(ours) == 1:
            counts[ours[0]].append(weight[int(row["number"])])
    gone = {name: math.fsum(parts) for name, parts in counts.items()}
    return dict(sorted(gone.items(), key=lambda one: (-one[1], one[0])))


@takes(contacts="account_id influence our_contact")
def ties(contacts: pd.DataFrame) -> pd.DataFrame:
    """Return how well each of ours knows each account.

    Parameters
    ----------
    contacts : DataFrame
        The rows of ``people``.

    Returns
    -------
    DataFrame
        One row per account and colleague who knows somebody there, by account and name:
        ``account_id``, ``our_contact`` (one colleague), ``known`` (how many people she knows) and
        ``tie`` (their share of the account's influence).

    Raises
    ------
    ParameterError
        For a table without the columns of ``people``.

    Examples
    --------
    >>> two = pd.DataFrame({"account_id": ["a", "a"], "influence": [3.0, 1.0],
    ...     "our_contact": ["S1; S2", "S2"]})
    >>> ties(two)[["our_contact", "known", "tie"]].to_numpy().tolist()
    [['S1', 1, 0.75], ['S2', 2, 1.0]]
    """
    table = contacts[["account_id", "influence"]].copy()
    table["tie"] = table["influence"] / table.groupby("account_id")["influence"].transform("sum")
    table["our_contact"] = [ours_of(cell) for cell in contacts["our_contact"]]
    each = table.explode("our_contact").dropna(subset=["our_contact"])
    groups = each.groupby(["account_id", "our_contact"], as_index=False)
    return groups.agg(known=("tie", "size"), tie=("tie", "sum"))


def records(persons: pd.DataFrame) -> dict[str, list[Row]]:
    """Return the rows of each account as plain values; of all under ``""`` without an account.

    Examples
    --------
    >>> persons = pd.DataFrame({"account_id": ["1", "1", "2"], "contact": ["Ann", "Bo", "Cy"]})
    >>> {account: len(rows) for account, rows in records(persons).items()}
    {'1': 2, '2': 1}
    """
    rows: dict[str, list[Row]] = {}
    for row in persons.to_dict("records"):
        rows.setdefault(str(row.get("account_id", "")), []).append(
            {str(name): value for name, value in row.items()}
        )
    return rows


def _cleaned(contacts: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame({"account_id": contacts["account_id"], "person": contacts["person"]})
    for name in ("role", "department", "reports_to", "our_contact"):
        given = contacts[name] if name in contacts else pd.Series(index=contacts.index, dtype="str")
        table[name] = given.astype("str").where(given.notna(), "").str.strip()
    table["role"] = table["role"].where(table["role"].isin(ROLES), "")
    for name in ("influence", "support"):
        given = contacts[name] if name in contacts else pd.Series(index=contacts.index)
        table[name] = pd.to_numeric(given, errors="coerce")
    table["last_contact"] = pd.NaT
    if "last_contact" in contacts:
        table["last_contact"] = pd.to_datetime(contacts["last_contact"])
    words = ["role", "department", "reports_to"]
    table[words] = table[words].where(table[words] != "")  # the first that is told, not the first
    groups = table.groupby(["account_id", "person"], sort=False)
    whole = groups.agg(
        role=("role", "first"),
        department=("department", "first"),
        reports_to=("reports_to", "first"),
        influence=("influence", "max"),
        support=("support", "min"),
        last_contact=("last_contact", "max"),
        our_contact=("our_contact", _together),
    ).reset_index()
    whole[words] = whole[words].fillna("")
    whole["influence"] = whole["influence"].fillna(_MIDDLE).clip(1, 5)
    return whole


def _together(cells: pd.Series[str]) -> str:
    return "; ".join(dict.fromkeys(code for cell in cells for code in ours_of(cell)))


def _labels(table: pd.DataFrame) -> pd.Series[str]:
    number = table.groupby(["account_id", "role"]).cumcount() + 1
    called = [
        _("{role} {n}", role=word(role) if role else _("person"), n=n)
        for role, n in zip(table["role"], number, strict=True)
    ]
    return pd.Series(called, index=table.index, dtype="str")


def _measured(rows: list[Row]) -> list[Row]:
    """Add to the people of one account who stands above whom, and what hangs on each."""
    import networkx

    numbers = {row["person"]: row["number"] for row in rows}
    above = [
        0
        if not row["reports_to"] or row["reports_to"] == row["person"]
        else numbers.get(row["reports_to"], -1)
        for row in rows
    ]
    above = _without_circles([row["number"] for row in rows], above)
    levels = _levels(dict(zip([row["number"] for row in rows], above, strict=True)))
    for row, boss, level in zip(rows, above, levels, strict=True):
        row.update(above=boss, level=level)
    net = _net(rows)
    central = networkx.betweenness_centrality(net)
    weight = _weights(rows)
    for row in rows:
        node = ("theirs", int(row["number"]))
        row["reach"] = weight[node[1]] if ours_of(row["our_contact"]) else 0.0
        row["between"] = central[node]
    return rows


def _without_circles(numbers: list[int], above: list[int]) -> list[int]:
    """Let the first of those who report to each other in a circle report to nobody."""
    boss = dict(zip(numbers, above, strict=True))
    for number in numbers:
        seen = [number]
        while (up := boss.get(seen[-1], 0)) > 0 and up not in seen:
            seen.append(up)
        if up > 0:
            boss[min(seen[seen.index(up) :])] = 0
    return [boss[number] for number in numbers]


def _levels(boss: dict[int, int]) -> list[int]:
    levels = []
    for number in boss:
        steps, up = 0, boss[number]
        while up > 0:
            steps, up = steps + 1, boss[up]
        levels.append(steps + (up == -1))
    return levels


def _weights(rows: list[Row]) -> dict[int, float]:
    whole = sum(float(row["influence"]) for row in rows)
    return {int(row["number"]): float(row["influence"]) / whole for row in rows}
