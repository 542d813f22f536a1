"""Explorers of a limit: where an alarm rings, a hunt ends, terms turn a loss, and chance begins."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from kamkit.errors import MissingTable
from kamkit.explore.controls import choice, explore, slider
from kamkit.language import gettext as _
from kamkit.language import ngettext, number, percent
from kamkit.money import scaled
from kamkit.output.picture import Picture

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.case import Case

_LEVELS = (0.5, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0)
_LONG = 365  # days of silence after which an account counts as gone
_NEAR, _SEEN = 3, 10


def alarms(case: Case) -> None:
    """Show how many alarms of half a year ago were false; in JupyterLab with a slider.

    Raises ``MissingTable`` as ``watched`` does.

    >>> from kamkit import open_case
    >>> alarms(open_case("fjordgross"))  # doctest: +ELLIPSIS
    At 1.0%: 21 alarms, 5 of them false; ...
    """
    accounts, source = watched(case), case.title

    def view(**chosen: Any) -> tuple[Picture, pd.DataFrame]:
        return alarms_view(accounts, **chosen, source=source)

    explore(view, lambda: {"level": slider(1.0, 0.5, 20.0, _("Alarm below (%)"), step=0.5)})


def watched(case: Case) -> pd.DataFrame:
    """Return the accounts that had a rhythm half a year before the end, and who bought since.

    One row per account: ``account_id``, ``late_probability`` (how unusual its silence was on that
    day) and ``bought`` (a purchase after it). Accounts of one season, and those that had been
    silent for a year, are left out, as ``value.late`` does. Raises ``MissingTable`` for a ledger
    of less than a year and a half, and where nobody had a rhythm.
    """
    from kamkit import value

    before = value.half_a_year_ago(case)
    if before is None:
        raise MissingTable(
            _("The ledger is too short to see what became of alarms half a year ago."),
            remedy=_("Use a ledger of a year and a half or more."),
        )
    states = ["late", "due", "on_time"]
    table = before[before["rhythm_state"].isin(states) & (before["days_since"] <= _LONG)]
    if table.empty:
        raise MissingTable(
            _("No account has bought often enough to have a rhythm of its own."),
            remedy=_("Use a longer ledger."),
        )
    return table[["account_id", "late_probability", "bought"]].reset_index(drop=True)


def alarms_view(
    accounts: pd.DataFrame, level: float = 1.0, *, source: str = ""
) -> tuple[Picture, pd.DataFrame]:
    """Return the picture of alarms by the level at which they ring, and the table of levels.

    ``accounts`` is the table of ``watched``; ``level``, in per cent, is how unusual a silence must
    be. One row per level: ``alarm_level``, ``alarms``, ``alarms_right`` (no purchase since),
    ``alarms_false`` (bought since) and ``unnoticed`` (no purchase since, and no alarm).

    >>> import pandas as pd
    >>> rare = {"late_probability": [0.004, 0.008, 0.04, 0.3]}
    >>> silent = pd.DataFrame(rare).assign(bought=[False, True, False, True])
    >>> table = alarms_view(silent, 5)[1].set_index("alarm_level")
    >>> table.loc[0.05, ["alarms", "alarms_right", "alarms_false", "unnoticed"]].tolist()
    [3, 2, 1, 0]
    """
    import pandas as pd

    from kamkit.output.chart import chart

    table = pd.DataFrame([_ringing(accounts, one) for one in sorted({*_LEVELS, level})])
    row = table[table["alarm_level"] == level / 100].iloc[0]
    title = _(
        "At {level}: {alarms}, {false} of them false; of those who stopped buying {n} gave none",
        level=percent(level / 100),
        alarms=ngettext("{n} alarm", "{n} alarms", int(row["alarms"])),
        false=number(int(row["alarms_false"])),
        n=number(int(row["unnoticed"])),
    )
    told = _("An alarm is false where the account has bought again in the half year since.")
    picture = chart(
        title,
        lambda axes: _levels(axes, table, level / 100),
        table=table,
        description=told,
        caption=source,
        height=3.6,
    )
    return picture, table


def _ringing(accounts: pd.DataFrame, level: float) -> dict[str, Any]:
    """Return how many alarms ring at a level, and what became of them."""
    rings, bought = accounts["late_probability"] < level / 100, accounts["bought"]
    return {
        "alarm_level": level / 100,
        "alarms": int(rings.sum()),
        "alarms_right": int((rings & ~bought).sum()),
        "alarms_false": int((rings & bought).sum()),
        "unnoticed": int((~rings & ~bought).sum()),
    }


def _levels(axes: Any, table: pd.DataFrame, marked: float) -> None:
    from kamkit.colours import BLUE, ORANGE, QUIET
    from kamkit.output.style import count_axis, legend_above, share_axis

    lines = {
        "alarms_right": (_("alarm, no purchase since"), BLUE, "-"),
        "alarms_false": (_("false alarm"), ORANGE, "--"),
        "unnoticed": (_("no alarm, no purchase since"), QUIET, ":"),
    }
    for column, (words, colour, dash) in lines.items():
        axes.plot(
            table["alarm_level"], table[column], dash, color=colour, linewidth=2.2, label=words
        )
    axes.axvline(marked, color=QUIET, linewidth=0.9)
    axes.set_ylim(bottom=0)
    share_axis(axes.xaxis, _("An alarm rings for silences rarer than"))
    count_axis(axes.yaxis, _("Accounts"))
    legend_above(axes, 3)


def hunt(
    prospects: pd.DataFrame,
    accounts: pd.DataFrame,
    services: pd.DataFrame,
    *,
    currency: str = "",
    source: str = "",
) -> None:
    """Show what a hunt costs and may bring; in JupyterLab with sliders for its hours.

    ``prospects`` is the table of ``grow.look_alikes``; the others are those of ``hunting``, which
    says what it raises.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"prospect_id": ["1"], "name": ["A"], "assumed_value": [30e3]})
    >>> accounts = pd.DataFrame({"revenue": [100.0], "contribution": [30.0]})
    >>> services = pd.DataFrame({"cost_per_hour": [500.0]})
    >>> hunt(table, accounts, services)  # doctest: +ELLIPSIS
    1 prospect begun: 6,000 for hours, 9,000 assumed a year
    ...
    """
    margin, cost_per_hour = hunting(accounts, services)

    def view(**chosen: Any) -> tuple[Picture, pd.DataFrame]:
        return hunt_view(
            prospects,
            **chosen,
            margin=margin,
            cost_per_hour=cost_per_hour,
            currency=currency,
            source=source,
        )

    def controls() -> dict[str, Any]:
        return {
            "hours": slider(300, 10, 2000, _("Hours a year"), step=10),
            "hours_each": slider(12, 2, 120, _("Hours for each prospect"), step=2),
        }

    explore(view, controls, currency)


def hunting(accounts: pd.DataFrame, services: pd.DataFrame) -> tuple[float, float]:
    """Return what is left of the revenue after the goods, as a share, and what an hour costs.

    ``accounts`` are account facts, ``services`` the table of ``choose.services_table``. Raises
    ``MissingTable`` where one of the two is not known.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"revenue": [60.0, 40.0], "contribution": [20.0, 10.0]})
    >>> hunting(accounts, pd.DataFrame({"cost_per_hour": [500.0, 700.0]}))
    (0.3, 600.0)
    """
    hour = services["cost_per_hour"].mean()
    if "contribution" not in accounts or not hour > 0:
        raise MissingTable(
            _("What a sale leaves, or what an hour costs, is not known."),
            remedy=_("Add the cost of goods to the sales, or set cost_per_hour."),
        )
    margin = float(accounts["contribution"].sum() / accounts["revenue"].sum())
    return margin, float(hour)


def hunt_view(
    prospects: pd.DataFrame,
    hours: int = 300,
    hours_each: int = 12,
    *,
    margin: float,
    cost_per_hour: float,
    currency: str = "",
    source: str = "",
) -> tuple[Picture, pd.DataFrame]:
    """Return the picture of a hunt by the number begun, and the prospects where it stops paying.

    The prospects come by what they are assumed to bring, the most first. The table holds those on
    both sides of the one whose hours are not paid by a year's assumed profit: ``place``,
    ``prospect_id``, ``name``, ``assumed_value``, ``yearly_contribution`` and ``yearly_cost``.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"prospect_id": ["1", "2"], "name": ["A", "B"],
    ...     "assumed_value": [30e3, 5e3]})
    >>> rows = hunt_view(table, 24, 12, margin=0.3, cost_per_hour=500)[1]
    >>> rows[["prospect_id", "yearly_contribution", "yearly_cost"]].values.tolist()
    [['1', 9000.0, 6000.0], ['2', 1500.0, 6000.0]]
    """
    from kamkit.output.chart import chart

    table = prospects.dropna(subset=["assumed_value"]).sort_values(
        ["assumed_value", "prospect_id"], ascending=[False, True], ignore_index=True
    )
    table = table.assign(
        place=range(1, len(table) + 1),
        yearly_contribution=table["assumed_value"] * margin,
        yearly_cost=float(hours_each * cost_per_hour),
    )
    begun = min(hours // hours_each, len(table))
    pays = int((table["yearly_contribution"] >= table["yearly_cost"]).sum())
    title = ngettext(
        "{n} prospect begun: {cost} for hours, {brings} assumed a year",
        "{n} prospects begun: {cost} for hours, {brings} assumed a year",
        begun,
        cost=scaled(float(table["yearly_cost"].head(begun).sum()), currency),
        brings=scaled(float(table["yearly_contribution"].head(begun).sum()), currency),
    )
    told = ngettext(
        "The hours of {n} prospect are paid by what is assumed for a year.",
        "The hours of {n} prospects are paid by what is assumed for a year.",
        pays,
    )
    picture = chart(
        title,
        lambda axes: _hunted(axes, table, begun, currency),
        table=table,
        description=told,
        caption=source,
        height=3.6,
    )
    columns = ["place", "prospect_id", "name", "assumed_value", "yearly_contribution"]
    shown = table.iloc[max(0, pays - _NEAR) : pays + _NEAR]
    return picture, shown[[*columns, "yearly_cost"]].reset_index(drop=True)


def _hunted(axes: Any, table: pd.DataFrame, begun: int, currency: str) -> None:
    from kamkit.colours import BLUE, ORANGE, QUIET
    from kamkit.output.style import count_axis, legend_above, money_axis

    sums = table[["yearly_contribution", "yearly_cost"]].cumsum()
    axes.plot(table["place"], sums["yearly_contribution"], color=BLUE, label=_("assumed a year"))
    axes.plot(table["place"], sums["yearly_cost"], "--", color=ORANGE, label=_("cost of the hours"))
    axes.axvline(begun, color=QUIET, linewidth=0.9, linestyle=":")
    count_axis(axes.xaxis, _("Prospects begun"))
    money_axis(axes.yaxis, _("Added up"), sums.to_numpy().ravel(), currency)
    legend_above(axes)


def terms(accounts: pd.DataFrame, *, currency: str = "", source: str = "") -> None:
    """Show what an account leaves today, on other terms, and once they are gone.

    ``accounts`` are rows of ``value.destroyers``; in JupyterLab one of them is chosen, and sliders
    move the price, the service saved, and how much of its cost goes away with them.

    >>> import pandas as pd
    >>> one = pd.DataFrame({"account_id": ["1"], "account_name": ["A"], "revenue": [1000.0],
    ...     "contribution": [300.0], "cost_to_serve": [400.0], "payment_cost": [10.0]})
    >>> terms(one)  # doctest: +ELLIPSIS
    A: −110 today, −110 on these terms, −200 without them
    ...
    """

    def view(**chosen: Any) -> tuple[Picture, pd.DataFrame]:
        return terms_view(accounts, **chosen, currency=currency, source=source)

    def controls() -> dict[str, Any]:
        from kamkit.explore.contacts import _accounts

        return {
            "account": choice(_accounts(accounts.head(30)), _("Account")),
            "price": slider(0, -10, 40, _("Price step (%)")),
            "saved": slider(0, 0, 80, _("Service saved (%)"), step=5),
            "goes": slider(50, 0, 100, _("Goes away when they leave (%)")),
        }

    explore(view, controls, currency)


def terms_view(
    accounts: pd.DataFrame,
    account: str = "",
    price: int = 0,
    saved: int = 0,
    goes: int = 50,
    *,
    currency: str = "",
    source: str = "",
) -> tuple[Picture, pd.DataFrame]:
    """Return the picture of an account's profit today, on other terms and without them, and why.

    ``price`` is a step of all their prices, ``saved`` the part of the cost to serve that is saved,
    ``goes`` the part of it that goes away when they do, all in per cent; they buy as before. The
    table has one row: ``account_id``, ``account_name``, ``contribution``, ``cost_to_serve``,
    ``payment_cost``, ``profit_before``, ``profit_after`` and ``profit_without``, the cost of
    serving that stays when they go.

    >>> import pandas as pd
    >>> one = pd.DataFrame({"account_id": ["1"], "account_name": ["A"], "revenue": [1000.0],
    ...     "contribution": [300.0], "cost_to_serve": [400.0], "payment_cost": [10.0]})
    >>> row = terms_view(one, price=10, saved=25, goes=60)[1].iloc[0]
    >>> [float(row[one]) for one in ("profit_before", "profit_after", "profit_without")]
    [-110.0, 90.0, -160.0]
    """
    from kamkit.output.chart import chart

    row = accounts[accounts["account_id"] == account] if account else accounts
    row = row.head(1).reset_index(drop=True)
    if "payment_cost" not in row:
        row["payment_cost"] = 0.0
    served, left = row["cost_to_serve"], row["contribution"] - row["payment_cost"]
    table = row.assign(
        profit_before=left - served,
        profit_after=left + row["revenue"] * price / 100 - served * (100 - saved) / 100,
        profit_without=-served * (100 - goes) / 100,
    )
    columns = ["profit_before", "profit_after", "profit_without"]
    today, then, without = (scaled(float(table[one].iloc[0]), currency) for one in columns)
    title = _(
        "{name}: {today} today, {then} on these terms, {without} without them",
        name=str(table["account_name"].iloc[0]),
        today=today,
        then=then,
        without=without,
    )
    told = _("Without them the cost of serving that does not go away is left.")
    picture = chart(
        title,
        lambda axes: _three_ways(axes, table[columns].iloc[0].tolist(), currency),
        table=table,
        description=told,
        caption=source,
        height=2.8,
    )
    names = ["account_id", "account_name", "contribution", "cost_to_serve", "payment_cost"]
    return picture, table[[*names, *columns]]


def _three_ways(axes: Any, amounts: list[float], currency: str) -> None:
    from kamkit.colours import BLUE, ORANGE
    from kamkit.output.style import money_axis, name_rows

    axes.barh(range(3), amounts, 0.6, color=[BLUE if one >= 0 else ORANGE for one in amounts])
    name_rows(axes, [_("today"), _("on these terms"), _("without them")])
    axes.axvline(0, color="black", linewidth=0.8)
    money_axis(axes.xaxis, _("Profit after service and credit"), amounts, currency)


def chance(pairs: pd.DataFrame, *, source: str = "") -> None:
    """Show how many pairs hold, and how many of them may be false; in JupyterLab with a slider.

    ``pairs`` is the table of ``grow.affinity``.

    >>> import pandas as pd
    >>> pairs = {"leader": ["A", "B"], "follower": ["B", "A"], "both_baskets": [19, 19]}
    >>> two = pd.DataFrame(pairs).assign(lift=2.0, times_chance=1.5, q_value=0.01, holds=True)
    >>> chance(two)  # doctest: +ELLIPSIS
    At 5%: 1 pair holds, at most 0.1 of it by chance
    ...
    """

    def view(**chosen: Any) -> tuple[Picture, pd.DataFrame]:
        return chance_view(pairs, **chosen, source=source)

    controls = {"most": (5, 1, 50, _("False discoveries at most (%)"))}
    explore(view, lambda: {name: slider(*given) for name, given in controls.items()})


def pairs_once(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that are seen ten times and more often than chance gives, each once.

    ``pairs`` is the table of ``grow.affinity``, with a row for each direction; the surest first.

    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"leader": ["A", "B"], "follower": ["B", "A"]})
    >>> len(pairs_once(pairs.assign(q_value=0.01, both_baskets=12, lift=2.0, times_chance=1.5)))
    1
    """
    import numpy as np
    import pandas as pd

    above = (pairs["lift"] > 1) & (pairs["times_chance"] > 1)
    seen = pairs[above & (pairs["both_baskets"] >= _SEEN)]
    ends = pd.DataFrame(np.sort(seen[["leader", "follower"]].astype(str).to_numpy(), axis=1))
    once: pd.DataFrame = seen[~ends.duplicated().to_numpy()].sort_values(
        "q_value", ignore_index=True
    )
    return once


def chance_view(
    pairs: pd.DataFrame, most: int = 5, *, source: str = ""
) -> tuple[Picture, pd.DataFrame]:
    """Return the picture of how many pairs hold by the line that is drawn, and the last ones in.

    A pair counts once; it must be seen ten times, and more often than chance gives. ``most`` is the
    share of false discoveries allowed, in per cent. The table has the pairs nearest to the line, at
    most six: ``leader``, ``follower``, ``both_baskets``, ``times_chance`` and ``q_value``.

    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"leader": ["A", "A"], "follower": ["B", "C"], "q_value": [0.01, 0.2]})
    >>> pairs = pairs.assign(both_baskets=12, lift=2.0, times_chance=1.5)
    >>> print(chance_view(pairs, 20)[0])
    At 20%: 2 pairs hold, at most 0.4 of them by chance
    """
    import numpy as np
    import pandas as pd

    from kamkit.output.chart import chart

    once = pairs_once(pairs)
    lines = pd.DataFrame({"false_allowed": np.arange(1, 51) / 100})
    lines["pairs_hold"] = [int((once["q_value"] <= line).sum()) for line in lines["false_allowed"]]
    lines["pairs_false"] = lines["pairs_hold"] * lines["false_allowed"]
    held = int((once["q_value"] <= most / 100).sum())
    title = ngettext(
        "At {level}: {n} pair holds, at most {false} of it by chance",
        "At {level}: {n} pairs hold, at most {false} of them by chance",
        held,
        level=percent(most / 100, 0),
        false=number(math.ceil(held * most / 10) / 10, 1),
    )
    picture = chart(
        title,
        lambda axes: _lines(axes, lines, most / 100),
        table=lines,
        description=_("Further right more pairs hold, and more of them are chance."),
        caption=source,
        height=3.4,
    )
    names = ["leader", "follower", "both_baskets", "times_chance", "q_value"]
    return picture, once.iloc[max(0, held - _NEAR) : held + _NEAR][names].reset_index(drop=True)


def _lines(axes: Any, lines: pd.DataFrame, marked: float) -> None:
    from kamkit.colours import BLUE, ORANGE, QUIET
    from kamkit.output.style import count_axis, legend_above, share_axis

    axes.step(lines["false_allowed"], lines["pairs_hold"], color=BLUE, label=_("pairs that hold"))
    axes.plot(
        lines["false_allowed"],
        lines["pairs_false"],
        "--",
        color=ORANGE,
        label=_("of them chance, at most"),
    )
    axes.axvline(marked, color=QUIET, linewidth=0.9, linestyle=":")
    axes.set_ylim(bottom=0)
    share_axis(axes.xaxis, _("False discoveries allowed"))
    count_axis(axes.yaxis, _("Pairs"))
    legend_above(axes)
