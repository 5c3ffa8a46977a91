"""The questions of a quiz as a class met them: how easy each was, and whether it told the students apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .lines import cut
from .still import Still, drawing
from .svg import element, text

WIDTH, LEFT, TOP, ROW = 960.0, 300.0, 84.0, 26.0
FACILITY, DISCRIMINATION = (LEFT, 250.0), (630.0, 270.0)  # where each lane begins, and how wide it is (px)
LONGEST = 38  # characters of a name


class Item(NamedTuple):
    """One question: the mean share of its points, its correlation with the rest, and what to look at."""

    name: str
    facility: float
    discrimination: float | None
    warning: str = ""


def quiz_items(title: str, items: Sequence[Item]) -> Still:
    """A row a question: a bar for its facility, a dot for its discrimination, a sign where to look.

    >>> quiz_items("Rolling", [Item("batch-size", 0.8, 0.4)])
    Picture of Rolling: batch-size, 80 % of the points, discrimination 0.40.
    """
    bottom = TOP + ROW * len(items)
    drawn = [_row(TOP + ROW * place, item) for place, item in enumerate(items)]
    scale = "".join((*_scale(FACILITY, (0, 0.5, 1), bottom), *_scale(DISCRIMINATION, (-1, 0, 1), bottom)))
    names = (
        text(24, 31, title, "dl-story"),
        text(FACILITY[0], 60, "facility: share of the points", "dl-label"),
        text(DISCRIMINATION[0], 60, "discrimination: correlation with the rest", "dl-label"),
    )
    return Still(title, drawing(WIDTH, bottom + 34, *names, scale, *drawn), f"{title}: {_words(items)}.")


def _row(top: float, item: Item) -> str:
    start, wide = FACILITY
    middle = top + ROW / 2
    parts = [
        text(LEFT - 14, middle + 4, f"{'! ' * bool(item.warning)}{cut(item.name, LONGEST)}",
             "dl-label dl-failure-text" if item.warning else "dl-label", text_anchor="end"),
        element("rect", x=start, y=top + 6, width=max(1, wide * item.facility), height=ROW - 12, rx=2,
                class_="dl-stable"),
        text(start + wide * item.facility + 6, middle + 4, f"{100 * item.facility:.0f} %", "dl-small"),
    ]  # fmt: skip
    if (tells := item.discrimination) is None:
        parts.append(text(_x(0), middle + 4, "unknown", "dl-small dl-quiet", text_anchor="middle"))
    else:
        colour = "var(--dl-failure)" if tells < 0 else "var(--dl-stable)"
        shape = f"M{_x(0):g} {middle:g}H{_x(tells):.1f}"
        beside, end = (-9, "end") if tells < 0 else (9, "start")
        parts += [
            element("path", d=shape, style=f"stroke:{colour};stroke-width:2"),
            element("circle", cx=_x(tells), cy=middle, r=5, style=f"fill:{colour}"),
            text(_x(tells) + beside, middle + 4, f"{tells:.2f}", "dl-small", text_anchor=end),
        ]
    return element("g", element("title", _words([item])), *parts)


def _scale(lane: tuple[float, float], ticks: Sequence[float], bottom: float) -> list[str]:
    start, wide = lane
    low, high = ticks[0], ticks[-1]
    parts = []
    for tick in ticks:
        x = start + wide * (tick - low) / (high - low)
        words = f"{100 * tick:.0f} %" if low == 0 else f"{tick:g}"
        parts.append(element("path", d=f"M{x:g} {TOP - 8:g}V{bottom:g}", class_="dl-line"))
        parts.append(text(x, bottom + 18, words, "dl-small dl-quiet", text_anchor="middle"))
    return parts


def _x(correlation: float) -> float:
    start, wide = DISCRIMINATION
    return start + wide * (correlation + 1) / 2


def _words(items: Sequence[Item]) -> str:
    told = []
    for item in items:
        tells = "unknown" if item.discrimination is None else f"{item.discrimination:.2f}"
        words = f"{item.name}, {100 * item.facility:.0f} % of the points, discrimination {tells}"
        told.append(f"{words} ({item.warning})" if item.warning else words)
    return "; ".join(told)
