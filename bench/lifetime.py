"""Measure the fits of the models of repeat buying against other packages, side by side.

    python bench/lifetime.py                          2,000, 20,000 and 1,000,000 accounts
    python bench/lifetime.py --accounts 2000          these sizes
    python bench/lifetime.py --repeats 5 --models bg_nbd pareto_nbd
    python bench/lifetime.py --no-peers               kamkit alone, installs nothing

Accounts are simulated with known parameters from a seed, with dates in whole days. Every other
package is installed into a virtual environment of its own under ``bench/out`` at the first run
(uv does it); one that cannot be installed or imported is named with the reason. Every fit runs in a
process of its own, in turn with the others. The table gives the median of the seconds of the fit
(imports apart, and with them kamkit's search for the BLAS libraries, 10 ms once), the ratio to
kamkit, the peak memory of the process (imports included), and how far the log likelihood at the
parameters found, measured by kamkit for all, lies below the best.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parent / "out"
SIZES = (2_000, 20_000, 1_000_000)
MODELS = ("bg_nbd", "mbg_nbd", "pareto_nbd", "gamma_gamma")
LONGEST = 900  # seconds for one fit
SLOW = 5  # a fit that takes longer is not repeated
SEED = 1
OLD = ["numpy<1.24", "pandas<2", "scipy<1.11"]  # lifetimes had its last release in 2020
PEERS: dict[str, list[str]] = {
    "lifetimes": ["lifetimes==0.11.3", *OLD],
    "clvkit": ["clvkit==0.2.1"],
    "pymc-marketing": ["pymc-marketing"],  # the newest that this Python allows
    "btyd": ["btyd==0.1b3", *OLD],
}
IMPORTS = {name: name.replace("-", "_") for name in PEERS}
HEAD = (
    "|  accounts | model       | engine              |  seconds |   ratio | peak MB |  LL below |",
    "|----------:|-------------|---------------------|---------:|--------:|--------:|----------:|",
)
Columns = dict[str, Any]
Fit = Callable[[], dict[str, float]]


def kamkit(model: str, data: Columns) -> Fit:
    """Prepare kamkit on one row per account."""
    import pandas as pd

    from kamkit.value.fitting import libraries
    from kamkit.value.repeat import fit, fit_gamma_gamma

    importlib.import_module("scipy.special")
    libraries()
    table = pd.DataFrame(data)
    if model == "gamma_gamma":
        return lambda: fit_gamma_gamma(table).parameters
    return lambda: fit(table, model=model).parameters


def lifetimes(model: str, data: Columns) -> Fit:
    """Prepare lifetimes on one row per account."""
    import lifetimes as package
    import numpy as np

    np.random.seed(SEED)
    fitter = _fitter(package, model)
    history = (data["frequency"], data["recency"], data["age"])
    if model == "gamma_gamma":
        return lambda: _gamma_gamma(fitter.fit(data["frequency"], data["mean_value"]).params_)
    return lambda: dict(fitter.fit(*history).params_)


def lifetimes_weighted(model: str, data: Columns) -> Fit:
    """Prepare lifetimes on each history once, with its number as weight; the counting is timed."""
    import lifetimes as package
    import numpy as np
    import pandas as pd

    np.random.seed(SEED)
    fitter = _fitter(package, model)
    table = pd.DataFrame({name: data[name] for name in ("frequency", "recency", "age")})

    def weighted() -> dict[str, float]:
        rows = table.groupby(["frequency", "recency", "age"]).size().reset_index(name="weight")
        columns = (rows["frequency"], rows["recency"], rows["age"])
        return dict(fitter.fit(*columns, weights=rows["weight"]).params_)

    return weighted


def clvkit(model: str, data: Columns) -> Fit:
    """Prepare clvkit; it takes a summary of its own, made here of the same numbers."""
    import clvkit as package
    import pandas as pd

    table = pd.DataFrame(
        {
            "frequency": data["frequency"],
            "recency": data["recency"],
            "T": data["age"],
            "monetary_value": data["mean_value"],
        }
    )
    base = package.CustomerBase(
        table,
        time_unit="W",
        observation_period_end=pd.Timestamp("2025-12-31"),
        has_monetary=True,
        on_negative="net",
    )
    if model == "gamma_gamma":
        spend = package.GammaGamma()

        def fitted() -> dict[str, float]:
            spend.fit(base)
            return {"p": spend.p, "q": spend.q, "gamma": spend.gamma}

        return fitted
    kinds = {"bg_nbd": package.BGNBD, "mbg_nbd": package.MBGNBD}
    return lambda: dict(kinds[model]().fit(base).params_)


def pymc_marketing(model: str, data: Columns) -> Fit:
    """Prepare pymc-marketing, by MAP with its own priors; building and compiling are timed."""
    import numpy as np
    import pandas as pd
    from pymc_marketing import clv

    table = pd.DataFrame(
        {
            "customer_id": np.arange(len(data["frequency"])),
            "frequency": data["frequency"],
            "recency": data["recency"],
            "T": data["age"],
            "monetary_value": data["mean_value"],
        }
    )
    kinds = {
        "bg_nbd": clv.BetaGeoModel,
        "mbg_nbd": clv.ModifiedBetaGeoModel,
        "pareto_nbd": clv.ParetoNBDModel,
        "gamma_gamma": clv.GammaGammaModel,
    }

    def fitted() -> dict[str, float]:
        found = kinds[model](data=table)
        found.fit(method="map", progressbar=False)
        values = {name: float(found.fit_result[name].mean()) for name in found.fit_result}
        return _gamma_gamma(values) if model == "gamma_gamma" else values

    return fitted


def btyd(model: str, data: Columns) -> Fit:
    """Prepare btyd, the fork of lifetimes, by its own fitters."""
    import btyd as package

    fitter = _fitter(package, model)
    if model == "gamma_gamma":
        return lambda: _gamma_gamma(fitter.fit(data["frequency"], data["mean_value"]).params_)
    return lambda: dict(fitter.fit(data["frequency"], data["recency"], data["age"]).params_)


def _fitter(package: Any, model: str) -> Any:
    kinds = {
        "bg_nbd": package.BetaGeoFitter,
        "mbg_nbd": package.ModifiedBetaGeoFitter,
        "pareto_nbd": package.ParetoNBDFitter,
        "gamma_gamma": package.GammaGammaFitter,
    }
    return kinds[model]()


def _gamma_gamma(values: Any) -> dict[str, float]:
    return {"p": float(values["p"]), "q": float(values["q"]), "gamma": float(values["v"])}


# name in the table: environment, preparation, models
ENGINES: dict[str, tuple[str, Callable[[str, Columns], Fit], tuple[str, ...]]] = {
    "kamkit": ("", kamkit, MODELS),
    "lifetimes": ("lifetimes", lifetimes, MODELS),
    "lifetimes, weighted": ("lifetimes", lifetimes_weighted, MODELS[:3]),
    "clvkit": ("clvkit", clvkit, ("bg_nbd", "mbg_nbd", "gamma_gamma")),
    "pymc-marketing, MAP": ("pymc-marketing", pymc_marketing, MODELS),
    "btyd": ("btyd", btyd, MODELS),
}


def generated(model: str, accounts: int) -> Path:
    """Return simulated accounts of a year, dates in whole days, times in weeks; always the same."""
    import numpy as np

    from kamkit.value.repeat import BgNbd, GammaGamma, MbgNbd, ParetoNbd

    path = OUT / f"histories-{model}-{accounts}.npz"
    if path.exists():
        return path
    OUT.mkdir(exist_ok=True)
    truths = {
        "bg_nbd": BgNbd(0.25, 4.5, 0.8, 2.5),
        "mbg_nbd": MbgNbd(0.5, 6.0, 0.9, 1.6),
        "pareto_nbd": ParetoNbd(0.55, 10.5, 0.6, 11.7),
    }
    days = np.random.default_rng(SEED).integers(90, 366, accounts)
    known = truths.get(model, truths["bg_nbd"]).simulate(days / 7, seed=SEED)
    bought = known["frequency"].to_numpy()
    recency = np.where(bought > 0, np.maximum(np.rint(known["recency"] * 7), 1), 0) / 7
    spent = GammaGamma(6.25, 3.74, 15.44).simulate(bought, seed=SEED)["mean_value"]
    chosen = bought > 0 if model == "gamma_gamma" else np.full(accounts, True)
    columns = {
        "frequency": bought.astype(float),
        "recency": recency,
        "age": days / 7,
        "mean_value": spent.fillna(0.0).to_numpy(),
    }
    np.savez(path, **{name: column[chosen] for name, column in columns.items()})
    return path


def installed(peer: str) -> tuple[Path | None, str]:
    """Return the Python of a peer's environment, made on demand, or why there is none."""
    home = OUT / f"peer-{peer}"
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        OUT.mkdir(exist_ok=True)
        uv = [sys.executable, "-m", "uv"]
        for command in (
            [*uv, "venv", "--quiet", "--python", sys.executable, str(home)],
            [*uv, "pip", "install", "--quiet", "--python", str(python), *PEERS[peer]],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                return None, _reason(done.stderr)
    command = [str(python), "-W", "ignore", "-c", f"import {IMPORTS[peer]}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (None, _reason(done.stderr)) if done.returncode else (python, "")


def _reason(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return lines[-1][:160] if lines else "no message"


def measure(engine: str, model: str, path: Path) -> dict[str, Any]:
    """Run one fit, in this process."""
    import numpy as np

    with np.load(path) as stored:
        data = {name: stored[name] for name in stored.files}
    run = ENGINES[engine][1](model, data)
    start = time.perf_counter()
    values = run()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": seconds,
        "peak_mb": peak,
        "parameters": {name: float(value) for name, value in values.items()},
    }


def once(python: Path, engine: str, model: str, path: Path) -> dict[str, Any]:
    """Run one fit, in a process of its own; ``failed`` says why where it did not end."""
    command = [
        str(python),
        "-W",
        "ignore",
        str(Path(__file__).resolve()),
        "--engine",
        engine,
        "--file",
        str(path),
        "--models",
        model,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return {"failed": f"not done after {LONGEST} s"}
    if done.returncode:
        return {"failed": _reason(done.stderr)}
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def log_likelihood(model: str, values: dict[str, float], path: Path) -> float:
    """Return the log likelihood of the parameters that an engine found, by one yardstick."""
    import numpy as np

    from kamkit.value.repeat import MODELS as KINDS
    from kamkit.value.repeat import GammaGamma

    with np.load(path) as data:
        if model == "gamma_gamma":
            chosen = [values[name] for name in GammaGamma.names]
            rows = GammaGamma(*chosen).log_likelihoods(data["frequency"], data["mean_value"])
        else:
            chosen = [values[name] for name in KINDS[model].names]
            rows = KINDS[model](*chosen).log_likelihoods(
                data["frequency"], data["recency"], data["age"]
            )
    return float(rows.sum())


def compare(model: str, accounts: int, repeats: int, pythons: dict[str, Path]) -> list[str]:
    """Measure all engines in turn; return the lines of a table."""
    path = generated(model, accounts)
    engines = [name for name, (home, _, can) in ENGINES.items() if home in pythons and model in can]
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in engines}
    for _ in range(repeats):
        for name in engines:
            if runs[name] and runs[name][0].get("seconds", LONGEST) > SLOW:
                continue
            runs[name].append(once(pythons[ENGINES[name][0]], name, model, path))
    done = {name: results for name, results in runs.items() if "failed" not in results[0]}
    middle = {name: statistics.median(r["seconds"] for r in done[name]) for name in done}
    reached = {name: log_likelihood(model, done[name][0]["parameters"], path) for name in done}
    told = []
    for name in engines:
        start = f"| {accounts:>9,} | {model:<11} | {name:<19} |"
        if name not in done:
            told.append(f"{start} {runs[name][0]['failed']} | | | |")
            continue
        below = max(reached.values()) - reached[name]
        told.append(
            f"{start} {middle[name]:>8.3f} | {middle[name] / middle['kamkit']:>7.1f} | "
            f"{max(run['peak_mb'] for run in done[name]):>7,.0f} | {below:>9.3f} |"
        )
    return told


def main() -> None:
    """Compare the engines for each model at each size, or run one of them."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--accounts", type=int, nargs="+", default=SIZES)
    words.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    words.add_argument("--repeats", type=int, default=3)
    words.add_argument("--no-peers", action="store_true", help="kamkit alone")
    words.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    words.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.engine:
        print(json.dumps(measure(given.engine, given.models[0], given.file)))
        return
    pythons = {"": Path(sys.executable)}
    for peer in () if given.no_peers else PEERS:
        python, why = installed(peer)
        if python is None:
            print(f"{peer} is left out: {why}")
        else:
            pythons[peer] = python
    for head in HEAD:
        print(head)
    for accounts in given.accounts:
        for model in given.models:
            for line in compare(model, accounts, given.repeats, pythons):
                print(line, flush=True)


if __name__ == "__main__":
    main()
