"""What will happen next: the agenda of a discrete-event simulation."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any


class Agenda:
    """Things that will happen, each at its time (ns); those of one moment in the order of their planning.

    >>> agenda, told = Agenda(), []
    >>> agenda.plan(20, told.append, "later")
    >>> agenda.plan(10, told.append, "sooner")
    >>> agenda.run(end=20)
    >>> told
    ['sooner']
    """

    def __init__(self) -> None:
        self.now = 0
        self._planned = 0
        self._events: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []

    def plan(self, time: int, happens: Callable[..., None], *to: Any) -> None:
        """This will happen, to these."""
        self._planned += 1
        heappush(self._events, (time, self._planned, happens, to))

    def run(self, end: int) -> None:
        """Let everything happen that is planned before the end."""
        events = self._events
        while events and events[0][0] < end:
            self.now, _, happens, to = heappop(events)
            happens(*to)
