"""What the tables say of one account, as sentences that name their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.choose.effects import what_is_kept
from kamkit.choose.programme import break_even
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, number, percent, sentence
from kamkit.money import scaled
from kamkit.periods import Period, day, halves
from kamkit.plan.amounts import profit, revenue, when, without
from kamkit.plan.statements import SILENT, Statement, known
from kamkit.plan.threats import handover, hanging, opponents, rhythm, rivals
from kamkit.schema import word

if TYPE_CHECKING:
    from kamkit.plan.basis import Basis

Fact = Mapping[str, Any]
Maybe = Statement | None
_STRONG, _WEAK = 4.0, 2.0
_FELL = -0.10


def kept(*found: Maybe) -> tuple[Statement, ...]:
    """Return the sentences that could be made.

    >>> kept(None, Statement("One.", "t"))[0].text
    'One.'
    """
    return tuple(one for one in found if one is not None)


def who(fact: Fact, basis: Basis) -> Maybe:
    """Say who the customer is, from the register."""
    register = basis.register
    row: dict[str, Any] = {}
    if register is not None:
        mine = register[register["account_id"] == fact["account_id"]].to_dict("records")
        row = {str(name): value for name, value in mine[0].items()} if mine else {}
    parts = [str(row[name]) for name in ("industry", "region") if known(row, name)]
    if known(row, "employees"):
        parts.append(ngettext("{n} employee", "{n} employees", int(row["employees"])))
    if known(row, "since"):
        parts.append(_("customer since {day}", day=day(row["since"].date())))
    if known(row, "members") and row["members"] > 1:
        parts.append(ngettext("{n} account together", "{n} accounts together", int(row["members"])))
    if not parts and known(fact, "first_date"):
        parts.append(_("bought first on {day}", day=day(fact["first_date"].date())))
    if not parts:
        return None
    text = _("{name}: {facts}.", name=fact["account_name"], facts=joined(", ", parts))
    return Statement(text, "register", ("industry", "region", "employees", "since"))


def responsible(fact: Fact) -> Maybe:
    """Say who of ours answers for the account, and what treatment it gets.

    >>> responsible({"is_key": True, "treatment": "dedicated", "manager": "Kari"}).text
    'Key account with a team of its own; Kari answers for it.'
    """
    column = next((n for n in ("manager", "account_manager") if known(fact, n)), "")
    manager = fact[column] if column else ""
    rests = tuple(name for name in ("treatment", column) if known(fact, name))
    if fact.get("is_key"):
        treated = word(str(fact["treatment"])) if known(fact, "treatment") else _("not settled")
        text = _(
            "Key account with {treatment}; {manager} answers for it.",
            treatment=treated,
            manager=manager or _("nobody yet"),
        )
        return Statement(text, "key_accounts", rests)
    told = {"manager": manager or _("nobody yet")}
    if fact.get("planned_as") == "silent":
        text = _(
            "Not a key account, but silent for longer than usual; {manager} answers for it.", **told
        )
    else:
        text = _(
            "Not a key account, but too large to be left alone; {manager} answers for it.", **told
        )
    return Statement(text, "ordinary_sales", (column,) if column else ())


def health(fact: Fact) -> Maybe:
    """Say how healthy it is, the trend and why.

    >>> health({"health": 38.0, "health_change": -12.0, "because": "pays late"}).text
    'Health 38 of 100; down by 12; pays late.'
    """
    if not known(fact, "health"):
        return None
    parts = [_("health {points} of 100", points=number(float(fact["health"])))]
    if known(fact, "health_change") and abs(fact["health_change"]) >= 1:
        moved = number(abs(float(fact["health_change"])))
        parts.append(
            _("up by {n}", n=moved) if fact["health_change"] > 0 else _("down by {n}", n=moved)
        )
    if known(fact, "because"):
        parts.append(str(fact["because"]))
    columns = ("health", "health_change", "because")
    return Statement(sentence(joined("; ", parts)), "health", columns)


def position(fact: Fact) -> Maybe:
    """Say where it stands in the matrix.

    >>> position({"cell": "unknown", "attractiveness": 80.0, "strength": 35.0}).text
    'Its attractiveness is 80 of 100; how strong we are there nobody has said.'
    """
    if not known(fact, "cell", "attractiveness", "strength"):
        return None
    if fact["cell"] == "unknown":
        text = _(
            "Its attractiveness is {a} of 100; how strong we are there nobody has said.",
            a=number(float(fact["attractiveness"])),
        )
        return Statement(text, "matrix", ("attractiveness", "cell"))
    if fact["cell"] == "terms_first":
        text = _(
            "It costs more than it leaves, so its terms come first; then its attractiveness of "
            "{a} and our strength of {s} of 100 count.",
            a=number(float(fact["attractiveness"])),
            s=number(float(fact["strength"])),
        )
        return Statement(text, "matrix", ("cell", "attractiveness", "strength"))
    text = _(
        "In the matrix it is {cell}: attractiveness {a}, our strength {s}, where 10 to 90 is the "
        "spread of the accounts compared.",
        cell=word(str(fact["cell"])),
        a=number(float(fact["attractiveness"])),
        s=number(float(fact["strength"])),
    )
    return Statement(text, "matrix", ("cell", "attractiveness", "strength"))


def share(fact: Fact, currency: str) -> Maybe:
    """Say what share of its wallet we have.

    >>> print(share({"share_of_wallet": 0.25, "wallet": 4_000_000.0}, "NOK").text)
    We have 25% of its wallet of NOK 4.00 million a year.
    """
    if not known(fact, "share_of_wallet", "wallet"):
        return None
    text = _(
        "We have {share} of its wallet of {wallet} a year.",
        share=percent(float(fact["share_of_wallet"]), 0),
        wallet=scaled(float(fact["wallet"]), currency),
    )
    if known(fact, "wallet_year", "ours_from") and str(fact["ours_from"].year) != str(
        fact["wallet_year"]
    ):
        months = Period(fact["ours_from"].date(), fact["ours_until"].date())
        note = _(
            "The wallet is of {year}, our part of it of {period}.",
            year=fact["wallet_year"] or "–",
            period=months,
        )
        text = joined(" ", [text, note])
    return Statement(text, "wallet_shares", ("share_of_wallet", "wallet"))


def chosen(fact: Fact) -> Maybe:
    """Say what speaks for it as a key account, and how sure that is.

    >>> chosen({"is_key": True, "reasons": "profit", "key_share": 0.9}).text
    'For it speaks: profit. It is key in 90% of plausible worlds.'
    """
    table = "key_accounts" if fact.get("is_key") else "ordinary_sales"
    if not known(fact, "reasons"):
        return None
    text = _("For it speaks: {reasons}.", reasons=str(fact["reasons"]).rstrip("."))
    if known(fact, "key_share"):
        sure = percent(float(fact["key_share"]), 0)
        told = _("It is key in {share} of plausible worlds.", share=sure)
        text = joined(" ", [text, told])
        return Statement(text, table, ("reasons", "key_share"))
    return Statement(text, table, ("reasons",))


def against(fact: Fact) -> Maybe:
    """Say what speaks against it.

    >>> against({"against": "pays late"}).text
    'Against it speaks: pays late.'
    >>> against({"against": ""}) is None
    True
    """
    if not known(fact, "against"):
        return None
    table = "key_accounts" if fact.get("is_key") else "ordinary_sales"
    text = _("Against it speaks: {reasons}.", reasons=str(fact["against"]).rstrip("."))
    return Statement(text, table, ("against",))


def lifetime(fact: Fact, currency: str) -> Maybe:
    """Say what its purchases are forecast to be worth.

    >>> print(lifetime({"lifetime_value": 120_000.0, "expected_purchases": 9.0}, "NOK").text)
    Forecast: 9 purchases in twelve months; lifetime value NOK 120,000.
    """
    if not known(fact, "lifetime_value", "expected_purchases"):
        return None
    text = _(
        "Forecast: {n} purchases in twelve months; lifetime value {money}.",
        n=number(float(fact["expected_purchases"])),
        money=scaled(float(fact["lifetime_value"]), currency),
    )
    return Statement(text, "accounts", ("expected_purchases", "lifetime_value"))


def gains(fact: Fact, currency: str) -> Maybe:
    """Say what it gets at our prices and costs.

    >>> print(gains({"customer_gain": 120_000.0}, "NOK").text)
    In the whole ledger its discount from list, service and credit come to NOK 120,000, at our
    prices and costs.
    """
    if not known(fact, "customer_gain"):
        return None
    text = _(
        "In the whole ledger its discount from list, service and credit come to {money}, at our "
        "prices and costs.",
        money=scaled(float(fact["customer_gain"]), currency),
    )
    return Statement(text, "mutual_value", ("customer_gain",))


def contacts(fact: Fact) -> Maybe:
    """Say whom we know and what hangs on one person.

    >>> contacts({"people": 3, "our_people": 0, "deciders": 1, "structure": "bow_tie"}).text
    'We know 3 people, 1 who decides; who of ours knows them nobody has said.'
    """
    if not known(fact, "people", "structure"):
        return None
    if not fact["people"]:
        return Statement(_("No person there is known to us."), "relations", ("people",))
    people = ngettext("{n} person", "{n} people", int(fact["people"]))
    deciders = ngettext("{n} who decides", "{n} who decide", int(fact["deciders"]))
    if not fact["our_people"]:
        text = _(
            "We know {people}, {deciders}; who of ours knows them nobody has said.",
            people=people,
            deciders=deciders,
        )
        return Statement(text, "relations", ("people", "deciders", "our_people"))
    shape = word(str(fact["structure"]))
    ours = ngettext("{n} of ours", "{n} of ours", int(fact["our_people"]))
    text = _(
        "We know {people}, {deciders}, through {ours}: {structure}.",
        people=people,
        deciders=deciders,
        ours=ours,
        structure=shape,
    )
    return Statement(text, "relations", ("people", "deciders", "our_people", "structure"))


def stage(fact: Fact) -> Maybe:
    """Say how far the relationship has come and what is wanted.

    >>> stage({"stage": "basic", "wanted_stage": "cooperative"}).text
    'The relationship is basic; wanted: cooperative.'
    """
    if not known(fact, "stage") or fact["stage"] == "unknown":
        return None
    text = _(
        "The relationship is {stage}; wanted: {wanted}.",
        stage=word(str(fact["stage"])),
        wanted=word(str(fact["wanted_stage"])),
    )
    return Statement(text, "relations", ("stage", "wanted_stage"))


def rated(fact: Fact, basis: Basis, strong: bool) -> Maybe:
    """Say what the raters find strong, or weak, about us at the account."""
    from kamkit.choose.criteria import STRENGTHS

    ratings = basis.ratings
    if ratings is None:
        return None
    mine = ratings[ratings["account_id"] == fact["account_id"]]
    mine = mine[mine["criterion"].str.casefold().isin(STRENGTHS)]
    mean = mine.groupby("criterion")["score"].mean()
    found = mean[mean >= _STRONG] if strong else mean[mean <= _WEAK]
    if found.empty:
        return None
    named = joined(
        ", ",
        [
            _("{criterion} {points}", criterion=word(str(name)), points=number(float(value), 1))
            for name, value in found.items()
        ],
    )
    text = (
        _("Rated high: {named}.", named=named) if strong else _("Rated low: {named}.", named=named)
    )
    return Statement(text, "ratings", ("criterion", "score"))


def open_business(fact: Fact, basis: Basis, currency: str, rows: int = 3) -> Maybe:
    """Say what it could buy, the most growth first; nothing before the terms are put right."""
    if fact.get("loses"):
        text = _("Nothing more is proposed before its terms are put right: it loses money.")
        return Statement(text, "accounts", ("profit_year",))
    best = basis.opportunities
    if best is None:
        return None
    mine = best[best["account_id"] == fact["account_id"]]
    if mine.empty:
        return None
    mine = mine.sort_values(["growth_middle", "open_amount"], ascending=[False, False])
    named = joined(
        "; ",
        [
            _(
                "{kind} {item}, {money} open",
                kind=word(str(row["kind"])),
                item=row["item"],
                money=scaled(float(row["open_amount"]), currency),
            )
            for row in mine.head(rows).to_dict("records")
        ],
    )
    text = _("Open: {named}.", named=named)
    if known(fact, "growth_low", "growth_middle", "growth_high"):
        assumed = mine["rate_from"].isin(["assumed", "not_followed"]).all()
        growth = {
            place: scaled(float(fact[f"growth_{place}"]), currency)
            for place in ("low", "middle", "high")
        }
        told = (
            _("By assumption these groups change by {middle} ({low} to {high}).", **growth)
            if assumed
            else _(
                "At the rates seen so far these groups change by {middle} ({low} to {high}).",
                **growth,
            )
        )
        text = joined(" ", [text, told])
    return Statement(text, "opportunities", ("kind", "item", "open_amount", "growth_middle"))


def buys(fact: Fact, basis: Basis, currency: str) -> Maybe:
    """Say what it buys most of."""
    grid = basis.whitespace
    if grid is None:
        return None
    mine = grid[(grid["account_id"] == fact["account_id"]) & (grid["revenue"] > 0)]
    if mine.empty:
        return None
    top = mine.sort_values(["revenue", "item"], ascending=[False, True]).head(3)
    named = joined(
        ", ",
        [
            _("{item} {money}", item=row["item"], money=scaled(float(row["revenue"]), currency))
            for row in top.to_dict("records")
        ],
    )
    text = _(
        "{when} it bought in {n}, most of all {named}.",
        when=when(halves(basis.about.period)[1]),
        named=named,
        n=ngettext("{n} group of goods", "{n} groups of goods", len(mine)),
    )
    return Statement(text, "whitespace", ("item", "revenue"))


def returns(fact: Fact, currency: str) -> tuple[Statement, ...]:
    """Say what the treatment costs, what it brings if it works as assumed, and its break-even."""
    if not known(fact, "programme_cost", "net_present_value"):
        return ()
    cost = _(
        "The treatment costs {cost} a year.", cost=scaled(float(fact["yearly_cost"]), currency)
    )
    brings = _(
        "If it works as assumed it keeps {kept}, and growth brings {grown}; net present value "
        "{value} ({low} to {high}).",
        kept=scaled(float(fact["retained"]), currency),
        grown=scaled(float(fact["grown"]), currency),
        value=scaled(float(fact["net_present_value"]), currency),
        low=scaled(float(fact["value_low"]), currency),
        high=scaled(float(fact["value_high"]), currency),
    )
    even = break_even(fact, what_is_kept(fact))
    return (
        Statement(cost, "programme", ("yearly_cost",)),
        Statement(
            brings,
            "programme",
            ("retained", "grown", "net_present_value", "value_low", "value_high"),
        ),
        Statement(even, "programme", ("break_even_retention", "break_even_growth")),
    )


def risks(fact: Fact, basis: Basis, currency: str) -> tuple[Statement, ...]:
    """Say what could go wrong, the gravest first."""
    tests: list[tuple[bool, Callable[[], Maybe]]] = [
        (bool(fact.get("loses")), lambda: profit(fact, basis.about)),
        (True, lambda: without(fact, basis.about)),
        (fact.get("rhythm_state") in SILENT, lambda: rhythm(fact)),
        (
            known(fact, "growth_ratio") and fact["growth_ratio"] <= _FELL,
            lambda: revenue(fact, basis.about),
        ),
        (
            fact.get("single_contact") is True or fact.get("structure") == "bow_tie",
            lambda: hanging(fact),
        ),
        (True, lambda: handover(fact)),
        (known(fact, "opponents") and fact["opponents"] > 0, lambda: opponents(fact)),
        (True, lambda: rivals(fact, basis, currency)),
    ]
    return kept(*(said() for holds, said in tests if holds))


def overdue(goals: pd.DataFrame) -> Maybe:
    """Say which written goals are overdue.

    >>> due = pd.to_datetime(["2025-01-31", "2025-12-31"])
    >>> goals = pd.DataFrame({"objective": ["Meet", "Sell"], "due": due, "overdue": [True, False]})
    >>> overdue(goals).text
    'Overdue: Meet (due 31 Jan 2025).'
    """
    late = goals[goals["overdue"]] if len(goals) else goals
    if late.empty:
        return None
    named = joined(
        "; ",
        [
            _("{goal} (due {day})", goal=row["objective"], day=day(row["due"].date()))
            for row in late.to_dict("records")
        ],
    )
    return Statement(_("Overdue: {named}.", named=named), "goals", ("objective", "due", "status"))
