"""Who is a customer: numbers that gather many, one under several spellings, names that lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.case.ledger import Ledger
from kamkit.case.spellings import folded_id
from kamkit.language import gettext as _
from kamkit.language import join, ngettext, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

_NUMBERS = r"^(?:0+|9{4,}|1{5,}|x{2,}|z{3,})$"
_WORDS = (
    r"(?i)(^|[^\p{L}])(cash (customer|sale)s?|counter sales?|walk[- ]?in|over the counter|"
    r"misc(ellaneous)?( customers?)?|sundry|one[- ]?time( customer)?|guest|anonymous|unknown|"
    r"unassigned|no customer|web ?shop customers?|kontant(salg|kunder?|kund)?|diverse|"
    r"div\.? kund(er)?|engangskunder?|tilfeldige? kund\p{L}*|gjest|anonym|ukjent|uten kundenr|"
    r"privatkunder|kassesalg|kassekunder?|butikkunder?|småkunder|kontantkjøp|drop-?in|okänd|okänt|"
    r"strökund|barverkauf|laufkund\p{L}*|barkund\p{L}*|cpd|unbekannt|"
    r"client (comptoir|divers|passant)|clients divers|inconnu|contante? verkoop|diversen|"
    r"onbekend|klient detaliczny|nieznany|sprzedaż gotówkowa)([^\p{L}]|$)"
)
_ORG_DIGITS = 8  # of the shortest organisation number
_MANY = 5  # names or regions of one number


def collective(ledger: Ledger) -> Finding | None:
    """Tell the numbers that seem to gather many customers; None where there are none.

    One row per number: ``account_id``, ``revenue``, ``share``, ``names`` and ``regions`` (how many
    different ones it has). Told by the number or name, such as 0 or “Cash customer”, and by having
    five names or regions or more.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["0", "7"], "date": "2025-01-31", "amount": [90.0, 10]})
    >>> print(collective(open_case(sales)))
    “0” seems to gather several customers: 90.0% of revenue. (Leave it out with --exclude "0".)
    """
    frame = _accounts(ledger)
    text = frame["account_id"].astype("str")
    named = text.str.contains(_NUMBERS, regex=True) | frame["word"].fillna(value=False)
    many = (frame["names"] >= _MANY) | (frame["regions"] >= _MANY)
    customers = frame[named | many].drop(columns="word")
    customers = customers.sort_values(["revenue", "account_id"], ascending=[False, True])
    customers = customers.reset_index(drop=True).head(20)
    if customers.empty:
        return None
    names = [f"“{account}”" for account in customers["account_id"].head(3)]
    words = ngettext(
        "{names} seems to gather several customers: {share} of revenue.",
        "{n} numbers seem to gather several customers each ({names}): {share} of revenue.",
        len(customers),
        names=join(names),
        share=percent(float(customers["share"].sum())),
    )
    options = " ".join(f'--exclude "{account}"' for account in customers["account_id"].head(3))
    advice = ngettext(
        "Leave it out with {options}.",
        "Leave them out with {options}.",
        len(customers),
        options=options,
    )
    return Finding("collective", customers, words, (advice,))


def _accounts(ledger: Ledger) -> pd.DataFrame:
    near, sales = ledger.engine.near, ledger.sales
    keys = [name for name in ("account_id", "account_name", "region") if ledger.has(name)]
    sums = sales.group_by(keys).aggregate(revenue=sales.amount.sum())
    pairs = ledger.engine.near_table(sums)  # words are read at home
    word = pairs.account_id.re_search(_WORDS)
    if "account_name" in keys:
        word = word | pairs.account_name.re_search(_WORDS).fill_null(False)
    none = pairs.account_id.nunique() * 0
    counted = pairs.group_by("account_id").aggregate(
        revenue=pairs.revenue.sum(),
        names=pairs.account_name.lower().nunique() if "account_name" in keys else none,
        regions=pairs.region.lower().nunique() if "region" in keys else none,
        word=word.any(),
    )
    frame = near.frame(counted)
    near.drop(pairs.get_name())
    whole = float(frame["revenue"].sum())
    frame.insert(2, "share", frame["revenue"] / whole if whole else float("nan"))
    return frame


def spellings(ledger: Ledger) -> Finding | None:
    """Tell account numbers that differ only in case, spaces, zeros or a point; None without any.

    One row per number: ``account_id``, ``same`` (what they have in common), ``revenue``.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["a1", "A1"], "date": "2025-01-31", "amount": 5.0})
    >>> print(spellings(open_case(sales)))
    2 account numbers differ only in case, spaces or zeros and may be 1 customer, worth 10, such as
    “A1” and “a1”. (Count them as one with --merge.)
    """
    near, sales = ledger.engine.near, ledger.sales
    sums = sales.group_by("account_id").aggregate(revenue=sales.amount.sum())
    held = ledger.engine.near_table(sums)
    shared = _shared(held.mutate(same=folded_id(held.account_id)))
    table = near.frame(shared.order_by(["same", "account_id"]))
    near.drop(held.get_name())
    if table.empty:
        return None
    first = table.loc[table["same"] == table["same"].iloc[0], "account_id"]
    text = _(
        "{numbers} account numbers differ only in case, spaces or zeros and may be {customers}, "
        "worth {amount}, such as {examples}.",
        numbers=len(table),
        customers=ngettext("{n} customer", "{n} customers", int(table["same"].nunique())),
        amount=scaled(float(table["revenue"].sum()), ledger.currency),
        examples=join([f"“{account}”" for account in first.head(3)]),
    )
    return Finding("spellings", table, text, (_("Count them as one with --merge."),))


def _shared(counted: ir.Table) -> ir.Table:
    several = counted.group_by("same").aggregate(spellings=counted.count())
    several = several.filter(several.spellings > 1)
    return counted.semi_join(several, "same")


def same_org(accounts: pd.DataFrame) -> dict[str, str]:
    """Return the account numbers with another's organisation number, and that of the first.

    Signs, spaces and the letters around the nine digits mean nothing.

    >>> import pandas as pd
    >>> two = {"account_id": ["1", "2"], "org_number": ["NO 912 345 678 MVA", "912345678"]}
    >>> same_org(pd.DataFrame(two))
    {'2': '1'}
    """
    if not {"account_id", "org_number"} <= set(accounts):
        return {}
    bare = accounts["org_number"].astype("str").str.replace(r"\D+", "", regex=True)
    known = accounts.assign(org=bare)[bare.str.len() >= _ORG_DIGITS].sort_values("account_id")
    first = known.groupby("org")["account_id"].transform("first")
    other = known["account_id"] != first
    return dict(zip(known.loc[other, "account_id"], first[other], strict=True))


def shared_org(ledger: Ledger, accounts: pd.DataFrame | None) -> Finding | None:
    """Tell accounts that share an organisation number; None where none do.

    One row per account with another's number: ``account_id``, ``same`` (the other), ``revenue``.
    """
    import pandas as pd

    pairs = same_org(accounts) if accounts is not None else {}
    sales = ledger.sales
    counted = sales.group_by("account_id").aggregate(revenue=sales.amount.sum())
    here = ledger.engine.frame(counted) if pairs else pd.DataFrame(columns=["account_id"])
    table = here[here["account_id"].isin(list(pairs))].sort_values("account_id")
    if table.empty:
        return None
    table.insert(1, "same", table["account_id"].map(pairs))
    text = ngettext(
        "{n} account has the organisation number of another, worth {amount}: {examples}.",
        "{n} accounts have the organisation number of another, worth {amount}: {examples}.",
        len(table),
        amount=scaled(float(table["revenue"].sum()), ledger.currency),
        examples=join(
            [f"{a} = {b}" for a, b in zip(table["account_id"], table["same"], strict=True)][:3]
        ),
    )
    advice = _(
        "Count them as one with --merge, or one pair with --alias {one}={other}.",
        one=table["account_id"].iloc[0],
        other=table["same"].iloc[0],
    )
    return Finding("shared_org", table.reset_index(drop=True), text, (advice,))


def unregistered(ledger: Ledger, accounts: pd.DataFrame | None) -> Finding | None:
    """Tell accounts of the ledger that the register of customers lacks; None where none does.

    One row per account: ``account_id``, ``revenue``.
    """
    if accounts is None or "account_id" not in accounts:
        return None
    sales = ledger.sales
    frame = ledger.engine.frame(
        sales.group_by("account_id").aggregate(revenue=sales.amount.sum()).order_by("account_id")
    )
    lacking = frame[~frame["account_id"].isin(accounts["account_id"])].reset_index(drop=True)
    if lacking.empty:
        return None
    text = ngettext(
        "{n} of {all} accounts is not in the register of customers, worth {amount}.",
        "{n} of {all} accounts are not in the register of customers, worth {amount}.",
        len(lacking),
        all=len(frame),
        amount=scaled(float(lacking["revenue"].sum()), ledger.currency),
    )
    advice = _("Are the numbers written in the same way in both?")
    return Finding("unregistered", lacking, text, (advice,))


def joined(
    tables: dict[str, pd.DataFrame], sales: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Give the other tables the ledger's account numbers where only zeros, case or spaces differ.

    ``sales`` has one row per account. Returns the tables and what to tell of each.
    """
    known = set(sales["account_id"].dropna())
    folds = sales["account_id"].dropna().map(_fold)
    unique = folds[~folds.duplicated(keep=False)]
    meant = dict(zip(unique, sales.loc[unique.index, "account_id"], strict=True))
    notes, tables_out = [], dict(tables)
    for name, frame in tables.items():
        if "account_id" not in frame:
            continue
        own = frame["account_id"]
        taken = own.map(lambda text: isinstance(text, str) and text in known)
        other = own.where(taken, own.map(lambda text: meant.get(_fold(text))))
        changed = ~taken & other.notna() & ~other.isin(set(own[taken]))
        if changed.any():
            tables_out[name] = frame.assign(account_id=own.where(~changed, other))
            notes.append(
                ngettext(
                    "{n} account number of “{table}” differs from the ledger's in zeros, case or "
                    "spaces only and is taken for the same.",
                    "{n} account numbers of “{table}” differ from the ledger's in zeros, case or "
                    "spaces only and are taken for the same.",
                    int(changed.sum()),
                    table=name,
                )
            )
    return tables_out, notes


def _fold(text: object) -> str:
    plain = "".join(str(text).casefold().split()).removesuffix(".0")
    return plain.lstrip("0") or plain
