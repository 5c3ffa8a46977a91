"""The arithmetic of the Kubernetes Deployment controller, function by function under the names it has there.

Source: Kubernetes, pkg/controller/deployment/{rolling,sync}.go and util/deployment_util.go. Lists of
old ReplicaSets are in the order of their creation, the oldest first; instances that terminate never count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, floor
from numbers import Integral
from re import fullmatch
from typing import NamedTuple

from ...model.errors import KnobError

MOST = 2**31 - 1  # a whole number in an IntOrString is an int32


class ReplicaSet(NamedTuple):
    """How many instances of one version are wanted, and how many of these are available."""

    replicas: int
    available: int = 0


Sets = Sequence[ReplicaSet]


def get_scaled_value_from_int_or_percent(
    value: object,
    total: int,
    field: str = "max_surge",
    rounding: Callable[[Fraction], int] = ceil,
    owner: str = "Rolling",
) -> int:
    """How many of `total` a number or a percentage means; a percentage is rounded by `rounding`.

    >>> scaled = get_scaled_value_from_int_or_percent
    >>> scaled("25%", 3), scaled("25%", 3, rounding=floor), scaled(2, 3)
    (1, 0, 2)
    """
    wrong = "is neither a whole number from 0 up nor a percentage"
    if isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 0:
        if value <= MOST:
            return int(value)
        wrong = f"is above {MOST:,}, the most that Kubernetes reads"
    if isinstance(value, str) and fullmatch("[0-9]{1,18}%", value):  # as many as any int64 holds
        return rounding(Fraction(int(value[:-1]) * total, 100))
    raise KnobError(owner, field, value, f"{wrong}; use for example 2 or '25%'")


def check_fenceposts(owner: str, max_surge: object, max_unavailable: object, used: bool = True) -> None:
    """Refuse what is no number of instances, what leaves nothing to do and, where it is `used`, to stay.

    Argo Rollouts, too, refuses two zeros although nobody uses them beside a traffic router.

    >>> check_fenceposts("Rolling", "25%", 0)
    """
    surge = get_scaled_value_from_int_or_percent(max_surge, 100, "max_surge", owner=owner)
    unavailable = get_scaled_value_from_int_or_percent(max_unavailable, 100, "max_unavailable", owner=owner)
    problem = ""
    if used and isinstance(max_unavailable, str) and unavailable > 100:
        problem = "is more than all; a percentage from '0%' to '100%', for example '25%'"
    elif not surge and not unavailable:
        problem = "leaves nothing to do while max_surge is 0 too; one of them must be above 0"
        problem = f"{problem}, for example max_surge=1"
    if problem:
        raise KnobError(owner, "max_unavailable", max_unavailable, problem)


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
