"""Generated e-invoices: used and set aside is what was written, each account right to the cent."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamkit.case import ColumnMapping, open_case
from kamkit.errors import KamkitError
from tests.case.sources.papers import ubl, ubl_extra
from tests.conftest import examples

CENTS = st.integers(-500_000, 500_000).map(lambda cents: Decimal(cents) / 100)
SIZE = st.integers(0, 20_000).map(lambda cents: Decimal(cents) / 100)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=30)
LINE = st.fixed_dictionaries(
    {"net": CENTS, "name": TEXT, "quantity": st.integers(-9, 9)}, optional={"discount": SIZE}
)


@st.composite
def paper(draw):
    """A document: what it is worth to which account, whether it adds up, and its text."""
    number = draw(st.integers(1, 6))
    lines = draw(st.lists(LINE, max_size=4))
    off, added = draw(SIZE), draw(SIZE)
    credit, wrong = draw(st.booleans()), draw(st.sampled_from([0, 0, 0, 1]))
    own = sum((line["net"] for line in lines), Decimal(0)) - off + added
    return {
        "account": f"91234567{number}",
        "worth": -own if credit else own,
        "sound": not wrong,
        "lines": lines,
        "total": own + wrong,
        "extras": ubl_extra(off) + ubl_extra(added, charge=True),
        "kind": "CreditNote" if credit else "Invoice",
    }


def written(papers, folder):
    for n, one in enumerate(papers):
        text = ubl(
            f"F{n}",
            one["total"],
            one["lines"],
            kind=one["kind"],
            buyer=(one["account"], "Hav AS"),
            extras=one["extras"],
        )
        (folder / f"{n}.xml").write_text(text, encoding="utf-8")


@pytest.mark.slow
@settings(max_examples=examples(10))
@given(st.lists(paper(), min_size=1, max_size=6))
def test_generated_invoices_add_up_or_are_refused(papers):
    how = ColumnMapping().with_options({"max_rows": 1.0, "max_amount": 1.0})
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    for one in papers:
        if one["sound"]:
            wanted[one["account"]] += one["worth"]
    with tempfile.TemporaryDirectory() as place:
        written(papers, Path(place))
        if not wanted:  # nothing is left to use
            with pytest.raises(KamkitError):
                open_case(place, mapping=how)
            return
        case = open_case(place, mapping=how)
        rows = case.reconciliation().set_index("reason")["amount"]
        sales = case.engine.frame(case.sales).groupby("account_id")["amount"].sum()
    assert {k: round(v, 2) for k, v in sales.items()} == {k: float(v) for k, v in wanted.items()}
    assert round(rows["used"], 2) == float(sum(wanted.values()))
    assert round(rows["read"], 2) == float(sum(one["worth"] for one in papers))
