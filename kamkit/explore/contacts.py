"""Explorers of one account: what more it could buy, and what is left when somebody leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamkit.explore.controls import choice, explore, slider
from kamkit.language import gettext as _
from kamkit.output.picture import Picture

if TYPE_CHECKING:
    import pandas as pd

_ROWS = 6


def growth(grid: pd.DataFrame, *, currency: str = "", source: str = "") -> None:
    """Show what an account buys and could buy; in JupyterLab with a choice of the account.

    ``grid`` is the table of ``grow.whitespace``. A second control sets how much of each gap is
    won, to try out.

    >>> import pandas as pd
    >>> cell = {"account_id": ["1"], "account_name": ["A"], "item": ["Tape"], "revenue": [10.0],
    ...     "open_amount": [30.0], "kind": ["upsell"], "state": ["us"],
    ...     "growth_middle": [3.0], "basis": ["wallet"]}
    >>> growth(pd.DataFrame(cell))
    A: buys for 10 and could buy for 30 more
    A: buys for 10 and could buy for 30 more. Tape: 10, open 30, upsell.
    """

    def view(**chosen: Any) -> tuple[Picture, pd.DataFrame]:
        return growth_view(grid, **chosen, currency=currency, source=source)

    def controls() -> dict[str, Any]:
        won = slider(50, 5, 100, _("Of a gap we win, in per cent"), step=5)
        return {"account": choice(_accounts(grid), _("Account")), "share_won": won}

    explore(view, controls, currency)


def growth_view(
    grid: pd.DataFrame,
    account: str = "",
    share_won: int = 50,
    *,
    currency: str = "",
    source: str = "",
) -> tuple[Picture, pd.DataFrame]:
    """Return the picture of one account's groups, and its opportunities, the largest first.

    Without ``account`` the first is taken. ``share_won`` (per cent) is the share of each gap that
    is won, to try out. The table: ``item``, ``kind``, ``open_amount``, ``growth_middle`` (at the
    rates seen in the ledger) and ``what_if`` (at the share tried).

    >>> import pandas as pd
    >>> grid = pd.DataFrame({"account_id": ["1"], "account_name": ["Bygg"], "item": ["Tape"]})
    >>> grid = grid.assign(kind="cross_sell", state="us", revenue=20.0, open_amount=80.0)
    >>> growth_view(grid.assign(growth_middle=4.0), share_won=25)[1]["what_if"].tolist()
    [20.0]
    """
    from kamkit.grow.charts import account_whitespace

    chosen = account or str(grid["account_id"].iloc[0])
    part = grid[grid["account_id"] == chosen]
    part = part.assign(what_if=part["open_amount"] * share_won / 100)
    best = part[(part["kind"] != "") & (part["open_amount"] > 0)]
    best = best.sort_values(["open_amount", "item"], ascending=[False, True]).head(_ROWS)
    columns = ["item", "kind", "open_amount", "growth_middle", "what_if"]
    return account_whitespace(part, currency=currency, source=source), best[columns]


def relations(persons: pd.DataFrame, accounts: pd.DataFrame, *, source: str = "") -> None:
    """Show the relationship map; in JupyterLab with a choice of the account and of who leaves.

    ``persons`` is the table of ``relate.people``, ``accounts`` has ``account_id`` and
    ``account_name``, in the order of the choice. Those who know nobody left are marked on the map.

    >>> import pandas as pd
    >>> from kamkit import relate
    >>> import datetime as dt
    >>> one = pd.DataFrame({"account_id": ["1"], "person": ["Eva"], "our_contact": ["S1"]})
    >>> relations(relate.people(one, end=dt.date(2025, 1, 1)),
    ...     pd.DataFrame({"account_id": ["1"], "account_name": ["A"]}))  # doctest: +ELLIPSIS
    A: 1 person in 0 departments, known by 1 of ours
    A: 1 person in 0 departments, known by 1 of ours. ...
    """
    from kamkit.relate._people import ours_of

    known = set(persons["account_id"])
    listed = accounts[accounts["account_id"].isin(known)]

    def view(**chosen: Any) -> tuple[Picture, pd.DataFrame]:
        return relations_view(persons, listed, **chosen, source=source)

    def controls() -> dict[str, Any]:
        ours = sorted({code for cell in persons["our_contact"] for code in ours_of(cell)})
        leaves = [(_("nobody"), ""), *[(one, one) for one in ours]]
        return {
            "account": choice(_accounts(listed), _("Account")),
            "without": choice(leaves, _("Of ours leaves")),
        }

    explore(view, controls)


def relations_view(
    persons: pd.DataFrame,
    accounts: pd.DataFrame,
    account: str = "",
    without: str = "",
    *,
    source: str = "",
) -> tuple[Picture, pd.DataFrame]:
    """Return the map of one account when one of ours has left, and what hangs on each of ours.

    The table has one row per colleague who knows somebody: ``our_contact``, ``people`` and
    ``ours_share`` (what is lost without), the most first.
    """
    import pandas as pd

    from kamkit.relate._people import lost_without, ours_of
    from kamkit.relate.charts import relationship_map

    chosen = account or str(accounts["account_id"].iloc[0])
    part = persons[persons["account_id"] == chosen]
    left = [
        "; ".join(code for code in ours_of(cell) if code != without) for cell in part["our_contact"]
    ]
    part = part.assign(our_contact=left)
    lost = lost_without(part)
    table = pd.DataFrame(
        {
            "our_contact": lost.index.astype("str"),
            "people": [sum(code in ours_of(cell) for cell in left) for code in lost.index],
            "ours_share": lost.to_numpy(),
        }
    )
    names = dict(zip(accounts["account_id"], accounts["account_name"], strict=True))
    return relationship_map(part, name=str(names.get(chosen, chosen)), source=source), table


def health_weights(
    accounts: pd.DataFrame,
    *,
    contacts: pd.DataFrame | None = None,
    ratings: pd.DataFrame | None = None,
    source: str = "",
) -> None:
    """Show how health spreads over all accounts; in JupyterLab with a slider for each weight.

    The tables are those of ``relate.health``.

    >>> import pandas as pd
    >>> health_weights(pd.DataFrame({"account_id": ["1"], "rhythm_state": ["late"]}))
    1 of 1 account has a health below 40
    1 of 1 account has a health below 40. 0 to 10: 1.
    """
    from kamkit.relate._health import PARTS

    def view(**given: Any) -> tuple[Picture, pd.DataFrame]:
        return health_view(
            accounts, given or None, contacts=contacts, ratings=ratings, source=source
        )

    def controls() -> dict[str, Any]:
        return {name: slider(int(points), 0, 50, _(text)) for name, (text, points) in PARTS.items()}

    explore(view, controls)


def health_view(
    accounts: pd.DataFrame,
    given: Mapping[str, float] | None = None,
    *,
    contacts: pd.DataFrame | None = None,
    ratings: pd.DataFrame | None = None,
    source: str = "",
) -> tuple[Picture, pd.DataFrame]:
    """Return the spread of health over all accounts under weights, and the poorest accounts.

    The table has one row per account, the poorest first, at most six: ``account_id``,
    ``account_name``, ``health``, ``weakest``.

    >>> import pandas as pd
    >>> two = pd.DataFrame({"account_id": ["1", "2"], "rhythm_state": ["on_time", "lost"]})
    >>> health_view(two)[1][["account_id", "health", "weakest"]].values.tolist()
    [['2', 0.0, 'rhythm'], ['1', 100.0, '']]
    """
    from kamkit.relate._health import health
    from kamkit.relate.charts import health_spread

    finding = health(accounts, contacts=contacts, ratings=ratings, weights=given).table
    poorest = finding.dropna(subset=["health"]).sort_values(["health", "account_id"]).head(_ROWS)
    columns = ["account_id", "account_name", "health", "weakest"]
    return health_spread(finding, source=source), poorest[columns]


def _accounts(table: pd.DataFrame) -> list[tuple[str, str]]:
    rows = table.drop_duplicates("account_id")
    return [
        (f"{name} ({account})", str(account))
        for account, name in zip(rows["account_id"], rows["account_name"], strict=True)
    ]
