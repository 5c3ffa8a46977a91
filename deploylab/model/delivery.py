"""The record of a delivery, with the keys by which DORA measures software delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .delivery_log import ESCAPED, ChangeFailure, Commits, Deployments, Jobs, Kind
from .dora import DAY, YEAR, Placement, dora_cluster
from .figure import Figure
from .over_time import nearest_ranks
from .pipeline import Pipeline
from .record import SECOND, Times
from .summary import Summary, frequency, lasting, number, share


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
    incidents: tuple[ChangeFailure, ...] = field(repr=False)
    strategy: str = ""  # how a release reaches the instances, if that was simulated too

    @property
    def end(self) -> float:
        """Seconds that were watched."""
        return self.pipeline.days * DAY

    @cached_property
    def hidden(self) -> NDArray[np.bool_]:
        """Which entries of `shipped` had a defect then that nobody knew, or that made the trouble."""
        start = self.deployments.start.repeat(self.deployments.size)
        c = self.commits
        repaired = (c.repaired >= 0)[self.shipped] & (c.repaired[self.shipped] <= start)
        return np.equal(c.found, ESCAPED)[self.shipped] & ~repaired

    @cached_property
    def changes(self) -> NDArray[np.bool_]:
        """Which deployments brought commits to production, instead of taking them back."""
        return np.not_equal(self.deployments.kind, Kind.ROLLBACK)

    @property
    def deployments_a_day(self) -> float:
        """Deployment frequency: deployments to production a day; rollbacks do not count."""
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
        """Deployments that made production fail, over all deployments but rollbacks."""
        return float(self.deployments.failed[self.changes].mean()) if self.changes.any() else None

    @property
    def recovery_time(self) -> float | None:
        """Failed deployment recovery time: the median of those that were recovered from, in seconds."""
        return median((np.array([lasted for _, lasted in self.recoveries]) * SECOND).astype(np.int64))

    @cached_property
    def recoveries(self) -> tuple[tuple[float, float], ...]:
        """When each failed deployment was recovered from, in order, and how long it had taken (s)."""
        last: dict[int, tuple[float, float]] = {}
        for i in self.incidents:
            over = float("inf") if i.recovered is None else i.recovered
            last[i.deployment] = max(last.get(i.deployment, (0.0, 0.0)), (over, over - i.began))
        return tuple(sorted(pair for pair in last.values() if pair[0] < float("inf")))

    @property
    def rework_rate(self) -> float | None:
        """Unplanned deployments because of an incident, hotfix or rollback, over all deployments."""
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
    def growing(self) -> bool:
        """Whether far fewer commits arrived than came, and the queue was still growing at the end."""
        return self._overdue(self.end) > max(len(self.commits) / 5, 1.5 * self._overdue(self.end / 2))

    def _overdue(self, time: float) -> int:
        """Commits that were not in production by then (s), but for those that waited for their release."""
        c, p, now = self.commits, self.pipeline, round(time * SECOND)
        under_way = (c.time <= now) & ((c.live < 0) | (c.live > now))
        if p.release_every:
            every = round(p.release_every * DAY * SECOND)
            return int((under_way & (c.ready <= now // every * every)).sum())
        return max(0, int(under_way.sum()) - p.batch_size + 1)

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
        """Users hurt, incident by incident; who is hurt by two counts twice. None without a strategy."""
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
        often = self.deployments_a_day if len(self.commits) else None  # nothing came, nothing to release
        return dora_cluster(often, self.lead_time, self.change_failure_rate, self.recovery_time)

    @property
    def title(self) -> str:
        """When releases are made, and how they reach the instances."""
        words = self.pipeline.policy
        return f"{words[0].upper()}{words[1:]}{f', {self.strategy}' if self.strategy else ''}"

    @property
    def headline(self) -> str:
        """The title, and the cluster that most of the four keys fall in."""
        words = filter(None, (self.placement.cluster, self.placement.tally))
        return f"{self.title}: {' '.join(words)} (DORA {YEAR})"

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
            Figure.said("users hurt", self.users_hurt, number, -1),
            Figure.said("commits delivered", self.delivered, number, 1),
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
