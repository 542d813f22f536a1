"""Relations that last: people, how far it has come, how well it is, and who gains."""

from __future__ import annotations

from kamkit.relate import charts
from kamkit.relate._contacts import bridges, contacts, coverage, next_contacts
from kamkit.relate._health import given_health_weights, health
from kamkit.relate._health_check import health_check
from kamkit.relate._people import lost_without, network, people, ties
from kamkit.relate._stage import QUESTIONS, answers, evidence, questions, stage
from kamkit.relate.mutual import mutual_value

__all__ = [
    "QUESTIONS",
    "answers",
    "bridges",
    "charts",
    "contacts",
    "coverage",
    "evidence",
    "given_health_weights",
    "health",
    "health_check",
    "lost_without",
    "mutual_value",
    "network",
    "next_contacts",
    "people",
    "questions",
    "stage",
    "ties",
]
