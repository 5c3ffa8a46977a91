"""The lanes below a flag's ruler: who has the feature, what fails, and how many were hurt, over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model.flag_rollout import FlagRollout
from ..model.record import SECOND
from . import lanes, scene, signs
from .flag_users import weight_at
from .lanes import FLAGS, LEFT, RIGHT, TOPS, Scale
from .series import Numbers, first_failures
from .svg import curve, element, steps, text

BINS = 240
NAMES = ("have the feature", "failed requests", "users hurt")
LEGEND = FLAGS - 17  # beside the second row of signs, which seldom begins so far left


@dataclass(frozen=True)
class Curves:
    """Curves of a release, one value a bin; `edges` (bins + 1) in s.

    `wanted`: what the flag says at the beginning of the bin (%); `share`: percent of the requests of the bin
    that met the feature, NaN without requests; `failures` a second; `hurt`: users hurt so far.
    """

    edges: Numbers
    wanted: Numbers
    share: Numbers
    failures: Numbers
    hurt: Numbers


def curves(record: FlagRollout) -> Curves:
    """The curves of a release over its window."""
    asked, end = record.evaluations, record.scenario.duration
    edges = np.linspace(0, end, BINS + 1)
    failed = np.minimum((asked.time + asked.latency)[asked.failed] / SECOND, end)
    arrived = asked.time / SECOND
    requests, on = (np.histogram(times, edges)[0] for times in (arrived, arrived[asked.on]))
    return Curves(
        edges=edges,
        wanted=np.array([weight_at(record, time) for time in edges[:-1]]),
        share=np.where(requests > 0, 100 * on / np.maximum(1, requests), np.nan),
        failures=np.histogram(failed, edges)[0] * (BINS / end),
        hurt=hurt_first(record)[0].searchsorted(edges[1:], "right").astype(np.float64),
    )


def hurt_first(record: FlagRollout) -> tuple[Numbers, NDArray[np.uint32]]:
    """When each user who was hurt was hurt first (s), at the latest at the end, in order; and who it was."""
    asked = record.evaluations
    known = np.minimum((asked.time + asked.latency) / SECOND, record.scenario.duration)
    return first_failures(known[asked.failed], asked.user[asked.failed])


def scales(now: Curves, ghost: Curves | None) -> tuple[Scale, Scale, Scale]:
    """How the lanes' values become px, so that nothing is cut off."""
    shown = [now] if ghost is None else [now, ghost]
    most = (
        max(*now.wanted, *(np.nanmax(c.share, initial=0) for c in shown)) or 1,
        max(1, *(c.failures.max() for c in shown)),
        max(1, *(c.hurt.max() for c in shown)),
    )
    share, failures, hurt = (Scale(top, float(m)) for top, m in zip(TOPS, most, strict=True))
    return share, failures, hurt


def frame(record: FlagRollout, now: Curves, ghost: Curves | None, grey: str) -> list[str]:
    """What can be seen before anything has happened: names, largest values, axis, and what grey means."""
    share, failures, hurt = scales(now, ghost)
    most = (f"{share.most:.3g} %", f"{failures.most:.3g} / s", f"{hurt.most:,.0f}")
    axis = lanes.time_axis(record.scenario.duration)
    return [*lanes.grounds(NAMES, most), *lanes.rooms(), *axis, text(24, LEGEND, grey, "dl-tiny dl-quiet")]


def drawing(record: FlagRollout, now: Curves, ghost: Curves | None, marks: list[signs.Sign]) -> list[str]:
    """The curves up to the cursor, the signs of the events, and the cursor."""
    scale = scales(now, ghost)
    behind = scene.ghost(*([] if ghost is None else [_curves(ghost, scale)]))
    wanted = steps(lanes.x(now.edges[:-1], record.scenario.duration), scale[0].y(now.wanted), RIGHT)
    dashed = element("path", d=wanted, class_="dl-curve dl-wanted dl-candidate")
    return [
        *scene.uncovered((signs.lines(marks), behind, _curves(now, scale), dashed), 330),
        *signs.words(marks, named=True),
        lanes.now(),
    ]


def _curves(now: Curves, scale: tuple[Scale, Scale, Scale]) -> str:
    share, failures, hurt = scale
    left = np.linspace(LEFT, RIGHT, BINS + 1)
    bars = steps(left[:-1], failures.y(now.failures), RIGHT)
    grown = steps(left[:-1], hurt.y(now.hurt), RIGHT)
    return "".join(
        (
            element("path", d=curve(left[1:], share.y(now.share)), class_="dl-curve dl-candidate"),
            element("path", d=failures.area(bars), class_="dl-bars"),
            element("path", d=grown, class_="dl-curve dl-hurt"),
        )
    )
