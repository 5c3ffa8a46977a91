"""The lane below the graph: every operation over time, in a row for each that runs at once."""

from __future__ import annotations

from html import escape

from ..model.applied import Applied, Work
from .boxes import RIGHT
from .graph_words import told
from .scene import axis, cursor, ticks, uncovered
from .svg import element, text

LEFT, HEIGHT = 70.0, 150.0  # where the axis begins; all rows together (px)
LETTER = 7.8  # px a letter of a small word takes
WORKS = {"dl-create": "creates", "dl-update": "updates", "dl-delete": "deletes", "dl-read": "reads",
         "dl-forget": "lets go", "dl-broken": "fails", "dl-undone": "undoes"}  # fmt: skip


def work(record: Applied, end: float, top: float) -> tuple[list[str], float]:
    """The lane from `top` on, revealed by the cursor, and how high the picture is with it (px)."""
    placed = rows(record.works)
    high = max(placed, default=0) + 1
    tall = min(20.0, HEIGHT / high)
    bottom = top + tall * max(3, high) + 6
    both = zip(placed, record.works, strict=True)
    bars = [part for row, one in both for part in _bar(one, end, top + row * tall, tall)]
    return [
        text(24, top - 12, "work", "dl-label"),
        text(72, top - 12, f"at most {record.plan.walk.parallelism} at once", "dl-small dl-quiet"),
        *_legend(record, top - 12),
        element("path", d=f"M{LEFT:g} {bottom:g}H{RIGHT:g}", class_="dl-line"),
        *axis([(_x(tick, end), f"{tick:g} s") for tick in ticks(end, most=9)], bottom + 14),
        *uncovered(bars, top - 20, bottom),
        cursor(top - 4, bottom),
    ], bottom + 26


def rows(works: tuple[Work, ...]) -> list[int]:
    """A row for each operation, the first that is free when it starts.

    >>> rows((Work("a", "create", 0, 9), Work("b", "create", 0, 4), Work("c", "create", 4, 6)))
    [1, 0, 0]
    """
    free: list[float] = []
    found = {}
    for number in sorted(range(len(works)), key=lambda number: (works[number].start, works[number].end)):
        row = next((row for row, time in enumerate(free) if time <= works[number].start), len(free))
        free[row : row + 1] = [works[number].end]
        found[number] = row
    return [found[number] for number in range(len(works))]


def _legend(record: Applied, y: float) -> list[str]:
    """What the colours of the bars mean: of those that occur, on the line above them."""
    found = {_style(one) for one in record.works}
    parts, x = [], 360.0
    for style, word in WORKS.items():
        if style in found:
            parts += [
                element("path", class_=f"dl-work {style}", d=f"M{x:g} {y - 9:g}h14v9h-14Z"),
                text(x + 20, y, word, "dl-small dl-quiet"),
            ]
            x += 38 + LETTER * len(word)
    return parts


def _style(one: Work) -> str:
    return "dl-broken" if one.failed else "dl-undone" if one.undo else f"dl-{one.action}"


def _bar(one: Work, end: float, y: float, tall: float) -> list[str]:
    start, stop = _x(one.start, end), _x(one.end, end)
    shape = {"x": start, "y": y, "width": max(1.5, stop - start - 1), "height": tall - 3, "rx": 2.5}
    bar = element("rect", element("title", escape(told(one))), class_=f"dl-work {_style(one)}", **shape)
    if stop - start < LETTER * len(one.name) + 8 or tall < 13:
        return [bar]
    return [bar, text(start + 5, y + tall / 2 + 2.5, one.name, "dl-tiny")]


def _x(time: float, end: float) -> float:
    return LEFT + (RIGHT - LEFT) * time / end
