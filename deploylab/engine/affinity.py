"""Session affinity: a user keeps meeting the same version and the same instance, as long as both last.

Two levels. The version: the users stand in one random order, and the newest version gets the first of them,
as many as its weight says; a rising weight only moves users over, never back. The instance: each user gives
every instance a score by chance (a hash of both), and goes to the highest score among those that are ready
(rendezvous hashing); when one goes, only its own users move, and when one comes, only those that it wins.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .queueing import NOBODY, SlotOf
from .workload import MOST_PLACES, user_luck

GOLDEN = 0x9E3779B97F4A7C15


class Affinity:
    """Who meets whom; more than 65,536 users share so many places."""

    def __init__(self, seed: int, users: int, versions: int) -> None:
        self._rank, words = user_luck(seed, users)
        self._everyone = Rendezvous(words)
        self._groups = [Rendezvous(words) for _ in range(versions)]

    def table(self, ready: Sequence[Collection[int]], weights: Sequence[Fraction] | None) -> SlotOf:
        """The slot of each place, with the ready slots of each version and the versions' shares, if any."""
        if weights is None:
            return self._everyone.among({slot for slots in ready for slot in slots})
        slots = [group.among(set(mine)) for group, mine in zip(self._groups, ready, strict=True)]
        table, later = slots[0], Fraction(0)
        for version in range(len(weights) - 1, 0, -1):  # the newest gets the first of the users
            first, later = round(later * len(self._rank)), later + weights[version]
            mine = (self._rank >= first) & (self._rank < round(later * len(self._rank)))
            table = np.where(mine, slots[version], table)
        return table

    def places(self, user: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The place of each user."""
        return user if len(self._rank) < MOST_PLACES else user & np.uint32(MOST_PLACES - 1)


class Rendezvous:
    """The highest score among some slots, at every place; it looks again only where it must."""

    def __init__(self, words: NDArray[np.uint64]) -> None:
        self._words = words
        self._slots: set[int] = set()
        self._best = np.zeros(len(words), np.uint64)
        self._slot = np.full(len(words), NOBODY, np.uint16)

    def among(self, slots: set[int]) -> SlotOf:
        """The slot of each place among these; nobody's when there are none.

        >>> group = Rendezvous(np.arange(1000, dtype=np.uint64))
        >>> before, after = group.among({1, 2, 3}), group.among({1, 3})
        >>> set(before[before != after].tolist())  # only those of slot 2 move
        {2}
        """
        gone, come = self._slots - slots, slots - self._slots
        self._slots = set(slots)
        orphans = np.flatnonzero(np.isin(self._slot, list(gone))) if gone else np.zeros(0, np.intp)
        self._best[orphans], self._slot[orphans] = 0, NOBODY
        for slot in slots - come if len(orphans) else ():
            self._offer(slot, orphans)
        for slot in come:
            self._offer(slot, slice(None))
        return self._slot.copy()

    def _offer(self, slot: int, places: slice | NDArray[np.intp]) -> None:
        score = scores(self._words[places], slot)
        better = score >= self._best[places]
        self._best[places] = np.where(better, score, self._best[places])
        self._slot[places] = np.where(better, np.uint16(slot), self._slot[places])


def scores(words: NDArray[np.uint64], slot: int) -> NDArray[np.uint64]:
    """What places with these words think of a slot; one to one, so no place scores two slots the same.

    The last steps of SplitMix64, which spread any difference over all bits.
    """
    x: NDArray[np.uint64] = words ^ np.uint64(slot * GOLDEN % 2**64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
