"""The result of a whole attempt, in exact arithmetic: the same score on every machine and in every view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import tell
from deploylab.quiz.grade import Answer, Grade, Response, grade, normal
from deploylab.quiz.model import Question, Quiz, count
from deploylab.quiz.paper import Paper, draw


@dataclass(frozen=True)
class Result:
    """One grade a question, in the order of the paper; a question that was not answered is worth nothing."""

    paper: Paper
    grades: tuple[Grade, ...]

    @property
    def quiz(self) -> Quiz:
        """The quiz that was taken."""
        return self.paper.quiz

    @property
    def score(self) -> Fraction:
        """Points reached."""
        return sum((grade.score for grade in self.grades), Fraction(0))

    @property
    def maximum(self) -> int:
        """Points that could be reached."""
        return self.paper.points

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
        pairs = zip(self.paper.questions, self.grades, strict=True)
        return tuple(question for question, grade in pairs if grade.answered and not grade.correct)

    def __str__(self) -> str:
        verdict = "passed" if self.passed else f"not passed yet ({self.quiz.pass_mark} % is needed)"
        return (
            f"{tell(self.score)} of {count(self.maximum, 'point')}, {tell(self.percentage, 1)} %, {verdict}"
        )


def mark(paper: Paper | Quiz, responses: Mapping[str, Response | Answer]) -> Result:
    """Grade all responses, given by question id; a quiz stands for its paper for nobody in particular.

    >>> from deploylab.quiz.model import TrueFalse
    >>> statement = TrueFalse(True, "Yes, for a while.", "No: for a while they do.")
    >>> question = Question("mixed", statement, "Two versions serve.", "mixing", "Why.", "Where.", points=2)
    >>> quiz = Quiz("rolling", 1, "Rolling deployment", (question,))
    >>> print(mark(quiz, {"mixed": "true"}))
    2 of 2 points, 100 %, passed
    >>> print(mark(quiz, {}))
    0 of 2 points, 0 %, not passed yet (60 % is needed)
    """
    paper = draw(paper) if isinstance(paper, Quiz) else paper
    known = [question.id for question in paper.questions]
    if unknown := [name for name in responses if name not in known]:
        raise QuizError(
            f"responses: {unknown[0]!r} is not a question of {paper.quiz.id!r}; "
            f"choose from {', '.join(known)}"
        )
    return Result(paper, tuple(one_grade(paper, one, responses.get(one.id, ())) for one in paper.questions))


def one_grade(paper: Paper, question: Question, response: Response | Answer) -> Grade:
    """The grade of one question of a paper, by the rules of its quiz."""
    quiz = paper.quiz
    answer = response if isinstance(response, Answer) else Answer(normal(question, response))
    if answer.tries > quiz.tries:
        raise QuizError(
            f"response to {question.id!r}: there were {answer.tries} tries; {quiz.tries} are allowed"
        )
    if bool(answer.confidence) != quiz.confidence and answer.response:
        wanted = "say how sure you are: 1, 2 or 3" if quiz.confidence else "this quiz asks for no confidence"
        raise QuizError(f"response to {question.id!r}: {wanted}")
    return replace(grade(question, answer, quiz.penalty), points=paper.worth(question))


__all__ = ["Result", "mark", "one_grade", "tell"]
