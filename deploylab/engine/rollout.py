"""Let a strategy loose on a fleet, and keep the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass, replace
from typing import Protocol

from ..model.errors import StrategyError, short
from ..model.knob import turned
from ..model.record import Event
from ..model.rollout import Observation, Outcome, Rollout, Step, Strategy
from ..model.run import Run
from ..model.scenario import Scenario
from ..model.version import Version
from .memory import keep_memory
from .simulated import Recording, SimulatedFleet
from .step_check import LONGEST, check_step

MOST_STEPS = 10_000  # a strategy that has not come to an end by then never will


class Fleet(Protocol):
    """The port to a world of instances and requests; the simulated one is `SimulatedFleet`."""

    def apply(self, step: Step) -> Observation:
        """Make the fleet what `step` wants, wait and watch as it says, and report."""

    def finish(self) -> Recording:
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
    title = _title(strategy, scenario)
    keep_memory()
    fleet = world(scenario)
    steps, claimed = _follow(strategy(_known(scenario)), fleet, scenario, title)
    outcome = _outcome(claimed, steps, title, scenario)
    record, finished = fleet.finish(), steps[-1][1].end
    told = Event(finished, outcome.name.title().replace("_", ""), f"{title}: {outcome.value}")
    return Run(
        scenario=scenario,
        strategy=title,
        steps=tuple(steps),
        log=record.log,
        instances=record.instances,
        events=tuple(sorted((*record.events, told), key=lambda event: event.time)),
        outcome=outcome,
        end=record.end,
        settings=turned(strategy) if is_dataclass(strategy) else (),
        mirrored=record.mirrored,
    )


def _follow(
    flow: Rollout, fleet: Fleet, scenario: Scenario, title: str
) -> tuple[list[tuple[Step, Observation]], object]:
    """Do what the strategy yields and tell it what was seen; its steps, and what it returned in the end."""
    if not hasattr(flow, "send"):
        raise StrategyError(f"{title} is not a generator function; write `seen = yield dl.Step(...)` in it")
    steps: list[tuple[Step, Observation]] = []
    known = [scenario.stable.name, scenario.candidate.name]
    try:
        step = next(flow)
        while True:
            check_step(step, known, title)
            seen = fleet.apply(step)
            known = list(seen.replicas)
            steps.append((replace(step), seen))  # a copy, for the strategy may go on with its own
            if len(steps) == MOST_STEPS or seen.end > LONGEST:
                gone = f"{len(steps):,} steps and {seen.end:,.0f} s"
                gone += ", of which the last took no time" if seen.end == seen.start else ""
                raise StrategyError(f"{title} is still going after {gone}; return an Outcome at some point")
            step = _answer(flow, seen, title)
    except StopIteration as stop:
        return steps, stop.value


def _answer(flow: Rollout, seen: Observation, title: str) -> Step:
    """Tell the strategy what was seen, and hear what it wants next."""
    try:
        return flow.send(seen)
    except AttributeError as problem:
        if problem.name != "send":
            raise
        deaf = "a list behind `yield from` cannot hear what was seen"
        advice = "write `for step in steps: seen = yield step`"
        raise StrategyError(f"{title}: {deaf}; {advice}") from None


def check_scenario(scenario: object, call: str) -> None:
    """Refuse what is no scenario; `call` is how one begins to write it."""
    if not isinstance(scenario, Scenario):
        raise StrategyError(f"{short(scenario)} is no Scenario; write {call}, dl.Scenario(...))")


def _title(strategy: object, scenario: object) -> str:
    """What the strategy is called; refuses what is none, in one sentence."""
    name = str(getattr(strategy, "__name__", type(strategy).__name__))
    check_scenario(scenario, "roll_out(strategy")
    if isinstance(strategy, type):
        raise StrategyError(f"{name} is a class; make a strategy of it, {name}(...)")
    if hasattr(strategy, "send"):
        raise StrategyError(f"{name} has been called already; hand in the function itself, without brackets")
    if not callable(strategy):
        advice = "use dl.Rolling(), say, or a generator function"
        raise StrategyError(f"{short(strategy)} is no strategy; {advice}")
    return name


def _known(scenario: Scenario) -> Scenario:
    """The scenario as an operator knows it: the future, and how versions behave, is still to be found out."""
    stable, candidate = (Version(name) for name in scenario.versions[:2])
    return replace(scenario, stable=stable, candidate=candidate, orders=())


def _outcome(value: object, steps: list[tuple[Step, Observation]], title: str, scenario: Scenario) -> Outcome:
    """The outcome that a strategy claims, if it gave one and the fleet is as it says."""
    if not steps:
        raise StrategyError(f"{title} yielded no Step; say what fleet you want, `seen = yield dl.Step(...)`")
    if not isinstance(value, Outcome):
        meant = next((one.name for one in Outcome if one.value == value), Outcome.PROMOTED.name)
        advice = f"end it with an Outcome, `return dl.Outcome.{meant}`"
        raise StrategyError(f"{title} returned {short(value)}; {advice}")
    if problem := _untrue(value, *steps[-1], scenario.replicas):
        raise StrategyError(f"{title} says {value.value}, but {problem}")
    return value


def _untrue(outcome: Outcome, step: Step, seen: Observation, size: int) -> str:
    """Why the last step and what was seen of it belie an outcome; nothing if they do not."""
    stable, candidate, *_ = seen.replicas
    newest = list(seen.replicas)[-1]
    left = {Outcome.PROMOTED: newest, Outcome.ROLLED_BACK: stable}.get(outcome)
    promised = {version: size if version == left else 0 for version in seen.replicas if left}
    wanted = {version: step.replicas.get(version, 0) for version in promised}
    if left not in (None, stable, candidate) and not wanted[newest]:
        advice = "go on with the last one of seen.replicas, or return Outcome.STALLED"
        return f"{newest} was released in its middle, and 0 of it are wanted; {advice}"
    for version, count in promised.items():
        if wanted[version] != count:
            advice = f"yield a Step that wants {count} first, or return Outcome.STALLED"
            return f"{wanted[version]} of {version} are wanted; {advice}"
    there = [seen.replicas[version].available >= count for version, count in promised.items()]
    if seen.deadline_exceeded and not all(there):
        advice = "return Outcome.STALLED, or seen.ends(outcome), which does so when it must"
        return f"its last Step missed its deadline; {advice}"
    return ""
