"""A sweep over two knobs as a grid: each cell is coloured by a figure and has its value written in it."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from ..model.errors import ContentError, KnobError
from ..model.summary import percent
from ..model.table import Table
from .grid import Grid, different, grid
from .lines import cut
from .still import Still, drawing
from .svg import element, text

WIDTH, LEFT, RIGHT, TOP = 960, 172.0, 868.0, 66.0
TALLEST, LOWEST, LARGEST = 46.0, 12.0, 420.0  # px: of a row, and of all rows where there are many
LONGEST = 22  # characters of a value on an axis
LETTER = 6.6  # px of a letter in a cell at most
SHARES = ("availability",)  # figures of which more is better, and which are said as a percentage


def heatmap(table: Table, x: str, y: str, metric: str, best: Literal["least", "most"] | None = None) -> Still:
    """A figure of a sweep over two of its knobs; a cell of several rows, such as seeds, shows their mean.

    `x`, `y` and `metric` are names of columns. `best` says which cell to mark; without it the one of the
    least value, and of an availability the one of the most. A cell without a value is hatched.

    Raises `ContentError` for a column that the table does not have, or one that holds no numbers.

    >>> from deploylab import Canary, Scenario, Version, sweep
    >>> plans = [Canary(weights=(w,), hold=h) for w in (5, 25) for h in (10, 20)]
    >>> table = sweep(plans, Scenario(candidate=Version("v2", error_rate=0.1), duration=60))
    >>> heatmap(table, "weights", "hold", "users_hurt")
    Picture of users_hurt over weights (2 values, across) and hold (2 values, down). ...
    """
    _check(table, x, y, metric, best)
    cells = grid(table, x, y, metric, best or ("most" if metric in SHARES else "least"))
    high = min(TALLEST, max(LOWEST, LARGEST / len(cells.down)))
    wide, bottom = (RIGHT - LEFT) / len(cells.across), TOP + high * len(cells.down)
    boxes = (_cell(cells, place, (wide, high), metric) for place in np.ndindex(*cells.mean.shape))
    parts = (
        text(24, 28, metric, "dl-story"),
        text(24, TOP - 14, f"↓ {y}", "dl-label"),
        text(RIGHT, bottom + 42, f"{x} →", "dl-label", text_anchor="end"),
        text(RIGHT, 28, _caption(table, x, y, cells), "dl-small dl-quiet", text_anchor="end"),
        *_ticks_across(cells.across, wide, bottom + 18),
        *_ticks_down(cells.down, high),
        *boxes,
        *_legend(cells, metric, bottom + 34),
    )
    picture = drawing(WIDTH, bottom + 56, *parts)
    return Still(f"{metric} over {x} and {y}", picture, _words(x, y, metric, cells))


def _check(table: Table, x: str, y: str, metric: str, best: str | None) -> None:
    if not isinstance(table, Table):
        raise ContentError(f"heatmap: {type(table).__name__} is no Table; give it what sweep(...) returns")
    numbers = [name for name, column in table.columns.items() if _is_numbers(column)]
    if not _is_numbers(table[metric]):
        advice = f"the columns that do are {', '.join(numbers)}" if numbers else "no column does"
        raise ContentError(f"heatmap: the column {metric!r} holds no numbers; {advice}")
    if len({x, y, metric}) < 3:
        raise ContentError(
            f"heatmap: x, y and metric are {x!r}, {y!r} and {metric!r}; use three different columns, of "
            f"which x and y tell the rows apart: {', '.join(table.varied) or ', '.join(table.columns)}"
        )
    if best not in (None, "least", "most"):
        raise KnobError("heatmap", "best", best, "is not allowed; use 'least', 'most' or nothing")
    if not len(table):
        raise ContentError("heatmap: the table has no rows; give it one of a sweep")


def _is_numbers(column: Any) -> bool:
    return isinstance(column, np.ndarray) and column.dtype.kind in "iufb"


def _cell(cells: Grid, place: tuple[int, ...], size: tuple[float, float], metric: str) -> str:
    """A box, the darker the more, with its value as far as there is room for it."""
    (row, column), (wide, high) = place, size
    x, y, value, won = LEFT + column * wide, TOP + row * high, float(cells.mean[place]), cells.best[place]
    words, inset = _say(metric, value), 1.5 if won else 0.5
    box = {"x": x + inset, "y": y + inset, "width": wide - 2 * inset, "height": high - 2 * inset}
    if words == "–":
        drawn = element("rect", **box, class_="dl-hatched") + _hatching(x, y, wide, high)
    else:
        kind = "dl-cell dl-best" if won else "dl-cell"
        drawn = element("rect", **box, class_=kind, style=f"--part:{100 * cells.part(value):.1f}%")
    said = f"★ {words}" if won else words
    if len(said) * LETTER > wide - 4 or high < 16:
        said = "★" if won else ""  # what has no room is still there to point at
    name = text(x + wide / 2, y + high / 2 + 4, said, "dl-in-cell", text_anchor="middle") if said else ""
    return element("g", element("title", words), drawn, name)


def _hatching(x: float, y: float, wide: float, high: float) -> str:
    """Slanting lines in the box, 7 px apart."""
    lines = []
    for offset in np.arange(7.0, wide + high, 7.0):
        x0, x1 = max(0.0, offset - high), min(wide, offset)
        lines.append(f"M{x + x0:.1f} {y + offset - x0:.1f}L{x + x1:.1f} {y + offset - x1:.1f}")
    return element("path", d="".join(lines), class_="dl-hatching")


def _ticks_across(values: list[Any], wide: float, y: float) -> list[str]:
    names = [_name(value) for value in values]
    every = int(np.ceil((max(map(len, names)) + 1) * LETTER / wide))
    middle = [LEFT + wide * (place + 0.5) for place in range(len(names))]
    shown = list(zip(middle, names, strict=True))[:: max(1, every)]
    return [text(x, y, name, "dl-small", text_anchor="middle") for x, name in shown]


def _ticks_down(values: list[Any], high: float) -> list[str]:
    return [
        text(LEFT - 8, TOP + high * (row + 0.5) + 4, _name(value), "dl-small", text_anchor="end")
        for row, value in enumerate(values)
    ]


def _legend(cells: Grid, metric: str, y: float) -> list[str]:
    """The scale from the least value to the most."""
    if cells.range is None or cells.range[0] == cells.range[1]:
        return []
    low, high = (_say(metric, value) for value in cells.range)
    box = {"y": y, "width": 12.5, "height": 10}
    steps = [
        element("rect", **box, x=LEFT + 12 * n, class_="dl-cell", style=f"--part:{10 * n}%")
        for n in range(11)
    ]
    names = (
        text(LEFT - 8, y + 9, low, "dl-small", text_anchor="end"),
        text(LEFT + 140, y + 9, high, "dl-small"),
    )
    return [*steps, *names]


def _caption(table: Table, x: str, y: str, cells: Grid) -> str:
    """What must be known to read the cells."""
    others = [name for name in table.varied if name not in (x, y) and len(different(table[name])) > 1]
    over = f" over {', '.join(others)}" if others else ""
    told = ["★ best"] if cells.best.any() else []
    told += [f"mean of up to {cells.rows:,} rows a cell{over}"] if cells.rows > 1 else []
    return " · ".join([*told, *(["hatched: no value"] if cells.missing else [])])


def _words(x: str, y: str, metric: str, cells: Grid) -> str:
    """The picture for those who cannot see it: its range, its best cells, and what has no value."""
    across, down = cells.across, cells.down
    told = [f"{metric} over {x} ({len(across)} values, across) and {y} ({len(down)} values, down)."]
    if cells.range:
        least, most = (_say(metric, value) for value in cells.range)
        told.append(
            f"It goes from {least} to {most}." if cells.range[0] < cells.range[1] else f"All are {least}."
        )
    if best := [(across[column], down[row]) for row, column in np.argwhere(cells.best)]:
        places = ", ".join(f"{x} {_name(a)} with {y} {_name(d)}" for a, d in best[:3])
        told.append(f"Best: {places}{f' and {len(best) - 3} more' if len(best) > 3 else ''}.")
    if cells.missing:
        told.append(f"{cells.missing} of {cells.mean.size} cells have no value.")
    return " ".join(told)


def _say(metric: str, value: float) -> str:
    if value != value:
        return "–"
    if metric in SHARES:
        return percent(value)
    return f"{value:,.0f}" if abs(value) >= 1000 or value.is_integer() else f"{value:.3g}"


def _name(value: Any) -> str:
    if value is None or value != value:
        return "–"
    if isinstance(value, tuple | list):
        return ", ".join(map(_name, value))
    return cut(f"{value:g}" if isinstance(value, float) else str(value), LONGEST)
