"""What every output tells of a case."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.case.sources.address import public
from kamkit.periods import Period

if TYPE_CHECKING:
    from kamkit.case.case import Case


@dataclass(frozen=True)
class About:
    """Whose case it is, of which days, in which currency.

    ``source`` is a name for people, never a path.

    Examples
    --------
    >>> About("x", "Fjordgross", "x.csv", "NOK", True, Period("2025-01-01", "2025-12-31"))
    Fjordgross, 1 Jan 2025 – 31 Dec 2025
    """

    name: str
    title: str
    source: str
    currency: str
    fictional: bool
    period: Period
    checksum: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, case: Case) -> About:
        """Return what is told of a case."""
        return cls(
            name=case.name,
            title=case.title,
            source=shown_source(case.source),
            currency=case.currency,
            fictional=case.fictional,
            period=case.period,
            checksum=case.checksum,
            notes=case.notes,
        )

    def __repr__(self) -> str:
        return f"{self.title}, {self.period}"

    @property
    def words(self) -> dict[str, Any]:
        """What a chart of money is told: source, period and currency."""
        return {"source": self.title, "period": self.period, "currency": self.currency}

    @property
    def place(self) -> dict[str, Any]:
        """What a chart without money is told: source and period."""
        return {"source": self.title, "period": self.period}


def shown_source(source: str) -> str:
    """Return the name of a source without the folders it lies in.

    Examples
    --------
    >>> shown_source("/home/kari/sales.csv"), shown_source("cdnow")
    ('sales.csv', 'cdnow')
    """
    shown = public(source)
    return Path(shown).name or Path(shown).resolve().name
