"""Recreate: one test for each way it can end, and what it promises."""

from __future__ import annotations

import pytest

from deploylab.engine.rollout import roll_out
from deploylab.model.order import Order, Release
from deploylab.model.record import Status
from deploylab.model.rollout import Outcome
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.recreate import Recreate

from .releases import left, release


def test_recreate_promotes_and_serves_nobody_while_it_does() -> None:
    run = release(Recreate())
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)
    assert run.mixed_seconds == 0
    assert (run.log.status == Status.REFUSED).sum() > 120 * 8


def test_recreate_starts_nothing_new_before_the_old_version_is_gone() -> None:
    scenario = Scenario(traffic=Traffic(rate=0.001), platform=Platform(pre_stop=12))  # nothing to finish
    old, new = ([i for i in roll_out(Recreate(), scenario).instances if i.version == v] for v in ("v1", "v2"))
    assert max(i.stopped or 0 for i in old) == min(i.started for i in new) == 12


def test_recreate_serves_nobody_only_from_when_the_old_instances_stop_listening() -> None:
    run = roll_out(Recreate(), Scenario(platform=Platform(endpoint_lag=1, pre_stop=12)))
    refused = run.log.time[run.log.status == Status.REFUSED] / 1e9
    first = min(i.ready or 0 for i in run.instances if i.version == "v2")
    assert refused.min() == pytest.approx(12, abs=0.1)
    assert refused.max() == pytest.approx(first + 1, abs=0.1)


def test_recreate_stalls_when_the_new_version_never_gets_ready() -> None:
    run = release(Recreate(progress_deadline=30), startup_time=3_000)
    assert (run.outcome, left(run)) == (Outcome.STALLED, ["v2"] * 6)


def test_recreate_goes_back_by_stopping_everything_once_more() -> None:
    run = roll_out(Recreate(), Scenario(orders=(Order(30, "undo"),)))
    assert run.outcome is Outcome.PROMOTED  # it was through at 14 s; nobody listens any more
    run = roll_out(Recreate(), Scenario(orders=(Order(5, "undo"),)))
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)
    assert run.mixed_seconds == 0


def test_recreate_starts_the_newest_version_when_another_arrives() -> None:
    run = roll_out(Recreate(), Scenario(orders=(Release(5, Version("v3")),)))
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v3"] * 6)


def test_recreate_pauses_with_nobody_served_until_it_is_resumed() -> None:
    run = roll_out(Recreate(), Scenario(orders=(Order(5, "pause"), Order(65, "resume"))))
    assert run.outcome is Outcome.PROMOTED
    assert run.finished == pytest.approx(65)
