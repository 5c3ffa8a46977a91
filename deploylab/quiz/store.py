"""Attempts as they are made, in one SQLite file: a kernel may die, the answers stay."""

from __future__ import annotations

import getpass
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from deploylab.model.errors import QuizError
from deploylab.quiz.grade import Answer

_TABLES = """
CREATE TABLE IF NOT EXISTS attempt (
  quiz TEXT, version INTEGER, student TEXT, number INTEGER,
  started TEXT DEFAULT CURRENT_TIMESTAMP, finished TEXT,
  PRIMARY KEY (quiz, version, student, number));
CREATE TABLE IF NOT EXISTS answer (
  quiz TEXT, version INTEGER, student TEXT, number INTEGER, question TEXT,
  response TEXT, tries INTEGER, hints INTEGER, confidence INTEGER, at TEXT DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (quiz, version, student, number, question));
"""


class Seat(NamedTuple):
    """Whose attempt it is: one row of the file."""

    quiz: str
    version: int
    student: str
    number: int


@dataclass(frozen=True)
class Store:
    """The file in which attempts are kept; it is made with the first answer.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> store, seat = Store(Path(folder.name) / "attempts.sqlite"), Seat("rolling", 1, "ada", 1)
    >>> store.save(seat, "batch-size", Answer(("fewer-hurt",)))
    >>> store.answers(seat)["batch-size"].response, store.latest("rolling", 1, "ada")
    (('fewer-hurt',), (1, False))
    >>> folder.cleanup()
    """

    path: Path

    def latest(self, quiz: str, version: int, student: str) -> tuple[int, bool]:
        """The number of the last attempt, 0 when there is none, and whether it is finished."""
        if not self.path.exists():
            return 0, False
        where = (quiz, version, student)
        with self._open() as file:
            row = file.execute(
                "SELECT number, finished IS NOT NULL FROM attempt"
                " WHERE quiz = ? AND version = ? AND student = ? ORDER BY number DESC LIMIT 1", where,
            ).fetchone()  # fmt: skip
        return (int(row[0]), bool(row[1])) if row else (0, False)

    def finished(self, quiz: str, version: int) -> list[Seat]:
        """All attempts at a quiz that are over."""
        if not self.path.exists():
            return []
        with self._open() as file:
            rows = file.execute(
                "SELECT quiz, version, student, number FROM attempt"
                " WHERE quiz = ? AND version = ? AND finished IS NOT NULL ORDER BY student, number",
                (quiz, version),
            ).fetchall()
        return [Seat(*row) for row in rows]

    def answers(self, seat: Seat) -> dict[str, Answer]:
        """All answers of an attempt, by question."""
        if not self.path.exists():
            return {}
        with self._open() as file:
            rows = file.execute(
                "SELECT question, response, tries, hints, confidence FROM answer"
                " WHERE quiz = ? AND version = ? AND student = ? AND number = ?", seat,
            ).fetchall()  # fmt: skip
            return {name: Answer(tuple(json.loads(response)), *rest) for name, response, *rest in rows}

    def save(self, seat: Seat, question: str, answer: Answer) -> None:
        """Keep an answer, in place of an earlier one."""
        given = (json.dumps(answer.response), answer.tries, answer.hints, answer.confidence)
        with self._open() as file, file:
            file.execute(
                "INSERT OR IGNORE INTO attempt (quiz, version, student, number) VALUES (?, ?, ?, ?)", seat
            )
            file.execute(
                "INSERT OR REPLACE INTO answer"
                " (quiz, version, student, number, question, response, tries, hints, confidence)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*seat, question, *given),
            )  # fmt: skip

    def finish(self, seat: Seat) -> None:
        """Note that the attempt is over."""
        with self._open() as file, file:
            file.execute(
                "INSERT OR IGNORE INTO attempt (quiz, version, student, number) VALUES (?, ?, ?, ?)", seat
            )
            file.execute(
                "UPDATE attempt SET finished = CURRENT_TIMESTAMP"
                " WHERE quiz = ? AND version = ? AND student = ? AND number = ?", seat,
            )  # fmt: skip

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=10)) as file:
                file.executescript(_TABLES)
                yield file
        except (sqlite3.Error, OSError, ValueError) as error:  # the last one of JSON
            raise QuizError(
                f"{self.path}: attempts cannot be kept here ({error}); try another DEPLOYLAB_ATTEMPTS"
            ) from None


def default_store() -> Store:
    """The file that DEPLOYLAB_ATTEMPTS names, or one in the user's own data folder."""
    if named := os.environ.get("DEPLOYLAB_ATTEMPTS"):
        return Store(Path(named))
    try:
        data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    except RuntimeError:  # a container whose user nobody knows
        raise QuizError("there is no home to keep attempts in; name a file in DEPLOYLAB_ATTEMPTS") from None
    return Store(Path(data) / "deploylab" / "attempts.sqlite")


def default_student() -> str:
    """Who sits here: DEPLOYLAB_STUDENT, the user of a JupyterHub, or the user of this machine."""
    if named := os.environ.get("DEPLOYLAB_STUDENT") or os.environ.get("JUPYTERHUB_USER"):
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a user database
        return ""
