"""Canary: a small share of the users meets the new version first."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.errors import KnobError
from ..model.knob import check_knobs, knob, known_fields
from ..model.knob_shapes import instances_knob, progress_deadline, time_knob, weights_knob
from ..model.rollout import Rollout
from ..model.scenario import Scenario
from .analysis import Analysis, check_analysis
from .argo.canary_rollout import CanaryRollout
from .argo.canary_steps import AnalysisStep, CanaryStep, SetCanaryScale, SetWeight
from .argo.steering import heeding
from .kubernetes.deployment_controller import check_fenceposts


@known_fields
@dataclass(frozen=True)
class Canary:
    """Send a little traffic to the new version, watch, and send more only while it is healthy.

    The short form: at each of the `weights` watch for `hold` seconds and judge by the `analysis`. The long
    form: any `steps` of SetWeight, Pause, SetCanaryScale and AnalysisStep, in place of those three. A
    `background` analysis measures all the time from the first traffic on, beside either form.

    With a traffic router the weights are exact, and the stable version stays at full size until the end,
    unless `dynamic_stable_scale` lets it shrink as its traffic does, and for `scale_down_delay` seconds after
    it: then only `undo` is heard, and another release is a canary beside the promoted version. Without a
    `router` the traffic is spread over all ready instances, so a weight is only as exact as the numbers of
    instances allow; `max_surge` and `max_unavailable` bound the way there.

    A failed analysis aborts: all traffic goes to the stable version at once, and the canary is stopped after
    `abort_scale_down_delay` seconds. Abort is not revert: the new version stays the one that is wanted
    (Argo calls that Degraded) until a person says `retry` or `undo`. The outcome is ROLLED_BACK where the
    stable version serves alone again by itself or by `undo`, and ABORTED where a person aborted or the canary
    was left standing. An inconclusive analysis waits for a person: `promote`, or `abort`. A missed
    `progress_deadline` takes nothing back, unless `progress_deadline_abort` says so.

    Orders that it heeds: promote, promote full, abort, retry, undo, pause, resume, and a second release.
    Source: Argo Rollouts, rollout/canary.go and rollout/trafficrouting.go.

    >>> Canary(weights=(5, 120))
    Traceback (most recent call last):
    deploylab.model.errors.KnobError: Canary.weights: 120 is not a percentage; weights rise from above 0 \
to at most 100, for example (5, 25, 50)
    """

    weights: tuple[float, ...] = weights_knob((5, 25, 50), "percent of the traffic at each step", above=0)
    hold: float = time_knob(30.0, "how long each step is watched", (0, 300, 5))
    progress_deadline: float = progress_deadline()
    analysis: Analysis = Analysis()
    steps: tuple[CanaryStep, ...] = ()
    background: Analysis | None = None
    router: bool = knob(True, "a traffic router divides the traffic exactly")
    max_surge: int | str = instances_knob("25%", "without a router: instances above the wanted number")
    max_unavailable: int | str = instances_knob("25%", "without a router: instances that may be missing")
    dynamic_stable_scale: bool = knob(False, "with a router: the stable version shrinks with its traffic")
    min_pods_per_replica_set: int = instances_knob(
        1, "with a router: the fewest instances of a version that has any", (1, 12, 1), least=1
    )
    scale_down_delay: float = time_knob(
        30.0, "with a router: how long the stable version stays after the promotion", (0, 300, 5)
    )
    abort_scale_down_delay: float = time_knob(
        30.0, "how long an aborted canary stays, 0: it is never stopped", (0, 300, 5)
    )
    progress_deadline_abort: bool = knob(False, "a missed progress deadline aborts")

    def __post_init__(self) -> None:
        check_knobs(self)
        check_analysis(self, "analysis")
        check_fenceposts("Canary", self.max_surge, self.max_unavailable, used=not self.router)
        if self.background is not None:
            check_analysis(self, "background")
        if self.background is not None and not self.background.interval:
            problem = "is no Analysis that measures again and again; use for example Analysis(interval=10)"
            raise KnobError("Canary", "background", self.background, problem)
        self._check_steps()

    def _check_steps(self) -> None:
        steps = tuple(self.steps) if isinstance(self.steps, list | tuple) else (self.steps,)
        object.__setattr__(self, "steps", steps)
        for step in steps:
            if not isinstance(step, CanaryStep):
                problem = "is no step; use for example (SetWeight(20), Pause(60), AnalysisStep(60))"
                raise KnobError("Canary", "steps", step, problem)
        routed = {"steps": any(isinstance(step, SetCanaryScale) for step in steps)}
        routed["dynamic_stable_scale"] = self.dynamic_stable_scale
        for name, used in routed.items():
            if used and not self.router:
                problem = "needs a traffic router: without one the traffic follows the instances"
                raise KnobError("Canary", name, getattr(self, name), f"{problem}; use router=True")

    def idle(self) -> dict[str, str]:
        """The fields that have no effect in the way that is chosen, and why."""
        if not self.router:
            names = ("scale_down_delay", "abort_scale_down_delay", "min_pods_per_replica_set")
            return dict.fromkeys(names, "without a router nobody serves who gets no traffic; tick router")
        shrunk = (
            {"scale_down_delay": "it has shrunk with its traffic already"}
            if self.dynamic_stable_scale
            else {}
        )
        return shrunk | dict.fromkeys(("max_surge", "max_unavailable"), "only without a router; untick it")

    @property
    def plan(self) -> tuple[CanaryStep, ...]:
        """The steps; those that the short form stands for if there are none."""
        watched = AnalysisStep(self.hold, self.analysis)
        return self.steps or tuple(step for weight in self.weights for step in (SetWeight(weight), watched))

    def __call__(self, scenario: Scenario) -> Rollout:
        return heeding(CanaryRollout(self, scenario))
