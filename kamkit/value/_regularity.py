"""Whether accounts buy at random, as the models of repeat buying assume, or by a rhythm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.errors import MissingTable
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.output.finding import Finding
from kamkit.value.gap_shape import pooled_shape
from kamkit.value.history import check_source, names
from kamkit.value.occasions import purchase_days

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kamkit.case import Case

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]

_LEAST_GAPS = 2
_LEAST_ACCOUNTS = 10
_MATERIAL = 1.2
_SINGLE = 0.05
_SEED = 1


@dataclass(frozen=True, repr=False)
class Regularity(Finding):
    """The finding of ``regularity`` and its number: the gamma shape of the gaps, all accounts.

    ``shape`` is 1 where accounts buy at random, above where they buy by a rhythm, below where
    they buy in bursts; ``shape_low`` to ``shape_high`` is its interval of 95 %.
    """

    shape: float = float("nan")
    shape_low: float = float("nan")
    shape_high: float = float("nan")

    @property
    def verdict(self) -> str:
        """``regular`` or ``bursts`` where the interval leaves out 1 and the shape is 1.2 times off.

        Else ``random``: a ledger of many accounts shows differences too small to matter.
        """
        if self.shape_low > 1 and self.shape >= _MATERIAL:
            return "regular"
        return "bursts" if self.shape_high < 1 and self.shape <= 1 / _MATERIAL else "random"


def regularity(source: Case | pd.DataFrame) -> Regularity:
    """Test whether accounts buy as irregularly as chance, which the models assume.

    The models (BG/NBD, MBG/NBD, Pareto/NBD) take the gaps between the purchases of an account as
    exponential: a gamma distribution of shape 1, without memory. Companies that order every second
    week have a shape far above 1, buyers who come in bursts one below. ``source`` is a case or its
    table of purchase occasions.

    Method: the gaps of an account divided by their sum depend neither on how often it buys nor on
    where the ledger ends; under gamma gaps of shape k they follow a Dirichlet distribution, whose
    likelihood gives one k for all accounts, with a 95 % interval that lets accounts differ. That a
    ledger knows days only is allowed for, see ``gap_shape.pooled_shape``: gaps of shape 0.5, 2 and
    5 come out as such. Each account alone is tested by Moran's statistic (1951), which is
    Bartlett's test on its gaps; here each purchase is placed within its day by chance as random
    buying, which is what is tested, would place it, the same way each time.

    The table has one row per account with two gaps or more, by number: ``account_id`` (and name),
    ``occasions``, ``typical_gap`` (median, days), ``chance`` (how often random buying looks at
    least as regular), ``pattern``: ``regular`` (chance below 5 %), ``bursts`` (above 95 %) or
    ``random``.

    Raises ``MissingTable`` with fewer than ten such accounts, or where all buy every other day or
    more often.

    >>> from kamkit import open_case
    >>> regularity(open_case("fjordgross")).verdict, regularity(open_case("cdnow")).verdict
    ('regular', 'random')
    """
    check_source(source)
    days = source if isinstance(source, pd.DataFrame) else purchase_days(source)
    table, gaps = _gaps(days)
    if len(table) < _LEAST_ACCOUNTS:
        raise MissingTable(
            _(
                "Too few accounts have bought three times or more to tell whether they buy by a "
                "rhythm."
            ),
            found=number(len(table)),
            wanted=number(_LEAST_ACCOUNTS),
            remedy=_("Use a longer ledger."),
        )
    counts = table["occasions"].to_numpy() - 1
    logs = _log_shares(gaps, counts)
    chance = _chance(logs, counts)
    pattern = np.select([chance < _SINGLE, chance > 1 - _SINGLE], ["regular", "bursts"], "random")
    table = table.assign(chance=chance, pattern=pattern)
    if not isinstance(source, pd.DataFrame) and (known := names(source)) is not None:
        table.insert(1, "account_name", table["account_id"].map(known).to_numpy())
    silent = (days["day"].max() - table.pop("last_date")).dt.days.to_numpy(dtype=float)
    shape = pooled_shape(gaps, counts, silent)
    if shape is None:
        raise MissingTable(
            _("These accounts buy nearly every day, so that days alone do not show a rhythm."),
            wanted=_("accounts that buy less often than every other day"),
            remedy=_("Use a ledger with accounts that buy less often."),
        )
    return _finding(table, shape)


def _gaps(days: pd.DataFrame) -> tuple[pd.DataFrame, Floats]:
    """Return one row per account with gaps enough, and the gaps of all of them in days."""
    ordered = days.sort_values(["account_id", "day"], kind="stable")
    ordered = ordered[ordered.groupby("account_id")["day"].transform("size") > _LEAST_GAPS]
    gap = ordered.groupby("account_id")["day"].diff().dt.days
    groups = gap.groupby(ordered["account_id"])
    last = ordered.groupby("account_id")["day"].max()
    table = pd.DataFrame(
        {"occasions": groups.size(), "typical_gap": groups.median(), "last_date": last}
    )
    return table.reset_index(), gap.dropna().to_numpy(dtype=float)


def _log_shares(gaps: Floats, counts: Counts) -> Floats:
    """Return for each account the sum of the logarithms of its gaps as shares of their sum."""
    starts = np.cumsum(counts) - counts
    totals = np.add.reduceat(gaps, starts)
    # under random buying a gap in days is geometric, and its place in the day exponential
    rate = np.repeat(-np.log1p(-counts / (totals + 1)), counts)
    uniform = np.random.default_rng(_SEED).random(len(gaps))
    exact = gaps - 1 - np.log1p(uniform * np.expm1(-rate)) / rate
    sums = np.add.reduceat(exact, starts)
    logs: Floats = np.add.reduceat(np.log(exact), starts) - counts * np.log(sums)
    return logs


def _chance(logs: Floats, counts: Counts) -> Floats:
    """Return how often exponential gaps are at least as even: Moran's statistic, chi squared."""
    from scipy.special import chdtr

    unevenness = -2 * (logs + counts * np.log(counts)) / (1 + (counts + 1) / (6 * counts))
    chance: Floats = chdtr(counts - 1.0, np.maximum(unevenness, 0.0))
    return chance


def _finding(table: pd.DataFrame, estimate: tuple[float, float, float]) -> Regularity:
    shape, low, high = estimate
    result = Regularity("regularity", table, "", (), shape, low, high)
    facts = {
        "shape": number(shape, 2),
        "low": number(low, 2),
        "high": number(high, 2),
        "share": percent(float((table["pattern"] == "regular").mean()), 0),
        "accounts": ngettext("{n} account", "{n} accounts", len(table)),
    }
    if result.verdict == "regular":
        text = _(
            "These accounts buy {shape} times as regularly as the models assume (between {low} and "
            "{high}): rely on the rhythm alarm for who is late, and treat the probability of being "
            "active with care. {share} of {accounts} are more regular than chance; by accident it "
            "would be 5%.",
            **facts,
        )
    elif result.verdict == "bursts":
        text = _(
            "These accounts buy in bursts, less regularly than the models assume (regularity "
            "{shape}, between {low} and {high}, where 1 is chance): a long silence means less than "
            "the models assume.",
            **facts,
        )
    else:
        text = _(
            "These accounts buy about as irregularly as the models assume (regularity {shape}, "
            "between {low} and {high}, where 1 is chance). {share} of {accounts} are more regular "
            "than chance; by accident it would be 5%.",
            **facts,
        )
    return Regularity("regularity", table, text, _caveats(result.verdict), shape, low, high)


def _caveats(verdict: str) -> tuple[str, ...]:
    if verdict == "regular":
        return (
            _(
                "The models do not see a rhythm: an account that orders every week and is silent "
                "for three they hardly call late."
            ),
        )
    if verdict == "bursts":
        return (_("An account that buys in one season only looks as if it bought in bursts."),)
    return ()
