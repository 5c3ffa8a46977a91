"""From the shelf of finished commits to production, and back: releases, incidents, repairs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from ..model.delivery_log import ESCAPED, NEVER, Kind
from ..model.dora import DAY
from ..model.pipeline import Pipeline
from ..model.record import SECOND
from .agenda import Agenda
from .commits import Luck
from .rehearsal import Rehearsal

MINUTE = 60 * SECOND


class Release:
    """Commits on their way to production together; `culprits` are those that will hurt it."""

    def __init__(self, commits: list[int], formed: int, kind: Kind, incident: int = NEVER) -> None:
        self.commits, self.formed, self.kind, self.incident = commits, formed, kind, incident
        self.start, self.number = NEVER, NEVER
        self.culprits: list[int] = []


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
        agenda: Agenda,
        enter: Callable[[int, bool, int], None],
    ) -> None:
        self.p, self.rehearsal, self.agenda, self.enter = pipeline, rehearsal, agenda, enter
        self.fix, self.notice = luck.fix.tolist(), luck.notice.tolist()
        self.approval = luck.approval.tolist()
        self.hidden = {commit for commit, found in enumerate(luck.found.tolist()) if found == ESCAPED}
        n = len(luck.time)
        self.ready, self.repaired, self.live, self.deployment = ([NEVER] * n for _ in range(4))
        self.shelf: list[int] = []
        self.lane: deque[Release] = deque()
        self.under_way: Release | None = None
        self.deployments: list[int] = []  # the columns of `Deployments`, row after row
        self.shipped: list[int] = []
        self.incidents: list[dict[str, Any]] = []
        self.repairs: dict[int, tuple[list[int], int]] = {}  # what goes out with a repaired culprit
        if pipeline.release_every:
            self.next_date(1)

    def passed(self, commit: int, repaired: bool) -> None:
        """A commit has passed all stages."""
        now = self.agenda.now
        if self.live[commit] < 0:
            self.ready[commit] = now
        if repaired:
            self.repaired[commit] = now
            self.hidden.discard(commit)
        if commit in self.repairs:
            commits, incident = self.repairs.pop(commit)
            self.lane.appendleft(Release(commits, now, Kind.HOTFIX, incident))
            self.begin()
            return
        self.shelf.append(commit)
        if not self.p.release_every and len(self.shelf) == self.p.batch_size:
            self.release()

    def next_date(self, number: int) -> None:
        """The calendar has another day for a release."""
        self.agenda.plan(round(number * self.p.release_every * DAY * SECOND), self.date, number)

    def date(self, number: int) -> None:
        """The day of a release has come."""
        if self.shelf:
            self.release()
        self.next_date(number + 1)

    def release(self) -> None:
        """Put all commits of the shelf together, and ask for approval."""
        release, self.shelf = Release(self.shelf, self.agenda.now, Kind.PLANNED), []
        if wait := self.approval[release.commits[0]]:
            self.agenda.plan(self.agenda.now + wait, self.approved, release)
        else:
            self.approved(release)

    def approved(self, release: Release) -> None:
        """A release joins the queue before production."""
        self.lane.append(release)
        self.begin()

    def begin(self) -> None:
        """Begin the next deployment, if none is under way."""
        if self.under_way is None and self.lane:
            release = self.under_way = self.lane.popleft()
            release.start = self.agenda.now
            release.culprits = [commit for commit in release.commits if commit in self.hidden]
            takes = self.takes(self.p.deploy.duration, bad=bool(release.culprits))
            self.agenda.plan(release.start + takes, self.deployed, release)

    def takes(self, minutes: float, bad: bool = False) -> int:
        """How long it takes to bring a release to production, or back (ns)."""
        return self.rehearsal.duration(bad) if self.rehearsal else round(minutes * MINUTE)

    def deployed(self, release: Release) -> None:
        """A release is live, or has been taken back by the strategy itself."""
        self.under_way, now = None, self.agenda.now
        release.number = self.log(release, release.start, release.kind)
        if release.kind is Kind.HOTFIX:
            self.incidents[release.incident].setdefault("recovered", now)
        if release.culprits and self.rehearsal and self.rehearsal.stopped:
            incident = self.fail(release, self.first(release), release.start)
            back = round((self.rehearsal.bad.time_to_roll_back or 0) * SECOND)
            self.incidents[incident].update(detected=now - back, recovered=now, way="strategy")
            self.incidents[incident]["taken_back_by"] = release.number
            self.take_back(release, incident)
        else:
            self.go_live(release)
        self.begin()

    def go_live(self, release: Release) -> None:
        """Users meet the release, and its defects; what is not rolled back stays until each is repaired."""
        now, culprits = self.agenda.now, release.culprits
        for commit in release.commits:
            if self.live[commit] < 0:
                self.live[commit], self.deployment[commit] = now, release.number
        if culprits and self.p.recovery == "roll back":
            culprits = [self.first(release)]
        for commit in culprits:
            incident = self.fail(release, commit, now)
            self.agenda.plan(now + self.notice[commit], self.noticed, release, incident)

    def noticed(self, release: Release, incident: int) -> None:
        """Somebody or something has seen that production fails because of this release."""
        now = self.agenda.now
        self.incidents[incident].update(detected=now, way=self.p.recovery)
        if self.p.recovery == "roll back":
            self.agenda.plan(now + self.takes(self.p.rollback), self.rolled_back, release, incident, now)
        else:
            self.repair(release, [self.incidents[incident]["culprit"]], incident)

    def rolled_back(self, release: Release, incident: int, since: int) -> None:
        """Production is what it was before the release."""
        number = self.log(release, since, Kind.ROLLBACK)
        self.incidents[incident].update(recovered=self.agenda.now, taken_back_by=number)
        self.take_back(release, incident)

    def take_back(self, release: Release, incident: int) -> None:
        """None of the commits is live any more; they all go out again once the culprit is repaired."""
        for commit in release.commits:
            self.live[commit] = self.deployment[commit] = NEVER
        self.repair(release, release.commits, incident)

    def repair(self, release: Release, commits: list[int], incident: int) -> None:
        """Search the release for the culprit, repair it, and let it pass once more; then release these."""
        culprit = self.incidents[incident]["culprit"]
        self.repairs[culprit] = commits, incident
        search = round(self.p.diagnosis * MINUTE) * len(release.commits)
        self.agenda.plan(self.agenda.now + search + self.fix[culprit], self.enter, culprit, True, 0)

    def first(self, release: Release) -> int:
        """The culprit that makes trouble first."""
        return min(release.culprits, key=self.notice.__getitem__)

    def fail(self, release: Release, culprit: int, began: int) -> int:
        """Note an incident that has just begun; its number."""
        self.incidents.append({"deployment": release.number, "culprit": culprit, "began": began})
        return len(self.incidents) - 1

    def log(self, release: Release, start: int, kind: Kind) -> int:
        """Note a deployment that has just ended; its number."""
        failed = kind is not Kind.ROLLBACK and bool(release.culprits)
        first, size = len(self.shipped), len(release.commits)
        row = (release.formed, start, self.agenda.now, first, size, kind, failed)
        self.deployments += row
        self.shipped += release.commits
        return len(self.deployments) // len(row) - 1
