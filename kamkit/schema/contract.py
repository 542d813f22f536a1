"""The data contract: every table of a case, its columns, and what exporters call them.

One line of ``contract.csv`` is one column of one table. Data sheets, validation, heading
recognition and the templates that users fill in are all produced from ``TABLES``. Kind and meaning
are those of the register, unless a table gives a meaning of its own. Synonyms are compared after
``case.headings.folded``: lower case, letters and digits only, so that “Salg til-kundenr.” and
“salg til kundenr” are one; ``=sales.region`` stands for all synonyms of that column.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from kamkit.language import N_
from kamkit.schema.register import COLUMNS

FILE = Path(__file__).with_name("contract.csv")
"""The columns of the contract, one line per table and column."""

EXAMPLE_IDS = ("EXAMPLE-1", "EKSEMPEL-1")
"""Numbers in the example rows of the template; a reader sets such rows aside."""

_TABLES = {
    "sales": (
        N_("one invoice line"),
        "sales; ledger; invoice lines; salg; omsetning; fakturalinjer; salgslinjer; faktura",
    ),
    "accounts": (
        N_("one account (customer)"),
        "accounts; customers; kunder; kunderegister; kundeliste",
    ),
    "products": (
        N_("one product"),
        "products; items; articles; product list; varer; produkter; artikler; vareliste",
    ),
    "activities": (N_("one account, activity and period"), "activities; aktiviteter"),
    "rates": (N_("one activity"), "rates; activity rates; satser; aktivitetssatser"),
    "contacts": (N_("one person at an account"), "contacts; kontakter; kontaktpersoner"),
    "wallet": (
        N_("one account, category and year"),
        "wallet; wallets; lommebok; innkjøp; samlet innkjøp",
    ),
    "ratings": (N_("one account and criterion"), "ratings; vurderinger; karakterer"),
    "prospects": (
        N_("one possible account"),
        "prospects; potential customers; prospekter; potensielle kunder; leads; emner",
    ),
    "goals": (N_("one goal or action"), "goals; actions; mål; tiltak"),
    "services": (N_("one service and treatment"), "services; treatments; tjenester; ytelser"),
    "managers": (
        N_("one key account manager"),
        "managers; key account managers; nøkkelkundeansvarlige; kundeansvarlige",
    ),
    "questionnaire": (
        N_("one account and question"),
        "questionnaire; relationship; relationships; spørreskjema; relasjon; relasjoner",
    ),
}
"""Table to what one row of it stands for, and the names that its sheet or file may have."""

_KINDS = {"cents": "money", "count": "number", "percent": "number", "month": "date"}
_CHOICES = {
    "decider": "beslutter; beslutningstaker; decision maker",
    "influencer": "påvirker",
    "user": "bruker",
    "buyer": "innkjøper; purchaser",
    "gatekeeper": "portvakt; portvokter",
    "initiator": "initiativtaker",
    "us": "oss; vi",
    "competitor": "konkurrent",
    "in-house": "selv; egenproduksjon; in house",
    "not relevant": "ikke aktuelt; ikke relevant",
    "unknown": "ukjent; vet ikke",
    "dedicated": "eget team; dedikert",
    "shared": "delt",
    "contact": "kontakt",
    "information": "informasjon",
    "planning": "planlegging",
    "trust": "tillit",
    "adaptation": "tilpasning",
    "commitment": "binding; forpliktelse",
}


@dataclass(frozen=True)
class Field:
    """One column of one table: its meaning there, its type and what exporters call it.

    ``kind`` is ``text``, ``date``, ``money`` (decimal, in the currency of the row), ``number``
    (decimal) or ``choice`` (one of ``choices``). ``weak`` synonyms count only where no better
    heading is found, and those of ``last`` after them, in their order. ``norwegian`` is the heading
    in the Norwegian template. An ``aid`` is read only to settle another column, such as the VAT
    that an amount holds; no template asks for it.
    """

    name: str
    meaning: str
    kind: str
    required: bool
    synonyms: tuple[str, ...]
    weak: tuple[str, ...]
    choices: tuple[str, ...]
    example: str
    norwegian: str
    last: tuple[str, ...] = ()
    aid: bool = False


@dataclass(frozen=True)
class Table:
    """One table of a case: ``grain`` is what one row stands for; ``names`` are sheet names."""

    name: str
    grain: str
    columns: tuple[Field, ...]
    names: tuple[str, ...]

    def column(self, name: str) -> Field:
        """Return a column by its contract name; ``KeyError`` when the table has none.

        >>> TABLES["sales"].column("amount").kind
        'money'
        """
        return {column.name: column for column in self.columns}[name]

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that must be there."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def asked(self) -> tuple[Field, ...]:
        """The columns that a template asks for; the others only settle one of them."""
        return tuple(column for column in self.columns if not column.aid)


def _words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("; ")) if cell else ()


def _read() -> dict[str, Table]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    given = {f"={row['table']}.{row['column']}": row for row in rows}

    def called(cell: str, kind: str) -> tuple[str, ...]:
        words = _words(cell)
        return tuple(
            word for one in words for word in (_words(given[one][kind]) if one in given else (one,))
        )

    fields: dict[str, list[Field]] = {name: [] for name in _TABLES}
    for row in rows:
        column = COLUMNS[row["column"]]
        usual = _KINDS.get(column.kind, column.kind)
        usual = usual if usual in ("date", "money", "number") else "text"
        weak = called(row["weak"], "weak")
        fields[row["table"]].append(
            Field(
                column.name,
                meaning=row["meaning"] or column.meaning,
                kind="choice" if row["choices"] else usual,
                required=row["required"] == "yes",
                synonyms=called(row["synonyms"], "synonyms"),
                weak=tuple(word for word in weak if not word.startswith("~")),
                choices=_words(row["choices"]),
                example=row["example"],
                norwegian=row["norwegian"],
                last=tuple(word[1:] for word in weak if word.startswith("~")),
                aid=row["required"] == "aid",
            )
        )
    return {
        name: Table(name, grain, tuple(fields[name]), _words(names))
        for name, (grain, names) in _TABLES.items()
    }


TABLES = _read()
"""The tables of a case by name: sales is required, the others are not."""

CHOICE_WORDS = {word: choice for choice, cell in _CHOICES.items() for word in _words(cell)}
"""What people write in a column of choices: folded text to the choice that is meant."""
