"""Small pictures of several records on one time axis and one scale, to compare at a glance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from ..model.delivery import Delivery
from ..model.dora import DAY
from ..model.evolution import Evolution
from ..model.flag_rollout import FlagRollout
from ..model.record import SECOND
from ..model.run import Run
from ..model.summary import counted, number, seconds
from . import flag_lanes, theme
from .field import field
from .pipeline_lanes import BARS
from .series import Numbers, series
from .still import drawing
from .svg import element, steps, text

WIDTH, HEIGHT, LEFT, RIGHT = 240.0, 134.0, 6.0, 234.0
READY, FAILED, LANE = 18.0, 80.0, 36.0  # tops of the two lanes, and how high they are (px)
LEAST = 1.5  # px of a bar: a few failures beside thousands are still to be seen


@dataclass(frozen=True)
class Lane:
    """What a lane shows: curves of equal bins over time, each with its role; those of failures are bars.

    `most` is what is said of its largest value; `versions` are named in the colours of their curves.
    """

    name: str
    most: str
    curves: tuple[tuple[str, Numbers], ...]
    versions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Small:
    """Both lanes of a record, until `end` (s)."""

    end: float
    upper: Lane
    lower: Lane


def _run(run: Run) -> Small:
    curves = series(run)
    ready = zip(theme.roles(len(curves.ready)), curves.ready, strict=True)
    failed = Lane(f"failed: {number(run.failures)}", "up to {:.3g} / s", (("failure", curves.failures),))
    return Small(run.end, Lane("instances ready", "of {:g}", tuple(ready), run.scenario.versions), failed)


def _flag(record: FlagRollout) -> Small:
    curves = flag_lanes.curves(record)
    share = Lane("have the feature", "up to {:.3g} %", (("candidate", np.nan_to_num(curves.share)),))
    failed = Lane("failed requests", "up to {:.3g} / s", (("failure", curves.failures),))
    return Small(record.scenario.duration, share, failed)


def _delivery(record: Delivery) -> Small:
    done, bins = record.deployments.done[record.changes] / SECOND, np.linspace(0, record.end, BARS + 1)
    failed = record.deployments.failed[record.changes]
    often, bad = (np.histogram(times, bins)[0].astype(np.float64) for times in (done, done[failed]))
    days = BARS * DAY / record.end
    shown = Lane(f"deployments: {len(done):,}", "up to {:.3g} a day", (("stable", often * days),))
    hurt = Lane(f"of them failed: {failed.sum():,}", "up to {:.3g} a day", (("failure", bad * days),))
    return Small(record.end, shown, hurt)


def _fleet(record: Evolution) -> Small:
    seen = field(record)
    kinds = Lane("configurations", "up to {:g}", (("stable", seen.configurations.astype(np.float64)),))
    drifted = Lane("drifted servers", "up to {:g}", (("failure", seen.drifted.astype(np.float64)),))
    return Small(record.fleet.end / SECOND, kinds, drifted)


SMALL: dict[str, Callable[[Any], Small]] = {
    "Run": _run, "FlagRollout": _flag, "Delivery": _delivery, "Evolution": _fleet,
}  # fmt: skip


def multiples(records: Sequence[object]) -> list[str]:
    """Two lanes of each record, small; all of them on the same axis and scales. None of what has no lanes."""
    kinds = [SMALL.get(type(record).__name__) for record in records]
    shown = [kind(record) for kind, record in zip(kinds, records, strict=True) if kind]
    end = max((small.end for small in shown), default=0.0)
    upper, lower = (_most(lanes) for lanes in ([s.upper for s in shown], [s.lower for s in shown]))
    return [_small(small, end, upper, lower) for small in shown]


def _most(lanes: Sequence[Lane]) -> float:
    return max((float(values.max()) for lane in lanes for _, values in lane.curves), default=0.0) or 1.0


def _small(small: Small, end: float, upper: float, lower: float) -> str:
    axis = counted(end / DAY, "day") if end > DAY else seconds(end)
    return drawing(
        WIDTH,
        HEIGHT,
        *_lane(small.upper, READY, upper, small.end, end),
        *_lane(small.lower, FAILED, lower, small.end, end),
        text(LEFT, HEIGHT - 4, "0", "dl-small dl-quiet"),
        text(RIGHT, HEIGHT - 4, axis, "dl-small dl-quiet", text_anchor="end"),
    )


def _lane(lane: Lane, top: float, most: float, own_end: float, end: float) -> list[str]:
    parts = [
        element("path", d=f"M{LEFT:g} {top + LANE:g}H{RIGHT:g}", class_="dl-line"),
        element("text", lane.name, *_versions(lane), x=LEFT, y=top - 5, class_="dl-small"),
        text(RIGHT, top - 5, lane.most.format(most), "dl-small dl-quiet", text_anchor="end"),
    ]
    for role, values in lane.curves:
        starts, last = _x(np.linspace(0, own_end, len(values) + 1)[:-1], end), float(_x(own_end, end))
        high = LANE * values / most
        if role == "failure":
            high = np.where(values > 0, np.maximum(LEAST, high), 0)
        line = steps(starts, top + LANE - high, last)
        area = f"{line}V{top + LANE:g}H{LEFT:g}Z"
        if role == "failure":
            parts.append(element("path", d=area, class_="dl-bars"))
        else:
            parts.append(element("path", d=area, class_=f"dl-area dl-{role}"))
            parts.append(element("path", d=line, class_=f"dl-curve dl-{role}"))
    return parts


def _versions(lane: Lane) -> list[str]:
    roles = (role for role, _ in lane.curves)
    pairs = zip(roles, lane.versions, strict=False)  # of other records no version is named
    return [element("tspan", f" {escape(name)}", class_=f"dl-{role}-text dl-strong") for role, name in pairs]


def _x(time: Numbers | float, end: float) -> Numbers:
    return LEFT + (RIGHT - LEFT) * np.asarray(time, np.float64) / end
