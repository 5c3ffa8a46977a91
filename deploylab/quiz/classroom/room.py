"""A class as it is held: the quiz, the students, their answers, and where it is. All of it is in the store.

An answer is taken in two steps, so that a thousand of them share one wait for the disk: `stage` judges it
when it arrives, `commit` writes all that were staged. Only then does anybody get to know that it is saved.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from deploylab.model.errors import QuizError
from deploylab.quiz.ask import LONGEST, Response, read
from deploylab.quiz.classroom.names import clean, name_for
from deploylab.quiz.classroom.session import Session, act, after_crash, check_open, tick
from deploylab.quiz.classroom.store import Entry, Settings, Store
from deploylab.quiz.grade import Grade
from deploylab.quiz.load import loads
from deploylab.quiz.model import Question, Quiz
from deploylab.quiz.paper import Item, Paper, draw
from deploylab.quiz.score import Result, mark, one_grade

Answers = Mapping[str, tuple[str, ...]]  # by student


@dataclass(frozen=True)
class Seat:
    """A student in the class."""

    name: str
    removed: bool = False


class Room:
    """The class in a store, new or taken up again after a crash."""

    def __init__(self, store: Store, now: int) -> None:
        self.store = store
        self.settings = store.settings()
        self.paper = paper_of(self.settings)
        self.items: dict[str, Item] = {item.question.id: item for item in self.paper.items}
        for item in self.paper.items:
            _ = item.question.kind.key  # a prediction is run now, and its faults are told before class
        state, heard = store.state()
        self.session = after_crash(state, min(heard, now))
        self.seats = {student: Seat(*seat) for student, seat in store.seats().items()}
        self._answers: dict[tuple[str, int], dict[str, tuple[str, ...]]] = {}
        self._staged: dict[tuple[str, int, str], Entry] = {}
        self._grades: dict[tuple[str, tuple[str, ...]], Grade] = {}
        self._take(store.answers())

    def join(self, typed: str) -> str:
        """A seat for a new student; its id, which only this student gets to know."""
        if len(self.present) >= self.settings.seats:
            raise QuizError("the class is full; tell your teacher")
        name = name_for(typed, [seat.name for seat in self.seats.values()])
        student = secrets.token_urlsafe(9)
        self.store.seat(self.settings.id, student, name)
        self.seats[student] = Seat(name)
        return student

    def rename(self, student: str, typed: str) -> None:
        """Give a student another name."""
        others = [seat.name for one, seat in self.seats.items() if one != student]
        self._reseat(student, replace(self._seat(student), name=name_for(typed, others)))

    def remove(self, student: str, removed: bool = True) -> None:
        """Take a student out of the class, or back into it; the answers stay in the file."""
        self._reseat(student, replace(self._seat(student), removed=removed))

    def stage(self, student: str, question: str, number: int, response: Response, now: int) -> Entry:
        """Judge an answer as it arrives: a QuizError, or an entry that the next commit writes.

        An empty one withdraws what was given in this round; it may be said twice, like any other.
        """
        if self._seat(student).removed:
            raise QuizError("your teacher has taken you out of the class")
        check_open(self.session, question, number, now)
        words = (response,) if isinstance(response, str) else tuple(response)
        given = read(self.items[question].ask, [clean(str(word), LONGEST + 70) for word in words])
        if words and not given:  # such as a space: that is a slip, and no withdrawal
            raise QuizError("answer first")
        entry = Entry(question, number, student, given, now)
        self._staged[question, number, student] = entry
        return entry

    def commit(self) -> None:
        """Write all staged answers; when this returns, they are on disk. On a fault they stay staged."""
        if staged := list(self._staged.values()):
            self.store.keep(self.settings.id, staged)
            self._staged = {}
            self._take(staged)

    def drop(self) -> None:
        """Forget what is staged: those who sent it are told that it is not saved."""
        self._staged = {}

    def command(self, name: str, step: int, now: int, seconds: int) -> None:
        """A step of the teacher's, unless it was meant for an earlier screen."""
        self.tick(now)
        if step != self.session.step:
            raise QuizError("the class has moved on; look again")
        self._move(act(self.session, name, now, seconds), now)

    def tick(self, now: int) -> bool:
        """Close the question when its time is over; whether it was."""
        session = tick(self.session, now)
        changed = session is not self.session
        if changed:
            self._move(session, now)
        return changed

    def answers(self, question: str, number: int) -> Answers:
        """The saved answers to a question in one round, of all who are in the class."""
        given = self._answers.get((question, number), {})
        return {student: words for student, words in given.items() if not self.seats[student].removed}

    def answer(self, student: str, question: str, number: int) -> tuple[str, ...]:
        """The saved answer of a student in one round, or nothing."""
        return self._answers.get((question, number), {}).get(student, ())

    def final(self, question: str) -> Answers:
        """The answers that count: of the second round, or of the first from those who did not vote again."""
        return {**self.answers(question, 1), **self.answers(question, 2)}

    def counted(self, student: str, question: str) -> tuple[str, ...]:
        """The answer of a student that counts."""
        return self.answer(student, question, 2) or self.answer(student, question, 1)

    def grade(self, question: str, response: tuple[str, ...]) -> Grade:
        """The grade of a response; many students give the same one."""
        known = (question, response)
        if known not in self._grades:
            self._grades[known] = one_grade(self.paper, self.items[question].question, response)
        return self._grades[known]

    def result(self, student: str) -> Result | None:
        """What a student has reached, of the questions that count so far; None when there are none."""
        names = self.session.done
        if not names:
            return None
        paper = replace(self.paper, student=student, items=tuple(self.items[name] for name in names))
        return mark(paper, {name: self.counted(student, name) for name in names})

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the quiz has for those who take it alone, and a class does not."""
        quiz = _quiz(self.settings)
        there = {
            "how sure one is": quiz.confidence,
            "a second try": quiz.tries > 1,
            "hints": any(one.hints for one in quiz.questions),
            "numbers that differ from student to student (all get the same ones)": any(
                one.parameters for one in quiz.questions
            ),
        }
        return tuple(name for name, given in there.items() if given)

    @property
    def present(self) -> dict[str, Seat]:
        """All students who are in the class."""
        return {student: seat for student, seat in self.seats.items() if not seat.removed}

    @property
    def question(self) -> Question | None:
        """The current question."""
        name = self.session.question
        return self.items[name].question if name else None

    def _take(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            given = self._answers.setdefault((entry.question, entry.round), {})
            given.pop(entry.student, None)
            if entry.response:  # an empty one was withdrawn
                given[entry.student] = entry.response

    def _seat(self, student: str) -> Seat:
        if student not in self.seats:
            raise QuizError("this student is not in the class")
        return self.seats[student]

    def _reseat(self, student: str, seat: Seat) -> None:
        self.store.seat(self.settings.id, student, seat.name, seat.removed)
        self.seats[student] = seat

    def _move(self, session: Session, now: int) -> None:
        self.commit()  # what was accepted under the old screen comes before the new one
        self.store.move(self.settings.id, session, now)
        self.session = session


def paper_of(settings: Settings) -> Paper:
    """The paper that all students of a class get."""
    return draw(replace(_quiz(settings), confidence=False), settings.id)


def _quiz(settings: Settings) -> Quiz:
    name = "the quiz of this class"
    try:
        return loads(settings.quiz, name, Path(settings.folder))
    except QuizError:  # its pictures have gone since; the answers have not
        return loads(settings.quiz, name)
