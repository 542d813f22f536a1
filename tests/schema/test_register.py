"""Every column is described once, in few words, in both languages, and nowhere else."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

from kamkit import schema
from kamkit.analysis import RESULTS
from kamkit.language import gettext, speaking
from kamkit.schema import COLUMNS, KINDS
from kamkit.schema.register import BASES, FILE, PERIODS, UNITS
from tools import columns as page
from tools import language as catalogue

ROOT = Path(__file__).resolve().parents[2]
SAID_ELSEWHERE = {
    "kamkit/explore/scores.py": "labels of controls",
    "kamkit/relate/charts.py": "marks of a legend",
    "kamkit/case/template.py": "names of kinds, and what a cell is checked for",
    "kamkit/case/trust.py": "what is left out where the ledger lacks the column",
    "kamkit/choose/_cuts.py": "what a share is of",
    "kamkit/choose/capacity.py": "what an assignment could not look at",
    "kamkit/choose/criteria.py": "what the ends of a scale mean",
    "kamkit/choose/fit.py": "what speaks for a manager, and against one",
    "kamkit/learn/capstone.py": "what a learner's tables ask",
    "kamkit/learn/hand_in_words.py": "what people may write in place of a code",
    "kamkit/learn/capstone_papers.py": "headings of the papers that are handed in",
    "kamkit/learn/handed_in.py": "what a learner fills in",
    "kamkit/plan/_answer.py": "what is at stake",
    "kamkit/plan/_decisions.py": "who decides where it is no account",
    "kamkit/plan/aim.py": "what an objective of a plan measures, as its table says it",
    "kamkit/plan/_objectives.py": "actions",
    "kamkit/plan/reason.py": "why a strategy, and what would change it",
    "kamkit/plan/_register.py": "what the fields of a plan ask",
    "kamkit/plan/threats.py": "what meets a threat",
    "kamkit/run/accounts_page.py": "buttons and notes of the page",
    "kamkit/value/_price_volume_mix.py": "what an effect is called inside a sentence",
    "kamkit/relate/_health.py": "what a part of health means at 100",
    "kamkit/relate/_stage.py": "the questions as they are asked",
    "kamkit/run/first_page.py": "what a reader of the first page asks",
    "kamkit/run/report.py": "the words of the page",
    "kamkit/run/workbook.py": "the titles of the sheets",
    "kamkit/value/lifetime_finding.py": "what a value rests on",
}
"""Files that say something else under the name of a column than what it is called."""


def rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_no_column_is_described_twice():
    names = [row["name"] for row in rows()]
    assert sorted(set(names)) == sorted(names)
    assert len(names) == len(COLUMNS) > 400


def test_a_description_is_whole_and_short():
    needed = {"", *schema.TABLES, *(one.name for one in schema.TABLES["sales"].columns)}
    for column in COLUMNS.values():
        whole = (
            column.kind in KINDS,
            column.unit in {"", *UNITS},
            column.period in {"", *PERIODS},
            column.basis in {"", *BASES},
            column.needs in needed,
            1 <= len(column.label.split()) <= 3,
            len(column.short) < len(column.label),
            bool(column.meaning) and not column.meaning.endswith("."),
        )
        assert all(whole), f"{column.name}: {whole}"


def test_a_heading_means_one_thing_and_a_thing_has_one_heading():
    pairs = {(column.label, column.meaning) for column in COLUMNS.values()}
    assert len({heading for heading, _meaning in pairs}) == len(pairs)
    assert len({meaning for _heading, meaning in pairs}) == len(pairs)


def test_every_column_has_norwegian_words():
    norwegian = {
        catalogue.words(one)[0] for one in catalogue.kept() if all(catalogue.translations(one))
    }
    said = {
        text for one in COLUMNS.values() for text in (one.label, one.short, one.meaning) if text
    }
    assert said <= norwegian
    with speaking("nb"):
        assert all(len(gettext(one.label).split()) <= 3 for one in COLUMNS.values())


def test_nobody_else_describes_a_column():
    told = {}
    for path in sorted((ROOT / "kamkit").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        found = described(ast.parse(path.read_text(encoding="utf-8")))
        # what a question offers is no column, whatever its code is
        if found and not name.startswith(("kamkit/schema/", "kamkit/learn/lessons/")):
            told[name] = found
    assert not {name: found for name, found in told.items() if name not in SAID_ELSEWHERE}


def described(tree: ast.AST) -> list[str]:
    """The columns that a module's dict literals map to words."""
    return [
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant)
        and key.value in COLUMNS
        and is_words(value.elts[0] if isinstance(value, ast.Tuple) and value.elts else value)
    ]


def is_words(node: ast.AST) -> bool:
    called = isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "N_", "gettext")
    return called and not getattr(node, "keywords", [])


def test_a_dict_of_words_for_columns_is_seen():
    assert described(ast.parse('X = {"profit": (N_("gain"), "money"), "colour": N_("c")}')) == [
        "profit"
    ]


def test_headings_have_units_and_currency_in_both_languages():
    assert schema.label("interval_days") == "Purchase interval (days)"
    assert schema.label("profit", "NOK") == "Customer profit (NOK)"
    assert schema.label("profit_ratio", "NOK") == "Profit ratio"
    with speaking("nb"):
        assert schema.label("interval_days") == "Kjøpsintervall (dager)"
        assert schema.label("rank_revenue") == "Plass etter omsetningen"
        assert schema.noun("rfm_score") == "RFM-poeng"


def test_every_column_that_a_result_shows_is_described():
    shown = {column for result in RESULTS.values() for column in result.columns}
    assert len(shown) > 60
    assert [column for column in sorted(shown) if not schema.find(column)] == []


def test_the_page_of_columns_is_that_of_the_register():
    assert page.TARGET.read_text(encoding="utf-8") == page.text(), "run make docs"
