"""What all pictures that move have in common: their frame, their clock, and what the cursor uncovers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import theme
from .frames import Frames
from .svg import element, text

WIDTH, HEIGHT = 960, 590
SECONDS = {"before": "t = ", "after": " s", "each": 1, "digits": 0}
DAYS = {"before": "day ", "after": "", "each": 86_400, "digits": 0}
STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600, 7200, 14_400, 86_400, 1e9)  # s from tick to tick
SPEEDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # seconds of a record a second
SHOW = 30  # the longest that a record of seconds should take on the screen (s)


def scene(
    drawing: Iterable[str],
    description: str,
    columns: Mapping[str, NDArray[np.generic]] | None = None,
    *,
    cursor: tuple[float, float] | None,
    height: float = HEIGHT,
    style: str = "dl-stage",
    **meta: Any,
) -> Frames:
    """The parts of a drawing as Frames: `cursor` is where it begins and ends (px), `meta` what is its own."""
    frame = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {height:g}", "class_": style}
    if cursor:
        meta["cursor"] = {"times": [0, meta["end"]], "x": list(cursor)}
    common = {"size": [WIDTH, height], "theme": theme.css_variables()}
    return Frames(element("svg", *drawing, **frame), columns or {}, {**common, **meta}, description)


def speed(end: float) -> float:
    """How many seconds of a record pass in one second on the screen."""
    return next((speed for speed in SPEEDS if end / speed <= SHOW), SPEEDS[-1])


def story(before: str, x: float = 138) -> tuple[str, str]:
    """The clock and, beside it, the line that says what happens."""
    return text(24, 31, before, "dl-clock"), text(x, 31, "", "dl-story", data_text="story")


def uncovered(parts: Iterable[str], top: float, bottom: float = HEIGHT) -> tuple[str, str]:
    """What shows as far as the cursor has come: between `top` and `bottom`, as nothing else of it is seen."""
    clip = element("rect", y=top, width=WIDTH, height=bottom - top)
    return element("clipPath", clip, id="dl-clip"), element("g", *parts, clip_path="url(#dl-clip)")


def cursor(top: float, bottom: float) -> str:
    """The line that marks now, with a dot on top."""
    line = element("path", d=f"M0 {top:g}V{bottom:g}")
    return element("g", line, element("circle", cy=top, r=3.5), class_="dl-cursor")


def ticks(end: float, steps: Sequence[float] = STEPS, most: int = 8) -> list[float]:
    """Round numbers from 0 to `end`, as far apart as the first of the steps that makes few of them.

    >>> ticks(60), ticks(3, most=2)
    ([0, 10, 20, 30, 40, 50, 60], [0, 2])
    """
    step = next((step for step in steps if end / step <= most), steps[-1])
    return [number * step for number in range(int(end / step + 1e-6) + 1)]


def axis(names: Iterable[tuple[float, str]], y: float) -> list[str]:
    """Names below an axis, each at its place (px)."""
    return [text(x, y, words, "dl-small dl-quiet", text_anchor="middle") for x, words in names]


def grey(words: str, y: float) -> str:
    """What is drawn in grey, at the right edge, if anything is."""
    return words and text(WIDTH - 24, y, f"grey: {words}", "dl-tiny dl-quiet", text_anchor="end")


def ghost(*parts: str) -> str:
    """An earlier record behind this one, in grey."""
    return element("g", *parts, class_="dl-ghost") if parts else ""
