"""The rooms of a pipeline, and the commits that stand in them: waiting, worked on, ready for a release."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.delivery import Delivery
from ..model.delivery_log import Kind
from ..model.pipeline import STAGES
from ..model.record import SECOND
from .pipeline_motes import MOTE_KINDS, taken_back, unknown

BINS = 400
STILL = len(MOTE_KINDS)  # the kinds of the commits that stand still: a good one, and one with a defect
WIDE, HIGH, TOP, GAP = 84.0, 118.0, 102.0, 42.0  # a room, its upper edge, and the queue's place before it
ROOMS = tuple(132 + number * (WIDE + GAP) for number in range(len(STAGES)))
SHELF_X, DOOR_X, PRODUCTION_X, PRODUCTION_W = 626.0, 730.0, 762.0, 174.0


def stacks(record: Delivery) -> tuple[list[dict[str, Any]], NDArray[np.uint16]]:
    """Commits that wait before each stage and are worked on in it, and those that wait for a release.

    Each stack is there twice: of good commits, and of those with a defect that nobody has found yet.
    """
    jobs, bad = record.jobs, unknown(record)
    low, piles, heights = TOP + HIGH, [], []
    for number, left in enumerate(ROOMS):
        for kind, those in enumerate(((jobs.stage == number) & ~bad, (jobs.stage == number) & bad)):
            down, up = ((low - 9, -8), (TOP + 10, 8))[kind]
            piles.append(_stack(left - 8, down, -7, up, 4, 36, kind, f"queue{number}"))
            heights.append(_open(record, jobs.queued[those], jobs.start[those]))
            piles.append(_stack(left + 11, down, 9, up, 8, 32, kind))
            heights.append(_open(record, jobs.start[those], jobs.done[those]))
    piles.append(_stack(SHELF_X, TOP + 8, 8, 8, 11, 121, 0, "shelf"))
    piles.append(_stack(SHELF_X, low - 10, 8, 8, 11, 22, 1))
    return piles, np.concatenate([*heights, *_shelf(record)]).clip(0, 65_535).astype(np.uint16)


def _stack(
    x: float, y: float, dx: float, dy: float, columns: int, most: int, bad: int, number: str = ""
) -> dict[str, Any]:
    stack = {"at": [x, y], "step": [dx, dy], "columns": columns, "most": most, "kind": STILL + bad}
    return stack | ({"text": number} if number and not bad else {})


def _open(record: Delivery, came: NDArray[np.int64], left: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many have come and not left at the end of each bin."""
    times = np.linspace(0, record.end * SECOND, BINS + 1)[1:]
    return np.sort(came).searchsorted(times, "right") - np.sort(left).searchsorted(times, "right")


def _shelf(record: Delivery) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Commits that wait for a deployment, or were taken back: good ones, and those with a defect."""
    jobs, d = record.jobs, record.deployments
    passed = (jobs.stage == len(STAGES) - 1) & ~jobs.found
    number = np.arange(len(d)).repeat(d.size)
    up, (back, _) = (d.kind != Kind.ROLLBACK)[number], taken_back(record)
    heights = []
    for fresh, shipped in ((~unknown(record), ~record.hidden), (unknown(record), record.hidden)):
        came = np.concatenate([jobs.done[passed & fresh], d.done[number[back & shipped]]])
        heights.append(_open(record, came, d.start[number[up & shipped]]))
    return heights[0], heights[1]
