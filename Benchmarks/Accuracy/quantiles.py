"""Reference quantiles of the distributions, by mpmath.

    python3 -m venv venv && venv/bin/pip install mpmath scipy
    venv/bin/python Benchmarks/Accuracy/quantiles.py \
        > Tests/StatisticsCoreTests/Reference/QuantileReference.swift

SciPy's quantile is the guess from which Newton's method in the logarithm of the tail starts, with 50
digits. The last field is the condition: how many times the relative error of the logarithm of the
probability comes back in the quantile.
"""

import math

import mpmath
from mpmath import mp, mpf
from scipy import stats

mp.dps = 50
# Natural logarithms of probabilities, as doubles.
LOGS = [-1e-6, -0.05, -0.5, -0.7, -3.6888794541139363, -10.0, -50.0, -300.0]


def gamma(a):
    a = mpf(a)
    return stats.gamma(float(a)), (
        lambda x: mp.gammainc(a, 0, x, regularized=True),
        lambda x: mp.gammainc(a, x, mp.inf, regularized=True),
        lambda x: mp.exp((a - 1) * mp.log(x) - x - mp.loggamma(a)))


def beta(a, b):
    a, b = mpf(a), mpf(b)
    return stats.beta(float(a), float(b)), (
        lambda x: mp.betainc(a, b, 0, x, regularized=True),
        lambda x: mp.betainc(b, a, 0, 1 - x, regularized=True),
        lambda x: x ** (a - 1) * (1 - x) ** (b - 1) / mp.beta(a, b))


def student(n):
    n = mpf(n)

    def upper(x):
        tail = mp.betainc(n / 2, mpf(1) / 2, 0, n / (n + x * x), regularized=True) / 2
        return tail if x > 0 else 1 - tail

    return stats.t(float(n)), (
        lambda x: upper(-x), upper,
        lambda x: (1 + x * x / n) ** (-(n + 1) / 2) / mp.sqrt(n) / mp.beta(n / 2, mpf(1) / 2))


def f(a, b):
    a, b = mpf(a), mpf(b)

    def tail(p, q, x):
        return mp.betainc(p / 2, q / 2, 0, x, regularized=True)

    return stats.f(float(a), float(b)), (
        lambda x: tail(a, b, a * x / (a * x + b)), lambda x: tail(b, a, b / (a * x + b)),
        lambda x: (a / b) ** (a / 2) * x ** (a / 2 - 1) * (1 + a * x / b) ** (-(a + b) / 2)
        / mp.beta(a / 2, b / 2))


def normal():
    return stats.norm, (
        lambda x: mp.ncdf(x), lambda x: mp.ncdf(-x), lambda x: mp.npdf(x))


def quantile(distribution, functions, log, is_upper):
    tail, density = functions[1 if is_upper else 0], functions[2]
    p = math.exp(log)
    x = mpf(float(distribution.isf(p) if is_upper else distribution.ppf(p)))
    if not mp.isfinite(x) or x == 0 or abs(x) > 1e200 or 0 < abs(x) < mpf(10) ** -200:
        return None
    for _ in range(60):
        value = tail(x)
        if not value > 0:
            return None
        step = (mp.log(value) - mpf(log)) * value / density(x) * (1 if is_upper else -1)
        x += step
        if abs(step) < abs(x) * mpf(10) ** -35:
            condition = abs(mpf(log)) * tail(x) / density(x) / abs(x)
            return x, condition
    return None


def group(name, comment, rows):
    print(f'  /// {comment}\n  static let {name} = """')
    for parameters, (distribution, functions) in rows:
        for log in LOGS:
            for is_upper in (False, True):
                answer = quantile(distribution, functions, log, is_upper)
                if answer is None or answer[0] == 0:
                    continue
                x, condition = answer
                fields = [*map(repr, parameters), repr(log), "1" if is_upper else "0",
                          repr(float(x)), f"{float(condition):.3g}"]
                print("    " + " ".join(fields))
    print('    """')


print(f"""/// Quantiles by mpmath {mpmath.__version__} with 50 digits, made by Benchmarks/Accuracy/quantiles.py; one
/// case on each line, numbers between spaces.
///
/// After the parameters come the natural logarithm of the probability, whether it is that of the upper
/// tail, the quantile, and the condition: how many times the relative error of the logarithm comes back
/// in the quantile.
enum QuantileReference {{""")
group("normal", "No parameters.", [((), normal())])
print()
group("gamma", "The shape.", [((a,), gamma(a)) for a in (0.5, 1.0, 3.5, 40.0, 1000.0)])
print()
group("beta", "Both parameters.", [
    ((a, b), beta(a, b)) for a, b in ((0.5, 0.5), (1.0, 20.0), (3.0, 5.0), (80.0, 1000.0))])
print()
group("student", "The degrees of freedom.", [((n,), student(n)) for n in (1.0, 2.0, 7.5, 100.0)])
print()
group("f", "Both degrees of freedom.", [
    ((a, b), f(a, b)) for a, b in ((1.0, 1.0), (2.0, 10.0), (5.5, 3.0), (40.0, 200.0))])
print("}")
