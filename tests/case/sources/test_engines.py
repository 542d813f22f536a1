"""A ledger that stays where it lies gives the tables that it gives at home, to the last digit."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
from decimal import ROUND_HALF_UP, Decimal

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

import kamkit as kam
from kamkit.analysis.graph import of_lines
from kamkit.case import ColumnMapping, open_case
from kamkit.case.engine import Embedded
from kamkit.case.warehouse import warehouse
from kamkit.errors import KamkitError
from kamkit.money import in_money, quotient, share_of
from tests.case.sources.conftest import PASSWORD
from tests.conftest import FULL

HOW = ColumnMapping().with_options({"currency": "NOK"})
ENGINES = ("duckdb", "postgres", pytest.param("spark", marks=pytest.mark.proof))


def lines(count=2400):
    """Lines of 30 customers over three years, with what a warehouse holds of mistakes."""
    chance = random.Random(17)
    names = ["Ærlig Bygg AS", "Østre Rør", "Åsen Gård", "Zulu AS", "ærlig bygg as", "Bygg 'n' Co"]
    rows = []
    for n in range(count):
        customer = min(int(chance.paretovariate(0.9)), 30)
        credit = n % 37 == 0
        price = Decimal(chance.randint(1, 90_000)) / 100
        number = chance.randint(1, 12) * (-1 if credit else 1)
        rows.append(
            {
                "Customer no": f"{customer:04}" if n % 211 else None,
                "Customer": f"{names[customer % 6]} {customer}",
                "Date": dt.date(2022, 1, 1) + dt.timedelta(days=n * 1095 // count),
                "Invoice": f"F{n // 3:05}" if n % 401 else " F1 ",
                "Type": "Credit note" if credit else "Invoice",
                "Item": f"{n * 7 % 23:05}",
                "Item name": f"{['Blå', 'Rød', 'GRØNN'][n % 3]} skrue {n % 23}",
                "Category": ["Skruer", "Øks", "Ål", "spiker", None][n * 7 % 23 % 5],
                "Quantity": number,
                "Amount": price * number if n % 97 else Decimal("0.00"),
                "Cost": (price * number * Decimal("0.7")).quantize(Decimal("0.01")),
                "Region": ["Nord", "Sør", "øst"][customer % 3],
            }
        )
    return rows


@pytest.fixture(scope="session")
def ledger():
    kinds = pa.schema(
        [("Customer no", pa.string()), ("Customer", pa.string()), ("Date", pa.date32())]
        + [(name, pa.string()) for name in ("Invoice", "Type", "Item", "Item name", "Category")]
        + [("Quantity", pa.int32())]
        + [(name, pa.decimal128(12, 2)) for name in ("Amount", "Cost")]
        + [("Region", pa.string())]
    )
    return pa.Table.from_pylist(lines(), schema=kinds)


@pytest.fixture(scope="session")
def as_text(ledger):
    """The same ledger as an export wrote it into a warehouse: every column is text."""
    frame = ledger.to_pandas()
    cents = frame[["Amount", "Cost"]].map(lambda amount: f"{amount:,.2f}")
    swapped = cents.apply(
        lambda column: column.str.replace(",", " ", regex=False).str.replace(".", ",", regex=False)
    )
    days = pd.to_datetime(frame["Date"]).dt.strftime("%d.%m.%Y")
    texts = frame.assign(Date=days, Quantity=frame["Quantity"].astype(str), **swapped)
    texts.loc[5, "Date"] = "31.02.2022"
    return pa.Table.from_pandas(texts.astype("str").where(texts.notna(), None))


@pytest.fixture(scope="session")
def spark():
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("there is no Java")
    build = pyspark.sql.SparkSession.builder.master("local[1]").appName("kamkit-tests")
    settings = {
        "spark.log.level": "ERROR",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    for name, value in settings.items():
        build = build.config(name, value)
    session = build.getOrCreate()
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.fixture(params=ENGINES, scope="session")
def con(request):
    """A connection to each engine; what is missing here is skipped with its reason."""
    if request.param == "duckdb":
        return ibis.duckdb.connect()
    if request.param == "spark":
        return request.getfixturevalue("spark")
    import psycopg

    address = request.getfixturevalue("postgres")
    return ibis.postgres.from_connection(psycopg.connect(address))


def table(con, name, rows):
    """The rows as a table of an engine, made once."""
    if name in con.list_tables():
        return con.table(name)
    if con.name == "pyspark":
        con._session.createDataFrame(rows).createOrReplaceTempView(name)
        return con.table(name)
    return con.create_table(name, rows, temp=con.name != "postgres")


def frames(value, name):
    """All tables in a result, by where they stand in it."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return {name: pd.DataFrame(value)}
    if isinstance(value, tuple | list):
        parts = [(f"{name}.{at}", one) for at, one in enumerate(value)]
    else:
        parts = [(f"{name}.{key}", one) for key, one in getattr(value, "__dict__", {}).items()]
    return {key: one for part, own in parts for key, one in frames(own, part).items()}


@pytest.fixture(scope="session")
def home(ledger, tmp_path_factory):
    path = tmp_path_factory.mktemp("ledger") / "sales.parquet"
    pa.parquet.write_table(ledger, path)
    return open_case(path, mapping=HOW)


@pytest.fixture(scope="session")
def ours(home):
    """The analysis of the ledger at home, with all that is made of lines."""
    analysis = kam.analyse(home)
    analysis.make(of_lines())
    return analysis


@pytest.fixture(scope="session")
def there(con, ledger):
    return open_case(table(con, "sales", ledger), mapping=HOW)


def test_the_lines_stay_where_they_lie(there, con):
    assert there.engine.con is con
    assert not isinstance(there.engine, Embedded)
    assert there.checked.get_backend() is con


def test_rows_and_amounts_reconcile_with_the_decimals(there, ledger):
    rows = ledger.to_pylist()
    none = [row for row in rows if row["Customer no"] is None]
    table = there.reconciliation().set_index("reason")
    assert table["rows"].to_dict() == {
        "read": len(rows),
        "used": len(rows) - len(none),
        "no_account": len(none),
    }
    assert table["amount"]["read"] == float(sum(row["Amount"] for row in rows))
    assert table["amount"]["no_account"] == float(sum(row["Amount"] for row in none))
    assert sorted(there.set_aside()["amount"]) == sorted(float(row["Amount"]) for row in none)


def test_accounts_are_those_of_the_decimals(there, ledger):
    revenue = {}
    for row in ledger.to_pylist():
        if row["Customer no"]:
            revenue[row["Customer no"]] = revenue.get(row["Customer no"], 0) + row["Amount"]
    facts = kam.analyse(there).account_facts
    assert dict(zip(facts["account_id"], facts["revenue"], strict=True)) == {
        account: float(amount) for account, amount in revenue.items()
    }


def test_every_table_made_of_lines_is_the_same_to_the_last_digit(there, ours):
    away = kam.analyse(there)
    for name in of_lines():
        one, other = frames(away.get(name), name), frames(ours.get(name), name)
        assert one.keys() == other.keys(), name
        for part in one:
            # the position in a file has no counterpart in a table
            place = ["source_row", "part"]
            found = one[part].drop(columns=place, errors="ignore")
            wanted = other[part].drop(columns=place, errors="ignore")
            pd.testing.assert_frame_equal(found, wanted, check_exact=True, obj=part)


def test_texts_are_read_as_at_home(con, as_text, tmp_path):
    path = tmp_path / "sales.parquet"
    pa.parquet.write_table(as_text, path)
    found = open_case(table(con, "texts", as_text), mapping=HOW)
    wanted = open_case(path, mapping=HOW)
    pd.testing.assert_frame_equal(found.reconciliation(), wanted.reconciliation())
    assert found.reconciliation().set_index("reason")["rows"]["unreadable_date"] == 1
    columns = ["account_id", "date", "amount", "invoice_id", "category", "quantity"]
    one, other = (
        case.engine.frame(case.sales.select(*columns)).sort_values(columns, ignore_index=True)
        for case in (found, wanted)
    )
    pd.testing.assert_frame_equal(one, other)


def test_a_quotient_is_exact_on_every_engine(con):
    chance = random.Random(4)
    largest = (10**11, 10**8, 10**8)
    rows = [[Decimal(chance.randint(1, size)) / 10_000 for size in largest] for _n in range(300)]
    rows += [
        [Decimal("0.0001"), Decimal(1), Decimal(2)],
        [Decimal("-0.0001"), Decimal(1), Decimal(2)],
    ]
    cent = Decimal("0.0001")
    wanted = [(a * q / by).quantize(cent, ROUND_HALF_UP) for a, q, by in rows]
    kinds = pa.schema([(name, pa.decimal128(18, 4)) for name in "abc"] + [("n", pa.int64())])
    held = table(
        con,
        "quotients",
        pa.Table.from_pylist(
            [dict(zip("abc", row, strict=True), n=n) for n, row in enumerate(rows)], schema=kinds
        ),
    )
    found = held.select("n", exact=quotient(held.a, held.b, held.c)).order_by("n")
    assert warehouse(held).arrow(found)["exact"].to_pylist() == wanted


def test_a_share_is_taken_off_exactly_and_what_is_too_large_is_nothing(con):
    kinds = pa.schema(
        [("a", pa.decimal128(18, 4)), ("b", pa.decimal128(18, 4)), ("c", pa.float64())]
    )
    rows = [{"a": Decimal("10.01"), "b": Decimal("5.5"), "c": 1e20}]
    held = table(con, "shares", pa.Table.from_pylist(rows, schema=kinds))
    found = held.select(x=share_of(held.a, held.b, 100), y=in_money(held.c))
    assert warehouse(held).rows(found) == [{"x": Decimal("9.4595"), "y": None}]


def tables_of(folder):
    return {path.name: pd.read_parquet(path) for path in (folder / "tables").glob("*.parquet")}


def ran(source, out, **options):
    from kamkit.run import RunOptions, run

    only = () if FULL else ("01",)
    mapping = HOW.with_options(options)
    return run(source, options=RunOptions(mapping=mapping, only=only, out=out, quiet=True)).folder


@pytest.mark.proof
@pytest.mark.slow
@pytest.mark.parametrize("con", ENGINES[1:], indirect=True)
def test_a_whole_run_has_the_tables_of_one_at_home(con, ledger, ours, tmp_path, request):
    """All notebooks with KAMKIT_FULL=1; the tables made of lines are made in every run."""
    table(con, "sales", ledger)
    path = tmp_path / "sales.parquet"
    pa.parquet.write_table(ledger, path)
    if con.name == "pyspark":
        address, options = "local[1]", {"table": str(path)}
    else:
        address, options = request.getfixturevalue("postgres"), {"table": "sales", "in_place": True}
    # not side by side: a run takes over the register of the one beside it
    away = ran(address, tmp_path / "away" / "run", **options)
    home = ran(path, tmp_path / "home" / "run")
    # in place all that lines are asked for is made first, whichever notebooks run
    ours.save(tmp_path / "lines")
    found, wanted = tables_of(away), tables_of(tmp_path / "lines") | tables_of(home)
    assert sorted(found) == sorted(wanted)
    assert len(found) > 50
    for name in wanted:
        frame = found[name]
        place = ["source_row", "part"]
        one, other = (f.drop(columns=place, errors="ignore") for f in (frame, wanted[name]))
        pd.testing.assert_frame_equal(one, other, check_exact=True, obj=name)
    texts = b"".join(path.read_bytes() for path in away.rglob("*") if path.is_file())
    assert b"hemmelig" not in texts
    assert PASSWORD.encode() not in texts


def test_nothing_is_left_on_the_server(postgres, ledger):
    import psycopg

    with psycopg.connect(postgres) as connection:
        table(ibis.postgres.from_connection(psycopg.connect(postgres)), "sales", ledger)
        before = connection.execute('SELECT count(*), sum("Amount") FROM sales').fetchall()
        case = open_case(postgres, mapping=HOW.with_options({"table": "sales", "in_place": True}))
        assert case.source.startswith("postgresql://kari@")
        case.engine.con.disconnect()
        ours = "SELECT relname FROM pg_class WHERE relname LIKE 'kamkit%' AND relpersistence != 't'"
        assert connection.execute(ours).fetchall() == []
        assert connection.execute('SELECT count(*), sum("Amount") FROM sales').fetchall() == before


@pytest.mark.parametrize("address", ["sqlite:///erp.db", "mysql://kari:hemmelig@db/erp"])
def test_what_cannot_be_computed_with_in_place_says_so(address):
    with pytest.raises(KamkitError, match="cannot be analysed in place") as refusal:
        open_case(address, mapping=HOW.with_options({"in_place": True}))
    assert "hemmelig" not in str(refusal.value)
