"""Sticky users: nobody is moved without need, and yet the weights hold."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.engine.affinity import Affinity, Rendezvous
from deploylab.engine.rollout import roll_out
from deploylab.engine.workload import user_luck
from deploylab.model.rollout import Step
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.patterns.canary import Canary

from .worlds import script

some = settings(max_examples=80, derandomize=True, deadline=None)
slots = st.sets(st.integers(1, 60), min_size=1, max_size=20)
seeds = st.integers(0, 2**32)


@given(seeds, st.integers(1, 3_000), st.lists(st.fractions(0, 1), min_size=2, max_size=5))
@some
def test_no_user_leaves_the_candidate_when_its_weight_rises(
    seed: int, users: int, weights: list[Fraction]
) -> None:
    affinity = Affinity(seed, users, versions=2)
    tables = [affinity.table([{1, 2, 3}, {4, 5}], (1 - weight, weight)) for weight in sorted(weights)]
    for before, after in pairwise(tables):
        on_candidate = before >= 4
        assert (after[on_candidate] == before[on_candidate]).all()


@given(seeds, slots, slots)
@some
def test_only_those_users_move_whose_instance_has_gone_or_who_like_a_new_one_better(
    seed: int, old: set[int], new: set[int]
) -> None:
    group = Rendezvous(user_luck(seed, 500)[1])
    before, after = group.among(old), group.among(new)
    moved = before != after
    assert set(before[moved & ~np.isin(after, list(new - old))].tolist()) <= old - new
    assert set(after.tolist()) <= new


@given(seeds, st.lists(st.sets(st.integers(1, 12), max_size=8), min_size=1, max_size=6))
@some
def test_what_came_before_makes_no_difference(seed: int, history: list[set[int]]) -> None:
    words = user_luck(seed, 300)[1]
    group = Rendezvous(words)
    tables = [group.among(slots) for slots in history]
    assert (tables[-1] == Rendezvous(words).among(history[-1])).all()


@pytest.mark.parametrize("percent", [1, 5, 25, 50])
def test_the_candidate_meets_its_share_of_many_users_within_a_few_permille(percent: int) -> None:
    table = Affinity(7, 50_000, versions=2).table(
        [{1, 2, 3}, {4, 5}], (Fraction(100 - percent, 100), Fraction(percent, 100))
    )
    assert abs((table >= 4).mean() - percent / 100) < 0.0001
    of_slots = np.bincount(table, minlength=6) / len(table)
    assert np.abs(of_slots[1:4] - (1 - percent / 100) / 3).max() < 0.008
    assert np.abs(of_slots[4:] - percent / 100 / 2).max() < 0.008


def test_a_user_of_a_canary_goes_over_once_and_for_good() -> None:
    scenario = Scenario(traffic=Traffic(sticky=True, users=300), duration=300)
    log = roll_out(Canary(weights=(10, 30, 60), hold=20), scenario).log
    for user in range(300):
        version = log.version[(log.user == user) & (log.version >= 0)]
        assert (np.diff(version) >= 0).all()


def test_a_user_keeps_one_instance_while_nothing_changes() -> None:
    scenario = Scenario(traffic=Traffic(sticky=True, users=300), platform=Platform(endpoint_lag=0))
    log = roll_out(script(Step({"v1": 6}, hold=60)), scenario).log
    assert len({(u, i) for u, i in zip(log.user.tolist(), log.instance.tolist(), strict=True)}) <= 300
    assert len(set(log.instance.tolist())) == 6
