"""How many instances a canary and the stable version get where the traffic follows the instances.

Source: Argo Rollouts, utils/replicaset/canary.go; every function has the name of the one it follows. A
ReplicaSet is given as `Counts`, of which `desired` (its spec) and `available` matter, or as None.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from ...model.rollout import Counts
from ..kubernetes.deployment_controller import min_available


def approximate_weighted_canary_stable_replica_counts(
    replicas: int, weight: float, max_surge: int, max_weight: float = 100
) -> tuple[int, int]:
    """The (canary, stable) counts whose ratio comes nearest to `weight`; a tie takes the larger canary.

    Of `replicas` instances in all, or one more if a surge is allowed. A weight between 0 and all never means
    no canary, unless there is one replica and no surge, or the weight asks for half an instance less than all
    without a surge, such as 75 % of two: Argo Rollouts then finds no option and answers with no canary.

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
    increasing = canary is None or want >= canary.desired
    least, most = min_available(replicas, max_unavailable), replicas + max_surge
    spare = _serving(canary, stable, increasing) - least
    if older or spare <= 0:
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


def _serving(canary: Counts | None, stable: Counts | None, increasing: bool) -> int:
    """How many instances count as serving; of the side that grows only those that are available do."""
    sides = (canary, not increasing), (stable, increasing)
    return sum(get_replicas_for_scale_down(counts, shrinking) for counts, shrinking in sides)


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


def settled(
    replicas: int,
    weight: float,
    fenceposts: tuple[int, int],
    counts: tuple[Counts, Counts],
    sizes: tuple[int, int],
) -> tuple[int, int]:
    """The (canary, stable) counts of the next moment: it syncs, in no time, until a sync changes nothing."""
    before = None
    while before != sizes:
        before = sizes
        canary, stable = (replace(seen, desired=size) for seen, size in zip(counts, sizes, strict=True))
        sizes = calculate_replica_counts_for_basic_canary(replicas, weight, *fenceposts, canary, stable)
    return sizes
