"""All chance, drawn once, before anything acts: every strategy meets the very same requests.

Requests are drawn in blocks of a minute of virtual time, each block from streams of its own, so a longer run
only extends a shorter one. A Poisson process may be restarted at any moment, so the seams are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.chance import stream
from ..model.record import SECOND
from ..model.scenario import Traffic
from .profile import InnerClock

BLOCK = 60 * SECOND
WORK = 2**20  # the work of a mean request; a version's service time is what it takes for this much
LUCK = 2**24  # luck is uniform below this
START_UP_BLOCK = 1024
MOST_PLACES = 65_536  # users beyond these share a place


@dataclass(frozen=True)
class Workload:
    """The requests of a run in the order of arrival, one array a column.

    `end` (ns) is how far they were drawn. `time` int64 ns; `work` int64 in 1/WORK of a mean request; `route`
    uint16, where on the routing wheel the request falls; `luck` uint32 below LUCK, an error if it is below
    the version's share; `user` uint32. Every run reads the same columns, so nobody can write to them.
    """

    end: int
    time: NDArray[np.int64]
    work: NDArray[np.int64]
    route: NDArray[np.uint16]
    luck: NDArray[np.uint32]
    user: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.time)


@lru_cache(maxsize=4)
def draw(traffic: Traffic, seed: int, seconds: float) -> Workload:
    """Draw the requests of at least `seconds`, rounded up to whole blocks.

    >>> from deploylab.model.scenario import Traffic
    >>> short, long = draw(Traffic(rate=10), 7, 60), draw(Traffic(rate=10), 7, 180)
    >>> bool((long.time[:len(short)] == short.time).all())
    True
    """
    blocks = max(1, -(-round(seconds * SECOND) // BLOCK))
    columns = zip(*(_block(traffic, seed, number) for number in range(blocks)), strict=True)
    return Workload(blocks * BLOCK, *(_read_only(np.concatenate(parts)) for parts in columns))


def _read_only(column: NDArray[Any]) -> NDArray[Any]:
    column.flags.writeable = False
    return column


def _block(traffic: Traffic, seed: int, number: int) -> tuple[NDArray[Any], ...]:
    arrivals, works, words = (stream(seed, 0, number, purpose) for purpose in range(3))
    time = _arrivals(arrivals, traffic, number * BLOCK)
    n = len(time)
    word = words.integers(0, 2**64, n, dtype=np.uint64)
    return (
        time,
        (works.standard_exponential(n) * WORK).astype(np.int64),
        word.astype(np.uint16),
        (word >> np.uint64(16)).astype(np.uint32) & np.uint32(LUCK - 1),
        ((word >> np.uint64(40)) * np.uint64(traffic.users) >> np.uint64(24)).astype(np.uint32),
    )


def _arrivals(chance: np.random.Generator, traffic: Traffic, start: int) -> NDArray[np.int64]:
    """When requests arrive in the block that begins at `start`, ns."""
    clock = InnerClock(traffic.profile, start, start + BLOCK) if traffic.profile else None
    length = clock.length if clock else float(BLOCK)
    mean = traffic.rate * length / SECOND
    gaps = chance.standard_exponential(int(mean + 10 * mean**0.5 + 20)) * (SECOND / traffic.rate)
    inner = np.minimum(gaps, length).astype(np.int64).cumsum()
    inner = inner[: int(inner.searchsorted(length))]
    return clock.true_time(inner) if clock else inner + start


def copy_words(load: Workload, seed: int, first: int) -> NDArray[np.uint64]:
    """A random word for every request from block `first` on: whether it is copied, and where the copy goes.

    Drawn apart from the requests, so that these stay what they are when somebody begins to mirror.
    """
    edges = load.time.searchsorted(np.arange(first, load.end // BLOCK + 1) * BLOCK)
    words = [
        stream(seed, 4, number).integers(0, 2**64, n, dtype=np.uint64)
        for number, n in enumerate(np.diff(edges).tolist(), first)
    ]
    return np.concatenate([np.zeros(0, np.uint64), *words])


def start_up_luck(seed: int, version: int, ordinal: int) -> float:
    """How unlucky the start of the `ordinal`-th instance of a version is, from 0 to below 1."""
    return float(_start_up_block(seed, version, ordinal // START_UP_BLOCK)[ordinal % START_UP_BLOCK])


@lru_cache(maxsize=16)
def _start_up_block(seed: int, version: int, number: int) -> NDArray[np.float64]:
    return stream(seed, 1, version, number).random(START_UP_BLOCK)


@lru_cache(maxsize=4)
def user_luck(seed: int, users: int) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
    """A random order of the users, as a rank for each, and a random word for each."""
    places = min(users, MOST_PLACES)
    chance = stream(seed, 2)
    words = chance.integers(0, 2**64, places, dtype=np.uint64)
    return _read_only(chance.permutation(places).astype(np.uint32)), _read_only(words)


def restart_luck(seed: int, version: int, ordinal: int, restarts: int) -> tuple[float, float]:
    """How unlucky a start is after so many restarts: in whether it crashes, and in how long it takes."""
    crash, slow = stream(seed, 3, version, ordinal, restarts).random(2)
    return float(crash), float(slow)
