"""What a warm process has imported before it is forked: everything a notebook or a plan needs.

Nothing here may start a thread or open a file that stays open.
"""

from __future__ import annotations

import contextlib
import gc
import sys
from importlib import import_module

_HEAVY = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.magics",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "jupyter_client.localinterfaces",
    "psutil",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib_inline.backend_inline",
    "matplotlib.pyplot",
    "ibis.backends.duckdb",
    "pandas",
    "pyarrow.parquet",
    "scipy.optimize",
    "scipy.special",
    "babel.numbers",
    "babel.dates",
    "jinja2",
    "kamkit.analysis",
    "kamkit.plan",
)

gc.disable()  # what is imported stays: looking through it again and again costs half a second
sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type]  # nobody debugs a run
for _name in _HEAVY:
    with contextlib.suppress(ImportError):
        import_module(_name)

# a collection would go through all that is imported here, and copy its pages in every fork
gc.freeze()
gc.enable()
gc.set_threshold(50_000, 20, 20)
