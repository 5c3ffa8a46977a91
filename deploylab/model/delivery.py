"""The record of a delivery: every commit, every run of a stage, every deployment and incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .dora import DAY, HOUR, YEAR, Placement, dora_cluster
from .figure import Figure
from .over_time import nearest_ranks
from .pipeline import STAGES, Pipeline
from .record import SECOND
from .summary import Summary, percent

Times = NDArray[np.int64]  # ns; NEVER for what did not happen
NEVER = -1
ESCAPED = len(STAGES)  # instead of the stage that found a defect


class Kind(IntEnum):
    """Why there was a deployment."""

    PLANNED = 0
    HOTFIX = 1  # a repair, or a release that had been rolled back, repaired
    ROLLBACK = 2


@dataclass(frozen=True)
class Commits:
    """One entry a commit, in the order of `time` (ns).

    `size` int64 lines; `found` int8: the stage that found its defect, `ESCAPED` when none did, -1 without a
    defect; `ready` ns when it had passed all stages; `live` ns since when it runs in production for good;
    `deployment` int32, the one that brought it.
    """

    time: Times
    size: NDArray[np.int64]
    found: NDArray[np.int8]
    ready: Times
    live: Times
    deployment: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True)
class Jobs:
    """One entry a run of a stage, in the order of `queued` (ns).

    `commit` int32; `repaired` bool, whether it is the repaired commit that passes; `stage` int8, index into
    `STAGES`; `start` and `done` ns; `found` bool, whether the stage found the defect.
    """

    TYPES: ClassVar[tuple[type[np.generic], ...]] = (
        np.int32, np.bool_, np.int8, np.int64, np.int64, np.int64, np.bool_,
    )  # fmt: skip

    commit: NDArray[np.int32]
    repaired: NDArray[np.bool_]
    stage: NDArray[np.int8]
    queued: Times
    start: Times
    done: Times
    found: NDArray[np.bool_]


@dataclass(frozen=True)
class Deployments:
    """One entry a deployment that ended in the window, in the order of `done` (ns).

    `formed` is when its commits were put together, `start` when it began. `size` int32 commits, which are
    `Delivery.shipped[first:first + size]`; `kind` int8, a `Kind`; `failed` bool, whether it hurt production.
    """

    TYPES: ClassVar[tuple[type[np.generic], ...]] = (
        np.int64, np.int64, np.int64, np.int32, np.int32, np.int8, np.bool_,
    )  # fmt: skip

    formed: Times
    start: Times
    done: Times
    first: NDArray[np.int32]
    size: NDArray[np.int32]
    kind: NDArray[np.int8]
    failed: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.done)


@dataclass(frozen=True)
class Incident:
    """Production fails because of a deployment, from `began` (s); None is not before the end.

    `way` is what is done about it: one of `RECOVERIES`, or "strategy" if that took the release back itself.
    `users_hurt` is None when no strategy and scenario said how many users there are.
    """

    deployment: int
    began: float
    detected: float | None = None
    recovered: float | None = None
    way: str = ""
    users_hurt: int | None = None


@dataclass(frozen=True, eq=False)  # arrays do not compare to one truth value
class Delivery:
    """What became of the commits of a pipeline, with the keys by which DORA measures software delivery.

    Source of the keys: DORA (dora.dev), change lead time, deployment frequency, change fail rate, failed
    deployment recovery time and deployment rework rate.
    """

    pipeline: Pipeline
    commits: Commits = field(repr=False)
    jobs: Jobs = field(repr=False)
    deployments: Deployments = field(repr=False)
    shipped: NDArray[np.int32] = field(repr=False)
    incidents: tuple[Incident, ...] = field(repr=False)
    strategy: str = ""  # how a release reaches the instances, if that was simulated too

    @property
    def end(self) -> float:
        """Seconds that were watched."""
        return self.pipeline.days * DAY

    @cached_property
    def changes(self) -> NDArray[np.bool_]:
        """Which deployments brought commits to production, instead of taking them back."""
        return np.not_equal(self.deployments.kind, Kind.ROLLBACK)

    @property
    def deployments_a_day(self) -> float:
        """Deployment frequency: deployments to production a day; roll-backs do not count."""
        return float(self.changes.sum()) / self.pipeline.days

    @cached_property
    def lead_times(self) -> Times:
        """From commit to running in production for good (ns), one entry a commit that got there."""
        there = self.commits.live >= 0
        return self.commits.live[there] - self.commits.time[there]

    @property
    def lead_time(self) -> float | None:
        """Lead time for changes: its median in seconds."""
        return median(self.lead_times)

    @property
    def change_failure_rate(self) -> float | None:
        """Deployments that made production fail, over all deployments but roll-backs."""
        return float(self.deployments.failed[self.changes].mean()) if self.changes.any() else None

    @property
    def recovery_time(self) -> float | None:
        """Failed deployment recovery time: the median of those that were recovered from, in seconds."""
        lasted = [i.recovered - i.began for i in self.incidents if i.recovered is not None]
        return median((np.array(lasted) * SECOND).astype(np.int64))

    @property
    def rework_rate(self) -> float | None:
        """Unplanned deployments because of an incident, hotfix or roll-back, over all deployments."""
        return float((self.deployments.kind != Kind.PLANNED).mean()) if len(self.deployments) else None

    @property
    def delivered(self) -> int:
        """Commits that run in production."""
        return len(self.lead_times)

    @cached_property
    def work_in_progress(self) -> float:
        """Commits between commit and production, on average over the whole time: L in L = lambda W."""
        end = round(self.end * SECOND)
        live = np.where(self.commits.live >= 0, self.commits.live, end)
        return float((live - self.commits.time).sum()) / end

    @property
    def failing(self) -> float:
        """The share of the time in which production was failing."""
        spans = sorted((i.began, self.end if i.recovered is None else i.recovered) for i in self.incidents)
        total = reached = 0.0
        for start, stop in spans:
            total += max(0.0, stop - max(start, reached))
            reached = max(reached, stop)
        return total / self.end

    @property
    def users_hurt(self) -> int | None:
        """Users hurt, incident by incident; who is hurt twice counts twice. None without a scenario."""
        return sum(i.users_hurt or 0 for i in self.incidents) if self.strategy else None

    @cached_property
    def waited(self) -> float:
        """Commit-days that finished commits waited for the deployment that brought them to stay."""
        c, end = self.commits, round(self.end * SECOND)
        ready = c.ready >= 0
        left = np.full(len(c), end)
        left[c.live >= 0] = self.deployments.start[c.deployment[c.live >= 0]]
        return float((left - c.ready)[ready].sum()) / SECOND / DAY

    @property
    def cost(self) -> float:
        """Hours of work a day: what the deployments cost, and what the waiting of finished commits costs."""
        p = self.pipeline
        return (p.release_cost * len(self.deployments) + p.delay_cost * self.waited) / p.days

    @property
    def placement(self) -> Placement:
        """Where the four keys fall among the clusters that DORA published."""
        return dora_cluster(
            self.deployments_a_day, self.lead_time, self.change_failure_rate, self.recovery_time
        )

    @property
    def title(self) -> str:
        """When releases are made, and how they reach the instances."""
        words = self.pipeline.policy
        return f"{words[0].upper()}{words[1:]}{f', {self.strategy}' if self.strategy else ''}"

    @property
    def headline(self) -> str:
        """The title, and the cluster that most of the four keys fall in."""
        return f"{self.title}: {self.placement.cluster} (DORA {YEAR})"

    @property
    def settings(self) -> tuple[str, ...]:
        """The knobs that are not at their defaults."""
        return self.pipeline.settings

    @property
    def conditions(self) -> Mapping[str, object]:
        """What two deliveries must have in common to have met the same commits."""
        p = self.pipeline
        return {"rate": p.rate, "size": p.size, "defects": p.defect_chance, "days": p.days, "seed": p.seed}

    def figures(self) -> tuple[Figure, ...]:
        """The figures that people compare: the keys of DORA first."""
        return (
            Figure.said("deployment frequency", self.deployments_a_day, frequency, 1),
            Figure.said("lead time", self.lead_time, lasting, -1),
            Figure.said("change failure rate", self.change_failure_rate, share, -1),
            Figure.said("recovery time", self.recovery_time, lasting, -1),
            Figure.said("rework rate", self.rework_rate, share, -1),
            Figure.said("time failing", self.failing, share, -1),
            Figure.said("users hurt", self.users_hurt, "{:,.0f}".format, -1),
            Figure.said("commits delivered", self.delivered, "{:,.0f}".format, 1),
            Figure.said("work in progress", self.work_in_progress, "{:,.1f}".format, -1),
            Figure.said("cost a day", self.cost, "{:,.1f} h".format, -1),
        )

    @property
    def summary(self) -> Summary:
        """The figures as a small table."""
        return Summary(self.headline, self.figures())


def median(times: Times) -> float | None:
    """The median of times (ns) in seconds: one of them, never a mean of two. None without any.

    >>> median(np.array([3, 1, 2, 4]) * SECOND)
    2.0
    """
    return nearest_ranks(times, 50)[0] if len(times) else None


def lasting(seconds: float) -> str:
    """A time that may last seconds or months, in words.

    >>> lasting(90), lasting(5_400), lasting(40 * HOUR), lasting(9 * DAY)
    ('1.5 min', '90 min', '40 h', '9 days')
    """
    for unit, name, least in ((DAY, "days", 3), (HOUR, "h", 2), (60.0, "min", 1)):
        if seconds >= least * unit:
            return f"{seconds / unit:.2g} {name}" if seconds < 10 * unit else f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"


def frequency(a_day: float) -> str:
    """How often something happens, in words.

    >>> frequency(18.94), frequency(0.5), frequency(0.02)
    ('19 a day', '3.5 a week', '0.6 a month')
    """
    for days, name in ((1, "day"), (7, "week")):
        if a_day * days >= 1:
            return f"{a_day * days:.2g} a {name}" if a_day * days < 100 else f"{a_day * days:,.0f} a {name}"
    return f"{a_day * 30:.2g} a month"


def share(value: float) -> str:
    """A share as a percentage with one digit.

    >>> share(0.0177)
    '1.8 %'
    """
    return percent(round(value, 3))
