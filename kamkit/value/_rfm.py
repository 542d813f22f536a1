"""Recency, frequency and money: scores from 1 to 5 with visible cut points, and segments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.errors import ParameterError
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.output.wording import capital
from kamkit.periods import Period
from kamkit.schema import takes, word
from kamkit.value._rhythm import rhythm
from kamkit.value.comparison import checked_choice
from kamkit.value.history import check_source, ledger_totals, names, summary
from kamkit.value.occasions import purchase_days

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kamkit.case import Case

MEASURES = {"recency": "recency_days", "frequency": "frequency_orders", "monetary": "monetary"}
"""What is scored, and the column that holds it."""

_SCORES = (1, 2, 3, 4, 5)
_SHARES = (0.2, 0.4, 0.6, 0.8)
_NAMED = 3
_OFTEN, _LATELY_NOT = 3, 2
_YEAR = pd.Timedelta(days=365)
_SILENT = ("late", "season_missed", "lost")
_FACTS = ("account_id", "rfm_score", "rfm_segment")


@dataclass(frozen=True)
class Segment:
    """A segment: its code, the scores, from and to, that belong to it, and what else it takes.

    ``only`` is empty, ``new`` (first bought within a year, after a year without) or ``late`` (by
    the account's own rhythm, its season or for more than a year).

    >>> Segment("rfm_champions", recency=(4, 5), frequency=(4, 5), monetary=(4, 5)).holds(5, 4, 4)
    True
    """

    name: str
    recency: tuple[int, int] = (1, 5)
    frequency: tuple[int, int] = (1, 5)
    monetary: tuple[int, int] = (1, 5)
    only: str = ""

    def holds(self, r: int, f: int, m: int, *, facts: Collection[str] = ()) -> bool:
        """Tell whether three scores, and the facts there are, belong to the segment."""
        ranges = (self.recency, self.frequency, self.monetary)
        return (not self.only or self.only in facts) and all(
            low <= score <= high for score, (low, high) in zip((r, f, m), ranges, strict=True)
        )


SEGMENTS = (
    Segment("rfm_champions", recency=(4, 5), frequency=(4, 5), monetary=(4, 5)),
    Segment("rfm_loyal", recency=(3, 5), frequency=(4, 5)),
    Segment("rfm_big_seldom", recency=(3, 5), frequency=(1, 3), monetary=(4, 5)),
    Segment("rfm_new", recency=(4, 5), frequency=(1, 3), only="new"),
    Segment("rfm_recent", recency=(4, 5), frequency=(1, 3)),
    Segment("rfm_between", recency=(3, 3)),
    Segment("rfm_win_back", recency=(1, 2), frequency=(4, 5), monetary=(4, 5), only="late"),
    Segment("rfm_slipping", recency=(1, 2), frequency=(3, 5), only="late"),
    Segment("rfm_less_recent", recency=(1, 2), frequency=(3, 5)),
    Segment("rfm_sleeping_big", recency=(1, 2), frequency=(1, 2), monetary=(4, 5)),
    Segment("rfm_sleeping", recency=(1, 2), frequency=(1, 2)),
)
"""The segments in order: an account belongs to the first that holds its scores and facts."""


@takes(rhythms="account_id rhythm_state")
def rfm(
    source: Case | pd.DataFrame,
    *,
    as_of: dt.date | None = None,
    cuts: Mapping[str, Sequence[float]] | None = None,
    segments: Sequence[Segment] = SEGMENTS,
    rhythms: pd.DataFrame | None = None,
) -> Finding:
    """Score each account by how lately, how often and for how much it bought.

    ``source`` is a case or its table of purchase days. The table has one row per account with a
    line, by number: ``account_id`` (and name); ``recency_days``, from the last purchase to
    ``as_of`` (the last day of the ledger); ``frequency_orders``, days with a purchase;
    ``monetary``, the net amount, so that the money of all accounts adds up to the ledger;
    ``first_date``, the first purchase (or ``since`` in the table of accounts, where earlier);
    ``rhythm_state``, that of ``rhythm`` (its table may be given as ``rhythms``);
    ``r_score``, ``f_score``, ``m_score`` from 1 to 5, 5 is best; ``rfm_score`` such as 5-4-4; and
    ``rfm_segment``, the first of ``segments`` that holds the scores and the facts: only accounts
    whose first purchase lies within a year, after a year of the ledger without one, are ``new``,
    and only those ``late`` by their own rhythm are slipping away. An account with nothing left
    after returns has no recency, no orders and the lowest of these two scores.

    A score is a place among the accounts, a fifth of them for each, unless ``cuts`` gives four
    rising values for a measure, where a value at a cut point belongs to the lower side of the
    number line. Equal values get equal scores, that of the middle of their places: a value that
    all share has a score of 3. Where many accounts share a value, scores are missing, and a
    caveat says so. The values behind the scores are shown by ``cut_points``.

    Raises ``ParameterError`` for cut points that do not rise or segments that leave scores out or
    can never be reached, ``LedgerError`` where nothing was bought by ``as_of``. Source: Hughes
    (1994), Strategic Database Marketing.

    >>> from kamkit import open_case
    >>> table = rfm(open_case("fjordgross")).table
    >>> int(table["rfm_segment"].notna().sum()) == len(table)
    True
    """
    check_source(source)
    check_segments(segments)
    table, new = _measured(source, as_of)
    states = rhythm(source, as_of=as_of) if rhythms is None else rhythms
    table["rhythm_state"] = table["account_id"].map(states.set_index("account_id")["rhythm_state"])
    for given in cuts or {}:
        checked_choice(given, MEASURES, "cuts")
    for name, column in MEASURES.items():
        table[f"{name[0]}_score"] = _score(table[column], name, (cuts or {}).get(name))
    scores = list(zip(table["r_score"], table["f_score"], table["m_score"], strict=True))
    table["rfm_score"] = [f"{r}-{f}-{m}" for r, f, m in scores]
    facts = [_facts(*both) for both in zip(new, table["rhythm_state"], strict=True)]
    table["rfm_segment"] = [
        next(segment.name for segment in segments if segment.holds(*score, facts=known))
        for score, known in zip(scores, facts, strict=True)
    ]
    currency = "" if isinstance(source, pd.DataFrame) else source.currency
    return Finding("rfm", table, _text(table, currency), _caveats(table, cuts or ()))


def cut_points(table: pd.DataFrame) -> pd.DataFrame:
    """Return the values behind the scores of ``rfm``.

    One row per measure and score that occurs, the best score first: ``measure``, ``score_level``,
    ``from_value`` and ``to_value`` (the smallest and largest value with that score) and
    ``accounts``.

    >>> days = pd.DataFrame({"account_id": ["a", "b"], "day": pd.to_datetime(["2025-01-01"] * 2),
    ...     "amount": [5.0, 9.0]})
    >>> cut_points(rfm(days).table).query("measure == 'monetary'")["from_value"].tolist()
    [9.0, 5.0]
    """
    rows = []
    for name, column in MEASURES.items():
        groups = table.groupby(f"{name[0]}_score")[column]
        part = pd.DataFrame(
            {"from_value": groups.min(), "to_value": groups.max(), "accounts": groups.size()}
        )
        part = part.iloc[::-1].rename_axis("score_level").reset_index()
        part.insert(0, "measure", name)
        rows.append(part)
    return pd.concat(rows, ignore_index=True)


def segment_summary(table: pd.DataFrame, *, segments: Sequence[Segment] = SEGMENTS) -> pd.DataFrame:
    """Return one row per segment, in the order of the rules.

    Columns: ``rfm_segment``, ``accounts``, ``share_accounts``, ``revenue`` and ``share_revenue``
    (missing where the whole is not above zero); segments without an account have zeros. ``table``
    is that of ``rfm`` with the same ``segments``.

    Raises ``ParameterError`` where the table holds a segment that is not among them: its money
    would be left out.

    >>> days = pd.DataFrame({"account_id": ["a", "b"], "amount": [5.0, 9.0],
    ...     "day": pd.to_datetime(["2025-01-01", "2025-03-01"])})
    >>> found = segment_summary(rfm(days).table)
    >>> found.loc[found["accounts"] > 0, ["rfm_segment", "revenue"]].to_numpy().tolist()
    [['rfm_big_seldom', 9.0], ['rfm_less_recent', 5.0]]
    """
    names_of = list(dict.fromkeys(segment.name for segment in segments))
    unknown = sorted(set(table["rfm_segment"]) - set(names_of))
    if unknown:
        raise ParameterError(
            _("The table holds segments that are not among those given."),
            found=", ".join(unknown),
            wanted=", ".join(names_of),
            remedy=_("Give the segments that the table was made with."),
        )
    groups = table.groupby("rfm_segment")["monetary"]
    frame = pd.DataFrame({"accounts": groups.size(), "revenue": groups.sum()})
    frame = frame.reindex(names_of, fill_value=0)
    frame = frame.rename_axis("rfm_segment").reset_index()
    total = float(table["monetary"].sum())
    frame.insert(2, "share_accounts", frame["accounts"] / max(len(table), 1))
    frame["share_revenue"] = frame["revenue"] / total if total > 0 else np.nan
    return frame


def at_risk(table: pd.DataFrame) -> pd.Series[bool]:
    """Tell which accounts used to buy often and are late or lost (F 3 to 5, R 1 or 2).

    ``table`` is that of ``rfm``; one value per row of it.

    >>> at_risk(pd.DataFrame({"r_score": [2, 2, 1], "f_score": [3, 5, 2],
    ...     "rhythm_state": ["late", "on_time", "lost"]})).tolist()
    [True, False, False]
    """
    away = (table["f_score"] >= _OFTEN) & (table["r_score"] <= _LATELY_NOT)
    return away & table["rhythm_state"].isin(_SILENT)


def check_segments(segments: Sequence[Segment]) -> None:
    """Refuse segments that leave scores out, or that can never be reached.

    All 125 combinations of scores are tried, and each fact; without one no score may be left
    out. Raises ``ParameterError`` naming the first
    combinations without a segment, or the segments that those before them hide.

    >>> check_segments(SEGMENTS)
    >>> check_segments([Segment("good", recency=(2, 5))])
    Traceback (most recent call last):
    ...
    kamkit.errors.ParameterError: 25 of 125 scores belong to no segment.
      found:  R1 F1 M1, R1 F1 M2, R1 F1 M3 …
      do:     Add a last segment that takes them.
    """
    reached, gaps = set(), []
    for score, facts in product(product(_SCORES, repeat=3), ((), ("new",), ("late",))):
        holding = (n for n, one in enumerate(segments) if one.holds(*score, facts=facts))
        position = next(holding, None)
        reached.add(position)
        if position is None and not facts:
            gaps.append("R{} F{} M{}".format(*score))
    if gaps:
        raise ParameterError(
            ngettext(
                "{n} of 125 scores belongs to no segment.",
                "{n} of 125 scores belong to no segment.",
                len(gaps),
            ),
            found=", ".join(gaps[:_NAMED]) + (" …" if len(gaps) > _NAMED else ""),
            remedy=_("Add a last segment that takes them."),
        )
    hidden = [one.name for position, one in enumerate(segments) if position not in reached]
    if hidden:
        raise ParameterError(
            _("A segment can never be reached: those before it take all its scores."),
            found=", ".join(hidden),
            remedy=_("Move it up, or remove it."),
        )


def rfm_facts(case: Case) -> pd.DataFrame:
    """Return what the account table takes from ``rfm``; one row per account with a line.

    >>> from kamkit import open_case
    >>> rfm_facts(open_case("fjordgross")).columns.tolist()
    ['account_id', 'rfm_score', 'rfm_segment']
    """
    return rfm(case).table[list(_FACTS)]


def _measured(
    source: Case | pd.DataFrame, as_of: dt.date | None
) -> tuple[pd.DataFrame, pd.Series[bool]]:
    """Return the measures of each account, and which accounts are new."""
    known = None
    if isinstance(source, pd.DataFrame):
        history = summary(source, as_of=as_of)
        begin, end = source["day"].min(), pd.Timestamp(as_of or source["day"].max())
        sums = source[source["day"] <= end].groupby("account_id")["amount"].sum()
    else:
        whole, known = source.period, names(source)
        last = as_of or whole.end
        days = purchase_days(source, period=Period(min(whole.start, last), last))
        history = summary(days, as_of=last)
        begin, end = pd.Timestamp(whole.start), pd.Timestamp(last)
        sums = ledger_totals(source, as_of=last).set_index("account_id")["revenue"]
    history = history.set_index("account_id").reindex(sums.index)
    table = pd.DataFrame(
        {
            "recency_days": (end - history["last_date"]).dt.days.astype("float64"),
            "frequency_orders": (history["frequency"] + 1).fillna(0).astype("int64"),
            # crumbs of binary fractions would tell equal sums apart
            "monetary": sums.astype("float64").round(4),
        }
    )
    table["first_date"] = history["first_date"]
    table = table.rename_axis("account_id").reset_index()
    if known is not None:
        table.insert(1, "account_name", table["account_id"].map(known).to_numpy())
    if not isinstance(source, pd.DataFrame):
        table["first_date"] = _since(source, table)
    first = table["first_date"]
    return table, (first > end - _YEAR) & (first >= begin + _YEAR)


def _since(case: Case, table: pd.DataFrame) -> pd.Series[Any]:
    """Return the first purchase, or the day the account became one where that is earlier."""
    register = case.tables.get("accounts")
    if register is None or "since" not in register:
        return table["first_date"]
    since = pd.to_datetime(register.dropna(subset=["since"]).set_index("account_id")["since"])
    known = table["account_id"].map(since.groupby(level=0).min()).astype("datetime64[s]")
    return table["first_date"].where(
        table["first_date"].isna() | ~(known < table["first_date"]), known
    )


def _facts(new: bool, state: object) -> tuple[str, ...]:
    return (("new",) if new else ()) + (("late",) if state in _SILENT else ())


def _score(values: pd.Series[float], measure: str, cuts: Sequence[float] | None) -> pd.Series[int]:
    """Return the score of each value: one more for each cut point, or fifth, that it is above."""
    falling = measure == "recency"
    known = values.astype("float64")
    if cuts is None:
        # the middle of the places of equal values, from 0 to 1; of one account it is a half
        count = int(known.notna().sum())
        value = (known.rank(method="average") - 1) / (count - 1) if count > 1 else known * 0 + 0.5
        edges = np.asarray(_SHARES) + 1e-12
    else:
        value, edges = known, _checked(measure, cuts)
    value = value.fillna(np.inf if falling else -np.inf)
    position = np.searchsorted(edges, value.to_numpy(), side="left")
    return pd.Series(5 - position if falling else 1 + position, index=values.index, dtype="int64")


def _checked(measure: str, cuts: Sequence[float]) -> NDArray[np.float64]:
    edges = np.asarray([float(cut) for cut in cuts])
    if len(edges) != len(_SHARES) or not (np.diff(edges) > 0).all():
        raise ParameterError(
            _("The cut points of {name} are four rising values.", name=measure),
            found=", ".join(map(str, edges.tolist())),
            remedy=_("Give four numbers, the smallest first."),
        )
    return edges


def _text(table: pd.DataFrame, currency: str) -> str:
    sums = table.groupby("rfm_segment")["monetary"].sum()
    counts = table["rfm_segment"].value_counts()
    total = float(table["monetary"].sum())
    best = str(sums.sort_values(ascending=False, kind="stable").index[0])
    away = table[at_risk(table)]
    share = float(sums[best]) / total if total > 0 else float("nan")
    text = _(
        "Most revenue comes from the segment “{best}”: {share} from {n}.",
        best=word(best),
        share=percent(share),
        n=ngettext("{n} account", "{n} accounts", int(counts[best])),
    )
    if away.empty:
        return text
    late = ngettext(
        "{n} account that used to buy often, worth {amount} so far, is late or lost by its own "
        "rhythm.",
        "{n} accounts that used to buy often, worth {amount} so far, are late or lost by their own "
        "rhythm.",
        len(away),
        amount=scaled(float(away["monetary"].sum()), currency),
    )
    return joined(" ", [text, late])


def _caveats(table: pd.DataFrame, given: Container[str]) -> tuple[str, ...]:
    caveats = []
    for name, column in MEASURES.items():
        scores = table[f"{name[0]}_score"].nunique()
        if scores == len(_SCORES) or len(table) < len(_SCORES):
            continue
        facts = {"measure": capital(word(name)), "n": number(scores)}
        if name in given:
            caveats.append(
                _(
                    "{measure} has only {n} of 5 scores: the cut points that were given leave the "
                    "others empty.",
                    **facts,
                )
            )
            continue
        counts = table[column].value_counts()
        most = float(counts.index[0])
        caveats.append(
            _(
                "{measure} has only {n} of 5 scores: {share} of the accounts have the value "
                "{value}.",
                share=percent(float(counts.iloc[0]) / len(table), 0),
                value=number(most, 0 if most.is_integer() else 2),
                **facts,
            )
        )
    return tuple(caveats)
