"""Columns of choices understand what Norwegians write, and keep what nobody understands."""

from __future__ import annotations

import pandas as pd

from kamkit import open_case


def test_norwegian_words_become_the_choices(tmp_path):
    pd.DataFrame(
        {"Kundenr": ["1", "1"], "Dato": ["2025-01-01", "2025-02-01"], "Beløp": [10, 20]}
    ).to_csv(tmp_path / "salg.csv", index=False)
    pd.DataFrame(
        {
            "Kundenr": ["1"] * 3,
            "Kontaktperson": ["A", "B", "C"],
            "Rolle": [" Beslutter", "INNKJØPER", "sjef for alt"],
        }
    ).to_csv(tmp_path / "kontakter.csv", index=False)
    pd.DataFrame({"Kundenr": ["1"], "Spørsmål": ["Tillit"], "I dag": [2], "Ønsket": [3]}).to_csv(
        tmp_path / "spørreskjema.csv", index=False
    )
    case = open_case(tmp_path)
    assert case.table("contacts")["role"].tolist() == ["decider", "buyer", "sjef for alt"]
    row = case.table("questionnaire").iloc[0]
    assert (row["question"], row["answer"], row["wanted"]) == ("trust", 2, 3)
