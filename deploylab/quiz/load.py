"""Read a quiz file: all of its faults at once, each on one line with file, line and column."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path
from typing import cast

from deploylab.model.errors import QuizError
from deploylab.quiz.faults import fault_in
from deploylab.quiz.fields import Page, made
from deploylab.quiz.keys import QUIZ
from deploylab.quiz.model import Quiz
from deploylab.quiz.nodes import compose
from deploylab.quiz.source import LIMIT, read_bytes

_MOST = 50  # faults told at once
_NO_TEXTS = (b"PK\x03\x04", b"{\\rtf", b"%PDF", b"\xd0\xcf\x11\xe0")
_QUIZ = made("quiz", Quiz, QUIZ)


def load(path: str | Path) -> Quiz:
    """Read a quiz from a file.

    >>> load("no-such-quiz.yaml")
    Traceback (most recent call last):
    deploylab.model.errors.QuizError: no-such-quiz.yaml: there is no such file; check the name and the folder
    """
    data = read_bytes(Path(path)).removeprefix(BOM_UTF8)
    if data.startswith(_NO_TEXTS):
        why = "this is a file of a word processor or a spreadsheet; save it as plain text, encoded in UTF-8"
        raise QuizError(f"{path}:1:1: {why}")
    try:
        return loads(data.decode(), str(path), Path(path).parent)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        message = f"byte {data[error.start]:#04x} is not UTF-8; save the file with the encoding UTF-8"
        raise QuizError(fault_in(before, len(before), message).tell(str(path))) from None


def loads(text: str, source: str = "<string>", folder: Path | None = None) -> Quiz:
    """Read a quiz from a text; `source` is the name that messages give it, `folder` is where its figures are.

    >>> loads("id: rolling\\nversion: one\\ntitel: Rolling\\nquestions: []", "x.yaml")
    Traceback (most recent call last):
    deploylab.model.errors.QuizError: x.yaml:1:1: quiz: title missing; see the examples in quizzes/README.md
    x.yaml:2:10: version: 'one' is text; a whole number from 1 to 9999 is needed, for example 1
    x.yaml:3:1: titel: this key is not known in a quiz; did you mean title?
    x.yaml:4:12: questions: there are 0; 1 to 500 are allowed; add or delete some
    """
    if len(text) > LIMIT:
        raise QuizError(f"{source}: the quiz is larger than {LIMIT // 1024} KiB; split it into several")
    page = Page(folder=folder)
    quiz = page.take(_QUIZ, "quiz", compose(text, source))
    if page.faults:
        faults = sorted(page.faults, key=lambda fault: (fault.line, fault.column, fault.text))
        lines = [fault.tell(source) for fault in faults[:_MOST]]
        if len(faults) > _MOST:
            lines.append(f"{source}: {len(faults) - _MOST} more faults; repair these first")
        raise QuizError("\n".join(lines))
    return cast(Quiz, quiz)
