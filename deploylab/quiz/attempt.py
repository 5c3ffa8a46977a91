"""One attempt at a quiz as it goes on: what may be answered, what may be read, what is kept.

The notebook and the terminal both drive this, so they cannot differ in what an answer is worth, or in what a
student gets to read and when.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from deploylab.model.errors import QuizError
from deploylab.quiz.grade import Answer, Grade, Response, normal
from deploylab.quiz.model import Hint, Quiz
from deploylab.quiz.paper import Item, Paper, draw
from deploylab.quiz.score import Result, mark, one_grade
from deploylab.quiz.store import Seat, Store, default_store, default_student


class Attempt:
    """A student's attempt; with a store it is kept as it goes on, and taken up again where it stopped.

    With a `number` it is that attempt, as it was when it ended.

    >>> from deploylab.quiz.model import Question, TrueFalse
    >>> quiz = Quiz("rolling", 1, "Rolling", (Question("mixed", TrueFalse(True), "Two versions serve."),))
    >>> attempt = Attempt(quiz)
    >>> attempt.answer("mixed", "true").correct, attempt.finished
    (True, True)
    """

    def __init__(self, quiz: Quiz, student: str = "", store: Store | None = None, number: int = 0) -> None:
        self.quiz, self.student, self.store = quiz, student, store
        self.notice = ""
        finished = number > 0
        if store and not number:
            try:
                number, finished = store.latest(quiz.id, quiz.version, student)
            except QuizError as error:  # a quiz that cannot be kept can still be taken
                self.store, self.notice = None, f"Your answers are not kept: {error}"
        self._begin(max(1, number), finished)

    def _begin(self, number: int, finished: bool = False) -> None:
        self.paper: Paper = draw(self.quiz, self.student, number)
        self.finished = finished
        self.answers: dict[str, Answer] = {}
        if self.store:
            for name, answer in self.store.answers(self._seat).items():
                with suppress(QuizError):  # the quiz was changed: an answer that no longer fits is open again
                    self.answers[name] = replace(
                        answer, response=normal(self.item(name).question, answer.response)
                    )

    @property
    def _seat(self) -> Seat:
        return Seat(self.quiz.id, self.quiz.version, self.student, self.paper.attempt)

    def item(self, name: str) -> Item:
        """A question of this paper, by its id."""
        found = next((item for item in self.paper.items if item.question.id == name), None)
        if found is None:
            known = ", ".join(item.question.id for item in self.paper.items)
            raise QuizError(f"answer: {name!r} is not a question of this quiz; choose from {known}")
        return found

    def answer(self, name: str, response: Response, confidence: int = 0) -> Grade | None:
        """Take an answer; its grade when it may be read by now. An empty one changes nothing."""
        question, before = self.item(name).question, self.answers.get(name, Answer())
        if not self.open(name):
            raise QuizError(f"answer: {name!r} is answered already; the first answer counts; try restart()")
        if not (given := normal(question, response)):
            return one_grade(self.paper, question, ())
        again = before.response and self.quiz.reveals == "each"
        answer = Answer(given, before.tries + 1 if again else 1, before.hints, confidence)
        if not self.quiz.keyless:
            one_grade(self.paper, question, answer)  # refused before it is kept, if it cannot be graded
        self._keep(name, answer)
        if self.quiz.reveals == "each" and not any(self.open(one.id) for one in self.paper.questions):
            self.finish()
        return self.grade(name)

    def hint(self, name: str) -> Hint | None:
        """The next hint, which counts as taken; None when there is none left."""
        question, before = self.item(name).question, self.answers.get(name, Answer())
        if not self.open(name) or before.hints >= len(question.hints):
            return None
        self._keep(name, replace(before, hints=before.hints + 1))
        return question.hints[before.hints]

    def hints(self, name: str) -> tuple[Hint, ...]:
        """The hints that were taken."""
        return self.item(name).question.hints[: self.answers.get(name, Answer()).hints]

    def open(self, name: str) -> bool:
        """Whether an answer is still taken: until the end, or until it is right or all tries are used."""
        answer = self.answers.get(name, Answer())
        if self.finished or not answer.response or self.quiz.keyless or self.quiz.reveals != "each":
            return not self.finished
        return answer.tries < self.quiz.tries and not self._grade(name).correct

    def grade(self, name: str) -> Grade | None:
        """The grade of an answer, once it may be read; while there are tries left, without what is right."""
        answer = self.answers.get(name, Answer())
        reveals = "never" if self.quiz.keyless else self.quiz.reveals
        if reveals == "never" or (reveals == "end" and not self.finished) or not answer.response:
            return None
        grade = self._grade(name)
        if not self.open(name):
            return grade
        told = tuple(remark for remark in grade.remarks if remark.verdict != "missed")
        return replace(grade, remarks=told, explanation="", solution=())

    def finish(self) -> None:
        """Hand in: no answer is taken after this."""
        self.finished = True
        self._try(lambda store: store.finish(self._seat))

    def restart(self) -> None:
        """Begin another attempt, with a paper of its own."""
        if self.quiz.attempts and self.paper.attempt >= self.quiz.attempts:
            raise QuizError(
                f"restart: this quiz may be taken {self.quiz.attempts} times, and that is used up"
            )
        if not self.finished:
            self.finish()
        self._begin(self.paper.attempt + 1)

    @property
    def answered(self) -> int:
        """How many questions are answered so far."""
        return sum(bool(answer.response) for answer in self.answers.values())

    @property
    def result(self) -> Result:
        """All grades so far; open questions are worth nothing yet."""
        return mark(self.paper, self.answers)

    @property
    def handed_in(self) -> dict[str, Any]:
        """The answers as JSON, for those who have the key."""
        answers = {
            name: {**asdict(one), "response": list(one.response)} for name, one in self.answers.items()
        }
        quiz, version, student, number = self._seat
        head = {"quiz": quiz, "version": version, "student": student, "attempt": number}
        return {**head, "handed_in": self.finished, "answers": answers}

    def _grade(self, name: str) -> Grade:
        return one_grade(self.paper, self.item(name).question, self.answers[name])

    def _keep(self, name: str, answer: Answer) -> None:
        self.answers[name] = answer
        self._try(lambda store: store.save(self._seat, name, answer))

    def _try(self, write: Any) -> None:
        if self.store:
            try:
                write(self.store)
            except QuizError as error:
                self.notice = f"Your answers are not kept: {error}"


def kept_attempt(quiz: Quiz, student: str | None = None) -> Attempt:
    """An attempt that is kept in the usual file, by the usual student unless one is named."""
    return Attempt(quiz, default_student() if student is None else student, default_store())


def kept_results(quiz: Quiz) -> list[Result]:
    """The results of all finished attempts that are kept; what no longer fits the quiz is not answered."""
    store = default_store()
    return [
        Attempt(quiz, seat.student, store, seat.number).result
        for seat in store.finished(quiz.id, quiz.version)
    ]
