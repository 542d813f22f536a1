"""The register of a folder of plans: read from wherever people wrote, and written as goals.csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.documents.plan_paper import asked
from kamkit.documents.plan_written import WordPlan, read_word
from kamkit.errors import SourceError
from kamkit.files import safe_name, whole_file
from kamkit.language import LANGUAGES, N_, speaking
from kamkit.language import gettext as _
from kamkit.plan._register import EARLIER, EDITED, FIELDS, REGISTER, Row, plain, records, register
from kamkit.plan.statements import sources
from kamkit.schema import headings, label

if TYPE_CHECKING:
    from kamkit.plan.statements import AccountPlan

GOALS, SOURCES, ACTIONS = "goals.csv", "sources.csv", N_("Actions")
"""The register, the list of sources beside the plans, and the sheet of the workbook."""

_OF_ACTION = ("action", "owner", "due", "status")
_IN_SHEET = ("account_id", "number", *_OF_ACTION)
TEXTS = ("account_id", "question", "text")
"""The columns of the table of written texts in the workbook."""

Key = tuple[str, str]


@dataclass(frozen=True)
class Edits:
    """What one file says: values by account and number (of a field: its code), and own actions.

    >>> Edits("plans/1.docx").own
    []
    """

    name: str
    values: dict[Key, dict[str, str]] = field(default_factory=dict)
    own: list[Row] = field(default_factory=list)
    outside: dict[str, tuple[str, ...]] = field(default_factory=dict)


def collect(
    home: Path, *, plans: str = "", workbook: str = "", unchanged: Collection[str] = ()
) -> pd.DataFrame:
    """Return the register of a folder as people left it, whichever file they wrote in.

    Read are ``goals.csv`` of the folder, the plans in its folder ``plans``, and the sheet of
    actions of ``workbook``. Where two files say different things of the same, ``goals.csv`` comes
    before the workbook and that before Word, and ``conflict`` holds both. ``unchanged`` are files,
    by their path in the folder, that are as kamkit wrote them.

    >>> len(collect(Path("no such folder")))
    0
    """
    known: dict[str, list[str]] = {}
    for row in _read(home / plans / SOURCES):
        known.setdefault(row.get("account_id", ""), []).append(row.get("sentence", ""))
    rows = _register(home / GOALS, known)
    edits = []
    if workbook and workbook not in unchanged and (home / workbook).is_file():
        edits.append(_of_workbook(home / workbook))
    names = dict.fromkeys([*(row["account_id"] for row in rows), *known])
    accounts = {safe_name(account): account for account in names}
    for path in sorted((home / plans).glob("*.docx")):
        name = path.relative_to(home).as_posix()
        if name in unchanged or path.name.startswith(("~", ".")):
            continue
        account = accounts.get(path.stem, path.stem)
        edits.append(_of_word(name, account, read_word(path, known.get(account, ()))))
    return _merged(rows, edits)


def save_register(register: pd.DataFrame, home: Path) -> Path:
    """Write the register as ``goals.csv``, so that a spreadsheet opens it as it is."""
    return _save(register[list(REGISTER)], home / GOALS)


def save_sources(told: pd.DataFrame, home: Path) -> Path:
    """Write where each sentence of the plans comes from as ``sources.csv``."""
    return _save(told, home / SOURCES)


def later(first: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    """Return a register with what an earlier one holds besides: rows, and later changes.

    >>> one = pd.DataFrame({"account_id": ["a"], "kind": "own", "action": "Call"})
    >>> len(later(one, one)), len(later(one, one.assign(action="Meet")))
    (1, 2)
    """
    rows = records(then)
    there = {_same(row): row for row in rows}
    for row in records(first):
        mine = there.get(_same(row))
        if mine is None:
            taken = {r["number"] for r in rows if r["account_id"] == row["account_id"]}
            rows.append(row | {"number": "" if row["number"] in taken else row["number"]})
            continue
        for name in filter(None, row["changed"].split(",")):
            if name not in mine["changed"].split(","):
                mine[name] = row[name]
                _mark(mine, name)
    return pd.DataFrame(rows, columns=list(REGISTER), dtype="str")


def _same(row: Row) -> tuple[str, ...]:
    own = row["kind"] in ("own", "closed")
    kind = "field" if row["kind"] == "field" else "action"
    return (row["account_id"], kind, row["ref"], row["action"] if own else "", row["kind"][:3])


def _save(table: pd.DataFrame, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as unfinished:
        table.to_csv(unfinished, index=False, encoding="utf-8-sig", lineterminator="\n")
    return path


def _read(path: Path) -> list[dict[str, str]]:
    """Read a table as a spreadsheet may have saved it: commas or semicolons, UTF-8 or not."""
    if not path.is_file():
        return []
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    head = text.split("\n", 1)[0]
    comma = ";" if head.count(";") > head.count(",") else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=comma)
    return [{str(k): v or "" for k, v in row.items() if isinstance(v, str | None)} for row in rows]


def _register(path: Path, known: Mapping[str, Any]) -> list[Row]:
    found = _read(path)
    if found and "account_id" not in found[0]:
        raise SourceError(
            _("The register cannot be read."),
            where=path.name,
            found=", ".join(list(found[0])[:3]),
            wanted=_("the columns that kamkit wrote, account_id first"),
            remedy=_("Put the headings back, or move the file away and begin a new one."),
        )
    whole = {account.lstrip("0"): account for account in known}
    rows = records(pd.DataFrame(found)) if found else []
    for row in rows:  # a spreadsheet takes the zeros off the front of a number
        if row["account_id"] not in known:
            row["account_id"] = whole.get(row["account_id"].lstrip("0"), row["account_id"])
    return [row for row in rows if row["account_id"]]


def _of_word(name: str, account: str, plan: WordPlan) -> Edits:
    edits = Edits(name)
    for row in plan.actions:
        if row.get("number"):
            edits.values[(account, row["number"])] = {n: row.get(n, "") for n in _OF_ACTION}
        else:
            edits.own.append(row | {"account_id": account})
    for code, text in plan.texts.items():
        edits.values[(account, code)] = {"text": text}
    if plan.outside:
        edits.outside[account] = plan.outside
    return edits


def _of_workbook(path: Path) -> Edits:
    """Read the sheet of actions, and the texts below it, in whatever language it was written."""
    from python_calamine import CalamineWorkbook

    edits, book = Edits(path.name), CalamineWorkbook.from_path(path)
    for code in LANGUAGES:
        with speaking(code):
            if _(ACTIONS) not in book.sheet_names:
                continue
            sheet = book.get_sheet_by_name(_(ACTIONS)).to_python()
            rows = [[_cell(one) for one in row] for row in sheet]
            heads = dict(zip(headings(_IN_SHEET), _IN_SHEET, strict=True))
            for row in _part(rows, heads):
                _keep(edits, row)
            questions = {asked(name): name for name in FIELDS | EARLIER}
            texts = dict(zip(headings(TEXTS), TEXTS, strict=True))
            for row in _part(rows, texts):
                if row["question"] in questions:
                    key = (row["account_id"], questions[row["question"]])
                    edits.values[key] = {"text": row["text"]}
            break
    return edits


def _keep(edits: Edits, row: Row) -> None:
    if row["number"]:
        edits.values[(row["account_id"], row["number"])] = {n: row[n] for n in _OF_ACTION}
    elif row["action"]:
        edits.own.append(row)


def _part(rows: list[list[str]], heads: Mapping[str, str]) -> Iterator[Row]:
    """Give the rows of a table of a sheet, found by its headings, until an empty one."""
    places: dict[str, int] = {}
    for texts in rows:
        row = {name: texts[i] for name, i in places.items()}
        if row and not row["account_id"]:
            return
        if row:
            yield row
        elif set(heads) <= set(texts):
            places = {name: texts.index(head) for head, name in heads.items()}


def _cell(value: Any) -> str:
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _merged(rows: list[Row], edits: list[Edits]) -> pd.DataFrame:
    """Return the rows with what people changed since kamkit wrote them, and what they added."""
    found = []
    for row in rows:
        if not row["kind"]:
            row |= {"kind": "own", "number": ""}
        row["conflict"] = ""
        for name in ("text",) if row["kind"] == "field" else _OF_ACTION:
            _settle(row, name, edits)
        found.append(row)
    there = {_added(row) for row in found}
    keys = {_key(row) for row in found}
    for edit in edits:
        for row in [*({"kind": "own", **row} for row in edit.own), *_unknown(edit, keys)]:
            if _added(row) not in there:
                there.add(_added(row))
                names = "text" if row["kind"] == "field" else ",".join(_OF_ACTION)
                found.append(dict.fromkeys(REGISTER, "") | row | {"changed": names})
        _keep_outside(found, edit)
    return pd.DataFrame(found, columns=list(REGISTER), dtype="str")


def _added(row: Row) -> tuple[str, str]:
    """Tell two rows that people added apart: by the field, or by what is to be done."""
    return (row["account_id"], row["ref"] if row["kind"] == "field" else row["action"])


def _key(row: Row) -> Key:
    return (row["account_id"], row["ref"] if row["kind"] == "field" else row["number"])


def _settle(row: Row, name: str, edits: list[Edits]) -> None:
    """Take what people wrote in a cell; told is where two files differ."""
    was = plain(name, row[f"{name}_was"])
    versions = {GOALS: plain(name, row[name])}
    for edit in edits:
        value = edit.values.get(_key(row), {}).get(name)
        if value is not None:
            versions[edit.name] = plain(name, value)
    new = {
        file: text for file, text in versions.items() if text != was and (text or name == "text")
    }
    if not new:
        row[name] = row[f"{name}_was"]
        return
    (first, counts), *others = new.items()
    row[name] = counts
    _mark(row, name)
    for file, text in others:
        if text != counts:
            sentence = _(
                "{what}: {first} says “{one}”, {file} says “{other}”; the first counts",
                what=label(name),
                first=first,
                one=counts,
                file=file,
                other=text,
            )
            row["conflict"] = "; ".join(filter(None, (row["conflict"], sentence)))


def _mark(row: Row, name: str) -> None:
    changed = [*filter(None, row["changed"].split(",")), name]
    row["changed"] = ",".join(dict.fromkeys(changed))


def _unknown(one: Edits, keys: Collection[Key]) -> Iterator[Row]:
    """Give what a file holds of rows that the register lacks: nothing written is lost."""
    for (account, name), values in one.values.items():
        if (account, name) in keys:
            continue
        if "text" in values:
            if values["text"]:
                yield {"account_id": account, "kind": "field", "ref": name, "action": "", **values}
        elif values["status"] not in ("proposed", ""):
            yield {"account_id": account, "kind": "own", **values}


def _keep_outside(rows: list[Row], one: Edits) -> None:
    """Put what people wrote outside the fields into the notes of the account."""
    for account, lines in one.outside.items():
        mine = {"account_id": account, "kind": "field", "ref": "notes"}
        notes = [row for row in rows if mine.items() <= row.items()]
        if not notes:
            notes = [dict.fromkeys(REGISTER, "") | mine]
            rows += notes
        own = notes[0]["text"].split("\n") if notes[0]["text"] else []
        notes[0]["text"] = "\n".join([*own, *(line for line in lines if line not in own)])
        _mark(notes[0], "text")


def keep_plan(plan: AccountPlan, written: pd.DataFrame, home: Path) -> list[Path]:
    """Write register and sources of a folder after one plan of it was written; return the files.

    ``written`` is the register as people left it; other accounts keep their rows.
    """
    mine = pd.DataFrame({"account_id": [plan.account_id], "account_name": [plan.account_name]})
    others = [
        row | {f"{name}_was": row[name] for name in EDITED}
        for row in records(written)
        if row["account_id"] != plan.account_id
    ]
    rows = register(plan.actions, written[written["account_id"] == plan.account_id], mine)
    rest = pd.DataFrame(others, columns=list(REGISTER), dtype="str")
    whole = pd.concat([rest, rows[rows["account_id"] == plan.account_id]], ignore_index=True)
    earlier = pd.DataFrame(_read(home / SOURCES), dtype="str")
    if len(earlier):
        earlier = earlier[earlier["account_id"] != plan.account_id]
    sentences = pd.concat([earlier, sources(plan)], ignore_index=True)
    return [save_register(whole, home), save_sources(sentences, home)]
