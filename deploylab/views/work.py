"""The lane below the graph: every operation over time, in a row for each that runs at once."""

from __future__ import annotations

from html import escape

from ..model.applied import Applied, Work
from .applying import told
from .boxes import RIGHT
from .svg import element, text

LEFT, WIDTH, HEIGHT = 70.0, 960.0, 150.0  # where the axis begins; the picture; all rows together (px)
LETTER = 7.8  # px a letter of a small word takes
WORKS = {"dl-create": "creates", "dl-update": "updates", "dl-delete": "deletes", "dl-read": "reads",
         "dl-forget": "lets go", "dl-broken": "fails", "dl-undone": "undoes"}  # fmt: skip
TICKS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600, 7200, 86400, 1e9)


def work(record: Applied, end: float, top: float) -> tuple[list[str], float]:
    """The lane from `top` on, revealed by the cursor, and how high the picture is with it (px)."""
    placed = rows(record.works)
    tall = min(20.0, HEIGHT / (max(placed, default=0) + 1))
    bottom = top + tall * max(3, max(placed, default=0) + 1) + 6
    bars = [
        part
        for row, one in zip(placed, record.works, strict=True)
        for part in _bar(one, end, top + row * tall, tall)
    ]
    step = next(step for step in TICKS if end / step <= 9)
    ticks = [number * step for number in range(int(end / step) + 1)]
    axis = [
        text(_x(tick, end), bottom + 14, f"{tick:g} s", "dl-small dl-quiet", text_anchor="middle")
        for tick in ticks
    ]
    cursor = (element("path", d=f"M0 {top - 4:g}V{bottom:g}"), element("circle", cy=top - 4, r=3.5))
    limit = f"at most {record.plan.walk.parallelism} at once"
    return [
        text(24, top - 12, "work", "dl-label"),
        text(72, top - 12, limit, "dl-small dl-quiet"),
        *_legend(record, top - 12),
        element("path", d=f"M{LEFT:g} {bottom:g}H{RIGHT:g}", class_="dl-line"),
        *axis,
        element("clipPath", element("rect", y=top - 20, width=WIDTH, height=bottom - top + 20), id="dl-clip"),
        element("g", *bars, clip_path="url(#dl-clip)"),
        element("g", *cursor, class_="dl-cursor"),
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
