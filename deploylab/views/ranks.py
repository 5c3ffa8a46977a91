"""A percentile of many groups at once, for the curves of a percentile over time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE = 16  # one value of so many is looked at to guess where the largest values of a group begin
NONE = -1
Whole = NDArray[np.int64]


def nearest_ranks_by_group(values: Whole, group: Whole, groups: int, percent: int) -> NDArray[np.float64]:
    """The value within which `percent` of the values of each group lie; NaN for a group that has none.

    No value is negative; `group` is the number of each value's group, and `groups` that of those in none.
    A high percentile lies among the largest values of its group, so that only those are sorted: the ones
    above the guess of a sample. A group whose guess was too high is sorted whole.

    >>> nearest_ranks_by_group(np.array([3, 1, 2, 7]), np.array([0, 0, 0, 1]), groups=3, percent=50)
    array([ 2.,  7., nan])
    """
    span = int(values.max(initial=0)) + 1
    keys, edges = group * span + values, np.arange(groups + 2) * span  # in order, each group is a stretch
    count = np.bincount(group, minlength=groups + 1)
    place = count - (percent * count + 99) // 100 + 1  # counted from the largest, which is the first
    guess = _largest(keys[::SAMPLE], edges, 2 * place // SAMPLE + 3)
    guess[groups] = (groups + 1) * span
    ranked = _largest(keys[keys >= guess.take(group)], edges, place)
    missed = (ranked == NONE) & (count > 0)
    missed[groups] = False
    if missed.any():
        ranked = np.where(missed, _largest(keys[missed.take(group)], edges, place), ranked)
    return np.where(count > 0, ranked - edges[:-1], np.nan)[:groups]


def _largest(keys: Whole, edges: Whole, place: Whole) -> Whole:
    """The key at this `place` from the end of each stretch between edges; `NONE` if it has fewer."""
    ranked = np.append(np.sort(keys), NONE)
    starts, ends = (ranked[:-1].searchsorted(side) for side in (edges[:-1], edges[1:]))
    return ranked.take(np.where(ends - starts >= place, ends - place, len(keys)))
