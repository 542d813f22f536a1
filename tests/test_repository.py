"""The house keeps its own rules: floors, environment, lock, no names of machines or registries."""

from __future__ import annotations

import ast
import pkgutil
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from types import ModuleType

import networkx
import pytest
from packaging.requirements import Requirement

from tools import environment

ROOT = Path(__file__).resolve().parent.parent
HOUSE = (
    {
        "colours",
        "errors",
        "language",
        "money",
        "periods",
        "files",
        "lazy",
        "settings",
        "schema",
        "workspace",
    },
    {"output", "datasets"},
    {"case"},
    {"identify", "value", "choose", "grow", "relate"},
    {"plan"},
    {"documents", "explore"},
    {"analysis"},
    {"run", "learn"},
    {
        "cli",
        "asking",
        "course_commands",
        "data_commands",
        "run_commands",
        "source_options",
        "terminal",
        "doctor",
        "lab",
        "__main__",
    },
)
"""The parts from the lowest floor up; on the lowest and the highest they may import each other."""

FLOORS = {part: floor for floor, parts in enumerate(HOUSE) for part in parts}
OPEN = (0, len(HOUSE) - 1)
CIRCLES: list[set[str]] = []
"""Modules that still import each other; a circle that is mended is taken out here."""

HEAVY = ("pandas", "numpy", "ibis", "duckdb", "papermill", "matplotlib", "babel", "pyarrow")


@cache
def parsed(source: str) -> ast.Module:
    """Parse a module once for all the rules that look at it."""
    return ast.parse(source)


def home(module: str) -> str:
    """The step or module of kamkit that a dotted name belongs to; empty for the package itself."""
    parts = module.split(".")
    return parts[1] if parts[0] == "kamkit" and len(parts) > 1 else ""


def imports(tree: ast.AST, module: str) -> list[tuple[int, str]]:
    """Every name of kamkit that a file imports, wherever the import stands, with its line."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.split(".")[: -node.level]
                base = ".".join([*above, *filter(None, [base])])
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
    return [(line, name) for line, name in found if name.split(".")[0] == "kamkit"]


def climbs(path: Path, source: str) -> list[str]:
    """The imports of a file that go up or sideways, with file, line and both floors."""
    module = ".".join(path.with_suffix("").parts)
    own = home(module)
    found = [
        f"{path}:{line}: {own} (floor {FLOORS[own]}) imports {target} (floor {FLOORS[target]})"
        for line, name in imports(parsed(source), module)
        if (target := home(name)) in FLOORS and target != own and FLOORS[target] >= FLOORS[own]
        if not (FLOORS[own] == FLOORS[target] and FLOORS[own] in OPEN)
    ]
    return sorted(set(found))


def graph(sources: dict[str, str]) -> dict[str, set[str]]:
    """Which module imports which, in functions and for types too; ``sources`` by dotted name.

    A name that is no module belongs to the module or package it is taken from.
    """
    known = {module.removesuffix(".__init__") for module in sources}
    found = {}
    for path, source in sources.items():
        module = path.removesuffix(".__init__")
        names = {name for _line, name in imports(parsed(source), path)}
        taken = {name if name in known else name.rpartition(".")[0] for name in names}
        found[module] = (taken & known) - {module}
    return found


def circles(imported: dict[str, set[str]]) -> list[set[str]]:
    """The groups of modules that reach each other by their imports."""
    parts = networkx.strongly_connected_components(networkx.DiGraph(imported))
    return sorted((part for part in parts if len(part) > 1), key=sorted)


def modules() -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in (ROOT / "kamkit").rglob("*.py"))


def test_no_function_hides_the_module_it_lives_in():
    import kamkit

    names = [one.name for one in pkgutil.walk_packages(kamkit.__path__, "kamkit.")]
    hidden = []
    for name in names:
        import_module(name)
    for name in names:
        part, _dot, last = name.rpartition(".")
        if not isinstance(getattr(sys.modules[part], last), ModuleType):
            hidden.append(name)
    assert not hidden


def test_every_module_has_a_floor():
    unknown = {home(".".join(path.with_suffix("").parts)) for path in modules()} - set(FLOORS)
    assert unknown <= {"__init__"}, f"give these a floor in {Path(__file__).name}: {unknown}"


def test_imports_go_only_to_a_lower_floor():
    wrong = [
        line
        for path in modules()
        if path.parts[1] != "__init__.py"
        for line in climbs(path, (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert not wrong, "move what is needed down, or the import up:\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    "source",
    [
        "from kamkit.plan import charts",
        "def f():\n    import kamkit.run.engine",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from kamkit import explore",
        "from ..plan import charts",
        "from ..value import profit",
    ],
)
def test_an_import_that_climbs_is_seen_wherever_it_stands(source):
    assert len(climbs(Path("kamkit/identify/facts.py"), source)) == 1


def test_an_import_within_a_step_or_downwards_is_allowed():
    source = "from kamkit.case import Case\nfrom . import pareto\nfrom kamkit.errors import nearest"
    assert climbs(Path("kamkit/identify/facts.py"), source) == []


def test_no_modules_import_each_other():
    sources = {
        ".".join(path.with_suffix("").parts): read(ROOT / path)
        for path in modules()
        if path.parts[1] != "__init__.py"  # it imports its parts by name, when they are asked for
    }
    assert circles(graph(sources)) == CIRCLES, "a circle: move what both need into a third module"


@pytest.mark.parametrize(
    "imported",
    [
        "from kamkit.case import opening",
        "import kamkit.case.opening",
        "from kamkit.case.opening import Case",
        "from . import opening",
        "from .opening import Case",
        "def f():\n    from kamkit.case import opening",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from kamkit.case import opening",
        "from kamkit.case import Case",  # by way of the package
    ],
)
def test_a_circle_is_seen_wherever_the_import_stands(imported):
    sources = {
        "kamkit.case.__init__": "from .opening import Case",
        "kamkit.case.opening": "from kamkit.case import trust\nfrom kamkit.errors import nearest",
        "kamkit.case.trust": imported,
        "kamkit.errors": "import difflib",
    }
    [circle] = circles(graph(sources))
    assert circle >= {"kamkit.case.opening", "kamkit.case.trust"}
    assert "kamkit.errors" not in circle


def test_two_modules_that_need_a_third_are_no_circle():
    sources = {
        "kamkit.case.one": "from kamkit.case import other, third",
        "kamkit.case.other": "from kamkit.case.third import f",
        "kamkit.case.third": "",
    }
    assert circles(graph(sources)) == []


def test_the_command_line_loads_nothing_heavy_before_it_is_needed():
    code = "import sys, kamkit.cli, kamkit.doctor, kamkit.lab; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & set(HEAVY) == set()


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_conda_environment_names_what_pyproject_names():
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == environment.text()


def test_the_conda_environment_can_be_read_and_has_the_same_ranges():
    import yaml

    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, pip = content["dependencies"]
    named = {Requirement(line) for line in [*conda, *pip["pip"]] if not line.startswith("-e")}
    wanted = {Requirement(line) for line in project()["dependencies"]}
    python = {Requirement(f"python{project()['requires-python']}"), Requirement("pip")}
    assert named == wanted | python
    assert {Requirement(line).name for line in conda} == {"python", "pip", *environment.CONDA}


def lock(purpose: str) -> str:
    name = {"use": "requirements.lock", "dev": "requirements-dev.lock"}[purpose]
    return (ROOT / name).read_text(encoding="utf-8")


def locked(purpose: str) -> dict[str, set[str]]:
    """Versions by name: a name stands more than once where a marker tells them apart."""
    versions: dict[str, set[str]] = {}
    pattern = r"^([a-z0-9-]+)==([^\s;\\]+)"
    for name, version in re.findall(pattern, lock(purpose), flags=re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions


@pytest.mark.parametrize(("purpose", "extras"), [("use", ["setup"]), ("dev", ["setup", "dev"])])
def test_the_lock_holds_every_dependency_in_its_range(purpose, extras):
    versions = locked(purpose)
    optional = [line for extra in extras for line in project()["optional-dependencies"][extra]]
    wrong = [
        line
        for line in [*project()["dependencies"], *optional]
        if not versions.get(Requirement(line).name)
        or not all(v in Requirement(line).specifier for v in versions[Requirement(line).name])
    ]
    assert not wrong, f"run make lock: {wrong}"


def test_the_checks_run_with_the_versions_that_users_have():
    use, dev = locked("use"), locked("dev")
    assert {name: dev[name] for name in use} == use


def test_what_only_the_checks_need_is_not_installed_for_users():
    assert not {"mypy", "playwright", "polars", "pytest-xdist", "ruff"} & set(locked("use"))


@pytest.mark.parametrize("purpose", ["use", "dev"])
def test_every_package_of_the_lock_has_hashes_and_no_address(purpose):
    text = lock(purpose)
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 100
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert "index-url" not in text


def test_what_kam_py_installs_itself_with_is_in_the_lock():
    assert {"uv", "hatchling"} <= set(locked("use"))


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout: the list of files is git's")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_registry_is_named():
    names = [
        r"py" + r"pi\.org",
        r"python" + r"hosted",
        r"registry\.npm" + "js",
        r"deb\.deb" + "ian",
    ]
    pattern = re.compile("|".join(names))
    assert [str(path) for path in tracked() if pattern.search(read(path))] == []


def test_no_path_of_one_machine_is_written():
    places = "|".join(["ro" + "ot", "wo" + "rk", "fa" + "rm", "tm" + "p"])
    pattern = re.compile(rf"(?<![\w./])/({places})/\w")
    kept = [path for path in tracked() if path.relative_to(ROOT).parts[0] != "tests"]
    assert [str(path) for path in kept if pattern.search(read(path))] == []


def test_no_large_file_is_tracked():
    large = [str(path) for path in tracked() if path.stat().st_size > 3_000_000]
    assert large == []


def test_versions_agree():
    from kamkit import __version__

    assert project()["version"] == __version__
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\n" in citation


def test_modules_stay_below_five_hundred_lines():
    sizes = {
        str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines())
        for path in modules()
        if path.name != "contract.py"
    }
    assert {name: size for name, size in sizes.items() if size >= 500} == {}


def code_lines(function: ast.FunctionDef, lines: list[str]) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    shown = lines[body[0].lineno - 1 : function.end_lineno] if body else []
    return sum(1 for line in shown if line.strip() and not line.strip().startswith("#"))


def test_no_function_is_longer_than_forty_lines_of_code():
    long = []
    for path in modules():
        text = (ROOT / path).read_text(encoding="utf-8")
        functions = [n for n in ast.walk(parsed(text)) if isinstance(n, ast.FunctionDef)]
        sizes = [(node, code_lines(node, text.splitlines())) for node in functions]
        long += [f"{path}:{node.lineno}: {node.name}, {n}" for node, n in sizes if n > 40]
    assert not long, "cut these in two:\n" + "\n".join(long)


def test_the_installed_command_is_this_package():
    try:
        entry = metadata.distribution("kamkit")
    except metadata.PackageNotFoundError:
        pytest.skip("kamkit is used without being installed")
    names = {(point.group, point.name) for point in entry.entry_points}
    assert ("console_scripts", "kamkit") in names


@pytest.mark.parametrize("first", ["kamkit.run.engine", "kamkit.run.notebooks", "papermill"])
def test_the_runner_can_be_imported_first(first):
    code = f"import {first}, kamkit.run.engine; print(kamkit.run.engine.register())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("kamkit\n", 0), done.stderr


def test_a_default_of_a_setting_stands_in_the_settings_alone():
    """Public functions read it from there, so that every step has the same one."""
    import dataclasses

    from kamkit.settings import Settings

    trivial = ("", (), 0, 0.0, False, True, -1)
    known = {f.name for f in dataclasses.fields(Settings) if f.default not in trivial} - {"rows"}
    steps = ("identify", "value", "choose", "grow", "relate", "plan")
    again = [
        f"{path}:{node.lineno}: {node.name}({argument.arg}={default.value})"
        for path in modules()
        if path.parts[1] in steps
        for node in ast.walk(parsed((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if argument.arg in known and isinstance(default, ast.Constant) and default.value is not None
    ]
    assert not again, "write Settings.NAME: " + ", ".join(again)
