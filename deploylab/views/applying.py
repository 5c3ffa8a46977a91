"""A plan and an apply in words: what is done and why, how it went, and what a second time would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..model.applied import Applied, Work
from ..model.infrastructure import Change, Plan
from ..model.plan_text import sign
from ..model.summary import seconds
from .lines import lines

DOING = {
    "create": "creating",
    "update": "updating",
    "delete": "deleting",
    "read": "reading",
    "forget": "letting go",
}
DONE = {"create": "created", "update": "updated", "delete": "deleted", "read": "read", "forget": "let go"}
VERBS = {"create": "creates", "update": "updates in place", "replace": "replaces", "delete": "deletes",
         "read": "reads", "forget": "lets go of"}  # fmt: skip
MANY = 6  # names in one sentence
Words = list[list[str]]


def applying(record: Applied | Plan) -> str:
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
    if record.next_plan is not None:
        yield f"A second apply would change {len(record.next_plan.doing) or 'nothing'}."


def _names(changes: Iterable[Change]) -> str:
    names = [change.name for change in changes]
    more = f" and {len(names) - MANY} more" if len(names) > MANY else ""
    return ", ".join(names[:MANY]) + more


def _why(change: Change) -> str:
    """Why this is done, as far as there is something to say."""
    if change.kind != "replace":
        return change.reason
    forced = [".".join(map(str, d.path)) for d in change.differences if d.recreation == "Always"]
    order = "the new one is created first" if change.create_first else "the old one is deleted first"
    because = f"{', '.join(forced)} cannot be changed in place" if forced else change.reason
    return "; ".join(filter(None, (because, order, change.blocked)))


def told(work: Work) -> str:
    """One operation in words."""
    how = " (failed)" if work.failed else " (undone)" if work.undo else ""
    return f"{work.name}: {DONE.get(work.action, work.action)} in {seconds(work.end - work.start)}{how}"


def tracks(record: Applied, keys: Mapping[str, str], room: int) -> dict[str, list[list[Any]]]:
    """What each text says, and from when on: the story, each resource's sign and, with room, its line."""
    texts: dict[str, list[list[Any]]] = {"story": _story(record)}
    drifted = {change.name: change for change in record.plan.drift}
    for change in record.plan.changes if keys else ():
        mine = sorted(
            (work for work in record.works if work.name == change.name), key=lambda work: work.start
        )
        line = {0.0: [_planned(change, room), ""]}
        if change.name in drifted:
            line = {0.0: [_planned(drifted[change.name], room, "by hand"), "dl-failure-text"]}
        marks = {0.0: [sign(change).strip() or "=", ""]}
        for work in mine:
            half = change.kind == "replace" and work.action == change.actions[0] and not work.undo
            again = " again" * (change.name in drifted and work.action == "create")
            line[work.start] = ["undoing" if work.undo else f"{DOING.get(work.action, '')}{again}", ""]
            line[work.end] = [_ended(work, half, room), ""]
            marks[work.end] = (
                ["✕", "dl-failure-text"]
                if work.failed
                else ["↩" if work.undo else marks[0.0][0] if half else "✓", ""]
            )
        if room:
            said = ((time, words[:room], style) for time, (words, style) in line.items())
            texts[keys[change.name]] = [[round(time, 3), [[words, style]]] for time, words, style in said]
        texts[f"{keys[change.name]}-mark"] = [[round(time, 3), [mark]] for time, mark in marks.items()]
    return texts


def _planned(change: Change, room: int, by: str = "") -> str:
    """What a resource's line says before anything happens to it: what will change, as far as it fits."""
    kind = change.type.removeprefix("AWS::").split("::")
    last = kind[-1] if len(kind[-1]) <= room - 2 else f"{kind[-1][: room - 3]}…"  # their letters are wide
    said = [words for words in (" ".join(kind), last) if len(words) <= room - 2] or [last]
    if change.kind in ("update", "replace") and change.differences:
        first = min(change.differences, key=lambda difference: difference.recreation != "Always")
        name = str(first.path[0]) if first.path else ""
        turn = f"{first.before} → {first.after}"
        said = [
            f"{name} {turn}",
            f"{name[: max(3, room - len(turn) - 2)]}… {turn}",
            f"{name} {by or 'changes'}",
            f"{name}",
            f"changed {by}",
        ]
        said = said[2:] if first.sensitive or len(first.path) > 1 else said
    if by and change.kind == "delete":
        said = [f"deleted {by}"]
    if change.kind == "no-op":
        said = ["as wanted"]
    return next((words for words in said if len(words) <= room), said[-1])


def _ended(work: Work, half: bool, room: int) -> str:
    """What a resource's line says after an operation; its sign tells what was done, too."""
    if work.failed or work.undo:
        return "failed" if work.failed else "undone"
    if half:
        return "new one there" if work.action == "create" else "old one gone"
    took = f"in {seconds(work.end - work.start)}"
    words = f"{DONE.get(work.action, '')} {took}"
    return words if len(words) <= room else took


def _story(record: Applied) -> list[list[Any]]:
    """One line about each moment: what is being worked on, how much is done, and how it ended."""
    if record.outcome == "planned":
        return [[0.0, [[record.plan.headline.removeprefix(f"{record.title}: "), ""]]]]
    if not record.works:
        same = f"all {len(record.plan.changes)} resources are as they are wanted"
        same = f"the plan is incomplete: {record.plan.incomplete}" if record.plan.incomplete else same
        return [[0.0, [["nothing to do", ""], ["  ·  ", "dl-quiet"], [same, "dl-quiet"]]]]
    story = []
    total = len([work for work in record.works if not work.undo])
    moments = sorted({0.0, *(work.start for work in record.works), *(work.end for work in record.works)})
    for now in moments[:-1]:
        busy = [work for work in record.works if work.start <= now < work.end]
        done = sum(work.end <= now and not work.failed for work in record.works if not work.undo)
        failed = [work.name for work in record.works if work.failed and work.end <= now]
        undoing = any(work.undo for work in busy)
        what = f"{'undoing' if undoing else 'working on'} {', '.join(work.name[:17] for work in busy[:2])}"
        what += f" and {len(busy) - 2} more" * (len(busy) > 2)
        rest = (
            [f"{failed[0][:30]} failed", "dl-failure-text"]
            if failed
            else [f"{done} of {total} steps done", "dl-quiet"]
        )
        story.append([round(now, 3), [[what, ""], ["  ·  ", "dl-quiet"], rest]])
    again: Words = []
    if record.next_plan is not None:
        left = len(record.next_plan.doing)
        again = [["  ·  ", "dl-quiet"], [f"a second apply would change {left or 'nothing'}", "dl-quiet"]]
    story.append([round(moments[-1], 3), [[f"{record.outcome} after {record.end:.0f} s", ""], *again]])
    return story
