"""Where the instances stand: each has a place in its version's block, and places are used again."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from ..model.record import Instance
from ..model.run import Run

SIZES = (34, 30, 26, 22, 19, 16, 13, 11, 9, 7, 5, 4, 3, 2)
LEFT, TOP, WIDTH, HEIGHT = 604.0, 78.0, 332.0, 238.0
BETWEEN = 38.0  # px between two blocks, for the head of the lower one


@dataclass(frozen=True)
class Place:
    """The square of one instance: its left and top edge, in px."""

    x: float
    y: float


@dataclass(frozen=True)
class Floor:
    """The places of all instances, in their order, the side of their squares, and the tops of blocks.

    All in px; there is a block for each version, and each is `height` high. Where thousands are, `each` of
    them share a place.
    """

    places: tuple[Place, ...]
    size: int
    tops: tuple[float, ...]
    height: float
    each: int = 1


def floor(run: Run) -> Floor:
    """Give every instance a place; the squares are as large as the fullest moment allows."""
    n = len(run.scenario.versions)
    height = (HEIGHT - (n - 1) * BETWEEN) / n
    tops = tuple(TOP + number * (height + BETWEEN) for number in range(n))
    blocks = [_slots([i for i in run.instances if i.version == version]) for version in run.scenario.versions]
    most = max((max(slots.values(), default=0) + 1 for slots in blocks), default=1)
    size = next((size for size in SIZES if _columns(size) * _rows(size, height) >= most), SIZES[-1])
    columns = _columns(size)
    each = -(-most // (columns * _rows(size, height)))
    places = {
        name: Place(
            LEFT + gap(size) + slot // each % columns * _pitch(size),
            top + slot // each // columns * (size + line(size)),
        )
        for slots, top in zip(blocks, tops, strict=True)
        for name, slot in slots.items()
    }
    return Floor(tuple(places[i.name] for i in run.instances), size, tops, height, each)


def gap(size: int) -> int:
    """Room to the left of a square for the requests that wait: none on small squares."""
    return 16 if size >= 19 else max(1, size // 5)


def line(size: int) -> int:
    """Room between two rows of squares."""
    return max(1, size // 4)


def _pitch(size: int) -> int:
    return size + gap(size)


def _columns(size: int) -> int:
    return int(WIDTH // _pitch(size))


def _rows(size: int, height: float) -> int:
    return int((height + line(size)) // (size + line(size)))


def _slots(instances: list[Instance]) -> dict[str, int]:
    """The lowest free slot at each instance's start; a slot is free again once its instance has stopped."""
    free: list[int] = []
    leaving: list[tuple[float, int]] = []
    slots: dict[str, int] = {}
    fresh = 0
    for instance in sorted(instances, key=lambda i: i.started):
        while leaving and leaving[0][0] <= instance.started:
            heapq.heappush(free, heapq.heappop(leaving)[1])
        if free:
            slot = heapq.heappop(free)
        else:
            slot, fresh = fresh, fresh + 1
        slots[instance.name] = slot
        if instance.stopped is not None:
            heapq.heappush(leaving, (instance.stopped, slot))
    return slots
