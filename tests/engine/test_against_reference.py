"""The engine against an independent simulation of the same world, to the nanosecond."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploylab.engine import balancer
from deploylab.engine.rollout import roll_out
from deploylab.model.rollout import Step, Strategy
from deploylab.model.run import Run
from deploylab.model.scenario import Scenario

from .reference import Reference
from .worlds import columns, patterns, plain, scenarios, script_for_three, steps


def assert_both_worlds_agree(strategy: Strategy, scenario: Scenario) -> Run:
    run, truth = roll_out(strategy, scenario), roll_out(strategy, scenario, Reference)
    assert run.outcome is truth.outcome
    assert [plain(seen) for _, seen in run.steps] == [plain(seen) for _, seen in truth.steps]
    assert tuple(replace(instance, outages=()) for instance in run.instances) == truth.instances
    assert_service_is_as_the_events_tell(run)
    assert columns(run.log) == columns(truth.log)
    assert columns(run.mirrored) == columns(truth.mirrored)
    assert run.end == truth.end
    return run


def assert_service_is_as_the_events_tell(run: Run) -> None:
    """Each instance serves from its Ready to its OOMKilled or Stopping, whichever comes first."""
    told: dict[str, list[tuple[float, str]]] = {}
    for event in run.events:
        if event.reason in {"Ready", "OOMKilled", "Stopping"}:
            told.setdefault(event.message.split()[0], []).append((event.time, event.reason))
    for instance in run.instances:
        spans: list[tuple[float, float | None]] = []
        since = instance.ready if instance.ready == 0 and instance.started == 0 else None
        for time, reason in told.get(instance.name, []):
            if reason == "Ready":
                since = time
            elif since is not None:
                spans, since = [*spans, (since, time)], None
        spans += [(since, None)] if since is not None else []
        assert [span for span in instance.served if span[0] <= run.end] == [
            (up, down) for up, down in spans
        ] or any(down is not None and down > run.end for _, down in instance.served)


thorough = settings(
    max_examples=300, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@given(scenarios(leaks=True), st.lists(steps(), min_size=1, max_size=6))
@thorough
def test_any_script_of_steps_has_the_same_history_in_both_worlds(
    scenario: Scenario, wanted: list[Step]
) -> None:
    assert_both_worlds_agree(script_for_three(*wanted), scenario)


@given(scenarios(), patterns())
@thorough
def test_every_pattern_has_the_same_history_in_both_worlds(scenario: Scenario, pattern: Strategy) -> None:
    assert_both_worlds_agree(pattern, scenario)


@given(scenarios(leaks=True), st.lists(steps(), min_size=1, max_size=6), st.integers(1, 40))
@settings(thorough, max_examples=100)
def test_it_makes_no_difference_in_how_many_blocks_the_requests_are_served(
    scenario: Scenario, wanted: list[Step], block: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(balancer, "BLOCK", block)
        assert_both_worlds_agree(script_for_three(*wanted), scenario)
