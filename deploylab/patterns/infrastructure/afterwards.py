"""What there is after a walk, whether it went through, stopped half-way, or was undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...model.applied import Work
from ...model.infrastructure import Deployed, Plan, State
from .compare import custom_name
from .desired import fill


def state_after(works: Iterable[Work], what: Plan) -> State:
    """What there is after these operations, in the order of their ends."""
    succeeded = [work for work in works if not work.failed]
    gone = {work.name for work in succeeded if work.action in ("delete", "forget") and not work.undo}
    world = _World(what, gone)
    for work in succeeded:
        world.do(work)
    there = world.there | dict(world.left_over())
    ids = {deployed.id for deployed in there.values()}
    left = (old for old in world.let_go if old.actual is not None and old.id not in ids)
    names = (custom_name(old.resource.type, old.applied) for old in left)
    return State(there, what.before.taken.union(*names))


class _World:
    """What is there while a plan is done; `gone` are the names whose old objects do not outlive the walk."""

    def __init__(self, what: Plan, gone: set[str]) -> None:
        self.what, self.gone, self.old = what, gone, what.before.resources
        self.there = dict(self.old)
        self.let_go: list[Deployed] = []
        self.numbers = {name: int(deployed.id.rpartition("-")[2]) for name, deployed in self.old.items()}

    def do(self, work: Work) -> None:
        """One operation has succeeded."""
        name, before = work.name, self.old.get(work.name)
        if work.action == "forget":
            self.let_go.append(before or self.there[name])
        if work.action in ("create", "read", "update"):
            self.there[name] = self.made(work)
        elif work.action == "no-op" and before:
            resource = before.resource if work.undo else self.what.desired[name]
            self.there[name] = replace(self.there.get(name, before), resource=resource)
        elif work.undo and before and name not in self.gone:
            self.there[name] = before
        elif work.undo or self.there.get(name) is before:  # else the new one has taken the old one's place
            self.there.pop(name, None)

    def made(self, work: Work) -> Deployed:
        """The object that a creation or an update makes."""
        name = work.name
        self.numbers[name] = self.numbers.get(name, 0) + (work.action != "update")
        resource = self.old[name].resource if work.undo else self.what.desired[name]
        ids = {name: deployed.id for name, deployed in self.there.items()}
        if work.undo:  # the way back leads to the old objects, which are still there
            ids |= {name: deployed.id for name, deployed in self.old.items() if name not in self.gone}
        ids[name] = f"{name}-{self.numbers[name]}"
        properties = fill(resource.properties, ids)
        return Deployed(resource, ids[name], properties, properties)

    def left_over(self) -> Iterator[tuple[str, Deployed]]:
        """Where the walk ended half-way, both the new and the old object are there."""
        for change in self.what.changes:
            before = self.old.get(change.name)
            stays = change.create_first and change.ends == "delete" and change.name not in self.gone
            if before and stays and self.there[change.name].id != before.id:
                name = f"{before.id} (deposed)"
                yield name, replace(before, resource=replace(before.resource, name=name))
