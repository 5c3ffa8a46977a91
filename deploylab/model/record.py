"""What was recorded: every request, the life of every instance, and the events."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

SECOND = 1_000_000_000  # nanoseconds
Times = NDArray[np.int64]  # ns, one a request


class Status(IntEnum):
    """The one fate of a request."""

    OK = 0
    ERROR = 1  # the version answered with an error
    TIMEOUT = 2  # the client stopped waiting; the server did the work all the same
    LOST = 3  # the instance was killed with it
    REFUSED = 4  # nobody listened: no instance at all, or that one no longer


@dataclass(frozen=True)
class AccessLog:
    """Every request of a run, one array a column, in the order of arrival.

    `time` int64 ns of arrival; `work` int64, in 1/2**20 of a mean request; `user` uint32; `version` int8,
    index into `Scenario.versions`, -1 for none; `instance` int32, index into `Run.instances`, -1 for none;
    `status` uint8, a `Status`; `latency` int64 ns, from arrival until the client knew.
    """

    time: NDArray[np.int64]
    work: NDArray[np.int64]
    user: NDArray[np.uint32]
    version: NDArray[np.int8]
    instance: NDArray[np.int32]
    status: NDArray[np.uint8]
    latency: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.time)

    def until(self, seconds: float) -> AccessLog:
        """The requests that arrived before `seconds`."""
        end = int(self.time.searchsorted(round(seconds * SECOND)))
        return self.rows(slice(end))

    def rows(self, which: slice | NDArray[np.bool_]) -> AccessLog:
        """Some of the requests, chosen by a slice or a mask."""
        return AccessLog(*(getattr(self, column.name)[which] for column in fields(self)))

    @cached_property
    def failed(self) -> NDArray[np.bool_]:
        """Which requests got anything but a good answer."""
        return np.not_equal(self.status, Status.OK)

    @cached_property
    def answered(self) -> NDArray[np.bool_]:
        """Which requests got an answer of the service, good or error."""
        return np.less_equal(self.status, Status.ERROR)

    @cached_property
    def answers(self) -> NDArray[np.int64]:
        """The latencies of the answered requests (ns)."""
        return self.latency[self.answered]


def joined(first: AccessLog, second: AccessLog) -> AccessLog:
    """Two logs as one, the first before the second."""
    if not len(second):
        return first
    columns = ((getattr(first, f.name), getattr(second, f.name)) for f in fields(AccessLog))
    return AccessLog(*map(np.concatenate, columns))


def no_requests() -> AccessLog:
    """A log in which nothing is.

    >>> len(no_requests())
    0
    """
    kinds = (np.int64, np.int64, np.uint32, np.int8, np.int32, np.uint8, np.int64)
    none: list[Any] = [np.zeros(0, kind) for kind in kinds]
    return AccessLog(*none)


@dataclass(frozen=True)
class Instance:
    """The life of one instance, in seconds of the run; None is never.

    `started`, `ready` (for the first time), `draining` (told to stop), `stopped`; `killed` says that SIGKILL
    or a lack of memory ended it. `restarts`: how often it was started again after a crash. `outages`: when it
    went down after it had been ready, and when it was ready again.
    """

    name: str
    version: str
    started: float
    ready: float | None = None
    draining: float | None = None
    stopped: float | None = None
    killed: bool = False
    restarts: int = 0
    outages: tuple[tuple[float, float | None], ...] = ()

    @cached_property
    def served(self) -> tuple[tuple[float, float | None], ...]:
        """From when until when it was in service, ready and not told to stop; None is until the end.

        >>> Instance("v2-1", "v2", 0, ready=10, draining=90, outages=((30, 50),)).served
        ((10, 30), (50, 90))
        """
        ups = [self.ready, *(up for _, up in self.outages)]
        downs = [*(down for down, _ in self.outages), self.draining]
        return tuple((up, down) for up, down in zip(ups, downs, strict=True) if up is not None)


@dataclass(frozen=True)
class Event:
    """Something that happened at `time` (s): a short CamelCase `reason` as in Kubernetes, and a sentence."""

    time: float
    reason: str
    message: str
