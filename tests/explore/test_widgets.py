"""The explorers with real controls in a real kernel: values are changed, outputs are read."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
START = """
import os
import pandas as pd
import ipywidgets
from kamkit import explore

accounts = pd.DataFrame({"account_id": list("abcde"), "revenue": [50.0, 25, 15, 7, 3],
                         "invoices": [1, 1, 1, 1, 6]})

def controls():
    from ipywidgets.widgets.widget import _instances
    return {one.description: one for one in _instances.values()
            if getattr(one, "description", "")}
"""


class Kernel:
    """A kernel of this Python; ``run`` gives the messages that a cell sends."""

    def __init__(self, folder: Path) -> None:
        from jupyter_client.manager import KernelManager

        env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "KAMKIT_LANG": "en",
            "IPYTHONDIR": str(folder),
            "JUPYTER_PREFER_ENV_PATH": "1",
        }
        env.pop("KAMKIT_BATCH", None)
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(env=env, cwd=str(folder))
        try:
            self.client = self.manager.client()
            self.client.start_channels()
            self.client.wait_for_ready(timeout=60)
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        self.manager.shutdown_kernel(now=True)
        if hasattr(self, "client"):
            self.client.stop_channels()

    def run(self, code: str) -> list[dict]:
        sent: list[dict] = []
        self.client.execute_interactive(code, timeout=60, output_hook=sent.append)
        wrong = [one for one in sent if one["msg_type"] in ("error", "stream")]
        assert not wrong, wrong
        return [one for one in sent if one["msg_type"] in ("display_data", "update_display_data")]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    one = Kernel(tmp_path_factory.mktemp("kernel"))
    try:
        one.run(START)
        yield one
    finally:
        one.end()


def label(message: dict) -> dict:
    return message["content"]["metadata"]["kamkit"]


def html(message: dict) -> str:
    return message["content"]["data"]["text/html"]


def first_row(message: dict) -> list[str]:
    body = html(message).split("<tbody>")[1].split("</tr>")[0]
    return re.findall(r"<td[^>]*>([^<]*)</td>", body)


@pytest.fixture
def pareto(kernel):
    shown = kernel.run("explore.pareto(accounts, currency='NOK')")
    yield shown
    kernel.run("ipywidgets.Widget.close_all()")


def test_the_controls_stand_above_the_first_view(pareto):
    controls, view = pareto
    assert label(view)["title"] == "60.0% of the accounts (3 of 5) give 90.0% of revenue"
    assert "application/vnd.jupyter.widget-view+json" in controls["content"]["data"]
    assert first_row(view)[:4] == ["A", "3", "60.0%", "90.00"]


def test_a_cut_point_redraws_picture_and_table_in_the_same_place(kernel, pareto):
    (again,) = kernel.run("controls()['Class A up to (%)'].value = 50")
    place = pareto[1]["content"]["transient"]["display_id"]
    assert again["msg_type"] == "update_display_data"
    assert again["content"]["transient"]["display_id"] == place
    assert label(again)["title"] == "20.0% of the accounts (1 of 5) give 50.0% of revenue"
    assert first_row(again)[:4] == ["A", "1", "20.0%", "50.00"]
    assert html(again).count("<img") == 1


def test_reset_brings_the_first_view_back_in_one_step(kernel, pareto):
    kernel.run("controls()['Class A up to (%)'].value = 50")
    kernel.run("controls()['Class B up to (%)'].value = 60")
    (again,) = kernel.run("controls()['Reset'].click()")
    assert label(again)["title"] == label(pareto[1])["title"]
    assert first_row(again)[:4] == ["A", "3", "60.0%", "90.00"]
    kernel.run("assert controls()['Class A up to (%)'].value == 80")


def test_another_criterion_ranks_the_accounts_anew(kernel, pareto):
    (again,) = kernel.run("controls()['Criterion'].value = 'invoices'")
    # six invoices of ten, then two accounts of one each
    expected = "60.0% of the accounts (3 of 5) give 80.0% of number of invoices"
    assert label(again)["title"] == expected


def test_cut_points_that_cross_are_told_in_words_and_can_be_set_right(kernel, pareto):
    (refused,) = kernel.run("controls()['Class B up to (%)'].value = 30")
    assert label(refused)["kind"] == "error"
    assert 'role="alert"' in html(refused)
    assert "The cut points must be rising shares." in html(refused)
    assert "Traceback" not in html(refused)
    (again,) = kernel.run("controls()['Class B up to (%)'].value = 95")
    assert label(again)["kind"] == "figure"


def test_one_period_has_no_control_and_a_ledger_has(kernel, pareto):
    kernel.run("assert 'Period' not in controls()")
    kernel.run(
        "from kamkit import open_case\n"
        "ipywidgets.Widget.close_all()\n"
        "explore.pareto(open_case('cdnow'))"
    )
    (again,) = kernel.run("controls()['Period'].value = '1997'")
    assert label(again)["caption"] == "Source: CDNOW. Period: 1997."


def test_breadth_follows_its_three_controls(kernel):
    kernel.run("explore.breadth(accounts, managers=2, hours=100)")
    (fewer,) = kernel.run("controls()['Key accounts (breadth)'].value = 2")
    expected = "2 key accounts: 75.0% of revenue, 100 hours a month for each"
    assert label(fewer)["title"] == expected
    (more,) = kernel.run("controls()['Managers'].value = 3")
    assert "150 hours a month for each" in label(more)["title"]
    (less,) = kernel.run("controls()['Hours a month each'].value = 50")
    assert "75 hours a month for each" in label(less)["title"]
    assert label(less)["caption"] == "3 managers with 50 hours a month each."
    kernel.run("ipywidgets.Widget.close_all()")


def test_the_whale_follows_rates_and_terms_and_comes_back(kernel):
    kernel.run("from kamkit import open_case\nexplore.whale(open_case('fjordgross'))")
    (free,) = kernel.run("controls()['delivery'].value = 0")
    # 57 830 deliveries at 3 500 are 202.41 million; 211.38 million are left with them
    assert "414" in label(free)["title"]
    (back,) = kernel.run("controls()['delivery'].value = 3500")
    assert "Dashed" not in label(back)["title"]
    (dearer,) = kernel.run("controls()['Price step'].value = 0.01")
    # 1 % of 1 905.3 million more
    assert "230" in label(dearer)["title"]
    kernel.run("ipywidgets.Widget.close_all()")


def test_in_a_run_the_first_view_stands_alone(kernel):
    shown = kernel.run(
        "os.environ['KAMKIT_BATCH'] = '1'\n"
        "explore.pareto(accounts)\n"
        "explore.breadth(accounts)\n"
        "del os.environ['KAMKIT_BATCH']"
    )
    assert [label(one)["kind"] for one in shown] == ["figure", "figure"]
    kernel.run("assert not controls()")


def test_a_weight_moves_the_list_and_comes_back(kernel):
    kernel.run(
        "from kamkit import choose\n"
        "import pandas as pd\n"
        "two = pd.DataFrame({'account_id': ['1', '2', '3'], 'revenue': [9.0, 5.0, 1.0],\n"
        "                    'payment_days': [60.0, 30.0, 14.0]})\n"
        "now = choose.score(two, choose.data_criteria(two), {'revenue': 1})\n"
        "explore.weights(now, n=1)"
    )
    (other,) = kernel.run("controls()['payment time'].value = 100")
    # half each: 1 has 50 and 0, 2 less and 25, 3 nothing and 50
    assert label(other)["title"].startswith("Other weights exchange")
    (gone,) = kernel.run("controls()['revenue'].value = 0")
    assert label(gone)["title"] == "Other weights exchange 1 of 1 key accounts"
    assert first_row(gone)[:2] == ["3", "comes in"]
    (none,) = kernel.run("controls()['payment time'].value = 0")
    assert "All weights are zero" in html(none)
    kernel.run("ipywidgets.Widget.close_all()")


def test_breadth_and_depth_follow_the_assumptions(kernel):
    kernel.run(
        "services = choose.services_table(cost_per_hour=10)\n"
        "best = pd.DataFrame({'account_id': list('abcd'), "
        "'yearly_contribution': [9000.0, 5000.0, 900.0, 10.0]})\n"
        "explore.breadth_and_depth(best, services, choose.Terms(0.9), n=2)"
    )
    (more,) = kernel.run("controls()['Key accounts (breadth)'].value = 4")
    assert first_row(more)[:2] == ["all with shared managers", "4"]
    (free,) = kernel.run("controls()['Cost of an hour'].value = 30")
    # 22 hours at 30 for each of four
    assert "2,640" in html(free)
    (deep,) = kernel.run("controls()['Teams of their own (-1: where it pays)'].value = 2")
    # 86 hours for each of two, 22 for the others: 216 hours at 30
    assert "the first with a team of their own" in html(deep)
    assert "6,480" in html(deep)
    kernel.run("ipywidgets.Widget.close_all()")


def test_the_growth_of_an_account_follows_what_we_think_to_win(kernel):
    kernel.run(
        "cell = dict(item=['Tape', 'Glue'], revenue=[10.0, 0.0], open_amount=[40.0, 20.0],\n"
        "            kind=['upsell', 'cross_sell'], state=['us', 'competitor'],\n"
        "            growth_middle=[2.0, 0.5])\n"
        "grid = pd.concat([pd.DataFrame(cell).assign(account_id=one, account_name=one * 2)\n"
        "                  for one in 'AB'])\n"
        "explore.growth(grid)"
    )
    (other,) = kernel.run("controls()['Account'].value = 'B'")
    assert label(other)["title"] == "BB: buys for 10 and could buy for 60 more"
    (less,) = kernel.run("controls()['Of a gap we win, in per cent'].value = 10")
    # a tenth of the 40 open; the growth at the observed rate stays
    assert first_row(less) == ["Tape", "upsell", "40.00", "2.00", "4.00"]
    kernel.run("ipywidgets.Widget.close_all()")


def test_one_of_ours_leaves_the_map_and_comes_back(kernel):
    kernel.run(
        "import datetime as dt\n"
        "from kamkit import relate\n"
        "two = pd.DataFrame({'account_id': ['1', '1'], 'person': ['Eva', 'Ola'],\n"
        "    'influence': [3.0, 1.0], 'our_contact': ['S1', 'S2']})\n"
        "net = relate.people(two, end=dt.date(2025, 1, 1))\n"
        "names = pd.DataFrame({'account_id': ['1'], 'account_name': ['A']})\n"
        "explore.relations(net, names)"
    )
    (gone,) = kernel.run("controls()['Of ours leaves'].value = 'S1'")
    assert label(gone)["title"] == "A: 2 people in 0 departments, known by 1 of ours"
    assert first_row(gone) == ["S2", "1", "25.0%"]
    (back,) = kernel.run("controls()['Of ours leaves'].value = ''")
    assert first_row(back) == ["S1", "1", "75.0%"]
    kernel.run("ipywidgets.Widget.close_all()")


def test_the_weights_of_health_move_its_spread(kernel):
    kernel.run(
        "ill = pd.DataFrame({'account_id': ['1'], 'account_name': ['A'],\n"
        "                    'rhythm_state': ['late'], 'profit_ratio': [0.2]})\n"
        "explore.health_weights(ill)"
    )
    (rhythm,) = kernel.run("controls()['pays for itself'].value = 0")
    assert first_row(rhythm)[2] == "8"  # two fifths of 20
    (nothing,) = kernel.run("controls()['buys in its rhythm'].value = 0")
    assert "nothing is known" in html(nothing).lower()
    kernel.run("ipywidgets.Widget.close_all()")


def test_the_engine_shows_no_progress_bar_in_a_cell(kernel):
    # in a notebook, and there alone, it would after two seconds
    kernel.run(
        "from kamkit.case.engine import Embedded\n"
        "engine = Embedded()\n"
        "shows = engine.sql(\"SELECT current_setting('enable_progress_bar')\").fetchone()[0]\n"
        "assert shows is False"
    )
