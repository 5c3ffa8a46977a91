"""A test of an error rate that may be looked at as often as one likes.

It bets against the claim that errors are no more frequent than the limit. While the claim is true, no betting
makes the stake grow on average, and the chance that it is ever multiplied by 1 / alpha is at most alpha: at
whatever moment, after however many looks (Ville's inequality). When the claim is false, it grows and grows.

Source: H. Robbins, Statistical methods related to the law of the iterated logarithm, 1970 (mixtures);
A. Ramdas, P. Grünwald, V. Vovk, G. Shafer, Game-theoretic statistics and safe anytime-valid inference, 2023.
"""

from __future__ import annotations

from bisect import bisect_left
from math import inf, log

import numpy as np

# The stake is spread evenly over these bets: by how much the odds of an error exceed those at the limit.
BETS = 2.0 ** np.linspace(0.25, 4, 16)


def log_e_value(errors: int, requests: int, limit: float) -> float:
    """The logarithm of what a stake of 1 has become after `requests`, of which `errors` failed.

    Requests may depend on one another: it is enough that none fails with a chance above `limit` given all
    before it.

    >>> [round(log_e_value(errors, 1000, limit=0.01), 1) for errors in (10, 20, 30)]
    [-2.3, 2.3, 11.4]
    """
    if limit in (0, 1):  # nothing is allowed, or everything is
        return inf if errors and not limit else 0.0
    odds = BETS * (limit / (1 - limit))
    bets = odds / (1 + odds)
    logs = errors * np.log(bets / limit) + (requests - errors) * np.log((1 - bets) / (1 - limit))
    return float(np.logaddexp.reduce(logs)) - log(len(BETS))


def too_many_errors(requests: int, limit: float, alpha: float) -> int:
    """The smallest number of errors that shows a rate above the limit; more than all where none would.

    >>> [too_many_errors(requests, limit=0.01, alpha=0.05) for requests in (1, 100, 1_000, 10_000)]
    [2, 5, 21, 135]
    """
    evidence = log(1 / alpha)
    return bisect_left(range(requests + 1), evidence, key=lambda k: log_e_value(k, requests, limit))
