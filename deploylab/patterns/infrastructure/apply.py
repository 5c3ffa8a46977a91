"""Apply a plan: walk the graph, as much at once as is allowed, and undo it all when something fails.

Source: Terraform's apply graph (destroy edges, create_before_destroy, the walk with its parallelism), and
CloudFormation's rollback and cleanup of what was replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from heapq import heapify, heappop, heappush
from typing import Any, Literal, NamedTuple
from zlib import crc32

import numpy as np

from ...model.applied import Applied, Work
from ...model.errors import KnobError, TemplateError
from ...model.infrastructure import Action, Change, Deployed, Plan, State
from ...model.record import SECOND
from ...model.template import Template, Walk
from .desired import fill
from .plan import plan, published

SHARE = {"create": 1.0, "read": 0.1, "update": 1 / 3, "delete": 0.5, "forget": 0.0, "no-op": 0.0}


class Job(NamedTuple):
    """One operation to do, without a time yet; `undo`: 1 takes one back, 2 refers to what is reborn."""

    name: str
    action: Action
    undo: Literal[0, 1, 2] = 0


Needs = dict[Job, set[Job]]  # what each job waits for


def apply(wanted: Template | Plan, state: State | None = None, **knobs: Any) -> Applied:
    """Do what a plan says, in simulated time, and record every operation.

    `knobs` are fields of `Walk`, and for a template `create_before_destroy`.

    >>> from deploylab.patterns.infrastructure.template import template
    >>> web = template("web-service")
    >>> first = apply(web)
    >>> apply(web, first.state).headline
    'web-service, us-east-1: nothing to do'
    >>> apply(web, fails="Service").outcome
    'rolled back'
    """
    if isinstance(wanted, Template) and "create_before_destroy" in knobs:
        wanted = replace(wanted, create_before_destroy=knobs.pop("create_before_destroy"))
    what = wanted if isinstance(wanted, Plan) else plan(wanted, state)
    if state is not None and what is wanted:
        raise TemplateError("apply: a plan knows its state already; give it the plan alone")
    what = replace(what, walk=replace(what.walk, **knobs))
    known = [change.name for change in what.changes]
    for name in what.walk.failing:
        if name not in known:
            raise KnobError("Walk", "fails", name, f"is no resource here; they are {', '.join(known)}")
    walk, needs = what.walk, jobs(what.changes, what.walk.rollback)
    failing = {*walk.failing, *(change.name for change in what.changes if change.blocked)}
    done = run(needs, what, 0, failing)
    broken = any(work.failed for work in done)
    works = [*done]
    if broken and walk.rollback:
        start = max(round(work.end * SECOND) for work in done)
        works += run(undoing(needs, done, what), what, start)
    after = outcome_of(works, what)
    outcome: Literal["applied", "rolled back", "failed", "nothing to do"] = "applied"
    if broken:
        outcome = "rolled back" if walk.rollback else "failed"
    elif not what.doing:
        outcome = "nothing to do"
    again = plan(what.template, after) if what.template else None
    free = run(needs, replace(what, walk=Walk(len(needs) + 1, seed=walk.seed)), 0)
    shortest = max((work.end for work in free), default=0.0)
    shown = tuple(work for work in works if work.action != "no-op")
    return Applied(what, shown, after, outcome, shortest, again)


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
    """The way back: every operation that was done is undone after those that came to need it."""
    inverse: dict[Action, Action] = {"create": "delete", "delete": "create", "update": "update"}
    finished = {Job(work.name, work.action) for work in done if not work.failed}
    back = {job: Job(job.name, inverse.get(job.action, "no-op"), undo=1) for job in finished}
    graph: Needs = {undo: set() for undo in back.values()}
    for job in finished:
        for earlier in needs[job] & finished:
            graph[back[earlier]].add(back[job])
    reborn = {job.name: back[job] for job in finished if job.action == "delete"}
    for change in what.changes:  # what was deleted comes back with a new id, which others must learn
        waits = {reborn[name] for name in change.needed if name in reborn}
        if waits and change.name not in reborn:
            own = {undo for undo in back.values() if undo.name == change.name}
            graph[Job(change.name, "update", undo=2)] = waits | own
    return graph


def run(needs: Needs, what: Plan, start: int, failing: Collection[str] = ()) -> list[Work]:
    """Walk the graph from `start` (ns): at most `parallelism` at once, the first that is ready first."""
    walk, kinds = what.walk, {change.name: change.type for change in what.changes}
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
            heappush(busy, (now + duration(job, kinds.get(job.name, ""), walk.seed), order[job], now, job))
        now, _, began, job = heappop(busy)
        failed = job.name in failing and job.action in ("create", "update") and not job.undo
        works.append(Work(job.name, job.action, began / SECOND, now / SECOND, failed, job.undo > 0))
        stopped |= failed and walk.rollback
        for later in () if failed else then[job]:
            waiting[later] -= 1
            if not waiting[later]:
                heappush(ready, (now, order[later], later))
    return works


def duration(job: Job, kind: str, seed: int) -> int:
    """How long an operation takes (ns), by the type; the chance belongs to the resource, not to the walk."""
    typical: float = published()["seconds"].get(kind, 10) * SHARE[job.action]
    own = np.random.SeedSequence(seed, spawn_key=(crc32(job.name.encode()),))
    chance = float(np.random.Generator(np.random.PCG64(own)).uniform(0.8, 1.25))
    return round(typical * chance * 1000) * (SECOND // 1000)


def outcome_of(works: Iterable[Work], what: Plan) -> State:
    """What there is after these operations, in the order of their ends."""
    old, world = what.before.resources, dict(what.before.resources)
    numbers = {name: int(deployed.id.rpartition("-")[2]) for name, deployed in old.items()}
    succeeded = [work for work in works if not work.failed]
    ended = {work.name for work in succeeded if work.action in ("delete", "forget") and not work.undo}

    def make(work: Work) -> Deployed:
        numbers[work.name] = numbers.get(work.name, 0) + (work.action != "update")
        resource = old[work.name].resource if work.undo else what.desired[work.name]
        ids = {name: deployed.id for name, deployed in world.items()}
        if work.undo:  # the way back leads to the old objects, which are still there
            ids |= {name: deployed.id for name, deployed in old.items() if name not in ended}
        ids[work.name] = f"{work.name}-{numbers[work.name]}"
        made = fill(resource.properties, ids)
        return Deployed(resource, ids[work.name], made, made)

    for work in succeeded:
        name, before = work.name, old.get(work.name)
        if work.action in ("create", "read", "update"):
            world[name] = make(work)
        elif work.action == "no-op" and before:
            resource = before.resource if work.undo else what.desired[name]
            world[name] = replace(world.get(name, before), resource=resource)
        elif work.undo and before and name not in ended:
            world[name] = before
        elif work.undo or world.get(name) is before:  # what was created first has taken the old one's place
            world.pop(name, None)
    for change in what.changes:  # where the walk ended half-way, both the new and the old object are there
        before = old.get(change.name)
        left_over = change.create_first and change.ends == "delete" and change.name not in ended
        if before and left_over and world[change.name].id != before.id:
            left = f"{before.id} (deposed)"
            world[left] = replace(before, resource=replace(before.resource, name=left))
    return State(world)
