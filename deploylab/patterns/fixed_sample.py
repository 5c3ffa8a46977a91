"""A test of an error rate for a sample whose size was fixed before: to be looked at once."""

from __future__ import annotations

import numpy as np


def too_many_errors(requests: int, limit: float, alpha: float) -> int:
    """The smallest number of errors that a rate at the limit reaches with a chance of at most `alpha`.

    Source: the exact binomial test, one-sided.

    >>> [too_many_errors(requests, limit=0.01, alpha=0.05) for requests in (1, 100, 1_000, 10_000)]
    [1, 4, 16, 118]
    """
    if limit in (0, 1):  # nothing is allowed, or everything is
        return requests + 1 if limit else 1
    factorials = np.concatenate(([0.0], np.log(np.arange(1, requests + 1)).cumsum()))
    errors = np.arange(requests + 1)
    ways = factorials[-1] - factorials - factorials[::-1]
    chances = np.exp(ways + errors * np.log(limit) + (requests - errors) * np.log1p(-limit))
    at_least = chances[::-1].cumsum()  # from all of them downwards
    return requests + 1 - int(at_least.searchsorted(alpha, "right"))
