"""From the shelf of finished commits to production, and back: releases, incidents, repairs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..model.delivery_log import ESCAPED, NEVER, Kind
from ..model.dora import DAY
from ..model.pipeline import Pipeline
from ..model.record import SECOND
from .clock import Clock, ns
from .commits import Luck
from .rehearsal import Rehearsal

MINUTE = 60 * SECOND


@dataclass(eq=False)
class Batch:
    """Commits on their way to production together; `culprits` are those that will hurt it. Times in ns."""

    commits: list[int]
    formed: int
    kind: Kind
    incident: int = NEVER  # that it repairs
    start: int = NEVER
    number: int = NEVER  # of its deployment
    culprits: list[int] = field(default_factory=list)


class Production:
    """Everything that changes behind the stages. Times are integer ns.

    Only a defect that made trouble is known: when a release is taken back because of one, its other defects
    stay hidden, and come out with it again.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        luck: Luck,
        rehearsal: Rehearsal | None,
        clock: Clock,
        enter: Callable[[int, bool, int], None],
    ) -> None:
        self.p, self.rehearsal, self.clock, self.enter = pipeline, rehearsal, clock, enter
        self.fix, self.notice = luck.fix.tolist(), luck.notice.tolist()
        self.approval = luck.approval.tolist()
        self.hidden = {commit for commit, found in enumerate(luck.found.tolist()) if found == ESCAPED}
        n = len(luck.time)
        self.ready, self.repaired, self.live, self.deployment = ([NEVER] * n for _ in range(4))
        self.shelf: list[int] = []
        self.lane: deque[Batch] = deque()
        self.under_way: Batch | None = None
        self.deployments: list[int] = []  # the columns of `Deployments`, row after row
        self.shipped: list[int] = []
        self.incidents: list[dict[str, Any]] = []
        self.repairs: dict[int, tuple[list[int], int]] = {}  # what goes out with a repaired culprit
        if pipeline.release_every:
            self.next_date(1)

    def passed(self, commit: int, repaired: bool) -> None:
        """A commit has passed all stages."""
        now = self.clock.now
        if self.live[commit] < 0:
            self.ready[commit] = now
        if repaired:
            self.repaired[commit] = now
            self.hidden.discard(commit)
        if commit in self.repairs:
            commits, incident = self.repairs.pop(commit)
            self.lane.appendleft(Batch(commits, now, Kind.HOTFIX, incident))
            self.begin()
            return
        self.shelf.append(commit)
        if not self.p.release_every and len(self.shelf) == self.p.batch_size:
            self.release()

    def next_date(self, number: int) -> None:
        """The calendar has another day for a release."""
        self.clock.at(ns(number * self.p.release_every * DAY), self.date, number)

    def date(self, number: int) -> None:
        """The day of a release has come."""
        if self.shelf:
            self.release()
        self.next_date(number + 1)

    def release(self) -> None:
        """Put all commits of the shelf together, and ask for approval."""
        batch, self.shelf = Batch(self.shelf, self.clock.now, Kind.PLANNED), []
        if wait := self.approval[batch.commits[0]]:
            self.clock.at(self.clock.now + wait, self.approved, batch)
        else:
            self.approved(batch)

    def approved(self, batch: Batch) -> None:
        """A release joins the queue before production."""
        self.lane.append(batch)
        self.begin()

    def begin(self) -> None:
        """Begin the next deployment, if none is under way."""
        if self.under_way is None and self.lane:
            batch = self.under_way = self.lane.popleft()
            batch.start = self.clock.now
            batch.culprits = [commit for commit in batch.commits if commit in self.hidden]
            takes = self.takes(self.p.deploy.duration, bad=bool(batch.culprits))
            self.clock.at(batch.start + takes, self.deployed, batch)

    def takes(self, minutes: float, bad: bool = False) -> int:
        """How long it takes to bring a release to production, or back (ns)."""
        return self.rehearsal.duration(bad) if self.rehearsal else round(minutes * MINUTE)

    def deployed(self, batch: Batch) -> None:
        """A release is live, or has been taken back by the strategy itself."""
        self.under_way, now = None, self.clock.now
        batch.number = self.log(batch, batch.start, batch.kind)
        if batch.kind is Kind.HOTFIX:
            self.incidents[batch.incident].setdefault("recovered", now)
        if batch.culprits and self.rehearsal and self.rehearsal.stopped:
            incident = self.fail(batch, self.first(batch), batch.start)
            back = ns(self.rehearsal.bad.time_to_roll_back or 0)
            self.incidents[incident].update(detected=now - back, recovered=now, way="strategy")
            self.incidents[incident]["taken_back_by"] = batch.number
            self.take_back(batch, incident)
        else:
            self.go_live(batch)
        self.begin()

    def go_live(self, batch: Batch) -> None:
        """Users meet the release, and its defects; what is not rolled back stays until each is repaired."""
        now, culprits = self.clock.now, batch.culprits
        for commit in batch.commits:
            if self.live[commit] < 0:
                self.live[commit], self.deployment[commit] = now, batch.number
        if culprits and self.p.recovery == "roll back":
            culprits = [self.first(batch)]
        for commit in culprits:
            incident = self.fail(batch, commit, now)
            self.clock.at(now + self.notice[commit], self.noticed, batch, incident)

    def noticed(self, batch: Batch, incident: int) -> None:
        """Somebody or something has seen that production fails because of this release."""
        now = self.clock.now
        self.incidents[incident].update(detected=now, way=self.p.recovery)
        if self.p.recovery == "roll back":
            self.clock.at(now + self.takes(self.p.rollback), self.rolled_back, batch, incident, now)
        else:
            self.repair(batch, [self.incidents[incident]["culprit"]], incident)

    def rolled_back(self, batch: Batch, incident: int, since: int) -> None:
        """Production is what it was before the release."""
        number = self.log(batch, since, Kind.ROLLBACK)
        self.incidents[incident].update(recovered=self.clock.now, taken_back_by=number)
        self.take_back(batch, incident)

    def take_back(self, batch: Batch, incident: int) -> None:
        """None of the commits is live any more; they all go out again once the culprit is repaired."""
        for commit in batch.commits:
            self.live[commit] = self.deployment[commit] = NEVER
        self.repair(batch, batch.commits, incident)

    def repair(self, batch: Batch, commits: list[int], incident: int) -> None:
        """Search the release for the culprit, repair it, and let it pass once more; then release these."""
        culprit = self.incidents[incident]["culprit"]
        self.repairs[culprit] = commits, incident
        search = round(self.p.diagnosis * MINUTE) * len(batch.commits)
        self.clock.at(self.clock.now + search + self.fix[culprit], self.enter, culprit, True, 0)

    def first(self, batch: Batch) -> int:
        """The culprit that makes trouble first."""
        return min(batch.culprits, key=self.notice.__getitem__)

    def fail(self, batch: Batch, culprit: int, began: int) -> int:
        """Note an incident that has just begun; its number."""
        self.incidents.append({"deployment": batch.number, "culprit": culprit, "began": began})
        return len(self.incidents) - 1

    def log(self, batch: Batch, start: int, kind: Kind) -> int:
        """Note a deployment that has just ended; its number."""
        failed = kind is not Kind.ROLLBACK and bool(batch.culprits)
        first, size = len(self.shipped), len(batch.commits)
        row = (batch.formed, start, self.clock.now, first, size, kind, failed)
        self.deployments += row
        self.shipped += batch.commits
        return len(self.deployments) // len(row) - 1
