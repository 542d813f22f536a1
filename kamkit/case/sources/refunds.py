"""Refunds inside the orders of web shops: each becomes a line below zero."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from kamkit.money import SCALE

_COUNT = "quantity"


def refund_lines(record: Mapping[str, Any], lines: list[Any]) -> list[dict[str, Any]]:
    """Return what the refunds of an order take off its lines, as lines of the same keys.

    Shopify tells which lines came back and what each is worth; WooCommerce tells the sum of a
    refund with VAT, of which the order's own VAT is taken off.

    >>> order = {"total": "125.00", "total_tax": "25.00", "refunds": [{"total": "-12.50"}]}
    >>> refund_lines(order, [{"total": "100.00", "total_tax": "25.00"}])
    [{'total': Decimal('-10.0000'), 'total_tax': Decimal('-2.5000')}]
    """
    refunds = record.get("refunds")
    items = [line for line in lines if isinstance(line, dict)]
    if not (isinstance(refunds, list) and items):
        return []
    found = []
    for refund in refunds:
        if not isinstance(refund, dict):
            continue
        back = refund.get("refund_line_items")
        if isinstance(back, list):
            found += [_returned(one, items, refund) for one in back if isinstance(one, dict)]
        elif (whole := _exact(refund.get("total"))) is not None:
            found.append(_of_whole(abs(whole), record, items[0], refund))
    return [line for line in found if line]


def _returned(
    back: Mapping[str, Any], items: list[dict[str, Any]], refund: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a line that came back, from what Shopify writes of it."""
    key = str(back.get("line_item_id"))
    own = next((item for item in items if str(item.get("id")) == key), back.get("line_item"))
    worth, count = _exact(back.get("subtotal")), _exact(back.get(_COUNT))
    if worth is None or not isinstance(own, dict):
        return {}
    count = count or Decimal(1)
    line = {name: value for name, value in own.items() if not isinstance(value, list | dict)}
    line = {name: None if _is_sum(name) else value for name, value in line.items()}
    line |= {_COUNT: -count, "price": _rounded(worth / count)}
    return line | _day(refund)


def _of_whole(
    whole: Decimal, record: Mapping[str, Any], item: Mapping[str, Any], refund: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a line for a refund of which only the sum with VAT is known, as WooCommerce writes."""
    total, tax = _exact(record.get("total")), _exact(record.get("total_tax")) or Decimal(0)
    net = whole if not total else whole * (total - tax) / total
    of = {
        **dict.fromkeys(("total", "subtotal"), -net),
        **dict.fromkeys(("total_tax", "subtotal_tax"), net - whole),
        "price": net,
    }
    line: dict[str, Any] = {name: _rounded(of[name]) for name in item if name in of}
    if _COUNT in item:
        line[_COUNT] = Decimal(-1)
    return line | _day(refund)


def _day(refund: Mapping[str, Any]) -> dict[str, Any]:
    return {name: refund[name] for name in ("created_at", "date_created") if refund.get(name)}


def _is_sum(name: str) -> bool:
    return any(word in name for word in ("total", "discount", "tax", "amount"))


def _rounded(value: Decimal) -> Decimal:
    return round(value, SCALE)


def _exact(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
