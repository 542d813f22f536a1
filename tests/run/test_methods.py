"""Every finding has its section on how it is made and checked, and the page stands on its own.

The pages of all languages say the same: sections, anchors, tests and numbers.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from kamkit.language import speaking
from kamkit.run import methods

ROOT = Path(__file__).resolve().parents[2]
PARTS = {
    "en": [
        "What it says.",
        "Formula.",
        "Source.",
        "Assumes.",
        "Checked how, and the measured error.",
    ],
    "nb": ["Hva det sier.", "Formel.", "Kilde.", "Forutsetninger.", "Kontroll og målt feil."],
}
OTHERS = sorted(path.name.split(".")[1] for path in (ROOT / "docs").glob("methods.*.md"))
PAGES = ["en", *OTHERS]
WRITTEN = {"en": (",", "."), "nb": ("\u00a0", ",")}
"""Between thousands, and before decimals."""

NAME = re.compile(r"(?:tests|tools)/.*|python .*|make .*|[\w.-]+")
"""What stands in code and is no formula: paths, commands, names."""


def named() -> set[str]:
    """Return the name of every finding that the package makes, read from its source."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "kamkit").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    kinds = {"Finding"} | {
        node.name
        for node in nodes
        if isinstance(node, ast.ClassDef) and "Finding" in {ast.unparse(b) for b in node.bases}
    }
    made = [n for n in nodes if isinstance(n, ast.Call) and ast.unparse(n.func) in kinds]
    return {ast.literal_eval(call.args[0]) for call in made}


def sections(lang: str = "en") -> list[str]:
    return re.split(r"^(?=<a id=)", methods.text(lang), flags=re.MULTILINE)[1:]


def anchors(text: str) -> list[str]:
    return re.findall(r'<a id="([^"]*)">', text)


def titles(text: str) -> list[str]:
    return re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)


def numbers(text: str, lang: str) -> list[str]:
    """Return the numbers of a text in one notation, sorted: words come in another order."""
    thousands, decimals = WRITTEN[lang]
    pattern = rf"−?(?:\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)(?:{re.escape(decimals)}\d+)?"
    found = re.findall(pattern, text)
    return sorted(one.replace(thousands, "").replace(decimals, ".") for one in found)


def names(text: str) -> list[str]:
    spans = re.findall(r"`([^`]+)`", text)
    return [one for one in spans if NAME.fullmatch(one)]


def test_every_finding_of_the_package_has_one_section():
    found = anchors(methods.text())
    assert len(found) == len(set(found))
    assert {"late", "observed_rule", "lifetime_value"} < named()  # read at all
    assert named() - set(found) == set()
    assert methods.described() == set(found)


@pytest.mark.parametrize("lang", PAGES)
def test_every_section_says_the_same_five_things(lang):
    for one in sections(lang):
        said = re.findall(r"^\*\*(.+?)\*\*", one, flags=re.MULTILINE)
        assert said == PARTS[lang], one[:80]


@pytest.mark.parametrize("lang", OTHERS)
def test_the_page_of_a_language_has_the_sections_of_the_english_one(lang):
    english, other = methods.text("en"), methods.text(lang)
    assert anchors(other) == anchors(english)
    assert len(titles(other)) == len(titles(english)) == len(sections("en")) + 1
    assert set(titles(other)) & set(titles(english)) == set()
    rows = [len(re.findall(r"^\|", text, flags=re.MULTILINE)) for text in (english, other)]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("lang", OTHERS)
def test_the_page_of_a_language_has_the_numbers_and_tests_of_the_english_one(lang):
    pages = [
        re.split(r"^(?=<a id=)", methods.text(one), flags=re.MULTILINE) for one in ("en", lang)
    ]
    for english, other in zip(*pages, strict=True):
        assert numbers(other, lang) == numbers(english, "en"), other[:80]
        assert names(other) == names(english), other[:80]


def test_numbers_are_the_same_in_both_notations():
    english = "−3,829 and 13,286.52 of 1,200; 0.5, 1 and 2 in 52 weeks: +44.6 %"
    norwegian = "13\u00a0286,52 og −3\u00a0829 av 1\u00a0200; 0,5; 1 og 2 i 52 uker: +44,6\u00a0%"
    assert numbers(english, "en") == numbers(norwegian, "nb")
    assert numbers(english, "en") == ["0.5", "1", "1200", "13286.52", "2", "44.6", "52", "−3829"]


def test_norwegian_numbers_never_part_from_their_thousands_or_per_cent():
    assert re.findall(r"\d (?:\d{3}\b|%).*|\d%.*|\d\.\d.*", methods.text("nb")) == []


def test_the_checks_that_are_named_are_there():
    for path in set(re.findall(r"`(tests/[^`]+)`", methods.text())):
        assert (ROOT / path).is_file(), path


def test_the_wheel_ships_the_pages():
    import tomllib

    built = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    wheel = built["targets"]["wheel"]
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("methods*.md")}
    assert {"docs/methods.md", "docs/methods.nb.md"} <= pages <= set(wheel["include"])
    assert wheel["sources"]["docs"] == "kamkit/_shipped/docs"


@pytest.mark.parametrize("lang", PAGES)
def test_the_page_stands_on_its_own(tmp_path, lang):
    with speaking(lang):
        page = methods.write(tmp_path / "methods.html").read_text("utf-8")
    ids = re.findall(r'\bid="([^"]+)"', page)
    links = re.findall(r'href="([^"]+)"', page)
    assert set(links) == {"report.html", *(one for one in links if one[0] == "#")}
    assert {one[1:] for one in links if one[0] == "#"} <= set(ids)
    assert len(ids) == len(set(ids))
    assert page.count("<h2>") == len(sections(lang)) == len(links) - 1
    assert "<script" not in page
    assert """content="default-src 'none'; style-src 'unsafe-inline'\"""" in page
    assert not re.search(r"src\s*=|@import|url\(", page)
    assert f'<html lang="{lang}">' in page
    assert 'class="notice"' not in page


def test_a_norwegian_run_has_a_norwegian_page(tmp_path):
    with speaking("nb"):
        page = methods.write(tmp_path / "methods.html").read_text("utf-8")
    assert "<title>Slik blir hvert funn til, og slik er det kontrollert</title>" in page
    assert '<h2 id="contents" lang="nb">Innhold</h2>' in page
    assert '<li><a href="#late">Forsinket i forhold til egen kjøpsrytme</a></li>' in page
    assert not any(title in page for title in titles(methods.text("en")))
    english = r"\b(?:the|and|of|which|where|accounts?|ledgers?)\b"
    body = re.sub(r"<style>.*?</style>|<code>.*?</code>|<em>.*?</em>", "", page, flags=re.DOTALL)
    assert re.findall(english, re.sub(r"<[^>]+>", " ", body)) == []


def test_a_language_without_a_page_has_the_english_one_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(methods, "language", lambda: "sv")
    page = methods.write(tmp_path / "methods.html").read_text("utf-8")
    assert methods.text("sv") == methods.text("en")
    assert '<html lang="en">' in page
    assert '<p class="notice" lang="sv">This page is in English.</p>' in page
