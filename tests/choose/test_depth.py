"""What a treatment takes; what follows where there is one only, or a contribution is unknown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kamkit import choose
from kamkit.choose.depth import offered
from kamkit.choose.effects import Terms
from kamkit.errors import MissingTable, ParameterError

TERMS = Terms(kept=0.9, years=2, annual_discount_rate=0.0)
BEST = pd.DataFrame(
    {"account_id": list("abc"), "yearly_contribution": [900_000.0, 400_000.0, 100.0]}
)


def services(*kinds: str) -> pd.DataFrame:
    table = choose.services_table(cost_per_hour=100)
    return table[table["treatment"].isin(kinds)]


class TestOneTreatmentOnly:
    """A treatment without services costs nothing and does nothing: it is no choice."""

    SHARED = choose.treatments(services("shared"))
    DEDICATED = choose.treatments(services("dedicated"))

    def test_what_there_are_services_for_is_offered(self):
        assert offered(self.SHARED) == ("shared",)
        assert offered(self.DEDICATED) == ("dedicated",)
        assert offered(choose.treatments(services())) == ()

    def test_a_treatment_without_services_never_pays_best(self):
        # 22 hours at 100 for two years: 4 400; of 100 a year little can be gained
        pays = choose.treatment_that_pays(BEST, self.SHARED, TERMS)
        assert pays["pays_best"].tolist() == ["shared", "shared", "ordinary"]
        assert pays["value_dedicated"].isna().all()
        deep = choose.treatment_that_pays(BEST, self.DEDICATED, TERMS)
        assert deep["pays_best"].tolist() == ["dedicated", "dedicated", "ordinary"]

    def test_the_trade_off_has_the_depth_there_is(self):
        table = choose.trade_off(BEST, self.SHARED, TERMS)
        assert table["depth"].tolist() == ["all_shared"] * 3
        assert choose.trade_off(BEST, self.DEDICATED, TERMS)["dedicated"].tolist() == [1, 2, 3]

    def test_a_programme_that_gives_what_is_not_there_is_refused(self):
        given = BEST.assign(treatment=["dedicated", "shared", "ordinary"])
        with pytest.raises(MissingTable, match="no services for the treatment “a team of its own”"):
            choose.programme(given, self.SHARED, TERMS)
        alone = BEST.assign(treatment=["shared", "shared", "ordinary"])
        assert choose.programme(alone, self.SHARED, TERMS).total["accounts"].item() == 2

    def test_without_any_services_the_reason_is_told(self):
        with pytest.raises(MissingTable, match="no services"):
            choose.trade_off(BEST, choose.treatments(services()), TERMS)


class TestContributionNotKnown:
    """An account whose lines have no cost has no known contribution; others still count."""

    GAP = BEST.assign(yearly_contribution=[900_000.0, np.nan, 400_000.0])
    TREATED = choose.treatments(services("dedicated", "shared"))

    def test_it_does_not_wipe_out_the_accounts_behind_it(self):
        table = choose.trade_off(self.GAP, self.TREATED, TERMS)
        shared = table[table["depth"] == "all_shared"]["net_present_value"].tolist()
        alone = choose.treatment_that_pays(self.GAP, self.TREATED, TERMS)["value_shared"]
        # the second brings nothing that is known and costs 2 200 a year
        assert shared[1] == pytest.approx(shared[0] - 4_400)
        assert shared[2] == pytest.approx(shared[1] + alone[2])

    def test_it_is_not_said_to_pay(self):
        pays = choose.treatment_that_pays(self.GAP, self.TREATED, TERMS)
        assert pays["pays_best"].tolist()[1] == "ordinary"

    def test_a_gap_in_the_returns_does_not_end_the_list(self):
        many = pd.DataFrame({"account_id": range(400), "revenue": np.arange(400.0, 0, -1)})
        returns = pd.Series([50.0, 50.0, np.nan] + [50.0] * 17 + [-5.0] * 50)
        assert choose.suggest(choose.cuts(many), accounts=400, returns=returns).suggested == 20

    def test_the_programme_counts_it_as_zero_and_says_so(self):
        found = choose.programme(self.GAP.assign(treatment="shared"), self.TREATED, TERMS)
        assert any("1 key account leaves is not known" in caveat for caveat in found.caveats)
        assert "do not pay" not in found.text
        assert "does not pay" not in found.text
        assert found.table["retained"].tolist()[1] == 0

    def test_a_programme_of_which_all_is_known_says_nothing_of_it(self):
        found = choose.programme(BEST.assign(treatment="shared"), self.TREATED, TERMS)
        assert len(found.caveats) == 1


class TestFirstDedicated:
    TREATED = choose.treatments(services("dedicated", "shared"))

    def test_the_first_get_a_team_whether_it_pays_or_not(self):
        table = choose.trade_off(BEST, self.TREATED, TERMS, dedicated=2)
        mixed = table[table["depth"] == "first_dedicated"]
        assert mixed["dedicated"].tolist() == [1, 2, 2]
        # 86 hours, 86 hours, 22 hours
        assert mixed["hours"].tolist() == [86, 172, 194]
        each = choose.treatment_that_pays(BEST, self.TREATED, TERMS)
        worth = each["value_dedicated"][0] + each["value_dedicated"][1] + each["value_shared"][2]
        assert mixed["net_present_value"].iloc[-1] == pytest.approx(worth)

    def test_none_and_all_are_the_ends(self):
        for count, other in ((0, "all_shared"), (3, "all_dedicated")):
            table = choose.trade_off(BEST, self.TREATED, TERMS, dedicated=count)
            value = table.set_index(["depth", "key_accounts"])["net_present_value"]
            assert value["first_dedicated"].tolist() == value[other].tolist()


class TestAssignTreatment:
    SCORES = choose.score(
        pd.DataFrame({"account_id": list("abcd"), "revenue": [9.0, 7.0, 5.0, 1.0]}),
        choose.data_criteria(pd.DataFrame({"account_id": list("abcd"), "revenue": [9.0, 7, 5, 1]})),
        {"revenue": 1},
    )

    def test_the_best_come_first_and_the_rest_stay_with_ordinary_sales(self):
        found = choose.assign_treatment(self.SCORES, 3, dedicated=1)
        assert found["account_id"].tolist() == list("abcd")
        assert found["treatment"].tolist() == ["dedicated", "shared", "shared", "ordinary"]

    def test_named_accounts_get_a_team_if_they_are_key(self):
        found = choose.assign_treatment(self.SCORES, 2, dedicated=["b", "d"])
        assert found["treatment"].tolist() == ["shared", "dedicated", "ordinary", "ordinary"]

    def test_more_teams_than_key_accounts_are_refused(self):
        with pytest.raises(ParameterError, match="more accounts with a team"):
            choose.assign_treatment(self.SCORES, 2, dedicated=3)


def test_an_hour_cannot_cost_less_than_nothing():
    with pytest.raises(ParameterError, match="less than nothing"):
        choose.services_table(cost_per_hour=-1)
