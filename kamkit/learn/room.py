"""The room of a lesson: the case, its analysis, the learner's folder, and the plan they write."""

from __future__ import annotations

import atexit
import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.files import locked
from kamkit.language import gettext as _
from kamkit.language import set_language
from kamkit.learn import plan_file
from kamkit.learn.attempts import Progress, home
from kamkit.learn.course import Lesson
from kamkit.learn.course import lesson as lesson_of

if TYPE_CHECKING:
    from kamkit.analysis import Analysis
    from kamkit.case import Case

PRACTICE = "fjordgross"
EXAMPLE_HOURS = 4 * 130.0
"""What four managers have a month for their accounts, where a ledger names none."""
_rooms: dict[str, Room] = {}
_made: dict[str, Any] = {}


class Room:
    """What a lesson works with.

    ``analysis`` is ``kamkit.analyse`` of the learner's case and the only source of numbers;
    ``folder`` is the learner's folder, None where there is none: then nothing is written.

    >>> room = lesson(2)
    >>> room.lesson.number, room.source, room.seed
    (2, 'fjordgross', 0)
    """

    def __init__(self, about: Lesson, source: str, seed: int, progress: Progress) -> None:
        self.lesson = about
        self.source = source
        self.seed = seed
        self.progress = progress

    @property
    def company(self) -> int | str:
        """Which company an answer is about, so that one of another does not count for it."""
        return company_of({"source": self.source, "seed": self.seed})

    @property
    def folder(self) -> Path | None:
        """The learner's folder."""
        return self.progress.folder

    @cached_property
    def analysis(self) -> Analysis:
        """The analysis of the learner's case; its results are kept in the learner's folder."""
        return _analysis(self.source, self.seed, self.folder)

    @property
    def case(self) -> Case:
        """The case as it is analysed."""
        case: Case = self.analysis.case
        return case

    @property
    def team_hours(self) -> float:
        """The hours that all key account managers have a month; of an example without them."""
        managers = self.analysis.get("managers")
        if len(managers) and "hours" in managers:
            return float(managers["hours"].sum()) / 12
        return EXAMPLE_HOURS

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The name of each account by its number: what an answer may mean."""
        facts = self.analysis.account_facts
        numbers = facts["account_id"].astype(str)
        names = facts.get("account_name", numbers)
        return dict(zip(numbers, names.fillna("").astype(str), strict=True))

    def write(self, code: str, text: str, heading: str = "") -> None:
        """Put sentences into the learner's plan, in place of what stood there under this name.

        Without a learner's folder the text is only shown.
        """
        title = heading or self.lesson.title
        if self.folder is not None:
            plan_file.put(self.folder / plan_file.FILE, code, str(title), text)

    def _repr_mimebundle_(self, **_unused: Any) -> tuple[dict[str, str], dict[str, Any]]:
        from kamkit.output.card import card_html

        company = _("{company}, seed {seed}", company=self.title, seed=self.seed)
        rows = [
            (_("Company"), str(company) if self.seed else self.title),
            (_("Your work"), self._kept_in()),
        ]
        title = _("Lesson {number}: {title}", number=self.lesson.number, title=self.lesson.title)
        text = f"{title}. {rows[0][1]}. {rows[1][1]}"
        data = {"text/html": card_html(title, rows), "text/plain": text}
        return data, {"kamkit": {"kind": "note", "text": text}}

    def __repr__(self) -> str:
        return f"Room(lesson={self.lesson.number}, source={self.source!r}, seed={self.seed})"

    @property
    def title(self) -> str:
        """The company of the case as people say it; an invented one is marked as such.

        >>> lesson(2).title
        'Fjordgross AS (fictional)'
        """
        from kamkit.datasets.catalogue import find

        made_up = self.source == PRACTICE
        about = None if made_up else self.analysis.known_about()
        name = find(PRACTICE).title if made_up else about.title if about else self.source
        if made_up or (about is not None and about.fictional):
            return str(_("{company} (fictional)", company=name))
        return name

    def _kept_in(self) -> str:
        if self.folder is None:
            return str(_("not kept: this notebook is in no folder of yours (kamkit learn)"))
        return str(_("kept in the folder {name}", name=self.folder.name))


def lesson(number: int, *, source: str = "", seed: int = 0, lang: str = "") -> Room:
    """Open the room of a lesson; what follows in the notebook is asked in it.

    Parameters
    ----------
    number : int
        The lesson.
    source : str
        A data set or the path of a ledger; empty for that of the learner's folder, else the
        practice company.
    seed : int
        Which practice company: the same truths under other names and numbers; 0 for that of the
        learner's folder, else the one that comes with kamkit.
    lang : str
        ``en`` or ``nb``; empty for the language of the command or of the learner's folder.

    Raises
    ------
    ParameterError
        For a lesson or language that there is not.
    SourceError, HeadingError, LedgerError
        As ``open_case`` does, when the analysis is first asked for.
    """
    about = lesson_of(number)
    progress = Progress(home())
    chosen = progress.data if progress.folder is not None else {}
    speak(lang or folder_language(chosen))
    source = source or str(chosen.get("source") or PRACTICE)
    seed = seed or int(chosen.get("seed") or 0)
    opened = Room(about, source, seed if source == PRACTICE else 0, _shared_progress(progress))
    _rooms["now"] = opened
    return opened


def company_of(chosen: Mapping[str, Any]) -> int | str:
    """Return the company of a source and a seed: that of a ledger is the name of its file.

    >>> company_of({"seed": 17}), company_of({"source": "my-data/sales.csv", "seed": 17})
    (17, 'sales.csv')
    """
    source = str(chosen.get("source") or PRACTICE)
    return int(chosen.get("seed") or 0) if source == PRACTICE else Path(source).name


def room_of(number: int) -> Room:
    """Return the room that is open; one of the same case, where that is of another lesson."""
    now = _rooms.get("now")
    if now is None:
        return lesson(number)
    if now.lesson.number == number:
        return now
    other = Room(lesson_of(number), now.source, now.seed, now.progress)
    other.__dict__.update({k: v for k, v in now.__dict__.items() if k in ("analysis", "names")})
    return other


def speak(lang: str) -> None:
    """Use a language, where one is named."""
    if lang:
        set_language(lang)


def folder_language(chosen: Mapping[str, Any]) -> str:
    """Return the language of a learner's folder, empty where the environment has one.

    >>> folder_language({})
    ''
    """
    import os

    from kamkit.language import VARIABLE

    return "" if os.environ.get(VARIABLE) else str(chosen.get("language") or "")


def _shared_progress(progress: Progress) -> Progress:
    """Return the progress of this kernel: one for a folder, one where there is none."""
    key = f"progress {progress.folder}"
    return _made.setdefault(key, progress)  # type: ignore[no-any-return]


def _analysis(source: str, seed: int, folder: Path | None) -> Analysis:
    key = f"analysis {source} {seed} {folder}"
    if key not in _made:
        _made[key] = _opened(source, seed, folder)
    analysis: Analysis = _made[key]
    return analysis


def _opened(source: str, seed: int, folder: Path | None) -> Analysis:
    from kamkit.analysis import analyse

    if folder is not None:
        work = folder / ".kamkit"
        work.mkdir(exist_ok=True)
        with locked(work / "opening.lock"):  # two lessons may be opened at once
            return _stored(source, seed, folder)
    return analyse(_case(str(_practice(seed, folder)), seed) if seed else source)


def _stored(source: str, seed: int, folder: Path) -> Analysis:
    """Return an analysis whose case and results are kept in the learner's folder."""
    from kamkit.analysis import Analysis, analyse
    from kamkit.analysis.store import Store
    from kamkit.case.kept import keep, kept_case

    path = str(_practice(seed, folder)) if seed else source
    work = folder / ".kamkit" / "analysis" / _key(path, seed)
    if not (work / "case").is_dir():
        opened = _case(path, seed)
        analyse(opened)  # refuses what no analysis can take
        work.mkdir(parents=True, exist_ok=True)
        keep(opened, work / "case")
    return Analysis(lambda: kept_case(work / "case"), store=Store(work))


def _case(path: str, seed: int) -> Case:
    """Open a source; a practice company is called by its name, not by that of its folder."""
    from kamkit.case import open_case
    from kamkit.datasets.catalogue import find

    opened = open_case(path)
    return replace(opened, title=find(PRACTICE).title, fictional=True) if seed else opened


def _key(source: str, seed: int) -> str:
    """Return a name for a source as it is now: another when a file of it has changed."""
    from kamkit import __version__

    path = Path(source)
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    seen = [
        (file.name, file.stat().st_size, file.stat().st_mtime_ns)
        for file in files
        if file.is_file()
    ]
    text = json.dumps([source, seed, __version__, seen])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _practice(seed: int, folder: Path | None) -> Path:
    """Return the folder of a practice company; made when it is first asked for."""
    from kamkit.learn.practice import write_practice

    if folder is not None:
        path = folder / ".kamkit" / f"case-{seed}" / PRACTICE
    else:
        if "temporary" not in _made:
            made = Path(tempfile.mkdtemp(prefix="kamkit-learn-"))
            _made["temporary"] = made
            atexit.register(shutil.rmtree, made, ignore_errors=True)
        path = _made["temporary"] / f"case-{seed}" / PRACTICE
    if not path.is_dir():
        write_practice(path, seed=seed, key=False)
    return path
