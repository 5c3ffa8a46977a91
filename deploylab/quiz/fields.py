"""Read the values of a quiz file from their nodes: a reader returns a value or raises a Fault.

A Page collects the faults, so that one bad value does not hide the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NamedTuple

import yaml

from deploylab.quiz.nodes import Fault, fault_at

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # no escape sequences for a terminal
_KINDS = {"int": "a number", "float": "a number", "bool": "a truth value", "null": "empty", "str": "text"}


@dataclass
class Page:
    """The faults found so far in one file."""

    faults: list[Fault] = field(default_factory=list)

    def blame(self, node: yaml.Node, text: str) -> None:
        """Note a fault, and read on."""
        self.faults.append(fault_at(node.start_mark, text))

    def take(self, read: Reader, name: str, node: yaml.Node) -> Any:
        """The value of a node, or None after its fault is noted."""
        try:
            return read(self, name, node)
        except Fault as fault:
            self.faults.append(fault)
            return None


Reader = Callable[[Page, str, yaml.Node], Any]


class Key(NamedTuple):
    """How the value of a key is read, and whether the key must be there."""

    read: Reader
    needed: bool = True


def record(page: Page, noun: str, node: yaml.Node, table: Mapping[str, Key]) -> dict[str, Any]:
    """Read a mapping by its table; blame unknown, double and missing keys.

    >>> from deploylab.quiz.nodes import compose
    >>> record(page := Page(), "quiz", compose("titel: A", "x.yaml"), {"title": Key(prose, needed=False)})
    {}
    >>> print(page.faults[0].tell("x.yaml"))
    x.yaml:1:1: titel: this key is not known in a quiz; did you mean title?
    """
    if not isinstance(node, yaml.MappingNode):
        raise _refusal(node, noun, f"keys with values are needed, for example id: my-{noun}")
    values: dict[str, Any] = {}
    for key, value in node.value:
        name = _short(key)
        if name in values:
            page.blame(key, f"{name}: this key is here twice; delete one of the two")
        elif name in table:
            values[name] = page.take(table[name].read, name, value)
        else:
            page.blame(key, f"{name}: this key is not known in a {noun}; {_advice(name, table)}")
    if missing := [name for name, key in table.items() if key.needed and name not in values]:
        page.blame(node, f"{noun}: {', '.join(missing)} missing; see the examples in quizzes/README.md")
    return values


def several(page: Page, name: str, node: yaml.Node, read: Reader, least: int, most: int) -> tuple[Any, ...]:
    """Read a list; blame a length that is not allowed, and ids that are there twice.

    >>> from deploylab.quiz.nodes import compose
    >>> several(Page(), "hints", compose("[one, two]", "x.yaml"), prose, 1, 5)
    ('one', 'two')
    """
    if not isinstance(node, yaml.SequenceNode):
        raise _refusal(node, name, 'a list is needed; start each member with "- "')
    if not least <= len(node.value) <= most:
        page.blame(
            node, f"{name}: there are {len(node.value)}; {least} to {most} are allowed; add or delete some"
        )
    seen: set[str] = set()
    for id_ in (value for member in node.value for value in [child(member, "id")] if value):
        if id_.value in seen:
            page.blame(id_, f"id: {_short(id_)!r} is the id of another of these {name}; choose another one")
        seen.add(id_.value)
    return tuple([page.take(read, name.removesuffix("s"), member) for member in node.value])


def child(node: yaml.Node, name: str) -> yaml.ScalarNode | None:
    """The scalar under a key, when there is one; used to look ahead before all is read.

    >>> from deploylab.quiz.nodes import compose
    >>> child(compose("{id: a, type: single}", "x.yaml"), "type").value
    'single'
    """
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next(
        (value for key, value in pairs if key.value == name and isinstance(value, yaml.ScalarNode)), None
    )


def prose(_page: Page, name: str, node: yaml.Node) -> str:
    """A text that says something.

    >>> from deploylab.quiz.nodes import compose
    >>> prose(Page(), "text", compose("no", "x.yaml"))
    'no'
    """
    if not _is(node, "str"):
        raise _refusal(node, name, 'text is needed; put it in quotes, for example "25 %"')
    if not node.value.strip():
        raise fault_at(
            node.start_mark, f"{name}: the text is empty; write something, or delete an optional key"
        )
    if found := _CONTROL.search(node.value):
        raise fault_at(
            node.start_mark, f"{name}: the control character {found[0]!r} is not allowed; delete it"
        )
    return str(node.value).strip()


def matching(pattern: str, advice: str) -> Reader:
    """A reader of names of one shape.

    >>> from deploylab.quiz.nodes import compose
    >>> matching("[a-z]+", "use small letters")(Page(), "id", compose("batch", "x.yaml"))
    'batch'
    """

    def read(_page: Page, name: str, node: yaml.Node) -> str:
        if _is(node, "str") and len(node.value) <= 64 and re.fullmatch(pattern, node.value):
            return str(node.value)
        raise fault_at(node.start_mark, f"{name}: {_short(node)!r} is not allowed; {advice}")

    return read


def boolean(_page: Page, name: str, node: yaml.Node) -> bool:
    """True or false.

    >>> from deploylab.quiz.nodes import compose
    >>> boolean(Page(), "correct", compose("true", "x.yaml"))
    True
    """
    if _is(node, "bool"):
        return str(node.value).lower() == "true"
    raise _refusal(node, name, "true or false is needed, in small letters and without quotes")


def number(low: int, high: int) -> Reader:
    """A reader of whole numbers from low to high.

    >>> from deploylab.quiz.nodes import compose
    >>> number(1, 100)(Page(), "points", compose("2", "x.yaml"))
    2
    """

    def read(_page: Page, name: str, node: yaml.Node) -> int:
        digits = node.value if _is(node, "int") and len(node.value) <= 9 else ""
        if digits.isdecimal() and low <= int(digits) <= high:
            return int(digits)
        raise _refusal(node, name, f"a whole number from {low} to {high} is needed, for example {low}")

    return read


def choice(words: Iterable[str]) -> Reader:
    """A reader of one of several words.

    >>> from deploylab.quiz.nodes import compose
    >>> choice(["each", "net"])(Page(), "scoring", compose("net", "x.yaml"))
    'net'
    """
    allowed = tuple(words)

    def read(_page: Page, name: str, node: yaml.Node) -> str:
        if _is(node, "str") and node.value in allowed:
            return str(node.value)
        raise fault_at(
            node.start_mark, f"{name}: {_short(node)!r} is not allowed; {_advice(_short(node), allowed)}"
        )

    return read


def anything(_page: Page, _name: str, _node: yaml.Node) -> None:
    """A value that cannot be judged, because a fault elsewhere hides what it should be."""


def _is(node: yaml.Node, tag: str) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == f"tag:yaml.org,2002:{tag}"


def _refusal(node: yaml.Node, name: str, allowed: str) -> Fault:
    kind = _KINDS.get(node.tag.rpartition(":")[2], f"tagged {node.tag[:40]!r}")
    if isinstance(node, yaml.ScalarNode):
        found = f"{_short(node)!r} is {kind}" if node.value else "this is empty"
    else:
        found = "this is a list" if isinstance(node, yaml.SequenceNode) else "these are keys with values"
    return fault_at(node.start_mark, f"{name}: {found}; {allowed}")


def _short(node: yaml.Node) -> str:
    """What stands there, on one short line."""
    words = " ".join(node.value.split()) if isinstance(node, yaml.ScalarNode) else "[…]"
    return words if len(words) <= 40 else words[:39] + "…"


def _advice(word: str, words: Iterable[str]) -> str:
    known = sorted(words)
    near = get_close_matches(word, known, 1, cutoff=0.75)
    return f"did you mean {near[0]}?" if near else f"allowed are {', '.join(known)}"
