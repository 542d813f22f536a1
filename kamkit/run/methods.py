"""The page on methods beside the report: ``docs/methods.md``, which tells how findings are made."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from kamkit.documents.plan_page import page_template
from kamkit.language import gettext as _
from kamkit.language import language

_PACKAGE = Path(__file__).resolve().parents[1]
_TEMPLATES = Path(__file__).parent / "templates"
_ANCHOR = re.compile(r'<a id="([a-z_]+)"></a>')
_SECTION = re.compile(rf"^(?:{_ANCHOR.pattern})+\n\n## (.+)$", flags=re.MULTILINE)


@cache
def text() -> str:
    """Return the page as it is written, in Markdown.

    In a checkout it lies in ``docs/``, in an installation inside the package.

    >>> text().splitlines()[0]
    '# How each finding is made and checked'
    """
    installed = _PACKAGE / "_shipped" / "docs"
    folder = installed if installed.is_dir() else _PACKAGE.parent / "docs"
    return (folder / "methods.md").read_text(encoding="utf-8")


@cache
def described() -> frozenset[str]:
    """Return the names of the findings that the page describes.

    >>> "late" in described()
    True
    """
    return frozenset(_ANCHOR.findall(text()))


def write(path: Path) -> Path:
    """Write the page as HTML and return its path: self-contained, without a script.

    The page is written in English; in another language it says so.
    """
    import mistune
    from markupsafe import Markup

    english = language() == "en"
    to_html = mistune.create_markdown(escape=False, plugins=["table"])
    page = page_template(_TEMPLATES / "methods.html.j2").render(
        body=Markup(to_html(text())),  # noqa: S704 - our own text, nothing from data
        sections=_SECTION.findall(text()),
        lang=language(),
        note="" if english else _("This page is in English."),
        back=_("Back to the report"),
        style=Markup((_TEMPLATES / "report.css").read_text(encoding="utf-8")),  # noqa: S704
    )
    path.write_text(page, encoding="utf-8", newline="\n")
    return path
