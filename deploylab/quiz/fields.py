"""Read the values of a quiz file from their nodes: a reader returns a value or raises a Fault.

A Page collects the faults, so that one bad value does not hide the next. Every key of the format is one row
of a table: how it is read, what it is for, an example. The loader, the schema for editors and the reference
are made from the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import number, ratio
from deploylab.quiz.faults import Fault, fault_at

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # no escape sequences for a terminal
_FRACTION = {"type": "string", "pattern": r"^\s*[-+]?\d{1,9}\s*/\s*\d{1,9}\s*$"}
_KINDS = {"int": "a number", "float": "a number", "bool": "a truth value", "null": "empty", "str": "text"}


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
        except QuizError as error:  # what the noun itself refuses
            self.blame(node, str(error))
        return None


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
    >>> table = {"title": Key(PROSE, "What students read.", "Canary")}
    >>> record(page := Page(), "quiz", compose("titel: A", "x.yaml"), table)
    {}
    >>> print(page.faults[0].tell("x.yaml"))
    x.yaml:1:1: titel: this key is not known in a quiz; did you mean title?
    """
    values: dict[str, Any] = {}
    for key, name, value in _pairs(page, noun, node):
        if name in table:
            values[name] = page.take(table[name].reader, name, value)
        else:
            page.blame(key, f"{name}: this key is not known in a {noun}; {advice(name, table)}")
    if missing := [name for name, key in table.items() if key.needed and name not in values]:
        page.blame(node, f"{noun}: {', '.join(missing)} missing; see the examples in quizzes/README.md")
    return values


def made(noun: str, make: Callable[..., Any], table: Table) -> Reader:
    """A reader of a mapping that makes a noun of its values, and blames what the noun refuses."""

    def read(page: Page, _name: str, node: yaml.Node) -> Any:
        before = len(page.faults)
        values = record(page, noun, node, table)
        return None if len(page.faults) > before else make(**values)

    return Reader(read, object_schema(table))


def listed(member: Reader, least: int, most: int, **more: Any) -> Reader:
    """A reader of a list; it blames a length that is not allowed, and ids that are there twice.

    >>> from deploylab.quiz.nodes import compose
    >>> listed(PROSE, 1, 5).read(Page(), "hints", compose("[one, two]", "x.yaml"))
    ('one', 'two')
    """

    def read(page: Page, name: str, node: yaml.Node) -> tuple[Any, ...]:
        if not isinstance(node, yaml.SequenceNode):
            raise _refusal(node, name, 'a list is needed; start each member with "- "')
        if not least <= len(node.value) <= most:
            page.blame(
                node,
                f"{name}: there are {len(node.value)}; {least} to {most} are allowed; add or delete some",
            )
        seen: set[str] = set()
        for id_ in (value for one in node.value for value in [child(one, "id")] if value):
            if id_.value in seen:
                page.blame(
                    id_, f"id: {_short(id_)!r} is the id of another of these {name}; choose another one"
                )
            seen.add(id_.value)
        return tuple([page.take(member, name.removesuffix("s"), one) for one in node.value])

    return Reader(
        read, {"type": "array", "minItems": least, "maxItems": most, "items": member.schema, **more}
    )


def named(member: Reader, most: int) -> Reader:
    """A reader of a mapping whose keys the author chooses.

    >>> from deploylab.quiz.nodes import compose
    >>> named(NUMERAL, 3).read(Page(), "units", compose("{min: 60}", "x.yaml"))
    (('min', '60'),)
    """

    def read(page: Page, name: str, node: yaml.Node) -> tuple[tuple[str, Any], ...]:
        pairs = list(_pairs(page, name, node))
        if not 1 <= len(pairs) <= most:
            page.blame(node, f"{name}: there are {len(pairs)}; 1 to {most} are allowed; add or delete some")
        return tuple((key, page.take(member, f"{name}.{key}", value)) for _, key, value in pairs)

    schema = {
        "type": "object",
        "additionalProperties": member.schema,
        "minProperties": 1,
        "maxProperties": most,
    }
    return Reader(read, schema)


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


def matching(pattern: str, advice: str) -> Reader:
    """A reader of names of one shape.

    >>> from deploylab.quiz.nodes import compose
    >>> matching("[a-z]+", "use small letters").read(Page(), "id", compose("batch", "x.yaml"))
    'batch'
    """

    def read(_page: Page, name: str, node: yaml.Node) -> str:
        if _is(node, "str") and len(node.value) <= 64 and re.fullmatch(pattern, node.value):
            return str(node.value)
        raise fault_at(node.start_mark, f"{name}: {_short(node)!r} is not allowed; {advice}")

    return Reader(read, {"type": "string", "pattern": f"^{pattern}$", "maxLength": 64})


def integer(low: int, high: int) -> Reader:
    """A reader of whole numbers from low to high.

    >>> from deploylab.quiz.nodes import compose
    >>> integer(1, 100).read(Page(), "points", compose("2", "x.yaml"))
    2
    """

    def read(_page: Page, name: str, node: yaml.Node) -> int:
        digits = node.value if _is(node, "int") and len(node.value) <= 9 else ""
        if digits.isdecimal() and low <= int(digits) <= high:
            return int(digits)
        raise _refusal(node, name, f"a whole number from {low} to {high} is needed, for example {low}")

    return Reader(read, {"type": "integer", "minimum": low, "maximum": high})


def part(low: int, high: int) -> Reader:
    """A reader of exact shares from low to high, such as 0.5 or 1/3.

    >>> from deploylab.quiz.nodes import compose
    >>> part(0, 1).read(Page(), "penalty", compose("1/3", "x.yaml"))
    Fraction(1, 3)
    """

    def read(_page: Page, name: str, node: yaml.Node) -> Fraction:
        if any(_is(node, tag) for tag in ("int", "float", "str")) and len(node.value) <= 20:
            with suppress(QuizError):
                if low <= (value := ratio(node.value)) <= high:
                    return value
        raise _refusal(node, name, f"a share from {low} to {high} is needed, for example 0.5 or 1/3")

    return Reader(read, {"anyOf": [{"type": "number", "minimum": low, "maximum": high}, _FRACTION]})


def choice(words: Iterable[str]) -> Reader:
    """A reader of one of several words.

    >>> from deploylab.quiz.nodes import compose
    >>> choice(["each", "net"]).read(Page(), "scoring", compose("net", "x.yaml"))
    'net'
    """
    allowed = tuple(words)

    def read(_page: Page, name: str, node: yaml.Node) -> str:
        if _is(node, "str") and node.value in allowed:
            return str(node.value)
        raise fault_at(
            node.start_mark, f"{name}: {_short(node)!r} is not allowed; {advice(_short(node), allowed)}"
        )

    return Reader(read, {"enum": list(allowed)})


def advice(word: str, words: Iterable[str]) -> str:
    """The word that was meant, or all that are allowed.

    >>> advice("Leek", ["Leak", "Overload"]), advice("Fire", ["Leak", "Overload"])
    ('did you mean Leak?', 'allowed are Leak, Overload')
    """
    known = sorted(words)
    near = get_close_matches(word, known, 1, cutoff=0.75)
    return f"did you mean {near[0]}?" if near else f"allowed are {', '.join(known)}"


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


def _prose(_page: Page, name: str, node: yaml.Node) -> str:
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


def _boolean(_page: Page, name: str, node: yaml.Node) -> bool:
    if _is(node, "bool"):
        return str(node.value).lower() == "true"
    raise _refusal(node, name, "true or false is needed, in small letters and without quotes")


def _numeral(page: Page, name: str, node: yaml.Node) -> str:
    if _is(node, "str") and "{{" in node.value and page.templates:
        return str(node.value).strip()
    if (_is(node, "int") or _is(node, "float")) and len(node.value) <= 40:
        with suppress(QuizError):
            number(node.value)
            return str(node.value)
    raise _refusal(node, name, 'a number is needed, for example 0.5, or with parameters: "{{n * 2}}"')


def _ratio(page: Page, name: str, node: yaml.Node) -> str:
    with suppress(QuizError):
        if _is(node, "str") and "/" in node.value:
            ratio(node.value)
            return str(node.value)
    with suppress(Fault):
        return _numeral(page, name, node)
    raise _refusal(node, name, "a number or a fraction is needed, for example 60 or 1/60")


def _tree(page: Page, name: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return named(TREE, 20).read(page, name, node)
    if isinstance(node, yaml.SequenceNode):
        return listed(TREE, 0, 20).read(page, name, node)
    if _is(node, "bool"):
        return _boolean(page, name, node)
    return (_prose if _is(node, "str") else _numeral)(page, name, node)


PROSE = Reader(_prose, {"type": "string", "pattern": r"\S"})
BOOLEAN = Reader(_boolean, {"type": "boolean"})
NUMERAL = Reader(_numeral, {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"\{\{"}]})
RATIO = Reader(_ratio, {"anyOf": [*NUMERAL.schema["anyOf"], _FRACTION]})
TREE = Reader(_tree, {})  # what a scenario holds, the engine's own checks judge
ID = matching("[a-z0-9]+(-[a-z0-9]+)*", "use small letters, digits and single hyphens, such as batch-size")
# For a value that cannot be judged, because a fault elsewhere hides what it should be.
ANYTHING = Reader(lambda _page, _name, _node: None, {})


def _pairs(page: Page, noun: str, node: yaml.Node) -> Iterator[tuple[yaml.Node, str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise _refusal(node, noun, f"keys with values are needed, for example id: my-{noun}")
    seen: set[str] = set()
    for key, value in node.value:
        name = _short(key)
        if name in seen:
            page.blame(key, f"{name}: this key is here twice; delete one of the two")
        else:
            seen.add(name)
            yield key, name, value


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
