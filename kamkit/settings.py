"""What an analysis is told besides its data: every setting, and the only place of its default.

The API, ``--param``, notebook parameters and the functions of the steps read the defaults here:
``years: float = Settings.horizon_years``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, TypeVar

from kamkit.errors import ParameterError, nearest
from kamkit.language import LANGUAGES, N_
from kamkit.language import gettext as _

_Function = TypeVar("_Function", bound=Callable[..., Any])

Texts = tuple[str, ...]
"""Several texts, or pairs such as ``delivery=240``; a mapping is taken too."""

_YES = {"true": True, "yes": True, "ja": True, "false": False, "no": False, "nei": False}
_WANTED = {
    "int": N_("a whole number, such as 12"),
    "float": N_("a number with a decimal point, such as 0.8"),
    "bool": N_("yes or no"),
    "str": N_("text"),
    "Texts": N_("texts with commas between, such as delivery=240,visit=1300"),
}


def _setting(
    default: Any, text: str, *, least: float | None = None, most: float | None = None
) -> Any:
    return dataclasses.field(
        default=default, metadata={"help": text, "least": least, "most": most, "file": False}
    )


def _file(text: str) -> Any:
    return dataclasses.field(default="", metadata={"help": text, "file": True})


@dataclass(frozen=True, kw_only=True, repr=False)
class Settings:
    """Everything that can be set, checked when it is made.

    Give what differs from the usual; ``Settings.of`` also reads texts and mappings. Raises
    ``ParameterError`` for a value of the wrong type or out of range.

    Examples
    --------
    >>> Settings(key_accounts=20), Settings.annual_interest_rate
    (Settings(key_accounts=20), 0.08)
    >>> Settings.of(weights={"profit": 3, "growth": 1}).weights
    ('profit=3', 'growth=1')
    """

    language: str = _setting("", N_("language of the results: en or nb, empty for that in use"))
    start: str = _setting("", N_("first day that counts, such as 2024-01-01; empty for all"))
    end: str = _setting("", N_("last day that counts, such as 2025-12-31; empty for all"))
    fiscal_year_start: int = _setting(
        0,
        N_("month in which the fiscal year begins, 1 to 12; 0 for years back from the last day"),
        least=0,
        most=12,
    )
    chains: bool = _setting(True, N_("count a chain or group as one account"))
    rows: int = _setting(25, N_("rows shown of a table"), least=1)

    cut_a: float = _setting(0.80, N_("share of revenue that the A accounts give"), least=0, most=1)
    cut_b: float = _setting(
        0.95, N_("share of revenue that A and B give together"), least=0, most=1
    )
    draws: int = _setting(
        1000, N_("draws behind scenarios and simulated returns"), least=1, most=100_000
    )

    rates: Texts = _setting((), N_("rates of activities in place of the case's: delivery=240"))
    annual_interest_rate: float = _setting(
        0.08, N_("interest a year on what customers have not paid yet"), least=0, most=1
    )
    annual_discount_rate: float = _setting(
        0.10, N_("discount rate a year for lifetime value and the programme"), least=0, most=1
    )
    horizon_years: float = _setting(
        3.0, N_("years that lifetime value looks ahead"), least=0.1, most=30
    )
    lifetime_draws: int = _setting(
        200, N_("simulated futures behind lifetime intervals"), least=0, most=10_000
    )
    minimum_order: float = _setting(0.0, N_("what if: a minimum order, 0 for none"), least=0)
    delivery_fee: float = _setting(0.0, N_("what if: a fee for each delivery, 0 for none"), least=0)
    price_step: float = _setting(
        0.0, N_("what if: share added to prices, 0 for none"), least=-1, most=10
    )
    kept_volume: float = _setting(
        1.0, N_("what if: share of the volume that stays"), least=0, most=1
    )
    cohort: str = _setting("quarter", N_("length of a cohort: month, quarter or year"))

    criteria: Texts = _setting((), N_("names of the criteria, none for the usual ones"))
    weights: Texts = _setting((), N_("weights of the criteria, such as profit=3"))
    ranking: Texts = _setting((), N_("criteria, the most important first, in place of weights"))
    pairs: Texts = _setting((), N_("comparisons in place of weights, such as profit>growth=3"))
    missing: str = _setting("middle", N_("what is not known counts as: middle, worst or leave_out"))
    key_accounts: int = _setting(
        0, N_("number of key accounts, 0 for the suggested number"), least=0
    )
    dedicated: int = _setting(
        -1, N_("accounts with a team of their own, -1 for those it pays more for"), least=-1
    )
    keep_share: float = _setting(
        0.02,
        N_("share of the contribution from which an account is key whatever its score, 0 for none"),
        least=0,
        most=1,
    )
    must_pay: bool = _setting(
        True, N_("whether accounts come last whose treatment is not expected to pay")
    )
    also: int = _setting(
        6,
        N_(
            "accounts outside that get a plan too: the largest, and as many that lose most, earn "
            "most or are silent"
        ),
        least=0,
    )
    plans: Texts = _setting((), N_("accounts that get a plan besides, by their numbers"))
    weight_spread: float = _setting(
        0.5, N_("how much weights vary between scenarios"), least=0, most=5
    )
    rating_noise: float = _setting(
        0.5, N_("points that ratings are off, a standard deviation"), least=0, most=5
    )
    cost_per_hour: float = _setting(
        0.0, N_("cost of an hour with key accounts, 0 for that of the table services"), least=0
    )
    margin: float = _setting(
        0.0, N_("contribution ratio where the ledger has no cost, 0 for none"), least=0, most=1
    )
    retention: float = _setting(
        0.0,
        N_("share of contribution kept a year without a programme, 0 for the ledger's"),
        least=0,
        most=1,
    )
    effects: Texts = _setting((), N_("assumed effects, such as shared.growth=0.00:0.03:0.06"))
    programme_years: int = _setting(
        3, N_("years that the return of the programme looks ahead"), least=1, most=30
    )
    points: Texts = _setting((), N_("what counts against a manager, such as region=10"))
    require: Texts = _setting((), N_("what a manager must match: language, region, industry"))

    items: str = _setting(
        "", N_("what is counted: category, bestseller or product, empty for the usual")
    )
    recommendations: int = _setting(5, N_("recommendations for each account"), least=1, most=100)
    share_won: float = _setting(
        0.3, N_("assumed share of a prospect's spend that is won"), least=0, most=1
    )
    win_rate: float = _setting(0.1, N_("assumed share of prospects that are won"), least=0, most=1)

    stale_days: int = _setting(180, N_("days after which a contact counts as stale"), least=1)
    maps: int = _setting(3, N_("relationship maps drawn, of the first key accounts"), least=0)
    show_names: bool = _setting(False, N_("write the names of persons in the results"))
    contact_names: bool = _setting(
        False, N_("write the names of contacts in the plans, never on the customer's slides")
    )
    health_weights: Texts = _setting((), N_("weights of the parts of health, such as growth=30"))
    days_back: int = _setting(
        182, N_("days back that health is compared and checked over"), least=1
    )

    rules: str = _file(N_("file with rules of your own, such as an edited strategy-rules.csv"))
    template: str = _file(N_("Word document of the firm whose styles the plans take"))
    previous: str = _file(N_("folder of an earlier run to compare with"))

    def __new__(cls, *_given: Any, **given: Any) -> Settings:
        """Refuse a name that is no setting, with the nearest one."""
        for name in given:
            _field(name)
        return super().__new__(cls)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.given().items())
        return f"Settings({given})"

    def _repr_html_(self) -> str:
        """Return what differs from the usual and what it is, one row per setting."""
        rows = [
            (name, ", ".join(value) if isinstance(value, list) else str(value))
            for name, value in self.given().items()
        ]
        body = "".join(
            f"<tr><th>{name}</th><td>{escape(value)}</td>"
            f"<td>{escape(_(_field(name).metadata['help']))}</td></tr>"
            for name, value in rows
        )
        usual = escape(_("All settings are the usual ones; kamkit settings tells what each is."))
        return f"<table>{body}</table>" if rows else f"<p>{usual}</p>"

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = _fitting(field, getattr(self, field.name))
            object.__setattr__(self, field.name, value)
        _check_choice("language", self.language, ("", *LANGUAGES))
        _check_choice("cohort", self.cohort, ("month", "quarter", "year"))
        _check_choice("missing", self.missing, ("middle", "worst", "leave_out"))
        _check_choice("items", self.items, ("", "category", "bestseller", "product"))
        for name in self.require:
            _check_choice("require", name, ("language", "region", "industry"))
        self._check_together()

    def _check_together(self) -> None:
        """Refuse settings that contradict each other."""
        if not self.cut_a < self.cut_b:
            raise ParameterError(
                _("The cut points do not rise."),
                found=f"cut_a={self.cut_a:g}, cut_b={self.cut_b:g}",
                wanted=_("cut_a below cut_b"),
                remedy=_("For example {name}={value}", name="cut_b", value="0.95"),
            )
        if self.key_accounts and self.dedicated > self.key_accounts:
            raise ParameterError(
                _("There cannot be more accounts with a team of their own than key accounts."),
                found=f"dedicated={self.dedicated}, key_accounts={self.key_accounts}",
                remedy=_("Give a number from 0 to the number of key accounts."),
            )
        days = [_day(name, getattr(self, name)) for name in ("start", "end")]
        if all(days) and days[0] > days[1]:
            raise ParameterError(
                _("The period ends before it starts."),
                found=f"start={self.start}, end={self.end}",
                remedy=_("Give the earlier date first."),
            )

    @classmethod
    def of(cls, settings: Settings | None = None, /, **given: Any) -> Settings:
        """Return settings with what is given, each value as itself, as text or as a mapping.

        Raises ``ParameterError`` for a name that is no setting, with the nearest one, and for a
        value of the wrong type.

        Examples
        --------
        >>> Settings.of(key_accounts="20", chains="no").chains
        False
        """
        values = {name: _read(name, value) for name, value in given.items()}
        return dataclasses.replace(settings or cls(), **values)

    @classmethod
    def parse(cls, pairs: Iterable[str], settings: Settings | None = None) -> Settings:
        """Return settings from texts such as ``key_accounts=20``.

        Raises ``ParameterError`` as ``of`` does, and for a name that is given twice.

        Examples
        --------
        >>> Settings.parse(["cut_a=0.7", "weights=profit=3,growth=1"]).cut_a
        0.7
        """
        values: dict[str, str] = {}
        for pair in pairs:
            name, sign, text = pair.partition("=")
            if not sign or not name.strip():
                raise ParameterError(
                    _("“{pair}” is not a parameter with a value.", pair=pair),
                    wanted=_("name=value, such as cut_a=0.8"),
                    remedy=_("Write the name, an equals sign and the value, without spaces."),
                )
            if name.strip() in values:
                raise ParameterError(
                    _("The parameter “{name}” is given twice.", name=name.strip()),
                    found=f"{name.strip()}={values[name.strip()]}, {pair}",
                    remedy=_("Give it once."),
                )
            values[name.strip()] = text.strip()
        return cls.of(settings, **values)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of all settings.

        Examples
        --------
        >>> "weights" in Settings.names()
        True
        """
        return tuple(field.name for field in dataclasses.fields(cls))

    def given(self) -> dict[str, Any]:
        """Return the settings that differ from the usual, as plain values.

        Examples
        --------
        >>> Settings(key_accounts=20, rates=("delivery=240",)).given()
        {'rates': ['delivery=240'], 'key_accounts': 20}
        """
        values = {f.name: (getattr(self, f.name), f.default) for f in dataclasses.fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, (value, usual) in values.items()
            if value != usual
        }

    def files(self) -> dict[str, Path]:
        """Return the files and folders that are named, by setting.

        Raises ``ParameterError`` for one that is not there.
        """
        paths = {}
        for field in dataclasses.fields(self):
            text = getattr(self, field.name)
            if field.metadata["file"] and text:
                path = Path(text).expanduser()
                if not path.exists():
                    raise ParameterError(
                        _("What the setting “{name}” names is not there.", name=field.name),
                        found=str(text),
                        wanted=_(field.metadata["help"]),
                        remedy=_("Check the path; a name without a folder is looked for here."),
                    )
                paths[field.name] = path
        return paths


def names_settings(function: _Function) -> _Function:
    """Name every setting in the signature of a function that takes them as ``**``, for completion.

    Examples
    --------
    >>> @names_settings
    ... def tried(case, **given): ...
    >>> str(inspect.signature(tried))[:23]
    "(case, *, language: 'st"
    """
    signature = inspect.signature(function)
    own = [
        parameter
        for parameter in signature.parameters.values()
        if parameter.kind is not parameter.VAR_KEYWORD
    ]
    named = [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=field.type
        )
        for field in dataclasses.fields(Settings)
    ]
    function.__dict__["__signature__"] = signature.replace(parameters=[*own, *named])
    return function


def unknown_setting(name: str, also: Iterable[str] = ()) -> ParameterError:
    """Return the error for a name that is no setting, with the nearest one.

    ``also`` are other names that would do, such as parameters of a notebook.

    Examples
    --------
    >>> print(unknown_setting("weigths").remedy)
    Did you mean “weights”?
    """
    known = [*also, *Settings.names()]
    near = nearest(name, known)
    return ParameterError(
        _("There is no setting “{name}”.", name=name),
        found=name,
        wanted="" if near else ", ".join(known),
        remedy=_("Did you mean “{name}”?", name=near)
        if near
        else _("Choose one of these; kamkit settings tells what each is."),
    )


def _field(name: str) -> dataclasses.Field[Any]:
    known = {field.name: field for field in dataclasses.fields(Settings)}
    if name not in known:
        raise unknown_setting(name)
    return known[name]


def _read(name: str, value: Any) -> Any:
    """Turn a text or a mapping into a value of the setting's type."""
    field = _field(name)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    if field.type == "Texts":
        return _texts(value)
    if not isinstance(value, str) or field.type == "str":
        return value
    text = value.strip()
    try:
        if field.type == "bool":
            return _YES[text.lower()]
        number: float = int(text) if field.type == "int" else float(text)
    except (KeyError, ValueError):
        raise _wrong(field, text) from None
    if "_" in text:
        raise _wrong(field, text)
    return number


def _texts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(f"{name}={part}" for name, part in value.items())
    if isinstance(value, str):
        parts = value.strip("[]() ").replace(";", ",").split(",")
        return tuple(part.strip() for part in parts if part.strip())
    return tuple(value) if isinstance(value, Iterable) else value


def _fitting(field: dataclasses.Field[Any], value: Any) -> Any:
    """Return a value of the right type within its limits, or refuse it."""
    kind = field.type
    if kind == "Texts":
        value = _texts(value)
        if not (isinstance(value, tuple) and all(isinstance(part, str) for part in value)):
            raise _wrong(field, value)
        return value
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value).__name__ != kind or (kind == "float" and not math.isfinite(value)):
        raise _wrong(field, value)
    least, most = field.metadata.get("least"), field.metadata.get("most")
    if (least is not None and value < least) or (most is not None and value > most):
        raise _wrong(field, value)
    return value


def _wrong(field: dataclasses.Field[Any], value: Any) -> ParameterError:
    least, most = field.metadata.get("least"), field.metadata.get("most")
    wanted = [_(_WANTED[str(field.type)])]
    if least is not None and most is not None:
        wanted.append(_("from {least} to {most}", least=f"{least:g}", most=f"{most:g}"))
    elif least is not None:
        wanted.append(_("at least {least}", least=f"{least:g}"))
    comma = field.type == "float" and isinstance(value, str) and "," in value
    usual = field.default
    shown = ",".join(usual) if isinstance(usual, tuple) else usual
    return ParameterError(
        _("The setting “{name}” cannot be that.", name=field.name),
        found=f"{field.name}={value}",
        wanted=", ".join(wanted),
        remedy=_("Write a point in place of the comma.")
        if comma
        else _("For example {name}={value}", name=field.name, value=shown)
        if shown != ""
        else _("It is: {what}.", what=_(field.metadata["help"])),
    )


def _day(name: str, text: str) -> str:
    """Refuse what is no date; dates as text are in the order of the days."""
    try:
        return text and dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ParameterError(
            _("“{text}” is not a date.", text=text),
            found=f"{name}={text}",
            wanted=_("a date such as 2025-03-31"),
            remedy=_("Write year-month-day."),
        ) from None


def _check_choice(name: str, value: str, known: tuple[str, ...]) -> None:
    if value in known:
        return
    words = [word for word in known if word]
    near = nearest(value, words)
    raise ParameterError(
        _("The setting “{name}” cannot be that.", name=name),
        found=f"{name}={value}",
        wanted=", ".join(words),
        remedy=_("Did you mean “{name}”?", name=near)
        if near
        else _("For example {name}={value}", name=name, value=words[0]),
    )
