"""Rolling deployment: replace the instances a few at a time, while the service stays up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

from ..model.errors import KnobError
from ..model.knob import check_knobs, knob, known_fields
from ..model.knob_shapes import instances_knob, progress_deadline, time_knob
from ..model.order import Action
from ..model.rollout import Counts, Outcome, Rollout, Step, Verdict
from ..model.scenario import Scenario
from .analysis import Analysis, check_analysis
from .kubernetes.deployment import Deployment
from .kubernetes.deployment_controller import check_fenceposts, oldest_first, resolve_fenceposts
from .said import newest, paused, said

DEPLOYMENT: tuple[Action, ...] = ("pause", "resume", "undo")
BATCHES: tuple[Action, ...] = ("promote", "abort")  # what else one may say to a batch
NANOSECOND = 1e-9  # an observation's end is rounded to it


@known_fields
@dataclass(frozen=True)
class Rolling:
    """Replace the instances a few at a time, in one of two ways.

    Without a `batch_size` it goes on continuously, as a Kubernetes Deployment does: at most `max_surge` more
    and `max_unavailable` fewer instances than wanted, each a number or a percentage like "25%". It judges
    nothing but readiness. After `progress_deadline` seconds without progress the record says
    ProgressDeadlineExceeded, and it goes on all the same: it never rolls back by itself, unless
    `undo_at_deadline` says so. A rollout that completes after all is promoted; one that has not got further
    for that long when the scenario is over is stalled.

    With a `batch_size` that many instances are replaced at once, each batch is watched for `hold` seconds and
    judged by `analysis`. A bad one sends the whole service back, or, with `on_failure="stop"`, leaves all as
    it is for a person to look at: aborted. `max_surge` and `max_unavailable` do not matter then.

    A person may pause, resume and undo; promote ends the watch of a batch, abort calls it bad. A second
    release takes over, and all versions before it are replaced, the oldest first. As with kubectl, a paused
    Deployment cannot be undone before it is resumed, and undoing twice is redoing. Of three versions, undoing
    the newest leads to the one before it: neither promoted nor rolled back, but aborted.

    Source: Kubernetes, pkg/controller/deployment.

    >>> Rolling(max_surge=0, max_unavailable=0)
    Traceback (most recent call last):
    deploylab.model.errors.KnobError: Rolling.max_unavailable: 0 leaves nothing to do while max_surge is 0 \
too; one of them must be above 0, for example max_surge=1
    """

    max_surge: int | str = instances_knob("25%", "instances above the wanted number", (0, 12, 1))
    max_unavailable: int | str = instances_knob("25%", "instances that may be missing", (0, 12, 1))
    min_ready_seconds: float = time_knob(0.0, "time ready until it is available", (0, 60, 1), most=43_200)
    progress_deadline: float = progress_deadline()
    undo_at_deadline: bool = knob(False, "go back when the progress deadline is exceeded")
    batch_size: int | None = instances_knob(
        None, "instances replaced at once, then watched and judged", (0, 12, 1), least=1, nothing="off"
    )
    hold: float = time_knob(20.0, "how long each batch is watched", (0, 120, 5))
    on_failure: Literal["undo", "stop"] = knob("undo", "what follows a bad batch", options=("undo", "stop"))
    analysis: Analysis = Analysis()

    def __post_init__(self) -> None:
        check_knobs(self)
        check_analysis(self, "analysis")
        if self.progress_deadline <= self.min_ready_seconds:
            ready = f"min_ready_seconds, {self.min_ready_seconds:g}"
            problem = f"must be above {ready}, or nothing is ever available"
            raise KnobError("Rolling", "progress_deadline", self.progress_deadline, problem)
        check_fenceposts("Rolling", self.max_surge, self.max_unavailable)

    @property
    def heeds(self) -> tuple[Action, ...]:
        """The orders that it hears in the way that is chosen."""
        return DEPLOYMENT if self.batch_size is None else (*DEPLOYMENT, *BATCHES)

    def idle(self) -> dict[str, str]:
        """The fields that have no effect in the way that is chosen, and why."""
        if self.batch_size is None:
            return dict.fromkeys(("hold", "analysis"), "only a batch is watched; set a batch size")
        return dict.fromkeys(
            ("max_surge", "max_unavailable"), "batches have their own size; turn batch size off"
        )

    def __call__(self, scenario: Scenario) -> Rollout:
        return self._continuously(scenario) if self.batch_size is None else self._in_batches(scenario)

    def _continuously(self, scenario: Scenario) -> Rollout:
        (old, new), n = scenario.versions, scenario.replicas
        surge, unavailable = resolve_fenceposts(self.max_surge, self.max_unavailable, n)
        deployment = Deployment(n, surge, unavailable, [old, new], {old: Counts(n, n, n, n), new: Counts()})
        now = 0.0
        while True:
            deployment.sync()
            seen = yield self._next_step(deployment, now)
            now = seen.end
            abandoned = deployment.paused and not seen.orders
            deployment.learn(seen)
            if deployment.complete and not deployment.paused:
                return deployment.outcome()
            if deployment.timed_out and self.undo_at_deadline and deployment.target == deployment.newest:
                deployment.undo(now)
            given_up = deployment.timed_out or now >= deployment.furthest.since + self.progress_deadline
            if abandoned or (given_up and now > scenario.duration - NANOSECOND):
                return Outcome.STALLED

    def _next_step(self, deployment: Deployment, now: float) -> Step:
        there = f"{deployment.sizes.get(deployment.target, 0)} of {deployment.desired}"
        step = Step(deployment.sizes, min_ready_seconds=self.min_ready_seconds, heeds=True)
        if deployment.paused:
            note = f"paused: {there} on {deployment.target}{deployment.unheard}"
            return paused(step, note)
        left = inf if deployment.timed_out else deployment.progressed + self.progress_deadline - now
        note = f"move {there} to {deployment.target}{deployment.unheard}"
        return replace(step, until="changed", progress_deadline=max(0, left), note=note)

    def _in_batches(self, scenario: Scenario) -> Rollout:
        (stable, target), n = scenario.versions, scenario.replicas
        sizes = {stable: n, target: 0}
        while sizes[target] < n:
            sizes = self._next_batch(sizes, target)
            step = Step(
                sizes, hold=self.hold, min_ready_seconds=self.min_ready_seconds,
                progress_deadline=self.progress_deadline, heeds=True,
                note=f"move {sizes[target]} of {n} to {target}",
            )  # fmt: skip
            analysis = self.analysis.begin(target, stable)
            seen = yield from analysis.watch(step)
            while (word := said(seen)) in ("pause", "resume", "retry"):
                if word != "pause":
                    seen = yield from analysis.watch(step)
                    continue
                seen = yield paused(step, f"paused: {step.note}")
                if not seen.orders:
                    return Outcome.STALLED
            if newest(seen) != target and word not in ("abort", "undo"):
                target = newest(seen)
                sizes[target] = 0
                continue
            bad = seen.deadline_exceeded or analysis.verdict is Verdict.FAILED or word == "abort"
            if word == "undo" or (bad and self.on_failure == "undo"):
                note = f"undo: back to {stable}"
                seen = yield Step({stable: n}, min_ready_seconds=self.min_ready_seconds, note=note)
                return seen.ends(Outcome.ROLLED_BACK)
            if bad:
                return Outcome.ABORTED
        return Outcome.PROMOTED

    def _next_batch(self, sizes: Mapping[str, int], target: str) -> dict[str, int]:
        olds = {version: size for version, size in sizes.items() if version != target}
        left = oldest_first(list(olds.values()), int(self.batch_size or 0))
        moved = sum(olds.values()) - sum(left)
        return dict(zip(olds, left, strict=True)) | {target: sizes[target] + moved}
