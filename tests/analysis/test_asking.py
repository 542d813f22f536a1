"""An analysis that is asked: what it makes, shares, keeps and refuses, and what it says of it."""

from __future__ import annotations

import json
import threading

import pandas as pd
import pytest

import kamkit as kam
from kamkit.analysis import RESULTS, Analysis, LeftOut
from kamkit.analysis import core as analysis_core
from kamkit.analysis.graph import Kept, Result, Watched, order, result
from kamkit.analysis.store import Store
from kamkit.case import open_case
from kamkit.errors import CapacityError, LedgerError, MissingTable, ParameterError, SourceError
from kamkit.language import language
from kamkit.settings import Settings


@pytest.fixture(scope="module")
def case(small):
    return small


@pytest.fixture
def made():
    """Return a function that registers a result for one test."""
    names = []

    def registered(function, **how):
        RESULTS[function.__name__] = Result(function, **how)
        names.append(function.__name__)

    yield registered
    for name in names:
        del RESULTS[name]


class TestMaking:
    def test_a_result_rests_on_the_settings_of_all_that_it_needs(self, case):
        a = Analysis(case)
        assert a._ask("account_facts").used == {"chains", "end", "fiscal_year_start", "start"}
        assert a._ask("classes").used == {*a._ask("account_facts").used, "cut_a", "cut_b"}
        assert a._ask("candidates").used == a._ask("classes").used
        # of the ledger itself nothing but the lines is told
        assert a._ask("reconciliation").used == frozenset()

    def test_what_is_left_out_takes_along_what_cannot_do_without_it(self, case):
        a = Analysis(case)
        reason = a._ask("profit").error
        assert isinstance(reason, MissingTable)
        for name in ("profits", "whale", "whale_curve"):
            assert a._ask(name).error is reason
        # losing an account can be told by revenue alone
        assert a._ask("losing").error is None

    def test_what_is_left_out_rests_on_the_settings_that_were_read_before(self, case):
        a = Analysis(case)
        assert {"rates", "chains"} <= a._ask("profit").used
        assert a._ask("whale").used == a._ask("profit").used
        b = a.change(cut_a=0.5)
        assert b._ask("profit") is a._ask("profit")
        assert a.change(rates={"delivery": 5})._ask("profit") is not a._ask("profit")

    def test_every_other_error_stops_the_analysis(self, case, made):
        def broken(account_facts):
            raise ZeroDivisionError("by zero")

        made(broken)
        with pytest.raises(ZeroDivisionError, match="by zero"):
            Analysis(case).get("broken")

    def test_a_missing_attribute_inside_is_not_taken_for_a_missing_result(self, case, made):
        def broken(account_facts):
            return account_facts.no_such_thing

        made(broken)
        with pytest.raises(RuntimeError, match=r"broken cannot be made: .*no_such_thing"):
            Analysis(case).get("broken")

    def test_where_there_is_nothing_to_tell_nothing_is_shown(self, case, made):
        def silent(ledger):
            return None

        made(silent)
        shown = Analysis(case).get("silent")
        assert (shown.text, bool(shown), len(shown)) == ("", False, 0)
        with pytest.raises(AttributeError, match="nothing to tell of 'silent'"):
            shown.rows  # noqa: B018 - asking is the test

    def test_two_who_ask_at_once_get_one_result(self, case, made):
        calls = []
        inside = threading.Event()

        def slow(ledger):
            calls.append(1)
            inside.wait(0.2)
            return "done"

        made(slow)
        a = Analysis(case)
        threads = [threading.Thread(target=a.get, args=["slow"]) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(calls), a.get("slow")) == (1, "done")

    def test_a_case_is_opened_when_first_needed_and_once(self, case):
        opened = []

        def opening():
            opened.append(1)
            return case

        a = Analysis(opening)
        assert opened == []
        a.make(["classes", "concentration"])
        assert (len(opened), a.ledger is case) == (1, True)

    def test_pictures_are_drawn_for_each_language_and_tables_made_once(self, case):
        a = Analysis(case)
        a.make(["pareto", "classes"])
        kam.language.set_language("nb")
        a.make(["pareto", "classes"])
        made = [name for name, _lang in a._kept]
        assert (made.count("pareto"), made.count("classes")) == (2, 1)

    def test_columns_are_those_of_the_result_as_far_as_they_are_there(self, case):
        shown = Analysis(case).classes.kamkit["columns"]
        assert [*shown][:4] == ["account_id", "revenue", "share", "cumulative_share"]
        assert "contribution_ratio" not in shown


class TestRegistering:
    def test_one_name_is_one_result(self):
        def classes(case): ...

        with pytest.raises(ValueError, match="two functions make the result 'classes'"):
            result()(classes)

    def test_a_result_is_called_like_nothing_that_an_analysis_can_do(self, monkeypatch):
        def change(case): ...

        monkeypatch.setattr(analysis_core, "RESULTS", {"change": Result(change)})
        with pytest.raises(ValueError, match="cannot be called 'change'"):
            analysis_core.attach()

    def test_what_is_registered_stays_a_function(self):
        try:

            @result(columns="a b", kept=False, whole=False)
            def tried(ledger, part=None):
                return ledger, part

            assert tried(1) == (1, None)
            found = RESULTS["tried"]
            assert (found.name, found.columns, found.kept, found.whole) == (
                "tried",
                ("a", "b"),
                False,
                False,
            )
            assert found.needs == (("ledger", True), ("part", False))
        finally:
            del RESULTS["tried"]

    def test_the_order_names_what_is_needed_and_no_more(self):
        names = order(["candidates"])
        assert names[-2:] == ["classes", "candidates"]
        assert set(names) == {"case", "account_facts", "classes", "candidates"}
        assert names.index("case") < names.index("account_facts") < names.index("classes")

    def test_a_setting_that_is_none_is_not_remembered_as_read(self):
        watched = Watched(Settings())
        with pytest.raises(AttributeError):
            watched.no_such_setting  # noqa: B018 - asking is the test
        assert watched.read == set()


class TestChanging:
    def test_several_results_are_shared_and_those_made_later_are_not(self, case):
        a = Analysis(case)
        a.make(["classes", "reconciliation"])
        b = a.change(end="2024-12-31")
        assert b.kept_names() == ["reconciliation"]
        assert b.account_facts["revenue"].tolist() == [120, 60, 24]
        assert a.account_facts["revenue"].tolist() == [240, 120, 48]
        b.make(["concentration"])
        assert "concentration" not in a.kept_names()

    def test_the_same_settings_share_everything(self, case):
        a = Analysis(case, Settings(cut_a=0.6))
        a.make(["classes"])
        assert a.change(cut_a="0.6").kept_names() == a.kept_names()
        # and back again: what was made under the usual settings is not made up
        assert "classes" not in a.change(cut_a=0.8).kept_names()

    def test_changes_add_up(self, case):
        both = Analysis(case).change(cut_a=0.5).change(cut_b=0.9)
        assert (both.settings.cut_a, both.settings.cut_b) == (0.5, 0.9)

    def test_a_number_of_key_accounts_is_a_setting_like_others(self, case):
        a = Analysis(case).choose(2, draws=50)
        assert a.settings.given() == {"key_accounts": 2, "draws": 50}
        assert a.choose().settings.given() == {"draws": 50}
        assert a.choose(n=3).settings.key_accounts == 3

    def test_settings_that_contradict_each_other_are_refused(self, case):
        with pytest.raises(ParameterError, match="team of their own"):
            Analysis(case).choose(2, dedicated=3)

    def test_an_analysis_says_whose_of_when_and_under_which_settings(self, case):
        usual = repr(Analysis(case))
        assert usual.startswith("Analysis of ")
        assert usual.endswith("15 Jan 2024 – 15 Dec 2025")
        changed = repr(Analysis(case, Settings(cut_a=0.5, criteria=("profit",))))
        assert changed.endswith("15 Dec 2025 (cut_a=0.5, criteria=['profit'])")

    def test_the_language_is_a_setting_too(self, case):
        kam.analyse(case, language="nb")
        assert language() == "nb"
        Analysis(case)
        assert language() == "nb"

    def test_a_file_that_is_not_there_is_refused_before_anything_is_made(self, tmp_path):
        with pytest.raises(ParameterError) as error:
            kam.analyse(tmp_path / "no.csv", rules=str(tmp_path / "rules.csv"))
        assert "“rules”" in error.value.message
        with pytest.raises(SourceError):
            kam.analyse(tmp_path / "no.csv")


class TestPeriodOfTheCase:
    def test_the_days_after_the_end_do_not_count(self, case):
        a = Analysis(case, Settings(start="2024-03-01", end="2024-06-30"))
        assert a.account_facts["revenue"].tolist() == [40, 20, 8]
        assert str(a.about.period) == "15 Mar 2024 – 15 Jun 2024"

    def test_the_first_and_the_last_day_count(self, case):
        a = Analysis(case, Settings(start="2024-03-15", end="2024-06-15"))
        assert a.account_facts["revenue"].tolist() == [40, 20, 8]
        b = Analysis(case, Settings(start="2024-03-16", end="2024-06-14"))
        assert b.account_facts["revenue"].tolist() == [20, 10, 4]

    def test_the_last_year_is_the_later_one(self, case):
        table = Analysis(case).last_year.set_index("account_id")
        assert table["revenue_year"].to_dict() == {"a": 120, "b": 60, "c": 24}
        assert list(table) == ["revenue_year"]

    def test_members_of_a_chain_are_one_account_or_each_its_own(self):
        rows = [
            (account, "P" if account in "ab" else None, f"2025-{month:02d}-01", amount)
            for account, amount in (("a", 4.0), ("b", 3.0), ("c", 5.0))
            for month in range(1, 13)
        ]
        case = open_case(pd.DataFrame(rows, columns=["account_id", "parent_id", "date", "amount"]))
        a = Analysis(case)
        assert a.account_facts[["account_id", "revenue"]].to_numpy().tolist() == [
            ["P", 84.0],
            ["c", 60.0],
        ]
        assert a.site_facts["account_id"].tolist() == ["c", "a", "b"]
        alone = a.change(chains=False)
        assert alone.account_facts["account_id"].tolist() == ["c", "a", "b"]
        assert alone._ask("site_facts").value is alone._ask("account_facts").value


class TestLeftOut:
    def test_it_says_why_and_what_would_help(self):
        error = MissingTable("No cost.", found="revenue only", remedy="Add the column.")
        assert repr(LeftOut("profit", error)) == "Left out: No cost. Add the column."

    @pytest.mark.parametrize("kind", [CapacityError, LedgerError])
    def test_by_how_much_a_limit_is_passed_is_said(self, kind):
        error = kind("Too few hours.", found="5 are missing", remedy="Add hours.")
        assert LeftOut("x", error).text == "Left out: Too few hours. (5 are missing) Add hours."
        assert LeftOut("x", kind("Too few.")).text == "Left out: Too few."

    def test_what_is_asked_of_it_raises_its_reason_and_python_may_look_for_its_own(self):
        error = MissingTable("No cost.")
        one = LeftOut("profit", error)
        for ask in (lambda: one.head, lambda: one["profit"], lambda: one.table.columns):
            with pytest.raises(MissingTable) as raised:
                ask()
            assert raised.value is error
        assert not hasattr(one, "_repr_png_")

    def test_it_shows_itself_as_a_note_and_writes_no_markup_of_others(self):
        data, about = LeftOut("x", MissingTable("<b> & co."))._repr_mimebundle_()
        assert data["text/html"] == ('<p class="kamkit-note">Left out: &lt;b&gt; &amp; co.</p>')
        assert data["text/plain"] == about["kamkit"]["text"] == "Left out: <b> & co."
        assert about["kamkit"]["kind"] == "note"


class TestShowingItself:
    def test_a_card_tells_source_period_accounts_and_how_to_choose(self, case):
        a = Analysis(case, Settings(cut_a=0.5))
        shown = a._repr_html_()
        for text in ("2024", "Accounts", ">3<", "a.choose(n=20)", "cut_a=0.5"):
            assert text in shown
        assert "key_accounts" not in a.kept_names()

    def test_the_chosen_are_named_once_they_are_chosen(self, case):
        a = Analysis(case, Settings(draws=20, key_accounts=2))
        a.make(["key_accounts"])
        assert "2: a, b" in a._repr_html_()

    def test_a_card_is_escaped(self, case):
        a = Analysis(case, Settings(criteria=("<b>",)))
        assert "<b>" not in a._repr_html_()
        assert "<b>" not in a.settings._repr_html_()


class TestFinishedRun:
    def saved(self, case, folder, settings=None, **more):
        a = Analysis(case, settings)
        a.make(["about", "classes", "profit", "pareto"])
        a.save(folder)
        found = {"settings": a.settings.given(), **more}
        (folder / "manifest.json").write_text(json.dumps(found), encoding="utf-8")
        return a

    def test_it_is_an_analysis_without_its_ledger(self, case, tmp_path):
        a = self.saved(case, tmp_path, Settings(cut_a=0.5))
        b = kam.open_run(tmp_path)
        assert b.settings == a.settings
        assert b.ledger is None
        pd.testing.assert_frame_equal(b.classes, a.classes)
        assert b.profit.text == a.profit.text
        # a picture is not kept, but drawn from what is
        assert not list(tmp_path.rglob("pareto*"))
        assert b.pareto.title == a.pareto.title

    def test_what_it_has_not_kept_names_the_way_to_the_ledger(self, case, tmp_path):
        self.saved(case, tmp_path)
        b = kam.open_run(tmp_path)
        for name in ("case", "last_year"):
            with pytest.raises(MissingTable) as error:
                b.require(name)
            assert error.value.message == f"This run has not kept “{name}”."
            assert "kamkit.analyse(" in error.value.remedy

    def test_its_names_are_those_kept_and_those_drawn_since(self, case, tmp_path):
        self.saved(case, tmp_path)
        b = kam.open_run(tmp_path)
        assert {"about", "classes"} <= set(b.kept_names())
        assert not {"profit", "pareto"} & set(b.kept_names())
        b.make(["pareto"])
        assert "pareto" in b.kept_names()

    def test_a_table_made_elsewhere_can_be_kept_with_it(self, case, tmp_path):
        self.saved(case, tmp_path)
        b = kam.open_run(tmp_path)
        b.keep("plans", pd.DataFrame({"account_id": ["a"], "strategy": ["keep"]}))
        assert kam.open_run(tmp_path).get("plans")["strategy"].tolist() == ["keep"]
        with pytest.raises(AttributeError):
            b.get("no_such_table")
        Analysis(case).keep("plans", pd.DataFrame())  # without a folder there is nowhere to

    def test_of_a_changed_run_all_is_there_that_does_not_rest_on_the_change(self, case, tmp_path):
        a = self.saved(case, tmp_path)
        b = kam.open_run(tmp_path).change(cut_a=0.5)
        assert repr(b) == f"{a!r} (cut_a=0.5)"
        assert b.about == a.about
        assert "classes" not in b.kept_names()
        # the classes rest on the cuts and are made anew, of the facts that were kept
        assert b.classes.equals(a.change(cut_a=0.5).classes)
        assert not b.classes.equals(a.classes)
        # nothing of it is written into the run
        assert kam.open_run(tmp_path).classes.equals(a.classes)
        assert b.change(cut_a=0.8).get("about") == a.about

    def test_the_list_of_a_finished_run_is_chosen_anew_without_its_ledger(self, case, tmp_path):
        a = Analysis(case, Settings(draws=20))
        a.make(["key_accounts", "accounts"])
        a.save(tmp_path)
        (tmp_path / "manifest.json").write_text('{"settings": {"draws": 20}}', encoding="utf-8")
        c = kam.open_run(tmp_path).choose(n=1)
        assert c.accounts.equals(a.accounts)
        assert c.key_accounts["account_id"].tolist() == ["a"]
        assert a.choose(n=1).key_accounts.equals(c.key_accounts)

    def test_an_analysis_tells_what_it_is_even_where_nothing_was_kept(self, case, tmp_path):
        self.saved(case, tmp_path)
        other = kam.open_run(tmp_path).change(start="2025-01-01")
        assert "start=" in repr(other)
        assert "start=2025-01-01" in other._repr_html_()

    def test_a_run_of_an_earlier_version_says_so(self, tmp_path):
        (tmp_path / "manifest.json").write_text('{"settings": {}}', encoding="utf-8")
        with pytest.raises(SourceError, match="made by an earlier version of kamkit") as error:
            kam.open_run(tmp_path)
        assert "kamkit run" in error.value.remedy

    def test_it_is_read_in_the_language_of_the_reader(self, case, tmp_path):
        self.saved(case, tmp_path)
        path = tmp_path / "manifest.json"
        path.write_text(json.dumps({"settings": {"language": "nb", "cut_a": 0.7}}))
        assert kam.open_run(tmp_path).settings == Settings(cut_a=0.7)
        assert language() == "en"

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", "{}", '{"settings": null}', '{"settings": [1]}', '"settings"']
    )
    def test_a_folder_that_is_no_run_is_refused_by_its_name(self, case, tmp_path, text):
        self.saved(case, tmp_path)
        (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
        with pytest.raises(SourceError) as error:
            kam.open_run(tmp_path)
        assert f"“{tmp_path.name}” is no run" in error.value.message

    def test_an_unfinished_run_works_in_a_folder_of_its_own(self, tmp_path):
        work = tmp_path / ".kamkit"
        work.mkdir()
        (work / "manifest.json").write_text('{"settings": {"cut_a": 0.6}}', encoding="utf-8")
        (tmp_path / "manifest.json").write_text('{"settings": {"cut_a": 0.7}}', encoding="utf-8")
        assert kam.open_run(tmp_path).settings.cut_a == 0.6

    def test_what_was_made_is_not_made_again_and_what_is_made_is_there_for_others(
        self, case, tmp_path, made
    ):
        calls = []

        def counted(ledger):
            calls.append(1)
            return len(calls)

        made(counted)
        first, second = (Analysis(case, store=Store(tmp_path)) for _ in range(2))
        assert (first.get("counted"), second.get("counted"), calls) == (1, 1, [1])
        Store(tmp_path).write("counted", Kept(7))
        assert Analysis(case, store=Store(tmp_path)).get("counted") == 7
        assert first.get("counted") == 1


class TestMistypedNames:
    @pytest.mark.parametrize(
        ("name", "near"), [("chose", "choose"), ("acounts", "accounts"), ("setings", "settings")]
    )
    def test_of_an_analysis_names_the_nearest(self, case, name, near):
        with pytest.raises(AttributeError, match=f"did you mean '{near}'"):
            getattr(Analysis(case), name)

    def test_of_the_package_names_the_nearest(self):
        with pytest.raises(AttributeError, match="did you mean 'analyse'"):
            kam.analyze  # noqa: B018 - asking is the test

    def test_of_the_settings_names_the_nearest(self):
        with pytest.raises(ParameterError) as error:
            Settings(key_acounts=3)
        assert error.value.remedy == "Did you mean “key_accounts”?"

    def test_settings_show_what_differs_and_what_it_is(self):
        assert repr(Settings(key_accounts=3)) == "Settings(key_accounts=3)"
        assert "number of key accounts" in Settings(key_accounts=3)._repr_html_()
        assert "usual ones" in Settings()._repr_html_()
