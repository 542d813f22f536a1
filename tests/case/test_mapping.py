"""How a source is read: what is given, else the file beside it, whoever asks."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.case import ColumnMapping, mapping_for, mapping_path, open_case
from kamkit.errors import HeadingError, ParameterError
from kamkit.source_options import mapping_of

OURS = ColumnMapping({"sales": {"amount": "Netto"}})
LINES = "Kundenr;Dato;Netto;Brutto\n1;2025-01-01;80;100\n2;2025-01-02;40;50\n"


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text(LINES, encoding="utf-8")
    return path


class TestWhichMapping:
    def test_a_mapping_that_is_given_goes_before_the_file_beside(self, ledger):
        ColumnMapping({"sales": {"amount": "Brutto"}}).save(mapping_path(ledger))
        assert mapping_for(ledger, OURS) == OURS

    def test_a_file_that_is_given_goes_before_the_file_beside(self, ledger, tmp_path):
        ColumnMapping({"sales": {"amount": "Brutto"}}).save(mapping_path(ledger))
        given = OURS.save(tmp_path / "ours.toml")
        assert mapping_for(ledger, given) == mapping_for(ledger, str(given)) == OURS

    def test_a_file_that_is_given_and_missing_is_refused(self, ledger, tmp_path):
        with pytest.raises(HeadingError, match=r"no mapping file “other\.toml”"):
            mapping_for(ledger, tmp_path / "other.toml")

    def test_the_file_beside_the_source_is_found_from_anywhere(self, ledger, tmp_path, monkeypatch):
        OURS.save(mapping_path(ledger))
        monkeypatch.chdir(tmp_path)
        assert mapping_for("sales.csv") == mapping_for(ledger) == OURS
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("USERPROFILE", str(tmp_path))
        assert mapping_for("~/sales.csv") == OURS

    @pytest.mark.parametrize(("start", "source"), [("data", "."), ("data/inner", "..")])
    def test_a_folder_may_be_named_by_points(self, tmp_path, monkeypatch, start, source):
        (tmp_path / "data" / "inner").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / start)
        assert mapping_path(source) == tmp_path / "data.kamkit.toml"
        OURS.save(mapping_path(source))
        assert mapping_for(source) == OURS

    def test_a_link_has_the_file_that_lies_beside_the_link(self, ledger, tmp_path):
        link = tmp_path / "links" / "latest.csv"
        link.parent.mkdir()
        link.symlink_to(ledger)
        OURS.save(link.parent / "latest.csv.kamkit.toml")
        assert mapping_for(link) == OURS
        assert mapping_for(ledger) == ColumnMapping()

    @pytest.mark.parametrize("source", ["cdnow", "no such file", "", "a" * 5000, "\0", None])
    def test_what_is_no_file_or_folder_has_no_file_beside(self, tmp_path, monkeypatch, source):
        monkeypatch.chdir(tmp_path)
        OURS.save(tmp_path / "cdnow.kamkit.toml")
        assert mapping_for(source) == ColumnMapping()


class TestOneSearch:
    def test_the_api_and_the_command_line_read_the_same_file(self, ledger):
        OURS.with_options({"currency": "NOK"}).save(mapping_path(ledger))
        case = open_case(ledger)
        asked = open_case(ledger, mapping=mapping_of(str(ledger), (), None, {}))
        assert case.currency == asked.currency == "NOK"
        assert [one.reconciliation()["amount"].iloc[1] for one in (case, asked)] == [120, 120]

    def test_the_command_line_goes_before_the_file(self, ledger):
        OURS.save(mapping_path(ledger))
        given = {"currency": "sek", "exclude": ("2",), "rates": ("EUR=11,5",), "sheet": None}
        mapping = mapping_of(str(ledger), ["amount=Brutto"], None, given)
        assert mapping.columns == {"amount": "Brutto"}
        assert mapping.options.given() == {
            "currency": "SEK",
            "exclude": ("2",),
            "rates": {"EUR": 11.5},
        }

    def test_what_check_keeps_is_what_is_read_next(self, ledger):
        kept = open_case(ledger, mapping=OURS).mapping
        kept.save(mapping_path(ledger))
        assert open_case(ledger).mapping == kept

    def test_a_frame_has_no_file(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        frame = pd.DataFrame({"Kundenr": ["1"], "Dato": ["2025-01-01"], "Netto": [80.0]})
        assert open_case(frame).reconciliation()["amount"].iloc[1] == 80

    @pytest.mark.parametrize("word", ["amount", "=Netto", "amount=", " = "])
    def test_a_word_without_name_or_value_is_refused(self, ledger, word):
        with pytest.raises(ParameterError, match="is not a name and a value") as refusal:
            mapping_of(str(ledger), [word], None, {})
        assert word in refusal.value.message

    def test_a_rate_that_is_no_number_is_refused(self, ledger):
        with pytest.raises(ParameterError, match="rate of EUR is not a number") as refusal:
            mapping_of(str(ledger), (), None, {"rates": ("EUR=elleve",)})
        assert refusal.value.found == "elleve"


class TestTheFile:
    def test_it_says_what_each_column_means(self):
        text = ColumnMapping({"sales": {"date": "Dato"}, "accounts": {"name": "Navn"}}).text()
        assert text.splitlines()[0].startswith("# ")
        assert 'date = "Dato" # The day the invoice was issued' in text
        assert "[accounts]" in text

    @pytest.mark.parametrize(
        "options",
        [
            {},
            {"day_first": False, "decimal": ",", "max_rows": 0.4},
            {"exclude": ["0007", "9"], "rates": {"EUR": 11.5, "SEK": 0.98}, "currency": "NOK"},
            {"start": "2025-01-01", "end": "2025-12-31", "sheet": "Ark “1”"},
        ],
    )
    def test_it_comes_back_as_it_was(self, tmp_path, options):
        mapping = ColumnMapping({"sales": {"amount": 'Beløp "netto"', "date": "Dato # 1"}})
        mapping = mapping.with_options(options)
        assert ColumnMapping.load(mapping.save(tmp_path / "m.toml")) == mapping

    def test_one_row_for_each_column(self):
        table = ColumnMapping({"sales": {"date": "Dato"}, "accounts": {"name": "Navn"}}).table()
        assert table.to_numpy().tolist() == [
            ["sales", "date", "Dato"],
            ["accounts", "name", "Navn"],
        ]
