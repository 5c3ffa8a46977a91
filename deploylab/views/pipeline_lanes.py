"""The lanes below a pipeline, over the days: deployments, failures and how long they lasted, lead time."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from ..model.delivery import Delivery
from ..model.dora import DAY, HOUR, MONTH, WEEK
from ..model.record import SECOND
from ..model.summary import lasting
from .lanes import AXIS, HEIGHT, RIGHT, TOPS, level, x
from .scene import axis, ghost, ticks
from .series import Numbers
from .svg import curve, discs, element, text

BARS = 90
STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 240, 600)  # days from tick to tick
NAMES = ("deployments", "failures, until back", "lead time")
RECOVERY, LEAD = (60.0, WEEK), (10 * 60.0, 2 * MONTH)  # what the logarithmic lanes have room for (s)
BOUNDS = {HOUR: "1 hour", DAY: "1 day", WEEK: "1 week", MONTH: "1 month"}  # those of DORA's clusters


@dataclass(frozen=True)
class Log:
    """A lane on whose scale each factor takes the same room; what is beyond its ends stays at them."""

    top: float
    bounds: tuple[float, float]

    def y(self, seconds: Numbers | float) -> Numbers:
        """Px from the top of the picture."""
        least, most = self.bounds
        part = np.log(np.clip(seconds, least, most) / least) / log(most / least)
        return self.top + HEIGHT - HEIGHT * np.asarray(part)


def frame(record: Delivery, *shown: Delivery) -> str:
    """What can be seen of the lanes before anything has happened: names, axis, bounds of the clusters."""
    days = ticks(record.pipeline.days, STEPS, 9)
    most = f"{_most(record, *shown):g} in {lasting(record.end / BARS)}"
    recovery, lead = Log(TOPS[1], RECOVERY), Log(TOPS[2], LEAD)
    bounds = [(recovery, HOUR), (recovery, DAY), (lead, DAY), (lead, WEEK), (lead, MONTH)]
    return "".join(
        (
            *(text(24, top + 11, name, "dl-label") for top, name in zip(TOPS, NAMES, strict=True)),
            *(level(top + HEIGHT, "dl-line") for top in TOPS),
            text(RIGHT + 6, TOPS[0] + 8, most, "dl-tiny dl-quiet"),
            *(_bound(lane, seconds) for lane, seconds in bounds),
            *axis([(float(x(day * DAY, record.end)), f"{day:g}") for day in days], AXIS + 12),
            text(24, AXIS + 12, "day", "dl-small dl-quiet"),
        )
    )


def drawing(record: Delivery, before: Delivery | None = None) -> str:
    """The curves; `before` is an earlier record to compare with, drawn in grey."""
    shown = [record] if before is None else [before, record]
    most = _most(record, *shown)
    *earlier, own = (_curves(each, most, record.end) for each in shown)
    return ghost(*earlier) + own


def _most(record: Delivery, *shown: Delivery) -> float:
    return float(max(1, *(_bars(one, record.end).max() for one in (record, *shown))))


def _bars(record: Delivery, end: float) -> NDArray[np.int64]:
    done = record.deployments.done[record.changes] / SECOND
    return np.histogram(done, BARS, (0, end))[0]


def _curves(record: Delivery, most: float, end: float) -> str:
    """All lanes of one record; a ghost that lasted longer ends where the axis does."""
    edges = x(np.linspace(0, end, BARS + 1), end)
    bars, low = _bars(record, end), TOPS[0] + HEIGHT
    width = float(edges[1] - edges[0]) - 1.5
    columns = "".join(
        f"M{at:.1f} {low:g}v{-HEIGHT * n / most:.1f}h{width:.1f}V{low:g}Z"
        for at, n in zip(edges.tolist(), bars.tolist(), strict=False)
        if n
    )
    return "".join(
        (element("path", d=columns, class_="dl-columns"), *_failures(record, end), *_lead(record, end))
    )


def _failures(record: Delivery, end: float) -> list[str]:
    """A stem for each incident, as high as it lasted long, to the end of the record at the most."""
    lane = Log(TOPS[1], RECOVERY)
    told = [(i.began, (end if i.recovered is None else i.recovered) - i.began) for i in record.incidents]
    told = [(began, lasted) for began, lasted in told if began < end]
    at = x(np.array([began for began, _ in told]), end).tolist()
    high = lane.y(np.array([lasted for _, lasted in told])).tolist()
    low = lane.top + HEIGHT
    stems = "".join(f"M{a:.1f} {low:g}V{b:.1f}" for a, b in zip(at, high, strict=True))
    return [
        element("path", d=stems, class_="dl-stem"),
        element("path", d=discs(zip(at, high, strict=True), 2.2), class_="dl-bars"),
    ]


def _lead(record: Delivery, end: float) -> list[str]:
    """The shortest and the longest lead time of each bar's commits, and their median."""
    lane, c = Log(TOPS[2], LEAD), record.commits
    live, lead = c.live[c.live >= 0] / SECOND, record.lead_times / SECOND
    number = np.minimum((live * (BARS / end)).astype(np.int64), BARS)
    groups = {k: np.sort(lead[number == k]) for k in np.unique(number[number < BARS]).tolist()}
    middles = x((np.array(list(groups), np.float64) + 0.5) * end / BARS, end)
    least, median, most = (
        lane.y(np.array([group[int(q * (len(group) - 1))] for group in groups.values()]))
        for q in (0.05, 0.5, 0.95)
    )
    ranges = "".join(
        f"M{a:.1f} {b:.1f}V{c:.1f}" for a, b, c in zip(middles.tolist(), least, most, strict=True)
    )
    dots = discs(zip(middles.tolist(), median.tolist(), strict=True), 1.8)
    return [
        element("path", d=ranges, class_="dl-range"),
        element("path", d=curve(middles, median), class_="dl-curve dl-stable"),
        element("path", d=dots, class_="dl-medians"),
    ]


def _bound(lane: Log, seconds: float) -> str:
    y = float(lane.y(seconds))
    words = "" if lane.bounds == LEAD and seconds == WEEK else BOUNDS[seconds]  # too near to the month
    return level(y, "dl-promise") + text(RIGHT + 6, y + 4, words, "dl-tiny dl-quiet")
