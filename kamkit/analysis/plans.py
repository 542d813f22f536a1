"""The plan for one account, as an object that shows and saves itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamkit.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

    from kamkit.documents import Paper
    from kamkit.output import Picture
    from kamkit.plan.basis import Basis
    from kamkit.plan.statements import AccountPlan


@dataclass(frozen=True, repr=False)
class Plan:
    """The plan for one account; ``save`` writes it as Word, page and slides.

    ``content`` holds the sentences, each with the table and columns it was made from.

    Examples
    --------
    >>> import kamkit as kam
    >>> kam.analyse("fjordgross").plan("000412").account_id
    '000412'
    """

    content: AccountPlan
    basis: Basis = field(compare=False)
    template: str = ""

    @property
    def account_id(self) -> str:
        """The number of the account."""
        return self.content.account_id

    @property
    def strategy(self) -> str:
        """The code of the strategy."""
        return self.content.strategy

    @property
    def sources(self) -> pd.DataFrame:
        """Every sentence with the table and columns it was made from; one row per sentence."""
        from kamkit import plan

        return plan.sources(self.content)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures of the plan: revenue by quarter, whitespace, the people."""
        return tuple(self.paper().pictures.values())

    def paper(self, written: str | Path = "") -> Paper:
        """Return the plan ready for paper, with its pictures.

        ``written`` is a folder of earlier plans; what people wrote in them is taken over.
        """
        from kamkit.documents import paper

        return paper(self.content, self.basis, written=written, template=self.template)

    def save(self, folder: str | Path, *, written: str | Path | None = None) -> list[Path]:
        """Write the plan as Word, page and slides into a folder; return the files.

        What people wrote in earlier plans in ``written`` (the same folder, when it is not given)
        is taken over.
        """
        from kamkit.documents import save_plan

        home = Path(folder).expanduser()
        home.mkdir(parents=True, exist_ok=True)
        return save_plan(self.paper(home if written is None else written), home)

    def __repr__(self) -> str:
        return str(_("Account plan: {name}", name=self.content.account_name))

    def _repr_mimebundle_(self, **_unused: Any) -> tuple[dict[str, str], dict[str, Any]]:
        return self.paper()._repr_mimebundle_()
