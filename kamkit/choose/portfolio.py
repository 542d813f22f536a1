"""The list of key accounts, and the list of those that stay with ordinary sales."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.choose.depth import hours_of
from kamkit.choose.exceptions import in_order
from kamkit.errors import MissingTable, ParameterError
from kamkit.language import gettext as _
from kamkit.schema import check, takes
from kamkit.schema.contract import TABLES

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.choose._score import Scores

_REGISTER = (
    *("industry", "language"),
    # every number that the register can have: a criterion may rest on it
    *(one.name for one in TABLES["accounts"].columns if one.kind == "number"),
    "members",
)
_CHANGING = (
    "revenue",
    "contribution",
    "profit",
    "cost_to_serve",
    "payment_cost",
    "contribution_ratio",
    "profit_ratio",
    "discount_share",
)
_FACTS = (
    "region",
    "segment",
    "members",
    "revenue",
    "contribution",
    "cost_to_serve",
    "profit",
    "profit_ratio",
    "rank_profit",
    "rhythm_state",
    "lifetime_value",
    "change",
    "revenue_year",
    "contribution_year",
    "profit_year",
)
_RESERVE = 0.25
_LARGE_SHARE = 0.80


@takes(chains="parent_id best_member only_as_whole")
def described(
    case: Case, accounts: pd.DataFrame, *, chains: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the accounts with what the register knows and what choosing needs beside them.

    One row per account, as given. Added are, each where the case has it: ``industry``,
    ``language``, ``employees``, ``payment_days``, ``members`` (accounts that a chain counts);
    ``best_member`` and ``only_as_whole`` from ``chains`` (the table of ``identify.chains``);
    ``yearly_contribution``, customer profit (else contribution) of the whole ledger for a year of
    365.25 days.

    >>> from kamkit import identify, open_case
    >>> case = open_case("fjordgross")
    >>> table = described(case, identify.account_facts(case))
    >>> round(float(table.loc[0, "yearly_contribution"] * 3)), int(table.loc[0, "payment_days"])
    (7539515, 58)
    """
    check(accounts, ("account_id",), what=_("accounts"), each="account_id")
    table = accounts
    register = case.tables.get("accounts")
    if register is not None:
        names = [n for n in _REGISTER if n in register and n not in table]
        table = table.merge(
            register[["account_id", *names]].drop_duplicates("account_id"),
            on="account_id",
            how="left",
        )
    if chains is not None:
        known = chains.rename(columns={"parent_id": "account_id"})
        names = ["account_id", "best_member", "only_as_whole"]
        table = table.merge(known[names], on="account_id", how="left")
        table["only_as_whole"] = table["only_as_whole"].fillna(False).astype(bool)
    basis = next((name for name in ("profit", "contribution") if name in table), None)
    if basis is not None:
        table = table.assign(yearly_contribution=table[basis] / (case.period.days / 365.25))
    return table


def assumed_contribution(accounts: pd.DataFrame, *, margin: float, days: int) -> pd.DataFrame:
    """Return the accounts with a contribution a year that rests on an assumed margin.

    For a ledger without cost: ``yearly_contribution`` is ``margin`` (a share of revenue) of the
    amount of ``days`` days, for a year. Raises ``MissingTable`` for a margin of zero: nothing is
    known then; ``ParameterError`` for one that is no share.

    >>> one = pd.DataFrame({"account_id": ["a"], "revenue": [730.5]})
    >>> assumed_contribution(one, margin=0.2, days=731)["yearly_contribution"].round(1).tolist()
    [73.0]
    """
    check(accounts, ("revenue",), what=_("accounts"))
    if margin == 0:
        raise MissingTable(
            _("The ledger has no cost, so what a programme brings cannot be told."),
            found=f"margin={margin:g}",
            wanted=_("the cost of each line, or a margin to reckon with"),
            remedy=_("Add the column, or give the parameter margin, such as 0.25."),
        )
    if not 0 < margin < 1:
        raise ParameterError(
            _("A margin is a share between 0 and 1."),
            found=str(margin),
            remedy=_("Write 0.25 for 25%."),
        )
    yearly = accounts["revenue"] * margin / (days / 365.25)
    return accounts.assign(yearly_contribution=yearly)


def in_period(accounts: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts with the facts of another period in place of their own.

    One row per account of ``accounts``, in its order; ``frame`` has one row per account with
    facts of the other period. Money (amount, contribution, profit and what leads to it) is
    replaced, zero for accounts that are not in it; what belongs to the account stays.

    >>> now = pd.DataFrame({"account_id": ["a", "b"], "revenue": [5.0, 3.0], "region": ["N", "S"]})
    >>> then = pd.DataFrame({"account_id": ["b"], "revenue": [9.0]})
    >>> in_period(now, then)["revenue"].tolist()
    [0.0, 9.0]
    """
    check(accounts, ("account_id",), what=_("accounts"))
    check(frame, ("account_id",), what=_("accounts"))
    known = frame.drop_duplicates("account_id").set_index("account_id")
    names = [name for name in _CHANGING if name in accounts and name in known]
    sums = set(_CHANGING[:5])
    table = accounts.copy()
    for name in names:
        values = table["account_id"].map(known[name])
        table[name] = values.fillna(0) if name in sums else values
    return table


def chosen(scores: Scores, n: int) -> list[str]:
    """Return the numbers of the ``n`` key accounts: the first in the order of choice.

    Fewer where fewer accounts are eligible. Raises ``ParameterError`` for less than one.

    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "payment_days": [60.0, 14.0]})
    >>> chosen(score(two, data_criteria(two), {"payment": 1}), 1)
    ['b']
    """
    if n < 1:
        raise ParameterError(
            _("A programme needs at least one account and no negative hours."),
            found=str(n),
            remedy=_("Give whole numbers from 1 and hours from 0."),
        )
    return in_order(scores)["account_id"].head(n).tolist()


def ranked(scores: Scores, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts that can be chosen, in the order of choice, with their facts.

    One row per account: ``rank``, ``account_id``, ``score`` and the columns of ``accounts``.

    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "payment_days": [60.0, 14.0]})
    >>> ranked(score(two, data_criteria(two), {"payment": 1}), two)["account_id"].tolist()
    ['b', 'a']
    """
    check(accounts, ("account_id",), what=_("accounts"), each="account_id")
    own = ["rank", "account_id", "score"]
    table = in_order(scores)[own]
    new = [name for name in accounts if name not in own]
    return table.merge(accounts[["account_id", *new]], on="account_id", how="left")


def to_assign(
    accounts: pd.DataFrame,
    treatment: pd.DataFrame,
    treated: pd.DataFrame,
    ratings: pd.DataFrame | None = None,
    ties: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the key accounts as ``assign`` takes them: with hours and how good the relation is.

    One row per key account, best first: the columns of ``accounts``, ``treatment``, ``hours`` a
    year, ``relationship`` where the ratings have a criterion of that name (relasjon), and ``ties``
    (share of the influence there by manager, from the table of ``relate.ties``).

    >>> treatment = pd.DataFrame({"account_id": ["a", "b"], "treatment": ["shared", "ordinary"]})
    >>> treated = pd.DataFrame({"treatment": ["dedicated", "shared"], "hours": [400.0, 100.0]})
    >>> to_assign(treatment[["account_id"]], treatment, treated).values.tolist()
    [['a', 'shared', 100.0]]
    """
    check(accounts, ("account_id",), what=_("accounts"), each="account_id")
    check(treatment, ("account_id", "treatment"), what=_("treatments"))
    if ratings is not None:
        check(ratings, ("account_id", "criterion", "score"), what=_("ratings"))
    key = treatment[treatment["treatment"] != "ordinary"]
    table = key.merge(accounts, on="account_id", how="left")
    table["hours"] = hours_of(table["treatment"].tolist(), treated)
    if ratings is not None:
        name = ratings["criterion"].astype(str).str.casefold()
        known = ratings[name.isin(["relationship", "relasjon"])].dropna(subset=["score"])
        if len(known):
            table["relationship"] = table["account_id"].map(
                known.groupby("account_id")["score"].mean()
            )
    if ties is not None:
        check(ties, ("account_id", "our_contact", "tie"), what=_("contacts"))
        own = {
            name: dict(zip(part["our_contact"], part["tie"], strict=True))
            for name, part in ties.groupby("account_id")
        }
        known_by = [own.get(name, {}) for name in table["account_id"]]
        table["ties"] = pd.Series(known_by, index=table.index, dtype=object)
    return table


def key_accounts(
    scores: Scores,
    accounts: pd.DataFrame,
    n: int,
    *,
    reasons: pd.DataFrame | None = None,
    robust: pd.DataFrame | None = None,
    treatment: pd.DataFrame | None = None,
    assigned: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the key-account list: one row per key account, best score first.

    Columns, as far as the tables are given: ``rank``, ``account_id``, ``account_name``,
    ``treatment``, ``manager``, ``account_manager``, ``score``, ``key_share`` and ``standing``
    (``robustness``), ``reasons`` and ``against``, ``manager_reason``, ``weight_known``, and the
    facts of the accounts. ``treatment`` and ``assigned`` have one row per account.

    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "payment_days": [60.0, 14.0]})
    >>> scores = score(two, data_criteria(two), {"payment": 1})
    >>> key_accounts(scores, two, 1)[["account_id", "score"]].values.tolist()
    [['b', 100.0]]
    """
    ids = chosen(scores, n)
    own = ["rank", "account_id", "account_name", "score", "weight_known"]
    table = scores.table[scores.table["account_id"].isin(ids)]
    table = table[[name for name in own if name in table]]
    for frame, names in (
        (treatment, ("treatment", "hours")),
        (assigned, ("manager", "manager_reason")),
        (robust, ("key_share", "standing", "rank_low", "rank_high")),
        (reasons, ("reasons", "against")),
        (accounts, ("account_manager", *_FACTS)),
    ):
        if frame is not None:
            table = _beside(table, frame, names)
    first = [
        "rank",
        "account_id",
        "account_name",
        "treatment",
        "manager",
        "account_manager",
        "score",
        "key_share",
        "standing",
        "reasons",
        "against",
    ]
    ordered = [name for name in first if name in table]
    return table[[*ordered, *[n for n in table if n not in ordered]]].reset_index(drop=True)


def ordinary_sales(
    scores: Scores,
    accounts: pd.DataFrame,
    n: int,
    *,
    reasons: pd.DataFrame | None = None,
    robust: pd.DataFrame | None = None,
    managers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the accounts that stay with ordinary sales, and what changes for them.

    One row per account that is not key, best score first: ``rank``, ``account_id``,
    ``account_name``, ``what_changes`` (a code), ``account_manager``, ``score``, ``key_share``,
    ``against`` and facts. What changes, the first that holds:

    - ``mend_terms``: it lost money in the last twelve months, or fails another requirement than
      that of profit, so its terms come before any treatment;
    - ``reserve``: key in a quarter or more of the plausible worlds (without ``robust``: among the
      next five), looked at again next time;
    - ``call_now``: it is late against its own rhythm;
    - ``told_why``: among the largest that give four fifths of revenue, so it may expect more than
      it gets and is told what it can expect;
    - ``manager_shared``: its salesperson now takes key accounts too (``managers`` lists them);
    - ``no_change``.

    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "payment_days": [60.0, 14.0], "revenue": 1.0})
    >>> scores = score(two, data_criteria(two), {"payment": 1})
    >>> ordinary_sales(scores, two, 1)[["account_id", "what_changes"]].values.tolist()
    [['a', 'reserve']]
    """
    if robust is not None:
        check(robust, ("key_share",), what=_("accounts"))
    if managers is not None:
        check(managers, ("manager",), what=_("managers"))
    check(accounts, ("account_id", "revenue"), what=_("accounts"), each="account_id")
    ids = set(chosen(scores, n))
    own = ["rank", "account_id", "account_name", "score", "eligible", "failed", "weight_known"]
    table = scores.table[~scores.table["account_id"].isin(ids)]
    table = table[[name for name in own if name in table]]
    if robust is not None:
        table = _beside(table, robust, ("key_share", "standing"))
        table["key_share"] = table["key_share"].fillna(0.0)
    if reasons is not None:
        table = _beside(table, reasons, ("reasons", "against"))
    table = _beside(table, accounts, ("account_manager", *_FACTS)).reset_index(drop=True)
    busy = set(managers["manager"]) if managers is not None else set()
    table.insert(3, "what_changes", _changes(table, accounts, busy))
    return table.drop(columns=["eligible", "failed"], errors="ignore")


def _changes(table: pd.DataFrame, accounts: pd.DataFrame, busy: set[str]) -> pd.Series[str]:
    if "key_share" in table:
        near = table["key_share"] >= _RESERVE
    else:
        near = (table["eligible"].cumsum() <= 5) & table["eligible"]
    nothing = pd.Series(False, index=table.index)
    state = table.get("rhythm_state", pd.Series("", index=table.index))
    seller = table.get("account_manager", pd.Series("", index=table.index))
    changes = np.select(
        [
            _terms_first(table).to_numpy(),
            near.to_numpy(),
            (state == "late").to_numpy(),
            table["account_id"].isin(_large(accounts)).to_numpy(),
            (seller.isin(busy) if busy else nothing).to_numpy(),
        ],
        ["mend_terms", "reserve", "call_now", "told_why", "manager_shared"],
        "no_change",
    )
    return pd.Series(changes, index=table.index, dtype="str")


def _terms_first(table: pd.DataFrame) -> pd.Series[bool]:
    """Tell which accounts have terms to put right, by the months that their plans tell of."""
    out = ~table["eligible"].astype(bool)
    if "profit_year" not in table:
        return out
    other = out & (table["failed"] != "profit") if "failed" in table else out
    return other | (table["profit_year"] < 0)


def _large(accounts: pd.DataFrame) -> set[str]:
    ordered = accounts[["account_id", "revenue"]].sort_values(
        ["revenue", "account_id"], ascending=[False, True]
    )
    above = ordered[ordered["revenue"] > 0]
    before = above["revenue"].cumsum() - above["revenue"]
    return set(above.loc[before < _LARGE_SHARE * above["revenue"].sum(), "account_id"])


def _beside(table: pd.DataFrame, frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    check(frame, ("account_id",), what=_("accounts"), each="account_id")
    new = ["account_id", *[name for name in names if name in frame and name not in table]]
    if len(table) < len(frame) // 2:
        frame = frame.loc[frame["account_id"].isin(table["account_id"]), new]
    return table.merge(frame[new], on="account_id", how="left")
