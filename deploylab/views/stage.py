"""The stage: users on the left, the balancer in the middle, instances on the right, three lanes below."""

from __future__ import annotations

from html import escape
from typing import Any

from ..model.record import Instance
from ..model.run import Run
from . import lanes, theme
from .describe import describe
from .division import division
from .dots import PEOPLE, Dots, dots
from .floor import LEFT, TOPS, Floor, Place, floor, gap
from .frames import Frames
from .series import BINS, Series, series, waiting
from .svg import discs, element, text
from .words import tracks

WIDTH, HEIGHT = 960, 590
CROWD = {"x": 32, "y": 84, "step": 12, "columns": 8}
PILE = {"x": 32, "y": 242, "step": 12, "columns": 8}
PILED = 48  # crosses that the pile has room for
BAR = {"x": 352, "y": 78, "width": 14, "height": 234}
SPEEDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # seconds of the run a second
SHOW = 30  # the longest a run should take on the screen (s)


def stage(run: Run, previous: Run | None = None) -> Frames:
    """The picture of a rollout; `previous` is drawn behind its lanes as a grey ghost to compare with."""
    curves, place = series(run), floor(run)
    speed = next((speed for speed in SPEEDS if run.end / speed <= SHOW), SPEEDS[-1])
    flights = dots(run, leg=speed)
    columns = {**flights.columns(), "queue": waiting(run), "hurt": curves.hurt.astype("float32")}
    ghost = None if previous is None else series(previous)
    drawing = (*_upper(flights), *_instances(run, place), *_lower(run, curves, ghost))
    frame = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "class_": "dl-stage"}
    return Frames(element("svg", *drawing, **frame), columns, _meta(run, curves, place, speed), describe(run))


def _meta(run: Run, curves: Series, place: Floor, speed: float) -> dict[str, Any]:
    """Times, coordinates and words: what a player needs to move the drawing."""
    times, shares = division(run)
    per_cross = max(1, -(-int(curves.hurt[-1]) // PILED))
    return {
        "size": [WIDTH, HEIGHT],
        "end": run.end,
        "speed": speed,
        "legs": [leg * speed for leg in (theme.TO_BALANCER, theme.TO_INSTANCE, theme.BACK_TO_USER)],
        "lanes": [lanes.LEFT, lanes.RIGHT],
        "crowd": CROWD,
        "pile": {**PILE, "each": per_cross},
        "bar": {**BAR, "times": _rounded(times), "shares": [_rounded(row) for row in shares]},
        "pods": [_pod(*both) for both in zip(run.instances, place.places, strict=True)],
        "pod_size": place.size,
        "queue_room": gap(place.size),
        "bins": BINS,
        "events": sorted({round(seen.start, 3) for _, seen in run.steps} | {round(run.finished, 3)}),
        "texts": tracks(run, curves, per_cross),
        "theme": theme.css_variables(),
    }


def people() -> list[tuple[float, float]]:
    """Where the people of the crowd stand (px)."""
    step, columns = CROWD["step"], CROWD["columns"]
    return [(CROWD["x"] + i % columns * step, CROWD["y"] + i // columns * step) for i in range(PEOPLE)]


def _upper(flights: Dots) -> tuple[str, ...]:
    """The story line, the users and the balancer."""
    dot = f"1 dot = {flights.per_dot} requests" if flights.per_dot > 1 else "1 dot = 1 request"
    cross = f"1 × = {flights.per_cross} failures" if flights.per_cross > 1 else "every failure is shown"
    x, width = BAR["x"], BAR["width"]
    return (
        text(24, 31, "t = 0 s", "dl-clock"),
        text(138, 31, "", "dl-story", data_text="story"),
        text(24, 66, "users", "dl-label"),
        element("path", d=discs(people(), 3.2), class_="dl-people"),
        text(24, 224, "hurt", "dl-label"),
        text(60, 224, "", "dl-small dl-quiet", data_text="hurt"),
        text(24, 328, f"{dot}, {cross}; their flight is slowed down to be seen", "dl-tiny dl-quiet"),
        text(x + width / 2, 66, "load balancer", "dl-label", text_anchor="middle"),
        *(
            element("rect", x=x, width=width, rx=5, class_=f"dl-share dl-{role}")
            for role in (*lanes.ROLES, "nobody")
        ),
        *(text(x - 10, 0, "", f"dl-percent dl-{role}-text", text_anchor="end") for role in lanes.ROLES),
        text(x + width + 10, 0, "", "dl-percent dl-nobody-text"),
    )


def _instances(run: Run, place: Floor) -> list[str]:
    heads = [
        text(LEFT, top - 12, "", "dl-label", data_text=role)
        for top, role in zip(TOPS, lanes.ROLES, strict=True)
    ]
    roles = dict(zip(run.scenario.versions, lanes.ROLES, strict=True))
    return heads + [
        _square(instance.name, roles[instance.version], where, place.size)
        for instance, where in zip(run.instances, place.places, strict=True)
    ]


def _square(name: str, role: str, where: Place, size: int) -> str:
    """An instance: a square, with a cross over it that only a killed one shows."""
    near, far = size * 0.22, size * 0.78
    cross = f"M{near:.1f} {near:.1f}L{far:.1f} {far:.1f}M{far:.1f} {near:.1f}L{near:.1f} {far:.1f}"
    return element(
        "g",
        element("title", escape(name)),
        element("rect", width=size, height=size, rx=near),
        element("path", d=cross),
        text(size / 2, size / 2 + 4, "", text_anchor="middle"),
        transform=f"translate({where.x:g} {where.y:g})",
        class_=f"dl-pod dl-{role}",
    )


def _lower(run: Run, curves: Series, ghost: Series | None) -> tuple[str, ...]:
    """The lanes, uncovered by a clip as far as the cursor has come."""
    top, shown = lanes.TOPS[0] - 6, [curves] if ghost is None else [curves, ghost]
    legend = (
        ""
        if ghost is None
        else text(WIDTH - 24, 341, "grey: the run before", "dl-tiny dl-quiet", text_anchor="end")
    )
    return (
        lanes.frame(run, *shown),
        legend,
        *(
            text(24, lane + 31, "", "dl-small dl-quiet", data_text=f"lane{number}")
            for number, lane in enumerate(lanes.TOPS)
        ),
        element("clipPath", element("rect", y=340, width=WIDTH, height=HEIGHT - 340), id="dl-clip"),
        element("g", lanes.drawing(run, curves, ghost), clip_path="url(#dl-clip)"),
        element(
            "g",
            element("path", d=f"M0 {top:g}V{lanes.AXIS - 10:g}"),
            element("circle", cy=top, r=3.5),
            class_="dl-cursor",
        ),
    )


def _pod(instance: Instance, where: Place) -> list[Any]:
    """Its place, its life, and the spans in which it served; None is never."""
    life = (_milli(t) for t in (instance.started, instance.draining, instance.stopped))
    return [where.x, where.y, *life, instance.killed, [[_milli(t) for t in span] for span in instance.served]]


def _milli(time: float | None) -> float | None:
    return None if time is None else round(time, 3)


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 4) for value in values]
