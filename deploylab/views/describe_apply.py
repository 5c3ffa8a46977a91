"""A plan and an apply in words: what is done and why, how it went, and what a second time would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model.applied import Applied
from ..model.infrastructure import Change, Plan
from ..model.summary import seconds
from .lines import lines

VERBS = {"create": "creates", "update": "updates in place", "replace": "replaces", "delete": "deletes",
         "read": "reads", "forget": "lets go of"}  # fmt: skip
MANY = 6  # names in one sentence


def describe_apply(record: Applied | Plan) -> str:
    """Tell in plain sentences what a plan would do, or what an apply did."""
    return lines(_plan(record) if isinstance(record, Plan) else (*_plan(record.plan), *_apply(record)))


def _plan(plan: Plan) -> Iterator[str]:
    for kind, verb in VERBS.items():
        if plan.count(kind):
            yield f"The plan for {plan.title} {verb} {_names(c for c in plan.doing if c.kind == kind)}."
    for change in plan.doing[:MANY]:
        if _why(change):
            yield f"{change.name}: {_why(change)}."
    if plan.drift:
        yield f"Changed past the tool since the last apply: {_names(plan.drift)}."
    if plan.outputs:
        yield f"Outputs that change: {', '.join(plan.outputs)}."
    if plan.incomplete:
        yield f"The plan for {plan.title} is incomplete: {plan.incomplete}."
    if plan.empty:
        yield f"The plan for {plan.title} is empty: {len(plan.changes)} resources, all as they are wanted."
    elif same := plan.count("no-op"):
        yield f"{same} {'is' if same == 1 else 'are'} as wanted, and not touched."


def _apply(record: Applied) -> Iterator[str]:
    if record.works:
        alone = sum(work.end - work.start for work in record.works)
        yield (
            f"The walk lasted {seconds(record.end)}, at most {record.plan.walk.parallelism} steps at once; "
            f"one after another they take {seconds(alone)}."
        )
    for work in record.works:
        if work.failed:
            why = next((change.blocked for change in record.plan.changes if change.name == work.name), "")
            yield f"{work.name} failed at {seconds(work.end)}{': ' * bool(why)}{why}."
    yield f"{record.headline}."
    if kept := [work.name for work in record.works if work.undo and work.action == "forget"]:
        yield f"Left behind, for their DeletionPolicy is Retain: {', '.join(kept)}."
    if record.next_plan is not None:
        yield f"A second apply would change {len(record.next_plan.doing) or 'nothing'}."


def _names(changes: Iterable[Change]) -> str:
    names = [change.name for change in changes]
    more = f" and {len(names) - MANY} more" if len(names) > MANY else ""
    return ", ".join(names[:MANY]) + more


def _why(change: Change) -> str:
    """Why this is done, as far as there is something to say."""
    if change.kind != "replace":
        return "; ".join(filter(None, (change.reason, change.blocked)))
    forced = [".".join(map(str, d.path)) for d in change.differences if d.recreation == "Always"]
    order = "the new one is created first" if change.create_first else "the old one is deleted first"
    because = f"{', '.join(forced)} cannot be changed in place" if forced else change.reason
    return "; ".join(filter(None, (because, order, change.blocked)))
