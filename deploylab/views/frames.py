"""Frames: a record as geometry, to be drawn and moved by something that knows nothing of deployments."""

from __future__ import annotations

from collections.abc import Mapping
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
