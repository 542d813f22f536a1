"""The views behind the explorers, and the explorers as they stand in an executed notebook."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit import explore, identify
from kamkit.case import open_case
from kamkit.errors import MissingTable, ParameterError
from kamkit.language import set_language
from tests.pictures import faults, words

ACCOUNTS = pd.DataFrame(
    {
        "account_id": list("abcde"),
        "revenue": [50.0, 25.0, 15.0, 7.0, 3.0],
        "invoices": [1, 1, 1, 1, 6],
    }
)


def test_the_pareto_view_follows_criterion_and_cut_points():
    picture, summary = explore.pareto_view({"2025": ACCOUNTS}, cuts=(0.5, 0.75))
    assert summary["accounts"].tolist() == [1, 1, 3]
    assert "20.0% of the accounts (1 of 5) give 50.0% of revenue" in picture.title
    picture, summary = explore.pareto_view({"2025": ACCOUNTS}, criterion="invoices")
    assert summary["invoices"].tolist() == [8, 2]  # six, one, one; then two to 95 %
    assert picture.caption == "Period: 2025."


def test_cut_points_that_cross_are_refused():
    with pytest.raises(ParameterError):
        explore.pareto_view({"": ACCOUNTS}, cuts=(0.9, 0.5))


def test_a_period_of_the_explorer_counts_that_period():
    case = open_case("fjordgross")
    periods = explore.FactsByPeriod(case)
    assert list(periods)[1:] == ["the last 12 months", "2023 (part)", "2024", "2025"]
    year = periods["2024"]
    assert year["first_date"].min() >= pd.Timestamp("2024-01-01")
    assert year["last_date"].max() <= pd.Timestamp("2024-12-31")
    whole = sum(periods[name]["revenue"].sum() for name in ("2023 (part)", "2024", "2025"))
    assert whole == pytest.approx(identify.account_facts(case)["revenue"].sum(), abs=0.01)


def test_the_breadth_view_shares_out_the_hours():
    picture, table = explore.breadth_view(ACCOUNTS, key_accounts=2, managers=3, hours=100)
    row = table.set_index("key_accounts").loc[2]
    assert row["share_revenue"] == pytest.approx(0.75)
    assert row["hours_each"] == 150
    assert row["next_adds"] == pytest.approx(0.15)
    assert picture.title == "2 key accounts: 75.0% of revenue, 150 hours a month for each"
    assert picture.caption == "3 managers with 100 hours a month each."


def test_more_key_accounts_than_accounts_means_all():
    _, table = explore.breadth_view(ACCOUNTS, key_accounts=50)
    assert table["key_accounts"].max() == 5
    assert table["share_revenue"].iloc[-1] == pytest.approx(1)


def test_the_whale_moves_with_rates_and_terms():
    case = open_case("fjordgross")
    still, losses = explore.whale_view(case)
    moved, table = explore.whale_view(case, rates={"express delivery": 0.0})
    dearer, _ = explore.whale_view(case, price_step=0.01)
    assert losses.loc[0, "account_id"] == "000412"
    assert "Dashed" not in still.title
    assert "Dashed" in moved.title
    # 3 381 express deliveries at 10 500 less, over all accounts
    assert table.loc[0, "account_id"] == "000412"
    assert table["change"].sum() <= 3381 * 10_500
    # 211.38 million and a price step of 1 % of 1 905.3, accounts at or below zero apart
    assert "NOK 230 million" in dearer.title.replace("\u00a0", " ")


def test_the_rates_are_called_as_in_the_table_in_the_language_in_use():
    from kamkit.explore.sales import _whale_controls

    set_language("nb")
    controls = _whale_controls({"delivery": 3500.0, "Kranbil": 900.0}, 4000.0)
    assert controls["rate:delivery"].description == "levering"
    assert controls["rate:Kranbil"].description == "Kranbil"


def test_the_whale_needs_activities():
    case = open_case("cdnow")
    with pytest.raises(MissingTable):
        explore.whale(case)


def test_coverage_and_hours_stand_at_the_chosen_size():
    picture, _ = explore.breadth_view(
        pd.DataFrame({"account_id": list("abc"), "revenue": [50.0, 30, 20]}),
        key_accounts=2,
        managers=1,
        hours=120,
    )
    covered, each = picture.figure.axes
    assert list(covered.get_lines()[0].get_ydata()) == pytest.approx([0.5, 0.8, 1])
    assert list(each.get_lines()[0].get_ydata()) == pytest.approx([120, 60, 40])
    said = [text for text, _ in words(picture)]
    assert "80.0%" in said
    assert "60" in said


@pytest.mark.parametrize("language", ["en", "nb"])
def test_no_word_of_the_breadth_is_cut_off_or_written_over(language):
    set_language(language)
    below = pd.DataFrame({"account_id": list("abcd"), "revenue": [9e6, 4e6, 0, -3e6]})
    for frame, size in ((below, 2), (below.head(1), 1)):
        assert not faults(explore.breadth_view(frame, key_accounts=size)[0])
