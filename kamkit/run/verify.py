"""Whether the numbers of a finished run are those of its source: made anew, and compared."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.datasets.catalogue import CATALOGUE
from kamkit.errors import SourceError
from kamkit.files import checksum, exists, scratch
from kamkit.language import gettext as _
from kamkit.run import folder, notebooks, pipeline
from kamkit.run.leaves import Leaf, leaves
from kamkit.run.manifest import read_manifest
from kamkit.run.request import RunOptions
from kamkit.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST = ("report.html", "accounts.html", "key-accounts.xlsx", "plans/", "notebooks/")
"""What people read is told before what it was made from."""


@dataclass(frozen=True)
class Difference:
    """A place of a file where another text stands than the source gives.

    >>> print(Difference("report.html", "Programme", "3.04 million", "3.14 million"))
    report.html, Programme: “3.04 million” stands, “3.14 million” is what the source gives.
    """

    file: str
    place: str
    stands: str
    made: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place) if part)
        if not self.made:
            return str(
                _(
                    "{where}: “{text}” stands, nothing is what the source gives.",
                    where=where,
                    text=self.stands,
                )
            )
        if not self.stands:
            return str(
                _(
                    "{where}: nothing stands, “{text}” is what the source gives.",
                    where=where,
                    text=self.made,
                )
            )
        return str(
            _(
                "{where}: “{stands}” stands, “{made}” is what the source gives.",
                where=where,
                stands=self.stands,
                made=self.made,
            )
        )


@dataclass(frozen=True)
class Verified:
    """What a verification found: the differences, and how much was compared.

    >>> Verified((), 12, 3).ok
    True
    """

    differences: tuple[Difference, ...]
    numbers: int
    files: int

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def verify(run: str | Path, source: str = "", *, options: RunOptions | None = None) -> Verified:
    """Make a finished run anew from its source, and compare every text that holds a number.

    The source is looked for by the name in the manifest: in the catalogue, here, and beside the
    run. Settings, mapping, language and what people wrote are those of the run.

    Raises ``SourceError`` for a folder that is no run, and where a file is not found.
    """
    home = Path(run).expanduser().absolute()
    with scratch() as temporary, tempfile.TemporaryDirectory(dir=temporary) as folder_made:
        made = remade(home, source, Path(folder_made), options or RunOptions(quiet=True))
        return compared(home, made)


def remade(home: Path, source: str, path: Path, options: RunOptions) -> Path:
    """Make a run anew in ``path`` and return its folder."""
    content = read_manifest(home)
    origin = source or _source(home, str(content["inputs"][0]["name"]))
    beside = [Path.cwd(), home.parent, home.parent.parent, Path(origin).expanduser().parent]
    given = dict(content["settings"])
    for name in ("rules", "template", "previous"):
        if given.get(name):
            given[name] = str(_file(str(given[name]), beside))
    books, parameters = _books(home, content["notebooks"], path / "notebooks")
    written = home / "tables" / "written.parquet"
    settled = replace(
        options,
        out=path / "run",
        folder=books,
        parameters=parameters,
        lang=content["language"],
        mapping=home / "mapping.toml",
        written=_written(written),
    )
    return pipeline.run(origin, Settings.of(**given), options=settled).folder


def compared(home: Path, made: Path) -> Verified:
    """Compare a run with the one that was made anew: files that the run made, text by text."""
    ours = set(folder.contents(home)["files"]) | {folder.MANIFEST}
    again = {p.relative_to(made).as_posix() for p in made.rglob("*") if p.is_file()}
    differences: list[Difference] = []
    numbers = files = 0
    for name in sorted(ours | again, key=_rank):
        there = exists(home / name)
        if not there or name not in again:
            labels = _("the file"), ""
            differences.append(Difference(name, "", *(labels if there else labels[::-1])))
            continue
        stands, expected = leaves(home / name), leaves(made / name)
        numbers += sum(leaf.counts for leaf in stands)
        files += bool(stands)
        differences += [Difference(name, *differing) for differing in _differing(stands, expected)]
    return Verified(tuple(differences), numbers, files)


def _differing(stands: Sequence[Leaf], made: Sequence[Leaf]) -> Iterator[tuple[str, str, str]]:
    """Give place and texts where they differ and a number is in one of them."""
    if len(stands) == len(made):
        pairs = list(zip(stands, made, strict=True))
    else:
        pairs = list(_aligned(stands, made))
    for one, other in pairs:
        if one.text != other.text and (one.counts or other.counts):
            yield one.place or other.place, one.text, other.text


def _aligned(stands: Sequence[Leaf], made: Sequence[Leaf]) -> Iterator[tuple[Leaf, Leaf]]:
    """Pair the texts of two files of which one has more."""
    texts = [leaf.text for leaf in stands], [leaf.text for leaf in made]
    nothing = Leaf("", "")
    matcher = difflib.SequenceMatcher(None, *texts, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            left, right = list(stands[a:b]), list(made[c:d])
            size = max(len(left), len(right))
            left += [nothing] * (size - len(left))
            right += [nothing] * (size - len(right))
            yield from zip(left, right, strict=True)


def _rank(name: str) -> tuple[int, str]:
    places = [n for n, start in enumerate(_FIRST) if name.startswith(start)]
    return (places[0] if places else len(_FIRST), name)


def _source(home: Path, name: str) -> str:
    if name in CATALOGUE:
        return name
    return str(_file(name, [Path.cwd(), home.parent, home.parent.parent]))


def _file(name: str, places: Sequence[Path]) -> Path:
    for place in places:
        if exists(place / name):
            return place / name
    raise SourceError(
        _("“{name}”, which the run was made from, is not here.", name=name),
        wanted=_("the file beside the run, or in this folder"),
        remedy=_("Name the source behind the run: kamkit verify RUN SOURCE."),
    )


def _books(home: Path, listed: Sequence[Mapping[str, Any]], path: Path) -> tuple[Path, list[str]]:
    """Bring the notebooks of a run together, own ones as they lie in it, with their parameters."""
    path.mkdir()
    texts = []
    for one in listed:
        name = f"{one['name']}.ipynb"
        ours = notebooks.shipped() / name
        if ours.is_file() and checksum(ours) == one["sha256"]:
            shutil.copyfile(ours, path / name)
        else:
            notebooks.unexecuted(home / "notebooks" / name, path / name)
        for parameter, value in one["parameters"].items():
            text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
            texts.append(f"{one['name']}.{parameter}={text}")
    return path, texts


def _written(path: Path) -> Any:
    import pandas as pd

    return pd.read_parquet(path) if path.is_file() else None
