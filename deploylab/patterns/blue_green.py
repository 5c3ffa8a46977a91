"""Blue-green: prepare the new version beside the old one, then move everyone at once."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from ..model.errors import KnobError
from ..model.knob import check_knobs, knob, known_fields
from ..model.rollout import Counts, Observation, Outcome, Rollout, Step, Verdict
from ..model.scenario import Scenario
from .analysis import Analysis, check_analysis
from .deadline import progress_deadline
from .heed import ON_THE_WAY, Heed, Interrupted, Watch, heeding, once

Doing = Generator[Step, Observation, None]


@known_fields
@dataclass(frozen=True)
class BlueGreen:
    """Prepare the new version (green) beside the old one (blue), then move everyone at once.

    Green is tested for `preview_hold` seconds while blue serves everyone: with `preview_replicas` at a
    smaller size, and with a `pre_promotion` analysis by copies of `mirror` percent of the requests. Without
    `auto_promotion` a person has to promote. After the switch blue stays for `scale_down_delay` seconds while
    the `analysis` judges green, and the analysis ends with it, as in Argo Rollouts where this delay is set.
    (Where it is not, blue stays there until the analysis has ended, and for 30 s at least.) This lab's own is
    `watch_after_blue`: for so many seconds something else, an alarm say, judges green when blue is gone.

    A failed analysis aborts, and everyone is switched back: at once while blue still stands, else only when
    it has been started again. Green is stopped `abort_scale_down_delay` seconds later. As with a canary,
    abort is not revert: green is still what is wanted. An outcome tells of the fleet: ROLLED_BACK where blue
    is alone again by itself or by `undo`, and ABORTED where a person aborted or green was left standing.
    Inconclusive waits for a person. When another release arrives after the switch, green serves on until that
    one is promoted; only an abort leads to blue.

    Orders that it heeds: promote, promote full, abort, retry, undo, pause, resume, and a second release.
    Source: Argo Rollouts, rollout/bluegreen.go.
    """

    preview_hold: float = knob(
        30.0, "how long the idle green side is tested before the switch", unit="s", minimum=0, maximum=86_400,
        slider=(0, 300, 5),
    )  # fmt: skip
    scale_down_delay: float = knob(
        30.0, "how long blue stays after the switch", unit="s", minimum=0, maximum=86_400, slider=(0, 300, 1)
    )
    progress_deadline: float = progress_deadline()
    analysis: Analysis = Analysis()
    preview_replicas: int | None = knob(
        None, "size of green before the promotion", unit="instances", minimum=1, maximum=10_000, whole=True,
        slider=(0, 12, 1), nothing="full",
    )  # fmt: skip
    pre_promotion: Analysis | None = None
    mirror: float = knob(
        10.0, "requests copied to green for the pre_promotion analysis; without one, none are", unit="%",
        above=0, maximum=100, slider=(1, 100, 1),
    )  # fmt: skip
    auto_promotion: bool = knob(True, "promote without a person")
    watch_after_blue: float = knob(
        0.0, "how long green is still judged when blue is gone", unit="s", minimum=0, maximum=86_400,
        slider=(0, 300, 5),
    )  # fmt: skip
    abort_scale_down_delay: float = knob(
        30.0, "how long green stays after an abort, 0: it is never stopped", unit="s", minimum=0,
        maximum=86_400, slider=(0, 300, 5),
    )  # fmt: skip
    progress_deadline_abort: bool = knob(False, "a missed progress deadline aborts")

    def __post_init__(self) -> None:
        check_knobs(self)
        check_analysis(self, "analysis", *(("pre_promotion",) if self.pre_promotion is not None else ()))
        for name in ("auto_promotion", "progress_deadline_abort"):
            if not isinstance(getattr(self, name), bool):
                raise KnobError("BlueGreen", name, getattr(self, name), "is neither True nor False")
        preview = self.__dataclass_fields__["preview_replicas"].metadata["knob"]
        if self.preview_replicas is not None and not preview.allows(self.preview_replicas):
            problem = f"is no size; use {preview.bounds()} (instances), or None for full size"
            raise KnobError("BlueGreen", "preview_replicas", self.preview_replicas, problem)

    def __call__(self, scenario: Scenario) -> Rollout:
        return heeding(BlueGreenRollout(self, scenario))


class BlueGreenRollout:
    """What a blue-green release knows on its way: the sizes wanted, and which side serves."""

    def __init__(self, knobs: BlueGreen, scenario: Scenario) -> None:
        self.knobs, self.n = knobs, scenario.replicas
        self.blue, self.green = scenario.versions[:2]
        self.active = self.blue
        self.lag = scenario.platform.endpoint_lag
        self.heed = Heed(scenario.duration)
        self.heed.impatient = knobs.progress_deadline_abort
        self.sizes = {self.blue: self.n, self.green: 0}

    # The way there ------------------------------------------------------------------------------------

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
        self.heed.ends = ON_THE_WAY
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
        if self.heed.promoted:
            return
        if run.verdict is Verdict.FAILED:
            raise Interrupted("failed", why=run.reason)
        if run.verdict is not Verdict.SUCCESSFUL:
            yield from self.wait_for_a_person(f"{note}, inconclusive: a person decides")

    def wait_for_a_person(self, note: str) -> Doing:
        """Until somebody promotes."""
        while True:
            yield from self.go(note, hold=inf)
            if self.heed.promoted:
                return

    # The way back -------------------------------------------------------------------------------------

    def abort(self, cause: Interrupted) -> Rollout:
        """Everyone back to blue; what is wanted is still green, so it is no revert."""
        delay = self.knobs.abort_scale_down_delay
        note = f"abort, {cause.why}: {self.green} stays the version that is wanted"
        yield from self.switch_back(note, hold=min(delay or self.lag, self.lag))
        if delay > self.lag:
            yield from self.go(f"keep {self.green} for a retry", hold=delay - self.lag)
        if delay:
            yield from self.stop_all_but(self.blue)
        while cause.reason == "abort":
            yield from self.go("degraded, until a person says retry or undo", hold=inf)
        return Outcome.ROLLED_BACK if not self.sizes[self.green] else Outcome.ABORTED

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
        self.heed.ends, self.heed.impatient = ON_THE_WAY, self.knobs.progress_deadline_abort
        return (yield from self.follow())

    def leave(self, note: str) -> Doing:
        """Everyone back to blue, and green goes."""
        self.heed.impatient = False
        yield from self.switch_back(note, hold=self.lag)
        yield from self.stop_all_but(self.blue)

    def switch_back(self, note: str, hold: float) -> Doing:
        """At once where blue still stands; else green has to serve until blue has been started again."""
        self.sizes |= {self.blue: self.n, self.green: self.counts(self.green).ready}
        if self.active != self.blue and self.counts(self.blue).available < self.n:
            yield from self.go(f"{self.blue} is gone: start it again")
        self.active = self.blue
        yield from self.go(note, hold=hold)

    def stop_all_but(self, kept: str) -> Doing:
        gone = [version for version, size in self.sizes.items() if size and version != kept]
        if gone:
            self.sizes |= dict.fromkeys(gone, 0)
            yield from self.go(f"stop {' and '.join(gone)}")

    # Doing it -----------------------------------------------------------------------------------------

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

    >>> new_rs_new_replicas(10, preview_replica_count=2, active="v1", new="v2", current="v2")
    2
    """
    if preview_replica_count is None or promote_full or not active or active == new:
        return replicas
    return replicas if scale_up_preview_checkpoint and current == new else preview_replica_count
