"""The plan of a strategy, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from math import inf

from ..model.order import Order
from ..model.rollout import Observation, Outcome, Step, Strategy
from ..model.scenario import Scenario
from .rollout import check_scenario, roll_out
from .simulated import SimulatedFleet


@dataclass(frozen=True)
class Storyboard:
    """The steps of a strategy if nothing goes wrong, each with the second at which it begins, and the end."""

    title: str
    frames: tuple[tuple[float, Step], ...]
    end: float
    outcome: Outcome

    def __str__(self) -> str:
        """One line a picture; the steps that want the very same fleet share one."""
        told = [(f"{_picture(step)}  {step.note}".rstrip(), start) for start, step in self.frames]
        rows = [(next(same)[1], words) for words, same in groupby(told, key=lambda row: row[0])]
        lines = [f"{start:6.0f} s  {words}" for start, words in (*rows, (self.end, self.outcome.value))]
        return "\n".join((f"{self.title}, if nothing goes wrong:", *lines))

    __repr__ = __str__


def storyboard(strategy: Strategy, scenario: Scenario) -> Storyboard:
    """The plan, before anything runs: the strategy's steps on a day on which both versions are faultless.

    A pause that waits for a person is promoted at once; nobody says anything else.

    >>> from deploylab import BlueGreen, Scenario
    >>> print(storyboard(BlueGreen(preview_hold=30), Scenario(replicas=3)))
    BlueGreen, if nothing goes wrong:
         0 s  v1 3, v2 3; traffic v1 100 %  prepare v2 beside v1
        40 s  v1 3, v2 3; traffic v2 100 %  switch everyone to v2
        70 s  v2 3; traffic v2 100 %  stop v1
        70 s  promoted
    """
    check_scenario(scenario, "storyboard(strategy")
    service_time = scenario.stable.service_time
    stable, candidate = (
        replace(build, error_rate=0, startup_jitter=0, warm_up_time=0, faults=(), service_time=service_time)
        for build in (scenario.stable, scenario.candidate)
    )
    day = replace(scenario, stable=stable, candidate=candidate, orders=())
    run = roll_out(strategy, day, world=_Attended)
    frames = tuple((seen.start, step) for step, seen in run.steps)
    return Storyboard(run.strategy, frames, run.finished, run.outcome)


class _Attended(SimulatedFleet):
    """A world in which a person stands by, who promotes as soon as that is asked for."""

    def apply(self, step: Step) -> Observation:
        if step.hold < inf:
            return super().apply(step)
        seen = super().apply(replace(step, hold=0.0))
        return replace(seen, orders=(Order(min(seen.end, 86_400), "promote"),))


def _picture(step: Step) -> str:
    replicas = ", ".join(f"{version} {n}" for version, n in step.replicas.items() if n)
    return f"{replicas or 'nothing'}{_division(step.traffic)}"


def _division(traffic: Mapping[str, float] | None) -> str:
    if traffic is None:
        return ""
    return "; traffic " + ", ".join(f"{version} {share:g} %" for version, share in traffic.items() if share)
