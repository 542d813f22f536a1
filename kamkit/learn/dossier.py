"""The dossier of lesson 12: annual report, meeting notes and tender of a customer, all invented.

The numbers are drawn by the seed. The name is that of an account of the practice company; with any
other ledger it is a name of our own, so that nothing invented is ever said of a real customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _
from kamkit.language import number

if TYPE_CHECKING:
    from kamkit.learn.room import Room

_INVENTED = "Eventyrvik Drift AS"


@dataclass(frozen=True)
class Dossier:
    """What we know of one customer's business, on paper; it shows itself.

    The numbers are the customer's: ``stops`` days a year without goods at ``day`` thousand each,
    ``orders`` a year at ``handling`` kroner; and ours: ``fewer`` orders under the new arrangement,
    ``ours`` kroner for each order, and ``stock`` thousand a year for goods on site. ``bought`` and
    ``each`` are orders a year and the cost of one as the ledger has them; without them both are
    drawn.

    >>> about = Dossier("Vik AS", seed=0)
    >>> about.stop_cost, about.their_gain, about.our_gain
    (2.4, 510, 570)
    """

    name: str
    seed: int = 0
    bought: int = 0
    each: int = 0

    @property
    def stops(self) -> int:
        """Days a year on which a site stood still because goods were missing."""
        return 20 + 3 * (self.seed % 7)

    @property
    def day(self) -> int:
        """What such a day costs, in thousands."""
        return 120 + 10 * (self.seed % 5)

    @property
    def orders(self) -> int:
        """Orders a year today."""
        return self.bought or 1000 + 50 * (self.seed % 6)

    @property
    def fewer(self) -> int:
        """Orders a year under fixed delivery days with goods on site."""
        return int(round(0.4 * self.orders, -1))

    @property
    def handling(self) -> int:
        """What an order and its invoice cost the customer, in kroner."""
        return 850 + 20 * (self.seed % 4)

    @property
    def ours(self) -> int:
        """What an order costs us, in kroner."""
        return self.each or 1250 + 50 * (self.seed % 3)

    @property
    def stock(self) -> int:
        """What the goods on site cost us a year, in thousands."""
        return min(180 + 20 * (self.seed % 5), self._saved * 4 // 100 * 10)

    @property
    def stop_cost(self) -> float:
        """What the stops cost the customer in a year, in millions."""
        return self.stops * self.day / 1000

    @property
    def their_gain(self) -> int:
        """What the customer saves in a year on orders and invoices, in thousands."""
        return (self.orders - self.fewer) * self.handling // 1000

    @property
    def our_gain(self) -> int:
        """What we save in a year on orders, less the goods on site, in thousands."""
        return self._saved - self.stock

    @property
    def _saved(self) -> int:
        """What we save in a year on orders, in thousands."""
        return (self.orders - self.fewer) * self.ours // 1000

    @cached_property
    def papers(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The four papers: a heading and its paragraphs each."""
        return (
            (_("Annual report, extract"), self._report()),
            (_("Notes from three meetings"), self._notes()),
            (_("Tender, extract"), self._tender()),
            (_("Our side"), self._ours()),
        )

    def _report(self) -> tuple[str, ...]:
        return (
            _(
                "“On {stops} days one of our sites stood still because goods were missing. Each"
                " such day costs us about NOK {day},000. We shall halve the number by the end of"
                " next year.”",
                stops=number(self.stops),
                day=number(self.day),
            ),
            _(
                "“Injuries with absence fell from 9 to 7. The board's goal is 4. We count on"
                " better equipment, and on equipment that people wear.”"
            ),
            _(
                "“Our foremen order by themselves, as they always have. It is quick, and it has"
                " given us {orders} orders a year with one supplier alone, each when something is"
                " missing.”",
                orders=number(self.orders),
            ),
        )

    def _notes(self) -> tuple[str, ...]:
        return (
            _("Purchasing manager: “You are 3% too dear. I am measured by the price.”"),
            _(
                "Operations manager: “Price does not keep me awake. A crew that waits for a valve"
                " does. Nobody tells the warehouse what we need next week.”"
            ),
            _(
                "Finance manager: “Each order with its invoice costs us NOK {handling} before"
                " anything is built.”",
                handling=number(self.handling),
            ),
        )

    def _tender(self) -> tuple[str, ...]:
        return (
            _(
                "Requirements: delivery within 24 hours to every site; electronic invoice. An offer"
                " that does not meet them is not considered."
            ),
            _("Points: price 40%, delivery on time 30%, environment 20%, service 10%."),
        )

    def _ours(self) -> tuple[str, ...]:
        return (
            _(
                "An idea from the account team: fixed delivery days, and a shelf of ours on each"
                " site that we fill. Orders would go from {orders} to {fewer} a year.",
                orders=number(self.orders),
                fewer=number(self.fewer),
            ),
            _(
                "Each order costs us NOK {ours}. The goods on the shelves cost us NOK {stock},000"
                " a year.",
                ours=number(self.ours),
                stock=number(self.stock),
            ),
        )

    @property
    def title(self) -> str:
        """Whose dossier it is, and that it is fiction."""
        return str(_("Dossier: {name}. Fictional, made for this course.", name=self.name))

    def __repr__(self) -> str:
        lines = [self.title]
        for heading, paragraphs in self.papers:
            lines += ["", heading, *paragraphs]
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_unused: Any) -> tuple[dict[str, str], dict[str, Any]]:
        parts = [f"<h4>{escape(self.title)}</h4>"]
        for heading, paragraphs in self.papers:
            parts.append(f"<h5>{escape(heading)}</h5>")
            parts += [f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs]
        html = f'<div class="kamkit-dossier" style="max-width:44em">{"".join(parts)}</div>'
        text = repr(self)
        return {"text/html": html, "text/plain": text}, {"kamkit": {"kind": "note", "text": text}}


def dossier(room: Room) -> Dossier:
    """Return the dossier of the lesson.

    It is of the largest key account of the practice company that is no chain, with its orders a
    year and what one of them costs us as the ledger has them.
    """
    from kamkit.learn.room import PRACTICE

    if room.source != PRACTICE:
        return Dossier(_INVENTED, room.seed)
    a = room.analysis
    key = a.key_accounts
    alone = key[key["members"] == 1] if "members" in key else key
    one = alone.nlargest(1, "revenue").iloc[0]
    facts = a.account_facts.set_index("account_id").loc[one["account_id"]]
    served = a.cost_to_serve
    cost = served.loc[served["account_id"] == one["account_id"], "cost_to_serve"].sum()
    period = room.case.period
    years = ((period.end - period.start).days + 1) / 365.25
    return Dossier(
        str(one["account_name"]),
        room.seed,
        bought=int(round(facts["invoices"] / years, -1)),
        each=int(round(cost / facts["invoices"], -1)),
    )
