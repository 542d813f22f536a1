"""Pictures of growth say the numbers of paper, and hold for tables that are hard to draw."""

from __future__ import annotations

import pandas as pd
import pytest

from kamkit.grow import charts, rules
from kamkit.language import set_language
from tests.conftest import LANGUAGES
from tests.pictures import NAMES, faults

STATES = ["us", "competitor", "in-house", "not relevant", "unknown"]


def grid(names, items) -> pd.DataFrame:
    rows = []
    for n, name in enumerate(names):
        for m, item in enumerate(items):
            state = STATES[(n + m) % 5]
            open_ = state in ("competitor", "in-house", "unknown")
            rows.append(
                (
                    f"{n:03}",
                    name or f"{n:03}",
                    item,
                    state,
                    "cross_sell" if open_ else "upsell" if state == "us" else "",
                    0.0 if state == "not relevant" else 1000.0 * (n + 1),
                )
            )
    columns = ["account_id", "account_name", "item", "state", "kind", "open_amount"]
    return pd.DataFrame(rows, columns=columns)


def wallets(names) -> pd.DataFrame:
    size = range(len(names))
    return pd.DataFrame(
        {
            "account_id": [f"{n:03}" for n in size],
            "account_name": names,
            "wallet": 1000.0,
            "ours": [100.0 * (n % 4) for n in size],
            "elsewhere": 200.0,
            "competitors": 300.0,
            "in_house": 50.0,
            "unknown": [450.0 - 100.0 * (n % 4) for n in size],
            "share_of_wallet": [0.1 * (n % 4) for n in size],
        }
    )


def together(names) -> pd.DataFrame:
    kept = [str(name) for name in names if name]
    singles = pd.DataFrame({"item": kept, "n": 50})
    pairs = pd.DataFrame({"item": kept[:-1], "other": kept[1:], "n": 45})
    return rules(singles, pairs, 400)


class TestNumbers:
    def test_open_cells_are_counted(self):
        # of five states in a row, three are open for a first sale
        picture = charts.whitespace(grid(["A AS"], list("abcde")))
        assert picture.title == "3 chances of a first sale in a group, at 1 account"
        frames = [one for one in picture.figure.axes[0].patches if not one.get_fill()]
        assert len(frames) == 3

    def test_the_share_of_all_wallets_is_in_the_title(self):
        # 0, 100, 200 and 300 of 4 000
        title = charts.share_of_wallet(wallets(["A", "B", "C", "D"])).title
        assert title == "We have 15% of the spend of 4 accounts"

    def test_who_spends_nothing_is_counted_apart_from_who_is_not_known(self):
        table = wallets(["A", "B", "C", "D"]).assign(share_of_wallet=[0.1, 0.2, None, None])
        table.loc[3, "wallet"] = 0.0
        picture = charts.share_of_wallet(table)
        assert picture.title.endswith("of the spend of 2 accounts")
        assert "Not known and not drawn: 1." in picture.caption
        assert "Not drawn, as they spend nothing: 1." in picture.caption

    def test_one_account_is_summed_in_its_title(self):
        # five cells: us 0 bought and 1 000 open, competitor, in-house and unknown 1 000 each
        cells = grid(["A AS"], list("abcde")).assign(revenue=[100.0, 0, 0, 0, 0])
        picture = charts.account_whitespace(cells, currency="NOK")
        title, told = (text.replace("\xa0", " ") for text in (picture.title, picture.alt))
        assert title == "A AS: buys for NOK 100 and could buy for NOK 4,000 more"
        assert "b: NOK 0, open NOK 1,000, cross-sell" in told

    def test_the_surest_rule_is_in_the_title(self):
        # 45 of 50 against 50 of 400
        title = charts.affinity(together(["Glove", "Helmet"])).title
        assert title == "90% of those who buy Glove buy Helmet, against 12% if only breadth counted"


def claimed() -> pd.DataFrame:
    """Three bands of claims, of which the last came true less often than claimed."""
    rows = [
        ("repeat", "20–30 %", 80, 0.25, 0.24, 0.16, 0.34),
        ("upsell", "20–30 %", 900, 0.26, 0.27, 0.24, 0.30),
        ("cross_sell", "3–10 %", 4000, 0.05, 0.01, 0.008, 0.013),
        ("cross_sell", "", 4000, 0.05, 0.01, 0.008, 0.013),
    ]
    columns = ["kind", "claim_bin", "opportunities", "claimed_rate", "true_rate"]
    return pd.DataFrame(rows, columns=[*columns, "true_low", "true_high"])


def test_the_bands_whose_claim_held_are_counted():
    picture = charts.claimed_and_true(claimed())
    assert "in 2 of 3 bands" in picture.title
    assert "cross-sell, 4,000: expected 5.0%, came true 1.0%" in picture.alt


class TestHardTables:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_word_is_cut_off_or_written_over(self, language):
        set_language(language)
        try:
            for picture in (
                charts.whitespace(grid(NAMES, ["Vern", "Elektromateriell", "W" * 40, "Kjemi"])),
                charts.share_of_wallet(wallets(NAMES), currency="NOK"),
                charts.account_whitespace(
                    grid(["A AS"], [name for name in NAMES if name]).assign(revenue=500.0)
                ),
                charts.affinity(together(NAMES)),
                charts.claimed_and_true(claimed()),
            ):
                assert not faults(picture), picture.title
        finally:
            set_language("en")

    def test_empty_tables_say_so(self):
        assert charts.whitespace(grid([], [])).title.startswith("There is nothing to draw")
        empty = wallets(["A"]).head(0)
        assert charts.share_of_wallet(empty).title.startswith("There is nothing to draw")
        none = together(["A", "B"]).assign(holds=False)
        assert charts.affinity(none).title == "No two items go together more than by chance"
