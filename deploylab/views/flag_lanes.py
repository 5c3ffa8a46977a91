"""The lanes below a flag's ruler: who has the feature, what fails, and how many were hurt, over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.flag_rollout import FlagRollout
from ..model.record import SECOND
from ..model.summary import percent
from . import signs
from .flag_words import weight_at
from .lanes import AXIS, FLAGS, HEIGHT, LEFT, RIGHT, TOPS, Scale
from .svg import curve, element, steps, text

BINS = 240
NAMES = ("have the feature", "failed requests", "users hurt")
Numbers = NDArray[np.float64]


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

    def readouts(self, record: FlagRollout) -> dict[str, Any]:
        """What the lanes say in words, each from when on."""
        users = record.scenario.traffic.users
        said: dict[str, list[Any]] = {"lane0": [], "lane1": [], "lane2": []}
        for time, failed, hurt in zip(self.edges[1:], self.failures, self.hurt, strict=True):
            words = (
                f"flag {weight_at(record, time):g} %",
                f"{failed:.3g} / s",
                f"{percent(round(hurt / users, 4))} of the users",
            )
            for lane, now in zip(said.values(), words, strict=True):
                if not lane or lane[-1][1][0][0] != now:
                    lane.append((round(float(time), 3) if lane else 0.0, [[now, ""]]))
        return said


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
    known = (asked.time + asked.latency)[asked.failed]
    order = known.argsort(kind="stable")
    _, first = np.unique(asked.user[asked.failed][order], return_index=True)
    rows = order[np.sort(first)]
    return np.minimum(known[rows] / SECOND, record.scenario.duration), asked.user[asked.failed][rows]


def x(time: Numbers | float, end: float) -> Numbers:
    """Px from the left of the picture for a time (s)."""
    return LEFT + (RIGHT - LEFT) * np.asarray(time, np.float64) / end


def scales(now: Curves, ghost: Curves | None) -> tuple[Scale, Scale, Scale]:
    """How the lanes' values become px, so that nothing is cut off."""
    shown = [now] if ghost is None else [now, ghost]
    share = max(5, *now.wanted, *(np.nanmax(c.share, initial=0) for c in shown))
    most = (
        min(100, 1.2 * share),
        max(1, *(c.failures.max() for c in shown)),
        max(1, *(c.hurt.max() for c in shown)),
    )
    share, failures, hurt = (Scale(top, float(m)) for top, m in zip(TOPS, most, strict=True))
    return share, failures, hurt


def frame(record: FlagRollout, now: Curves, ghost: Curves | None, grey: str) -> list[str]:
    """What can be seen before anything has happened: names, largest values, axis, and what grey means."""
    end = record.scenario.duration
    share, failures, hurt = scales(now, ghost)
    most = (f"{share.most:.3g} %", f"{failures.most:.3g} / s", f"{hurt.most:,.0f}")
    step = next(s for s in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600, 7200, 14400) if end / s <= 8)
    return [
        *(text(24, top + 14, name, "dl-label") for top, name in zip(TOPS, NAMES, strict=True)),
        *(text(24, top + 31, "", "dl-small dl-quiet", data_text=f"lane{i}") for i, top in enumerate(TOPS)),
        *(text(RIGHT + 6, top + 4, m, "dl-tiny dl-quiet") for top, m in zip(TOPS, most, strict=True)),
        *(element("path", d=f"M{LEFT:g} {top + HEIGHT:g}H{RIGHT:g}", class_="dl-line") for top in TOPS),
        *(
            text(float(x(tick, end)), AXIS + 12, f"{tick:g} s", "dl-small dl-quiet", text_anchor="middle")
            for tick in np.arange(0, end + step / 1e6, step)
        ),
        text(24, FLAGS, grey, "dl-tiny dl-quiet"),
    ]


def drawing(record: FlagRollout, now: Curves, ghost: Curves | None, marks: list[signs.Sign]) -> list[str]:
    """The curves up to the cursor, the signs of the events, and the cursor."""
    end, scale = record.scenario.duration, scales(now, ghost)
    behind = "" if ghost is None else element("g", _curves(ghost, scale), class_="dl-ghost")
    dashed = steps(x(now.edges[:-1], end), scale[0].y(now.wanted), RIGHT)
    inside = (
        signs.lines(marks),
        behind,
        _curves(now, scale),
        element("path", d=dashed, class_="dl-curve dl-wanted dl-candidate"),
    )
    top = TOPS[0] - 6
    return [
        element("clipPath", element("rect", y=330, width=960, height=260), id="dl-clip"),
        element("g", *inside, clip_path="url(#dl-clip)"),
        *signs.words(marks, named=True),
        element(
            "g",
            element("path", d=f"M0 {top:g}V{AXIS - 10:g}"),
            element("circle", cy=top, r=3.5),
            class_="dl-cursor",
        ),
    ]


def _curves(now: Curves, scale: tuple[Scale, Scale, Scale]) -> str:
    share, failures, hurt = scale
    left = np.linspace(LEFT, RIGHT, BINS + 1)
    bars = steps(left[:-1], failures.y(now.failures), RIGHT)
    grown = steps(left[:-1], hurt.y(now.hurt), RIGHT)
    return "".join(
        (
            element("path", d=curve(left[1:], share.y(now.share)), class_="dl-curve dl-candidate"),
            element("path", d=f"{bars}V{failures.top + HEIGHT:g}H{LEFT:g}Z", class_="dl-bars"),
            element("path", d=grown, class_="dl-curve dl-hurt"),
        )
    )
