"""Mirrored requests: copies that a version works off, and whose answers nobody sees."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from ..model.record import AccessLog
from .ledger import Ledger
from .queueing import NOBODY, wheel
from .workload import BLOCK, LUCK, Workload, copy_words


class Mirror:
    """Which requests are copied, to which slots, and what becomes of the copies.

    A request has one copy at the most, so the copies' ledger has the lines of the requests themselves.
    """

    def __init__(self, seed: int, limit: int) -> None:
        self._seed, self._below, self._wheel = seed, 0, wheel({NOBODY: 1})
        self.slots: Collection[int] = ()
        self._words, self._blocks = np.zeros(0, np.uint64), 0
        self._ledger = Ledger(limit, 0)

    def set_table(self, slots: Collection[int], percent: float) -> None:
        """From now on, copy so many percent of the requests to these slots; without slots, none."""
        self.slots, self._below = slots, round(percent / 100 * LUCK) if slots else 0
        self._wheel = wheel(dict.fromkeys(slots, 1.0) or {NOBODY: 1})

    def copies(self, rows: slice, load: Workload) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
        """The numbers of the requests among `rows` that are copied, and the slot of each copy."""
        if not self._below:
            return np.zeros(0, np.int64), np.zeros(0, np.uint16)
        self._extend(load)
        word = self._words[rows]
        copied = ((word >> np.uint64(16)) & np.uint64(LUCK - 1)) < np.uint64(self._below)
        return rows.start + np.flatnonzero(copied), self._wheel.take(word[copied].astype(np.uint16))

    def write(
        self,
        number: NDArray[np.int64],
        slot: NDArray[np.uint16],
        status: NDArray[np.uint8],
        done: NDArray[np.int64],
    ) -> None:
        """Note what became of the copies of these requests."""
        self._ledger.write(number, slot, status, done)

    def lose(self, slot: int, when: int, load: Workload, rows: slice) -> None:
        """What the slot has not done of its copies by `when` is lost."""
        self._ledger.lose(slot, when, load, rows)

    def log(self, rows: slice, load: Workload, version: NDArray[np.int8]) -> AccessLog:
        """The copies of these requests."""
        made = rows.start + np.flatnonzero(self._ledger.slot[rows] != NOBODY)
        return self._ledger.log(made, load, version)

    def _extend(self, load: Workload) -> None:
        if self._blocks * BLOCK < load.end:
            self._words = np.append(self._words, copy_words(load, self._seed, self._blocks))
            self._blocks = load.end // BLOCK
            self._ledger.extend(len(load))
