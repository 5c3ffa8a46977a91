"""What can be seen of the requests between two moments, counted once for whoever asks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model.record import Status, Times
from .queueing import SlotOf

Known = tuple[SlotOf, NDArray[np.uint8], Times]  # slot, status, latency (ns)
FATES = len(Status)


@dataclass(frozen=True)
class Sighting:
    """Requests by version and fate; the last row of `fates` is of those that met no instance at all.

    `latencies` (ns) are those of the answered requests of each version; of `copies` so many were counted.
    """

    fates: list[list[int]]
    latencies: list[NDArray[np.int64]]
    copies: list[int]


def sighting(requests: Known, copies: Known | None, version: NDArray[np.int8], versions: int) -> Sighting:
    """Count the requests and copies that are known now; `version` is that of each slot."""
    row = (version % (versions + 1)).astype(np.int64) * FATES  # -1, no version, is the last row
    fates, latencies = _count(requests, row, versions)
    if copies is None:
        return Sighting(fates.tolist(), latencies, [0] * versions)
    more, later = _count(copies, row, versions)
    both = [np.concatenate(pair) for pair in zip(latencies, later, strict=True)]
    return Sighting((fates + more).tolist(), both, more[:versions].sum(axis=1).tolist())


def _count(
    known: Known, row: NDArray[np.int64], versions: int
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    slot, status, latency = known
    cell = row.take(slot) + status
    fates = np.bincount(cell, minlength=(versions + 1) * FATES).reshape(versions + 1, FATES)
    answered = [(cell == v * FATES) | (cell == v * FATES + Status.ERROR) for v in range(versions)]
    return fates, [latency[mine] for mine in answered]
