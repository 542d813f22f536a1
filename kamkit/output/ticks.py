"""How the numbers on an axis are written."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from matplotlib.ticker import Formatter


class Numbers(Formatter):
    """Writes ticks in the language in use, all with the decimals that the finest of them needs.

    >>> from kamkit.language import percent
    >>> Numbers(percent, 100).format_ticks([0, 0.025, 0.05])
    ['0.0%', '2.5%', '5.0%']
    """

    def __init__(self, write: Callable[[float, int], str], scale: float) -> None:
        self.write = functools.cache(write)
        self.scale = scale

    def __call__(self, value: float, _place: int | None = None) -> str:
        """Write one tick."""
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Write the ticks of an axis."""
        decimals = _decimals([self.scale * value for value in values])
        # -0.0 would be written with a minus sign
        return [self.write(round(value, 9) + 0.0, decimals) for value in values]


def _decimals(values: Sequence[float]) -> int:
    def exact(decimals: int) -> bool:
        return all(abs(value - round(value, decimals)) < 1e-6 for value in values)

    return next((decimals for decimals in range(4) if exact(decimals)), 4)
