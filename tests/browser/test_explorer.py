"""The Pareto explorer in a real JupyterLab, driven by a real browser."""

from __future__ import annotations

import shutil

import pytest

CELLS = ["from kamkit import explore, open_case", "explore.pareto(open_case('cdnow'))"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not on this machine"),
]


@pytest.mark.proof
@pytest.mark.timeout(240)
def test_moving_a_cut_point_redraws_the_picture_and_its_table(notebook):
    page = notebook(CELLS)
    figure = page.locator("figure.kamkit-figure img")
    sliders = page.locator(".widget-slider .noUi-handle")
    sliders.nth(1).wait_for()
    # the whole panel: 80 % of the revenue comes from class A
    first = figure.get_attribute("alt")
    before = page.locator(".kamkit-table tbody tr").first.inner_text()
    assert "give 80.0% of revenue" in first
    sliders.nth(0).focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "alt => document.querySelector('figure.kamkit-figure img').alt !== alt", arg=first
    )
    page.wait_for_function(
        "document.querySelector('figure.kamkit-figure img').alt.includes('give 75')"
    )
    after = page.locator(".kamkit-table tbody tr").first.inner_text()
    assert after != before
    # a period
    page.locator(".widget-dropdown select").last.select_option("1997")
    page.wait_for_function(
        "document.querySelector('figure.kamkit-figure figcaption').innerText"
        ".includes('Period: 1997')"
    )
    # cut points that cross are told in words where the picture was
    sliders.nth(1).focus()
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    alert = page.locator("[role=alert]")
    alert.wait_for()
    assert "Traceback" not in page.content()
    assert "cut" in alert.inner_text().lower()
    assert page.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0
