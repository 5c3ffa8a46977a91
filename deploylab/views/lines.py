"""Sentences as lines that are short enough for a notebook, which would break longer ones within a word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import wrap

WIDE = 104  # characters
HELD = "\N{NO-BREAK SPACE}"


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
