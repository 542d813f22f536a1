"""The report of a run: one self-contained page, findings first, without a line of code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.colours import css
from kamkit.documents.plan_page import page_template
from kamkit.files import safe_name
from kamkit.language import N_, join, language, ngettext, number, percent
from kamkit.language import gettext as _
from kamkit.money import scaled
from kamkit.output.finding import METHODS
from kamkit.periods import STALE
from kamkit.run import methods
from kamkit.run.account_links import Names
from kamkit.run.accounts_page import ACCOUNTS, hashed, tables_script
from kamkit.run.first_page import first_page
from kamkit.run.notebooks import open_book
from kamkit.run.plans import conflicts
from kamkit.run.section_tables import (
    columns_table,
    picture_data,
    reconciliation_table,
    section_tables,
)
from kamkit.schema import name_of, word

if TYPE_CHECKING:
    from kamkit.analysis import Analysis
    from kamkit.case import ColumnMapping

_BASIS = "reconciled"
_TEMPLATES = Path(__file__).parent / "templates"


FRONT = (
    *("observed_rule", "whale", "bridge", "late", "breadth", "whitespace", "contacts"),
    *("matrix", "outcomes", "movements", "overdue", "reconciled"),
)
"""The findings that carry a section, the first that it has; the others are to be unfolded."""

ALSO = (
    *("discounts", "late", "chains", "stability", "share_of_wallet", "affinity"),
    *("assignment", "portfolio", "credit_notes", "repeats"),
)
"""The findings that are told below the picture and the table of a section, in one sentence each."""

_ADVICE = {
    "05_grow": N_(
        "With the product or product group of each line you would see who buys less than "
        "comparable accounts, and what to offer them."
    )
}
"""What a chapter that has nothing to tell would need, by its notebook: a line of the data."""

_NOT_FIRST = ("stage",)
"""Findings that carry no section: of most ledgers they say little."""

_PICTURES = {"reconciled": "coverage"}
"""Where the picture of another finding tells more than its own."""


@dataclass(frozen=True)
class Block:
    """One thing in a section, of the ``kind`` heading, finding, figure, table, note or notice.

    Folded are the ``inner`` blocks that tell a finding of the same name in another way. A note says
    what the case cannot support, a notice that the notebook was left out. ``html`` comes escaped
    from ``kamkit.output``; ``text`` is escaped by the template.
    """

    kind: str
    anchor: str = ""
    html: str = ""
    text: str = ""
    caveats: tuple[str, ...] = ()
    name: str = ""
    inner: tuple[Block, ...] = ()

    @property
    def method(self) -> str:
        """The section of ``methods.html`` on a finding; empty for one that people made up.

        >>> Block("finding", name="late").method, Block("finding", name="our_own").method
        ('methods.html#late', '')
        """
        return f"{METHODS}#{self.name}" if self.name in methods.described() else ""


@dataclass(frozen=True)
class Section:
    """What one notebook contributes to the report.

    >>> Section("identify", "Who matters").blocks
    []
    """

    anchor: str
    title: str
    notebook: str = ""
    blocks: list[Block] = field(default_factory=list)

    @property
    def findings(self) -> list[Block]:
        """The findings of the section, in the order of the notebook."""
        return [block for block in self.blocks if block.kind == "finding"]

    @property
    def tells(self) -> bool:
        """Whether there is more than what the case cannot support, or has no goals for."""
        nothing = ("heading", "note")
        return any(
            block.kind not in nothing and block.text != _("No written goal is overdue.")
            for block in self.blocks
        )

    @property
    def front(self) -> list[Block]:
        """What is seen at once: one finding, with the picture that carries it."""
        groups = _groups(self.blocks)
        lead = next((name for name in FRONT if _of(groups, name)), "")
        first = [b.name for b in self.findings if b.name not in _NOT_FIRST]
        blocks = _of(groups, lead or next(iter(first), ""))
        drawn = _of(groups, _PICTURES.get(lead, lead)) or blocks
        finding = [b for b in blocks if b.kind == "finding" and (not lead or b.name == lead)]
        return [*finding[:1], *[b for b in drawn if b.kind == "figure"][:1]]

    @property
    def also(self) -> list[Block]:
        """What else is told at once: findings without their pictures."""
        front = {block.anchor for block in self.front}
        blocks = [b for b in self.findings if b.name in ALSO and b.anchor not in front]
        return _without_repeats(blocks, self.front)

    @property
    def rest(self) -> list[Block]:
        """Everything else, to be unfolded."""
        blocks = [*self.front, *self.also]
        anchors = {block.anchor for block in blocks}
        rest = [b for b in self.blocks if b.anchor not in anchors]
        return _folded(_told_once(_without_repeats(_without_bare_headings(rest), blocks)))


def section(path: Path, *, left_out: str = "") -> Section:
    """Collect the headings and the labelled outputs of an executed notebook.

    Only outputs that ``kamkit.output`` made are taken; a heading with nothing under it is dropped.
    """
    anchor = "s-" + re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")
    title = path.stem
    blocks: list[Block] = []
    for cell in open_book(path).cells:
        if cell.cell_type == "markdown":
            for level, text in _headings(cell.source):
                if level == 1:
                    title = text
                else:
                    blocks.append(Block("heading", f"{anchor}-{len(blocks)}", text=text))
        for output in cell.get("outputs", []):
            blocks += _labelled(output, f"{anchor}-{len(blocks)}")
    if left_out:
        blocks.append(Block("notice", text=left_out))
    return Section(anchor, title, path.stem, _without_bare_headings(blocks))


def findings(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Return the findings of a report as plain values, one dict per finding, for the manifest."""
    return [
        {
            "name": block.name,
            "text": block.text,
            "caveats": list(block.caveats),
            "notebook": section.notebook,
        }
        for section in sections
        for block in section.findings
    ]


def write(
    path: Path,
    analysis: Analysis,
    mapping: ColumnMapping,
    sections: Sequence[Section],
    *,
    plans: Sequence[str] = (),
) -> Path:
    """Write the report and return its path; ``plans`` are the accounts that have one beside it.

    The page loads nothing from outside, and says so to the browser: its policy allows no request,
    and no script but its own.
    """
    from markupsafe import Markup

    about = analysis.about
    script = tables_script() + (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    names = Names(analysis)
    filled = sorted(
        (section for section in sections if section.tells), key=lambda one: _tells(one, _BASIS)
    )
    silent = [section.notebook for section in sections if not section.tells]
    page = page_template(_TEMPLATES / "report.html.j2").render(
        case=about,
        lang=language(),
        words=_words() | _age(),
        figures=_figures(analysis),
        sections=filled,
        title=about.title.replace("_", " "),
        reconciliation=Markup(reconciliation_table(analysis)),  # noqa: S704 - escaped by as_html
        columns=Markup(columns_table(mapping)),  # noqa: S704 - escaped by as_html
        options=_options(mapping),
        linked=names.linked,
        cells=names.cells,
        accounts=ACCOUNTS if names.address else "",
        plans=_plans(plans, analysis),
        unplanned=_unplanned(plans, analysis),
        against=conflicts(analysis),
        tables=section_tables(analysis),
        data=picture_data(analysis),
        advice=[_(_ADVICE[name]) for name in silent if name in _ADVICE],
        planned=next((one for one in filled if _tells(one, "strategies")), None),
        basis=next((one for one in filled if _tells(one, _BASIS)), None),
        first=first_page(analysis, plans),
        overdue=next((one.anchor for one in filled if _tells(one, "overdue")), ""),
        style=Markup(css() + (_TEMPLATES / "report.css").read_text(encoding="utf-8")),  # noqa: S704
        script=Markup(script),  # noqa: S704 - our own file
        script_hash=hashed(script),
    )
    path.write_text(page, encoding="utf-8", newline="\n")
    return path


def _plans(accounts: Sequence[str], analysis: Analysis) -> list[dict[str, str]]:
    """Return the plans that lie beside the report, each with its strategy and why."""
    if not accounts:
        return []
    planned, words = set(accounts), _reasons(analysis)
    return [
        {
            "href": f"plans/{safe_name(str(row['account_id']))}",
            "name": str(row["account_name"]),
            "strategy": word(str(row["strategy"])),
            "because": words.get(str(row["account_id"]), str(row["because"])),
        }
        for row in analysis.require("strategies").to_dict("records")
        if str(row["account_id"]) in planned
    ]


def _reasons(analysis: Analysis) -> dict[str, str]:
    """Return why each account has its strategy, in the words of its plan."""
    import pandas as pd

    from kamkit.plan.reason import reason

    table, rules = analysis.get("plan_facts"), analysis.get("strategy_rules")
    if not (isinstance(table, pd.DataFrame) and isinstance(rules, pd.DataFrame)):
        return {}
    currency = analysis.about.currency
    facts = {
        str(one["account_id"]): {str(name): value for name, value in one.items()}
        for one in table.to_dict("records")
    }
    chosen = analysis.require("strategies").to_dict("records")
    return {
        account: str(reason(row, facts[account], rules, currency)["because"])
        for row in chosen
        if (account := str(row["account_id"])) in facts
    }


def _unplanned(accounts: Sequence[str], analysis: Analysis) -> str:
    """Name the accounts that have a strategy and no plan of their own."""
    if not accounts:
        return ""
    table = analysis.require("strategies")
    names = [
        _("{name} ({aim})", name=name_of(row), aim=word(str(row["aim"])))
        for row in table.to_dict("records")
        if str(row["account_id"]) not in accounts
    ]
    if not names:
        return ""
    return ngettext(
        "{n} account has a strategy and actions but no document of its own, as it is no key "
        "account and need not be improved or protected: {names}.",
        "{n} accounts have a strategy and actions but no documents of their own, as they are no "
        "key accounts and need not be improved or protected: {names}.",
        len(names),
        names=join(names),
    )


def _tells(one: Section, finding: str) -> bool:
    return any(block.name == finding for block in one.findings)


def _headings(markdown: str) -> list[tuple[int, str]]:
    headings = re.findall(r"^(#{1,3})\s+(.+?)\s*#*\s*$", markdown, flags=re.MULTILINE)
    plain = [
        (len(signs), re.sub(r"[*_`]{1,2}(\S.*?)[*_`]{1,2}", r"\1", text))
        for signs, text in headings
    ]
    return [(level, _(text)) for level, text in plain]


def _labelled(output: Any, anchor: str) -> list[Block]:
    label = output.get("metadata", {}).get("kamkit", {})
    html = output.get("data", {}).get("text/html", "")
    kind = label.get("kind", "")
    if kind == "finding":
        caveats = tuple(label.get("caveats", ()))
        name, text = label.get("name", ""), label.get("text", "")
        return [Block("finding", anchor, "", text, caveats, name)]
    if kind == "note":
        return [Block("note", anchor, text=label.get("text", ""))]
    if kind in ("figure", "table") and html and "<tbody></tbody>" not in html:
        return [Block(kind, anchor, html=html, name=label.get("name", ""))]
    return []


def _of(groups: Sequence[list[Block]], name: str) -> list[Block]:
    """Return the blocks beneath the heading that a finding stands under."""
    named = (
        group for group in groups if any(b.name == name and b.kind == "finding" for b in group)
    )
    return next(named, []) if name else []


def _groups(blocks: Sequence[Block]) -> list[list[Block]]:
    """Part the blocks of a section at its headings."""
    groups: list[list[Block]] = [[]]
    for block in blocks:
        if block.kind == "heading":
            groups.append([])
        groups[-1].append(block)
    return groups


def _without_repeats(blocks: Sequence[Block], front: Sequence[Block]) -> list[Block]:
    """Leave out what a chapter has said before: a note twice, a caveat that is a finding too."""
    texts = {block.text for block in (*front, *blocks) if block.kind == "finding"}
    seen = {caveat for block in front for caveat in block.caveats}
    noted: set[str] = set()
    found: list[Block] = []
    for block in blocks:
        noted = set() if block.kind == "heading" else noted
        if block.kind == "note" and block.text in noted:
            continue
        noted.add(block.text)
        new = tuple(one for one in block.caveats if one not in seen and one not in texts)
        seen.update(block.caveats)
        found.append(replace(block, caveats=new))
    return found


def _told_once(blocks: Sequence[Block]) -> list[Block]:
    """Tell once what is left out for one reason, with all that it is about."""
    about: dict[str, list[str]] = {}
    found: list[Block] = []
    for group in _groups(blocks):
        kinds = [block.kind for block in group]
        if kinds == ["heading", "note"]:
            about.setdefault(group[1].text, []).append(group[0].text)
        else:
            found += group
    for text, headings in about.items():
        what = _("{headings}: {reason}", headings=", ".join(headings), reason=text)
        found.append(Block("note", text=what))
    return found


def _folded(blocks: Sequence[Block]) -> list[Block]:
    """Show the first finding of a name beneath a heading; the others are to be unfolded."""
    result: list[Block] = []
    for group in _groups(blocks):
        shown: set[str] = set()
        again = False
        for block in group:
            if block.kind == "finding":
                again = bool(block.name) and block.name in shown
                shown.add(block.name)
                if again:
                    result.append(Block("folded", f"{block.anchor}-more", text=block.text))
            if again:
                result[-1] = replace(result[-1], inner=(*result[-1].inner, block))
            else:
                result.append(block)
    return result


def _without_bare_headings(blocks: list[Block]) -> list[Block]:
    kinds = [*(block.kind for block in blocks), "heading"]
    return [
        block
        for block, after in zip(blocks, kinds[1:], strict=True)
        if not (block.kind == "heading" and after == "heading")
    ]


def _figures(analysis: Analysis) -> list[tuple[str, str]]:
    """Return the few numbers at the top of the page, each with what it counts."""
    counted = analysis.require("reconciliation")
    read, used = counted.iloc[0], counted.iloc[1]
    shown = [
        (scaled(float(used["amount"]), analysis.about.currency), _("net revenue in the lines used"))
    ]
    if "account_facts" in analysis.kept_names():
        shown.append((number(len(analysis.require("account_facts"))), _("accounts")))
    shown.append((number(int(used["rows"])), _("of {n} lines used", n=number(int(read["rows"])))))
    aside = 1 - float(used["share_rows"])
    shown.append((percent(aside), _("of the lines set aside")))
    return shown


def _options(mapping: ColumnMapping) -> list[str]:
    return [f"{name} = {_written(value)}" for name, value in mapping.options.given().items()]


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {inner}" for name, inner in sorted(value.items()))
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _age() -> dict[str, Any]:
    """Return what the page says of a ledger that is old by the day it is read."""
    return {"stale": _("{n} months old: all dates count from its last day"), "stale_days": STALE}


def _words() -> dict[str, str]:
    return {
        "skip": _("Skip to the findings"),
        "contents": _("Contents"),
        "kind": _("Key account report"),
        "fictional": _("The data are invented: a practice company that does not exist."),
        "first": _("The answer"),
        "decisions": _("Decisions"),
        "outside": _("not key"),
        "urgent": _("urgent"),
        "others": _("the others"),
        "more": _("Details"),
        "trend": _("Revenue by quarter"),
        "data": _("Data behind the picture"),
        "none": _("The notebooks of this run state no findings."),
        "caveats": _("To bear in mind"),
        "method": _("Method"),
        "left_out": _("Left out"),
        "ledger": _("What the numbers rest on"),
        "reconciled": _("Every line of the source, used or set aside"),
        "exact": _("Lines and amounts add up exactly: read = used + set aside."),
        "columns": _("How the columns were read"),
        "options": _("Options in force, as in the mapping file"),
        "notes": _("Notes on the source"),
        "every": _("All accounts"),
        "plans": _("Account plans"),
        "against": _("Conflicts in what people wrote"),
        "all_plans": _("All plans: strategy, reason, documents"),
        "strategy": _("Strategy"),
        "because": _("Because"),
        "account": _("Account"),
        "documents": _("Page, document, review slides"),
        "folder": _(
            "The workbook key-accounts.xlsx beside this page holds the whole tables, the folder "
            "notebooks the analyses themselves."
        ),
    } | _words_of_tables()


def _words_of_tables() -> dict[str, str]:
    return {
        "search": _("Search"),
        "columns_shown": _("Columns"),
        "copy": _("Copy"),
        "csv": _("Save as CSV"),
        "nothing": _("No row matches."),
    }
