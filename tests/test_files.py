"""Files appear whole, under names that every system takes and that no two texts share."""

from __future__ import annotations

import hashlib

import pytest

from kamkit.files import checksum, safe_name, whole_file

DEVICES = ("CON", "nul", "Aux", "COM1", "lpt9", "COM³", "PRN.txt", "con.2025.csv")


class TestNames:
    @pytest.mark.parametrize("name", ["000655", "K07", "NO-987.654_3", "ØST-1"])
    def test_a_number_that_is_a_good_name_stays(self, name):
        assert safe_name(name) == name

    @pytest.mark.parametrize("text", [*DEVICES, "a/b", "..", "", " ", "x" * 400, "1:2", "ø" * 99])
    @pytest.mark.parametrize("distinct", [True, False])
    def test_every_system_takes_the_name(self, text, distinct):
        name = safe_name(text, distinct=distinct)
        assert 1 <= len(f"{name}.docx".encode()) <= 128
        assert not set(name) & set('<>:"/\\|?* \0')
        assert name.strip(".") == name
        assert name.split(".")[0].upper() not in {d.split(".")[0].upper() for d in DEVICES}

    def test_texts_that_lose_the_same_signs_have_names_of_their_own(self):
        texts = ["K/07", "K:07", "K 07", "K-07", "/K-07", "K--07", "K-07."]
        assert len({safe_name(text) for text in texts}) == len(texts)

    def test_names_differ_where_the_system_does_not_tell_capitals(self):
        texts = ["k07", "K07", "Æ1", "æ1"]
        assert len({safe_name(text).casefold() for text in texts}) == len(texts)

    def test_two_ways_to_write_one_letter_are_two_names(self):
        whole, made_of_two = "\u00c51", "A\u030a1"
        assert safe_name(whole) == whole
        assert safe_name(made_of_two) not in (whole, made_of_two)

    def test_long_texts_that_differ_at_their_end_have_names_of_their_own(self):
        assert safe_name("9" * 300 + "1") != safe_name("9" * 300 + "2")

    def test_a_name_that_was_made_is_not_the_name_of_another_text(self):
        assert safe_name(safe_name("K/07")) != safe_name("K/07")

    def test_without_the_need_to_be_distinct_a_name_is_read_easily(self):
        assert safe_name("Salg: Øst/Vest 2025", distinct=False) == "Salg-Øst-Vest-2025"


class TestWholeFiles:
    def test_a_file_appears_in_a_folder_that_was_not_there(self, tmp_path):
        with whole_file(tmp_path / "new" / "a.txt") as unfinished:
            unfinished.write_text("3")
            assert not (tmp_path / "new" / "a.txt").exists()
        assert (tmp_path / "new" / "a.txt").read_text() == "3"

    def test_what_fails_leaves_the_earlier_file_and_no_other(self, tmp_path):
        target = tmp_path / "a.txt"
        target.write_text("earlier")
        with pytest.raises(TypeError), whole_file(target) as unfinished:
            unfinished.write_text("half") + "text"
        assert target.read_text() == "earlier"
        assert list(tmp_path.iterdir()) == [target]


def test_the_checksum_is_that_of_the_bytes(tmp_path):
    content = bytes(range(256)) * 9_000  # more than is read at once
    (tmp_path / "a").write_bytes(content)
    assert checksum(tmp_path / "a") == hashlib.sha256(content).hexdigest()
