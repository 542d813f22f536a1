"""What plans rest on: the results of one analysis, by name."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import pandas as pd

from kamkit.plan.statements import SILENT
from kamkit.schema import takes
from kamkit.settings import Settings

_PROFITS = ("profit_year", "profit")
_LOSES = 0.02
_NEED_ONE = ("mend", "retain", "deepen", "win_back")
_COLLECTIVE = re.compile(
    r"\b(cash (sales?|customers?)|walk-?in|sundry|one-?time customers?|unknown customers?"
    r"|kontant(kunder?|salg)|diverse kunder?|samlekonto|tilfeldige? kunder?)\b",
    re.IGNORECASE,
)
"""What accounts are called that cash sales are booked on."""

if TYPE_CHECKING:
    from kamkit.case import Case
    from kamkit.case.about import About


@dataclass(frozen=True, kw_only=True, eq=False)
class Basis:
    """The tables of an analysis that plans rest on; what the case cannot carry is None.

    Each is the table of the result of the same name: ``accounts`` everything that is known of each
    account, ``key_accounts`` and ``ordinary_sales`` the choice, ``planned`` who gets a plan,
    ``quarters`` revenue by quarter, ``goals``, ``ratings`` and ``register`` what the case holds of
    people's own, ``written`` the register of plans, ``contact_names`` who the contacts are, the
    others what the steps on growth and relations found.
    """

    about: About
    accounts: pd.DataFrame
    key_accounts: pd.DataFrame
    planned: pd.DataFrame
    ordinary_sales: pd.DataFrame | None = None
    quarters: pd.DataFrame | None = None
    goals: pd.DataFrame | None = None
    ratings: pd.DataFrame | None = None
    register: pd.DataFrame | None = None
    whitespace: pd.DataFrame | None = None
    opportunities: pd.DataFrame | None = None
    growth: pd.DataFrame | None = None
    wallet_shares: pd.DataFrame | None = None
    relations: pd.DataFrame | None = None
    people: pd.DataFrame | None = None
    next_contacts: pd.DataFrame | None = None
    health: pd.DataFrame | None = None
    mutual_value: pd.DataFrame | None = None
    programme: pd.DataFrame | None = None
    matrix: pd.DataFrame | None = None
    objectives: pd.DataFrame | None = None
    written: pd.DataFrame | None = None
    contact_names: pd.DataFrame | None = None

    def table(self, name: str) -> pd.DataFrame | None:
        """Return a table by its name, None where the case cannot carry it."""
        table: pd.DataFrame | None = getattr(self, name)
        return table

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the tables.

        Examples
        --------
        >>> "opportunities" in Basis.names()
        True
        """
        return tuple(field.name for field in fields(cls) if field.name != "about")


def by_quarter(table: pd.DataFrame) -> pd.DataFrame:
    """Return the revenue of ``quarters`` with a row per account and a column per quarter.

    >>> one = pd.DataFrame({"account_id": ["a", "b"], "quarter": [1, 2], "revenue": [5.0, 7.0]})
    >>> by_quarter(one).to_numpy().tolist()
    [[5.0, 0.0], [0.0, 7.0]]
    """
    return table.pivot_table(
        index="account_id", columns="quarter", values="revenue", aggfunc="sum", fill_value=0.0
    )


def quarters(case: Case, of: Collection[str]) -> pd.DataFrame:
    """Return what the accounts bought in each quarter.

    One row per account and quarter with sales: ``account_id``, ``quarter`` (its first day),
    ``revenue``, ``contribution`` where there is cost, ``orders`` (invoices) where they are known.

    Examples
    --------
    >>> from kamkit.case import open_case
    >>> int(quarters(open_case("fjordgross"), ["000655"])["revenue"].sum())
    53705728
    """
    lines = case.sales
    lines = lines.filter(lines.account_id.isin(list(of)))
    sums = {"revenue": lines.amount.sum()}
    if case.has("cost"):
        sums["contribution"] = (lines.amount - lines.cost).sum()
    if case.has("invoice_id"):
        sums["orders"] = lines.invoice_id.nunique()
    groups = lines.group_by(["account_id", lines.date.truncate("Q").name("quarter")])
    table = case.engine.frame(groups.aggregate(**sums).order_by(["account_id", "quarter"]))
    table["quarter"] = pd.to_datetime(table["quarter"]).dt.as_unit("s")
    return table


@takes(key_accounts="account_id", ordinary_sales="account_id revenue")
def planned(
    key_accounts: pd.DataFrame,
    ordinary_sales: pd.DataFrame | None = None,
    *,
    also: int = Settings.also,
    asked: Collection[str] = (),
) -> pd.DataFrame:
    """Return the accounts that get a plan: key accounts, and of those outside some of each kind.

    One row per account: ``account_id``, ``account_name``, ``planned_as`` (``key``, ``large``,
    ``losing``, ``earning``, ``silent`` or ``asked``). A large account outside needs a plan too:
    what it loses, risks or would take to come in; so does one at which two in a hundred or more of
    all that is lost in a year goes, since the decision on terms names it; one that earns most of
    the others, where that is known,
    since it is the first that another assumption about the programme would bring in; and one that
    has gone silent and brings most of those. There are at most ``also`` of each, and no more than
    key accounts; ``asked`` come on top. What is no customer (see ``is_customer``) gets none.

    Examples
    --------
    >>> key = pd.DataFrame({"account_id": ["1"], "account_name": ["Bygg"]})
    >>> others = pd.DataFrame({"account_id": ["2", "3"], "revenue": [5.0, 9.0]})
    >>> planned(key, others)["account_id"].tolist()
    ['1', '3']
    """
    key = _named(_customers(key_accounts)).assign(planned_as="key")
    if ordinary_sales is None or not (also or asked):
        return key.reset_index(drop=True)
    used = ("account_id", "account_name", "revenue", "contribution", *_PROFITS, "rhythm_state")
    ordinary_sales = _customers(ordinary_sales[[name for name in used if name in ordinary_sales]])
    large = ordinary_sales.sort_values(["revenue", "account_id"], ascending=[False, True])
    large = large.head(min(also, len(key)))
    groups = [key, _named(large[large["revenue"] > 0]).assign(planned_as="large")]
    groups.append(
        _named(_losing(ordinary_sales)).head(min(also, len(key))).assign(planned_as="losing")
    )
    brings = next(n for n in ("profit", "contribution", "revenue") if n in ordinary_sales)
    best = ordinary_sales.sort_values([brings, "account_id"], ascending=[False, True])
    best = best[(best[brings] > 0) & ~best["account_id"].isin(large["account_id"])]
    if brings != "revenue":
        earning = best.head(min(also, len(key)))
        groups.append(_named(earning).assign(planned_as="earning"))
        best = best[~best["account_id"].isin(earning["account_id"])]
    if "rhythm_state" in ordinary_sales:
        silent = best[best["rhythm_state"].isin(SILENT)].head(min(also, len(key)))
        groups.append(_named(silent).assign(planned_as="silent"))
    own = _named(ordinary_sales[ordinary_sales["account_id"].isin(list(asked))])
    groups.append(own.assign(planned_as="asked"))
    return pd.concat(groups).drop_duplicates("account_id").reset_index(drop=True)


def _losing(ordinary_sales: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts at which two in a hundred or more of all losses arise, worst first."""
    by = next((n for n in _PROFITS if n in ordinary_sales), "")
    if not by:
        return ordinary_sales.head(0)
    lost = -ordinary_sales[by].fillna(0.0).clip(upper=0.0)
    much = ordinary_sales[(lost > 0) & (lost >= _LOSES * lost.sum())]
    return much.sort_values([by, "account_id"])


@takes(planned="account_id planned_as", strategies="account_id strategy")
def with_document(planned: pd.DataFrame, strategies: pd.DataFrame) -> list[str]:
    """Return the accounts whose plan a run writes: key accounts, those to improve or to protect.

    >>> two = pd.DataFrame({"account_id": ["1", "2"], "planned_as": ["key", "large"]})
    >>> with_document(two, two.assign(strategy="grow"))
    ['1']
    >>> with_document(two, two.assign(strategy="mend"))
    ['1', '2']
    """
    chosen = dict(zip(strategies["account_id"], strategies["strategy"], strict=True))
    rows = zip(planned["account_id"], planned["planned_as"], strict=True)
    of = [a for a, why in rows if why in ("key", "earning", "asked") or chosen.get(a) in _NEED_ONE]
    return [str(account) for account in of]


def is_customer(number: str, name: object = "") -> bool:
    """Tell whether an account is a customer, and not a number that cash sales are booked on.

    >>> is_customer("000412"), is_customer("0"), is_customer("99999"), is_customer("7", "Cash sale")
    (True, False, False, False)
    """
    digits = re.sub(r"\W", "", str(number))
    return not (re.fullmatch(r"0+|9{4,}", digits) or _COLLECTIVE.search(str(name)))


def _customers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the customers among accounts."""
    named = _named(table)
    pairs = zip(named["account_id"], named["account_name"], strict=True)
    there = [is_customer(str(number), name) for number, name in pairs]
    return table[pd.Series(there, index=table.index, dtype="bool")]


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return account and name; the number where there is no name."""
    names = table["account_name"] if "account_name" in table else table["account_id"]
    return pd.DataFrame(
        {"account_id": table["account_id"], "account_name": names.fillna(table["account_id"])}
    )


@takes(
    stages="account_id because", contacts="account_id", questionnaire="account_id question answer"
)
def relations(
    stages: pd.DataFrame,
    contacts: pd.DataFrame | None = None,
    questionnaire: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return contacts and stage on one row per account, with the answer on commitment.

    ``stages`` is the table of ``relate.stage``, ``contacts`` that of ``relate.contacts``.

    Examples
    --------
    >>> stages = pd.DataFrame({"account_id": ["1"], "stage": ["basic"], "because": [""]})
    >>> relations(stages).columns.tolist()
    ['account_id', 'stage']
    """
    table = stages.drop(columns="because")
    if questionnaire is not None:
        binding = questionnaire[questionnaire["question"] == "commitment"]
        means = binding.groupby("account_id")["answer"].mean()
        table["commitment"] = table["account_id"].map(means)
    if contacts is None:
        return table
    names = [name for name in ("account_name",) if name in table]
    return contacts.merge(table.drop(columns=names), on="account_id", how="left")
