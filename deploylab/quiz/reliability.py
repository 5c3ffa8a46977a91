"""Figures of classical test theory, from exact marks: a column of whole numbers for each question.

Source: Kuder and Richardson (1937) for KR-20 and KR-21; Cronbach (1951) for alpha.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import sqrt
from operator import mul

Exact = int | Fraction


def cronbach_alpha(columns: Sequence[Sequence[int]]) -> float | None:
    """Cronbach's: k / (k - 1) times the share of the total's variance that is not the items' own."""
    k, whole = len(columns), variance([sum(row) for row in zip(*columns, strict=True)])
    if k < 2 or not whole:
        return None
    return float(Fraction(k, k - 1) * (1 - sum(map(variance, columns)) / whole))


def kuder_richardson(
    columns: Mapping[str, Sequence[int]], most: Mapping[str, int]
) -> tuple[float | None, float | None]:
    """KR-20, and KR-21, which takes all questions to be equally hard."""
    if any(mark not in (0, most[name]) for name, column in columns.items() for mark in column):
        return None, None
    right = [[int(mark > 0) for mark in column] for column in columns.values()]
    if (kr20 := cronbach_alpha(right)) is None:
        return None, None
    k, totals = len(right), [sum(row) for row in zip(*right, strict=True)]
    average = mean(totals)
    return kr20, float(Fraction(k, k - 1) * (1 - average * (k - average) / (k * variance(totals))))


def mean(values: Sequence[Exact]) -> Fraction:
    """The sum of some values over their number."""
    return Fraction(sum(values)) / len(values)


def variance(values: Sequence[Exact]) -> Fraction:
    """That of a population; 0 for nobody."""
    return covariance(values, values) if values else Fraction(0)


def covariance(xs: Sequence[Exact], ys: Sequence[Exact]) -> Fraction:
    """That of a population."""
    n = len(xs)
    return Fraction(n * sum(map(mul, xs, ys)) - sum(xs) * sum(ys)) / n**2


def correlation(xs: Sequence[Exact], ys: Sequence[Exact]) -> float | None:
    """Pearson's, or None where one of the two does not vary.

    >>> correlation([1, 2, 3], [2, 4, 6]), correlation([1, 2], [5, 5])
    (1.0, None)
    """
    if not ys or not (spread := variance(xs) * variance(ys)):
        return None
    return float(covariance(xs, ys)) / sqrt(spread)
