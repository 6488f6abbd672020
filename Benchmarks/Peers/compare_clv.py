#!/usr/bin/env python3
"""Fits models of customer value with this library and with lifetimes, on the same table.

    pip install -r requirements-clv.txt
    python compare_clv.py cdnow_customers_summary_with_transactions.csv

The table has the columns ID, x, t_x, T and zbar; that of the CDNOW sample comes with lifetimes and
from brucehardie.com. Reading it is not measured. Each fit runs once to warm up and then `--runs`
times in turns with the other's; medians are compared. Parameters must agree to `--tolerance`,
relative; lifetimes stops its search earlier.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def fits(table):
    from lifetimes import (
        BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter)

    repeat = table[table.x > 0]

    def purchases(fitter):
        return lambda: fitter(penalizer_coef=0.0).fit(table["x"], table["t_x"], table["T"]).params_

    return {
        "bg_nbd": purchases(BetaGeoFitter),
        "mbg_nbd": purchases(ModifiedBetaGeoFitter),
        "pareto_nbd": purchases(ParetoNBDFitter),
        "gamma_gamma": lambda: GammaGammaFitter().fit(repeat["x"], repeat["zbar"]).params_,
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("table", type=Path, help="CSV file with ID, x, t_x, T, zbar")
    parser.add_argument("--runs", type=int, default=15, help="timed runs of each fit")
    parser.add_argument("--tolerance", type=float, default=0.01, help="of the parameters")
    parser.add_argument("--no-build", action="store_true", help="use the program as it is built")
    options = parser.parse_args()

    import pandas
    warnings.filterwarnings("ignore")
    product = "customer-value-swift"
    build = ["swift", "build", "-c", "release", "--package-path", str(PACKAGE)]
    if not options.no_build:
        subprocess.run(build + ["--product", product], check=True, stdout=sys.stderr)
    folder = subprocess.run(
        build + ["--show-bin-path"], check=True, capture_output=True, text=True).stdout.strip()

    def ours():
        # One timed run of each fit after one to warm up.
        return json.loads(subprocess.run(
            [f"{folder}/{product}", str(options.table), "1"],
            check=True, capture_output=True, text=True).stdout)

    peers = fits(pandas.read_csv(options.table))
    theirs = {name: fit() for name, fit in peers.items()}
    mine = {name: [] for name in peers}
    others = {name: [] for name in peers}
    for _ in range(options.runs):
        answers = ours()
        for name, fit in peers.items():
            mine[name] += answers[name]["seconds"]
            start = time.perf_counter()
            fit()
            others[name].append(time.perf_counter() - start)

    differs = False
    print(f"{'model':<12} {'ours':>10} {'lifetimes':>10} {'ratio':>7}  largest difference")
    for name in peers:
        (own, other) = (statistics.median(times[name]) for times in (mine, others))
        parameters = answers[name]["parameters"]
        difference = max(
            abs(parameters[key] / float(value) - 1) for key, value in theirs[name].items())
        differs = differs or difference > options.tolerance
        print(
            f"{name:<12} {own * 1e3:>7.2f} ms {other * 1e3:>7.2f} ms {other / own:>6.1f}×"
            f"  {difference:.1e}")
    if differs:
        sys.exit("error: the parameters differ by more than the tolerance")


if __name__ == "__main__":
    main()
