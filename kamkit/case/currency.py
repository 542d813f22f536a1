"""One currency: amounts in others are turned into it by the rates that the user gives."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kamkit.case.engine import Engine
from kamkit.case.options import ReadOptions
from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import ngettext, number
from kamkit.money import DECIMAL
from kamkit.schema.contract import EXAMPLE_IDS

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MONEY = ("amount", "unit_price", "list_amount", "cost")


def one_currency(
    ledger: ir.Table, options: ReadOptions, engine: Engine, where: str
) -> tuple[ir.Table, str]:
    """Return the ledger in one currency, and which it is.

    ``amount``, ``unit_price``, ``list_amount`` and ``cost`` of a line are multiplied by the rate of
    its currency; ``no_rate`` marks the lines whose currency has none, and the column ``currency``
    is gone. Raises ``LedgerError`` for several currencies of which none has a rate.
    """
    import ibis

    never = ibis.literal(False)
    if "currency" not in ledger.columns:
        return ledger.mutate(no_rate=never), options.currency
    ledger = ledger.mutate(currency=ledger.currency.upper())
    example = ledger.account_id.isin(EXAMPLE_IDS).fill_null(False)
    lines = ledger.filter(~(ledger.is_blank | ledger.is_total | ledger.is_broken | example))
    seen = engine.rows(
        lines.group_by("currency").aggregate(rows=lines.count(), amount=lines.amount.sum())
    )
    codes = sorted(line["currency"] for line in seen if line["currency"])
    base = options.currency or (codes[0] if len(codes) == 1 else "")
    if len(codes) <= 1 and not (options.currency and codes and options.currency != codes[0]):
        return ledger.drop("currency").mutate(no_rate=never), base
    others = [code for code in codes if code != base]
    if not base or not set(others) & set(options.rates):
        raise _mixed_currencies(seen, codes, base, where)
    return _converted(ledger, base, options.rates), base


def _converted(ledger: ir.Table, base: str, rates: Mapping[str, float]) -> ir.Table:
    import ibis

    own = ledger.currency.isnull() | (ledger.currency == base)
    # from text: a literal Decimal would lose all but three of its decimals
    exact = {
        code: ibis.literal(f"{Decimal(str(rate)):f}").cast("decimal(28, 8)")
        for code, rate in rates.items()
    }
    rate = ibis.cases(
        *((ledger.currency == code, value) for code, value in exact.items()),
        else_=ibis.null("decimal(28, 8)"),
    )
    converted = {
        name: ibis.ifelse(
            own | rate.isnull(),
            ledger[name],
            (ledger[name].cast("decimal(28, 4)") * rate).try_cast(DECIMAL),
        )
        for name in _MONEY
        if name in ledger.columns
    }
    return ledger.mutate(**converted, no_rate=~own & rate.isnull()).drop("currency")


def _mixed_currencies(
    seen: list[dict[str, Any]], codes: list[str], base: str, where: str
) -> LedgerError:
    largest = sorted(seen, key=lambda line: (-line["rows"], line["currency"] or ""))
    amounts = [
        ngettext(
            "{code}: {n} row, {amount}",
            "{code}: {n} rows, {amount}",
            line["rows"],
            code=line["currency"] or _("(no currency)"),
            amount=number(float(line["amount"] or 0), 2),
        )
        for line in largest
    ]
    own = base or next(line["currency"] for line in largest if line["currency"])
    example = next((code for code in codes if code != own), codes[-1])
    return LedgerError(
        _("The ledger has amounts in several currencies and no rates.")
        if len(codes) > 1
        else _("The ledger is in another currency than was asked for, and there is no rate."),
        where=where,
        found="; ".join(amounts),
        wanted=_("one currency, or a rate for each of the others"),
        remedy=_(
            'Say the currency and the rates in the mapping file: currency = "{own}" and '
            "rates = {{ {example} = 11.50 }} under [options].",
            own=own,
            example=example,
        ),
    )
