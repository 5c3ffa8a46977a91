"""The rows of a graph in layers: everything settles as near to its neighbours as its column allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

SWEEPS = 12
THIN = 0.3  # how much room a line takes that passes a layer, in nodes


def settled(
    grid: list[list[str]], ahead: Mapping[str, list[str]], back: Mapping[str, list[str]], real: set[str]
) -> dict[str, float]:
    """The row of everything: as near to its neighbours as its column allows, without changing the order."""
    room = {name: 1.0 if name in real else THIN for names in grid for name in names}
    rows: dict[str, float] = {}
    for names in grid:
        offsets = _offsets(names, room)
        rows |= {name: offset - offsets[-1] / 2 for name, offset in zip(names, offsets, strict=True)}
    for sweep in range(SWEEPS):
        for names in grid if sweep % 2 == 0 else reversed(grid):
            wish = [
                mean([rows[other] for other in (*back[name], *ahead[name])], rows[name]) for name in names
            ]
            offsets = _offsets(names, room)
            flat = _rising([want - offset for want, offset in zip(wish, offsets, strict=True)])
            rows |= {name: z + offset for name, z, offset in zip(names, flat, offsets, strict=True)}
    top = min(rows.values(), default=0.0)
    return {name: round(row - top, 3) for name, row in rows.items()}


def _offsets(names: Sequence[str], room: Mapping[str, float]) -> list[float]:
    """How far below the first each name of a column stands at least."""
    offsets = [0.0][: len(names)]
    for above, below in pairwise(names):
        offsets.append(offsets[-1] + (room[above] + room[below]) / 2)
    return offsets


def _rising(values: Sequence[float]) -> list[float]:
    """The nearest numbers that never fall (pool adjacent violators).

    >>> _rising([1, 5, 3, 6])
    [1.0, 4.0, 4.0, 6.0]
    """
    pools: list[tuple[float, int]] = []
    for value in values:
        total, count = float(value), 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            above = pools.pop()
            total, count = total + above[0], count + above[1]
        pools.append((total, count))
    return [total / count for total, count in pools for _ in range(count)]


def mean(values: Sequence[float], otherwise: float) -> float:
    """The mean of some values, or something else where there are none."""
    return sum(values) / len(values) if values else otherwise
