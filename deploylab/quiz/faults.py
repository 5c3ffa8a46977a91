"""A fault of a file: where it is, and what to do about it."""

from __future__ import annotations

from typing import Any


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
