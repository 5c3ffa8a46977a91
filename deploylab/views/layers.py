"""A graph in layers from left to right, with few crossings: Sugiyama's method, small.

Source: Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical system structures (1981).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 12
THIN = 0.3  # how much room a line takes that passes a layer, in nodes
Needs = Mapping[str, Sequence[str]]
Place = tuple[float, float]


@dataclass(frozen=True)
class Layers:
    """Where each name stands, as a column and a row, and through which places each line between two goes."""

    places: Mapping[str, Place]
    lines: Mapping[tuple[str, str], tuple[Place, ...]]
    columns: int
    rows: float


def layers(needs: Needs, most: int) -> Layers:
    """Everything to the right of all that it needs; at most `most` names stand in a column.

    The names must come after all that they need. Lines that follow from others are left out.

    >>> layers({"network": [], "subnet": ["network"], "server": ["subnet", "network"]}, most=9).places
    {'network': (0, 0.0), 'subnet': (1, 0.0), 'server': (2, 0.0)}
    """
    column = _columns(needs, most)
    width = max(column.values(), default=0) + 1
    grid: list[list[str]] = [[] for _ in range(width)]
    for name in needs:
        grid[column[name]].append(name)
    chains = {}
    for target, source in ((b, a) for a, bs in reduced(needs).items() for b in bs):
        between = [f"{target}>{source}>{n}" for n in range(column[target] + 1, column[source])]
        for number, thin in enumerate(between, start=column[target] + 1):
            grid[number].append(thin)
        chains[target, source] = (target, *between, source)
    links = [pair for chain in chains.values() for pair in pairwise(chain)]
    ahead: dict[str, list[str]] = {name: [] for names in grid for name in names}
    back: dict[str, list[str]] = {name: [] for name in ahead}
    for left, right in links:
        ahead[left].append(right)
        back[right].append(left)
    real = set(needs)
    grid = _ordered(grid, ahead, back)
    rows = _rows(grid, ahead, back, real)
    spot = {name: (x, rows[name]) for x, names in enumerate(grid) for name in names}
    lines = {ends: tuple(spot[name] for name in chain) for ends, chain in chains.items()}
    return Layers({name: spot[name] for name in needs}, lines, width, max(rows.values(), default=0.0) + 1)


def reduced(needs: Needs) -> dict[str, list[str]]:
    """The needs without those that follow from other ones.

    >>> reduced({"a": [], "b": ["a"], "c": ["a", "b"]})
    {'a': [], 'b': ['a'], 'c': ['b']}
    """
    bit = {name: 1 << number for number, name in enumerate(needs)}
    reach: dict[str, int] = {}
    kept = {}
    for name, targets in needs.items():
        implied = 0
        for target in targets:
            implied |= reach[target]
        kept[name] = [target for target in dict.fromkeys(targets) if not implied & bit[target]]
        reach[name] = implied
        for target in targets:
            reach[name] |= bit[target]
    return kept


def _columns(needs: Needs, most: int) -> dict[str, int]:
    """The column of each name; a layer with too many of them takes several columns."""
    depth: dict[str, int] = {}
    for name, targets in needs.items():
        depth[name] = max((depth[target] + 1 for target in targets), default=0)
    column: dict[str, int] = {}
    start = 0
    for layer in range(max(depth.values(), default=-1) + 1):
        names = [name for name in needs if depth[name] == layer]
        several = -(-len(names) // most)
        column |= {name: start + number * several // len(names) for number, name in enumerate(names)}
        start += several
    return column


def _ordered(
    grid: list[list[str]], ahead: Mapping[str, list[str]], back: Mapping[str, list[str]]
) -> list[list[str]]:
    """The order in each column with the fewest crossings found: each near the middle of its neighbours."""
    best, fewest = grid, crossings(grid, ahead)
    for sweep in range(SWEEPS):
        near, order = (back, range(len(grid))) if sweep % 2 == 0 else (ahead, range(len(grid) - 1, -1, -1))
        grid = [*grid]
        at = {name: row / max(1, len(names)) for names in grid for row, name in enumerate(names)}
        for x in order:
            middle = {name: _mean([at[other] for other in near[name]], at[name]) for name in grid[x]}
            grid[x] = sorted(grid[x], key=lambda name: middle[name])
            at |= {name: row / len(grid[x]) for row, name in enumerate(grid[x])}
        if (count := crossings(grid, ahead)) < fewest:
            best, fewest = grid, count
    return best


def crossings(grid: Sequence[Sequence[str]], ahead: Mapping[str, list[str]]) -> int:
    """How many pairs of lines cross between neighbouring columns.

    >>> crossings([["a", "b"], ["x", "y"]], {"a": ["y"], "b": ["x"], "x": [], "y": []})
    1
    """
    total = 0
    for left, right in pairwise(grid):
        row = {name: number for number, name in enumerate(right)}
        counts = [0] * (len(right) + 1)  # a Fenwick tree: how many lines so far end above a row
        for seen, end in enumerate(
            end for name in left for end in sorted(row[other] for other in ahead[name])
        ):
            above, number = 0, end + 1
            while number:
                above, number = above + counts[number], number & (number - 1)
            total += seen - above
            number = end + 1
            while number < len(counts):
                counts[number] += 1
                number += number & -number
    return total


def _rows(
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
                _mean([rows[other] for other in (*back[name], *ahead[name])], rows[name]) for name in names
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


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
