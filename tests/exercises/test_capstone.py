"""The capstone: the same seed is the same incident, every one can be won, and nobody wins without looking."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import deploylab as dl
from deploylab.exercises.capstone import NAIVE, REFERENCES, SHOP, hidden
from deploylab.exercises.choosing_a_pattern import INCIDENTS
from deploylab.model.errors import KnobError
from deploylab.model.rollout import Rollout, Strategy

SEEDS = (*INCIDENTS[:4], 89, 2**62)  # a fault of each kind
KINDS = {"errors", "slow", "leak", "overload", "data"}


def nothing_at_all(scenario: dl.Scenario) -> Rollout:
    yield dl.Step({scenario.stable.name: scenario.replicas})
    return dl.Outcome.ROLLED_BACK


def kind(version: dl.Version) -> str:
    if version.fault(dl.IncompatibleData):
        return "data"
    faults = {"leak": dl.Leak, "overload": dl.Overload}
    named = [name for name, fault in faults.items() if version.fault(fault)]
    return named[0] if named else "errors" if version.error_rate else "slow"


BLIND = dl.Analysis(max_error_rate=1, max_latency_p99=3600, min_requests=1)
NOBODY_LOOKS: list[Strategy] = [
    NAIVE, dl.Recreate(), dl.BlueGreen(analysis=BLIND), dl.Canary(analysis=BLIND),
    dl.Rolling(batch_size=6, analysis=BLIND), nothing_at_all,
]  # fmt: skip

any_strategy = st.one_of(
    st.builds(dl.Rolling, batch_size=st.integers(1, 8), hold=st.floats(0, 500)),
    st.builds(dl.Rolling, max_surge=st.integers(1, 8), max_unavailable=st.integers(0, 6)),
    st.builds(dl.BlueGreen, preview_hold=st.floats(0, 500), scale_down_delay=st.floats(0, 500)),
    st.builds(dl.Canary, hold=st.floats(0, 300), weights=st.sampled_from([(1,), (50, 100), (1, 2, 3, 4)])),
    st.just(dl.Recreate()),
    st.just(nothing_at_all),
)


@given(st.integers(0, 2**63 - 1), any_strategy)
@settings(max_examples=15, deadline=None)
def test_every_score_is_between_0_and_100_and_always_the_same(seed: int, strategy: Strategy) -> None:
    first, second = (dl.incident(seed).release(strategy) for _ in range(2))
    assert 0 <= first.score <= 100
    assert first.score == round(sum(first.points.values()))
    assert repr(first) == repr(second)


@given(st.integers(0, 2**63 - 1))
def test_a_seed_is_an_incident_and_another_seed_is_another(seed: int) -> None:
    assert dl.incident(seed) == dl.incident(seed)
    assert hidden(seed) == hidden(seed) != SHOP.candidate


def test_every_kind_of_fault_comes_up_in_five_seeds_and_neighbours_differ() -> None:
    kinds = [kind(hidden(seed)) for seed in range(200)]
    assert [set(kinds[five : five + 5]) for five in range(0, 200, 5)] == [KINDS] * 40
    assert [seed for seed in range(199) if kinds[seed] == kinds[seed + 1]] == []
    assert len({hidden(seed) for seed in range(200)}) > 100
    assert len({tuple(kinds[five : five + 5]) for five in range(0, 200, 5)}) > 20, "in no order to be guessed"


@pytest.mark.parametrize("seed", SEEDS)
def test_every_incident_can_be_won(seed: int) -> None:
    assert max(dl.incident(seed).release(reference).score for reference in REFERENCES) >= 85


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_wins_without_looking(seed: int) -> None:
    assert max(dl.incident(seed).release(strategy).score for strategy in NOBODY_LOOKS) == 0


def test_no_reference_is_the_best_in_every_incident() -> None:
    """What suits one fault is wrong for another: a shadow writes data, too."""
    best = {
        max(range(len(REFERENCES)), key=lambda one: dl.incident(seed).release(REFERENCES[one]).score)
        for seed in SEEDS
    }
    assert len(best) > 1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_fault_is_not_to_be_seen_before_the_release(seed: int) -> None:
    incident = dl.incident(seed)
    heard: list[dl.Scenario] = []

    def listens(scenario: dl.Scenario) -> Rollout:
        heard.append(scenario)
        return (yield from nothing_at_all(scenario))

    released = incident.release(listens)
    shown = [
        repr(incident), repr(vars(incident)), repr(incident.scenario), repr(heard),
        repr(dl.storyboard(dl.Canary(), incident.scenario)), pickle.dumps(incident).decode("latin1"),
    ]  # fmt: skip
    assert released.fault in repr(released)
    assert [text for text in shown if released.fault in text] == []
    assert {one.candidate for one in (*heard, incident.scenario)} == {SHOP.candidate}


def test_fewer_users_hurt_are_more_points_for_them() -> None:
    strategies: list[Strategy] = [NAIVE, dl.BlueGreen(), *REFERENCES]
    released = [dl.incident(1).release(strategy) for strategy in strategies]
    released.sort(key=lambda one: one.users_hurt)
    points = [one.points["users"] for one in released]
    assert points == sorted(points, reverse=True)
    assert points[0] == 70
    assert points[-1] == 0


def test_who_takes_no_build_back_gets_no_points_though_the_window_ends_before_the_harm() -> None:
    released = dl.incident(47).release(dl.Canary(analysis=BLIND))  # a late leak
    assert released.faulty.outcome is dl.Outcome.PROMOTED
    assert released.users_hurt < dl.incident(47).release(NAIVE).users_hurt
    assert released.score == 0


def test_releasing_nothing_at_all_is_no_merit() -> None:
    released = dl.incident(4).release(nothing_at_all)
    assert released.users_hurt == 0
    assert released.score == dl.incident(4).release(dl.Shadow()).score == 0


def test_a_healthy_build_may_hurt_too_and_that_counts() -> None:
    released = dl.incident(1).release(dl.Recreate())
    rows = dict(released.summary.rows)
    assert rows["of them by the repair"] == f"{released.repaired.users_hurt:,}" != "0"
    assert released.users_hurt == released.faulty.users_hurt + released.repaired.users_hurt


def test_postmortems_of_one_incident_stand_side_by_side() -> None:
    first, second = dl.incident(2).release(dl.Canary()), dl.incident(2).release(dl.BlueGreen())
    assert "users hurt" in repr(dl.compare([first, second]))
    assert "<script" not in first._repr_html_()
    with pytest.raises(dl.DeploylabError, match="seed"):
        dl.compare([first, dl.incident(3).release(dl.Canary())])


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None])
def test_what_is_no_seed_is_refused(seed: Any) -> None:
    with pytest.raises(KnobError, match=r"Incident\.seed"):
        dl.incident(seed)
