"""Mirrored requests: copies that a version works off, and whose answers nobody sees."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from ..model.record import AccessLog
from .ledger import Ledger
from .queueing import NOBODY, wheel
from .sighting import Known
from .workload import BLOCK, LUCK, Workload, copy_words


class Mirror:
    """Which requests are copied, to which slots, and what becomes of the copies.

    A request has one copy at the most, so the copies' ledger has the lines of the requests themselves.
    """

    def __init__(self, seed: int, limit: int) -> None:
        self._seed, self._below, self._wheel = seed, 0, wheel({NOBODY: 1})
        self._words, self._blocks = np.zeros(0, np.uint64), 0
        self.ledger = Ledger(limit, 0)

    @property
    def used(self) -> bool:
        """Whether anything was ever copied."""
        return self._blocks > 0

    def set_table(self, slots: Collection[int], percent: float) -> None:
        """From now on, copy so many percent of the requests to these slots; without slots, none."""
        self._below = round(percent / 100 * LUCK) if slots else 0
        if self._below:
            self._wheel = wheel(dict.fromkeys(slots, 1.0))

    def route(self, rows: slice, load: Workload) -> None:
        """Give the copies of these requests a slot."""
        if self._below:
            self._extend(load)
            word = self._words[rows]
            copied = ((word >> np.uint64(16)) & np.uint64(LUCK - 1)) < np.uint64(self._below)
            to = self._wheel.take(word.astype(np.uint16))
            self.ledger.slot[rows] = np.where(copied, to, np.uint16(NOBODY))

    def copied(self, rows: slice) -> NDArray[np.int64]:
        """The numbers of those among `rows` that have a copy."""
        numbers: NDArray[np.int64] = rows.start + np.flatnonzero(self.ledger.slot[rows] != NOBODY)
        return numbers

    def lose(self, slot: int, when: int, load: Workload, rows: slice) -> None:
        """What the slot has not done of its copies by `when` is lost."""
        self.ledger.lose(slot, when, load, rows)

    def known(self, rows: slice, load: Workload, start: int, end: int) -> Known:
        """Of the copies, what `Ledger.known` tells of requests."""
        slot, status, latency = self.ledger.known(rows, load, start, end)
        made = slot != NOBODY
        return slot[made], status[made], latency[made]

    def log(self, rows: slice, load: Workload, version: NDArray[np.int8]) -> AccessLog:
        """The copies of these requests."""
        return self.ledger.log(self.copied(rows), load, version)

    def _extend(self, load: Workload) -> None:
        if self._blocks * BLOCK < load.end:
            self._words = np.append(self._words, copy_words(load, self._seed, self._blocks))
            self._blocks = load.end // BLOCK
            self.ledger.extend(len(load))
