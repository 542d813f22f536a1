"""Lesson 8, grow: three ways to buy more, the wallet, what is open, and how much of it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import number
from kamkit.learn.kinds import Accounts, Choice, Match, Number
from kamkit.learn.register import question
from kamkit.learn.written import (
    Point,
    Text,
    claims,
    has_account,
    has_number,
    mentions,
    says_when,
    words,
)

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.learn.room import Room

_WON = 40
_ALL = "We ask Nord 1 in May and win the whole gap, 24 million, for they need what we sell there."
_EVERYBODY = "We offer everything to all of them in May, and 3 will say yes, so somebody must call."


def _open(room: Room) -> pd.DataFrame:
    """Return the cells of the whitespace grid with something open, the largest first."""
    grid = room.analysis.require("whitespace").table
    cells = grid[(grid["kind"] != "") & (grid["open_amount"] > 0)]
    ordered: pd.DataFrame = cells.sort_values("open_amount", ascending=False)
    return ordered


def _wallets(room: Room) -> pd.DataFrame:
    """Return the accounts whose share of wallet is known, the smallest share first."""
    table = room.analysis.require("wallet").table.dropna(subset=["share_of_wallet"])
    if len(table) < 3:
        raise MissingTable(
            _("The wallets of fewer than three accounts are known."),
            remedy=_("Add what they spend to the table wallet."),
        )
    ordered: pd.DataFrame = table.sort_values("share_of_wallet")
    return ordered


def _rate(room: Room, kind: str = "") -> float:
    """Return how many of the earlier opportunities of a kind came true."""
    table = room.analysis.require("conversion_rates")
    own = table[table["kind"] == kind] if kind else table
    if not own["opportunities"].sum():
        raise MissingTable(
            _("There were no earlier opportunities of this kind."),
            remedy=_("Take a longer ledger."),
        )
    return float(own["came_true"].sum() / own["opportunities"].sum())


@question("08.our_share", lesson=8, objective="wallet", part="predict")
def _our_share(room: Room) -> Number:
    table = _wallets(room)
    return Number(
        _(
            "Of all that the key accounts and the largest others spend on what we sell, what share"
            " do they buy from us? Guess."
        ),
        right=float(table["ours"].sum() / table["wallet"].sum()),
        share=True,
        within=0.05,
        decimals=0,
        why=_("You guessed within five percentage points."),
        mistakes=[
            (0.9, _("Then there would be hardly anything more to sell to them.")),
            (0.1, _("Then they would hardly be key accounts.")),
        ],
        hints=[_("There is no wrong guess. Write a number between 0 and 100.")],
    )


@question("08.largest_repeat", lesson=8, objective="ways", part="do")
def _largest_repeat(room: Room) -> Accounts:
    table = room.analysis.require("opportunities").sort_values("open_amount", ascending=False)
    by_kind = {
        kind: table[table["kind"] == kind]["account_id"].drop_duplicates().tolist()
        for kind in ("repeat", "upsell", "cross_sell")
    }
    if not by_kind["repeat"]:
        raise MissingTable(
            _("No key account has stopped buying a product group."),
            remedy=_("Nothing is wrong: they all buy again."),
        )
    right = by_kind["repeat"][:1]
    reasons = {
        "upsell": _("They still buy that group: this is upsell. Who has stopped?"),
        "cross_sell": _("They never bought that group: this is cross-sell. Who has stopped?"),
    }
    mistakes: list[tuple[Any, str]] = [
        (by_kind[kind][:1], text) for kind, text in reasons.items() if by_kind[kind][:1] != right
    ]
    mistakes.append((by_kind["repeat"][1:2], _("They stopped too, but less is open there.")))
    return Accounts(
        _("Which account has the largest open repeat purchase: a group they bought before?"),
        right=right,
        among=room.names,
        count=1,
        why=_("They know us and the goods. Ask what happened, before anything new is offered."),
        mistakes=[mistake for mistake in mistakes if mistake[0]],
        hints=[
            _("The table has only groups that were bought before and have stopped."),
            _("Which of its rows has the largest open potential?"),
        ],
    )


@question("08.four_tenths", lesson=8, objective="whitespace", part="do")
def _four_tenths(room: Room) -> Number:
    cells = _open(room)
    sums = cells.groupby("account_id")["open_amount"].sum()
    account = str(sums.idxmax()) if len(sums) else ""
    own = cells.loc[cells["account_id"] == account, "open_amount"]
    if own.empty:
        raise MissingTable(
            _("Nothing is open at the key accounts."),
            remedy=_("Add what they spend to the table wallet."),
        )
    large = 0.01 * _WON * float(own.iloc[0]) >= 1e6
    unit, currency = 1e6 if large else 1e3, room.case.currency
    most = float(own.iloc[0]) / unit
    return Number(
        _(
            "Choose {name} in the explorer, and set the slider “{slider}” to {won}. What would"
            " their largest gap bring?",
            slider=_("Of a gap we win, in per cent"),
            name=room.names.get(account) or account,
            won=number(_WON),
        ),
        right=0.01 * _WON * most,
        near=0.02,
        decimals=1,
        unit=_("{currency} million", currency=currency).strip()
        if large
        else _("{currency} thousand", currency=currency).strip(),
        why=_("A what-if: it says what would be there to win, not that we win it."),
        mistakes=[
            (most, _("That is the whole gap. How much is it at the share you set?")),
            (0.5 * most, _("That is half of the gap. The share is another.")),
            (
                0.01 * _WON * float(own.head(6).sum()) / unit,
                _("That is all the gaps in the table. Only the largest is asked for."),
            ),
        ],
        hints=[
            _("The table under the picture has the largest gap first."),
            _("The last column is what the share you set would bring."),
        ],
    )


@question("08.most_ours", lesson=8, objective="wallet", part="do")
def _most_ours(room: Room) -> Accounts:
    table = _wallets(room)
    order = table["account_id"].tolist()
    indexed = table.set_index("account_id")
    to_win = str((indexed["wallet"] - indexed["ours"]).idxmax())
    ours = str(indexed["ours"].idxmax())
    mistakes: list[tuple[Any, str]] = [
        (order[:1], _("There our share is smallest. Where is it largest?")),
        (order[-2:-1], _("There is one with a larger share.")),
    ]
    if to_win not in (order[0], *order[-2:]):
        mistakes.append(([to_win], _("There most money is to be won. Where is our share largest?")))
    if ours not in (order[0], *order[-2:]):
        mistakes.append(([ours], _("They buy most from us. But of how large a wallet?")))
    return Accounts(
        _("Which account gives us the largest share of its wallet?"),
        right=order[-1:],
        among=room.names,
        count=1,
        why=_("Little is left to win there. Such an account is kept, not grown."),
        mistakes=mistakes,
        hints=[
            _("Our share of the wallet is a column of the table."),
            _("The order of the table is by money to win, not by share. Read the whole column."),
        ],
    )


@question("08.came_true", lesson=8, objective="expect", part="do")
def _came_true(room: Room) -> Number:
    reasons = {
        "upsell": _("That is upsell: more of what they buy already."),
        "repeat": _("That is repeat purchase."),
        "": _("That is all three ways together."),
    }
    there = set(room.analysis.require("conversion_rates")["kind"])
    return Number(
        _(
            "Cross-sell: of the opportunities of the earlier period, what share came true in the"
            " next?"
        ),
        right=_rate(room, "cross_sell"),
        share=True,
        within=0.001,
        decimals=1,
        why=_("To sell something they never bought from us is the hardest of the three ways."),
        mistakes=[
            (_rate(room, kind), text) for kind, text in reasons.items() if kind in (*there, "")
        ],
        hints=[
            _("The finding names the three ways one after the other."),
            _("In the table: those that came true, by the opportunities, of all its rows."),
        ],
    )


@question("08.how_much_comes", lesson=8, objective="expect", part="trap")
def _how_much_comes(room: Room) -> Number:
    table = room.analysis.require("opportunities")
    amount = float(table["open_amount"].sum())
    if amount <= 0:
        raise MissingTable(
            _("Nothing is open at the key accounts."),
            remedy=_("Add what they spend to the table wallet."),
        )
    return Number(
        _(
            "All gaps of the planned accounts together: how many per cent of that money come in"
            " during the next period, judged by what came true before?"
        ),
        # in per cent: small shares are not told from per cent when they are typed
        right=100 * float(table["growth_middle"].sum()) / amount,
        within=0.11,
        decimals=1,
        unit=_("per cent"),
        why=_(
            "A gap is what they buy elsewhere, and they mostly go on doing so. The list tells where"
            " to begin to ask, not what to put into the budget."
        ),
        mistakes=[
            (100, _("That would be every gap, all of it, in one period.")),
            (50, _("Half of it? See how few of them came true.")),
            (
                100 * _rate(room),
                _("So many came true. But of each only a part came, and large ones came less."),
            ),
        ],
        hints=[
            _("The finding on whitespace has both amounts."),
            _("What comes in, by what is open."),
        ],
    )


def _step_points(room: Room) -> list[Point]:
    """Return what the text is to do."""
    return [
        words(25),
        has_account(room.names),
        has_number(),
        mentions(
            _("says the first step: whom or what to ask"),
            *("ask", "call", "meet", "visit", "talk", "speak", "show", "offer", "invite"),
            *("contact", "find out", "spør", "ring", "møt", "besøk", "snakk", "vis", "tilby"),
            *("inviter", "kontakt", "finn"),
            unmet=_("Say what the first step is: whom do you ask, and what?"),
        ),
        says_when(),
    ]


def _step_mistakes() -> list[tuple[Any, ...]]:
    """Return the mistakes that are expected."""
    return [
        (
            claims("whole gap", "all of it", "all of the gap", "hele gapet", "alt sammen"),
            _("Hardly any gap closes as a whole. What do you expect?"),
            _ALL,
        ),
        (
            claims("everything to all", "alt til alle"),
            _("One account, one group, one step: then somebody can do it."),
            _EVERYBODY,
        ),
    ]


@question("08.next_step", lesson=8, objective="whitespace", part="write")
def _next_step(room: Room) -> Text:
    first = room.analysis.require("opportunities").head(1)
    row = first.iloc[0] if len(first) else None
    account = "" if row is None else str(row["account_id"])
    return Text(
        _(
            "Write: at one account, what could they buy, how much of it do you expect, and what"
            " now?"
        ),
        points=_step_points(room),
        model=_(
            "{name} could buy more from us: {item}. Few such gaps close by themselves, so I expect"
            " a small part of it, at most 1 in 10. Within two weeks we ask their buyer what they"
            " get from others that we do not give.",
            name=room.names.get(account) or account or next(iter(room.names.values()), ""),
            item=_("a product group") if row is None else str(row["item"]),
        ),
        heading=_("Where there is more to sell"),
        why=_("It is in your plan."),
        mistakes=_step_mistakes(),
        hints=[
            _("Take a row of the opportunities: it has the account, the group and a next step."),
            _("How many of such opportunities came true so far?"),
        ],
    )


_WAYS = ("again", "more", "new")


@question("08.three_ways", lesson=8, objective="ways", part="quiz")
def _three_ways(_room: Room) -> Match:
    return Match(
        _("Which way to grow is it?"),
        items={
            "gloves": _("They bought gloves from us until last year, and no longer."),
            "tools": _("They buy tools from us, and twice as many from another."),
            "soap": _("They have never bought cleaning products from us."),
        },
        options={"again": _("repeat purchase"), "more": _("upsell"), "new": _("cross-sell")},
        right=dict(zip(("gloves", "tools", "soap"), _WAYS, strict=True)),
        why=_("Bought before, buys less than they could, never bought: three different talks."),
        mistakes=[
            (
                dict(zip(("gloves", "tools", "soap"), ("new", "more", "again"), strict=True)),
                _("What they bought before they can buy again; what they never bought is new."),
            ),
            (
                dict(zip(("gloves", "tools", "soap"), ("more", "again", "new"), strict=True)),
                _("More of what they buy now is upsell; what has stopped is to be won back."),
            ),
        ],
        hints=[_("Ask of each: before, now, or never?")],
    )


@question("08.both_sides", lesson=8, objective="ways", part="quiz")
def _both_sides(_room: Room) -> Match:
    return Match(
        _("The customer’s word and the seller’s word for the same thing:"),
        items={
            "again": _("repeat purchase (gjenkjøp)"),
            "more": _("buying more (merkjøp)"),
            "new": _("additional purchase (tilleggskjøp)"),
        },
        options={
            "resell": _("repeat sale (gjensalg)"),
            "upsell": _("upsell (mersalg)"),
            "cross": _("cross-sell (tilleggssalg, kryssalg)"),
        },
        right={"again": "resell", "more": "upsell", "new": "cross"},
        why=_("The customer buys, the seller sells. A plan that says which one is read rightly."),
        mistakes=[
            (
                {"again": "upsell", "more": "resell", "new": "cross"},
                _("Again is the same once more; more is a larger part of what they need."),
            ),
            (
                {"again": "resell", "more": "cross", "new": "upsell"},
                _("More of the same group is upsell; another group is cross-sell."),
            ),
        ],
        hints=[_("The first part of the Norwegian words is the same on both sides.")],
    )


@question("08.wallet_sum", lesson=8, objective="wallet", part="quiz")
def _wallet_sum(room: Room) -> Number:
    step = room.seed % 4
    ours, other, unknown, idle = 300 + 100 * step, 200 + 50 * step, 100, 400
    return Number(
        _(
            "A customer spends 800 on tools, {ours} of it with us; {other} on chemicals, with a"
            " competitor; {unknown} on clothes, nobody knows where; and {idle} on fuel, which we"
            " do not sell (NOK thousand). What is our share of their wallet?",
            ours=number(ours),
            other=number(other),
            unknown=number(unknown),
            idle=number(idle),
        ),
        right=ours / (800 + other + unknown),
        share=True,
        within=0.003,
        decimals=1,
        why=_("What we do not sell is not in the wallet; what nobody knows is."),
        mistakes=[
            (ours / 800, _("That is our share of the tools only.")),
            (ours / (800 + other + unknown + idle), _("Fuel is not in the wallet.")),
            (ours / (800 + other), _("The clothes are spent too, wherever that is.")),
        ],
        hints=[_("First the wallet: all they spend on what we could sell them.")],
    )


@question("08.first_place", lesson=8, objective="wallet", part="quiz")
def _first_place(room: Room) -> Number:
    suppliers = 3 + room.seed % 2
    return Number(
        _(
            "There is no wallet table. A customer has {n} suppliers and puts us first. What share"
            " of wallet goes with that, by the wallet allocation rule?",
            n=number(suppliers),
        ),
        right=(1 - 1 / (suppliers + 1)) * 2 / suppliers,
        share=True,
        within=0.005,
        decimals=0,
        why=_("A rule of thumb from surveys: good for a first guess, not for a budget."),
        mistakes=[
            (1 / suppliers, _("That would be equal parts. The first place is worth more.")),
            (1.0, _("The first is not the only one.")),
            (1 - 1 / (suppliers + 1), _("One factor is missing: 2 by the number of suppliers.")),
        ],
        hints=[_("(1 − place / (suppliers + 1)) × 2 / suppliers")],
    )


@question("08.unknown_cell", lesson=8, objective="whitespace", part="quiz")
def _unknown_cell(_room: Room) -> Choice:
    return Choice(
        _("A cell of the grid says “unknown”, with an amount. What do you do first?"),
        options={
            "find": _("Ask the customer who serves it."),
            "offer": _("Send an offer."),
            "skip": _("Leave it: what is unknown cannot be planned."),
        },
        right="find",
        why=_("The answer may be a competitor, themselves, or nobody: three different offers."),
        mistakes=[
            ("offer", _("Against whom? You do not know yet what they compare it with.")),
            ("skip", _("A question costs nothing, and the amount may be large.")),
        ],
        hints=[_("What do you lack to write a good offer?")],
    )
