"""Measure the steps of an analysis on ledgers of several sizes: processor seconds and peak memory.

    python bench/scale.py                                     the sizes of the page on scale
    python bench/scale.py --lines 10000000 --accounts 100000  one size
    python bench/scale.py --form csv                          the ledger as a text file
    python bench/scale.py --shape heavy                       one account with half of the invoices
    python bench/scale.py --years 20                          days of twenty years
    python bench/scale.py --stages facts,recommendations      some stages or results
    python bench/scale.py --chart docs/scale.svg              draw what was measured so far

The ledger is generated from a seed into ``bench/out``. Each size runs in a process of its own; the
peak is that of the stage (Linux resets it), the seconds are those of all processor cores, so that a
busy machine does not count. Growth is the exponent between two sizes of accounts. A bare scan of
the columns and the better of two hand-written statements for the facts stand beside. What was
measured is added to ``bench/out/scale.jsonl``; the chart draws the last of each.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parent / "out"
SIZES = ((1_000_000, 10_000), (3_000_000, 100_000), (10_000_000, 1_000_000))
STAGES = {
    "facts": ("account_facts", "site_facts"),
    "identify": ("observed_rule", "concentration", "classes", "stability", "groups"),
    "value": ("profit", "rfm", "late", "retention", "lifetime", "price_volume_mix", "accounts"),
    "choose": ("scores", "account_reasons", "robustness", "key_accounts"),
    "grow": ("whitespace", "affinity", "recommendations", "product_recommendation_check"),
}
DRAWN = {
    "scan": "bare scan",
    "sql1": "facts, hand-written SQL",
    "reading": "reading and checks",
    "account_facts": "facts",
    "accounts": "all of an account (step 3)",
    "account_reasons": "reasons for the list",
    "robustness": "how sure the list is",
    "recommendations": "recommendations",
}
RESULTS = "scale.jsonl"
LEDGER = """
COPY (
  WITH documents AS (
    SELECT d, hash(d, 1) % 1000000 / 1e6 AS u, hash(d, 2) % 60 = 0 AS is_credit,
           DATE '2023-01-01' + CAST(d * {days} / {documents} AS INTEGER) AS date
    FROM range({documents}) AS t(d)
  )
  SELECT 'K' || lpad(CAST({account} AS VARCHAR), 8, '0') AS account_id,
         date, 'F' || lpad(CAST(d AS VARCHAR), 9, '0') AS invoice_id,
         CAST(CASE WHEN is_credit THEN -1 ELSE 1 END * CAST(hash(d, l, 3) % 500000 AS BIGINT)
              / 100 AS DECIMAL(18, 2)) AS amount,
         CAST(CASE WHEN is_credit THEN -1 ELSE 1 END * CAST(1 + hash(d, l, 4) % 40 AS BIGINT)
              AS INTEGER) AS quantity,
         CAST(CASE WHEN is_credit THEN -1 ELSE 1 END * CAST(hash(d, l, 3) % 400000 AS BIGINT)
              / 100 AS DECIMAL(18, 2)) AS cost,
         'P' || lpad(CAST(hash(d, l, 5) % {products} AS VARCHAR), 6, '0') AS product_id,
         'G' || CAST(hash(d, l, 5) % 12 AS VARCHAR) AS category
  FROM documents, range(2) AS r(l)
) TO '{path}' {options}
"""
SHAPES = {
    # the square of an even number: a long tail; each account has a document at least
    "tail": "CASE WHEN d < {accounts} THEN d ELSE floor({accounts} * u * u) END::BIGINT",
    "heavy": "CASE WHEN d < {accounts} THEN d WHEN u < 0.5 THEN 0 ELSE "
    "floor({accounts} * u * u) END::BIGINT",
}


def ledger(lines: int, accounts: int, products: int, form: str, shape: str, years: int = 3) -> Path:
    """The ledger of a size, made once."""
    import duckdb

    long = "" if years == 3 else f"-{years}years"
    path = OUT / f"scale-{lines}-{accounts}-{products}-{shape}{long}.{form}"
    if not path.exists():
        OUT.mkdir(exist_ok=True)
        con = duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(OUT / "spill")})
        aside = path.with_suffix(".part")
        con.execute(
            LEDGER.format(
                documents=lines // 2,
                account=SHAPES[shape].format(accounts=accounts),
                products=products,
                days=round(years * 365.25),
                path=aside,
                options="(FORMAT parquet)" if form == "parquet" else "(FORMAT csv)",
            )
        )
        aside.rename(path)
    return path


def peak() -> float:
    """The peak of this process's memory since the last call, in MB."""
    status = Path("/proc/self/status").read_text()
    found = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    Path("/proc/self/clear_refs").write_text("5")
    return int(found.split()[1]) / 1024


def bare(path: Path) -> None:
    """Scan the columns and run the best SQL for the facts, each in an engine of its own."""
    import account_facts
    import duckdb

    statements = {
        "scan": "SELECT max(account_id), min(date), max(invoice_id), sum(amount), sum(quantity), "
        "sum(cost), max(product_id), max(category) FROM read_parquet('{path}')",
        "sql1": account_facts.ONE_LEVEL,
        "sql2": account_facts.TWO_LEVELS,
    }
    for stage, statement in statements.items():
        config = {"memory_limit": "1GB", "temp_directory": str(OUT / "spill")}
        told = Told()
        with duckdb.connect(config=config) as con:
            con.sql(statement.format(path=path)).arrow().read_all()
        told(stage)


class Told:
    """Prints a line of JSON for each stage: processor seconds and peak since the last."""

    def __init__(self) -> None:
        peak()
        self.before = time.process_time()

    def __call__(self, stage: str, **more: Any) -> None:
        seconds = round(time.process_time() - self.before, 2)
        row = {"stage": stage, "seconds": seconds, "mb": round(peak()), **more}
        print(json.dumps(row), flush=True)
        self.before = time.process_time()


def measured(path: Path, stages: list[str]) -> None:
    """Open a ledger and make the results, and print a line of JSON for each."""
    if path.suffix == ".parquet":
        bare(path)
    import kamkit as kam
    from kamkit.analysis.graph import LeftOut

    told = Told()
    analysis = kam.analyse(kam.open_case(path))
    told("reading")
    for stage in stages:
        for name in STAGES.get(stage, (stage,)):
            told(name, left_out=isinstance(analysis.get(name), LeftOut))


def chart(path: Path) -> None:
    """Draw seconds and peak of each size and stage, as they were measured last."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams.update({"svg.hashsalt": "kamkit", "svg.fonttype": "none", "font.size": 9})
    rows = [json.loads(line) for line in (OUT / RESULTS).read_text().splitlines()]
    last = {(row["stage"], row["accounts"]): row for row in rows if row["usual"]}
    accounts = sorted({size for _stage, size in last})
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for stage in DRAWN:
        there = [size for size in accounts if (stage, size) in last]
        for axes, what in ((left, "seconds"), (right, "mb")):
            values = [max(last[stage, size][what], 0.01) for size in there]
            axes.plot(there, values, marker="o", markersize=3, label=DRAWN[stage])
    right.axhline(2048, color="0.6", linewidth=1)
    right.annotate("2 GiB", (accounts[0], 2048), va="bottom", color="0.4")
    for axes, title in ((left, "processor seconds"), (right, "peak of the process, MB")):
        axes.set(xscale="log", yscale="log", xlabel="accounts", title=title)
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(*left.get_legend_handles_labels(), loc="outside right center", frameon=False)
    figure.savefig(path, metadata={"Date": None})


def run(args: argparse.Namespace, lines: int, accounts: int) -> Iterator[dict[str, Any]]:
    """Measure one size in a process of its own; give the row of each stage as it comes."""
    path = ledger(lines, accounts, args.products, args.form, args.shape, args.years)
    command = [sys.executable, __file__, "--inside", str(path), "--stages", args.stages]
    size = {"lines": lines, "accounts": accounts, "products": args.products}
    given = (args.products, args.form, args.shape, args.years)
    usual = given == (5_000, "parquet", "tail", 3)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for text in process.stdout or ():
            row = {**size, "form": args.form, "shape": args.shape, "years": args.years}
            row |= {"usual": usual} | json.loads(text)
            with (OUT / RESULTS).open("a", encoding="utf-8") as log:
                log.write(json.dumps(row) + "\n")
            yield row
    if process.returncode:
        print(f"{lines:>11,} {accounts:>9,} stopped with {process.returncode}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--products", type=int, default=5_000)
    parser.add_argument("--form", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--shape", choices=tuple(SHAPES), default="tail")
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--stages", default=",".join(STAGES))
    parser.add_argument("--chart", type=Path)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    args = parser.parse_args()
    stages = [one for one in args.stages.split(",") if one]
    if args.inside:
        measured(Path(args.inside), stages)
        return
    if args.chart:
        chart(args.chart)
        return
    seen: dict[str, tuple[int, float]] = {}
    print("| lines | accounts | stage | CPU s | times the SQL | peak MB | growth |")
    print("|---|---|---|---|---|---|---|")
    for lines, accounts in ((args.lines, args.accounts),) if args.lines else SIZES:
        best: list[float] = []
        for row in run(args, lines, accounts):
            stage, seconds = row["stage"], row["seconds"]
            best += [seconds] if stage.startswith("sql") else []
            last, seen[stage] = seen.get(stage), (accounts, seconds)
            grown = last is not None and last[0] != accounts and last[1] >= 0.1 <= seconds
            cells = (
                f"{lines:,}",
                f"{accounts:,}",
                f"{stage} (left out)" if row.get("left_out") else stage,
                f"{seconds:.1f}",
                f"{seconds / min(best):.1f}" if best else "",
                f"{row['mb']:,}",
                f"{math.log(seconds / last[1]) / math.log(accounts / last[0]):.2f}"
                if grown and last
                else "",
            )
            print("|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
