"""What people tell a rollout while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from .errors import KnobError
from .knob import check_kinds, check_knobs, known_fields
from .knob_shapes import time_knob
from .version import Version

Action = Literal["promote", "promote full", "abort", "pause", "resume", "undo", "retry"]
ACTIONS: tuple[str, ...] = get_args(Action)


@known_fields
@dataclass(frozen=True)
class Order:
    """What a person tells the rollout `at` some second; a strategy says which orders it heeds.

    The words are those of kubectl: `rollout pause`, `resume` and `undo` for a Deployment; `promote`,
    `promote --full`, `abort` and `retry` for Argo Rollouts.

    >>> Order(90, "promoted")
    Traceback (most recent call last):
    deploylab.model.errors.KnobError: Order.action: 'promoted' is no order; use one of promote, \
promote full, abort, pause, resume, undo, retry
    """

    at: float = time_knob(60.0, "when it is given")
    action: Action = "promote"

    def __post_init__(self) -> None:
        check_knobs(self)
        if self.action not in ACTIONS:
            raise KnobError("Order", "action", self.action, f"is no order; use one of {', '.join(ACTIONS)}")


@known_fields
@dataclass(frozen=True)
class Release:
    """Another version arrives `at` some second, while the candidate is still being rolled out.

    >>> Release(30, Version("v3")).version.name
    'v3'
    """

    action: ClassVar[Literal["release"]] = "release"  # what an Order calls its action

    at: float = time_knob(60.0, "when it is given")
    version: Version = Version("v3")

    def __post_init__(self) -> None:
        check_knobs(self)
        check_kinds(self, version=Version)
