"""What the balancer knows of its slots, one array a property, with room for more."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.errors import StrategyError

FIRST_ROOM = 64
MOST_SLOTS = 65_536  # a slot is a uint16


class Slots:
    """A slot is one instance's place; slot 0, `NOBODY`, is that of requests which meet none.

    `pace` int64 ns for a mean request, `unlucky` uint32 error rate in parts of LUCK, `open` whether it
    listens, `version` int8 index of its version, -1 for none.
    """

    def __init__(self) -> None:
        self.used = 1
        self.pace = np.zeros(FIRST_ROOM, np.int64)
        self.unlucky = np.zeros(FIRST_ROOM, np.uint32)
        self.open = np.zeros(FIRST_ROOM, np.bool_)
        self.version = np.full(FIRST_ROOM, -1, np.int8)

    def add(self, pace: int, unlucky: int, version: int) -> int:
        """A slot for a new instance, which listens at once; returns its number."""
        slot = self.used
        if slot == MOST_SLOTS:
            problem = f"{MOST_SLOTS - 1:,} instances are the most in one run"
            raise StrategyError(f"{problem}; start fewer, less often")
        if slot == len(self.pace):
            self.pace, self.unlucky = doubled(self.pace), doubled(self.unlucky)
            self.open, self.version = doubled(self.open), doubled(self.version)
        self.pace[slot], self.unlucky[slot] = pace, unlucky
        self.open[slot], self.version[slot] = True, version
        self.used += 1
        return slot


def doubled(column: NDArray[Any]) -> NDArray[Any]:
    """The column with as much room again: adding one by one would copy it every time."""
    return np.append(column, np.zeros_like(column))
