"""The commits of a delivery as motes: which of them are drawn, and their flights from room to room.

A dot arrives when its commit did. Stages take minutes where the picture shows months, so a dot sets out
earlier than its commit, early enough that its flights can be seen one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.delivery import Delivery
from ..model.delivery_log import Kind
from ..model.pipeline import STAGES
from ..model.record import SECOND
from . import frames

AT_ONCE = 150  # dots in flight at one time that a viewer can follow
LEG, BACK = 0.3, 0.9  # screen seconds of a flight from one room to the next, and back to the authors
PLACES = 12  # in each room, so that not all dots take the same line
AUTHORS, SHELF, PRODUCTION = 0, len(STAGES) + 1, len(STAGES) + 2  # rooms; the stages lie between
MOTE_KINDS = ("good", "defect", "back", "found", "far")


@dataclass(frozen=True)
class Flights:
    """The columns of all motes, and how many good commits one dot means; of the bad ones none is left out."""

    columns: dict[str, NDArray[np.generic]]
    per_dot: int


def kinds(speed: float) -> list[dict[str, Any]]:
    """What flies, in the order of `MOTE_KINDS`; `speed` is seconds of the record a second on the screen."""
    good = {"colour": "stable", "shape": "disc", "size": 2.5, "leg": LEG * speed}
    cross = {"colour": "failure", "shape": "cross", "size": 3.6, "leg": BACK * speed}
    return [
        good,
        {**good, "colour": "candidate", "shape": "square", "size": 3.2},
        {**good, "shape": "ring", "size": 2.8},
        {**cross, "arc": 62},
        {**cross, "arc": 96},
    ]


def flights(record: Delivery, speed: float) -> Flights:
    """Every flight of the commits that are drawn, in the order of time."""
    per_dot = max(1, round(len(record.jobs.done) * 1.5 * LEG * speed / record.end / AT_ONCE))
    drawn = (np.arange(len(record.commits)) % per_dot == 0) | (record.commits.found >= 0)
    parts = []
    for commit, time, start, end, kind in (*_through(record, LEG * speed), *_shipped(record, LEG * speed)):
        place, seen = (commit * 40_503 >> 5) % PLACES, drawn[commit] & (time < record.end)
        parts.append(frames.those(seen, time, start * PLACES + place, end * PLACES + place, kind))
    return Flights(frames.flights(parts), per_dot)


def unknown(record: Delivery) -> NDArray[np.bool_]:
    """Which jobs work on a commit whose defect nobody has found yet."""
    jobs = record.jobs
    return (record.commits.found[jobs.commit] >= 0) & ~jobs.repaired


def _through(record: Delivery, leg: float) -> list[tuple[Any, ...]]:
    """The way of each commit through the stages to the shelf, and back to its author if one finds it bad."""
    jobs, n = record.jobs, len(record.commits)
    row = jobs.commit + n * jobs.repaired.astype(np.int64)
    arrival = np.full((2 * n, SHELF + 1), np.inf)
    arrival[row, jobs.stage + 1] = jobs.queued / SECOND
    last = (jobs.stage == len(STAGES) - 1) & ~jobs.found
    arrival[row[last], SHELF] = jobs.done[last] / SECOND
    shown = arrival.copy()
    for room in range(SHELF - 1, AUTHORS, -1):
        shown[:, room] = np.minimum(shown[:, room], shown[:, room + 1] - leg)
    passes, room = (np.isfinite(arrival) & (arrival <= record.end)).nonzero()
    commit = passes % n
    bad = (record.commits.found[commit] >= 0) & (passes < n)
    there = (commit, shown[passes, room] - leg, room - 1, room, np.where(bad, 1, 0))
    found = jobs.found & (jobs.done <= record.end * SECOND)
    rooms = jobs.stage[found] + 1
    return [there, _flight(jobs.commit[found], jobs.done[found] / SECOND, rooms, AUTHORS, "found")]


def _shipped(record: Delivery, leg: float) -> list[tuple[Any, ...]]:
    """Releases on their way to production, and what is taken back from it."""
    d, hidden = record.deployments, record.hidden
    number = np.arange(len(d)).repeat(d.size)
    commit, done, kind = record.shipped.astype(np.int64), d.done[number] / SECOND, d.kind[number]
    up, (back, _) = kind != Kind.ROLLBACK, taken_back(record)
    sound, still = back & ~hidden, back & hidden
    noticed = [(i.culprit, i.detected) for i in record.incidents if i.detected is not None]
    culprits = np.array([culprit for culprit, _ in noticed], np.int64)
    return [
        (commit[up], done[up] - leg, SHELF, PRODUCTION, hidden[up]),
        _flight(commit[sound], done[sound], PRODUCTION, SHELF, "back"),
        _flight(commit[still], done[still], PRODUCTION, SHELF, "defect"),
        _flight(culprits, np.array([time for _, time in noticed]), PRODUCTION, AUTHORS, "far"),
    ]


def taken_back(record: Delivery) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which entries of `shipped` come back from production to the shelf, and which ones to their author."""
    d = record.deployments
    culprit = np.full(len(d), -1)
    for incident in record.incidents:
        if incident.taken_back_by is not None:
            culprit[incident.taken_back_by] = incident.culprit
    back, guilty = (culprit >= 0).repeat(d.size), culprit.repeat(d.size) == record.shipped
    return back & ~guilty, guilty


def _flight(commit: Any, time: Any, start: Any, end: Any, kind: str) -> tuple[Any, ...]:
    """The columns of flights of one kind."""
    return commit, time, start, end, MOTE_KINDS.index(kind)
