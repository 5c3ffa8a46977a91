"""The rooms of a pipeline, and the commits that stand in them: waiting, worked on, ready for a release."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.delivery import ESCAPED, Delivery, Kind
from ..model.pipeline import STAGES
from ..model.record import SECOND
from .pipeline_motes import unknown

BINS = 400
ROOM, TOP, GAP = 84.0, 112.0, 42.0  # a room's side, its upper edge, and the place for a queue before it
ROOMS = tuple(132 + number * (ROOM + GAP) for number in range(len(STAGES)))
SHELF_X, DOOR_X, PRODUCTION_X, PRODUCTION_W = 626.0, 730.0, 762.0, 174.0


def stacks(record: Delivery) -> tuple[list[dict[str, Any]], NDArray[np.uint16]]:
    """Commits that wait before each stage and are worked on in it, and those that wait for a release."""
    jobs, good, bad = record.jobs, 5, 6  # the kinds that stand still
    piles: list[dict[str, Any]] = []
    heights = []
    for number, left in enumerate(ROOMS):
        mine, hidden = jobs.stage == number, unknown(record)
        for kind, those in ((good, mine & ~hidden), (bad, mine & hidden)):
            row = TOP + ROOM - 8 if kind == good else TOP + 10
            piles.append(_stack(left - 8, row, -6, -7 if kind == good else 7, 4, 28, kind))
            heights.append(_open(record, jobs.queued[those], jobs.start[those]))
            piles.append(
                _stack(
                    left + 14, row - (6 if kind == good else -6), 8, -8 if kind == good else 8, 8, 32, kind
                )
            )
            heights.append(_open(record, jobs.start[those], jobs.done[those]))
        piles[-4]["text"] = f"queue{number}"
    for kind, here in zip((good, bad), _shelf(record), strict=True):
        piles.append(
            _stack(
                SHELF_X,
                TOP + 6 if kind == good else TOP + ROOM + 14,
                8,
                8,
                11,
                99 if kind == good else 22,
                kind,
            )
        )
        heights.append(here)
    piles[-2]["text"] = "shelf"
    return piles, np.concatenate(heights).clip(0, 65_535).astype(np.uint16)


def _stack(x: float, y: float, dx: float, dy: float, columns: int, most: int, kind: int) -> dict[str, Any]:
    return {"at": [x, y], "step": [dx, dy], "columns": columns, "most": most, "kind": kind}


def _open(record: Delivery, came: NDArray[np.int64], left: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many have come and not left at the end of each bin."""
    times = np.linspace(0, record.end * SECOND, BINS + 1)[1:]
    return np.sort(came).searchsorted(times, "right") - np.sort(left).searchsorted(times, "right")


def _shelf(record: Delivery) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Commits that wait for a deployment, or were taken back: good ones, and those with a defect."""
    jobs, d = record.jobs, record.deployments
    passed = (jobs.stage == len(STAGES) - 1) & ~jobs.found
    number = np.arange(len(d)).repeat(d.size)
    bad = (record.commits.found[record.shipped] == ESCAPED) & (d.kind[number] != Kind.HOTFIX)
    stopped = [i.deployment for i in record.incidents if i.way == "strategy"]
    up, back = (
        d.kind[number] != Kind.ROLLBACK,
        ~bad & ((d.kind[number] == Kind.ROLLBACK) | np.isin(number, stopped)),
    )
    came = np.concatenate([jobs.done[passed & ~unknown(record)], d.done[number[back]]])
    good = _open(record, came, d.start[number[up & ~bad]])
    return good, _open(record, jobs.done[passed & unknown(record)], d.start[number[up & bad]])
