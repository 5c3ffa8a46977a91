"""Words that fit: into the lines of a notebook, which would break longer ones, and into a picture."""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import wrap

WIDE = 104  # characters
HELD = "\N{NO-BREAK SPACE}"


def cut(words: str, most: int) -> str:
    """As many characters as there is room for; what is left out is an ellipsis.

    >>> cut("promoted", 8), cut("rolled back", 8)
    ('promoted', 'rolled …')
    """
    return words if len(words) <= most else f"{words[: most - 1]}…"


def clauses(words: str, most: int) -> str:
    """As many whole clauses as there is room for, from the first on; of one that is too long, its beginning.

    >>> clauses("abort, a person says so: v2 stays the version that is wanted", 40)
    'abort, a person says so'
    >>> clauses("rolled back", 8)
    'rolled …'
    """
    ends = [match.start() for match in re.finditer(r"[:;,] ", words)] + [len(words)]
    return words[: max((end for end in ends if end <= most), default=0)] or cut(words, most)


def lines(sentences: Iterable[str]) -> str:
    """Each sentence on a line of its own, or on several; a number keeps its unit.

    >>> print(lines(["It was promoted.", "after " * 17 + "8 s, as planned"]))
    It was promoted.
    after after after after after after after after after after after after after after after after after
    8 s, as planned
    """
    whole = (re.sub(r"(?<=\d) (?=(?:s|ms|kB|MB)\b|%)", HELD, sentence) for sentence in sentences)
    broken = (line for sentence in whole for line in wrap(sentence, WIDE, break_on_hyphens=False))
    return "\n".join(broken).replace(HELD, " ")
