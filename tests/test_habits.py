"""The forge runs what everybody runs; the changelog and the hooks keep their form."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/checks.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CHANGES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_workflow_has_every_system_and_every_python_that_pyproject_names():
    matrix = WORKFLOW["jobs"]["test"]["strategy"]["matrix"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert matrix["python"] == named
    assert matrix["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]


def test_the_workflow_calls_the_script_that_everybody_calls():
    steps = WORKFLOW["jobs"]["test"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert commands == ["python3 kam.py test", "py kam.py test"]
    used = [step["uses"] for step in steps if "uses" in step]
    assert [name for name in used if not re.fullmatch(r"actions/[a-z-]+@v\d+", name)] == []


def test_hooks_are_local_and_call_tools_that_exist():
    content = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in content["repos"]] == ["local"]
    entries = [hook["entry"].split() for hook in content["repos"][0]["hooks"]]
    assert [words[0] for words in entries] == ["python"] * len(entries)
    tools = [words[1] for words in entries if words[1] != "-m"]
    assert [name for name in tools if not (ROOT / name).is_file()] == []


def test_templates_for_issues_can_be_read_and_ask_for_no_customer_data():
    forms = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
    names = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in forms}
    assert set(names) == {"config", "bug", "export_format", "lesson_error"}
    for name in ("bug", "export_format"):
        fields = {field.get("id"): field for field in names[name]["body"]}
        assert fields["data"]["attributes"]["options"][0]["required"] is True


def test_the_changelog_is_kept_as_keep_a_changelog_says():
    headings = re.findall(r"^## (.+)$", CHANGES, flags=re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    released = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d", h) for h in headings[1:]]
    assert all(released)
    assert released[0][1] == PROJECT["version"]
    kinds = set(re.findall(r"^### (.+)$", CHANGES, flags=re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
