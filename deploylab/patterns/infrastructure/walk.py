"""The walk of the graph: as much at once as is allowed, each operation after those that it waits for.

Source: Terraform's apply graph (destroy edges, create_before_destroy, the walk with its parallelism).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from heapq import heapify, heappop, heappush
from typing import Literal, NamedTuple
from zlib import crc32

from ...model.applied import Work
from ...model.chance import stream
from ...model.infrastructure import Action, Change, Plan
from ...model.record import SECOND
from .compare import published

SHARE = {"create": 1.0, "read": 0.1, "update": 1 / 3, "delete": 0.5, "forget": 0.0, "no-op": 0.0}


class Job(NamedTuple):
    """One operation to do, without a time yet: on the way, back, or to refer to what is reborn."""

    name: str
    action: Action
    way: Literal["on", "back", "refer"] = "on"


Needs = dict[Job, set[Job]]  # what each job waits for


def jobs(changes: Iterable[Change], keep: bool = True) -> Needs:
    """The graph of operations: each with those that must be done before it.

    Who is created waits for what it needs. Who is deleted waits until nobody needs it: in the order "destroy
    first" only for the deletion of its dependents, which are made anew after it; otherwise until they were
    updated. With `keep` nothing that can wait is deleted before all else has succeeded: there is a way back.
    """
    known = {change.name: change for change in changes}
    early = _early(known)
    needs: Needs = {}
    makes = {name: Job(name, change.makes) for name, change in known.items() if change.makes}
    ends = {name: Job(name, change.ends) for name, change in known.items() if change.ends}
    users: dict[str, set[str]] = {name: set() for name in known}
    for name, change in known.items():
        for target in {*change.needs, *change.needed} & users.keys():
            users[target].add(name)
    for name, job in makes.items():
        needs[job] = {makes[target] for target in known[name].needs if target in makes}
    for name, job in ends.items():
        before = [user for user in users[name] if name in known[user].needed]
        needs[job] = {ends[user] for user in before if user in ends}
        if name in early:
            for user in (*before, name):
                if user in makes:
                    needs[makes[user]].add(job)
        else:
            needs[job] |= {makes[user] for user in (*users[name], name) if user in makes}
            needs[job] |= set(makes.values()) if keep else set()
    return needs


def _early(known: Mapping[str, Change]) -> set[str]:
    """Whose old object goes first: those replaced that way, and all that has to go before them."""
    early: set[str] = set()
    ahead = [name for name, change in known.items() if change.kind == "replace" and not change.create_first]
    while ahead:
        early.add(name := ahead.pop())
        users = (user for user, change in known.items() if name in change.needed and change.ends)
        ahead += [user for user in users if user not in early]
    return early


def undoing(needs: Needs, done: Iterable[Work], what: Plan) -> Needs:
    """The way back: every operation that was done is undone after those that came to need it.

    What was newly created is deleted, or let go if its DeletionPolicy is Retain. That policy is not for what
    was created to replace another, which is deleted.
    """
    new = [change.name for change in what.changes if change.kind == "create"]
    kept = {name for name in new if "Create" in what.desired[name].retain}
    inverse: dict[Action, Action] = {"create": "delete", "delete": "create", "update": "update"}
    finished = {Job(work.name, work.action) for work in done if not work.failed}
    back = {job: Job(job.name, inverse.get(job.action, "no-op"), "back") for job in finished}
    back |= {job: Job(job.name, "forget", "back") for job in finished if job.name in kept}
    graph: Needs = {undo: set() for undo in back.values()}
    for job in finished:
        for earlier in needs[job] & finished:
            graph[back[earlier]].add(back[job])
    reborn = {job.name: back[job] for job in finished if job.action == "delete"}
    for change in what.changes:  # what was deleted comes back with a new id, which others must learn
        waits = {reborn[name] for name in change.needed if name in reborn}
        if waits and change.name not in reborn:
            own = {undo for undo in back.values() if undo.name == change.name}
            graph[Job(change.name, "update", "refer")] = waits | own
    return graph


def run(needs: Needs, what: Plan, start: int, failing: Collection[str] = ()) -> list[Work]:
    """Walk the graph from `start` (ns): at most `parallelism` at once, the first that is ready first.

    What is blocked is refused at once when it comes to it; what else is `failing` fails when it has worked.
    """
    walk, kinds = what.walk, {change.name: change.type for change in what.changes}
    refused = {Job(change.name, "create") for change in what.changes if change.blocked}
    order = {job: number for number, job in enumerate(needs)}
    waiting = {job: len(before) for job, before in needs.items()}
    then: dict[Job, list[Job]] = {job: [] for job in needs}
    for job, before in needs.items():
        for earlier in before:
            then[earlier].append(job)
    ready = [(start, order[job], job) for job in needs if not waiting[job]]
    heapify(ready)
    busy: list[tuple[int, int, int, Job]] = []  # end, number, start
    works, now, stopped = [], start, False
    while (ready and not stopped) or busy:
        while ready and not stopped and len(busy) < walk.parallelism:
            job = heappop(ready)[2]
            takes = 0 if job in refused else duration(job, kinds.get(job.name, ""), walk.seed)
            heappush(busy, (now + takes, order[job], now, job))
        now, _, began, job = heappop(busy)
        failed = job.name in failing and job.action in ("create", "update") and job.way == "on"
        works.append(Work(job.name, job.action, began / SECOND, now / SECOND, failed, job.way != "on"))
        stopped |= failed and walk.rollback
        for later in () if failed else then[job]:
            waiting[later] -= 1
            if not waiting[later]:
                heappush(ready, (now, order[later], later))
    return works


def duration(job: Job, kind: str, seed: int) -> int:
    """How long an operation takes (ns), by the type; the chance belongs to the resource, not to the walk."""
    typical: float = published()["seconds"].get(kind, 10) * SHARE[job.action]
    chance = float(stream(seed, crc32(job.name.encode())).uniform(0.8, 1.25))
    return round(typical * chance * 1000) * (SECOND // 1000)
