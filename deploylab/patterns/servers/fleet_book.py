"""The book that is kept while a fleet evolves: which configurations there are, and what happened to whom."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter

import numpy as np

from ...model.configurations import Configurations
from ...model.evolution import Cause, Turns
from ...model.image import Layer

# The first and the last of changes that came in order, or a kind and a number.
Stretch = tuple[int | str, int]
Row = tuple[int, int, int, int, int, int]  # as the columns of Turns
NOW = -1  # the last change so far, whichever that is
AS_MEANT: tuple[Stretch, ...] = ((1, NOW),)
BASE = Layer((("etc/app.conf", b"threads = 8\n"), ("usr/bin/app", b"the application\n")))


class Book:
    """Numbers for configurations and deviations, the same for the same, and the rows of what happened."""

    def __init__(self) -> None:
        self._parents, self._layers = [0], [BASE]
        self._children: dict[tuple[int, str, int, int], int] = {}
        self._deviations: dict[tuple[Stretch, ...], int] = {AS_MEANT: 0}
        self._rows: list[Row] = []

    def change(self, below: int, number: int) -> int:
        """The configuration after a change, made as a whole."""
        return self._on_top(below, "change", number)

    def half_change(self, below: int, number: int) -> int:
        """The configuration after a change that broke off: the first of its files is there."""
        return self._on_top(below, "half", number)

    def hand_fix(self, below: int, server: int, number: int) -> int:
        """The configuration after the `number`-th repair of a server by hand, which no other server gets."""
        return self._on_top(below, "by hand", number, server)

    def deviation(self, runs: list[Stretch], turns: int) -> int:
        """In what a server differs after so many turns from one that got every change as it was meant.

        The last run that goes on until now has no end, so that the number stays while nothing goes amiss.
        """
        if runs and runs[-1][1] == turns and isinstance(runs[-1][0], int):
            key = (*runs[:-1], (runs[-1][0], NOW))
        else:
            key = (*runs, (turns + 1, NOW))
        return self._deviations.setdefault(key, len(self._deviations))

    def note(
        self, server: int, time: int, configuration: int, cause: Cause, change: int = 0, deviation: int = 0
    ) -> None:
        """Write down what happened to a server."""
        self._rows.append((server, time, configuration, deviation, cause, change))

    def configurations(self) -> Configurations:
        """All configurations that came up."""
        return Configurations(tuple(self._parents), tuple(self._layers))

    def turns(self, end: int) -> Turns:
        """All that happened before `end` (ns)."""
        rows = sorted((row for row in self._rows if row[1] < end), key=itemgetter(0, 1))
        columns = np.array(rows, np.int64).T
        kinds = (np.int32, np.int64, np.int32, np.int32, np.uint8, np.int32)
        return Turns(*(column.astype(kind) for column, kind in zip(columns, kinds, strict=True)))

    def _on_top(self, below: int, kind: str, number: int, server: int = 0) -> int:
        key = (below, kind, number, server)
        if key not in self._children:
            self._children[key] = len(self._parents)
            self._parents.append(below)
            self._layers.append(_layer(kind, number, server))
        return self._children[key]


@lru_cache(maxsize=8_192)
def _layer(kind: str, number: int, server: int) -> Layer:
    """What a change or a repair writes; every change sets the same file anew, so the order matters."""
    if kind == "by hand":
        return Layer((("etc/app.conf", f"# repair {number} of server {server}, ask Kim\n".encode()),))
    files = (
        ("etc/app.conf", f"threads = {8 + number}\n".encode()),
        (f"usr/lib/change-{number}", f"change {number}\n".encode()),
    )
    return Layer(files if kind == "change" else files[:1])
