"""Explorers of sales: the curve of the largest, the size of a programme, and the whale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kamkit.explore.controls import choice, explore, slider
from kamkit.language import gettext as _
from kamkit.language import ngettext, number
from kamkit.output.picture import Picture
from kamkit.periods import Period, last_year

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.case import Case

_SLIDERS, _ROWS = 6, 10
_CRITERIA = ("revenue", "contribution", "quantity", "invoices")


def pareto(case: Case | pd.DataFrame, *, currency: str = "", source: str = "") -> None:
    """Show the Pareto curve and its classes; in JupyterLab with controls.

    Criterion, cut points and period can be chosen. ``case`` may also be a table of account facts,
    one row per account, which has one period only. When the runner executes the notebook
    (``KAMKIT_BATCH``), and outside a notebook, the first view stands alone.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"account_id": ["1", "2"], "revenue": [90.0, 10.0]})
    >>> pareto(accounts)  # doctest: +ELLIPSIS
    50.0% of the accounts (1 of 2) give 90.0% of revenue
    50.0% of the accounts (1 of 2) give 90.0% of revenue. A curve of ...
    """
    import pandas as pd

    facts: Mapping[str, pd.DataFrame]
    if isinstance(case, pd.DataFrame):
        facts = {"": case}
    else:
        facts, currency, source = FactsByPeriod(case), case.currency, source or case.title
    whole = next(iter(facts.values()))

    def view(a: int = 80, b: int = 95, **chosen: Any) -> tuple[Picture, pd.DataFrame]:
        cuts = (a / 100, b / 100)
        return pareto_view(facts, cuts=cuts, currency=currency, source=source, **chosen)

    explore(view, lambda: _pareto_controls(whole, list(facts)), currency)


def pareto_view(
    accounts_by_period: Mapping[str, pd.DataFrame],
    *,
    criterion: str = "revenue",
    cuts: Sequence[float] = (0.80, 0.95),
    period: str = "",
    currency: str = "",
    source: str = "",
) -> tuple[Picture, pd.DataFrame]:
    """Return the Pareto picture and the summary of its classes, one row per class.

    ``accounts_by_period`` holds account facts by the name of a period; ``period`` is one of the
    names (empty: the first). Raises what ``identify.pareto.classify`` raises.

    >>> import pandas as pd
    >>> facts = {"2025": pd.DataFrame({"account_id": ["1", "2"], "revenue": [90.0, 10.0]})}
    >>> picture, summary = pareto_view(facts)
    >>> picture.caption, summary["accounts"].tolist()
    ('Period: 2025.', [1, 1])
    """
    from kamkit.identify.charts import pareto as draw
    from kamkit.identify.pareto import class_summary, classify

    name = period or next(iter(accounts_by_period))
    classes = classify(accounts_by_period[name], by=criterion, cuts=cuts)
    words = {"by": criterion, "currency": currency, "source": source, "period": name}
    picture = draw(classes, **words, of_classes=True)
    # the summary calls every criterion “revenue”
    summary = class_summary(classes, by=criterion).rename(columns={"revenue": criterion})
    return picture, summary


def breadth(accounts: pd.DataFrame, *, managers: int = 4, hours: float = 130) -> None:
    """Show what a programme covers and how many hours each account gets; with controls in Jupyter.

    ``accounts`` are account facts, one row per account; ``hours`` is what one of the ``managers``
    has for customers in a month.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"account_id": ["1", "2"], "revenue": [90.0, 10.0]})
    >>> breadth(accounts, managers=1, hours=100)  # doctest: +ELLIPSIS
    2 key accounts: 100.0% of revenue, 50 hours a month for each
    2 key accounts: 100.0% of revenue, 50 hours a month for each. Left, ...
    """

    def view(**chosen: Any) -> tuple[Picture, pd.DataFrame]:
        return breadth_view(accounts, **{"managers": managers, "hours": hours, **chosen})

    explore(view, lambda: _breadth_controls(len(accounts), managers, hours))


def breadth_view(
    accounts: pd.DataFrame, *, key_accounts: int = 20, managers: int = 4, hours: float = 130
) -> tuple[Picture, pd.DataFrame]:
    """Return the picture of a programme and the table of other sizes, one row per size.

    ``key_accounts`` beyond the number of accounts means all of them. Raises what
    ``choose.breadth`` raises.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"account_id": ["1", "2"], "revenue": [90.0, 10.0]})
    >>> breadth_view(accounts, key_accounts=1)[1]["key_accounts"].tolist()
    [1]
    """
    from kamkit.choose import breadth as cover
    from kamkit.choose.charts import breadth as draw

    most = min(len(accounts), max(100, key_accounts))
    chosen = min(key_accounts, len(accounts))
    sizes = cover(accounts, hours=managers * hours, sizes=range(1, most + 1))
    words = ngettext(
        "{n} manager with {hours} hours a month.",
        "{n} managers with {hours} hours a month each.",
        managers,
        hours=number(hours),
    )
    picture = draw(sizes, key_accounts=chosen, caption=words)
    shown = sizes["key_accounts"].isin({5, 10, 20, 35, 50, 100, chosen})
    return picture, sizes[shown].reset_index(drop=True)


def whale(case: Case, *, annual_interest_rate: float = 0.08) -> None:
    """Show the whale curve; in JupyterLab with rates and terms as sliders that move it.

    The sliders are the rates of the six costliest activities, a minimum order, a delivery fee and
    a price step. Raises ``MissingTable`` where the case has no cost or no activities.

    >>> from kamkit import open_case
    >>> whale(open_case("fjordgross"))  # doctest: +ELLIPSIS
    21 accounts make half of the profit, ... after 522 of 1,190 accounts.
    """
    from kamkit.value import rate_table

    base = _Whale(case, annual_interest_rate)
    known = rate_table(case).dropna(subset=["cost_per_unit"]).head(_SLIDERS)
    rates = dict(zip(known["activity"], known["cost_per_unit"].astype(float), strict=True))

    def view(**chosen: Any) -> tuple[Picture, pd.DataFrame]:
        given = {name[5:]: chosen.pop(name) for name in list(chosen) if name.startswith("rate:")}
        changed = {name: rate for name, rate in given.items() if rate != round(rates[name], 2)}
        return base.view(rates=changed, **chosen)

    explore(view, lambda: _whale_controls(rates, base.usual_order, case.currency), case.currency)


def whale_view(
    case: Case,
    *,
    rates: Mapping[str, float] | None = None,
    minimum_order: float = 0.0,
    delivery_fee: float = 0.0,
    price_step: float = 0.0,
    annual_interest_rate: float = 0.08,
) -> tuple[Picture, pd.DataFrame]:
    """Return the whale before and after other rates and terms, and the accounts that move most.

    The table has one row per account: ``account_id``, ``account_name``, ``profit_before``,
    ``profit_after`` and ``change``, the ten largest changes first; without a change, the ten
    largest losses. Raises what ``value.customer_profit`` and ``value.what_if`` raise.

    >>> from kamkit import open_case
    >>> picture, table = whale_view(open_case("fjordgross"), rates={"delivery": 0.0})
    >>> table.loc[0, "account_id"], bool((table["change"] >= 0).all())
    ('000412', True)
    """
    base = _Whale(case, annual_interest_rate)
    return base.view(
        rates=rates, minimum_order=minimum_order, delivery_fee=delivery_fee, price_step=price_step
    )


class _Whale:
    """The profit of a case as it is, kept between two moves of a slider."""

    def __init__(self, case: Case, annual_interest_rate: float) -> None:
        from kamkit.identify.facts import account_facts
        from kamkit.value import customer_profit

        self._case, self._interest = case, annual_interest_rate
        self._facts = account_facts(case)
        self._profits = customer_profit(
            case, self._facts, annual_interest_rate=annual_interest_rate
        ).table
        documents = max(int(self._facts["invoices"].sum()), 1)
        self.usual_order = float(self._facts["revenue"].sum()) / documents

    def view(
        self, *, rates: Mapping[str, float] | None = None, **terms: Any
    ) -> tuple[Picture, pd.DataFrame]:
        from kamkit.value import whale as curve
        from kamkit.value.charts import whale as draw

        words: dict[str, Any] = {"currency": self._case.currency, "source": self._case.title}
        before = curve(self._profits).table
        if not rates and not any(terms.values()):
            return draw(before, period=self._case.period, **words), self._losses()
        after = self._after(rates, **terms)
        table = self._moved(after)
        picture = draw(before, after=curve(after).table, period=self._case.period, **words)
        return picture, table

    def _after(self, rates: Mapping[str, float] | None, **terms: Any) -> pd.DataFrame:
        from kamkit.value import cost_to_serve, customer_profit, order_sizes, what_if

        profits = customer_profit(
            self._case, self._facts, rates=rates, annual_interest_rate=self._interest
        ).table
        if not any(terms.values()):
            return profits
        orders = order_sizes(self._case, minimum_order=terms.get("minimum_order", 0.0))
        served = cost_to_serve(self._case, rates=rates)
        table = what_if(profits, served=served, orders=orders, **terms).table
        return profits.drop(columns="profit").merge(
            table[["account_id", "profit_after"]].rename(columns={"profit_after": "profit"}),
            on="account_id",
        )

    def _losses(self) -> pd.DataFrame:
        from kamkit.value import destroyers

        names = ["account_id", "account_name", "revenue", "contribution", "cost_to_serve", "profit"]
        table = destroyers(self._profits).head(_ROWS)
        return table[[name for name in names if name in table]]

    def _moved(self, after: pd.DataFrame) -> pd.DataFrame:
        names = [n for n in ("account_id", "account_name") if n in self._profits]
        both = self._profits[[*names, "profit"]].merge(
            after[["account_id", "profit"]], on="account_id", suffixes=("_before", "_after")
        )
        both["change"] = both["profit_after"] - both["profit_before"]
        size = both["change"].abs()
        ordered = both.assign(_size=size).sort_values(
            ["_size", "account_id"], ascending=[False, True], ignore_index=True
        )
        return ordered.drop(columns="_size").head(_ROWS)


class FactsByPeriod(Mapping[str, "pd.DataFrame"]):
    """Account facts of a case by the name of a period, counted when they are first asked for.

    The whole ledger, its last twelve months where it is longer, and each calendar year.

    >>> from kamkit import open_case
    >>> list(FactsByPeriod(open_case("cdnow")))
    ['1 Jan 1997 – 30 Jun 1998', 'the last 12 months', '1997', '1998 (part)']
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._periods = _periods(case.period)
        self._facts: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        from kamkit.identify.facts import account_facts

        if name not in self._facts:
            self._facts[name] = account_facts(self._case, period=self._periods[name])
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._periods)

    def __len__(self) -> int:
        return len(self._periods)


def _periods(whole: Period) -> dict[str, Period]:
    periods = {str(whole): whole}
    last = last_year(whole)
    if last.start > whole.start:
        periods[_("the last 12 months")] = last
    for year in range(whole.start.year, whole.end.year + 1):
        part = Period(max(whole.start, dt.date(year, 1, 1)), min(whole.end, dt.date(year, 12, 31)))
        full = (part.start.month, part.start.day, part.end.month, part.end.day) == (1, 1, 12, 31)
        name = str(year) if full else _("{year} (part)", year=year)
        if part != whole:
            periods[name] = part
    return periods


def _pareto_controls(accounts: pd.DataFrame, periods: list[str]) -> dict[str, Any]:
    from kamkit.schema import label

    controls = {
        "criterion": choice(
            [(label(by), by) for by in _CRITERIA if by in accounts], _("Criterion")
        ),
        "a": slider(80, 5, 100, _("Class A up to (%)")),
        "b": slider(95, 10, 100, _("Class B up to (%)")),
    }
    if len(periods) > 1:
        controls["period"] = choice(periods, _("Period"))
    return controls


def _breadth_controls(accounts: int, managers: int, hours: float) -> dict[str, Any]:
    most = max(2, min(accounts, 200))
    each = float(hours)
    return {
        "key_accounts": slider(min(20, most), 1, most, _("Key accounts (breadth)")),
        "managers": slider(managers, 1, max(20, managers), _("Managers")),
        "hours": slider(each, 1, max(160, each), _("Hours a month each"), step=5),
    }


def _whale_controls(
    rates: Mapping[str, float], usual_order: float, currency: str = ""
) -> dict[str, Any]:
    from kamkit.schema.codes import word

    most = float(10 ** len(str(int(max(usual_order, 1)))))
    steps = {name: round(rate / 20, 2) or 1.0 for name, rate in rates.items()}
    given = {
        f"rate:{name}": slider(
            round(rate, 2),
            0,
            round(3 * rate, 2) or 100.0,
            word(name),
            step=steps[name],
            unit=currency,
        )
        for name, rate in rates.items()
    }
    return {
        **given,
        "minimum_order": slider(0.0, 0, most, _("Minimum order"), step=most / 50, unit=currency),
        "delivery_fee": slider(
            0.0, 0, most / 20, _("Delivery fee"), step=most / 1000, unit=currency
        ),
        "price_step": slider(0.0, -0.05, 0.1, _("Price step"), step=0.005, share=True),
    }
