"""Where the dots are at a moment: the rule that the player in the browser follows too."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .frames import Frames
from .stage import BAR, PILE, people

KINDS = ("user", "stable", "candidate", "failure")  # a dot on its way, one with either version, a cross


def positions(frames: Frames, t: float) -> dict[str, NDArray[np.float64]]:
    """The dots in flight at `t` (s), by kind: px, one row (x, y) a dot."""
    columns: dict[str, NDArray[Any]] = dict(frames.columns)
    to_balancer, to_instance, back = frames.meta["legs"]
    since = t - columns["time"].astype(np.float64)
    fallen = since - columns["fate_after"]
    user = np.array(people(), np.float64)[columns["user"]]
    height = BAR["y"] + columns["height"] / 65_536 * BAR["height"]
    gate = np.stack([np.full(len(height), BAR["x"] + BAR["width"] / 2), height], axis=1)
    doors = np.array([[x - 3, y + frames.meta["pod_size"] / 2] for x, y, *_ in frames.meta["pods"]])
    nowhere = columns["instance"] >= len(doors)
    door = np.where(nowhere[:, None], gate, doors[np.where(nowhere, 0, columns["instance"])])

    drawn = columns["failed"] < 2
    flying = drawn & (since >= 0) & (since < to_instance) & ~nowhere
    legs = {
        "user": (drawn & (since >= -to_balancer) & (since < 0), user, gate, 1 + since / to_balancer),
        "stable": (flying & (columns["version"] == 0), gate, door, since / to_instance),
        "candidate": (flying & (columns["version"] == 1), gate, door, since / to_instance),
        "failure": (
            (fallen >= 0) & (fallen < back) & (columns["failed"] > 0),
            door,
            np.broadcast_to([PILE["x"] + 40.0, PILE["y"] + 24.0], door.shape),
            fallen / back,
        ),
    }
    return {
        kind: start[now] + (end[now] - start[now]) * part[now, None]
        for kind, (now, start, end, part) in legs.items()
    }
