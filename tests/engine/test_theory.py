"""Long runs of the queues against queueing theory: M/M/1, M/D/1 and M/M/c, means and p99 of the waits."""

from __future__ import annotations

import pytest

from benchmarks.theory import LOADS, WORKERS, Check, m_d_1, m_m_c

MOST_Z = 4.0  # of some 24 checks one in about 700 runs would be beyond, were the seeds not fixed


def assert_close(checks: tuple[Check, ...]) -> None:
    for check in checks:
        assert abs(check.z) < MOST_Z, check


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("workers", WORKERS)
def test_waits_of_m_m_c_are_what_theory_says(load: float, workers: int) -> None:
    assert_close(m_m_c(load, workers))


@pytest.mark.parametrize("load", LOADS)
def test_waits_of_m_d_1_are_what_theory_says(load: float) -> None:
    assert_close(m_d_1(load))


def test_a_queue_that_is_a_little_too_slow_would_be_found() -> None:
    right, _ = m_m_c(0.8, 1)
    error = (right.measured - right.theory) / right.z
    assert abs(1.05 * right.measured - right.theory) / abs(error) > MOST_Z
