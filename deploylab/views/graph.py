"""The picture of an apply: the graph fills as the walk goes, and a lane below shows the work over time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from html import escape
from typing import Any

from ..model.applied import Applied, Work
from ..model.infrastructure import Change, Plan
from ..model.plan_text import properties, sign
from .boxes import RIGHT, Boxes, boxes
from .describe_apply import describe_apply
from .frames import Frames
from .graph_words import tracks
from .lines import cut
from .scene import SECONDS, scene, story
from .svg import element, text
from .work import LEFT, work

SHOW = 24  # how long a walk takes on the screen (s)
WORDS = {"create": "create", "update": "update", "replace": "replace", "delete": "delete", "read": "read",
         "forget": "let go", "no-op": "as wanted"}  # fmt: skip
PART = re.compile(r"\.(?![^\[]*\])")  # between the parts of an address, not in a key
LETTER, SMALL = 10.2, 7.2  # px a letter of a name takes, and one of a small word
ONE, TWO = 12.0, 30.0  # a box as high as this has room for one line, or for two (px)


def graph(record: Applied | Plan, _before: object = None) -> Frames:
    """The picture of an apply, without a ghost; a plan is drawn as it stands, before anything is done."""
    shown = Applied(record, (), record.before, "planned", 0.0) if isinstance(record, Plan) else record
    changes, end, works = shown.plan.changes, shown.end or 1.0, _by_name(shown)
    keys = {change.name: f"n{number}" for number, change in enumerate(changes)}
    grid = boxes({change.name: change.needs if change.makes else change.needed for change in changes})
    short = _short([*keys], grid)
    lane, height = work(shown, end, grid.bottom + 32) if shown.works else ([], grid.bottom + 20)
    drawing = (
        *(story("t = 0 s") if lane else [text(24, 31, "", "dl-story", data_text="story")]),
        *_legend(shown.plan),
        *(element("path", d=path, class_="dl-edge", data_state_of=keys[name]) for name, path in grid.lines),
        *(_node(one, grid, keys[one.name], short[one.name], one.name in works) for one in changes),
        *lane,
    )
    return scene(
        drawing,
        describe_apply(record),
        cursor=(LEFT, RIGHT) if lane else None,
        height=height,
        style="dl-stage dl-graph",
        clock=SECONDS,
        end=end,
        speed=round(shown.end / SHOW, 4) or 1.0,
        texts=tracks(shown, keys if any(short.values()) else {}, _room(grid)),
        states={keys[one.name]: _states(one, works.get(one.name, ())) for one in changes},
        moves={
            keys[one.name]: _fill(one, works[one.name], grid.width) for one in changes if one.name in works
        },
        events=sorted({0.0, round(end, 3), *(round(one.start, 3) for one in shown.works)}),
        label=f"{'Animation' if lane else 'Picture'} of {shown.title}",
    )


def _by_name(record: Applied) -> dict[str, list[Work]]:
    named: dict[str, list[Work]] = {}
    for one in sorted(record.works, key=lambda one: one.start):
        named.setdefault(one.name, []).append(one)
    return named


def _room(grid: Boxes) -> int:
    """How many letters the second line of a box has room for; none if there is only one line."""
    return int((grid.width - 26) / SMALL) if grid.height >= TWO else 0


def _node(change: Change, grid: Boxes, key: str, short: str, fills: bool) -> str:
    """A resource: a box that fills, its name, its sign, and what happens to it."""
    told = (f"{change.name} · {change.type} · {WORDS[change.kind]}", change.reason, *properties(change))
    size = {"height": grid.height, "rx": min(6, grid.height / 4)}
    middle, two = grid.height / 2, grid.height >= TWO
    first, second = (middle - 3, middle + 13) if two else (middle + 5, middle + 5)
    mark = {"text_anchor": "end", "data_text": f"{key}-mark"}
    parts = (
        element("title", escape("\n".join(filter(None, told)))),
        element("rect", class_="dl-box", width=grid.width, **size),
        element("rect", class_="dl-fill", data_move=key, width=0, **size) if fills else "",
        text(8, first, short, "dl-small dl-strong" if two else "dl-tiny") if short else "",
        text(grid.width - 6, second, "", "dl-small dl-mark", **mark) if short else "",
        text(8, second, "", "dl-tiny dl-said", data_text=key) if short and two else "",
    )
    x, y = grid.places[change.name]
    style = {"class_": f"dl-node dl-{change.kind}", "data_state_of": key}
    return element("g", *parts, transform=f"translate({x:.1f} {y:.1f})", **style)


def _short(names: list[str], grid: Boxes) -> dict[str, str]:
    """What fits of each name: its beginning, or its end where others begin alike; the last of an address."""
    letter = LETTER if grid.height >= TWO else SMALL
    taken = 14 if grid.height >= TWO else 14 + 2.6 * letter  # with one line, the sign stands there too
    room = int((grid.width - taken) / letter) if grid.height >= ONE else 0
    last = {name: name if len(name) <= room else PART.split(name)[-1] for name in names}
    alike = Counter(name[: room - 1] for name in last.values())

    def fitting(name: str) -> str:
        if len(name) <= room:
            return name
        return f"…{name[1 - room :]}" if alike[name[: room - 1]] > 1 else cut(name, room)

    return {name: fitting(last[name]) if room >= 4 else "" for name in names}


def _states(change: Change, works: Iterable[Work]) -> list[list[Any]]:
    """What a node is at which time; half of a replacement is not yet done."""
    track: list[tuple[float, str]] = [(0.0, "quiet" if change.kind == "no-op" else "waiting")]
    for one in works:
        done = "done"
        if change.kind == "replace" and one.action == change.actions[0]:
            done = "half" if change.create_first else "cut"
        ended = "failed" if one.failed else "undone" if one.undo else "gone" if not change.makes else done
        track += [(one.start, "undoing" if one.undo else "working"), (one.end, ended)]
    moments = dict(track)  # of several at one time the last one counts
    return [[round(time, 3) for time in moments], list(moments.values())]


def _fill(change: Change, works: list[Work], width: float) -> dict[str, Any]:
    """How far a box is filled: each of its actions adds an equal part, and each undone takes one away."""
    back = sum(one.undo for one in works)
    track, level = [(0.0, 0.0)], 0.0
    for one in works:
        after = level - level / back if one.undo else level + width / len(change.actions)
        back -= one.undo
        track += [(one.start, level), (one.end, after)]
        level = after
    return {"times": [round(t, 3) for t, _ in track], "width": [round(w, 1) for _, w in track], "hold": False}


def _legend(plan: Plan) -> list[str]:
    """The signs that occur, with their words, on one line."""
    parts, x = list[str](), 24.0
    for kind in (kind for kind in WORDS if any(change.kind == kind for change in plan.changes)):
        mark = next(sign(change) for change in plan.changes if change.kind == kind)
        words = f"{plan.count(kind)} {WORDS[kind]}"
        parts += _entry(x, mark.strip() or "=", f"dl-{kind}-text", words)
        x += 36 + 8 * (len(words) + len(mark))
    if plan.drift:
        parts += _entry(x, "!", "dl-failure-text", f"{len(plan.drift)} changed by hand")
    return parts


def _entry(x: float, mark: str, style: str, words: str) -> list[str]:
    signed = text(x, 54, mark, f"dl-small dl-strong {style}")
    return [signed, text(x + 4 + 11 * len(mark), 54, words, "dl-small dl-quiet")]
