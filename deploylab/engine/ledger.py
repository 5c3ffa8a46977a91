"""What becomes of requests: one line for each request of the workload, filled in as its fate is decided."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model.record import AccessLog, Status
from .queueing import NOBODY
from .sighting import Known
from .workload import Workload

Rows = slice | NDArray[np.int64]


class Ledger:
    """The slot, the status and the end of the work of every request; `limit` is the clients' patience (ns).

    The client may be gone before the server is through. A line that was never written stays at `NOBODY`.
    """

    def __init__(self, limit: int, lines: int) -> None:
        self._limit = limit
        self.slot = np.full(lines, NOBODY, np.uint16)
        self.status = np.zeros(lines, np.uint8)
        self.done = np.zeros(lines, np.int64)

    def extend(self, lines: int) -> None:
        """Make room for more requests; what is written stays."""
        more = lines - len(self.slot)
        self.slot = np.append(self.slot, np.full(more, NOBODY, np.uint16))
        self.status = np.append(self.status, np.zeros(more, np.uint8))
        self.done = np.append(self.done, np.zeros(more, np.int64))

    def lose(self, slot: int, when: int, load: Workload, rows: slice) -> None:
        """What the slot has not done by `when` is lost, but for clients who had gone before."""
        late = rows.start + np.flatnonzero((self.slot[rows] == slot) & (self.done[rows] > when))
        waiting = late[load.time[late] + self._limit > when]
        self.status[waiting] = Status.LOST
        self.done[late] = when

    def known(self, rows: slice, load: Workload, start: int, end: int) -> Known:
        """Slot, status and latency of those among `rows` whose fate was known from `start`, before `end`."""
        time = load.time[rows]
        known = np.minimum(self.done[rows], time + self._limit)
        which = np.flatnonzero((known >= start) & (known < end))
        return self.slot[rows][which], self.status[rows][which], known[which] - time[which]

    def log(self, rows: Rows, load: Workload, version: NDArray[np.int8]) -> AccessLog:
        """These lines as the log of a run; `version` is that of each slot."""
        time, slot = load.time[rows], self.slot[rows]
        return AccessLog(
            time=time,
            work=load.work[rows],
            user=load.user[rows],
            version=version.take(slot),
            instance=slot.astype(np.int32) - 1,
            status=self.status[rows].copy(),
            latency=np.minimum(self.done[rows] - time, self._limit),
        )
