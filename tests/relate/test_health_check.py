"""Health that separates, by hand: silence, loss, habits, and what came of the earlier health."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from kamkit import relate
from kamkit.errors import PeriodError
from kamkit.relate._health import told_apart
from kamkit.relate._health_check import what_came

KNOWN = {
    "roles": 3,
    "departments": 3,
    "deciders": 1,
    "people": 5,
    "our_people": 2,
    "top_share": 0.5,
    "ours_share": 0.5,
    "stale_share": 0.0,
}
THREE_YEARS = {"first_date": "2023-01-03", "last_date": "2025-12-30", "active_months": 36}


def account(**changed):
    """Return an account that is well: it bought every month and yesterday, and leaves a quarter."""
    well = {
        "account_id": "a",
        "rhythm_state": "on_time",
        "days_since": 0,
        **THREE_YEARS,
        "revenue_before": 100.0,
        "change": 0.0,
        "profit_ratio": 0.25,
    }
    return well | changed


def table_of(*rows, **given):
    people = pd.DataFrame([KNOWN | {"account_id": row["account_id"]} for row in rows])
    return relate.health(pd.DataFrame(list(rows)), contacts=people, **given).table


class TestWhatHoldsDown:
    def test_an_account_that_is_well(self):
        # rhythm, lately and often 70, growth half of 5, profit 10, people 5 + 2.5 + 5
        assert table_of(account())["health"].tolist() == [95.0]

    def test_a_weekly_buyer_that_fell_silent_is_below_forty_whatever_else_is_well(self):
        silent = account(rhythm_state="late", days_since=73, active_months=34, change=-20.0)
        last = account(account_id="b")
        row = table_of(silent, last).iloc[0]
        # rhythm 20, lately 80, 34 of 36 months, growth 10 of 60 points of the way
        mean = 20 * 20 + 80 * 23 + 27 * 100 * 34 / 36 + 5 * 100 * 10 / 60 + 10 * 100
        mean = (mean + 5 * (100 + 50 + 100)) / 100
        assert mean > 60
        assert row["health"] == pytest.approx(0.4 * mean, abs=1e-5)
        assert row["health"] < 40
        assert row["weakest"] == "rhythm"

    def test_a_giant_at_a_loss_is_below_forty_though_all_else_is_at_its_best(self):
        row = table_of(account(profit_ratio=-0.02, change=60.0)).iloc[0]
        # all points but the 10 of profit and the 2.5 of depending on one person
        assert row["health"] == pytest.approx(0.4 * 87.5)
        assert row["weakest"] == "profit"

    @pytest.mark.parametrize(("ratio", "health"), [(0.0, 34.0), (0.0001, 85.004)])
    def test_the_line_of_loss_is_a_profit_of_nothing(self, ratio, health):
        assert table_of(account(profit_ratio=ratio))["health"].tolist() == pytest.approx([health])

    @pytest.mark.parametrize("state", ["late", "season_missed", "lost"])
    def test_nothing_outvotes_silence(self, state):
        best = account(rhythm_state=state, change=90.0)
        assert table_of(best)["health"].item() < 40

    def test_what_has_no_weight_holds_nothing_down(self):
        late = account(rhythm_state="late", profit_ratio=-0.1, change=30.0)
        assert table_of(late, weights={"growth": 1})["health"].tolist() == [100]


class TestHabits:
    @pytest.mark.parametrize(("days", "points"), [(0, 100), (73, 80), (365, 0), (700, 0)])
    def test_lately_is_a_line_over_a_year(self, days, points):
        assert table_of(account(days_since=days))["part_recent"].tolist() == [points]

    @pytest.mark.parametrize(
        ("first", "months", "points"),
        [
            ("2023-01-20", 36, 100),
            ("2023-01-20", 9, 25),
            ("2024-12-31", 13, 100),  # December to December are thirteen months
            ("2025-10-01", 3, 25),  # of a new one the year before its first purchase counts
        ],
    )
    def test_often_is_the_share_of_months_since_the_first_purchase(self, first, months, points):
        new = account(first_date=first, active_months=months)
        found = table_of(new, account(account_id="old"))
        assert found["part_often"].tolist() == [points, 100]

    def test_in_a_ledger_of_half_a_year_often_is_of_half_a_year(self):
        half = {"first_date": "2025-07-02", "active_months": 6}
        found = table_of(account(**half), account(**half | {"account_id": "b", "active_months": 3}))
        assert found["part_often"].tolist() == [100, 50]

    def test_who_buys_in_one_season_is_judged_by_the_rhythm(self):
        away = account(rhythm_state="off_season", days_since=180, active_months=9, change=30.0)
        row = table_of(away).iloc[0]
        assert np.isnan(row["part_recent"])
        assert np.isnan(row["part_often"])
        assert row["health"] == pytest.approx(100 * 47.5 / 50)  # but 2.5 of one person


def bought(*rows):
    days = pd.DataFrame(rows, columns=["account_id", "day", "amount"])
    return days.assign(day=pd.to_datetime(days["day"]))


ENDS = {"date": dt.date(2025, 6, 30), "end": dt.date(2025, 12, 31)}


class TestWhatCame:
    def test_the_same_days_a_year_before_are_compared(self):
        days = bought(
            ("a", "2024-01-05", 1.0),
            ("a", "2024-07-01", 10.0),
            ("a", "2025-05-01", 99.0),  # in between: not compared
            ("a", "2025-07-01", 5.0),
            ("b", "2024-08-01", 10.0),
            ("b", "2025-12-31", 4.0),
            ("c", "2024-12-31", 10.0),
            ("d", "2024-06-30", 10.0),  # a year before to the day: not after it
            ("d", "2025-07-01", 1.0),
        )
        came = what_came(days, **ENDS)
        assert came["account_id"].tolist() == ["a", "b", "c"]
        assert came["bought_before"].tolist() == [10, 10, 10]
        assert came["bought_after"].tolist() == [5, 4, 0]
        assert came["lost"].tolist() == [False, True, True]

    def test_a_shorter_ledger_is_compared_with_the_days_just_before(self):
        days = bought(
            ("a", "2025-01-03", 10.0),
            ("a", "2025-10-01", 4.0),
            ("b", "2025-06-30", 10.0),
            ("b", "2025-10-01", 6.0),
        )
        came = what_came(days, **ENDS)
        assert came["lost"].tolist() == [True, False]

    def test_a_week_that_is_missing_at_the_beginning_is_no_other_comparison(self):
        rest = [("a", "2024-09-01", 10.0), ("a", "2025-02-01", 99.0), ("a", "2025-10-01", 6.0)]
        for first, before in (("2024-07-08", 11.0), ("2024-07-09", 99.0)):
            came = what_came(bought(("a", first, 1.0), *rest), **ENDS)
            assert came["bought_before"].tolist() == [before]

    def test_a_ledger_that_begins_with_the_days_that_came_is_refused(self):
        with pytest.raises(PeriodError, match="too short") as error:
            what_came(bought(("a", "2025-03-01", 1.0)), **ENDS)
        assert "1 Mar 2025" in error.value.found


def shop(weak, strong):
    """Return accounts of poor and of good health; of each, how many and how many were lost."""
    facts, days = [], []
    for state, (n, gone) in (("lost", weak), ("on_time", strong)):
        for one in range(n):
            name = f"{state}{one}"
            facts.append({"account_id": name, "rhythm_state": state})
            days.append((name, "2024-09-01", 10.0))
            days.append((name, "2025-09-01", 1.0 if one < gone else 9.0))
    return pd.DataFrame(facts), bought(("old", "2024-01-01", 1.0), *days)


class TestCheck:
    def test_those_lost_of_poor_and_good_health_are_counted(self):
        found = relate.health_check(*shop((20, 12), (40, 4)), **ENDS)
        assert found.table["health_band"].tolist() == ["weak", "at_a_loss", "middle", "strong"]
        assert found.table["accounts"].tolist() == [20, 0, 0, 40]
        assert found.table["lost_accounts"].tolist() == [12, 0, 0, 4]
        assert found.text == (
            "Checked against what followed: of the 20 accounts below 40 on 30 Jun 2025, 60% left "
            "or halved their purchases by 31 Dec 2025; of the 40 at 70 or more, 10%."
        )
        # Wilson's interval of 12 of 20: (0.6 + 0.0960 ± 1.96 √(0.012 + 0.0024)) / 1.1921
        assert found.caveats == (
            "Halved means less than half of the same days a year before.",
            (
                "Of 20 accounts a share is rough: for those below 40 it lies between 39% and 78% "
                "(95%)."
            ),
        )

    def test_the_health_of_today_tells_it(self):
        facts, days = shop((20, 12), (40, 4))
        found = relate.health(facts, check=relate.health_check(facts, days, **ENDS))
        assert "60% left" in found.text
        assert not any("foresee" in caveat for caveat in found.caveats)

    def test_health_that_does_not_separate_says_so(self):
        facts, days = shop((20, 4), (40, 4))
        check = relate.health_check(facts, days, **ENDS)
        assert check.text.startswith("Health did not foresee who would leave: of the 20")
        found = relate.health(facts, check=check)
        assert check.text in found.caveats
        assert "foresee" not in found.text

    def test_with_fewer_than_ten_of_either_nothing_is_claimed(self):
        check = relate.health_check(*shop((9, 9), (40, 4)), **ENDS)
        assert "could not be checked" in check.text
        assert not told_apart(check.table)
        assert told_apart(relate.health_check(*shop((10, 10), (40, 4)), **ENDS).table)

    def test_accounts_held_down_by_a_loss_alone_are_counted_apart(self):
        facts, days = shop((20, 12), (40, 4))
        facts["profit_ratio"] = np.where(facts["rhythm_state"] == "on_time", -0.1, 0.2)
        check = relate.health_check(facts, days, **ENDS)
        # lost 0 of 20 and profit 80 of 10 points are 26.7; on time 100 of 20 and a loss 66.7
        assert check.table["accounts"].tolist() == [20, 40, 0, 0]
        assert check.table["lost_accounts"].tolist() == [12, 4, 0, 0]
        assert "fewer than 10 accounts had a health below 40 (a loss apart)" in check.text
        assert len(check.caveats) == 1
        assert check.caveats[0] == (
            "Not counted: 40 accounts that were below 40 only because they cost more than they "
            "left; 10% of them left or halved."
        )
