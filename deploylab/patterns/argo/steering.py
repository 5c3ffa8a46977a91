"""How a release goes on in Argo Rollouts, canary or blue-green: after an order, a failure or an analysis."""

from __future__ import annotations

from math import inf
from typing import Protocol

from ...model.rollout import Outcome, Rollout, Verdict
from ..analysis.measuring import AnalysisRun
from ..heed import Doing, Heed, Interrupted


class Flow(Protocol):
    """A release on its way that people may steer; it can wait, and give the traffic back."""

    heed: Heed
    lag: float

    def follow(self) -> Rollout: ...
    def promote(self) -> Rollout: ...
    def abort(self, cause: Interrupted) -> Rollout: ...
    def undo(self) -> Rollout: ...
    def restart(self, new: str = "") -> Rollout: ...
    def go(self, note: str, hold: float = 0.0) -> Doing: ...
    def wait_for_a_person(self, note: str) -> Doing: ...
    def give_back(self, note: str, hold: float) -> Doing: ...
    def stop(self) -> Doing: ...


def heeding(flow: Flow) -> Rollout:
    """Follow the plan of a rollout; whatever interrupts it decides how it goes on."""
    recipe = flow.follow()
    while True:
        try:
            return (yield from recipe)
        except Interrupted as cause:
            if cause.reason == "nobody":
                return Outcome.ABORTED if flow.heed.phase == "aborted" else Outcome.STALLED
            if cause.reason == "stalled" and not flow.heed.impatient:
                return Outcome.STALLED
            recipe = _next(flow, cause)


def _next(flow: Flow, cause: Interrupted) -> Rollout:
    heed = flow.heed
    if cause.reason == "undo":
        heed.phase = "undone"
        return flow.undo()
    if cause.reason == "promote full" and not heed.arrived:
        heed.phase = "progressing"
        return flow.promote()
    if cause.reason in ("retry", "release", "promote full"):
        return flow.restart(heed.arrived)
    heed.phase, heed.impatient = "aborted", False
    return flow.abort(cause)


def decide(flow: Flow, run: AnalysisRun, note: str) -> Doing:
    """Go on after a good analysis, or if a person has said so; a bad one ends it, else a person decides."""
    if flow.heed.promoted:
        return
    if run.verdict is Verdict.FAILED:
        raise Interrupted("failed", why=run.reason)
    if run.verdict is not Verdict.SUCCESSFUL:
        yield from flow.wait_for_a_person(f"{note}, inconclusive: a person decides")


def degrade(flow: Flow, cause: Interrupted, new: str, delay: float, stops: bool = False) -> Doing:
    """An abort: the traffic goes back at once, and what is `new` stops `delay` seconds later.

    Without a delay it is not stopped, unless it always `stops`. It stays what is wanted, so it is no revert.
    """
    note = f"abort, {cause.why}: {new} stays the version that is wanted"
    yield from flow.give_back(note, hold=min(delay or flow.lag, flow.lag))
    if delay > flow.lag:
        yield from flow.go(f"keep {new} for a retry", hold=delay - flow.lag)
    if delay or stops:
        yield from flow.stop()
    while cause.reason == "abort":
        yield from flow.go("degraded, until a person says retry or undo", hold=inf)
