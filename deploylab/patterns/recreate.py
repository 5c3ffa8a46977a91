"""Recreate: stop everything, then start the new version."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import ClassVar

from ..model.knob import known_fields
from ..model.knob_shapes import progress_deadline
from ..model.order import Action
from ..model.rollout import Observation, Outcome, Rollout, Step
from ..model.scenario import Scenario
from .heed import Heed, Interrupted


@known_fields
@dataclass(frozen=True)
class Recreate:
    """Stop all of the old version, wait until it is gone, then start the new one: nobody is served.

    It never judges the new version and never goes back by itself; orders that it heeds: undo, pause, resume,
    and a second release. Source: Kubernetes, Deployment strategy Recreate.
    """

    progress_deadline: float = progress_deadline()
    heeds: ClassVar[tuple[Action, ...]] = ("undo", "pause", "resume")

    def __call__(self, scenario: Scenario) -> Rollout:
        old, new = scenario.versions[:2]
        heed, running, outcome = Heed(scenario.duration, "promoted"), old, Outcome.PROMOTED
        while True:
            try:
                yield from self._replace(heed, running, new, scenario.replicas)
            except Interrupted as interruption:
                if interruption.reason not in ("undo", "release"):
                    return Outcome.STALLED
                running, new = new, heed.arrived if interruption.reason == "release" else old
                outcome = Outcome.ROLLED_BACK if new == old else Outcome.PROMOTED
            else:
                return outcome

    def _replace(
        self, heed: Heed, old: str, new: str, replicas: int
    ) -> Generator[Step, Observation, Observation]:
        deadline = self.progress_deadline
        seen = yield from heed.reach(Step({}, progress_deadline=deadline, note=f"stop {old}"))
        while any(counts.terminating for counts in seen.replicas.values()):
            seen = yield from heed.do(Step({}, until="changed", note=f"wait until {old} is gone"))
        wanted = {new: replicas}
        return (yield from heed.reach(Step(wanted, progress_deadline=deadline, note=f"start {new}")))
