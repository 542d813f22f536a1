"""The models of repeat buying against published numbers, quadrature and simulated accounts."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kamkit.errors import LedgerError, ParameterError
from kamkit.value.history import summary
from kamkit.value.occasions import purchase_days
from kamkit.value.repeat import MODELS, BgNbd, GammaGamma, MbgNbd, ParetoNbd, fit, fit_gamma_gamma
from kamkit.value.repeat_model import Histories

FOLDER = Path(__file__).resolve().parents[2] / "data" / "cdnow"
END = dt.date(1997, 9, 30)
EXAMPLES = {
    "bg_nbd": BgNbd(0.243, 4.414, 0.793, 2.426),
    "mbg_nbd": MbgNbd(0.525, 6.183, 0.891, 1.614),
    "pareto_nbd": ParetoNbd(0.553, 10.578, 0.606, 11.669),
}
ACCOUNTS = [(0, 0, 39), (1, 0.5, 30), (2, 30.43, 38.86), (26, 30.86, 31), (90, 20, 60), (0, 0, 0)]


@pytest.fixture(scope="module")
def panel(cdnow) -> pd.DataFrame:
    """All 23 570 customers as they were known on 30 September 1997, in weeks."""
    return summary(purchase_days(cdnow, free_days=True), as_of=END)


@pytest.fixture(scope="module")
def sample(panel) -> pd.DataFrame:
    ids = pd.read_parquet(FOLDER / "sample_accounts.parquet")["account_id"]
    return panel[panel["account_id"].isin(ids)].reset_index(drop=True)


def values(model) -> list[float]:
    return list(model.parameters.values())


# What was published


def test_the_sample_is_the_one_of_the_papers(sample):
    assert len(sample) == 2_357
    assert sample["frequency"].sum() == 2_457
    assert (sample["frequency"] == 0).sum() == 1_411


@pytest.mark.parametrize(
    ("model", "published", "likelihood"),
    [
        ("bg_nbd", [0.243, 4.414, 0.793, 2.426], -9582.4),
        ("pareto_nbd", [0.553, 10.578, 0.606, 11.669], -9595.0),
    ],
)
def test_fits_to_the_cdnow_sample_are_the_published_ones(sample, model, published, likelihood):
    found = fit(sample, model=model)
    assert values(found) == pytest.approx(published, abs=5e-4)
    assert found.log_likelihood == pytest.approx(likelihood, abs=0.05)
    assert found.diagnostics.converged


def test_mbg_nbd_on_the_cdnow_sample_is_the_published_one(sample):
    assert values(fit(sample, model="mbg_nbd")) == pytest.approx(
        [0.525, 6.183, 0.891, 1.614], abs=5e-4
    )


def test_gamma_gamma_on_the_946_repeaters_is_the_published_one(sample):
    assert (sample["frequency"] > 0).sum() == 946
    found = fit_gamma_gamma(sample)
    assert values(found) == pytest.approx([6.25, 3.74, 15.44], abs=5e-3)
    assert found.log_likelihood == pytest.approx(-4055.92, abs=0.005)


@pytest.mark.parametrize(
    ("model", "published", "likelihood"),
    [
        ("bg_nbd", [0.2516, 4.7889, 0.7234, 2.1611], -95368.44),
        ("pareto_nbd", [0.5974, 11.5857, 0.5222, 8.8278], -95415.12),
    ],
)
def test_fits_to_the_whole_panel_are_the_known_ones(panel, model, published, likelihood):
    found = fit(panel, model=model)
    assert values(found) == pytest.approx(published, abs=5e-4)
    assert found.log_likelihood == pytest.approx(likelihood, abs=0.006)


def test_bg_nbd_expectations_for_a_new_customer_are_the_published_ones(sample):
    weeks = [1 / 7, 1, 3, 31 + 6 / 7, 32, 78]
    expected = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
    got = fit(sample, model="bg_nbd").expected_purchases_new(weeks)
    assert got == pytest.approx(expected, abs=5e-4)


def test_bg_nbd_conditional_expectation_is_the_published_one():
    assert EXAMPLES["bg_nbd"].expected_purchases(39, 2, 30.43, 38.86) == pytest.approx(
        1.226, abs=5e-4
    )


def test_pareto_nbd_derived_values_are_the_published_ones(sample):
    model = fit(sample, model="pareto_nbd")
    assert model.probability_alive(0, 0, 39) == pytest.approx(0.2942, abs=1e-3)
    assert model.expected_purchases_new(52) == pytest.approx(1.4734, abs=1e-3)


def test_forecasts_of_the_next_39_weeks_of_the_sample_are_the_known_ones(sample):
    history = [sample[name] for name in ("frequency", "recency", "age")]
    for name, known in (("bg_nbd", 1653), ("pareto_nbd", 1666)):
        assert fit(sample, model=name).expected_purchases(39, *history).sum() == pytest.approx(
            known, abs=1
        )


# Against independent integration: over the rate and the chance or moment of leaving


def gamma_density(shape, rate):
    constant = shape * np.log(rate) - math.lgamma(shape)
    return lambda at: math.exp(constant + (shape - 1) * math.log(at) - rate * at)


def beta_density(a, b):
    constant = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return lambda at: math.exp(constant + (a - 1) * math.log(at) + (b - 1) * math.log1p(-at))


def mixed(inner, first, second, most):
    """The mean of inner(one, other) over two independent densities, the second up to ``most``."""
    from scipy.integrate import dblquad

    return dblquad(
        lambda other, one: inner(one, other) * first(one) * second(other),
        0,
        np.inf,
        0,
        most,
        epsabs=1e-11,
        epsrel=1e-9,
    )[0]


@pytest.mark.parametrize(("kind", "first"), [(BgNbd, 0), (MbgNbd, 1)])
@pytest.mark.parametrize("account", [(0, 0.0, 3.0), (1, 1.5, 4.0), (3, 2.0, 2.5)])
def test_geometric_likelihoods_are_the_story_of_the_papers_integrated(kind, first, account):
    model, (x, last, old) = kind(1.7, 2.5, 1.6, 2.4), account

    def story(rate, leave):
        stayed = (1 - leave) ** (x + first) * math.exp(-rate * old)
        left = leave * (1 - leave) ** (x + first - 1) * math.exp(-rate * last)
        return rate**x * (stayed + (left if x + first > 0 else 0.0))

    by_hand = mixed(story, gamma_density(1.7, 2.5), beta_density(1.6, 2.4), 1)
    assert model.log_likelihoods(*account) == pytest.approx(np.log(by_hand), abs=1e-7)


@pytest.mark.parametrize("account", [(0, 0.0, 3.0), (1, 1.5, 4.0), (3, 2.0, 2.5)])
@pytest.mark.parametrize("parameters", [(1.7, 2.5, 1.6, 7.0), (1.7, 7.0, 1.6, 2.5)])
def test_pareto_nbd_likelihood_is_the_story_of_the_paper_integrated(account, parameters):
    x, last, old = account
    r, alpha, s, beta = parameters

    def story(rate, leave):
        both = rate + leave
        return rate**x * (rate * math.exp(-both * old) + leave * math.exp(-both * last)) / both

    by_hand = mixed(story, gamma_density(r, alpha), gamma_density(s, beta), np.inf)
    got = ParetoNbd(*parameters).log_likelihoods(*account)
    assert got == pytest.approx(np.log(by_hand), abs=1e-7)


@pytest.mark.parametrize("ratio", [1e-3, 0.1, 1.0, 10.0, 1e3])
@pytest.mark.parametrize("account", [(0, 0.0, 300.0), (5, 3.0, 300.0), (300, 40.0, 300.0)])
def test_pareto_nbd_integral_is_accurate_whichever_of_alpha_and_beta_is_larger(ratio, account):
    from scipy.integrate import quad

    x, last, old = account
    model = ParetoNbd(0.6, 8.0, 0.5, 8.0 * ratio)
    scale = -(model.r + x) * np.log(model.alpha + last) - 1.5 * np.log(model.beta + last)

    def inside(depth):
        y = np.exp(depth) - 1 + last
        return np.exp(-(0.6 + x) * np.log(8 + y) - 1.5 * np.log(model.beta + y) + depth - scale)

    cuts = np.log1p((old - last) * np.array([1e-4, 1e-3, 1e-2, 0.1, 0.4]))
    whole = quad(inside, 0, np.log1p(old - last), points=cuts, epsabs=0, epsrel=1e-12, limit=500)[0]
    left = np.log(0.5 * whole) + scale
    active = -(0.6 + x) * np.log(8 + old) - 0.5 * np.log(model.beta + old)
    alive = 1 / (1 + np.exp(left - active))
    assert model.probability_alive(*account) == pytest.approx(alive, rel=1e-8)


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd])
@pytest.mark.parametrize("a", [0.05, 0.793, 1.0, 3.0])
@pytest.mark.parametrize("account", [(0, 0, 0), (2, 30.4, 38.9), (40, 50, 52), (900, 155, 156)])
def test_geometric_expectations_are_the_integral_over_the_chance_of_leaving(kind, a, account):
    from scipy.integrate import quad
    from scipy.special import betaln

    x, _, old = account
    model = kind(0.6, 5.0, a, 2.4)
    second = model.b + x + model.first
    power, reach = model.r + x, 156 / (model.alpha + old)

    def inside(odds):  # over the log odds of the chance, where both ends fall off smoothly
        grown = np.logaddexp(0, odds)
        bought = -np.expm1(-power * np.log1p(reach * np.exp(odds - grown)))
        return bought * np.exp((a - 1) * odds - (a + second - 1) * grown - betaln(a, second))

    ends = np.linspace(-700, 60, 77)
    whole = sum(quad(inside, low, high, epsrel=1e-11)[0] for low, high in pairwise(ends))
    alive = model.probability_alive(*account)
    assert model.expected_purchases(156, *account) == pytest.approx(alive * whole, rel=1e-6)


def test_the_published_form_with_the_hypergeometric_function_gives_the_same():
    from scipy.special import hyp2f1

    m, t = EXAMPLES["bg_nbd"], 52.0
    z = t / (m.alpha + t)
    form = (m.alpha / (m.alpha + t)) ** m.r * hyp2f1(m.r, m.b, m.a + m.b - 1, z)
    expected = (m.a + m.b - 1) / (m.a - 1) * (1 - form)
    assert m.expected_purchases_new(t) == pytest.approx(expected, rel=1e-9)


def test_pareto_nbd_expectation_has_no_gap_at_s_of_one():
    either = [ParetoNbd(0.6, 10, s, 12).expected_purchases(52, 3, 20, 30) for s in (1, 1 + 1e-9)]
    assert either[0] == pytest.approx(either[1], rel=1e-7)


@pytest.mark.parametrize("name", list(MODELS))
def test_discounted_purchases_are_the_sum_of_discounted_increments(name):
    model, rate = EXAMPLES[name], 0.002
    steps = np.linspace(0, 156, 156 * 50 + 1)
    expected = model.expected_purchases(steps, 2, 30.43, 38.86)
    by_hand = np.sum(np.diff(expected) * (1 + rate) ** -(steps[1:] - 0.01))
    got = model.discounted_expected_purchases(rate, 156, 2, 30.43, 38.86)
    assert got == pytest.approx(by_hand, rel=1e-6)


@pytest.mark.parametrize("name", list(MODELS))
def test_without_a_rate_discounted_purchases_are_the_expected_ones(name):
    model = EXAMPLES[name]
    history = np.array(ACCOUNTS, dtype=float).T
    assert np.array_equal(
        model.discounted_expected_purchases(0.0, 52, *history),
        model.expected_purchases(52, *history),
    )


# Gradients, and rows counted once


def histories(name: str, accounts: int = 400) -> Histories:
    drawn = EXAMPLES[name].simulate(np.linspace(0, 80, accounts), seed=3)
    return Histories.distinct(*(drawn[c].to_numpy(dtype=float) for c in drawn))


@pytest.mark.parametrize("name", list(MODELS))
@pytest.mark.parametrize("shift", [(0, 0, 0, 0), (1, -3, 2, 1), (-2, 2, -3, -2), (2, 3, 3, 4)])
def test_gradients_are_the_differences_of_the_likelihood(name, shift):
    kind, known = MODELS[name], histories(name)
    at = np.log(values(EXAMPLES[name])) + np.array(shift, dtype=float)
    _, gradient = kind.score(at, known)
    for place in range(4):
        step = np.zeros(4)
        step[place] = 1e-5
        slope = (kind.score(at + step, known)[0] - kind.score(at - step, known)[0]) / 2e-5
        assert gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-3)


def test_the_gradient_of_gamma_gamma_is_the_difference_of_its_likelihood():
    from kamkit.value.gamma_gamma import Spending

    drawn = GammaGamma(6.25, 3.74, 15.44).simulate(np.arange(1, 300) % 40 + 1, seed=3)
    known = Spending.of(drawn["frequency"].to_numpy(dtype=float), drawn["mean_value"].to_numpy())
    at = np.log([3.0, 5.0, 20.0])
    _, gradient = GammaGamma.score(at, known)
    for place in range(3):
        step = np.eye(3)[place] * 1e-5
        slope = (
            GammaGamma.score(at + step, known)[0] - GammaGamma.score(at - step, known)[0]
        ) / 2e-5
        assert gradient[place] == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("name", list(MODELS))
def test_the_score_is_the_sum_over_accounts(name):
    model = EXAMPLES[name]
    drawn = model.simulate(np.repeat([10.0, 20.0, 30.0], 200), seed=5)
    days = drawn.assign(recency=np.floor(drawn["recency"] * 7) / 7)
    columns = [days[c].to_numpy(dtype=float) for c in days]
    known = Histories.distinct(*columns)
    assert known.count.sum() == 600 > len(known.count)
    total, _ = MODELS[name].score(np.log(values(model)), known)
    assert total == pytest.approx(model.log_likelihoods(*columns).sum(), rel=1e-12)


def test_the_gamma_gamma_score_is_the_sum_over_accounts():
    from kamkit.value.gamma_gamma import Spending

    model = GammaGamma(6.25, 3.74, 15.44)
    frequency, mean = np.array([1.0, 4.0, 4.0]), np.array([10.0, 35.0, 900.0])
    total, _ = GammaGamma.score(np.log(values(model)), Spending.of(frequency, mean))
    assert total == pytest.approx(model.log_likelihoods(frequency, mean).sum(), rel=1e-12)


@pytest.mark.parametrize("unit", [1.0, 7.0, np.pi])
def test_distinct_histories_hold_every_account_once(unit):
    rng = np.random.default_rng(2)
    frequency = rng.integers(0, 4, 500) * 1.0
    age = rng.integers(5, 9, 500) / unit
    recency = np.where(frequency > 0, rng.integers(1, 5, 500), 0) / unit
    known = Histories.distinct(frequency, recency, age)
    table = pd.DataFrame({"x": frequency, "tx": recency.round(9), "T": age.round(9)})
    expected = table.groupby(["x", "tx", "T"]).size()
    got = pd.Series(
        known.count,
        index=pd.MultiIndex.from_arrays(
            [known.frequency, known.recency.round(9), known.age.round(9)]
        ),
    )
    assert got.sort_index().tolist() == expected.sort_index().tolist()
    assert set(got.index) == set(expected.index)


# Nothing overflows


def test_the_published_overflow_of_pareto_nbd_is_finite():
    model = ParetoNbd(0.5143, 2.8845, 0.2856, 14.1087)
    alive = model.probability_alive(
        [221, 254, 161, 204],
        [103.42857, 97.14286, 94.71429, 98.57143],
        [103.57143, 97.28571, 98, 99.42857],
    )
    assert ((alive > 0) & (alive <= 1)).all()


HARD = np.array(
    [
        (0, 0, 0),
        (0, 0, 1),
        (0, 0, 5_000),
        (1, 1 / 7, 1 / 7),
        (1, 1 / 7, 900),
        (700, 100, 100),
        (700, 100, 700),
        (5_000, 714, 714.3),
        (5_000, 714, 2_000),
        (9_000, 1_500, 1_500),
    ],
    dtype=float,
).T
CORNERS = [1e-5, 1e-2, 1.0, 30.0, 1e5]


@pytest.mark.proof
@pytest.mark.parametrize("kind", list(MODELS.values()))
def test_no_account_overflows_with_any_parameters(kind):
    rng = np.random.default_rng(7)
    for chosen in rng.choice(CORNERS, (60, 4)):
        model = kind(*map(float, chosen))
        alive = model.probability_alive(*HARD)
        assert ((alive >= 0) & (alive <= 1)).all(), model
        assert np.isfinite(model.log_likelihoods(*HARD)).all(), model
        bought = model.expected_purchases(52, *HARD)
        assert (np.isfinite(bought) & (bought >= 0)).all(), model
        worth = model.discounted_expected_purchases(0.002, 156, *HARD)
        assert np.isfinite(worth).all(), model
        value, gradient = kind.score(np.log(chosen), Histories.of(*HARD))
        assert np.isfinite([value, *gradient]).all(), model


@pytest.mark.parametrize("name", list(MODELS))
def test_an_account_that_bought_today_for_the_first_time_is_a_new_one(name):
    model = EXAMPLES[name]
    assert model.expected_purchases(52, 0, 0, 0) == model.expected_purchases_new(52)
    if name != "mbg_nbd":
        assert model.probability_alive(0, 0, 0) == 1
    else:  # it may have left after this first purchase: a / (a + b)
        assert 1 - model.probability_alive(0, 0, 0) == pytest.approx(0.891 / (0.891 + 1.614))


@pytest.mark.parametrize("name", list(MODELS))
def test_the_longer_the_silence_the_less_likely_an_account_is_active(name):
    alive = EXAMPLES[name].probability_alive(5, 20, np.linspace(20, 200, 50))
    assert (np.diff(alive) < 0).all()


def test_spend_lies_between_the_own_mean_and_the_mean_of_all():
    model = GammaGamma(6.25, 3.74, 15.44)
    everybody = 6.25 * 15.44 / 2.74
    spend = model.expected_spend([0, 1, 5, 5_000], [np.nan, 100, 100, 100])
    assert spend[0] == pytest.approx(everybody)
    assert everybody < spend[1] < spend[2] < spend[3] < 100
    assert spend[3] == pytest.approx(100, abs=0.01)


def test_where_there_is_no_mean_amount_the_spend_is_infinite_not_negative():
    assert GammaGamma(2.0, 0.9, 10.0).expected_spend(0, 0) == np.inf


# Refusals and fits that the data do not carry


def table(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["frequency", "recency", "age"])


def test_an_unknown_model_is_refused_with_the_nearest_name():
    with pytest.raises(ParameterError, match="paretonbd") as refused:
        fit(table([(1, 1, 2)]), model="paretonbd")
    assert "pareto_nbd" in refused.value.remedy


def test_other_columns_are_refused():
    with pytest.raises(ParameterError) as refused:
        fit(pd.DataFrame({"account_id": ["1"]}))
    assert refused.value.wanted == "frequency: Purchase days after the first"
    with pytest.raises(ParameterError):
        fit_gamma_gamma(pd.DataFrame({"frequency": [1]}))


@pytest.mark.parametrize(
    "row", [(-1, 0, 2), (1, 3, 2), (0, 1, 2), (1.5, 1, 2), (1, np.nan, 2), (1, 1, np.inf)]
)
def test_a_history_that_cannot_be_is_refused(row):
    with pytest.raises(LedgerError) as refused:
        fit(table([(2, 1, 2), row]))
    assert refused.value.found == "1 account"


def test_without_a_second_purchase_there_is_nothing_to_fit():
    with pytest.raises(LedgerError):
        fit(table([(0, 0, 5), (0, 0, 7)]))
    with pytest.raises(LedgerError):
        fit_gamma_gamma(pd.DataFrame({"frequency": [0, 2], "mean_value": [np.nan, 0.0]}))


@pytest.mark.parametrize("name", list(MODELS))
def test_accounts_that_never_leave_end_at_the_boundary_and_it_is_said(name):
    rng = np.random.default_rng(4)
    age = np.full(300, 104.0)
    bought = rng.poisson(rng.gamma(2.0, 0.25, 300) * age)
    recency = np.where(bought > 0, age * rng.beta(np.maximum(bought, 1), 1), 0)
    found = fit(table(list(zip(bought, recency, age, strict=True))), model=name)
    assert found.diagnostics.at_boundary
    assert ", ".join(found.diagnostics.at_boundary)[:1] in found.diagnostics.message
    assert np.isfinite(found.covariance).all()
    assert all(
        np.isfinite(list(one.parameters.values())).all()
        for one in found.drawn(50, np.random.default_rng(1))
    )


@pytest.mark.parametrize("name", list(MODELS))
@pytest.mark.parametrize("rows", [[(1, 3, 9)], [(0, 0, 9), (2, 5, 9)], [(800, 99, 100)] * 3])
def test_a_handful_of_accounts_is_fitted_without_an_exception(name, rows):
    found = fit(table(rows), model=name)
    assert np.isfinite(values(found)).all()
    assert np.isfinite(found.covariance).all()
    assert found.diagnostics.message


def test_a_model_needs_parameters_above_zero():
    with pytest.raises(ParameterError) as refused:
        BgNbd(0.2, -1.0, 1.0, 1.0)
    assert refused.value.found == "alpha -1"


def test_the_input_is_not_changed_and_the_order_of_rows_does_not_matter(sample):
    before = sample.copy()
    one = fit(sample, model="bg_nbd")
    pd.testing.assert_frame_equal(sample, before)
    other = fit(sample.iloc[::-1], model="bg_nbd")
    assert one == other


def test_weeks_or_days_give_the_same_fit(sample):
    days = sample.assign(recency=sample["recency"] * 7, age=sample["age"] * 7)
    for name in MODELS:
        one, other = fit(sample, model=name), fit(days, model=name)
        scale = {"alpha": 7.0, "beta": 7.0}
        assert values(other) == pytest.approx(
            [value * scale.get(key, 1.0) for key, value in one.parameters.items()], rel=1e-4
        )
        shift = sample["frequency"].sum() * np.log(7)
        assert other.log_likelihood == pytest.approx(one.log_likelihood - shift, abs=1e-4)


def test_drawn_parameters_have_the_spread_of_the_covariance(sample):
    found = fit(sample, model="bg_nbd")
    logs = np.log([values(one) for one in found.drawn(4_000, np.random.default_rng(1))])
    assert np.std(logs, axis=0) == pytest.approx(list(found.standard_errors.values()), rel=0.05)
