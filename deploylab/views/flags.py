"""A flag as a picture: users on a ruler from 0 to 100 %, a mark that goes over it, and who was hurt."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from ..model.flag_rollout import FlagRollout
from ..model.summary import counted
from . import signs, theme
from .describe_flag import describe_flag, the_other
from .flag_lanes import curves, drawing, frame, hurt_first
from .flag_users import PEOPLE, RULER, People, dealt_anew, mark, people, states, x
from .flag_words import tracks
from .frames import Frames, flights
from .lanes import LEFT, RIGHT
from .scene import SECONDS, axis, scene, speed, story
from .svg import element, text

RADIUS, TOP = 3.4, 76.0  # of a user, and of the tinted area
PILES, CROSS, ROWS = (266.0, 312.0), 8.0, 3  # y of the first row of each pile, px a cross, rows of a pile
TENS, BEFORE = 8.0, 64.0  # px between ten crosses and the next; and before them, where their number stands
ACROSS = 10 * int((RIGHT - LEFT - BEFORE) // (10 * CROSS + TENS))


def flags(record: FlagRollout, previous: FlagRollout | None = None) -> Frames:
    """The picture of a feature's release; grey are `previous`, else the other way back."""
    end = record.scenario.duration
    rate, ghost = speed(end), previous or record.other
    now, then, folk = curves(record), curves(ghost) if ghost else None, people(record)
    leg = theme.BACK_TO_USER * rate
    each, motes, points = _crosses(record, ghost, leg)
    there, moves = states(record, folk), {**mark(record), **dealt_anew(record, folk)}
    marks = signs.signs([(event.time, event.message) for event in record.events], end)
    grey = "the run before" if previous else the_other(record) if ghost else ""
    parts = (
        *_head(record, ghost, each, f"by {grey} instead" if ghost is record.other else grey),
        *_ruler(folk, there, moves),
        *frame(record, now, then, grey and f"grey lines: {grey}"),
        *drawing(record, now, then, marks),
    )
    cross = {"colour": "failure", "shape": "cross", "size": 2.6}
    return scene(
        parts,
        describe_flag(record),
        motes,
        cursor=(LEFT, RIGHT),
        clock=SECONDS,
        end=end,
        speed=rate,
        tail=leg,
        events=sorted({round(event.time, 3) for event in record.events}),
        texts={**tracks(record, now, then), **signs.tracks(marks)},
        states=there,
        moves=moves,
        kinds=[{**cross, "leg": leg, "arc": 0}, {**cross, "leg": "forever"},
               {**cross, "colour": "quiet", "leg": "forever"}],
        points=points,
        label="Animation of a feature behind a flag",
    )  # fmt: skip


def _crosses(
    record: FlagRollout, ghost: FlagRollout | None, leg: float
) -> tuple[int, dict[str, NDArray[np.generic]], list[list[float]]]:
    """Users meant by one cross; the crosses that fall and stay; the points that they know."""
    mine, other = record.users_hurt, ghost.users_hurt if ghost else 0
    each = max(1, -(-max(mine, other) // (ACROSS * ROWS)))
    places = [
        [
            round(LEFT + BEFORE + CROSS * (i % ACROSS) + TENS * (i % ACROSS // 10), 1),
            top + CROSS * (i // ACROSS),
        ]
        for top in PILES
        for i in range(ACROSS * ROWS)
    ]
    rows: list[tuple[float, int, int, int]] = []
    times, who = (column[::each] for column in hurt_first(record))
    index = record.users.searchsorted(who).tolist()
    for number, (time, user) in enumerate(zip(times.tolist(), index, strict=True)):
        ruler = max(0, sum(change.at <= time for change in record.changes) - 1)
        start = float(x(record.rulers[ruler][user])) if record.rulers else LEFT
        places.append([round(start, 1), RULER])
        rows += [(time, len(places) - 1, number, 0), (time + leg, number, number, 1)]
    if ghost is not None:
        later = hurt_first(ghost)[0][::each].tolist()
        rows += [(time, ACROSS * ROWS + i, ACROSS * ROWS + i, 2) for i, time in enumerate(later)]
    return each, flights([tuple(np.array(sorted(rows) or np.zeros((0, 4))).T)]), places


def _head(record: FlagRollout, ghost: FlagRollout | None, each: int, how: str) -> tuple[str, ...]:
    """The story line, and the piles of those who were hurt."""
    dot = max(1, -(-len(record.users) // PEOPLE))
    mine, theirs = (top + 3 for top in PILES)
    parts = [
        *story("t = 0 s"),
        text(24, 140, "users", "dl-label"),
        text(24, 156, f"1 dot = {counted(dot, 'user')}", "dl-small dl-quiet"),
        text(24, mine, "hurt so far", "dl-label"),
        text(24, mine + 16, f"1 × = {counted(each, 'user')}", "dl-small dl-quiet"),
        text(LEFT, mine + 2, "", "dl-percent dl-failure-text", data_text="hurt"),
    ]
    if record.users_who_lost_it:
        parts.append(text(24, 172, "dashed: had it, and lost it", "dl-small dl-quiet"))
    if ghost is not None:
        parts += [
            text(24, theirs, "hurt so far", "dl-label dl-quiet"),
            text(24, theirs + 16, how, "dl-small dl-quiet"),
            text(LEFT, theirs + 2, "", "dl-percent dl-quiet", data_text="other"),
        ]
    return tuple(parts)


def _ruler(folk: People, states: Collection[str], moves: Collection[str]) -> tuple[str, ...]:
    """The ruler, the tinted area, the users, and the mark."""
    ticks = "".join(f"M{x(tick):.1f} {RULER:g}v5" for tick in range(0, 101, 5))
    stands = zip(folk.x[0].tolist(), folk.y[0].tolist(), strict=True) if folk.x else ()
    size = {"y": TOP, "height": RULER - TOP, "x": LEFT}
    return (
        element("rect", **size, width=0, class_="dl-reach", data_move="area"),
        element("path", d=f"M{LEFT:g} {RULER:g}H{RIGHT:g}{ticks}", class_="dl-rule"),
        *axis([(float(x(tick)), f"{tick} %") for tick in range(0, 101, 25)], RULER + 18),
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
