"""A percentile of many groups at once is that of each group by itself."""

from __future__ import annotations

from math import ceil

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from deploylab.views.ranks import nearest_ranks_by_group


@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(0, 3_000),
    groups=st.integers(1, 20),
    percent=st.sampled_from([1, 50, 95, 99, 100]),
    spread=st.sampled_from([1, 10, 10**12]),
)
def test_every_group_has_the_nearest_rank_of_its_own_values(
    seed: int, size: int, groups: int, percent: int, spread: int
) -> None:
    draw = np.random.default_rng(seed)
    group = draw.integers(0, groups, size, endpoint=True)
    values = draw.integers(0, spread, size) // (group + 1)
    ranked = nearest_ranks_by_group(values, group, groups, percent)
    for number in range(groups):
        mine = np.sort(values[group == number])
        rank = ceil(percent * len(mine) / 100)
        assert ranked[number] == mine[rank - 1] if len(mine) else np.isnan(ranked[number])


def test_a_sample_that_guesses_too_high_costs_nothing_but_time() -> None:
    values = np.where(np.arange(1_000) % 16 == 0, 1_000 + np.arange(1_000), np.arange(1_000))
    ranked = nearest_ranks_by_group(values, np.zeros(1_000, np.int64), 1, 50)
    assert ranked.tolist() == [np.sort(values)[499]]
