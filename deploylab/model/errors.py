"""Everything that can go wrong, in one tree::

    DeploylabError
    ├── KnobError          a field holds a value that is not allowed (also a ValueError)
    ├── StrategyError      a strategy asked for something impossible (also a ValueError)
    ├── RecordError        a record cannot be shown or compared like this (also a ValueError)
    ├── ContentError       no notebook, quiz, exercise or column has that name (also a LookupError)
    ├── TemplateError      a template or a plan file cannot be used (also a ValueError)
    ├── FlagFileError      a file holds no flags that can be understood (also a ValueError)
    ├── RunFileError       a file holds no saved run, or a damaged or newer one (also a ValueError)
    └── QuizError          a quiz file or an answer cannot be used (also a ValueError)

A message names the field, the value, what is allowed, and what to try.
"""

from __future__ import annotations

from linecache import getline
from traceback import walk_tb
from typing import Any

MOST = 60  # characters of a value that an error shows


def short(value: object) -> str:
    """A value as code, so short that the advice after it is still read.

    >>> short("too long " * 50)
    "'too long too long too long too long too long too long t ..."
    """
    try:
        words = repr(value)
    except ValueError:  # an int of more digits than Python prints
        words = "a value too long to print"
    return words if len(words) <= MOST else f"{words[: MOST - 4]} ..."


class DeploylabError(Exception):
    """Anything that deploylab refuses to do, with a message that says what to try."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it: its own lines that led here, without ours in between."""
        places = ((frame.f_code.co_filename, line) for frame, line in walk_tb(self.__traceback__)
                  if frame.f_globals.get("__name__") == "__main__")  # fmt: skip
        own = [f"----> {line} {getline(file, line).strip()}" for file, line in places]
        everything = "(Every step on the way: import traceback; traceback.print_last())"
        return [*own, f"{type(self).__name__}: {self}", "", everything]


class KnobError(DeploylabError, ValueError):
    """A field holds a value that is not allowed; `owner` and `field` say which one.

    A field that is not `known` has no value worth telling.

    >>> raise KnobError("Canary", "weights", 120, "is not a percentage; weights rise up to 100")
    Traceback (most recent call last):
    deploylab.model.errors.KnobError: Canary.weights: 120 is not a percentage; weights rise up to 100
    """

    def __init__(self, owner: str, field: str, value: object, problem: str, known: bool = True) -> None:
        place = f"{owner}.{field}: {short(value)}" if known else f"{owner} has no field {field};"
        super().__init__(f"{place} {problem}")
        self.owner, self.field, self.value, self._rest = owner, field, value, (problem, known)

    def __reduce__(self) -> tuple[Any, ...]:
        """How it travels from a worker process; by default it would be made from the message alone."""
        return KnobError, (self.owner, self.field, self.value, *self._rest), self.__dict__


class StrategyError(DeploylabError, ValueError):
    """A strategy asked for something impossible, such as an unknown version."""


class RecordError(DeploylabError, ValueError):
    """This is no record, or these are none that can be compared; the message says which can."""


class ContentError(DeploylabError, LookupError):
    """There is no notebook, quiz, exercise or column of that name; the message lists those that exist."""


class QuizError(DeploylabError, ValueError):
    """A quiz file, or an answer, cannot be used; a line of the message is one fault, with its place."""


class TemplateError(DeploylabError, ValueError):
    """A template or a plan of infrastructure cannot be used; the message names the file and the place."""


class RunFileError(DeploylabError, ValueError):
    """A file cannot be written, or holds no saved run; the message says which, why, and what to do."""


class FlagFileError(DeploylabError, ValueError):
    """A flag file cannot be read or understood; the message names the file and the place."""
