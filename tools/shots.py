"""Render what a run has made as a reader sees it, and measure it: python -m tools.shots RUN [OUT].

Pages at three widths, dark and in print, by Chromium; plans, workbook and slides by LibreOffice.
The pictures lie in OUT (RUN-shots without), the measures are printed. ``BUDGETS`` says what they
may come to; a test holds a run of the practice company to them.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

WIDTHS = (1280, 768, 390)
BUDGETS = {
    "words": 3_500,
    "printed pages": 15,
    "columns off screen": 0,
    "lines of a row": 3,
    "words of a picture": 60,
    "serious (axe)": 0,
    "points below the first screen": 0,
    "sheets": 6,
}

_TABLES = """() => [...document.querySelectorAll('.kamkit-table')].map(box => {
  const table = box.querySelector('table');
  const rows = table && table.tBodies[0] ? [...table.tBodies[0].rows] : [];
  const lines = rows.flatMap(row => [...row.cells].map(cell => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    const style = getComputedStyle(cell);
    const inside = cell.clientHeight - 2 * parseFloat(style.paddingTop);
    const high = Math.min(inside, range.getBoundingClientRect().height);
    return Math.floor(high / parseFloat(style.lineHeight) + 0.3);
  }));
  return [box.scrollWidth - box.clientWidth > 1, Math.max(0, ...lines)];
})"""
_ALT = """() => Math.max(0, ...[...document.querySelectorAll('img')].map(
  one => one.alt.split(/\\s+/).length))"""
BELOW = """() => Math.max(0, ...[
  ...document.querySelectorAll('.list > .kamkit-table tr, .list > .basis, .decisions')]
  .map(one => one.getBoundingClientRect())
  .filter(one => one.height).map(one => Math.ceil(one.bottom + window.scrollY - 800)))"""
"""How far the list, what it rests on and the decisions reach below the first screen."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give the browser of the machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = shutil.which("chromium")
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def measured(browser: Browser, path: Path, out: Path | None = None) -> dict[str, Any]:
    """Return what a page comes to, folded as it opens and with everything unfolded."""
    page = browser.new_page(viewport={"width": WIDTHS[0], "height": 800})
    page.goto(path.as_uri())
    height = page.evaluate("document.documentElement.scrollHeight")
    found: dict[str, Any] = {
        "screens": round(height / 800, 1),
        "words": len(page.inner_text("body").split()),
        "printed pages": _printed(page, out and out / f"{path.stem}.pdf"),
        "words of a picture": page.evaluate(_ALT),
        "serious (axe)": _serious(page),
        "points below the first screen": page.evaluate(BELOW),
    }
    wide, lines = 0, 0
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(path.as_uri())
            if out:
                page.screenshot(path=out / f"{path.stem}-{width}-{scheme}.png", full_page=True)
        page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
        page.wait_for_timeout(500)
        tables = page.evaluate(_TABLES)
        wide += sum(over for over, _lines in tables)
        wide += page.evaluate("document.documentElement.scrollWidth") > width
        if width == WIDTHS[0]:
            lines = max((high for _over, high in tables), default=0)
    page.close()
    return {**found, "columns off screen": wide, "lines of a row": lines}


def _printed(page: Page, path: Path | None) -> int:
    with tempfile.TemporaryDirectory() as room:
        made = Path(room) / "page.pdf"
        page.pdf(path=str(made), format="A4", prefer_css_page_size=True)
        if path:
            shutil.copy(made, path)
        said = subprocess.run(["pdfinfo", made], capture_output=True, text=True, check=True).stdout
    return int(said.split("Pages:")[1].split()[0])


def _serious(page: Page) -> int:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return sum(one["impact"] in ("serious", "critical") for one in found)


def documents(run: Path, out: Path) -> dict[str, int]:
    """Turn workbook, plans and slides into pictures; return the printed pages of each."""
    found = {}
    files = [run / "key-accounts.xlsx", *sorted(run.glob("plans/*.docx"))[:5]]
    files += sorted(run.glob("plans/*.pptx"))[:5]
    with tempfile.TemporaryDirectory() as home:
        for path in files:
            # a plan and its slides have the same name
            place = out / "slides" if path.suffix == ".pptx" else out
            asked: list[str | Path] = ["--convert-to", "pdf", "--outdir", place, path]
            profile = f"-env:UserInstallation={Path(home).as_uri()}"
            subprocess.run(["soffice", "--headless", profile, *asked], capture_output=True)
            made = place / f"{path.stem}.pdf"
            if made.exists():
                said = subprocess.run(["pdfinfo", made], capture_output=True, text=True).stdout
                found[path.name] = int(said.split("Pages:")[1].split()[0])
                subprocess.run(["pdftoppm", "-r", "60", "-png", made, place / path.stem])
    return found


def main() -> None:
    """Print the measures of a run, and whether they keep the budgets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path, nargs="?")
    given = parser.parse_args()
    run = given.run.resolve()
    out = (given.out or run.with_name(f"{run.name}-shots")).resolve()
    out.mkdir(parents=True, exist_ok=True)
    pages = [run / "report.html", run / "accounts.html", run / "methods.html"]
    pages += sorted(run.glob("plans/*.html"))[:2]
    with chromium() as browser:
        for path in pages:
            told = measured(browser, path, out)
            over = [name for name, value in told.items() if value > BUDGETS.get(name, value)]
            print(f"{path.name:16}", *(f"{name} {value};" for name, value in told.items()))
            print(" " * 16, f"over budget: {', '.join(over)}" if over else "within the budgets")
    for name, count in documents(run, out).items():
        print(f"{name:24} {count} printed pages")
    print(f"files: {sum(one.is_file() for one in run.rglob('*'))}; pictures: {out}")


if __name__ == "__main__":
    main()
