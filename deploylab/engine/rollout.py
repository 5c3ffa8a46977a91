"""Let a strategy loose on a fleet, and keep the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Protocol

from ..model.errors import StrategyError
from ..model.rollout import Observation, Outcome, Step, Strategy
from ..model.run import Event, Run
from ..model.scenario import Scenario
from .simulated import Record, SimulatedFleet
from .step_check import LONGEST, check_step

MOST_STEPS = 10_000  # a strategy that has not come to an end by then never will


class Fleet(Protocol):
    """The port to a world of instances and requests; the simulated one is `SimulatedFleet`."""

    def apply(self, step: Step) -> Observation:
        """Make the fleet what `step` wants, wait and watch as it says, and report."""

    def finish(self) -> Record:
        """Serve until the scenario's duration, and hand over the record."""


def roll_out(
    strategy: Strategy, scenario: Scenario, world: Callable[[Scenario], Fleet] = SimulatedFleet
) -> Run:
    """Release the scenario's candidate by this strategy, and return the record of what happened.

    Raises `StrategyError` when the strategy yields no Step, returns no Outcome, or asks for the impossible.

    >>> from deploylab import Recreate, Scenario
    >>> roll_out(Recreate(), Scenario(replicas=2)).outcome.value
    'promoted'
    """
    fleet, title = world(scenario), _title(strategy)
    steps: list[tuple[Step, Observation]] = []
    flow = strategy(scenario)
    if not hasattr(flow, "send"):
        raise StrategyError(f"{title} is not a generator function; write `seen = yield Step(...)` in it")
    try:
        step = next(flow)
        while True:
            check_step(step, scenario, title)
            seen = fleet.apply(step)
            steps.append((step, seen))
            if len(steps) == MOST_STEPS or seen.end > LONGEST:
                gone = f"{len(steps):,} steps and {seen.end:,.0f} s"
                raise StrategyError(f"{title} is still going after {gone}; return an Outcome at some point")
            step = flow.send(seen)
    except StopIteration as stop:
        outcome = _outcome(stop.value, steps, title)
    record, finished = fleet.finish(), steps[-1][1].end
    told = Event(finished, outcome.name.title().replace("_", ""), f"{title}: {outcome.value}")
    events = tuple(sorted((*record.events, told), key=lambda event: event.time))
    return Run(
        scenario,
        title,
        tuple(steps),
        record.log,
        record.instances,
        events,
        outcome,
        record.end,
        _settings(strategy),
    )


def _title(strategy: Strategy) -> str:
    return getattr(strategy, "__name__", type(strategy).__name__)


def _settings(strategy: Strategy) -> tuple[str, ...]:
    """The knobs that are not at their defaults, as one would write them."""
    if not is_dataclass(strategy):
        return ()
    own = {f.name: (getattr(strategy, f.name), f.default) for f in fields(strategy)}
    return tuple(f"{name}={value!r}" for name, (value, default) in own.items() if value != default)


def _outcome(value: object, steps: list[tuple[Step, Observation]], title: str) -> Outcome:
    if not steps:
        raise StrategyError(f"{title} yielded no Step; tell it what fleet you want, `seen = yield Step(...)`")
    if not isinstance(value, Outcome):
        raise StrategyError(f"{title} returned {value!r}; end it with an Outcome, `return Outcome.PROMOTED`")
    return value
