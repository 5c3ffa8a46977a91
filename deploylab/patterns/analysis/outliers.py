"""What Kayenta does with a sample before it is judged: missing values, outliers, a summary.

Source: Spinnaker, kayenta-judge: Transforms, IQRDetector, KSigmaDetector, DescriptiveStatistics.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .mann_whitney import Sample


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
