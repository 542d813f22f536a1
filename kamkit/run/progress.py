"""How far a run has come, on the terminal where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kamkit.run.request import RunOptions

_SHORT = 40
"""A text that is longer is a finding: it gets a line of its own."""


@contextmanager
def progress_shown(options: RunOptions, books: int) -> Iterator[Callable[[str, float], None]]:
    """Give a function that shows how far the run has come, on the terminal where there is one."""
    if options.progress is not None:
        yield options.progress
        return
    from tqdm import tqdm

    shares: dict[str, float] = {}
    layout = "{desc} {bar} {percentage:3.0f}% {elapsed}"
    with tqdm(total=books, disable=options.quiet or None, leave=False, bar_format=layout) as bar:

        def show(text: str, share: float) -> None:
            if options.quiet:
                return
            if len(text) > _SHORT:
                bar.write(text)
                return
            shares[text] = share
            bar.set_description_str(text, refresh=False)
            bar.n = min(sum(shares.values()), books)
            bar.refresh()

        yield show
