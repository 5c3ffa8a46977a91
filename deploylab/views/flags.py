"""A flag as a picture: users on a ruler from 0 to 100 %, a mark that sweeps over it, and who was hurt."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.flag_rollout import FlagRollout
from . import signs, theme
from .flag_lanes import Curves, curves, drawing, frame, hurt_first
from .flag_words import flag_words, story, the_other
from .frames import Frames
from .lanes import LEFT, RIGHT
from .stage import SHOW, SPEEDS
from .svg import element, text

WIDTH, HEIGHT = 960, 590
RULER, ROW, NEAR = 222.0, 8.8, 8.4  # y of the ruler; px from one row of users to the next, and within a row
RADIUS = 3.4
TOP = 76.0  # of the tinted area
PEOPLE = 420  # users drawn
PILES, CROSS, ROWS = (266.0, 312.0), 8.0, 3  # y of the first row of each pile, px a cross, rows of a pile
ACROSS = int((RIGHT - LEFT) // CROSS)
SWEEP = 0.5  # screen seconds in which the mark moves


@dataclass(frozen=True)
class People:
    """The users who are drawn: their index in the record, and where they stand (px) on each ruler."""

    which: NDArray[np.intp]
    x: tuple[NDArray[np.float64], ...]
    y: tuple[NDArray[np.float64], ...]


def flags(record: FlagRollout, previous: FlagRollout | None = None) -> Frames:
    """The picture of a feature's release; grey in the lanes is `previous`, else the other way back."""
    end = record.scenario.duration
    speed = next((speed for speed in SPEEDS if end / speed <= SHOW), SPEEDS[-1])
    now, ghost = curves(record), previous or record.other
    folk, sweep = people(record), SWEEP * speed
    each, motes, points = _crosses(record, speed)
    states, marks = _states(record, folk), signs.signs([(e.time, e.message) for e in record.events], end)
    moves = {**_mark(record, sweep), **_dealt_anew(record, folk, sweep)}
    parts = (
        *_head(record, each),
        *_ruler(folk, states, moves),
        *frame(record, now, None if ghost is None else curves(ghost), _grey(record, previous)),
        *drawing(record, now, None if ghost is None else curves(ghost), marks),
    )
    look = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "class_": "dl-stage"}
    meta = {
        "size": [WIDTH, HEIGHT],
        "end": end,
        "tail": theme.BACK_TO_USER * speed,
        "speed": speed,
        "events": sorted({round(event.time, 3) for event in record.events}),
        "clock": {"before": "t = ", "after": " s", "each": 1, "digits": 0},
        "cursor": {"times": [0, end], "x": [LEFT, RIGHT]},
        "texts": {**_texts(record, now), **signs.tracks(marks)},
        "states": states,
        "moves": moves,
        "kinds": [
            {"colour": "failure", "shape": "cross", "size": 2.6, "leg": theme.BACK_TO_USER * speed, "arc": 0},
            {"colour": "failure", "shape": "cross", "size": 2.6, "leg": "forever"},
            {"colour": "quiet", "shape": "cross", "size": 2.6, "leg": "forever"},
        ],
        "points": points,
        "theme": theme.css_variables(),
        "label": "Animation of a feature behind a flag",
    }
    return Frames(element("svg", *parts, **look), motes, meta, flag_words(record))


# The users ------------------------------------------------------------------------------------------------


def people(record: FlagRollout) -> People:
    """Which users are drawn, and where: at their exact place, above each other where it is full."""
    each = max(1, -(-len(record.users) // PEOPLE))
    which = np.arange(0, len(record.users), each)
    xs = tuple(x(ruler[which]) for ruler in record.rulers)
    return People(which, xs, tuple(_stacked(row) for row in xs))


def x(place: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Px from the left of the picture for a place on the ruler (%)."""
    return LEFT + (RIGHT - LEFT) * np.minimum(np.asarray(place, np.float64), 100) / 100


def _stacked(xs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Px from the top: the lowest row in which the one before is not too near."""
    rows: list[float] = []  # where the last one of each row stands
    ys = np.zeros(len(xs))
    for i in np.argsort(xs, kind="stable").tolist():
        row = next((row for row, last in enumerate(rows) if xs[i] - last >= NEAR), len(rows))
        rows[row : row + 1] = [float(xs[i])]
        ys[i] = RULER - 8 - ROW * row
    return ys


def reach(record: FlagRollout) -> list[tuple[float, float, int]]:
    """Whom the feature can meet: from which second on, up to which percent, and on which of the rulers.

    A flag that rises is heard of by the first instance at once, one that falls by the last one later.
    """
    stretches, weight = [], 0.0
    for number, change in enumerate(record.changes):
        falls = change.weight < weight
        late = record.flag.propagation if falls else 0.0
        if change.at + late < record.scenario.duration and not (falls and change.at == record.alarm):
            stretches.append((change.at + late, change.weight, number))
        weight = change.weight
    if record.back is not None:
        stretches.append((record.back, 0.0, len(record.changes) - 1))
    return stretches


def _states(record: FlagRollout, folk: People) -> dict[str, Any]:
    """Who can meet the feature, and who has lost it as it grew; those who never can have no state."""
    stretches = reach(record)
    times = [0.0, *(round(time, 3) for time, _, _ in stretches)]
    on = [record.rulers[ruler][folk.which] < weight for _, weight, ruler in stretches]
    lower = np.diff([0.0, *(weight for _, weight, _ in stretches)]) < 0
    rows = [np.full(len(folk.which), "off", "U4")]
    for has, falls in zip(on, lower.tolist(), strict=True):
        had = (rows[-1] != "off") & (not falls)
        rows.append(np.where(has, "on", np.where(had, "lost", "off")))
    said = {}
    for person in np.flatnonzero(np.any(on, axis=0)).tolist() if on else ():
        row = [str(states[person]) for states in rows]
        turns = [i for i in range(len(row)) if not i or row[i] != row[i - 1]]
        said[f"u{person}"] = [[times[i] for i in turns], [row[i] for i in turns]]
    return said


def _mark(record: FlagRollout, sweep: float) -> dict[str, Any]:
    """The mark stands where the flag says, the tinted area reaches as far as the feature can be met."""
    changes = [(change.at, change.weight) for change in record.changes]
    area = [(time, weight) for time, weight, _ in reach(record)]
    marks, edges = (_glide(steps, sweep, record.scenario.duration) for steps in (changes, area))
    return {
        "mark": {"times": marks[0], "x": [round(float(x(weight)), 1) for weight in marks[1]]},
        "area": {"times": edges[0], "width": [round(float(x(w)) - LEFT, 1) for w in edges[1]]},
    }


def _glide(steps: Sequence[tuple[float, float]], sweep: float, end: float) -> tuple[list[float], list[float]]:
    """Each step as a short way from the value before to its own."""
    times, values = [0.0], [0.0]
    for i, (time, value) in enumerate(steps):
        room = (steps[i + 1][0] if i + 1 < len(steps) else end) - time
        times += [round(max(times[-1], time), 3), round(time + min(sweep, room), 3)]
        values += [values[-1], value]
    return times, values


def _dealt_anew(record: FlagRollout, folk: People, sweep: float) -> dict[str, Any]:
    """Users who come to stand elsewhere walk there; where nobody is dealt anew, nothing moves."""
    anew = [i for i in range(1, len(record.rulers)) if record.rulers[i] is not record.rulers[i - 1]]
    if not anew:
        return {}
    times = [0.0]
    for i in anew:
        times += [record.changes[i].at, record.changes[i].at + sweep]
    shown = [0, *(ruler for both in zip([0, *anew], anew, strict=False) for ruler in both)]
    return {
        f"u{person}": {
            "times": times,
            "x": [round(float(folk.x[ruler][person]), 1) for ruler in shown],
            "y": [round(float(folk.y[ruler][person]), 1) for ruler in shown],
        }
        for person in range(len(folk.which))
    }


# Those who were hurt --------------------------------------------------------------------------------------


def _crosses(
    record: FlagRollout, speed: float
) -> tuple[int, dict[str, NDArray[np.generic]], list[list[float]]]:
    """Users meant by one cross; the crosses that fall and stay; the points that they know."""
    mine, other = record.users_hurt, record.hurt_the_other_way or 0
    each = max(1, -(-max(mine, other) // (ACROSS * ROWS)))
    places = [
        [round(LEFT + 4 + CROSS * (i % ACROSS), 1), top + CROSS * (i // ACROSS)]
        for top in PILES
        for i in range(ACROSS * ROWS)
    ]
    rows, leg = [], theme.BACK_TO_USER * speed
    times, who = (column[::each] for column in hurt_first(record))
    index = record.users.searchsorted(who).tolist()
    for number, (time, user) in enumerate(zip(times.tolist(), index, strict=True)):
        ruler = max(0, sum(change.at <= time for change in record.changes) - 1)
        start = float(x(record.rulers[ruler][user])) if record.rulers else LEFT
        places.append([round(start, 1), RULER])
        rows += [(time, len(places) - 1, number, 0), (time + leg, number, number, 1)]
    if record.other is not None:
        later = hurt_first(record.other)[0][::each].tolist()
        rows += [(time, ACROSS * ROWS + i, ACROSS * ROWS + i, 2) for i, time in enumerate(later)]
    columns = np.array(sorted(rows) or np.zeros((0, 4))).T
    kinds = {"mote_time": np.float32, "mote_from": np.uint16, "mote_to": np.uint16, "mote_kind": np.uint8}
    motes = {name: column.astype(kind) for (name, kind), column in zip(kinds.items(), columns, strict=True)}
    return each, motes, places


# The drawing ----------------------------------------------------------------------------------------------


def _head(record: FlagRollout, each: int) -> tuple[str, ...]:
    """The story line, and the piles of those who were hurt."""
    dot = max(1, -(-len(record.users) // PEOPLE))
    cross = f"1 × = {each} users" if each > 1 else "1 × = 1 user"
    mine, theirs = (top + 3 for top in PILES)
    parts = [
        text(24, 31, "t = 0 s", "dl-clock"),
        text(138, 31, "", "dl-story", data_text="story"),
        text(24, 140, "users", "dl-label"),
        text(24, 156, f"1 dot = {dot} users" if dot > 1 else "1 dot = 1 user", "dl-small dl-quiet"),
        text(24, mine, "hurt", "dl-label"),
        text(24, mine + 16, cross, "dl-small dl-quiet"),
        text(RIGHT + 8, mine + 2, "", "dl-percent dl-failure-text", data_text="hurt"),
    ]
    if record.users_who_lost_it:
        parts.append(text(24, 172, "dashed: had it, and lost it", "dl-small dl-quiet"))
    if record.other is not None:
        words = f"by {the_other(record)} instead"
        parts += [
            text(24, theirs, "hurt", "dl-label dl-quiet"),
            text(24, theirs + 16, words, "dl-small dl-quiet"),
            text(RIGHT + 8, theirs + 2, "", "dl-percent dl-quiet", data_text="other"),
        ]
    return tuple(parts)


def _ruler(folk: People, states: Collection[str], moves: Collection[str]) -> tuple[str, ...]:
    """The ruler, the tinted area, the users, and the mark."""
    ticks = "".join(f"M{x(tick):.1f} {RULER:g}v5" for tick in range(0, 101, 5))
    named = [
        text(float(x(tick)), RULER + 18, f"{tick} %", "dl-small dl-quiet", text_anchor="middle")
        for tick in range(0, 101, 25)
    ]
    stands = list(zip(folk.x[0].tolist(), folk.y[0].tolist(), strict=True)) if folk.x else []
    size = {"y": TOP, "height": RULER - TOP, "x": LEFT}
    return (
        element("rect", **size, width=0, class_="dl-reach", data_move="area"),
        element("path", d=f"M{LEFT:g} {RULER:g}H{RIGHT:g}{ticks}", class_="dl-rule"),
        *named,
        *(_person(i, place, states, moves) for i, place in enumerate(stands)),
        element(
            "g",
            element("path", d=f"M0 {TOP - 4:g}V{RULER + 6:g}"),
            text(0, TOP - 9, "", "dl-percent dl-candidate-text", text_anchor="middle", data_text="weight"),
            class_="dl-mark",
            data_move="mark",
        ),
    )


def _person(number: int, place: tuple[float, float], states: Collection[str], moves: Collection[str]) -> str:
    name, (left, top) = f"u{number}", place
    state = {"data_state_of": name} if name in states else {}
    if name not in moves:
        return element("circle", cx=left, cy=top, r=RADIUS, class_="dl-person", **state)
    return element("g", element("circle", r=RADIUS), class_="dl-person", data_move=name, **state)


def _grey(record: FlagRollout, previous: FlagRollout | None) -> str:
    if previous is not None:
        return "grey: the run before"
    return f"grey: {the_other(record)}" if record.other is not None else ""


def _texts(record: FlagRollout, now: Curves) -> dict[str, Any]:
    """What each text of the picture says, from when on."""
    times = now.edges.tolist()
    changes = [(0.0, 0.0), *((change.at, change.weight) for change in record.changes)]
    said: dict[str, Any] = {
        "story": story(record, times, [0, *now.hurt.astype(int).tolist()]),
        "weight": [(round(time, 3), [[f"{weight:g} %", ""]]) for time, weight in changes],
        "hurt": _count(times, now.hurt),
        **now.readouts(record),
    }
    if record.other is not None:
        said["other"] = _count(times, curves(record.other).hurt)
    return said


def _count(times: Sequence[float], hurt: NDArray[np.float64]) -> list[Any]:
    changes = [0, *(np.flatnonzero(np.diff(hurt)) + 1).tolist()]
    return [(0.0, [["0", ""]]), *((round(times[i + 1], 3), [[f"{hurt[i]:,.0f}", ""]]) for i in changes)]
