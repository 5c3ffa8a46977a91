"""A fault of a file: where it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import yaml

from deploylab.model.errors import QuizError

_KINDS = {"int": "a number", "float": "a number", "bool": "a truth value", "null": "empty", "str": "text"}

NO_DASH = "- is missing before id; each question, option and item begins with one"


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


def refusal(node: yaml.Node, name: str, allowed: str) -> QuizError:
    """What stands at a node, and what is allowed there."""
    if isinstance(node, yaml.ScalarNode):
        kind = _KINDS.get(node.tag.rpartition(":")[2], f"tagged {node.tag[:40]!r}")
        found = f"{short(node)!r} is {kind}" if node.value else "this is empty"
    else:
        found = "this is a list" if isinstance(node, yaml.SequenceNode) else "these are keys with values"
    return QuizError(f"{name}: {found}; {allowed}")


def unknown(key: yaml.Node, value: yaml.Node, noun: str, words: Iterable[str]) -> str:
    """What to say of a key that a noun does not have; inside of { } a comma makes one of half a text."""
    name, owner = short(key), f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"
    if isinstance(value, yaml.ScalarNode) and not value.value and not value.style:  # no colon and no value
        if ":" in name:
            return f"{name}: a space is missing behind the colon"
        if name not in words:
            return (
                f"{name!r} stands behind a comma, which ends a text inside of {{ }}; put the text in quotes"
            )
    return f"{name}: this key is not known in {owner}; {advice(name, words)}"


def short(node: yaml.Node) -> str:
    """What stands there, on one short line."""
    words = " ".join(node.value.split()) if isinstance(node, yaml.ScalarNode) else "[…]"
    return words if len(words) <= 40 else words[:39] + "…"


def is_a(node: yaml.Node, *tags: str) -> bool:
    """Whether a node is a scalar of one of these types of YAML."""
    return isinstance(node, yaml.ScalarNode) and node.tag.removeprefix("tag:yaml.org,2002:") in tags


def advice(word: str, words: Iterable[str]) -> str:
    """The word that was meant, or all that are allowed.

    >>> advice("Leek", ["Leak", "Overload"]), advice("Fire", ["Leak", "Overload"])
    ('did you mean Leak?', 'allowed are Leak, Overload')
    """
    known = sorted(words)
    near = get_close_matches(word, known, 1, cutoff=0.75)
    return f"did you mean {near[0]}?" if near else f"allowed are {', '.join(known)}"
