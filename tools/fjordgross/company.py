"""Fjordgross, the practice company: a fictional Norwegian wholesaler with planted truths."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from .accounts import accounts_table, book, goods
from .disguise import Disguise
from .files import norwegian_export, write_csv, write_key, write_table, write_workbook
from .key import answer_key
from .people import questionnaire_table
from .sales import sales_table
from .tables import (
    activities_table,
    contacts_table,
    goals_table,
    managers_table,
    prospects_table,
    rates_table,
    ratings_table,
    revenue,
    services_table,
    wallet_table,
)

SEED = 20250101


def generate(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Make every table of the practice company; one per table of the contract.

    The company is fictional: three years to 31 December 2025, about 1 200 accounts and 220 000
    invoice lines, in kroner with two decimals. The same seed gives the same tables to the cent.
    Another seed gives other names, products and numbers; what ``answer_key`` says holds for each.

    >>> tables = generate()
    >>> tables["sales"]["date"].max().date()
    datetime.date(2025, 12, 31)
    >>> sorted(tables)
    ['accounts', 'activities', 'contacts', 'goals', 'managers', 'prospects', 'questionnaire',
     'rates', 'ratings', 'sales', 'services', 'wallet']
    """
    accounts = book(seed)
    sales = sales_table(accounts, goods(seed), seed=seed)
    totals = revenue(sales)
    return {
        "sales": sales,
        "accounts": accounts_table(accounts, seed=seed),
        "activities": activities_table(sales, accounts, seed=seed),
        "rates": rates_table(),
        "contacts": contacts_table(totals, accounts, seed=seed),
        "wallet": wallet_table(sales, totals, accounts, seed=seed),
        "ratings": ratings_table(totals, accounts, seed=seed),
        "prospects": prospects_table(accounts["name"], seed=seed),
        "goals": goals_table(totals, accounts, seed=seed),
        "services": services_table(),
        "managers": managers_table(),
        "questionnaire": questionnaire_table(totals, accounts, seed=seed),
    }


def write_all(folder: str | Path, *, seed: int = SEED) -> list[Path]:
    """Write the practice company to a folder and return the files.

    One Parquet file per table, the last quarter of 2025 as the CSV and the workbook that a
    Norwegian system would export, and the answer key. Existing files of these names are replaced.
    Of another seed than the usual one, the accounts with a part to play have other numbers and
    names too, and all amounts are of another size.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    tables, key = generate(seed), answer_key()
    if seed != SEED:
        disguise = Disguise(tables, seed)
        tables = {name: disguise.table(name, table) for name, table in tables.items()}
        key = disguise.key(key)
    export = norwegian_export(tables["sales"])
    return [
        *(write_table(name, table, target) for name, table in tables.items()),
        write_csv(export, target / "fjordgross-2025.csv"),
        write_workbook(export, target / "fjordgross-2025.xlsx"),
        write_key(key, target / "answer_key.json"),
    ]
