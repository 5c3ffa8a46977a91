"""Flagger's two Deployments, the primary and the canary, in a world that tells instances apart by version."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..model.rollout import Counts, Observation
from .kubernetes.deployment_controller import ReplicaSet, reconcile, resolve_fenceposts


@dataclass(frozen=True)
class Pair:
    """A primary and a canary of the same size; what runs the new version beyond that is the primary's."""

    primary: str  # the version that the primary came with
    canary: str
    size: int
    old: Counts
    new: Counts

    @classmethod
    def begin(cls, primary: str, canary: str, size: int) -> Pair:
        """The primary serves, and the canary is scaled up from zero to the same size."""
        return cls(primary, canary, size, Counts(size, size, size, size), Counts(size))

    def after(self, seen: Observation) -> Pair:
        """The same two, as they were seen now."""
        return replace(self, old=seen.replicas[self.primary], new=seen.replicas[self.canary])

    def restarted(self, canary: str) -> Pair:
        """Another new version takes the canary's place; nobody is sent to it yet."""
        return replace(self, canary=canary, new=Counts(self.size))

    @property
    def replicas(self) -> dict[str, int]:
        """The instances wanted, by version."""
        return {self.primary: self.old.desired, self.canary: self.new.desired}

    @property
    def updated(self) -> bool:
        """Whether the primary runs the new version, complete and available."""
        return self.old.current == 0 and self.new.available == self.new.current == 2 * self.size

    @property
    def canary_ready(self) -> bool:
        """Whether the canary has all of its instances."""
        return self.new.available >= self.size

    @property
    def primary_ready(self) -> bool:
        """Whether the primary has all of its instances."""
        return self.old.available + max(0, self.new.available - self.size) >= self.size

    def traffic(self, weight: float) -> dict[str, float]:
        """Percent by version: `weight` for the canary, the rest spread over the primary's instances."""
        updated = max(0, self.new.ready - self.size)
        left = min(self.old.ready, self.old.desired)
        old = left if left or updated else self.old.desired
        share = (100 - weight) * old / (old + updated) if old else 0.0
        return {self.primary: share, self.canary: 100 - share}

    def next_update(self) -> Pair:
        """What the Deployment of the primary, with the defaults of 25 %, asks for next in its own update."""
        surge, unavailable = resolve_fenceposts("25%", "25%", self.size)
        updated = ReplicaSet(self.new.desired - self.size, max(0, self.new.available - self.size))
        before = ReplicaSet(self.old.desired, self.old.available)
        (old,), new = reconcile([before], updated, self.size, surge, unavailable)
        wanted = replace(self.new, desired=self.size + new)
        return replace(self, old=replace(self.old, desired=old), new=wanted)
