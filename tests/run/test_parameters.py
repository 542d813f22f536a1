"""Parameters are read without running anything and checked before a run."""

import pytest

from kamkit.errors import NotebookError, ParameterError
from kamkit.run import parameters

CELL = """\
source: str = "fjordgross"  # the ledger
cut_a: float = 0.8  # share of revenue that the A accounts give
top_n: int = 10  # accounts on the chart
largest: int | None = None  # all when empty
account: str = "a#b"  # keeps its # and zeros
roll_up: bool = False
cuts: tuple[float, ...] = (0.8, 0.95)  # A and B
plain = 3
"""


@pytest.fixture
def known():
    return parameters.parse_cell(CELL, "02_identify")


def value(pair, known):
    return next(iter(parameters.parse([pair], known)["02_identify"].values()))


def test_the_comment_behind_an_assignment_describes_it(known):
    assert [p.description for p in known][1:3] == [
        "share of revenue that the A accounts give",
        "accounts on the chart",
    ]


def test_a_default_keeps_its_hash_and_an_optional_parameter_is_found(known):
    found = {p.name: p for p in known}
    assert found["account"].default == "a#b"
    assert found["largest"].annotation == "int | None"
    assert found["cuts"].default == (0.8, 0.95)
    assert found["plain"].annotation == "int"


@pytest.mark.parametrize(
    ("pair", "wanted"),
    [
        ("account=000123", "000123"),
        ("account=no", "no"),
        ("account=a=b", "a=b"),
        ("account=", ""),
        ("cut_a=0.7", 0.7),
        ("cut_a=1", 1.0),
        ("cut_a=8e-1", 0.8),
        ("top_n=20", 20),
        ("largest=", None),
        ("largest=none", None),
        ("largest=5", 5),
        ("roll_up=ja", True),
        ("roll_up=nei", False),
        ("roll_up=yes", True),
        ("cuts=0.7,0.9", [0.7, 0.9]),
        ("cuts=[0.7; 0.9]", [0.7, 0.9]),
        ("plain=4", 4),
    ],
)
def test_a_text_becomes_the_declared_type(pair, wanted, known):
    found = value(pair, known)
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    "pair",
    [
        "cut_a=high",
        "cut_a=nan",
        "cut_a=inf",
        "cut_a=1e999",
        "cut_a=0,8",
        "cut_a=",
        "top_n=2.5",
        "top_n=1_000",
        "top_n=True",
        "top_n=٣",
        "roll_up=1",
        "roll_up=maybe",
        "cuts=0.7,high",
    ],
)
def test_a_value_of_another_type_is_refused(pair, known):
    with pytest.raises(ParameterError) as refusal:
        value(pair, known)
    assert refusal.value.found == pair
    assert refusal.value.wanted
    assert refusal.value.remedy


def test_a_decimal_comma_is_answered_with_the_point(known):
    with pytest.raises(ParameterError, match="point in place of the comma"):
        value("cut_a=0,8", known)


def test_an_unknown_name_is_answered_with_the_nearest_and_the_list(known):
    with pytest.raises(ParameterError) as refusal:
        parameters.parse(["cuta=0.7"], known)
    assert "“cut_a”" in refusal.value.remedy
    assert "top_n" in refusal.value.wanted
    assert "source" not in refusal.value.wanted


def test_the_source_is_not_set_as_a_parameter(known):
    with pytest.raises(ParameterError, match="filled in by the run"):
        parameters.parse(["source=other.csv"], known)


@pytest.mark.parametrize("pair", ["cut_a", "=0.7", "cut_a:0.7"])
def test_a_pair_without_name_or_sign_is_refused(pair, known):
    with pytest.raises(ParameterError, match="not a parameter with a value"):
        parameters.parse([pair], known)


def test_a_name_given_twice_is_refused(known):
    with pytest.raises(ParameterError, match="given twice"):
        parameters.parse(["cut_a=0.7", "cut_a=0.6"], known)


def test_a_shared_name_goes_to_all_and_an_addressed_one_to_its_notebook(known):
    both = [*known, *parameters.parse_cell("cut_a: float = 0.5", "03_value")]
    found = parameters.parse(["identify.cut_a=0.6", "cut_a=0.7"], both)
    assert found == {"02_identify": {"cut_a": 0.6}, "03_value": {"cut_a": 0.7}}


def test_an_address_of_another_notebook_is_refused(known):
    with pytest.raises(ParameterError, match=r"no parameter “value\.cut_a”"):
        parameters.parse(["value.cut_a=0.6"], known)


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "x = 1 + 1",
        "x = open('file')",
        "x = y = 1",
        "a, b = 1, 2",
        "x: int",
        "x: int = 0.5",
        "x: float = 1e999",
        "x: str = None",
        "x = {'a': 1}",
        "%matplotlib inline",
        "x = (",
    ],
)
def test_a_parameters_cell_with_more_than_plain_values_is_refused(line):
    with pytest.raises(NotebookError, match="more than plain values"):
        parameters.parse_cell(f"a: int = 1\n{line}\n", "02_identify")


def test_a_notebook_is_read_by_its_tag_and_one_without_has_no_parameters(book):
    with_cell = book("02_identify", "print(cut_a)", parameters="cut_a: float = 0.8  # share")
    assert [p.name for p in parameters.read(with_cell)] == ["cut_a"]
    assert parameters.read(book("03_value", "cut_a = 0.5")) == []


def test_a_broken_notebook_is_refused_by_name(tmp_path):
    broken = tmp_path / "02_identify.ipynb"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(NotebookError, match=r"“02_identify.ipynb” cannot be read"):
        parameters.read(broken)
