"""The page on methods beside the report, which tells how findings are made and checked.

``docs/methods.md`` in English, ``docs/methods.nb.md`` in Norwegian; a language more is a file more.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from kamkit.colours import css
from kamkit.documents.plan_page import page_template
from kamkit.language import gettext as _
from kamkit.language import language

_PACKAGE = Path(__file__).resolve().parents[1]
_TEMPLATES = Path(__file__).parent / "templates"
_SOURCE = "en"
_ANCHOR = re.compile(r'<a id="([a-z_]+)"></a>')
_SECTION = re.compile(rf"^(?:{_ANCHOR.pattern})+\n\n## (.+)$", flags=re.MULTILINE)


def _page(code: str) -> Path:
    """Return where the page of a language lies: ``docs/``, or, installed, inside the package."""
    installed = _PACKAGE / "_shipped" / "docs"
    folder = installed if installed.is_dir() else _PACKAGE.parent / "docs"
    return folder / ("methods.md" if code == _SOURCE else f"methods.{code}.md")


@cache
def text(code: str = _SOURCE) -> str:
    """Return the page of a language as it is written, in Markdown; English where it has none.

    >>> text().splitlines()[0]
    '# How each finding is made and checked'
    >>> text("nb").splitlines()[0]
    '# Slik blir hvert funn til, og slik er det kontrollert'
    """
    page = _page(code)
    return (page if page.is_file() else _page(_SOURCE)).read_text(encoding="utf-8")


@cache
def described() -> frozenset[str]:
    """Return the names of the findings that the page describes, the same in every language.

    >>> "late" in described()
    True
    """
    return frozenset(_ANCHOR.findall(text()))


def write(path: Path) -> Path:
    """Write the page as HTML and return its path: self-contained, without a script.

    It is in the language in use; where that has no page it is in English and says so.
    """
    import mistune
    from markupsafe import Markup

    code = language()
    own = _page(code).is_file()
    written = text(code)
    to_html = mistune.create_markdown(escape=False, plugins=["table"])
    page = page_template(_TEMPLATES / "methods.html.j2").render(
        body=Markup(to_html(written)),  # noqa: S704 - our own text, nothing from data
        sections=_SECTION.findall(written),
        title=written.partition("\n")[0].removeprefix("# "),
        lang=code,
        written_in=code if own else _SOURCE,
        note="" if own else _("This page is in English."),
        back=_("Back to the report"),
        contents=_("Contents"),
        style=Markup(css() + (_TEMPLATES / "report.css").read_text(encoding="utf-8")),  # noqa: S704
    )
    path.write_text(page, encoding="utf-8", newline="\n")
    return path
