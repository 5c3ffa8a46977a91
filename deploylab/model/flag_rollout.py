"""What became of a feature behind a flag: the record of its release, and the figures that people compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .figure import Figure
from .flag import Flag, FlagChange
from .knob import turned
from .over_time import different
from .record import SECOND, Event
from .scenario import Scenario
from .summary import Summary, number, percent, seconds


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
        return turned(self.flag, "kill_switch")

    def figures(self) -> tuple[Figure, ...]:
        """The figures that people compare."""
        said = Figure.said
        return (
            said("time to take it back", self.time_to_take_back, seconds, -1),
            said("users hurt", self.users_hurt, number, -1),
            said("users hurt by the other way back", self.hurt_the_other_way, number),
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
