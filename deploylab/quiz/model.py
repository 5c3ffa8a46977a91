"""The nouns of a quiz. A question holds what all questions share; its `kind` holds how it is answered.

A new kind of question is one more file in kinds/, and one row in keys.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from deploylab.model.errors import QuizError
from deploylab.quiz.kinds.cloze import Cloze
from deploylab.quiz.kinds.keyless import Keyless
from deploylab.quiz.kinds.match import Match
from deploylab.quiz.kinds.multiple import Multiple
from deploylab.quiz.kinds.numeric import Numeric
from deploylab.quiz.kinds.option import Option, check_unique
from deploylab.quiz.kinds.order import Order
from deploylab.quiz.kinds.predict import Predict
from deploylab.quiz.kinds.short import Short
from deploylab.quiz.kinds.single import Single
from deploylab.quiz.kinds.true_false import TrueFalse

Kind = Single | Multiple | TrueFalse | Numeric | Short | Order | Match | Cloze | Predict | Keyless
Mode = Literal["practice", "exam", "live"]
Shuffle = Literal["none", "options", "questions", "all"]
Reveal = Literal["each", "end", "never"]
Difficulty = Literal["easy", "medium", "hard"]

__all__ = ["Figure", "Hint", "Kind", "Multiple", "Option", "Question", "Quiz", "Single", "TrueFalse", "count"]


@dataclass(frozen=True)
class Hint:
    """Help on request; taking it costs a share of the question's points."""

    text: str
    cost: Fraction = Fraction(0)


@dataclass(frozen=True)
class Figure:
    """A picture beside the prompt, its text for those who do not see it, and itself as a data URI."""

    file: str
    alt: str
    data: str = field(default="", repr=False)


@dataclass(frozen=True)
class Question:
    """One question; `prompt`, `hints`, `explanation` and `source` are Markdown.

    `parameters` are names, each with the values that one attempt or another draws. `place` is the line and
    the column of the question in its file.
    """

    id: str
    kind: Kind
    prompt: str
    objective: str = ""
    explanation: str = ""
    source: str = ""
    points: int = 1
    hints: tuple[Hint, ...] = ()
    tags: tuple[str, ...] = ()
    difficulty: Difficulty | None = None
    figure: Figure | None = None
    parameters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    place: tuple[int, int] = field(default=(1, 1), compare=False, repr=False)

    def __post_init__(self) -> None:
        if (total := sum(hint.cost for hint in self.hints)) > 1:
            raise QuizError(
                f"hints: together they cost {total} of the points; at most all of them, 1, can be lost"
            )
        for gap in (one.id for one in self.kind.ask.fields if one.inline):
            if (found := len(re.findall(rf"\[\[{gap}\]\]", self.prompt))) != 1:
                raise QuizError(
                    f"prompt: the gap [[{gap}]] stands {found} times in it; each must stand there once"
                )

    @property
    def topic(self) -> str:
        """What it is about, in one line."""
        return self.objective or self.id


@dataclass(frozen=True)
class Quiz:
    """A list of questions with a title; `pass_mark` is a percentage of all points.

    >>> statement = TrueFalse(True, "Yes, for a while.", "No: for a while they do.")
    >>> question = Question("mixed", statement, "Two versions serve.", "mixed versions", "Why.", "Where.")
    >>> print(Quiz("rolling", 1, "Rolling deployment", (question,)))
    Quiz 'rolling': 1 question, 1 point
    """

    id: str
    version: int
    title: str
    questions: tuple[Question, ...]
    language: str = "en"
    licence: str = ""
    pass_mark: int = 60
    mode: Mode = "practice"
    shuffle: Shuffle = "none"
    pick: int = 0  # how many of the questions an attempt gets; 0 for all
    attempts: int = 0  # how often a student may take it; 0 for ever again
    tries: int = 1  # how often one question may be answered
    penalty: Fraction = Fraction(1, 3)  # share of the points that each further try costs
    reveal: Reveal | None = None
    confidence: bool = False

    def __post_init__(self) -> None:
        check_unique("questions", [question.id for question in self.questions])
        if self.pick > len(self.questions):
            raise QuizError(
                f"pick: {self.pick} of {len(self.questions)} questions cannot be picked; use fewer"
            )
        if self.tries > 1 and self.reveals != "each":
            raise QuizError("tries: another try needs to know that the first was wrong; add reveal: each")

    @property
    def reveals(self) -> Reveal:
        """When verdicts, feedback and explanations are shown: after each question when practising."""
        return self.reveal or ("each" if self.mode == "practice" else "end")

    @property
    def keyless(self) -> bool:
        """Whether the answers are somewhere else, as in a student's bundle."""
        return any(isinstance(question.kind, Keyless) for question in self.questions)

    @property
    def where_the_key_is(self) -> str:
        """What a student should know: who could look up the answers."""
        if self.keyless:
            return "The answers are not on this machine. Yours are kept, and graded elsewhere."
        kind = "Practice" if self.mode == "practice" else "A rehearsal"
        return f"{kind}: the answers are on this machine. You learn more if you do not look them up."

    @property
    def points(self) -> int:
        """The most that can be reached with all questions."""
        return sum(question.points for question in self.questions)

    def __str__(self) -> str:
        return f"Quiz {self.id!r}: {count(len(self.questions), 'question')}, {count(self.points, 'point')}"


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "point"), count(12, "point")
    ('1 point', '12 points')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
