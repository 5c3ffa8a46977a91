"""A graph in layers from left to right, with few crossings: Sugiyama's method, small.

Source: Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical system structures (1981).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .settled import SWEEPS, mean, settled

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
    grid: list[list[str]] = [[name for name in needs if column[name] == number] for number in range(width)]
    chains = {}
    for target, source in ((b, a) for a, bs in reduced(needs).items() for b in bs):
        between = {
            number: f"{target}>{source}>{number}" for number in range(column[target] + 1, column[source])
        }
        for number, thin in between.items():
            grid[number].append(thin)
        chains[target, source] = (target, *between.values(), source)
    ahead: dict[str, list[str]] = {name: [] for names in grid for name in names}
    back: dict[str, list[str]] = {name: [] for name in ahead}
    for left, right in (pair for chain in chains.values() for pair in pairwise(chain)):
        ahead[left].append(right)
        back[right].append(left)
    grid = _ordered(grid, ahead, back)
    rows = settled(grid, ahead, back, set(needs))
    spot = {name: (x, rows[name]) for x, names in enumerate(grid) for name in names}
    lines = {ends: tuple(spot[name] for name in chain) for ends, chain in chains.items()}
    return Layers({name: spot[name] for name in needs}, lines, width, max(rows.values(), default=0.0) + 1)


def reduced(needs: Needs) -> dict[str, list[str]]:
    """The needs without those that follow from other ones.

    >>> reduced({"a": [], "b": ["a"], "c": ["a", "b"]})
    {'a': [], 'b': ['a'], 'c': ['b']}
    """
    reach: dict[str, set[str]] = {}
    kept = {}
    for name, targets in needs.items():
        implied = set[str]().union(*(reach[target] for target in targets))
        kept[name] = [target for target in dict.fromkeys(targets) if target not in implied]
        reach[name] = implied.union(targets)
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
            middle = {name: mean([at[other] for other in near[name]], at[name]) for name in grid[x]}
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
        row, seen = {name: number for number, name in enumerate(right)}, list[int]()
        for end in (end for name in left for end in sorted(row[other] for other in ahead[name])):
            place = bisect_right(seen, end)
            total += len(seen) - place
            seen.insert(place, end)
    return total
