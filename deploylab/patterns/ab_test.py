"""A/B test: is the variant better, by how much, and how many are needed to see it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from ..model.errors import KnobError
from ..model.knob import is_number

Arm = tuple[int, int]  # successes, trials


@dataclass(frozen=True)
class ABTest:
    """The effect of a variant: its rate less that of the other, with an interval of this confidence."""

    rate_a: float
    rate_b: float
    low: float
    high: float
    confidence: float

    @property
    def effect(self) -> float:
        """How much higher the rate of B is than that of A."""
        return self.rate_b - self.rate_a

    @property
    def significant(self) -> bool:
        """Whether the interval leaves no room for an effect of zero."""
        return self.low > 0 or self.high < 0

    def __repr__(self) -> str:
        points = f"{100 * self.effect:+.2f} points ({100 * self.low:+.2f} to {100 * self.high:+.2f})"
        verdict = "a difference" if self.significant else "no difference shown"
        return f"A {self.rate_a:.2%}, B {self.rate_b:.2%}: {points} at {self.confidence:.0%}: {verdict}"


def ab_test(a: Arm, b: Arm, confidence: float = 0.95) -> ABTest:
    """Compare two arms, each (successes, trials), by Newcombe's hybrid score interval.

    It holds what it promises for small arms and for rates near 0 and 1 too, where the usual interval of the
    normal approximation (Wald) does not. Valid for one look, after a number of trials fixed beforehand.

    Source: R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics
    in Medicine 17 (1998), method 10.

    >>> ab_test(a=(48, 80), b=(56, 70))
    A 60.00%, B 80.00%: +20.00 points (+5.24 to +33.39) at 95%: a difference
    """
    for name, arm in (("a", a), ("b", b)):
        pair = isinstance(arm, Sequence) and len(arm) == 2 and all(is_number(part) for part in arm)
        if not pair or not 0 <= arm[0] <= arm[1] or not arm[1]:
            problem = "is no (successes, trials) with at least one trial; for example (48, 80)"
            raise KnobError("ab_test", name, arm, problem)
    _check_share("ab_test", "confidence", confidence, 0.95)
    (low_a, high_a), (low_b, high_b) = (wilson(*arm, confidence=confidence) for arm in (a, b))
    p, q = a[0] / a[1], b[0] / b[1]
    low = q - p - sqrt((q - low_b) ** 2 + (high_a - p) ** 2)
    high = q - p + sqrt((high_b - q) ** 2 + (p - low_a) ** 2)
    return ABTest(p, q, low, high, confidence)


def wilson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a rate, as E. B. Wilson gave it in 1927: it never leaves 0 to 1.

    >>> [round(limit, 4) for limit in wilson(0, 10)]
    [0.0, 0.2775]
    """
    z, p = _z(1 - (1 - confidence) / 2), successes / trials
    middle = p + z * z / (2 * trials)
    width = z * sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (middle - width) / scale), min(1.0, (middle + width) / scale)


def sample_size(rate: float, effect: float, confidence: float = 0.95, power: float = 0.8) -> int:
    """Trials needed in each arm to see an effect on this rate with this power, in a two-sided test.

    Half the effect needs four times the trials. Source: J. L. Fleiss, Statistical Methods for Rates and
    Proportions, without correction for continuity.

    >>> sample_size(0.10, 0.02), sample_size(0.10, 0.01)
    (3841, 14751)
    """
    for name, value, example in (("confidence", confidence, 0.95), ("power", power, 0.8)):
        _check_share("sample_size", name, value, example)
    _check_share("sample_size", "rate", rate, 0.1)
    if not is_number(effect) or not effect or not 0 <= rate + effect <= 1:
        problem = f"takes a rate of {rate:g} nowhere between 0 and 1; for example 0.02"
        raise KnobError("sample_size", "effect", effect, problem)
    other = rate + effect
    mean = (rate + other) / 2
    by_chance = _z(1 - (1 - confidence) / 2) * sqrt(2 * mean * (1 - mean))
    to_be_seen = _z(power) * sqrt(rate * (1 - rate) + other * (1 - other))
    return ceil(((by_chance + to_be_seen) / effect) ** 2)


def _z(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def _check_share(owner: str, field: str, value: object, example: float) -> None:
    if not is_number(value) or not 0 < value < 1:
        raise KnobError(owner, field, value, f"is not a share above 0 and below 1; for example {example:g}")
