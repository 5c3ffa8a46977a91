"""The canary as Flagger does it: one check an interval, and in the end the primary is updated."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from math import inf
from typing import ClassVar

from ..model.errors import KnobError
from ..model.knob import check_knobs, knob, known_fields
from ..model.knob_shapes import count_knob, percent_knob, progress_deadline, time_knob, weights_knob
from ..model.order import Action
from ..model.rollout import Observation, Outcome, Rollout, Step, Verdict
from ..model.scenario import Scenario
from .analysis import Analysis, check_analysis
from .flagger_pair import Pair
from .flagger_scheduler import CanaryStatus, advance_canary, readiness, rollback
from .heed import told_in_vain
from .kubernetes.progress import HighWaterMark, deployment_timed_out
from .said import newest, paused, said

WAYS_BACK: tuple[Action, ...] = ("abort", "undo")


@known_fields
@dataclass(frozen=True)
class Flagger:
    """Let a canary of full size take more traffic at each good check; then make the primary what it is.

    Everything happens on the ticks of a clock: at each one the canary is checked over the `interval` before.
    Only a good check moves on; a bad one holds it where it is, and no data is a bad check. When there are
    `threshold` bad ones in all, the next tick rolls the canary back. After the last good check the primary is
    updated like any Deployment while the canary serves; then it gets the traffic back and the canary ends.

    `iterations` instead of weights test an idle canary that many times before everyone is moved to it, which
    takes `mirror` or another source of traffic. With `match` it is an A/B test: that share of the users,
    sticky ones, meets the canary and nobody else. A second release starts the analysis anew, or follows the
    first one if that is being promoted. A person may pause (suspend), resume and abort, from tick to tick.

    Unlike in the real one, primary and canary are told apart by their versions alone. So from the promotion
    on both are instances of the new version that share its traffic, and in the end the newest of them stop.

    Source: Flagger, pkg/controller/scheduler.go.

    >>> Flagger(interval=5)
    Traceback (most recent call last):
    deploylab.model.errors.KnobError: Flagger.interval: 5 is not allowed; time between two checks: a number \
at least 10, at most 3,600 (s), for example 60
    """

    heeds: ClassVar[tuple[Action, ...]] = ("pause", "resume", *WAYS_BACK)

    interval: float = time_knob(60.0, "time between two checks", (10, 120, 5), most=3600, minimum=10)
    threshold: int = count_knob(5, "bad checks after which it is rolled back", (1, 1000), (1, 10, 1))
    step_weight: int = count_knob(10, "traffic that each good check adds", (1, 100), (1, 100, 1), unit="%")
    max_weight: int = count_knob(
        50, "traffic from which a good check promotes", (1, 100), (1, 100, 1), unit="%"
    )
    step_weights: tuple[int, ...] = weights_knob(
        (), "percent of the traffic at each step, instead", (1, 5, 20), whole=True, above=0, maximum=inf
    )
    step_weight_promotion: int = count_knob(
        0, "traffic that goes back to the primary at a time; 0: at once", (0, 100), (0, 100, 5), unit="%"
    )
    iterations: int = count_knob(0, "checks of an idle canary, instead of weights", (0, 1000), (0, 20, 1))
    match: float = percent_knob(0.0, "users who meet the canary in an A/B test", (0, 100, 5))
    mirror: float = percent_knob(0.0, "requests that are copied before anyone is sent", (0, 100, 5))
    skip_analysis: bool = knob(False, "promote as soon as the canary is ready")
    progress_deadline: float = progress_deadline()
    analysis: Analysis = Analysis(max_latency_p99=0.5, min_requests=1)

    def __post_init__(self) -> None:
        check_knobs(self)
        check_analysis(self, "analysis")
        if self.match and not self.iterations:
            problem = "needs iterations above 0: an A/B test lasts that many intervals"
            raise KnobError("Flagger", "match", self.match, problem)

    def __call__(self, scenario: Scenario) -> Rollout:
        if self.match and not scenario.traffic.sticky:
            problem = "needs users who keep to one version; use Traffic(sticky=True)"
            raise KnobError("Flagger", "match", self.match, problem)
        primary, latest = scenario.versions
        outcome = Outcome.PROMOTED
        while outcome is Outcome.PROMOTED and latest != primary:
            too_late = set[str]()
            flow = self._release(primary, latest, scenario.replicas, too_late)
            outcome, primary, latest = yield from told_in_vain(flow, self.heeds, too_late)
        # Back on the version of an earlier release is not back where it all began.
        elsewhere = outcome is Outcome.ROLLED_BACK and primary != scenario.stable.name
        return Outcome.ABORTED if elsewhere else outcome

    def _release(
        self, primary: str, canary: str, size: int, too_late: set[str]
    ) -> Generator[Step, Observation, tuple[Outcome, str, str]]:
        """From new revision to end: the outcome, what the primary runs then, and the newest version.

        As in Flagger, nobody is asked about a way back once the analysis is over: that is `too_late`.
        """
        status, pair, latest = CanaryStatus("Progressing"), Pair.begin(primary, canary, size), canary
        well: float | None = None  # when both were ready last
        while status.phase in ("Progressing", "Promoting", "Finalising"):
            updates = status.phase == "Promoting" and pair.old.desired
            act = self._update_primary if updates else self._tick
            seen = yield from act(pair, status)
            if seen is None:
                return Outcome.STALLED, primary, latest
            pair, latest = pair.after(seen), newest(seen)
            if status.phase == "Progressing" and said(seen, *WAYS_BACK):
                status = rollback(status)
                break
            well = seen.start if well is None else well
            well = seen.end if pair.primary_ready and pair.canary_ready else well
            late = deployment_timed_out(well, seen.end, self.progress_deadline)
            asked = pair.primary_ready or self.skip_analysis  # who skips the analysis skips this check, too
            restarts = latest != pair.canary and status.phase == "Progressing" and asked
            status = advance_canary(
                self, status, self.analysis(seen, pair.canary) is Verdict.SUCCESSFUL, latest != pair.canary,
                readiness(pair.canary_ready, late), readiness(pair.primary_ready, late),
            )  # fmt: skip
            if restarts:
                pair = pair.restarted(latest)
            if status.phase != "Progressing":
                too_late.update(WAYS_BACK)
        outcome, seen = yield from self._finish(pair, status)
        return outcome, pair.canary if outcome is Outcome.PROMOTED else pair.primary, newest(seen)

    def _finish(
        self, pair: Pair, status: CanaryStatus
    ) -> Generator[Step, Observation, tuple[Outcome, Observation]]:
        if status.phase == "Failed" and status.weight:
            note = f"the primary is stuck: stay on {pair.canary}"
            seen = yield replace(self._step(pair, status), hold=0, note=note)
            return Outcome.STALLED, seen
        if status.phase == "Failed":
            bad = f" after {status.failed_checks} bad checks" if status.failed_checks else ""
            note = f"take {pair.canary} back{bad}"
            seen = yield Step({pair.primary: pair.size}, {pair.primary: 100}, note=note)
            return seen.ends(Outcome.ROLLED_BACK), seen
        if pair.old.desired:  # the analysis was skipped
            seen = yield from self._update_primary(pair, status)
            pair = pair.after(seen)
            if not pair.updated:
                return Outcome.STALLED, seen
        seen = yield Step({pair.canary: pair.size}, {pair.canary: 100}, note="end the canary")
        return seen.ends(Outcome.PROMOTED), seen

    def _tick(self, pair: Pair, status: CanaryStatus) -> Generator[Step, Observation, Observation | None]:
        """One interval, after a suspension if a person wants one; None when nobody will ever end it."""
        step = self._step(pair, status)
        seen = yield step
        while said(seen, "pause", "resume") == "pause":
            while said(seen, "resume") != "resume":
                seen = yield paused(step, "suspended")
                if not seen.orders:
                    return None
            seen = yield step
        return seen

    def _update_primary(self, pair: Pair, status: CanaryStatus) -> Generator[Step, Observation, Observation]:
        """The rolling update of the primary, and from its end on until the next tick."""
        begin: float | None = None
        furthest = HighWaterMark()
        while True:
            pair = pair.next_update()
            step = self._step(pair, status)
            deadline = self.progress_deadline
            seen = yield replace(step, until="changed", hold=0, progress_deadline=deadline)
            pair, begin = pair.after(seen), seen.start if begin is None else begin
            furthest.see(seen.end, pair.new.available, -pair.old.current)
            if pair.updated or seen.end - furthest.since >= deadline:
                rest = self.interval - (seen.end - begin) % self.interval
                return (yield replace(self._step(pair, status), hold=rest))

    def _step(self, pair: Pair, status: CanaryStatus) -> Step:
        weight = status.weight * self.match / 100 if self.match else status.weight
        if status.phase != "Progressing":
            note = f"update the primary to {pair.canary}, {weight:g} % on the canary"
        elif status.mirrored:
            note = f"copy {self.mirror:g} % of the requests to {pair.canary}"
        else:
            idle = f"test the idle {pair.canary}" if status.iterations else f"prepare {pair.canary}"
            note = f"{weight:g} % to {pair.canary}" if weight else idle
        if status.failed_checks:
            note += f"; {status.failed_checks} of {self.threshold} bad checks"
        mirror = self.mirror if status.mirrored else 0.0
        traffic = pair.traffic(weight)
        return Step(pair.replicas, traffic, hold=self.interval, until="now", mirror=mirror, note=note)
