"""What was read of a file, kept so that it is not read again while it stays as it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any, Protocol

from kamkit.errors import KamkitError
from kamkit.files import checksum, whole_file
from kamkit.language import language

if TYPE_CHECKING:
    import ibis.expr.types as ir

_PARTS = "parts.json"
_BROKEN = (OSError, ValueError, KeyError, TypeError, KamkitError)
_CODE = Path(__file__).parents[2]


class _Parquet(Protocol):
    """What of an engine is needed here."""

    def write(self, expression: ir.Table, path: Path) -> None: ...

    def parquet(self, path: Path) -> ir.Table: ...


@dataclass
class Once:
    """A folder of what was read of the files of one source, and which of them were read now.

    A file is known by its bytes and its name; another mapping, another language or other code
    reads it anew. What a reading did not use is removed by ``sweep``.

    >>> Once(Path("kept")).read
    []
    """

    folder: Path
    taken: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    _used: set[str] = field(default_factory=set)

    def parts(
        self,
        path: Path,
        about: object,
        engine: _Parquet,
        ignored: list[str],
        make: Callable[[], list[Any]],
        of: type[Any],
    ) -> list[Any]:
        """Return the parts of a file as they were kept, else read and kept now.

        ``make`` reads the file and adds to ``ignored`` what of it was passed over.
        """
        mark = _mark(path, about)
        home = self.folder / mark
        self._used.add(mark)
        with suppress(*_BROKEN):
            kept = json.loads((home / _PARTS).read_text(encoding="utf-8"))
            parts = [
                of(**_taken(f"{mark}/{n}", words, home, engine))
                for n, words in enumerate(kept["parts"])
            ]
            ignored += kept["ignored"]
            self.taken.append(path.name)
            return parts
        before = len(ignored)
        parts = [replace(part, mark=f"{mark}/{n}") for n, part in enumerate(make())]
        self.read.append(path.name)
        with suppress(*_BROKEN):  # where it cannot be kept it is read again next time
            for part in parts:
                _write(part.relation, self.folder / f"{part.mark}.parquet", engine)
            words = {"parts": [_words(part) for part in parts], "ignored": ignored[before:]}
            _note(home / _PARTS, words)
        return parts

    def typed(self, part: Any, engine: _Parquet, make: Callable[[], Any], of: type[Any]) -> Any:
        """Return the lines of a part with the meaning of its cells, as kept, else made by ``make``.

        A part that was put together of several files is made each time.
        """
        if not part.mark:
            return make()
        lines = self.folder / f"{part.mark}-lines.parquet"
        with suppress(*_BROKEN):
            words = json.loads(lines.with_suffix(".json").read_text(encoding="utf-8"))
            words["unused"] = tuple(words["unused"])
            return of(**words, lines=engine.parquet(lines), stored="")
        made = make()
        with suppress(*_BROKEN):
            _write(made.lines, lines, engine)
            told = {"columns": made.columns, "notes": made.notes, "below": made.below}
            _note(lines.with_suffix(".json"), {**told, "unused": made.unused})
        return made

    def sweep(self) -> None:
        """Remove what is kept of files that are there no more, or are other files now."""
        with suppress(OSError):
            for home in self.folder.iterdir():
                if home.name not in self._used:
                    rmtree(home, ignore_errors=True)


def _mark(path: Path, about: object) -> str:
    """Return what tells a file, how it is read and what reads it from every other."""
    words = repr((path.name, checksum(path), about, language(), _code()))
    return hashlib.sha256(words.encode()).hexdigest()[:32]


@cache
def _code() -> str:
    """Return a checksum of the code that reads and of the headings that it knows."""
    files = [*(_CODE / "case").rglob("*.py"), *(_CODE / "schema").iterdir()]
    sums = [checksum(file) for file in sorted(files) if file.is_file()]
    return hashlib.sha256("".join(sums).encode()).hexdigest()


def _write(lines: ir.Table, path: Path, engine: _Parquet) -> None:
    with whole_file(path) as unfinished:
        engine.write(lines.order_by("source_row"), unfinished)


def _note(path: Path, words: dict[str, Any]) -> None:
    with whole_file(path) as unfinished:
        unfinished.write_text(json.dumps(words), encoding="utf-8")


def _words(part: Any) -> dict[str, Any]:
    words = asdict(replace(part, relation=None, stored="", mark=""))
    words["shown"] = {str(at): sorted(units) for at, units in part.shown.items()}
    return words


def _taken(mark: str, words: dict[str, Any], home: Path, engine: _Parquet) -> dict[str, Any]:
    lines = engine.parquet(home.parent / f"{mark}.parquet")
    shown = {int(at): frozenset(units) for at, units in words["shown"].items()}
    own = {"relation": lines, "headings": tuple(words["headings"]), "shown": shown, "mark": mark}
    return {**words, **own}
