"""What is planted in the practice company, so that lessons and tests know the right answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Planted:
    """One account with a part to play: ``sales`` a year at list price, ``discount`` in per mille.

    ``regularity`` is the spread of its ordering intervals; ``groups`` are product groups that it
    buys for certain.
    """

    account_id: str
    name: str
    segment: str
    region: str
    seller: str
    sales: int
    orders: float
    discount: int
    regularity: float = 0.5
    groups: tuple[str, ...] = ()


GIANT = "000412"
STAR = "001187"
LATE = "000923"
SINGLE_CONTACT = "000655"
SEASONAL = "001546"
ZERO_NET = "002871"
BELOW_ZERO = "003302"
WITHOUT_FOLLOWER = ("000734", "001029", "001468", "001903", "002240", "002615")

DISCOUNTER = "S07"
EXTRA_DISCOUNT = 150

LEADER = "Sveiseutstyr"
FOLLOWER = "Slipemidler"
FOLLOWS = (0.20, 0.96)
"""How likely an account buys the follower, without and with the leader."""

CHAIN = "K07"
CHAIN_NAME = "Trollbua"
CHAIN_MEMBERS = 40
CHAIN_SALES = 44_000

LATE_FIRST = "2023-01-03"
LATE_LAST = "2025-10-14"
SPRING = (4, 5, 6)
REPEATED_LINES = 48

_BUILD, _INDUSTRY, _GARAGE = "Bygg og anlegg", "Industri", "Verksted og transport"
_EAST, _WEST, _MIDDLE = "Østlandet", "Vestlandet", "Midt-Norge"
PLANTED: tuple[Planted, ...] = (
    Planted(GIANT, "Nøkkvarde Entreprenør AS", _BUILD, _EAST, "S02", 12_300_000, 420, 310),
    Planted(STAR, "Månestråletind Foredling AS", _INDUSTRY, _EAST, "S04", 760_000, 30, 0),
    Planted(LATE, "Jutulhammer Mekaniske AS", _INDUSTRY, _MIDDLE, "S09", 1_400_000, 52, 160),
    Planted(SINGLE_CONTACT, "Dragesund Marine AS", "Havbruk", _WEST, "S06", 3_600_000, 110, 170),
    Planted(SEASONAL, "Eventyrløkke Gartneri", "Landbruk", _EAST, "S03", 900_000, 30, 110),
    Planted(ZERO_NET, "Lurvteig Gård", "Landbruk", _EAST, "S05", 6_000, 1, 20),
    Planted(BELOW_ZERO, "Vettebotn Tømrerservice AS", _BUILD, _WEST, "S08", 8_000, 2, 50),
    *(
        Planted(number, name, segment, region, seller, sales, 40, 130, groups=(LEADER,))
        for number, name, segment, region, seller, sales in zip(
            WITHOUT_FOLLOWER,
            (
                "Gygrestein Stål AS",
                "Risenes Verksted AS",
                "Alvskar Mekaniske AS",
                "Tussevik Anlegg AS",
                "Kvitebjørnlund Maskin AS",
                "Sølvmarkbru Industri AS",
            ),
            (_INDUSTRY, _GARAGE, _INDUSTRY, _BUILD, _GARAGE, _INDUSTRY),
            (_EAST, _EAST, _WEST, _MIDDLE, _EAST, _WEST),
            ("S01", "S04", "S08", "S10", "S05", "S06"),
            (760_000, 560_000, 650_000, 520_000, 500_000, 480_000),
            strict=True,
        )
    ),
)
"""The accounts with a part to play; the chain and the seller are made of ordinary accounts."""

_KEY: dict[str, dict[str, Any]] = {
    "giant": {
        "account_id": GIANT,
        "statement": (
            "The largest account by revenue loses money once it is served: its contribution is"
            " smaller than what its deliveries, visits and returns cost."
        ),
    },
    "quiet_star": {
        "account_id": STAR,
        "statement": (
            "Not among the 20 largest by revenue, but among the 10 best by profit: no discount,"
            " goods with a good margin, few and large orders, hardly any service."
        ),
    },
    "late": {
        "account_id": LATE,
        "interval_days": 7,
        "last_date": LATE_LAST,
        "statement": (
            "An important account that ordered every week for almost three years and has been"
            " silent since 14 October 2025."
        ),
    },
    "single_contact": {
        "account_id": SINGLE_CONTACT,
        "statement": "One of the ten largest accounts, and we know a single person there.",
    },
    "cross_sell": {
        "leader": LEADER,
        "follower": FOLLOWER,
        "without_follower": list(WITHOUT_FOLLOWER),
        "statement": (
            "Whoever buys welding equipment (Sveiseutstyr) mostly buys abrasives (Slipemidler)"
            " too; these six large buyers of welding equipment buy no abrasives from us."
        ),
    },
    "seasonal": {
        "account_id": SEASONAL,
        "months": list(SPRING),
        "statement": (
            "Buys from April to June every year and never else: half a year of silence at the end"
            " of December is no sign that it is lost."
        ),
    },
    "chain": {
        "parent_id": CHAIN,
        "members": CHAIN_MEMBERS,
        "statement": (
            "No member is in class A on its own; together they are among the ten largest customers."
        ),
    },
    "discounter": {
        "seller": DISCOUNTER,
        "statement": (
            "Gives far larger discounts than colleagues do to accounts of the same size in the"
            " same region, and keeps much less margin."
        ),
    },
    "at_or_below_zero": {
        "account_id": [ZERO_NET, BELOW_ZERO],
        "statement": (
            "One account had everything credited and nets zero; another was credited more than"
            " it bought in the period."
        ),
    },
    "repeated_lines": {
        "lines": REPEATED_LINES,
        "statement": "Lines that repeat another line of the same invoice; they are real.",
    },
}


def answer_key() -> dict[str, dict[str, Any]]:
    """Return a copy of the planted truths: name -> who it is about and a statement in English.

    >>> answer_key()["giant"]["account_id"]
    '000412'
    """
    return {name: dict(truth) for name, truth in _KEY.items()}
