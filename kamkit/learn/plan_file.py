"""The learner's one growing plan: a Markdown file that they may edit as they like."""

from __future__ import annotations

import re
from pathlib import Path

from kamkit.files import whole_file
from kamkit.language import gettext as _

FILE = "my-plan.md"


def put(path: Path, code: str, heading: str, sentences: str) -> None:
    """Write a section of the plan, in place of the one of this name; all else stays as it is.

    A new section goes in by the order of the names, before the first that comes later.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     plan = Path(folder) / FILE
    ...     put(plan, "13.aim", "Aim", "Grow."), put(plan, "02.rule", "Who", "180 accounts.")
    ...     put(plan, "13.aim", "Aim", "Grow by 5 %.")
    ...     text(plan).count("Grow"), text(plan).index("180") < text(plan).index("Grow")
    (None, None)
    (1, True)
    """
    before = text(path) or f"# {_('My account plan')}\n"
    section = f"<!-- {code} -->\n## {heading}\n\n{sentences.strip()}\n<!-- /{code} -->\n"
    own = re.compile(rf"<!-- {re.escape(code)} -->\n.*?<!-- /{re.escape(code)} -->\n", re.DOTALL)
    if own.search(before):
        after = own.sub(lambda _found: section, before, count=1)
    else:
        later = [
            match for match in re.finditer(r"<!-- (\d\d\.\w+) -->\n", before) if match[1] > code
        ]
        at = later[0].start() if later else len(before)
        head = before[:at].rstrip("\n")
        after = f"{head}\n\n{section}\n{before[at:]}".rstrip("\n") + "\n"
    with whole_file(path) as unfinished:
        unfinished.write_text(after, encoding="utf-8")


def text(path: Path) -> str:
    """Return the plan as it stands; empty where there is none.

    >>> text(Path("no such file"))
    ''
    """
    return path.read_text(encoding="utf-8") if path.is_file() else ""
