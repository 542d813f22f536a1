"""Rows that are the sum of others: told by their words and by arithmetic, never by a name alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING

from kamkit.case.engine import Engine

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

_WORDS = (
    r"grand ?total|sub[- ]?total|total(?:t|e|er|en|sum|summe|beløp)?|delsum|sluttsum|summer?|sum|"
    r"summa|gesamt(?:summe|ergebnis)?|zwischensumme|(?:sub[- ]?)?totaal|suma(?: częściowa)?|razem|"
    r"łącznie|podsumowanie|i ?alt|samlet|"
    r"ergebnis|tussentotaal|overall total|sum total|total general|column total|i allt|"
    r"(?:hoved|slutt?|eind)totaa?l|totalsumma|(?:loppu|väli)summa|(?:kaikki )?yhteensä|"
    r"total g[eé]n[eé]ral|totale(?: complessivo)?|total geral|suma końcowa|total result|"
    r"sum totalt|rapport ?total|endsumme|summe gesamt|gesamt|total gesamt|total sales|"
    r"(?:all|total) customers|alle kunde[rn]|alla kunder|alle klanten|tous les clients|"
    r"wszyscy klienci|all accounts"
)
BALANCE = (
    r"(?i)^\s*(opening balance|balance (brought|carried) forward|balance b/?f|b/f\b|"
    r"(brought|carried) forward|closing balance|inngående (saldo|balanse)|utgående (saldo|balanse)|"
    r"åpningsbalanse|saldo (overført|fra)|ingående (saldo|balans)|utgående balans|primo ?saldo|"
    r"(?:å |at )?overfør(?:t|es|e)(?: fra .*)?$|(?:att )?överför(?:t|as|a)$|übertrag\b|"
    r"carried over|te transporteren|à reporter|reporté$|ultimo ?saldo|primo$|ultimo$|"
    r"saldovortrag|anfangsbestand|anfangssaldo|beginsaldo|beginbalans|"
    r"eröffnungs(saldo|bilanz)|solde (initial|d.ouverture|reporté)|report à nouveau|à nouveau|"
    r"bilans otwarcia|saldo początkowe|saldo (iniziale|inicial)|alkusaldo)"
)
"""A text or customer that says what was owed before, or is owed after."""
_FIGURES = (
    r"average|mean|count|gjennomsnitt|snitt|antall|medel|medelvärde|gennemsnit|mittelwert|"
    r"durchschnitt|anzahl|antal|gemiddelde|aantal|moyenne|nombre|średnia|liczba|ilość"
)
ALONE = (
    rf"(?i)^\s*(?:{_WORDS}|{_FIGURES})"
    r"(?: (?:sum|total|totalt|amount|beløp|sales|salg|i alt))?[ \d:./-]*\s*$"
)
"""A cell that says total and nothing else."""
KEYED = rf"(?i)^\s*(?:(?:{_WORDS})(?: for)?[ :]+(.+?)|(.+?)[ :]+(?:{_WORDS}))\s*:?\s*$"
"""A cell that says whose total it is."""
_COMPANY = (
    r"(?i)(?:^|[ .])(?:as|asa|ab|a/s|aps|ltd|limited|plc|inc|llc|gmbh|ag|kg|bv|nv|oy|sa|sarl)\.?$"
)
_MOST = 20_000  # rows without date or customer that are looked at one by one


def label(cells: list[ir.Column]) -> ir.BooleanColumn:
    """Tell the rows in which a cell says total and nothing else."""
    import ibis

    no = ibis.literal(False)
    says = [cell.re_search(ALONE).fill_null(no) for cell in cells if cell.type().is_string()]
    return reduce(lambda one, other: one | other, says, no)


def key(cells: list[ir.Column]) -> ir.StringColumn:
    """Return the customer whose total a row says it is, as in “100 Total”, else null."""
    import ibis

    texts = [cell for cell in cells if cell.type().is_string()]
    keys = [
        part
        for cell in texts
        for part in (cell.re_extract(KEYED, 1).nullif(""), cell.re_extract(KEYED, 2).nullif(""))
    ]
    return ibis.coalesce(*keys, ibis.null("string"))


def suspects(lines: ir.Table) -> tuple[ir.BooleanColumn, ir.BooleanColumn, ir.BooleanColumn]:
    """Return which lines say total, which lack date or customer, and which are lines at all."""
    sound = ~(lines.is_broken | lines.is_blank | lines.is_heading)
    return (
        lines.says_total | lines.total_of.notnull(),
        lines.blank_date | lines.account_id.isnull(),
        sound,
    )


def marked(lines: ir.Table, count: Mapping[str, int], engine: Engine) -> ir.Table:
    """Return the lines with ``is_total`` true where a row is the sum of others.

    ``lines`` has ``says_total``, ``total_of`` and ``blank_date`` beside amount and account;
    ``count`` says how many are ``labelled`` and how many ``open``, as ``suspects`` tells. A row
    without date that says total and names no customer is one; any other must add up: to the lines
    since the last such row, to all lines so far, to those of its customer, or to all there are.
    """
    import ibis
    import pyarrow as pa

    never = lines.mutate(is_total=ibis.literal(False))
    few = 0 < count["open"] <= _MOST
    if not (count["labelled"] or few):
        return never
    labelled, open_ones, sound = suspects(lines)
    candidate = (labelled | open_ones if few else labelled) & sound
    rows = _totals(_summed(lines, candidate, sound, engine), engine, lines)
    if not rows:
        return never
    held = engine.hold(pa.table({"total_row": pa.array(rows, type=pa.int64())}))
    joined = lines.left_join(held, lines.source_row == held.total_row)
    return joined.mutate(is_total=joined.total_row.notnull()).drop("total_row")


def _summed(
    lines: ir.Table, candidate: ir.BooleanColumn, sound: ir.BooleanColumn, engine: Engine
) -> pd.DataFrame:
    """Return the candidates with the sum of the other lines above each."""
    import ibis

    zero = ibis.literal(0.0)
    own = ibis.ifelse(candidate | ~sound, zero, lines.amount.cast("float64").fill_null(zero))
    summed = lines.select(
        "source_row",
        "account_id",
        "account",
        "says_total",
        "total_of",
        "blank_date",
        amount=lines.amount.cast("float64"),
        candidate=candidate,
        above=own.sum().over(order_by=lines.source_row, rows=(None, 0)),
        whole=own.sum().over(),
        lines=ibis.ifelse(candidate | ~sound, 0, 1).sum().over(),
        number=ibis.ifelse(candidate, 0, 1).sum().over(order_by=lines.source_row, rows=(None, 0)),
    )
    chosen = summed.filter(summed.candidate).drop("candidate").order_by("source_row")
    return engine.frame(chosen)


def _totals(frame: pd.DataFrame, engine: Engine, lines: ir.Table) -> list[int]:
    since = frame["above"] - frame["above"].shift(fill_value=0.0)
    between = frame["number"] - frame["number"].shift(fill_value=0)
    amount = frame["amount"]
    several = between >= 2
    block = several & ((amount - since).abs() < 0.0051)
    so_far = (frame["number"] >= 2) & ((amount - frame["above"]).abs() < 0.0051)
    whole = (
        (frame["number"] == 0) & (frame["lines"] >= 2) & ((amount - frame["whole"]).abs() < 0.0051)
    )
    adds_up = (block | so_far | whole) & (amount != 0)
    known = _accounts(frame, engine, lines)
    of_known = frame["total_of"].str.strip().str.casefold().isin(known)
    blank = frame["blank_date"]
    nobody = frame["account_id"].isna() | frame["account"]
    single = (between >= 1) & ((amount - since).abs() < 0.0051) & (amount != 0)
    labelled = frame["says_total"]
    whole_sum = float(frame["whole"].iloc[0]) if len(frame) else 0.0
    sure = blank & labelled & nobody
    keyed = of_known & (blank | adds_up | single)
    dated = labelled & (adds_up | single)
    silent = adds_up & frame["account_id"].isna() & blank
    period = adds_up & frame["total_of"].notna()  # “Sum januar” on its last day
    company = frame["total_of"].str.contains(_COMPANY, regex=True, na=False)
    period &= ~company | (period.sum() >= 2)
    subtotal = adds_up & blank & ~frame["account_id"].isna() & ~labelled
    every = ((amount - frame["whole"]).abs() < 0.0051) & (frame["lines"] >= 2)
    subtotal &= (subtotal.sum() >= 2) | every
    is_total = sure | keyed | dated | silent | period | subtotal
    named = blank & frame["total_of"].notna() & ~of_known & ~company  # “Sum EUR”, “Sum NOK”
    parted = abs(float(amount[named].sum()) - whole_sum) < 0.0051 and named.sum() >= 2
    is_total |= labelled & nobody & _figures(frame) | _leading(frame) | (named & parted)
    return [int(row) for row in frame.loc[is_total, "source_row"]]


def _figures(frame: pd.DataFrame) -> pd.Series[bool]:
    """Tell which rows are the mean, or the number, of the lines above them."""
    lines, amount = frame["number"], frame["amount"]
    mean = (amount * lines - frame["above"]).abs() < 0.0051 * lines
    return (lines >= 2) & (mean | (amount == lines))


def _leading(frame: pd.DataFrame) -> pd.Series[bool]:
    """Tell which rows without date stand above the lines of their customer and are their sum.

    Nearly all such rows are, and some of several lines.
    """
    alone = frame["blank_date"] & frame["account_id"].notna() & ~frame["says_total"]
    end = frame["lines"].iloc[0] if len(frame) else 0
    below = frame["number"].shift(-1, fill_value=end) - frame["number"]
    whole = frame["whole"].iloc[0] if len(frame) else 0.0
    worth = frame["above"].shift(-1, fill_value=whole) - frame["above"]
    leads = alone & (below >= 1) & ((frame["amount"] - worth).abs() < 0.0051) & (worth != 0)
    several = leads.sum() >= 2 and bool((leads & (below >= 2)).any())
    return leads & (several and leads.sum() * 10 >= alone.sum() * 9)


def _accounts(frame: pd.DataFrame, engine: Engine, lines: ir.Table) -> set[str]:
    """Return the numbers and names of customers among the keys of labelled rows."""
    keys = sorted({str(text).strip().casefold() for text in frame["total_of"].dropna()})
    if not keys:
        return set()
    result: set[str] = set()
    for name in ("account_id", "account_name"):
        if name in lines.columns:
            texts = lines[name].lower()
            rows = engine.rows(lines.filter(texts.isin(keys)).select(text=texts).distinct())
            result |= {row["text"] for row in rows}
    return result
