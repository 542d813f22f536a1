"""Every result of the practice company: the same numbers, languages and bytes wherever they stand.

The API, the run's tables, the workbook, the notebooks, the plans and what comes back from disk are
compared. All of it is one analysis, which costs much, so the tests of it stand in one file.
"""

from __future__ import annotations

import re

import openpyxl
import pandas as pd
import pytest

import kamkit as kam
from kamkit.analysis import RESULTS, LeftOut
from kamkit.analysis.store import Store
from kamkit.language import speaking
from kamkit.output import Finding, formatted
from kamkit.run import RunOptions, run
from kamkit.settings import Settings
from tests.conftest import FULL
from tools.torture_kill import write_ledger

pytestmark = pytest.mark.slow

FEW = {"draws": 50, "lifetime_draws": 20}
SHARED = ("revenue", "contribution", "cost_to_serve", "profit", "profit_ratio", "lifetime_value")
CHANGED = {
    **FEW,
    "key_accounts": 3,
    "also": 2,
    "rates": {"delivery": 5000},
    "annual_interest_rate": 0.2,
    "weights": {"profit": 3, "growth": 1},
}


CODES = ("column_mapping", "strategy_rules")
"""The tables that show names as they are written in a file to edit."""

KEPT = [name for name, one in RESULTS.items() if one.kept]


@pytest.fixture(scope="module")
def usual():
    """The analysis of the practice company, in English."""
    return kam.analyse("fjordgross", **FEW)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The practice company; a dozen customers where not all is asked for."""
    return "fjordgross" if FULL else str(write_ledger(tmp_path_factory.mktemp("few") / "sales.csv"))


@pytest.fixture(scope="module")
def changed(usual):
    """The analysis with other settings, made from the first one as a user would."""
    return usual.change(**CHANGED)


@pytest.fixture(scope="module", params=["usual", *(["changed"] if FULL else [])])
def both(request, practice_run, tmp_path_factory):
    """A run and an analysis of the same settings; with KAMKIT_FULL=1 other settings too."""
    if request.param == "usual":
        return practice_run, request.getfixturevalue("usual")
    out = tmp_path_factory.mktemp("same") / "run"
    options = RunOptions(out=out, quiet=True, lang="en")
    done = run("fjordgross", Settings.of(**CHANGED), options=options)
    return done, request.getfixturevalue("changed")


def _unlike(one, other):
    """Return the columns whose cells are not the same in two tables."""
    return [c for c in one.columns if not one[c].astype(object).equals(other[c].astype(object))]


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_what_was_made_in_english_is_in_norwegian_what_norwegian_makes(company):
    english = kam.analyse(company, **FEW)
    english.make(KEPT)
    with speaking("nb"):
        norwegian = kam.analyse(kam.open_case(company), **FEW)  # made anew
        differ = []
        for name in KEPT:
            one, other = english.get(name), norwegian.get(name)
            if isinstance(one, LeftOut):
                continue
            if isinstance(one, Finding) and (one.text, one.caveats) != (other.text, other.caveats):
                differ.append(f"{name}: {one.text} {one.caveats} | {other.text} {other.caveats}")
            tables = [each.table if isinstance(each, Finding) else each for each in (one, other)]
            if isinstance(tables[0], pd.DataFrame):
                differ += [f"{name}: {column}" for column in _unlike(*tables)]
    assert not differ, "\n".join(differ)


@pytest.mark.timeout(600)
def test_no_table_shows_a_code_where_a_reader_wants_a_word(practice_run):
    kept = practice_run.analysis
    assert len(kept.kept_names()) > 100
    assert not [code for name in kept.kept_names() for code in _codes(name, kept.get(name))]


def _codes(name, value):
    table = getattr(value, "table", value)
    if not isinstance(table, pd.DataFrame) or name in CODES:
        return []
    shown = formatted(table.head(500), columns=table.kamkit["columns"])
    texts = {str(text) for column in shown.columns for text in shown[[column]].to_numpy().flat}
    return [f"{name}: {text}" for text in texts if re.search(r"\b[a-z]+_[a-z_]+\b", text)]


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_every_result_comes_back_from_disk_as_it_was(usual, tmp_path):
    store = Store(tmp_path)
    for name in KEPT:
        kept = usual._ask(name)
        store.write(name, kept)
        read = store.read(name)
        assert read is not None
        assert read.used == kept.used
        assert str(read.error) == str(kept.error), name
        if isinstance(kept.value, Finding):
            assert (read.value.text, read.value.caveats) == (kept.value.text, kept.value.caveats)
            assert type(read.value) is type(kept.value)
        before, after = (_table(one.value) for one in (kept, read))
        if before is not None:
            pd.testing.assert_frame_equal(after, before, check_exact=True, obj=name)
            assert after.attrs == before.attrs, name
    assert set(store.names()) <= set(RESULTS)


@pytest.mark.story
@pytest.mark.timeout(900)
def test_every_table_of_the_run_is_that_of_the_api(both):
    done, a = both
    kept = done.analysis
    assert kept.settings == a.settings
    for name in (
        "accounts",
        "key_accounts",
        "profits",
        "health",
        "strategies",
        "objectives",
        "opportunities",
        "programme_accounts",
        "scenarios",
        "relations",
    ):
        ours, theirs = (_frame(one.get(name)) for one in (a, kept))
        pd.testing.assert_frame_equal(theirs, ours, obj=name)


@pytest.mark.timeout(900)
def test_an_account_has_one_profit_in_every_table_that_has_a_profit(both):
    done, a = both
    accounts = a.accounts.set_index("account_id")
    checked = 0
    for path in sorted((done.folder / "tables").glob("*.parquet")):
        table = pd.read_parquet(path)
        if "account_id" not in table or not table["account_id"].is_unique:
            continue
        if "seller" in table:
            continue  # one row per account and seller
        if path.stem in ("earlier_accounts", "later_scores", "site_facts"):
            continue  # of another day, another period, or of the members of chains
        rows = table.set_index("account_id")
        shared = accounts.index.intersection(rows.index)
        for column in [name for name in SHARED if name in rows and name in accounts]:
            ours = accounts.loc[shared, column].astype(float)
            theirs = rows.loc[shared, column].astype(float)
            assert (theirs - ours).abs().max() < 1e-6, f"{path.stem}.{column}"
            checked += len(shared)
    assert checked > 10_000


@pytest.mark.timeout(900)
def test_the_workbook_says_what_the_accounts_say(both):
    done, a = both
    accounts = a.accounts.set_index("account_id")
    book = openpyxl.load_workbook(done.workbook, read_only=True)
    rows = list(book["Key accounts"].iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if "Account" in row)
    columns = list(rows[head])
    at = columns.index("Account")
    money = [n for n, text in enumerate(columns) if "profit last year (" in str(text).lower()]
    assert money, columns
    seen = 0
    for row in rows[head + 1 :]:
        if row[at] in accounts.index:
            assert row[money[0]] == pytest.approx(accounts.loc[row[at], "profit_year"], abs=0.01)
            seen += 1
    assert seen == len(a.key_accounts)


@pytest.mark.timeout(900)
def test_a_plan_rests_on_the_same_facts(both):
    done, a = both
    accounts = a.accounts.set_index("account_id")
    for account in a.planned["account_id"]:
        fact = a.plan(account).content.fact
        for column in SHARED:
            assert fact[column] == pytest.approx(float(accounts.loc[account, column]), nan_ok=True)

    written = {path.stem for path in (done.folder / "plans").glob("*.docx")}
    assert written == set(kam.plan.with_document(a.planned, a.strategies))


@pytest.mark.timeout(900)
def test_the_notebooks_show_the_numbers_of_the_analysis(both):
    done, a = both
    text = (done.folder / "notebooks" / "03_value.ipynb").read_text(encoding="utf-8")
    shown = a.profit.text
    assert shown.replace('"', '\\"') in text
    report = done.report.read_text(encoding="utf-8")
    for one in (a.profit, a.observed_rule, a.breadth, a.health):
        assert one.text.replace("&", "&amp;").split(".")[0].replace("'", "&#39;") in report


def test_a_dear_delivery_gives_one_profit_and_not_two(changed):
    rows = [
        one.set_index("account_id").loc["K05", "profit"]
        for one in (
            changed.profits,
            changed.account_value,
            changed.accounts,
            changed.planned_accounts,
        )
        if "K05" in set(one["account_id"])
    ]
    assert len({round(float(value), 2) for value in rows}) == 1
    assert rows[0] < 0


def _frame(value):
    found = (
        value.table if hasattr(value, "table") and not isinstance(value, pd.DataFrame) else value
    )
    return pd.DataFrame(found).reset_index(drop=True)


def _table(value):
    found = value.table if isinstance(value, Finding) else value
    return pd.DataFrame(found).copy() if isinstance(found, pd.DataFrame) else None
