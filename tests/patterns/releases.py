"""Releases of a candidate, and what the tests of all strategies ask of them."""

from __future__ import annotations

from typing import Any

from deploylab.engine.rollout import roll_out
from deploylab.model.order import Order, Release
from deploylab.model.rollout import Strategy
from deploylab.model.run import Run
from deploylab.model.scenario import Scenario, Traffic
from deploylab.model.version import Version


def release(strategy: Strategy, *orders: Order | Release, rate: float = 120, **candidate: Any) -> Run:
    scenario = Scenario(candidate=Version("v2", **candidate), traffic=Traffic(rate=rate), orders=orders)
    return roll_out(strategy, scenario)


def left(run: Run) -> list[str]:
    """The versions of the instances that were never told to stop."""
    return [i.version for i in run.instances if i.draining is None]


def notes(run: Run) -> list[str]:
    return [step.note for step, _ in run.steps]
