"""The Norwegian catalogue: complete, sure, compiled as committed; and which language is spoken."""

from __future__ import annotations

import ast
import gettext
import os
import re
import string
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from kamkit import language
from kamkit.case.template import write_template
from kamkit.documents import Sheet, workbook
from kamkit.errors import ParameterError
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


class TestWhichLanguage:
    @pytest.fixture(autouse=True)
    def nothing_chosen(self, monkeypatch):
        monkeypatch.setitem(language._state, "language", "")

    @pytest.mark.parametrize(
        ("value", "code"),
        [
            ("nb", "nb"),
            ("no", "nb"),
            ("nn_NO.UTF-8", "nb"),
            ("NB-no", "nb"),
            ("en", "en"),
            ("en_US.UTF-8", "en"),
        ],
    )
    def test_the_variable_may_be_a_code_or_a_locale(self, monkeypatch, value, code):
        monkeypatch.setenv("KAMKIT_LANG", value)
        assert language.language() == code

    @pytest.mark.parametrize(
        "value", ["fo", "fo_FO.UTF-8", "norsk", "english", "e", "_", "nonsense"]
    )
    def test_another_language_in_the_variable_is_refused_in_words(self, monkeypatch, value):
        monkeypatch.setenv("KAMKIT_LANG", value)
        for ask in (language.language, lambda: language.gettext("customer"), language.locale_name):
            with pytest.raises(ParameterError) as refusal:
                ask()
            assert str(refusal.value).splitlines() == [
                f"Unknown language “{value}”.",
                "  where:  KAMKIT_LANG",
                f"  wanted: {', '.join(language.LANGUAGES)}",
                "  do:     Set it to one of these, or remove it.",
            ]

    def test_what_is_chosen_goes_before_the_variable(self, monkeypatch):
        monkeypatch.setenv("KAMKIT_LANG", "fo")
        language.set_language("nb")
        assert language.language() == "nb"

    @pytest.mark.parametrize("code", ["fo", "NB", "nb_NO", "", None, 7])
    def test_another_language_cannot_be_chosen(self, monkeypatch, code):
        monkeypatch.setenv("KAMKIT_LANG", "en")
        with pytest.raises(ParameterError, match="Unknown language") as refusal:
            language.set_language(code)
        assert refusal.value.wanted == ", ".join(language.LANGUAGES)
        with pytest.raises(ParameterError, match="Unknown language"), language.speaking(code):
            pass
        assert language.language() == "en"

    @pytest.mark.parametrize(
        ("machine", "code"),
        [("fo_FO", "en"), ("nn_NO", "nb"), ("Norwegian_Norway", "nb"), (None, "en")],
    )
    def test_without_a_wish_it_is_the_machines_else_english(self, monkeypatch, machine, code):
        monkeypatch.delenv("KAMKIT_LANG", raising=False)
        monkeypatch.setattr(language.locale, "getlocale", lambda: (machine, None))
        assert language.language() == code

    @pytest.mark.parametrize(
        ("words", "told", "lines"),
        [
            (["data", "list", "--lang", "fo"], "en", "Error: Invalid value for '--lang': 'fo' is"),
            (["--lang=fo", "data", "list"], "nb", "Feil: Ugyldig verdi for '--lang': 'fo' er"),
            (["data", "list"], "fo", "Unknown language “fo”.\n  where:  KAMKIT_LANG"),
        ],
    )
    def test_the_command_line_refuses_it_in_words(self, words, told, lines):
        done = subprocess.run(
            [sys.executable, "-m", "kamkit", *words],
            cwd=ROOT,
            env={**os.environ, "KAMKIT_LANG": told},
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 2
        assert done.stdout == ""
        assert lines in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_wrong_variable_does_not_matter_where_a_language_is_given(self):
        done = subprocess.run(
            [sys.executable, "-m", "kamkit", "data", "list", "--lang", "nb"],
            cwd=ROOT,
            env={**os.environ, "KAMKIT_LANG": "fo"},
            capture_output=True,
            encoding="utf-8",
        )
        assert (done.returncode, done.stdout.split()[0]) == (0, "Navn")


def test_the_labels_of_an_error_are_in_the_language_of_its_message():
    with language.speaking("nb"):
        error = ParameterError(
            language.gettext("Unknown language “{code}”.", code="fo"), found="fo"
        )
    assert str(error) == "Ukjent språk «fo».\n  fant:   fo"


class TestANewLanguage:
    """A line of LOCALES is enough for everything to be written; what is missing is English."""

    @pytest.fixture(autouse=True)
    def faroese(self, monkeypatch):
        monkeypatch.setitem(language.LOCALES, "fo", "fo_FO")
        monkeypatch.setattr(language, "LANGUAGES", (*language.LANGUAGES, "fo"))
        with language.speaking("fo"):
            yield

    def test_numbers_are_those_of_its_locale(self):
        assert language.percent(0.256) == "25,6\u00a0%"
        assert language.number(1234.5, 1) == "1.234,5"

    def test_workbooks_can_be_written(self, tmp_path):
        table = pd.DataFrame({"last_date": pd.to_datetime(["2025-03-31"])})
        written = workbook(tmp_path / "a.xlsx", [Sheet("One", table)], title="Two", source="Three")
        assert load_workbook(written)["One"]["A2"].number_format == "yyyy-mm-dd"
        empty = load_workbook(write_template(tmp_path / "b.xlsx"))
        assert {"Sales", "Accounts"} <= set(empty.sheetnames)


def test_a_percent_sign_stands_as_the_language_writes_it(norwegian):
    english = [text for one in norwegian.values() for text in catalogue.words(one)]
    assert [text for text in english if re.search(r"\d[ \u00a0]%", text)] == []
    translated = [text for one in norwegian.values() for text in catalogue.translations(one)]
    assert [text for text in translated if re.search(r"\d%", text)] == []
