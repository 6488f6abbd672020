"""Upper tails of the studentised range, by mpmath, and SciPy's errors."""

import sys

from mpmath import mp, mpf
from scipy import stats

mp.dps = 25


def quantity(z):
    return mp.erfc(z / mp.sqrt(2)) / 2


def known(k, w):
    """The tail of the range of k standard normal numbers, by trapezoids over an analytic peak."""
    step = mpf("0.14")
    total = mpf(0)
    for index in range(-100, 101):
        z = -w / 2 + index * step
        far, near = quantity(z + w), quantity(z)
        difference = -mp.expm1((k - 1) * mp.log1p(-far / near)) if far < near else mpf(1)
        total += mp.npdf(z) * near ** (k - 1) * difference
    return k * step * total


def studentized(k, n, q):
    def density(u):
        weight = mp.exp(n * u - n / 2 * mp.exp(2 * u))
        return weight * known(k, q * mp.exp(u)) if weight > mpf(10) ** -120 else mpf(0)
    constant = 2 * (n / 2) ** (n / 2) / mp.gamma(n / 2)
    width = 1 / mp.sqrt(n)
    best = max([-i * width / 2 for i in range(0, 40)], key=density)
    step = width / 7
    return constant * step * mp.fsum(density(best + i * step) for i in range(-110, 60))


print("/// Groups, degrees of freedom, q and the upper tail of the studentised range.")
print("///")
print("/// By mpmath 1.4.1 with 25 digits. Written by `Benchmarks/Accuracy/studentized_range.py`.")
print("enum StudentizedRangeReference {")
print("  static let cases: [(Int, Double, Double, Double)] = [")
for k, n, q in [(3, 12, 3.77), (3, 12, 0.5), (5, 30, 4.1), (4, 8, 20.0), (10, 60, 9.5), (20, 15, 6.0)]:
    tail = studentized(k, mpf(n), mpf(q))
    print("    (%d, %d, %r, %r)," % (k, n, q, float(tail)))
    peer = stats.studentized_range.sf(q, k, n)
    print("SciPy", k, n, q, float(abs(peer - tail) / tail), file=sys.stderr)
print("  ]")
print("}")
