"""Where DORA's clusters begin and end."""

from __future__ import annotations

import pytest

from deploylab.model.dora import DAY, HOUR, MONTH, WEEK, Placement, dora_cluster


@pytest.mark.parametrize(
    ("deployments_a_day", "cluster"),
    [
        (12, "elite"),
        (1.01, "elite"),
        (1, "high"),
        (1 / 7, "high"),
        (1 / 8, "medium"),
        (1 / 31, "low"),
        (0, "low"),
    ],
)
def test_the_frequency_names_its_cluster(deployments_a_day: float, cluster: str) -> None:
    assert dora_cluster(deployments_a_day, None, None).deployment_frequency == (cluster,)


@pytest.mark.parametrize(
    ("lead_time", "cluster"),
    [
        (HOUR, "elite"),
        (DAY, "high"),
        (WEEK, "high"),
        (8 * DAY, "medium"),
        (MONTH, "medium"),
        (40 * DAY, "low"),
    ],
)
def test_the_lead_time_names_its_cluster(lead_time: float, cluster: str) -> None:
    assert dora_cluster(1, lead_time, None).lead_time == (cluster,)


@pytest.mark.parametrize(
    ("rate", "cluster"), [(0, "elite"), (0.07, "elite"), (0.09, "medium"), (0.2, "high"), (0.31, "low")]
)
def test_the_failure_rate_names_the_nearest_and_medium_fails_less_than_high(
    rate: float, cluster: str
) -> None:
    assert dora_cluster(1, None, rate).change_failure_rate == (cluster,)


@pytest.mark.parametrize(
    ("time", "clusters"),
    [(60, ("elite",)), (HOUR, ("high", "medium")), (23 * HOUR, ("high", "medium")), (3 * DAY, ("low",))],
)
def test_high_and_medium_recover_alike(time: float, clusters: tuple[str, ...]) -> None:
    assert dora_cluster(1, None, None, time).recovery_time == clusters


def test_a_key_without_a_value_has_no_vote() -> None:
    assert dora_cluster(3, None, None).cluster == "elite"


def test_without_any_key_the_cluster_is_unknown() -> None:
    assert dora_cluster(None, None, None).cluster == "unknown"


def test_the_slower_cluster_wins_a_tie() -> None:
    assert Placement(("elite",), ("high",), ("elite",), ("high", "medium")).cluster == "high"
    assert Placement(("elite",), ("low",), (), ()).cluster == "low"
