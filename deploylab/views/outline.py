"""The outlines of a drawing's parts as points, for pictures that know no other shapes (px)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from math import cos, pi, sin

Points = list[tuple[float | None, float | None]]  # None: a gap
COMMAND, NUMBER = re.compile(r"([A-Za-z])([^A-Za-z]*)"), re.compile(r"-?[\d.]+")
SHARP = 2  # a radius (px) below which nobody sees that a corner is round
DISC = re.compile(r"M(-?[\d.]+) (-?[\d.]+)a([\d.]+) ")  # as svg.discs writes it


def discs(words: str) -> tuple[Points, float]:
    """The centres of the discs that a path is made of, and their radius."""
    found = [[float(number) for number in each] for each in DISC.findall(words)]
    return [(x + r, y) for x, y, r in found], found[0][2] if found else 0.0


def rectangle(x: float, y: float, wide: float, high: float, round_: float = 0) -> Points:
    """The corners of a rectangle; a round one is a few points, and one without an area is none."""
    if not wide or not high:
        return []
    r = min(round_, wide / 2, high / 2)
    if r < SHARP:
        return [(x + wide, y + high), (x, y + high), (x, y), (x + wide, y), (x + wide, y + high)]
    middles = [(x + wide - r, y + high - r), (x + r, y + high - r), (x + r, y + r), (x + wide - r, y + r)]
    each = 2 + (r >= 4) + (r >= 8)
    turns = [(k + 0.5) / each * pi / 2 for k in range(4 * each)]
    ring = [(middles[k // each], cos(turn), sin(turn)) for k, turn in enumerate(turns)]
    points: Points = [(x + r * across, y + r * down) for (x, y), across, down in ring]
    return [*points, points[0]]


@cache
def path(words: str) -> Points:
    """The points of a path of lines and curves; there is a gap before each of its strokes but the first.

    >>> path("M0 5h2V9M1 1L2 2Z")
    [(0.0, 5.0), (2.0, 5.0), (2.0, 9.0), (None, None), (1.0, 1.0), (2.0, 2.0), (1.0, 1.0)]
    """
    points: Points = []
    x = y = 0.0
    start = x, y
    for letter, rest in COMMAND.findall(words):
        kind, numbers = letter.upper(), [float(number) for number in NUMBER.findall(rest)]
        dx, dy = (x, y) if letter.islower() else (0.0, 0.0)
        if kind == "C":
            points += _bend((x, y), numbers)
        if kind == "M" and points:
            points.append((None, None))
        if kind == "Z":
            x, y = start
        else:
            x = x if kind == "V" else dx + numbers[0 if kind == "H" else -2]
            y = y if kind == "H" else dy + numbers[-1]
        start = (x, y) if kind == "M" else start
        points.append((x, y))
    return points


def _bend(start: tuple[float, float], numbers: list[float]) -> Iterator[tuple[float, float]]:
    """Points on a Bézier curve between its ends."""
    ends = [start, *zip(numbers[::2], numbers[1::2], strict=True)]
    for t in (k / 8 for k in range(1, 8)):
        parts = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        x, y = (sum(part * end[axis] for part, end in zip(parts, ends, strict=True)) for axis in (0, 1))
        yield x, y
