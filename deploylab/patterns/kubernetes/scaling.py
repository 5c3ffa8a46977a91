"""What happens to several ReplicaSets when the wanted number changes in the middle of a rollout.

A scenario never changes that number; this is the reference, held to the real system's own rows.
Source: Kubernetes, pkg/controller/deployment/sync.go and util/deployment_util.go, under the same names.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor

from .deployment_controller import ReplicaSet, Sets


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
