"""What readers are told of the practice company stands, whole, in docs/strings.en.txt."""

import re

import pytest

from tools.strings import ROOT, rendered, without_numbers

WHOLE = ROOT / "docs" / "strings.en.txt"
BROKEN = re.compile(r"[{}]|\b(None|nan|NaN|NaT|inf)\b|\b[a-z]+(_[a-z0-9]+)+\b")
"""A placeholder that nothing filled, a value that is none, a key of a catalogue."""


@pytest.fixture(scope="module")
def said(analysis):
    """Every line that the practice company is told."""
    return list(rendered(analysis))


@pytest.mark.story
def test_every_line_stands_in_the_file_that_is_read_through(said):
    known = {without_numbers(line) for line in WHOLE.read_text(encoding="utf-8").splitlines()}
    new = [line for line in said if without_numbers(line.rstrip()) not in known]
    assert not new, f"{len(new)} lines are new: run PYTHONPATH=. python tools/strings.py, and read"


def test_the_norwegian_file_was_written_with_the_english_one():
    english, norwegian = (
        WHOLE.with_name(f"strings.{code}.txt").read_text(encoding="utf-8").splitlines()
        for code in ("en", "nb")
    )
    assert len(english) == len(norwegian)
    for one, other in zip(english, norwegian, strict=True):
        # what was found has the same name, and the same digits in whatever order
        assert (one[:1] == "[") is (other[:1] == "["), other
        if not one.startswith("    alt: "):  # cut after as many words
            told = re.sub(r"\D", "", other.replace("(1000", ""))
            assert sorted(re.sub(r"\D", "", one)) == sorted(told), other


def test_no_line_shows_what_is_no_word(said):
    told = [re.sub(r"^\[\w+\] ", "", line) for line in said]
    assert not [line for line in told if BROKEN.search(line)]


@pytest.mark.parametrize("line", ["the cell size_next", "worth {amount}", "NOK nan", "None is due"])
def test_what_is_no_word_is_found(line):
    assert BROKEN.search(line)
