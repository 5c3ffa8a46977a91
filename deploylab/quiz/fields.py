"""Read the keys of a quiz file from their nodes: a reader returns a value, or raises what is wrong with it.

A Page collects the faults, so that one bad value does not hide the next. Every key of the format is one row
of a table: how it is read, what it is for, an example. The loader, the schema for editors and the reference
are made from the same rows. Readers of single values are in scalars.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml

from deploylab.model.errors import QuizError
from deploylab.quiz.faults import NO_DASH, Fault, fault_at, refusal, short, unknown

T = TypeVar("T")


@dataclass
class Page:
    """The faults found so far in a file, its folder, and whether {{parameters}} may stand for numbers."""

    faults: list[Fault] = field(default_factory=list)
    folder: Path | None = None
    templates: bool = False

    def blame(self, node: yaml.Node, text: str) -> None:
        """Note a fault, and read on."""
        self.faults.append(fault_at(node.start_mark, text))

    def take(self, reader: Reader, name: str, node: yaml.Node) -> Any:
        """The value of a node, or None after its fault is noted."""
        try:
            return reader.read(self, name, node)
        except Fault as fault:
            self.faults.append(fault)
        except QuizError as error:  # what the reader, or the noun itself, refuses
            self.blame(node, str(error))
        except NotedError:
            pass
        return None


class NotedError(Exception):
    """What could not be made, as some of its parts are faults that have been noted."""


class Reader(NamedTuple):
    """How a value is read, and the same as JSON Schema, for editors."""

    read: Callable[[Page, str, yaml.Node], Any]
    schema: dict[str, Any]


class Key(NamedTuple):
    """One key of the format; a default of None says that it must be there, "" that nothing is assumed."""

    reader: Reader
    help: str
    example: Any
    default: Any = ""

    @property
    def needed(self) -> bool:
        """Whether the key must be there."""
        return self.default is None


Table = Mapping[str, Key]


def record(page: Page, noun: str, node: yaml.Node, table: Table) -> dict[str, Any]:
    """Read a mapping by its table; blame unknown, double and missing keys.

    >>> from deploylab.quiz.nodes import compose
    >>> from deploylab.quiz.scalars import PROSE
    >>> reader = made("quiz", dict, {"title": Key(PROSE, "What students read.", "Canary")})
    >>> (page := Page()).take(reader, "quiz", compose("titel: A", "x.yaml"))
    >>> print(page.faults[0].tell("x.yaml"))
    x.yaml:1:1: titel: this key is not known in a quiz; did you mean title?
    """
    before, values = len(page.faults), {}
    for key, name, value in _pairs(page, noun, node):
        if name in table:
            values[name] = page.take(table[name].reader, name, value)
        else:
            page.blame(key, unknown(key, value, noun, table))
    if missing := [name for name, key in table.items() if key.needed and name not in values]:
        page.blame(node, f"{noun}: {', '.join(missing)} missing; see the examples in quizzes/README.md")
    if len(page.faults) > before:
        raise NotedError
    return values


def build(node: yaml.Node, make: Callable[..., T], values: Mapping[str, Any]) -> T:
    """Make a noun; what it refuses is told at the key that its message names, or deeper if it names more."""
    try:
        return make(**values)
    except QuizError as error:
        place, below = node, node
        for name in str(error).split(": "):
            pairs = below.value if isinstance(below, yaml.MappingNode) else []
            path = name.rpartition(".")[2]
            if not (found := next((pair for pair in pairs if pair[0].value == path), None)):
                break
            place, below = found
        raise fault_at(place.start_mark, str(error)) from None


def made(noun: str, make: Callable[..., Any], table: Table) -> Reader:
    """A reader of a mapping that makes a noun of its values, and blames what the noun refuses."""

    def read(page: Page, _name: str, node: yaml.Node) -> Any:
        return build(node, make, record(page, noun, node, table))

    return Reader(read, object_schema(table))


def listed(member: Reader, least: int, most: int, **more: Any) -> Reader:
    """A reader of a list; it blames a length that is not allowed, and ids that are there twice.

    >>> from deploylab.quiz.nodes import compose
    >>> from deploylab.quiz.scalars import PROSE
    >>> listed(PROSE, 1, 5).read(Page(), "hints", compose("[one, two]", "x.yaml"))
    ('one', 'two')
    """

    def read(page: Page, name: str, node: yaml.Node) -> tuple[Any, ...]:
        if not isinstance(node, yaml.SequenceNode):
            raise refusal(node, name, 'a list is needed; start each member with "- "')
        if not least <= len(node.value) <= most:
            found = f"there are {len(node.value)}; {least} to {most} are allowed"
            page.blame(node, f"{name}: {found}; add or delete some")
        seen: set[str] = set()
        for own in filter(None, (child(one, "id") for one in node.value)):
            if own.value in seen:
                page.blame(own, f"id: {short(own)!r} is the id of another of these {name}; choose another")
            seen.add(own.value)
        return tuple([page.take(member, name.removesuffix("s"), one) for one in node.value])

    schema = {"type": "array", "minItems": least, "maxItems": most, "items": member.schema}
    return Reader(read, schema | more)


def named(member: Reader, most: int) -> Reader:
    """A reader of a mapping whose keys the author chooses.

    >>> from deploylab.quiz.nodes import compose
    >>> from deploylab.quiz.scalars import NUMERAL
    >>> named(NUMERAL, 3).read(Page(), "units", compose("{min: 60}", "x.yaml"))
    (('min', '60'),)
    """

    def read(page: Page, name: str, node: yaml.Node) -> tuple[tuple[str, Any], ...]:
        pairs = list(_pairs(page, name, node))
        if not 1 <= len(pairs) <= most:
            page.blame(node, f"{name}: there are {len(pairs)}; 1 to {most} are allowed; add or delete some")
        return tuple((key, page.take(member, f"{name}.{key}", value)) for _, key, value in pairs)

    schema = {"type": "object", "additionalProperties": member.schema}
    return Reader(read, schema | {"minProperties": 1, "maxProperties": most})


def child(node: yaml.Node, name: str) -> yaml.ScalarNode | None:
    """The scalar under a key, when there is one; used to look ahead before all is read.

    >>> from deploylab.quiz.nodes import compose
    >>> child(compose("{id: a, type: single}", "x.yaml"), "type").value
    'single'
    """
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    found = (value for key, value in pairs if key.value == name and isinstance(value, yaml.ScalarNode))
    return next(found, None)


def object_schema(table: Table) -> dict[str, Any]:
    """The JSON Schema of a mapping with the keys of a table."""
    properties = {
        name: {**key.reader.schema, "description": key.help, "examples": [key.example]}
        | ({"default": key.default} if key.default not in ("", None) else {})
        for name, key in table.items()
    }
    needed = [name for name, key in table.items() if key.needed]
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return schema | ({"required": needed} if needed else {})


def _pairs(page: Page, noun: str, node: yaml.Node) -> Iterator[tuple[yaml.Node, str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise refusal(node, noun, f"keys with values are needed, for example id: my-{noun}")
    seen: set[str] = set()
    for key, value in node.value:
        name = short(key)
        if name in seen and name == "id":  # what follows belongs to another one
            raise fault_at(key.start_mark, f"id: this key is here twice; {NO_DASH}")
        if name in seen:
            page.blame(key, f"{name}: this key is here twice; delete one of the two")
        else:
            seen.add(name)
            yield key, name, value
