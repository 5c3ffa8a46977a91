"""Readers of single values: texts, numbers, names, words to choose from.

>>> from deploylab.quiz.nodes import compose
>>> readers = (matching("[a-z]+", "use small letters"), integer(1, 100), part(0, 1), choice(["each", "net"]))
>>> [reader.read(Page(), "key", compose(text, "x.yaml"))
...     for reader, text in zip(readers, ("batch", "2", "1/3", "net"))]
['batch', 2, Fraction(1, 3), 'net']
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from typing import Any

import yaml

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import number, ratio
from deploylab.quiz.faults import advice, is_a, refusal, short
from deploylab.quiz.fields import Page, Reader, listed, named

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # no escape sequences for a terminal
_FRACTION = {"type": "string", "pattern": r"^\s*[-+]?\d{1,9}\s*/\s*\d{1,9}\s*$"}


def matching(pattern: str, wanted: str) -> Reader:
    """A reader of names of one shape."""

    def read(_page: Page, name: str, node: yaml.Node) -> str:
        if is_a(node, "str") and len(node.value) <= 64 and re.fullmatch(pattern, node.value):
            return str(node.value)
        raise QuizError(f"{name}: {short(node)!r} is not allowed; {wanted}")

    return Reader(read, {"type": "string", "pattern": f"^{pattern}$", "maxLength": 64})


def integer(low: int, high: int) -> Reader:
    """A reader of whole numbers from low to high."""

    def read(_page: Page, name: str, node: yaml.Node) -> int:
        digits = node.value if is_a(node, "int") and len(node.value) <= 9 else ""
        if digits.isdecimal() and low <= int(digits) <= high:
            return int(digits)
        wanted = f"a whole number from {low} to {high} is needed, for example {low or high // 2}"
        raise refusal(node, name, wanted)

    return Reader(read, {"type": "integer", "minimum": low, "maximum": high})


def part(low: int, high: int) -> Reader:
    """A reader of exact shares from low to high, such as 0.5 or 1/3."""

    def read(_page: Page, name: str, node: yaml.Node) -> Fraction:
        if is_a(node, "int", "float", "str") and len(node.value) <= 20:
            with suppress(QuizError):
                if low <= (value := ratio(node.value)) <= high:
                    return value
        raise refusal(node, name, f"a share from {low} to {high} is needed, for example 0.5 or 1/3")

    return Reader(read, {"anyOf": [{"type": "number", "minimum": low, "maximum": high}, _FRACTION]})


def choice(words: Iterable[str]) -> Reader:
    """A reader of one of several words."""
    allowed = tuple(words)

    def read(_page: Page, name: str, node: yaml.Node) -> str:
        if is_a(node, "str") and node.value in allowed:
            return str(node.value)
        raise QuizError(f"{name}: {short(node)!r} is not allowed; {advice(short(node), allowed)}")

    return Reader(read, {"enum": list(allowed)})


def _prose(_page: Page, name: str, node: yaml.Node) -> str:
    if not is_a(node, "str"):
        raise refusal(node, name, 'text is needed; put it in quotes, for example "25 %"')
    if not node.value.strip():
        raise QuizError(f"{name}: the text is empty; write something, or delete an optional key")
    if found := _CONTROL.search(node.value):
        cure = "delete it; a text with a backslash is put in '…', as in \"…\" it begins an escape"
        raise QuizError(f"{name}: the control character {found[0]!r} is not allowed; {cure}")
    return str(node.value).strip()


def _boolean(_page: Page, name: str, node: yaml.Node) -> bool:
    if is_a(node, "bool"):
        return str(node.value).lower() == "true"
    raise refusal(node, name, "true or false is needed, in small letters and without quotes")


def _numeral(page: Page, name: str, node: yaml.Node) -> str:
    if is_a(node, "str") and "{{" in node.value and page.templates:
        return str(node.value).strip()
    if is_a(node, "int", "float") and len(node.value) <= 40:
        with suppress(QuizError):
            number(node.value)
            return str(node.value)
    raise refusal(node, name, 'a number is needed, for example 0.5, or with parameters: "{{n * 2}}"')


def _ratio(page: Page, name: str, node: yaml.Node) -> str:
    with suppress(QuizError):
        if is_a(node, "str") and "/" in node.value:
            ratio(node.value)
            return str(node.value)
        return _numeral(page, name, node)
    raise refusal(node, name, "a number or a fraction is needed, for example 60 or 1/60")


def _tree(page: Page, name: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return named(TREE, 20).read(page, name, node)
    if isinstance(node, yaml.SequenceNode):
        return listed(TREE, 0, 20).read(page, name, node)
    read = _boolean if is_a(node, "bool") else _prose if is_a(node, "str") else _numeral
    return read(page, name, node)


PROSE = Reader(_prose, {"type": "string", "pattern": r"\S"})
BOOLEAN = Reader(_boolean, {"type": "boolean"})
NUMERAL = Reader(_numeral, {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"\{\{"}]})
RATIO = Reader(_ratio, {"anyOf": [*NUMERAL.schema["anyOf"], _FRACTION]})
TREE = Reader(_tree, {})  # what a scenario holds, the engine's own checks judge
ID = matching("[a-z0-9]+(-[a-z0-9]+)*", "use small letters, digits and single hyphens, such as batch-size")
