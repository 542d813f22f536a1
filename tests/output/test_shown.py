"""Findings, pictures and tables show themselves, under the label by which the runner finds them."""

from __future__ import annotations

import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter

from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.language import set_language
from kamkit.output import Finding, Picture, Table, show, table_of
from kamkit.output.style import canvas

ACCOUNTS = pd.DataFrame(
    {"account_id": ["0012", "0007", "0031"], "share": [0.5, 0.3, 0.2], "rank": [1, 2, 3]}
)


def shown(thing):
    """What Jupyter stores of a thing: the data by media type, and our label."""
    data, metadata = DisplayFormatter().format(thing)
    return data, metadata["kamkit"]


def picture(**values):
    words = {"title": "Sales rose 4%", "alt": "A rising line.", "caption": "Source: CDNOW."}
    return Picture(canvas(words["title"])[0], **(words | values))


def test_a_picture_shows_itself_with_its_alternative_text():
    data, label = shown(picture())
    assert 'alt="A rising line."' in data["text/html"]
    assert data["text/html"].count("data:image/svg+xml;base64,") == 1
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == "Sales rose 4%\nA rising line."
    assert label == {
        "kind": "figure",
        "title": "Sales rose 4%",
        "alt": "A rising line.",
        "caption": "Source: CDNOW.",
    }


def test_a_figure_alone_shows_itself_as_wide_as_its_picture():
    data, metadata = DisplayFormatter().format(picture().figure)
    assert data["image/png"].startswith(b"\x89PNG")
    assert metadata["image/png"] == {"width": 900}


def test_a_picture_knows_its_finding_and_the_numbers_it_draws():
    drawn = picture(table=ACCOUNTS)
    assert (drawn.text, repr(drawn)) == ("Sales rose 4%", "Sales rose 4%")
    assert drawn.table is ACCOUNTS
    assert picture().table is None


def test_a_finding_shows_itself_in_the_language_of_the_reader():
    finding = Finding("size", ACCOUNTS, _("yes"), (_("no"),))
    set_language("nb")
    data, label = shown(finding)
    assert data["text/plain"] == "ja\n– nei"
    assert "<b>ja</b>" in data["text/html"]
    assert label == {"kind": "finding", "name": "size", "text": "ja", "caveats": ["nei"]}


def test_a_table_shows_itself_in_words():
    table = table_of(ACCOUNTS, name="sizes", columns=["account_id", "share"], caption="Sizes")
    data, label = shown(table)
    assert "<th" in data["text/html"]
    assert "Share of total" in data["text/html"]
    assert "Rank" not in data["text/html"]
    assert data["text/plain"].split("\n")[0] == "Sizes"
    assert "50.0%" in data["text/plain"]
    assert label == {"kind": "table", "name": "sizes", "caption": "Sizes"}


def test_a_part_of_a_table_is_shown_like_the_whole():
    table = table_of(ACCOUNTS, name="sizes", columns=["account_id", "share"])
    for part in (table.head(2), table[table["rank"] < 3], table.sort_values("rank").iloc[:2]):
        assert isinstance(part, Table)
        data, label = shown(part)
        assert label["name"] == "sizes"
        assert "Rank" not in data["text/plain"]
        assert "20.0%" not in data["text/plain"]


def test_a_table_that_lost_a_column_shows_the_others():
    table = table_of(ACCOUNTS, columns={"share": "number", "rank": "count"})
    assert shown(table[["account_id", "share"]])[0]["text/plain"].split() == [
        *("Share", "of", "total"),
        *("0.50", "0.30", "0.20"),
    ]
    assert "0031" in shown(table[["account_id"]])[0]["text/plain"]


def test_a_table_of_a_column_that_is_not_there_is_refused_when_it_is_made():
    with pytest.raises(ParameterError, match="no column “shear”"):
        table_of(ACCOUNTS, columns=["shear"])


def test_a_table_is_computed_with_like_any_other_frame():
    table = table_of(ACCOUNTS, name="sizes")
    assert table["share"].sum() == pytest.approx(1.0)
    assert table.merge(ACCOUNTS, on="account_id").shape == (3, 5)
    assert not hasattr(ACCOUNTS, "kamkit")


def test_things_are_shown_one_after_another(capsys):
    show(Finding("size", ACCOUNTS, "Three accounts."), picture(), ACCOUNTS[["rank"]], rows=1)
    assert capsys.readouterr().out.split("\n") == [
        "Three accounts.",
        "Sales rose 4%",
        "A rising line.",
        "Rank",
        "   1",
        "",
    ]


def test_what_has_no_words_of_ours_shows_itself_its_own_way(capsys):
    show("as written", pd.Index([1]))
    assert capsys.readouterr().out.startswith("as written\nIndex([1]")
