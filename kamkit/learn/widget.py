"""A question as a card in JupyterLab: a field for the answer, three buttons, and what is said.

What the browser gets is the question and its options, never what is right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from kamkit.language import gettext as _
from kamkit.learn.kinds import Accounts, Choice, Kind, Match, Number, Order
from kamkit.learn.written import Code, Table, Text

Field = tuple[Any, Callable[[], Any], Callable[[Any], None]]
"""The widget of an answer, how it is read, and how an earlier answer is put into it."""

_WIDE = "44em"


def card(asked: Any, kind: Kind, told: Callable[[], None] | None = None) -> Any:
    """Return the card of a question that is ``asked``; ``told`` is called after each answer."""
    import ipywidgets

    field, read, put = field_of(kind)
    best = asked.room.progress.best(asked.code, asked.room.company)
    if best is not None:
        put(best["answer"])
    output = ipywidgets.HTML()
    check, hint, solve = (
        ipywidgets.Button(description=str(words))
        for words in (_("Check"), _("Hint"), _("Show the answer"))
    )
    check.button_style = "primary"
    solve.disabled = best is None

    def on_check(_button: object) -> None:
        feedback = asked.check(read())
        output.value = feedback.html
        solve.disabled = not asked.room.progress.tried(asked.code, asked.room.company)
        if told is not None:
            told()

    check.on_click(guarded(output, on_check))
    hint.on_click(guarded(output, lambda _b: _say(output, asked.hint())))
    solve.on_click(guarded(output, lambda _b: _say(output, asked.solution())))
    if asked.done:
        _say(output, asked.stays)
    head = ipywidgets.HTML(asked.head_html())
    row = ipywidgets.HBox([check, hint, solve])
    box = ipywidgets.VBox([head, field, row, output])
    box.add_class("kamkit-question")
    return box


def quiz_card(quiz: Any) -> Any:
    """Return the cards of a ``Quiz`` with its score below."""
    import ipywidgets

    score = ipywidgets.HTML()

    def told() -> None:
        score.value = quiz.feedback().html

    cards = [
        card(question, question._kind, told)
        if question._kind is not None
        else ipywidgets.HTML(escape(question.text))
        for question in quiz.questions
    ]
    if any(quiz.room.progress.tried(one.code, quiz.room.company) for one in quiz.asked):
        told()
    return ipywidgets.VBox([*cards, score])


def guarded(output: Any, act: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return what a button does, with an error told in the card: nobody sees it elsewhere."""

    def acted(button: Any) -> None:
        try:
            act(button)
        except Exception as error:
            text = str(error) or type(error).__name__
            output.value = f'<pre role="alert" style="white-space:pre-wrap">{escape(text)}</pre>'

    return acted


def _say(output: Any, text: str) -> None:
    output.value = f'<div role="alert">{escape(str(text))}</div>'


def field_of(kind: Kind) -> Field:
    """Return the field for the answers of a kind."""
    for known, make in _FIELDS:
        if isinstance(kind, known):
            return make(kind)
    raise TypeError(f"{type(kind).__name__} has no field")


def _layout(width: str = _WIDE) -> dict[str, Any]:
    return {"layout": {"width": width}, "style": {"description_width": "initial"}}


def _choice(kind: Choice) -> Field:
    import ipywidgets

    options = [(str(words), n) for n, words in enumerate(kind.options.values())]
    codes = list(kind.options)
    if not kind.several:
        one = ipywidgets.RadioButtons(
            options=options, value=None, description=str(_("Your answer")), **_layout("auto")
        )

        def put(answer: Any) -> None:
            one.value = codes.index(answer) if answer in codes else None

        return one, lambda: None if one.value is None else codes[one.value], put
    boxes = [
        ipywidgets.Checkbox(description=words, indent=False, **_layout("auto"))
        for words, _n in options
    ]

    def put_all(answer: Any) -> None:
        for box, code in zip(boxes, codes, strict=True):
            box.value = code in answer

    return (
        ipywidgets.VBox([ipywidgets.HTML(escape(_("Mark all that hold."))), *boxes]),
        lambda: [code for box, code in zip(boxes, codes, strict=True) if box.value],
        put_all,
    )


def _line(words: str, hint: str = "", width: str = "30em") -> Any:
    import ipywidgets

    return ipywidgets.Text(description=str(words), placeholder=str(hint), **_layout(width))


def _number(kind: Number) -> Field:
    unit = kind.wanted
    line = _line(f"{_('Your answer')} ({unit})" if unit else _("Your answer"))
    return line, lambda: line.value, lambda answer: setattr(line, "value", str(answer))


def _area(words: str, hint: str, rows: int, *, code: bool = False) -> Field:
    import ipywidgets

    area = ipywidgets.Textarea(
        description=str(words), placeholder=str(hint), rows=rows, **_layout()
    )
    if code:
        area.add_class("kamkit-code")

    def put(answer: Any) -> None:
        area.value = "\n".join(answer) if isinstance(answer, list) else str(answer)

    return area, lambda: area.value, put


def _accounts(_kind: Accounts) -> Field:
    return _area(_("Your answer"), _("numbers or names, one on each line"), 3)


def _code(_kind: Code) -> Field:
    return _area(_("Your line"), _('such as accounts["revenue"].sum()'), 2, code=True)


def _text(kind: Text) -> Field:
    import ipywidgets

    area, read, put = _area(_("Your text"), "", 6)
    points = "".join(f"<li>{escape(str(point.text))}</li>" for point in kind.points)
    rubric = ipywidgets.HTML(f"{escape(_('A good text:'))}<ul>{points}</ul>")
    return ipywidgets.VBox([rubric, area]), read, put


def _drop(words: str, options: list[tuple[str, str]]) -> Any:
    import ipywidgets

    return ipywidgets.Dropdown(
        options=[("–", ""), *options], value="", description=str(words), **_layout()
    )


def _order(kind: Order) -> Field:
    import ipywidgets

    options = [(str(words), str(n)) for n, words in enumerate(kind.options.values())]
    codes = list(kind.options)
    places = [_drop(_("Place {n}", n=n), options) for n in range(1, len(options) + 1)]

    def put(answer: Any) -> None:
        for box, code in zip(places, answer, strict=False):
            box.value = str(codes.index(code)) if code in codes else ""

    return (
        ipywidgets.VBox(places),
        lambda: [codes[int(one.value)] if one.value else "" for one in places],
        put,
    )


def _match(kind: Match) -> Field:
    import ipywidgets

    options = [(str(words), str(n)) for n, words in enumerate(kind.options.values())]
    codes = list(kind.options)
    drops = {one: _drop(words, options) for one, words in kind.items.items()}

    def put(answer: Any) -> None:
        given = answer if isinstance(answer, Mapping) else dict(zip(drops, answer, strict=False))
        for one, code in given.items():
            if one in drops and code in codes:
                drops[one].value = str(codes.index(code))

    return (
        ipywidgets.VBox(list(drops.values())),
        lambda: {one: codes[int(d.value)] if d.value else "" for one, d in drops.items()},
        put,
    )


def _table(kind: Table) -> Field:
    import ipywidgets

    rows = [
        {name: _line(column.label, width="16em") for name, column in kind.columns.items()}
        for _n in range(kind.rows)
    ]

    def put(answer: Any) -> None:
        for row, given in zip(rows, answer, strict=False):
            for name, line in row.items():
                line.value = str(given.get(name) or "")

    return (
        ipywidgets.VBox([ipywidgets.HBox(list(row.values())) for row in rows]),
        lambda: [{name: line.value for name, line in row.items()} for row in rows],
        put,
    )


_FIELDS: tuple[tuple[type[Kind], Callable[[Any], Field]], ...] = (
    (Choice, _choice),
    (Number, _number),
    (Accounts, _accounts),
    (Order, _order),
    (Match, _match),
    (Table, _table),
    (Text, _text),
    (Code, _code),
)
