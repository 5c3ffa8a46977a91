"""One canary on its way: the recipe of `Canary`, step by step, and the ways back."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from ...model.rollout import Outcome, Rollout, Verdict
from ...model.scenario import Scenario
from ..analysis.analysis_run import VERDICTS, assess_run_status
from ..analysis.measuring import AnalysisRun, measured
from ..heed import Doing, Heed, Interrupted, Watch, once
from .canary_fleet import CanaryFleet
from .canary_steps import AnalysisStep, Pause, SetWeight, get_canary_replicas_or_weight
from .progress import should_full_promote
from .routed_canary import get_desired_canary_weight
from .steering import decide, degrade

if TYPE_CHECKING:
    from ..canary import Canary


class CanaryRollout:
    """What a canary knows on its way: its fleet, the step it is at, and the analysis in the background."""

    def __init__(self, knobs: Canary, scenario: Scenario) -> None:
        self.knobs, self.plan, self.n = knobs, knobs.plan, scenario.replicas
        self.first, self.lag = scenario.stable.name, scenario.platform.endpoint_lag
        self.heed = Heed(scenario.duration, impatient=knobs.progress_deadline_abort)
        self.fleet = CanaryFleet(knobs, scenario, self.heed)
        self.index = 0
        self.background: AnalysisRun | None = None

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
        self.index, self.background = len(self.plan), None
        yield from self.scale()
        if self.knobs.router:
            yield from self.shift(100)
            yield from self.go(f"100 % to {self.fleet.new}", hold=self.lag)
        if not should_full_promote(len(self.plan), self.index, self.fleet.counts[0], self.n):
            raise Interrupted("stalled")
        delay = self.knobs.scale_down_delay - self.lag
        if self.knobs.router and not self.knobs.dynamic_stable_scale and delay > 0:
            self.heed.phase = "promoted"
            yield from self.go(f"keep {self.fleet.old} for a way back", hold=delay)
        self.fleet.sizes = self.n, 0
        yield from self.go(f"stop {self.fleet.old}")
        return Outcome.PROMOTED

    def scale(self) -> Doing:
        """Give both versions the sizes of this step; the traffic keeps its division until they have them."""
        explicit, weight = get_canary_replicas_or_weight(self.plan, self.index, self.knobs.router)
        if not self.knobs.router:
            yield from self.fleet.sync(weight)
            return
        self.fleet.sizes = self.fleet.routed(explicit, weight)
        size = f"{weight:g} % to" if explicit is None else f"{explicit} instances of"
        yield from self.go(f"prepare {size} {self.fleet.new}")

    def shift(self, weight: float) -> Doing:
        """From the next step on the traffic flows like this, and a stable version that may shrink does."""
        self.fleet.weight = weight
        if self.knobs.background and weight and self.background is None:
            self.background = self.knobs.background.begin(self.fleet.new, self.fleet.old)
        if self.knobs.dynamic_stable_scale:
            yield from self.go(self.fleet.flowing, hold=self.lag)
            explicit, weight = get_canary_replicas_or_weight(self.plan, self.index, router=True)
            self.fleet.sizes = self.fleet.routed(explicit, weight)

    def analyse(self, step: AnalysisStep) -> Doing:
        """Go on if the analysis succeeds, or if a person says so."""
        run = step.analysis.begin(self.fleet.new, self.fleet.old)
        yield from self.go(self.fleet.flowing, hold=step.duration, watch=run.watch)
        yield from decide(self, run, self.fleet.flowing)

    def pause(self, step: Pause) -> Doing:
        """Wait for as long as the step says, or for a person."""
        if step.duration is None:
            yield from self.wait_for_a_person(f"{self.fleet.flowing}, until a person promotes")
        else:
            yield from self.go(f"{self.fleet.flowing}, pause {step.duration:g} s", hold=step.duration)

    def wait_for_a_person(self, note: str) -> Doing:
        """Until somebody promotes; an analysis in the background goes on measuring."""
        while True:
            slice_of_time = self.background.analysis.interval if self.background else inf
            yield from self.go(note, hold=slice_of_time)
            if self.heed.promoted:
                return
            if self.heed.over:
                raise Interrupted("nobody")

    def abort(self, cause: Interrupted) -> Rollout:
        """The stable version serves alone; what is wanted is still the new one, so it is no revert."""
        self.background = None
        delay = self.knobs.abort_scale_down_delay if self.knobs.router else self.lag
        yield from degrade(self, cause, self.fleet.new, delay, stops=not self.knobs.router)
        return self.back if self.fleet.sizes == (0, self.n) else Outcome.ABORTED

    def undo(self) -> Rollout:
        """Back to the stable version for good."""
        yield from self.leave(f"undo: {self.fleet.old} is wanted again")
        return self.back

    @property
    def back(self) -> Outcome:
        """The outcome when the stable version serves alone; one promoted on the way is not where it began."""
        return Outcome.ROLLED_BACK if self.fleet.old == self.first else Outcome.ABORTED

    def restart(self, new: str = "") -> Rollout:
        """From the first step on, with the same version or with a `new` one that has just arrived."""
        if new and self.heed.phase == "promoted":  # the version before it only stands by
            self.fleet.follow(new)
        elif new:
            yield from self.leave(f"{new} arrives: take {self.fleet.new} back")
            self.fleet.new = new
        self.heed.begin()
        self.index = 0
        return (yield from self.follow())

    def leave(self, note: str) -> Doing:
        """Take the traffic from the canary, and then its instances."""
        self.background, self.heed.impatient = None, False
        yield from self.give_back(note, hold=self.lag)
        yield from self.stop()

    def give_back(self, note: str, hold: float) -> Doing:
        """All traffic to the stable version: at once, or as fast as that can grow again."""
        fleet = self.fleet
        if not self.knobs.router:
            yield from fleet.sync(0, note)
            return
        fleet.sizes = fleet.counts[0].ready, fleet.sizes[1]  # what is not ready yet need not be waited for
        ladder = [step.weight for step in self.plan if isinstance(step, SetWeight)]
        while self.knobs.dynamic_stable_scale and fleet.weight:
            lower = get_desired_canary_weight(ladder, self.n, fleet.counts[1].available)
            fleet.sizes = fleet.sizes[0], fleet.routed(0, lower, abort=True)[1]
            yield from self.go(note)
            fleet.weight = min(lower, fleet.weight)
            yield from self.go(note, hold=self.lag)
        fleet.sizes = fleet.sizes[0], self.n
        if fleet.counts[1].desired < self.n:
            yield from self.go(f"start {fleet.old} again")
        fleet.weight = 0.0
        yield from self.go(note, hold=hold)

    def stop(self) -> Doing:
        """The canary's instances go."""
        self.fleet.sizes = 0, self.n
        yield from self.go(f"stop {self.fleet.new}")

    def go(self, note: str, hold: float = 0.0, watch: Watch | None = None) -> Doing:
        """Do a step with the sizes and the weight of now, under the eyes of the background analysis."""
        run = self.background
        beside = measured(watch, run) if watch and run else watch or (run.watch if run else once)
        until = "now" if hold else "available"  # what was reached before may fail: watch it, do not wait
        yield from self.heed.reach(self.fleet.step(note=note, hold=hold, until=until), beside)
        verdict = VERDICTS.get(assess_run_status(run.analysis, run.results)) if run else None
        if run and verdict is Verdict.FAILED:
            raise Interrupted("failed", why=run.reason)
        if verdict is Verdict.INCONCLUSIVE:
            self.background = None
            yield from self.wait_for_a_person(f"{self.fleet.flowing}, inconclusive: a person decides")
