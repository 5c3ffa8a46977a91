"""The row of figures above a picture: each with its name, what it is, what it was, and a verdict."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.run import Run
from ..views.comparison import Record, changes

Told = tuple[str, str, str, int]
SPOKEN = 4  # figures: more cannot be remembered


def figures(record: Record, before: Record | None) -> list[Told]:
    """How it ended, how much of it the figures are about, and how each compares with that of `before`."""
    return [*_ending(record, before), *_window(record), *changes(record, before)]


def spoken(shown: Iterable[Told]) -> str:
    """How it ended, and the first figures that a turn has changed, for those who do not see them.

    >>> spoken([("outcome", "promoted", "", 0), ("users hurt", "6", "9", 1), ("p99 latency", "98 ms", "", 0)])
    'outcome promoted; users hurt 6, was 9'
    """
    said = [
        f"{name} {now}{was and f', was {was}'}" for name, now, was, _ in shown if was or name == "outcome"
    ]
    return "; ".join(said[:SPOKEN]) or "no figure has changed"


def _ending(record: Record, before: Record | None) -> list[Told]:
    """How it ended, if it is a record of something that ends."""
    now, then = (getattr(each, "outcome", None) for each in (record, before))
    words, was = (str(getattr(outcome, "value", outcome or "")) for outcome in (now, then))
    return [("outcome", words, was if was != words else "", 0)] if now else []


def _window(record: Record) -> list[Told]:
    """What part of a rollout the figures are about, if it goes on where they end."""
    if not isinstance(record, Run) or not record.beyond:
        return []
    return [(f"in the first {record.scenario.duration:g} s", f"of {record.finished:.0f} s", "", 0)]
