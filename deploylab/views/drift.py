"""The picture of a fleet over months: servers × time, a colour and a letter for each configuration."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ..model.evolution import NOBODY, Cause, Evolution
from ..model.record import SECOND
from . import theme
from .describe_evolution import describe_evolution
from .drift_words import event_time, mishaps, tracks
from .field import COLUMNS, Field, Whole, field, letters
from .frames import Frames
from .svg import element, steps, text

WIDTH, HEIGHT = 960, 590
LEFT, RIGHT, TOP, FIELD = 200.0, 850.0, 74.0, 330.0  # of the field, px
HUES = 5  # colours of deviations; above it they come again, and the letter tells which it is
GONE = -3  # the state of a place without a server
TALLEST = 40.0  # row (px)
LANES = ((436.0, "configurations"), (504.0, "drifted servers"))
LANE, AXIS = 46.0, 568.0
READABLE = 11.0  # the lowest row (px) that has room for words
SHOW = 24  # how long it takes on the screen (s)
DAY_STEPS = (1, 2, 5, 10, 15, 30, 60, 90, 180, 365, 730)


def drift(record: Evolution, before: Evolution | None = None) -> Frames:
    """The picture of a fleet; `before` is drawn behind its lanes as a grey ghost to compare with."""
    seen, end = field(record), record.fleet.end / SECOND
    row = min(TALLEST, FIELD / len(seen.rows))
    ghost = None if before is None else field(before)
    drawing = (
        text(24, 31, "day 0", "dl-clock"),
        text(138, 31, "", "dl-story", data_text="story"),
        *_margin(record, seen, row),
        *_lane_frames(record, ghost),
        element("clipPath", element("rect", y=40, width=WIDTH, height=HEIGHT - 40), id="dl-clip"),
        element("g", *_cells(record, seen, row), *_lanes(record, seen, ghost), clip_path="url(#dl-clip)"),
        element(
            "g",
            element("path", d=f"M0 {TOP - 4:g}V{AXIS - 14:g}"),
            element("circle", cy=TOP - 4, r=3.5),
            class_="dl-cursor",
        ),
    )
    frame = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "class_": "dl-stage"}
    meta: dict[str, Any] = {
        "size": [WIDTH, HEIGHT],
        "end": end,
        "speed": end / SHOW,
        "clock": {"before": "day ", "after": "", "each": 86_400, "digits": 0},
        "cursor": {"times": [0, end], "x": [LEFT, RIGHT]},
        "events": sorted({event_time(time) for time, _ in mishaps(record)}),
        "texts": tracks(record, seen, row >= READABLE),
        "theme": theme.css_variables(),
        "label": "Animation of a fleet of servers",
    }
    return Frames(element("svg", *drawing, **frame), {}, meta, describe_evolution(record))


def _margin(record: Evolution, seen: Field, row: float) -> list[str]:
    """What stands around the field: what it shows, the changes above it, names and digests beside it."""
    ways = {"in place": "changed in place", "immutable": "replaced by images"}
    each = f", 1 of {seen.each} shown" if seen.each > 1 else ""
    ticks = "".join(f"M{_x(time / record.fleet.end):.1f} {TOP - 16:g}v8" for time in record.changes)
    parts = [
        text(24, TOP - 9, "changes", "dl-small dl-quiet"),
        element("path", d=ticks or "M0 0", class_="dl-tick"),
        text(24, TOP + 14, f"servers{each}", "dl-label"),
        text(24, TOP + 31, ways[record.fleet.way], "dl-small dl-quiet"),
        *_legend(record.fleet.way == "in place", TOP + 64),
    ]
    if row >= READABLE:
        side = {"class_": "dl-quiet", "style": _letters(row - 0.5)}
        for number in range(len(seen.rows)):
            y, name = TOP + (number + 0.5) * row + 4.5, str(number * seen.each + 1)
            parts.append(element("text", name, x=LEFT - 8, y=y, text_anchor="end", **side))
            parts.append(element("text", " ", x=RIGHT + 6, y=y, data_text=f"digest{number}", **side))
    return parts


def _letters(most: float) -> str:
    """The style of words as large as a row allows (px), and no larger than they need to be."""
    return f"font-size:min({most:g}px, var(--dl-least, 11px))"


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


def _cells(record: Evolution, seen: Field, row: float) -> list[str]:
    """Every server as a row of pieces, each as long as its state lasts, and letters where they have room."""
    depth = np.array([*record.configurations.depths, 0])  # the last is for NOBODY
    calm = np.where(seen.configuration == NOBODY, GONE, depth[seen.configuration] % 2 - 2)
    pieces = _pieces(np.where(seen.letter > 0, seen.letter, calm))
    looks, hue = {-2: "dl-meant", -1: "dl-meant-next"}, _hues(pieces)
    paths: dict[str, list[str]] = {}
    words, height = [], row - (1.5 if row >= READABLE else 0.4)
    for server, start, stop, state in pieces:
        if state == GONE:
            continue
        x, y, name = LEFT + start, TOP + server * row, looks.get(state) or f"dl-hue{hue[state]}"
        paths.setdefault(name, []).append(f"M{x:g} {y:.1f}h{stop - start}v{height:.1f}h{start - stop}z")
        if state > 0 and row >= READABLE and stop - start >= 10 * len(letters(state)) + 4:
            words.append(text(x + 3, y + row / 2 + 4.5, letters(state), "dl-in"))
    size = {"style": _letters(row - 1)}
    return [
        *(element("path", d="".join(d), class_=name) for name, d in paths.items()),
        element("path", d=_fresh(record, seen, row) or "M0 0", class_="dl-fresh"),
        element("g", *words, **size) if words else "",
    ]


def _pieces(state: Whole) -> list[tuple[int, int, int, int]]:
    """Server, first column, the column after the last, and the state, of each stretch of equal states."""
    servers, starts = np.nonzero(np.diff(state, axis=1, prepend=GONE - 1))
    stops = np.append(starts[1:], 0)
    stops[stops == 0] = COLUMNS
    columns = (servers, starts, stops, state[servers, starts])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _hues(pieces: list[tuple[int, int, int, int]]) -> dict[int, int]:
    """A colour for each deviation, another one than that of the deviation that it came from."""
    came_from: dict[int, int] = {}
    for (server, *_, before), (same, *_, state) in pairwise(pieces):
        if server == same:
            came_from.setdefault(state, before)
    hue: dict[int, int] = {}
    for state in sorted({state for *_, state in pieces if state > 0}):
        first = (state - 1) % HUES
        hue[state] = (first + 1) % HUES if hue.get(came_from.get(state, 0)) == first else first
    return hue


def _fresh(record: Evolution, seen: Field, row: float) -> str:
    """A notch where a server in trouble was replaced by a fresh one of the same image."""
    turns = record.turns
    which = (turns.cause == Cause.REPLACED) & (turns.change == 0) & (turns.server % seen.each == 0)
    places = zip(turns.time[which] / record.fleet.end, turns.server[which] // seen.each, strict=True)
    return "".join(f"M{_x(share):.1f} {TOP + server * row:.1f}v{row - 1.5:.1f}" for share, server in places)


def _lane_frames(record: Evolution, ghost: Field | None) -> list[str]:
    """What can be seen of the lanes before anything has happened: names, scales and the axis."""
    days = record.fleet.days
    step = next((step for step in DAY_STEPS if days / step <= 8), DAY_STEPS[-1])
    ticks = np.arange(0, days + step / 1e6, step)
    parts = []
    for number, (top, name) in enumerate(LANES):
        parts += [
            text(24, top + 16, name, "dl-label"),
            text(24, top + 33, "", "dl-small dl-quiet", data_text=f"lane{number}"),
            element("path", d=f"M{LEFT} {top + LANE:g}H{RIGHT}", class_="dl-line"),
            text(RIGHT + 8, top + 8, str(record.fleet.servers), "dl-tiny dl-quiet"),
        ]
    if ghost is not None:
        parts.append(
            text(WIDTH - 24, LANES[0][0] - 10, "grey: before", "dl-tiny dl-quiet", text_anchor="end")
        )
    return parts + [
        text(_x(day / days), AXIS, f"day {day:g}", "dl-small dl-quiet", text_anchor="middle") for day in ticks
    ]


def _lanes(record: Evolution, seen: Field, ghost: Field | None) -> list[str]:
    """The curves: how many configurations there are, and how many servers have drifted."""
    own = _curves(seen, record, ("dl-stable", "dl-failure"))
    return (
        own if ghost is None else [element("g", *_curves(ghost, record, ("", "")), class_="dl-ghost"), *own]
    )


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


def _x(share: float) -> float:
    """Px from the left of the picture for a share of the whole time."""
    return LEFT + (RIGHT - LEFT) * share
