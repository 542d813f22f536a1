"""The data contract: every table and column of a case, in one place.

Data sheets, validation, heading recognition and the templates that users fill in are all produced
from ``TABLES``. Synonyms are compared after ``headings.folded``: lower case, letters and digits
only, so that “Salg til-kundenr.” and “salg til kundenr” are one.
"""

from __future__ import annotations

from dataclasses import dataclass

from kamkit.language import mark


@dataclass(frozen=True)
class Column:
    """One column of a table: its name, meaning, type and what exporters call it.

    ``kind`` is ``text``, ``date``, ``money`` (decimal, in the currency of the row), ``number``
    (decimal) or ``choice`` (one of ``choices``). ``weak`` synonyms count only where no better
    heading is found. ``personal`` columns stay out of exports.
    """

    name: str
    meaning: str
    kind: str = "text"
    required: bool = False
    synonyms: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    personal: bool = False
    example: str = ""
    norwegian: str = ""


@dataclass(frozen=True)
class Table:
    """One table of a case: ``grain`` is what one row stands for; ``names`` are sheet names."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    names: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """Return a column by its contract name; ``KeyError`` when the table has none.

        >>> TABLES["sales"].column("amount").kind
        'money'
        """
        return {column.name: column for column in self.columns}[name]

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that must be there."""
        return tuple(column.name for column in self.columns if column.required)


EXAMPLE_IDS = ("EXAMPLE-1", "EKSEMPEL-1")
"""Numbers in the example rows of the template; a reader sets such rows aside."""

_ACCOUNT_ID = Column(
    "account_id",
    mark("The customer's number; text, so that leading zeros live"),
    required=True,
    synonyms=(
        "account no", "account number", "customer id", "customer no",
        "customer number", "customer nr", "cust id", "cust no", "client id", "client no",
        "client number", "sell-to customer no", "bill-to customer no", "buyer id",
        "kundenr", "kundenummer", "kunde nr", "kunde-id", "kundeid", "kundekode",
        "debitornr", "kontonr kunde", "salg til-kundenr", "faktura til-kundenr",
    ),
    weak=("account", "customer", "kunde", "debitor"),
    example="000123",
    norwegian="Kundenr",
)  # fmt: skip
_CURRENCY_SYNONYMS = (
    "currency code", "curr", "currencyid", "currency id", "iso code", "iso currency",
    "valuta", "valutakode", "val-kode", "iso-kode",
)  # fmt: skip
_PRODUCT_GROUP = (
    "product group", "product category", "item class", "item group", "item category",
    "item category code", "product class", "main group", "department",
    "varegruppe", "produktgruppe", "kategori", "varekategori", "hovedgruppe", "varekategorikode",
)  # fmt: skip

SALES = Table(
    "sales",
    mark("one invoice line"),
    (
        _ACCOUNT_ID,
        Column(
            "date",
            mark("The day the invoice was issued"),
            "date",
            required=True,
            synonyms=(
                "invoice date", "invoicedate",
                "transaction date", "sales date", "billing date",
                "dato", "fakturadato",
                "salgsdato", "transaksjonsdato", "faktura dato",
            ),
            weak=("posting date", "document date", "order date", "bilagsdato", "bokføringsdato", "bokforingsdato", "ordredato", "day", "doc date", "utskriftsdato"),
            example="2025-03-31",
            norwegian="Fakturadato",
        ),
        Column(
            "amount",
            mark("The line's amount without VAT and after discount; credit notes negative"),
            "money",
            required=True,
            synonyms=(
                "net amount", "line amount", "amount ex vat", "amount excl vat",
                "sales amount", "line total", "line net amount",
                "amount excluding vat", "totalwithouttax", "total without tax",
                "extended price", "total ex vat",
                "beløp", "belop", "nettobeløp", "nettobelop", "linjebeløp", "linjebelop",
                "salgsbeløp", "salgsbelop", "beløp eks mva", "beløp ekskl mva",
                "sum eks mva", "netto eks mva", "linjesum", "sum linje",
                "omsetning eks mva", "beløp ex mva", "netto beløp", "salgsbeløp faktisk",
            ),
            weak=("sales", "net", "spend", "turnover", "netto", "revenue", "omsetning", "net sales", "net value"),
            example="1234.50",
            norwegian="Beløp eks. mva",
        ),
        Column(
            "account_name",
            mark("The customer's name"),
            synonyms=(
                "customer name", "client name",
                "sell-to customer name", "bill-to name",
                "kundenavn", "salg til-kundenavn", "debitornavn",
            ),
            weak=("name", "company", "company name", "navn", "firma", "firmanavn", "customer", "kunde"),
            example="Eksempel Bygg AS",
            norwegian="Kundenavn",
        ),
        Column(
            "parent_id",
            mark("The number of the chain or group that the customer belongs to"),
            synonyms=(
                "parent", "parent account", "parent customer", "chain", "chain id",
                "group id", "headquarters",
                "kjede", "kjedenr", "konsern", "konsernnr", "morselskap", "kjedekode",
                "konsernkunde",
            ),
            weak=("group", "hovedkunde"),
            example="K01",
            norwegian="Kjede",
        ),
        Column(
            "invoice_id",
            mark("The invoice's number; lines with the same number belong together"),
            synonyms=(
                "invoice", "invoice no", "invoice number", "invoice nr", "invoiceid",

                "receipt no", "basket id",
                "fakturanr", "fakturanummer", "faktura", "faktura nr",
            ),
            weak=("document no", "document number", "voucher no", "order id", "order no", "order number", "reference number", "bilagsnr", "bilagsnummer", "bilag", "ordrenr", "ordrenummer", "transaction id"),
            example="100045",
            norwegian="Fakturanr",
        ),
        Column(
            "doc_type",
            mark("Invoice or credit note"),
            "choice",
            choices=("invoice", "credit_note"),
            synonyms=(
                "document type", "transaction type", "invoice type", "voucher type",
                "bilagstype", "bilagsart", "dokumenttype", "fakturatype",
            ),
            weak=("type", "art"),
            example="invoice",
            norwegian="Bilagstype",
        ),
        Column(
            "product_id",
            mark("The product's number"),
            synonyms=(
                "product", "product no", "product number", "item no", "item number", "item",
                "stockcode", "stock code", "sku", "article", "article no", "item id",
                "varenr", "varenummer", "produktnr", "produktnummer", "artikkelnr", "vare nr",
            ),
            example="30117",
            norwegian="Varenr",
        ),
        Column(
            "product_name",
            mark("The product's name"),
            synonyms=(
                "item description", "product description", "item name",
                "article name", "order line description",
                "varenavn", "produktnavn", "varebeskrivelse", "varetekst",
                "artikkelnavn",
            ),
            weak=("produkt", "vare", "description", "beskrivelse"),
            example="Arbeidshanske str. 10",
            norwegian="Varenavn",
        ),
        Column(
            "category",
            mark("The product group"),
            synonyms=_PRODUCT_GROUP,
            example="Verneutstyr",
            norwegian="Varegruppe",
        ),
        Column(
            "quantity",
            mark("Number of units on the line"),
            "number",
            synonyms=(
                "qty", "count", "order line count", "units", "pieces", "number of units", "invoiced quantity",
                "antall", "mengde", "antall enheter", "kvantum", "fakturert antall", "ant",
            ),
            example="12",
            norwegian="Antall",
        ),
        Column(
            "unit_price",
            mark("Price of one unit without VAT and after discount"),
            "money",
            synonyms=(
                "price", "net price", "sales price", "price per unit", "unit price ex vat",
                "order line unit price", "price each", "unit net price",
                "enhetspris", "pris", "nettopris", "salgspris", "stykkpris", "pris per enhet",
                "pris eks mva", "enhetspris eks mva",
            ),
            example="102.88",
            norwegian="Enhetspris",
        ),
        Column(
            "credit_amount",
            mark("Credited amount of the line, where credit notes have a column of their own"),
            "money",
            synonyms=(
                "credited", "credit", "credited amount", "credit note amount",
                "kreditert", "kreditert beløp", "kreditbeløp", "kreditnotabeløp",
            ),
            example="",
            norwegian="Kreditert",
        ),
        Column(
            "list_amount",
            mark("The line's amount at list price, before discount"),
            "money",
            synonyms=(
                "gross amount", "list price amount", "gross sales", "amount before discount",
                "list value",
                "bruttobeløp", "bruttobelop", "brutto", "listebeløp", "beløp før rabatt",
                "brutto eks mva",
            ),
            example="1371.67",
            norwegian="Bruttobeløp",
        ),
        Column(
            "cost",
            mark("Cost of the goods on the line (not per unit); negative on a return"),
            "money",
            synonyms=(
                "cost amount", "cost of goods", "cost of goods sold", "cogs", "total cost",
                "totalcost", "cost value", "cost amount actual", "line cost",
                "kostbeløp", "kostbelop", "kostbeløp faktisk", "varekost", "kost", "kostnad",
                "kostverdi", "vareforbruk",
            ),
            example="812.00",
            norwegian="Varekost",
        ),
        Column(
            "currency",
            mark("Currency of the amounts, as an ISO code"),
            synonyms=_CURRENCY_SYNONYMS,
            example="NOK",
            norwegian="Valuta",
        ),
        Column(
            "seller",
            mark("The salesperson's code or name"),
            synonyms=(
                "salesperson", "sales person", "sales rep", "salesperson code", "rep",

                "selger", "selgerkode", "selgernavn", "ansvarlig selger", "vår ref",
            ),
            weak=("agent", "account manager"),
            example="S04",
            norwegian="Selger",
        ),
        Column(
            "region",
            mark("Region or country of the customer"),
            synonyms=(
                "country", "area", "district", "territory", "county", "state",
                "land", "distrikt", "fylke", "område", "salgsområde", "landsdel",
            ),
            example="Vestlandet",
            norwegian="Region",
        ),
        Column(
            "segment",
            mark("Customer segment or channel"),
            synonyms=(
                "channel", "customer group", "customer class", "customer type",
                "kundesegment", "kundegruppe", "kanal", "kundetype", "kundeklasse",
            ),
            example="Bygg",
            norwegian="Segment",
        ),
    ),
    names=("sales", "ledger", "invoice lines", "salg", "fakturalinjer", "salgslinjer", "faktura"),
)  # fmt: skip

ACCOUNTS = Table(
    "accounts",
    mark("one account (customer)"),
    (
        _ACCOUNT_ID,
        Column("name", mark("The customer's name"), synonyms=(*SALES.column("account_name").synonyms, *SALES.column("account_name").weak, "account name"), example="Eksempel Bygg AS", norwegian="Kundenavn"),
        Column("org_number", mark("Organisation number: nine digits in Norway"), synonyms=("organisation number", "organization no", "organisation no", "org no", "company number", "vat number", "customer org no", "customerorgno", "orgnr", "org nr", "organisasjonsnr", "organisasjonsnummer", "foretaksnummer"), example="999999999", norwegian="Organisasjonsnummer"),
        Column("parent_id", mark("The number of the chain or group that the customer belongs to"), synonyms=SALES.column("parent_id").synonyms, example="K01", norwegian="Kjede"),
        Column("industry", mark("The customer's line of business"), synonyms=("sector", "trade", "bransje", "næring", "naering"), example="Bygg og anlegg", norwegian="Bransje"),
        Column("region", mark("Region or country of the customer"), synonyms=SALES.column("region").synonyms, example="Vestlandet", norwegian="Region"),
        Column("segment", mark("Customer segment or channel"), synonyms=SALES.column("segment").synonyms, example="Bygg", norwegian="Segment"),
        Column("since", mark("The day the customer became one"), "date", synonyms=("customer since", "created", "start date", "kunde siden", "opprettet", "etablert"), example="2019-05-01", norwegian="Kunde siden"),
        Column("account_manager", mark("Who of ours is responsible for the account"), synonyms=("manager", "key account manager", "responsible", "owner", "kundeansvarlig", "nøkkelkundeansvarlig", "ansvarlig"), example="S04", norwegian="Kundeansvarlig"),
        Column("employees", mark("Number of employees at the customer"), "number", synonyms=("number of employees", "headcount", "ansatte", "antall ansatte"), example="45", norwegian="Antall ansatte"),
        Column("payment_days", mark("Days from invoice to payment, on average"), "number", synonyms=("days to pay", "average days to pay", "days sales outstanding", "dso", "betalingstid", "dager til betaling", "gjennomsnittlig betalingstid"), example="34", norwegian="Betalingstid"),
        Column("language", mark("The language that the customer works in"), synonyms=("working language", "språk", "sprak", "arbeidsspråk"), example="norsk", norwegian="Språk"),
    ),
    names=("accounts", "customers", "kunder", "kunderegister", "kundeliste"),
)  # fmt: skip

ACTIVITIES = Table(
    "activities",
    mark("one account, activity and period"),
    (
        _ACCOUNT_ID,
        Column("activity", mark("What was done: order, delivery, visit, call, return, reminder …"), required=True, synonyms=("activity type", "type", "aktivitet", "aktivitetstype"), example="delivery", norwegian="Aktivitet"),
        Column("quantity", mark("How many times"), "number", required=True, synonyms=("count", "number", "times", "antall", "ganger"), example="14", norwegian="Antall"),
        Column("cost_per_unit", mark("Cost of doing it once"), "money", synonyms=("unit cost", "rate", "cost", "kostnad per enhet", "enhetskostnad", "sats"), example="350.00", norwegian="Kostnad per enhet"),
        Column("date", mark("A day in the period"), "date", synonyms=("period", "month", "dato", "periode", "måned"), example="2025-03-31", norwegian="Dato"),
    ),
    names=("activities", "aktiviteter"),
)  # fmt: skip

RATES = Table(
    "rates",
    mark("one activity"),
    (
        Column("activity", mark("The activity, written as in the activities"), required=True, synonyms=("activity type", "type", "aktivitet", "aktivitetstype"), example="delivery", norwegian="Aktivitet"),
        Column("cost_per_unit", mark("Cost of doing it once"), "money", synonyms=("unit cost", "rate", "cost", "kostnad per enhet", "enhetskostnad", "sats"), example="350.00", norwegian="Kostnad per enhet"),
        Column("minutes", mark("Minutes of work it takes once; they are added to the cost"), "number", synonyms=("minutes per unit", "time", "minutter", "minutter per enhet", "tid"), example="25", norwegian="Minutter"),
        Column("cost_per_minute", mark("Cost of a minute of the people who do it"), "money", synonyms=("minute cost", "cost of a minute", "kostnad per minutt", "minuttkostnad"), example="12.50", norwegian="Kostnad per minutt"),
    ),
    names=("rates", "activity rates", "satser", "aktivitetssatser"),
)  # fmt: skip

CONTACTS = Table(
    "contacts",
    mark("one person at an account"),
    (
        _ACCOUNT_ID,
        Column("person", mark("The person's name or number"), required=True, personal=True, synonyms=("contact", "contact person", "contact name", "name", "kontakt", "kontaktperson", "navn"), example="P-017", norwegian="Kontaktperson"),
        Column("role", mark("Role in the purchase decision"), "choice", choices=("decider", "influencer", "user", "buyer", "gatekeeper", "initiator"), synonyms=("buying role", "rolle", "kjøpsrolle"), example="decider", norwegian="Rolle"),
        Column("department", mark("The person's department"), synonyms=("function", "avdeling"), example="Innkjøp", norwegian="Avdeling"),
        Column("influence", mark("How much the person can move the decision, 1 to 5"), "number", synonyms=("innflytelse", "påvirkning"), example="4", norwegian="Innflytelse"),
        Column("support", mark("For or against us, −2 to 2"), "number", synonyms=("attitude", "holdning", "støtte"), example="1", norwegian="Holdning"),
        Column("reports_to", mark("The person's superior"), personal=True, synonyms=("manager", "leder", "rapporterer til"), example="P-003", norwegian="Rapporterer til"),
        Column("our_contact", mark("Who of ours knows the person"), synonyms=("our person", "vår kontakt"), example="S04", norwegian="Vår kontakt"),
        Column("last_contact", mark("The day of the last contact"), "date", synonyms=("last contacted", "last meeting", "siste kontakt", "sist kontaktet"), example="2025-03-31", norwegian="Siste kontakt"),
    ),
    names=("contacts", "kontakter", "kontaktpersoner"),
)  # fmt: skip

WALLET = Table(
    "wallet",
    mark("one account, category and year"),
    (
        _ACCOUNT_ID,
        Column("category", mark("The product group"), required=True, synonyms=_PRODUCT_GROUP, example="Verneutstyr", norwegian="Varegruppe"),
        Column("spend", mark("All the customer spends in the category, with every supplier"), "money", required=True, synonyms=("wallet", "wallet size", "total spend", "innkjøp", "samlet innkjøp", "kundens innkjøp"), example="250000", norwegian="Samlet innkjøp"),
        Column("year", mark("The year of the spend"), synonyms=("period", "år"), example="2025", norwegian="År"),
        Column("served_by", mark("Who sells it to the customer today"), "choice", choices=("us", "competitor", "in-house", "not relevant", "unknown"), synonyms=("supplier", "served", "leverandør", "levert av"), example="competitor", norwegian="Levert av"),
        Column("competitor", mark("The competitor's name"), synonyms=("rival", "konkurrent"), example="Konkurrent A", norwegian="Konkurrent"),
    ),
    names=("wallet", "wallets", "lommebok", "innkjøp"),
)  # fmt: skip

RATINGS = Table(
    "ratings",
    mark("one account and criterion"),
    (
        _ACCOUNT_ID,
        Column("criterion", mark("What is rated"), required=True, synonyms=("criteria", "measure", "kriterium"), example="growth", norwegian="Kriterium"),
        Column("score", mark("The rating, on the scale of the criterion"), "number", required=True, synonyms=("rating", "points", "poeng", "karakter", "score 1-5"), example="4", norwegian="Poeng"),
        Column("rater", mark("Who rated"), synonyms=("rated by", "vurdert av", "vurderer"), example="S04", norwegian="Vurdert av"),
    ),
    names=("ratings", "vurderinger", "karakterer"),
)  # fmt: skip

PROSPECTS = Table(
    "prospects",
    mark("one possible account"),
    (
        Column("prospect_id", mark("The prospect's number"), required=True, synonyms=("prospect", "prospect no", "lead id", "prospektnr", "prospekt", "emnenr"), example="E-001", norwegian="Prospektnr"),
        Column("name", mark("The prospect's name"), synonyms=("company", "company name", "navn", "firma"), example="Mulig Kunde AS", norwegian="Navn"),
        Column("industry", mark("The prospect's line of business"), synonyms=("sector", "bransje"), example="Bygg og anlegg", norwegian="Bransje"),
        Column("employees", mark("Number of employees"), "number", synonyms=("headcount", "ansatte", "antall ansatte"), example="80", norwegian="Antall ansatte"),
        Column("region", mark("Region or country"), synonyms=SALES.column("region").synonyms, example="Vestlandet", norwegian="Region"),
        Column("segment", mark("Segment or channel"), synonyms=SALES.column("segment").synonyms, example="Bygg", norwegian="Segment"),
        Column("estimated_spend", mark("What it is thought to spend a year on what we sell"), "money", synonyms=("estimated wallet", "potential", "anslått innkjøp", "potensial"), example="400000", norwegian="Anslått innkjøp"),
    ),
    names=("prospects", "prospekter", "leads", "emner"),
)  # fmt: skip

GOALS = Table(
    "goals",
    mark("one goal or action"),
    (
        _ACCOUNT_ID,
        Column("objective", mark("What is to be reached"), synonyms=("goal", "mål", "delmål"), example="Become main supplier of safety equipment", norwegian="Mål"),
        Column("measure", mark("How it is measured"), synonyms=("kpi", "måltall", "måles ved"), example="share of wallet", norwegian="Måltall"),
        Column("target", mark("The value to reach"), synonyms=("target value", "målverdi"), example="60 %", norwegian="Målverdi"),
        Column("action", mark("What is done for it"), synonyms=("task", "tiltak", "oppgave"), example="Joint range review", norwegian="Tiltak"),
        Column("owner", mark("Who is responsible"), synonyms=("responsible", "ansvarlig", "eier"), example="S04", norwegian="Ansvarlig"),
        Column("due", mark("The day it is due"), "date", synonyms=("due date", "deadline", "frist"), example="2025-09-30", norwegian="Frist"),
        Column("status", mark("How far it has come"), synonyms=("state", "progress", "tilstand"), example="started", norwegian="Status"),
    ),
    names=("goals", "actions", "mål", "tiltak"),
)  # fmt: skip

SERVICES = Table(
    "services",
    mark("one service and treatment"),
    (
        Column("service", mark("What a key account gets: joint plan, meeting, review …"), required=True, synonyms=("activity", "tjeneste", "ytelse"), example="account meeting", norwegian="Tjeneste"),
        Column("treatment", mark("Who gets it: dedicated (a team of its own) or shared (a manager who has several)"), "choice", required=True, choices=("dedicated", "shared"), synonyms=("treatment tier", "tier", "nivå", "behandling"), example="shared", norwegian="Behandling"),
        Column("quantity", mark("How many times a year"), "number", required=True, synonyms=("times a year", "per year", "antall per år", "ganger i året"), weak=("times", "antall"), example="4", norwegian="Antall per år"),
        Column("hours", mark("Hours of work each time"), "number", synonyms=("hours each time", "hours per time", "timer", "timer per gang"), example="3", norwegian="Timer per gang"),
        Column("cost", mark("What it costs each time besides the hours"), "money", synonyms=("other cost", "expenses", "cost each time", "kostnad", "andre kostnader"), example="500.00", norwegian="Andre kostnader"),
        Column("cost_per_hour", mark("Cost of an hour of the people who do it"), "money", synonyms=("hourly cost", "cost of an hour", "hourly rate", "timekostnad", "timepris", "kostnad per time"), example="650.00", norwegian="Kostnad per time"),
    ),
    names=("services", "treatments", "tjenester", "ytelser"),
)  # fmt: skip

MANAGERS = Table(
    "managers",
    mark("one key account manager"),
    (
        Column("manager", mark("The manager's code or name, written as in the accounts"), required=True, synonyms=("key account manager", "account manager", "kam", "nøkkelkundeansvarlig", "kundeansvarlig"), example="S04", norwegian="Nøkkelkundeansvarlig"),
        Column("hours", mark("Hours a year for key accounts"), "number", synonyms=("hours a year", "capacity", "timer", "timer i året", "kapasitet"), example="800", norwegian="Timer i året"),
        Column("accounts_max", mark("The most key accounts that the manager can take"), "number", synonyms=("most accounts", "max accounts", "maximum accounts", "maks kunder", "maks antall kunder"), example="8", norwegian="Maks antall kunder"),
        Column("region", mark("Regions that the manager covers, with semicolons between; empty for all"), synonyms=("regions", *SALES.column("region").synonyms, "regioner"), example="Vestlandet; Sørlandet", norwegian="Regioner"),
        Column("language", mark("Languages that the manager speaks, with semicolons between"), synonyms=("languages", "språk", "sprak"), example="norsk; engelsk", norwegian="Språk"),
        Column("industry", mark("Lines of business that the manager knows, with semicolons between; empty for all"), synonyms=("industries", "sector", "trade", "bransje", "bransjer"), example="Bygg og anlegg; Industri", norwegian="Bransjer"),
    ),
    names=("managers", "key account managers", "nøkkelkundeansvarlige"),
)  # fmt: skip

QUESTIONNAIRE = Table(
    "questionnaire",
    mark("one account and question"),
    (
        _ACCOUNT_ID,
        Column("question", mark("What is asked about the relationship"), "choice", required=True, choices=("contact", "information", "planning", "trust", "adaptation", "commitment"), synonyms=("topic", "spørsmål", "tema"), example="planning", norwegian="Spørsmål"),
        Column("answer", mark("How it is today, 1 to 4"), "number", required=True, synonyms=("today", "points", "score", "svar", "i dag", "poeng"), example="2", norwegian="I dag"),
        Column("wanted", mark("How we want it to be, 1 to 4"), "number", synonyms=("target", "goal", "ønsket", "mål"), example="3", norwegian="Ønsket"),
        Column("answered_by", mark("Who answered"), synonyms=("rater", "answered", "besvart av", "svart av"), example="S04", norwegian="Besvart av"),
    ),
    names=("questionnaire", "relationship", "relationships", "spørreskjema", "relasjon", "relasjoner"),
)  # fmt: skip

CHOICE_WORDS = {
    "beslutter": "decider", "beslutningstaker": "decider", "påvirker": "influencer",
    "bruker": "user", "innkjøper": "buyer", "portvakt": "gatekeeper", "portvokter": "gatekeeper",
    "initiativtaker": "initiator", "decision maker": "decider", "purchaser": "buyer",
    "oss": "us", "vi": "us", "konkurrent": "competitor", "selv": "in-house",
    "egenproduksjon": "in-house", "in house": "in-house", "ikke aktuelt": "not relevant",
    "ikke relevant": "not relevant", "ukjent": "unknown", "vet ikke": "unknown",
    "eget team": "dedicated", "dedikert": "dedicated", "delt": "shared",
    "kontakt": "contact", "informasjon": "information", "planlegging": "planning",
    "tillit": "trust", "tilpasning": "adaptation", "binding": "commitment",
    "forpliktelse": "commitment",
}  # fmt: skip
"""What people write in a column of choices: folded text to the choice that is meant."""

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        SALES, ACCOUNTS, ACTIVITIES, RATES, CONTACTS, WALLET, RATINGS, PROSPECTS, GOALS,
        SERVICES, MANAGERS, QUESTIONNAIRE,
    )
}  # fmt: skip
