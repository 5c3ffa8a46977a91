"""The stage: users on the left, the balancer in the middle, instances on the right, three lanes below."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from math import ceil
from typing import Any

import numpy as np

from ..model.run import Run
from ..model.summary import counted
from . import bar, lanes, signs, stage_lanes, theme
from .describe_run import describe_run
from .dots import GATES, PEOPLE, PILED, Dots, dots, kinds
from .floor import LEFT, Floor, Place, floor
from .frames import Frames
from .lives import life
from .moments import moments, turns
from .scene import SECONDS, WIDTH, grey, scene, speed, story, uncovered
from .series import BINS, Numbers, Series, series, waiting
from .stage_words import tracks
from .svg import cross, discs, element, text

STEP, COLUMNS = 12.0, 8  # of the crowd and of the pile of the hurt
CROWD, PILE = (32.0, 84.0), (32.0, 242.0)
READABLE = 19  # the smallest square (px) that has room for a queue and its number
SLOWED = "their flight is slowed down to be seen"
QUEUE = 10  # requests that wait, drawn as dots; more are a number


def stage(run: Run, previous: Run | None = None) -> Frames:
    """The picture of a rollout; `previous` is drawn behind its lanes as a grey ghost to compare with."""
    curves, place, balancer = series(run), floor(run), bar.bar(run)
    rate, points = speed(run.end), places(place)
    motes = dots(run, points, rate)
    flying = kinds(theme.roles(len(run.scenario.versions)), rate)
    queues = _queues(run, place, list(flying))
    marks = signs.signs(moments(run), run.end, turns(run))
    end = ceil(1000 * run.end) / 1000  # not before the last of the moments, which are rounded
    drawing = (
        *_crowd(run, motes, place.each),
        *balancer.drawing,
        *_instances(run, place),
        *_lower(run, curves, None if previous is None else series(previous), marks),
    )
    return scene(
        drawing,
        describe_run(run),
        {**motes.flights, "stack": waiting(run)} if queues else motes.flights,
        cursor=(lanes.LEFT, lanes.RIGHT),
        clock=SECONDS,
        end=end,
        speed=rate,
        tail=(theme.TO_INSTANCE + theme.BACK_TO_USER) * rate,
        events=sorted({round(time, 3) for time, _ in moments(run)}),
        texts={**balancer.texts, **tracks(run, curves, motes.per_hurt), **signs.tracks(marks)},
        states=_states(run, theme.BACK_TO_USER * rate),
        moves=balancer.moves,
        kinds=list(flying.values()),
        points=points.round(1).tolist(),
        stacks=queues,
        bins=BINS,
        label="Animation of a rollout",
    )


def places(place: Floor) -> Numbers:
    """Where requests fly from and to (px): crowd, balancer, pile, and a door for each instance."""
    gates = [(bar.X + bar.WIDTH / 2, bar.TOP + bar.HEIGHT * (i + 0.5) / GATES) for i in range(GATES)]
    doors = [(where.x - 3, where.y + place.size / 2) for where in place.places]
    return np.array([*_grid(CROWD, PEOPLE), *gates, *_grid(PILE, PILED), *doors])


def _grid(corner: tuple[float, float], number: int) -> list[tuple[float, float]]:
    x, y = corner
    return [(x + i % COLUMNS * STEP, y + i // COLUMNS * STEP) for i in range(number)]


def _states(run: Run, killed: float) -> dict[str, Any]:
    """The life of every instance; one that was killed is seen for a while, as long as its requests fall."""
    lives = (life(instance, killed) for instance in run.instances)
    return {
        f"pod{i}": [[round(time, 3) for time in times], states] for i, (times, states) in enumerate(lives)
    }


def _queues(run: Run, place: Floor, names: list[str]) -> list[dict[str, Any]]:
    """The requests that wait at each instance, piled up before its door, where there is room for them."""
    if place.size < READABLE:
        return []
    return [
        {
            "at": [where.x - 4, round(where.y + place.size / 2 + 10.8, 1)], "step": [-5, -5.4], "columns": 2,
            "most": QUEUE, "kind": names.index(f"waiting {run.scenario.versions.index(instance.version)}"),
            "text": f"queue{i}", "while": [f"pod{i}", ["starting", "ready", "draining", "killed"]],
        }
        for i, (instance, where) in enumerate(zip(run.instances, place.places, strict=True))
    ]  # fmt: skip


def _crowd(run: Run, motes: Dots, each: int) -> tuple[str, ...]:
    """The story line, the users and those of them who were hurt."""
    dot = f"1 dot = {counted(motes.per_dot, 'request')}"
    fall = f"1 × = {motes.per_cross} failures" if motes.per_cross > 1 else "every failure is shown"
    rings = ", a ring is a mirrored copy" if len(run.mirrored) else ""
    squares = f", 1 square = up to {each} instances" if each > 1 else ""
    return (
        *story("t = 0 s"),
        text(24, 66, "users", "dl-label"),
        element("path", d=discs(_grid(CROWD, PEOPLE), 3.2), class_="dl-people"),
        text(24, 224, "hurt", "dl-label"),
        text(70, 224, "", "dl-small dl-quiet", data_text="hurt"),
        text(24, 328, f"{dot}, {fall}{rings}{squares}; {SLOWED}", "dl-tiny dl-quiet"),
    )


def _instances(run: Run, place: Floor) -> list[str]:
    """A block for each version, which is there while it has no instances, and all squares."""
    versions, blocks = run.scenario.versions, list[str]()
    roles = dict(zip(versions, theme.roles(len(versions)), strict=True))
    size = {"x": LEFT - 4, "width": WIDTH - 20 - LEFT, "height": place.height + 10, "rx": 8}
    for number, (top, role) in enumerate(zip(place.tops, roles.values(), strict=True)):
        blocks.append(text(LEFT - 4, top - 13, "", "dl-label", data_text=f"head{number}"))
        blocks.append(element("rect", **size, y=top - 6, class_=f"dl-block dl-{role}"))
    squares = (
        _square(i, instance.name, roles[instance.version], where, place.size)
        for i, (instance, where) in enumerate(zip(run.instances, place.places, strict=True))
    )
    return [*blocks, element("g", *squares, style=f"--dl-outline:{min(1.6, place.size / 8):g}px")]


@lru_cache(maxsize=2_048)  # whoever turns a knob meets most of them again
def _square(number: int, name: str, role: str, where: Place, size: int) -> str:
    """An instance: a square, with a cross over it that only a killed one shows."""
    queue = text(size / 2, size / 2 + 4, "", text_anchor="middle", data_text=f"queue{number}")
    return element(
        "g",
        element("title", escape(name)),
        element("rect", width=size, height=size, rx=0.22 * size),
        element("path", d=cross(size / 2, size / 2, 0.28 * size)),
        queue if size >= READABLE else "",
        transform=f"translate({where.x:g} {where.y:g})",
        class_=f"dl-pod dl-{role}",
        data_state_of=f"pod{number}",
    )


def _lower(run: Run, curves: Series, ghost: Series | None, marks: list[signs.Sign]) -> tuple[str, ...]:
    """The lanes, as far as the cursor has come."""
    return (
        stage_lanes.frame(run, *([curves] if ghost is None else [curves, ghost])),
        grey("" if ghost is None else "the run before", 328),
        *lanes.rooms(),
        *uncovered((signs.lines(marks), stage_lanes.drawing(run, curves, ghost)), 330),
        *signs.words(marks, named=True),
        lanes.now(),
    )
