"""The result of a whole attempt, in exact arithmetic: the same score on every machine and in every view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from deploylab.model.errors import QuizError
from deploylab.quiz.grade import Grade, Response, grade
from deploylab.quiz.model import Question, Quiz, count


@dataclass(frozen=True)
class Result:
    """One grade a question, in the order of the quiz; a question that was not answered is worth nothing."""

    quiz: Quiz
    grades: tuple[Grade, ...]

    @property
    def score(self) -> Fraction:
        """Points reached."""
        return sum((grade.score for grade in self.grades), Fraction(0))

    @property
    def maximum(self) -> int:
        """Points that could be reached."""
        return self.quiz.points

    @property
    def percentage(self) -> Fraction:
        """Points reached, as a percentage of all."""
        return 100 * self.score / self.maximum

    @property
    def answered(self) -> int:
        """How many questions were answered."""
        return sum(grade.answered for grade in self.grades)

    @property
    def passed(self) -> bool:
        """Whether the pass mark was reached."""
        return self.percentage >= self.quiz.pass_mark

    @property
    def again(self) -> tuple[Question, ...]:
        """The questions worth another look: answered, but not quite right."""
        pairs = zip(self.quiz.questions, self.grades, strict=True)
        return tuple(question for question, grade in pairs if grade.answered and not grade.correct)

    def __str__(self) -> str:
        verdict = "passed" if self.passed else f"not passed yet ({self.quiz.pass_mark} % is needed)"
        return (
            f"{tell(self.score)} of {count(self.maximum, 'point')}, {tell(self.percentage, 1)} %, {verdict}"
        )


def mark(quiz: Quiz, responses: Mapping[str, Response]) -> Result:
    """Grade all responses, given by question id.

    >>> from deploylab.quiz.model import TrueFalse
    >>> statement = TrueFalse(True, "Yes, for a while.", "No: for a while they do.")
    >>> question = Question("mixed", statement, "Two versions serve.", "mixing", "Why.", "Where.", points=2)
    >>> quiz = Quiz("rolling", 1, "Rolling deployment", (question,))
    >>> print(mark(quiz, {"mixed": "true"}))
    2 of 2 points, 100 %, passed
    >>> print(mark(quiz, {}))
    0 of 2 points, 0 %, not passed yet (60 % is needed)
    """
    known = [question.id for question in quiz.questions]
    if unknown := [name for name in responses if name not in known]:
        raise QuizError(
            f"responses: {unknown[0]!r} is not a question of {quiz.id!r}; choose from {', '.join(known)}"
        )
    return Result(quiz, tuple(grade(question, responses.get(question.id, ())) for question in quiz.questions))


def tell(value: Fraction | int, places: int = 2) -> str:
    """A decimal, cut and never rounded up: 59.96 % must not read as the 60 % that it misses.

    >>> tell(Fraction(1, 3)), tell(Fraction(3, 2)), tell(Fraction(5996, 100), 1), tell(2)
    ('0.33', '1.5', '59.9', '2')
    """
    whole, rest = divmod(int(value * 10**places), 10**places)
    return f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".")
