"""What a treatment is assumed to do, and the terms by which a programme is counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamkit.choose.depth import offered
from kamkit.errors import MissingTable, ParameterError
from kamkit.language import gettext as _
from kamkit.schema import check, word
from kamkit.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

GROWTH = "contribution_growth"
"""The column of what growth at past rates brings in a year anyway, see ``with_growth``."""

KINDS = ("retention", "growth", "uplift")
"""What a treatment is assumed to change."""
_MOST_UPLIFT = 10.0

_NONE = (0.0, 0.0, 0.0)
Effects = Mapping[tuple[str, str], tuple[float, float, float]]
EFFECTS: Effects = {
    ("dedicated", "retention"): (0.01, 0.03, 0.05),
    ("dedicated", "growth"): (0.0, 0.0, 0.0),
    ("dedicated", "uplift"): (0.0, 1.0, 2.0),
    ("shared", "retention"): (0.01, 0.02, 0.03),
    ("shared", "growth"): (0.0, 0.0, 0.0),
    ("shared", "uplift"): (0.0, 0.5, 1.0),
}
"""What a treatment is assumed to do, low, likely and high, beyond what comes without it: points
that are added to the share of contribution kept a year; growth a year of what is kept; and uplift,
by how much more of the growth by opportunities comes (0.5: half as much again as at past rates).
A convention, to be replaced by what the firm believes or has seen; the break-even tells how much
must come true. Growth that comes at past rates comes without a treatment, and is not counted."""


@dataclass(frozen=True)
class Terms:
    """How a programme is counted: ``kept`` is the share of contribution kept a year without it.

    ``seen_days`` is over how many days that was seen, where it was no year.
    """

    kept: float
    years: int = Settings.programme_years
    annual_discount_rate: float = Settings.annual_discount_rate
    seen_days: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.kept <= 1 or self.years < 1 or not self.annual_discount_rate >= 0:
            raise ParameterError(
                _("A programme is counted over one year or more, with shares from 0 to 1."),
                found=_(
                    "kept {kept}, years {years}, discount rate {rate}",
                    kept=self.kept,
                    years=self.years,
                    rate=self.annual_discount_rate,
                ),
                wanted=_("kept from 0 to 1, whole years from 1, a rate from 0"),
                remedy=_("Write 0.9 for 90%."),
            )

    @property
    def discount(self) -> Floats:
        """The discount factor of each year."""
        return np.asarray((1 + self.annual_discount_rate) ** -self.ahead)

    @property
    def ahead(self) -> Floats:
        """The years, 1 to the last."""
        return np.arange(1, self.years + 1, dtype=float)


def what_is_kept(facts: Mapping[str, object] | pd.DataFrame) -> str:
    """Say what ``yearly_contribution`` is of: customer profit where that is known.

    >>> what_is_kept({"profit": 5.0}), what_is_kept({"contribution": 5.0})
    ('the customer profit', 'the contribution')
    """
    return _("the customer profit") if "profit" in facts else _("the contribution")


def given_effects(effects: Sequence[str]) -> Effects:
    """Return the assumed effects with those that a person gave in place of the usual ones.

    Each is such as ``"shared.growth=0.00:0.03:0.06"``: low, likely and high; one number stands for
    all three. Raises ``ParameterError`` for text that cannot be read.

    >>> given_effects(["shared.growth=0.02"])["shared", "growth"]
    (0.02, 0.02, 0.02)
    """
    found = dict(EFFECTS)
    for text in effects:
        name, _x, values = text.partition("=")
        treatment, _x, effect = name.strip().partition(".")
        numbers = _numbers(values, _MOST_UPLIFT if effect.strip() == "uplift" else 1.0)
        key = (treatment.strip(), effect.strip())
        if key not in EFFECTS or numbers is None:
            raise ParameterError(
                _("“{text}” is no effect of a treatment.", text=text),
                wanted="shared.retention=0.01:0.02:0.03",
                remedy=_(
                    "Name dedicated or shared, retention, growth or uplift, then low, likely and "
                    "high as shares that rise."
                ),
            )
        found[key] = numbers
    return found


def effect_of(text: str) -> str:
    """Return which effect a text gives.

    >>> effect_of("shared.growth=0.02")
    'growth'
    """
    return text.partition("=")[0].strip().rpartition(".")[2]


def at_likely(effects: Effects, treatment: str) -> tuple[float, float, float]:
    """Return the likely effects of a treatment on retention, growth and uplift.

    >>> at_likely(EFFECTS, "shared")
    (0.02, 0.0, 0.5)
    """
    retention, growth, uplift = (effects.get((treatment, kind), _NONE)[1] for kind in KINDS)
    return retention, growth, uplift


def gain_shares(terms: Terms, retention: float, growth: float) -> tuple[Floats, Floats]:
    """Return what is retained and grown of one unit a year, in each year, discounted.

    >>> kept, more = gain_shares(Terms(0.9, years=1, annual_discount_rate=0.0), 0.05, 0.0)
    >>> round(float(kept[0]), 2), float(more[0])
    (0.05, 0.0)
    """
    years = terms.ahead
    with_it = min(max(terms.kept + retention, 0.0), 1.0)
    kept = (with_it**years - terms.kept**years) * terms.discount
    more = with_it**years * ((1 + growth) ** years - 1) * terms.discount
    return kept, more


def growth_shares(terms: Terms, retention: float) -> Floats:
    """Return what is left in each year of one unit of growth in the first, discounted.

    What an account grows by in the first year is kept from then on as the rest of it is.

    >>> growth_shares(Terms(0.8, years=2, annual_discount_rate=0.0), 0.1).tolist()
    [1.0, 0.9]
    """
    with_it = min(max(terms.kept + retention, 0.0), 1.0)
    return np.asarray(with_it ** (terms.ahead - 1) * terms.discount)


def gains(
    accounts: pd.DataFrame, terms: Terms, retention: float, growth: float, uplift: float = 0.0
) -> tuple[Floats, Floats]:
    """Return what is retained and grown: one row per account, one column per year, discounted.

    Grown is ``growth`` a year, and ``uplift`` times the growth that comes anyway, where that is
    known (``with_growth``).

    >>> one = pd.DataFrame({"yearly_contribution": [100.0]})
    >>> kept, more = gains(one, Terms(1.0, years=1, annual_discount_rate=0.0), 0.0, 0.05)
    >>> float(kept[0, 0]), round(float(more[0, 0]), 6)
    (0.0, 5.0)
    """
    value = accounts["yearly_contribution"].astype(float).fillna(0.0).to_numpy()[:, None]
    kept, more = gain_shares(terms, retention, growth)
    if GROWTH in accounts:
        own = accounts[GROWTH].astype(float).fillna(0.0).to_numpy()[:, None]
        return value * kept, value * more + uplift * own * growth_shares(terms, retention)
    return value * kept, value * more


def with_growth(
    accounts: pd.DataFrame, growth: pd.DataFrame | None, *, years: float
) -> pd.DataFrame:
    """Return the accounts with the contribution that growth at past rates brings in a year.

    ``growth`` is the table of ``grow.growth``, of revenue in a year; ``years`` how long the ledger
    is. Adds ``contribution_growth``: the growth (middle, at least zero) times the contribution
    ratio of the account (that of a year by its revenue, where the ledger has no cost), nothing
    where an account costs more than it leaves, since such an account is not to grow before its
    terms are put right.

    >>> one = pd.DataFrame({"account_id": ["1"], "yearly_contribution": [20.0], "revenue": [100.0]})
    >>> grows = pd.DataFrame({"account_id": ["1"], "growth_middle": [10.0]})
    >>> with_growth(one, grows, years=1)["contribution_growth"].tolist()
    [2.0]
    """
    check(accounts, ("account_id", "revenue"), what=_("accounts"))
    if growth is None or "yearly_contribution" not in accounts:
        return accounts
    check(growth, ("account_id", "growth_middle"), what=_("growth"))
    yearly = accounts["yearly_contribution"].astype(float)
    ratio = yearly / (accounts["revenue"] / years).where(accounts["revenue"] > 0)
    if "contribution_ratio" in accounts:
        ratio = accounts["contribution_ratio"].astype(float).fillna(ratio)
    ratio = ratio.where(yearly > 0, 0.0).clip(lower=0.0).fillna(0.0)
    own = growth.drop_duplicates("account_id").set_index("account_id")["growth_middle"]
    grows = accounts["account_id"].map(own).astype(float).fillna(0.0).clip(lower=0.0)
    return accounts.assign(**{GROWTH: grows * ratio})


def refuse_unknown(accounts: pd.DataFrame, treated: pd.DataFrame, needed: Collection[str]) -> None:
    """Raise ``MissingTable`` where contribution, services or cost that are needed are not known."""
    if "yearly_contribution" not in accounts or accounts["yearly_contribution"].isna().all():
        raise MissingTable(
            _("The ledger has no cost, so what a programme brings cannot be told."),
            wanted=_("the cost of each line, or a margin to reckon with"),
            remedy=_("Add the column, or give the parameter margin, such as 0.25."),
        )
    there = offered(treated)
    without = [name for name in needed if name not in there]
    if without or not there:
        raise MissingTable(
            _(
                "There are no services for the treatment “{treatment}”, so what it costs is not "
                "known.",
                treatment=word([*without, "shared"][0]),
            ),
            wanted=_("services of the treatment in the table services"),
            remedy=_("Write one or more of them into the table services."),
        )
    unpriced = treated["treatment"].isin(list(needed)) & treated["yearly_cost"].isna()
    if unpriced.any():
        raise MissingTable(
            _(
                "What an hour of the people costs is not known, so neither is what a programme "
                "costs."
            ),
            found=", ".join(word(str(name)) for name in treated.loc[unpriced, "treatment"]),
            wanted=_("cost_per_hour in the table services, or the parameter cost_per_hour"),
            remedy=_("Give the cost of an hour of the people who look after key accounts."),
        )


def _numbers(text: str, most: float) -> tuple[float, float, float] | None:
    try:
        numbers = [float(part) for part in text.split(":")]
    except ValueError:
        return None
    if len(numbers) == 1:
        numbers *= 3
    if len(numbers) != 3 or not -1 < numbers[0] <= numbers[1] <= numbers[2] < most:
        return None
    return (numbers[0], numbers[1], numbers[2])
