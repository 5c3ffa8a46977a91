"""The cells of a table over two of its columns: the means of a third."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..model.table import Table
from .series import Numbers


@dataclass(frozen=True, eq=False)  # arrays do not compare to one truth value
class Grid:
    """The different values of two columns, and for every pair of them the mean of a third, NaN without any.

    `mean` and `best` have a row for each value of `down`; `rows` is how many rows a cell has at most.
    """

    across: list[Any]
    down: list[Any]
    mean: Numbers
    best: NDArray[np.bool_]
    rows: int

    @cached_property
    def range(self) -> tuple[float, float] | None:
        """The least and the most of the means that are finite, if any is."""
        finite = self.mean[np.isfinite(self.mean)]
        return (float(finite.min()), float(finite.max())) if finite.size else None

    def part(self, value: float) -> float:
        """Where a value lies between the least, at 0, and the most, at 1."""
        low, high = self.range or (0.0, 0.0)
        return float(np.clip(np.nan_to_num((value - low) / (high - low)), 0, 1)) if high > low else 0.0

    @property
    def missing(self) -> int:
        """Cells without a value."""
        return int(np.isnan(self.mean).sum())


def grid(table: Table, x: str, y: str, metric: str, best: Literal["least", "most"]) -> Grid:
    """The means of the known values of `metric` by `x` and `y`."""
    across, down = different(table[x]), different(table[y])
    cell = _places(table[y], down) * len(across) + _places(table[x], across)
    value, size = np.asarray(table[metric], np.float64), len(across) * len(down)
    known = ~np.isnan(value)
    count = np.bincount(cell[known], minlength=size)
    total = np.bincount(cell[known], value[known], minlength=size)
    mean = np.where(count > 0, total / np.maximum(1, count), np.nan).reshape(len(down), len(across))
    return Grid(across, down, mean, _best(mean, best), int(np.bincount(cell).max()))


def different(column: Iterable[Any]) -> list[Any]:
    """The different values: numbers by size, everything else in the order of the table.

    >>> different((20, 5, 20)), different(("b", "a", "b", None))
    ([5, 20], ['b', 'a', None])
    """
    values = list({_key(value): value for value in column}.values())
    return sorted(values) if all(_is_number(value) for value in values) else values


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and value == value


def _places(column: Iterable[Any], values: list[Any]) -> NDArray[np.int64]:
    """The place of each value of the column among the different ones."""
    places = {_key(value): place for place, value in enumerate(values)}
    return np.array([places[_key(value)] for value in column])


def _key(value: Any) -> Any:
    return "NaN" if value != value else value  # a NaN is not equal even to itself


def _best(mean: Numbers, best: Literal["least", "most"]) -> NDArray[np.bool_]:
    """The cells of the best value; none where all are equal."""
    known = mean[~np.isnan(mean)]
    if not known.size or known.min() == known.max():
        return np.zeros(mean.shape, np.bool_)
    wins: NDArray[np.bool_] = mean == (known.max() if best == "most" else known.min())
    return wins
