"""The answer key: every truth that is planted in the practice company, and what is none."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from . import truths
from .people import house_size


def _groups(shifts: Iterable[truths.Shift]) -> dict[str, str]:
    return {shift.account_id: shift.group for shift in shifts}


def _terms(terms: truths.NewTerms) -> dict[str, Any]:
    old = next(one for one in truths.PLANTED if one.account_id == terms.account_id)
    return {
        "account_id": terms.account_id,
        "since": terms.first,
        "discount_before": old.discount / 1000,
        "discount_after": terms.discount / 1000,
    }


_PROFIT: dict[str, dict[str, Any]] = {
    "giant": {
        "account_id": truths.GIANT,
        "statement": (
            "The largest account by revenue loses money once it is served: its contribution is"
            " smaller than what its deliveries, visits and returns cost."
        ),
    },
    "quiet_star": {
        "account_id": truths.STAR,
        "statement": (
            "Not among the 20 largest by revenue, but among the 10 best by profit: no discount,"
            " goods with a good margin, few and large orders, hardly any service."
        ),
    },
    "costly_service": {
        "activities": truths.COSTLY,
        "statement": (
            "Four large accounts with an ordinary margin that lose money by one thing each that"
            " they ask for: express deliveries, returns, many small orders by hand, visits."
        ),
    },
    "whale": {
        "peak": [1.3, 1.5],
        "statement": (
            "The accounts that earn make 130 to 150 % of the customer profit; those that lose take"
            " the rest back."
        ),
    },
    "discounter": {
        "seller": truths.DISCOUNTER,
        "statement": (
            "Gives far larger discounts than colleagues do to accounts of the same size in the"
            " same region, and keeps much less margin."
        ),
    },
    "bought_more": {
        **_terms(truths.BOUGHT_MORE),
        "statement": "Got a larger discount for 2025 and bought much more.",
    },
    "bought_less": {
        **_terms(truths.BOUGHT_LESS),
        "statement": "Lost most of its discount for 2025 and bought half as much.",
    },
    "discount_for_nothing": {
        **_terms(truths.FOR_NOTHING),
        "statement": "Got twice the discount for 2025 and bought no more for it.",
    },
}
_CHANGE: dict[str, dict[str, Any]] = {
    "late": {
        "account_id": truths.LATE,
        "interval_days": 7,
        "last_date": truths.LATE_LAST,
        "statement": (
            "An important account that ordered every week for almost three years and has been"
            " silent since 14 October 2025."
        ),
    },
    "leak": {
        "account_id": truths.LEAK,
        "statement": (
            "Orders as often as ever, and buys less than half of what it bought in 2023: no"
            " silence gives it away."
        ),
    },
    "rising": {
        "account_id": truths.RISING,
        "statement": "Bought more than twice as much in 2025 as in 2023, evenly upwards.",
    },
}
_OPEN: dict[str, dict[str, Any]] = {
    "cross_sell": {
        "leader": truths.LEADER,
        "follower": truths.FOLLOWER,
        "without_follower": list(truths.WITHOUT_FOLLOWER),
        "statement": (
            "Whoever buys welding equipment (Sveiseutstyr) mostly buys abrasives (Slipemidler)"
            " too; these six large buyers of welding equipment buy no abrasives from us."
        ),
    },
    "cross_sell_came_true": {
        "groups": _groups(truths.TAKEN_UP),
        "statement": (
            "Three buyers of welding equipment that bought no abrasives in 2023 and 2024, and many"
            " in 2025."
        ),
    },
    "upsell_came_true": {
        "groups": _groups(truths.GREW),
        "statement": "Bought little of one group until 2025, and several times as much then.",
    },
    "repeat_gap": {
        "groups": _groups(truths.GAPS),
        "statement": (
            "Bought one group all the time until the autumn of 2024, and none of it since; a"
            " competitor has it now."
        ),
    },
    "repeat_came_true": {
        "groups": _groups(truths.RESUMED),
        "statement": "Bought one group in 2023, none of it in 2024, and again in 2025.",
    },
    "open_wallet": {
        "account_id": truths.OPEN_WALLET,
        "statement": "A large and attractive account that buys four fifths of its goods elsewhere.",
    },
    "chain": {
        "parent_id": truths.CHAIN,
        "members": truths.CHAIN_MEMBERS,
        "statement": (
            "No member is in class A on its own; together they are among the ten largest customers,"
            " and buy most of their goods elsewhere: each of them has a wallet."
        ),
    },
}
_PEOPLE: dict[str, dict[str, Any]] = {
    "single_contact": {
        "account_id": truths.SINGLE_CONTACT,
        "statement": "One of the ten largest accounts, and we know a single person there.",
    },
    "no_decider": {
        "account_id": truths.NO_DECIDER,
        "statement": "A large account where we know five people, and nobody who decides.",
    },
    "not_met": {
        "account_id": truths.NOT_MET,
        "statement": "A large account where nobody has been met for 300 days.",
    },
    "house": {
        "account_id": truths.HOUSE,
        "people": house_size(),
        "statement": (
            "A whole house of people in seven departments, known by five of ours; the one in"
            " finance who has most to say is against us."
        ),
    },
    "matrix": {
        "cells": truths.MATRIX,
        "statement": (
            "Four of the ten largest accounts, one in each field of attractiveness and strength."
        ),
    },
}
_DATA: dict[str, dict[str, Any]] = {
    "at_or_below_zero": {
        "account_id": [truths.ZERO_NET, truths.BELOW_ZERO],
        "statement": (
            "One account had everything credited and nets zero; another was credited more than"
            " it bought in the period."
        ),
    },
    "repeated_lines": {
        "lines": truths.REPEATED_LINES,
        "statement": "Lines that repeat another line of the same invoice; they are real.",
    },
}
_NOT_TO_FLAG: dict[str, dict[str, Any]] = {
    "seasonal": {
        "account_id": truths.SEASONAL,
        "months": list(truths.SPRING),
        "statement": (
            "Buys from April to June every year and never else: half a year of silence at the end"
            " of December is no sign that it is lost."
        ),
    },
    "winter": {
        "account_ids": list(truths.WINTER),
        "months": list(truths.COLD),
        "statement": (
            "Buy from November to March every year and never else: their silence in the autumn is"
            " no sign that they are lost."
        ),
    },
    "projects": {
        "account_ids": list(truths.BUSY),
        "statement": (
            "Buy while a project lasts and were silent for longer than now more than once before:"
            " they are not late."
        ),
    },
    "full_wallet": {
        "account_id": truths.FULL_WALLET,
        "statement": "Buys all but a few per cent of its goods from us: there is little to win.",
    },
    "corrected": {
        "account_id": truths.CORRECTED,
        "statement": (
            "An invoice of forty times the right amount, credited and sent again six days later:"
            " it neither returns goods nor shrinks."
        ),
    },
    "discount_with_reason": {
        "account_id": truths.REASON,
        "statement": (
            "A discount of 30 %, as large as that of the giant, and among the 25 best by profit: a"
            " few large orders that it fetches itself."
        ),
    },
}
_KEY = {**_PROFIT, **_CHANGE, **_OPEN, **_PEOPLE, **_DATA, **_NOT_TO_FLAG}


def answer_key() -> dict[str, dict[str, Any]]:
    """Return a copy of the planted truths: name -> who it is about and a statement in English.

    ``flag`` is False for what only looks like a finding.

    >>> answer_key()["giant"]["account_id"], answer_key()["seasonal"]["flag"]
    ('000412', False)
    """
    return {
        name: {**copy.deepcopy(truth), "flag": name not in _NOT_TO_FLAG}
        for name, truth in _KEY.items()
    }
