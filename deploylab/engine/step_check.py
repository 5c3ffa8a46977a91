"""Refuse a step that no fleet can follow, in one sentence that says what to try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from ..model.errors import StrategyError, short
from ..model.knob import is_number
from ..model.rollout import Step

LONGEST = 86_400  # s; a rollout that takes more than a day is not one
MOST = 10_000  # instances of a version


def check_step(step: object, known: Sequence[str], title: str) -> None:
    """Raise `StrategyError` unless `step` is one that a fleet can follow that knows these versions.

    >>> check_step(Step({"v9": 1}), ("v1", "v2"), "mine")
    Traceback (most recent call last):
    deploylab.model.errors.StrategyError: mine: Step.replicas names 'v9'; this scenario has v1 and v2
    """
    if not isinstance(step, Step):
        advice = "yield a Step, for example Step({'v1': 4, 'v2': 2})"
        raise StrategyError(f"{title} yielded {short(step)}; {advice}")
    problem = (
        _amounts("replicas", step.replicas, known)
        or (step.traffic is not None and _amounts("traffic", step.traffic, known))
        or _sums(step)
        or _times(step)
    )
    if problem:
        raise StrategyError(f"{title}: Step.{problem}")


def _amounts(name: str, mapping: object, known: Sequence[str]) -> str:
    if not isinstance(mapping, Mapping):
        return f"{name} is {mapping!r}; give it by version, for example {{'v1': 100}}"
    for version, amount in mapping.items():
        if version not in known:
            return f"{name} names {version!r}; this scenario has {' and '.join(known)}"
        if not is_number(amount) or not 0 <= amount <= MOST:
            return f"{name}[{version!r}] is {amount!r}; use a number from 0 to {MOST:,}"
    return ""


def _sums(step: Step) -> str:
    if any(count != int(count) for count in step.replicas.values()):
        return f"replicas is {dict(step.replicas)}; instances are whole numbers"
    if step.traffic is not None and abs(sum(step.traffic.values()) - 100) > 1e-6:
        total = sum(step.traffic.values())
        return f"traffic {dict(step.traffic)} sums to {total:g}; percentages sum to 100"
    return ""


def _times(step: Step) -> str:
    endless = ("hold", "progress_deadline") if step.heeds else ("progress_deadline",)
    for name in ("hold", "min_ready_seconds", "progress_deadline"):
        value = getattr(step, name)
        if not (value == inf and name in endless) and not (is_number(value) and 0 <= value <= LONGEST):
            more = "; only a Step with heeds=True may pause without end" if value == inf else ""
            return f"{name} is {value!r}; use seconds from 0 to {LONGEST:,}{more}"
    if not is_number(step.mirror) or not 0 <= step.mirror <= 100:
        return f"mirror is {step.mirror!r}; use percent of the requests, from 0 to 100"
    if step.until not in ("available", "changed", "now"):
        return f"until is {step.until!r}; use 'available', 'changed' or 'now'"
    return ""
