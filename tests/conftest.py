"""What every test shares: English, no display, and the real data where it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ["KAMKIT_LANG"] = "en"
os.environ["MPLBACKEND"] = "Agg"
ROOT = Path(__file__).resolve().parent.parent


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
