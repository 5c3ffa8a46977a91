"""Chance that can be drawn again: the same words give the same order, on every machine and for ever.

Not numpy's generators, which the simulation uses: a paper that is regraded years later must not hang on the
version of a library. Each thing gets a rank from the SHA-256 of its name and the seed's words; sorting by
rank shuffles. So what one question draws never depends on another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Protocol, TypeVar


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


def rank(*words: object) -> int:
    """A number that looks random, drawn by the words.

    >>> rank("rolling", "ada", 1) == rank("rolling", "ada", 1) != rank("rolling", "ada", 2)
    True
    """
    return int.from_bytes(sha256("\x1f".join(map(str, words)).encode()).digest()[:16])


def shuffled(members: Sequence[_T], *seed: object) -> tuple[_T, ...]:
    """The members in a random order, but for those that are fixed: they keep their places.

    >>> from deploylab.quiz.ask import Choice
    >>> choices = [Choice("a", "A"), Choice("b", "B"), Choice("none", "None of these", fixed=True)]
    >>> [choice.id for choice in shuffled(choices, "seed")][-1]
    'none'
    """
    free = iter(sorted((one for one in members if not _fixed(one)), key=lambda one: rank(*seed, one.id)))
    return tuple(one if _fixed(one) else next(free) for one in members)


def _fixed(member: Any) -> bool:
    return bool(getattr(member, "fixed", False))
