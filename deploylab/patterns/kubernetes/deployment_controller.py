"""The arithmetic of the Kubernetes Deployment controller, function by function under the names it has there.

Source: Kubernetes, pkg/controller/deployment/{rolling,sync,progress}.go and util/deployment_util.go. Lists of
old ReplicaSets are in the order of their creation, the oldest first; instances that terminate never count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, floor
from numbers import Integral
from typing import NamedTuple, SupportsInt, TypeGuard

from ...model.errors import KnobError


class ReplicaSet(NamedTuple):
    """How many instances of one version are wanted, and how many of these are available."""

    replicas: int
    available: int = 0


class DeploymentStatus(NamedTuple):
    """What a Deployment reports: all of its instances, and how many are updated, ready and available."""

    replicas: int
    updated: int
    ready: int
    available: int


Sets = Sequence[ReplicaSet]


def get_scaled_value_from_int_or_percent(
    value: object, total: int, field: str = "max_surge", rounding: Callable[[Fraction], int] = ceil
) -> int:
    """How many of `total` a number or a percentage means; a percentage is rounded by `rounding`.

    >>> scaled = get_scaled_value_from_int_or_percent
    >>> scaled("25%", 3), scaled("25%", 3, rounding=floor), scaled(2, 3)
    (1, 0, 2)
    """
    if whole(value, least=0):
        return int(value)
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdecimal():
        return rounding(Fraction(int(value[:-1]) * total, 100))
    problem = "is neither a whole number from 0 up nor a percentage; use for example 2 or '25%'"
    raise KnobError("Rolling", field, value, problem)


def whole(value: object, least: int) -> TypeGuard[SupportsInt]:
    """Whether this is a whole number from `least` up; a bool is none."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def resolve_fenceposts(max_surge: int | str, max_unavailable: int | str, desired: int) -> tuple[int, int]:
    """Surge rounds up, unavailable rounds down; if both come to 0, one instance may be unavailable.

    >>> resolve_fenceposts("25%", "25%", 3)
    (1, 0)
    """
    surge = get_scaled_value_from_int_or_percent(max_surge, desired, "max_surge")
    unavailable = get_scaled_value_from_int_or_percent(max_unavailable, desired, "max_unavailable", floor)
    return surge, unavailable if surge or unavailable else 1


def min_available(desired: int, unavailable: int) -> int:
    """How many instances must stay available; `unavailable` counts for `desired` at most.

    >>> min_available(desired=10, unavailable=3), min_available(desired=2, unavailable=3)
    (7, 0)
    """
    return desired - min(unavailable, desired)


# Rolling -------------------------------------------------------------------------------------------------


def reconcile(
    olds: Sets, new: ReplicaSet, desired: int, surge: int, unavailable: int
) -> tuple[list[int], int]:
    """What the controller asks for next, (old, new): it syncs until a sync changes nothing.

    The controller's syncs take no time here, so a whole burst of them comes at once.

    >>> reconcile([ReplicaSet(20, 20)], ReplicaSet(0), desired=20, surge=5, unavailable=5)
    ([15], 10)
    """
    while True:
        wanted, scaled = rollout_rolling(olds, new, desired, surge, unavailable)
        if scaled == new.replicas and wanted == [old.replicas for old in olds]:
            return wanted, scaled
        # Those that are not available were stopped first, and those that start now are not available yet.
        olds = [ReplicaSet(n, min(old.available, n)) for n, old in zip(wanted, olds, strict=True)]
        new = ReplicaSet(scaled, min(new.available, scaled))


def rollout_rolling(
    olds: Sets, new: ReplicaSet, desired: int, surge: int, unavailable: int
) -> tuple[list[int], int]:
    """One sync: it scales the new ReplicaSet, and only if there is nothing to scale there, the old ones down.

    >>> rollout_rolling([ReplicaSet(10, 10)], ReplicaSet(0), desired=10, surge=3, unavailable=2)
    ([10], 3)
    >>> rollout_rolling([ReplicaSet(10, 10)], ReplicaSet(3), desired=10, surge=3, unavailable=2)
    ([8], 3)
    """
    wanted = [old.replicas for old in olds]
    scaled = reconcile_new_replica_set(sum(wanted), new.replicas, desired, surge)
    if scaled != new.replicas:
        return wanted, scaled
    return reconcile_old_replica_sets(olds, new, desired, unavailable), scaled


def reconcile_new_replica_set(old: int, new: int, desired: int, surge: int) -> int:
    """The new ReplicaSet after one sync: as large as the surge allows, and never above what is desired.

    >>> reconcile_new_replica_set(old=9, new=2, desired=10, surge=3)
    4
    """
    return desired if new > desired else new_rs_new_replicas(desired, surge, old + new, new)


def new_rs_new_replicas(desired: int, surge: int, total: int, new: int) -> int:
    """How far up the new ReplicaSet may go while there are `total` instances; never down.

    >>> new_rs_new_replicas(desired=10, surge=2, total=10, new=0)
    2
    """
    return new if total >= desired + surge else new + min(desired + surge - total, desired - new)


def reconcile_old_replica_sets(olds: Sets, new: ReplicaSet, desired: int, unavailable: int) -> list[int]:
    """The old ReplicaSets after one sync: first the unhealthy ones go, then as many as availability allows.

    New instances that are not available yet hold back as many old ones.

    >>> reconcile_old_replica_sets([ReplicaSet(8, 8)], ReplicaSet(5, 2), desired=10, unavailable=2)
    [6]
    """
    total = sum(old.replicas for old in olds) + new.replicas
    may_go = total - min_available(desired, unavailable) - (new.replicas - new.available)
    if may_go <= 0:
        return [old.replicas for old in olds]
    left = cleanup_unhealthy_replicas(olds, may_go)
    return scale_down_old_replica_sets_for_rolling_update(left, new.available, desired, unavailable)


def cleanup_unhealthy_replicas(olds: Sets, most: int) -> list[ReplicaSet]:
    """The old ReplicaSets without their unavailable instances, of which `most` go now, the oldest set first.

    >>> cleanup_unhealthy_replicas([ReplicaSet(6, 4), ReplicaSet(3, 0)], most=3)
    [ReplicaSet(replicas=4, available=4), ReplicaSet(replicas=2, available=0)]
    """
    left = []
    for old in olds:
        gone = max(0, min(most, old.replicas - old.available))
        most -= gone
        left.append(ReplicaSet(old.replicas - gone, old.available))
    return left


def scale_down_old_replica_sets_for_rolling_update(
    olds: Sets, new_available: int, desired: int, unavailable: int
) -> list[int]:
    """The old ReplicaSets without the instances that availability can spare now, the oldest set first.

    >>> olds = [ReplicaSet(2, 2), ReplicaSet(6, 6)]
    >>> scale_down_old_replica_sets_for_rolling_update(olds, new_available=5, desired=10, unavailable=1)
    [0, 4]
    """
    spare = sum(old.available for old in olds) + new_available - min_available(desired, unavailable)
    return oldest_first([old.replicas for old in olds], spare)


def oldest_first(sizes: Sequence[int], count: int) -> list[int]:
    """These sizes less `count` in all, taken from the first ones; a negative count takes nothing.

    >>> oldest_first([2, 6], 4)
    [0, 4]
    """
    left = []
    for size in sizes:
        gone = max(0, min(size, count))
        count -= gone
        left.append(size - gone)
    return left


# Progress ------------------------------------------------------------------------------------------------


def deployment_complete(desired: int, current: int, updated: int, available: int) -> bool:
    """Whether all instances are new ones, all of them available, and no old one is left.

    >>> deployment_complete(desired=3, current=3, updated=3, available=2)
    False
    """
    return updated == desired and current == desired and available == desired


def deployment_progressing(before: DeploymentStatus, after: DeploymentStatus) -> bool:
    """Whether this is progress: more new instances, fewer old ones, or more that are ready or available.

    It is measured against the status just before: an instance that comes and goes makes progress each time.

    >>> before = DeploymentStatus(replicas=10, updated=4, ready=9, available=9)
    >>> deployment_progressing(before, before._replace(ready=8)), deployment_progressing(
    ...     before._replace(ready=8), before)
    (False, True)
    """
    return (
        after.updated > before.updated
        or after.replicas - after.updated < before.replicas - before.updated
        or after.ready > before.ready
        or after.available > before.available
    )


def deployment_timed_out(last_progress: float, now: float, deadline: float, reason: str = "") -> bool:
    """Whether more than `deadline` seconds have passed without progress; `reason` is the last one reported.

    A rollout that was complete is not timed, and one that timed out stays so until there is progress.

    >>> deployment_timed_out(60, now=120, deadline=60), deployment_timed_out(60, now=120.1, deadline=60)
    (False, True)
    """
    if reason in ("NewReplicaSetAvailable", "ProgressDeadlineExceeded"):
        return reason == "ProgressDeadlineExceeded"
    return now - last_progress > deadline


# Scaling in the middle of a rollout ----------------------------------------------------------------------


def scale(olds: Sets, new: ReplicaSet, was: int, desired: int, surge: int) -> list[int]:
    """The ReplicaSets, old ones first, when `desired` changes while several are active: in proportion.

    `was` is the most instances that were allowed before, surge included. A paused rollout is scaled too.

    >>> scale([ReplicaSet(8)], ReplicaSet(5), was=13, desired=15, surge=3)
    [11, 7]
    """
    sets = [*olds, new]
    active = [n for n, one in enumerate(sets) if one.replicas]
    if len(active) <= 1:
        alone = active[0] if active else len(olds)
        return [desired if n == alone else 0 for n in range(len(sets))]
    if new.replicas == new.available == desired:
        return [0] * len(olds) + [desired]
    allowed = desired + surge if desired else 0
    to_add = allowed - sum(one.replicas for one in sets)
    newer_first = 1 if to_add < 0 else -1  # of equally large ones
    active.sort(key=lambda n: (-sets[n].replicas, newer_first * n))
    added: dict[int, int] = {}
    for n in active:
        added[n] = get_replica_set_proportion(sets[n].replicas, was, allowed, to_add, sum(added.values()))
    added[active[0]] += to_add - sum(added.values())
    return [max(0, one.replicas + added.get(n, 0)) for n, one in enumerate(sets)]


def get_replica_set_proportion(replicas: int, was: int, allowed: int, to_add: int, added: int) -> int:
    """How many of the `to_add` instances, of which `added` are dealt, go to a ReplicaSet of this size.

    >>> get_replica_set_proportion(8, was=13, allowed=18, to_add=5, added=0)
    3
    """
    if to_add == added:
        return 0
    fraction = floor(Fraction(replicas * allowed, was) + Fraction(1, 2)) - replicas
    return min(fraction, to_add - added) if to_add > 0 else max(fraction, to_add - added)
