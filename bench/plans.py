"""Measure what plans cost: processor seconds of what they rest on and of each, and peak memory.

    python bench/plans.py                                   100 and 1,000 key accounts
    python bench/plans.py --key-accounts 300 --written 30

The results are made once for all key accounts; then some of the plans are written as Word, page and
slides. Each number runs in a process of its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time

from scale import peak

STEPS = ("key_accounts", "planned", "whitespace", "portfolio", "answer", "decisions")


def measured(key_accounts: int, written: int) -> None:
    """Make the results, write some plans, and print one line."""
    import kamkit as kam

    peak()
    analysis = kam.analyse(kam.open_case("fjordgross"), key_accounts=key_accounts)
    spent = {}
    for name in STEPS:
        begun = time.process_time()
        analysis.get(name)
        spent[name] = time.process_time() - begun
    accounts = analysis.planned["account_id"].tolist()
    begun = time.process_time()
    chosen = accounts[:: max(1, len(accounts) // written)][:written]
    with tempfile.TemporaryDirectory() as folder:
        for account in chosen:
            analysis.plan(account).write(folder)
    each = (time.process_time() - begun) / len(chosen)
    cells = " | ".join(f"{seconds:.1f}" for seconds in spent.values())
    print(f"| {key_accounts:,} | {len(accounts):,} | {cells} | {each:.2f} | {peak():,.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--key-accounts", type=int, nargs="+", default=[100, 1_000])
    parser.add_argument("--written", type=int, default=20)
    parser.add_argument("--inside", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        measured(args.inside, args.written)
        return
    print(f"| key accounts | with a plan | {' | '.join(STEPS)} | CPU s each plan | peak MB |")
    print("|---" * (len(STEPS) + 4) + "|", flush=True)
    for number in args.key_accounts:
        command = [sys.executable, __file__, "--inside", str(number)]
        subprocess.run([*command, "--written", str(args.written)], check=True)


if __name__ == "__main__":
    main()
