"""A sweep over two knobs as a grid: each cell is coloured by a figure and has its value written in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..model.errors import ContentError, KnobError
from ..model.summary import percent
from ..model.table import Table
from .series import Numbers
from .still import Still, drawing
from .svg import element, text

WIDTH, LEFT, RIGHT, TOP = 960, 172.0, 868.0, 66.0
TALLEST, LOWEST, GRID = 46.0, 12.0, 420.0  # px: of a row, and of all rows where there are many
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
    across, down = _values(table[x]), _values(table[y])
    grid, most_rows = _means(table, (x, across), (y, down), metric)
    wins = _best(grid, best or ("most" if metric in SHARES else "least"))
    high = min(TALLEST, max(LOWEST, GRID / len(down)))
    wide, bottom = (RIGHT - LEFT) / len(across), TOP + high * len(down)
    cells = [
        _cell(LEFT + column * wide, TOP + row * high, (wide, high), _say(metric, float(value)), shade, won)
        for row, column, value, shade, won in _shaded(grid, wins)
    ]
    parts = (
        text(24, 28, metric, "dl-story"),
        text(24, TOP - 14, f"↓ {y}", "dl-label"),
        text(RIGHT, bottom + 42, f"{x} →", "dl-label", text_anchor="end"),
        text(RIGHT, 28, _caption(table, x, y, most_rows, grid, wins), "dl-small dl-quiet", text_anchor="end"),
        *_ticks_across(across, wide, bottom + 18),
        *_ticks_down(down, high),
        *cells,
        *_legend(grid, metric, bottom + 34),
    )
    words = _words(x, across, y, down, metric, grid, wins)
    return Still(f"{metric} over {x} and {y}", drawing(WIDTH, bottom + 56, *parts), words)


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


def _values(column: Iterable[Any]) -> list[Any]:
    """The different values: numbers by size, everything else in the order of the table."""
    values = list(dict.fromkeys(v.item() if isinstance(v, np.generic) else v for v in column))
    values = [v for n, v in enumerate(values) if v == v or all(w == w for w in values[:n])]
    return sorted(values, key=_size) if all(isinstance(v, int | float) for v in values) else values


def _size(value: float) -> tuple[bool, float]:
    return (value != value, value)


def _means(
    table: Table, x: tuple[str, list[Any]], y: tuple[str, list[Any]], metric: str
) -> tuple[Numbers, int]:
    """The mean of the known values of each cell, NaN without any; and the most rows of a cell."""
    places = []
    for name, values in (y, x):
        where = {_key(value): place for place, value in enumerate(values)}
        places.append(np.array([where[_key(value)] for value in table[name]]))
    shape = (len(y[1]), len(x[1]))
    cell = np.ravel_multi_index((places[0], places[1]), shape)
    value = np.asarray(table[metric], np.float64)
    known = ~np.isnan(value)
    size = shape[0] * shape[1]
    count = np.bincount(cell[known], minlength=size)
    total = np.bincount(cell[known], value[known], minlength=size)
    mean = np.where(count > 0, total / np.maximum(1, count), np.nan)
    return mean.reshape(shape), int(np.bincount(cell).max())


def _key(value: Any) -> Any:
    return "NaN" if value != value else value  # a NaN is not equal even to itself


def _best(grid: Numbers, best: str) -> NDArray[np.bool_]:
    """The cells of the best value; none where all are equal."""
    known = grid[~np.isnan(grid)]
    if not known.size or known.min() == known.max():
        return np.zeros(grid.shape, np.bool_)
    wins: NDArray[np.bool_] = grid == (known.max() if best == "most" else known.min())
    return wins


def _shaded(grid: Numbers, wins: Any) -> Iterable[tuple[int, int, float, float, bool]]:
    """Each cell with its place, its value, how dark it is (percent), and whether it is the best."""
    finite = grid[np.isfinite(grid)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    for (row, column), value in np.ndenumerate(grid):
        part = (value - low) / (high - low) if high > low else 0.0
        yield row, column, value, 100 * float(np.clip(np.nan_to_num(part), 0, 1)), bool(wins[row, column])


def _cell(x: float, y: float, size: tuple[float, float], words: str, shade: float, won: bool) -> str:
    wide, high = size
    said = f"★ {words}" if won else words
    inset = 1.5 if won else 0.5
    box = {"x": x + inset, "y": y + inset, "width": wide - 2 * inset, "height": high - 2 * inset}
    if words == "–":
        drawn = element("rect", **box, class_="dl-hatched") + _hatching(x, y, wide, high)
    else:
        kind = "dl-cell dl-best" if won else "dl-cell"
        drawn = element("rect", **box, class_=kind, style=f"--part:{shade:.1f}%")
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


def _legend(grid: Numbers, metric: str, y: float) -> list[str]:
    """The scale from the least value to the most."""
    known = grid[np.isfinite(grid)]
    if not known.size or known.min() == known.max():
        return []
    low, high = _say(metric, float(known.min())), _say(metric, float(known.max()))
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


def _caption(table: Table, x: str, y: str, rows: int, grid: Numbers, wins: Any) -> str:
    """What must be known to read the cells."""
    others = [name for name in table.varied if name not in (x, y) and len(_values(table[name])) > 1]
    over = f" over {', '.join(others)}" if others else ""
    told = ["★ best"] if wins.any() else []
    told += [f"mean of up to {rows:,} rows a cell{over}"] if rows > 1 else []
    return " · ".join([*told, *(["hatched: no value"] if np.isnan(grid).any() else [])])


def _words(x: str, across: list[Any], y: str, down: list[Any], metric: str, grid: Numbers, wins: Any) -> str:
    """The picture for those who cannot see it: its range, its best cells, and what has no value."""
    told = [f"{metric} over {x} ({len(across)} values, across) and {y} ({len(down)} values, down)."]
    known = grid[~np.isnan(grid)]
    if known.size:
        least, most = _say(metric, float(known.min())), _say(metric, float(known.max()))
        told.append(f"It goes from {least} to {most}." if known.min() < known.max() else f"All are {least}.")
    if wins.any():
        places = [f"{x} {_name(across[c])} with {y} {_name(down[r])}" for r, c in np.argwhere(wins)[:3]]
        more = f" and {int(wins.sum()) - 3} more" if wins.sum() > 3 else ""
        told.append(f"Best: {', '.join(places)}{more}.")
    if missing := int(np.isnan(grid).sum()):
        told.append(f"{missing} of {grid.size} cells have no value.")
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
    words = f"{value:g}" if isinstance(value, float) else str(value)
    return words if len(words) <= 22 else f"{words[:21]}…"
