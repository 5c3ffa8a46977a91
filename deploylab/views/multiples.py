"""Small pictures of several rollouts on one time axis and one scale, to compare at a glance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..model.run import Run
from ..model.summary import number, seconds
from . import theme
from .series import Numbers, Series, series
from .still import drawing
from .svg import element, steps, text

WIDTH, HEIGHT, LEFT, RIGHT = 240.0, 134.0, 6.0, 234.0
READY, FAILED, LANE = 18.0, 80.0, 36.0  # tops of the two lanes, and how high they are (px)
LEAST = 1.5  # px of a bar: a few failures beside thousands are still to be seen


def multiples(runs: Sequence[Run]) -> list[str]:
    """Instances ready and failed requests of each run, small; all of them on the same axis and scales."""
    shown = [series(run) for run in runs]
    end = max(run.end for run in runs)
    instances = max(1.0, *(float(max(c.ready.max(), c.wanted.max())) for c in shown))
    failures = max(1.0, *(float(c.failures.max()) for c in shown))
    return [_small(run, curves, end, instances, failures) for run, curves in zip(runs, shown, strict=True)]


def _small(run: Run, curves: Series, end: float, instances: float, failures: float) -> str:
    starts, last = _x(curves.edges[:-1], end), float(_x(curves.edges[-1], end))
    high = np.where(curves.failures > 0, np.maximum(LEAST, LANE * curves.failures / failures), 0)
    bars = steps(starts, FAILED + LANE - high, last)
    parts = [
        *_name(READY, "instances ready", f"of {instances:g}"),
        *_name(FAILED, f"failed: {number(run.failures)}", f"up to {failures:.3g} / s"),
        element("path", d=f"{bars}V{FAILED + LANE:g}H{LEFT:g}Z", class_="dl-bars"),
        text(LEFT, HEIGHT - 4, "0 s", "dl-small dl-quiet"),
        text(RIGHT, HEIGHT - 4, seconds(end), "dl-small dl-quiet", text_anchor="end"),
    ]
    for ready, role in zip(curves.ready, theme.roles(len(curves.ready)), strict=True):
        line = steps(starts, READY + LANE * (1 - ready / instances), last)
        area = f"{line}V{READY + LANE:g}H{LEFT:g}Z"
        parts.append(element("path", d=area, class_=f"dl-area dl-{role}"))
        parts.append(element("path", d=line, class_=f"dl-curve dl-{role}"))
    return drawing(WIDTH, HEIGHT, *parts)


def _x(time: Numbers | float, end: float) -> Numbers:
    return LEFT + (RIGHT - LEFT) * np.asarray(time, np.float64) / end


def _name(top: float, name: str, most: str) -> list[str]:
    ground = element("path", d=f"M{LEFT:g} {top + LANE:g}H{RIGHT:g}", class_="dl-line")
    return [
        ground,
        text(LEFT, top - 5, name, "dl-small"),
        text(RIGHT, top - 5, most, "dl-small dl-quiet", text_anchor="end"),
    ]
