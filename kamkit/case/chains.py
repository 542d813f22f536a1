"""A case whose chains and groups count as one account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kamkit.language import ngettext

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from kamkit.case.case import Case

_OF_LARGEST = ("industry", "region", "segment", "account_manager", "language")


def as_chains(case: Case) -> Case:
    """Return the case with every account of a chain or group under the number of its parent.

    The lines of sales and all tables follow. A chain is called by the words that the names of its
    accounts begin with, else by the name of its largest account. The register (table accounts) has
    one row per chain and ``members``, how many accounts it is: employees are added, the first date
    and the words of the largest account are taken, days to payment weighted by revenue. A case
    without chains comes back as it is.

    >>> from kamkit.case import open_case
    >>> whole = as_chains(open_case("fjordgross"))
    >>> row = whole.table("accounts").set_index("account_id").loc["K07"]
    >>> row["name"], int(row["members"])
    ('Trollbua', 40)
    """
    parents = chain_of(case)
    if parents.empty:
        return case
    size = _revenue(case)
    names = _chain_names(_names(case), parents, size)
    tables = {name: _moved(frame, parents) for name, frame in case.tables.items()}
    if "wallet" in tables:
        cover = wallet_cover(case.tables["wallet"], parents, size)
        tables["wallet"] = tables["wallet"].assign(
            wallet_cover=tables["wallet"]["account_id"].map(cover).fillna(1.0).astype(float)
        )
    tables["accounts"] = _register(case.tables.get("accounts"), parents, size, names)
    note = ngettext(
        "{n} account of chains is counted under its chain.",
        "{n} accounts of chains are counted under their {chains} chains.",
        len(parents),
        chains=parents.nunique(),
    )
    return replace(
        case, checked=_renumbered(case, parents, names), tables=tables, notes=(*case.notes, note)
    )


def wallet_cover(
    wallet: pd.DataFrame, parents: pd.Series[str], size: pd.Series[float]
) -> pd.Series[float]:
    """Return the part of each chain's revenue that its accounts with a wallet bring.

    The sum of their wallets is that of the chain only where it is all of it.

    >>> import pandas as pd
    >>> parents = pd.Series({"1": "K", "2": "K"})
    >>> told = pd.DataFrame({"account_id": ["1"]})
    >>> float(wallet_cover(told, parents, pd.Series({"1": 30.0, "2": 90.0}))["K"])
    0.25
    """
    weight = size.reindex(parents.index).fillna(0.0).clip(lower=0.0)
    has_wallet = parents.index.isin(wallet["account_id"])
    whole = weight.groupby(parents).sum()
    cover: pd.Series[float] = (
        weight[has_wallet].groupby(parents[has_wallet]).sum().reindex(whole.index)
    )
    return cover.fillna(0.0) / whole.where(whole > 0)


def chain_of(case: Case) -> pd.Series[str]:
    """Return the number of the chain of each account that belongs to one, by account number.

    From the register where it has parents, else from the latest line that has one. A parent with a
    parent is followed to the top. A chain of one account is none.

    >>> from kamkit.case import open_case
    >>> int((chain_of(open_case("fjordgross")) == "K07").sum())
    40
    """
    import pandas as pd

    pairs = _parents(case)
    tops = {account: _top(account, pairs) for account in pairs}
    own = pd.Series(tops, dtype="str", name="parent_id").rename_axis("account_id")
    known = set(_revenue(case).index) | set(own.index)
    heads = [top for top in sorted(set(tops.values())) if top in known and top not in own.index]
    whole = pd.concat([own, pd.Series({top: top for top in heads}, dtype="str")])
    members = whole.map(whole.value_counts())
    return whole[members > 1].sort_index().rename("parent_id")


def _top(account: str, pairs: dict[str, str]) -> str:
    seen = [account]
    while (above := pairs.get(seen[-1])) is not None and above not in seen:
        seen.append(above)
    # accounts that are each other's parent are one chain, under the lowest number
    return min(seen) if pairs.get(seen[-1]) in seen else seen[-1]


def _parents(case: Case) -> dict[str, str]:
    register = case.tables.get("accounts")
    if register is not None and "parent_id" in register and register["parent_id"].notna().any():
        pairs = register.dropna(subset=["parent_id"])
    elif case.has("parent_id"):
        lines = case.sales.filter(case.sales.parent_id.notnull())
        parents = lines.group_by(["account_id", "parent_id"]).aggregate(last=lines.date.max())
        pairs = case.engine.frame(parents).sort_values(["account_id", "last", "parent_id"])
        pairs = pairs.drop_duplicates("account_id", keep="last")
    else:
        return {}
    pairs = pairs[pairs["parent_id"].astype(str).str.strip() != ""]
    same = pairs["parent_id"] == pairs["account_id"]
    return dict(zip(pairs.loc[~same, "account_id"], pairs.loc[~same, "parent_id"], strict=True))


def _revenue(case: Case) -> pd.Series[float]:
    sums = case.engine.frame(
        case.sales.group_by("account_id").aggregate(amount=case.sales.amount.sum())
    )
    revenue: pd.Series[float] = sums.set_index("account_id")["amount"].astype("float64")
    return revenue


def _names(case: Case) -> pd.Series[str]:
    import pandas as pd

    register = case.tables.get("accounts")
    if register is not None and "name" in register and register["name"].notna().any():
        named = register.dropna(subset=["name"]).drop_duplicates("account_id")
        return named.set_index("account_id")["name"]
    if not case.has("account_name"):
        return pd.Series(dtype="str")
    lines = case.sales.filter(case.sales.account_name.notnull())
    names = lines.group_by(["account_id", "account_name"]).aggregate(last=lines.date.max())
    latest = case.engine.frame(names).sort_values(["account_id", "last", "account_name"])
    found_last: pd.Series[str] = latest.groupby("account_id")["account_name"].last()
    return found_last


def _chain_names(
    names: pd.Series[str], parents: pd.Series[str], size: pd.Series[float]
) -> dict[str, str]:
    """Return what each chain is called; chains whose accounts have no name are left out."""
    largest = size.reindex(parents.index).fillna(0.0)
    found = {}
    for chain, members in parents.groupby(parents):
        own = names.reindex(members.index).dropna()
        if len(own):
            first = largest[own.index].sort_index(kind="stable").idxmax()
            found[str(chain)] = _shared_words(list(own)) or str(own[str(first)])
    return found


def _shared_words(names: list[str]) -> str:
    """Return the words that all names begin with, ``""`` where they share none.

    >>> _shared_words(["Troll Bygg Oslo", "Troll Bygg Bergen"])
    'Troll Bygg'
    """
    split = [name.split() for name in names]
    shared = []
    for words in zip(*split, strict=False):
        if len({word.casefold() for word in words}) > 1:
            break
        shared.append(words[0])
    return " ".join(shared)


def _renumbered(case: Case, parents: pd.Series[str], names: dict[str, str]) -> ir.Table:
    import ibis
    import pandas as pd

    pairs = pd.DataFrame({"_member": parents.index.astype(str), "_chain": parents.to_numpy()})
    pairs["_called"] = (
        pairs["_chain"].map(names).astype("str").where(pairs["_chain"].isin(list(names)), None)
    )
    listed = ibis.memtable(
        pairs, schema={"_member": "string", "_chain": "string", "_called": "string"}
    )
    lines = case.checked
    joined = lines.left_join(listed, lines.account_id == listed["_member"])
    changed = {"account_id": ibis.coalesce(joined["_chain"], joined.account_id)}
    if "account_name" in lines.columns:
        changed["account_name"] = ibis.coalesce(joined["_called"], joined.account_name)
    return joined.mutate(**changed).select(*lines.columns)


def _moved(frame: pd.DataFrame, parents: pd.Series[str]) -> pd.DataFrame:
    if "account_id" not in frame:
        return frame
    moved = frame["account_id"].map(parents)
    return frame.assign(account_id=moved.fillna(frame["account_id"]))


def _register(
    register: pd.DataFrame | None,
    parents: pd.Series[str],
    size: pd.Series[float],
    names: dict[str, str],
) -> pd.DataFrame:
    """Return one row per chain and, of a register that is there, one per other account."""
    import pandas as pd

    counts = parents.value_counts().sort_index()
    chains = pd.DataFrame({"account_id": counts.index.astype(str), "members": counts.to_numpy()})
    chains["name"] = chains["account_id"].map(names)
    if register is None:
        return chains
    weight = register["account_id"].map(size).fillna(0.0).clip(lower=0.0)
    part = register.assign(_size=weight, _chain=register["account_id"].map(parents))
    part = part[part["_chain"].notna()].sort_values(
        ["_size", "account_id"], ascending=[False, True]
    )
    groups = part.groupby("_chain")
    for column in [name for name in _OF_LARGEST if name in register]:
        chains[column] = chains["account_id"].map(groups[column].first())
    if "employees" in register:
        chains["employees"] = chains["account_id"].map(groups["employees"].sum(min_count=1))
    if "since" in register:
        chains["since"] = chains["account_id"].map(groups["since"].min())
    if "payment_days" in register:
        chains["payment_days"] = chains["account_id"].map(_weighted(part, "payment_days"))
    alone = register[~register["account_id"].isin(parents.index)].assign(members=1)
    whole = pd.concat([alone, chains], ignore_index=True)
    names_first = [*register.columns, *[n for n in chains if n not in register.columns]]
    return whole[names_first].sort_values("account_id", ignore_index=True)


def _weighted(part: pd.DataFrame, column: str) -> pd.Series[float]:
    known = part[part[column].notna()]
    # an account without revenue counts a little, so that a chain of such has a mean too
    weight = known["_size"] + 1e-9
    sums = (known[column] * weight).groupby(known["_chain"]).sum()
    mean: pd.Series[float] = sums / weight.groupby(known["_chain"]).sum()
    return mean
