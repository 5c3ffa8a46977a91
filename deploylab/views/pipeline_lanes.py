"""The lanes below a pipeline, over the days: deployments, failures and how long they lasted, lead time."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from ..model.delivery import Delivery, median
from ..model.dora import DAY, HOUR, MONTH, WEEK, dora_cluster
from ..model.record import SECOND
from ..model.summary import frequency, lasting, share
from .lanes import AXIS, HEIGHT, LEFT, RIGHT, TOPS, x
from .svg import curve, discs, element, text

BARS, MOMENTS = 90, 90
NAMES = ("deployments", "failures, until back", "lead time")
RECOVERY, LEAD = (60.0, WEEK), (10 * 60.0, 2 * MONTH)  # what the logarithmic lanes have room for (s)
BOUNDS = {HOUR: "1 hour", DAY: "1 day", WEEK: "1 week", MONTH: "1 month"}  # those of DORA's clusters
Numbers = NDArray[np.float64]


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
    step = next(step for step in (1, 2, 5, 10, 20, 30, 60, 120, 240, 600) if record.pipeline.days / step <= 9)
    days = np.arange(0, record.pipeline.days + 1e-9, step)
    ticks = zip(x(days * DAY, record.end).tolist(), days.tolist(), strict=True)
    bounds = [
        (Log(TOPS[1], RECOVERY), HOUR), (Log(TOPS[1], RECOVERY), DAY),
        (Log(TOPS[2], LEAD), DAY), (Log(TOPS[2], LEAD), WEEK), (Log(TOPS[2], LEAD), MONTH),
    ]  # fmt: skip
    return "".join(
        (
            *(text(24, top + 11, name, "dl-label") for top, name in zip(TOPS, NAMES, strict=True)),
            *(element("path", d=f"M{LEFT} {top + HEIGHT:g}H{RIGHT}", class_="dl-line") for top in TOPS),
            text(
                RIGHT + 6,
                TOPS[0] + 8,
                f"{_most(record, *shown):g} in {lasting(record.end / BARS)}",
                "dl-tiny dl-quiet",
            ),
            *(_bound(lane, seconds) for lane, seconds in bounds),
            *(
                text(at, AXIS + 12, f"{day:g}", "dl-small dl-quiet", text_anchor="middle")
                for at, day in ticks
            ),
            text(24, AXIS + 12, "day", "dl-small dl-quiet"),
        )
    )


def drawing(record: Delivery, ghost: Delivery | None = None) -> str:
    """The curves; `ghost` is an earlier record to compare with, drawn in grey."""
    shown = [record] if ghost is None else [record, ghost]
    most, end = _most(record, *shown), record.end
    behind = "" if ghost is None else element("g", _curves(ghost, most, end), class_="dl-ghost")
    return behind + _curves(record, most, end)


def readouts(record: Delivery) -> list[tuple[float, tuple[tuple[str, str], ...]]]:
    """For each of some moments (s): the keys so far in words, and their clusters, lane by lane."""
    d, live = record.deployments, record.commits.live[record.commits.live >= 0]
    order = live.argsort(kind="stable")
    lead, when = record.lead_times[order], live[order] / SECOND
    done, failed = d.done[record.changes] / SECOND, d.failed[record.changes].cumsum()
    ended, lasted = (np.array([pair[k] for pair in record.recoveries]) for k in (0, 1))
    rows = []
    for time in np.linspace(0, record.end, MOMENTS + 1).tolist():
        n = int(done.searchsorted(time, "right"))
        fixed = lasted[: ended.searchsorted(time, "right")] * SECOND
        words = _words(
            n / (time / DAY) if n else 0.0,
            median(lead[: when.searchsorted(time, "right")]),
            float(failed[n - 1]) / n if n else None,
            median(fixed.astype(np.int64)),
        )
        rows.append((time, words))
    return rows


def _words(
    often: float, lead: float | None, rate: float | None, recovery: float | None
) -> tuple[tuple[str, str], ...]:
    """The keys, and the clusters that each of them falls in."""
    place = dora_cluster(often, lead, rate, recovery)
    failures = [] if rate is None else [share(rate)]
    failures += [] if recovery is None else [lasting(recovery)]
    clusters = [" or ".join(key) for key in (place.change_failure_rate, place.recovery_time) if key]
    return (
        (frequency(often), place.deployment_frequency[0]) if often else ("–", ""),
        (" · ".join(failures) or "–", " · ".join(clusters)),
        ("–", "") if lead is None else (lasting(lead), place.lead_time[0]),
    )


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
        (
            element("path", d=columns, class_="dl-columns"),
            *_failures(record, end),
            *_lead(record, end),
        )
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
    name = text(RIGHT + 6, y + 4, words, "dl-tiny dl-quiet")
    return element("path", d=f"M{LEFT} {y:.1f}H{RIGHT}", class_="dl-promise") + name
