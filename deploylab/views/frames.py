"""Frames: a record as geometry, to be drawn and moved by something that knows nothing of deployments.

What the meta of frames may hold; time is in the record's own seconds, and a node is named by an attribute:

- `size` [w, h] in px, `end`, `speed` (seconds of the record in one of the screen), `tail` (seconds after the
  end in which things still fly), `theme` (CSS variables), `label` and `head` (names of the player), `events`
  (moments to step to)
- `clock` {before, after, each, digits}: what `.dl-clock` says
- `cursor` {times, x}: moves `.dl-cursor` and uncovers what is clipped by `#dl-clip`; `open`: all is uncovered
- `texts` {name: [[time, [[words, class], ...]], ...]}: what `data-text` says from each time on
- `states` {name: [times, states]}: the `data-state` of what has this `data-state-of`; the first time is 0
- `moves` {name: {times, x, y, width, height, hold}}: attributes of `data-move`, gliding unless they `hold`
- `kinds` [{colour, shape, size, leg, arc}]: motes; `leg` is how long one flies, "forever" for one that stays
- `points` [[x, y], ...]: between which motes fly
- `stacks` [{at, step, columns, most, kind, text, while}] and `bins`: rows of motes whose number changes
- `figures` [[name, value, before, better], ...] and `buttons` [[name, label], ...]: around the picture

The columns are `mote_time`, `mote_from`, `mote_to`, `mote_kind` and `stack`; see `flights`. That a picture
keeps to this is held by tests/views/contract.py; widgets/player.js is what plays it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Frames:
    """A picture that moves: what stands still as SVG, what moves as columns, and words for every moment.

    `svg` is the drawing; `columns` are typed arrays (uint8, uint16, float32) of the moving things; `meta` is
    plain JSON: times, coordinates and texts; `description` is the same in words for those who cannot see it.
    """

    svg: str
    columns: Mapping[str, NDArray[np.generic]]
    meta: Mapping[str, Any]
    description: str

    def pack(self) -> tuple[dict[str, Any], bytes]:
        """The meta with a directory of the columns, and all columns as one piece of bytes.

        >>> meta, data = Frames("", {"t": np.array([1, 2], np.float32)}, {}, "").pack()
        >>> meta["columns"], len(data)
        ({'t': ['float32', 0, 2]}, 8)
        """
        directory, parts, offset = {}, [], 0
        for name, column in self.columns.items():
            directory[name] = [column.dtype.name, offset, column.size]
            piece = column.astype(column.dtype.newbyteorder("<"), copy=False).tobytes()
            piece += b"\0" * (-len(piece) % 4)  # typed arrays must begin at multiples of their size
            parts.append(piece)
            offset += len(piece)
        return {
            **self.meta,
            "columns": directory,
            "svg": self.svg,
            "description": self.description,
        }, b"".join(parts)


def those(which: NDArray[np.bool_], *columns: Any) -> tuple[NDArray[Any], ...]:
    """Some of the rows of each column; a number is a column of this number."""
    return tuple(np.broadcast_to(column, which.shape)[which] for column in columns)


def flights(parts: Sequence[tuple[NDArray[Any], ...]]) -> dict[str, NDArray[np.generic]]:
    """The motes in order of time: when each sets out (s), from which point, to which, and of which kind."""
    time, start, end, kind = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = time.argsort(kind="stable")
    return {
        "mote_time": time[order].astype(np.float32),
        "mote_from": start[order].astype(np.uint16),
        "mote_to": end[order].astype(np.uint16),
        "mote_kind": kind[order].astype(np.uint8),
    }
