"""The moments of a rollout that one speaks of: its steps, what people told it, and how it ended."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby, pairwise
from operator import itemgetter

from ..model.run import Run

SAYS = "a person says: "
PEOPLE = ("Order", "Release")  # reasons of the events in which somebody gives an order


def moments(run: Run) -> list[tuple[float, str]]:
    """Each with its time (s), in the order of time; steps with the same note are one.

    What somebody says and the step that it leads to at once are told together.
    """
    steps = [(seen.start, step.note or "a step") for step, seen in run.steps]
    told = defaultdict[float, list[str]](list)
    for event in run.events:
        if event.reason in PEOPLE:
            told[event.time].append(event.message)
    said = [(run.finished, run.ending)]
    for time, note in [next(group) for _, group in groupby(steps, key=itemgetter(1))][::-1]:
        heard = told.pop(time, []) if SAYS.rstrip(": ") not in note else []
        said.append((time, f"{_joined(heard)}; {note}" if heard else note))
    orders = [(time, _joined(words)) for time, words in told.items()]
    return sorted((*orders, *said[::-1]), key=itemgetter(0))  # an order before the step that heeds it


def _joined(words: list[str]) -> str:
    """Several orders of one moment; who gives them is said once."""
    return ", ".join((*words[:1], *(each.removeprefix(SAYS) for each in words[1:])))


def turns(run: Run) -> set[float]:
    """The moments (s) at which a step divides the traffic in another way, or somebody gives an order."""
    divided = (seen.start for (one, _), (other, seen) in pairwise(run.steps) if one.traffic != other.traffic)
    return {*divided, *(event.time for event in run.events if event.reason in PEOPLE)}
