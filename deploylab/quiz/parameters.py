"""Parameters of a question: values that each attempt draws anew, and that are filled into its texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import decimal, number
from deploylab.quiz.chance import rank
from deploylab.quiz.expression import Value, evaluate
from deploylab.quiz.faults import is_a
from deploylab.quiz.fields import Key, Page, Reader, listed, object_schema, record
from deploylab.quiz.scalars import NUMERAL, PROSE

if TYPE_CHECKING:
    from deploylab.quiz.model import Question

T = TypeVar("T")
MOST = 1000  # values of one parameter
_SAMPLES = 25  # of all papers, tried when a quiz is read
_BRACES = re.compile(r"\{\{(.{1,200}?)\}\}")


def draw(question: Question, *seed: object) -> Question:
    """The question with its parameters drawn by the seed and filled in."""
    if not question.parameters:
        return question
    return fill(question, _picked(question, seed))


def check_parameters(question: Question) -> None:
    """Refuse a question of which some papers cannot be made: all ends of ranges and 25 draws are tried."""
    ends = ({name: texts[end] for name, texts in question.parameters} for end in (0, -1))
    samples = (_picked(question, ("check", sample)) for sample in range(_SAMPLES))
    for picked in (*ends, *samples) if question.parameters else ():
        try:
            fill(question, picked)
        except QuizError as error:
            shown = ", ".join(f"{name} = {text}" for name, text in picked.items())
            raise QuizError(f"parameters: with {shown}: {error}") from None


def _picked(question: Question, seed: tuple[object, ...]) -> dict[str, str]:
    return {name: texts[rank(*seed, question.id, name) % len(texts)] for name, texts in question.parameters}


def fill(noun: T, picked: Mapping[str, str]) -> T:
    """A noun with every {{expression}} in its texts replaced by its value.

    >>> from deploylab.quiz.model import Hint
    >>> fill(Hint("A quarter of {{n}} is {{n / 4}}."), {"n": "6"}).text
    'A quarter of 6 is 1.5.'
    """
    filled: T = _fill(noun, {name: _value(text) for name, text in picked.items()})
    return filled


def _fill(part: Any, values: Mapping[str, Value]) -> Any:
    if isinstance(part, str):
        return _BRACES.sub(lambda found: _told(evaluate(found[1], values)), part)
    if isinstance(part, tuple):
        return tuple(_fill(one, values) for one in part)
    if is_dataclass(part) and not isinstance(part, type):
        own = {
            one.name: getattr(part, one.name)
            for one in fields(part)
            if one.name not in ("parameters", "place")
        }
        return replace(part, **{name: _fill(value, values) for name, value in own.items()})
    return part


def _value(text: str) -> Value:
    try:
        return number(text)
    except QuizError:
        return text


def _told(value: Value) -> str:
    return decimal(value) if isinstance(value, Fraction) else value


def _read(page: Page, name: str, node: yaml.Node) -> tuple[str, ...]:
    if not re.fullmatch(r"parameters\.[a-z][a-z0-9_]{0,20}", name):
        raise QuizError(f"{name}: a name of small letters, digits and _ is needed, for example n")
    if isinstance(node, yaml.SequenceNode):
        return tuple(listed(_WORD, 1, MOST).read(page, name, node))
    values = record(page, "parameter", node, _RANGE)
    low, high, step = (number(values.get(key, "1")) for key in ("from", "to", "step"))
    if step <= 0 or high < low or (high - low) / step >= MOST:
        raise QuizError(
            f"{name}: from {low} to {high} in steps of {step} is not 1 to {MOST} values; change the step"
        )
    return tuple(decimal(low + step * index) for index in range(int((high - low) / step) + 1))


def _word(page: Page, name: str, node: yaml.Node) -> str:
    return str((NUMERAL if is_a(node, "int", "float") else PROSE).read(page, name, node))


_WORD = Reader(_word, {"type": ["string", "number"]})
_RANGE = {
    "from": Key(NUMERAL, "The first value.", 4, None),
    "to": Key(NUMERAL, "The last value.", 20, None),
    "step": Key(NUMERAL, "From one value to the next.", 4, 1),
}
_LIST = {"type": "array", "minItems": 1, "maxItems": MOST, "items": _WORD.schema}
VALUES = Reader(_read, {"anyOf": [_LIST, object_schema(_RANGE)]})
