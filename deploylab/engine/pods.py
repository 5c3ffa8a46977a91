"""The lives of the instances: they start, get ready, crash and come back, drain and stop as in Kubernetes."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable

from ..model.fault import CrashOnStart, Leak
from ..model.record import SECOND
from ..model.scenario import Scenario
from .balancer import Balancer
from .clock import Clock, ns
from .pod import Pod, rank
from .workload import restart_luck, start_up_luck

LONG_AGO = -100_000 * SECOND  # the stable version has been available since then
FIRST_BACK_OFF, LAST_BACK_OFF = 10 * SECOND, 300 * SECOND
CALM = 600 * SECOND  # a process that ran for so long is started again at once after its next crash
LAST_WINDOW = (
    2 * SECOND
)  # between SIGTERM and SIGKILL, however short the grace period and long the hook before them


class Pods:
    """All instances of a fleet; they `say` what happens, and call `changed` when one gets ready or goes."""

    def __init__(
        self,
        scenario: Scenario,
        clock: Clock,
        balancer: Balancer,
        say: Callable[[str, str], None],
        changed: Callable[[Pod], None],
    ) -> None:
        self._scenario, self._builds = scenario, scenario.builds
        self._clock, self._balancer = clock, balancer
        self._say, self._changed = say, changed
        self._started = [0] * len(self._builds)  # instances ever started, by version
        self.all: list[Pod] = []  # that there ever were
        self.existing: list[Pod] = []  # those that have not stopped
        self.serving: list[list[Pod]] = [[] for _ in self._builds]  # by version, in the order of their slots
        self.leaving: list[list[Pod]] = [[] for _ in self._builds]  # told to stop, but they listen still
        self.current = [0] * len(self._builds)  # not told to stop, by version
        self.there = [0] * len(self._builds)  # not stopped, by version
        self.over = False  # the window has closed: what dies now is not started again
        for _ in range(scenario.replicas):
            pod = self._new_pod(0)
            pod.ready = pod.first_ready = pod.launched = LONG_AGO
            self.serving[0].append(pod)
            self._plan_leak(pod)

    def _new_pod(self, version: int) -> Pod:
        ordinal = self._started[version]
        self._started[version] += 1
        name = f"{self._scenario.versions[version]}-{ordinal + 1}"
        pod = Pod(name, version, self._balancer.add_slot(version), ordinal, self._clock.now, self._clock.now)
        self.all.append(pod)
        self.existing.append(pod)
        self.current[version] += 1
        self.there[version] += 1
        return pod

    def _start(self, version: int) -> None:
        pod = self._new_pod(version)
        self._launch(pod, start_up_luck(self._scenario.seed, version, pod.ordinal))

    def _launch(self, pod: Pod, luck: float) -> None:
        build, pod.launched = self._builds[pod.version], self._clock.now
        self._say("Started", f"{pod.name} started")
        takes = ns(build.startup_time) + int(ns(build.startup_jitter) * luck)
        self._clock.at(self._clock.now + takes, self._come_up, pod)

    def _come_up(self, pod: Pod) -> None:
        """The end of a start: ready, or crashed."""
        if pod.draining is not None:
            return
        fault = self._builds[pod.version].fault(CrashOnStart)
        if fault and self._restart_luck(pod)[0] < fault.probability:
            self._say("Crashed", f"{pod.name} crashed on start")
            self._back_off(pod)
            return
        pod.ready = self._clock.now
        insort(self.serving[pod.version], pod, key=lambda other: other.slot)
        pod.first_ready = pod.ready if pod.first_ready is None else pod.first_ready
        if pod.outages:
            pod.outages[-1] = (pod.outages[-1][0], pod.ready)
        self._balancer.get_ready(self._clock.now, pod.slot)
        self._say("Ready", f"{pod.name} is ready")
        self._plan_leak(pod)
        self._changed(pod)

    def _plan_leak(self, pod: Pod) -> None:
        if fault := self._builds[pod.version].fault(Leak):
            self._clock.at(self._clock.now + ns(fault.after), self._run_out_of_memory, pod)

    def _run_out_of_memory(self, pod: Pod) -> None:
        """What it had is lost. A process that is told to stop stays dead, another is started again."""
        if pod.stopped is not None:
            return
        if self.over:  # only requests from before the end are still of interest
            self._balancer.kill(pod.slot, self._clock.now)
        else:
            self._balancer.crash(self._clock.now, pod.slot)
        self._say("OOMKilled", f"{pod.name} ran out of memory")
        if pod.draining is not None:
            pod.killed = True
            self._leave(pod)
            self._end(pod)
            return
        self.serving[pod.version].remove(pod)
        pod.ready = None
        pod.outages.append((self._clock.now, None))
        self._changed(pod)
        self._back_off(pod)

    def _back_off(self, pod: Pod) -> None:
        """Start it again as the kubelet does: at once the first time, then later each time."""
        if self._clock.now - pod.launched >= CALM:
            pod.crashes = 0
        delay = min(FIRST_BACK_OFF << min(pod.crashes - 1, 16), LAST_BACK_OFF) if pod.crashes else 0
        pod.crashes += 1
        if delay:
            self._say("BackOff", f"{pod.name} is started again in {delay // SECOND} s")
        self._clock.at(self._clock.now + delay, self._restart, pod)

    def _restart(self, pod: Pod) -> None:
        if pod.draining is None and not self.over:
            pod.restarts += 1
            self._launch(pod, self._restart_luck(pod)[1])

    def _restart_luck(self, pod: Pod) -> tuple[float, float]:
        return restart_luck(self._scenario.seed, pod.version, pod.ordinal, pod.restarts)

    def _stop(self, pod: Pod) -> None:
        platform = self._scenario.platform
        if pod.serving:
            self.serving[pod.version].remove(pod)
            insort(self.leaving[pod.version], pod, key=lambda other: other.slot)
        self.current[pod.version] -= 1
        pod.draining = self._clock.now
        self._say("Stopping", f"{pod.name} was told to stop")
        grace = ns(platform.termination_grace_period)
        hook = min(grace, ns(platform.pre_stop))
        kill = self._clock.now + max(grace, hook + LAST_WINDOW)
        self._clock.at(self._clock.now + hook, self._terminate, pod, kill)

    def _terminate(self, pod: Pod, kill: int) -> None:
        """SIGTERM: no new requests; what is accepted is finished, or lost at the SIGKILL."""
        if pod.stopped is not None:
            return
        self._leave(pod)
        through = self._balancer.close(self._clock.now, pod.slot)
        if through > kill:
            self._balancer.kill(pod.slot, kill)
            pod.killed = True
        self._clock.at(min(through, kill), self._end, pod)

    def _leave(self, pod: Pod) -> None:
        if pod in self.leaving[pod.version]:
            self.leaving[pod.version].remove(pod)
            self._changed(pod)

    def _end(self, pod: Pod) -> None:
        if pod.stopped is not None:
            return
        pod.stopped = self._clock.now
        self.existing.remove(pod)
        self.there[pod.version] -= 1
        reason, happened = ("Killed", "was killed") if pod.killed else ("Stopped", "stopped")
        self._say(reason, f"{pod.name} {happened}")

    def scale(self, version: int, desired: int) -> None:
        """Start instances, or tell some to stop, until there are as many as desired."""
        if desired == self.current[version]:
            return
        alive = [pod for pod in self.existing if pod.version == version and pod.draining is None]
        for _ in range(desired - len(alive)):
            self._start(version)
        if len(alive) > desired:
            alive.sort(key=lambda pod: rank(pod, self._clock.now))
            for pod in alive[: len(alive) - desired]:
                self._stop(pod)
