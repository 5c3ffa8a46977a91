"""The phases of a Flagger canary, function by function under the names they have there.

Source: Flagger, pkg/controller/scheduler.go. `advance_canary` is what Flagger does once every interval.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .flagger import Flagger

Phase = Literal["Initialized", "Progressing", "Promoting", "Finalising", "Succeeded", "Failed"]
Readiness = Literal["ready", "waiting", "stuck"]  # stuck: for longer than the progress deadline
TOTAL_WEIGHT = 100


@dataclass(frozen=True)
class CanaryStatus:
    """Where a canary stands: `weight` percent of the traffic are its own, the primary has the rest."""

    phase: Phase = "Initialized"
    weight: int = 0
    iterations: int = 0
    failed_checks: int = 0
    mirrored: bool = False


def deployment_strategy(iterations: int, match: float) -> Literal["canary", "ab-testing", "blue-green"]:
    """The kind of release that these knobs mean.

    >>> deployment_strategy(iterations=10, match=0), deployment_strategy(iterations=10, match=5)
    ('blue-green', 'ab-testing')
    """
    if not iterations:
        return "canary"
    return "ab-testing" if match else "blue-green"


def advance_canary(
    flagger: Flagger,
    status: CanaryStatus,
    passed: bool = True,
    changed: bool = False,
    canary: Readiness = "ready",
    primary: Readiness = "ready",
) -> CanaryStatus:
    """The status after one tick: `passed` is the check of the interval before, `changed` a new revision.

    The tick that starts an analysis has nothing to check yet. A failed check holds the canary where it is;
    when there are as many as the threshold, the next tick takes it back.
    """
    if status.phase not in ("Progressing", "Promoting", "Finalising"):
        return CanaryStatus("Progressing") if changed else status
    if primary != "ready" and not flagger.skip_analysis:
        broken = status.phase != "Progressing"  # while it was updated: the canary is what works
        return status if primary == "waiting" else rollback(status, TOTAL_WEIGHT if broken else 0)
    if changed and status.phase == "Progressing":
        return CanaryStatus("Progressing")
    if canary != "ready":
        return status if canary == "waiting" else rollback(status)
    if flagger.skip_analysis:
        return CanaryStatus("Succeeded")
    if status.phase == "Promoting":
        return run_promotion_traffic_shift(flagger, status)
    if status.phase == "Finalising":
        return replace(status, phase="Succeeded", weight=0)
    if status.failed_checks >= flagger.threshold:
        return rollback(status)
    started = status.weight or status.iterations or status.mirrored
    if started and not passed:
        return replace(status, failed_checks=status.failed_checks + 1)
    kind = deployment_strategy(flagger.iterations, flagger.match)
    if kind == "canary":
        return run_canary(flagger, status)
    return run_ab(flagger, status) if kind == "ab-testing" else run_blue_green(flagger, status)


def readiness(available: bool, late: bool) -> Readiness:
    """Whether one of the two Deployments is ready, or still worth waiting for."""
    return "ready" if available else "stuck" if late else "waiting"


def run_canary(flagger: Flagger, status: CanaryStatus) -> CanaryStatus:
    """More traffic, after an interval of mirroring if that is wanted; from the maximum on, promote."""
    if status.weight >= max_weight(flagger):
        return replace(status, phase="Promoting")
    if flagger.mirror and not status.weight and not status.mirrored:
        return replace(status, mirrored=True)
    weight = min(TOTAL_WEIGHT, status.weight + next_step_weight(flagger, status.weight))
    return replace(status, weight=weight, mirrored=False)


def run_ab(flagger: Flagger, status: CanaryStatus) -> CanaryStatus:
    """Everyone who matches goes to the canary, for as many intervals as there are iterations."""
    if status.iterations < flagger.iterations:
        return replace(status, weight=TOTAL_WEIGHT, iterations=status.iterations + 1)
    return replace(status, phase="Promoting")


def run_blue_green(flagger: Flagger, status: CanaryStatus) -> CanaryStatus:
    """Check the idle canary as many times as there are iterations, move everyone to it, then promote."""
    if status.iterations < flagger.iterations:
        mirrored = status.mirrored or bool(flagger.mirror)
        return replace(status, iterations=status.iterations + 1, mirrored=mirrored)
    if status.iterations == flagger.iterations:
        return replace(status, weight=TOTAL_WEIGHT, iterations=status.iterations + 1, mirrored=False)
    return replace(status, phase="Promoting")


def run_promotion_traffic_shift(flagger: Flagger, status: CanaryStatus) -> CanaryStatus:
    """The primary runs the new version: give it the traffic back, at once or in steps."""
    left = max(0, status.weight - (flagger.step_weight_promotion or TOTAL_WEIGHT))
    return replace(status, phase="Promoting" if left else "Finalising", weight=left)


def rollback(status: CanaryStatus, weight: int = 0) -> CanaryStatus:
    """It failed: all traffic to the primary, and the canary ends; unless it keeps all the weight."""
    return replace(status, phase="Failed", weight=weight, mirrored=False)


def max_weight(flagger: Flagger) -> int:
    """From this weight on, the next good check promotes."""
    return min(TOTAL_WEIGHT, flagger.step_weights[-1] if flagger.step_weights else flagger.max_weight)


def next_step_weight(flagger: Flagger, weight: int) -> int:
    """By how much the canary's weight grows at `weight`; a step may overshoot the maximum, but not 100 %.

    >>> from deploylab import Flagger
    >>> [next_step_weight(Flagger(step_weights=(1, 2, 10, 80)), weight) for weight in (0, 1, 2, 10)]
    [1, 1, 8, 70]
    """
    if not flagger.step_weights:
        return flagger.step_weight
    following = (step for step in flagger.step_weights if step > weight)
    return min(TOTAL_WEIGHT, next(following, TOTAL_WEIGHT)) - weight
