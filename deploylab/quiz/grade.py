"""Grade one answer. The notebook, the terminal, the class and every later view call this one pure function.

Decided here, once for all views:

- An empty answer is *not answered*: no points, no feedback, and no explanation that would give it away.
- What is no answer to this question (an unknown option, a word for a number) is a QuizError: a fault of the
  caller, not of the student, who is asked again.
- The score is the share that the kind gives (kinds/, scoring.py), times the points; minus the penalty of the
  quiz for each earlier try and the cost of each hint taken, which never take away more than was earned.
- With confidence, the share is turned into points by the certainty that the student gave (scoring.confident).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from deploylab.model.errors import QuizError
from deploylab.quiz.ask import Response, read, tell_answer
from deploylab.quiz.kinds.marks import Remark
from deploylab.quiz.model import Question
from deploylab.quiz.scoring import confident

__all__ = ["Answer", "Grade", "Remark", "Response", "grade"]


@dataclass(frozen=True)
class Answer:
    """What a student gave to a question: after so many tries and hints, and how sure (1 to 3, or 0)."""

    response: tuple[str, ...] = ()
    tries: int = 1
    hints: int = 0
    confidence: int = 0


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
    solution: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether anything was answered at all."""
        return bool(self.response)


def grade(question: Question, response: Response | Answer, penalty: Fraction = Fraction(0)) -> Grade:
    """Grade a response to a question.

    >>> from deploylab.quiz.model import Question, TrueFalse
    >>> statement = TrueFalse(False, "It only marks the rollout.", "Right: a person has to act.")
    >>> question = Question("deadline", statement, "It rolls back.", "deadline", "It marks.", "Docs.")
    >>> grade(question, "false").score
    Fraction(1, 1)
    >>> grade(question, "true").remarks[0]
    Remark(option='true', verdict='wrong', text='It only marks the rollout.', misconception='')
    >>> grade(question, []).answered
    False
    """
    answer = response if isinstance(response, Answer) else Answer(normal(question, response))
    given = normal(question, answer.response)
    if not given:
        return Grade(question.id, (), Fraction(0), question.points, False)
    marks, kind = question.kind.marks(given), question.kind
    lost = penalty * (answer.tries - 1) + sum(hint.cost for hint in question.hints[: answer.hints])
    share = max(Fraction(0), marks.share - lost) if marks.share > 0 else marks.share
    if answer.confidence:
        share = confident(share, answer.confidence)
    solution = () if marks.correct else tell_answer(kind.ask, kind.key)
    score, points, told = share * question.points, question.points, question.explanation
    return Grade(question.id, given, score, points, marks.correct, marks.remarks, told, solution)


def normal(question: Question, response: Response) -> tuple[str, ...]:
    """A response in its one normal form; a QuizError that names the question when it is none."""
    try:
        return read(question.kind.ask, response)
    except QuizError as error:
        raise QuizError(f"response to {question.id!r}: {error}") from None
