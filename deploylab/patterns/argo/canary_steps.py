"""What a canary does next: small kinds of steps, and what the steps so far ask for.

The lab aborts and promotes in full step by step; `promote_full`, `abort` and `abort_delay` are the reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...model.errors import KnobError
from ...model.knob import check_knobs, is_number, knob, known_fields
from ...model.knob_shapes import percent_knob, time_knob
from ..analysis import Analysis, check_analysis

LONGEST = 86_400  # s


@known_fields
@dataclass(frozen=True)
class SetWeight:
    """Send this percentage of the traffic to the canary, once it has the instances for it."""

    weight: float = percent_knob(20.0, "percent of the traffic")


@known_fields
@dataclass(frozen=True)
class Pause:
    """Wait `duration` seconds, or, without one, until a person promotes."""

    duration: float | None = knob(None, "how long; nothing: until a person promotes", unit="s", minimum=0)

    def __post_init__(self) -> None:
        if self.duration is not None and not (is_number(self.duration) and 0 <= self.duration <= LONGEST):
            problem = f"is no time to wait; use seconds from 0 to {LONGEST:,}, or None to wait for a person"
            raise KnobError("Pause", "duration", self.duration, problem)


@known_fields
@dataclass(frozen=True)
class SetCanaryScale:
    """Give the canary this size whatever its traffic, from here on; only a traffic router allows that.

    Say it in one way: `replicas`, or a `weight` (percent of all instances), or `match_traffic_weight` to let
    the size follow the traffic again.
    """

    replicas: int | None = knob(None, "instances of the canary", unit="instances", minimum=0, whole=True)
    weight: float | None = knob(None, "size of the canary, of all instances", unit="%", minimum=0)
    match_traffic_weight: bool = knob(False, "the size follows the traffic again")

    def __post_init__(self) -> None:
        ways = (self.replicas is not None) + (self.weight is not None) + bool(self.match_traffic_weight)
        if not isinstance(self.match_traffic_weight, bool):
            problem = "is neither True nor False"
            raise KnobError("SetCanaryScale", "match_traffic_weight", self.match_traffic_weight, problem)
        if ways != 1:
            problem = "is not one way to say a size; give replicas, weight or match_traffic_weight=True"
            raise KnobError("SetCanaryScale", "replicas", self.replicas, problem)
        for name, most in (("replicas", 10_000), ("weight", 1_000)):
            value = getattr(self, name)
            if value is not None and not (is_number(value) and 0 <= value <= most):
                raise KnobError("SetCanaryScale", name, value, f"is not a number from 0 to {most:,}")
        if self.replicas is not None and self.replicas != int(self.replicas):
            raise KnobError("SetCanaryScale", "replicas", self.replicas, "is no whole number of instances")


@known_fields
@dataclass(frozen=True)
class AnalysisStep:
    """Watch the canary for `duration` seconds, and go on only if the `analysis` of what was seen succeeds."""

    duration: float = time_knob(60.0, "how long it is watched")
    analysis: Analysis = Analysis()

    def __post_init__(self) -> None:
        check_knobs(self)
        check_analysis(self, "analysis")


CanaryStep = SetWeight | Pause | SetCanaryScale | AnalysisStep


def get_current_set_weight(steps: Sequence[CanaryStep], index: int, abort: bool = False) -> float:
    """The weight that holds at step `index`: the last one that was set, 100 after the last step.

    >>> get_current_set_weight((SetWeight(20), Pause(), SetWeight(60)), index=1)
    20
    """
    if abort:
        return 0.0
    if index >= len(steps):
        return 100.0
    weights = [step.weight for step in steps[: index + 1] if isinstance(step, SetWeight)]
    return weights[-1] if weights else 0.0


def use_set_canary_scale(
    steps: Sequence[CanaryStep], index: int, router: bool, abort: bool = False, abort_delay: float = 30.0
) -> SetCanaryScale | None:
    """The size that was set for the canary and still holds at step `index`, if any.

    An abort forgets it, except where the canary is to stay as it is (`abort_delay` 0).

    >>> use_set_canary_scale((SetCanaryScale(replicas=3), SetWeight(20)), index=1, router=True).replicas
    3
    """
    if not router or index >= len(steps) or (abort and abort_delay):
        return None
    scales = [step for step in steps[: index + 1] if isinstance(step, SetCanaryScale)]
    return scales[-1] if scales and not scales[-1].match_traffic_weight else None


def get_canary_replicas_or_weight(
    steps: Sequence[CanaryStep],
    index: int,
    router: bool,
    promote_full: bool = False,
    abort: bool = False,
    abort_delay: float = 30.0,
) -> tuple[int | None, float]:
    """The canary's size at step `index`: a number of instances, or None and a percentage of all.

    >>> get_canary_replicas_or_weight((SetWeight(5), SetCanaryScale(weight=50)), index=1, router=True)
    (None, 50)
    """
    if promote_full:
        return None, 100.0
    scale = use_set_canary_scale(steps, index, router, abort, abort_delay)
    if scale is not None and scale.replicas is not None:
        return int(scale.replicas), 0.0
    if scale is not None and scale.weight is not None:
        return None, scale.weight
    return None, get_current_set_weight(steps, index, abort)
