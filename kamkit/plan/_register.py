"""What people write (who, when, how far, free text): one register for plans, workbook and runs.

One row per action and per field of an account, all of it text, so that ``goals.csv`` holds it as
people see it. The columns ``*_was`` are what kamkit wrote last: what differs from them is a
person's word, wherever it was written.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pandas as pd

from kamkit.language import LANGUAGES, LOCALES, N_, speaking
from kamkit.plan._objectives import is_done
from kamkit.schema import takes, word

EDITED = ("action", "owner", "due", "status", "text")
"""What a person may change in a row."""

REGISTER = (
    *("account_id", "account_name", "number", "kind", "ref", "objective"),
    *(*EDITED, "conflict", "changed", "proposed_due"),
    *(f"{name}_was" for name in EDITED),
)
"""The columns of the register."""

FIELDS = {
    "goals": N_("What they want to achieve"),
    "notes": N_("Notes"),
    "did": N_("What we did for them"),
    "ideas": N_("Ideas to take up, by their number or in words"),
    "agreed": N_("What we agreed, who does it and by when"),
    "meeting": N_("Next meeting: day, place, who comes"),
}
"""The free fields of a plan, by code; the last four go onto the customer's slides."""

EARLIER = {
    "pressures": N_("What puts pressure on them"),
    "initiatives": N_("What they have under way"),
    "help": N_("How we help"),
    "people": N_("What we have learnt about the people"),
}
"""Fields of earlier plans, which are part of others now."""

HINTS = {
    "goals": N_("Their goals, what puts pressure on them, what they have under way, how we help"),
    "notes": N_("What we have learnt about the people, what is still open"),
    "did": N_("Deliveries, visits and projects since the last meeting"),
    "ideas": N_("One idea a line: its number in this plan, or in words"),
    "agreed": N_("What; who; by when: one line each"),
    "meeting": N_("Such as 12 March at their office, with the buyer"),
}
"""What a field that nobody has written in asks for."""

STATUSES = ("proposed", "not started", "started", "done")
"""What the status of an action is chosen from; any other word stays as it is."""

_MOVED = {"needs": "goals", "pressures": "goals", "initiatives": "goals", "help": "goals"}
_OPEN = ("proposed", "agreed")
_PATTERNS = (r"(\d{4})-(\d{1,2})-(\d{1,2})(?: 00:00:00)?", r"(\d{1,2})[./ ]+(\w+)[./ ]+(\d{4})")

Row = dict[str, str]


def reference(row: Mapping[Any, Any]) -> str:
    """Return the reference of an objective: the same in every run for the same group of goods.

    A code holds no colon, so that no two share a reference.

    >>> reference({"objective": "grow_cross", "item": "Tape"}), reference({"objective": "retain"})
    ('grow_cross: Tape', 'retain')
    """
    item = row.get("item") or ""
    return f"{row['objective']}: {item}" if item else str(row["objective"])


def actions(
    proposals: pd.DataFrame,
    agreed: pd.DataFrame | None,
    written: pd.DataFrame | None,
    planned: pd.DataFrame,
) -> pd.DataFrame:
    """Return every action of the accounts: proposed, agreed in the table goals, people's own.

    ``proposals`` is the table of ``plan.objectives`` in the order of the moves, ``agreed`` the
    table goals of the case, ``written`` the register of an earlier run. One row per action with
    the columns of ``REGISTER``; ``number`` stays with an action from run to run. What people
    changed counts; an objective that was done and is proposed anew with a later date starts anew,
    and the finished one stays as ``closed``. What is no longer proposed goes, unless people have
    written in it. Accounts that are not ``planned`` keep their rows.

    >>> goals = pd.DataFrame({"account_id": ["a"], "account_name": "A", "objective": ["retain"],
    ...     "action": "Agree on terms", "owner": "S1", "due": pd.to_datetime(["2026-09-30"])})
    >>> row = actions(goals, None, None, goals).iloc[0]
    >>> row[["number", "kind", "owner", "due", "status"]].tolist()
    ['1', 'proposed', 'S1', '2026-09-30', 'proposed']
    """
    earlier = [] if written is None else [r for r in records(written) if r["kind"] != "field"]
    waiting = {(r["account_id"], r["ref"]): r for r in earlier if r["kind"] in _OPEN}
    names = dict(zip(planned["account_id"], planned["account_name"], strict=True))
    rows = []
    for row in [*_proposed(proposals), *_agreed(agreed, names)]:
        was = waiting.pop((row["account_id"], row["ref"]), None)
        rows += [row] if was is None else _met(row, was)
    known = {(row["account_id"], row["action"]): row for row in rows}
    for left in earlier:
        key = (left["account_id"], left["ref"])
        again = known.get((left["account_id"], left["action"]))
        if again is not None and left["kind"] == "own" and not left["number"]:
            own = {name: left[name] for name in ("owner", "due", "status") if left[name]}
            again |= own | {"changed": ",".join(own)}  # read back from a plan without a register
        elif left["kind"] not in _OPEN or left["account_id"] not in names:
            rows.append(left)
        elif key in waiting and left["changed"]:
            rows.append(left | {"kind": "closed" if is_done(left["status"]) else "own"})
    return _numbered(rows)


@takes(
    goals="account_id objective item action owner due status",
    known="account_id ref kind action owner status",
)
def with_people(goals: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the objectives with number, action, owner, due and status as people have them.

    ``known`` is the table of ``actions``. A date that cannot be read stays the proposed one, and
    stands in ``due_text`` as it was written.

    >>> goals = pd.DataFrame({"account_id": ["a"], "objective": ["retain"], "item": "",
    ...     "action": "Call", "owner": "", "status": "proposed",
    ...     "due": pd.to_datetime(["2026-09-30"])})
    >>> row = {"account_id": "a", "ref": "retain", "kind": "proposed", "number": "3"}
    >>> row |= {"action": "Call", "owner": "Kari", "due": "in May", "status": "started"}
    >>> with_people(goals, pd.DataFrame([row]))[["number", "owner", "due_text"]].values.tolist()
    [['3', 'Kari', 'in May']]
    """
    rows = known[known["kind"] == "proposed"].to_dict("records")
    own = {(row["account_id"], row["ref"]): row for row in rows}
    found = [own[(one["account_id"], reference(one))] for one in goals.to_dict("records")]
    table = goals.copy()
    for name in ("number", "action", "owner", "status"):
        values = [row.get(name, "") for row in found]
        table[name] = pd.Series(values, index=goals.index, dtype="str")
    days = [pd.to_datetime(row.get("due", ""), format="%Y-%m-%d", errors="coerce") for row in found]
    due = pd.Series(pd.to_datetime(days), index=goals.index).dt.as_unit("s")
    texts = ["" if day == day else row.get("due", "") for day, row in zip(days, found, strict=True)]
    table["due_text"] = pd.Series(texts, index=goals.index, dtype="str")
    table["due"] = due.fillna(goals["due"])
    return table


@takes(known="account_id kind ref", planned="account_id account_name")
def register(
    known: pd.DataFrame, written: pd.DataFrame | None, planned: pd.DataFrame
) -> pd.DataFrame:
    """Return the register as it is to be written: all actions, and the fields of each plan.

    ``known`` is the table of ``actions``, ``written`` the register as people left it, ``planned``
    the accounts with a plan (``account_id``, ``account_name``).
    """
    rows = records(known)
    earlier = [] if written is None else [r for r in records(written) if r["kind"] == "field"]
    names = dict(zip(planned["account_id"], planned["account_name"], strict=True))
    for account, name in names.items():
        own = fields(written, str(account))
        marks = {r["ref"]: r["changed"] for r in earlier if r["account_id"] == account}
        for code, text in own.items():
            row = _blank(str(account), str(name)) | {"kind": "field", "ref": code, "text": text}
            rows.append(row | {"objective": code, "changed": marks.get(code, "")})
    rows += [row for row in earlier if row["account_id"] not in names]
    rows = [row | {f"{name}_was": row[name] for name in EDITED} for row in rows]
    order = {account: i for i, account in enumerate(names)}
    rows.sort(key=lambda row: (order.get(row["account_id"], len(order)), row["account_id"]))
    return pd.DataFrame(rows, columns=list(REGISTER), dtype="str")


def fields(written: pd.DataFrame | None, account: str) -> dict[str, str]:
    """Return the text of every field of an account; those of earlier plans under their new place.

    >>> row = {"account_id": "a", "kind": "field", "ref": "swot_threats", "text": "A rival"}
    >>> fields(pd.DataFrame([row]), "a")["notes"]
    'A rival'
    """
    texts = dict.fromkeys(FIELDS, "")
    if written is None or written.empty:
        return texts
    mine = written[(written["account_id"] == account) & (written["kind"] == "field")]
    for code, text in zip(mine["ref"], mine["text"], strict=True):
        field = code if code in FIELDS else _MOVED.get(code, "notes")
        lines = [one for one in (texts[field], text) if one]
        texts[field] = "\n".join(dict.fromkeys(lines))
    return texts


def records(table: pd.DataFrame) -> list[Row]:
    """Return the rows of a register as texts, each with every column.

    >>> records(pd.DataFrame({"account_id": ["007"]}))[0]["owner"]
    ''
    """
    whole = table.reindex(columns=list(REGISTER)).astype("object")
    rows = whole.where(whole.notna(), "").to_dict("records")
    return [{str(name): str(value) for name, value in row.items()} for row in rows]


def plain(name: str, text: str) -> str:
    """Return what a person wrote as the register holds it: a day as ISO, a status as its code.

    >>> plain("due", "31 Mar 2026"), plain("due", "in May"), plain("status", "ferdig")
    ('2026-03-31', 'in May', 'done')
    """
    text = "\n".join(" ".join(line.split()) for line in str(text).strip().split("\n"))
    if name == "due":
        return _day(text)
    if name == "status":
        return next((code for code, words in _statuses() if words == text.casefold()), text)
    return text


@cache
def _statuses() -> tuple[tuple[str, str], ...]:
    statuses = []
    for code in LANGUAGES:
        with speaking(code):
            statuses += [(status, word(status).casefold()) for status in STATUSES]
    return tuple(statuses)


def _day(text: str) -> str:
    for pattern in _PATTERNS:
        match = re.fullmatch(pattern, text)
        if match is None:
            continue
        year, month, day = match.groups() if len(match[1]) == 4 else match.groups()[::-1]
        named = month if month.isdigit() else _months().get(month.casefold()[:3], "0")
        try:
            return dt.date(int(year), int(named), int(day)).isoformat()
        except ValueError:
            return text
    return text


@cache
def _months() -> dict[str, str]:
    """Return the number of each month by the first three letters of its name."""
    from babel.dates import get_month_names

    return {
        name.casefold()[:3]: str(number)
        for locale in LOCALES.values()
        for number, name in get_month_names("wide", locale=locale).items()
    }


def _blank(account: str, name: str) -> Row:
    return dict.fromkeys(REGISTER, "") | {"account_id": account, "account_name": name}


def _proposed(goals: pd.DataFrame) -> Iterator[Row]:
    for row in goals.to_dict("records"):
        due = row["due"].date().isoformat()
        yield _blank(row["account_id"], str(row["account_name"])) | {
            "kind": "proposed",
            "ref": reference(row),
            "objective": str(row["objective"]),
            "action": str(row["action"]),
            "owner": str(row["owner"] or ""),
            "due": due,
            "status": "proposed",
            "proposed_due": due,
        }


def _agreed(goals: pd.DataFrame | None, names: Mapping[str, Any]) -> Iterator[Row]:
    """Yield what people keep in the table goals of the case."""
    if goals is None:
        return
    for row in goals[goals["account_id"].isin(list(names))].to_dict("records"):
        texts = {n: "" if pd.isna(v) else str(v) for n, v in row.items() if n != "due"}
        due = row.get("due")
        day = "" if due is None or pd.isna(due) else pd.Timestamp(due).date().isoformat()
        account, goal = texts["account_id"], texts.get("objective", "")
        yield _blank(account, str(names.get(account, ""))) | {
            "kind": "agreed",
            "ref": f"goal: {goal}",
            "objective": goal,
            "action": ": ".join(filter(None, (goal, texts.get("action", "")))),
            "owner": texts.get("owner", ""),
            "due": day,
            "status": plain("status", texts.get("status", "")),
            "proposed_due": day,
        }


def _met(row: Row, was: Row) -> list[Row]:
    """Return a proposal with what people changed in it, and the finished one it renews."""
    changed = [name for name in was["changed"].split(",") if name]
    if is_done(was["status"]) and row["proposed_due"] > was["proposed_due"]:
        kept = {"owner": was["owner"]} if "owner" in changed else {}
        mark = {"changed": "owner"} if kept else {}
        return [row | kept | mark, was | {"kind": "closed"}]
    kept = {name: was[name] for name in changed if name != "text"}
    text = {"text": was["text"], "conflict": was["conflict"], "number": was["number"]}
    return [row | kept | text | {"changed": was["changed"]}]


def _numbered(rows: list[Row]) -> pd.DataFrame:
    """Give each action that has none the next number of its account."""
    last: dict[str, int] = {}
    for row in rows:
        if row["number"].isdigit():
            last[row["account_id"]] = max(last.get(row["account_id"], 0), int(row["number"]))
    for row in rows:
        if not row["number"].isdigit():
            last[row["account_id"]] = last.get(row["account_id"], 0) + 1
            row["number"] = str(last[row["account_id"]])
    return pd.DataFrame(rows, columns=list(REGISTER), dtype="str")
