"""What goes to disk comes back the same, and nothing that is read is run."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

from kamkit.analysis.graph import Kept
from kamkit.analysis.store import Store, decoded, encoded
from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number, speaking, spoken
from kamkit.periods import Period


@pytest.mark.parametrize(
    "value",
    [
        None,
        "Fjord & Sønn",
        (1, "two", 3.5, None),
        {"a": [1, 2], "b": {"c": dt.date(2025, 1, 31)}},
        Period("2025-01-01", "2025-03-31"),
        pd.Timestamp("2025-03-31"),
    ],
)
def test_plain_values_come_back_as_they_were(value):
    text = json.dumps(encoded(value))
    assert decoded(json.loads(text), pd.DataFrame) == value


def test_a_text_comes_back_with_its_recipe_and_speaks_the_other_language():
    text = _("Lines used") + ": " + number(1234.5, 1)
    back = decoded(json.loads(json.dumps(encoded(text))), pd.DataFrame)
    assert back == "Lines used: 1,234.5"
    with speaking("nb"):
        assert spoken(back).replace("\xa0", " ") == "Linjer brukt: 1 234,5"


def test_only_dataclasses_of_kamkit_are_made_again():
    for name in ("subprocess:Popen", "os:system", "kamkit.files:checksum"):
        with pytest.raises(ValueError, match="is no"):
            decoded({"class": name, "fields": {}}, pd.DataFrame)


def test_an_error_is_kept_with_all_it_says(tmp_path):
    store = Store(tmp_path)
    error = MissingTable("No cost.", where="sales.csv", found="none", remedy="Add it.")
    store.write("profit", Kept(error=error))
    read = store.read("profit")
    assert read is not None
    assert str(read.error) == str(error)
    assert store.names() == []


def test_what_is_no_plain_data_is_refused():
    with pytest.raises(TypeError, match="no plain data"):
        encoded(object())
