"""A virtual clock: time jumps from one entry of the agenda to the next."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

from ..model.record import SECOND


class Clock:
    """The time `now` (ns), and what will happen when; what is planned first happens first at one moment.

    >>> clock, heard = Clock(), []
    >>> clock.at(5, lambda: heard.append(clock.now))
    >>> clock.advance(9)
    >>> heard, clock.now
    ([5], 9)
    """

    def __init__(self) -> None:
        self.now = 0
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._tie = count()

    def at(self, when: int, action: Callable[[], None]) -> None:
        """Plan an action."""
        heapq.heappush(self._agenda, (when, next(self._tie), action))

    @property
    def next(self) -> int | None:
        """When something is planned next."""
        return self._agenda[0][0] if self._agenda else None

    def advance(self, until: int) -> None:
        """Do all that is planned until then, then included."""
        while self._agenda and self._agenda[0][0] <= until:
            self.now, _, action = heapq.heappop(self._agenda)
            action()
        self.now = until


def ns(seconds: float) -> int:
    """Seconds in whole nanoseconds."""
    return round(seconds * SECOND)
