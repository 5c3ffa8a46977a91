"""A nearest rank is one of the values themselves, however few of them are looked at to find it."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from deploylab.model.over_time import nearest_ranks


@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(1, 5_000),
    spread=st.sampled_from([1, 5, 10**10]),
    percents=st.lists(st.sampled_from([0, 0.5, 1, 50, 95, 99, 99.9, 100]), min_size=1, max_size=3),
)
def test_a_nearest_rank_is_found_among_few_as_among_all(
    seed: int, size: int, spread: int, percents: list[float]
) -> None:
    latencies = np.random.default_rng(seed).integers(0, spread, size)
    ordered = np.sort(latencies)
    ranks = [max(1, ceil(Fraction(str(percent)) * size / 100)) for percent in percents]
    assert nearest_ranks(latencies, *percents) == tuple(ordered[rank - 1] / 1e9 for rank in ranks)


def test_a_sample_that_looks_at_the_largest_alone_misses_no_rank() -> None:
    latencies = np.where(np.arange(4_000) % 4 == 0, 9, 1)
    assert nearest_ranks(latencies, 50) == (1e-9,)
