"""The three lanes below the stage: instances, failures and p99 latency on one time axis."""

from __future__ import annotations

import numpy as np

from ..model.run import Run
from ..model.summary import seconds
from . import theme
from .lanes import AXIS, LETTER, RIGHT, TOPS, Scale, grounds, level, time_axis, x
from .scene import ghost
from .series import Series
from .svg import curve, element, steps, text

NAMES = ("instances ready", "failed requests", "p99 latency")


def scales(run: Run, *shown: Series) -> tuple[Scale, Scale, Scale]:
    """The scales of the three lanes, so that nothing of the curves shown is cut off."""
    instances = max(1, *(curves.ready.max() for curves in shown), *(curves.wanted.max() for curves in shown))
    failures = max(1, 4 * allowed_failures(run), *(curves.failures.max() for curves in shown))
    promise = 1.3 * run.scenario.slo.latency_p99
    latency = max(promise, *(np.nanmax(curves.p99, initial=0) for curves in shown))
    first, second, third = TOPS
    return Scale(first, float(instances)), Scale(second, float(failures)), Scale(third, float(latency))


def allowed_failures(run: Run) -> float:
    """Failures a second that the SLO allows on average."""
    return (1 - run.scenario.slo.availability) * run.requests / min(run.scenario.duration, run.end)


def frame(run: Run, *shown: Series) -> str:
    """What can be seen of the lanes before anything has happened: names, axis, promises."""
    instances, failures, latency = scales(run, *shown)
    allowed, slo = allowed_failures(run), run.scenario.slo
    most = f"{short(failures.most)} / s"
    return "".join(
        (
            *grounds(NAMES, (f"{instances.most:g}", most, seconds(latency.most))),
            _promise(failures, allowed, f"SLO {allowed:.2g} / s"),
            _promise(latency, slo.latency_p99, f"SLO {seconds(slo.latency_p99)}"),
            *time_axis(run.end),
            _figures_end(run),
        )
    )


def short(number: float) -> str:
    """A number in as few letters as there is room for beside a lane.

    >>> short(0.125), short(1_711), short(12_009)
    ('0.125', '1,711', '12k')
    """
    if number < 100:
        return f"{number:.3g}"
    return f"{number:,.0f}" if number < 10_000 else f"{number / 1000:,.0f}k"


def drawing(run: Run, curves: Series, before: Series | None = None) -> str:
    """The curves; `before` is an earlier run to compare with, drawn in grey."""
    shown = [curves] if before is None else [before, curves]
    scale = scales(run, *shown)
    *earlier, own = (_curves(each, run.end, scale) for each in shown)
    return ghost(*earlier) + own


def _curves(curves: Series, end: float, scale: tuple[Scale, Scale, Scale]) -> str:
    """All lanes of one run; a ghost that lasted longer ends where the axis does."""
    instances, failures, latency = scale
    shown = int(np.searchsorted(curves.edges[:-1], end))
    starts, last = x(curves.edges[:shown], end), float(x(min(end, curves.edges[-1]), end))
    middle = starts + (starts[1] - starts[0]) / 2
    bars = steps(starts, failures.y(curves.failures[:shown]), last)
    parts = [element("path", d=failures.area(bars), class_="dl-bars")]
    for row, role in enumerate(theme.roles(len(curves.ready))):
        ready = steps(starts, instances.y(curves.ready[row, :shown]), last)
        wanted = steps(starts, instances.y(curves.wanted[row, :shown]), last)
        slow = curve(middle, latency.y(curves.p99[row, :shown]))
        parts += [
            element("path", d=instances.area(ready), class_=f"dl-area dl-{role}"),
            element("path", d=ready, class_=f"dl-curve dl-{role}"),
            element("path", d=wanted, class_=f"dl-curve dl-wanted dl-{role}"),
            element("path", d=slow, class_=f"dl-curve dl-{role}"),
        ]
    return "".join(parts)


def _figures_end(run: Run) -> str:
    """Where the figures end, of a rollout that goes on."""
    if not run.beyond:
        return ""
    at, words = float(x(run.scenario.duration, run.end)), "the figures end here"
    line = element("path", d=f"M{at:.1f} {TOPS[0]:g}V{AXIS - 10:g}", class_="dl-promise")
    room = at + 4 + LETTER * len(words) < RIGHT
    name = {"x": at + (4 if room else -4), "y": TOPS[1] - 9, "text_anchor": "start" if room else "end"}
    return line + element("text", words, **name, class_="dl-small dl-quiet")


def _promise(scale: Scale, value: float, words: str) -> str:
    """The line of the SLO, named in the margin below the lane's largest value."""
    y = float(scale.y(value))
    name = text(RIGHT + 3, max(y + 5, scale.top + 21), words, "dl-tiny dl-quiet")
    return level(y, "dl-promise") + name
