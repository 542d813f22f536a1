"""PostgreSQL, on a real server: the ledger to the cent, and no password anywhere."""

from __future__ import annotations

import zipfile
from urllib.parse import quote

import pytest

from kamkit.case import ColumnMapping, open_case
from kamkit.errors import SourceError
from tests.case.sources.conftest import PASSWORD


@pytest.fixture(scope="module")
def erp(postgres):
    """The server with a ledger of 30 customers over two years, and a view of it."""
    import psycopg

    with psycopg.connect(postgres) as connection:
        connection.execute("DROP TABLE IF EXISTS sales CASCADE")  # of tests in another file
        connection.execute(
            "CREATE TABLE sales AS SELECT lpad(((n * 7) % 30)::text, 4, '0') AS kundenr, "
            "DATE '2024-01-01' + (n % 700) AS dato, (n * 1.37)::numeric(12, 2) AS beløp, "
            "n AS fakturanr FROM generate_series(1, 900) AS n"
        )
        connection.execute("CREATE SCHEMA old")
        connection.execute(
            "CREATE VIEW old.sales_2024 AS SELECT * FROM sales WHERE dato < '2025-01-01'"
        )
    return postgres


def opened(address, **options):
    return open_case(address, mapping=ColumnMapping().with_options(options))


def test_the_ledger_is_read_to_the_cent(erp):
    import psycopg

    case = opened(erp, table="sales")
    with psycopg.connect(erp) as connection:
        asked = "SELECT kundenr, sum(beløp)::float FROM sales GROUP BY kundenr"
        wanted = dict(connection.execute(asked).fetchall())
    sales = case.engine.frame(case.sales)
    assert sales.groupby("account_id")["amount"].sum().round(2).to_dict() == pytest.approx(wanted)
    assert "0007" in wanted
    assert case.name == "postgres"


def test_a_view_of_another_schema_and_a_query(erp):
    view = opened(erp, table="old.sales_2024")
    query = opened(erp, query="SELECT * FROM sales WHERE dato < '2025-01-01'")
    assert str(view.period) == str(query.period) == "1 Jan 2024 – 31 Dec 2024"
    assert view.reconciliation()["amount"].tolist() == query.reconciliation()["amount"].tolist()


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM sales",
        "WITH gone AS (DELETE FROM sales RETURNING *) SELECT * FROM gone",
        "SELECT 1) AS a; DROP TABLE sales; --",
        "SELECT setval('nothing', 1)",
    ],
)
def test_what_writes_is_refused_and_changes_nothing(erp, query):
    import psycopg

    with pytest.raises(SourceError) as refusal:
        opened(erp, query=query)
    assert PASSWORD not in str(refusal.value)
    with psycopg.connect(erp) as connection:
        assert connection.execute("SELECT count(*) FROM sales").fetchone() == (900,)


def test_a_wrong_password_is_refused_without_it(erp):
    wrong = erp.replace(quote(PASSWORD, safe=""), "feilpassord")
    with pytest.raises(SourceError) as refusal:
        open_case(wrong)
    assert str(refusal.value).startswith("The database cannot be opened.")
    assert "feilpassord" not in str(refusal.value)


def _texts(path):
    """The content of a file, and of the files inside when it is an archive."""
    yield path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield archive.read(name)


@pytest.mark.slow
def test_no_file_of_a_run_holds_the_password(erp, tmp_path):
    from kamkit.run import RunOptions, run

    options = RunOptions(
        mapping=ColumnMapping().with_options({"table": "sales"}),
        only=("01",),
        out=tmp_path / "run",
        quiet=True,
    )
    result = run(erp, options=options)
    forms = [PASSWORD.encode(), quote(PASSWORD, safe="").encode(), b"hemmelig"]
    files = [path for path in result.folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    leaks = [
        path.name for path in files for text in _texts(path) if any(form in text for form in forms)
    ]
    assert leaks == []
    manifest = (result.folder / "manifest.json").read_text(encoding="utf-8")
    assert '"postgres"' in manifest
