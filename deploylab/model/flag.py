"""A feature behind a flag: the knobs of its release, and the record of what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .bucketing import VERSIONS
from .errors import KnobError
from .figure import Figure
from .knob import check_knobs, is_number, knob, known_fields
from .over_time import different
from .record import SECOND, Event
from .scenario import Scenario
from .summary import Summary, number, percent, seconds

EXAMPLE = "for example (5, 25, 50, 100)"


@known_fields
@dataclass(frozen=True)
class FlagChange:
    """At `at` (s) somebody gives the flag to `weight` percent of the users.

    A new `key`, or a new version of `bucketing`, deals all users anew; without them both stay as they are.
    """

    at: float = knob(0.0, "when", unit="s", minimum=0, maximum=86_400)
    weight: float = knob(0.0, "percent of the users who have the feature", unit="%", minimum=0, maximum=100)
    key: str = ""
    bucketing: int | None = None

    def __post_init__(self) -> None:
        check_knobs(self)
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
    weights: tuple[float, ...] = knob(
        (5, 25, 50, 100), "percent of the users at each step", unit="%", minimum=0, maximum=100
    )
    hold: float = knob(
        30.0, "how long each step lasts", unit="s", above=0, maximum=86_400, slider=(5, 120, 5)
    )
    kill_switch: bool = knob(True, "take the feature back by the flag; else redeploy the stable build")
    propagation: float = knob(
        5.0, "until the last instance has heard of a change of the flag", unit="s", minimum=0, maximum=3600,
        slider=(0, 60, 1),
    )  # fmt: skip
    pipeline: float = knob(
        60.0, "from the alarm until a redeploy begins: approval, queue, pipeline", unit="s", minimum=0,
        maximum=86_400, slider=(0, 600, 10),
    )  # fmt: skip
    max_error_rate: float = knob(
        0.01, "share of failed requests with the feature that is still good", minimum=0, maximum=1,
        slider=(0, 0.2, 0.005),
    )  # fmt: skip
    min_requests: int = knob(
        50, "requests with the feature needed for an alarm", unit="requests", minimum=1, maximum=1_000_000,
        whole=True, slider=(1, 2000, 1),
    )  # fmt: skip
    interval: float = knob(
        5.0, "how often the monitor looks", unit="s", minimum=0.1, maximum=3600, slider=(1, 60, 1)
    )
    bucketing: int = knob(
        3, "version of flagd's bucketing", minimum=1, maximum=3, whole=True, slider=(1, 3, 1)
    )
    schedule: tuple[FlagChange, ...] = ()  # instead of weights and hold

    def __post_init__(self) -> None:
        check_knobs(self)
        if not isinstance(self.key, str) or not self.key:
            raise KnobError("Flag", "key", self.key, "is not a key; give a word, for example 'new-checkout'")
        if not isinstance(self.kill_switch, bool):
            raise KnobError("Flag", "kill_switch", self.kill_switch, "is neither True nor False")
        _check_weights(self.weights)
        _check_schedule(self.schedule)

    def idle(self) -> dict[str, str]:
        """The fields that have no effect now, and why."""
        return (
            dict.fromkeys(("weights", "hold"), "the schedule says when and how far") if self.schedule else {}
        )

    @property
    def changes(self) -> tuple[FlagChange, ...]:
        """What is to be done with the flag and when, if nothing goes wrong."""
        rising = (FlagChange(self.hold * step, weight) for step, weight in enumerate(self.weights))
        return self.schedule or tuple(rising)


def check_bucketing(owner: str, version: object) -> None:
    """Refuse what is none of flagd's ways to deal users."""
    if version not in VERSIONS:
        raise KnobError(owner, "bucketing", version, "is no version of flagd's bucketing; use 1, 2 or 3")


def _check_weights(weights: object) -> None:
    if not isinstance(weights, tuple) or not weights:
        raise KnobError("Flag", "weights", weights, f"is not a tuple of percentages; {EXAMPLE}")
    for weight in weights:
        if not is_number(weight) or not 0 <= weight <= 100:
            raise KnobError("Flag", "weights", weight, f"is not a percentage from 0 to 100; {EXAMPLE}")
        if (Fraction(str(weight)) * 1000).denominator > 1:
            raise KnobError("Flag", "weights", weight, f"has more than three decimals; round it, {EXAMPLE}")


def _check_schedule(schedule: object) -> None:
    problem = "is no tuple of FlagChange; for example (FlagChange(0, 10), FlagChange(60, 100))"
    if not isinstance(schedule, tuple) or not all(isinstance(change, FlagChange) for change in schedule):
        raise KnobError("Flag", "schedule", schedule, problem)
    times = [change.at for change in schedule]
    if times != sorted(set(times)):
        raise KnobError("Flag", "schedule", times, "does not go forward; each change is later than the last")


@dataclass(frozen=True)
class Evaluations:
    """What the flag said to every request of the window, one array a column, in the order of arrival.

    `time` int64 ns of arrival; `user` uint32; `on` bool, whether the request met the feature; `failed` bool;
    `latency` int64 ns, from arrival until the client knew.
    """

    time: NDArray[np.int64]
    user: NDArray[np.uint32]
    on: NDArray[np.bool_]
    failed: NDArray[np.bool_]
    latency: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, eq=False)  # arrays do not compare to one truth value
class FlagRollout:
    """The record of one feature's release behind a flag.

    `changes` are those that came to pass. `users` are those who asked for anything, ascending; `rulers` says
    where each of them stands (%) from each change on. `alarm` and `back` (s): when the monitor noticed, and
    when the last request met the feature after that. `other`: the same incident, taken back in the other way.
    """

    flag: Flag
    scenario: Scenario
    changes: tuple[FlagChange, ...]
    evaluations: Evaluations = field(repr=False)
    users: NDArray[np.uint32] = field(repr=False)
    rulers: tuple[NDArray[np.float64], ...] = field(repr=False)
    events: tuple[Event, ...] = field(repr=False)
    alarm: float | None = None
    back: float | None = None
    other: FlagRollout | None = field(default=None, repr=False)

    @property
    def title(self) -> str:
        """The way back that was meant."""
        return "Kill switch" if self.flag.kill_switch else "Redeploy"

    @property
    def headline(self) -> str:
        """How it ended."""
        if self.alarm is None:
            return f"{self.title}: not needed, the feature is at {self.changes[-1].weight:g} %"
        if self.back is None:
            return f"{self.title}: feature not yet taken back"
        return f"{self.title}: feature taken back in {seconds(self.time_to_take_back)}"

    @property
    def requests(self) -> int:
        """Requests in the window."""
        return len(self.evaluations)

    @cached_property
    def failures(self) -> int:
        """Requests that got anything but a good answer."""
        return int(self.evaluations.failed.sum())

    @property
    def availability(self) -> float:
        """Good answers over all requests, from 0 to 1; 1 when nobody asked."""
        return 1 - self.failures / max(1, self.requests)

    @cached_property
    def failures_with_feature(self) -> int:
        """Failed requests that met the feature; the others failed for another reason, a redeploy's, say."""
        return int((self.evaluations.failed & self.evaluations.on).sum())

    @cached_property
    def users_met_feature(self) -> int:
        """Different users with at least one request that met the feature: the blast radius."""
        return different(self.evaluations.user[self.evaluations.on])

    @cached_property
    def users_hurt(self) -> int:
        """Different users who had at least one failed request."""
        return different(self.evaluations.user[self.evaluations.failed])

    @cached_property
    def users_who_lost_it(self) -> int:
        """Users who had the feature and lost it to a change that did not lower the weight."""
        lost = np.zeros(len(self.users), np.bool_)
        had, before = lost, 0.0
        for change, places in zip(self.changes, self.rulers, strict=True):
            has = places < change.weight
            if change.weight >= before:
                lost = lost | (had & ~has)
            had, before = has, change.weight
        return int(lost.sum())

    @property
    def time_to_notice(self) -> float | None:
        """Seconds from the first failed request with the feature until the alarm."""
        if self.alarm is None:
            return None
        asked = self.evaluations
        return self.alarm - float(asked.time[asked.on & asked.failed][0]) / SECOND

    @property
    def time_to_take_back(self) -> float | None:
        """Seconds from the alarm until nobody met the feature any more."""
        return None if self.alarm is None or self.back is None else self.back - self.alarm

    @property
    def hurt_the_other_way(self) -> int | None:
        """Users hurt in the same incident, had the feature been taken back in the other way."""
        return None if self.other is None else self.other.users_hurt

    def arms(self, until: float | None = None) -> tuple[tuple[int, int], tuple[int, int]]:
        """Good answers and requests, without the feature and with it: what an A/B test compares.

        With `until` (s), only the requests that arrived before: what somebody would see who looks then.
        """
        asked = self.evaluations
        seen = slice(None if until is None else int(asked.time.searchsorted(round(until * SECOND))))
        failed, met = asked.failed[seen], asked.on[seen]
        without, with_it = (failed[met == on] for on in (False, True))
        return (int((~without).sum()), len(without)), (int((~with_it).sum()), len(with_it))

    @property
    def conditions(self) -> Mapping[str, object]:
        """What two releases must have in common to have met the same requests."""
        s = self.scenario
        return {"traffic": s.traffic, "seed": s.seed, "duration": s.duration}

    @property
    def settings(self) -> tuple[str, ...]:
        """The flag's knobs that are not at their defaults; the way back is in the title already."""
        own = ((f.name, getattr(self.flag, f.name), f.default) for f in fields(Flag))
        return tuple(
            f"{name}={value!r}" for name, value, usual in own if value != usual and name != "kill_switch"
        )

    def figures(self) -> tuple[Figure, ...]:
        """The figures that people compare."""
        said = Figure.said
        return (
            said("time to take it back", self.time_to_take_back, seconds, -1),
            said("users hurt", self.users_hurt, number, -1),
            said("users hurt, other way", self.hurt_the_other_way, number),
            said("failed requests", self.failures, number, -1),
            said("failed with the feature", self.failures_with_feature, number, -1),
            said("availability", self.availability, percent, 1),
            said("time to notice", self.time_to_notice, seconds, -1),
            said("users who met it", self.users_met_feature, number),
            said("users who lost it", self.users_who_lost_it, number, -1),
        )

    @property
    def summary(self) -> Summary:
        """The figures as a small table."""
        return Summary(self.headline, self.figures())
