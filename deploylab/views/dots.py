"""The requests as dots: which of them are drawn, and the way of each across the stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model.record import Status
from ..model.run import Run
from . import theme
from .division import division
from .series import known_at

AT_ONCE = 130  # dots in flight at one time that a viewer can follow
MOST_CROSSES = 4_000  # in one picture; above it, a cross stands for several failures, and the picture says so
PEOPLE = 80  # in the crowd on the left
NOWHERE = 65_535


@dataclass(frozen=True)
class Dots:
    """One entry a dot. A dot leaves its user, passes the balancer at `time` (s), and reaches its instance.

    Its fate is known `fate_after` seconds after `time`; a failed one then falls back to the users.
    `user` uint8 is its place in the crowd; `height` uint16 where it passes the balancer, in 1/65536 of the
    bar; `instance` uint16, NOWHERE for none; `version` uint8, 2 for none; `failed` uint8: 0 no, 1 yes,
    2 yes, but only its fall is drawn, because another dot already stands for its way there.
    `per_dot` good requests and `per_cross` failed ones are meant by one dot; `leg` is the seconds of the run
    that pass in one second of travel on the screen.
    """

    time: NDArray[np.float32]
    fate_after: NDArray[np.float32]
    user: NDArray[np.uint8]
    height: NDArray[np.uint16]
    instance: NDArray[np.uint16]
    version: NDArray[np.uint8]
    failed: NDArray[np.uint8]
    per_dot: int
    per_cross: int
    leg: float

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """The arrays by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}


def dots(run: Run, leg: float) -> Dots:
    """Choose the requests to draw: every n-th good one, and all the failed ones if at all possible."""
    log = run.log
    good, bad = np.flatnonzero(~log.failed), np.flatnonzero(log.failed)
    in_flight = len(good) / run.end * (theme.TO_BALANCER + theme.TO_INSTANCE) * leg
    per_dot, per_cross = max(1, round(in_flight / AT_ONCE)), max(1, -(-len(bad) // MOST_CROSSES))
    chosen = np.sort(np.concatenate([good[::per_dot], bad[::per_cross]]))

    time = log.time[chosen] / 1e9
    version = np.where(log.version[chosen] < 0, 2, log.version[chosen])
    # A refused request gets no further than the balancer, which answers at once that nobody took it.
    travels = (log.instance[chosen] >= 0) & (log.status[chosen] != Status.REFUSED)
    wait = known_at(run)[chosen] - time
    spread = (log.work[chosen] * 40_503 + chosen * 25_173) % 65_536  # anywhere within its part of the bar
    return Dots(
        time=time.astype(np.float32),
        fate_after=np.where(travels, np.maximum(wait, theme.TO_INSTANCE * leg), 0).astype(np.float32),
        user=(log.user[chosen].astype(np.int64) * PEOPLE // run.scenario.traffic.users).astype(np.uint8),
        height=_heights(run, time, version, spread),
        instance=np.where(travels, log.instance[chosen], NOWHERE).astype(np.uint16),
        version=version.astype(np.uint8),
        failed=np.where(log.failed[chosen], 1 + (chosen % per_dot > 0), 0).astype(np.uint8),
        per_dot=per_dot,
        per_cross=per_cross,
        leg=leg,
    )


def _heights(
    run: Run, time: NDArray[np.float64], version: NDArray[np.int64], spread: NDArray[np.int64]
) -> NDArray[np.uint16]:
    """Where on the bar a request passes: within the part that its version has at that moment."""
    times, shares = division(run)
    part = shares[np.maximum(0, times.searchsorted(time, "right") - 1)]
    top = np.concatenate([np.zeros((len(part), 1)), part.cumsum(axis=1)], axis=1)
    row = np.arange(len(part))
    height = top[row, version] + part[row, version] * (0.04 + 0.92 * spread / 65_536)
    return (height * 65_535).astype(np.uint16)
