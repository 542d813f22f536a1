"""What everybody is asked who defends a plan, whatever its weak points are."""

from __future__ import annotations

from kamkit.language import gettext as _


def usual() -> tuple[tuple[str, str], ...]:
    """Return each question with a model answer.

    >>> len(usual())
    12
    """
    return (*_of_the_plan(), *_of_the_year())


def _of_the_plan() -> tuple[tuple[str, str], ...]:
    """Ask about the customer, the numbers and those outside."""
    return (
        (
            _("What does your key account want to achieve in its own business, in its own words?"),
            _(
                "A goal that somebody there answers for, with a number and a date, and where it"
                " stands."
            ),
        ),
        (
            _("What would your key account miss if we were gone tomorrow?"),
            _(
                "Something that costs them time or money, in their numbers; not our range or our"
                " price."
            ),
        ),
        (
            _("Take the largest number of your plan. Where does it come from?"),
            _("The table and the column, the period, and what is in it and what is not."),
        ),
        (
            _("What do those get who are not on the list?"),
            _(
                "Ordinary sales with a name to call and prices that hold; and what would put them"
                " on it."
            ),
        ),
        (
            _("Which of your assumptions would change the plan most if it were wrong?"),
            _(
                "Name it, say how much it may be off before the decision turns, and how you will"
                " notice."
            ),
        ),
    )


def _of_the_year() -> tuple[tuple[str, str], ...]:
    """Ask how the year will go."""
    return (
        (
            _("What in your plan would you not want the customer to read?"),
            _(
                "Nothing about persons. What is ours alone (profit, strategy) is marked and kept"
                " apart."
            ),
        ),
        (
            _("How will you know in a year that it was the plan?"),
            _("By what similar accounts without a plan did, and by what was decided beforehand."),
        ),
        (
            _("What does the programme cost, and what must it bring to pay?"),
            _("Its cost in a year, and how much retention or growth pays for it."),
        ),
        (
            _("Who of the management takes part, and in what?"),
            _("A name, an account and a date: top management that takes part is what helps most."),
        ),
        (
            _("Which objective will be missed first?"),
            _("One of them, why, and what you do when it happens."),
        ),
        (
            _("How much of our revenue would go with the five largest accounts?"),
            _("The share, and which of them would not find another supplier easily."),
        ),
        (
            _("What do you stop doing in order to have time for this?"),
            _("Something with hours attached, and who is told."),
        ),
    )
