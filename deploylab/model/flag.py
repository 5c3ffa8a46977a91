"""A feature behind a flag: the knobs of its release."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .bucketing import VERSIONS
from .errors import KnobError
from .knob import check_knobs, knob, known_fields
from .knob_shapes import DAY, count_knob, percent_knob, share_knob, time_knob, weights_knob


@known_fields
@dataclass(frozen=True)
class FlagChange:
    """At `at` (s) somebody gives the flag to `weight` percent of the users.

    A new `key`, or a new version of `bucketing`, deals all users anew; without them both stay as they are.
    """

    at: float = time_knob(0.0, "when")
    weight: float = percent_knob(0.0, "percent of the users who have the feature")
    key: str = ""
    bucketing: int | None = None

    def __post_init__(self) -> None:
        check_knobs(self)
        _check_decimals("FlagChange", "weight", self.weight, "12.5")
        if not isinstance(self.key, str):
            problem = "is not a key; give a word, for example 'new-checkout', or '' to keep the key"
            raise KnobError("FlagChange", "key", self.key, problem)
        if self.bucketing is not None:
            check_bucketing("FlagChange", self.bucketing)


@known_fields
@dataclass(frozen=True)
class Flag:
    """The candidate's new feature behind a flag: released to more and more users, and taken back if it hurts.

    The candidate's build is on all instances before the first second, and its feature is dark. What the flag
    guards is the candidate's error rate; start-up, service time and faults come with the build, on or off.
    The flag rises through `weights`, or by a `schedule` of one's own. A monitor looks at the requests that
    met the feature since the last change and sounds the alarm when too many failed; then the flag rises no
    further, and the feature is taken back: by a kill switch, or by a redeploy of the stable build.

    >>> [(change.at, change.weight) for change in Flag(weights=(5, 25)).changes]
    [(0.0, 5), (30.0, 25)]
    """

    key: str = "new-checkout"
    weights: tuple[float, ...] = weights_knob(
        (5, 25, 50, 100), "percent of the users at each step", rising=False
    )
    hold: float = time_knob(30.0, "how long each step lasts", (5, 120, 5), above=0)
    kill_switch: bool = knob(True, "take the feature back by the flag; else redeploy the stable build")
    propagation: float = time_knob(
        5.0, "until the last instance has heard of a change of the flag", (0, 60, 1), most=3600
    )
    pipeline: float = time_knob(
        60.0, "from the alarm until a redeploy begins: approval, queue, pipeline", (0, 600, 10)
    )
    max_error_rate: float = share_knob(
        0.01, "share of failed requests with the feature that is still good", (0, 0.2, 0.005)
    )
    min_requests: int = count_knob(
        50, "requests with the feature needed for an alarm", (1, 1_000_000), (1, 2000, 1), unit="requests"
    )
    interval: float = time_knob(5.0, "how often the monitor looks", (1, 60, 1), most=3600, minimum=0.1)
    bucketing: int = count_knob(3, "version of flagd's bucketing", (1, 3), (1, 3, 1))
    schedule: tuple[FlagChange, ...] = ()  # instead of weights and hold

    def __post_init__(self) -> None:
        check_knobs(self)
        if not isinstance(self.key, str) or not self.key:
            raise KnobError("Flag", "key", self.key, "is not a key; give a word, for example 'new-checkout'")
        for weight in self.weights:
            _check_decimals("Flag", "weights", weight, "(5, 25, 50, 100)")
        _check_schedule(self.schedule)
        if not self.schedule and self.hold * (len(self.weights) - 1) > DAY:
            steps, most = len(self.weights), DAY // len(self.weights)
            problem = f"makes {steps} steps last longer than a day; use {most:,} s at most"
            raise KnobError("Flag", "hold", self.hold, problem)

    def idle(self) -> dict[str, str]:
        """The fields that have no effect now, and why."""
        needless = ("weights", "hold") if self.schedule else ()
        return dict.fromkeys(needless, "the schedule says when and how far")

    @property
    def changes(self) -> tuple[FlagChange, ...]:
        """What is to be done with the flag and when, if nothing goes wrong."""
        rising = (FlagChange(self.hold * step, weight) for step, weight in enumerate(self.weights))
        return self.schedule or tuple(rising)


def check_bucketing(owner: str, version: object) -> None:
    """Refuse what is none of flagd's ways to deal users."""
    if isinstance(version, bool) or version not in VERSIONS:
        raise KnobError(owner, "bucketing", version, "is no version of flagd's bucketing; use 1, 2 or 3")


def _check_decimals(owner: str, field: str, weight: float, example: str) -> None:
    """Flagd's weights are whole numbers; ours are percentages, which it takes as thousandths."""
    if (Fraction(str(weight)) * 1000).denominator > 1:
        problem = f"has more than three decimals; round it, for example {example}"
        raise KnobError(owner, field, weight, problem)


def _check_schedule(schedule: object) -> None:
    problem = "is no tuple of FlagChange; for example (FlagChange(0, 10), FlagChange(60, 100))"
    if not isinstance(schedule, tuple) or not all(isinstance(change, FlagChange) for change in schedule):
        raise KnobError("Flag", "schedule", schedule, problem)
    times = [change.at for change in schedule]
    if times != sorted(set(times)):
        raise KnobError("Flag", "schedule", times, "does not go forward; each change is later than the last")
