"""Explorers of a choice: other weights, and breadth against depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamkit.explore.controls import explore, slider
from kamkit.language import gettext as _
from kamkit.output.picture import Picture

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.choose._score import Scores
    from kamkit.choose.effects import Terms

_EFFECTS = ("retention", "growth")
_KINDS = ("shared", "dedicated")


def weights(scores: Scores, *, n: int = 20, source: str = "") -> None:
    """Show who is key under other weights; in JupyterLab with a slider for each criterion.

    ``scores`` is the finding of ``choose.score``; ``n`` the number of key accounts. When the runner
    executes the notebook, and outside a notebook, the first view stands alone.

    >>> import pandas as pd
    >>> from kamkit import choose
    >>> two = pd.DataFrame({"account_id": ["1", "2"], "revenue": [9.0, 5.0]})
    >>> weights(choose.score(two, choose.data_criteria(two), {"revenue": 1}), n=1)
    The weights as they are: 1 key account
    The weights as they are: 1 key account. 1: 100.
    """
    usual = _whole(scores)

    def view(**chosen: Any) -> tuple[Picture, pd.DataFrame]:
        size = int(chosen.pop("n", n))
        given = {name[7:]: float(share) for name, share in chosen.items()}
        # a slider shows whole per cent; one that nobody moved has the weight as it is
        for name, share in given.items():
            if share == usual[name]:
                given[name] = 100 * float(scores.weights[name])
        return weights_view(scores, given or None, n=size, source=source)

    explore(view, lambda: _weight_controls(scores, n))


def weights_view(
    scores: Scores, given: Mapping[str, float] | None = None, *, n: int = 20, source: str = ""
) -> tuple[Picture, pd.DataFrame]:
    """Return the picture of the list under other weights, and who comes in and goes out.

    ``given`` are weights by criterion, in any proportion; None leaves them. The table has one row
    per account that comes in or goes out: ``account_id``, ``account_name``, ``list_change`` (a
    code), ``rank_before``, ``rank_after``; those who come in first. Raises ``ParameterError`` for
    weights that are all zero.

    >>> import pandas as pd
    >>> from kamkit import choose
    >>> two = pd.DataFrame({"account_id": ["1", "2"], "revenue": [9.0, 5.0],
    ...     "payment_days": [60.0, 14.0]})
    >>> now = choose.score(two, choose.data_criteria(two), {"revenue": 1})
    >>> weights_view(now, {"payment": 1}, n=1)[1]["list_change"].tolist()
    ['comes_in', 'goes_out']
    """
    import pandas as pd

    from kamkit.choose._score import totals
    from kamkit.choose.charts import weight_change
    from kamkit.choose.criteria import weights_of

    weight = scores.weights if given is None else weights_of(scores.criteria, given)
    table = scores.table.rename(columns={"rank": "rank_before", "score": "score_before"})
    after = totals(scores.ratings, weight, scores.missing)
    table["score_after"] = table["account_id"].map(after)
    order = table.sort_values(
        ["eligible", "score_after", "rank_before"], ascending=[False, False, True]
    )
    table["rank_after"] = pd.Series(range(1, len(table) + 1), index=order.index)
    was = (table["rank_before"] <= n) & table["eligible"]
    now = (table["rank_after"] <= n) & table["eligible"]
    table["list_change"] = "stays"
    table.loc[now & ~was, "list_change"] = "comes_in"
    table.loc[was & ~now, "list_change"] = "goes_out"
    shown = table[was | now].sort_values("rank_after", ignore_index=True)
    picture = weight_change(shown, moved=given is not None, source=source)
    names = ["account_id", "account_name", "list_change", "rank_before", "rank_after"]
    moved = shown[shown["list_change"] != "stays"].sort_values(
        ["list_change", "rank_after"], ignore_index=True
    )
    return picture, moved[[name for name in names if name in moved]]


def breadth_and_depth(
    accounts: pd.DataFrame,
    services: pd.DataFrame,
    terms: Terms,
    *,
    n: int = 20,
    currency: str = "",
    hours: float | None = None,
) -> None:
    """Show what a programme returns at every breadth and depth; in JupyterLab with sliders.

    The sliders are the number of key accounts, how many of the first have a team of their own (-1:
    those it pays more for), what each treatment is assumed to do for retention and growth, and the
    cost of an hour. ``accounts`` come best first with
    ``yearly_contribution``; ``services`` is the table of ``choose.services_table``; ``hours`` what
    all managers have in a year. Raises what ``choose.trade_off`` raises.
    """
    known = services["cost_per_hour"].dropna()
    usual = float(known.mean()) if len(known) else 0.0

    def view(**chosen: Any) -> tuple[Picture, pd.DataFrame]:
        return breadth_and_depth_view(
            accounts, services, terms, currency=currency, hours=hours, **{"n": n, **chosen}
        )

    explore(view, lambda: _depth_controls(len(accounts), n, usual), currency)


def breadth_and_depth_view(
    accounts: pd.DataFrame,
    services: pd.DataFrame,
    terms: Terms,
    *,
    n: int = 20,
    currency: str = "",
    hours: float | None = None,
    dedicated: int = -1,
    **assumed: float,
) -> tuple[Picture, pd.DataFrame]:
    """Return the picture of breadth against depth, and the three depths at ``n`` key accounts.

    ``dedicated`` is how many of the first have a team of their own, -1 for those it pays more for.
    ``assumed`` are likely effects such as ``retention_shared`` and ``growth_dedicated``, as shares,
    and ``cost_per_hour``, which replaces that of the services where it is above zero. The table
    has one row per depth: ``depth``, ``key_accounts``, ``dedicated``, ``hours``, ``yearly_cost``,
    ``net_present_value``.

    >>> import pandas as pd
    >>> from kamkit.choose import Terms, services_table
    >>> two = pd.DataFrame({"account_id": ["a", "b"], "yearly_contribution": [1e4, 0.0]})
    >>> view = breadth_and_depth_view(two, services_table(cost_per_hour=100), Terms(0.9), n=1)
    >>> view[1][["depth", "yearly_cost"]].values.tolist()
    [['all_shared', 2200.0], ['some_dedicated', 2200.0], ['all_dedicated', 8600.0]]
    """
    from kamkit.choose._trade_off import trade_off
    from kamkit.choose.charts import breadth_and_depth as draw
    from kamkit.choose.depth import treatments
    from kamkit.choose.effects import EFFECTS

    price = assumed.pop("cost_per_hour", 0.0)
    effects = dict(EFFECTS)
    for name, share in assumed.items():
        effect, _x, kind = name.partition("_")
        effects[kind, effect] = (share, share, share)
    table = trade_off(
        accounts,
        treatments(_at_price(services, price)),
        terms,
        effects=effects,
        hours=hours,
        dedicated=None if dedicated < 0 else dedicated,
    )
    size = min(n, int(table["key_accounts"].max()))
    columns = ["depth", "key_accounts", "dedicated", "hours", "yearly_cost", "net_present_value"]
    at = table[table["key_accounts"] == size][columns].reset_index(drop=True)
    return draw(table, marked=size, currency=currency), at


def _at_price(services: pd.DataFrame, price: float) -> pd.DataFrame:
    if price <= 0:
        return services
    other = services["quantity"] * services["other_cost"].fillna(0.0)
    return services.assign(yearly_cost=services["yearly_hours"] * price + other)


def _whole(scores: Scores) -> dict[str, int]:
    """Return the weight of each criterion in whole per cent, as the sliders begin."""
    return {
        criterion.name: round(100 * float(scores.weights[criterion.name]))
        for criterion in scores.criteria
    }


def _weight_controls(scores: Scores, n: int) -> dict[str, Any]:
    most = max(2, min(len(scores.table), 100))
    shares = _whole(scores)
    return {"n": slider(min(n, most), 1, most, _("Key accounts (breadth)"))} | {
        f"weight:{criterion.name}": slider(shares[criterion.name], 0, 100, criterion.label)
        for criterion in scores.criteria
    }


def _depth_controls(accounts: int, n: int, usual: float) -> dict[str, Any]:
    from kamkit.choose.effects import EFFECTS
    from kamkit.schema import word

    most = max(2, min(accounts, 60))
    controls = {
        "n": slider(min(n, most), 1, most, _("Key accounts (breadth)")),
        "dedicated": slider(-1, -1, most, _("Teams of their own (-1: where it pays)")),
    }
    names = {"retention": _("kept more a year"), "growth": _("growth a year")}
    for kind in _KINDS:
        for effect in _EFFECTS:
            words = _("{treatment}: {effect}", treatment=word(kind), effect=names[effect])
            likely = EFFECTS[kind, effect][1]
            controls[f"{effect}_{kind}"] = slider(likely, 0, 0.2, words, step=0.005, share=True)
    if usual > 0:
        high, step = round(3 * usual, -1), max(1.0, round(usual / 20))
        controls["cost_per_hour"] = slider(usual, 0, high, _("Cost of an hour"), step=step)
    return controls
