"""Grade one answer. The notebook, the terminal and every later view call this one pure function.

A response is the id of the chosen option, or several ids in any order. Decided here, once for all views:

- An empty response is *not answered*: no points, no feedback, and no explanation that would give it away.
- An unknown option, or two options where one can be chosen, is a QuizError: a fault of the
  caller, not of the student.
- A single or true_false question is worth all of its points or none.
- A multiple question is worth a share of its points (`share`), by its `scoring`:
  all_or_nothing  exactly the right options, or nothing (the default);
  each            the part of all options that was decided rightly, chosen or left alone;
  net             right choices minus wrong ones, over all right options, and never below nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from deploylab.model.errors import QuizError
from deploylab.quiz.model import Multiple, Option, Question, Scoring

Response = str | Iterable[str]


@dataclass(frozen=True)
class Remark:
    """What is said about one option: chosen and right, chosen and wrong, or right and left alone."""

    option: str
    verdict: Literal["right", "wrong", "missed"]
    text: str


@dataclass(frozen=True)
class Grade:
    """What an answer is worth, exactly (a Fraction), and what its author should read."""

    question: str
    response: tuple[str, ...]
    score: Fraction
    points: int
    correct: bool
    remarks: tuple[Remark, ...] = ()
    explanation: str = ""

    @property
    def answered(self) -> bool:
        """Whether anything was chosen at all."""
        return bool(self.response)


def grade(question: Question, response: Response) -> Grade:
    """Grade a response to a question.

    >>> from deploylab.quiz.model import Question, TrueFalse
    >>> statement = TrueFalse(False, "It only marks the rollout.", "Right: a person has to act.")
    >>> question = Question("deadline", statement, "It rolls back.", "deadline", "It marks.", "Docs.")
    >>> grade(question, "false").score
    Fraction(1, 1)
    >>> grade(question, "true").remarks[0]
    Remark(option='true', verdict='wrong', text='It only marks the rollout.')
    >>> grade(question, []).answered
    False
    """
    kind, chosen = question.kind, _chosen(question, response)
    if not chosen:
        return Grade(question.id, (), Fraction(0), question.points, False)
    right = sum(option.correct for option in kind.options if option.id in chosen)
    correct = sum(option.correct for option in kind.options)
    scoring = kind.scoring if isinstance(kind, Multiple) else "all_or_nothing"
    part = share(scoring, correct, len(kind.options), right, len(chosen) - right)
    remarks = tuple(remark for option in kind.options if (remark := _remark(option, chosen)))
    score, perfect = part * question.points, right == correct == len(chosen)
    return Grade(question.id, chosen, score, question.points, perfect, remarks, question.explanation)


def share(scoring: Scoring, correct: int, options: int, right: int, wrong: int) -> Fraction:
    """The share of the points for `right` and `wrong` choices among `options`, of which `correct` are right.

    >>> [str(share(rule, 3, 5, right=2, wrong=1)) for rule in ("all_or_nothing", "each", "net")]
    ['0', '3/5', '1/3']
    """
    if scoring == "each":
        return Fraction(right + (options - correct) - wrong, options)
    if scoring == "net":
        return max(Fraction(0), Fraction(right - wrong, correct))
    return Fraction(right == correct and wrong == 0)


def _chosen(question: Question, response: Response) -> tuple[str, ...]:
    """The chosen ids in the order of the options, so that equal answers are equal values."""
    wanted = {response} if isinstance(response, str) else set(response)
    known = [option.id for option in question.kind.options]
    if unknown := wanted.difference(known):
        stranger = min(map(repr, unknown))
        raise QuizError(
            f"response to {question.id!r}: {stranger} is not an option; choose from {', '.join(known)}"
        )
    if len(wanted) > 1 and not isinstance(question.kind, Multiple):
        raise QuizError(f"response to {question.id!r}: {len(wanted)} options are chosen; choose exactly one")
    return tuple(name for name in known if name in wanted)


def _remark(option: Option, chosen: tuple[str, ...]) -> Remark | None:
    if option.id in chosen:
        return Remark(option.id, "right" if option.correct else "wrong", option.feedback)
    return Remark(option.id, "missed", option.feedback) if option.correct else None
