"""Can I trust this ledger? What was read, what is missing, what looks odd, each as a finding."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from kamkit.case import checks
from kamkit.case.customers import collective, shared_org, spellings, unregistered
from kamkit.case.ledger import Ledger
from kamkit.case.template import column_words
from kamkit.case.unused import unused
from kamkit.language import N_, join, joined, ngettext, number, percent
from kamkit.language import gettext as _
from kamkit.money import money, scaled
from kamkit.output.finding import Finding
from kamkit.schema import reason_label
from kamkit.schema.contract import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

# What an analyst cannot do without a column; asked in this order.
_LACKS = {
    "invoice_id": N_("invoices are counted as days with a purchase"),
    "cost": N_("contribution and customer profit are left out"),
    "product_id": N_("repeat purchase of a product is left out"),
    "category": N_("cross-sell between product groups is left out"),
    "list_amount": N_("discounts are left out"),
    "seller": N_("sellers are not compared"),
    "account_name": N_("accounts are shown by number"),
}
_TENTH = 0.001
"""From this share of all one decimal of a percentage tells it."""
_TESTED = r"(test|testing|dummy)"
_OWN = r"(kunder?|kunden|konto|customer|account|client|user|bruker|firma|company|as|ab|ltd|gmbh)"
_WARE = r"(vare|varer|produkt|product|item|artikel|ordre|order)"
_TEST = rf"(?i)^[\W_]*({_TESTED}|intern[te]?|internal)[\W_]*({_OWN}|forbruk|bruk|use)?[\W_\d]*$"
"""The whole name or number of a test customer: a test word inside a name is none."""
_TEST_WARE = rf"(?i)^[\W_]*{_TESTED}[\W_]*{_WARE}?[\W_\d]*$"


def findings(ledger: Ledger, accounts: pd.DataFrame | None = None) -> list[Finding]:
    """Return the findings on a ledger, the most important first; ``accounts`` is its register.

    Each is a sentence with its table: what was used and set aside, the months covered, credit
    notes, repeated lines, unclear accounts, odd lines, the file's own total, columns that lack.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["a", "b"], "date": "2025-01-31", "amount": 50.0})
    >>> [found.name for found in findings(open_case(sales))]
    ['reconciled', 'coverage', 'credit_notes', 'repeats', 'odd_lines', 'lacking']
    """
    results = [
        reconciled(ledger),
        coverage(ledger),
        credit_notes(ledger),
        repeats(ledger),
        doubtful_names(ledger, accounts),
        collective(ledger),
        spellings(ledger),
        shared_org(ledger, accounts),
        unregistered(ledger, accounts),
    ]
    results += [odd_lines(ledger), own_total(ledger), unused(ledger.unused)]
    results.append(lacking(ledger, accounts))
    return [finding for finding in results if finding is not None]


def _reasons(aside: pd.DataFrame, currency: str) -> str:
    """Tell of each reason how many lines were set aside for it, and what they are worth."""
    reasons = [
        _(
            "{reason}: {n}, worth {amount}",
            reason=reason_label(row["reason"]),
            n=ngettext("{n} line", "{n} lines", row["rows"]),
            amount=scaled(row["amount"], currency),
        )
        for _x, row in aside.iterrows()
    ]
    return joined("; ", reasons)


def reconciled(ledger: Ledger) -> Finding:
    """Tell what was read, used and set aside; the table is that of ``Case.reconciliation``.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["a", "b"], "date": "2025-01-31", "amount": 50.0})
    >>> print(reconciled(open_case(sales)))
    All 2 lines are used, worth 100.
    """
    table = ledger.reconciliation()
    read, used = table.iloc[0], table.iloc[1]
    aside = table.iloc[2:]
    if aside.empty:
        text = ngettext(
            "{n} line is read and used, worth {amount}.",
            "All {n} lines are used, worth {amount}.",
            int(used["rows"]),
            amount=scaled(used["amount"], ledger.currency),
        )
        return Finding("reconciled", table, text, ledger.notes)
    text = _(
        "{used} of {read} lines are used ({share}), worth {amount}.",
        used=number(used["rows"]),
        read=number(read["rows"]),
        share=percent(used["share_rows"]),
        amount=scaled(used["amount"], ledger.currency),
    )
    text += " " + _("Set aside: {reasons}.", reasons=_reasons(aside, ledger.currency))
    unread = int(aside["unreadable"].sum())
    caveats = ledger.notes
    if unread:
        caveats += (
            ngettext(
                "{n} of the lines set aside has an amount that could not be read, so its "
                "worth is unknown.",
                "{n} of the lines set aside have amounts that could not be read, so their "
                "worth is unknown.",
                unread,
            ),
        )
    return Finding("reconciled", table, text, caveats)


def coverage(ledger: Ledger) -> Finding:
    """Tell which months have sales; one row per calendar month, months without sales included.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": "a", "date": ["2025-01-01", "2025-03-31"], "amount": 5})
    >>> coverage(open_case(sales))  # doctest: +ELLIPSIS
    The ledger covers 1 Jan 2025 – 31 Mar 2025: 3 calendar months. (No sales in 2025-02: ...
    """
    import pandas as pd

    sales = ledger.sales
    months = sales.group_by(month=sales.date.truncate("M").cast("date")).aggregate(
        rows=sales.count(), revenue=sales.amount.sum()
    )
    frame = ledger.engine.frame(months.order_by("month"))
    frame["month"] = pd.to_datetime(frame["month"])
    every = pd.date_range(frame["month"].min(), frame["month"].max(), freq="MS")
    full = frame.set_index("month").reindex(every).rename_axis("month").reset_index()
    full = full.fillna({"rows": 0, "revenue": 0.0}).astype({"rows": "int64"})
    full["month"] = full["month"].dt.as_unit("s")
    empty = full.loc[full["rows"] == 0, "month"]
    text = _(
        "The ledger covers {period}: {months}.",
        period=ledger.period,
        months=ngettext("{n} calendar month", "{n} calendar months", len(full)),
    )
    caveats = []
    if len(empty):
        caveats.append(
            _(
                "No sales in {months}: is a file missing?",
                months=join([f"{month:%Y-%m}" for month in empty][:6]),
            )
        )
    last = ledger.period.end
    if (pd.Timestamp(last) + pd.Timedelta(days=1)).month == last.month:
        caveats.append(_("The last month is incomplete: do not compare it with others."))
    return Finding("coverage", full, text, tuple(caveats))


def credit_notes(ledger: Ledger) -> Finding:
    """Tell the size of credit notes; one row each for invoiced, credited and net.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": "a", "date": "2025-01-31", "amount": [90.0, -9.0]})
    >>> print(credit_notes(open_case(sales)))
    1 line is a credit note or negative, −9: 10.0% of what was invoiced.
    """
    import pandas as pd

    sales = ledger.sales
    minus = sales.amount < 0
    if ledger.has("doc_type"):
        minus = minus | (sales.doc_type == "credit_note")
    row = ledger.engine.row(
        {
            "plus_rows": (~minus).sum(),
            "minus_rows": minus.sum(),
            "plus": sales.amount.sum(where=~minus),
            "minus": sales.amount.sum(where=minus),
        },
        sales,
    )
    plus, minus_amount = float(row["plus"] or 0), float(row["minus"] or 0)
    table = pd.DataFrame(
        {
            "part": [_("invoiced"), _("credited"), _("net")],
            "rows": [row["plus_rows"], row["minus_rows"], row["plus_rows"] + row["minus_rows"]],
            "amount": [plus, minus_amount, round(plus + minus_amount, 4)],
        }
    )
    if not row["minus_rows"]:
        return Finding(
            "credit_notes",
            table,
            _("There is no credit note and no negative line."),
            (_("A ledger without returns is rare: are credit notes exported elsewhere?"),),
        )
    text = ngettext(
        "{n} line is a credit note or negative, {amount}: {share} of what was invoiced.",
        "{n} lines are credit notes or negative, {amount}: {share} of what was invoiced.",
        int(row["minus_rows"]),
        amount=scaled(minus_amount, ledger.currency),
        share=percent(-minus_amount / plus) if plus else "–",
    )
    more = _("More is credited than sold: does the source write sales with a minus sign?")
    return Finding("credit_notes", table, text, (more,) if -minus_amount > plus else ())


def repeats(ledger: Ledger) -> Finding:
    """Tell how many used lines repeat an earlier one exactly; one row per repeated line, top 50.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": "a", "date": "2025-01-31", "amount": [90.0, 90.0]})
    >>> print(repeats(open_case(sales)).text)
    1 line repeats an earlier line exactly, worth 90.
    """
    sales = ledger.checked.filter(ledger.checked.reason.isnull())
    again = checks.repeated(ledger.checked)
    lines = ledger.checked.mutate(again=again).filter(lambda t: t.again)
    row = ledger.engine.row({"rows": lines.count(), "amount": lines.amount.sum()}, lines)
    names = [c.name for c in TABLES["sales"].columns if c.name in ledger.columns]
    first = lines.order_by([lines.amount.abs().desc(), "part", "source_row"]).limit(50)
    table = ledger.engine.frame(first.select("source_row", *names))
    if not row["rows"]:
        text = _("No line repeats another exactly.")
        if ledger.mapping.options.drop_duplicates:
            text = _("Lines that repeat an earlier one exactly were set aside, as asked.")
        return Finding("repeats", table, text)
    caveats = [
        _(
            "They are kept, because an invoice may repeat a line; drop them with "
            "--drop-duplicates if the export doubled them."
        )
    ]
    if overlap := _overlap(sales, ledger):
        caveats.insert(0, overlap)
    text = ngettext(
        "{n} line repeats an earlier line exactly, worth {amount}.",
        "{n} lines repeat an earlier line exactly, worth {amount}.",
        int(row["rows"]),
        amount=scaled(float(row["amount"]), ledger.currency),
    )
    return Finding("repeats", table, text, tuple(caveats))


def doubtful_names(ledger: Ledger, accounts: pd.DataFrame | None = None) -> Finding | None:
    """Tell accounts with several names, and names or organisation numbers with several accounts.

    One row per doubtful pair; None where there are no names.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["a", "b"], "date": "2025-01-31", "amount": 5.0})
    >>> doubtful_names(open_case(sales.assign(account_name="Bygg"))).text
    '2 accounts share a name with another.'
    """
    import pandas as pd

    pairs = _names(ledger, accounts)
    if pairs is None:
        return None
    pairs = pairs.assign(same=pairs["account_name"].str.casefold().str.split().str.join(" "))
    per_account = pairs.groupby("account_id")["same"].transform("nunique")
    per_name = pairs.groupby("same")["account_id"].transform("nunique")
    several, shared = pairs[per_account > 1], pairs[per_name > 1]
    table = (
        pd.concat(
            [
                several.assign(problem=_("several names")),
                shared.assign(problem=_("same name, other number")),
            ]
        )
        .drop(columns="same")
        .sort_values(["problem", "account_name", "account_id"])
        .reset_index(drop=True)
    )
    if table.empty:
        return Finding(
            "names", table, _("Each account has one name, and each name belongs to one account.")
        )
    advice = _("One customer with two numbers looks smaller than it is: give both the same parent.")
    text = _names_text(several["account_id"].nunique(), shared["account_id"].nunique())
    return Finding("names", table, text, (advice,) if len(shared) else ())


def _names_text(several: int, shared: int) -> str:
    texts = []
    if several:
        texts.append(
            ngettext("{n} account has several names.", "{n} accounts have several names.", several)
        )
    if shared:
        texts.append(
            ngettext(
                "{n} account shares a name with another.",
                "{n} accounts share a name with another.",
                shared,
            )
        )
    return joined(" ", texts)


def odd_lines(ledger: Ledger) -> Finding:
    """Tell lines without worth, test customers and products, and the largest single lines.

    One row per line: the ten largest by size, and up to twenty that look like tests.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": "a", "date": "2025-01-31", "amount": [75.0, 25.0]})
    >>> print(odd_lines(open_case(sales)).text.split(". ")[1])
    The largest line is 75 (75.0% of all amounts).
    """
    import pandas as pd

    sales = ledger.sales
    test = _looks_like_test(ledger)
    row = ledger.engine.row(
        {
            "zero": (sales.amount == 0).sum(),
            "test": test.sum().fill_null(0),
            "test_amount": sales.amount.sum(where=test),
            "whole": sales.amount.abs().sum(),
        },
        sales,
    )
    names = [c.name for c in TABLES["sales"].columns if c.name in ledger.columns]
    largest = sales.order_by([sales.amount.abs().desc(), "source_row"]).limit(10)
    tests = sales.filter(test).order_by(["source_row"]).limit(20)
    shown = {_("largest lines"): largest, _("looks like a test"): tests}
    parts = [
        ledger.engine.frame(lines.select("source_row", *names)).assign(problem=problem)
        for problem, lines in shown.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    share = abs(float(table["amount"].iloc[0])) / (float(row["whole"]) or 1.0)
    text = _(
        "The largest line is {top} ({share} of all amounts).",
        top=scaled(float(table["amount"].iloc[0]), ledger.currency),
        share=percent(share, 1 if share >= _TENTH else 2),
    )
    text = joined(" ", [*_odd_counts(ledger, row), text])
    return Finding("odd_lines", table, text, _odd_caveats(row["test"]))


def _odd_counts(ledger: Ledger, row: dict[str, Any]) -> list[str]:
    parts = []
    if row["zero"]:
        parts.append(
            ngettext(
                "{n} line has the amount zero.", "{n} lines have the amount zero.", int(row["zero"])
            )
        )
    if row["test"]:
        worth = money(float(row["test_amount"] or 0), ledger.currency)
        parts.append(
            ngettext(
                "{n} line looks like a test, with {amount}.",
                "{n} lines look like tests, with {amount}.",
                int(row["test"]),
                amount=worth,
            )
        )
    return parts or [_("No line has the amount zero, and none looks like a test.")]


def _looks_like_test(ledger: Ledger) -> ir.BooleanColumn:
    sales = ledger.sales
    test = sales.account_id.re_search(_TEST)
    patterns = {"account_name": _TEST, "product_id": _TEST_WARE, "product_name": _TEST_WARE}
    for name, pattern in patterns.items():
        if ledger.has(name):
            test = test | sales[name].re_search(pattern).fill_null(False)
    return test


def _odd_caveats(tests: int) -> tuple[str, ...]:
    caveats: list[str] = []
    if tests:
        caveats.append(_("Leave test customers out with --exclude ACCOUNT."))
    return tuple(caveats)


def own_total(ledger: Ledger) -> Finding | None:
    """Compare the totals rows of the source with the sum of its lines; None where there are none.

    One row per totals row: ``source_row``, ``amount``, ``change`` (it minus the sum of the lines).

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["a", "Sum"], "date": ["2025-01-31", ""], "amount": 5})
    >>> print(own_total(open_case(sales)))
    The file's own total, 5.00, is the sum of its lines.
    """
    checked = ledger.checked
    totals = checked.filter((checked.reason == "total_row") & checked.amount.notnull())
    frame = totals.select("source_row", "part", "amount").order_by(["part", "source_row"])
    table = ledger.engine.frame(frame)
    if len(table) != 1:
        return None
    lines = checked.filter(checked.reason.isnull() | (checked.reason != "total_row"))
    whole = float(ledger.engine.row({"sum": lines.amount.sum()}, lines)["sum"] or 0)
    table["change"] = (table["amount"] - whole).round(4)
    gap, total = table["change"].iloc[0], money(table["amount"].iloc[0], ledger.currency, 2)
    if abs(gap) < 0.005:
        text = _("The file's own total, {total}, is the sum of its lines.", total=total)
        return Finding("own_total", table, text)
    text = _(
        "The file's own total, {total}, differs from the sum of its lines by {gap}.",
        total=total,
        gap=money(gap, ledger.currency, 2),
    )
    caveat = _("Lines may be missing from the file, or the total covers more than it.")
    return Finding("own_total", table, text, (caveat,))


def lacking(ledger: Ledger, accounts: pd.DataFrame | None = None) -> Finding | None:
    """Tell which columns the ledger lacks and what is left out for it; one row per column.

    >>> import pandas as pd
    >>> from kamkit import open_case
    >>> sales = pd.DataFrame({"account_id": ["a"], "date": ["2025-01-31"], "amount": [75.0]})
    >>> lacking(open_case(sales)).table["column"].tolist()[:3]
    ['invoice_id', 'cost', 'product_id']
    """
    import pandas as pd

    have = set(ledger.columns)
    if accounts is not None:
        have.add("account_name")
    rows = [
        {"column": name, "meaning": _(TABLES["sales"].column(name).meaning), "effect": _(why)}
        for name, why in _LACKS.items()
        if name not in have
    ]
    table = pd.DataFrame(rows, columns=["column", "meaning", "effect"])
    if table.empty:
        return None
    words = [column_words(name) for name in table["column"]]
    text = _("The ledger lacks {columns}.", columns=join(words))
    return Finding("lacking", table, text)


def _names(ledger: Ledger, accounts: pd.DataFrame | None) -> pd.DataFrame | None:
    if accounts is not None and "name" in accounts:
        named = accounts[["account_id", "name"]]
        return named.rename(columns={"name": "account_name"}).dropna().drop_duplicates()
    if not ledger.has("account_name"):
        return None
    sales = ledger.sales.filter(ledger.sales.account_name.notnull())
    frame = ledger.engine.frame(sales.select("account_id", "account_name").distinct())
    return frame.sort_values(["account_id", "account_name"], ignore_index=True)


def _overlap(sales: ir.Table, ledger: Ledger) -> str:
    """Say where two files or sheets cover the same days: their lines may stand in both."""
    parts = ledger.engine.rows(
        sales.group_by("part").aggregate(first=sales.date.min(), last=sales.date.max())
    )
    parts.sort(key=lambda part: (part["first"], part["part"]))
    for one, other in itertools.pairwise(parts):
        if other["first"] <= one["last"]:
            return _(
                "{one} and {other} both cover {first} to {last}: lines may stand in both.",
                one=one["part"],
                other=other["part"],
                first=other["first"],
                last=min(one["last"], other["last"]),
            )
    return ""
