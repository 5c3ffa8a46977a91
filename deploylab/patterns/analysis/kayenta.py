"""Kayenta's judge: classify each metric of the canary against the baseline, and score all of them together.

Source: Spinnaker, kayenta-judge: MannWhitneyClassifier, EffectSizes, WeightedSumScorer; the functions have
their names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from math import isnan, nan
from typing import Literal

import numpy as np

from .mann_whitney import Sample, mann_whitney_u_test

NODATA_THRESHOLD = 50  # percent of the metrics without data from which on nothing can be said

Direction = Literal["Increase", "Decrease", "Either"]
EffectSize = Literal["meanRatio", "cles"]
Thresholds = tuple[float, float]  # the effect from which on a metric is low, and from which on it is high


class Label(Enum):
    """How a metric of the canary compares with the baseline's."""

    PASS = "Pass"
    HIGH = "High"
    LOW = "Low"
    NODATA = "Nodata"
    NODATA_FAIL_METRIC = "NodataFailMetric"  # none, although it was required


@dataclass(frozen=True)
class MetricClassification:
    """The label of a metric, why, the effect size, and whether this alone fails the canary."""

    label: Label
    reason: str = ""
    deviation: float = 1.0
    critical: bool = False


@dataclass(frozen=True)
class MannWhitneyClassifier:
    """High or low is what the test is sure of, in the direction that matters, and what is large enough.

    `tolerance` is a share of the estimated shift: the confidence interval must stay that far away from zero.
    """

    tolerance: float = 0.25
    conf_level: float = 0.98
    direction: Direction = "Either"
    effect_size: EffectSize = "meanRatio"
    effect_size_thresholds: Thresholds = (1.0, 1.0)
    critical_thresholds: Thresholds = (1.0, 1.0)
    is_critical: bool = False
    is_data_required: bool = False
    replace_missing: bool = False  # no data count as zeros, which are the same on both sides

    def classify(self, control: Sample, experiment: Sample) -> MetricClassification:
        """The label of a metric, from its values without NaN.

        >>> slow, fast = np.array([30.0, 31, 32, 35, 39]), np.array([10.0, 11, 12, 14, 19])
        >>> MannWhitneyClassifier().classify(fast, slow).label.value
        'High'
        """
        if not len(experiment) or not len(control):
            return self._without_data()
        if np.array_equal(np.sort(experiment), np.sort(control)):
            return MetricClassification(Label.PASS, "the data are identical")
        if len(np.unique(np.concatenate((experiment, control)))) == 1:
            return MetricClassification(Label.PASS, "there is only one value")
        size = cles if self.effect_size == "cles" else mean_ratio
        deviation = size(control, experiment)
        label = self._compare(control, experiment, deviation)
        reason = "" if label is Label.PASS else f"it is {label.value.lower()}, compared with the baseline"
        critical = self.is_critical and _is_large(label, deviation, self.critical_thresholds)
        return MetricClassification(label, reason, deviation, critical)

    def _compare(self, control: Sample, experiment: Sample, deviation: float) -> Label:
        test = mann_whitney_u_test(experiment, control, self.conf_level)
        bound = self.tolerance * abs(test.estimate)
        label = Label.PASS
        if self.direction != "Decrease" and test.lower_confidence > bound:
            label = Label.HIGH
        elif self.direction != "Increase" and test.upper_confidence < -bound:
            label = Label.LOW
        return label if _is_large(label, deviation, self.effect_size_thresholds) else Label.PASS

    def _without_data(self) -> MetricClassification:
        if self.replace_missing:
            return MetricClassification(Label.PASS)
        label = Label.NODATA_FAIL_METRIC if self.is_data_required and not self.is_critical else Label.NODATA
        return MetricClassification(label, "there are no data", critical=self.is_critical)


def _is_large(label: Label, deviation: float, thresholds: Thresholds) -> bool:
    """Whether the effect is as large as it must be; one that has no size is."""
    low, high = thresholds
    beyond = {Label.HIGH: deviation >= high, Label.LOW: deviation <= low}
    return label in beyond and (isnan(deviation) or beyond[label])


def mean_ratio(control: Sample, experiment: Sample) -> float:
    """The mean of the experiment over that of the control; NaN where one of them is 0.

    >>> mean_ratio(np.array([1.0, 3]), np.array([5.0, 5]))
    2.5
    """
    above, below = float(experiment.mean()), float(control.mean())
    return above / below if above and below else nan


def cles(control: Sample, experiment: Sample) -> float:
    """The share of pairs in which the experiment is the higher one; a tie is half a pair.

    Source: the common language effect size, A. Vargha and H. D. Delaney, 2000.

    >>> cles(np.array([1.0, 2]), np.array([2.0, 3]))
    0.875
    """
    ordered = np.sort(control)
    below = ordered.searchsorted(experiment, "left") + ordered.searchsorted(experiment, "right")
    return float(below.sum()) / (2 * len(control) * len(experiment))


@dataclass(frozen=True)
class CanaryAnalysisResult:
    """A classified metric, and the groups that it counts in."""

    label: Label
    groups: tuple[str, ...]
    critical: bool = False


def score(results: Sequence[CanaryAnalysisResult], group_weights: Mapping[str, float]) -> float:
    """The score of the canary, 0 to 100: the weighted mean over the groups of the share of metrics that pass.

    Groups without a weight share what the others leave of 100. With one critical metric that does not pass,
    or half of the metrics without data, the score is 0.

    >>> score([CanaryAnalysisResult(label, ("latency",)) for label in (Label.PASS, Label.HIGH)], {})
    50.0
    """
    nodata = sum(result.label is Label.NODATA for result in results)
    if any(result.critical and result.label is not Label.PASS for result in results):
        return 0.0
    if nodata * 100 >= NODATA_THRESHOLD * len(results):
        return 0.0
    groups = sorted({group for result in results for group in result.groups})
    unweighted = [group for group in groups if group not in group_weights]
    share = (100 - sum(group_weights.values())) / max(1, len(unweighted))
    scores = {group: _group_score([r.label for r in results if group in r.groups]) for group in groups}
    total = sum(scores[group] * (group_weights.get(group, share) / 100) for group in groups)
    return float(Decimal(repr(total)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _group_score(labels: Sequence[Label]) -> float:
    """The percentage that pass of those that could be judged; 100 where none could."""
    judged = [label for label in labels if label is not Label.NODATA]
    return 100 * judged.count(Label.PASS) / len(judged) if judged else 100.0
