"""The data sets that kamkit knows by name: what they are and whose they are."""

from __future__ import annotations

from dataclasses import dataclass

from kamkit.errors import ParameterError, nearest
from kamkit.language import N_
from kamkit.language import gettext as _

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
