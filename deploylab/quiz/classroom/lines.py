"""Who is connected, and when each of them is shown another screen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from tornado.websocket import WebSocketClosedError

_PAUSE = 0.2  # seconds between two pictures for the teacher and the wall
_TABS = 4  # connections of one student; the oldest makes room


class Line(Protocol):
    """A connection that can be written to."""

    def write_message(self, message: str) -> Any: ...

    def close(self, code: int) -> None: ...


@dataclass(frozen=True)
class Person:
    """Who asks: a student by id, the teacher, or the wall."""

    role: Literal["student", "teacher", "projector"]
    student: str = ""


class Lines:
    """The open connections; `screen` says what a person may see now."""

    def __init__(self, screen: Callable[[Person], dict[str, Any]]) -> None:
        self._screen = screen
        self._people: dict[Line, Person] = {}
        self._looking: asyncio.TimerHandle | None = None

    @property
    def online(self) -> set[str]:
        """The students who are connected."""
        return {person.student for person in self._people.values()}

    def tabs(self, student: str) -> int:
        """How many connections a student has."""
        return sum(person.student == student for person in self._people.values())

    def enter(self, line: Line, person: Person) -> None:
        """A connection is open; it is shown where the class is."""
        if person.role == "student":
            mine = [one for one, other in self._people.items() if other == person]
            for old in mine[: max(0, len(mine) - _TABS + 1)]:
                self.leave(old)
                old.close(4000)
        self._people[line] = person
        self._send(line, person)
        self.look()

    def leave(self, line: Line) -> None:
        """A connection is gone."""
        if self._people.pop(line, None):
            self.look()

    def look(self) -> None:
        """The teacher and the wall see a change soon, but not each of a thousand answers."""
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(_PAUSE, self._show_change)

    def show(self, whom: Callable[[Person], bool] = lambda _: True) -> None:
        """Show everybody, or some, their screens."""
        for line, person in list(self._people.items()):
            if whom(person):
                self._send(line, person)

    def show_student(self, student: str) -> None:
        """Show a student what has changed, and soon the others."""
        self.show(lambda person: person.student == student)
        self.look()

    def _show_change(self) -> None:
        self._looking = None
        self.show(lambda person: person.role != "student")

    def _send(self, line: Line, person: Person) -> None:
        with suppress(WebSocketClosedError):  # gone, perhaps while it is sent
            sent = line.write_message(json.dumps({"screen": self._screen(person)}))
            sent.add_done_callback(lambda sent: sent.cancelled() or sent.exception())
