"""Blue-green: prepare the new version beside the old one, then move everyone at once."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.knob import check_knobs, knob, known_fields
from ..model.rollout import Outcome, Rollout, Step, Verdict
from ..model.scenario import Scenario
from .analysis import Analysis
from .deadline import progress_deadline


@known_fields
@dataclass(frozen=True)
class BlueGreen:
    """Prepare the new version (green) beside the old one (blue), then move everyone at once.

    While blue still stands, the way back is a switch. Source: Argo Rollouts, blue-green strategy.
    """

    preview_hold: float = knob(
        30.0, "how long the idle green side is tested before the switch", unit="s", minimum=0, maximum=86_400,
        slider=(0, 300, 5),
    )  # fmt: skip
    scale_down_delay: float = knob(
        30.0, "how long blue stays after the switch, watched", unit="s", minimum=0, maximum=86_400,
        slider=(0, 300, 5),
    )  # fmt: skip
    progress_deadline: float = progress_deadline()
    analysis: Analysis = Analysis()

    def __post_init__(self) -> None:
        check_knobs(self)

    def __call__(self, scenario: Scenario) -> Rollout:
        (blue, green), n = scenario.versions, scenario.replicas
        both = {blue: n, green: n}
        seen = yield Step(
            both, {blue: 100}, hold=self.preview_hold, progress_deadline=self.progress_deadline,
            note=f"prepare {green} beside {blue}",
        )  # fmt: skip
        if seen.deadline_exceeded:
            return Outcome.STALLED
        seen = yield Step(both, {green: 100}, hold=self.scale_down_delay, note=f"switch everyone to {green}")
        if self.analysis(seen, green) is Verdict.FAILED:
            yield Step(both, {blue: 100}, hold=scenario.platform.endpoint_lag, note=f"switch back to {blue}")
            seen = yield Step({blue: n}, {blue: 100}, note=f"stop {green}")
            return seen.ends(Outcome.ROLLED_BACK)
        seen = yield Step({green: n}, {green: 100}, note=f"stop {blue}")
        return seen.ends(Outcome.PROMOTED)


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
