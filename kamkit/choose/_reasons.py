"""Why an account is on the list, or is not: the facts that speak for it and against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamkit.choose._score import filled
from kamkit.choose.exceptions import kept_because
from kamkit.language import gettext as _
from kamkit.language import number, percent, signed
from kamkit.money import scaled
from kamkit.schema import check, find, kind, total_of, written

if TYPE_CHECKING:
    from kamkit.choose._score import Scores
    from kamkit.choose.criteria import Criterion

Facts = dict[Any, Any]
_FOR = 3
_LEAST_POINTS = 2.0
_FAR = 10
_MADE_OF = ("contribution", "cost_to_serve")
_RANK = "_rank_"
_TEXTS = ("reasons", "against")
_TOLD = (*_MADE_OF, "discount_share", "rhythm_state", "effect", "members", "only_as_whole")
_BLOCK = 20_000
"""Words are made for so many accounts at a time: as Python's own, facts take far more room."""


@dataclass(frozen=True)
class Part:
    """What one criterion does for one account: ``difference`` is in points from the mean one."""

    criterion: Criterion
    value: float
    rating: float
    difference: float
    missing: bool


@dataclass(frozen=True)
class _Words:
    """How amounts are written: their currency and period, among how many, and what is usual."""

    currency: str
    period: str
    accounts: int
    discount: float = 0.0


def reasons(
    scores: Scores, accounts: pd.DataFrame, *, currency: str = "", period: str = ""
) -> pd.DataFrame:
    """Return what speaks for each account and against it, in words made from its numbers.

    One row per account, best score first: ``account_id``, ``reasons`` (too important to leave out
    with its share, see ``with_exceptions``; a chain that is key only as
    a whole, a place by profit far better than by revenue, and the criteria that give most points
    above the mean account, each with its number) and ``against`` (a requirement that is not met,
    with the numbers behind it; late; a treatment that does not pay; criteria far below the mean;
    what nobody has judged). Empty where there is nothing to say. ``period`` is the period of the
    accounts in words: amounts of it name it.

    >>> from kamkit.choose.criteria import data_criteria
    >>> from kamkit.choose._score import score
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "revenue": [9.0, 1.0], "profit": [2.0, -1.0]})
    >>> found = reasons(score(two, data_criteria(two), {"profit": 1}), two)
    >>> found.loc[1, "against"]
    'customer profit −1, below what is asked for: number 2 of 2, and number 2 by revenue'
    """
    check(accounts, ("account_id",), what=_("accounts"), each="account_id")
    names = [criterion.name for criterion in scores.criteria]
    points = scores.points()
    mean = points.sort_index().mean()
    sentences = [name for name in _TOLD if name in accounts]
    ranked = _ranked(accounts, sentences)
    say = _Words(currency, period, len(ranked), _usual_discount(accounts))
    listed = scores.table[["account_id", "failed", "weight_known"]].copy()
    listed["kept"] = kept_because(scores, accounts)
    listed["unpaid"] = scores.table.get("unpaid", False)
    tables = [pd.DataFrame(columns=["account_id", *_TEXTS], dtype="str")]
    for start in range(0, len(listed), _BLOCK):
        block = listed.iloc[start : start + _BLOCK]
        ids = block["account_id"]
        rated = scores.ratings.loc[ids, names]
        each = zip(
            block.itertuples(index=False),
            ranked.loc[ids].to_dict("records"),
            scores.values.loc[ids, names].to_numpy(dtype=float).tolist(),
            filled(rated, scores.missing).to_numpy(dtype=float).tolist(),
            (points.loc[ids, names] - mean[names]).to_numpy(dtype=float).tolist(),
            rated.isna().to_numpy().tolist(),
            strict=True,
        )
        rows: list[tuple[str, str]] = []
        for (_account, failed, share_known, kept, unpaid), one, *measured in each:
            parts = [Part(*part) for part in zip(scores.criteria, *measured, strict=True)]
            against = _against(parts, one, failed, say) + _unsure(share_known, unpaid)
            reasons_for = [*filter(None, [kept]), *_for(parts, one, say)]
            rows.append(("; ".join(reasons_for), "; ".join(against)))
        texts = pd.DataFrame(rows, columns=list(_TEXTS), dtype="str")
        texts.insert(0, "account_id", ids.to_numpy())
        tables.append(texts)
    return pd.concat(tables, ignore_index=True)


def _unsure(share_known: float, unpaid: bool) -> list[str]:
    """Say what part of the score rests on nothing, and that the treatment may not pay."""
    sentences = []
    if share_known < 1 - 1e-9:
        share = percent(1 - share_known, 0)
        sentences.append(_("{share} of the weight rests on nothing known", share=share))
    if unpaid:
        sentences.append(_("its treatment is not expected to pay"))
    return sentences


def _usual_discount(accounts: pd.DataFrame) -> float:
    """Return the discount of all accounts together, as a share of the list amount."""
    if not {"discount_share", "revenue"} <= set(accounts):
        return 0.0
    share = accounts["discount_share"].astype("float64").fillna(0.0).clip(upper=0.99)
    listed = accounts["revenue"].astype("float64").clip(lower=0.0) / (1 - share)
    return float((listed * share).sum() / listed.sum()) if listed.sum() > 0 else 0.0


def _ranked(accounts: pd.DataFrame, told: list[str]) -> pd.DataFrame:
    """Return what words are made of, by account: facts, and the places by what it brings."""
    ranks = {
        f"{_RANK}{name}": accounts[name].rank(ascending=False, method="first")
        for name in ("revenue", "contribution", "profit")
        if name in accounts
    }
    return accounts[["account_id", *told]].assign(**ranks).set_index("account_id")


def _for(parts: list[Part], one: Facts, say: _Words) -> list[str]:
    sentences = _chain(one)
    best = _rank(one, "profit") or _rank(one, "contribution")
    largest = _rank(one, "revenue")
    if best and largest and best * 2 <= largest and largest - best >= _FAR:
        sentences.append(
            _(
                "number {best} by {what}, though only number {largest} by revenue",
                best=number(best),
                what=total_of("profit" if _rank(one, "profit") else "contribution"),
                largest=number(largest),
            )
        )
    best_first = sorted(parts, key=lambda part: -part.difference)
    sentences += [
        _fact(part, one, say)
        for part in best_first[:_FOR]
        if part.difference >= _LEAST_POINTS and not part.missing
    ]
    return sentences


def _against(parts: list[Part], one: Facts, failed: str, say: _Words) -> list[str]:
    sentences = [_failed(part, one, say) for part in parts if part.criterion.name == failed]
    if one.get("rhythm_state") == "late":
        sentences.append(_("late against its own rhythm"))
    if one.get("effect") == "lost":
        sentences.append(_("bought nothing in the later period"))
    sentences += [
        _fact(part, one, say)
        for part in sorted(parts, key=lambda part: part.difference)[:2]
        if part.difference <= -_LEAST_POINTS and not part.missing and part.criterion.name != failed
    ]
    return sentences


def _chain(one: Facts) -> list[str]:
    members: float = one.get("members", 1.0)
    if not members >= 2:  # a missing number too
        return []
    if bool(one.get("only_as_whole", False)):
        return [
            _(
                "{n} accounts counted as one: none of them is in class A alone, together they are "
                "number {rank} by revenue",
                n=number(members),
                rank=number(_rank(one, "revenue")),
            )
        ]
    return [_("{n} accounts counted as one", n=number(members))]


def _failed(part: Part, one: Facts, say: _Words) -> str:
    text = _(
        "{criterion} {value}, below what is asked for: number {rank} of {of}, and number "
        "{largest} by revenue",
        criterion=part.criterion.label,
        value=_amount(part, say),
        rank=number(_rank(one, part.criterion.source)),
        of=number(say.accounts),
        largest=number(_rank(one, "revenue")),
    )
    if part.criterion.name == "profit" and all(pd.notna(one.get(name)) for name in _MADE_OF):
        text = _(
            "{text}; it contributes {contribution} and costs {cost} to serve",
            text=text,
            contribution=_amount_of(float(one["contribution"]), "contribution", say),
            cost=_amount_of(float(one["cost_to_serve"]), "cost_to_serve", say),
        )
    if part.criterion.name == "profit" and one.get("discount_share", 0.0) > say.discount > 0:
        usual = percent(say.discount, 0)
        if say.period:
            usual = _("{amount} ({period})", amount=usual, period=say.period)
        return _(
            "{text}; its discount is {share}, usual is {usual}",
            text=text,
            share=percent(float(one["discount_share"]), 0),
            usual=usual,
        )
    return text


def _amount(part: Part, say: _Words) -> str:
    return _amount_of(part.value, part.criterion.source, say)


def _amount_of(value: float, name: str, say: _Words) -> str:
    """Write an amount, with its period where that is the period of the accounts."""
    amount = scaled(value, say.currency)
    column = find(name)
    if say.period and column and column.period == "ledger":
        return _("{amount} ({period})", amount=amount, period=say.period)
    return amount


def _fact(part: Part, one: Facts, say: _Words) -> str:
    criterion, value = part.criterion, part.value
    facts = {"criterion": criterion.label}
    if criterion.kind == "judgement":
        return _("{criterion} {rating} of 5", rating=number(part.rating, 1), **facts)
    if criterion.name == "growth":
        return _("{criterion} {change}", change=signed(value), **facts)
    if criterion.name == "payment":
        return _("pays after {n} days", n=number(value))
    if criterion.name == "loyalty":
        return _("bought in {share} of the months", share=percent(value, 0))
    if find(criterion.name) and kind(criterion.name) != "money":
        return _("{criterion} {amount}", amount=written(value, criterion.name), **facts)
    amount = _amount(part, say)
    rank = _rank(one, criterion.source)
    if rank:
        return _("{criterion} {amount}, number {rank}", amount=amount, rank=number(rank), **facts)
    return _("{criterion} {amount}", amount=amount, **facts)


def _rank(one: Facts, name: str) -> int:
    rank = one.get(f"{_RANK}{name}")
    return int(rank) if rank is not None and pd.notna(rank) else 0
