"""Where the motes are at a moment: the rule that the player in the browser follows too."""

from __future__ import annotations

import numpy as np

from .frames import Frames
from .series import Numbers


def positions(frames: Frames, t: float) -> list[Numbers]:
    """For each kind of `meta["kinds"]`, the motes that are seen at `t`: px, one row (x, y) a mote."""
    columns, kinds = frames.columns, frames.meta["kinds"]
    points, kind = np.array(frames.meta["points"], np.float64), columns["mote_kind"]
    legs = np.array([np.inf if each["leg"] == "forever" else each["leg"] for each in kinds])[kind]
    if "mote_leg" in columns:
        legs = np.where(np.isinf(legs), legs, columns["mote_leg"])
    arcs = np.array([each.get("arc", 0.0) for each in kinds])[kind]
    since = t - columns["mote_time"].astype(np.float64)
    now = (since >= 0) & (since < legs)
    part = np.where(np.isinf(legs), 1.0, since / np.where(legs > 0, legs, 1.0))[now, None]
    start, end = points[columns["mote_from"][now]], points[columns["mote_to"][now]]
    at = start + (end - start) * part
    at[:, 1] += arcs[now] * np.sin(np.pi * part[:, 0])
    return [at[kind[now] == number] for number in range(len(kinds))]
