"""A customer of a few rows, with everything that a plan draws, lists and tells."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from dataclasses import replace

import pandas as pd
import pytest
from docx.oxml.ns import qn

from kamkit import plan, relate
from kamkit.plan._register import records
from tests.plan.by_hand import basis

ACCOUNT = "1001"


def customer(**changed):
    """Return what the plan of account 1001 rests on; tables and columns may be changed."""
    accounts = pd.DataFrame(
        {
            "account_id": [ACCOUNT, "1002"],
            "revenue": [400.0, 50.0],
            "revenue_year": [200.0, 20.0],
            "revenue_after": [200.0, 20.0],
            "revenue_before": [160.0, 20.0],
            "change": [40.0, 0.0],
            "profit": [60.0, 1.0],
            "profit_year": [40.0, 1.0],
            "profit_ratio": [0.15, 0.02],
            "orders": [12, 3],
        }
    )
    contacts = pd.DataFrame(
        {
            "account_id": ACCOUNT,
            "person": ["Ada Berg", "Bo Dahl"],
            "role": ["decider", "user"],
            "influence": [5, 2],
            "support": [1, -1],
            "our_contact": ["S1", "S1"],
            "last_contact": pd.to_datetime(["2025-12-01", "2025-06-01"]),
        }
    )
    grid = pd.DataFrame(
        {
            "account_id": ACCOUNT,
            "account_name": "Moen Marine",
            "item": ["Rope", "Tape"],
            "kind": ["upsell", "cross_sell"],
            "state": ["us", "competitor"],
            "competitor": [None, "Rival"],
            "revenue": [150.0, 0.0],
            "open_amount": [30.0, 40.0],
            "basis": "peers",
            "conversion": 0.5,
            "growth_middle": [15.0, 20.0],
            "next_step": ["step_upsell", "step_competitor"],
            "rate_from": "observed",
        }
    )
    tables = {
        "quarters": pd.DataFrame(
            {
                "account_id": ACCOUNT,
                "quarter": pd.to_datetime(["2025-07-01", "2025-10-01"]),
                "revenue": [90.0, 110.0],
                "contribution": [30.0, 33.0],
            }
        ),
        "people": relate.people(contacts, end=dt.date(2025, 12, 31)),
        "whitespace": grid,
        "opportunities": grid,
        "goals": pd.DataFrame(
            {
                "account_id": [ACCOUNT],
                "objective": ["A higher margin"],
                "status": ["started"],
                "due": pd.to_datetime(["2025-06-30"]),
            }
        ),
        "relations": pd.DataFrame(
            {"account_id": [ACCOUNT], "people": [2], "our_people": [1], "deciders": [1]}
        ).assign(structure="bow_tie", opponents=1, top_share=0.7, ours_share=1.0, our_main="S1"),
    }
    made = basis(accounts, key=(ACCOUNT,), currency="EUR", **tables)
    named = made.planned.assign(account_name=["Moen Marine", "Other"])
    return replace(made, planned=named, **changed)


def plan_of(rests=None):
    """Return the plan of the customer."""
    return plan.account_plan(rests or customer(), ACCOUNT)


def registered(*rows, **texts):
    """Return a register of account 1001: what people wrote in fields, and rows of actions."""
    told = [{"kind": "field", "ref": code, "text": text} for code, text in texts.items()]
    table = pd.DataFrame([*told, *rows]).assign(account_id=ACCOUNT)
    return pd.DataFrame(records(table))


def write(document, tag, text):
    """Write in a content control as a person does."""
    for control in document.element.body.iter(qn("w:sdt")):
        mark = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        if mark is not None and mark.get(qn("w:val")) == tag:
            first, *others = control.iter(qn("w:t"))
            first.text = text
            for part in others:
                part.text = ""
            return
    raise AssertionError(f"no control {tag}")


def action_tables(document):
    """Return the tables of actions of a plan."""
    return [one for one in document.tables if one.rows[0].cells[-1].text == "Status"]


def through_libreoffice(path, folder):
    """Save a document with LibreOffice and return it; the test is skipped where it is not there."""
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not there")
    command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    saved = folder / path.name
    if not saved.is_file():
        pytest.skip(f"LibreOffice Writer is not there: {done.stderr[:80]}")
    return saved
