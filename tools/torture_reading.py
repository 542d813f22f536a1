"""Generated ledgers with known truth in every format: each is read right, or refused in words.

    python -m tools.torture_reading [CASES] [SEED]

A ledger is right when the lines that are used are the lines that were sold: customer, day and
amount of each, to the cent. A refusal must say what to do. What is neither is wrong.
"""

from __future__ import annotations

import csv
import datetime as dt
import gc
import gzip
import io
import json
import random
import signal
import sys
import tempfile
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from kamkit import open_case
from kamkit.errors import KamkitError

LONGEST = 120  # seconds for a ledger of a hundred lines
OUTCOMES = ("right", "refused", "wrong", "crashed", "hung")
Key = tuple[str, str, Decimal]

HEADINGS: dict[str, dict[str, list[str]]] = {
    "account": {
        "en": ["Customer No", "customer_id", "CustomerID", "Account No.", "CUSTOMER NO"],
        "nb": ["Kundenr", "Kundenummer", "KUNDENR.", "Salg til-kundenr."],
        "da": ["Debitornr.", "Kundenr."],
        "sv": ["Kundnr", "Kundnummer"],
        "de": ["Kundennummer", "Kunden-Nr.", "Debitor"],
        "fr": ["Code client", "N° client"],
        "nl": ["Klantnummer", "Debiteurnr"],
        "pl": ["Nr klienta", "Kod klienta"],
    },
    "name": {
        "en": ["Customer Name"],
        "nb": ["Kundenavn"],
        "sv": ["Kundnamn"],
        "de": ["Kundenname"],
        "fr": ["Nom du client"],
        "nl": ["Klantnaam"],
        "pl": ["Nazwa klienta"],
        "da": ["Kundenavn"],
    },
    "date": {
        "en": ["Invoice Date", "Date", "Posting Date", "INVOICE DATE"],
        "nb": ["Fakturadato", "Dato", "Bokføringsdato"],
        "da": ["Bogføringsdato", "Fakturadato"],
        "sv": ["Fakturadatum", "Datum"],
        "de": ["Rechnungsdatum", "Belegdatum", "Datum"],
        "fr": ["Date de facture", "Date"],
        "nl": ["Factuurdatum", "Datum"],
        "pl": ["Data faktury", "Data"],
    },
    "amount": {
        "en": ["Amount", "Net Amount", "Line Amount", "Amount excl. VAT"],
        "nb": ["Beløp", "Nettobeløp", "Beløp eks. mva", "Linjebeløp"],
        "da": ["Beløb", "Nettobeløb"],
        "sv": ["Belopp", "Nettobelopp"],
        "de": ["Betrag", "Nettobetrag", "Umsatz"],
        "fr": ["Montant HT"],
        "nl": ["Bedrag excl. btw", "Bedrag"],
        "pl": ["Kwota netto", "Wartość netto"],
    },
    "invoice": {
        "en": ["Invoice No", "Document No."],
        "nb": ["Fakturanr", "Bilagsnr."],
        "da": ["Fakturanr."],
        "sv": ["Fakturanr"],
        "de": ["Rechnungsnummer"],
        "fr": ["N° facture"],
        "nl": ["Factuurnummer"],
        "pl": ["Nr faktury"],
    },
    "quantity": {"en": ["Quantity", "Qty"], "nb": ["Antall"], "de": ["Menge"], "sv": ["Antal"]},
    "price": {
        "en": ["Unit Price"],
        "nb": ["Enhetspris"],
        "de": ["Einzelpreis"],
        "sv": ["Styckpris"],
    },
    "vat": {"en": ["VAT"], "nb": ["Mva"], "de": ["MwSt"], "sv": ["Moms"]},
    "gross": {
        "en": ["Amount incl. VAT"],
        "nb": ["Beløp inkl. mva"],
        "de": ["Betrag brutto"],
        "sv": ["Belopp inkl moms"],
    },
    "debit": {"en": ["Debit"], "nb": ["Debet"], "de": ["Soll"], "sv": ["Debet"]},
    "credit": {"en": ["Credit"], "nb": ["Kredit"], "de": ["Haben"], "sv": ["Kredit"]},
    "type": {"en": ["Document Type"], "nb": ["Bilagstype"], "de": ["Belegart"], "sv": ["Typ"]},
    "status": {"en": ["Order Status"], "nb": ["Ordrestatus"], "de": ["Auftragsstatus"]},
}
DOCUMENTS = {
    "en": ("Invoice", "Credit Memo"),
    "nb": ("Faktura", "Kreditnota"),
    "de": ("Rechnung", "Gutschrift"),
    "sv": ("Faktura", "Kreditfaktura"),
}
STATUS = {
    "en": ("Completed", "Cancelled"),
    "nb": ("Fullført", "Kansellert"),
    "de": ("Abgeschlossen", "Storniert"),
}
FULL = ("en", "nb", "de", "sv")
NAMES = (
    *("Alfa AS", "Bygg & Sønn", "Müller GmbH", "Café Zoë", "O'Brien Ltd", "Total Norge AS"),
    *("Sum AS", "Nord; Sør", "A, B and C", 'The "Best" Shop', "x" * 300, "=2+3", "@SUM(A1)"),
    *("<b>Bold</b>", "{{ 7*7 }}", "Null AS", "N/A Systems", "Test-Rite", "Line\nbreak AS"),
    *(
        "控制公司",
        "\u202eevil",
        "Bell\x07 AS",
        "tab\there",
        "back\\slash",
        "100 % AS",
        "-",
        "Ærlig",
    ),
)
ODD = ("CON", "nul", "K\u00a01", "k1", "'17", "=1+1", "a" * 250, "K.1")
ACCOUNTS: dict[str, Callable[[int], str]] = {
    "plain": lambda n: str(10000 + n),
    "zeros": lambda n: f"{n + 1:06}",
    "letters": lambda n: f"K{n:03}",
    "signs": lambda n: f"K/{n:02}-{n % 3}",
    "long": lambda n: str(571234567000 + n),
    "mixed": lambda n: f"{n}A" if n % 2 else str(400 + n),
    "wide": lambda n: f"客户{n}",
    "names": lambda n: f"{NAMES[n % 6]} {n}",
    "odd": lambda n: f"{ODD[n % 8]}_{n}",
}


@dataclass
class Line:
    """What was sold; ``sold`` is false for what is to be set aside."""

    account: str
    name: str
    day: dt.date
    amount: Decimal
    quantity: int
    price: Decimal
    invoice: int
    sold: bool = True


@dataclass
class Ledger:
    """Lines and how they are written: the columns, each with its heading and kind."""

    lines: list[Line]
    columns: list[tuple[str, str]]  # name of the column, its heading
    language: str
    form: str
    how: dict[str, Any] = field(default_factory=dict)

    def truth(self) -> Counter[Key]:
        """Return every line that was sold."""
        return Counter(
            (clean(line.account), line.day.isoformat(), line.amount)
            for line in self.lines
            if line.sold
        )


def clean(text: str) -> str:
    """Write a number of a customer as kamkit keeps it: spaces around it mean nothing."""
    return text.replace("\u00a0", " ").strip()


def generated(seed: int) -> Ledger:
    """Make a ledger, the same for the same seed."""
    rng = random.Random(seed)
    form = rng.choice(["plain"] * 4 + ["priced", "vat", "sides", "typed", "status"])
    languages = [one for one in FULL if form != "status" or one in STATUS]
    language = rng.choice(languages if form != "plain" else list(HEADINGS["account"]))
    style = rng.choice(list(ACCOUNTS))
    accounts = [ACCOUNTS[style](n) for n in range(rng.choice([1, 3, 8, 20]))]
    names = {account: rng.choice(NAMES) for account in accounts}
    first = dt.date(rng.randint(2015, 2025), rng.randint(1, 12), rng.randint(1, 28))
    days = rng.choice([1, 25, 400, 900])
    whole = rng.random() < 0.2
    size = rng.choice([3, 5, 7])
    lines = []
    for number in range(rng.choice([1, 2, 12, 30, 90])):
        account = rng.choice(accounts)
        day = first + dt.timedelta(days=rng.randrange(days))
        day = day.replace(day=1) if rng.random() < 0.1 else day
        price = Decimal(rng.randint(1, 10**size)) / (1 if whole else 100)
        quantity = rng.choice([1, 1, 2, 5, 12])
        back = form != "sides" or number > 5  # debit and credit are told apart by the larger one
        amount = price * quantity * (-1 if back and rng.random() < 0.08 else 1)
        sold = form != "status" or number == 0 or rng.random() > 0.1
        lines.append(
            Line(account, names[account], day, amount, quantity, price, 5000 + number, sold)
        )
    return Ledger(lines, _columns(rng, form, language), language, form, {"seed": seed})


def _columns(rng: random.Random, form: str, language: str) -> list[tuple[str, str]]:
    need = {
        "plain": ["account", "date", "amount"],
        "priced": ["account", "date", "quantity", "price"],
        "vat": ["account", "date", "amount", "vat", "gross"],
        "sides": ["account", "date", "debit", "credit"],
        "typed": ["account", "date", "amount", "type"],
        "status": ["account", "date", "amount", "status"],
    }[form]
    more = [name for name in ("name", "invoice") if rng.random() < 0.6]
    names = need + more
    rng.shuffle(names)
    found = [(name, rng.choice(HEADINGS[name][language])) for name in names]
    for at in range(rng.choice([0, 0, 1, 3])):
        found.insert(rng.randint(0, len(found)), ("", f"Felt {at}"))
    return found


def cell(ledger: Ledger, line: Line, name: str) -> Any:
    """Return what a line holds in a column, as a value."""
    signed = -abs(line.quantity) if line.amount < 0 else line.quantity
    amount = abs(line.amount) if ledger.form == "typed" else line.amount
    credit = line.amount < 0
    vat = (line.amount * Decimal("0.25")).quantize(Decimal("0.01"))
    return {
        "account": line.account,
        "name": line.name,
        "date": line.day,
        "amount": amount,
        "invoice": line.invoice,
        "quantity": signed,
        "price": line.price,
        "vat": vat,
        "gross": line.amount + vat,
        "debit": None if credit else line.amount,
        "credit": -line.amount if credit else None,
        "type": DOCUMENTS.get(ledger.language, ("", ""))[credit],
        "status": STATUS.get(ledger.language, ("", ""))[not line.sold],
        "": "x",
    }[name]


# How values become text

DATES: dict[str, Callable[[dt.date], str]] = {
    "iso": lambda day: day.isoformat(),
    "dots": lambda day: f"{day:%d.%m.%Y}",
    "bare_dots": lambda day: f"{day.day}.{day.month}.{day.year}",
    "short_dots": lambda day: f"{day:%d.%m.%y}",
    "strokes": lambda day: f"{day:%d/%m/%Y}",
    "american": lambda day: f"{day:%m/%d/%Y}",
    "hyphens": lambda day: f"{day:%d-%m-%Y}",
    "packed": lambda day: f"{day:%Y%m%d}",
    "named": lambda day: f"{day:%d-%b-%Y}",
    "slashes": lambda day: f"{day:%Y/%m/%d}",
    "timed": lambda day: f"{day.isoformat()} 23:30:00",
    "zoned": lambda day: f"{day.isoformat()}T00:10:00+02:00",
    "norwegian": lambda day: f"{day.day}. {MONTHS[day.month - 1]} {day.year}",
}
MONTHS = ("januar", "februar", "mars", "april", "mai", "juni", "juli", "august")
MONTHS += ("september", "oktober", "november", "desember")


@dataclass(frozen=True)
class Notation:
    """How numbers are written: decimal sign, sign of thousands, decimals, minus, currency."""

    decimal: str
    thousands: str = ""
    places: int | None = 2
    minus: str = "before"
    unit: str = ""

    def write(self, value: Decimal) -> str:
        """Write a number."""
        exact = f"{abs(value):,.2f}"
        if self.places is None:
            exact = exact.rstrip("0").rstrip(".")
        body = exact.replace(",", "\0").replace(".", self.decimal).replace("\0", self.thousands)
        body += self.unit
        if value >= 0:
            return body
        return {
            "before": f"-{body}",
            "after": f"{body}-",
            "brackets": f"({body})",
            "true": f"\u2212{body}",
        }[self.minus]


def notation(rng: random.Random, language: str) -> Notation:
    """Choose how numbers are written where a language is spoken."""
    point = language == "en" or rng.random() < 0.15
    spaces = ["", "", " ", "\u00a0", ".", "\u202f"]
    thousands = rng.choice(["", "", ",", " ", "'"] if point else spaces)
    return Notation(
        "." if point else ",",
        thousands,
        rng.choice([2, 2, 2, None]),
        rng.choice(["before"] * 5 + ["after", "brackets", "true"]),
        rng.choice([""] * 12 + [" kr" if language == "nb" else " EUR"]),
    )


def texts(ledger: Ledger, rng: random.Random) -> Iterator[list[str]]:
    """Give the rows of a ledger as text, headings first, with what exports put around them."""
    how = notation(rng, ledger.language)
    english = {"named"} if ledger.language != "nb" else {"named", "norwegian"}
    strokes = {"american"} if ledger.language == "en" else set()
    usual = {*DATES} - {"american", "named", "norwegian"} | english | strokes
    date = DATES[kind := rng.choice(sorted(usual))]
    ledger.how |= {"numbers": how, "dates": kind}
    if rng.random() < 0.15:
        yield ["Sales report" if ledger.language == "en" else "Salgsrapport"]
        yield []
    yield [heading for _name, heading in ledger.columns]
    for line in ledger.lines:
        row = []
        for name, _heading in ledger.columns:
            value = cell(ledger, line, name)
            if isinstance(value, Decimal):
                row.append(how.write(value))
            elif isinstance(value, dt.date):
                row.append(date(value))
            else:
                row.append("" if value is None else str(value))
        yield row
    names = [name for name, _heading in ledger.columns]
    if "amount" in names and rng.random() < 0.2 and len(ledger.lines) > 1:
        whole = sum((cell(ledger, line, "amount") for line in ledger.lines), Decimal(0))
        total = [how.write(whole) if name == "amount" else "" for name in names]
        yield [total[0] or "Total", *total[1:]]


# Formats


def as_text(ledger: Ledger, rng: random.Random, folder: Path) -> Path:
    """Write a file with separators."""
    rows = list(texts(ledger, rng))
    separator = rng.choice([";", ";", ",", "\t", "|"])
    out = io.StringIO()
    quoting = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    end = rng.choice(["\n", "\r\n", "\r\n", "\r"])
    quoting = csv.QUOTE_ALL if end == "\r" else quoting  # csv leaves a bare line feed open there
    writer = csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=end)
    writer.writerows(rows)
    text = out.getvalue()
    if separator in ";," and rng.random() < 0.05:
        text = f"sep={separator}{end}" + text
    if rng.random() < 0.1:
        text += end * 2
    encoding = rng.choice(["utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16"])
    ledger.how |= {"separator": separator, "encoding": encoding, "end": end, "quoting": quoting}
    if encoding == "cp1252" and any(ord(sign) > 255 for sign in text):
        encoding = "utf-8"
    content = text.encode(encoding)
    kind = rng.choice(["csv"] * 8 + ["txt", "gz", "zip"])
    path = folder / f"sales.{'csv.gz' if kind == 'gz' else kind}"
    if kind == "gz":
        path.write_bytes(gzip.compress(content))
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("sales.csv", content)
    else:
        path.write_bytes(content)
    return path


def as_workbook(ledger: Ledger, rng: random.Random, folder: Path) -> Path:
    """Write a workbook: days and numbers as cells of their kind, or as text."""
    import xlsxwriter

    path = folder / "sales.xlsx"
    old_mac = rng.random() < 0.2
    as_texts = rng.random() < 0.2
    ledger.how |= {"1904": old_mac, "texts": as_texts}
    book = xlsxwriter.Workbook(path, {"date_1904": old_mac, "default_date_format": "dd.mm.yyyy"})
    sheet = book.add_worksheet(rng.choice(["Sheet1", "Salg", "2024", "Ark1"]))
    if as_texts:
        for at, row in enumerate(texts(ledger, rng)):
            for place, text in enumerate(row):
                sheet.write_string(at, place, text)
        book.close()
        return path
    top = rng.choice([0, 0, 0, 2, 4])
    if top:
        sheet.write_string(0, 0, "Report")
    for place, (_name, heading) in enumerate(ledger.columns):
        sheet.write_string(top, place, heading)
    for at, line in enumerate(ledger.lines, top + 1):
        for place, (name, _heading) in enumerate(ledger.columns):
            _put(sheet, at, place, name, cell(ledger, line, name))
    book.close()
    return path


def _put(sheet: Any, at: int, place: int, name: str, value: Any) -> None:
    if isinstance(value, dt.date):
        sheet.write_datetime(at, place, dt.datetime.combine(value, dt.time()))
    elif isinstance(value, Decimal | int):
        sheet.write_number(at, place, float(value))
    elif name == "account" and value.isdigit() and not value.startswith("0"):
        sheet.write_number(at, place, int(value))
    elif value is not None:
        sheet.write_string(at, place, value)


def frame_of(ledger: Ledger, rng: random.Random) -> pd.DataFrame:
    """Make a frame with columns of one of the kinds that pandas has."""
    kinds = rng.choice(["exact", "floats", "text"])
    ledger.how |= {"kinds": kinds}
    if kinds == "text":
        rows = [row for row in texts(ledger, rng) if len(row) == len(ledger.columns)]
        return pd.DataFrame(rows[1:], columns=rows[0])
    data: dict[str, Any] = {}
    for place, (name, heading) in enumerate(ledger.columns):
        values = [cell(ledger, line, name) for line in ledger.lines]
        column = pd.Series(values, dtype="object")
        if name == "date" and rng.random() < 0.7:
            column = pd.to_datetime(column)
        elif kinds == "floats" and any(isinstance(value, Decimal) for value in values):
            column = column.astype("float64")
        elif name == "account" and rng.random() < 0.3:
            column = column.astype("category")
        data[f"{place}|{heading}"] = column
    return pd.DataFrame(data).rename(columns=lambda text: text.partition("|")[2])


def as_parquet(ledger: Ledger, rng: random.Random, folder: Path) -> Path:
    """Write a Parquet file."""
    path = folder / "sales.parquet"
    frame_of(ledger, rng).to_parquet(path, index=False)
    return path


def as_records(ledger: Ledger, rng: random.Random, folder: Path) -> Path:
    """Write records as JSON lines, or as a list of them."""
    records = [
        {heading: _json(cell(ledger, line, name)) for name, heading in ledger.columns}
        for line in ledger.lines
    ]
    lines = rng.random() < 0.6
    path = folder / ("sales.jsonl" if lines else "sales.json")
    ascii_only = rng.random() < 0.5
    written = [json.dumps(record, ensure_ascii=ascii_only) for record in records]
    path.write_text("\n".join(written) if lines else f"[{','.join(written)}]", encoding="utf-8")
    return path


def _json(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


FORMATS: dict[str, Callable[[Ledger, random.Random, Path], Any]] = {
    "text": as_text,
    "workbook": as_workbook,
    "parquet": as_parquet,
    "records": as_records,
    "frame": lambda ledger, rng, _folder: frame_of(ledger, rng),
}
_OFTEN = ("text", "text", "text", "workbook", "workbook", "parquet", "records", "frame")


# The oracle


class _TooLong(BaseException):
    pass


def _stop(*_args: object) -> None:
    raise _TooLong


def tried(seed: int) -> tuple[str, str, str]:
    """Write and read one ledger; return its format, the outcome and what there is to say of it."""
    ledger = generated(seed)
    rng = random.Random(seed + 1)
    kind = rng.choice(_OFTEN)
    if seed % 25 == 0:
        gc.collect()
    with tempfile.TemporaryDirectory() as folder:
        source = FORMATS[kind](ledger, rng, Path(folder))
        signal.signal(signal.SIGALRM, _stop)
        signal.alarm(LONGEST)
        try:
            outcome, told = _read(ledger, source)
        except _TooLong:
            outcome, told = "hung", ""
        except Exception:
            outcome, told = "crashed", traceback.format_exc(limit=-3)
        finally:
            signal.alarm(0)
    about = f"{ledger.form} {ledger.language} {ledger.how} {ledger.columns}"
    return kind, outcome, f"{about}\n{told}" if outcome != "right" else ""


def _read(ledger: Ledger, source: Any) -> tuple[str, str]:
    try:
        case = open_case(source)
        checked = case.checked
        used = case.engine.frame(
            checked.filter(checked.reason.isnull()).select("account_id", "date", "amount")
        )
        case.reconciliation()
    except KamkitError as error:
        return ("refused" if error.message and error.remedy else "wrong"), str(error)
    days = pd.to_datetime(used["date"]).dt.date
    amounts = [Decimal(f"{amount:.2f}") for amount in used["amount"]]
    lines = zip(map(clean, used["account_id"]), map(str, days), amounts, strict=True)
    found, truth = Counter(lines), ledger.truth()
    truth = Counter({(a, d, m.quantize(Decimal("0.01"))): n for (a, d, m), n in truth.items()})
    if found == truth:
        return "right", ""
    lost, more = list((truth - found).items())[:3], list((found - truth).items())[:3]
    return "wrong", f"lost {lost}\nmore {more}\n{case.notes}\n{case.reconciliation()}"


def table(counts: dict[str, Counter[str]]) -> str:
    """Write the outcomes as the table of docs/exports.md."""
    rows = ["| format | cases | " + " | ".join(OUTCOMES) + " |", "|" + "---|" * (len(OUTCOMES) + 2)]
    whole: Counter[str] = Counter()
    for kind in sorted(counts):
        whole += counts[kind]
    for kind, count in [*sorted(counts.items()), ("all", whole)]:
        cells = [f"{sum(count.values()):,}", *(f"{count[outcome]:,}" for outcome in OUTCOMES)]
        rows.append(f"| {kind} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _begun() -> None:
    """Spare a worker the search for garbage among so many expressions."""
    gc.freeze()
    gc.disable()


def main(cases: int = 100_000, seed: int = 0, show: int = 40) -> int:
    """Try many ledgers, print those that are neither right nor refused, and the table."""
    counts: dict[str, Counter[str]] = {}
    refusals: Counter[str] = Counter()
    pool = ProcessPoolExecutor(initializer=_begun)
    try:
        outcomes = pool.map(tried, range(seed, seed + cases), chunksize=5)
        for number, (kind, outcome, told) in enumerate(outcomes):
            counts.setdefault(kind, Counter())[outcome] += 1
            if outcome == "refused":
                refusals[told.split("\n")[1]] += 1
            elif outcome != "right" and (show := show - 1) >= 0:
                print(f"{seed + number}: {kind} {outcome}: {told}\n", flush=True)
    except KeyboardInterrupt:
        print("Stopped: what there is so far.")
    pool.shutdown(wait=False, cancel_futures=True)
    print(table(counts))
    for message, times in refusals.most_common():
        print(f"{times:6} {message}")
    bad = sum(count[outcome] for count in counts.values() for outcome in OUTCOMES[2:])
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
