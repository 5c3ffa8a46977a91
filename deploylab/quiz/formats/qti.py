"""Write a quiz as QTI 1.2, which Canvas and other learning platforms read; the package text2qti makes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import decimal
from deploylab.quiz.formats.losses import Carries, drawn, losses, told
from deploylab.quiz.kinds.numeric import Numeric
from deploylab.quiz.kinds.short import Short
from deploylab.quiz.model import Multiple, Option, Quiz, Single, TrueFalse

_OPTION = {"options.text", "options.correct", "options.feedback"}
CARRIES: Carries = {
    "quiz": {"title"},
    "question": {"objective", "explanation", "points"},
    "single": _OPTION,
    "multiple": _OPTION,
    "true_false": {"answer", "if_true", "if_false"},
    "numeric": {"value", "range", "atol", "rtol", "feedback", "otherwise"},
    "short": {"accept", "feedback", "otherwise"},
}
_LEAST = 0.0001  # text2qti takes no number nearer to 0


def write_qti(quiz: Quiz) -> tuple[bytes, list[str]]:
    """The quiz as a QTI archive, and a line for all that is lost."""
    text, lost = qti_text(quiz)
    try:
        from text2qti.config import Config
        from text2qti.err import Text2qtiError
        from text2qti.qti import QTI
        from text2qti.quiz import Quiz as Text2qtiQuiz
    except ImportError:
        raise QuizError("QTI is written by the package text2qti: pip install 'deploylab[qti]'") from None
    try:
        return QTI(Text2qtiQuiz(text, config=Config(), source_name=quiz.id)).zip_bytes(), lost
    except Text2qtiError as error:
        raise QuizError(f"{quiz.id}: text2qti refuses this quiz: {error}") from None


def qti_text(quiz: Quiz) -> tuple[str, list[str]]:
    """The quiz in the plain text that text2qti reads.

    >>> from deploylab.quiz.model import Question
    >>> question = Question("probe", TrueFalse(True, if_false="It does."), "It restarts a container.")
    >>> print(qti_text(Quiz("q", 1, "Q", (question,)))[0].strip())
    Quiz title: Q
    <BLANKLINE>
    Title: probe
    Points: 1
    1.  It restarts a container.
    *a) True
    b)  False
    ... It does.
    """
    questions, lost = drawn(quiz)
    parts = [f"Quiz title: {_line(quiz.title)}"]
    for one in questions:
        if one.kind.type not in CARRIES:
            continue
        kind: Any = one.kind
        if isinstance(kind, Numeric) and _holds_zero(kind):
            lost.append(told("a number so near to 0 cannot be written, so it is left out", [one.id]))
            continue
        if isinstance(kind, Short) and any("*" in text for text in kind.accept):
            lost.append(told("* stands for itself, so answers with it are left out", [one.id]))
        head = [f"Title: {_line(one.objective or one.id)}", f"Points: {one.points}", _part("1.", one.prompt)]
        head += [_part("...", one.explanation)] if one.explanation else []
        parts.append("\n".join((*head, *_WRITERS[kind.type](kind))))
    if many := [one.id for one in questions if isinstance(one.kind, Multiple)]:
        lost.append(told("scoring is that of the platform", many))
    return "\n\n".join(parts) + "\n", lost + losses(quiz, questions, CARRIES)


def _part(mark: str, text: str) -> str:
    """A text after its mark; its further lines stand below its first one."""
    first, *rest = text.split("\n")
    return "\n".join((f"{mark:<4}{first}", *(f"    {line}" if line.strip() else "" for line in rest)))


def _line(text: str) -> str:
    return " ".join(text.split())


def _options(options: tuple[Option, ...], right: str, wrong: str) -> list[str]:
    lines = []
    for place, one in enumerate(options):
        letter = chr(ord("a") + place)
        lines.append(_part((right if one.worth > 0 else wrong).format(letter), one.text))
        lines += [_part("...", one.feedback)] if one.feedback else []
    return lines


def _single(kind: Single | TrueFalse) -> list[str]:
    best = tuple(Option(one.id, one.text, one.worth == 1, one.feedback) for one in kind.options)
    return _options(best, "*{})", "{})")


def _multiple(kind: Multiple) -> list[str]:
    return _options(kind.options, "[*]", "[ ]")


def _replies(kind: Numeric | Short) -> list[str]:
    said = [_part("+", kind.feedback)] if kind.feedback else []
    return said + ([_part("-", kind.otherwise)] if kind.otherwise else [])


def _numeric(kind: Numeric) -> list[str]:
    low, high = map(decimal, kind.ends)
    return [*_replies(kind), f"=   [{low}, {high}]" if low != high else f"=   {low} +- 0"]


def _holds_zero(kind: Numeric) -> bool:
    low, high = kind.ends
    return bool(low < _LEAST and high > -_LEAST)


def _short(kind: Short) -> list[str]:
    plain = [_line(text) for text in kind.accept if "*" not in text] or list(kind.key)
    return [*_replies(kind), *(f"*   {text}" for text in dict.fromkeys(plain))]


_WRITERS: dict[str, Callable[[Any], list[str]]] = {
    "single": _single, "multiple": _multiple, "true_false": _single, "numeric": _numeric, "short": _short,
}  # fmt: skip
