"""Let a stream of commits through a pipeline, event by event, and keep the record."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heapify, heappop, heappush, heapreplace
from typing import Any

import numpy as np

from ..model.delivery import ESCAPED, NEVER, Commits, Delivery, Deployments, Incident, Jobs, Kind
from ..model.dora import DAY
from ..model.errors import KnobError
from ..model.pipeline import STAGES, Pipeline
from ..model.record import SECOND
from ..model.rollout import Strategy
from ..model.scenario import Scenario
from .commits import Luck, draw
from .rehearsal import Rehearsal, rehearse

MINUTE = 60 * SECOND
LAST = len(STAGES) - 1


def deliver(
    pipeline: Pipeline, strategy: Strategy | None = None, scenario: Scenario | None = None
) -> Delivery:
    """Let commits through a pipeline for its `days`, and return the record of what happened.

    With a `strategy` a deployment takes as long as `roll_out` measures for a good candidate, and a bad
    release lasts as long and hurts as many users as it measures for the candidate of `scenario`; if the
    strategy does not take it back by itself, until monitoring or a user notices.
    Raises `KnobError` for what is no pipeline, `StrategyError` for a strategy that cannot be rolled out.

    >>> record = deliver(Pipeline(days=10, batch_size=5))
    >>> record.title, len(record.commits), len(record.deployments)
    ('Batches of 5', 190, 36)
    """
    if not isinstance(pipeline, Pipeline):
        problem = "is no pipeline; write deliver(dl.Pipeline(...))"
        raise KnobError("deliver", "pipeline", pipeline, problem)
    world = _World(pipeline, draw(pipeline), rehearse(strategy, scenario))
    world.run()
    return world.record()


class _Release:
    """Commits on their way to production together; `culprits` are those that will hurt it."""

    def __init__(self, commits: list[int], formed: int, kind: Kind, incident: int = NEVER) -> None:
        self.commits, self.formed, self.kind, self.incident = commits, formed, kind, incident
        self.start = NEVER
        self.culprits: list[int] = []


class _Repair:
    """The culprits that must pass the pipeline again before `commits` are released because of an incident."""

    def __init__(self, culprits: list[int], commits: list[int], incident: int) -> None:
        self.missing, self.commits, self.incident = set(culprits), commits, incident


class _World:
    """Everything that changes while the commits pass: queues, the shelf of finished ones, production.

    Times are integer ns. What happens at one moment happens in the order in which it was planned.
    """

    def __init__(self, pipeline: Pipeline, luck: Luck, rehearsal: Rehearsal | None) -> None:
        self.p, self.luck, self.rehearsal = pipeline, luck, rehearsal
        self.end = round(pipeline.days * DAY * SECOND)
        n = len(luck.time)
        self.found, self.fix = luck.found.tolist(), luck.fix.tolist()
        self.work = luck.work.tolist()
        self.free = [[0] * stage.workers for stage in pipeline.stages.values()]
        self.jobs: list[int] = []  # the columns of a Job, row after row: quicker than rows in a list
        self.ready, self.live, self.deployment = [NEVER] * n, [NEVER] * n, [NEVER] * n
        self.shelf: list[int] = []
        self.lane: deque[_Release] = deque()
        self.under_way: _Release | None = None
        self.deployments: list[int] = []
        self.shipped: list[int] = []
        self.incidents: list[dict[str, Any]] = []
        self.repairs: dict[int, _Repair] = {}  # by culprit
        times = enumerate(luck.time.tolist())
        self.events: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = [
            (time, commit, self.enter, (commit, False, 0)) for commit, time in times
        ]
        heapify(self.events)
        self.planned = n

    def plan(self, time: int, happens: Callable[..., None], *to: Any) -> None:
        """Something will happen."""
        self.planned += 1
        heappush(self.events, (time, self.planned, happens, to))

    def run(self) -> None:
        """Let everything happen until the end."""
        if self.p.release_every:
            self.plan(self._days(1), self.calendar, 1)
        events = self.events
        while events and events[0][0] < self.end:
            self.now, _, happens, to = heappop(events)
            happens(*to)

    def enter(self, commit: int, repaired: bool, stage: int) -> None:
        """A commit joins the queue of a stage: first come, first served by whoever is free first."""
        now, free = self.now, self.free[stage]
        start = free[0] if free[0] > now else now
        done = start + self.work[repaired][stage][commit]
        heapreplace(free, done)
        found = not repaired and self.found[commit] == stage
        self.jobs += (commit, repaired, stage, now, start, done, found)
        if found:
            self.plan(done + self.fix[commit], self.enter, commit, True, 0)
        elif stage < LAST:
            self.plan(done, self.enter, commit, repaired, stage + 1)
        else:
            self.plan(done, self.passed, commit, repaired)

    def passed(self, commit: int, repaired: bool) -> None:
        """A commit has passed all stages."""
        if self.live[commit] < 0:
            self.ready[commit] = self.now
        repair = self.repairs.pop(commit, None) if repaired else None
        if repair is None:
            self.shelf.append(commit)
            self.batch()
            return
        repair.missing.remove(commit)
        if not repair.missing:
            self.lane.appendleft(_Release(repair.commits, self.now, Kind.HOTFIX, repair.incident))
            self.next_release()

    def batch(self) -> None:
        """Release a full batch, unless the calendar says when."""
        if not self.p.release_every and len(self.shelf) == self.p.batch_size:
            self.release()

    def calendar(self, number: int) -> None:
        """The day of a release has come."""
        if self.shelf:
            self.release()
        self.plan(self._days(number + 1), self.calendar, number + 1)

    def release(self) -> None:
        """Put all commits of the shelf together, and ask for approval."""
        release, self.shelf = _Release(self.shelf, self.now, Kind.PLANNED), []
        if wait := int(self.luck.approval[release.commits[0]]):
            self.plan(self.now + wait, self.approved, release)
        else:
            self.approved(release)

    def approved(self, release: _Release) -> None:
        """A release joins the queue before production."""
        self.lane.append(release)
        self.next_release()

    def next_release(self) -> None:
        """Begin the next deployment, if none is under way."""
        if self.under_way is not None or not self.lane:
            return
        release = self.under_way = self.lane.popleft()
        release.start = self.now
        if release.kind is Kind.PLANNED:  # what is released because of an incident has been repaired
            release.culprits = [c for c in release.commits if self.found[c] == ESCAPED]
        self.plan(
            self.now + self.takes(self.p.deploy.duration, bool(release.culprits)), self.deployed, release
        )

    def takes(self, minutes: float, bad: bool = False) -> int:
        """How long it takes to bring a release to production, or back (ns)."""
        return self.rehearsal.duration(bad) if self.rehearsal else round(minutes * MINUTE)

    def deployed(self, release: _Release) -> None:
        """A release is live, or has been taken back by the strategy itself."""
        self.under_way = None
        number = self.log(release, release.start, release.kind)
        if release.culprits and self.rehearsal and self.rehearsal.stopped:
            back = round((self.rehearsal.bad.time_to_roll_back or 0) * SECOND)
            incident = self.fail(number, release.start)
            incident.update(detected=self.now - back, recovered=self.now, way="strategy")
            self.take_back(release, len(self.incidents) - 1)
        else:
            self.goes_live(release, number)
        if release.kind is Kind.HOTFIX:
            self.incidents[release.incident].setdefault("recovered", self.now)
        self.next_release()

    def goes_live(self, release: _Release, number: int) -> None:
        """Users meet the release, and its defects."""
        for commit in release.commits:
            if self.live[commit] < 0:
                self.live[commit], self.deployment[commit] = self.now, number
        if release.culprits:
            self.fail(number, self.now)
            notice = min(int(self.luck.notice[commit]) for commit in release.culprits)
            self.plan(self.now + notice, self.noticed, release, len(self.incidents) - 1)

    def noticed(self, release: _Release, incident: int) -> None:
        """Somebody or something has seen that production fails because of this release."""
        self.incidents[incident].update(detected=self.now, way=self.p.recovery)
        if self.p.recovery == "roll back":
            self.plan(self.now + self.takes(self.p.rollback), self.rolled_back, release, incident, self.now)
        else:
            self.repair(release, release.culprits, incident)

    def rolled_back(self, release: _Release, incident: int, since: int) -> None:
        """Production is what it was before the release."""
        self.log(release, since, Kind.ROLLBACK)
        self.incidents[incident]["recovered"] = self.now
        self.take_back(release, incident)

    def take_back(self, release: _Release, incident: int) -> None:
        """None of the commits is live any more; they all go out again once the culprits are repaired."""
        for commit in release.commits:
            self.live[commit] = self.deployment[commit] = NEVER
        for commit in release.culprits:
            self.ready[commit] = NEVER
        self.repair(release, release.commits, incident)

    def repair(self, release: _Release, commits: list[int], incident: int) -> None:
        """Find the culprits among the commits of a release, repair them, and let them pass once more."""
        search = round(self.p.diagnosis * MINUTE) * len(release.commits)
        repair = _Repair(release.culprits, commits, incident)
        for commit in release.culprits:
            self.repairs[commit] = repair
            self.plan(self.now + search + self.fix[commit], self.enter, commit, True, 0)

    def log(self, release: _Release, start: int, kind: Kind) -> int:
        """Note a deployment that has just ended."""
        failed = kind is not Kind.ROLLBACK and bool(release.culprits)
        row = (release.formed, start, self.now, len(self.shipped), len(release.commits), kind, failed)
        self.deployments += row
        self.shipped += release.commits
        return len(self.deployments) // len(row) - 1

    def fail(self, deployment: int, began: int) -> dict[str, Any]:
        """Note an incident that has just begun."""
        self.incidents.append({"deployment": deployment, "began": began})
        return self.incidents[-1]

    def record(self) -> Delivery:
        """What happened, in columns."""
        luck, ready, live = self.luck, np.array(self.ready, np.int64), np.array(self.live, np.int64)
        deployment = np.array(self.deployment, np.int32)
        return Delivery(
            pipeline=self.p,
            commits=Commits(luck.time, luck.size, luck.found, ready, live, deployment),
            jobs=Jobs(*_columns(self.jobs, Jobs)),
            deployments=Deployments(*_columns(self.deployments, Deployments)),
            shipped=np.array(self.shipped, np.int32),
            incidents=tuple(self._incident(**facts) for facts in self.incidents),
            strategy=self.rehearsal.good.strategy if self.rehearsal else "",
        )

    def _incident(
        self,
        deployment: int,
        began: int,
        detected: int | None = None,
        recovered: int | None = None,
        way: str = "",
    ) -> Incident:
        ended = self.end if recovered is None else recovered
        hurt = self.rehearsal.users_hurt((ended - began) / SECOND) if self.rehearsal else None
        seen, over = (None if time is None else time / SECOND for time in (detected, recovered))
        return Incident(deployment, began / SECOND, seen, over, way, hurt)

    def _days(self, number: int) -> int:
        return round(number * self.p.release_every * DAY * SECOND)


def _columns(rows: list[int], kind: type[Jobs] | type[Deployments]) -> list[Any]:
    """Rows that lie one after the other, as the columns of this kind."""
    table = np.array(rows, np.int64).reshape(-1, len(kind.TYPES))
    return [column.astype(type_) for column, type_ in zip(table.T, kind.TYPES, strict=True)]
