def test_the_white_grid_is_that_of_seaborn():
    import seaborn

    from kamkit.output.style import look

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
