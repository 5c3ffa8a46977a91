"""A tidy table: a row for each run, a column for each figure and for each knob that was varied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib import import_module
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ContentError, DeploylabError

Column = NDArray[Any] | tuple[Any, ...]
FIRST_ROWS = 10


@dataclass(frozen=True, eq=False)  # arrays do not compare to one truth value
class Table:
    """Columns of equal length by name: numbers as numpy arrays, everything else as tuples.

    `varied` names the columns that tell the rows apart; the others are figures. In a column of numbers, one
    that does not apply (no time to promote, for it was rolled back) is NaN, unless none of them applies.

    >>> table = Table({"seed": np.array([1, 2]), "outcome": ("promoted", "promoted")}, varied=("seed",))
    >>> table
    seed   outcome
       1  promoted
       2  promoted
    >>> table["seed"].sum()
    np.int64(3)
    """

    columns: Mapping[str, Column]
    varied: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()  # the figures that a first look shows; without any, all
    note: str = ""  # what to know of the figures

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> Column:
        if name not in self.columns:
            raise ContentError(f"there is no column {name!r}; the table has {', '.join(self.columns)}")
        return self.columns[name]

    @property
    def digest(self) -> str:
        """A fingerprint of every name and value: equal for equal tables, whoever computed them."""
        plain = {name: _plain(column) for name, column in self.columns.items()}
        return sha256(repr(plain).encode()).hexdigest()

    def to_pandas(self) -> Any:
        """The table as a pandas DataFrame; pandas is yours to install."""
        try:
            pandas = import_module("pandas")
        except ImportError:
            raise DeploylabError(
                "Table.to_pandas needs pandas, which is not installed; try: pip install pandas, "
                "or use Table.columns, where the numbers are numpy arrays"
            ) from None
        return pandas.DataFrame(dict(self.columns))

    def __repr__(self) -> str:
        columns = [[name, *cells] for name, cells in self._first_rows().items()]
        widths = [max(map(len, column)) for column in columns]
        lines = ["  ".join(map(str.rjust, row, widths)) for row in zip(*columns, strict=True)]
        return "\n".join((*lines, *self._notes()))

    def _repr_html_(self) -> str:
        shown = self._first_rows()
        heads = "".join(f'<th scope="col" style="text-align:right">{escape(name)}</th>' for name in shown)
        rows = "".join(f"<tr>{_html(row)}</tr>" for row in zip(*shown.values(), strict=True))
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        return table + "".join(f"<p>{escape(line)}</p>" for line in self._notes())

    def _names(self) -> list[str]:
        """The columns of a first look."""
        wanted = (*self.varied, *self.shown) if self.shown else self.columns
        return [name for name in wanted if name in self.columns]

    def _first_rows(self) -> dict[str, list[str]]:
        return {name: [_words(v) for v in islice(self.columns[name], FIRST_ROWS)] for name in self._names()}

    def _notes(self) -> list[str]:
        """What is left out of a first look, and what to know of the rest."""
        hidden = [name for name in self.columns if name not in self._names()]
        lines = [f"{FIRST_ROWS} of {len(self):,} rows"] if len(self) > FIRST_ROWS else []
        lines += [f"also in columns: {', '.join(hidden)}"] if hidden else []
        return [*lines, self.note] if self.note else lines


def column(values: Sequence[Any]) -> Column:
    """The values as a column: an array where all are numbers (None becomes NaN), else a tuple.

    >>> column([3, 4]), column([0.5, None]), column(["a", None])
    (array([3, 4]), array([0.5, nan]), ('a', None))
    """
    kinds = {type(value) for value in values}
    if kinds == {int}:
        return np.array(values, np.int64)
    if kinds <= {int, float, type(None)} and float in kinds:
        return np.array([np.nan if value is None else value for value in values], np.float64)
    return tuple(values)


def _plain(values: Column) -> list[Any]:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _words(value: Any) -> str:
    if isinstance(value, float):
        return "–" if value != value else f"{value:.6g}"
    return "–" if value is None else str(value)


def _html(cells: Sequence[str]) -> str:
    return "".join(f'<td style="text-align:right">{escape(cell)}</td>' for cell in cells)
