"""Three lanes on one time axis, below a picture: where they are, and what is seen while they are empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .scene import axis, cursor, ticks
from .series import Numbers
from .svg import element, text

LEFT, RIGHT = 204.0, 850.0
FLAGS, AXIS = 362.0, 572.0  # y of the flags' words and of the axis
TOPS, HEIGHT = (376.0, 446.0, 516.0), 46.0
LETTER = 7.6  # px a letter takes at most, where the picture is small


@dataclass(frozen=True)
class Scale:
    """How a lane's values become px."""

    top: float
    most: float

    def y(self, value: Numbers | float) -> Numbers:
        """Px from the top of the picture."""
        return self.top + HEIGHT - HEIGHT * np.asarray(value, np.float64) / self.most

    def area(self, line: str) -> str:
        """The path of all that is below a line."""
        return f"{line}V{self.top + HEIGHT:g}H{LEFT:g}Z"


def x(time: Numbers | float, end: float) -> Numbers:
    """Px from the left of the picture for a time (s) of a run that ends at `end`."""
    return LEFT + (RIGHT - LEFT) * np.asarray(time, np.float64) / end


def grounds(names: Sequence[str], most: Sequence[str]) -> list[str]:
    """The lanes while they are empty: a name, a line to stand on, and the largest value."""
    parts = []
    for top, name, largest in zip(TOPS, names, most, strict=True):
        parts += [text(24, top + 14, name, "dl-label"), level(top + HEIGHT, "dl-line")]
        parts.append(text(RIGHT + 3, top + 4, largest, "dl-tiny dl-quiet"))
    return parts


def rooms() -> list[str]:
    """Where each lane says in words what it shows."""
    return [text(24, top + 31, "", "dl-small dl-quiet", data_text=f"lane{n}") for n, top in enumerate(TOPS)]


def level(y: float, style: str) -> str:
    """A line through a lane."""
    return element("path", d=f"M{LEFT:g} {y:.1f}H{RIGHT:g}", class_=style)


def time_axis(end: float) -> list[str]:
    """The seconds below all lanes."""
    return axis([(float(x(tick, end)), f"{tick:g} s") for tick in ticks(end)], AXIS + 12)


def now() -> str:
    """The cursor through all lanes."""
    return cursor(TOPS[0] - 6, AXIS - 10)
