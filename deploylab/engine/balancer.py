"""The load balancer and the queues behind it: decides the fate of every request, in the order of time."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..model.errors import StrategyError
from ..model.fault import IncompatibleData, Overload
from ..model.record import SECOND, AccessLog, Status
from ..model.scenario import Scenario
from .affinity import Affinity
from .answers import Overloads, StoredData
from .queueing import BLOCK, NOBODY, wheel
from .warm_up import WarmUp
from .workers import queues
from .workload import LUCK, Workload, draw

MOST_SLOTS = 65_536  # a slot is a uint16


class Balancer:
    """Sends requests to the slots of its routing table; everything that arrived before `now` is decided.

    A slot is one instance's place, slot `NOBODY` that of requests which meet none. Times are integer
    nanoseconds.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario, self._builds = scenario, (scenario.stable, scenario.candidate)
        self._limit = round(scenario.platform.request_timeout * SECOND)
        self._load = self._draw(scenario.duration)
        self._decided = 0  # requests
        self._slot = np.zeros(len(self._load), np.uint16)
        self._status = np.zeros(len(self._load), np.uint8)
        self._done = np.zeros(len(self._load), np.int64)  # when the server is through; the client may be gone
        self._slowest = 0  # the longest that a request has taken so far, in ns
        self._queues, self._slots = queues(scenario.platform.workers), 1
        self._warm_up = WarmUp() if any(build.warm_up_time for build in self._builds) else None
        self._overloads = Overloads() if any(build.fault(Overload) for build in self._builds) else None
        shared = not any(build.fault(IncompatibleData) for build in self._builds)
        self._data = None if shared else StoredData(scenario)
        self._pace = np.zeros(1, np.int64)
        self._unlucky = np.zeros(1, np.uint32)
        self._open = np.zeros(1, np.bool_)
        self._version = np.full(1, -1, np.int8)
        self._shares: Mapping[int, float] = {NOBODY: 1.0}
        self._wheel = wheel(self._shares)
        traffic = scenario.traffic
        self._affinity = Affinity(scenario.seed, traffic.users) if traffic.sticky else None

    def add_slot(self, version: int) -> int:
        """A new instance of the version with this index begins to listen; returns its slot."""
        if self._slots == MOST_SLOTS:
            raise StrategyError(
                f"{MOST_SLOTS - 1:,} instances are the most in one run; start fewer, less often"
            )
        build = self._builds[version]
        self._queues.add()
        if self._warm_up:
            self._warm_up.add(build)
        if self._overloads:
            self._overloads.add(self._slots, build)
        self._pace = np.append(self._pace, np.int64(round(build.service_time * SECOND)))
        self._unlucky = np.append(self._unlucky, np.uint32(round(build.error_rate * LUCK)))
        self._open = np.append(self._open, True)
        self._version = np.append(self._version, np.int8(version))
        self._slots += 1
        return self._slots - 1

    def get_ready(self, now: int, slot: int) -> None:
        """The instance gets ready, as cold as its version is then; it listens, maybe again."""
        if not self._open[slot]:
            self.decide_until(now)
            self._open[slot] = True
        if self._warm_up:
            self._warm_up.begin(slot, now)

    def set_table(self, now: int, shares: Mapping[int, float], weight: Fraction | None = None) -> None:
        """From `now` on, send requests to these slots in these proportions.

        `weight`, the candidate's share, is for sticky users alone; None does not tell versions apart.
        """
        self.decide_until(now)
        self._shares = shares
        if self._affinity is None:
            self._wheel = wheel(shares)
            return
        ready = [[s for s in shares if s != NOBODY and self._version[s] == version] for version in (0, 1)]
        self._wheel = self._affinity.table(ready, weight)

    def close(self, now: int, slot: int) -> int:
        """The instance stops listening; returns when it is through with what it has accepted."""
        self.decide_until(now)
        self._open[slot] = False
        return max(now, self._queues.through(slot))

    def crash(self, now: int, slot: int) -> None:
        """The instance dies, but it may come back."""
        self.close(now, slot)
        self.kill(slot, now)
        self._queues.reset(slot)
        if self._overloads:
            self._overloads.reset(slot)

    def kill(self, slot: int, when: int) -> None:
        """What a closed slot has queued or in service at `when` is lost, but for clients who had gone before.

        No request has ever taken longer than the slowest, which bounds how far to look back.
        """
        lo = int(self._load.time.searchsorted(when - self._slowest))
        late = lo + np.flatnonzero(
            (self._slot[lo : self._decided] == slot) & (self._done[lo : self._decided] > when)
        )
        waiting = late[self._load.time[late] + self._limit > when]
        self._status[waiting] = Status.LOST
        self._done[late] = when

    def decide_until(self, now: int) -> None:
        """Decide the fate of every request that arrives before `now`, by the routing table as it stands."""
        self._extend(now)
        end = int(self._load.time.searchsorted(now))
        for lo in range(self._decided, end, BLOCK):
            self._decide(lo, min(lo + BLOCK, end))
        self._decided = max(self._decided, end)

    def _decide(self, lo: int, hi: int) -> None:
        places = self._affinity.places(self._load.user[lo:hi]) if self._affinity else self._load.route[lo:hi]
        slot = self._wheel.take(places)
        self._slot[lo:hi] = slot
        if all(self._open[target] for target in self._shares):
            self._accept(slice(lo, hi), slot)
            return
        accepted = self._open.take(slot)
        self._status[lo:hi] = Status.REFUSED
        self._done[lo:hi] = self._load.time[lo:hi]
        if accepted.any():
            self._accept(lo + np.flatnonzero(accepted), slot[accepted])

    def _accept(self, which: slice | NDArray[np.int64], slot: NDArray[np.uint16]) -> None:
        time = self._load.time[which]
        service = self._load.work[which] * self._pace.take(slot) >> 20  # WORK is 2**20
        if self._warm_up:
            service = self._warm_up.slowed(service, time, slot)
        done = self._queues.serve(time, service, slot)
        status = (self._load.luck[which] < self._unlucky.take(slot)).view(np.uint8)  # True is Status.ERROR
        self._spoil(which, slot, done, status)
        waited = done - time
        status[waited > self._limit] = Status.TIMEOUT
        self._slowest = max(self._slowest, int(waited.max()))
        self._status[which] = status
        self._done[which] = done

    def _spoil(
        self,
        which: slice | NDArray[np.int64],
        slot: NDArray[np.uint16],
        done: NDArray[np.int64],
        status: NDArray[np.uint8],
    ) -> None:
        """Errors for reasons of their own: `Status.ERROR` is 1, as True is."""
        load = self._load
        if self._overloads:
            status |= self._overloads.hit(load.time[which], done, slot, load.luck[which])
        if self._data:
            number = np.arange(which.start, which.stop) if isinstance(which, slice) else which
            status |= self._data.unreadable(number, load.user[which], self._version.take(slot))

    def completed(self, start: int, end: int) -> AccessLog:
        """The requests whose clients learned their fate from `start` on and before `end`.

        What happens at `end` itself belongs to the next look: at this nanosecond more may still happen.
        """
        self.decide_until(end)
        oldest = start - min(self._limit, self._slowest)
        lo = int(self._load.time.searchsorted(oldest))
        part = self._log(lo, self._decided)
        known = part.time + part.latency
        seen = (known >= start) & (known < end)
        return part.rows(seen)

    def log(self, end: int) -> AccessLog:
        """Every request that arrived before `end`."""
        self.decide_until(end)
        return self._log(0, int(self._load.time.searchsorted(end)))

    def _log(self, lo: int, hi: int) -> AccessLog:
        load, slot = self._load, self._slot[lo:hi]
        time = load.time[lo:hi]
        return AccessLog(
            time=time,
            work=load.work[lo:hi],
            user=load.user[lo:hi],
            version=self._version.take(slot),
            instance=slot.astype(np.int32) - 1,
            status=self._status[lo:hi].copy(),
            latency=np.minimum(self._done[lo:hi] - time, self._limit),
        )

    def _draw(self, seconds: float) -> Workload:
        return draw(self._scenario.traffic, self._scenario.seed, seconds)

    def _extend(self, now: int) -> None:
        """Draw more requests when the run outlasts those drawn; the ones drawn before stay the same."""
        if now > self._load.end:
            self._load = self._draw(max(now / SECOND * 1.5, self._scenario.duration))
            more = len(self._load) - len(self._slot)
            self._slot = np.append(self._slot, np.zeros(more, np.uint16))
            self._status = np.append(self._status, np.zeros(more, np.uint8))
            self._done = np.append(self._done, np.zeros(more, np.int64))
