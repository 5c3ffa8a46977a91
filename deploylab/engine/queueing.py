"""The data plane: which instance gets a request, and when it is done. Pure numpy, exact to the nanosecond.

A queue with one worker obeys Lindley's recursion, `start = max(arrival, end of the one before)`. Written with
the work summed up before each request, `start - before = max over all earlier (arrival - before)`: a running
maximum, which numpy does in one pass. The trick that serves all instances in that one pass: lay their days
end to end on one long time axis, so far apart that no queue can reach into the next instance's day.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..model.record import Times

PLACES = 65_536  # on the routing wheel
BLOCK = 32_768  # requests whose columns fit into the second-level cache together
NOBODY = 0  # the slot of the requests that meet no instance
SlotOf = NDArray[np.uint16]  # each request, or each place on the wheel


def wheel(shares: Mapping[int, float]) -> SlotOf:
    """Deal the places of the routing wheel to slots, in proportion to `shares`; largest remainders first.

    >>> np.bincount(wheel({1: 3, 2: 1})).tolist()
    [0, 49152, 16384]
    """
    return _dealt(tuple(shares.items()))


@lru_cache(maxsize=64)  # whoever turns a knob meets most of them again
def _dealt(shares: tuple[tuple[int, float], ...]) -> SlotOf:
    slots = np.array([slot for slot, _ in shares], np.uint16)
    exact = np.array([share for _, share in shares], np.float64)
    exact *= PLACES / exact.sum()
    places = exact.astype(np.int64)
    places[np.argsort(places - exact, kind="stable")[: PLACES - places.sum()]] += 1
    dealt: SlotOf = slots.repeat(places)
    dealt.flags.writeable = False
    return dealt


def serve(arrival: Times, service: Times, slot: SlotOf, free: Times) -> Times:
    """When each request is done, first come first served at its slot; moves `free` on.

    `arrival` (ns, ascending), `service` (ns) and `slot` are one entry a request; `free[slot]` (ns) is when
    the worker of a slot is next free, and is updated in place.

    >>> free = np.zeros(2, np.int64)
    >>> serve(np.array([0, 1, 2]), np.array([5, 5, 5]), np.array([1, 0, 1], np.uint16), free).tolist()
    [5, 6, 10]
    >>> free.tolist()
    [6, 10]
    """
    order = slot.argsort(kind="stable")  # a radix sort: groups by slot, keeps the order of arrival
    count = np.bincount(slot, minlength=len(free))
    used = count.nonzero()[0]
    count = count[used]
    after = count.cumsum()
    head = after - count  # where the requests of each used slot begin

    work = service.take(order)
    before = work.cumsum()
    day = _day(arrival, free, int(before[-1]), len(used))
    before -= work
    shift = (np.arange(len(used), dtype=np.int64) * day).repeat(count) - before
    start = arrival.take(order) + shift
    start[head] = np.maximum(start[head], free[used] + shift[head])
    np.maximum.accumulate(start, out=start)
    start -= shift
    start += work

    free[used] = start[after - 1]
    done = np.empty(len(start), np.int64)
    done[order] = start
    return done


def _day(arrival: Times, free: Times, work: int, days: int) -> int:
    """How far apart two instances' time axes must lie so that no queue reaches into the next one."""
    day = max(int(arrival[-1]), int(free.max())) - int(arrival[0]) + work + 1
    if day * days > 2**62:
        raise OverflowError("the run is too long for integer nanoseconds; simulate a shorter duration")
    return day
