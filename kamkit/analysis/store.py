"""Results on disk, as plain data: tables as Parquet, everything else as JSON.

Nothing that is read back is run: only dataclasses of kamkit are made again, from their fields.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kamkit import errors
from kamkit.analysis.graph import Kept
from kamkit.case.kept import read_frame
from kamkit.language import WRITERS, Text
from kamkit.periods import Period

TABLES, FINDINGS = "tables", "findings"
_LOCKS = ".locks"


class Store:
    """A folder of results that several processes share: each result is made once.

    ``tables/NAME.parquet`` holds a table or the table of a finding, ``findings/NAME.json`` the
    rest: the recipe of the sentence, numbers, and the settings it rests on.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Return the names of the results that are there and are not left out."""
        paths = sorted((self.folder / FINDINGS).glob("*.json"))
        return [p.stem for p in paths if "error" not in json.loads(p.read_text("utf-8"))]

    def read(self, name: str) -> Kept | None:
        """Return a result, or None where it is not there or was kept by code with other fields."""
        found = self._slip(name)
        if found is None:
            return None
        used = frozenset(found["settings"])
        if "error" in found:
            kind, parts = found["error"]
            error = getattr(errors, kind)
            return Kept(
                error=error(*decoded(parts[:1], self._frame), **decoded(parts[1], self._frame)),
                used=used,
            )
        try:
            value = decoded(found["value"], self._frame)
        except TypeError:
            return None
        return Kept(value, used=used, language=found.get("language", ""))

    def holds(self, name: str, language: str) -> bool:
        """Tell whether a result is there, in the words of a language where it has words.

        Examples
        --------
        >>> Store(Path("no such folder")).holds("accounts", "")
        False
        """
        found = self._slip(name)
        return found is not None and found.get("language", "") == language

    def _slip(self, name: str) -> dict[str, Any] | None:
        """Return what stands beside the table of a result."""
        try:
            text = (self.folder / FINDINGS / f"{name}.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        content: dict[str, Any] = json.loads(text)
        return content

    def write(self, name: str, kept: Kept) -> None:
        """Keep a result; it appears whole or not at all."""
        (self.folder / TABLES).mkdir(parents=True, exist_ok=True)
        (self.folder / FINDINGS).mkdir(parents=True, exist_ok=True)
        record: dict[str, Any] = {"settings": sorted(kept.used)}
        if kept.error is not None:
            error = kept.error
            parts = {part: getattr(error, part) for part in ("where", "found", "wanted", "remedy")}
            record["error"] = [type(error).__name__, [encoded(error.message), encoded(parts)]]
        else:
            record["value"] = encoded(kept.value, self._keeper(name))
            record |= {"language": kept.language} if kept.language else {}
        self._whole(
            self.folder / FINDINGS / f"{name}.json",
            lambda path: path.write_text(
                json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8"
            ),
        )

    def held(self) -> list[str]:
        """Return the names of all that is there, what is left out too."""
        return sorted(path.stem for path in (self.folder / FINDINGS).glob("*.json"))

    def forget(self, names: Collection[str]) -> None:
        """Remove the results that are not among the names.

        Examples
        --------
        >>> Store(Path("no such folder")).forget(["accounts"])
        """
        for name in set(self.held()) - set(names):
            (self.folder / FINDINGS / f"{name}.json").unlink()
            for table in (self.folder / TABLES).glob(f"{name}.*"):
                table.unlink()

    @contextmanager
    def making(self, name: str) -> Iterator[None]:
        """Hold the right to make a result; another process waits here until it is made."""
        from kamkit.files import locked

        home = self.folder / _LOCKS
        home.mkdir(parents=True, exist_ok=True)
        with locked(home / name):
            yield

    def _keeper(self, name: str) -> Callable[[pd.DataFrame, str], str]:
        def keep(frame: pd.DataFrame, part: str) -> str:
            own = name if part in ("", "table") else f"{name}.{part}"
            self._whole(
                self.folder / TABLES / f"{own}.parquet", lambda path: frame.to_parquet(path)
            )
            return own

        return keep

    def _frame(self, name: str) -> pd.DataFrame:
        return read_frame(self.folder / TABLES / f"{name}.parquet")

    @staticmethod
    def _whole(path: Path, write: Callable[[Path], Any]) -> None:
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        write(aside)
        aside.replace(path)


class Shared(Store):
    """What a store has that does not rest on some settings; nothing is written to it.

    Examples
    --------
    >>> Shared(Store(Path("no such folder")), {"key_accounts"}).names()
    []
    """

    def __init__(self, store: Store, changed: Collection[str]) -> None:
        super().__init__(store.folder)
        self._changed = frozenset(changed) | getattr(store, "_changed", frozenset())

    def names(self) -> list[str]:
        """Return the names of the results that are there and still hold."""
        return [name for name in super().names() if self.read(name) is not None]

    def read(self, name: str) -> Kept | None:
        """Return a result that still holds, else None."""
        kept = super().read(name)
        return None if kept is None or kept.used & self._changed else kept

    def holds(self, name: str, language: str) -> bool:
        """Tell whether a result is there and still holds."""
        found = self._slip(name)
        holds = super().holds(name, language)
        return holds and found is not None and not self._changed & set(found["settings"])

    def write(self, name: str, kept: Kept) -> None:
        """Keep nothing: the folder is that of other settings."""

    @contextmanager
    def making(self, _name: str) -> Iterator[None]:
        """Let a result be made; nobody else waits for it."""
        yield


Keep = Callable[[pd.DataFrame, str], str]


def _nowhere(_frame: pd.DataFrame, part: str) -> str:
    raise TypeError(f"a table cannot be kept inside {part}")


def encoded(value: Any, keep: Keep = _nowhere, part: str = "") -> Any:
    """Return a value as JSON can hold it; ``keep`` stores a table and returns its name.

    Raises ``TypeError`` for what is no plain data.

    Examples
    --------
    >>> encoded((1, dt.date(2025, 1, 31)))
    {'tuple': [1, {'date': '2025-01-31'}]}
    """
    if isinstance(value, Text):
        name, args, values = value.made
        return {"text": [name, encoded(tuple(args), keep, part), encoded(values, keep, part)]}
    if value is None or isinstance(value, bool | str) or type(value) in (int, float):
        return value
    if isinstance(value, np.generic):
        return encoded(value.item(), keep, part)
    if isinstance(value, pd.DataFrame):
        plain = pd.DataFrame(value)
        plain.attrs = dict(value.attrs)
        return {"frame": keep(plain, part)}
    if isinstance(value, pd.Series):
        return {"series": keep(value.to_frame("value"), part), "name": value.name}
    if isinstance(value, Period):
        return {"period": [value.start.isoformat(), value.end.isoformat(), value.fiscal_start]}
    if isinstance(value, pd.Timestamp | dt.datetime):
        return {"time": value.isoformat()}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    return _nested(value, keep, part)


def _nested(value: Any, keep: Keep, part: str) -> Any:
    if isinstance(value, list):
        return [encoded(one, keep, f"{part}{n}") for n, one in enumerate(value)]
    if isinstance(value, tuple | frozenset | set):
        items = value if isinstance(value, tuple) else sorted(value)
        return {"tuple": [encoded(one, keep, f"{part}{n}") for n, one in enumerate(items)]}
    if isinstance(value, dict):
        return {"dict": [[encoded(k), encoded(v, keep, f"{part}{k}")] for k, v in value.items()]}
    if dataclasses.is_dataclass(value) and type(value).__module__.startswith("kamkit."):
        where = f"{part}." if part else ""
        fields = {
            f.name: encoded(
                _field(value, f.name),
                keep,
                f"{where}{f.name}" if part or f.name != "table" else "table",
            )
            for f in dataclasses.fields(value)
            if f.metadata.get("kept", True)
        }
        return {"class": f"{type(value).__module__}:{type(value).__qualname__}", "fields": fields}
    raise TypeError(f"{type(value).__name__} is no plain data (in {part or 'a result'})")


def _field(value: Any, name: str) -> Any:
    """Return a field as it was given: texts with their recipe, not written anew."""
    return value.__dict__.get(name, getattr(value, name))


def decoded(value: Any, frame: Callable[[str], pd.DataFrame]) -> Any:
    """Return the value that ``encoded`` made JSON of; ``frame`` reads a table by its name.

    Examples
    --------
    >>> decoded({"tuple": [1, {"date": "2025-01-31"}]}, pd.DataFrame)
    (1, datetime.date(2025, 1, 31))
    """
    if isinstance(value, list):
        return [decoded(one, frame) for one in value]
    if not isinstance(value, dict):
        return value
    kind, content = next(iter(value.items()))
    if kind == "class":
        return _made_again(content, value["fields"], frame)
    if kind == "series":
        series = frame(content)["value"]
        return series.rename(value["name"])
    return _READ[kind](content, frame)


def _made_again(name: str, fields: dict[str, Any], frame: Callable[[str], pd.DataFrame]) -> Any:
    module, _colon, cls = name.partition(":")
    if not module.startswith("kamkit."):
        raise ValueError(f"{name} is no class of kamkit")
    maker: Any = getattr(import_module(module), cls)
    if not dataclasses.is_dataclass(maker):
        raise ValueError(f"{name} is no dataclass")
    again: Any = maker
    return again(**{key: decoded(part, frame) for key, part in fields.items()})


def _text(content: Any, frame: Callable[[str], pd.DataFrame]) -> str:
    name, args, values = content
    writer = WRITERS[name]
    given, named = decoded(args, frame), decoded(values, frame)
    return Text(writer(*given, **named), (name, given, named))


_READ: dict[str, Callable[[Any, Callable[[str], pd.DataFrame]], Any]] = {
    "text": _text,
    "frame": lambda content, frame: frame(content),
    "period": lambda content, _frame: Period(*content[:2], fiscal_start=content[2]),
    "time": lambda content, _frame: pd.Timestamp(content),
    "date": lambda content, _frame: dt.date.fromisoformat(content),
    "tuple": lambda content, frame: tuple(decoded(one, frame) for one in content),
    "dict": lambda content, frame: {decoded(k, frame): decoded(v, frame) for k, v in content},
}
