"""The knob that every strategy has: how long it may make no progress."""

from __future__ import annotations

from typing import Any

from ..model.knob import knob


def progress_deadline() -> Any:
    """A field of seconds, 600 by default as in Kubernetes; what follows then is the strategy's to say."""
    meaning = "how long it may make no progress"
    return knob(600.0, meaning, unit="s", above=0, maximum=86_400, slider=(10, 900, 10))
