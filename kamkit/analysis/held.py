"""The results that an analysis has made, those of many accounts as far as there is room."""

from __future__ import annotations

import ctypes
import dataclasses
import os
import shutil
import tempfile
import weakref
from collections.abc import Collection, Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from kamkit.analysis.graph import RESULTS, Kept
from kamkit.analysis.store import Store

Key = tuple[str, str]
ROOM = 200_000_000
"""So many bytes of large results stay in memory; what was asked for last goes last."""
_LARGE = 1_000_000


class Held(MutableMapping[Key, Kept]):
    """Results by name and language, for as many accounts as there may be.

    Where large tables together exceed the room, those not asked for lately are put aside: into the
    run that they belong to, where that has them, else into a temporary folder; they are read again
    when asked for. Nobody sees a difference but in memory and time.

    Examples
    --------
    >>> held = Held()
    >>> held["accounts", ""] = Kept(pd.DataFrame({"account_id": ["1"]}))
    >>> list(held), len(held["accounts", ""].value)
    ([('accounts', '')], 1)
    """

    def __init__(self, behind: Store | None = None, *, room: int = ROOM) -> None:
        self._behind, self._room = behind, room
        self._here: dict[Key, Kept] = {}
        self._large: dict[Key, int] = {}
        self._aside: dict[Key, tuple[Store, Kept]] = {}
        self._own: dict[str, Aside] = {}

    def __getitem__(self, key: Key) -> Kept:
        if key in self._here:
            if key in self._large:
                self._large[key] = self._large.pop(key)  # the last that was asked for
            return self._here[key]
        store, _slip = self._aside[key]
        result = store.read(key[0])
        if result is None:
            raise KeyError(key)
        self._hold(key, result)
        return result

    def __setitem__(self, key: Key, kept: Kept) -> None:
        self._aside.pop(key, None)
        self._hold(key, kept)

    def __delitem__(self, key: Key) -> None:
        if key not in self:
            raise KeyError(key)
        for part in (self._here, self._large, self._aside):
            part.pop(key, None)

    def __iter__(self) -> Iterator[Key]:
        return iter([*self._here, *[key for key in self._aside if key not in self._here]])

    def __len__(self) -> int:
        return len({*self._here, *self._aside})

    def __contains__(self, key: object) -> bool:
        return key in self._here or key in self._aside

    def slips(self) -> dict[Key, Kept]:
        """Return what is known of each result without its table, where that lies aside."""
        return {key: slip for key, (_store, slip) in self._aside.items()} | self._here

    def without(self, settings: Collection[str], behind: Store | None) -> Held:
        """Return the results that do not rest on some settings, for an analysis that changes them.

        Examples
        --------
        >>> held = Held()
        >>> held["classes", ""] = Kept(1, used=frozenset({"cut_a"}))
        >>> len(held.without({"cut_a"}, None)), len(held.without({"margin"}, None))
        (0, 1)
        """
        other = Held(behind, room=self._room)
        stays = {key for key, one in self.slips().items() if not one.used & set(settings)}
        other._here = {key: one for key, one in self._here.items() if key in stays}
        other._large = {key: size for key, size in self._large.items() if key in stays}
        other._aside = {key: one for key, one in self._aside.items() if key in stays}
        return other

    def _hold(self, key: Key, kept: Kept) -> None:
        self._here[key] = kept
        self._large.pop(key, None)
        size = _bytes(kept.value)
        if size >= _LARGE:
            self._large[key] = size
        full = sum(self._large.values())
        if full <= self._room:
            return
        for old in list(self._large):
            if full <= self._room or old == key:
                break
            if self._put_aside(old):
                full -= self._large.pop(old)
                del self._here[old]
        self.give_back()

    def give_back(self) -> None:
        """Give what is free back to the system, where results are large.

        Arrow and the C library keep it for later, and the next step begins with all of it.
        """
        if not self._large:
            return
        pa.default_memory_pool().release_unused()
        with suppress(OSError, AttributeError, TypeError):  # only the C library of GNU has it
            ctypes.CDLL(None).malloc_trim(0)

    def _put_aside(self, key: Key) -> bool:
        """Tell whether a result lies, or now lies, where it can be read again."""
        name, said = key
        kept = self._here[key]
        if name not in RESULTS or not RESULTS[name].kept:
            return False
        if key in self._aside or (self._behind and self._behind.holds(name, kept.language)):
            return True
        try:
            store = self._own.setdefault(said, Aside())
            store.write(name, kept)
        except OSError:  # no room there either: it stays
            return False
        self._aside[key] = (store, dataclasses.replace(kept, value=None))
        return True


class Aside(Store):
    """A store in a temporary folder that goes with it.

    Examples
    --------
    >>> store = Aside()
    >>> home = store.folder
    >>> del store
    >>> home.exists()
    False
    """

    def __init__(self) -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix="kamkit-")))
        weakref.finalize(self, _removed, os.getpid(), self.folder)


def _removed(process: int, folder: Path) -> None:
    if process == os.getpid():  # a process forked from this one has its own
        shutil.rmtree(folder, ignore_errors=True)


def _bytes(value: Any) -> int:
    """Return how much memory the tables of a result take.

    >>> _bytes(pd.DataFrame({"revenue": [1.0, 2.0]}, index=[1, 2])), _bytes("text")
    (32, 0)
    """
    if isinstance(value, pd.DataFrame):
        return int(value.memory_usage(deep=True).sum())
    if isinstance(value, pd.Series):
        return int(value.memory_usage(deep=True))
    if isinstance(value, tuple | list):
        return sum(map(_bytes, value))
    if isinstance(value, dict):
        return sum(map(_bytes, value.values()))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return sum(_bytes(getattr(value, field.name)) for field in dataclasses.fields(value))
    return 0
