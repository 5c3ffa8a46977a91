"""The field of a fleet: a row for every server, cut into pieces that are as long as its states last."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ..model.evolution import NOBODY, Cause, Evolution
from .field import COLUMNS, Field, Whole, letters
from .svg import element, text

LEFT, RIGHT, TOP = 200.0, 850.0, 74.0  # of the field (px)
READABLE = 11.0  # the lowest row (px) that has room for words
HUES = 5  # colours of deviations; above it they come again, and the letter tells which it is
GONE = -3  # the state of a place without a server


def cells(record: Evolution, seen: Field, row: float) -> list[str]:
    """Every server as a row of pieces, each as long as its state lasts, and letters where they have room."""
    depth = np.array([*record.configurations.depths, 0])  # the last is for NOBODY
    calm = np.where(seen.configuration == NOBODY, GONE, depth[seen.configuration] % 2 - 2)
    pieces = _pieces(np.where(seen.letter > 0, seen.letter, calm))
    looks, hue = {-2: "dl-meant", -1: "dl-meant-next"}, _hues(pieces)
    paths: dict[str, list[str]] = {}
    words, height = [], row - (1.5 if row >= READABLE else 0.4)
    for server, start, stop, state in pieces:
        if state == GONE:
            continue
        x, y, name = LEFT + start, TOP + server * row, looks.get(state) or f"dl-hue{hue[state]}"
        paths.setdefault(name, []).append(f"M{x:g} {y:.1f}h{stop - start}v{height:.1f}h{start - stop}z")
        if state > 0 and row >= READABLE and stop - start >= 10 * len(letters(state)) + 4:
            words.append(text(x + 3, y + row / 2 + 4.5, letters(state), "dl-in"))
    size = {"style": row_letters(row - 1)}
    return [
        *(element("path", d="".join(d), class_=name) for name, d in paths.items()),
        element("path", d=_fresh(record, seen, row) or "M0 0", class_="dl-fresh"),
        element("g", *words, **size) if words else "",
    ]


def _pieces(state: Whole) -> list[tuple[int, int, int, int]]:
    """Server, first column, the column after the last, and the state, of each stretch of equal states."""
    servers, starts = np.nonzero(np.diff(state, axis=1, prepend=GONE - 1))
    stops = np.append(starts[1:], 0)
    stops[stops == 0] = COLUMNS
    columns = (servers, starts, stops, state[servers, starts])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _hues(pieces: list[tuple[int, int, int, int]]) -> dict[int, int]:
    """A colour for each deviation, another one than that of the deviation that it came from."""
    came_from: dict[int, int] = {}
    for (server, *_, before), (same, *_, state) in pairwise(pieces):
        if server == same:
            came_from.setdefault(state, before)
    hue: dict[int, int] = {}
    for state in sorted({state for *_, state in pieces if state > 0}):
        first = (state - 1) % HUES
        hue[state] = (first + 1) % HUES if hue.get(came_from.get(state, 0)) == first else first
    return hue


def _fresh(record: Evolution, seen: Field, row: float) -> str:
    """A notch where a server in trouble was replaced by a fresh one of the same image."""
    turns = record.turns
    which = (turns.cause == Cause.REPLACED) & (turns.change == 0) & (turns.server % seen.each == 0)
    places = zip(turns.time[which] / record.fleet.end, turns.server[which] // seen.each, strict=True)
    return "".join(f"M{x(share):.1f} {TOP + server * row:.1f}v{row - 1.5:.1f}" for share, server in places)


def row_letters(most: float) -> str:
    """The style of words as large as a row allows (px), and no larger than they need to be."""
    return f"font-size:min({most:g}px, var(--dl-least, 11px))"


def x(share: float) -> float:
    """Px from the left of the picture for a share of the whole time."""
    return LEFT + (RIGHT - LEFT) * share
