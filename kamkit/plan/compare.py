"""What became of it: one run beside an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.errors import ParameterError
from kamkit.language import N_, joined, ngettext, number, percent
from kamkit.language import gettext as _
from kamkit.money import scaled
from kamkit.output.finding import Finding
from kamkit.periods import day
from kamkit.plan._objectives import written_goals
from kamkit.schema import name_of, takes, word, written

if TYPE_CHECKING:
    from kamkit.plan.basis import Basis

_TREATMENT = {"ordinary": 0, "shared": 1, "dedicated": 2}
_MOVES = {
    "entered": N_("{n} new"),
    "left": N_("{n} no longer on the list"),
    "up_tier": N_("{n} with more treatment"),
    "down_tier": N_("{n} with less treatment"),
}
_EFFECTS = {
    "new": N_("new accounts {amount}"),
    "up": N_("growth {amount}"),
    "down": N_("decline {amount}"),
    "lost": N_("lost accounts {amount}"),
}
OUTCOMES = ("missed", "on_the_way", "not_yet", "reached", "unknown")
"""What came of an objective: what asks for something first."""

_FELL = 10.0
_ALARMS = ("late", "lost", "season_missed")


def comparable(old: Basis, new: Basis) -> None:
    """Refuse runs that cannot be compared: two companies, or the later one given first.

    Raises ``ParameterError`` that says what was found.
    """
    before, after = old.about, new.about
    if before.currency != after.currency:
        raise ParameterError(
            _("The two runs are in different currencies."),
            found=f"{before.currency}, {after.currency}",
            remedy=_("Compare runs of the same company."),
        )
    if before.period.end > after.period.end:
        raise ParameterError(
            _("The run named first is the later one."),
            found=f"{day(before.period.end)}, {day(after.period.end)}",
            remedy=_("Name the earlier run first."),
        )
    known = [set(one.accounts["account_id"]) for one in (old, new)]
    if all(known) and not known[0] & known[1]:
        raise ParameterError(
            _("The two runs have no account in common."),
            found=f"{before.title}, {after.title}",
            remedy=_("Compare runs of the same company."),
        )


def changed(old: Basis, new: Basis) -> Finding:
    """Tell in a few sentences what changed and what came of what was agreed.

    One row per line of the list: ``move`` (see ``movements``) with ``n``, the accounts that made
    it.
    """
    moved = movements(old, new)
    table = moved.table["move"].value_counts().rename("n").rename_axis("move").reset_index()
    sentences = [moved.text, outcomes(old, new).text, revenue_bridge(old, new).text]
    if old.about.period.end == new.about.period.end:
        same = _(
            "Both runs end on {day}: what differs comes of settings, of what people wrote, or of a "
            "changed source, not of time.",
            day=day(new.about.period.end),
        )
        sentences = [same, *sentences]
    return Finding("changed", table, joined(" ", sentences))


def movements(old: Basis, new: Basis) -> Finding:
    """Tell who came onto the list of key accounts, who left it, and whose treatment changed.

    One row per account that moved: ``account_id``, ``account_name``, ``move`` (``entered``,
    ``left``, ``up_tier``, ``down_tier``), ``treatment_before``, ``treatment`` and ``because`` (what
    spoke for or against it in the later run).
    """
    was, now = _treatments(old), _treatments(new)
    names = _names(new, old)
    rows = []
    for account in sorted(set(was) | set(now)):
        before, after = was.get(account, "ordinary"), now.get(account, "ordinary")
        if before == after:
            continue
        move = "entered" if account not in was else "left"
        if account in was and account in now:
            more = _TREATMENT.get(after, 1) > _TREATMENT.get(before, 1)
            move = "up_tier" if more else "down_tier"
        why = _because(account, new)
        rows.append((account, names.get(account, account), move, before, after, why))
    table = pd.DataFrame(
        rows,
        columns=["account_id", "account_name", "move", "treatment_before", "treatment", "because"],
    )
    table = table.iloc[np.lexsort((table["account_id"], table["move"].map([*_MOVES].index)))]
    text = _("The list of key accounts is the same, with the same treatment.")
    if len(table):
        counts = table["move"].value_counts()
        listed = ngettext("{n} key account", "{n} key accounts", len(now))
        moves = [_(text, n=number(int(counts[c]))) for c, text in _MOVES.items() if c in counts]
        text = _("{what}: {counts}.", what=listed, counts=joined(", ", moves))
    return Finding("movements", table.reset_index(drop=True), text)


def revenue_bridge(old: Basis, new: Basis) -> Finding:
    """Tell why revenue is what it is: from the later period of the old run to that of the new.

    One row per account of either: ``account_id``, ``account_name``, ``revenue_before``,
    ``revenue_after``, ``change`` and ``effect`` (``new``, ``lost``, ``up``, ``down``, ``same``);
    reckoned in hundredths, so that the changes add up exactly. The largest changes come first.
    Both periods are the later year (or half) of their own ledger, and overlap where the runs are
    less than a year apart. Raises ``ParameterError`` where a run has no such period.
    """
    sums = [_cents(basis) for basis in (old, new)]
    ids = sorted(set(sums[0]) | set(sums[1]))
    names = _names(new, old)
    before = np.array([sums[0].get(one, 0) for one in ids], dtype=np.int64)
    after = np.array([sums[1].get(one, 0) for one in ids], dtype=np.int64)
    change = after - before
    if int(change.sum()) != int(after.sum()) - int(before.sum()):
        raise ArithmeticError("the bridge does not add up")
    effect = np.select(
        [(before == 0) & (after != 0), (after == 0) & (before != 0), change > 0, change < 0],
        ["new", "lost", "up", "down"],
        "same",
    )
    table = pd.DataFrame(
        {
            "account_id": ids,
            "account_name": [names.get(one, one) for one in ids],
            "revenue_before": before / 100,
            "revenue_after": after / 100,
            "change": change / 100,
            "effect": effect,
        }
    )
    table = table.iloc[np.lexsort((table["account_id"], -np.abs(change)))].reset_index(drop=True)
    return Finding("revenue_bridge", table, _bridge_text(table, new))


def _bridge_text(table: pd.DataFrame, new: Basis) -> str:
    currency = new.about.currency
    sums = table.groupby("effect")["change"].sum()
    parts = joined(
        ", ",
        [
            _(text, amount=scaled(float(sums[code]), currency))
            for code, text in _EFFECTS.items()
            if code in sums
        ],
    )
    return _(
        "Revenue went from {before} to {after}: {parts}.",
        parts=parts or word("same"),
        before=scaled(float(table["revenue_before"].sum()), currency),
        after=scaled(float(table["revenue_after"].sum()), currency),
    )


_OUTCOME = [
    "account_id",
    "account_name",
    "objective",
    "measure",
    "item",
    "baseline",
    "target",
    "now",
    "direction",
    "due",
    "owner",
    "outcome",
]


def outcomes(old: Basis, new: Basis) -> Finding:
    """Tell what became of the objectives of the old run, by the facts of the new.

    One row per objective of the old run: ``account_id``, ``account_name``, ``objective``,
    ``measure``, ``item``, ``baseline``, ``target``, ``now``, ``direction``, ``due``, ``owner`` and
    ``outcome``: ``reached`` where the target is met, ``missed`` where it was due and is not,
    ``on_the_way`` where it moved towards it, else ``not_yet``; ``unknown`` where the new run
    cannot say.
    """
    goals = old.objectives
    columns = list(_OUTCOME)
    if goals is None or goals.empty:
        return Finding(
            "outcomes", pd.DataFrame(columns=columns), _("The earlier run has no objectives.")
        )
    end = pd.Timestamp(new.about.period.end)
    values = _values(new)
    rows = []
    for row in goals.to_dict("records"):
        now = values(str(row["account_id"]), str(row["measure"]), str(row["item"]))
        rows.append(
            {
                **{name: row.get(name) for name in columns if name in row},
                "due": row.get("measured", row["due"]),  # the day that the outcome is judged by
                "now": now,
                "outcome": _outcome(row, now, end),
            }
        )
    table = pd.DataFrame(rows, columns=columns)
    counts = table["outcome"].value_counts()
    listed = ngettext(
        "{n} objective of the earlier plans", "{n} objectives of the earlier plans", len(table)
    )
    parts = [joined(" ", [number(int(counts[c])), word(c)]) for c in OUTCOMES if c in counts]
    text = _("{what}: {counts}.", what=listed, counts=joined(", ", parts))
    return Finding("outcomes", table, text)


def forecasts(old: Basis, new: Basis) -> Finding:
    """Compare what the old run expected with what came: purchases since its last day.

    One row per account with a forecast and facts in both runs: ``account_id``, ``account_name``,
    ``expected`` (the forecast of twelve months, for the days between the runs), ``came`` (days
    with an order since), ``difference``, and ``order_expected`` (the next order that its rhythm
    promised by the new last day) with ``order_came``.
    """
    columns = [
        "account_id",
        "account_name",
        "expected",
        "came",
        "difference",
        "order_expected",
        "order_came",
    ]
    was, now = old.accounts, new.accounts
    last = pd.Timestamp(new.about.period.end)
    days = (new.about.period.end - old.about.period.end).days
    needed = {"expected_purchases", "orders", "next_expected"}
    if not needed <= set(was) or "orders" not in now or days <= 0:
        return Finding(
            "forecasts", pd.DataFrame(columns=columns), _("There are no forecasts to compare with.")
        )
    names = _names(new, old)
    both = was[["account_id", "expected_purchases", "orders", "next_expected"]]
    both = both.merge(now[["account_id", "orders"]], on="account_id", suffixes=("", "_now"))
    both = both.dropna(subset=["expected_purchases", "orders", "orders_now"])
    came = (both["orders_now"] - both["orders"]).clip(lower=0)
    expected = both["expected_purchases"] * days / 365.25
    # an order that was overdue already was promised before the earlier run
    promised = both["next_expected"].between(pd.Timestamp(old.about.period.end), last, "right")
    table = pd.DataFrame(
        {
            "account_id": both["account_id"],
            "account_name": [names.get(one, one) for one in both["account_id"]],
            "expected": expected,
            "came": came,
            "difference": came - expected,
            "order_expected": promised,
            "order_came": promised & (came > 0),
        }
    )
    table = table.sort_values(["difference", "account_id"]).reset_index(drop=True)
    return Finding("forecasts", table, _forecast_text(table, days), _forecast_caveats(table))


def _forecast_text(table: pd.DataFrame, days: int) -> str:
    if table.empty:
        return _("No account has a forecast.")
    promised = int(table["order_expected"].sum())
    text = ngettext(
        "In {days} {n} purchase was expected and {came} came.",
        "In {days} {n} purchases were expected and {came} came.",
        round(float(table["expected"].sum())),
        days=ngettext("{n} day", "{n} days", days),
        came=number(float(table["came"].sum())),
    )
    if not promised:
        return text
    kept = int(table["order_came"].sum())
    sentence = _(
        "Of {n} that their rhythm promised an order, {share} ordered.",
        n=ngettext("{n} account", "{n} accounts", promised),
        share=percent(kept / promised, 0),
    )
    return joined(" ", [text, sentence])


def _forecast_caveats(table: pd.DataFrame) -> tuple[str, ...]:
    if table.empty:
        return ()
    worst = table.iloc[0]
    if worst["difference"] >= -1:
        return ()
    came, expected = number(float(worst["came"])), number(float(worst["expected"]))
    return (
        _(
            "Farthest below: {name}, {came} for {expected} expected.",
            name=name_of(worst),
            came=came,
            expected=expected,
        ),
    )


def new_alarms(old: Basis, new: Basis) -> Finding:
    """Tell which accounts have fallen silent, or lost health, since the old run.

    One row per account and alarm: ``account_id``, ``account_name``, ``alarm`` (``late``, ``lost``
    or ``season_missed`` that it was not before, or ``health_fell`` by ten points), ``was`` and
    ``now`` in words; accounts that get a plan first.
    """
    rows = []
    states = [_column(basis, "accounts", "rhythm_state") for basis in (old, new)]
    for account, state in states[1].items():
        before = states[0].get(account)
        if state in _ALARMS and isinstance(before, str) and before not in _ALARMS:
            rows.append((account, state, word(before), word(str(state))))
    points = [_column(basis, "health", "health") for basis in (old, new)]
    for account, now in points[1].items():
        before = points[0].get(account, float("nan"))
        if before == before and now == now and before - now >= _FELL:
            rows.append((account, "health_fell", number(before), number(now)))
    planned = set(new.planned["account_id"])
    table = pd.DataFrame(rows, columns=["account_id", "alarm", "was", "now"])
    names = _names(new, old)
    table.insert(1, "account_name", [names.get(one, one) for one in table["account_id"]])
    outside = ~table["account_id"].isin(planned)
    table = table.iloc[np.lexsort((table["account_id"], outside))].reset_index(drop=True)
    mine = int(table["account_id"].isin(planned).sum())
    if table.empty:
        return Finding("new_alarms", table, _("No new alarms."))
    text = _(
        "{n}, {mine} of them with a plan.",
        mine=number(mine),
        n=ngettext("{n} new alarm", "{n} new alarms", len(table)),
    )
    return Finding("new_alarms", table, text)


def overdue_actions(basis: Basis) -> Finding:
    """Tell which written goals are overdue on the last day of the ledger.

    One row per goal: those of ``written_goals`` that are overdue, the oldest first.
    """
    goals = written_goals(basis.goals, basis.about.period.end)
    late = goals[goals["overdue"].astype(bool)] if len(goals) else goals
    late = late.sort_values(["due", "account_id"]).reset_index(drop=True)
    names = _names(basis)
    late.insert(1, "account_name", [names.get(one, one) for one in late["account_id"]])
    if late.empty:
        return Finding("overdue", late, _("No written goal is overdue."))
    first = late.iloc[0]
    text = ngettext(
        "{n} written goal is overdue: “{goal}” at {name}.",
        "{n} written goals are overdue, the oldest “{goal}” at {name}.",
        len(late),
        goal=first["objective"],
        name=name_of(first),
    )
    return Finding("overdue", late, text)


@takes(new="account_id")
def moved_matrix(old: Basis, new: pd.DataFrame) -> pd.DataFrame:
    """Return the matrix with where each account was: ``…_before`` beside both axes."""
    was = old.matrix
    if was is None:
        return new
    before = was[["account_id", "attractiveness", "strength"]]
    before = before.rename(
        columns={name: f"{name}_before" for name in before if name != "account_id"}
    )
    return new.merge(before, on="account_id", how="left")


def _treatments(basis: Basis) -> dict[str, str]:
    key = basis.key_accounts
    treated = key["treatment"] if "treatment" in key else pd.Series("shared", index=key.index)
    return {
        str(one): str(kind) if kind == kind else "shared"
        for one, kind in zip(key["account_id"], treated, strict=True)
    }


def _names(*bases: Basis) -> dict[str, str]:
    """Return what each account is called, by the first of the runs that knows."""
    names: dict[str, str] = {}
    for base in reversed(bases):
        named = _column(base, "accounts", "account_name")
        names |= {account: name for account, name in named.items() if isinstance(name, str)}
    return names


def _column(basis: Basis, table: str, column: str) -> dict[str, Any]:
    frame = basis.table(table)
    if frame is None or column not in frame:
        return {}
    return {str(one): value for one, value in zip(frame["account_id"], frame[column], strict=True)}


def _because(account: str, new: Basis) -> str:
    for name, column in (
        ("key_accounts", "reasons"),
        ("ordinary_sales", "against"),
        ("ordinary_sales", "reasons"),
    ):
        because = _column(new, name, column).get(account)
        if isinstance(because, str) and because:
            return because
    return ""


def _cents(basis: Basis) -> dict[str, int]:
    amounts = _column(basis, "accounts", "revenue_after")
    if not amounts:
        raise ParameterError(
            _("A run has no later period to compare by."),
            found=str(basis.about.period),
            wanted=_("a ledger that can be cut into two equal periods"),
            remedy=_("Use a ledger of at least a few months."),
        )
    return {one: round(float(value) * 100) for one, value in amounts.items() if value == value}


def _values(new: Basis) -> Any:
    """Return a function that looks a measure of an account up in the new run."""
    from kamkit.plan._facts import facts

    every = facts(new).set_index("account_id")
    whole = new.accounts.set_index("account_id")
    grid = new.whitespace
    key = set(new.key_accounts["account_id"])

    def value(account: str, measure: str, item: str) -> float:
        if measure == "is_key":
            return float(account in key)
        if measure == "first_order" and account in whole.index and "rhythm_state" in whole:
            return float(str(whole.at[account, "rhythm_state"]) != "lost")
        if measure == "item_revenue":
            if grid is None:
                return float("nan")
            cell = grid[(grid["account_id"] == account) & (grid["item"] == item)]
            return float(cell["revenue"].iloc[0]) if len(cell) else float("nan")
        for table in (every, whole):
            if account in table.index and measure in table:
                return float(pd.to_numeric(pd.Series([table.at[account, measure]]))[0])
        if measure in ("revenue_after", "revenue_year") and len(whole):
            return 0.0
        return float("nan")

    return value


def _outcome(row: dict[Any, Any], now: float, end: pd.Timestamp) -> str:
    if now != now:
        return "unknown"
    sign = -1 if row["direction"] == "at_most" else 1
    due = row.get("measured", row["due"])  # runs before 0.2 know no day of measuring
    if sign * (now - row["target"]) >= -1e-9:
        return "reached" if due <= end or row["target"] != row["baseline"] else "on_the_way"
    if due <= end:
        return "missed"
    return "on_the_way" if sign * (now - row["baseline"]) > 1e-9 else "not_yet"


@takes(table="now measure item baseline target")
def in_words_now(table: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return the outcomes with their measures and values written out; see ``plan.in_words``.

    What was the value of the day is ``then_words``, beside ``now_words``.

    >>> row = {"measure": ["people"], "item": "", "baseline": 2.0, "target": 3.0, "now": 3.0}
    >>> in_words_now(pd.DataFrame(row), "NOK").iloc[0, 5:].tolist()
    ['known people', '2', '3', '3']
    """
    from kamkit.plan._account_plan import in_words

    worded = in_words(table, currency).rename(columns={"baseline_words": "then_words"})
    worded["now_words"] = [
        written(float(now), str(measure), currency)
        for now, measure in zip(table["now"], table["measure"], strict=True)
    ]
    return worded
