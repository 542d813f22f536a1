"""Would the model have foreseen what came? A forecast of weeks that it has not seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.errors import ParameterError, PeriodError
from kamkit.language import gettext as _
from kamkit.language import joined, ngettext, number, signed
from kamkit.output.finding import Finding
from kamkit.periods import day
from kamkit.schema import word
from kamkit.value.forecast import explained
from kamkit.value.history import DAYS_PER_WEEK, check_source, summary_and_days
from kamkit.value.occasions import purchase_days
from kamkit.value.outlook import Outlook, outlook
from kamkit.value.spread import UNTESTED, Spread, learned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kamkit.case import Case

    Floats = NDArray[np.float64]

_LONGEST_WEEKS = 52
_LEAST_WEEKS = 4
_TENTH = 0.1
_POINTS = 12
_DRAWS = 200
_SAMPLE = 2_000
_ENOUGH_ACCOUNTS = 100
_NO_BETTER = 0.5
_HALF = 0.5


@dataclass(frozen=True, repr=False)
class HoldOut(Finding):
    """The finding of ``holdout`` with what lies behind it.

    ``accounts`` has one row per account: ``account_id``, ``actual``, ``model``, ``naive``, repeat
    purchases in the weeks held out; ``actual_revenue``, ``model_revenue``, what it bought for and
    what was foreseen; ``recent_revenue``, what it bought for in as many weeks before.
    ``tracking`` has one row per week of the ledger: ``week``, its number; ``actual``, ``model``
    and ``naive``, cumulative repeat purchases of the same accounts, the forecasts from the last
    week that was known. ``at`` is the last day known and ``weeks`` what came after it. ``model``
    is the one that the earlier part alone led to. ``revenue_error`` is predicted less actual as a
    share of actual. ``spread`` tells how much wider than chance the forecast has to be,
    ``covered`` in which share of the accounts the interval of 80 % held what came, without that,
    and ``covered_widened`` with it. ``rank_model`` and ``rank_recent`` are the rank correlations
    of what was foreseen, and of what was bought just before, with what came, in money.
    """

    accounts: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    tracking: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    at: dt.date = dt.date.min
    weeks: float = float("nan")
    model: str = ""
    revenue_error: float = float("nan")
    spread: Spread = UNTESTED
    covered: float = float("nan")
    covered_widened: float = float("nan")
    rank_model: float = float("nan")
    rank_recent: float = float("nan")

    @property
    def trust(self) -> float:
        """How well the forecast tells the accounts apart, from 0 to 1.

        The rank correlation of what was foreseen and what came; half of it where what an account
        bought just before tells as much; less in proportion with fewer than 100 accounts.
        """
        if not self.rank_model > 0:
            return 0.0
        better = 1.0 if not self.rank_recent >= self.rank_model else _NO_BETTER
        return self.rank_model * better * min(1.0, len(self.accounts) / _ENOUGH_ACCOUNTS)


def holdout(
    source: Case | pd.DataFrame, *, model: str = "auto", at: dt.date | None = None
) -> HoldOut:
    """Fit on the earlier part of the ledger, foresee the later part, and compare with a naive rule.

    The naive rule lets every account buy as often per week as it did before. ``at`` is the last
    day of the earlier part; without it the last third of the ledger is held out, at most 52 weeks.
    Only accounts that had bought by then count, their repeat occasions only. ``source`` is a case
    or its table of purchase occasions; ``model`` as in ``lifetime_value``: ``auto`` is decided on
    the earlier part alone.

    The table has one row per forecast (``model``, ``naive``): ``forecast``; ``actual`` and
    ``predicted``, purchases of all accounts; ``error``, predicted less actual as a share of
    actual; ``absolute_error``, its mean per account in purchases; ``rank_correlation`` (Spearman);
    ``top_tenth_found``, purchases of the tenth of the accounts that is foreseen to buy most, as a
    share of those of the tenth that did.

    Raises ``ParameterError`` when fewer than four weeks are left on either side of ``at``,
    ``PeriodError`` when the ledger is too short for that, and what the fit raises. Source: the
    design of Fader, Hardie and Lee (2005); the naive rule beat models in Wübben and von Wangenheim
    (2008).

    >>> from kamkit import open_case
    >>> found = holdout(open_case("cdnow"), model="bg_nbd", at=dt.date(1997, 9, 30))
    >>> errors = found.table["error"].abs()
    >>> bool(errors[0] < errors[1])
    True
    """
    check_source(source)
    days = source if isinstance(source, pd.DataFrame) else purchase_days(source)
    first, last = _ends(source)
    given, at = at is not None, at or _default(first, last)
    weeks = (last - at).days / DAYS_PER_WEEK
    _long_enough((at - first).days / DAYS_PER_WEEK, weeks, given)
    known, before = summary_and_days(source, as_of=at)
    fitted = outlook(known, before, at, model=model)
    accounts = _accounts(known, fitted, (before, days[days["day"] > pd.Timestamp(at)]), at, weeks)
    table = pd.DataFrame([_measured(accounts, name) for name in ("model", "naive")])
    text = _text(table, fitted.repeat.name, len(known), at, weeks)
    spread, covered, widened = _spread(accounts, fitted, weeks)
    foreseen, came = accounts["model_revenue"], accounts["actual_revenue"]
    return HoldOut(
        "holdout",
        table,
        text,
        (explained(fitted.repeat.name),),
        accounts,
        _tracking(known, fitted, days, (first, at, last)),
        at,
        weeks,
        fitted.repeat.name,
        float(foreseen.sum() / came.sum() - 1) if came.sum() > 0 else float("nan"),
        spread,
        covered,
        widened,
        _spearman(came, foreseen),
        _spearman(came, accounts["recent_revenue"]),
    )


def _ends(source: Case | pd.DataFrame) -> tuple[dt.date, dt.date]:
    if isinstance(source, pd.DataFrame):
        return source["day"].min().date(), source["day"].max().date()
    return source.period.start, source.period.end


def _default(first: dt.date, last: dt.date) -> dt.date:
    held = min((last - first).days // 3 // DAYS_PER_WEEK, _LONGEST_WEEKS)
    return last - dt.timedelta(weeks=held)


def _long_enough(before: float, after: float, given: bool) -> None:
    if min(before, after) < _LEAST_WEEKS:
        raise (ParameterError if given else PeriodError)(
            _("There are too few weeks to fit on one part of the ledger and test on the other."),
            found=_(
                "{before} weeks before, {after} after",
                before=number(before, 1),
                after=number(after, 1),
            ),
            wanted=_("at least {n} weeks on either side", n=_LEAST_WEEKS),
            remedy=_("Choose another day, or use a longer ledger."),
        )


def _accounts(
    known: pd.DataFrame,
    fitted: Outlook,
    days: tuple[pd.DataFrame, pd.DataFrame],
    at: dt.date,
    weeks: float,
) -> pd.DataFrame:
    before, later = days
    just = before[before["day"] > pd.Timestamp(at) - pd.Timedelta(weeks=weeks)]
    bought = known["account_id"].map(later.groupby("account_id").size())
    sums = [
        known["account_id"].map(part.groupby("account_id")["amount"].sum()).fillna(0.0).to_numpy()
        for part in (later, just)
    ]
    return pd.DataFrame(
        {
            "account_id": known["account_id"],
            "actual": bought.fillna(0).astype(np.int64).to_numpy(),
            "model": fitted.purchases(weeks),
            "naive": _per_week(known) * weeks,
            "actual_revenue": sums[0],
            "model_revenue": fitted.revenue(weeks),
            "recent_revenue": sums[1],
        }
    )


def _spread(accounts: pd.DataFrame, fitted: Outlook, weeks: float) -> tuple[Spread, float, float]:
    """Return the spread that the test asks for, and what the intervals held without and with it.

    Of more than 2,000 accounts every k-th is looked at. The spread is learned from those that are
    more likely active than gone: the others are held by 0 to 0 however wide the rest is.
    """
    rng = np.random.default_rng(1)
    sets = fitted.drawn(_DRAWS, rng)
    some = slice(0, len(accounts), max(1, len(accounts) // _SAMPLE))
    futures = fitted.futures(sets, weeks, 0.0, some, rng)
    came, mean = (
        accounts[name].to_numpy(dtype=float) for name in ("actual_revenue", "model_revenue")
    )
    totals = (float(came.sum()), float(mean.sum()))
    came, mean = came[some], mean[some]
    active = fitted.alive()[some] > _HALF
    spread = learned(futures[:, active], mean[active], came[active], totals, weeks)
    wider = spread.widened(futures, spread.factors(_DRAWS, rng), rng)
    held = []
    for one, drawn in ((Spread(0.0, 0.0, weeks), futures), (spread, wider)):
        low, high = one.ends(drawn, mean)
        held.append(float(((low <= came) & (came <= high)).mean()))
    return spread, held[0], held[1]


def _per_week(known: pd.DataFrame) -> Floats:
    age = known["age"].to_numpy(dtype=float)
    rate: Floats = known["frequency"].to_numpy(dtype=float) / np.where(age > 0, age, np.inf)
    return rate


def _measured(accounts: pd.DataFrame, name: str) -> dict[str, object]:
    actual, predicted = accounts["actual"], accounts[name]
    total = float(actual.sum())
    return {
        "forecast": name,
        "actual": int(total),
        "predicted": float(predicted.sum()),
        "error": float(predicted.sum()) / total - 1 if total else float("nan"),
        "absolute_error": float((predicted - actual).abs().mean()),
        "rank_correlation": _spearman(actual, predicted),
        "top_tenth_found": _share_in_tenth(accounts, name),
    }


def _spearman(one: pd.Series[Any], other: pd.Series[float]) -> float:
    ranks, its = one.rank(), other.rank()
    if ranks.nunique() < 2 or its.nunique() < 2:
        return float("nan")
    return float(np.corrcoef(ranks, its)[0, 1])


def _share_in_tenth(accounts: pd.DataFrame, name: str) -> float:
    size = max(1, round(_TENTH * len(accounts)))
    best = accounts["actual"].nlargest(size).sum()
    order = accounts.sort_values([name, "account_id"], ascending=[False, True])
    return float(order["actual"].head(size).sum() / best) if best else float("nan")


def _text(table: pd.DataFrame, name: str, n: int, at: dt.date, weeks: float) -> str:
    model, naive = table.iloc[0], table.iloc[1]
    facts = {
        "weeks": number(weeks),
        "day": day(at),
        "accounts": ngettext("{n} account", "{n} accounts", n),
        "actual": number(model["actual"]),
        "name": word(name),
        "model": number(model["predicted"]),
        "naive": number(naive["predicted"]),
        "error": signed(model["error"], 1),
        "its": signed(naive["error"], 1),
        "mean": number(model["absolute_error"], 2),
        "other": number(naive["absolute_error"], 2),
    }
    sentence = _(
        "Tested on the {weeks} weeks after {day}, which the model had not seen: {accounts} bought "
        "{actual} times again. {name} expected {model} ({error}) and was {mean} purchases off per "
        "account; the naive rule “as often as before” expected {naive} ({its}) and was {other} "
        "off.",
        **facts,
    )
    return joined(" ", [sentence, _winner(model, naive)])


def _winner(model: pd.Series[float], naive: pd.Series[float]) -> str:
    total = abs(model["predicted"] - model["actual"]) < abs(naive["predicted"] - naive["actual"])
    single = model["absolute_error"] < naive["absolute_error"]
    if total and single:
        return _("The model is better both on the total and account by account.")
    if total:
        return _("The model is better on the total, the naive rule account by account.")
    if single:
        return _("The model is better account by account, the naive rule on the total.")
    return _("The naive rule is better on both: do not rely on the model here.")


def _tracking(
    known: pd.DataFrame, fitted: Outlook, days: pd.DataFrame, ends: tuple[dt.date, dt.date, dt.date]
) -> pd.DataFrame:
    """Return the cumulative repeat purchases week by week, counted from the last day known."""
    from scipy.interpolate import PchipInterpolator

    first, at, last = ends
    cut, start = pd.Timestamp(at), days.groupby("account_id")["day"].transform("min")
    again = days.loc[(start <= cut) & (days["day"] > start), "day"]
    repeats = (again - cut).dt.days.to_numpy()
    before, after = (-((first - at).days // DAYS_PER_WEEK), -((at - last).days // DAYS_PER_WEEK))
    weeks = np.arange(1 - before, after + 1)
    # the last week may be cut short by the end of the ledger
    until = np.minimum(weeks * DAYS_PER_WEEK, (last - at).days)
    actual = np.searchsorted(np.sort(repeats), until, side="right")
    ahead = until[weeks >= 0] / DAYS_PER_WEEK
    points = np.linspace(0, ahead[-1], _POINTS + 1)
    sums = [0.0, *(float(fitted.purchases(float(point)).sum()) for point in points[1:])]
    known_by_then = float(actual[weeks == 0][0])
    empty = np.full((weeks < 0).sum(), np.nan)
    model = known_by_then + PchipInterpolator(points, sums)(ahead)
    naive = known_by_then + float(_per_week(known).sum()) * ahead
    return pd.DataFrame(
        {
            "week": weeks + before,
            "actual": actual,
            "model": np.concatenate([empty, model]),
            "naive": np.concatenate([empty, naive]),
        }
    )
