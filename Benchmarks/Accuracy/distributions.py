"""Reference numbers of the distributions, by mpmath, and the errors of SciPy beside them.

    python3 -m venv venv && venv/bin/pip install mpmath scipy
    venv/bin/python Benchmarks/Accuracy/distributions.py \
        > Tests/StatisticsCoreTests/Reference/DistributionReference.swift

The Swift file goes to standard output, SciPy's worst relative error for each function to standard
error. Near the centre both tails are computed and must add up to 1 to 25 digits.
"""

import sys

import mpmath
import scipy
from mpmath import mp, mpf
from scipy import special, stats

mp.dps = 70


def one(value):
    """The shortest text of the nearest double."""
    value = float(value)
    return repr(value)


def split_integral(exponent, step):
    """The integral of exp(-exponent) from 0 on; exponent rises to infinity."""
    edges = [mpf(0)]
    width = mpf(step)
    while True:
        edges.append(edges[-1] + width)
        if exponent(edges[-1]) > 160 and exponent(edges[-1]) > exponent(edges[-2]):
            break
        width = min(width * mpf("1.5"), mpf(3))
    total = mpf(0)
    for low, high in zip(edges, edges[1:]):
        total += mp.quad(lambda s: mp.exp(-exponent(s)), [low, high])
    return total


def gamma_tails(a, x):
    a, x = mpf(a), mpf(x)
    if a <= 100 and x <= 300:
        with mp.workdps(220):
            lower = mp.gammainc(a, 0, x, regularized=True)
            upper = 1 - lower if lower < mpf("0.999") else mp.gammainc(a, x, mp.inf, regularized=True)
            return +lower, +upper
    mass = mp.exp(a * mp.log(x) - x - mp.loggamma(a))
    step = min(1 / abs(x - a) if x != a else mpf(1), 1 / mp.sqrt(x))
    if x < a - 4 * mp.sqrt(a):
        lower = mass * split_integral(lambda s: a * s + x * mp.expm1(-s), step)
        return lower, 1 - lower
    upper = mass * split_integral(lambda s: -a * s + x * mp.expm1(s), step)
    if x > a + 4 * mp.sqrt(a):
        return 1 - upper, upper
    lower = mass * split_integral(lambda s: a * s + x * mp.expm1(-s), step)
    upper = mass * split_integral(lambda s: -a * s + x * mp.expm1(s), step)
    assert abs(lower + upper - 1) < mpf(10) ** -25, (a, x, lower + upper - 1)
    return lower, upper


def beta_tails(a, b, x, y=None):
    a, b, x = mpf(a), mpf(b), mpf(x)
    y = 1 - x if y is None else mpf(y)
    n = a + b
    mass = mp.exp(a * mp.log(x) + b * mp.log(y) - (mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(n)))
    excess = abs(n * x - a)
    step = min(1 / excess if excess else mpf(1), 1 / mp.sqrt(n * x * y), mpf(2))

    def tail(a, x, y):
        # The lower tail of x, downwards on the scale of the logit.
        return mass * split_integral(lambda s: a * s + n * mp.log(y + x * mp.exp(-s)), step)

    distance = (x - a / n) / mp.sqrt(a * b / n ** 3)
    if min(a, b) < mpf("0.05") or n < 60:
        lower = upper = None
    elif distance < -4 or x < 1e-8 and x * n < a:
        lower = tail(a, x, y)
        return lower, 1 - lower
    elif distance > 4:
        upper = tail(b, y, x)
        return 1 - upper, upper
    else:
        lower, upper = tail(a, x, y), tail(b, y, x)
    if lower is None or upper is None:
        with mp.workdps(200):
            lower = mp.betainc(a, b, 0, x, regularized=True)
            upper = mp.betainc(b, a, 0, y, regularized=True) if x > 1e-50 else 1 - lower
    assert abs(lower + upper - 1) < mpf(10) ** -25, (a, b, x, lower + upper - 1)
    return lower, upper


groups = {}
worst = {}


def log_of(tail, other):
    return mp.log1p(-other) if other < 0.1 else mp.log(tail)


def record(name, arguments, lower, upper, peers):
    """Writes value and logarithm of both tails; compares SciPy's values and logarithms."""
    lines = groups.setdefault(name, [])
    numbers = list(arguments) + [lower, log_of(lower, upper), upper, log_of(upper, lower)]
    lines.append(" ".join(one(number) for number in numbers))
    for label, call, truth in peers:
        if abs(truth) < 2.3e-308:
            continue
        with_value = float(call())
        error = abs((mpf(with_value) - truth) / truth) if with_value == with_value else mp.inf
        key = name + " " + label
        if key not in worst or error > worst[key][0]:
            worst[key] = (error, arguments)


def main():
    for x in [0.0, 1e-10, 0.1, 0.4, 0.7, 1.0, 1.5, 1.96, 2.5758293035489004, 3.3, 5.0, 8.2, 12.5,
              20.0, 26.2, 37.5, 38.4, 40.0, 100.0, 1234.5, 1e4, 1e8]:
        with mp.workdps(120):
            upper = mp.erfc(mpf(x) / mp.sqrt(2)) / 2
            lower = 1 - upper
        record("normal", [x], lower, upper, [
            ("upper", lambda: special.ndtr(-x), upper),
            ("log upper", lambda: special.log_ndtr(-x), log_of(upper, lower)),
            ("log lower", lambda: special.log_ndtr(x), log_of(lower, upper)),
        ])

    shapes = [1e-8, 0.01, 0.3, 0.5, 1.0, 1.5, 3.0, 7.25, 15.9, 16.0, 33.0, 50.0, 100.5, 777.0,
              1e4, 123456.7, 1e6, 1e8, 1e10, 1e13]
    for a in shapes:
        places = {a * f for f in (0.001, 0.3, 0.7, 0.95, 1.0, 1.1, 1.7, 5.0, 40.0)}
        places |= {a + z * a ** 0.5 for z in (-30, -8, -3, -0.5, 0.7, 2, 6, 15, 40)}
        places |= {1e-100, 1e-5, 0.2, 1.0, 3.0, 60.0, 250.0}
        for x in sorted(place for place in places if place > 0):
            deviance = x - a - a * mp.log(mpf(x) / a)
            if a > 2e4 and deviance > 40000 or a > 300 and x < 1 or a > 1e5 and x < 300:
                continue
            lower, upper = gamma_tails(a, x)
            record("gamma", [a, x], lower, upper, [
                ("lower", lambda: special.gammainc(a, x), lower),
                ("upper", lambda: special.gammaincc(a, x), upper),
                ("log lower", lambda: stats.gamma.logcdf(x, a), log_of(lower, upper)),
                ("log upper", lambda: stats.gamma.logsf(x, a), log_of(upper, lower)),
            ])

    pairs = [(0.001, 1.0), (0.01, 0.02), (0.1, 0.1), (0.5, 0.5), (0.5, 3.0), (1.0, 1.0), (2.0, 3.0),
             (0.5, 20.0), (5.5, 0.5), (8.0, 15.5), (0.7, 1e4), (0.5, 1e6), (3.0, 1e6), (14.0, 1e9),
             (20.0, 20.0), (17.0, 5000.0), (100.0, 200.0), (1e3, 1e3), (8503.0, 36199.0),
             (1e6, 2e6), (1e8, 3.0), (1e9, 1e9), (1e12, 0.5), (1e13, 3e13), (40.0, 1e12)]
    for a, b in pairs:
        n = a + b
        mean = a / n
        spread = (a / n * (b / n) / (n + 1)) ** 0.5
        places = {mean + z * spread for z in (-20, -7, -3, -0.8, 0, 0.5, 2, 5, 12, 30)}
        if n < 1e5:
            places |= {1e-200, 1e-30, 1e-9, 1e-3, 0.2, 0.5, 0.9, 0.999, 1 - 1e-12}
        else:
            places |= {mean * 0.5, mean * 1.5}
        for x in sorted(place for place in places if 0 < place < 1):
            deviance = -(a * mp.log(x / mean) + b * mp.log1p(-mpf(x)) - b * mp.log(b / n))
            if n > 1e4 and deviance > 20000:
                continue
            lower, upper = beta_tails(a, b, x)
            record("beta", [a, b, x], lower, upper, [
                ("lower", lambda: special.betainc(a, b, x), lower),
                ("upper", lambda: special.betaincc(a, b, x), upper),
                ("log lower", lambda: stats.beta.logcdf(x, a, b), log_of(lower, upper)),
                ("log upper", lambda: stats.beta.logsf(x, a, b), log_of(upper, lower)),
            ])

    for df in [0.5, 1.0, 2.0, 3.0, 7.0, 17.776, 30.0, 101.5, 1000.0, 1e6, 1e12]:
        for t in [1e-12, 0.01, 0.7, 1.0, 1.96, 3.5, 8.0, 30.0, 100.0, 1e4, 1e10]:
            if df > 1e4 and t > 150:
                continue
            n, square = mpf(df), mpf(t) ** 2
            lower, upper = beta_tails(n / 2, mpf(1) / 2, n / (n + square), square / (n + square))
            record("student", [df, t], upper / 2 + mpf(1) / 2, lower / 2, [
                ("upper", lambda: stats.t.sf(t, df), lower / 2),
                ("log upper", lambda: stats.t.logsf(t, df), mp.log(lower / 2)),
            ])

    for d1, d2 in [(1.0, 10.0), (2.0, 2.0), (3.0, 20.0), (5.0, 5.0), (4.0, 50.0), (1.0, 1e6),
                   (7.5, 300.25), (200.0, 100.0), (3.0, 1e10)]:
        for f in [1e-6, 0.05, 0.5, 1.0, 2.5, 4.0, 12.0, 100.0, 5000.0]:
            if d2 > 1e8 and f > 4000:
                continue
            x = mpf(d2) / (mpf(d2) + mpf(d1) * mpf(f))
            y = mpf(d1) * mpf(f) / (mpf(d2) + mpf(d1) * mpf(f))
            upper, lower = beta_tails(mpf(d2) / 2, mpf(d1) / 2, x, y)
            record("f", [d1, d2, f], lower, upper, [
                ("upper", lambda: stats.f.sf(f, d1, d2), upper),
                ("log upper", lambda: stats.f.logsf(f, d1, d2), log_of(upper, lower)),
            ])

    for n, p, k in [(10, 0.3, 3), (1000, 0.001, 0), (1000, 0.5, 500), (1000, 0.5, 400),
                    (10 ** 6, 0.5, 600000), (10 ** 6, 1e-6, 10), (10 ** 6, 0.5, 480000),
                    (44700, 0.19, 8502), (10 ** 12, 0.25, 249 * 10 ** 9 + 998 * 10 ** 6),
                    (60, 1e-30, 3), (10 ** 9, 1e-3, 10 ** 6 + 20000)]:
        lower_of_p, upper_of_p = beta_tails(k + 1, n - k, mpf(p))
        record("binomial", [n, p, k], upper_of_p, lower_of_p, [
            ("lower", lambda: stats.binom.cdf(k, n, p), upper_of_p),
            ("upper", lambda: stats.binom.sf(k, n, p), lower_of_p),
            ("log lower", lambda: stats.binom.logcdf(k, n, p), log_of(upper_of_p, lower_of_p)),
            ("log upper", lambda: stats.binom.logsf(k, n, p), log_of(lower_of_p, upper_of_p)),
        ])

    for x in [0.02, 0.1, 0.3, 0.5, 0.7, 0.79, 0.81, 1.0, 1.36, 2.5, 6.0, 15.0, 30.0]:
        if x < 1:
            lower = mp.sqrt(2 * mp.pi) / x * mp.nsum(
                lambda k: mp.exp(-(2 * k - 1) ** 2 * mp.pi ** 2 / (8 * mpf(x) ** 2)), [1, 60])
            upper = 1 - lower
        else:
            upper = 2 * mp.fsum(
                (-1) ** (k - 1) * mp.exp(-2 * k * k * mpf(x) ** 2) for k in range(1, 60))
            with mp.workdps(1000):
                lower = 1 - upper
        record("kolmogorov", [x], lower, upper, [
            ("upper", lambda: stats.kstwobign.sf(x), upper),
            ("log upper", lambda: stats.kstwobign.logsf(x), log_of(upper, lower)),
        ])

    print("/// Both tails of distributions and their logarithms.")
    print("///")
    print("/// By mpmath %s with 70 digits and more, rounded once. Written by"
          % mpmath.__version__)
    print("/// `Benchmarks/Accuracy/distributions.py`: do not edit.")
    print("enum DistributionReference {")
    notes = {
        "normal": "x", "gamma": "shape, x", "beta": "a, b, x", "student": "degrees of freedom, t",
        "f": "degrees of freedom of both, x", "binomial": "trials, probability, count (above it)",
        "kolmogorov": "x",
    }
    for index, (name, lines) in enumerate(groups.items()):
        if index:
            print()
        print("  /// %s; then the lower tail, its logarithm, the upper tail, its logarithm."
              % (notes[name][0].upper() + notes[name][1:]))
        print("  static let %s = \"\"\"" % name)
        for line in lines:
            print("    " + line)
        print("    \"\"\"")
    print("}")

    print("SciPy %s: worst relative errors" % scipy.__version__, file=sys.stderr)
    for key, (error, arguments) in worst.items():
        print("%-24s %s at %s" % (key, mp.nstr(error, 3), arguments), file=sys.stderr)


main()
