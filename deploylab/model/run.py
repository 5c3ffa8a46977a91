"""The record of one rollout, and the figures that people compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import fsum
from os import PathLike
from types import MappingProxyType

import numpy as np

from .errors import KnobError
from .figure import Figure
from .knob import is_number
from .over_time import budget_spent, burn_rate, different, nearest_ranks, over_time
from .record import AccessLog, Event, Instance, Status, no_requests
from .rollout import Observation, Outcome, Step
from .scenario import Scenario
from .serving import exposure, serving, way_back
from .spans import most_at_once, overlap
from .summary import Summary, budget, number, percent, seconds
from .table import Table


@dataclass(frozen=True, eq=False, repr=False)  # arrays do not compare to one truth value
class Run:
    """The record of one rollout, with the figures that people compare.

    All figures are over the requests that arrived before `scenario.duration`, so that every strategy is
    judged on the same requests.
    """

    scenario: Scenario
    strategy: str
    steps: tuple[tuple[Step, Observation], ...]
    log: AccessLog
    instances: tuple[Instance, ...]
    events: tuple[Event, ...]
    outcome: Outcome
    end: float  # seconds; when the last request of the log arrived at the latest
    settings: tuple[str, ...] = ()  # the strategy's knobs that are not at their defaults
    mirrored: AccessLog = field(default_factory=no_requests)  # copies, whose answers nobody saw

    def __repr__(self) -> str:
        return f"<Run {self.headline}; its figures are in .summary>"

    def _repr_html_(self) -> str:
        """The figures, for a notebook."""
        return self.summary._repr_html_()

    def save(self, path: str | PathLike[str]) -> None:
        """Write this run into a file, by custom `name.npz`; docs/saved-run.md says what is in it."""
        from .storage import save

        save(self, path)

    @staticmethod
    def load(path: str | PathLike[str]) -> Run:
        """The run that `save` wrote: figures, words and pictures are those of the original.

        Raises `RunFileError` when the file holds none.

        >>> Run.load("no-such-run.npz")
        Traceback (most recent call last):
        deploylab.model.errors.RunFileError: 'no-such-run.npz' cannot be read (No such file or directory); ...
        """
        from .storage import load

        return load(path)

    @cached_property
    def window(self) -> AccessLog:
        """The requests that the figures are about."""
        return self.log.until(self.scenario.duration)

    @property
    def finished(self) -> float:
        """Seconds from the start until the strategy said how it ended."""
        return self.steps[-1][1].end

    @cached_property
    def requests(self) -> int:
        """Requests in the window."""
        return len(self.window)

    @cached_property
    def failures(self) -> int:
        """Requests that got anything but a good answer."""
        return int(self.window.failed.sum())

    @property
    def availability(self) -> float:
        """Good answers over all requests, from 0 to 1; 1 when nobody asked."""
        return 1 - self.failures / max(1, self.requests)

    @property
    def error_budget_spent(self) -> float:
        """Failures over those that the SLO allows; above 1 the promise is broken.

        A promise of 100 % allows no failure: then it is 0 without failures, and infinite with one.
        """
        return budget_spent(self.failures, self.requests, self.scenario.slo.availability)

    def burn_rate(self, start: float = 0, end: float | None = None) -> float:
        """How fast the error budget burns from `start` to `end` (s), counting requests where they arrive.

        1 would spend it in exactly the window, 10 in a tenth of it. Over the whole window it is
        `error_budget_spent`.
        """
        return burn_rate(self, start, self.scenario.duration if end is None else end)

    @cached_property
    def fates(self) -> Mapping[Status, int]:
        """Requests by their fate, those fates included that nobody met."""
        counts = np.bincount(self.window.status, minlength=len(Status)).tolist()
        return MappingProxyType(dict(zip(Status, counts, strict=True)))

    @cached_property
    def users_hurt(self) -> int:
        """Different users who had at least one failed request."""
        return different(self.window.user[self.window.failed])

    @cached_property
    def users_met_candidate(self) -> int:
        """Different users with a request that reached another than the stable version: the blast radius."""
        return different(self.window.user[self.window.version >= 1])

    def requests_of(self, version: str | None = None) -> AccessLog:
        """The requests of the window that reached this version; without one, all of them."""
        if version is None:
            return self.window
        if version not in self.scenario.versions:
            known = " and ".join(self.scenario.versions)
            raise KnobError("Run", "version", version, f"is not in this run; it has {known}")
        return self.window.rows(self.window.version == self.scenario.versions.index(version))

    def over_time(self, bins: int = 60, version: str | None = None) -> Table:
        """Requests, failures, availability, burn rate and percentiles in bins of equal length.

        `start` (s) is where a bin begins. Each request counts in the bin in which it arrived.
        """
        return over_time(self, bins, version)

    def latency(self, percent: float, version: str | None = None) -> float:
        """The latency (s) within which `percent` of the answers came: nearest rank, no interpolation.

        With a `version`, of that version's answers only. NaN when there was none.
        """
        if not is_number(percent) or not 0 <= percent <= 100:
            raise KnobError("Run", "latency", percent, "is no percentage from 0 to 100; for example 99")
        return nearest_ranks(self.requests_of(version).answers, percent)[0]

    @cached_property
    def latency_p50(self) -> float:
        """Half of the answers came within this time (s)."""
        return self.latency(50)

    @cached_property
    def latency_p95(self) -> float:
        """95 % of the answers came within this time (s)."""
        return self.latency(95)

    @cached_property
    def latency_p99(self) -> float:
        """99 % of the answers came within this time (s)."""
        return self.latency(99)

    @property
    def time_to_promote(self) -> float | None:
        """Seconds from the start until the candidate had fully replaced the stable version, if it did."""
        return self.finished if self.outcome is Outcome.PROMOTED else None

    @property
    def time_to_roll_back(self) -> float | None:
        """Seconds from the first step back until the stable version served alone again, if it did.

        None for a candidate that only ever met copies: nobody had to be taken back from it.
        """
        exposed = self.outcome is Outcome.ROLLED_BACK and not self.unexposed
        return way_back(self.steps, self.scenario.stable.name) if exposed else None

    @cached_property
    def instance_seconds(self) -> float:
        """Instances times seconds in the window, starting and terminating ones included: what it cost."""
        return fsum(max(0.0, end - start) for start, end in self._lives())  # sum() differs by Python

    @cached_property
    def peak_instances(self) -> int:
        """The most instances that existed at one time in the window, terminating ones included."""
        return most_at_once(self._lives())

    def _lives(self) -> list[tuple[float, float]]:
        end = self.scenario.duration
        return [(i.started, min(end, end if i.stopped is None else i.stopped)) for i in self.instances]

    @cached_property
    def mixed_seconds(self) -> float:
        """Seconds in the window during which requests went to ready instances of two versions, or more.

        Instances that stand by without traffic do not count: a test of green is no mixture.
        """
        return overlap(*(serving(self, version) for version in self.scenario.versions))

    @property
    def title(self) -> str:
        """The strategy's name."""
        return self.strategy

    @property
    def headline(self) -> str:
        """The strategy's name, and how it ended."""
        return f"{self.strategy}: {self.ending}"

    @cached_property
    def unexposed(self) -> bool:
        """Whether the candidate met copies of the requests alone, so that there was nothing to roll back."""
        steps = [step for step, _ in self.steps]
        served = any(exposure(step, self.scenario.stable.name).requests for step in steps)
        return self.outcome is Outcome.ROLLED_BACK and any(step.mirror for step in steps) and not served

    @cached_property
    def ending(self) -> str:
        """How it ended, in words; of a candidate that nobody was exposed to, what was found of it."""
        if not self.unexposed:
            return self.outcome.value
        found = self.steps[-1][0].found
        return f"{found}, nobody was exposed" if found else "nobody was exposed"

    @property
    def conditions(self) -> Mapping[str, object]:
        """What two runs must have in common to have met the same requests."""
        s = self.scenario
        return {"traffic": s.traffic, "seed": s.seed, "duration": s.duration}

    @property
    def beyond(self) -> str:
        """What to know of the figures of a rollout that goes on where they end; nothing of any other."""
        end = self.scenario.duration
        if self.finished <= end:
            return ""
        return (
            f"The rollout takes {self.finished:.0f} s, and the figures are of the first {end:g} s: "
            "a longer duration counts all of it."
        )

    def figures(self) -> tuple[Figure, ...]:
        """The figures that people compare."""
        said = Figure.said
        return (
            said("availability", self.availability, percent, 1),
            said("failed requests", self.failures, number, -1),
            said("budget spent", self.error_budget_spent, budget, -1),
            said("users hurt", self.users_hurt, number, -1),
            said("p99 latency", self.latency_p99, seconds, -1),
            said("time to promote", self.time_to_promote, seconds, -1),
            said("time to roll back traffic", self.time_to_roll_back, seconds, -1),
            said("peak instances", self.peak_instances, number, -1),
            said("instance-seconds", self.instance_seconds, number, -1),
            said("mixed versions", self.mixed_seconds, seconds, -1),
        )

    @property
    def summary(self) -> Summary:
        """The figures as a small table."""
        return Summary(f"{self.headline} after {seconds(self.finished)}", self.figures(), self.beyond)
