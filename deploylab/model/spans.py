"""Arithmetic of spans of time: how many are open at once, and for how long two kinds are open together."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

Span = tuple[float, float]  # from, until (s)


def most_at_once(spans: Iterable[Span]) -> int:
    """The most spans that are open at one time; one that ends when another begins is closed before.

    >>> most_at_once([(0, 10), (5, 15), (10, 20)])
    2
    """
    changes = [change for start, end in spans if end > start for change in ((start, 1), (end, -1))]
    return max(accumulate(change for _, change in sorted(changes)), default=0)


def overlap(*kinds: Iterable[Span]) -> float:
    """Seconds during which spans of at least two kinds are open.

    >>> overlap([(0, 10), (20, 30)], [(5, 25)])
    10.0
    >>> overlap([(0, 10)], [(5, 20)], [(8, 30)])  # from 5 to 20, with three kinds from 8 to 10
    15.0
    """
    some = [(*span, kind) for kind, spans in enumerate(kinds) for span in spans if span[1] > span[0]]
    marks = sorted(mark for start, end, kind in some for mark in ((start, kind, 1), (end, kind, -1)))
    total, since, open_spans = 0.0, 0.0, [0] * len(kinds)
    for time, kind, change in marks:
        if sum(map(bool, open_spans)) > 1:
            total += time - since
        open_spans[kind] += change
        since = time
    return total
