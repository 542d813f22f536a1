"""Relations that last: people, how far it has come, how well it is, and who gains."""

from __future__ import annotations

from kamkit.relate import charts
from kamkit.relate.contacts import bridges, contacts, coverage, next_contacts
from kamkit.relate.health import given_health_weights, health
from kamkit.relate.health_check import health_check
from kamkit.relate.mutual import mutual_value
from kamkit.relate.people import lost_without, network, people, ties
from kamkit.relate.stage import QUESTIONS, answers, evidence, questions, stage

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
