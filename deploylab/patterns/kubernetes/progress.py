"""Whether a Deployment is complete, makes progress, or has made none for too long.

Source: Kubernetes, pkg/controller/deployment/progress.go and util/deployment_util.go, under the same names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class DeploymentStatus(NamedTuple):
    """What a Deployment reports: all of its instances, and how many are updated, ready and available."""

    replicas: int
    updated: int
    ready: int
    available: int


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


@dataclass
class HighWaterMark:
    """Since when (s) a rollout has been as far as it ever was: what comes and goes again is no way forward.

    >>> mark = HighWaterMark()
    >>> for now, available in (10, 4), (20, 5), (30, 4), (40, 5):
    ...     mark.see(now, available)
    >>> mark
    HighWaterMark(since=20, best=(5,))
    """

    since: float = 0.0
    best: tuple[int, ...] = ()

    def see(self, now: float, *here: int) -> None:
        """Rise to what is seen `now`; each of its numbers is the better the larger it is."""
        best = tuple(map(max, self.best or here, here))
        if best != self.best:
            self.since, self.best = now, best


def deployment_timed_out(last_progress: float, now: float, deadline: float, reason: str = "") -> bool:
    """Whether more than `deadline` seconds have passed without progress; `reason` is the last one reported.

    A rollout that was complete is not timed, and one that timed out stays so until there is progress.

    >>> deployment_timed_out(60, now=120, deadline=60), deployment_timed_out(60, now=120.1, deadline=60)
    (False, True)
    """
    if reason in ("NewReplicaSetAvailable", "ProgressDeadlineExceeded"):
        return reason == "ProgressDeadlineExceeded"
    return now - last_progress > deadline
