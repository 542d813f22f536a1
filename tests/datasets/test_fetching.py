"""Fetching from a real HTTP server on loopback: whole is kept, all else leaves nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from kamkit.datasets import CATALOGUE, Entry, fetch
from kamkit.datasets.catalogue import Part
from kamkit.errors import FetchError, ParameterError

RETAIL = CATALOGUE["online-retail-ii"]
CLIENTS = CATALOGUE["wholesale-customers"]
FIRST, SECOND = (part.sheet for part in RETAIL.parts)
MORNING = dt.datetime.fromisoformat("2009-12-01T07:45:00")

SMALL_RETAIL = dataclasses.replace(
    RETAIL, parts=(Part(RETAIL.columns, 3, FIRST), Part(RETAIL.columns, 2, SECOND))
)
SMALL_CLIENTS = dataclasses.replace(CLIENTS, parts=(Part(CLIENTS.columns, 2),))
SHEETS: dict[str, list[tuple[object, ...]]] = {
    FIRST: [
        (489434, 85048, "LIGHTS", 12, MORNING, 6.95, 13085, "United Kingdom"),
        ("C489449", "79323P", 20713, -1, MORNING, 2.1, None, "Australia"),
        (536365, "007", "=1+1", 6, MORNING, 2.55, 17850, "United Kingdom"),
    ],
    SECOND: [
        (536365, "007", "=1+1", 6, MORNING, 2.55, 17850, "United Kingdom"),
        (581587, 22138, "BAKING SET", 3, MORNING, 4.95, 12680, "France"),
    ],
}
CSV = ",".join(CLIENTS.columns) + "\r\n2,3,12669,9656,7561,214,2674,1338\r\n1,3,1,2,3,4,5,6\r\n"


def workbook(sheets: dict[str, list[tuple[object, ...]]], columns=RETAIL.columns) -> bytes:
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"default_date_format": "yyyy-mm-dd hh:mm"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, columns)
        for index, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                write = sheet.write_string if isinstance(cell, str) else sheet.write
                write(index, place, cell)
    book.close()
    return memory.getvalue()


def zipped(name: str, content: bytes | str) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return memory.getvalue()


GOOD = zipped(RETAIL.member, workbook(SHEETS))
GOOD_CLIENTS = zipped(CLIENTS.member, CSV)

Answer = Callable[[BaseHTTPRequestHandler], None]


class Publisher:
    """A server that gives the next of its answers to each request; the last one stays."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.hits = 0
        self.stop = threading.Event()

    @contextmanager
    def open(self) -> Iterator[str]:
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = publisher.answers[min(publisher.hits, len(publisher.answers) - 1)]
                publisher.hits += 1
                answer(self)

            def log_message(self, *args: object) -> None:
                """Keep the output of the tests clean."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/data.zip"
        finally:
            self.stop.set()
            server.shutdown()
            server.server_close()
            thread.join()


def whole(body: bytes) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def cut(body: bytes, *, announced: bool = True) -> Answer:
    """Send the first half; the length of the whole is announced, or none is."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        if announced:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: len(body) // 2])

    return answer


def status(code: int) -> Answer:
    return lambda request: request.send_error(code)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """No test meets the user's cache, copies or proxy."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("KAMKIT_DATA_DIR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def refused(entry: Entry, folder: Path, url: str, **options) -> FetchError:
    """Fetch, expect a refusal; nothing is left, and the user is told what to do."""
    with pytest.raises(FetchError) as caught:
        fetch(entry, folder=folder, url=url, progress=False, **options)
    assert [path.name for path in folder.rglob("*")] == []
    assert caught.value.remedy
    return caught.value


def test_a_whole_workbook_becomes_one_table_with_identifiers_as_text(tmp_path):
    with Publisher(whole(GOOD)).open() as url:
        path = fetch(SMALL_RETAIL, folder=tmp_path, url=url, progress=False)
    frame = pd.read_parquet(path)
    assert list(frame.columns) == list(RETAIL.columns)
    assert frame["Invoice"].tolist() == ["489434", "C489449", "536365", "581587"]
    assert frame["StockCode"].tolist() == ["85048", "79323P", "007", "22138"]
    assert frame["Description"].tolist()[1:3] == ["20713", "=1+1"]
    assert frame["Customer ID"].tolist()[::2] == ["13085", "17850"]
    assert frame["Customer ID"].isna().tolist() == [False, True, False, False]
    assert frame["Quantity"].tolist() == [12, -1, 6, 3]
    assert frame["Price"].tolist() == [6.95, 2.1, 2.55, 4.95]
    assert frame["InvoiceDate"].tolist() == [pd.Timestamp(MORNING)] * 4
    assert [file.name for file in tmp_path.iterdir()] == ["online-retail-ii.parquet"]


def test_an_invoice_that_stands_in_both_sheets_is_counted_once_and_told(tmp_path, monkeypatch):
    with Publisher(whole(GOOD)).open() as url:
        path = fetch(SMALL_RETAIL, folder=tmp_path, url=url, progress=False)
    assert pd.read_parquet(path)["Invoice"].tolist().count("536365") == 1
    from kamkit.datasets.published import difference

    assert difference(path, SMALL_RETAIL) == (
        "1 line of an invoice that stands in two sheets is counted once."
    )


def test_a_csv_is_stored_as_it_was_published(tmp_path):
    with Publisher(whole(GOOD_CLIENTS)).open() as url:
        path = fetch(SMALL_CLIENTS, folder=tmp_path, url=url, progress=False)
    assert path.read_bytes() == CSV.encode()
    assert path == tmp_path / "wholesale-customers.csv"


def test_columns_in_another_order_are_the_same_data_set(tmp_path):
    turned = pd.read_csv(io.StringIO(CSV)).iloc[:, ::-1].to_csv(index=False)
    with Publisher(whole(zipped(CLIENTS.member, turned))).open() as url:
        path = fetch(SMALL_CLIENTS, folder=tmp_path, url=url, progress=False)
    assert pd.read_csv(path)["Channel"].tolist() == [2, 1]


def test_a_second_fetch_makes_no_request(tmp_path):
    publisher = Publisher(whole(GOOD_CLIENTS))
    with publisher.open() as url:
        first = fetch(SMALL_CLIENTS, folder=tmp_path, url=url, progress=False)
        assert fetch(SMALL_CLIENTS, folder=tmp_path, url=url, progress=False) == first
    assert publisher.hits == 1


def test_without_a_folder_the_cache_of_the_user_is_filled(tmp_path):
    publisher = Publisher(whole(GOOD_CLIENTS))
    with publisher.open() as url:
        path = fetch(SMALL_CLIENTS, url=url, progress=False)
        assert fetch(SMALL_CLIENTS, url=url, progress=False) == path
    assert path == tmp_path / "cache" / "kamkit" / "wholesale-customers.csv"
    assert publisher.hits == 1


def test_a_copy_in_the_data_folder_is_used_without_a_request(tmp_path, monkeypatch):
    copy = tmp_path / "own" / "Wholesale customers data.csv"
    copy.parent.mkdir()
    copy.write_text(CSV)
    monkeypatch.setenv("KAMKIT_DATA_DIR", str(copy.parent))
    publisher = Publisher(whole(GOOD_CLIENTS))
    with publisher.open() as url:
        assert fetch(SMALL_CLIENTS, url=url, progress=False) == copy
    assert publisher.hits == 0


@pytest.mark.parametrize("name", ["online+retail+ii.zip", "online retail ii.zip", RETAIL.member])
def test_the_publishers_own_file_in_the_data_folder_is_used_without_a_request(
    tmp_path, monkeypatch, name
):
    own = tmp_path / "own"
    own.mkdir()
    (own / name).write_bytes(GOOD if name.endswith(".zip") else workbook(SHEETS))
    monkeypatch.setenv("KAMKIT_DATA_DIR", str(own))
    publisher = Publisher(whole(GOOD))
    with publisher.open() as url:
        path = fetch(SMALL_RETAIL, url=url, progress=False)
    assert publisher.hits == 0
    assert path.is_relative_to(tmp_path / "cache")
    assert len(pd.read_parquet(path)) == 4
    assert [file.name for file in own.iterdir()] == [name]


def test_a_broken_file_in_the_data_folder_is_named_and_left_alone(tmp_path, monkeypatch):
    broken = tmp_path / "online+retail+ii.zip"
    broken.write_bytes(GOOD[:300])
    monkeypatch.setenv("KAMKIT_DATA_DIR", str(tmp_path))
    with pytest.raises(FetchError, match="damaged or not whole") as caught:
        fetch(SMALL_RETAIL, progress=False)
    assert caught.value.where == str(broken)
    assert caught.value.remedy.startswith("Take the file away")
    assert not (tmp_path / "cache").exists()


def test_an_address_without_a_file_is_told_at_once(tmp_path):
    publisher = Publisher(status(404))
    with publisher.open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url)
    assert error.message == "The publisher has no file at this address any more."
    assert (error.where, error.found) == (url, "HTTP 404")
    assert "KAMKIT_DATA_DIR" in error.remedy
    assert publisher.hits == 1


def test_a_server_that_is_busy_once_is_asked_again(tmp_path):
    publisher = Publisher(status(503), whole(GOOD_CLIENTS))
    with publisher.open() as url:
        assert fetch(SMALL_CLIENTS, folder=tmp_path, url=url, progress=False).is_file()
    assert publisher.hits == 2


def test_a_server_that_forbids_is_not_asked_again(tmp_path):
    publisher = Publisher(status(403))
    with publisher.open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url)
    assert error.message == "The server refuses the request."
    assert publisher.hits == 1


def test_a_body_shorter_than_announced_is_tried_again_and_then_told(tmp_path):
    publisher = Publisher(cut(GOOD))
    with publisher.open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url, attempts=2)
    assert error.message == (
        "The connection broke before the whole file had come. 2 attempts were made."
    )
    assert publisher.hits == 2


def test_a_short_body_of_no_announced_length_is_found_by_its_content(tmp_path):
    publisher = Publisher(cut(GOOD, announced=False))
    with publisher.open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url, attempts=2)
    assert error.message == "The zip file is damaged or not whole. 2 attempts were made."
    assert publisher.hits == 2


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_short_once_comes_whole_the_second_time(tmp_path, announced):
    publisher = Publisher(cut(GOOD, announced=announced), whole(GOOD))
    with publisher.open() as url:
        path = fetch(SMALL_RETAIL, folder=tmp_path, url=url, progress=False)
    assert len(pd.read_parquet(path)) == 4
    assert publisher.hits == 2


def test_a_damaged_byte_in_the_zip_is_found(tmp_path):
    middle = len(GOOD) // 2
    damaged = GOOD[:middle] + bytes([GOOD[middle] ^ 0xFF]) + GOOD[middle + 1 :]
    with Publisher(whole(damaged)).open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url, attempts=1)
    assert error.message == "The zip file is damaged or not whole."


def test_an_empty_answer_is_told(tmp_path):
    with Publisher(whole(b"")).open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url, attempts=1)
    assert error.message == "The file is empty."


def test_a_web_page_in_place_of_the_data_is_told_at_once(tmp_path):
    publisher = Publisher(whole(b"\n<!DOCTYPE html><html><body>Log in</body></html>"))
    with publisher.open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url)
    assert error.message == "A web page came instead of the data set."
    assert (error.where, error.wanted) == (url, "a zip file")
    assert publisher.hits == 1


def test_something_that_is_no_zip_is_shown(tmp_path):
    with Publisher(whole(b"Invoice;StockCode\n1;2\n")).open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url)
    assert error.message == "Something else came instead of the data set."
    assert "Invoice;StockCode" in error.found


def test_a_zip_without_the_data_file_is_refused(tmp_path):
    with Publisher(whole(zipped("readme.txt", "hello"))).open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url)
    assert error.message == "The zip file lacks the data file."
    assert (error.found, error.wanted) == ("“readme.txt”", "“online_retail_II.xlsx”")


def test_a_member_that_is_no_workbook_is_refused(tmp_path):
    with Publisher(whole(zipped(RETAIL.member, "no workbook at all"))).open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url)
    assert error.message == "The data file is not a workbook."


def test_a_workbook_without_the_second_sheet_is_refused(tmp_path):
    body = zipped(RETAIL.member, workbook({FIRST: SHEETS[FIRST]}))
    with Publisher(whole(body)).open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url)
    assert error.message == "The workbook lacks a sheet."
    assert (error.found, error.wanted) == (f"“{FIRST}”", f"“{FIRST}”, “{SECOND}”")


def test_other_columns_are_refused(tmp_path):
    body = zipped(RETAIL.member, workbook(SHEETS, ("InvoiceNo", *RETAIL.columns[1:])))
    with Publisher(whole(body)).open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url)
    assert error.message == "The data file has other columns than the published ones."
    assert error.found.startswith("“InvoiceNo”, “StockCode”")


def test_another_number_of_rows_is_refused(tmp_path):
    short = {FIRST: SHEETS[FIRST], SECOND: SHEETS[SECOND][:1]}
    with Publisher(whole(zipped(RETAIL.member, workbook(short)))).open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url)
    assert error.message == "The sheet “Year 2010-2011” has another number of rows than published."
    assert (error.found, error.wanted) == ("1", "2")


def test_text_where_a_price_should_be_is_refused(tmp_path):
    bad = [*SHEETS[FIRST][:2], (536365, "7", "X", 6, MORNING, "dear", 17850, "France")]
    body = zipped(RETAIL.member, workbook({FIRST: bad, SECOND: SHEETS[SECOND]}))
    with Publisher(whole(body)).open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url)
    assert error.message == "The column “Price” holds what it should not."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CSV.replace("Delicassen", "Deli"), "other columns than the published"),
        (CSV + "1,1,1,1,1,1,1,1\r\n", "another number of rows than published"),
        (CSV.replace("12669", "much"), "Line 2 of the data file is not 8 numbers"),
    ],
)
def test_a_csv_of_another_structure_is_refused(tmp_path, text, message):
    with Publisher(whole(zipped(CLIENTS.member, text))).open() as url:
        assert message in refused(SMALL_CLIENTS, tmp_path, url).message


def test_the_real_data_set_is_told_from_a_small_one_by_its_rows(tmp_path):
    with Publisher(whole(GOOD_CLIENTS)).open() as url:
        error = refused(CLIENTS, tmp_path, url)
    assert (error.found, error.wanted) == ("2", "440")


@pytest.mark.parametrize("before", ["headers", "end"])
def test_a_silent_server_is_left_after_the_timeout(tmp_path, before):
    publisher = Publisher()

    def slow(request: BaseHTTPRequestHandler) -> None:
        if before == "end":
            request.send_response(200)
            request.send_header("Content-Length", str(len(GOOD)))
            request.end_headers()
            request.wfile.write(GOOD[:100])
            request.wfile.flush()
        publisher.stop.wait(20)

    publisher.answers.append(slow)
    start = time.monotonic()
    with publisher.open() as url:
        error = refused(SMALL_RETAIL, tmp_path, url, timeout=0.5, attempts=2)
        took = time.monotonic() - start
    assert error.message == "The server was silent for 0.5 seconds. 2 attempts were made."
    assert took < 10


def test_a_port_where_nobody_listens_is_told(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = refused(SMALL_RETAIL, tmp_path, f"http://127.0.0.1:{port}/data.zip", attempts=1)
    assert error.message == "The server 127.0.0.1 refuses connections."


def test_a_server_that_does_not_exist_is_told(tmp_path):
    error = refused(SMALL_RETAIL, tmp_path, "http://nowhere.invalid/data.zip", attempts=1)
    assert error.message == "The server nowhere.invalid was not found. Is this machine on line?"


def test_an_address_that_is_none_is_told_at_once(tmp_path):
    error = refused(SMALL_RETAIL, tmp_path, "file:///etc/hostname")
    assert error.message == "This is not an address on the web."


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 kB; only root can mount one."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("a small disk can be mounted by root only")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not allow mounting a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_left_empty(small_disk):
    publisher = Publisher(whole(os.urandom(300_000)))
    with publisher.open() as url:
        error = refused(SMALL_RETAIL, small_disk, url)
    assert error.message == "The disk is full."
    assert error.where == str(small_disk)
    assert publisher.hits == 1


def test_a_disk_that_fills_up_while_the_table_is_written_is_left_empty(small_disk):
    words = iter(range(10**6))
    rows = [
        (next(words), os.urandom(24).hex(), os.urandom(24).hex(), 1, MORNING, 1.0, 1, "Norway")
        for _ in range(1500)
    ]
    entry = dataclasses.replace(RETAIL, parts=(Part(RETAIL.columns, 1500, FIRST),))
    raw = small_disk.parent / RETAIL.member
    raw.write_bytes(workbook({FIRST: rows}))
    from kamkit.datasets.published import store

    with pytest.raises(FetchError, match="The disk is full"):
        store(raw, entry, small_disk)
    assert list(small_disk.iterdir()) == []


_LIMITED = """
import resource, sys
from pathlib import Path
from kamkit.datasets import fetch
from kamkit.errors import FetchError
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    fetch("wholesale-customers", folder=Path(sys.argv[1]), url=sys.argv[2], progress=False)
except FetchError as error:
    print(error.message)
"""


@pytest.mark.skipif(os.name != "posix", reason="file sizes are limited on POSIX systems only")
def test_a_file_larger_than_the_user_may_write_is_told(tmp_path):
    with Publisher(whole(os.urandom(300_000))).open() as url:
        done = subprocess.run(
            [sys.executable, "-c", _LIMITED, str(tmp_path), url],
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout == "The disk is full.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder nobody may write to")
def test_a_folder_that_cannot_be_written_is_told_without_a_request(tmp_path):
    publisher = Publisher(whole(GOOD))
    with publisher.open() as url, pytest.raises(FetchError) as caught:
        fetch(SMALL_RETAIL, folder=Path("/sys/kernel/kamkit"), url=url, progress=False)
    assert caught.value.message == "The data set cannot be written to the folder."
    assert caught.value.where == "/sys/kernel/kamkit"
    assert publisher.hits == 0


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FetchError, match="cannot be written to the folder"):
        fetch(SMALL_RETAIL, folder=tmp_path / "file", url="http://127.0.0.1:9/", progress=False)


def test_two_fetches_at_once_do_not_hurt_each_other(tmp_path):
    meet = threading.Barrier(2, timeout=20)

    def together(request: BaseHTTPRequestHandler) -> None:
        meet.wait()
        whole(GOOD)(request)

    found: list[Path] = []
    with Publisher(together).open() as url:
        threads = [
            threading.Thread(
                target=lambda: found.append(
                    fetch(SMALL_RETAIL, folder=tmp_path, url=url, progress=False)
                )
            )
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [tmp_path / "online-retail-ii.parquet"] * 2
    assert len(pd.read_parquet(found[0])) == 4
    assert list(tmp_path.iterdir()) == [found[0]]


def test_the_progress_bar_is_drawn_on_stderr_only_when_wished(tmp_path, capfd):
    with Publisher(whole(GOOD)).open() as url:
        fetch(SMALL_RETAIL, folder=tmp_path / "quiet", url=url, progress=False)
        assert capfd.readouterr() == ("", "")
        fetch(SMALL_RETAIL, folder=tmp_path / "loud", url=url, progress=True)
    shown = capfd.readouterr()
    assert "100%" in shown.err
    assert "Checking and storing" in shown.err
    assert shown.out == ""


def test_an_unknown_name_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(ParameterError) as caught:
        fetch("online-retail", folder=tmp_path)
    assert caught.value.remedy == "Did you mean “online-retail-ii”?"


def test_a_bundled_data_set_needs_no_fetching():
    assert fetch("cdnow").name == "sales.parquet"
