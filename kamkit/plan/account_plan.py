"""The plan for one account: one page first, then the sections that it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.errors import ParameterError, nearest
from kamkit.language import gettext as _
from kamkit.periods import day
from kamkit.plan import amounts, threats
from kamkit.plan import evidence as told
from kamkit.plan.facts import facts
from kamkit.plan.objectives import measure_name, objectives, quarter_end, written_goals
from kamkit.plan.statements import AccountPlan, Block, Section, Statement, known
from kamkit.plan.strategy import strategies
from kamkit.schema import word, written

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from kamkit.case.about import About
    from kamkit.plan.basis import Basis
    from kamkit.plan.evidence import Fact

_MOVES = 3
_URGENT = ("mend", "call", "take_over")
_GROW = ("grow_repeat", "grow_upsell", "grow_cross")
_OWN = {
    "mend": ("mend",),
    "win_back": ("retain", "deepen"),
    "retain": ("retain",),
    "deepen": ("deepen", "advance"),
    "grow": _GROW,
    "invest": ("advance", *_GROW),
    "build": ("advance", "deepen", *_GROW),
    "harvest": ("harvest", "retain"),
    "hand_over": ("hand_over",),
}
"""The objectives that a strategy is about, in their order; those of growth by what they bring."""


def account_plan(
    basis: Basis,
    account_id: str,
    *,
    rules: str | Path | pd.DataFrame = "",
    every: pd.DataFrame | None = None,
) -> AccountPlan:
    """Return the plan for one account.

    ``rules`` replace those that come with kamkit; ``every`` is the table of ``plan.facts``, where
    it was made already. Every sentence names the table and columns it
    was made from.

    Raises ``ParameterError`` for an account that gets no plan, with the nearest number.
    """
    every = facts(basis) if every is None else every
    mine = every[every["account_id"] == str(account_id)]
    if mine.empty:
        near = nearest(str(account_id), every["account_id"])
        raise ParameterError(
            _("There is no plan for the account “{account}”.", account=account_id),
            found=str(account_id),
            wanted=_("one of the {n} accounts that get a plan", n=len(every)),
            remedy=_("Did you mean “{near}”?", near=near)
            if near
            else _("Raise the number of key accounts, or of others that get a plan."),
        )
    currency = basis.about.currency
    chosen = strategies(mine, rules=rules, currency=currency).table
    goals = objectives(mine, chosen, basis)
    written = written_goals(basis.goals, basis.about.period.end)
    written = written[written["account_id"] == str(account_id)].reset_index(drop=True)
    fact = {str(name): value for name, value in mine.iloc[0].items()}
    why = {str(name): value for name, value in chosen.iloc[0].items()}
    return AccountPlan(
        account_id=str(account_id),
        account_name=str(fact["account_name"]),
        strategy=str(why["strategy"]),
        about=basis.about,
        first=_first(fact, why, goals, written, basis),
        sections=_sections(fact, why, goals, written, basis),
        objectives=goals,
        goals=written,
        fact=fact,
    )


def _first(
    fact: Fact, why: Fact, goals: pd.DataFrame, written: pd.DataFrame, basis: Basis
) -> dict[str, tuple[Statement, ...]]:
    """Return the sentences of the first page: who, where we stand, aim, three moves, risk."""
    currency = basis.about.currency
    stand = told.kept(
        amounts.revenue(fact, basis.about),
        amounts.profit(fact, basis.about),
        told.health(fact),
        told.share(fact, currency),
        told.position(fact),
    )
    ordered = in_turn(goals, str(why["strategy"]), basis.about.period.end)
    # what stands above already is not said again
    risks = [one for one in told.risks(fact, basis, currency) if one not in stand]
    return {
        "who": told.kept(told.who(fact, basis), told.responsible(fact)),
        "stand": stand,
        "aim": told.kept(_strategy(why), _aim(ordered, basis.about)),
        "moves": _moves(ordered),
        "risk": told.kept(*risks[:2], told.overdue(written)),
    }


def _strategy(why: Fact) -> Statement:
    text = _(
        "Strategy: {strategy}, because: {because}.",
        strategy=word(str(why["strategy"])),
        because=why["because"],
    )
    return Statement(text, "strategies", ("strategy", "because"))


def _aim(ordered: pd.DataFrame, about: About) -> Statement | None:
    """Say the objective that the strategy is about, else the first, as the aim.

    What is measured over twelve months is measured when twelve months have gone, though the action
    is due before.
    """
    if ordered.empty:
        return None
    row, currency = ordered.sort_values("own", kind="stable").iloc[0], about.currency
    due = row["measured"].date()
    if row["baseline"] == row["target"]:
        text = _(
            "Aim: keep {measure} at {now} until {day}.",
            day=day(due),
            measure=measure_name(row["measure"], row["item"]),
            now=written(row["baseline"], row["measure"], currency),
        )
        return Statement(text, "objectives", ("measure", "baseline", "due"))
    text = _(
        "Aim: {measure} from {now} to {target} by {day}.",
        measure=measure_name(row["measure"], row["item"]),
        now=written(row["baseline"], row["measure"], currency),
        target=written(row["target"], row["measure"], currency),
        day=day(due),
    )
    return Statement(text, "objectives", ("measure", "baseline", "target", "due"))


def in_turn(goals: pd.DataFrame, strategy: str, end: dt.date) -> pd.DataFrame:
    """Return the objectives in their order: urgent, what the strategy is about, worth most.

    >>> due, end = pd.Timestamp("2026-12-31"), pd.Timestamp("2025-12-31")
    >>> goals = pd.DataFrame({"objective": ["grow_cross", "retain", "mend"], "value": 1.0})
    >>> in_turn(goals.assign(due=due), "retain", end)["objective"].tolist()
    ['mend', 'retain', 'grow_cross']
    """
    if goals.empty:
        return goals
    # what is to be kept and due within a quarter is a call to one that is silent
    soon = (goals["objective"] == "retain") & (goals["due"].dt.date <= quarter_end(end, 1))
    first = goals["objective"].mask(soon, "call")
    urgent = [_URGENT.index(code) if code in _URGENT else len(_URGENT) for code in first]
    mine = _OWN.get(strategy, ())
    about = [code if code not in _GROW else _GROW[0] for code in mine]
    asked = goals["objective"].mask(goals["objective"].isin(_GROW), _GROW[0])
    own = [about.index(code) if code in about else len(about) for code in asked]
    table = goals.assign(urgent=urgent, own=own, worth=goals["value"].fillna(0.0))
    return table.sort_values(
        ["urgent", "own", "worth"], ascending=[True, True, False], kind="stable"
    )


def _moves(ordered: pd.DataFrame) -> tuple[Statement, ...]:
    """Return the three moves."""
    return tuple(
        Statement(
            _(
                "{action} ({owner}, by {day}).",
                action=str(row["action"]).rstrip("."),
                owner=row["owner"] or _("nobody yet"),
                day=day(row["due"].date()),
            ),
            "objectives",
            ("action", "owner", "due"),
        )
        for row in ordered.head(_MOVES).to_dict("records")
    )


def _sections(
    fact: Fact, why: Fact, goals: pd.DataFrame, written: pd.DataFrame, basis: Basis
) -> tuple[Section, ...]:
    currency = basis.about.currency
    found = [
        Section(
            "situation",
            _("Situation"),
            told.kept(told.position(fact), told.chosen(fact), told.against(fact), _changed(why)),
        ),
        Section(
            "customer",
            _("The customer's business and needs"),
            told.kept(
                told.who(fact, basis), told.buys(fact, basis, currency), threats.rhythm(fact)
            ),
            fields={
                "needs": _("What does the customer want to achieve, and what stands in its way?"),
                "decides": _("How does it decide, and who else does it ask?"),
            },
        ),
        Section(
            "story",
            _("Revenue and customer profit"),
            told.kept(
                amounts.revenue(fact, basis.about),
                amounts.profit(fact, basis.about),
                amounts.served(fact, basis.about),
                told.lifetime(fact, currency),
                told.gains(fact, currency),
            ),
            pictures=("story",),
        ),
        *_business(fact, basis),
    ]
    found += [*_swot(fact, written, basis, currency), *_agreed(fact, goals, written, basis)]
    return tuple(one for one in found if one.statements or one.blocks or one.fields)


def _business(fact: Fact, basis: Basis) -> list[Section]:
    """Return the sections on growth and on the people."""
    currency = basis.about.currency
    return [
        Section(
            "growth",
            _("Where it could buy more"),
            told.kept(
                told.open_business(fact, basis, currency),
                told.share(fact, currency),
                None if fact.get("loses") else threats.rivals(fact, basis, currency),
            ),
            blocks=_opportunities(fact, basis),
            pictures=("whitespace",),
        ),
        Section(
            "relations",
            _("The people"),
            told.kept(
                told.contacts(fact), threats.hanging(fact), threats.handover(fact), told.stage(fact)
            ),
            blocks=_contacts(fact, basis),
            pictures=("map",),
            fields={"people": _("What have we learnt about the people lately?")},
        ),
    ]


def _agreed(fact: Fact, goals: pd.DataFrame, written: pd.DataFrame, basis: Basis) -> list[Section]:
    """Return the last sections: objectives, risks, return, what is missing, notes."""
    currency = basis.about.currency
    return [
        Section(
            "objectives",
            _("Objectives and actions"),
            told.kept(told.overdue(written)),
            blocks=_objectives(goals, written),
            fields={"agreed": _("What have we agreed with the customer?")},
        ),
        Section(
            "risks",
            _("Risks"),
            told.risks(fact, basis, currency),
            fields={"risks": _("What else could go wrong, and what do we do then?")},
        ),
        Section("return", _("What it costs and brings"), told.returns(fact, currency)),
        Section("missing", _("What more data would tell"), missing(basis)),
        Section("notes", _("Notes"), fields={"notes": _("Anything else worth keeping")}),
    ]


def _changed(why: Fact) -> Statement | None:
    if not why["would_change"]:
        return None
    text = _("What would change the strategy: {change}.", change=why["would_change"])
    return Statement(text, "strategies", ("would_change",))


def _opportunities(fact: Fact, basis: Basis) -> tuple[Block, ...]:
    best = basis.opportunities
    if best is None or fact.get("loses"):
        return ()
    mine = best[best["account_id"] == fact["account_id"]].head(8).reset_index(drop=True)
    columns = (
        "item",
        "kind",
        "state",
        "open_amount",
        "basis",
        "conversion",
        "growth_middle",
        "next_step",
    )
    return (Block(mine, columns, "opportunities"),) if len(mine) else ()


def _contacts(fact: Fact, basis: Basis) -> tuple[Block, ...]:
    found = []
    steps = basis.next_contacts
    if steps is not None:
        mine = steps[steps["account_id"] == fact["account_id"]].reset_index(drop=True)
        found.append(Block(mine, ("place", "next_step", "contact"), "next_contacts"))
    people = basis.people
    if people is not None:
        there = people[people["account_id"] == fact["account_id"]].reset_index(drop=True)
        columns = (
            "contact",
            "role",
            "department",
            "influence",
            "support",
            "our_contact",
            "days_since_met",
        )
        found.append(Block(there, columns, "people"))
    return tuple(one for one in found if len(one.frame))


def _objectives(goals: pd.DataFrame, written: pd.DataFrame) -> tuple[Block, ...]:
    proposed = (
        "objective",
        "measure_words",
        "baseline_words",
        "target_words",
        "action",
        "owner",
        "due",
        "status",
    )
    found = []
    if len(written):
        found.append(
            Block(
                written,
                ("objective", "measure", "target", "action", "owner", "due", "status", "overdue"),
                "goals",
            )
        )
    if len(goals):
        found.insert(0, Block(goals, proposed, "objectives"))
    return tuple(found)


def in_words(goals: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return the objectives with their measures and values written out.

    Added are ``measure_words``, ``baseline_words`` and ``target_words``.

    >>> goals = pd.DataFrame({"measure": ["people"], "item": "", "baseline": 2.0, "target": 3.0})
    >>> in_words(goals, "NOK").iloc[0, 4:].tolist()
    ['known people', '2', '3']
    """
    rows: list[dict[str, Any]] = [
        {
            "measure_words": measure_name(row["measure"], row["item"]),
            "baseline_words": written(row["baseline"], row["measure"], currency),
            "target_words": written(row["target"], row["measure"], currency),
        }
        for row in goals.to_dict("records")
    ]
    added = pd.DataFrame(
        rows, index=goals.index, columns=["measure_words", "baseline_words", "target_words"]
    )
    return pd.concat([goals, added], axis=1)


def _swot(fact: Fact, written: pd.DataFrame, basis: Basis, currency: str) -> tuple[Section, ...]:
    """Draft the four fields of a SWOT from what the tables show."""
    strong = told.kept(
        told.rated(fact, basis, strong=True),
        told.share(fact, currency) if _over(fact, "share_of_wallet", 0.5) else None,
        amounts.profit(fact, basis.about) if _over(fact, "profit_ratio_year", 0.15) else None,
        told.contacts(fact) if fact.get("structure") == "diamond" else None,
        amounts.revenue(fact, basis.about) if _over(fact, "growth_ratio", 0.05) else None,
    )
    weak = told.kept(
        told.rated(fact, basis, strong=False),
        threats.hanging(fact) if fact.get("structure") == "bow_tie" else None,
        amounts.profit(fact, basis.about) if _under(fact, "profit_ratio_year", 0.05) else None,
        told.share(fact, currency) if _under(fact, "share_of_wallet", 0.3) else None,
        told.overdue(written),
    )
    chances = told.kept(
        told.open_business(fact, basis, currency),
        told.stage(fact) if _over(fact, "stages_to_go", 1) else None,
    )
    dangers = told.kept(
        threats.rivals(fact, basis, currency),
        threats.rhythm(fact) if fact.get("rhythm_state") in ("late", "lost") else None,
        amounts.revenue(fact, basis.about) if _under(fact, "growth_ratio", -0.05) else None,
    )
    parts = (
        ("strengths", _("Strengths"), strong, _("Strengths, our own words")),
        ("weaknesses", _("Weaknesses"), weak, _("Weaknesses, our own words")),
        ("opportunities", _("Opportunities"), chances, _("Opportunities, our own words")),
        ("threats", _("Threats"), dangers, _("Threats, our own words")),
    )
    return tuple(
        Section(code, title, said, fields={f"swot_{code}": ask}) for code, title, said, ask in parts
    )


def _over(fact: Fact, name: str, limit: float) -> bool:
    return known(fact, name) and float(fact[name]) >= limit


def _under(fact: Fact, name: str, limit: float) -> bool:
    return known(fact, name) and float(fact[name]) < limit


def missing(basis: Basis) -> tuple[Statement, ...]:
    """Say what is not known, and which table or column would tell it."""
    value = basis.accounts
    tests = (
        (
            "contribution" not in value,
            _(
                "With the cost of goods (column cost) the plan would "
                "tell its contribution, not only its revenue."
            ),
        ),
        (
            "cost_to_serve" not in value,
            _("With the table activities it would tell what serving the account costs."),
        ),
        (
            basis.wallet_shares is None,
            _(
                "With the table wallet it would tell our share of what "
                "the customer spends, and who has the rest."
            ),
        ),
        (
            basis.people is None,
            _("With the table contacts it would draw the people, and say whom to see next."),
        ),
        (
            basis.ratings is None,
            _(
                "With the table ratings it would tell how attractive the "
                "account is and how strong we are there."
            ),
        ),
        (basis.goals is None, _("With the table goals it would follow up what has been agreed.")),
    )
    return tuple(Statement(text, "about") for lacking, text in tests if lacking)
