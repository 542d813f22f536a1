"""Print the calibration table: every claim with what is nominal and what was measured.

python -m tools.calibration                 all parts, in full (about an hour)
python -m tools.calibration small late      one part or more, small
"""

from __future__ import annotations

import sys
from importlib import import_module

import pandas as pd

PARTS = ("conversion", "health", "late", "lifetime", "pairs", "pareto", "regularity")


def main(words: list[str]) -> int:
    """Print the rows of each part as soon as they are there; return the exit code."""
    size = words[0] if words[:1] in (["small"], ["full"]) else "full"
    parts = [word for word in words if word not in ("small", "full")] or list(PARTS)
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        sys.stderr.write(f"no part {unknown[0]!r}; there are {', '.join(PARTS)}\n")
        return 2
    for part in parts:
        rows = pd.DataFrame(import_module(f"tools.calibration.{part}").rows(size))
        sys.stdout.write(f"\n{part}\n{rows.round(4).to_string(index=False)}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
