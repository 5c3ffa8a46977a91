"""Blue-green: how it ends, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from deploylab.model.errors import KnobError
from deploylab.model.record import Status
from deploylab.model.rollout import Outcome
from deploylab.patterns.blue_green import BlueGreen

from .releases import left, notes, release


def test_blue_green_promotes_a_healthy_version_and_refuses_nobody() -> None:
    run = release(BlueGreen())
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)
    assert run.peak_instances == 12
    assert not run.log.failed.any()


def test_blue_green_switches_everyone_back_from_a_bad_version() -> None:
    run = release(BlueGreen(), error_rate=0.1)
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)
    assert set(run.log.status.tolist()) == {Status.OK, Status.ERROR}
    assert run.time_to_roll_back == run.scenario.platform.endpoint_lag
    assert "abort, error rate failed once: v2 stays the version that is wanted" in notes(run)


def test_blue_green_stalls_before_the_switch_when_green_never_gets_ready() -> None:
    run = release(BlueGreen(progress_deadline=30), startup_time=3_000)
    assert run.outcome is Outcome.STALLED
    assert (run.log.version == 0).all()


def test_a_missed_deadline_aborts_where_that_is_asked_for() -> None:
    run = release(BlueGreen(progress_deadline=30, progress_deadline_abort=True), startup_time=3_000)
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)


# What is refused


@pytest.mark.parametrize(
    ("knob", "value", "said"),
    [
        (
            "preview_replicas",
            0,
            "BlueGreen.preview_replicas: 0 is not allowed; size of green",
        ),
        ("watch_after_blue", -1, "BlueGreen.watch_after_blue: -1 is not allowed"),
        ("auto_promotion", 1, "BlueGreen.auto_promotion: 1 is neither True nor False"),
        ("pre_promotion", 0.01, "BlueGreen.pre_promotion: 0.01 is no Analysis"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(knob: str, value: Any, said: str) -> None:
    with pytest.raises(KnobError, match=said):
        BlueGreen(**{knob: value})
