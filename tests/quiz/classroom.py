"""What the tests of a class share: a small quiz, and a class on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deploylab.quiz.classroom.begin import begin
from deploylab.quiz.classroom.room import Room
from deploylab.quiz.classroom.session import allowed

EVERY_TYPE = Path(__file__).parent / "files" / "every-type.yaml"
QUIZ = """
id: small
version: 1
title: A small quiz
questions:
  - id: batch
    type: single
    prompt: What do small batches change?
    options:
      - {id: hurt, text: Fewer are hurt, correct: true, feedback: KEY-1}
      - {id: fast, text: It is over sooner, correct: false, feedback: KEY-2, misconception: KEY-3}
    explanation: KEY-4
    objective: KEY-5
    source: KEY-6
  - id: probe
    type: short
    prompt: Which probe gates traffic?
    accept: [KEY-7, readiness]
    otherwise: KEY-8
    explanation: KEY-9
  - id: back
    type: true_false
    prompt: The deadline rolls back.
    answer: false
    if_true: KEY-10
    if_false: KEY-11
"""
RIGHT = {"batch": "hurt", "probe": "readiness", "back": "false"}


def new_class(folder: Path, text: str = QUIZ, **options: Any) -> Room:
    """A class on a quiz, in a file of its own, at the time 0."""
    quiz = folder / "small.yaml"
    quiz.write_text(text, encoding="utf-8")
    return begin(folder / "small.class", quiz, now=0, **options)


def do(room: Room, *names: str, now: int = 0, seconds: int = 0) -> None:
    """Commands of the teacher's, one after the other."""
    for name in names:
        room.command(name, room.session.step, now, seconds)


def answer(room: Room, student: str, word: str, now: int = 0) -> None:
    """An answer to the open question, saved."""
    room.stage(student, room.session.question, room.session.round, [word], now)
    room.commit()


def usual_step(room: Room, now: int = 0) -> None:
    """What the space bar does."""
    do(room, allowed(room.session)[0], now=now)
