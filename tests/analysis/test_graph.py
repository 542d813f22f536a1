"""Results are made by what they need, once, when they are asked for."""

from __future__ import annotations

import inspect

import pytest
from IPython.core.interactiveshell import InteractiveShell

import kamkit as kam
from kamkit.analysis import RESULTS, Analysis, LeftOut
from kamkit.analysis.graph import INPUTS, Watched, order
from kamkit.errors import MissingTable, ParameterError
from kamkit.settings import Settings


def test_every_result_says_what_it_needs_and_nothing_needs_itself():
    names = order(list(RESULTS))
    assert set(names) == set(RESULTS)
    place = {name: number for number, name in enumerate(names)}
    for name, result in RESULTS.items():
        for need, _must in result.needs:
            assert need in INPUTS or place[need] < place[name], f"{name} needs {need}"


def test_every_result_explains_itself():
    assert [name for name, one in RESULTS.items() if not (one.function.__doc__ or "").strip()] == []


def test_results_that_need_each_other_are_refused():
    def one(other): ...

    def other(one): ...

    from kamkit.analysis.graph import Result

    RESULTS["one"], RESULTS["other"] = Result(one), Result(other)
    try:
        with pytest.raises(ValueError, match="need each other"):
            order(["one"])
    finally:
        del RESULTS["one"], RESULTS["other"]


def test_nothing_is_made_before_it_is_asked_for_and_then_once(small):
    a = Analysis(small)
    assert a.kept_names() == []
    first = a.require("account_facts")
    assert set(a.kept_names()) == {"about", "account_facts", "case"}
    again = a.require("account_facts")
    assert first["revenue"].to_numpy() is not None
    assert a._ask("account_facts") is a._ask("account_facts")
    assert again.equals(first)


def test_a_change_of_the_user_does_not_reach_the_kept_result(small):
    a = Analysis(small)
    table = a.account_facts
    table.loc[0, "revenue"] = -1.0
    assert a.account_facts["revenue"].tolist() == pytest.approx([240.0, 120.0, 48.0])


def test_what_the_case_cannot_carry_is_left_out_in_words_and_the_rest_goes_on(small):
    a = Analysis(small)
    assert isinstance(a.profit, LeftOut)
    assert "no cost of goods" in a.profit.text
    assert not a.profit
    assert a.profit.table is not None
    assert len(a.profit.table) == 0
    with pytest.raises(MissingTable):
        a.profit.table["profit"]
    with pytest.raises(MissingTable):
        a.require("profit")
    # the value of the accounts does without profit
    assert a.account_value["revenue"].tolist() == pytest.approx([240.0, 120.0, 48.0])


def test_a_changed_setting_makes_anew_what_rests_on_it_and_shares_the_rest(small):
    a = Analysis(small)
    assert a.classes["abc_class"].tolist() == ["A", "A", "B"]  # 59 %, 88 %, 100 %
    b = a.change(cut_a=0.5)
    assert b._ask("account_facts") is a._ask("account_facts")
    assert b._ask("classes") is not a._ask("classes")
    assert b.classes["abc_class"].tolist() == ["A", "B", "B"]
    assert a.classes["abc_class"].tolist() == ["A", "A", "B"]


def test_a_setting_that_does_not_exist_is_refused_with_the_nearest(small):
    with pytest.raises(ParameterError) as refused:
        Analysis(small).change(keyaccounts=3)
    assert "key_accounts" in refused.value.remedy


def test_a_result_that_does_not_exist_names_the_nearest(small):
    with pytest.raises(AttributeError, match="did you mean 'classes'"):
        Analysis(small).clases  # noqa: B018 - asking is the test


def test_results_stand_in_completion_and_their_help_is_the_docstring_of_the_function():
    assert {"pareto", "key_accounts", "accounts"} <= set(dir(Analysis(None)))
    assert Analysis.pareto.__doc__ == RESULTS["pareto"].function.__doc__


def test_settings_stand_in_completion_of_what_takes_them():
    names = set(Settings.names())
    for function in (kam.analyse, Analysis.change, Analysis.choose):
        assert names <= set(inspect.signature(function).parameters)
    assert inspect.signature(kam.analyse).parameters["cut_a"].default == Settings.cut_a


def test_the_package_completes_what_it_offers_and_no_import_of_its_own():
    assert {"open_case", "analyse", "open_run", "show"} <= set(dir(kam))
    assert all(hasattr(kam, name) for name in dir(kam))
    assert not {"annotations", "Any", "TYPE_CHECKING"} & set(dir(kam))


def test_the_table_of_a_picture_shows_itself_in_words(small):
    shown, _label = Analysis(small).pareto.table._repr_mimebundle_()
    assert shown["text/plain"].split("\n")[0].split()[:2] == ["Rank", "Account"]
    assert "abc_class" not in shown["text/plain"]


def test_an_error_in_a_notebook_is_what_the_reader_needs_without_our_code(monkeypatch):
    shell = InteractiveShell()
    monkeypatch.delenv("KAMKIT_DEBUG", raising=False)
    told = []
    monkeypatch.setattr(shell, "_showtraceback", lambda kind, error, lines: told.append(lines))
    source = "import kamkit\nkamkit.analyse('cdnow', weigths=3)"
    shell.run_cell(source)
    monkeypatch.setenv("KAMKIT_DEBUG", "1")
    shell.run_cell(source)
    short, long = ("".join(lines) for lines in told)
    assert short.splitlines() == [
        "ParameterError: There is no setting “weigths”.",
        "  found:  weigths",
        "  do:     Did you mean “weights”?",
    ]
    assert "Traceback" in long
    assert short in long


def test_the_days_that_count_can_be_cut(small):
    a = Analysis(small, Settings(start="2025-01-01"))
    assert a.account_facts["revenue"].tolist() == pytest.approx([120.0, 60.0, 24.0])
    assert str(a.about.period.start) == "2025-01-15"


def test_settings_that_are_read_are_remembered():
    watched = Watched(Settings(cut_a=0.7))
    assert watched.cut_a == 0.7
    assert watched.read == {"cut_a"}
