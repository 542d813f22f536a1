"""What a run is asked for: its options and settings, all checked before anything is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kamkit.case.mapping import ColumnMapping, mapping_for
from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.run import folder, notebooks, parameters
from kamkit.run.notebooks import Notebook
from kamkit.settings import Settings, unknown_setting

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


@dataclass(frozen=True)
class RunOptions:
    """How a run is made; what it computes is in ``Settings``.

    - ``only``: numbers or names of the notebooks to run; all of them when empty.
    - ``parameters``: texts such as ``cut_a=0.7``, for settings and for notebooks of your own.
    - ``out``: the folder to make; ``kamkit-runs/<case>-<last day>`` when empty.
    - ``jobs``: how many notebooks or plans are made at the same time; 0 for the cores there are.
    - ``lang``: ``en`` or ``nb``; the language in use when empty.
    - ``mapping``: which heading is which column, or the path of a mapping file.
    - ``incremental``: keep what is read of each file beside the runs, and read only what is new.
    - ``replace``: allow an earlier run of other inputs in ``out`` to be replaced.
    - ``quiet``: show no progress; ``progress(text, share)`` is called in its place when given.
    - ``folder``: the notebooks to run; those of kamkit when None.
    - ``timeout``: the longest that one cell may take, in seconds.
    - ``written``: what people wrote, in place of what is found in earlier runs.

    Examples
    --------
    >>> RunOptions(jobs=2).only
    ()
    """

    only: Sequence[str] = ()
    parameters: Sequence[str] = ()
    out: str | Path | None = None
    jobs: int = 0
    lang: str = ""
    mapping: ColumnMapping | str | Path | None = None
    incremental: bool = False
    replace: bool = False
    quiet: bool = False
    progress: Callable[[str, float], None] | None = None
    folder: Path | None = None
    timeout: int | None = None
    written: pd.DataFrame | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Request:
    """What a run is to do, settled before anything is read.

    >>> Request("cdnow", (), {}, ColumnMapping(), Settings(), RunOptions(jobs=2)).jobs
    2
    """

    source: str
    chosen: tuple[Notebook, ...]
    values: Mapping[str, Mapping[str, Any]]
    mapping: ColumnMapping
    settings: Settings
    options: RunOptions

    @property
    def jobs(self) -> int:
        """How many notebooks or plans are made at the same time."""
        return self.options.jobs or _cores()


def requested(source: str, settings: Settings | None, options: RunOptions) -> Request:
    """Check everything that can be checked before the source is read, and return the request.

    Raises ``ParameterError`` for an unknown notebook, setting or parameter, a value that cannot
    be, a file that is not there, or a folder to write that holds something else; ``SourceError``
    for a file or an earlier run that cannot be used.

    >>> requested("sales.csv", Settings(cut_a=0.7), RunOptions(jobs=2)).jobs
    2
    """
    from kamkit.analysis.asked import refuse_texts

    if options.jobs < 0:
        raise ParameterError(
            _("A run needs at least one job."),
            found=str(options.jobs),
            wanted=_("a whole number from 1"),
            remedy=_("Leave --jobs out, or give the number of processor cores."),
        )
    if options.out:
        folder.refuse_foreign(folder.asked(options.out))
    known = notebooks.find(options.folder or notebooks.shipped())
    chosen = notebooks.select(options.only, [n for n in known if options.only or _is_part(n)])
    declared = [p for notebook in chosen for p in parameters.read(notebook.path)]
    ours, own = _parted(options.parameters, declared)
    given = Settings.parse(ours, settings)
    values: dict[str, dict[str, Any]] = {notebook.name: {} for notebook in chosen}
    texts = parameters.parse(own, declared)
    for p in declared:
        values[p.notebook][p.name] = texts.get(p.notebook, {}).get(p.name, _plain(p.default))
    _checked_files(given)
    refuse_texts(given)
    return Request(
        source, tuple(chosen), values, mapping_for(source, options.mapping), given, options
    )


def _is_part(notebook: Notebook) -> bool:
    """Tell whether a notebook is executed in every run: those for one account are not."""
    return "account" not in {p.name for p in parameters.read(notebook.path)}


def _parted(
    texts: Sequence[str], declared: Sequence[parameters.Parameter]
) -> tuple[list[str], list[str]]:
    """Part the texts in settings and parameters of notebooks; a name may be both.

    Raises ``ParameterError`` for a name that is neither.
    """
    names = {p.name for p in declared}
    ours, own = [], []
    for text in texts:
        name = text.partition("=")[0].strip()
        plain = name.rpartition(".")[2]
        if name in Settings.names():
            ours.append(text)
        if plain in names or "=" not in text or not plain:
            own.append(text)
        elif plain in Settings.names() and plain != name:
            raise ParameterError(
                _("A setting holds for the whole run, not for one notebook."),
                found=text,
                remedy=_("Write {text}.", text=text.removeprefix(name.removesuffix(plain))),
            )
        elif name not in Settings.names():
            raise unknown_setting(name, sorted(names - set(parameters.RESERVED)))
    return ours, own


def _checked_files(settings: Settings) -> None:
    """Refuse rules, a template or an earlier run that cannot be used, before anything is read."""
    files = settings.files()
    if "rules" in files:
        from kamkit.plan import read_rules

        read_rules(files["rules"])
    if "template" in files:
        from kamkit.documents.plan_word import check_template

        check_template(files["template"])
    if "previous" in files:
        from kamkit.analysis import open_run

        open_run(files["previous"]).require("followed_basis")


def _cores() -> int:
    return min(4, os.cpu_count() or 1)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
