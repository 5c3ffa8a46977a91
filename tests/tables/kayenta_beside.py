"""What Kayenta has beside the judge that the lab uses: missing values, outliers, a summary, means alone.

Source: Spinnaker, kayenta-judge: Transforms, IQRDetector, KSigmaDetector, DescriptiveStatistics,
MeanInequalityClassifier, EffectSizes.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from deploylab.patterns.analysis.kayenta import Direction, Label
from deploylab.patterns.analysis.mann_whitney import Sample


def remove_nans(data: Sample) -> Sample:
    """The values that were measured."""
    return data[~np.isnan(data)]


def replace_nans(data: Sample, value: float = 0.0) -> Sample:
    """The values, with `value` where nothing was measured."""
    return np.where(np.isnan(data), value, data)


def iqr_outliers(data: Sample, factor: float = 1.5, reduce_sensitivity: bool = False) -> NDArray[np.bool_]:
    """Which values lie more than `factor` interquartile ranges beyond the quartiles.

    With `reduce_sensitivity` they must also lie beyond the 1st or 99th percentile.

    >>> iqr_outliers(np.array([1.0, 2, 3, 4, 90])).tolist()
    [False, False, False, False, True]
    """
    if not len(data):
        return np.zeros(0, np.bool_)
    p01, p25, p75, p99 = np.percentile(data, [1, 25, 75, 99])
    lower, upper = p25 - factor * (p75 - p25), p75 + factor * (p75 - p25)
    if reduce_sensitivity:
        lower, upper = min(p01, lower), max(p99, upper)
    beyond: NDArray[np.bool_] = (data < lower) | (data > upper)
    return beyond


def k_sigma_outliers(data: Sample, k: float = 3.0) -> NDArray[np.bool_]:
    """Which values lie more than `k` standard deviations from the mean."""
    centre, reach = (data.mean(), k * data.std()) if len(data) else (0, 0)
    return np.greater(np.abs(data - centre), reach)


def summary(data: Sample) -> dict[str, float]:
    """Least, greatest, mean and standard deviation of a sample, and its size; zeros for an empty one.

    >>> summary(np.array([1.0, 3]))
    {'min': 1.0, 'max': 3.0, 'mean': 2.0, 'std': 1.41..., 'count': 2}
    """
    if not len(data):
        return dict.fromkeys(("min", "max", "mean", "std", "count"), 0)
    std = float(data.std(ddof=1)) if len(data) > 1 else 0.0
    return {
        "min": float(data.min()), "max": float(data.max()), "mean": float(data.mean()), "std": std,
        "count": len(data),
    }  # fmt: skip


def mean_inequality(
    control: Sample, experiment: Sample, direction: Direction = "Either", replace_missing: bool = False
) -> Label:
    """The label by the means alone, however uncertain they are: what a proper test is measured against."""
    if not len(experiment) or not len(control):
        return Label.PASS if replace_missing else Label.NODATA
    if direction != "Decrease" and experiment.mean() > control.mean():
        return Label.HIGH
    return Label.LOW if direction != "Increase" and experiment.mean() < control.mean() else Label.PASS


def cohen_d(control: Sample, experiment: Sample) -> float:
    """How far apart the means are, in standard deviations of both samples taken together.

    >>> round(cohen_d(np.array([1.0, 2, 3]), np.array([4.0, 6, 8])), 2)
    2.53
    """
    spread = sum((len(each) - 1) * float(each.var(ddof=1)) for each in (control, experiment))
    together = sqrt(spread / (len(control) + len(experiment) - 2))
    return abs(float(experiment.mean() - control.mean())) / together
