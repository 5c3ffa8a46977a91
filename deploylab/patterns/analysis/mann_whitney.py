"""The Mann-Whitney U test of two samples, and how far the one is shifted from the other.

The normal approximation with continuity correction and ties; the confidence interval is found by shifting one
sample until the test just rejects. Source: R, wilcox.test(conf.int=TRUE), as Kayenta, MannWhitney.scala, has
it; the roots are searched exactly as coarsely as there, so that the digits are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import copysign, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Sample = NDArray[np.float64]
TOLERANCE = 1e-4  # of a root, in the samples' own unit


@dataclass(frozen=True)
class MannWhitneyResult:
    """The Hodges-Lehmann estimate of the shift, and its confidence interval, in the samples' own unit."""

    lower_confidence: float
    upper_confidence: float
    estimate: float


def mann_whitney_u_test(experiment: Sample, control: Sample, conf_level: float) -> MannWhitneyResult:
    """By how much the experiment lies above the control.

    Of two samples that are each constant the shift is known exactly; Kayenta adds noise to compute the same.

    >>> mann_whitney_u_test(np.array([10.0, 20, 30, 40]), np.array([1.0, 2, 3, 4]), conf_level=0.95)
    MannWhitneyResult(lower_confidence=6.0, upper_confidence=39.0, estimate=22.5...)
    """
    experiment, control = np.sort(experiment), np.sort(control)
    mu_min, mu_max = float(experiment.min() - control.max()), float(experiment.max() - control.min())
    if mu_min == mu_max:
        return MannWhitneyResult(mu_min, mu_min, mu_min)

    def shift(quantile: float, bounded: bool = True) -> float:
        def difference(mu: float) -> float:
            return wilcoxon_diff(mu, quantile, experiment, control)

        lower, upper = difference(mu_min), difference(mu_max)
        if bounded and lower <= 0:
            return mu_min
        if bounded and upper >= 0:
            return mu_max
        return zeroin(difference, mu_min, mu_max, lower, upper)

    z = z_quantile(conf_level)
    return MannWhitneyResult(shift(-z), shift(z), shift(0, bounded=False))


def z_quantile(conf_level: float) -> float:
    """Below how many standard deviations a normal value rarely lies: in half of what the confidence leaves.

    >>> round(z_quantile(0.95), 2)
    -1.96
    """
    return NormalDist().inv_cdf((1 - conf_level) / 2)


def wilcoxon_diff(mu: float, quantile: float, x: Sample, y: Sample) -> float:
    """How many standard deviations the rank sum of `x`, shifted down by `mu`, is above what `y` would have.

    Less `quantile`, and 0 where the shift is right.

    >>> wilcoxon_diff(0, 0, np.array([2.0, 4, 6]), np.array([1.0, 3, 5])).__round__(4)
    0.4364
    """
    m, n, shifted, ordered = len(x), len(y), x - mu, np.sort(y, kind="stable")
    below = ordered.searchsorted(shifted, "left") + ordered.searchsorted(shifted, "right")
    dz = float(below.sum()) / 2 - m * n / 2
    both = np.sort(np.concatenate((shifted, y)), kind="stable")  # fast where the samples are sorted
    ties = np.diff(np.flatnonzero(np.diff(both, prepend=-np.inf, append=np.inf))).astype(np.float64)
    tied = float((ties**3 - ties).sum()) / ((m + n) * (m + n - 1))
    sigma = sqrt(m * n / 12 * (m + n + 1 - tied))
    return (dz - (copysign(0.5, dz) if dz else 0)) / sigma - quantile


def zeroin(f: Callable[[float], float], a: float, b: float, fa: float, fb: float) -> float:
    """A root of `f` between `a` and `b`, where its signs differ, by interpolation where that helps.

    Source: R. P. Brent, Algorithms for Minimization without Derivatives, 1973, chapter 4.
    """
    if fa == 0:
        return a
    c, fc = a, fa
    while True:
        before = b - a
        if abs(fc) < abs(fb):
            a, b, c, fa, fb, fc = b, c, b, fb, fc, fb
        close, step = 2 * np.finfo(np.float64).eps * abs(b) + TOLERANCE / 2, (c - b) / 2
        if abs(step) <= close or fb == 0:
            return b
        if abs(before) >= close and abs(fa) > abs(fb):
            p, q = _interpolated(a, b, c, fa, fb, fc)
            if p < 0.75 * (c - b) * q - abs(close * q) / 2 and p < abs(before * q / 2):
                step = p / q
        a, fa = b, fb
        b += copysign(max(abs(step), close), step)
        fb = f(b)
        if (fb > 0 and fc > 0) or (fb < 0 and fc < 0):
            c, fc = a, fa


def _interpolated(a: float, b: float, c: float, fa: float, fb: float, fc: float) -> tuple[float, float]:
    """The step p / q from `b`: linear through two points, inverse quadratic through three; p is positive."""
    if a == c:
        p, q = (c - b) * fb / fa, 1 - fb / fa
    else:
        t, u, v = fa / fc, fb / fc, fb / fa
        p, q = v * ((c - b) * t * (t - u) - (b - a) * (u - 1)), (t - 1) * (u - 1) * (v - 1)
    return (p, -q) if p > 0 else (-p, q)
