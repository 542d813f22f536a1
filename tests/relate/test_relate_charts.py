"""Pictures of relations hold for nets that are hard to draw, and say the numbers of paper."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kamkit import relate
from kamkit.language import speaking
from kamkit.relate import charts
from kamkit.relate._people import ROLES
from tests.conftest import LANGUAGES
from tests.pictures import NAMES, faults, words

END = dt.date(2025, 12, 31)
HARD = [str(name) for name in NAMES if name]


def persons(n, departments=7, roots=1, names=None):
    called = names or [f"Person {i}" for i in range(n)]
    return pd.DataFrame(
        {
            "account_id": "a",
            "person": called[:n],
            "role": [ROLES[i % 6] for i in range(n)],
            "department": [f"Department {i % departments}" for i in range(n)],
            "influence": [5 - i % 5 for i in range(n)],
            "support": [i % 5 - 2 for i in range(n)],
            "reports_to": [None if i < roots else called[i // 5] for i in range(n)],
            "our_contact": [None if i % 4 == 3 else f"S{i % 3}; Salgssjef" for i in range(n)],
            "last_contact": pd.date_range("2024-06-01", periods=n, freq="20D"),
        }
    )


def net(*arguments, **options):
    table = persons(*arguments, **options)
    return relate.people(table, end=END, show_names=True)


@pytest.mark.sampled
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "table",
    [
        net(1),
        net(2, roots=2),
        net(25),
        net(25, departments=1),
        net(25, roots=25),
        net(60),
        net(len(HARD), names=HARD),
        net(12, departments=12, roots=3),
    ],
    ids=["one", "two", "house", "one department", "all on top", "sixty", "hard names", "many"],
)
def test_the_map_stays_inside_its_picture(table, language):
    with speaking(language):
        assert not faults(charts.relationship_map(table, name="A"))


def test_twenty_five_people_stand_on_one_page_each_once():
    table = net(25)
    picture = charts.relationship_map(table, name="A")
    width, height = picture.figure.get_size_inches()
    assert width <= 9.5
    assert height <= 12  # a page of A4 at the width of the picture is 12.7 high
    shown = [text for text, _ in words(picture)]
    for name in table["contact"]:
        assert shown.count(name) == 1
    assert picture.table["contact"].tolist() == table["contact"].tolist()
    assert "Person 0 (" in picture.alt


def test_the_text_alternative_says_what_the_cards_say():
    table = relate.people(persons(3), end=END)
    picture = charts.relationship_map(table, name="A")
    assert "A: 3 people in 3 departments, known by 4 of ours" in picture.title
    assert "influence 5 of 5, against us, known by S0; Salgssjef" in picture.alt
    assert "Person" not in picture.alt  # names only where they are asked for


def test_accounts_where_nobody_known_decides_are_drawn_whatever_their_place():
    ids = [f"{n:02}" for n in range(30)]
    known = pd.concat([persons(6).assign(account_id=one) for one in ids])
    known = known[(known["account_id"] != "29") | (known["role"] != "decider")]
    table = relate.coverage(relate.people(known, end=END))
    names = pd.DataFrame({"account_id": ids, "account_name": [f"Account {n}" for n in ids]})
    picture = charts.coverage(table, names=names)
    assert picture.title.startswith("We know no decision maker at 1 of 30 accounts")
    shown = [text for text, _ in words(picture) if text.startswith("Account")]
    assert len(shown) == 25
    assert "Account 29" in shown
    assert "Account 23" in shown
    assert "Account 24" not in shown
    assert "Drawn: 25 of 30, the first in their order, and those where" in picture.caption


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_pictures_hold_for_hard_names(language):
    with speaking(language):
        ids = [f"{n:03}" for n in range(len(HARD))]
        base = pd.DataFrame({"account_id": ids, "account_name": HARD})
        known = pd.concat([persons(4).assign(account_id=one) for one in ids])
        table = relate.people(known, end=END)
        stages = relate.stage(base).table
        health = relate.health(base.assign(rhythm_state="late", credit_share=0.0)).table
        gains = relate.mutual_value(
            base.assign(
                revenue=1e6,
                list_amount=1.3e6,
                profit=[-1e5 * (n % 2) + 1e4 for n in range(len(ids))],
            )
        ).table
        for picture in (
            charts.coverage(relate.coverage(table), names=base),
            charts.stages(stages),
            charts.health(health),
            charts.health_spread(health),
            charts.mutual_value(gains, currency="NOK"),
        ):
            assert not faults(picture), picture.title


def test_nothing_to_draw_is_said():
    empty = net(1).head(0)
    for picture in (
        charts.relationship_map(empty),
        charts.health(
            pd.DataFrame(
                {"health": [float("nan")], "account_id": "1", "health_change": 0.0, "weakest": ""}
            )
        ),
    ):
        assert "nothing to draw" in picture.title
