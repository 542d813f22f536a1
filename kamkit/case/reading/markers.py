"""What exporters write where there is nothing, and what spreadsheets leave of long numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

NOTHING = (
    *("", "-", "--", "---", "\u2013", "\u2014", "\u2212", ".", "?", "??", "???", "\\n"),
    *("na", "n/a", "n.a.", "n.a", "nan", "nil", "null", "none", "<na>", "<null>", "[null]"),
    *("(null)", "(none)", "(blank)", "(empty)", "(tom)", "(leer)", "(vide)", "undefined"),
    *("#n/a", "#i/t", "#n/d", "#nv", "#ref!", "#value!", "#verdi!", "#name?", "#navn?"),
    *("#div/0!", "#null!", "#num!", "#error!", "0000-00-00", "0000-00-00 00:00:00"),
    *("#", "#ref", "#spill!", "#calc!", "#field!", "not assigned", "(not set)", "not available"),
    *("#bezug!", "#wert!", "#zahl!", "#überlauf!", "k.a.", "k. a.", "nicht zugeordnet"),
    *("#saknas!", "#referens!", "#värdefel!", "#värde!", "#namn?", "#ogiltig!", "#ogiltigt!"),
    *("#division/0!", "#verdi", "#referanse!", "#overflyt!", "#reference!", "#værdi!", "#nul!"),
    *("#puuttuu!", "#puuttuu", "#viittaus!", "#arvo!", "#nimi?", "#jako/0!", "#n/b", "#verw!"),
    *("#waarde!", "#naam?", "#deel/0!", "#valeur!", "#nom?", "#nombre!", "#n/d!", "#adr!", "#arg!"),
    *("#nazwa?", "#dziel/0!", "#¡ref!", "#¡valor!", "#¿nombre?", "#rif!", "#valore!", "#nome?"),
    *("(tomt)", "(tomme)", "(tomma)", "(tyhjä)", "(leeg)", "(puste)", "(vuoto)", "(vazio)"),
    *("(en blanco)", "(ukjent)", "ikke angitt", "ikke oppgitt", "uoppgitt", "ej angiven", "n.v.t."),
    *("unknown", "ukjent", "ukendt", "okänd", "okänt", "unbekannt", "onbekend", "inconnu"),
    *("inconnue", "desconocido", "desconocida", "desconhecido", "sconosciuto", "tuntematon"),
    *("nieznany", "nieznana", "nieznane", "brak", "brak danych", "nicht bekannt", "not known"),
    *("ikke kjent", "(unknown)", "(okänd)", "(unbekannt)", "(onbekend)", "(nieznany)"),
    *("(desconocido)", "ukjent kunde", "unknown customer", "okänd kund", "ukendt kunde"),
    *("unbekannter kunde", "client inconnu", "onbekende klant", "nieznany klient"),
    *("cliente desconocido", "no customer", "ingen kunde", "ikke tildelt", "unassigned"),
    *("keine angabe", "ohne angabe", "n.v.", "(inconnu)", "(ukendt)", "ikke registrert"),
)
"""Texts in lower case that stand for no value."""

INVISIBLE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""What no reader sees in a number or a name: marks of direction, of byte order, empty spaces."""

_BREAK = "\x1f"
_TABLE = _BREAK + _BREAK.join(NOTHING) + _BREAK
_KEPT = r"""^(?:="([^"]*)"|'([0-9]+))$"""
"""A number as it is written so that a spreadsheet program keeps its zeros."""
_CUT = r"(?i)^\d([.,]\d+)?e\+?\d{1,3}$"
_ODD = r"[^A-Za-z0-9/_-]|[^0-9]$|^[0-9]+[eE]|^0000-|^$"


def plain(text: ir.StringValue) -> ir.BooleanValue:
    """Tell which words mean themselves at a glance, as most numbers of customers and documents.

    One look at each cell spares the many that odd ones need.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(plain(ibis.literal("F-10012")))
    True
    """
    return ~text.re_search(_ODD).fill_null(True)


def nothing(text: ir.StringValue) -> ir.BooleanValue:
    """Tell which texts say that there is no value; an empty one does.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(nothing(ibis.literal(" #N/A ")))
    True
    """
    import ibis

    word = text.replace("\u00a0", " ").strip().lower()
    last = word.right(1)
    # nearly all numbers end in a digit, and no marker but a day of zeros: these are not looked up
    numbered = (last >= "0") & (last <= "9") & ~word.startswith("0000-")
    # a list of as many words would be joined as a table
    listed = ibis.literal(_TABLE).contains(_BREAK + word + _BREAK).fill_null(True)
    return ibis.ifelse(numbered.fill_null(False), False, listed)


def unkept(text: ir.StringValue) -> ir.StringValue:
    """Write a number alone that was written so that a spreadsheet program keeps its zeros.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(unkept(ibis.literal('="000123"')))
    '000123'
    """
    return text.re_replace(_KEPT, r"\1\2").strip()


def restored(text: ir.StringValue) -> ir.StringValue:
    """Write a number such as 1e+05 in full where nothing of it is lost.

    Programs choose that form for whole numbers when it is shorter, so 1.23E+05 has been cut.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(restored(ibis.literal("1e+05")))
    '100000'
    """
    import ibis

    power = text.re_extract(r"(?i)e\+?(\d{1,3})$", 1).nullif("").try_cast("int64")
    whole = text.re_search(_CUT) & (power <= 10) & (text.length() < power + 1)
    full = text.replace(",", ".").try_cast("float64").try_cast("int64").cast("string")
    return ibis.ifelse(whole.fill_null(False), full, text)


def cut(text: ir.StringValue) -> ir.BooleanValue:
    """Tell which numbers a spreadsheet program has cut: different ones have become one.

    >>> import ibis
    >>> ibis.duckdb.connect().execute(cut(restored(ibis.literal("7.01E+11"))))
    True
    """
    return text.re_search(_CUT).fill_null(False)
