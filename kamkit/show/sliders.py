"""What every explorer does: a first view, and controls that redraw it in place.

The view is an ordinary output that is updated by its display id: there is no output widget,
because executing a notebook with one can hang (see the toolchain notes), and an error is shown
where the picture was.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from kamkit.output.notebook import publish
from kamkit.output.picture import Picture

if TYPE_CHECKING:
    import pandas as pd

BATCH = "KAMKIT_BATCH"


def live() -> bool:
    """Tell whether there is a kernel that can answer controls, and no runner that executes it.

    >>> live()
    False
    """
    from IPython import get_ipython

    return os.environ.get(BATCH) != "1" and hasattr(get_ipython(), "kernel")


def show_view(picture: Picture, summary: pd.DataFrame, currency: str, **how: Any) -> None:
    """Show a picture with its table; ``how`` goes to ``publish``."""
    from kamkit.output.table import as_html

    data, label = picture._repr_mimebundle_()
    html = data["text/html"] + as_html(summary, currency=currency)
    publish({**data, "text/html": html}, label["kamkit"], **how)


def explore(
    view: Callable[..., tuple[Picture, pd.DataFrame]], controls: dict[str, Any], currency: str
) -> None:
    """Show the first view and the controls; each change of a control redraws the view."""
    import uuid

    import ipywidgets
    from IPython.display import display

    handle = uuid.uuid4().hex

    def redraw(_change: object) -> None:
        chosen = {name: control.value for name, control in controls.items()}
        if "a" in chosen:
            chosen["cuts"] = (chosen.pop("a") / 100, chosen.pop("b") / 100)
        try:
            show_view(*view(**chosen), currency, handle=handle, again=True)
        except Exception as error:  # an error in a callback is seen nowhere else
            _show_error(error, handle)

    show_view(*view(), currency, handle=handle)
    for control in controls.values():
        control.observe(redraw, names="value")
    display(ipywidgets.VBox(list(controls.values())))  # type: ignore[no-untyped-call]


def _show_error(error: Exception, handle: str) -> None:
    text = str(error) or type(error).__name__
    box = f'<pre role="alert" style="white-space:pre-wrap">{escape(text)}</pre>'
    publish({"text/html": box, "text/plain": text}, {"kind": "error"}, handle=handle, again=True)
