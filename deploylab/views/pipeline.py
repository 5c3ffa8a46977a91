"""A pipeline: authors on the left, a room for each stage, production on the right, three lanes below."""

from __future__ import annotations

from typing import Any

from ..model.delivery import Delivery
from ..model.dora import DAY
from ..model.record import SECOND
from ..model.summary import lasting, share
from . import lanes, pipeline_lanes, theme
from .describe_delivery import describe_delivery
from .frames import Frames
from .pipeline_motes import BACK, LEG, PLACES, flights, kinds
from .pipeline_stacks import BINS, DOOR_X, HIGH, PRODUCTION_W, PRODUCTION_X, ROOMS, SHELF_X, TOP, WIDE, stacks
from .pipeline_words import tracks
from .svg import discs, element, text

WIDTH, HEIGHT = 960, 590
SHOW = 25  # screen seconds of a whole play
CROWD = [(34.0 + 12 * (i % 3), TOP + 12 + 12 * (i // 3)) for i in range(PLACES)]
SEEN = 0.25  # screen seconds for which a failure of production shows at the least


def pipeline(record: Delivery, before: Delivery | None = None) -> Frames:
    """The picture of a delivery; `before` is drawn behind its lanes as a grey ghost to compare with."""
    speed = record.end / SHOW
    motes = flights(record, speed)
    piles, heights = stacks(record)
    frame = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "class_": "dl-stage"}
    flying = kinds(speed)
    still = [{**kind, "size": kind["size"] * 0.9} for kind in flying[:2]]  # those that wait or are worked on
    meta = {
        "size": [WIDTH, HEIGHT],
        "end": record.end,
        "tail": max(LEG, BACK) * speed,
        "speed": speed,
        "events": _events(record),
        "clock": {"before": "day ", "after": "", "each": DAY, "digits": 0},
        "cursor": {"times": [0, record.end], "x": [lanes.LEFT, lanes.RIGHT]},
        "texts": tracks(record),
        "states": {"production": _failing(record, SEEN * speed)},
        "kinds": [*flying, *still],
        "points": [[round(float(v), 1) for v in point] for point in _points()],
        "stacks": piles,
        "bins": BINS,
        "theme": theme.css_variables(),
        "label": "Animation of a pipeline",
    }
    drawing = (*_upper(record, motes.per_dot), *_lower(record, before))
    columns = {**motes.columns, "stack": heights}
    return Frames(element("svg", *drawing, **frame), columns, meta, describe_delivery(record))


def _points() -> list[tuple[float, float]]:
    """Where commits fly from and to (px): authors, a few places in each room, the shelf, production."""
    spread = [(0.618 * i % 1, (i + 0.5) / PLACES) for i in range(PLACES)]
    boxes = [(left + 16, TOP + 16, WIDE - 32, HIGH - 32) for left in ROOMS]
    boxes += [(SHELF_X + 4, TOP + 12, 78, 70), (PRODUCTION_X + 16, TOP + 44, PRODUCTION_W - 32, HIGH - 60)]
    return CROWD + [(x + u * w, y + v * h) for x, y, w, h in boxes for u, v in spread]


def _upper(record: Delivery, per_dot: int) -> list[str]:
    """The story line, the authors, the rooms, the shelf and production."""
    p = record.pipeline
    parts = [
        text(24, 31, "day 0", "dl-clock"),
        text(120, 31, "", "dl-story", data_text="story"),
        text(24, TOP - 14, "authors", "dl-label"),
        element("path", d=discs(CROWD, 3.2), class_="dl-people"),
        text(24, TOP + 76, f"{p.rate:g} a day", "dl-tiny dl-quiet"),
    ]
    for number, (left, (name, stage)) in enumerate(zip(ROOMS, p.stages.items(), strict=True)):
        parts += [
            text(left, TOP - 14, name, "dl-label"),
            element("rect", x=left, y=TOP, width=WIDE, height=HIGH, rx=10, class_="dl-room"),
            text(left - 8, TOP - 14, "", "dl-small", data_text=f"queue{number}", text_anchor="end"),
            *_lines(left, _takes(stage.mean_duration), f"{stage.workers} at once"),
            text(left, TOP + HIGH + 50, "", "dl-small dl-failure-text", data_text=f"found{number}"),
        ]
    return [
        *parts,
        text(SHELF_X - 4, TOP - 14, "ready", "dl-label"),
        text(SHELF_X + 40, TOP - 14, "", "dl-small dl-quiet", data_text="shelf"),
        *_lines(SHELF_X - 4, p.policy, *_gate(record)),
        element("rect", x=DOOR_X, y=TOP, width=8, height=HIGH, rx=4, class_="dl-door"),
        text(PRODUCTION_X, TOP - 14, "production", "dl-label"),
        element(
            "g",
            element("rect", x=PRODUCTION_X, y=TOP, width=PRODUCTION_W, height=HIGH, rx=10),
            _cross(PRODUCTION_X + PRODUCTION_W - 18, TOP + 18, 6),
            class_="dl-production",
            data_state_of="production",
        ),
        text(PRODUCTION_X + 14, TOP + 24, "", "dl-label dl-strong", data_text="release"),
        *_legend(record, per_dot),
    ]


def _takes(minutes: float) -> str:
    return lasting(60 * minutes) if minutes else "no time"


def _lines(x: float, *lines: str) -> list[str]:
    """Facts about a room, below it."""
    return [text(x, TOP + HIGH + 17 + 16 * i, line, "dl-tiny dl-quiet") for i, line in enumerate(lines)]


def _gate(record: Delivery) -> tuple[str, ...]:
    approval = record.pipeline.deploy.approval
    return ("approval takes", f"{lasting(3600 * approval)} on average") if approval else ()


def _cross(x: float, y: float, r: float) -> str:
    return element(
        "path", d=f"M{x - r} {y - r}L{x + r} {y + r}M{x + r} {y - r}L{x - r} {y + r}", class_="dl-cross"
    )


def _legend(record: Delivery, per_dot: int) -> list[str]:
    """What the marks mean; what is known only to the picture is said to be so."""
    each = f"1 dot = {per_dot} commits" if per_dot > 1 else "1 dot = 1 commit"
    monitor = record.pipeline.monitor
    sees = f"monitoring sees {share(monitor.catches)}"
    after = f"after {lasting(60 * monitor.detection)}"
    left, right, y, below = 28.0, 500.0, 334.0, 352.0
    return [
        element("path", d=discs([(left, y - 4)], 3), class_="dl-medians"),
        text(left + 10, y, f"{each}; its flight is slowed down to be seen", "dl-tiny dl-quiet"),
        element("rect", x=right - 3, y=y - 7, width=6, height=6, class_="dl-candidate"),
        text(right + 10, y, "a defect that nobody knows of yet", "dl-tiny dl-quiet"),
        _cross(left, below - 4, 3),
        text(left + 10, below, "found, goes back to its author", "dl-tiny dl-quiet"),
        element("circle", cx=right, cy=below - 4, r=2.8, class_="dl-ring"),
        text(right + 10, below, "sound, but rolled back with it", "dl-tiny dl-quiet"),
        *_lines(PRODUCTION_X, sees, after, "users report the rest"),
    ]


def _lower(record: Delivery, before: Delivery | None) -> list[str]:
    """The lanes, uncovered by a clip as far as the cursor has come."""
    top, shown = lanes.TOPS[0] - 6, [] if before is None else [before]
    grey = "" if before is None else "grey: the one before"
    return [
        pipeline_lanes.frame(record, *shown),
        text(WIDTH - 24, 356, grey, "dl-tiny dl-quiet", text_anchor="end"),
        *(
            text(24, lane + down, "", f"dl-{size} dl-quiet", data_text=f"lane{number}{row}")
            for number, lane in enumerate(lanes.TOPS)
            for row, down, size in (("a", 28, "small"), ("b", 44, "tiny"))
        ),
        element("clipPath", element("rect", y=360, width=WIDTH, height=HEIGHT - 360), id="dl-clip"),
        element("g", pipeline_lanes.drawing(record, before), clip_path="url(#dl-clip)"),
        element(
            "g",
            element("path", d=f"M0 {top:g}V{lanes.AXIS - 10:g}"),
            element("circle", cy=top, r=3.5),
            class_="dl-cursor",
        ),
    ]


def _failing(record: Delivery, seen: float) -> list[list[Any]]:
    """When production failed; a failure that is too short to be seen shows for `seen` seconds."""
    times, states = [0.0], ["ok"]
    for incident in record.incidents:
        end = record.end if incident.recovered is None else incident.recovered
        until = max(end, incident.began + seen)
        if states[-1] == "ok" and times[-1] >= incident.began and len(times) > 1:
            times[-1] = max(times[-1], until)
        else:
            times += [incident.began, until]
            states += ["failing", "ok"]
    return [[round(time, 3) for time in times], states]


def _events(record: Delivery) -> list[float]:
    """What is worth stepping to: failures, or else releases."""
    failures = {round(incident.began, 3) for incident in record.incidents}
    return sorted(failures or {round(done / SECOND, 3) for done in record.deployments.done.tolist()})
