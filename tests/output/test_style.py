"""The look of every picture."""

from __future__ import annotations

from kamkit.colours import INK, PALETTE
from kamkit.output.style import CLASS_COLOURS, look


def test_the_white_grid_is_that_of_seaborn():
    import seaborn

    theirs = {
        **seaborn.axes_style("whitegrid"),
        **seaborn.plotting_context("notebook", font_scale=0.9),
    }
    ours = look()
    changed = {
        "axes.edgecolor",
        "axes.labelcolor",
        "font.family",
        "grid.color",
        "grid.linewidth",
        "axes.spines.right",
        "axes.spines.top",
        "text.color",
        "xtick.color",
        "ytick.color",
    }
    for name in set(ours) & set(theirs) - changed:
        assert ours[name] == theirs[name], name
    assert len(set(ours) & set(theirs)) > 25


def test_colours_come_from_the_palette_for_the_colour_blind():
    # Okabe & Ito (2008)
    okabe_ito = {
        "#E69F00",
        "#56B4E9",
        "#009E73",
        "#F0E442",
        "#0072B2",
        "#D55E00",
        "#CC79A7",
        "#000000",
    }
    assert {colour.upper() for colour in PALETTE} <= okabe_ito | {INK.upper()}
    assert len(set(CLASS_COLOURS.values())) == len(CLASS_COLOURS)
