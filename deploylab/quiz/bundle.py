"""A quiz without its answers, for students; the answers that come back; and grading them where the key is.

A bundle holds what each question asks (ask.py) and never its kind, so a new type of question cannot leak: no
key, feedback, explanation, source, objective or misconception is ever written into it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from deploylab.model.errors import QuizError
from deploylab.quiz.ask import Ask, Choice, Field
from deploylab.quiz.grade import Answer
from deploylab.quiz.kinds.keyless import Keyless
from deploylab.quiz.load import load
from deploylab.quiz.model import Figure, Hint, Question, Quiz
from deploylab.quiz.paper import draw
from deploylab.quiz.score import Result, mark
from deploylab.quiz.source import read_bytes

FORMAT = 1
LARGEST = 64 * 1024 * 1024  # bytes: a bundle carries its pictures
_HEAD = (
    "id", "version", "title", "language", "licence", "pass_mark", "mode", "shuffle", "pick", "attempts",
    "confidence",
)  # fmt: skip


def export(quiz: Quiz) -> dict[str, Any]:
    """The quiz as JSON for students: all that they need to answer it, and nothing of what is right.

    >>> from deploylab.quiz.model import TrueFalse
    >>> question = Question("deadline", TrueFalse(False, "It marks."), "It rolls back.", explanation="So.")
    >>> "marks" in json.dumps(export(Quiz("rolling", 1, "Rolling", (question,))))
    False
    """
    return {
        "deploylab_bundle": FORMAT,
        **{name: getattr(quiz, name) for name in _HEAD},
        "questions": [_question(question) for question in quiz.questions],
    }


def read_bundle(data: bytes, source: str) -> Quiz:
    """The quiz of a bundle; its answers can be kept, and are graded elsewhere."""
    try:
        content = json.loads(data)
        if content["deploylab_bundle"] != FORMAT:
            given = str(content["deploylab_bundle"])[:20]
            raise QuizError(f"{source}: a bundle of format {given!r}; this version reads {FORMAT}")
        questions = tuple(_keyless(one) for one in content["questions"])
        return Quiz(questions=questions, reveal="never", **{name: content[name] for name in _HEAD})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, QuizError):
            raise
        raise QuizError(f"{source}: this is no bundle of deploylab quiz export ({_why(error)})") from None


def load_any(path: str | Path) -> Quiz:
    """A quiz from its YAML file, or from a bundle when the name ends in .json."""
    if Path(path).suffix.lower() != ".json":
        return load(path)
    return read_bundle(read_bytes(Path(path), LARGEST), str(path))


def same(bundle: Quiz, key: Quiz) -> None:
    """Refuse a key that is not the quiz from which a bundle was made."""
    if json.dumps(export(bundle)) != json.dumps(export(key)):
        raise QuizError(
            f"{key.id!r} version {key.version} is not, or no longer, the quiz of this bundle "
            f"({bundle.id!r} version {bundle.version}); grade with the file that was exported"
        )


def grade_answers(key: Quiz, data: bytes, source: str) -> Result:
    """The result of answers that came back, by the paper that this student had."""
    try:
        content = json.loads(data)
        names = ("quiz", "version", "student", "attempt")
        quiz, version, student, attempt = (content[name] for name in names)
        if not isinstance(student, str) or type(attempt) is not int:
            raise TypeError("student is a text, attempt a number")
        answers = {name: _answer(one) for name, one in content["answers"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise QuizError(f"{source}: these are no answers to a quiz ({_why(error)})") from None
    if (quiz, version) != (key.id, key.version):
        raise QuizError(
            f"{source}: answers to {quiz!r} version {version}, not to {key.id!r} version {key.version}"
        )
    try:
        return mark(draw(key, student, attempt), answers)
    except QuizError as error:
        raise QuizError(f"{source}: {error}") from None


def _why(error: Exception) -> str:
    """What is wrong with a file that somebody sends, in words."""
    match error:
        case json.JSONDecodeError():
            return f"line {error.lineno} is not JSON; it was cut off or changed, so ask for it once more"
        case UnicodeDecodeError():
            return "this is not a text; ask for the file once more"
        case KeyError():
            return f"it has no {error.args[0]!r}"
    return "it is not in the form in which it was written"


def _question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "prompt": question.prompt,
        "points": question.points,
        "hints": [[hint.text, str(hint.cost)] for hint in question.hints],
        "figure": asdict(question.figure) if question.figure else None,
        "parameters": [[name, list(values)] for name, values in question.parameters],
        "ask": asdict(question.kind.ask),
    }


def _keyless(content: dict[str, Any]) -> Question:
    fields = tuple(
        Field(**{
            **field,
            "choices": tuple(Choice(**one) for one in field["choices"]),
            "units": tuple((name, worth) for name, worth in field["units"]),
        })
        for field in content["ask"]["fields"]
    )  # fmt: skip
    return Question(
        content["id"], Keyless(Ask(fields, content["ask"]["rule"])), content["prompt"],
        points=content["points"],
        hints=tuple(Hint(text, Fraction(cost)) for text, cost in content["hints"]),
        figure=Figure(**content["figure"]) if content["figure"] else None,
        parameters=tuple((name, tuple(values)) for name, values in content["parameters"]),
    )  # fmt: skip


def _answer(content: dict[str, Any]) -> Answer:
    tries, hints, confidence = (content[name] for name in ("tries", "hints", "confidence"))
    if any(type(number) is not int or not 0 <= number <= 100 for number in (tries, hints, confidence)):
        raise TypeError("tries, hints and confidence are small whole numbers")
    return Answer(tuple(content["response"]), max(1, tries), hints, confidence)


def find_key(bundle: str | Path, key: str | Path | None) -> Quiz:
    """The quiz with the answers to a bundle: the one that is named, or a file of its id beside the bundle."""
    quiz = load_any(bundle)
    if not quiz.keyless:
        return quiz
    path = Path(key) if key else Path(bundle).parent / f"{quiz.id}.yaml"
    if not path.exists():
        raise QuizError(
            f"{bundle}: the answers are not in a bundle, and there is no {path}; name the quiz with --key"
        )
    found = load_any(path)
    if found.keyless:
        raise QuizError(
            f"{path}: this is a bundle, which has no answers; give the quiz, a YAML file, with --key"
        )
    same(quiz, found)
    return found
