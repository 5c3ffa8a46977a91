"""Canary: a small share of the users meets the new version first."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from ..model.errors import KnobError
from ..model.knob import check_knobs, is_number, knob, known_fields
from ..model.rollout import Observation, Outcome, Rollout, Step, Verdict
from ..model.scenario import Scenario
from .analysis import Analysis
from .deadline import progress_deadline


@known_fields
@dataclass(frozen=True)
class Canary:
    """Send a little traffic to the new version, watch, and send more only while it is healthy.

    A traffic router gives the exact weights; the stable version stays at full size until the end. An
    inconclusive analysis leaves the rollout stalled: a person has to decide.
    Source: Argo Rollouts, canary with a traffic router.

    >>> Canary(weights=(5, 120))
    Traceback (most recent call last):
    deploylab.model.errors.KnobError: Canary.weights: 120 is not a percentage; weights rise from above 0 \
to at most 100, for example (5, 25, 50)
    """

    weights: tuple[float, ...] = knob(
        (5, 25, 50), "percent of the traffic at each step", unit="%", above=0, maximum=100
    )
    hold: float = knob(
        30.0, "how long each step is watched", unit="s", minimum=0, maximum=86_400, slider=(0, 300, 5)
    )
    progress_deadline: float = progress_deadline()
    analysis: Analysis = Analysis()

    def __post_init__(self) -> None:
        check_knobs(self)
        check_weights(self.weights)

    def __call__(self, scenario: Scenario) -> Rollout:
        (old, new), n = scenario.versions, scenario.replicas
        reached = 0.0
        for weight in self.weights:
            seen = yield from self._shift(scenario, reached, weight, self.hold)
            verdict = self.analysis(seen, new)
            if seen.deadline_exceeded or verdict is Verdict.FAILED:
                return (yield from _take_back(scenario, seen))
            if verdict is Verdict.INCONCLUSIVE:
                return Outcome.STALLED
            reached = weight
        seen = yield from self._shift(scenario, reached, 100, hold=scenario.platform.endpoint_lag)
        if seen.deadline_exceeded:
            return (yield from _take_back(scenario, seen))
        seen = yield Step({new: n}, {new: 100}, note=f"stop {old}")
        return seen.ends(Outcome.PROMOTED)

    def _shift(
        self, scenario: Scenario, reached: float, weight: float, hold: float
    ) -> Generator[Step, Observation, Observation]:
        """The traffic keeps its division until the canary has its instances, then it moves."""
        (old, new), n = scenario.versions, scenario.replicas
        fleet, note = {old: n, new: ceil(weight * n / 100)}, f"{weight:g} % to {new}"
        seen = yield Step(
            fleet, {old: 100 - reached, new: reached}, progress_deadline=self.progress_deadline,
            note=f"prepare {note}",
        )  # fmt: skip
        if not seen.deadline_exceeded:
            seen = yield Step(fleet, {old: 100 - weight, new: weight}, hold=hold, note=note)
        return seen


def _take_back(scenario: Scenario, seen: Observation) -> Rollout:
    """First the traffic, then the instances: the balancer needs a moment to let go of them."""
    (old, new), n = scenario.versions, scenario.replicas
    fleet, lag = {old: n, new: seen.replicas[new].ready}, scenario.platform.endpoint_lag
    yield Step(fleet, {old: 100}, hold=lag, note=f"take {new} back")
    seen = yield Step({old: n}, {old: 100}, note=f"stop {new}")
    return seen.ends(Outcome.ROLLED_BACK)


def check_weights(weights: object) -> None:
    """Refuse anything but percentages that rise from above 0 to at most 100."""
    wanted = "weights rise from above 0 to at most 100, for example (5, 25, 50)"
    if not isinstance(weights, tuple) or not weights:
        raise KnobError("Canary", "weights", weights, f"is not a tuple of percentages; {wanted}")
    for weight in weights:
        if not is_number(weight) or not 0 < weight <= 100:
            raise KnobError("Canary", "weights", weight, f"is not a percentage; {wanted}")
    if any(later <= earlier for earlier, later in pairwise(weights)):
        raise KnobError("Canary", "weights", weights, f"does not rise; {wanted}")
