"""What a text of a picture says from which moment on."""

from __future__ import annotations

from collections.abc import Iterable

from .lines import clauses

STORY = 76  # letters that have room beside the clock

Words = list[list[str]]  # pieces of text, each with the class that colours it
Track = list[tuple[float, Words]]  # what a text says, and from which moment on


def changes(times: Iterable[float], words: Iterable[Words], digits: int = 3) -> Track:
    """Only the moments at which something else is said.

    >>> changes([0, 1, 2], [[["a", ""]], [["a", ""]], [["b", ""]]])
    [(0, [['a', '']]), (2, [['b', '']])]
    """
    track: Track = []
    for time, now in zip(times, words, strict=True):
        if not track or now != track[-1][1]:
            track.append((round(time, digits), now))
    return track


def beside(words: Words, rest: list[str]) -> Words:
    """A story: what happens, in as many clauses as there is room for, and how it stands."""
    (now, style), *more = words
    end = [*more, ["  ·  ", "dl-quiet"], rest]
    return [[clauses(now, STORY - sum(len(piece) for piece, _ in end)), style], *end]


def hurt(users: int) -> list[str]:
    """How many users were hurt so far."""
    if not users:
        return ["nobody hurt", "dl-quiet"]
    return [f"{users:,} {'user' if users == 1 else 'users'} hurt", "dl-failure-text"]
