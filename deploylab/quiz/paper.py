"""The paper of one attempt: which questions, in which order, with which numbers.

All chance is drawn from the quiz, its version, the student and the attempt, so that whoever regrades it, on
whatever machine, gets the same paper.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from deploylab.quiz.ask import Ask, Field
from deploylab.quiz.chance import rank, shuffled
from deploylab.quiz.model import Question, Quiz
from deploylab.quiz.parameters import draw as draw_parameters


@dataclass(frozen=True)
class Item:
    """A question with its parameters filled in, and what it asks for in the order of this paper."""

    question: Question
    ask: Ask


@dataclass(frozen=True)
class Paper:
    """What one student gets in one attempt."""

    quiz: Quiz
    student: str
    attempt: int
    items: tuple[Item, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions, in their order."""
        return tuple(item.question for item in self.items)

    @property
    def points(self) -> int:
        """The most that can be reached."""
        return sum(self.worth(question) for question in self.questions)

    def worth(self, question: Question) -> int:
        """The most that a question can give: with confidence, three for each of its points."""
        return question.points * (3 if self.quiz.confidence else 1)


def draw(quiz: Quiz, student: str = "", attempt: int = 1) -> Paper:
    """The paper of this student's attempt, the same whenever it is drawn.

    >>> from deploylab.quiz.model import TrueFalse
    >>> questions = tuple(Question(name, TrueFalse(True), "It is so.") for name in "abcdef")
    >>> quiz = Quiz("letters", 1, "Letters", questions, pick=3)
    >>> draw(quiz, "ada") == draw(quiz, "ada")
    True
    >>> len({tuple(one.id for one in draw(quiz, "ada", attempt).questions) for attempt in range(20)}) > 5
    True
    """
    seed = (quiz.id, quiz.version, student, attempt)
    questions = quiz.questions
    if quiz.pick:
        picked = sorted(questions, key=lambda one: rank(*seed, "pick", one.id))[: quiz.pick]
        questions = tuple(one for one in questions if one in picked)
    if quiz.shuffle in ("questions", "all"):
        questions = shuffled(questions, *seed, "questions")
    return Paper(
        quiz, student, attempt, tuple(_item(quiz, draw_parameters(one, *seed), seed) for one in questions)
    )


def _item(quiz: Quiz, question: Question, seed: tuple[object, ...]) -> Item:
    right = [item.id for item in getattr(question.kind, "items", ())]  # of what is to be ordered

    def shuffle(field: Field) -> Field:
        if field.how != "order" and quiz.shuffle not in ("options", "all"):
            return field
        # Fields of one list, as in a match, show it in one order.
        row = shuffled(field.choices, *seed, question.id)
        ids = [one.id for one in row]
        if len(row) > 2 and right in (ids, ids[::-1]):  # solved already, or all turned round
            row = (*row[1:], row[0])
        return replace(field, choices=row)

    ask = question.kind.ask
    return Item(question, replace(ask, fields=tuple(map(shuffle, ask.fields))))
