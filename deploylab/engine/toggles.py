"""Release a feature behind a flag, over the very same requests as a rollout meets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..model.errors import KnobError, StrategyError
from ..model.flag import Flag, FlagChange
from ..model.flag_rollout import Evaluations, FlagRollout
from ..model.record import SECOND, Event
from ..model.rollout import Outcome, Rollout, Step, Strategy
from ..model.run import Run
from ..model.scenario import Scenario
from .clock import ns
from .evaluations import evaluations
from .rollout import roll_out

Bools = NDArray[np.bool_]


def toggle(flag: Flag, scenario: Scenario, redeploy: Strategy) -> FlagRollout:
    """Release the candidate's feature by this flag, over the very same requests as a rollout would meet.

    The candidate's build serves from the first second; `redeploy` is how the stable build comes back. After
    an alarm both ways back are tried on the same incident.

    >>> from deploylab import Flag, Rolling, Scenario, Version
    >>> bad = Scenario(candidate=Version("v2", error_rate=0.2), duration=120)
    >>> toggle(Flag(), bad, Rolling()).headline
    'Kill switch: feature taken back in 3.5 s'
    """
    _check(flag, scenario, redeploy)
    world = _dark(scenario)
    stay = roll_out(_stay, world)
    planned = _rollout(flag, scenario, stay, flag.changes)
    alarm = _alarm(planned)
    if alarm is None:
        return planned
    before = tuple(change for change in planned.changes if change.at < alarm)
    killed = _rollout(flag, scenario, stay, (*before, FlagChange(alarm, 0)), alarm, alarm + flag.propagation)
    begins = alarm + flag.pipeline
    back = roll_out(_later(redeploy, begins), world) if begins < scenario.duration else stay
    over = back.finished if back.outcome is Outcome.PROMOTED else None
    redeployed = _rollout(flag, scenario, back, before, alarm, over)
    killed = replace(killed, flag=replace(flag, kill_switch=True))
    redeployed = replace(redeployed, flag=replace(flag, kill_switch=False))
    mine, other = (killed, redeployed) if flag.kill_switch else (redeployed, killed)
    return replace(mine, other=other)


def _check(flag: object, scenario: Scenario, redeploy: object) -> None:
    for given, right, wanted in (
        (flag, isinstance(flag, Flag), "the first argument is a flag such as dl.Flag(...)"),
        (scenario, isinstance(scenario, Scenario), "the second is a scenario such as dl.Scenario(...)"),
        (redeploy, callable(redeploy), "the third, the way back, is a strategy such as dl.Rolling()"),
    ):
        if not right:
            raise StrategyError(f"toggle: {given!r:.60} does not fit; {wanted}")
    if scenario.orders:
        example = "for example Flag(schedule=(FlagChange(60, 0),))"
        problem = f"are for rollouts; tell a flag by its schedule, {example}"
        raise KnobError("Scenario", "orders", scenario.orders, problem)


def _dark(scenario: Scenario) -> Scenario:
    """The candidate's build is the one that stands, and the stable one the way back.

    Both err as little as either; what a request meets beyond that depends on its user and is decided
    afterwards, by the luck that it has.
    """
    least = min(scenario.stable.error_rate, scenario.candidate.error_rate)
    stands, way_back = (replace(build, error_rate=least) for build in (scenario.candidate, scenario.stable))
    return replace(scenario, stable=stands, candidate=way_back)


def _stay(scenario: Scenario) -> Rollout:
    yield Step({scenario.stable.name: scenario.replicas})
    return Outcome.ABORTED


def _later(redeploy: Strategy, start: float) -> Strategy:
    def wait_and_redeploy(scenario: Scenario) -> Rollout:
        yield Step({scenario.stable.name: scenario.replicas}, hold=start, note="the pipeline is running")
        return (yield from redeploy(scenario))

    return wait_and_redeploy


def _rollout(
    flag: Flag,
    scenario: Scenario,
    run: Run,
    planned: tuple[FlagChange, ...],
    alarm: float | None = None,
    over: float | None = None,
) -> FlagRollout:
    """What became of the requests of this run if the flag changed like that; `over` (s) ends the way back."""
    changes = tuple(change for change in planned if change.at < scenario.duration)
    users, rulers, asked = evaluations(flag, scenario, run.log.until(scenario.duration), changes)
    back = None
    if alarm is not None and over is not None and over <= scenario.duration:
        back = _last_met(asked, alarm)
    return FlagRollout(
        flag, scenario, changes, asked, users, rulers, _events(run, changes, alarm, back), alarm, back
    )


def _alarm(planned: FlagRollout) -> float | None:
    """When the monitor first sees too many failures among the requests with the feature, if ever.

    It knows a request once it is completed, and counts anew at each change of the flag.
    """
    flag, asked = planned.flag, planned.evaluations
    ticks = np.arange(1, int(planned.scenario.duration / flag.interval) + 1) * ns(flag.interval)
    starts = np.array([ns(change.at) for change in planned.changes] or [0])
    since = starts[np.maximum(0, starts.searchsorted(ticks) - 1)]
    known = np.sort((asked.time + asked.latency)[asked.on])
    bad = np.sort((asked.time + asked.latency)[asked.on & asked.failed])
    requests, failures = (done.searchsorted(ticks) - done.searchsorted(since) for done in (known, bad))
    alarms = (requests >= flag.min_requests) & (failures > flag.max_error_rate * requests)
    return float(ticks[alarms.argmax()]) / SECOND if alarms.any() else None


def _last_met(asked: Evaluations, alarm: float) -> float:
    """When the last request met the feature after the alarm."""
    met = asked.time[asked.on & (asked.time >= ns(alarm))]
    return float(met[-1]) / SECOND if len(met) else alarm


def _events(
    run: Run, changes: Sequence[FlagChange], alarm: float | None, back: float | None
) -> tuple[Event, ...]:
    told = [Event(c.at, "FlagChanged", f"{c.weight:g} %{_dealt(c)}") for c in changes if c.at != alarm]
    if alarm is not None:
        told.append(Event(alarm, "Alarm", "alarm, flag off" if changes[-1].at == alarm else "alarm"))
    if run.steps[0][0].note:  # a redeploy
        told += [Event(s.start, "Redeploy", "redeploy begins") for _, s in run.steps[1:2]]
    if back is not None:
        told.append(Event(back, "TakenBack", "taken back"))
    return tuple(sorted(told, key=lambda event: event.time))


def _dealt(change: FlagChange) -> str:
    """What is new about how the users are dealt."""
    key = f", key {change.key}" if change.key else ""
    return key + (f", bucketing {change.bucketing}" if change.bucketing else "")
