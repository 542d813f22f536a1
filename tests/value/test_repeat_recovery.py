"""Simulated accounts: the fits find the parameters that the accounts were made with.

Two standard errors hold a parameter 95 times in 100 if the standard errors are right. So the tests
ask for that share over many parameters, for no joint miss that one fit in a thousand would have,
and, over many small simulations, that the standard errors are as wide as the fits scatter. The seed
was chosen before the first look.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from kamkit.value.repeat import BgNbd, GammaGamma, MbgNbd, ParetoNbd, fit, fit_gamma_gamma

pytestmark = pytest.mark.slow

SEED = 2026
# consumers who mostly do not come back; companies that buy again and again
TRUTHS = {
    "bg_nbd": [BgNbd(0.25, 4.5, 0.8, 2.5), BgNbd(1.5, 6, 0.6, 4)],
    "mbg_nbd": [MbgNbd(0.5, 6, 0.9, 1.6), MbgNbd(1.5, 6, 0.6, 4)],
    "pareto_nbd": [ParetoNbd(0.55, 10.5, 0.6, 11.7), ParetoNbd(1.5, 6, 0.8, 40)],
    "gamma_gamma": [GammaGamma(6.25, 3.74, 15.44), GammaGamma(2, 5, 2000)],
}
ONE_IN_A_THOUSAND = {3: 16.27, 4: 18.47}  # of chi-squared, by degrees of freedom (any table)


def fitted(name, truth, accounts, seed):
    if name == "gamma_gamma":
        return fit_gamma_gamma(truth.simulate(np.arange(accounts) % 12 + 1, seed=seed))
    return fit(truth.simulate(np.linspace(26, 104, accounts), seed=seed), model=name)


def off(found, truth) -> np.ndarray:
    """By how much each log parameter misses the truth."""
    return np.log(list(found.parameters.values())) - np.log(list(truth.parameters.values()))


def standard_errors_off(found, truth) -> np.ndarray:
    return off(found, truth) / list(found.standard_errors.values())


def check_recovery(accounts: int) -> None:
    misses = []
    for name, truths in TRUTHS.items():
        for truth in truths:
            found = fitted(name, truth, accounts, SEED)
            assert found.diagnostics.converged
            assert found.diagnostics.at_boundary == ()
            miss = off(found, truth)
            joint = miss @ np.linalg.solve(found.covariance, miss)
            assert joint < ONE_IN_A_THOUSAND[len(miss)], (truth, joint)
            misses.append(np.abs(standard_errors_off(found, truth)))
    assert (np.concatenate(misses) <= 2).mean() >= 0.85  # 30 parameters: 25.5, where 28.5 is due


@pytest.mark.parametrize("accounts", [2_000, 20_000])
def test_fits_recover_the_parameters_within_two_standard_errors(accounts):
    check_recovery(accounts)


@pytest.mark.skipif(not os.environ.get("KAMKIT_FULL"), reason="KAMKIT_FULL=1 fits a million")
def test_fits_recover_the_parameters_of_a_million_accounts():
    check_recovery(1_000_000)


@pytest.mark.proof
@pytest.mark.parametrize("name", list(TRUTHS))
def test_two_standard_errors_hold_the_truth_nineteen_times_in_twenty(name):
    truth = TRUTHS[name][0]
    misses = np.array(
        [standard_errors_off(fitted(name, truth, 1_000, seed), truth) for seed in range(60)]
    )
    assert 0.90 <= (np.abs(misses) <= 2).mean() <= 0.995
    assert ((misses.std(axis=0) > 0.75) & (misses.std(axis=0) < 1.3)).all()


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd", "pareto_nbd"])
def test_simulated_accounts_buy_as_often_as_the_model_expects(name):
    for truth in TRUTHS[name]:
        bought = truth.simulate(np.full(40_000, 52.0), seed=SEED)["frequency"].to_numpy()
        spread = bought.std() / np.sqrt(len(bought))
        assert bought.mean() == pytest.approx(truth.expected_purchases_new(52), abs=4 * spread)


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd", "pareto_nbd"])
def test_what_accounts_do_next_is_what_was_expected_of_them(name):
    """Accounts watched for 80 weeks, told by what was known after 40: buys again, or never."""
    truth = TRUTHS[name][0]
    rng = np.random.default_rng(SEED)
    times = [purchases(name, truth, rng, 80.0) for _ in range(20_000)]
    seen = [[moment for moment in one if moment <= 40] for one in times]
    known = np.array([(len(one), max(one, default=0.0), 40.0) for one in seen])
    later = np.array([sum(moment > 40 for moment in one) for one in times])
    expected = truth.expected_purchases(40, *known.T)
    for often in (known[:, 0] == 0, known[:, 0] == 1, known[:, 0] > 3):
        spread = later[often].std() / np.sqrt(often.sum())
        assert later[often].mean() == pytest.approx(expected[often].mean(), abs=4 * spread)


def purchases(name, model, rng, span: float) -> list[float]:
    """The moments of repeat purchases of one account, drawn one after the other."""
    rate, now, moments = rng.gamma(model.r, 1 / model.alpha), 0.0, []
    if name == "pareto_nbd":
        span = min(span, rng.exponential() / rng.gamma(model.s, 1 / model.beta))
    leave = rng.beta(model.a, model.b) if name != "pareto_nbd" else 0.0
    if name == "mbg_nbd" and rng.random() < leave:
        return []
    while (now := now + rng.exponential() / rate) <= span:
        moments.append(now)
        if rng.random() < leave:
            break
    return moments
