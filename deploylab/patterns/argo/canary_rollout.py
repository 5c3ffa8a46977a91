"""One canary on its way: the recipe of `Canary`, step by step, and the ways back."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

from ...model.order import Action
from ...model.rollout import Counts, Observation, Outcome, Rollout, Step, Verdict
from ...model.scenario import Scenario
from ..analysis.analysis_run import VERDICTS, AnalysisRun, assess_run_status
from ..heed import ON_THE_WAY, Heed, Interrupted, Steps, Watch, once
from ..kubernetes.deployment_controller import resolve_fenceposts
from .canary_replicas import (
    approximate_weighted_canary_stable_replica_counts,
    calculate_replica_counts_for_basic_canary,
    calculate_replica_counts_for_traffic_routed_canary,
    get_desired_canary_weight,
    replica_progress_threshold_met,
    should_full_promote,
)
from .canary_steps import AnalysisStep, Pause, SetWeight, get_canary_replicas_or_weight
from .progress import ProgressClock, Status

if TYPE_CHECKING:
    from ..canary import Canary

PROMOTED: tuple[Action, ...] = ("undo",)  # what may still be said then
Doing = Generator[Step, Observation, None]


class CanaryRollout:
    """What a canary knows on its way: the step it is at, the sizes wanted, and the weight that flows."""

    def __init__(self, knobs: Canary, scenario: Scenario) -> None:
        self.knobs, self.plan, self.n = knobs, knobs.plan, scenario.replicas
        self.old, self.new = scenario.versions[:2]
        self.first = self.old
        self.lag = scenario.platform.endpoint_lag
        self.heed = Heed(scenario.duration)
        self.heed.impatient = knobs.progress_deadline_abort
        self.index, self.weight = 0, 0.0
        self.sizes = 0, self.n  # of the canary and of the stable version
        self.background: AnalysisRun | None = None

    @property
    def counts(self) -> tuple[Counts, Counts]:
        """The instances of the canary and of the stable version, as last seen."""
        if self.heed.seen is None:
            return Counts(), Counts(self.n, self.n, self.n, self.n)
        replicas = self.heed.seen.replicas
        return replicas.get(self.new, Counts()), replicas[self.old]

    # The way there ------------------------------------------------------------------------------------

    def follow(self) -> Rollout:
        """Every step of the plan, and then the promotion."""
        while self.index < len(self.plan):
            step = self.plan[self.index]
            if isinstance(step, AnalysisStep):
                yield from self.analyse(step)
            elif isinstance(step, Pause):
                yield from self.pause(step)
            else:
                yield from self.scale()
                if isinstance(step, SetWeight):
                    yield from self.shift(step.weight)
            self.index += 1
        return (yield from self.promote())

    def promote(self) -> Rollout:
        """All of the traffic, and then all of the instances."""
        self.heed.ends, self.index, self.background = ON_THE_WAY, len(self.plan), None
        yield from self.scale()
        if self.knobs.router:
            yield from self.shift(100)
            yield from self.go(f"100 % to {self.new}", hold=self.lag)
        if not should_full_promote(len(self.plan), self.index, self.counts[0], self.n):
            raise Interrupted("stalled")
        delay = self.knobs.scale_down_delay - self.lag
        if self.knobs.router and not self.knobs.dynamic_stable_scale and delay > 0:
            self.heed.ends = PROMOTED
            yield from self.go(f"keep {self.old} for a way back", hold=delay)
        self.sizes = self.n, 0
        yield from self.go(f"stop {self.old}")
        return Outcome.PROMOTED

    def scale(self) -> Doing:
        """Give both versions the sizes of this step; the traffic keeps its division until they have them."""
        explicit, weight = get_canary_replicas_or_weight(self.plan, self.index, self.knobs.router)
        if not self.knobs.router:
            yield from self.sync(weight)
            return
        self.sizes = self.routed(explicit, weight)
        size = f"{weight:g} % to" if explicit is None else f"{explicit} instances of"
        yield from self.go(f"prepare {size} {self.new}")

    def routed(self, explicit: int | None, weight: float, abort: bool = False) -> tuple[int, int]:
        """The sizes that go with a weight where a router divides the traffic."""
        return calculate_replica_counts_for_traffic_routed_canary(
            self.n, weight, explicit, self.knobs.min_pods_per_replica_set, self.knobs.dynamic_stable_scale,
            (self.weight, 100 - self.weight), abort,
        )  # fmt: skip

    def shift(self, weight: float) -> Doing:
        """From the next step on the traffic flows like this, and a stable version that may shrink does."""
        self.weight = weight
        if self.knobs.background and weight and self.background is None:
            self.background = self.knobs.background.begin(self.new, self.old)
        if self.knobs.dynamic_stable_scale:
            yield from self.go(self.flowing, hold=self.lag)
            self.sizes = self.routed(*get_canary_replicas_or_weight(self.plan, self.index, router=True))

    def analyse(self, step: AnalysisStep) -> Doing:
        """Go on if the analysis succeeds, or if a person says so."""
        run = step.analysis.begin(self.new, self.old)
        yield from self.go(self.flowing, hold=step.duration, watch=run.watch)
        if self.heed.promoted:
            return
        if run.verdict is Verdict.FAILED:
            raise Interrupted("failed", why=run.reason)
        if run.verdict is not Verdict.SUCCESSFUL:
            yield from self.wait_for_a_person(f"{self.flowing}, inconclusive: a person decides")

    def pause(self, step: Pause) -> Doing:
        """Wait for as long as the step says, or for a person."""
        if step.duration is None:
            yield from self.wait_for_a_person(f"{self.flowing}, until a person promotes")
        else:
            yield from self.go(f"{self.flowing}, pause {step.duration:g} s", hold=step.duration)

    def wait_for_a_person(self, note: str) -> Doing:
        """Until somebody promotes; an analysis in the background goes on measuring."""
        while True:
            slice_of_time = self.background.analysis.interval if self.background else inf
            yield from self.go(note, hold=slice_of_time)
            if self.heed.promoted:
                return
            if self.heed.over:
                raise Interrupted("nobody")

    @property
    def flowing(self) -> str:
        """The division of the traffic in words: exact with a router, in instances without."""
        if self.knobs.router:
            return f"{self.weight:g} % to {self.new}"
        canary, stable = self.sizes
        return f"{canary} of {canary + stable} are {self.new}"

    # The way back -------------------------------------------------------------------------------------

    def abort(self, cause: Interrupted) -> Rollout:
        """The stable version serves alone; what is wanted is still the new one, so it is no revert."""
        self.background = None
        delay = self.knobs.abort_scale_down_delay if self.knobs.router else self.lag
        note = f"abort, {cause.why}: {self.new} stays the version that is wanted"
        yield from self.give_back(note, hold=min(delay or self.lag, self.lag))
        if delay > self.lag:
            yield from self.go(f"keep {self.new} for a retry", hold=delay - self.lag)
        if delay or not self.knobs.router:
            yield from self.stop()
        while cause.reason == "abort":
            yield from self.go("degraded, until a person says retry or undo", hold=inf)
        return self.back if self.sizes == (0, self.n) else Outcome.ABORTED

    def undo(self) -> Rollout:
        """Back to the stable version for good."""
        yield from self.leave(f"undo: {self.old} is wanted again")
        return self.back

    @property
    def back(self) -> Outcome:
        """The outcome when the stable version serves alone; one promoted on the way is not where it began."""
        return Outcome.ROLLED_BACK if self.old == self.first else Outcome.ABORTED

    def restart(self, new: str = "") -> Rollout:
        """From the first step on, with the same version or with a `new` one that has just arrived."""
        if new and self.fully_promoted:
            self.old, self.new, self.sizes, self.weight = self.new, new, (0, self.n), 0.0
        elif new:
            yield from self.leave(f"{new} arrives: take {self.new} back")
            self.new = new
        self.heed.ends, self.heed.impatient = ON_THE_WAY, self.knobs.progress_deadline_abort
        self.index = 0
        return (yield from self.follow())

    @property
    def fully_promoted(self) -> bool:
        """Whether the canary has become the stable version, and the one before it only stands by."""
        return self.heed.ends == PROMOTED

    def leave(self, note: str) -> Doing:
        """Take the traffic from the canary, and then its instances."""
        self.background, self.heed.impatient = None, False
        yield from self.give_back(note, hold=self.lag)
        yield from self.stop()

    def give_back(self, note: str, hold: float) -> Doing:
        """All traffic to the stable version: at once, or as fast as that can grow again."""
        if not self.knobs.router:
            yield from self.sync(0, note)
            return
        self.sizes = self.counts[0].ready, self.sizes[1]  # what is not ready yet need not be waited for
        ladder = [step.weight for step in self.plan if isinstance(step, SetWeight)]
        while self.knobs.dynamic_stable_scale and self.weight:
            lower = get_desired_canary_weight(ladder, self.n, self.counts[1].available)
            self.sizes = self.sizes[0], self.routed(0, lower, abort=True)[1]
            yield from self.go(note)
            self.weight = min(lower, self.weight)
            yield from self.go(note, hold=self.lag)
        self.sizes = self.sizes[0], self.n
        if self.counts[1].desired < self.n:
            yield from self.go(f"start {self.old} again")
        self.weight = 0.0
        yield from self.go(note, hold=hold)

    def stop(self) -> Doing:
        """The canary's instances go."""
        self.sizes = 0, self.n
        yield from self.go(f"stop {self.new}")

    # Doing it -----------------------------------------------------------------------------------------

    def go(self, note: str, hold: float = 0.0, watch: Watch | None = None) -> Doing:
        """Do a step with the sizes and the weight of now, under the eyes of the background analysis."""
        run = self.background
        beside = self.beside(watch, run) if watch and run else watch or (run.watch if run else once)
        until = "now" if hold else "available"  # what was reached before may fail: watch it, do not wait
        yield from self.heed.reach(self.step(note=note, hold=hold, until=until), beside)
        verdict = VERDICTS.get(assess_run_status(run.analysis, run.results)) if run else None
        if run and verdict is Verdict.FAILED:
            raise Interrupted("failed", why=run.reason)
        if verdict is Verdict.INCONCLUSIVE:
            self.background = None
            yield from self.wait_for_a_person(f"{self.flowing}, inconclusive: a person decides")

    def beside(self, watch: Watch, run: AnalysisRun) -> Watch:
        """Watch in this way, and let the background analysis measure what is seen."""

        def watched(step: Step) -> Steps:
            flow = watch(step)
            wanted = next(flow)
            while True:
                seen = yield wanted
                if run.measure(seen) is Verdict.FAILED:
                    return seen
                try:
                    wanted = flow.send(seen)
                except StopIteration as stop:
                    last: Observation = stop.value
                    return last

        return watched

    def step(self, **facts: Any) -> Step:
        """The fleet that is wanted now."""
        canary, stable = self.sizes
        traffic = {self.old: 100 - self.weight, self.new: self.weight} if self.knobs.router else None
        return Step(
            {self.old: stable, self.new: canary}, traffic,
            progress_deadline=self.knobs.progress_deadline, **facts,
        )  # fmt: skip

    def sync(self, weight: float, note: str = "") -> Doing:
        """Sync after sync, as the controller does, until both versions have the sizes for this weight."""
        fenceposts = resolve_fenceposts(self.knobs.max_surge, self.knobs.max_unavailable, self.n)
        wanted = approximate_weighted_canary_stable_replica_counts(self.n, weight, fenceposts[0])
        clock = ProgressClock(self.knobs.progress_deadline)
        while True:
            self.settle(weight, *fenceposts)
            canary, stable = self.counts
            there = (canary.desired, stable.desired) == self.sizes == wanted and stable.current == wanted[1]
            if there and replica_progress_threshold_met(None, canary, wanted[0]):
                return
            step = self.step(note=note or f"{weight:g} % wanted, {self.flowing}", until="changed")
            seen = yield from self.heed.reach(step)
            canary, stable = self.counts
            ready, available = canary.ready + stable.ready, canary.available + stable.available
            status = Status(canary.current + stable.current, canary.current, ready, available)
            if clock.timed_out(status, seen.end) and (self.heed.impatient or self.heed.over):
                raise Interrupted("stalled")

    def settle(self, weight: float, surge: int, unavailable: int) -> None:
        """The sizes of the next moment: the controller syncs, in no time, until a sync changes nothing."""
        before = None
        while before != self.sizes:
            before = self.sizes
            canary, stable = (
                replace(counts, desired=size) for counts, size in zip(self.counts, self.sizes, strict=True)
            )
            self.sizes = calculate_replica_counts_for_basic_canary(
                self.n, weight, surge, unavailable, canary, stable
            )
