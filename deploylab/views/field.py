"""A fleet over time, seen at the resolution of a picture: what each server is in each column of pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model.evolution import NOBODY, Evolution
from ..model.record import SECOND

COLUMNS = 650  # of pixels
MOST_ROWS = 110  # servers that have room; above it, one stands for several, and the picture says so
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Field:
    """The state of every server shown (first axis) at the end of every column (second axis).

    `times` (s) are those moments; `rows` point into the record's turns; `letter` is 0 for a server that is as
    meant, else the number of its deviation in the order in which they came up; `configurations` and `drifted`
    count over the whole fleet, a column a value; `each` says for how many servers one is shown.
    """

    times: NDArray[np.float64]
    rows: Whole
    configuration: Whole
    letter: Whole
    configurations: Whole
    drifted: Whole
    each: int


def field(record: Evolution) -> Field:
    """Look at a fleet in as many moments as the picture has columns."""
    moments = ((np.arange(COLUMNS) + 1) * (record.fleet.end / COLUMNS)).astype(np.int64)
    rows, turns = record.turns.at(moments), record.turns
    configuration, letter = turns.configuration[rows].astype(np.int64), _ranks(record)[turns.deviation[rows]]
    ordered = np.sort(configuration, axis=0)
    fresh = (np.diff(ordered, axis=0, prepend=NOBODY) != 0).sum(axis=0)
    each = -(-record.fleet.servers // MOST_ROWS)
    return Field(
        times=moments / SECOND,
        rows=rows[::each],
        configuration=configuration[::each],
        letter=letter[::each],
        configurations=fresh,
        drifted=(letter > 0).sum(axis=0),
        each=each,
    )


def letters(number: int) -> str:
    """The letters of a deviation: A to Z, then AA and so on.

    >>> letters(1), letters(26), letters(28)
    ('A', 'Z', 'AB')
    """
    word = ""
    while number:
        number, rest = divmod(number - 1, 26)
        word = chr(ord("A") + rest) + word
    return word


def _ranks(record: Evolution) -> Whole:
    """For each number of a deviation its place in the order in which they came up; 0 stays 0."""
    order = record.turns.time.argsort(kind="stable")
    numbers, first = np.unique(record.turns.deviation[order], return_index=True)
    drifted = numbers[numbers > 0][first[numbers > 0].argsort()]
    ranks = np.zeros(int(numbers.max()) + 1, np.int64)
    ranks[drifted] = np.arange(1, len(drifted) + 1)
    return ranks
