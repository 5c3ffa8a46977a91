"""A virtual clock: time jumps from one entry of the agenda to the next."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from ..model.record import SECOND


class Clock:
    """The time `now` (ns), and what will happen when; what is planned first happens first at one moment.

    >>> clock, heard = Clock(), []
    >>> clock.at(5, heard.append, "a bell")
    >>> clock.advance(9)
    >>> heard, clock.now
    (['a bell'], 9)
    """

    def __init__(self) -> None:
        self.now = 0
        self._planned = 0
        self._agenda: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []

    def at(self, when: int, happens: Callable[..., None], *to: Any) -> None:
        """This will happen, to these."""
        self._planned += 1
        heapq.heappush(self._agenda, (when, self._planned, happens, to))

    @property
    def next(self) -> int | None:
        """When something is planned next."""
        return self._agenda[0][0] if self._agenda else None

    def advance(self, until: int) -> None:
        """Do all that is planned until then, then included."""
        agenda = self._agenda
        while agenda and agenda[0][0] <= until:
            self.now, _, happens, to = heapq.heappop(agenda)
            happens(*to)
        self.now = until


def ns(seconds: float) -> int:
    """Seconds in whole nanoseconds."""
    return round(seconds * SECOND)
