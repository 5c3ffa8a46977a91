"""A small quiz with a question of each kind, and the quiz that is shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploylab.quiz import Quiz, load, loads

QUIZZES = Path(__file__).parents[2] / "quizzes"

SMALL = """\
id: small
version: 1
title: A small quiz
questions:
  - id: one
    type: single
    prompt: Choose **one**.
    objective: Choose one
    explanation: Because.
    source: A book
    hints: [Think., Think again.]
    options:
      - {id: left, text: Left, correct: false, feedback: Not left., misconception: Left is right.}
      - {id: right, text: Right, correct: true, feedback: It is right.}
  - id: some
    type: multiple
    points: 3
    scoring: net
    prompt: Choose some.
    objective: Choose some
    explanation: Because of three.
    source: A book
    options:
      - {id: a, text: A, correct: true, feedback: A is.}
      - {id: b, text: B, correct: true, feedback: B is.}
      - {id: c, text: C, correct: true, feedback: C is.}
      - {id: d, text: D, correct: false, feedback: D is not.}
      - {id: e, text: E, correct: false, feedback: E is not.}
  - id: whether
    type: true_false
    prompt: It is so.
    objective: Decide
    explanation: It is not so.
    source: A book
    answer: false
    if_true: It is not.
    if_false: Indeed it is not.
    misconception: It is so.
"""


@pytest.fixture(autouse=True)
def own_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Attempts are kept here, and not among those of whoever runs the tests."""
    monkeypatch.setenv("DEPLOYLAB_ATTEMPTS", str(tmp_path / "attempts.sqlite"))
    return tmp_path / "attempts.sqlite"


@pytest.fixture(scope="session")
def text() -> str:
    return SMALL


@pytest.fixture(scope="session")
def small() -> Quiz:
    return loads(SMALL)


@pytest.fixture(scope="session")
def shipped_path() -> Path:
    return QUIZZES / "rolling-deployment.yaml"


@pytest.fixture(scope="session")
def shipped(shipped_path: Path) -> Quiz:
    return load(shipped_path)


@pytest.fixture(scope="session")
def every_path() -> Path:
    return Path(__file__).parent / "files" / "every-type.yaml"


@pytest.fixture(scope="session")
def every(every_path: Path) -> Quiz:
    """A question of every type."""
    return load(every_path)
