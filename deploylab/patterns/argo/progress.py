"""What counts as progress, when there has been none for too long, and when a canary is through.

Source: Argo Rollouts, utils/conditions/conditions.go and utils/replicaset/canary.go. The lab sets no
`threshold`: it stands here as the reference, held to the real system's own rows.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from ...model.rollout import Counts
from ..kubernetes.deployment_controller import get_scaled_value_from_int_or_percent


@dataclass(frozen=True)
class RolloutStatus:
    """What a rollout says of itself: all instances, those of the new version, those ready and available.

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


def rollout_progressing(before: RolloutStatus, after: RolloutStatus) -> bool:
    """Whether something moved forward: a change of place, old ones gone, more ready or available.

    >>> rollout_progressing(RolloutStatus(10, 2, 9, 9), RolloutStatus(10, 2, 10, 9))
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
        self._best: RolloutStatus | None = None

    def timed_out(self, status: RolloutStatus, now: float) -> bool:
        """Whether the deadline has passed `now` (s), seeing this status.

        >>> clock = ProgressClock(deadline=60)
        >>> flapping = (0, 5), (50, 6), (99, 5), (120, 6)
        >>> [clock.timed_out(RolloutStatus(6, 1, ready, available=5), now) for now, ready in flapping]
        [False, False, False, True]
        """
        best = self._best
        if best is None or rollout_progressing(best, status):
            self._best, self._since = status, now
        else:
            ready, available = max(best.ready, status.ready), max(best.available, status.available)
            self._best = replace(status, ready=ready, available=available)
        return rollout_timed_out("ReplicaSetUpdated", now - self._since, self._deadline)


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
