"""Recreate: stop everything, then start the new version."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.knob import check_knobs, known_fields
from ..model.rollout import Outcome, Rollout, Step
from ..model.scenario import Scenario
from .deadline import progress_deadline


@known_fields
@dataclass(frozen=True)
class Recreate:
    """Stop all of the old version, wait until it is gone, then start the new one: nobody is served.

    Source: Kubernetes, Deployment strategy Recreate. It never judges the new version and never goes back.
    """

    progress_deadline: float = progress_deadline()

    def __post_init__(self) -> None:
        check_knobs(self)

    def __call__(self, scenario: Scenario) -> Rollout:
        old, new = scenario.versions
        seen = yield Step({}, progress_deadline=self.progress_deadline, note=f"stop {old}")
        while seen.replicas[old].terminating:
            seen = yield Step({}, until="changed", note=f"wait until {old} is gone")
        wanted = {new: scenario.replicas}
        seen = yield Step(wanted, progress_deadline=self.progress_deadline, note=f"start {new}")
        return seen.ends(Outcome.PROMOTED)
