"""A statement that holds or does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deploylab.quiz.ask import Ask
from deploylab.quiz.fields import Key
from deploylab.quiz.kinds.marks import Marks
from deploylab.quiz.kinds.option import FEEDBACK, MISCONCEPTION, Option, ask_options
from deploylab.quiz.kinds.single import Single
from deploylab.quiz.scalars import BOOLEAN, PROSE


@dataclass(frozen=True)
class TrueFalse:
    """A statement that holds or does not; each of the two replies has its feedback.

    >>> [option.correct for option in TrueFalse(False, "No: it stays.", "Yes: it stays.").options]
    [False, True]
    """

    answer: bool
    if_true: str = ""
    if_false: str = ""
    misconception: str = ""
    type: ClassVar[str] = "true_false"

    @property
    def options(self) -> tuple[Option, ...]:
        """The two replies as options, so that all choices are shown and graded alike."""
        beliefs = ("", self.misconception) if self.answer else (self.misconception, "")
        return (
            Option("true", "True", self.answer, self.if_true, beliefs[0], fixed=True),
            Option("false", "False", not self.answer, self.if_false, beliefs[1], fixed=True),
        )

    @property
    def ask(self) -> Ask:
        return ask_options("one", self.options)

    @property
    def key(self) -> tuple[str, ...]:
        return ("true" if self.answer else "false",)

    def marks(self, response: tuple[str, ...]) -> Marks:
        return Single(self.options).marks(response)


TRUE_FALSE = {
    "answer": Key(BOOLEAN, "Whether the statement in the prompt is true.", False, None),
    "if_true": Key(PROSE, f"What to say to those who choose True. {FEEDBACK}", "It only reports."),
    "if_false": Key(PROSE, f"What to say to those who choose False. {FEEDBACK}",
        "It marks the rollout, no more."),
    "misconception": MISCONCEPTION,
}  # fmt: skip
