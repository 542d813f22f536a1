"""What was read of a file is not read again while the file stays as it is; the case is the same."""

from __future__ import annotations

import datetime as dt
import shutil

import openpyxl
import pandas as pd
import pytest

from kamkit.case import open_case
from kamkit.errors import KamkitError

JANUARY = "Kundenr;Dato;Beløp;Valuta\n007;05.01.2024;1 500,50;NOK\n8;31.01.2024;700,00;NOK\n"
FEBRUARY = "Kundenr;Dato;Beløp;Valuta\n007;05.02.2024;1,25;NOK\n;06.02.2024;0,50;NOK\n"


def _book(path, *lines):
    book = openpyxl.Workbook()
    for row in (("Kundenr", "Dato", "Beløp", "Valuta"), *lines):
        book.active.append(row)
    book.save(path)


@pytest.fixture
def folder(tmp_path):
    """Two months as text and one as a workbook, with a register of customers."""
    home = tmp_path / "sales"
    home.mkdir()
    (home / "2024-01.csv").write_text(JANUARY, encoding="utf-8")
    (home / "2024-02.csv").write_text(FEBRUARY, encoding="utf-8")
    (home / "kunder.csv").write_text("Kundenr;Navn\n007;Bond\n8;Hav\n", encoding="utf-8")
    _book(home / "2024-03.xlsx", ("007", dt.date(2024, 3, 1), 10.75, "NOK"))
    return home


def _lines(case):
    table = case.engine.frame(case.checked.order_by(["part", "source_row"]))
    return table, case.notes, case.checksum, case.unused, case.tables["accounts"]


def _same(one, other):
    for mine, theirs in zip(_lines(one), _lines(other), strict=True):
        if isinstance(mine, pd.DataFrame):
            pd.testing.assert_frame_equal(mine, theirs)
        else:
            assert mine == theirs


def _read(case):
    return sorted(case.engine.once.read)


def test_only_new_and_changed_files_are_read_and_the_case_is_the_same(folder, tmp_path):
    keep = tmp_path / "kept"
    first = open_case(folder, keep=keep)
    every = ["2024-01.csv", "2024-02.csv", "2024-03.xlsx", "kunder.csv"]
    assert _read(first) == every
    again = open_case(folder, keep=keep)
    assert (_read(again), sorted(again.engine.once.taken)) == ([], every)
    _same(again, open_case(folder))

    _book(folder / "2024-04.xlsx", ("8", dt.date(2024, 4, 2), 3, "NOK"))
    corrected = FEBRUARY.replace("1,25", "2,25")
    (folder / "2024-02.csv").write_text(corrected, encoding="utf-8")
    (folder / "2024-01.csv").unlink()
    later = open_case(folder, keep=keep)
    assert _read(later) == ["2024-02.csv", "2024-04.xlsx"]
    _same(later, open_case(folder))
    sums = later.engine.frame(later.sales).groupby("account_id")["amount"].sum().to_dict()
    assert sums == {"007": 13.0, "8": 3.0}  # 2.25 + 10.75; 3


def test_what_is_kept_of_files_that_are_gone_is_removed(folder, tmp_path):
    keep = tmp_path / "kept"
    open_case(folder, keep=keep)
    assert len(list(keep.iterdir())) == 4
    (folder / "2024-01.csv").unlink()
    (folder / "2024-02.csv").write_text(FEBRUARY + "8;07.02.2024;1,00;NOK\n", encoding="utf-8")
    open_case(folder, keep=keep)
    assert len(list(keep.iterdir())) == 3


def test_another_mapping_reads_anew(folder, tmp_path):
    keep = tmp_path / "kept"
    open_case(folder, keep=keep)
    given = tmp_path / "given.toml"
    given.write_text('[options]\ncurrency = "NOK"\n', encoding="utf-8")
    assert len(_read(open_case(folder, mapping=given, keep=keep))) == 4


@pytest.mark.parametrize("broken", ["parts.json", "0.parquet", "0-lines.json", "0-lines.parquet"])
def test_what_is_broken_in_the_folder_is_read_anew(folder, tmp_path, broken):
    keep = tmp_path / "kept"
    open_case(folder, keep=keep)
    for path in keep.rglob(broken):
        path.write_bytes(b"cut short")
    mended = open_case(folder, keep=keep)
    assert len(_read(mended)) == (0 if "lines" in broken else 4)
    _same(mended, open_case(folder))
    assert _read(open_case(folder, keep=keep)) == []


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(folder, tmp_path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    case = open_case(folder, keep=tmp_path / "file")
    assert len(_read(case)) == 4
    _same(case, open_case(folder))


def test_a_file_that_is_refused_is_refused_each_time(folder, tmp_path):
    (folder / "2024-02.csv").write_text("Kundenr;Dato;Beløp\n1;05.02.2024;abc\n", encoding="utf-8")
    said = []
    for _ in range(2):
        with pytest.raises(KamkitError) as refusal:
            open_case(folder, keep=tmp_path / "kept")
        said.append(str(refusal.value))
    assert said[0] == said[1]


def test_a_folder_of_partitions_too(tmp_path):
    lake, keep = tmp_path / "lake", tmp_path / "kept"
    for year in (2024, 2025):
        (lake / f"year={year}").mkdir(parents=True)
        (lake / f"year={year}" / "a.csv").write_text(
            f"customer,date,amount\nA,{year}-01-05,{year}.50\nB,{year}-02-05,1\n", encoding="utf-8"
        )
    open_case(lake, keep=keep)
    shutil.copytree(lake / "year=2025", lake / "year=2026")
    again = open_case(lake, keep=keep)
    assert again.engine.once.read == []  # the same bytes under the same name
    total = again.engine.frame(again.sales)["amount"].sum()
    assert total == 2024.5 + 2 * 2025.5 + 3
