"""What stands in the way of kamkit on this machine, and what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from kamkit.language import LANGUAGES, N_, language, number, speaking
from kamkit.language import gettext as _

OK, WARN, BROKEN = "ok", "warn", "broken"
_LABELS = {OK: N_("ok"), WARN: N_("look"), BROKEN: N_("broken")}
ROOM = 1.0  # gigabytes free for a run folder and what the engine puts aside
MEMORY = 2.0  # gigabytes; a hundred million lines take about one


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its state, what was seen, and what to do."""

    state: str
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        label = f"{_(_LABELS[self.state]):<7}"
        line = f"{label} {self.text}"
        return f"{line}\n        {_('do:')} {self.remedy}" if self.remedy else line


def examine(folder: Path) -> list[Check]:
    """Look at everything; one check per line, in the order in which to mend.

    >>> examine(Path())[0].text.startswith("Python 3")
    True
    """
    looks: list[Callable[[], Iterable[Check]]] = [
        python,
        packages,
        kernel,
        lambda: writable(folder),
        lambda: room(folder),
        memory,
        fonts,
        languages,
        notebooks,
    ]
    return [check for look in looks for check in look()]


def python() -> list[Check]:
    """Check the version of Python.

    >>> python()[0].state
    'ok'
    """
    version = sys.version.split()[0]
    if (3, 11) <= sys.version_info < (3, 16):
        return [Check(OK, f"Python {version}, {sys.executable}")]
    text = _("Python {version} is not one that kamkit is tested on.", version=version)
    return [Check(BROKEN, text, _("Install a Python from 3.11 to 3.15."))]


def packages() -> list[Check]:
    """Check that each package kamkit needs is there in a version it works with.

    The ranges are those of kamkit's own metadata; they keep out the versions that are known to
    break (sqlglot from 30.18 with ibis, duckdb 2).
    """
    from packaging.requirements import Requirement

    try:
        needed = [Requirement(line) for line in metadata.requires("kamkit") or []]
    except metadata.PackageNotFoundError:
        remedy = _("Start it with python3 kam.py, or install it with pip install -e .")
        return [Check(WARN, _("kamkit is used without being installed."), remedy)]
    core = [one for one in needed if not one.marker or one.marker.evaluate({"extra": ""})]
    wrong = [check for one in core if (check := package(one.name, str(one.specifier)))]
    if wrong:
        return wrong
    return [Check(OK, _("{n} packages, all in versions that work", n=number(len(core))))]


def package(name: str, wanted: str) -> Check | None:
    """Check one package against a range of versions; ``None`` when it fits.

    >>> package("click", ">=8")
    >>> print(package("click", ">=1000").text.split(",")[0])
    click is not in a version that works
    """
    from packaging.specifiers import SpecifierSet

    remedy = f'python -m pip install "{name}{wanted}"'
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(BROKEN, _("{name} is missing", name=name), remedy)
    if SpecifierSet(wanted).contains(version, prereleases=True):
        return None
    text = _("{name} is not in a version that works, it is {found}", name=name, found=version)
    return Check(BROKEN, text, remedy)


def kernel() -> list[Check]:
    """Check that notebooks find this Python and not another one."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    except ImportError:
        return []  # packages() has said so
    try:
        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        remedy = "python -m pip install ipykernel"
        return [Check(BROKEN, _("Jupyter finds no Python kernel."), remedy)]
    path = shutil.which(program) or program
    if os.path.realpath(path) == os.path.realpath(sys.executable) or program == "python":
        return [Check(OK, _("Jupyter’s Python kernel is this Python"))]
    text = _("Jupyter’s kernel “python3” is another Python: {path}", path=path)
    remedy = _("Start JupyterLab with kamkit lab; kamkit run is not affected.")
    return [Check(WARN, text, remedy)]


def writable(folder: Path) -> list[Check]:
    """Check that a file can be written in the folder where runs are kept.

    >>> writable(Path("not/here"))[0].state
    'broken'
    """
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            return [Check(OK, _("this folder can be written: {path}", path=folder))]
    except OSError as error:
        text = _("Nothing can be written in {path} ({reason}).", path=folder, reason=error.strerror)
        return [Check(BROKEN, text, _("Go to another folder, or use kamkit run --out."))]


def room(folder: Path) -> list[Check]:
    """Check the free space where runs are kept and where the engine puts data aside.

    >>> {check.state for check in room(Path())} <= {OK, WARN}
    True
    """
    checks = []
    for path in dict.fromkeys([folder, Path(tempfile.gettempdir())]):
        free = shutil.disk_usage(path).free / 1e9
        text = _("{free} GB free for {path}", free=number(free, 1), path=path)
        remedy = _("Free some space; a run of millions of lines needs it.")
        checks.append(Check(OK, text) if free >= ROOM else Check(WARN, text, remedy))
    return checks


def memory() -> list[Check]:
    """Check the memory of the machine, where the system tells it.

    >>> {check.state for check in memory()} <= {OK, WARN}
    True
    """
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):
        return []
    text = _("{size} GB of memory", size=number(size, 1))
    remedy = _("Run with --jobs 1 and close other programs.")
    return [Check(OK, text) if size >= MEMORY else Check(WARN, text, remedy)]


def fonts() -> list[Check]:
    """Check that pictures can be drawn: a font with Norwegian letters, a place for its list.

    >>> len(fonts())
    1
    """
    try:
        from matplotlib import font_manager, get_cachedir
    except ImportError:
        return []  # packages() has said so
    name = Path(font_manager.findfont("DejaVu Sans")).stem
    if not os.access(get_cachedir(), os.W_OK):
        text = _("The list of fonts cannot be kept, so each start is slow.")
        return [Check(WARN, text, _("Set MPLCONFIGDIR to a folder you can write in."))]
    return [Check(OK, _("font for the pictures: {name}", name=name))]


def languages() -> list[Check]:
    """Check that each language other than English has its catalogue.

    >>> languages()[0].text.startswith("language en of en, nb")
    True
    """
    with speaking("nb"):
        there = _("Examples") != "Examples"
    if not there:
        remedy = _("Install kamkit anew; in a checkout run make language.")
        return [Check(WARN, _("The Norwegian texts are missing."), remedy)]
    text = _("language {code} of {codes}", code=language(), codes=", ".join(LANGUAGES))
    return [Check(OK, text)]


def notebooks() -> list[Check]:
    """Check that the notebooks came along.

    >>> [check.state for check in notebooks()]
    ['ok']
    """
    from kamkit.run.notebooks import shipped

    folder = shipped()
    count = len(list(folder.glob("*.ipynb")))
    if count:
        return [Check(OK, _("{n} notebooks to run", n=number(count)))]
    text = _("The notebooks are missing in {path}.", path=folder)
    return [Check(BROKEN, text, _("Install kamkit anew."))]
