"""What is noted of a delivery: every commit, every run of a stage, every deployment and every incident."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .pipeline import STAGES
from .record import Times

NEVER = -1  # instead of a time, for what did not happen
ESCAPED = len(STAGES)  # instead of the stage that found a defect


class Kind(IntEnum):
    """Why there was a deployment."""

    PLANNED = 0
    HOTFIX = 1  # a repair, or a release that had been rolled back, repaired
    ROLLBACK = 2


@dataclass(frozen=True)
class Commits:
    """One entry a commit, in the order of `time` (ns).

    `size` int64 lines; `found` int8: the stage that found its defect, `ESCAPED` when none did, -1 without a
    defect; in ns: `ready` when it had passed all stages, `repaired` when its repaired successor had, `live`
    since when it runs in production for good; `deployment` int32, the one that brought it.
    """

    time: Times
    size: NDArray[np.int64]
    found: NDArray[np.int8]
    ready: Times
    repaired: Times
    live: Times
    deployment: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True)
class Jobs:
    """One entry a run of a stage, in the order of `queued` (ns).

    `commit` int32; `repaired` bool, whether it is the repaired commit that passes; `stage` int8, index into
    `STAGES`; `start` and `done` ns; `found` bool, whether the stage found the defect.
    """

    TYPES: ClassVar[tuple[type[np.generic], ...]] = (
        np.int32, np.bool_, np.int8, np.int64, np.int64, np.int64, np.bool_,
    )  # fmt: skip

    commit: NDArray[np.int32]
    repaired: NDArray[np.bool_]
    stage: NDArray[np.int8]
    queued: Times
    start: Times
    done: Times
    found: NDArray[np.bool_]


@dataclass(frozen=True)
class Deployments:
    """One entry a deployment that ended in the window, in the order of `done` (ns).

    `formed` is when its commits were put together, `start` when it began. `size` int32 commits, which are
    `Delivery.shipped[first:first + size]`; `kind` int8, a `Kind`; `failed` bool, whether it hurt production.
    """

    TYPES: ClassVar[tuple[type[np.generic], ...]] = (
        np.int64, np.int64, np.int64, np.int32, np.int32, np.int8, np.bool_,
    )  # fmt: skip

    formed: Times
    start: Times
    done: Times
    first: NDArray[np.int32]
    size: NDArray[np.int32]
    kind: NDArray[np.int8]
    failed: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.done)


@dataclass(frozen=True)
class ChangeFailure:
    """Production fails because of a deployment, from `began` (s); None is not before the end.

    `culprit` is the commit whose defect it is; a release that is not rolled back can have several.
    `way` is what is done about it: one of `RECOVERIES`, or "strategy" if that took the release back itself;
    `taken_back_by` is the deployment that did, that of the strategy or a rollback.
    `users_hurt` is None when no strategy and scenario said how many users there are.
    """

    deployment: int
    culprit: int
    began: float
    detected: float | None = None
    recovered: float | None = None
    way: str = ""
    taken_back_by: int | None = None
    users_hurt: int | None = None
