"""Answers that are errors for a reason: too much at once, or data that the version cannot read."""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from ..model.fault import IncompatibleData, Overload
from ..model.record import Times
from ..model.scenario import Scenario
from ..model.version import Version
from .queueing import SlotOf
from .workload import LUCK


class Overloads:
    """What the instances of versions with the fault `Overload` have before them when a request arrives."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}
        self._there: dict[int, list[int]] = {}  # heaps: when each request that is there will be done
        self._unlucky = np.zeros(1, np.uint32)

    def add(self, slot: int, build: Version) -> None:
        """A slot for an instance of this version."""
        fault = build.fault(Overload)
        self._unlucky = np.append(self._unlucky, np.uint32(round(fault.error_rate * LUCK) if fault else 0))
        if fault:
            self._above[slot], self._there[slot] = fault.above, []

    def reset(self, slot: int) -> None:
        """The slot's process has been killed, and nothing is there any more."""
        self._there.get(slot, []).clear()

    def hit(self, time: Times, done: Times, slot: SlotOf, luck: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """Which of these requests, in the order of arrival, get an error because of the load."""
        mine = np.flatnonzero(np.isin(slot, list(self._above)))
        over = np.zeros(len(slot), np.bool_)
        columns = (column[mine].tolist() for column in (time, done, slot))
        over[mine] = [self._arrive(*request) for request in zip(*columns, strict=True)]
        over &= luck < self._unlucky.take(slot)
        return over

    def _arrive(self, time: int, done: int, slot: int) -> bool:
        there = self._there[slot]
        while there and there[0] <= time:
            heappop(there)
        before = len(there)
        heappush(there, done)
        return before > self._above[slot]


class StoredData:
    """Which version's data each user has, where versions have the fault `IncompatibleData`."""

    def __init__(self, scenario: Scenario) -> None:
        self._writes = np.array([build.fault(IncompatibleData) is not None for build in scenario.builds])
        self._owner = np.full(scenario.traffic.users, -1, np.int8)
        self._since = np.zeros(scenario.traffic.users, np.int64)  # the number of the request that wrote

    def unreadable(
        self, number: NDArray[np.int64], user: NDArray[np.uint32], version: NDArray[np.int8]
    ) -> NDArray[np.bool_]:
        """Which of these requests, in the order of arrival, meet a version that cannot read their data."""
        new = np.flatnonzero(self._writes[version] & (self._owner[user] < 0))
        first = new[::-1]  # the earliest one stays
        self._owner[user[first]] = version[first]
        self._since[user[first]] = number[first]
        owner = self._owner[user]
        foreign: NDArray[np.bool_] = (owner >= 0) & (owner != version) & (self._since[user] < number)
        return foreign
