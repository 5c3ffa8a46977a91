"""Blue-green: prepare the new version beside the old one, then move everyone at once."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.knob import check_knobs, knob, known_fields
from ..model.knob_shapes import instances_knob, percent_knob, progress_deadline, time_knob
from ..model.rollout import Rollout
from ..model.scenario import Scenario
from .analysis import Analysis, check_analysis
from .argo.blue_green_rollout import BlueGreenRollout
from .argo.steering import heeding


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

    preview_hold: float = time_knob(
        30.0, "how long the idle green side is tested before the switch", (0, 300, 5)
    )
    scale_down_delay: float = time_knob(30.0, "how long blue stays after the switch", (0, 300, 1))
    progress_deadline: float = progress_deadline()
    analysis: Analysis = Analysis()
    preview_replicas: int | None = instances_knob(
        None, "size of green before the promotion", (0, 12, 1), least=1, nothing="full"
    )
    pre_promotion: Analysis | None = None
    mirror: float = percent_knob(
        10.0,
        "requests copied to green for the pre_promotion analysis; without one, none are",
        (1, 100, 1),
        above=0,
    )
    auto_promotion: bool = knob(True, "promote without a person")
    watch_after_blue: float = time_knob(0.0, "how long green is still judged when blue is gone", (0, 300, 5))
    abort_scale_down_delay: float = time_knob(
        30.0, "how long green stays after an abort, 0: it is never stopped", (0, 300, 5)
    )
    progress_deadline_abort: bool = knob(False, "a missed progress deadline aborts")

    def __post_init__(self) -> None:
        check_knobs(self)
        check_analysis(self, "analysis", *(("pre_promotion",) if self.pre_promotion is not None else ()))

    def __call__(self, scenario: Scenario) -> Rollout:
        return heeding(BlueGreenRollout(self, scenario))
