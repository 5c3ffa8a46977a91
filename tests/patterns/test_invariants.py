"""What rolling, Flagger and a shadow promise whatever happens: random fleets, random people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deploylab.engine.rollout import roll_out
from deploylab.model.rollout import Outcome
from deploylab.model.scenario import Scenario
from deploylab.patterns.flagger import Flagger
from deploylab.patterns.kubernetes.deployment_controller import min_available, resolve_fenceposts
from deploylab.patterns.rolling import Rolling
from deploylab.patterns.shadow import Shadow

from .releases import fair_scenarios, many, moments, the_outcome_is_true


@st.composite
def rollings(draw: Any) -> Rolling:
    amounts = st.integers(0, 6) | st.integers(0, 100).map(lambda percent: f"{percent}%")
    surge, unavailable = draw(
        st.tuples(amounts, amounts).filter(lambda pair: not {*pair} <= {0, "0%"})
    )  # one of them above 0
    return Rolling(surge, unavailable, progress_deadline=draw(st.floats(5, 600)))


@given(rollings(), fair_scenarios())
@many
def test_a_rolling_update_keeps_between_surge_and_unavailable_whatever_people_say(
    rolling: Rolling, scenario: Scenario
) -> None:
    n = scenario.replicas
    surge, unavailable = resolve_fenceposts(rolling.max_surge, rolling.max_unavailable, n)
    run = roll_out(rolling, scenario)
    assert the_outcome_is_true(run)
    for moment, alive in moments(run):
        ready = [i for i in alive if i.ready is not None and i.ready <= moment]
        assert len(alive) <= n + surge
        assert len(ready) >= min_available(n, unavailable)


@given(rollings(), fair_scenarios(people=False), st.floats(0.1, 20))
@many
def test_an_instance_counts_as_available_only_when_it_has_been_ready_for_long_enough(
    rolling: Rolling, scenario: Scenario, min_ready: float
) -> None:
    rolling, n = replace(rolling, min_ready_seconds=min_ready, progress_deadline=600), scenario.replicas
    unavailable = resolve_fenceposts(rolling.max_surge, rolling.max_unavailable, n)[1]
    run = roll_out(rolling, scenario)
    assert run.outcome is Outcome.PROMOTED
    for moment, alive in moments(run):
        long = [
            i for i in alive if i.ready is not None and (not i.ready or moment - i.ready > min_ready - 1e-6)
        ]
        assert len(long) >= min_available(n, unavailable)


@given(fair_scenarios(), st.integers(1, 15), st.floats(0, 20), st.sampled_from(["undo", "stop"]))
@many
def test_batches_never_need_more_instances_than_there_were(
    scenario: Scenario, size: int, hold: float, on_failure: Any
) -> None:
    run = roll_out(Rolling(batch_size=size, hold=hold, on_failure=on_failure), scenario)
    assert the_outcome_is_true(run)
    assert all(len(alive) == scenario.replicas for _, alive in moments(run))


@given(
    fair_scenarios(), st.integers(0, 3), st.sampled_from([20, 60, 100]), st.sampled_from([0, 50, 100]),
    st.sampled_from([0, 0.02, 1]),
)  # fmt: skip
@many
def test_flagger_keeps_the_primary_and_the_canary_large_enough(
    scenario: Scenario, iterations: int, step: int, mirror: float, errors: float
) -> None:
    flagger = Flagger(
        interval=10, step_weight=step, iterations=iterations, mirror=mirror, step_weight_promotion=mirror
    )
    candidate = replace(scenario.candidate, error_rate=errors)
    run = roll_out(flagger, replace(scenario, candidate=candidate))
    n = scenario.replicas
    surge, unavailable = resolve_fenceposts("25%", "25%", n)
    assert the_outcome_is_true(run)
    for moment, alive in moments(run):
        ready = [i for i in alive if i.ready is not None and i.ready <= moment]
        assert len(alive) <= 2 * n + surge
        assert len(ready) >= min_available(n, unavailable)
    if errors == 1 and not scenario.orders:
        assert run.outcome is Outcome.ROLLED_BACK


@given(fair_scenarios(), st.floats(1, 100), st.sampled_from([0, 0.02, 1]))
@many
def test_nobody_meets_a_shadow(scenario: Scenario, share: float, errors: float) -> None:
    candidate = replace(scenario.candidate, error_rate=errors)
    run = roll_out(Shadow(share, hold=20), replace(scenario, candidate=candidate))
    assert the_outcome_is_true(run)
    assert run.outcome is Outcome.ROLLED_BACK
    assert the_outcome_is_true(roll_out(Shadow(share, hold=20, then=Rolling(batch_size=3, hold=5)), scenario))
    assert run.users_met_candidate == 0
    alone = roll_out(Shadow(share, hold=20), replace(scenario, candidate=replace(candidate, error_rate=0)))
    assert run.log.status.tolist() == alone.log.status.tolist()
