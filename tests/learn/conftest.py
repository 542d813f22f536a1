"""Rooms to ask in: the practice company, another of a seed, and the smallest ledger there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamkit.learn import room as rooms
from kamkit.learn.asked import Asked
from kamkit.learn.attempts import Progress
from kamkit.learn.course import lesson as lesson_of
from kamkit.learn.register import entry
from kamkit.learn.room import Room

ROOT = Path(__file__).resolve().parents[2]


def asked_in(code: str, other: Room, progress: Progress | None = None) -> Asked:
    """A question in the case of another room, with a progress of its own."""
    about = entry(code)
    room = Room(lesson_of(about.lesson), other.source, other.seed, progress or Progress(None))
    room.__dict__["analysis"], room.__dict__["names"] = other.analysis, other.names
    return Asked(about, room)


@pytest.fixture(autouse=True)
def no_room():
    """Each test starts without an open room; what was opened stays made."""
    rooms._rooms.clear()
    yield
    rooms._rooms.clear()


@pytest.fixture(scope="session")
def practice() -> Room:
    """The practice company that comes with kamkit."""
    return Room(lesson_of(2), "fjordgross", 0, Progress(None))


@pytest.fixture(scope="session")
def seeded() -> Room:
    """The practice company of seed 17."""
    return Room(lesson_of(2), "fjordgross", 17, Progress(None))


@pytest.fixture(scope="session")
def smallest(tmp_path_factory) -> Room:
    """A ledger with customer, date and amount, of thirty customers over two years."""
    lines = ["customer,date,amount"]
    for n in range(1, 31):
        for month in range(1, 25, 1 + n % 5):
            day = f"{2023 + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}-{n % 27 + 1:02d}"
            lines.append(f"C{n:02d},{day},{round(90_000 / n**1.2) + month}.00")
    path = tmp_path_factory.mktemp("smallest") / "sales.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Room(lesson_of(2), str(path), 0, Progress(None))
