"""A figure: one number of a record, as people compare it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One figure of a record, as people compare it.

    >>> Figure("users hurt", 12, "12", better=-1).words
    '12'
    """

    name: str
    value: float | None
    words: str  # the value as one would say it, "–" for None
    better: int = 0  # 1: more is better, -1: less is better, 0: neither
