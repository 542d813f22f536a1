"""How far a relationship has come: answers and evidence, the stage, and the gap to the wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamkit.language import N_, joined, ngettext, number
from kamkit.language import gettext as _
from kamkit.output.finding import Finding
from kamkit.schema import name_of, takes, word

if TYPE_CHECKING:
    from collections.abc import Mapping

QUESTIONS: dict[str, tuple[str, tuple[str, str, str, str]]] = {
    "contact": (
        N_("Who talks to whom?"),
        (
            N_("one of ours with one of theirs"),
            N_("a few on each side"),
            N_("several departments meet each other"),
            N_("teams across both companies"),
        ),
    ),
    "information": (
        N_("What do we tell each other?"),
        (
            N_("prices and orders"),
            N_("forecasts when somebody asks"),
            N_("plans and costs, openly"),
            N_("figures and systems are shared"),
        ),
    ),
    "planning": (
        N_("Who plans?"),
        (
            N_("nobody"),
            N_("we do, for ourselves"),
            N_("both, once a year"),
            N_("both, for several years and at the top"),
        ),
    ),
    "trust": (
        N_("How is an order won?"),
        (
            N_("every order is put out to tender"),
            N_("we are asked first"),
            N_("work comes without a tender"),
            N_("each looks after the other's good unasked"),
        ),
    ),
    "adaptation": (
        N_("How far have we adapted to each other?"),
        (
            N_("standard goods and terms"),
            N_("small adjustments"),
            N_("products or routines of its own"),
            N_("operations built together"),
        ),
    ),
    "commitment": (
        N_("What would it take to part?"),
        (
            N_("a telephone call"),
            N_("some trouble"),
            N_("it would cost both"),
            N_("it would harm both badly"),
        ),
    ),
}
"""The questionnaire: six questions with four answers each, from 1 to 4 points."""

STAGES: dict[str, str] = {
    "exploratory": "pre_kam",
    "basic": "early_kam",
    "cooperative": "mid_kam",
    "interdependent": "partnership_kam",
    "integrated": "synergistic_kam",
    "disintegrating": "uncoupling_kam",
}
"""Stages of McDonald, Rogers and Woodburn (2000) to those of Millman and Wilson (1995)."""

FROM_POINTS = {"basic": 6.0, "cooperative": 10.5, "interdependent": 16.5, "integrated": 22.5}
"""The fewest points of six questions for each stage, as commonly quoted: whole points 6 to 10
basic, 11 to 16 cooperative, 17 to 22 interdependent, 23 and 24 integrated."""

_LEAST = 3
_LOST = ("lost", "season_missed")
_HALF = -0.5


@takes(
    accounts="account_id",
    questionnaire="account_id question answer",
    evidence="account_id question points",
)
def stage(
    accounts: pd.DataFrame,
    *,
    questionnaire: pd.DataFrame | None = None,
    evidence: pd.DataFrame | None = None,
    wanted: Mapping[str, str] | None = None,
) -> Finding:
    """Tell how far the relationship with each account has come, and how far it should come.

    An account is ``disintegrating`` that has stopped buying by its own rhythm or lost half of its
    revenue, and ``exploratory`` that bought first in the last year of a ledger of more than two
    years, whatever the answers say.

    Parameters
    ----------
    accounts : DataFrame
        Account facts: what is there of ``rhythm_state``, ``change`` with ``revenue_before``,
        ``first_date`` and ``last_date``.
    questionnaire : DataFrame, optional
        The table questionnaire of a case.
    evidence : DataFrame, optional
        The table of ``evidence``, which is used for questions that nobody answered.
    wanted : mapping of str to str, optional
        A stage for each account where the questionnaire names no wanted answers; cooperative
        where it is not given.

    Returns
    -------
    Finding
        One row per account, in their order: ``account_id``, ``account_name``, ``stage`` (of
        ``STAGES``, ``unknown`` with fewer than three of the six known), ``stage_mw`` (the same
        after Millman and Wilson), ``points`` (6 to 24; the mean of the known answers, times six),
        ``collaboration`` (mean of information, trust, commitment, 1 to 4) and ``involvement`` (of
        contact, planning, adaptation): the two axes of Millman and Wilson; ``questions_known`` and
        ``questions_answered``, ``wanted_points``, ``wanted_stage``, ``stages_to_go``,
        ``next_question`` (the widest gap, of equals the first of ``QUESTIONS``; empty where it is
        under half a point) with ``next_answer`` in words, and ``because``.

    Raises
    ------
    ParameterError
        For a table without the columns.

    Examples
    --------
    >>> one = pd.DataFrame({"account_id": ["a"]})
    >>> asked = pd.DataFrame({"account_id": "a", "question": list(QUESTIONS), "answer": 3.0})
    >>> found = stage(one, questionnaire=asked).table
    >>> found[["points", "stage", "stages_to_go"]].to_numpy().tolist()
    [[18.0, 'interdependent', -1.0]]
    """
    parts = answers(accounts, questionnaire=questionnaire, evidence=evidence)
    wide, goal = (_by_question(parts, accounts, values) for values in ("points", "wanted"))
    names = accounts["account_name"] if "account_name" in accounts else accounts["account_id"]
    counts = parts[parts["basis"] == "answer"].groupby("account_id").size()
    answered = accounts["account_id"].map(counts).fillna(0).astype(int)
    table = pd.DataFrame(
        {
            "account_id": accounts["account_id"].to_numpy(),
            "account_name": names.to_numpy(),
            "questions_known": wide.notna().sum(axis=1).to_numpy(),
            "questions_answered": answered.to_numpy(),
            "points": wide.mean(axis=1).to_numpy() * len(QUESTIONS),
            "collaboration": wide[["information", "trust", "commitment"]].mean(axis=1).to_numpy(),
            "involvement": wide[["contact", "planning", "adaptation"]].mean(axis=1).to_numpy(),
        }
    )
    table["stage"], table["because"] = _stages(accounts, table)
    table["stage_mw"] = table["stage"].map(STAGES).fillna("unknown")
    _with_aims(table, wide, goal, dict(wanted or {}))
    first = ["account_id", "account_name", "stage", "stage_mw", "wanted_stage", "stages_to_go"]
    table = table[[*first, *[name for name in table if name not in first]]]
    return Finding("stage", table, _text(table), _caveats(table))


def _with_aims(
    table: pd.DataFrame, wide: pd.DataFrame, goal: pd.DataFrame, given: Mapping[str, str]
) -> None:
    """Add the stage that is wanted, how far it is, and the question to work on next."""
    aims = [_aim(given.get(str(one)), goal.loc[one]) for one in table["account_id"]]
    table["wanted_points"] = aims
    table["wanted_stage"] = [of_points(points) for points in aims]
    table["stages_to_go"] = [
        _steps(now, then) for now, then in zip(table["stage"], table["wanted_stage"], strict=True)
    ]
    following = [
        _widest(wide.loc[one], goal.loc[one], points)
        for one, points in zip(table["account_id"], aims, strict=True)
    ]
    table["next_question"] = [question for question, _x in following]
    table["next_answer"] = [answer for _x, answer in following]


def _by_question(parts: pd.DataFrame, accounts: pd.DataFrame, values: str) -> pd.DataFrame:
    """Return one row per account, in their order, and one column per question."""
    wide = parts.pivot_table(index="account_id", columns="question", values=values, dropna=False)
    return wide.reindex(index=accounts["account_id"], columns=list(QUESTIONS))


def questions() -> pd.DataFrame:
    """Return the questionnaire in the language in use: one row per question.

    Columns: ``question`` (the code that stands in the table questionnaire), ``asked`` and the
    answers ``answer_1`` to ``answer_4``.

    Examples
    --------
    >>> questions().shape
    (6, 6)
    """
    return pd.DataFrame(
        [
            {"question": code, "asked": _(ask)}
            | {f"answer_{points}": _(words) for points, words in enumerate(steps, start=1)}
            for code, (ask, steps) in QUESTIONS.items()
        ]
    )


@takes(
    accounts="account_id",
    questionnaire="account_id question answer",
    evidence="account_id question points",
)
def answers(
    accounts: pd.DataFrame,
    *,
    questionnaire: pd.DataFrame | None = None,
    evidence: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what is known of each question: answered, else shown by the data, else unknown.

    Parameters
    ----------
    accounts : DataFrame
        Account facts; their numbers are taken.
    questionnaire : DataFrame, optional
        The table questionnaire of a case: ``account_id``, ``question``, ``answer`` and, where it
        is there, ``wanted``. Answers that are not from 1 to 4 do not count.
    evidence : DataFrame, optional
        The table of ``evidence``.

    Returns
    -------
    DataFrame
        One row per account and question: ``account_id``, ``question``, ``points`` (1 to 4, the
        mean of several answers), ``wanted``, ``basis`` (``answer``, ``evidence`` or ``unknown``).

    Raises
    ------
    ParameterError
        For a table without the columns.

    Examples
    --------
    >>> one = pd.DataFrame({"account_id": ["a"]})
    >>> asked = pd.DataFrame({"account_id": ["a"], "question": ["trust"], "answer": [3.0]})
    >>> answers(one, questionnaire=asked).query("question == 'trust'")["points"].tolist()
    [3.0]
    """
    every = pd.MultiIndex.from_product(
        [accounts["account_id"].drop_duplicates(), list(QUESTIONS)],
        names=["account_id", "question"],
    )
    table = pd.DataFrame(index=every)
    asked = _known_questions(questionnaire)
    table["points"] = asked["answer"].reindex(every) if len(asked) else np.nan
    table["wanted"] = asked["wanted"].reindex(every) if len(asked) else np.nan
    told = table["points"].notna()
    if evidence is not None and len(evidence):
        shown = evidence.set_index(["account_id", "question"])["points"].reindex(every)
        table["points"] = table["points"].fillna(shown)
    known = table["points"].notna()
    table["basis"] = np.select([told, known], ["answer", "evidence"], "unknown")
    return table.reset_index()


@takes(
    accounts="account_id",
    contacts="account_id structure",
    wallet="account_id share_of_wallet",
    ratings="account_id criterion score",
    goals="account_id",
)
def evidence(
    accounts: pd.DataFrame,
    *,
    contacts: pd.DataFrame | None = None,
    wallet: pd.DataFrame | None = None,
    ratings: pd.DataFrame | None = None,
    goals: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what the data show of the six questions, at most 3 points each: the rest is judged.

    Parameters
    ----------
    accounts : DataFrame
        Account facts; rows of other accounts are left out.
    contacts : DataFrame, optional
        The table of ``relate.contacts``. *Contact* by its structure: bow-tie 1, widening 2,
        diamond 3.
    wallet : DataFrame, optional
        The table of ``grow.share_of_wallet``. *Information* where a share is known: 2;
        *commitment* by the share: below 30 % 1, below 60 % 2, else 3.
    ratings : DataFrame, optional
        The table ratings of a case. *Trust* by the mean rating of the willingness to cooperate on
        the scale of 1 to 5: up to 2 1, up to 3.5 2, above 3.
    goals : DataFrame, optional
        The table goals of a case. *Planning* where goals are written down: 2.

    Returns
    -------
    DataFrame
        One row per account and question that something is known of: ``account_id``,
        ``question``, ``points``.

    Raises
    ------
    ParameterError
        For a table without the columns.

    Examples
    --------
    >>> net = pd.DataFrame({"account_id": ["a"], "structure": ["diamond"]})
    >>> evidence(pd.DataFrame({"account_id": ["a"]}), contacts=net)["points"].tolist()
    [3.0]
    """
    ids = set(accounts["account_id"])
    rows: list[tuple[str, str, float]] = []
    if contacts is not None:
        met = {"bow_tie": 1.0, "widening": 2.0, "diamond": 3.0}
        known = zip(contacts["account_id"], contacts["structure"], strict=True)
        rows += [(one, "contact", met[kind]) for one, kind in known if kind in met]
    if wallet is not None:
        shares = wallet.dropna(subset=["share_of_wallet"]).drop_duplicates("account_id")
        for one, share in zip(shares["account_id"], shares["share_of_wallet"], strict=True):
            rows += [
                (one, "information", 2.0),
                (one, "commitment", 1.0 + (share >= 0.3) + (share >= 0.6)),
            ]
    if goals is not None:
        rows += [(account, "planning", 2.0) for account in goals["account_id"].drop_duplicates()]
    if ratings is not None:
        trusted = ratings[ratings["criterion"].str.casefold().isin(_TRUST)]
        mean = trusted.groupby("account_id")["score"].mean()
        rows += [
            (str(one), "trust", 1.0 + (value > 2) + (value > 3.5)) for one, value in mean.items()
        ]
    table = pd.DataFrame(rows, columns=["account_id", "question", "points"])
    return table[table["account_id"].isin(ids)].reset_index(drop=True)


_TRUST = ("willingness to cooperate", "samarbeidsvilje", "trust", "tillit")


def of_points(points: float) -> str:
    """Return the stage of a number of points, 6 to 24; ``unknown`` where they are not known.

    Examples
    --------
    >>> [of_points(points) for points in (6, 10, 11, 16, 17, 22, 23, 24)]
    ['basic', 'basic', 'cooperative', 'cooperative', 'interdependent', 'interdependent',
     'integrated', 'integrated']
    """
    if points != points:
        return "unknown"
    return [name for name, least in FROM_POINTS.items() if points >= least][-1]


def _known_questions(questionnaire: pd.DataFrame | None) -> pd.DataFrame:
    if questionnaire is None:
        return pd.DataFrame(columns=["answer", "wanted"])
    known = questionnaire[questionnaire["question"].isin(list(QUESTIONS))]
    known = known[known["answer"].between(1, 4)]
    wanted = known["wanted"] if "wanted" in known else pd.Series(np.nan, index=known.index)
    known = known.assign(wanted=wanted.where(wanted.between(1, 4)))
    return known.groupby(["account_id", "question"])[["answer", "wanted"]].mean()


def _stages(accounts: pd.DataFrame, table: pd.DataFrame) -> tuple[list[str], list[str]]:
    stages, reasons = [], []
    end = accounts["last_date"].max() if "last_date" in accounts else pd.NaT
    start = accounts["first_date"].min() if "first_date" in accounts else pd.NaT
    for row, points, known in zip(
        accounts.to_dict("records"), table["points"], table["questions_known"], strict=True
    ):
        code, reason = _bought(row, start, end)
        if not code:
            code = of_points(points) if known >= _LEAST else "unknown"
            reason = (
                _(
                    "{points} points from {known} of 6 questions",
                    points=number(points, 1),
                    known=number(known),
                )
                if known
                else _("nothing is known of the relationship")
            )
        stages.append(code)
        reasons.append(reason)
    return stages, reasons


def _bought(row: Mapping[Any, Any], start: Any, end: Any) -> tuple[str, str]:
    """Return the stage that the purchases alone decide, with the reason, else two empty."""
    if row.get("rhythm_state") in _LOST:
        return "disintegrating", _("silent: {state}", state=word(str(row["rhythm_state"])))
    before, change = row.get("revenue_before") or np.nan, row.get("change", np.nan)
    if change / before <= _HALF:
        return "disintegrating", _("lost half of its revenue or more")
    first = row.get("first_date")
    year = pd.Timedelta(days=365)
    if first is not None and first == first and end - start > 2 * year and end - first < year:
        return "exploratory", _("bought for the first time in the last year")
    return "", ""


def _aim(given: str | None, goal: pd.Series[float]) -> float:
    if goal.notna().any():
        return float(goal.mean()) * len(QUESTIONS)
    return FROM_POINTS[given] + 0.5 if given in FROM_POINTS else FROM_POINTS["cooperative"] + 0.5


def _steps(now: str, then: str) -> float:
    order = ["exploratory", *FROM_POINTS]
    if now not in order or then not in order:
        return float("nan")
    return float(order.index(then) - order.index(now))


def _widest(points: pd.Series[float], goal: pd.Series[float], aim: float) -> tuple[str, str]:
    """Return the question farthest from what is wanted, and the answer one step up, in words."""
    wanted = goal.fillna(aim / len(QUESTIONS))
    short = (wanted - points).dropna().round(9)
    if short.empty or short.max() < 0.5:
        return "", ""
    question = str(short.idxmax())
    level = min(int(np.floor(points[question])), 3)
    return question, _(QUESTIONS[question][1][level])


def _text(table: pd.DataFrame) -> str:
    counts = table["stage"].value_counts()
    named = joined(
        "; ",
        [
            _("{stage} {n}", stage=word(code), n=number(int(counts[code])))
            for code in [*STAGES, "unknown"]
            if code in counts
        ],
    )
    if set(counts.index) <= {"unknown"}:
        return _(
            "How close the relationships are is not known: answer the six questions on the "
            "accounts that matter most, and it shows where to go next."
        )
    behind = table[table["stages_to_go"] > 0]
    parts = [_("Relationships by stage: {named}.", named=named)]
    if len(behind):
        first = behind.iloc[0]
        parts.append(
            ngettext(
                "{n} is below the stage that is wanted: {name}.",
                "{n} are below the stage that is wanted, the first {name}.",
                len(behind),
                name=name_of(first),
            )
        )
    return joined(" ", parts)


def _caveats(table: pd.DataFrame) -> tuple[str, ...]:
    if (table["stage"] == "unknown").all():
        return ()
    caveats = [_("The points of each stage are those commonly quoted, not a measured scale.")]
    judged = int((table["questions_answered"] == 0).sum())
    if judged:
        caveats.append(
            ngettext(
                "For {n} account nobody has answered the six questions; what the data show is used "
                "instead.",
                "For {n} accounts nobody has answered the six questions; what the data show is "
                "used instead.",
                judged,
            )
        )
    return tuple(caveats)
