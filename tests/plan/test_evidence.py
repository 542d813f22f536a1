"""What a plan says of an account: each sentence from one row of facts, worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.language import speaking
from kamkit.plan import amounts, evidence
from tests.plan.by_hand import basis

ABOUT = basis(pd.DataFrame({"account_id": ["a"], "revenue": [1.0]}), currency="EUR").about

ACCOUNTS = pd.DataFrame({"account_id": ["a", "b"], "revenue": [100.0, 50.0]})
ME = {"account_id": "a", "account_name": "Alfa"}


def on(year, month, day):
    return pd.Timestamp(year, month, day)


def said(statement):
    return statement.text.replace("\xa0", " ")


def register(**columns):
    return basis(ACCOUNTS, register=pd.DataFrame({"account_id": ["b", "a"], **columns}))


class TestWho:
    def test_the_register_tells_who_it_is(self):
        rests = register(
            industry=["Fish", "Bakery"],
            region=["Bergen", "Oslo"],
            employees=[7.0, 1.0],
            since=[on(2001, 1, 1), on(2019, 3, 7)],
            members=[5, 3],
        )
        found = evidence.who(ME, rests)
        assert said(found) == (
            "Alfa: Bakery, Oslo, 1 employee, customer since 7 Mar 2019, 3 accounts together."
        )
        assert found.source == "register: industry, region, employees, since"

    def test_one_account_is_no_chain(self):
        assert said(evidence.who(ME, register(region=["Bergen", "Oslo"], members=[5, 1]))) == (
            "Alfa: Oslo."
        )

    def test_where_the_register_is_empty_the_first_purchase_tells(self):
        fact = ME | {"first_date": on(2024, 5, 2)}
        assert said(evidence.who(fact, basis(ACCOUNTS))) == "Alfa: bought first on 2 May 2024."
        stranger = fact | {"account_id": "z"}
        assert said(evidence.who(stranger, register(region=["Bergen", "Oslo"]))) == (
            "Alfa: bought first on 2 May 2024."
        )

    def test_the_register_goes_before_the_first_purchase(self):
        fact = ME | {"first_date": on(2024, 5, 2)}
        assert said(evidence.who(fact, register(region=["Bergen", "Oslo"]))) == "Alfa: Oslo."

    def test_of_a_stranger_nothing_is_said(self):
        assert evidence.who(ME, basis(ACCOUNTS)) is None


class TestResponsible:
    def test_a_key_account_has_treatment_and_manager(self):
        fact = {"is_key": True, "treatment": "dedicated", "manager": "Kari", "account_manager": "X"}
        found = evidence.responsible(fact)
        assert said(found) == "Key account with a team of its own; Kari answers for it."
        assert found.source == "key_accounts: treatment, manager"

    def test_the_manager_of_the_ledger_stands_in(self):
        found = evidence.responsible({"is_key": True, "manager": None, "account_manager": "Ola"})
        assert said(found) == "Key account with not settled; Ola answers for it."
        assert found.columns == ("account_manager",)

    def test_a_large_account_outside_is_told_as_such(self):
        found = evidence.responsible({"is_key": False})
        assert said(found) == (
            "Not a key account, but too large to be left alone; nobody yet answers for it."
        )
        assert (found.table, found.columns) == ("ordinary_sales", ())
        named = evidence.responsible({"is_key": False, "account_manager": "Ola"})
        assert "Ola answers" in said(named)
        assert named.columns == ("account_manager",)


class TestMoney:
    def test_costs_are_in_the_currency_of_the_company(self):
        fact = {
            "cost_to_serve_year": 12_345.0,
            "service_share_year": 0.12,
            "discount_share_year": 0.07,
        }
        assert said(amounts.served(fact, ABOUT)) == (
            "In the last twelve months serving it cost €12,345, 12% of revenue; its discount was "
            "7%."
        )

    def test_a_discount_alone_is_told_alone(self):
        assert said(amounts.served({"discount_share_year": 0.07}, ABOUT)) == (
            "In the last twelve months its discount was 7%."
        )
        assert amounts.served({"cost_to_serve_year": 5.0}, ABOUT) is None

    def test_what_is_of_the_whole_ledger_is_not_told_as_of_the_last_twelve_months(self):
        assert amounts.served({"cost_to_serve": 5.0, "service_share": 0.1}, ABOUT) is None

    def test_the_share_of_its_wallet(self):
        found = evidence.share({"share_of_wallet": 0.25, "wallet": 4_000_000.0}, "EUR")
        assert said(found) == "We have 25% of its wallet of €4.00 million a year."
        assert evidence.share({"share_of_wallet": 0.25}, "EUR") is None

    def test_the_forecast(self):
        found = evidence.lifetime({"expected_purchases": 11.6, "lifetime_value": 900.0}, "EUR")
        assert said(found) == "Forecast: 12 purchases in twelve months; lifetime value €900."
        assert evidence.lifetime({"lifetime_value": 900.0}, "EUR") is None

    def test_what_it_gets(self):
        fact = {"customer_gain": 30.0}
        assert said(evidence.gains(fact, "EUR")) == (
            "In the whole ledger its discount from list, service and credit come to €30, at our "
            "prices and costs."
        )
        assert evidence.gains({"our_gain": 5.0}, "EUR") is None

    def test_what_the_treatment_costs_and_brings(self):
        fact = {
            "programme_cost": 99.0,
            "yearly_cost": 10.0,
            "retained": 20.0,
            "grown": 30.0,
            "net_present_value": 40.0,
            "value_low": -5.0,
            "value_high": 80.0,
            "break_even_retention": 0.012,
            "break_even_growth": 0.02,
        }
        costs, brings, even = evidence.returns(fact, "EUR")
        assert said(costs) == "The treatment costs €10 a year."
        assert said(brings) == (
            "If it works as assumed it keeps €20, and growth brings €30; net present value €40 "
            "(-€5 to €80)."
        )
        assert said(even) == (
            "It breaks even if 1.2% more of the contribution is kept a year, or with growth of "
            "2.0% a year."
        )
        assert evidence.returns(fact | {"net_present_value": float("nan")}, "EUR") == ()


LATE = {
    "rhythm_state": "late",
    "interval_days": 14.4,
    "last_date": on(2025, 11, 1),
    "next_expected": on(2025, 11, 15),
    "days_since": 60,
}


class TestRhythm:
    def test_an_order_that_did_not_come(self):
        assert said(evidence.rhythm(LATE)) == (
            "Rhythm: late; buys every 14 days; last on 1 Nov 2025; "
            "the next one was expected on 15 Nov 2025."
        )

    @pytest.mark.parametrize(
        ("days_since", "words"),
        [
            (13, "next expected on"),
            (14, "next expected on"),  # on the day itself it may still come
            (15, "the next one was expected on"),
            (None, "next expected on"),
        ],
    )
    def test_the_day_after_the_expected_one_is_behind(self, days_since, words):
        text = said(evidence.rhythm(LATE | {"days_since": days_since}))
        assert text.endswith(f"; {words} 15 Nov 2025.")

    @pytest.mark.parametrize(
        ("interval", "words"), [(0.2, "every day"), (1.0, "every day"), (2.0, "every 2 days")]
    )
    def test_no_interval_is_shorter_than_a_day(self, interval, words):
        fact = {"rhythm_state": "on_time", "interval_days": interval}
        assert said(evidence.rhythm(fact)) == f"Rhythm: on time; buys {words}."

    def test_without_a_rhythm_nothing_is_said(self):
        assert evidence.rhythm({"interval_days": 14.0, "last_date": on(2025, 1, 1)}) is None


class TestHealth:
    @pytest.mark.parametrize(
        ("change", "words"),
        [(7.0, "; up by 7"), (-7.0, "; down by 7"), (1.0, "; up by 1"), (0.9, ""), (None, "")],
    )
    def test_a_change_of_a_point_is_told(self, change, words):
        fact = {"health": 62.0, "health_change": change, "because": "it buys less"}
        assert said(evidence.health(fact)) == f"Health 62 of 100{words}; it buys less."

    def test_without_a_reason_the_points_stand_alone(self):
        assert said(evidence.health({"health": 62.4, "because": ""})) == "Health 62 of 100."
        assert evidence.health({"because": "it buys less"}) is None


PLACE = {"cell": "star", "attractiveness": 71.0, "strength": 34.0}


class TestPlace:
    def test_where_it_stands(self):
        assert said(evidence.position(PLACE)) == (
            "In the matrix it is star: attractiveness 71, our strength 34, where 10 to 90 is the "
            "spread of the accounts compared."
        )
        assert evidence.position({"cell": "star", "attractiveness": 71.0}) is None

    def test_a_strength_that_nobody_knows_is_not_told(self):
        found = evidence.position(PLACE | {"cell": "unknown"})
        assert said(found) == (
            "Its attractiveness is 71 of 100; how strong we are there nobody has said."
        )
        assert "strength" not in found.columns

    def test_what_speaks_for_and_against_it(self):
        fact = {
            "is_key": True,
            "reasons": "it is large.",
            "against": "it is late.",
            "key_share": 0.9,
        }
        spoken = evidence.chosen(fact)
        assert said(spoken) == ("For it speaks: it is large. It is key in 90% of plausible worlds.")
        assert spoken.source == "key_accounts: reasons, key_share"
        assert said(evidence.against(fact)) == "Against it speaks: it is late."
        assert evidence.against(fact).source == "key_accounts: against"

    def test_of_an_account_outside_the_other_table_tells(self):
        fact = {"is_key": False, "reasons": "it is large", "against": "it is late"}
        assert evidence.chosen(fact).source == "ordinary_sales: reasons"
        assert evidence.against(fact).source == "ordinary_sales: against"
        assert evidence.chosen({"is_key": True}) is None
        assert evidence.against({"is_key": True, "against": ""}) is None


KNOWN = {"people": 3, "deciders": 1, "our_people": 2, "structure": "diamond"}


class TestPeople:
    def test_whom_we_know_and_through_whom(self):
        assert said(evidence.contacts(KNOWN)) == (
            "We know 3 people, 1 who decides, through 2 of ours: diamond."
        )
        assert "1 person," in said(evidence.contacts(KNOWN | {"people": 1}))

    def test_nobody_known_on_either_side(self):
        nobody = KNOWN | {"people": 0, "structure": "no_contact"}
        assert said(evidence.contacts(nobody)) == "No person there is known to us."
        assert said(evidence.contacts(KNOWN | {"our_people": 0})) == (
            "We know 3 people, 1 who decides; who of ours knows them nobody has said."
        )
        assert evidence.contacts({"people": 3}) is None

    def test_what_is_lost_when_one_leaves(self):
        fact = {"top_share": 0.6, "ours_share": 1.0, "our_main": "Kari", "our_people": 1}
        assert said(evidence.hanging(fact)) == (
            "One person holds 60% of the influence there; 100% lies with people whom only Kari of "
            "ours knows."
        )
        assert "whom only one of ours knows" in said(evidence.hanging(fact | {"our_main": ""}))
        shared = said(evidence.hanging(fact | {"ours_share": 0.0}))
        assert shared.endswith("two or more of ours know everyone we know.")
        assert evidence.hanging(fact | {"our_people": 0}) is None
        assert evidence.hanging({"top_share": 0.6, "our_people": 1}) is None

    def test_how_far_it_has_come(self):
        fact = {"stage": "basic", "wanted_stage": "cooperative"}
        assert said(evidence.stage(fact)) == "The relationship is basic; wanted: cooperative."
        assert evidence.stage(fact | {"stage": "unknown"}) is None
        assert evidence.stage({"wanted_stage": "basic"}) is None


class TestRatings:
    RATED = pd.DataFrame(
        [
            ("a", "price", 5.0),
            ("a", "price", 5.0),
            ("a", "price", 2.0),  # three raters: 4 on average is high
            ("a", "range", 4.5),
            ("a", "Delivery", 2.0),  # 2 is low
            ("a", "service", 3.0),
            ("a", "strategic fit", 5.0),  # how attractive it is, not how strong we are
            ("b", "range", 5.0),
        ],
        columns=["account_id", "criterion", "score"],
    )

    def test_high_from_four_and_low_up_to_two(self):
        rests = basis(ACCOUNTS, ratings=self.RATED)
        assert (
            said(evidence.rated(ME, rests, strong=True))
            == "Rated high: price 4.0, product range 4.5."
        )
        assert said(evidence.rated(ME, rests, strong=False)) == "Rated low: Delivery 2.0."

    def test_in_norwegian_the_point_is_a_comma(self):
        with speaking("nb"):
            text = said(evidence.rated(ME, basis(ACCOUNTS, ratings=self.RATED), strong=True))
        assert "4,0" in text

    def test_without_ratings_nothing_is_said(self):
        assert evidence.rated(ME, basis(ACCOUNTS), strong=True) is None
        middling = self.RATED[self.RATED["criterion"] == "service"]
        assert evidence.rated(ME, basis(ACCOUNTS, ratings=middling), strong=True) is None
        assert evidence.rated(ME, basis(ACCOUNTS, ratings=middling), strong=False) is None


GRID = pd.DataFrame(
    [
        ("a", "Tape", "competitor", "Rival", 40.0, 0.0),
        ("a", "Glue", "competitor", None, 60.0, 0.0),
        ("a", "Oil", "competitor", "Rival", 20.0, 0.0),
        ("a", "Wax", "competitor", "Rival", 20.0, 0.0),
        ("a", "Rope", "us", None, 500.0, 70.0),
        ("a", "Nails", "us", None, 0.0, 90.0),
        ("b", "Tape", "competitor", "Other", 999.0, 999.0),
    ],
    columns=["account_id", "item", "state", "competitor", "open_amount", "revenue"],
)


class TestGoods:
    def test_the_three_largest_of_the_competitors_and_the_sum_of_all(self):
        found = evidence.rivals(ME, basis(ACCOUNTS, whitespace=GRID), "EUR")
        # 40 + 60 + 20 + 20; of two of equal size the first of the alphabet
        assert (
            said(found) == "Competitors have 4 groups with €140: Glue, Tape (Rival), Oil (Rival)."
        )

    def test_where_no_competitor_is_known_none_is_told(self):
        assert evidence.rivals(ME, basis(ACCOUNTS), "EUR") is None
        ours = GRID[GRID["state"] == "us"]
        assert evidence.rivals(ME, basis(ACCOUNTS, whitespace=ours), "EUR") is None
        plain = GRID.drop(columns="competitor")
        assert evidence.rivals(ME, basis(ACCOUNTS, whitespace=plain), "EUR") is None

    def test_what_it_buys_most_of(self):
        found = evidence.buys(ME, basis(ACCOUNTS, whitespace=GRID), "EUR")
        bought = "In the last twelve months it bought in"
        assert said(found) == f"{bought} 2 groups of goods, most of all Nails €90, Rope €70."
        three = pd.DataFrame(
            {"account_id": "a", "item": ["D", "C", "B", "A"], "revenue": [1.0, 2.0, 2.0, 2.0]}
        )
        assert said(evidence.buys(ME, basis(ACCOUNTS, whitespace=three), "EUR")) == (
            f"{bought} 4 groups of goods, most of all A €2, B €2, C €2."
        )

    def test_who_buys_nothing_in_groups(self):
        assert evidence.buys(ME, basis(ACCOUNTS), "EUR") is None
        assert evidence.buys({"account_id": "z"}, basis(ACCOUNTS, whitespace=GRID), "EUR") is None

    def opportunities(self, rate):
        return pd.DataFrame(
            [
                ("a", "upsell", "Rope", 10.0, 1.0, rate),
                ("a", "cross_sell", "Tape", 30.0, 6.0, rate),
                ("a", "cross_sell", "Glue", 40.0, 6.0, rate),
                ("a", "repeat", "Oil", 90.0, 0.5, rate),
                ("b", "repeat", "Wax", 900.0, 90.0, rate),
            ],
            columns=["account_id", "kind", "item", "open_amount", "growth_middle", "rate_from"],
        )

    def test_the_open_business_begins_with_the_most_growth(self):
        rests = basis(ACCOUNTS, opportunities=self.opportunities("observed"))
        fact = ME | {"growth_low": -2.0, "growth_middle": 13.5, "growth_high": 20.0}
        assert said(evidence.open_business(fact, rests, "EUR")) == (
            "Open: cross-sell Glue, €40 open; cross-sell Tape, €30 open; upsell Rope, €10 open. "
            "At the rates seen so far these groups change by €14 (-€2 to €20)."
        )

    def test_an_assumed_rate_is_told_as_assumed(self):
        rests = basis(ACCOUNTS, opportunities=self.opportunities("assumed"))
        fact = ME | {"growth_low": 1.0, "growth_middle": 2.0, "growth_high": 3.0}
        assert said(evidence.open_business(fact, rests, "EUR")).endswith(
            "By assumption these groups change by €2 (€1 to €3)."
        )
        assert said(evidence.open_business(ME, rests, "EUR")).endswith("upsell Rope, €10 open.")

    def test_where_nothing_is_open(self):
        assert evidence.open_business(ME, basis(ACCOUNTS), "EUR") is None
        rests = basis(ACCOUNTS, opportunities=self.opportunities("observed"))
        assert evidence.open_business({"account_id": "z"}, rests, "EUR") is None


class TestRisks:
    def told(self, **facts):
        return [one.source for one in evidence.risks(ME | facts, basis(ACCOUNTS), "EUR")]

    @pytest.mark.parametrize(("loses", "told"), [(True, True), (False, False), (None, False)])
    def test_a_loss_is_a_risk(self, loses, told):
        found = self.told(loses=loses, profit_year=-1.0, revenue_year=10.0)
        assert (found == ["accounts: profit_year, revenue_year"]) is told

    @pytest.mark.parametrize(
        ("state", "told"), [("late", True), ("lost", True), ("season_missed", True), ("due", False)]
    )
    def test_silence_is_a_risk(self, state, told):
        assert bool(self.told(rhythm_state=state)) is told

    @pytest.mark.parametrize(("growth", "told"), [(-0.11, True), (-0.10, True), (-0.09, False)])
    def test_a_tenth_less_revenue_is_a_risk(self, growth, told):
        found = self.told(growth_ratio=growth, revenue_year=10.0)
        assert (found == ["accounts: revenue_year"]) is told

    @pytest.mark.parametrize(
        ("facts", "told"),
        [
            ({"single_contact": True}, True),
            ({"structure": "bow_tie"}, True),
            ({"single_contact": False, "structure": "diamond"}, False),
        ],
    )
    def test_all_on_one_person_is_a_risk(self, facts, told):
        found = self.told(top_share=1.0, ours_share=1.0, our_people=1, **facts)
        assert bool(found) is told

    def test_opponents_are_counted(self):
        rests = basis(ACCOUNTS)
        texts = {n: evidence.risks(ME | {"opponents": n}, rests, "EUR") for n in (0, 1, 2)}
        assert texts[0] == ()
        assert said(texts[1][0]) == "1 person we know there is against us."
        assert said(texts[2][0]) == "2 people we know there are against us."

    def test_the_gravest_comes_first(self):
        found = self.told(
            opponents=1, rhythm_state="late", loses=True, profit_year=-1.0, revenue_year=9.0
        )
        assert [one.split(":")[0] for one in found] == ["accounts", "accounts", "relations"]
        assert found[0] == "accounts: profit_year, revenue_year"


class TestOverdue:
    def test_the_goals_that_are_late_with_their_days(self):
        goals = pd.DataFrame(
            {
                "objective": ["Meet the owner", "Send a price list", "Visit"],
                "due": [on(2025, 3, 1), on(2026, 3, 1), on(2025, 6, 30)],
                "overdue": [True, False, True],
            }
        )
        assert said(evidence.overdue(goals)) == (
            "Overdue: Meet the owner (due 1 Mar 2025); Visit (due 30 Jun 2025)."
        )
        assert evidence.overdue(goals[~goals["overdue"]]) is None
        assert evidence.overdue(goals.head(0)) is None
