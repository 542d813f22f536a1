"""From invoice lines to account facts, by Ibis in the engine, in two levels and one query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kamkit import schema
from kamkit.errors import PeriodError
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from kamkit.case import Case
    from kamkit.periods import Period

_WORDS = ("account_name", "parent_id", "region", "segment")
_OF_ACCOUNTS = {
    "name": "account_name",
    "parent_id": "parent_id",
    "region": "region",
    "segment": "segment",
    "account_manager": "account_manager",
}
_ORDER = (
    *("account_id", "first_date", "last_date", "invoices", "credit_notes", "active_months"),
    *("lines", "revenue", "invoiced", "credited", "credit_share", "quantity", "list_amount"),
    *("cost", "contribution", "contribution_ratio"),
)
_MONEY = ("revenue", "invoiced", "credited", "quantity", "cost", "list_amount")


def account_facts(case: Case, *, period: Period | None = None) -> pd.DataFrame:
    """Return the facts of each account.

    One row per account with a used line in the period, the largest net amount first, then by
    number:

    - ``account_id``; ``account_name``, ``parent_id``, ``region``, ``segment``,
      ``account_manager`` where the case has them: from the table of accounts, else from the
      latest line that has one;
    - ``first_date``; ``last_date``, the last with a line above zero (a credit note is no
      purchase), the last of all where there is none; ``active_months``, calendar months with a
      line; ``lines``;
    - ``invoices``, documents with credit notes included (days with a line where there are no
      invoice numbers); ``credit_notes``, documents with a credited line;
    - ``revenue``, net; ``invoiced``, before credit lines; ``credited``, at most zero;
      ``credit_share``, credited of invoiced; ``quantity``;
    - where there is cost: ``cost``, ``contribution`` (amount less cost; dekningsbidrag) and
      ``contribution_ratio``, contribution of an amount above zero;
    - where there are list prices: ``list_amount``; a line without one counts at its net amount.

    Amounts are in the case's currency, added exactly and rounded to four decimals at the end.

    Raises ``PeriodError`` when the period holds no line.

    >>> from kamkit import open_case
    >>> facts = account_facts(open_case("cdnow"))
    >>> len(facts), round(float(facts["revenue"].sum()), 2)
    (23570, 2500315.63)
    """
    sums = aggregate(case.sales, period=period)
    # exact, and in the engine: a million of Python's own decimals fill the memory
    sums = sums.mutate(invoiced=sums.revenue - sums.credited)
    if "cost" in sums.columns:
        sums = sums.mutate(contribution=sums.revenue - sums.cost)
    found = case.engine.frame(sums)
    if found.empty:
        raise PeriodError(
            _("There is no line of sales in the period."),
            found=str(case.period),
            wanted=str(period),
            remedy=_("Choose a period that the ledger covers."),
        )
    facts = _finished(found)
    words = _words(case, period)
    if words is not None:
        facts = facts.merge(words, on="account_id", how="left")
    first = ["account_id", *[name for name in _OF_ACCOUNTS.values() if name in facts]]
    rest = [name for name in facts.columns if name not in first]
    ordered = facts[first + rest].sort_values(["revenue", "account_id"], ascending=[False, True])
    return ordered.reset_index(drop=True)


def aggregate(sales: ir.Table, *, period: Period | None = None) -> ir.Table:
    """Return the expression behind ``account_facts`` on any Ibis table of the contract.

    One row per account, unordered; amounts are exact decimals. First by account, document and
    day, then by account: two levels read the lines once and count distinct documents among far
    fewer rows (docs/decisions/0001-two-level-aggregation.md).

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": "a", "date": ["2025-01-31", "2025-02-28"]})
    >>> case = open_case(sales.assign(amount=[90.0, -20.0]))
    >>> case.engine.frame(aggregate(case.sales))[["revenue", "credited", "lines"]].values.tolist()
    [[70.0, -20.0, 2.0]]
    """
    lines = _within(sales, period)
    document = lines.invoice_id if "invoice_id" in lines.columns else lines.date.cast("string")
    credit = lines.amount < 0
    if "doc_type" in lines.columns:
        credit = credit | (lines.doc_type == "credit_note").fill_null(False)
    zero = lines.amount - lines.amount
    sums = {"revenue": lines.amount.sum(), "credited": credit.ifelse(lines.amount, zero).sum()}
    for name in ("quantity", "cost"):
        if name in lines.columns:
            sums[name] = lines[name].sum()
    if "list_amount" in lines.columns:
        sums["list_amount"] = lines.list_amount.fill_null(lines.amount).sum()
    first = lines.group_by(
        account_id=lines.account_id, document=document, day=lines.date
    ).aggregate(
        lines=lines.count(), has_credit=credit.any(), bought=(lines.amount > 0).any(), **sums
    )
    second: dict[str, Any] = {name: first[name].sum() for name in sums}
    return first.group_by("account_id").aggregate(
        first_date=first.day.min(),
        last_date=first.day.max(where=first.bought).fill_null(first.day.max()),
        invoices=first.document.nunique(),
        credit_notes=first.document.nunique(where=first.has_credit),
        active_months=(first.day.year() * 12 + first.day.month()).nunique(),
        lines=first.lines.sum(),
        **second,
    )


def monthly(case: Case, *, accounts: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the net amount of each account and calendar month.

    One row per account and month with a line, by account, then month: ``account_id``, ``month``
    (its first day), ``revenue``. ``accounts`` limits it to some account numbers.

    >>> from kamkit import open_case
    >>> monthly(open_case("cdnow"), accounts=["00001"])["revenue"].tolist()
    [11.77]
    """
    import pandas as pd

    lines = case.sales
    if accounts is not None:
        lines = lines.filter(lines.account_id.isin(list(accounts)))
    table = lines.group_by(
        account_id=lines.account_id, month=lines.date.truncate("M").cast("date")
    ).aggregate(revenue=lines.amount.sum())
    frame = case.engine.frame(table.order_by(["account_id", "month"]))
    frame["revenue"] = frame["revenue"].round(4)
    frame["month"] = pd.to_datetime(frame["month"]).dt.as_unit("s")
    return frame


def _within(sales: ir.Table, period: Period | None) -> ir.Table:
    if period is None:
        return sales
    return sales.filter((sales.date >= period.start) & (sales.date <= period.end))


def _finished(facts: pd.DataFrame) -> pd.DataFrame:
    """Round the amounts and add what is made of them."""
    import pandas as pd

    for name in (*_MONEY, "contribution"):
        if name in facts:
            facts[name] = facts[name].astype("float64").round(4) + 0.0
    for name in [str(one) for one in facts if schema.kind(str(one)) == "date"]:
        facts[name] = pd.to_datetime(facts[name]).dt.as_unit("s")
    facts["credit_share"] = -facts["credited"] / facts["invoiced"].where(facts["invoiced"] != 0)
    facts["credit_share"] = facts["credit_share"] + 0.0
    if "contribution" in facts:
        ratio = facts["contribution"] / facts["revenue"].where(facts["revenue"] > 0)
        facts["contribution_ratio"] = ratio
    first = [name for name in _ORDER if name in facts]
    rest = [name for name in facts if name not in first]
    counts = ["invoices", "credit_notes", "active_months", "lines"]
    return facts[first + rest].astype(dict.fromkeys(counts, "int64"))


def _words(case: Case, period: Period | None) -> pd.DataFrame | None:
    """Return the descriptive columns, one row per account: the register first, then the lines."""
    words = _latest(case, period)
    register = case.tables.get("accounts")
    if register is None:
        return words
    names = {old: new for old, new in _OF_ACCOUNTS.items() if old in register}
    own = register[["account_id", *names]].rename(columns=names).drop_duplicates("account_id")
    if words is None:
        return own
    filled = own.set_index("account_id").combine_first(words.set_index("account_id"))
    return filled.reset_index()


def _latest(case: Case, period: Period | None) -> pd.DataFrame | None:
    lines = _within(case.sales, period)
    frames: list[pd.DataFrame] = []
    for name in _WORDS:
        if not case.has(name):
            continue
        pairs = (
            lines.filter(lines[name].notnull())
            .group_by(["account_id", name])
            .aggregate(last=lines.date.max())
        )
        # the latest date, then the word itself: a total order, so that every run is the same
        table = case.engine.frame(pairs).sort_values(["last", name], ascending=[False, True])
        best = table.drop_duplicates("account_id").set_index("account_id")
        frames.append(best[[name]].sort_index())
    if not frames:
        return None
    import pandas as pd

    return pd.concat(frames, axis=1).rename_axis("account_id").reset_index()
