"""Traffic that changes over time, drawn by an exact change of time.

Requests arrive evenly on an inner clock, which runs faster the more traffic there is: at twice the traffic it
runs twice as fast. So a moment of the inner clock is the traffic summed up until then (an integral), and a
request's true time is where that sum reaches the request's inner time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model.record import SECOND
from ..model.scenario import Profile


class InnerClock:
    """The inner clock of a profile between two moments `start` and `end` (ns), where it begins at 0.

    >>> clock = InnerClock(((0, 1), (60, 3)), 0, 60 * SECOND)
    >>> clock.length == 120 * SECOND  # twice the requests of a constant minute
    True
    >>> (clock.true_time(np.array([0, 45 * SECOND])) / SECOND).tolist()
    [0.0, 30.0]
    """

    def __init__(self, profile: Profile, start: int, end: int) -> None:
        seconds, factors = (np.array(column, np.float64) for column in zip(*profile, strict=True))
        corners = seconds * SECOND
        inside = corners[(corners > start) & (corners < end)]
        self._corner = np.concatenate(([start], inside, [end]))
        self._factor = np.interp(self._corner, corners, factors)
        self._slope = np.diff(self._factor) / np.diff(self._corner)
        areas = np.diff(self._corner) * (self._factor[:-1] + self._factor[1:]) / 2
        self._inner = np.concatenate(([0.0], areas.cumsum()))
        self.length = float(self._inner[-1])

    def true_time(self, inner: NDArray[np.int64]) -> NDArray[np.int64]:
        """When the inner clock shows these times (ns, ascending, below `length`)."""
        piece = np.minimum(self._inner.searchsorted(inner, side="right"), len(self._slope)) - 1
        rest, factor = inner - self._inner[piece], self._factor[piece]
        # The root of factor * t + slope * t**2 / 2 = rest that stays exact when the slope is 0.
        speed = factor + np.sqrt(np.maximum(factor**2 + 2 * self._slope[piece] * rest, 0))
        passed = np.divide(2 * rest, speed, out=np.zeros(len(rest)), where=speed > 0)
        time = (self._corner[piece] + passed).astype(np.int64)
        return np.maximum.accumulate(np.minimum(time, int(self._corner[-1]) - 1))
