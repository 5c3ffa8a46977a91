"""The moments of a rollout that one speaks of: its steps, what people told it, and how it ended."""

from __future__ import annotations

from itertools import groupby, pairwise
from operator import itemgetter

from ..model.run import Run

PEOPLE = ("Order", "Release")  # reasons of the events in which somebody gives an order


def moments(run: Run) -> list[tuple[float, str]]:
    """Each with its time (s), in the order of time; steps with the same note are one."""
    steps = [(seen.start, step.note or "a step") for step, seen in run.steps]
    said = [next(group) for _, group in groupby(steps, key=itemgetter(1))]
    told = [(event.time, event.message) for event in run.events if event.reason in PEOPLE]
    end = (run.finished, run.ending)
    return sorted((*told, *said, end), key=itemgetter(0))  # an order before the step that heeds it


def turns(run: Run) -> set[float]:
    """The moments (s) at which a step divides the traffic in another way, or somebody gives an order."""
    divided = (seen.start for (one, _), (other, seen) in pairwise(run.steps) if one.traffic != other.traffic)
    return {*divided, *(event.time for event in run.events if event.reason in PEOPLE)}
