"""The subset of YAML that a quiz may use, as nodes that know their line and column.

Small on purpose: no anchors, no aliases, no tags, no deep nesting. So a file can neither grow in memory nor
run forever, and what a teacher reads is what the quiz says. Plain words are read as in YAML 1.2, as editors
do: `no` and `2024-01-31` are text, and only true and false are booleans.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from deploylab.model.errors import QuizError

DEPTH = 12  # a quiz itself needs 6
_TAB = re.compile(r"[\n\r\x85\u2028\u2029] *\t")
CORE = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
)


class Fault(Exception):  # noqa: N818 (a fault of a file, not of the program)
    """One fault of a file, before it is told to anyone; lines and columns count from 1."""

    def __init__(self, line: int, column: int, text: str) -> None:
        super().__init__(line, column, text)
        self.line, self.column, self.text = line, column, text

    def tell(self, source: str) -> str:
        """The fault as one line that an editor can jump to."""
        return f"{source}:{self.line}:{self.column}: {self.text}"


def fault_at(mark: Any, text: str) -> Fault:
    """A fault at a mark of PyYAML, which counts from 0."""
    return Fault(mark.line + 1, mark.column + 1, text)


def fault_in(text: str, position: int, message: str) -> Fault:
    """A fault at a position of a text.

    >>> fault_in("one: 1\\ntwo: 2", 9, "here").tell("x.yaml")
    'x.yaml:2:3: here'
    """
    line = text.count("\n", 0, position)
    return Fault(line + 1, position - text.rfind("\n", 0, position), message)


class _Loader(yaml.SafeLoader):
    """PyYAML's safe parser; only its composer is used, so that no Python object is ever built."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        peek: Callable[[], Any] = self.peek_event  # which PyYAML's stubs leave without types
        event = peek()
        if self.check_event(yaml.AliasEvent) or event.anchor:
            name = ("*" if self.check_event(yaml.AliasEvent) else "&") + event.anchor[:40]
            raise fault_at(
                event.start_mark, f"{name}: anchors and aliases are not allowed; write the text out"
            )
        if self.depth >= DEPTH:
            raise fault_at(event.start_mark, f"nested more than {DEPTH} levels deep; a quiz needs 6")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        if isinstance(event, yaml.ScalarEvent) and event.style not in ("|", ">"):
            _refuse_tabs(event)
        return node


_Loader.yaml_implicit_resolvers = {}  # its own, and not those of YAML 1.1
for _tag, _pattern, _first in CORE:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first)


def compose(text: str, source: str) -> yaml.Node:
    """The root node of a text, or a QuizError with the place of the first fault of syntax.

    >>> compose("title: *t", "x.yaml")
    Traceback (most recent call last):
    deploylab.model.errors.QuizError: x.yaml:1:8: *t: anchors and aliases are not allowed; write the text out
    """
    loader: Any = None
    try:
        loader = _Loader(text)
        node: yaml.Node | None = loader.get_single_node()
    except Fault as fault:
        raise QuizError(fault.tell(source)) from None
    except yaml.reader.ReaderError as error:
        message = f"the character {chr(error.character)!r} is not allowed in YAML; delete it"
        raise QuizError(fault_in(text, error.position, message).tell(source)) from None
    except yaml.MarkedYAMLError as error:
        raise QuizError(_syntax(error, text).tell(source)) from None
    except (OverflowError, ValueError):  # PyYAML's own way to meet "\\UFFFFFFFF"
        place: Any = loader.get_mark()
        message = "this escape names no character; write the character itself"
        raise QuizError(fault_at(place, message).tell(source)) from None
    if node is None:
        raise QuizError(
            f"{source}:1:1: the file is empty; a quiz starts with id, version, title and questions"
        )
    return node


def _refuse_tabs(event: yaml.ScalarEvent) -> None:
    """PyYAML folds a tab that indents the second line of a text; other parsers refuse it, and so do we."""
    start: Any = event.start_mark
    end: Any = event.end_mark
    if found := _TAB.search(start.buffer, start.pointer, end.pointer):
        raise _tab(fault_in(start.buffer, found.end() - 1, ""))


def _tab(place: Fault) -> Fault:
    message = "a tab in the indentation; YAML indents with spaces only; replace it by two spaces"
    return Fault(place.line, place.column, message)


def _syntax(error: yaml.MarkedYAMLError, text: str) -> Fault:
    mark: Any = error.problem_mark or error.context_mark
    if error.context_mark and "end of stream" in str(error.problem):
        mark = error.context_mark  # where a quote was opened says more than where the file ends
    line = (text.splitlines() + [""] * 2)[mark.line]
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        return _tab(Fault(mark.line + 1, indent.index("\t") + 1, ""))
    parts = [part for part in (error.context, error.problem) if part]
    words = " ".join(" ".join(parts).split())
    return fault_at(
        mark, f"this is not YAML: {words}; look for a missing quote, colon or space here or just above"
    )
