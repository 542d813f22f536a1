"""Explorers: a static first view, and in JupyterLab controls that redraw it in place.

A control calls a tested function and nothing else, so that the notebook reads the same without
controls. The view is an ordinary output that is updated by its display id: there is no output
widget, because executing a notebook with one can hang (see the toolchain notes), and an error is
shown where the picture was.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from kamkit.language import number, say, say_many
from kamkit.periods import Period
from kamkit.show.figures import Picture, bundle, publish

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.case import Case

BATCH = "KAMKIT_BATCH"
_CRITERIA = ("amount", "contribution", "quantity", "invoices")


def pareto(case: Case | pd.DataFrame, *, currency: str = "", source: str = "") -> None:
    """Show the Pareto curve and its classes; in JupyterLab with controls.

    Criterion, cut points and period can be chosen. ``case`` may also be a table of account facts,
    one row per account, which has one period only. When the runner executes the notebook
    (``KAMKIT_BATCH``), and outside a notebook, the first view stands alone.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"account_id": ["1", "2"], "amount": [90.0, 10.0]})
    >>> pareto(accounts)  # doctest: +ELLIPSIS
    50.0% of the accounts (1 of 2) give 90.0% of revenue
    A curve of the cumulative share of revenue, the largest first. 50.0% ...
    """
    import pandas as pd

    facts: Mapping[str, pd.DataFrame]
    if isinstance(case, pd.DataFrame):
        facts = {"": case}
    else:
        facts, currency, source = FactsByPeriod(case), case.currency, source or case.title
    whole = next(iter(facts.values()))

    def view(**chosen: Any) -> tuple[Picture, pd.DataFrame]:
        return pareto_view(facts, currency=currency, source=source, **chosen)

    if _live():
        _explore(view, _controls(whole, list(facts)), currency)
    else:
        _show(*view(), currency)


def pareto_view(
    accounts_by_period: Mapping[str, pd.DataFrame],
    *,
    criterion: str = "amount",
    cuts: Sequence[float] = (0.80, 0.95),
    period: str = "",
    currency: str = "",
    source: str = "",
) -> tuple[Picture, pd.DataFrame]:
    """Return the Pareto picture and the summary of its classes, one row per class.

    ``accounts_by_period`` holds account facts by the name of a period; ``period`` is one of the
    names (empty: the first). Raises what ``identify.pareto.classify`` raises.

    >>> import pandas as pd
    >>> facts = {"2025": pd.DataFrame({"account_id": ["1", "2"], "amount": [90.0, 10.0]})}
    >>> picture, summary = pareto_view(facts)
    >>> picture.caption, summary["accounts"].tolist()
    ('Period: 2025.', [1, 1])
    """
    from kamkit.identify.pareto import class_summary, classify
    from kamkit.show.charts import pareto as draw

    name = period or next(iter(accounts_by_period))
    classes = classify(accounts_by_period[name], by=criterion, cuts=cuts)
    picture = draw(classes, by=criterion, currency=currency, source=source, period=name)
    # the summary calls every criterion “amount”
    summary = class_summary(classes, by=criterion).rename(columns={"amount": criterion})
    return picture, summary


def breadth(accounts: pd.DataFrame, *, managers: int = 4, hours: float = 130) -> None:
    """Show what a programme covers and how many hours each account gets; with controls in Jupyter.

    ``accounts`` are account facts, one row per account; ``hours`` is what one of the ``managers``
    has for customers in a month.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"account_id": ["1", "2"], "amount": [90.0, 10.0]})
    >>> breadth(accounts, managers=1, hours=100)  # doctest: +ELLIPSIS
    2 key accounts: 100.0% of revenue, 50 hours a month for each
    2 key accounts: 100.0% of revenue, 50 hours a month for each. Left, ...
    """

    def view(**chosen: Any) -> tuple[Picture, pd.DataFrame]:
        return breadth_view(accounts, **{"managers": managers, "hours": hours, **chosen})

    if _live():
        _explore(view, _breadth_controls(len(accounts), managers, hours), "")
    else:
        _show(*view(), "")


def breadth_view(
    accounts: pd.DataFrame, *, key_accounts: int = 20, managers: int = 4, hours: float = 130
) -> tuple[Picture, pd.DataFrame]:
    """Return the picture of a programme and the table of other sizes, one row per size.

    ``key_accounts`` beyond the number of accounts means all of them. Raises what
    ``choose.breadth`` raises.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"account_id": ["1", "2"], "amount": [90.0, 10.0]})
    >>> breadth_view(accounts, key_accounts=1)[1]["key_accounts"].tolist()
    [1]
    """
    from kamkit.choose import breadth as cover
    from kamkit.show.programme import breadth as draw

    most = min(len(accounts), max(100, key_accounts))
    chosen = min(key_accounts, len(accounts))
    sizes = cover(accounts, hours=managers * hours, sizes=range(1, most + 1))
    words = say_many("{n} manager with {hours} hours a month.",
                     "{n} managers with {hours} hours a month each.", managers,
                     hours=number(hours))  # fmt: skip
    picture = draw(sizes, key_accounts=chosen, caption=words)
    shown = sizes["key_accounts"].isin({5, 10, 20, 35, 50, 100, chosen})
    return picture, sizes[shown].reset_index(drop=True)


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
    last = _last_year(whole.end)
    if last.start > whole.start:
        periods[say("the last 12 months")] = last
    for year in range(whole.start.year, whole.end.year + 1):
        part = Period(max(whole.start, dt.date(year, 1, 1)), min(whole.end, dt.date(year, 12, 31)))
        full = (part.start.month, part.start.day, part.end.month, part.end.day) == (1, 1, 12, 31)
        name = str(year) if full else say("{year} (part)", year=year)
        if part != whole:
            periods[name] = part
    return periods


def _last_year(end: dt.date) -> Period:
    tomorrow = end + dt.timedelta(days=1)
    leap_day = (tomorrow.month, tomorrow.day) == (2, 29)
    start = tomorrow.replace(year=tomorrow.year - 1, day=28 if leap_day else tomorrow.day)
    return Period(start, end)


def _live() -> bool:
    from IPython import get_ipython

    return os.environ.get(BATCH) != "1" and hasattr(get_ipython(), "kernel")


def _view(picture: Picture, summary: pd.DataFrame, currency: str) -> dict[str, str]:
    from kamkit.show.tables import as_html

    data = bundle(picture)
    return {**data, "text/html": data["text/html"] + as_html(summary, currency=currency)}


def _show(picture: Picture, summary: pd.DataFrame, currency: str, **how: Any) -> None:
    from kamkit.show.figures import label

    publish(_view(picture, summary, currency), label(picture), **how)


def _controls(accounts: pd.DataFrame, periods: list[str]) -> dict[str, Any]:
    import ipywidgets

    from kamkit.show.tables import label

    wide = {
        "style": {"description_width": "11em"},
        "layout": ipywidgets.Layout(width="32em"),
    }
    criteria = [(label(by), by) for by in _CRITERIA if by in accounts]
    percent = {"max": 100, "continuous_update": False, **wide}
    controls = {
        "criterion": ipywidgets.Dropdown(options=criteria, description=say("Criterion"), **wide),
        "a": ipywidgets.IntSlider(80, min=5, description=say("Class A up to (%)"), **percent),
        "b": ipywidgets.IntSlider(95, min=10, description=say("Class B up to (%)"), **percent),
    }
    if len(periods) > 1:
        controls["period"] = ipywidgets.Dropdown(options=periods, description=say("Period"), **wide)
    return controls


def _breadth_controls(accounts: int, managers: int, hours: float) -> dict[str, Any]:
    import ipywidgets

    look = {
        "style": {"description_width": "14em"},
        "layout": ipywidgets.Layout(width="36em"),
        "continuous_update": False,
        "min": 1,
    }
    most = max(2, min(accounts, 200))
    return {
        "key_accounts": ipywidgets.IntSlider(
            min(20, most), max=most, description=say("Key accounts (breadth)"), **look
        ),
        "managers": ipywidgets.IntSlider(
            managers, max=max(20, managers), description=say("Managers"), **look
        ),
        "hours": ipywidgets.FloatSlider(
            hours, max=max(160, hours), step=5, description=say("Hours a month each"), **look
        ),
    }


def _explore(
    view: Callable[..., tuple[Picture, pd.DataFrame]], controls: dict[str, Any], currency: str
) -> None:
    import uuid

    import ipywidgets
    from IPython.display import display

    handle = uuid.uuid4().hex

    def redraw(_change: object) -> None:
        chosen = {name: control.value for name, control in controls.items()}
        if "a" in chosen:
            chosen["cuts"] = (chosen.pop("a") / 100, chosen.pop("b") / 100)
        try:
            _show(*view(**chosen), currency, handle=handle, again=True)
        except Exception as error:  # an error in a callback is seen nowhere else
            _show_error(error, handle)

    _show(*view(), currency, handle=handle)
    for control in controls.values():
        control.observe(redraw, names="value")
    display(ipywidgets.VBox(list(controls.values())))  # type: ignore[no-untyped-call]


def _show_error(error: Exception, handle: str) -> None:
    text = str(error) or type(error).__name__
    box = f'<pre role="alert" style="white-space:pre-wrap">{escape(text)}</pre>'
    publish({"text/html": box, "text/plain": text}, {"kind": "error"}, handle=handle, again=True)
