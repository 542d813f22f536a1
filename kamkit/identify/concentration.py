"""How concentrated sales are, and how much hangs on the largest accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kamkit.errors import LedgerError
from kamkit.language import gettext as _
from kamkit.language import join, joined, ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.output.wording import dated
from kamkit.schema import check, name_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from kamkit.periods import Period


def values(accounts: pd.DataFrame, by: str) -> pd.Series[float]:
    """Return one column of the account facts.

    Raises ``MissingTable`` when the ledger could not give it (contribution needs cost), and
    ``ParameterError`` when there is no such fact at all.

    >>> import pandas as pd
    >>> values(pd.DataFrame({"revenue": [2.0]}), "revenue").tolist()
    [2.0]
    """
    check(accounts, (by,), what=_("accounts"))
    return accounts[by]


def gini(amounts: ArrayLike) -> float:
    """Return the Gini coefficient: 0 when all are equal, near 1 when one has all.

    2 sum(i x_i) / (n sum x) - (n + 1) / n with x ascending and i from 1 to n, without the
    n / (n - 1) correction for small samples (Gini 1912). Amounts must not be negative; raises
    ``LedgerError`` when one is, or when they sum to zero.

    >>> round(gini([5000] * 7 + [150000]), 4)
    0.6858
    """
    ordered = np.sort(np.asarray(amounts, dtype="float64"))
    total = ordered.sum()
    if not len(ordered) or ordered[0] < 0 or total <= 0:
        raise _not_positive()
    n = len(ordered)
    ranks = np.arange(1, n + 1)
    return float(2 * (ranks * ordered).sum() / (n * total) - (n + 1) / n)


def hhi(amounts: ArrayLike) -> float:
    """Return the Herfindahl-Hirschman index: the sum of squared percentage shares.

    From near 0 to 10 000, which is a single account (Hirschman 1964). Amounts must not be
    negative; raises ``LedgerError`` when one is, or when they sum to zero.

    >>> round(hhi([10, 9, 12, 15, 12, 11, 15, 16]))
    1296
    """
    sizes = np.asarray(amounts, dtype="float64")
    total = sizes.sum()
    if not len(sizes) or sizes.min() < 0 or total <= 0:
        raise _not_positive()
    return float(((100 * sizes / total) ** 2).sum())


def effective_number(amounts: ArrayLike) -> float:
    """Return how many equal accounts would be as concentrated: 10 000 / HHI.

    >>> effective_number([1, 1, 1, 1])
    4.0
    """
    return 10_000 / hhi(amounts)


def lorenz(accounts: pd.DataFrame, *, by: str = "revenue") -> pd.DataFrame:
    """Return the Lorenz curve of the accounts above zero.

    One row per account in ascending order, after a first row of zeros: ``cumulative_accounts``
    and ``cumulative_share``, both fractions of 1 (Lorenz 1905).

    >>> import pandas as pd
    >>> lorenz(pd.DataFrame({"revenue": [3.0, 1.0]}))["cumulative_share"].tolist()
    [0.0, 0.25, 1.0]
    """
    import pandas as pd

    ordered = np.sort(_above_zero(accounts, by))
    return pd.DataFrame(
        {
            "cumulative_accounts": np.arange(len(ordered) + 1) / len(ordered),
            "cumulative_share": np.concatenate([[0.0], ordered.cumsum() / ordered.sum()]),
        }
    )


def dependence(
    accounts: pd.DataFrame, *, by: str = "revenue", largest: Sequence[int] = (1, 5, 10)
) -> pd.DataFrame:
    """Return the share of the net total that the largest accounts bring.

    One row per number in ``largest`` (more accounts than there are means all of them):
    ``largest``, ``revenue``, ``share``. Raises ``LedgerError`` when the total is not above zero.

    >>> import pandas as pd
    >>> three = pd.DataFrame({"revenue": [60.0, 30.0, 10.0]})
    >>> dependence(three, largest=(1, 2))["share"].tolist()
    [0.6, 0.9]
    """
    import pandas as pd

    ordered = np.sort(values(accounts, by).to_numpy(dtype="float64"))[::-1]
    total = ordered.sum()
    if total <= 0:
        raise _not_positive()
    sums = [float(ordered[:count].sum()) for count in largest]
    return pd.DataFrame(
        {"largest": list(largest), "revenue": sums, "share": [part / total for part in sums]}
    )


def losing(
    accounts: pd.DataFrame,
    *,
    count: int = 1,
    by: str = "revenue",
    currency: str = "",
    period: Period | None = None,
) -> Finding:
    """Tell what losing the largest accounts would mean.

    The table has one row: ``lost``, ``share`` (of the net total), ``remaining``, ``small_accounts``
    (how many of the smallest accounts above zero together bring as much) and ``growth_needed``
    (by how much all others would have to grow to make up for it), and ``contribution_lost`` where
    there is cost, and ``profit_lost`` where ``profit`` (after service) is known. ``period`` is that
    of the accounts, for the sentence. Raises ``LedgerError`` when the total is not above zero.

    >>> import pandas as pd
    >>> four = pd.DataFrame({"account_id": list("abcd"), "revenue": [50.0, 30.0, 15.0, 5.0]})
    >>> losing(four).table["growth_needed"].tolist()
    [1.0]
    """
    import pandas as pd

    check(accounts, ("account_id", by), what=_("accounts"), each="account_id")

    order = accounts.assign(_by=values(accounts, by)).sort_values(
        ["_by", "account_id"], ascending=[False, True]
    )
    sizes = order["_by"].to_numpy(dtype="float64")
    total, lost = sizes.sum(), sizes[:count].sum()
    if total <= 0:
        raise _not_positive()
    as_many, enough = _smallest_worth(sizes[count:], lost)
    rest = total - lost
    table = pd.DataFrame(
        {
            "lost": [lost],
            "share": [lost / total],
            "remaining": [rest],
            "small_accounts": [as_many],
            "growth_needed": [lost / rest if rest > 0 else float("nan")],
        }
    )
    if "contribution" in accounts:
        table["contribution_lost"] = order["contribution"].iloc[:count].sum()
    if "profit" in accounts:
        table["profit_lost"] = order["profit"].iloc[:count].sum()
    who = join([name_of(row) for _x, row in order.iloc[:count].iterrows()])
    text = dated(_loss_text(table, who, count, enough, currency), period)
    return Finding("losing", table, text)


def _loss_text(table: pd.DataFrame, who: str, count: int, enough: bool, currency: str) -> str:
    row = table.iloc[0]
    parts = [_taken(row, who, count, currency)]
    if enough:
        parts.append(
            ngettext(
                "{n} of the smallest accounts brings as much.",
                "It takes {n} of the smallest accounts to bring as much.",
                int(row["small_accounts"]),
            )
        )
    if row["remaining"] > 0:
        parts.append(
            _(
                "The others would have to grow by {growth} to make up for it.",
                growth=percent(row["growth_needed"]),
            )
        )
    if "contribution_lost" in table:
        amount = scaled(row["contribution_lost"], currency)
        parts.append(_("Contribution would fall by {amount}.", amount=amount))
    if "profit_lost" in table:
        parts.append(_after_service(float(row["profit_lost"]), currency))
    return joined(" ", parts)


def _after_service(lost: float, currency: str) -> str:
    """Say what is lost or gained when the cost of serving goes too."""
    amount = scaled(abs(lost), currency)
    if lost < 0:
        return _(
            "Service and credit would fall too, by more: customer profit would rise by {amount}.",
            amount=amount,
        )
    return _(
        "Service and credit would fall too: customer profit would fall by {amount}.", amount=amount
    )


def _taken(row: pd.Series[float], who: str, count: int, currency: str) -> str:
    return ngettext(
        "Without the largest account ({who}) the total would be {amount} lower ({share}).",
        "Without the {n} largest accounts ({who}) the total would be {amount} lower ({share}).",
        count,
        who=who,
        share=percent(row["share"]),
        amount=scaled(row["lost"], currency),
    )


def _smallest_worth(sizes: NDArray[np.float64], lost: float) -> tuple[int, bool]:
    """Count the smallest accounts above zero that sum to ``lost``; all of them if they do not."""
    small = np.sort(sizes[sizes > 0]).cumsum()
    enough = bool(len(small)) and bool(small[-1] >= lost - 1e-9)
    return (int(np.searchsorted(small, lost - 1e-9)) + 1 if enough else len(small)), enough


def concentration_summary(
    accounts: pd.DataFrame,
    *,
    by: str = "revenue",
    largest: Sequence[int] = (1, 5, 10),
    currency: str = "",
) -> Finding:
    """Tell how concentrated the accounts are, in words.

    The table has one row per measure: ``measure`` and ``value`` as text. Gini and HHI are of the
    accounts above zero, the shares of the largest of the net total; a caveat names those left out.

    >>> import pandas as pd
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "revenue": [50.0, 50.0]})
    >>> concentration_summary(two, largest=(1, 2)).text
    'The largest account brings 50.0%, the 2 largest 100.0%: as concentrated as sales to 2.0 equally
    large accounts.'
    """
    import pandas as pd

    sizes = _above_zero(accounts, by)
    shares = dependence(accounts, by=by, largest=largest)
    g, h = gini(sizes), hhi(sizes)
    equal = 10_000 / h
    hhi_words, equal_words = (number(one, 0 if one >= 10 else 1) for one in (h, equal))
    rows = [
        (_("accounts above zero"), number(len(sizes))),
        (_("Gini coefficient"), number(g, 3)),
        (_("Herfindahl–Hirschman index (HHI, 0–10 000)"), hhi_words),
        (_("effective number of accounts"), equal_words),
    ]
    rows += [
        (
            ngettext("share of the largest account", "share of the {n} largest accounts", int(n)),
            percent(share),
        )
        for n, share in zip(shares["largest"], shares["share"], strict=True)
    ]
    text = _(
        "The largest account brings {one}, the {n} largest {many}: as concentrated as sales to "
        "{equal} equally large accounts.",
        one=percent(shares["share"].iloc[0]),
        n=number(shares["largest"].iloc[-1]),
        many=percent(shares["share"].iloc[-1]),
        equal=equal_words,
    )
    indices = _(
        "Two usual indices: Gini {gini} (0: all alike, 1: one account has everything) and HHI "
        "{hhi} of 10,000 (the squared shares in percent, added up; 10,000: one account).",
        gini=number(g, 2),
        hhi=hhi_words,
    )
    table = pd.DataFrame(rows, columns=["measure", "value"])
    notes = (indices, *left_out(accounts, by, currency))
    return Finding("concentration", table, text, notes)


def left_out(accounts: pd.DataFrame, by: str, currency: str = "") -> tuple[str, ...]:
    """Name the accounts at or below zero that a measure cannot take, in a caveat.

    >>> import pandas as pd
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "revenue": [50.0, -5.0]})
    >>> print(*left_out(two, "revenue", "NOK"))
    1 account at or below zero is left out of the Gini coefficient and HHI; it sums to −NOK 5.
    """
    sizes = values(accounts, by)
    below = sizes[sizes <= 0]
    if below.empty:
        return ()
    return (
        ngettext(
            "{n} account at or below zero is left out of the Gini coefficient and HHI; it sums to "
            "{amount}.",
            "{n} accounts at or below zero are left out of the Gini coefficient and HHI; they sum "
            "to {amount}.",
            len(below),
            amount=scaled(float(below.sum()), currency),
        ),
    )


def _above_zero(accounts: pd.DataFrame, by: str) -> NDArray[np.float64]:
    sizes = values(accounts, by).to_numpy(dtype="float64")
    above = sizes[sizes > 0]
    if not len(above):
        raise _not_positive()
    return np.asarray(above, dtype=np.float64)


def _not_positive() -> LedgerError:
    return LedgerError(
        _("Concentration cannot be measured: the accounts do not sum to more than zero."),
        wanted=_("accounts with amounts above zero"),
        remedy=_("Check the sign of the amounts and of the credit notes."),
    )
