"""The upper part of a pipeline's picture: authors, a room for each stage, the shelf and production."""

from __future__ import annotations

from ..model.delivery import Delivery
from ..model.pipeline import Pipeline
from ..model.summary import counted, lasting, share
from .pipeline_motes import PLACES
from .pipeline_stacks import DOOR_X, HIGH, PRODUCTION_W, PRODUCTION_X, ROOMS, SHELF_X, TOP, WIDE
from .scene import story
from .svg import cross, discs, element, text

CROWD = [(34.0 + 12 * (i % 3), TOP + 12 + 12 * (i // 3)) for i in range(PLACES)]
NAMES = TOP - 14  # y of the rooms' names


def places() -> list[list[float]]:
    """Where commits fly from and to (px): authors, a few places in each room, the shelf, production."""
    spread = [(0.618 * i % 1, (i + 0.5) / PLACES) for i in range(PLACES)]
    boxes = [(left + 16, TOP + 16, WIDE - 32, HIGH - 32) for left in ROOMS]
    boxes += [(SHELF_X + 4, TOP + 12, 78, 70), (PRODUCTION_X + 16, TOP + 44, PRODUCTION_W - 32, HIGH - 60)]
    inside = [(x + u * w, y + v * h) for x, y, w, h in boxes for u, v in spread]
    return [[round(x, 1), round(y, 1)] for x, y in CROWD + inside]


def rooms(record: Delivery, per_dot: int) -> list[str]:
    """All that is above the lanes; `per_dot` commits are one dot."""
    p = record.pipeline
    return [
        *story("day 0", 120),
        text(24, NAMES, "authors", "dl-label"),
        element("path", d=discs(CROWD, 3.2), class_="dl-people"),
        text(24, TOP + 76, f"{p.rate:g} a day", "dl-tiny dl-quiet"),
        *(part for number in range(len(ROOMS)) for part in _stage(p, number)),
        text(SHELF_X - 4, NAMES, "ready", "dl-label"),
        text(SHELF_X + 40, NAMES, "", "dl-small dl-quiet", data_text="shelf"),
        *_facts(SHELF_X - 4, p.policy, *_gate(p)),
        element("rect", x=DOOR_X, y=TOP, width=8, height=HIGH, rx=4, class_="dl-door"),
        *_production(p),
        *_legend(per_dot),
    ]


def _stage(pipeline: Pipeline, number: int) -> list[str]:
    """A room, what waits before it, and what it found."""
    left, (name, stage) = ROOMS[number], list(pipeline.stages.items())[number]
    takes = lasting(60 * stage.mean_duration) if stage.mean_duration else "no time"
    return [
        text(left, NAMES, name, "dl-label"),
        element("rect", x=left, y=TOP, width=WIDE, height=HIGH, rx=10, class_="dl-room"),
        text(left - 8, NAMES, "", "dl-small", data_text=f"queue{number}", text_anchor="end"),
        *_facts(left, takes, f"{stage.workers} at once"),
        text(left, TOP + HIGH + 50, "", "dl-small dl-failure-text", data_text=f"found{number}"),
    ]


def _production(pipeline: Pipeline) -> list[str]:
    """The last room, which shows when it fails, and who notices."""
    monitor = pipeline.monitor
    room = element("rect", x=PRODUCTION_X, y=TOP, width=PRODUCTION_W, height=HIGH, rx=10)
    sign = _cross(PRODUCTION_X + PRODUCTION_W - 18, TOP + 18, 6)
    sees = (f"monitoring sees {share(monitor.catches)}", f"after {lasting(60 * monitor.detection)}")
    return [
        text(PRODUCTION_X, NAMES, "production", "dl-label"),
        element("g", room, sign, class_="dl-production", data_state_of="production"),
        text(PRODUCTION_X + 14, TOP + 24, "", "dl-label dl-strong", data_text="release"),
        *_facts(PRODUCTION_X, *sees, "users report the rest"),
    ]


def _facts(x: float, *lines: str) -> list[str]:
    """Facts about a room, below it."""
    return [text(x, TOP + HIGH + 17 + 16 * i, line, "dl-tiny dl-quiet") for i, line in enumerate(lines)]


def _gate(pipeline: Pipeline) -> tuple[str, ...]:
    hours = pipeline.deploy.approval
    return ("approval takes", f"{lasting(3600 * hours)} on average") if hours else ()


def _cross(x: float, y: float, r: float) -> str:
    return element("path", d=cross(x, y, r), class_="dl-cross")


def _legend(per_dot: int) -> list[str]:
    """What the marks mean; what is known only to the picture is said to be so."""
    left, right, y, below = 28.0, 500.0, 334.0, 352.0
    named = (
        (left, y, f"1 dot = {counted(per_dot, 'commit')}; its flight is slowed down to be seen"),
        (right, y, "a defect that nobody knows of yet"),
        (left, below, "found, goes back to its author"),
        (right, below, "sound, but rolled back with it"),
    )
    return [
        element("path", d=discs([(left, y - 4)], 3), class_="dl-medians"),
        element("rect", x=right - 3, y=y - 7, width=6, height=6, class_="dl-candidate"),
        _cross(left, below - 4, 3),
        element("circle", cx=right, cy=below - 4, r=2.8, class_="dl-ring"),
        *(text(x + 10, y, words, "dl-tiny dl-quiet") for x, y, words in named),
    ]
