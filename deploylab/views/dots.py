"""The requests as motes: which of them are drawn, and the flights of each across the stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.record import SECOND, AccessLog, Status
from ..model.run import Run
from . import theme
from .division import division
from .frames import flights, those
from .series import Numbers, first_failures, known_at

AT_ONCE = 130  # dots in flight at one time that a viewer can follow
MOST_CROSSES = 4_000  # in one picture; above it, a cross stands for several failures, and the picture says so
PEOPLE, GATES, PILED = 80, 256, 48  # places: in the crowd, along the balancer, in the pile of the hurt
GATE, PILE, DOOR = PEOPLE, PEOPLE + GATES, PEOPLE + GATES + PILED  # where each row of places begins
LOW = 270  # px from the top; what falls from below this has less room for its curve
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Dots:
    """Every flight, in the order of the columns of `flights`: start (s), from place, to place, kind.

    The kinds are those of `kinds`. `per_dot` good requests, `per_cross` failures and `per_hurt` users are
    meant by one dot, one falling cross and one cross of the pile.
    """

    flights: dict[str, NDArray[np.generic]]
    per_dot: int
    per_cross: int
    per_hurt: int


def kinds(roles: tuple[str, ...], speed: float) -> dict[str, dict[str, Any]]:
    """What flies, by name; `speed` is how many seconds of the run pass in one second on the screen."""
    to_balancer, to_instance, back = (
        leg * speed for leg in (theme.TO_BALANCER, theme.TO_INSTANCE, theme.BACK_TO_USER)
    )
    cross = {"colour": "failure", "shape": "cross", "size": 3.6, "leg": back}
    return {
        "user": {"colour": "user", "shape": "disc", "size": 2.8, "leg": to_balancer},
        **{f"copy {i}": _dot(role, "ring", 3, to_instance) for i, role in enumerate(roles)},
        **{f"request {i}": _dot(role, "disc", 2.8, to_instance) for i, role in enumerate(roles)},
        **{f"waiting {i}": _dot(role, "disc", 2, 0) for i, role in enumerate(roles)},
        "failure": {**cross, "arc": 34},
        "low failure": {**cross, "arc": 12},  # from the lower half of the stage, where there is less room
        "hurt": {**cross, "size": 3.2, "leg": "forever"},
    }


def dots(run: Run, points: Numbers, speed: float) -> Dots:
    """Choose the requests to draw: every n-th good one, and all the failed ones if at all possible.

    `points` are the places (x, y) in px; `speed` is that of `kinds`.
    """
    log, legs = run.log, kinds(theme.roles(len(run.scenario.versions)), speed)
    kind = {name: number for number, name in enumerate(legs)}
    to_balancer, to_instance, back = (legs[name]["leg"] for name in ("user", "request 0", "failure"))
    good, bad = np.flatnonzero(~log.failed), np.flatnonzero(log.failed)
    in_flight = len(good) / run.end * (to_balancer + to_instance)
    per_dot, per_cross = max(1, round(in_flight / AT_ONCE)), max(1, -(-len(bad) // MOST_CROSSES))

    rows = np.sort(np.concatenate([good[::per_dot], bad]))
    log = log.rows(rows)
    time, gate, door, travels = _ways(run, log, rows)
    landed = time + np.where(travels, np.maximum(known_at(run, log) - time, to_instance), 0) + back
    hurt, _ = first_failures(landed[log.failed], log.user[log.failed])
    per_hurt = max(1, -(-len(hurt) // PILED))
    crosses = hurt[::per_hurt]
    piled = PILE + np.arange(len(crosses))
    place = np.maximum(0, crosses.searchsorted(landed, "right") - 1)

    # A failed request shows its way there only where a good one would, its fall always.
    falls = log.failed & np.isin(rows, bad[::per_cross])
    sent = ~log.failed | (falls & (rows % per_dot == 0))
    fall = np.where(points[door, 1] < LOW, kind["failure"], kind["low failure"])
    person = log.user.astype(np.int64) * PEOPLE // run.scenario.traffic.users
    parts = [
        those(sent, time - to_balancer, person, gate, kind["user"]),
        those(sent & travels, time, gate, door, kind["request 0"] + log.version),
        those(falls, landed - back, door, PILE + place, fall),
        those(crosses >= 0, crosses, piled, piled, kind["hurt"]),
        _copies(run, per_dot, kind["copy 0"]),
    ]
    return Dots(flights(parts), per_dot, per_cross, per_hurt)


def _ways(run: Run, log: AccessLog, rows: Rows) -> tuple[Numbers, Rows, Rows, NDArray[np.bool_]]:
    """When each request passes the balancer (s), at which place, to which, and whether it gets any further.

    One that is refused gets no further than the balancer, which answers at once that nobody took it.
    """
    time = log.time / SECOND
    version = np.where(log.version < 0, len(run.scenario.versions), log.version)
    spread = (log.work * 40_503 + rows * 25_173) % 65_536 / 65_536  # anywhere within its part of the bar
    times, shares = division(run)
    part = shares[np.maximum(0, times.searchsorted(time, "right") - 1)]
    top = np.concatenate([np.zeros((len(part), 1)), part.cumsum(axis=1)], axis=1)
    row = np.arange(len(part))
    height = top[row, version] + part[row, version] * (0.04 + 0.92 * spread)
    gate = GATE + np.minimum(GATES - 1, (height * GATES).astype(np.int64))
    travels = (log.instance >= 0) & (log.status != Status.REFUSED)
    return time, gate, np.where(travels, DOOR + log.instance, gate), travels


def _copies(run: Run, per_dot: int, kind: int) -> tuple[NDArray[Any], ...]:
    """The mirrored requests: they leave anywhere along the balancer, and what comes of them hurts nobody."""
    log = run.mirrored.rows(run.mirrored.instance >= 0).rows(slice(None, None, per_dot))
    gate = GATE + log.work * 40_503 % GATES
    return those(log.instance >= 0, log.time / SECOND, gate, DOOR + log.instance, kind + log.version)


def _dot(role: str, shape: str, size: float, leg: float) -> dict[str, Any]:
    return {"colour": role, "shape": shape, "size": size, "leg": leg}
