"""The analysis itself: asked for a result by its name, it makes it once and keeps it."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.analysis.graph import INPUTS, LEFT_OUT, RESULTS, Kept, LeftOut, Watched
from kamkit.analysis.held import Held
from kamkit.analysis.store import Shared, Store
from kamkit.analysis.taught import Shelf, shelf_of
from kamkit.errors import KamkitError, MissingTable, SourceError, nearest
from kamkit.language import gettext as _
from kamkit.language import language, set_language
from kamkit.settings import Settings, names_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from kamkit.analysis.plans import Plan
    from kamkit.case import Case, ColumnMapping
    from kamkit.case.about import About

MANIFEST, WORK, CASE, ANALYSED = "manifest.json", ".kamkit", "case", "analysed"
"""The manifest of a run; the folder that an unfinished run works in, the case kept there, and the
case as the settings make it, where that is another."""

_EXAMPLE = "kamkit-runs/fjordgross-2025-12-31"


class _Named:
    """The attribute of one result."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.__doc__ = RESULTS[name].function.__doc__

    def __get__(self, analysis: Analysis | None, owner: type | None = None) -> Any:
        return self if analysis is None else analysis.get(self._name)


class Analysis:
    """One company's data under one set of settings; every result is an attribute.

    ``dir(analysis)`` names them all. A table is a DataFrame that shows itself in words, a finding
    shows its sentence, a picture itself; a result that the case cannot carry says why. Results are
    made when first asked for, once, and kept.

    Examples
    --------
    >>> import kamkit as kam
    >>> a = kam.analyse("fjordgross", key_accounts=20)
    >>> len(a.key_accounts), a.accounts["account_id"].is_unique
    (20, True)
    """

    def __init__(
        self,
        ledger: Case | Callable[[], Case] | None,
        settings: Settings | None = None,
        *,
        store: Store | None = None,
    ) -> None:
        self._ledger = ledger
        self.settings = settings or Settings()
        self._store = store
        self._kept = Held(store)
        self._analysed: Path | None = None
        self._source = ""
        self._lock = threading.RLock()
        self._settled: list[str] | None = None
        self._shelf: Shelf | None = None
        if self.settings.language:
            set_language(self.settings.language)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    else:

        def __getattr__(self, name: str) -> Any:
            own = [one for one in dir(type(self)) if not one.startswith("_")]
            near = "" if name.startswith("_") else nearest(name, [*own, *RESULTS, "settings"])
            hint = f"; did you mean {near!r}?" if near else ""
            raise AttributeError(f"an analysis has no result {name!r}{hint}")

    @property
    def ledger(self) -> Case | None:
        """The case as it was opened; None for a finished run."""
        if callable(self._ledger):
            self._ledger = self._ledger()
        return self._ledger

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *RESULTS})

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.settings.given().items())
        settings = f" ({given})" if given else ""
        about = self.known_about()
        if about is None:
            return str(
                _(
                    "Analysis of {title}, {period}{settings}",
                    title=self._source,
                    period="?",
                    settings=settings,
                )
            )
        return str(
            _(
                "Analysis of {title}, {period}{settings}",
                title=about.title,
                period=about.period,
                settings=settings,
            )
        )

    def _repr_html_(self) -> str:
        from kamkit.analysis.card import card_of

        about = self.known_about()
        return card_of(
            about.title if about else repr(self),
            about,
            self.settings,
            accounts=self.get("account_facts") if about else (),
            chosen=self.get("key_accounts") if "key_accounts" in self.kept_names() else None,
        )

    def known_about(self) -> About | None:
        """Return what is told of the case, None where that cannot be known."""
        try:
            result: About | None = self._ask("about").value
        except (KamkitError, OSError):
            return None
        return result

    def get(self, name: str) -> Any:
        """Return a result by its name; ``LeftOut`` where the case cannot carry it."""
        kept = self._ask(name)
        if kept.error is not None:
            return LeftOut(name, kept.error)
        return self._shown(name, kept.value)

    def require(self, name: str) -> Any:
        """Return a result by its name.

        Raises the error that leaves it out, where the case cannot carry it.
        """
        kept = self._ask(name)
        if kept.error is not None:
            raise kept.error
        return self._shown(name, kept.value)

    def make(self, names: Sequence[str]) -> None:
        """Make results, so that they are there when asked for."""
        for name in names:
            self._ask(name)

    def kept_names(self) -> list[str]:
        """Return the names of the results that are there already, or were when it was settled."""
        if self._settled is not None:
            return self._settled
        stored = self._store.names() if self._store is not None else []
        with self._lock:
            made = [name for (name, _lang), one in self._kept.slips().items() if not one.error]
        return sorted({*stored, *made})

    def settle(self) -> None:
        """Let ``kept_names`` stay as they are, whatever is made from now on.

        What a document shows may not depend on what other processes happen to have made.
        """
        self._settled = self.kept_names()

    def keep(self, name: str, table: pd.DataFrame) -> None:
        """Keep a table that was made elsewhere from these results."""
        if self._store is not None:
            self._store.write(name, Kept(table))

    def save(self, folder: Path) -> None:
        """Write the results that were made into the folder of a run."""
        store = Store(folder)
        for name, spoken in self._kept:
            if RESULTS[name].kept and spoken in ("", language()):
                with self._lock:
                    one = self._kept[name, spoken]
                store.write(name, one)

    @names_settings
    def change(self, **settings: Any) -> Analysis:
        """Return the analysis under changed settings; what does not rest on them is shared.

        Raises ``ParameterError`` as ``Settings.of`` does.

        Examples
        --------
        >>> import kamkit as kam
        >>> a = kam.analyse("fjordgross")
        >>> a.change(cut_a=0.5).account_facts.equals(a.account_facts)
        True
        """
        from kamkit.analysis.asked import refuse, refuse_texts

        changed = Settings.of(self.settings, **settings)
        refuse_texts(changed)
        if self.ledger is not None:
            refuse(self.ledger, changed)
        other = Analysis(self._ledger, changed)
        names, old = Settings.names(), self.settings
        differ = {name for name in names if getattr(changed, name) != getattr(old, name)}
        other._source, other._shelf = self._source, self._shelf
        if self._store is not None:
            other._store = Shared(self._store, differ)
        with self._lock:
            other._kept = self._kept.without(differ, other._store)
        return other

    @names_settings
    def choose(self, n: int = 0, **settings: Any) -> Analysis:
        """Return the analysis with ``n`` key accounts, and other settings of the choice.

        Examples
        --------
        >>> import kamkit as kam
        >>> len(kam.analyse("fjordgross").choose(n=5).key_accounts)
        5
        """
        return self.change(**{"key_accounts": n, **settings})

    def plan(self, account_id: str) -> Plan:
        """Return the plan for one account, resting on this analysis.

        Raises ``ParameterError`` for an account that gets no plan, with the nearest number.

        Examples
        --------
        >>> import kamkit as kam
        >>> kam.analyse("fjordgross").plan("000412").strategy
        'mend'
        """
        from kamkit.analysis.plans import Plan
        from kamkit.plan import account_plan

        basis, rules = self.require("plan_basis"), self.require("strategy_rules")
        every = self.require("plan_facts")
        content = account_plan(basis, account_id, rules=rules, every=every)
        return Plan(content, basis, self.settings.template, rules, every)

    def _ask(self, name: str) -> Kept:
        """Return a result as it is kept, from memory, from the store, or made now."""
        if name not in RESULTS:
            result = self._store.read(name) if self._store else None
            if result is None:
                raise AttributeError(name)
            return result
        of_language = RESULTS[name].words or not RESULTS[name].kept
        key = (name, language() if of_language else "")
        with self._lock:
            if key not in self._kept:
                held = self._shelf and self._shelf.find(key, self.settings)
                kept = self._kept[key] = held or self._read_or_make(name)
                if self._shelf and not held:
                    self._shelf.put(key, self.settings, kept)
                return kept
            return self._kept[key]

    def _read_or_make(self, name: str) -> Kept:
        if self._store is None or not RESULTS[name].kept:
            return self._make(name)
        result = self._store.read(name)
        if result is not None:
            other = result.language not in ("", language())
            # a run without its ledger can say it in no other words than those it kept
            return self._make(name) if other and self._ledger is not None else result
        if self._ledger is None:
            made = self._make(name)
            return Kept(error=self._not_there(name)) if isinstance(made.error, NotKept) else made
        with self._store.making(name):
            result = self._store.read(name)
            if result is None:
                result = self._make(name)
                self._store.write(name, result)
        return result

    def _make(self, name: str) -> Kept:
        if self._ledger is None and any(need == "ledger" for need, _m in RESULTS[name].needs):
            return Kept(error=self._not_there(name))
        if name == "case" and self._analysed is not None:
            return Kept(
                _kept_case(self._analysed),
                used=frozenset({"chains", "end", "fiscal_year_start", "start"}),
            )
        watched = Watched(self.settings)
        used: set[str] = set()
        given: dict[str, Any] = {}
        for need, must in RESULTS[name].needs:
            if need in INPUTS:
                given[need] = watched if need == "settings" else self.ledger
                continue
            kept = self._ask(need)
            used |= kept.used
            if kept.error is not None and must:
                return Kept(error=kept.error, used=frozenset(used))
            given[need] = kept.value
        self._kept.give_back()
        try:
            value = RESULTS[name].function(**given)
        except AttributeError as error:
            # Python takes an AttributeError of a property for one that is not there
            raise RuntimeError(f"{name} cannot be made: {error}") from error
        except LEFT_OUT as error:
            return Kept(error=error, used=frozenset(used | watched.read))
        spoken = language() if RESULTS[name].words else ""
        return Kept(value, used=frozenset(used | watched.read), language=spoken)

    def _shown(self, name: str, value: Any) -> Any:
        """Return a result as it shows itself: tables in words, also those of findings, pictures."""
        import pandas as pd

        from kamkit.output import Finding, Picture

        if value is None:
            return LeftOut(name)
        if isinstance(value, Finding | Picture) and value.table is not None:
            return replace(value, table=self._in_words(name, value.table))
        return self._in_words(name, value) if isinstance(value, pd.DataFrame) else value

    def _in_words(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        from kamkit.output import table_of

        about = self.known_about()
        whole = name not in RESULTS or RESULTS[name].whole
        known = RESULTS[name].columns if name in RESULTS else ()
        wanted = [column for column in known if column in table]
        return table_of(
            table,
            name=name,
            columns=wanted or None,
            currency=about.currency if about else "",
            rows=self.settings.rows,
            period=about.period if about and whole else None,
        )

    def _not_there(self, name: str) -> KamkitError:
        given = "".join(f", {key}={value!r}" for key, value in self.settings.given().items())
        return NotKept(
            _("This run has not kept “{name}”.", name=name),
            remedy=_(
                "Open the ledger itself: kamkit.analyse({source}).",
                source=f'"{self._source}"{given}',
            ),
        )


class NotKept(MissingTable):
    """A finished run has not kept a result, and without the ledger it cannot be made."""


def attach() -> None:
    """Give the class an attribute for every result, for completion and help."""
    for name in RESULTS:
        if name in vars(Analysis):
            raise ValueError(f"a result cannot be called {name!r}")
        setattr(Analysis, name, _Named(name))


@names_settings
def analyse(
    case: Case | str | Path | pd.DataFrame,
    settings: Settings | None = None,
    /,
    *,
    mapping: ColumnMapping | str | Path | None = None,
    **given: Any,
) -> Analysis:
    """Return the analysis of a case: every result is an attribute of it.

    Parameters
    ----------
    case : Case, str, Path or DataFrame
        An open case, or anything that ``open_case`` opens.
    settings : Settings, optional
        Settings made before; the usual ones without.
    mapping : ColumnMapping, str or Path, optional
        Which heading is which column, as ``open_case`` takes it.
    **given
        Settings that differ, such as ``key_accounts=20`` or ``rates={"delivery": 240}``;
        ``kamkit settings`` tells what each is.

    Returns
    -------
    Analysis
        Nothing is computed yet; results are made when they are asked for.

    Raises
    ------
    ParameterError
        For an unknown setting, with the nearest name, and for a value that cannot be.
    SourceError, HeadingError, LedgerError
        As ``open_case`` does.

    Examples
    --------
    >>> import kamkit as kam
    >>> a = kam.analyse("fjordgross", weights={"profit": 3, "growth": 1})
    >>> a.weighting.weights["profit"], a.weighting.weights["growth"]
    (0.75, 0.25)
    """
    from kamkit.analysis.asked import refuse, refuse_texts
    from kamkit.case import Case, open_case

    chosen = Settings.of(settings, **given)
    chosen.files()
    refuse_texts(chosen)
    opened = case if isinstance(case, Case) else open_case(case, mapping=mapping)
    refuse(opened, chosen)
    result = Analysis(opened, chosen)
    result._shelf = shelf_of(case, opened) if mapping is None else None
    return result


def open_run(folder: str | Path) -> Analysis:
    """Return a finished run as an analysis: what it found, without its ledger.

    Parameters
    ----------
    folder : str or Path
        The folder that ``kamkit run`` made, the one with ``manifest.json``.

    Raises
    ------
    SourceError
        For a folder that is no run, or one that an earlier version of kamkit made.

    Examples
    --------
    >>> open_run("no such folder")
    Traceback (most recent call last):
    ...
    kamkit.errors.SourceError: “no such folder” is no run of kamkit.
      wanted: a folder that kamkit run has made, with manifest.json in it
      do:     Name the folder of the run, such as kamkit-runs/fjordgross-2025-12-31.
    """
    home = Path(folder).expanduser()
    store = Store(home)
    given, about = _settings_of(home), store.read("about")
    if given is not None and about is None and not (home / WORK).is_dir():
        raise _too_old(home)
    if given is None:
        raise SourceError(
            _("“{name}” is no run of kamkit.", name=home.name),
            wanted=_("a folder that kamkit run has made, with manifest.json in it"),
            remedy=_("Name the folder of the run, such as {name}.", name=_EXAMPLE),
        )
    kept, analysed = home / WORK / CASE, home / WORK / ANALYSED
    ledger = partial(_kept_case, kept) if kept.is_dir() else None
    result = Analysis(ledger, Settings.of(**given), store=store)
    result._analysed = analysed if analysed.is_dir() else None
    result._source = about.value.source if about is not None and about.value else home.name
    return result


def _too_old(home: Path) -> SourceError:
    return SourceError(
        _(
            "“{name}” was made by an earlier version of kamkit, which kept no results.",
            name=home.name,
        ),
        wanted=_("a folder with {file}", file="findings/about.json"),
        remedy=_("Run it again: kamkit run SOURCE --out FOLDER."),
    )


def _kept_case(folder: Path) -> Case:
    from kamkit.case.kept import kept_case

    return kept_case(folder)


def _settings_of(home: Path) -> dict[str, Any] | None:
    """Return the settings of a run, finished or not; None for any other folder."""
    for path in (home / WORK / MANIFEST, home / MANIFEST):
        try:
            values = json.loads(path.read_text(encoding="utf-8"))["settings"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if isinstance(values, dict):
            return {name: value for name, value in values.items() if name != "language"}
    return None
