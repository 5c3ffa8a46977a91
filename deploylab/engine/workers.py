"""The queues behind the balancer: one queue an instance, first come first served, with one worker or several.

With one worker all queues are served in one numpy scan (see `queueing`). With several, the next request
goes to the worker that is free first: a heap of free times an instance, in a plain loop, exact as well.
"""

from __future__ import annotations

from heapq import heapreplace

import numpy as np

from ..model.record import Times
from .queueing import SlotOf, serve
from .slots import FIRST_ROOM, doubled


def queues(workers: int) -> OneWorker | ManyWorkers:
    """Queues for slots that serve so many requests at once.

    >>> two = queues(2)
    >>> two.add(1)
    >>> two.serve(np.array([0, 1, 2]), np.array([9, 5, 5]), np.array([1, 1, 1], np.uint16)).tolist()
    [9, 6, 11]
    """
    return OneWorker() if workers == 1 else ManyWorkers(workers)


class OneWorker:
    """A slot serves one request after the other; slot 0 is nobody's. Times in ns."""

    def __init__(self) -> None:
        self._free = np.zeros(FIRST_ROOM, np.int64)

    def add(self, slot: int) -> None:
        """One more slot, the next, with nothing to do."""
        if slot == len(self._free):
            self._free = doubled(self._free)

    def reset(self, slot: int) -> None:
        """The slot forgets what it was doing: its process has been killed."""
        self._free[slot] = 0

    def through(self, slot: int) -> int:
        """When the slot is through with all that it has accepted."""
        return int(self._free[slot])

    def serve(self, arrival: Times, service: Times, slot: SlotOf) -> Times:
        """When each of these requests, in the order of arrival, is done."""
        return serve(arrival, service, slot, self._free)


class ManyWorkers:
    """A slot serves several requests at once; otherwise as `OneWorker`."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._free = [[0] * workers]  # a heap of free times for each slot

    def add(self, slot: int) -> None:
        assert slot == len(self._free)
        self._free.append([0] * self._workers)

    def reset(self, slot: int) -> None:
        self._free[slot] = [0] * self._workers

    def through(self, slot: int) -> int:
        return max(self._free[slot])

    def serve(self, arrival: Times, service: Times, slot: SlotOf) -> Times:
        free, done = self._free, []
        for time, work, place in zip(arrival.tolist(), service.tolist(), slot.tolist(), strict=True):
            heap = free[place]
            end = (heap[0] if heap[0] > time else time) + work
            heapreplace(heap, end)
            done.append(end)
        return np.array(done, np.int64)
