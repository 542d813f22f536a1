"""The parameters of a notebook: read from its cell without running it, checked before a run."""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kamkit.errors import KamkitError, NotebookError, ParameterError, nearest
from kamkit.language import N_
from kamkit.language import gettext as _
from kamkit.run.notebooks import matches, open_book

RESERVED = ("source", "mapping", "lang", "run", "settings")
"""Parameters that the run itself fills in."""

_YES = {"true": True, "yes": True, "ja": True, "false": False, "no": False, "nei": False}
_FLOAT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_WANTED = {
    "int": N_("a whole number, such as 12"),
    "float": N_("a number with a decimal point, such as 0.8"),
    "bool": N_("yes or no"),
    "str": N_("text"),
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of one notebook.

    ``annotation`` is the type as the notebook writes it (``int | None``), ``description`` the
    comment behind the assignment, ``notebook`` the name of the file without its ending.

    >>> Parameter("cut_a", "float", 0.8, "share of revenue", "02_identify").default
    0.8
    """

    name: str
    annotation: str
    default: Any
    description: str
    notebook: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types that the annotation allows, without spaces.

        >>> Parameter("n", "int | None", None, "", "02_identify").kinds
        ('int', 'None')
        """
        return tuple(self.annotation.replace(" ", "").split("|"))


def read(path: Path) -> list[Parameter]:
    """Read the parameters of a notebook from its cell tagged ``parameters``.

    One ``Parameter`` per assignment, in the order of the cell; an empty list without such a cell.
    Nothing is run: only plain assignments of literals are accepted. Raises ``NotebookError`` for
    anything else, and for a default that does not fit its annotation.
    """
    cells = open_book(path).cells
    tagged = [c for c in cells if "parameters" in c.metadata.get("tags", [])]
    return parse_cell(tagged[0].source, path.stem) if tagged else []


def parse_cell(source: str, notebook: str) -> list[Parameter]:
    """Read the assignments of a parameters cell.

    Raises ``NotebookError`` for a line that is not a plain assignment of a literal.

    >>> parse_cell("cut_a: float = 0.8  # share of revenue", "02_identify")[0].description
    'share of revenue'
    """
    try:
        statements = ast.parse(source).body
        comments = _comments(source)
    except (SyntaxError, tokenize.TokenError) as error:
        raise _not_plain(notebook, str(error)) from None
    return [_parameter(line, comments, notebook, source) for line in statements]


def parse(pairs: Sequence[str], known: Iterable[Parameter]) -> dict[str, dict[str, Any]]:
    """Turn ``name=value`` texts into values of the declared types, one dict per notebook.

    A name that several notebooks have goes to all of them; ``02_identify.cut_a=0.7`` goes to one
    and wins over the plain name. Raises ``ParameterError`` for an unknown name, a value of another
    type, or a name that is given twice.

    >>> cell = parse_cell("cut_a: float = 0.8", "02_identify")
    >>> parse(["cut_a=0.7"], cell)
    {'02_identify': {'cut_a': 0.7}}
    """
    known = [p for p in known if p.name not in RESERVED]
    values: dict[str, dict[str, Any]] = {p.notebook: {} for p in known}
    names = [_cut(pair)[0] for pair in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(
                _("The parameter “{name}” is given twice.", name=name),
                found=", ".join(pair for pair in pairs if _cut(pair)[0] == name),
                remedy=_("Give it once."),
            )
    for name, text in sorted(map(_cut, pairs), key=lambda pair: "." in pair[0]):
        for parameter in _meant(name, known):
            values[parameter.notebook][parameter.name] = convert(text, parameter)
    return {notebook: chosen for notebook, chosen in values.items() if chosen}


def convert(text: str, parameter: Parameter) -> Any:
    """Convert a text to the type that the notebook declares.

    Text stays as it is (``000123``, ``no``). Numbers must be finite, a whole number must be whole,
    yes and no may be written in English or Norwegian; a list is written with commas between.
    Raises ``ParameterError`` for a text of another type.

    >>> convert("000123", Parameter("account", "str", "", "", "02_identify"))
    '000123'
    """
    kinds = parameter.kinds
    if "None" in kinds and (not text or (text.lower() == "none" and "str" not in kinds)):
        return None
    for kind in kinds:
        try:
            return _value(text, kind)
        except ValueError:
            continue
    comma = "float" in kinds and "," in text
    raise ParameterError(
        _("The parameter “{name}” has a value of the wrong type.", name=parameter.name),
        where=parameter.notebook,
        found=f"{parameter.name}={text}",
        wanted=_wanted(parameter),
        remedy=_("Write a point in place of the comma.")
        if comma
        else _("For example {name}={value}", name=parameter.name, value=_written(parameter)),
    )


def _parameter(line: ast.stmt, comments: dict[int, str], notebook: str, source: str) -> Parameter:
    target: ast.expr | None = line.target if isinstance(line, ast.AnnAssign) else None
    if isinstance(line, ast.Assign) and len(line.targets) == 1:
        target = line.targets[0]
    value = line.value if isinstance(line, ast.AnnAssign | ast.Assign) else None
    text = ast.get_source_segment(source, line) or ""
    if not isinstance(target, ast.Name) or value is None:
        raise _not_plain(notebook, text)
    try:
        default = ast.literal_eval(value)
    except ValueError:
        raise _not_plain(notebook, text) from None
    annotation = ast.unparse(line.annotation) if isinstance(line, ast.AnnAssign) else ""
    parameter = Parameter(
        name=target.id,
        annotation=annotation or type(default).__name__,
        default=default,
        description=comments.get(line.end_lineno or 0, ""),
        notebook=notebook,
    )
    plain = parameter.name in RESERVED or not isinstance(default, dict)
    if not plain or not any(_fits(default, kind) for kind in parameter.kinds):
        raise _not_plain(notebook, text)
    return parameter


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("#").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def _not_plain(notebook: str, text: str) -> KamkitError:
    return NotebookError(
        _("The parameters cell of “{name}” holds more than plain values.", name=notebook),
        found=text.strip().splitlines()[0] if text.strip() else "",
        wanted=_("lines such as {example}", example="top_n: int = 10  # accounts"),
        remedy=_("Move everything else to the next cell."),
    )


def _fits(value: Any, kind: str) -> bool:
    base, inner = _parts(kind)
    if base in ("list", "tuple"):
        of = inner.split(",")[0]
        return isinstance(value, list | tuple) and all(not of or _fits(v, of) for v in value)
    if base == "float":
        return type(value) in (int, float) and math.isfinite(value)
    known = (*_WANTED, "None", "NoneType", "dict")
    return type(value).__name__ == {"None": "NoneType"}.get(base, base) and base in known


def _parts(kind: str) -> tuple[str, str]:
    base, _x, inner = kind.partition("[")
    return base, inner.rstrip("]")


def _value(text: str, kind: str) -> Any:
    base, inner = _parts(kind)
    if base in ("list", "tuple"):
        of = inner.split(",")[0] or "str"
        return [_value(part.strip(), of) for part in re.split("[,;]", text.strip("[]() ")) if part]
    if base == "str":
        return text
    if base == "bool" and text.lower() in _YES:
        return _YES[text.lower()]
    if base == "int" and re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        return int(text)
    if base == "float" and _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    raise ValueError(text)


def _cut(pair: str) -> tuple[str, str]:
    name, sign, text = pair.partition("=")
    if not sign or not name.strip():
        raise ParameterError(
            _("“{pair}” is not a parameter with a value.", pair=pair),
            wanted=_("name=value, such as cut_a=0.8"),
            remedy=_("Write the name, an equals sign and the value, without spaces."),
        )
    return name.strip(), text.strip()


def _meant(name: str, known: Sequence[Parameter]) -> list[Parameter]:
    notebook, _x, plain = name.rpartition(".")
    result = [
        p for p in known if p.name == plain and (not notebook or matches(notebook, p.notebook))
    ]
    if result:
        return result
    if plain in RESERVED:
        raise ParameterError(
            _("“{name}” is filled in by the run itself.", name=plain),
            found=name,
            remedy=_("Give the ledger as the argument, and use --map, --lang and --previous."),
        )
    close = nearest(plain, [p.name for p in known])
    raise ParameterError(
        _("There is no parameter “{name}”.", name=name),
        wanted=", ".join(sorted({p.name for p in known})) or _("none: these notebooks have none"),
        remedy=_("Did you mean “{name}”?", name=close)
        if close
        else _("Choose one of these, and see that its notebook is part of the run."),
    )


def _wanted(parameter: Parameter) -> str:
    names = [_(_WANTED[kind]) if kind in _WANTED else kind for kind in parameter.kinds]
    empty = _("or nothing after the equals sign")
    return ", ".join(empty if name == "None" else name for name in names)


def _written(parameter: Parameter) -> str:
    value = parameter.default
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return "" if value is None else str(value)
