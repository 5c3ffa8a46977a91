"""The users of a flag on a ruler from 0 to 100 %: where each stands, and who can meet the feature when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.flag_rollout import FlagRollout
from .lanes import LEFT, RIGHT

RULER, ROW, NEAR = 222.0, 8.8, 8.4  # y of the ruler; px from one row of users to the next, and within a row
PEOPLE = 420  # users drawn


@dataclass(frozen=True)
class People:
    """The users who are drawn: their index in the record, and where they stand (px) on each ruler."""

    which: NDArray[np.intp]
    x: tuple[NDArray[np.float64], ...]
    y: tuple[NDArray[np.float64], ...]


def people(record: FlagRollout) -> People:
    """Which users are drawn, and where: at their exact place, above each other where it is full."""
    each = max(1, -(-len(record.users) // PEOPLE))
    which = np.arange(0, len(record.users), each)
    xs = tuple(x(ruler[which]) for ruler in record.rulers)
    return People(which, xs, tuple(_stacked(row) for row in xs))


def x(place: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Px from the left of the picture for a place on the ruler (%)."""
    return LEFT + (RIGHT - LEFT) * np.minimum(np.asarray(place, np.float64), 100) / 100


def _stacked(xs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Px from the top: the lowest row in which the one before is not too near."""
    rows: list[float] = []  # where the last one of each row stands
    ys = np.zeros(len(xs))
    for i in np.argsort(xs, kind="stable").tolist():
        row = next((row for row, last in enumerate(rows) if xs[i] - last >= NEAR), len(rows))
        rows[row : row + 1] = [float(xs[i])]
        ys[i] = RULER - 8 - ROW * row
    return ys


def reach(record: FlagRollout) -> list[tuple[float, float, int]]:
    """Whom the feature can meet: from which second on, up to which percent, and on which of the rulers.

    A flag that rises is heard of by the first instance at once, one that falls by the last one later.
    """
    stretches, weight = [], 0.0
    for number, change in enumerate(record.changes):
        falls = change.weight < weight
        late = record.flag.propagation if falls else 0.0
        if change.at + late < record.scenario.duration and not (falls and change.at == record.alarm):
            stretches.append((change.at + late, change.weight, number))
        weight = change.weight
    if record.back is not None:
        stretches.append((record.back, 0.0, len(record.changes) - 1))
    return stretches


def states(record: FlagRollout, folk: People) -> dict[str, Any]:
    """Who can meet the feature, and who has lost it as it grew; those who never can have no state."""
    stretches = reach(record)
    times = [0.0, *(round(time, 3) for time, _, _ in stretches)]
    on = [record.rulers[ruler][folk.which] < weight for _, weight, ruler in stretches]
    lower = np.diff([0.0, *(weight for _, weight, _ in stretches)]) < 0
    rows = [np.full(len(folk.which), "off", "U4")]
    for has, falls in zip(on, lower.tolist(), strict=True):
        had = (rows[-1] != "off") & (not falls)
        rows.append(np.where(has, "on", np.where(had, "lost", "off")))
    said = {}
    for person in np.flatnonzero(np.any(on, axis=0)).tolist() if on else ():
        row = [str(now[person]) for now in rows]
        turns = [i for i in range(len(row)) if not i or row[i] != row[i - 1]]
        said[f"u{person}"] = [[times[i] for i in turns], [row[i] for i in turns]]
    return said


def mark(record: FlagRollout) -> dict[str, Any]:
    """The mark stands where the flag says, the tinted area reaches as far as the feature can be met.

    Both from the very moment on: whoever steps to it sees what the words beside it say.
    """
    marks = [(0.0, 0.0), *((round(change.at, 3), change.weight) for change in record.changes)]
    edges = [(0.0, 0.0), *((round(time, 3), weight) for time, weight, _ in reach(record))]
    places, widths = ([round(float(x(weight)), 1) for _, weight in steps] for steps in (marks, edges))
    return {
        "mark": {"times": [time for time, _ in marks], "x": places, "hold": True},
        "area": {"times": [time for time, _ in edges], "width": [w - LEFT for w in widths], "hold": True},
    }


def dealt_anew(record: FlagRollout, folk: People) -> dict[str, Any]:
    """Users who come to stand elsewhere; where nobody is dealt anew, nothing moves."""
    anew = [i for i in range(1, len(record.rulers)) if record.rulers[i] is not record.rulers[i - 1]]
    if not anew:
        return {}
    times, shown = [0.0, *(round(record.changes[i].at, 3) for i in anew)], [0, *anew]
    return {
        f"u{person}": {
            "times": times,
            "hold": True,
            "x": [round(float(folk.x[ruler][person]), 1) for ruler in shown],
            "y": [round(float(folk.y[ruler][person]), 1) for ruler in shown],
        }
        for person in range(len(folk.which))
    }


def weight_at(record: FlagRollout, time: float) -> float:
    """What the flag says at this time, in percent."""
    return next((change.weight for change in reversed(record.changes) if change.at <= time), 0.0)
