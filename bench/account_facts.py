"""Measure account facts against hand-written DuckDB SQL, polars and pandas, side by side.

    python bench/account_facts.py                     1, 10 and 100 million lines
    python bench/account_facts.py --lines 1000000     these sizes
    python bench/account_facts.py --repeats 5

The ledgers are generated from a seed into ``bench/out`` (2 GB for 100 million lines) and kept.
Every engine runs in a process of its own, in turn with the others, and reads the same Parquet. The
table gives the median of the seconds inside the process (imports apart), the ratio to the faster
of the two SQL statements and the peak memory of the process. All engines must agree: to the last
decimal of every account.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parent / "out"
SIZES = (1_000_000, 10_000_000, 100_000_000)
MEMORY = "1GB"  # what kamkit gives its engine; the hand-written SQL gets the same
PANDAS_MOST = 10_000_000  # 100 million lines need 14 GB in pandas
COLUMNS = (
    "account_id",
    "first_date",
    "last_date",
    "invoices",
    "credit_notes",
    "active_months",
    "lines",
    "revenue",
    "credited",
    "quantity",
    "cost",
)

# One document has 20 lines of one account and one day, as an accounting system exports them; a
# sixtieth of the documents are credit notes. Amounts are whole hundredths.
GENERATE = """
COPY (
  WITH documents AS (
    SELECT d, (hash(d, 1) % 1000000 / 1e6) AS u, hash(d, 2) % 60 = 0 AS is_credit,
           DATE '2023-01-01' + CAST(d * 1096 / {documents} AS INTEGER) AS date
    FROM range({documents}) AS t(d)
  )
  SELECT 'K' || lpad(CAST(CAST(floor({accounts} * u * u) AS BIGINT) AS VARCHAR), 7, '0')
           AS account_id,
         date, 'F' || lpad(CAST(d AS VARCHAR), 9, '0') AS invoice_id,
         CAST(CASE WHEN is_credit THEN -1 ELSE 1 END * CAST(hash(d, l, 3) % 500000 AS BIGINT)
              / 100 AS DECIMAL(18, 4)) AS amount,
         CAST(CASE WHEN is_credit THEN -1 ELSE 1 END * CAST(1 + hash(d, l, 4) % 40 AS BIGINT)
              AS DECIMAL(18, 4)) AS quantity,
         CAST(CASE WHEN is_credit THEN -1 ELSE 1 END * CAST(hash(d, l, 5) % 300000 AS BIGINT)
              / 100 AS DECIMAL(18, 4)) AS cost
  FROM documents, range(20) AS s(l)
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""

ONE_LEVEL = """
SELECT account_id, min(date) AS first_date,
       coalesce(max(CASE WHEN amount > 0 THEN date END), max(date)) AS last_date,
       count(DISTINCT invoice_id) AS invoices,
       count(DISTINCT CASE WHEN amount < 0 THEN invoice_id END) AS credit_notes,
       count(DISTINCT year(date) * 12 + month(date)) AS active_months, count(*) AS lines,
       sum(amount) AS revenue, sum(CASE WHEN amount < 0 THEN amount ELSE 0 END) AS credited,
       sum(quantity) AS quantity, sum(cost) AS cost
FROM read_parquet('{path}') GROUP BY account_id
"""

TWO_LEVELS = """
WITH documents AS (
  SELECT account_id, invoice_id, year(date) * 12 + month(date) AS month,
         min(date) AS first_date, max(date) AS last_date,
         max(CASE WHEN amount > 0 THEN date END) AS bought, count(*) AS lines,
         max(CAST(amount < 0 AS INTEGER)) AS is_credit, sum(amount) AS amount,
         sum(CASE WHEN amount < 0 THEN amount ELSE 0 END) AS credited,
         sum(quantity) AS quantity, sum(cost) AS cost
  FROM read_parquet('{path}') GROUP BY ALL
)
SELECT account_id, min(first_date) AS first_date,
       coalesce(max(bought), max(last_date)) AS last_date,
       count(DISTINCT invoice_id) AS invoices,
       count(DISTINCT CASE WHEN is_credit = 1 THEN invoice_id END) AS credit_notes,
       count(DISTINCT month) AS active_months, sum(lines) AS lines, sum(amount) AS revenue,
       sum(credited) AS credited, sum(quantity) AS quantity, sum(cost) AS cost
FROM documents GROUP BY account_id
"""


def sql(statement: str) -> Callable[[Path], Callable[[], Any]]:
    """Return an engine that runs a hand-written statement."""

    def prepare(path: Path) -> Callable[[], Any]:
        import duckdb

        con = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(OUT / "spill")})
        return lambda: con.sql(statement.format(path=path)).arrow().read_all()

    return prepare


def kamkit(path: Path) -> Callable[[], Any]:
    """Prepare kamkit: the expression behind ``account_facts`` on the file, in its own engine."""
    from kamkit.case.engine import Embedded
    from kamkit.identify.facts import aggregate

    engine = Embedded()

    def facts() -> Any:
        return engine.con.to_pyarrow(aggregate(engine.con.read_parquet(path)))

    facts.engine = engine  # type: ignore[attr-defined]  # it lives as long as what uses it
    return facts


def polars(path: Path) -> Callable[[], Any]:
    """Prepare polars: lazy, streaming, on two levels."""
    import polars as pl

    amount = pl.col("amount")
    credited = pl.when(amount < 0).then(amount).otherwise(0)
    sums = ("revenue", "credited", "quantity", "cost", "lines")

    def facts() -> Any:
        documents = (
            pl.scan_parquet(path)
            .with_columns(
                month=pl.col("date").dt.year().cast(pl.Int32) * 12 + pl.col("date").dt.month()
            )
            .group_by("account_id", "invoice_id", "month")
            .agg(
                first_date=pl.col("date").min(),
                last_date=pl.col("date").max(),
                bought=pl.col("date").filter(amount > 0).max(),
                lines=pl.len(),
                is_credit=(amount < 0).any(),
                revenue=amount.sum(),
                credited=credited.sum(),
                quantity=pl.col("quantity").sum(),
                cost=pl.col("cost").sum(),
            )
        )
        accounts = documents.group_by("account_id").agg(
            pl.col("first_date").min(),
            *(pl.col(name).sum() for name in sums),
            last_date=pl.col("bought").max().fill_null(pl.col("last_date").max()),
            invoices=pl.col("invoice_id").n_unique(),
            credit_notes=pl.col("invoice_id").filter("is_credit").n_unique(),
            active_months=pl.col("month").n_unique(),
        )
        return accounts.collect(engine="streaming").to_arrow()

    return facts


def pandas(path: Path) -> Callable[[], Any]:
    """Prepare pandas: the whole file in memory, amounts as whole ten-thousandths."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    def facts() -> Any:
        table = pq.read_table(path)
        frame = table.select(["account_id", "invoice_id", "date"]).to_pandas()
        for name in ("amount", "quantity", "cost"):
            whole = pc.cast(pc.multiply(table[name], pa.scalar(10_000)), pa.int64())
            frame[name] = whole.to_numpy()
        day = pd.to_datetime(frame["date"])
        frame["month"] = day.dt.year * 12 + day.dt.month
        frame["credited"] = frame["amount"].where(frame["amount"] < 0, 0)
        by = frame.groupby("account_id", observed=True)
        credit = frame[frame["amount"] < 0].groupby("account_id")["invoice_id"].nunique()
        bought = frame[frame["amount"] > 0].groupby("account_id")["date"].max()
        found = by.agg(
            first_date=("date", "min"),
            last_date=("date", "max"),
            invoices=("invoice_id", "nunique"),
            active_months=("month", "nunique"),
            lines=("amount", "size"),
            revenue=("amount", "sum"),
            credited=("credited", "sum"),
            quantity=("quantity", "sum"),
            cost=("cost", "sum"),
        )
        found["last_date"] = bought.reindex(found.index).fillna(found["last_date"])
        found["credit_notes"] = credit.reindex(found.index).fillna(0).astype("int64")
        for name in ("revenue", "credited", "quantity", "cost"):
            found[name] = found[name] / 10_000
        return pa.Table.from_pandas(found.reset_index())

    return facts


ENGINES: dict[str, Callable[[Path], Callable[[], Any]]] = {
    "SQL, one level": sql(ONE_LEVEL),
    "SQL, two levels": sql(TWO_LEVELS),
    "kamkit": kamkit,
    "polars": polars,
    "pandas": pandas,
}
HAND_WRITTEN = ("SQL, one level", "SQL, two levels")


def generated(lines: int) -> Path:
    """Return the ledger with so many lines; the same each time."""
    import duckdb

    path = OUT / f"lines-{lines}.parquet"
    if not path.exists():
        OUT.mkdir(exist_ok=True)
        draft = path.with_suffix(".draft")
        con = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(OUT / "spill")})
        con.sql(GENERATE.format(documents=lines // 20, accounts=max(lines // 1000, 10), path=draft))
        draft.rename(path)
    return path


def fingerprint(table: Any) -> str:
    """Return a digest of every fact of every account, whatever the types of the engine."""
    frame = table.select(COLUMNS).to_pandas().sort_values("account_id", ignore_index=True)
    for name in ("revenue", "credited", "quantity", "cost"):
        frame[name] = [round(float(value) * 10_000) for value in frame[name]]
    for name in ("first_date", "last_date"):
        frame[name] = frame[name].astype("string").str[:10]
    for name in ("invoices", "credit_notes", "active_months", "lines"):
        frame[name] = frame[name].astype("int64")
    return hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()


def measure(engine: str, path: Path) -> dict[str, Any]:
    """Run one engine once, in this process."""
    import duckdb
    import pyarrow as pa

    duckdb.sql("SELECT 1").arrow().read_all()  # what every engine loads is not measured
    assert pa.__version__
    facts = ENGINES[engine](path)
    start = time.perf_counter()
    table = facts()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak, "fingerprint": fingerprint(table)}


def once(engine: str, path: Path) -> dict[str, Any]:
    """Run one engine once, in a process of its own."""
    command = [sys.executable, __file__, "--engine", engine, "--file", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{engine} failed on {path.name}:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(lines: int, repeats: int) -> list[str]:
    """Measure all engines in turn; return the lines of a table."""
    path = generated(lines)
    engines = [name for name in ENGINES if name != "pandas" or lines <= PANDAS_MOST]
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in engines}
    for _ in range(repeats):
        for name in engines:
            runs[name].append(once(name, path))
    prints = {run["fingerprint"] for results in runs.values() for run in results}
    if len(prints) != 1:
        differ = {name: results[0]["fingerprint"][:8] for name, results in runs.items()}
        raise SystemExit(f"The engines do not agree on {path.name}: {differ}")
    middle = {
        name: statistics.median(run["seconds"] for run in results) for name, results in runs.items()
    }
    best = min(middle[name] for name in HAND_WRITTEN)
    told = [
        f"| {lines:>11,} | {name:<15} | {middle[name]:>8.2f} | {middle[name] / best:>5.2f} | "
        f"{max(run['peak_mb'] for run in runs[name]):>7,.0f} |"
        for name in engines
    ]
    if "pandas" not in engines:
        told.append(f"| {lines:>11,} | pandas          | left out: needs more than 10 GB |")
    return told


def main() -> None:
    """Compare the engines at each size, or run one of them."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--lines", type=int, nargs="+", default=SIZES)
    words.add_argument("--repeats", type=int, default=3)
    words.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    words.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.engine:
        print(json.dumps(measure(given.engine, given.file)))
        return
    print("|       lines | engine          |  seconds | ratio | peak MB |")
    print("|------------:|-----------------|---------:|------:|--------:|")
    for lines in given.lines:
        for line in compare(lines, given.repeats):
            print(line, flush=True)
    print("All engines agree on every fact of every account, to the cent.")


if __name__ == "__main__":
    main()
