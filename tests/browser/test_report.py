"""The report of a run on a Norwegian ledger, as a browser shows it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from kamkit.run import RunOptions, run
from tests.conftest import FULL

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.proof,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not on this machine"),
]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of the real analyses on a ledger whose names try to be code."""
    home = tmp_path_factory.mktemp("run")
    rows = ["Kundenr;Kundenavn;Fakturadato;Fakturanr;Beløp;Varekost"]
    for number in range(240):
        account = number % 30
        name = "<script>document.title='x'</script>" if account == 29 else f"Kunde {account}"
        day = f"{1 + number % 28:02}.{1 + number % 12:02}.{2024 + number // 120}"
        rows.append(f"{account:04};{name};{day};F{number};{(account + 1) ** 3},50;{account * 9}")
    rows.append(";Ukjent;01.03.2024;F999;77,25;0")
    source = home / "salg & sånt.csv"
    source.write_text("\n".join(rows), encoding="cp1252")
    return run(source, options=RunOptions(out=home / "ut", lang="nb", quiet=True, jobs=2))


@pytest.fixture(scope="module")
def page(finished):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        shown = browser.new_page(viewport={"width": 1200, "height": 900})
        shown.asked, shown.errors = [], []
        shown.on("request", lambda request: shown.asked.append(request.url))
        shown.on("console", lambda line: shown.errors.append(line.text))
        shown.on("pageerror", lambda error: shown.errors.append(str(error)))
        shown.goto(Path(finished.report).as_uri())
        shown.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
        yield shown
        browser.close()


@pytest.mark.timeout(240)
def test_it_is_norwegian_and_whole_and_asks_for_nothing(page):
    assert page.locator("html").get_attribute("lang") == "nb"
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert page.errors == []
    assert page.title() != "x"
    words = page.inner_text("body")
    assert "Beslutninger" in words
    assert "<script>document.title='x'</script>" in words
    assert "import " not in words
    assert page.locator("img:not([alt])").count() == 0
    assert page.locator("img").count() >= 6


def test_what_was_set_aside_stands_there_with_its_amount(page):
    words = page.inner_text("#ledger").replace("\u00a0", " ")
    assert "Ikke noe kundenummer" in words or "kundenummer" in words
    assert "77,25" in words


def test_a_table_sorts_by_number_and_back(page):
    accounts = page.locator("details table", has=page.locator("th", has_text="Andel av totalen"))
    heading = accounts.first.locator("th", has_text="Omsetning").first
    table = heading.locator("xpath=ancestor::table")
    place = heading.evaluate("th => th.cellIndex")

    def amounts() -> list[float]:
        return table.evaluate(
            "(t, i) => [...t.tBodies[0].rows].map(r => Number(r.cells[i].dataset.sort))", place
        )

    before = sorted(amounts())
    assert len(before) > 2
    heading.click()
    once = amounts()
    heading.click()
    twice = amounts()
    assert sorted(once) == before
    assert once in (before, before[::-1])
    assert twice == once[::-1]
    assert heading.get_attribute("aria-sort") in ("ascending", "descending")


@pytest.mark.parametrize("width", [1200, 800, 380])
def test_the_page_does_not_scroll_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_table_is_searched_and_saved_as_the_source_has_it(page):
    page.set_viewport_size({"width": 1200, "height": 900})
    table = page.locator(".dt-container", has=page.locator("td", has_text="0029")).first
    rows = table.locator("tbody tr")
    before = rows.count()
    table.get_by_label("Søk").fill("0029")
    assert 1 <= rows.count() < before
    with page.expect_download() as saved:
        table.get_by_role("button", name="Lagre som CSV").click()
    assert "0029" in Path(saved.value.path()).read_text(encoding="utf-8-sig")
    table.get_by_label("Søk").fill("")


def test_every_name_of_an_account_leads_to_its_page(page, finished):
    folder = Path(finished.report).parent
    page.goto(folder.joinpath("accounts.html").as_uri())
    assert page.get_by_role("row").count() > 25
    page.get_by_label("Søk").fill("Kunde 28")
    page.get_by_role("link", name="Kunde 28").click()
    assert page.locator("h1").inner_text() == "Kunde 28"
    # four purchases of 29³ + 0.50 in the last twelve months
    facts = page.locator("#account").inner_text().replace("\u00a0", " ")
    assert "97 558" in facts
    page.goto(folder.joinpath("accounts.html").as_uri() + "#no-such")
    assert "ikke på siden" in page.locator("#account").inner_text()
    # the name that tries to be code is a name
    page.goto(folder.joinpath("accounts.html").as_uri() + "#0029")
    assert page.locator("h1").inner_text() == "<script>document.title='x'</script>"
    assert page.errors == []
    page.goto(Path(finished.report).as_uri())
    leads = page.locator("main a.account").evaluate_all("all => all.map(a => a.href)")
    assert leads
    assert all("accounts.html#00" in one for one in leads)


@pytest.mark.parametrize("scheme", ["light", *(["dark"] if FULL else [])])
@pytest.mark.parametrize("name", ["report.html", "accounts.html", "methods.html", "plans/*.html"])
def test_axe_finds_nothing_serious(page, finished, name, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(min(Path(finished.report).parent.glob(name)).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
    page.wait_for_timeout(300)
    found = Axe().run(page).response["violations"]
    worst = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"]) for one in worst] == []


@pytest.mark.parametrize(
    ("today", "said"),
    [("2026-02-20", ""), ("2026-11-30", "11 m")],  # months or måneder
)
def test_how_old_the_ledger_is_by_now_is_told_when_the_page_is_read(page, finished, today, said):
    page.clock.set_fixed_time(f"{today}T12:00:00")
    page.goto(Path(finished.report).as_uri())
    end = page.locator("[data-end]").get_attribute("data-end")
    assert end == "2025-12-28"
    told = "".join(page.locator(".stale").all_inner_texts()).strip()
    assert told.startswith(said)
    assert bool(told) == bool(said)
