"""The two versions of a canary: how many instances each is to have, and how the traffic is divided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...model.rollout import Counts, Step
from ...model.scenario import Scenario
from ..heed import Doing, Heed, Interrupted
from ..kubernetes.deployment_controller import resolve_fenceposts
from .basic_canary import approximate_weighted_canary_stable_replica_counts, settled
from .progress import ProgressClock, RolloutStatus, replica_progress_threshold_met
from .routed_canary import calculate_replica_counts_for_traffic_routed_canary

if TYPE_CHECKING:
    from ..canary import Canary


class CanaryFleet:
    """The sizes that are wanted of the canary and of the stable version, and the weight that flows."""

    def __init__(self, knobs: Canary, scenario: Scenario, heed: Heed) -> None:
        self.knobs, self.n, self.heed = knobs, scenario.replicas, heed
        self.old, self.new = scenario.versions[:2]
        self.sizes = 0, self.n  # of the canary and of the stable version
        self.weight = 0.0

    def follow(self, new: str) -> None:
        """The canary has become the stable version, and another one follows it."""
        self.old, self.new, self.sizes, self.weight = self.new, new, (0, self.n), 0.0

    @property
    def counts(self) -> tuple[Counts, Counts]:
        """The instances of the canary and of the stable version, as last seen."""
        if self.heed.seen is None:
            return Counts(), Counts(self.n, self.n, self.n, self.n)
        replicas = self.heed.seen.replicas
        return replicas.get(self.new, Counts()), replicas[self.old]

    @property
    def flowing(self) -> str:
        """The division of the traffic in words: exact with a router, in instances without."""
        if self.knobs.router:
            return f"{self.weight:g} % to {self.new}"
        canary, stable = self.sizes
        return f"{canary} of {canary + stable} are {self.new}"

    def routed(self, explicit: int | None, weight: float, abort: bool = False) -> tuple[int, int]:
        """The sizes that go with a weight where a router divides the traffic."""
        return calculate_replica_counts_for_traffic_routed_canary(
            self.n, weight, explicit, self.knobs.min_pods_per_replica_set, self.knobs.dynamic_stable_scale,
            (self.weight, 100 - self.weight), abort,
        )  # fmt: skip

    def step(self, **facts: Any) -> Step:
        """The fleet that is wanted now."""
        canary, stable = self.sizes
        traffic = {self.old: 100 - self.weight, self.new: self.weight} if self.knobs.router else None
        return Step(
            {self.old: stable, self.new: canary}, traffic,
            progress_deadline=self.knobs.progress_deadline, **facts,
        )  # fmt: skip

    def sync(self, weight: float, note: str = "") -> Doing:
        """Sync after sync, as the controller does, until both versions have the sizes for this weight."""
        fenceposts = resolve_fenceposts(self.knobs.max_surge, self.knobs.max_unavailable, self.n)
        wanted = approximate_weighted_canary_stable_replica_counts(self.n, weight, fenceposts[0])
        clock = ProgressClock(self.knobs.progress_deadline)
        while True:
            canary, stable = self.counts
            self.sizes = settled(self.n, weight, fenceposts, self.counts, self.sizes)
            there = (canary.desired, stable.desired) == self.sizes == wanted and stable.current == wanted[1]
            if there and replica_progress_threshold_met(None, canary, wanted[0]):
                return
            step = self.step(note=note or f"{weight:g} % wanted, {self.flowing}", until="changed")
            seen = yield from self.heed.reach(step)
            canary, stable = self.counts
            ready, available = canary.ready + stable.ready, canary.available + stable.available
            status = RolloutStatus(canary.current + stable.current, canary.current, ready, available)
            if clock.timed_out(status, seen.end) and (self.heed.impatient or self.heed.over):
                raise Interrupted("stalled")
