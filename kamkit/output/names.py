"""What accounts and groups are called on a chart: on one line, short, each told from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

_CONTROL = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], " ")
_LONGEST_NAME, _WIDEST_NAME = 28, 190.0


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with ``shown``: a name that fits, with its number where two are alike.

    >>> import pandas as pd
    >>> two = pd.DataFrame({"account_id": ["1", "2"], "account_name": ["Bo", None]})
    >>> named(two)["shown"].tolist()
    ['Bo', '2']
    """
    numbers = frame["account_id"].astype(str)
    given = frame.get("account_name", numbers).fillna("")
    names = [one_line(name) or number for name, number in zip(given, numbers, strict=True)]
    cut = [short(name) for name in names]
    shown = [
        short(name, f" ({number})") if cut.count(brief) > 1 else brief
        for name, brief, number in zip(names, cut, numbers, strict=True)
    ]
    return frame.assign(shown=shown)


def group_names(groups: pd.Series[Any]) -> list[str]:
    """Return what groups are called on an axis: short, and in words where there is none.

    >>> import pandas as pd
    >>> group_names(pd.Series(["Oslo", None]))
    ['Oslo', 'not known']
    """
    known = zip(groups, groups.notna(), strict=True)
    return [short(one_line(name)) if there else _("not known") for name, there in known]


def rows_of(frame: pd.DataFrame) -> list[Any]:
    """Return the rows of a table, their columns as attributes.

    >>> import pandas as pd
    >>> [row.rank for row in rows_of(pd.DataFrame({"rank": [1, 2]}))]
    [1, 2]
    """
    return list(frame.itertuples())


def one_line(name: object) -> str:
    r"""Return a name without line breaks and double spaces.

    >>> one_line("Two\nlines  AS")
    'Two lines AS'
    """
    return " ".join(str(name).split())


def printable(text: str) -> str:
    r"""Return a text with spaces for control characters, which no document and no font takes.

    >>> printable("Ål\x07Bygg")
    'Ål Bygg'
    """
    return text.translate(_CONTROL)


def short(name: str, end: str = "") -> str:
    """Cut a name by its letters and its width, so that capitals do not run out of the picture.

    >>> short("Nordre Fjellvik og Omegn Landbrukssamvirke")
    'Nordre Fjellvik og Omegn La…'
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    name = printable(name)
    letters = FontProperties(family="DejaVu Sans", size=10)

    def fits(text: str) -> bool:
        line = one_line(text)  # a line break has no width of its own
        width, _x, _x = text_to_path.get_text_width_height_descent(line, letters, ismath=False)
        return len(text) <= _LONGEST_NAME and width <= _WIDEST_NAME

    if fits(name + end):
        return name + end
    kept = name[: max(1, _LONGEST_NAME - len(end) - 1)]
    while len(kept) > 1 and not fits(f"{kept}…{end}"):
        kept = kept[:-1]
    return f"{kept.rstrip()}…{end}"
