"""What counts as progress, and when there has been none for too long: as Argo Rollouts says it.

Source: Argo Rollouts, utils/conditions/conditions.go.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Status:
    """What a rollout's status says: all instances, those of the new version, those ready and available.

    `place` is where it stands: the step, the stable version, the version that serves.
    """

    replicas: int
    updated: int
    ready: int
    available: int
    place: Hashable = None

    @property
    def old(self) -> int:
        """Instances of other versions than the new one."""
        return self.replicas - self.updated


def rollout_progressing(before: Status, after: Status) -> bool:
    """Whether something moved forward: a change of place, old ones gone, more ready or available.

    >>> rollout_progressing(Status(10, 2, 9, 9), Status(10, 2, 10, 9))
    True
    """
    return (
        after.updated != before.updated
        or after.old < before.old
        or after.ready > before.ready
        or after.available > before.available
        or after.place != before.place
    )


def rollout_timed_out(reason: str | None, age: float, deadline: float) -> bool:
    """Whether the last progress is older (s) than the deadline; strictly older, and never while paused.

    `reason` is why the rollout is where it is, in Argo's words; None when nothing is known of its progress.

    >>> rollout_timed_out("ReplicaSetUpdated", age=600, deadline=600)
    False
    """
    if reason in (None, "RolloutPaused", "RolloutAborted"):
        return False
    return reason == "ProgressDeadlineExceeded" or age > deadline
