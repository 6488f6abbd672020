"""False-positive rates of tests and coverage of intervals, by SciPy, statsmodels and NumPy.

    python3 -m venv venv && venv/bin/pip install -r Benchmarks/Peers/requirements-statistics.txt
    venv/bin/python Benchmarks/Accuracy/calibration.py \
        > Tests/ExperimentsTests/Reference/calibration.json

Rates of tests of counts are sums of the probabilities of all tables, without simulation; those of
Student's, Welch's and the rank-sum test follow from their distributions. The others are simulated
here, in other code than the library's, with `rounds` repetitions.
"""

import json
import sys

import numpy as np
import scipy
import statsmodels
from scipy import integrate, optimize, stats
from statsmodels.stats.proportion import confint_proportions_2indep

LEVEL = 0.05
cases = []


def add(name, share, tool, rounds=None, tolerance=1e-9):
    case = {"name": name, "share": float(share), "tool": tool}
    if rounds is None:
        case["tolerance"] = tolerance
    else:
        case["rounds"] = rounds
    cases.append(case)
    print(name, share, file=sys.stderr)


def two_arms(n, m, rate, other, holds):
    """The probability that something holds for the successes of two arms."""
    first = stats.binom.pmf(np.arange(n + 1), n, rate)
    second = stats.binom.pmf(np.arange(m + 1), m, other)
    return sum(
        first[x] * second[y]
        for x in range(n + 1) for y in range(m + 1)
        if first[x] * second[y] > 1e-20 and holds(x, y))


def pooled(x, y, n=500, m=500):
    share = (x + y) / (n + m)
    error = np.sqrt(share * (1 - share) * (1 / n + 1 / m))
    return error > 0 and 2 * stats.norm.sf(abs(x / n - y / m) / error) <= LEVEL


def chi_square(counts, n):
    counts = np.array(counts)
    share = counts.sum() / (n * len(counts))
    if share in (0, 1):
        return False
    statistic = ((counts - n * share) ** 2 / (n * share * (1 - share))).sum()
    return stats.chi2.sf(statistic, len(counts) - 1) <= LEVEL


def three_arms(n, rate):
    mass = stats.binom.pmf(np.arange(n + 1), n, rate)
    total = 0
    for a in range(n + 1):
        for b in range(a + 1):
            for c in range(b + 1):
                orders = {3: 6, 2: 3, 1: 1}[len({a, b, c})]
                if chi_square((a, b, c), n):
                    total += orders * mass[a] * mass[b] * mass[c]
    return total


def e_test(mean):
    """The E-test of two counts with the score statistic (Gu et al. 2008)."""
    counts = np.arange(80)

    def statistic(x, y):
        return np.abs(x - y) / np.sqrt(np.maximum(x + y, 1))

    grid = statistic(counts[:, None], counts[None, :])
    mass = stats.poisson.pmf(counts, mean)
    total = 0
    for x in range(45):
        for y in range(45):
            if x + y == 0:
                continue
            fitted = stats.poisson.pmf(counts, (x + y) / 2)
            p = (np.outer(fitted, fitted) * (grid >= statistic(x, y) - 1e-12)).sum()
            if p <= LEVEL:
                total += mass[x] * mass[y]
    return total


def coverage(n, rate, interval):
    """The probability that the interval of one rate holds the rate."""
    total = 0
    for x in range(n + 1):
        low, high = interval(x, n)
        if low <= rate <= high:
            total += stats.binom.pmf(x, n, rate)
    return total


def miettinen_nurminen(x, n, y, m, difference):
    """Whether the score test does not reject a difference.

    With the best fit under the null hypothesis, which statsmodels 0.15 does not find for all tables.
    """
    low, high = max(0, -difference) + 1e-15, min(1, 1 - difference) - 1e-15

    def slope(q):
        p = q + difference
        return ((x / p if x else 0) - ((n - x) / (1 - p) if n - x else 0)
                + (y / q if y else 0) - ((m - y) / (1 - q) if m - y else 0))

    if slope(low) <= 0:
        q = max(0, -difference)
    elif slope(high) >= 0:
        q = min(1, 1 - difference)
    else:
        q = optimize.brentq(slope, low, high, xtol=1e-15)
    p = q + difference
    variance = (p * (1 - p) / n + q * (1 - q) / m) * (n + m) / (n + m - 1)
    distance = abs(x / n - y / m - difference)
    return distance <= stats.norm.isf(LEVEL / 2) * np.sqrt(variance)


def welch(n, m, sd, other):
    """The rate of Welch's test, whose t has a known distribution given the shares of the variances."""
    def rejects(share):
        a = sd ** 2 * share / ((n - 1) * n)
        b = other ** 2 * (1 - share) / ((m - 1) * m)
        true = sd ** 2 / n + other ** 2 / m
        freedom = (a + b) ** 2 / (a ** 2 / (n - 1) + b ** 2 / (m - 1))
        limit = stats.t.isf(LEVEL / 2, freedom)
        return 2 * stats.t.sf(limit * np.sqrt((n + m - 2) * (a + b) / true), n + m - 2)

    beta = stats.beta((n - 1) / 2, (m - 1) / 2)
    return integrate.quad(
        lambda s: rejects(s) * beta.pdf(s), 0, 1, epsabs=1e-13, epsrel=1e-12, limit=500)[0]


def rank_sum(n, m):
    ways = np.zeros(n * m + 1)
    counts = {(0, 0): 1}
    for value in range(1, n + m + 1):
        new = {}
        for (taken, total), number in counts.items():
            for key in ((taken, total), (taken + 1, total + value)):
                if key[0] <= n:
                    new[key] = new.get(key, 0) + number
        counts = new
    for (taken, total), number in counts.items():
        if taken == n:
            ways[total - n * (n + 1) // 2] += number
    ways /= ways.sum()
    upper = ways[::-1].cumsum()[::-1]
    lower = ways.cumsum()
    return ways[2 * np.minimum(lower, upper) <= LEVEL].sum()


def simulate(rounds, batch, count):
    """Adds up how often `count(random, size)` counts in batches of a seeded generator."""
    random = np.random.default_rng(20261121)
    return sum(count(random, batch) for _ in range(rounds // batch)) / rounds


def brunner_munzel(random, size):
    x = random.normal(0, 3, (size, 25))
    y = random.normal(0, 1, (size, 40))
    return (stats.brunnermunzel(x, y, axis=1).pvalue <= LEVEL).sum()


def shapiro(random, size):
    return sum(stats.shapiro(random.normal(size=30)).pvalue <= LEVEL for _ in range(size))


def welch_interval(random, size):
    x = random.exponential(size=(size, 80))
    y = random.exponential(size=(size, 120))
    return (stats.ttest_ind(x, y, axis=1, equal_var=False).pvalue > 1 - 0.95).sum()


def clusters(random, size):
    """Medians of 150 clusters of three with Woodruff's standard errors."""
    def median(random):
        values = random.normal(size=(size, 150, 1)) + random.normal(size=(size, 150, 3))
        ordered = np.sort(values.reshape(size, 450), axis=1)
        middle = np.median(ordered, axis=1)
        below = (values <= middle[:, None, None]).sum(axis=2)
        error = np.sqrt(below.var(axis=1, ddof=1) / 9 / 150)
        z = stats.norm.isf(0.025)

        def quantile(p):
            place = p * 449
            floor = np.floor(place).astype(int)
            low = np.take_along_axis(ordered, floor[:, None], 1)[:, 0]
            high = np.take_along_axis(ordered, floor[:, None] + 1, 1)[:, 0]
            return low + (place - floor) * (high - low)

        return middle, (quantile(0.5 + z * error) - quantile(0.5 - z * error)) / (2 * z)

    a, first = median(random)
    b, second = median(random)
    return (np.abs(a - b) <= stats.norm.isf(0.025) * np.hypot(first, second)).sum()


scipy_name = f"SciPy {scipy.__version__}"
numpy_name = f"NumPy {np.__version__}, {scipy_name}"
sm_name = f"statsmodels {statsmodels.__version__}"

add("pooled z-test, 500 v 500 at 10 %", two_arms(500, 500, 0.1, 0.1, pooled), scipy_name)
add("Fisher, 60 v 40 at 20 %", two_arms(60, 40, 0.2, 0.2, lambda x, y: stats.fisher_exact(
    [[x, 60 - x], [y, 40 - y]])[1] <= LEVEL), scipy_name)
add("Boschloo, 12 v 9 at 30 %", two_arms(12, 9, 0.3, 0.3, lambda x, y: stats.boschloo_exact(
    [[x, y], [12 - x, 9 - y]], alternative="greater", n=64).pvalue <= LEVEL), scipy_name)
add("chi-square, three arms of 40 at 30 %", three_arms(40, 0.3), scipy_name)
add("E-test, means 8 and 8", e_test(8), scipy_name)
add("Clopper–Pearson, 40 at 7 %", coverage(40, 0.07, lambda x, n: stats.binomtest(
    x, n).proportion_ci(method="exact")), scipy_name)
add("Wilson, 200 at 30 %", coverage(200, 0.3, lambda x, n: stats.binomtest(
    x, n).proportion_ci(method="wilson")), scipy_name)
for name, method in [("newcombe", "newcomb"), ("agrestiCaffo", "agresti-caffo")]:
    def holds(x, y):
        low, high = confint_proportions_2indep(x, 60, y, 80, compare="diff", method=method)
        return low <= 0.2 - 0.35 <= high
    add(f"{name}, 60 v 80 at 20 % and 35 %", two_arms(60, 80, 0.2, 0.35, holds), sm_name)
add("miettinenNurminen, 60 v 80 at 20 % and 35 %", two_arms(
    60, 80, 0.2, 0.35, lambda x, y: miettinen_nurminen(x, 60, y, 80, 0.2 - 0.35)), scipy_name)
add("Welch, 12 v 30, deviations 3 and 1", welch(12, 30, 3, 1), scipy_name, tolerance=1e-10)
add("Student, 12 v 30, equal deviations", LEVEL, "exact", tolerance=0)
add("Mann–Whitney exact, 9 v 11", rank_sum(9, 11), "exact counts", tolerance=1e-12)
add("Brunner–Munzel, 25 v 40, deviations 3 and 1",
    simulate(1_000_000, 20_000, brunner_munzel), numpy_name, 1_000_000)
add("Shapiro–Wilk, 30 normal values", simulate(300_000, 1_000, shapiro), numpy_name, 300_000)
add("Welch's interval of skewed values",
    simulate(1_000_000, 20_000, welch_interval), numpy_name, 1_000_000)
add("medians of 150 clusters", simulate(200_000, 2_000, clusters), numpy_name, 200_000)

print(json.dumps({
    "source": "Benchmarks/Accuracy/calibration.py",
    "meaning": "share: the false-positive rate at a level of 5 %, or the coverage of an interval of 95 %;"
               " tolerance: absolute, of a share without simulation; rounds: of a simulated one",
    "cases": cases}, indent=1, ensure_ascii=False))
