"""Cold starts: a fresh instance is slower for a while, in integers only."""

from __future__ import annotations

import numpy as np

from ..model.record import SECOND, Times
from ..model.version import Version
from .queueing import SlotOf

ONE = 65_536  # slowness is counted in so many parts of the normal service time


class WarmUp:
    """How cold the instance of each slot is; slot 0 is nobody's. Times in ns."""

    def __init__(self) -> None:
        self._warm = np.zeros(1, np.int64)  # when it has warmed up
        self._takes = np.ones(1, np.int64)
        self._extra = np.zeros(1, np.int64)  # slowness at the moment of readiness, above the normal one

    def add(self, build: Version) -> None:
        """A slot for an instance of this version, warm until it gets ready."""
        cold = build.warm_up_time > 0
        self._warm = np.append(self._warm, np.int64(-(2**62)))
        self._takes = np.append(self._takes, np.int64(max(1, round(build.warm_up_time * SECOND))))
        self._extra = np.append(self._extra, np.int64(round((build.cold_factor - 1) * ONE) if cold else 0))

    def begin(self, slot: int, now: int) -> None:
        """The instance gets ready `now`, cold."""
        self._warm[slot] = now + self._takes[slot]

    def slowed(self, service: Times, arrival: Times, slot: SlotOf) -> Times:
        """The service times, longer for requests that arrive while their instance is cold."""
        left = np.maximum(self._warm.take(slot) - arrival, 0)
        slower = self._extra.take(slot) * left // self._takes.take(slot)
        slowed: Times = service + (service * slower >> 16)
        return slowed
