"""The three lanes below the stage: instances, failures and p99 latency on one time axis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ..model.run import Run
from ..model.summary import percent, seconds
from . import theme
from .series import Numbers, Series
from .svg import curve, element, steps, text

LEFT, RIGHT = 204.0, 850.0
FLAGS, AXIS = 362.0, 572.0  # y of the flags' words and of the axis
TOPS, HEIGHT = (376.0, 446.0, 516.0), 46.0
NAMES = ("instances ready", "failed requests", "p99 latency")
LETTER = 7.6  # px a letter takes at most, where the picture is small


@dataclass(frozen=True)
class Scale:
    """How a lane's values become px."""

    top: float
    most: float

    def y(self, value: Numbers | float) -> Numbers:
        """Px from the top of the picture."""
        return self.top + HEIGHT - HEIGHT * np.asarray(value, np.float64) / self.most


def x(time: Numbers | float, end: float) -> Numbers:
    """Px from the left of the picture for a time (s) of a run that ends at `end`."""
    return LEFT + (RIGHT - LEFT) * np.asarray(time, np.float64) / end


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
    slo = run.scenario.slo
    return "".join(
        (
            *(text(24, top + 14, name, "dl-label") for top, name in zip(TOPS, NAMES, strict=True)),
            *(element("path", d=f"M{LEFT} {top + HEIGHT:g}H{RIGHT}", class_="dl-line") for top in TOPS),
            _most(instances, f"{instances.most:g}"),
            _most(
                failures, f"{failures.most:,.0f} / s" if failures.most >= 100 else f"{failures.most:.3g} / s"
            ),
            _most(latency, seconds(latency.most)),
            _promise(failures, allowed_failures(run), f"SLO {allowed_failures(run):.2g} / s"),
            _promise(latency, slo.latency_p99, f"SLO {seconds(slo.latency_p99)}"),
            *_axis(run.end),
        )
    )


def drawing(run: Run, curves: Series, ghost: Series | None = None) -> str:
    """The curves; `ghost` is an earlier run to compare with, drawn in grey."""
    if ghost is None:
        return _curves(curves, run.end, scales(run, curves))
    scale = scales(run, curves, ghost)
    behind = element("g", _curves(ghost, run.end, scale), class_="dl-ghost")
    return behind + _curves(curves, run.end, scale)


def first_readouts(run: Run) -> tuple[str, str]:
    """What the lanes of failures and latency say in words before anything has happened."""
    return _budget(0.0 if run.scenario.slo.availability < 1 else float("inf")), "–"


def readouts(run: Run, curves: Series) -> Iterator[tuple[str, str]]:
    """What the lanes of failures and latency say in words at the end of each bin."""
    versions = run.scenario.versions
    for spent, p99 in zip(curves.spent.tolist(), curves.p99.T.tolist(), strict=True):
        known = [(version, value) for version, value in zip(versions, p99, strict=True) if value == value]
        yield _budget(spent), _slow(known)


def by_version(run: Run, values: Iterable[float]) -> str:
    """A number for each version, in words."""
    return _joined(f"{name} {value:g}" for name, value in zip(run.scenario.versions, values, strict=True))


def _slow(p99: list[tuple[str, float]]) -> str:
    """The latency of each version; three share one unit, as the lane begins soon.

    >>> _slow([("v1", 0.068), ("v2", 1.2)]), _slow([("v1", 0.068), ("v2", 1.18), ("v3", 0.05)])
    ('v1 68 ms · v2 1.2 s', 'v1 0.07  v2 1.18  v3 0.05 s')
    """
    if len(p99) < 3:
        return _joined(f"{version} {seconds(value)}" for version, value in p99) or "–"
    short = max(value for _, value in p99) < 1
    number = "{:.0f}".format if short else "{:.2f}".format
    words = _joined(f"{version} {number(value * (1000 if short else 1))}" for version, value in p99)
    return f"{words} {'ms' if short else 's'}"


def _joined(words: Iterable[str]) -> str:
    """Side by side; three are closer together, as the lane begins soon."""
    parts = list(words)
    return (" · " if len(parts) < 3 else "  ").join(parts)


def _budget(spent: float) -> str:
    if spent == float("inf"):
        return "no failure is allowed"
    return f"budget {percent(round(1 - spent, 2))} left" if spent <= 1 else f"budget spent {spent:.1f} times"


def _curves(curves: Series, end: float, scale: tuple[Scale, Scale, Scale]) -> str:
    """All lanes of one run; a ghost that lasted longer ends where the axis does."""
    instances, failures, latency = scale
    shown = int(np.searchsorted(curves.edges[:-1], end))
    starts, last = x(curves.edges[:shown], end), float(x(min(end, curves.edges[-1]), end))
    middle = starts + (starts[1] - starts[0]) / 2
    bars = steps(starts, failures.y(curves.failures[:shown]), last)
    parts = [element("path", d=f"{bars}V{failures.top + HEIGHT:g}H{LEFT:g}Z", class_="dl-bars")]
    for row, role in enumerate(theme.roles(len(curves.ready))):
        ready = steps(starts, instances.y(curves.ready[row, :shown]), last)
        wanted = steps(starts, instances.y(curves.wanted[row, :shown]), last)
        slow = curve(middle, latency.y(curves.p99[row, :shown]))
        parts += [
            element("path", d=f"{ready}V{instances.top + HEIGHT:g}H{LEFT:g}Z", class_=f"dl-area dl-{role}"),
            element("path", d=ready, class_=f"dl-curve dl-{role}"),
            element("path", d=wanted, class_=f"dl-curve dl-wanted dl-{role}"),
            element("path", d=slow, class_=f"dl-curve dl-{role}"),
        ]
    return "".join(parts)


def _promise(scale: Scale, value: float, words: str) -> str:
    """The line of the SLO, named in the margin below the lane's largest value."""
    y = float(scale.y(value))
    name = text(RIGHT + 6, max(y + 5, scale.top + 21), words, "dl-tiny dl-quiet")
    return element("path", d=f"M{LEFT} {y:.1f}H{RIGHT}", class_="dl-promise") + name


def _most(scale: Scale, words: str) -> str:
    return text(RIGHT + 6, scale.top + 4, words, "dl-tiny dl-quiet")


def _axis(end: float) -> list[str]:
    step = next(
        step
        for step in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600, 7200, 14400, 1e9)
        if end / step <= 8
    )
    ticks = np.arange(0, end + step / 2, step)
    return [
        text(float(x(tick, end)), AXIS + 12, f"{tick:g} s", "dl-small dl-quiet", text_anchor="middle")
        for tick in ticks[ticks <= end]
    ]
