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
from deploylab.quiz.faults import Fault, fault_at, fault_in
from deploylab.quiz.syntax import explain, tab

DEPTH = 12  # a quiz itself needs 6
_TAB = re.compile(r"[\n\r\x85\u2028\u2029] *\t")
CORE = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
)


class _Loader(yaml.SafeLoader):
    """PyYAML's safe parser; only its composer is used, so that no Python object is ever built."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        peek: Callable[[], Any] = self.peek_event  # which PyYAML's stubs leave without types
        event = peek()
        if self.check_event(yaml.AliasEvent) or event.anchor:
            name = ("*" if self.check_event(yaml.AliasEvent) else "&") + event.anchor[:40]
            raise fault_at(
                event.start_mark,
                f"{name}: anchors and aliases are not allowed; put a text with {name[0]} in quotes",
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
    deploylab.model.errors.QuizError: x.yaml:1:8: *t: anchors and aliases are not allowed; ...
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
        raise QuizError(explain(error, text).tell(source)) from None
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
        lines = start.buffer[: found.end()].splitlines()
        raise tab(lines, len(lines) - 1)
