"""The Norwegian catalogue: complete, sure, with the same placeholders, compiled as committed."""

from __future__ import annotations

import ast
import gettext
import re
import string
from pathlib import Path

import pytest

from tools import language as catalogue

ROOT = Path(__file__).resolve().parent.parent
PYTHON_FORMAT = re.compile(r"%\((\w+)\)")


def placeholders(text: str) -> set[str]:
    names = {name.split(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name}
    return names | set(PYTHON_FORMAT.findall(text))


@pytest.fixture(scope="module")
def code() -> dict[str, object]:
    """The strings of the code as it is now, by their first form."""
    return {catalogue.words(one)[0]: one for one in catalogue.extracted() if one.id}


@pytest.fixture(scope="module")
def norwegian() -> dict[str, object]:
    """The catalogue as it is committed."""
    return {catalogue.words(one)[0]: one for one in catalogue.kept() if one.id}


def test_every_string_of_the_code_is_translated(code, norwegian):
    missing = [
        text
        for text in code
        if text not in norwegian or not all(catalogue.translations(norwegian[text]))
    ]
    assert not missing, f"{len(missing)} to translate, run make language first: {missing[:20]}"


def test_no_translation_is_unsure(norwegian):
    assert [text for text, one in norwegian.items() if one.fuzzy] == []


def test_no_translation_is_left_of_a_string_that_is_gone(code, norwegian):
    assert sorted(set(norwegian) - set(code)) == [], "run make language"
    assert not catalogue.kept().obsolete


def test_a_translation_has_the_placeholders_of_its_source(norwegian):
    wrong = []
    for text, one in norwegian.items():
        known = [placeholders(form) for form in catalogue.words(one)]
        told = [placeholders(form) for form in catalogue.translations(one) if form]
        if any(form not in known for form in told):
            wrong.append(text)
    assert not wrong, f"same names in braces in both: {wrong}"


def test_the_compiled_catalogue_is_that_of_the_po_file():
    assert catalogue.MO.read_bytes() == catalogue.compiled(catalogue.kept()), "run make language"


def test_the_compiled_catalogue_speaks():
    with catalogue.MO.open("rb") as file:
        texts = gettext.GNUTranslations(file)
    assert texts.gettext("{amount} million") == "{amount} millioner"
    assert texts.ngettext("{n} day", "{n} days", 1) == "{n} dag"
    assert texts.ngettext("{n} day", "{n} days", 2) == "{n} dager"


def test_only_literals_are_given_to_be_translated():
    """A string put together at run time is in no catalogue."""
    wrong = []
    for path in sorted((ROOT / "kamkit").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "id", "")
            if name in catalogue.KEYWORDS and isinstance(node, ast.Call) and node.args:
                kinds = (ast.JoinedStr, ast.BinOp)
                if isinstance(node.args[0], kinds):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_no_string_of_the_package_is_empty_or_padded(code):
    assert [text for text in code if text != text.strip()] == []
