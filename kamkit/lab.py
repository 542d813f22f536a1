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

    Inside a learner's folder it is that. Elsewhere the analyses are copied to
    ``kamkit-notebooks`` in ``here``, and what lies there already is left as it is: nobody works
    in the notebooks of kamkit itself.
    """
    from kamkit.learn.attempts import home
    from kamkit.run.notebooks import shipped

    return home(here) or _copied(shipped(), here / "kamkit-notebooks" / "analyse")


def _copied(source: Path, target: Path) -> Path:
    for path in sorted(source.rglob("*.ipynb")):
        copy = target / path.relative_to(source)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    return target.parent


def start(notebooks: Path, options: Sequence[str]) -> int:
    """Run JupyterLab until it ends and return its exit code.

    Its kernels speak the language of this command and use this Python, whatever kernels the user
    has elsewhere.
    """
    own = [f"--ServerApp.root_dir={notebooks}", "--ServerApp.ip=127.0.0.1"]  # this machine only
    command = [sys.executable, "-m", "jupyterlab", *own, *options]
    process = subprocess.Popen(
        command, env={**os.environ, "KAMKIT_LANG": language(), "JUPYTER_PREFER_ENV_PATH": "1"}
    )
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # Ctrl-C reaches JupyterLab too: it asks whether to stop, and ends by itself.
            continue
