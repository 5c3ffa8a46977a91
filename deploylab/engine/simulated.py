"""A simulated fleet: a virtual clock, instances that start, get ready, drain and die, behind a balancer."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from ..model.order import Order, Release
from ..model.record import SECOND, AccessLog, Event, Instance
from ..model.rollout import Counts, Observation, Step
from ..model.scenario import Scenario
from ..model.version import Version
from .balancer import Balancer
from .clock import Clock, ns
from .pod import Pod
from .pods import Pods
from .routing import RoutingTable, divide


@dataclass(frozen=True)
class Recording:
    """What a world hands over at the end; `end` (s) is when the last request may have arrived."""

    log: AccessLog
    mirrored: AccessLog
    instances: tuple[Instance, ...]
    events: tuple[Event, ...]
    end: float


class SimulatedFleet:
    """A world on a virtual clock: `apply` a step, and it says what an operator would have seen.

    Time jumps from one entry of the agenda to the next: an instance gets ready, the balancer learns of it,
    a SIGTERM is due. Requests in between are decided all at once when somebody needs to know.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._balancer = Balancer(scenario)
        self._clock = Clock()
        self._step = Step({scenario.stable.name: scenario.replicas})
        self._events: list[Event] = []
        self._names = [scenario.stable.name, scenario.candidate.name]  # of the versions released so far
        self._orders = list(scenario.orders)  # that are still to come
        self._given: list[Order | Release] = []  # since the last observation
        self._news: dict[int, RoutingTable] = {}  # on its way to the balancer, by when it arrives
        self._pods = Pods(scenario, self._clock, self._balancer, self._say, self._changed)
        self._told = self._table()  # what the balancer will know when all is said
        self._balancer.set_table(0, self._told)
        for order in scenario.orders:
            self._clock.at(ns(order.at), self._give)

    def apply(self, step: Step) -> Observation:
        """Make the fleet what `step` wants, wait and watch as it says, and report."""
        start, self._step = self._clock.now, step
        self._say("Step", step.note or f"want {dict(step.replicas)}")
        for version, name in enumerate(self._names):
            self._pods.scale(version, int(step.replicas.get(name, 0)))
        self._publish()
        self._wake_when_available(self._pods.existing)
        exceeded = self._wait(step)
        if exceeded:
            self._say("ProgressDeadlineExceeded", "no progress until the deadline")
        else:
            self._hold(step)
        return self._observe(start, exceeded)

    def finish(self) -> Recording:
        """Serve until the scenario's duration, let what has begun end, and hand over the record."""
        self._clock.advance(max(self._clock.now, ns(self._scenario.duration)))
        end, self._pods.over = self._clock.now, True
        self._balancer.decide_until(end)  # before an instance dies with what it has accepted
        while self._clock.next is not None:
            self._clock.advance(self._clock.next)
        # A SIGKILL after the end may still have cost requests from before it.
        log, mirrored = self._balancer.log(end)
        told = (event for event in self._events if event.time <= end / SECOND)
        events = tuple(sorted(told, key=lambda event: event.time))
        instances = tuple(pod.record(self._scenario.versions[pod.version]) for pod in self._pods.all)
        return Recording(log, mirrored, instances, events, end / SECOND)

    def _changed(self, pod: Pod) -> None:
        if pod.draining is None or pod.slot in self._told.shares:
            self._publish()
            self._wake_when_available([pod])

    def _publish(self) -> None:
        """Tell the balancer what is ready and how to divide the traffic; it learns `endpoint_lag` later."""
        table = self._table()
        if table == self._told:
            return
        self._told = table
        when = self._clock.now + ns(self._scenario.platform.endpoint_lag)
        if when not in self._news:
            self._clock.at(when, lambda: self._balancer.set_table(when, self._news.pop(when)))
        self._news[when] = table

    def _table(self) -> RoutingTable:
        ready, leaving = (
            [[pod.slot for pod in pods] for pods in groups[: len(self._names)]]
            for groups in (self._pods.serving, self._pods.leaving)
        )
        return divide(self._step, self._names, ready, leaving, self._scenario.traffic.sticky)

    def _wake_when_available(self, pods: list[Pod]) -> None:
        for pod in pods if self._step.min_ready_seconds else ():
            if pod.serving:
                when = (pod.ready or 0) + ns(self._step.min_ready_seconds)
                if when > self._clock.now:
                    self._clock.at(when, lambda: None)

    def _give(self) -> None:
        """A person speaks, or another version arrives."""
        order = self._orders.pop(0)
        self._given.append(order)
        if isinstance(order, Release):
            self._names.append(order.version.name)
            self._say("Release", f"{order.version.name} is released")
        else:
            self._say("Order", f"a person says: {order.action}")

    def _interrupted(self, step: Step) -> bool:
        return step.heeds and bool(self._given)

    def _hold(self, step: Step) -> None:
        """Watch for as long as the step says, or until a person gives an order that it heeds."""
        end = ns(self._scenario.duration) if step.hold == inf else self._clock.now + ns(step.hold)
        while step.heeds and self._orders and not self._given:
            order = ns(self._orders[0].at)
            if order > end and step.hold < inf:
                break
            self._clock.advance(order)
        if not self._interrupted(step):
            self._clock.advance(max(end, self._clock.now))

    def _wait(self, step: Step) -> bool:
        """Wait until the step's condition holds; True when its progress deadline came first."""
        counts, progress = self._counts(), self._clock.now
        best = _achieved(counts)
        endless = step.progress_deadline == inf
        while not self._interrupted(step) and _waits(step, counts):
            deadline = ns(self._scenario.duration) if endless else progress + ns(step.progress_deadline)
            if self._clock.next is None or self._clock.next > deadline:
                self._clock.advance(max(deadline, self._clock.now))
                return not endless
            self._clock.advance(self._clock.next)
            now = self._counts()
            if now != counts:
                if step.until == "changed":
                    return False
                counts = now
                if _achieved(now) > best:
                    best, progress = _achieved(now), self._clock.now
        return False

    def _counts(self) -> dict[str, Counts]:
        return {name: self._count(version, name) for version, name in enumerate(self._names)}

    def _count(self, version: int, name: str) -> Counts:
        serving, current = self._pods.serving[version], self._pods.current[version]
        must = ns(self._step.min_ready_seconds)
        since = self._clock.now - must
        return Counts(
            desired=int(self._step.replicas.get(name, 0)),
            current=current,
            ready=len(serving),
            available=sum((pod.ready or 0) <= since for pod in serving) if must else len(serving),
            terminating=self._pods.there[version] - current,
        )

    def _observe(self, start: int, exceeded: bool) -> Observation:
        seen = self._balancer.completed(start, self._clock.now)
        given, self._given = tuple(map(_as_told, self._given)), []
        names = list(enumerate(self._names))
        return Observation(
            start=start / SECOND,
            end=self._clock.now / SECOND,
            replicas=self._counts(),
            requests={name: sum(seen.fates[v]) for v, name in names},
            errors={name: sum(seen.fates[v][1:]) for v, name in names},
            latencies={name: seen.latencies[v] for v, name in names},
            refused=sum(seen.fates[-1]),
            deadline_exceeded=exceeded,
            copies={name: seen.copies[v] for v, name in names},
            orders=given,
        )

    def _say(self, reason: str, message: str) -> None:
        self._events.append(Event(self._clock.now / SECOND, reason, message))


def _as_told(order: Order | Release) -> Order | Release:
    """What a strategy learns: of a new version its name, but not how it behaves."""
    return Release(order.at, Version(order.version.name)) if isinstance(order, Release) else order


def _waits(step: Step, counts: dict[str, Counts]) -> bool:
    if step.until == "available":
        return any(not c.settled for c in counts.values())
    return step.until == "changed"


def _achieved(counts: dict[str, Counts]) -> int:
    """How far a step has come; an instance that comes and goes makes no progress by coming again."""
    return sum(c.ready + c.available - c.terminating for c in counts.values())
