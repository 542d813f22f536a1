"""A house of people at one account, colleagues who know some at others, and how relations stand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import truths
from .accounts import LAST_DAY, stream

HOUSE = "002874"
"""The account with 25 people in seven departments, known by five of ours."""
_COLLEAGUES = 60
_ANSWERED = 24
_QUESTIONS = ("contact", "information", "planning", "trust", "adaptation", "commitment")
# department, role, place of the superior in this list, influence, who of ours
_PEOPLE = (
    ("Ledelse", "decider", -1, 5, "Salgssjef"),
    ("Ledelse", "decider", 0, 4, "Salgssjef"),
    ("Innkjøp", "decider", 0, 4, "S02; Salgssjef"),
    ("Drift", "influencer", 0, 4, "Fagrådgiver"),
    ("HMS", "influencer", 0, 3, "Fagrådgiver"),
    ("Økonomi", "influencer", 1, 3, "Kreditt"),
    ("Innkjøp", "buyer", 2, 3, "S02"),
    ("Innkjøp", "buyer", 2, 3, "S02"),
    ("Innkjøp", "buyer", 2, 2, "S02"),
    ("Innkjøp", "buyer", 2, 2, "S02"),
    ("Innkjøp", "gatekeeper", 2, 2, "S02"),
    ("Drift", "initiator", 3, 3, "Fagrådgiver"),
    ("Drift", "user", 3, 2, "Fagrådgiver"),
    ("Drift", "user", 3, 2, "Kundeservice"),
    ("Drift", "user", 3, 1, ""),
    ("HMS", "user", 4, 2, "Fagrådgiver"),
    ("HMS", "initiator", 4, 2, "Fagrådgiver"),
    ("Økonomi", "user", 5, 1, "Kreditt"),
    ("Lager", "influencer", 3, 3, "Kundeservice"),
    ("Lager", "user", 18, 2, "Kundeservice"),
    ("Lager", "user", 18, 1, "Kundeservice"),
    ("Lager", "user", 18, 1, ""),
    ("Verksted", "influencer", 3, 3, "S02"),
    ("Verksted", "user", 22, 2, "Kundeservice"),
    ("Verksted", "user", 22, 1, ""),
)


def with_house(
    contacts: pd.DataFrame, totals: pd.Series, names: list[str], *, seed: int
) -> pd.DataFrame:
    """Return the people with a whole house in place of the few we knew at one account.

    At every fourth of the larger accounts the sales manager knows the decider too. Two of the
    house have not been met for long; one is against us.
    """
    rng = stream(seed, "house")
    known = contacts[contacts["account_id"].ne(HOUSE)].copy()
    larger = totals.index[:_COLLEAGUES][3::4].difference([truths.SINGLE_CONTACT])
    both = known["account_id"].isin(larger) & known["role"].eq("decider")
    known.loc[both, "our_contact"] = known.loc[both, "our_contact"] + "; Salgssjef"
    days = np.floor(rng.random(len(_PEOPLE)) * 120 + 3)
    days[[1, 5]] = (290, 240)
    support = np.rint(0.7 + 0.8 * rng.standard_normal(len(_PEOPLE))).clip(-1, 2)
    support[[2, 5]] = (1, -2)
    house = pd.DataFrame(
        [
            (
                HOUSE,
                names[place],
                role,
                department,
                influence,
                int(liking),
                names[above] if above >= 0 else None,
                ours or None,
                pd.Timestamp(LAST_DAY) - pd.Timedelta(days=int(ago)) if ours else pd.NaT,
            )
            for place, ((department, role, above, influence, ours), ago, liking) in enumerate(
                zip(_PEOPLE, days, support, strict=True)
            )
        ],
        columns=list(known.columns),
    )
    house["last_contact"] = house["last_contact"].astype("datetime64[s]")
    whole = pd.concat([known, house], ignore_index=True)
    return whole.sort_values(["account_id", "person"], ignore_index=True)


def house_size() -> int:
    """Return how many people the house has.

    >>> house_size()
    25
    """
    return len(_PEOPLE)


def questionnaire_table(totals: pd.Series, accounts: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return how sellers answered on the relationship: one row per account and question."""
    rng = stream(seed, "questionnaire")
    chosen = totals.index[:_ANSWERED].sort_values()
    level = np.repeat(1.6 + 1.4 * rng.random(len(chosen)), len(_QUESTIONS))
    table = pd.DataFrame(
        {"account_id": np.repeat(chosen, len(_QUESTIONS)), "question": _QUESTIONS * len(chosen)}
    )
    answer = np.rint(level + 0.5 * rng.standard_normal(len(level))).clip(1, 4)
    single = table["account_id"].eq(truths.SINGLE_CONTACT) & table["question"].eq("contact")
    table["answer"] = np.where(single, 1, answer).astype(np.int64)
    more = (rng.random(len(level)) < 0.45).astype(np.int64)
    table["wanted"] = (table["answer"] + more).clip(upper=4)
    seller = accounts.set_index("account_id")["seller"]
    table["answered_by"] = table["account_id"].map(seller)
    return table
