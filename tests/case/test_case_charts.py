"""What was read, used and set aside, as it is drawn."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from kamkit.case import charts
from kamkit.colours import BLUE
from kamkit.language import set_language
from tests.conftest import LANGUAGES
from tests.pictures import faults, words


def test_what_is_set_aside_is_drawn_by_lines_and_by_amount():
    fates = pd.DataFrame(
        {
            "reason": ["read", "used", "no_account"],
            "rows": [10, 8, 2],
            "amount": [1000.0, 1100.0, -100.0],
        }
    )
    picture = charts.set_aside(fates, currency="NOK", source="Prøve AS")
    lines, amounts = picture.figure.axes
    assert [bar.get_width() for bar in lines.patches] == [8, 2]
    assert [bar.get_width() for bar in amounts.patches] == [1100, -100]
    assert [to_hex(bar.get_facecolor()) for bar in lines.patches] == [BLUE, "#ffffff"]
    assert [bool(bar.get_hatch()) for bar in lines.patches] == [False, True]
    said = [text.replace("\u00a0", " ") for text, _ in words(picture)]
    assert {"8 (80.0%)", "2 (20.0%)", "NOK 1,100", "−NOK 100"} <= set(said)
    assert picture.title == "8 of 10 lines are used (80.0%), 2 are set aside"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_cut_off_or_written_over(language):
    set_language(language)
    fates = pd.DataFrame(
        {
            "reason": ["read", "used", "no_account", "unreadable_date"],
            "rows": [1_000_000, 700_000, 290_000, 10_000],
            "amount": [7e9, 8e9, -9e8, -1e8],
        }
    )
    assert not faults(charts.set_aside(fates, currency="NOK"))
