"""Rolling: what a Deployment does to a fleet, and what batches do."""

from __future__ import annotations

from typing import Any

import pytest

from deploylab.engine.rollout import roll_out
from deploylab.model.errors import KnobError
from deploylab.model.fault import Leak
from deploylab.model.order import Order, Release
from deploylab.model.rollout import Outcome
from deploylab.model.run import Run
from deploylab.model.scenario import Scenario
from deploylab.model.version import Version
from deploylab.patterns.rolling import Rolling

from .releases import left, release


def ordered(*orders: Order | Release, strategy: Rolling | None = None) -> Run:
    return roll_out(strategy or Rolling(), Scenario(orders=orders))


def most_alive(run: Run) -> int:
    """The most instances at a time that had not been told to stop."""
    return max(
        sum(i.started <= moment and (i.draining is None or i.draining > moment) for i in run.instances)
        for moment in {i.started for i in run.instances}
    )


def test_a_continuous_update_promotes_what_gets_ready_even_if_it_answers_with_errors() -> None:
    run = release(Rolling(), error_rate=1)
    assert run.outcome is Outcome.PROMOTED
    assert [i.version for i in run.instances if i.stopped is None] == ["v2"] * 6
    assert run.availability < 0.5


def told(run: Run, *reasons: str) -> list[tuple[float, str]]:
    return [(event.time, event.reason) for event in run.events if event.reason in reasons]


def test_a_missed_deadline_is_reported_and_nothing_is_taken_back() -> None:
    run = release(Rolling(progress_deadline=60), startup_time=3_000)
    assert run.outcome is Outcome.STALLED
    assert told(run, "ProgressDeadlineExceeded") == [(60, "ProgressDeadlineExceeded")]
    assert run.finished == run.scenario.duration
    last = run.steps[-1][1].replicas
    assert (last["v1"].available, last["v2"].current) == (5, 3)


def test_a_rollout_that_outlasts_its_deadline_and_completes_is_promoted() -> None:
    run = release(Rolling(progress_deadline=60, max_surge="100%"), startup_time=100)
    assert run.outcome is Outcome.PROMOTED
    assert told(run, "ProgressDeadlineExceeded", "Promoted") == [
        (60, "ProgressDeadlineExceeded"), (run.finished, "Promoted"),
    ]  # fmt: skip


def test_only_a_knob_takes_a_rollout_back_at_its_deadline() -> None:
    run = release(Rolling(progress_deadline=300, undo_at_deadline=True), startup_time=3_000)
    assert run.outcome is Outcome.ROLLED_BACK
    assert told(run, "ProgressDeadlineExceeded", "RolledBack") == [
        (300, "ProgressDeadlineExceeded"), (run.finished, "RolledBack"),
    ]  # fmt: skip
    assert left(run) == ["v1"] * 6


@pytest.mark.parametrize("after", [1, 5, 20])
def test_instances_that_come_and_go_do_not_put_the_end_off_for_ever(after: float) -> None:
    scenario = Scenario(candidate=Version("v2", faults=(Leak(after),)))
    run = roll_out(Rolling(min_ready_seconds=30), scenario)
    assert run.outcome is Outcome.STALLED
    assert (
        run.finished <= scenario.duration + Rolling().progress_deadline + 300
    )  # 300 s: the longest back-off
    assert [i.version for i in run.instances if i.draining is None].count("v1") >= 5


def test_a_pause_stops_the_rollout_but_nobody() -> None:
    run = ordered(Order(12, "pause"), Order(100, "resume"))
    assert run.outcome is Outcome.PROMOTED
    assert not [i for i in run.instances for time in (i.started, i.draining) if time and 12 < time < 100]
    assert any(i.ready is not None and 12 < i.ready < 100 for i in run.instances)
    assert any(i.started == 100 for i in run.instances)


def test_a_pause_that_nobody_ends_is_stalled_at_the_end() -> None:
    run = ordered(Order(12, "pause"))
    assert (run.outcome, run.finished) == (Outcome.STALLED, run.scenario.duration)


def test_the_deadline_does_not_run_while_a_rollout_is_paused() -> None:
    run = ordered(Order(5, "pause"), Order(100, "resume"), strategy=Rolling(progress_deadline=20))
    assert run.outcome is Outcome.PROMOTED
    assert told(run, "ProgressDeadlineExceeded") == []


def test_undo_rolls_back_by_the_same_controller() -> None:
    run = ordered(Order(14, "undo"))
    assert run.outcome is Outcome.ROLLED_BACK
    assert left(run) == ["v1"] * 6
    assert most_alive(run) <= 6 + 2


def test_undoing_twice_is_redoing() -> None:
    run = ordered(Order(12, "undo"), Order(16, "undo"))
    assert run.outcome is Outcome.PROMOTED
    assert left(run) == ["v2"] * 6


def test_a_paused_deployment_is_not_undone() -> None:
    run = ordered(Order(12, "pause"), Order(20, "undo"), Order(30, "resume"))
    assert run.outcome is Outcome.PROMOTED


def test_a_release_in_the_middle_takes_over_and_the_oldest_instances_go_first() -> None:
    run = ordered(Release(16, Version("v3")))
    assert run.outcome is Outcome.PROMOTED
    assert left(run) == ["v3"] * 6
    assert all(i.started <= 16 for i in run.instances if i.version == "v2")
    wanted = [step.replicas for step, seen in run.steps if seen.end > 16]
    healthy = [sizes for sizes in wanted if sizes["v2"] < wanted[1]["v2"]]  # after the sick ones were stopped
    assert all(sizes["v1"] == 0 for sizes in healthy)
    assert most_alive(run) <= 6 + 2


def test_instances_that_a_rollover_cancels_before_they_are_ready_stay_in_the_record() -> None:
    run = ordered(Release(5, Version("v3")))
    cancelled = [i for i in run.instances if i.version == "v2" and i.ready is None]
    assert [(i.started, i.draining, i.stopped) for i in cancelled] == [(0, 5, 5)] * 3
    for one in cancelled:
        events = [(event.time, event.reason) for event in run.events if event.message.startswith(one.name)]
        assert events == [(0, "Started"), (5, "Stopping"), (5, "Stopped")]


def test_undoing_the_newest_of_three_leads_to_the_one_before_it() -> None:
    run = ordered(Release(16, Version("v3")), Order(20, "undo"))
    assert run.outcome is Outcome.ABORTED
    assert left(run) == ["v2"] * 6


def test_batches_that_are_healthy_are_promoted_one_after_the_other() -> None:
    run = release(Rolling(batch_size=4))
    assert run.outcome is Outcome.PROMOTED
    assert [step.replicas for step, _ in run.steps] == [{"v1": 2, "v2": 4}, {"v1": 0, "v2": 6}]


def test_a_bad_batch_sends_the_whole_service_back() -> None:
    run = release(Rolling(batch_size=2), error_rate=0.1)
    assert run.outcome is Outcome.ROLLED_BACK
    assert [step.replicas for step, _ in run.steps] == [{"v1": 4, "v2": 2}, {"v1": 6}]
    assert run.steps[-1][1].replicas["v1"].available == 6


def test_a_batch_that_never_gets_ready_sends_the_whole_service_back() -> None:
    run = release(Rolling(batch_size=2, progress_deadline=30), startup_time=3_000)
    assert run.outcome is Outcome.ROLLED_BACK


def test_a_bad_batch_may_be_left_as_it_is() -> None:
    run = release(Rolling(batch_size=2, on_failure="stop"), error_rate=0.1)
    assert run.outcome is Outcome.ABORTED
    assert [step.replicas for step, _ in run.steps] == [{"v1": 4, "v2": 2}]
    assert sorted(left(run)) == ["v1"] * 4 + ["v2"] * 2


def test_a_paused_batch_is_watched_anew_when_it_is_resumed() -> None:
    run = ordered(Order(20, "pause"), Order(80, "resume"), strategy=Rolling(batch_size=3))
    assert run.outcome is Outcome.PROMOTED
    spans = [(round(seen.start), round(seen.end)) for _, seen in run.steps]
    assert spans[:3] == [(0, 20), (20, 80), (80, 100)]


@pytest.mark.parametrize("orders", [(Order(20, "undo"),), (Order(20, "pause"), Order(50, "undo"))])
def test_batches_are_undone_at_once_even_when_they_are_paused(orders: tuple[Order, ...]) -> None:
    run = ordered(*orders, strategy=Rolling(batch_size=2))
    assert run.outcome is Outcome.ROLLED_BACK
    assert run.steps[-1][1].start == orders[-1].at


@pytest.mark.parametrize(
    ("word", "outcome", "end"),
    [("promote", Outcome.PROMOTED, 45), ("abort", Outcome.ABORTED, 20), ("retry", Outcome.PROMOTED, 70)],
)
def test_a_word_in_the_middle_of_a_batch(word: Any, outcome: Outcome, end: float) -> None:
    ready = Version("v2", startup_time=0, startup_jitter=0)
    batches = Rolling(batch_size=3, hold=25, on_failure="stop")
    run = roll_out(batches, Scenario(candidate=ready, orders=(Order(20, word),)))
    assert (run.outcome, run.finished) == (outcome, end)


def test_a_release_between_batches_begins_with_the_oldest_instances() -> None:
    run = ordered(Release(20, Version("v3")), strategy=Rolling(batch_size=2))
    assert run.outcome is Outcome.PROMOTED
    assert [step.replicas for step, _ in run.steps] == [
        {"v1": 4, "v2": 2}, {"v1": 2, "v2": 2, "v3": 2}, {"v1": 0, "v2": 2, "v3": 4},
        {"v1": 0, "v2": 0, "v3": 6},
    ]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), [("on_failure", "retry"), ("undo_at_deadline", 1)])
def test_a_knob_that_is_no_number_is_checked_too(field: str, value: Any) -> None:
    with pytest.raises(KnobError, match=rf"^Rolling\.{field}: {value!r} is neither "):
        Rolling(**{field: value})


@pytest.mark.parametrize("deadline", [10, 20])
def test_a_deadline_that_is_over_before_anything_is_available_is_refused(deadline: float) -> None:
    with pytest.raises(
        KnobError, match=rf"^Rolling\.progress_deadline: {deadline}.* above min_ready_seconds"
    ):
        Rolling(min_ready_seconds=20, progress_deadline=deadline)
    assert Rolling(min_ready_seconds=20, progress_deadline=20.5).min_ready_seconds == 20


def test_a_word_in_vain_is_told() -> None:
    run = roll_out(Rolling(), Scenario(orders=(Order(5, "abort"), Order(10, "pause"), Order(20, "undo"))))
    notes = " | ".join(step.note for step, _ in run.steps)
    assert "to v2; abort is not heard |" in notes
    assert "on v2; undo is not heard while paused" in notes


@pytest.mark.parametrize("action", ["promote full", "promote", "pause", "retry"])
def test_a_release_is_heard_whatever_is_said_in_the_same_moment(action: Any) -> None:
    orders = Release(5, Version("v3")), Order(5, action), Order(50, "resume")
    run = release(Rolling(batch_size=2, hold=5), *orders)
    assert (run.outcome, set(left(run))) == (Outcome.PROMOTED, {"v3"})
