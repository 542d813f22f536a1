"""Write what readers are told, whole, for reading from top to bottom: python tools/strings.py.

Every finding with its caveats, every chart's title, text and caption, the answer, the decisions and
the plans of a few accounts, of the practice company and of a ledger that has nothing but customer,
date and amount, in docs/strings.en.txt and docs/strings.nb.txt. A test holds the files to what the
package says.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kamkit.analysis import Analysis

ROOT = Path(__file__).resolve().parent.parent
PLANS = 6
"""Accounts whose plans are written out: one for each strategy first met."""


def rendered(analysis: Analysis) -> Iterator[str]:
    """Give what an analysis says, line by line, result by result."""
    from kamkit.analysis.graph import RESULTS
    from kamkit.output.finding import Finding
    from kamkit.output.picture import Picture

    for name in RESULTS:
        made = analysis.get(name)
        for one in made if isinstance(made, list | tuple) else [made]:
            if isinstance(one, Finding):
                yield f"[{name}] {one.text}"
                yield from (f"    – {caveat}" for caveat in one.caveats)
            elif isinstance(one, Picture):
                yield f"[{name}] {one.title}"
                yield f"    alt: {one.alt}"
                yield f"    {one.caption}"
    yield from _answer(analysis)


def _answer(analysis: Analysis) -> Iterator[str]:
    kept = set(analysis.kept_names())
    if "decisions" in kept:
        for row in analysis.require("decisions").table.to_dict("records"):
            yield f"[decision] {row['decision']}: {row['because']}"
    if "strategies" not in kept:
        return
    strategies = analysis.require("strategies").drop_duplicates("strategy").head(PLANS)
    for account in strategies["account_id"]:
        yield f"[plan of {account}]"
        for one in analysis.plan(str(account)).content.sections:
            yield from (f"    {one.code}: {text}" for text, _table, _columns in one.sources())
            rows = [] if one.actions is None else one.actions["action"].tolist()
            yield from (f"    {one.code}: {action}" for action in rows)


def without_numbers(line: str) -> str:
    """Return a line as it is whatever the numbers in it.

    >>> without_numbers("12,5 % av 3 kunder")
    '# % av # kunder'
    """
    return re.sub(r"\d+(?:[.,\s]\d+)*", "#", line)


def ledgers() -> dict[str, Any]:
    """Return the practice company and a ledger that has no more than has to be there."""
    import kamkit as kam

    sales = kam.open_case("cdnow").sales.select("account_id", "date", "amount").to_pandas()
    bare = sales[sales["account_id"].astype(int) % 20 == 0]
    return {"fjordgross": kam.open_case("fjordgross"), "bare": kam.open_case(bare)}


def main() -> int:
    """Write both files."""
    import kamkit as kam
    from kamkit.language import speaking

    for language in ("en", "nb"):
        lines = []
        with speaking(language):
            for name, case in ledgers().items():
                lines += [f"==== {name} ====", *rendered(kam.analyse(case, language=language))]
        text = "\n".join(line.rstrip() for line in lines) + "\n"
        path = ROOT / "docs" / f"strings.{language}.txt"
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"{path.relative_to(ROOT)}: {len(lines)} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
