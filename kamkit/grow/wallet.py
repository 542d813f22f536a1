"""Share of wallet: what an account buys from us of all it spends, and where the number is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kamkit.errors import MissingTable, ParameterError
from kamkit.grow.items import lines
from kamkit.language import gettext as _
from kamkit.language import ngettext, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.periods import Period, is_year, last_year, whole_months
from kamkit.schema import name_of, takes

COVERED = 0.95
"""From this part of a chain's purchases on, the wallets of its accounts are that of the chain."""

if TYPE_CHECKING:
    from collections.abc import Collection

    from kamkit.case import Case


@takes(accounts="account_id")
def share_of_wallet(
    case: Case, accounts: pd.DataFrame, *, of: Collection[str] | None = None
) -> Finding:
    """Tell what share of their spend the accounts bring to us, from the table wallet.

    Parameters
    ----------
    case : Case
        An open case with the table wallet and product groups.
    accounts : DataFrame
        Account facts; ``account_name`` is taken from them.
    of : collection of str, optional
        Numbers of the accounts to look at; all with a wallet without.

    Returns
    -------
    Finding
        One row per account with a wallet, the most to win first: ``account_id``,
        ``account_name``, ``wallet`` (all spend but what is not relevant), ``ours`` (net, from the
        ledger, in ``ours_from`` to ``ours_until``: the wallet's year, else the last twelve months
        there are), ``share_of_wallet``, ``elsewhere`` (in groups that we serve
        too, from others), ``competitors``, ``in_house``, ``unknown`` (nobody has said who serves
        it: part of the wallet, and shown by itself) and ``basis``, always ``wallet``: estimates
        are never mixed in. The parts add up to the wallet; where the ledger has more than the
        wallet says, the wallet is raised to it and ``raised`` tells. Where the ledger is shorter
        than a year, or only some accounts of a chain have a wallet (``wallet_cover``, their part
        of the chain's purchases), our part and share are not known and left empty.

    Raises
    ------
    MissingTable
        Without the table wallet, product groups, or a wallet of these accounts.
    ParameterError
        For a table of accounts without ``account_id``.

    Examples
    --------
    >>> from kamkit import open_case
    >>> accounts = pd.DataFrame({"account_id": ["000412"], "account_name": ["Nøkkvarde"]})
    >>> found = share_of_wallet(open_case("fjordgross"), accounts, of=["000412"]).table
    >>> parts = ["ours", "elsewhere", "competitors", "in_house", "unknown"]
    >>> round(float(found[parts].sum(axis=1)[0] - found["wallet"][0]), 2)
    0.0
    """
    wallet = latest_wallet(case)
    year = str(wallet["year"].iloc[0]) if "year" in wallet else ""
    known = wallet if of is None else wallet[wallet["account_id"].isin(list(of))]
    if known.empty:
        raise MissingTable(
            _("The case does not know what these accounts spend with others."),
            wanted=_("the table wallet"),
            remedy=_("Add it as a sheet or file; kamkit template shows its columns."),
        )
    period, note = _against(case, year)
    table = _parts(known, _ours(case, period))
    table = _known_share(table, known, period)
    names = accounts.drop_duplicates("account_id").set_index("account_id")
    if "account_name" in names:
        table.insert(1, "account_name", table["account_id"].map(names["account_name"]))
    table["to_win"] = (table["wallet"] - table["ours"].fillna(table["wallet"])).round(6)
    table = table.sort_values(["to_win", "account_id"], ascending=[False, True], ignore_index=True)
    table = table.drop(columns="to_win").assign(basis="wallet")
    return Finding(
        "share_of_wallet", table, _text(table, case.currency), _caveats(table, year, note)
    )


@takes(grid="account_id basis revenue potential")
def share_by_peers(grid: pd.DataFrame) -> pd.DataFrame:
    """Return an estimate of the share of wallet from comparable accounts.

    Parameters
    ----------
    grid : DataFrame
        The table of ``whitespace``.

    Returns
    -------
    DataFrame
        One row per account, by number: ``account_id``, ``ours``, ``wallet`` (the potentials that
        rest on peers, at least what it buys), ``share_of_wallet`` (empty where the wallet is
        zero) and ``basis``, always ``peers``. Cells whose potential is known from the table
        wallet are left out.

    Raises
    ------
    ParameterError
        For a table without the columns.

    Examples
    --------
    >>> cell = pd.DataFrame({"account_id": ["1", "1"], "basis": "peers", "revenue": [30.0, 10.0],
    ...     "potential": [20.0, 50.0]})
    >>> share_by_peers(cell)[["ours", "wallet", "share_of_wallet"]].to_numpy().tolist()
    [[40.0, 80.0, 0.5]]
    """
    cells = grid[grid["basis"] == "peers"]
    cells = cells.assign(potential=cells[["potential", "revenue"]].max(axis=1))
    sums = cells.groupby("account_id")[["revenue", "potential"]].sum().reset_index()
    sums = sums.rename(columns={"revenue": "ours", "potential": "wallet"})
    sums["share_of_wallet"] = sums["ours"] / sums["wallet"].where(sums["wallet"] > 0)
    return sums.assign(basis="peers")


def wallet_allocation(rank: float, suppliers: int) -> float:
    """Return the share of wallet that a supplier's rank with a customer goes with.

    Wallet Allocation Rule: (1 - rank / (n + 1)) x 2 / n with n suppliers. Source: Keiningham,
    Aksoy, Buoye & Cooil (2011).

    Parameters
    ----------
    rank : float
        The rank that the customer gives us, 1 for the best; of suppliers that share a rank the
        mean of their ranks.
    suppliers : int
        The suppliers that the customer uses, us too.

    Raises
    ------
    ParameterError
        Unless the rank lies between 1 and the number of suppliers.

    Examples
    --------
    >>> [round(wallet_allocation(rank, 3), 3) for rank in (1, 2, 3)]
    [0.5, 0.333, 0.167]
    """
    if not 1 <= rank <= suppliers:
        raise ParameterError(
            _("A rank lies between 1 and the number of suppliers."),
            found=_("rank {rank} of {n}", rank=rank, n=suppliers),
            remedy=_("Give the rank the customer gives us, 1 for the best."),
        )
    return (1 - rank / (suppliers + 1)) * 2 / suppliers


def latest_wallet(case: Case, *, until: int | None = None) -> pd.DataFrame:
    """Return the wallets of the last year: one row per account and product group.

    With ``until`` the last year up to that one, the first after it where there is none.

    Columns: ``account_id``, ``category``, ``spend``, ``served_by`` and, where they are there,
    ``competitor`` and ``year``. Several rows of one group (the accounts of a chain) are added up;
    it is served by us where any of them is, else as the largest of them, of equals as the first
    in the alphabet.

    Raises
    ------
    MissingTable
        Without the table wallet.

    Examples
    --------
    >>> from kamkit import open_case
    >>> latest_wallet(open_case("fjordgross")).duplicated(["account_id", "category"]).any().item()
    False
    """
    wallet = case.table("wallet")
    if "year" in wallet and wallet["year"].notna().any():
        years = sorted(set(wallet["year"].dropna().astype(str)))
        early = [year for year in years if until is None or year <= str(until)]
        wallet = wallet[wallet["year"].astype(str) == (early[-1] if early else years[0])]
    wallet = wallet.assign(spend=wallet["spend"].astype(float))
    keys = ["account_id", "category"]
    if not wallet.duplicated(keys).any():
        return wallet.reset_index(drop=True)
    served = wallet.get("served_by", pd.Series("", index=wallet.index))
    ordered = wallet.assign(_ours=served == "us", _served=served).sort_values(
        [*keys, "_ours", "spend", "_served"], ascending=[True, True, False, False, True]
    )
    first = ordered.drop_duplicates(keys).drop(columns=["_ours", "_served", "spend"])
    sums = wallet.groupby(keys)["spend"].sum().reset_index()
    return first.merge(sums, on=keys).reset_index(drop=True)


def _against(case: Case, year: str) -> tuple[Period | None, str]:
    """Return the twelve months that a year's wallet is set against, and what is to be said of it.

    None where the ledger is shorter than a year: the wallet of a year is not set against less.
    """
    covered = whole_months(case.period) or case.period
    if year.isdigit():
        own = Period(f"{year}-01-01", f"{year}-12-31")
        if covered.start <= own.start and own.end <= covered.end:
            return own, ""
    last = last_year(case.period)
    if not is_year(last):
        return None, _(
            "The ledger is shorter than a year: a year's wallet is not set against it, and our "
            "share is not known."
        )
    if year:
        return last, _(
            "The ledger does not cover {year}: what they buy from us is that of {period}.",
            year=year,
            period=last,
        )
    return last, _(
        "Of which year the wallets are is not said; what they buy from us is that of {period}.",
        period=last,
    )


def _known_share(table: pd.DataFrame, wallet: pd.DataFrame, period: Period | None) -> pd.DataFrame:
    """Leave our part and our share empty where like cannot be compared with like."""
    year = wallet["year"].iloc[0] if "year" in wallet else None
    table["wallet_year"] = pd.Series(str(year) if year else "", index=table.index, dtype="str")
    if period is not None:
        table["ours_from"] = pd.Timestamp(period.start).as_unit("s")
        table["ours_until"] = pd.Timestamp(period.end).as_unit("s")
    if "wallet_cover" in wallet:
        cover = wallet.groupby("account_id")["wallet_cover"].first()
        table["wallet_cover"] = table["account_id"].map(cover).fillna(1.0)
    else:
        table["wallet_cover"] = 1.0
    unknown = (table["wallet_cover"] < COVERED) | (period is None)
    for name in ("ours", "elsewhere", "share_of_wallet"):
        table[name] = table[name].astype(float).mask(unknown)
    table["raised"] = table["raised"] & ~unknown
    return table


def _ours(case: Case, period: Period | None) -> pd.DataFrame:
    known = lines(case, "category", period=period)
    sums = known.group_by(["account_id", "item"]).aggregate(ours=known.amount.sum())
    table = case.engine.frame(sums.order_by(["account_id", "item"]))
    table["ours"] = table["ours"].clip(lower=0.0)
    return table


def _parts(wallet: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    cells = wallet.rename(columns={"category": "item"}).merge(
        ours, on=["account_id", "item"], how="left"
    )
    cells["ours"] = cells["ours"].fillna(0.0)
    spend = cells["spend"].astype(float)
    served = cells["served_by"] if "served_by" in cells else pd.Series("unknown", index=cells.index)
    served = served.fillna("unknown").mask(cells["ours"] > 0, "us")
    cells["raised"] = cells["ours"] > spend
    cells["wallet"] = spend.where(~cells["raised"], cells["ours"]).mask(served == "not relevant", 0)
    rest = cells["wallet"] - cells["ours"].where(served == "us", 0.0)
    cells["elsewhere"] = rest.where(served == "us", 0.0)
    for name, state in (
        ("competitors", "competitor"),
        ("in_house", "in-house"),
        ("unknown", "unknown"),
    ):
        cells[name] = rest.where(served == state, 0.0)
    parts = ["wallet", "ours", "elsewhere", "competitors", "in_house", "unknown", "raised"]
    cells["ours"] = cells["ours"].where(served == "us", 0.0)
    table = cells.groupby("account_id")[parts].sum().reset_index()
    table["raised"] = table["raised"] > 0
    table["share_of_wallet"] = table["ours"] / table["wallet"].where(table["wallet"] > 0)
    return table


def _text(table: pd.DataFrame, currency: str) -> str:
    whole = table
    table = table[table["share_of_wallet"].notna()]
    if table.empty:
        return _(
            "{accounts} {wallet}; our share of it is not known.",
            accounts=ngettext("{n} account spends", "{n} accounts spend", len(whole)),
            wallet=scaled(float(whole["wallet"].sum()), currency),
        )
    wallet, ours = float(table["wallet"].sum()), float(table["ours"].sum())
    first = table.iloc[0]
    return _(
        "{accounts} {wallet}, {share} of it with us; for {unknown} the supplier is not known. Most "
        "is bought elsewhere by {name}: {open} of {own}.",
        accounts=ngettext("{n} account spends", "{n} accounts spend", len(table)),
        wallet=scaled(wallet, currency),
        share=percent(ours / wallet, 0) if wallet else "–",
        unknown=percent(float(table["unknown"].sum()) / wallet, 0) if wallet else "–",
        name=name_of(first),
        open=scaled(float(first["wallet"] - first["ours"]), currency),
        own=scaled(float(first["wallet"]), currency),
    )


def _caveats(table: pd.DataFrame, year: str, note: str) -> tuple[str, ...]:
    caveats = []
    if year:
        caveats.append(
            _("The wallets are those of {year}, as somebody has written them down.", year=year)
        )
    caveats += [note] if note else []
    nothing = int((table["wallet"] <= 0).sum())
    if nothing:
        caveats.append(
            ngettext(
                "{n} more account has a wallet of zero and is not counted.",
                "{n} more accounts have a wallet of zero and are not counted.",
                nothing,
            )
        )
    partly = int((table["wallet_cover"] < COVERED).sum())
    if partly:
        caveats.append(
            ngettext(
                "Of {n} chain only some accounts have a wallet: our share of it is not known.",
                "Of {n} chains only some accounts have a wallet: our share of them is not known.",
                partly,
            )
        )
    raised = int(table["raised"].sum())
    if raised:
        caveats.append(
            ngettext(
                "At {n} account the ledger has more in a group than its wallet; it is raised.",
                "At {n} accounts the ledger has more in a group than their wallets; they are "
                "raised.",
                raised,
            )
        )
    return tuple(caveats)
