"""The plan for one account, on two pages: who they are and what we do; what that rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.errors import ParameterError, nearest
from kamkit.language import gettext as _
from kamkit.plan import blocks, handing_over, threats
from kamkit.plan import evidence as told
from kamkit.plan._facts import facts
from kamkit.plan._objectives import QUIET, is_done, may_grow, measure_name, objectives
from kamkit.plan._register import actions, fields, with_people
from kamkit.plan.against import against_plan
from kamkit.plan.aim import aim, milestones
from kamkit.plan.amounts import figures
from kamkit.plan.reason import reason
from kamkit.plan.statements import AccountPlan, Block, Section, Statement, holds
from kamkit.plan.strategy import strategies
from kamkit.plan.turn import MOVES, by_date, in_turn
from kamkit.schema import takes, word, written

if TYPE_CHECKING:
    from pathlib import Path

    from kamkit.plan.basis import Basis
    from kamkit.plan.evidence import Fact

_BLANK = 2


@takes(every="account_id account_name")
def account_plan(
    basis: Basis,
    account_id: str,
    *,
    rules: str | Path | pd.DataFrame = "",
    every: pd.DataFrame | None = None,
) -> AccountPlan:
    """Return the plan for one account.

    ``rules`` replace those that come with kamkit; ``every`` is the table of ``plan.facts``, where
    it was made already. Every sentence, figure and table names what it was made from.

    Raises ``ParameterError`` for an account that gets no plan, with the nearest number.
    """
    every = facts(basis) if every is None else every
    mine = every[every["account_id"] == str(account_id)]
    if mine.empty:
        raise _no_plan(str(account_id), every["account_id"])
    chosen = strategies(mine, rules=rules, currency=basis.about.currency).table
    fact = {str(name): value for name, value in mine.iloc[0].items()}
    why = reason(chosen.iloc[0].to_dict(), fact, rules, basis.about.currency)
    proposals, done = agreed_actions(basis, mine, chosen)
    done = done[done["account_id"] == str(account_id)].reset_index(drop=True)
    goals = in_turn(with_people(proposals, done), str(why["strategy"]), basis.about.period.end)
    fact["strategy"] = why["strategy"]
    if why["strategy"] == "hand_over":  # to ordinary sales, not to another manager
        fact |= {"handover": False, "manager": None}
    return AccountPlan(
        account_id=str(account_id),
        account_name=str(fact["account_name"]),
        strategy=str(why["strategy"]),
        about=basis.about,
        pages=(_first(fact, why, goals, done, basis), _second(fact, why, goals, done, basis)),
        objectives=goals,
        actions=done,
        texts=fields(basis.written, str(account_id)),
        fact=fact,
    )


def agreed_actions(
    basis: Basis, every: pd.DataFrame, chosen: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the proposed objectives in their order, and all actions as people have them.

    ``every`` is the table of ``plan.facts``, ``chosen`` that of ``plan.strategies``.
    """
    goals = objectives(every, chosen, basis)
    strategy = dict(zip(chosen["account_id"], chosen["strategy"], strict=True))
    end = basis.about.period.end
    parts = [
        by_date(in_turn(part, strategy[name], end)) for name, part in goals.groupby("account_id")
    ]
    ordered = pd.concat(parts) if parts else goals
    of = every[["account_id", "account_name"]]
    known = actions(ordered, basis.goals, basis.written, of)
    facts = every.assign(strategy=every["account_id"].map(strategy))
    return goals, against_plan(known, facts)


def _no_plan(account: str, known: pd.Series[str]) -> ParameterError:
    near = nearest(account, known)
    return ParameterError(
        _("There is no plan for the account “{account}”.", account=account),
        found=account,
        wanted=_("one of the {n} accounts that get a plan", n=len(known)),
        remedy=_("Did you mean “{near}”?", near=near)
        if near
        else _("Ask for it with the ledger: kamkit plan SOURCE ACCOUNT."),
    )


def _first(
    fact: Fact, why: Fact, goals: pd.DataFrame, done: pd.DataFrame, basis: Basis
) -> tuple[Section, ...]:
    """Return the first page: who they are, where we stand, aim, three moves, main risk."""
    risk = threats.risk(fact, basis, done)
    moves = _moves(goals, done)
    title = _("Our three moves") if len(moves) == MOVES else _("Our moves")
    safe = () if risk else (Statement(_("Nothing in the figures threatens them."), "accounts"),)
    return (
        Section(
            "who",
            _("Who they are and what they want"),
            told.kept(told.who(fact, basis), told.responsible(fact, basis.about.period.end)),
            fields=("goals",),
        ),
        Section("stand", _("Where we stand"), figures=figures(fact, basis.about)),
        Section(
            "aim", _("What we are after"), told.kept(aim(goals, basis.about, fact), _strategy(why))
        ),
        Section("moves", title, actions=moves),
        Section("risk", _("The main risk"), safe, blocks=(risk,) if risk else ()),
        Section(
            "meeting",
            _("For the meeting: these four go onto the customer’s slides"),
            fields=("did", "ideas", "agreed", "meeting"),
        ),
    )


def _second(
    fact: Fact, why: Fact, goals: pd.DataFrame, done: pd.DataFrame, basis: Basis
) -> tuple[Section, ...]:
    """Return the second page: growth, people, objectives, other actions, handover, questions."""
    moves = set(_moves(goals, done)["number"])
    open_ = done[(done["kind"] != "closed") & ~done["number"].isin(moves)]
    open_ = open_.sort_values(["due", "number"], kind="stable", key=_undated_last)
    open_ = open_.sort_values("status", kind="stable", key=lambda told: told.map(is_done))
    blocks_found = (
        _growth(fact, why, basis),
        Section(
            "people", _("Who meets whom"), blocks=_there(blocks.people(fact, basis, _due(goals)))
        ),
        Section(
            "objectives",
            _("Objectives, quarter by quarter"),
            blocks=_there(milestones(goals, basis.about)),
        ),
        Section("actions", _("Other actions"), actions=open_, blank=_BLANK),
        Section(
            "handover",
            _("Handover"),
            told.kept(told.handover(fact)),
            blocks=_there(handing_over.steps(fact, basis)),
        ),
        Section(
            "questions",
            _("Open questions"),
            told.questions(fact, why, done, basis),
            fields=("notes",),
        ),
    )
    return tuple(one for one in blocks_found if one)


def _undated_last(column: pd.Series[str]) -> pd.Series[str]:
    return column.where(column != "", "~")


def _growth(fact: Fact, why: Fact, basis: Basis) -> Section:
    """Return where they could buy more; nothing is offered at a loss or served at low cost.

    Where sales fall or orders stay away it is told, and no growth is planned.
    """
    title = _("Where they could buy more")
    if basis.opportunities is None:
        return Section("growth", title)
    if fact.get("loses"):
        text = _("No more is offered before the terms pay.")
        return Section("growth", title, (Statement(text, "accounts", ("profit_year",)),))
    if why["strategy"] in QUIET:
        text = _("We sell only what they ask for: they are served at low cost.")
        return Section("growth", title, (Statement(text, "strategies", ("strategy",)),))
    statements = _there(blocks.growth(fact, basis))
    if statements and not may_grow(fact):
        text = _("No growth is planned before they order as usual again; this they could buy.")
        if holds(fact, "shrinks"):
            text = _(
                "No growth is planned before their purchases stop falling; this they could buy."
            )
        first = Statement(text, "accounts", ("rhythm_state", "change"))
        return Section("growth", title, (first,), blocks=statements)
    return Section("growth", title, blocks=statements)


def _there(block: Block | None) -> tuple[Block, ...]:
    return () if block is None else (block,)


def _due(goals: pd.DataFrame) -> Any:
    """Return the day that the next contacts are due."""
    mine = goals[goals["objective"] == "deepen"] if len(goals) else goals
    return mine["due"].iloc[0] if len(mine) else None


def _moves(goals: pd.DataFrame, done: pd.DataFrame) -> pd.DataFrame:
    """Return the first three actions in the order of their dates, as rows of the register."""
    if goals.empty:
        return done.head(0)
    ordered = by_date(goals)
    first = ordered.loc[~ordered["done"], "number"].head(MOVES).tolist()
    rows = done.set_index("number", drop=False)
    return rows.loc[first].reset_index(drop=True)


def _strategy(why: Fact) -> Statement:
    text = _(
        "Strategy: {strategy}, because {because}.",
        strategy=word(str(why["strategy"])),
        because=why["because"],
    )
    return Statement(text, "strategies", ("strategy", "because"))


@takes(goals="measure item baseline target")
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
