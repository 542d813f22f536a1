"""The plan for one account, as an object that shows and saves itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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

    ``content`` holds its two pages; each sentence names the table and columns it was made from.

    Examples
    --------
    >>> import kamkit as kam
    >>> kam.analyse("fjordgross").plan("000412").account_id
    '000412'
    """

    content: AccountPlan
    basis: Basis = field(compare=False)
    template: str = ""
    rules: pd.DataFrame | None = field(default=None, compare=False)
    facts: pd.DataFrame | None = field(default=None, compare=False)

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
        """Every sentence, figure and row with the table and columns it was made from."""
        from kamkit import plan

        return plan.sources(self.content)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures of the account: revenue by quarter, whitespace, the people."""
        from kamkit.documents import pictures

        return tuple(pictures(self.content, self.basis).values())

    def paper(self) -> Paper:
        """Return the plan ready for paper, with its pictures."""
        from kamkit.documents import paper

        return paper(self.content, self.basis, template=self.template)

    def write(self, folder: str | Path) -> list[Path]:
        """Write the plan as Word, page and slides into a folder; return the files."""
        from kamkit.documents import save_plan

        home = Path(folder).expanduser()
        home.mkdir(parents=True, exist_ok=True)
        return save_plan(self.paper(), home)

    def save(self, folder: str | Path) -> list[Path]:
        """Write the plan into a folder, with its register and its sources; return the files.

        What people wrote in the folder (``goals.csv`` or an earlier plan there) is taken over.
        """
        from kamkit.documents import collect, keep_plan

        home = Path(folder).expanduser()
        written = collect(home)
        plan = self._with(written) if len(written) else self
        return [*plan.write(home), *keep_plan(plan.content, written, home)]

    def _with(self, written: pd.DataFrame) -> Plan:
        """Return the plan with what people have written."""
        from kamkit.plan import account_plan

        basis = replace(self.basis, written=written)
        rules = "" if self.rules is None else self.rules
        content = account_plan(basis, self.account_id, rules=rules, every=self.facts)
        return replace(self, content=content, basis=basis)

    def __repr__(self) -> str:
        return str(_("Account plan: {name}", name=self.content.account_name))

    def _repr_mimebundle_(self, **_unused: Any) -> tuple[dict[str, str], dict[str, Any]]:
        return self.paper()._repr_mimebundle_()
