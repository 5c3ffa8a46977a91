"""The engine against SimPy, to the nanosecond: queues, workers, timeouts, kills, weights and sticky users."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploylab.engine.rollout import roll_out
from deploylab.model.record import Status
from deploylab.model.rollout import Outcome, Step, Strategy
from deploylab.model.run import Run
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version

from .in_simpy import retold
from .worlds import patterns, scenarios, script, script_for_three, steps

thorough = settings(
    max_examples=150, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def sound(scenario: Scenario) -> Scenario:
    """The same without faults and cold starts, which the other side does not know."""
    bare = [replace(build, faults=(), warm_up_time=0) for build in scenario.builds]
    orders = tuple(replace(o, version=bare[2]) if hasattr(o, "version") else o for o in scenario.orders)
    return replace(scenario, stable=bare[0], candidate=bare[1], orders=orders)


def assert_simpy_says_the_same(run: Run) -> None:
    told = list(zip(run.log.status.tolist(), run.log.latency.tolist(), strict=True))
    assert told == retold(run)


@given(scenarios(), st.lists(steps(), min_size=1, max_size=6))
@thorough
def test_simpy_gives_the_same_answers_in_any_script_of_steps(scenario: Scenario, wanted: list[Step]) -> None:
    unmirrored = [replace(step, mirror=0) for step in wanted]
    assert_simpy_says_the_same(roll_out(script_for_three(*unmirrored), sound(scenario)))


@given(scenarios(), patterns())
@thorough
def test_simpy_gives_the_same_answers_for_every_pattern(scenario: Scenario, pattern: Strategy) -> None:
    run = roll_out(pattern, sound(scenario))
    if not len(run.mirrored):
        assert_simpy_says_the_same(run)


def test_the_scenario_with_all_fates_is_one_of_them() -> None:
    """Kills, timeouts and errors do happen in what is compared."""
    scenario = Scenario(
        stable=Version("v1", service_time=0.3, error_rate=0.1),
        replicas=3,
        traffic=Traffic(rate=30, sticky=True),
        platform=Platform(termination_grace_period=2, request_timeout=3),
        duration=60,
    )
    run = roll_out(script(Step({"v1": 3}, hold=20), Step({"v1": 1, "v2": 2}, hold=20)), scenario)
    assert run.outcome is Outcome.STALLED
    assert all(run.fates[status] for status in Status)
    assert_simpy_says_the_same(run)
