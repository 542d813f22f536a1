"""The cost of each line: given, given per unit, or what the profit leaves of the amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamkit.case.headings import folded
from kamkit.case.reading.prices import Made
from kamkit.case.reading.weighed import Lines, near, says_unit
from kamkit.language import gettext as _
from kamkit.money import WIDE, in_money, share_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


def with_cost(lines: Lines, made: Made) -> None:
    """Set the cost of each line: given, given per unit, or what the profit leaves of the amount."""
    costs, profits = lines.named("cost"), lines.named("profit")
    if costs:
        made.cost = _with_the_sign(lines, made, _cost(lines, made, costs, profits))
    elif profits:
        _from_profit(lines, made, profits[0])


def _with_the_sign(lines: Lines, made: Made, cost: ir.DecimalColumn) -> ir.DecimalColumn:
    """Return the cost with the sign of the amount: some ledgers write it below zero."""
    moved = (cost != 0) & (made.amount != 0)
    against = (cost < 0) != (made.amount < 0)
    if not lines.at_first(against, moved):
        return cost
    if not lines.agreement({"against": (against, moved)}, least=2)["against"]:
        return cost
    lines.notes.append(_("The cost is written below zero, and its sign is turned."))
    return in_money(-cost)


def _cost(lines: Lines, made: Made, costs: list[str], profits: list[str]) -> ir.DecimalColumn:
    amount = made.amount.cast("float64")
    counted = "quantity" in lines.headings
    tests = {}
    for cost in costs:
        for profit in profits:
            gain = lines.float(profit)
            tests[f"{cost}|whole"] = (near(lines.float(cost) + gain, amount), gain != 0)
            if counted:
                worth = lines.float(cost) * lines.float("quantity")
                tests[f"{cost}|unit"] = (near(worth + gain, amount, 0.011), gain != 0)
    shows = lines.agreement(tests) if tests else {}
    cost = next((name for name in costs if shows.get(f"{name}|whole")), "")
    unit = next((name for name in costs if shows.get(f"{name}|unit")), "")
    plain = [name for name in costs if not says_unit(lines.headings[name])]
    chosen = cost or unit or (plain or costs)[0]
    made.used.add(chosen)
    made.checked |= set(profits) if cost or unit else set()
    per_unit = not cost and counted and (bool(unit) or says_unit(lines.headings[chosen]))
    if not per_unit or (not unit and not _unit_fits(lines, made, chosen)):
        return lines.table[chosen]
    lines.notes.append(
        _("{heading} is the cost of one unit and is multiplied.", heading=lines.heading(chosen))
    )
    wide = lines.table["quantity"].cast(WIDE)
    return in_money(wide * lines.table[chosen])


def _unit_fits(lines: Lines, made: Made, cost: str) -> bool:
    """Tell whether the cost times the quantity is about as much as the amounts."""
    worth = lines.float(cost) * lines.float("quantity")
    row = lines.engine.row(
        {"cost": worth.sum(), "as_is": lines.float(cost).sum(), "sold": made.amount.sum()},
        lines.table,
    )
    sold = abs(float(row["sold"] or 0))
    multiplied, as_it_stands = abs(float(row["cost"] or 0)), abs(float(row["as_is"] or 0))
    return multiplied <= 1.5 * sold or as_it_stands > multiplied


def _from_profit(lines: Lines, made: Made, profit: str) -> None:
    """Make the cost of the profit, where it fits the amount in sign and unit."""
    gain, amount = lines.table[profit], made.amount
    size, sold = gain.abs(), amount.abs()
    there = gain.notnull() & (amount != 0)
    row = lines.engine.row(
        {
            "largest": size.max(),
            "lines": there.sum(),
            "within": (there & (size <= sold * 1.0001)).sum(),
            "gain": gain.sum(),
            "sold": amount.sum(),
        },
        lines.table,
    )
    largest = float(row["largest"] or 0)
    marked = profit in lines.percent or "%" in lines.headings[profit]
    fold = folded(lines.headings[profit])
    marked = marked or fold in ("dg", "dekningsgrad", "täckningsgrad", "dækningsgrad", "marginpct")
    if not row["lines"] or not largest:
        return
    if marked or largest <= 1:
        made.cost = share_of(amount, gain, 1 if largest <= 1 else 100)
    elif row["within"] >= 0.8 * row["lines"] and abs(row["gain"] or 0) <= abs(row["sold"] or 0):
        made.cost = in_money(amount - gain)
    else:
        lines.notes.append(
            _(
                "{heading} does not fit the amounts and is not used as the profit.",
                heading=lines.heading(profit),
            )
        )
        return
    made.used.add(profit)
    lines.notes.append(_("The cost is the amount less {heading}.", heading=lines.heading(profit)))
