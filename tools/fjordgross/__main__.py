"""Write the practice company: ``python -m tools.fjordgross FOLDER``, in the repository.

The files in ``data/fjordgross`` were made so.
"""

from __future__ import annotations

import sys

from .company import write_all

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m tools.fjordgross FOLDER")
    for path in write_all(sys.argv[1]):
        sys.stdout.write(f"{path}\n")
