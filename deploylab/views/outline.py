"""The outlines of a drawing's parts as points, for pictures that know no other shapes (px)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from math import cos, pi, sin

Points = list[tuple[float | None, float | None]]  # None: a gap
COMMAND, NUMBER = re.compile(r"([A-Za-z])([^A-Za-z]*)"), re.compile(r"-?[\d.]+")
DISC = re.compile(r"M(-?[\d.]+) (-?[\d.]+)a([\d.]+) ")  # as svg.discs writes it


def discs(words: str) -> tuple[Points, float]:
    """The centres of the discs that a path is made of, and their radius.

    >>> discs("M3 5a2 2 0 1 0 4 0a2 2 0 1 0 -4 0")
    ([(5.0, 5.0)], 2.0)
    """
    found = [[float(number) for number in each] for each in DISC.findall(words)]
    return [(x + r, y) for x, y, r in found], max((r for *_, r in found), default=0.0)


def rectangle(size: Mapping[str, str]) -> Points:
    """The corners of a rectangle; a round one is a few points, and one without an area is none.

    >>> rectangle({"width": "4", "height": "2"})
    [(4.0, 2.0), (0.0, 2.0), (0.0, 0.0), (4.0, 0.0), (4.0, 2.0)]
    """
    x, y, wide, high, most = (float(size.get(key, 0)) for key in ("x", "y", "width", "height", "rx"))
    if not wide or not high:
        return []
    r = min(most, wide / 2, high / 2)
    middles = [(x + wide - r, y + high - r), (x + r, y + high - r), (x + r, y + r), (x + wide - r, y + r)]
    each = 1 if r < 2 else 2 if r < 8 else 4
    r = r if each > 1 else r * 2**0.5  # a sharp corner
    turns = [(k + 0.5) / each * pi / 2 for k in range(4 * each)]
    corners: Points = [
        (round(middles[k // each][0] + r * cos(turn), 1), round(middles[k // each][1] + r * sin(turn), 1))
        for k, turn in enumerate(turns)
    ]
    return [*corners, corners[0]]


@cache
def path(words: str) -> Points:
    """The points of a path of lines and curves; there is a gap before each of its strokes but the first.

    >>> path("M0 5h2V9M1 1L2 2Z")
    [(0.0, 5.0), (2.0, 5.0), (2.0, 9.0), (None, None), (1.0, 1.0), (2.0, 2.0), (1.0, 1.0)]
    """
    return list(_strokes(words))


def _strokes(words: str) -> Iterator[tuple[float | None, float | None]]:
    x = y = 0.0
    start: tuple[float, float] | None = None
    for letter, rest in COMMAND.findall(words):
        kind, numbers = letter.upper(), [float(number) for number in NUMBER.findall(rest)]
        dx, dy = (x, y) if letter.islower() else (0.0, 0.0)
        if kind == "Z":
            x, y = start or (x, y)
        elif kind == "H":
            x = dx + numbers[0]
        elif kind == "V":
            y = dy + numbers[0]
        else:
            if kind == "C":
                yield from _bend((x, y), numbers)
            x, y = dx + numbers[-2], dy + numbers[-1]
        if kind == "M":
            if start:
                yield None, None
            start = x, y
        yield x, y


def _bend(start: tuple[float, float], numbers: list[float]) -> Iterator[tuple[float, float]]:
    """Points on a Bézier curve between its ends."""
    ends = [start, *zip(numbers[::2], numbers[1::2], strict=True)]
    for t in (k / 8 for k in range(1, 8)):
        parts = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        x, y = (sum(part * end[axis] for part, end in zip(parts, ends, strict=True)) for axis in (0, 1))
        yield x, y
