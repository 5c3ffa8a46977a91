"""How many instances a canary and the stable version get where a router divides the traffic.

Source: Argo Rollouts, utils/replicaset/canary.go; every function has the name of the one it follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil


def traffic_weight_to_replicas(replicas: int, weight: float, max_weight: float = 100) -> int:
    """The instances that serve this share of the traffic; a part of one is a whole one.

    >>> traffic_weight_to_replicas(10, 25)
    3
    """
    return ceil(weight * replicas / max_weight)


def check_min_pods_per_replica_set(count: int, least: int) -> int:
    """At least so many instances, unless none are wanted.

    >>> check_min_pods_per_replica_set(1, least=2), check_min_pods_per_replica_set(0, least=2)
    (2, 0)
    """
    return max(count, least) if count else 0


def calculate_replica_counts_for_traffic_routed_canary(
    replicas: int,
    weight: float,
    explicit: int | None = None,
    min_pods: int = 1,
    dynamic_stable_scale: bool = False,
    weights: tuple[float, float] | None = None,
    abort: bool = False,
) -> tuple[int, int]:
    """The (canary, stable) counts for the traffic that is wanted and for that which flows (`weights`).

    The stable version stays at full size, unless `dynamic_stable_scale` lets it shrink as its traffic does.
    `explicit` is a size of the canary that was set by hand.

    >>> calculate_replica_counts_for_traffic_routed_canary(10, 25)
    (3, 10)
    >>> calculate_replica_counts_for_traffic_routed_canary(10, 25, dynamic_stable_scale=True)
    (3, 8)
    """
    canary = explicit
    if canary is None:
        canary = check_min_pods_per_replica_set(traffic_weight_to_replicas(replicas, weight), min_pods)
    if not dynamic_stable_scale:
        return canary, replicas
    stable = traffic_weight_to_replicas(replicas, 100 - weight)
    if weights is not None:
        stable = max(stable, traffic_weight_to_replicas(replicas, weights[1]))
        if abort:
            canary = max(canary, traffic_weight_to_replicas(replicas, weights[0]))
    return (
        check_min_pods_per_replica_set(canary, min_pods),
        check_min_pods_per_replica_set(stable, min_pods),
    )


def get_desired_canary_weight(
    ladder: Sequence[float], replicas: int, stable_available: int, canary_available: int = 0
) -> float:
    """The next lower weight after an abort, while the stable version has to grow again: down the ladder.

    It is the highest weight that needs fewer instances than the stable version lacks. Where the canary is not
    kept for a while, it also waits until the canary has shrunk: `canary_available`.

    >>> get_desired_canary_weight((20, 40, 80), replicas=10, stable_available=6)
    20
    """
    lacking = max(replicas - stable_available, canary_available)
    lower = (weight for weight in reversed(ladder) if traffic_weight_to_replicas(replicas, weight) < lacking)
    return next(lower, 0.0)
