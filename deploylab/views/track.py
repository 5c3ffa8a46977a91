"""What a text of a picture says from which moment on."""

from __future__ import annotations

from collections.abc import Iterable

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
    """A story: what happens, and how it stands."""
    return [*words, ["  ·  ", "dl-quiet"], rest]


def hurt(users: int) -> list[str]:
    """How many users were hurt so far."""
    if not users:
        return ["nobody hurt", "dl-quiet"]
    return [f"{users:,} {'user' if users == 1 else 'users'} hurt", "dl-failure-text"]
