"""Databases by address: read-only, the ledger found or chosen, the password told to nobody."""

from __future__ import annotations

import sqlite3

import duckdb
import pytest

from kamkit.case import ColumnMapping, open_case
from kamkit.case.sources.address import public, secrets
from kamkit.errors import SourceError

LINES = [("007", "2025-01-05", 100.5), ("007", "2025-02-05", -0.25), ("8", "2025-03-31", 50.0)]


def opened(address, **options):
    return open_case(address, mapping=ColumnMapping().with_options(options))


def revenue(case):
    sales = case.engine.frame(case.sales)
    return sales.groupby("account_id")["amount"].sum().round(2).to_dict()


@pytest.fixture
def lite(tmp_path):
    """A SQLite database with a ledger, a register of customers and another table."""
    path = tmp_path / "erp's.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE sales (Kundenr TEXT, Dato TEXT, Beløp REAL)")
        connection.executemany("INSERT INTO sales VALUES (?, ?, ?)", LINES)
        connection.execute("CREATE TABLE customers (Kundenr TEXT, Navn TEXT)")
        connection.execute("INSERT INTO customers VALUES ('007', 'Hav AS')")
        connection.execute("CREATE TABLE log (text TEXT)")
        connection.execute("CREATE VIEW large AS SELECT * FROM sales WHERE Beløp > 60")
    connection.close()
    return path


def test_the_ledger_of_a_sqlite_database_is_found_by_name(lite):
    case = opened(f"sqlite:///{lite}")
    assert revenue(case) == {"007": 100.25, "8": 50.0}
    assert case.table("accounts")["name"].tolist() == ["Hav AS"]
    assert any("“log”" in note for note in case.notes)
    assert case.name == "erp's"


def test_a_database_file_is_a_source_too(lite):
    assert revenue(open_case(lite)) == {"007": 100.25, "8": 50.0}


def test_a_view_or_a_query_can_be_chosen(lite):
    assert revenue(opened(f"sqlite:///{lite}", table="large")) == {"007": 100.5}
    query = "SELECT Kundenr, Dato, 2 * Beløp AS Beløp FROM sales WHERE Kundenr = '8';"
    assert revenue(opened(f"sqlite:///{lite}", query=query)) == {"8": 100.0}


def test_a_table_that_is_not_there_is_refused_with_the_nearest(lite):
    with pytest.raises(SourceError) as refusal:
        opened(f"sqlite:///{lite}", table="sale")
    assert "Did you mean “sales”?" in str(refusal.value)


@pytest.mark.parametrize(
    "query", ["DROP TABLE sales", "SELECT 1; DROP TABLE sales", "ATTACH 'other.db' AS o"]
)
def test_a_query_that_writes_is_refused_and_nothing_is_changed(lite, query):
    with pytest.raises(SourceError):
        opened(f"sqlite:///{lite}", query=query)
    assert revenue(open_case(lite)) == {"007": 100.25, "8": 50.0}


def test_names_of_tables_are_letters(tmp_path):
    path = tmp_path / "erp.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute('CREATE TABLE "my ""sales"".x" (Kundenr TEXT, Dato TEXT, Beløp REAL)')
        connection.executemany('INSERT INTO "my ""sales"".x" VALUES (?, ?, ?)', LINES)
        connection.execute("CREATE TABLE empty (a TEXT)")
    connection.close()
    assert revenue(opened(f"sqlite:///{path}", table='my "sales".x')) == {"007": 100.25, "8": 50.0}
    assert revenue(open_case(path)) == {"007": 100.25, "8": 50.0}


def test_a_database_without_a_ledger_says_how_to_choose(tmp_path):
    path = tmp_path / "erp.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE a (b TEXT)")
        connection.execute("CREATE TABLE c (d TEXT)")
    connection.close()
    with pytest.raises(SourceError) as refusal:
        open_case(path)
    assert "“a”, “c”" in str(refusal.value)
    assert "--table" in str(refusal.value)


def test_two_tables_that_could_be_the_ledger_are_asked_about(lite):
    with sqlite3.connect(lite) as connection:
        connection.execute("CREATE VIEW sales_2025 AS SELECT * FROM sales")
    connection.close()
    with pytest.raises(SourceError) as refusal:
        open_case(lite)
    assert "“sales”, “sales_2025”" in str(refusal.value)
    assert "--table sales" in str(refusal.value)


def test_an_empty_table_and_a_missing_file_are_refused(lite, tmp_path):
    with sqlite3.connect(lite) as connection:
        connection.execute("DELETE FROM sales")
    connection.close()
    with pytest.raises(SourceError, match="headings but no lines"):
        opened(f"sqlite:///{lite}", table="sales")
    with pytest.raises(SourceError, match="There is no database file here"):
        opened(f"sqlite:///{tmp_path / 'no.db'}")
    assert not (tmp_path / "no.db").exists()


def test_a_duckdb_database_keeps_its_decimals_and_days(tmp_path):
    path = tmp_path / "erp.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE sales (account_id TEXT, date DATE, amount DECIMAL(18, 8)); INSERT INTO "
            "sales VALUES ('007', '2025-01-05', 0.1), ('007', '2025-01-06', 0.2), "
            "('8', '2025-02-01', 0)"
        )
    case = opened(f"duckdb:///{path}")
    assert revenue(case) == {"007": 0.3, "8": 0.0}
    with pytest.raises(SourceError):
        opened(f"duckdb:///{path}", query="SELECT * FROM read_csv('/etc/passwd')")


def test_an_address_is_shown_without_its_password():
    for password in ("hemmelig", "hem@me/lig", "hem:me?lig", "#hemmelig"):
        address = f"postgresql://kari:{password}@db.example:5432/erp?sslmode=require"
        assert public(address) == "postgresql://kari@db.example:5432/erp?sslmode=require"
        assert password in secrets(address)
    assert public("postgresql://db/erp?user=kari&password=hemmelig") == (
        "postgresql://db/erp?user=kari"
    )


def test_a_server_that_does_not_answer_says_no_password():
    pytest.importorskip("psycopg")
    with pytest.raises(SourceError) as refusal:
        open_case("postgresql://kari:hemmelig@127.0.0.1:1/erp")
    assert str(refusal.value).startswith("The database cannot be opened.")
    assert "postgresql://kari@127.0.0.1:1/erp" in str(refusal.value)
    assert "hemmelig" not in str(refusal.value)


def test_other_addresses_are_refused_with_those_that_are_read():
    with pytest.raises(SourceError) as refusal:
        open_case("https://kari:hemmelig@example.com/sales.csv")
    assert "sqlite://, duckdb://, postgresql://" in str(refusal.value)
    assert "hemmelig" not in str(refusal.value)
