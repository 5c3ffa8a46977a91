"""Which record has which picture and which words: a new pattern adds its line here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Literal, NamedTuple

from ..model.errors import RecordError, short
from .frames import Frames


class Kind(NamedTuple):
    """The verb that makes such a record, and what draws and tells it: functions named as their modules."""

    verb: str
    picture: str
    words: str


RECORDS = {
    "Run": Kind("roll_out", picture="stage", words="describe_run"),
    "Delivery": Kind("deliver", picture="pipeline", words="describe_delivery"),
    "Applied": Kind("apply", picture="graph", words="describe_apply"),
    "Plan": Kind("plan", picture="graph", words="describe_apply"),
    "FlagRollout": Kind("toggle", picture="flags", words="describe_flag"),
    "Evolution": Kind("evolve", picture="drift", words="describe_evolution"),
    "OperatingCharacteristic": Kind(
        "operating_characteristic", picture="operating", words="describe_operating"
    ),
}


def picture(record: object, before: object = None) -> Frames:
    """The picture of a record, with one from `before` behind it to compare with.

    Raises `RecordError` for what is no record.

    >>> picture("a run")
    Traceback (most recent call last):
    deploylab.model.errors.RecordError: 'a run' cannot be shown; what can: a Run, ...
    """
    frames: Frames = function(record, "picture", "shown")(record, before)
    return frames


def function(record: object, form: Literal["picture", "words"], purpose: str) -> Callable[..., Any]:
    """What makes this form of a record; imported at its first use, so that nobody pays for other patterns."""
    kind = RECORDS.get(type(record).__name__)
    if kind is None:
        known = "; ".join(f"a {name}, as {kind.verb} gives it" for name, kind in RECORDS.items())
        raise RecordError(f"{short(record)} cannot be {purpose}; what can: {known}")
    name = getattr(kind, form)
    found: Callable[..., Any] = getattr(import_module(f".{name}", __package__), name)
    return found
