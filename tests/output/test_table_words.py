"""A value in a table is written by what its column holds; a gap is an en dash."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pandas as pd
import pytest

from kamkit.errors import CapacityError, LedgerError, MissingTable, ParameterError, PeriodError
from kamkit.output import Finding, Picture, keep, show, table_of
from kamkit.output import table as tables
from kamkit.output.notebook import RESULTS, if_possible, publish
from kamkit.output.style import canvas

NAN = float("nan")


def written(**columns):
    return tables.formatted(pd.DataFrame(columns)).iloc[:, 0].tolist()


class TestKinds:
    @pytest.mark.parametrize(
        ("name", "values", "kind"),
        [
            ("revenue", [1.5], "money"),
            ("revenue", [Decimal("1.5"), None], "money"),
            ("revenue", ["much"], "text"),  # a measure in words is text
            ("revenue", [None], "text"),
            ("profit", [True], "flag"),
            ("quarter", [dt.datetime(2025, 1, 1)], "date"),  # noqa: DTZ001 - as tables hold days
            ("cohort", [dt.datetime(2025, 1, 1)], "month"),  # noqa: DTZ001
            ("last_date", ["soon"], "text"),
            ("colour", [3], "count"),
            ("colour", [3.5], "number"),
            ("colour", ["red"], "text"),
            ("account_id", ["007"], "code"),
        ],
    )
    def test_the_register_tells_and_else_the_values(self, name, values, kind):
        assert tables.kind_of(name, pd.Series(values)) == kind

    def test_a_kind_may_be_given(self):
        frame = pd.DataFrame({"share": [0.5], "rank": [1]})
        assert tables.chosen(frame, {"share": "number"}) == {"share": "number"}
        assert tables.chosen(frame, ["rank"]) == {"rank": "count"}


class TestWritten:
    @pytest.mark.parametrize(
        ("columns", "texts"),
        [
            # one amount of a thousand, and no amount has cents
            ({"revenue": [999.994, 2.5, NAN]}, ["999.99", "2.50", "–"]),
            ({"revenue": [-1000.0, 2.5, NAN]}, ["−1,000", "2", "–"]),
            ({"colour": [2.0, 3.0]}, ["2", "3"]),
            ({"colour": [2.0, 3.5]}, ["2.00", "3.50"]),
            ({"colour": [2000.0, 3.5]}, ["2,000", "4"]),
            ({"share": [0.125, NAN]}, ["12.5%", "–"]),
            ({"is_key": [True, False]}, ["yes", "no"]),
            ({"rhythm_state": ["on_time", None]}, ["on time", "–"]),
            ({"account_name": ["Ask", None]}, ["Ask", "–"]),
            ({"cohort": pd.to_datetime(["2025-03-01", None])}, ["Mar 2025", "–"]),
            ({"last_date": pd.to_datetime(["2025-03-31", None])}, ["31 Mar 2025", "–"]),
        ],
    )
    def test_each_column_in_its_own_way(self, columns, texts):
        assert written(**columns) == texts

    def test_cents_are_always_two(self):
        shown = tables.formatted(pd.DataFrame({"price": [2.5, 1000.0]}), columns={"price": "cents"})
        assert shown.iloc[:, 0].tolist() == ["2.50", "1,000.00"]

    def test_reasons_have_words_and_other_texts_stay(self):
        frame = pd.DataFrame({"why": ["no_account", "used", "mine", None]})
        shown = tables.formatted(frame, columns={"why": "reason"})
        assert shown.iloc[:, 0].tolist() == ["no customer number", "used", "mine", "–"]


class TestHtml:
    def test_figures_stand_right_and_are_sorted_by_their_value(self):
        html = tables.as_html(
            pd.DataFrame(
                {
                    "account_id": ["7"],
                    "revenue": [1 / 3],
                    "last_date": pd.to_datetime(["2025-03-31"]),
                    "profit": [NAN],
                }
            )
        )
        cells = re.findall(r"<td([^>]*)>([^<]*)</td>", html)
        assert cells == [
            (' style="text-align:left;white-space:nowrap"', "7"),
            (' data-sort="0.3333333333" style="text-align:right"', "0.33"),
            (' data-sort="2025-03-31" style="text-align:left;white-space:nowrap"', "31 Mar 2025"),
            (' data-sort="" style="text-align:right"', "–"),
        ]

    def test_a_short_table_is_whole_and_needs_no_note(self):
        frame = pd.DataFrame({"rank": range(1, 21)})
        assert "of 20 rows" not in tables.as_html(frame)
        longer = pd.DataFrame({"rank": range(1, 22)})
        assert "20 of 21 rows" in tables.as_html(longer)
        assert tables.as_html(longer, rows=None).count("<tr>") == 22
        assert "0 of 1 row<" in tables.as_html(frame.head(1), rows=0)

    def test_decimals_are_those_of_the_whole_table(self):
        frame = pd.DataFrame({"revenue": [2.5, 1000.0]})
        assert ">2<" in tables.as_html(frame, rows=1)

    def test_a_caption_stands_where_there_is_one(self):
        frame = pd.DataFrame({"rank": [1]})
        assert "<caption>Two &lt; three</caption>" in tables.as_html(frame, caption="Two < three")
        assert "<caption>" not in tables.as_html(frame)

    def test_a_column_that_is_like_none_is_refused_with_those_there_are(self):
        with pytest.raises(ParameterError, match="Choose from the columns found") as error:
            tables.as_html(pd.DataFrame({"rank": [1], "share": [1.0]}), columns=["zzz"])
        assert "rank, share" in str(error.value)


class Left:
    """What stands for a result that is left out: a reason, and nothing else."""

    def __init__(self, text):
        self.text = text

    def __bool__(self):
        return False

    def __str__(self):
        return self.text


class TestShow:
    def test_lists_are_shown_one_by_one_and_nothing_is_passed_over(self, capsys):
        show([Finding("a", pd.DataFrame(), "One."), (None, Finding("b", pd.DataFrame(), "Two."))])
        assert capsys.readouterr().out == "One.\nTwo.\n"

    def test_a_reason_is_given_once(self, capsys):
        show(Left("No cost."), Left("No cost."), Left(""), Left("No contacts."))
        assert capsys.readouterr().out == "No cost.\nNo contacts.\n"

    def test_a_table_shows_as_many_rows_as_it_was_told_to(self, capsys):
        frame = pd.DataFrame({"rank": [1, 2, 3]})
        show(table_of(frame, rows=2))
        assert capsys.readouterr().out.split() == ["Rank", "1", "2"]
        show(table_of(frame, rows=2), rows=1)
        assert capsys.readouterr().out.split() == ["Rank", "1"]
        show(table_of(frame, rows=None))
        assert capsys.readouterr().out.split() == ["Rank", "1", "2", "3"]

    def test_a_picture_is_closed_when_it_was_shown(self, capsys):
        from matplotlib import pyplot

        figure = pyplot.figure()
        show(Picture(figure, "Title", "Text.", ""))
        assert not pyplot.fignum_exists(figure.number)
        assert capsys.readouterr().out == "Title\nText.\n"

    def test_outside_jupyter_the_plain_text_is_printed(self, capsys):
        publish({"text/html": "<b>3</b>", "text/plain": "3"}, {"kind": "note"}, handle="x")
        assert capsys.readouterr().out == "3\n"


class TestKeep:
    def test_a_table_is_kept_where_the_runner_looks_for_it(self, tmp_path, monkeypatch):
        frame = pd.DataFrame({"account_id": ["1"]}, index=[9])
        keep("accounts", frame)  # without a folder nothing happens
        monkeypatch.setenv(RESULTS, str(tmp_path))
        keep("key_accounts2", frame)
        assert [one.name for one in tmp_path.iterdir()] == ["key_accounts2.parquet"]
        assert pd.read_parquet(tmp_path / "key_accounts2.parquet").to_dict("list") == {
            "account_id": ["1"]
        }

    @pytest.mark.parametrize("name", ["", "Key", "a b", "../x", "nø"])
    def test_a_name_that_is_no_file_is_refused(self, name):
        with pytest.raises(ParameterError, match="cannot be kept"):
            keep(name, pd.DataFrame())


class TestIfPossible:
    @pytest.mark.parametrize(
        ("kind", "told"),
        [
            (MissingTable, "Left out: No cost. Add it."),
            (PeriodError, "Left out: No cost. Add it."),
            (LedgerError, "Left out: No cost. (three lines) Add it."),
            (CapacityError, "Left out: No cost. (three lines) Add it."),
        ],
    )
    def test_what_the_case_cannot_carry_is_a_sentence(self, kind, told, capsys):
        with if_possible():
            raise kind("No cost.", found="three lines", remedy="Add it.")
        assert capsys.readouterr().out == f"{told}\n"

    def test_a_mistake_goes_on(self):
        with pytest.raises(ParameterError), if_possible():
            raise ParameterError("Mistyped.")


def test_a_finding_reads_as_one_line_with_its_caveats():
    found = Finding("size", pd.DataFrame(), "Three.", ("One month.", "No cost."))
    assert repr(found) == "Three. (One month.) (No cost.)"
    assert Finding("size", pd.DataFrame(), "Three.").caveats == ()
    figure = canvas("")[0]
    assert Picture(figure, "T", "a", "c") == Picture(canvas("")[0], "T", "a", "c")
