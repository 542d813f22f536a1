"""Links from the names of accounts, wherever the report tells them, to the page of the account."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import quote

from kamkit.run.accounts_page import ACCOUNTS, MOST, known

if TYPE_CHECKING:
    from markupsafe import Markup

    from kamkit.analysis import Analysis

_SHORTEST = 4
"""Letters of a name that is looked for in sentences; a shorter one is a word like others."""


class Names:
    """The names of the accounts that have a page, each with its address.

    A name that two accounts share leads nowhere: the reader would be misled half of the time.
    """

    def __init__(self, analysis: Analysis, where: str = "") -> None:
        """Take the names of an analysis; none where it has no accounts.

        ``where`` is the way from the page that has the links to the folder of the run.
        """
        table = known(analysis).head(MOST)
        self.address: dict[str, str] = {}
        for column in ("account_name", "account_id"):
            if column not in table:
                continue
            alone = table[~table[column].duplicated(keep=False)]
            for name, account in zip(alone[column], alone["account_id"], strict=True):
                self.address.setdefault(
                    str(name), f"{where}{ACCOUNTS}#{quote(str(account), safe='')}"
                )
        words = (name for name in self.address if len(name) >= _SHORTEST)
        self._told = sorted((n for n in words if not n.isdigit()), key=len, reverse=True)

    def linked(self, text: str) -> Markup:
        """Return a sentence as HTML, escaped, in which each account's name is a link."""
        from markupsafe import Markup

        there = [name for name in self._told if name in text]
        if not there:
            return Markup(escape(text))  # noqa: S704 - escaped here
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, there))})(?!\w)")
        parts, end = [], 0
        for match in pattern.finditer(text):
            parts += [escape(text[end : match.start()]), self._link(match[0])]
            end = match.end()
        return Markup("".join([*parts, escape(text[end:])]))  # noqa: S704 - escaped here

    def cells(self, html: str) -> Markup:
        """Return a table's HTML in which a cell that is the name of an account is a link."""
        from markupsafe import Markup

        def link(match: re.Match[str]) -> str:
            name = unescape(match[2])
            return f"{match[1]}{self._link(name)}{match[3]}" if name in self.address else match[0]

        pattern = r"(<td(?![^>]*data-sort)[^>]*>)([^<]+)(</td>)"
        return Markup(re.sub(pattern, link, html))  # noqa: S704 - escaped by as_html

    def page(self, html: str) -> Markup:
        """Return a page in which the names in cells, sentences and points are links."""
        from markupsafe import Markup

        def told(found: re.Match[str]) -> str:
            return f"{found[1]}{self.linked(unescape(found[2]))}{found[3]}"

        pattern = r"(<(?:p|li)[^>]*>(?:<b>)?)([^<]+)((?:</b>)?</(?:p|li)>)"
        return Markup(re.sub(pattern, told, self.cells(html)))  # noqa: S704 - escaped before

    def _link(self, name: str) -> str:
        return f'<a class="account" href="{escape(self.address[name])}">{escape(name)}</a>'
