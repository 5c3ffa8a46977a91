"""Several workers an instance: one queue, and whoever is free takes the next request."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deploylab.engine.rollout import roll_out
from deploylab.engine.workers import ManyWorkers, OneWorker
from deploylab.model.record import Status
from deploylab.model.rollout import Step
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version

from .worlds import script

BUSY = Scenario(
    Version("v1", service_time=0.1), replicas=2, traffic=Traffic(rate=30), duration=60,
    platform=Platform(endpoint_lag=0, termination_grace_period=2, request_timeout=60, workers=2),
)  # fmt: skip


def test_one_worker_by_heap_is_the_same_as_by_scan() -> None:
    chance = np.random.Generator(np.random.PCG64(3))
    arrival = chance.integers(0, 2_000, 5_000).cumsum()
    service = chance.integers(0, 12_000, 5_000)
    slot = chance.integers(0, 7, 5_000).astype(np.uint16)
    scan, heap = OneWorker(), ManyWorkers(1)
    for number in range(1, 7):
        scan.add(number)
        heap.add(number)
    assert (scan.serve(arrival, service, slot) == heap.serve(arrival, service, slot)).all()
    assert [scan.through(s) for s in range(7)] == [heap.through(s) for s in range(7)]


def test_more_workers_shorten_the_queue() -> None:
    waits = [
        roll_out(script(Step({"v1": 2}, hold=60)), replace(BUSY, platform=replace(BUSY.platform, workers=n)))
        .window.latency.mean()
        for n in (2, 4)
    ]  # fmt: skip
    assert waits[1] < waits[0] / 1.5


def test_a_killed_instance_loses_what_any_of_its_workers_had_begun() -> None:
    slow = replace(BUSY, stable=Version("v1", service_time=1.5), platform=replace(BUSY.platform, workers=20))
    run = roll_out(script(Step({"v1": 2}, hold=20), Step({"v1": 1}, hold=40)), slow)
    victim = next(i for i, instance in enumerate(run.instances) if instance.killed)
    mine = run.log.rows(run.log.instance == victim)
    lost, good = mine.status == Status.LOST, mine.status == Status.OK
    assert lost.sum() > 1
    assert set((mine.time + mine.latency)[lost].tolist()) == {22 * 10**9}
    assert mine.time[good].max() > mine.time[lost].min(), "a later request was done in time"
