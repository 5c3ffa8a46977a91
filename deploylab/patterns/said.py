"""What people said during a step, for strategies that look at it between two steps."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from ..model.rollout import Observation, Step


def said(seen: Observation, *actions: str) -> str:
    """The last of these orders that came, of all if none is named; "release" is another version.

    >>> from deploylab.model.order import Order, Release
    >>> given = Order(10, "pause"), Order(20, "resume"), Release(30)
    >>> seen = Observation(0, 60, {}, {}, {}, {}, orders=given)
    >>> said(seen), said(seen, "pause", "resume"), said(seen, "abort")
    ('release', 'resume', '')
    """
    came = [order.action for order in seen.orders if not actions or order.action in actions]
    return came[-1] if came else ""


def newest(seen: Observation) -> str:
    """The version that was released last."""
    return list(seen.replicas)[-1]


def paused(step: Step, note: str) -> Step:
    """All stays as this step wants it, until a person says something."""
    return replace(step, hold=inf, until="now", heeds=True, note=note)
