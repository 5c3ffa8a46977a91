"""A test of an error rate for a sample whose size was fixed before: to be looked at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def too_many_errors(requests: int, limit: float, alpha: float) -> int:
    """The smallest number of errors that a rate at the limit reaches with a chance of at most `alpha`.

    Source: the exact binomial test, one-sided.

    >>> [too_many_errors(requests, limit=0.01, alpha=0.05) for requests in (1, 100, 1_000, 10_000)]
    [1, 4, 16, 118]
    """
    if limit in (0, 1):  # nothing is allowed, or everything is
        return requests + 1 if limit else 1
    at_least: NDArray[np.float64] = binomial_chances(requests, limit)[::-1].cumsum()  # from all downwards
    return requests + 1 - int(at_least.searchsorted(alpha, "right"))


def binomial_chances(requests: int, rate: float) -> NDArray[np.float64]:
    """The chance of each number of errors, from none to all, where each request fails with this rate.

    >>> binomial_chances(2, 0.5).tolist()
    [0.25, 0.5, 0.25]
    """
    errors = np.arange(requests + 1)
    if rate in (0, 1):
        return np.equal(errors, requests * rate).astype(np.float64)
    factorials = np.concatenate(([0.0], np.log(errors[1:]).cumsum()))
    ways = factorials[-1] - factorials - factorials[::-1]
    logs = ways + errors * np.log(rate) + (requests - errors) * np.log1p(-rate)
    chances: NDArray[np.float64] = np.exp(logs)
    return chances
