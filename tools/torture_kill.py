"""Kill runs at random moments and see that the next one ends with the same bytes, leaving nothing.

    python -m tools.torture_kill --moments 100

Each moment: a run is killed as by a power cut (SIGKILL), what it leaves is looked at, and the same
command is given again. Exits with 1 and a line for each fault.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
MARK = "KAMKIT_TORTURE"
GIVEN = ("key_accounts=2", "draws=20", "lifetime_draws=0", "also=1")
"""Settings of a run that is soon done."""
SMALL = [
    *("run", "sales.csv", "--only", "2", "--only", "7", "--jobs", "2", "--quiet", "--out", "run"),
    *(word for text in GIVEN for word in ("--param", text)),
]
"""A run with report, workbook and plans, on the ledger of ``write_ledger``."""
_LONGEST = 300.0  # seconds that a run may take
_PATIENCE = 20.0  # seconds that processes of a killed run have to notice


ODD = {2: "Ål & <b>Søn\x07\x0b\x1f]]>" + "ø" * 115, 3: "=1+1", 4: "../../" + "x" * 245}
"""Names that hurt: of 250 bytes, with control characters, formulas, paths."""


def write_ledger(path: Path, customers: int = 12, months: int = 24) -> Path:
    """Write a ledger of a few customers; the same each time."""
    chance = random.Random(7)
    rows = ["Customer;Customer name;Date;Invoice;Product;Category;Quantity;Net amount;Cost"]
    for customer in range(1, customers + 1):
        for month in range(months):
            day = dt.date(2024 + month // 12, month % 12 + 1, chance.randint(1, 28))
            for line in range(2):
                product, n = chance.randint(1, 6), chance.randint(1, 9) * (customers + 1 - customer)
                invoice = f"{customer:02d}{month:02d}{line}"
                head = f"{customer:04d};{ODD.get(customer, f'Kunde {customer} AS')};{day};{invoice}"
                rows.append(f"{head};P{product};G{product % 3};{n};{n * 99.5:.2f};{n * 70:.2f}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@dataclass(frozen=True)
class Ground:
    """Where a run works: its folder, its temporary folder, and the words of its command."""

    home: Path
    command: Sequence[str]

    @property
    def temporary(self) -> Path:
        """The folder for what is temporary, used by these runs alone."""
        return self.home / "temporary"

    @property
    def out(self) -> Path:
        """The folder that the run makes."""
        return self.home / "run"

    def start(self, **variables: str) -> subprocess.Popen[bytes]:
        """Start the run in a process of its own."""
        self.temporary.mkdir(exist_ok=True)
        own = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.temporary))
        return subprocess.Popen(
            self.command,
            cwd=self.home,
            env={**os.environ, **own, "PYTHONPATH": str(ROOT), MARK: str(self.home), **variables},
            stdout=subprocess.DEVNULL,
            stderr=(self.home / "said.txt").open("wb"),  # no pipe: who lives on would hold it
            start_new_session=True,
        )

    def processes(self) -> list[psutil.Process]:
        """Return the processes that descend from runs of this ground, wherever they hang now."""
        return [one for one in psutil.process_iter() if _variable(one) == str(self.home)]

    def alive(self, patience: float = _PATIENCE) -> list[psutil.Process]:
        """Return the processes that do not end by themselves."""
        until = time.monotonic() + patience
        while (found := self.processes()) and time.monotonic() < until:
            time.sleep(0.2)
        return found


def _variable(process: psutil.Process) -> str:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return str(process.environ().get(MARK, ""))
    except (psutil.Error, OSError):
        return ""


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a finished run; of the manifest what is not a timing."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = json.loads(found["manifest.json"])
    manifest.pop("timings")
    return {**found, "manifest.json": json.dumps(manifest, sort_keys=True).encode()}


def different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Return the names of files that only one has, or that differ."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def killed(ground: Ground, seconds: float) -> Iterator[str]:
    """Kill a run after some seconds; yield what it leaves that it should not."""
    process = ground.start()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for one in ground.alive():
        yield f"process {one.pid} lives on"
        one.kill()
    for path in ground.temporary.iterdir():
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield f"others may read {path.name} in the temporary folder"


def finished(ground: Ground) -> Iterator[str]:
    """Give the command again; yield what is wrong with how it ends."""
    process = ground.start()
    watchdog = threading.Timer(_LONGEST, process.kill)
    watchdog.start()
    code = process.wait()
    watchdog.cancel()
    if code:
        said = (ground.home / "said.txt").read_text(encoding="utf-8", errors="replace")
        yield f"the run did not end well ({code}): {said[-300:]}"
    for path in sorted(ground.home.glob("run.*")):
        yield f"{path.name} is left"
    for path in sorted(ground.temporary.iterdir()):
        yield f"{path.name} is left in the temporary folder"


def torture(home: Path, command: Sequence[str], moments: int, seed: int) -> Iterator[str]:
    """Kill a run at random moments, and yield the faults; ``home`` holds what the command reads."""
    chance = random.Random(seed)
    ground = Ground(home, command)
    started = time.monotonic()
    yield from (f"undisturbed: {fault}" for fault in finished(ground))
    length = time.monotonic() - started
    expected = contents(ground.out)
    for n in range(1, moments + 1):
        shutil.rmtree(ground.out)
        seconds = chance.uniform(0.05, length)
        where = f"moment {n}, {seconds:.2f} s"
        yield from (f"{where}: {fault}" for fault in killed(ground, seconds))
        if not ground.out.exists():  # done before it could be killed: a new one would follow it up
            yield from (f"{where}: {fault}" for fault in finished(ground))
        yield from (
            f"{where}: {name} differs" for name in different(expected, contents(ground.out))
        )


def main() -> int:
    """Torture a small run and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        home = Path(name)
        write_ledger(home / "sales.csv")
        command = [sys.executable, "-m", "kamkit", *SMALL]
        faults = list(torture(home, command, given.moments, given.seed))
    print("\n".join(faults) or f"{given.moments} of {given.moments} runs resumed to the same bytes")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
