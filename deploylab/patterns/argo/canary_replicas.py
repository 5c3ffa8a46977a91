"""How many instances a canary and the stable version get: the arithmetic of Argo Rollouts.

Source: Argo Rollouts, utils/replicaset/canary.go; every function has the name of the one it follows. A
ReplicaSet is given as `Counts`, of which `desired` (its spec) and `available` matter, or as None.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from ...model.rollout import Counts
from ..kubernetes.deployment_controller import get_scaled_value_from_int_or_percent, min_available

# Without a traffic router -------------------------------------------------------------------------------


def approximate_weighted_canary_stable_replica_counts(
    replicas: int, weight: float, max_surge: int, max_weight: float = 100
) -> tuple[int, int]:
    """The (canary, stable) counts whose ratio comes nearest to `weight`; a tie takes the larger canary.

    Of `replicas` instances in all, or one more if a surge is allowed. A weight between 0 and all never means
    no canary, unless there is one replica and no surge.

    >>> approximate_weighted_canary_stable_replica_counts(5, weight=30, max_surge=0)
    (2, 3)
    >>> approximate_weighted_canary_stable_replica_counts(1, weight=5, max_surge=1)
    (1, 1)
    """
    if not replicas:
        return 0, 0
    wanted = Fraction(weight) / Fraction(max_weight)
    up, down = ceil(wanted * replicas), floor(wanted * replicas)
    zero_allowed = weight in (0, max_weight) or (replicas == 1 and not max_surge)
    options = [(up, replicas)] if up < replicas or zero_allowed else []
    for total in (replicas, replicas + 1) if max_surge else (replicas,):
        if total > replicas:
            options.append((up, total))
        if (down or zero_allowed) and not floor_ceiling_tied(wanted, total):
            options.append((down, total))
    if not options:
        return 0, replicas
    canary, total = min(options, key=lambda option: abs(Fraction(*option) - wanted))
    return canary, total - canary


def floor_ceiling_tied(wanted: Fraction, total: int) -> bool:
    """Whether rounding up and down are equally far from the share `wanted` of `total` instances.

    >>> floor_ceiling_tied(Fraction(1, 2), total=3)
    True
    """
    return wanted * total % 1 == Fraction(1, 2)


def get_replicas_for_scale_down(counts: Counts | None, ignore_availability: bool) -> int:
    """How many of these instances count as serving when others are to be stopped.

    >>> get_replicas_for_scale_down(Counts(desired=5, available=2), ignore_availability=False)
    2
    """
    if counts is None:
        return 0
    return counts.desired if ignore_availability else min(counts.desired, counts.available)


def calculate_replica_counts_for_basic_canary(
    replicas: int,
    weight: float,
    max_surge: int,
    max_unavailable: int,
    canary: Counts | None,
    stable: Counts | None,
    older: int = 0,
) -> tuple[int, int]:
    """The (canary, stable) counts of the next sync: stable up first, then the canary, then down.

    `stable` is None when there is none apart from the canary; `older` counts the instances of still other
    versions, which have to go before either of the two shrinks.

    >>> ten = Counts(desired=10, available=10)
    >>> calculate_replica_counts_for_basic_canary(10, 30, 2, 0, canary=Counts(), stable=ten)
    (2, 10)
    """
    want, want_stable = approximate_weighted_canary_stable_replica_counts(replicas, weight, max_surge)
    if stable is None:
        want, want_stable = replicas, 0
    new, old = canary.desired if canary else 0, stable.desired if stable else 0
    room = replicas + max_surge - new - old - older
    if stable and room > 0:
        old, room = _grown(old, want_stable, room)
    if canary and room > 0:
        new, _ = _grown(new, want, room)
    if older:
        return new, old
    increasing = canary is None or want >= canary.desired
    serving = get_replicas_for_scale_down(canary, not increasing)
    serving += get_replicas_for_scale_down(stable, increasing)
    least, most = min_available(replicas, max_unavailable), replicas + max_surge
    spare = serving - least
    if spare <= 0:
        return new, old
    if not increasing:
        new = calculate_scale_down_replica_count(canary, want, spare, new)
        return adjust_replica_within_limits(canary, stable, new, old, most, least)
    if stable:
        old = calculate_scale_down_replica_count(stable, want_stable, spare, old)
        old, new = adjust_replica_within_limits(stable, canary, old, new, most, least)
    return new, old


def _grown(count: int, wanted: int, room: int) -> tuple[int, int]:
    """The count after growing towards `wanted`, and the room that is left."""
    more = min(max(0, wanted - count), room)
    return count + more, room - more


def calculate_scale_down_replica_count(drain: Counts | None, wanted: int, spare: int, count: int) -> int:
    """The size of the side that shrinks: as far as `spare` allows, never below `wanted`.

    >>> calculate_scale_down_replica_count(Counts(desired=10), wanted=7, spare=2, count=10)
    8
    """
    return max(wanted, drain.desired - spare) if drain and drain.desired > wanted else count


def adjust_replica_within_limits(
    drain: Counts | None, adjust: Counts | None, draining: int, adjusted: int, most: int, least: int
) -> tuple[int, int]:
    """Both sizes within the limits: at most `most` in all, and the side that grows gives way first.

    It takes back what it gave when fewer than `least` would be available.

    >>> adjust_replica_within_limits(Counts(2, available=2), Counts(8, available=8), 2, 10, most=11, least=9)
    (2, 9)
    """
    if adjust is None:
        return draining, adjusted
    adjusted -= max(0, adjusted + draining - most)
    available = min(adjust.available, adjusted) + (min(drain.available, draining) if drain else 0)
    lost = max(0, adjust.available - adjusted)
    adjusted += min(lost, max(0, least - available))
    return draining - max(0, adjusted + draining - most), adjusted


# With a traffic router ----------------------------------------------------------------------------------


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


# When a step is reached ---------------------------------------------------------------------------------


def replica_progress_threshold_met(threshold: int | str | None, counts: Counts | None, desired: int) -> bool:
    """Whether enough of the desired instances are available: a number of them, or a share like "90%".

    None, and what lies outside of what is desired, mean all of them.

    >>> replica_progress_threshold_met("90%", Counts(available=9), desired=10)
    True
    """
    if counts is None:
        return False
    enough = desired
    if isinstance(threshold, str) and not threshold.startswith("-"):
        enough = get_scaled_value_from_int_or_percent(threshold, desired)
    elif isinstance(threshold, int) and threshold >= 0:
        enough = threshold
    return counts.available >= min(enough, desired)


def should_full_promote(
    steps: int, index: int, canary: Counts | None, replicas: int, threshold: int | str | None = None
) -> str:
    """Why the canary becomes the stable version now; empty when it does not yet.

    >>> should_full_promote(steps=3, index=3, canary=Counts(available=6), replicas=6)
    'Completed all 3 canary steps'
    """
    if index < steps or not replica_progress_threshold_met(threshold, canary, replicas):
        return ""
    return f"Completed all {steps} canary steps"
