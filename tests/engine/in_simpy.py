"""What became of a run's requests, told once more by SimPy: a process a request, a Resource an instance.

Who meets which instance, and when an instance is killed, is taken from the run; how long one waits, who gives
up and what is lost is SimPy's to say. Times are integer nanoseconds, so nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from deploylab.engine.workload import draw
from deploylab.model.record import Status
from deploylab.model.run import Run

Fates = list[tuple[int, int]]  # status and latency of each request, in the order of arrival
NS = 10**9


def retold(run: Run) -> Fates:
    """The fates of the run's requests; those that no instance accepted are left as they are."""
    env = simpy.Environment()
    desks = [simpy.Resource(env, run.scenario.platform.workers) for _ in run.instances]
    inside: list[set[Any]] = [set() for _ in run.instances]
    fates: Fates = list(zip(run.log.status.tolist(), run.log.latency.tolist(), strict=True))
    for instance, people in zip(run.instances, inside, strict=True):
        if instance.killed and instance.stopped is not None:
            env.process(killer(env, round(instance.stopped * NS), people))
    load = draw(run.scenario.traffic, run.scenario.seed, run.end)
    for number, (status, _) in enumerate(fates):
        if status != Status.REFUSED:
            place = int(run.log.instance[number])
            build = run.scenario.builds[run.log.version[number]]
            service = int(run.log.work[number]) * round(build.service_time * NS) >> 20
            unlucky = bool(load.luck[number] < round(build.error_rate * 2**24))
            work = served(env, int(run.log.time[number]), desks[place], service, inside[place])
            env.process(client(env, run, number, env.process(work), unlucky, fates))
    env.run()
    return fates


def served(
    env: simpy.Environment, arrival: int, desk: simpy.Resource, service: int, inside: set[Any]
) -> Generator[Any, Any, bool]:
    """Wait for a worker and be served; False when the instance was killed meanwhile."""
    yield env.timeout(arrival)
    inside.add(env.active_process)
    try:
        with desk.request() as turn:
            yield turn
            yield env.timeout(service)
    except simpy.Interrupt:
        return False
    inside.discard(env.active_process)
    return True


def client(
    env: simpy.Environment, run: Run, number: int, work: simpy.Process, unlucky: bool, fates: Fates
) -> Generator[Any, Any, None]:
    """Wait for the answer, but not for ever; the server does the work all the same."""
    arrival, limit = int(run.log.time[number]), round(run.scenario.platform.request_timeout * NS)
    yield work | env.timeout(arrival + limit)
    if not work.processed:
        fates[number] = Status.TIMEOUT, limit
    elif work.value:
        fates[number] = Status.ERROR if unlucky else Status.OK, env.now - arrival
    else:
        fates[number] = Status.LOST, env.now - arrival


def killer(env: simpy.Environment, when: int, inside: set[Any]) -> Generator[Any, Any, None]:
    """SIGKILL: whatever is waiting or being served is lost."""
    yield env.timeout(when)
    for process in sorted(inside, key=id):
        process.interrupt()
