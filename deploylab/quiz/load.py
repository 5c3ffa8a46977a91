"""Read a quiz file: all of its faults at once, each on one line with file, line and column.

The tables below are the format, one row a key. quizzes/quiz.schema.json says the same to an editor, and a
test holds the two together.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

import yaml

from deploylab.model.errors import QuizError
from deploylab.quiz.fields import (
    Key,
    Page,
    anything,
    boolean,
    child,
    choice,
    matching,
    number,
    prose,
    record,
    several,
)
from deploylab.quiz.model import Kind, Multiple, Option, Question, Quiz, Scoring, Single, TrueFalse
from deploylab.quiz.nodes import compose, fault_in

LIMIT = 256 * 1024  # bytes: room for some 200 questions
_MOST = 50  # faults told at once


def load(path: str | Path) -> Quiz:
    """Read a quiz from a file.

    >>> load("no-such-quiz.yaml")
    Traceback (most recent call last):
    deploylab.model.errors.QuizError: no-such-quiz.yaml: there is no such file; check the name and the folder
    """
    data = _bytes(Path(path))
    try:
        return loads(data.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        message = f"byte {data[error.start]:#04x} is not UTF-8; save the file with the encoding UTF-8"
        raise QuizError(fault_in(before, len(before), message).tell(str(path))) from None


def loads(text: str, source: str = "<string>") -> Quiz:
    """Read a quiz from a text; `source` is the name that messages give it.

    >>> loads("id: rolling\\nversion: one\\ntitel: Rolling\\nquestions: []", "x.yaml")
    Traceback (most recent call last):
    deploylab.model.errors.QuizError: x.yaml:1:1: quiz: title missing; see the examples in quizzes/README.md
    x.yaml:2:10: version: 'one' is text; a whole number from 1 to 9999 is needed, for example 1
    x.yaml:3:1: titel: this key is not known in a quiz; did you mean title?
    x.yaml:4:12: questions: there are 0; 1 to 500 are allowed; add or delete some
    """
    if len(text) > LIMIT:
        raise QuizError(f"{source}: the quiz is larger than {LIMIT // 1024} KiB; split it into several")
    page = Page()
    quiz = page.take(_quiz, "quiz", compose(text, source))
    if page.faults:
        faults = sorted(page.faults, key=lambda fault: (fault.line, fault.column, fault.text))
        lines = [fault.tell(source) for fault in faults[:_MOST]]
        if len(faults) > _MOST:
            lines.append(f"{source}: {len(faults) - _MOST} more faults; mend these first")
        raise QuizError("\n".join(lines))
    return cast(Quiz, quiz)


def _bytes(path: Path) -> bytes:
    """No more of a file than is allowed: a device or a pipe would never end."""
    try:
        if path.exists() and not path.is_file():
            raise QuizError(
                f"{path}: this is not a file; give the path of a quiz, for example quizzes/my-quiz.yaml"
            )
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except FileNotFoundError:
        raise QuizError(f"{path}: there is no such file; check the name and the folder") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise QuizError(
            f"{path}: the file cannot be read ({reason}); check its name and its permissions"
        ) from None
    if len(data) > LIMIT:
        raise QuizError(f"{path}: the quiz is larger than {LIMIT // 1024} KiB; split it into several")
    return data


def _quiz(page: Page, name: str, node: yaml.Node) -> Quiz | None:
    values = record(page, name, node, _QUIZ)
    return None if page.faults else Quiz(**values)


def _questions(page: Page, name: str, node: yaml.Node) -> tuple[Question, ...]:
    return several(page, name, node, _question, 1, 500)


def _question(page: Page, name: str, node: yaml.Node) -> Question | None:
    before, found = len(page.faults), child(node, "type")
    make, own = _KINDS.get(found.value if found else "", (None, _UNKNOWN_KIND))
    values = record(page, f"{found.value} question" if make and found else name, node, _QUESTION | own)
    if make is None or len(page.faults) > before:
        return None
    del values["type"]
    try:
        kind = make(**{key: values.pop(key) for key in own if key in values})
    except QuizError as error:  # what the noun itself refuses; all such rules are about its options
        page.blame(next((key for key, _ in node.value if key.value == "options"), node), str(error))
        return None
    return Question(kind=kind, **values)


def _options(page: Page, name: str, node: yaml.Node) -> tuple[Option, ...]:
    return several(page, name, node, _option, 2, 10)


def _option(page: Page, name: str, node: yaml.Node) -> Option | None:
    before = len(page.faults)
    values = record(page, name, node, _OPTION)
    return None if len(page.faults) > before else Option(**values)


def _hints(page: Page, name: str, node: yaml.Node) -> tuple[str, ...]:
    return several(page, name, node, prose, 1, 5)


_ID = Key(
    matching("[a-z0-9]+(-[a-z0-9]+)*", "use small letters, digits and single hyphens, such as batch-size")
)
_CODE = matching("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "use a language code, such as en or pt-BR")
_OPTION = {
    "id": _ID,
    "text": Key(prose),
    "correct": Key(boolean),
    "feedback": Key(prose),
    "misconception": Key(prose, needed=False),
}
_KINDS: dict[str, tuple[type[Kind], dict[str, Key]]] = {
    "single": (Single, {"options": Key(_options)}),
    "multiple": (
        Multiple,
        {"options": Key(_options), "scoring": Key(choice(get_args(Scoring)), needed=False)},
    ),
    "true_false": (
        TrueFalse,
        {
            "answer": Key(boolean),
            "if_true": Key(prose),
            "if_false": Key(prose),
            "misconception": Key(prose, needed=False),
        },
    ),
}
# When the type is wrong, its fault is told alone: no key that some type knows is blamed.
_UNKNOWN_KIND = {key: Key(anything, needed=False) for _, own in _KINDS.values() for key in own}
_QUESTION = {
    "id": _ID,
    "type": Key(choice(_KINDS)),
    "prompt": Key(prose),
    "objective": Key(prose),
    "explanation": Key(prose),
    "source": Key(prose),
    "points": Key(number(1, 100), needed=False),
    "hints": Key(_hints, needed=False),
}
_QUIZ = {
    "id": _ID,
    "version": Key(number(1, 9999)),
    "title": Key(prose),
    "questions": Key(_questions),
    "language": Key(_CODE, needed=False),
    "licence": Key(prose, needed=False),
    "pass_mark": Key(number(0, 100), needed=False),
}
