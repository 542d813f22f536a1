"""The invented world of Fjordgross: its goods, trades, places and names. None of it is real."""

from __future__ import annotations

CATEGORIES: dict[str, float] = {
    "Verneutstyr": 0.56,
    "Arbeidsklær": 0.54,
    "Håndverktøy": 0.60,
    "Elektroverktøy": 0.68,
    "Festemateriell": 0.50,
    "Sveiseutstyr": 0.63,
    "Slipemidler": 0.48,
    "Kjemikalier": 0.51,
    "Renhold": 0.57,
    "Emballasje": 0.64,
    "Hydraulikk": 0.61,
    "Elektromateriell": 0.59,
}
"""Product groups, each with what its goods cost as a share of the list price."""

GOODS: dict[str, dict[str, int]] = {
    "Verneutstyr": {
        "Arbeidshanske": 69,
        "Vernebrille": 129,
        "Hørselvern": 389,
        "Vernehjelm": 349,
        "Vernesko": 1190,
        "Støvmaske": 249,
        "Fallsele": 1890,
        "Knebeskytter": 279,
        "Refleksvest": 119,
        "Førstehjelpskoffert": 690,
    },
    "Arbeidsklær": {
        "Arbeidsbukse": 1090,
        "Arbeidsjakke": 1490,
        "Kjeledress": 990,
        "T-skjorte": 189,
        "Fleecejakke": 590,
        "Regndress": 790,
        "Ullundertøy": 649,
        "Lue": 199,
        "Vinterdress": 2190,
        "Sokker": 89,
    },
    "Håndverktøy": {
        "Hammer": 329,
        "Skrutrekker": 119,
        "Fastnøkkelsett": 890,
        "Rørtang": 449,
        "Tømmersag": 289,
        "Målebånd": 159,
        "Vater": 499,
        "Tollekniv": 99,
        "Momentnøkkel": 1690,
        "Baufil": 229,
    },
    "Elektroverktøy": {
        "Skrumaskin": 2290,
        "Vinkelsliper": 1890,
        "Borhammer": 4290,
        "Sirkelsag": 3190,
        "Stikksag": 2390,
        "Batteripakke": 1290,
        "Lader": 790,
        "Arbeidslampe": 890,
        "Støvsuger": 3890,
        "Multiverktøy": 2590,
    },
    "Festemateriell": {
        "Treskruer eske": 189,
        "Gipsskruer eske": 159,
        "Maskinskruer eske": 239,
        "Ekspansjonsbolt": 29,
        "Gjengestang": 79,
        "Spikerbånd": 349,
        "Muttere eske": 129,
        "Skiver eske": 99,
        "Vinkelbeslag": 39,
        "Klammer eske": 149,
    },
    "Sveiseutstyr": {
        "Sveiseelektroder": 649,
        "Sveisetråd": 890,
        "Sveisehjelm": 2490,
        "Sveisehansker": 349,
        "Sveiseapparat": 12900,
        "Gassmunnstykke": 189,
        "Kontaktrør": 49,
        "Sveiseforkle": 790,
        "Slagghakke": 219,
        "Trådmater": 6900,
    },
    "Slipemidler": {
        "Kappeskive": 39,
        "Slipeskive": 59,
        "Lamellskive": 89,
        "Slipebånd": 69,
        "Slipepapir": 129,
        "Stålbørste": 149,
        "Fiberskive": 45,
        "Poleringspasta": 199,
        "Diamantskive": 690,
        "Slipestift": 99,
    },
    "Kjemikalier": {
        "Fugemasse": 119,
        "Monteringslim": 149,
        "Multispray": 129,
        "Avfetting": 249,
        "Skjæreolje": 389,
        "Gjengelås": 219,
        "Rustløser": 139,
        "Smørefett": 99,
        "Tetningsskum": 159,
        "Hydraulikkolje": 1490,
    },
    "Renhold": {
        "Tørkepapir": 289,
        "Håndrens": 179,
        "Grovrengjøring": 399,
        "Søppelsekker": 139,
        "Gulvmopp": 349,
        "Såpedispenser": 459,
        "Mikrofiberkluter": 199,
        "Feiekost": 249,
        "Absorbent": 329,
        "Desinfeksjon": 149,
    },
    "Emballasje": {
        "Pappeske": 19,
        "Strekkfilm": 189,
        "Pakketape": 29,
        "Bobleplast": 349,
        "Stroppebånd": 590,
        "Palleomslag": 459,
        "Lagerkasse": 129,
        "Etikettrull": 149,
        "Pakkepapir": 279,
        "Storsekk": 169,
    },
    "Hydraulikk": {
        "Hydraulikkslange": 489,
        "Hurtigkobling": 259,
        "Slangeklemme": 25,
        "Trykkluftslange": 690,
        "Pakningssett": 199,
        "Kuleventil": 349,
        "Manometer": 429,
        "Hydraulikkpumpe": 8900,
        "Sylinder": 4590,
        "Nippel": 59,
    },
    "Elektromateriell": {
        "Kabeltromme": 1290,
        "Skjøteledning": 349,
        "Kabelstrips": 59,
        "LED-rør": 159,
        "Koblingsboks": 49,
        "Kabelsko eske": 229,
        "Lyskaster": 890,
        "Batterier pakke": 99,
        "Stikkontakt": 119,
        "Isolasjonstape": 25,
    },
}
"""Kinds of goods per product group, with the list price in whole kroner of the middle variant."""

VARIANTS: dict[str, float] = {
    "Basis": 0.70,
    "Vidde": 0.90,
    "Tind": 1.00,
    "Storm": 1.25,
    "Proff": 1.60,
}
"""Invented product lines, each with its price against the middle one."""

SEGMENTS: dict[str, tuple[float, dict[str, tuple[str, ...]]]] = {
    "Bygg og anlegg": (
        0.30,
        {
            "Entreprenør": ("Bygg AS", "Entreprenør AS", "Anlegg AS"),
            "Tømrer": ("Tømrerservice AS", "Byggmester AS"),
            "Rørlegger": ("Rør AS", "VVS AS"),
        },
    ),
    "Industri": (
        0.22,
        {
            "Mekanisk industri": ("Mekaniske AS", "Stål AS", "Industri AS"),
            "Treindustri": ("Trevare AS", "Vindu og dør AS"),
            "Næringsmiddel": ("Foredling AS", "Bakeri AS"),
        },
    ),
    "Verksted og transport": (
        0.20,
        {
            "Bilverksted": ("Auto AS", "Verksted AS"),
            "Transport": ("Transport AS", "Spedisjon AS"),
            "Maskinutleie": ("Maskin AS", "Utleie AS"),
        },
    ),
    "Havbruk": (
        0.10,
        {
            "Oppdrett": ("Havbruk AS", "Laks AS"),
            "Skipsverft": ("Slipp AS", "Marine AS"),
            "Fiskemottak": ("Sjømat AS", "Fiskemottak AS"),
        },
    ),
    "Landbruk": (
        0.10,
        {
            "Gårdsdrift": ("Gård", "Landbruk DA"),
            "Gartneri": ("Gartneri", "Planteskole AS"),
            "Skogbruk": ("Skogsdrift AS", "Sagbruk AS"),
        },
    ),
    "Offentlig": (
        0.08,
        {
            "Kommune": ("kommune",),
            "Vann og havn": ("vannverk", "havn"),
            "Skole og helse": ("skole", "sykehjem"),
        },
    ),
}
"""Customer segments: share of the accounts, lines of business and how their names end."""

OWNS: dict[str, tuple[float, ...]] = {
    "Bygg og anlegg": (0.75, 0.60, 0.60, 0.60, 0.75, 0.20, 0.0, 0.50, 0.25, 0.15, 0.10, 0.35),
    "Industri": (0.70, 0.55, 0.50, 0.35, 0.45, 0.55, 0.0, 0.60, 0.50, 0.45, 0.45, 0.35),
    "Verksted og transport": (0.60, 0.45, 0.60, 0.35, 0.4, 0.4, 0.0, 0.65, 0.50, 0.15, 0.55, 0.35),
    "Havbruk": (0.75, 0.70, 0.40, 0.25, 0.40, 0.35, 0.0, 0.45, 0.60, 0.50, 0.55, 0.30),
    "Landbruk": (0.60, 0.55, 0.50, 0.35, 0.50, 0.25, 0.0, 0.40, 0.30, 0.30, 0.55, 0.30),
    "Offentlig": (0.55, 0.45, 0.35, 0.25, 0.20, 0.08, 0.0, 0.30, 0.85, 0.35, 0.05, 0.50),
}
"""How likely an account of the segment is to buy each product group; the group that follows
another one (see ``practice_truths``) is drawn after it."""

MONTHS: dict[str, tuple[float, ...]] = {
    "Bygg og anlegg": (0.80, 0.88, 1.05, 1.10, 1.15, 1.20, 0.55, 1.12, 1.18, 1.12, 1.02, 0.70),
    "Industri": (1.00, 1.02, 1.08, 1.00, 1.02, 1.08, 0.50, 1.02, 1.10, 1.10, 1.10, 0.80),
    "Verksted og transport": (1.05, 1.02, 1.02, 1.12, 1.02, 1.02, 0.65, 1.0, 1.0, 1.18, 1.12, 0.82),
    "Havbruk": (0.90, 0.90, 0.98, 1.00, 1.08, 1.10, 0.95, 1.12, 1.12, 1.05, 0.98, 0.78),
    "Landbruk": (0.60, 0.75, 1.10, 1.45, 1.50, 1.20, 0.95, 1.10, 1.15, 0.90, 0.70, 0.50),
    "Offentlig": (0.85, 0.95, 1.05, 0.95, 1.05, 1.10, 0.50, 1.05, 1.10, 1.10, 1.20, 1.20),
}
"""How busy each month is, per segment; July is the common holiday."""

REGIONS: dict[str, tuple[float, tuple[str, ...]]] = {
    "Østlandet": (0.40, ("S01", "S02", "S03", "S04", "S05")),
    "Vestlandet": (0.27, ("S06", "S07", "S08")),
    "Midt-Norge": (0.15, ("S09", "S10")),
    "Sørlandet": (0.09, ("S11",)),
    "Nord-Norge": (0.09, ("S12",)),
}
"""Regions: share of the accounts and the sellers who work there."""

FREE_DAYS = (
    "2023-04-06",
    "2023-04-07",
    "2023-04-10",
    "2023-05-01",
    "2023-05-17",
    "2023-05-18",
    "2023-05-29",
    "2023-12-25",
    "2023-12-26",
    "2024-01-01",
    "2024-03-28",
    "2024-03-29",
    "2024-04-01",
    "2024-05-01",
    "2024-05-09",
    "2024-05-17",
    "2024-05-20",
    "2024-12-25",
    "2024-12-26",
    "2025-01-01",
    "2025-04-17",
    "2025-04-18",
    "2025-04-21",
    "2025-05-01",
    "2025-05-29",
    "2025-06-09",
    "2025-12-25",
    "2025-12-26",
)
"""Norwegian public holidays of the three years that fall on a working day."""

NAME_HEADS = (
    "Troll",
    "Huldre",
    "Draug",
    "Nøkk",
    "Tusse",
    "Jutul",
    "Dverg",
    "Vette",
    "Nisse",
    "Drage",
    "Alv",
    "Haugtuss",
    "Fossegrim",
    "Rise",
    "Gygre",
    "Lurv",
    "Kvitebjørn",
    "Veslefrikk",
    "Kråkesølv",
    "Månestråle",
    "Gullfjær",
    "Sølvmark",
    "Eventyr",
    "Lyktemann",
)
NAME_TAILS = (
    "varde",
    "kvist",
    "myr",
    "holme",
    "bru",
    "vik",
    "stein",
    "bekk",
    "li",
    "haug",
    "nes",
    "tind",
    "fjære",
    "lund",
    "sund",
    "skar",
    "botn",
    "eid",
    "rabb",
    "vang",
    "hammer",
    "odd",
    "dal",
    "skog",
    "teig",
    "løkke",
)
FIRST_NAMES = (
    "Anne",
    "Kari",
    "Ingrid",
    "Liv",
    "Marit",
    "Solveig",
    "Hilde",
    "Silje",
    "Nora",
    "Emma",
    "Tone",
    "Berit",
    "Amina",
    "Thea",
    "Sunniva",
    "Lars",
    "Ola",
    "Per",
    "Knut",
    "Arne",
    "Geir",
    "Morten",
    "Henrik",
    "Jonas",
    "Trond",
    "Stian",
    "Eirik",
    "Omar",
    "Håkon",
    "Sverre",
)
COMPETITORS = ("Gygergross", "Norrønavarer", "Vettevare", "Lokalt byggevarehus")
"""Invented rivals."""

CHAINS: dict[str, tuple[str, str, int]] = {
    "K01": ("Tussbygg", "Bygg og anlegg", 9),
    "K02": ("Dragemaskin", "Verksted og transport", 7),
    "K03": ("Alvindustri", "Industri", 5),
    "K04": ("Haugtussgruppen", "Bygg og anlegg", 4),
    "K05": ("Risehav", "Havbruk", 4),
    "K06": ("Gullfjærgården", "Landbruk", 6),
    "K08": ("Lyktemann Auto", "Verksted og transport", 12),
    "K09": ("Kråkesølv Stål", "Industri", 3),
}
"""Ordinary chains: the name that the members share, their segment and how many they are."""

COST_PER_MINUTE = 10
"""What a minute of the people in the office and on the road costs, in kroner."""

TIMED = ("visit", "call", "invoice reminder")
"""Activities whose rate is the time they take."""

ACTIVITIES: dict[str, int] = {
    "web order": 80,
    "manual order": 600,
    "delivery": 3500,
    "express delivery": 10500,
    "visit": 4800,
    "call": 600,
    "return": 5200,
    "invoice reminder": 300,
}
"""What serving a customer consists of, and what one of each costs in kroner. Goods come by lorry; a
visit takes a day with the way there."""

DEPARTMENTS = ("Ledelse", "Innkjøp", "Drift", "Lager", "Økonomi", "HMS", "Verksted")

CRITERIA: dict[str, str] = {
    "growth": "attractiveness",
    "strategic fit": "attractiveness",
    "willingness to cooperate": "attractiveness",
    "ability to pay": "attractiveness",
    "range": "strength",
    "delivery": "strength",
    "price": "strength",
    "relationship": "strength",
}
"""What accounts are rated on, 1 to 5: how attractive they are, how strong we are with them."""

GOALS: tuple[tuple[str, str, str, str], ...] = (
    ("Bli hovedleverandør av verneutstyr", "andel av innkjøp", "60 %", "Gå gjennom sortimentet"),
    ("Flytte ordre til nettbutikken", "andel ordre på nett", "80 %", "Opplæring av innkjøperne"),
    ("Færre hasteleveranser", "hasteleveranser per kvartal", "10", "Avtale faste leveringsdager"),
    ("Kjenne flere som bestemmer", "kontakter med beslutningsrolle", "3", "Ledermøte hvert halvår"),
    ("Øke dekningsgraden", "dekningsgrad", "25 %", "Ny prisavtale med trapper"),
    ("Selge inn flere varegrupper", "varegrupper kjøpt", "8", "Prøvepakke og befaring"),
)
"""Goals with measure, target and action."""

SECOND_RATER = "Salgssjef"
"""Who rates the largest accounts beside their sellers."""

LANGUAGES = ("norsk", "engelsk")
ENGLISH_TRADES = ("Oppdrett", "Skipsverft")
"""Trades in which some customers work in English."""

COST_PER_HOUR = 600
SERVICES: tuple[tuple[str, int, float, float, int], ...] = (
    ("Felles kundeplan", 1, 24, 10, 0),
    ("Kundemøte", 18, 5, 4, 400),
    ("Gjennomgang av året", 4, 8, 6, 0),
    ("Toppledermøte", 2, 6, 0, 2500),
    ("Leveranse- og prisrapport", 12, 2, 2, 0),
    ("Fagdag hos kunden", 3, 10, 0, 3000),
    ("Pris- og rammeavtale", 1, 18, 12, 0),
    ("Samordning internt", 12, 2, 2, 0),
)
"""What a key account gets: how often a year with a team of its own, the hours each time with a
team of its own and with a manager who has several, preparation and travel included, and other costs
each time, in kroner."""
SHARED_TIMES: tuple[int, ...] = (1, 8, 1, 0, 4, 0, 1, 6)
"""How often a year, where the manager has several."""

MANAGERS: tuple[tuple[str, int, int, str, str, str], ...] = (
    ("S02", 900, 6, "Østlandet", "norsk", "Entreprenør; Tømrer; Kommune; Transport; Maskinutleie"),
    ("S04", 800, 6, "Østlandet", "norsk; engelsk", "Mekanisk industri; Næringsmiddel; Treindustri"),
    ("S06", 700, 6, "Vestlandet", "norsk; engelsk", "Oppdrett; Skipsverft; Mekanisk industri"),
    ("S08", 600, 6, "Vestlandet", "norsk", "Treindustri; Bilverksted; Rørlegger; Entreprenør"),
    ("S09", 600, 5, "Midt-Norge; Nord-Norge", "norsk; engelsk", ""),
    ("S11", 400, 4, "Sørlandet; Østlandet", "norsk", ""),
)
"""Who takes key accounts: hours a year, most accounts, regions, languages, trades."""
