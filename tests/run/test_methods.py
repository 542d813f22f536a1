"""Every finding has its section on how it is made and checked, and the page stands on its own."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from kamkit.language import speaking
from kamkit.run import methods

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["What it says.", "Formula.", "Source.", "Assumes.", "Checked how, and the measured error."]


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


def sections() -> list[str]:
    return re.split(r"^(?=<a id=)", methods.text(), flags=re.MULTILINE)[1:]


def test_every_finding_of_the_package_has_one_section():
    found = re.findall(r'<a id="([^"]*)">', methods.text())
    assert len(found) == len(set(found))
    assert {"late", "observed_rule", "lifetime_value"} < named()  # read at all
    assert named() - set(found) == set()
    assert methods.described() == set(found)


def test_every_section_says_the_same_five_things():
    for one in sections():
        said = re.findall(r"^\*\*(.+?)\*\*", one, flags=re.MULTILINE)
        assert said == PARTS, one[:80]


def test_the_checks_that_are_named_are_there():
    for path in set(re.findall(r"`(tests/[^`]+)`", methods.text())):
        assert (ROOT / path).is_file(), path


def test_the_wheel_ships_the_page():
    import tomllib

    built = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    wheel = built["targets"]["wheel"]
    assert "docs/methods.md" in wheel["include"]
    assert wheel["sources"]["docs"] == "kamkit/_shipped/docs"


@pytest.mark.parametrize(
    ("lang", "note"),
    [("en", None), ("nb", '<p class="notice" lang="nb">Denne siden er på engelsk.</p>')],
)
def test_the_page_stands_on_its_own(tmp_path, lang, note):
    with speaking(lang):
        page = methods.write(tmp_path / "methods.html").read_text("utf-8")
    ids = re.findall(r'\bid="([^"]+)"', page)
    links = re.findall(r'href="([^"]+)"', page)
    assert set(links) == {"report.html", *(one for one in links if one[0] == "#")}
    assert {one[1:] for one in links if one[0] == "#"} <= set(ids)
    assert len(ids) == len(set(ids))
    assert page.count("<h2>") == len(sections()) == len(links) - 1
    assert "<script" not in page
    assert """content="default-src 'none'; style-src 'unsafe-inline'\"""" in page
    assert not re.search(r"src\s*=|@import|url\(", page)
    assert (note in page) if note else 'class="notice"' not in page
