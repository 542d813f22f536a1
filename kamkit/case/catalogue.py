"""The data sets that kamkit knows by name: what they are, whose they are and where they lie."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kamkit.errors import FetchError, ParameterError, SourceError, nearest
from kamkit.language import N_, number
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

DATA_DIR = "KAMKIT_DATA_DIR"
"""The environment variable that names a folder with the user's own copies."""


@dataclass(frozen=True)
class Part:
    """One table of the published file: its columns, its rows and, in a workbook, its sheet."""

    columns: tuple[str, ...]
    rows: int
    sheet: str = ""


@dataclass(frozen=True)
class Entry:
    """One data set of the catalogue.

    ``stored`` is the name of the file or folder that is read. For a fetched data set ``member`` is
    the file inside the publisher's zip, ``parts`` what it must hold, and ``copies`` further names
    under which a user may keep it. ``ledger`` is False where there are no sales to open as a case.
    ``unique`` names the column by which a line that stands in two parts is known.
    """

    name: str
    title: str
    description: str
    licence: str
    citation: str
    kind: str
    stored: str
    currency: str = ""
    fictional: bool = False
    ledger: bool = True
    url: str = ""
    member: str = ""
    parts: tuple[Part, ...] = ()
    copies: tuple[str, ...] = ()
    unique: str = ""

    @property
    def rows(self) -> int:
        """Number of rows over all parts, as published.

        >>> CATALOGUE["online-retail-ii"].rows
        1067371
        """
        return sum(part.rows for part in self.parts)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the (first) table.

        >>> CATALOGUE["wholesale-customers"].columns[:2]
        ('Channel', 'Region')
        """
        return self.parts[0].columns if self.parts else ()


_RETAIL_COLUMNS = (
    "Invoice",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "Price",
    "Customer ID",
    "Country",
)
_WHOLESALE_COLUMNS = (
    "Channel",
    "Region",
    "Fresh",
    "Milk",
    "Grocery",
    "Frozen",
    "Detergents_Paper",
    "Delicassen",
)

CATALOGUE: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            name="fjordgross",
            title="Fjordgross AS",
            description=N_(
                "The practice company: an invented Norwegian wholesaler with three years of sales,"
                " a long tail of small customers, chains, credit notes, activities, contacts,"
                " wallets, ratings, prospects and goals."
            ),
            licence="MIT",
            citation="kamkit",
            kind="bundled",
            stored="fjordgross",
            currency="NOK",
            fictional=True,
        ),
        Entry(
            name="cdnow",
            title="CDNOW",
            description=N_(
                "Real purchases: every customer who first bought at the American web shop CDNOW in"
                " the first quarter of 1997, followed to the end of June 1998."
            ),
            licence="MIT",
            citation=(
                "Collected by P. S. Fader and B. G. S. Hardie; CDNOW_master.txt of the Python"
                " package lifetimes 0.11.3 (C. Davidson-Pilon)"
            ),
            kind="bundled",
            stored="cdnow/sales.parquet",
            currency="USD",
            parts=(Part((), 69_659),),
        ),
        Entry(
            name="online-retail-ii",
            title="Online Retail II",
            description=N_(
                "Real invoice lines of a British gift wholesaler, 1 December 2009 to 9 December"
                " 2011. The two published sheets share the first days of December 2010; an invoice"
                " that stands in both is kept once."
            ),
            licence="CC BY 4.0",
            citation=(
                "Chen, D. (2012), Online Retail II, UCI Machine Learning Repository,"
                " https://doi.org/10.24432/C5CG6D"
            ),
            kind="fetched",
            stored="online-retail-ii.parquet",
            currency="GBP",
            url="https://archive.ics.uci.edu/static/public/502/online+retail+ii.zip",
            member="online_retail_II.xlsx",
            parts=(
                Part(_RETAIL_COLUMNS, 525_461, "Year 2009-2010"),
                Part(_RETAIL_COLUMNS, 541_910, "Year 2010-2011"),
            ),
            copies=("online_retail_II_2009_2010.parquet",),
            unique="Invoice",
        ),
        Entry(
            name="wholesale-customers",
            title="Wholesale customers",
            description=N_(
                "Real yearly spend of the clients of a Portuguese wholesaler in six product"
                " categories, one row per client. It has no dates and no invoices, so it is not a"
                " ledger: it is for the lessons on criteria and wallets."
            ),
            licence="CC BY 4.0",
            citation=(
                "Cardoso, M. (2013), Wholesale customers, UCI Machine Learning Repository,"
                " https://doi.org/10.24432/C5030X"
            ),
            kind="fetched",
            stored="wholesale-customers.csv",
            ledger=False,
            url="https://archive.ics.uci.edu/static/public/292/wholesale+customers.zip",
            member="Wholesale customers data.csv",
            parts=(Part(_WHOLESALE_COLUMNS, 440),),
            copies=("Wholesale customers data.csv", "wholesale_customers.csv"),
        ),
    )
}


def find(name: str) -> Entry:
    """Return the entry of a name; capitals and underscores do not matter.

    Raises ``ParameterError`` with the nearest spelling and all names for an unknown one.

    >>> find("Online_Retail_II").title
    'Online Retail II'
    """
    wish = name.strip().lower().replace("_", "-")
    if wish in CATALOGUE:
        return CATALOGUE[wish]
    near = nearest(wish, CATALOGUE)
    raise ParameterError(
        _("The catalogue has no data set “{name}”.", name=name),
        wanted=", ".join(CATALOGUE),
        remedy=_("Did you mean “{name}”?", name=near) if near else _("Choose one of these."),
    )


def bundled_folder(entry: Entry) -> Path:
    """Return the folder or file of a bundled data set.

    In a checkout it lies in ``data/`` beside the package, in an installation inside the package.
    Raises ``SourceError`` when the installation lacks it.

    >>> bundled_folder(CATALOGUE["cdnow"]).name
    'sales.parquet'
    """
    package = Path(__file__).resolve().parents[1]
    in_checkout = (package.parent / "pyproject.toml").is_file()
    data = package.parent / "data" if in_checkout else package / "_shipped" / "data"
    place = data / entry.stored
    if not place.exists():
        raise SourceError(
            _("The data set “{name}” is missing from this installation.", name=entry.name),
            wanted=f"{data.name}/{entry.stored}",
            remedy=_("Install kamkit again."),
        )
    return place


def cache_folder() -> Path:
    """Return the user's folder for fetched data sets; it need not exist yet.

    >>> cache_folder().name
    'kamkit'
    """
    import pooch

    return Path(pooch.os_cache("kamkit"))


def local_path(name: str) -> Path:
    """Return the file or folder of a data set, ready to read, without any request.

    Looked for in this order: the bundled data; a copy in the folder that ``KAMKIT_DATA_DIR`` names
    (ours or the publisher's own zip, workbook or CSV, which is checked and stored in the cache
    first); the cache that ``fetch`` fills.

    Raises ``ParameterError`` for an unknown name, ``FetchError`` when the data set has to be
    fetched first or when the publisher's file in the folder is not what it should be.

    >>> local_path("cdnow").name
    'sales.parquet'
    """
    entry = find(name)
    if entry.kind == "bundled":
        return bundled_folder(entry)
    place = present(entry)
    if place is None:
        raise FetchError(
            _("The data set “{name}” is not on this machine yet.", name=entry.name),
            remedy=_("Fetch it: kamkit data fetch {name}", name=entry.name),
        )
    return place


def present(entry: Entry, folder: Path | None = None) -> Path | None:
    """Return the copy of a fetched data set that is here already, or None.

    With ``folder`` only that folder is looked at; without, ``KAMKIT_DATA_DIR`` and the cache.

    >>> import tempfile
    >>> present(CATALOGUE["wholesale-customers"], Path(tempfile.mkdtemp())) is None
    True
    """
    from kamkit.case import published

    if folder is None:
        if own := _own_copy(entry):
            return own
        raw = published.raw_copy(entry, _own_folder())
        if raw and not (cache_folder() / entry.stored).is_file():
            return published.store(raw, entry, cache_folder())
    place = (folder or cache_folder()) / entry.stored
    return place if place.is_file() else None


def copy_note(name: str) -> str:
    """Say in what the local copy differs from the published data set, or ``""``.

    Raises as ``local_path`` does, and ``SourceError`` when the copy has none of the columns.

    >>> copy_note("cdnow")
    ''
    """
    entry = find(name)
    if entry.kind == "bundled":
        return ""
    from kamkit.case import published

    return published.difference(local_path(name), entry)


def load_table(name: str) -> pd.DataFrame:
    """Read a data set that is one table as it was published, one row per row of the publisher.

    Clients of ``wholesale-customers`` have no number; the index ``client`` counts them from 1.
    Raises as ``local_path`` does, and ``ParameterError`` for a folder of several tables.

    >>> len(load_table("cdnow"))
    69659
    """
    import pandas as pd

    entry = find(name)
    if not Path(entry.stored).suffix:
        raise ParameterError(
            _("“{name}” has several tables; open it as a case.", name=entry.name),
            remedy=f'open_case("{entry.name}")',
        )
    path = local_path(name)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    frame = pd.read_csv(path)
    return frame.set_index(pd.RangeIndex(1, len(frame) + 1, name="client"))


def describe(name: str) -> str:
    """Tell what a data set is, whose it is and where it lies, in a few lines.

    Raises ``ParameterError`` for an unknown name.

    >>> print(describe("cdnow").splitlines()[0])
    CDNOW (cdnow)
    """
    entry = find(name)
    place, note = _place(entry)
    facts = [
        (_("data:"), _("invented") if entry.fictional else _("real")),
        (_("rows:"), number(rows) if (rows := _rows(entry)) else ""),
        (_("currency:"), entry.currency),
        (_("licence:"), entry.licence),
        (_("source:"), entry.citation),
        (_("address:"), entry.url),
        (_("place:"), place),
        (_("note:"), note),
    ]
    width = max(len(label) for label, _x in facts)
    lines = [f"  {label:<{width}} {text}" for label, text in facts if text]
    return "\n".join([f"{entry.title} ({entry.name})", _(entry.description), *lines])


def listing() -> list[dict[str, object]]:
    """List the data sets, one row per entry: name, title, rows, currency, kind, fictional, here.

    ``rows`` is 0 where it is not known; ``here`` tells whether it can be read without a request.

    >>> [row["name"] for row in listing()][:2]
    ['fjordgross', 'cdnow']
    """
    return [
        {
            "name": entry.name,
            "title": entry.title,
            "rows": _rows(entry),
            "currency": entry.currency,
            "kind": entry.kind,
            "fictional": entry.fictional,
            "here": _is_here(entry),
        }
        for entry in CATALOGUE.values()
    ]


def _rows(entry: Entry) -> int:
    if entry.rows or not _is_here(entry):
        return entry.rows
    import pyarrow.parquet as pq

    rows: int = pq.read_metadata(bundled_folder(entry) / "sales.parquet").num_rows
    return rows


def _is_here(entry: Entry) -> bool:
    from kamkit.case import published

    if entry.kind == "bundled":
        try:
            return bundled_folder(entry).exists()
        except SourceError:
            return False
    raw = published.raw_copy(entry, _own_folder())
    return bool(_own_copy(entry) or raw or (cache_folder() / entry.stored).is_file())


def _own_folder() -> Path | None:
    """Return the folder that ``KAMKIT_DATA_DIR`` names, if it names one."""
    named = os.environ.get(DATA_DIR, "")
    if not named:
        return None
    if not Path(named).is_dir():
        raise ParameterError(
            _("{variable} does not name a folder.", variable=DATA_DIR),
            found=named,
            remedy=_("Set it to a folder that exists, or unset it."),
        )
    return Path(named)


def _own_copy(entry: Entry) -> Path | None:
    folder = _own_folder()
    if folder is None:
        return None
    places = (folder / name for name in (entry.stored, *entry.copies))
    return next((place for place in places if place.is_file()), None)


def _place(entry: Entry) -> tuple[str, str]:
    """Return where a data set lies, and in what that copy differs."""
    if entry.kind == "bundled":
        here = _is_here(entry)
        return (_("comes with kamkit") if here else _("missing from this installation")), ""
    if not _is_here(entry):
        return _("not here yet; fetch it: kamkit data fetch {name}", name=entry.name), ""
    try:
        return str(local_path(entry.name)), copy_note(entry.name)
    except (FetchError, SourceError) as error:
        return error.where, error.message
