"""The stage: users on the left, the balancer in the middle, instances on the right, three lanes below."""

from __future__ import annotations

from html import escape
from math import ceil
from typing import Any

import numpy as np

from ..model.run import Run
from . import bar, lanes, signs, theme
from .dots import GATES, PEOPLE, PILED, Dots, dots, kinds
from .floor import LEFT, Floor, Place, floor
from .frames import Frames
from .lives import life
from .moments import moments, turns
from .series import BINS, Numbers, Series, series, waiting
from .svg import discs, element, text
from .telling import telling
from .words import tracks

WIDTH, HEIGHT = 960, 590
STEP, COLUMNS = 12.0, 8  # of the crowd and of the pile of the hurt
CROWD, PILE = (32.0, 84.0), (32.0, 242.0)
SPEEDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # seconds of the run a second
SHOW = 30  # the longest a run should take on the screen (s)
READABLE = 19  # the smallest square (px) that has room for a queue and its number
QUEUE = 10  # requests that wait, drawn as dots; more are a number


def stage(run: Run, previous: Run | None = None) -> Frames:
    """The picture of a rollout; `previous` is drawn behind its lanes as a grey ghost to compare with."""
    curves, place, balancer = series(run), floor(run), bar.bar(run)
    speed = next((speed for speed in SPEEDS if run.end / speed <= SHOW), SPEEDS[-1])
    points = places(place)
    motes = dots(run, points, speed)
    flying = kinds(theme.roles(len(run.scenario.versions)), speed)
    queues = _queues(run, place, list(flying))
    ghost = None if previous is None else series(previous)
    marks = signs.signs(moments(run), run.end, turns(run))
    drawing = (
        *_crowd(run, motes, place.each),
        *balancer.drawing,
        *_instances(run, place),
        *_lower(run, curves, ghost, marks),
    )
    frame = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "class_": "dl-stage"}
    columns = {**motes.flights, "stack": waiting(run)} if queues else motes.flights
    meta = {
        **_times(run, speed),
        "texts": {**balancer.texts, **tracks(run, curves, motes.per_hurt), **signs.tracks(marks)},
        "states": _states(run, theme.BACK_TO_USER * speed),
        "moves": balancer.moves,
        "kinds": list(flying.values()),
        "points": points.round(1).tolist(),
        "stacks": queues,
        "bins": BINS,
        "theme": theme.css_variables(),
        "label": "Animation of a rollout",
    }
    return Frames(element("svg", *drawing, **frame), columns, meta, telling(run))


def places(place: Floor) -> Numbers:
    """Where requests fly from and to (px): crowd, balancer, pile, and a door for each instance."""
    gates = [(bar.X + bar.WIDTH / 2, bar.TOP + bar.HEIGHT * (i + 0.5) / GATES) for i in range(GATES)]
    doors = [(where.x - 3, where.y + place.size / 2) for where in place.places]
    return np.array([*_grid(CROWD, PEOPLE), *gates, *_grid(PILE, PILED), *doors])


def people() -> list[tuple[float, float]]:
    """Where the people of the crowd stand (px)."""
    return _grid(CROWD, PEOPLE)


def _grid(corner: tuple[float, float], number: int) -> list[tuple[float, float]]:
    x, y = corner
    return [(x + i % COLUMNS * STEP, y + i // COLUMNS * STEP) for i in range(number)]


def _times(run: Run, speed: float) -> dict[str, Any]:
    """How long it lasts, how fast it plays, and what moves with time itself."""
    end = ceil(1000 * run.end) / 1000  # not before the last of the moments, which are rounded
    return {
        "size": [WIDTH, HEIGHT],
        "end": end,
        "tail": (theme.TO_INSTANCE + theme.BACK_TO_USER) * speed,
        "speed": speed,
        "events": sorted({round(min(time, end), 3) for time, _ in moments(run)}),
        "clock": {"before": "t = ", "after": " s", "each": 1, "digits": 0},
        "cursor": {"times": [0, end], "x": [lanes.LEFT, lanes.RIGHT]},
    }


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
    dot = f"1 dot = {motes.per_dot} requests" if motes.per_dot > 1 else "1 dot = 1 request"
    cross = f"1 × = {motes.per_cross} failures" if motes.per_cross > 1 else "every failure is shown"
    rings = ", a ring is a mirrored copy" if len(run.mirrored) else ""
    squares = f", 1 square = up to {each} instances" if each > 1 else ""
    return (
        text(24, 31, "t = 0 s", "dl-clock"),
        text(138, 31, "", "dl-story", data_text="story"),
        text(24, 66, "users", "dl-label"),
        element("path", d=discs(people(), 3.2), class_="dl-people"),
        text(24, 224, "hurt", "dl-label"),
        text(60, 224, "", "dl-small dl-quiet", data_text="hurt"),
        text(
            24,
            328,
            f"{dot}, {cross}{rings}{squares}; their flight is slowed down to be seen",
            "dl-tiny dl-quiet",
        ),
    )


def _instances(run: Run, place: Floor) -> list[str]:
    versions = run.scenario.versions
    roles = dict(zip(versions, theme.roles(len(versions)), strict=True))
    blocks = [
        part
        for i, (top, role) in enumerate(zip(place.tops, roles.values(), strict=True))
        for part in (
            text(LEFT - 4, top - 13, "", "dl-label", data_text=f"head{i}"),
            element("rect", **_block(top, place.height), class_=f"dl-block dl-{role}"),
        )
    ]
    squares = (
        _square(i, instance.name, roles[instance.version], where, place.size)
        for i, (instance, where) in enumerate(zip(run.instances, place.places, strict=True))
    )
    return [*blocks, element("g", *squares, style=f"--dl-outline:{min(1.6, place.size / 8):g}px")]


def _block(top: float, height: float) -> dict[str, float]:
    """The room of a version's instances, which is there while it has none."""
    return {"x": LEFT - 4, "y": top - 6, "width": WIDTH - 20 - LEFT, "height": height + 10, "rx": 8}


def _square(number: int, name: str, role: str, where: Place, size: int) -> str:
    """An instance: a square, with a cross over it that only a killed one shows."""
    near, far = size * 0.22, size * 0.78
    cross = f"M{near:.1f} {near:.1f}L{far:.1f} {far:.1f}M{far:.1f} {near:.1f}L{near:.1f} {far:.1f}"
    queue = text(size / 2, size / 2 + 4, "", text_anchor="middle", data_text=f"queue{number}")
    return element(
        "g",
        element("title", escape(name)),
        element("rect", width=size, height=size, rx=near),
        element("path", d=cross),
        queue if size >= READABLE else "",
        transform=f"translate({where.x:g} {where.y:g})",
        class_=f"dl-pod dl-{role}",
        data_state_of=f"pod{number}",
    )


def _lower(run: Run, curves: Series, ghost: Series | None, marks: list[signs.Sign]) -> tuple[str, ...]:
    """The lanes, uncovered by a clip as far as the cursor has come."""
    top, shown = lanes.TOPS[0] - 6, [curves] if ghost is None else [curves, ghost]
    legend = (
        ""
        if ghost is None
        else text(WIDTH - 24, 328, "grey: the run before", "dl-tiny dl-quiet", text_anchor="end")
    )
    return (
        lanes.frame(run, *shown),
        legend,
        *(
            text(24, lane + 31, "", "dl-small dl-quiet", data_text=f"lane{number}")
            for number, lane in enumerate(lanes.TOPS)
        ),
        element("clipPath", element("rect", y=330, width=WIDTH, height=HEIGHT - 330), id="dl-clip"),
        element("g", signs.lines(marks), lanes.drawing(run, curves, ghost), clip_path="url(#dl-clip)"),
        *signs.words(marks, named=True),
        element(
            "g",
            element("path", d=f"M0 {top:g}V{lanes.AXIS - 10:g}"),
            element("circle", cy=top, r=3.5),
            class_="dl-cursor",
        ),
    )
