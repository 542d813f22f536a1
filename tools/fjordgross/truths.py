"""What is planted in the practice company, so that lessons and tests know the right answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Planted:
    """One account with a part to play: ``sales`` a year at list price, ``discount`` in per mille.

    ``regularity`` is the spread of its ordering intervals, ``growth`` the yearly rate of its
    orders; ``groups`` are product groups that it buys for certain.
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
    growth: float = 0.01
    groups: tuple[str, ...] = ()


class Shift(NamedTuple):
    """What an account buys from a day to another against what it would: 0 is nothing.

    In one product group, of which it buys as much less often, or in all where ``group`` is empty,
    then by buying less at a time.
    """

    account_id: str
    group: str
    first: str
    last: str
    factor: float


class NewTerms(NamedTuple):
    """A discount that changed on a day, in per mille, and the volume from then on."""

    account_id: str
    first: str
    discount: int
    volume: float


GIANT = "000412"
STAR = "001187"
LATE = "000923"
SINGLE_CONTACT = "000655"
HOUSE = "002874"
SEASONAL = "001546"
ZERO_NET = "002871"
BELOW_ZERO = "003302"
WITHOUT_FOLLOWER = ("000734", "001029", "001468", "001903", "002240", "002615")
NO_DECIDER = "000793"
NOT_MET = "001591"
LEAK = "001447"
RISING = "003618"
FULL_WALLET = "001649"
CORRECTED = "001812"
REASON = "002406"
WINTER = ("000847", "002164")
PROJECTS = ("000768", "002519")

DISCOUNTER = "S07"
EXTRA_DISCOUNT = 150

LEADER = "Sveiseutstyr"
FOLLOWER = "Slipemidler"
FOLLOWS = (0.20, 0.96)
"""How likely an account buys the follower, without and with the leader."""

CHAIN = "K07"
CHAIN_NAME = "Trollbua"
CHAIN_MEMBERS = 40
CHAIN_SALES = 340_000
CHAIN_ORDERS = 8

LATE_FIRST = "2023-01-03"
LATE_LAST = "2025-10-14"
SPRING = (4, 5, 6)
COLD = (1, 2, 3, 11, 12)
BUSY = {
    PROJECTS[0]: (
        ("2023-01-16", "2023-02-17"),
        ("2023-05-29", "2023-06-30"),
        ("2023-10-16", "2023-11-24"),
        ("2024-03-11", "2024-04-26"),
        ("2024-08-19", "2024-09-20"),
        ("2025-01-20", "2025-02-21"),
        ("2025-05-26", "2025-07-04"),
        ("2025-09-08", "2025-10-10"),
    ),
    PROJECTS[1]: (
        ("2023-02-06", "2023-03-17"),
        ("2023-08-07", "2023-09-08"),
        ("2024-01-15", "2024-02-16"),
        ("2024-06-03", "2024-06-28"),
        ("2024-11-04", "2024-12-06"),
        ("2025-04-22", "2025-05-23"),
        ("2025-08-25", "2025-09-26"),
    ),
}
"""When the buyers in projects buy at all."""
REPEATED_LINES = 48
CORRECTION = ("2024-11-04", 40, 6)
"""From when an invoice is wrong, by which factor, and after how many days it is put right."""

_EVER = "2025-12-31"
GAPS = (
    Shift("000358", "Arbeidsklær", "2024-09-16", _EVER, 0),
    Shift("001129", "Kjemikalier", "2024-10-21", _EVER, 0),
    Shift("001876", "Renhold", "2024-11-18", _EVER, 0),
    Shift("002684", "Emballasje", "2024-12-02", _EVER, 0),
)
"""Groups bought every month until they were not."""
RESUMED = (
    Shift("000977", "Hydraulikk", "2023-12-01", "2025-01-14", 0),
    Shift("002391", "Verneutstyr", "2023-12-11", "2025-01-31", 0),
)
"""Groups that were bought in 2023, not in 2024, and again in 2025."""
TAKEN_UP = (
    Shift("000846", FOLLOWER, "2023-01-01", "2025-01-05", 0),
    Shift("001739", FOLLOWER, "2023-01-01", "2025-01-19", 0),
    Shift("002448", FOLLOWER, "2023-01-01", "2025-02-09", 0),
)
"""Buyers of the leader who took the follower up in 2025."""
GREW = (
    Shift("001058", "Elektroverktøy", "2023-01-01", "2024-12-31", 0.2),
    Shift("001983", "Festemateriell", "2023-01-01", "2024-12-31", 0.2),
    Shift("002577", "Håndverktøy", "2023-01-01", "2024-12-31", 0.2),
)
"""Groups of which an account bought little until 2025."""
LEAKS = (
    Shift(LEAK, "", "2024-01-01", "2024-12-31", 0.65),
    Shift(LEAK, "", "2025-01-01", _EVER, 0.38),
)
SHIFTS = (*GAPS, *RESUMED, *TAKEN_UP, *GREW, *LEAKS)

BOUGHT_MORE = NewTerms("000561", "2025-01-01", 200, 1.8)
BOUGHT_LESS = NewTerms("001734", "2025-01-01", 100, 0.5)
FOR_NOTHING = NewTerms("002386", "2025-01-01", 210, 1.0)
NEW_TERMS = (BOUGHT_MORE, BOUGHT_LESS, FOR_NOTHING)

SENDS_BACK = "001365"
BY_HAND = "002033"
COSTLY = {
    "000289": "express delivery",
    SENDS_BACK: "return",
    BY_HAND: "manual order",
    "002958": "visit",
}
"""Large accounts that lose money by what they ask for."""
ASKS: dict[str, dict[str, float]] = {
    GIANT: {
        "web order": 0.3,
        "manual order": 6.0,
        "delivery": 2.6,
        "express delivery": 22.0,
        "visit": 5.0,
        "call": 5.0,
        "return": 14.0,
        "invoice reminder": 3.0,
    },
    STAR: {"web order": 1.6, "delivery": 0.5, "": 0.1},
    REASON: {"web order": 1.2, "delivery": 0.3, "": 0.1},
    "000289": {"express delivery": 28.0},
    SENDS_BACK: {"return": 14.0},
    "002958": {"visit": 34.0, "call": 22.0},
}
"""How much more of an activity than usual an account asks for; under ``""`` of all others."""

MATRIX = {"000538": "strategic", "001274": "star", "002047": "status", "002795": "streamline"}
"""One account per field of attractiveness and strength."""
RATED = {
    "000538": (4.5, 4.6),
    "001274": (4.5, 1.5),
    "002047": (1.7, 4.6),
    "002795": (1.7, 1.5),
    GIANT: (2.4, 3.2),
    SINGLE_CONTACT: (3.8, 3.4),
    HOUSE: (1.3, 4.4),
    STAR: (4.0, 3.4),
    CHAIN: (4.4, 3.8),
    NO_DECIDER: (4.2, 3.0),
    NOT_MET: (4.2, 2.8),
    FULL_WALLET: (3.6, 4.4),
    **{gap.account_id: (4.2, 3.2) for gap in GAPS},
}
"""How accounts are rated for attractiveness and for our strength."""
OPEN_WALLET = "001274"
PROMPT = (STAR, "002047", "002795")
"""Who pays in two weeks."""

_BUILD, _INDUSTRY, _GARAGE = "Bygg og anlegg", "Industri", "Verksted og transport"
_SEA, _LAND, _PUBLIC = "Havbruk", "Landbruk", "Offentlig"
_EAST, _WEST, _MIDDLE = "Østlandet", "Vestlandet", "Midt-Norge"
_SOUTH, _NORTH = "Sørlandet", "Nord-Norge"


def _buyer(
    account_id: str, name: str, segment: str, where: tuple[str, str], sales: int, *groups: str
) -> Planted:
    """Return a large account like others, which buys every week or so."""
    return Planted(account_id, name, segment, *where, sales, 52, 130, 0.35, groups=groups)


_LARGEST = (
    Planted(GIANT, "Nøkkvarde Entreprenør AS", _BUILD, _EAST, "S02", 80_000_000, 420, 310),
    Planted(
        "000538",
        "Huldretind Industri AS",
        _INDUSTRY,
        _EAST,
        "S04",
        47_000_000,
        150,
        190,
        0.35,
        0.07,
    ),
    Planted(
        "002047",
        "Draugsund Entreprenør AS",
        _BUILD,
        _EAST,
        "S02",
        45_000_000,
        140,
        190,
        0.35,
        -0.03,
    ),
    Planted(
        "001274", "Fossegrimvik Havbruk AS", _SEA, _NORTH, "S12", 25_000_000, 110, 140, 0.35, 0.08
    ),
    Planted(
        "002795",
        "Tusseskar Spedisjon AS",
        _GARAGE,
        _SOUTH,
        "S11",
        18_000_000,
        100,
        160,
        0.35,
        -0.03,
    ),
    Planted(SINGLE_CONTACT, "Dragesund Marine AS", _SEA, _WEST, "S06", 28_000_000, 110, 170),
    Planted(HOUSE, "Kvitebjørnteig Byggmester AS", _BUILD, _EAST, "S02", 22_000_000, 120, 160),
    Planted(STAR, "Månestråletind Foredling AS", _INDUSTRY, _EAST, "S04", 4_500_000, 30, 0),
    Planted(LATE, "Jutulhammer Mekaniske AS", _INDUSTRY, _MIDDLE, "S09", 8_400_000, 52, 160),
    Planted(SEASONAL, "Eventyrløkke Gartneri", _LAND, _EAST, "S03", 5_400_000, 30, 110),
)
_WELDERS = (
    _buyer("000734", "Gygrestein Stål AS", _INDUSTRY, (_EAST, "S01"), 4_600_000, LEADER),
    _buyer("001029", "Risenes Verksted AS", _GARAGE, (_EAST, "S04"), 3_400_000, LEADER),
    _buyer("001468", "Alvskar Mekaniske AS", _INDUSTRY, (_WEST, "S08"), 3_900_000, LEADER),
    _buyer("001903", "Tussevik Anlegg AS", _BUILD, (_MIDDLE, "S10"), 3_100_000, LEADER),
    _buyer("002240", "Kvitebjørnlund Maskin AS", _GARAGE, (_EAST, "S05"), 3_000_000, LEADER),
    _buyer("002615", "Sølvmarkbru Industri AS", _INDUSTRY, (_WEST, "S06"), 2_900_000, LEADER),
    _buyer("000846", "Jutulbotn Stål AS", _INDUSTRY, (_EAST, "S02"), 2_400_000, LEADER, FOLLOWER),
    _buyer(
        "001739", "Dvergeid Mekaniske AS", _INDUSTRY, (_WEST, "S06"), 2_200_000, LEADER, FOLLOWER
    ),
    _buyer("002448", "Lurvholme Slipp AS", _SEA, (_WEST, "S08"), 2_300_000, LEADER, FOLLOWER),
)
_CHANGING = (
    _buyer("000358", "Risemyr Anlegg AS", _BUILD, (_EAST, "S01"), 7_600_000, "Arbeidsklær"),
    _buyer("001129", "Nøkkhammer Bakeri AS", _INDUSTRY, (_EAST, "S05"), 7_200_000, "Kjemikalier"),
    _buyer("001876", "Vettesund sykehjem", _PUBLIC, (_WEST, "S08"), 7_000_000, "Renhold"),
    _buyer("002684", "Gygrenes Sjømat AS", _SEA, (_MIDDLE, "S10"), 6_800_000, "Emballasje"),
    _buyer("000977", "Drageløkke Utleie AS", _GARAGE, (_MIDDLE, "S09"), 2_600_000, "Hydraulikk"),
    _buyer("002391", "Nisseskar VVS AS", _BUILD, (_SOUTH, "S11"), 2_400_000, "Verneutstyr"),
    _buyer("001058", "Alvrabb Trevare AS", _INDUSTRY, (_EAST, "S03"), 3_000_000, "Elektroverktøy"),
    _buyer("001983", "Trollodd Byggmester AS", _BUILD, (_WEST, "S06"), 2_800_000, "Festemateriell"),
    _buyer("002577", "Huldrefjære Auto AS", _GARAGE, (_NORTH, "S12"), 2_500_000, "Håndverktøy"),
    Planted("000561", "Fossegrimbru Rør AS", _BUILD, _EAST, "S05", 2_600_000, 60, 90, 0.2),
    Planted(
        "001734", "Lyktemannholme Foredling AS", _INDUSTRY, _WEST, "S08", 3_600_000, 60, 230, 0.2
    ),
    Planted("002386", "Kråkesølvlund Maskin AS", _GARAGE, _EAST, "S01", 2_900_000, 110, 100, 0.2),
    Planted(LEAK, "Gullfjærvang Havbruk AS", _SEA, _WEST, "S06", 7_500_000, 60, 140, 0.35),
    Planted(
        RISING, "Veslefrikkli Anlegg AS", _BUILD, _MIDDLE, "S10", 3_000_000, 50, 110, growth=0.55
    ),
)
_COSTLY = (
    Planted("000289", "Haugtussbekk Slipp AS", _SEA, _WEST, "S08", 8_600_000, 170, 190),
    Planted("001365", "Tussehaug Byggmester AS", _BUILD, _EAST, "S03", 7_800_000, 110, 190),
    Planted("002033", "Nisselund Verksted AS", _GARAGE, _EAST, "S01", 5_600_000, 420, 170),
    Planted("002958", "Risebekk kommune", _PUBLIC, _NORTH, "S12", 7_000_000, 100, 190),
)
_AS_THEY_SHOULD = (
    Planted(NO_DECIDER, "Dragestein Trevare AS", _INDUSTRY, _EAST, "S05", 7_000_000, 70, 140, 0.35),
    Planted(NOT_MET, "Sølvmarkvik Transport AS", _GARAGE, _WEST, "S06", 7_000_000, 70, 140, 0.35),
    Planted(
        FULL_WALLET, "Eventyrstein Industri AS", _INDUSTRY, _MIDDLE, "S09", 6_400_000, 60, 140, 0.35
    ),
    Planted(CORRECTED, "Gullfjærodd Mekaniske AS", _INDUSTRY, _EAST, "S03", 2_600_000, 50, 120),
    Planted(REASON, "Trollsund Sagbruk AS", _LAND, _EAST, "S05", 8_400_000, 14, 300),
    Planted(WINTER[0], "Kråkesølvbotn kommune", _PUBLIC, _EAST, "S01", 2_800_000, 36, 120),
    Planted(WINTER[1], "Månestrålevang Skogsdrift AS", _LAND, _MIDDLE, "S10", 2_800_000, 30, 120),
    Planted(PROJECTS[0], "Huldrebru Entreprenør AS", _BUILD, _WEST, "S08", 4_200_000, 20, 140),
    Planted(PROJECTS[1], "Jutulvik Marine AS", _SEA, _NORTH, "S12", 3_400_000, 18, 130),
    Planted(ZERO_NET, "Lurvteig Gård", _LAND, _EAST, "S05", 38_000, 1, 20),
    Planted(BELOW_ZERO, "Vettebotn Tømrerservice AS", _BUILD, _WEST, "S08", 50_000, 2, 50),
)
PLANTED = (*_LARGEST, *_WELDERS, *_CHANGING, *_COSTLY, *_AS_THEY_SHOULD)
"""The accounts with a part to play; the chain and the seller are made of ordinary accounts."""
