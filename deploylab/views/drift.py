"""The picture of a fleet over months: servers × time, a colour and a letter for each configuration."""

from __future__ import annotations

import numpy as np

from ..model.evolution import Evolution
from ..model.record import SECOND
from .describe_evolution import describe_evolution
from .drift_cells import LEFT, READABLE, RIGHT, TOP, cells, row_letters, x
from .drift_words import event_time, mishaps, tracks
from .field import Field, field
from .frames import Frames
from .scene import DAYS, axis, cursor, ghost, grey, scene, story, ticks, uncovered
from .svg import element, steps, text

FIELD = 330.0  # height of the field (px)
TALLEST = 40.0  # row (px)
LANES = ((436.0, "configurations"), (504.0, "drifted servers"))
LANE, AXIS = 46.0, 568.0
SHOW = 24  # how long it takes on the screen (s)
DAY_STEPS = (1, 2, 5, 10, 15, 30, 60, 90, 180, 365, 730)


def level(y: float, style: str) -> str:
    return element("path", d=f"M{LEFT:g} {y:g}H{RIGHT:g}", class_=style)


def drift(record: Evolution, before: Evolution | None = None) -> Frames:
    """The picture of a fleet; `before` is drawn behind its lanes as a grey ghost to compare with."""
    seen, end = field(record), record.fleet.end / SECOND
    row = min(TALLEST, FIELD / len(seen.rows))
    earlier = None if before is None else field(before)
    drawing = (
        *story("day 0"),
        *_margin(record, seen, row),
        *_lane_frames(record, earlier),
        *uncovered((*cells(record, seen, row), *_lanes(record, seen, earlier)), 40),
        cursor(TOP - 4, AXIS - 14),
    )
    return scene(
        drawing,
        describe_evolution(record),
        cursor=(LEFT, RIGHT),
        clock=DAYS,
        end=end,
        speed=end / SHOW,
        events=sorted({event_time(time) for time, _ in mishaps(record)}),
        texts=tracks(record, seen, row >= READABLE),
        label="Animation of a fleet of servers",
    )


def _margin(record: Evolution, seen: Field, row: float) -> list[str]:
    """What stands around the field: what it shows, the changes above it, names and digests beside it."""
    ways = {"in place": "changed in place", "immutable": "replaced by images"}
    each = f", 1 of {seen.each} shown" if seen.each > 1 else ""
    ticks = "".join(f"M{x(time / record.fleet.end):.1f} {TOP - 16:g}v8" for time in record.changes)
    parts = [
        text(24, TOP - 9, "changes", "dl-small dl-quiet"),
        element("path", d=ticks or "M0 0", class_="dl-tick"),
        text(24, TOP + 14, f"servers{each}", "dl-label"),
        text(24, TOP + 31, ways[record.fleet.way], "dl-small dl-quiet"),
        *_legend(record.fleet.way == "in place", TOP + 64),
    ]
    if row >= READABLE:
        side = {"class_": "dl-quiet", "style": row_letters(row - 0.5)}
        for number in range(len(seen.rows)):
            y, name = TOP + (number + 0.5) * row + 4.5, str(number * seen.each + 1)
            parts.append(element("text", name, x=LEFT - 8, y=y, text_anchor="end", **side))
            parts.append(element("text", " ", x=RIGHT + 6, y=y, data_text=f"digest{number}", **side))
    return parts


def _legend(in_place: bool, y: float) -> list[str]:
    """What the colours of the field say; only those that can occur."""
    other = ("a letter: a state", "nobody meant") if in_place else ("a notch: fresh,", "the same image")
    lines = ("as meant; its tint", "is the last change", *other)
    return [
        element("rect", x=24, y=y - 9, width=8, height=10, class_="dl-meant"),
        element("rect", x=32, y=y - 9, width=8, height=10, class_="dl-meant-next"),
        element("rect", x=24, y=y + 29, width=16, height=10, class_="dl-hue0" if in_place else "dl-meant"),
        element("path", d=f"M32 {y + 29:g}v10", class_="dl-fresh") if not in_place else "",
        *(
            text(46, y + 16 * i + (8 if i > 1 else 0), line, "dl-tiny dl-quiet")
            for i, line in enumerate(lines)
        ),
    ]


def _lane_frames(record: Evolution, before: Field | None) -> list[str]:
    """What can be seen of the lanes before anything has happened: names, scales and the axis."""
    days, parts = record.fleet.days, []
    for number, (top, name) in enumerate(LANES):
        parts += [
            text(24, top + 16, name, "dl-label"),
            text(24, top + 33, "", "dl-small dl-quiet", data_text=f"lane{number}"),
            level(top + LANE, "dl-line"),
            text(RIGHT + 8, top + 8, str(record.fleet.servers), "dl-tiny dl-quiet"),
        ]
    names = [(x(day / days), f"day {day:g}") for day in ticks(days, DAY_STEPS)]
    return [*parts, grey("" if before is None else "before", LANES[0][0] - 10), *axis(names, AXIS)]


def _lanes(record: Evolution, seen: Field, before: Field | None) -> list[str]:
    """The curves: how many configurations there are, and how many servers have drifted."""
    behind = () if before is None else _curves(before, record, ("", ""))
    return [ghost(*behind), *_curves(seen, record, ("dl-stable", "dl-failure"))]


def _curves(seen: Field, record: Evolution, roles: tuple[str, str]) -> list[str]:
    """Both curves of one fleet on the scale of `record`; one that lasted longer ends where the axis does."""
    end, most = record.fleet.end / SECOND, record.fleet.servers
    starts = seen.times - seen.times[0]
    shown = int(starts.searchsorted(end))
    xs, parts = LEFT + (RIGHT - LEFT) * starts[:shown] / end, []
    last = LEFT + (RIGHT - LEFT) * min(1.0, float(seen.times[-1]) / end)
    for (top, _), values, role in zip(LANES, (seen.configurations, seen.drifted), roles, strict=True):
        ys = top + LANE * (1 - np.minimum(values[:shown] / most, 1))
        line = steps(xs, ys, last)
        parts.append(element("path", d=f"{line}V{top + LANE:g}H{LEFT:g}Z", class_=f"dl-area {role}"))
        parts.append(element("path", d=line, class_=f"dl-curve {role}"))
    return parts
