"""JupyterLab on the notebooks that come with kamkit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from kamkit.language import language


def folder(here: Path) -> Path:
    """Return the folder of notebooks to work in.

    In a checkout it is the one of the repository. From an installed kamkit the notebooks are
    copied to ``kamkit-notebooks`` in ``here``, and what lies there already is left as it is.
    """
    from kamkit.run.notebooks import shipped

    source = shipped().parent
    return _copied(source, here / "kamkit-notebooks") if "_shipped" in source.parts else source


def _copied(source: Path, target: Path) -> Path:
    for path in sorted(source.rglob("*.ipynb")):
        copy = target / path.relative_to(source)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    return target


def start(notebooks: Path, options: Sequence[str]) -> int:
    """Run JupyterLab until it ends and return its exit code.

    Its kernels speak the language of this command and use this Python, whatever kernels the user
    has elsewhere.
    """
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={notebooks}", *options]
    process = subprocess.Popen(
        command, env={**os.environ, "KAMKIT_LANG": language(), "JUPYTER_PREFER_ENV_PATH": "1"}
    )
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # Ctrl-C reaches JupyterLab too: it asks whether to stop, and ends by itself.
            continue
