"""A run of three accounts, made by hand: the workbook brings its tables together, and differences
between list, plans and workbook are told with file, account and number."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from kamkit.analysis import Analysis
from kamkit.analysis.graph import Kept
from kamkit.analysis.store import Store
from kamkit.case.about import About
from kamkit.errors import OutputError
from kamkit.language import set_language
from kamkit.output import Finding
from kamkit.periods import Period
from kamkit.run import agreement, table_notes, workbook
from kamkit.schema import find

ABOUT = About("x", "X AS", "x.csv", "NOK", False, Period("2024-01-01", "2025-12-31"))
ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["1", "2", "3"],
        "account_name": ["Ask", "Bo", "Cy"],
        "revenue": [300.0, 200.0, 100.0],
        "revenue_year": [150.0, 100.0, 0.0],
        "profit_year": [15.0, -5.0, float("nan")],
        "change": [10.0, -20.0, 0.0],
    }
)
KEY = pd.DataFrame(
    {
        "rank": [1, 2],
        "account_id": ["1", "2"],
        "account_name": ["Ask", "Bo"],
        "revenue_year": [150.0, 100.0],
        "treatment": ["dedicated", "shared"],
        "score": [80.0, 60.0],
        "reasons": ["large", "=1+1"],
    }
)
ACTIONS = pd.DataFrame(
    {
        "account_id": ["2", "1", "1"],
        "account_name": ["Bo", "Ask", "Ask"],
        "objective": ["call", "grow", "keep"],
        "action": ["Call Bo.", "Offer more.", "Visit."],
        "owner": ["S1", "S2", "S2"],
        "due": ["2026-03-01", "2026-02-01", "2026-01-15"],
        "status": "open",
        "number": ["1", "1", "2"],
        "kind": "proposed",
        "conflict": "",
    }
)
GOALS = ACTIONS[["account_id", "number"]].assign(
    measure_words="sales", baseline_words="1", target_words="2", value=1.0
)
ANSWER = pd.DataFrame(
    {
        "account_id": ["2", "1"],
        "action": ["Call Bo.", "Visit."],
        "owner": ["S1", "S2"],
        "due": pd.to_datetime(["2026-03-01", "2026-01-15"]),
    }
)
LINES = pd.DataFrame(
    {
        "reason": ["read", "used", "no_date"],
        "rows": [10, 8, 2],
        "share_rows": [1.0, 0.8, 0.2],
        "amount": [700.0, 600.0, 100.0],
        "share_amount": [1.0, 6 / 7, 1 / 7],
        "unreadable": 0,
    }
)


@pytest.fixture
def made(tmp_path):
    """Return a function that keeps tables as a run does, and opens them as an analysis."""

    def kept(**tables) -> Analysis:
        store = Store(tmp_path)
        base = {
            "about": ABOUT,
            "reconciliation": LINES,
            "column_mapping": pd.DataFrame({"heading": ["Kunde"], "column": ["account_id"]}),
            "set_aside": pd.DataFrame({"row": [], "reason": []}),
        }
        for name, table in {**base, **tables}.items():
            store.write(name, Kept(table))
        return Analysis(None, store=store)

    return kept


def sheets(path) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def column(rows, heading) -> list:
    place = next(n for n, text in enumerate(rows[0]) if str(text).startswith(heading))
    return [row[place] for row in rows[1:]]


class TestWorkbook:
    def test_a_column_that_a_sheet_names_is_one_that_there_is(self):
        # a column that no table has is left out without a word, so a slip would not be seen
        named = {name for page in workbook._PAGES for name in (*page.columns, *page.totals)}
        assert {name for name in named if find(name) is None} == set()

    @pytest.fixture
    def book(self, made, tmp_path):
        analysis = made(
            accounts=ACCOUNTS,
            key_accounts=KEY,
            actions=ACTIONS,
            objectives=GOALS,
            answer=Finding("answer", ANSWER, "Two accounts."),
            health=pd.DataFrame({"account_id": ["2", "2"], "health": [40.0, 99.0]}),
            strategies=pd.DataFrame({"account_id": ["1"], "strategy": ["invest"]}),
            ordinary_sales=pd.DataFrame({"account_id": ["3"], "what_changes": ["call_now"]}),
        )
        return sheets(workbook.write(tmp_path / "key-accounts.xlsx", analysis))

    def test_the_sheets_stand_in_the_order_in_which_they_are_needed(self, book):
        # nothing was found to grow with, so there is no such sheet
        assert list(book) == ["Summary", "Key accounts", "Actions", "All accounts", "Data notes"]

    def test_the_first_thing_to_do_stands_beside_each_key_account(self, book):
        rows = book["Key accounts"]
        assert column(rows, "Account")[:2] == ["1", "2"]
        # as the first page says it
        assert column(rows, "Action")[:2] == ["Visit.", "Call Bo."]
        assert [str(day) for day in column(rows, "Due")[:2]] == ["2026-01-15", "2026-03-01"]
        # profit comes from all accounts, health from the first row of an account
        assert column(rows, "Profit last year")[:2] == [15, -5]
        assert column(rows, "Health")[:2] == ["", 40]

    def test_codes_are_words_and_text_is_no_formula(self, book):
        assert column(book["Key accounts"], "Treatment")[:2] == [
            "a team of its own",
            "a shared manager",
        ]
        assert column(book["Key accounts"], "For")[1] == "=1+1"
        assert column(book["All accounts"], "What changes")[2].startswith("late")

    def test_actions_stand_by_date(self, book):
        assert column(book["Actions"], "Action")[:3] == ["Visit.", "Offer more.", "Call Bo."]
        assert column(book["Actions"], "Number")[:3] == [2, 1, 1]
        assert str(column(book["Actions"], "Due")[0]) == "2026-01-15"

    def test_what_people_wrote_stands_below_the_actions(self, made, tmp_path):
        written = pd.DataFrame({"account_id": ["1"], "ref": ["notes"], "text": ["Fixed days"]})
        analysis = made(accounts=ACCOUNTS, actions=ACTIONS, objectives=GOALS, written=written)
        rows = sheets(workbook.write(tmp_path / "w.xlsx", analysis))["Actions"]
        assert ["1", "Notes", "Fixed days"] in [row[:3] for row in rows]

    def test_all_accounts_know_who_is_key(self, book):
        assert column(book["All accounts"], "Treatment")[:3] == [
            "a team of its own",
            "a shared manager",
            "",
        ]

    def test_lines_are_told_in_words(self, book):
        notes = book["Data notes"]
        assert [str(row[0]).lower() for row in notes[1:3]] == ["read", "used"]
        assert "no_date" not in str(notes)

    def test_where_nobody_has_chosen_class_a_stands_for_the_key_accounts(self, made, tmp_path):
        analysis = made(candidates=ACCOUNTS.head(1), classes=ACCOUNTS)
        book = sheets(workbook.write(tmp_path / "w.xlsx", analysis))
        assert list(book) == ["Summary", "Key accounts", "All accounts", "Data notes"]
        assert column(book["Key accounts"], "Account")[0] == "1"
        assert len(column(book["All accounts"], "Account")) >= 3
        bare = sheets(workbook.write(tmp_path / "b.xlsx", made()))
        assert "Data notes" in bare

    def test_many_lines_set_aside_are_cut_and_the_title_says_so(self, made, tmp_path):
        many = pd.DataFrame({"row": range(201), "reason": "no_date"})
        book = sheets(workbook.write(tmp_path / "w.xlsx", made(set_aside=many)))
        told = [row for row in book["Data notes"] if "the first 200 of 201" in str(row[0])]
        assert len(told) == 1
        few = sheets(workbook.write(tmp_path / "f.xlsx", made(set_aside=many.head(200))))
        assert any(row[0] == "Lines set aside" for row in few["Data notes"])

    def test_what_the_list_is_together_stands_on_the_first_sheet(self, made, tmp_path):
        portfolio = pd.DataFrame(
            {
                "portfolio_measure": ["revenue", "profit", "accounts"],
                "today": [250.0, None, None],
                "planned_value": [270.0, 12.0, None],
            }
        )
        analysis = made(accounts=ACCOUNTS, portfolio_table=portfolio)
        first = sheets(workbook.write(tmp_path / "w.xlsx", analysis))["Summary"]
        said = {row[1] for row in first}
        # what it is today, else what is planned; what is neither is not told
        assert {250.0, 12.0} <= said
        assert 270.0 not in said
        assert {"x.csv", "NOK"} <= said


class TestAgreement:
    STRATEGIES = pd.DataFrame(
        {"account_id": ["1"], "strategy": ["invest"], "because": ["it grows"]}
    )

    def plan(self, place, *said):
        place.joinpath("plans").mkdir(exist_ok=True)
        html = "".join(f"<p>{text}</p>" for text in said)
        place.joinpath("plans", "1.html").write_text(html, encoding="utf-8")

    def whole(self, made, place, **changed) -> Analysis:
        tables = {"accounts": ACCOUNTS, "key_accounts": KEY, "strategies": self.STRATEGIES}
        analysis = made(**tables)
        workbook.write(place / "key-accounts.xlsx", analysis)
        return made(**{**tables, **changed})

    def strategy(self, analysis) -> str:
        from kamkit.schema import word

        return word("invest")

    def test_a_run_that_tells_one_story_is_let_through(self, made, tmp_path):
        analysis = self.whole(made, tmp_path)
        self.plan(tmp_path, "It bought for NOK\xa0150", "left NOK\xa015", self.strategy(analysis))
        agreement.agree(tmp_path, analysis)

    def test_a_list_that_differs_is_named_with_both_numbers(self, made, tmp_path):
        analysis = self.whole(made, tmp_path, key_accounts=KEY.assign(revenue_year=[150.0, 101.0]))
        with pytest.raises(OutputError) as error:
            agreement.agree(tmp_path, analysis)
        found = error.value.found.replace("\xa0", " ")
        assert found.startswith("tables/key_accounts.parquet: ")
        assert found.endswith("of 2 is 101, elsewhere 100")

    def test_a_cent_is_no_difference_and_two_are(self, made, tmp_path):
        near = KEY.assign(revenue_year=[150.01, 100.0])
        agreement.agree(tmp_path, self.whole(made, tmp_path, key_accounts=near))
        far = KEY.assign(revenue_year=[150.02, 100.0])
        with pytest.raises(OutputError):
            agreement.agree(tmp_path, self.whole(made, tmp_path, key_accounts=far))

    def test_the_accounts_outside_are_compared_too(self, made, tmp_path):
        others = pd.DataFrame({"account_id": ["3"], "revenue_year": [7.0]})
        with pytest.raises(OutputError, match=r"ordinary_sales\.parquet"):
            agreement.agree(tmp_path, self.whole(made, tmp_path, ordinary_sales=others))

    def test_a_workbook_of_other_numbers_is_named(self, made, tmp_path):
        analysis = self.whole(made, tmp_path)
        other = made(accounts=ACCOUNTS.assign(profit_year=[16.0, -5.0, 0.0]))
        assert analysis.about == other.about
        with pytest.raises(OutputError) as error:
            agreement.agree(tmp_path, other)
        assert error.value.found.startswith("key-accounts.xlsx, Key accounts: ")
        assert "of 1 is 15, elsewhere 16" in error.value.found

    def test_a_plan_that_lacks_a_number_or_the_strategy_is_named(self, made, tmp_path):
        analysis = self.whole(made, tmp_path)
        self.plan(tmp_path, "It bought for NOK\xa0150", "left NOK\xa014", "Strategy: keep.")
        with pytest.raises(OutputError) as error:
            agreement.agree(tmp_path, analysis)
        found = error.value.found.replace("\xa0", " ")
        assert found.count("plans/1.html: ") == 2
        assert "“NOK 15” is missing" in found
        assert f"“{self.strategy(analysis)}” is missing" in found

    @pytest.mark.parametrize("said", ["NOK\xa0150", "NOK\xa015.5", "NOK\xa0115", "15"])
    def test_a_longer_amount_does_not_tell_a_shorter_one(self, made, tmp_path, said):
        analysis = self.whole(made, tmp_path)
        self.plan(tmp_path, "NOK\xa0150.", said, self.strategy(analysis))
        with pytest.raises(OutputError, match="“NOK\xa015” is missing"):
            agreement.agree(tmp_path, analysis)

    def test_in_word_an_amount_may_be_in_parts_and_stand_beside_another(self, made, tmp_path):
        analysis = self.whole(made, tmp_path)
        told = self.strategy(analysis)
        parts = ["<w:t>NOK\xa01</w:t><w:t>50</w:t>", "<w:t>2025</w:t>", "<w:t>NOK\xa015.</w:t>"]
        parts.append(f"<w:t>{told}</w:t>")
        text = "".join(f"<w:tc><w:p>{part}</w:p></w:tc>" for part in parts)
        self.plan(tmp_path, "NOK\xa0150", "NOK\xa015", told)
        with zipfile.ZipFile(tmp_path / "plans" / "1.docx", "w") as document:
            document.writestr("word/document.xml", text)
            document.writestr("word/styles.xml", "NOK\xa015")
        agreement.agree(tmp_path, analysis)
        with zipfile.ZipFile(tmp_path / "plans" / "1.docx", "w") as document:
            document.writestr("word/document.xml", text.replace("NOK\xa015.", ""))
            document.writestr("word/styles.xml", "NOK\xa015")
        with pytest.raises(OutputError, match=r"plans/1\.docx: “NOK.15” is missing"):
            agreement.agree(tmp_path, analysis)

    def test_of_an_account_that_bought_nothing_only_the_strategy_is_asked_for(self, made, tmp_path):
        silent = ACCOUNTS.assign(revenue_year=[0.0, 100.0, 0.0])
        analysis = self.whole(
            made, tmp_path, accounts=silent, key_accounts=KEY.iloc[1:], ordinary_sales=KEY.head(0)
        )
        workbook.write(tmp_path / "key-accounts.xlsx", analysis)
        self.plan(tmp_path, self.strategy(analysis))
        agreement.agree(tmp_path, analysis)

    def test_not_more_than_five_differences_are_named(self, made, tmp_path):
        many = pd.DataFrame({"account_id": [str(n) for n in range(9)], "revenue_year": 1.0})
        key = many.assign(revenue_year=2.0)
        analysis = made(accounts=many, ordinary_sales=key)
        with pytest.raises(OutputError) as error:
            agreement.agree(tmp_path, analysis)
        assert error.value.found.count("elsewhere") == 5


class TestTablesDescribed:
    def test_every_table_with_its_rows_columns_and_what_they_mean(self, tmp_path):
        ACCOUNTS[["account_id", "revenue"]].to_parquet(tmp_path / "b.parquet")
        ACCOUNTS[["account_id"]].head(1).to_parquet(tmp_path / "a.parquet")
        path = table_notes.write(tmp_path)
        assert path == tmp_path / "README.md"
        lines = path.read_text(encoding="utf-8").splitlines()
        heads = [line for line in lines if line.startswith("## ")]
        assert heads == ["## a.parquet (1 row)", "## b.parquet (3 rows)"]
        told = [line for line in lines if line.startswith("| revenue |")]
        assert len(told) == 1
        assert len(told[0].split(" | ")) == 3
        # of one table and of the other
        assert sum(line.startswith("| account_id |") for line in lines) == 2

    def test_the_index_that_pandas_adds_is_no_column(self, tmp_path):
        ACCOUNTS.head(2).iloc[::-1][["revenue"]].to_parquet(tmp_path / "a.parquet")
        path = table_notes.write(tmp_path)
        assert path is not None
        assert "__index" not in path.read_text(encoding="utf-8")

    def test_a_folder_without_tables_has_no_description(self, tmp_path):
        assert table_notes.write(tmp_path) is None
        assert list(tmp_path.iterdir()) == []

    def test_it_is_written_in_the_language_of_the_run(self, tmp_path):
        ACCOUNTS.head(1).to_parquet(tmp_path / "a.parquet")
        set_language("nb")
        path = table_notes.write(tmp_path)
        assert path is not None
        text = path.read_text(encoding="utf-8")
        assert "(1 rad)" in text
        assert "Omsetning" in text
