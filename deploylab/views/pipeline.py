"""A pipeline: authors on the left, a room for each stage, production on the right, three lanes below."""

from __future__ import annotations

from typing import Any

from ..model.delivery import Delivery
from ..model.record import SECOND
from . import lanes, pipeline_lanes
from .describe_delivery import describe_delivery
from .frames import Frames
from .pipeline_motes import BACK, LEG, flights, kinds
from .pipeline_rooms import places, rooms
from .pipeline_stacks import BINS, stacks
from .pipeline_words import tracks
from .scene import DAYS, grey, scene, uncovered
from .svg import text

SHOW = 25  # screen seconds of a whole play
SEEN = 0.25  # screen seconds for which a failure of production shows at the least


def pipeline(record: Delivery, before: Delivery | None = None) -> Frames:
    """The picture of a delivery; `before` is drawn behind its lanes as a grey ghost to compare with."""
    speed = record.end / SHOW
    motes, flying, (piles, heights) = flights(record, speed), kinds(speed), stacks(record)
    still = [{**kind, "size": kind["size"] * 0.9} for kind in flying[:2]]  # those that wait or are worked on
    return scene(
        (*rooms(record, motes.per_dot), *_lower(record, before)),
        describe_delivery(record),
        {**motes.columns, "stack": heights},
        cursor=(lanes.LEFT, lanes.RIGHT),
        clock=DAYS,
        end=record.end,
        speed=speed,
        tail=max(LEG, BACK) * speed,
        events=_events(record),
        texts=tracks(record),
        states={"production": _failing(record, SEEN * speed)},
        kinds=[*flying, *still],
        points=places(),
        stacks=piles,
        bins=BINS,
        label="Animation of a pipeline",
    )


def _lower(record: Delivery, before: Delivery | None) -> list[str]:
    """The lanes, as far as the cursor has come."""
    return [
        pipeline_lanes.frame(record, *([] if before is None else [before])),
        grey("" if before is None else "the one before", 356),
        *(
            text(24, lane + down, "", f"dl-{size} dl-quiet", data_text=f"lane{number}{row}")
            for number, lane in enumerate(lanes.TOPS)
            for row, down, size in (("a", 28, "small"), ("b", 44, "tiny"))
        ),
        *uncovered([pipeline_lanes.drawing(record, before)], 360),
        lanes.now(),
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
