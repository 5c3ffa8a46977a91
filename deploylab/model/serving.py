"""Who serves the users of a rollout, from when until when, and how long the way back takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from .rollout import Observation, Step
from .spans import Span

if TYPE_CHECKING:
    from .run import Run

Steps = Sequence[tuple[Step, Observation]]


class Exposure(NamedTuple):
    """How far a step goes from the stable version: percent of the requests, then instances of either."""

    requests: float
    others: int
    less: int  # the fewer of the stable ones, the further; negative


def exposure(step: Step, stable: str) -> Exposure:
    """How far this step goes from the stable version.

    >>> exposure(Step({"v1": 3, "v2": 1}), "v1")
    Exposure(requests=25.0, others=1, less=-3)
    """
    left, total = step.replicas.get(stable, 0), sum(step.replicas.values())
    if step.traffic is None:
        share = 100 * (total - left) / total if total else 0.0
    else:
        share = 100 - step.traffic.get(stable, 0)
    return Exposure(share, total - left, -left)


def way_back(steps: Steps, stable: str) -> float:
    """Seconds from the first step back until nobody but the stable version gets requests."""
    wanted = [exposure(step, stable) for step, _ in steps]
    numbers = range(1, len(wanted))
    last_up = max((i for i in numbers if wanted[i] > wanted[i - 1]), default=0)
    back = next((i for i in numbers if i > last_up and wanted[i] < wanted[i - 1]), len(wanted) - 1)
    alone = next(i for i in range(back, len(wanted)) if not wanted[i].requests)
    return steps[alone][1].end - steps[back][1].start


def serving(run: Run, version: str) -> list[Span]:
    """From when until when requests went to a ready instance of this version, a span for each instance."""
    end, routed = run.scenario.duration, _routed(run, version)
    return [
        (max(up, since), min(end, until, end if down is None else down))
        for instance in run.instances
        if instance.version == version
        for up, down in instance.served
        for since, until in routed
    ]


def _routed(run: Run, version: str) -> list[Span]:
    """The spans in which the balancer sent requests to this version, as soon as it had heard of it."""
    lag = run.scenario.platform.endpoint_lag
    begins = [seen.start + lag if number else 0.0 for number, (_, seen) in enumerate(run.steps)]
    ends = [*begins[1:], run.scenario.duration]
    return [
        (since, until)
        for since, until, (step, _) in zip(begins, ends, run.steps, strict=True)
        if step.traffic is None or step.traffic.get(version)
    ]
