"""Write environment.yml from pyproject.toml, for those who use conda.

    python tools/environment.py            write it
    python tools/environment.py --check    only compare
    python tools/environment.py --names    what kamkit and its checks need, without ranges

conda gets Python, pip and the packages of the notebook world; pip gets the rest and kamkit itself.
Names and ranges are those of pyproject.toml.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "environment.yml"
CONDA = ("jupyterlab", "pandas", "seaborn", "ipywidgets", "nbval", "papermill")


def text() -> str:
    """Return the content of environment.yml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = project["dependencies"]
    conda = [f"python{project['requires-python']}", "pip"]
    conda += [line for line in needed if Requirement(line).name in CONDA]
    pip = [line for line in needed if Requirement(line).name not in CONDA]
    return "\n".join(
        [
            "# Made from pyproject.toml by make environment: change it there.",
            "name: kamkit",
            "channels:",
            "  - conda-forge",
            "dependencies:",
            *(f'  - "{line}"' for line in conda),
            "  - pip:",
            *(f'    - "{line}"' for line in pip),
            '    - "-e ."',
            "",
        ]
    )


def names() -> list[str]:
    """Return each dependency, the optional ones too, without its range.

    >>> "pandas" in names()
    True
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    needed = [Requirement(line) for group in groups for line in group]
    return [str(Requirement(f"{one.name}[{','.join(one.extras)}]")) for one in needed]


def main(options: list[str]) -> int:
    """Write the file, or return 1 when it is not what it should be."""
    if "--names" in options:
        print(*names(), sep="\n")
        return 0
    if "--check" in options:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text()
        print("environment.yml is up to date" if same else "run make environment")
        return 0 if same else 1
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
