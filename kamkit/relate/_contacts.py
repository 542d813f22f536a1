"""Whom we know at each account, what hangs on one person, and whom to see next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import join, joined, ngettext, number, percent
from kamkit.output.finding import Finding
from kamkit.relate._people import ROLES, Row, lost, network, ours_of, records
from kamkit.schema import name_of, takes, word

if TYPE_CHECKING:
    from collections.abc import Collection

_INFLUENTIAL = 4.0
_LONG = 270
_NAMED = 3
"""Days without a meeting, three quarters of a year, that are told of."""
_DIAMOND = (3, 4, 0.5)
"""Ours who know somebody, departments known, and the most that may hang on one person."""


@takes(
    persons=(
        "account_id number contact role department influence support our_contact above "
        "level days_since_met stale reach"
    ),
    accounts="account_id",
)
def contacts(
    persons: pd.DataFrame, accounts: pd.DataFrame, *, of: Collection[str] | None = None
) -> Finding:
    """Tell for each account whom we know, how widely, and what hangs on a single person.

    Bow-tie and diamond are the words of McDonald, Rogers and Woodburn (2000).

    Parameters
    ----------
    persons : DataFrame
        The table of ``people``.
    accounts : DataFrame
        Account facts; ``account_name`` and ``revenue`` are used where they are there.
    of : collection of str, optional
        Numbers of the accounts to look at; all without.

    Returns
    -------
    Finding
        One row per account, those in most danger first (the mean of ``top_share`` and
        ``ours_share``), of equals the larger, then the lower number: ``account_id``,
        ``account_name``, ``people``, ``deciders``, ``roles`` (of the six), ``departments``,
        ``levels``, ``our_people``, ``single_contact``, ``top_contact`` and ``top_share`` (on their
        side: who holds most of the influence there, and what share of it
        then), ``our_main`` and ``ours_share`` (the same on our side), ``stale_share`` (share of
        the influence that has not been met lately), ``mean_support`` (−2 to 2, weighted by
        influence), ``opponents``, ``unmet`` (people whom none of ours knows), ``structure``
        (``bow_tie``: it all goes through one person on either side; ``diamond``: three or more of
        ours, four or more departments, and no more than half hangs on anybody; ``widening``
        between them; ``no_contact``; ``unknown`` where nobody has said who of ours knows them) and
        the first of ``next_contacts``: ``next_step`` with ``next_contact``.

    Raises
    ------
    MissingTable
        Where nobody is known at any of the accounts.
    ParameterError
        For a table without the columns.

    Examples
    --------
    >>> import datetime as dt
    >>> from kamkit.relate._people import people
    >>> two = pd.DataFrame({"account_id": "a", "person": ["Eva", "Ola"],
    ...     "our_contact": ["S1", "S2"]})
    >>> persons = people(two, end=dt.date(2025, 12, 31))
    >>> found = contacts(persons, pd.DataFrame({"account_id": ["a"]}))
    >>> found.table[["people", "our_people", "structure"]].to_numpy().tolist()
    [[2, 2, 'widening']]
    """
    wanted = accounts.drop_duplicates("account_id")
    if of is not None:
        wanted = wanted[wanted["account_id"].isin(list(of))]
    known = persons[persons["account_id"].isin(wanted["account_id"])]
    if known.empty:
        raise MissingTable(
            _("The case does not know who works at these accounts."),
            wanted=_("the table contacts"),
            remedy=_("Add it as a sheet or file; kamkit template shows its columns."),
        )
    rows = {account: _facts(part) for account, part in records(known).items()}
    none = _facts([])
    facts = pd.DataFrame([rows.get(str(account), none) for account in wanted["account_id"]])
    names = wanted["account_name"] if "account_name" in wanted else wanted["account_id"]
    table = pd.DataFrame(
        {"account_id": wanted["account_id"].to_numpy(), "account_name": names.to_numpy()}
    ).join(facts)
    steps = next_contacts(persons, wanted["account_id"].tolist())
    first = steps[steps["place"] == 1].set_index("account_id")
    table["next_step"] = table["account_id"].map(first["next_step"])
    table["next_contact"] = table["account_id"].map(first["contact"]).fillna("")
    size = wanted["revenue"].to_numpy() if "revenue" in wanted else np.zeros(len(wanted))
    danger = table[["top_share", "ours_share"]].mean(axis=1).round(9)
    order = np.lexsort((table["account_id"], -size, -danger))
    table = table.iloc[order].reset_index(drop=True)
    return Finding("contacts", table, _text(table, known), _caveats(table, known))


@takes(persons="account_id role influence our_contact stale")
def coverage(persons: pd.DataFrame, *, by: str = "role") -> pd.DataFrame:
    """Return how far each account is covered, by ``role``, ``department`` or ``level``.

    Parameters
    ----------
    persons : DataFrame
        The table of ``people``.
    by : str
        ``role``, ``department`` or ``level``.

    Returns
    -------
    DataFrame
        One row per account and value of ``by`` that somebody there has: ``account_id``, ``by``,
        ``people``, ``met`` (of them not stale and known by one of ours) and ``influence_share``.
        For roles all six are there, with zeros.

    Raises
    ------
    ParameterError
        For another ``by``, or a table without the columns of ``people``.

    Examples
    --------
    >>> one = pd.DataFrame({"account_id": ["a"], "role": ["buyer"], "influence": [3.0],
    ...     "stale": [False], "our_contact": ["S1"]})
    >>> coverage(one).query("people > 0")[["role", "met"]].to_numpy().tolist()
    [['buyer', 1]]
    """
    met = ~persons["stale"] & persons["our_contact"].ne("")
    whole = persons.groupby("account_id")["influence"].transform("sum")
    rows = persons.assign(met=met, share=persons["influence"] / whole)
    rows = rows[rows[by].astype(str) != ""]
    groups = rows.groupby(["account_id", by])
    table = groups.agg(people=("met", "size"), met=("met", "sum"), influence_share=("share", "sum"))
    if by == "role":
        ids = sorted(persons["account_id"].unique())
        every = pd.MultiIndex.from_product([ids, ROLES], names=["account_id", by])
        table = table.reindex(every, fill_value=0)
    return table.reset_index()


@takes(persons="contact role influence support our_contact above stale")
def next_contacts(persons: pd.DataFrame, of: Collection[str]) -> pd.DataFrame:
    """Return whom to see next at each account, and why: the rules that apply, in their order.

    The rules: nobody known; no decider known; a decider nobody of ours knows, or not met lately; a
    superior who is not on the map; a decider against us; a single contact; only one of ours;
    somebody of influence (4 and 5 of 5) not met lately; a role of the buying centre nobody has.
    Where none applies: keep it up.

    Parameters
    ----------
    persons : DataFrame
        The table of ``people``.
    of : collection of str
        Numbers of the accounts to look at.

    Returns
    -------
    DataFrame
        One row per account and rule, the accounts as they stand in ``of``: ``account_id``,
        ``place``, ``next_step`` (a code) and ``contact`` (who; empty where it is somebody we have
        yet to find).

    Raises
    ------
    ParameterError
        For a table without the columns of ``people``.

    Examples
    --------
    >>> one = pd.DataFrame({"account_id": ["a"], "contact": ["buyer 1"], "role": ["buyer"],
    ...     "influence": [3.0], "support": [1.0], "stale": [False], "our_contact": ["S1"],
    ...     "above": [0], "days_since_met": [5.0]})
    >>> next_contacts(one, ["a", "b"])[["account_id", "next_step"]].to_numpy().tolist()
    [['a', 'next_decider'], ['a', 'next_second'], ['a', 'next_colleague'], ['a', 'next_role'],
     ['b', 'next_find']]
    """
    groups = records(persons)
    rows = []
    for account in of:
        part = groups.get(str(account))
        steps = [("next_find", "")] if part is None else _steps(part)
        for i, (step, who) in enumerate(steps or [("next_keep", "")], start=1):
            rows.append((str(account), i, step, who))
    return pd.DataFrame(rows, columns=["account_id", "place", "next_step", "contact"])


def _steps(part: list[Row]) -> list[tuple[str, str]]:
    steps = []
    deciders = [row for row in part if row["role"] == "decider"]
    if not deciders:
        steps.append(("next_decider", ""))
    steps += [
        ("next_meet_decider", row["contact"])
        for row in deciders
        if not row["our_contact"] or row["stale"]
    ]
    steps += [("next_superior", row["contact"]) for row in part if row["above"] == -1][:1]
    steps += [("next_win", row["contact"]) for row in deciders if row["support"] < 0]
    if len(part) == 1:
        steps.append(("next_second", ""))
    ours = {code for row in part for code in ours_of(row["our_contact"])}
    if len(ours) < 2:
        steps.append(("next_colleague", max(part, key=lambda row: row["influence"])["contact"]))
    steps += [
        ("next_refresh", row["contact"])
        for row in part
        if row["role"] != "decider" and row["influence"] >= _INFLUENTIAL and row["stale"]
    ]
    held = {row["role"] for row in part}
    steps += [("next_role", word(role)) for role in ROLES[1:] if role not in held][:1]
    return steps


def _facts(part: list[Row]) -> Row:
    ours = lost(part) if part else {}
    whole = sum(row["influence"] for row in part)
    known = [row for row in part if row["support"] == row["support"]]
    top = max(part, key=lambda row: row["reach"], default=None)
    main = next(iter(ours), "")
    row = {
        "people": len(part),
        "deciders": sum(row["role"] == "decider" for row in part),
        "roles": len({row["role"] for row in part} - {""}),
        "departments": len({row["department"] for row in part} - {""}),
        "levels": len({row["level"] for row in part}),
        "our_people": len(ours),
        "single_contact": len(part) == 1,
        "top_contact": top["contact"] if top else "",
        "top_share": float(top["reach"]) if top else 0.0,
        "our_main": main,
        "ours_share": float(ours.get(main, 0.0)),
        "stale_share": sum(row["influence"] for row in part if row["stale"]) / (whole or 1.0),
        "mean_support": _mean_support(known),
        "opponents": sum(row["support"] < 0 for row in known),
        "unmet": sum(row["our_contact"] == "" for row in part),
    }
    return row | {"structure": _structure(row)}


def _mean_support(rows: list[Row]) -> float:
    weight = sum(row["influence"] for row in rows)
    if not weight:
        return float("nan")
    return float(sum(row["support"] * row["influence"] for row in rows) / weight)


def _structure(row: Row) -> str:
    ours, departments, share = _DIAMOND
    if not row["people"]:
        return "no_contact"
    if row["people"] > 1 and not row["our_people"]:
        return "unknown"
    if row["people"] == 1 or row["our_people"] <= 1:
        return "bow_tie"
    wide = row["our_people"] >= ours and row["departments"] >= departments
    safe = max(row["top_share"], row["ours_share"]) <= share
    return "diamond" if wide and safe else "widening"


def _text(table: pd.DataFrame, known: pd.DataFrame) -> str:
    bow = int((table["structure"] == "bow_tie").sum())
    parts = [
        _(
            "At {bow} of {accounts} the relationship rests on one person, theirs or ours.",
            accounts=ngettext("{n} account", "{n} accounts", len(table)),
            bow=number(bow),
        )
    ]
    met = table["account_id"].map(known.groupby("account_id")["days_since_met"].min())
    groups = {
        _("we know a single person"): table["single_contact"],
        _("we know nobody who decides"): (table["deciders"] == 0) & (table["people"] > 0),
        _("nobody was met for {days} days or more", days=number(_LONG)): met >= _LONG,
    }
    parts += [_at(table[rows], what) for what, rows in groups.items() if rows.any()]
    return joined(" ", parts)


def _at(rows: pd.DataFrame, what: str) -> str:
    """Say at how many accounts something is so, and name them, or the first three."""
    names = join([name_of(row) for _x, row in rows.head(_NAMED).iterrows()])
    facts = {"n": number(len(rows)), "what": what, "names": names}
    if len(rows) <= _NAMED:
        return _("At {names} {what}.", **facts)
    return _("At {n} {what}, among them {names}.", **facts)


def _caveats(table: pd.DataFrame, known: pd.DataFrame) -> tuple[str, ...]:
    caveats = []
    none = int((table["people"] == 0).sum())
    if none:
        caveats.append(
            ngettext(
                "No person is known at {n} account.", "No person is known at {n} accounts.", none
            )
        )
    blank = int((known["role"] == "").sum())
    if blank:
        caveats.append(
            _(
                "{share} of the people have no role of the buying centre.",
                share=percent(blank / len(known), 0),
            )
        )
    never = int(known["days_since_met"].isna().sum())
    if never == len(known):
        caveats.append(_("No day of a last contact is known, so nobody is counted as stale."))
    elif never:
        caveats.append(
            ngettext(
                "{n} person without a day of the last contact counts as stale.",
                "{n} people without a day of the last contact count as stale.",
                never,
            )
        )
    return tuple(caveats)


@takes(persons="number contact above our_contact")
def bridges(persons: pd.DataFrame) -> list[str]:
    """Return the labels of those through whom alone we are linked to somebody else.

    They are the articulation points of the net of the account, theirs only.

    Parameters
    ----------
    persons : DataFrame
        The rows of ``people`` for one account.

    Raises
    ------
    ParameterError
        For a table without the columns of ``people``.

    Examples
    --------
    >>> one = pd.DataFrame({"number": [1, 2], "contact": ["decider 1", "user 1"], "above": [0, 1],
    ...     "our_contact": ["S1", ""]})
    >>> bridges(one)
    ['decider 1']
    """
    import networkx

    cut = {
        number
        for kind, number in networkx.articulation_points(network(persons))
        if kind == "theirs"
    }
    return [
        str(label)
        for number, label in zip(persons["number"], persons["contact"], strict=True)
        if number in cut
    ]
