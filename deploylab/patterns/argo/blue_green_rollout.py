"""One blue-green release on its way: both sides, the switch, and the ways back."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Literal

from ...model.rollout import Counts, Outcome, Rollout, Step
from ...model.scenario import Scenario
from ..analysis import Analysis
from ..heed import Doing, Heed, Interrupted, Watch, once
from .steering import decide, degrade

if TYPE_CHECKING:
    from ..blue_green import BlueGreen


class BlueGreenRollout:
    """What a blue-green release knows on its way: the sizes wanted, and which side serves."""

    def __init__(self, knobs: BlueGreen, scenario: Scenario) -> None:
        self.knobs, self.n = knobs, scenario.replicas
        self.blue, self.green = scenario.versions[:2]
        self.active = self.blue
        self.lag = scenario.platform.endpoint_lag
        self.heed = Heed(scenario.duration, impatient=knobs.progress_deadline_abort)
        self.sizes = {self.blue: self.n, self.green: 0}

    def follow(self) -> Rollout:
        """Prepare green and test it; then the promotion."""
        self.size_green()
        note = f"prepare {self.green} beside {self.active}"
        yield from self.go(note)
        if self.knobs.pre_promotion is None:
            yield from self.go(note, hold=self.knobs.preview_hold)
        else:
            yield from self.judge(self.knobs.pre_promotion, self.knobs.preview_hold, note, self.knobs.mirror)
        if not self.knobs.auto_promotion and not self.heed.promoted:
            yield from self.wait_for_a_person(f"{self.green} is ready, until a person promotes")
        return (yield from self.promote(judged=True))

    def promote(self, judged: bool = False) -> Rollout:
        """Green at full size, everyone to green, and in the end blue goes; `judged` while people use it."""
        self.size_green(promoted=True)
        if self.counts(self.green).available < self.n:
            yield from self.go(f"all of {self.green}")
        self.active = self.green
        delay, longer = self.knobs.scale_down_delay, self.knobs.watch_after_blue
        note = f"switch everyone to {self.green}"
        if judged:
            yield from self.judge(self.knobs.analysis, delay, note)
        else:
            yield from self.go(note, hold=delay)
        yield from self.stop_all_but(self.green)
        if judged and longer:
            yield from self.judge(self.knobs.analysis, longer, f"{self.green} alone, still judged")
        return Outcome.PROMOTED

    def size_green(self, promoted: bool = False) -> None:
        """The sizes for the preview, or for the promotion; what else stands stays as it is."""
        self.sizes[self.green] = new_rs_new_replicas(
            self.n, self.knobs.preview_replicas, self.active, self.green, self.green, promoted
        )

    def judge(self, analysis: Analysis, duration: float, note: str, mirror: float = 0.0) -> Doing:
        """Go on if the analysis succeeds, or if a person says so."""
        run = analysis.begin(self.green, self.blue if self.active == self.green else self.active)
        yield from self.go(note, hold=duration, watch=run.watch, mirror=mirror)
        yield from decide(self, run, note)

    def wait_for_a_person(self, note: str) -> Doing:
        """Until somebody promotes."""
        while True:
            yield from self.go(note, hold=inf)
            if self.heed.promoted:
                return

    def abort(self, cause: Interrupted) -> Rollout:
        """Everyone back to blue; what is wanted is still green, so it is no revert."""
        yield from degrade(self, cause, self.green, self.knobs.abort_scale_down_delay)
        alone = not any(size for version, size in self.sizes.items() if version != self.blue)
        return Outcome.ROLLED_BACK if alone else Outcome.ABORTED

    def undo(self) -> Rollout:
        """Back to blue for good."""
        yield from self.leave(f"undo: {self.blue} is wanted again")
        return Outcome.ROLLED_BACK

    def restart(self, new: str = "") -> Rollout:
        """From the beginning, with the same version or with a `new` one that has just arrived.

        What people use already goes on serving them until the new one is promoted.
        """
        if new and self.active != self.green:
            yield from self.leave(f"{new} arrives: take {self.green} back")
        self.green = new or self.green
        self.heed.begin()
        return (yield from self.follow())

    def leave(self, note: str) -> Doing:
        """Everyone back to blue, and green goes."""
        self.heed.impatient = False
        yield from self.give_back(note, hold=self.lag)
        yield from self.stop()

    def give_back(self, note: str, hold: float) -> Doing:
        """At once where blue still stands; else green has to serve until blue has been started again."""
        self.sizes |= {self.blue: self.n, self.green: self.counts(self.green).ready}
        if self.active != self.blue and self.counts(self.blue).available < self.n:
            yield from self.go(f"{self.blue} is gone: start it again")
        self.active = self.blue
        yield from self.go(note, hold=hold)

    def stop(self) -> Doing:
        """Green goes, and whatever else is not blue."""
        yield from self.stop_all_but(self.blue)

    def stop_all_but(self, kept: str) -> Doing:
        gone = [version for version, size in self.sizes.items() if size and version != kept]
        if gone:
            self.sizes |= dict.fromkeys(gone, 0)
            yield from self.go(f"stop {' and '.join(gone)}")

    def counts(self, version: str) -> Counts:
        """The instances of this version, as last seen."""
        return self.heed.seen.replicas.get(version, Counts()) if self.heed.seen else Counts()

    def go(self, note: str, hold: float = 0.0, watch: Watch = once, **facts: Any) -> Doing:
        """Do a step with the sizes and the active side of now."""
        until: Literal["now", "available"] = "now" if hold else "available"  # what fails later is watched
        step = Step(
            dict(self.sizes), {self.active: 100}, hold, until, progress_deadline=self.knobs.progress_deadline,
            note=note, **facts,
        )  # fmt: skip
        yield from self.heed.reach(step, watch)


def new_rs_new_replicas(
    replicas: int,
    preview_replica_count: int | None,
    active: str,
    new: str,
    current: str,
    scale_up_preview_checkpoint: bool = False,
    promote_full: bool = False,
) -> int:
    """How large green is: a preview of `preview_replica_count` until it is past the checkpoint, then full.

    Past the checkpoint means that the preview was enough and a promotion is decided. `active` is the version
    that serves, `new` the one to release, `current` the one that is wanted.
    `promote_full` is the reference: the lab promotes after an order by the checkpoint.

    >>> new_rs_new_replicas(10, preview_replica_count=2, active="v1", new="v2", current="v2")
    2
    """
    if preview_replica_count is None or promote_full or not active or active == new:
        return replicas
    return replicas if scale_up_preview_checkpoint and current == new else preview_replica_count
