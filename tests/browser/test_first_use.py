"""The first lines of the README in a real JupyterLab: what shows itself, completes and refuses."""

from __future__ import annotations

import shutil

import pytest

CELLS = [
    "import kamkit as kam\na = kam.analyse('cdnow')",
    "a.pareto",
    "a.pareto.figure",
    "a.pareto.table.head(2)",
    "kam.analyse('cdnow', weigths={'profit': 3})",
    "",
]
FIGURE, DRAWN, TABLE, REFUSED, TYPED = range(1, 6)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.proof,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not on this machine"),
]


def completed(page, text: str) -> set[str]:
    """Type into the last cell and press Tab until the names come: the first time takes longer."""
    page.locator(".jp-CodeCell").nth(TYPED).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    names = page.locator(".jp-Completer-match:visible")
    for _attempt in range(20):
        if names.count():
            break
        page.keyboard.press("Tab")
        page.wait_for_timeout(1000)
    found = set(names.all_inner_texts())
    page.keyboard.press("Escape")
    names.first.wait_for(state="hidden")
    return found


@pytest.mark.timeout(240)
def test_what_the_readme_shows_is_seen_completed_and_refused_in_a_fresh_lab(notebook):
    page = notebook(CELLS)
    output = [page.locator(".jp-CodeCell").nth(place) for place in range(len(CELLS))]
    error = output[REFUSED].locator("[data-mime-type='application/vnd.jupyter.stderr']")
    error.wait_for()
    # a picture shows itself with its words, also the bare figure
    picture = output[FIGURE].locator("figure.kamkit-figure img")
    assert "give 80.0% of revenue" in picture.get_attribute("alt")
    for drawn, width in ((picture, 864), (output[DRAWN].locator("img"), 1350)):  # SVG, PNG
        assert drawn.evaluate("img => img.complete && img.naturalWidth") == width
    heads = output[TABLE].locator("th").all_inner_texts()
    assert [" ".join(head.split()) for head in heads][:3] == [
        "Rank",
        "Account",
        "Revenue, Jan 1997 – Jun 1998 (USD)",
    ]
    # an error is four lines for the reader, without our code
    told = error.inner_text()
    assert told.startswith("ParameterError: There is no setting “weigths”.")
    assert told.rstrip().endswith("Did you mean “weights”?")
    assert "core.py" not in told
    # names complete: results, settings, the package without its imports
    assert completed(page, "a.par") == {"pareto"}
    assert "accounts" in completed(page, "a.acc")
    assert completed(page, "a.choose(key_") == {"key_accounts="}
    names = completed(page, "kam.")
    assert {"open_case", "analyse", "open_run"} <= names
    assert not names & {"Any", "annotations", "TYPE_CHECKING", "lazy"}
