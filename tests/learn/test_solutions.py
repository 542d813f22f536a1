"""What a teacher prints: the answers of a class, and what its mistakes are told."""

from __future__ import annotations

import pytest

from tools.course_solutions import main


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("number", "lines"),
    [
        (
            "0",
            [
                "# 0. Start here",
                "**0.285; 28.5 %; 28,5**",
                "- *Ctrl and S together*: That saves the notebook and runs nothing.",
            ],
        ),
        (
            "12",
            [
                # 20 days of NOK 120,000; 90 orders of NOK 4,960 less NOK 170,000
                "**NOK 2.40 million**",
                "**NOK 276 thousand**",
                "- *NOK 76 thousand*: That is what the customer saves. What is left for us?",
            ],
        ),
    ],
)
def test_answers_and_mistakes_stand_in_words(number, lines, capsys):
    assert main([number]) == 0
    shown = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ").splitlines()
    for line in lines:
        assert line in shown
