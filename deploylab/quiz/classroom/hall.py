"""The room with its doors open: it takes what people say, and closes a question when its time is over."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from deploylab.model.errors import QuizError
from deploylab.quiz.classroom.door import Bucket, opens, sign
from deploylab.quiz.classroom.lines import Lines, Person
from deploylab.quiz.classroom.room import Room
from deploylab.quiz.classroom.screens import projector_screen, student_screen, teacher_screen

_BEGAN = time.time_ns() - time.monotonic_ns()
_SOON = 0.05  # seconds
_TOGETHER = 0.01  # seconds in which answers gather that share one wait for the disk
_LOCAL = ("127.0.0.1", "::1")  # who sits at this machine can do worse than fill the class


def clock() -> int:
    """Milliseconds now, by the teacher's clock as the class began.

    A class that is resumed must still know its deadlines; a clock that is set in class moves none.
    """
    return (_BEGAN + time.monotonic_ns()) // 1_000_000


class Hall:
    """Takes what people say, and shows each of them the screen that is theirs."""

    def __init__(self, room: Room, now: Callable[[], int] = clock) -> None:
        self.room, self.now = room, now
        self.lines = Lines(self.screen)
        self._saved: asyncio.Future[None] | None = None
        self._bell: asyncio.TimerHandle | None = None
        self._guesses = Bucket(most=30, rate=0.5)
        self._joins = Bucket(most=40, rate=2)
        self._talk = Bucket(most=20, rate=5)

    def screen(self, person: Person) -> dict[str, Any]:
        """What this person may see now."""
        if self._tick():
            self._moved()
        match person.role:
            case "teacher":
                return teacher_screen(self.room, self.now(), self.lines.online)
            case "projector":
                return projector_screen(self.room, self.now())
        return student_screen(self.room, person.student, self.now())

    def join(self, code: str, name: str, address: str) -> str:
        """The token of a new seat, for whoever knows the code."""
        if not self._guesses.take(address, self.now()):  # nor is a right one heard then: it may be a guess
            raise QuizError("too many wrong codes; wait a few seconds")
        if not opens(self.room.settings.code, re.sub(r"[\W_]", "", code).upper()):
            raise QuizError("this code is not right; look at the screen in front")
        self._guesses.give_back(address)
        if address not in _LOCAL and not self._joins.take(address, self.now()):
            raise QuizError("too many join from here; wait a few seconds")
        token = sign(self.room.settings, self.room.join(name))
        self.lines.look()
        return token

    async def hear(self, person: Person, message: Any) -> dict[str, Any]:
        """The reply to what somebody says; what cannot be done is answered, never raised."""
        try:
            if not isinstance(message, dict):
                raise QuizError("this is no message")
            if person.role == "student":
                return await self._answer(person.student, message)
            if person.role == "teacher":
                return self._command(message)
            raise QuizError("the wall only listens")
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            return {"refused": str(error) if isinstance(error, QuizError) else "this is no message"}

    async def _answer(self, student: str, message: dict[str, Any]) -> dict[str, Any]:
        if not self._talk.take(student, self.now()):
            return _later("too many answers at once; wait a second")
        if self.room.session.phase == "paused":
            return _later("the class pauses; answer when it goes on")
        words, number = list(message["answer"]), int(message["round"])
        entry = self.room.stage(student, str(message["question"]), number, words, self.now())
        await asyncio.shield(self._commit())  # others wait for the same
        if self.lines.tabs(student) > 1:  # the others must show it too
            self.lines.show_student(student)
        self.lines.look()
        return {"saved": list(entry.response), "question": entry.question, "round": entry.round}

    def _commit(self) -> asyncio.Future[None]:
        """One wait for the disk, for all answers that come about now."""
        if self._saved is None:
            loop = asyncio.get_running_loop()
            self._saved = loop.create_future()
            loop.call_later(_TOGETHER, self._write, self._saved)
        return self._saved

    def _write(self, saved: asyncio.Future[None]) -> None:
        self._saved = None
        try:
            self.room.commit()
        except QuizError as error:
            self.room.drop()
            saved.set_exception(error)
        else:
            saved.set_result(None)

    def _command(self, message: dict[str, Any]) -> dict[str, Any]:
        if "do" in message:
            self.room.command(
                str(message["do"]), int(message["step"]), self.now(), int(message.get("seconds", 0))
            )
            self._moved()
            return {"done": message["do"]}
        student = str(message["student"])
        if "name" in message:
            self.room.rename(student, str(message["name"]))
        else:
            self.room.remove(student, bool(message["removed"]))
        self.lines.show_student(student)
        return {"done": "seat"}

    def _moved(self) -> None:
        """The class has taken a step: everybody sees another screen."""
        self._set_bell()
        self.lines.show()

    def _set_bell(self) -> None:
        """The question closes at its deadline, also when nobody says a word."""
        if self._bell:
            self._bell.cancel()
            self._bell = None
        left = self.room.session.time_left(self.now())
        if self.room.session.phase == "open" and left is not None:
            self._bell = asyncio.get_running_loop().call_later(max(_SOON, left / 1000), self._ring)

    def _ring(self) -> None:
        if self._tick():
            self._moved()
        else:
            self._set_bell()  # a clock may be a little behind the loop's

    def _tick(self) -> bool:
        """Whether time has closed the question; on a disk that fails it closes later, and takes no answer."""
        with suppress(QuizError):
            return self.room.tick(self.now())
        return False


def _later(words: str) -> dict[str, Any]:
    """Not now; a page tries it again by itself."""
    return {"refused": words, "later": True}
