"""Fjordgross, the practice company: a fictional Norwegian wholesaler with planted truths.

``python -m kamkit.case.practice FOLDER`` writes all of its files; those in ``data/fjordgross``
were made so.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.case.practice_truths import answer_key
from kamkit.language import N_

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SEED", "TITLE", "answer_key", "generate", "write_all"]

SEED = 20250101
TITLE = N_("Fjordgross, a fictional Norwegian wholesaler")


def generate(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Make every table of the practice company; one per table of the contract.

    The company is fictional: three years to 31 December 2025, about 1 200 accounts and 250 000
    invoice lines, in kroner with two decimals. The same seed gives the same tables to the cent.
    What ``answer_key`` says was planted for the default seed; other seeds plant the same accounts
    but may rank them otherwise.

    >>> tables = generate()
    >>> tables["sales"]["date"].max().date()
    datetime.date(2025, 12, 31)
    >>> sorted(tables)
    ['accounts', 'activities', 'contacts', 'goals', 'managers', 'prospects', 'questionnaire',
     'rates', 'ratings', 'sales', 'services', 'wallet']
    """
    from kamkit.case import practice_accounts, practice_people, practice_sales, practice_tables

    accounts = practice_accounts.book(seed)
    sales = practice_sales.sales_table(accounts, practice_accounts.goods(seed), seed=seed)
    totals = practice_tables.revenue(sales)
    return {
        "sales": sales,
        "accounts": practice_accounts.accounts_table(accounts, seed=seed),
        "activities": practice_tables.activities_table(sales, accounts, seed=seed),
        "rates": practice_tables.rates_table(),
        "contacts": practice_tables.contacts_table(totals, accounts, seed=seed),
        "wallet": practice_tables.wallet_table(sales, totals, seed=seed),
        "ratings": practice_tables.ratings_table(totals, accounts, seed=seed),
        "prospects": practice_tables.prospects_table(accounts["name"], seed=seed),
        "goals": practice_tables.goals_table(totals, accounts, seed=seed),
        "services": practice_tables.services_table(),
        "managers": practice_tables.managers_table(),
        "questionnaire": practice_people.questionnaire_table(totals, accounts, seed=seed),
    }


def write_all(folder: str | Path, *, seed: int = SEED) -> list[Path]:
    """Write the practice company to a folder and return the files.

    One Parquet file per table, the last quarter of 2025 as the CSV and the workbook that a
    Norwegian system would export, and the answer key. Existing files of these names are replaced.
    """
    from kamkit.case import practice_files

    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    tables = generate(seed)
    written = [practice_files.write_table(name, table, target) for name, table in tables.items()]
    export = practice_files.norwegian_export(tables["sales"])
    return [
        *written,
        practice_files.write_csv(export, target / "fjordgross-2025.csv"),
        practice_files.write_workbook(export, target / "fjordgross-2025.xlsx"),
        practice_files.write_key(answer_key(), target / "answer_key.json"),
    ]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m kamkit.case.practice FOLDER")
    for path in write_all(sys.argv[1]):
        sys.stdout.write(f"{path}\n")
