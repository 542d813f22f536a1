"""The capstone: a weak plan gets its weak points asked, a good one passes, documents come out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from kamkit.errors import ParameterError, SourceError
from kamkit.language import set_language, speaking
from kamkit.learn import handed_in, plan_file
from kamkit.learn.capstone import check, prospects
from kamkit.learn.capstone_papers import defend
from kamkit.learn.defence import questions, weak_points
from kamkit.learn.hand_in_words import GOALS, PLANS, code_of, goal_words, headings, plan_words
from kamkit.learn.handed_in import HandIn
from kamkit.schema import word
from tests.conftest import FULL

WHY = "earns well and grows with us"
REPLIES = [
    "Kari calls the buyer on Monday 12 January, and we take it off if nothing has come by June.",
    "It leaves 240,000 less than it costs to serve; by May the freight is agreed, worth 90,000.",
    "Per introduces Ola to their production manager in week 9, and both meet again in April.",
    "The table of accounts has 1.8 million for the last twelve months, credit notes taken off.",
    "We have 1,400 hours and want 1,150; number 14 goes first, in March, if somebody falls ill.",
    "They told us on Friday that building stops until summer: 3 sites are shut and open in August.",
    "Discounts above 15 % need our signature from February, and two offers are waiting for it now.",
    "After 4 meetings without an order we stop in September, and the hours go to the second list.",
    "Their new plant starts in October; similar customers bought 12 % more in its first year.",
    "Ordinary sales answers within two days, with a price that holds for 6 months from January.",
    "If margins are 2 points lower the last five leave the list; we look each quarter.",
    "I would hide our 3 scenarios of what they earn; the rest I would read to them in May.",
]
LONG = "They want fewer stops. We change the delivery days and both of us count the orders. " * 3


@pytest.fixture(params=["practice", *(["seeded"] if FULL else [])])
def room(request):
    return request.getfixturevalue(request.param)


def good_plan(room) -> HandIn:
    """A plan whose numbers come straight from the tables of the analysis."""
    a = room.analysis
    facts = a.accounts.set_index("account_id")
    key = a.key_accounts[["account_id", "account_name", "treatment"]].assign(reason=WHY)
    for column in ("revenue_year", "profit_year"):
        key[column] = [f"{facts[column][one]:.2f}" for one in key["account_id"]]
    others = a.ordinary_sales.head(6)[["account_id", "account_name"]].assign(reason=WHY)
    each = a.treatments.set_index("treatment")
    counted = key["treatment"].value_counts()
    programme = pd.DataFrame(
        [
            {
                "treatment": name,
                "accounts": str(n),
                "hours_each": str(each["hours"][name]),
                "cost_year": str(n * each["yearly_cost"][name]),
            }
            for name, n in counted.items()
        ]
    )
    tables = {"key_accounts": key, "ordinary_sales": others, "programme": programme}
    tables["objectives"] = objectives(room, key["account_id"].iloc[0])
    return HandIn(tables, {"key": LONG, "loss": LONG, "hunt": LONG})


def objectives(room, account: str) -> pd.DataFrame:
    a = room.analysis
    due = room.case.period.end + dt.timedelta(days=120)
    base = a.plan_facts.set_index("account_id")
    loses = next(one for one in a.loss_makers["account_id"] if one in base.index)
    rows = [
        ("key", account, "keep", "revenue_year", base["revenue_year"][account], 1.05),
        ("key", account, "people", "our_people", base["our_people"][account], 2.0),
        ("key", account, "grow", "product groups", 6, 1.2),
        ("loss", loses, "both", "profit_year", base["profit_year"][loses], 0.5),
        ("hunt", a.prospects["prospect_id"].iloc[0], "grow", "meetings", 0, 0.0),
    ]
    return pd.DataFrame(
        [
            {
                "plan": plan,
                "account_id": one,
                "goal": goal,
                "objective": "do it",
                "measure": measure,
                "baseline": f"{now:.4f}",
                "target": f"{now * times if now else 3:.4f}",
                "owner": "S05",
                "due": due.isoformat(),
            }
            for plan, one, goal, measure, now, times in rows
        ]
    )


def changed(plan: HandIn, table: str, **columns) -> HandIn:
    """The plan with columns of the first row of a table changed."""
    new = plan.table(table)
    for name, value in columns.items():
        new.loc[0, name] = value
    return HandIn({**plan.tables, table: new}, plan.words)


def told(plan, room) -> str:
    return " | ".join(one.text for one in check(plan, room).to_mend)


def test_a_good_plan_passes(room):
    review = check(good_plan(room), room)
    assert review.passed, review.text
    assert sum(one.part == "numbers" for one in review.checks) > 30


def test_an_empty_plan_does_not(room):
    review = check(HandIn({}), room)
    assert not review.passed
    parts = {one.part for one in review.to_mend}
    assert parts == {"lists", "programme", "plans", "objectives", "goals"}


class TestEachFault:
    def test_a_number_that_is_not_the_one_of_its_table(self, practice):
        plan = good_plan(practice)
        right = float(plan.table("key_accounts")["revenue_year"][0])
        wrong = changed(plan, "key_accounts", revenue_year=f"{right * 1.02:.0f}")
        assert "revenue last year: the table says" in told(wrong, practice)
        rounded = changed(plan, "key_accounts", revenue_year=f"{right / 1e6:.1f} million")
        assert check(rounded, practice).passed

    def test_a_baseline_that_is_not_the_one_of_its_table(self, practice):
        plan = changed(good_plan(practice), "objectives", baseline="1")
        assert "the plan says 1" in told(plan, practice)

    @pytest.mark.parametrize("part", ["measure", "baseline", "target", "owner", "due"])
    def test_an_objective_without_one_of_its_parts(self, part, practice):
        plan = changed(good_plan(practice), "objectives", **{part: ""})
        assert f"Objective 1 has no {part}" in told(plan, practice)

    def test_a_date_that_has_passed_and_two_owners(self, practice):
        end = practice.case.period.end.isoformat()
        plan = changed(good_plan(practice), "objectives", due=end, owner="S05 and S06")
        found = told(plan, practice)
        assert "Objective 1: the date cannot be read, or has passed." in found
        assert "Objective 1 has more than one owner." in found

    def test_a_reason_that_is_missing(self, practice):
        plan = good_plan(practice)
        first = plan.table("ordinary_sales")["account_name"][0]
        found = told(changed(plan, "ordinary_sales", reason="no"), practice)
        assert "list of the others" in found
        assert first in found

    def test_an_account_on_both_lists(self, practice):
        plan = good_plan(practice)
        twice = plan.table("key_accounts")["account_id"][0]
        assert "On both lists" in told(changed(plan, "ordinary_sales", account_id=twice), practice)

    def test_a_programme_that_costs_something_else(self, practice):
        plan = changed(good_plan(practice), "programme", cost_year="1000", accounts="40")
        found = told(plan, practice)
        assert "cost" in found
        assert "counts 40 accounts" in found

    def test_more_hours_than_there_are(self, practice):
        there = practice.case.tables["managers"]["hours"].sum()
        plan = changed(good_plan(practice), "programme", accounts=str(int(there)))
        assert "hours a year; the managers have" in told(plan, practice)

    def test_a_goal_that_nobody_serves_unless_it_is_said_why(self, practice):
        plan = good_plan(practice)
        rows = plan.table("objectives")
        plan = HandIn({**plan.tables, "objectives": rows[rows["goal"] != "people"]}, plan.words)
        assert "relationships that last" in told(plan, practice)
        said = HandIn(plan.tables, {**plan.words, "not_people": "We know everybody there already."})
        assert check(said, practice).passed

    def test_a_plan_for_an_account_of_another_kind(self, practice):
        plan = good_plan(practice)
        rows = plan.table("objectives")
        rows.loc[rows["plan"] == "loss", "account_id"] = rows["account_id"][0]
        found = told(HandIn({**plan.tables, "objectives": rows}, plan.words), practice)
        assert "account of another kind" in found


class TestTheQuestions:
    def test_there_are_twelve_and_none_twice(self, room):
        for plan in (good_plan(room), HandIn({})):
            asked = [one.question for one in questions(plan, room)]
            assert len(set(asked)) == len(asked) == 12

    def test_a_judgement_call_on_the_list_is_asked_about_with_its_share(self, practice):
        scenarios = practice.analysis.scenarios.set_index("account_id")
        plan = good_plan(practice)
        mine = plan.table("key_accounts")["account_id"]
        least = min(mine, key=lambda one: scenarios["key_share"][one])
        place = mine.tolist().index(least) + 1
        share = round(100 * scenarios["key_share"][least])
        text = " ".join(one.question for one in questions(plan, practice))
        assert f"Your number {place}, " in text
        assert f"in {share}% of the scenarios" in text

    def test_a_weak_plan_is_asked_about_each_weakness(self, practice):
        """A loss maker made key, the largest left out, too many hours, no people, a wrong sum."""
        a = practice.analysis
        plan = good_plan(practice)
        loses = a.loss_makers["account_id"].iloc[0]
        best = plan.table("key_accounts")["account_id"][1]
        weak = changed(plan, "key_accounts", account_id=loses, revenue_year="1")
        weak = changed(weak, "programme", accounts="90")
        rows = weak.table("objectives")
        rows = rows[rows["goal"] != "people"].assign(target="99999999")
        key = weak.table("key_accounts")
        key = key[key["account_id"] != best]
        weak = HandIn({**weak.tables, "objectives": rows, "key_accounts": key}, {})
        kinds = {one.kind for one in weak_points(weak, practice)}
        assert {"loss", "left out", "hours", "goal", "target", "people", "check"} <= kinds
        asked = " ".join(one.question for one in questions(weak, practice))
        assert practice.names[loses] in asked
        assert practice.names[best] in asked
        assert "Who has time when something happens?" in asked

    def test_what_is_weak_comes_before_what_everybody_is_asked(self, room):
        kinds = [one.kind for one in questions(good_plan(room), room)]
        first = kinds.index("always") if "always" in kinds else len(kinds)
        assert first >= 3
        assert set(kinds[first:]) <= {"always"}

    def test_each_has_a_model_answer(self, room):
        assert all(len(one.model.split()) > 8 for one in questions(HandIn({}), room))


def written(plan: HandIn, folder) -> None:
    folder.mkdir(exist_ok=True)
    for name in handed_in.TABLES:
        plan.table(name).to_csv(folder / f"{name}.csv", index=False)
    for place, words in plan.words.items():
        plan_file.put(folder / "plans.md", f"16.{place}", "Heading", words)


WORDS = {
    "en": {
        "dedicated": "A team of its own",
        "shared": "a shared manager",
        "key": "key account",
        "loss": "account that costs money",
        "hunt": "The hunting plan",
        "keep": "Keep the customer",
        "grow": "sell more",
        "people": "3: strengthen the relationship",
        "both": "value for both",
        "revenue_year": "Revenue last year (NOK)",
        "our_people": "our people",
        "profit_year": "Profit last year",
    },
    "nb": {
        "dedicated": "eget team",
        "shared": "Delt ansvarlig",
        "key": "nøkkelkunde",
        "loss": "kunde som koster penger",
        "hunt": "nye kunder",
        "keep": "beholde kunden",
        "grow": "Selge mer",
        "people": "relasjoner som varer",
        "both": "verdi for begge",
        "revenue_year": "Omsetning siste år",
        "our_people": "Våre personer",
        "profit_year": "Kunderesultat siste år",
    },
}
"""What people write where kamkit has a code."""


class TestWords:
    @pytest.mark.parametrize("language", ["en", "nb"])
    def test_words_do_where_there_is_a_code(self, practice, tmp_path, language):
        plan = good_plan(practice)
        said = WORDS[language]
        tables = {name: table.astype("object").replace(said) for name, table in plan.tables.items()}
        for name, table in tables.items():
            if "account_id" in table and "account_name" in table:
                tables[name] = table.assign(account_id="")  # the name alone
        written(HandIn(tables, plan.words), tmp_path)
        assert check(HandIn(tables, plan.words), practice).to_mend  # nobody is named by a number
        names = {**practice.names, **prospects(practice)}
        review = check(handed_in.read(tmp_path, names), practice)
        assert review.passed, review.text
        assert len(review.checks) == len(check(plan, practice).checks)

    def test_the_words_that_kamkit_uses_itself_are_understood(self):
        for language in ("en", "nb"):
            with speaking(language):
                for code in ("dedicated", "shared"):
                    assert code_of("treatment", word(code).upper()) == code
                for goal in GOALS:
                    assert code_of("goal", goal_words(goal)) == goal
                for plan in PLANS:
                    assert code_of("plan", headings()[plan]) == plan
                    assert code_of("plan", plan_words(plan)) == plan
        assert code_of("plan", "Plan for nye kunder") == "hunt"
        assert code_of("plan", "en kunde som koster penger") == "loss"

    def test_a_plan_with_words_and_no_objective_is_told_so(self, practice):
        plan = good_plan(practice)
        rows = plan.tables["objectives"]
        rows = rows[[code_of("plan", str(one)) != "hunt" for one in rows["plan"]]]
        told = check(replace(plan, tables={**plan.tables, "objectives": rows}), practice).text
        assert "The hunting plan: it has no objective. Write one in objectives.csv" in told

    def test_the_proposal_stands_in_words(self, practice, tmp_path):
        folder = handed_in.begin(practice, tmp_path / "capstone")
        text = (folder / "key_accounts.csv").read_text(encoding="utf-8")
        assert "a shared manager" in text
        assert set(handed_in.read(folder).table("key_accounts")["treatment"]) <= {
            "dedicated",
            "shared",
        }


class TestTheFolder:
    def test_what_was_begun_is_read_and_not_overwritten(self, practice, tmp_path):
        folder = handed_in.begin(practice, tmp_path / "capstone")
        assert len(handed_in.read(folder).table("key_accounts")) == len(
            practice.analysis.key_accounts
        )
        (folder / "programme.csv").write_text(
            "treatment;accounts;hours_each;cost_year\nshared;3;80;153 600\n", encoding="utf-8"
        )
        handed_in.begin(practice, folder)
        row = handed_in.read(folder).table("programme").iloc[0]
        assert row.tolist() == ["shared", "3", "80", "153 600"]
        assert not check(handed_in.read(folder), practice).passed

    def test_a_table_saved_by_a_norwegian_spreadsheet_is_read(self, practice, tmp_path):
        folder = handed_in.begin(practice, tmp_path / "capstone")
        path = folder / "key_accounts.csv"
        rows = handed_in.read_table(path)
        rows["account_id"] = [one.lstrip("0") for one in rows["account_id"]]
        rows.to_csv(path, sep=";", index=False, encoding="cp1252")
        found = handed_in.read(folder, practice.names).table("key_accounts")
        assert found["account_name"].tolist() == rows["account_name"].tolist()
        assert set(found["account_id"]) == set(practice.analysis.key_accounts["account_id"])

    def test_tables_are_written_for_the_spreadsheet_of_the_language(self, practice, tmp_path):
        english = handed_in.begin(practice, tmp_path / "en") / "key_accounts.csv"
        set_language("nb")
        norwegian = handed_in.begin(practice, tmp_path / "nb") / "key_accounts.csv"
        heads = [one.read_bytes().split(b"\n")[0] for one in (english, norwegian)]
        assert [one[:3] for one in heads] == [b"\xef\xbb\xbf"] * 2
        assert [one.count(b";") for one in heads] == [0, 5]
        assert not handed_in.read_table(norwegian)["revenue_year"].str.contains(r"[.,]").any()

    def test_a_folder_without_a_plan(self, tmp_path):
        with pytest.raises(SourceError, match="holds no plan"):
            handed_in.read(tmp_path)

    def test_nothing_comes_out_before_it_is_defended(self, practice, tmp_path):
        written(good_plan(practice), tmp_path / "mine")
        defence = defend(practice, tmp_path / "mine")
        assert not defence.passed
        with pytest.raises(ParameterError, match="not defended yet"):
            defence.write(tmp_path)
        assert defence.asked[0].model not in repr(defence)

    @pytest.mark.parametrize(
        ("number", "answer", "told"),
        [
            (1, "x", "8 words or more"),
            (1, "ja " * 9, "the same words again"),
            (1, REPLIES[1].replace("90,000", "70,000"), "Another question has the same answer"),
            (1, None, "repeats the question"),
        ],
    )
    def test_not_any_text_is_an_answer(self, practice, tmp_path, number, answer, told):
        mine = tmp_path / "mine"
        written(good_plan(practice), mine)
        asked = defend(practice, mine).asked
        given = [answer or f"Well, {asked[0].question}", *REPLIES[1:]]
        table = pd.DataFrame({"question": [one.question for one in asked], "answer": given})
        table.assign(number=range(1, 13)).to_csv(mine / "defence.csv", index=False)
        defence = defend(practice, mine)
        assert any(f"Question {number}: " in one and told in one for one in defence.missing)
        assert told in repr(defence)

    def test_plan_and_protocol_come_out_as_word(self, practice, tmp_path):
        from docx import Document

        mine = tmp_path / "mine"
        written(good_plan(practice), mine)
        defend(practice, mine)
        answers = pd.read_csv(mine / "defence.csv", dtype="str", keep_default_na=False)
        answers["answer"] = REPLIES
        answers.to_csv(mine / "defence.csv", index=False)
        defence = defend(practice, mine)
        assert defence.passed, defence.missing
        plan, protocol = defence.write(tmp_path / "out")
        text = "\n".join(one.text for one in Document(str(protocol)).paragraphs)
        assert REPLIES[6] in text
        assert defence.asked[6].question in text
        assert defence.asked[6].model in text
        assert "self-attested" in text
        document = Document(str(plan))
        cells = [cell.text for grid in document.tables for row in grid.rows for cell in row.cells]
        assert set(defence.handed.table("key_accounts")["account_name"]) <= set(cells)
        assert "keep the customer" in cells


def test_the_smallest_ledger_can_hand_in_too(smallest, tmp_path):
    folder = handed_in.begin(smallest, tmp_path / "capstone")
    defence = defend(smallest, folder)
    assert len(defence.asked) == 12
    left = [one.text for one in defence.review.checks if one.kept is None]
    assert any("hunting plan" in one for one in left)
