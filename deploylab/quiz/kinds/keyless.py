"""A question of a student's bundle: what it asks for, and nothing that tells what is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deploylab.model.errors import QuizError
from deploylab.quiz.ask import Ask
from deploylab.quiz.kinds.marks import Marks


@dataclass(frozen=True)
class Keyless:
    """What a question asks for; its answer is kept, and graded where the key is."""

    ask: Ask
    type: ClassVar[str] = "keyless"

    @property
    def key(self) -> tuple[str, ...]:
        raise QuizError(_AWAY)

    def marks(self, _: tuple[str, ...]) -> Marks:
        raise QuizError(_AWAY)


_AWAY = "the answers are not in this bundle; grade it where the quiz is: deploylab quiz grade"
