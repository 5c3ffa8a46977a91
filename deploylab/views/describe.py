"""Any record in words: the text alternative of its picture."""

from __future__ import annotations

from .picture import function


def describe(record: object) -> str:
    """Tell in plain sentences what happened; raises `RecordError` for what is no record.

    >>> describe("a run")
    Traceback (most recent call last):
    deploylab.model.errors.RecordError: 'a run' cannot be told in words; what can: a Run, ...
    """
    words: str = function(record, "words", "told in words")(record)
    return words
