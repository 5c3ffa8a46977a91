"""The file of a class: one SQLite database, in which an answer is on disk before anybody is told that it is.

Write-ahead log with synchronous=FULL: a commit returns when the disk has it, so neither a killed process nor
a lost battery takes back what was acknowledged.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple
from weakref import finalize

from deploylab.model.errors import QuizError
from deploylab.quiz.classroom.session import Session

_TABLES = """
PRAGMA locking_mode = EXCLUSIVE;  -- one process holds one class
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS session (
  id TEXT PRIMARY KEY, settings TEXT NOT NULL, state TEXT NOT NULL, heard INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS seat (
  session TEXT, student TEXT, name TEXT NOT NULL, removed INTEGER NOT NULL,
  PRIMARY KEY (session, student));
CREATE TABLE IF NOT EXISTS answer (
  session TEXT, question TEXT, round INTEGER, student TEXT, response TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (session, question, round, student));
"""


@dataclass(frozen=True)
class Settings:
    """What a class was begun with; the secrets are in it, so a class that is resumed has the same links."""

    id: str
    quiz: str  # the text of its YAML file: a class does not change when the file does
    folder: str  # where its figures are
    code: str
    teacher: str
    projector: str
    secret: str  # signs the students' seats
    seconds: int = 60
    leaderboard: bool = False
    window: tuple[int, int] = (30, 70)  # percent right for which a second round is advised
    seats: int = 500


class Entry(NamedTuple):
    """An answer as it is kept; an empty response takes the place of one that was withdrawn."""

    question: str
    round: int
    student: str
    response: tuple[str, ...]
    at: int


class Store:
    """The open file of one class."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._faults():
            if not path.exists():
                os.close(
                    os.open(path, os.O_CREAT | os.O_EXCL, 0o600)
                )  # names and secrets: for the owner alone
            self._file = sqlite3.connect(path.resolve(), timeout=0.5, isolation_level=None)
            finalize(self, self._file.close)  # however a store ends, its file is not left open
            self._file.executescript(_TABLES)

    def begin(self, settings: Settings, state: Session, now: int) -> None:
        """Write down a new class; a file holds one."""
        if self._rows("SELECT id FROM session"):
            raise QuizError(f"{self.path}: there is a class in this file; deploylab class resume {self.path}")
        row = (settings.id, json.dumps(asdict(settings)), json.dumps(asdict(state)), now)
        self._write([("INSERT INTO session VALUES (?, ?, ?, ?)", row)])

    def settings(self) -> Settings:
        """What the class of this file was begun with."""
        rows = self._rows("SELECT settings FROM session")
        if not rows:
            raise QuizError(f"{self.path}: there is no class in this file")
        found = json.loads(rows[0][0])
        return Settings(**{**found, "window": tuple(found["window"])})

    def state(self) -> tuple[Session, int]:
        """Where the class was, and when it was last heard of."""
        ((text, heard),) = self._rows("SELECT state, heard FROM session")
        last = self._rows("SELECT max(at) FROM answer")[0][0]
        found = json.loads(text)
        lists = {name: tuple(found[name]) for name in ("questions", "skipped")}
        return Session(**{**found, **lists}), max(heard, last or 0)

    def seats(self) -> dict[str, tuple[str, bool]]:
        """Name of each student, and whether the teacher has removed it, in the order of joining."""
        rows = self._rows("SELECT student, name, removed FROM seat ORDER BY rowid")
        return {student: (str(name), bool(removed)) for student, name, removed in rows}

    def answers(self) -> Iterator[Entry]:
        """All answers, of all rounds."""
        for question, number, student, response, at in self._rows(
            "SELECT question, round, student, response, at FROM answer ORDER BY at"
        ):
            yield Entry(question, number, student, tuple(json.loads(response)), at)

    def move(self, session: str, state: Session, now: int) -> None:
        """Keep where the class is."""
        row = (json.dumps(asdict(state)), now, session)
        self._write([("UPDATE session SET state = ?, heard = ? WHERE id = ?", row)])

    def seat(self, session: str, student: str, name: str, removed: bool = False) -> None:
        """Keep a student, under a new name or removed."""
        statement = (
            "INSERT INTO seat VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name,"
            " removed = excluded.removed"
        )
        self._write([(statement, (session, student, name, int(removed)))])

    def keep(self, session: str, entries: Iterable[Entry]) -> None:
        """Keep answers, all or none; when this returns, they are on disk."""
        statement = "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?)"
        rows = ((one.question, one.round, one.student, json.dumps(one.response), one.at) for one in entries)
        self._write([(statement, (session, *row)) for row in rows])

    def close(self) -> None:
        """Close the file; its log is folded into it."""
        self._file.close()

    def _rows(self, statement: str) -> list[Any]:
        with self._faults():
            return self._file.execute(statement).fetchall()

    def _write(self, statements: list[tuple[str, tuple[object, ...]]]) -> None:
        with self._faults():
            self._file.execute("BEGIN IMMEDIATE")
            try:
                for statement, row in statements:
                    self._file.execute(statement, row)
                self._file.execute("COMMIT")
            except sqlite3.Error:
                if self._file.in_transaction:
                    self._file.execute("ROLLBACK")
                raise

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            words = str(error)[:100].partition("\n")[0]  # some quote the whole cell
            if "not a database" in words:
                words = "it is not the file of a class; give the one that deploylab class wrote"
            if "locked" in words:
                words = "another deploylab class holds it; stop that one with Ctrl-C first"
            raise QuizError(f"{self.path.name}: the class cannot be kept in this file ({words})") from None
