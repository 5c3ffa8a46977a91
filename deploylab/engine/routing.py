"""How the balancer divides the requests when a step is wanted and these instances are ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..model.rollout import Step
from .queueing import NOBODY


@dataclass(frozen=True)
class RoutingTable:
    """The shares of slots, and which slots get copies of `mirror` percent of the requests.

    `weights`, the shares of the versions, are for sticky users alone; None does not tell versions apart.
    """

    shares: Mapping[int, float]
    weights: tuple[Fraction, ...] | None = None
    mirror: float = 0.0
    copies_to: tuple[int, ...] = ()


Slots = Sequence[Sequence[int]]  # of each version


def divide(step: Step, versions: Sequence[str], ready: Slots, leaving: Slots, sticky: bool) -> RoutingTable:
    """The table for the ready slots of each version; the last version gets the copies.

    Where none is ready, those that are `leaving` get the requests: told to stop, but listening still. Source:
    Kubernetes, CategorizeEndpoints in pkg/proxy/topology.go.

    >>> divide(Step({}, {"v1": 75, "v2": 25}), ("v1", "v2"), [[1, 2], []], [[4], [3]], sticky=False).shares
    {1: 37.5, 2: 37.5, 3: 25.0}
    """
    mirror, copies_to = float(step.mirror), tuple(ready[-1]) if step.mirror else ()
    if step.traffic is None:
        shares = {slot: 1.0 for slots in (ready if any(ready) else leaving) for slot in slots}
        return RoutingTable(shares or {NOBODY: 1.0}, None, mirror, copies_to)
    shares = {}
    for name, first, last in zip(versions, ready, leaving, strict=True):
        percent, slots = step.traffic.get(name, 0), first or last
        if percent and slots:
            shares.update(dict.fromkeys(slots, percent / len(slots)))
        elif percent:
            shares[NOBODY] = shares.get(NOBODY, 0) + percent
    return RoutingTable(shares, _weights(step.traffic, versions) if sticky else None, mirror, copies_to)


def _weights(traffic: Mapping[str, float], versions: Sequence[str]) -> tuple[Fraction, ...]:
    whole = sum(map(Fraction, traffic.values()))
    return tuple(Fraction(traffic.get(name, 0)) / whole for name in versions)
