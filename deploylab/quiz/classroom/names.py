"""What students type, made fit to be shown to a room: no control characters, no tricks, no walls of text."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from deploylab.model.errors import QuizError

LONGEST = 40  # characters of a name
_JOINERS = "\u200c\u200d"  # they belong to some scripts, and to emoji
_MARKS = 3  # accents on one letter; more of them climb over the lines above


def clean(text: str, longest: int) -> str:
    """One line of visible text: no control, no direction override, no tower of accents, no more than allowed.

    >>> clean("A\\u202eda \\n q" + "\\u0301" * 50, 40) == "Ada q" + "\\u0301" * 3
    True
    """
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", text[: 4 * longest]):
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind[0] == "M" else 0
        if kind[0] == "Z" or letter in "\t\r\n":
            kept.append(" ")
        elif (kind[0] != "C" or letter in _JOINERS) and marks <= _MARKS:
            kept.append(letter)
    return " ".join("".join(kept).split())[:longest].strip()


def name_for(typed: str, taken: Collection[str]) -> str:
    """The name of a new student, told from those who have the same one.

    >>> name_for(" Ada  Lovelace ", {"Ada Lovelace"}), name_for("ada", {"Ada", "ada 2"})
    ('Ada Lovelace 2', 'ada 3')
    """
    name = clean(typed, LONGEST)
    if not any(letter.isalnum() for letter in name):
        raise QuizError("a name needs a letter or a digit")
    folded = {one.casefold() for one in taken}
    number, found = 1, name
    while found.casefold() in folded:
        number += 1
        found = f"{name[: LONGEST - 5]} {number}"
    return found
