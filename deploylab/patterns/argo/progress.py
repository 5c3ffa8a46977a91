"""What counts as progress, and when there has been none for too long: as Argo Rollouts says it.

Source: Argo Rollouts, utils/conditions/conditions.go.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace


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


class ProgressClock:
    """How long there has been no lasting progress; what only comes and goes again is none."""

    def __init__(self, deadline: float) -> None:
        self._deadline, self._since = deadline, 0.0
        self._best: Status | None = None

    def timed_out(self, status: Status, now: float) -> bool:
        """Whether the deadline has passed `now` (s), seeing this status.

        >>> clock = ProgressClock(deadline=60)
        >>> flapping = (0, 5), (50, 6), (99, 5), (120, 6)
        >>> [clock.timed_out(Status(6, 1, ready, available=5), now) for now, ready in flapping]
        [False, False, False, True]
        """
        best = self._best
        if best is None or rollout_progressing(best, status):
            self._best, self._since = status, now
        else:
            self._best = replace(
                status, ready=max(best.ready, status.ready), available=max(best.available, status.available)
            )
        return rollout_timed_out("ReplicaSetUpdated", now - self._since, self._deadline)
