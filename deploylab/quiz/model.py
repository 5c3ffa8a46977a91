"""The nouns of a quiz. A question holds what all questions share; its `kind` holds how it is answered.

A new kind of question is one more frozen dataclass here, one reader in load.py and one case in grade.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from deploylab.model.errors import QuizError

Scoring = Literal["all_or_nothing", "each", "net"]
_RULES = {
    "all_or_nothing": "all of the right ones, and no other, give the points",
    "each": "every option counts, chosen or left alone",
    "net": "a wrong choice takes away a right one",
}


@dataclass(frozen=True)
class Option:
    """One choice. `feedback` is for its chooser; `misconception` names the belief behind a wrong one."""

    id: str
    text: str
    correct: bool
    feedback: str
    misconception: str = ""


@dataclass(frozen=True)
class Single:
    """Exactly one option is right, and exactly one can be chosen."""

    options: tuple[Option, ...]
    type: ClassVar[str] = "single"

    def __post_init__(self) -> None:
        _check_options(self.options)
        right = [option.id for option in self.options if option.correct]
        if len(right) > 1:
            raise QuizError(
                f"options: {', '.join(right)} are all marked correct; a single question has "
                "exactly one correct option; set the others to false, or use type: multiple"
            )


@dataclass(frozen=True)
class Multiple:
    """Any number of options can be chosen; `scoring` says what a partly right choice is worth."""

    options: tuple[Option, ...]
    scoring: Scoring = "all_or_nothing"
    type: ClassVar[str] = "multiple"

    def __post_init__(self) -> None:
        _check_options(self.options)

    @property
    def rule(self) -> str:
        """What a student is told of the scoring, before answering."""
        return f"Choose all that apply: {_RULES[self.scoring]}."


@dataclass(frozen=True)
class TrueFalse:
    """A statement that holds or does not; each of the two replies has its feedback.

    >>> [option.correct for option in TrueFalse(False, "No: it stays.", "Yes: it stays.").options]
    [False, True]
    """

    answer: bool
    if_true: str
    if_false: str
    misconception: str = ""
    type: ClassVar[str] = "true_false"

    @property
    def options(self) -> tuple[Option, ...]:
        """The two replies as options, so that all choices are shown and graded alike."""
        beliefs = ("", self.misconception) if self.answer else (self.misconception, "")
        return (
            Option("true", "True", self.answer, self.if_true, beliefs[0]),
            Option("false", "False", not self.answer, self.if_false, beliefs[1]),
        )


Kind = Single | Multiple | TrueFalse


@dataclass(frozen=True)
class Question:
    """One question; `prompt`, `hints`, `explanation` and `source` are Markdown."""

    id: str
    kind: Kind
    prompt: str
    objective: str
    explanation: str
    source: str
    points: int = 1
    hints: tuple[str, ...] = ()


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

    def __post_init__(self) -> None:
        _check_unique("questions", [question.id for question in self.questions])

    @property
    def points(self) -> int:
        """The most that can be reached."""
        return sum(question.points for question in self.questions)

    def __str__(self) -> str:
        return f"Quiz {self.id!r}: {count(len(self.questions), 'question')}, {count(self.points, 'point')}"


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "point"), count(12, "point")
    ('1 point', '12 points')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _check_options(options: tuple[Option, ...]) -> None:
    _check_unique("options", [option.id for option in options])
    if not any(option.correct for option in options):
        raise QuizError(
            "options: none is marked correct; at least one must be; try correct: true on the right one"
        )


def _check_unique(field: str, ids: list[str]) -> None:
    if not ids:
        raise QuizError(f"{field}: there are none; at least one is needed")
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise QuizError(
            f"{field}: {twice[0]!r} is the id of two of them; every id must be unique; rename one"
        )
