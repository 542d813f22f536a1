"""Object storage, on a real S3-compatible server: the ledger to the cent, and no key anywhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kamkit.case import open_case
from kamkit.errors import SourceError

KEY, SECRET = "AKIAKARI", "hemmelig/nokkel+42"
JANUARY = b"Kundenr;Dato;Bel\xc3\xb8p\n007;05.01.2024;1500,50\n8;31.01.2024;700,00\n"
FEBRUARY = b"Kundenr;Dato;Bel\xc3\xb8p\n007;15.02.2024;0,25\n"


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """The folder that is the bucket “lake” of an S3 server on this machine, which checks keys."""
    program = shutil.which("rclone") or Path(sys.executable).with_name("rclone")
    if not Path(program).is_file():
        pytest.skip("rclone is not on this machine")
    home = tmp_path_factory.mktemp("store")
    for name, body in {
        "Salg 2024.csv": JANUARY,
        "months/2024-01.csv": JANUARY,
        "months/2024-02.csv": FEBRUARY,
        "half/2024-01.csv": JANUARY,
        "half/2024-02.csv": b"",
        "warehouse/year=2024/a.csv": b"customer,date,amount\nA,2024-01-05,1.10\n",
        "warehouse/year=2025/a.csv": b"customer,date,amount\nA,2025-01-05,2.20\n",
    }.items():
        path = home / "lake" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    given = ["--auth-key", f"{KEY},{SECRET}", "--addr", "127.0.0.1:0", "--dir-cache-time", "0s"]
    command = [program, "serve", "s3", str(home), *given, "--config", os.devnull]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        said = next(line for line in running.stderr if "http://" in line)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_ENDPOINT_URL", re.search(r"http://[\d.:]+", said)[0])
            patch.setenv("AWS_ACCESS_KEY_ID", KEY)
            patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
            patch.setenv("AWS_REGION", "us-east-1")
            yield home / "lake"
        running.terminate()


def _sums(case):
    sales = case.engine.frame(case.sales)
    return sales.groupby("account_id")["amount"].sum().round(2).to_dict()


@pytest.mark.parametrize(
    ("address", "name", "sums"),
    [
        ("s3://lake/Salg 2024.csv", "Salg 2024", {"007": 1500.5, "8": 700.0}),
        ("s3://lake/months", "months", {"007": 1500.75, "8": 700.0}),
        ("s3://lake/months/", "months", {"007": 1500.75, "8": 700.0}),
        ("S3://lake/warehouse", "warehouse", {"A": 3.3}),
    ],
)
def test_an_object_or_all_below_an_address_is_the_ledger(lake, address, name, sums):
    case = open_case(address)
    assert (_sums(case), case.name, case.source) == (sums, name, address)


def test_an_object_gives_the_checksum_and_the_lines_of_the_file(lake, tmp_path):
    (tmp_path / "Salg 2024.csv").write_bytes(JANUARY)
    here, there = open_case(tmp_path / "Salg 2024.csv"), open_case("s3://lake/Salg 2024.csv")
    assert here.checksum == there.checksum
    assert here.engine.frame(here.checked).equals(there.engine.frame(there.checked))


def test_an_empty_object_is_told_as_an_empty_file_is(lake):
    here, there = open_case(lake / "half"), open_case("s3://lake/half")
    assert any("2024-02.csv" in note for note in here.notes)
    assert there.notes == here.notes


def test_months_that_were_read_are_not_read_again(lake, tmp_path):
    open_case("s3://lake/months", keep=tmp_path)
    march = lake / "months" / "2024-03.csv"
    march.write_bytes(FEBRUARY.replace(b"02", b"03"))
    again = open_case("s3://lake/months", keep=tmp_path)
    march.unlink()
    assert again.engine.once.read == ["2024-03.csv"]
    assert _sums(again)["007"] == 1501.0


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("s3://lake/nothing", "There is nothing under this address."),
        ("s3://nolake/sales", "The object storage could not be read."),
        ("s3://kari:hemmelig@lake/sales", "The address has more in it"),
        ("s3:///sales", "The address has more in it"),
    ],
)
def test_what_is_not_there_is_told_without_a_key(lake, address, says):
    with pytest.raises(SourceError) as refusal:
        open_case(address)
    text = str(refusal.value)
    assert text.startswith(says)
    assert "do:" in text
    assert not re.search(f"{KEY}|hemmelig", text)


def test_a_wrong_key_is_told_and_not_shown(lake, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hemmelig/feil")
    with pytest.raises(SourceError, match="could not be read") as refusal:
        open_case("s3://lake/months")
    assert "hemmelig" not in str(refusal.value)


def test_a_server_that_does_not_answer_is_told(lake, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(SourceError, match="could not be read"):
        open_case("s3://lake/months")
