"""A simulated fleet: a virtual clock, instances that start, get ready, drain and die, behind a balancer."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count

from ..model.fault import CrashOnStart, Leak
from ..model.rollout import Counts, Observation, Step
from ..model.run import SECOND, AccessLog, Event, Instance
from ..model.scenario import Scenario
from .balancer import Balancer
from .queueing import NOBODY
from .workload import restart_luck, start_up_luck

LONG_AGO = -100_000 * SECOND  # the stable version has been available since then
FIRST_BACK_OFF, LAST_BACK_OFF = 10 * SECOND, 300 * SECOND
CALM = 600 * SECOND  # a process that ran for so long begins at the first back-off again


@dataclass(eq=False)
class Pod:
    """An instance while it lives; times in ns."""

    name: str
    version: int
    slot: int
    ordinal: int  # among the instances of its version
    started: int
    launched: int  # when its process was started last
    ready: int | None = None
    first_ready: int | None = None
    draining: int | None = None
    stopped: int | None = None
    killed: bool = False
    restarts: int = 0
    crashes: int = 0  # in a row

    @property
    def serving(self) -> bool:
        """Ready, and not told to stop."""
        return self.ready is not None and self.draining is None


@dataclass(frozen=True)
class Record:
    """What a world hands over at the end; `end` (s) is when the last request may have arrived."""

    log: AccessLog
    instances: tuple[Instance, ...]
    events: tuple[Event, ...]
    end: float


class SimulatedFleet:
    """A world on a virtual clock: `apply` a step, and it says what an operator would have seen.

    Time jumps from one entry of the agenda to the next: an instance gets ready, the balancer learns of it,
    a SIGTERM is due. Requests in between are decided all at once when somebody needs to know.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario, self._builds = scenario, (scenario.stable, scenario.candidate)
        self._balancer = Balancer(scenario)
        self._now = 0
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._tie = count()
        self._pods: list[Pod] = []  # all there ever were
        self._existing: list[Pod] = []  # those that have not stopped
        self._started = [0, 0]  # instances ever started, by version
        self._step = Step({scenario.stable.name: scenario.replicas})
        self._events: list[Event] = []
        self._over = False  # the window has closed: what dies now is not started again
        for _ in range(scenario.replicas):
            pod = self._new_pod(0)
            pod.ready = pod.first_ready = pod.launched = LONG_AGO
            self._plan_leak(pod)
        self._told = self._shares(), self._weight()  # what the balancer will know when all is said
        self._balancer.set_table(0, *self._told)

    def apply(self, step: Step) -> Observation:
        """Make the fleet what `step` wants, wait and watch as it says, and report."""
        start, self._step = self._now, step
        self._say("Step", step.note or f"want {dict(step.replicas)}")
        for version in (0, 1):
            self._scale(version, int(step.replicas.get(self._scenario.versions[version], 0)))
        self._publish()
        self._wake_when_available(self._existing)
        exceeded = self._wait(step)
        if exceeded:
            self._say("ProgressDeadlineExceeded", f"no progress for {step.progress_deadline:g} s")
        else:
            self._advance(self._now + _ns(step.hold))
        return self._observe(start, exceeded)

    def finish(self) -> Record:
        """Serve until the scenario's duration, let what has begun end, and hand over the record."""
        self._advance(max(self._now, _ns(self._scenario.duration)))
        end, self._over = self._now, True
        while self._agenda:
            self._advance(self._agenda[0][0])
        log = self._balancer.log(end)  # a SIGKILL after the end may still have cost requests from before it
        events = sorted(self._events, key=lambda event: event.time)
        instances = tuple(self._instance(pod) for pod in self._pods)
        return Record(log, instances, tuple(e for e in events if e.time <= end / SECOND), end / SECOND)

    # Instances ------------------------------------------------------------------------------------------

    def _new_pod(self, version: int) -> Pod:
        ordinal = self._started[version]
        self._started[version] += 1
        name = f"{self._scenario.versions[version]}-{ordinal + 1}"
        pod = Pod(name, version, self._balancer.add_slot(version), ordinal, self._now, self._now)
        self._pods.append(pod)
        self._existing.append(pod)
        return pod

    def _start(self, version: int) -> None:
        pod = self._new_pod(version)
        self._launch(pod, start_up_luck(self._scenario.seed, version, pod.ordinal))

    def _launch(self, pod: Pod, luck: float) -> None:
        build, pod.launched = self._builds[pod.version], self._now
        self._say("Started", f"{pod.name} started")
        takes = _ns(build.startup_time) + int(_ns(build.startup_jitter) * luck)
        self._at(self._now + takes, lambda: self._come_up(pod))

    def _come_up(self, pod: Pod) -> None:
        """The end of a start: ready, or crashed."""
        if pod.draining is not None:
            return
        fault = self._builds[pod.version].fault(CrashOnStart)
        if fault and self._restart_luck(pod)[0] < fault.probability:
            self._say("Crashed", f"{pod.name} crashed on start")
            self._back_off(pod)
            return
        pod.ready = self._now
        pod.first_ready = pod.ready if pod.first_ready is None else pod.first_ready
        self._balancer.get_ready(self._now, pod.slot)
        self._say("Ready", f"{pod.name} is ready")
        self._plan_leak(pod)
        self._publish()
        self._wake_when_available([pod])

    def _plan_leak(self, pod: Pod) -> None:
        if fault := self._builds[pod.version].fault(Leak):
            self._at(self._now + _ns(fault.after), lambda: self._run_out_of_memory(pod))

    def _run_out_of_memory(self, pod: Pod) -> None:
        """What it had is lost. A process that is told to stop stays dead, another is started again."""
        if pod.stopped is not None:
            return
        if self._over:  # only requests from before the end are still of interest
            self._balancer.kill(pod.slot, self._now)
        else:
            self._balancer.crash(self._now, pod.slot)
        self._say("OOMKilled", f"{pod.name} ran out of memory")
        if pod.draining is not None:
            pod.killed = True
            self._end(pod)
            return
        pod.ready = None
        self._publish()
        self._back_off(pod)

    def _back_off(self, pod: Pod) -> None:
        """Start it again, later each time, as the kubelet does."""
        if self._now - pod.launched >= CALM:
            pod.crashes = 0
        delay = min(FIRST_BACK_OFF << min(pod.crashes, 16), LAST_BACK_OFF)
        pod.crashes += 1
        self._say("BackOff", f"{pod.name} is started again in {delay // SECOND} s")
        self._at(self._now + delay, lambda: self._restart(pod))

    def _restart(self, pod: Pod) -> None:
        if pod.draining is None and not self._over:
            pod.restarts += 1
            self._launch(pod, self._restart_luck(pod)[1])

    def _restart_luck(self, pod: Pod) -> tuple[float, float]:
        return restart_luck(self._scenario.seed, pod.version, pod.ordinal, pod.restarts)

    def _stop(self, pod: Pod) -> None:
        platform = self._scenario.platform
        pod.draining = self._now
        self._say("Stopping", f"{pod.name} was told to stop")
        kill = self._now + _ns(platform.termination_grace_period)
        self._at(min(kill, self._now + _ns(platform.pre_stop)), lambda: self._terminate(pod, kill))

    def _terminate(self, pod: Pod, kill: int) -> None:
        """SIGTERM: no new requests; what is accepted is finished, or lost at the SIGKILL."""
        if pod.stopped is not None:
            return
        through = self._balancer.close(self._now, pod.slot)
        if through > kill:
            self._balancer.kill(pod.slot, kill)
            pod.killed = True
        self._at(min(through, kill), lambda: self._end(pod))

    def _end(self, pod: Pod) -> None:
        if pod.stopped is not None:
            return
        pod.stopped = self._now
        self._existing.remove(pod)
        reason, happened = ("Killed", "was killed") if pod.killed else ("Stopped", "stopped")
        self._say(reason, f"{pod.name} {happened}")

    def _scale(self, version: int, desired: int) -> None:
        alive = [pod for pod in self._existing if pod.version == version and pod.draining is None]
        for _ in range(desired - len(alive)):
            self._start(version)
        # Not yet ready ones go first, then those that are ready for the shortest time.
        alive.sort(key=lambda pod: (pod.ready is None, pod.ready or 0, pod.slot), reverse=True)
        for pod in alive[: max(0, len(alive) - desired)]:
            self._stop(pod)

    # Routing --------------------------------------------------------------------------------------------

    def _publish(self) -> None:
        """Tell the balancer what is ready and how to divide the traffic; it learns `endpoint_lag` later."""
        shares, weight = told = self._shares(), self._weight()
        if told == self._told:
            return
        self._told = told
        when = self._now + _ns(self._scenario.platform.endpoint_lag)
        self._at(when, lambda: self._balancer.set_table(when, shares, weight))

    def _shares(self) -> dict[int, float]:
        names = self._scenario.versions
        serving = [pod for pod in self._existing if pod.serving]
        ready = [[pod.slot for pod in serving if pod.version == version] for version in (0, 1)]
        if self._step.traffic is None:
            shares = {slot: 1.0 for slots in ready for slot in slots}
            return shares or {NOBODY: 1.0}
        shares = {}
        for version, slots in enumerate(ready):
            percent = self._step.traffic.get(names[version], 0)
            for slot in (slots or [NOBODY]) if percent else ():
                shares[slot] = shares.get(slot, 0) + percent / max(1, len(slots))
        return shares

    def _weight(self) -> Fraction | None:
        """The candidate's share of the traffic, where the step divides it."""
        traffic = self._step.traffic
        if traffic is None:
            return None
        mine = Fraction(traffic.get(self._scenario.candidate.name, 0))
        return mine / sum(map(Fraction, traffic.values()))

    # Time -----------------------------------------------------------------------------------------------

    def _at(self, when: int, action: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (when, next(self._tie), action))

    def _advance(self, until: int) -> None:
        while self._agenda and self._agenda[0][0] <= until:
            self._now, _, action = heapq.heappop(self._agenda)
            action()
        self._now = until

    def _wake_when_available(self, pods: list[Pod]) -> None:
        for pod in pods if self._step.min_ready_seconds else ():
            if pod.serving:
                when = (pod.ready or 0) + _ns(self._step.min_ready_seconds)
                if when > self._now:
                    self._at(when, lambda: None)

    def _wait(self, step: Step) -> bool:
        """Wait until the step's condition holds; True when its progress deadline came first."""
        counts, progress = self._counts(), self._now
        best = _achieved(counts)
        while step.until == "changed" or any(not c.settled for c in counts.values()):
            deadline = progress + _ns(step.progress_deadline)
            if not self._agenda or self._agenda[0][0] > deadline:
                self._advance(deadline)
                return True
            self._advance(self._agenda[0][0])
            now = self._counts()
            if now != counts:
                if step.until == "changed":
                    return False
                counts = now
                if _achieved(now) > best:
                    best, progress = _achieved(now), self._now
        return False

    # Looking --------------------------------------------------------------------------------------------

    def _counts(self) -> dict[str, Counts]:
        return {name: self._count(version, name) for version, name in enumerate(self._scenario.versions)}

    def _count(self, version: int, name: str) -> Counts:
        pods = [pod for pod in self._existing if pod.version == version]
        alive = [pod for pod in pods if pod.draining is None]
        ready = [pod.ready for pod in alive if pod.ready is not None]
        since = self._now - _ns(self._step.min_ready_seconds)
        return Counts(
            desired=int(self._step.replicas.get(name, 0)),
            current=len(alive),
            ready=len(ready),
            available=sum(time <= since for time in ready),
            terminating=len(pods) - len(alive),
        )

    def _observe(self, start: int, exceeded: bool) -> Observation:
        log = self._balancer.completed(start, self._now)
        by_version = {name: log.version == v for v, name in enumerate(self._scenario.versions)}
        return Observation(
            start=start / SECOND,
            end=self._now / SECOND,
            replicas=self._counts(),
            requests={name: int(mine.sum()) for name, mine in by_version.items()},
            errors={name: int((mine & log.failed).sum()) for name, mine in by_version.items()},
            latencies={name: log.latency[mine & log.answered] for name, mine in by_version.items()},
            refused=int((log.version < 0).sum()),
            deadline_exceeded=exceeded,
        )

    def _say(self, reason: str, message: str) -> None:
        self._events.append(Event(self._now / SECOND, reason, message))

    def _instance(self, pod: Pod) -> Instance:
        ready, draining, stopped = (
            None if t is None else max(0, t) / SECOND for t in (pod.first_ready, pod.draining, pod.stopped)
        )
        version = self._scenario.versions[pod.version]
        return Instance(
            pod.name, version, pod.started / SECOND, ready, draining, stopped, pod.killed, pod.restarts
        )


def _achieved(counts: dict[str, Counts]) -> int:
    """How far a step has come; an instance that comes and goes makes no progress by coming again."""
    return sum(c.ready + c.available - c.terminating for c in counts.values())


def _ns(seconds: float) -> int:
    return round(seconds * SECOND)
