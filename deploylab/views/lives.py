"""The life of each instance as a row of states, for the picture and for its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from ..model.record import Instance

Life = tuple[list[float], list[str]]  # when a state begins (s), the first at 0, and which


def life(instance: Instance, killed: float = 0.0) -> Life:
    """Its states over time; one that was killed shows it for `killed` seconds before it is gone.

    >>> life(Instance("v2-1", "v2", 5, ready=15, draining=90, stopped=92))
    ([0.0, 5, 15, 90, 92], ['gone', 'starting', 'ready', 'draining', 'gone'])
    """
    marks = {0.0, instance.started, instance.draining, instance.stopped}
    marks |= {time for span in instance.served for time in span}
    if instance.killed and instance.stopped is not None:
        marks.add(instance.stopped + killed)
    times: list[float] = []
    states: list[str] = []
    for time in sorted(mark for mark in marks if mark is not None):
        state = _state(instance, time, killed)
        if not states or state != states[-1]:
            times.append(time)
            states.append(state)
    return times, states


def counts(instances: Iterable[Instance]) -> Iterator[tuple[float, Counter[str]]]:
    """How many of these are in each state, from each moment on at which that changes."""
    changes: list[tuple[float, str, str]] = []
    for times, states in map(life, instances):
        changes += zip(times, states, ["", *states], strict=False)
    now: Counter[str] = Counter()
    for time, group in groupby(sorted(changes, key=itemgetter(0)), key=itemgetter(0)):
        for _, state, before in group:
            now.update({state: 1, before: -1})
        yield time, +now


def _state(instance: Instance, time: float, killed: float) -> str:
    if time < instance.started:
        return "gone"
    if instance.stopped is not None and time >= instance.stopped:
        return "killed" if instance.killed and time < instance.stopped + killed else "gone"
    if instance.draining is not None and time >= instance.draining:
        return "draining"
    spans = instance.served
    return "ready" if any(up <= time and (down is None or time < down) for up, down in spans) else "starting"
