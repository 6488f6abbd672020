#!/usr/bin/env python3
"""Runs tests with this library and with SciPy or statsmodels, and compares time per call.

    pip install -r requirements-statistics.txt
    python compare_statistics.py

Each test is called over and over for `--seconds`; medians of batches are compared. The probabilities
must agree to `--tolerance`, relative.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def peers():
    from scipy import stats
    from statsmodels.stats.proportion import proportions_ztest

    first = [float((i * 7919) % 1009) for i in range(40)]
    second = [float((i * 104729) % 1013) + 100.5 for i in range(55)]

    def fisher(a, n, b, m):
        return stats.fisher_exact([[a, n - a], [b, m - b]])[1]

    return {
        "z-test": lambda: proportions_ztest([20034, 20119], [44700, 45489])[1],
        "Fisher, 38 users": lambda: fisher(2, 13, 5, 25),
        "Fisher, 90,189 users": lambda: fisher(8502, 44700, 8279, 45489),
        "Fisher, 20 million users": lambda: fisher(2000000, 10000000, 2001500, 10000000),
        "Welch from moments": lambda: stats.ttest_ind_from_stats(
            12.41, 38.2, 51230, 12.94, 40.7, 50987, equal_var=False).pvalue,
        "exact binomial": lambda: stats.binomtest(5050, 10000, 0.5).pvalue,
        "chi-square 2 × 3": lambda: stats.chi2_contingency(
            [[762, 327, 468], [484, 239, 477]]).pvalue,
        "Mann–Whitney exact, 40 v 55": lambda: stats.mannwhitneyu(
            first, second, method="exact").pvalue,
    }


def seconds_per_call(call, seconds):
    call()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def duration(seconds):
    if seconds < 1e-6:
        return f"{seconds * 1e9:.0f} ns"
    return f"{seconds * 1e6:.1f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1, help="for each test and side")
    parser.add_argument("--tolerance", type=float, default=1e-6, help="of the probabilities")
    parser.add_argument("--program", type=Path, help="a built statistics-swift")
    options = parser.parse_args()
    program = options.program
    if program is None:
        build = ["swift", "build", "-c", "release", "--package-path", str(PACKAGE)]
        subprocess.run(
            build + ["--product", "statistics-swift"], check=True, stdout=sys.stderr)
        folder = subprocess.run(
            build + ["--show-bin-path"], check=True, capture_output=True, text=True)
        program = Path(folder.stdout.strip()) / "statistics-swift"
    ours = json.loads(subprocess.run(
        [str(program), str(options.seconds)], check=True, capture_output=True, text=True).stdout)
    differs = False
    print(f"{'test':<30} {'ours':>10} {'peer':>10} {'ratio':>8}  difference of p")
    for name, call in peers().items():
        theirs = float(call())
        difference = abs(ours[name]["p"] / theirs - 1)
        differs = differs or not difference <= options.tolerance
        own, other = ours[name]["seconds"], seconds_per_call(call, options.seconds)
        print(
            f"{name:<30} {duration(own):>10} {duration(other):>10} {other / own:>7.0f}×"
            f"  {difference:.1e}")
    if differs:
        sys.exit("error: the probabilities differ by more than the tolerance")


if __name__ == "__main__":
    main()
