"""Begin a class: a quiz becomes a file with its links, its code and its secrets."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from deploylab.model.errors import QuizError
from deploylab.quiz.classroom.room import Room, paper_of
from deploylab.quiz.classroom.session import LONGEST, Session
from deploylab.quiz.classroom.store import Settings, Store
from deploylab.quiz.load import load

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is mistaken for another one
_CODE = 6


def begin(path: Path, quiz: Path, now: int, **options: Any) -> Room:
    """A new class on a quiz, in a new file; the options are those of Settings."""
    load(quiz)  # all faults with their places, before a file is made
    for name, least, most in (("seconds", 0, LONGEST), ("seats", 1, 5000)):
        if not least <= (value := options.get(name, least)) <= most:
            raise QuizError(f"{name}: {value} is not allowed; use {least} to {most}")
    settings = Settings(
        id=secrets.token_hex(8), quiz=quiz.read_text(encoding="utf-8-sig"), folder=str(quiz.resolve().parent),
        code="".join(secrets.choice(_LETTERS) for _ in range(_CODE)), teacher=secrets.token_urlsafe(24),
        projector=secrets.token_urlsafe(24), secret=secrets.token_urlsafe(32), **options,
    )  # fmt: skip
    store = Store(path)
    names = tuple(item.question.id for item in paper_of(settings).items)
    store.begin(settings, Session(names), now)
    return Room(store, now)
