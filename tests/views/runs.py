"""Records that the tests of the pictures look at: small, and each run with something special in it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import deploylab as dl
from deploylab.model.rollout import Rollout

SCENARIO = dl.Scenario(candidate=dl.Version("v2", error_rate=0.05), duration=60)


@cache
def rolled_back() -> dl.Run:
    """A batch release that is undone: both versions, both outcomes of a request."""
    return dl.roll_out(dl.Rolling(batch_size=2, hold=5), SCENARIO)


@cache
def recreated() -> dl.Run:
    """For a while nobody is served at all."""
    return dl.roll_out(dl.Recreate(), SCENARIO)


@cache
def quiet() -> dl.Run:
    """A run without a single failure."""
    calm = dl.Scenario(platform=dl.Platform(pre_stop=3), traffic=dl.Traffic(rate=5), duration=60)
    return dl.roll_out(dl.Rolling(), calm)


@cache
def outlasting() -> dl.Run:
    """A strategy that is at it for longer than the window of the figures."""
    return dl.roll_out(dl.BlueGreen(preview_hold=30), dl.Scenario(duration=20))


@cache
def overtaken() -> dl.Run:
    """A third version arrives while the second is half way, and takes over."""

    def one_after_the_other(scenario: dl.Scenario) -> Rollout:
        old, new = scenario.versions
        seen = yield dl.Step({old: 3, new: 3}, hold=60, heeds=True, note="half of it")
        (release,) = seen.orders
        assert isinstance(release, dl.Release)
        newest = release.version.name
        yield dl.Step({old: 2, new: 2, newest: 2}, hold=5, note="three at once")
        yield dl.Step({newest: 6}, note=f"all to {newest}")
        return dl.Outcome.PROMOTED

    orders = (dl.Release(20, dl.Version("v3", error_rate=0.02)),)
    return dl.roll_out(one_after_the_other, replace(SCENARIO, orders=orders))


@cache
def mirrored() -> dl.Run:
    """The candidate gets copies of the requests, and fails in silence."""

    def shadow(scenario: dl.Scenario) -> Rollout:
        old, new = scenario.versions
        yield dl.Step({old: 6, new: 2}, {old: 100}, mirror=50, hold=20, note="mirror 50 %")
        yield dl.Step({old: 6}, {old: 100}, note="end of the trial")
        return dl.Outcome.ROLLED_BACK

    return dl.roll_out(shadow, SCENARIO)


@cache
def crashing() -> dl.Run:
    """Instances run out of memory and are started again."""
    leaking = dl.Version("v1", startup_time=5, service_time=0.04, faults=(dl.Leak(after=8),))
    strategy = dl.Rolling(batch_size=3, hold=20)
    return dl.roll_out(strategy, dl.Scenario(leaking, traffic=dl.Traffic(rate=140), duration=60))


@cache
def killed_while_stopping() -> dl.Run:
    """Instances have more to do when they stop than they are given time for."""
    slow, hasty = dl.Version("v1", service_time=0.06), dl.Platform(termination_grace_period=0)
    strategy = dl.Rolling(batch_size=2, hold=10)
    return dl.roll_out(strategy, dl.Scenario(slow, traffic=dl.Traffic(rate=140), platform=hasty, duration=60))


def all_runs() -> tuple[dl.Run, ...]:
    """Every run above."""
    return (
        rolled_back(),
        recreated(),
        quiet(),
        outlasting(),
        overtaken(),
        mirrored(),
        crashing(),
        killed_while_stopping(),
    )


@cache
def one_of_each() -> dict[str, Any]:
    """One record of every kind, by the name of the kind."""
    applied = dl.apply(dl.template("web-service"))
    trial = dl.Trial(runs=50)
    made = (
        rolled_back(),
        dl.deliver(dl.Pipeline(days=30)),
        applied,
        applied.plan,
        dl.toggle(dl.Flag(), dl.Scenario(candidate=dl.Version("v2", error_rate=0.1))),
        dl.evolve(dl.ServerFleet(days=60)),
        dl.operating_characteristic(dl.Sequential(), trial),
    )
    return {type(record).__name__: record for record in made}
