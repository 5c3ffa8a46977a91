"""Answers as they are typed in a terminal: letters for choices, all else as it stands."""

from __future__ import annotations

import re
import string

from deploylab.quiz.ask import Field

LETTERS = string.ascii_lowercase


def prompt_of(field: Field) -> str:
    """What stands before the cursor."""
    if field.label:
        return f"{plain(field.label)}: "
    return {
        "one": "Your letter: ",
        "many": f"Your letters ({allowed_in(field)}): ",  # an example might be the answer
        "order": f"Your order ({allowed_in(field)}): ",
        "text": "Your answer: ",
        "number": f"Your number ({field.unit}): " if field.unit else "Your number: ",
    }[field.how]


def allowed_in(field: Field) -> str:
    """What may be typed, for those who typed something else."""
    last = LETTERS[len(field.choices) - 1]
    return {
        "one": f"one letter from a to {last}",
        "many": f"one or more letters from a to {last}",
        "order": f"each letter from a to {last} once",
    }.get(field.how, "something")


def words_of(field: Field, line: str) -> tuple[str, ...]:
    """The ids behind letters such as `a c`, `a,c` or `ac`; nothing when it is no answer.

    >>> from deploylab.quiz.ask import Choice
    >>> words_of(Field("many", (Choice("few", "Few"), Choice("all", "All"))), "b, a")
    ('all', 'few')
    """
    if field.how in ("text", "number"):
        return (line,) if line else ()
    line = line.lower()
    ids = {letter: choice.id for letter, choice in zip(LETTERS, field.choices, strict=False)}
    if set(ids.values()) == {"true", "false"}:
        ids |= {"t": "true", "true": "true", "f": "false", "false": "false"}
    words = [line] if line in ids else list(re.sub(r"[\s,;]", "", line))
    chosen = tuple(dict.fromkeys(ids[word] for word in words)) if all(word in ids for word in words) else ()
    whole = len(chosen) == len(words) == len(field.choices)
    return chosen if {"one": len(chosen) == 1, "many": True, "order": whole}[field.how] else ()


def plain(text: str) -> str:
    """One line without the signs of Markdown."""
    return re.sub(r"[*`$]", "", text)
