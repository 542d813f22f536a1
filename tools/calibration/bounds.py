"""What is accepted of each row of the calibration table: the one place where bounds stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tools.calibration import health, late, lifetime

_BEYOND_CHANCE = 3.0


@dataclass(frozen=True)
class Bound:
    """Between what ``measured`` lies, in rows of a part whose measure and condition begin so.

    ``near`` bounds the distance from ``nominal`` instead, on top of three standard errors of a
    share measured on ``n``.
    """

    part: str
    measure: str
    condition: str = ""
    least: float = float("-inf")
    most: float = float("inf")
    near: float | None = None

    def holds(self, row: Mapping[str, object]) -> bool:
        """Tell whether a row keeps to it.

        >>> row = {"nominal": 0.8, "measured": 0.77, "n": 100}
        >>> Bound("late", "x", near=0.0).holds(row), Bound("late", "x", least=0.78).holds(row)
        (True, False)
        """
        measured = float(str(row["measured"]))
        if self.near is None:
            return self.least <= measured <= self.most
        nominal, n = float(str(row["nominal"])), float(str(row["n"]))
        error = (max(nominal * (1 - nominal), 0.01) / n) ** 0.5
        return abs(measured - nominal) <= self.near + _BEYOND_CHANCE * error


BOUNDS = (
    # rows of one account are alike, so that a share of opportunities has no binomial error
    Bound("conversion", "came true", "simulated, repeat", near=0.08),
    Bound("conversion", "came true", "fjordgross 2025, repeat", near=0.08),
    Bound("conversion", "came true", near=0.015),
    Bound("conversion", "amount came", "fjordgross 2025, repeat", most=1.0),  # an assumption
    Bound("conversion", "amount came", "simulated, repeat", near=0.08),
    Bound("conversion", "amount came", near=0.03),
    Bound("conversion", "account growth inside", least=0.75, most=0.88),
    Bound("conversion", "rate inside", least=0.75, most=0.88),
    # of 12 ledgers a rule that keeps to 80 % lies below half once in 200 times
    Bound("conversion", "total growth inside", "restless years", least=0.55),
    Bound("conversion", "total growth inside", least=0.7),
    # of 25 ledgers a rule of 1 % is wrong in more than one once in 40 times
    Bound("discounts", "named without reason", most=0.05),
    Bound("discounts", "named who gives more", least=0.8),
    *(Bound("health", name, least=least) for name, least in health.BOUNDS.items()),
    Bound("intervals", "hold-out inside", "30 accounts", least=0.8),
    Bound("intervals", "hold-out inside", near=0.01),
    Bound("intervals", "programme inside", "one luck", near=0.02),
    Bound("intervals", "programme inside", "each its own", least=0.8),  # wider than it says
    # two ledgers of a thousand: a rule that keeps to 1.2 % lies above 1.8 % once in 100 times
    Bound("late", "late: false alarms", most=late.BOUND + 0.003),
    Bound("late", "late: came back", most=late.BOUND + 0.003),
    *(
        # of a few ledgers the total may lie inside in every one
        Bound("lifetime", name, least=low, most=1.0 if name == "total" else high)
        for name, (low, high) in lifetime.BOUNDS.items()
    ),
    Bound("lifetime", "alive", near=0.03),
    Bound("pairs", "ledgers of noise with a pair", near=0.0),
    Bound("pairs", "planted pairs found", least=0.6),
    Bound("pairs", "false among the pairs found", most=0.1),
    Bound("pareto", "a third half moves more", near=0.05),
    Bound("ratings", "sure of its field", least=0.9),
    Bound("ratings", "axis inside", "attractiveness", near=0.02),
    Bound("ratings", "axis inside", "strength", least=0.88),  # no wallet, which may be anything
    Bound("ratings", "place inside", least=0.9),  # wider than it says
    # how sure the list is of itself: on the side of doubt at either end
    Bound("ratings", "key", "key share 95%", least=0.9),
    Bound("ratings", "key", "key share 75%", least=0.75),
    Bound("ratings", "key", "key share 25%", near=0.15),
    Bound("ratings", "key", "key share 0%", most=0.15),
    Bound("regularity", "regularity: shape", "0.5", least=0.485, most=0.515),
    Bound("regularity", "regularity: shape", "1", least=0.97, most=1.03),
    Bound("regularity", "regularity: shape", "2", least=1.94, most=2.06),
    Bound("regularity", "regularity: shape", "5", least=4.85, most=5.15),
    # of 12 intervals of 95 % more than 3 miss once in 500 times
    Bound("regularity", "regularity: 95 % interval", least=0.75),
)


def bound_of(
    part: str, row: Mapping[str, object], bounds: Sequence[Bound] = BOUNDS
) -> Bound | None:
    """Return the first bound that a row of a part has; None where nothing is promised."""
    for bound in bounds:
        if (
            bound.part == part
            and bound.measure == row["measure"]
            and str(row["condition"]).startswith(bound.condition)
        ):
            return bound
    return None


def outside(
    part: str, rows: Iterable[Mapping[str, object]], bounds: Sequence[Bound] = BOUNDS
) -> list[str]:
    """Return the rows of a part that lie outside their bounds, each as a line.

    >>> outside("discounts", [{"measure": "named without reason", "condition": "sellers alike",
    ...     "nominal": 0.01, "measured": 0.2, "n": 40}])
    ['discounts: named without reason, sellers alike: 0.2 (n 40)']
    """
    return [
        f"{part}: {row['measure']}, {row['condition']}: {float(str(row['measured'])):.4g} "
        f"(n {row['n']})"
        for row in rows
        if (bound := bound_of(part, row, bounds)) is not None and not bound.holds(row)
    ]
