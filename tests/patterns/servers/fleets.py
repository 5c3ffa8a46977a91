"""Random fleets of servers, and what the tests ask of their records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from deploylab.model.evolution import Evolution
from deploylab.model.server_fleet import ServerFleet

CALM = {"skip_rate": 0, "failure_rate": 0, "reorder_rate": 0, "hand_fixes_per_month": 0}
rates = st.sampled_from([0.0, 0.05, 0.3, 0.9])
many = settings(derandomize=True, deadline=None, max_examples=60)


@st.composite
def fleets(draw: Any, way: str | None = None) -> ServerFleet:
    surge, unavailable = draw(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(any))
    return ServerFleet(
        way=way or draw(st.sampled_from(["in place", "immutable"])), servers=draw(st.integers(1, 12)),
        days=draw(st.sampled_from([1, 40, 200])), changes_per_month=draw(st.sampled_from([0, 1, 6])),
        skip_rate=draw(rates), failure_rate=draw(rates), reorder_rate=draw(rates),
        hand_fixes_per_month=draw(st.sampled_from([0, 0.2, 3])), max_surge=surge, max_unavailable=unavailable,
        boot_time=draw(st.sampled_from([60, 86_400])), seed=draw(st.integers(0, 99)),
    )  # fmt: skip


def state(record: Evolution, time: int, column: str) -> list[int]:
    """What a column of the turns says of every server at a time (ns)."""
    values: list[int] = getattr(record.turns, column)[record.turns.at(np.array([time]))[:, 0]].tolist()
    return values


def alike(one: Sequence[object], other: Sequence[object]) -> bool:
    """Whether two lists hold equal things in the same places."""
    return [one.index(each) for each in one] == [other.index(each) for each in other]
