"""What every test shares: English, no display, and the real data where it is."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import hypothesis
import pytest

# how long an example takes is a matter of how busy the machine is
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")
os.environ["KAMKIT_LANG"] = "en"
os.environ["MPLBACKEND"] = "Agg"
ROOT = Path(__file__).resolve().parent.parent
FULL = bool(os.environ.get("KAMKIT_FULL"))
"""Whether proofs that are many of a kind run in full: ``make proofs`` sets it."""


LANGUAGES = ("en", "nb") if FULL else ("nb",)
"""The languages in which pictures are looked at: Norwegian, whose words are the longer, or both."""


def examples(many: int) -> int:
    """Return how many examples of a property are tried: a tenth where not all is asked for."""
    return many if FULL else -(-many // 10)


def shared_home(factory: pytest.TempPathFactory) -> Path:
    """Return a folder of all workers: there a second run of the same takes up the first."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def _left_to_proofs(items, named):
    """Return the tests that CI has no time for: ``make proofs`` runs them.

    What is a ``proof`` or asks for another seed; what took long when it was measured (slow.txt),
    but for a ``story`` and the first case where the list says 1; of a test that is ``sampled``,
    five cases of six. Of a file that is ``named``, all that is no proof is run.
    """
    text = (ROOT / "tests" / "slow.txt").read_text(encoding="utf-8")
    listed = {line.partition(" ")[0]: line.endswith(" 1") for line in text.splitlines()}
    seen = Counter()
    for item in items:
        family = item.nodeid.partition("[")[0]
        another_seed = "seeded" in item.fixturenames or "seeded" in item.name
        if another_seed or item.get_closest_marker("proof"):
            yield item
        elif named:
            continue
        elif family in listed and not item.get_closest_marker("story"):
            seen[family] += 1
            if not (listed[family] and seen[family] == 1):
                yield item
        elif item.get_closest_marker("sampled"):
            seen[family] += 1
            if seen[family] % 6 != 1:
                yield item


def pytest_collection_modifyitems(config, items):
    """Put files with slow tests first, and leave out what takes long or is many of a kind.

    A long file that begins last leaves the other cores idle.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    if FULL or config.option.keyword or any("::" in one for one in config.args):
        return  # who asks for a test by its name gets it
    named = not set(config.args) <= {"tests", *config.getini("testpaths")}
    left = set(_left_to_proofs(items, named))
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]


@pytest.fixture(autouse=True)
def english():
    """Each test starts in English and leaves the language as it was."""
    from kamkit.language import set_language

    set_language("en")
    yield
    set_language("en")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data that is not part of the repository."""
    for folder in (os.environ.get("KAMKIT_SHARED_DATA"), ROOT.parent / "shared" / "data"):
        if folder and Path(folder).is_dir():
            return Path(folder)
    pytest.skip("the shared real data is not on this machine")


@pytest.fixture(scope="session")
def fjordgross():
    """The practice company, opened once."""
    from kamkit.case import open_case

    return open_case("fjordgross")


@pytest.fixture(scope="session")
def answer_key() -> dict[str, dict]:
    """What is planted in the practice company."""
    path = ROOT / "data" / "fjordgross" / "answer_key.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def cdnow():
    """The real panel that comes along, opened once."""
    from kamkit.case import open_case

    return open_case("cdnow")


@pytest.fixture(scope="session")
def online_retail(shared_data):
    """A year of a real wholesaler, without cost; skipped where it is not."""
    from kamkit.case import open_case

    return open_case(shared_data / "online_retail_II_2009_2010.parquet")


@pytest.fixture(scope="session")
def worth(fjordgross):
    """Return the practice accounts with what each is worth, chains counted as one."""
    from kamkit import identify, value
    from kamkit.case import as_chains

    whole = as_chains(fjordgross)
    table = value.account_value(whole, identify.account_facts(whole))
    known = ["account_id", "industry", "language", "employees", "payment_days", "members"]
    return table.merge(whole.table("accounts")[known], on="account_id", how="left")


@pytest.fixture
def company(tmp_path):
    """Return a function that opens a case from tables, each written as a file of one folder."""
    from kamkit.case import open_case

    def opened(**tables):
        for name, table in tables.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        return open_case(tmp_path)

    return opened


@pytest.fixture(scope="session")
def analysis(fjordgross):
    """The analysis of the practice company, chains as one account."""
    import kamkit as kam

    return kam.analyse(fjordgross)


@pytest.fixture(scope="session")
def practice_run(tmp_path_factory):
    """A whole run of the practice company with few draws, made once; tests only read it."""
    from kamkit.files import locked
    from kamkit.run import RunOptions, run
    from kamkit.settings import Settings

    home = shared_home(tmp_path_factory)
    options = RunOptions(out=home / "practice", quiet=True, lang="en")
    with locked(home / "practice.lock"):
        return run("fjordgross", Settings.of(draws=50, lifetime_draws=20), options=options)


@pytest.fixture(scope="session")
def plan_basis(analysis):
    """What the plans of the practice company rest on."""
    return analysis.require("plan_basis")
