"""All chance of a fleet of servers, drawn before anything acts: both ways meet the very same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...model.chance import stream
from ...model.evolution import Cause
from ...model.server_fleet import MONTH_NS, ServerFleet

Trouble = tuple[int, int]  # a server, and when (ns) somebody is called


def changes(fleet: ServerFleet) -> tuple[int, ...]:
    """When all servers need a change (ns): a Poisson process; a longer time only adds to a shorter one."""
    return tuple(_arrivals(fleet, fleet.changes_per_month, 0).tolist())


def troubles(fleet: ServerFleet) -> tuple[Trouble, ...]:
    """When which server gives trouble at night, in order of time; each server has luck of its own."""
    each = (_arrivals(fleet, fleet.hand_fixes_per_month, 1, server) for server in range(fleet.servers))
    nights = ((time, server) for server, times in enumerate(each) for time in times.tolist())
    return tuple((server, time) for time, server in sorted(nights))


def fates(fleet: ServerFleet, change: int) -> NDArray[np.uint8]:
    """What becomes of a change on each server when it is made in place, as a `Cause`."""
    skip, failure, order = stream(fleet.seed, 2, change).random((fleet.servers, 3)).T
    fate = np.where(order < fleet.reorder_rate, Cause.OUT_OF_ORDER, Cause.APPLIED)
    fate = np.where(failure < fleet.failure_rate, Cause.BROKE_OFF, fate)
    return np.where(skip < fleet.skip_rate, Cause.SKIPPED, fate).astype(np.uint8)


def undo_attempts(fleet: ServerFleet) -> NDArray[np.int64]:
    """How often each server must be told to undo a change until it has, when an attempt may break off."""
    luck = 1 - stream(fleet.seed, 3).random(fleet.servers)  # never 0
    if not fleet.failure_rate:
        return np.ones(fleet.servers, np.int64)
    repeats: NDArray[np.int64] = (np.log(luck) / np.log(fleet.failure_rate)).astype(np.int64)
    return 1 + repeats


def _arrivals(fleet: ServerFleet, per_month: float, *key: int) -> NDArray[np.int64]:
    if not per_month:
        return np.empty(0, np.int64)
    mean = fleet.end / MONTH_NS * per_month
    gaps = stream(fleet.seed, *key).standard_exponential(int(mean + 10 * mean**0.5 + 20))
    times = (gaps * (MONTH_NS / per_month)).astype(np.int64).cumsum()
    early: NDArray[np.int64] = times[times < fleet.end]
    return early
