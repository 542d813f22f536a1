"""What people write into the tables of a hand-in, read as codes: words of either language do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from kamkit.language import LANGUAGES, speaking
from kamkit.language import gettext as _

GOALS = ("keep", "grow", "people", "both")
"""The four goals: keep, grow, relationships between people, value for both."""

PLANS = ("key", "loss", "hunt")
"""One plan for a key account, one for an account that costs money, one for new customers."""

_WRITTEN: Mapping[str, Mapping[str, str]] = {
    "treatment": {
        "dedicated": "a team of its own; its own team; own team; eget team; et eget team; dedikert",
        "shared": "a shared manager; shared manager; delt ansvarlig; en delt ansvarlig; delt",
    },
    "plan": {
        "key": "key account; a key account; plan for a key account; nøkkelkunde; en nøkkelkunde",
        "loss": "account that costs money; loss-making account; costs money; tap; tapskunde;"
        " kunde som koster penger; koster penger",
        "hunt": "hunting; hunting plan; new customer; new customers; prospect; ny kunde;"
        " nye kunder; jakt; potensiell kunde",
    },
    "goal": {
        "keep": "1; keep them; retain; beholde; behold; beholde dem",
        "grow": "2; sell more to them; growth; vekst; selge mer til dem; mersalg",
        "people": "3; relationship; relationships; strengthen the relationship; relasjon;"
        " relasjoner; styrke relasjonen",
        "both": "4; mutual value; create value for both sides; value for both sides;"
        " gjensidig verdi; skape verdi for begge parter; verdi for begge parter",
    },
    "measure": {"share_of_wallet": "andel av innkjøpene"},
}
"""What else is understood beside the codes and the words that kamkit uses for them."""

_MEASURES = (
    *("revenue_year", "profit_year", "contribution_year", "people", "our_people"),
    *("share_of_wallet", "profit_ratio_year", "growth_ratio"),
)


_PLAN_FOR = re.compile(r"^(?:(?:the |a )?plan(?:en)? for )?(?:(?:the|an?|en|et) )?")


def headings() -> dict[str, str]:
    """Return the headings of the texts by their place."""
    return {
        "key": _("The plan for a key account"),
        "loss": _("The plan for an account that costs money"),
        "hunt": _("The hunting plan"),
        **{f"not_{goal}": _("Not served: {goal}", goal=goal_words(goal)) for goal in GOALS},
    }


def plan_words(plan: str) -> str:
    """Return how one of the three plans is called in a table.

    >>> plan_words("key"), code_of("plan", plan_words("hunt"))
    ('key account', 'hunt')
    """
    return {
        "key": _("key account"),
        "loss": _("account that costs money"),
        "hunt": _("hunting plan"),
    }[plan]


def goal_words(goal: str) -> str:
    """Return one of the four goals in words.

    >>> goal_words("keep")
    'keep the customer'
    """
    return {
        "keep": _("keep the customer"),
        "grow": _("sell more"),
        "people": _("relationships that last"),
        "both": _("value for both"),
    }[goal]


def code_of(column: str, text: str) -> str:
    """Return the code of what stands in a column; what is none stays as it is.

    >>> code_of("treatment", "Eget team"), code_of("goal", "value for both"), code_of("goal", "?")
    ('dedicated', 'both', '?')
    >>> code_of("measure", "Revenue last year (NOK)"), code_of("measure", "stops a year")
    ('revenue_year', 'stops a year')
    """
    return _codes().get((column, _bare(text)), text)


def _bare(text: str) -> str:
    """Return words without capitals, units in brackets and signs at their ends."""
    short = re.sub(r"\s*\([^)]*\)\s*$", "", text)
    bare = re.sub(r"^\d\s*[:.)]\s+", "", short).strip(" .:;“”«»\"'").casefold()
    return _PLAN_FOR.sub("", bare) or bare


@cache
def _codes() -> dict[tuple[str, str], str]:
    """Return the code of each column and words, in every language."""
    from kamkit.schema import label, word

    found = {
        (column, _bare(words)): code
        for column, codes in _WRITTEN.items()
        for code, written in codes.items()
        for words in (code, *written.split(";"))
    }
    for language in LANGUAGES:
        with speaking(language):
            known = {("treatment", word(code)): code for code in _WRITTEN["treatment"]}
            known |= {("plan", headings()[code]): code for code in PLANS}
            known |= {("plan", plan_words(code)): code for code in PLANS}
            known |= {("goal", goal_words(code)): code for code in GOALS}
            known |= {("measure", label(code)): code for code in _MEASURES}
            found |= {(column, _bare(str(words))): code for (column, words), code in known.items()}
    return found
