"""The load balancer and the queues behind it: decides the fate of every request, in the order of time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model.fault import IncompatibleData, Overload
from ..model.record import SECOND, AccessLog, Status, Times
from ..model.scenario import Scenario
from .affinity import Affinity
from .answers import Overloads, StoredData
from .ledger import Ledger, Rows
from .mirror import Mirror
from .queueing import BLOCK, NOBODY, SlotOf, wheel
from .routing import RoutingTable
from .sighting import Sighting, sighting
from .slots import Slots
from .warm_up import WarmUp
from .workers import queues
from .workload import LUCK, Workload, draw


class Balancer:
    """Sends requests to the slots of its routing table; everything that arrived before `now` is decided.

    A slot is one instance's place, slot `NOBODY` that of requests which meet none. Times are integer
    nanoseconds.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario, self._builds = scenario, scenario.builds
        self._limit = round(scenario.platform.request_timeout * SECOND)
        self._load = self._draw(scenario.duration)
        self._routed = self._decided = 0  # requests
        self._ledger = Ledger(self._limit, len(self._load))
        self._mirror = Mirror(scenario.seed, self._limit)
        self._slowest = 0  # the longest that a request has taken so far, in ns
        self._queues, self._slots = queues(scenario.platform.workers), Slots()
        self._warm_up = WarmUp() if any(build.warm_up_time for build in self._builds) else None
        self._overloads = Overloads() if any(build.fault(Overload) for build in self._builds) else None
        shared = not any(build.fault(IncompatibleData) for build in self._builds)
        self._data = None if shared else StoredData(scenario)
        self._wheel = wheel({NOBODY: 1.0})
        traffic = scenario.traffic
        self._affinity = Affinity(scenario.seed, traffic.users, len(self._builds)) if traffic.sticky else None

    def add_slot(self, version: int) -> int:
        """A new instance of the version with this index begins to listen; returns its slot."""
        build = self._builds[version]
        pace, unlucky = round(build.service_time * SECOND), round(build.error_rate * LUCK)
        slot = self._slots.add(pace, unlucky, version)
        self._queues.add(slot)
        if self._warm_up:
            self._warm_up.add(build)
        if self._overloads:
            self._overloads.add(slot, build)
        return slot

    def get_ready(self, now: int, slot: int) -> None:
        """The instance gets ready, as cold as its version is then; it listens, maybe again."""
        if not self._slots.open[slot]:
            self.decide_until(now)
            self._slots.open[slot] = True
        if self._warm_up:
            self._warm_up.begin(slot, now)

    def set_table(self, now: int, table: RoutingTable) -> None:
        """From `now` on, divide the requests like this."""
        self._route_until(now)
        self._mirror.set_table(table.copies_to, table.mirror)
        if self._affinity is None:
            self._wheel = wheel(table.shares)
            return
        slots = [slot for slot in table.shares if slot != NOBODY]
        ready = [[slot for slot in slots if self._slots.version[slot] == v] for v in range(len(self._builds))]
        self._wheel = self._affinity.table(ready, table.weights)

    def close(self, now: int, slot: int) -> int:
        """The instance stops listening; returns when it is through with what it has accepted."""
        self.decide_until(now)
        self._slots.open[slot] = False
        return max(now, self._queues.through(slot))

    def crash(self, now: int, slot: int) -> None:
        """The instance dies, but it may come back."""
        self.close(now, slot)
        self.kill(slot, now)
        self._queues.reset(slot)
        if self._overloads:
            self._overloads.reset(slot)

    def kill(self, slot: int, when: int) -> None:
        """What a closed slot has queued or in service at `when` is lost.

        No request has ever taken longer than the slowest, which bounds how far to look back.
        """
        rows = slice(int(self._load.time.searchsorted(when - self._slowest)), self._decided)
        self._ledger.lose(slot, when, self._load, rows)
        self._mirror.lose(slot, when, self._load, rows)

    def decide_until(self, now: int) -> None:
        """Decide the fate of every request that arrives before `now`, by the routing table as it stands."""
        self._route_until(now)
        for lo in range(self._decided, self._routed, BLOCK):
            self._decide(slice(lo, min(lo + BLOCK, self._routed)))
        self._decided = self._routed

    def _route_until(self, now: int) -> None:
        """Give every request that arrives before `now` a slot; the queues are served later, all at once."""
        self._extend(now)
        rows = slice(self._routed, max(self._routed, int(self._load.time.searchsorted(now))))
        load = self._load
        places = self._affinity.places(load.user[rows]) if self._affinity else load.route[rows]
        self._ledger.slot[rows] = self._wheel.take(places)
        self._mirror.route(rows, load)
        self._routed = rows.stop

    def _decide(self, rows: slice) -> None:
        slot = self._ledger.slot[rows]
        copied = self._mirror.copied(rows) if self._mirror.used else ()
        if not len(copied):
            self._ledger.status[rows], self._ledger.done[rows] = self._meet(rows, slot)
            return
        # A copy comes right behind its original: both have one number, and the order is stable.
        both = np.concatenate([np.arange(rows.start, rows.stop), copied])
        slots = np.concatenate([slot, self._mirror.ledger.slot[copied]])
        order = both.argsort(kind="stable")
        status, done = np.empty(len(both), np.uint8), np.empty(len(both), np.int64)
        status[order], done[order] = self._meet(both[order], slots[order])
        n = len(slot)
        self._ledger.status[rows], self._ledger.done[rows] = status[:n], done[:n]
        self._mirror.ledger.status[copied], self._mirror.ledger.done[copied] = status[n:], done[n:]

    def _meet(self, which: Rows, slot: SlotOf) -> tuple[NDArray[np.uint8], Times]:
        """The status of these requests, and when they are done; slots that do not listen refuse them."""
        listens = self._slots.open.take(slot)
        if listens.all():
            return self._accept(which, slot)
        accepted = np.flatnonzero(listens)
        status = np.full(len(slot), Status.REFUSED, np.uint8)
        done = self._load.time[which].copy()
        if len(accepted):
            number = accepted + which.start if isinstance(which, slice) else which[accepted]
            status[accepted], done[accepted] = self._accept(number, slot[accepted])
        return status, done

    def _accept(self, which: Rows, slot: SlotOf) -> tuple[NDArray[np.uint8], Times]:
        time = self._load.time[which]
        service = self._load.work[which] * self._slots.pace.take(slot) >> 20  # WORK is 2**20
        if self._warm_up:
            service = self._warm_up.slowed(service, time, slot)
        done = self._queues.serve(time, service, slot)
        unlucky = self._load.luck[which] < self._slots.unlucky.take(slot)
        status = unlucky.view(np.uint8)  # True is Status.ERROR
        self._spoil(which, slot, done, status)
        waited = done - time
        status[waited > self._limit] = Status.TIMEOUT
        self._slowest = max(self._slowest, int(waited.max()))
        return status, done

    def _spoil(self, which: Rows, slot: SlotOf, done: Times, status: NDArray[np.uint8]) -> None:
        """Errors for reasons of their own: `Status.ERROR` is 1, as True is."""
        load = self._load
        if self._overloads:
            status |= self._overloads.hit(load.time[which], done, slot, load.luck[which])
        if self._data:
            number = 2 * (np.arange(which.start, which.stop) if isinstance(which, slice) else which)
            number[1:] += number[1:] == number[:-1]  # a copy comes after its original
            status |= self._data.unreadable(number, load.user[which], self._slots.version.take(slot))

    def completed(self, start: int, end: int) -> Sighting:
        """The requests, and the copies, whose fate was known from `start` on and before `end`.

        What happens at `end` itself belongs to the next look: at this nanosecond more may still happen.
        """
        self.decide_until(end)
        oldest = start - min(self._limit, self._slowest)
        rows = slice(int(self._load.time.searchsorted(oldest)), self._decided)
        requests = self._ledger.known(rows, self._load, start, end)
        copies = self._mirror.known(rows, self._load, start, end) if self._mirror.used else None
        return sighting(requests, copies, self._slots.version, len(self._builds))

    def log(self, end: int) -> tuple[AccessLog, AccessLog]:
        """Every request that arrived before `end`, and every copy of one."""
        self.decide_until(end)
        rows = slice(0, int(self._load.time.searchsorted(end)))
        return (
            self._ledger.log(rows, self._load, self._slots.version),
            self._mirror.log(rows, self._load, self._slots.version),
        )

    def _draw(self, seconds: float) -> Workload:
        return draw(self._scenario.traffic, self._scenario.seed, seconds)

    def _extend(self, now: int) -> None:
        """Draw more requests when the run outlasts those drawn; the ones drawn before stay the same.

        Half as many again each time: runs that outlast their window a little all share one drawing.
        """
        if now > self._load.end:
            seconds = self._load.end / SECOND
            while seconds * SECOND < now:
                seconds *= 1.5
            self._load = self._draw(seconds)
            self._ledger.extend(len(self._load))
            if self._mirror.used:
                self._mirror.ledger.extend(len(self._load))
