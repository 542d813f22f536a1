"""What every explorer does: a first view, and controls that redraw it in place.

The view is an ordinary output that is updated by its display id: there is no output widget,
because executing a notebook with one can hang (see the toolchain notes), and an error is shown
where the picture was.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _
from kamkit.output.notebook import publish
from kamkit.output.picture import Picture

if TYPE_CHECKING:
    import pandas as pd

BATCH = "KAMKIT_BATCH"
_STYLE = {"description_width": "16em"}


def live() -> bool:
    """Tell whether there is a kernel that can answer controls, and no runner that executes it.

    >>> live()
    False
    """
    from IPython import get_ipython

    return os.environ.get(BATCH) != "1" and hasattr(get_ipython(), "kernel")


def explore(
    view: Callable[..., tuple[Picture, pd.DataFrame]],
    controls: Callable[[], dict[str, Any]],
    currency: str = "",
) -> None:
    """Show the first view; where it is live below the controls, each change of which redraws it.

    ``view`` takes what the controls hold by their names, and without them gives the first view.

    >>> import pandas as pd
    >>> from kamkit.output.chart import chart
    >>> def view(size=3):
    ...     return chart(f"{size} accounts", lambda axes: None, table=None), pd.DataFrame()
    >>> explore(view, lambda: {"size": slider(3, 1, 9, "Accounts")})
    3 accounts
    3 accounts.
    """
    if not live():
        _show_view(*view(), currency)
        return
    import uuid

    import ipywidgets
    from IPython.display import display

    handle, shown = uuid.uuid4().hex, controls()
    start = {name: control.value for name, control in shown.items()}

    def redraw(_change: object) -> None:
        try:
            chosen = {name: control.value for name, control in shown.items()}
            _show_view(*view(**chosen), currency, handle=handle, again=True)
        except Exception as error:  # an error in a callback is seen nowhere else
            _show_error(error, handle)

    def back(_button: object) -> None:
        for name, control in shown.items():
            control.unobserve(redraw, names="value")  # one view, not one for each control
            control.value = start[name]
            control.observe(redraw, names="value")
        _show_view(*view(), currency, handle=handle, again=True)

    reset = ipywidgets.Button(description=_("Reset"), icon="undo")
    reset.on_click(back)
    for control in shown.values():
        control.observe(redraw, names="value")
    # above the picture, so that both are seen while a control is moved
    display(_beside([*shown.values(), reset]))  # type: ignore[no-untyped-call]
    _show_view(*view(), currency, handle=handle)


def _beside(controls: list[Any]) -> Any:
    """Return a box of controls, beside one another where there is room."""
    import ipywidgets

    return ipywidgets.Box(controls, layout=ipywidgets.Layout(flex_flow="row wrap"))


def slider(
    value: float,
    low: float,
    high: float,
    words: str,
    *,
    step: float | None = None,
    share: bool = False,
    unit: str = "",
) -> Any:
    """Return a slider: of whole numbers where ``value`` is one, of shares in per cent if asked.

    ``unit`` stands behind its words.

    >>> slider(20, 1, 100, "Key accounts").value
    20
    """
    import ipywidgets

    made = ipywidgets.IntSlider if isinstance(value, int) else ipywidgets.FloatSlider
    return made(
        value,
        min=low,
        max=high,
        step=step or 1,
        description=f"{words} ({unit})" if unit else words,
        continuous_update=False,
        style=_STYLE,
        layout=ipywidgets.Layout(width="34em"),
        **({"readout_format": ".1%"} if share else {}),
    )


def choice(options: Sequence[Any], words: str) -> Any:
    """Return a list to choose one from; an option may be its words and its value.

    >>> choice([("Revenue", "revenue")], "Criterion").value
    'revenue'
    """
    import ipywidgets

    layout = ipywidgets.Layout(width="34em")
    return ipywidgets.Dropdown(options=options, description=words, style=_STYLE, layout=layout)


def _show_view(picture: Picture, summary: pd.DataFrame, currency: str, **place: Any) -> None:
    """Show a picture with its table; ``place`` goes to ``publish``.

    A view that is redrawn is drawn once, as HTML: the PNG beside it takes longer than all the rest,
    and who moves a control sees the HTML.
    """
    from kamkit.output.picture import figure_html
    from kamkit.output.table import as_html

    table = as_html(summary, currency=currency)
    if place.get("again"):
        words = {"title": picture.title, "alt": picture.alt, "caption": picture.caption}
        data = {"text/html": figure_html(picture) + table, "text/plain": picture.title}
        publish(data, {"kind": "figure", **words}, **place)
        return
    data, label = picture._repr_mimebundle_()
    publish({**data, "text/html": data["text/html"] + table}, label["kamkit"], **place)


def _show_error(error: Exception, handle: str) -> None:
    text = str(error) or type(error).__name__
    box = f'<pre role="alert" style="white-space:pre-wrap">{escape(text)}</pre>'
    publish({"text/html": box, "text/plain": text}, {"kind": "error"}, handle=handle, again=True)
