"""Without a router a weight is instances: the arithmetic comes as near as it can, and settles."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from deploylab.model.rollout import Counts
from deploylab.patterns.argo.basic_canary import (
    approximate_weighted_canary_stable_replica_counts,
    calculate_replica_counts_for_basic_canary,
)


@example(2, 75, False)
@given(st.integers(1, 40), st.integers(1, 99), st.booleans())
def test_the_approximation_is_the_nearest_that_serves_both(n: int, weight: int, surge: bool) -> None:
    canary, stable = approximate_weighted_canary_stable_replica_counts(n, weight, int(surge))
    assert canary + stable in ((n, n + 1) if surge else (n,))
    if n > 1 and not surge and 2 * n * (100 - weight) == 100:  # see its docstring
        assert (canary, stable) == (0, n)
    elif n > 1 or surge:
        assert min(canary, stable) > 0
        totals = range(n, n + 1 + surge)
        others = [abs(c / total - weight / 100) for total in totals for c in range(1, total)]
        assert abs(canary / (canary + stable) - weight / 100) <= min(others) + 1e-12


@given(st.data())
def test_syncs_settle_within_the_limits(data: st.DataObject) -> None:
    n, weight = data.draw(st.integers(1, 20)), data.draw(st.integers(0, 100))
    surge, unavailable = data.draw(st.integers(0, n)), data.draw(st.integers(0, n))
    unavailable = unavailable if surge else max(1, unavailable)
    sizes = data.draw(st.integers(0, n)), data.draw(st.integers(0, n))
    ready = [data.draw(st.integers(0, size)) for size in sizes]
    most = max(sum(sizes), n + surge)
    for _ in range(4):
        canary, stable = (Counts(s, available=min(s, r)) for s, r in zip(sizes, ready, strict=True))
        before = sizes
        sizes = calculate_replica_counts_for_basic_canary(n, weight, surge, unavailable, canary, stable)
        assert 0 <= sum(sizes) <= most
    assert sizes == before
