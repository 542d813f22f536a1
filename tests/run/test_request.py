"""What a run is asked for is parted into settings and parameters of notebooks, and checked."""

from __future__ import annotations

import pytest

from kamkit.errors import ParameterError
from kamkit.run import RunOptions
from kamkit.run.request import requested
from kamkit.settings import Settings


@pytest.fixture
def books(book):
    """Two notebooks of one's own, one for every run and one for an account."""
    book("01_own", "print(top)", parameters="top: int = 2\nkinds: list[str] = ('a', 'b')")
    book("02_more", "print(top, cut_a)", parameters="top: int = 5\ncut_a: float = 0.8")
    return book("03_one", "print(account)", parameters="account: str = ''").parent


def asked(books, *texts, settings=None, **options):
    given = RunOptions(folder=books, parameters=texts, **options)
    return requested("no such ledger.csv", settings, given)


def test_a_notebook_for_one_account_is_run_only_when_it_is_named(books):
    assert [one.name for one in asked(books).chosen] == ["01_own", "02_more"]
    assert [one.name for one in asked(books, only=["03"]).chosen] == ["03_one"]
    assert [one.name for one in asked(books, only=["3,own"]).chosen] == ["01_own", "03_one"]


def test_every_notebook_gets_its_defaults_as_plain_values(books):
    assert asked(books).values == {
        "01_own": {"top": 2, "kinds": ["a", "b"]},
        "02_more": {"top": 5, "cut_a": 0.8},
    }


def test_a_shared_name_goes_to_both_and_an_addressed_one_to_its_own(books):
    values = asked(books, "top=7", "02.top=9", "kinds=x,y").values
    assert values["01_own"] == {"top": 7, "kinds": ["x", "y"]}
    assert values["02_more"]["top"] == 9


def test_a_name_that_is_both_reaches_the_settings_and_the_notebook(books):
    found = asked(books, "cut_a=0.7")
    assert found.settings.cut_a == 0.7
    assert found.values["02_more"]["cut_a"] == 0.7
    # addressed to the notebook it is none of the run
    only = asked(books, "02_more.cut_a=0.6")
    assert only.settings.cut_a == Settings.cut_a
    assert only.values["02_more"]["cut_a"] == 0.6


def test_a_setting_holds_for_the_whole_run(books):
    with pytest.raises(ParameterError, match="not for one notebook") as error:
        asked(books, "01_own.key_accounts=3")
    assert error.value.remedy == "Write key_accounts=3."


def test_a_mistyped_name_is_looked_for_among_settings_and_parameters(books):
    with pytest.raises(ParameterError) as error:
        asked(books, "kind=x")
    assert error.value.remedy == "Did you mean “kinds”?"
    with pytest.raises(ParameterError) as error:
        asked(books, "key_acounts=3")
    assert error.value.remedy == "Did you mean “key_accounts”?"


def test_what_is_given_stands_above_the_settings_that_were_made_before(books):
    made = Settings(cut_a=0.5, cut_b=0.9)
    found = asked(books, "cut_a=0.6", settings=made).settings
    assert (found.cut_a, found.cut_b) == (0.6, 0.9)
    assert (made.cut_a, made.cut_b) == (0.5, 0.9)


@pytest.mark.parametrize(("jobs", "at_least", "at_most"), [(0, 1, 4), (1, 1, 1), (9, 9, 9)])
def test_the_jobs_that_are_asked_for_or_the_cores_there_are(books, jobs, at_least, at_most):
    assert at_least <= asked(books, jobs=jobs).jobs <= at_most
