"""A figure: one number of a record, as people compare it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One figure of a record, as people compare it.

    >>> Figure("users hurt", 12, "12", better=-1).known, Figure("p99 latency", None, "–").known
    (True, False)
    """

    name: str
    value: float | None
    words: str  # the value as one would say it, "–" for None
    better: int = 0  # 1: more is better, -1: less is better, 0: neither

    @staticmethod
    def said(name: str, value: float | None, words: Callable[[float], str], better: int = 0) -> Figure:
        """A figure in the words that are made of its value; without a value, or NaN, it is a dash.

        >>> Figure.said("peak instances", 8, "{:.0f}".format, better=-1).words
        '8'
        """
        if value is None or value != value:
            return Figure(name, None, "–", better)
        return Figure(name, value, words(value), better)

    @property
    def known(self) -> bool:
        """Whether there is a value at all."""
        return self.value is not None


def better_than(figure: Figure, before: Figure | None) -> int:
    """1 if a figure is better than that of a record before, -1 if it is worse, 0 if neither can be said.

    >>> better_than(Figure("users hurt", 3, "3", -1), Figure("users hurt", 12, "12", -1))
    1
    """
    if before is None or figure.value is None or before.value is None or figure.words == before.words:
        return 0
    if figure.better != before.better:  # what it tells depends on how each of the two ended
        return 0
    return figure.better * (1 if figure.value > before.value else -1)
