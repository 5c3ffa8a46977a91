"""The picture of an apply: the graph fills as the walk goes, and a lane below shows the work over time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from ..model.infrastructure import Applied, Change, Work
from ..model.plan_text import properties, sign
from . import theme
from .frames import Frames
from .infrastructure_words import describe_apply, told, tracks
from .layers import Place, layers
from .svg import element, text

WIDTH, LEFT, RIGHT, TOP = 960, 24.0, 936.0, 70.0  # of the graph (px)
LEAST, MOST, ROW = 330.0, 430.0, 22.0  # how high the graph may be, and what a row of it wants (px)
LANE_LEFT = 70.0  # where the axis of the lane begins (px)
SHOW = 24  # how long a walk takes on the screen (s)
PART = re.compile(r"\.(?![^\[]*\])")  # between the parts of an address, not in a key
LETTER, SMALL = 7.2, 5.9  # px a letter of a name takes, and one of a small word
TWO = 30.0  # a box as high as this has room for two lines (px)
WORDS = {"create": "create", "update": "update", "replace": "replace", "delete": "delete", "read": "read",
         "forget": "let go", "no-op": "as wanted"}  # fmt: skip
KINDS = {"create": "create", "update": "update", "delete": "delete", "read": "read", "forget": "delete"}


@dataclass(frozen=True)
class Box:
    """Where a resource is drawn (px)."""

    x: float
    y: float
    width: float
    height: float


def graph(record: Applied, before: Applied | None = None) -> Frames:  # noqa: ARG001 (all pictures take one)
    """The picture of an apply, for the player."""
    boxes, edges, bottom = _floor(record)
    keys = {change.name: f"n{number}" for number, change in enumerate(record.plan.changes)}
    end, speed = record.end or 1.0, record.end / SHOW or 1.0
    works, size = _by_name(record.works), next(iter(boxes.values()), Box(0, 0, 0, 0))
    letter = LETTER if size.height >= TWO else SMALL
    short = _short([*keys], int((size.width - 14 - 2.6 * letter) / letter))
    bars, height = _lane(record, end, bottom + 32)
    drawing = (
        text(24, 31, "t = 0 s", "dl-clock"), text(138, 31, "", "dl-story", data_text="story"),
        *_legend(record),
        *(element("path", d=path, class_="dl-edge", data_state_of=keys[target]) for target, path in edges),
        *(_node(change, boxes[change.name], keys[change.name], short) for change in record.plan.changes),
        *bars,
    )  # fmt: skip
    frame = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {WIDTH} {height:g}",
        "class_": "dl-stage dl-graph",
    }
    meta = {
        "size": [WIDTH, height],
        "end": end,
        "speed": round(speed, 4),
        "clock": {"before": "t = ", "after": " s", "each": 1, "digits": 0},
        "cursor": {"times": [0, end], "x": [LANE_LEFT, RIGHT]},
        "texts": tracks(record, keys, int((size.width - 12) / SMALL)),
        "states": {keys[c.name]: _states(c, works.get(c.name, ())) for c in record.plan.changes},
        "moves": {keys[name]: _fill(works[name], boxes[name].width) for name in works},
        "events": sorted({0.0, *(round(work.start, 3) for work in record.works), round(record.end, 3)}),
        "theme": theme.css_variables(),
        "label": "Animation of an apply",
    }
    return Frames(element("svg", *drawing, **frame), {}, meta, describe_apply(record))


def _by_name(works: Iterable[Work]) -> dict[str, list[Work]]:
    named: dict[str, list[Work]] = {}
    for work in sorted(works, key=lambda work: work.start):
        named.setdefault(work.name, []).append(work)
    return named


def _floor(record: Applied) -> tuple[dict[str, Box], list[tuple[str, str]], float]:
    """Where each resource stands, the lines with the names where they begin, and how far down this goes."""
    known = {change.name: change for change in record.plan.changes}
    needs = {name: _needed(change, known) for name, change in known.items()}
    plan = layers(_sorted(needs), most=10 if len(known) <= 40 else 16 if len(known) <= 150 else 30)
    step, room = min(160.0, (RIGHT - LEFT) / plan.columns), min(MOST, max(LEAST, ROW * plan.rows))
    tall = min(54.0, room / plan.rows)
    width, height = step * (0.8 if step > 60 else 0.6), min(38.0, tall * 0.76)
    left = (LEFT + RIGHT - step * plan.columns) / 2 + (step - width) / 2
    top = TOP + (room - tall * plan.rows) / 2 + (tall - height) / 2
    boxes = {
        name: Box(left + x * step, top + y * tall, width, height) for name, (x, y) in plan.places.items()
    }

    def path(target: str, source: str, line: tuple[Place, ...]) -> str:
        begin = boxes[target]
        points = [(begin.x + width, begin.y + height / 2)]
        for x, y in line[1:-1]:  # straight through the columns between
            points += [
                (left + x * step, top + y * tall + height / 2),
                (left + x * step + width, top + y * tall + height / 2),
            ]
        points.append((boxes[source].x, boxes[source].y + height / 2))
        return _smooth(points)

    return (
        boxes,
        [(target, path(target, source, line)) for (target, source), line in plan.lines.items()],
        TOP + room,
    )


def _needed(change: Change, known: Mapping[str, Change]) -> list[str]:
    """What a resource stands to the right of: what it needs; what is to go, what it needed."""
    return [name for name in (change.needs if change.makes else change.needed) if name in known]


def _sorted(needs: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Each after all that it needs, without circles: the plan is checked."""
    done: dict[str, list[str]] = {}
    left = dict(needs)
    while left:
        ready = [name for name, targets in left.items() if all(target in done for target in targets)]
        done |= {name: left.pop(name) for name in ready}
    return done


def _smooth(points: list[Place]) -> str:
    """A line that bends between columns and runs level through them."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for number, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        bend = f"C{(x0 + x1) / 2:.1f} {y0:.1f} {(x0 + x1) / 2:.1f} {y1:.1f} "
        path.append(f"{'L' if number % 2 else bend}{x1:.1f} {y1:.1f}")
    return "".join(path)


def _node(change: Change, box: Box, key: str, short: Mapping[str, str]) -> str:
    """A resource: a box that fills, its name, its sign, and what happens to it."""
    told = (f"{change.name} · {change.type} · {WORDS[change.kind]}", change.reason, *properties(change))
    size = {"width": box.width, "height": box.height, "rx": min(6, box.height / 4)}
    parts = [
        element("title", escape("\n".join(filter(None, told)))),
        element("rect", class_="dl-box", **size),
        element("rect", class_="dl-fill", data_move=key, **(size | {"width": 0})),
    ]
    two = box.height >= TWO
    middle = box.height / 2 + (-2 if two else 4)
    if box.height >= 12 and short[change.name]:
        parts.append(text(8, middle, short[change.name], "dl-small dl-strong" if two else "dl-tiny"))
        parts.append(
            text(box.width - 6, middle, "", "dl-small dl-mark", text_anchor="end", data_text=f"{key}-mark")
        )
    if two and short[change.name]:
        parts.append(text(8, box.height / 2 + 12, "", "dl-tiny dl-said", data_text=key))
    where = f"translate({box.x:.1f} {box.y:.1f})"
    return element("g", *parts, class_=f"dl-node dl-{change.kind}", data_state_of=key, transform=where)


def _short(names: list[str], room: int) -> dict[str, str]:
    """What fits of each name: its beginning, or its end where others begin alike; the last of an address."""
    last = {name: name if len(name) <= room else PART.split(name)[-1] for name in names}
    alike = Counter(name[: room - 1] for name in last.values())

    def cut(name: str) -> str:
        if len(name) <= room:
            return name
        return f"…{name[1 - room :]}" if alike[name[: room - 1]] > 1 else f"{name[: room - 1]}…"

    return {name: cut(last[name]) if room >= 4 else "" for name in names}


def _states(change: Change, works: Iterable[Work]) -> list[list[Any]]:
    """What a node is at which time; half of a replacement is not yet done."""
    track: list[tuple[float, str]] = [(0.0, "quiet" if change.kind == "no-op" else "waiting")]
    for work in works:
        done = "done"
        if change.kind == "replace" and work.action == change.actions[0]:
            done = "half" if change.create_first else "cut"
        ended = "failed" if work.failed else "undone" if work.undo else "gone" if not change.makes else done
        track += [(work.start, "undoing" if work.undo else "working"), (work.end, ended)]
    moments = dict(track)  # of several at one time the last one counts
    return [[round(time, 3) for time in moments], list(moments.values())]


def _fill(works: list[Work], width: float) -> dict[str, Any]:
    """How far a box is filled: each of its operations adds an equal part, and each undone takes one away."""
    forward = [work for work in works if not work.undo]
    share, back = width / len(forward), len([work for work in works if work.undo])
    track, level = [(0.0, 0.0)], 0.0
    for work in works:
        after = level - level / back if work.undo else level + share
        back -= work.undo
        track += [(work.start, level), (work.end, after)]
        level = after
    return {"times": [round(t, 3) for t, _ in track], "width": [round(w, 1) for _, w in track], "hold": False}


def _legend(record: Applied) -> list[str]:
    """The signs that occur, with their words, on one line."""
    parts, x = [], 24.0
    for kind in dict.fromkeys(
        change.kind for change in sorted(record.plan.changes, key=lambda c: list(WORDS).index(c.kind))
    ):
        one = next(change for change in record.plan.changes if change.kind == kind)
        words = f"{record.plan.count(kind)} {WORDS[kind]}"
        parts += _entry(x, sign(one).strip() or "=", f"dl-{kind}-text", words)
        x += 36 + 6 * (len(words) + len(sign(one)))
    if record.plan.drift:
        parts += _entry(x, "!", "dl-failure-text", f"{len(record.plan.drift)} changed by hand")
    return parts


def _entry(x: float, mark: str, style: str, words: str) -> list[str]:
    signed = text(x, 54, mark, f"dl-small dl-strong {style}")
    return [signed, text(x + 6 + 7 * len(mark), 54, words, "dl-small dl-quiet")]


def _lane(record: Applied, end: float, top: float) -> tuple[list[str], float]:
    """The work over time: a row for each operation that may run at once, revealed by the cursor."""
    rows: list[float] = []
    bars = []
    placed: list[tuple[int, Work]] = []
    for work in sorted(record.works, key=lambda work: (work.start, work.end)):
        row = next((row for row, free in enumerate(rows) if free <= work.start + 1e-9), len(rows))
        rows[row : row + 1] = [work.end]
        placed.append((row, work))
    tall = min(20.0, 150 / max(1, len(rows)))
    bottom = top + tall * max(3, len(rows)) + 6
    for row, work in placed:
        x0, x1 = (LANE_LEFT + (RIGHT - LANE_LEFT) * time / end for time in (work.start, work.end))
        y, style = (
            top + row * tall,
            "dl-broken" if work.failed else "dl-undone" if work.undo else f"dl-{KINDS[work.action]}",
        )
        bars.append(
            element(
                "rect",
                element("title", escape(told(work))),
                x=x0,
                y=y,
                width=max(1.5, x1 - x0 - 1),
                height=tall - 3,
                rx=2.5,
                class_=f"dl-work {style}",
            )
        )
        if x1 - x0 > SMALL * len(work.name) + 8 and tall >= 13:
            bars.append(text(x0 + 5, y + tall / 2 + 2.5, work.name, "dl-tiny"))
    step = next(step for step in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600, 1e9) if end / step <= 9)
    ticks = [number * step for number in range(int(end / step) + 1)]
    axis = [
        text(
            LANE_LEFT + (RIGHT - LANE_LEFT) * tick / end,
            bottom + 14,
            f"{tick:g} s",
            "dl-small dl-quiet",
            text_anchor="middle",
        )
        for tick in ticks
    ]
    limit = f"at most {record.plan.walk.parallelism} at once"
    return [
        text(24, top - 12, "work", "dl-label"), text(62, top - 12, limit, "dl-small dl-quiet"),
        element("path", d=f"M{LANE_LEFT} {bottom:g}H{RIGHT}", class_="dl-line"), *axis,
        element("clipPath", element("rect", y=top - 20, width=WIDTH, height=bottom - top + 20), id="dl-clip"),
        element("g", *bars, clip_path="url(#dl-clip)"),
        element("g", element("path", d=f"M0 {top - 4:g}V{bottom:g}"),
                element("circle", cy=top - 4, r=3.5), class_="dl-cursor"),
    ], bottom + 26  # fmt: skip
