"""The learner's folder: the lessons copied, their answers, their plan, and a place for own data."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kamkit.errors import ParameterError
from kamkit.files import whole_file
from kamkit.language import gettext as _
from kamkit.learn.attempts import FILE, Progress
from kamkit.learn.copying import learners_copy, written
from kamkit.learn.course import TRACKS, Lesson, lesson, lessons, track

DEFAULT = "kamkit-course"
OWN_DATA, KEPT = "my-data", "my-changes"
"""Where the learner's own ledgers lie, and the notebooks they changed when the course has new."""

_COPIED = Path(".kamkit") / "copied.json"
_IGNORED = "# Nothing of this folder is for version control: own data, and what kamkit keeps.\n"


@dataclass
class Made:
    """What was done to a learner's folder: ``fresh`` and ``updated`` lessons, ``kept`` copies."""

    folder: Path
    fresh: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)


def make(folder: Path, course: Path, **chosen: Any) -> Made:
    """Make a learner's folder of the lessons in ``course``, or bring an earlier one up to date.

    ``chosen`` may be ``track``, ``language`` and ``seed``; what is empty stays as it was. A
    notebook that the learner changed is kept in ``my-changes`` when the course has a new one.

    Raises ``ParameterError`` for a folder with other things in it, or that of the course itself.
    """
    _refuse(folder, course)
    if chosen.get("track"):
        track(chosen["track"])
    folder.mkdir(parents=True, exist_ok=True)
    progress = _begun(folder)
    known = {"track": TRACKS[0], "language": "", "seed": 0, **progress.data}
    progress.change(lambda data: data.update({**known, **{k: v for k, v in chosen.items() if v}}))
    _own_data(folder)
    made = Made(folder)
    for one in lessons():
        if (course / one.file).is_file():
            _bring(one, course, progress.data["track"], made)
    return made


def _refuse(folder: Path, course: Path) -> None:
    here = folder.resolve()
    if here == course.resolve() or course.resolve().parent in (here, *here.parents):
        raise ParameterError(
            _("These are the notebooks of kamkit itself, not a folder to learn in."),
            found=folder.name,
            remedy=_("Name another: kamkit learn {name}.", name=DEFAULT),
        )
    if folder.is_dir() and any(folder.iterdir()) and not (folder / FILE).is_file():
        raise ParameterError(
            _("The folder “{name}” has other things in it.", name=here.name),
            remedy=_("Name a new one: kamkit learn {name}.", name=DEFAULT),
        )


def _begun(folder: Path) -> Progress:
    path = folder / FILE
    if not path.is_file():
        day = dt.datetime.now(dt.UTC).date().isoformat()
        with whole_file(path) as unfinished:
            unfinished.write_text(json.dumps({"began": day, "questions": {}}), encoding="utf-8")
    return Progress(folder)


def _own_data(folder: Path) -> None:
    (folder / OWN_DATA).mkdir(exist_ok=True)
    for path, lines in ((folder, f"{OWN_DATA}/\n.kamkit/\n"), (folder / OWN_DATA, "*\n")):
        if not (path / ".gitignore").exists():
            (path / ".gitignore").write_text(_IGNORED + lines, encoding="utf-8")


def _bring(one: Lesson, course: Path, chosen: str, made: Made, *, anew: bool = False) -> None:
    """Copy a lesson where it is new or has changed; what the learner changed is kept aside."""
    path, copied = made.folder / one.file, _copied(made.folder)
    text = learners_copy(course / one.file, chosen)
    if path.is_file():
        now = written(path.read_text(encoding="utf-8"))
        if not anew and copied.get(one.file, {}).get("text") == _mark(text):
            return
        if now not in (copied.get(one.file, {}).get("written"), written(text)):
            made.kept.append(_aside(path))
        made.updated.append(one.file)
    else:
        made.fresh.append(one.file)
    with whole_file(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
    copied[one.file] = {"text": _mark(text), "written": written(text)}
    with whole_file(made.folder / _COPIED) as unfinished:
        unfinished.write_text(json.dumps(copied, indent=1), encoding="utf-8")


def _copied(folder: Path) -> dict[str, Any]:
    path = folder / _COPIED
    content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return content if isinstance(content, dict) else {}


def _mark(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


def _aside(path: Path) -> Path:
    """Move a notebook to ``my-changes``, under a name that is free."""
    folder = path.parent / KEPT
    folder.mkdir(exist_ok=True)
    target, n = folder / path.name, 1
    while target.exists():
        n += 1
        target = folder / f"{path.stem}-{n}{path.suffix}"
    path.rename(target)
    return target


def reset(folder: Path, course: Path, number: int, *, keep_answers: bool = False) -> Made:
    """Bring a lesson back as it was at first; its answers go too, unless they are to be kept.

    Raises ``ParameterError`` for a lesson that there is not, and a folder that is no learner's.
    """
    one, progress, made = lesson(number), of(folder), Made(folder)
    if (course / one.file).is_file():
        _bring(one, course, str(progress.data.get("track") or ""), made, anew=True)
    if not keep_answers:
        progress.forget(number)
    return made


def of(folder: Path) -> Progress:
    """Return the progress that a learner's folder keeps; ``ParameterError`` for another folder.

    >>> of(Path("no such folder"))
    Traceback (most recent call last):
    ...
    kamkit.errors.ParameterError: “no such folder” is no folder of a learner.
      do:     Begin with kamkit learn, or name the folder.
    """
    if not (folder / FILE).is_file():
        raise ParameterError(
            _("“{name}” is no folder of a learner.", name=folder.name),
            remedy=_("Begin with kamkit learn, or name the folder."),
        )
    return Progress(folder)
